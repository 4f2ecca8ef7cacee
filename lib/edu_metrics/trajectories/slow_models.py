"""Models that statsmodels fits to each series by itself: for comparison, on longer series."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.models import Model, no_change

__all__ = ["SLOW_MODELS", "damped_holt", "local_level_ml"]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

#: Values that a series needs for a fit; shorter ones are expected to stay.
ENOUGH = 5


def damped_holt(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    """Expect what exponential smoothing with a damped trend says, fitted to each series."""

    def fit(series: Floats) -> Any:
        from statsmodels.tsa.holtwinters import ExponentialSmoothing

        model = ExponentialSmoothing(
            series, trend="add", damped_trend=True, initialization_method="estimated"
        )
        return model.fit().forecast(horizon)

    return _each(points, peers, horizon, fit)


def local_level_ml(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    """Expect the level of a local-level model whose variances are fitted to each series."""

    def fit(series: Floats) -> Any:
        from statsmodels.tsa.statespace.structural import UnobservedComponents

        return UnobservedComponents(series, "llevel").fit(disp=False).forecast(horizon)

    return _each(points, peers, horizon, fit)


SLOW_MODELS: Mapping[str, Model] = MappingProxyType(
    {"damped_holt": damped_holt, "local_level_ml": local_level_ml}
)


def _each(
    points: Floats, peers: Mask, horizon: int, fit: Callable[[Floats], Any]
) -> tuple[Floats, Floats]:
    """Fit series without gaps that are long enough, year by year; else it is "no change"."""
    centres, spreads = no_change(points, peers, horizon)
    for row, year in np.argwhere(~np.isnan(points)):
        seen = np.flatnonzero(~np.isnan(points[row, : year + 1]))
        whole = len(seen) >= ENOUGH and seen[-1] - seen[0] + 1 == len(seen)
        if not whole or np.ptp(points[row, seen]) == 0:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                forecast = np.asarray(fit(points[row, seen]), dtype=float)
            except (ValueError, np.linalg.LinAlgError):
                continue
        if np.isfinite(forecast).all():
            centres[year, row] = forecast
    return centres, spreads
