r"""
Children in public, affordable private and other private kindergartens.

Public share :math:`s` and inclusive coverage :math:`c` are two readings of one account: a child
who moves from another private kindergarten to a public one counts in both, a private kindergarten
that becomes affordable counts in coverage only. Together they say that
:math:`(c - s) / (100 - s)` of the children in private kindergartens are in affordable ones.

That children who take a new public place come from the private kindergartens in proportion to
their sizes is our assumption.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows._checks import Amount, Floats, within

__all__ = [
    "Kindergartens",
    "PlacesNeeded",
    "affordable_private_share",
    "next_kindergartens",
    "places_for",
    "start_kindergartens",
]


class Kindergartens(NamedTuple):
    """
    Children by whose kindergarten they are in.

    Attributes
    ----------
    public, affordable, other : ndarray
        Children in public, affordable private and other private kindergartens. [persons]
    public_share_pct, coverage_pct : ndarray
        In public ones, and in public or affordable ones, of all. [percent, 0-100]
    """

    public: Floats
    affordable: Floats
    other: Floats
    public_share_pct: Floats
    coverage_pct: Floats


class PlacesNeeded(NamedTuple):
    """Public places to open and private places to make affordable. [places]."""

    public_places: Floats
    conversions: Floats


def start_kindergartens(public: Amount, inclusive: Amount, everyone: Amount) -> dict[str, Floats]:
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
    given = within(
        "start_kindergartens",
        counts={"public": public, "inclusive": inclusive, "everyone": everyone},
    )
    state = {
        "public": given["public"],
        "affordable": given["inclusive"] - given["public"],
        "other": given["everyone"] - given["inclusive"],
    }
    return within("start_kindergartens", counts=state)


def affordable_private_share(public_share_pct: Amount, coverage_pct: Amount) -> Floats:
    """
    Say which part of the private places must be affordable for share and coverage together.

    Parameters
    ----------
    public_share_pct : float or ndarray
        Share in public kindergartens, below 100. [percent, 0-100]
    coverage_pct : float or ndarray
        Inclusive coverage, no lower than the share. [percent, 0-100]

    Returns
    -------
    ndarray
        The part. [percent, 0-100]

    Raises
    ------
    DataError
        If coverage is below the share, or nobody is in a private kindergarten.

    Examples
    --------
    >>> [round(float(affordable_private_share(s, 95)), 1) for s in (50, 55, 60)]
    [90.0, 88.9, 87.5]
    """
    given = within(
        "affordable_private_share",
        percents={"public_share_pct": public_share_pct, "coverage_pct": coverage_pct},
    )
    share, coverage = given["public_share_pct"], given["coverage_pct"]
    if np.any(share >= 100) or np.any(coverage < share):
        raise DataError(
            "affordable_private_share: expected a public share below 100 and a coverage no "
            "lower than it: children in public kindergartens count in both"
        )
    return np.asarray(100 * (coverage - share) / (100 - share))


def next_kindergartens(
    public: Amount,
    affordable: Amount,
    other: Amount,
    *,
    children_change_pct: Amount = 0.0,
    to_public_pct: Amount = 0.0,
    to_affordable_pct: Amount = 0.0,
    public_places: Amount = 0.0,
    conversions: Amount = 0.0,
) -> Kindergartens:
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
    Kindergartens
        A year later. Moves change no total.

    Raises
    ------
    DataError
        If a number lies outside its domain.

    Examples
    --------
    >>> later = next_kindergartens(50, 30, 20, public_places=5, conversions=10)
    >>> float(later.public_share_pct), float(later.coverage_pct)
    (55.0, 92.0)
    """
    given = within(
        "next_kindergartens",
        counts={
            "public": public,
            "affordable": affordable,
            "other": other,
            "public_places": public_places,
            "conversions": conversions,
        },
        free={
            "children_change_pct": children_change_pct,
            "to_public_pct": to_public_pct,
            "to_affordable_pct": to_affordable_pct,
        },
    )
    growth = np.maximum(1 + given["children_change_pct"] / 100, 0.0)
    first, second, third = (given[name] * growth for name in ("public", "affordable", "other"))
    private = second + third
    drifting = (first + private) * given["to_public_pct"] / 100
    moving = np.clip(given["public_places"] + drifting, -first, private)
    # Nobody goes back to private kindergartens where there are none.
    moving = np.where(private > 0, moving, 0.0)
    part = np.divide(moving, private, out=np.zeros(np.shape(moving)), where=private > 0)
    second, third = second * (1 - part), third * (1 - part)
    converting = given["conversions"] + (first + private) * given["to_affordable_pct"] / 100
    converted = np.clip(converting, -second, third)
    now = (first + moving, second + converted, third - converted)
    everyone = now[0] + now[1] + now[2]
    share, coverage = (
        np.divide(100 * part, everyone, out=np.zeros(np.shape(everyone)), where=everyone > 0)
        for part in (now[0], now[0] + now[1])
    )
    return Kindergartens(*now, share, coverage)


def places_for(
    public_share_pct: Amount,
    coverage_pct: Amount,
    public: Amount,
    affordable: Amount,
    other: Amount,
) -> PlacesNeeded:
    """
    Give the openings and conversions that meet share and coverage together, children held.

    Parameters
    ----------
    public_share_pct, coverage_pct : float or ndarray
        Share and coverage to reach. [percent, 0-100]
    public, affordable, other : float or ndarray
        Children in each kind. [persons]

    Returns
    -------
    PlacesNeeded
        No fewer than nothing: where the openings alone bring the coverage, no conversions.

    Raises
    ------
    DataError
        If coverage is below the share, or a number lies outside its domain.

    Examples
    --------
    >>> needed = places_for(55, 92, 50, 30, 20)
    >>> round(float(needed.public_places), 6), round(float(needed.conversions), 6)
    (5.0, 10.0)
    """
    given = within(
        "places_for",
        counts={"public": public, "affordable": affordable, "other": other},
        percents={"share": public_share_pct, "coverage": coverage_pct},
    )
    if np.any(given["coverage"] < given["share"]):
        raise DataError("places_for: expected a coverage no lower than the public share")
    everyone = given["public"] + given["affordable"] + given["other"]
    moving = np.maximum(given["share"] / 100 * everyone - given["public"], 0.0)
    private = given["affordable"] + given["other"]
    part = np.divide(moving, private, out=np.zeros(np.shape(private)), where=private > 0)
    covered = given["public"] + moving + given["affordable"] * (1 - part)
    return PlacesNeeded(moving, np.maximum(given["coverage"] / 100 * everyone - covered, 0.0))
