"""Targets that ask for nothing: the figures of the plan itself, and small made plans."""

import pytest

from edu_metrics.plan_audit import audit
from edu_metrics.plan_audit.impossible import (
    already_at_the_limit,
    cannot_fail,
    floor_that_may_stand_still,
    rate_beyond_100,
    smallest_movement,
    smallest_rise,
)

RULES = (
    already_at_the_limit,
    cannot_fail,
    floor_that_may_stand_still,
    rate_beyond_100,
    smallest_movement,
    smallest_rise,
)
NO_BASE = {"baseline": None}


def by_target(rule, context):
    return {finding.targets[0].split("_")[0]: finding for finding in rule(context)}


def test_a3_the_smallest_passing_paths_are_those_of_the_table(shipped):
    found = by_target(smallest_movement, shipped)
    paths = {name: finding.numbers["smallest_path_pct"] for name, finding in found.items()}
    assert paths == {
        "T01": [50, 50.01, 50.01],
        "T02": [93, 95.01, 95.01],
        "T03": [95, 97, 97],
        "T04": [97.01, 97.01, 97.01],
        "T05": [80, 80.01, 80.01],
        "T07": [95, 97, 97.01],
    }


def test_a3_what_each_year_asks_is_said_year_by_year(shipped):
    found = by_target(smallest_movement, shipped)
    asks = {name: finding.numbers["asks"] for name, finding in found.items()}
    assert asks["T01"] == ["more_than_0", "nothing"]
    assert asks["T02"] == ["more_than", "nothing"]
    assert asks["T03"] == ["at_least", "nothing"]
    assert asks["T04"] == ["nothing", "nothing"]
    assert asks["T07"] == ["at_least", "more_than_0"]
    assert found["T02"].numbers["asked_pp"] == [2, 0]


def test_a3_only_targets_without_any_movement_weigh_more_than_those_with_some(shipped):
    weights = {name: str(f.severity) for name, f in by_target(smallest_movement, shipped).items()}
    assert weights == {
        "T01": "medium", "T04": "medium", "T05": "medium",
        "T02": "low", "T03": "low", "T07": "low",
    }  # fmt: skip


def test_a3_targets_that_stand_at_100_can_not_be_raised(shipped):
    assert set(by_target(already_at_the_limit, shipped)) == {"A32b", "A32d"}


def test_a3_milestones_that_no_number_fails_are_gathered_in_one_finding(shipped):
    (finding,) = cannot_fail(shipped)
    assert {"A12l_city_first_in_region", "A38d_foundation"} <= set(finding.targets)
    assert finding.numbers["count"] == len(finding.targets) == 10


def test_a2_article_6_asks_for_a_rise_of_no_stated_size(shipped):
    assert by_target(smallest_rise, shipped)["A06a"].targets == ("A06a_public_share",)


def test_a3_a_gross_rate_above_97_is_no_share_of_the_cohort(shipped):
    found = by_target(rate_beyond_100, shipped)
    assert set(found) == {"T02", "T04"}
    assert found["T04"].numbers["floor_pct"] == 97


def test_the_sentence_names_the_year_that_asks_for_nothing(shipped):
    finding = by_target(smallest_movement, shipped)["T02"]
    assert "2021 asks more than 2 points; 2022 asks nothing" in finding.message("en")
    assert "2022年不要求任何变化" in finding.message("zh")


def test_a_plain_target_yields_nothing(made):
    assert [f for rule in RULES for f in rule(made({}))] == []


def test_a_first_bound_stands_in_for_a_base_and_one_year_alone_says_nothing(made):
    one = [{"type": "level", "at": {2022: ">90"}}]
    two = [{"type": "level", "at": {2021: ">90", 2022: ">=92"}}]
    assert list(smallest_movement(made(NO_BASE | {"conditions": one}))) == []
    assert list(smallest_movement(made(NO_BASE | {"conditions": two}))) == []
    same = [{"type": "level", "at": {2021: ">90", 2022: ">90"}}]
    (finding,) = smallest_movement(made(NO_BASE | {"conditions": same}))
    assert finding.numbers["smallest_path_pct"] == [90.01, 90.01]


def test_a_falling_target_is_walked_downwards(made):
    falling = {
        "indicator": "large_class_share",
        "better": "lower",
        "baseline": {"value": 8, "year": 2020},
        "conditions": [{"type": "level", "at": {2021: "<=5", 2022: "<5"}}],
    }
    (finding,) = smallest_movement(made(falling))
    assert finding.numbers["smallest_path_pct"] == [8, 5, 4.99]
    assert finding.numbers["asks"] == ["at_least", "more_than_0"]


def test_counted_things_move_by_whole_ones(made):
    schools = {
        "indicator": "master_teacher_workshops",
        "unit": "workshops",
        "baseline": {"value": 10, "year": 2020},
        "conditions": [{"type": "level", "at": {2021: ">10", 2022: ">10"}}],
    }
    (finding,) = smallest_movement(made(schools))
    assert finding.numbers["smallest_path"] == [10, 11, 11]


def test_a_rate_that_is_best_at_zero_stands_at_its_limit_there(made):
    none_left = {
        "indicator": "large_class_share",
        "better": "lower",
        "baseline": {"value": 0, "year": 2020},
        "conditions": [{"type": "level", "at": {2022: "<=0"}}],
    }
    (finding,) = already_at_the_limit(made(none_left))
    assert finding.numbers["limit"] == 0


def test_a_floor_with_a_rise_does_not_stand_still(made):
    floor = {"type": "each_year", "bound": ">=60"}
    rise = {"type": "yearly_change", "unit": "points", "change": [">=2"]}
    steps = {"steps": [2]}
    assert len(list(floor_that_may_stand_still(made(steps | {"conditions": [floor]})))) == 1
    assert list(floor_that_may_stand_still(made(steps | {"conditions": [floor, rise]}))) == []


def test_a_change_that_only_forbids_falling_is_kept_by_standing_still(made):
    hold = {"type": "yearly_change", "unit": "points", "change": [">=0"]}
    (finding,) = smallest_rise(made({"steps": [2], "conditions": [hold]}))
    assert finding.numbers["standing_still_keeps_it"] is True


@pytest.mark.parametrize(
    ("base", "found"),
    [
        (0.9, False),  # has to rise into 0.97 to 1.03
        (1.1, False),  # has to fall into it
        (0.97, True),
        (1.0, True),
    ],
)
def test_a_corridor_asks_for_nothing_only_of_a_base_inside_it(made, base, found):
    corridor = [
        {"type": "level", "at": {2022: ">=0.97"}},
        {"type": "level", "at": {2022: "<=1.03"}},
    ]
    for conditions in (corridor, corridor[::-1]):
        context = made(
            {
                "indicator": "girls_to_boys_upper_secondary",
                "unit": "ratio",
                "better": "reach",
                "baseline": {"value": base, "year": 2020},
                "conditions": conditions,
            }
        )
        assert bool(list(smallest_movement(context))) is found


def test_closing_a_gap_of_a_tenth_is_not_told_as_nothing(catalog):
    plan = catalog.plan("mock_english_plan")
    told = {f.rule for f in audit(catalog, plan) if "E2_girls_and_boys" in f.targets}
    assert "smallest_movement" not in told
