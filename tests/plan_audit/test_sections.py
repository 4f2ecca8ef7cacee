"""
The sections of the plan's audit by hand, A1 to A17: each has its finding, with its figures.

This is the table of contents; the tests of the single rules go into detail. A18 lists slips of the
text, which no rule on numbers can find.
"""

from __future__ import annotations

import math

import pytest

from edu_metrics.catalog import Baseline
from edu_metrics.formulas import pooled_share
from edu_metrics.observations import build
from edu_metrics.plan_audit import Kind, Severity, audit, observed_series
from edu_metrics.plan_audit.contradictions import rest_of_whole
from edu_metrics.plan_audit.impossible import cut_of_new_cases


def needed_in_rest(level, weights, values):
    """What the last part must reach so that the whole comes to a level."""
    *known, _ = weights
    return rest_of_whole(level, pooled_share(values, known), sum(known) / sum(weights))


@pytest.fixture(scope="module")
def found(catalog):
    study = catalog.study("wuhai")
    plan = catalog.plan(study.plan)
    areas = [*catalog.expand(study.areas), *study.compare_with]
    series = observed_series(catalog, plan, build(catalog, study), areas)
    return audit(catalog, plan, series=series)


@pytest.fixture(scope="module")
def one(found):
    """Give the one finding of a rule that names all these targets."""

    def pick(rule, *targets, part=None):
        (finding,) = [
            f
            for f in found
            if f.rule == rule and set(targets) <= set(f.targets) and part in (None, f.part)
        ]
        return finding

    return pick


def rounded(values, decimals=2):
    return [round(value, decimals) for value in values]


def test_a1_two_steps_or_three_and_a_round_of_three_districts(one):
    numbers = one("open_steps", "A12a_primary_pass_increment").numbers
    assert numbers["steps"] == [2, 3]
    assert numbers["days_left_in_year_of_issue"] == 29
    assert one("areas_in_turn", "A39a_district_evaluation").numbers["areas_covered"] == [2, 3]


def test_a2_a_share_of_50_is_a_rate_of_47_76_and_58_then_51_passes_the_table(one):
    target = "T01_public_kindergarten_table"
    numbers = one("readings_on_other_indicators", target).numbers
    assert (numbers["factor_pct"], round(numbers["rate_at_share_pct"], 2)) == (95.51, 47.76)
    assert one("one_allows_what_the_other_forbids", target, "A06a_public_share")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("T01_public_kindergarten_table", [50, 50.01, 50.01]),
        ("T02_retention", [93, 95.01, 95.01]),
        ("T03_disabled_table", [95, 97, 97]),
        ("T04_senior_ger", [97.01, 97.01, 97.01]),
        ("T05_bachelor_line", [80, 80.01, 80.01]),
        ("T07_junior_bachelor", [95, 97, 97.01]),
    ],
)
def test_a3_smallest_path_that_passes(one, target, path):
    assert rounded(one("smallest_movement", target).numbers["smallest_path_pct"]) == path


@pytest.mark.parametrize("target", ["A32b_canteen_a", "A32d_city_safe_campus"])
def test_a3_nothing_rises_above_100(one, target):
    assert one("already_at_the_limit", target).numbers["room"] == 0


def test_a3_promises_that_cannot_fail(one):
    assert one("cannot_fail", "A12l_city_first_in_region", "A38d_foundation")


def test_a4_retention_beyond_the_record_below_the_nation_and_the_region_s_96(one):
    beyond = one("pace_beyond_record", "T02_retention").numbers
    assert (beyond["needed_a_year_pp"], beyond["largest_pp"]) == (2.0, 0.6)
    # Communiques from 2014 (92.6) to 2024 (95.9): 93.0 93.4 93.8 94.2 94.8 95.2 95.4 95.5 95.7.
    assert beyond["observed_pp"] == [0.4, 0.4, 0.4, 0.4, 0.6, 0.4, 0.2, 0.1, 0.2, 0.2]
    assert one("base_against_areas_above", "T02_retention").numbers["value"] == 95.2
    assert one("targets_elsewhere", "T02_retention").numbers["asked_elsewhere"] == 96


def test_a5_what_95_and_96_leave_for_the_other_types(one):
    numbers = one("part_against_whole", "T03_disabled_table", "A22a_three_types").numbers
    rests = dict(zip(numbers["shares"], rounded(numbers["rest_pct"]), strict=True))
    assert (rests[0.7], rests[0.8], rests[0.9]) == (92.67, 91.0, 86.0)
    assert one("settled_years", "A22a_three_types").numbers["days_left"] == 29


def test_a6_a_third_of_the_teachers_without_degree(one):
    primary = one("remainder_that_must_go", "T06_primary_bachelor").numbers
    assert (primary["remainder_at_base_pct"], primary["remainder_at_level_pct"]) == (15, 10)
    assert round(primary["share"], 3) == 0.333
    junior = one("remainder_that_must_go", "T07_junior_bachelor").numbers
    assert (junior["remainder_at_base_pct"], junior["remainder_at_level_pct"]) == (5, 3)
    for target, nation in (("T06_primary_bachelor", 74.53), ("T07_junior_bachelor", 91.71)):
        assert one("targets_elsewhere", target).numbers["asked_elsewhere"] == 81.1
        assert one("base_against_areas_above", target).numbers["value"] == nation


