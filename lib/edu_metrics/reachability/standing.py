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
from edu_metrics.reachability.promised import pace_of_target
from edu_metrics.reachability.verdicts import Applies, Assessment, Total

__all__ = ["pace_falls_short", "whole_level", "with_standing"]


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
    level = final_bound(checks, known, indicator.bounds)
    level = whole_level(level) if level is not None and counts_whole(indicator) else level
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
        return _with_total(blank, indicator, record, checks)
    gap = round(level.gap(value), 9)
    pace, by = _hardest_pace(checks, known, indicator, last_year)
    blank = replace(blank, gap=gap, required_pace=pace, required_by=by)
    if start == "plan_statement":
        return blank
    if record.past_pace is not None:
        towards = record.past_pace if _upwards(level, value) else -record.past_pace
        needed = years_needed(gap, towards, strict=level.strict)
        blank = replace(blank, past_pace=record.past_pace, years_needed=needed)
    if indicator.unit == "percent" and last_year in record.counts:
        blank = replace(blank, people=_people(level, *record.counts[last_year]))
    return blank


def whole_level(level: Bound) -> Bound:
    """
    Take a level of persons or institutions to the next whole one that meets it.

    Parameters
    ----------
    level : Bound
        The level. [persons or institutions]

    Returns
    -------
    Bound
        Not strict any more; an exact level stays as it is.

    Examples
    --------
    >>> str(whole_level(Bound(op=">=", value=26.4))), str(whole_level(Bound(op=">", value=27)))
    ('≥ 27', '≥ 28')
    """
    value = round(level.value, 9)  # the dust of binary fractions must not ask for one more
    if level.op == "==":
        return Bound(op="==", value=value)
    if level.rising:
        return Bound(op=">=", value=math.floor(value) + 1 if level.strict else math.ceil(value))
    return Bound(op="<=", value=math.ceil(value) - 1 if level.strict else math.floor(value))


def _hardest_pace(
    checks: Sequence[Check], known: Mapping[int, float], indicator: Indicator, last_year: int
) -> tuple[float | None, int | None]:
    """
    Give the change a year that the hardest of the years still to come asks for, and that year.

    A level that is due next year asks for a faster pace than the same level a year later. One that
    is met already asks for none.
    """
    value = known[last_year]
    paces: list[tuple[float, int]] = []
    for due in sorted({check.due for check in checks if check.due > last_year}):
        level = final_bound(
            [check for check in checks if check.due <= due], known, indicator.bounds
        )
        if level is not None:
            level = whole_level(level) if counts_whole(indicator) else level
            there = level.met_by(round(value, 9))
            pace = 0.0 if there else required_pace(value, level.value, due - last_year)
            paces.append((pace, due))
    # Of equally hard years the first one counts.
    return max(paces, key=lambda one: abs(one[0]), default=(None, None))


def _with_total(
    blank: Assessment, indicator: Indicator, record: Record, checks: Sequence[Check]
) -> Assessment:
    """Say of a sum over years what is done, what is left, and what each year left has to bring."""
    last_year = blank.last_year
    if any(check.measure != "sum" for check in checks):
        return blank
    if last_year is None or blank.start != "observed":
        return blank
    asked = max(checks, key=lambda check: check.due)
    bound = whole_level(asked.bounds[0]) if counts_whole(indicator) else asked.bounds[0]
    over = [year for year in asked.years if year <= last_year]
    if not all(year in record.exact for year in over):
        return replace(blank, total=Total(bound, asked.years, None))
    so_far = round(sum(record.exact[year] for year in over), 9)
    gap = round(bound.gap(so_far), 9)
    blank = replace(blank, total=Total(bound, asked.years, so_far), gap=gap)
    left = [year for year in asked.years if year > last_year]
    if left:
        pace = max(required_pace(so_far, bound.value, len(left)), 0.0)
        blank = replace(blank, required_pace=pace, required_by=asked.due)
    # What a year brought so far: in the years of the sum, or before them where none is over.
    brought = [record.exact[year] for year in over] or list(record.exact.values())
    past = round(sum(brought) / len(brought), 9)
    needed = years_needed(gap, past, strict=bound.strict)
    return replace(blank, past_pace=past, years_needed=needed)


def _upwards(level: Bound, value: float) -> bool:
    """Tell in which direction a level lies; one that is exact may lie in either."""
    return level.value > value if level.op == "==" else level.rising


def _people(level: Bound, numerator: float, denominator: float) -> int | None:
    try:
        return max(people_behind(level, numerator, denominator), 0)
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
    steps, years = plan.default_steps(plan.target(target.pace)), due - record.last_year
    pace = pace_of_target(plan, target)
    if pace is None or not (pace.limited and pace.sized) or steps is None or years > steps:
        return False
    value = record.exact[record.last_year]
    end = pace.after(value, years, "high")
    if level.op == "==":
        return (end < level.value) if _upwards(level, value) else (end > level.value)
    return not level.met_by(end)
