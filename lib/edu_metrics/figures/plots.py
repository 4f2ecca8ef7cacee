"""
Plots of a tidy frame: each takes a frame and an Axes, and returns the Axes.

Frames are those that ``edu_metrics`` gives: quantiles of an outlook, paths, scenarios, precedents,
a back-test. Without an Axes a new figure is made. Courses differ in colour, in the style of the
line and in the mark of their points, and are named at their ends.
"""

from __future__ import annotations

import math
import re
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from itertools import cycle
from typing import TYPE_CHECKING, Any, ParamSpec

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator
from pydantic import ValidationError

from edu_metrics.catalog import Bound
from edu_metrics.errors import ReportError, require_extra
from edu_metrics.figures.style import COLOURS, FONT_FAMILY, STANDARD, plainly, use_style
from edu_metrics.figures.svg import spread_out, text_width
from edu_metrics.figures.track import MANY
from edu_metrics.frames import tidy, year_of
from edu_metrics.limits import FIRST_YEAR
from edu_metrics.words import number, say, short, unit_of

if TYPE_CHECKING:
    import pandas as pd


_Given = ParamSpec("_Given")
#: Year and bound of what is asked.
_Asked = tuple[int, Bound]

#: Quantiles that a fan is drawn of: the middle, and the ends of its bands, the widest first.
_MIDDLE = 0.5
_BANDS = {"band_80": (0.1, 0.9), "band_50": (0.25, 0.75)}
_PACE = re.compile(r"([+-]?[\d.]+(?:e[+-]?\d+)?) (points|percent)")
_PACE_TEXTS = {"points": "figure.pace_points", "percent": "figure.pace_percent"}
_TITLE, _LABEL = 9.0, 7.5  # font sizes [points]
#: Width of a name before it is folded. [points]
_ROOM = 150.0
#: Size of one panel of small multiples. [inches]
_PANEL = (2.7, 2.1)
#: Colour, dashes and mark of courses, in this order; vermilion and black are promises and data.
_LOOKS = (
    ("#0072B2", "-", "o"),
    ("#009E73", "--", "s"),
    ("#CC79A7", "-.", "^"),
    ("#56B4E9", (0.0, (5.0, 1.0)), "v"),
    ("#8A6D00", ":", "D"),
    ("#5A5A5A", (0.0, (3.0, 1.0, 1.0, 1.0)), "P"),
    ("#332288", (0.0, (1.0, 1.0)), "X"),
)


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
        If a column or quantile is missing, several areas or values of a year are given, the history
        is of another area, or the target is no bound.

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
    wide = wide.astype(float)
    levels = sorted([_MIDDLE, *(end for ends in _BANDS.values() for end in ends)])
    lacking = [level for level in levels if level not in wide or wide[level].isna().any()]
    if lacking:
        raise ReportError(
            f"plot_fan: expected the quantiles {tuple(levels)} of every year; "
            f"missing: {lacking}. Give quantiles()."
        )
    return _draw_courses(area, {"": wide}, history, target, due, ax, title, unit, lang)


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
        If a column is missing, several areas or values of a year are given, the history is of
        another area, or the target is no bound.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.Series({2020: 70.0}, name="Northside")
    >>> ax = em.plot_paths(em.paths(rates, until=2022, points=[5, 8]), target=">=85")
    >>> sorted(text.get_text() for text in ax.texts)
    ['+5 points a year', '+8 points a year', '≥ 85']
    """
    key = by or ("pace" if "pace" in paths.columns else "scenario")
    area = _one_area(paths, ("area", "year", "value", key), "plot_paths")
    known = paths.dropna(subset=["year", "value"]).sort_values("year", kind="stable")
    known = known.astype({"year": int, "value": float}).rename(columns={"value": _MIDDLE})
    courses = {
        _told(name, lang): own.set_index("year")[[_MIDDLE]]
        for name, own in known.groupby(key, sort=False)
    }
    return _draw_courses(area, courses, history, target, due, ax, title, unit, lang)


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
    if columns < 1:
        raise ReportError(f"columns: expected at least one; found {columns}")
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
    values = table["value"].dropna().astype(float).tolist()
    values += [value for area in areas for value in _series(history, area)]
    values += [asked[1].value] if (asked := _asked(target, FIRST_YEAR)) else []
    draw = plot_fan if "quantile" in table.columns else plot_paths
    for area, ax in zip(areas, axes, strict=False):
        ax.set_ylim(*_around(values, 0.06))
        own = table[table["area"] == area]
        draw(own, history=history, target=target, due=due, ax=ax, unit=unit, lang=lang)
    return list(axes[: len(areas)])


@_in_style
def plot_precedents(
    table: pd.DataFrame, *, ax: Axes | None = None, title: str = "", lang: str = "en"
) -> Axes:
    """
    Draw how often comparable series kept the pace that each target asks for.

    Parameters
    ----------
    table : DataFrame
        Columns area, target, reference, share_pct, low_pct and high_pct: ``em.precedents(...)``;
        rows without a share are left out. [percent]
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
        horizon, stated, happened, low_happened, high_happened and n. [0-1]
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
        If a column is missing, there is nothing to draw, or bins are of several numbers of areas.

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
    if "areas" in rows and rows["areas"].nunique() > 1:
        several = ", ".join(map(str, rows["areas"].unique()))
        raise ReportError(f"plot_calibration: expected one number of areas; found {several}")
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
    keys = [name for name in columns if name not in ("area", "value")]
    double = table[table.duplicated(keys, keep=False) & table["year"].notna()]
    if len(double):
        first = ", ".join(f"{name} {double[name].iloc[0]}" for name in keys)
        raise ReportError(
            f"{plot}: expected one value for each {' and '.join(keys)}; found several of {first}. "
            "Choose one target and reading."
        )
    return str(areas[0])