def test_a7_table_against_an_increase_by_10(one):
    numbers = one("change_against_levels", "T08_senior_graduate", "A25a_graduate_share").numbers
    assert numbers["levels_pct"] == {"relative": [42.9], "points": [49.0]}
    assert round(numbers["growth_pct"], 2) == 7.69
    assert rounded(numbers["reconciling_base_pct"]["relative"]) == [38.18]
    assert round(numbers["additions_needed_pct"], 1) == 5.2
    rests = dict(zip(numbers["shares"], numbers["rest_pct"]["points"], strict=True))
    assert (round(rests[0.75], 1), round(rests[0.8], 1)) == (21.0, 14.0)
    assert rests[0.9] < 0
    assert round(numbers["largest_share"]["points"], 3) == 0.857


@pytest.mark.parametrize(
    ("base", "relative", "points", "half"),
    [
        (50.0, [45.1, 42.9], [40.0, 35.0], [49.0, 48.5]),
        (52.7, [47.6, 45.2], [42.7, 37.7], [51.7, 51.2]),
        (53.6, [48.4, 46.0], [43.6, 38.6], [52.6, 52.1]),
    ],
)
def test_a8_readings_of_5_percent_a_year(catalog, base, relative, points, half):
    plan = _myopia_from(catalog, base)
    (finding,) = [f for f in audit(catalog, plan) if f.rule == "ambiguous_readings"]
    (row,) = finding.numbers["bases"]
    assert row["base_pct"] == base
    assert rounded(row["levels_pct"]["relative"], 1) == relative
    assert rounded(row["levels_pct"]["points"], 1) == points
    assert rounded(row["levels_pct"]["misprint_half_point"], 1) == half


def _myopia_from(catalog, base):
    """Give the plan's clause on myopia alone, with a base that the plan does not state."""
    plan = catalog.plan("wuhai_2020_2022")
    target = plan.target("A03e_myopia")
    stated = Baseline(value=base, year=2020)
    alone = target.model_copy(update={"baseline": stated, "see_also": ()})
    return plan.model_copy(update={"targets": (alone,)})


def test_a8_the_base_borrowed_is_the_nation_s(one):
    bases = one("ambiguous_readings", "A03e_myopia").numbers["bases"]
    assert 52.7 in [entry["base_pct"] for entry in bases]


def test_a8_new_cases_to_be_prevented_and_the_national_pace(one):
    cut = one("irreversible_condition", "A03e_myopia").numbers
    assert round(cut["fastest_fall_pp"], 2) == 5.63
    assert rounded([cut["cut_pct"]["points"], cut["cut_pct"]["relative"]], 0) == [89, 47]
    assert round(cut["cut_pct"]["misprint_half_point"]) == 9
    assert round(cut_of_new_cases(1, cut["fastest_fall_pp"])) == 18
    norm = one("pace_beyond_norm", "A03e_myopia").numbers
    assert norm["norms_pp"] == [-0.5, -1]
    assert (round(norm["times_norm"]["relative"]), norm["times_norm"]["points"]) == (5, 10)
    assert norm["actual"]["change_pp"] == -1.7


def test_a9_share_of_private_children_that_must_be_inclusive(one):
    targets = ("T01_public_kindergarten_table", "A06b_inclusive_coverage")
    numbers = one("share_of_rest", *targets).numbers
    assert numbers["inner_pct"] == [50, 55, 60]
    assert rounded(numbers["share_of_rest_pct"], 1) == [90.0, 88.9, 87.5]
    assert numbers["observed_outer_pct"]["inner_mongolia"]["2019"] == 72.17
    china = numbers["observed_outer_pct"]["china"]
    assert (china["2020"], china["2022"]) == (84.74, 89.55)


def test_a10_90_and_60_make_75_where_the_nation_had_87_6(one):
    numbers = one("whole_from_parts", "A08b_public_kg_teachers").numbers
    assert numbers["implied_pct"] == [75]
    assert numbers["observed_pct"]["china"] == {"2021": 87.6, "2022": 90.3}


@pytest.mark.parametrize(
    ("target", "bands"),
    [
        ("A12c_low_grade_pass", [[84, 90], [76, 85]]),
        ("A12e_high_grade_pass", [[79, 85], [71, 80]]),
        ("A12d_low_grade_excellent", [[64, 68], [61, 67]]),
        ("A12f_high_grade_excellent", [[44, 48], [41, 47]]),
    ],
)
def test_a11_bases_from_which_pace_and_level_both_hold(one, target, bands):
    assert one("level_and_pace", target).numbers["arrive"] == bands


