"""
Plots of a tidy frame: each takes a frame and an Axes, and returns the Axes.

Frames are those that ``edu_metrics`` gives: quantiles of an outlook, paths, scenarios, precedents,
a back-test. Without an Axes a new figure is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec

from matplotlib.axes import Axes

from edu_metrics.errors import ReportError, require_extra
from edu_metrics.figures.panel import Asked, Course, draw_panel
from edu_metrics.figures.style import COLOURS, STANDARD, plainly, use_style
from edu_metrics.words import number, say, unit_of

if TYPE_CHECKING:
    import pandas as pd


_Given = ParamSpec("_Given")

#: Quantiles that a fan is drawn of.
_FAN = (0.1, 0.25, 0.5, 0.75, 0.9)
_TARGET = re.compile(r"^\s*(>=|<=|>|<|==)\s*(-?\d+(?:\.\d+)?)\s*$")
_PACE = re.compile(r"([+-]?[\d.]+(?:e[+-]?\d+)?) (points|percent)")
_PACE_TEXTS = {"points": "figure.pace_points", "percent": "figure.pace_percent"}
_LABEL = 7.5  # font size [points]
#: With fewer cases than this a bin is drawn hollow.
MANY = 100
#: Size of one panel of small multiples. [inches]
_PANEL = (2.7, 2.1)


def _in_style(plot: Callable[_Given, Axes]) -> Callable[_Given, Axes]:
    @wraps(plot)
    def drawn(*given: _Given.args, **named: _Given.kwargs) -> Axes:
        with use_style():
            return plainly(plot(*given, **named))

    return drawn


@_in_style
def plot_fan(
    quantiles: pd.DataFrame,
    *,
    history: pd.DataFrame | pd.Series[Any] | None = None,
    target: str | None = None,
    due: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    unit: str | None = None,
    lang: str = "en",
) -> Axes:
    """
    Draw what was observed of one area, what may come, and the target.

    Parameters
    ----------
    quantiles : DataFrame
        Columns area, year, quantile and value of one area, with the quantiles 0.1, 0.25, 0.5, 0.75
        and 0.9: ``em.project(...).quantiles()``. [unit of the values]
    history : DataFrame or Series, optional
        What was observed: area, year and value, or the values of this area by year.
    target : str, optional
        A bound such as ``>=95``.
    due : int, optional
        Year of the target; the last one of the quantiles when left out.
    ax : Axes, optional
        Where to draw; a new figure when left out.
    title : str, optional
        What stands above; the area when left out.
    unit : str, optional
        Unit at the axis; % when left out.
    lang : {"zh", "en"}, optional
        Language.

    Returns
    -------
    Axes
        What was drawn on: the dark band holds 50 %, the light one 80 %.

    Raises
    ------
    ReportError
        If a column or quantile is missing, several areas are given, or the target is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.Series([70.0, 72, 75, 77, 80, 82], range(2015, 2021), name="Northside")
    >>> outlook = em.project(rates, until=2022)
    >>> ax = em.plot_fan(outlook.quantiles(), history=outlook.history, target=">=95")
    >>> ax.get_title(loc="left")
    'Northside'
    """
    area = _one_area(quantiles, ("area", "year", "quantile", "value"), "plot_fan")
    wide = quantiles.pivot(index="year", columns="quantile", values="value").sort_index()
    lacking = [level for level in _FAN if level not in wide.columns]
    if lacking:
        raise ReportError(
            f"plot_fan: expected the quantiles {_FAN}; missing: {lacking}. Give quantiles()."
        )
    low, q25, middle, q75, high = (tuple(map(float, wide[level])) for level in _FAN)
    years = tuple(int(year) for year in wide.index)
    return draw_panel(
        _axes(ax),
        title=area if title is None else title,
        unit_label=unit_of("percent").label(lang) if unit is None else unit,
        observed=_points(history, area),
        courses=[Course("", years, middle, ((low, high), (q25, q75)))],
        asked=_asked(target, max(years) if due is None else due),
        lang=lang,
    )


@_in_style
def plot_paths(
    paths: pd.DataFrame,
    *,
    by: str | None = None,
    history: pd.DataFrame | pd.Series[Any] | None = None,
    target: str | None = None,
    due: int | None = None,
    ax: Axes | None = None,
    title: str | None = None,
    unit: str | None = None,
    lang: str = "en",
) -> Axes:
    """
    Draw paths of one area, each named at its end.

    Parameters
    ----------
    paths : DataFrame
        Columns area, year, value, and what tells paths apart: ``em.paths(...)`` or
        ``em.scenarios(...)``. [unit of the values]
    by : str, optional
        That column; ``pace``, else ``scenario``, when left out.
    history : DataFrame or Series, optional
        What was observed: area, year and value, or the values of this area by year. Paths start
        from its last year.
    target : str, optional
        A bound such as ``>=95``.
    due : int, optional
        Year of the target; the last one of the paths when left out.
    ax, title, unit, lang
        As for :func:`plot_fan`.

    Returns
    -------
    Axes
        What was drawn on.

    Raises
    ------
    ReportError
        If a column is missing, several areas are given, or the target is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.Series({2020: 70.0}, name="Northside")
    >>> ax = em.plot_paths(em.paths(rates, until=2022, points=[5, 8]), target=">=85")
    >>> sorted(text.get_text() for text in ax.texts)
    ['+5 points a year', '+8 points a year', '≥ 85']
    """
    return _draw_paths(paths, by, history, target, due, ax, title, unit, lang)


def plot_small_multiples(
    table: pd.DataFrame,
    *,
    history: pd.DataFrame | pd.Series[Any] | None = None,
    target: str | None = None,
    due: int | None = None,
    axes: Sequence[Axes] | None = None,
    columns: int = 3,
    unit: str | None = None,
    lang: str = "en",
) -> list[Axes]:
    """
    Draw a fan or paths of every area, one panel each, on one scale.

    Parameters
    ----------
    table : DataFrame
        As for :func:`plot_fan` (with quantiles) or :func:`plot_paths`, of several areas.
    history, target, due, unit, lang
        As there.
    axes : sequence of Axes, optional
        One panel an area; a new figure when left out.
    columns : int, optional
        Panels beside each other, in a new figure.

    Returns
    -------
    list of Axes
        The panels, in the order in which the areas stand in the table.

    Raises
    ------
    ReportError
        If a column is missing, or there are fewer panels than areas.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": ["Northside", "Lakeside"], "year": 2020, "value": [70, 88]})
    >>> panels = em.plot_small_multiples(em.paths(rates, until=2022, points=5))
    >>> [ax.get_title(loc="left") for ax in panels]
    ['Northside', 'Lakeside']
    """
    _require(table, ("area", "year", "value"), "plot_small_multiples")
    areas = table["area"].drop_duplicates().tolist()
    if axes is None:
        wide = min(columns, len(areas))
        rows = -(-len(areas) // wide)
        import matplotlib.pyplot as plt

        with use_style():
            _, grid = plt.subplots(
                rows, wide, squeeze=False, figsize=(_PANEL[0] * wide, _PANEL[1] * rows)
            )
        panels = list(grid.flat)
        for ax in panels[len(areas) :]:
            ax.remove()
        axes = panels[: len(areas)]
    if len(axes) < len(areas):
        raise ReportError(
            f"plot_small_multiples: expected a panel for each of {len(areas)} areas, "
            f"found {len(axes)}"
        )
    ylim = _common_scale(table, history, target, areas)
    for area, ax in zip(areas, axes, strict=False):
        own = table[table["area"] == area]
        if "quantile" in table.columns:
            plot_fan(own, history=history, target=target, due=due, ax=ax, unit=unit, lang=lang)
            ax.set_ylim(*ylim)
            continue
        with use_style():
            _draw_paths(own, None, history, target, due, ax, None, unit, lang, ylim)
    return list(axes[: len(areas)])


def _common_scale(
    table: pd.DataFrame,
    history: pd.DataFrame | pd.Series[Any] | None,
    target: str | None,
    areas: Sequence[str],
) -> tuple[float, float]:
    """Give ends of an axis that holds the values of all areas, with air around them."""
    values = table["value"].dropna().astype(float).tolist()
    values += [value for area in areas for _, value in _points(history, area)]
    values += [asked.value] if (asked := _asked(target, 0)) else []
    air = 0.06 * (max(values) - min(values)) or 1.0
    return min(values) - air, max(values) + air


@_in_style
def plot_precedents(
    table: pd.DataFrame, *, ax: Axes | None = None, title: str = "", lang: str = "en"
) -> Axes:
    """
    Draw how often comparable series kept the pace that each target asks for.

    Parameters
    ----------
    table : DataFrame
        Columns target, reference, share_pct, low_pct and high_pct: ``em.precedents(...)``; rows
        without a share are left out. [percent]
    ax, title, lang
        As for :func:`plot_fan`.

    Returns
    -------
    Axes
        What was drawn on: one line a target, the bar its 95 % interval, the hollow mark no window.

    Raises
    ------
    ReportError
        If a column is missing, or no row has a share.

    Examples
    --------
    >>> import edu_metrics as em
    >>> found = em.precedents("mock_city", areas="mock_east", targets="T06_primary_bachelor")
    >>> [label.get_text() for label in em.plot_precedents(found).get_yticklabels()]
    ['T06_primary_bachelor, ordinary', 'T06_primary_bachelor, test_change']
    """
    require_extra("reports", "seaborn")
    import seaborn as sns

    needed = ("area", "target", "reference", "share_pct", "low_pct", "high_pct")
    _require(table, needed, "plot_precedents")
    rows = table.dropna(subset=["share_pct"])
    if rows.empty:
        raise ReportError("plot_precedents: expected a row with a share; every row has a reason")
    several = [name for name in ("area", "reference") if rows[name].nunique() > 1]
    labels = rows["target"]
    for name in several:
        labels = labels + ", " + rows[name]
    rows = rows.assign(label=labels, share_pct=rows["share_pct"].astype(float))
    ax = _axes(ax, height=0.9 + 0.28 * len(rows))
    places = {label: at for at, label in enumerate(rows["label"].drop_duplicates())}
    for label, low, high in rows[["label", "low_pct", "high_pct"]].itertuples(index=False):
        ax.hlines(places[label], low, high, color=COLOURS["reference"], linewidth=1.6, zorder=2)
    for never, part in rows.groupby(rows["share_pct"] == 0):
        sns.stripplot(
            data=part, x="share_pct", y="label", order=list(places), jitter=False, size=6,
            marker="o", linewidth=1.2, edgecolor=COLOURS["reference"],
            color="white" if never else COLOURS["reference"], ax=ax, zorder=3,
        )  # fmt: skip
    ax.grid(visible=True, axis="x")
    ax.grid(visible=False, axis="y")
    ax.set_xlim(-2, max(20.0, float(rows["high_pct"].max()) + 4))
    ax.set_ylim(len(places) - 0.5, -0.5)
    return _named(ax, say("figure.precedent_axis", lang), "", title)


@_in_style
def plot_calibration(
    bins: pd.DataFrame,
    *,
    horizon: int | None = None,
    ax: Axes | None = None,
    title: str = "",
    lang: str = "en",
) -> Axes:
    """
    Draw how often what was given a probability came true.

    Parameters
    ----------
    bins : DataFrame
        ``em.backtest(..., what="reliability")``, of the model that reports use: columns default,
        horizon, stated, happened, low, high and n. [0-1]
    horizon : int, optional
        Years ahead; the shortest when left out.
    ax, title, lang
        As for :func:`plot_fan`.

    Returns
    -------
    Axes
        What was drawn on: a mark on the diagonal is right, hollow ones stand for few cases.

    Raises
    ------
    ReportError
        If a column is missing, or there is nothing to draw.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({
    ...     "area": ["Northside"] * 7 + ["Lakeside"] * 7, "year": [*range(2014, 2021)] * 2,
    ...     "value": [61, 63, 64, 66, 67, 70, 71, 80, 80, 82, 83, 83, 84, 86],
    ... })
    >>> ax = em.plot_calibration(em.backtest(rates, what="reliability"))
    >>> ax.get_ylabel()
    'share that happened'
    """
    from edu_metrics.trajectories import CAP, FLOOR

    needed = ("default", "horizon", "stated", "happened", "low_happened", "high_happened", "n")
    _require(bins, needed, "plot_calibration")
    rows = bins[bins["default"].astype(bool)]
    ahead = rows["horizon"].min() if horizon is None else horizon
    rows = rows[rows["horizon"] == ahead]
    if rows.empty:
        raise ReportError(f"plot_calibration: no bin of the reports' model {ahead} year(s) ahead")
    ax = _axes(ax, height=STANDARD[1])
    ax.plot([0, 1], [0, 1], color=COLOURS["missing"], lw=0.9, ls=":", zorder=1)
    for limit in (CAP, FLOOR):
        ax.axvline(limit, color=COLOURS["target"], lw=1.0, ls="-.", zorder=1)
    named = say("record.cap_mark", lang, cap=f"{100 * CAP:g}")
    ax.text(CAP + 0.015, 0.02, named, fontsize=_LABEL, color=COLOURS["target"])
    for stated, happened, low, high, n in rows.sort_values("stated")[list(needed[2:])].to_numpy(
        dtype=float
    ):
        colour = COLOURS["projected"]
        ax.vlines(stated, low, high, color=colour, lw=1.6, zorder=3)
        filled = colour if n >= MANY else "white"
        ax.plot([stated], [happened], "o", ms=6, color=colour, mfc=filled, zorder=4)
        # To the right: over the bar, the frame would cut the number of the lowest bin.
        ax.annotate(
            number(n, 0), (stated, min(high, 1.0)), (3, 1), textcoords="offset points",
            fontsize=_LABEL - 1, color=COLOURS["missing"], annotation_clip=False,
        )  # fmt: skip
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1.08)
    return _named(ax, say("record.said_axis", lang), say("record.happened_axis", lang), title)


def _named(ax: Axes, x: str, y: str, title: str) -> Axes:
    """Write title and axes of a plot; the title is larger, the ticks are smaller."""
    ax.set_title(title, fontsize=_LABEL + 1)
    ax.set_xlabel(x, fontsize=_LABEL)
    ax.set_ylabel(y, fontsize=_LABEL)
    ax.tick_params(labelsize=_LABEL - 1)
    return ax


def _draw_paths(
    paths: pd.DataFrame, by: str | None, history: pd.DataFrame | pd.Series[Any] | None,
    target: str | None, due: int | None, ax: Axes | None, title: str | None, unit: str | None,
    lang: str, ylim: tuple[float, float] | None = None,
) -> Axes:  # fmt: skip
    """Draw the paths of one area, each named at its end."""
    key = by or ("pace" if "pace" in paths.columns else "scenario")
    area = _one_area(paths, ("area", "year", "value", key), "plot_paths")
    drawn = paths.dropna(subset=["year", "value"]).sort_values("year", kind="stable")
    courses = []
    for name in paths[key].drop_duplicates():
        own = drawn[drawn[key] == name]
        if len(own):
            years, values = own["year"].astype(int), own["value"].astype(float)
            courses.append(Course(_told(name, lang), tuple(years), tuple(values)))
    last = max((one.years[-1] for one in courses), default=0)
    return draw_panel(
        _axes(ax),
        title=area if title is None else title,
        unit_label=unit_of("percent").label(lang) if unit is None else unit,
        observed=_points(history, area),
        courses=courses,
        asked=_asked(target, last if due is None else due),
        ylim=ylim,
        room=160.0,
        lang=lang,
    )


def _axes(ax: Axes | None, *, height: float = 3.2) -> Axes:
    """Take the Axes given, or those of a new figure."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(STANDARD[0] * 0.8, height))[1]


