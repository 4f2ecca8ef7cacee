"""Mechanisms: drawn rates, levers with bounds, and the smallest setting that keeps a promise."""

import numpy as np
import pytest

from edu_metrics.catalog import MechanismRate
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows.pupils import fastest_fall
from edu_metrics.trajectories.mechanisms import Lever, Mechanism, sample, smallest_setting

YEARS = (2021, 2022)


def staff(qualified=850.0, teachers=1000.0, *, leaving=None, entrants=100.0, high=150, **options):
    rate = leaving or MechanismRate(kind="fixed", mean=0)
    levers = (
        Lever("upgrades", "persons", 0, 0, high, whole=True),
        Lever("new_posts", "persons", 0, 0, 200, whole=True),
        Lever("entrants_qualified_pct", "percent", entrants, 0, 100),
    )
    return Mechanism(
        "teachers",
        {"qualified": qualified, "teachers": teachers},
        {"leaving_qualified_pct": rate, "leaving_others_pct": rate},
        levers,
        **options,
    )


def smallest(model, name, years, kept, probability, outcome="qualified_pct"):
    """Look for the smallest setting of one lever of a model."""
    (lever,) = (one for one in model.levers if one.name == name)

    def chance(value):
        return float(np.mean(kept(model.project(outcome, years, {name: value}))))

    return smallest_setting(lever, chance, probability)


def reaches(level, year=2022):
    return lambda run: run[:, YEARS.index(year)] >= level - 1e-9


def test_85_to_90_of_a_thousand_takes_25_upgrades_a_year_where_nobody_leaves():
    found = smallest(staff(), "upgrades", YEARS, reaches(90), 0.5)
    assert (found.value, found.reason, found.probability) == (25, "found", 1.0)


def test_87_on_the_way_asks_for_no_more_than_90_at_the_end():
    def both(run):
        return reaches(87, 2021)(run) & reaches(90, 2022)(run)

    assert smallest(staff(), "upgrades", YEARS, both, 0.5).value == 25
    # The other way round the first year binds: 40 in one year, 50 in two.
    assert smallest(staff(), "upgrades", YEARS, reaches(89, 2021), 0.5).value == 40


def test_39_to_42_takes_new_posts_of_a_twentieth_over_two_years():
    found = smallest(staff(390, 1000), "new_posts", YEARS, reaches(42), 0.5)
    # 30 / 0.58 = 51.7 in all.
    assert found.value == 26


def test_leavers_replaced_by_graduates_do_part_of_the_work():
    """Of 150 without a degree 6 are replaced in the first year: 870 - 850 x 0.96 - 40 = 14."""
    model = staff(leaving=MechanismRate(kind="fixed", mean=4))
    assert model.project("qualified_pct", [2021], {"upgrades": 20 - 6}) == pytest.approx(87)


def test_of_a_nation_no_list_of_all_its_people_is_made():
    """1.4 billion settings as a list would not fit: the search goes by their places alone."""
    lever = Lever("more_a_year", "persons", 0.5, 0.5, 1.4e9, whole=True)
    found = smallest_setting(lever, lambda value: value / 1e9, 0.25)
    assert found.value == 250_000_000


@pytest.mark.parametrize(("chance", "value"), [(0.3001, 4.612), (0.9995, 13.0), (1.0, 13.0)])
def test_what_is_not_whole_is_found_to_a_thousandth_of_its_range(chance, value):
    lever = Lever("leaving", "percent", 1.0, 0.0, 13.0)
    found = smallest_setting(lever, lambda at: (at - 1.0) / 12.0, chance)
    assert found.value == pytest.approx(value)


def test_no_setting_within_its_bounds_is_an_answer():
    found = smallest(staff(high=10), "upgrades", YEARS, reaches(90), 0.5)
    assert (found.value, found.reason) == (None, "beyond_bounds")
    assert found.probability == 0.0


def test_the_usual_setting_may_be_enough():
    found = smallest(staff(), "upgrades", YEARS, reaches(85), 0.8)
    assert (found.value, found.reason) == (0, "usual_is_enough")


def test_more_certainty_takes_more():
    uncertain = staff(leaving=MechanismRate(kind="beta", mean=5, sd=2), entrants=60.0)
    even, sure = (smallest(uncertain, "upgrades", YEARS, reaches(90), p) for p in (0.5, 0.8))
    assert even.value < sure.value
    assert even.probability >= 0.5
    assert sure.probability >= 0.8
    one_less = {"upgrades": sure.value - 1}
    assert np.mean(reaches(90)(uncertain.project("qualified_pct", YEARS, one_less))) < 0.8


