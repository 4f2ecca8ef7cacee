"""
Hold what would have been said against what came, origin by origin.

Judged is the path that reports use: the same forecast, with the same numbers of persons, for an
area alone, for the few districts of a city, and for all areas of a panel.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.catalog.reference_classes import BANDS
from edu_metrics.errors import DataError
from edu_metrics.formulas import brier_score
from edu_metrics.trajectories.drawing import spread_paths
from edu_metrics.trajectories.panels import Panel, common_share_pct
from edu_metrics.trajectories.projecting import MODEL
from edu_metrics.trajectories.reference_classes import band_of
from edu_metrics.trajectories.reliability import (
    Bin,
    clustered_interval,
    reliability,
    stated,
    within,
)
from edu_metrics.trajectories.rivals import FORECASTERS, SLOW, Laws
from edu_metrics.trajectories.scales import EDGE_PP, Scale, Values, from_scale, prior_on, to_scale

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Areas = int | Literal["all"]

#: Values that a series must have by the origin.
ENOUGH = 4
TENTHS = 10
#: Levels by whose quantiles a law is scored.
_LEVELS = (np.arange(100) + 0.5) / 100
_INTERVALS = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
_DUST = 1e-9
#: So many cases get their paths at a time.
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class EventScore:
    """
    How probabilities of "so many points more by then" did.

    ``brier`` and ``base_rate_brier`` are means of squared distances, 0 the best;
    ``skill_interval`` is the 95 % interval, clustered by area and year, of the first minus the
    second: below 0 the model is better than the base rate.
    """

    gain: float
    n: int
    happened_pct: float | None = None
    brier: float | None = None
    base_rate_brier: float | None = None
    skill_interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class YearScore:
    """What share of the outcomes of one year lay in the 80 % interval."""

    year: int
    n: int
    coverage80: float


@dataclass(frozen=True, slots=True)
class PersonsScore:
    """What the 80 % interval held in a quarter of the cases, by persons behind the rate."""

    least: float
    most: float
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
    One model in one deployment at one number of years ahead, over all panels.

    ``areas`` is the number of areas that are forecast together. Coverage, its 95 % interval
    (clustered by area and year), the share of outcomes above the median and
    ``common_variance_pct`` are in percent, errors and widths in points (of amounts and what may
    pass 100 in percent of the value); what can't be said of no forecast is None. ``places`` counts
    outcomes by the tenth of the law that they fell into: all alike where laws are honest.
    ``rising`` sorts the probability of a rise in every year up to the horizon.
    """

    model: str
    default: bool
    areas: Areas
    horizon: int
    n: int
    mae: float | None = None
    bias: float | None = None
    above_median_pct: float | None = None
    coverage80: float | None = None
    coverage80_interval: tuple[float, float] | None = None
    coverage95: float | None = None
    width80: float | None = None
    width95: float | None = None
    crps: float | None = None
    common_variance_pct: float | None = None
    events: tuple[EventScore, ...] = ()
    reliability: tuple[Bin, ...] = ()
    rising: tuple[Bin, ...] = ()
    by_year: tuple[YearScore, ...] = ()
    by_n: tuple[PersonsScore, ...] = ()
    by_band: tuple[BandScore, ...] = ()
    places: tuple[int, ...] = ()


#: Forecasts with their outcomes by what is known of them, the last axis one place each. ``rising``
#: holds probability and outcome of a rise in every year, ``events`` by gain the stated
#: probability, the base rate and the outcome; NaN where that can't be asked.
_Cases = dict[str, NDArray[Any]]


