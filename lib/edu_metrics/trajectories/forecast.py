r"""
One forecast, for an area alone and for thousands, in closed form.

On its scale (:mod:`~edu_metrics.trajectories.scales`) a series has a level that moves, a drift
that wears off, and noise; areas of one study share part of each year's surprise and of the drift:

.. math::
    z_{it} &= L_{i,t-1} + d_i + e_{it}, \qquad L_{it} = L_{i,t-1} + d_i + \alpha_i e_{it}, \\
    e_{it} &= c_t + \varepsilon_{it}, \quad
        \varepsilon_{it} \sim N(0, s_i^2),\; c_t \sim N(0, C), \\
    d_i &= m + u_i, \qquad m \sim N(\mu, M^2),\; u_i \sim N(0, \tau^2).

A drift is that of the last few years, so that growth which slowed is no noise: what came in a year
is held against the drift as it was known the year before. How far a series moves
(:math:`s_i^2`) and how it drifts are learned from the series itself, from
the other areas, and from a prior (:mod:`~edu_metrics.catalog.priors`), each weighted by what
it knows: nothing changes at a number of areas. Seen h years ahead a series follows a Student t.

All arrays have groups first: studies that know nothing of each other, which a back-test forecasts
in one go. A study by itself is one group.

References
----------
Muth, J. F. (1960). Optimal properties of exponentially weighted forecasts. *Journal of the American
Statistical Association* 55, 299-306 (the local level). Gardner, E. S. & McKenzie, E. (1985).
Forecasting trends in time series. *Management Science* 31, 1237-1246 (damping). Efron, B. & Morris,
C. (1973). Stein's estimation rule and its competitors. *Journal of the American Statistical
Association* 68, 117-130 (borrowing). Smyth, G. K. (2004). Linear models and empirical Bayes
methods. *Statistical Applications in Genetics and Molecular Biology* 3(1), 3 (moderated variance).
Satterthwaite, F. E. (1946). An approximate distribution of estimates of variance components.
*Biometrics Bulletin* 2, 110-114. Chen, C. & Liu, L.-M. (1993). Joint estimation of model parameters
and outlier effects in time series. *Journal of the American Statistical Association* 88, 284-297.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.priors import Prior

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: The drift is looked for in the change of level over so many years. [years]
WINDOW = 4
#: How many years of its own a prior common surprise is worth. [years]
COMMON_YEARS = 4.0
#: Rounds of estimation: surprises, scales and drifts hang on each other. More of them take a short
#: climb for its drift with too little doubt (docs/decisions/0015).
ROUNDS = 3
#: A year stands out from so many standard deviations of its common surprise on, among at least so
#: many other years.
STANDS_OUT, OTHERS = 5.0, 4
#: Median of the square of a standard normal number.
_MEDIAN_SQUARE = 0.4549
#: A sum of many parts is known as well as with so many degrees of freedom, and no better.
_MOST_DEGREES = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class Forecast:
    """
    What series may do after their last observation, on their scale.

    Attributes
    ----------
    location, own : ndarray, shape (groups, areas, years ahead)
        Centre, and variance that is an area's own.
    common : ndarray, shape (groups, 1, years ahead)
        Variance of what areas of a group share in their surprises.
    drift : ndarray, shape (groups, areas)
        Expected change of the first year ahead. [on the scale, a year]
    drift_sd : ndarray, shape (groups, areas)
        Doubt of it.
    reach : ndarray, shape (years ahead,)
        Years of full drift that lie in so many years ahead, damped. [years]
    degrees_own, degrees_common : ndarray
        Degrees of freedom behind the two variances, by area and by group.
    gain : ndarray, shape (groups, areas)
        Part of a surprise that stays. [0-1]
    step : ndarray, shape (groups, areas)
        Variance that another year adds, by that of one surprise.
    unusual : ndarray of bool, shape (groups, years)
        Years that fit neither what came before nor what came after, left out of the rest.
    """

    location: Floats
    own: Floats
    common: Floats
    drift: Floats
    drift_sd: Floats
    drift_loading: Floats
    drift_shared: Floats
    reach: Floats
    degrees_own: Floats
    degrees_common: Floats
    gain: Floats
    step: Floats
    unusual: Mask

    @property
    def variance(self) -> Floats:
        """Variance of each series by year ahead: own, common, and of the drift."""
        return self.own + self.common + (self.drift_sd[:, :, None] * self.reach) ** 2

    @property
    def degrees(self) -> Floats:
        """Degrees of freedom of that variance (Satterthwaite)."""
        return _satterthwaite(
            self.variance,
            (self.own, self.degrees_own[:, :, None]),
            (self.common, self.degrees_common[:, :, None]),
        )

    @property
    def common_part(self) -> Floats:
        """Part of each series' variance that it shares with the others of its group."""
        shared = self.drift_shared[:, :1, None] + self.drift_loading[:, :, None] ** 2
        return np.asarray((self.common + shared * self.reach**2) / self.variance)

    def correlation(self, groups: Any, areas: Any) -> Floats:
        """
        Give the correlation between the years ahead of some series.

        Parameters
        ----------
        groups, areas : int or array_like of int
            Which series.

        Returns
        -------
        ndarray, shape (series, years ahead, years ahead)
            One matrix a series.
        """
        rows, columns = np.atleast_1d(groups), np.atleast_1d(areas)
        ahead = np.arange(len(self.reach), dtype=float)
        one_year = (self.own[rows, columns, 0] + self.common[rows, 0, 0])[:, None, None]
        gain, step = (x[rows, columns][:, None, None] for x in (self.gain, self.step))
        # A later year holds what stayed of the surprises up to the earlier one.
        covariance = one_year * (gain + np.minimum.outer(ahead, ahead) * step)
        year = np.arange(len(ahead))
        covariance[:, year, year] = one_year[:, 0] * (1 + ahead * step[:, 0])
        doubt = self.drift_sd[rows, columns][:, None, None] ** 2
        covariance += doubt * np.outer(self.reach, self.reach)
        root = np.sqrt(covariance[:, year, year])
        return np.asarray(covariance / (root[:, :, None] * root[:, None, :]))

    def weighted(self, weights: Floats) -> tuple[Floats, Floats]:
        """
        Give variance and degrees of freedom of a weighted sum of the series of each group.

        Parameters
        ----------
        weights : ndarray, shape (groups, areas, years ahead)
            What each series counts for, in all years ahead or the first ones.

        Returns
        -------
        tuple of ndarray, shape (groups, years ahead)
            With what the areas have in common, in their surprises and in their drifts.
        """
        ahead = weights.shape[2]
        own_parts = weights**2 * self.own[:, :, :ahead]
        own, total = own_parts.sum(axis=1), weights.sum(axis=1)
        common = self.common[:, 0, :ahead] * total**2
        shared = (weights * self.drift_loading[:, :, None]).sum(axis=1) ** 2
        shared = shared + self.drift_shared[:, :1] * total**2
        alone = self.drift_sd**2 - self.drift_loading**2 - self.drift_shared
        drift = shared + (weights**2 * alone[:, :, None]).sum(axis=1)
        variance = own + common + drift * self.reach[:ahead] ** 2
        behind = own**2 / (own_parts**2 / self.degrees_own[:, :, None]).sum(axis=1)
        degrees = _satterthwaite(variance, (own, behind), (common, self.degrees_common))
        return variance, degrees


