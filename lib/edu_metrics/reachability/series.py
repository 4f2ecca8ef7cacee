"""What is known by a study's date: series, their bounds and breaks, what is missing, draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

import numpy as np

from edu_metrics.catalog import Break, Catalog, Indicator, Plan, Study
from edu_metrics.catalog.loading import undivided
from edu_metrics.errors import ProjectionError
from edu_metrics.observations import (
    MissingInput,
    compute,
    inspect_sums,
    known_by,
    known_cells,
    missing_inputs,
    pooled_cells,
)
from edu_metrics.observations.computing import CELL, below, usable, with_sums
from edu_metrics.observations.printed import periods_of
from edu_metrics.reachability.checks import Check, known_range
from edu_metrics.trajectories import Projection, Trajectory, common_share_pct, scale_for
from edu_metrics.words import unit_of

if TYPE_CHECKING:
    import pandas as pd

P = ParamSpec("P")
T = TypeVar("T")

#: So many trajectories, and answers of a kind, are kept at a time: a study of thousands of areas
#: asks for each area's in one go.
MOST_TRAJECTORIES = 512
_MOST_ANSWERS = 4096


def counts_whole(indicator: Indicator) -> bool:
    """Tell whether an indicator's values are whole numbers of persons or institutions."""
    return indicator.formula == "count" and unit_of(indicator.unit).whole


@dataclass(frozen=True, slots=True)
class Record:
    """
    One series as known by the study's date.

    ``exact`` holds values by year; ``bounds`` holds, for years known only as a bound, its kind
    and value; ``rounded`` the years whose value rests on figures that were printed rounded;
    ``counts`` the numerator and denominator of a rate where both are known. From
    ``since`` on the values compare with the last one; before it the series has a break.
    """

    area: str
    exact: Mapping[int, float] = field(default_factory=dict)
    bounds: Mapping[int, tuple[str, float]] = field(default_factory=dict)
    rounded: frozenset[int] = frozenset()
    counts: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    since: int | None = None

    @property
    def last_year(self) -> int | None:
        """The last year with an exact value."""
        return max(self.exact, default=None)

    @property
    def since_break(self) -> dict[int, float]:
        """The exact values that compare with the last one."""
        begins = self.since or 0
        return {year: value for year, value in self.exact.items() if year >= begins}

    @property
    def past_pace(self) -> float | None:
        """Mean change a year from the first exact value after any break to the last."""
        years = self.since_break
        if len(years) < 2:
            return None
        first, last = min(years), max(years)
        return round((self.exact[last] - self.exact[first]) / (last - first), 9)


def kept_by_store(
    method: Callable[Concatenate[SeriesStore, P], T],
) -> Callable[Concatenate[SeriesStore, P], T]:
    """
    Let a store compute an answer when it is asked for first, and keep it for a while.

    Parameters
    ----------
    method : callable
        A method of the store, or a function that takes it first; its other arguments are hashable.

    Returns
    -------
    callable
        The same, asked once for each of its arguments as long as they are among the latest.
    """

    @wraps(method)
    def once(store: SeriesStore, /, *args: P.args, **kwargs: P.kwargs) -> T:
        held = store.kept.setdefault(method, {})
        key = (*args, *sorted(kwargs.items()))
        if key not in held:
            answer = method(store, *args, **kwargs)
            if len(held) >= _MOST_ANSWERS:
                held.pop(next(iter(held)))
            held[key] = answer
        given: T = held[key]
        return given

    return once


