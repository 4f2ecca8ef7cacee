"""What comes of an assumption about one target in one area, under one reading."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import (
    Grid,
    Indicator,
    LeverSettings,
    OwnPace,
    Plan,
    ReadingPath,
    Scenario,
    Shock,
    Target,
)
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability import (
    Assessment,
    MechanismStart,
    PaceOfPercentile,
    Quantities,
    ScenarioOutcome,
    SeriesStore,
    Verdict,
    verdict_of,
)
from edu_metrics.reachability.precedent import (
    NoPrecedent,
    Precedent,
    classes_of,
    precedents_of_pace,
)
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.reachability.scenarios.courses import (
    Course,
    NotAvailable,
    Situation,
    apply,
    begin,
    modelled,
    take_steps,
)
from edu_metrics.reachability.scenarios.running import changes_nothing, judged_course
from edu_metrics.trajectories import from_scale, scale_for, stated, to_scale
from edu_metrics.trajectories.levers import Lever
from edu_metrics.words import unit_of

#: Courses that are no scenario of the catalog: a pace of one's own, levers of one's own.
OWN_PACE, LEVERS = "own_pace", "levers"


@dataclass(frozen=True, slots=True)
class Assumed:
    """
    What a user assumes.

    Attributes
    ----------
    course : str
        ``own_pace``, ``levers``, or the id of a scenario.
    pace : float
        Change a year in the better direction, for ``own_pace``. [unit of the pace slider]
    levers : mapping of str to float
        Settings, for ``levers``. [unit of each lever a year]
    shock : float
        How much a single year is worse; 0 for none. [points, or percent of the value]
    shock_year : int
        Which year, counted from the first one ahead, which is 0. [years]
    """

    course: str = OWN_PACE
    pace: float = 0.0
    levers: Mapping[str, float] = field(default_factory=dict)
    shock: float = 0.0
    shock_year: int = 0


@dataclass(frozen=True, slots=True)
class PaceSlider:
    """Ends, step and unit of the slider for a pace; ``kind`` is points, percent or units."""

    low: float
    high: float
    step: float
    kind: Literal["points", "percent", "units"]


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What an assumption comes to.

    Attributes
    ----------
    years : tuple of int
        Years ahead, up to the deadline.
    middle, low, high : tuple of float
        Median by year and the 80 % interval, which is empty where nothing is left to chance.
        [unit of the indicator]
    met : bool or None
        Whether the course itself keeps the target, where it has no chance in it.
    probability : float or None
        How often the target is kept with the ups and downs of the past; as usual that is the
        target's own, as its verdict states it. [0-1]
    under_model, model_base : float or None
        Under levers: in which part of what a flow model assumes of its rates the target is kept,
        and in which part without the levers. Neither is a probability of the target. [0-1]
    verdict : Verdict or None
        The word for it.
    pace : float or None
        Mean change a year until the deadline, in the better direction. [unit of the indicator]
    year_reached : int or None
        First year in which the course, or half of the draws, reach the level and keep the target.
    horizon : int
        Last year looked at for that.
    pace_people : float or None
        Persons or institutions that the pace comes to each year.
    short : int or None
        Persons or institutions still missing when the target is due; 0 where none is.
    fails : {"level", "other"} or None
        What a course that does not keep the target fails by.
    precedents : list of Precedent, or NoPrecedent
        How often comparable series kept such a pace.
    reason : str or None
        Why nothing can be said, in one word.
    """

    years: tuple[int, ...] = ()
    middle: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    met: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    model_base: float | None = None
    verdict: Verdict | None = None
    pace: float | None = None
    year_reached: int | None = None
    horizon: int = 0
    pace_people: float | None = None
    short: int | None = None
    fails: Literal["level", "other"] | None = None
    precedents: list[Precedent] | NoPrecedent = NoPrecedent.NO_START
    reason: str | None = None


def with_spread(course: Course, situation: Situation) -> Course | None:
    """
    Let a series go up and down around a course as it has done so far.

    On the scale on which the trend moves, its draws are taken from their own median to the course:
    where they went is what is assumed, how far apart they lie is what the past says.

    Parameters
    ----------
    course : Course
        One row: values by year without chance. [unit of the indicator]
    situation : Situation
        Target, area and reading.

    Returns
    -------
    Course or None
        As many rows as the trend has draws; None where nothing says how far the series moves: the
        start is a plan's own statement, too few years are known, or one person may decide and
        their number is unknown.
    """
    found, indicator = situation.assessment, situation.indicator
    if found.start != "observed":
        return None
    limits, level = indicator.bounds, found.level
    # A rate comes to whole counts of its own whole; a count is one itself.
    whole = 1.0 if situation.whole else None
    if limits == (0, 100):
        whole = situation.counts[1] if situation.counts else None
        if whole is None and level is not None and level.value in limits:
            return None
    try:
        trend = situation.store.trajectory(indicator.id, situation.area, course.years[-1])
        scale = scale_for(limits)
        drawn = np.stack([trend.at(year) for year in course.years], axis=1)
        moved = to_scale(drawn, scale, whole)
        moved += to_scale(course.draws, scale, whole) - np.median(moved, axis=0)
        return replace(course, draws=from_scale(moved, scale, whole))
    except ProjectionError:
        return None


