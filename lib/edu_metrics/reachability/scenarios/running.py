"""Run scenarios on a study: what each target's series comes to, and whether the target is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from edu_metrics.catalog import (
    AsUsual,
    Catalog,
    Grid,
    LeverSettings,
    OwnPace,
    Plan,
    ReadingPath,
    Scenario,
    Start,
    Study,
    Target,
    nearest,
)
from edu_metrics.errors import DefinitionError
from edu_metrics.reachability.assessment import assess_target
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.mechanisms import Quantities
from edu_metrics.reachability.precedent import PaceOfPercentile, pace_by_class
from edu_metrics.reachability.probability import kept_in
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.scenarios.asked import ASKED
from edu_metrics.reachability.scenarios.courses import (
    Course,
    NotAvailable,
    Situation,
    apply,
    begin,
    take_steps,
)
from edu_metrics.reachability.scenarios.ending import ending_of
from edu_metrics.reachability.scenarios.outcomes import ScenarioOutcome
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, Verdict
from edu_metrics.trajectories import stated

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "changes_nothing",
    "judged_course",
    "no_reference_class",
    "of_scenario",
    "run_scenario",
    "run_scenarios",
    "situation_of",
]


def no_reference_class(
    indicator: str, percentile: float, start: float, years: int, falling: bool
) -> float | None:
    """
    Say of every percentile that no reference class gives its pace.

    For a run that is to leave reference classes alone: a scenario of a percentile then needs a pace
    of its own, or is not available.

    Parameters
    ----------
    indicator : str
        Indicator.
    percentile : float
        Percentile asked for. [0-100]
    start : float
        Where the series starts. [unit of the indicator]
    years : int
        Over how many years. [years]
    falling : bool
        Whether less is better.

    Returns
    -------
    None
        No pace is known.
    """
    del indicator, percentile, start, years, falling
    return None


def run_scenarios(
    catalog: Catalog,
    study: Study,
    table: pd.DataFrame,
    *,
    scenarios: tuple[str | Scenario, ...] | None = None,
    areas: tuple[str, ...] | None = None,
    targets: tuple[str, ...] | None = None,
    pace_of_percentile: PaceOfPercentile | None = None,
) -> list[ScenarioOutcome]:
    """
    Run scenarios on the numeric targets of a study.

    Parameters
    ----------
    catalog : Catalog
        From :func:`~edu_metrics.catalog.load_catalog`.
    study : Study
        The study.
    table : DataFrame
        Its observations.
    scenarios : tuple of (str or Scenario), optional
        Scenarios by id, or made by :func:`asked_scenarios`; all that are defined when left out.
    areas : tuple of str, optional
        Areas of the study, by id, name or alias; all when left out.
    targets : tuple of str, optional
        Targets by id; all numeric ones when left out.
    pace_of_percentile : callable, optional
        Gives the pace of a percentile of an indicator's reference class; the study's own ordinary
        class when left out.

    Returns
    -------
    list of ScenarioOutcome
        By area, target and scenario, in the order given. A scenario that is limited to other
        indicators is left out.

    Raises
    ------
    DefinitionError
        For an unknown scenario, area or target.
    """
    chosen = [
        name if isinstance(name, Scenario) else catalog.scenario(name)
        for name in scenarios or catalog.scenarios
    ]
    named = [catalog.study_area(study, area).id for area in areas or ()]
    evidence, plan = SeriesStore(catalog, study, table), catalog.plan(study.plan)
    known = [target.id for target in plan.targets]
    unknown = [name for name in targets or () if name not in known]
    if unknown:
        raise DefinitionError(
            f"expected targets of plan {plan.id!r}",
            [f"no target {name!r}{nearest(name, known)}" for name in unknown],
        )
    wanted = [plan.target(name) for name in targets] if targets else plan.targets
    quantities = Quantities(evidence)
    outcomes: list[ScenarioOutcome] = []
    for area in named or evidence.areas:
        for target in wanted:
            if not target.numeric:
                continue
            found = assess_target(evidence, plan, target, area)
            for scenario in chosen:
                outcomes += run_scenario(
                    evidence, plan, target, scenario, area, assessment=found,
                    quantities=quantities, pace_of_percentile=pace_of_percentile,
                )  # fmt: skip
    return outcomes


def run_scenario(
    evidence: SeriesStore,
    plan: Plan,
    target: Target,
    scenario: Scenario,
    area: str,
    *,
    assessment: Assessment | None = None,
    quantities: Quantities | None = None,
    pace_of_percentile: PaceOfPercentile | None = None,
) -> list[ScenarioOutcome]:
    """
    Run one scenario on one target in one area.

    Parameters
    ----------
    evidence : SeriesStore
        The study's series as of its date.
    plan : Plan
        The plan of the target.
    target : Target
        The promise.
    scenario : Scenario
        What is assumed.
    area : str
        Area of the study.
    assessment : Assessment, optional
        The target's assessment in the area, where it is at hand.
    quantities : Quantities, optional
        Published values, kept from run to run where given.
    pace_of_percentile : callable, optional
        Gives the pace of a percentile of an indicator's reference class; the study's own ordinary
        class when left out.

    Returns
    -------
    list of ScenarioOutcome
        One; for each reading one where the scenario says so, and one for each cell of a grid; none
        where the scenario is not about this indicator.
    """
    found = assessment or assess_target(evidence, plan, target, area)
    flows = {step.flow for step in scenario.steps if isinstance(step, LeverSettings)}
    each = any(isinstance(step, ReadingPath) and step.which == "each" for step in scenario.steps)
    known = quantities or Quantities(evidence)
    asked = pace_of_percentile or pace_by_class(evidence.catalog, evidence.study)
    outcomes: list[ScenarioOutcome] = []
    for judged in (found, *found.others) if each else (found,):
        if judged.indicator is None:
            continue
        use = evidence.catalog.indicator(judged.indicator).mechanism
        other_flow = bool(flows) and (use is None or flows != {use.flow})
        if other_flow or (scenario.indicators and judged.indicator not in scenario.indicators):
            continue
        blank = ScenarioOutcome(
            evidence.study.id, area, target.id, scenario.id, judged.reading, judged.steps
        )
        if judged.reason == "reading_undecided":
            outcomes.append(replace(blank, reason="reading_undecided"))
            continue
        situation = situation_of(evidence, known, plan, target, judged, asked)
        outcomes += _run(blank, scenario, situation)
    return outcomes


def situation_of(
    evidence: SeriesStore,
    quantities: Quantities,
    plan: Plan,
    target: Target,
    assessment: Assessment,
    pace_of_percentile: PaceOfPercentile,
) -> Situation:
    """Collect what the steps of a scenario look at."""
    indicator = evidence.catalog.indicator(str(assessment.indicator))
    checks = Question.of(evidence, plan, target, assessment).checks
    return Situation(
        evidence, quantities, plan, target, indicator, assessment, checks, pace_of_percentile
    )


def _run(
    blank: ScenarioOutcome, scenario: Scenario, situation: Situation
) -> Iterator[ScenarioOutcome]:
    first = scenario.steps[0]
    if isinstance(first, Grid):
        yield from _grid(blank, first, situation)
        return
    due = max(check.due for check in situation.checks)
    if scenario.start is not None:
        situation = _started(scenario.start, due, situation)
    if scenario.id == ASKED:
        blank = replace(blank, case=_asked_of(scenario))
    found = situation.assessment
    blank = replace(
        blank, start=found.start, start_year=found.last_year, start_value=found.last_value
    )
    if found.last_year is None or found.last_value is None:
        yield replace(blank, reason="no_start")
        return
    if found.last_year >= due:
        yield replace(blank, reason="decided", met=_on_record(situation))
        return
    try:
        start = begin(found.last_year, found.last_value, due)
        course = take_steps(scenario.steps, start, situation)
    except NotAvailable as why:
        yield replace(blank, reason=str(why))
        return
    yield of_scenario(blank, scenario, course, situation)


def _started(start: Start, due: int, situation: Situation) -> Situation:
    """Begin where a scenario says; a level on the way that is due before then is not asked."""
    found = situation.assessment
    year = found.last_year if start.years is None else due - start.years
    if year is None:
        year = situation.plan.issued.year
    value = found.last_value if start.value is None else start.value
    if value is not None:
        value = float(situation.bounded(value))
    begun = replace(found, start="assumed", last_year=year, last_value=value, total=None)
    asked = tuple(check for check in situation.checks if check.years[0] >= year)
    return replace(situation, assessment=begun, checks=asked or situation.checks)


def _asked_of(scenario: Scenario) -> dict[str, float]:
    """Name the numbers of a scenario that was asked for without a file."""
    numbers: dict[str, float] = {}
    if scenario.start is not None and scenario.start.value is not None:
        numbers["base"] = scenario.start.value
    for step in scenario.steps:
        if isinstance(step, OwnPace):
            numbers["pace" if step.unit == "points" else "pace_pct"] = step.per_year
        if isinstance(step, LeverSettings):
            numbers |= step.set
    if scenario.start is not None and scenario.start.years is not None:
        numbers["years"] = float(scenario.start.years)
    return numbers


def of_scenario(
    blank: ScenarioOutcome, scenario: Scenario, course: Course, situation: Situation
) -> ScenarioOutcome:
    """
    Say what the course of a scenario comes to for the target.

    As usual it is what the verdict says, to the last digit. Under levers it is a part of the cases
    of the flow model, beside the part without them, and no probability of the target.
    """
    if changes_nothing(scenario):
        found = situation.assessment
        outcome = judged_course(blank, course, situation)
        met = _DECIDED.get(found.verdict)
        return replace(outcome, met=met, probability=found.probability, reason=None)
    outcome = judged_course(blank, course, situation)
    if outcome.probability is None:
        return outcome
    if not any(isinstance(step, LeverSettings) for step in scenario.steps):
        # Draws of the trend say no more here than the track record supports anywhere.
        return replace(outcome, probability=float(stated(outcome.probability)))
    usual = [
        step.model_copy(update={"set": {}}) if isinstance(step, LeverSettings) else step
        for step in scenario.steps
    ]
    start = begin(course.start_year, course.start_value, course.years[-1])
    without = take_steps(usual, start, situation)
    base = judged_course(blank, without, situation).probability
    return replace(outcome, probability=None, under_model=outcome.probability, model_base=base)


def changes_nothing(scenario: Scenario) -> bool:
    """Tell whether a scenario lets everything go on as usual."""
    return all(isinstance(step, AsUsual) and step.after == 0 for step in scenario.steps)


#: What is decided is decided under any scenario that changes nothing.
_DECIDED = {Verdict.MET: True, Verdict.MISSED: False, Verdict.IMPOSSIBLE: False}


def _on_record(situation: Situation) -> bool | None:
    record = situation.evidence.record(situation.indicator.id, situation.area)
    values = dict(record.exact)
    if any(check.hangs_on_others or not values.keys() >= set(check.years)
           for check in situation.checks):  # fmt: skip
        return None
    return all(bool(check.holds(values)) for check in situation.checks)


def judged_course(blank: ScenarioOutcome, course: Course, situation: Situation) -> ScenarioOutcome:
    """Hold a course against the checks of a reading."""
    assumed = blank.start == "assumed"
    start = {course.start_year: course.start_value}
    values: dict[int, Any] = dict(start if assumed else situation.known(course))
    values |= {year: course.draws[:, place] for place, year in enumerate(course.years)}
    blank = replace(blank, years=course.years, draws=course.draws)
    # What a published bound has decided needs no value of its year.
    results = () if assumed else situation.assessment.checks
    held = {(one.measure, one.years, one.bounds) for one in results if one.holds}
    asked: list[Check] = []
    for check in situation.checks:
        if check.hangs_on_others:
            return replace(blank, reason="rank")
        if not values.keys() >= set(check.years):
            if (check.measure, check.years, check.bounds) in held:
                continue
            return replace(blank, reason="earlier_year_unknown")
        asked.append(check)
    kept = np.broadcast_to(kept_in(asked, values), len(course.draws))
    if not assumed:
        blank = replace(blank, ending=ending_of(course, kept, situation))
    if course.draws.shape[0] == 1:
        return replace(blank, met=bool(kept[0]))
    return replace(blank, probability=float(np.mean(kept)))


def _grid(blank: ScenarioOutcome, grid: Grid, situation: Situation) -> Iterator[ScenarioOutcome]:
    """Run every cell: the pace over so many years, ending when the target is due."""
    checks: tuple[Check, ...] = situation.checks
    due = max(check.due for check in checks)
    for base in grid.base.numbers():
        for pace in grid.pace.numbers():
            for years in grid.years:
                start = float(situation.bounded(base))
                course = begin(due - years, start, due)
                course = _paced_cell(course, pace, grid.unit, situation)
                cell = replace(
                    blank,
                    case={"base": base, "pace": pace, "years": float(years)},
                    start="assumed",
                    start_year=due - years,
                    start_value=start,
                )
                # A level on the way that is due before the cell begins is not asked of it.
                asked = tuple(check for check in checks if check.years[0] >= due - years)
                yield judged_course(cell, course, replace(situation, checks=asked or checks))


def _paced_cell(course: Course, pace: float, unit: str, situation: Situation) -> Course:
    step = OwnPace.model_validate({"type": "pace", "per_year": pace, "unit": unit})
    return apply(step, course, situation)
