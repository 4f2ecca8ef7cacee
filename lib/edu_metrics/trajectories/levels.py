r"""
Local levels and own scales of many series at once.

A published rate is a true level plus noise: of four pupils more or less above a line, and of a
paper a little harder. The level moves as a random walk, and both are seen only as their sum,

.. math:: z_t = \mu_t + \varepsilon_t, \qquad \mu_{t+1} = \mu_t + \eta_t, \qquad
          q = \sigma^2_\eta / \sigma^2_\varepsilon .

With the ratio q infinite there is no noise and the level is the last value; with q near 0 it is
the mean of all years.

References
----------
Harvey, A. C. (1989). *Forecasting, Structural Time Series Models and the Kalman Filter*,
section 2.3 (the local level model) and 3.4.6 (missing observations).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["FADING", "OWN_WEIGHT", "local_levels", "own_scales"]

Floats = NDArray[np.float64]

#: How many errors of its own the peers' typical scale is worth to a series.
OWN_WEIGHT = 2.0
#: What an error counts for by those of the year after it: an old one says less of today.
FADING = 0.85
#: What is left of nothing after some sums in binary fractions.
_DUST = 1e-18


def local_levels(points: Floats, ratio: float) -> tuple[Floats, Floats]:
    """
    Filter the level out of series with noise.

    Parameters
    ----------
    points : ndarray
        One row a series, one column a year, on the scale of the model; NaN where missing.
    ratio : float
        Variance of the level's yearly step by that of the noise; ``inf`` for no noise.

    Returns
    -------
    levels : ndarray
        The level as known in each year, same shape; NaN before the first observation. A year
        without observation keeps the level of the year before.
    doubts : ndarray
        Variance of each level by that of the noise, same shape; infinite before the first
        observation, 0 without noise.

    Examples
    --------
    With very small steps the level is the mean so far:

    >>> levels, doubts = local_levels(np.array([[1.0, 2.0, 6.0]]), 1e-12)
    >>> levels.round(6).tolist(), doubts.round(6).tolist()
    ([[1.0, 1.5, 3.0]], [[1.0, 0.5, 0.333333]])
    """
    levels, doubts = np.full(points.shape, np.nan), np.full(points.shape, np.inf)
    level = np.full(len(points), np.nan)
    variance = np.full(len(points), np.inf)  # of the level, by that of the noise
    for year in range(points.shape[1]):
        seen, begun = ~np.isnan(points[:, year]), ~np.isnan(level)
        if np.isinf(ratio):
            gain = np.ones(len(points))
            variance = np.where(seen | begun, 0.0, variance)
        else:
            variance = variance + ratio
            gain = np.where(np.isinf(variance), 1.0, 1 - 1 / (1 + variance))
            variance = np.where(seen, gain, variance)
        before = np.where(begun, level, points[:, year])
        level = np.where(seen, before + gain * (points[:, year] - before), level)
        levels[:, year], doubts[:, year] = level, variance
    return levels, doubts


def own_scales(
    errors: Floats, weight: float, peers: NDArray[np.bool_], *, fading: float = FADING
) -> tuple[Floats, Floats]:
    r"""
    Say how far each series strays from its one-year forecasts, shrunk towards its peers.

    Parameters
    ----------
    errors : ndarray
        One row a series, one column a year: how far the value lay from what was said a year
        before; NaN where there is no such error.
    weight : float
        How many errors of its own the peers' are worth.
    peers : ndarray of bool
        Whose errors are borrowed.
    fading : float, optional
        What an error counts for by those of the year after it.

    Returns
    -------
    variances : ndarray
        One a series and year, as known in that year; NaN where neither it nor a peer has an
        error, or none differs from zero.
    degrees : ndarray
        Number of errors behind each, faded, the borrowed weight included, in tenths.

    Notes
    -----
    .. math:: s_i^2 = \frac{w \tilde s^2 + \sum_t \lambda^{T-t} e_{it}^2}
                          {w + \sum_t \lambda^{T-t}}

    with the sums over the years that have an error, and :math:`\tilde s^2` the median over peers
    of their mean squares, or the mean where more than half of them never moved. Old errors fade
    since series grow calmer or livelier.

    Examples
    --------
    >>> errors = np.array([[1.0, -1.0], [3.0, np.nan]])
    >>> peers = np.array([True, False])
    >>> variances, degrees = own_scales(errors, 2, peers, fading=1)
    >>> variances[:, -1].round(3).tolist(), degrees[:, -1].tolist()
    ([1.0, 3.667], [4.0, 3.0])
    """
    variances, degrees = np.full(errors.shape, np.nan), np.zeros(errors.shape)
    number, total = np.zeros(len(errors)), np.zeros(len(errors))
    for year in range(errors.shape[1]):
        seen = ~np.isnan(errors[:, year])
        number = fading * number + seen
        total = fading * total + np.where(seen, errors[:, year], 0.0) ** 2
        lenders = peers & (number > 0)
        lent = weight if lenders.any() else 0.0
        means = total[lenders] / number[lenders]
        borrowed = (float(np.median(means)) or float(np.mean(means))) if lent else 0.0
        degrees[:, year] = np.round(lent + number, 1)
        with np.errstate(invalid="ignore", divide="ignore"):
            variance = (lent * borrowed + total) / (lent + number)
        variances[:, year] = np.where(variance > _DUST, variance, np.nan)
    return variances, degrees
