"""
What each step of a scenario does to a course.

A course is values by year, one row a draw. Steps are applied from left to right: one that says how
the series goes on rewrites the years from its own on, starting from where the series stands in the
year before; a shock is added to the years from its own on, and so is what levers change in a flow
model, where another step says how the series goes on. All stay within the indicator's bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import (
    AsUsual,
    BestPeers,
    Bound,
    Halt,
    HistoricalPace,
    LeverSettings,
    OwnPace,
    Percentile,
    PromisedPace,
    ReadingPath,
    RequiredPace,
    ScenarioStep,
    Shock,
)
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.arithmetic import (
    JUST_BEYOND,
    PaceEnd,
    level_due,
    pace_of_target,
    whole_level,
)
from edu_metrics.reachability.precedent import pace_of_percentile
from edu_metrics.reachability.question import (
    JudgedQuestion,
    MechanismStart,
)
from edu_metrics.trajectories import from_scale, scale_for, to_scale

#: Digits kept of what is added up: fewer than binary dust has, more than a comparison looks at.
_DECIMALS = 12


class NotAvailable(Exception):  # noqa: N818  (it is an answer, and never reaches a user)
    """A step can't be taken here; says why, in one word."""


#: Values by year after the start: draws x years, one row where nothing is drawn.
Course = NDArray[np.float64]


def take_steps(steps: Sequence[ScenarioStep], course: Course, situation: JudgedQuestion) -> Course:
    """
    Apply all steps of a scenario; where levers stand among them makes no difference.

    Parameters
    ----------
    steps : sequence of ScenarioStep
        The steps.
    course : Course
        The start.
    situation : JudgedQuestion
        The target, the area and the reading: what the steps look at.

    Returns
    -------
    Course
        What the steps come to.

    Raises
    ------
    NotAvailable
        If what a step needs is not known here.
    """
    levers = [step for step in steps if isinstance(step, LeverSettings)]
    others = [step for step in steps if not isinstance(step, LeverSettings)]
    led = any(not isinstance(step, Shock) and getattr(step, "after", 0) == 0 for step in others)
    if not led:
        for step in levers:
            course = _levers(step, course, situation)
    for other in others:
        course = apply(other, course, situation)
    if led:
        for step in levers:
            course = _with_levers(step, course, situation)
    return course


def apply(step: ScenarioStep, course: Course, situation: JudgedQuestion) -> Course:
    """
    Apply one step.

    Parameters
    ----------
    step : ScenarioStep
        The step; a grid is no step of a course.
    course : Course
        What the steps before came to.
    situation : JudgedQuestion
        The target, the area and the reading: what the steps look at.

    Returns
    -------
    Course
        The new course.

    Raises
    ------
    NotAvailable
        If what the step needs is not known here.
    """
    if getattr(step, "after", 0) >= course.shape[1]:
        return course
    match step:
        case AsUsual():
            return _as_usual(step.after, course, situation)
        case PromisedPace():
            pace, relative = _promised(step.at, situation)
        case RequiredPace():
            return _required(step.after, course, situation)
        case HistoricalPace() if situation.assessment.total is not None:
            return _past_flow(step.after, course, situation)
        case HistoricalPace():
            pace, relative = _known(situation.assessment.past_pace, "no_past_pace"), False
        case OwnPace():
            pace, relative = step.per_year, step.unit == "percent"
        case Percentile():
            pace, relative = _of_percentile(step, course, situation), False
        case BestPeers():
            pace, relative = _best_of_peers(situation), False
        case Halt():
            pace, relative = 0.0, False
        case Shock():
            return _shock(step, course, situation)
        case ReadingPath():
            return _reading(course, situation)
        case LeverSettings():
            return _levers(step, course, situation)
        case _:
            raise NotAvailable("grid_is_no_step")
    promised = isinstance(step, PromisedPace)
    return _paced(course, step.after, pace, situation, relative=relative, promised=promised)


def _known(value: float | None, why_not: str) -> float:
    if value is None:
        raise NotAvailable(why_not)
    return value


def _paced(
    course: Course,
    after: int,
    pace: float,
    situation: JudgedQuestion,
    *,
    relative: bool,
    promised: bool,
) -> Course:
    draws, value = course.copy(), situation.before(course, after)
    low, high = situation.indicator.bounds
    away = np.ceil if pace > 0 else np.floor
    for place in range(after, draws.shape[1]):
        value = np.clip(value * (1 + pace / 100) if relative else value + pace, low, high)
        value = np.round(value, _DECIMALS)
        if promised and situation.whole:
            # Of persons and institutions never a part of one less than was promised.
            value = np.clip(away(np.round(value, 9)), low, high)
        draws[:, place] = situation.bounded(value)
    return draws


