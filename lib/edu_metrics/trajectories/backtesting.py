"""
Hold what would have been said against what came, origin by origin.

Judged is the path that reports use: the same forecast, with the same numbers of persons, for an
area alone, for the few districts of a city, and for all areas of a panel. Other models stand
beside it.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.catalog.priors import Prior
from edu_metrics.catalog.reference_classes import BANDS
from edu_metrics.errors import DataError
from edu_metrics.formulas import brier_score
from edu_metrics.trajectories.forecast import forecast
from edu_metrics.trajectories.panels import Panel, common_share_pct
from edu_metrics.trajectories.projecting import MODEL, sampling_variance, spread_paths, stated
from edu_metrics.trajectories.reference_classes import band_of
from edu_metrics.trajectories.scales import EDGE_PP, Scale, Values, from_scale, prior_on, to_scale

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Areas = int | Literal["all"]
#: What became of forecasts, one a row; of events, one frame a gain; of a rise in every year.
_Frames = tuple["pd.DataFrame", list["pd.DataFrame"], "pd.DataFrame"]
#: To which area, or which year, each value belongs.
Labels = Sequence[Any] | NDArray[Any]

#: Borders of the bins of stated probability.
EDGES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


@dataclass(frozen=True, slots=True)
class Bin:
    """
    Cases whose stated probability lay in one bin.

    ``stated`` is their mean probability and ``happened`` the share that came true, both 0-1;
    ``interval`` is the 95 % interval of the share, clustered by area and by year.
    """

    low: float
    high: float
    n: int
    stated: float
    happened: float
    interval: tuple[float, float]

    @property
    def supported(self) -> bool:
        """Whether the stated probability lies within the interval."""
        return self.interval[0] <= self.stated <= self.interval[1]


def reliability(areas: Labels, years: Labels, stated: Floats, happened: Floats) -> tuple[Bin, ...]:
    """
    Sort stated probabilities into bins, and count how often they came true.

    Parameters
    ----------
    areas, years : sequence
        Whose forecast each was, and of which year; those of one area, and those of one year,
        stand and fall together.
    stated : ndarray
        Probabilities, 0-1.
    happened : ndarray
        1 where it came true, else 0.

    Returns
    -------
    tuple of Bin
        Those that hold any case, from the lowest up.

    Examples
    --------
    >>> found = reliability(["a", "b"], [2020, 2021], np.array([0.12, 0.18]), np.array([0.0, 1.0]))
    >>> found[0].n, round(found[0].stated, 3), found[0].happened
    (2, 0.15, 0.5)
    """
    place = np.clip(np.digitize(stated, EDGES) - 1, 0, len(EDGES) - 2)
    names, when = np.asarray(areas), np.asarray(years)
    bins = []
    for number in np.unique(place).tolist():
        mine = place == number
        share = float(happened[mine].mean())
        found = clustered_interval(names[mine], when[mine], happened[mine])
        interval = _within(found or (0.0, 1.0), 1.0)
        if found is not None and share in (0.0, 1.0):
            # Spread knows no doubt where all came out alike: the rule of three does.
            doubt = min(3 / len(np.unique(names[mine])), 1.0)
            interval = (0.0, doubt) if share == 0 else (1 - doubt, 1.0)
        low, high = EDGES[number], EDGES[number + 1]
        said = float(stated[mine].mean())
        bins.append(Bin(low, high, int(mine.sum()), said, share, interval))
    return tuple(bins)


def _within(interval: tuple[float, float], most: float) -> tuple[float, float]:
    """Keep an interval of a share within what a share can be: 0 to 1, or to 100 in percent."""
    return max(interval[0], 0.0), min(interval[1], most)


def clustered_interval(areas: Labels, years: Labels, values: Floats) -> tuple[float, float] | None:
    r"""
    Give an interval of a mean of values that hang together by area and by year.

    Parameters
    ----------
    areas, years : sequence
        To which area and which year each value belongs.
    values : ndarray
        The values. [any unit]

    Returns
    -------
    tuple of float or None
        95 % Student t interval with one degree of freedom less than the fewer of areas and years.
        [same unit] None of a single year: what all areas shared in it, no other year shows.

    Notes
    -----
    :math:`V = V_{area} + V_{year} - V_{both}`, each from the sums of deviations within its
    clusters, times :math:`G/(G-1)`; not below the larger of the first two. Of a single area years
    alone are judged.

    References
    ----------
    Cameron, A. C., Gelbach, J. B. & Miller, D. L. (2011). Robust inference with multiway
    clustering. *Journal of Business & Economic Statistics* 29(2), 238-249.

    Examples
    --------
    Four values that differ between two years, and not within one:

    >>> low, high = clustered_interval([1, 2, 1, 2], [1, 1, 2, 2], np.array([0.0, 0, 1, 1]))
    >>> round(low, 2), round(high, 2)
    (-5.85, 6.85)
    """
    from scipy.special import stdtrit

    values = np.asarray(values, dtype=float)
    mean, away = float(values.mean()), values - values.mean()
    area = np.unique(np.asarray(areas), return_inverse=True)[1]
    year = np.unique(np.asarray(years), return_inverse=True)[1]
    both = area * (year.max() + 1) + year
    if not year.max():
        return None
    clusters = [one for one in (area, year) if one.max() > 0]
    known = [_variance(one, away) for one in clusters]
    variance = sum(known) - (_variance(both, away) if len(known) == 2 else 0.0)
    fewest = min(int(one.max()) for one in clusters)
    reach = float(stdtrit(fewest, 0.975)) * max(variance, *known, 0.0) ** 0.5
    return mean - reach, mean + reach


def _variance(cluster: NDArray[Any], away: Floats) -> float:
    """Give the variance of the mean when clusters, of which there are several, are independent."""
    sums = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=away)
    return float(np.sum(sums**2) / len(away) ** 2 * len(sums) / (len(sums) - 1))


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


#: Values that a series must have by the origin.
ENOUGH = 4
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
    pass 100 in percent of the value); what can't be said of no forecast is None.
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
        found: dict[tuple[str, int], list[_Frames]] = {
            (model, horizon): [] for model in models for horizon in ahead
        }
        for panel in panels:
            for model, horizon, frames in _forecasts(panel, number, models, ahead, gains):
                found[model, horizon].append(frames)
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
) -> Iterator[tuple[str, int, _Frames]]:
    """Forecast a panel from every origin, and hold each forecast against what came."""
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
            laws = {**FORECASTERS, **SLOW}[model](*seen, prior, max(horizons), known)
            able = ready & np.isfinite(laws.location[:, :, 0]) & (laws.sd[:, :, 0] > 0)
            for horizon in horizons:
                if origin + horizon >= number:
                    continue
                asked = able & ~np.isnan(values[:, :, origin + horizon])
                if asked.any():
                    yield (
                        model,
                        horizon,
                        _Asked(panel, groups, origin, horizon, asked, laws).frames(gains),
                    )


class _Asked:
    """What is asked of the laws of one origin, at one number of years ahead."""

    def __init__(
        self,
        panel: Panel,
        groups: NDArray[np.int64],
        origin: int,
        horizon: int,
        asked: Mask,
        laws: Laws,
    ) -> None:
        self.panel, self.origin, self.horizon, self.laws = panel, origin, horizon, laws
        self.at, self.rows = np.nonzero(asked), groups[asked]
        self.start = panel.values[self.rows, origin]
        self.outcome = panel.values[self.rows, origin + horizon]
        self.persons = panel.counts[self.rows, origin]
        self.behind = self.persons if panel.scale.name == "logit" else None
        self.location, self.sd, self.degrees = (
            part[*self.at, horizon - 1] for part in (laws.location, laws.sd, laws.degrees)
        )

    def frames(self, gains: Sequence[float]) -> _Frames:
        """Give what became of the forecasts, of events, and of a rise in every year."""
        events = gains if self.panel.scale == Scale(0, 100) else ()
        return self._cases(), [self._event(gain) for gain in events], self._rising()

    def _frame(self, **columns: Any) -> pd.DataFrame:
        import pandas as pd

        year = self.panel.years[self.origin + self.horizon]
        return pd.DataFrame(
            {"area": np.array(self.panel.areas)[self.rows], "year": year, **columns}
        )

    def _values(self, levels: Floats) -> Floats:
        """Give quantiles of the laws as values, levels x cases."""
        points = self.location + self.sd * _quantiles(levels, self.degrees)
        return from_scale(points, self.panel.scale, self.behind)

    def _cases(self) -> pd.DataFrame:
        scale = self.panel.scale
        said, drawn, kept = self._values(_INTERVALS), self._values(_LEVELS), self.outcome
        if scale == Scale(0, 100):
            # Nearer to 0 and 100 than this a rate without its persons is not told apart.
            kept = np.clip(kept, EDGE_PP, 100 - EDGE_PP)
        by_size = scale == Scale(0, None)
        if by_size:  # errors of amounts by their size
            said, drawn, kept = (100 * np.log(one + _DUST) for one in (said, drawn, kept))
        least, low, middle, high, most = said
        came = kept if by_size else self.outcome
        return self._frame(
            mae=np.abs(middle - came),
            bias=middle - came,
            above_median_pct=100 * np.where(np.abs(kept - middle) < _DUST, 0.5, kept > middle),
            coverage80=_inside(kept, low, high),
            coverage95=_inside(kept, least, most),
            width80=high - low,
            width95=most - least,
            crps=_crps(drawn, came),
            start=self.start,
            persons=self.persons,
        )

    def _event(self, gain: float) -> pd.DataFrame:
        """Ask for so many points more, of those that can gain as much."""
        from scipy.special import stdtr

        base = _base_rates(self.panel, self.origin, self.horizon, gain, self.rows)
        from_ = self._edges(np.minimum(self.start + gain, 100.0))
        found = self._frame(
            gain=gain,
            probability=stated(stdtr(self.degrees, (self.location - from_) / self.sd)),
            base=base,
            happened=(self.outcome >= self.start + gain - _DUST).astype(float),
        )
        asked: pd.DataFrame = found[found["base"].notna() & (self.start <= 100 - gain)]
        return asked

    def _edges(self, levels: Floats) -> Floats:
        """Give from where on the scale each area's law has reached its level."""
        persons = np.full(len(levels), np.nan) if self.behind is None else self.behind
        return np.array(
            [
                Values(self.panel.scale, None if np.isnan(whole) else whole).within(
                    [Bound(op=">=", value=level)]
                )[0]
                for level, whole in zip(levels.tolist(), persons.tolist(), strict=True)
            ]
        )

    def _rising(self) -> pd.DataFrame:
        """Ask for a rise in every year up to the horizon, of those known all the way."""
        span = self.panel.values[self.rows, self.origin : self.origin + self.horizon + 1]
        found = self._frame(
            probability=np.nan, happened=(np.diff(span, axis=1) > _DUST).all(axis=1).astype(float)
        )
        asked = np.flatnonzero(~np.isnan(span).any(axis=1))
        laws = self.laws
        if laws.correlation is None or self.horizon < 2:
            return found[:0]
        for first in range(0, len(asked), _CHUNK):
            some = asked[first : first + _CHUNK]
            at, ahead = tuple(place[some] for place in self.at), slice(self.horizon)
            location, sd, degrees = (
                part[at][:, ahead] for part in (laws.location, laws.sd, laws.degrees)
            )
            correlation = laws.correlation(*at)[:, ahead, ahead]
            points = spread_paths(location, sd, degrees, correlation)
            number = None if self.behind is None else self.behind[some, None, None]
            paths = from_scale(points, self.panel.scale, number)
            begun = np.broadcast_to(span[some, :1, None], (len(some), paths.shape[1], 1))
            rises = np.diff(np.concatenate([begun, paths], axis=2), axis=2) > _DUST
            found.loc[some, "probability"] = stated(rises.all(axis=2).mean(axis=1))
        return found.iloc[asked]


