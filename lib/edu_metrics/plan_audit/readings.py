"""Targets that can be read in several ways, and how far the readings lie apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, rule_of_target
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
from edu_metrics.reachability.checks import Range, accepted, carried
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
    whole = _between(limits)
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


def _between(limits: Limits) -> Range:
    low, high = limits
    return Range(-math.inf if low is None else low, math.inf if high is None else high)


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
    whole = _between(limits)
    if whole.low < values.low == values.high < whole.high:
        return (Bound(op="==", value=values.low),)
    ends = []
    if values.low > whole.low:
        ends.append(Bound(op=">" if values.low_open else ">=", value=values.low))
    if values.high < whole.high:
        ends.append(Bound(op="<" if values.high_open else "<=", value=values.high))
    return tuple(ends)


def binding(values: Range | None, base: float | None, limits: Limits) -> float | None:
    """Give the end of a range next to the base: the least that is asked; None without one."""
    ends = ends_of(values, limits)
    if not ends:
        return None
    if base is None:
        return ends[0].value
    return min(ends, key=lambda end: abs(end.value - base)).value


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
    if len(own) < 2:
        yield _incomparable(context, target, foreign, undecided)
    else:
        yield _apart(context, target, own, foreign, undecided)


def _incomparable(
    context: PlanContext, target: Target, foreign: list[Reading], undecided: list[Reading]
) -> Flaw:
    return Flaw(
        severity=Severity.OPEN,
        text="audit_readings.incomparable",
        values={
            "count": len(target.readings),
            "missing": _left_out(context, foreign, undecided),
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
) -> Flaw:
    unit = context.unit(target)
    tables = [
        (base, {r.id: _table(context, target, r, base.value) for r in own})
        for base in _bases(context, target, own)
    ]
    base, rows = max(tables, key=lambda one: _worth_showing(*one))
    spread = _widest(rows)
    suffix = "_pct" if unit == "percent" else ""
    gap = "spread_pp" if unit == "percent" else "spread"
    text = _verdict(rows, spread)
    sums = any(reading.of(SumOverYears) for reading in own)
    return Flaw(
        severity=Severity.LOW if text == "none_possible" else Severity.MEDIUM,
        text=f"audit_readings.{text}",
        values={
            "count": len(target.readings),
            "start": _start(context, base, unit),
            "what": said(f"audit_readings.{'sum' if sums else 'level'}"),
            "levels": side_by_side(_row(r, rows[r.id], unit) for r in own),
            "spread": in_points(short(spread)) if unit == "percent" else said_value(spread, unit),
            "rest": _rest(context, foreign, undecided),
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
    limits = context.limits(target, reading)
    steps: Steps = tuple(sorted(target.steps)) if reading.stepwise else (None,)
    deadline = context.deadline(target)
    ranges = [reading_range(reading, base, one, limits, deadline=deadline) for one in steps]
    levels = [binding(values, base, limits) for values in ranges]
    return _Row(
        steps,
        [None if level is None else tidy(level) for level in levels],
        tuple(ends_of(values, limits) for values in ranges),
    )


def _bases(context: PlanContext, target: Target, own: list[Reading]) -> list[_Base]:
    """Give the stated base, else what was observed nearby, else illustrative ones."""
    if not any(_needs_base(context, target, reading) for reading in own):
        return [_Base(None, "none")]
    if stated := context.base(target):
        return [_Base(stated[1], "stated", stated[0])]
    if target.indicator and (seen := context.nearest_observed(target.indicator, target)):
        return [_Base(one.value, "observed", one.year, one.area) for one in seen]
    percent = target.indicator is not None and context.unit(target) == "percent"
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


def _row(reading: Reading, row: _Row, unit: str) -> Said:
    texts = [_ends(ends, unit) for ends in row.bounds]
    # Where the number of steps makes no difference it is left out.
    if len({in_lang(text, "en") for text in texts}) == 1:
        levels = texts[:1]
    else:
        pairs = zip(texts, row.steps, strict=True)
        levels = [said("audit_readings.in_steps", level=text, steps=n) for text, n in pairs]
    label = reading.label
    return said("audit_readings.row", label=label, levels=said_alternatives(levels))


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


def _rest(context: PlanContext, foreign: list[Reading], undecided: list[Reading]) -> Said:
    if not foreign and not undecided:
        return ""
    return said("audit_readings.rest", left=_left_out(context, foreign, undecided))
