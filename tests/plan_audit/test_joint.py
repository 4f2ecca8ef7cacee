"""Targets that bind one another."""

import pytest

from edu_metrics.plan_audit import RULES as ALL_RULES
from edu_metrics.plan_audit import PlanContext, joint
from edu_metrics.plan_audit.joint import (
    funds_over_years,
    paces_of_one_whole,
    selection_moves_rate,
    share_of_rest,
    total_and_per_head,
)

RULES = [rule for rule in ALL_RULES if rule.__module__ == joint.__name__]
SPENDING = {2020: 1.226e9, 2021: 1.326e9, 2022: 1.484e9, 2023: 1.897e9}


def level(indicator, bound, **more):
    return {
        "indicator": indicator,
        "baseline": None,
        "conditions": [{"type": "level", "at": {2022: bound}}],
        **more,
    }


def paced(indicator, *change, **more):
    rise = {"type": "yearly_change", "unit": "points", "change": list(change)}
    return {"indicator": indicator, "baseline": None, "steps": [2], "conditions": [rise], **more}


def test_a9_share_of_private_children_that_must_be_inclusive(shipped):
    found = {finding.targets: finding for finding in share_of_rest(shipped)}
    key = ("T01_public_kindergarten_table", "A06a_public_share", "A06b_inclusive_coverage")
    numbers = found[key].numbers
    assert numbers["inner_pct"] == [50, 55, 60]
    assert [round(value, 1) for value in numbers["share_of_rest_pct"]] == [90.0, 88.9, 87.5]


def test_a9_region_and_nation_stand_beside_it(catalog, shipped):
    name = "inclusive_kindergarten_coverage"
    series = {(name, "inner_mongolia"): {2019: 72.17}, (name, "china"): {2020: 84.74, 2022: 89.55}}
    found = list(share_of_rest(PlanContext(catalog, shipped.plan, series)))
    (finding,) = (one for one in found if "A06b_inclusive_coverage" in one.targets)
    assert finding.numbers["observed_outer_pct"] == {
        "inner_mongolia": {"2019": 72.17},
        "china": {"2020": 84.74, "2022": 89.55},
    }
    assert "84.74 % (2020), 89.55 % (2022)" in finding.message("en")


def test_a12_selection_alone_moves_the_rate(shipped):
    (finding,) = selection_moves_rate(shipped)
    assert finding.targets == ("T05_bachelor_line", "A17a_vocational_ratio")
    assert finding.numbers["passing_of_cohort_pct"] == 40
    assert [round(rate, 1) for rate in finding.numbers["rates_pct"]] == [80.0, 83.3, 88.9]
    assert "illustrative" in finding.message("en")


def test_a11_pass_and_low_score_rates_limit_each_other(shipped):
    found = {finding.targets: finding.numbers for finding in paces_of_one_whole(shipped)}
    numbers = found["A12g_junior_pass_increment", "A12i_junior_low_decrement"]
    # The fastest rise (5) and the slowest fall (3) add 2 a step: 100 - 2 x 2, 100 - 3 x 2.
    assert numbers["highest_base_pct"] == [94, 91]
    assert numbers["highest_sum_pct"] == [96, 94]


def test_a11_excellence_stays_within_what_passing_allows(shipped):
    found = {finding.targets: finding.numbers for finding in paces_of_one_whole(shipped)}
    numbers = found["A12g_junior_pass_increment", "A12h_junior_excellent_increment"]
    assert numbers["highest_base_pct"] == [94, 91]


def test_a17_total_and_per_head_rules_are_linked(catalog, shipped):
    series = {("education_budget_spending", "wuhai"): SPENDING}
    (finding,) = total_and_per_head(PlanContext(catalog, shipped.plan, series))
    assert finding.targets == ("A38a_budget_total", "A38b_budget_per_pupil")
    growth = {y: round(g, 1) for y, g in finding.numbers["observed_total_growth_pct"].items()}
    assert growth == {"2021": 8.2, "2022": 11.9, "2023": 27.8}
    # Without more heads the total's growth is the growth per head; with more of them it is not.
    per_head = finding.numbers["per_head_when_total_grows_1_pct"]
    assert per_head[0] == 1
    assert per_head[1] == 0
    assert all(value < 0 for value in per_head[2:])


def test_a17_the_lower_end_of_the_funds_a_year_beside_the_spending_of_2021(catalog, shipped):
    series = {("education_budget_spending", "wuhai"): SPENDING}
    (finding,) = funds_over_years(PlanContext(catalog, shipped.plan, series))
    yearly, share = finding.numbers["per_year"], finding.numbers["of_spending_pct"]
    assert [round(end / 1e8, 1) for end in yearly["each_channel_total"]] == [1.3]
    assert [round(end) for end in share["each_channel_total"]] == [10]


def test_a17_a_range_of_400_to_600_million_is_10_to_15_percent(made):
    years = {"type": "sum_over_years", "years": [2021, 2022, 2023]}
    target = {
        "indicator": "project_funds_won",
        "unit": "yuan",
        "baseline": None,
        "deadline": 2023,
        "conditions": [{**years, "bounds": [">=400000000", "<=600000000"]}],
    }
    series = {("education_budget_spending", "wuhai"): SPENDING}
    (finding,) = funds_over_years(made(target, series=series))
    assert [round(end / 1e8, 1) for end in finding.numbers["per_year"]["usual"]] == [1.3, 2.0]
    assert [round(end) for end in finding.numbers["of_spending_pct"]["usual"]] == [10, 15]
    (undecided,) = funds_over_years(made(target))
    assert str(undecided.severity) == "open"


@pytest.mark.parametrize("rule", RULES)
def test_a_plain_target_yields_nothing(made, rule):
    assert list(rule(made({}))) == []


def test_a_rest_needs_both_targets_and_a_wider_level(made):
    inner, outer = "public_kindergarten_share", "inclusive_kindergarten_coverage"
    assert list(share_of_rest(made(level(inner, ">50")))) == []
    assert list(share_of_rest(made(level(inner, ">50"), level(outer, ">=50")))) == []
    assert list(share_of_rest(made(level(inner, ">50"), level(outer, ">=100")))) == []
    (finding,) = share_of_rest(made(level(inner, ">80"), level(outer, ">=90")))
    assert finding.numbers["inner_pct"] == [80, 85]
    assert [round(v, 2) for v in finding.numbers["share_of_rest_pct"]] == [50, 33.33]


def test_the_order_of_targets_decides_nothing(made):
    low = paced("junior_low_score_rate", "<=-3", better="lower")
    up = paced("junior_pass_rate", ">=4")
    (first,), (second,) = paces_of_one_whole(made(low, up)), paces_of_one_whole(made(up, low))
    assert first.numbers == second.numbers
    assert first.numbers["highest_base_pct"] == [92]


def test_a_selection_that_no_target_moves_is_left_alone(made):
    rate = level("bachelor_line_rate", ">80", baseline={"value": 60, "year": 2020})
    ratio = {"type": "yearly_change", "unit": "points", "change": [">0"]}
    mover = {
        "indicator": "vocational_general_ratio_stock",
        "unit": "ratio",
        "baseline": None,
        "steps": [2],
        "conditions": [ratio],
    }
    assert list(selection_moves_rate(made(rate))) == []
    (finding,) = selection_moves_rate(made(rate, mover))
    assert finding.numbers["rates_pct"][1:] == [62.5, pytest.approx(66.666667)]
