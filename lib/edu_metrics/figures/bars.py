"""Bars: what each uncertain number does to a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from edu_metrics.errors import ReportError
from edu_metrics.figures._room import blank, cell_size, fold, say_no_data
from edu_metrics.figures.output import Plot
from edu_metrics.figures.style import COLOURS, LINE_STYLES, in_style
from edu_metrics.words import number, say, signed

_LABEL: Final = 7.5  # font size [points]


class Bar(NamedTuple):
    """
    One uncertain number.

    Attributes
    ----------
    name : str
        What it is.
    low, middle, high : float
        The result with it at its low end, its middle and its high end. [unit of the result]
    """

    name: str
    low: float
    middle: float
    high: float


def _checked(bars: Sequence[Bar], target: float) -> list[Bar]:
    numbers = [value for bar in bars for value in bar[1:]] + [target]
    if not np.all(np.isfinite(numbers)):
        raise ReportError(f"plot_tornado: expected finite numbers, found {list(bars)}, {target}")
    return sorted(bars, key=lambda bar: -(max(bar[1:]) - min(bar[1:])))


@in_style
def plot_tornado(
    ax: Axes, *, bars: Sequence[Bar], target: float, unit_label: str, lang: str
) -> Axes:
    """
    Draw what a result comes to at the low and the high end of each number, and the target.

    The half of a bar that belongs to the high end is filled, that of the low end hatched; a line
    across each bar marks the middle.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    bars : sequence of Bar
        The numbers; the widest comes on top.
    target : float
        What is asked for. [unit_label]
    unit_label : str
        Unit, as printed at the axis.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.axes.Axes
        The panel.

    Raises
    ------
    ReportError
        If a number is missing or infinite.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_tornado(Figure().add_subplot(), target=42, unit_label="%", lang="en",
    ...                   bars=[Bar("leaving", 43, 41, 39.6), Bar("start", 40.6, 41, 41.4)])
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['leaving', 'start']
    """
    if not bars:
        return say_no_data(ax, lang)
    rows = _checked(bars, target)
    colour = COLOURS["projected"]
    for place, bar in enumerate(rows):
        for end, filled in ((bar.low, False), (bar.high, True)):
            ax.barh(
                place, end - bar.middle, left=bar.middle, height=0.6, linewidth=0.8,
                edgecolor=colour, facecolor=colour if filled else "white",
                hatch="" if filled else "////",
            )  # fmt: skip
        ax.plot([bar.middle] * 2, [place - 0.38, place + 0.38], color=COLOURS["observed"], lw=1.2)
    line = ax.axvline(target, color=COLOURS["target"], linestyle=LINE_STYLES["target"], lw=1.4)
    shown = [value for bar in rows for value in bar[1:]] + [target]
    room = 0.06 * ((max(shown) - min(shown)) or 1.0)
    ax.set_xlim(min(shown) - room, max(shown) + room)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    blank(ax)
    width = cell_size(ax)[0]
    labels = [fold(bar.name, 0.42 * width, _LABEL) for bar in rows]
    ax.set_yticks(range(len(rows)), labels, fontsize=_LABEL)
    ax.tick_params(axis="x", labelsize=_LABEL, bottom=True)
    ax.set_xlabel(unit_label, fontsize=_LABEL)
    low, high = ax.patches[0], ax.patches[1]
    names = [say(f"sensitivity.{key}", lang) for key in ("at_low", "at_high", "asked")]
    ax.legend(
        [low, high, line], names, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3,
        fontsize=_LABEL, handlelength=1.6, borderaxespad=0.2, columnspacing=1.2,
    )  # fmt: skip
    return ax


def describe_tornado(*, bars: Sequence[Bar], target: float, unit_label: str, lang: str) -> str:
    """
    Put a tornado into one sentence, the widest bar first.

    Parameters
    ----------
    bars : sequence of Bar
        The numbers.
    target : float
        What is asked for. [unit_label]
    unit_label : str
        Unit, as printed.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Each number with both ends.

    Raises
    ------
    ReportError
        If a number is missing or infinite.

    Examples
    --------
    >>> describe_tornado(bars=[Bar("leaving", 43, 41, 39.6)], target=42, unit_label="%", lang="en")
    'What each assumption does (%; asked for 42.0): leaving from 43.0 to 39.6.'
    """
    shown = [
        say(
            "sensitivity.describe_bar",
            lang,
            name=bar.name,
            low=_plain(bar.low),
            high=_plain(bar.high),
        )
        for bar in _checked(bars, target)
    ]
    title = say("sensitivity.describe_title", lang, unit=unit_label, target=_plain(target))
    parts = say("figure.joint", lang).join(shown) or say("figure.no_data", lang)
    return say("figure.whole", lang, title=title, parts=parts)


def _plain(value: float) -> str:
    return signed(value) if value < 0 else number(value)


TORNADO = Plot(plot_tornado, describe_tornado)
