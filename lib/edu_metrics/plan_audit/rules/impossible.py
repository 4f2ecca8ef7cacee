"""Paces that meet a limit or hold from a narrow band of bases, and readings that nothing keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from edu_metrics.catalog import Irreversible, Reading, Target, TotalChange, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Finding, Kind, Severity, Value
from edu_metrics.plan_audit.rules._bands import base_before_limit, cut_of_new_cases, fastest_fall
from edu_metrics.plan_audit.rules._demands import in_plan_order, level_by_year, sizes
from edu_metrics.plan_audit.rules._nearest import nearest_observed
from edu_metrics.plan_audit.rules._saying import (
    Said,
    in_both,
    listed,
    measured,
    said_value,
    short,
    tidy,
)
from edu_metrics.reachability import is_possible
from edu_metrics.reachability.arithmetic import PromisedPace
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import say

__all__ = [
    "irreversible_condition",
    "level_and_pace",
    "pace_meets_limit",
    "reading_that_nothing_keeps",
]


def level_and_pace(context: PlanContext) -> Iterator[Finding]:
    """Find levels with a promised pace, and the bases from which both hold."""
    for target in context.plan.targets:
        paced = context.targets.get(target.pace or "")
        pace = context.pace(paced) if paced else None
        indicator, levels = context.indicator(target), level_by_year(context, target)
        if paced is None or pace is None or pace.fastest is None or not levels or not indicator:
            continue
        if pace.slowest * pace.fastest <= 0 or abs(pace.slowest) > abs(pace.fastest):
            continue
        level = levels[max(levels)]
        steps = sorted(paced.steps)
        arrive = [
            baselines_that_reach(level, pace.slowest, pace.fastest, n, relative=pace.relative)
            for n in steps
        ]
        limit = indicator.bounds[1 if pace.slowest > 0 else 0]
        last = (
            [base_before_limit(limit, pace.slowest, n, relative=pace.relative) for n in steps]
            if limit is not None
            else []
        )
        base = context.base(target)
        inside = base and all(low <= base[1] <= high for low, high in arrive)
        if inside:
            continue
        yield Finding(
            kind=Kind.IMPOSSIBLE,
            severity=Severity.HIGH if base else Severity.MEDIUM,
            rule="level_and_pace",
            targets=in_plan_order(context, (target.id, paced.id)),
            text=f"audit_impossible.{'band_and_limit' if last else 'band'}",
            values={
                "title": context.title(target),
                "pace": context.title(paced),
                "level": said_value(level, indicator.unit),
                "bands": sizes(steps, (f"{short(low)}–{short(high)}" for low, high in arrive)),
                "last": sizes(steps, map(short, last)) if last else "",
                "base": _base(context, target, indicator.unit),
            },
            numbers={
                "level": level,
                "pace": [pace.slowest, pace.fastest],
                "steps": [*steps],
                "arrive": [[tidy(low), tidy(high)] for low, high in arrive],
                "base_before_limit": [*last],
                "base_stated": base[1] if base else None,
            },
        )


def _base(context: PlanContext, target: Target, unit: str) -> Said:
    base = context.base(target)
    if base is None:
        return in_both(lambda lang: say("audit_impossible.no_base", lang))
    return in_both(
        lambda lang: say(
            "audit_impossible.stated", lang, year=base[0], value=measured(base[1], unit, lang)
        )
    )


def pace_meets_limit(context: PlanContext) -> Iterator[Finding]:
    """Find paces that run into the indicator's own limit within the plan."""
    for target in context.plan.targets:
        pace, indicator = context.pace(target), context.indicator(target, target.default_reading)
        if pace is None or not pace.slowest or indicator is None:
            continue
        rising = pace.slowest > 0
        limit = indicator.bounds[1 if rising else 0]
        if limit is None or (pace.relative and not rising):
            continue
        steps = sorted(target.steps)
        ends = [base_before_limit(limit, pace.slowest, n, relative=pace.relative) for n in steps]
        base = context.base(target)
        within = base and all(base[1] <= end if rising else base[1] >= end for end in ends)
        if within:
            continue
        totals = [] if pace.relative else [_totals(pace, n) for n in steps]
        yield Finding(
            kind=Kind.IMPOSSIBLE,
            severity=Severity.HIGH if base else Severity.MEDIUM,
            rule="pace_meets_limit",
            targets=(target.id,),
            text=f"audit_impossible.{'ceiling' if rising else 'floor'}",
            values={
                "title": context.title(target),
                "pace": _a_year(pace),
                "limit": said_value(limit, indicator.unit),
                "bases": sizes(steps, map(short, ends)),
                "totals": _in_all(steps, totals),
                "base": _base(context, target, indicator.unit),
            },
            numbers={
                "steps": [*steps],
                "limit": limit,
                "slowest": pace.slowest,
                "relative": pace.relative,
                "highest_base" if rising else "lowest_base": [*ends],
                "total": [*totals],
                "base_stated": base[1] if base else None,
            },
        )


