"""The smallest setting of a lever under which a promise is kept surely enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edu_metrics.trajectories.mechanisms.levers import Lever

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
    settings = _settings(lever)
    last = len(settings) - 1
    tried: dict[int, float] = {}

    def at(place: int) -> float:
        if place not in tried:
            tried[place] = chance(settings[place])
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
    return Setting(lever.name, settings[high], at(high), "found")


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


def _settings(lever: Lever) -> list[float]:
    """List the settings to choose from, the usual one first."""
    if lever.whole:
        first, last = int(np.floor(lever.usual)) + 1, int(np.floor(lever.high))
        return [lever.usual, *(float(number) for number in range(first, last + 1))]
    step = (lever.high - lever.usual) / _FINENESS
    return [lever.usual, *(lever.usual + step * n for n in range(1, _FINENESS)), lever.high]
