r"""
Draws that are as wide as past errors were: conformal calibration across series.

An error has two parts: what all series of a panel had in common in that year (a harder paper, a
moved pass mark), and what was the series' own. The common part of h years ahead is drawn from a
Student t whose variance is the mean square of the common parts seen so far. The own part, divided
by the series' own scale, is drawn from the errors of *other* series at *earlier* origins, in three
classes of scale because calm series surprise more, by their own measure, than lively ones.

References
----------
Vovk, V., Gammerman, A. & Shafer, G. (2005). *Algorithmic Learning in a Random World*, chapters
2 and 4.5 (conformal predictors, by category).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.tracks import Track

__all__ = ["Calibrated", "calibrate", "draw_errors"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: A common yearly part is expected to be so large, by the typical scale of a series ...
SHOCK_SHARE = 0.1
#: ... and this expectation is worth so many years.
SHOCK_WEIGHT = 4.0
#: Errors count that a series made with at least so many values before, where there are any.
ENOUGH = 3
#: Own errors are taken from so many origins, the latest: how lively series are changes.
RECENT = 3
#: Errors far ahead come from origins with a shorter past than today's and are a little too large:
#: they count so much less for each further year. Chosen on the development panels.
RIPENING = 0.03
LEAST_RIPE = 0.8
CLASSES = 3
#: Of a class with fewer errors the errors of all classes stand in.
CLASS_SIZE = 100
#: No draw is further out than this part of the errors.
_EDGE = 1e-5
#: Knots, in standard deviations, between which errors are interpolated.
_KNOTS = np.linspace(-4.5, 4.5, 181)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """
    What is said at one origin, for every series.

    ``ranks`` holds, by fold, years ahead and class, the sorted places of past errors within the
    Student t of their scale (0-1); ``shocks`` holds, by fold and years ahead, variance and
    degrees of freedom of the common part.
    """

    centres: Floats
    spreads: Floats
    variances: Floats
    degrees: Floats
    folds: Ints
    classes: Ints
    ranks: Mapping[tuple[int, int, int], Floats]
    shocks: Mapping[tuple[int, int], tuple[float, float]]

    @cached_property
    def known(self) -> Mask:
        """Which series have a centre and a scale."""
        return np.isfinite(self.centres[:, 0]) & np.isfinite(self.variances)


def calibrate(track: Track, origin: int) -> Calibrated:
    """
    Gather what past errors allow to be said at one origin.

    Parameters
    ----------
    track : Track
        A model's forecasts.
    origin : int
        Column of the year from which is looked ahead.

    Returns
    -------
    Calibrated
        Centres, scales, and errors to draw from.
    """
    points = track.points[:, : origin + 1]
    before = np.cumsum(~np.isnan(points), axis=1)
    folds = np.unique(track.folds)
    classes = np.zeros(len(points), dtype=np.int64)
    ranks: dict[tuple[int, int, int], Floats] = {}
    shocks: dict[tuple[int, int], tuple[float, float]] = {}
    for fold in folds:
        peers = track.folds != fold
        mine = ~peers
        classes[mine] = _classes(track.variances[origin], peers)[mine]
        typical = _middle(track.variances[origin], peers)
        for ahead in range(1, track.horizon + 1):
            found, sorts, shock = _past(track, origin, ahead, peers, before, typical)
            shocks[int(fold), ahead] = shock
            for number in range(CLASSES):
                own = found[sorts == number]
                ranks[int(fold), ahead, number] = np.sort(own if len(own) >= CLASS_SIZE else found)
    return Calibrated(
        track.centres[origin],
        track.spreads[origin],
        track.variances[origin],
        track.degrees[origin],
        track.folds,
        classes,
        ranks,
        shocks,
    )


def _classes(variances: Floats, peers: Mask) -> Ints:
    known = variances[peers & np.isfinite(variances)]
    if len(known) < CLASSES:
        return np.zeros(len(variances), dtype=np.int64)
    edges = np.quantile(known, np.arange(1, CLASSES) / CLASSES)
    return np.digitize(variances, edges).astype(np.int64)


def _middle(variances: Floats, peers: Mask) -> float:
    known = variances[peers & np.isfinite(variances)]
    return float(np.median(known)) if known.size else 0.0


def _past(
    track: Track, origin: int, ahead: int, peers: Mask, before: Ints, typical: float
) -> tuple[Floats, Ints, tuple[float, float]]:
    """Give the ranks of the peers' past errors, their classes, and the common part."""
    from scipy.special import stdtr

    errors = track.errors(ahead)
    usable_pasts: list[tuple[int, Mask, Floats, float]] = []
    commons, noises = [], []
    enough = min(ENOUGH, origin - ahead + 1)
    for past in range(origin - ahead + 1):
        variance = track.variances[past] * track.spreads[past, :, ahead - 1] ** 2
        usable = peers & np.isfinite(errors[past]) & np.isfinite(variance)
        usable &= before[:, past] >= enough
        if not usable.any():
            continue
        common = 0.0
        if usable.sum() >= CLASSES:
            # The median: a few series that leap are no common move of all.
            common = float(np.median(errors[past, usable]))
            commons.append(common)
            noises.append(np.pi / 2 * float(np.median(variance[usable])) / int(usable.sum()))
        usable_pasts.append((past, usable, variance, common))
    ranks, classes = [np.empty(0)], [np.empty(0, dtype=np.int64)]
    for past, usable, variance, common in usable_pasts[-RECENT:]:
        own = (errors[past, usable] - common) / np.sqrt(variance[usable])
        ranks.append(stdtr(track.degrees[past, usable], own))
        classes.append(_classes(track.variances[past], peers)[usable])
    years = len(commons) / ahead
    squares = np.maximum(np.square(commons) - np.array(noises), 0.0).sum() / ahead
    degrees = SHOCK_WEIGHT + years
    expected = SHOCK_WEIGHT * ahead * SHOCK_SHARE**2 * typical
    return (
        np.concatenate(ranks),
        np.concatenate(classes),
        ((expected + float(squares)) / degrees, degrees),
    )


