"""The figure of a plan's audit: the baselines that a pace presupposes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from edu_metrics.figures._room import name_axes
from edu_metrics.figures.output import Plot
from edu_metrics.figures.style import COLOURS, plainly, use_style
from edu_metrics.words import number, say, signed

_STYLES = ("-", "--", ":", "-.")
_SMALL = 8.0


def plot_baselines(
    ax: Axes,
    *,
    title: str,
    slowest: float,
    fastest: float,
    steps: Sequence[int],
    levels: Sequence[tuple[str, float]],
    lang: str,
) -> Axes:
    """
    Map baselines against paces: where a level is reached, and where the limit is met.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    title : str
        What is promised.
    slowest, fastest : float
        The promised change a year, signed. [percentage points a year]
    steps : sequence of int
        Numbers of yearly steps that the clause can mean.
    levels : sequence of (str, float)
        Levels that the pace is to arrive at, each with its name; the indicator's own limit is
        drawn where there is none. [percent]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Axes
        The same.
    """
    sign = 1.0 if fastest > 0 else -1.0
    limit = 100.0 if sign > 0 else 0.0
    goals = list(levels) or [(say("figure.limit", lang), limit)]
    reach = 1.6 * max(abs(fastest), abs(slowest), 1.0)
    paces = np.linspace(0, reach, 50)
    with use_style():
        low, high = sorted((abs(slowest), abs(fastest)))
        ax.axhspan(low, max(high, low + 0.02 * reach), color=COLOURS["projected"], alpha=0.18, lw=0)
        ends: list[float] = []
        for number_, (name, level) in enumerate(goals):
            colour = (COLOURS["target"], COLOURS["reference"], COLOURS["plan"])[number_ % 3]
            for style, count in zip(_STYLES, steps, strict=False):
                bases = level - sign * count * paces
                inside = (bases >= 0) & (bases <= 100)
                label = say("figure.reaches", lang, level=f"{level:g}", steps=count, name=name)
                ax.plot(bases[inside], paces[inside], style, color=colour, lw=1.4, label=label)
                ends += [float(level - sign * count * pace) for pace in (low, high)]
        ends.append(limit)
        margin = 0.15 * (max(ends) - min(ends)) + 1
        ax.set_xlim(max(0, min(ends) - margin), min(100, max(ends) + margin))
        ax.set_ylim(0, reach)
        pace = say("figure.gain_a_year" if sign > 0 else "figure.fall_a_year", lang)
        name_axes(ax, _SMALL, x=say("figure.baseline", lang), y=pace, title=title)
        ax.legend(fontsize=_SMALL - 1.5, loc="upper left" if sign < 0 else "upper right")
    return plainly(ax)


def describe_baselines(
    *,
    title: str,
    slowest: float,
    fastest: float,
    steps: Sequence[int],
    levels: Sequence[tuple[str, float]],
    lang: str,
) -> str:
    """
    Say in words what :func:`plot_baselines` shows.

    Parameters
    ----------
    title, slowest, fastest, steps, levels, lang
        As in :func:`plot_baselines`.

    Returns
    -------
    str
        The text alternative.

    Examples
    --------
    >>> describe_baselines(
    ...     title="Pass rate", slowest=5, fastest=8, steps=[2], levels=[("all", 100)], lang="en"
    ... )
    'Pass rate: +5 to +8 points a year. 2 steps to 100: baselines 84 to 90.'
    """
    limit = 100.0 if fastest > 0 else 0.0
    goals = [level for _, level in levels] or [limit]
    pace = say("figure.paces", lang, slowest=signed(slowest, 0), fastest=signed(fastest, 0))
    bands = [
        say(
            "figure.band",
            lang,
            steps=count,
            level=f"{level:g}",
            low=number(min(level - count * slowest, level - count * fastest), 0),
            high=number(max(level - count * slowest, level - count * fastest), 0),
        )
        for level in goals
        for count in steps
    ]
    return say("figure.baselines_said", lang, title=title, pace=pace, bands=" ".join(bands))


BASELINES = Plot(plot_baselines, describe_baselines)
