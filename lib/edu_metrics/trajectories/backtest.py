"""Hold what models would have said against what came, origin by origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.reference_classes import BANDS
from edu_metrics.errors import DataError
from edu_metrics.formulas import brier_score, crps
from edu_metrics.trajectories.calibration import calibrate, draw_errors
from edu_metrics.trajectories.default import DEFAULT_MODEL, stated
from edu_metrics.trajectories.models import MODELS
from edu_metrics.trajectories.panels import Panel, common_share_pct
from edu_metrics.trajectories.reference_classes import band_of
from edu_metrics.trajectories.reliability import Bin, reliability, resampled
from edu_metrics.trajectories.scales import EDGE_PP, from_scale, to_scale
from edu_metrics.trajectories.slow_models import SLOW_MODELS
from edu_metrics.trajectories.tracks import Track, combine, track

__all__ = ["BandScore", "EventScore", "ModelScore", "YearScore", "backtest"]

Floats = NDArray[np.float64]

DRAWS = 400
TENTHS = 10
#: Values that a series must have by the origin; one fewer in panels of six years or less.
ENOUGH = 4
_SHORT = 6
_DUST = 1e-9


@dataclass(frozen=True, slots=True)
class EventScore:
    """
    How probabilities of "so many points more by then" did.

    ``brier`` and ``base_rate_brier`` are means of squared distances, 0 the best;
    ``skill_interval`` is the 95 % interval, over areas, of the first minus the second: below 0
    the model is better than the base rate.
    """

    gain: float
    n: int
    happened_pct: float | None
    brier: float | None
    base_rate_brier: float | None
    skill_interval: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class YearScore:
    """What share of the outcomes of one year lay in the 80 % interval."""

    year: int
    n: int
    coverage80: float


@dataclass(frozen=True, slots=True)
class BandScore:
    """How forecasts from one band of starting values did: held [percent], errors [points]."""

    band: str
    n: int
    coverage80: float
    mae: float
    bias: float


@dataclass(frozen=True, slots=True)
class ModelScore:
    """
    One model at one number of years ahead, over all panels.

    Coverage, its 95 % sampling interval over areas, and ``common_variance_pct`` are in percent,
    errors and widths in points; what can't be said of no forecast is None. ``places`` counts
    outcomes by the tenth of the draws that they fell into: all alike where draws are honest.
    """

    model: str
    default: bool
    horizon: int
    n: int
    mae: float | None
    bias: float | None
    coverage80: float | None
    coverage80_interval: tuple[float, float] | None
    coverage95: float | None
    width80: float | None
    width95: float | None
    crps: float | None
    common_variance_pct: float | None
    events: tuple[EventScore, ...]
    reliability: tuple[Bin, ...]
    by_year: tuple[YearScore, ...]
    by_band: tuple[BandScore, ...] = ()
    places: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Forecasts with their outcomes, one row each."""

    areas: list[str]
    years: Floats
    error: Floats
    inside80: Floats
    inside95: Floats
    width80: Floats
    width95: Floats
    crps: Floats
    start: Floats
    place: Floats
    #: By gain: stated probability, base rate and outcome; NaN where the event can't be asked.
    events: Floats


def backtest(
    panels: Sequence[Panel],
    *,
    horizons: Sequence[int] = (1, 2, 3),
    gains: Sequence[float] = (5.0, 10.0),
    slow: bool = False,
) -> list[ModelScore]:
    """
    Back-test every model on panels with rolling origins.

    Parameters
    ----------
    panels : sequence of Panel
        From :func:`~edu_metrics.trajectories.panels.read_panels`. Several are scored together,
        each with peers of its own.
    horizons : sequence of int, optional
        Years ahead. [years]
    gains : sequence of float, optional
        Events asked for: at least so many points more than at the origin. [percentage points]
    slow : bool, optional
        Also the models that statsmodels fits to each series by itself.

    Returns
    -------
    list of ModelScore
        By model and horizon. What is borrowed at an origin comes from other areas and from
        years up to it.

    Raises
    ------
    DataError
        For horizons that are not whole years of 1 or more, or gains that are not above 0.
    """
    faults = [
        f"horizon {one!r}: expected 1, 2, ... years" for one in horizons if one < 1 or one % 1
    ]
    faults += [
        f"event {one!r}: expected points above 0, below 100" for one in gains if not 0 < one < 100
    ]
    if faults or not horizons:
        raise DataError("a back-test needs horizons and events that can be asked for", faults)
    ahead = sorted(set(horizons))
    found: dict[str, dict[int, list[_Cases]]] = {}
    common = _mean_common(panels)
    for panel in panels:
        tracks = _tracks(to_scale(panel.values, "logit"), max(ahead), slow)
        for one in tracks:
            found.setdefault(one.model, {number: [] for number in ahead})
        for model, number, cases in _forecasts(panel, tracks, ahead, gains):
            found[model][number].append(cases)
    return [
        _score(model, number, held[number], gains, common)
        for model, held in found.items()
        for number in ahead
    ]


