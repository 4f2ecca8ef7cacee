"""What a clause can mean: how many yearly steps, which years, and how far readings lie apart."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from edu_metrics.catalog import (
    Areas,
    AverageChange,
    Bound,
    EachYear,
    Level,
    Rank,
    Reading,
    Relative,
    SumOverYears,
    Target,
    TotalChange,
    YearlyChange,
    years_named,
)
from edu_metrics.plan_audit.context import Finding, Kind, Limits, PlanContext, Severity, Value, rule
from edu_metrics.plan_audit.sentences import (
    Said,
    alternatives,
    in_lang,
    joined,
    said,
    said_bound,
    said_change,
    said_rows,
    said_value,
    tidy,
    with_sign,
)
from edu_metrics.reachability import checks_of
from edu_metrics.reachability.checks import CHANGES, Range, accepted, carried
from edu_metrics.trajectories import constant_rate

#: With less than a quarter of a year to go, a year's result can hardly change any more.
_TOO_LATE_DAYS = 92


def days_left(issued: dt.date, year: int) -> int:
    """
    Count the days from a plan's issue to the end of a year; negative where the year was over.

    Examples
    --------
    >>> days_left(dt.date(2020, 12, 2), 2020)
    29
    """
    return (dt.date(year, 12, 31) - issued).days


#: What depends on the number of steps: a sentence's key, its alternatives, its numbers.
_Effect = tuple[str, Said, dict[str, Value]]


@rule(Kind.TIME_BASE)
def open_steps(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find clauses that can mean several numbers of yearly steps, and what that changes."""
    issued, last = context.plan.issued, context.plan.deadline_of(target)
    left, steps = days_left(issued, issued.year), sorted(target.steps)
    if len(steps) < 2:
        return
    key, totals, numbers = _effect(context, target, steps)
    begins = [last - number + 1 for number in steps]
    counted = [year <= issued.year for year in begins]
    spans = (
        said(
            f"audit_time_base.{'span_with_issue' if one else 'span'}",
            steps=number, first=first, last=last,
        )
        for number, first, one in zip(steps, begins, counted, strict=True)
    )  # fmt: skip
    yield Finding(
        Severity.OPEN if key == "undecided" else Severity.MEDIUM,
        f"audit_time_base.{key}",
        values={
            "spans": alternatives(spans),
            "totals": totals,
            "left": said("audit_time_base.left", issued=issued, days=left) if any(counted) else "",
        },
        numbers={
            "steps": [*steps],
            "first_years": [*begins],
            "counts_year_of_issue": [*counted],
            "days_left_in_year_of_issue": left,
            **numbers,
        },
    )


def _effect(context: PlanContext, target: Target, steps: list[int]) -> _Effect:
    if target.frequency:
        return _years("events", [yearly_events(target, number) for number in steps])
    unit, condition = context.unit(target), _stepwise(target)
    match condition:
        case YearlyChange() if condition.change[0].value == 0:
            return _years("changes", steps)
        case YearlyChange() | AverageChange():
            pace = context.pace(target)
            ends = [bound.value for bound in condition.change]
            fastest = pace.fastest if pace else max(ends, key=abs) if len(ends) > 1 else None
            paces = [ends[0]] if fastest is None else [ends[0], fastest]
            return _paced(paces, steps, unit, relative=condition.unit == "percent")
        case TotalChange():
            deadline = context.plan.deadline_of(target)
            return _years("base_year", [deadline - number for number in steps])
        case EachYear() if target.unit.endswith("_per_year"):
            sums = [total_of_steps(condition.bound.value, number) for number in steps]
            flows = alternatives(said_value(total, unit) for total in sums)
            return "flow", flows, {"total": [*sums], "unit": unit}
        case EachYear():
            return _years("years_bound", steps)
    return "undecided", "", {}


#: By sentence: the numbers of which it gives one for each number of steps.
_COUNTED = {
    "events": "events",
    "changes": "changes",
    "base_year": "base_years",
    "years_bound": "years_bound",
}


def _years(key: str, values: list[int]) -> _Effect:
    return key, alternatives(map(str, values)), {_COUNTED[key]: [*values]}


def _stepwise(target: Target) -> object:
    """Give the first condition that hangs on the steps, the default reading's before others."""
    stepwise = (YearlyChange, AverageChange, TotalChange, EachYear)
    readings = sorted(target.readings, key=lambda reading: not reading.default)
    conditions = (one for reading in readings for one in reading.conditions)
    return next((one for one in conditions if isinstance(one, stepwise)), None)


