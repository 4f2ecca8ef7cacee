"""Run scenarios on a study: what each target's series comes to, and whether the target is kept."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product
from numbers import Real
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from edu_metrics.catalog import (
    AsUsual,
    Bound,
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
from edu_metrics.reachability.arithmetic import people_behind
from edu_metrics.reachability.assessment import assessed
from edu_metrics.reachability.checks import Check, decided, kept_in, two_digits
from edu_metrics.reachability.courses import Course, NotAvailable, take_steps
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, TargetAnswer, Verdict
from edu_metrics.trajectories import from_scale, scale_for, stated, to_scale

#: No pace, start or lever is as large.
MOST = 1e15
#: The most that a percentage can be, and one that is far from any fraction.
PERCENT, FAR = 100, 20.0


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
    DataError
        If a start that was asked for is none that the indicators can have.
    """
    chosen = [
        name if isinstance(name, Scenario) else store.catalog.scenario(name)
        for name in scenarios or store.catalog.every_scenario
    ]
    bases = {one.start.value for one in chosen if one.id == ASKED and one.start is not None}
    faults = [
        fault
        for target in store.plan.chosen(targets)
        for base in sorted(base for base in bases if base is not None)
        if target.indicator and (fault := _no_base(store, target.indicator, base))
    ]
    if faults:
        raise DataError("base: expected where the targets asked for can stand", faults)
    return [
        outcome
        for found in assessed(store, areas=areas, targets=targets, numeric=True)
        for scenario in chosen
        for outcome in run_scenario(store, found, scenario)
    ]


def _no_base(store: SeriesStore, name: str, base: float) -> str:
    """Say why an indicator cannot stand where it is taken to; empty where it can."""
    low, high = store.catalog.indicator(name).bounds
    if (low is not None and base < low) or (high is not None and base > high):
        ends = (f"{low:g} or more" if high is None else f"up to {high:g}" if low is None
                else f"{low:g} to {high:g}")  # fmt: skip
        return f"{name}: {ends}; found {base:g}"
    if high == PERCENT and 0 < base <= 1 and store.series(name)["value"].max() >= FAR:
        return (
            f"{name}: percentages far above 1; found {base:g}, write {100 * base:g} if it is meant"
        )
    return ""


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
        blank = ScenarioOutcome.of(judged, study=judged.study, scenario=scenario.id)
        if judged.reason == "reading_undecided":
            outcomes.append(replace(blank, reason="reading_undecided"))
            continue
        situation = JudgedQuestion.of(store, judged)
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
    blank: ScenarioOutcome, scenario: Scenario, situation: JudgedQuestion, beyond: int
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
        return replace(blank, reason="decided", met=decided(found.checks))
    try:
        start = situation.standing_still(due + beyond)
        course = take_steps(scenario.steps, start, situation)
    except NotAvailable as why:
        return replace(blank, reason=str(why))
    return of_scenario(blank, scenario, course, situation)


def _started(start: Start, due: int, situation: JudgedQuestion) -> JudgedQuestion:
    """Begin where a scenario says."""
    found = situation.assessment
    year = found.last_year if start.years is None else due - start.years
    if year is None:
        year = situation.store.plan.issued.year
    value = found.last_value if start.value is None else start.value
    if start.value is None and year < (found.last_year or year):
        # It stood there in a year that is over: what was observed then is the start.
        value = situation.record.exact.get(year)
        if value is None:
            raise NotAvailable("no_start")
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
    blank: ScenarioOutcome, scenario: Scenario, course: Course, situation: JudgedQuestion
) -> ScenarioOutcome:
    """
    Say what the course of a scenario comes to for the target.

    As usual it is what the verdict says, to the last digit. Under levers it is a part of the cases
    of the flow model, beside the part without them, and no probability of the target.
    """
    outcome, found = judged_course(blank, course, situation), situation.assessment
    if changes_nothing(scenario):
        met = _DECIDED.get(found.verdict)
        return replace(outcome, met=met, probability=found.probability, reason=None)
    if outcome.probability is None:
        return outcome
    if not any(isinstance(step, LeverSettings) for step in scenario.steps):
        # Draws of the trend say no more here than the track record supports anywhere.
        return replace(outcome, probability=float(stated(outcome.probability)))
    usual = [
        step.model_copy(update={"set": {}}) if isinstance(step, LeverSettings) else step
        for step in scenario.steps
    ]
    start = situation.standing_still(situation.years_of(course)[-1])
    without = take_steps(usual, start, situation)
    base = judged_course(blank, without, situation).probability
    return replace(outcome, probability=None, under_model=outcome.probability, model_base=base)


