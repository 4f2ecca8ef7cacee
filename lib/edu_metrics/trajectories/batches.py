"""
Quantiles for thousands of areas: the same draws as area by area, made and forgotten one by one.

Draws themselves are not kept: ten thousand of them for three thousand areas and ten years are
2.4 gigabytes for a single indicator. An area's draws fill a buffer, of which quantiles are taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.calibration import Calibrated, draw_errors

__all__ = ["Errors", "interpolated", "order_statistics"]

Floats = NDArray[np.float64]

#: Knots, in standard deviations, between which own errors are interpolated, and how far apart.
_FURTHEST, _STEP = 4.5, 0.05
_KNOTS = np.arange(-90, 91) * _STEP
#: So many areas are calibrated at a time.
CHUNK = 200


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """
    What errors are made of at one origin: own parts by knot, and the part that all share.

    Built from :func:`~edu_metrics.trajectories.calibration.draw_errors`, which adds an own part
    that hangs on one normal number only and a shared part that hangs on another.
    """

    calibrated: Calibrated
    shared: dict[int, Floats]

    @classmethod
    def at(cls, calibrated: Calibrated, common: Floats) -> Errors:
        """
        Draw the shared part once for all areas of a fold.

        Parameters
        ----------
        calibrated : Calibrated
            What is said at an origin.
        common : ndarray
            Standard normal numbers, draws x years ahead.

        Returns
        -------
        Errors
            With shared parts by fold, years ahead x draws.
        """
        shared: dict[int, Floats] = {}
        for fold in np.unique(calibrated.folds[calibrated.known]):
            row = np.flatnonzero(calibrated.known & (calibrated.folds == fold))[:1]
            still = np.zeros((1, 1, common.shape[1]))
            both = draw_errors(calibrated, still, common, row)[0]
            own = draw_errors(calibrated, still, np.zeros_like(common[:1]), row)[0]
            shared[int(fold)] = np.ascontiguousarray((both - own).T)
        return cls(calibrated, shared)

    def own(self, rows: NDArray[np.int64], years: int) -> Iterator[tuple[int, Floats]]:
        """
        Give each area's own part at the knots, years ahead x knots.

        Parameters
        ----------
        rows : ndarray of int
            Which areas.
        years : int
            Years ahead. [years]

        Yields
        ------
        tuple of int and ndarray
            The row and its table.
        """
        knots = np.repeat(_KNOTS[:, None], years, axis=1)
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            found = draw_errors(self.calibrated, knots[None], np.zeros_like(knots), chunk)
            for row, table in zip(chunk.tolist(), found, strict=True):
                yield row, np.ascontiguousarray(table.T)


def interpolated(normal: Floats, table: Floats) -> Floats:
    """
    Read a table at evenly spaced knots.

    Parameters
    ----------
    normal : ndarray
        Standard normal numbers; those beyond the last knot are taken to it.
    table : ndarray
        One value a knot.

    Returns
    -------
    ndarray
        As ``numpy.interp``, several times as fast: where a number lies needs no search.

    Examples
    --------
    >>> table = np.sqrt(np.arange(181.0))
    >>> normal = np.array([-9.0, -0.33, 1.234, 9.0])
    >>> bool(np.allclose(interpolated(normal, table), np.interp(normal, _KNOTS, table)))
    True
    """
    place = np.clip(normal, -_FURTHEST, _FURTHEST)
    place += _FURTHEST
    place *= 1 / _STEP
    knot = np.minimum(place.astype(np.int64), len(table) - 2)
    place -= knot
    rise = np.diff(table)
    place *= rise[knot]
    place += table[knot]
    return place


def order_statistics(draws: Floats, levels: Sequence[float]) -> tuple[Floats, Floats, Floats]:
    """
    Give the two draws between which each quantile lies, without sorting all of them.

    Parameters
    ----------
    draws : ndarray
        One row a year, one column a draw; put into another order.
    levels : sequence of float
        Levels, 0-1.

    Returns
    -------
    below, above : ndarray
        The draws on both sides, levels x years.
    weights : ndarray
        How far towards ``above`` each quantile lies, 0-1.

    Examples
    --------
    >>> below, above, weights = order_statistics(np.array([[3.0, 1.0, 2.0, 4.0]]), [0.5])
    >>> float(below[0, 0]), float(above[0, 0]), float(weights[0])
    (2.0, 3.0, 0.5)
    """
    last = draws.shape[1] - 1
    spots = np.asarray(levels, dtype=float) * last
    low = np.floor(spots).astype(np.int64)
    high = np.minimum(low + 1, last)
    draws.partition(np.unique(np.concatenate([low, high])), axis=1)
    return draws[:, low].T, draws[:, high].T, spots - low
