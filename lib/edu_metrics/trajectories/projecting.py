"""
What may come of series: the law of each year, nodes for questions about several, and how surely.

Comparable areas learn from each other. The level of a single year is answered from its Student t,
exactly. Paths over years are nodes of a quasi-random sequence, the same for all series; each year's
nodes are spread evenly over that year's law. Nothing is drawn at random.

References
----------
Richtmyer, R. D. (1951). *The evaluation of definite integrals, and a quasi-Monte-Carlo method
based on the properties of algebraic numbers*. Los Alamos LA-1342 (the nodes). Iman, R. L. &
Conover, W. J. (1982). A distribution-free approach to inducing rank correlation among input
variables. *Communications in Statistics B* 11, 311-334 (areas side by side).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.priors import Prior
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories.forecast import forecast
from edu_metrics.trajectories.scales import (
    Scale,
    Values,
    from_scale,
    printed_decimals,
    prior_on,
    to_scale,
)

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.catalog import Bound


Floats = NDArray[np.float64]
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
            1: (80.8, 80.9, 80.5),
            3: (83.5, 84.4, 84.9),
            12: (84.4, 84.6, 84.7),
            100: (83.3, 84.1, 83.4),
        },
        "amounts": {
            1: (85.7, 79.0, 74.4),
            3: (87.1, 81.4, 77.4),
            12: (87.8, 82.5, 80.0),
            100: (87.7, 80.9, 78.2),
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
        """
        Give that of a number of areas: of the largest deployment that is not larger.

        Examples
        --------
        >>> Calibration.of(4, "rates").held80_pct == HELD80_PCT["rates"][3]
        True
        """
        held = HELD80_PCT[measure]
        return cls(areas, measure, held[max(tried for tried in held if tried <= max(areas, 1))])


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

    # The square roots of as many primes.
    primes = [n for n in range(2, 282) if all(n % divisor for divisor in range(2, n))]
    roots = np.sqrt(np.array(primes[:MOST_YEARS], dtype=float))
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


MODEL = "damped_drift"
#: With fewer yearly changes of its own, or of its own and the borrowed ones, nothing is said.
MIN_CHANGES = 3
#: What the changes of peers are worth to a series that has fewer. [changes]
BORROWED = 2
#: Every projection reaches so far at least.
_LEAST_YEARS = 8


class Projection:
    """
    What comparable areas may do until a year.

    Areas may end in different years; each is projected from its own last one.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value, exact values of areas on one level, one for each area and
        year, and optionally denominator: the persons or institutions behind a rate.
    until : int
        Last year that may be asked for.
    scale : Scale
        From :func:`~edu_metrics.trajectories.scale_for`.
    measure_type : str, optional
        Type of measure, for what is expected before looking
        (:mod:`~edu_metrics.catalog.priors`); the widest expectation where it is left out.
    falling : bool, optional
        Whether less is better: what is expected of a measure is that it gets better.
    whole_counts : bool, optional
        Whether the indicator is a whole count (persons, schools) on the log scale.

    Raises
    ------
    ProjectionError
        For values beyond the bounds of the scale, fractions where percentages are meant, and two
        values of one area and year.

    Examples
    --------
    >>> import pandas as pd
    >>> from edu_metrics.trajectories import scale_for
    >>> nation = pd.DataFrame({
    ...     "area": "china", "year": range(2016, 2021), "value": [93.4, 93.8, 94.2, 94.8, 95.2],
    ... })
    >>> path = Projection(nation, 2022, scale=scale_for((0, 100))).of("china", (2021, 2022))
    >>> [round(float(value), 1) for value in path.quantiles([0.1, 0.5, 0.9])[:, 1]]
    [94.3, 95.6, 96.6]
    """

    def __init__(
        self,
        history: pd.DataFrame,
        until: int,
        *,
        scale: Scale,
        measure_type: str | None = None,
        falling: bool = False,
        whole_counts: bool = False,
    ) -> None:
        rows = history.assign(area=history["area"].astype(str))
        if "denominator" not in rows:
            rows = rows.assign(denominator=np.nan)
        if scale == Scale(0, 100) and len(rows) and _are_fractions(rows):
            raise ProjectionError(
                "expected percentages, 0 to 100; all are below 1, with more decimals than a "
                "percentage is printed with, as fractions are. Multiply them by 100."
            )
        if rows.duplicated(["area", "year"]).any():
            raise ProjectionError("expected one value for each area and year; found several")
        self._scale, self._whole_counts = scale, whole_counts
        self._first = int(rows["year"].min()) if len(rows) else until
        last = int(rows["year"].max()) if len(rows) else until
        years = range(self._first, last + 1)
        # Areas x years, NaN where nothing was observed, and what stands behind each value.
        values, behind = (
            rows.pivot(index="area", columns="year", values=name).reindex(columns=years)
            for name in ("value", "denominator")
        )
        self.areas = tuple(values.index)
        self._values, self._behind = values.to_numpy(dtype=float), behind.to_numpy(dtype=float)
        self._rows = {area: row for row, area in enumerate(self.areas)}
        seen = ~np.isnan(self._values)
        self._last = len(years) - 1 - np.argmax(seen[:, ::-1], axis=1)
        self._changes = seen.sum(axis=1) - 1
        if not self.areas:
            return
        each = list(zip(self._values, self._behind, seen, strict=True))
        self._moved = any(np.ptp(own[known]) > 0 for own, _, known in each)
        self._points = np.array([self._on_scale(own, counted) for own, counted, _ in each])
        self._horizon = max(until - self._first - int(self._last.min()), _LEAST_YEARS)
        sampling = None
        if scale == Scale(0, 100):
            sampling = sampling_variance(self._values, self._behind)[None]
        self._forecast = forecast(
            self._points[None],
            self._prior(measure_type, falling=falling),
            self._horizon,
            sampling=sampling,
        )
        self._degrees = np.round(self._forecast.degrees[0], 1)
        self._sd = np.sqrt(self._forecast.variance[0])
        self._common = self._forecast.common_part[0].mean(axis=1)

    def _prior(self, measure_type: str | None, *, falling: bool) -> Prior:
        prior = prior_on(self._scale, measure_type, self._values).towards(falling=falling)
        if self._scale.name != "identity" or not self._moved:
            return prior
        # Without bounds a scale has no unit of its own: how far the series move gives it one.
        steps = np.diff(self._points, axis=1)
        typical = float(np.sqrt(np.nanmean(steps**2))) if np.isfinite(steps).any() else 0.0
        return prior.for_changes_of(typical) if typical > 0 else prior

    @property
    def unusual(self) -> tuple[int, ...]:
        """Years left out, in which all areas together fit neither before nor after."""
        if not self.areas:
            return ()
        return tuple(self._first + int(year) for year in np.flatnonzero(self._forecast.unusual[0]))

    @property
    def common_part(self) -> float:
        """
        Part of the variance that all areas share, on average, 0-1.

        Raises
        ------
        ProjectionError
            If one of them can't be projected.
        """
        for area in self.areas:
            self._row(area)
        return float(np.mean(self._common))

    def of(self, area: str, years: Sequence[int]) -> Trajectory:
        """
        Say what one area may do.

        Parameters
        ----------
        area : str
            One of ``areas``.
        years : sequence of int
            Consecutive years from the one after its last observation.

        Returns
        -------
        Trajectory
            The same whatever the order of areas, and longer ones begin like shorter.

        Raises
        ------
        ProjectionError
            With no observation, with too few changes of its own and of peers, if nothing ever
            moved, or if the years don't follow the last one.
        """
        row = self._row(area)
        last, ahead = self._first + int(self._last[row]), len(years)
        expected = tuple(range(last + 1, last + 1 + ahead))
        if tuple(years) != expected or not expected:
            raise ProjectionError(f"years: expected {expected}, found {tuple(years)}")
        if ahead > self._horizon:
            raise ProjectionError(f"years: expected {self._horizon} at most, found {ahead}")
        law = Law(
            self._forecast.location[0, row, :ahead],
            self._sd[row, :ahead],
            self._degrees[row, :ahead],
            self._forecast.correlation(0, row)[0, :ahead, :ahead],
            self._values_of(row),
        )
        value = float(self._values[row, self._last[row]])
        return self._trajectory(area, law, years, value, float(self._common[row]))

    def sum_of(
        self, parts: Sequence[str], years: Sequence[int], *, name: str, mean: bool
    ) -> Trajectory:
        """
        Say what areas do together: the rate of all of them, or the sum of their counts.

        Parameters
        ----------
        parts : sequence of str
            The areas that make up the whole.
        years : sequence of int
            Consecutive years from the one after their last observation.
        name : str
            What the whole is called.
        mean : bool
            Whether the whole's value is the mean of theirs, weighted by the persons or
            institutions behind each, as it is for a rate or ratio; else their sum.

        Returns
        -------
        Trajectory
            Its centre is what theirs come to, its spread that of their sum, with what they have
            in common (delta method on the scale).

        Raises
        ------
        ProjectionError
            As for each part; where parts end in different years; and for a mean where the number
            behind a part is unknown.
        """
        rows = [self._row(area) for area in parts]
        at = (rows, self._last[rows])
        behind = self._behind[at] if mean else np.ones(len(parts))
        if len(set(at[1])) != 1 or np.isnan(behind).any():
            raise ProjectionError(
                f"{name}: expected parts known up to one year, with the numbers behind them; found "
                f"the years {', '.join(str(self._first + year) for year in at[1])}"
            )
        ahead, scale = len(years), self._scale
        share = behind / (behind.sum() if mean else 1.0)
        counted = behind if mean and scale.name == "logit" else None
        number = 1 if self._whole_counts else None if counted is None else counted[:, None]
        points = self._forecast.location[0, rows, :ahead]
        centres = from_scale(points, scale, number, rounded=False)
        together = share @ centres
        slopes = share[:, None] * _slope(centres, scale) / _slope(together, scale)
        spread = np.zeros((1, len(self.areas), ahead))
        spread[0, rows] = slopes
        variance, degrees = self._forecast.weighted(spread)
        whole = None if counted is None else float(behind.sum())
        if self._whole_counts:
            whole = 1.0
        largest = rows[int(np.argmax(slopes[:, 0]))]
        law = Law(
            to_scale(together, scale, whole),
            np.sqrt(variance[0]),
            np.round(degrees[0], 1),
            self._forecast.correlation(0, largest)[0, :ahead, :ahead],
            Values(scale, whole),
        )
        return self._trajectory(name, law, years, float(share @ self._values[at]), 1.0)

    def _row(self, area: str) -> int:
        """Give an area's row, or say why it can't be projected."""
        if area not in self._rows:
            raise ProjectionError(
                "no observation to start from; report what is missing, or the required pace "
                "from an assumed start"
            )
        row = self._rows[area]
        own = int(self._changes[row])
        borrowed = BORROWED if own and self._changes.sum() > own else 0
        if own + borrowed < MIN_CHANGES:
            raise ProjectionError(
                f"{own} yearly changes of its own, and {borrowed} that peers lend; at least "
                f"{MIN_CHANGES} are needed to say how far the series moves in a year. Report the "
                "required pace instead, or add earlier years."
            )
        if not self._moved:
            raise ProjectionError(
                "none of the yearly changes known is different from zero; a past without movement "
                "does not say how far the series may move"
            )
        return row

    def _trajectory(
        self, area: str, law: Law, years: Sequence[int], value: float, common_part: float
    ) -> Trajectory:
        return Trajectory(
            model=f"{MODEL}_{self._scale.name}",
            years=tuple(years),
            draws=side_by_side(law.paths(), area, common_part),
            last_year=years[0] - 1,
            last_value=value,
            peers=len(self.areas) - 1,
            law=law,
            unusual=self.unusual,
        )

    def _on_scale(self, values: Floats, behind: Floats) -> Floats:
        counted = behind if self._scale.name == "logit" else 1 if self._whole_counts else None
        return to_scale(values, self._scale, counted)

    def _values_of(self, row: int) -> Values:
        """Say what values an area's series can take."""
        if self._scale.name != "logit":
            return Values(self._scale, 1.0 if self._whole_counts else None)
        behind = float(self._behind[row, self._last[row]])
        if np.isnan(behind):
            # A rate without the number behind it is known as finely as it is printed, no finer.
            values = self._values[row]
            return Values(self._scale, None, printed_decimals(values[~np.isnan(values)]))
        return Values(self._scale, behind)


