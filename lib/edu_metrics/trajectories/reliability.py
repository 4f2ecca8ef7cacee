"""How often what was given a probability came true, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bin", "reliability", "resampled"]

Floats = NDArray[np.float64]

#: Borders of the bins of stated probability.
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Bin:
    """
    Cases whose stated probability lay in one bin.

    ``stated`` is their mean probability and ``happened`` the share that came true, both 0-1;
    ``interval`` is the 95 % interval of the share when areas are resampled.
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


def reliability(areas: Sequence[str], stated: Floats, happened: Floats) -> tuple[Bin, ...]:
    """
    Sort stated probabilities into bins, and count how often they came true.

    Parameters
    ----------
    areas : sequence of str
        Whose forecast each was; one area's stand and fall together.
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
    >>> found = reliability(["a", "b"], np.array([0.12, 0.18]), np.array([0.0, 1.0]))
    >>> found[0].n, round(found[0].stated, 3), found[0].happened
    (2, 0.15, 0.5)
    """
    place = np.clip(np.digitize(stated, EDGES) - 1, 0, len(EDGES) - 2)
    bins = []
    for number in np.unique(place).tolist():
        mine = [int(case) for case in np.flatnonzero(place == number)]
        share = float(happened[mine].mean())
        interval = resampled([areas[case] for case in mine], happened[mine])
        if share in (0.0, 1.0):
            # Resampling knows no doubt where all came out alike: the rule of three does.
            doubt = min(3 / len({areas[case] for case in mine}), 1.0)
            interval = (0.0, doubt) if share == 0 else (1 - doubt, 1.0)
        low, high = EDGES[number], EDGES[number + 1]
        mean = float(stated[mine].mean())
        bins.append(Bin(low, high, len(mine), mean, share, interval))
    return tuple(bins)


def resampled(areas: Sequence[str], values: Floats, *, level: float = 0.95) -> tuple[float, float]:
    """
    Give an interval of a mean by resampling whole areas.

    Parameters
    ----------
    areas : sequence of str
        To which area each value belongs.
    values : ndarray
        The values. [any unit]
    level : float, optional
        Level of the interval, 0-1.

    Returns
    -------
    tuple of float
        Percentile interval over 1,000 resamples, the same in every run. [same unit]

    References
    ----------
    Davison, A. C. & Hinkley, D. V. (1997). *Bootstrap Methods and their Application*, 3.8
    (resampling of clusters).
    """
    names, place = np.unique(np.asarray(areas, dtype=object).astype(str), return_inverse=True)
    totals = np.bincount(place, weights=values, minlength=len(names))
    numbers = np.bincount(place, minlength=len(names)).astype(float)
    random = np.random.default_rng(0)
    picks = random.multinomial(len(names), np.full(len(names), 1 / len(names)), RESAMPLES)
    means = (picks @ totals) / (picks @ numbers)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
