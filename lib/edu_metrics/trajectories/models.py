r"""
Trend models: where each of many series is expected to be, from its own past and that of peers.

Every model is a function with one signature: the history of all series up to one year, and which
of them may be borrowed from, in; the expected value on the scale by year ahead, out, and how the
doubt about it grows with the years. It says so of the last year and of every year before, with
what it knows of the peers in the last one, so that its errors so far are those of the model in
use. How large the doubt is, is the business of :mod:`edu_metrics.trajectories.calibration`, the
same for all models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.levels import OWN_WEIGHT, local_levels, own_scales

__all__ = [
    "ALONE",
    "MODELS",
    "Model",
    "level_with_drift",
    "no_change",
    "own_drift",
    "pooled_drift",
    "reference_gains",
]

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
#: (points: series x years, peers, horizon) -> centres and spreads, both years x series x years
#: ahead; a spread is relative to the error of one year ahead that a long series makes.
Model = Callable[[Floats, Mask, int], tuple[Floats, Floats]]

#: Ratios of step to noise among which the past one-year errors of the peers choose.
RATIOS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, float("inf"))
#: How far a whole panel may be expected to drift in a year; a yearly common move that is larger
#: is taken for a shock and not for a trend. [on the scale]
DRIFT = 0.05
#: How many error pairs a regression must outweigh before momentum and return count in full.
SHRINKAGE = 50.0
#: Errors further out than this count as if they stood there. [scales of the series]
LIMIT = 4.0
#: The smallest number of series for which a regression over series is made.
MANY = 20


def no_change(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    """Expect the last value."""
    return _walk(points, np.zeros((1, 1, horizon)))


def own_drift(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    """Expect the last value, moving on by the series' own mean yearly change."""
    return _walk(points, _own_changes(points)[0][:, :, None] * _ahead(horizon))


