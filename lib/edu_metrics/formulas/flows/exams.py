r"""
Pupils and the lines of an exam: who has to cross, what a shift of the paper does.

A pass rate, an excellence rate and a low-score rate of one paper are three cuts through one
distribution of scores and can't be set apart from each other. Where the scores are known they are
used as they are (:mod:`~edu_metrics.formulas.flows.crossing`). Where only two rates are published,
a normal distribution through both stands in (our assumption; real scores are cut off at full marks
and often skewed): the rate at or above a cut :math:`c` is :math:`100\,\Phi((\mu - c)/\sigma)`, so
that two rates give

.. math:: \sigma = \frac{c_2 - c_1}{z_1 - z_2}, \qquad \mu = c_1 + z_1 \sigma, \qquad
    z_i = \Phi^{-1}(r_i / 100)

All marks are in percent of full marks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = [
    "ExamRates",
    "mean_and_spread",
    "next_exam",
    "rate_above",
    "shift_for_rate",
    "start_exam",
]


class ExamRates(NamedTuple):
    """
    A distribution of scores a year later and the three rates that its cuts give.

    Attributes
    ----------
    mean, spread : ndarray
        Mean and standard deviation of what pupils can do. [percent of full marks]
    pass_cut_pct, excellence_cut_pct, low_cut_pct : ndarray
        The cuts, passed on unchanged. [percent of full marks]
    pass_pct, excellence_pct, low_pct : ndarray
        At or above the first two cuts, and below the third. [percent, 0-100]
    """

    mean: Floats
    spread: Floats
    pass_cut_pct: Floats
    excellence_cut_pct: Floats
    low_cut_pct: Floats
    pass_pct: Floats
    excellence_pct: Floats
    low_pct: Floats


def mean_and_spread(
    rate_pct: Amount, cut_pct: Amount, other_rate_pct: Amount, other_cut_pct: Amount
) -> tuple[Floats, Floats]:
    """
    Give the normal distribution that has two published rates.

    Parameters
    ----------
    rate_pct, other_rate_pct : float or ndarray
        Pupils at or above each cut. [percent, above 0 and below 100]
    cut_pct, other_cut_pct : float or ndarray
        The cuts, two different ones. [percent of full marks]

    Returns
    -------
    mean, spread : ndarray
        Mean and standard deviation. [percent of full marks]

    Raises
    ------
    DataError
        If a rate is 0 or 100, or the higher cut does not have the lower rate.

    Examples
    --------
    84.13 % above 60 and 15.87 % above 80 are one standard deviation on each side of 70:

    >>> mean, spread = mean_and_spread(84.134475, 60, 15.865525, 80)
    >>> round(float(mean), 4), round(float(spread), 4)
    (70.0, 10.0)
    """
    given = within(
        "mean_and_spread",
        percents={
            "rate_pct": rate_pct,
            "other_rate_pct": other_rate_pct,
            "cut_pct": cut_pct,
            "other_cut_pct": other_cut_pct,
        },
    )
    first, second = given["rate_pct"], given["other_rate_pct"]
    if np.any((first <= 0) | (first >= 100) | (second <= 0) | (second >= 100)):
        raise DataError(
            "mean_and_spread: expected both rates above 0 and below 100; "
            "a rate at its limit says nothing of the spread. Give two other cuts."
        )
    above = given["other_cut_pct"] - given["cut_pct"]
    if np.any(above * (first - second) <= 0):
        raise DataError(
            "mean_and_spread: expected fewer pupils above the higher cut; "
            "two rates that do not fall from cut to cut come from different papers or pupils"
        )
    from scipy.special import ndtri  # imported here: a report without exams need not pay for it

    z, other = ndtri(first / 100), ndtri(second / 100)
    spread = above / (z - other)
    return np.asarray(given["cut_pct"] + z * spread), np.asarray(spread)


def rate_above(mean: Amount, spread: Amount, cut_pct: Amount) -> Floats:
    """
    Give the pupils at or above a cut of a normal distribution.

    Parameters
    ----------
    mean, spread : float or ndarray
        Mean and standard deviation. [percent of full marks]
    cut_pct : float or ndarray
        The cut. [percent of full marks]

    Returns
    -------
    ndarray
        The rate. [percent, 0-100]

    Raises
    ------
    DataError
        If the spread is not above 0.

    Examples
    --------
    >>> round(float(rate_above(70, 10, 60)), 2)
    84.13
    """
    given = within("rate_above", counts={"spread": spread}, free={"mean": mean, "cut": cut_pct})
    if np.any(given["spread"] <= 0):
        raise DataError("rate_above: expected a spread above 0")
    from scipy.special import ndtr

    return np.asarray(100 * ndtr((given["mean"] - given["cut"]) / given["spread"]))


def shift_for_rate(rate_pct: Amount, mean: Amount, spread: Amount, cut_pct: Amount) -> Floats:
    """
    Give the marks by which all pupils, or the paper, must move for a rate.

    Parameters
    ----------
    rate_pct : float or ndarray
        Rate to reach at the cut. [percent, above 0 and below 100]
    mean, spread : float or ndarray
        Mean and standard deviation now. [percent of full marks]
    cut_pct : float or ndarray
        The cut. [percent of full marks]

    Returns
    -------
    ndarray
        Marks upwards; negative where the rate is passed. [percent of full marks]

    Raises
    ------
    DataError
        If the rate is 0 or 100: a normal distribution never gets there.

    Examples
    --------
    >>> round(float(shift_for_rate(95, 70, 10, 60)), 2)
    6.45
    """
    given = within(
        "shift_for_rate",
        counts={"spread": spread}, percents={"rate": rate_pct},
        free={"mean": mean, "cut": cut_pct},
    )  # fmt: skip
    if np.any((given["rate"] <= 0) | (given["rate"] >= 100)):
        raise DataError(
            "shift_for_rate: expected a rate above 0 and below 100; use pupils_to_cross"
        )
    from scipy.special import ndtri

    return np.asarray(given["cut"] + ndtri(given["rate"] / 100) * given["spread"] - given["mean"])


def start_exam(
    pass_pct: Amount,
    excellence_pct: Amount,
    pass_cut_pct: Amount,
    excellence_cut_pct: Amount,
    low_cut_pct: Amount,
) -> dict[str, Floats]:
    """
    Take a paper's two rates apart into what pupils can do and how far they are spread.

    Parameters
    ----------
    pass_pct, excellence_pct : float or ndarray
        Rates at the two upper cuts. [percent, above 0 and below 100]
    pass_cut_pct, excellence_cut_pct, low_cut_pct : float or ndarray
        The cuts. [percent of full marks]

    Returns
    -------
    dict of str to ndarray
        ``mean``, ``spread`` and the cuts.

    Raises
    ------
    DataError
        As :func:`mean_and_spread`.

    Examples
    --------
    >>> round(float(start_exam(84.134475, 15.865525, 60, 80, 40)["mean"]), 3)
    70.0
    """
    mean, spread = mean_and_spread(pass_pct, pass_cut_pct, excellence_pct, excellence_cut_pct)
    cuts = {
        "pass_cut_pct": pass_cut_pct,
        "excellence_cut_pct": excellence_cut_pct,
        "low_cut_pct": low_cut_pct,
    }
    return {"mean": mean, "spread": spread, **within("start_exam", percents=cuts)}


def next_exam(
    mean: Amount,
    spread: Amount,
    pass_cut_pct: Amount,
    excellence_cut_pct: Amount,
    low_cut_pct: Amount,
    *,
    paper_harder: Amount = 0.0,
    learning: Amount = 0.0,
) -> ExamRates:
    """
    Move what pupils can do on by one year, and set them a paper.

    Parameters
    ----------
    mean, spread : float or ndarray
        Mean and standard deviation. [percent of full marks]
    pass_cut_pct, excellence_cut_pct, low_cut_pct : float or ndarray
        The cuts. [percent of full marks]
    paper_harder : float or ndarray, optional
        Marks that this year's paper takes from everybody; it does not last. [percent of full marks]
    learning : float or ndarray, optional
        Marks that every pupil gains; they last. [percent of full marks a year]

    Returns
    -------
    ExamRates
        The three rates move together: what lifts the pass rate lifts excellence and lowers low
        scores.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_exam(70, 10, 60, 80, 40, learning=2)
    >>> round(float(later.pass_pct), 2), round(float(later.excellence_pct), 2)
    (88.49, 21.19)
    """
    given = within(
        "next_exam",
        counts={"spread": spread},
        percents={
            "pass_cut_pct": pass_cut_pct,
            "excellence_cut_pct": excellence_cut_pct,
            "low_cut_pct": low_cut_pct,
        },
        free={"mean": mean, "paper_harder": paper_harder, "learning": learning},
    )
    able = given["mean"] + given["learning"]
    shown = able - given["paper_harder"]
    at = {
        name: rate_above(shown, given["spread"], given[f"{name}_cut_pct"])
        for name in ("pass", "excellence", "low")
    }
    return ExamRates(
        able,
        given["spread"],
        given["pass_cut_pct"],
        given["excellence_cut_pct"],
        given["low_cut_pct"],
        at["pass"],
        at["excellence"],
        100 - at["low"],
    )
