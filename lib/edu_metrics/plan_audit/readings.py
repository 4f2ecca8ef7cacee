"""Targets that can be read in several ways, and how far the readings lie apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from edu_metrics.catalog import (
    Areas,
    Bound,
    Rank,
    Reading,
    Relative,
    SumOverYears,
    Target,
    years_named,
)
from edu_metrics.plan_audit.context import Limits, PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    in_lang,
    in_points,
    said,
    said_alternatives,
    said_bound,
    said_value,
    side_by_side,
    tidy,
)
from edu_metrics.reachability import checks_of
from edu_metrics.reachability.checks import CHANGES, Range, accepted, carried
from edu_metrics.words import short


def reading_range(
    reading: Reading,
    base: float | None,
    steps: int | None,
    limits: Limits,
    *,
    deadline: int | None = None,
) -> Range | None:
    """
    Give the values at the deadline that keep a reading from a base on.

    Parameters
    ----------
    reading : Reading
        One exact meaning of a target.
    base : float or None
        Value in the year before the first step, or that a change counts from. [unit of the
        indicator]
    steps : int or None
        Number of yearly steps of a stepwise clause. [years]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    deadline : int, optional
        Year in which the last step ends; the last year that the reading names when left out.

    Returns
    -------
    Range or None
        Empty where no value keeps it; None where the reading needs a base and has none. Of a sum
        or a rank: what the sum or the rank may be.

    Examples
    --------
    >>> gain = Reading.model_validate({
    ...     "id": "inside", "label": {"zh": "区间内", "en": "inside the range"}, "default": True,
    ...     "conditions": [{"type": "yearly_change", "unit": "points", "change": [">=5", "<=8"]}]})
    >>> found = reading_range(gain, 50, 2, (0, 100))
    >>> found.low, found.high
    (60.0, 66.0)
    """
    named = (year for condition in reading.conditions for year in years_named(condition))
    last = deadline or max(named, default=0)
    checks = checks_of(reading, steps=steps, deadline=last, limits=limits)
    whole = Range.between(limits)
    state: dict[int, Range] = {}
    if base is not None and steps:
        state[last - steps] = Range(base, base)
    values: Range | None = None
    for check in checks:
        if check.measure == "sum" or check.hangs_on_others:
            values = accepted(check)
        elif check.measure == "value":
            values = state.get(check.due, whole).meet(accepted(check))
        else:
            since = check.years[0]
            if since not in state:
                if base is None or steps:
                    return None
                # A clause without steps names the year of its base itself.
                state[since] = Range(base, base)
            moved = carried(state[since], check).meet(whole)
            if moved.empty and check.cap is not None:
                moved = Range(check.cap, check.cap)
            values = moved.meet(state.get(check.due, whole))
        if values.empty:
            return values
        state[check.due] = values
    return values


def ends_of(values: Range | None, limits: Limits) -> tuple[Bound, ...]:
    """
    Give the ends of a range that say more than the indicator's own limits.

    Examples
    --------
    >>> [str(end) for end in ends_of(Range(60, 66), (0, 100))]
    ['≥ 60', '≤ 66']
    >>> [str(end) for end in ends_of(Range(100, 100), (0, 100))]
    ['≥ 100']
    """
    if values is None or values.empty:
        return ()
    whole = Range.between(limits)
    if whole.low < values.low == values.high < whole.high:
        return (Bound(op="==", value=values.low),)
    low = values.low if values.low > whole.low else -math.inf
    high = values.high if values.high < whole.high else math.inf
    return replace(values, low=low, high=high).bounds


def binding(values: Range | None, base: float | None, limits: Limits) -> float | None:
    """Give the end of a range next to the base: the least that is asked; None without one."""
    ends = [tidy(end.value) for end in ends_of(values, limits)]
    return min(ends, key=lambda end: 0 if base is None else abs(end - base), default=None)


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


class _Led(NamedTuple):
    """Where a reading leads in a number of steps: all bounds, and the one nearest to the base."""

    steps: int | None
    bounds: tuple[Bound, ...]
    level: float | None


_Table = Mapping[str, Sequence[_Led]]


@rule_of_target(Kind.AMBIGUOUS)
def ambiguous_readings(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find targets with several readings, and say how far these lie apart at the deadline."""
    if len(target.readings) < 2:
        return
    decided = [reading for reading in target.readings if reading.conditions]
    # A rank, or a comparison, comes to no level of its own.
    own = [
        reading
        for reading in decided
        if reading.indicator in (None, target.indicator)
        and not any(isinstance(one, Rank | Relative | Areas) for one in reading.conditions)
    ]
    foreign = [r for r in decided if r not in own]
    undecided = [r for r in target.readings if r.undecided]
    left_out = _left_out(context, foreign, undecided)
    apart = _apart(context, target, own) if len(own) > 1 else None
    text, values, numbers = apart or (
        "incomparable",
        {"missing": left_out},
        {"readings": [reading.id for reading in target.readings]},
    )
    rest = said("audit_readings.rest", left=left_out) if foreign or undecided else ""
    severities = {"incomparable": Severity.OPEN, "none_possible": Severity.LOW}
    yield Flaw(
        severity=severities.get(text, Severity.MEDIUM),
        text=f"audit_readings.{text}",
        values={"count": len(target.readings), "rest": rest, **values},
        numbers={
            **numbers,
            "not_comparable": [reading.id for reading in foreign],
            "undecided": [reading.id for reading in undecided],
        },
    )


