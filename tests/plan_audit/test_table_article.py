from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.plan_audit import PlanContext, Severity
from edu_metrics.plan_audit.contradictions import additions_needed, change_against_levels
from edu_metrics.plan_audit.sentences import growth_pct

PAIR = ("T08_senior_graduate", "A25a_graduate_share")


def change(*bounds, kind="total_change", unit="percent"):
    return {"type": kind, "unit": unit, "change": list(bounds)}


def article(*conditions, **more):
    return {
        "kind": "cumulative",
        "conditions": list(conditions),
        "steps": [2, 3],
        "baseline": None,
        **more,
    }


@pytest.fixture(scope="module")
def graduates(shipped):
    (finding,) = change_against_levels(shipped)
    return finding


def test_a7_the_row_and_the_article_are_the_only_such_pair(graduates):
    assert graduates.targets == PAIR
    assert graduates.severity is Severity.MEDIUM


def test_a7_on_39_the_change_leads_to_neither_reading_s_42(graduates):
    assert graduates.numbers["levels_pct"] == {"relative": [42.9], "points": [49.0]}
    assert graduates.numbers["level_pct"] == 42


def test_a7_the_table_itself_grows_by_7_69_percent(graduates):
    assert round(graduates.numbers["growth_pct"], 2) == 7.69
    assert "+7.69%" in graduates.message("zh")
    assert "+7.69 %" in graduates.message("en")


def test_a7_a_base_of_38_18_reconciles_both_and_may_be_that_of_2019(graduates):
    assert round(graduates.numbers["reconciling_base_pct"]["relative"][0], 2) == 38.18
    assert graduates.numbers["reconciling_base_pct"]["points"] == [32]
    assert graduates.numbers["base_years"] == [2020, 2019]


def test_a7_ten_points_leave_the_other_schools_little_or_less_than_nothing(graduates):
    rest = dict(
        zip(graduates.numbers["shares"], graduates.numbers["rest_pct"]["points"], strict=True)
    )
    assert rest[0.75] == pytest.approx(21.0)
    assert rest[0.8] == pytest.approx(14.0)
    assert rest[0.9] < 0
    assert round(graduates.numbers["largest_share"]["points"], 3) == 0.857
    assert "14 % at a share of 0.8" in graduates.message("en")
    assert "0.857" in graduates.message("zh")


def test_a7_the_headcount_reading_stands_apart(graduates):
    assert graduates.numbers["not_comparable"] == ["headcount"]


def test_a7_three_points_more_take_hires_of_5_2_percent_of_the_staff(graduates):
    assert round(graduates.numbers["additions_needed_pct"], 1) == 5.2


@given(st.floats(1, 99), st.floats(0.1, 0.99))
def test_those_who_join_lift_the_share_to_what_was_asked(first, step):
    last = first + step * (99.5 - first)
    joined = additions_needed(first, last)
    assert 100 * (first + joined) / (100 + joined) == pytest.approx(last)


@given(st.floats(1, 99), st.floats(-50, 50))
def test_growth_undoes_a_percentage(first, percent):
    assert growth_pct(first, first * (1 + percent / 100)) == pytest.approx(percent, abs=1e-9)


def test_exact_agreement_yields_nothing(made):
    # 80 and an eighth of it is 90, the level of the row.
    assert not list(change_against_levels(made({"see_also": ["t1"]}, article(change(">=12.5")))))
    assert list(change_against_levels(made({"see_also": ["t1"]}, article(change(">=12"))))) != []


def test_yearly_steps_start_at_the_year_of_the_stated_base(made):
    # Two years at 5 points from 80 make 90; three would make 95, from a base of another year.
    yearly = article(change(">=5", kind="yearly_change", unit="points"))
    assert not list(change_against_levels(made({"see_also": ["t1"]}, yearly)))
    (finding,) = change_against_levels(
        made({"see_also": ["t1"]}, article(change(">=4", kind="yearly_change", unit="points")))
    )
    assert finding.numbers["levels_pct"] == {"usual": [88]}
    assert finding.numbers["reconciling_base_pct"] == {"usual": [82]}


def test_a_smaller_article_on_one_indicator_can_still_be_kept(made):
    (finding,) = change_against_levels(made({"see_also": ["t1"]}, article(change(">=5"))))
    assert finding.severity is Severity.MEDIUM
    assert finding.numbers["levels_pct"] == {"usual": [84]}


def test_a_change_that_can_t_lead_to_the_level_contradicts_it(made):
    (finding,) = change_against_levels(
        made({"see_also": ["t1"]}, article(change(">=1", "<=5", unit="points")))
    )
    assert finding.severity is Severity.HIGH


def test_without_a_base_the_plan_does_not_decide(made):
    context = made({"see_also": ["t1"], "baseline": None}, article(change(">=5")))
    (finding,) = change_against_levels(context)
    assert finding.severity is Severity.OPEN
    assert "no base is stated" in finding.message("en")


def test_a_row_that_names_its_pace_is_left_to_the_rule_on_bases(made):
    context = made({"see_also": ["t1"], "baseline": None, "pace": "t1"}, article(change(">=5")))
    assert not list(change_against_levels(context))


def test_a_rule_without_a_size_or_a_pair_without_link_is_not_compared(made):
    rise = article(change(">0", kind="yearly_change", unit="points"))
    assert not list(change_against_levels(made({"see_also": ["t1"]}, rise)))
    assert not list(change_against_levels(made({}, article(change(">=5")))))


def test_a_part_so_far_above_that_nothing_is_left_is_impossible(made):
    # The whole stays at nothing, so no part of it can stand at ten.
    whole = {
        "indicator": "senior_teachers_graduate_share",
        "baseline": {"value": 0, "year": 2020},
        "conditions": [{"type": "level", "at": {2022: ">=0"}}],
        "see_also": ["t1"],
    }
    part = article(
        change(">=10", unit="points"), indicator="city_run_senior_teachers_graduate_share"
    )
    (finding,) = change_against_levels(made(whole, part))
    assert finding.severity is Severity.HIGH
    assert finding.numbers["largest_share"] == {"usual": 0}
    assert finding.numbers["growth_pct"] is None


def test_the_order_of_targets_does_not_matter(shipped, catalog, graduates):
    turned = PlanContext(
        catalog, shipped.plan.model_copy(update={"targets": shipped.plan.targets[::-1]})
    )
    (finding,) = change_against_levels(turned)
    assert finding.numbers == graduates.numbers
    assert finding.targets == PAIR
