r"""
What a model would have said in every past year, and how far the outcomes strayed from it.

A track holds, for every year of a panel, the centres that the model gave with what was known in
that year, and every series' own scale as known then. What is borrowed (a model's parameters,
typical scales, errors) always comes from other series: these are dealt into folds, and each fold
is served by the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.levels import OWN_WEIGHT, own_scales
from edu_metrics.trajectories.models import MODELS, Model

__all__ = ["COMBINATION", "FOLDS", "Track", "combine", "deal", "track"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FOLDS = 5
#: Name of the combination of all models.
COMBINATION = "combination"


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """
    A model's forecasts from every year of a panel.

    ``centres`` and ``spreads`` are (origins x series x years ahead), what is expected on the
    scale and how the doubt about it grows, 1 for one year in a long series; ``variances`` and
    ``degrees`` are (origins x series), the square of the one-year scale and the number of errors
    behind it;
    ``folds`` says to which fold a series belongs.
    """

    model: str
    points: Floats
    folds: Ints
    centres: Floats
    spreads: Floats
    variances: Floats
    degrees: Floats

    @property
    def horizon(self) -> int:
        """The largest number of years ahead."""
        return int(self.centres.shape[2])

    def errors(self, ahead: int) -> Floats:
        """Give outcome minus centre, (origins x series), NaN where either is not known."""
        errors = np.full(self.variances.shape, np.nan)
        last = self.points.shape[1] - ahead
        if last > 0:
            errors[:last] = self.points.T[ahead:] - self.centres[:last, :, ahead - 1]
            errors[:last][np.isnan(self.points.T[:last])] = np.nan
        return errors


def deal(series: int) -> Ints:
    """
    Deal series into folds.

    Examples
    --------
    >>> deal(7).tolist(), deal(2).tolist()
    ([0, 1, 2, 3, 4, 0, 1], [0, 1])
    """
    return np.arange(series, dtype=np.int64) % max(min(series, FOLDS), 1)


def track(name: str, points: Floats, horizon: int, *, model: Model | None = None) -> Track:
    """
    Let a model speak from every year of a panel.

    Parameters
    ----------
    name : str
        A model of :data:`~edu_metrics.trajectories.models.MODELS`, or any name with ``model``.
    points : ndarray
        One row a series, one column a year, on the scale; NaN where missing.
    horizon : int
        Years ahead. [years]
    model : callable, optional
        A model of one's own with the same signature.

    Returns
    -------
    Track
        Its forecasts.
    """
    said = model or MODELS[name]
    folds = deal(len(points))
    years = points.shape[1]
    centres = np.full((years, len(points), horizon), np.nan)
    spreads = np.ones_like(centres)
    for origin in range(years):
        known = points[:, : origin + 1]
        for fold in np.unique(folds):
            mine = folds == fold
            found = said(known, ~mine, horizon)
            centres[origin, mine], spreads[origin, mine] = found[0][mine], found[1][mine]
    return _with_scales(name, points, folds, centres, spreads)


def combine(tracks: Sequence[Track]) -> Track:
    r"""
    Weigh the centres of several models by how they did for others so far.

    Parameters
    ----------
    tracks : sequence of Track
        Tracks of different models on the same panel.

    Returns
    -------
    Track
        Of the combination: weights are inverse to the square of the mean absolute error over
        all past forecasts of other series at the same number of years ahead; equal at first.

    References
    ----------
    Bates, J. M. & Granger, C. W. J. (1969). The combination of forecasts. *Operational Research
    Quarterly* 20(4), 451-468: weights inverse to past squared error.
    """
    first = tracks[0]
    centres, spreads = np.zeros_like(first.centres), np.zeros_like(first.spreads)
    for ahead in range(1, first.horizon + 1):
        errors = np.stack([np.abs(one.errors(ahead)) for one in tracks])
        for fold in np.unique(first.folds):
            mine = first.folds == fold
            for origin in range(first.points.shape[1]):
                weights = _weights(errors[:, : max(origin - ahead + 1, 0), ~mine])
                for weight, one in zip(weights, tracks, strict=True):
                    at = (origin, mine, ahead - 1)
                    centres[at] += weight * one.centres[at]
                    spreads[at] += weight * one.spreads[at]
    return _with_scales(COMBINATION, first.points, first.folds, centres, spreads)


def _weights(errors: Floats) -> Floats:
    """Give a weight for each model from past absolute errors (models x origins x series)."""
    seen = ~np.isnan(errors).any(axis=0)
    if not seen.any():
        return np.full(len(errors), 1 / len(errors))
    mean = errors[:, seen].mean(axis=1)
    if not mean.min() > 0:
        best = (mean == mean.min()).astype(float)
        return np.asarray(best / best.sum())
    weights = mean**-2
    return np.asarray(weights / weights.sum())


def _with_scales(name: str, points: Floats, folds: Ints, centres: Floats, spreads: Floats) -> Track:
    errors = _yearly_errors(points, centres, spreads)
    years = points.shape[1]
    variances = np.full((years, len(points)), np.nan)
    degrees = np.zeros((years, len(points)))
    for origin in range(years):
        known = errors[:, : origin + 1]
        for fold in np.unique(folds):
            mine = folds == fold
            found = own_scales(known, OWN_WEIGHT, ~mine)
            variances[origin, mine], degrees[origin, mine] = found[0][mine], found[1][mine]
    return Track(name, points, folds, centres, spreads, variances, degrees)


def _yearly_errors(points: Floats, centres: Floats, spreads: Floats) -> Floats:
    """Give each value's distance from what was said at the one before, by its spread."""
    errors = np.full(points.shape, np.nan)
    before = np.full(len(points), -1)
    rows = np.arange(len(points))
    for year in range(points.shape[1]):
        seen = ~np.isnan(points[:, year])
        gap = year - before
        fit = seen & (before >= 0) & (gap <= centres.shape[2])
        at = (before[fit], rows[fit], gap[fit] - 1)
        errors[fit, year] = (points[fit, year] - centres[at]) / spreads[at]
        before = np.where(seen, year, before)
    return errors