def _tracks(points: Floats, horizon: int, slow: bool) -> list[Track]:
    tracks = [track(name, points, horizon) for name in MODELS]
    tracks.append(combine(tracks.copy()))
    if slow:
        for name, model in SLOW_MODELS.items():
            tracks.append(track(name, points, horizon, model=model, alone=True))
    return tracks


def _mean_common(panels: Iterable[Panel]) -> float | None:
    """Weigh what each panel's areas have in common by its size."""
    shares = [(common_share_pct(panel.values), panel.values.size) for panel in panels]
    known = [(share, size) for share, size in shares if share is not None]
    if not known:
        return None
    return sum(share * size for share, size in known) / sum(size for _, size in known)


def _forecasts(
    panel: Panel, tracks: Sequence[Track], horizons: Sequence[int], gains: Sequence[float]
) -> Iterator[tuple[str, int, _Cases]]:
    years = len(panel.years)
    enough = ENOUGH if years > _SHORT else ENOUGH - 1
    before = np.cumsum(~np.isnan(panel.values), axis=1)
    own, common = _spread(max(horizons))
    for origin in range(years - min(horizons)):
        ready = ~np.isnan(panel.values[:, origin]) & (before[:, origin] >= enough)
        targets = panel.values[:, origin + 1 :]
        if not (ready & ~np.isnan(targets).all(axis=1)).any():
            continue
        for one in tracks:
            calibrated = calibrate(one, origin)
            errors = draw_errors(calibrated, own, common)
            for ahead in horizons:
                if origin + ahead >= years:
                    continue
                outcome = panel.values[:, origin + ahead]
                rows = np.flatnonzero(ready & calibrated.known & ~np.isnan(outcome))
                if rows.size:
                    centre = calibrated.centres[rows, ahead - 1]
                    drawn = from_scale(centre[:, None] + errors[rows, :, ahead - 1], "logit")
                    yield one.model, ahead, _cases(panel, origin, ahead, rows, drawn, gains)