def with_ups_and_downs(
    outcome: ScenarioOutcome, situation: JudgedQuestion
) -> ScenarioOutcome | None:
    """
    Let a course without chance go up and down around itself as its series has done so far.

    On the scale on which the trend moves, its draws are taken from their own median to the course:
    where they went is what is assumed, how far apart they lie is what the past says.

    Parameters
    ----------
    outcome : ScenarioOutcome
        A course of one row.
    situation : JudgedQuestion
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
    around = judged_course(outcome, draws, situation)
    return replace(around, met=None, probability=float(stated(around.probability)))


def changes_nothing(scenario: Scenario) -> bool:
    """Tell whether a scenario lets everything go on as usual."""
    return all(isinstance(step, AsUsual) and step.after == 0 for step in scenario.steps)


#: What is decided is decided under any scenario that changes nothing.
_DECIDED = {Verdict.MET: True, Verdict.MISSED: False, Verdict.IMPOSSIBLE: False}


def judged_course(
    blank: ScenarioOutcome, course: Course, situation: JudgedQuestion
) -> ScenarioOutcome:
    """Hold a course against the checks of a reading."""
    assumed = situation.assessment.start == "assumed"
    values: dict[int, Any] = dict(situation.known)
    years = situation.years_of(course)
    values |= {year: course[:, place] for place, year in enumerate(years)}
    blank = replace(blank, years=years, draws=course)
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
    kept = np.broadcast_to(kept_in(asked, values), len(course))
    if not assumed:
        blank = replace(blank, ending=ending_of(course, kept, situation))
    if len(course) == 1:
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
        if value is not None and not (isinstance(value, Real) and abs(value) < MOST)
    ]
    if unit == "percent" and isinstance(pace, Real) and pace < -100:
        faults.append(f"pace: expected a fall of no more than all of it, -100; found {pace:g}")
    if unit not in ("points", "percent"):
        faults.append(f"unit: expected points or percent, found {unit!r}")
    if years is not None and not (isinstance(years, Real) and not years % 1 and 1 <= years <= 50):
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


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How a course ends, all decided by one rule: whether at least half of its draws keep the target.

    Attributes
    ----------
    kept : bool
        Whether they do; of a course without chance whether it does.
    year : int or None
        Year by which half of the draws have reached the level and keep the target; the start year
        where it is there from the start. Of draws that miss the target only what comes after the
        deadline counts.
    short : int or None
        Persons or institutions missing when due: 0 where the target is kept, at least 1 where it
        fails for want of them, None where no number of them says it.
    fails : {"level", "other"} or None
        What a target that is not kept fails by: its level, or another of its conditions, such as
        an earlier year.
    """

    kept: bool
    year: int | None
    short: int | None
    fails: Literal["level", "other"] | None


