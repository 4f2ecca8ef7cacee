from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.plan_audit import Severity
from edu_metrics.plan_audit.readings import (
    areas_in_turn,
    days_left,
    open_steps,
    settled_years,
    total_of_steps,
)

CHANGE = {"type": "yearly_change", "unit": "points", "change": [">=2"]}


def found(rule, context):
    return {finding.targets[0]: finding for finding in rule(context)}


def test_a1_every_clause_with_open_steps_is_found_once(shipped):
    names = [finding.targets for finding in open_steps(shipped)]
    wanted = [(t.id,) for t in shipped.plan.targets if t.steps in ((2, 3), (3, 2))]
    assert names == wanted
    assert len(wanted) > 20


def test_a1_two_steps_begin_after_the_year_of_issue_and_three_count_it(shipped):
    numbers = found(open_steps, shipped)["A12a_primary_pass_increment"].numbers
    assert numbers["first_years"] == [2021, 2020]
    assert numbers["counts_year_of_issue"] == [False, True]
    assert numbers["days_left_in_year_of_issue"] == 29


@pytest.mark.parametrize(
    ("target", "least", "most"),
    [
        ("A12a_primary_pass_increment", [10, 15], [16, 24]),
        ("A12b_primary_excellent_increment", [2, 3], [6, 9]),
        ("A12g_junior_pass_increment", [6, 9], [10, 15]),
        ("A12i_junior_low_decrement", [-6, -9], [-10, -15]),
    ],
)
def test_a11_points_a_year_in_two_steps_or_three(shipped, target, least, most):
    numbers = found(open_steps, shipped)[target].numbers
    assert numbers["total_pp"] == least
    assert numbers["total_fastest_pp"] == most


def test_a11_a_pace_without_an_upper_end_has_one_total_a_count(shipped):
    numbers = found(open_steps, shipped)["A12h_junior_excellent_increment"].numbers
    assert numbers["total_pp"] == [2, 3]
    assert "total_fastest_pp" not in numbers


def test_a1_a_relative_fall_becomes_a_factor(shipped):
    finding = found(open_steps, shipped)["A03e_myopia"]
    assert finding.numbers["factor"] == [0.9025, 0.857375]
    assert "0.9025" in finding.message("en")
    assert "0.857375" in finding.message("zh")


def test_a1_a_yearly_flow_adds_up(shipped):
    finding = found(open_steps, shipped)["A24d_youth_number"]
    assert finding.numbers["total"] == [100, 150]
    assert "100 persons or 150 persons" in finding.message("en")


def test_a1_events_of_a_frequency_are_those_the_target_counts(shipped):
    assert found(open_steps, shipped)["A01_ideology_contest"].numbers["events"] == [4, 6]


def test_a1_a_cumulative_change_starts_from_another_year(shipped):
    numbers = found(open_steps, shipped)["A25a_graduate_share"].numbers
    assert numbers["base_years"] == [2020, 2019]


def test_a_bound_of_every_year_binds_more_years(shipped):
    numbers = found(open_steps, shipped)["A32d_city_safe_campus"].numbers
    assert numbers["years_bound"] == [2, 3]


def test_a_clause_with_one_number_of_steps_is_not_open(made):
    assert not list(open_steps(made({"conditions": [CHANGE], "steps": [2]})))


def test_an_open_clause_without_number_or_frequency_is_not_decided(made):
    context = made({"tier": "deliverable", "kind": "frequency", "steps": [2, 3], "readings": []})
    (finding,) = open_steps(context)
    assert finding.severity is Severity.OPEN
    assert "alone does not say" in finding.message("en")


def test_the_days_left_are_told_only_where_the_year_of_issue_may_count(made):
    steps = {"conditions": [CHANGE], "steps": [1, 2]}
    (finding,) = open_steps(made(steps, issued="2020-12-02"))
    assert "2 December" not in finding.message("en")
    steps["steps"] = [2, 3]
    (finding,) = open_steps(made(steps, issued="2020-12-02"))
    assert "2 December 2020, with 29 days" in finding.message("en")


