"""The smallest setting of a lever under which a promise is kept surely enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edu_metrics.trajectories.mechanisms.levers import Lever

__all__ = ["Setting", "smallest_setting"]

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
        Gives the probability of keeping the promise at a setting. Up to where that is enough, more
        of the lever must not lower it: the search doubles the setting and then halves the last
        step. [0-1]
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
    """
    found = chance(lever.usual)
    if found >= probability:
        return Setting(lever.name, lever.usual, found, "usual_is_enough")
    settings = _settings(lever)
    # Doubled from below: a gain in every year may be out of reach where the first takes all.
    low, high, last = 0, 1, len(settings) - 1
    best = found
    while (reached := chance(settings[min(high, last)])) < probability:
        best = max(best, reached)
        if high >= last:
            return Setting(lever.name, None, best, "beyond_bounds")
        low, high = high, 2 * high
    high = min(high, last)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if chance(settings[middle]) >= probability else (middle, high)
    return Setting(lever.name, settings[high], chance(settings[high]), "found")


def _settings(lever: Lever) -> list[float]:
    """List the settings to choose from, the usual one first."""
    if lever.whole:
        first, last = int(np.floor(lever.usual)) + 1, int(np.floor(lever.high))
        return [lever.usual, *(float(number) for number in range(first, last + 1))]
    step = (lever.high - lever.usual) / _FINENESS
    return [lever.usual, *(lever.usual + step * n for n in range(1, _FINENESS)), lever.high]