def _apart(
    context: PlanContext, target: Target, own: list[Reading]
) -> tuple[str, dict[str, Said], dict[str, Value]]:
    """Give the sentence of how far readings lie apart, what fills it in, and the numbers."""
    unit = context.unit(target)
    tables = [
        (base, {r.id: _led(context, target, r, base.value) for r in own})
        for base in _bases(context, target, own)
    ]
    base, rows = max(tables, key=lambda one: _worth_showing(*one))
    spread = _widest(rows)
    suffix, gap = ("_pct", "spread_pp") if unit == "percent" else ("", "spread")
    sums = any(reading.of(SumOverYears) for reading in own)
    values = {
        "start": _start(context, base, unit),
        "what": said(f"audit_readings.{'sum' if sums else 'level'}"),
        "levels": side_by_side(_row(r, rows[r.id], unit) for r in own),
        "spread": in_points(short(spread)) if unit == "percent" else said_value(spread, unit),
    }
    bases = [
        {
            f"base{suffix}": start.value,
            "source": start.source,
            "year": start.year,
            "area": start.area,
            f"levels{suffix}": {name: [one.level for one in row] for name, row in table.items()},
            "bounds": {
                name: [[str(b) for b in one.bounds] for one in row] for name, row in table.items()
            },
            gap: [*_spreads(table)],
        }
        for start, table in tables
    ]
    numbers: dict[str, Value] = {
        "deadline": context.deadline(target),
        "steps": [*target.steps],
        "bases": bases,
    }
    return _verdict(rows, spread), values, numbers


def _led(context: PlanContext, target: Target, reading: Reading, base: float | None) -> list[_Led]:
    limits, deadline = context.limits(target, reading), context.deadline(target)
    steps: Sequence[int | None] = sorted(target.steps) if reading.stepwise else (None,)
    ranges = (reading_range(reading, base, one, limits, deadline=deadline) for one in steps)
    return [
        _Led(one, ends_of(values, limits), binding(values, base, limits))
        for one, values in zip(steps, ranges, strict=True)
    ]


def _bases(context: PlanContext, target: Target, own: list[Reading]) -> list[_Base]:
    """Give the stated base, else what was observed nearby, else illustrative ones."""
    steps = context.steps(target)[0]
    checks = (check for reading in own for check in context.checks(target, reading, steps))
    if not any(check.measure in CHANGES for check in checks):
        return [_Base(None, "none")]
    if stated := context.base(target):
        return [_Base(stated[1], "stated", stated[0])]
    if target.indicator and (seen := context.nearest_observed(target.indicator, target)):
        return [_Base(one.value, "observed", one.year, one.area) for one in seen]
    percent = target.indicator is not None and context.unit(target) == "percent"
    return [
        _Base(value, "illustrative") for value in (_ILLUSTRATIVE_PCT if percent else _ILLUSTRATIVE)
    ]


def _worth_showing(base: _Base, table: _Table) -> tuple[int, float, float]:
    """Prefer the base on which most readings can be kept; observed: the latest; else the widest."""
    possible = sum(one.level is not None for row in table.values() for one in row)
    if base.source == "observed":
        return (possible, 0.0, float(base.year or 0))
    return (possible, _widest(table), base.value or 0.0)


def _spreads(table: _Table) -> list[float | None]:
    """Say how far the readings lie apart, for each number of steps."""
    spreads: list[float | None] = []
    for number in range(max(map(len, table.values()))):
        # A reading without steps comes to one level, whatever their number.
        levels = [row[min(number, len(row) - 1)].level for row in table.values()]
        known = [level for level in levels if level is not None]
        spreads.append(tidy(max(known) - min(known)) if known else None)
    return spreads


def _widest(table: _Table) -> float:
    return max((spread for spread in _spreads(table) if spread is not None), default=0.0)


def _verdict(table: _Table, spread: float) -> str:
    """Name the sentence: how the readings differ, if not in the number itself."""
    possible = [one.level is not None for row in table.values() for one in row]
    if not any(possible):
        return "none_possible"
    if spread:
        return "apart"
    if not all(possible):
        return "some_possible"
    wanted = {tuple(map(str, one.bounds)) for row in table.values() for one in row}
    return "same_level" if len(wanted) == 1 else "same_number"


def _row(reading: Reading, row: Sequence[_Led], unit: str) -> Said:
    levels = [_ends(one.bounds, unit) for one in row]
    # Where the number of steps makes no difference it is left out.
    if len({in_lang(level, "en") for level in levels}) == 1:
        levels = levels[:1]
    else:
        levels = [
            said("audit_readings.in_steps", level=level, steps=one.steps)
            for level, one in zip(levels, row, strict=True)
        ]
    return said("audit_readings.row", label=reading.label, levels=said_alternatives(levels))


def _ends(ends: tuple[Bound, ...], unit: str) -> Said:
    """Say the bounds that a reading comes to."""
    if not ends:
        return said("audit_readings.impossible")
    return side_by_side((said_bound(end, unit) for end in ends), by="report.and")


def _start(context: PlanContext, base: _Base, unit: str) -> Said:
    if base.value is None:
        return ""
    area = context.area_name(base.area) if base.area else ""
    value = said_value(base.value, unit)
    return said(f"audit_readings.from_{base.source}", value=value, year=base.year, area=area)


def _left_out(context: PlanContext, foreign: list[Reading], undecided: list[Reading]) -> Said:
    parts = [
        said(
            "audit_readings.foreign",
            label=reading.label,
            indicator=context.indicator_name(reading.indicator),
        )
        if reading.indicator
        else said("audit_readings.on_others", label=reading.label)
        for reading in foreign
    ]
    for reading in undecided:
        why = reading.undecided.map(lambda text: text.rstrip("。.")) if reading.undecided else ""
        parts.append(said("audit_readings.undecided", label=reading.label, why=why))
    return side_by_side(parts)
