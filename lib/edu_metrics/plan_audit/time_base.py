"""Clauses whose years are open, and years that were settled when the plan came out."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from edu_metrics.catalog import (
    AverageChange,
    Condition,
    EachYear,
    Level,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    alternatives,
    said,
    said_alternatives,
    said_date,
    said_value,
    tidy,
    with_change_unit,
    with_sign,
)
from edu_metrics.trajectories import constant_rate
from edu_metrics.words import percent, say, short, signed

#: With less than a quarter of a year to go, a year's result can hardly change any more.
_TOO_LATE_DAYS = 92


def days_left(issued: dt.date, year: int) -> int:
    """
    Count the days from a plan's issue to the end of a year.

    Parameters
    ----------
    issued : date
        Date of issue.
    year : int
        Year of a promise.

    Returns
    -------
    int
        Days; negative where the year was over. [days]

    Examples
    --------
    >>> days_left(dt.date(2020, 12, 2), 2020)
    29
    """
    return (dt.date(year, 12, 31) - issued).days


@dataclass(frozen=True, slots=True)
class _Effect:
    """What depends on the number of steps: a sentence's key, its alternatives, its numbers."""

    key: str
    words: Said
    numbers: dict[str, Value]


@rule_of_target(Kind.TIME_BASE)
def open_steps(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find clauses that can mean several numbers of yearly steps, and what that changes."""
    issued = context.plan.issued
    left = days_left(issued, issued.year)
    if len(target.steps) < 2:
        return
    steps = sorted(target.steps)
    effect = _effect(context, target, steps) or _Effect("undecided", "", {})
    begins = [context.deadline(target) - number + 1 for number in steps]
    counted = [year <= issued.year for year in begins]
    yield Flaw(
        severity=Severity.OPEN if effect.key == "undecided" else Severity.MEDIUM,
        text=f"audit_time_base.{effect.key}",
        values={
            "spans": said_alternatives(
                said(
                    f"audit_time_base.{'span_with_issue' if one else 'span'}",
                    steps=number,
                    first=first,
                    last=context.deadline(target),
                )
                for number, first, one in zip(steps, begins, counted, strict=True)
            ),
            "totals": effect.words,
            "left": said("audit_time_base.left", issued=said_date(issued), days=left)
            if any(counted)
            else "",
        },
        numbers={
            "steps": [*steps],
            "first_years": [*begins],
            "counts_year_of_issue": [*counted],
            "days_left_in_year_of_issue": left,
            **effect.numbers,
        },
    )


def _effect(context: PlanContext, target: Target, steps: list[int]) -> _Effect | None:
    if target.frequency:
        counts = [yearly_events(target, number) for number in steps]
        return _Effect("events", _years(counts), {"events": [*counts]})
    unit = context.unit(target)
    condition = _stepwise(target)
    match condition:
        case YearlyChange() if condition.change[0].value == 0:
            return _Effect("changes", _years(steps), {"changes": [*steps]})
        case YearlyChange() | AverageChange():
            pace = context.pace(target)
            ends = [bound.value for bound in condition.change]
            fastest = pace.fastest if pace else max(ends, key=abs) if len(ends) > 1 else None
            return _paced(ends[0], fastest, steps, unit, relative=condition.unit == "percent")
        case TotalChange():
            years = [context.deadline(target) - number for number in steps]
            return _Effect("base_year", _years(years), {"base_years": [*years]})
        case EachYear() if target.unit.endswith("_per_year"):
            sums = [total_of_steps(condition.bound.value, number) for number in steps]
            flows = said_alternatives(said_value(total, unit) for total in sums)
            return _Effect("flow", flows, {"total": [*sums], "unit": unit})
        case EachYear():
            return _Effect("years_bound", _years(steps), {"years_bound": [*steps]})
    return None


def _stepwise(target: Target) -> Condition | None:
    """Give the first condition that hangs on the steps, the default reading's before others."""
    readings = sorted(target.readings, key=lambda reading: not reading.default)
    stepwise = (YearlyChange, AverageChange, TotalChange, EachYear)
    conditions = [c for reading in readings for c in reading.conditions if isinstance(c, stepwise)]
    return conditions[0] if conditions else None


def _paced(
    slowest: float, fastest: float | None, steps: list[int], unit: str, *, relative: bool
) -> _Effect:
    """Say what a pace comes to: a factor where it is relative, else a range of totals."""
    paces = [slowest] if fastest is None else [slowest, fastest]
    totals = [[total_of_steps(pace, n, relative=relative) for n in steps] for pace in paces]
    if relative:
        changes = [tidy(100 * (factor - 1)) for factor in totals[0]]
        numbers: dict[str, Value] = {"factor": [*totals[0]], "total_pct": [*changes]}
        if fastest is not None:
            numbers["factor_at_most"] = [*totals[1]]
        factors = (
            said("audit_time_base.times", factor=short(factor, 6), change=_percent(change))
            for factor, change in zip(totals[0], changes, strict=True)
        )
        return _Effect("factor", said_alternatives(factors), numbers)
    suffix = "_pp" if unit == "percent" else ""
    numbers = {f"total{suffix}": [*totals[0]]}
    if fastest is not None:
        numbers[f"total_fastest{suffix}"] = [*totals[1]]

    def in_words(lang: str) -> str:
        ranges = (
            say("audit_time_base.to", lang).join(with_sign(total) for total in dict.fromkeys(ends))
            for ends in zip(*totals, strict=True)
        )
        return with_change_unit(alternatives(ranges, lang), unit, lang)

    return _Effect("total", in_words, numbers)


def _percent(change: float) -> Said:
    return lambda lang: percent(signed(change, 2), lang)


def _years(values: Iterable[int]) -> Said:
    return said_alternatives(map(str, values))


def total_of_steps(pace: float, steps: int, *, relative: bool = False) -> float:
    """
    Give what a yearly pace comes to over several steps.

    Parameters
    ----------
    pace : float
        Change a year, signed. [points, or percent of the year before where ``relative``]
    steps : int
        Number of yearly steps. [years]
    relative : bool, optional
        Whether the pace is a percentage of the year before.

    Returns
    -------
    float
        Points gained; or the factor on the base where ``relative``.

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
    """
    Give how often something is to happen within a number of yearly steps.

    Parameters
    ----------
    target : Target
        With a frequency.
    steps : int
        Number of yearly steps. [years]

    Returns
    -------
    int
        As the target itself counts them; else the whole rounds of its shortest cycle.
    """
    frequency = target.frequency
    if frequency is None:
        return 0
    if steps in frequency.at_least:
        return frequency.at_least[steps]
    return math.floor(steps / min(frequency.every_years))


@rule_of_target(Kind.TIME_BASE)
def areas_in_turn(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find yearly rounds over several areas that come round only in the longer count of years."""
    plan = context.plan
    round_of = _ROUND.match(target.unit)
    if not (round_of and target.frequency and target.steps):
        return
    members = context.catalog.expand(plan.areas)
    level = round_of["level"]
    areas = sum(context.catalog.areas[area].level == level for area in members)
    steps = sorted(target.steps)
    covered = [min(yearly_events(target, number), areas) for number in steps]
    if not areas or min(covered) == areas:
        return
    reaches = [n for n, count in zip(steps, covered, strict=True) if count == areas]
    first = [context.deadline(target) - number + 1 for number in reaches]
    yield Flaw(
        severity=Severity.MEDIUM if reaches else Severity.LOW,
        text=f"audit_time_base.{'round_if' if reaches else 'round_never'}",
        values={
            "covered": max(covered),
            "fewer": min(covered),
            "first": max(first, default=plan.issued.year),
            "last": context.deadline(target),
        },
        numbers={
            "steps": [*steps],
            "areas": areas,
            "areas_covered": [*covered],
            "first_year_that_covers_all": max(first, default=None),
        },
    )


#: A unit such as districts_per_year names the level of the areas that take turns.
_ROUND = re.compile(r"^(?P<level>[a-z]+?)s_per_year$")


@rule_of_target(Kind.TIME_BASE)
def settled_years(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find years that a plan still promises and that were all but over when it came out."""
    issued = context.plan.issued
    deadline = context.deadline(target)
    promised = {
        year for reading in target.readings for level in reading.of(Level) for year in level.at
    } | {deadline}
    for year in sorted(promised):
        days = days_left(issued, year)
        if days >= _TOO_LATE_DAYS:
            continue
        last = year == deadline
        yield Flaw(
            severity=Severity.MEDIUM if last else Severity.LOW,
            text=f"audit_time_base.{_settled(days, last=last)}",
            values={"issued": said_date(issued), "days": abs(days)},
            numbers={"year": year, "days_left": days},
            part=str(year),
        )


def _settled(days: int, *, last: bool) -> str:
    if last:
        return "deadline_close" if days >= 0 else "deadline_over"
    return "level_settled" if days >= 0 else "level_over"
