"""What is said and drawn of an answer, held against cases reckoned by hand."""

from __future__ import annotations

import re

import pytest

from edu_metrics.explorer.what_if import Assumed, Told
from edu_metrics.reachability import Verdict, verdict_of


def facts(what_if, assumed):
    """Say the facts of an answer in English, without their titles."""
    return [told for _, *told in Told(what_if, assumed, "en").facts]


def test_the_facts_of_a_pace_are_those_reckoned_by_hand(by_hand):
    # 80 % of 1,000 and 3 points a year, where 90 are asked in 2022.
    chance, reached, people, _ = facts(by_hand(), Assumed(pace=3))
    assert chance[1] == "the mean as assumed, the ups and downs as large as in the past"
    assert reached == ["2024", "due 2022: ≥ 90.0 % required"]
    assert people == ["30 more a year; 40 short when due", "of 1,000 as in 2020"]


def test_fewer_who_fail_are_fewer(by_hand):
    assert facts(by_hand("fail"), Assumed(pace=3))[2][0] == "30 fewer a year; 40 short when due"
    assert facts(by_hand("fail"), Assumed(pace=-3))[2][0].startswith("30 more a year")
    assert facts(by_hand(), Assumed(pace=-3))[2][0].startswith("30 fewer a year")
    assert facts(by_hand(), Assumed(pace=0))[2][0].startswith("no more and no fewer")


def test_a_chance_at_its_cap_says_why_it_is_no_higher(by_hand):
    assert facts(by_hand(), Assumed(pace=10))[0] == [
        "at least 80 %", "ups and downs as in the past; the back-test bears out nothing higher",
    ]  # fmt: skip
    assert facts(by_hand(), Assumed(pace=-3))[0][1].endswith("nothing lower")


@pytest.mark.slow
def test_a_level_that_is_not_reached_within_the_years_looked_at_has_none(selection):
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", "T06_primary_bachelor"))
    assert facts(what_if, Assumed(pace=0.5))[1][0] == "not by 2027"


@pytest.mark.slow
def test_what_nobody_can_tell_stays_so_as_usual(selection):
    """The verdict as it stands is that of the report, whatever word its probability would have."""
    found = [
        (target.id, selection.assessment("mock_city", "mock_city", target.id))
        for target in selection.targets("mock_city")
    ]
    target, unknown = next(
        (name, one) for name, one in found
        if one.verdict is Verdict.CANNOT_TELL and one.probability is not None
    )  # fmt: skip
    assert verdict_of(unknown.probability) is not Verdict.CANNOT_TELL
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", target))
    assert what_if.answer(Assumed("as_usual")).verdict is Verdict.CANNOT_TELL


def drawing(what_if, assumed):
    return Told(what_if, assumed, "en").drawing


def test_the_usual_course_stands_behind_another_one_and_never_twice(by_hand):
    assert drawing(by_hand(), Assumed(pace=3)).usual
    assert not drawing(by_hand(), Assumed("as_usual")).usual


def test_the_drawing_holds_the_observed_and_the_assumed(by_hand):
    made = drawing(by_hand(), Assumed(pace=3))
    assert made.table["observed"] == {2017: 74.0, 2018: 76.0, 2019: 78.0, 2020: 80.0}
    assert made.table["as assumed"] == {2021: 83.0, 2022: 86.0}
    assert made.years == [2017, 2018, 2019, 2020, 2021, 2022]
    assert "80.00 in 2020; the plan asks ≥ 90.0 % in 2022; " in made.svg
    assert "as assumed: 86.00 in 2022" in made.svg


def test_a_pace_that_is_asked_for_is_drawn_as_the_level_it_comes_to(selection):
    what_if = selection.what_if(
        selection.choose("mock_city", "mock_city", "A12a_primary_pass_increment")
    )
    level = what_if.assessment.level
    assert not any(check.measure == "value" for check in what_if.situation.checks)
    (label,) = re.findall(r'class="asked"[^>]*>([^<]*)<', drawing(what_if, Assumed(pace=1)).svg)
    assert label == f"≥ {level.value:.1f} %"


@pytest.mark.parametrize(("course", "changes"), [({}, "0"), ({"upgrades": 200}, "+100")])
def test_levers_tell_what_they_change_and_no_probability(selection, course, changes):
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", "T06_primary_bachelor"))
    most = {name: min(value, what_if.levers[0].high) for name, value in course.items()}
    verdict, told = Told(what_if, Assumed("levers", levers=most), "en").assumed_verdict
    assert verdict is Verdict.TRACKED
    assert told == f"in the flow calculation: {changes} points of cases"
    assert facts(what_if, Assumed("levers", levers=most))[0][0] == told
