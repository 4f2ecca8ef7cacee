"""
What may come of one series: the law of each year, and fixed nodes for questions about several.

The level of a single year is answered from its Student t, exactly. Paths over years are nodes of a
quasi-random sequence, the same for all series; each year's nodes are spread evenly over that
year's law. Nothing is drawn at random.

References
----------
Richtmyer, R. D. (1951). *The evaluation of definite integrals, and a quasi-Monte-Carlo method
based on the properties of algebraic numbers*. Los Alamos LA-1342 (the nodes). Iman, R. L. &
Conover, W. J. (1982). A distribution-free approach to inducing rank correlation among input
variables. *Communications in Statistics B* 11, 311-334 (areas side by side).
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.scales import Values

if TYPE_CHECKING:
    from edu_metrics.catalog import Bound


Floats = NDArray[np.float64]

#: Number of paths; each has its mirror image, so that a rate and its complement agree.
NODES = 1024
#: Degrees of freedom of paths are told apart in so many steps a factor of e.
DEGREE_STEPS = 128
#: Years ahead that have nodes of their own.
MOST_YEARS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """
    Student t of each year ahead, on the scale of the series.

    Attributes
    ----------
    location, sd, degrees : ndarray, shape (years,)
        Centre, scale and degrees of freedom.
    correlation : ndarray, shape (years, years)
        Between the years.
    values : Values
        What values the series can take.
    """

    location: Floats
    sd: Floats
    degrees: Floats
    correlation: Floats
    values: Values

    def quantiles(self, levels: Sequence[float]) -> Floats:
        """Give quantiles by year: one row a level, one column a year."""
        from scipy.special import stdtrit

        away = stdtrit(self.degrees, np.asarray(levels, dtype=float)[:, None])
        return self.values.at(self.location + self.sd * away)

    def probabilities(self, bounds: Sequence[Bound]) -> Floats:
        """Give the probability of each year that its value satisfies all bounds."""
        from scipy.special import stdtr

        ends = np.array(self.values.within(bounds))[:, None]
        below, through = stdtr(self.degrees, (ends - self.location) / self.sd)
        return np.asarray(through - below)

    def paths(self) -> Floats:
        """Give paths, nodes x years; each year's values are spread evenly over its law."""
        points = spread_paths(
            self.location[None], self.sd[None], self.degrees[None], self.correlation[None]
        )
        return self.values.at(points[0])


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """
    What a series may do.

    ``draws`` has one row a path, all equally likely, and one column a year of ``years``; ``peers``
    counts the other series that were borrowed from. ``law`` is that of each year by itself; None
    where paths were chosen by what was published since. ``unusual`` names the years that were left
    out because they fit neither what came before nor what came after.
    """

    model: str
    years: tuple[int, ...]
    draws: Floats
    last_year: int
    last_value: float
    peers: int
    law: Law | None = None
    unusual: tuple[int, ...] = ()

    def at(self, year: int) -> Floats:
        """Give the paths' values in one year."""
        return self.draws[:, self.years.index(year)]

    def beside(self, name: str, common_part: float) -> Trajectory:
        """Give the same paths in an order that stands beside others; see :func:`side_by_side`."""
        return replace(self, draws=side_by_side(self.draws, name, common_part))

    def quantiles(self, levels: Sequence[float]) -> Floats:
        """Give quantiles by year: one row a level, one column a year."""
        if self.law is not None:
            return self.law.quantiles(levels)
        return np.asarray(np.quantile(self.draws, levels, axis=0))

    def probabilities(self, bounds: Sequence[Bound]) -> Floats:
        """
        Say of each year how likely it is that its value satisfies all bounds.

        Parameters
        ----------
        bounds : sequence of Bound
            Such as at least 95. [unit of the indicator]

        Returns
        -------
        ndarray, shape (years,)
            Exact where the law of the years is known, else shares of the paths. [0-1]
        """
        if self.law is not None:
            return self.law.probabilities(bounds)
        kept = np.ones(self.draws.shape, dtype=bool)
        for bound in bounds:
            kept &= bound.met_by(self.draws)
        return np.asarray(kept.mean(axis=0))

    def probability(self, bounds: Sequence[Bound], year: int) -> float:
        """Say how likely it is that the value of one year satisfies all bounds. [0-1]."""
        return float(self.probabilities(bounds)[self.years.index(year)])


