"""
The scenarios in which the World Health Organization states a target: paths without chance.

They are no verdicts; they say what a promise in prose comes to, year by year. Two of them stand in
:mod:`edu_metrics.trajectories.paths` and have their names here: `linear_change` ("+2 points a
year") and `aroc` (a rate of change of the year before). All values are kept within 0 and 100
unless other limits are given.

References
----------
World Health Organization, Triple Billion calculations, github.com/gpw13/billionaiRe,
R/scenarios_*.R and vignettes.
"""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.status_rules.answers import Direction, beyond
from edu_metrics.reachability.status_rules.open_sdg import compound_growth
from edu_metrics.trajectories import constant_pace, constant_rate

__all__ = [
    "aroc",
    "aroc_latest",
    "aroc_to_target",
    "bau",
    "best_of",
    "fixed_target",
    "halt_rise",
    "linear_change",
    "percent_baseline",
]

Limits = tuple[float | None, float | None]
PERCENT: Limits = (0, 100)


def fixed_target(
    base: float, target: float, steps: int, *, better: Direction, limits: Limits = PERCENT
) -> tuple[float, ...]:
    """
    "Reach X % by Y": the straight line to a target; who is there already stays.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    target : float
        Level to reach. [unit of the indicator]
    steps : int
        Years from the base to the target year. [years]
    better : {"higher", "lower"}
        Direction of better.
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
    >>> fixed_target(80, 90, 2, better="higher"), fixed_target(95, 90, 2, better="higher")
    ((85.0, 90.0), (95.0, 95.0))
    """
    _require_steps(steps)
    if beyond(base, target, better):
        return bau(base, steps)
    line = [base + (target - base) * step / steps for step in range(1, steps + 1)]
    return tuple(_within(value, limits) for value in line)


def linear_change(
    base: float, points_per_year: float, steps: int, *, limits: Limits = PERCENT
) -> tuple[float, ...]:
    """
    "+X points a year": :func:`edu_metrics.trajectories.constant_pace`.

    Examples
    --------
    >>> linear_change(97, 2, 2)
    (99.0, 100.0)
    """
    return constant_pace(base, points_per_year, steps, limits=limits)


def percent_baseline(
    base: float, percent: float, steps: int, *, limits: Limits = PERCENT
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

    >>> percent_baseline(90, -30, 7)[-1]
    63.0
    """
    _require_steps(steps)
    goal = base * (100 + percent) / 100
    line = [base + (goal - base) * step / steps for step in range(1, steps + 1)]
    return tuple(_within(value, limits) for value in line)


def aroc(
    base: float, percent_per_year: float, steps: int, *, limits: Limits = PERCENT
) -> tuple[float, ...]:
    """
    Carry on an annual rate of change: :func:`edu_metrics.trajectories.constant_rate`.

    Examples
    --------
    >>> aroc(50, -5, 2)
    (47.5, 45.125)
    """
    return constant_rate(base, percent_per_year, steps, limits=limits)


def aroc_to_target(base: float, target: float, steps: int) -> float:
    """
    Give the annual rate of change that leads from a base to a target.

    Parameters
    ----------
    base, target : float
        Values above zero. [unit of the indicator]
    steps : int
        Years between them. [years]

    Returns
    -------
    float
        Rate of change. [percent of the year before]

    Raises
    ------
    ProjectionError
        If steps is not positive, or a value not above zero.

    Examples
    --------
    >>> round(aroc_to_target(80, 88.2, 2), 9)
    5.0
    """
    _require_steps(steps)
    if base <= 0 or target <= 0:
        raise ProjectionError(
            f"expected values above 0, found base={base!r} and target={target!r}; "
            "a rate of change neither leaves 0 nor reaches it, so state the change in points"
        )
    return 100 * compound_growth(base, target, steps)


def aroc_latest(previous: float, base: float) -> float:
    """
    Give the rate of change of the year that led to the base.

    Examples
    --------
    >>> round(aroc_latest(80, 84), 9)
    5.0
    """
    return aroc_to_target(previous, base, 1)


def halt_rise(
    base: float, earlier: float, steps: int, *, limits: Limits = PERCENT
) -> tuple[float, ...]:
    """
    "Halt the rise": back to the value of an earlier year, for what should not rise.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    earlier : float
        Value in the year whose level is to come back. [unit of the indicator]
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
    >>> halt_rise(12, 10, 2), halt_rise(9, 10, 2)
    ((11.0, 10.0), (9.0, 9.0))
    """
    return fixed_target(base, earlier, steps, better="lower", limits=limits)


def best_of(paths: Sequence[Sequence[float]], *, better: Direction) -> tuple[float, ...]:
    """
    Choose the path that ends best.

    Parameters
    ----------
    paths : sequence of sequence of float
        Paths over the same years. [unit of the indicator]
    better : {"higher", "lower"}
        Direction of better.

    Returns
    -------
    tuple of float
        The first of those that end best. [unit of the indicator]

    Raises
    ------
    ProjectionError
        If there is no path, or the paths differ in length or are empty.

    Examples
    --------
    >>> best_of([(60, 70), (65, 68)], better="higher")
    (60, 70)
    """
    if len({len(path) for path in paths}) != 1 or not paths[0]:
        raise ProjectionError(
            f"expected paths over the same years, found lengths {[len(path) for path in paths]}"
        )
    way = 1 if better == "higher" else -1
    ends = [way * path[-1] for path in paths]
    return tuple(paths[ends.index(max(ends))])


def bau(last: float, steps: int) -> tuple[float, ...]:
    """
    Carry the last value forward: business as usual.

    Examples
    --------
    >>> bau(71.5, 3)
    (71.5, 71.5, 71.5)
    """
    _require_steps(steps)
    return (float(last),) * steps


def _within(value: float, limits: Limits) -> float:
    low, high = limits
    value = value if low is None else max(value, low)
    return float(value if high is None else min(value, high))


def _require_steps(steps: int) -> None:
    if steps < 1:
        raise ProjectionError(f"steps: expected at least 1 yearly step, found {steps}")