def _quantiles(levels: Floats, degrees: Floats) -> Floats:
    """Give Student t quantiles, levels x cases, one row of special functions for each degree."""
    from scipy.special import stdtrit

    each, place = np.unique(np.round(degrees, 1), return_inverse=True)
    return np.asarray(stdtrit(each[:, None], levels)[place].T)


def _inside(values: Floats, low: Floats, high: Floats) -> Floats:
    return 100 * ((values >= low - _DUST) & (values <= high + _DUST)).astype(float)


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
    parts: list[_Frames],
    gains: Sequence[float],
    common: float | None,
) -> ModelScore:
    import pandas as pd

    default = model == MODEL
    if not parts:
        empty = tuple(EventScore(gain, 0) for gain in gains)
        return ModelScore(
            model, default, areas, horizon, 0, common_variance_pct=common, events=empty
        )
    cases = pd.concat([one for one, _, _ in parts])
    asked = [one for _, events, _ in parts for one in events]
    columns = ["area", "year", "gain", "probability", "base", "happened"]
    events = pd.concat(asked) if asked else pd.DataFrame(columns=columns, dtype=float)
    owners, years, inside = _columns(cases, "area", "year", "coverage80")
    held = clustered_interval(owners, years, inside)
    return ModelScore(
        *(model, default, areas, horizon, len(cases)),
        **_means(cases, *_IN_ONE_NUMBER),
        coverage80_interval=_within(held, 100.0) if held else None,
        common_variance_pct=common,
        events=tuple(_event(gain, events[events["gain"] == gain]) for gain in gains),
        reliability=_bins(events),
        rising=_bins(pd.concat([one for _, _, one in parts])),
        by_year=tuple(
            YearScore(int(year), int(mine.sum()), float(inside[mine].mean()))
            for year in np.unique(years)
            for mine in [years == year]
        ),
        by_n=_by_persons(cases.dropna(subset=["persons"])),
        by_band=_by_band(cases),
    )