def backtest(
    panels: Sequence[Panel],
    *,
    horizons: Sequence[int] = (1, 2, 3),
    gains: Sequence[float] = (5.0, 10.0),
    areas: Sequence[Areas] = ("all",),
    slow: bool = False,
) -> list[ModelScore]:
    """
    Back-test every model on panels with rolling origins.

    Parameters
    ----------
    panels : sequence of Panel
        From :func:`~edu_metrics.trajectories.read_panels`. Several are scored together,
        each with peers of its own.
    horizons : sequence of int, optional
        Years ahead. [years]
    gains : sequence of float, optional
        Events asked for: at least so many points more than at the origin. [percentage points]
    areas : sequence of (int or "all"), optional
        Deployments: how many areas are forecast together.
    slow : bool, optional
        Also the models that statsmodels fits to each series by itself.

    Returns
    -------
    list of ModelScore
        By deployment, model and horizon. What is borrowed at an origin comes from areas of the
        same group and from years up to it.

    Raises
    ------
    DataError
        For horizons that are not whole years of 1 or more, gains that are not above 0, or numbers
        of areas that are neither whole nor "all".
    """
    faults = [
        f"horizon {one!r}: expected 1, 2, ... years" for one in horizons if one < 1 or one % 1
    ]
    faults += [
        f"event {one!r}: expected points above 0, below 100" for one in gains if not 0 < one < 100
    ]
    faults += [
        f"areas {one!r}: expected a whole number from 1 up, or 'all'"
        for one in areas
        if one != "all" and (not isinstance(one, int) or one < 1)
    ]
    if faults or not horizons or not areas:
        raise DataError("a back-test needs horizons and events that can be asked for", faults)
    ahead = sorted(set(horizons))
    common = _mean_common(panels)
    models = [*FORECASTERS, *(SLOW if slow else ())]
    scores = []
    for number in dict.fromkeys(areas):
        found: dict[tuple[str, int], list[_Cases]] = {
            (model, horizon): [] for model in models for horizon in ahead
        }
        for panel in panels:
            for model, horizon, cases in _forecasts(panel, number, models, ahead, gains):
                found[model, horizon].append(cases)
        scores += [
            _score(model, number, horizon, parts, gains, common)
            for (model, horizon), parts in found.items()
        ]
    return scores


def deployments(names: Sequence[str], areas: Areas) -> NDArray[np.int64]:
    """
    Deal areas into groups that are forecast together.

    Parameters
    ----------
    names : sequence of str
        The areas.
    areas : int or "all"
        How many to a group.

    Returns
    -------
    ndarray of int, shape (groups, areas)
        Positions in ``names``; who is in a group hangs on the names alone. Areas left over are
        in no group.

    Examples
    --------
    >>> deployments(["a", "b", "c"], 2).shape, deployments(["a", "b", "c"], "all").tolist()
    ((1, 2), [[0, 1, 2]])
    """
    if areas == "all":
        return np.arange(len(names))[None]
    order = sorted(range(len(names)), key=lambda place: (zlib.crc32(names[place].encode()), place))
    number = len(names) // areas
    return np.array(order[: number * areas], dtype=np.int64).reshape(number, areas)


def _mean_common(panels: Sequence[Panel]) -> float | None:
    """Weigh what each panel's areas have in common by its size."""
    shares = [(common_share_pct(panel.values), panel.values.size) for panel in panels]
    known = [(share, size) for share, size in shares if share is not None]
    if not known:
        return None
    return sum(share * size for share, size in known) / sum(size for _, size in known)


