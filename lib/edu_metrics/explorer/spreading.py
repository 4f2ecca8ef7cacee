"""The ups and downs of the past laid around a course that has none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.evidence import counts_whole
from edu_metrics.reachability.scenarios.courses import Course, Situation
from edu_metrics.trajectories import from_scale, scale_for, to_scale

__all__ = ["with_spread"]


def with_spread(course: Course, situation: Situation) -> Course | None:
    """
    Let a series go up and down around a course as it has done so far.

    On the scale on which the trend moves, its draws are taken from their own median to the course:
    where they went is what is assumed, how far apart they lie is what the past says.

    Parameters
    ----------
    course : Course
        One row: values by year without chance. [unit of the indicator]
    situation : Situation
        Target, area and reading.

    Returns
    -------
    Course or None
        As many rows as the trend has draws; None where nothing says how far the series moves: the
        start is a plan's own statement, too few years are known, or one person may decide and
        their number is unknown.
    """
    found, indicator = situation.assessment, situation.indicator
    if found.start != "observed":
        return None
    record = situation.evidence.record(indicator.id, situation.area)
    limits, level = indicator.bounds, found.level
    # A rate comes to whole counts of its own whole; a count is one itself.
    whole = 1.0 if counts_whole(indicator) else None
    if limits == (0, 100):
        whole = record.counts.get(course.start_year, (0.0, None))[1]
        if whole is None and level is not None and level.value in limits:
            return None
    try:
        trend = situation.evidence.trajectory(indicator.id, situation.area, course.years[-1])
        scale = scale_for(limits)
        drawn = np.stack([trend.at(year) for year in course.years], axis=1)
        moved = to_scale(drawn, scale, whole)
        moved += to_scale(course.draws, scale, whole) - np.median(moved, axis=0)
        return replace(course, draws=from_scale(moved, scale, whole))
    except ProjectionError:
        return None
