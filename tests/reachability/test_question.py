"""One question, what of it is open, and why nothing is."""

from dataclasses import replace

import pytest

from edu_metrics.catalog import Bound, find_root, load_catalog
from edu_metrics.errors import DefinitionError
from edu_metrics.reachability import (
    Check,
    MechanismStart,
    MissingInputs,
    SeriesStore,
    assess_target,
)
from edu_metrics.reachability.checks import Range, carried
from edu_metrics.reachability.question import (
    JudgedQuestion,
    Question,
    mechanism_from_statement,
)

LEVEL = {"type": "level", "at": {2022: ">=90"}}
STEADY = {2018: 790, 2019: 810, 2020: 800}


@pytest.fixture
def ask(case, promise, rates):
    """Assess the one target of a plan in the city, and leave open what is."""

    def run(condition=LEVEL, passed=STEADY, **options):
        rows = [rates(passed)] if passed else []
        catalog, study, table = case([promise([condition], **options)], rows)
        store, plan = SeriesStore(catalog, study, table), catalog.plan("plan")
        (target,) = plan.targets
        assessment = assess_target(store, target, "city")
        return JudgedQuestion.of(store, assessment), assessment, store, plan

    return run


def test_what_is_open_is_the_years_after_the_last_value(ask):
    question, assessment, _, _ = ask()
    assert assessment.closed is None
    assert question.open.years == (2021, 2022)
    assert [check.due for check in question.open.checks] == [2022]
    assert question.open.known == {2018: 79, 2019: 81, 2020: 80}


@pytest.mark.parametrize(
    ("level", "passed", "reason"),
    [(">=90", {}, "no_start"), (">=80", STEADY, "decided"), (">=81", STEADY, "decided")],
)
def test_a_question_that_is_closed_says_why(ask, level, passed, reason):
    question, assessment, _, _ = ask({"type": "level", "at": {2020: level}}, passed)
    assert question.closed == assessment.closed == reason


def test_a_question_asks_again_what_an_assessment_answered(ask):
    _, assessment, store, _ = ask()
    question = JudgedQuestion.of(store, assessment)
    assert (question.reading.id, question.steps, question.area, question.due) == (
        assessment.reading, assessment.steps, "city", 2022,
    )  # fmt: skip
    assert question.record is store.record("pass_rate", "city")


def test_a_reading_without_an_exact_meaning_can_not_be_asked(ask):
    _, _, store, plan = ask()
    (target,) = plan.targets
    reading = target.readings[0].model_copy(update={"indicator": None})
    nothing = target.model_copy(update={"indicator": None})
    with pytest.raises(DefinitionError, match="no exact meaning"):
        _ = Question(store, nothing, reading, None, "city").checks


def test_a_store_computes_what_it_is_asked_once(ask):
    _, _, store, _ = ask()
    assert store.series("pass_rate") is store.series("pass_rate")
    assert store.history("pass_rate") is store.history("pass_rate")
    assert store.series("pass_rate") is not store.series("fail_rate")


def test_a_mechanism_starts_from_the_statement_only_where_the_plan_states_the_start(ask):
    _, assessment, store, _ = ask()
    indicator = load_catalog(find_root()).indicator("primary_teachers_bachelor_share")
    known = {**store.catalog.indicators, indicator.id: indicator}
    store = SeriesStore(replace(store.catalog, indicators=known), store.study, store.table)
    assessment = replace(assessment, indicator=indicator.id)
    asked = JudgedQuestion.of(store, replace(assessment, indicator="pass_rate"))
    target = asked.target.model_copy(update={"indicator": indicator.id})
    asked = replace(asked, target=target, assessment=assessment)
    stated = replace(assessment, start="plan_statement", last_year=2020, last_value=85.0)
    start = replace(asked, assessment=stated).mechanism
    assert isinstance(start, MechanismStart)
    expected = mechanism_from_statement(indicator, 85.0)
    assert (start.relative, start.whole) == (True, 100)
    assert start.mechanism.inputs == expected.mechanism.inputs
    assert isinstance(asked.mechanism, MissingInputs)
    assert asked.mechanism.reason == "lacks_numbers"
    assert asked.mechanism.missing


def test_a_contradiction_is_a_reason_of_its_own():
    assert MissingInputs(contradiction="12 of 10").reason == "contradiction"


@pytest.mark.parametrize(
    ("measure", "years", "bounds", "start", "ends"),
    [
        ("points", (2020, 2021), (">=5", "<=8"), (50, 60), (55, 68)),
        ("points_per_step", (2020, 2022), (">=5", "<=8"), (50, 50), (60, 66)),
        ("percent", (2020, 2021), (">=-10", "<=20"), (50, 100), (45, 120)),
        ("percent", (2020, 2021), ("<=-150",), (50, 100), None),
        ("percent", (2020, 2021), (">=5",), (0, 0), None),
        ("points", (2020, 2021), (">=8", "<=5"), (0, 100), None),
    ],
)
def test_values_are_carried_on_by_all_changes_that_a_check_accepts(
    measure, years, bounds, start, ends
):
    check = Check(measure, years, tuple(map(Bound.model_validate, bounds)))
    carried_on = carried(Range(*start), check)
    if ends is None:
        assert carried_on.empty
    else:
        assert (carried_on.low, carried_on.high) == ends