def _forecasts(
    panel: Panel,
    areas: Areas,
    models: Sequence[str],
    horizons: Sequence[int],
    gains: Sequence[float],
) -> Iterator[tuple[str, int, _Cases]]:
    groups = deployments(panel.areas, areas)
    if not groups.size:
        return
    values, persons = panel.values[groups], panel.counts[groups]
    scale = panel.scale
    if scale.name == "logit":
        points = to_scale(values, scale, persons)
    else:  # the variance of sampling is that of a share of persons
        points, persons = to_scale(values, scale, None), np.full_like(persons, np.nan)
    number = values.shape[2]
    before = np.cumsum(~np.isnan(values), axis=2)
    for origin in range(number - min(horizons)):
        ready = ~np.isnan(values[:, :, origin]) & (before[:, :, origin] >= ENOUGH)
        later = values[:, :, origin + 1 : origin + 1 + max(horizons)]
        if not (ready & ~np.isnan(later).all(axis=2)).any():
            continue
        known = values[:, :, : origin + 1]
        prior = prior_on(scale, panel.measure_type, known).towards(falling=panel.falling)
        seen = (points[:, :, : origin + 1], persons[:, :, : origin + 1])
        for model in models:
            made = {**FORECASTERS, **SLOW}[model]
            laws = made(*seen, prior, max(horizons), known)
            for horizon in horizons:
                if origin + horizon >= number:
                    continue
                able = ready & ~np.isnan(values[:, :, origin + horizon]) & laws.known
                if able.any():
                    cases = _Asked(panel, groups, origin, horizon, able, laws).cases(gains)
                    yield model, horizon, cases


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What is asked of the laws of one origin, at one number of years ahead."""

    panel: Panel
    groups: NDArray[np.int64]
    origin: int
    horizon: int
    able: Mask
    laws: Laws

    def cases(self, gains: Sequence[float]) -> _Cases:
        """Hold the laws against what came."""
        panel, scale = self.panel, self.panel.scale
        rows = self.groups[self.able]
        start = panel.values[rows, self.origin]
        outcome = panel.values[rows, self.origin + self.horizon]
        persons = panel.counts[rows, self.origin]
        behind = persons if scale.name == "logit" else None
        location, sd, degrees = self.laws.at(self.able, self.horizon)
        said = from_scale(location + sd * _quantiles(_INTERVALS, degrees), scale, behind)
        drawn = from_scale(location + sd * _quantiles(_LEVELS, degrees), scale, behind)
        kept = outcome
        if scale == Scale(0, 100):
            # Nearer to 0 and 100 than this a rate without its persons is not told apart.
            kept = np.clip(outcome, EDGE_PP, 100 - EDGE_PP)
        by_size = scale == Scale(0, None)
        if by_size:  # errors of amounts by their size
            said, drawn, kept = (100 * np.log(one + _DUST) for one in (said, drawn, kept))
        middle = said[2]
        below = np.mean(drawn < kept - _DUST, axis=0)
        return {
            "areas": np.array(panel.areas)[rows],
            "years": np.full(len(rows), float(panel.years[self.origin + self.horizon])),
            "error": middle - (kept if by_size else outcome),
            "above": np.where(np.abs(kept - middle) < _DUST, 0.5, kept > middle),
            "inside80": _inside(kept, said[1], said[3]),
            "inside95": _inside(kept, said[0], said[4]),
            "width80": said[3] - said[1],
            "width95": said[4] - said[0],
            "crps": _crps(drawn, kept if by_size else outcome),
            "start": start,
            "persons": persons,
            "place": below + np.mean(np.abs(drawn - kept) <= _DUST, axis=0) / 2,
            "rising": self._rising(rows, behind),
            "events": self._events(rows, start, outcome, behind, gains, (location, sd, degrees)),
        }

    def _events(
        self,
        rows: NDArray[np.int64],
        start: Floats,
        outcome: Floats,
        behind: Floats | None,
        gains: Sequence[float],
        law: tuple[Floats, Floats, Floats],
    ) -> Floats:
        from scipy.special import stdtr

        found = np.full((len(gains), 3, len(rows)), np.nan)
        if self.panel.scale != Scale(0, 100):
            return found
        location, sd, degrees = law
        for place, gain in enumerate(gains):
            base = _base_rates(self.panel, self.origin, self.horizon, gain, rows)
            asked = (start <= 100 - gain) & ~np.isnan(base)
            from_ = self._edges(np.minimum(start + gain, 100.0), behind)
            probability = stated(stdtr(degrees, (location - from_) / sd))
            happened = outcome >= start + gain - _DUST
            found[place][:, asked] = np.array([probability, base, happened])[:, asked]
        return found

    def _edges(self, levels: Floats, behind: Floats | None) -> Floats:
        """Give from where on the scale each area's law has reached its level."""
        persons = np.full(len(levels), np.nan) if behind is None else behind
        return np.array(
            [
                Values(self.panel.scale, None if np.isnan(whole) else whole).within(
                    [Bound(op=">=", value=level)]
                )[0]
                for level, whole in zip(levels.tolist(), persons.tolist(), strict=True)
            ]
        )

    def _rising(self, rows: NDArray[np.int64], behind: Floats | None) -> Floats:
        """Ask for a rise in every year up to the horizon, of those known all the way."""
        found = np.full((2, len(rows)), np.nan)
        span = self.panel.values[rows, self.origin : self.origin + self.horizon + 1]
        whole = ~np.isnan(span).any(axis=1)
        if self.laws.correlation is None or self.horizon < 2 or not whole.any():
            return found
        asked = np.flatnonzero(whole)
        found[1, asked] = (np.diff(span[asked], axis=1) > _DUST).all(axis=1)
        for first in range(0, len(asked), _CHUNK):
            some = asked[first : first + _CHUNK]
            points = spread_paths(*self.laws.paths_of(self.able, some, self.horizon))
            number = None if behind is None else behind[some, None, None]
            paths = from_scale(points, self.panel.scale, number)
            begun = np.broadcast_to(span[some, :1, None], (len(some), paths.shape[1], 1))
            rises = np.diff(np.concatenate([begun, paths], axis=2), axis=2) > _DUST
            found[0, some] = stated(rises.all(axis=2).mean(axis=1))
        return found


