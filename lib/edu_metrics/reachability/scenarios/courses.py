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
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

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
from edu_metrics.reachability.arithmetic import JUST_BEYOND, PaceEnd, level_due, pace_of_target
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.gap import whole_level
from edu_metrics.reachability.mechanisms import MechanismStart, MissingInputs, mechanism_of
from edu_metrics.reachability.precedent import pace_of_percentile
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import from_scale, scale_for, to_scale

#: Digits kept of what is added up: fewer than binary dust has, more than a comparison looks at.
_DECIMALS = 12


class NotAvailable(Exception):  # noqa: N818  (it is an answer, and never reaches a user)
    """A step can't be taken here; says why, in one word."""


@dataclass(frozen=True)
class Course:
    """Values by year from a start: draws x years, one row where nothing is drawn."""

    start_year: int
    start_value: float
    draws: NDArray[np.float64]

    @property
    def years(self) -> tuple[int, ...]:
        """The years after the start."""
        first = self.start_year + 1
        return tuple(range(first, first + self.draws.shape[1]))

    def before(self, after: int) -> NDArray[np.float64]:
        """Give where the series stands when a step takes effect: one number a draw."""
        if after == 0:
            return np.full(self.draws.shape[0], self.start_value)
        return self.draws[:, after - 1]


@dataclass(frozen=True)
class Situation(JudgedQuestion):
    """One target in one area under one reading: what the steps look at."""

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the reading asks for, but no level on the way that is due before a start assumed."""
        checks = super().checks
        if self.assessment.start != "assumed":
            return checks
        return tuple(one for one in checks if one.years[0] >= self.start_year) or checks

    @cached_property
    def mechanism(self) -> MechanismStart | MissingInputs:
        """The indicator's mechanism from where the series starts; nothing where it has none."""
        if self.indicator.mechanism is None:
            return MissingInputs()
        return mechanism_of(self.store, self.assessment)

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        if self.assessment.level is not None and self.assessment.level.op != "==":
            return 1 if self.assessment.level.rising else -1
        return -1 if self.indicator.better == "lower" else 1

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers of persons or institutions."""
        return counts_whole(self.indicator)

    def bounded(self, values: Any) -> NDArray[np.float64]:
        """Keep values within the indicator's bounds, and persons and institutions whole."""
        low, high = self.indicator.bounds
        kept = np.asarray(np.clip(values, low, high), dtype=np.float64)
        return np.floor(np.round(kept, 9) + 0.5) if self.whole else kept


def begin(start_year: int, start_value: float, until: int) -> Course:
    """Let a series stand still from its start: what the first step is applied to."""
    return Course(start_year, start_value, np.full((1, until - start_year), start_value))


