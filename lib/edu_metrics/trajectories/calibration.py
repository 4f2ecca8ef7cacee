r"""
Draws that are as wide as past errors were: conformal calibration across series.

An error has two parts: what all series of a panel had in common in that year (a harder paper, a
moved pass mark), and what was the series' own. The common part is drawn from a Student t whose
variance is the mean square of the common parts seen so far, and adds up over the years. The own
part, divided by the series' own scale, is drawn from the errors that the same model would have
made so far for *other* series. Those that stood nearby and were about as lively count more: near
100 there is more room below than above, and calm series surprise more, by their own measure.

References
----------
Vovk, V., Gammerman, A. & Shafer, G. (2005). *Algorithmic Learning in a Random World*, chapters
2 and 4.5 (conformal predictors, by category).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.levels import local_levels
from edu_metrics.trajectories.tracks import Outlook, Track

__all__ = ["Calibrated", "calibrate", "common_parts", "draw_errors"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]

#: A common yearly part is expected to be so large, by the typical scale of a series ...
SHOCK_SHARE = 0.1
#: ... and this expectation is worth so many years.
SHOCK_WEIGHT = 4.0
#: Errors count that a series made with at least so many values before.
ENOUGH = 3
#: Own errors are taken from so many years, the latest: how lively series are changes.
RECENT = 3
#: Series are sorted into fifths by level and halves by scale.
LEVELS, SCALES = 5, 2
CLASSES = LEVELS * SCALES
#: With so many errors of its own a class counts for as much as all classes together.
HALF = 50.0
#: Errors further out than this count as if they stood there where means are taken. [scales]
LIMIT = 4.0
#: With fewer series than this nothing is said of what they have in common.
FEW = 3
#: No draw is further out than this part of the errors.
_EDGE = 1e-5
#: Knots, in standard deviations, between which errors are interpolated.
_KNOTS = np.linspace(-4.5, 4.5, 181)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """
    What is said at one origin, for every series.

    ``ranks`` holds, by fold, years ahead and class, the sorted places of past errors within the
    Student t of their scale (0-1); ``shocks`` holds, by fold, variance and degrees of freedom of
    the common part of a year; ``changes`` counts the yearly errors behind each scale.
    """

    centres: Floats
    spreads: Floats
    variances: Floats
    degrees: Floats
    changes: Floats
    folds: Ints
    classes: Ints
    ranks: Mapping[tuple[int, int, int], Floats]
    shocks: Mapping[int, tuple[float, float]]

    @cached_property
    def known(self) -> Mask:
        """Which series have a centre and a scale."""
        return np.isfinite(self.centres[:, 0]) & np.isfinite(self.variances)


@dataclass(frozen=True, slots=True, eq=False)
class _Past:
    """Own errors that were made from one year, each by its scale."""

    year: int
    scaled: Floats
    degrees: Floats
    classes: Ints


def calibrate(track: Track, origin: int, *, few: bool = False) -> Calibrated:
    """
    Gather what past errors allow to be said at one origin.

    Parameters
    ----------
    track : Track
        A model's forecasts.
    origin : int
        Column of the year from which is looked ahead.
    few : bool, optional
        Whether there are too few series for their errors to shape a tail. The fewer errors there
        are, the more they give way to the Student t of the series' own scale.

    Returns
    -------
    Calibrated
        Centres, scales, and errors to draw from.
    """
    series, horizon = len(track.points), track.horizon
    centres, spreads = np.full((series, horizon), np.nan), np.ones((series, horizon))
    variances, degrees = np.full(series, np.nan), np.zeros(series)
    changes, classes = np.zeros(series), np.zeros(series, dtype=np.int64)
    ranks: dict[tuple[int, int, int], Floats] = {}
    shocks: dict[int, tuple[float, float]] = {}
    for fold in np.unique(track.folds).tolist():
        mine = track.folds == fold
        outlook = track.outlook(origin, fold)
        lasts = local_levels(outlook.points, float("inf"))[0].T
        sorts = [
            _classes(last, then, ~mine) for last, then in zip(lasts, outlook.variances, strict=True)
        ]
        centres[mine], spreads[mine] = outlook.centres[-1, mine], outlook.spreads[-1, mine]
        variances[mine], degrees[mine] = outlook.variances[-1, mine], outlook.degrees[-1, mine]
        changes[mine], classes[mine] = outlook.changes[mine], sorts[-1][mine]
        shocks[fold] = _shock(outlook, ~mine)
        yearly: dict[int, Floats] = {}
        recent: list[_Past] = []
        for ahead in range(1, horizon + 1):
            pasts = _pasts(outlook, ahead, ~mine, sorts)
            if ahead == 1:
                yearly = {past.year: past.scaled for past in pasts}
            # Where so few errors that far ahead are known, those of one year less stand in.
            recent = pasts[-RECENT:] + recent[: max(RECENT - len(pasts), 0)]
            calmer = _calmer(yearly, [past.year for past in recent])
            for number, found in enumerate(_ranks(recent, calmer, few=few)):
                ranks[fold, ahead, number] = found
    return Calibrated(
        centres, spreads, variances, degrees, changes, track.folds, classes, ranks, shocks
    )


def _classes(lasts: Floats, variances: Floats, peers: Mask) -> Ints:
    """Sort series by where they stand and by how lively they are, among their peers."""
    known = peers & np.isfinite(variances) & np.isfinite(lasts)
    return _parts(lasts, known, LEVELS) * SCALES + _parts(variances, known, SCALES)


def _parts(values: Floats, known: Mask, number: int) -> Ints:
    if known.sum() < CLASSES:
        return np.zeros(len(values), dtype=np.int64)
    # Fifths so cut never fall on a series: its complement is sorted as its mirror image.
    edges = np.quantile(values[known], np.arange(1, number) / number, method="hazen")
    return np.digitize(values, edges).astype(np.int64)


def _middle(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else 0.0


def _pasts(outlook: Outlook, ahead: int, peers: Mask, sorts: Sequence[Ints]) -> list[_Past]:
    """Give the peers' errors so many years ahead, year by year."""
    errors = outlook.errors(ahead)
    before = np.cumsum(~np.isnan(outlook.points), axis=1)
    years = len(sorts)
    found = []
    for year in range(years - ahead):
        variance = outlook.variances[year] * outlook.spreads[year, :, ahead - 1] ** 2
        usable = peers & np.isfinite(errors[year]) & np.isfinite(variance)
        usable &= before[:, year] >= ENOUGH
        number = int(usable.sum())
        if not number:
            continue
        # The median: a few series that leap are no common move of all.
        common = float(np.median(errors[year, usable])) if number >= FEW else 0.0
        scaled = (errors[year, usable] - common) / np.sqrt(variance[usable])
        degrees = outlook.degrees[year, usable]
        found.append(_Past(year, scaled, degrees, sorts[year][usable]))
    return found


