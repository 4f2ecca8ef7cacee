r"""
Pupils on their way: through the grades, past the lines of an exam, and their eyes.

*Cohorts.* Pupils of grade :math:`g` who neither drop out nor repeat nor move away stand in grade
:math:`g + 1` a year later; children who move in or come back join them there. Retention holds the
last grade against the entrants of the same cohort, whoever its pupils are by then: with dropout
:math:`d_k` and net transfers :math:`\tau` a step,

.. math:: R = 100 \prod_{k} (1 - d_k + \tau)

so a rate above 100 is net arrivals and not a fault. That the net transfer rate is the same in all
grades is our assumption.

Entrants of the senior stage are held against the leavers of grade 9; students who come from
elsewhere count among them. Three years of entrants, less those who leave on the way, over the
population of the age band make the gross rate. What the split between general and vocational
schools does to rates among general students is said below.

*Exams.* A pass rate, an excellence rate and a low-score rate of one paper are three cuts through
one distribution of scores and can't be set apart from each other. Where the scores are known they
are used as they are (:func:`pupils_to_cross`). Where only two rates are published, a normal
distribution through both stands in (our assumption; real scores are cut off at full marks and often
skewed): the rate at or above a cut :math:`c` is :math:`100\,\Phi((\mu - c)/\sigma)`, so that two
rates give

.. math:: \sigma = \frac{c_2 - c_1}{z_1 - z_2}, \qquad \mu = c_1 + z_1 \sigma, \qquad
    z_i = \Phi^{-1}(r_i / 100)

All marks are in percent of full marks.

The bachelor line is sat by general students. If the part of a cohort in general schools falls from
:math:`g_0` to :math:`g_1`, those left out reach the line less often than the rest. With
:math:`k = 1` none of them would have reached it, with :math:`k = 0` they are like all others:

.. math:: r_1 = \frac{r_0 g_0 - (1 - k)\, r_0 (g_0 - g_1)}{g_1}

At :math:`k = 1` the rate rises by :math:`g_0 / g_1` and nobody has learned more. The form is ours.

*Myopia by grade.* It does not heal, so a rate falls only as old grades leave and young ones come.
With prevalence :math:`m_g` in each of :math:`G` grades of equal size and a yearly risk :math:`h`
of those not yet myopic, every cohort goes

.. math:: m'_{g+1} = m_g + h (1 - c)(1 - m_g), \qquad m'_1 = m_1

with a part :math:`c` of the new cases prevented. The mean of all grades falls by at most
:math:`(m_G - m_1)/G` a year, when nobody becomes myopic: the floor under every promise of a fall.
Equal grades and one risk in all grades are our assumptions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Count, Floats, Percent, Signed, flow, percent_of

#: Grades of the junior stage, the last ones of the compulsory years.
JUNIOR_GRADES = 3


@flow
def next_grades(
    pupils: Count,
    *,
    entrants: Count,
    dropout_pct: Percent = 0.0,
    repetition_pct: Percent = 0.0,
    transfers_in: Count = 0.0,
    transfers_out: Count = 0.0,
) -> dict[str, Floats]:
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
    dict of str to ndarray
        The next autumn: ``pupils`` of each grade, ``graduates`` who finished the last one, and
        those ``dropped`` out of each [persons]. Nobody is lost: pupils, entrants and arrivals
        before are pupils, graduates, dropouts and departures after.

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
    >>> later["pupils"], float(later["graduates"]), later["dropped"]
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
    return {
        "pupils": _up_a_grade(going_on, entrants) + again,
        "graduates": going_on[..., -1],
        "dropped": dropped,
    }


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
) -> dict[str, Floats]:
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
    dict of str to ndarray
        The next autumn: ``pupils``, who ``entered`` and who is ``away``, by grade [persons], and
        ``retention_pct``, pupils of the last grade against the entrants of their cohort [percent,
        may pass 100]. The new first grade is as large as the last one was; it can't reach
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
    >>> round(float(later["retention_pct"]), 6)
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
    shape = moved["pupils"].shape
    gone = _up_a_grade(np.broadcast_to(away, shape) + moved["dropped"], np.zeros(()))
    came = _up_a_grade(np.broadcast_to(entered, shape), pupils[..., 0])
    back = np.zeros(shape)
    each = np.broadcast_to(returned, back.shape[:-1])[..., None] / JUNIOR_GRADES
    back[..., -JUNIOR_GRADES:] = np.minimum(each, gone[..., -JUNIOR_GRADES:])
    there = moved["pupils"] + back
    return {
        "pupils": there,
        "entered": came,
        "away": gone - back,
        "retention_pct": 100 * there[..., -1] / came[..., -1],
    }


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
) -> dict[str, Floats]:
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
    dict of str to ndarray
        The next autumn: students in ``general`` and ``vocational`` schools by year of study, and
        the ``population`` of the age band [persons]; students over population, ``gross_pct``
        [percent, may pass 100]; vocational over general entrants, ``intake_ratio`` [ratio].

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> state = start_seniors([50.0] * 3, [50.0] * 3, 100, 300, 0, 0)
    >>> later = next_seniors(**state, leaving_general_pct=0, leaving_vocational_pct=0)
    >>> float(later["gross_pct"]), float(later["intake_ratio"])
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
    return {
        "general": general_later,
        "vocational": vocational_later,
        "population": residents,
        "gross_pct": 100 * students / residents,
        "intake_ratio": ratio,
    }


def _a_year_on(students: Floats, entrants: Floats, leaving_pct: Floats) -> Floats:
    """Let students go up a year, less those who leave, and entrants in behind them."""
    return _up_a_grade(students * np.asarray(1 - leaving_pct / 100)[..., None], entrants)


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
) -> dict[str, Floats]:
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
    dict of str to ndarray
        The ``mean`` of what pupils can do a year later [percent of full marks], and the rates
        ``pass_pct`` and ``excellence_pct``, at or above their cuts, and ``low_pct``, below its own
        [percent, 0-100]. The three move together: what lifts the pass rate lifts excellence and
        lowers low scores.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_exam(70, 10, 60, 80, 40, learning=2)
    >>> round(float(later["pass_pct"]), 2), round(float(later["excellence_pct"]), 2)
    (88.49, 21.19)
    """
    able = mean + learning
    shown = able - paper_harder
    cuts = (pass_cut_pct, excellence_cut_pct, low_cut_pct)
    passing, excellent, not_low = (rate_above(shown, spread, cut) for cut in cuts)
    return {
        "mean": able,
        "pass_pct": passing,
        "excellence_pct": excellent,
        "low_pct": 100 - not_low,
    }


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


