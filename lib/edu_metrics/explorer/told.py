"""What of a target, and of an assumption about it, is said in words and drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from edu_metrics.catalog import Bound
from edu_metrics.explorer.what_if import LEVERS, OWN_PACE, Answer, Assumed, WhatIf
from edu_metrics.figures.svg import Line, course
from edu_metrics.observations import MissingInput
from edu_metrics.reachability import Assessment, MissingInputs, Verdict, chance, edge_of
from edu_metrics.reachability.precedent import NoPrecedent, counted, kept_pace, share_kept
from edu_metrics.reachability.scenarios import outcome_row
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import CAP, FLOOR
from edu_metrics.trajectories.mechanisms import Lever
from edu_metrics.words import amount, number, percent, say, signed, unit_of

#: Why nothing can be tried; a lack of numbers is told by the list of them.
REASONS = (
    "decided", "rank", "reading_undecided", "earlier_year_unknown", "beyond_bounds",
    "mechanism_lacks_numbers", "not_here",
)  # fmt: skip


class Told:
    """
    The sentences of a target.

    Parameters
    ----------
    what_if : WhatIf
        The target.
    lang : str
        Language.
    """

    def __init__(self, what_if: WhatIf, lang: str) -> None:
        self.what_if, self.at, self.lang = what_if, what_if.situation, lang

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

    def years(self, assumed: Assumed) -> list[tuple[str, str]]:
        """Give the years ahead, counted from 0."""
        first = self.what_if.due - self.what_if.years_ahead(assumed) + 1
        return [(str(at), str(first + at)) for at in range(self.what_if.years_ahead(assumed))]

    def assumption(self, assumed: Assumed) -> str:
        """Say in one or two sentences what is assumed."""
        scenarios = self.what_if.store.catalog.scenarios
        if assumed.course == OWN_PACE:
            told = [self._own_pace(assumed)]
        elif assumed.course == LEVERS:
            told = [self.text("assumes_levers")]
        else:
            told = [scenarios[assumed.course].assumes.in_(self.lang)]
        if assumed.shock:
            points = self.what_if.slider.kind == "points"
            percents = percent(number(assumed.shock, 1), self.lang)
            size = self._points(assumed.shock) if points else percents
            _, year = self.years(assumed)[assumed.shock_year]
            told.append(self.text("assumes_shock", year=year, size=size))
        return self._list(told, "sentence_gap")

    def _own_pace(self, assumed: Assumed) -> str:
        kind, size = self.what_if.slider.kind, abs(assumed.pace)
        shown = self._points(size) if kind == "points" else self._amount(size)
        if kind == "percent":
            shown = percent(number(size, 1), self.lang)
        rises = (assumed.pace > 0) == (self.at.sign > 0)
        pace = self.text("pace_rises" if rises else "pace_falls", pace=shown)
        pace = self.text("pace_stands") if assumed.pace == 0 else pace
        start = self._amount(self.at.start_value if assumed.base is None else assumed.base)
        return self.text("assumes_own_pace", start=start, pace=pace, due=self.what_if.due)

    @property
    def unit(self) -> str:
        """The unit of the indicator in words."""
        return unit_of(self.what_if.indicator.unit).word(None, self.lang)

    @property
    def pace_label(self) -> str:
        """What the slider of the pace counts."""
        way = "rising" if self.at.sign > 0 else "falling"
        return self.text(f"pace_{self.what_if.slider.kind}_{way}", unit=self.unit)

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

    def why_not(self, answer: Answer) -> str:
        """Say why nothing can be said of an assumption; empty where the missing numbers say it."""
        if answer.reason is None or answer.reason == "no_start":
            return ""
        why = answer.reason if answer.reason in REASONS else "not_here"
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

    def assumed_verdict(self, answer: Answer) -> tuple[str, str]:
        """Give the verdict under what is assumed, and say it."""
        if answer.verdict is not None:
            return answer.verdict, self.verdict(answer.verdict, answer.around.probability)
        if answer.outcome.under_model is not None:
            return Verdict.TRACKED, self._under_model(answer)
        if answer.outcome.met:
            return Verdict.LIKELY, self.text("arrives")
        return Verdict.OUT_OF_REACH, self.text("arrives_not")

    def _under_model(self, answer: Answer) -> str:
        """Say what levers change, against the flow model's own answer without them."""
        run = answer.outcome
        change = 100 * ((run.under_model or 0.0) - (run.model_base or 0.0))
        return self.text("under_model", change=signed(change, 0))

    def facts(self, answer: Answer) -> Iterator[tuple[str, str, str]]:
        """Say four facts of an answer: each with its title and a note."""
        yield self.text("probability"), *self._chance(answer)
        yield self.text("reached"), self._reached(answer), self._due()
        yield self.text("people"), *self._people(answer)
        yield self.text("precedent"), *self._precedent(answer)

    def _chance(self, answer: Answer) -> tuple[str, str]:
        if answer.outcome.under_model is not None:
            return self._under_model(answer), self.text("by_rates")
        probability = answer.around.probability
        if probability is None:
            starts = {"plan_statement": "no_chance_stated", "assumed": "no_chance_assumed"}
            return "—", self.text(starts.get(str(answer.outcome.start), "no_chance_history"))
        shown = chance(probability, self.lang)
        if probability not in (CAP, FLOOR):
            return shown, self.text("by_trend")
        way = self.text("higher" if probability == CAP else "lower")
        return shown, self.text("by_trend_capped", way=way)

    def _reached(self, answer: Answer) -> str:
        ending, year = answer.outcome.ending, answer.reached
        if self.what_if.assessment.level is None or ending is None:
            return "—"
        if year is None:
            otherwise = ending.fails == "other"
            return self.text(
                "reached_otherwise" if otherwise else "reached_not", year=answer.horizon
            )
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

    def _people(self, answer: Answer) -> tuple[str, str]:
        """Say what a pace comes to in persons or institutions, and how many are short when due."""
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

    def _precedent(self, answer: Answer) -> tuple[str, str]:
        """Count the precedents of ordinary series in a few words, or say why there are none."""
        found = answer.precedents
        if isinstance(found, NoPrecedent):
            named = (NoPrecedent.NOT_A_RATE, NoPrecedent.SPAN, NoPrecedent.NOTHING_ASKED)
            return "—", self.text(f"precedent_{found if found in named else 'none'}")
        first = next((one for one in found if one.reference.kind == "ordinary"), found[0])
        start, pace = self._amount(answer.outcome.start_value or 0.0), self._points(first.pace)
        note = self.text("precedent_pace", start=start, pace=pace, years=first.years)
        return counted(first.kept, self.lang), note

    def precedents(self, answer: Answer) -> list[str]:
        """Say what each reference class tells."""
        if isinstance(answer.precedents, NoPrecedent):
            return []
        return [
            self.text(
                "precedent_class",
                name=one.reference.name.in_(self.lang),
                counted=counted(one.kept, self.lang),
                what=kept_pace(one.kept, falling=one.falling, lang=self.lang),
                share=share_kept(one.kept, self.lang),
            )
            for one in answer.precedents
        ]


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

    @classmethod
    def of(cls, told: Told, answer: Answer) -> Drawing:
        """Draw an answer; of a reading without an exact meaning there is nothing to draw."""
        if answer.reason == "reading_undecided":
            return cls("", "", False, {})
        what_if, lang = told.what_if, told.lang
        unit = unit_of(what_if.indicator.unit)
        sizes = [abs(answer.outcome.start_value or 0.0)]
        sizes += [abs(one.value) for _, one in _levels(what_if)]
        scale, label = unit.divisor(lang, max(sizes)), unit.label(lang, max(sizes))
        if what_if.store.study.simulated:
            label = f"{label} · {told.text('simulated_mark')}"
        start, lines = _start(what_if, answer, scale), _lines(told, answer, scale)
        asked = [(year, one.value / scale, told.bound(one)) for year, one in _levels(what_if)]
        low, high = (None if one is None else one / scale for one in what_if.indicator.bounds)
        drawn = course(
            start, asked, labels={}, alt=_alt(told, start, lines, asked), lines=lines,
            ticks=_short, limits=(low, high), unit=label, way=False, width=480, height=280,
        ) if start or lines else ""  # fmt: skip
        known = what_if.assessment.start == answer.outcome.start == "observed"
        first = say("figure.observed", lang) if known or not lines else told.text("start")
        table: dict[str, Mapping[int, float]] = {first: start}
        for one in lines:
            table[one.name] = one.values
            if one.low:
                table[told.text("figure_low", name=one.name)] = one.low
                table[told.text("figure_high", name=one.name)] = one.high
        return cls(drawn, label, any(one.css == "usual" for one in lines), table)


