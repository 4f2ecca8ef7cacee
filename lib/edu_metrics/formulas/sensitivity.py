r"""
Which uncertain input moves a result: shares of its variance, and points to compute them from.

With two independent tables of inputs :math:`A` and :math:`B`, and :math:`A_B^{(i)}` that is
:math:`A` with the columns of input :math:`i` from :math:`B`, the share of the variance that input
:math:`i` makes alone (first order) and with all others (total) are [1]_ [2]_

.. math:: S_i = \frac{\frac1n \sum f_B\,(f_{AB^{(i)}} - f_A)}{V}, \qquad
          T_i = \frac{\frac1{2n} \sum (f_A - f_{AB^{(i)}})^2}{V}

The same estimators as those of ``scipy.stats.sobol_indices``; a test holds one against the other.
Loading ``scipy.stats`` takes longer than all that a report computes here, so it is not used.

References
----------
.. [1] Saltelli, A. et al. (2010). Variance based sensitivity analysis of model output. *Computer
   Physics Communications* 181, 259-270, table 2 (b) and (f).
.. [2] Jansen, M. J. W. (1999). Analysis of variance designs for model output. *Computer Physics
   Communications* 117, 35-43.
.. [3] Joe, S. and Kuo, F. Y. (2008). Constructing Sobol sequences with better two-dimensional
   projections. *SIAM Journal on Scientific Computing* 30, 2635-2654 (direction numbers).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import DataError

Floats = NDArray[np.float64]

_BITS = 30

#: Polynomial and first direction numbers of each column after the first [3]_.
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
