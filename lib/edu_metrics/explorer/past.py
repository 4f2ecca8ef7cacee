"""What the past says of a course: its ups and downs, and how often others kept such a pace."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.precedent import NoPrecedent, Precedent, precedent
from edu_metrics.reachability.scenarios.courses import Course, Situation
from edu_metrics.reachability.series import counts_whole
from edu_metrics.trajectories import from_scale, scale_for, to_scale


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


def precedents_of_pace(
    situation: Situation, pace: float, start: float, years: int
) -> list[Precedent] | NoPrecedent:
    """
    Look a pace up in the reference classes of the study.

    Parameters
    ----------
    situation : Situation
        Target, area and reading.
    pace : float
        Change a year in the better direction. [percentage points a year]
    start : float
        Where it starts. [percent]
    years : int
        Years in which it is kept. [years]

    Returns
    -------
    list of Precedent or NoPrecedent
        One for each class that has something comparable, or why there is none.
    """
    indicator, evidence = situation.indicator, situation.evidence
    if indicator.unit != "percent" or indicator.bounds != (0, 100):
        return NoPrecedent.NOT_A_RATE
    answers = [
        precedent(
            evidence.catalog.reference_class(name),
            pace=round(pace, 9),
            start=start,
            years=years,
            falling=situation.sign < 0,
        )
        for name in evidence.study.reference_class
    ]
    told = [one for one in answers if isinstance(one, Precedent)]
    why = [one for one in answers if isinstance(one, NoPrecedent)]
    return told or (why[0] if why else NoPrecedent.NOTHING_COMPARABLE)
