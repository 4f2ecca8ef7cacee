from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound
from edu_metrics.plan_audit import PlanContext, Severity
from edu_metrics.plan_audit.contradictions import (
    largest_share,
    one_allows_what_the_other_forbids,
    part_against_whole,
    path_that_parts,
    rest_of_whole,
    subset_above_whole,
    two_bases,
)
from edu_metrics.reachability import Check

PART, WHOLE = "three_types_disabled_enrolment_rate", "disabled_enrolment_rate"
RULES = (part_against_whole, subset_above_whole, two_bases, one_allows_what_the_other_forbids)


def level(bound, year=2022):
    return {"type": "level", "at": {year: bound}}


def with_target(context, name, **changes):
    targets = [
        target.model_copy(update=changes) if target.id == name else target
        for target in context.plan.targets
    ]
    return PlanContext(
        context.catalog, context.plan.model_copy(update={"targets": tuple(targets)}), context.series
    )


def part_and_whole(made, part, whole, **more):
    return made(
        {"indicator": PART, "conditions": [level(part)], "baseline": None, "see_also": ["t1"]},
        {"indicator": WHOLE, "conditions": [level(whole)], "baseline": None, **more},
    )


@pytest.mark.parametrize(("share", "rest"), [(0.7, 92.67), (0.8, 91.0), (0.9, 86.0)])
def test_a5_the_other_types_of_disability(shipped, share, rest):
    (finding,) = part_against_whole(shipped)
    assert finding.targets == ("T03_disabled_table", "A22a_three_types")
    at = finding.numbers["shares"].index(share)
    assert round(finding.numbers["rest_pct"][at], 2) == rest
    assert finding.numbers["possible"][at] is True
    assert f"{rest:g} %" in finding.message("en")


def test_a5_both_numbers_can_hold_up_to_a_share_of_95_in_96(shipped):
    (finding,) = part_against_whole(shipped)
    assert finding.numbers["largest_share"] == pytest.approx(95 / 96, abs=1e-6)
    assert finding.severity is Severity.MEDIUM


def test_a5_the_same_number_in_table_and_article_is_no_flaw(shipped):
    table = shipped.targets["T03_disabled_table"]
    same = table.baseline.model_copy(update={"value": 96.0})
    assert not list(part_against_whole(with_target(shipped, table.id, baseline=same)))


def test_a5_unlinked_targets_are_not_compared(shipped):
    apart = with_target(shipped, "T03_disabled_table", see_also=())
    apart = with_target(apart, "A22a_three_types", see_also=())
    assert not list(part_against_whole(apart))


def test_a_part_below_a_whole_at_its_limit_is_impossible_whatever_its_size(made):
    (finding,) = part_against_whole(part_and_whole(made, "==96", "==100"))
    assert finding.severity is Severity.HIGH
    assert finding.numbers["largest_share"] == 0
    assert "of whatever size" in finding.message("en")


def test_two_floors_can_both_be_passed(made):
    (finding,) = part_against_whole(part_and_whole(made, ">=96", ">=95"))
    assert finding.severity is Severity.LOW


def test_a_part_and_a_whole_of_different_years_or_areas_are_not_compared(made):
    assert not list(part_against_whole(part_and_whole(made, ">=96", ">=95", areas=["wuda"])))
    later = part_and_whole(made, ">=96", ">=95", conditions=[level("==95", 2021)])
    assert not list(part_against_whole(later))


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.01, 0.99))
def test_part_and_rest_make_up_the_whole(part, rest, share):
    whole = share * part + (1 - share) * rest
    assume(abs(part - whole) > 1e-6)
    assert rest_of_whole(whole, part, share) == pytest.approx(rest, abs=1e-4)
    assert share <= largest_share(whole, part, (0, 100)) + 1e-6


@given(st.floats(1, 99), st.floats(0, 100))
def test_beyond_the_largest_share_the_rest_leaves_the_limits(whole, part):
    assume(abs(part - whole) > 0.01)
    most = largest_share(whole, part, (0, 100))
    assume(most < 0.999)
    assert -1e-6 <= rest_of_whole(whole, part, most) <= 100 + 1e-6
    beyond = rest_of_whole(whole, part, most + 0.0005)
    assert beyond < 0 or beyond > 100


