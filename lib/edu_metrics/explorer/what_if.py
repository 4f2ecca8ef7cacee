"""What can be chosen, the scenario that the sliders make of it, and what that comes to."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any, Literal

from edu_metrics.catalog import (
    Catalog,
    Grid,
    Indicator,
    LeverSettings,
    Plan,
    ReadingPath,
    Scenario,
    Shock,
    Start,
    Study,
    Target,
)
from edu_metrics.errors import DefinitionError
from edu_metrics.observations import read_processed
from edu_metrics.reachability import (
    Assessment,
    MechanismStart,
    ScenarioOutcome,
    SeriesStore,
    Verdict,
    assess_target,
    run_scenario,
    verdict_of,
)
from edu_metrics.reachability.checks import BEYOND
from edu_metrics.reachability.precedent import (
    NoPrecedent,
    Precedent,
    classes_of,
    precedents_of_pace,
)
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.scenarios import asked_scenarios, changes_nothing, with_ups_and_downs
from edu_metrics.trajectories.mechanisms import Lever
from edu_metrics.words import unit_of

#: Courses that are no scenario of the catalog: a pace of one's own, levers of one's own.
OWN_PACE, LEVERS = "own_pace", "levers"
MOST_SHOCK = 20.0  # [points or percent]
#: How finely a lever is set. [unit of the lever]
_LEVER_STEPS = {"persons": 1.0, "places": 1.0, "percent": 1.0, "points": 0.5, "marks": 0.1}
#: Brings a study's table up to date, given catalog and study.
Prepare = Callable[[Catalog, Study], Any]
#: How many targets are kept ready, so that going back to one is quick.
_READY = 24
#: The course shown first: without a trend, what it would take.
_FIRST = ("as_usual", "required_pace")


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
        Settings, for ``levers``; the others stand as usual. [unit of each lever a year]
    base : float or None
        Where the series is taken to stand; its last value when left out. [unit of the indicator]
    ahead : int or None
        How many years before the target is due; since the last value when left out. [years]
    shock : float
        How much a single year is worse; 0 for none. [points, or percent of the value]
    shock_year : int
        Which year, counted from the first one ahead, which is 0. [years]
    """

    course: str = OWN_PACE
    pace: float = 0.0
    levers: Mapping[str, float] = field(default_factory=dict)
    base: float | None = None
    ahead: int | None = None
    shock: float = 0.0
    shock_year: int = 0

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form that it comes from."""
        numbers = {"pace": self.pace, "base": self.base, "ahead": self.ahead, "shock": self.shock}
        numbers |= {"shock_year": self.shock_year}
        numbers |= {f"lever.{name}": value for name, value in self.levers.items()}
        told = {name: f"{value:.10g}" for name, value in numbers.items() if value is not None}
        return {"course": self.course, **told}


@dataclass(frozen=True, slots=True)
class PaceSlider:
    """Ends, step and unit of the slider for a pace; ``kind`` is points, percent or units."""

    low: float
    high: float
    step: float
    kind: Literal["points", "percent", "units"]

    def at(self, pace: float) -> float:
        """Give the nearest step of the slider."""
        step = round(round(pace / self.step) * self.step, 6) + 0.0
        return float(min(max(step, self.low), self.high))


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What an assumption comes to.

    Attributes
    ----------
    outcome : ScenarioOutcome
        The scenario as it was run, the same as everywhere.
    around : ScenarioOutcome
        The same with chance: of a course that has none, with the ups and downs of the past.
    verdict : Verdict or None
        The word for its probability.
    pace : float or None
        Mean change a year until the deadline, in the better direction. [unit of the indicator]
    people : float or None
        Persons or institutions that the pace comes to each year.
    reached : int or None
        First year in which the course, or half of the draws, reach the level and keep the target.
    horizon : int
        Last year looked at for that.
    precedents : list of Precedent, or NoPrecedent
        How often comparable series kept such a pace.
    """

    outcome: ScenarioOutcome
    around: ScenarioOutcome
    verdict: Verdict | None = None
    pace: float | None = None
    people: float | None = None
    reached: int | None = None
    horizon: int = 0
    precedents: list[Precedent] | NoPrecedent = NoPrecedent.NO_START

    @property
    def reason(self) -> str | None:
        """Why nothing can be said, in one word."""
        return self.outcome.reason


