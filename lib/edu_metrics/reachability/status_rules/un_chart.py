r"""
The rule of the United Nations' progress chart of 2023, as Eustat, the Basque office, adopted it.

The compound growth from the base year to the last one is carried on to the target year,
:math:`v^e = v_t (1 + \mathrm{CAGR})^{T - t}`, and what it would bring is held against what was
promised:

.. math:: s = \frac{v^e - v_b}{v_T - v_b}

Reached or on track from 0.95 on, fair progress from 0.10, else stagnation or regression. A last
value at the target counts as reached whatever the trend, and so does one within 1 point of a target
of 0 or 100 %. Without a target the growth itself is judged, at 2 % and 0.5 % a year.

The source takes 2015 as base year; here it is the first year given. Of a base that stands beyond
the target the formula would praise a fall; that is given as a reason and not as a status.

References
----------
Eustat, *Progress Measurement for Sustainable Development Goals*, _pages/en/metodologia.md of
github.com/EUSTAT-DES/site (in Spanish), after United Nations Statistics Division, *Progress Chart
Technical Note 2023*, which was not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Points,
    Rule,
    Unable,
    beyond,
    points_of,
)
from edu_metrics.reachability.status_rules.open_sdg import compound_growth

__all__ = ["UnChart", "un_chart", "un_chart_status", "un_chart_without_target"]

REACHED, FAIR = 0.95, 0.10
GROWTH_REACHED, GROWTH_FAIR = 0.02, 0.005
#: How far from a target of 0 or 100 % still counts as reached. [percentage points]
NEAR = 1.0


class UnChart(StrEnum):
    """The words of the rule."""

    REACHED = "reached_or_on_track"
    FAIR = "fair_progress"
    STAGNATION = "stagnation_or_regression"


_SCORES = {UnChart.REACHED: 3.0, UnChart.FAIR: 2.0, UnChart.STAGNATION: 1.0}


def un_chart_status(share: float) -> UnChart:
    """
    Put the share of the promised change that would come into the rule's words.

    Examples
    --------
    >>> [str(un_chart_status(share)) for share in (0.95, 0.10, 0.0999)]
    ['reached_or_on_track', 'fair_progress', 'stagnation_or_regression']
    """
    if share >= REACHED:
        return UnChart.REACHED
    return UnChart.FAIR if share >= FAIR else UnChart.STAGNATION


def un_chart(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    target_year: int,
    better: Direction,
    percent: bool = True,
    base_year: int | None = None,
) -> Answer:
    """
    Judge a series with a target.

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.
    better : {"higher", "lower"}
        Direction of better.
    percent : bool, optional
        Whether the values are percentages, of which 1 point from 0 or 100 counts as reached.
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.

    Returns
    -------
    Answer
        ``ratio`` is the share of the promised change, ``score`` 3, 2 or 1, ``observed`` compound
        growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> found = un_chart([2015, 2020], [72, 79], target=90, target_year=2022, better="higher")
    >>> str(found.status), round(found.ratio, 3)
    ('fair_progress', 0.555)
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.UN_CHART, unable=points)
    # Nine decimals: 100 - 99 is 1 point, whatever the binary dust.
    close = percent and target in (0, 100) and round(abs(points.last - target), 9) <= NEAR
    reached = close or beyond(points.last, target, better)
    unable = _unable(points, target, target_year, better)
    if unable is not None:
        if reached:
            return Answer(Rule.UN_CHART, UnChart.REACHED, score=3.0)
        return Answer(Rule.UN_CHART, unable=unable)
    growth = compound_growth(points.first, points.last, points.span)
    expected = points.last * (1 + growth) ** (target_year - points.years[-1])
    share = (expected - points.first) / (target - points.first)
    status = UnChart.REACHED if reached else un_chart_status(share)
    return Answer(Rule.UN_CHART, status, ratio=share, score=_SCORES[status], observed=100 * growth)


def un_chart_without_target(
    years: Sequence[int],
    values: Sequence[float],
    *,
    better: Direction,
    base_year: int | None = None,
) -> Answer:
    """
    Judge a series whose direction alone is promised.

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.

    Returns
    -------
    Answer
        ``ratio`` is the growth in the direction of better as a fraction, ``score`` 3, 2 or 1,
        ``observed`` compound growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    A rise of 1.2 % a year:

    >>> str(un_chart_without_target([2020, 2021], [50, 50.6], better="higher").status)
    'fair_progress'
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.UN_CHART, unable=points)
    unable = _no_growth(points)
    if unable is not None:
        return Answer(Rule.UN_CHART, unable=unable)
    observed = compound_growth(points.first, points.last, points.span)
    growth = observed if better == "higher" else -observed
    if growth >= GROWTH_REACHED:
        status = UnChart.REACHED
    else:
        status = UnChart.FAIR if growth >= GROWTH_FAIR else UnChart.STAGNATION
    return Answer(
        Rule.UN_CHART, status, ratio=growth, score=_SCORES[status], observed=100 * observed
    )


def _unable(points: Points, target: float, target_year: int, better: Direction) -> Unable | None:
    if target_year < points.years[-1]:
        return Unable.NO_YEARS_LEFT
    if points.first == target:
        return Unable.TARGET_IS_BASE
    if beyond(points.first, target, better):
        return Unable.BASE_BEYOND_TARGET
    return _no_growth(points)


def _no_growth(points: Points) -> Unable | None:
    if points.first == 0:
        return Unable.ZERO_VALUE
    return Unable.MIXED_SIGNS if points.last / points.first < 0 else None
