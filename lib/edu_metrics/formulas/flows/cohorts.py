r"""
Cohorts on their way through the grades: dropout, return, repetition, transfers.

Pupils of grade :math:`g` who neither drop out nor repeat nor move away stand in grade
:math:`g + 1` a year later; children who move in or come back join them there. Retention holds the
last grade against the entrants of the same cohort, whoever its pupils are by then: with dropout
:math:`d_k` and net transfers :math:`\tau` a step,

.. math:: R = 100 \prod_{k} (1 - d_k + \tau)

so a rate above 100 is net arrivals and not a fault. That the net transfer rate is the same in all
grades is our assumption.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, as_floats, within

__all__ = [
    "Cohorts",
    "Grades",
    "next_cohorts",
    "next_grades",
    "start_cohorts",
    "transfers_explaining",
]

#: Grades of the junior stage, the last ones of the compulsory years.
JUNIOR_GRADES = 3


class Grades(NamedTuple):
    """
    Pupils of each grade a year later, and where the others went.

    Attributes
    ----------
    pupils : ndarray
        Pupils of each grade, lowest first, on the last axis. [persons]
    graduates : ndarray
        Who finished the last grade. [persons]
    dropped : ndarray
        Who dropped out of each grade. [persons]
    """

    pupils: Floats
    graduates: Floats
    dropped: Floats


class Cohorts(NamedTuple):
    """
    The cohorts at school a year later, lowest grade first on the last axis.

    Attributes
    ----------
    pupils, entered, away : ndarray
        Who is in the grade, who entered grade 1 with the cohort, and who dropped out of it and has
        not come back. [persons]
    transfers_pct : ndarray
        Net transfers a year, of the pupils; passed on unchanged. [percent]
    retention_pct : ndarray
        Pupils of the last grade against the entrants of their cohort. [percent, may pass 100]
    """

    pupils: Floats
    entered: Floats
    away: Floats
    transfers_pct: Floats
    retention_pct: Floats


def next_grades(
    pupils: Amount,
    *,
    entrants: Amount,
    dropout_pct: Amount = 0.0,
    repetition_pct: Amount = 0.0,
    transfers_in: Amount = 0.0,
    transfers_out: Amount = 0.0,
) -> Grades:
    """
    Move the pupils of all grades on by one year.

    Parameters
    ----------
    pupils : ndarray
        Pupils of each grade, lowest first, on the last axis. [persons]
    entrants : float or ndarray
        Children who enter the first grade. [persons]
    dropout_pct, repetition_pct : float or ndarray
        Of the pupils of each grade. [percent, 0-100]
    transfers_in, transfers_out : float or ndarray
        Pupils who move in and away, by the grade in which they were in the first of the two
        years. [persons]

    Returns
    -------
    Grades
        The next autumn. Nobody is lost: pupils, entrants and arrivals before are pupils,
        graduates, dropouts and departures after.

    Raises
    ------
    DataError
        If more leave a grade than are in it, or a number lies outside its domain.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Survival rate by grade*, for promotion,
    repetition and dropout; transfers are ours.

    Examples
    --------
    >>> later = next_grades([100, 90], entrants=80, dropout_pct=5, repetition_pct=10)
    >>> later.pupils, float(later.graduates), later.dropped
    (array([90., 94.]), 76.5, array([5. , 4.5]))
    """
    given = within(
        "next_grades",
        counts={
            "pupils": pupils,
            "entrants": entrants,
            "transfers_in": transfers_in,
            "transfers_out": transfers_out,
        },
        percents={"dropout_pct": dropout_pct, "repetition_pct": repetition_pct},
    )
    now = np.atleast_1d(given["pupils"])
    dropped = now * given["dropout_pct"] / 100
    again = now * given["repetition_pct"] / 100
    going_on = now - dropped - again - given["transfers_out"] + given["transfers_in"]
    if np.any(going_on < -1e-9 * (1 + now)):
        raise DataError(
            "next_grades: more pupils leave or repeat a grade than are in it; "
            "lower dropout_pct, repetition_pct or transfers_out"
        )
    first = np.broadcast_to(given["entrants"], going_on[..., 0].shape)
    moved = np.concatenate([first[..., None], going_on[..., :-1]], axis=-1)
    return Grades(moved + again, going_on[..., -1], dropped)


def transfers_explaining(retention_pct: Amount, dropout_pct: Amount) -> Floats:
    r"""
    Give the net transfers a year that, with the dropout known, make a retention rate.

    Parameters
    ----------
    retention_pct : float or ndarray
        Retention of a cohort. [percent, above 0, may pass 100]
    dropout_pct : ndarray
        Dropout of each step from grade to grade, on the last axis. [percent, 0-100]

    Returns
    -------
    ndarray
        Net arrivals (negative: net departures) a year, of the pupils. [percent]

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Notes
    -----
    The root :math:`\tau` of :math:`\prod_k (1 - d_k + \tau) = R / 100`, by Newton's method; with
    one dropout rate it is :math:`(R/100)^{1/K} - 1 + d`.

    Examples
    --------
    104 of 100 after eight steps without any dropout:

    >>> round(float(transfers_explaining(104, [0.0] * 8)), 3)
    0.491
    """
    given = within(
        "transfers_explaining",
        counts={"retention_pct": retention_pct}, percents={"dropout_pct": dropout_pct},
    )  # fmt: skip
    rate, lost = given["retention_pct"] / 100, np.atleast_1d(given["dropout_pct"]) / 100
    if np.any(rate <= 0):
        raise DataError("transfers_explaining: expected a retention rate above 0")
    steps = lost.shape[-1]
    net = rate ** (1 / steps) - 1 + lost.mean(axis=-1)
    for _ in range(50):
        factors = 1 - lost + net[..., None]
        value = factors.prod(axis=-1)
        change = (value - rate) / (value * (1 / factors).sum(axis=-1))
        net = net - change
        if np.all(np.abs(change) < 1e-15):
            break
    return np.asarray(100 * net)


def _by_grade(primary: Floats, junior: Floats, grades: int) -> Floats:
    steps = [primary] * (grades - JUNIOR_GRADES) + [junior] * JUNIOR_GRADES
    return np.stack(np.broadcast_arrays(*steps), axis=-1)


def start_cohorts(
    entrants: Amount,
    retention_pct: Amount,
    dropout_primary_pct: Amount,
    dropout_junior_pct: Amount,
) -> dict[str, Floats]:
    """
    Fill the grades from the entrants of each cohort and one retention rate.

    Parameters
    ----------
    entrants : ndarray
        Entrants to grade 1 of the cohorts now in each grade, lowest grade first. [persons]
    retention_pct : float or ndarray
        Retention of the cohort now in the last grade. [percent, may pass 100]
    dropout_primary_pct, dropout_junior_pct : float or ndarray
        Dropout a year before and in the last three grades. [percent, 0-100]

    Returns
    -------
    dict of str to ndarray
        ``pupils``, ``entered``, ``away`` and ``transfers_pct``, the last one such that the
        cohort in the last grade has the retention given; all cohorts are taken to share it.

    Raises
    ------
    DataError
        If a number lies outside its domain, or there are too few grades.

    Examples
    --------
    >>> state = start_cohorts([100.0] * 9, 93, 0.0, 0.0)
    >>> state["pupils"].round(1)[[0, 8]]
    array([100.,  93.])
    """
    given = as_floats("start_cohorts", {"entrants": entrants})
    entered = np.atleast_1d(given["entrants"])
    grades = entered.shape[-1]
    if grades <= JUNIOR_GRADES:
        raise DataError(f"start_cohorts: expected more than {JUNIOR_GRADES} grades, found {grades}")
    numbers = within(
        "start_cohorts",
        counts={"retention_pct": retention_pct},
        percents={"primary": dropout_primary_pct, "junior": dropout_junior_pct},
    )
    steps = _by_grade(numbers["primary"], numbers["junior"], grades)[..., :-1]
    net = transfers_explaining(numbers["retention_pct"], steps)
    factors = 1 - steps / 100 + net[..., None] / 100
    one = np.ones((*factors.shape[:-1], 1))
    present = np.concatenate([one, np.cumprod(factors, axis=-1)], axis=-1)
    lost = np.cumsum(present[..., :-1] * steps / 100, axis=-1)
    gone = np.concatenate([0 * one, lost], axis=-1)
    entered = np.broadcast_to(entered, present.shape)
    return {
        "pupils": entered * present,
        "entered": entered,
        "away": entered * gone,
        "transfers_pct": net,
    }


def next_cohorts(
    pupils: Amount,
    entered: Amount,
    away: Amount,
    transfers_pct: Amount,
    *,
    dropout_primary_pct: Amount,
    dropout_junior_pct: Amount,
    more_moves_pct: Amount = 0.0,
    dropout_prevented_pct: Amount = 0.0,
    returned: Amount = 0.0,
) -> Cohorts:
    """
    Move the cohorts at school on by one year.

    Parameters
    ----------
    pupils, entered, away : ndarray
        Of the cohort in each grade, lowest first on the last axis: who is there, who entered, who
        dropped out and is away. [persons]
    transfers_pct : float or ndarray
        Net transfers a year, of the pupils. [percent]
    dropout_primary_pct, dropout_junior_pct : float or ndarray
        Dropout a year before and in the last three grades, were nothing done. [percent, 0-100]
    more_moves_pct : float or ndarray, optional
        Net transfers of this year on top of the usual ones, of the pupils; negative where more
        move away. [percent]
    dropout_prevented_pct : float or ndarray, optional
        Part of these dropouts who are kept at school. [percent, 0-100]
    returned : float or ndarray, optional
        Children brought back a year, spread evenly over the last three grades and never more than
        are away from a cohort. [persons a year]

    Returns
    -------
    Cohorts
        The next autumn. The new first grade is as large as the last one was; it can't reach
        the last grade within eight years.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    A retention of 93 whose losses are all moves: preventing every dropout changes nothing.

    >>> state = start_cohorts([100.0] * 9, 93, 0.0, 0.0)
    >>> later = next_cohorts(**state, dropout_primary_pct=0, dropout_junior_pct=0,
    ...                      dropout_prevented_pct=100)
    >>> round(float(later.retention_pct), 6)
    93.0
    """
    given = within(
        "next_cohorts",
        counts={"pupils": pupils, "entered": entered, "away": away, "returned": returned},
        percents={
            "primary": dropout_primary_pct,
            "junior": dropout_junior_pct,
            "prevented": dropout_prevented_pct,
        },
        free={"transfers_pct": transfers_pct, "more_moves_pct": more_moves_pct},
    )
    grades = given["pupils"].shape[-1]
    kept = 1 - given["prevented"] / 100
    dropout = _by_grade(given["primary"] * kept, given["junior"] * kept, grades)
    net = given["pupils"] * (given["transfers_pct"] + given["more_moves_pct"])[..., None] / 100
    moved = next_grades(
        given["pupils"],
        entrants=given["pupils"][..., 0],
        dropout_pct=dropout,
        transfers_in=np.maximum(net, 0.0),
        transfers_out=np.maximum(-net, 0.0),
    )
    start, none = given["pupils"][..., :1], np.zeros((*moved.pupils.shape[:-1], 1))
    out = np.broadcast_to(given["away"], moved.dropped.shape) + moved.dropped
    gone = np.concatenate([none, out[..., :-1]], axis=-1)
    came = np.concatenate(
        [
            np.broadcast_to(start, none.shape),
            np.broadcast_to(given["entered"], moved.pupils.shape)[..., :-1],
        ],
        axis=-1,
    )
    back = np.zeros(moved.pupils.shape)
    each = np.broadcast_to(given["returned"], none.shape[:-1])[..., None] / JUNIOR_GRADES
    back[..., -JUNIOR_GRADES:] = np.minimum(each, gone[..., -JUNIOR_GRADES:])
    there = moved.pupils + back
    retention = 100 * there[..., -1] / came[..., -1]
    return Cohorts(there, came, gone - back, given["transfers_pct"], retention)