def ending_of(course: Course, kept: NDArray[np.bool_], situation: JudgedQuestion) -> Ending:
    """
    Say how a course ends.

    Parameters
    ----------
    course : Course
        From a start on, until the deadline at least.
    kept : ndarray of bool
        Whether each draw keeps the target.
    situation : JudgedQuestion
        The target, the area and the reading.

    Returns
    -------
    Ending
        Year, shortfall and what fails, none of which contradicts whether it is kept.
    """
    half = bool(np.mean(kept) >= 0.5)
    level, start, values = _asked(course, situation)
    if level is None:
        return Ending(half, None, None, None if half else "other")
    due = max(check.due for check in situation.checks) - situation.start_year - 1
    there = np.asarray(level.met_by(np.round(values, 9)), dtype=bool)
    over = np.arange(values.shape[1]) <= due
    # Who misses the target although its level is met when due misses it for good.
    missed = ~kept[:, None] & (over | there[:, due : due + 1])
    hits = there & ~missed
    hits[:, due] |= kept
    by = np.maximum.accumulate(hits, axis=1).mean(axis=0) >= 0.5
    year = next(
        (at for at, reached in zip(situation.years_of(course), by, strict=True) if reached), None
    )
    if half and level.met_by(round(start, 9)):
        year = situation.start_year
    method: Any = "inverted_cdf" if situation.whole else "linear"
    end = float(np.quantile(values[:, due], 0.5, method=method))
    short = _still_short(end, level, situation)
    if half:
        return Ending(True, year, None if short is None else 0, None)
    fails: Literal["level", "other"] = "other" if level.met_by(round(end, 9)) else "level"
    return Ending(False, year, short or None, fails)


def _asked(
    course: Course, situation: JudgedQuestion
) -> tuple[Bound | None, float, NDArray[np.float64]]:
    """Give what is asked, where the start stands, and the values to hold against it."""
    found = situation.assessment
    if found.total is None or found.total.so_far is None:
        return found.level, situation.start_value, course
    inside = np.isin(situation.years_of(course), found.total.years)
    summed = found.total.so_far + np.cumsum(course * inside, axis=1)
    return found.total.bound, found.total.so_far, summed


def _still_short(value: float, level: Bound, situation: JudgedQuestion) -> int | None:
    """
    Count the persons or institutions between the end of a course and the level asked.

    0 where none is missing; None where no number of them says it: the counts are unknown, or no
    count of them meets the level.
    """
    value = round(value, 9)
    if situation.whole:
        return 0 if level.met_by(value) else max(1, math.ceil(level.gap(value)))
    (low, high), counts = (0, 100), situation.counts
    if counts is None or situation.indicator.bounds != (low, high):
        return None
    if level.met_by(value):
        return 0
    if not low <= level.value <= high or (level.strict and level.value in (low, high)):
        return None
    return max(1, people_behind(level, value / 100 * counts[1], counts[1]))


