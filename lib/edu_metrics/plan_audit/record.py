"""A promised pace and a stated base held against what was seen, or asked for, elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from edu_metrics.catalog import Bound, NormPace, Target, TargetElsewhere, YearlyChange
from edu_metrics.plan_audit.context import Finding, Kind, PlanContext, Severity, Value, rule
from edu_metrics.plan_audit.sentences import Said, said, said_rows, tidy
from edu_metrics.words import signed

#: From a quarter of all that is left on, a gain is said to eat into the remainder.
_MUCH_OF_THE_REMAINDER = 0.25


class Step(NamedTuple):
    """The change a year between two years that a plan fixes, signed."""

    first_year: int
    first: float
    last_year: int
    last: Bound

    @property
    def yearly(self) -> float:
        """Change a year, in the unit of the indicator."""
        return tidy((self.last.value - self.first) / (self.last_year - self.first_year))


def yearly_steps(values: Mapping[int, float]) -> dict[int, float]:
    """
    Give the change from each year to the next, where both were observed.

    Parameters
    ----------
    values : mapping of int to float
        Observed values by year. [unit of the indicator]

    Returns
    -------
    dict of int to float
        Change by the year in which it ends. [unit of the indicator]

    Examples
    --------
    Nine-year retention in China, with a year left out:

    >>> yearly_steps({2018: 94.2, 2019: 94.8, 2020: 95.2, 2022: 95.5})
    {2019: 0.6, 2020: 0.4}
    """
    return {
        year: tidy(values[year] - values[year - 1]) for year in sorted(values) if year - 1 in values
    }


def hardest_step(base: tuple[int, float], levels: Mapping[int, Bound]) -> Step | None:
    """
    Give the steepest stretch on the way from a base through the levels that a plan fixes.

    Parameters
    ----------
    base : tuple of (int, float)
        Year and value of the start. [year, unit of the indicator]
    levels : mapping of int to Bound
        Levels by year.

    Returns
    -------
    Step or None
        None where the base already lies at or beyond every level.

    Examples
    --------
    >>> above = Bound.model_validate(">95")
    >>> hardest_step((2020, 93), {2021: above, 2022: above}).yearly
    2.0
    """
    steps: list[Step] = []
    year, value = base
    for due in sorted(levels):
        bound = levels[due]
        if due <= year or bound.op == "==" or bound.gap(value) <= 0:
            continue
        steps.append(Step(year, value, due, bound))
        year, value = due, bound.value
    return max(steps, key=lambda step: abs(step.yearly), default=None)


def share_of_remainder(base: float, level: float, limit: float) -> float:
    """
    Say what share of all that is left a gain takes.

    Parameters
    ----------
    base, level, limit : float
        Start, promised level, and the indicator's own limit. [unit of the indicator]

    Returns
    -------
    float
        Share of the distance between start and limit. [0-1]

    Examples
    --------
    Teachers without a bachelor degree fall from 15 % to 10 %: a third of them.

    >>> round(share_of_remainder(85, 90, 100), 3)
    0.333
    """
    return (level - base) / (limit - base)


@rule(Kind.RECORD)
def pace_beyond_record(context: PlanContext) -> Iterator[Finding]:
    """
    Find paces above the largest yearly step that an area above has shown.

    Areas at the top of the tree have nothing above to be compared with; of all others whose
    indicator has no observed steps one open finding tells.
    """
    without: list[str] = []
    for target in context.plan.targets:
        base, pace = context.base(target), context.pace(target)
        step = hardest_step(base, context.usual_levels(target)) if base else None
        yearly = step.yearly if step else pace.slowest if pace and not pace.relative else 0
        areas = context.areas_above(target)
        if not (yearly and areas and target.indicator):
            continue
        series = ((area, context.series.get((target.indicator, area), {})) for area in areas)
        record = ((area, yearly_steps(values)) for area, values in series)
        area, steps = next((one for one in record if one[1]), ("", {}))
        if not steps:
            without.append(target.id)
            continue
        largest = max(steps.values()) if yearly > 0 else min(steps.values())
        if abs(yearly) > (largest if yearly > 0 else -largest):
            yield _beyond(context, target, step, yearly, area, steps, largest)
    yield Finding(
        Severity.OPEN,
        "audit_record.no_record",
        tuple(without),
        numbers={"targets": len(without)},
        part="no_record",
    )


def _beyond(
    context: PlanContext, target: Target, step: Step | None, yearly: float, area: str,
    steps: Mapping[int, float], largest: float,
) -> Finding:  # fmt: skip
    unit = context.unit(target)
    suffix = "_pp" if unit == "percent" else ""
    strict = step is not None and step.last.strict
    issued = context.plan.issued.year
    known = [change for year, change in steps.items() if year <= issued]
    way: Said = ""
    if step is not None:
        first, start, last, end = step
        ends = {"first": first, "start": start, "last": last, "end": end.value}
        way = said("audit_record.way", **ends, unit=unit)
    return Finding(
        Severity.MEDIUM,
        f"audit_record.beyond{'_strict' if strict else ''}",
        (target.id,),
        values={
            "way": way,
            "needed": yearly,
            "area": context.area_name(area),
            "first": min(steps) - 1,
            "last": max(steps),
            "steps": [signed(change, 1) for change in steps.values()],
            "largest": largest,
            "times": yearly / largest if largest else math.inf,
            "unit": unit,
        },
        numbers={
            f"needed_a_year{suffix}": yearly,
            "strict": strict,
            "area": area,
            "years": [*steps],
            f"observed{suffix}": [*steps.values()],
            f"largest{suffix}": largest,
            f"largest_until_issue{suffix}": max(
                known, key=lambda change: change * yearly, default=None
            ),
            "largest_over_needed": tidy(largest / yearly),
        },
    )


@rule(Kind.RECORD)
def base_against_observed(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find stated bases that are not what was observed in that year, as finely as they are told."""
    base, indicator = context.base(target), context.indicator(target)
    if base is None or indicator is None:
        return
    year, stated = base
    finest = 10.0 ** -len(f"{stated:.10g}".partition(".")[2])
    for area in context.catalog.expand(target.areas):
        seen = context.series.get((indicator.id, area), {}).get(year)
        if seen is not None and abs(seen - stated) > finest / 2 + 1e-9:
            yield Finding(
                Severity.MEDIUM,
                "audit_record.base_unlike_observed",
                values={"area": context.area_name(area), "unit": indicator.unit},
                numbers={"base": stated, "year": year, "area": area, "value": tidy(seen)},
                part=f"observed_{area}",
            )