def test_without_a_limit_any_share_is_possible():
    assert largest_share(95, 90, (0, None)) == 1
    assert largest_share(95, 95, (0, 100)) == 1


def test_a2_the_table_allows_the_fall_that_the_article_forbids(shipped):
    (finding,) = one_allows_what_the_other_forbids(shipped)
    assert finding.targets == ("T01_public_kindergarten_table", "A06a_public_share")
    assert finding.severity is Severity.MEDIUM
    assert finding.numbers["keeps"] == "T01_public_kindergarten_table"
    assert finding.numbers["breaks"] == "A06a_public_share"
    path = finding.numbers["path"]
    assert path["2021"] > 50
    assert path["2022"] > 50
    assert path["2022"] <= path["2021"]


def test_a2_58_then_51_passes_the_row_and_breaks_the_article(shipped):
    path = {2020: 50.0, 2021: 58.0, 2022: 51.0}
    kept = {}
    for name in ("T01_public_kindergarten_table", "A06a_public_share"):
        target = shipped.targets[name]
        checks = shipped.checks(target, target.default_reading, shipped.steps(target)[0])
        kept[name] = all(check.holds(path) for check in checks)
    assert kept == {"T01_public_kindergarten_table": True, "A06a_public_share": False}


ROW = {"type": "level", "at": {2021: ">=87", 2022: ">=90"}}
RISE = {"type": "yearly_change", "unit": "points", "change": [">0"]}


def test_a_row_of_levels_allows_the_fall_that_a_rule_forbids(made):
    context = made({"conditions": [ROW], "see_also": ["t1"]}, {"conditions": [RISE], "steps": [2]})
    (finding,) = one_allows_what_the_other_forbids(context)
    assert finding.numbers["breaks"] == "t1"
    path = finding.numbers["path"]
    assert path["2020"] == 80
    assert path["2021"] >= 87
    assert 90 <= path["2022"] <= path["2021"]


@pytest.mark.parametrize(("never", "row"), [(">=0", ">=50"), ("<=0", "<=50")])
def test_where_standing_still_is_allowed_the_path_has_to_turn_back(made, never, row):
    rule = {"type": "yearly_change", "unit": "points", "change": [never]}
    levels = {"type": "level", "at": {2021: row, 2022: row}}
    better = {"better": "higher" if never == ">=0" else "lower", "baseline": None}
    context = made(
        {"conditions": [levels], "see_also": ["t1"], **better},
        {"conditions": [rule], "steps": [1], **better},
    )
    (finding,) = one_allows_what_the_other_forbids(context)
    path = finding.numbers["path"]
    assert (path["2022"] < path["2021"]) == (never == ">=0")
    assert path["2022"] != path["2021"]


def test_a_falling_row_allows_the_rise_that_a_rule_forbids(made):
    row = {"type": "level", "at": {2021: "<=10", 2022: "<=8"}}
    fall = {"type": "yearly_change", "unit": "points", "change": ["<0"]}
    low = {"indicator": "junior_low_score_rate", "better": "lower", "baseline": None}
    context = made(
        low | {"conditions": [row], "see_also": ["t1"]},
        low | {"conditions": [fall], "steps": [1]},
    )
    (finding,) = one_allows_what_the_other_forbids(context)
    path = finding.numbers["path"]
    assert path["2022"] <= 8
    assert path["2022"] >= path["2021"]


def test_a_single_level_beside_a_rule_is_two_promises(made):
    context = made({"see_also": ["t1"]}, {"conditions": [RISE], "steps": [2]})
    assert not list(one_allows_what_the_other_forbids(context))


def test_two_levels_for_one_year_part_at_a_value_between(made):
    context = made({"see_also": ["t1"]}, {"conditions": [level(">=95")]})
    (finding,) = one_allows_what_the_other_forbids(context)
    assert finding.numbers["keeps"] == "t0"
    assert 90 <= finding.numbers["path"]["2022"] < 95


