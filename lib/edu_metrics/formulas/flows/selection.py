r"""
What the split between general and vocational schools does to a rate among general students.

The bachelor line is sat by general students. If the part of a cohort in general schools
falls from :math:`g_0` to :math:`g_1`, those left out reach the line less often than the rest. With
:math:`k = 1` none of them would have reached it, with :math:`k = 0` they are like all others:

.. math:: r_1 = \frac{r_0 g_0 - (1 - k)\, r_0 (g_0 - g_1)}{g_1}

At :math:`k = 1` the rate rises by :math:`g_0 / g_1` and nobody has learned more. The form is ours.
"""

from __future__ import annotations

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = ["general_share_for", "general_share_of_entrants", "rate_after_selection"]


def general_share_of_entrants(ratio: Amount) -> Floats:
    """
    Give the general part of the entrants for a vocational to general ratio.

    Parameters
    ----------
    ratio : float or ndarray
        Vocational entrants for each general one. [ratio]

    Returns
    -------
    ndarray
        Part of the entrants in general schools. [percent, 0-100]

    Raises
    ------
    DataError
        If the ratio is negative.

    Examples
    --------
    >>> float(general_share_of_entrants(1.0)), float(general_share_of_entrants(0.25))
    (50.0, 80.0)
    """
    given = within("general_share_of_entrants", counts={"ratio": ratio})
    return np.asarray(100 / (1 + given["ratio"]))


def rate_after_selection(
    rate_pct: Amount, general_before_pct: Amount, general_after_pct: Amount, selection: Amount = 1.0
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
    given = within(
        "rate_after_selection",
        counts={"selection": selection},
        percents={
            "rate_pct": rate_pct,
            "general_before_pct": general_before_pct,
            "general_after_pct": general_after_pct,
        },
    )
    before, after = given["general_before_pct"], given["general_after_pct"]
    if np.any(before <= 0) or np.any(after <= 0) or np.any(given["selection"] > 1):
        raise DataError(
            "rate_after_selection: expected some in general schools before and after, "
            "and a selection from 0 to 1"
        )
    like_the_rest = (1 - given["selection"]) * (before - after)
    return np.asarray(np.minimum(given["rate_pct"] * (before - like_the_rest) / after, 100.0))


def general_share_for(
    level_pct: Amount, rate_pct: Amount, general_before_pct: Amount, selection: Amount = 1.0
) -> Floats:
    """
    Give the part of a cohort in general schools at which selection alone makes a rate.

    Parameters
    ----------
    level_pct : float or ndarray
        Rate to make. [percent, above 0]
    rate_pct : float or ndarray
        Rate now. [percent, 0-100]
    general_before_pct : float or ndarray
        Part in general schools now. [percent, above 0]
    selection : float or ndarray, optional
        As in :func:`rate_after_selection`, above 0. [0-1]

    Returns
    -------
    ndarray
        The part. [percent]

    Raises
    ------
    DataError
        If those left out are like the rest, so that no split moves the rate that far.

    Examples
    --------
    >>> round(float(general_share_for(800 / 9, 80, 50)), 6)
    45.0
    """
    given = within(
        "general_share_for",
        counts={"selection": selection},
        percents={"level_pct": level_pct, "rate_pct": rate_pct, "before": general_before_pct},
    )
    rest = given["rate_pct"] * (1 - given["selection"])
    if np.any(given["level_pct"] <= rest) or np.any(given["selection"] <= 0):
        raise DataError(
            "general_share_for: no split makes this level; it is no higher than the rate of "
            "those left out"
        )
    return np.asarray(
        given["before"] * given["rate_pct"] * given["selection"] / (given["level_pct"] - rest)
    )