@rule(Kind.RECORD)
def base_against_areas_above(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find stated bases that lie behind an area above, or ahead even of its later values."""
    base, indicator = context.base(target), context.indicator(target)
    if base is None or indicator is None or indicator.better == "neither":
        return
    sign = 1 if indicator.better == "higher" else -1
    for area in context.areas_above(target):
        values = context.series.get((indicator.id, area), {})
        later = [year for year in sorted(values) if year > base[0]]
        if base[0] in values and sign * (base[1] - values[base[0]]) < 0:
            key, year = "base_behind", base[0]
        elif base[0] not in values and later and sign * (base[1] - values[later[-1]]) > 0:
            key, year = "base_ahead_of_later", later[-1]
        else:
            continue
        yield Finding(
            Severity.LOW,
            f"audit_record.{key}",
            values={"area": context.area_name(area), "unit": indicator.unit},
            numbers={
                "base": base[1],
                "base_year": base[0],
                "area": area,
                "year": year,
                "value": tidy(values[year]),
                "difference": tidy(base[1] - values[year]),
            },
            part=area,
        )


@rule(Kind.RECORD)
def remainder_that_must_go(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find gains that take a quarter or more of all that is left up to the indicator's limit."""
    base, levels = context.base(target), context.usual_levels(target)
    indicator = context.indicator(target)
    if base is None or not levels or indicator is None or max(levels) <= base[0]:
        return
    year, last = max(levels), levels[max(levels)]
    limit = indicator.bounds[1 if last.rising else 0]
    if limit is None or last.op == "==" or last.gap(base[1]) <= 0 or base[1] == limit:
        return
    share = share_of_remainder(base[1], last.value, limit)
    left, to = abs(limit - base[1]), abs(limit - last.value)
    suffix = "_pct" if indicator.unit == "percent" else ""
    # All of it is a promise of another kind: one unit left out breaks it.
    if _MUCH_OF_THE_REMAINDER <= share < 1:
        yield Finding(
            Severity.LOW,
            f"audit_record.{'remainder_over' if last.strict else 'remainder'}",
            values={
                **{"left": left, "to": to, "year": year, "share": 100 * share},
                "unit": indicator.unit,
            },
            numbers={
                f"remainder_at_base{suffix}": tidy(left),
                f"remainder_at_level{suffix}": tidy(to),
                "share": tidy(share),
                "years": year - base[0],
            },
        )


@rule(Kind.RECORD)
def targets_elsewhere(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Hold a base and a level against what an area above asks for on the same indicator."""
    levels, base = context.usual_levels(target), context.base(target)
    indicator = context.indicator(target)
    if not levels or indicator is None:
        return
    last = levels[max(levels)]
    for entry in context.entries(TargetElsewhere):
        if indicator.id not in entry.indicators or entry.area not in context.areas_above(target):
            continue
        key = "asks_more" if entry.bound.gap(last.value) > 0 else "level_beyond"
        if base and entry.bound.met_by(base[1]):
            key = "base_beyond"
        yield Finding(
            Severity.LOW,
            f"audit_record.elsewhere_{key}",
            values={
                "level": last,
                "asked": entry.bound,
                "area": context.area_name(entry.area),
                "unit": indicator.unit,
            },
            numbers={
                "base": base[1] if base else None,
                "level": last.value,
                "level_year": max(levels),
                "asked_elsewhere": entry.bound.value,
                "asked_year": entry.year,
                "area": entry.area,
                "gap": tidy(entry.bound.gap(last.value)),
            },
            part=entry.id,
        )


@rule(Kind.RECORD)
def pace_beyond_norm(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find yearly changes steeper than the pace that a higher authority set."""
    areas = (*context.areas_above(target), *context.catalog.expand(target.areas))
    norms = [
        entry
        for entry in context.entries(NormPace)
        if entry.indicator == target.indicator and entry.area in areas
    ]
    paces = {
        reading.id: (condition.change[0].value, condition.unit)
        for reading in target.readings
        for condition in reading.of(YearlyChange)
        if condition.change[0].value
    }
    if norms and paces:
        yield from _against_norms(context, target, norms, paces)


def _against_norms(
    context: PlanContext, target: Target, norms: Sequence[NormPace],
    paces: Mapping[str, tuple[float, str]],
) -> Iterator[Finding]:  # fmt: skip
    seen = context.nearest_observed(target.indicator or "", target)
    base = context.base_value(target, seen)
    points: dict[str, float] = {}
    for reading, (pace, unit) in paces.items():
        if unit == "points":
            points[reading] = pace
        elif base is not None:
            points[reading] = tidy(base * pace / 100)
    area, least = norms[0].area, min((entry.points_per_year for entry in norms), key=abs)
    steep = {name: pace for name, pace in points.items() if abs(pace) > abs(least)}
    numbers: dict[str, Value] = {
        "norms_pp": [entry.points_per_year for entry in norms],
        "pace_pp": dict(points),
        "times_norm": {name: tidy(pace / least) for name, pace in points.items()},
    }
    values: dict[str, Any] = {
        "norms": " / ".join(signed(entry.points_per_year, 1) for entry in norms),
        "area": context.area_name(area),
    }
    if not steep:
        if len(points) < len(paces):  # a base is missing
            yield Finding(Severity.OPEN, "audit_record.norm_open", values=values, numbers=numbers)
        return
    rows = said_rows(
        "audit_record.pace",
        reading=(target.reading(name).label for name in steep),
        pace=steep.values(),
        times=(pace / least for pace in steep.values()),
    )
    values |= {"on": "", "actual": "", "paces": rows}
    relative = any(unit == "percent" for _, unit in paces.values())
    if context.base(target) is None and seen and relative:
        nearest = seen[-1]
        values["on"] = said(
            "audit_record.based_on",
            area=context.area_name(nearest.area),
            year=nearest.year,
            value=nearest.value,
        )
        numbers |= {"illustrative_base": tidy(nearest.value), "base_year": nearest.year}
    shown = context.series.get((target.indicator or "", area), {})
    years = [year for year in sorted(shown) if year <= context.plan.last_year]
    if len(years) > 1:
        first, last = years[0], years[-1]
        change = tidy(shown[last] - shown[first])
        values["actual"] = said(
            "audit_record.actual",
            area=values["area"],
            first=first,
            last=last,
            start=shown[first],
            end=shown[last],
            change=change,
            years=last - first,
        )
        numbers["actual"] = {
            "first_year": first,
            "last_year": last,
            "first": tidy(shown[first]),
            "last": tidy(shown[last]),
            "change_pp": change,
        }
    yield Finding(Severity.MEDIUM, "audit_record.beyond_norm", values=values, numbers=numbers)
