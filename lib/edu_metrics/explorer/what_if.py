"""
What can be chosen, the scenario that the sliders make of it, and what that comes to.

:class:`WhatIf` has the numbers, which are those of the command line; :class:`Told` says and draws
them in a language.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from edu_metrics.catalog import (
    Bound,
    Grid,
    Indicator,
    LeverSettings,
    ReadingPath,
    Scenario,
)
from edu_metrics.figures.svg import Line, course
from edu_metrics.observations import MissingInput
from edu_metrics.reachability import (
    Assessment,
    MechanismStart,
    MissingInputs,
    ScenarioOutcome,
    SeriesStore,
    Verdict,
    chance,
    edge_of,
    run_scenario,
    verdict_of,
)
from edu_metrics.reachability.checks import BEYOND
from edu_metrics.reachability.precedent import (
    NoPrecedent,
    Precedent,
    classes_of,
    counted,
    precedents_of_pace,
)
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.scenarios import (
    asked_scenarios,
    changes_nothing,
    outcome_row,
    with_ups_and_downs,
)
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.trajectories.mechanisms import Lever
from edu_metrics.words import amount, number, percent, say, signed, unit_of

#: Courses that are no scenario of the catalog: a pace of one's own, levers of one's own.
OWN_PACE, LEVERS = "own_pace", "levers"
#: How finely a lever is set. [unit of the lever]
_LEVER_STEPS = {"persons": 1.0, "places": 1.0, "percent": 1.0, "points": 0.5, "marks": 0.1}
#: The course shown first: without a trend, what it would take.
_FIRST = ("as_usual", "required_pace")
#: Why nothing can be tried; a lack of numbers is told by the list of them.
REASONS = (
    "decided", "rank", "reading_undecided", "earlier_year_unknown", "beyond_bounds",
    "mechanism_lacks_numbers", "not_here",
)  # fmt: skip


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
    """

    course: str = OWN_PACE
    pace: float = 0.0
    levers: Mapping[str, float] = field(default_factory=dict)

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form that it comes from."""
        numbers = {"pace": self.pace, **{f"lever.{n}": value for n, value in self.levers.items()}}
        return {"course": self.course, **{n: f"{value:.10g}" for n, value in numbers.items()}}


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
            return self.store.catalog.scenarios[assumed.course]
        if assumed.course == LEVERS:
            (made,) = asked_scenarios(levers=self.settings_of("") | dict(assumed.levers))
        else:
            pace = self.situation.sign * assumed.pace
            unit: Any = "percent" if self.slider.kind == "percent" else "points"
            (made,) = asked_scenarios(pace=pace, unit=unit)
        return made

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
        if course == LEVERS:
            return Assumed(
                LEVERS, levers={one.name: self._setting(one, given) for one in self.levers}
            )
        if course != OWN_PACE or self.reason is not None:
            return Assumed(course)
        return Assumed(pace=_number(given, "pace", self.slider.low, self.slider.high) or 0.0)

    def _setting(self, lever: Lever, given: Mapping[str, str]) -> float:
        """Read the setting of a lever; a slider shows the usual one at its nearest step."""
        value = _number(given, f"lever.{lever.name}", lever.low, lever.high)
        usual = value is None or abs(value - lever.usual) < self.lever_step(lever) / 2
        return lever.usual if usual or value is None else value


def _number(given: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    try:
        value = float(given[name])
    except (KeyError, ValueError):
        return None
    return min(max(value, low), high) if math.isfinite(value) else None


def _is_many(scenario: Scenario) -> bool:
    """Tell whether a scenario has several outcomes: a grid, or each reading for itself."""
    return any(
        isinstance(step, Grid) or (isinstance(step, ReadingPath) and step.which == "each")
        for step in scenario.steps
    )


@dataclass(frozen=True)
class Drawing:
    """
    An answer drawn, and the table behind it.

    Attributes
    ----------
    svg : str
        The drawing with its text alternative; empty where there is nothing to draw.
    unit : str
        What its numbers are counted in, and that they are invented where they are.
    usual : bool
        Whether the usual course stands beside the one assumed.
    table : mapping of str to (mapping of int to float)
        Values by name and year.
    """

    svg: str
    unit: str
    usual: bool
    table: Mapping[str, Mapping[int, float]]

    @property
    def years(self) -> list[int]:
        """All years of the table."""
        return sorted({year for values in self.table.values() for year in values})


class Told:
    """
    The sentences and the figure of a target under an assumption.

    Parameters
    ----------
    what_if : WhatIf
        The target.
    assumed : Assumed
        The assumption.
    lang : str
        Language.
    """

    def __init__(self, what_if: WhatIf, assumed: Assumed, lang: str) -> None:
        self.what_if, self.at = what_if, what_if.situation
        self.assumed, self.lang = assumed, lang

    @cached_property
    def answer(self) -> Answer:
        """What the assumption comes to."""
        return self.what_if.answer(self.assumed)

    def text(self, key: str, **values: object) -> str:
        """Say something of the explorer's own."""
        return say(f"explore.{key}", self.lang, **values)

    def _amount(self, value: float) -> str:
        return amount(value, self.what_if.indicator.unit, self.lang)

    def _points(self, value: float, decimals: int = 1) -> str:
        return say("report.in_points", self.lang, value=number(value, decimals))

    def _list(self, parts: Iterable[str], between: str = "semicolon") -> str:
        return say(f"report.{between}", self.lang).join(parts)

    def reading(self, found: Assessment) -> str:
        """Name the reading of an assessment, and its number of steps."""
        label = self.at.target.reading(found.reading).label.in_(self.lang) if found.reading else ""
        if found.steps is None:
            return label
        return say("report.reading_with_steps", self.lang, label=label, steps=found.steps)

    # What is assumed

    @property
    def courses(self) -> list[tuple[str, str]]:
        """The courses that can be assumed, by name."""
        scenarios = self.what_if.store.catalog.scenarios
        own = (OWN_PACE, LEVERS) if self.what_if.levers else (OWN_PACE,)
        titles = [(name, scenarios[name].title.in_(self.lang)) for name in self.what_if.courses]
        return [*((name, self.text(name)) for name in own), *titles]

    @property
    def assumption(self) -> str:
        """What is assumed, in a sentence."""
        assumed = self.assumed
        if assumed.course == LEVERS:
            return self.text("assumes_levers")
        if assumed.course != OWN_PACE:
            return self.what_if.store.catalog.scenarios[assumed.course].assumes.in_(self.lang)
        kind, size = self.what_if.slider.kind, abs(assumed.pace)
        shown = self._points(size) if kind == "points" else self._amount(size)
        if kind == "percent":
            shown = percent(number(size, 1), self.lang)
        rises = (assumed.pace > 0) == (self.at.sign > 0)
        pace = self.text("pace_rises" if rises else "pace_falls", pace=shown)
        pace = self.text("pace_stands") if assumed.pace == 0 else pace
        start = self._amount(self.at.start_value)
        return self.text("assumes_own_pace", start=start, pace=pace, due=self.what_if.due)

    @property
    def pace_label(self) -> str:
        """What the slider of the pace counts."""
        way = "rising" if self.at.sign > 0 else "falling"
        unit = unit_of(self.what_if.indicator.unit).word(None, self.lang)
        return self.text(f"pace_{self.what_if.slider.kind}_{way}", unit=unit)

    @property
    def pace_note(self) -> str:
        """What pace would just arrive, and what the past had, in the unit of the indicator."""
        found, sign = self.what_if.assessment, self.at.sign
        if found.required_pace is None:
            return ""
        past = "—" if found.past_pace is None else self._change(sign * found.past_pace)
        if sign * found.required_pace <= 0:
            return self.text("pace_enough", past=past)
        return self.text("pace_needed", pace=self._change(sign * found.required_pace), past=past)

    def _change(self, value: float) -> str:
        """Print a change in the better direction, positive where it is better."""
        points = self.what_if.indicator.unit == "percent"
        return self._points(value, 2) if points else self._amount(round(value, 2))

    def lever_label(self, lever: Lever) -> str:
        """Say what a lever is, and where it stands when nothing new is done."""
        per_100 = self.what_if.relative and lever.unit in ("persons", "places")
        unit = self.text("per_100") if per_100 else self.text(f"unit_{lever.unit}")
        name = say(f"requirements.{lever.name}", self.lang)
        return self.text("lever_label", name=name, unit=unit, usual=_short(lever.usual))

    @property
    def lever_note(self) -> str:
        """Why a target has no lever that can be set; empty where it has."""
        lacking = self.at.mechanism
        if not isinstance(lacking, MissingInputs):
            return ""
        if lacking.contradiction:
            return self.text("lever_contradicts")
        if not lacking.missing:
            return self.text("lever_none")
        return self.text("lever_lacks", names=self._list(self._asked_for(lacking.missing)))

    # What is missing

    @property
    def missing(self) -> list[str]:
        """The numbers to ask for where a verdict lacks them."""
        found = self.what_if.assessment
        return self._asked_for(found.missing) if found.verdict is Verdict.NO_DATA else []

    @property
    def no_data(self) -> str:
        """What can be calculated all the same."""
        found = self.what_if.assessment
        if found.start == "plan_statement" and found.last_value is not None:
            value = self._amount(found.last_value)
            return self.text("no_data_stated", year=found.last_year, value=value)
        return self.text("no_data_no_start") if self.what_if.reason == "no_start" else ""

    def _asked_for(self, missing: Iterable[MissingInput]) -> list[str]:
        """Name numbers, the years of each put together."""
        years: dict[tuple[str, str], set[int]] = {}
        for one in missing:
            years.setdefault((one.quantity, one.area), set()).add(one.year)
        catalog = self.what_if.store.catalog
        return [
            self.text(
                "no_data_item",
                name=catalog.quantities[quantity].name.in_(self.lang),
                years=self._list(map(str, sorted(known)), "list_comma"),
                area=catalog.areas[area].name.in_(self.lang),
            )
            for (quantity, area), known in years.items()
        ]

    # What it comes to

    @property
    def why_not(self) -> str:
        """Why nothing can be said of an assumption; empty where the missing numbers say it."""
        reason = self.answer.reason
        if reason is None or reason == "no_start":
            return ""
        why = reason if reason in REASONS else "not_here"
        verdict = say(f"verdict.{self.what_if.assessment.verdict}", self.lang)
        return self.text(f"because_{why}", verdict=verdict)

    def verdict(self, verdict: Verdict, probability: float | None) -> str:
        """Say a verdict with its probability, and the edge that it lies on."""
        word = say(f"verdict.{verdict}", self.lang)
        if probability is None:
            return word
        told = f"{word} {chance(probability, self.lang)}"
        edge = edge_of(probability)
        if edge is None or verdict not in edge:
            return told
        lower, upper = (say(f"verdict.{one}", self.lang) for one in edge)
        on_edge = say("stated.on_edge", self.lang, lower=lower, upper=upper)
        return self._list((told, on_edge), "list_comma")

    @property
    def assumed_verdict(self) -> tuple[str, str]:
        """The verdict under what is assumed, and how it is said."""
        answer = self.answer
        if answer.verdict is not None:
            return answer.verdict, self.verdict(answer.verdict, answer.around.probability)
        if answer.outcome.under_model is not None:
            return Verdict.TRACKED, self._under_model()
        if answer.outcome.met:
            return Verdict.LIKELY, self.text("arrives")
        return Verdict.OUT_OF_REACH, self.text("arrives_not")

    def _under_model(self) -> str:
        """Say what levers change, against the flow model's own answer without them."""
        run = self.answer.outcome
        change = 100 * ((run.under_model or 0.0) - (run.model_base or 0.0))
        return self.text("under_model", change=signed(change, 0))

    @property
    def facts(self) -> Iterator[tuple[str, str, str]]:
        """Four facts of the answer: each with its title and a note."""
        yield self.text("probability"), *self._chance()
        yield self.text("reached"), self._reached(), self._due()
        yield self.text("people"), *self._people()
        yield self.text("precedent"), *self._precedent()

    def _chance(self) -> tuple[str, str]:
        answer = self.answer
        if answer.outcome.under_model is not None:
            return self._under_model(), self.text("by_rates")
        probability = answer.around.probability
        if probability is None:
            stated = answer.outcome.start == "plan_statement"
            return "—", self.text("no_chance_stated" if stated else "no_chance_history")
        shown = chance(probability, self.lang)
        if probability not in (CAP, FLOOR):
            return shown, self.text("by_trend")
        way = self.text("higher" if probability == CAP else "lower")
        return shown, self.text("by_trend_capped", way=way)

    def _reached(self) -> str:
        ending, year = self.answer.outcome.ending, self.answer.reached
        if self.what_if.assessment.level is None or ending is None:
            return "—"
        if year is None:
            key = "reached_otherwise" if ending.fails == "other" else "reached_not"
            return self.text(key, year=self.answer.horizon)
        there = year <= self.at.start_year
        return self.text("reached_already" if there else "reached_year", year=year)

    def _due(self) -> str:
        level, due = self.what_if.assessment.level, self.what_if.due
        if level is None:
            return self.text("due_no_level", year=due)
        return self.text("due", year=due, level=self.bound(level))

    def bound(self, bound: Bound) -> str:
        """Print what is asked, with its sign."""
        return f"{str(bound).split(' ')[0]} {self._amount(bound.value)}"

    def _people(self) -> tuple[str, str]:
        """Say what a pace comes to in persons or institutions, and how many are short when due."""
        answer = self.answer
        own, ending = counts_whole(self.what_if.indicator), answer.outcome.ending
        each = answer.pace if own else answer.people
        if each is None:
            return "—", self.text("people_unknown")
        shown = self._amount if own else _short
        whole = round(abs(each)) if abs(each) >= 10 else round(abs(each), 1)
        way = "people_more" if (each > 0) == (self.at.sign > 0) else "people_fewer"
        parts = [self.text(way if whole else "people_same", number=shown(whole))]
        if ending is not None and ending.short is not None:
            key = "people_short" if ending.short else "people_enough"
            parts.append(self.text(key, number=shown(ending.short)))
        if self.at.counts is None or own:
            return self._list(parts), ""
        of = self.text("people_of", year=self.at.start_year, whole=number(self.at.counts[1], 0))
        return self._list(parts), of

    def _precedent(self) -> tuple[str, str]:
        """Count the precedents of ordinary series in a few words, or say why there are none."""
        found = self.answer.precedents
        if isinstance(found, NoPrecedent):
            named = (NoPrecedent.NOT_A_RATE, NoPrecedent.SPAN, NoPrecedent.NOTHING_ASKED)
            return "—", self.text(f"precedent_{found if found in named else 'none'}")
        first = next((one for one in found if one.reference.kind == "ordinary"), found[0])
        start, pace = self._amount(self.answer.outcome.start_value or 0.0), self._points(first.pace)
        note = self.text("precedent_pace", start=start, pace=pace, years=first.years)
        return counted(first.kept, self.lang), note

    # What it looks like

    @cached_property
    def drawing(self) -> Drawing:
        """The figure; of a reading without an exact meaning there is nothing to draw."""
        run, what_if, found = self.answer.outcome, self.what_if, self.what_if.assessment
        if run.reason == "reading_undecided":
            return Drawing("", "", False, {})
        checks = [check for check in self.at.checks if check.measure == "value"]
        levels = [(check.due, bound) for check in checks for bound in check.bounds]
        # A pace that is asked for is drawn as the level that it comes to.
        if found.level is not None and all(year != what_if.due for year, _ in levels):
            levels.append((what_if.due, found.level))
        largest = max(abs(run.start_value or 0.0), *(abs(one.value) for _, one in levels), 0.0)
        unit = unit_of(what_if.indicator.unit)
        scale, label = unit.divisor(self.lang, largest), unit.label(self.lang, largest)
        if what_if.store.study.simulated:
            label = f"{label} · {self.text('simulated_mark')}"
        start, lines = self._start(scale), self._lines(scale)
        asked = [(year, one.value / scale, self.bound(one)) for year, one in levels]
        low, high = (None if one is None else one / scale for one in what_if.indicator.bounds)
        drawn = course(
            start, asked, labels={}, alt=self._alt(start, lines, asked), lines=lines,
            ticks=_short, limits=(low, high), unit=label, way=False, width=480, height=280,
        ) if start or lines else ""  # fmt: skip
        known = found.start == run.start == "observed"
        first = say("figure.observed", self.lang) if known or not lines else self.text("start")
        table: dict[str, Mapping[int, float]] = {first: start}
        for one in lines:
            table[one.name] = one.values
            if one.low:
                table[self.text("figure_low", name=one.name)] = one.low
                table[self.text("figure_high", name=one.name)] = one.high
        return Drawing(drawn, label, any(one.css == "usual" for one in lines), table)

    def _start(self, scale: float) -> dict[int, float]:
        """Give what was observed, or the one value that is stated."""
        what_if, run = self.what_if, self.answer.outcome
        if run.start == "plan_statement" and run.start_year is not None:
            return {run.start_year: (run.start_value or 0.0) / scale}
        known = what_if.store.record(what_if.indicator.id, what_if.assessment.area).exact
        return {year: known[year] / scale for year in sorted(known) if year <= what_if.due}

    def _lines(self, scale: float) -> list[Line]:
        """Give the course that is assumed, on the usual one where both start from the same."""
        run, usual = self.answer.outcome, self.what_if.courses.get("as_usual")
        if run.draws is None:
            return []
        named = [("assumed", "figure_assumed", run, self.answer.around)]
        if usual and run.start == "observed" and outcome_row(usual) != outcome_row(run):
            named.insert(0, ("usual", "figure_usual", usual, usual))
        lines = []
        for css, name, taken, around in named:
            low, _, high = around.quantiles()
            middle, low, high = (
                dict(zip(taken.years, (float(value) / scale for value in row), strict=True))
                for row in (taken.quantiles([0.5])[0], low, high)
            )
            ends = (low, high) if around.draws is not None and len(around.draws) > 1 else ({}, {})
            lines.append(Line(css, middle, self.text(name), *ends))
        return lines

    def _alt(
        self, start: Mapping[int, float], lines: list[Line], asked: list[tuple[int, float, str]]
    ) -> str:
        def end(values: Mapping[int, float]) -> str:
            year = max(values)
            return say("figure.describe_one", self.lang, year=year, value=number(values[year], 2))

        parts = [end(start)] if start else []
        parts += [self.text("figure_asked", year=year, level=text) for year, _, text in asked]
        parts += [say("figure.describe_course", self.lang, name=one.name, end=end(one.values))
                  for one in lines]  # fmt: skip
        title, joint = self.at.target.title.in_(self.lang), say("figure.joint", self.lang)
        said = say("figure.whole", self.lang, title=title, parts=joint.join(parts))
        if self.what_if.store.study.simulated:
            said = f"[{self.text('simulated_mark')}] {said}"
        return self.text("figure_alt", said=said)


def _short(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)
