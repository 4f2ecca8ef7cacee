r"""
The arrow of the Sustainable Development Report, for one series and its target.

The growth that is needed, in a straight line, is held against the mean growth of the recent past.
Printed and read at source: that both are linear; the four labels; that less than half of the
required rate is "stagnating"; that what happens beyond the threshold does not count.

Ours, because no page that was read prints it: the target stands for the report's green threshold,
for which reason its 0-100 score cancels out; the recent past is the whole series given; the
required rate is counted from the last value to the target year; "on track" begins at the whole of
the required rate; "decreasing" is any fall.

References
----------
Sustainable Development Solutions Network, *Sustainable Development Report*, methodology and the
FAQ of the Africa edition, dashboards.sdgindex.org/chapters/methodology.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Rule,
    Unable,
    beyond,
    points_of,
)

__all__ = ["Arrow", "sdr_arrow", "sdr_status"]

HALF, ALL = 0.5, 1.0


class Arrow(StrEnum):
    """The labels, short."""

    ON_TRACK = "on_track_or_maintaining"
    MODERATE = "moderately_improving"
    STAGNATING = "stagnating"
    DECREASING = "decreasing"


def sdr_status(ratio: float) -> Arrow:
    """
    Put the share of the required growth that is kept into a label.

    Examples
    --------
    >>> [str(sdr_status(ratio)) for ratio in (1, 0.5, 0, -0.1)]
    ['on_track_or_maintaining', 'moderately_improving', 'stagnating', 'decreasing']
    """
    if ratio >= ALL:
        return Arrow.ON_TRACK
    if ratio >= HALF:
        return Arrow.MODERATE
    return Arrow.STAGNATING if ratio >= 0 else Arrow.DECREASING


def sdr_arrow(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    target_year: int,
    better: Direction,
    base_year: int | None = None,
) -> Answer:
    """
    Give the arrow of a series with a target.

    Parameters
    ----------
    years, values : sequence
        The series; only its first and last year are looked at.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Year from which the recent past is counted; the first one when left out.

    Returns
    -------
    Answer
        ``ratio`` is observed over required change a year, ``observed`` and ``required`` the two.
        [unit of the values, a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    1.4 points a year, where 5.5 are needed:

    >>> found = sdr_arrow([2015, 2020], [72, 79], target=90, target_year=2022, better="higher")
    >>> str(found.status), round(found.ratio, 3)
    ('stagnating', 0.255)
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.SDR, unable=points)
    if beyond(points.last, target, better):
        return Answer(Rule.SDR, Arrow.ON_TRACK, observed=points.pace)
    left = target_year - points.years[-1]
    if left < 1:
        return Answer(Rule.SDR, unable=Unable.NO_YEARS_LEFT)
    required = (target - points.last) / left
    # Nine decimals: exactly half is half, whatever the binary dust.
    ratio = round(points.pace / required, 9)
    return Answer(Rule.SDR, sdr_status(ratio), ratio=ratio, observed=points.pace, required=required)