def _series(history: pd.DataFrame | pd.Series[Any] | None, area: str) -> pd.Series[float]:
    """Give what was observed of an area by year."""
    import pandas as pd

    if history is None:
        return pd.Series(dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # what is odd is there to be seen
        rows = tidy(history, limits=(None, None))
    if not isinstance(history, pd.Series):
        if area not in set(rows["area"]):
            named = ", ".join(rows["area"].unique()[:5])
            raise ReportError(f"history: expected values of {area!r}; found those of {named}")
        rows = rows[rows["area"] == area]
    return rows.set_index("year")["value"]


def _asked(target: str | None, due: int) -> _Asked | None:
    if target is None:
        return None
    try:
        return year_of("due", due), Bound.model_validate(target)
    except ValidationError:
        raise ReportError(f"target: expected a bound such as '>=95', found {target!r}") from None


def _told(name: object, lang: str) -> str:
    """Put paces into the reader's language; any other name stays as it is."""
    return _PACE.sub(
        lambda found: say(_PACE_TEXTS[found[2]], lang, pace=found[1]),
        str(name).removesuffix(" a year"),
    )


def _draw_courses(
    area: str, courses: Mapping[str, pd.DataFrame], history: pd.DataFrame | pd.Series[Any] | None,
    target: str | None, due: int | None, ax: Axes | None, title: str | None, unit: str | None,
    lang: str,
) -> Axes:  # fmt: skip
    """
    Draw courses from where a series stands, and what is asked.

    Courses are quantiles by year, or their middle alone; the one without a name is the projection.
    """
    last = max((int(one.index[-1]) for one in courses.values()), default=0)
    observed, asked = _series(history, area), _asked(target, last if due is None else due)
    ax = _axes(ax)
    shown = area if title is None else title
    ax.set_title(_folded(shown, 2 * _ROOM, _TITLE), fontsize=_TITLE, pad=6.0)
    if observed.empty and not courses and asked is None:
        ax.set_axis_off()
        ax.text(0.5, 0.5, say("figure.no_data", lang), transform=ax.transAxes, ha="center")
        return ax
    ends = []
    for (name, course), look in zip(courses.items(), cycle(_LOOKS), strict=False):
        _draw_course(ax, name, course, observed.iloc[-1:], look, lang)
        if name:
            ends.append((int(course.index[-1]), float(course[_MIDDLE].iloc[-1]), name, look[0]))
    years, values = [*observed.index], [*observed]
    for course in courses.values():
        years, values = [*years, *course.index], [*values, *course.to_numpy().ravel()]
    if asked:
        ends.append(_draw_asked(ax, *asked, lang))
        years, values = [*years, asked[0]], [*values, asked[1].value]
    if not observed.empty:
        # A year without a value breaks the line.
        known = observed.reindex(range(int(observed.index[0]), int(observed.index[-1]) + 1))
        ax.plot(
            known.index, known, color=COLOURS["observed"], linewidth=1.6, marker="o",
            markersize=4.0, clip_on=False, zorder=6, label=say("figure.observed", lang),
        )  # fmt: skip
    percent = unit_of("percent").label(lang)
    label = percent if unit is None else unit
    _set_axes(ax, years, asked[0] if asked else max(years))
    if ax.get_autoscaley_on():  # else the panel has a scale already
        ax.set_ylim(*_around(values, 0.12, percent=label == percent))
    ax.set_ylabel(label, fontsize=_LABEL, labelpad=2.0)
    _name_ends(ax, ends)
    return ax


def _draw_course(
    ax: Axes, name: str, course: pd.DataFrame, start: pd.Series[float], look: Any, lang: str
) -> None:
    """Draw what a series may do, from where it stands."""
    import pandas as pd

    colour, dashes, mark = look
    before = start[start.index < course.index[0]]
    whole = pd.concat([pd.DataFrame({level: before for level in course}), course])
    for part, (low, high) in _BANDS.items():
        if low not in course:
            continue
        if len(whole) > 1:
            ax.fill_between(
                whole.index, whole[low], whole[high], color=colour, alpha=0.18, linewidth=0,
                zorder=2, label=say(f"figure.{part}", lang),
            )  # fmt: skip
        else:  # an area over one year would be nothing to see
            ax.vlines(whole.index, whole[low], whole[high], color=colour, alpha=0.3, linewidth=5.0)
    ax.plot(
        whole.index, whole[_MIDDLE], color=colour, linestyle=dashes if name else "--",
        linewidth=1.7, marker=mark, markersize=3.8, zorder=5,
        markevery=list(range(len(before), len(whole))),
        label=name or say("figure.projected", lang),
    )  # fmt: skip


def _draw_asked(ax: Axes, year: int, bound: Bound, lang: str) -> tuple[int, float, str, str]:
    """Draw a level that is asked for, hollow where it must be passed; give what to name it."""
    colour = COLOURS["target"]
    ax.plot([year - 0.35, year + 0.35], [bound.value] * 2, color=colour, linewidth=1.2)
    ax.plot(
        [year], [bound.value], linestyle="none", marker="s", markersize=5.0, color=colour,
        markerfacecolor="white" if bound.strict else colour, clip_on=False, zorder=5,
        label=say("figure.promised_strict" if bound.strict else "figure.promised", lang),
    )  # fmt: skip
    return year, bound.value, str(bound), colour


def _set_axes(ax: Axes, years: Sequence[int], due: int) -> None:
    """Show few whole years, the one that matters among them, and few values."""
    first, last = min(years), max(years)
    step = math.ceil((last - first + 1) / max(_size(ax)[0] // (5 * _LABEL), 2))
    ax.set_xlim(first - 0.3, last + 0.45)
    ax.set_xticks(range(due - step * ((due - first) // step), last + 1, step))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: short(value, 4)))
    ax.tick_params(labelsize=_LABEL, labelfontfamily=list(FONT_FAMILY), length=2.5, pad=2.0)


def _size(ax: Axes) -> tuple[float, float]:
    """Give about what width and height a panel has. [points]."""
    figure, box = ax.get_figure(root=True), ax.get_position()
    wide, high = figure.get_size_inches() if figure else STANDARD
    return 72 * float(wide) * box.width, 72 * float(high) * box.height


def _around(values: Sequence[float], air: float, *, percent: bool = False) -> tuple[float, float]:
    """Leave air around values, but none where no value can be."""
    low, high = min(values), max(values)
    wide = air * (high - low) or max(1.0, 0.05 * abs(high))
    bottom, top = low - wide, high + wide
    return max(bottom, 0.0) if low >= 0 else bottom, min(top, 100.0) if (
        percent and high <= 100
    ) else top


def _name_ends(ax: Axes, ends: Sequence[tuple[int, float, str, str]]) -> None:
    """Name what ends in a panel at its right, so that no name covers another."""
    (bottom, top), right = ax.get_ylim(), ax.get_xlim()[1]
    # A name of several lines takes as many places, and stands in the middle of them.
    named = sorted((value, year, _folded(name, _ROOM, _LABEL), colour)
                   for year, value, name, colour in ends)  # fmt: skip
    wanted = [one[0] for one in named for _ in one[2].splitlines()]
    gap = min(1.3 * _LABEL / _size(ax)[1], 1 / max(len(wanted) - 1, 1)) * (top - bottom)
    places = iter(spread_out(wanted, gap, bottom, top))
    for value, year, name, colour in named:
        own = [next(places) for _ in name.splitlines()]
        place = sum(own) / max(len(own), 1)
        ax.plot(
            [year, right], [value, place], linestyle=":", linewidth=0.6, color=colour, clip_on=False
        )
        ax.annotate(
            name, (right, place), xytext=(2.0, 0.0), textcoords="offset points", va="center",
            fontsize=_LABEL, color=colour, annotation_clip=False,
        ).set_linespacing(1.05)  # fmt: skip


def _folded(text: str, width: float, size: float) -> str:
    """Break a text into lines of about a width."""
    letters = width / max(text_width(text, size), 1.0) * len(text)
    return textwrap.fill(text, max(int(letters), 1))
