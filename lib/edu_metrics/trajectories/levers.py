"""Levers of a flow model, how they are set, and the smallest setting that keeps a promise."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

import numpy as np

from edu_metrics.catalog import nearest
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows import LeverUnit


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One lever: where it stands when nothing new is done, and how far it can be moved.

    Attributes
    ----------
    name : str
        An argument of the flow equation.
    unit : {"persons", "places", "percent", "points", "marks"}
        What it is counted in.
    usual : float
        Setting when nothing new is done. [unit a year]
    low, high : float
        Least and most that can be set; effort goes from usual to high. [unit a year]
    whole : bool
        Whether only whole settings make sense, as with persons and not with persons per 100.

    Raises
    ------
    ProjectionError
        If usual does not lie between the bounds.
    """

    name: str
    unit: LeverUnit
    usual: float
    low: float
    high: float
    whole: bool = False

    def __post_init__(self) -> None:
        """Refuse bounds that do not hold the usual setting."""
        numbers = (self.low, self.usual, self.high)
        if not all(map(math.isfinite, numbers)) or not self.low <= self.usual <= self.high:
            raise ProjectionError(
                f"lever {self.name!r}: expected low <= usual <= high, "
                f"found {self.low:g}, {self.usual:g}, {self.high:g}"
            )


@dataclass(frozen=True)
class Levers:
    """
    All levers of a mechanism and how they are set.

    Parameters
    ----------
    levers : tuple of Lever
        The levers.
    settings : mapping of str to float, optional
        Settings that differ from the usual one. [unit of each lever a year]

    Raises
    ------
    ProjectionError
        With every setting that no lever has, or that lies outside its bounds.

    Examples
    --------
    >>> levers = Levers((Lever("upgrades", "persons", 0, 0, 50, whole=True),))
    >>> levers.set(upgrades=20).values
    mappingproxy({'upgrades': 20})
    >>> levers.set(upgrades=60)
    Traceback (most recent call last):
    edu_metrics.errors.ProjectionError: levers can't be set so
      - upgrades: expected 0 to 50, found 60
    """

    levers: tuple[Lever, ...]
    settings: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse settings outside the bounds, all at once."""
        known = {lever.name: lever for lever in self.levers}
        faults = []
        for name, value in self.settings.items():
            if name not in known:
                faults.append(f"no lever {name!r}{nearest(name, known)}")
            elif not known[name].low <= value <= known[name].high:
                low, high = known[name].low, known[name].high
                faults.append(f"{name}: expected {low:g} to {high:g}, found {value:g}")
        if faults:
            raise ProjectionError("levers can't be set so", faults)

    @property
    def values(self) -> Mapping[str, float]:
        """The setting of every lever. [unit of each lever a year]."""
        usual = {lever.name: lever.usual for lever in self.levers}
        return MappingProxyType({**usual, **self.settings})

    def set(self, **settings: float) -> Levers:
        """
        Set levers, the others staying as they are.

        Parameters
        ----------
        **settings : float
            New settings by lever. [unit of each lever a year]

        Returns
        -------
        Levers
            A copy.

        Raises
        ------
        ProjectionError
            As for the class.
        """
        return Levers(self.levers, {**self.settings, **settings})


#: How finely a lever that is not whole is searched, as a part of its range.
_FINENESS = 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """
    The answer to "what would it take" on one lever.

    Attributes
    ----------
    lever : str
        The lever; the others stay as they are.
    value : float or None
        The smallest setting that does it; None where there is none. [unit of the lever a year]
    probability : float
        Probability that is reached: at that setting, or at the furthest one. [0-1]
    reason : {"found", "usual_is_enough", "beyond_bounds"}
        Why the value is what it is.
    """

    lever: str
    value: float | None
    probability: float
    reason: Literal["found", "usual_is_enough", "beyond_bounds"]


def smallest_setting(lever: Lever, chance: Callable[[float], float], probability: float) -> Setting:
    """
    Find the smallest setting of a lever under which a promise is kept surely enough.

    Parameters
    ----------
    lever : Lever
        The lever to move, from its usual setting upwards.
    chance : callable
        Gives the probability of keeping the promise at a setting. More of the lever raises it, or
        raises it up to some setting and lowers it from there on: the search doubles the setting
        and then halves the last step. [0-1]
    probability : float
        How surely. [0-1]

    Returns
    -------
    Setting
        The setting, or why there is none. Whole for persons and places, to a thousandth of the
        lever's range otherwise.

    Examples
    --------
    >>> smallest_setting(Lever("upgrades", "persons", 0, 0, 50, whole=True),
    ...                  lambda value: min(value / 40, 1.0), 0.8).value
    32.0

    A promise of 12 to 15, which more than that breaks:

    >>> smallest_setting(Lever("upgrades", "persons", 0, 0, 50, whole=True),
    ...                  lambda value: max(1 - abs(value - 13.5) / 3, 0.0), 0.5).value
    12.0
    """
    last = _steps(lever)
    tried: dict[int, float] = {}

    def at(place: int) -> float:
        if place not in tried:
            tried[place] = chance(_setting(lever, place))
        return tried[place]

    if at(0) >= probability:
        return Setting(lever.name, lever.usual, at(0), "usual_is_enough")
    # Doubled from below: a gain in every year may be out of reach where the first takes all.
    low, high = 0, min(1, last)
    while at(high) < probability and high < last:
        low, high = high, min(2 * high, last)
    if at(high) < probability:
        # Too much may break a promise with two ends: the best lies about the best that was tried.
        high = _peak(at, sorted(tried))
        if at(high) < probability:
            return Setting(lever.name, None, max(tried.values()), "beyond_bounds")
        low = max(place for place in tried if place < high and at(place) < probability)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) >= probability else (middle, high)
    return Setting(lever.name, _setting(lever, high), at(high), "found")


def _peak(at: Callable[[int], float], tried: list[int]) -> int:
    """Find the best place between the neighbours of the best one tried."""
    best = max(tried, key=at)
    if best in (tried[0], tried[-1]):
        return best
    place = tried.index(best)
    low, high = tried[place - 1], tried[place + 1]
    while high - low > 2:
        third = (high - low) // 3
        left, right = low + third, high - third
        low, high = (low, right) if at(left) >= at(right) else (left, high)
    return max(range(low, high + 1), key=at)


def _steps(lever: Lever) -> int:
    """Count the settings to choose from beside the usual one: of a nation there are millions."""
    if lever.whole:
        return max(int(np.floor(lever.high)) - int(np.floor(lever.usual)), 0)
    return _FINENESS


def _setting(lever: Lever, place: int) -> float:
    """Give one of them; in the first place stands the usual one."""
    if place == 0:
        return lever.usual
    if lever.whole:
        return float(int(np.floor(lever.usual)) + place)
    if place == _FINENESS:
        return lever.high
    return lever.usual + (lever.high - lever.usual) / _FINENESS * place