def _totals(pace: PromisedPace, steps: int) -> list[float]:
    ends = [pace.slowest] if pace.fastest is None else [pace.slowest, pace.fastest]
    return [tidy(end * steps) for end in ends]


def _a_year(pace: PromisedPace) -> Said:
    key = "percent_a_year" if pace.relative else "points_a_year"
    change = _with_sign(pace.slowest)
    return in_both(lambda lang: say(f"audit_impossible.{key}", lang, change=change))


def _with_sign(value: float) -> str:
    return f"+{short(value)}" if value > 0 else short(value)


def _in_all(steps: list[int], totals: list[list[float]]) -> Said:
    if not totals:
        return {"zh": "", "en": ""}

    def said(lang: str) -> str:
        ranges = (say("audit_impossible.to", lang).join(map(_with_sign, e)) for e in totals)
        return say("audit_impossible.in_all", lang, totals=sizes(steps, ranges)[lang])

    return in_both(said)


def irreversible_condition(context: PlanContext) -> Iterator[Finding]:
    """Hold a promised fall against a condition that is not cured: how many new cases must go."""
    for entry in context.knowledge:
        if not isinstance(entry, Irreversible):
            continue
        flow = fastest_fall(entry.entry_pct, entry.exit_pct, entry.cohorts)
        for target in context.by_indicator.get(entry.indicator, ()):
            seen = nearest_observed(context, entry.indicator, target)
            stated = context.base(target)
            base = stated[1] if stated else seen[-1].value if seen else None
            falls = {
                reading.id: _fall(context, target, reading, base) for reading in target.readings
            }
            known = {name: fall for name, fall in falls.items() if fall}
            if not known and None not in falls.values():
                continue
            default = target.default_reading
            beyond = [name for name, fall in known.items() if fall > flow]
            hopeless = default is not None and default.id in beyond
            yield Finding(
                kind=Kind.IMPOSSIBLE,
                severity=Severity.HIGH if hopeless else Severity.MEDIUM,
                rule="irreversible_condition",
                targets=(target.id,),
                text="audit_impossible.irreversible",
                values={
                    "title": context.title(target),
                    "entry": short(entry.entry_pct),
                    "exit": short(entry.exit_pct),
                    "cohorts": entry.cohorts,
                    "area": {
                        "zh": context.catalog.areas[entry.area].name.zh,
                        "en": context.catalog.areas[entry.area].name.en,
                    },
                    "flow": short(flow),
                    "one": short(cut_of_new_cases(1, flow), 0),
                    "rows": _cuts(target, falls, flow),
                    "base": _base_of_fall(context, stated, seen[-1:]),
                },
                numbers={
                    "fastest_fall_pp": tidy(flow),
                    "base_pct": base,
                    "cut_of_one_point_pct": tidy(cut_of_new_cases(1, flow)),
                    "fall_pp": {name: fall and tidy(fall) for name, fall in falls.items()},
                    "cut_pct": {
                        name: tidy(cut_of_new_cases(fall, flow)) for name, fall in known.items()
                    },
                    "impossible": [*beyond],
                },
                part=entry.id,
            )


