"""How far probabilities may go, and what intervals held: docs/methods.md has the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Measure = Literal["rates", "amounts"]

#: No probability above this is stated: beyond it the reliability table has too few cases.
CAP = 0.8
#: None below this: among what was called rarer, it came more often.
FLOOR = 0.01
#: What 80 % intervals held one, two and three years ahead in the back-test of all development
#: panels, for rates and for amounts and ratios, by the number of areas that were forecast together
#: (docs/methods.md). [percent]
HELD80_PCT: Mapping[Measure, Mapping[int, tuple[float, float, float]]] = MappingProxyType(
    {
        "rates": {
            1: (79.4, 79.3, 80.3),
            3: (82.1, 82.6, 84.0),
            12: (83.1, 83.5, 83.9),
            100: (82.3, 82.9, 82.8),
        },
        "amounts": {
            1: (86.9, 81.6, 77.2),
            3: (87.3, 81.5, 77.8),
            12: (87.4, 81.5, 79.0),
            100: (87.4, 81.3, 78.8),
        },
    }
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
    intervals of such measures held in the back-test one, two and three years ahead where so many
    were. [percent]
    """

    areas: int
    measure: Measure
    held80_pct: tuple[float, float, float]

    @classmethod
    def of(cls, areas: int, measure: Measure) -> Calibration:
        """Give that of a number of areas."""
        return cls(areas, measure, held80_pct(areas, measure))


def held80_pct(areas: int, measure: Measure) -> tuple[float, float, float]:
    """
    Say what 80 % intervals held in a deployment of the back-test.

    Parameters
    ----------
    areas : int
        Number of areas that are forecast together.
    measure : {"rates", "amounts"}
        Rates between two bounds, or amounts and ratios without an upper one.

    Returns
    -------
    tuple of float
        One, two and three years ahead, for the largest deployment that is not larger. [percent]

    Examples
    --------
    >>> held80_pct(4, "rates") == HELD80_PCT["rates"][3]
    True
    """
    held = HELD80_PCT[measure]
    return held[max(tried for tried in held if tried <= max(areas, 1))]


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
