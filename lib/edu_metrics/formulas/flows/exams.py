r"""
Pupils and the lines of an exam: who has to cross, what the paper and selection do.

A pass rate, an excellence rate and a low-score rate of one paper are three cuts through one
distribution of scores and can't be set apart from each other. Where the scores are known they are
used as they are (:func:`pupils_to_cross`). Where only two rates are published,
a normal distribution through both stands in (our assumption; real scores are cut off at full marks
and often skewed): the rate at or above a cut :math:`c` is :math:`100\,\Phi((\mu - c)/\sigma)`, so
that two rates give

.. math:: \sigma = \frac{c_2 - c_1}{z_1 - z_2}, \qquad \mu = c_1 + z_1 \sigma, \qquad
    z_i = \Phi^{-1}(r_i / 100)

All marks are in percent of full marks.

The bachelor line is sat by general students. If the part of a cohort in general schools
falls from :math:`g_0` to :math:`g_1`, those left out reach the line less often than the rest. With
:math:`k = 1` none of them would have reached it, with :math:`k = 0` they are like all others:

.. math:: r_1 = \frac{r_0 g_0 - (1 - k)\, r_0 (g_0 - g_1)}{g_1}

At :math:`k = 1` the rate rises by :math:`g_0 / g_1` and nobody has learned more. The form is ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Count, Floats, Percent, Signed, flow


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


@flow
def mean_and_spread(
    rate_pct: Percent, cut_pct: Percent, other_rate_pct: Percent, other_cut_pct: Percent
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
    rates = np.stack(np.broadcast_arrays(rate_pct, other_rate_pct))
    if np.any((rates <= 0) | (rates >= 100)):
        raise DataError(
            "mean_and_spread: expected both rates above 0 and below 100; "
            "a rate at its limit says nothing of the spread. Give two other cuts."
        )
    above = other_cut_pct - cut_pct
    if np.any(above * (rate_pct - other_rate_pct) <= 0):
        raise DataError(
            "mean_and_spread: expected fewer pupils above the higher cut; "
            "two rates that do not fall from cut to cut come from different papers or pupils"
        )
    from scipy.special import ndtri  # imported here: a report without exams need not pay for it

    z, other = ndtri(rate_pct / 100), ndtri(other_rate_pct / 100)
    spread = above / (z - other)
    return np.asarray(cut_pct + z * spread), np.asarray(spread)


@flow
def rate_above(mean: Signed, spread: Count, cut_pct: Signed) -> Floats:
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
    if np.any(spread <= 0):
        raise DataError("rate_above: expected a spread above 0")
    from scipy.special import ndtr

    return np.asarray(100 * ndtr((mean - cut_pct) / spread))


@flow
def start_exam(
    pass_pct: Percent,
    excellence_pct: Percent,
    pass_cut_pct: Percent,
    excellence_cut_pct: Percent,
    low_cut_pct: Percent,
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
    return {
        "mean": mean,
        "spread": spread,
        "pass_cut_pct": pass_cut_pct,
        "excellence_cut_pct": excellence_cut_pct,
        "low_cut_pct": low_cut_pct,
    }


@flow
def next_exam(
    mean: Signed,
    spread: Count,
    pass_cut_pct: Percent,
    excellence_cut_pct: Percent,
    low_cut_pct: Percent,
    *,
    paper_harder: Signed = 0.0,
    learning: Signed = 0.0,
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
    able = mean + learning
    shown = able - paper_harder
    cuts = (pass_cut_pct, excellence_cut_pct, low_cut_pct)
    passing, excellent, not_low = (rate_above(shown, spread, cut) for cut in cuts)
    return ExamRates(able, spread, *cuts, passing, excellent, 100 - not_low)


class Crossing(NamedTuple):
    """
    Pupils who must cross a line, and how far it is for the last of them.

    Attributes
    ----------
    pupils : int
        How many more must be at or above the line; 0 where enough are. [persons]
    marks : float
        What the last of them lacks, and so the shift of the whole paper that would lift as
        many without any of them knowing more; 0 where nobody must. [marks]
    """

    pupils: int
    marks: float


@flow
def pupils_to_cross(scores: Count, counts: Count, *, cut: float, needed: int) -> Crossing:
    """
    Count the pupils who must cross a line so that enough stand above it.

    Parameters
    ----------
    scores : array_like
        Scores that occur. [marks]
    counts : array_like
        Pupils with each score. [persons]
    cut : float
        The line; who is on it is above. [marks]
    needed : int
        Pupils who have to be at or above it, from
        :func:`~edu_metrics.formulas.smallest_count_for`. [persons]

    Returns
    -------
    Crossing
        Those nearest below the line come first.

    Raises
    ------
    DataError
        If scores and counts differ in number, a count is negative or not whole, or more are needed
        than sat.

    Examples
    --------
    70 of 100 pass; 75 would with the five nearest, who lack 2 marks at most:

    >>> pupils_to_cross([50, 58, 59, 60, 80], [20, 7, 3, 30, 40], cut=60, needed=75)
    Crossing(pupils=5, marks=2.0)
    """
    marks, number = np.atleast_1d(scores), np.atleast_1d(counts)
    if marks.shape != number.shape or marks.ndim != 1:
        raise DataError("pupils_to_cross: expected one count for each score")
    if (parts := number[number != np.floor(number)]).size:
        raise DataError(
            f"pupils_to_cross: expected whole numbers of pupils, found {parts[0]:g}; give counts, "
            "no shares and no thousands"
        )
    if needed > number.sum():
        raise DataError(
            f"pupils_to_cross: {needed} are needed and {number.sum():g} sat; nobody can do that"
        )
    above = number[marks >= cut].sum()
    missing = int(np.ceil(needed - above))
    if missing <= 0:
        return Crossing(0, 0.0)
    order = np.argsort(-marks)
    below = order[marks[order] < cut]
    last = below[int(np.searchsorted(np.cumsum(number[below]), missing))]
    return Crossing(missing, float(cut - marks[last]))


@flow
def rate_after_selection(
    rate_pct: Percent,
    general_before_pct: Percent,
    general_after_pct: Percent,
    selection: Count = 1.0,
) -> Floats:
    """
    Say what a rate among general students comes to when fewer, or more, are let in.

    Parameters
    ----------
    rate_pct : float or ndarray
        Rate before. [percent, 0-100]
    general_before_pct, general_after_pct : float or ndarray
        Part of a cohort in general schools before and after. [percent, above 0]
    selection : float or ndarray, optional
        1 where none of those left out would have reached the line, 0 where they are like the
        rest. [0-1]

    Returns
    -------
    ndarray
        Rate after, no more than 100. [percent, 0-100]

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    40 of 100 reach the line, whether 50, 48 or 45 sit:

    >>> [round(float(rate_after_selection(80, 50, after)), 1) for after in (50, 48, 45)]
    [80.0, 83.3, 88.9]
    """
    before, after = general_before_pct, general_after_pct
    if np.any(before <= 0) or np.any(after <= 0) or np.any(selection > 1):
        raise DataError(
            "rate_after_selection: expected some in general schools before and after, "
            "and a selection from 0 to 1"
        )
    like_the_rest = (1 - selection) * (before - after)
    return np.asarray(np.minimum(rate_pct * (before - like_the_rest) / after, 100.0))
