"""Targets that are kept by standing still, or by the smallest movement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from edu_metrics.catalog import Bound, EachYear, Indicator, Target, YearlyChange
from edu_metrics.plan_audit.context import PlanContext
from edu_metrics.plan_audit.findings import Flaw, Kind, Severity, rule, rule_of_target
from edu_metrics.plan_audit.sentences import (
    Said,
    said,
    said_bound,
    said_value,
    side_by_side,
    tidy,
)
from edu_metrics.words import unit_of


@dataclass(frozen=True, slots=True)
class Asked:
    """What one year asks for: a change, whether it must be passed, and where that ends."""

    change: float
    strict: bool
    value: float

    @property
    def nothing(self) -> bool:
        """Whether standing still is enough."""
        return self.change == 0 and not self.strict

    @property
    def anything(self) -> bool:
        """Whether any movement at all is enough."""
        return self.change == 0 and self.strict


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
    >>> [(year, asked.change, asked.nothing, asked.value) for year, asked in path.items()]
    [(2021, 2.0, False, 95.01), (2022, 0.0, True, 95.01)]
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


@rule_of_target(Kind.VACUOUS)
def smallest_movement(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find levels of which some year asks for nothing, or for any movement however small."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or _at_limit(context, target):
        return
    if reading.of(YearlyChange):
        return
    base = context.base(target)
    levels = {year: _facing(ends, base) for year, ends in context.bounds(reading).items()}
    path = smallest_path(levels, base, least=_least(indicator))
    if not any(asked.nothing or asked.anything for asked in path.values()):
        return
    idle = all(asked.nothing or asked.anything for asked in path.values())
    start = base or (min(levels), _beyond(levels[min(levels)], _least(indicator)))
    suffix = "_pct" if indicator.unit == "percent" else ""
    yield Flaw(
        severity=Severity.MEDIUM if idle else Severity.LOW,
        text=f"audit_vacuous.{'nowhere' if idle else 'somewhere'}",
        values={
            "start": _start(levels, base, indicator.unit),
            "asked": _asked(path, indicator.unit),
            "path": _then((start[1], *(one.value for one in path.values())), indicator.unit),
        },
        numbers={
            "base_stated": base is not None,
            "years": [start[0], *path],
            f"smallest_path{suffix}": [
                tidy(start[1]),
                *(asked.value for asked in path.values()),
            ],
            f"asked{'_pp' if suffix else ''}": [asked.change for asked in path.values()],
            "asks": [_word(asked) for asked in path.values()],
        },
    )


def _facing(ends: tuple[Bound, ...], base: tuple[int, float] | None) -> Bound:
    """Give the end of a corridor that a base has yet to pass, or its first where it lies inside."""
    unmet = (end for end in ends if base is not None and not end.met_by(base[1]))
    return next(unmet, ends[0])


def _least(indicator: Indicator) -> float:
    """Give one where things are counted, else a hundredth of the unit."""
    return 1.0 if indicator.formula == "count" and unit_of(indicator.unit).whole else 0.01


def _word(asked: Asked) -> str:
    if asked.nothing:
        return "nothing"
    if asked.anything:
        return "more_than_0"
    return "more_than" if asked.strict else "at_least"


def _start(levels: Mapping[int, Bound], base: tuple[int, float] | None, unit: str) -> Said:
    if base is None:
        year = min(levels)
        return said("audit_vacuous.from_bound", year=year, level=said_bound(levels[year], unit))
    return said("audit_vacuous.from_base", year=base[0], value=said_value(base[1], unit))


def _asked(path: Mapping[int, Asked], unit: str) -> Said:
    change_unit = "points" if unit == "percent" else unit
    return side_by_side(
        said(
            f"audit_vacuous.asks_{_word(asked)}",
            year=year,
            change=said_value(abs(asked.change), change_unit),
        )
        for year, asked in path.items()
    )


def _then(values: tuple[float, ...], unit: str) -> Said:
    return side_by_side((said_value(value, unit) for value in values), by="audit_vacuous.then")


@rule_of_target(Kind.VACUOUS)
def smallest_rise(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find yearly changes without a size: any movement keeps them, or none at all."""
    pace, indicator = context.pace(target), context.usual_indicator(target)
    if pace is None or pace.slowest != 0 or pace.fastest is not None or indicator is None:
        return
    changes = target.default_reading.of(YearlyChange) if target.default_reading else []
    strict = any(bound.strict for condition in changes for bound in condition.change)
    yield Flaw(
        severity=Severity.MEDIUM,
        text=f"audit_vacuous.{'any_rise' if strict else 'no_rise'}",
        numbers={"slowest_per_year": 0.0, "standing_still_keeps_it": not strict},
    )


@rule_of_target(Kind.VACUOUS)
def floor_that_may_stand_still(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find floors for each year that ask for no change from one year to the next."""
    reading, indicator = target.default_reading, context.usual_indicator(target)
    if reading is None or indicator is None or _at_limit(context, target):
        return
    floors = [floor.bound for floor in reading.of(EachYear)]
    if not floors or len(floors) < len(reading.conditions):
        return
    yield Flaw(
        severity=Severity.LOW,
        text="audit_vacuous.same_floor",
        values={"floor": said_bound(floors[0], indicator.unit)},
        numbers={"floor": floors[0].value, "unit": indicator.unit, "change_asked": 0.0},
    )


def _at_limit(context: PlanContext, target: Target) -> float | None:
    """Give the limit at which a target already stands, if it does."""
    base, indicator = context.base(target), context.usual_indicator(target)
    if base is None or indicator is None:
        return None
    end = indicator.bounds[0 if indicator.better == "lower" else 1]
    return end if end is not None and base[1] == end else None


@rule_of_target(Kind.VACUOUS)
def already_at_the_limit(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find targets that the plan itself says have been reached and can't be raised."""
    limit, indicator = _at_limit(context, target), context.usual_indicator(target)
    if limit is None or indicator is None:
        return
    yield Flaw(
        severity=Severity.MEDIUM,
        text="audit_vacuous.at_limit",
        values={"limit": said_value(limit, indicator.unit)},
        numbers={"base": limit, "limit": limit, "unit": indicator.unit, "room": 0.0},
    )


@rule(Kind.VACUOUS)
def cannot_fail(context: PlanContext) -> Iterator[Flaw]:
    """Gather the milestones that no number can fail."""
    targets = [
        target
        for target in context.plan.targets
        if target.tier == "dated" and target.kind == "milestone" and not target.readings
    ]
    if targets:
        yield Flaw(
            severity=Severity.LOW,
            targets=tuple(target.id for target in targets),
            text="audit_vacuous.no_number",
            numbers={"count": len(targets)},
        )


@rule_of_target(Kind.VACUOUS)
def rate_beyond_100(context: PlanContext, target: Target) -> Iterator[Flaw]:
    """Find floors on a rate that may pass 100, and so is no share of those meant."""
    indicator = context.usual_indicator(target)
    if indicator is None or indicator.unit != "percent" or indicator.bounds[1] is not None:
        return
    levels = context.usual_levels(target)
    floors = [bound for _, bound in sorted(levels.items()) if bound.rising]
    if not floors or floors[-1].value > 100:
        return
    yield Flaw(
        severity=Severity.LOW,
        text="audit_vacuous.beyond_100",
        values={
            "floor": said_bound(floors[-1], "percent"),
            "share": said_value(floors[-1].value, "percent"),
        },
        numbers={"floor_pct": floors[-1].value, "upper_limit_pct": None},
    )