def _require(table: Any, columns: Sequence[str], plot: str) -> None:
    if not hasattr(table, "columns"):
        raise ReportError(f"{plot}: expected a DataFrame, found {type(table).__name__}")
    lacking = [name for name in columns if name not in table.columns]
    if lacking:
        found = ", ".join(map(str, table.columns)) or "none"
        raise ReportError(
            f"{plot}: expected the columns {', '.join(columns)}; missing: {', '.join(lacking)} "
            f"(found {found})"
        )
    if not len(table):
        raise ReportError(f"{plot}: expected at least one row; found none")


def _one_area(table: pd.DataFrame, columns: Sequence[str], plot: str) -> str:
    _require(table, columns, plot)
    areas = table["area"].drop_duplicates().tolist()
    if len(areas) > 1:
        raise ReportError(
            f"{plot}: expected one area, found {', '.join(map(str, areas[:5]))}. Choose one, or "
            "draw all with plot_small_multiples."
        )
    return str(areas[0])


def _points(history: pd.DataFrame | pd.Series[Any] | None, area: str) -> list[tuple[int, float]]:
    if history is None:
        return []
    import pandas as pd

    if isinstance(history, pd.Series):
        ordered = history.sort_index()
        return list(zip(map(int, ordered.index), map(float, ordered), strict=True))
    _require(history, ("area", "year", "value"), "history")
    own = history[history["area"] == area].sort_values("year")
    return [(int(year), float(value)) for year, value in own[["year", "value"]].to_numpy()]


def _asked(target: str | None, due: int) -> Asked | None:
    if target is None:
        return None
    found = _TARGET.match(target)
    if not found:
        raise ReportError(f"target: expected a bound such as '>=95', found {target!r}")
    return Asked(due, float(found[2]), found[1])


def _told(name: object, lang: str) -> str:
    """Put paces into the reader's language; any other name stays as it is."""
    return _PACE.sub(
        lambda found: say(_PACE_TEXTS[found[2]], lang, pace=found[1]),
        str(name).removesuffix(" a year"),
    )
