"""A plan as the rules see it: targets, their links, bases and paces, and what is known besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from edu_metrics.catalog import (
    Bound,
    Catalog,
    Indicator,
    Knowledge,
    Level,
    Plan,
    Reading,
    Target,
    YearlyChange,
)
from edu_metrics.reachability import Check, checks_of
from edu_metrics.reachability.arithmetic import PromisedPace, promised_pace

__all__ = ["PlanContext"]

Series = Mapping[tuple[str, str], Mapping[int, float]]


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

    @cached_property
    def knowledge(self) -> tuple[Knowledge, ...]:
        """What is known besides the plan."""
        return tuple(self.catalog.knowledge.values())

    def known(self, kind: type[Knowledge], indicator: str | None) -> Iterator[Knowledge]:
        """Give the knowledge of one class that is about an indicator."""
        for entry in self.knowledge:
            if isinstance(entry, kind):
                named = {getattr(entry, "indicator", None), *getattr(entry, "indicators", ())}
                if indicator in named:
                    yield entry

    def indicator(self, target: Target, reading: Reading | None = None) -> Indicator | None:
        """Give the indicator of a target, or of one of its readings."""
        name = (reading.indicator if reading else None) or target.indicator
        return self.catalog.indicators[name] if name else None

    @cached_property
    def by_indicator(self) -> Mapping[str, tuple[Target, ...]]:
        """The targets by indicator, so that pairs are sought only where they can be."""
        grouped: dict[str, list[Target]] = {}
        for target in self.plan.targets:
            if target.indicator:
                grouped.setdefault(target.indicator, []).append(target)
        return {name: tuple(found) for name, found in grouped.items()}

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

    def title(self, target: Target | str) -> dict[str, str]:
        """Give a target's title in both languages, for a sentence."""
        entry = self.targets[target] if isinstance(target, str) else target
        return {"zh": entry.title.zh, "en": entry.title.en}

    def titles(self, targets: Iterable[Target]) -> dict[str, str]:
        """Give several titles in both languages, for a sentence."""
        found = list(targets)
        return {
            "zh": "、".join(f"“{target.title.zh}”" for target in found),
            "en": ", ".join(f"“{target.title.en}”" for target in found),
        }

    def deadline(self, target: Target) -> int:
        """Give the year in which a target falls due."""
        return self.plan.deadline_of(target)

    def base(self, target: Target) -> tuple[int, float] | None:
        """Give the year and value that the plan itself states as its start, if it is a number."""
        if target.baseline is None or not target.baseline.exact:
            return None
        return target.baseline.year or self.plan.issued.year, target.baseline.value

    def base_of_indicator(self, indicator: str) -> tuple[int, float] | None:
        """Give the first base that any target states for an indicator."""
        for target in self.by_indicator.get(indicator, ()):
            if base := self.base(target):
                return base
        return None

    def steps(self, target: Target) -> tuple[int | None, ...]:
        """Give the numbers of steps a target can mean, the default one first."""
        if not target.steps:
            return (None,)
        default = self.plan.default_steps(target)
        return tuple(sorted(target.steps, key=lambda steps: steps != default))

    def checks(self, target: Target, reading: Reading, steps: int | None) -> tuple[Check, ...]:
        """Take a reading of a target apart."""
        indicator = self.indicator(target, reading)
        limits = indicator.bounds if indicator else (None, None)
        return checks_of(reading, steps=steps, deadline=self.deadline(target), limits=limits)

    @staticmethod
    def bounds(reading: Reading) -> dict[int, tuple[Bound, ...]]:
        """Give all bounds that a reading sets by year: two of them make a corridor."""
        found: dict[int, tuple[Bound, ...]] = {}
        for condition in reading.conditions:
            if isinstance(condition, Level):
                for year, bound in condition.at.items():
                    found[year] = (*found.get(year, ()), bound)
        return dict(sorted(found.items()))

    @classmethod
    def levels(cls, reading: Reading) -> dict[int, Bound]:
        """Give the levels that a reading sets by year; a corridor is no level."""
        return {year: ends[0] for year, ends in cls.bounds(reading).items() if len(ends) == 1}

    @staticmethod
    def pace(target: Target) -> PromisedPace | None:
        """Give the yearly change that a target promises, if its default reading has one."""
        reading = target.default_reading
        asked = reading.conditions if reading else ()
        return promised_pace(target) if any(isinstance(c, YearlyChange) for c in asked) else None