def take_steps(steps: Sequence[ScenarioStep], course: Course, situation: Situation) -> Course:
    """
    Apply all steps of a scenario; where levers stand among them makes no difference.

    Parameters
    ----------
    steps : sequence of ScenarioStep
        The steps.
    course : Course
        The start.
    situation : Situation
        The target, the area and the reading.

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


def apply(step: ScenarioStep, course: Course, situation: Situation) -> Course:
    """
    Apply one step.

    Parameters
    ----------
    step : ScenarioStep
        The step; a grid is no step of a course.
    course : Course
        What the steps before came to.
    situation : Situation
        The target, the area and the reading.

    Returns
    -------
    Course
        The new course.

    Raises
    ------
    NotAvailable
        If what the step needs is not known here.
    """
    if getattr(step, "after", 0) >= course.draws.shape[1]:
        return course
    match step:
        case AsUsual():
            return _as_usual(step.after, course, situation)
        case PromisedPace():
            pace, relative = _promised(step.at, situation)
        case RequiredPace():
            return _required(step.after, course, situation)
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
    course: Course, after: int, pace: float, situation: Situation, *, relative: bool, promised: bool
) -> Course:
    draws, value = course.draws.copy(), course.before(after)
    low, high = situation.indicator.bounds
    away = np.ceil if pace > 0 else np.floor
    for place in range(after, draws.shape[1]):
        value = np.clip(value * (1 + pace / 100) if relative else value + pace, low, high)
        value = np.round(value, _DECIMALS)
        if promised and situation.whole:
            # Of persons and institutions never a part of one less than was promised.
            value = np.clip(away(np.round(value, 9)), low, high)
        draws[:, place] = situation.bounded(value)
    return replace(course, draws=draws)


def _as_usual(after: int, course: Course, situation: Situation) -> Course:
    indicator = situation.indicator
    if situation.assessment.start in ("plan_statement", "assumed"):
        # What is said of a start does not say how far the series moves in a year.
        raise NotAvailable("no_trend")
    try:
        trend = situation.store.trajectory(indicator.id, situation.area, course.years[-1])
    except ProjectionError:
        raise NotAvailable("no_trend") from None
    drawn = np.stack([trend.at(year) for year in course.years], axis=1)
    stands = np.broadcast_to(course.before(after)[:, None], (len(drawn), 1))
    if after > 0 or not np.allclose(stands, trend.last_value):
        # The trend's own steps, taken from where the series stands by now.
        scale = scale_for(indicator.bounds)
        left = drawn[:, after - 1 : after] if after else np.full_like(stands, trend.last_value)
        steps = to_scale(drawn, scale) - to_scale(left, scale)
        drawn = from_scale(to_scale(stands, scale) + steps, scale)
    earlier = np.broadcast_to(course.draws, (len(drawn), course.draws.shape[1]))
    kept = np.concatenate([earlier[:, :after], drawn[:, after:]], axis=1)
    return replace(course, draws=situation.bounded(kept))


def _promised(at: PaceEnd, situation: Situation) -> tuple[float, bool]:
    """Give the pace that the plan promises for the target, across its readings and its link."""
    pace = pace_of_target(situation.store.plan, situation.target, situation.reading)
    # "Higher every year" has a direction and no size, and so no pace of the plan's own.
    if pace is None or not pace.sized:
        raise NotAvailable("no_promised_pace")
    return pace.step(at), pace.relative


def _required(after: int, course: Course, situation: Situation) -> Course:
    """Take even steps that just arrive at the hardest year to come, and from there on the rest."""
    if situation.assessment.total is not None:
        return _required_flow(after, course, situation)
    if situation.assessment.level is None:
        raise NotAvailable("no_level")
    draws = course.draws.copy()
    for row, value in zip(draws, course.before(after), strict=True):
        known = situation.known | dict(zip(course.years[:after], row, strict=False))
        for place in range(after, len(row)):
            value = value + _hardest_step(course.years[place:], value, known, situation)
            row[place] = value = float(situation.bounded(np.round(value, _DECIMALS)))
            known[course.years[place]] = value
    return replace(course, draws=draws)


def _hardest_step(
    years: Sequence[int], value: float, known: Mapping[int, float], situation: Situation
) -> float:
    """Give the even step of the hardest year ahead; who is there already need not fall back."""
    needed = []
    for place, year in enumerate(years, start=1):
        level = level_due(situation.checks, year, known, situation.indicator.bounds)
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


def _required_flow(after: int, course: Course, situation: Situation) -> Course:
    """Spread what a sum still lacks evenly over the years left."""
    total = situation.assessment.total
    window = set(total.years) if total is not None else set()
    ahead = [place for place, year in enumerate(course.years) if year in window]
    left = [place for place in ahead if place >= after]
    if total is None or total.so_far is None or not left:
        raise NotAvailable("no_level")
    draws = course.draws.copy()
    lacking = total.bound.value - total.so_far
    lacking = lacking - draws[:, [place for place in ahead if place < after]].sum(axis=1)
    for number, place in zip(range(len(left), 0, -1), left, strict=True):
        even = np.maximum(lacking, 0) / number
        draws[:, place] = np.ceil(np.round(even, 9)) if situation.whole else even
        lacking = lacking - draws[:, place]
    return replace(course, draws=situation.bounded(draws))


def _just_within(bound: Bound, situation: Situation) -> float:
    """Give the value nearest to failing a bound that still meets it."""
    if situation.whole:
        return whole_level(bound).value
    # A bound that was computed is known to nine decimals; one that must be met exactly is as it is.
    small = {"==": 0.0, ">": JUST_BEYOND, "<": JUST_BEYOND}.get(bound.op, 1e-9)
    beyond = small * max(1.0, abs(bound.value))
    return bound.value + situation.sign * beyond


def _of_percentile(step: Percentile, course: Course, situation: Situation) -> float:
    """Ask for the pace over the years left, from where the series stands by then."""
    given = step.pace
    if given is None:
        stands = float(np.median(course.before(step.after)))
        years = course.draws.shape[1] - step.after
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


def _best_of_peers(situation: Situation) -> float:
    store, own = situation.store, situation.area
    level = store.catalog.areas[own].level
    peers = [a for a in store.areas if a != own and store.catalog.areas[a].level == level]
    paces = [store.record(situation.indicator.id, area).past_pace for area in peers]
    known = [situation.sign * pace for pace in paces if pace is not None]
    if not known:
        raise NotAvailable("no_peers")
    return situation.sign * max(known)


def _shock(step: Shock, course: Course, situation: Situation) -> Course:
    draws = course.draws.copy()
    for place in range(step.after, draws.shape[1]):
        passed = place - step.after
        if passed < step.lasts:
            part = 1.0
        else:
            part = max(0.0, 1 - (passed - step.lasts + 1) / (step.recovery + 1))
        size = step.worse * (draws[:, place] / 100 if step.unit == "percent" else 1.0)
        draws[:, place] -= situation.sign * part * size
    return replace(course, draws=situation.bounded(np.round(draws, _DECIMALS)))


def _reading(course: Course, situation: Situation) -> Course:
    """Take the least that the reading asks for year by year, and no step back."""
    draws = course.draws.copy()
    known, value = situation.known, course.start_value
    for place, year in enumerate(course.years):
        bound = level_due(situation.checks, year, known, situation.indicator.bounds)
        if bound is not None and not bound.met_by(round(value, 9)):
            value = _just_within(bound, situation)
        draws[:, place] = value = float(situation.bounded(value))
        known[year] = value
    return replace(course, draws=draws)


def _levers(step: LeverSettings, course: Course, situation: Situation) -> Course:
    draws = _model_draws(_settings(step, situation), course, situation)
    return replace(course, draws=situation.bounded(draws))


def _with_levers(step: LeverSettings, course: Course, situation: Situation) -> Course:
    """Add to a course what the levers change in the flow model."""
    under = _model_draws(_settings(step, situation), course, situation)
    usual = _model_draws({}, course, situation)
    number = max(len(under), len(course.draws))
    made = (under - usual)[np.arange(number) % len(under)]
    stands = course.draws[np.arange(number) % len(course.draws)]
    return replace(course, draws=situation.bounded(np.round(stands + made, _DECIMALS)))


def _settings(step: LeverSettings, situation: Situation) -> dict[str, float]:
    """Give the levers that a step sets; those of another flow model do nothing here."""
    use, start = situation.indicator.mechanism, situation.mechanism
    if use is None or use.flow != step.flow:
        raise NotAvailable("other_mechanism")
    return start.settings(step) if isinstance(start, MechanismStart) else {}


def _model_draws(
    settings: Mapping[str, float], course: Course, situation: Situation
) -> NDArray[np.float64]:
    start = situation.mechanism
    if isinstance(start, MissingInputs):
        raise NotAvailable("mechanism_lacks_numbers")
    try:
        return start.mechanism.project(start.outcome, course.years, settings)
    except ProjectionError:
        raise NotAvailable("beyond_bounds") from None
