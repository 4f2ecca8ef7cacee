"""Tables and arguments that are nearly right: understood, or refused in one clear sentence."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics.errors import DataError, EduMetricsError

YEARS = [*range(2015, 2021)]
RATES = pd.DataFrame({"area": "A", "year": YEARS, "value": [70.0, 72, 75, 77, 80, 82]})
OTHERS = pd.DataFrame({"area": "B", "year": YEARS, "value": [60.0, 61, 63, 62, 65, 66]})
COUNTS = {"limits": (0, None), "whole_counts": True}


def one(frame):
    """Give the only row."""
    (row,) = frame.itertuples()
    return row


# --- a number of persons that is not always known ---------------------------------------------


def test_a_year_without_its_number_of_persons_is_a_year():
    known = RATES.assign(n=[50] * 5 + [np.nan])
    row = one(em.required_pace(known, ">=90", by=2022))
    assert (row.year, row.value, row.gap, row.required_pace) == (2020, 82, 8, 4)
    assert one(em.years_needed(known, ">=90")).year == row.year


def test_an_area_without_numbers_of_persons_is_judged_beside_one_with_them():
    both = pd.concat([RATES.assign(n=50), OTHERS])
    found = em.verdict(both, ">=60", by=2022).set_index("area")
    assert found["value"].to_dict() == {"A": 82, "B": 66}
    assert "no_data" not in set(found["verdict"])
    assert len(em.project(both, until=2022).probability(">=60")) == 2


@pytest.mark.parametrize(
    ("value", "n", "target", "by", "verdict", "people"),
    [
        (66.7, 3, ">=66.7", 2020, "met", 0),  # printed so: two of three
        (82, 1, ">=90", 2020, "missed", 1),
        (82, 50, ">=90", 2020, "missed", 4),
        (45, 100, "<=40", 2020, "missed", 5),
    ],
)
def test_who_is_missing_and_the_verdict_say_the_same(value, n, target, by, verdict, people):
    table = pd.DataFrame({"area": "A", "year": [2019, 2020], "value": [60.0, value], "n": n})
    row = one(em.verdict(table, target, by=by))
    assert (row.verdict, row.people) == (verdict, people)
    assert int(em.people_behind(table, target)["people"].iloc[0]) == people


# --- fractions, limits, names -----------------------------------------------------------------


@pytest.mark.parametrize("ask", [
    lambda table: em.verdict(table, ">=90", by=2022),
    lambda table: em.paths(table, until=2022, points=5),
])  # fmt: skip
def test_an_area_of_fractions_beside_percentages_is_told(ask):
    with pytest.warns(UserWarning, match="a fraction"):
        ask(pd.concat([RATES.assign(value=RATES["value"] / 100), OTHERS]))


def test_small_percentages_are_no_fractions_where_all_are_small():
    low = pd.DataFrame({"area": ["A", "B", "C"], "year": 2020, "value": [0.8, 1.2, 3.0]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(em.paths(low, until=2021, points=1)) == 3


@pytest.mark.parametrize("limits", [[0, 100], np.array([0, 100]), (0.0, 100.0)])
def test_limits_are_two_numbers_however_they_are_given(limits):
    counted = RATES.assign(n=40)
    as_given = em.verdict(counted, ">=90", by=2022, limits=limits)
    pd.testing.assert_frame_equal(as_given, em.verdict(counted, ">=90", by=2022))
    with pytest.raises(DataError, match="fractions"):
        em.verdict(RATES.assign(value=RATES["value"] / 100), ">=90", by=2022, limits=limits)


@pytest.mark.parametrize(
    "limits", [None, (0,), (0, 100, 5), (0, math.inf), ("0", "100"), (True, 100), 100]
)
def test_limits_that_are_none_are_refused(limits):
    with pytest.raises(DataError, match=r"limits: expected \(lowest, highest\)"):
        em.paths(RATES, until=2021, points=5, limits=limits)


def test_limits_the_wrong_way_round_do_not_blame_the_values():
    with pytest.raises(DataError, match="limits: expected the lower first"):
        em.paths(RATES, until=2021, points=5, limits=(100, 0))


@pytest.mark.parametrize(("target", "pace"), [(">=101", 2), (">100", 2), ("<0", -2)])
def test_no_pace_leads_beyond_the_limits(target, pace):
    assert one(em.years_needed(RATES, target, pace=pace)).years is pd.NA
    assert math.isnan(one(em.required_pace(RATES, target, by=2022)).required_pace)


def test_limits_of_its_own_bound_the_years_too():
    assert one(em.years_needed(RATES, ">=90", limits=(0, 82))).years is pd.NA
    assert one(em.years_needed(RATES, ">=90", pace=2)).years == 4


def test_a_pace_asked_for_a_year_that_is_over_is_none():
    row = one(em.required_pace(RATES[RATES["year"] != 2018], ">=90", by=2018))
    assert math.isnan(row.required_pace)


def test_a_target_that_every_value_meets_is_judged():
    for target in (">=0", "<=100"):
        row = one(em.verdict(RATES, target, by=2022))
        assert row.verdict == "likely"
    assert one(em.verdict(RATES, ">=100", by=2022)).reason == "whole_unknown"


@pytest.mark.parametrize("other", ["A ", "A\u00a0", " A"])
def test_a_name_with_spaces_is_the_same_name(other):
    table = pd.DataFrame({"area": ["A", other], "year": [2019, 2020], "value": [70, 72.0]})
    assert em.paths(table, until=2021, points=5)[["area", "year"]].to_numpy().tolist() == [
        ["A", 2021]
    ]
    with pytest.raises(DataError, match="expected one value each"):
        em.paths(table.assign(year=2020), until=2021, points=5)


def test_a_name_in_two_unicode_forms_is_one():
    table = pd.DataFrame(
        {"area": ["\u00c5rby", "A\u030arby"], "year": [2019, 2020], "value": [70, 72.0]}
    )
    assert em.paths(table, until=2021, points=5)["area"].tolist() == ["\u00c5rby"]


# --- cells that pandas would take for numbers -------------------------------------------------


@pytest.mark.parametrize("cells", [
    pd.date_range("2020", periods=6), pd.to_timedelta(range(6), "D"), [True, False] * 3,
    [1 + 1j] * 6, pd.array([True] * 6, dtype="boolean"), [pd.Timestamp("2020")] * 6,
])  # fmt: skip
def test_what_is_no_number_is_none(cells):
    limits = (0, None)
    with pytest.raises(DataError, match="value: expected a number"):
        em.verdict(RATES.assign(value=cells), ">=90", by=2022, limits=limits)
    with pytest.raises(DataError, match="n: expected a number of persons"):
        em.verdict(RATES.assign(n=cells), ">=90", by=2022)


def test_half_a_person_is_no_count():
    table = RATES.assign(value=[22, 23, 24.5, 24, 25, 26.5])
    with pytest.raises(DataError, match="whole numbers") as found:
        em.verdict(table, ">=29", by=2022, **COUNTS)
    assert len(found.value.faults) == 2


def test_periods_are_told_what_to_take():
    with pytest.raises(DataError, match="periods take"):
        em.paths(
            RATES.assign(year=pd.period_range("2015", periods=6, freq="Y")), until=2022, points=5
        )
    with pytest.raises(DataError, match="periods take"):
        em.paths(pd.Series(range(70, 76), pd.period_range("2015", periods=6, freq="Y")), until=2022,
                 points=5)  # fmt: skip


def test_an_index_may_be_called_as_a_column():
    asked = em.verdict(RATES, ">=90", by=2022)
    for index in ("year", ["area", "year"]):
        table = RATES.set_index(index, drop=False)
        pd.testing.assert_frame_equal(em.verdict(table, ">=90", by=2022), asked)


def test_a_column_that_stands_twice_is_named():
    for table in (pd.concat([RATES, RATES[["value"]]], axis=1), RATES.assign(**{"value ": 1})):
        with pytest.raises(DataError, match="several of value"):
            em.verdict(table, ">=90", by=2022)


# --- arguments --------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["2022", 2022.5, None, 1800, 2101, True, 10**20])
@pytest.mark.parametrize("ask", [
    lambda year: em.verdict(RATES, ">=90", by=year),
    lambda year: em.required_pace(RATES, ">=90", by=year),
    lambda year: em.project(RATES, until=year),
    lambda year: em.paths(RATES, until=year, points=5),
    lambda year: em.scenarios(pace=6, base=70, start=year if year else "-", years=5),
])  # fmt: skip
def test_what_is_no_year_is_refused(ask, year):
    with pytest.raises(DataError, match="expected a year, a whole number from 1900 to 2100"):
        ask(year)


def test_a_whole_year_may_come_as_any_number():
    asked = em.paths(RATES, until=2022, points=5)
    for year in (2022.0, np.int64(2022), np.float64(2022)):
        pd.testing.assert_frame_equal(em.paths(RATES, until=year, points=5), asked)


def test_years_ahead_of_the_first_are_not_offered_as_later_ones():
    with pytest.raises(EduMetricsError) as found:
        em.project(RATES, until=2022).probability(">=90", 2014)
    assert "later years" not in str(found.value)


@pytest.mark.parametrize("paces", [np.array([5, 8]), pd.Series([5, 8]), (5, 8), range(5, 9, 3)])
def test_paces_come_in_any_form(paces):
    asked = em.paths(RATES, until=2021, points=[5, 8])
    pd.testing.assert_frame_equal(em.paths(RATES, until=2021, points=paces), asked)
    assert em.scenarios(pace=paces, base=70, start=2020, years=1)["value"].tolist() == [75, 78]


@pytest.mark.parametrize("pace", ["2", np.nan, np.inf, True, [1, "x"]])
def test_paces_that_are_none_are_refused(pace):
    for ask in (
        lambda: em.paths(RATES, until=2021, points=pace),
        lambda: em.years_needed(RATES, ">=90", pace=pace),
        lambda: em.scenarios(pace=pace, base=70, start=2020, years=1),
    ):
        with pytest.raises(DataError, match="expected a number"):
            ask()


def test_large_paces_keep_their_own_names():
    table = pd.DataFrame({"area": "A", "year": [2020], "value": [5e6]})
    found = em.paths(table, until=2021, points=[1234567, 1234568], limits=(0, None))
    assert found["pace"].nunique() == 2
    asked = em.scenarios(pace=1, base=[1234567, 1234568], start=2020, years=1, limits=(0, None))
    assert asked["scenario"].nunique() == 2


def test_a_forecast_of_what_has_to_fall_is_asked_as_it_is_judged():
    """Myopia: 45 % or less, of a table that nobody told which way is better."""
    fall = pd.Series([60.0, 58, 57, 56, 54, 50], YEARS, name="myopia")
    asked = one(em.project(fall, until=2022).probability("<=45"))
    assert asked.probability == one(em.verdict(fall, "<=45", by=2022)).probability
    reached = one(em.project(fall, until=2022).year_reached("<=45"))
    assert reached.year_reached is pd.NA or reached.year_reached > 2020
    turned = em.project(RATES, until=2022, better="lower").probability(">=90")
    assert one(turned).probability == one(em.verdict(RATES, ">=90", by=2022)).probability


@pytest.mark.parametrize(("given", "word"), [
    ({"better": "up"}, "better"), ({"horizons": ["1"]}, "horizons"),
    ({"horizons": 1.5}, "horizons"), ({"gains": "5"}, "gains"), ({"areas": "some"}, "areas"),
    ({"limits": (5, 1)}, "limits"),
])  # fmt: skip
def test_a_backtest_refuses_what_it_does_not_know(given, word):
    with pytest.raises(DataError, match=f"{word}: expected|measure is not"):
        em.backtest(RATES, **given)


def test_a_backtest_takes_one_number_where_it_takes_several():
    asked = em.backtest(RATES, horizons=[1], gains=[5.0], areas=["all"])
    for given in ({"areas": "all"}, {"horizons": np.array([1])}, {"gains": (5,)}):
        found = em.backtest(RATES, **{"horizons": 1, "gains": 5, **given})
        pd.testing.assert_frame_equal(found, asked)


def test_noise_is_binomial_or_none():
    with pytest.raises(DataError, match="noise: expected None or 'binomial'"):
        em.project(RATES, until=2022, noise="binom")


# --- looking at a table, and splitting one ----------------------------------------------------


@pytest.mark.parametrize(("values", "given", "found"), [
    ([95.0, 96, 97, 98, 99, 101], {}, [("above_limit", (2020,))]),
    ([3.0, 2, 2, 1, 1, -1], COUNTS, [("below_limit", (2020,))]),
])  # fmt: skip
def test_what_is_beyond_the_limits_is_found(values, given, found):
    told = em.inspect(RATES.assign(value=values), **given)
    rules = [*zip(told["rule"], told["years"], strict=True)]
    assert [one for one in rules if "limit" in one[0]] == found


def test_a_short_table_of_fractions_is_found():
    (row,) = em.inspect(RATES.head(3).assign(value=[0.61, 0.62, 0.63])).itertuples()
    assert (row.rule, row.years) == ("below_one", (2015, 2016, 2017))


def test_quantities_are_named_in_every_row_or_in_none():
    with pytest.raises(DataError, match="quantity: expected a name in every row"):
        em.inspect(RATES.assign(quantity=[None, *"abcde"]))
    with pytest.raises(DataError, match="at least one"):
        em.inspect(RATES.head(0).assign(quantity=[]))
    assert em.inspect(RATES.assign(quantity=1), parts=[1]).empty


def test_a_population_is_lost_to_nobody():
    with pytest.raises(DataError, match=r"found none in row\(s\) 2"):
        em.decompose(pd.DataFrame({"year": [1, 2, np.nan], "x": [1.0, 2, 3]}), between="year",
                     factors=["x"])  # fmt: skip


def test_a_rate_of_groups_has_to_add_them_up():
    table = pd.DataFrame(
        {"year": [1, 1, 2, 2], "g": ["a", "b"] * 2, "size": [10.0, 30, 20, 20],
         "share": [0.1, 0.2, 0.15, 0.3]}
    )  # fmt: skip
    asked = {"between": "year", "factors": ["size", "share"], "group": "g"}
    with pytest.raises(DataError, match="one number for a population"):
        em.decompose(table, **asked)
    rate = lambda size, share: (size * share).sum() / size.sum()  # noqa: E731
    split = em.decompose(table, rate=rate, **asked)
    # 0.225 in the second year, 0.175 in the first.
    assert split["effect"].sum() == pytest.approx(0.225 - 0.175)


# --- what lies beside it ----------------------------------------------------------------------


def test_a_pace_is_over_where_the_area_s_own_years_are():
    later = pd.concat([RATES, OTHERS.assign(year=OTHERS["year"] + 2)])
    found = em.required_pace(later, ">=90", by=2022).set_index("area")["required_pace"]
    assert found["A"] == em.verdict(later, ">=90", by=2022)["required_pace"].iloc[0] == 4
    assert math.isnan(found["B"])


def test_persons_that_nothing_is_made_of_are_told():
    with pytest.warns(UserWarning, match="n is used of percentages alone"):
        em.verdict(RATES.assign(value=RATES["value"] / 100, n=50), ">=0.85", by=2022, limits=(0, 1))


def test_a_share_that_no_number_of_persons_is_has_nobody_behind_it():
    with pytest.raises(DataError) as found:
        em.people_behind(RATES.assign(n=50), "==83")
    assert list(found.value.faults) == ["A: no number of 50 is 83 % of them"]
    assert int(em.people_behind(RATES.assign(n=50), "==84")["people"].iloc[0]) == 1


def test_what_can_be_projected_can_be_back_tested():
    below = RATES.assign(value=RATES["value"] - 80)
    assert em.backtest(below, limits=(-50, 50)).query("default")["n"].sum() > 0


def test_areas_and_years_may_stand_in_the_index():
    asked = em.paths(RATES, until=2021, points=5)
    for index in ("year", ["area", "year"]):
        pd.testing.assert_frame_equal(em.paths(RATES.set_index(index), until=2021, points=5), asked)


def test_too_few_years_for_a_back_test_give_an_empty_table_with_its_columns():
    found = em.backtest(RATES.head(3), what="reliability")
    assert found.query("default").empty
    assert {"stated", "happened", "low_happened", "high_happened", "n"} <= {*found.columns}


def test_levels_of_an_outlook_are_numbers():
    outlook = em.project(RATES, until=2022)
    assert len(outlook.quantiles(0.5)) == 2
    for wrong in (None, ["a"], 1.5):
        with pytest.raises(DataError, match="levels: expected"):
            outlook.quantiles(wrong)


def test_groups_may_be_words_and_numbers_and_a_rate_is_a_function():
    table = pd.DataFrame({"y": [1, 1, 2, 2], "g": ["a", 1] * 2, "c": [0.4, 0.6, 0.5, 0.5],
                          "r": [10, 20, 12, 22.0]})  # fmt: skip
    asked = {"between": "y", "factors": ["c", "r"], "group": "g"}
    split = em.decompose(table, rate=lambda c, r: (c * r).sum(), **asked)
    assert split["effect"].sum() == pytest.approx(17 - 16)
    for wrong in ({"rate": "a*b"}, {"between": ["y"]}):
        with pytest.raises(DataError, match="expected"):
            em.decompose(table, **{**asked, **wrong})


def test_parts_are_named_by_a_column():
    both = pd.concat([RATES.assign(quantity="girls"), OTHERS.assign(quantity="boys")])
    assert em.inspect(both, parts="girls").columns.tolist()[0] == "rule"
    with pytest.raises(DataError, match="expected a column quantity"):
        em.inspect(RATES, parts=["girls"])


def test_a_study_is_asked_with_names_that_are_some():
    with pytest.raises(DataError, match="areas: expected at least one"):
        em.assess("mock_city", areas=[])
    with pytest.raises(DataError, match="study: expected names"):
        em.load_table(5)
    with pytest.raises(DataError, match="root: expected a folder"):
        em.load_catalog(5)
    with pytest.raises(DataError, match="root: only a study has them"):
        em.scenarios(pace=6, base=70, start=2020, years=5, root="/x")


@pytest.mark.slow
def test_paces_asked_of_a_study_have_names_and_begin_where_it_stood():
    asked = {"areas": "mock_east", "targets": "T06_primary_bachelor"}
    found = em.scenarios("mock_city", pace=[2, 3], **asked)
    assert found["scenario"].unique().tolist() == ["pace=2", "pace=3"]
    assert {text.get_text() for text in em.plot_paths(found).texts} == {"pace=2", "pace=3"}
    before = em.scenarios("mock_city", pace=2, years=5, **asked)
    own = em.load_table("mock_city").query("area == 'mock_east' and year == 2017")
    counts = own.set_index("quantity")["value"]
    stood = 100 * counts["teachers_primary_bachelor"] / counts["teachers_primary"]
    assert before["value"].iloc[0] == pytest.approx(stood + 2, abs=0.01)
