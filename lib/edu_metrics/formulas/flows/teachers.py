r"""
Teachers with and without a degree: who leaves, who comes, who earns it in post.

The accounts are those of every stock and flow model of a staff (ours in this form). With
:math:`q` teachers who have the degree and :math:`o` who do not, leaving rates :math:`l_q, l_o`,
:math:`e` entrants of whom a part :math:`s` has it, and :math:`u` who earn it in post,

.. math::

    q' = q(1 - l_q) + s e + u, \qquad o' = o(1 - l_o) + (1 - s) e - u

Every leaver is replaced; new posts come on top, and posts given up are not refilled.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = [
    "TeacherStock",
    "entrants_share_for",
    "new_posts_for",
    "next_teachers",
    "start_teachers",
    "upgrades_for",
]


class TeacherStock(NamedTuple):
    """
    Teachers in the autumn, and what moved them since the last one.

    Attributes
    ----------
    qualified, others : ndarray
        Teachers with and without the degree. [persons]
    leavers, entrants, upgraded : ndarray
        Who left, who came, and who earned the degree in post. [persons]
    qualified_pct : ndarray
        Share with the degree. [percent, 0-100]
    """

    qualified: Floats
    others: Floats
    leavers: Floats
    entrants: Floats
    upgraded: Floats
    qualified_pct: Floats


def start_teachers(qualified: Amount, teachers: Amount) -> dict[str, Floats]:
    """
    Take a published stock apart.

    Parameters
    ----------
    qualified : float or ndarray
        Teachers with the degree. [persons]
    teachers : float or ndarray
        All teachers. [persons]

    Returns
    -------
    dict of str to ndarray
        ``qualified`` and ``others``. [persons]

    Raises
    ------
    DataError
        If more have the degree than there are teachers.

    Examples
    --------
    >>> {name: float(number) for name, number in start_teachers(85, 100).items()}
    {'qualified': 85.0, 'others': 15.0}
    """
    given = within("start_teachers", counts={"qualified": qualified, "teachers": teachers})
    others = given["teachers"] - given["qualified"]
    within("start_teachers", counts={"teachers without the degree": others})
    return {"qualified": given["qualified"], "others": others}


def next_teachers(
    qualified: Amount,
    others: Amount,
    *,
    leaving_qualified_pct: Amount,
    leaving_others_pct: Amount,
    new_posts: Amount = 0.0,
    entrants_qualified_pct: Amount = 100.0,
    upgrades: Amount = 0.0,
) -> TeacherStock:
    """
    Move a staff on by one year.

    Parameters
    ----------
    qualified, others : float or ndarray
        Teachers with and without the degree. [persons]
    leaving_qualified_pct, leaving_others_pct : float or ndarray
        Part of each who leave within the year. [percent, 0-100]
    new_posts : float or ndarray, optional
        Posts on top of those that are refilled; negative where posts are given up. Nobody is
        dismissed: no more posts go than teachers leave. [persons a year]
    entrants_qualified_pct : float or ndarray, optional
        Part of the entrants who bring the degree. [percent, 0-100]
    upgrades : float or ndarray, optional
        Teachers who earn it in post, at most those who stay without it. [persons a year]

    Returns
    -------
    TeacherStock
        The staff a year later.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    100 teachers, 85 with a bachelor's degree; 4 % leave, all entrants have it, 2 earn it:

    >>> later = next_teachers(85, 15, leaving_qualified_pct=4, leaving_others_pct=4, upgrades=2)
    >>> float(later.qualified_pct.round(1)), float(later.entrants)
    (87.6, 4.0)
    """
    given = within(
        "next_teachers",
        counts={"qualified": qualified, "others": others, "upgrades": upgrades},
        percents={
            "leaving_qualified_pct": leaving_qualified_pct,
            "leaving_others_pct": leaving_others_pct,
            "entrants_qualified_pct": entrants_qualified_pct,
        },
        free={"new_posts": new_posts},
    )
    left_with = given["qualified"] * given["leaving_qualified_pct"] / 100
    left_without = given["others"] * given["leaving_others_pct"] / 100
    leavers = left_with + left_without
    entrants = np.maximum(leavers + given["new_posts"], 0.0)
    bringing = entrants * given["entrants_qualified_pct"] / 100
    staying_without = given["others"] - left_without
    upgraded = np.minimum(given["upgrades"], staying_without)
    with_degree = given["qualified"] - left_with + bringing + upgraded
    without = staying_without + entrants - bringing - upgraded
    everyone = with_degree + without
    share = np.divide(
        100 * with_degree, everyone, out=np.zeros(np.shape(everyone)), where=everyone > 0
    )
    return TeacherStock(with_degree, without, leavers, entrants, upgraded, share)


def _before_the_lever(
    flow: str, level_pct: Amount, qualified: Amount, others: Amount, **more: Amount
) -> tuple[Floats, Floats, Floats, Floats]:
    """Give level (share), teachers, those with the degree who stay, and leavers."""
    given = within(
        flow, counts={"qualified": qualified, "others": others},
        percents={"level_pct": level_pct, **more},
    )  # fmt: skip
    left_with = given["qualified"] * given["leaving_qualified_pct"] / 100
    leavers = left_with + given["others"] * given["leaving_others_pct"] / 100
    teachers = given["qualified"] + given["others"]
    return given["level_pct"] / 100, teachers, given["qualified"] - left_with, leavers


def upgrades_for(
    level_pct: Amount,
    qualified: Amount,
    others: Amount,
    *,
    leaving_qualified_pct: Amount,
    leaving_others_pct: Amount,
    entrants_qualified_pct: Amount = 100.0,
) -> Floats:
    """
    Give the upgrades in one year after which a share is exactly reached, posts held.

    Parameters
    ----------
    level_pct : float or ndarray
        Share to reach. [percent, 0-100]
    qualified, others : float or ndarray
        Teachers with and without the degree. [persons]
    leaving_qualified_pct, leaving_others_pct : float or ndarray
        Part of each who leave. [percent, 0-100]
    entrants_qualified_pct : float or ndarray, optional
        Part of the entrants who bring the degree. [percent, 0-100]

    Returns
    -------
    ndarray
        Upgrades; negative where none are needed, and more than the staff without a degree
        where upgrades alone can't do it. [persons]

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    From 85 to 87 of 100, nobody leaving:

    >>> float(upgrades_for(87, 85, 15, leaving_qualified_pct=0, leaving_others_pct=0))
    2.0
    """
    level, teachers, staying, leavers = _before_the_lever(
        "upgrades_for", level_pct, qualified, others,
        leaving_qualified_pct=leaving_qualified_pct, leaving_others_pct=leaving_others_pct,
    )  # fmt: skip
    return np.asarray(
        level * teachers - staying - leavers * np.asarray(entrants_qualified_pct) / 100
    )


def entrants_share_for(
    level_pct: Amount,
    qualified: Amount,
    others: Amount,
    *,
    leaving_qualified_pct: Amount,
    leaving_others_pct: Amount,
    upgrades: Amount = 0.0,
) -> Floats:
    """
    Give the part of one year's entrants who must bring the degree, posts held.

    Parameters
    ----------
    level_pct : float or ndarray
        Share to reach. [percent, 0-100]
    qualified, others : float or ndarray
        Teachers with and without the degree. [persons]
    leaving_qualified_pct, leaving_others_pct : float or ndarray
        Part of each who leave. [percent, 0-100]
    upgrades : float or ndarray, optional
        Teachers who earn it in post. [persons]

    Returns
    -------
    ndarray
        The part; outside 0-100 where no choice of entrants does it. [percent]

    Raises
    ------
    DataError
        If nobody leaves, so that nobody comes, or a number lies outside its domain.

    Examples
    --------
    Even if all who come had it, the share would stay below:

    >>> part = entrants_share_for(87, 85, 15, leaving_qualified_pct=4, leaving_others_pct=8)
    >>> round(float(part), 1)
    117.4
    """
    level, teachers, staying, leavers = _before_the_lever(
        "entrants_share_for", level_pct, qualified, others,
        leaving_qualified_pct=leaving_qualified_pct, leaving_others_pct=leaving_others_pct,
    )  # fmt: skip
    if np.any(leavers <= 0):
        raise DataError(
            "entrants_share_for: expected some to leave; where nobody leaves and posts are held "
            "nobody comes. Use new_posts_for or upgrades_for."
        )
    return np.asarray(100 * (level * teachers - staying - np.asarray(upgrades)) / leavers)


def new_posts_for(
    level_pct: Amount,
    qualified: Amount,
    others: Amount,
    *,
    leaving_qualified_pct: Amount,
    leaving_others_pct: Amount,
    entrants_qualified_pct: Amount = 100.0,
) -> Floats:
    r"""
    Give the posts on top of the present ones after which a share is exactly reached.

    Parameters
    ----------
    level_pct : float or ndarray
        Share to reach, below that of the entrants. [percent, 0-100]
    qualified, others : float or ndarray
        Teachers with and without the degree. [persons]
    leaving_qualified_pct, leaving_others_pct : float or ndarray
        Part of each who leave. [percent, 0-100]
    entrants_qualified_pct : float or ndarray, optional
        Part of the entrants who bring the degree. [percent, 0-100]

    Returns
    -------
    ndarray
        New posts; negative where none are needed. [persons]

    Raises
    ------
    DataError
        If entrants are no better qualified than the level, or a number lies outside its domain.

    Notes
    -----
    :math:`n = \dfrac{L T - q(1 - l_q) - s\,e}{s - L}` with the :math:`e` leavers replaced.

    Examples
    --------
    From 39 to 42 % with an otherwise fixed staff: 5.2 % more posts, all for graduates.

    >>> posts = new_posts_for(42, 39, 61, leaving_qualified_pct=0, leaving_others_pct=0)
    >>> round(float(posts), 2)
    5.17
    """
    level, teachers, staying, leavers = _before_the_lever(
        "new_posts_for", level_pct, qualified, others,
        leaving_qualified_pct=leaving_qualified_pct, leaving_others_pct=leaving_others_pct,
    )  # fmt: skip
    share = np.asarray(entrants_qualified_pct) / 100
    if np.any(share <= level):
        raise DataError(
            "new_posts_for: expected entrants better qualified than the level; otherwise no "
            "number of posts reaches it. Use upgrades_for."
        )
    return np.asarray((level * teachers - staying - share * leavers) / (share - level))