class SeriesStore:
    """
    The observations of a study as of its date, computed when asked for and kept.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        Whose areas and date count.
    table : DataFrame
        Observations; those published after the study's date are not looked at.
    """

    def __init__(self, catalog: Catalog, study: Study, table: pd.DataFrame) -> None:
        self.catalog = catalog
        self.study = study
        self.table = known_by(table, study.as_of)
        self.areas = catalog.expand(study.areas)
        #: What those marked with :func:`kept_by_store` gave, by arguments.
        self.kept: dict[Callable[..., Any], dict[tuple[Any, ...], Any]] = {}
        #: The end of rounded figures that is taken for their value, and the store of what it is an
        #: end of; none as a rule.
        self._end: tuple[Literal["lower", "upper"], SeriesStore] | None = None
        self._trajectories: dict[tuple[str, str], Trajectory] = {}
        self._projections: dict[tuple[str, str], tuple[int, Projection]] = {}

    @cached_property
    def plan(self) -> Plan:
        """The study's plan."""
        return self.catalog.plan(self.study.plan)

    @cached_property
    def _exact(self) -> pd.DataFrame:
        return self.table[self.table["bound"] == "exact"]

    @cached_property
    def _compared(self) -> tuple[str, ...]:
        return (*self.areas, *self.study.compare_with)

    @cached_property
    def _cells(self) -> pd.DataFrame:
        return pooled_cells(self.catalog, self.table, self._compared)

    @cached_property
    def _exact_cells(self) -> dict[tuple[str, int, str, str, str], bool]:
        return known_cells(pooled_cells(self.catalog, self._exact, self._compared))

    @cached_property
    def _published_values(self) -> pd.Series[float]:
        areas = below(self.catalog, self.areas)
        rows = usable(self._exact)
        summed = with_sums(rows[rows["area"].isin(areas)], self.catalog, areas)
        return summed.set_index(["area", "year", "quantity", "group"])["value"]

    def published(self, quantity: str, area: str, year: int, group: str = "all") -> float | None:
        """Give a published value, or that of an area as the sum of its parts; None if unknown."""
        number = self._published_values.get((area, year, quantity, group))
        return None if number is None else float(number)

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, one in self.catalog.areas.items():
            if one.parent is not None:
                found.setdefault(one.parent, []).append(name)
        return found

    @cached_property
    def sums_apart(self) -> pd.DataFrame:
        """Where the number of a whole and the sum of its parts disagree."""
        return inspect_sums(self.catalog, self.table)

    @kept_by_store
    def series(self, indicator: str) -> pd.DataFrame:
        """Give an indicator's series in all areas of the study and those it is compared with."""
        if self._end is not None:
            end, as_printed = self._end
            series = as_printed.series(indicator)
            return series.assign(value=series[end].fillna(series["value"]))
        return compute(self.catalog, indicator, self.table, self._compared, cells=self._cells)

    @kept_by_store
    def at_end(self, end: Literal["lower", "upper"]) -> SeriesStore:
        """
        Give the same series with every rounded value at one end of what it may have been.

        Parameters
        ----------
        end : {"lower", "upper"}
            Which end.

        Returns
        -------
        SeriesStore
            With series of its own.
        """
        other = SeriesStore(self.catalog, self.study, self.table)
        other._end = end, self
        return other

    def series_of(self, indicator: str, area: str) -> pd.DataFrame:
        """Give an indicator's series in one area, by year."""
        return self.series(indicator).iloc[self._rows_of(indicator).get(area, slice(0))]

    @kept_by_store
    def _rows_of(self, indicator: str) -> dict[str, slice]:
        areas = self.series(indicator)["area"].to_numpy()
        names, first, number = np.unique(areas, return_index=True, return_counts=True)
        ends = (first + number).tolist()
        return dict(zip(names.tolist(), map(slice, first.tolist(), ends), strict=True))

    @kept_by_store
    def record(self, indicator: str, area: str) -> Record:
        """Give one series as plain numbers by year."""
        rows = self._rows_of(indicator).get(area, slice(0))
        columns = [column[rows] for column in self._columns_of(indicator)]
        exact: dict[int, float] = {}
        bounds: dict[int, tuple[str, float]] = {}
        rounded: set[int] = set()
        counts: dict[int, tuple[float, float]] = {}
        for year, value, bound, lower, numerator, denominator, _ in zip(*columns, strict=True):
            if bound != "exact":
                bounds[year] = (bound, value)
                continue
            exact[year] = value
            if lower == lower:
                rounded.add(year)
            if numerator == numerator and denominator == denominator:
                counts[year] = (numerator, denominator)
        sources = sorted({s for text in set(columns[-1]) for s in str(text).split("; ")})
        since = self._since(indicator, area, max(exact)) if exact else None
        return Record(area, exact, bounds, frozenset(rounded), counts, tuple(sources), since)

    @kept_by_store
    def _columns_of(self, indicator: str) -> list[list[Any]]:
        """Give the series in all areas as plain lists: a frame for each area costs much more."""
        names = ["year", "value", "bound", "lower", "numerator", "denominator", "source"]
        return [self.series(indicator)[name].tolist() for name in names]

    @kept_by_store
    def missing(
        self, indicator: str, area: str, years: tuple[int, ...]
    ) -> tuple[MissingInput, ...]:
        """Name the numbers that would have to be asked for; one known as a bound is not known."""
        known = self._exact_cells if area in self._compared else None
        return tuple(missing_inputs(self.catalog, indicator, self._exact, area, years, known=known))

    def withheld(self, missing: Iterable[MissingInput]) -> bool:
        """Tell whether any of these numbers, or of those it is the sum of, is not for release."""
        if self.study.disclosure.mode != "protected":
            return False
        return any(
            (area, one.year, one.quantity, one.group, period) in self._withheld
            for one in missing
            for period in periods_of(one.period)
            for area in below(self.catalog, [one.area])
        )

    @cached_property
    def _withheld(self) -> set[tuple[Any, ...]]:
        rows = self.table.loc[self.table["status"] == "suppressed", list(CELL)]
        return set(rows.itertuples(index=False, name=None))

    def breaks(self, indicator: str, area: str) -> list[Break]:
        """Give the breaks of a series that were known by the study's date."""
        line = {area, *self.catalog.above(area)}
        return [
            entry
            for entry in self.catalog.breaks.values()
            if entry.indicator == undivided(indicator)
            and (not entry.areas or line & set(self.catalog.expand(entry.areas)))
            and self._is_out(entry.citation.source)
        ]

    def _since(self, indicator: str, area: str, last_year: int) -> int | None:
        """Give the year from which a series that ends in ``last_year`` is one of a kind."""
        years = [entry.year for entry in self.breaks(indicator, area)]
        return max((year for year in years if year <= last_year), default=None)

    def _is_out(self, source: str) -> bool:
        date = self.catalog.sources[source].date
        return date is None or date <= self.study.as_of

    @kept_by_store
    def bound_by(self, areas: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Give the study's areas that a target on areas of the plan binds, and those above them."""
        names = self.catalog.expand(areas)
        bound = frozenset(self.catalog.area_binding(self.study, area) for area in names)
        return bound, frozenset(above for area in bound for above in self.catalog.above(area))

    def break_within(self, check: Check, indicator: str, area: str) -> bool:
        """Tell whether a check compares years on both sides of a break."""
        if len(check.years) == 1:
            return False
        return any(
            check.years[0] < entry.year <= check.due for entry in self.breaks(indicator, area)
        )

    @kept_by_store
    def history(self, indicator: str) -> pd.DataFrame:
        """Give the exact values of the study's own areas, after each one's last break."""
        series = self.series(indicator)
        series = series[(series["bound"] == "exact") & series["area"].isin(self.areas)]
        if series.empty:  # of no type that years could be compared with
            return series
        since = {
            area: self._since(indicator, str(area), int(last)) or 0
            for area, last in series.groupby("area")["year"].max().items()
        }
        return series[series["year"] >= series["area"].map(since)]

    def moves_together_pct(self, indicator: str, area: str) -> float | None:
        """
        Say how much of the yearly change an area's level has in common.

        Returns
        -------
        float or None
            Share of the variance; None for fewer than five areas, which can't tell. [percent]
        """
        table = self.by_year(indicator, self.catalog.areas[area].level)
        return None if table.empty else common_share_pct(table.to_numpy())

    def on_level(self, level: str) -> list[str]:
        """Give the areas of the study that are on one level."""
        return [name for name in self.areas if self.catalog.areas[name].level == level]

    @kept_by_store
    def by_year(self, indicator: str, level: str) -> pd.DataFrame:
        """Give an indicator's history on one level: areas x years without a gap."""
        history = self.history(indicator)
        history = history[history["area"].isin(self.on_level(level))]
        table = history.pivot(index="area", columns="year", values="value")
        years = [int(year) for year in table.columns]
        return table.reindex(columns=range(min(years, default=0), max(years, default=-1) + 1))

    def trajectory(self, indicator: str, area: str, until: int) -> Trajectory:
        """
        Draw what a series may do, up to a year at least; same draws for every target on it.

        All agree with what was published as a bound after the last exact value.

        Raises
        ------
        ProjectionError
            If too little is known, or next to no draw agrees with what was published.
        """
        key = (indicator, area)
        held = self._trajectories.get(key)
        if held is None or held.years[-1] < until:
            self._trajectories[key] = held = self._draw(
                self.catalog.indicator(indicator), area, until
            )
            if len(self._trajectories) > MOST_TRAJECTORIES:
                self._trajectories.pop(next(iter(self._trajectories)))
        return held

    @kept_by_store
    def common_part(self, series: frozenset[tuple[str, str]]) -> float | None:
        """
        Say what part of what two series may do is common to both.

        Parameters
        ----------
        series : frozenset of tuple of str
            Indicator and area of each.

        Returns
        -------
        float or None
            From both projected together; None where their draws stand side by side as they are,
            because areas of one level are projected together anyway. [0-1]

        Raises
        ------
        ProjectionError
            If they are not measured on one scale, or too little is known of either.
        """
        (one, area), (other, elsewhere) = sorted(series)
        levels = {self.catalog.areas[name].level for name in (area, elsewhere)}
        parts = self.parts_of(one, area) or self.parts_of(other, elsewhere)
        own = set(self.areas) >= {area, elsewhere}
        if one == other and len(levels) == 1 and own and not parts:
            return None
        entries = [self.catalog.indicator(name) for name in (one, other)]
        if len({(entry.unit, entry.bounds) for entry in entries}) > 1:
            raise ProjectionError("they are measured in different units")
        return self._project(sorted(series)).common_part

    def _project(self, series: Sequence[tuple[str, str]], until: int = 0) -> Projection:
        """Project some series, each by indicator and area, and no others."""
        import pandas as pd

        rows = [
            (" ".join(names), year, value)
            for names in series
            for year, value in self.record(*names).since_break.items()
        ]
        until = max([until, *(year + 1 for _, year, _ in rows)])
        history = pd.DataFrame(rows, columns=["area", "year", "value"])
        return _projected(history, until, self.catalog.indicator(series[0][0]))

    def _draw(self, indicator: Indicator, area: str, until: int) -> Trajectory:
        known = self.record(indicator.id, area).last_year
        last = until - 1 if known is None else known
        bounds = {} if known is None else self._bounds_after(last, indicator.id, area)
        # Which draws agree must not hang on how far was asked.
        until = max(until, last + 1, *bounds)
        years = tuple(range(last + 1, until + 1))
        if area not in self.areas:
            # What is only compared with stands alone: the study's areas learn nothing from it.
            alone = self._project([(indicator.id, area)], until)
            return within_bounds(alone.of(f"{indicator.id} {area}", years), bounds)
        parts = self.parts_of(indicator.id, area)
        level = self.catalog.areas[parts[0] if parts else area].level
        projection = self.projection(indicator.id, level, until)
        if not parts:
            return within_bounds(projection.of(area, years), bounds)
        mean = indicator.calculation.pooling != "sum"
        return within_bounds(projection.sum_of(parts, years, name=area, mean=mean), bounds)

    @kept_by_store
    def parts_of(self, indicator: str, area: str) -> tuple[str, ...]:
        """
        Give the areas whose forecasts make up an area's own: a city is its districts.

        Parameters
        ----------
        indicator : str
            Indicator.
        area : str
            Area of the study.

        Returns
        -------
        tuple of str
            Its children, where all are in the study and known in the very years in which it is
            known, and add up to it in each; else none.
        """
        children = self._children.get(area, [])
        if not children or not set(children) <= set(self.areas):
            return ()
        history = self.history(indicator)
        own = history[history["area"] == area].set_index("year")
        if own.empty:
            return ()
        parts = history[history["area"].isin(children)]
        columns = ["numerator", "denominator"]
        if own["numerator"].isna().any():
            columns = ["value"]
            if self.catalog.indicator(indicator).formula != "count":
                return ()
        sums = parts.groupby("year")[columns].agg(["sum", "count"])
        for column in columns:
            whole = sums[column].reindex(own.index)
            complete = whole["count"] == len(children)
            if not (complete & np.isclose(whole["sum"], own[column], rtol=1e-9, atol=0.5)).all():
                return ()
        return tuple(children)

    def _bounds_after(self, last: int, indicator: str, area: str) -> dict[int, tuple[str, float]]:
        """Give what is known as a bound after the last exact year, up to the next break."""
        breaks = (entry.year for entry in self.breaks(indicator, area) if entry.year > last)
        ends = min(breaks, default=None)
        return {
            year: bound
            for year, bound in self.record(indicator, area).bounds.items()
            if year > last and (ends is None or year < ends)
        }

    def projection(self, indicator: str, level: str, until: int) -> Projection:
        """Project all areas of a level up to a year at least: each borrows from the others."""
        key = (indicator, level)
        if key not in self._projections or self._projections[key][0] < until:
            entry, history = self.catalog.indicator(indicator), self.history(indicator)
            history = history[history["area"].isin(self.on_level(level))]
            self._projections[key] = until, _projected(history, until, entry)
        return self._projections[key][1]


def _projected(history: pd.DataFrame, until: int, entry: Indicator) -> Projection:
    return Projection(
        history,
        until,
        scale=scale_for(entry.bounds),
        measure_type=entry.measure_type,
        falling=entry.better == "lower",
        whole_counts=counts_whole(entry),
    )


#: Where fewer than one draw in so many agrees, the model did not see coming what came.
ONE_IN = 40


class UnforeseenError(ProjectionError):
    """Next to no draw agrees with what was published."""


def within_bounds(trajectory: Trajectory, bounds: Mapping[int, tuple[str, float]]) -> Trajectory:
    """
    Keep the draws that agree with what was published as a bound.

    A draw that disagrees has its place taken by one that agrees, each as often as the others, so
    that there are as many as before and those that agree stay beside the draws of other areas.

    Parameters
    ----------
    trajectory : Trajectory
        What a series may do.
    bounds : mapping of int to tuple of str and float
        What was published by year: above, at_least, below, at_most or about, which says nothing
        firm, and the value. Years that were not drawn are left out. [unit of the indicator]

    Returns
    -------
    Trajectory
        As many draws, all within the bounds.

    Raises
    ------
    UnforeseenError
        If fewer than one draw in 40 agrees.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = Trajectory("m", (2021,), np.array([[1.0], [2.0], [3.0], [4.0]]), 2020, 2.0, 0)
    >>> within_bounds(drawn, {2021: ("above", 2.0)}).at(2021).tolist()
    [3.0, 4.0, 3.0, 4.0]
    """
    kept = np.ones(len(trajectory.draws), dtype=bool)
    for year, (kind, value) in bounds.items():
        known = known_range(kind, value)
        if known is not None and year in trajectory.years:
            kept &= known.met_by(trajectory.at(year))
    if kept.all():
        return trajectory
    able, unable = np.flatnonzero(kept), np.flatnonzero(~kept)
    if len(able) * ONE_IN < len(kept):
        years = ", ".join(str(year) for year in sorted(bounds) if year in trajectory.years)
        raise UnforeseenError(
            f"{len(able)} of {len(kept)} draws agree with what was published of {years} as a "
            f"bound; at least one in {ONE_IN} is expected. Ask for the value itself."
        )
    places = np.arange(len(kept))
    places[unable] = able[np.arange(len(unable)) * len(able) // len(unable)]
    return replace(trajectory, draws=trajectory.draws[places], law=None)