def test_a11_ceilings_and_the_whole_stage(one):
    assert one("pace_meets_limit", "A12a_primary_pass_increment").numbers["highest_base"] == [
        90,
        85,
    ]
    assert one("pace_meets_limit", "A12g_junior_pass_increment").numbers["highest_base"] == [94, 91]
    assert one("pace_meets_limit", "A12i_junior_low_decrement").numbers["lowest_base"] == [6, 9]
    whole = one("whole_from_parts", "A12a_primary_pass_increment").numbers
    assert rounded(whole["implied_pct"]) == [96.67, 97.5]
    two, three = whole["base_of_whole_pct"]
    assert [rounded(band, 1) for band in two] == [[80.7, 86.7], [81.5, 87.5]]
    assert [rounded(band, 1) for band in three] == [[72.7, 81.7], [73.5, 82.5]]


@pytest.mark.parametrize(
    ("target", "totals"),
    [
        ("A12g_junior_pass_increment", [[6, 10], [9, 15]]),
        ("A12h_junior_excellent_increment", [[2], [3]]),
        ("A12i_junior_low_decrement", [[-6, -10], [-9, -15]]),
    ],
)
def test_a11_what_the_yearly_gains_come_to(one, target, totals):
    assert one("pace_meets_limit", target).numbers["total"] == totals


def test_a11_pass_and_low_score_rates_share_100_and_excellence_lies_within_pass(one):
    passing, low = "A12g_junior_pass_increment", "A12i_junior_low_decrement"
    # From p + l: p rises by 10 and l falls by 6 in two steps, by 15 and 9 in three.
    assert one("paces_of_one_whole", passing, low).numbers["highest_sum_pct"] == [96, 94]
    assert one("paces_of_one_whole", passing, "A12h_junior_excellent_increment")


def test_a12_selection_lifts_the_rate_and_the_list_breaks_the_series(one):
    numbers = one("selection_moves_rate", "T05_bachelor_line", "A17a_vocational_ratio").numbers
    assert rounded(numbers["rates_pct"], 1) == [80.0, 83.3, 88.9]
    assert one("breaks_inside", "A15b_double_first_class").numbers["year"] == 2022


def test_a12_double_first_class_relative_or_points(one):
    bases = one("ambiguous_readings", "A15b_double_first_class").numbers["bases"]
    levels = {entry["base_pct"]: entry["levels_pct"] for entry in bases}
    assert rounded(levels[8]["relative"]) == [8.82, 9.26]
    assert levels[8]["points"] == [18, 23]
    assert rounded(levels[5]["relative"]) == [5.51, 5.79]
    assert levels[5]["points"] == [15, 20]


def test_a13_all_of_thousands_and_data_that_end(one):
    numbers = one("all_of_persons", "A12c_low_grade_pass").numbers
    assert rounded(numbers["chance_of_all"], 3) == [0.368, 0.607, 0.007]
    end = one("sources_that_end", "A12c_low_grade_pass", "A12d_low_grade_excellent")
    assert end.severity is Severity.HIGH
    assert end.numbers["from_date"] == "2021-08-30"


def test_a14_districts(one):
    assert one("rank_among_few", "A12j_haibowan_rank").numbers["ranks"] == [1, 2]
    assert one("areas_left_out", "A12j_haibowan_rank").numbers["without"] == ["hainan"]
    assert one("whole_without_parts", "T02_retention").numbers["targets_of_parts"] == 0
    assert round(needed_in_rest(95, [61.10, 21.93, 16.97], [96, 94]), 2) == 92.69


def test_a15_all_of_units_without_date_or_standard(one):
    assert one("all_of_units", "A28b_wifi").numbers["rate_with_one_missing_pct"][0] == 95
    assert one("no_date", "A03a_pe_health_standard", part="numeric")
    assert one("undefined_standards", "A28c_digital_campus", part="standards_left_to_the_bureau")
    assert one("undefined_standards", "A32a_four_100", part="four_rules_unnamed")


def test_a16_twenty_percent_of_a_few(one):
    numbers = one("growth_of_small_count", "A24b_workshops").numbers
    assert numbers["bases"] == [1, 2, 3, 4]
    assert rounded(numbers["growth_asked_pct"], 0) == [100, 50, 33, 25]
    assert numbers["exact_for_multiples_of"] == 5
    hires = one("growth_of_small_count", "A25b_top_university_hires").numbers
    assert hires["exact_for_multiples_of"] == 20
    for target, factor in (("A09c_city_model_share", 0.20), ("A37_party_branches", 0.60)):
        share = one("share_of_small_count", target).numbers
        assert share["needed"] == [math.ceil(factor * whole) for whole in share["wholes"]]


def test_a17_money(one):
    growth = one("total_and_per_head", "A38a_budget_total", "A38b_budget_per_pupil").numbers
    assert rounded(growth["observed_total_growth_pct"].values(), 1) == [8.2, 11.9, 27.8]
    funds = one("funds_over_years", "A38c_special_funds").numbers
    assert funds["total"]["each_channel_total"][0] == 4e8
    assert funds["total"]["each_channel_per_year"][0] == 12e8
    assert round(funds["of_spending_pct"]["each_channel_total"][0]) == 10


def test_every_kind_of_finding_occurs_in_the_plan(found):
    assert {finding.kind for finding in found} == set(Kind)
