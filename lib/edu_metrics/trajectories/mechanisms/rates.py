"""Rates that nobody knows exactly, as distributions, drawn with a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.errors import ProjectionError

Kind = Literal["fixed", "beta", "normal", "range"]

_NORMAL = NormalDist()


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Tabulate how much of a beta distribution lies below a value.

    Summed up on the logit scale, where no density is infinite; right to five digits. Without
    scipy, whose import costs a report more than all that is computed with these numbers.
    """
    places = np.linspace(-20 / min(a, 1.0), 20 / min(b, 1.0), 8001)
    below, above = -np.logaddexp(0, -places), -np.logaddexp(0, places)
    density = np.exp(a * below + b * above - np.max(a * below + b * above))
    summed = np.cumsum((density[1:] + density[:-1]) / 2)
    return np.concatenate([[0.0], summed / summed[-1]]), np.exp(below)


@dataclass(frozen=True, slots=True)
class Rate:
    """
    One uncertain rate.

    Attributes
    ----------
    kind : {"fixed", "beta", "normal", "range"}
        ``beta`` is a percentage and stays within 0-100; ``normal`` may leave any bound; ``range``
        is uniform.
    mean, sd : float or None
        Mean, and standard deviation of the first three kinds. [unit of the rate]
    low, high : float or None
        Ends of a range. [unit of the rate]
    yearly : bool
        Whether each year has a draw of its own, as the difficulty of a paper, and not one for
        all years, as what is not known of a habit.

    Raises
    ------
    ProjectionError
        If what the kind needs is not given, or no such distribution exists.

    Examples
    --------
    >>> Rate("beta", mean=4, sd=1.5).middle
    4
    >>> Rate("range", low=-2, high=4).middle
    1.0
    """

    kind: Kind
    mean: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None
    yearly: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no distribution."""
        needed = {
            "fixed": ("mean",),
            "beta": ("mean", "sd"),
            "normal": ("mean", "sd"),
            "range": ("low", "high"),
        }[self.kind]
        given = tuple(n for n in ("mean", "sd", "low", "high") if getattr(self, n) is not None)
        if given != needed:
            raise ProjectionError(
                f"a rate of kind {self.kind!r} takes {' and '.join(needed)}, "
                f"found {' and '.join(given) or 'nothing'}"
            )
        if not all(math.isfinite(getattr(self, name)) for name in needed):
            raise ProjectionError(f"expected finite numbers for a rate, found {self}")
        if self.sd is not None and self.sd <= 0:
            raise ProjectionError(f"sd: expected more than 0, found {self.sd}; or use 'fixed'")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ProjectionError(f"expected low before high, found {self.low} and {self.high}")
        if self.kind == "beta":
            self._shape()

    def _shape(self) -> tuple[float, float]:
        mean, sd = float(self.mean or 0) / 100, float(self.sd or 0) / 100
        if not 0 < mean < 1 or sd**2 >= mean * (1 - mean):
            raise ProjectionError(
                f"no beta distribution on 0-100 has mean {self.mean} and sd {self.sd}; "
                "expected a mean inside 0-100 and a smaller sd"
            )
        size = mean * (1 - mean) / sd**2 - 1
        return mean * size, (1 - mean) * size

    @property
    def middle(self) -> float:
        """The mean. [unit of the rate]."""
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return 0.0 if self.mean is None else self.mean

    def sample(self, random: Generator, size: int | tuple[int, ...]) -> NDArray[np.float64]:
        """
        Draw.

        Parameters
        ----------
        random : Generator
            Where chance comes from.
        size : int or tuple of int
            How many.

        Returns
        -------
        ndarray
            Draws. [unit of the rate]

        Examples
        --------
        >>> draws = Rate("beta", mean=4, sd=1.5).sample(np.random.default_rng(1), 20_000)
        >>> round(float(draws.mean()), 1), round(float(draws.std()), 1)
        (4.0, 1.5)
        """
        if self.kind == "beta":
            return np.asarray(100 * random.beta(*self._shape(), size))
        if self.kind == "normal":
            return np.asarray(random.normal(self.middle, self.sd or 0.0, size))
        if self.low is not None and self.high is not None:
            return np.asarray(random.uniform(self.low, self.high, size))
        return np.full(size, self.middle)

    def at(self, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
        """
        Give the value below which so much of the distribution lies.

        Parameters
        ----------
        share : float or ndarray
            How much, above 0 and below 1.

        Returns
        -------
        ndarray
            Values. [unit of the rate]

        Examples
        --------
        >>> rate = Rate("normal", mean=0, sd=2)
        >>> rate.at(np.array([0.1, 0.5, 0.9])).round(2).tolist()
        [-2.56, 0.0, 2.56]
        >>> Rate("range", low=-2, high=4).at(0.25).item()
        -0.5
        """
        shares = np.asarray(share, dtype=np.float64)
        if self.kind == "beta":
            below, values = _beta_table(*self._shape())
            return np.asarray(100 * np.interp(shares, below, values))
        if self.kind == "normal":
            steps = [_NORMAL.inv_cdf(one) for one in shares.ravel().tolist()]
            return np.asarray(self.middle + (self.sd or 0.0) * np.reshape(steps, shares.shape))
        if self.low is not None and self.high is not None:
            return np.asarray(self.low + (self.high - self.low) * shares)
        return np.full(shares.shape, self.middle)

    @property
    def spread(self) -> float:
        """The standard deviation. [unit of the rate]."""
        if self.low is not None and self.high is not None:
            return (self.high - self.low) / math.sqrt(12)
        return self.sd or 0.0