class WhatIf:
    """
    A target under one reading in one area, ready for questions.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    plan : Plan
        The plan of the target.
    target : Target
        The promise.
    assessment : Assessment
        Its assessment under the reading that is asked about.
    quantities : Quantities, optional
        Published values, kept from target to target.
    pace_of_percentile : callable, optional
        Gives the pace of a percentile; by the study's reference class when left out.
    """

    def __init__(
        self,
        store: SeriesStore,
        plan: Plan,
        target: Target,
        assessment: Assessment,
        *,
        quantities: Quantities | None = None,
        pace_of_percentile: PaceOfPercentile | None = None,
    ) -> None:
        self.store, self.assessment = store, assessment
        self.situation = Situation.of(
            store, plan, target, assessment, quantities, pace_of_percentile
        )
        self.blank = replace(
            ScenarioOutcome.of(assessment),
            start=assessment.start,
            start_year=assessment.last_year,
            start_value=assessment.last_value,
        )
        self.reason = self.situation.closed
        undecided = self.reason == "reading_undecided"
        self.due = plan.deadline_of(target) if undecided else self.situation.due
        self.courses: dict[str, Course] = {}
        if self.reason is not None:
            return
        self.still = begin(self.start_year, self.start_value, self._horizon())
        for name, scenario in store.catalog.scenarios.items():
            self._try(name, scenario)

    def _horizon(self) -> int:
        """Look some years beyond the deadline, unless the trend says less of them."""
        beyond = self.due + BEYOND
        if self.assessment.start != "observed":
            return beyond
        try:
            return min(beyond, self.situation.trajectory(self.assessment.area).years[-1])
        except ProjectionError:
            return beyond

    def _try(self, name: str, scenario: Scenario) -> None:
        """Keep the course of a scenario that can be run here."""
        if scenario.indicators and self.indicator.id not in scenario.indicators:
            return
        if any(isinstance(step, Grid) or (isinstance(step, ReadingPath) and step.which == "each")
               for step in scenario.steps):  # fmt: skip
            return
        with contextlib.suppress(NotAvailable):
            self.courses[name] = take_steps(scenario.steps, self.still, self.situation)

    @property
    def indicator(self) -> Indicator:
        """What the reading is about."""
        return self.situation.indicator

    @property
    def start_year(self) -> int:
        """The year in which every course starts."""
        return self.situation.start_year

    @property
    def start_value(self) -> float:
        """The value from which every course starts. [unit of the indicator]."""
        return self.situation.start_value

    @property
    def counts(self) -> tuple[float, float] | None:
        """Numerator and denominator behind the start, where both are known. [persons]."""
        return self.situation.counts

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers of the target's mechanism; none where it has none that can be run."""
        start = self.situation.mechanism
        return start.mechanism.levers.levers if isinstance(start, MechanismStart) else ()

    @property
    def relative(self) -> bool:
        """Whether levers count persons for each 100, as the start is a plan's statement."""
        start = self.situation.mechanism
        return isinstance(start, MechanismStart) and start.relative

    @property
    def slider(self) -> PaceSlider:
        """The slider for a pace: it holds the required one, with room on both sides."""
        found = self.assessment
        needed = max(abs(found.required_pace or 0.0), abs(found.past_pace or 0.0))
        if self.indicator.unit == "percent":
            return PaceSlider(-3.0, max(10.0, float(math.ceil(1.2 * needed))), 0.1, "points")
        if unit_of(self.indicator.unit).money or self.start_value > 1000:
            return PaceSlider(-10.0, 20.0, 0.5, "percent")
        high = max(5.0, float(math.ceil(2 * needed)), float(math.ceil(self.start_value / 10)))
        return PaceSlider(-5.0, high, 1.0 if high >= 10 else 0.5, "units")

    def by_mechanism(self, course: str) -> bool:
        """Tell whether a course comes from levers and not from a trend or a pace."""
        scenario = self.store.catalog.scenarios.get(course)
        steps = scenario.steps if scenario else ()
        return course == LEVERS or any(isinstance(step, LeverSettings) for step in steps)

    def settings_of(self, course: str) -> dict[str, float]:
        """Give the settings of every lever under a scenario; the usual ones where it sets none."""
        start, settings = self.situation.mechanism, {one.name: one.usual for one in self.levers}
        scenario = self.store.catalog.scenarios.get(course)
        for step in scenario.steps if scenario and course in self.courses else ():
            if isinstance(step, LeverSettings) and isinstance(start, MechanismStart):
                settings |= start.settings(step)
        return settings

    def on_slider(self, pace: float) -> float:
        """
        Show a mean pace on the slider.

        Parameters
        ----------
        pace : float
            Change a year in the better direction. [unit of the indicator]

        Returns
        -------
        float
            The same on the slider's scale, at its nearest step. [unit of the slider]
        """
        slider, years = self.slider, self.due - self.start_year
        if slider.kind == "percent":
            end = self.start_value + self.situation.sign * pace * years
            ratio = max(end, 0.0) / self.start_value if self.start_value else 1.0
            pace = 100 * (ratio ** (1 / years) - 1) * self.situation.sign
        at = round(round(pace / slider.step) * slider.step, 6) + 0.0
        return float(min(max(at, slider.low), slider.high))

    def answer(self, assumed: Assumed) -> Answer:
        """
        Say what an assumption comes to.

        Parameters
        ----------
        assumed : Assumed
            The assumption.

        Returns
        -------
        Answer
            Its numbers, or why there are none.
        """
        if self.reason is not None:
            return Answer(reason=self.reason, horizon=self.due)
        try:
            course = self._course(assumed)
        except NotAvailable as why:
            return Answer(reason=str(why), horizon=self.due)
        outcome = judged_course(self.blank, course, self.situation)
        if assumed.course in self.courses and not assumed.shock:
            scenario = self.store.catalog.scenarios[assumed.course]
            if changes_nothing(scenario):
                found = self.assessment
                outcome = replace(outcome, met=None)
                told = self._told(course, course, outcome, found.probability)
                return replace(told, verdict=found.verdict)
        probability, drawn = outcome.probability, course
        if self.by_mechanism(assumed.course):
            without = self._shocked(modelled({}, self.still, self.situation), assumed)
            base = judged_course(self.blank, without, self.situation).probability
            told = self._told(course, course, outcome, None)
            return replace(told, under_model=probability, model_base=base)
        if course.draws.shape[0] == 1:
            spread = with_spread(course, self.situation)
            if spread is not None:
                drawn = replace(spread, draws=self.situation.bounded(spread.draws))
                probability = judged_course(self.blank, drawn, self.situation).probability
        if probability is not None:
            probability = float(stated(probability))
        return self._told(course, drawn, outcome, probability)

    def usual(self) -> tuple[tuple[float, ...], ...]:
        """Give the 10 %, 50 % and 90 % quantiles as usual, by year until the deadline, if known."""
        if "as_usual" not in self.courses:
            return ((), (), ())
        draws = self.courses["as_usual"].draws[:, : self.due - self.start_year]
        return _rows(np.quantile(draws, [0.1, 0.5, 0.9], axis=0))

    def _course(self, assumed: Assumed) -> Course:
        if assumed.course == LEVERS:
            course = modelled(assumed.levers, self.still, self.situation)
        elif assumed.course == OWN_PACE:
            unit: Literal["points", "percent"] = (
                "percent" if self.slider.kind == "percent" else "points"
            )
            pace = self.situation.sign * assumed.pace
            course = apply(
                OwnPace(type="pace", per_year=pace, unit=unit), self.still, self.situation
            )
        elif assumed.course in self.courses:
            course = self.courses[assumed.course]
        else:
            raise NotAvailable("not_here")
        return self._shocked(course, assumed)

    def _shocked(self, course: Course, assumed: Assumed) -> Course:
        if not assumed.shock:
            return course
        shock = Shock(
            type="shock",
            worse=assumed.shock,
            unit="points" if self.slider.kind == "points" else "percent",
            after=assumed.shock_year,
        )
        return apply(shock, course, self.situation)

    def _pace(self, course: Course) -> float:
        end = float(np.median(course.draws[:, self.due - self.start_year - 1]))
        pace = self.situation.sign * (end - self.start_value) / (self.due - self.start_year)
        return round(pace, 9) + 0.0  # no minus before a zero

    def _told(
        self, course: Course, drawn: Course, outcome: ScenarioOutcome, probability: float | None
    ) -> Answer:
        ahead = self.due - self.start_year
        (middle,) = _rows(outcome.quantiles((0.5,))[:, :ahead])
        low, high = _rows(replace(outcome, draws=drawn.draws).quantiles((0.1, 0.9))[:, :ahead])
        chance = drawn.draws.shape[0] > 1
        pace = self._pace(course)
        return Answer(
            years=course.years[:ahead],
            middle=middle,
            low=low if chance else (),
            high=high if chance else (),
            met=outcome.met,
            probability=probability,
            verdict=None if probability is None else verdict_of(probability),
            pace=pace,
            year_reached=outcome.ending.year if outcome.ending else None,
            horizon=course.years[-1],
            pace_people=self._people(pace),
            short=outcome.ending.short if outcome.ending else None,
            fails=outcome.ending.fails if outcome.ending else None,
            precedents=self._precedents(pace, ahead),
        )

    def _precedents(self, pace: float, years: int) -> list[Precedent] | NoPrecedent:
        return precedents_of_pace(
            classes_of(self.store.catalog, self.store.study),
            self.indicator,
            pace=pace,
            start=self.start_value,
            years=years,
            falling=self.situation.sign < 0,
        )

    def _people(self, pace: float) -> float | None:
        if self.counts is not None and self.indicator.bounds == (0, 100):
            return pace / 100 * self.counts[1]
        return None


def _rows(values: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in values)
