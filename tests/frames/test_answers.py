"""Paths, paces, years, people, decompositions, back-tests and scenarios on tables."""

from __future__ import annotations

import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics.errors import DataError
from edu_metrics.formulas import kitagawa
from edu_metrics.trajectories import backtest as backtest_panels
from edu_metrics.trajectories import to_panels

ONE = pd.Series({2018: 46.0, 2019: 48.0, 2020: 50.0}, name="Northside")


def by_year(table, **chosen):
    for name, value in chosen.items():
        table = table[table[name] == value]
    return dict(zip(table["year"], table["value"], strict=True))


def test_both_readings_of_a_pace_can_be_had_by_asking_for_both():
    """By hand: 50 - 5 - 5, and 50 x 0.95 x 0.95."""
    found = em.paths(ONE, until=2022, points=-5, percent=-5)
    assert list(found.columns) == ["area", "pace", "year", "value"]
    assert by_year(found, pace="-5 points") == {2021: 45, 2022: 40}
    assert by_year(found, pace="-5 percent") == {2021: 47.5, 2022: 45.125}


def test_every_area_starts_from_its_own_last_year_and_stops_at_the_limits():
    table = pd.DataFrame(
        {"area": ["b", "a", "a"], "year": [2019, 2019, 2020], "value": [90.0, 40, 45]}
    )
    found = em.paths(table, until=2022, points=[5, 8])
    assert by_year(found, area="b", pace="+8 points") == {2020: 98, 2021: 100, 2022: 100}
    assert by_year(found, area="a", pace="+5 points") == {2021: 50, 2022: 55}
    assert found["area"].drop_duplicates().tolist() == ["b", "a"]
    unlimited = em.paths(table, until=2021, points=8, limits=(0, None))
    assert by_year(unlimited, area="b") == {2020: 98, 2021: 106}


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"until": 2022}, "at least one pace"),
        ({"until": 2020, "points": 5}, "Northside has a value of 2020, found 2020"),
        ({"until": 2022, "points": float("nan")}, "points: expected a number"),
        ({"until": 2022, "points": "5"}, "points: expected a number"),
        ({"until": 2022, "percent": -101}, "no more than all of it"),
    ],
)
def test_paces_that_lead_nowhere_are_refused(given, named):
    with pytest.raises(DataError, match=named):
        em.paths(ONE, **given)


def test_the_required_pace_arrives_exactly():
    found = em.required_pace(ONE, ">=60", by=2024)
    assert found[["gap", "required_pace", "past_pace"]].to_numpy().tolist() == [[10, 2.5, 2]]
    pace = found["required_pace"].iloc[0]
    assert by_year(em.paths(ONE, until=2024, points=pace))[2024] == 60


def test_falling_targets_ask_for_a_fall():
    found = em.required_pace(ONE, "<=45", by=2022)
    assert found[["gap", "required_pace"]].to_numpy().tolist() == [[5, -2.5]]
    reached = em.required_pace(ONE, "<=55", by=2022)
    assert reached[["gap", "required_pace"]].to_numpy().tolist() == [[-5, 0]]


@pytest.mark.parametrize(
    ("target", "pace", "years"),
    [(">=60", None, 5), (">=60", 3, 4), (">60", 5, 3), ("<=40", -5, 2), ("<=40", 5, None)],
)
def test_years_are_whole_and_none_where_the_pace_leads_away(target, pace, years):
    found = em.years_needed(ONE, target, pace=pace)
    assert found["years"].astype(object).tolist() == [pd.NA if years is None else years]
    if years is not None:
        assert found["year_reached"].tolist() == [2020 + years]


def test_one_year_says_nothing_of_the_pace_so_far():
    found = em.years_needed(ONE.loc[[2020]], ">=60")
    assert found["pace"].isna().all()
    assert found["years"].isna().all()


def test_people_are_whole_and_their_number_must_be_known(rates):
    """342 of 400 passed; 95 % are 380."""
    found = em.people_behind(rates, ">=95").set_index("area")
    assert (found.loc["Northside", "people"], found.loc["Northside", "year"]) == (38, 2020)
    with pytest.raises(DataError, match="n: expected a column"):
        em.people_behind(rates.drop(columns="n"), ">=95")
    unknown = rates.assign(n=rates["n"].where(rates["area"] != "Hillside"))
    with pytest.raises(DataError, match="Hillside, 2020: not known"):
        em.people_behind(unknown, ">=95")


