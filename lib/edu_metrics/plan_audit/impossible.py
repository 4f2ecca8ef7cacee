"""Paces that meet a limit or hold from a narrow band of bases, and readings that nothing keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from edu_metrics.catalog import Irreversible, Reading, Target, TotalChange, YearlyChange
from edu_metrics.formulas.flows import fastest_fall
from edu_metrics.plan_audit.context import Observed, PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, Value, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    said,
    said_value,
    side_by_side,
    sizes,
    tidy,
    with_sign,
)
from edu_metrics.reachability import is_possible
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import short


def base_before_limit(limit: float, pace: float, steps: int, *, relative: bool = False) -> float:
    """
    Give the base from which a pace, kept in every step, ends exactly at a limit.

    Parameters
    ----------
    limit : float
        Highest value of a rate that rises, lowest of one that falls. [unit of the indicator]
    pace : float
        Change a year, signed. [points, or percent of the year before where ``relative``]
    steps : int
        Number of yearly steps. [years]
    relative : bool, optional
        Whether the pace is a percentage of the year before.

    Returns
    -------
    float
        The highest base of a rise, the lowest of a fall. [unit of the indicator]

    Examples
    --------
    Five points more a year within 100, and three less a year down to nothing:

    >>> base_before_limit(100, 5, 2), base_before_limit(100, 5, 3)
    (90.0, 85.0)
    >>> base_before_limit(0, -3, 2), base_before_limit(0, -3, 3)
    (6.0, 9.0)
    """
    return tidy(baselines_that_reach(limit, pace, pace, steps, relative=relative)[0])


def cut_of_new_cases(fall_pp: float, flow_pp: float) -> float:
    """
    Give the share of new cases that has to be prevented for a yearly fall.

    Parameters
    ----------
    fall_pp : float
        Fall of the rate a year. [percentage points]
    flow_pp : float
        Fall a year without any new case. [percentage points]

    Returns
    -------
    float
        Share of new cases prevented; above 100 the fall can't be. [percent]

    Examples
    --------
    Five points a year, and half a point:

    >>> flow = (80.5 - 12.9) / 12
    >>> round(cut_of_new_cases(5, flow)), round(cut_of_new_cases(0.5, flow))
    (89, 9)
    """
    return 100 * fall_pp / flow_pp


@rule_of_target(Kind.IMPOSSIBLE)
def level_and_pace(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find levels with a promised pace, and the bases from which both hold."""
    paced = context.targets.get(target.pace or "")
    pace = context.pace(paced) if paced else None
    indicator, levels = context.indicator(target), context.level_by_year(target)
    if paced is None or pace is None or pace.fastest is None or not levels or not indicator:
        return
    level, steps = levels[max(levels)], sorted(paced.steps)
    arrive = list(pace.bases(level, steps).values())
    if not arrive or not pace.slowest:
        return
    limit = indicator.bounds[1 if pace.slowest > 0 else 0]
    last = (
        [base_before_limit(limit, pace.slowest, n, relative=pace.relative) for n in steps]
        if limit is not None
        else []
    )
    base = context.base(target)
    if base and all(low <= base[1] <= high for low, high in arrive):
        return
    yield Flaw(
        severity=Severity.HIGH if base else Severity.MEDIUM,
        targets=context.in_order((target.id, paced.id)),
        text=f"audit_impossible.{'band_and_limit' if last else 'band'}",
        values={
            "title": target.title,
            "pace": paced.title,
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
        return said("audit_impossible.no_base")
    return said("audit_impossible.stated", year=base[0], value=said_value(base[1], unit))


@rule_of_target(Kind.IMPOSSIBLE)
def pace_meets_limit(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find paces that run into the indicator's own limit within the plan."""
    pace, indicator = context.pace(target), context.usual_indicator(target)
    if pace is None or not pace.slowest or indicator is None:
        return
    rising = pace.slowest > 0
    limit = indicator.bounds[1 if rising else 0]
    if limit is None or (pace.relative and not rising):
        return
    steps = sorted(target.steps)
    ends = [base_before_limit(limit, pace.slowest, n, relative=pace.relative) for n in steps]
    base = context.base(target)
    if base and all(base[1] <= end if rising else base[1] >= end for end in ends):
        return
    paces = [pace.slowest] if pace.fastest is None else [pace.slowest, pace.fastest]
    totals = [] if pace.relative else [[tidy(one * n) for one in paces] for n in steps]
    yield Flaw(
        severity=Severity.HIGH if base else Severity.MEDIUM,
        text=f"audit_impossible.{'ceiling' if rising else 'floor'}",
        values={
            "pace": said(
                f"audit_impossible.{'percent_a_year' if pace.relative else 'points_a_year'}",
                change=with_sign(pace.slowest),
            ),
            "limit": said_value(limit, indicator.unit),
            "bases": sizes(steps, map(short, ends)),
            "totals": _in_all(steps, totals) if totals else "",
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


def _in_all(steps: list[int], totals: list[list[float]]) -> Said:
    ranges = [side_by_side(map(with_sign, ends), by="audit_impossible.to") for ends in totals]
    return said("audit_impossible.in_all", totals=sizes(steps, ranges))


@rule_of_target(Kind.IMPOSSIBLE)
def irreversible_condition(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Hold a promised fall against a condition that is not cured: how many new cases must go."""
    for entry in context.known(Irreversible, target.indicator):
        cohorts = np.linspace(entry.entry_pct, entry.exit_pct, entry.cohorts)
        flow = float(fastest_fall(cohorts))
        seen = context.nearest_observed(entry.indicator, target)
        base = context.base_value(target, seen)
        falls = {reading.id: _fall(context, target, reading, base) for reading in target.readings}
        known = {name: fall for name, fall in falls.items() if fall}
        if not known and None not in falls.values():
            continue
        default = target.default_reading
        beyond = [name for name, fall in known.items() if fall > flow]
        hopeless = default is not None and default.id in beyond
        yield Flaw(
            severity=Severity.HIGH if hopeless else Severity.MEDIUM,
            text="audit_impossible.irreversible",
            values={
                "entry": short(entry.entry_pct),
                "exit": short(entry.exit_pct),
                "cohorts": entry.cohorts,
                "area": context.area_name(entry.area),
                "flow": short(flow),
                "one": short(cut_of_new_cases(1, flow), 0),
                "rows": _cuts(target, falls, flow),
                "base": _base_of_fall(context, target, seen),
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
    def row(reading: Reading) -> Said:
        fall, label = falls[reading.id], reading.label
        if fall is None:
            return said("audit_impossible.cut_unknown", label=label)
        cut = cut_of_new_cases(fall, flow)
        key = "cut_impossible" if cut > 100 else "cut"
        return said(f"audit_impossible.{key}", label=label, fall=short(fall), cut=short(cut, 0))

    return side_by_side(row(reading) for reading in target.readings if falls[reading.id] != 0)


def _base_of_fall(context: PlanContext, target: Target, seen: Sequence[Observed]) -> Said:
    if stated := context.base(target):
        value = said_value(stated[1], "percent")
        return said("audit_impossible.base_is", value=value, year=stated[0])
    if not seen:
        return said("audit_impossible.base_missing")
    area, value = context.area_name(seen[-1].area), said_value(seen[-1].value, "percent")
    return said("audit_impossible.base_borrowed", area=area, value=value, year=seen[-1].year)


@rule_of_target(Kind.IMPOSSIBLE)
def reading_that_nothing_keeps(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find readings that no values could keep, from the stated base or from any."""
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
                open_ends=indicator.open,
            ):
                lost.append((reading, steps))
    if not lost:
        return
    numbers: dict[str, Value] = {
        "readings": [[reading.id, steps] for reading, steps in lost],
        "base_stated": base[1] if base else None,
    }
    indicator = context.indicator(target)
    labels = dict.fromkeys(reading.label for reading, _ in lost)
    yield Flaw(
        severity=Severity.HIGH if any(r.default for r, _ in lost) else Severity.MEDIUM,
        text="audit_impossible.nothing_keeps",
        values={
            "base": _base(context, target, indicator.unit if indicator else "none"),
            "labels": side_by_side(label for label in labels),
        },
        numbers=numbers,
    )
