r"""
What a model says in a year of a panel, and would have said before, had it known what it knows now.

What is borrowed (a model's parameters, typical scales, errors) always comes from other series:
these are dealt into folds, and each fold is served by the rest. All that a fold is told comes from
the series outside it, so that no series reaches its own forecast by way of a peer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.levels import OWN_WEIGHT, own_scales
from edu_metrics.trajectories.models import ALONE, MODELS, Model

__all__ = ["COMBINATION", "FOLDS", "Outlook", "Track", "combine", "deal", "track"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: (origin, fold) -> centres and spreads, both years x series x years ahead.
Said = Callable[[int, int], tuple[Floats, Floats]]

FOLDS = 5
#: Name of the combination of all models.
COMBINATION = "combination"


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """
    What is said to one fold in one year, of that year and of all before it.

    ``centres`` and ``spreads`` are (years x series x years ahead), what is expected on the scale
    and how the doubt about it grows, 1 for one year in a long series; ``variances`` and
    ``degrees`` are (years x series), the square of the one-year scale and the number of errors
    behind it, old ones faded; ``changes`` counts them unfaded, by series.
    """

    points: Floats
    centres: Floats
    spreads: Floats
    variances: Floats
    degrees: Floats
    changes: Floats

    def errors(self, ahead: int) -> Floats:
        """Give outcome minus centre, (years x series), NaN where either is not known."""
        errors = np.full(self.variances.shape, np.nan)
        last = self.points.shape[1] - ahead
        if last > 0:
            errors[:last] = self.points.T[ahead:] - self.centres[:last, :, ahead - 1]
            errors[:last][np.isnan(self.points.T[:last])] = np.nan
        return errors


class Track:
    """
    A model on a panel, from whatever year one looks ahead.

    ``points`` is (series x years), ``folds`` says to which fold a series belongs, ``horizon`` is
    the largest number of years ahead.
    """

    def __init__(self, model: str, points: Floats, folds: Ints, horizon: int, said: Said) -> None:
        self.model, self.points, self.folds, self.horizon = model, points, folds, horizon
        self._said = said
        self._kept: dict[tuple[int, int], Outlook] = {}

    def outlook(self, origin: int, fold: int) -> Outlook:
        """
        Give what is said to a fold in a year, with nothing known of later years.

        Parameters
        ----------
        origin : int
            Column of the year from which is looked ahead.
        fold : int
            Whose forecasts are wanted; what is borrowed comes from the other folds.

        Returns
        -------
        Outlook
            Of that year and all before.
        """
        if (origin, fold) not in self._kept:
            if any(kept != origin for kept, _ in self._kept):
                self._kept.clear()
            points = self.points[:, : origin + 1]
            centres, spreads = self._said(origin, fold)
            errors = _yearly_errors(points, centres, spreads)
            variances, degrees = own_scales(errors, OWN_WEIGHT, self.folds != fold)
            own = np.sum(~np.isnan(errors), axis=1).astype(float)
            lent = OWN_WEIGHT if np.any(own[self.folds != fold]) else 0.0
            self._kept[origin, fold] = Outlook(
                points, centres, spreads, variances.T, degrees.T, own + lent
            )
        return self._kept[origin, fold]


def deal(points: Floats) -> Ints:
    """
    Deal series into folds by their values, lowest and highest spread evenly over all.

    Neither a name nor the order of the series counts, and a series and its complement are dealt
    alike. What decides between two series is the first year in which they differ.

    Examples
    --------
    >>> deal(np.array([[3.0], [1.0], [-2.0]])).tolist()
    [2, 0, 1]
    """
    known = np.where(np.isnan(points), np.inf, np.round(points, 9))
    keys = [*known.T[::-1], *np.abs(known).T[::-1]]
    order = np.lexsort(keys) if len(points) else np.empty(0, dtype=np.int64)
    folds = np.empty(len(points), dtype=np.int64)
    folds[order] = np.arange(len(points)) % max(min(len(points), FOLDS), 1)
    return folds


def track(
    name: str, points: Floats, horizon: int, *, model: Model | None = None, alone: bool = False
) -> Track:
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
    alone : bool, optional
        Whether it borrows nothing, so that it need be asked but once.

    Returns
    -------
    Track
        Whose :meth:`~Track.outlook` gives its forecasts.
    """
    said = model or MODELS[name]
    folds = deal(points)
    if alone or (model is None and name in ALONE):
        centres, spreads = said(points, np.zeros(len(points), dtype=bool), horizon)
        return Track(
            name,
            points,
            folds,
            horizon,
            lambda origin, fold: (centres[: origin + 1], spreads[: origin + 1]),
        )
    return Track(
        name,
        points,
        folds,
        horizon,
        lambda origin, fold: said(points[:, : origin + 1], folds != fold, horizon),
    )


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

    def said(origin: int, fold: int) -> tuple[Floats, Floats]:
        outlooks = [one.outlook(origin, fold) for one in tracks]
        peers = first.folds != fold
        centres = np.zeros_like(outlooks[0].centres)
        spreads = np.zeros_like(centres)
        for ahead in range(first.horizon):
            errors = np.stack([np.abs(one.errors(ahead + 1)) for one in outlooks])
            weights = _weights(errors[:, :, peers])
            for weight, one in zip(weights, outlooks, strict=True):
                centres[:, :, ahead] += weight * one.centres[:, :, ahead]
                spreads[:, :, ahead] += weight * one.spreads[:, :, ahead]
        return centres, spreads

    return Track(COMBINATION, first.points, first.folds, first.horizon, said)


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