def _calmer(yearly: Mapping[int, Floats], years: Sequence[int]) -> float:
    """
    Say how errors have shrunk since some years, or grown.

    Errors h years ahead began h years ago or earlier. They are brought to today by the ratio of
    the latest one-year errors to the one-year errors that began when they did; where errors are
    few, this ratio is drawn towards 1.
    """
    then = [yearly[year] for year in sorted(set(years)) if year in yearly]
    now = [yearly[year] for year in sorted(yearly)[-RECENT:]]
    if not then:
        return 1.0
    size_then, size_now = (_size(np.concatenate(errors)) for errors in (then, now))
    if size_then == 0 or size_now == 0:
        return 1.0
    number = sum(len(errors) for errors in then)
    return float((size_now / size_then) ** (number / (number + HALF)))


def _size(scaled: Floats) -> float:
    return float(np.mean(np.minimum(np.abs(scaled), LIMIT)))


def _ranks(pasts: Sequence[_Past], calmer: float, *, few: bool) -> list[Floats]:
    """Give by class the places of past errors, mixed with those of all classes."""
    from scipy.special import stdtr

    if not pasts:
        return [np.empty(0)] * CLASSES
    places = np.concatenate([stdtr(past.degrees, calmer * past.scaled) for past in pasts])
    classes = np.concatenate([past.classes for past in pasts])
    whole = np.sort(places)
    at = np.arange(1, len(whole) + 1) / (len(whole) + 1)
    if few:
        # Of the Student t itself every part holds as much as it should.
        whole = (len(whole) * whole + HALF * at) / (len(whole) + HALF)
    found = []
    for number in range(CLASSES):
        own = np.sort(places[classes == number])
        steps = np.linspace(0.0, 1.0, len(own) + 2)
        weight = len(own) / (len(own) + HALF)
        mine = np.interp(at, steps, np.concatenate([[0.0], own, [1.0]]))
        found.append((1 - weight) * whole + weight * mine)
    return found


