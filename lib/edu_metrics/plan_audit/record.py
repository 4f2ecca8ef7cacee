"""A promised pace and a stated base held against what was seen, or asked for, elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from edu_metrics.catalog import Bound, NormPace, Target, TargetElsewhere, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    in_unit,
    said,
    said_bound,
    said_rows,
    said_value,
    side_by_side,
    tidy,
    with_change_unit,
)
from edu_metrics.words import short, signed

#: From a quarter of all that is left on, a gain is said to eat into the remainder.
_MUCH_OF_THE_REMAINDER = 0.25


@dataclass(frozen=True, slots=True)
class Step:
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


def _needed(context: PlanContext, target: Target) -> Step | float | None:
    """Give the hardest step from a stated base, or the slowest pace in the indicator's unit."""
    base, pace = context.base(target), context.pace(target)
    if base is not None and (step := hardest_step(base, context.usual_levels(target))):
        return step
    return None if pace is None or pace.relative or pace.slowest == 0 else pace.slowest


def _record(
    context: PlanContext, indicator: str, areas: Sequence[str]
) -> tuple[str, dict[int, float]] | None:
    """Give the nearest area with observed yearly steps, and these."""
    every = ((area, yearly_steps(context.series.get((indicator, area), {}))) for area in areas)
    return next(((area, steps) for area, steps in every if steps), None)


@rule(Kind.RECORD)
def pace_beyond_record(context: PlanContext) -> Iterator[Flaw]:
    """
    Find paces above the largest yearly step that an area above has shown.

    Areas at the top of the tree have nothing above to be compared with; of all others whose
    indicator has no observed steps one open finding tells.
    """
    without: list[Target] = []
    for target in context.plan.targets:
        needed, areas = _needed(context, target), context.areas_above(target)
        if needed is None or not areas or target.indicator is None:
            continue
        record = _record(context, target.indicator, areas)
        if record is None:
            without.append(target)
            continue
        yearly = needed.yearly if isinstance(needed, Step) else needed
        sign = 1 if yearly > 0 else -1
        largest = max(sign * step for step in record[1].values())
        if sign * yearly > largest:
            yield _beyond(context, target, needed, record, largest * sign)
    yield Flaw(
        severity=Severity.OPEN,
        targets=tuple(target.id for target in without),
        text="audit_record.no_record",
        numbers={"targets": len(without)},
        part="no_record",
    )


def _beyond(
    context: PlanContext,
    target: Target,
    needed: Step | float,
    record: tuple[str, Mapping[int, float]],
    largest: float,
) -> Flaw:
    area, steps = record
    yearly = needed.yearly if isinstance(needed, Step) else needed
    unit = context.unit(target)
    suffix = "_pp" if unit == "percent" else ""
    strict = isinstance(needed, Step) and needed.last.strict
    known = [step for year, step in steps.items() if year <= context.plan.issued.year]
    way = (
        said(
            "audit_record.way",
            start=said_value(needed.first, unit),
            first=needed.first_year,
            end=said_value(needed.last.value, unit),
            last=needed.last_year,
        )
        if isinstance(needed, Step)
        else ""
    )
    return Flaw(
        severity=Severity.MEDIUM,
        targets=(target.id,),
        text=f"audit_record.beyond{'_strict' if strict else ''}",
        values={
            "way": way,
            "needed": _change(yearly, 2, unit),
            "area": context.area_name(area),
            "first": min(steps) - 1,
            "last": max(steps),
            "steps": side_by_side(signed(n, 1) for n in steps.values()),
            "largest": _change(largest, 1, unit),
            "times": short(yearly / largest, 1) if largest else "∞",
        },
        numbers={
            f"needed_a_year{suffix}": yearly,
            "strict": strict,
            "area": area,
            "years": [*steps],
            f"observed{suffix}": [*steps.values()],
            f"largest{suffix}": largest,
            f"largest_until_issue{suffix}": (
                max(known, key=lambda step: step * yearly) if known else None
            ),
            "largest_over_needed": tidy(largest / yearly),
        },
    )


def _change(change: float, decimals: int, unit: str) -> Said:
    """Print a change with its unit: points where the indicator is a percentage."""
    number = signed(change, decimals)
    return lambda lang: with_change_unit(number, unit, lang)


