"""The models of a back-test: the one that reports use, and others to hold it against."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.priors import Prior
from edu_metrics.trajectories.forecast import forecast
from edu_metrics.trajectories.projecting import MODEL, sampling_variance

Floats = NDArray[np.float64]

#: How many of a series' own changes the prior's typical one is worth to "no change".
_LENT = 4.0
#: Values without a gap that a fit needs.
_ENOUGH = 5


@dataclass(frozen=True, slots=True, eq=False)
class Laws:
    """
    Student t laws on the scale, each groups x areas x years ahead.

    ``correlation`` gives that between the years ahead of a group's area, where a model has one.
    """

    location: Floats
    sd: Floats
    degrees: Floats
    correlation: Callable[[Any, Any], Floats] | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which series have a law, groups x areas."""
        return np.isfinite(self.location[:, :, 0]) & (self.sd[:, :, 0] > 0)

    def at(self, able: NDArray[np.bool_], horizon: int) -> tuple[Floats, Floats, Floats]:
        """Give centre, scale and degrees of freedom of some series, so many years ahead."""
        place = horizon - 1
        return self.location[able, place], self.sd[able, place], self.degrees[able, place]

    def paths_of(
        self, able: NDArray[np.bool_], some: NDArray[np.int64], horizon: int
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Give what paths of some of the able series are made of, up to a horizon."""
        rows = np.argwhere(able)[some]
        at = (rows[:, 0], rows[:, 1], slice(horizon))
        assert self.correlation is not None
        correlation = self.correlation(rows[:, 0], rows[:, 1])
        return self.location[at], self.sd[at], self.degrees[at], correlation[:, :horizon, :horizon]


Forecaster = Callable[[Floats, Floats, Prior, int, Floats], Laws]


def _default(points: Floats, persons: Floats, prior: Prior, horizon: int, values: Floats) -> Laws:
    sampling = sampling_variance(values, persons)
    made = forecast(points, prior, horizon, sampling=sampling)
    return Laws(made.location, np.sqrt(made.variance), np.round(made.degrees, 1), made.correlation)


def _no_change(points: Floats, persons: Floats, prior: Prior, horizon: int, values: Floats) -> Laws:
    """Expect the last value, with the variance of a series' own changes, moderated by a prior."""
    seen = ~np.isnan(points)
    last, since = np.full(points.shape[:2], np.nan), np.zeros(points.shape[:2])
    squares, number = np.zeros(points.shape[:2]), np.zeros(points.shape[:2])
    for year in range(points.shape[2]):
        since += 1
        changed = seen[:, :, year] & ~np.isnan(last)
        change = np.where(changed, points[:, :, year] - last, 0.0)
        squares, number = squares + change**2 / since, number + changed
        last = np.where(seen[:, :, year], points[:, :, year], last)
        since = np.where(seen[:, :, year], 0.0, since)
    variance = (_LENT * prior.surprise_sd**2 + squares) / (_LENT + number)
    ahead = np.arange(1.0, horizon + 1)
    shape = (*last.shape, horizon)
    return Laws(
        np.broadcast_to(last[:, :, None], shape),
        np.sqrt(variance[:, :, None] * ahead),
        np.broadcast_to((_LENT + number)[:, :, None], shape),
    )


def _fitted(fit: Callable[[Floats, int], tuple[Floats, Floats]]) -> Forecaster:
    """Make a forecaster of a model that is fitted to each series by itself."""

    def made(points: Floats, persons: Floats, prior: Prior, horizon: int, values: Floats) -> Laws:
        laws = _no_change(points, persons, prior, horizon, values)
        location, sd = laws.location.copy(), laws.sd.copy()
        degrees = laws.degrees.copy()
        for row in np.argwhere(~np.isnan(points[:, :, -1])):
            series = points[*row]
            seen = np.flatnonzero(~np.isnan(series))
            if len(seen) < max(_ENOUGH, len(series) - seen[0]) or np.ptp(series[seen]) == 0:
                continue  # too short, or with gaps: expected to stay
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                try:
                    centre, spread = fit(series[seen], horizon)
                except (ValueError, np.linalg.LinAlgError):
                    continue
            if np.isfinite(centre).all() and (spread > 0).all():
                location[*row], sd[*row], degrees[*row] = centre, spread, 1e6
        return Laws(location, sd, degrees)

    return made


def _trend(series: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Fit a local linear trend (structural time series)."""
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    found: Any = UnobservedComponents(series, "lltrend").fit(disp=False).get_forecast(horizon)
    return np.asarray(found.predicted_mean), np.asarray(found.se_mean)


def _smoothing(series: Floats, horizon: int) -> tuple[Floats, Floats]:
    """Fit exponential smoothing with a damped trend."""
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    fitted: Any = ETSModel(pd.Series(series), trend="add", damped_trend=True).fit(disp=False)
    found = fitted.get_prediction(start=len(series), end=len(series) + horizon - 1)
    return np.asarray(found.predicted_mean), np.sqrt(np.asarray(found.forecast_variance))


#: Models that forecast thousands of series at once.
FORECASTERS: Mapping[str, Forecaster] = MappingProxyType({"no_change": _no_change, MODEL: _default})
#: Models that statsmodels fits to one series after the other.
SLOW: Mapping[str, Forecaster] = MappingProxyType(
    {"local_linear_trend": _fitted(_trend), "damped_trend_ets": _fitted(_smoothing)}
)