def sampling_variance(rates: Floats, persons: Floats) -> Floats:
    """
    Give the variance that another sample of as many persons would have, on the logit scale.

    Parameters
    ----------
    rates : ndarray, shape (..., years)
        Rates; NaN where missing. [percent]
    persons : ndarray, shape (..., years)
        Persons behind them; NaN where unknown. [persons]

    Returns
    -------
    ndarray, shape (...)
        Mean over the years of 1/(npq), by counts moved half a person inwards; NaN where no number
        is known.

    Examples
    --------
    >>> round(float(sampling_variance(np.array([50.0]), np.array([100.0]))), 4)  # 2/50.5
    0.0396
    """
    above = rates / 100 * persons
    yearly = 1 / (above + 0.5) + 1 / (persons - above + 0.5)
    known = ~np.isnan(yearly)
    number = known.sum(axis=-1)
    total = np.where(known, yearly, 0.0).sum(axis=-1)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _slope(values: Floats, scale: Scale) -> Floats:
    """Give how fast a value moves by its scale."""
    low, high = scale
    if low is None:
        return np.ones_like(values) if high is None else high - values + 1e-9
    above = values - low + 1e-9
    return above if high is None else above * (high - values + 1e-9)


def _are_fractions(rows: pd.DataFrame) -> bool:
    """Tell whether what should be percentages, none of them from counts, may be fractions."""
    value, printed = rows["value"], rows["denominator"].isna().all()
    return bool(printed and (value <= 1).all() and value.max() > 0.2 and (value > 0.05).all())
