"""
Paths that a plan prescribes, without chance: what its words come to, year by year.

References
----------
World Health Organization (2020). *Thirteenth General Programme of Work: methods for impact
measurement*: the grammar of scenario targets (fixed target, linear change, percent of baseline);
its code: github.com/gpw13/billionaiRe, R/scenarios_*.R and vignettes.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate

from edu_metrics.errors import ProjectionError

Limits = tuple[float | None, float | None]
NO_LIMITS: Limits = (None, None)


def _exact(number: float) -> Fraction:
    """Take the number that its digits print, not its binary neighbour."""
    return Fraction(str(number))


def _within(value: Fraction, limits: Limits) -> Fraction:
    low, high = limits
    if low is not None and value < _exact(low):
        return _exact(low)
    if high is not None and value > _exact(high):
        return _exact(high)
    return value


def constant_pace(
    base: float, points_per_year: float, steps: int, *, limits: Limits = NO_LIMITS
) -> tuple[float, ...]:
    """
    Add the same number of points every year, stopping at the limits.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    points_per_year : float
        Change a year; negative for a fall. [percentage points, or unit of the indicator]
    steps : int
        Number of yearly steps. [years]
    limits : tuple of (float or None), optional
        Lowest and highest value.

    Returns
    -------
    tuple of float
        Values after 1, 2, ... steps. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If steps is not positive.

    References
    ----------
    World Bank, *Learning Poverty* simulation: base plus rate times years, kept within 0-100.

    Examples
    --------
    Argentina's learning poverty, 2015 to 2022, at 0.67889 points a year:

    >>> round(constant_pace(53.878197, -0.67889, 7, limits=(0, 100))[-1], 3)
    49.126
    """
    pace = _exact(points_per_year)
    return _walked(base, steps, limits, lambda value: value + pace)


def constant_rate(
    base: float, percent_per_year: float, steps: int, *, limits: Limits = NO_LIMITS
) -> tuple[float, ...]:
    """
    Change by the same percentage of the year before, stopping at the limits.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    percent_per_year : float
        Change a year, of the year before; negative for a fall. [percent]
    steps : int
        Number of yearly steps. [years]
    limits : tuple of (float or None), optional
        Lowest and highest value.

    Returns
    -------
    tuple of float
        Values after 1, 2, ... steps. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If steps is not positive.

    Examples
    --------
    A myopia rate of 50 % that falls by 5 % of itself every year:

    >>> constant_rate(50, -5, 3)
    (47.5, 45.125, 42.86875)
    """
    factor = 1 + _exact(percent_per_year) / 100
    return _walked(base, steps, limits, lambda value: value * factor)


def _walked(
    base: float, steps: int, limits: Limits, step: Callable[[Fraction], Fraction]
) -> tuple[float, ...]:
    """Take steps from a base, none beyond the limits."""
    _require_steps(steps)
    every = accumulate(range(steps), lambda at, _: _within(step(at), limits), initial=_exact(base))
    return tuple(map(float, every))[1:]


def fixed_target(
    base: float, target: float, steps: int, *, falling: bool = False, limits: Limits = NO_LIMITS
) -> tuple[float, ...]:
    """
    "Reach X by a year": the straight line to a target; who is there already stays.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    target : float
        Level to reach. [unit of the indicator]
    steps : int
        Years from the base to the target year. [years]
    falling : bool, optional
        Whether less is better.
    limits : tuple of (float or None), optional
        Lowest and highest value.

    Returns
    -------
    tuple of float
        Values after 1, 2, ... steps. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If steps is not positive.

    Examples
    --------
    >>> fixed_target(80, 90, 2), fixed_target(95, 90, 2), fixed_target(12, 10, 2, falling=True)
    ((85.0, 90.0), (95.0, 95.0), (11.0, 10.0))
    """
    _require_steps(steps)
    there = base <= target if falling else base >= target
    start, end = _exact(base), _exact(base if there else target)
    line = [start + (end - start) * step / steps for step in range(1, steps + 1)]
    return tuple(float(_within(value, limits)) for value in line)


def percent_of_baseline(
    base: float, percent: float, steps: int, *, limits: Limits = NO_LIMITS
) -> tuple[float, ...]:
    """
    "Reduce by X %": the straight line to the base changed by a percentage of itself.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    percent : float
        Change by the target year, of the base; negative for a fall. [percent]
    steps : int
        Years from the base to the target year. [years]
    limits : tuple of (float or None), optional
        Lowest and highest value.

    Returns
    -------
    tuple of float
        Values after 1, 2, ... steps. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If steps is not positive.

    Examples
    --------
    The source insists that 90 % reduced by 30 % is 63 % and not 60 %:

    >>> percent_of_baseline(90, -30, 7)[-1]
    63.0
    """
    goal = float(_exact(base) * (100 + _exact(percent)) / 100)
    return fixed_target(base, goal, steps, falling=goal < base, limits=limits)


def baselines_that_reach(
    level: float, slowest: float, fastest: float, steps: int, *, relative: bool = False
) -> tuple[float, float]:
    """
    Say which baselines arrive at a level exactly at the promised pace.

    Before the band the level is out of reach at the fastest promised pace; beyond it even the
    slowest overshoots. Before is below for a rise and above for a fall.

    Parameters
    ----------
    level : float
        The level promised. [unit of the indicator]
    slowest, fastest : float
        The promised change a year, the smaller and the larger in size, both with their sign.
        [percentage points; percent of the year before where ``relative``]
    steps : int
        Number of yearly steps. [years]
    relative : bool, optional
        Whether the pace is a percentage of the year before.

    Returns
    -------
    tuple of float
        Lowest and highest baseline. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If steps is not positive, or the two paces differ in sign or are out of order, or a
        fall takes all in one year.

    Examples
    --------
    100 at 5 to 8 points a year in two steps:

    >>> baselines_that_reach(100, 5, 8, 2)
    (84.0, 90.0)
    """
    _require_steps(steps)
    if slowest * fastest < 0 or abs(slowest) > abs(fastest):
        raise ProjectionError(
            "expected two paces of one sign, the slower first; "
            f"found slowest={slowest!r}, fastest={fastest!r}"
        )
    if relative and min(slowest, fastest) <= -100:
        raise ProjectionError(
            "expected a fall of less than 100 percent a year; "
            f"found slowest={slowest!r}, fastest={fastest!r}"
        )
    target = _exact(level)
    if relative:
        ends = [target / (1 + _exact(pace) / 100) ** steps for pace in (slowest, fastest)]
    else:
        ends = [target - steps * _exact(pace) for pace in (slowest, fastest)]
    return float(min(ends)), float(max(ends))


def _require_steps(steps: int) -> None:
    if steps < 1:
        raise ProjectionError(f"steps: expected at least 1 yearly step, found {steps}")
