"""Bars: which area pulls a whole up or down, and what each uncertain number does to a result."""

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
_SHOWN: Final = 0.05  # half of the last digit printed: a rest below it would read 0.0 [points]


@in_style
def plot_contributions(
    ax: Axes,
    *,
    names: Sequence[str],
    contributions: Sequence[float],
    total: float,
    unit_label: str,
    lang: str,
) -> Axes:
    """
    Draw what each area contributes to the gap or the change of a whole, the largest on top.

    A bar that pulls down is hatched. What the contributions leave of the total unexplained, if it
    is large enough to be printed, has a row of its own: the rows always add up to the total.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Panel to draw in.
    names : sequence of str
        Areas.
    contributions : sequence of float
        Contribution of each. [unit_label]
    total : float
        What they add up to. [unit_label]
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
        If there is not one number for each name.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> ax = plot_contributions(Figure().add_subplot(), names=["海南区", "乌达区"],
    ...                         contributions=[-1.5, 0.5], total=-1.0, unit_label="", lang="zh")
    >>> [label.get_text() for label in ax.get_yticklabels()]
    ['乌达区', '海南区', '合计']
    """
    if len(names) != len(contributions) or not np.all(np.isfinite([*contributions, total])):
        raise ReportError(
            "plot_contributions: expected one number for each name, and a total; got "
            f"{len(names)} names, contributions {list(contributions)}, total {total}."
        )
    if not names:
        return say_no_data(ax, lang)
    # Of two equal ones, the one that was given first stays first.
    parts = sorted(zip(names, contributions, strict=True), key=lambda part: -part[1])
    rest = total - sum(contributions)
    if abs(rest) >= _SHOWN:
        parts.append((say("figure.rest", lang), rest))
    rows = [*parts, (say("figure.total", lang), total)]

    values = [value for _, value in rows]
    bars = ax.barh(range(len(rows)), values, height=0.66, color=COLOURS["observed"], linewidth=0.8)
    for bar, value in zip(bars, values, strict=True):
        if value < 0:
            bar.set(facecolor="white", edgecolor=COLOURS["observed"], hatch="////")
    bars[-1].set(
        facecolor=COLOURS["projected"] if total >= 0 else "white", edgecolor=COLOURS["projected"]
    )
    for row, value in enumerate(values):
        ax.annotate(
            signed(value),
            (value, row),
            xytext=(3.0 if value >= 0 else -3.0, 0.0),
            textcoords="offset points",
            ha="left" if value >= 0 else "right",
            va="center",
            fontsize=_LABEL,
            weight="bold" if row == len(values) - 1 else "normal",
        )
    _set_axes(ax, rows, unit_label)
    return ax


def _set_axes(ax: Axes, rows: Sequence[tuple[str, float]], unit_label: str) -> None:
    """Leave room for the numbers beside the bars, and rule off the total."""
    values = [value for _, value in rows]
    width = cell_size(ax)[0]
    low, high = min(0.0, *values), max(0.0, *values)
    # The number takes 7 ems beside its bar; about half of the panel is left to the bars.
    air = ((high - low) or 1.0) * min(0.4, 7.0 * _LABEL / (0.6 * width))
    ax.set_xlim(low - (air if low < 0 else 0.0), high + (air if high > 0 or low == 0 else 0.0))
    ax.set_ylim(len(rows) - 0.5, -0.5)
    blank(ax)
    labels = [fold(name, 0.35 * width, _LABEL) for name, _ in rows]
    ax.set_yticks(range(len(rows)), labels, fontsize=_LABEL)
    ax.set_xticks([])
    ax.set_xlabel(unit_label, fontsize=_LABEL)
    ax.axvline(0.0, color=COLOURS["missing"], linewidth=0.8)
    ax.axhline(len(rows) - 1.5, color=COLOURS["missing"], linewidth=0.6)


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
