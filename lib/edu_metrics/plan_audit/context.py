"""
What a rule is given, and what it gives.

A plan as the rules see it (targets, their links, bases and paces, and what is known besides); a
finding with its sentence and its numbers; and the marks that make a function a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, wraps
from inspect import signature
from typing import Any, NamedTuple, TypeVar

from edu_metrics.catalog import (
    Bound,
    Catalog,
    EachYear,
    Indicator,
    Knowledge,
    Level,
    Plan,
    Reading,
    Target,
    YearlyChange,
)
from edu_metrics.plan_audit.sentences import Said, joined, said, said_rows, said_series, say_with
from edu_metrics.reachability import Check, checks_of
from edu_metrics.reachability.arithmetic import PromisedPace, promised_pace

#: Observed exact values by (indicator, area) and year.
Series = Mapping[tuple[str, str], Mapping[int, float]]


K = TypeVar("K", bound=Knowledge)
#: Lowest and highest value of an indicator.
Limits = tuple[float | None, float | None]
NO_LIMITS: Limits = (None, None)


class Observed(NamedTuple):
    """An observed value, with where and when."""

    area: str
    year: int
    value: float


@dataclass(frozen=True)
class PlanContext:
    """
    Everything a rule may look at.

    Attributes
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        The plan audited.
    series : mapping
        Observed exact values by (indicator, area) and year, where there are any: those of the
        plan's areas and of the areas above them.
    """

    catalog: Catalog
    plan: Plan
    series: Series = field(default_factory=dict)

    @cached_property
    def targets(self) -> Mapping[str, Target]:
        """The plan's targets by id, in its order."""
        return {target.id: target for target in self.plan.targets}

    def entries(self, kind: type[K]) -> list[K]:
        """Give the knowledge of one class."""
        return [entry for entry in self.catalog.knowledge.values() if isinstance(entry, kind)]

    def indicator(self, target: Target, reading: Reading | None = None) -> Indicator | None:
        """Give the indicator of a target, or of one of its readings."""
        name = (reading.indicator if reading else None) or target.indicator
        return self.catalog.indicators[name] if name else None

    def usual_indicator(self, target: Target) -> Indicator | None:
        """Give the indicator of a target's default reading."""
        return self.indicator(target, target.default_reading)

    def limits(self, target: Target, reading: Reading | None = None) -> Limits:
        """Give the lowest and the highest value of a target's indicator."""
        indicator = self.indicator(target, reading)
        return indicator.bounds if indicator else NO_LIMITS

    def unit(self, target: Target, reading: Reading | None = None) -> str:
        """Give the unit of a target's indicator, or else its own."""
        indicator = self.indicator(target, reading)
        return indicator.unit if indicator else target.unit

    @cached_property
    def by_indicator(self) -> Mapping[str, tuple[Target, ...]]:
        """The targets by indicator, so that pairs are sought only where they can be."""
        grouped: dict[str, list[Target]] = {}
        for target in self.plan.targets:
            if target.indicator:
                grouped.setdefault(target.indicator, []).append(target)
        return {name: tuple(targets) for name, targets in grouped.items()}

    @cached_property
    def linked_pairs(self) -> tuple[tuple[Target, Target], ...]:
        """The pairs of targets that are linked, each once, in the order of the plan."""
        order = {name: number for number, name in enumerate(self.targets)}
        pairs = {
            tuple(sorted((target.id, other), key=order.__getitem__))
            for target in self.plan.targets
            for other in target.see_also
            if other in order and other != target.id
        }
        ordered = sorted(pairs, key=lambda pair: (order[pair[0]], order[pair[1]]))
        return tuple((self.targets[first], self.targets[second]) for first, second in ordered)

    def related(self, indicator: str, kind: str) -> tuple[str, ...]:
        """Give the indicators that one names in relations of a kind."""
        return tuple(
            name
            for relation in self.catalog.indicators[indicator].relations
            if relation.kind == kind
            for name in relation.indicators
        )

    def in_order(self, targets: Iterable[str]) -> tuple[str, ...]:
        """Put ids of targets into the order of the plan."""
        chosen = set(targets)
        return tuple(name for name in self.targets if name in chosen)

    def titles(self, targets: Iterable[Target]) -> Said:
        """Give several titles, for a sentence."""
        quoted = (joined(("“", target.title, "”")) for target in targets)
        return joined(quoted, by="report.list_comma")

    def area_name(self, area: str) -> Said:
        """Give an area's name, for a sentence."""
        return self.catalog.areas[area].name

    def indicator_name(self, indicator: str) -> Said:
        """Give an indicator's name, for a sentence."""
        return self.catalog.indicators[indicator].name

    def base(self, target: Target) -> tuple[int, float] | None:
        """Give the year and value that the plan itself states as its start, if it is a number."""
        if target.baseline is None or not target.baseline.exact:
            return None
        return target.baseline.year or self.plan.issued.year, target.baseline.value

    def base_value(self, target: Target, seen: Sequence[Observed]) -> float | None:
        """Give the value that a plan states as its start, else the last one observed nearby."""
        stated = self.base(target)
        return stated[1] if stated else seen[-1].value if seen else None

    def steps(self, target: Target) -> tuple[int | None, ...]:
        """Give the numbers of steps a target can mean, the default one first."""
        if not target.steps:
            return (None,)
        default = self.plan.default_steps(target)
        return tuple(sorted(target.steps, key=lambda steps: steps != default))

    def checks(self, target: Target, reading: Reading, steps: int | None) -> tuple[Check, ...]:
        """Take a reading of a target apart."""
        limits = self.limits(target, reading)
        return checks_of(
            reading, steps=steps, deadline=self.plan.deadline_of(target), limits=limits
        )

    @staticmethod
    def bounds(reading: Reading) -> dict[int, tuple[Bound, ...]]:
        """Give all bounds that a reading sets by year: two of them make a corridor."""
        by_year: dict[int, tuple[Bound, ...]] = {}
        for level in reading.of(Level):
            for year, bound in level.at.items():
                by_year[year] = (*by_year.get(year, ()), bound)
        return dict(sorted(by_year.items()))

    @staticmethod
    def pace(target: Target) -> PromisedPace | None:
        """Give the yearly change that a target promises, if its default reading has one."""
        reading = target.default_reading
        return promised_pace(target) if reading and reading.of(YearlyChange) else None

    @classmethod
    def usual_levels(cls, target: Target) -> dict[int, Bound]:
        """Give the levels by year that a target's default reading sets; a corridor is no level."""
        bounds = cls.bounds(target.default_reading) if target.default_reading else {}
        return {year: ends[0] for year, ends in bounds.items() if len(ends) == 1}

    def level_by_year(self, target: Target) -> dict[int, float]:
        """Give the same as numbers; a bound on each year falls due last."""
        reading = target.default_reading
        if reading is None or reading.indicator not in (None, target.indicator):
            return {}
        levels = {year: bound.value for year, bound in self.usual_levels(target).items()}
        for floor in reading.of(EachYear):
            levels.setdefault(self.plan.deadline_of(target), floor.bound.value)
        return levels

    def levels_on(self, indicator: str) -> dict[int, dict[str, float]]:
        """Give the levels that targets set for an indicator: by year, and by target."""
        levels: dict[int, dict[str, float]] = {}
        for target in self.by_indicator.get(indicator, ()):
            for year, value in self.level_by_year(target).items():
                levels.setdefault(year, {})[target.id] = value
        return levels

    def paced_target(self, indicator: str) -> tuple[Target, PromisedPace] | None:
        """Give the first target that promises a yearly change of an indicator, in points."""
        for target in sorted(self.by_indicator.get(indicator, ()), key=lambda one: one.id):
            pace = self.pace(target)
            if pace is not None and not pace.relative and pace.slowest and target.steps:
                return target, pace
        return None

    def line(self, area: str | None) -> Iterator[str]:
        """Give an area and those above it, the nearest first."""
        while area is not None:
            yield area
            area = self.catalog.areas[area].parent

    def areas_above(self, target: Target) -> tuple[str, ...]:
        """Give the areas above a target's areas, the nearest first."""
        first = self.catalog.expand(target.areas)[0]
        return tuple(self.line(self.catalog.areas[first].parent))

    def nearest_observed(self, indicator: str, target: Target) -> tuple[Observed, ...]:
        """
        Give the values, by year, of the nearest area that has any, up to the year of issue.

        Later values would judge a plan with what nobody knew when it was written. For several
        areas the search begins above them.
        """
        areas = self.catalog.expand(target.areas)
        for area in self.areas_above(target) if len(areas) > 1 else self.line(areas[0]):
            values = self.series.get((indicator, area), {})
            known = [year for year in sorted(values) if year <= self.plan.issued.year]
            if known:
                return tuple(Observed(area, year, values[year]) for year in known)
        return ()

    def observed_above(self, indicator: str, target: Target) -> dict[str, dict[int, float]]:
        """
        Give what was observed in a target's area and in those above it, nearest first.

        The values of the plan's own years, to see beside what came about; where an area has none of
        them, its last one before.
        """
        first, last = self.plan.first_year, self.plan.last_year
        by_area = {}
        for area in self.line(target.areas[0]):
            known = self.series.get((indicator, area), {})
            years = [year for year in sorted(known) if first <= year <= last]
            years = years or [year for year in sorted(known) if year < first][-1:]
            if years:
                by_area[area] = {year: known[year] for year in years}
        return by_area

    def beside(self, observed: Mapping[str, Mapping[int, float]]) -> Said:
        """Say observed values for comparison; nothing where there are none."""
        if not observed:
            return ""
        values = (said_series(one, "percent") for one in observed.values())
        rows = said_rows("audit_joint.seen_row", area=map(self.area_name, observed), values=values)
        return said("audit_joint.seen", rows=rows)


