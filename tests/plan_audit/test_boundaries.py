from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.plan_audit import Severity
from edu_metrics.plan_audit.whole_numbers import undecided_by_print, unstated_boundaries
from edu_metrics.reachability.checks import round_half_up


def found(context):
    return {finding.part: finding for finding in unstated_boundaries(context)}


def level(bound, **more):
    return {"type": "level", "at": {2022: bound}, **more}


def test_boundary_94_96_is_printed_as_the_number_it_does_not_reach():
    assert round_half_up(94.96, 0.1) == 95.0
    assert round_half_up(95.04, 0.1) == 95.0
    low, high = undecided_by_print(95)
    assert (low, high) == (94.95, 95.05)
    assert low <= 94.96 < high
    assert low <= 95.04 < high


def test_a_half_is_rounded_up_as_official_statistics_are():
    assert round_half_up(94.95, 0.1) == 95.0
    assert round_half_up(95.05, 0.1) == 95.1


@given(st.integers(0, 1000), st.floats(0, 100))
def test_a_printed_value_is_undecided_exactly_in_the_interval(tenths, value):
    level_ = tenths / 10
    low, high = undecided_by_print(level_)
    assert (low <= value < high) == (round_half_up(value, 0.1) == level_)


def test_an_interval_ends_at_the_indicator_s_own_limits():
    assert undecided_by_print(100, limits=(0, 100)) == (99.95, 100)
    assert undecided_by_print(0, limits=(0, 100)) == (0, 0.05)


def test_boundary_the_strict_rows_of_the_plan(shipped):
    finding = found(shipped)["strict"]
    # Those whose number the plan prints with ">" or words as above.
    assert set(finding.targets) == {
        "T01_public_kindergarten_table",
        "T02_retention",
        "T04_senior_ger",
        "T05_bachelor_line",
        "T07_junior_bachelor",
        "A06a_public_share",
        "A06b_inclusive_coverage",
    }
    assert finding.numbers["undecided_pct"]["95"] == [94.95, 95.05]
    assert finding.numbers["bounds"]["T02_retention"] == ["> 95"]
    assert finding.numbers["overshoot_is_a_miss"] == []
    assert finding.severity is Severity.MEDIUM


def test_boundary_bare_numbers_can_be_read_as_points_where_overshoot_is_a_miss(shipped):
    finding = found(shipped)["bare"]
    assert finding.numbers["overshoot_is_a_miss"] == [
        "T03_disabled_table",
        "T06_primary_bachelor",
        "T07_junior_bachelor",
        "T08_senior_graduate",
    ]
    assert "going beyond would be a miss" in finding.message("en")
    assert "超过反而算没完成" in finding.message("zh")
    assert finding.numbers["bounds"]["T06_primary_bachelor"] == ["≥ 87", "≥ 90"]


def test_boundary_words_that_include_the_number(shipped):
    finding = found(shipped)["inclusive"]
    assert {"A08b_public_kg_teachers", "A22a_three_types"} <= set(finding.targets)
    assert finding.severity is Severity.LOW


def test_a_row_that_mixes_bare_numbers_and_signs_stands_in_both_groups(shipped):
    groups = found(shipped)
    assert groups["strict"].numbers["bounds"]["T07_junior_bachelor"] == ["> 97"]
    assert groups["bare"].numbers["bounds"]["T07_junior_bachelor"] == ["≥ 97"]


def test_there_is_one_finding_a_kind_and_not_one_a_target(made):
    strict = {"conditions": [level(">95")]}
    (finding,) = unstated_boundaries(made(strict, strict, strict))
    assert finding.targets == ("t0", "t1", "t2")


def test_the_example_shows_a_value_on_either_side(made):
    (finding,) = unstated_boundaries(made({"conditions": [level(">95")]}))
    for lang in ("zh", "en"):
        assert "94.96" in finding.message(lang)
        assert "95.04" in finding.message(lang)
        assert "95.0" in finding.message(lang)


def test_of_a_falling_bound_the_value_above_falls_short(made):
    low = {"indicator": "junior_low_score_rate", "better": "lower"}
    (finding,) = unstated_boundaries(made(low | {"conditions": [level("<5")]}))
    assert "5.04 and 4.96" in finding.message("en")


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, set()),
        ({"conditions": [level(">95", round_to=0.1)]}, set()),
        ({"conditions": [level(">95")]}, {"strict"}),
        ({"assumptions": ["bare_number_is_floor"]}, {"bare"}),
        ({"assumptions": ["words_include_the_number"]}, {"inclusive"}),
        ({"conditions": [{"type": "each_year", "bound": ">60"}], "steps": [2]}, {"strict"}),
        (
            {
                "indicator": "master_teachers",
                "unit": "persons",
                "conditions": [level(">100")],
            },
            set(),
        ),
    ],
)
def test_only_rates_whose_rounding_the_plan_leaves_open_are_found(made, changes, kinds):
    assert set(found(made(changes))) == kinds


def test_a_number_that_a_reading_takes_as_exact_is_a_bare_one(made, reads):
    readings = [
        reads("floor", level(">=90"), default=True),
        reads("point", level("==90")),
    ]
    (finding,) = unstated_boundaries(made({"readings": readings}))
    assert finding.part == "bare"
    assert finding.numbers["overshoot_is_a_miss"] == ["t0"]


def test_a_level_at_the_limit_is_the_example_only_where_there_is_no_other(made):
    bare = {"assumptions": ["bare_number_is_floor"]}
    whole = bare | {"conditions": [level(">=100")]}
    (finding,) = unstated_boundaries(made(whole, whole, bare))
    assert "89.96" in finding.message("en")
    (finding,) = unstated_boundaries(made(whole))
    assert "99.96" in finding.message("en")