def test_levels_that_no_value_keeps_exclude_each_other(made):
    context = made(
        {"conditions": [level("==90")], "see_also": ["t1"]}, {"conditions": [level(">=95")]}
    )
    (finding,) = one_allows_what_the_other_forbids(context)
    assert finding.severity is Severity.HIGH
    assert "no path keeps both" in finding.message("en")


@pytest.mark.parametrize(
    ("more", "number"),
    [
        ({}, 1),
        ({"areas": ["wuda"]}, 0),
        ({"group": "rural"}, 0),
        ({"conditions": [level("<=92")]}, 0),
    ],
)
def test_levels_exclude_each_other_without_a_link(made, more, number):
    context = made(
        {"conditions": [level(">=90")]},
        {"conditions": [level("<=85")], "better": "lower", "baseline": None} | more,
    )
    assert len(list(one_allows_what_the_other_forbids(context))) == number


def test_a_base_that_a_rule_rules_out_excludes_it(made):
    # From 80 at most two points a year lead to 84, and 90 is asked for.
    slow = {"type": "yearly_change", "unit": "points", "change": [">=1", "<=2"]}
    context = made(
        {"see_also": ["t1"]}, {"conditions": [level(">=90"), slow], "steps": [2], "baseline": None}
    )
    (finding,) = one_allows_what_the_other_forbids(context)
    assert finding.severity is Severity.HIGH


def test_exact_agreement_yields_nothing(made):
    context = made({"see_also": ["t1"]}, {"see_also": ["t0"]})
    for rule in RULES:
        assert not list(rule(context))


def test_two_bases_for_one_year_exclude_each_other(made):
    context = made({"see_also": ["t1"]}, {"baseline": {"value": 82, "year": 2020}})
    (finding,) = two_bases(context)
    assert finding.severity is Severity.HIGH
    assert finding.numbers == {"year": 2020, "bases": [80, 82]}
    assert not list(
        two_bases(made({"see_also": ["t1"]}, {"baseline": {"value": 82, "year": 2019}}))
    )


def test_a_subset_above_what_contains_it_is_impossible(made):
    inner = {"indicator": "primary_excellence_rate", "baseline": None, "see_also": ["t1"]}
    outer = {"conditions": [level("<=80")], "baseline": None, "better": "hold"}
    (finding,) = subset_above_whole(made(inner, outer))
    assert finding.targets == ("t0", "t1")
    assert finding.severity is Severity.HIGH


@pytest.mark.parametrize("bound", [">=80", "<=90", "==95"])
def test_a_subset_below_what_contains_it_is_no_flaw(made, bound):
    inner = {"indicator": "primary_excellence_rate", "baseline": None, "see_also": ["t1"]}
    outer = {"conditions": [level(bound)], "better": "hold"}
    assert not list(subset_above_whole(made(inner, outer)))


@given(
    st.integers(0, 100),
    st.integers(0, 100),
    st.sampled_from([">", ">=", "<", "<="]),
    st.sampled_from([">", ">=", "<", "<="]),
)
def test_a_path_keeps_the_first_and_breaks_the_second(one, other, sign, other_sign):
    keeps = [Check("value", (2022,), (Bound(op=sign, value=one),))]
    breaks = [Check("value", (2022,), (Bound(op=other_sign, value=other),))]
    path = path_that_parts(keeps, breaks, {}, (0, 100))
    # The whole numbers and their halves tell every pair of such bounds apart.
    apart = [
        value
        for value in (half / 2 for half in range(201))
        if keeps[0].holds({2022: value}) and not breaks[0].holds({2022: value})
    ]
    if path is None:
        assert len(apart) <= 1
    else:
        assert keeps[0].holds(path)
        assert not breaks[0].holds(path)
        assert apart


def test_targets_are_named_in_the_order_of_the_plan(shipped, catalog):
    turned = PlanContext(
        catalog, shipped.plan.model_copy(update={"targets": shipped.plan.targets[::-1]})
    )
    (finding,) = part_against_whole(turned)
    assert finding.targets == ("A22a_three_types", "T03_disabled_table")
    for rule in RULES:
        assert {frozenset(f.targets) for f in rule(turned)} == {
            frozenset(f.targets) for f in rule(shipped)
        }
