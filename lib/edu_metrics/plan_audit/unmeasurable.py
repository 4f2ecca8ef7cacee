"""What nobody could measure: no base, no date, no definition, no data."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from edu_metrics.catalog import (
    AverageChange,
    Break,
    Indicator,
    SourceEnd,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule
from edu_metrics.plan_audit.sentences import said_date

_CHANGES = (YearlyChange, AverageChange, TotalChange)


def _grouped(
    key: str,
    severity: Severity,
    targets: Iterable[Target],
    *,
    values: dict[str, Any] | None = None,
    numbers: dict[str, Value] | None = None,
    part: str = "",
) -> Iterator[Flaw]:
    """Give one finding for all targets concerned, or none."""
    concerned = tuple(target.id for target in targets)
    if concerned:
        yield Flaw(
            severity=severity,
            text=f"audit_unmeasurable.{key}",
            targets=concerned,
            values=values or {},
            numbers={"targets": len(concerned), **(numbers or {})},
            part=part,
        )


def indicators_of(context: PlanContext, target: Target) -> list[Indicator]:
    """Give the indicators that a target names, of all its readings, each once."""
    return [context.catalog.indicators[name] for name in target.indicators]


def _starts_known(context: PlanContext, target: Target) -> bool:
    """Tell whether the plan states a base for a target's indicator, or its area has values."""
    name = target.indicator
    if name is None or context.base(target) or context.base_of_indicator(name):
        return True
    issued = context.plan.issued.year
    return any(
        year <= issued
        for area in context.catalog.expand(target.areas)
        for year in context.series.get((name, area), {})
    )


@rule(Kind.UNMEASURABLE)
def no_baseline(context: PlanContext) -> Iterator[Flaw]:
    """Find promises of change from a start that the plan does not give, and levels without one."""
    changes, levels = [], []
    for target in context.plan.targets:
        reading = target.default_reading
        if reading is None or _starts_known(context, target):
            continue
        sizes = [
            bound.value
            for condition in reading.conditions
            if isinstance(condition, _CHANGES)
            for bound in condition.change
        ]
        if any(sizes):
            changes.append(target)
        elif not sizes and context.usual_levels(target) and target.better in ("higher", "lower"):
            levels.append(target)
    yield from _grouped("change_without_base", Severity.HIGH, changes, part="change")
    yield from _grouped("level_without_base", Severity.LOW, levels, part="level")


@rule(Kind.UNMEASURABLE)
def no_date(context: PlanContext) -> Iterator[Flaw]:
    """Find promises without a date; what is to happen at intervals needs none."""
    undated = [t for t in context.plan.targets if t.deadline is None and t.frequency is None]
    numeric = [target for target in undated if target.numeric]
    others = [target for target in undated if not target.numeric]
    year: dict[str, Value] = {"assumed_year": context.plan.last_year}
    yield from _grouped("no_date", Severity.MEDIUM, numeric, numbers=year, part="numeric")
    yield from _grouped("no_date", Severity.LOW, others, numbers=year, part="other")


@rule(Kind.UNMEASURABLE)
def no_measure(context: PlanContext) -> Iterator[Flaw]:
    """Find promises that no number judges: neither an indicator nor a frequency."""
    bare = [
        target
        for target in context.plan.targets
        if target.indicator is None and target.frequency is None and not target.readings
    ]
    yield from _grouped("no_measure", Severity.LOW, bare)


@rule(Kind.UNMEASURABLE)
def undecided_readings(context: PlanContext) -> Iterator[Flaw]:
    """Find readings that no defined indicator can judge."""
    default, other = [], []
    for target in context.plan.targets:
        undecided = [reading for reading in target.readings if reading.undecided]
        if any(reading.default for reading in undecided):
            default.append(target)
        elif undecided:
            other.append(target)
    yield from _grouped("undecided_default", Severity.HIGH, default, part="default")
    yield from _grouped("undecided_other", Severity.LOW, other, part="other")


