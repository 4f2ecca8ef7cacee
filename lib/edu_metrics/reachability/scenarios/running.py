"""Run scenarios on a study: what each target's series comes to, and whether the target is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from edu_metrics.catalog import (
    AsUsual,
    Grid,
    Halt,
    LeverSettings,
    OwnPace,
    ReadingPath,
    Scenario,
    Start,
    Text,
    nearest,
)
from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.formulas.flows import FLOWS
from edu_metrics.reachability.assessment import assessed
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.probability import kept_in
from edu_metrics.reachability.scenarios.courses import (
    Course,
    NotAvailable,
    Situation,
    begin,
    take_steps,
)
from edu_metrics.reachability.scenarios.outcomes import ScenarioOutcome, ending_of
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, Verdict
from edu_metrics.trajectories import from_scale, scale_for, stated, to_scale


def run_scenarios(
    store: SeriesStore,
    *,
    scenarios: tuple[str | Scenario, ...] | None = None,
    areas: tuple[str, ...] | None = None,
    targets: tuple[str, ...] | None = None,
) -> list[ScenarioOutcome]:
    """
    Run scenarios on the numeric targets of a study.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    scenarios : tuple of (str or Scenario), optional
        Scenarios by id, or made by :func:`asked_scenarios`; all that are defined when left out.
    areas : tuple of str, optional
        Areas of the study, by id, name or alias; all when left out.
    targets : tuple of str, optional
        Targets by id; all numeric ones when left out.

    Returns
    -------
    list of ScenarioOutcome
        By area, target and scenario; targets in the order of the plan, the others as given. A
        scenario that is limited to other indicators is left out.

    Raises
    ------
    DefinitionError
        For an unknown scenario, area or target.
    """
    chosen = [
        name if isinstance(name, Scenario) else store.catalog.scenario(name)
        for name in scenarios or store.catalog.scenarios
    ]
    return [
        outcome
        for found in assessed(store, areas=areas, targets=targets, numeric=True)
        for scenario in chosen
        for outcome in run_scenario(store, found, scenario)
    ]


def run_scenario(
    store: SeriesStore, assessment: Assessment, scenario: Scenario, *, beyond: int = 0
) -> list[ScenarioOutcome]:
    """
    Run one scenario on one target in one area.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of the target in an area.
    scenario : Scenario
        What is assumed.
    beyond : int, optional
        How many years the course goes on when the target is due. [years]

    Returns
    -------
    list of ScenarioOutcome
        One; for each reading one where the scenario says so, and one for each cell of a grid; none
        where the scenario is not about this indicator.
    """
    flows = {step.flow for step in scenario.steps if isinstance(step, LeverSettings)}
    each = any(isinstance(step, ReadingPath) and step.which == "each" for step in scenario.steps)
    outcomes: list[ScenarioOutcome] = []
    for judged in (assessment, *assessment.others) if each else (assessment,):
        if judged.indicator is None:
            continue
        use = store.catalog.indicator(judged.indicator).mechanism
        other_flow = bool(flows) and (use is None or flows != {use.flow})
        if other_flow or (scenario.indicators and judged.indicator not in scenario.indicators):
            continue
        blank = ScenarioOutcome.of(judged, scenario.id)
        if judged.reason == "reading_undecided":
            outcomes.append(replace(blank, reason="reading_undecided"))
            continue
        situation = Situation.of(store, judged)
        for case, run in _cases(scenario):
            outcomes.append(_run(replace(blank, case=case), run, situation, beyond))
    return outcomes


def _cases(scenario: Scenario) -> Iterator[tuple[dict[str, float] | None, Scenario]]:
    """Give what is to be run: the scenario, or each cell of its grid with the numbers of it."""
    grid = scenario.steps[0]
    if not isinstance(grid, Grid):
        yield (_asked_of(scenario) if scenario.id == ASKED else None), scenario
        return
    for base, pace, years in product(grid.base.numbers(), grid.pace.numbers(), grid.years):
        step = OwnPace(type="pace", per_year=pace, unit=grid.unit)
        cell = {"steps": (step,), "start": Start(value=base, years=years)}
        case = {"base": base, "pace": pace, "years": float(years)}
        yield case, scenario.model_copy(update=cell)


def _run(
    blank: ScenarioOutcome, scenario: Scenario, situation: Situation, beyond: int
) -> ScenarioOutcome:
    due = situation.due
    if scenario.start is not None:
        situation = _started(scenario.start, due, situation)
    found = situation.assessment
    blank = replace(
        blank, start=found.start, start_year=found.last_year, start_value=found.last_value
    )
    if found.last_year is None or found.last_value is None:
        return replace(blank, reason="no_start")
    if found.last_year >= due:
        return replace(blank, reason="decided", met=_on_record(situation))
    try:
        start = begin(found.last_year, found.last_value, due + beyond)
        course = take_steps(scenario.steps, start, situation)
    except NotAvailable as why:
        return replace(blank, reason=str(why))
    return of_scenario(blank, scenario, course, situation)


def _started(start: Start, due: int, situation: Situation) -> Situation:
    """Begin where a scenario says."""
    found = situation.assessment
    year = found.last_year if start.years is None else due - start.years
    if year is None:
        year = situation.store.plan.issued.year
    value = found.last_value if start.value is None else start.value
    if value is not None:
        value = float(situation.bounded(value))
    begun = replace(found, start="assumed", last_year=year, last_value=value, total=None)
    return replace(situation, assessment=begun)


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


def with_ups_and_downs(outcome: ScenarioOutcome, situation: Situation) -> ScenarioOutcome | None:
    """
    Let a course without chance go up and down around itself as its series has done so far.

    On the scale on which the trend moves, its draws are taken from their own median to the course:
    where they went is what is assumed, how far apart they lie is what the past says.

    Parameters
    ----------
    outcome : ScenarioOutcome
        A course of one row.
    situation : Situation
        The target, the area and the reading.

    Returns
    -------
    ScenarioOutcome or None
        With as many draws as the trend has, and the probability that they come to. None where
        nothing says how far the series moves: it was not observed at the start, too few years are
        known, or one person may decide and their number is unknown.
    """
    found, indicator = situation.assessment, situation.indicator
    if outcome.start != "observed" or outcome.draws is None:
        return None
    # A rate comes to whole counts of its own whole; a count is one itself.
    whole = 1.0 if situation.whole else None
    if indicator.bounds == (0, 100):
        whole = situation.counts[1] if situation.counts else None
        if whole is None and found.level is not None and found.level.value in (0, 100):
            return None
    try:
        trend = situation.store.trajectory(indicator.id, situation.area, outcome.years[-1])
        scale = scale_for(indicator.bounds)
        moved = to_scale(np.stack([trend.at(year) for year in outcome.years], axis=1), scale, whole)
        moved += to_scale(outcome.draws, scale, whole) - np.median(moved, axis=0)
    except ProjectionError:
        return None
    draws = situation.bounded(from_scale(moved, scale, whole))
    course = Course(situation.start_year, situation.start_value, draws)
    around = judged_course(outcome, course, situation)
    return replace(around, met=None, probability=float(stated(around.probability)))


def changes_nothing(scenario: Scenario) -> bool:
    """Tell whether a scenario lets everything go on as usual."""
    return all(isinstance(step, AsUsual) and step.after == 0 for step in scenario.steps)


#: What is decided is decided under any scenario that changes nothing.
_DECIDED = {Verdict.MET: True, Verdict.MISSED: False, Verdict.IMPOSSIBLE: False}


def _on_record(situation: Situation) -> bool | None:
    """Tell whether what is known keeps the target; None where it does not say."""
    values = situation.record.exact
    if any(check.hangs_on_others or not values.keys() >= set(check.years)
           for check in situation.checks):  # fmt: skip
        return None
    return all(bool(check.holds(values)) for check in situation.checks)


def judged_course(blank: ScenarioOutcome, course: Course, situation: Situation) -> ScenarioOutcome:
    """Hold a course against the checks of a reading."""
    assumed = situation.assessment.start == "assumed"
    values: dict[int, Any] = dict(situation.known)
    values |= {year: course.draws[:, place] for place, year in enumerate(course.years)}
    blank = replace(blank, years=course.years, draws=course.draws)
    # What a published bound has decided needs no value of its year.
    results = () if assumed else situation.assessment.checks
    held = [one.check for one in results if one.holds]
    asked: list[Check] = []
    for check in situation.checks:
        if not check.hangs_on_others and values.keys() >= set(check.years):
            asked.append(check)
        elif check not in held:
            reason = "rank" if check.hangs_on_others else "earlier_year_unknown"
            return replace(blank, reason=reason)
    kept = np.broadcast_to(kept_in(asked, values), len(course.draws))
    if not assumed:
        blank = replace(blank, ending=ending_of(course, kept, situation))
    if course.draws.shape[0] == 1:
        return replace(blank, met=bool(kept[0]))
    return replace(blank, probability=float(np.mean(kept)))


#: Id of a scenario that stands in no file.
ASKED = "asked"


def asked_scenarios(
    *,
    pace: float | None = None,
    unit: Literal["points", "percent"] = "points",
    base: float | None = None,
    years: int | None = None,
    levers: Mapping[str, float] | None = None,
) -> tuple[Scenario, ...]:
    """
    Make scenarios of a pace, a start and levers.

    Parameters
    ----------
    pace : float, optional
        Change a year; negative for a fall. [unit of the indicator, or percent of the year before]
    unit : {"points", "percent"}, optional
        What the pace is counted in.
    base : float, optional
        Where the series is taken to stand; its last value when left out. [unit of the indicator]
    years : int, optional
        How many years before the target is due; since the last value when left out. [years]
    levers : mapping of str to float, optional
        Settings of levers by name. [unit of each lever a year]

    Returns
    -------
    tuple of Scenario
        One; where the levers belong to several flow models, one for each.

    Raises
    ------
    DataError
        With every fault: nothing asked for, a number that is none, an unknown lever.

    Examples
    --------
    >>> [step.type for step in asked_scenarios(pace=6, levers={"upgrades": 3})[0].steps]
    ['pace', 'levers']
    """
    given = dict(levers or {})
    faults = [
        f"lever {name!r}: no such lever{nearest(name, _flow_by_lever())}"
        for name in given
        if name not in _flow_by_lever()
    ]
    numbers = {"pace": pace, "base": base, **given}
    faults += [
        f"{name}: expected a number, found {value!r}"
        for name, value in numbers.items()
        if value is not None and not math.isfinite(value)
    ]
    if unit not in ("points", "percent"):
        faults.append(f"unit: expected points or percent, found {unit!r}")
    if years is not None and (years % 1 or not 1 <= years <= 50):
        faults.append(f"years: expected a whole number from 1 to 50, found {years!r}")
    if pace is None and base is None and not given:
        faults.append("pace, base or lever: expected at least one of them")
    if faults:
        raise DataError("this scenario can't be run", faults)
    start = None if base is None and years is None else Start(value=base, years=years)
    course: list[Any] = []
    if pace is not None:
        course = [OwnPace(type="pace", per_year=pace, unit=unit)]
    elif not given:
        course = [Halt(type="halt")]
    by_flow: dict[str, dict[str, float]] = {}
    for name, value in given.items():
        by_flow.setdefault(_flow_by_lever()[name], {})[name] = value
    settings = [[LeverSettings(type="levers", flow=flow, set=own)] for flow, own in by_flow.items()]
    told = ", ".join(f"{name}={value:g}" for name, value in numbers.items() if value is not None)
    try:
        return tuple(
            Scenario(
                id=ASKED,
                title=Text(zh=told, en=told),
                assumes=Text(zh=told, en=told),
                steps=(*course, *own),
                start=start,
            )
            for own in settings or [[]]
        )
    except ValidationError as error:
        raise DataError(
            "this scenario can't be run", [one["msg"] for one in error.errors()]
        ) from None


def _flow_by_lever() -> dict[str, str]:
    """Tell which flow model has which lever; no two share a name."""
    return {lever: flow.name for flow in FLOWS.values() for lever in flow.levers}