def _spread(horizon: int) -> tuple[Floats, Floats]:
    """
    Give normal numbers that fill the distribution evenly, own and common parts unrelated.

    Every draw has its mirror image in both parts, so that a rate and its complement score alike.
    """
    from scipy.special import ndtri

    even = ndtri((np.arange(DRAWS) + 0.5) / DRAWS)
    random = np.random.default_rng(1)
    half = random.permutation(even[: DRAWS // 2]) * random.choice([-1.0, 1.0], DRAWS // 2)
    other = np.concatenate([half, -half[::-1]])
    own = np.repeat(even[:, None], horizon, axis=1)[None]
    return own, np.repeat(other[:, None], horizon, axis=1)


def _cases(
    panel: Panel,
    origin: int,
    ahead: int,
    rows: NDArray[np.int64],
    drawn: Floats,
    gains: Sequence[float],
) -> _Cases:
    start, outcome = panel.values[rows, origin], panel.values[rows, origin + ahead]
    levels = np.quantile(drawn, [0.025, 0.1, 0.5, 0.9, 0.975], axis=1)
    # Nearer to 0 and 100 than this a rate without its number of persons is not told apart.
    kept = np.clip(outcome, EDGE_PP, 100 - EDGE_PP)
    events = np.full((len(gains), 3, len(rows)), np.nan)
    for place, gain in enumerate(gains):
        base = _base_rates(panel, origin, ahead, gain, rows)
        asked = (start <= 100 - gain) & ~np.isnan(base)
        probability = stated(np.mean(drawn >= start[:, None] + gain - _DUST, axis=1))
        events[place, :, asked] = np.column_stack(
            [probability, base, outcome >= start + gain - _DUST]
        )[asked]
    return _Cases(
        areas=[panel.areas[row] for row in rows],
        years=np.full(len(rows), float(panel.years[origin + ahead])),
        error=levels[2] - outcome,
        inside80=((kept >= levels[1] - _DUST) & (kept <= levels[3] + _DUST)).astype(float),
        inside95=((kept >= levels[0] - _DUST) & (kept <= levels[4] + _DUST)).astype(float),
        width80=levels[3] - levels[1],
        width95=levels[4] - levels[0],
        crps=crps(drawn, outcome),
        start=start,
        place=np.mean(drawn < kept[:, None], axis=1) + np.mean(drawn == kept[:, None], axis=1) / 2,
        events=events,
    )


def _base_rates(
    panel: Panel, origin: int, ahead: int, gain: float, rows: NDArray[np.int64]
) -> Floats:
    """Give the share of other areas' earlier changes over as many years that were so large."""
    start = panel.values[:, : max(origin + 1 - ahead, 0)]
    change = panel.values[:, ahead : origin + 1] - start
    asked = ~np.isnan(change) & (start <= 100 - gain)
    large = (asked & (np.where(asked, change, 0) >= gain - _DUST)).sum(axis=1)
    number = asked.sum(axis=1)
    others = number.sum() - number[rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(others > 0, (large.sum() - large[rows]) / others, np.nan)


def _score(
    model: str, horizon: int, parts: list[_Cases], gains: Sequence[float], common: float | None
) -> ModelScore:
    default = model == DEFAULT_MODEL
    if not parts:
        empty = tuple(EventScore(gain, 0, None, None, None, None) for gain in gains)
        nothing = (None,) * 8
        return ModelScore(model, default, horizon, 0, *nothing, common, empty, (), ())
    areas = [area for part in parts for area in part.areas]

    def whole(name: str) -> Floats:
        return np.concatenate([getattr(part, name) for part in parts])

    inside, years = whole("inside80"), whole("years")
    events = np.concatenate([part.events for part in parts], axis=2)
    place, owners = np.nonzero(~np.isnan(events[:, 0]))
    return ModelScore(
        model=model,
        default=default,
        horizon=horizon,
        n=len(areas),
        mae=float(np.abs(whole("error")).mean()),
        bias=float(whole("error").mean()),
        coverage80=float(100 * inside.mean()),
        coverage80_interval=resampled(areas, 100 * inside),
        coverage95=float(100 * whole("inside95").mean()),
        width80=float(whole("width80").mean()),
        width95=float(whole("width95").mean()),
        crps=float(whole("crps").mean()),
        common_variance_pct=common,
        events=tuple(_event(gain, areas, events[number]) for number, gain in enumerate(gains)),
        reliability=reliability(
            [areas[owner] for owner in owners],
            events[place, 0, owners],
            events[place, 2, owners],
        ),
        by_year=tuple(
            YearScore(
                int(year), int((years == year).sum()), float(100 * inside[years == year].mean())
            )
            for year in np.unique(years)
        ),
        by_band=_by_band(whole("start"), whole("error"), inside),
        places=_tenths(whole("place")),
    )


def _by_band(start: Floats, error: Floats, inside: Floats) -> tuple[BandScore, ...]:
    names = np.array([band_of(value) for value in start])
    return tuple(
        BandScore(
            band,
            int(mine.sum()),
            float(100 * inside[mine].mean()),
            float(np.abs(error[mine]).mean()),
            float(error[mine].mean()),
        )
        for band in BANDS
        if (mine := names == band).any()
    )


def _tenths(places: Floats) -> tuple[int, ...]:
    tenth = np.minimum(np.floor(places * TENTHS + _DUST), TENTHS - 1).astype(np.int64)
    return tuple(np.bincount(tenth, minlength=TENTHS).tolist())


def _event(gain: float, areas: list[str], found: Floats) -> EventScore:
    asked = ~np.isnan(found[0])
    probability, base, happened = found[:, asked]
    if not asked.any():
        return EventScore(gain, 0, None, None, None, None)
    difference = (probability - happened) ** 2 - (base - happened) ** 2
    owners = [area for area, known in zip(areas, asked, strict=True) if known]
    return EventScore(
        gain=gain,
        n=int(asked.sum()),
        happened_pct=float(100 * happened.mean()),
        brier=brier_score(probability, happened),
        base_rate_brier=brier_score(base, happened),
        skill_interval=resampled(owners, difference),
    )