#: What is said of all cases by their mean.
_IN_ONE_NUMBER = (
    "mae", "bias", "above_median_pct", "coverage80", "coverage95", "width80", "width95", "crps",
)  # fmt: skip


def _means(cases: pd.DataFrame, *names: str) -> dict[str, Any]:
    return {name: float(cases[name].mean()) for name in names}


def _bins(found: pd.DataFrame) -> tuple[Bin, ...]:
    return reliability(*_columns(found, "area", "year", "probability", "happened"))


def _columns(frame: pd.DataFrame, *names: str) -> list[NDArray[Any]]:
    return [frame[name].to_numpy() for name in names]


def _by_persons(known: pd.DataFrame) -> tuple[PersonsScore, ...]:
    if not len(known):
        return ()
    number = known["persons"].to_numpy()
    quarter = np.digitize(number, np.quantile(number, [0.25, 0.5, 0.75]), right=True)
    return tuple(
        PersonsScore(float(number[mine].min()), float(number[mine].max()), int(mine.sum()),
                     **_means(known[mine], "coverage80"))
        for mine in (quarter == one for one in np.unique(quarter))
    )  # fmt: skip


def _by_band(cases: pd.DataFrame) -> tuple[BandScore, ...]:
    names = np.array([band_of(value) if 0 <= value <= 100 else "" for value in cases["start"]])
    return tuple(
        BandScore(band, int(mine.sum()), **_means(cases[mine], "coverage80", "mae", "bias"))
        for band in BANDS
        if (mine := names == band).any()
    )


def _event(gain: float, found: pd.DataFrame) -> EventScore:
    if not len(found):
        return EventScore(gain, 0)
    owners, years = _columns(found, "area", "year")
    probability, base, happened = _columns(found, "probability", "base", "happened")
    difference = (probability - happened) ** 2 - (base - happened) ** 2
    return EventScore(
        gain=gain,
        n=len(found),
        happened_pct=float(100 * happened.mean()),
        brier=brier_score(probability, happened),
        base_rate_brier=brier_score(base, happened),
        skill_interval=clustered_interval(owners, years, difference),
    )
