r"""
The senior stage: who goes on, to general or vocational schools.

Entrants are held against the leavers of grade 9; students who come from elsewhere count among them.
Three years of entrants, less those who leave on the way, over the population of the age band make
the gross rate. What the split between general and vocational schools does to rates among general
students is the matter of :mod:`~edu_metrics.formulas.flows.selection`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = ["SeniorStage", "next_seniors", "start_seniors"]


class SeniorStage(NamedTuple):
    """
    Students of the senior stage, first year first on the last axis.

    Attributes
    ----------
    general, vocational : ndarray
        Students by year of study. [persons]
    leavers, population : ndarray
        Leavers of grade 9 a year, passed on, and residents of the age band. [persons]
    intake_pct, vocational_pct : ndarray
        Usual intake, of the leavers, and the vocational part of it; passed on. [percent]
    gross_pct : ndarray
        Students over population. [percent, may pass 100]
    intake_ratio : ndarray
        Vocational over general entrants. [ratio]
    """

    general: Floats
    vocational: Floats
    leavers: Floats
    population: Floats
    intake_pct: Floats
    vocational_pct: Floats
    gross_pct: Floats
    intake_ratio: Floats


def start_seniors(
    general_entrants: Amount,
    vocational_entrants: Amount,
    leavers: Amount,
    population: Amount,
    leaving_general_pct: Amount,
    leaving_vocational_pct: Amount,
) -> dict[str, Floats]:
    """
    Make the students of three years out of the entrants of three years.

    Parameters
    ----------
    general_entrants, vocational_entrants : ndarray
        Entrants of this year and the years before, this one first. [persons]
    leavers : float or ndarray
        Leavers of grade 9 this year, more than none. [persons]
    population : float or ndarray
        Residents of the age band, more than none. [persons]
    leaving_general_pct, leaving_vocational_pct : float or ndarray
        Students who leave within a year. [percent, 0-100]

    Returns
    -------
    dict of str to ndarray
        ``general``, ``vocational``, ``leavers``, ``population``, and the present intake:
        ``intake_pct`` of the leavers (students from elsewhere count in it, so that it may pass
        100), ``vocational_pct`` of them in vocational schools.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> state = start_seniors([50, 50, 50], [40, 40, 40], 100, 300, 10, 0)
    >>> state["general"], float(state["intake_pct"])
    (array([50. , 45. , 40.5]), 90.0)
    """
    given = within(
        "start_seniors",
        counts={
            "general": general_entrants,
            "vocational": vocational_entrants,
            "leavers": leavers,
            "population": population,
        },
        percents={
            "leaving_general": leaving_general_pct,
            "leaving_vocational": leaving_vocational_pct,
        },
    )
    if np.any(given["population"] <= 0) or np.any(given["leavers"] <= 0):
        raise DataError("start_seniors: expected at least one resident and one leaver of grade 9")
    state = {name: given[name] for name in ("leavers", "population")}
    for kind in ("general", "vocational"):
        entered = np.atleast_1d(given[kind])
        stay = 1 - given[f"leaving_{kind}"] / 100
        state[kind] = entered * stay[..., None] ** np.arange(entered.shape[-1])
    now = [np.atleast_1d(given[kind])[..., 0] for kind in ("general", "vocational")]
    entrants = now[0] + now[1]
    state["intake_pct"] = 100 * entrants / given["leavers"]
    state["vocational_pct"] = np.divide(
        100 * now[1], entrants, out=np.zeros(np.shape(entrants)), where=entrants > 0
    )
    return state


def next_seniors(
    general: Amount,
    vocational: Amount,
    leavers: Amount,
    population: Amount,
    intake_pct: Amount,
    vocational_pct: Amount,
    *,
    leaving_general_pct: Amount,
    leaving_vocational_pct: Amount,
    intake_change_pp: Amount = 0.0,
    population_change_pct: Amount = 0.0,
    more_intake_pp: Amount = 0.0,
    more_vocational_pp: Amount = 0.0,
) -> SeniorStage:
    """
    Move the senior stage on by one year.

    Parameters
    ----------
    general, vocational : ndarray
        Students by year of study, first year first on the last axis. [persons]
    leavers : float or ndarray
        Leavers of grade 9 a year. [persons]
    population : float or ndarray
        Residents of the age band. [persons]
    intake_pct : float or ndarray
        Entrants, of the leavers of grade 9. [percent, may pass 100]
    vocational_pct : float or ndarray
        Part of the entrants who enter vocational schools. [percent, 0-100]
    leaving_general_pct, leaving_vocational_pct : float or ndarray
        Students who leave within a year. [percent, 0-100]
    intake_change_pp : float or ndarray, optional
        What this year's intake differs from the usual one by, without anybody's doing.
        [percentage points]
    population_change_pct : float or ndarray, optional
        Change in the residents of the age band. [percent a year]
    more_intake_pp : float or ndarray, optional
        What the intake is raised by over the present one. [percentage points]
    more_vocational_pp : float or ndarray, optional
        What the vocational part of the entrants is raised by. [percentage points]

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
    >>> state = start_seniors([50.0] * 3, [50.0] * 3, 100, 300, 0, 0)
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
            "intake_pct": intake_pct,
        },
        percents={
            "leaving_general_pct": leaving_general_pct,
            "leaving_vocational_pct": leaving_vocational_pct,
            "vocational_pct": vocational_pct,
        },
        free={
            "population_change_pct": population_change_pct,
            "changes": np.asarray(intake_change_pp) + np.asarray(more_intake_pp),
            "more_vocational_pp": more_vocational_pp,
        },
    )
    entering = given["leavers"] * np.maximum(given["intake_pct"] + given["changes"], 0.0) / 100
    split = np.clip(given["vocational_pct"] + given["more_vocational_pp"], 0.0, 100.0) / 100
    general_later = _a_year_on(
        given["general"], entering * (1 - split), given["leaving_general_pct"]
    )
    vocational_later = _a_year_on(
        given["vocational"], entering * split, given["leaving_vocational_pct"]
    )
    residents = given["population"] * (1 + given["population_change_pct"] / 100)
    if np.any(residents <= 0):
        raise DataError("next_seniors: expected at least one resident of the age band")
    students = general_later.sum(axis=-1) + vocational_later.sum(axis=-1)
    first = general_later[..., 0]
    ratio = np.divide(
        vocational_later[..., 0], first, out=np.full(np.shape(first), np.inf), where=first > 0
    )
    return SeniorStage(
        general_later,
        vocational_later,
        given["leavers"],
        residents,
        given["intake_pct"],
        given["vocational_pct"],
        100 * students / residents,
        ratio,
    )


def _a_year_on(students: Floats, entrants: Floats, leaving_pct: Floats) -> Floats:
    """Let students go up a year, less those who leave, and entrants in behind them."""
    older = students[..., :-1] * np.asarray(1 - leaving_pct / 100)[..., None]
    lead = np.broadcast_shapes(older.shape[:-1], entrants.shape)
    new = np.broadcast_to(entrants[..., None], (*lead, 1))
    return np.concatenate([new, np.broadcast_to(older, (*lead, older.shape[-1]))], axis=-1)
