"""Bars: which area pulls a whole up or down, and what each uncertain number does to a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from matplotlib.axes import Axes

from edu_metrics.errors import ReportError
from edu_metrics.figures._room import blank, cell_size, fold, say_no_data
from edu_metrics.figures.style import COLOURS, in_style
from edu_metrics.words import say, signed

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