def _quantiles(levels: Floats, degrees: Floats) -> Floats:
    """Give Student t quantiles, levels x cases, one row of special functions for each degree."""
    from scipy.special import stdtrit

    each, place = np.unique(np.round(degrees, 1), return_inverse=True)
    return np.asarray(stdtrit(each[:, None], levels)[place].T)


def _inside(values: Floats, low: Floats, high: Floats) -> Floats:
    return ((values >= low - _DUST) & (values <= high + _DUST)).astype(float)


def _crps(drawn: Floats, outcome: Floats) -> Floats:
    """Score quantiles (levels x cases): twice the mean pinball loss."""
    away = outcome - drawn
    return np.asarray(
        2 * np.mean(np.where(away >= 0, _LEVELS[:, None], _LEVELS[:, None] - 1) * away, axis=0)
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
    model: str,
    areas: Areas,
    horizon: int,
    parts: list[_Cases],
    gains: Sequence[float],
    common: float | None,
) -> ModelScore:
    default = model == MODEL
    if not parts:
        empty = tuple(EventScore(gain, 0) for gain in gains)
        return ModelScore(
            model, default, areas, horizon, 0, common_variance_pct=common, events=empty
        )
    whole = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    owners, years, inside = whole["areas"], whole["years"], whole["inside80"]
    events = whole["events"]
    place, case = np.nonzero(~np.isnan(events[:, 0]))
    rising = ~np.isnan(whole["rising"][0])
    said, happened = whole["rising"][:, rising]
    held = clustered_interval(owners, years, 100 * inside)
    return ModelScore(
        model=model,
        default=default,
        areas=areas,
        horizon=horizon,
        n=len(owners),
        mae=float(np.abs(whole["error"]).mean()),
        bias=float(whole["error"].mean()),
        above_median_pct=float(100 * whole["above"].mean()),
        coverage80=float(100 * inside.mean()),
        coverage80_interval=within(held, 100.0) if held else None,
        coverage95=float(100 * whole["inside95"].mean()),
        width80=float(whole["width80"].mean()),
        width95=float(whole["width95"].mean()),
        crps=float(whole["crps"].mean()),
        common_variance_pct=common,
        events=tuple(
            _event(gain, owners, years, events[number]) for number, gain in enumerate(gains)
        ),
        reliability=reliability(
            owners[case], years[case], events[place, 0, case], events[place, 2, case]
        ),
        rising=reliability(owners[rising], years[rising], said, happened),
        by_year=tuple(
            YearScore(
                int(year), int((years == year).sum()), float(100 * inside[years == year].mean())
            )
            for year in np.unique(years)
        ),
        by_n=_by_persons(whole["persons"], inside),
        by_band=_by_band(whole["start"], whole["error"], inside),
        places=_tenths(whole["place"]),
    )


def _by_persons(persons: Floats, inside: Floats) -> tuple[PersonsScore, ...]:
    known = np.isfinite(persons)
    if not known.any():
        return ()
    number, held = persons[known], inside[known]
    quarter = np.digitize(number, np.quantile(number, [0.25, 0.5, 0.75]), right=True)
    return tuple(
        PersonsScore(
            float(number[mine].min()),
            float(number[mine].max()),
            int(mine.sum()),
            float(100 * held[mine].mean()),
        )
        for place in range(4)
        if (mine := quarter == place).any()
    )


def _by_band(start: Floats, error: Floats, inside: Floats) -> tuple[BandScore, ...]:
    names = np.array([band_of(value) if 0 <= value <= 100 else "" for value in start])
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


def _event(gain: float, areas: NDArray[Any], years: Floats, found: Floats) -> EventScore:
    asked = ~np.isnan(found[0])
    probability, base, happened = found[:, asked]
    if not asked.any():
        return EventScore(gain, 0)
    difference = (probability - happened) ** 2 - (base - happened) ** 2
    return EventScore(
        gain=gain,
        n=int(asked.sum()),
        happened_pct=float(100 * happened.mean()),
        brier=brier_score(probability, happened),
        base_rate_brier=brier_score(base, happened),
        skill_interval=clustered_interval(areas[asked], years[asked], difference),
    )
