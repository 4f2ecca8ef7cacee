"""
The rule of Statistics Canada and Open SDG where a direction alone is promised.

Compound growth is held against fixed thresholds, lowered where a natural limit is near.

References
----------
As in :mod:`edu_metrics.reachability.status_rules.open_sdg`.
"""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Rule,
    Unable,
    points_of,
)
from edu_metrics.reachability.status_rules.open_sdg import (
    ZERO,
    OpenSdg,
    compound_growth,
    direction_sign,
    require_stand_in,
    signs_differ,
)

__all__ = ["limit_factor", "open_sdg_without_target"]

#: Exponent of the factor that lowers the thresholds near a limit.
STEEPNESS = 4.44
ON_TRACK, ACCELERATE = 0.015, 0.005


def limit_factor(base: float, limit: float | None) -> float:
    r"""
    Say how far thresholds are lowered because a natural limit is near.

    Parameters
    ----------
    base : float
        Value in the base year. [unit of the indicator]
    limit : float or None
        Limit in the direction of better; none when left out. [unit of the indicator]

    Returns
    -------
    float
        Factor of the thresholds above zero, 0-1.

    Notes
    -----
    .. math::

       C = 1 - (y_0 / y_{lim})^{4.44} \quad (y_0 \le y_{lim}), \qquad
       C = 1 - \left(\frac{2 y_{lim} - y_0}{y_{lim}}\right)^{4.44}
       \quad (y_{lim} < y_0 < 2 y_{lim}), \qquad C = 1 \quad (y_0 \ge 2 y_{lim})

    Examples
    --------
    >>> limit_factor(100, 100), limit_factor(0, 100), limit_factor(200, 100), limit_factor(5, None)
    (0.0, 1.0, 1.0, 1.0)
    """
    if limit is None:
        return 1.0
    base, limit = abs(base), abs(limit)
    if base >= 2 * limit:
        return 1.0
    near = base if base <= limit else 2 * limit - base
    return 1.0 - float((near / limit) ** STEEPNESS)


def open_sdg_without_target(
    years: Sequence[int],
    values: Sequence[float],
    *,
    better: Direction,
    limit: float | None = None,
    base_year: int | None = None,
    zero: float = ZERO,
) -> Answer:
    """
    Judge a series whose direction alone is promised.

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    better : {"higher", "lower"}
        Direction of better.
    limit : float, optional
        Natural limit in that direction, such as 100 for a share. [unit of the values]
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.
    zero : float, optional
        What stands in for a base of zero. [unit of the values]

    Returns
    -------
    Answer
        ``ratio`` is the growth in the direction of better as a fraction, ``score`` runs from -5
        to 5, ``observed`` is compound growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years, or ``zero`` is zero itself.

    Notes
    -----
    On track from 1.5 % C a year on, acceleration needed from 0.5 % C, limited from 0, with C from
    :func:`limit_factor`. A base at the limit itself that is held is on track.

    Examples
    --------
    >>> found = open_sdg_without_target([2015, 2021], [80.3, 85.1], better="higher", limit=100)
    >>> str(found.status), round(found.score, 2)
    ('on_track', 2.81)
    """
    require_stand_in(zero)
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.OPEN_SDG, unable=points)
    base = points.first or zero
    unable = signs_differ(base, points.last)
    if unable is not None:
        return Answer(Rule.OPEN_SDG, unable=unable)
    observed = compound_growth(base, points.last, points.span)
    growth = direction_sign(base, better) * observed
    factor = limit_factor(base, limit)
    if growth < 0:
        status, score = OpenSdg.DETERIORATION, max(125 * growth - 2.5, -5.0)
    elif factor == 0:
        status, score = OpenSdg.ON_TRACK, 5.0
    elif growth >= ON_TRACK * factor:
        status, score = OpenSdg.ON_TRACK, min(500 * growth / factor - 5, 5.0)
    elif growth >= ACCELERATE * factor:
        status, score = OpenSdg.ACCELERATE, 250 * growth / factor - 1.25
    else:
        status, score = OpenSdg.LIMITED, 500 * growth / factor - 2.5
    return Answer(Rule.OPEN_SDG, status, ratio=growth, score=score, observed=100 * observed)
