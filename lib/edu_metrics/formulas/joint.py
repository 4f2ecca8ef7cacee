r"""
Several events at once: what must hold whatever binds them, and correlations that can be believed.

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
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from edu_metrics.errors import DataError

__all__ = [
    "LEAST_YEARS",
    "Shrunk",
    "correlations_of",
    "frechet_bounds",
    "if_independent",
    "nearest_correlations",
    "shrink_correlations",
]

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
