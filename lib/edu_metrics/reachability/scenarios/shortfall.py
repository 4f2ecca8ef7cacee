"""Who is still missing where a course ends."""

from __future__ import annotations

import math

from edu_metrics.catalog import Bound, Indicator
from edu_metrics.reachability.arithmetic import people_behind
from edu_metrics.reachability.evidence import counts_whole

__all__ = ["still_short"]


def still_short(
    value: float, level: Bound | None, indicator: Indicator, counts: tuple[float, float] | None
) -> int | None:
    """
    Count the persons or institutions between the end of a course and the level asked.

    Parameters
    ----------
    value : float
        Where the course ends. [unit of the indicator]
    level : Bound or None
        What is asked. [unit of the indicator]
    indicator : Indicator
        What it is about.
    counts : tuple of float or None
        Numerator and denominator behind a rate, the latter taken to stay. [persons]

    Returns
    -------
    int or None
        How many more are needed, or fewer where less is better; 0 where none is. None where no
        number of persons says it: the counts are unknown, or no count of them meets the level.
        [persons or institutions]
    """
    if level is None:
        return None
    value = round(value, 9)
    if counts_whole(indicator):
        return 0 if level.met_by(value) else max(1, math.ceil(level.gap(value)))
    low, high = 0, 100
    if counts is None or indicator.bounds != (low, high):
        return None
    if level.met_by(value):
        return 0
    if not low <= level.value <= high or (level.strict and level.value in (low, high)):
        return None
    return max(0, people_behind(level, value / 100 * counts[1], counts[1]))
