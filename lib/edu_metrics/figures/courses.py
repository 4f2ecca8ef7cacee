"""
Courses of one series side by side: what was measured, what was promised, and what is assumed.

Each course is named at its end, to the right of the panel, where no data are. Courses differ in
colour, in the style of the line and in the mark of their points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from matplotlib.axes import Axes

from edu_metrics.errors import ReportError
from edu_metrics.figures._marks import Point, Promise, draw_promises, shortest
from edu_metrics.figures._room import cell_size, fold, name_ends, say_no_data
from edu_metrics.figures.output import Plot
from edu_metrics.figures.style import COLOURS, FONT_FAMILY, in_style
from edu_metrics.words import say

#: Colour and dashes of the courses, in this order; vermilion and black are promises and data.
_LOOKS: Final = (
    ("#0072B2", "-", "o"),
    ("#009E73", "--", "s"),
    ("#CC79A7", "-.", "^"),
    ("#56B4E9", (0.0, (5.0, 1.0)), "v"),
    ("#8A6D00", ":", "D"),
    ("#5A5A5A", (0.0, (3.0, 1.0, 1.0, 1.0)), "P"),
    ("#332288", (0.0, (1.0, 1.0)), "X"),
)
_TITLE, _LABEL = 9.0, 7.5  # font sizes [points]


@dataclass(frozen=True, slots=True)
class CourseLine:
    """
    One course: its middle by year, and where chance is left the ends of its 80 % interval.

    Attributes
    ----------
    name : str
        Printed at its end.
    years : tuple of int
        Years, in order.
    middle, low, high : tuple of float
        Median and interval; the last two are empty where nothing is left to chance.
        [unit of the panel]
    quiet : bool
        Whether it stands in the background: grey, to be compared with.

    Raises
    ------
    ReportError
        If there are no years, the parts differ in length, or a value is no number.

    Examples
    --------
    >>> CourseLine("halt", (2021, 2022), (80.0, 80.0)).low
    ()
    """

    name: str
    years: tuple[int, ...]
    middle: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    quiet: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        lengths = {len(part) for part in (self.low, self.high)} - {0}
        if not self.years or {len(self.middle), *lengths} != {len(self.years)}:
            raise ReportError(
                f"CourseLine {self.name!r}: expected years and as many values, found "
                f"{len(self.years)} years and {len(self.middle)}, {len(self.low)}, "
                f"{len(self.high)} values."
            )
        if not all(map(math.isfinite, (*self.middle, *self.low, *self.high))):
            raise ReportError(f"CourseLine {self.name!r}: a value is no number.")


@in_style
def plot_courses(
    ax: Axes,
    *,
    title: str,
    unit_label: str,
    observed: Sequence[Point],
    courses: Sequence[CourseLine],
    promised: Sequence[Promise] = (),
    bounds: tuple[float | None, float | None] = (None, None),
    room: float = 110.0,
    ylim: tuple[float, float] | None = None,
    lang: str,
) -> Axes:
    """
    Draw courses that start where a series stands.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    title : str
        Name of the target or indicator; none is drawn where it is empty.
    unit_label : str
        Unit, as printed at the axis.
    observed : sequence of (int, float)
        Values by year, the last one that from which the courses start. [year, unit]
    courses : sequence of CourseLine
        What is assumed. [unit]
    promised : sequence of Promise
        Levels that the plan sets. [unit]
    bounds : tuple of (float or None), optional
        Lowest and highest value that there can be. [unit]
    room : float, optional
        Room for a name before it is folded. [points]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = Figure().add_subplot()
    >>> plot_courses(ax, title="巩固率", unit_label="%", observed=[(2020, 93.0)],
    ...              courses=[CourseLine("不变", (2021,), (93.0,))], lang="zh") is ax
    True
    """
    observed = sorted(observed)
    if title:
        width = max(cell_size(ax)[0] - room, 120.0)
        ax.set_title(fold(title, width, _TITLE, bold=True), fontsize=_TITLE, pad=6.0)
    values = [value for _, value in observed] + [promise.value for promise in promised]
    values += [value for one in courses for value in (*one.middle, *one.low, *one.high)]
    if not values:
        return say_no_data(ax, lang)
    years = [year for year, _ in observed] + [year for one in courses for year in one.years]
    years += [promise.year for promise in promised]
    _set_axes(ax, years, values, unit_label, bounds)
    if ylim is not None:
        ax.set_ylim(*ylim)
    start = observed[-1:]
    place = 0
    ends: list[tuple[float, float, str, str]] = []
    for one in courses:
        colour, dashes, mark = _LOOKS[place % len(_LOOKS)]
        if one.quiet:
            colour, dashes, mark = COLOURS["missing"], "--", ""
        else:
            place += 1
        _draw(ax, one, start, colour, dashes, mark)
        ends.append((one.years[-1], one.middle[-1], one.name, colour))
    draw_promises(ax, promised, lang)
    if observed:
        ax.plot(
            [year for year, _ in observed],
            [value for _, value in observed],
            color=COLOURS["observed"],
            linewidth=1.6,
            marker="o",
            markersize=4.0,
            clip_on=False,
            zorder=6,
            label=say("figure.observed", lang),
        )
    # One level for several years is named once, at the last of them.
    levels = {(one.value, one.text): one.year for one in sorted(promised, key=lambda p: p.year)}
    ends += [(year, value, text, COLOURS["target"]) for (value, text), year in levels.items()]
    name_ends(ax, ends, _LABEL, room=room)
    for artist in (*ax.lines, *ax.spines.values()):
        artist.set_in_layout(False)
    return ax


def describe_courses(
    *,
    title: str,
    observed: Sequence[Point],
    courses: Sequence[CourseLine],
    promised: Sequence[Promise] = (),
    lang: str,
    **_: object,
) -> str:
    """
    Say in a sentence what :func:`plot_courses` draws.

    Parameters
    ----------
    title, observed, courses, promised, lang
        As for :func:`plot_courses`; what stands at the axes is not told.

    Returns
    -------
    str
        Text alternative.

    Examples
    --------
    >>> describe_courses(title="pass rate", observed=[(2020, 80.0)], lang="en",
    ...                  courses=[CourseLine("halt", (2021, 2022), (80.0, 80.0))])
    'pass rate: 80 in 2020; halt: 80 in 2022.'
    """
    parts = []
    if observed:
        year, value = max(observed)
        parts.append(say("figure.describe_one", lang, year=year, value=shortest(round(value, 2))))
    if promised:
        told = (
            say("figure.describe_share", lang, name=say("figure.year", lang, year=one.year),
                value=one.text)
            for one in promised
        )  # fmt: skip
        told_all = say("figure.list", lang).join(told)
        parts.append(say("figure.describe_promised", lang, promises=told_all))
    for one in courses:
        middle = shortest(round(one.middle[-1], 2))
        end = say("figure.describe_one", lang, year=one.years[-1], value=middle)
        if one.low:
            end = say(
                "figure.describe_projected",
                lang,
                year=one.years[-1],
                median=middle,
                low=shortest(round(one.low[-1], 2)),
                high=shortest(round(one.high[-1], 2)),
            )
        parts.append(say("figure.describe_course", lang, name=one.name, end=end))
    if not parts:
        parts.append(say("figure.no_data", lang))
    return say("figure.whole", lang, title=title, parts=say("figure.joint", lang).join(parts))


def _draw(
    ax: Axes, one: CourseLine, start: Sequence[Point], colour: str, dashes: Any, mark: str
) -> None:
    lead = [point for point in start if point[0] < one.years[0]]
    years = [*(year for year, _ in lead), *one.years]
    first = [value for _, value in lead]
    if one.low:
        low, high = [*first, *one.low], [*first, *one.high]
        ax.fill_between(years, low, high, color=colour, alpha=0.13, linewidth=0, zorder=2)
        for edge in (low, high):
            ax.plot(years, edge, color=colour, linewidth=0.6, alpha=0.6, zorder=2)
    ax.plot(
        years,
        [*first, *one.middle],
        color=colour,
        linestyle=dashes,
        linewidth=1.2 if one.quiet else 1.7,
        marker=mark,
        markersize=3.8,
        markevery=list(range(len(lead), len(years))),
        zorder=3 if one.quiet else 5,
    )


def _set_axes(
    ax: Axes,
    years: Sequence[int],
    values: Sequence[float],
    unit_label: str,
    bounds: tuple[float | None, float | None],
) -> None:
    low, high = min(values), max(values)
    air = 0.12 * (high - low) or max(1.0, 0.05 * abs(high))
    bottom, top = low - air, high + air
    if bounds[0] is not None and low >= bounds[0]:
        bottom = max(bottom, bounds[0])
    if bounds[1] is not None and high <= bounds[1]:
        top = min(top, bounds[1])
    ax.set_ylim(bottom, top)
    first, last = min(years), max(years)
    ax.set_xlim(first - 0.3, last + 0.45)
    step = max(1, math.ceil((last - first + 1) / 12))
    ax.set_xticks(list(range(last, first - 1, -step))[::-1])
    ax.xaxis.set_major_formatter(lambda year, _: f"{year:.0f}")
    ax.yaxis.set_major_formatter(lambda value, _: shortest(value))
    ax.tick_params(labelsize=_LABEL, labelfontfamily=list(FONT_FAMILY), length=2.5, pad=2.0)
    ax.set_ylabel(unit_label, fontsize=_LABEL, labelpad=2.0)


COURSES = Plot(plot_courses, describe_courses)