def _shock(outlook: Outlook, peers: Mask) -> tuple[float, float]:
    """Give variance and degrees of freedom of what all series have in common in a year."""
    errors, variances = outlook.errors(1), outlook.variances[-1]
    known = np.isfinite(errors) & peers & np.isfinite(variances)
    total, years = 0.0, 0
    for year in np.flatnonzero(known.sum(axis=1) >= FEW):
        mine = known[year]
        # The median: a few series that leap are no common move of all.
        common = float(np.median(errors[year, mine]))
        variance = variances[mine] * outlook.spreads[year, mine, 0] ** 2
        noise = np.pi / 2 * float(np.median(variance)) / int(mine.sum())
        total += max(common**2 - noise, 0.0)
        years += 1
    typical = _middle(variances[peers])
    degrees = SHOCK_WEIGHT + years
    return (SHOCK_WEIGHT * SHOCK_SHARE**2 * typical + total) / degrees, degrees


def draw_errors(
    calibrated: Calibrated,
    own: Floats,
    common: Floats,
    rows: Ints | None = None,
    *,
    shared: Mapping[int, Floats] | None = None,
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
    shared : mapping of int to ndarray, optional
        From :func:`common_parts` of the same numbers, where series are asked for one by one.

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
    if shared is None:
        shared = common_parts(calibrated, common, {kind[0] for kind in kinds})
    for ahead in range(1, common.shape[1] + 1):
        for kind, places in kinds.items():
            table = _table(calibrated.ranks[kind[0], ahead, kind[1]], kind[2])
            mine = chosen[places]
            scale = np.sqrt(calibrated.variances[mine]) * calibrated.spreads[mine, ahead - 1]
            found = np.interp(own[places, :, ahead - 1], _KNOTS, table)
            errors[places, :, ahead - 1] = scale[:, None] * found + shared[kind[0]][:, ahead - 1]
    return errors


def common_parts(
    calibrated: Calibrated, common: Floats, folds: Iterable[int] | None = None
) -> dict[int, Floats]:
    """
    Turn standard normal numbers into what all series of a fold share.

    Parameters
    ----------
    calibrated : Calibrated
        What is said at an origin.
    common : ndarray
        Standard normal numbers, draws x years ahead.
    folds : iterable of int, optional
        Which folds; all when left out.

    Returns
    -------
    dict
        By fold, draws x years ahead, on the scale.
    """
    chosen = calibrated.shocks if folds is None else folds
    return {
        fold: np.stack(
            [
                _common_part(calibrated.shocks[fold], ahead, common[:, ahead - 1])
                for ahead in range(1, common.shape[1] + 1)
            ],
            axis=1,
        )
        for fold in chosen
    }


def _table(ranks: Floats, degrees: float) -> Floats:
    """Give the error, in scales, at each knot: of N past errors the k-th stands at k / (N + 1)."""
    from scipy.special import ndtr, stdtrit

    places = np.concatenate([[0.0], ranks, [1.0]])
    steps = np.linspace(0.0, 1.0, len(places))
    place = np.clip(np.interp(ndtr(_KNOTS), steps, places), _EDGE, 1 - _EDGE)
    return np.asarray(stdtrit(degrees, place))


def _common_part(shock: tuple[float, float], ahead: int, normal: Floats) -> Floats:
    from scipy.special import ndtr, stdtrit

    variance, degrees = shock
    if variance == 0:
        return np.zeros_like(normal)
    place = np.clip(ndtr(normal), _EDGE, 1 - _EDGE)
    return np.asarray(np.sqrt(ahead * variance) * stdtrit(degrees, place))
