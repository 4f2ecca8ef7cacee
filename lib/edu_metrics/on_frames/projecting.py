"""What may come of a table: its projection, and how such projections have done on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.frames import Limits, percentages, tidy
from edu_metrics.on_frames.in_memory import MEASURED, Measure, assessed, bound_of, opened
from edu_metrics.trajectories import ModelScore, Trajectory, to_panels
from edu_metrics.trajectories import backtest as backtest_panels

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9)


def project(
    history: pd.DataFrame | pd.Series[Any],
    *,
    until: int,
    limits: Limits = (0, 100),
    better: Literal["higher", "lower"] = "higher",
    measure_type: str | None = None,
    whole_counts: bool = False,
    noise: Literal["binomial"] | None = None,
    skip: bool = False,
) -> Outlook:
    """
    Project the series of comparable areas: what may come, and how surely a target is met.

    The forecast is the one of the reports and of the command line. Areas of one table borrow from
    each other.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, and optionally n, the persons or institutions behind a rate;
        or the values of one area by year.
    until : int
        Last year that may be asked for.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be; ``(0, None)`` for amounts and rates that may
        pass 100.
    better : {"higher", "lower"}, optional
        Which way is better.
    measure_type : str, optional
        Type of measure, such as ``enrolment``, for what is expected before looking; the widest
        expectation where it is left out.
    whole_counts : bool, optional
        Whether values are whole numbers of persons or institutions, with limits ``(0, None)``.
    noise : {"binomial"}, optional
        Says that another year draws other persons; a change that chance alone may make is then no
        verdict.
    skip : bool, optional
        Leave out areas that can't be projected, and name them in ``refused``, in place of an
        error.

    Returns
    -------
    Outlook
        With ``quantiles``, ``probability``, ``year_reached`` and ``plot``.

    Raises
    ------
    DataError
        With every fault of the table.
    ProjectionError
        If an area's past says too little, in the words of a report; or if ``until`` is over.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> nation = pd.Series([93.4, 93.8, 94.2, 94.8, 95.2], range(2016, 2021), name="nation")
    >>> outlook = em.project(nation, until=2022)
    >>> outlook.quantiles([0.5]).round({"value": 0})
         area  year  quantile  value
    0  nation  2021       0.5   95.0
    1  nation  2022       0.5   96.0
    >>> outlook.probability(">=90", 2022)
         area  year target  probability
    0  nation  2022   >=90          0.8
    >>> outlook.year_reached(">=95")
         area target  year_reached
    0  nation   >=95          2020
    """
    measure = Measure(limits, better, measure_type, whole_counts, noise)
    rows = tidy(history, limits=limits)

    if until <= int(rows["year"].max()):
        raise ProjectionError(
            f"until: expected a year after the last one observed, {rows['year'].max()}; "
            f"found {until}"
        )
    store, names = opened(rows, measure)
    trajectories: dict[str, Trajectory] = {}
    refused: dict[str, str] = {}
    for area, name in names.items():
        try:
            trajectories[name] = store.trajectory(MEASURED, area, until)
        except ProjectionError as error:
            refused[name] = error.message
    if refused and (not skip or not trajectories):
        raise ProjectionError(
            f"{len(refused)} of {len(refused) + len(trajectories)} area(s) can't be projected"
            + (" (skip=True leaves them out)" if trajectories else ""),
            [f"{area}: {why}" for area, why in refused.items()],
        )
    kept = rows[rows["area"].isin(list(trajectories))].reset_index(drop=True)
    return Outlook(kept, until, measure, trajectories, refused, rows)


@dataclass(frozen=True, eq=False, repr=False)
class Outlook:
    """
    What the series of a table may do; see :func:`project`.

    Attributes
    ----------
    history : DataFrame
        What was observed: area, year, value, n.
    until : int
        Last year that may be asked for.
    measure : Measure
        What is known of the measure.
    trajectories : mapping of str to Trajectory
        Area by area.
    refused : mapping of str to str
        Areas that were left out, and why.
    """

    history: pd.DataFrame
    until: int
    measure: Measure
    trajectories: Mapping[str, Trajectory]
    refused: Mapping[str, str]
    _all: pd.DataFrame

    def __repr__(self) -> str:
        """Say what it is about in one line."""
        left_out = f", {len(self.refused)} left out" if self.refused else ""
        return f"Outlook of {len(self.trajectories)} area(s) until {self.until}{left_out}"

    def quantiles(self, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
        """
        Give quantiles by area and year.

        Parameters
        ----------
        levels : sequence of float, optional
            Levels, 0-1. An interval of 80 % goes from 0.1 to 0.9.

        Returns
        -------
        DataFrame
            Columns area, year, quantile and value.

        Raises
        ------
        DataError
            If a level is not between 0 and 1.
        """
        import pandas as pd

        asked = list(levels)
        wrong = [level for level in asked if not 0 < level < 1]
        if wrong or not asked:
            raise DataError(f"levels: expected numbers above 0 and below 1, found {asked}")
        rows = [
            (area, year, level, float(value))
            for area, one in self.trajectories.items()
            for level, values in zip(asked, one.quantiles(asked), strict=True)
            for year, value in zip(one.years, values, strict=True)
        ]
        found = pd.DataFrame(rows, columns=["area", "year", "quantile", "value"])
        order = {area: at for at, area in enumerate(self.trajectories)}
        return found.sort_values(
            ["area", "year", "quantile"],
            key=lambda column: column.map(order) if column.name == "area" else column,
            ignore_index=True,
        )

    def probability(self, target: str, year: int | None = None) -> pd.DataFrame:
        """
        Say how likely each area meets a target.

        Parameters
        ----------
        target : str
            A bound such as ``>=95``. [unit of the values]
        year : int, optional
            Year in which it is due; ``until`` when left out.

        Returns
        -------
        DataFrame
            Columns area, year, target and probability: two digits, from 0.01 to 0.80, beyond which
            the track record supports none; missing where a study would state none either (the
            year is observed already, more than ten years ahead, or a 100 % of unknown persons).
        """
        due = self._due(year)
        return self._table(target, due, year=due).drop(columns="year_reached")

    def year_reached(self, target: str) -> pd.DataFrame:
        """
        Say by which year half of what may come has reached a target.

        Parameters
        ----------
        target : str
            A bound such as ``>=95``. [unit of the values]

        Returns
        -------
        DataFrame
            Columns area, target and year_reached: a year of the series or of the five years beyond
            ``until``, missing where it is later.
        """
        return self._table(target, self.until).drop(columns="probability")

    def plot(
        self, area: str | None = None, *, target: str | None = None, ax: Axes | None = None,
        lang: str = "en", title: str | None = None, unit: str | None = None,
    ) -> Axes:  # fmt: skip
        """
        Draw what was observed and what may come of one area, and the target.

        Parameters
        ----------
        area : str, optional
            Which; the only one where there is one.
        target : str, optional
            A bound such as ``>=95``, due in ``until``.
        ax : Axes, optional
            Where to draw; a new figure when left out.
        lang : {"zh", "en"}, optional
            Language.
        title, unit : str, optional
            Title and unit at the axis; the area's name and percent (of 0 to 100) when left out.

        Returns
        -------
        Axes
            What was drawn on.
        """
        from edu_metrics.figures.plots import plot_fan

        name = self._only(area)
        if target is not None:
            bound_of(target)
        return plot_fan(
            self.quantiles().query("area == @name"),
            history=self.history.query("area == @name"),
            target=target,
            due=self.until,
            ax=ax,
            title=name if title is None else title,
            unit="" if unit is None and not percentages(self.measure.limits) else unit,
            lang=lang,
        )

    def _only(self, area: str | None) -> str:
        known = list(self.trajectories)
        if area is None and len(known) == 1:
            return known[0]
        if area is None or area not in self.trajectories:
            raise DataError(f"area: expected one of {', '.join(known)}; found {area!r}")
        return area

    def _due(self, year: int | None) -> int:
        first = int(self.history["year"].min()) + 1
        due = self.until if year is None else year
        if not first <= due <= self.until:
            raise ProjectionError(
                f"year: expected {first} to {self.until}, found {due}; project(..., until={due}) "
                "asks for later years"
            )
        return due

    def _table(self, target: str, due: int, **columns: Any) -> pd.DataFrame:
        """Ask the study of this table, and give what it says of both."""
        import pandas as pd

        from edu_metrics.reachability import two_digits

        found = assessed(self._all, target, due, self.measure)
        rows = [
            {
                "area": area,
                **columns,
                "target": target,
                "probability": two_digits(one.probability),
                "year_reached": one.year_reached,
            }
            for area, one in found
            if area in self.trajectories
        ]
        table = pd.DataFrame(rows)
        return table.astype({"probability": "float64", "year_reached": "Int64"})


#: What can be said of a model in one number a row.
_SCORES = tuple(one.name for one in fields(ModelScore) if one.type in (
    "str", "bool", "Areas", "int", "float | None"))  # fmt: skip


def backtest(
    history: pd.DataFrame,
    *,
    horizons: Sequence[int] = (1, 2, 3),
    gains: Sequence[float] = (5.0, 10.0),
    areas: Sequence[int | Literal["all"]] = ("all",),
    limits: Limits = (0, 100),
    better: Literal["higher", "lower"] = "higher",
    measure_type: str | None = None,
    what: Literal["scores", "reliability"] = "scores",
) -> pd.DataFrame:
    """
    Back-test the forecast on a table: what it would have said each year, against what came.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value, and optionally n, the persons or institutions behind a rate.
    horizons : sequence of int, optional
        Years ahead. [years]
    gains : sequence of float, optional
        Events asked for: at least so many points more than at the origin. [percentage points]
    areas : sequence of (int or "all"), optional
        How many areas are forecast together.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.
    better : {"higher", "lower"}, optional
        Which way is better.
    measure_type : str, optional
        Type of measure, for what is expected before looking.
    what : {"scores", "reliability"}, optional
        One row a model and horizon with its errors and what its intervals held; or how often came
        true what was given a probability, one row a bin of it.

    Returns
    -------
    DataFrame
        Of scores: model, default, areas, horizon, n, mae, bias, above_median_pct, coverage80,
        coverage95, width80, width95, crps, common_variance_pct. Of reliability: model, areas,
        horizon and the bins.

    Raises
    ------
    DataError
        With every fault of the table, or for horizons, gains or areas that can't be asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({
    ...     "area": ["Northside"] * 7 + ["Lakeside"] * 7, "year": [*range(2014, 2021)] * 2,
    ...     "value": [61, 63, 64, 66, 67, 70, 71, 80, 80, 82, 83, 83, 84, 86],
    ... })
    >>> scores = em.backtest(rates, horizons=[1])
    >>> scores.query("default")["n"].tolist()
    [6]
    """
    import pandas as pd

    if what not in ("scores", "reliability"):
        raise DataError(f"what: expected 'scores' or 'reliability', found {what!r}")
    rows = tidy(history, limits=limits)
    (panel,) = to_panels(rows.astype({"n": object}).fillna({"n": ""}))
    panel = replace(panel, bounds=limits, falling=better == "lower", measure_type=measure_type)
    scores = backtest_panels([panel], horizons=horizons, gains=gains, areas=areas)
    if what == "scores":
        return pd.DataFrame([{name: getattr(one, name) for name in _SCORES} for one in scores])
    bins = [
        {"model": one.model, "default": one.default, "areas": one.areas, "horizon": one.horizon}
        | _bin(found)
        for one in scores
        for found in one.reliability
    ]
    return pd.DataFrame(bins)


def _bin(found: Any) -> dict[str, Any]:
    low, high = found.interval
    told = {name: value for name, value in asdict(found).items() if name != "interval"}
    return {**told, "low_happened": low, "high_happened": high, "supported": found.supported}
