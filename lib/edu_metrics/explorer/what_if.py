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
    MissingInputs,
    PaceOfPercentile,
    Quantities,
    ScenarioOutcome,
    SeriesStore,
    Verdict,
    mechanism_from_counts,
    mechanism_from_statement,
    pace_by_class,
    verdict_of,
)
from edu_metrics.reachability.precedent import NoPrecedent, Precedent, precedent
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.reachability.scenarios.courses import Course, NotAvailable, Situation, apply, begin
from edu_metrics.reachability.scenarios.running import changes_nothing, judged_course, situation_of
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import from_scale, scale_for, stated, to_scale
from edu_metrics.trajectories.mechanisms import Lever

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
    record = situation.evidence.record(indicator.id, situation.area)
    limits, level = indicator.bounds, found.level
    # A rate comes to whole counts of its own whole; a count is one itself.
    whole = 1.0 if counts_whole(indicator) else None
    if limits == (0, 100):
        whole = record.counts.get(course.start_year, (0.0, None))[1]
        if whole is None and level is not None and level.value in limits:
            return None
    try:
        trend = situation.evidence.trajectory(indicator.id, situation.area, course.years[-1])
        scale = scale_for(limits)
        drawn = np.stack([trend.at(year) for year in course.years], axis=1)
        moved = to_scale(drawn, scale, whole)
        moved += to_scale(course.draws, scale, whole) - np.median(moved, axis=0)
        return replace(course, draws=from_scale(moved, scale, whole))
    except ProjectionError:
        return None


def precedents_of_pace(
    situation: Situation, pace: float, start: float, years: int
) -> list[Precedent] | NoPrecedent:
    """
    Look a pace up in the reference classes of the study.

    Parameters
    ----------
    situation : Situation
        Target, area and reading.
    pace : float
        Change a year in the better direction. [percentage points a year]
    start : float
        Where it starts. [percent]
    years : int
        Years in which it is kept. [years]

    Returns
    -------
    list of Precedent or NoPrecedent
        One for each class that has something comparable, or why there is none.
    """
    indicator, evidence = situation.indicator, situation.evidence
    if indicator.unit != "percent" or indicator.bounds != (0, 100):
        return NoPrecedent.NOT_A_RATE
    answers = [
        precedent(
            evidence.catalog.reference_class(name),
            pace=round(pace, 9),
            start=start,
            years=years,
            falling=situation.sign < 0,
        )
        for name in evidence.study.reference_class
    ]
    told = [one for one in answers if isinstance(one, Precedent)]
    why = [one for one in answers if isinstance(one, NoPrecedent)]
    return told or (why[0] if why else NoPrecedent.NOTHING_COMPARABLE)