def _fall(
    context: PlanContext, target: Target, reading: Reading, base: float | None
) -> float | None:
    """Give the fall a year that a reading asks for; None without a base, 0 where it asks none."""
    steps = context.plan.default_steps(target) or 1
    for condition in reading.conditions:
        if isinstance(condition, YearlyChange | TotalChange):
            change = -condition.change[0].value
            if condition.unit == "percent":
                if base is None:
                    return None
                change = change * base / 100
            return max(change / (steps if isinstance(condition, TotalChange) else 1), 0.0)
    return 0.0


def _cuts(target: Target, falls: dict[str, float | None], flow: float) -> Said:
    def row(reading: Reading, lang: str) -> str:
        fall = falls[reading.id]
        label = reading.label.in_(lang)
        if fall is None:
            return say("audit_impossible.cut_unknown", lang, label=label)
        cut = cut_of_new_cases(fall, flow)
        key = "cut_impossible" if cut > 100 else "cut"
        return say(
            f"audit_impossible.{key}", lang, label=label, fall=short(fall), cut=short(cut, 0)
        )

    rows = [reading for reading in target.readings if falls[reading.id] != 0]
    return in_both(lambda lang: listed((row(reading, lang) for reading in rows), lang))


def _base_of_fall(context: PlanContext, stated: Any, seen: Any) -> Said:
    if stated:
        return in_both(
            lambda lang: say(
                "audit_impossible.base_is",
                lang,
                value=measured(stated[1], "percent", lang),
                year=stated[0],
            )
        )
    if not seen:
        return in_both(lambda lang: say("audit_impossible.base_missing", lang))
    return in_both(
        lambda lang: say(
            "audit_impossible.base_borrowed",
            lang,
            area=context.catalog.areas[seen[0].area].name.in_(lang),
            value=measured(seen[0].value, "percent", lang),
            year=seen[0].year,
        )
    )


def reading_that_nothing_keeps(context: PlanContext) -> Iterator[Finding]:
    """Find readings that no values could keep, from the stated base or from any."""
    for target in context.plan.targets:
        base = context.base(target)
        known = dict([base]) if base else {}
        last = base[0] if base else context.plan.first_year - 1
        lost: list[tuple[Reading, int | None]] = []
        for reading in target.readings:
            indicator = context.indicator(target, reading)
            other = reading.indicator not in (None, target.indicator)
            if not reading.conditions or indicator is None:
                continue
            for steps in context.steps(target) if reading.stepwise else (None,):
                start = {} if other else known
                if not is_possible(
                    context.checks(target, reading, steps),
                    start,
                    limits=indicator.bounds,
                    last_year=last,
                ):
                    lost.append((reading, steps))
        if not lost:
            continue
        numbers: dict[str, Value] = {
            "readings": [[reading.id, steps] for reading, steps in lost],
            "base_stated": base[1] if base else None,
        }
        indicator = context.indicator(target)
        yield Finding(
            kind=Kind.IMPOSSIBLE,
            severity=Severity.HIGH if any(r.default for r, _ in lost) else Severity.MEDIUM,
            rule="reading_that_nothing_keeps",
            targets=(target.id,),
            text="audit_impossible.nothing_keeps",
            values={
                "title": context.title(target),
                "base": _base(context, target, indicator.unit if indicator else "none"),
                "labels": _labels(reading for reading, _ in lost),
            },
            numbers=numbers,
        )


def _labels(readings: Iterable[Reading]) -> Said:
    labels = dict.fromkeys(reading.label for reading in readings)
    return in_both(lambda lang: listed((label.in_(lang) for label in labels), lang))
