"""Targets that can be read in several ways, and how far the readings lie apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edu_metrics.catalog import Bound, Reading, SumOverYears, Target
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity
from edu_metrics.plan_audit.rules._levels import (
    binding,
    ends_of,
    reading_levels,
    reading_range,
)
from edu_metrics.plan_audit.rules._nearest import nearest_observed
from edu_metrics.plan_audit.rules._saying import (
    alternatives,
    bounded,
    in_both,
    listed,
    measured,
    short,
    tidy,
)
from edu_metrics.words import say

__all__ = ["ambiguous_readings", "reading_levels", "reading_range"]

Steps = tuple[int | None, ...]

#: Bases for a plan that states none and an area of which nothing was observed. The smaller a
#: rate, the further percent and points lie apart, so two small ones and the middle of the scale;
#: for anything else a small and a larger number, away from 100, where the two would coincide.
_ILLUSTRATIVE_PCT = (5.0, 8.0, 50.0)
_ILLUSTRATIVE = (10.0, 50.0)


@dataclass(frozen=True, slots=True)
class _Base:
    """A start to hold the readings against, and where it comes from."""

    value: float | None
    source: str
    year: int | None = None
    area: str | None = None


def ambiguous_readings(context: PlanContext) -> Iterator[Finding]:
    """Find targets with several readings, and say how far these lie apart at the deadline."""
    for target in context.plan.targets:
        if len(target.readings) < 2:
            continue
        decided = [reading for reading in target.readings if reading.conditions]
        own = [r for r in decided if r.indicator in (None, target.indicator)]
        foreign = [r for r in decided if r not in own]
        undecided = [r for r in target.readings if r.undecided]
        if len(own) < 2:
            yield _incomparable(context, target, foreign, undecided)
        else:
            yield _apart(context, target, own, foreign, undecided)


def _incomparable(
    context: PlanContext, target: Target, foreign: list[Reading], undecided: list[Reading]
) -> Finding:
    return Finding(
        kind=Kind.AMBIGUOUS,
        severity=Severity.OPEN,
        rule="ambiguous_readings",
        targets=(target.id,),
        text="audit_readings.incomparable",
        values={
            "title": context.title(target),
            "count": len(target.readings),
            "missing": in_both(lambda lang: _left_out(context, foreign, undecided, lang)),
        },
        numbers={
            "readings": [reading.id for reading in target.readings],
            "not_comparable": [reading.id for reading in foreign],
            "undecided": [reading.id for reading in undecided],
        },
    )


def _apart(
    context: PlanContext,
    target: Target,
    own: list[Reading],
    foreign: list[Reading],
    undecided: list[Reading],
) -> Finding:
    indicator = context.indicator(target)
    unit = indicator.unit if indicator else target.unit
    tables = [
        (base, {r.id: _table(context, target, r, base.value) for r in own})
        for base in _bases(context, target, own)
    ]
    base, shown = max(tables, key=lambda one: _worth_showing(*one))
    spread = _widest(shown)
    suffix = "_pct" if unit == "percent" else ""
    gap = "spread_pp" if unit == "percent" else "spread"
    text = _verdict(shown, spread)
    sums = any(isinstance(c, SumOverYears) for r in own for c in r.conditions)
    return Finding(
        kind=Kind.AMBIGUOUS,
        severity=Severity.LOW if text == "none_possible" else Severity.MEDIUM,
        rule="ambiguous_readings",
        targets=(target.id,),
        text=f"audit_readings.{text}",
        values={
            "title": context.title(target),
            "count": len(target.readings),
            "start": in_both(lambda lang: _start(context, base, unit, lang)),
            "what": in_both(lambda lang: say(f"audit_readings.{'sum' if sums else 'level'}", lang)),
            "deadline": context.deadline(target),
            "levels": in_both(
                lambda lang: listed((_row(r, shown[r.id], unit, lang) for r in own), lang)
            ),
            "spread": in_both(lambda lang: _gap(spread, unit, lang)),
            "rest": in_both(lambda lang: _rest(context, foreign, undecided, lang)),
        },
        numbers={
            "deadline": context.deadline(target),
            "steps": list(target.steps),
            "bases": [
                {
                    f"base{suffix}": start.value,
                    "source": start.source,
                    "year": start.year,
                    "area": start.area,
                    f"levels{suffix}": {name: row.levels for name, row in table.items()},
                    "bounds": {
                        name: [[str(b) for b in ends] for ends in row.bounds]
                        for name, row in table.items()
                    },
                    gap: [*_spreads(table)],
                }
                for start, table in tables
            ],
            "not_comparable": [reading.id for reading in foreign],
            "undecided": [reading.id for reading in undecided],
        },
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """What one reading comes to, by number of steps."""

    steps: Steps
    levels: list[float | None]
    bounds: tuple[tuple[Bound, ...], ...]


def _table(context: PlanContext, target: Target, reading: Reading, base: float | None) -> _Row:
    indicator = context.indicator(target, reading)
    limits = indicator.bounds if indicator else (None, None)
    steps: Steps = tuple(sorted(target.steps)) if reading.stepwise else (None,)
    deadline = context.deadline(target)
    ranges = [reading_range(reading, base, one, limits, deadline=deadline) for one in steps]
    levels = [binding(found, base, limits) for found in ranges]
    return _Row(
        steps,
        [None if level is None else tidy(level) for level in levels],
        tuple(ends_of(found, limits) for found in ranges),
    )


def _bases(context: PlanContext, target: Target, own: list[Reading]) -> list[_Base]:
    """Give the stated base, else what was observed nearby, else illustrative ones."""
    if not any(_needs_base(context, target, reading) for reading in own):
        return [_Base(None, "none")]
    if stated := context.base(target):
        return [_Base(stated[1], "stated", stated[0])]
    if target.indicator and (seen := nearest_observed(context, target.indicator, target)):
        return [_Base(one.value, "observed", one.year, one.area) for one in seen]
    indicator = context.indicator(target)
    percent = indicator is not None and indicator.unit == "percent"
    return [
        _Base(value, "illustrative") for value in (_ILLUSTRATIVE_PCT if percent else _ILLUSTRATIVE)
    ]


def _needs_base(context: PlanContext, target: Target, reading: Reading) -> bool:
    steps = target.steps[0] if target.steps else None
    return any(
        check.measure in ("points", "percent", "points_per_step")
        for check in context.checks(target, reading, steps)
    )


def _worth_showing(base: _Base, table: Mapping[str, _Row]) -> tuple[int, float, float]:
    """Prefer the base on which most readings can be kept; observed: the latest; else the widest."""
    possible = sum(level is not None for row in table.values() for level in row.levels)
    if base.source == "observed":
        return (possible, 0.0, float(base.year or 0))
    return (possible, _widest(table), base.value or 0.0)


def _spreads(table: Mapping[str, _Row]) -> list[float | None]:
    """Say how far the readings lie apart, for each number of steps."""
    spreads: list[float | None] = []
    for number in range(max(len(row.levels) for row in table.values())):
        # A reading without steps comes to one level, whatever their number.
        levels = [row.levels[min(number, len(row.levels) - 1)] for row in table.values()]
        known = [level for level in levels if level is not None]
        spreads.append(tidy(max(known) - min(known)) if known else None)
    return spreads


def _widest(table: Mapping[str, _Row]) -> float:
    return max((spread for spread in _spreads(table) if spread is not None), default=0.0)


def _verdict(table: Mapping[str, _Row], spread: float) -> str:
    """Name the sentence: how the readings differ, if not in the number itself."""
    possible = [level is not None for row in table.values() for level in row.levels]
    if not any(possible):
        return "none_possible"
    if spread:
        return "apart"
    if not all(possible):
        return "some_possible"
    wanted = {tuple(map(str, ends)) for row in table.values() for ends in row.bounds}
    return "same_level" if len(wanted) == 1 else "same_number"


def _row(reading: Reading, row: _Row, unit: str, lang: str) -> str:
    texts = [
        say("report.and", lang).join(bounded(end, unit, lang) for end in ends)
        or say("audit_readings.impossible", lang)
        for ends in row.bounds
    ]
    # Where the number of steps makes no difference it is left out.
    shown = (
        texts[:1]
        if len(set(texts)) == 1
        else [
            say("audit_readings.in_steps", lang, level=text, steps=steps)
            for text, steps in zip(texts, row.steps, strict=True)
        ]
    )
    label, levels = reading.label.in_(lang), alternatives(shown, lang)
    return say("audit_readings.row", lang, label=label, levels=levels)


def _gap(spread: float, unit: str, lang: str) -> str:
    if unit == "percent":
        gap = "" if lang == "zh" else " "
        return f"{short(spread)}{gap}{say('unit.points', lang)}"
    return measured(spread, unit, lang)


def _start(context: PlanContext, base: _Base, unit: str, lang: str) -> str:
    if base.value is None:
        return ""
    area = context.catalog.areas[base.area].name.in_(lang) if base.area else ""
    value = measured(base.value, unit, lang)
    return say(f"audit_readings.from_{base.source}", lang, value=value, year=base.year, area=area)


def _left_out(
    context: PlanContext, foreign: list[Reading], undecided: list[Reading], lang: str
) -> str:
    parts = []
    for reading in foreign:
        name = context.catalog.indicators[reading.indicator or ""].name.in_(lang)
        label = reading.label.in_(lang)
        parts.append(say("audit_readings.foreign", lang, label=label, indicator=name))
    for reading in undecided:
        why = reading.undecided.in_(lang) if reading.undecided else ""
        label = reading.label.in_(lang)
        parts.append(say("audit_readings.undecided", lang, label=label, why=why.rstrip("。.")))
    return listed(parts, lang)


def _rest(context: PlanContext, foreign: list[Reading], undecided: list[Reading], lang: str) -> str:
    left = _left_out(context, foreign, undecided, lang)
    return say("audit_readings.rest", lang, left=left) if left else ""
