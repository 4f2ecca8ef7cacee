from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.plan_audit import PlanContext, Severity
from edu_metrics.plan_audit.definitions import (
    one_name_two_indicators,
    one_thing_two_names,
    rate_from_share,
    readings_on_other_indicators,
    share_from_rate,
)

FACTOR = "preschool_gross_enrolment_rate"
RATE = "public_kindergarten_enrolment_rate"
ABOVE_50 = {"type": "level", "at": {2022: ">50"}}


def found(context):
    return {
        finding.id.split(":", 1)[1]: finding for finding in readings_on_other_indicators(context)
    }


@pytest.fixture(scope="module")
def share_or_rate(reads):
    return {
        "indicator": "public_kindergarten_share",
        "readings": [
            reads("share", ABOVE_50, default=True),
            reads("rate", ABOVE_50, indicator=RATE),
        ],
    }


def test_a2_half_of_the_enrolled_is_less_than_half_of_the_children(observed):
    finding = found(observed)[f"T01_public_kindergarten_table:{RATE}"]
    assert round(finding.numbers["rate_at_share_pct"], 2) in (47.75, 47.76)
    assert finding.numbers["rate_at_share_pct"] == pytest.approx(47.755)
    assert finding.numbers["share_at_rate_pct"] == pytest.approx(50 / 0.9551)
    assert finding.numbers["factor_area"] == "inner_mongolia"
    assert finding.numbers["factor_year"] == 2019
    assert finding.severity is Severity.MEDIUM
    assert "47.76%" in finding.message("zh")
    assert "Inner Mongolia in 2019" in finding.message("en")


def test_a2_without_gross_enrolment_the_plan_does_not_decide(shipped):
    finding = found(shipped)[f"T01_public_kindergarten_table:{RATE}"]
    assert finding.severity is Severity.OPEN
    assert "Not decidable from the plan" in finding.message("en")
    assert "rate_at_share_pct" not in finding.numbers


@given(st.floats(0, 100), st.floats(1, 150))
def test_a2_share_and_rate_agree_only_at_full_enrolment(share, factor):
    assert rate_from_share(share, 100) == pytest.approx(share)
    assert share_from_rate(rate_from_share(share, factor), factor) == pytest.approx(share)
    assert (rate_from_share(share, factor) < share) == (factor < 100 and share > 0) or (
        rate_from_share(share, factor) == pytest.approx(share)
    )


def test_a7_a12_readings_by_number_of_persons_are_another_indicator(shipped):
    assert {
        "A25a_graduate_share:city_run_senior_teachers_graduate",
        "A15b_double_first_class:double_first_class_admissions",
    } <= set(found(shipped))


def test_a_target_named_for_three_indicators_has_a_finding_for_each_other_one(shipped):
    assert sum(name.startswith("A25b_top_university_hires:") for name in found(shipped)) == 2


def test_a_rate_read_as_a_share_is_converted_the_other_way_round(made, reads):
    context = made(
        {
            "indicator": RATE,
            "readings": [
                reads("rate", ABOVE_50, default=True),
                reads("share", ABOVE_50, indicator="public_kindergarten_share"),
            ],
        },
        series={(FACTOR, "wuhai"): {2019: 80.0}},
    )
    (finding,) = readings_on_other_indicators(context)
    assert finding.numbers["rate"] == RATE
    assert finding.numbers["rate_at_share_pct"] == 40
    assert finding.numbers["share_at_rate_pct"] == 62.5


def test_the_nearest_area_and_the_last_year_before_issue_give_the_factor(made, share_or_rate):
    series = {
        (FACTOR, "china"): {2019: 70.0},
        (FACTOR, "inner_mongolia"): {2018: 80.0, 2020: 90.0, 2021: 60.0},
    }
    (finding,) = readings_on_other_indicators(made(share_or_rate, series=series))
    assert finding.numbers["rate_at_share_pct"] == 45
    assert finding.numbers["factor_year"] == 2020


def test_what_was_observed_only_after_issue_decides_nothing(made, share_or_rate):
    series = {(FACTOR, "inner_mongolia"): {2021: 60.0}}
    (finding,) = readings_on_other_indicators(made(share_or_rate, series=series))
    assert finding.severity is Severity.OPEN


def test_a_target_of_several_areas_looks_above_them(made, share_or_rate):
    series = {(FACTOR, "wuda"): {2019: 60.0}, (FACTOR, "wuhai"): {2019: 80.0}}
    context = made(share_or_rate | {"areas": ["wuda", "hainan"]}, series=series)
    (finding,) = readings_on_other_indicators(context)
    assert finding.numbers["factor_area"] == "wuhai"


def test_a2_table_and_article_are_one_thing_only_by_one_reading(shipped):
    (finding,) = one_thing_two_names(shipped)
    assert finding.targets == ("T01_public_kindergarten_table", "A06a_public_share")
    assert finding.numbers["other_indicators"] == [RATE]


def test_two_promises_on_one_indicator_are_no_flaw(made):
    assert not list(one_thing_two_names(made({"see_also": ["t1"]}, {})))


def test_linked_targets_in_different_areas_are_not_one_thing(made, share_or_rate):
    other = {"indicator": "public_kindergarten_share", "areas": ["wuda"]}
    linked = share_or_rate | {"see_also": ["t1"]}
    assert not list(one_thing_two_names(made(linked, other)))
    assert list(one_thing_two_names(made(linked, other | {"areas": ["wuhai"]})))


def test_one_name_for_two_indicators_is_found(made):
    name = {"title": {"zh": "及格率", "en": "Pass rate"}}
    context = made(name, name | {"indicator": "junior_pass_rate"}, {})
    (finding,) = one_name_two_indicators(context)
    assert finding.targets == ("t0", "t1")
    assert finding.numbers["indicators"] == ["primary_pass_rate", "junior_pass_rate"]


def test_one_name_for_one_indicator_is_no_flaw(made, shipped):
    name = {"title": {"zh": "及格率", "en": "Pass rate"}}
    assert not list(one_name_two_indicators(made(name, name)))
    assert not list(one_name_two_indicators(shipped))


def test_a_plan_without_flaw_has_no_finding_on_definitions(made):
    context = made({}, {"indicator": "junior_pass_rate"})
    assert not list(readings_on_other_indicators(context))


def test_a_harmless_target_takes_no_finding_away(shipped, catalog, made):
    more = shipped.plan.targets + made({"id": "harmless"}).plan.targets
    larger = PlanContext(catalog, shipped.plan.model_copy(update={"targets": more}))
    for rule in (readings_on_other_indicators, one_thing_two_names, one_name_two_indicators):
        assert {f.id for f in rule(shipped)} <= {f.id for f in rule(larger)}