#: What the numbers behind a finding may be: ready for JSON.
Value = float | int | str | bool | None | list[Any] | dict[str, Any]


class Kind(StrEnum):
    """The kinds of finding."""

    TIME_BASE = "time_base"
    DEFINITION = "definition"
    CONTRADICTION = "contradiction"
    TABLE_ARTICLE = "table_article"
    VACUOUS = "vacuous"
    IMPOSSIBLE = "impossible"
    AMBIGUOUS = "ambiguous"
    RECORD = "record"
    JOINT = "joint"
    WHOLE_NUMBERS = "whole_numbers"
    UNMEASURABLE = "unmeasurable"
    BOUNDARY = "boundary"


class Severity(StrEnum):
    """
    How much a finding matters to whoever has to keep or judge the plan.

    ``high``: the text can't hold as printed, or nobody can judge it. ``medium``: the verdict
    depends on a choice that the text leaves open. ``low``: good to know. ``open``: the plan
    alone does not let the rule decide, and the finding says what is missing.
    """

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Finding:
    """
    One thing that a rule found in a plan.

    Attributes
    ----------
    severity : Severity
        How much it matters.
    text : str
        Key of the sentence.
    targets : tuple of str
        The targets concerned, in the order of the plan; the one looked at when left out.
    values : dict
        What is filled into the sentence beside the numbers, the number of targets (``count``),
        all their titles (``titles``), that of the first (``title``, ``first``) and of the
        last (``second``); a value may be words by language, or what makes them. They repeat the
        numbers and take no part in comparing two findings.
    numbers : dict
        The numbers behind it, ready for JSON.
    part : str
        Tells apart several findings of one rule on the same targets.
    kind : Kind
        What sort of thing: its rule's, where the rule does not say another.
    rule : str
        Name of the rule that found it.
    """

    severity: Severity
    text: str
    targets: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict, compare=False)
    numbers: dict[str, Value] = field(default_factory=dict)
    part: str = ""
    kind: Kind | None = None
    rule: str = ""

    @property
    def id(self) -> str:
        """Name that stays the same while the plan's entries do."""
        tail = f":{self.part}" if self.part else ""
        return f"{self.rule}:{'+'.join(self.targets)}{tail}"

    def message(self, lang: str) -> str:
        """
        Say the finding in one sentence.

        Parameters
        ----------
        lang : {"zh", "en"}
            Language.

        Returns
        -------
        str
            The sentence.
        """
        return say_with(self.text, self.values, lang)


