"""Where a series stands before a target: gap, pace, the people behind, whose gap it is."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from edu_metrics.catalog import Bound, Indicator, Plan, Target
from edu_metrics.errors import DataError
from edu_metrics.formulas import kitagawa
from edu_metrics.observations import ENDED_YEARS
from edu_metrics.reachability.arithmetic import (
    final_bound,
    is_vacuous,
    pace_of_target,
    people_behind,
    required_pace,
    years_needed,
)
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.series import Record, counts_whole
from edu_metrics.reachability.verdicts import Applies, Assessment, Total


def with_gap(blank: Assessment, question: Question) -> Assessment:
    """
    Add to an assessment what needs no chance.

    Parameters
    ----------
    blank : Assessment
        What is known so far; says how the target applies to the area.
    question : Question
        The reading's series and checks.

    Returns
    -------
    Assessment
        With start, level, gap, paces and people, as far as they can be said.
    """
    plan, indicator = question.plan, question.indicator
    record, checks = question.record, question.checks
    known, start = dict(record.exact), "observed"
    last_year = max((year for year in known if year <= question.due), default=None)
    stated = question.target.baseline
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
    as_of = blank.as_of if start == "observed" else None
    pace, by = _hardest_pace(checks, known, indicator, last_year, as_of)
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


def pace_begins(last_year: int, as_of: dt.date | None, due: int) -> int:
    """
    Say after which year a required pace is counted.

    Parameters
    ----------
    last_year : int
        Last year that is known. [year]
    as_of : date or None
        Day of asking, if it counts.
    due : int
        Year in which the level is due. [year]

    Returns
    -------
    int
        The last year known; of a series that ended long before the day of asking, the last year
        that is over: nobody can move any more in years that are gone. [year]

    Examples
    --------
    >>> pace_begins(2019, dt.date(2021, 3, 31), 2025), pace_begins(2014, dt.date(2021, 3, 31), 2025)
    (2019, 2020)
    """
    ended = as_of is not None and as_of.year - last_year > ENDED_YEARS
    return as_of.year - 1 if as_of and ended and as_of.year <= due else last_year


def _hardest_pace(
    checks: Sequence[Check],
    known: Mapping[int, float],
    indicator: Indicator,
    last_year: int,
    as_of: dt.date | None,
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
            years = due - pace_begins(last_year, as_of, due)
            pace = 0.0 if there else required_pace(value, level.value, years)
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


Counts = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part's rate, its share of the whole, and what it adds to the whole's distance.

    ``points`` is positive where the part lifts the whole above the level and negative where it
    pulls it below; ``people`` are the persons that the part itself is short of.
    """

    area: str
    rate: float
    share: float
    points: float
    people: int


def adds_up(whole: tuple[float, float] | None, parts: Counts) -> bool:
    """
    Tell whether parts make up their whole; what they do not make up can't be split over them.

    Parameters
    ----------
    whole : (float, float) or None
        Numerator and denominator of the whole, if they are known. [persons or institutions]
    parts : mapping of str to (float, float)
        Those of each part. [persons or institutions]

    Returns
    -------
    bool
        Whether both are the sums of the parts'.

    Examples
    --------
    >>> adds_up((150, 200), {"a": (90, 100), "b": (60, 100)})
    True
    >>> adds_up((700, 828), {"a": (400, 500), "b": (195, 244)})
    False
    """
    if whole is None:
        return False
    sums = (sum(column) for column in zip(*parts.values(), strict=True))
    return all(math.isclose(own, total) for own, total in zip(whole, sums, strict=True))


def gap_by_parts(counts: Counts, bound: Bound) -> tuple[Part, ...]:
    r"""
    Split a whole's distance from a level over its parts.

    Parameters
    ----------
    counts : mapping of str to (float, float)
        Numerator and denominator of each part. [persons or institutions]
    bound : Bound
        The level asked of the whole. [percent]

    Returns
    -------
    tuple of Part
        Those that pull the whole down most come first; where less is better, those that push it
        up most.

    Raises
    ------
    DataError
        If a denominator is not positive.

    Notes
    -----
    .. math:: R - L = \sum_d w_d (r_d - L)

    with weights by the denominators: the rate component of a Kitagawa decomposition between the
    parts as they are and parts that all stand at the level, the composition being the same.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. *Journal of the American
    Statistical Association* 50(272), 1168-1194.

    Examples
    --------
    >>> found = gap_by_parts({"a": (90, 100), "b": (60, 100)}, Bound.model_validate(">=80"))
    >>> [(part.area, part.points, part.people) for part in found]
    [('b', -10.0, 20), ('a', 5.0, -10)]
    """
    areas = list(counts)
    rates, shares = _rates_and_shares(counts)
    at_level = [bound.value] * len(areas)
    split = kitagawa(shares, at_level, shares, rates)
    parts = [
        Part(
            area,
            rates[n],
            shares[n],
            round(float(split.rate_parts[n]), 9),
            people_behind(bound, *counts[area]),
        )
        for n, area in enumerate(areas)
    ]
    return tuple(sorted(parts, key=lambda part: part.points if bound.rising else -part.points))


def change_by_parts(first: Counts, last: Counts) -> tuple[float, float, float]:
    """
    Split a whole's change into what its parts' rates did and what their sizes did.

    Parameters
    ----------
    first, last : mapping of str to (float, float)
        Numerator and denominator of each part, in two years. [persons or institutions]

    Returns
    -------
    tuple of float
        Total, rate and composition component. [percentage points]

    Raises
    ------
    DataError
        If the two years do not have the same parts.

    Examples
    --------
    >>> change_by_parts({"a": (8, 10), "b": (2, 10)}, {"a": (16, 20), "b": (2, 10)})
    (10.0, 0.0, 10.0)
    """
    if set(first) != set(last):
        raise DataError(
            f"expected the same parts in both years, found {sorted(first)} and {sorted(last)}"
        )
    ordered = {area: last[area] for area in first}
    rates_first, shares_first = _rates_and_shares(first)
    rates_last, shares_last = _rates_and_shares(ordered)
    split = kitagawa(shares_first, rates_first, shares_last, rates_last)
    return (
        round(float(split.total), 9),
        round(float(split.rate), 9),
        round(float(split.composition), 9),
    )


def _rates_and_shares(counts: Counts) -> tuple[list[float], list[float]]:
    whole = sum(denominator for _, denominator in counts.values())
    if any(denominator <= 0 for _, denominator in counts.values()):
        raise DataError("expected a positive number of persons behind every part's rate")
    rates = [100 * numerator / denominator for numerator, denominator in counts.values()]
    shares = [100 * denominator / whole for _, denominator in counts.values()]
    return rates, shares
