"""Which bases a promised pace leaves, and what a whole comes to: arithmetic for a pencil."""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.plan_audit.rules._saying import tidy
from edu_metrics.trajectories import baselines_that_reach

__all__ = ["base_before_limit", "cut_of_new_cases", "fastest_fall", "weighted_mean"]


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


def weighted_mean(values: Sequence[float], weights: Sequence[float]) -> float:
    """
    Give the rate of a whole from its parts.

    Parameters
    ----------
    values : sequence of float
        Rates of the parts. [percent]
    weights : sequence of float
        Their sizes. [any one unit]

    Returns
    -------
    float
        Rate of the whole. [percent]

    Examples
    --------
    Two grades at 100 % and four at 95 %; then three and three:

    >>> round(weighted_mean([100, 95], [2, 4]), 2), weighted_mean([100, 95], [3, 3])
    (96.67, 97.5)
    """
    return sum(v * w for v, w in zip(values, weights, strict=True)) / sum(weights)


def fastest_fall(entry_pct: float, exit_pct: float, cohorts: int) -> float:
    """
    Give how fast the rate of a condition that is not cured falls without any new case.

    Parameters
    ----------
    entry_pct, exit_pct : float
        Rates of the youngest and of the oldest cohort. [percent]
    cohorts : int
        Number of cohorts of equal size.

    Returns
    -------
    float
        Fall a year: the oldest cohort leaves, a young one enters. [percentage points]

    Examples
    --------
    12.9 % myopic in grade 1 and 80.5 % in senior secondary school (China, 2020):

    >>> round(fastest_fall(12.9, 80.5, 12), 2)
    5.63
    """
    return (exit_pct - entry_pct) / cohorts


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

    >>> flow = fastest_fall(12.9, 80.5, 12)
    >>> round(cut_of_new_cases(5, flow)), round(cut_of_new_cases(0.5, flow))
    (89, 9)
    """
    return 100 * fall_pp / flow_pp