def _start(what_if: WhatIf, answer: Answer, scale: float) -> dict[int, float]:
    """Give what was observed, or the one value that is stated or assumed."""
    record, run = (
        what_if.store.record(what_if.indicator.id, what_if.assessment.area),
        answer.outcome,
    )
    known = {year: value for year, value in sorted(record.exact.items()) if year <= what_if.due}
    if run.start in ("plan_statement", "assumed") and run.start_year is not None:
        known = {run.start_year: run.start_value or 0.0}
    return {year: value / scale for year, value in known.items()}


def _lines(told: Told, answer: Answer, scale: float) -> list[Line]:
    """Give the course that is assumed, on the usual one where both start from the same."""
    run, usual = answer.outcome, told.what_if.courses.get("as_usual")
    if run.draws is None:
        return []
    named = [("assumed", "figure_assumed", run, answer.around)]
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
        lines.append(Line(css, middle, told.text(name), *ends))
    return lines


def _levels(what_if: WhatIf) -> list[tuple[int, Bound]]:
    """Give the levels that the reading asks for, and the one that a pace comes to."""
    checks = [check for check in what_if.situation.checks if check.measure == "value"]
    levels = [(check.due, bound) for check in checks for bound in check.bounds]
    level = what_if.assessment.level
    if level is not None and all(year != what_if.due for year, _ in levels):
        levels.append((what_if.due, level))
    return levels


def _alt(
    told: Told, start: Mapping[int, float], lines: list[Line], asked: list[tuple[int, float, str]]
) -> str:
    def end(values: Mapping[int, float]) -> str:
        year = max(values)
        return say("figure.describe_one", told.lang, year=year, value=number(values[year], 2))

    parts = [end(start)] if start else []
    parts += [told.text("figure_asked", year=year, level=text) for year, _, text in asked]
    parts += [say("figure.describe_course", told.lang, name=one.name, end=end(one.values))
              for one in lines]  # fmt: skip
    title, joint = told.at.target.title.in_(told.lang), say("figure.joint", told.lang)
    said = say("figure.whole", told.lang, title=title, parts=joint.join(parts))
    if told.what_if.store.study.simulated:
        said = f"[{told.text('simulated_mark')}] {said}"
    return told.text("figure_alt", said=said)


def _short(value: float) -> str:
    return number(value, 0 if float(value).is_integer() else 1)
