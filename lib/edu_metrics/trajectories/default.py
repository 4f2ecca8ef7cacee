"""How far probabilities may go, and what intervals held: docs/methods.md has the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "CAP",
    "FLOOR",
    "HELD80_PCT",
    "TOGETHER_PCT",
    "TOO_FAR_YEARS",
    "TRIED_YEARS",
    "Calibration",
    "held80_pct",
    "stated",
]

#: No probability above this is stated: beyond it the reliability table has too few cases.
CAP = 0.8
#: None below this: among what was called rarer, it came more often.
FLOOR = 0.01
#: What 80 % intervals held one, two and three years ahead in the back-test of all development
#: panels, by the number of areas that were forecast together (docs/methods.md). [percent]
HELD80_PCT: Mapping[int, tuple[float, float, float]] = MappingProxyType(
    {1: (80.1, 76.9, 72.8), 3: (82.0, 78.5, 80.0), 12: (83.3, 79.1, 79.0), 100: (82.4, 81.9, 81.4)}
)
#: So many years ahead were back-tested; beyond that an interval is shown and said to be untried.
TRIED_YEARS = 5
#: Further ahead than this of the last value no probability is stated. [years]
TOO_FAR_YEARS = 10
#: From this share of common variance on a panel is said to move together. [percent]
TOGETHER_PCT = 10.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """
    What stands behind the width of an interval.

    ``areas`` is the number of areas that were forecast together, and ``held80_pct`` what 80 %
    intervals held in the back-test one, two and three years ahead where so many were. [percent]
    """

    areas: int
    held80_pct: tuple[float, float, float]

    @classmethod
    def of(cls, areas: int) -> Calibration:
        """Give that of a number of areas."""
        return cls(areas, held80_pct(areas))


def held80_pct(areas: int) -> tuple[float, float, float]:
    """
    Say what 80 % intervals held in a deployment of the back-test.

    Parameters
    ----------
    areas : int
        Number of areas that are forecast together.

    Returns
    -------
    tuple of float
        One, two and three years ahead, for the largest deployment that is not larger. [percent]

    Examples
    --------
    >>> held80_pct(4) == HELD80_PCT[3]
    True
    """
    return HELD80_PCT[max(tried for tried in HELD80_PCT if tried <= max(areas, 1))]


def stated(probabilities: Any) -> NDArray[np.float64]:
    """
    Keep probabilities within what the reliability table supports.

    Parameters
    ----------
    probabilities : array_like
        Shares of draws, 0-1.

    Returns
    -------
    ndarray
        Probabilities that may be printed, 0-1.
    """
    return np.asarray(np.clip(np.asarray(probabilities, dtype=float), FLOOR, CAP))
