"""
What was measured, what may come and what was promised, of one indicator in one area.

A panel is small enough to stand in a page of twelve. Labels of lines and promises stand to the
right of it, where no data are; what the marks mean is said once per figure, in its legend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from types import MappingProxyType
from typing import Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from edu_metrics.figures._marks import (
    Bounded,
    Fan,
    Named,
    Point,
    Promise,
    alone,
    broken,
    draw_fan,
    draw_marks,
    draw_promises,
    refuse_faults,
    shortest,
)
from edu_metrics.figures._room import (
    cell_size,
    fold,
    name_ends,
    say_no_data,
    year_ticks,
)
from edu_metrics.figures.style import COLOURS, FONT_FAMILY, LINE_STYLES, in_style
from edu_metrics.words import say, unit_of

#: Kind of a bound -> part of the legend, marker, and whether the bound itself is possible (filled).
_BOUND_LOOKS: Final[Mapping[str, tuple[str, str, bool]]] = MappingProxyType(
    {
        "at_least": ("at_least", "^", True),
        "above": ("at_least", "^", False),
        "at_most": ("at_most", "v", True),
        "below": ("at_most", "v", False),
        "about": ("about", "o", False),
    }
)

_TITLE, _LABEL = 8.5, 7.0  # font sizes [points]


@in_style
def plot_outlook(
    ax: Axes,
    *,
    title: str,
    unit_label: str,
    observed: Sequence[Point],
    bounds: Sequence[Bounded] = (),
    compared: Sequence[Named] = (),
    fan: Fan | None = None,
    promised: Sequence[Promise] = (),
    stated: Point | None = None,
    lang: str,
) -> Axes:
    """
    Draw one indicator: measured, projected, promised.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    title : str
        Name of the indicator or target.
    unit_label : str
        Unit, as printed at the axis.
    observed : sequence of (int, float)
        Exact values by year; over a gap of more than a year no line is drawn. [year, unit]
    bounds : sequence of (int, float, str)
        Observations of which only a bound is known: ``at_least``, ``above``, ``at_most``,
        ``below`` or ``about``. [year, unit, -]
    compared : sequence of (str, sequence of (int, float))
        Other series, each with its name. [year, unit]
    fan : Fan, optional
        Projection. [unit]
    promised : sequence of Promise
        Levels that the plan sets. [unit]
    stated : (int, float), optional
        Baseline that the plan states, which nobody measured. [year, unit]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Raises
    ------
    ReportError
        If a value is no number, a year stands twice in a series, or a bound is of an unknown kind.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from edu_metrics.figures._marks import Promise
    >>> ax = Figure().add_subplot()
    >>> plot_outlook(ax, title="巩固率", unit_label="%", observed=[(2019, 93.0)],
    ...              promised=[Promise(2022, 95.0, "", ">")], lang="zh") is ax
    True
    """
    refuse_faults(title, observed, bounds, compared, promised, stated)
    observed = sorted(observed)
    compared = [(name, sorted(points)) for name, points in compared if points]
    drawn = [*observed, *(point for _, points in compared for point in points)]
    drawn += [(year, value) for year, value, _ in bounds]
    drawn += [(promise.year, promise.value) for promise in promised]
    drawn += [stated] if stated else []
    if fan is not None:
        drawn += [*zip(fan.years, fan.q10, strict=True), *zip(fan.years, fan.q90, strict=True)]

    room = cell_size(ax)[0] - 4 * _TITLE
    ax.set_title(fold(title, room, _TITLE, bold=True), fontsize=_TITLE, pad=4.0)
    if not drawn:
        return say_no_data(ax, lang)
    _set_years(ax, [year for year, _ in drawn], promised)
    _set_values(ax, [value for _, value in drawn], unit_label, lang)

    for _, points in compared:
        line = broken(points)
        ax.plot(
            *line,
            color=COLOURS["reference"],
            linestyle=LINE_STYLES["reference"],
            linewidth=0.9,
            marker=".",
            markevery=alone(line[1]),
            label=say("figure.compared", lang),
        )
    if fan is not None:
        draw_fan(ax, fan, observed[-1] if observed else None, lang)
    draw_promises(ax, promised, lang)
    if stated is not None:
        draw_marks(ax, [stated], "stated", "D", "plan", filled=False, lang=lang)
    for kind, (part, marker, filled) in _BOUND_LOOKS.items():
        points = [(year, value) for year, value, its_kind in bounds if its_kind == kind]
        draw_marks(ax, points, part, marker, "observed", filled=filled, lang=lang)
    if observed:
        ax.plot(
            *broken(observed),
            color=COLOURS["observed"],
            linewidth=1.4,
            marker="o",
            markersize=3.6,
            clip_on=False,
            zorder=4,
            label=say("figure.observed", lang),
        )
    elif not bounds:  # under the axis, where no promise can be
        ax.set_xlabel(say("figure.not_observed", lang), fontsize=_LABEL, labelpad=1.0)
    _label_ends(ax, compared, promised, lang)
    for artist in (*ax.lines, *ax.spines.values()):
        artist.set_in_layout(False)  # none is larger than the panel: a quarter of the time saved
    return ax


def _set_years(ax: Axes, years: Sequence[int], promised: Sequence[Promise]) -> None:
    """Let the axis end where the data do, with ticks at few whole years."""
    first, last = min(years), max(years)
    ax.set_xlim(first - 0.5, last + 0.5)
    anchor = max((promise.year for promise in promised), default=last)
    most = int((cell_size(ax)[0] - 60) // (3.6 * _LABEL))
    ax.set_xticks(year_ticks(first, last, anchor, most))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.tick_params(labelsize=_LABEL, labelfontfamily=list(FONT_FAMILY), length=2.5, pad=2.0)


def _set_values(ax: Axes, values: Sequence[float], unit_label: str, lang: str) -> None:
    """Leave air around the values, but none where no value can be."""
    low, high = min(values), max(values)
    air = 0.1 * (high - low) or max(1.0, 0.05 * abs(high))
    bottom, top = low - air, high + air
    if low >= 0:
        bottom = max(bottom, 0.0)
    if high <= 100 and unit_label == unit_of("percent").label(lang):
        top = min(top, 100.0)
    ax.set_ylim(bottom, top)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shortest(value)))
    ax.set_ylabel(unit_label, fontsize=_LABEL, labelpad=2.0)


def _label_ends(
    ax: Axes, compared: Sequence[Named], promised: Sequence[Promise], lang: str
) -> None:
    """Name lines and promises to the right of the panel, moved apart where they would overlap."""
    ends = [(*points[-1], name, COLOURS["reference"]) for name, points in compared]
    levels = [
        (list(same), value, text)
        for (value, text), same in groupby(
            sorted(promised, key=lambda p: (p.value, p.text, p.year)), lambda p: (p.value, p.text)
        )
    ]
    for same, value, text in levels:
        years = sorted({promise.year for promise in same})
        label = text if len(levels) == 1 else f"{_when(years, lang)} {text}"
        ends.append((years[-1], value, label, COLOURS["target"]))

    name_ends(ax, ends, _LABEL)


def _when(years: Sequence[int], lang: str) -> str:
    """Name years: a span where none is left out, else each of them."""
    first, last = years[0], years[-1]
    if len(years) > 1 and last - first == len(years) - 1:
        return say("figure.years", lang, first=first, last=last)
    return say("figure.list", lang).join(say("figure.year", lang, year=year) for year in years)