def _as_usual(after: int, course: Course, situation: JudgedQuestion) -> Course:
    indicator = situation.indicator
    if situation.assessment.start in ("plan_statement", "assumed"):
        # What is said of a start does not say how far the series moves in a year.
        raise NotAvailable("no_trend")
    years = situation.years_of(course)
    try:
        trend = situation.store.trajectory(indicator.id, situation.area, years[-1])
    except ProjectionError:
        raise NotAvailable("no_trend") from None
    drawn = np.stack([trend.at(year) for year in years], axis=1)
    stands = np.broadcast_to(situation.before(course, after)[:, None], (len(drawn), 1))
    if after > 0 or not np.allclose(stands, trend.last_value):
        # The trend's own steps, taken from where the series stands by now.
        scale = scale_for(indicator.bounds)
        left = drawn[:, after - 1 : after] if after else np.full_like(stands, trend.last_value)
        steps = to_scale(drawn, scale) - to_scale(left, scale)
        drawn = from_scale(to_scale(stands, scale) + steps, scale)
    earlier = np.broadcast_to(course, (len(drawn), course.shape[1]))
    kept = np.concatenate([earlier[:, :after], drawn[:, after:]], axis=1)
    return situation.bounded(kept)


def _promised(at: PaceEnd, situation: JudgedQuestion) -> tuple[float, bool]:
    """Give the pace that the plan promises for the target, across its readings and its link."""
    pace = pace_of_target(situation.store.plan, situation.target, situation.reading)
    # "Higher every year" has a direction and no size, and so no pace of the plan's own.
    if pace is None or not pace.sized:
        raise NotAvailable("no_promised_pace")
    return pace.step(at), pace.relative


def _required(after: int, course: Course, situation: JudgedQuestion) -> Course:
    """Take even steps that just arrive at the hardest year to come, and from there on the rest."""
    if situation.assessment.total is not None:
        return _required_flow(after, course, situation)
    if situation.assessment.level is None:
        raise NotAvailable("no_level")
    draws, years = course.copy(), situation.years_of(course)
    for row, value in zip(draws, situation.before(course, after), strict=True):
        known = situation.known | dict(zip(years[:after], row, strict=False))
        for place in range(after, len(row)):
            value = value + _hardest_step(years[place:], value, known, situation)
            row[place] = value = float(situation.bounded(np.round(value, _DECIMALS)))
            known[years[place]] = value
    return draws


def _hardest_step(
    years: Sequence[int], value: float, known: Mapping[int, float], situation: JudgedQuestion
) -> float:
    """Give the even step of the hardest year ahead; who is there already need not fall back."""
    needed = []
    for place, year in enumerate(years, start=1):
        level = level_due(situation.checks, year, known)
        if level is not None:
            end = _just_within(level, situation)
            there = level.met_by(round(value, 9))
            # A percentage of the year before compounds: its even step is a percentage too.
            compound = any(
                one.measure == "percent" and one.years == (year - 1, year)
                for one in situation.checks
            )
            even = value * ((end / value) ** (1 / place) - 1) if compound and value else None
            needed.append(0.0 if there else (end - value) / place if even is None else even)
    if not needed:
        return 0.0
    sign, ahead = situation.sign, [situation.sign * step for step in needed]
    # An exact level may lie behind: then the steepest way back is the hardest.
    step = max(ahead) if max(ahead) > 0 else min(ahead)
    if situation.whole:
        # Persons and institutions come whole: no step stays behind the even pace.
        step = float(math.ceil(round(step, 6)))
    return sign * step


def _required_flow(after: int, course: Course, situation: JudgedQuestion) -> Course:
    """Spread what a sum still lacks evenly over the years left."""
    total = situation.assessment.total
    window = set(total.years) if total is not None else set()
    ahead = [place for place, year in enumerate(situation.years_of(course)) if year in window]
    left = [place for place in ahead if place >= after]
    if total is None or total.so_far is None or not left:
        raise NotAvailable("no_level")
    draws = course.copy()
    lacking = total.bound.value - total.so_far
    lacking = lacking - draws[:, [place for place in ahead if place < after]].sum(axis=1)
    for number, place in zip(range(len(left), 0, -1), left, strict=True):
        even = np.maximum(lacking, 0) / number
        draws[:, place] = np.ceil(np.round(even, 9)) if situation.whole else even
        lacking = lacking - draws[:, place]
    return situation.bounded(draws)


