"""Scores of forecasts that were given as draws, intervals or probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import DataError

__all__ = ["brier_score", "common_variance_pct", "crps"]

Floats = NDArray[np.float64]


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