@rule(Kind.UNMEASURABLE)
def unverified_parameters(context: PlanContext) -> Iterator[Flaw]:
    """Find cut-offs, age bands and populations inside a definition that no source confirms."""
    using: dict[tuple[str, str], list[Target]] = {}
    for target in context.plan.targets:
        for indicator in indicators_of(context, target):
            for name, parameter in indicator.parameters.items():
                if parameter.unverified:
                    using.setdefault((indicator.id, name), []).append(target)
    for (indicator_id, name), targets in using.items():
        indicator = context.catalog.indicators[indicator_id]
        value, label = indicator.parameters[name].value, indicator.parameters[name].label
        bare = f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}"
        yield from _grouped(
            "parameter",
            Severity.MEDIUM,
            targets,
            values={
                "indicator": indicator.name,
                "choice": label if label else bare,
            },
            numbers={"indicator": indicator_id, "parameter": name, "value": value},
            part=f"{indicator_id}.{name}",
        )


@rule(Kind.UNMEASURABLE)
def undefined_standards(context: PlanContext) -> Iterator[Flaw]:
    """Find what had to be assumed on weak ground, or from memory, to judge a target at all."""
    using: dict[str, list[Target]] = {}
    for target in context.plan.targets:
        names = [*target.assumptions]
        for indicator in indicators_of(context, target):
            names += indicator.assumptions
        for name in dict.fromkeys(names):
            assumption = context.catalog.assumptions[name]
            if assumption.quality == "red" or assumption.unverified:
                using.setdefault(name, []).append(target)
    for name, targets in using.items():
        assumption = context.catalog.assumptions[name]
        turning = assumption.quality == "red" and assumption.impact == "red"
        yield from _grouped(
            "unverified" if assumption.unverified else "weak",
            Severity.HIGH if turning else Severity.MEDIUM,
            targets,
            values={"assumption": assumption.title},
            numbers={
                "assumption": name,
                "quality": assumption.quality,
                "impact": assumption.impact,
                "unverified": assumption.unverified,
            },
            part=name,
        )


@rule(Kind.UNMEASURABLE)
def sources_that_end(context: PlanContext) -> Iterator[Flaw]:
    """Find targets whose data can't be had any more before they fall due."""
    for entry in context.entries(SourceEnd):
        concerned = [
            target
            for name in entry.indicators
            for target in context.by_indicator.get(name, ())
            if entry.from_date <= dt.date(context.deadline(target), 12, 31)
        ]
        months = 12 * (entry.from_date.year - context.plan.issued.year)
        months += entry.from_date.month - context.plan.issued.month
        yield from _grouped(
            "source_ends",
            Severity.HIGH,
            [context.targets[n] for n in context.in_order(one.id for one in concerned)],
            values={"date": said_date(entry.from_date), "why": entry.why},
            numbers={"from_date": entry.from_date.isoformat(), "months_after_issue": months},
            part=entry.id,
        )


@rule(Kind.UNMEASURABLE)
def breaks_inside(context: PlanContext) -> Iterator[Flaw]:
    """Find series that break between a plan's start and the day on which a target falls due."""
    by_indicator: dict[str, list[Break]] = {}
    for entry in context.catalog.breaks.values():
        by_indicator.setdefault(entry.indicator, []).append(entry)
    by_event: dict[tuple[int, str], tuple[set[str], Break, dict[str, Target]]] = {}
    for target in context.plan.targets:
        areas = set(context.catalog.expand(target.areas))
        for indicator in indicators_of(context, target):
            for entry in by_indicator.get(indicator.id, ()):
                bound = set(context.catalog.expand(entry.areas))
                inside = context.plan.first_year < entry.year <= context.deadline(target)
                if inside and (not bound or bound & areas):
                    # One event can break several series.
                    held = by_event.setdefault(
                        (entry.year, entry.why.in_("en")), (set(), entry, {})
                    )
                    held[0].add(entry.id)
                    held[2][target.id] = target
    for (year, _), (names, entry, targets) in by_event.items():
        yield from _grouped(
            "break_inside",
            Severity.MEDIUM,
            targets.values(),
            values={"why": entry.why},
            numbers={"year": year, "breaks": sorted(names)},
            part=min(names),
        )
