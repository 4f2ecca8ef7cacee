"""How a course ends: whether it keeps the target, when its level is reached, and who is short."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.reachability.arithmetic import people_behind
from edu_metrics.reachability.scenarios.courses import Course, Situation


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How a course ends, all decided by one rule: whether at least half of its draws keep the target.

    Attributes
    ----------
    kept : bool
        Whether they do; of a course without chance whether it does.
    year : int or None
        Year by which half of the draws have reached the level and keep the target; the start year
        where it is there from the start. Of draws that miss the target only what comes after the
        deadline counts.
    short : int or None
        Persons or institutions missing when due: 0 where the target is kept, at least 1 where it
        fails for want of them, None where no number of them says it.
    fails : {"level", "other"} or None
        What a target that is not kept fails by: its level, or another of its conditions, such as
        an earlier year.
    """

    kept: bool
    year: int | None
    short: int | None
    fails: Literal["level", "other"] | None


def ending_of(course: Course, kept: NDArray[np.bool_], situation: Situation) -> Ending:
    """
    Say how a course ends.

    Parameters
    ----------
    course : Course
        From a start on, until the deadline at least.
    kept : ndarray of bool
        Whether each draw keeps the target.
    situation : Situation
        The target, the area and the reading.

    Returns
    -------
    Ending
        Year, shortfall and what fails, none of which contradicts whether it is kept.
    """
    half = bool(np.mean(kept) >= 0.5)
    level, start, values = _asked(course, situation)
    if level is None:
        return Ending(half, None, None, None if half else "other")
    due = max(check.due for check in situation.checks) - course.start_year - 1
    there = np.asarray(level.met_by(np.round(values, 9)), dtype=bool)
    over = np.arange(values.shape[1]) <= due
    # Who misses the target although its level is met when due misses it for good.
    missed = ~kept[:, None] & (over | there[:, due : due + 1])
    hits = there & ~missed
    hits[:, due] |= kept
    by = np.maximum.accumulate(hits, axis=1).mean(axis=0) >= 0.5
    year = next((at for at, reached in zip(course.years, by, strict=True) if reached), None)
    if half and level.met_by(round(start, 9)):
        year = course.start_year
    method: Any = "inverted_cdf" if situation.whole else "linear"
    end = float(np.quantile(values[:, due], 0.5, method=method))
    short = _still_short(end, level, situation)
    if half:
        return Ending(True, year, None if short is None else 0, None)
    fails: Literal["level", "other"] = "other" if level.met_by(round(end, 9)) else "level"
    return Ending(False, year, short or None, fails)


def _asked(course: Course, situation: Situation) -> tuple[Bound | None, float, NDArray[np.float64]]:
    """Give what is asked, where the start stands, and the values to hold against it."""
    found = situation.assessment
    if found.total is None or found.total.so_far is None:
        return found.level, course.start_value, course.draws
    inside = np.isin(course.years, found.total.years)
    summed = found.total.so_far + np.cumsum(course.draws * inside, axis=1)
    return found.total.bound, found.total.so_far, summed


def _still_short(value: float, level: Bound, situation: Situation) -> int | None:
    """
    Count the persons or institutions between the end of a course and the level asked.

    0 where none is missing; None where no number of them says it: the counts are unknown, or no
    count of them meets the level.
    """
    value = round(value, 9)
    if situation.whole:
        return 0 if level.met_by(value) else max(1, math.ceil(level.gap(value)))
    (low, high), counts = (0, 100), situation.counts
    if counts is None or situation.indicator.bounds != (low, high):
        return None
    if level.met_by(value):
        return 0
    if not low <= level.value <= high or (level.strict and level.value in (low, high)):
        return None
    return max(1, people_behind(level, value / 100 * counts[1], counts[1]))