def spread_paths(location: Floats, sd: Floats, degrees: Floats, correlation: Floats) -> Floats:
    """
    Give paths of many series on their scale.

    Parameters
    ----------
    location, sd, degrees : ndarray, shape (series, years)
        Student t of each year.
    correlation : ndarray, shape (series, years, years)
        Between the years.

    Returns
    -------
    ndarray, shape (series, nodes, years)
        In each year the nodes stand at even steps of the law; how they go together over the years
        follows the correlation (normal copula).
    """
    root = np.linalg.cholesky(correlation)
    normal = np.einsum("nk,syk->syn", _normals()[:, : location.shape[1]], root)
    order = np.argsort(normal, axis=2, kind="stable")
    # Degrees of freedom to four in a thousand: quantiles of a Student t are dear.
    near = np.exp(np.round(np.log(degrees) * DEGREE_STEPS) / DEGREE_STEPS)
    each, which = np.unique(near, return_inverse=True)
    spread = np.stack([_spread(one) for one in each.tolist()])[which.reshape(degrees.shape)]
    points = np.empty(normal.shape)
    placed = location[:, :, None] + sd[:, :, None] * spread
    np.put_along_axis(points, order, placed, axis=2)
    return np.asarray(points.transpose(0, 2, 1))


def side_by_side(paths: Floats, name: str, common_part: float) -> Floats:
    """
    Put an area's paths beside those of the other areas of its study.

    Row by row the paths of two areas then go together as far as both share a common part; what is
    asked of an area alone does not change, since its paths only change places.

    Parameters
    ----------
    paths : ndarray, shape (nodes, years)
        From :meth:`Law.paths`.
    name : str
        The area: each has an order of its own.
    common_part : float
        Part of its variance that the areas share. [0-1]

    Returns
    -------
    ndarray
        The same rows in another order.
    """
    nodes = len(paths)
    own = np.random.default_rng(zlib.crc32(name.encode())).permutation(nodes)
    normal = _spread(float("inf"))[:nodes]
    key = np.sqrt(common_part) * normal + np.sqrt(1 - common_part) * normal[own]
    placed = np.empty_like(paths)
    placed[np.argsort(key, kind="stable")] = paths[np.argsort(paths[:, 0], kind="stable")]
    return placed


@lru_cache(maxsize=1)
def _normals() -> Floats:
    """Give standard normal nodes, nodes x years; the second half mirrors the first."""
    from scipy.special import ndtri

    roots = np.sqrt(_primes(MOST_YEARS))
    half = ndtri((np.outer(np.arange(1, NODES // 2 + 1), roots) + 0.5 / NODES) % 1)
    nodes: Floats = np.concatenate([half, -half])
    nodes.setflags(write=False)
    return nodes


@lru_cache(maxsize=4096)
def _spread(degrees: float) -> Floats:
    """Give evenly spread quantiles of a Student t; a mirror image of itself."""
    from scipy.special import ndtri, stdtrit

    levels = (np.arange(NODES // 2) + 0.5) / NODES
    lower = ndtri(levels) if np.isinf(degrees) else stdtrit(degrees, levels)
    found: Floats = np.concatenate([lower, -lower[::-1]])
    found.setflags(write=False)
    return found


def _primes(number: int) -> Floats:
    found: list[int] = []
    candidate = 2
    while len(found) < number:
        if all(candidate % prime for prime in found):
            found.append(candidate)
        candidate += 1
    return np.array(found, dtype=float)
