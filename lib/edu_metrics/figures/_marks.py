"""The marks of an outlook panel, each kind drawn by a function of its own."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any, Final

from matplotlib.axes import Axes

from edu_metrics.figures.outlook_data import Fan, Point, Promise
from edu_metrics.figures.style import COLOURS, LINE_STYLES
from edu_metrics.words import say

_NOTE: Final = 6.5  # font size [points]
_HALF_TICK: Final = 0.35  # half the length of the level line of a promise [years]


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


def alone(values: Sequence[float]) -> list[int]:
    """Give the places of values that no line joins to a neighbour: only a mark shows them."""
    gaps = [math.isnan(value) for value in values]
    return [
        place
        for place, gap in enumerate(gaps)
        if not gap and all(gaps[max(place - 1, 0) : place]) and all(gaps[place + 1 : place + 2])
    ]


def draw_marks(
    ax: Axes,
    points: Sequence[Point],
    part: str,
    marker: str,
    role: str,
    *,
    filled: bool,
    lang: str,
) -> None:
    """Draw marks that no line joins; an open one is white inside, not see-through."""
    if points:
        ax.plot(
            [year for year, _ in points],
            [value for _, value in points],
            linestyle="none",
            marker=marker,
            markersize=5.0,
            markeredgewidth=1.2,
            color=COLOURS[role],
            markerfacecolor=COLOURS[role] if filled else "white",
            clip_on=False,
            zorder=5,
            label=say(f"figure.{part}", lang),
        )


def draw_fan(ax: Axes, fan: Fan, start: Point | None, lang: str) -> None:
    """Draw median and intervals, opening at the last value measured."""
    lead = [start] if start is not None and start[0] < fan.years[0] else []
    years = [*(year for year, _ in lead), *fan.years]
    q10, q25, q50, q75, q90 = (
        [*(value for _, value in lead), *quantile]
        for quantile in (fan.q10, fan.q25, fan.q50, fan.q75, fan.q90)
    )
    for low, high, part, strength, width in [
        (q10, q90, "band_80", 0.16, 3.0),
        (q25, q75, "band_50", 0.30, 6.0),
    ]:
        label = say(f"figure.{part}", lang)
        look: dict[str, Any] = {"color": COLOURS["projected"], "alpha": strength}
        if len(years) > 1:
            ax.fill_between(years, low, high, linewidth=0, label=label, **look)
        else:  # an area over one year would be nothing to see
            ax.vlines(years, low, high, linewidth=width, label=label, **look)
    ax.plot(
        years,
        q50,
        color=COLOURS["projected"],
        linestyle=LINE_STYLES["projected"],
        linewidth=1.3,
        marker="_" if len(years) == 1 else "",
        label=say("figure.projected", lang),
    )


def draw_promises(ax: Axes, promised: Sequence[Promise], lang: str) -> None:
    """Draw each level with its tick; join those of consecutive years that bind the same way."""
    colour = COLOURS["target"]
    for promise in promised:
        ends = [promise.year - _HALF_TICK, promise.year + _HALF_TICK]
        ax.plot(ends, [promise.value] * 2, color=colour, linewidth=1.2, solid_capstyle="butt")
    for side in (">", "<", "="):
        bound = sorted((p.year, p.value) for p in promised if p.kind.startswith(side))
        years = [year for year, _ in bound]
        # Two levels for one year (two readings, say) leave open which one a line should join.
        if len(set(years)) == len(years) > 1:
            ax.plot(*broken(bound), color=colour, linestyle=LINE_STYLES["target"], linewidth=1.0)
    for part, strict in (("promised", False), ("promised_strict", True)):
        points = [(p.year, p.value) for p in promised if p.strict == strict]
        draw_marks(ax, points, part, "s", "target", filled=not strict, lang=lang)


def draw_as_of(ax: Axes, as_of: float, lang: str) -> None:
    """Draw the study's date, named above the panel."""
    year = int(as_of)
    days = (dt.date(year + 1, 1, 1) - dt.date(year, 1, 1)).days
    day = dt.date(year, 1, 1) + dt.timedelta(days=min(round((as_of - year) * days), days - 1))
    ax.axvline(as_of, color=COLOURS["missing"], linewidth=0.7, zorder=1)
    ax.text(
        as_of,
        1.01,
        say("figure.as_of", lang, year=day.year, month=day.month),
        transform=ax.get_xaxis_transform(),
        ha="center",
        va="bottom",
        fontsize=_NOTE,
        color=COLOURS["missing"],
    )
