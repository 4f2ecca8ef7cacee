r"""
What a bureau provides: teachers with a degree, places in kindergartens, money.

The accounts of teachers are those of every stock and flow model of a staff (ours in this form).
With :math:`q` teachers who have the degree and :math:`o` who do not, leaving rates :math:`l_q,
l_o`, :math:`e` entrants of whom a part :math:`s` has it, and :math:`u` who earn it in post,

.. math::

    q' = q(1 - l_q) + s e + u, \qquad o' = o(1 - l_o) + (1 - s) e - u

Every leaver is replaced; new posts come on top, and posts given up are not refilled.

Of children in kindergartens, public share :math:`s` and inclusive coverage :math:`c` are two
readings of one account: a child who moves from another private kindergarten to a public one counts
in both, a private kindergarten that becomes affordable counts in coverage only. Together they say
that :math:`(c - s) / (100 - s)` of the children in private kindergartens are in affordable ones.

That children who take a new public place come from the private kindergartens in proportion to
their sizes is our assumption.

Spending :math:`E` and pupils :math:`P` give :math:`E / P`. With spending growing by :math:`g` and
pupils by :math:`n` a year, the total rises if :math:`g > 0` and spending for each pupil if
:math:`g > n`: with fewer pupils the second rule follows from the first, with more it is the one
that binds.
"""

from __future__ import annotations

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import (
    COUNTED,
    Count,
    Floats,
    Percent,
    Signed,
    flow,
    percent_of,
    refuse_outside,
)


@flow
def start_teachers(qualified: Count, teachers: Count) -> dict[str, Floats]:
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
    others = teachers - qualified
    refuse_outside("start_teachers", {"others": others}, {"others": COUNTED})
    return {"qualified": qualified, "others": others}