def test_the_same_seed_draws_the_same_and_another_one_others():
    rate = MechanismRate(kind="beta", mean=5, sd=2)
    first, again, other = (
        staff(leaving=rate, entrants=50.0, seed=seed).project("qualified_pct", YEARS)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_longer_projection_begins_like_a_shorter_one():
    state = {"pass_pct": 80, "excellence_pct": 30,
             "pass_cut_pct": 60, "excellence_cut_pct": 85, "low_cut_pct": 40}  # fmt: skip
    exam = Mechanism(
        "exam",
        state,
        {"paper_harder": MechanismRate(kind="normal", mean=0, sd=2, yearly=True)},
        (Lever("learning", "marks", 0, 0, 5),),
    )
    short, long = (exam.project("pass_pct", years) for years in ([2021], [2021, 2022, 2023]))
    assert np.array_equal(short[:, 0], long[:, 0])
    assert not np.array_equal(long[:, 0], long[:, 1])


def test_a_gain_in_every_year_is_found_where_the_furthest_setting_takes_all_at_once():
    """All of the staff upgraded in the first year leaves nothing to gain in the second."""

    def rises_twice(draws):
        return (draws[:, 0] >= 86 - 1e-9) & (draws[:, 1] - draws[:, 0] >= 1 - 1e-9)

    model = staff()
    furthest = model.project("qualified_pct", YEARS, {"upgrades": 150})
    assert not rises_twice(furthest).any()
    assert smallest(model, "upgrades", YEARS, rises_twice, 0.5).value == 10


def test_no_cut_of_new_cases_falls_faster_than_the_floor():
    model = Mechanism(
        "myopia",
        {"overall_pct": 52.7},
        {
            "first_grade_pct": MechanismRate(kind="fixed", mean=12.9),
            "screening_pp": MechanismRate(kind="fixed", mean=0),
        },
        (Lever("new_cases_cut_pct", "percent", 0, 0, 100),),
    )
    floor = fastest_fall(model.start["by_grade"][0], 2)
    beyond, within = (
        smallest(
            model,
            "new_cases_cut_pct",
            YEARS,
            lambda run, fall=fall: run[:, -1] <= 52.7 - fall,
            0.5,
            "overall_pct",
        )
        for fall in (floor + 0.1, floor - 0.1)
    )
    assert beyond.reason == "beyond_bounds"
    assert 95 < within.value < 100


def test_years_follow_each_other():
    with pytest.raises(ProjectionError, match="consecutive"):
        staff().project("qualified_pct", [2021, 2023])


@pytest.mark.parametrize(
    ("rate", "mean", "sd"),
    [
        (MechanismRate(kind="beta", mean=30, sd=10), 30, 10),
        (MechanismRate(kind="normal", mean=-2, sd=3), -2, 3),
        (MechanismRate(kind="range", low=0, high=12), 6, 12 / 12**0.5),
        (MechanismRate(kind="fixed", mean=7), 7, 0),
    ],
)
def test_draws_have_the_mean_and_the_spread_that_were_given(rate, mean, sd):
    draws = sample(rate, np.random.default_rng(3), 40_000)
    assert draws.mean() == pytest.approx(mean, abs=0.1)
    assert draws.std() == pytest.approx(sd, abs=0.1)
    assert rate.middle == mean


def test_a_setting_outside_its_bounds_and_an_unknown_lever_are_told_together():
    with pytest.raises(ProjectionError) as caught:
        staff().settings(upgrades=-1, upgrade=5)
    assert "upgrades: expected 0 to 150, found -1" in str(caught.value)
    assert "no lever 'upgrade'; did you mean 'upgrades'?" in str(caught.value)


def test_the_draws_of_a_start_are_those_of_its_years():
    """A dropout rate fills the grades and empties them: a settled city keeps its retention."""
    dropout = MechanismRate(kind="beta", mean=1, sd=0.5)
    model = Mechanism(
        "cohorts",
        {"entrants": np.full(9, 800.0), "retention_pct": 93.0},
        {"dropout_primary_pct": MechanismRate(kind="fixed", mean=0), "dropout_junior_pct": dropout,
         "more_moves_pct": MechanismRate(kind="fixed", mean=0)},
        (
            Lever("dropout_prevented_pct", "percent", 0, 0, 100),
            Lever("returned", "persons", 0, 0, 30, whole=True),
        ),
    )  # fmt: skip
    assert model.project("retention_pct", YEARS) == pytest.approx(93.0)
