"""
One panel of a figure: a series over years, courses that go on from it, and a level asked for.

What ends in a panel is named to the right of it, where no data are. Courses differ in colour, in
the style of the line and in the mark of their points.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import Any, Final

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from edu_metrics.errors import ReportError
from edu_metrics.figures.style import COLOURS, FONT_FAMILY
from edu_metrics.figures.svg import spread_out, text_width
from edu_metrics.words import number, say, unit_of

#: Year and value.
Point = tuple[int, float]
#: Kind of a bound -> sign in print.
SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "="}
)
#: Colour, dashes and mark of the courses, in this order; vermilion and black are promises and data.
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
_HALF_TICK: Final = 0.35  # half the length of the level line of what is asked [years]
#: Height of a panel that title, ticks and margins take, and width that the axis takes. [points]
_FRAME, _SIDE = 46.0, 100.0
_NEVER_FIRST = frozenset("，。、；：）》”’！？%％)")
_STEPS = (1, 2, 3, 4, 5, 10, 20, 25, 50, 100)


@dataclass(frozen=True, slots=True)
class Asked:
    """A level that is asked for: year, value, and one of ``>``, ``>=``, ``<``, ``<=``, ``==``."""

    year: int
    value: float
    kind: str


@dataclass(frozen=True, slots=True)
class Course:
    """
    What a series may do: its middle by year, and the ends of its intervals, the widest first.

    Raises
    ------
    ReportError
        If there are no years, the parts differ in length, or a value is no number.

    Examples
    --------
    >>> Course("halt", (2021, 2022), (80.0, 80.0)).bands
    ()
    """

    name: str
    years: tuple[int, ...]
    middle: tuple[float, ...]
    bands: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        parts = [self.middle, *(end for band in self.bands for end in band)]
        if not self.years or {len(part) for part in parts} != {len(self.years)}:
            raise ReportError(
                f"course {self.name!r}: expected years and as many values, found "
                f"{len(self.years)} years and {[len(part) for part in parts]} values"
            )
        if not all(math.isfinite(value) for part in parts for value in part):
            raise ReportError(f"course {self.name!r}: a value is no number")


def draw_panel(
    ax: Axes,
    *,
    title: str,
    unit_label: str,
    observed: Sequence[Point],
    courses: Sequence[Course],
    asked: Asked | None = None,
    ylim: tuple[float, float] | None = None,
    room: float = 110.0,
    lang: str,
) -> Axes:
    """
    Draw courses from where a series stands, and what is asked.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    title : str
        What stands above.
    unit_label : str
        Unit, as printed at the axis.
    observed : sequence of (int, float)
        Values by year; over a gap of more than a year no line is drawn. [year, unit]
    courses : sequence of Course
        What may come; a course without a name is the projection.
    asked : Asked, optional
        The level asked for.
    ylim : (float, float), optional
        Ends of the axis; around the values when left out.
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
    >>> draw_panel(ax, title="巩固率", unit_label="%", observed=[(2020, 93.0)],
    ...            courses=[Course("不变", (2021,), (93.0,))], lang="zh") is ax
    True
    """
    observed = sorted(observed)
    points = [*observed, *([(asked.year, asked.value)] if asked else [])]
    points += [
        point
        for one in courses
        for part in (one.middle, *(end for band in one.bands for end in band))
        for point in zip(one.years, part, strict=True)
    ]
    ax.set_title(fold(title, max(cell_size(ax)[0] - room, 120.0), _TITLE), fontsize=_TITLE, pad=6.0)
    if not points:
        ax.set_axis_off()
        ax.text(0.5, 0.5, say("figure.no_data", lang), transform=ax.transAxes, ha="center")
        return ax
    _set_axes(ax, points, unit_label, asked, lang)
    if ylim is not None:
        ax.set_ylim(*ylim)
    ends: list[tuple[float, float, str, str]] = []
    for place, one in enumerate(courses):
        colour, dashes, mark = _LOOKS[place % len(_LOOKS)]
        _draw_course(ax, one, observed[-1:], colour, dashes, mark, lang)
        ends += [(one.years[-1], one.middle[-1], one.name, colour)] if one.name else []
    if asked:
        colour = COLOURS["target"]
        tick = [asked.year - _HALF_TICK, asked.year + _HALF_TICK]
        ax.plot(tick, [asked.value] * 2, color=colour, linewidth=1.2, solid_capstyle="butt")
        strict = asked.kind in {">", "<"}
        ax.plot(
            [asked.year], [asked.value], linestyle="none", marker="s", markersize=5.0,
            color=colour, markerfacecolor="white" if strict else colour, clip_on=False, zorder=5,
            label=say("figure.promised_strict" if strict else "figure.promised", lang),
        )  # fmt: skip
        ends.append(
            (asked.year, asked.value, f"{SIGNS[asked.kind]} {shortest(asked.value)}", colour)
        )
    if observed:
        ax.plot(
            *broken(observed), color=COLOURS["observed"], linewidth=1.6, marker="o",
            markersize=4.0, clip_on=False, zorder=6, label=say("figure.observed", lang),
        )  # fmt: skip
    _name_ends(ax, ends, room)
    return ax


def _draw_course(
    ax: Axes, one: Course, start: Sequence[Point], colour: str, dashes: Any, mark: str, lang: str
) -> None:
    lead = [point for point in start if point[0] < one.years[0]]
    years = [*(year for year, _ in lead), *one.years]
    first = [value for _, value in lead]
    for (low, high), part in zip(one.bands, ("band_80", "band_50"), strict=False):
        ends: tuple[list[float], list[float]] = ([*first, *low], [*first, *high])
        if len(years) > 1:
            label = say(f"figure.{part}", lang)
            ax.fill_between(
                years, *ends, color=colour, alpha=0.18, linewidth=0, zorder=2, label=label
            )
        else:  # an area over one year would be nothing to see
            ax.vlines(years, *ends, color=colour, alpha=0.3, linewidth=5.0)
    ax.plot(
        years, [*first, *one.middle], color=colour, linestyle=dashes if one.name else "--",
        linewidth=1.7, marker=mark, markersize=3.8, zorder=5,
        markevery=list(range(len(lead), len(years))),
        label=one.name or say("figure.projected", lang),
    )  # fmt: skip


def _set_axes(
    ax: Axes, points: Sequence[Point], unit_label: str, asked: Asked | None, lang: str
) -> None:
    """Leave air around the values, but none where no value can be; few whole years."""
    values, years = [value for _, value in points], [year for year, _ in points]
    low, high, first, last = min(values), max(values), min(years), max(years)
    air = 0.12 * (high - low) or max(1.0, 0.05 * abs(high))
    bottom, top = low - air, high + air
    percent = unit_label == unit_of("percent").label(lang)
    ax.set_ylim(
        max(bottom, 0.0) if low >= 0 else bottom,
        min(top, 100.0) if percent and high <= 100 else top,
    )
    ax.set_xlim(first - 0.3, last + 0.45)
    most = int((cell_size(ax)[0] - _SIDE) // (3.6 * _LABEL))
    ax.set_xticks(year_ticks(first, last, asked.year if asked else last, most))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda year, _: f"{year:.0f}"))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=4, steps=[1, 2, 2.5, 5, 10]))
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: shortest(value)))
    ax.tick_params(labelsize=_LABEL, labelfontfamily=list(FONT_FAMILY), length=2.5, pad=2.0)
    ax.set_ylabel(unit_label, fontsize=_LABEL, labelpad=2.0)


def _name_ends(ax: Axes, ends: Sequence[tuple[float, float, str, str]], room: float) -> None:
    """Name what ends in a panel at its right, so that no name covers another."""
    (bottom, top), right = ax.get_ylim(), ax.get_xlim()[1]
    height = max(cell_size(ax)[1] - _FRAME, 4 * _LABEL)
    named = sorted(
        (value, year, fold(name, room, _LABEL), colour) for year, value, name, colour in ends
    )
    # A name of several lines takes as many places, and stands in the middle of them.
    lines = [max(len(name.splitlines()), 1) for _, _, name, _ in named]
    wanted = [one[0] for one, many in zip(named, lines, strict=True) for _ in range(many)]
    gap = min(1.25 * _LABEL / height, 1 / max(len(wanted) - 1, 1)) * (top - bottom)
    found = iter(spread_out(wanted, gap, bottom, top))
    for (value, year, name, colour), many in zip(named, lines, strict=True):
        place = sum(islice(found, many)) / many
        ax.plot(
            [year, right], [value, place], linestyle=":", linewidth=0.6, color=colour, clip_on=False
        )
        text = ax.annotate(
            name, (right, place), xytext=(2.0, 0.0), textcoords="offset points", va="center",
            fontsize=_LABEL, color=colour, annotation_clip=False,
        )  # fmt: skip
        text.set_linespacing(1.05)


def shortest(value: float) -> str:
    """
    Print a value with no more decimals than it has, and no more than four.

    Examples
    --------
    >>> shortest(95.0), shortest(1.25), shortest(12345.0), shortest(0.1 + 0.2)
    ('95', '1.25', '12,345', '0.3')
    """
    near = (places for places in range(4) if math.isclose(round(value, places), value))
    return number(value, next(near, 4))


def broken(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    """Give the line through points, with an empty place wherever a year lies between two."""
    years: list[float] = []
    values: list[float] = []
    for year, value in points:
        if years and year - years[-1] > 1:
            years.append((year + years[-1]) / 2)
            values.append(float("nan"))
        years.append(year)
        values.append(value)
    return years, values


def _pieces(text: str) -> list[str]:
    """Cut a text where a line may end: after spaces and after Chinese characters."""
    pieces: list[str] = []
    open_word = False
    for character in text:
        wide = unicodedata.east_asian_width(character) in {"W", "F"}
        if character in _NEVER_FIRST and pieces:
            pieces[-1] += character
        elif wide or not open_word:
            pieces.append(character)
        else:
            pieces[-1] += character
        open_word = not wide and not character.isspace()
    return pieces


def fold(text: str, width: float, size: float) -> str:
    r"""
    Break a text into lines that fit a width; a word that is longer stands alone.

    Examples
    --------
    >>> fold("gross enrolment ratio", 90.0, 10.0)
    'gross enrolment\nratio'
    >>> fold("九年义务教育巩固率（%）", 60.0, 10.0)
    '九年义务教育\n巩固率（%）'
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1].strip() and text_width((lines[-1] + piece).rstrip(), size) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def cell_size(ax: Axes) -> tuple[float, float]:
    """Give width and height of a panel with its labels: its share of the figure. [points]."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ReportError("The panel belongs to no figure; draw before removing it.")
    width, height = (72.0 * float(side) for side in figure.get_size_inches())
    spec = ax.get_subplotspec()
    if spec is None:
        box = ax.get_position()
        return width * box.width, height * box.height
    grid = spec.get_gridspec()
    return (width * len(spec.colspan) / grid.ncols, height * len(spec.rowspan) / grid.nrows)


def year_ticks(first: int, last: int, anchor: int, most: int) -> list[int]:
    """
    Choose few whole years, one of which is the year that matters.

    Examples
    --------
    >>> year_ticks(2012, 2022, 2022, 4)
    [2013, 2016, 2019, 2022]
    """
    for step in _STEPS:
        start = anchor - step * ((anchor - first) // step)
        years = list(range(start, last + 1, step))
        if len(years) <= max(most, 1):
            break
    return years