def _past_flow(after: int, course: Course, situation: JudgedQuestion) -> Course:
    """Let each year bring what a year brought so far: of a sum, that is the past pace."""
    draws = course.copy()
    draws[:, after:] = _known(situation.assessment.past_pace, "no_past_pace")
    return situation.bounded(draws)


def _just_within(bound: Bound, situation: JudgedQuestion) -> float:
    """Give the value nearest to failing a bound that still meets it."""
    if situation.whole:
        return whole_level(bound).value
    # A bound that was computed is known to nine decimals; one that must be met exactly is as it is.
    small = {"==": 0.0, ">": JUST_BEYOND, "<": JUST_BEYOND}.get(bound.op, 1e-9)
    beyond = small * max(1.0, abs(bound.value))
    return bound.value + situation.sign * beyond


def _of_percentile(step: Percentile, course: Course, situation: JudgedQuestion) -> float:
    """Ask for the pace over the years left, from where the series stands by then."""
    given = step.pace
    if given is None:
        stands = float(np.median(situation.before(course, step.after)))
        years = course.shape[1] - step.after
        given = pace_of_percentile(
            situation.store.catalog,
            situation.store.study,
            situation.indicator,
            step.percentile,
            start=stands,
            years=years,
            falling=situation.sign < 0,
        )
    return situation.sign * _known(given, "no_reference_class")


def _best_of_peers(situation: JudgedQuestion) -> float:
    store, own = situation.store, situation.area
    alike = store.on_level(store.catalog.areas[own].level)
    paces = [store.record(situation.indicator.id, one).past_pace for one in alike if one != own]
    known = [situation.sign * pace for pace in paces if pace is not None]
    if not known:
        raise NotAvailable("no_peers")
    return situation.sign * max(known)


def _shock(step: Shock, course: Course, situation: JudgedQuestion) -> Course:
    draws = course.copy()
    for place in range(step.after, draws.shape[1]):
        passed = place - step.after
        if passed < step.lasts:
            part = 1.0
        else:
            part = max(0.0, 1 - (passed - step.lasts + 1) / (step.recovery + 1))
        size = step.worse * (draws[:, place] / 100 if step.unit == "percent" else 1.0)
        draws[:, place] -= situation.sign * part * size
    return situation.bounded(np.round(draws, _DECIMALS))


def _reading(course: Course, situation: JudgedQuestion) -> Course:
    """Take the least that the reading asks for year by year, and no step back."""
    draws = course.copy()
    known, value = situation.known, situation.start_value
    for place, year in enumerate(situation.years_of(course)):
        bound = level_due(situation.checks, year, known)
        if bound is not None and not bound.met_by(round(value, 9)):
            value = _just_within(bound, situation)
        draws[:, place] = value = float(situation.bounded(value))
        known[year] = value
    return draws


def _levers(step: LeverSettings, course: Course, situation: JudgedQuestion) -> Course:
    draws = _model_draws(_settings(step, situation), course, situation)
    return situation.bounded(draws)


def _with_levers(step: LeverSettings, course: Course, situation: JudgedQuestion) -> Course:
    """Add to a course what the levers change in the flow model."""
    under = _model_draws(_settings(step, situation), course, situation)
    usual = _model_draws({}, course, situation)
    number = max(len(under), len(course))
    made = (under - usual)[np.arange(number) % len(under)]
    stands = course[np.arange(number) % len(course)]
    return situation.bounded(np.round(stands + made, _DECIMALS))


def _settings(step: LeverSettings, situation: JudgedQuestion) -> dict[str, float]:
    """Give the levers that a step sets; those of another flow model do nothing here."""
    use, start = situation.indicator.mechanism, situation.mechanism
    if use is None or use.flow != step.flow:
        raise NotAvailable("other_mechanism")
    return start.settings(step) if isinstance(start, MechanismStart) else {}


def _model_draws(
    settings: Mapping[str, float], course: Course, situation: JudgedQuestion
) -> NDArray[np.float64]:
    start = situation.mechanism
    if not isinstance(start, MechanismStart):
        raise NotAvailable("mechanism_lacks_numbers")
    try:
        return start.mechanism.project(start.outcome, situation.years_of(course), settings)
    except ProjectionError:
        raise NotAvailable("beyond_bounds") from None