def draw_errors(
    calibrated: Calibrated, own: Floats, common: Floats, rows: Ints | None = None
) -> Floats:
    """
    Turn standard normal numbers into errors on the scale.

    Parameters
    ----------
    calibrated : Calibrated
        What is said at an origin.
    own : ndarray
        Standard normal numbers, (series or 1) x draws x years ahead, for the series' own part.
    common : ndarray
        Standard normal numbers, draws x years ahead, for the part that all series share.
    rows : ndarray of int, optional
        Which series; all when left out.

    Returns
    -------
    ndarray
        Errors, series x draws x years ahead; NaN for a series without a scale.
    """
    chosen = np.arange(len(calibrated.centres)) if rows is None else rows
    errors = np.full((len(chosen), *common.shape), np.nan)
    own = np.broadcast_to(own, errors.shape)
    kinds: dict[tuple[int, int, float], list[int]] = {}
    for place, row in enumerate(chosen):
        if calibrated.known[row]:
            kind = (calibrated.folds[row], calibrated.classes[row], calibrated.degrees[row])
            kinds.setdefault(kind, []).append(place)
    for ahead in range(1, common.shape[1] + 1):
        shared = {
            fold: _common_part(calibrated.shocks[fold, ahead], common[:, ahead - 1])
            for fold in {kind[0] for kind in kinds}
        }
        for kind, places in kinds.items():
            table = _table(calibrated.ranks[kind[0], ahead, kind[1]], kind[2])
            mine = chosen[places]
            scale = np.sqrt(calibrated.variances[mine]) * calibrated.spreads[mine, ahead - 1]
            scale = scale * max(1 - RIPENING * (ahead - 1), LEAST_RIPE)
            found = np.interp(own[places, :, ahead - 1], _KNOTS, table)
            errors[places, :, ahead - 1] = scale[:, None] * found + shared[kind[0]]
    return errors


def _table(ranks: Floats, degrees: float) -> Floats:
    """Give the error, in scales, at each knot: of N past errors the k-th stands at k / (N + 1)."""
    from scipy.special import ndtr, stdtrit

    places = np.concatenate([[0.0], ranks, [1.0]])
    steps = np.linspace(0.0, 1.0, len(places))
    place = np.clip(np.interp(ndtr(_KNOTS), steps, places), _EDGE, 1 - _EDGE)
    return np.asarray(stdtrit(degrees, place))


def _common_part(shock: tuple[float, float], normal: Floats) -> Floats:
    from scipy.special import ndtr, stdtrit

    variance, degrees = shock
    if variance == 0:
        return np.zeros_like(normal)
    place = np.clip(ndtr(normal), _EDGE, 1 - _EDGE)
    return np.asarray(np.sqrt(variance) * stdtrit(degrees, place))
