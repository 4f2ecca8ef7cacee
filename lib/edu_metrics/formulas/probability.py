"""
Several events at once, correlations that can be believed, and scores of forecasts.

References
----------
.. [1] Fréchet, M. (1935). Généralisation du théorème des probabilités totales. *Fundamenta
   Mathematicae* 25, 379-387.
.. [2] Schäfer, J. and Strimmer, K. (2005). A shrinkage approach to large-scale covariance matrix
   estimation. *Statistical Applications in Genetics and Molecular Biology* 4(1), 32.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edu_metrics.errors import DataError

Floats = NDArray[np.float64]

#: A correlation of fewer pairs than this is not looked at.
LEAST_YEARS = 5
#: The smallest eigenvalue that a matrix of correlations is left with.
_LEAST_EIGENVALUE = 1e-6


class Shrunk(NamedTuple):
    """
    Correlations drawn towards what is expected of them.

    Attributes
    ----------
    correlations : ndarray, shape (series, series)
        The result. [-1 to 1]
    intensity : float
        Weight of what was expected, against what was seen. [0-1]
    pairs : int
        Pairs of series that had enough years.
    """

    correlations: Floats
    intensity: float
    pairs: int


def frechet_bounds(probabilities: Sequence[float]) -> tuple[float, float]:
    r"""
    Bound the probability that all of several events happen, whatever binds them.

    Parameters
    ----------
    probabilities : sequence of float
        Of each event, 0-1.

    Returns
    -------
    tuple of float
        Lowest and highest probability of all at once; 1 and 1 of no event. [0-1]

    Raises
    ------
    DataError
        If a probability lies outside 0-1.

    Notes
    -----
    :math:`\max(0, \sum p_i - (n - 1)) \le P \le \min p_i` [1]_; both ends can be reached.

    Examples
    --------
    >>> low, high = frechet_bounds([0.8, 0.7])
    >>> round(low, 2), high
    (0.5, 0.7)
    """
    given = _probabilities(probabilities)
    if not given:
        return 1.0, 1.0
    return max(0.0, math.fsum(given) - (len(given) - 1)), min(given)


def if_independent(probabilities: Sequence[float]) -> float:
    """
    Give the probability that all of several events happen if none had to do with another.

    Parameters
    ----------
    probabilities : sequence of float
        Of each event, 0-1.

    Returns
    -------
    float
        Their product. [0-1]

    Raises
    ------
    DataError
        If a probability lies outside 0-1.

    Examples
    --------
    >>> if_independent([0.5, 0.5, 0.5])
    0.125
    """
    return math.prod(_probabilities(probabilities))


def _probabilities(given: Sequence[float]) -> list[float]:
    listed = [float(one) for one in given]
    if not all(0 <= one <= 1 for one in listed):
        raise DataError(f"expected probabilities from 0 to 1, found {listed}")
    return listed


def correlations_of(changes: ArrayLike) -> tuple[Floats, NDArray[np.int64]]:
    """
    Give the correlation of each pair of series over the years that both have.

    Parameters
    ----------
    changes : array_like, shape (series, years)
        Yearly changes; NaN where unknown. [any unit]

    Returns
    -------
    correlations : ndarray, shape (series, series)
        Pairwise; NaN with fewer than ``LEAST_YEARS`` years, or where nothing moves. [-1 to 1]
    years : ndarray of int, shape (series, series)
        Years that both have.

    Examples
    --------
    >>> found, years = correlations_of([[1, 2, 3, 4, 5], [2, 4, 6, 8, 10.0]])
    >>> float(found[0, 1].round(6)), int(years[0, 1])
    (1.0, 5)
    """
    given = np.asarray(changes, dtype=np.float64)
    known = ~np.isnan(given)
    filled, mask = np.where(known, given, 0.0), known.astype(np.float64)
    number = mask @ mask.T
    with np.errstate(invalid="ignore", divide="ignore"):
        own = filled @ mask.T / number  # mean of the first over the years that both have
        products = filled @ filled.T / number - own * own.T
        squares = np.square(filled) @ mask.T / number - np.square(own)
        found = products / np.sqrt(squares * squares.T)
    usable = (number >= LEAST_YEARS) & (squares > 1e-18) & (squares.T > 1e-18)
    return np.where(usable, np.clip(found, -1.0, 1.0), np.nan), number.astype(np.int64)


def shrink_correlations(seen: Floats, years: NDArray[np.int64], expected: Floats) -> Shrunk:
    r"""
    Draw correlations of short series towards what is expected of them.

    Parameters
    ----------
    seen : ndarray, shape (series, series)
        Correlations; NaN where there are none. [-1 to 1]
    years : ndarray of int, shape (series, series)
        Years behind each. [years]
    expected : ndarray, shape (series, series)
        What is expected, from how the series are defined. [-1 to 1]

    Returns
    -------
    Shrunk
        :math:`\lambda T + (1 - \lambda) R`, the expected value alone where nothing was seen.

    Notes
    -----
    :math:`\lambda = \sum_{i \ne j} \widehat{\mathrm{var}}(r_{ij}) / \sum_{i \ne j} (r_{ij} -
    t_{ij})^2`, within 0-1 [2]_, with the large-sample variance :math:`(1 - r^2)^2/(n - 1)`: what
    is seen counts for more the farther it lies from what is expected, compared with chance.

    Examples
    --------
    Twelve correlations of 0.9 over 101 years outweigh an expectation of none; over 5 they don't.

    >>> seen, none = np.full((4, 4), 0.9), np.eye(4)
    >>> np.fill_diagonal(seen, 1.0)
    >>> round(shrink_correlations(seen, np.full((4, 4), 101), none).intensity, 4)
    0.0004
    """
    apart = ~np.eye(len(seen), dtype=bool)
    usable = apart & ~np.isnan(seen) & (years >= LEAST_YEARS)
    if not usable.any():
        return Shrunk(np.array(expected, dtype=np.float64), 1.0, 0)
    r, t = seen[usable], expected[usable]
    chance = float(np.sum((1 - r**2) ** 2 / (years[usable] - 1)))
    away = float(np.sum((r - t) ** 2))
    intensity = min(chance / away, 1.0) if away > 0 else 1.0
    drawn = np.where(usable, intensity * expected + (1 - intensity) * seen, expected)
    return Shrunk(np.asarray(drawn), intensity, int(usable.sum()) // 2)


def nearest_correlations(given: Floats) -> Floats:
    """
    Make a matrix of correlations one that could be: no combination has a negative variance.

    Parameters
    ----------
    given : ndarray, shape (series, series)
        Symmetric, ones on the diagonal. [-1 to 1]

    Returns
    -------
    ndarray
        Unchanged where it could be already; else its negative eigenvalues are cut off and the
        diagonal is brought back to one.

    Examples
    --------
    Three series that are each other's opposites can't be:

    >>> opposites = 2 * np.eye(3) - 1
    >>> nearest_correlations(opposites).round(2)[0].tolist()
    [1.0, -0.5, -0.5]
    """
    values, vectors = np.linalg.eigh((given + given.T) / 2)
    if len(values) == 0 or values[0] >= _LEAST_EIGENVALUE:
        return given
    made = (vectors * np.maximum(values, _LEAST_EIGENVALUE)) @ vectors.T
    spread = np.sqrt(np.diag(made))
    return np.asarray(made / np.outer(spread, spread))


def crps(draws: Any, outcome: Any) -> Floats:
    r"""
    Continuous ranked probability score of draws.

    Parameters
    ----------
    draws : array_like
        One row a forecast, one column a draw. [any unit]
    outcome : array_like
        What came, one a forecast. [same unit]

    Returns
    -------
    ndarray
        Scores, 0 the best; with one draw the absolute error. [same unit]

    Raises
    ------
    DataError
        If there is not one row of draws for each outcome.

    Notes
    -----
    :math:`E|X - y| - \tfrac12 E|X - X'|` over the draws.

    References
    ----------
    Gneiting, T. & Raftery, A. E. (2007). Strictly proper scoring rules, prediction, and
    estimation. *Journal of the American Statistical Association* 102, 359-378, equation 21.

    Examples
    --------
    >>> crps([[0.0, 1.0]], [1.0]).tolist()
    [0.25]
    """
    drawn = np.asarray(draws, dtype=float)
    came = np.asarray(outcome, dtype=float)
    if drawn.ndim != 2 or came.shape != drawn.shape[:1]:
        raise DataError(
            f"crps: expected one row of draws for each outcome; found draws of shape {drawn.shape} "
            f"and outcomes of shape {came.shape}"
        )
    drawn = np.sort(drawn, axis=1)
    number = drawn.shape[1]
    distance = np.abs(drawn - came[:, None]).mean(axis=1)
    # The sum of |x - x'| over all pairs, from the sorted draws.
    weights = 2 * np.arange(1, number + 1) - number - 1
    return np.asarray(distance - drawn @ weights / number**2)


def brier_score(probabilities: Any, happened: Any) -> float:
    """
    Mean squared distance between stated probabilities and what happened.

    Parameters
    ----------
    probabilities : array_like
        Stated probabilities. [probability, 0-1]
    happened : array_like of bool
        Whether the event came. [true or false]

    Returns
    -------
    float
        Score, 0 the best. [squared probability]

    Raises
    ------
    DataError
        Of nothing, of two lengths, or of probabilities outside 0-1.

    References
    ----------
    Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. *Monthly
    Weather Review* 78, 1-3.

    Examples
    --------
    >>> brier_score([0.8, 0.4], [True, False])
    0.1
    """
    stated, came = np.asarray(probabilities, dtype=float), np.asarray(happened, dtype=float)
    if not stated.size or stated.shape != came.shape or not np.all((stated >= 0) & (stated <= 1)):
        raise DataError(
            "brier_score: expected probabilities from 0 to 1 and as many outcomes; found "
            f"{stated.size} probabilities and {came.size} outcomes"
        )
    return round(float(np.mean((stated - came) ** 2)), 12)


def common_variance_pct(values: Any) -> float:
    r"""
    Share of the variance of yearly change that all areas have in common.

    Parameters
    ----------
    values : array_like
        One row an area, one column a year; NaN where missing. [any unit]

    Returns
    -------
    float
        Variance between years of the mean change, by the variance of all changes; NaN where
        nothing moved or fewer than two years have changes. [percent]

    Raises
    ------
    DataError
        If the values are not a table of areas and years.

    References
    ----------
    Ours: the analysis of variance of changes by year (eta squared).

    Examples
    --------
    Two areas that always move together:

    >>> common_variance_pct([[10, 12, 11], [50, 52, 51]])
    100.0
    """
    table = np.asarray(values, dtype=float)
    if table.ndim != 2:
        raise DataError(
            f"common_variance_pct: expected a table, one row an area and one column a year; found "
            f"{table.ndim} dimensions"
        )
    changes = np.diff(table, axis=1)
    seen = ~np.isnan(changes)
    years = seen.any(axis=0)
    if years.sum() < 2:
        return float("nan")
    changes, seen = changes[:, years], seen[:, years]
    number = seen.sum(axis=0)
    means = np.where(seen, changes, 0.0).sum(axis=0) / number
    mean = changes[seen].mean()
    whole = float(np.sum((changes[seen] - mean) ** 2))
    if whole == 0:
        return float("nan")
    return float(100 * np.sum(number * (means - mean) ** 2) / whole)