#: Grade 1 to the last senior year.
GRADES = 12


#: Newton's method needs some 20 steps where hardly anybody stays without, and 5 elsewhere.
_STEPS, _NEAR = 60, 1e-15


def _profile(first: Floats, risk: Floats, grades: int) -> Floats:
    years = np.arange(grades)
    return np.asarray(1 - (1 - first[..., None]) * (1 - risk[..., None]) ** years)


@flow
def risk_behind(overall_pct: Percent, first_grade_pct: Percent, *, grades: int = GRADES) -> Floats:
    r"""
    Give the yearly risk that makes an overall rate out of the rate of the first grade.

    Parameters
    ----------
    overall_pct : float or ndarray
        Myopic of all grades. [percent, 0-100]
    first_grade_pct : float or ndarray
        Myopic of the first grade, no more than overall. [percent, 0-100]
    grades : int, optional
        Grades of equal size. [grades]

    Returns
    -------
    ndarray
        Risk a year of those not yet myopic. [percent, 0-100]

    Raises
    ------
    DataError
        If the first grade is worse than all together, or no risk makes so high a rate.

    Notes
    -----
    The root of :math:`1 - (1 - m_1)\frac{1}{G}\sum_{k<G}(1 - h)^k = m`, by Newton's method from
    :math:`h = 0`: the sum is convex in :math:`1 - h`, so that no step goes too far.

    Examples
    --------
    The nation in 2020: 12.9 in grade 1 and 52.7 overall.

    >>> round(float(risk_behind(52.7, 12.9)), 2)
    12.06
    """
    overall, first = np.broadcast_arrays(overall_pct / 100, first_grade_pct / 100)
    most = 1 - (1 - first) / grades
    if np.any(overall < first - 1e-12) or np.any(overall > most + 1e-12):
        raise DataError(
            "risk_behind: expected an overall rate between that of the first grade and "
            "what all others myopic would make; check that both speak of the same grades"
        )
    # The sum that is asked for; where all of the first grade are myopic any risk makes it.
    asked = grades * np.divide(1 - overall, 1 - first, out=np.ones(first.shape), where=first < 1)
    stays = np.ones(first.shape)
    for _ in range(_STEPS):
        total, slope = np.ones(first.shape), np.zeros(first.shape)
        for _ in range(grades - 1):
            total, slope = 1 + stays * total, total + stays * slope
        step = (total - asked) / np.maximum(slope, 1)
        stays = stays - step
        if np.max(np.abs(step), initial=0.0) < _NEAR:
            break
    return np.asarray(100 * (1 - np.clip(stays, 0.0, 1.0)))