def pooled_drift(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    r"""
    Expect the last value, moving on by a mean change that is partly the peers'.

    Notes
    -----
    Own mean changes :math:`d_i` scatter about the peers' median m with the variance of true
    drifts :math:`\tau^2` and that of a mean of :math:`n_i` changes, :math:`v/n_i`. The drift is
    :math:`w_i d_i + (1 - w_i) m` with :math:`w_i = \tau^2 / (\tau^2 + v/n_i)` (empirical Bayes).
    """
    drifts, numbers = _own_changes(points)
    drift, number = drifts[-1], numbers[-1]
    known = peers & (number > 0)
    if not known.any():
        return own_drift(points, peers, horizon)
    middle = float(np.median(drift[known]))
    changes = np.diff(points, axis=1)[known] - middle
    within = float(np.nanmean(changes**2)) if np.isfinite(changes).any() else 0.0
    between = 1.4826 * float(np.median(np.abs(drift[known] - middle)))
    true = max(between**2 - within / max(float(np.mean(number[known])), 1.0), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        weight = np.where(true > 0, true / (true + within / np.maximum(numbers, 1)), 0.0)
    weight = np.where(numbers > 0, weight, 0.0)
    mixed = weight * np.where(numbers > 0, drifts, 0.0) + (1 - weight) * middle
    return _walk(points, mixed[:, :, None] * _ahead(horizon))


def reference_gains(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    """Expect what peers that stood nearby gained next: the median of their past gains."""
    last = _last(points)
    gained = np.zeros((*last.shape, horizon))
    for ahead in range(1, min(horizon, points.shape[1] - 1) + 1):
        start = points[peers, :-ahead]
        gain = points[peers, ahead:] - start
        seen = ~np.isnan(gain)
        starts, gains = start[seen], gain[seen]
        if len(gains) < 5 * MANY:
            continue
        edges = np.quantile(starts, [0.2, 0.4, 0.6, 0.8])
        band = np.digitize(starts, edges)
        medians = np.array([_median(gains[band == number]) for number in range(5)])
        gained[:, :, ahead - 1] = medians[np.digitize(last, edges)]
    return _walk(points, gained)


def level_with_drift(points: Floats, peers: Mask, horizon: int) -> tuple[Floats, Floats]:
    r"""
    Expect the series' level, with the panel's drift, and with what levels are known to do next.

    Notes
    -----
    The level is filtered with the ratio of step to noise that erred least among the peers so far
    (:func:`~edu_metrics.trajectories.levels.local_levels`). To it comes, h years ahead,

    - :math:`h \mu`, the mean common change of a year :math:`\bar c` shrunk by
      :math:`\tau^2 / (\tau^2 + \sigma_c^2 / G)`, where :math:`\sigma_c^2` is the mean square of
      the G common changes: a panel that moves much in a year is not believed to keep doing so;
    - a part of the series' own past pace and of its distance from the panel's mean, by a ridge
      regression of the peers' past h-year errors on both, each by the scale of its series.

    A level known from p (its variance by that of the noise) gives an error h years ahead with the
    variance :math:`p + hq + 1`, which for a long series and one year comes to 1.
    """
    ratio = _best_ratio(points, peers)
    levels, doubts = local_levels(points, ratio)
    centres = levels.T[:, :, None] + _common_drift(points, peers) * _ahead(horizon)
    errors = np.full(points.shape, np.nan)
    errors[:, 1:] = points[:, 1:] - levels[:, :-1]
    scales = np.sqrt(own_scales(errors, OWN_WEIGHT, peers)[0][:, -1])
    features = _features(points, levels)
    for ahead in range(1, horizon + 1):
        centres[:, :, ahead - 1] += _return_and_momentum(
            points, levels, features, scales, peers, ahead
        )
    if np.isinf(ratio):
        return centres, np.broadcast_to(np.sqrt(_ahead(horizon)), centres.shape)
    steady = (ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2  # variance of a level yet to be seen
    variances = doubts.T[:, :, None] + ratio * _ahead(horizon) + 1
    return centres, np.sqrt(variances / (steady + 1))


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        "no_change": no_change,
        "own_drift": own_drift,
        "pooled_drift": pooled_drift,
        "reference_gains": reference_gains,
        "level_with_drift": level_with_drift,
    }
)


#: Models that borrow nothing.
ALONE = frozenset({"no_change", "own_drift"})


def _walk(points: Floats, moved: Floats) -> tuple[Floats, Floats]:
    """Start from the last value, with a doubt that grows as that of a random walk."""
    centres = _last(points)[:, :, None] + moved
    return centres, np.broadcast_to(np.sqrt(_ahead(moved.shape[2])), centres.shape)


def _ahead(horizon: int) -> Floats:
    return np.arange(1.0, horizon + 1)[None, None, :]


def _median(values: Floats) -> float:
    return float(np.median(values)) if values.size else 0.0


def _last(points: Floats) -> Floats:
    """Give each series' last observed point, years x series."""
    return local_levels(points, float("inf"))[0].T


def _own_changes(points: Floats) -> tuple[Floats, Floats]:
    """
    Give each series' mean change a year and the years behind it, both years x series.

    It runs from the first value to the last one seen by then.
    """
    seen = ~np.isnan(points).T
    first = np.argmax(seen, axis=0)
    places = np.where(seen, np.arange(len(seen))[:, None], -1)
    years = np.maximum.accumulate(places, axis=0) - first
    years = np.where(years > 0, years, 0).astype(float)
    change = _last(points) - points[np.arange(len(points)), first]
    return np.where(years > 0, change / np.maximum(years, 1), 0.0), years


def _best_ratio(points: Floats, peers: Mask) -> float:
    """Choose the ratio with the smallest mean absolute one-year error among the peers."""
    mine = points[peers]
    best, least = float("inf"), np.inf
    for ratio in reversed(RATIOS):
        errors = np.abs(mine[:, 1:] - local_levels(mine, ratio)[0][:, :-1])[:, 1:]
        seen = errors[~np.isnan(errors)]
        if seen.size and float(seen.mean()) < least:
            best, least = ratio, float(seen.mean())
    return best


def _common_drift(points: Floats, peers: Mask) -> float:
    changes = np.diff(points[peers], axis=1)
    seen = ~np.isnan(changes)
    years = seen.sum(axis=0) >= 3
    if not years.any():
        return 0.0
    # Series that jump about say less about the panel's year.
    number = np.maximum(seen.sum(axis=1), 1)
    square = np.nansum(changes**2, axis=1) / number
    weight = np.where(seen, 1 / (square + _median(square[square > 0]) + 1e-12)[:, None], 0.0)
    total = weight[:, years].sum(axis=0)
    common = np.nansum(np.where(seen, changes, 0.0) * weight, axis=0)[years] / total
    shock = float(np.mean(common**2))
    if shock == 0:
        return 0.0
    return float(common.mean()) * DRIFT**2 / (DRIFT**2 + shock / len(common))


def _return_and_momentum(
    points: Floats, levels: Floats, features: Floats, scales: Floats, peers: Mask, ahead: int
) -> Floats:
    """Regress past errors on own pace and distance from the mean; apply it to every year."""
    now = points.shape[1] - 1
    peers = peers & np.isfinite(scales)
    none = np.zeros((now + 1, len(points)))
    if peers.sum() < MANY:
        return none
    weights = 1 / scales**2
    given, missed = [], []
    for origin in range(1, now - ahead + 1):
        error = points[:, origin + ahead] - levels[:, origin]
        usable = peers & np.isfinite(error) & ~np.isnan(points[:, origin])
        if usable.sum() >= MANY:
            one, weight = features[origin, usable], weights[usable]
            mean = np.average(one, axis=0, weights=weight)
            common = np.average(error[usable], weights=weight)
            given.append((one - mean) / scales[usable, None])
            missed.append((error[usable] - common) / scales[usable])
    if not given:
        return none
    x, y = np.concatenate(given), np.clip(np.concatenate(missed), -LIMIT, LIMIT)
    spread = np.sqrt(np.mean(x**2, axis=0))
    if not spread.all():
        return none
    scaled = x / spread
    penalty = SHRINKAGE * len(given) * np.eye(x.shape[1])
    slope = np.linalg.solve(scaled.T @ scaled + penalty, scaled.T @ y) / spread
    shift = none
    for year in range(1, now + 1):
        usable = peers & np.isfinite(features[year]).all(axis=1)
        if usable.any():
            mean = np.average(features[year, usable], axis=0, weights=weights[usable])
            shift[year] = (features[year] - mean) @ slope
    return np.where(np.isfinite(shift), shift, 0.0)


def _features(points: Floats, levels: Floats) -> Floats:
    """Give own pace so far, damped where it is short, and the level: years x series x 2."""
    seen = ~np.isnan(points)
    first = np.argmax(seen, axis=1)
    start = points[np.arange(len(points)), first]
    years = np.arange(points.shape[1])[:, None] - first
    begun = years > 0
    pace = np.where(begun, (levels.T - start) / (np.maximum(years, 0) + 2), 0.0)
    return np.stack([pace, levels.T], axis=2)
