"""What an assumption comes to: reckoned by hand, and held against the parts it is made of."""

from __future__ import annotations

import pytest

from edu_metrics.catalog import Bound
from edu_metrics.explorer.render import _verdict
from edu_metrics.explorer.what_if import LEVERS, OWN_PACE, Assumed, WhatIf
from edu_metrics.reachability import (
    SeriesStore,
    Verdict,
    assess_target,
    requirements_of,
    verdict_of,
)
from edu_metrics.reachability.precedent import NoPrecedent, precedent
from edu_metrics.trajectories import CAP, FLOOR


def test_a_pace_is_added_year_by_year_and_told_in_people(by_hand):
    # 80 % of 1,000 and 3 points a year: 83, 86; 90 is asked, and reached after four years.
    found = by_hand().answer(Assumed(pace=3))
    assert (found.years, found.middle) == ((2021, 2022), (83.0, 86.0))
    assert (found.met, found.pace, found.year_reached) == (False, 3.0, 2024)
    assert (found.pace_people, found.short) == (30.0, 40)


def test_a_pace_that_just_arrives_arrives(by_hand):
    found = by_hand().answer(Assumed(pace=5))
    assert (found.middle, found.met, found.short) == ((85.0, 90.0), True, 0)
    assert found.year_reached == 2022


def test_a_level_that_is_not_reached_within_the_years_looked_at_has_no_year(by_hand):
    found = by_hand().answer(Assumed(pace=0))
    assert (found.year_reached, found.horizon, found.short) == (None, 2027, 100)


def test_around_a_course_that_just_arrives_half_of_the_draws_arrive(by_hand):
    # The median of the draws lies on the course, whatever their spread.
    found = by_hand().answer(Assumed(pace=5))
    assert found.probability == pytest.approx(0.5, abs=0.04)
    assert found.low[1] < 90 < found.high[1]


def test_a_faster_pace_is_never_less_probable(by_hand):
    chances = [by_hand().answer(Assumed(pace=pace / 2)).probability for pace in range(21)]
    assert chances == sorted(chances)
    assert FLOOR <= chances[0] < 0.02
    assert chances[-1] == CAP


def test_a_year_that_a_published_bound_decided_is_not_asked_for(by_hand):
    """76 % at least in 2018, where 70 were asked: what is left is 90 in 2022."""
    usual = by_hand()
    table = usual.store.table.copy()
    table.loc[(table["year"] == 2018) & (table["quantity"] == "passed"), "bound"] = "at_least"
    target = usual.situation.target
    (reading,) = target.readings
    asked = reading.conditions[0].model_copy(
        update={"at": {2018: Bound.model_validate(">=70"), **reading.conditions[0].at}}
    )
    reading = reading.model_copy(update={"conditions": (asked,)})
    target = target.model_copy(update={"readings": (reading,)})
    store = SeriesStore(usual.store.catalog, usual.store.study, table)
    found = assess_target(store, usual.situation.plan, target, "city")
    what_if = WhatIf(store, usual.situation.plan, target, found)
    assert what_if.reason is None
    assert what_if.answer(Assumed(pace=5)).met
    assert not what_if.answer(Assumed(pace=4)).met


def test_as_usual_is_what_the_report_says(by_hand):
    what_if = by_hand()
    found = what_if.answer(Assumed(course="as_usual"))
    assert found.probability == what_if.assessment.probability
    assert found.verdict == verdict_of(what_if.assessment.probability)


@pytest.mark.parametrize("pace", [1, 4, 5, 6])
def test_failing_less_gets_the_answer_of_passing_more(by_hand, pace):
    passing, failing = (by_hand(name).answer(Assumed(pace=pace)) for name in ("pass", "fail"))
    assert [100 - value for value in failing.middle] == pytest.approx(passing.middle)
    assert failing.probability == pytest.approx(passing.probability, abs=0.04)
    assert (failing.short, failing.pace, failing.met) == (passing.short, pace, passing.met)


def test_a_bad_year_is_made_good_in_the_next_and_counts_where_it_is_the_last(by_hand):
    early = by_hand().answer(Assumed(pace=5, shock=4))
    late = by_hand().answer(Assumed(pace=5, shock=4, shock_year=1))
    assert (early.middle, early.met) == ((81.0, 90.0), True)
    assert (late.middle, late.met, late.short) == ((85.0, 86.0), False, 40)


def test_a_scenario_of_the_catalog_is_a_course_like_any_other(by_hand):
    what_if = by_hand()
    assert set(what_if.courses) == {
        "as_usual", "halt", "historical_pace", "required_pace", "start_a_year_late",
    }  # fmt: skip
    assert what_if.answer(Assumed(course="historical_pace")).middle == (82.0, 84.0)
    assert what_if.answer(Assumed(course="halt")).middle == (80.0, 80.0)
    assert what_if.answer(Assumed(course="start_a_year_late")).middle[0] == 80.0