@flow
def start_myopia(overall_pct: Percent, first_grade_pct: Percent) -> dict[str, Floats]:
    """
    Fill the grades from an overall rate and that of the first grade.

    Parameters
    ----------
    overall_pct, first_grade_pct : float or ndarray
        Myopic of all grades and of the first one. [percent, 0-100]

    Returns
    -------
    dict of str to ndarray
        ``by_grade`` and ``risk_pct``, settled: were nothing done, nothing would change.

    Raises
    ------
    DataError
        As :func:`risk_behind`.

    Examples
    --------
    Published for the primary grades in 2020: 35.6.

    >>> round(float(start_myopia(52.7, 12.9)["by_grade"][:6].mean()), 1)
    35.3
    """
    risk = risk_behind(overall_pct, first_grade_pct)
    first = np.broadcast_to(first_grade_pct / 100, risk.shape)
    return {"by_grade": 100 * _profile(first, risk / 100, GRADES), "risk_pct": risk}


@flow
def next_myopia(
    by_grade: Percent,
    risk_pct: Percent,
    *,
    screening_pp: Signed = 0.0,
    new_cases_cut_pct: Percent = 0.0,
) -> dict[str, Floats]:
    """
    Move every grade on by one year.

    Parameters
    ----------
    by_grade : ndarray
        Myopic of each grade, lowest first on the last axis. [percent, 0-100]
    risk_pct : float or ndarray
        Yearly risk of those not yet myopic, were nothing done. [percent, 0-100]
    screening_pp : float or ndarray, optional
        What this year's screening finds too much, by device, day or room; it does not last.
        [percentage points]
    new_cases_cut_pct : float or ndarray, optional
        Part of the new cases that do not arise. [percent, 0-100]

    Returns
    -------
    dict of str to ndarray
        A year later ``by_grade`` and of all grades, ``overall_pct`` [percent, 0-100]; the new
        first grade is like the last one.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_myopia([10.0, 40.0], 20, new_cases_cut_pct=50)
    >>> later["by_grade"], float(later["overall_pct"])
    (array([10., 19.]), 14.5)
    """
    risk = np.asarray(risk_pct * (1 - new_cases_cut_pct / 100) / 100)[..., None]
    older = by_grade[..., :-1] + risk * (100 - by_grade[..., :-1])
    first = np.broadcast_to(by_grade[..., :1], (*older.shape[:-1], 1))
    moved = np.concatenate([first, older], axis=-1)
    found = np.clip(moved.mean(axis=-1) + screening_pp, 0.0, 100.0)
    return {"by_grade": moved, "overall_pct": found}


@flow
def fastest_fall(by_grade: Percent, years: int = 1) -> Floats:
    """
    Give the fall of the overall rate within some years if nobody became myopic any more.

    Parameters
    ----------
    by_grade : ndarray
        Myopic of each grade, lowest first on the last axis. [percent, 0-100]
    years : int, optional
        Years without a new case. [years]

    Returns
    -------
    ndarray
        The fall: no promise can ask for more. [percentage points]

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    12 grades from 12.9 to 80.5 (the nation in 2020): at most 5.63 points in a year.

    >>> import numpy as np
    >>> round(float(fastest_fall(np.linspace(12.9, 80.5, 12))), 2)
    5.63
    """
    state = by_grade
    before = state.mean(axis=-1)
    for _ in range(years):
        state = next_myopia(state, 0.0)["by_grade"]
    return np.asarray(before - state.mean(axis=-1))
