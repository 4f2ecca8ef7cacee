"""
How much room a text needs, and where labels go so that none covers another.

A figure's final layout is known only once it is drawn, so the room of a panel is estimated from
the size of the figure and the number of its panels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from itertools import islice

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from edu_metrics.errors import ReportError
from edu_metrics.figures.style import FONT_FAMILY, register_fonts
from edu_metrics.words import say

_POINTS_PER_INCH = 72.0
_NEVER_FIRST = frozenset("，。、；：）》”’！？%％)")
#: Height of a panel that title, ticks and margins take. [points]
_FRAME = 46.0
_STEPS = (1, 2, 3, 4, 5, 10, 20, 25, 50, 100)


@cache
def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """
    Measure a line of text, as the carried fonts draw it.

    Parameters
    ----------
    text : str
        One line.
    size : float
        Font size. [points]
    bold : bool
        Whether it is drawn in bold.

    Returns
    -------
    float
        Width. [points]

    Examples
    --------
    >>> round(text_width("巩固率", 10.0))
    30
    """
    register_fonts()
    font = FontProperties(family=list(FONT_FAMILY), size=size, weight="bold" if bold else "normal")
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


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


def fold(text: str, width: float, size: float, *, bold: bool = False) -> str:
    r"""
    Break a text into lines that fit a width; a word that is longer stands alone.

    Parameters
    ----------
    text : str
        One line.
    width : float
        Room for a line. [points]
    size : float
        Font size. [points]
    bold : bool
        Whether it is drawn in bold.

    Returns
    -------
    str
        The lines.

    Examples
    --------
    >>> fold("gross enrolment ratio", 80.0, 10.0)
    'gross enrolment\nratio'
    >>> fold("九年义务教育巩固率（%）", 60.0, 10.0)
    '九年义务教育\n巩固率（%）'
    """
    lines = [""]
    for piece in _pieces(text):
        if lines[-1].strip() and text_width((lines[-1] + piece).rstrip(), size, bold=bold) > width:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return "\n".join(line.rstrip() for line in lines)


def _figure_of(ax: Axes) -> Figure:
    """Give the whole figure of a panel, whatever it is nested in."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ReportError("The panel belongs to no figure; draw before removing it.")
    return figure


def cell_size(ax: Axes) -> tuple[float, float]:
    """
    Give the room of a panel with its labels: its share of the figure.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The panel.

    Returns
    -------
    tuple of float
        Width and height. [points]
    """
    width, height = (_POINTS_PER_INCH * float(side) for side in _figure_of(ax).get_size_inches())
    spec = ax.get_subplotspec()
    if spec is None:
        box = ax.get_position()
        return width * box.width, height * box.height
    grid = spec.get_gridspec()
    return (width * len(spec.colspan) / grid.ncols, height * len(spec.rowspan) / grid.nrows)


def spread_apart(values: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """
    Move values apart as little as possible, keeping their order.

    Parameters
    ----------
    values : sequence of float
        Where labels would like to stand.
    gap : float
        Least distance between two of them. [unit of ``values``]
    low, high : float
        Ends of the room. Where it is too short for all, it is shared out evenly.

    Returns
    -------
    list of float
        Where they stand, in the order given.

    Notes
    -----
    With the distances taken out, least squares under ``p[i + 1] - p[i] >= gap`` is isotonic
    regression, solved by pooling neighbours that violate the order.

    Examples
    --------
    >>> spread_apart([5.0, 5.0, 9.0], 1.0, 0.0, 10.0)
    [4.5, 5.5, 9.0]
    """
    if not values:
        return []
    count = len(values)
    gap = min(gap, (high - low) / max(count - 1, 1))
    order = sorted(range(count), key=lambda at: values[at])
    blocks: list[tuple[float, int]] = []
    for rank, at in enumerate(order):
        mean, size = values[at] - rank * gap, 1
        while blocks and blocks[-1][0] > mean:
            before, members = blocks.pop()
            mean = (before * members + mean * size) / (members + size)
            size += members
        blocks.append((mean, size))
    level = [mean for mean, size in blocks for _ in range(size)]
    room = (low, max(low, high - (count - 1) * gap))
    placed = [0.0] * count
    for rank, at in enumerate(order):
        placed[at] = min(max(level[rank], room[0]), room[1]) + rank * gap
    return placed


def year_ticks(first: int, last: int, anchor: int, most: int) -> list[int]:
    """
    Choose few whole years, one of which is the year that matters.

    Parameters
    ----------
    first, last : int
        Ends of the axis. [year]
    anchor : int
        Year that must be among them. [year]
    most : int
        How many there is room for.

    Returns
    -------
    list of int
        Years, in order. [year]

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


def name_ends(
    ax: Axes,
    ends: Sequence[tuple[float, float, str, str]],
    size: float,
    *,
    room: float | None = None,
) -> None:
    """
    Name what ends in a panel at its right, so that no name covers another.

    Parameters
    ----------
    ax : Axes
        Panel, with its limits set.
    ends : sequence of (float, float, str, str)
        Year and value of each end, its name and its colour.
    size : float
        Font size. [points]
    room : float, optional
        Width at which a name is folded; it is not folded when left out. [points]
    """
    bottom, top = ax.get_ylim()
    right = ax.get_xlim()[1]
    height = max(cell_size(ax)[1] - _FRAME, 4 * size)
    names = [name if room is None else fold(name, room, size) for _, _, name, _ in ends]
    # A name of several lines takes as many places, and stands in the middle of them.
    lines = [max(len(name.splitlines()), 1) for name in names]
    wanted = [end[1] for end, many in zip(ends, lines, strict=True) for _ in range(many)]
    found = iter(spread_apart(wanted, 1.25 * size * (top - bottom) / height, bottom, top))
    places = [sum(islice(found, many)) / many for many in lines]
    for (year, value, _, colour), name, place in zip(ends, names, places, strict=True):
        ax.plot(
            [year, right], [value, place], linestyle=":", linewidth=0.6, color=colour, clip_on=False
        )
        text = ax.annotate(
            name, (right, place), xytext=(2.0, 0.0), textcoords="offset points", va="center",
            fontsize=size, color=colour, annotation_clip=False,
        )  # fmt: skip
        if room is not None:
            text.set_linespacing(1.05)


def name_axes(ax: Axes, size: float, *, x: str, y: str, title: str = "") -> None:
    """
    Write title and axes of a panel.

    Parameters
    ----------
    ax : Axes
        Panel.
    size : float
        Font size of the labels; the title is larger, the ticks are smaller. [points]
    x, y, title : str
        The words.
    """
    ax.set_title(title, fontsize=size + 1)
    ax.set_xlabel(x, fontsize=size)
    ax.set_ylabel(y, fontsize=size)
    ax.tick_params(labelsize=size - 1)


def blank(ax: Axes) -> None:
    """Take spines, ticks and grid off a panel."""
    ax.grid(visible=False)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def say_no_data(ax: Axes, lang: str) -> Axes:
    """
    Leave a panel empty and say why.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        The panel.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.
    """
    blank(ax)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.text(0.5, 0.5, say("figure.no_data", lang), transform=ax.transAxes, ha="center", va="center")
    return ax
