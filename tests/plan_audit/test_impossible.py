"""Paces that meet a limit, and readings that nothing keeps."""

import pytest

from edu_metrics.plan_audit.impossible import (
    irreversible_condition,
    level_and_pace,
    pace_meets_limit,
    reading_that_nothing_keeps,
)
from edu_metrics.plan_audit.joint import whole_from_parts

RULES = (
    irreversible_condition,
    level_and_pace,
    pace_meets_limit,
    reading_that_nothing_keeps,
    whole_from_parts,
)
RISE = {"type": "yearly_change", "unit": "points", "change": [">=5"]}


def by_target(rule, context):
    return {finding.targets[-1].split("_")[0]: finding for finding in rule(context)}


@pytest.mark.parametrize(
    ("target", "two_steps", "three_steps"),
    [
        ("A12c", [84, 90], [76, 85]),
        ("A12e", [79, 85], [71, 80]),
        ("A12d", [64, 68], [61, 67]),
        ("A12f", [44, 48], [41, 47]),
    ],
)
def test_a11_bases_from_which_pace_and_level_both_hold(shipped, target, two_steps, three_steps):
    finding = by_target(level_and_pace, shipped)[target]
    assert finding.numbers["steps"] == [2, 3]
    assert finding.numbers["arrive"] == [two_steps, three_steps]


@pytest.mark.parametrize(
    ("target", "side", "bases", "totals"),
    [
        ("A12a", "highest_base", [90, 85], [[10, 16], [15, 24]]),
        ("A12g", "highest_base", [94, 91], [[6, 10], [9, 15]]),
        ("A12h", "highest_base", [98, 97], [[2], [3]]),
        ("A12i", "lowest_base", [6, 9], [[-6, -10], [-9, -15]]),
    ],
)
def test_a11_a_pace_meets_the_ceiling_or_the_floor(shipped, target, side, bases, totals):
    numbers = by_target(pace_meets_limit, shipped)[target].numbers
    assert (numbers[side], numbers["total"]) == (bases, totals)


def test_a11_the_whole_primary_stage_that_the_grade_bands_imply(shipped):
    found = {finding.part: finding.numbers for finding in whole_from_parts(shipped)}
    numbers = found["primary_pass_by_grade_band"]
    assert [round(value, 2) for value in numbers["implied_pct"]] == [96.67, 97.5]
    shown = [[[round(end, 1) for end in band] for band in n] for n in numbers["base_of_whole_pct"]]
    assert shown == [[[80.7, 86.7], [81.5, 87.5]], [[72.7, 81.7], [73.5, 82.5]]]


def test_a10_kindergarten_sectors_come_to_75_at_equal_numbers(catalog, shipped):
    seen = {
        ("kindergarten_teachers_college_share_published", "china"): {2021: 87.6, 2022: 90.3},
    }
    context = type(shipped)(catalog, shipped.plan, seen)
    found = {finding.part: finding for finding in whole_from_parts(context)}
    finding = found["kindergarten_teachers_by_sector"]
    assert finding.numbers["implied_pct"] == [75]
    assert finding.numbers["observed_pct"] == {"china": {"2021": 87.6, "2022": 90.3}}
    assert "illustration" in finding.message("en")
    assert "87.6 % (2021), 90.3 % (2022)" in finding.message("en")


def test_a8_the_cut_of_new_cases_that_each_reading_needs(catalog, shipped):
    context = type(shipped)(catalog, shipped.plan, {("myopia_rate", "china"): {2020: 52.7}})
    (finding,) = irreversible_condition(context)
    assert round(finding.numbers["fastest_fall_pp"], 2) == 5.63
    cuts = {name: round(value) for name, value in finding.numbers["cut_pct"].items()}
    assert (cuts["points"], cuts["relative"], cuts["misprint_half_point"]) == (89, 47, 9)
    assert round(finding.numbers["cut_of_one_point_pct"]) == 18
    assert "illustration" in finding.message("en")


def test_a8_without_any_base_the_relative_reading_stays_open(shipped):
    (finding,) = irreversible_condition(shipped)
    assert finding.numbers["fall_pp"]["relative"] is None
    assert "relative" not in finding.numbers["cut_pct"]
    assert "cannot be decided" in finding.message("en")


def test_a8_the_plan_s_own_base_comes_before_a_borrowed_one(made):
    fall = {"type": "yearly_change", "unit": "percent", "change": ["<=-5"]}
    target = {
        "indicator": "myopia_rate", "better": "lower", "steps": [2], "conditions": [fall],
        "baseline": {"value": 60, "year": 2020},
    }  # fmt: skip
    (finding,) = irreversible_condition(made(target, series={("myopia_rate", "china"): {2019: 50}}))
    assert finding.numbers["fall_pp"] == {"usual": 3}


def test_a_fall_beyond_the_outflow_weighs_most(made):
    fall = {"type": "yearly_change", "unit": "points", "change": ["<=-6"]}
    target = {"indicator": "myopia_rate", "better": "lower", "steps": [2], "conditions": [fall]}
    (finding,) = irreversible_condition(made(target))
    assert (str(finding.severity), finding.numbers["impossible"]) == ("high", ["usual"])


def test_a_plain_target_yields_nothing(made):
    assert [f for rule in RULES for f in rule(made({}))] == []


@pytest.mark.parametrize(("base", "severities"), [(89, []), (90, []), (90.1, ["high"])])
def test_a_stated_base_with_room_for_the_pace_is_no_finding(made, base, severities):
    target = {"baseline": {"value": base, "year": 2020}, "steps": [2], "conditions": [RISE]}
    assert [str(f.severity) for f in pace_meets_limit(made(target))] == severities


@pytest.mark.parametrize(("base", "fires"), [(78.9, 1), (79, 0), (85, 0), (85.1, 1)])
def test_a_stated_base_inside_the_band_is_no_finding(made, reads, base, fires):
    pace = {
        "steps": [2],
        "readings": [
            reads("least", RISE, default=True),
            reads("range", {**RISE, "change": [">=5", "<=8"]}),
        ],
    }
    level = {
        "indicator": "upper_primary_pass_rate",
        "pace": "t0",
        "baseline": {"value": base, "year": 2020},
        "conditions": [{"type": "level", "at": {2022: ">=95"}}],
    }
    assert len(list(level_and_pace(made(pace, level)))) == fires


def test_a_reading_that_nothing_keeps_is_found_from_its_base(made):
    def plan(base):
        return made({"baseline": {"value": base, "year": 2020}, "steps": [2], "conditions": [RISE]})

    assert list(reading_that_nothing_keeps(plan(90))) == []
    (finding,) = reading_that_nothing_keeps(plan(91))
    assert finding.numbers["readings"] == [["usual", 2]]
    assert str(finding.severity) == "high"


def test_a_reading_that_is_impossible_from_any_base_needs_none(made):
    high = [{"type": "level", "at": {2022: ">100"}}]
    (finding,) = reading_that_nothing_keeps(made({"baseline": None, "conditions": high}))
    assert finding.numbers["base_stated"] is None


def test_readings_of_the_shipped_plan_can_all_be_kept(shipped):
    assert list(reading_that_nothing_keeps(shipped)) == []
