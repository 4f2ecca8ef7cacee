"""
One target in one area under one reading, with all at hand that an answer needs.

What costs time is done once, when a target is chosen: the trend's draws, the mechanism with its
drawn rates, the courses of all scenarios. An answer to a moved slider is arithmetic on them.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from dataclasses import replace
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
from edu_metrics.explorer.answers import LEVERS, OWN_PACE, Answer, Assumed, PaceSlider
from edu_metrics.explorer.past import precedents_of_pace, with_spread
from edu_metrics.reachability import (
    Assessment,
    MechanismStart,
    MissingInputs,
    PaceOfPercentile,
    Quantities,
    ScenarioOutcome,
    SeriesStore,
    mechanism_from_counts,
    mechanism_from_statement,
    pace_by_class,
    verdict_of,
)
from edu_metrics.reachability.probability import BEYOND
from edu_metrics.reachability.scenarios.courses import Course, NotAvailable, apply, begin
from edu_metrics.reachability.scenarios.running import (
    changes_nothing,
    judged_course,
    situation_of,
)
from edu_metrics.reachability.verdicts import Verdict
from edu_metrics.trajectories import stated
from edu_metrics.trajectories.mechanisms import Lever


class Workbench:
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
        if any(check.measure == "rank" for check in self.situation.checks):
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