def test_a_unit_other_than_percent_keeps_its_own_name(made):
    context = made(
        {"indicator": "master_teachers", "unit": "persons", "conditions": [CHANGE], "steps": [2, 3]}
    )
    (finding,) = open_steps(context)
    assert finding.numbers["total"] == [4, 6]
    assert "persons" in finding.message("en")
    assert "total_pp" not in finding.numbers


def test_a39_a_round_of_districts_is_whole_only_with_the_year_of_issue(shipped):
    (finding,) = areas_in_turn(shipped)
    assert finding.targets == ("A39a_district_evaluation",)
    assert finding.numbers["areas"] == 3
    assert finding.numbers["areas_covered"] == [2, 3]
    assert finding.numbers["first_year_that_covers_all"] == 2020


def turn(**changes):
    frequency = {"every_years": [1]}
    return {
        "tier": "deliverable",
        "kind": "frequency",
        "indicator": None,
        "unit": "districts_per_year",
        "frequency": frequency,
        "readings": [],
        **changes,
    }


AREAS = ["wuhai", "haibowan", "wuda", "hainan"]


def test_a_round_that_is_whole_either_way_is_no_finding(made):
    assert not list(areas_in_turn(made(turn(steps=[3, 4]), areas=AREAS)))


def test_a_round_that_is_never_whole_says_how_far_it_comes(made):
    (finding,) = areas_in_turn(made(turn(steps=[1, 2]), areas=AREAS))
    assert finding.severity is Severity.LOW
    assert finding.numbers["areas_covered"] == [1, 2]
    assert "at most 2" in finding.message("en")


def test_a_frequency_of_other_things_is_no_round(made):
    assert not list(areas_in_turn(made(turn(steps=[1, 2], unit="times_per_year"), areas=AREAS)))


def test_a5_a_deadline_29_days_after_issue_is_an_outcome(shipped):
    finding = found(settled_years, shipped)["A22a_three_types"]
    assert finding.numbers == {"year": 2020, "days_left": 29}
    assert finding.severity is Severity.MEDIUM
    assert "29 days" in finding.message("en")


def test_a1_a_level_of_the_year_of_issue_is_an_outcome(shipped):
    finding = found(settled_years, shipped)["T04_senior_ger"]
    assert finding.numbers == {"year": 2020, "days_left": 29}
    assert finding.severity is Severity.LOW
    assert "T01_public_kindergarten_table" not in found(settled_years, shipped)


def test_only_the_targets_with_a_number_for_the_year_of_issue_are_settled(shipped):
    assert set(found(settled_years, shipped)) == {
        "T04_senior_ger",
        "A06a_public_share",
        "A22a_three_types",
    }


@pytest.mark.parametrize(("issued", "settled"), [("2022-09-30", False), ("2022-10-01", True)])
def test_a_quarter_of_a_year_is_the_limit(made, issued, settled):
    # 92 days remain on 30 September, 91 a day later.
    assert bool(list(settled_years(made({}, issued=issued)))) is settled


def test_a_deadline_before_issue_is_over(made):
    (finding,) = settled_years(made({}, issued="2023-01-10"))
    assert finding.numbers["days_left"] == -10
    assert "10 days before" in finding.message("en")


def test_a_year_ends_on_its_last_day():
    assert days_left(dt.date(2020, 12, 31), 2020) == 0
    assert days_left(dt.date(2020, 1, 1), 2020) == 365


@given(st.floats(-50, 50), st.integers(1, 6))
def test_points_add_up_and_percentages_multiply(pace, steps):
    assert total_of_steps(pace, steps) == pytest.approx(sum([pace] * steps), abs=1e-6)
    factor = total_of_steps(pace, steps, relative=True)
    assert factor == pytest.approx((1 + pace / 100) ** steps, abs=1e-6)


def test_a_plan_without_flaw_has_no_open_years(made):
    context = made({})
    assert not [*open_steps(context), *areas_in_turn(context), *settled_years(context)]


def test_the_order_of_targets_does_not_matter(shipped, catalog):
    turned = type(shipped)(
        catalog, shipped.plan.model_copy(update={"targets": shipped.plan.targets[::-1]})
    )
    for rule in (open_steps, areas_in_turn, settled_years):
        assert {f.id for f in rule(turned)} == {f.id for f in rule(shipped)}