class WhatIf:
    """
    A target under one reading in one area, ready for questions.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of the target under the reading that is asked about.
    """

    def __init__(self, store: SeriesStore, assessment: Assessment) -> None:
        self.store, self.assessment = store, assessment
        self.situation = JudgedQuestion.of(store, assessment)
        self.reason = self.situation.closed
        undecided = self.reason == "reading_undecided"
        self.due = (
            store.plan.deadline_of(self.situation.target) if undecided else self.situation.due
        )

    @cached_property
    def courses(self) -> dict[str, ScenarioOutcome]:
        """The scenarios of the catalog that can be run here, and what they come to."""
        if self.reason is not None:
            return {}
        scenarios = self.store.catalog.scenarios.items()
        run = {name: self._run(one) for name, one in scenarios if not _is_many(one)}
        return {name: one for name, one in run.items() if one and one.reason is None}

    @property
    def indicator(self) -> Indicator:
        """What the reading is about."""
        return self.situation.indicator

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers of the target's mechanism; none where it has none that can be run."""
        start = self.situation.mechanism
        return start.mechanism.levers if isinstance(start, MechanismStart) else ()

    @property
    def relative(self) -> bool:
        """Whether levers count persons for each 100, as the start is a plan's statement."""
        start = self.situation.mechanism
        return isinstance(start, MechanismStart) and start.relative

    @cached_property
    def slider(self) -> PaceSlider:
        """The slider for a pace: it holds the required one, with room on both sides."""
        found, start = self.assessment, self.situation.start_value
        needed = max(abs(found.required_pace or 0.0), abs(found.past_pace or 0.0))
        if self.indicator.unit == "percent":
            return PaceSlider(-3.0, max(10.0, float(math.ceil(1.2 * needed))), 0.1, "points")
        if unit_of(self.indicator.unit).money or start > 1000:
            return PaceSlider(-10.0, 20.0, 0.5, "percent")
        high = max(5.0, float(math.ceil(2 * needed)), float(math.ceil(start / 10)))
        return PaceSlider(-5.0, high, 1.0 if high >= 10 else 0.5, "units")

    def lever_step(self, lever: Lever) -> float:
        """Say how finely a lever is set. [unit of the lever]."""
        return 0.1 if self.relative else _LEVER_STEPS[lever.unit]

    def years_ahead(self, assumed: Assumed) -> int:
        """Say how many years are left from where an assumption starts. [years]."""
        return assumed.ahead or self.due - self.situation.start_year

    def settings_of(self, course: str) -> dict[str, float]:
        """Give the settings of every lever under a scenario; the usual ones where it sets none."""
        start, settings = self.situation.mechanism, {one.name: one.usual for one in self.levers}
        scenario = self.store.catalog.scenarios.get(course)
        for step in scenario.steps if scenario and course in self.courses else ():
            if isinstance(step, LeverSettings) and isinstance(start, MechanismStart):
                settings |= start.settings(step)
        return settings

    def on_slider(self, answer: Answer) -> float:
        """Show the mean pace of an answer on the slider. [unit of the slider]."""
        first, years, pace = answer.outcome.start_value, len(answer.outcome.years), answer.pace
        if pace is not None and self.slider.kind == "percent" and first:
            ratio = max(first + self.situation.sign * pace * years, 0.0) / first
            pace = 100 * (ratio ** (1 / years) - 1) * self.situation.sign
        return self.slider.at(pace or 0.0)

    def scenario(self, assumed: Assumed) -> Scenario:
        """Make the scenario of an assumption, as the command line makes it of its options."""
        if assumed.course in self.courses:
            made = self.store.catalog.scenarios[assumed.course]
        elif assumed.course == LEVERS:
            (made,) = asked_scenarios(levers=self.settings_of("") | dict(assumed.levers))
        else:
            pace = self.situation.sign * assumed.pace
            unit: Any = "percent" if self.slider.kind == "percent" else "points"
            (made,) = asked_scenarios(pace=pace, unit=unit)
        changed: dict[str, Any] = {}
        if assumed.base is not None or assumed.ahead is not None:
            changed["start"] = Start(value=assumed.base, years=assumed.ahead)
        if assumed.shock:
            unit = "points" if self.slider.kind == "points" else "percent"
            shock = Shock(type="shock", worse=assumed.shock, unit=unit, after=assumed.shock_year)
            changed["steps"] = (*made.steps, shock)
        return made.model_copy(update=changed)

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
        blank = ScenarioOutcome.of(self.assessment, study=self.store.study.id)
        if self.reason is not None:
            return self._without(blank, self.reason)
        if assumed.course == LEVERS and not self.levers:
            return self._without(blank, "mechanism_lacks_numbers")
        if assumed.course not in (OWN_PACE, LEVERS, *self.courses):
            return self._without(blank, "not_here")
        scenario = self.scenario(assumed)
        outcome = self._run(scenario) or blank
        if outcome.reason is not None:
            return self._without(outcome, outcome.reason)
        around = outcome if outcome.met is None else with_ups_and_downs(outcome, self.situation)
        probability = around.probability if around else None
        verdict = None if probability is None else verdict_of(probability)
        if changes_nothing(scenario):
            around, verdict = outcome, self.assessment.verdict
        further = self._run(scenario, BEYOND) or outcome
        further = outcome if further.reason else further
        pace = self._pace(outcome)
        return Answer(
            outcome=outcome,
            around=around or outcome,
            verdict=verdict,
            pace=pace,
            people=self._people(pace),
            reached=further.ending.year if further.ending else None,
            horizon=further.years[-1],
            precedents=self._precedents(pace, outcome),
        )

    def _run(self, scenario: Scenario, beyond: int = 0) -> ScenarioOutcome | None:
        """Run a scenario as everywhere; None where it is about something else."""
        run = run_scenario(self.store, self.assessment, scenario, beyond=beyond)
        return run[0] if run else None

    def _without(self, outcome: ScenarioOutcome, reason: str) -> Answer:
        outcome = replace(outcome, reason=reason)
        return Answer(outcome, outcome, horizon=self.due)

    def _pace(self, outcome: ScenarioOutcome) -> float:
        ((*_, end),) = outcome.quantiles([0.5])
        change = self.situation.sign * (float(end) - float(outcome.start_value or 0))
        return round(change / len(outcome.years), 9) + 0.0  # no minus before a zero

    def _precedents(self, pace: float, outcome: ScenarioOutcome) -> list[Precedent] | NoPrecedent:
        return precedents_of_pace(
            classes_of(self.store.catalog, self.store.study),
            self.indicator,
            pace=pace,
            start=float(outcome.start_value or 0),
            years=len(outcome.years),
            falling=self.situation.sign < 0,
        )

    def _people(self, pace: float) -> float | None:
        counts, rate = self.situation.counts, self.indicator.bounds == (0, 100)
        return pace / 100 * counts[1] if counts is not None and rate else None

    def assumed(self, given: Mapping[str, str]) -> Assumed:
        """
        Make an assumption of the fields of a form.

        Parameters
        ----------
        given : mapping of str to str
            Fields by name, from anywhere: what is no number is left out, and none is out of range.

        Returns
        -------
        Assumed
            The assumption; the first course where none that is offered here is named.
        """
        offered = (OWN_PACE, *((LEVERS,) if self.levers else ()), *self.courses)
        first = next((name for name in _FIRST if name in self.courses), OWN_PACE)
        course = given["course"] if given.get("course") in offered else first
        if self.reason is not None:
            return Assumed(course)
        slider, ahead = self.slider, _number(given, "ahead", 1, 50)
        assumed = Assumed(
            course,
            _number(given, "pace", slider.low, slider.high) or 0.0 if course == OWN_PACE else 0.0,
            {one.name: self._setting(one, given) for one in self.levers}
            if course == LEVERS
            else {},
            _number(given, "base", *self.indicator.bounds),
            None if ahead is None else int(ahead),
            _number(given, "shock", 0, MOST_SHOCK) or 0.0,
        )
        year = _number(given, "shock_year", 0, self.years_ahead(assumed) - 1)
        return replace(assumed, shock_year=int(year or 0))

    def _setting(self, lever: Lever, given: Mapping[str, str]) -> float:
        """Read the setting of a lever; a slider shows the usual one at its nearest step."""
        value = _number(given, f"lever.{lever.name}", lever.low, lever.high)
        usual = value is None or abs(value - lever.usual) < self.lever_step(lever) / 2
        return lever.usual if usual or value is None else value