def _paced(paces: list[float], steps: list[int], unit: str, *, relative: bool) -> _Effect:
    """Say what a pace comes to: a factor where it is relative, else a range of totals."""
    slowest, *faster = [[total_of_steps(pace, n, relative=relative) for n in steps]
                        for pace in paces]  # fmt: skip
    fastest = faster[0] if faster else None
    if relative:
        changes = [tidy(100 * (factor - 1)) for factor in slowest]
        numbers: dict[str, Value] = {"factor": [*slowest], "total_pct": [*changes]}
        if fastest:
            numbers["factor_at_most"] = [*fastest]
        factors = said_rows("audit_time_base.times", factor=slowest, change=changes)
        return "factor", alternatives(factors), numbers
    suffix = "_pp" if unit == "percent" else ""
    numbers = {f"total{suffix}": [*slowest]}
    if fastest:
        numbers[f"total_fastest{suffix}"] = [*fastest]
    ranges = (
        joined(map(with_sign, dict.fromkeys(ends)), by="audit_time_base.to")
        for ends in zip(slowest, *faster, strict=True)
    )
    return "total", said_change(alternatives(ranges), unit), numbers


def total_of_steps(pace: float, steps: int, *, relative: bool = False) -> float:
    """
    Give the points that a yearly pace comes to, or its factor on the base where it is relative.

    Examples
    --------
    5 to 8 points in two steps, and 5 % less a year in two steps or three:

    >>> total_of_steps(5, 2), total_of_steps(8, 2)
    (10.0, 16.0)
    >>> total_of_steps(-5, 2, relative=True), total_of_steps(-5, 3, relative=True)
    (0.9025, 0.857375)
    """
    return tidy(constant_rate(1, pace, steps)[-1] if relative else float(pace) * steps)


def yearly_events(target: Target, steps: int) -> int:
    """Give how often something is to happen: as the target counts, else by its shortest cycle."""
    if target.frequency is None:
        return 0
    cycles = math.floor(steps / min(target.frequency.every_years))
    return target.frequency.at_least.get(steps, cycles)


#: A unit such as districts_per_year names the level of the areas that take turns.
_ROUND = re.compile(r"^(?P<level>[a-z]+?)s_per_year$")