def forecast(
    points: Floats, prior: Prior, horizon: int, *, sampling: Floats | None = None
) -> Forecast:
    """
    Forecast all series of each group.

    Parameters
    ----------
    points : ndarray, shape (groups, areas, years)
        Series on their scale; NaN where nothing was observed.
    prior : Prior
        What is expected of this type of measure.
    horizon : int
        Years ahead. [years]
    sampling : ndarray, shape (groups, areas), optional
        Variance that sampling alone gives each series, NaN where unknown. [on the scale]

    Returns
    -------
    Forecast
        From each series' own last observation.

    Examples
    --------
    A lone series that climbs goes on climbing:

    >>> from edu_metrics.catalog.priors import prior_of
    >>> found = forecast(np.arange(8.0)[None, None] / 10, prior_of("any"), 3)
    >>> bool(0.75 < found.location[0, 0, 0] < 0.81)
    True
    """
    made = _fit(points, prior, horizon, sampling)
    if not made.unusual.any():
        return made
    kept = np.where(made.unusual[:, None], np.nan, points)
    return replace(_fit(kept, prior, horizon, sampling), unusual=made.unusual)


def _fit(points: Floats, prior: Prior, horizon: int, sampling: Floats | None) -> Forecast:
    seen = ~np.isnan(points)
    step, noise = _steps(prior, sampling, seen.shape[:2])
    whole = (step + 2 * noise + np.sqrt(step**2 + 4 * step * noise)) / 2
    gain = 1 - noise / whole
    # The drift as it was known a year before, and its variance by that of a surprise.
    expected, unsure = np.full(points.shape, prior.drift_mean), np.zeros(points.shape)
    # How lively series are changes: an old surprise says less of today.
    fading = prior.fading ** np.arange(points.shape[2])[::-1]
    own, common = np.full(gain.shape, 1e-9), np.full((len(points), 1), 1e-12)
    for round_ in range(ROUNDS):
        levels, surprises = _filter(points, step / whole, noise / whole, expected)
        surprises = surprises / np.sqrt(1 + unsure)
        shared, doubt = _common_surprises(surprises, own, common)
        happened = ~np.isnan(surprises)
        squares = np.where(happened, (surprises - shared[:, None]) ** 2 + doubt[:, None], 0.0)
        own, degrees = _scales(squares @ fading, happened @ fading, whole, prior)
        ratio = prior.common_share / (1 - prior.common_share)
        if not round_:
            own = own * (1 - prior.common_share)
        typical = np.exp(np.log(own).mean(axis=1, keepdims=True))
        any_area: Mask = np.asarray(happened.any(axis=1))
        years = COMMON_YEARS + (any_area @ fading)[:, None]
        moved = (np.where(any_area, shared**2 + doubt, 0.0) @ fading)[:, None]
        common = (COMMON_YEARS * ratio * typical + moved) / years if round_ else ratio * typical
        drift = _drifts(levels, seen, gain, noise / whole, own, common, prior)
        expected = _a_year_later(drift.mean)
        unsure = _a_year_later(drift.variance) / (own + common)[:, :, None]
    drift = drift.now
    ahead = np.arange(horizon)
    reach = np.cumsum(prior.damping**ahead)
    growth = step / whole + prior.growth
    return Forecast(
        location=_last(levels, seen)[:, :, None] + drift.mean[:, :, None] * reach,
        own=own[:, :, None] * (1 + ahead * growth[:, :, None]),
        common=common[:, :, None] * (1 + ahead * growth.mean(axis=1)[:, None, None]),
        drift=drift.mean,
        drift_sd=np.sqrt(drift.variance),
        drift_loading=drift.loading,
        drift_shared=drift.shared,
        reach=reach,
        degrees_own=degrees,
        degrees_common=years,
        gain=gain,
        step=growth,
        unusual=_unusual(shared, any_area, float(np.mean(gain)), (ratio * typical)[:, 0]),
    )