class WhatIf:
    """
    A target under one reading in one area, ready for questions.

    Parameters
    ----------
    evidence : SeriesStore
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
        evidence: SeriesStore,
        plan: Plan,
        target: Target,
        assessment: Assessment,
        *,
        quantities: Quantities | None = None,
        pace_of_percentile: PaceOfPercentile | None = None,
    ) -> None:
        self.evidence, self.plan, self.target = evidence, plan, target
        self.assessment = assessment
        self.blank = ScenarioOutcome(
            evidence.study.id, assessment.area, target.id, "", assessment.reading, assessment.steps,
            start=assessment.start, start_year=assessment.last_year,
            start_value=assessment.last_value,
        )  # fmt: skip
        self.reason: str | None = None
        self.courses: dict[str, Course] = {}
        self.built: MechanismStart | MissingInputs = MissingInputs()
        self.due = plan.deadline_of(target)
        if assessment.reason == "reading_undecided" or assessment.indicator is None:
            self.reason = "reading_undecided"
            return
        known = quantities or Quantities(evidence)
        asked = pace_of_percentile or pace_by_class(evidence.catalog, evidence.study)
        self.situation = situation_of(evidence, known, plan, target, assessment, asked)
        self.due = max(check.due for check in self.situation.checks)
        self.reason = self._why_not()
        if self.reason is not None:
            return
        self.still = begin(self.start_year, self.start_value, self._horizon())
        self.built = self._mechanism()
        for name, scenario in evidence.catalog.scenarios.items():
            self._try(name, scenario)

    def _why_not(self) -> str | None:
        found = self.assessment
        if found.last_year is None or found.last_value is None:
            return "no_start"
        if found.last_year >= self.due or found.verdict in (Verdict.MET, Verdict.MISSED):
            return "decided"
        if any(check.hangs_on_others for check in self.situation.checks):
            return "rank"
        exact = self.situation.known(begin(found.last_year, found.last_value, self.due))
        ahead = range(found.last_year + 1, self.due + 1)
        left = found.undecided(self.situation.checks)
        needed = {year for check in left for year in check.years}
        return None if needed <= {*exact, *ahead} else "earlier_year_unknown"

    def _horizon(self) -> int:
        """Look some years beyond the deadline, unless the trend says less of them."""
        beyond = self.due + BEYOND
        if self.assessment.start != "observed":
            return beyond
        try:
            self.evidence.trajectory(self.indicator.id, self.assessment.area, beyond)
        except ProjectionError:
            with contextlib.suppress(ProjectionError):
                self.evidence.trajectory(self.indicator.id, self.assessment.area, self.due)
                return self.due
        return beyond

    def _mechanism(self) -> MechanismStart | MissingInputs:
        if self.indicator.mechanism is None:
            return MissingInputs()
        if self.assessment.start == "plan_statement":
            return mechanism_from_statement(self.indicator, self.start_year, self.start_value)
        return mechanism_from_counts(
            self.situation.quantities, self.indicator, self.assessment.area, self.start_year
        )

    def _try(self, name: str, scenario: Scenario) -> None:
        """Keep the course of a scenario that can be run here."""
        if scenario.indicators and self.indicator.id not in scenario.indicators:
            return
        course = self.still
        for step in scenario.steps:
            several = isinstance(step, ReadingPath) and step.which == "each"
            if several or isinstance(step, Grid):
                return
            try:
                if isinstance(step, LeverSettings):
                    course = self._preset(step)
                else:
                    course = apply(step, course, self.situation)
            except NotAvailable:
                return
        self.courses[name] = course

    def _preset(self, step: LeverSettings) -> Course:
        built = self.built
        if not isinstance(built, MechanismStart) or built.mechanism.flow != step.flow:
            raise NotAvailable("other_mechanism")
        return self._levers(self._absolute(step))

    def _absolute(self, step: LeverSettings) -> dict[str, float]:
        whole = self.built.whole if isinstance(self.built, MechanismStart) else None
        scale = (whole or 100.0) / 100 if step.per_100 else 1.0
        return {name: scale * value for name, value in step.set.items()}

    def _levers(self, settings: Mapping[str, float]) -> Course:
        if not isinstance(self.built, MechanismStart):
            raise NotAvailable("mechanism_lacks_numbers")
        mechanism = self.built.mechanism
        try:
            run = mechanism.project(self.still.years, mechanism.levers.set(**settings))
        except ProjectionError:
            raise NotAvailable("beyond_bounds") from None
        draws = self.situation.bounded(run.draws(self.built.outcome))
        return replace(self.still, draws=draws)

    @property
    def indicator(self) -> Indicator:
        """What the reading is about."""
        return self.situation.indicator

    @property
    def start_year(self) -> int:
        """The year in which every course starts."""
        return int(self.assessment.last_year or 0)

    @property
    def start_value(self) -> float:
        """The value from which every course starts. [unit of the indicator]."""
        return float(self.assessment.last_value or 0.0)

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers of the target's mechanism; none where it has none that can be run."""
        built = self.built
        return built.mechanism.levers.levers if isinstance(built, MechanismStart) else ()

    @property
    def relative(self) -> bool:
        """Whether levers count persons for each 100, as the start is a plan's statement."""
        return isinstance(self.built, MechanismStart) and self.built.relative

    @property
    def counts(self) -> tuple[float, float] | None:
        """Numerator and denominator behind the start, where both are known. [persons]."""
        if self.assessment.start != "observed":
            return None
        record = self.evidence.record(self.indicator.id, self.assessment.area)
        return record.counts.get(self.start_year)

    @property
    def slider(self) -> PaceSlider:
        """The slider for a pace: it holds the required one, with room on both sides."""
        found = self.assessment
        needed = max(abs(found.required_pace or 0.0), abs(found.past_pace or 0.0))
        if self.indicator.unit == "percent":
            return PaceSlider(-3.0, max(10.0, float(math.ceil(1.2 * needed))), 0.1, "points")
        if self.indicator.unit.startswith("yuan") or self.start_value > 1000:
            return PaceSlider(-10.0, 20.0, 0.5, "percent")
        high = max(5.0, float(math.ceil(2 * needed)), float(math.ceil(self.start_value / 10)))
        return PaceSlider(-5.0, high, 1.0 if high >= 10 else 0.5, "units")

    def by_mechanism(self, course: str) -> bool:
        """Tell whether a course comes from levers and not from a trend or a pace."""
        scenario = self.evidence.catalog.scenarios.get(course)
        steps = scenario.steps if scenario else ()
        return course == LEVERS or any(isinstance(step, LeverSettings) for step in steps)

    def settings_of(self, course: str) -> dict[str, float]:
        """Give the settings of every lever under a scenario; the usual ones where it sets none."""
        settings = {lever.name: lever.usual for lever in self.levers}
        scenario = self.evidence.catalog.scenarios.get(course)
        for step in scenario.steps if scenario and course in self.courses else ():
            if isinstance(step, LeverSettings):
                settings |= self._absolute(step)
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
            scenario = self.evidence.catalog.scenarios[assumed.course]
            if changes_nothing(scenario):
                found = self.assessment
                outcome = replace(outcome, met=None)
                told = self._told(course, course, outcome, found.probability)
                return replace(told, verdict=found.verdict)
        probability, drawn = outcome.probability, course
        if self.by_mechanism(assumed.course):
            without = self._shocked(self._levers({}), assumed)
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
            course = self._levers(assumed.levers)
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
            precedents=precedents_of_pace(self.situation, pace, self.start_value, ahead),
        )

    def _people(self, pace: float) -> float | None:
        if self.counts is not None and self.indicator.bounds == (0, 100):
            return pace / 100 * self.counts[1]
        return None


def _rows(values: NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(value) for value in row) for row in values)
