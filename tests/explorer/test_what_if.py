"""What an assumption comes to: reckoned by hand, and held against the scenarios of the command."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from edu_metrics.catalog import Bound
from edu_metrics.explorer.what_if import LEVERS, Assumed, Told, WhatIf
from edu_metrics.reachability import (
    SeriesStore,
    Verdict,
    assess_target,
    requirements_of,
    verdict_of,
)
from edu_metrics.reachability.precedent import NoPrecedent, precedent
from edu_metrics.reachability.scenarios import asked_scenarios, outcome_row, run_scenarios
from edu_metrics.trajectories import CAP, FLOOR


def middle(answer):
    return tuple(float(value) for value in answer.outcome.quantiles([0.5])[0])


def test_a_pace_is_added_year_by_year_and_told_in_people(by_hand):
    # 80 % of 1,000 and 3 points a year: 83, 86; 90 is asked, and reached after four years.
    found = by_hand().answer(Assumed(pace=3))
    assert (found.outcome.years, middle(found)) == ((2021, 2022), (83.0, 86.0))
    assert (found.outcome.met, found.pace, found.reached) == (False, 3.0, 2024)
    assert (found.people, found.outcome.ending.short) == (30.0, 40)


def test_a_pace_that_just_arrives_arrives(by_hand):
    found = by_hand().answer(Assumed(pace=5))
    assert (middle(found), found.outcome.met) == ((85.0, 90.0), True)
    assert (found.outcome.ending.short, found.reached) == (0, 2022)


def test_a_level_that_is_not_reached_within_the_years_looked_at_has_no_year(by_hand):
    found = by_hand().answer(Assumed(pace=0))
    assert (found.reached, found.horizon, found.outcome.ending.short) == (None, 2027, 100)


def test_around_a_course_that_just_arrives_half_of_the_draws_arrive(by_hand):
    # The median of the draws lies on the course, whatever their spread.
    found = by_hand().answer(Assumed(pace=5)).around
    assert found.probability == pytest.approx(0.5, abs=0.04)
    low, half, high = found.quantiles()[:, 1]
    assert low < 90 < high
    assert half == pytest.approx(90, abs=0.1)


def test_a_faster_pace_is_never_less_probable(by_hand):
    answers = [by_hand().answer(Assumed(pace=pace / 2)) for pace in range(21)]
    chances = [answer.around.probability for answer in answers]
    assert chances == sorted(chances)
    assert FLOOR <= chances[0] < 0.02
    assert chances[-1] == CAP
    assert [answer.verdict for answer in answers] == list(map(verdict_of, chances))


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
    plan = usual.store.plan.model_copy(update={"targets": (target,)})
    catalog = replace(usual.store.catalog, plans={plan.id: plan})
    store = SeriesStore(catalog, usual.store.study, table)
    what_if = WhatIf(store, assess_target(store, target, "city"))
    assert what_if.reason is None
    assert what_if.answer(Assumed(pace=5)).outcome.met
    assert not what_if.answer(Assumed(pace=4)).outcome.met


def test_as_usual_is_what_the_report_says(by_hand):
    what_if = by_hand()
    found = what_if.answer(Assumed(course="as_usual"))
    assert found.around.probability == what_if.assessment.probability
    assert found.verdict == verdict_of(what_if.assessment.probability)


@pytest.mark.parametrize("pace", [1, 4, 5, 6])
def test_failing_less_gets_the_answer_of_passing_more(by_hand, pace):
    passing, failing = (by_hand(name).answer(Assumed(pace=pace)) for name in ("pass", "fail"))
    assert [100 - value for value in middle(failing)] == pytest.approx(middle(passing))
    assert failing.around.probability == pytest.approx(passing.around.probability, abs=0.04)
    assert failing.outcome.ending == passing.outcome.ending
    assert (failing.pace, failing.outcome.met) == (pace, passing.outcome.met)


def test_a_scenario_of_the_catalog_is_a_course_like_any_other(by_hand):
    what_if = by_hand()
    assert set(what_if.courses) == {
        "as_usual", "halt", "historical_pace", "required_pace", "start_a_year_late",
    }  # fmt: skip
    assert middle(what_if.answer(Assumed(course="historical_pace"))) == (82.0, 84.0)
    assert middle(what_if.answer(Assumed(course="halt"))) == (80.0, 80.0)
    assert middle(what_if.answer(Assumed(course="start_a_year_late")))[0] == 80.0


def test_the_slider_shows_the_mean_pace_of_a_course_and_holds_the_required_one(by_hand):
    what_if = by_hand()
    slider = what_if.slider
    assert slider.low < 0 < 5 < slider.high
    assert what_if.on_slider(what_if.answer(Assumed(course="required_pace"))) == 5.0
    assert (slider.at(1.26), slider.at(-50), slider.at(500)) == (1.3, slider.low, slider.high)


def test_a_course_that_is_not_to_be_had_says_so(by_hand):
    assert by_hand().answer(Assumed(course="best_peers")).reason == "not_here"
    assert by_hand().answer(Assumed(course=LEVERS)).reason == "mechanism_lacks_numbers"


# The fields of a form come from anywhere


def test_a_form_gives_the_assumption_that_it_was_made_of(by_hand):
    assumed = Assumed(pace=4.5)
    assert by_hand().assumed(assumed.fields) == assumed


@pytest.mark.parametrize(
    ("given", "assumed"),
    [
        ({}, Assumed("as_usual")),
        ({"course": "none"}, Assumed("as_usual")),
        ({"course": "<script>"}, Assumed("as_usual")),
        ({"course": "levers"}, Assumed("as_usual")),  # this target has none
        ({"course": "own_pace", "pace": "nan"}, Assumed()),
        ({"course": "own_pace", "pace": "1e999"}, Assumed()),
        ({"course": "own_pace", "pace": "x"}, Assumed()),
        ({"course": "own_pace", "pace": "-99"}, Assumed(pace=-3.0)),
        ({"course": "halt", "pace": "2"}, Assumed("halt")),
    ],
)  # fmt: skip
def test_what_is_no_number_is_left_out_and_none_is_out_of_range(by_hand, given, assumed):
    assert by_hand().assumed(given) == assumed


# Targets of the shipped studies


@pytest.fixture(scope="module")
def teachers(selection):
    """A target with levers, in the invented city."""
    return selection.what_if(selection.choose("mock_city", "mock_city", "T06_primary_bachelor"))


def of_the_command(selection, what_if, **asked):
    """Run a scenario as ``edu-metrics scenarios`` does."""
    target = what_if.situation.target
    scenarios = asked.pop("scenarios", None) or asked_scenarios(**asked)
    (found,) = run_scenarios(
        what_if.store, scenarios=scenarios, areas=(what_if.assessment.area,), targets=(target.id,)
    )
    return outcome_row(found)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("target", "assumed", "asked"),
    [
        ("T06_primary_bachelor", Assumed(pace=2.5), {"pace": 2.5}),
        ("T06_primary_bachelor", Assumed(pace=-1), {"pace": -1}),
        ("T06_primary_bachelor", Assumed(LEVERS, levers={"upgrades": 40}),
         {"levers": {"upgrades": 40}}),
        ("T06_primary_bachelor", Assumed("upgrade_teachers"), {"scenarios": ("upgrade_teachers",)}),
        ("T06_primary_bachelor", Assumed("as_usual"), {"scenarios": ("as_usual",)}),
        ("T06_primary_bachelor", Assumed("pace_of_the_fast"), {"scenarios": ("pace_of_the_fast",)}),
        ("A12a_primary_pass_increment", Assumed("closed_schools"),
         {"scenarios": ("closed_schools",)}),
        ("A38a_budget_total", Assumed(pace=5), {"pace": 5, "unit": "percent"}),
    ],
)  # fmt: skip
def test_every_number_is_that_of_the_command(selection, target, assumed, asked):
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", target))
    row = outcome_row(what_if.answer(assumed).outcome)
    command = of_the_command(selection, what_if, **asked)
    ignored = {"case"} if assumed.course == LEVERS else set()
    assert {key for key in row if row[key] != command[key]} <= ignored


def test_levers_come_to_as_many_cases_as_the_requirements_say(teachers):
    taking = requirements_of(teachers.store, teachers.assessment)[0]
    need = next(one for one in taking.needs if one.lever == "upgrades")
    enough, less = (
        teachers.answer(Assumed(LEVERS, levers={"upgrades": value})).outcome
        for value in (need.sure.value, need.sure.value - 1)
    )
    assert enough.under_model == need.sure.probability >= 0.8 > less.under_model
    assert enough.model_base == less.model_base == taking.under_model
    assert enough.probability is None


def test_a_lever_beyond_its_bounds_is_refused_and_never_comes_from_a_form(teachers):
    first = teachers.levers[0]
    found = teachers.answer(Assumed(LEVERS, levers={first.name: first.high + 1}))
    assert (found.reason, found.around.probability) == ("beyond_bounds", None)
    given = {"course": LEVERS, f"lever.{first.name}": str(first.high + 1)}
    assert teachers.assumed(given).levers[first.name] == first.high


def test_a_scenario_of_levers_shows_how_it_sets_them(teachers):
    # 3 of 100 teachers a year.
    whole = teachers.situation.mechanism.whole
    assert teachers.settings_of("upgrade_teachers")["upgrades"] == pytest.approx(0.03 * whole)
    assert teachers.settings_of("halt")["upgrades"] == 0


def test_precedents_are_those_of_the_pace(selection, teachers):
    found = teachers.answer(Assumed(pace=2)).precedents
    start = teachers.situation.start_value
    ordinary = precedent(
        selection.catalog.reference_class("ordinary"), pace=2, start=start, years=2
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
    assert (middle(found), found.outcome.met) == ((87.5, 90.0), True)  # 85 stated, 87 and 90 asked
    assert (found.around.probability, found.around.met, found.people) == (None, True, None)
    assert what_if.relative


def test_no_value_leaves_the_bounds_of_its_indicator(selection):
    what_if = selection.what_if(selection.choose("mock_city", "mock_city", "A28b_wifi"))
    found = what_if.answer(Assumed(pace=10))
    assert found.around.quantiles().max() == found.outcome.draws.max() == 100
    assert found.outcome.met is True


def test_nobody_is_short_where_the_level_is_met_in_the_last_decimal(selection):
    # 84.834034245 % and twice 5 points: rounded to whole pupils the level would be missed by one.
    what_if = selection.what_if(
        selection.choose("mock_city", "mock_city", "A12a_primary_pass_increment")
    )
    found = what_if.answer(Assumed(pace=5)).outcome
    assert (found.met, found.ending.short) == (True, 0)


@pytest.mark.parametrize(
    ("probability", "told"),
    [
        (0.2, "unlikely 20 %"),
        (0.052, "unlikely 5 %, on the edge of very unlikely and unlikely"),
        (0.8, "likely at least 80 %"),
    ],
)
def test_an_answer_stands_with_its_probability_and_its_edge(probability, told):
    any_target = Told(SimpleNamespace(situation=None), Assumed(), "en")
    assert any_target.verdict(verdict_of(probability), probability) == told
    assert any_target.verdict(Verdict.CANNOT_TELL, 0.052) == "cannot tell 5 %"