def test_a_decomposition_by_group_adds_up_and_is_kitagawas():
    """Two factors: Das Gupta's split is Kitagawa's, which is another public path."""
    shares, rates = [[40, 60], [70, 30]], [[80.0, 50], [90, 55]]
    table = pd.DataFrame(
        [
            {"year": year, "part": part, "share": shares[y][p] / 100, "rate": rates[y][p]}
            for y, year in enumerate((2019, 2020))
            for p, part in enumerate("ab")
        ]
    )
    found = em.decompose(
        table,
        between="year",
        group="part",
        factors=["share", "rate"],
        rate=lambda share, rate: (share * rate).sum(),
    ).set_index("factor")["effect"]
    split = kitagawa(shares[0], rates[0], shares[1], rates[1])
    assert found["rate"] == pytest.approx(split.rate)
    assert found["share"] == pytest.approx(split.composition)
    with pytest.raises(DataError, match="one row for each year and part"):
        em.decompose(pd.concat([table, table]), between="year", group="part", factors=["share"])
    with pytest.raises(DataError, match="the same groups"):
        em.decompose(table.iloc[1:], between="year", group="part", factors=["share"])
    with pytest.raises(DataError, match="sare: expected a column"):
        em.decompose(table, between="year", factors=["sare"])


def test_a_back_test_of_a_table_is_that_of_its_panel(rates):
    found = em.backtest(rates, horizons=[1])
    (panel,) = to_panels(rates)
    other = backtest_panels([panel], horizons=[1])
    assert found["mae"].tolist() == [one.mae for one in other]
    assert found["n"].tolist() == [one.n for one in other]
    bins = em.backtest(rates, horizons=[1], what="reliability")
    expected = [one.n for score in other for one in score.reliability]
    assert bins["n"].tolist() == expected
    with pytest.raises(DataError, match="what: expected"):
        em.backtest(rates, what="all")


def test_a_scenario_needs_no_study():
    found = em.scenarios(pace=6, base=70, start=2020, years=5)
    assert list(found.columns) == ["scenario", "area", "target", "reading", "year", "value"]
    assert by_year(found) == {2021: 76, 2022: 82, 2023: 88, 2024: 94, 2025: 100}
    both = em.scenarios(pace=[5, 8], base=[60, 70], start=2020, years=1)
    assert both["value"].tolist() == [65, 68, 75, 78]
    assert both["scenario"].nunique() == 4
    with pytest.raises(DataError, match="start: expected one without a study") as found:
        em.scenarios(pace=6, levers={"upgrades": 3})
    assert {fault.split(":")[0] for fault in found.value.faults} == {
        "base", "start", "years", "levers"}  # fmt: skip


def test_a_scenario_on_a_study_starts_where_each_area_stands(project):
    """By hand: 85.5 % in 2020 and 2 points a year; from an assumed 70 three years before 2022."""
    found = em.scenarios("town", root=project, pace=2, targets="counted_90", areas="Northside")
    assert by_year(found) == {2021: 87.5, 2022: 89.5}
    assert found["met"].tolist() == [False, False]
    assumed = em.scenarios(
        "town", root=project, pace=7, base=70, years=3, targets="counted_90", areas="Northside"
    )
    assert by_year(assumed) == {2020: 77, 2021: 84, 2022: 91}
    assert assumed["met"].tolist() == [True] * 3
    assert set(assumed["case"]) == {"base=70, pace=7, years=3"}
    still = em.scenarios("town", root=project, base=91, targets="counted_90", areas="Northside")
    assert by_year(still) == {2021: 91, 2022: 91}
    relative = em.scenarios(
        "town", root=project, pace=10, unit="percent", base=50, targets="counted_90"
    )
    assert by_year(relative, area="lakeside") == {2021: 55, 2022: 60.5}


def test_names_and_numbers_of_a_scenario_are_checked(project):
    with pytest.raises(DataError, match="did you mean 'upgrades'"):
        em.scenarios("town", root=project, levers={"upgrade": 3})
    with pytest.raises(DataError, match="no target asked for has a flow model with upgrades"):
        em.scenarios("town", root=project, levers={"upgrades": 3})
    with pytest.raises(DataError, match="years: expected a whole number from 1 to 50"):
        em.scenarios("town", root=project, pace=3, years=0)
    with pytest.raises(DataError, match="start: expected none with a study"):
        em.scenarios("town", root=project, pace=3, start=2019)


@pytest.mark.parametrize(
    "ask",
    [
        lambda table: em.verdict(table, ">=0.9", by=2022),
        lambda table: em.project(table, until=2022).probability(">=0.9"),
        lambda table: em.years_needed(table, ">=0.9"),
        lambda table: em.people_behind(table, ">=0.9"),
    ],
)
def test_a_target_that_looks_like_a_fraction_is_named(ask, rates):
    with pytest.warns(UserWarning, match="if 90 % is meant, write >=90"):
        ask(rates)
