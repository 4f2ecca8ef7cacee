"""How sure the forecast may be: its limits, and how often what it gave a probability came true."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


Floats = NDArray[np.float64]
#: To which area, or which year, each value belongs.
Labels = Sequence[Any] | NDArray[Any]

#: Borders of the bins of stated probability.
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """
    Cases whose stated probability lay in one bin.

    ``stated`` is their mean probability and ``happened`` the share that came true, both 0-1;
    ``interval`` is the 95 % interval of the share, clustered by area and by year.
    """

    low: float
    high: float
    n: int
    stated: float
    happened: float
    interval: tuple[float, float]

    @property
    def supported(self) -> bool:
        """Whether the stated probability lies within the interval."""
        return self.interval[0] <= self.stated <= self.interval[1]


def reliability(areas: Labels, years: Labels, stated: Floats, happened: Floats) -> tuple[Bin, ...]:
    """
    Sort stated probabilities into bins, and count how often they came true.

    Parameters
    ----------
    areas, years : sequence
        Whose forecast each was, and of which year; those of one area, and those of one year,
        stand and fall together.
    stated : ndarray
        Probabilities, 0-1.
    happened : ndarray
        1 where it came true, else 0.

    Returns
    -------
    tuple of Bin
        Those that hold any case, from the lowest up.

    Examples
    --------
    >>> found = reliability(["a", "b"], [2020, 2021], np.array([0.12, 0.18]), np.array([0.0, 1.0]))
    >>> found[0].n, round(found[0].stated, 3), found[0].happened
    (2, 0.15, 0.5)
    """
    place = np.clip(np.digitize(stated, EDGES) - 1, 0, len(EDGES) - 2)
    names, when = np.asarray(areas), np.asarray(years)
    bins = []
    for number in np.unique(place).tolist():
        mine = place == number
        share = float(happened[mine].mean())
        found = clustered_interval(names[mine], when[mine], happened[mine])
        interval = within(found or (0.0, 1.0), 1.0)
        if found is not None and share in (0.0, 1.0):
            # Spread knows no doubt where all came out alike: the rule of three does.
            doubt = min(3 / len(np.unique(names[mine])), 1.0)
            interval = (0.0, doubt) if share == 0 else (1 - doubt, 1.0)
        low, high = EDGES[number], EDGES[number + 1]
        said = float(stated[mine].mean())
        bins.append(Bin(low, high, int(mine.sum()), said, share, interval))
    return tuple(bins)


def within(interval: tuple[float, float], most: float) -> tuple[float, float]:
    """Keep an interval of a share within what a share can be: 0 to 1, or to 100 in percent."""
    return max(interval[0], 0.0), min(interval[1], most)


def clustered_interval(areas: Labels, years: Labels, values: Floats) -> tuple[float, float] | None:
    r"""
    Give an interval of a mean of values that hang together by area and by year.

    Parameters
    ----------
    areas, years : sequence
        To which area and which year each value belongs.
    values : ndarray
        The values. [any unit]

    Returns
    -------
    tuple of float or None
        95 % Student t interval with one degree of freedom less than the fewer of areas and years.
        [same unit] None of a single year: what all areas shared in it, no other year shows.

    Notes
    -----
    :math:`V = V_{area} + V_{year} - V_{both}`, each from the sums of deviations within its
    clusters, times :math:`G/(G-1)`; not below the larger of the first two. Of a single area years
    alone are judged.

    References
    ----------
    Cameron, A. C., Gelbach, J. B. & Miller, D. L. (2011). Robust inference with multiway
    clustering. *Journal of Business & Economic Statistics* 29(2), 238-249.

    Examples
    --------
    Four values that differ between two years, and not within one:

    >>> low, high = clustered_interval([1, 2, 1, 2], [1, 1, 2, 2], np.array([0.0, 0, 1, 1]))
    >>> round(low, 2), round(high, 2)
    (-5.85, 6.85)
    """
    from scipy.special import stdtrit

    values = np.asarray(values, dtype=float)
    mean, away = float(values.mean()), values - values.mean()
    area = np.unique(np.asarray(areas), return_inverse=True)[1]
    year = np.unique(np.asarray(years), return_inverse=True)[1]
    both = area * (year.max() + 1) + year
    if not year.max():
        return None
    clusters = [one for one in (area, year) if one.max() > 0]
    known = [_variance(one, away) for one in clusters]
    variance = sum(known) - (_variance(both, away) if len(known) == 2 else 0.0)
    fewest = min(int(one.max()) for one in clusters)
    reach = float(stdtrit(fewest, 0.975)) * max(variance, *known, 0.0) ** 0.5
    return mean - reach, mean + reach


def _variance(cluster: NDArray[Any], away: Floats) -> float:
    """Give the variance of the mean when clusters, of which there are several, are independent."""
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=away)
    return float(np.sum(sums**2) / len(away) ** 2 * len(sums) / (len(sums) - 1))
