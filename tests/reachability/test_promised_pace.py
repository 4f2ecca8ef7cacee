"""The plan's own pace: its slow end, middle and fast end across all readings, or none at all."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Scenario, Target
from edu_metrics.reachability import SeriesStore, assess_target, run_scenario
from edu_metrics.reachability.arithmetic import bases_of_pace, promised_pace

ENDS = ("low", "middle", "high")


def yearly(*bounds, unit="points", **more):
    return {"type": "yearly_change", "unit": unit, "change": list(bounds), **more}


def mean(*bounds):
    return {"type": "average_change", "change": list(bounds)}


@pytest.fixture
def ends(case):
    """Carry one target on at the three ends of the plan's pace; each with whether it is kept."""

    def run(target, rows, *others):
        catalog, study, table = case([target, *others], rows)
        plan, evidence = catalog.plan("plan"), SeriesStore(catalog, study, table)
        told = []
        for at in ENDS:
            entry = Scenario.model_validate(
                {
                    "id": at,
                    "title": {"zh": "情", "en": at},
                    "assumes": {"zh": "假", "en": "a"},
                    "steps": [{"type": "promised_pace", "at": at}],
                }
            )
            judged = assess_target(evidence, plan.targets[0], "city")
            (found,) = run_scenario(evidence, judged, entry)
            end = None if found.draws is None else round(float(found.draws[0, -1]), 6)
            told.append((end, found.met) if found.reason is None else found.reason)
        return told

    return run


#: One clause, "5 to 8 points a year", in the three readings that it leaves.
FIVE_TO_EIGHT = (
    [yearly(">=5", capped=True)],
    [yearly(">=5", "<=8")],
    [mean(">=5", "<=8")],
)


def test_the_fast_end_may_stand_in_another_reading_than_the_slow_one(ends, promise, cells):
    rows = [cells("rate_pct", {2019: 83.0, 2020: 84.83})]
    found = ends(promise(*FIVE_TO_EIGHT, indicator="printed"), rows)
    assert found == [(94.83, True), (97.83, True), (100, True)]


def test_a_promised_fall_has_its_slow_end_nearest_to_standing_still(ends, promise, cells):
    readings = ([yearly("<=-3", capped=True)], [yearly("<=-3", ">=-5")])
    target = promise(*readings, indicator="ill", better="lower")
    found = ends(target, [cells("ill_pct", {2019: 15.0, 2020: 14.36})])
    assert found == [(8.36, True), (6.36, True), (4.36, True)]


def test_a_linked_pace_is_taken_across_its_readings_and_agrees_with_the_verdict(
    case, ends, promise, cells
):
    rows = [cells("rate_pct", {2019: 88.0, 2020: 88.88})]
    pace = promise(*FIVE_TO_EIGHT, indicator="printed", name="pace")
    level = [{"type": "level", "at": {2022: ">=99"}}]
    target = promise(level, indicator="printed", pace="pace")
    assert ends(target, rows, pace) == [(98.88, False), (100, True), (100, True)]
    # From 82.9 the fastest end is 98.9: no end keeps the level, and the verdict says so.
    rows = [cells("rate_pct", {2019: 82.0, 2020: 82.9})]
    assert [kept for _, kept in ends(target, rows, pace)] == [False] * 3
    catalog, study, table = case([target, pace], rows)
    plan = catalog.plan("plan")
    found = assess_target(SeriesStore(catalog, study, table), plan, plan.targets[0], "city")
    assert found.findings == ("promised_pace",)


@pytest.mark.parametrize("bound", [">0", ">=0"])
def test_a_direction_without_a_size_is_no_pace_of_the_plans_own(ends, promise, rates, bound):
    target = promise([yearly(bound)], [yearly(">=0")])
    assert ends(target, [rates({2019: 790, 2020: 800})]) == ["no_promised_pace"] * 3


@pytest.mark.parametrize(
    ("bounds", "indicator", "row"),
    [
        ((">5",), "pass_rate", None),
        ((">0", "<3"), "pass_rate", None),
        ((">1", "<=2"), "number_of_schools", {2019: 20, 2020: 22}),
    ],
)
def test_no_end_of_the_plans_pace_breaks_the_plans_own_target(
    ends, promise, rates, cells, bounds, indicator, row
):
    rows = [cells("schools", row)] if row else [rates({2019: 790, 2020: 800})]
    found = ends(promise([yearly(*bounds)], indicator=indicator), rows)
    assert [kept for _, kept in found] == [True] * 3


def test_a_promised_percentage_of_persons_takes_whole_ones(ends, promise, cells):
    # 5 % more than 22 are 24, and 5 % more than those 26.
    target = promise([yearly(">=5", unit="percent")], indicator="number_of_schools")
    assert ends(target, [cells("schools", {2019: 21, 2020: 22})]) == [(26, True)] * 3


def test_readings_on_another_indicator_or_in_another_unit_stand_apart(promise):
    target = promise([yearly(">=5")], [yearly(">=9", unit="percent")], [yearly(">=7")])
    target["readings"][2]["indicator"] = "printed"
    entry = Target.model_validate(target)
    assert promised_pace(entry).step("high") == 5
    assert promised_pace(entry, entry.readings[1]).step("high") == 9
    assert promised_pace(entry, entry.readings[2]).step("high") == 7


def test_of_two_ends_at_one_number_the_strict_one_keeps_both(promise):
    for readings in (([yearly(">=5")], [yearly(">5")]), ([yearly(">5")], [yearly(">=5")])):
        pace = promised_pace(Target.model_validate(promise(*readings)))
        assert 5 < pace.step("low") < 5.001
        assert (pace.slowest, pace.fastest) == (5, None)


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4),
    st.sampled_from([1, -1]),
    st.randoms(use_true_random=False),
)
def test_the_ends_are_the_smallest_and_the_largest_number_printed(sizes, way, shuffled):
    """Whatever the order of readings and of the bounds in them."""
    ops = (">=", "<=") if way > 0 else ("<=", ">=")
    readings = [[f"{ops[0]}{way * min(sizes)}"], [f"{ops[1]}{way * max(sizes)}"]]
    readings += [[f"=={way * size}"] for size in sizes]
    shuffled.shuffle(readings)
    target = Target.model_validate(
        {
            "id": "t", "title": {"zh": "目", "en": "t"}, "article": "1", "tier": "numeric",
            "kind": "points_per_year", "indicator": "i", "areas": ["a"],
            "population": {"zh": "全", "en": "all"}, "unit": "percent",
            "better": "hold", "deadline": None, "quote": "q",
            "locator": "l", "steps": [2],
            "readings": [
                {"id": f"r{n}", "label": {"zh": "读", "en": "r"}, "default": n == 0,
                 "conditions": [yearly(*bounds)]}
                for n, bounds in enumerate(readings)
            ],
        }
    )  # fmt: skip
    pace = promised_pace(target)
    low, middle, high = (pace.step(at) for at in ENDS)
    assert (low, high) == (way * min(sizes), way * max(sizes))
    assert math.isclose(middle, (low + high) / 2)


def test_the_bases_of_a_pace_end_at_the_level_at_either_end(case, promise):
    pace = promise(*FIVE_TO_EIGHT, name="pace")
    target = promise([{"type": "level", "at": {2022: ">=97.5"}}], pace="pace")
    plan = case([target, pace])[0].plan("plan")
    assert bases_of_pace(plan, plan.targets[0]).bases == {2: (81.5, 87.5), 3: (73.5, 82.5)}
    assert bases_of_pace(plan, plan.targets[1]) is None