def _steps(prior: Prior, sampling: Floats | None, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Give the variances of a level's yearly step and of the noise around it, by area."""
    drawn: Any = 0.0 if sampling is None else np.nan_to_num(sampling)
    step = np.full(shape, (prior.gain * prior.surprise_sd) ** 2)
    return step, (1 - prior.gain) * prior.surprise_sd**2 + prior.sampling * drawn


def _filter(points: Floats, step: Floats, noise: Floats, drift: Floats) -> tuple[Floats, Floats]:
    """Give the level of each series by year (Kalman filter), and its surprises, standardised."""
    shape = points.shape
    level, doubt = np.full(shape[:2], np.nan), np.zeros(shape[:2])
    yearly, surprises = np.full(shape, np.nan), np.full(shape, np.nan)
    begun = np.zeros(shape[:2], dtype=bool)
    for year in range(shape[2]):
        point = points[:, :, year]
        seen = ~np.isnan(point)
        first, next_ = seen & ~begun, seen & begun
        expected, doubt = level + drift[:, :, year], doubt + step
        spread = doubt + noise
        surprise = np.where(next_, point - expected, 0.0)
        level = np.where(first, point, expected + doubt / spread * surprise)
        doubt = np.where(first, noise, np.where(next_, doubt * noise / spread, doubt))
        surprises[:, :, year] = np.where(next_, surprise / np.sqrt(spread), np.nan)
        yearly[:, :, year] = level
        begun |= seen
    return yearly, surprises


def _last(levels: Floats, seen: Mask) -> Floats:
    """Give the level of each series' last observation."""
    last_at = seen.shape[2] - 1 - np.argmax(seen[:, :, ::-1], axis=2)
    return np.asarray(np.take_along_axis(levels, last_at[:, :, None], 2)[:, :, 0])


def _a_year_later(values: Floats) -> Floats:
    return np.concatenate([values[:, :, :1], values[:, :, :-1]], axis=2)


def _common_surprises(surprises: Floats, own: Floats, common: Floats) -> tuple[Floats, Floats]:
    """Give what areas had in common in each year, and the variance of what is said of it."""
    happened = ~np.isnan(surprises)
    precision = np.where(happened, 1 / own[:, :, None], 0.0)
    total = precision.sum(axis=1) + 1 / common
    return np.where(happened, surprises * precision, 0.0).sum(axis=1) / total, 1 / total


def _scales(squares: Floats, number: Floats, whole: Floats, prior: Prior) -> tuple[Floats, Floats]:
    r"""
    Say how far each series moves: variance of its own surprises, and degrees of freedom.

    The logarithm of a mean square of m surprises scatters about that of its variance with
    :math:`\psi'(m/2)`; variances of a study's areas scatter about its typical one, and this about
    the prior's. Each is weighed by its precision.
    """
    from scipy.special import digamma, polygamma

    known = number > 0
    half = np.where(known, number, 1.0) / 2
    scatter = polygamma(1, half)
    rounded = squares + prior.still_sd**2
    seen = np.log(rounded / (2 * half)) - digamma(half) + np.log(half) - np.log(whole)
    weight = np.where(known, 1 / (scatter + prior.own_spread**2), 0.0)
    # What the others say of an area, and the prior.
    others = weight.sum(axis=1, keepdims=True) - weight
    said = (weight * seen).sum(axis=1, keepdims=True) - weight * seen
    precision = 1 / prior.scale_spread**2 + others
    expected = (said + np.log(1 - prior.common_share) / prior.scale_spread**2) / precision
    doubt = prior.own_spread**2 + 1 / precision
    certain = 1 / doubt + np.where(known, 1 / scatter, 0.0)
    middle = (expected / doubt + np.where(known, seen / scatter, 0.0)) / certain
    degrees = 2 * _inverse_trigamma(1 / certain)
    centre = middle + digamma(degrees / 2) - np.log(degrees / 2)
    return whole * np.exp(centre), degrees


def _inverse_trigamma(values: Floats) -> Floats:
    """Solve trigamma(y) = x by Newton's method (Smyth 2004, appendix)."""
    from scipy.special import polygamma

    found = 0.5 + 1 / values
    for _ in range(6):
        there = polygamma(1, found)
        found = found + there * (1 - there / values) / polygamma(2, found)
    return np.asarray(found)


@dataclass(frozen=True, slots=True, eq=False)
class _Drift:
    """
    Drift by area and year: mean, variance, what of it hangs on the areas together, and is theirs.

    Each as it was known in that year.
    """

    mean: Floats
    variance: Floats
    loading: Floats
    shared: Floats

    @property
    def now(self) -> _Drift:
        """The drift as it is known today, by area."""
        return _Drift(*(getattr(self, name)[:, :, -1] for name in self.__slots__))


def _drifts(
    levels: Floats,
    seen: Mask,
    gain: Floats,
    noise: Floats,
    own: Floats,
    common: Floats,
    prior: Prior,
) -> _Drift:
    """
    Weigh each series' own change of level against that of the others and the prior.

    The change that areas had in common is their common drift and the common surprises of those
    years; q is their sum.
    """
    gain, noise, own, common = (x[:, :, None] for x in (gain, noise, own, common))
    first_at = np.argmax(seen, axis=2)[:, :, None]
    last_at = np.maximum.accumulate(np.where(seen, np.arange(seen.shape[2]), first_at), axis=2)
    start_at = np.maximum(last_at - WINDOW, first_at)
    years = last_at - start_at
    known = years > 0
    span = np.maximum(years, 1)
    last, start = (np.take_along_axis(levels, at, 2) for at in (last_at, start_at))
    change = np.where(known, (last - start) / span, 0.0)
    # A first value is taken as it came, noise and all.
    at_start = np.where(start_at == first_at, noise, 0.0)
    error = (years * gain**2 + at_start) * own / span**2
    typical_gain = np.mean(gain, axis=1, keepdims=True)
    typical_span = np.maximum(np.where(known, span, 0).sum(axis=1, keepdims=True), 1) / np.maximum(
        known.sum(axis=1, keepdims=True), 1
    )
    surprises = typical_gain**2 * common / typical_span
    between = prior.drift_own_sd**2
    together = prior.drift_common_sd**2 + surprises
    weight = np.where(known, 1 / (between + error), 0.0)
    precision = 1 / together + weight.sum(axis=1, keepdims=True)
    q = (prior.drift_mean / together + (weight * change).sum(axis=1, keepdims=True)) / precision
    part = prior.drift_common_sd**2 / together
    own_part = np.where(known, between * weight, 0.0)
    mean = prior.drift_mean + part * (q - prior.drift_mean) + own_part * (change - q)
    loading = (part - own_part) / np.sqrt(precision)
    shared = np.broadcast_to(prior.drift_common_sd**2 * surprises / together, mean.shape)
    return _Drift(mean, loading**2 + shared + between * (1 - own_part), loading, shared)


def _unusual(shared: Floats, known: Mask, gain: float, expected: Floats) -> Mask:
    """
    Name the years in which a group left its way and came back the year after.

    An additive outlier of size w is a common surprise of w and one of -gain w a year later.
    """
    found = np.zeros(shared.shape, dtype=bool)
    for year in range(1, shared.shape[1] - 1):
        others = known.copy()
        others[:, year : year + 2] = False
        number = others.sum(axis=1)
        rows = np.flatnonzero(known[:, year] & known[:, year + 1] & (number >= OTHERS))
        if not rows.size:
            continue
        squares = np.where(others, shared**2, np.nan)[rows]
        usual = np.nanmedian(squares, axis=1) / _MEDIAN_SQUARE
        spread = (COMMON_YEARS * expected[rows] + number[rows] * usual) / (
            COMMON_YEARS + number[rows]
        )
        away, back = shared[rows, year], shared[rows, year + 1]
        far = np.abs(away) > STANDS_OUT * np.sqrt(spread)
        found[rows, year] = far & (-back * np.sign(away) > gain / 2 * np.abs(away))
    return found


def _satterthwaite(variance: Floats, *parts: tuple[Floats, Floats]) -> Floats:
    """Give degrees of freedom of a sum of variances, of which some are known exactly."""
    squares: Any = sum(part**2 / degrees for part, degrees in parts)
    return np.asarray(np.minimum(variance**2 / squares, _MOST_DEGREES))
