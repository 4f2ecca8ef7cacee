r"""
Scales on which rates and counts move without leaving their bounds.

A rate between 0 and 100 moves on the logit scale, so that passing and failing get the same
answer; a rate that may pass 100, a count and money move on the log scale. Where the number of
persons or institutions behind a rate is known, values are whole counts: they enter by the
empirical logit, :math:`\log\frac{k + 1/2}{n - k + 1/2}` [1]_, and come back rounded to whole
counts, so that 0 and 100 can be left and reached. The half keeps every count its own: going
there and back returns ``k``.

References
----------
.. [1] Cox, D. R. & Snell, E. J. (1989). *Analysis of Binary Data*, 2nd ed., section 2.1.6.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import ProjectionError

__all__ = ["Scale", "from_scale", "printed_decimals", "scale_for", "to_scale"]

Scale = Literal["logit", "log"]
Floats = NDArray[np.float64]

#: How near to 0 and 100 a rate is taken where nothing is known of the number behind it.
#: Chosen among 0.1, 0.25 and 1 by error in a rolling-origin back-test; the three hardly differ.
EDGE_PP = 0.25
#: The exponential of more than this is beyond the largest number of a computer.
_FURTHEST = 700.0


def scale_for(bounds: tuple[float | None, float | None]) -> Scale:
    """
    Choose the scale that keeps an indicator within its bounds.

    Parameters
    ----------
    bounds : tuple of (float or None)
        Lowest and highest value of the indicator; None where there is no limit.

    Returns
    -------
    {"logit", "log"}
        ``logit`` for 0 to 100, ``log`` where only zero bounds it.

    Raises
    ------
    ProjectionError
        For any other bounds.

    Examples
    --------
    >>> scale_for((0, 100)), scale_for((0, None))
    ('logit', 'log')
    """
    if bounds == (0, 100):
        return "logit"
    if bounds[0] == 0 and bounds[1] is None:
        return "log"
    raise ProjectionError(
        f"no scale for the bounds {bounds}; expected (0, 100) for a rate or (0, None) for what "
        "may pass 100"
    )


def to_scale(values: Any, scale: Scale, wholes: Any = None) -> Floats:
    """
    Take values onto a scale.

    Parameters
    ----------
    values : array_like
        Rates, 0-100, or amounts. [percent or the unit of the amount]
    scale : {"logit", "log"}
        From :func:`scale_for`.
    wholes : array_like, optional
        For a rate, the number of persons or institutions behind it; NaN where unknown. [persons]

    Returns
    -------
    ndarray
        Values on the scale. Missing values stay missing.

    Raises
    ------
    ProjectionError
        If a value can't stand on the scale: outside 0-100, or a negative amount.

    Examples
    --------
    >>> round(float(to_scale(90.0, "logit")), 4)  # log(9)
    2.1972
    >>> round(float(to_scale(100.0, "logit", 40)), 4)  # log(40.5 / 0.5)
    4.3944
    """
    given = np.asarray(values, dtype=float)
    if scale == "log":
        if np.any(given < 0):
            raise ProjectionError("an amount below zero can't be projected on the log scale")
        return np.asarray(np.log(given + (0.5 if wholes is not None else _tiny(given))))
    if np.any((given < 0) | (given > 100)):
        raise ProjectionError("a value outside 0-100 can't be projected on the logit scale")
    clipped = np.clip(given, EDGE_PP, 100 - EDGE_PP)
    plain = np.log(clipped / (100 - clipped))
    if wholes is None:
        return np.asarray(plain)
    known = np.asarray(wholes, dtype=float)
    part = given / 100 * known
    return np.asarray(np.where(np.isnan(known), plain, np.log((part + 0.5) / (known - part + 0.5))))


def from_scale(points: Any, scale: Scale, whole: float | None = None) -> Floats:
    """
    Bring values back from a scale.

    Parameters
    ----------
    points : array_like
        Values on the scale.
    scale : {"logit", "log"}
        From :func:`scale_for`.
    whole : float, optional
        For a rate, the number behind it: results are then rates of whole counts. On the log
        scale any number says that the amount is a whole count. [persons]

    Returns
    -------
    ndarray
        Rates, 0-100, or amounts. [percent or the unit of the amount]

    Examples
    --------
    >>> float(from_scale(to_scale(100.0, "logit", 40), "logit", 40))
    100.0
    """
    given = np.asarray(points, dtype=float)
    if scale == "log":
        amounts = np.exp(np.minimum(given, _FURTHEST))
        if whole is None:
            return np.asarray(amounts)
        return np.asarray(np.maximum(np.rint(amounts - 0.5), 0))
    # The logistic function by its hyperbolic form: no overflow at either end, and no scipy, whose
    # import every report would pay for.
    share = 0.5 * (1 + np.tanh(0.5 * given))
    if whole is None:
        return np.asarray(100 * share)
    counts = np.rint(share * (whole + 1) - 0.5)
    return np.asarray(100 * np.clip(counts, 0, whole) / whole)


def _tiny(amounts: Floats) -> Floats:
    """Keep an amount of zero finite, at a thousandth of the smallest amount that is not zero."""
    positive = amounts[amounts > 0]
    smallest = float(positive.min()) if positive.size else 1.0
    return np.asarray(np.where(amounts == 0, smallest / 1000, 0.0))


def printed_decimals(values: Floats) -> int:
    """
    Tell how many decimals a publisher printed, three at most.

    Parameters
    ----------
    values : ndarray
        A series as it was printed. [any unit]

    Returns
    -------
    int
        0 to 3.

    Examples
    --------
    >>> printed_decimals(np.array([93.4, 95.0]))
    1
    """
    return next((n for n in range(3) if np.all(np.abs(np.round(values, n) - values) < 1e-9)), 3)