#: What looks at a plan.
Rule = Callable[[PlanContext], Iterable[Finding]]
#: Every rule of the modules that were loaded.
RULES: list[Rule] = []


def rule(kind: Kind, *, gathered: str = "") -> Callable[[Callable[..., Iterable[Finding]]], Rule]:
    """
    Make a function a rule of the audit: what it finds bears its kind and its name.

    It looks at a plan, or at one target after the other where it takes one. Gathered, what it says
    of several targets in the same words and part becomes one finding on all of them, and their
    number stands among its numbers under the name given.
    """

    def register(see: Callable[..., Iterable[Finding]]) -> Rule:
        of_target = len(signature(see).parameters) > 1

        @wraps(see)
        def find(context: PlanContext) -> Iterator[Finding]:
            seen = _of_each(see, context) if of_target else see(context)
            for one in _gathered(seen, gathered) if gathered else seen:
                if not one.targets:
                    continue  # what concerns no target is no finding
                concerned = [context.targets[name] for name in one.targets]
                values = {
                    "title": concerned[0].title,
                    "first": concerned[0].title,
                    "second": concerned[-1].title,
                    "titles": context.titles(concerned),
                    "count": len(concerned),
                    **one.numbers,
                    **one.values,
                }
                yield replace(one, values=values, kind=one.kind or kind, rule=see.__name__)

        RULES.append(find)
        return find

    return register


def _of_each(see: Callable[..., Iterable[Finding]], context: PlanContext) -> Iterator[Finding]:
    for target in context.plan.targets:
        for one in see(context, target):
            yield replace(one, targets=one.targets or (target.id,))


def _gathered(seen: Iterable[Finding], count: str) -> Iterator[Finding]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for one in seen:
        groups.setdefault((one.text, one.part), []).append(one)
    for alike in groups.values():
        targets = dict.fromkeys(name for one in alike for name in one.targets)
        numbers = {count: len(targets), **alike[0].numbers}
        yield replace(alike[0], targets=tuple(targets), numbers=numbers)
