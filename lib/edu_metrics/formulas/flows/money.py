r"""
Spending in total and for each pupil, under a projection of pupils.

Total :math:`E` and pupils :math:`P` give :math:`E / P`. With spending growing by :math:`g` and
pupils by :math:`n` a year, the total rises if :math:`g > 0` and spending for each pupil if
:math:`g > n`: with fewer pupils the second rule follows from the first, with more it is the one
that binds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = ["Spending", "growth_for_both_rules", "next_spending", "start_spending"]


class Spending(NamedTuple):
    """
    Spending and pupils of a year.

    Attributes
    ----------
    spending : ndarray
        Total. [yuan]
    pupils : ndarray
        Pupils of all stages. [persons]
    per_pupil : ndarray
        Total over pupils. [yuan per pupil]
    """

    spending: Floats
    pupils: Floats
    per_pupil: Floats


def start_spending(spending: Amount, pupils: Amount) -> dict[str, Floats]:
    """
    Take the published total and the pupils.

    Parameters
    ----------
    spending : float or ndarray
        Total. [yuan]
    pupils : float or ndarray
        Pupils, more than none. [persons]

    Returns
    -------
    dict of str to ndarray
        ``spending`` and ``pupils``.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> float(start_spending(1.326e9, 70_000)["pupils"])
    70000.0
    """
    given = within("start_spending", counts={"spending": spending, "pupils": pupils})
    if np.any(given["pupils"] <= 0):
        raise DataError("start_spending: expected at least one pupil")
    return given


def next_spending(
    spending: Amount, pupils: Amount, *, pupils_change_pct: Amount = 0.0, growth_pct: Amount = 0.0
) -> Spending:
    """
    Move spending and pupils on by one year.

    Parameters
    ----------
    spending : float or ndarray
        Total. [yuan]
    pupils : float or ndarray
        Pupils. [persons]
    pupils_change_pct : float or ndarray, optional
        Change in the number of pupils. [percent a year, above -100]
    growth_pct : float or ndarray, optional
        Growth of the total. [percent a year, -100 or more]

    Returns
    -------
    Spending
        A year later.

    Raises
    ------
    DataError
        If a number lies outside its domain, or no pupil is left.

    Examples
    --------
    Pupils grow faster than spending: the total rises, what each pupil has falls.

    >>> later = next_spending(100.0, 10.0, pupils_change_pct=3, growth_pct=2)
    >>> float(later.spending), round(float(later.per_pupil), 3)
    (102.0, 9.903)
    """
    given = within(
        "next_spending",
        counts={"spending": spending, "pupils": pupils},
        free={"pupils_change_pct": pupils_change_pct, "growth_pct": growth_pct},
    )
    if np.any(given["pupils_change_pct"] <= -100) or np.any(given["growth_pct"] < -100):
        raise DataError(
            "next_spending: expected pupils_change_pct above -100 and growth_pct of -100 or more"
        )
    total = given["spending"] * (100 + given["growth_pct"]) / 100
    number = given["pupils"] * (100 + given["pupils_change_pct"]) / 100
    if np.any(number <= 0):
        raise DataError("next_spending: expected at least one pupil")
    return Spending(total, number, total / number)


def growth_for_both_rules(pupils_change_pct: Amount) -> Floats:
    """
    Give the growth of the total that both only-increase rules have to pass.

    Parameters
    ----------
    pupils_change_pct : float or ndarray
        Change in the number of pupils. [percent a year]

    Returns
    -------
    ndarray
        The growth above which both total and spending for each pupil rise. [percent a year]

    Examples
    --------
    >>> growth_for_both_rules(np.array([-2.0, 3.0]))
    array([0., 3.])
    """
    given = within("growth_for_both_rules", free={"pupils_change_pct": pupils_change_pct})
    return np.asarray(np.maximum(given["pupils_change_pct"], 0.0))