@rule(Kind.TIME_BASE)
def areas_in_turn(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find yearly rounds over several areas that come round only in the longer count of years."""
    round_of = _ROUND.match(target.unit)
    if not (round_of and target.frequency and target.steps):
        return
    members = context.catalog.expand(context.plan.areas)
    areas = sum(context.catalog.areas[area].level == round_of["level"] for area in members)
    steps, last = sorted(target.steps), context.plan.deadline_of(target)
    covered = [min(yearly_events(target, number), areas) for number in steps]
    if not areas or min(covered) == areas:
        return
    first = [last - n + 1 for n, count in zip(steps, covered, strict=True) if count == areas]
    yield Finding(
        Severity.MEDIUM if first else Severity.LOW,
        f"audit_time_base.{'round_if' if first else 'round_never'}",
        values={
            "covered": max(covered),
            "fewer": min(covered),
            "first": max(first, default=""),
            "last": last,
        },
        numbers={
            "steps": [*steps],
            "areas": areas,
            "areas_covered": [*covered],
            "first_year_that_covers_all": max(first, default=None),
        },
    )


@rule(Kind.TIME_BASE)
def settled_years(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find years that a plan still promises and that were all but over when it came out."""
    issued, deadline = context.plan.issued, context.plan.deadline_of(target)
    levels = (level for reading in target.readings for level in reading.of(Level))
    for year in sorted({deadline, *(year for level in levels for year in level.at)}):
        days, last = days_left(issued, year), year == deadline
        if days < _TOO_LATE_DAYS:
            state = "close" if days >= 0 else "over"
            yield Finding(
                Severity.MEDIUM if last else Severity.LOW,
                f"audit_time_base.deadline_{state}" if last else f"audit_time_base.level_{state}",
                values={"issued": issued, "days": abs(days)},
                numbers={"year": year, "days_left": days},
                part=str(year),
            )


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

    The base is the value in the year before the first of some steps, or that a change counts from;
    the deadline is the last year that the reading names when left out. Empty where no value keeps
    the reading; None where it needs a base and has none. Of a sum or a rank: what that may be.

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


class _Base(NamedTuple):
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


@rule(Kind.AMBIGUOUS)
def ambiguous_readings(context: PlanContext, target: Target) -> Iterator[Finding]:
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
    foreign = [reading for reading in decided if reading not in own]
    undecided = [reading for reading in target.readings if reading.undecided]
    left_out = _left_out(context, foreign, undecided)
    text: str = "incomparable"
    values: dict[str, Said] = {"missing": left_out}
    numbers: dict[str, Value] = {"readings": [reading.id for reading in target.readings]}
    if len(own) > 1:
        text, values, numbers = _apart(context, target, own)
    severities = {"incomparable": Severity.OPEN, "none_possible": Severity.LOW}
    yield Finding(
        severities.get(text, Severity.MEDIUM),
        f"audit_readings.{text}",
        values={
            "count": len(target.readings),
            "rest": said("audit_readings.rest", left=left_out) if left_out else "",
            **values,
        },
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
        (base, {reading.id: _led(context, target, reading, base.value) for reading in own})
        for base in _bases(context, target, own)
    ]
    base, table = max(tables, key=lambda one: _worth_showing(*one))
    spread = _widest(table)
    suffix, gap = ("_pct", "spread_pp") if unit == "percent" else ("", "spread")
    sums = any(reading.of(SumOverYears) for reading in own)
    values: dict[str, Said] = {
        "start": _start(context, base, unit),
        "what": said(f"audit_readings.{'sum' if sums else 'level'}"),
        "levels": [_row(reading, table[reading.id], unit) for reading in own],
        "spread": said_change(spread, unit) if unit == "percent" else said_value(spread, unit),
    }
    numbers: dict[str, Value] = {
        "deadline": context.plan.deadline_of(target),
        "steps": [*target.steps],
        "bases": [
            {
                f"base{suffix}": start.value,
                "source": start.source,
                "year": start.year,
                "area": start.area,
                f"levels{suffix}": {name: [led.level for led in row] for name, row in rows.items()},
                "bounds": {
                    name: [[*map(str, led.bounds)] for led in row] for name, row in rows.items()
                },
                gap: _spreads(rows),
            }
            for start, rows in tables
        ],
    }
    return _verdict(table, spread), values, numbers


def _led(context: PlanContext, target: Target, reading: Reading, base: float | None) -> list[_Led]:
    limits, deadline = context.limits(target, reading), context.plan.deadline_of(target)
    led = []
    for steps in sorted(target.steps) if reading.stepwise else (None,):
        values = reading_range(reading, base, steps, limits, deadline=deadline)
        led.append(_Led(steps, ends_of(values, limits), binding(values, base, limits)))
    return led


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
    percents = target.indicator is not None and context.unit(target) == "percent"
    return [_Base(value, "illustrative") for value in (
        _ILLUSTRATIVE_PCT if percents else _ILLUSTRATIVE
    )]  # fmt: skip


def _worth_showing(base: _Base, table: _Table) -> tuple[int, float, float]:
    """Prefer the base on which most readings can be kept; observed: the latest; else the widest."""
    possible = sum(led.level is not None for row in table.values() for led in row)
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
    led = [one for row in table.values() for one in row]
    if all(one.level is None for one in led):
        return "none_possible"
    if spread:
        return "apart"
    if any(one.level is None for one in led):
        return "some_possible"
    return "same_level" if len({tuple(map(str, one.bounds)) for one in led}) == 1 else "same_number"


def _row(reading: Reading, row: Sequence[_Led], unit: str) -> Said:
    levels = [
        joined((said_bound(end, unit) for end in led.bounds), by="report.and")
        if led.bounds
        else said("audit_readings.impossible")
        for led in row
    ]
    # Where the number of steps makes no difference it is left out.
    if len({in_lang(level, "en") for level in levels}) == 1:
        levels = levels[:1]
    else:
        levels = said_rows(
            "audit_readings.in_steps", level=levels, steps=(led.steps for led in row)
        )
    return said("audit_readings.row", label=reading.label, levels=alternatives(levels))


def _start(context: PlanContext, base: _Base, unit: str) -> Said:
    if base.value is None:
        return ""
    area = context.area_name(base.area) if base.area else ""
    told = {"value": base.value, "year": base.year, "area": area, "unit": unit}
    return said(f"audit_readings.from_{base.source}", **told)


def _left_out(context: PlanContext, foreign: list[Reading], undecided: list[Reading]) -> list[Said]:
    parts = []
    for reading in foreign:
        if reading.indicator:
            name = context.indicator_name(reading.indicator)
            parts.append(said("audit_readings.foreign", label=reading.label, indicator=name))
        else:
            parts.append(said("audit_readings.on_others", label=reading.label))
    for reading in undecided:
        why = reading.undecided.map(lambda text: text.rstrip("。.")) if reading.undecided else ""
        parts.append(said("audit_readings.undecided", label=reading.label, why=why))
    return parts
