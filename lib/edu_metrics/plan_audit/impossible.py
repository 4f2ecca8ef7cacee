"""What nothing keeps: paces that meet a limit; and what standing still, or next to it, keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from edu_metrics.catalog import (
    Bound,
    EachYear,
    Indicator,
    Irreversible,
    Reading,
    Target,
    TotalChange,
    YearlyChange,
)
from edu_metrics.formulas.flows.pupils import fastest_fall
from edu_metrics.plan_audit.context import Finding, Kind, PlanContext, Severity, rule
from edu_metrics.plan_audit.sentences import Said, joined, said, said_value, sizes, tidy, with_sign
from edu_metrics.reachability import is_possible
from edu_metrics.trajectories import baselines_that_reach
from edu_metrics.words import short, unit_of


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


@rule(Kind.IMPOSSIBLE)
def level_and_pace(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find levels with a promised pace, and the bases from which both hold."""
    paced = context.targets.get(target.pace or "")
    pace = context.pace(paced) if paced else None
    indicator, levels = context.indicator(target), context.level_by_year(target)
    if not (paced and pace and pace.slowest and levels and indicator) or pace.fastest is None:
        return
    level, steps, base = levels[max(levels)], sorted(paced.steps), context.base(target)
    arrive = list(pace.bases(level, steps).values())
    if not arrive or (base and all(low <= base[1] <= high for low, high in arrive)):
        return
    limit = indicator.bounds[1 if pace.slowest > 0 else 0]
    last = [
        base_before_limit(limit, pace.slowest, n, relative=pace.relative)
        for n in steps
        if limit is not None
    ]
    yield Finding(
        Severity.HIGH if base else Severity.MEDIUM,
        f"audit_impossible.{'band_and_limit' if last else 'band'}",
        context.in_order((target.id, paced.id)),
        values={
            "title": target.title,
            "pace": paced.title,
            "unit": indicator.unit,
            "bands": sizes(steps, (f"{short(low)}–{short(high)}" for low, high in arrive)),
            "last": sizes(steps, last) if last else "",
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
    return said("audit_impossible.stated", year=base[0], value=base[1], unit=unit)


@rule(Kind.IMPOSSIBLE)
def pace_meets_limit(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find paces that run into the indicator's own limit within the plan."""
    pace, indicator = context.pace(target), context.usual_indicator(target)
    if pace is None or not pace.slowest or indicator is None:
        return
    rising = pace.slowest > 0
    limit = indicator.bounds[1 if rising else 0]
    if limit is None or (pace.relative and not rising):
        return
    steps, base = sorted(target.steps), context.base(target)
    ends = [base_before_limit(limit, pace.slowest, n, relative=pace.relative) for n in steps]
    if base and all(base[1] <= end if rising else base[1] >= end for end in ends):
        return
    paces = [pace.slowest] if pace.fastest is None else [pace.slowest, pace.fastest]
    totals = [] if pace.relative else [[tidy(one * n) for one in paces] for n in steps]
    ranges = (joined(map(with_sign, total), by="audit_impossible.to") for total in totals)
    yield Finding(
        Severity.HIGH if base else Severity.MEDIUM,
        f"audit_impossible.{'ceiling' if rising else 'floor'}",
        values={
            "pace": said(
                f"audit_impossible.{'percent_a_year' if pace.relative else 'points_a_year'}",
                change=pace.slowest,
            ),
            "unit": indicator.unit,
            "bases": sizes(steps, ends),
            "totals": said("audit_impossible.in_all", totals=sizes(steps, ranges))
            if totals
            else "",
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


@rule(Kind.IMPOSSIBLE)
def irreversible_condition(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Hold a promised fall against a condition that is not cured: how many new cases must go."""
    for entry in context.entries(Irreversible):
        if entry.indicator != target.indicator:
            continue
        flow = float(fastest_fall(np.linspace(entry.entry_pct, entry.exit_pct, entry.cohorts)))
        seen = context.nearest_observed(entry.indicator, target)
        base = context.base_value(target, seen)
        falls = {one.id: _fall(context, target, one, base) for one in target.readings}
        known = {name: fall for name, fall in falls.items() if fall}
        if not known and None not in falls.values():
            continue
        default = target.default_reading
        beyond = [name for name, fall in known.items() if fall > flow]
        hopeless = default is not None and default.id in beyond
        yield Finding(
            Severity.HIGH if hopeless else Severity.MEDIUM,
            "audit_impossible.irreversible",
            values={
                "entry": entry.entry_pct,
                "exit": entry.exit_pct,
                "cohorts": entry.cohorts,
                "area": context.area_name(entry.area),
                "rows": [
                    _cut(one, falls[one.id], flow) for one in target.readings if falls[one.id] != 0
                ],
                "base": _base_of_fall(context, target),
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
    for condition in reading.conditions:
        if isinstance(condition, YearlyChange | TotalChange):
            change = -condition.change[0].value
            if condition.unit == "percent":
                if base is None:
                    return None
                change = change * base / 100
            in_all = isinstance(condition, TotalChange)
            steps = context.plan.default_steps(target) or 1
            return max(change / (steps if in_all else 1), 0.0)
    return 0.0


def _cut(reading: Reading, fall: float | None, flow: float) -> Said:
    if fall is None:
        return said("audit_impossible.cut_unknown", label=reading.label)
    cut = cut_of_new_cases(fall, flow)
    key = "cut_impossible" if cut > 100 else "cut"
    return said(f"audit_impossible.{key}", label=reading.label, fall=fall, cut=cut)


def _base_of_fall(context: PlanContext, target: Target) -> Said:
    if stated := context.base(target):
        return said("audit_impossible.base_is", value=stated[1], year=stated[0])
    seen = context.nearest_observed(target.indicator or "", target)
    if not seen:
        return said("audit_impossible.base_missing")
    area, year, value = seen[-1]
    name = context.area_name(area)
    return said("audit_impossible.base_borrowed", area=name, value=value, year=year)


@rule(Kind.IMPOSSIBLE)
def reading_that_nothing_keeps(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find readings that no values could keep, from the stated base or from any."""
    base, own = context.base(target), context.indicator(target)
    last = base[0] if base else context.plan.first_year - 1
    lost: list[tuple[Reading, int | None]] = []
    for reading in target.readings:
        indicator = context.indicator(target, reading)
        if not reading.conditions or indicator is None:
            continue
        start = dict([base]) if base and indicator is own else {}
        for steps in context.steps(target) if reading.stepwise else (None,):
            checks = context.checks(target, reading, steps)
            if not is_possible(
                checks, start, limits=indicator.bounds, last_year=last, open_ends=indicator.open
            ):
                lost.append((reading, steps))
    if lost:
        yield Finding(
            Severity.HIGH if any(reading.default for reading, _ in lost) else Severity.MEDIUM,
            "audit_impossible.nothing_keeps",
            values={
                "base": _base(context, target, own.unit if own else "none"),
                "labels": [*dict.fromkeys(reading.label for reading, _ in lost)],
            },
            numbers={
                "readings": [[reading.id, steps] for reading, steps in lost],
                "base_stated": base[1] if base else None,
            },
        )


class Asked(NamedTuple):
    """What one year asks for: a change, whether it must be passed, and where that ends."""

    change: float
    strict: bool
    value: float

    @property
    def word(self) -> str:
        """What it asks: nothing, any movement at all, or a change to be reached or passed."""
        if self.change == 0:
            return "more_than_0" if self.strict else "nothing"
        return "more_than" if self.strict else "at_least"


def smallest_path(
    levels: Mapping[int, Bound], base: tuple[int, float] | None, *, least: float
) -> dict[int, Asked]:
    """
    Walk the least that levels ask for, year by year.

    Parameters
    ----------
    levels : mapping of int to Bound
        Bounds by year. [unit of the indicator]
    base : tuple of (int, float) or None
        Year and value of the start; without one the first bound is the start.
        [unit of the indicator]
    least : float
        The smallest movement that the indicator can make, or that is worth printing.
        [unit of the indicator]

    Returns
    -------
    dict of int to Asked
        What each year after the start asks for; none for an exact value.

    Examples
    --------
    93 and then "above 95" twice asks for more than two points, and for nothing after that:

    >>> above = Bound.model_validate(">95")
    >>> path = smallest_path({2021: above, 2022: above}, (2020, 93), least=0.01)
    >>> [(year, asked.change, asked.word, asked.value) for year, asked in path.items()]
    [(2021, 2.0, 'more_than', 95.01), (2022, 0.0, 'nothing', 95.01)]
    """
    if any(bound.op == "==" for bound in levels.values()):
        return {}
    years = [year for year in sorted(levels) if base is None or year > base[0]]
    path: dict[int, Asked] = {}
    if base is None and years:
        first = levels[years[0]]
        value = _beyond(first, least)
        years = years[1:]
    elif base is not None:
        value = base[1]
    for year in years:
        bound = levels[year]
        if bound.met_by(value):
            path[year] = Asked(0.0, strict=False, value=tidy(value))
            continue
        change = tidy(bound.value - value)
        value = _beyond(bound, least)
        path[year] = Asked(change, strict=bound.strict, value=tidy(value))
    return path


def _beyond(bound: Bound, least: float) -> float:
    """Give the value nearest to a bound that keeps it."""
    if not bound.strict:
        return bound.value
    return bound.value + (least if bound.rising else -least)


@rule(Kind.VACUOUS)
def smallest_movement(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find levels of which some year asks for nothing, or for any movement however small."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or _at_limit(context, target):
        return
    if reading.of(YearlyChange):
        return
    base, unit, least = context.base(target), indicator.unit, _least(indicator)
    levels = {year: _facing(ends, base) for year, ends in context.bounds(reading).items()}
    path = smallest_path(levels, base, least=least)
    still = [asked.change == 0 for asked in path.values()]
    if not any(still):
        return
    start = base or (min(levels), _beyond(levels[min(levels)], least))
    smallest = [start[1], *(asked.value for asked in path.values())]
    suffix, points = ("_pct", "points") if unit == "percent" else ("", "")
    yield Finding(
        Severity.MEDIUM if all(still) else Severity.LOW,
        f"audit_vacuous.{'nowhere' if all(still) else 'somewhere'}",
        values={
            "start": said("audit_vacuous.from_base", year=base[0], value=base[1], unit=unit)
            if base
            else said("audit_vacuous.from_bound", year=start[0], level=levels[start[0]], unit=unit),
            "asked": [
                said(
                    f"audit_vacuous.asks_{asked.word}",
                    **{"year": year, "change": abs(asked.change), "unit": points or unit},
                )
                for year, asked in path.items()
            ],
            "path": joined(
                (said_value(value, unit) for value in smallest), by="audit_vacuous.then"
            ),
        },
        numbers={
            "base_stated": base is not None,
            "years": [start[0], *path],
            f"smallest_path{suffix}": [tidy(start[1]), *smallest[1:]],
            f"asked{'_pp' if points else ''}": [asked.change for asked in path.values()],
            "asks": [asked.word for asked in path.values()],
        },
    )


def _facing(ends: tuple[Bound, ...], base: tuple[int, float] | None) -> Bound:
    """Give the end of a corridor that a base has yet to pass, or its first where it lies inside."""
    unmet = (end for end in ends if base is not None and not end.met_by(base[1]))
    return next(unmet, ends[0])


def _least(indicator: Indicator) -> float:
    """Give one where things are counted, else a hundredth of the unit."""
    return 1.0 if indicator.formula == "count" and unit_of(indicator.unit).whole else 0.01


@rule(Kind.VACUOUS)
def smallest_rise(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find yearly changes without a size: any movement keeps them, or none at all."""
    reading, pace = target.default_reading, context.pace(target)
    if not (reading and pace and context.usual_indicator(target)):
        return
    if pace.slowest == 0 and pace.fastest is None:
        changes = (bound for one in reading.of(YearlyChange) for bound in one.change)
        strict = any(bound.strict for bound in changes)
        yield Finding(
            Severity.MEDIUM,
            f"audit_vacuous.{'any_rise' if strict else 'no_rise'}",
            numbers={"slowest_per_year": 0.0, "standing_still_keeps_it": not strict},
        )


@rule(Kind.VACUOUS)
def floor_that_may_stand_still(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find floors for each year that ask for no change from one year to the next."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or _at_limit(context, target):
        return
    floors = [floor.bound for floor in reading.of(EachYear)]
    if floors and len(floors) == len(reading.conditions):
        yield Finding(
            Severity.LOW,
            "audit_vacuous.same_floor",
            values={"floor": floors[0]},
            numbers={"floor": floors[0].value, "unit": indicator.unit, "change_asked": 0.0},
        )


def _at_limit(context: PlanContext, target: Target) -> float | None:
    """Give the limit at which a target already stands, if it does."""
    base, indicator = context.base(target), context.usual_indicator(target)
    if base is None or indicator is None:
        return None
    end = indicator.bounds[0 if indicator.better == "lower" else 1]
    return end if end is not None and base[1] == end else None


@rule(Kind.VACUOUS)
def already_at_the_limit(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find targets that the plan itself says have been reached and can't be raised."""
    limit, indicator = _at_limit(context, target), context.usual_indicator(target)
    if limit is not None and indicator is not None:
        yield Finding(
            Severity.MEDIUM,
            "audit_vacuous.at_limit",
            numbers={"base": limit, "limit": limit, "unit": indicator.unit, "room": 0.0},
        )


@rule(Kind.VACUOUS, gathered="count")
def cannot_fail(_: PlanContext, target: Target) -> Iterator[Finding]:
    """Gather the milestones that no number can fail."""
    if target.tier == "dated" and target.kind == "milestone" and not target.readings:
        yield Finding(Severity.LOW, "audit_vacuous.no_number")


@rule(Kind.VACUOUS)
def rate_beyond_100(context: PlanContext, target: Target) -> Iterator[Finding]:
    """Find floors on a rate that may pass 100, and so is no share of those meant."""
    indicator = context.usual_indicator(target)
    if indicator is None or indicator.unit != "percent" or indicator.bounds[1] is not None:
        return
    floors = [bound for _, bound in sorted(context.usual_levels(target).items()) if bound.rising]
    if floors and floors[-1].value <= 100:
        yield Finding(
            Severity.LOW,
            "audit_vacuous.beyond_100",
            values={"floor": floors[-1]},
            numbers={"floor_pct": floors[-1].value, "upper_limit_pct": None},
        )