def _number(
    given: Mapping[str, str], name: str, low: float | None, high: float | None
) -> float | None:
    try:
        value = float(given[name])
    except (KeyError, ValueError):
        return None
    if not math.isfinite(value):
        return None
    low, high = (value if limit is None else limit for limit in (low, high))
    return min(max(value, low), high)


def _is_many(scenario: Scenario) -> bool:
    """Tell whether a scenario has several outcomes: a grid, or each reading for itself."""
    return any(
        isinstance(step, Grid) or (isinstance(step, ReadingPath) and step.which == "each")
        for step in scenario.steps
    )


@dataclass(frozen=True, slots=True)
class Choice:
    """What is looked at; ``reading`` is the name of one of the target's readings, or empty."""

    study: str
    area: str
    target: str
    reading: str = ""


class Selection:
    """
    Studies as they are asked for, kept once they are read.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    prepare : callable, optional
        Brings a study's table up to date before it is read; without it the table must be there.
    """

    def __init__(self, catalog: Catalog, prepare: Prepare | None = None) -> None:
        self.catalog = catalog
        self._prepare = prepare
        self._stores: dict[str, SeriesStore] = {}
        self.what_if = lru_cache(_READY)(self._what_if)
        self.assessment = lru_cache(10 * _READY)(self._assessment)

    def plan(self, study: str) -> Plan:
        """Give the plan of a study."""
        return self.catalog.plan(self.catalog.study(study).plan)

    def areas(self, study: str) -> tuple[str, ...]:
        """Give the areas of a study."""
        return self.catalog.expand(self.catalog.study(study).areas)

    def targets(self, study: str) -> tuple[Target, ...]:
        """Give the targets of a study's plan that a number judges."""
        return tuple(target for target in self.plan(study).targets if target.numeric)

    def store(self, study: str) -> SeriesStore:
        """
        Give the observations of a study, read when first asked for.

        Raises
        ------
        DataError
            If its table is missing, or can't be made.
        """
        if study not in self._stores:
            entry = self.catalog.study(study)
            if self._prepare is not None:
                self._prepare(self.catalog, entry)
            table = read_processed(self.catalog.root, study)
            self._stores[study] = SeriesStore(self.catalog, entry, table)
        return self._stores[study]

    def _assessment(self, study: str, area: str, target: str) -> Assessment:
        return assess_target(self.store(study), self.plan(study).target(target), area)

    def readings(self, choice: Choice) -> dict[str, Assessment]:
        """Give the assessments of all readings by name, the default one first."""
        found = self.assessment(choice.study, choice.area, choice.target)
        every = (found, *found.others)
        return {
            f"{one.reading}{'' if one.steps is None else f'.{one.steps}'}": one for one in every
        }

    def _what_if(self, choice: Choice) -> WhatIf:
        """Give the what-if of a choice; of a reading that the target does not have, the default."""
        readings = self.readings(choice)
        found = readings.get(choice.reading) or next(iter(readings.values()))
        return WhatIf(self.store(choice.study), found)

    def choose(self, study: str, area: str = "", target: str = "", reading: str = "") -> Choice:
        """
        Make a whole choice of what was named, and choose what was not.

        Parameters
        ----------
        study : str
            Study id.
        area, target, reading : str, optional
            By id; what is empty or belongs to another study or target is chosen: the first area;
            the first target for which a probability can be given, else the first one that starts
            somewhere, else the first; the default reading.

        Returns
        -------
        Choice
            The choice.

        Raises
        ------
        DefinitionError
            For an unknown study, with the nearest one, or one without a target of numbers.
        """
        areas, known = self.areas(study), [one.id for one in self.targets(study)]
        if not known:
            plan = self.catalog.study(study).plan
            raise DefinitionError(f"plan {plan!r} has no target that a number judges")
        place = area if area in areas else areas[0]
        choice = Choice(study, place, target if target in known else known[0])
        choice = choice if target in known else self._best(choice, known)
        readings = self.readings(choice)
        return replace(choice, reading=reading if reading in readings else next(iter(readings)))

    def _best(self, choice: Choice, known: list[str]) -> Choice:
        started = None
        for name in known:
            one = replace(choice, target=name)
            found = self.assessment(one.study, one.area, name)
            if found.probability is not None:
                return one
            if started is None and self.what_if(one).reason is None:
                started = one
        return started or choice