@flow
def next_teachers(
    qualified: Count,
    others: Count,
    *,
    leaving_qualified_pct: Percent,
    leaving_others_pct: Percent,
    new_posts: Signed = 0.0,
    entrants_qualified_pct: Percent = 100.0,
    upgrades: Count = 0.0,
) -> dict[str, Floats]:
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
    dict of str to ndarray
        A year later ``qualified`` and ``others``; ``leavers``, ``entrants`` and those ``upgraded``
        in post [persons]; and the share with the degree, ``qualified_pct`` [percent, 0-100].

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    100 teachers, 85 with a bachelor's degree; 4 % leave, all entrants have it, 2 earn it:

    >>> later = next_teachers(85, 15, leaving_qualified_pct=4, leaving_others_pct=4, upgrades=2)
    >>> float(later["qualified_pct"].round(1)), float(later["entrants"])
    (87.6, 4.0)
    """
    left_with = qualified * leaving_qualified_pct / 100
    left_without = others * leaving_others_pct / 100
    leavers = left_with + left_without
    entrants = np.maximum(leavers + new_posts, 0.0)
    bringing = entrants * entrants_qualified_pct / 100
    staying_without = others - left_without
    upgraded = np.minimum(upgrades, staying_without)
    with_degree = qualified - left_with + bringing + upgraded
    without = staying_without + entrants - bringing - upgraded
    return {
        "qualified": with_degree,
        "others": without,
        "leavers": leavers,
        "entrants": entrants,
        "upgraded": upgraded,
        "qualified_pct": percent_of(with_degree, with_degree + without),
    }


@flow
def start_kindergartens(public: Count, inclusive: Count, everyone: Count) -> dict[str, Floats]:
    """
    Take published counts apart.

    Parameters
    ----------
    public : float or ndarray
        Children in public kindergartens. [persons]
    inclusive : float or ndarray
        Children in public and affordable private ones. [persons]
    everyone : float or ndarray
        All children in kindergartens. [persons]

    Returns
    -------
    dict of str to ndarray
        ``public``, ``affordable`` and ``other``. [persons]

    Raises
    ------
    DataError
        If a part is larger than its whole.

    Examples
    --------
    Inner Mongolia in 2019, in ten thousand:

    >>> state = start_kindergartens(29.96, 43.80, 60.70)
    >>> round(float(state["affordable"]), 2), round(float(state["other"]), 2)
    (13.84, 16.9)
    """
    state = {"public": public, "affordable": inclusive - public, "other": everyone - inclusive}
    refuse_outside("start_kindergartens", state, dict.fromkeys(state, COUNTED))
    return state


@flow
def next_kindergartens(
    public: Count,
    affordable: Count,
    other: Count,
    *,
    children_change_pct: Signed = 0.0,
    to_public_pct: Signed = 0.0,
    to_affordable_pct: Signed = 0.0,
    public_places: Count = 0.0,
    conversions: Count = 0.0,
) -> dict[str, Floats]:
    """
    Move the kindergartens on by one year.

    Parameters
    ----------
    public, affordable, other : float or ndarray
        Children in each kind. [persons]
    children_change_pct : float or ndarray, optional
        Change in the number of children, the same in each kind. [percent a year]
    to_public_pct, to_affordable_pct : float or ndarray, optional
        Children who end up in public kindergartens instead of private ones, and in affordable
        private ones instead of others, without anybody's doing; negative the other way round.
        [percent of all children]
    public_places : float or ndarray, optional
        Children who take places in new public kindergartens, or in private ones that become
        public. [places a year]
    conversions : float or ndarray, optional
        Children in private kindergartens that become affordable. [places a year]

    Returns
    -------
    dict of str to ndarray
        A year later ``public``, ``affordable`` and ``other`` [persons]; in public ones, and in
        public or affordable ones, of all, ``public_share_pct`` and ``coverage_pct`` [percent,
        0-100]. Moves change no total.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_kindergartens(50, 30, 20, public_places=5, conversions=10)
    >>> float(later["public_share_pct"]), float(later["coverage_pct"])
    (55.0, 92.0)
    """
    growth = np.maximum(1 + children_change_pct / 100, 0.0)
    first, second, third = (kind * growth for kind in (public, affordable, other))
    private = second + third
    drifting = (first + private) * to_public_pct / 100
    moving = np.clip(public_places + drifting, -first, private)
    # Nobody goes back to private kindergartens where there are none: nobody, but for rounding.
    some = private > 1e-9
    moving = np.where(some, moving, 0.0)
    part = np.divide(moving, private, out=np.zeros(np.shape(moving)), where=some)
    second, third = second * (1 - part), third * (1 - part)
    converting = conversions + (first + private) * to_affordable_pct / 100
    converted = np.clip(converting, -second, third)
    first, second, third = first + moving, second + converted, third - converted
    everyone = first + second + third
    return {
        "public": first,
        "affordable": second,
        "other": third,
        "public_share_pct": percent_of(first, everyone),
        "coverage_pct": percent_of(first + second, everyone),
    }


@flow
def start_spending(spending: Count, pupils: Count) -> dict[str, Floats]:
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
    if np.any(pupils <= 0):
        raise DataError("start_spending: expected at least one pupil")
    return {"spending": spending, "pupils": pupils}


@flow
def next_spending(
    spending: Count, pupils: Count, *, pupils_change_pct: Signed = 0.0, growth_pct: Signed = 0.0
) -> dict[str, Floats]:
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
    dict of str to ndarray
        A year later ``spending`` [yuan], ``pupils`` [persons] and ``per_pupil`` [yuan per pupil].

    Raises
    ------
    DataError
        If a number lies outside its domain, or no pupil is left.

    Examples
    --------
    Pupils grow faster than spending: the total rises, what each pupil has falls.

    >>> later = next_spending(100.0, 10.0, pupils_change_pct=3, growth_pct=2)
    >>> float(later["spending"]), round(float(later["per_pupil"]), 3)
    (102.0, 9.903)
    """
    if np.any(pupils_change_pct <= -100) or np.any(growth_pct < -100):
        raise DataError(
            "next_spending: expected pupils_change_pct above -100 and growth_pct of -100 or more"
        )
    total = spending * (100 + growth_pct) / 100
    number = pupils * (100 + pupils_change_pct) / 100
    if np.any(number <= 0):
        raise DataError("next_spending: expected at least one pupil")
    return {"spending": total, "pupils": number, "per_pupil": total / number}
