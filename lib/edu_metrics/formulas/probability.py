r"""
Several events at once, correlations that can be believed, scores of forecasts, and what moves them.

Which uncertain input moves a result is told by shares of its variance. With two independent tables
of inputs :math:`A` and :math:`B`, and :math:`A_B^{(i)}` that is :math:`A` with the columns of input
:math:`i` from :math:`B`, the share that input :math:`i` makes alone (first order) and with all
others (total) are [3]_ [4]_

.. math:: S_i = \frac{\frac1n \sum f_B\,(f_{AB^{(i)}} - f_A)}{V}, \qquad
          T_i = \frac{\frac1{2n} \sum (f_A - f_{AB^{(i)}})^2}{V}

The same estimators as those of ``scipy.stats.sobol_indices``; a test holds one against the other.
Loading ``scipy.stats`` takes longer than all that a report computes here, so it is not used.

References
----------
.. [1] Fréchet, M. (1935). Généralisation du théorème des probabilités totales. *Fundamenta
   Mathematicae* 25, 379-387.
.. [2] Schäfer, J. and Strimmer, K. (2005). A shrinkage approach to large-scale covariance matrix
   estimation. *Statistical Applications in Genetics and Molecular Biology* 4(1), 32.
.. [3] Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. *Computer
   Physics Communications* 181, 259-270, table 2 (b) and (f).
.. [4] Jansen, M. J. W. (1999). Analysis of variance designs for model output. *Computer Physics
   Communications* 117, 35-43.
.. [5] Joe, S. and Kuo, F. Y. (2008). Constructing Sobol sequences with better two-dimensional
   projections. *SIAM Journal on Scientific Computing* 30, 2635-2654 (direction numbers).
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
    if not stated.size or stated.shape != came.shape:
        raise DataError(
            "brier_score: expected as many outcomes as probabilities, one at least; found "
            f"{stated.size} probabilities and {came.size} outcomes"
        )
    wrong = ~((stated >= 0) & (stated <= 1) & np.isin(came, (0, 1)))
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise DataError(
            "brier_score: expected probabilities from 0 to 1, and outcomes that are 0 or 1; found "
            f"{stated.ravel()[at]:g} and {came.ravel()[at]:g} in row {at}"
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


_BITS = 30

#: Polynomial and first direction numbers of each column after the first [5]_.
_COLUMNS = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
    (6, 19, (1, 1, 1, 15, 7, 5)),
    (6, 22, (1, 3, 1, 15, 13, 25)),
    (6, 25, (1, 1, 5, 5, 19, 61)),
    (7, 1, (1, 3, 7, 11, 23, 15, 103)),
    (7, 4, (1, 3, 7, 13, 13, 15, 69)),
)

#: More columns than this have no direction numbers here.
MOST_COLUMNS = len(_COLUMNS) + 1


class Shares(NamedTuple):
    """
    Shares of the variance of a result, input by input.

    Attributes
    ----------
    first : ndarray, shape (inputs,)
        What each input makes alone. [0-1, up to the error of the sample]
    total : ndarray, shape (inputs,)
        What each input makes alone and together with others. [0-1, likewise]
    """

    first: Floats
    total: Floats


def _directions(column: int) -> NDArray[np.int64]:
    if column == 0:
        return np.array([1 << (_BITS - 1 - bit) for bit in range(_BITS)], dtype=np.int64)
    degree, polynomial, first = _COLUMNS[column - 1]
    numbers = list(first)
    for bit in range(degree, _BITS):
        number = numbers[bit - degree] ^ (numbers[bit - degree] << degree)
        for back in range(1, degree):
            if (polynomial >> (degree - 1 - back)) & 1:
                number ^= numbers[bit - back] << back
        numbers.append(number)
    return np.array([n << (_BITS - 1 - bit) for bit, n in enumerate(numbers[:_BITS])])


def sobol_points(number: int, columns: int, *, seed: int | None = 0) -> Floats:
    """
    Give evenly spread points of the unit cube, a Sobol sequence with a random digital shift.

    Parameters
    ----------
    number : int
        How many, a power of two: only then are they balanced.
    columns : int
        Dimensions, up to ``MOST_COLUMNS``.
    seed : int or None, optional
        Of the shift; None leaves the bare sequence, which begins with zeros.

    Returns
    -------
    ndarray, shape (number, columns)
        Points, inside 0-1 and never on its edge where shifted.

    Raises
    ------
    DataError
        If the number is no power of two, or there are too many columns.

    Examples
    --------
    >>> sobol_points(4, 2, seed=None).tolist()
    [[0.0, 0.0], [0.5, 0.5], [0.75, 0.25], [0.25, 0.75]]
    """
    if number < 1 or number & (number - 1) or not 1 <= columns <= MOST_COLUMNS:
        raise DataError(
            f"sobol_points: expected a power of two and 1 to {MOST_COLUMNS} columns, "
            f"found {number} and {columns}"
        )
    # Gray code: each point differs from the one before by one direction number.
    steps = np.arange(1, number)
    lowest = np.log2(steps & -steps).astype(np.int64)
    points = np.zeros((number, columns), dtype=np.int64)
    for column in range(columns):
        points[1:, column] = np.bitwise_xor.accumulate(_directions(column)[lowest])
    if seed is None:
        return np.asarray(points / 2.0**_BITS)
    shift = np.random.default_rng(seed).integers(0, 1 << _BITS, columns)
    return np.asarray(((points ^ shift) + 0.5) / 2.0**_BITS)


def variance_shares(at_a: Floats, at_b: Floats, at_mixed: Floats) -> Shares | None:
    """
    Give first-order and total shares of the variance.

    Parameters
    ----------
    at_a, at_b : ndarray, shape (points,)
        Results at two independent tables of inputs. [any unit]
    at_mixed : ndarray, shape (inputs, points)
        Results where one input at a time comes from the second table. [same unit]

    Returns
    -------
    Shares or None
        The shares; None where nothing varies.

    Examples
    --------
    Two inputs added up, the second three times as far spread: 1 and 9 tenths.

    >>> points = sobol_points(1024, 4)
    >>> a, b = points[:, :2], points[:, 2:]
    >>> mixed = np.stack([b[:, 0] + 3 * a[:, 1], a[:, 0] + 3 * b[:, 1]])
    >>> variance_shares(a @ [1, 3], b @ [1, 3], mixed).total.round(2).tolist()
    [0.1, 0.9]
    """
    both = np.concatenate([at_a, at_b])
    variance = float(both.var())
    if variance <= 1e-18 * max(1.0, float(np.square(both).mean())):
        return None
    # Taken from the mean: the estimators are the same, and lose fewer digits.
    middle = both.mean()
    first = np.mean((at_b - middle) * (at_mixed - at_a), axis=-1) / variance
    total = np.mean((at_a - at_mixed) ** 2, axis=-1) / 2 / variance
    return Shares(np.asarray(first), np.asarray(total))