def test_the_slider_shows_the_mean_pace_of_a_course_and_holds_the_required_one(by_hand):
    what_if = by_hand()
    slider = what_if.slider
    assert slider.low < 0 < 5 < slider.high
    assert what_if.on_slider(1.26) == 1.3
    assert what_if.on_slider(-50) == slider.low
    assert what_if.on_slider(500) == slider.high


def test_a_course_that_is_not_to_be_had_says_so(by_hand):
    assert by_hand().answer(Assumed(course="best_peers")).reason == "not_here"
    assert by_hand().answer(Assumed(course=LEVERS)).reason == "mechanism_lacks_numbers"


@pytest.fixture(scope="module")
def teachers(selection):
    """A target with levers, in the invented city."""
    return selection.what_if(selection.choose("mock_city", "mock_city", "T06_primary_bachelor"))


def test_levers_come_to_as_many_cases_as_the_requirements_say(selection, teachers):
    taking = requirements_of(
        teachers.store, teachers.situation.plan, teachers.situation.target, "mock_city",
        assessment=teachers.assessment,
    )[0]  # fmt: skip
    need = next(one for one in taking.needs if one.lever == "upgrades")
    enough = teachers.answer(Assumed(LEVERS, levers={"upgrades": need.sure.value}))
    less = teachers.answer(Assumed(LEVERS, levers={"upgrades": need.sure.value - 1}))
    assert enough.under_model == need.sure.probability >= 0.8 > less.under_model
    assert enough.model_base == less.model_base == taking.under_model
    assert (enough.probability, enough.verdict) == (None, None)


def test_a_lever_beyond_its_bounds_is_refused(teachers):
    most = teachers.levers[0].high
    found = teachers.answer(Assumed(LEVERS, levers={teachers.levers[0].name: most + 1}))
    assert (found.reason, found.probability) == ("beyond_bounds", None)


def test_a_scenario_of_levers_shows_how_it_sets_them(teachers):
    # 3 of 100 teachers a year.
    whole = teachers.situation.mechanism.whole
    assert teachers.settings_of("upgrade_teachers")["upgrades"] == pytest.approx(0.03 * whole)
    assert teachers.settings_of("halt")["upgrades"] == 0
    assert teachers.by_mechanism("upgrade_teachers")
    assert not teachers.by_mechanism(OWN_PACE)


def test_precedents_are_those_of_the_pace(selection, teachers):
    found = teachers.answer(Assumed(pace=2)).precedents
    ordinary = precedent(
        selection.catalog.reference_class("ordinary"), pace=2, start=teachers.start_value, years=2
    )
    assert found[0] == ordinary
    assert teachers.answer(Assumed(pace=-1)).precedents is NoPrecedent.NOTHING_ASKED


@pytest.mark.parametrize(
    ("target", "reason"),
    [("A12a_primary_pass_increment", "no_start"), ("A38a_budget_total", "decided")],
)
def test_where_nothing_can_be_tried_the_reason_is_given(selection, target, reason):
    what_if = selection.what_if(selection.choose("wuhai", "wuhai", target))
    assert what_if.reason == what_if.answer(Assumed()).reason == reason


def test_a_plans_own_start_gives_courses_and_no_probability(selection):
    what_if = selection.what_if(selection.choose("wuhai", "wuhai", "T06_primary_bachelor"))
    found = what_if.answer(Assumed(pace=2.5))
    assert (found.middle, found.met) == ((87.5, 90.0), True)  # 85 stated, 87 and 90 asked
    assert (found.probability, found.low, found.pace_people) == (None, (), None)
    assert what_if.relative


def test_no_value_leaves_the_bounds_of_its_indicator(selection):
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", "A28b_wifi"))
    found = what_if.answer(Assumed(pace=10))
    assert max(*found.middle, *found.high) == 100
    assert found.met is True


def test_nobody_is_short_where_the_level_is_met_in_the_last_decimal(selection):
    # 84.834034245 % and twice 5 points: rounded to whole pupils the level would be missed by one.
    what_if = selection.what_if(
        selection.choose("mock_city", "mock_city", "A12a_primary_pass_increment")
    )
    found = what_if.answer(Assumed(pace=5))
    assert (found.met, found.short) == (True, 0)


@pytest.mark.parametrize(
    ("probability", "told"),
    [
        (0.2, "unlikely 20 %"),
        (0.052, "unlikely 5 %, on the edge of out of reach and unlikely"),
        (0.8, "likely at least 80 %"),
    ],
)
def test_an_answer_stands_with_its_probability_and_its_edge(probability, told):
    assert _verdict(verdict_of(probability), probability, "en") == told


def test_what_nobody_can_tell_lies_on_no_edge():
    assert _verdict(Verdict.CANNOT_TELL, 0.052, "en") == "cannot tell 5 %"
