"""Readings taken apart, and where exactly each comparison turns."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Plan
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability import Check


def holds_at(checks, text, value, **more):
    (check,) = checks({"type": "level", "at": {2022: text}, **more})
    return check.holds({2022: value})


@pytest.mark.parametrize(
    ("text", "below", "at", "above"),
    [
        (">95", False, False, True),
        (">=95", False, True, True),
        ("<95", True, False, False),
        ("<=95", True, True, False),
        ("==95", False, True, False),
    ],
)
def test_a_level_turns_at_its_bound_and_is_strict_where_it_is_printed_strictly(
    checks, text, below, at, above
):
    assert [holds_at(checks, text, value) for value in (94.9, 95.0, 95.1)] == [below, at, above]
    # The next number that a computer knows is already on the other side.
    assert holds_at(checks, text, np.nextafter(95, 0)) is below
    assert holds_at(checks, text, np.nextafter(95, 100)) is above


@pytest.mark.parametrize(
    ("value", "reached", "passed"),
    [
        (94.94, False, False),
        (94.95, True, False),  # rounds half up to 95.0: reaches 95, does not pass it
        (94.96, True, False),
        (95.04, True, False),
        (95.05, True, True),
    ],
)
def test_a_reading_that_rounds_rounds_half_up_to_what_would_be_printed(
    checks, value, reached, passed
):
    assert holds_at(checks, ">=95", value, round_to=0.1) is reached
    assert holds_at(checks, ">95", value, round_to=0.1) is passed


def test_without_rounding_said_values_are_compared_as_they_are(checks):
    assert not holds_at(checks, ">=95", 94.96)
    assert holds_at(checks, ">95", 95.04)


def test_rounding_is_half_up_and_not_half_to_even(checks):
    assert holds_at(checks, ">=95", 94.5, round_to=1)
    assert holds_at(checks, ">=97", 96.5, round_to=1)
    assert not holds_at(checks, "<=94", 94.5, round_to=1)


def test_rounding_holds_for_arrays_and_leaves_what_is_missing(checks):
    (check,) = checks({"type": "level", "at": {2022: ">=95"}, "round_to": 0.1})
    found = check.holds({2022: np.array([94.94, 94.95, np.nan])})
    assert found.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (65.1, 70.1),  # 4.999999999999993 in binary
        (62.3, 67.3),
        (100 / 3, 100 / 3 + 5),
        (0.1, 5.1),
    ],
)
@pytest.mark.parametrize("text", [">=5", "<=5", "==5"])
def test_five_points_are_five_points_whatever_binary_makes_of_them(checks, first, last, text):
    (check,) = checks({"type": "total_change", "unit": "points", "change": [text]})
    assert check.measured({2020: first, 2022: last}) == 5
    assert check.holds({2020: first, 2022: last})


@given(st.integers(1, 999), st.sampled_from([1, 5, 10, 20, 50]))
def test_a_percentage_of_printed_numbers_is_exact(checks, tenths, percent):
    (check,) = checks({"type": "total_change", "unit": "percent", "change": [f"=={percent}"]})
    first, last = tenths / 10, tenths * (100 + percent) / 1000
    assert check.holds({2020: first, 2022: last})
    (fall,) = checks({"type": "total_change", "unit": "percent", "change": [f"==-{percent}"]})
    assert fall.holds({2020: first, 2022: tenths * (100 - percent) / 1000})


def test_changes_of_large_amounts_are_exact(checks):
    (check,) = checks({"type": "total_change", "unit": "points", "change": ["==123456789013"]})
    assert check.holds({2020: 1.0, 2022: 123456789014.0})


def test_a_mean_change_of_a_tenth_of_a_point_is_exact(checks):
    (check,) = checks({"type": "average_change", "change": [">=0.1"]}, steps=3)
    assert check.measured({2019: 50.0, 2022: 50.3}) == 0.1  # 0.3 / 3 is below 0.1 in binary
    assert check.holds({2019: 50.0, 2022: 50.3})


def test_a_sum_of_tenths_is_exact(checks):
    (check,) = checks({"type": "sum_over_years", "years": [2020, 2021, 2022], "bounds": ["<=0.3"]})
    assert check.holds(dict.fromkeys((2020, 2021, 2022), 0.1))


def test_a_level_is_checked_in_each_of_its_years_in_order(checks):
    found = checks({"type": "level", "at": {2022: ">95", 2021: ">=93"}})
    assert [(check.measure, check.years, str(check.bounds[0])) for check in found] == [
        ("value", (2021,), "≥ 93"),
        ("value", (2022,), "> 95"),
    ]


@pytest.mark.parametrize(("steps", "years"), [(2, [2021, 2022]), (3, [2020, 2021, 2022])])
def test_a_floor_for_each_year_is_checked_in_each_step(checks, steps, years):
    found = checks({"type": "each_year", "bound": ">=60"}, steps=steps)
    assert [(check.measure, check.years) for check in found] == [("value", (y,)) for y in years]


@pytest.mark.parametrize(
    ("steps", "spans"),
    [(2, [(2020, 2021), (2021, 2022)]), (3, [(2019, 2020), (2020, 2021), (2021, 2022)])],
)
@pytest.mark.parametrize("unit", ["points", "percent"])
def test_a_yearly_change_is_checked_step_by_step(checks, steps, spans, unit):
    found = checks({"type": "yearly_change", "unit": unit, "change": [">=5", "<=8"]}, steps=steps)
    assert [check.years for check in found] == spans
    assert {check.measure for check in found} == {unit}
    assert [str(bound) for bound in found[0].bounds] == ["≥ 5", "≤ 8"]


@pytest.mark.parametrize(("steps", "base"), [(2, 2020), (3, 2019)])
def test_average_and_total_run_from_the_base_year_to_the_deadline(checks, steps, base):
    average = {"type": "average_change", "change": [">=5"]}
    total = {"type": "total_change", "unit": "percent", "change": [">=10"]}
    found = checks(average, total, steps=steps)
    assert [(check.measure, check.years) for check in found] == [
        ("points_per_step", (base, 2022)),
        ("percent", (base, 2022)),
    ]
    values = {base: 50.0, 2022: 60.0}
    assert [check.measured(values) for check in found] == pytest.approx([10 / steps, 20])


def test_a_sum_takes_its_years_in_order_and_both_bounds(checks):
    (check,) = checks(
        {"type": "sum_over_years", "years": [2022, 2020, 2021], "bounds": [">=4", "<=6"]}
    )
    assert (check.years, check.due) == ((2020, 2021, 2022), 2022)
    outcomes = [check.holds({2020: 1, 2021: 1, 2022: last}) for last in (1.9, 2, 4, 4.1)]
    assert outcomes == [False, True, True, False]


def test_conditions_of_a_reading_come_in_the_order_in_which_they_fall_due(checks):
    found = checks(
        {"type": "level", "at": {2022: ">=90"}},
        {"type": "yearly_change", "unit": "points", "change": [">0"]},
    )
    assert [(check.due, check.measure) for check in found] == [
        (2021, "points"),
        (2022, "value"),
        (2022, "points"),
    ]


def test_a_reading_of_yearly_change_without_steps_is_refused(checks):
    with pytest.raises(ProjectionError, match="say how many steps"):
        checks({"type": "each_year", "bound": ">=60"}, steps=None)


@pytest.mark.parametrize(
    ("first", "last", "capped", "uncapped"),
    [
        (90, 95, True, True),
        (90, 94, False, False),
        (97, 100, True, False),  # no more can be asked
        (97, 99.9, False, False),
        (100, 100, True, False),
        (100, 99, False, False),
    ],
)
def test_a_capped_rise_is_kept_at_100(checks, first, last, capped, uncapped):
    condition = {"type": "yearly_change", "unit": "points", "change": [">=5"]}
    values = {2021: first, 2022: last}
    assert checks({**condition, "capped": True}, steps=1)[0].holds(values) is capped
    assert checks(condition, steps=1)[0].holds(values) is uncapped


@pytest.mark.parametrize(
    ("first", "last", "capped", "uncapped"),
    [
        (6, 3, True, True),
        (6, 4, False, False),
        (2, 0, True, False),
        (2, 0.1, False, False),
        (0, 0, True, False),
    ],
)
def test_a_capped_fall_is_kept_at_0(checks, first, last, capped, uncapped):
    condition = {"type": "yearly_change", "unit": "points", "change": ["<=-3"]}
    values = {2021: first, 2022: last}
    assert checks({**condition, "capped": True}, steps=1)[0].holds(values) is capped
    assert checks(condition, steps=1)[0].holds(values) is uncapped


def test_a_cap_without_a_limit_caps_nothing(checks):
    condition = {"type": "yearly_change", "unit": "points", "change": [">=5"], "capped": True}
    (check,) = checks(condition, steps=1, limits=(0, None))
    assert check.cap is None
    assert not check.holds({2021: 100, 2022: 100})


def test_a_cap_holds_draw_by_draw(checks):
    condition = {"type": "yearly_change", "unit": "points", "change": [">=5"], "capped": True}
    (check,) = checks(condition, steps=1)
    found = check.holds({2021: 96.0, 2022: np.array([97.0, 100.0])})
    assert found.tolist() == [False, True]


@given(st.integers(1, 200))
def test_twenty_percent_more_of_a_count_needs_the_next_whole_one(checks, base):
    (check,) = checks({"type": "total_change", "unit": "percent", "change": [">=20"]})
    needed = -(-6 * base // 5)  # the ceiling of 1.2 n, in whole numbers
    assert check.holds({2020: base, 2022: needed})
    assert not check.holds({2020: base, 2022: needed - 1})


def test_from_zero_there_is_no_percentage_and_no_promise_kept(checks):
    (check,) = checks({"type": "total_change", "unit": "percent", "change": [">=5"]})
    assert np.isnan(check.measured({2020: 0, 2022: 10}))
    assert check.holds({2020: 0, 2022: 10}) is False
    found = check.holds({2020: np.array([0.0, 10.0]), 2022: 11.0})
    assert found.tolist() == [False, True]


RANK = {"type": "rank", "year": 2022, "bound": "<=2", "among": ["east", "west", "south"]}


@pytest.mark.parametrize(
    ("own", "from_above", "from_below"),
    [(95, 1, 4), (90, 1, 3), (87, 2, 3), (85, 2, 1), (80, 4, 1)],
)
def test_equals_share_the_better_place(checks, own, from_above, from_below):
    rivals = {"east": {2022: 90.0}, "west": {2022: 85.0}, "south": {2022: 85.0}}
    (rising,) = checks(RANK)
    (falling,) = checks(RANK, falling=True)
    assert rising.measured({2022: own}, rivals) == from_above
    assert falling.measured({2022: own}, rivals) == from_below
    assert rising.holds({2022: own}, rivals) is (from_above <= 2)


def test_a_rank_is_taken_draw_by_draw(checks):
    (check,) = checks(RANK)
    rivals = {"east": {2022: np.array([90.0, 70.0])}, "west": {2022: np.array([91.0, 99.0])}}
    assert check.measured({2022: np.array([80.0, 80.0])}, rivals).tolist() == [3, 2]
    assert check.holds({2022: np.array([80.0, 80.0])}, rivals).tolist() == [False, True]


def test_an_unknown_measure_is_refused(bound):
    with pytest.raises(ProjectionError, match="unknown measure 'mood'"):
        Check("mood", (2021, 2022), (bound(">1"),)).measured({2021: 1, 2022: 2})


@pytest.mark.parametrize(
    ("issued", "steps", "default"),
    [
        ("2020-12-02", [2, 3], 2),
        ("2020-12-02", [3, 2], 2),
        ("2019-12-31", [2, 3], 3),
        ("2022-01-01", [2, 3], 2),
        ("2020-12-02", [1, 2, 3], 2),
    ],
)
def test_default_steps_are_those_that_remain_after_the_date_of_issue(
    promise, issued, steps, default
):
    condition = {"type": "each_year", "bound": ">=60"}
    plan = Plan.model_validate(
        {
            "id": "plan",
            "title": {"zh": "计划", "en": "Plan"},
            "source": "s",
            "issued": issued,
            "first_year": 2020,
            "last_year": 2022,
            "areas": ["city"],
            "targets": [
                promise([{"type": "level", "at": {2022: ">=60"}}], [condition], steps=steps)
            ],
        }
    )
    assert plan.default_steps(plan.targets[0]) == default
    crossed = [(reading.id, n) for reading, n in plan.combinations(plan.targets[0])]
    assert crossed[:2] == [("r0", None), ("r1", default)]
    assert sorted(n for _, n in crossed[1:]) == sorted(steps)
