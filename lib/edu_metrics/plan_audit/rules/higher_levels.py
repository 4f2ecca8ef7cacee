"""What higher levels ask for on the same indicator: a norm for the pace, a target elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from edu_metrics.catalog import NormPace, Target, TargetElsewhere, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity, Value
from edu_metrics.plan_audit.rules._above import area_name, areas_above, last_levels
from edu_metrics.plan_audit.rules._nearest import Observed, nearest_observed
from edu_metrics.plan_audit.rules._saying import (
    in_both,
    listed,
    measured,
    said_bound,
    said_value,
    short,
    tidy,
)
from edu_metrics.words import say, signed

__all__ = ["pace_beyond_norm", "targets_elsewhere"]


def targets_elsewhere(context: PlanContext) -> Iterator[Finding]:
    """Hold a base and a level against what an area above asks for on the same indicator."""
    for target in context.plan.targets:
        levels, base = last_levels(target), context.base(target)
        indicator = context.indicator(target)
        if not levels or indicator is None:
            continue
        last = levels[max(levels)]
        for entry in context.known(TargetElsewhere, indicator.id):
            if not isinstance(entry, TargetElsewhere) or entry.area not in areas_above(
                context, target
            ):
                continue
            if base and entry.bound.met_by(base[1]):
                key = "elsewhere_base_beyond"
            elif entry.bound.gap(last.value) <= 0:
                key = "elsewhere_level_beyond"
            else:
                key = "elsewhere_asks_more"
            yield Finding(
                kind=Kind.RECORD,
                severity=Severity.LOW,
                rule="targets_elsewhere",
                targets=(target.id,),
                text=f"audit_record.{key}",
                values={
                    "title": context.title(target),
                    "base": said_value(base[1], indicator.unit) if base else "",
                    "level": said_bound(last, indicator.unit),
                    "level_year": max(levels),
                    "area": area_name(context, entry.area),
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


def pace_beyond_norm(context: PlanContext) -> Iterator[Finding]:
    """Find yearly changes steeper than the pace that a higher authority set."""
    for target in context.plan.targets:
        indicator = context.indicator(target)
        if indicator is None:
            continue
        norms = [
            entry
            for entry in context.known(NormPace, indicator.id)
            if isinstance(entry, NormPace)
            and entry.area in (*areas_above(context, target), *context.catalog.expand(target.areas))
        ]
        paces = {
            reading.id: condition
            for reading in target.readings
            for condition in reading.conditions
            if isinstance(condition, YearlyChange) and condition.change[0].value
        }
        if norms and paces:
            yield from _against_norms(context, target, norms, paces)


def _against_norms(
    context: PlanContext,
    target: Target,
    norms: Sequence[NormPace],
    paces: Mapping[str, YearlyChange],
) -> Iterator[Finding]:
    indicator = target.indicator or ""
    stated = context.base(target)
    seen = nearest_observed(context, indicator, target)
    base = stated[1] if stated else seen[-1].value if seen else None
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
        "title": context.title(target),
        "norms": " / ".join(signed(entry.points_per_year, 1) for entry in norms),
        "area": area_name(context, norms[0].area),
    }
    if not steep:
        yield _norm(target, Severity.OPEN, "norm_open", values, numbers)
        return
    on: str | dict[str, str] = ""
    if stated is None and seen and any(paces[name].unit == "percent" for name in points):
        on = in_both(_illustrated(context, seen[-1]))
        numbers |= {"illustrative_base": tidy(seen[-1].value), "base_year": seen[-1].year}
    values |= {
        "paces": in_both(lambda lang: listed(_paces(target, steep, least, lang), lang)),
        "on": on,
        "actual": "",
    }
    actual = _whole_change(context, indicator, norms[0].area)
    if actual is not None:
        first, last = actual
        change = tidy(last.value - first.value)
        values["actual"] = in_both(_said_actual(context, first, last, change))
        numbers["actual"] = {
            "first_year": first.year,
            "last_year": last.year,
            "first": tidy(first.value),
            "last": tidy(last.value),
            "change_pp": change,
        }
    yield _norm(target, Severity.MEDIUM, "beyond_norm", values, numbers)


def _norm(
    target: Target, severity: Severity, key: str, values: dict[str, Any], numbers: dict[str, Value]
) -> Finding:
    return Finding(
        kind=Kind.RECORD,
        severity=severity,
        rule="pace_beyond_norm",
        targets=(target.id,),
        text=f"audit_record.{key}",
        values=values,
        numbers=numbers,
    )


def _illustrated(context: PlanContext, seen: Observed) -> Callable[[str], str]:
    def said(lang: str) -> str:
        area = area_name(context, seen.area)[lang]
        value = measured(seen.value, "percent", lang)
        return say("audit_record.based_on", lang, area=area, year=seen.year, value=value)

    return said


def _paces(target: Target, steep: Mapping[str, float], least: float, lang: str) -> Iterator[str]:
    for name, pace in steep.items():
        label = target.reading(name).label.in_(lang)
        times = short(pace / least, 1)
        yield say("audit_record.pace", lang, reading=label, pace=signed(pace, 2), times=times)


def _whole_change(
    context: PlanContext, indicator: str, area: str
) -> tuple[Observed, Observed] | None:
    """Give the first and the last value up to a plan's end that an area has shown."""
    values = context.series.get((indicator, area), {})
    years = [year for year in sorted(values) if year <= context.plan.last_year]
    if len(years) < 2:
        return None
    first, last = years[0], years[-1]
    return Observed(area, first, values[first]), Observed(area, last, values[last])


def _said_actual(
    context: PlanContext, first: Observed, last: Observed, change: float
) -> Callable[[str], str]:
    def said(lang: str) -> str:
        return say(
            "audit_record.actual",
            lang,
            area=area_name(context, first.area)[lang],
            first=first.year,
            start=measured(first.value, "percent", lang),
            last=last.year,
            end=measured(last.value, "percent", lang),
            change=signed(change, 1),
            years=last.year - first.year,
        )

    return said
