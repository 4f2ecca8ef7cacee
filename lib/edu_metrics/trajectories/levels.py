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

__all__ = ["OWN_WEIGHT", "local_levels", "own_scales"]

Floats = NDArray[np.float64]

#: How many errors of its own the peers' typical scale is worth to a series.
OWN_WEIGHT = 2.0
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


def own_scales(errors: Floats, weight: float, peers: NDArray[np.bool_]) -> tuple[Floats, Floats]:
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

    Returns
    -------
    variances : ndarray
        One a series; NaN where neither it nor a peer has an error, or none differs from zero.
    degrees : ndarray
        Number of errors behind each, the borrowed weight included.

    Notes
    -----
    .. math:: s_i^2 = \frac{w \tilde s^2 + \sum_t e_{it}^2}{w + m_i}

    with :math:`\tilde s^2` the median over peers of their mean squares, or the mean where more
    than half of them never moved.

    Examples
    --------
    >>> errors = np.array([[1.0, -1.0], [3.0, np.nan]])
    >>> variances, degrees = own_scales(errors, 2, np.array([True, False]))
    >>> variances.round(3).tolist(), degrees.tolist()
    ([1.0, 3.667], [4.0, 3.0])
    """
    number = np.sum(~np.isnan(errors), axis=1).astype(float)
    total = np.nansum(errors**2, axis=1)
    lenders = peers & (number > 0)
    borrowed = np.nan
    if lenders.any():
        means = total[lenders] / number[lenders]
        borrowed = float(np.median(means)) or float(np.mean(means))
    if np.isnan(borrowed):
        weight, borrowed = 0.0, 0.0
    degrees = weight + number
    with np.errstate(invalid="ignore", divide="ignore"):
        variances = (weight * borrowed + total) / degrees
    return np.where(variances > _DUST, variances, np.nan), degrees