@rule_of_target(Kind.RECORD)
def base_against_observed(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find stated bases that are not what was observed in that year, as finely as they are told."""
    base, indicator = context.base(target), context.indicator(target)
    if base is None or indicator is None:
        return
    year, stated = base
    finest = 10.0 ** -len(f"{stated:.10g}".partition(".")[2])
    for area in context.catalog.expand(target.areas):
        seen = context.series.get((indicator.id, area), {}).get(year)
        if seen is not None and abs(seen - stated) > finest / 2 + 1e-9:
            yield Flaw(
                severity=Severity.MEDIUM,
                text="audit_record.base_unlike_observed",
                values={
                    **in_unit(indicator.unit, base=stated, value=seen),
                    "area": context.area_name(area),
                },
                numbers={"base": stated, "year": year, "area": area, "value": tidy(seen)},
                part=f"observed_{area}",
            )


@rule_of_target(Kind.RECORD)
def base_against_areas_above(context: PlanContext, target: Target) -> Iterator[Flaw]:
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
        yield Flaw(
            severity=Severity.LOW,
            text=f"audit_record.{key}",
            values={
                **in_unit(indicator.unit, base=base[1], value=values[year]),
                "area": context.area_name(area),
            },
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


@rule_of_target(Kind.RECORD)
def remainder_that_must_go(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find gains that take a quarter or more of all that is left up to the indicator's limit."""
    base, levels = context.base(target), context.usual_levels(target)
    indicator = context.indicator(target)
    if base is None or not levels or indicator is None:
        return
    last = levels[max(levels)]
    limit = indicator.bounds[1 if last.rising else 0]
    if limit is None or last.op == "==" or last.gap(base[1]) <= 0 or base[1] == limit:
        return
    share = share_of_remainder(base[1], last.value, limit)
    # All of it is a promise of another kind: one unit left out breaks it.
    if not _MUCH_OF_THE_REMAINDER <= share < 1 or max(levels) <= base[0]:
        return
    suffix = "_pct" if indicator.unit == "percent" else ""
    yield Flaw(
        severity=Severity.LOW,
        text=f"audit_record.{'remainder_over' if last.strict else 'remainder'}",
        values={
            **in_unit(indicator.unit, left=abs(limit - base[1]), to=abs(limit - last.value)),
            "year": max(levels),
            "share": short(100 * share, 0),
        },
        numbers={
            f"remainder_at_base{suffix}": tidy(abs(limit - base[1])),
            f"remainder_at_level{suffix}": tidy(abs(limit - last.value)),
            "share": tidy(share),
            "years": max(levels) - base[0],
        },
    )


@rule_of_target(Kind.RECORD)
def targets_elsewhere(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Hold a base and a level against what an area above asks for on the same indicator."""
    levels, base = context.usual_levels(target), context.base(target)
    indicator = context.indicator(target)
    if not levels or indicator is None:
        return
    last = levels[max(levels)]
    for entry in context.known(TargetElsewhere, indicator.id):
        if entry.area not in context.areas_above(target):
            continue
        if base and entry.bound.met_by(base[1]):
            key = "elsewhere_base_beyond"
        elif entry.bound.gap(last.value) <= 0:
            key = "elsewhere_level_beyond"
        else:
            key = "elsewhere_asks_more"
        yield Flaw(
            severity=Severity.LOW,
            text=f"audit_record.{key}",
            values={
                "base": said_value(base[1], indicator.unit) if base else "",
                "level": said_bound(last, indicator.unit),
                "area": context.area_name(entry.area),
                "asked": said_bound(entry.bound, indicator.unit),
                "year": entry.year,
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


@rule_of_target(Kind.RECORD)
def pace_beyond_norm(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find yearly changes steeper than the pace that a higher authority set."""
    indicator = context.indicator(target)
    if indicator is None:
        return
    norms = [
        entry
        for entry in context.known(NormPace, indicator.id)
        if entry.area in (*context.areas_above(target), *context.catalog.expand(target.areas))
    ]
    paces = {
        reading.id: condition
        for reading in target.readings
        for condition in reading.of(YearlyChange)
        if condition.change[0].value
    }
    if norms and paces:
        yield from _against_norms(context, target, norms, paces)


def _against_norms(
    context: PlanContext,
    target: Target,
    norms: Sequence[NormPace],
    paces: Mapping[str, YearlyChange],
) -> Iterator[Flaw]:
    indicator = target.indicator or ""
    stated = context.base(target)
    seen = context.nearest_observed(indicator, target)
    base = context.base_value(target, seen)
    points: dict[str, float] = {}
    for reading, condition in paces.items():
        value = condition.change[0].value
        if condition.unit == "points":
            points[reading] = value
        elif base is not None:
            points[reading] = tidy(base * value / 100)
    least = min((entry.points_per_year for entry in norms), key=abs)
    steep = {name: pace for name, pace in points.items() if abs(pace) > abs(least)}
    missing = base is None and len(points) < len(paces)
    if not steep and not missing:
        return
    numbers: dict[str, Value] = {
        "norms_pp": [entry.points_per_year for entry in norms],
        "pace_pp": dict(points),
        "times_norm": {name: tidy(pace / least) for name, pace in points.items()},
    }
    values: dict[str, Any] = {
        "norms": " / ".join(signed(entry.points_per_year, 1) for entry in norms),
        "area": context.area_name(norms[0].area),
    }
    if not steep:
        yield Flaw(Severity.OPEN, "audit_record.norm_open", values=values, numbers=numbers)
        return
    rows = said_rows(
        "audit_record.pace",
        reading=(target.reading(name).label for name in steep),
        pace=(signed(pace, 2) for pace in steep.values()),
        times=(short(pace / least, 1) for pace in steep.values()),
    )
    values |= {"on": "", "actual": "", "paces": rows}
    if stated is None and seen and any(paces[name].unit == "percent" for name in points):
        values["on"] = said(
            "audit_record.based_on",
            area=context.area_name(seen[-1].area),
            year=seen[-1].year,
            value=said_value(seen[-1].value, "percent"),
        )
        numbers |= {"illustrative_base": tidy(seen[-1].value), "base_year": seen[-1].year}
    shown = context.series.get((indicator, norms[0].area), {})
    years = [year for year in sorted(shown) if year <= context.plan.last_year]
    if len(years) > 1:
        first, last = years[0], years[-1]
        change = tidy(shown[last] - shown[first])
        values["actual"] = said(
            "audit_record.actual",
            area=values["area"],
            first=first,
            last=last,
            **in_unit("percent", start=shown[first], end=shown[last]),
            change=signed(change, 1),
            years=last - first,
        )
        numbers["actual"] = {
            "first_year": first,
            "last_year": last,
            "first": tidy(shown[first]),
            "last": tidy(shown[last]),
            "change_pp": change,
        }
    yield Flaw(Severity.MEDIUM, "audit_record.beyond_norm", values=values, numbers=numbers)
