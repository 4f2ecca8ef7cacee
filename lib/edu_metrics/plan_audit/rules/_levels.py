"""What a reading comes to at its deadline, from a base on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from edu_metrics.catalog import Bound, Level, Rank, Reading, SumOverYears
from edu_metrics.reachability import Check, checks_of
from edu_metrics.reachability.checks import Range, accepted

__all__ = ["binding", "ends_of", "reading_levels", "reading_range"]

Limits = tuple[float | None, float | None]


def reading_range(
    reading: Reading,
    base: float | None,
    steps: int | None,
    limits: Limits,
    *,
    deadline: int | None = None,
) -> Range | None:
    """
    Give the values at the deadline that keep a reading from a base on.

    Parameters
    ----------
    reading : Reading
        One exact meaning of a target.
    base : float or None
        Value in the year before the first step. [unit of the indicator]
    steps : int or None
        Number of yearly steps of a stepwise clause. [years]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    deadline : int, optional
        Year in which the last step ends; the last year that the reading names when left out.

    Returns
    -------
    Range or None
        Empty where no value keeps it; None where the reading needs a base and has none. Of a sum
        or a rank: what the sum or the rank may be.

    Examples
    --------
    >>> gain = Reading.model_validate({
    ...     "id": "inside", "label": {"zh": "区间内", "en": "inside the range"}, "default": True,
    ...     "conditions": [{"type": "yearly_change", "unit": "points", "change": [">=5", "<=8"]}]})
    >>> found = reading_range(gain, 50, 2, (0, 100))
    >>> found.low, found.high
    (60.0, 66.0)
    """
    last = deadline or max(_years_named(reading), default=0)
    checks = checks_of(reading, steps=steps, deadline=last, limits=limits)
    whole = _between(limits)
    state: dict[int, Range] = {}
    if base is not None and steps:
        state[last - steps] = Range(base, base)
    found: Range | None = None
    for check in checks:
        if check.measure in ("sum", "rank"):
            found = accepted(check)
        elif check.measure == "value":
            found = state.get(check.due, whole).meet(accepted(check))
        elif check.years[0] not in state:
            return None
        else:
            moved = _moved(state[check.years[0]], check).meet(whole)
            if moved.empty and check.cap is not None:
                moved = Range(check.cap, check.cap)
            found = moved.meet(state.get(check.due, whole))
        if found.empty:
            return found
        state[check.due] = found
    return found


def _between(limits: Limits) -> Range:
    low, high = limits
    return Range(-math.inf if low is None else low, math.inf if high is None else high)


def _moved(start: Range, check: Check) -> Range:
    change = accepted(check)
    if check.measure == "percent":
        # A change from zero has no percentage, and nothing falls by more than all of it.
        start, change = start.meet(Range.of(">", 0)), change.meet(Range(low=-100))
        return start if start.empty else change if change.empty else start.grown(change)
    steps = check.due - check.years[0] if check.measure == "points_per_step" else 1
    return start.moved(
        Range(change.low * steps, change.high * steps, change.low_open, change.high_open)
    )


def _years_named(reading: Reading) -> Iterator[int]:
    for condition in reading.conditions:
        if isinstance(condition, Level):
            yield from condition.at
        elif isinstance(condition, SumOverYears):
            yield from condition.years
        elif isinstance(condition, Rank):
            yield condition.year


def reading_levels(
    reading: Reading,
    base: float | None,
    steps: Sequence[int | None],
    limits: Limits,
    *,
    deadline: int | None = None,
) -> tuple[float | None, ...]:
    """
    Give the level that a reading comes to from a base, one for each number of steps.

    Of a range that is bounded on both sides it is the end next to the base: the least that is
    asked.

    Parameters
    ----------
    reading : Reading
        One exact meaning of a target.
    base : float or None
        Value in the year before the first step. [unit of the indicator]
    steps : sequence of (int or None)
        The numbers of yearly steps that the clause can mean. [years]
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    deadline : int, optional
        Year in which the last step ends; the last year that the reading names when left out.

    Returns
    -------
    tuple of (float or None)
        None where no value keeps the reading, or where it needs a base and has none.
        [unit of the indicator]

    Examples
    --------
    A rate of 50 % that is to fall by 5 % of itself every year, in two steps or three:

    >>> fall = Reading.model_validate({
    ...     "id": "relative", "label": {"zh": "相对", "en": "relative"}, "default": True,
    ...     "conditions": [{"type": "yearly_change", "unit": "percent", "change": ["<=-5"]}]})
    >>> reading_levels(fall, 50, (2, 3), (0, 100))
    (45.125, 42.86875)
    """
    ranges = (reading_range(reading, base, one, limits, deadline=deadline) for one in steps)
    return tuple(binding(found, base, limits) for found in ranges)


def ends_of(found: Range | None, limits: Limits) -> tuple[Bound, ...]:
    """
    Give the ends of a range that say more than the indicator's own limits.

    Examples
    --------
    >>> [str(end) for end in ends_of(Range(60, 66), (0, 100))]
    ['≥ 60', '≤ 66']
    >>> [str(end) for end in ends_of(Range(100, 100), (0, 100))]
    ['≥ 100']
    """
    if found is None or found.empty:
        return ()
    whole = _between(limits)
    if whole.low < found.low == found.high < whole.high:
        return (Bound(op="==", value=found.low),)
    ends = []
    if found.low > whole.low:
        ends.append(Bound(op=">" if found.low_open else ">=", value=found.low))
    if found.high < whole.high:
        ends.append(Bound(op="<" if found.high_open else "<=", value=found.high))
    return tuple(ends)


def binding(found: Range | None, base: float | None, limits: Limits) -> float | None:
    """Give the end of a range next to the base: the least that is asked; None without one."""
    ends = ends_of(found, limits)
    if not ends:
        return None
    if base is None:
        return ends[0].value
    return min(ends, key=lambda end: abs(end.value - base)).value
