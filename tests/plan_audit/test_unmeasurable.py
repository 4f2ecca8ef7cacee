from __future__ import annotations

import pytest

from edu_metrics.plan_audit import Severity
from edu_metrics.plan_audit.definitions import (
    breaks_inside,
    no_baseline,
    no_date,
    no_measure,
    sources_that_end,
    undecided_readings,
    undefined_standards,
    unverified_parameters,
)

CLEAN = {
    "indicator": "persistent_absence_rate",
    "better": "lower",
    "conditions": [{"type": "level", "at": {2022: "<=70"}}],
}
RULES = (
    breaks_inside,
    no_baseline,
    no_date,
    no_measure,
    sources_that_end,
    undecided_readings,
    undefined_standards,
    unverified_parameters,
)


def parts(findings):
    return {finding.part: finding for finding in findings}


def test_increments_on_the_present_base_have_none(shipped):
    finding = parts(no_baseline(shipped))["change"]
    assert finding.severity is Severity.HIGH
    assert set(finding.targets) == {
        "A03e_myopia",
        "A09b_region_model_kg",
        "A12a_primary_pass_increment",
        "A12b_primary_excellent_increment",
        "A12g_junior_pass_increment",
        "A12h_junior_excellent_increment",
        "A12i_junior_low_decrement",
        "A15b_double_first_class",
        "A24b_workshops",
        "A25a_graduate_share",
        "A25b_top_university_hires",
    }


def test_a12_cut_offs_and_denominators_that_nobody_stated(shipped):
    found = parts(unverified_parameters(shipped))
    assert found["junior_low_score_rate.cut_pct"].numbers["value"] == 40
    assert found["double_first_class_rate.candidates"].targets == ("A15b_double_first_class",)
    assert found["senior_gross_enrolment_rate.age_to"].numbers["value"] == 17


def test_a11_cut_offs_that_were_assumed_on_weak_ground(shipped):
    found = parts(undefined_standards(shipped))
    assert found["excellence_cut_85"].severity is Severity.HIGH
    assert len(found["excellence_cut_85"].targets) == 4
    assert found["low_score_cut_40"].numbers["unverified"] is True


def test_a15_standards_that_the_plan_does_not_name(shipped):
    found = parts(undefined_standards(shipped))
    assert set(found["standards_left_to_the_bureau"].targets) >= {
        "A03c_pe_teachers",
        "A28c_digital_campus",
        "A29b_special_rooms",
    }
    assert found["four_rules_unnamed"].targets == ("A32a_four_100",)


def test_a13_low_grade_rates_lose_their_data_within_the_plan(shipped):
    (finding,) = sources_that_end(shipped)
    assert finding.targets == ("A12c_low_grade_pass", "A12d_low_grade_excellent")
    assert finding.severity is Severity.HIGH
    assert finding.numbers["from_date"] == "2021-08-30"
    assert finding.numbers["months_after_issue"] == 8
    assert "30 August 2021" in finding.message("en")


def test_a12_the_list_of_universities_breaks_before_the_last_exam(shipped):
    (finding,) = [f for f in breaks_inside(shipped) if "A15b_double_first_class" in f.targets]
    assert finding.numbers["year"] == 2022
    assert "147" in finding.message("zh")


@pytest.mark.parametrize(("deadline", "found"), [(2021, 0), (2022, 1)])
def test_a_break_matters_to_what_falls_due_in_its_year_or_later(made, deadline, found):
    target = {"indicator": "double_first_class_admissions", "deadline": deadline}
    at = {"type": "level", "at": {deadline: ">=90"}}
    assert len(list(breaks_inside(made(target | {"conditions": [at]})))) == found


@pytest.mark.parametrize(("deadline", "found"), [(2020, 0), (2021, 1)])
def test_a_source_that_ends_after_the_deadline_is_no_flaw(made, deadline, found):
    target = {"indicator": "lower_primary_pass_rate", "deadline": deadline}
    assert len(list(sources_that_end(made(target)))) == found


def test_a15_no_date(shipped):
    found = parts(no_date(shipped))
    assert "A03a_pe_health_standard" in found["numeric"].targets
    assert "A24e_mental_health_training" not in found["numeric"].targets
    assert found["numeric"].numbers["assumed_year"] == 2022
    assert not {"A01_ideology_contest", "A08e_annual_improvement"} & set(found["other"].targets)


def test_promises_that_no_number_judges(shipped):
    (finding,) = no_measure(shipped)
    assert "A38d_foundation" in finding.targets
    assert not {"T01_public_kindergarten_table", "A01_ideology_contest"} & set(finding.targets)


def test_a_base_stated_once_serves_every_target_on_its_indicator(made):
    gain = {"type": "yearly_change", "unit": "points", "change": ["<=-2"]}
    paced = CLEAN | {"conditions": [gain], "baseline": None, "steps": [2]}
    assert [f.part for f in no_baseline(made(paced))] == ["change"]
    assert list(no_baseline(made(paced, CLEAN))) == []


def test_an_observed_value_up_to_issue_serves_as_base(made):
    paced = CLEAN | {
        "conditions": [{"type": "yearly_change", "unit": "points", "change": ["<=-2"]}],
        "baseline": None,
        "steps": [2],
    }
    for year, found in ((2019, 0), (2021, 1)):
        series = {("persistent_absence_rate", "wuhai"): {year: 12.0}}
        assert len(list(no_baseline(made(paced, series=series)))) == found


def test_a_rise_of_no_stated_size_needs_no_base(made):
    rise = {"type": "yearly_change", "unit": "points", "change": [">0"]}
    risen = {"conditions": [rise], "baseline": None, "steps": [2], "better": "higher"}
    assert list(no_baseline(made(CLEAN | risen))) == []


def test_a_usual_reading_that_nothing_decides_weighs_more_than_another_one(made, reads):
    why = {"zh": "缺数", "en": "no data"}
    usual = {**reads("open", default=True), "undecided": why}
    clean = reads("usual", *CLEAN["conditions"], default=True)
    (high,) = undecided_readings(made(CLEAN | {"readings": [usual]}))
    (low,) = undecided_readings(
        made(CLEAN | {"readings": [clean, {**reads("open"), "undecided": why}]})
    )
    assert (high.severity, low.severity) == (Severity.HIGH, Severity.LOW)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_clean_target_can_be_measured(made, rule):
    assert list(rule(made(CLEAN))) == []
