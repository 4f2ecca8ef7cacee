r"""
Myopia by grade: it does not heal, so a rate falls only as old grades leave and young ones come.

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
from edu_metrics.formulas._arguments import Floats, Percent, Signed, flow

#: Grade 1 to the last senior year.
GRADES = 12


class MyopiaByGrade(NamedTuple):
    """
    Prevalence by grade and overall.

    Attributes
    ----------
    by_grade : ndarray
        Myopic of each grade, lowest first on the last axis. [percent, 0-100]
    risk_pct : ndarray
        Yearly risk of those not yet myopic, were nothing done; passed on. [percent, 0-100]
    overall_pct : ndarray
        Myopic of all grades. [percent, 0-100]
    """

    by_grade: Floats
    risk_pct: Floats
    overall_pct: Floats


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
) -> MyopiaByGrade:
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
    MyopiaByGrade
        A year later; the new first grade is like the last one.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_myopia([10.0, 40.0], 20, new_cases_cut_pct=50)
    >>> later.by_grade, float(later.overall_pct)
    (array([10., 19.]), 14.5)
    """
    risk = np.asarray(risk_pct * (1 - new_cases_cut_pct / 100) / 100)[..., None]
    older = by_grade[..., :-1] + risk * (100 - by_grade[..., :-1])
    first = np.broadcast_to(by_grade[..., :1], (*older.shape[:-1], 1))
    moved = np.concatenate([first, older], axis=-1)
    found = np.clip(moved.mean(axis=-1) + screening_pp, 0.0, 100.0)
    return MyopiaByGrade(moved, risk_pct, found)


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
        state = next_myopia(state, 0.0).by_grade
    return np.asarray(before - state.mean(axis=-1))
