r"""
Pupils on their way: cohorts through the grades, and on to general or vocational schools.

Pupils of grade :math:`g` who neither drop out nor repeat nor move away stand in grade
:math:`g + 1` a year later; children who move in or come back join them there. Retention holds the
last grade against the entrants of the same cohort, whoever its pupils are by then: with dropout
:math:`d_k` and net transfers :math:`\tau` a step,

.. math:: R = 100 \prod_{k} (1 - d_k + \tau)

so a rate above 100 is net arrivals and not a fault. That the net transfer rate is the same in all
grades is our assumption.

Entrants of the senior stage are held against the leavers of grade 9; students who come from
elsewhere count among them. Three years of entrants, less those who leave on the way, over the
population of the age band make the gross rate. What the split between general and vocational
schools does to rates among general students is the matter of
:mod:`~edu_metrics.formulas.flows.exams`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Count, Floats, Percent, Signed, flow, percent_of

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


@flow
def next_grades(
    pupils: Count,
    *,
    entrants: Count,
    dropout_pct: Percent = 0.0,
    repetition_pct: Percent = 0.0,
    transfers_in: Count = 0.0,
    transfers_out: Count = 0.0,
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
    now = np.atleast_1d(pupils)
    dropped = now * dropout_pct / 100
    again = now * repetition_pct / 100
    going_on = now - dropped - again - transfers_out + transfers_in
    if np.any(going_on < -1e-9 * (1 + now)):
        raise DataError(
            "next_grades: more pupils leave or repeat a grade than are in it; "
            "lower dropout_pct, repetition_pct or transfers_out"
        )
    return Grades(_up_a_grade(going_on, entrants) + again, going_on[..., -1], dropped)


def _up_a_grade(pupils: Floats, first: Floats) -> Floats:
    """Move all grades up by one, with others in the first."""
    lead = np.broadcast_shapes(pupils.shape[:-1], np.shape(first))
    new = np.broadcast_to(np.asarray(first)[..., None], (*lead, 1))
    older = np.broadcast_to(pupils[..., :-1], (*lead, pupils.shape[-1] - 1))
    return np.concatenate([new, older], axis=-1)


@flow
def transfers_explaining(retention_pct: Count, dropout_pct: Percent) -> Floats:
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
    rate, lost = retention_pct / 100, np.atleast_1d(dropout_pct) / 100
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


@flow
def start_cohorts(
    entrants: Count, retention_pct: Count, dropout_primary_pct: Percent, dropout_junior_pct: Percent
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
    entered = np.atleast_1d(entrants)
    grades = entered.shape[-1]
    if grades <= JUNIOR_GRADES:
        raise DataError(f"start_cohorts: expected more than {JUNIOR_GRADES} grades, found {grades}")
    steps = _by_grade(dropout_primary_pct, dropout_junior_pct, grades)[..., :-1]
    net = transfers_explaining(retention_pct, steps)
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


@flow
def next_cohorts(
    pupils: Count,
    entered: Count,
    away: Count,
    transfers_pct: Signed,
    *,
    dropout_primary_pct: Percent,
    dropout_junior_pct: Percent,
    more_moves_pct: Signed = 0.0,
    dropout_prevented_pct: Percent = 0.0,
    returned: Count = 0.0,
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
    grades = pupils.shape[-1]
    kept = 1 - dropout_prevented_pct / 100
    dropout = _by_grade(dropout_primary_pct * kept, dropout_junior_pct * kept, grades)
    net = pupils * (transfers_pct + more_moves_pct)[..., None] / 100
    moved = next_grades(
        pupils,
        entrants=pupils[..., 0],
        dropout_pct=dropout,
        transfers_in=np.maximum(net, 0.0),
        transfers_out=np.maximum(-net, 0.0),
    )
    gone = _up_a_grade(np.broadcast_to(away, moved.dropped.shape) + moved.dropped, np.zeros(()))
    came = _up_a_grade(np.broadcast_to(entered, moved.pupils.shape), pupils[..., 0])
    back = np.zeros(moved.pupils.shape)
    each = np.broadcast_to(returned, back.shape[:-1])[..., None] / JUNIOR_GRADES
    back[..., -JUNIOR_GRADES:] = np.minimum(each, gone[..., -JUNIOR_GRADES:])
    there = moved.pupils + back
    retention = 100 * there[..., -1] / came[..., -1]
    return Cohorts(there, came, gone - back, transfers_pct, retention)


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


@flow
def start_seniors(
    general_entrants: Count,
    vocational_entrants: Count,
    leavers: Count,
    population: Count,
    leaving_general_pct: Percent,
    leaving_vocational_pct: Percent,
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
    if np.any(population <= 0) or np.any(leavers <= 0):
        raise DataError("start_seniors: expected at least one resident and one leaver of grade 9")
    general, vocational = np.atleast_1d(general_entrants), np.atleast_1d(vocational_entrants)
    entrants = general[..., 0] + vocational[..., 0]
    return {
        "leavers": leavers,
        "population": population,
        "general": _still_there(general, leaving_general_pct),
        "vocational": _still_there(vocational, leaving_vocational_pct),
        "intake_pct": 100 * entrants / leavers,
        "vocational_pct": percent_of(vocational[..., 0], entrants),
    }


def _still_there(entered: Floats, leaving_pct: Floats) -> Floats:
    """Take those who left since off the entrants of each year, this year's first."""
    stay = np.asarray(1 - leaving_pct / 100)[..., None]
    return np.asarray(entered * stay ** np.arange(entered.shape[-1]))


@flow
def next_seniors(
    general: Count,
    vocational: Count,
    leavers: Count,
    population: Count,
    intake_pct: Count,
    vocational_pct: Percent,
    *,
    leaving_general_pct: Percent,
    leaving_vocational_pct: Percent,
    intake_change_pp: Signed = 0.0,
    population_change_pct: Signed = 0.0,
    more_intake_pp: Signed = 0.0,
    more_vocational_pp: Signed = 0.0,
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
    entering = leavers * np.maximum(intake_pct + intake_change_pp + more_intake_pp, 0.0) / 100
    split = np.clip(vocational_pct + more_vocational_pp, 0.0, 100.0) / 100
    general_later = _a_year_on(general, entering * (1 - split), leaving_general_pct)
    vocational_later = _a_year_on(vocational, entering * split, leaving_vocational_pct)
    residents = population * (1 + population_change_pct / 100)
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
        leavers,
        residents,
        intake_pct,
        vocational_pct,
        100 * students / residents,
        ratio,
    )


def _a_year_on(students: Floats, entrants: Floats, leaving_pct: Floats) -> Floats:
    """Let students go up a year, less those who leave, and entrants in behind them."""
    return _up_a_grade(students * np.asarray(1 - leaving_pct / 100)[..., None], entrants)
