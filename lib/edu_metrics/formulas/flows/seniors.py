r"""
The senior stage: who goes on, to general or vocational schools, and what the split does.

Of the leavers of grade 9 a part goes on; :math:`\rho` vocational for each general entrant leaves
:math:`1/(1+\rho)` of them in general schools. Three years of entrants, less those who leave on the
way, over the population of the age band make the gross rate.

Selection: the bachelor line is sat by general students. If the part of a cohort in general schools
falls from :math:`g_0` to :math:`g_1`, those left out reach the line less often than the rest. With
:math:`k = 1` none of them would have reached it, with :math:`k = 0` they are like all others:

.. math:: r_1 = \frac{r_0 g_0 - (1 - k)\, r_0 (g_0 - g_1)}{g_1}

At :math:`k = 1` the rate rises by :math:`g_0 / g_1` and nobody has learned more. The form is ours.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, as_floats, within

__all__ = [
    "SeniorStage",
    "general_share_for",
    "general_share_of_entrants",
    "next_seniors",
    "rate_after_selection",
    "start_seniors",
]


class SeniorStage(NamedTuple):
    """
    Students of the senior stage, first year first on the last axis.

    Attributes
    ----------
    general, vocational : ndarray
        Students by year of study. [persons]
    leavers, population : ndarray
        Leavers of grade 9 a year, and residents of the age band; passed on. [persons]
    gross_pct : ndarray
        Students over population. [percent, may pass 100]
    intake_ratio : ndarray
        Vocational over general entrants. [ratio]
    """

    general: Floats
    vocational: Floats
    leavers: Floats
    population: Floats
    gross_pct: Floats
    intake_ratio: Floats


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


def start_seniors(
    general_entrants: Amount, vocational_entrants: Amount, leavers: Amount, population: Amount
) -> dict[str, Floats]:
    """
    Take the entrants of three years as the students of three years.

    Parameters
    ----------
    general_entrants, vocational_entrants : ndarray
        Entrants of this year and the years before, this one first. [persons]
    leavers : float or ndarray
        Leavers of grade 9 a year. [persons]
    population : float or ndarray
        Residents of the age band, more than none. [persons]

    Returns
    -------
    dict of str to ndarray
        ``general``, ``vocational``, ``leavers`` and ``population``. Those who left on the way
        since are still counted, so that the first year is a little too high.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> state = start_seniors([50, 50, 50], [40, 40, 40], 100, 300)
    >>> float(state["general"].sum())
    150.0
    """
    counts = within(
        "start_seniors",
        counts={
            "general": general_entrants,
            "vocational": vocational_entrants,
            "leavers": leavers,
            "population": population,
        },
    )
    if np.any(counts["population"] <= 0):
        raise DataError("start_seniors: expected at least one resident of the age band")
    return counts


def next_seniors(
    general: Amount,
    vocational: Amount,
    leavers: Amount,
    population: Amount,
    *,
    leaving_general_pct: Amount,
    leaving_vocational_pct: Amount,
    from_elsewhere_pct: Amount = 0.0,
    continuing_pct: Amount = 100.0,
    vocational_ratio: Amount = 1.0,
) -> SeniorStage:
    """
    Move the senior stage on by one year.

    Parameters
    ----------
    general, vocational : ndarray
        Students by year of study, first year first on the last axis. [persons]
    leavers : float or ndarray
        Leavers of grade 9 this year. [persons]
    population : float or ndarray
        Residents of the age band. [persons]
    leaving_general_pct, leaving_vocational_pct : float or ndarray
        Students who leave within a year. [percent, 0-100]
    from_elsewhere_pct : float or ndarray, optional
        Vocational entrants from elsewhere, of the vocational entrants who live here. [percent]
    continuing_pct : float or ndarray, optional
        Leavers of grade 9 who go on. [percent, 0-100]
    vocational_ratio : float or ndarray, optional
        Vocational for each general entrant, of those who live here. [ratio]

    Returns
    -------
    SeniorStage
        The next autumn.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> state = start_seniors([50.0] * 3, [50.0] * 3, 100, 300)
    >>> later = next_seniors(**state, leaving_general_pct=0, leaving_vocational_pct=0)
    >>> float(later.gross_pct), float(later.intake_ratio)
    (100.0, 1.0)
    """
    given = within(
        "next_seniors",
        counts={
            "general": general,
            "vocational": vocational,
            "leavers": leavers,
            "population": population,
            "from_elsewhere_pct": from_elsewhere_pct,
            "vocational_ratio": vocational_ratio,
        },
        percents={
            "leaving_general_pct": leaving_general_pct,
            "leaving_vocational_pct": leaving_vocational_pct,
            "continuing_pct": continuing_pct,
        },
    )
    part = general_share_of_entrants(given["vocational_ratio"]) / 100
    going_on = given["leavers"] * given["continuing_pct"] / 100
    entering = {
        "general": going_on * part,
        "vocational": going_on * (1 - part) * (1 + given["from_elsewhere_pct"] / 100),
    }
    moved = {}
    for kind, first in entering.items():
        stay = np.asarray(1 - given[f"leaving_{kind}_pct"] / 100)[..., None]
        older = given[kind][..., :-1] * stay
        new = np.broadcast_to(first[..., None], (*np.broadcast_shapes(
            older.shape[:-1], first.shape), 1))  # fmt: skip
        older = np.broadcast_to(older, (*new.shape[:-1], older.shape[-1]))
        moved[kind] = np.concatenate([new, older], axis=-1)
    students = moved["general"].sum(axis=-1) + moved["vocational"].sum(axis=-1)
    first_general = moved["general"][..., 0]
    ratio = np.divide(
        moved["vocational"][..., 0], first_general,
        out=np.full(np.shape(first_general), np.inf), where=first_general > 0,
    )  # fmt: skip
    return SeniorStage(
        moved["general"],
        moved["vocational"],
        as_floats("next_seniors", {"leavers": leavers})["leavers"],
        given["population"],
        100 * students / given["population"],
        ratio,
    )
