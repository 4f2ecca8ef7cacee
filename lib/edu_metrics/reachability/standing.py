"""Where a series stands before a target: the level asked, the gap, the pace, the people behind."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from edu_metrics.catalog import Bound, Indicator, Plan, Target
from edu_metrics.errors import DataError
from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_vacuous,
    people_behind,
    required_pace,
    years_needed,
)
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.evidence import Record, counts_whole
from edu_metrics.reachability.verdicts import Applies, Assessment

__all__ = ["pace_falls_short", "with_standing"]


def with_standing(
    blank: Assessment,
    plan: Plan,
    target: Target,
    indicator: Indicator,
    record: Record,
    checks: Sequence[Check],
) -> Assessment:
    """
    Add to an assessment what needs no chance.

    Parameters
    ----------
    blank : Assessment
        What is known so far; says how the target applies to the area.
    plan : Plan
        The plan of the target.
    target : Target
        The promise.
    indicator : Indicator
        What the reading is about.
    record : Record
        The series.
    checks : sequence of Check
        The reading's checks.

    Returns
    -------
    Assessment
        With start, level, gap, paces and people, as far as they can be said.
    """
    due = max(check.due for check in checks)
    known, start = dict(record.exact), "observed"
    last_year = max((year for year in known if year <= due), default=None)
    stated = target.baseline
    # Before the plan was issued nobody knew what it would say.
    issued = blank.as_of is None or plan.issued <= blank.as_of
    said = stated is not None and stated.exact and issued
    if last_year is None and stated and said and blank.applies is Applies.BINDS:
        # A plan's own statement may serve as an assumed start, and is marked as one. It speaks
        # of the places that the plan binds and of no other; without a year, of the day of issue.
        first = min(year for check in checks for year in check.years)
        last_year = stated.year or min(plan.issued.year, first)
        known, start = {last_year: stated.value}, "plan_statement"
    level = _whole(final_bound(checks, known, indicator.bounds), indicator)
    blank = replace(blank, level=level)
    if last_year is None:
        return blank
    value = known[last_year]
    blank = replace(
        blank,
        last_year=last_year,
        last_value=value,
        start=start,
        vacuous=is_vacuous(checks, known, last_year),
    )
    if level is None:
        return blank
    gap = round(level.gap(value), 9)
    blank = replace(blank, gap=gap)
    blank = replace(blank, required_pace=_hardest_pace(checks, known, indicator, last_year))
    if start == "plan_statement":
        return blank
    if record.past_pace is not None:
        towards = record.past_pace if _upwards(level, value) else -record.past_pace
        needed = years_needed(gap, towards, strict=level.strict)
        blank = replace(blank, past_pace=record.past_pace, years_needed=needed)
    if indicator.unit == "percent" and last_year in record.counts:
        blank = replace(blank, people=_people(level, *record.counts[last_year]))
    return blank


def _whole(level: Bound | None, indicator: Indicator) -> Bound | None:
    """Take a level of persons or institutions to the next whole one: 26.4 workshops are 27."""
    if level is None or level.strict or not counts_whole(indicator):
        return level
    ends = {">=": math.ceil, "<=": math.floor}
    # The dust of binary fractions must not ask for one more.
    value = ends[level.op](round(level.value, 9)) if level.op in ends else level.value
    return Bound(op=level.op, value=value)


def _hardest_pace(
    checks: Sequence[Check], known: Mapping[int, float], indicator: Indicator, last_year: int
) -> float | None:
    """
    Give the change a year that the hardest of the years still to come asks for.

    A level that is due next year asks for a faster pace than the same level a year later.
    """
    value = known[last_year]
    paces: list[float] = []
    rising = True
    for due in sorted({check.due for check in checks if check.due > last_year}):
        level = final_bound(
            [check for check in checks if check.due <= due], known, indicator.bounds
        )
        if level is not None:
            rising = _upwards(level, value)
            paces.append(required_pace(value, level.value, due - last_year))
    if not paces:
        return None
    return max(paces) if rising else min(paces)


def _upwards(level: Bound, value: float) -> bool:
    """Tell in which direction a level lies; one that is exact may lie in either."""
    return level.value > value if level.op == "==" else level.rising


def _people(level: Bound, numerator: float, denominator: float) -> int | None:
    try:
        return people_behind(level, numerator, denominator)
    except DataError:  # above 100 % of a whole: no number of persons does it
        return None


def pace_falls_short(
    plan: Plan, target: Target, record: Record, level: Bound | None, due: int
) -> bool:
    """
    Tell whether even the fastest pace that the plan promises ends short of a level.

    Parameters
    ----------
    plan : Plan
        The plan of the target.
    target : Target
        The promise of the level; may name another target of the plan as its ``pace``.
    record : Record
        The series.
    level : Bound or None
        The level promised. [unit of the indicator]
    due : int
        Year in which it falls due.

    Returns
    -------
    bool
        False where no fastest pace is promised, or where years are left that the promise of a
        pace does not speak of.
    """
    if target.pace is None or level is None or record.last_year is None:
        return False
    promised = plan.target(target.pace)
    years = due - record.last_year
    steps = plan.default_steps(promised)
    fastest = [
        bound.value
        for reading in promised.readings
        for condition in reading.conditions
        if condition.type == "yearly_change" and condition.unit == "points"
        for bound in condition.change
        if bound.op == "==" or bound.rising != condition.change[0].rising
    ]
    if not fastest or steps is None or years > steps:
        return False
    value = record.exact[record.last_year]
    end = round(value + max(fastest, key=abs) * years, 9)
    if level.op == "==":
        return (end < level.value) if _upwards(level, value) else (end > level.value)
    return not level.met_by(end)
