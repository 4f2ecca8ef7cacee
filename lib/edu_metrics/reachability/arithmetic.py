"""
What follows from bounds and promised paces alone, without any chance.

The set of values that a series can still take is carried forward from year to year as intervals
whose ends may be open; where none is left, the reading is impossible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from edu_metrics.catalog import Bound
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas import largest_count_for, smallest_count_for
from edu_metrics.reachability.checks import Check
from edu_metrics.reachability.ranges import Range, accepted

__all__ = [
    "final_bound",
    "is_possible",
    "is_vacuous",
    "people_behind",
    "required_pace",
    "years_needed",
]

Limits = tuple[float | None, float | None]


def is_possible(
    checks: Sequence[Check], known: Mapping[int, float], *, limits: Limits, last_year: int
) -> bool:
    """
    Tell whether any values at all could still satisfy every check.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed, by year. [unit of the indicator]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    last_year : int
        Last year observed; later ones are free within the limits.

    Returns
    -------
    bool
        False only where arithmetic alone rules the reading out. Exact for levels together with
        one condition on yearly change; several conditions on the change of the same years are
        each held by themselves. A rank never rules anything out, nor does a sum still open.

    Examples
    --------
    From 97, two gains of 5 to 8 points end above 100:

    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"), Bound.model_validate("<=8"))
    >>> steps = [Check("points", (2020, 2021), gain), Check("points", (2021, 2022), gain)]
    >>> is_possible(steps, {2020: 97.0}, limits=(0, 100), last_year=2020)
    False
    >>> is_possible(steps, {2020: 90.0}, limits=(0, 100), last_year=2020)
    True
    """
    checks = [check for check in checks if check.measure != "rank"]
    seen = {year: value for year, value in known.items() if year <= last_year}
    open_checks = [check for check in checks if not seen.keys() >= set(check.years)]
    if not all(check.holds(seen) for check in checks if check not in open_checks):
        return False
    years = [year for check in open_checks for year in check.years]
    low, high = limits
    anything = Range(-math.inf if low is None else low, math.inf if high is None else high)
    state: dict[int, list[Range]] = {}
    for year in range(min(years, default=0), max(years, default=-1) + 1):
        left = [Range(seen[year], seen[year]) if year in seen else anything]
        for check in open_checks:
            if check.due == year:
                allowed = _allowed(check, state)
                left = [one.meet(other) for one in left for other in allowed]
                left = [part for part in left if not part.empty]
        if not left:
            return False
        state[year] = left
    return True


def _allowed(check: Check, state: Mapping[int, list[Range]]) -> list[Range]:
    """Give the values of the due year that one check leaves open."""
    if check.measure == "sum":
        return [Range()]
    change = accepted(check)
    if check.measure == "value":
        return [change]
    relative = check.measure == "percent"
    if relative:
        # A change from zero has no percentage, and nothing falls by more than all of it.
        change = change.meet(Range(low=-100))
    starts = state[check.years[0]] if not change.empty else []
    if relative:
        positive = [start.meet(Range.of(">", 0)) for start in starts]
        allowed = [start.grown(change) for start in positive if not start.empty]
    else:
        steps = check.due - check.years[0] if check.measure == "points_per_step" else 1
        change = Range(change.low * steps, change.high * steps, change.low_open, change.high_open)
        allowed = [start.moved(change) for start in starts]
    return allowed if check.cap is None else [*allowed, Range(check.cap, check.cap)]


def is_vacuous(checks: Sequence[Check], known: Mapping[int, float], last_year: int) -> bool:
    """
    Tell whether standing still from the last observed year on satisfies every check.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed, by year. [unit of the indicator]
    last_year : int
        Last year observed.

    Returns
    -------
    bool
        True where the target asks for nothing from where the series stands. Never so where
        nothing is due any more, or where a rank hangs on other areas.
    """
    if all(check.due <= last_year for check in checks):
        return False
    years = {year for check in checks for year in check.years}
    held = {year: known.get(year, known[last_year] if year > last_year else None) for year in years}
    if any(value is None for value in held.values()):
        return False
    return all(check.measure != "rank" and check.holds(held) for check in checks)


def final_bound(
    checks: Sequence[Check], known: Mapping[int, float], limits: Limits
) -> Bound | None:
    """
    Say what level the checks come to in the last year, taken at the slowest promised pace.

    Parameters
    ----------
    checks : sequence of Check
        From :func:`~edu_metrics.reachability.checks.checks_of`.
    known : mapping of int to float
        Values observed or assumed, by year. [unit of the indicator]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.

    Returns
    -------
    Bound or None
        The level and whether it must be passed; None where the base is not known or the
        target is not about a level.

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"),)
    >>> steps = [Check("points", (y - 1, y), gain, cap=100) for y in (2021, 2022)]
    >>> str(final_bound(steps, {2020: 80.0}, (0, 100)))
    '≥ 90'
    """
    needed: dict[int, Bound] = {}
    for check in checks:
        if check.measure in ("sum", "rank"):
            continue
        bound: Bound | None = check.bounds[0]
        if check.measure != "value":
            bound = _ahead(check, needed, known, limits)
        held = needed.get(check.due)
        # Of several demands on one year the hardest one counts.
        if bound is not None and (held is None or _hardness(bound) > _hardness(held)):
            needed[check.due] = bound
    return needed[max(needed)] if needed else None


def _ahead(
    check: Check, needed: Mapping[int, Bound], known: Mapping[int, float], limits: Limits
) -> Bound | None:
    """Give the level that one change leads to, from what is known, else from what is needed."""
    slowest, base = check.bounds[0], check.years[0]
    op = slowest.op
    if base in known:
        start = known[base]
    elif base in needed:
        start = needed[base].value
        if needed[base].strict:
            op = ">" if slowest.rising else "<" if op == "<=" else op
    else:
        return None
    if check.measure == "percent":
        if start == 0:  # a change from zero has no percentage
            return None
        value = _clean(start * (1 + slowest.value / 100))
    else:
        steps = check.due - base if check.measure == "points_per_step" else 1
        value = _clean(start + slowest.value * steps)
    limit = limits[1] if slowest.rising else limits[0]
    if check.cap is not None and limit is not None:
        if slowest.rising and value >= limit:
            return Bound(op=">=", value=limit)
        if not slowest.rising and value <= limit:
            return Bound(op="<=", value=limit)
    return Bound(op=op, value=value)


def _hardness(bound: Bound) -> tuple[float, bool]:
    return (bound.value if bound.rising else -bound.value, bound.strict)


def required_pace(current: float, level: float, years: int) -> float:
    """
    Give the constant change a year that ends exactly at a level.

    Parameters
    ----------
    current : float
        Value now. [unit of the indicator]
    level : float
        Level to reach. [unit of the indicator]
    years : int
        Yearly steps left. [years]

    Returns
    -------
    float
        Change a year. [percentage points, or unit of the indicator, a year]

    Raises
    ------
    ProjectionError
        If no year is left.

    Examples
    --------
    >>> required_pace(85, 90, 2)
    2.5
    """
    if years < 1:
        raise ProjectionError(f"years: expected at least one year left, found {years}")
    return _clean((level - current) / years)


def years_needed(gap: float, pace: float, *, strict: bool = False) -> int | None:
    """
    Count the whole years in which a pace closes a gap.

    Parameters
    ----------
    gap : float
        What is missing in the better direction. [percentage points]
    pace : float
        Change a year in the better direction. [percentage points a year]
    strict : bool, optional
        Whether the level has to be passed, so that to close the gap is not enough.

    Returns
    -------
    int or None
        Whole years; 0 where nothing is missing, None where the pace leads nowhere. [years]

    Examples
    --------
    >>> years_needed(5, 2), years_needed(5, -1), years_needed(-1, 2)
    (3, None, 0)
    >>> years_needed(4, 2), years_needed(4, 2, strict=True)
    (2, 3)
    """
    if gap < 0 or (gap == 0 and not strict):
        return 0
    if pace <= 0:
        return None
    years = round(gap / pace, 9)
    return math.floor(years) + 1 if strict else math.ceil(years)


def people_behind(bound: Bound, numerator: float, denominator: float) -> int:
    """
    Count the persons or institutions between a rate and its bound.

    Parameters
    ----------
    bound : Bound
        Level of the rate. [percent]
    numerator : float
        Those with the attribute now. [persons or institutions]
    denominator : float
        All, taken to stay as many. [persons or institutions]

    Returns
    -------
    int
        How many more are needed, or how many fewer where less is better; negative when
        exceeded. For an exact level, how many more or fewer. [persons or institutions]

    Raises
    ------
    DataError
        If no number of persons meets the bound: above 100 % of a whole, or below 0 %.

    Examples
    --------
    85 of 100 teachers, and at least 90 % asked:

    >>> from edu_metrics.catalog import Bound
    >>> people_behind(Bound.model_validate(">=90"), 85, 100)
    5
    >>> people_behind(Bound.model_validate(">85"), 85, 100)
    1
    """
    whole, part = round(denominator), round(numerator)
    if bound.rising:
        return smallest_count_for(bound.value, whole, strict=bound.strict) - part
    fewer = part - largest_count_for(bound.value, whole, strict=bound.strict)
    if bound.op == "==":
        return max(fewer, smallest_count_for(bound.value, whole) - part)
    return fewer


def _clean(number: float) -> float:
    """Take away the dust of binary fractions (0.1 + 0.2)."""
    return round(number, 9) if math.isfinite(number) else number