@dataclass(frozen=True, eq=False)
class ScenarioOutcome(TargetAnswer):
    """
    One scenario on one target in one area under one reading.

    Attributes
    ----------
    study, area, target, scenario : str
        Which.
    reading : str or None
        Reading of the target that it is judged under.
    steps : int or None
        Number of yearly steps that a stepwise reading is taken with. [years]
    case : mapping of str to float
        For a grid the base, pace and years of this cell; of a scenario that was asked for without
        a file its numbers; otherwise empty.
    start : {"observed", "plan_statement", "assumed"} or None
        What the course starts from: a number of the area's, the plan's own statement, a grid's.
    start_year, start_value : int and float, or None
        Where it starts. [unit of the indicator]
    years : tuple of int
        Years after the start.
    draws : ndarray or None
        Values, draws x years; one row where nothing is left to chance. [unit of the indicator]
    met : bool or None
        Whether the target is kept, where nothing is left to chance.
    probability : float or None
        How often it is kept, where something is; as usual that is the target's own, as its verdict
        states it. [0-1]
    under_model, model_base : float or None
        Under levers: in which part of what a flow model assumes of its rates the target is kept,
        and in which part without the levers. Neither is a probability of the target. [0-1]
    ending : Ending or None
        When the level is reached and who is short when due, in line with ``met`` or
        ``probability``; None for a grid, whose start is assumed.
    reason : str or None
        Why nothing can be said, in one word such as ``no_start``.
    """

    study: str = ""
    scenario: str = ""
    case: Mapping[str, float] | None = None
    start: str | None = None
    start_year: int | None = None
    start_value: float | None = None
    years: tuple[int, ...] = ()
    draws: NDArray[np.float64] | None = None
    met: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    model_base: float | None = None
    ending: Ending | None = None

    def quantiles(self, levels: Iterable[float] = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
        """
        Give quantiles by year: one row a level, one column a year.

        Parameters
        ----------
        levels : iterable of float, optional
            Probabilities. [0-1]

        Returns
        -------
        ndarray
            Quantiles; empty where there is no course. [unit of the indicator]
        """
        asked = list(levels)
        if self.draws is None:
            return np.empty((len(asked), 0))
        # Of persons and institutions no quantile is a fraction: one of the draws is taken.
        whole = bool(np.all(self.draws == np.round(self.draws)))
        method: Any = "inverted_cdf" if whole else "linear"
        return np.asarray(np.quantile(self.draws, asked, axis=0, method=method))


_ABOUT = ("area", "target", "scenario", "reading", "steps")


def outcome_row(outcome: ScenarioOutcome) -> dict[str, Any]:
    """
    Make one flat row of an outcome, as the command line prints it.

    Parameters
    ----------
    outcome : ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    dict
        Plain numbers, words and lists only; ``median`` and ``interval`` by year, ``end`` the
        median of the last year.
    """
    low, median, high = (
        [round(float(value), 6) for value in row] for row in outcome.quantiles((0.1, 0.5, 0.9))
    )
    case, ending = outcome.case or {}, outcome.ending
    return {
        **{name: getattr(outcome, name) for name in ("study", *_ABOUT)},
        "case": [f"{name}={value:g}" for name, value in case.items()],
        **{name: getattr(outcome, name) for name in ("start", "start_year", "start_value")},
        "years": list(outcome.years),
        "median": median,
        "interval": [list(pair) for pair in zip(low, high, strict=True)],
        "end": median[-1] if median else None,
        "met": outcome.met,
        "probability": two_digits(outcome.probability),
        "under_model": two_digits(outcome.under_model),
        "model_base": two_digits(outcome.model_base),
        "reached": ending.year if ending else None,
        "short": ending.short if ending else None,
        "fails": ending.fails if ending else None,
        "reason": outcome.reason,
    }


def course_rows(outcome: ScenarioOutcome) -> list[dict[str, Any]]:
    """
    Make one row a year of the course of an outcome.

    Parameters
    ----------
    outcome : ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    list of dict
        scenario, case, area, target, reading, steps, year, value (the median), low and high (80 %,
        the value itself where nothing is left to chance), met, probability and reason; one row
        without a year where there is no course.
    """
    row = outcome_row(outcome)
    about = {name: row[name] for name in _ABOUT} | {"case": ", ".join(row["case"])}
    end = {name: row[name] for name in ("met", "probability", "under_model", "reason")}
    points = zip(row["years"], row["median"], row["interval"], strict=True)
    return [
        {**about, "year": year, "value": value, "low": low, "high": high, **end}
        for year, value, (low, high) in points
    ] or [{**about, **dict.fromkeys(("year", "value", "low", "high")), **end}]


def summary_rows(outcomes: Iterable[ScenarioOutcome]) -> list[dict[str, Any]]:
    """
    Count what each scenario comes to in each area.

    Parameters
    ----------
    outcomes : iterable of ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    list of dict
        By area and scenario: cases (a target under a reading, or a cell of a grid), kept,
        not_kept, by_chance (with a probability, or a part of what a flow model assumes) and
        not_said; they add up to the cases.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in outcomes:
        blank = {"area": one.area, "scenario": one.scenario, "cases": 0}
        blank |= dict.fromkeys(("kept", "not_kept", "by_chance", "not_said"), 0)
        row = rows.setdefault((one.area, one.scenario), blank)
        row["cases"] += 1
        chance = one.probability is not None or one.under_model is not None
        decided = {True: "kept", False: "not_kept"}.get(one.met) if one.met is not None else None
        row[decided or ("by_chance" if chance else "not_said")] += 1
    return list(rows.values())
