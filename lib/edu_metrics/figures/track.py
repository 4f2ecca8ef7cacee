"""The figures of a track record: said and happened, coverage by year, places among draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from matplotlib.axes import Axes

from edu_metrics.figures._room import name_axes
from edu_metrics.figures.output import Plot
from edu_metrics.figures.style import COLOURS, plainly, use_style
from edu_metrics.words import number, say

_SMALL: Final = 8.0
_MARKERS: Final = ("o", "s", "^", "D", "v")
_ROLES: Final = ("projected", "target", "reference", "plan", "observed")
#: With fewer cases than this a bin is drawn hollow: it shows little.
MANY: Final = 100


@dataclass(frozen=True, slots=True)
class Said:
    """A bin of stated probability: its mean, what share happened, that share's interval, and n."""

    stated: float
    happened: float
    low: float
    high: float
    n: int


def plot_reliability(
    ax: Axes, *, title: str, bins: Sequence[Said], cap: float, floor: float, lang: str
) -> Axes:
    """
    Draw how often what was given a probability came true.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    title : str
        What stands above.
    bins : sequence of Said
        Bins from the lowest up. [0-1]
    cap, floor : float
        Highest and lowest probability that is ever stated. [0-1]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Axes
        The same. A mark on the diagonal is right; hollow marks stand for fewer than 100 cases.
    """
    with use_style():
        ax.plot([0, 1], [0, 1], color=COLOURS["missing"], lw=0.9, ls=":", zorder=1)
        ax.axvline(cap, color=COLOURS["target"], lw=1.0, ls="-.", zorder=1)
        ax.axvline(floor, color=COLOURS["target"], lw=1.0, ls="-.", zorder=1)
        text = say("record.cap_mark", lang, cap=f"{100 * cap:g}")
        ax.text(cap + 0.015, 0.02, text, fontsize=_SMALL - 1, color=COLOURS["target"])
        for one in bins:
            ax.vlines(one.stated, one.low, one.high, color=COLOURS["projected"], lw=1.6, zorder=3)
            ax.plot(
                [one.stated],
                [one.happened],
                "o",
                ms=6,
                color=COLOURS["projected"],
                mfc=COLOURS["projected"] if one.n >= MANY else "white",
                zorder=4,
            )
            ax.text(
                one.stated,
                min(one.high, 1.0) + 0.02,
                number(one.n, 0),
                ha="center",
                va="bottom",
                fontsize=_SMALL - 1.5,
                color=COLOURS["missing"],
            )
        ax.set_xlim(0, 1)
        ax.set_ylim(0, 1.08)
        x, y = say("record.said_axis", lang), say("record.happened_axis", lang)
        name_axes(ax, _SMALL, x=x, y=y, title=title)
    return plainly(ax)


def describe_reliability(
    *, title: str, bins: Sequence[Said], cap: float, floor: float, lang: str
) -> str:
    """
    Say in words what :func:`plot_reliability` shows.

    Parameters
    ----------
    title, bins, cap, floor, lang
        As in :func:`plot_reliability`.

    Returns
    -------
    str
        The text alternative.

    Examples
    --------
    >>> one = Said(0.25, 0.2, 0.15, 0.26, 120)
    >>> describe_reliability(title="One year", bins=[one], cap=0.8, floor=0.025, lang="en")
    'One year: said 25 %, happened 20 % (15 to 26, 120 cases).'
    """
    parts = [
        say(
            "record.bin_said",
            lang,
            stated=number(100 * one.stated, 0),
            happened=number(100 * one.happened, 0),
            low=number(100 * one.low, 0),
            high=number(100 * one.high, 0),
            n=number(one.n, 0),
        )
        for one in bins
    ]
    return say("record.bins_said", lang, title=title, bins=say("record.comma", lang).join(parts))


def plot_coverage(
    ax: Axes,
    *,
    shares: Mapping[int, Sequence[tuple[int, float]]],
    level: float,
    worst: tuple[int, int, float],
    lang: str,
) -> Axes:
    """
    Draw what share of the outcomes of each year lay in the interval.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    shares : mapping of int to sequence of (int, float)
        By years ahead: target year and share held. [percent]
    level : float
        What the interval promises. [percent]
    worst : (int, int, float)
        Years ahead, target year and share of the worst year. [percent]
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Axes
        The same.
    """
    with use_style():
        ax.axhline(level, color=COLOURS["missing"], lw=0.9, ls=":", zorder=1)
        # Side by side, so that years in which all horizons held alike hide none of them.
        for place, (ahead, points) in enumerate(shares.items()):
            shift = 0.12 * (place - (len(shares) - 1) / 2)
            role = _ROLES[place % len(_ROLES)]
            ax.plot(
                [year + shift for year, _ in points],
                [share for _, share in points],
                marker=_MARKERS[place % len(_MARKERS)],
                ms=5,
                lw=0.8,
                color=COLOURS[role],
                label=say("record.ahead", lang, years=ahead),
                clip_on=False,
                zorder=3,
            )
        years = sorted({year for points in shares.values() for year, _ in points})
        ahead, year, share = worst
        place = list(shares).index(ahead)
        ax.annotate(
            say("record.worst_mark", lang, year=year, share=number(share, 0)),
            (year + 0.12 * (place - (len(shares) - 1) / 2), share),
            xytext=(-8, 10 if share < 15 else -14),
            textcoords="offset points",
            ha="right",
            fontsize=_SMALL,
            color=COLOURS["target"],
        )
        step = max(1, -(-len(years) // 14))
        ax.set_xticks(years[::step])
        ax.set_xlim(years[0] - 0.6, years[-1] + 0.6)
        ax.set_ylim(0, 104)
        name_axes(ax, _SMALL, x=say("record.target_year", lang), y=say("record.held_axis", lang))
        ax.legend(fontsize=_SMALL - 1, loc="lower left", ncols=3)
    return plainly(ax)


def describe_coverage(
    *,
    shares: Mapping[int, Sequence[tuple[int, float]]],
    level: float,
    worst: tuple[int, int, float],
    lang: str,
) -> str:
    """
    Say in words what :func:`plot_coverage` shows.

    Parameters
    ----------
    shares, level, worst, lang
        As in :func:`plot_coverage`.

    Returns
    -------
    str
        The text alternative.

    Examples
    --------
    >>> describe_coverage(shares={1: [(2001, 82.0)]}, level=80, worst=(1, 2001, 82.0), lang="en")
    'horizon 1: 82 % in 2001. Promised: 80 %. Worst year: 2001, 82 %.'
    """
    comma = say("record.comma", lang)
    lines = [
        say(
            "record.held_said",
            lang,
            ahead=say("record.ahead", lang, years=ahead),
            years=comma.join(
                say("record.held_year", lang, year=year, share=number(share, 0))
                for year, share in points
            ),
        )
        for ahead, points in shares.items()
    ]
    end = say(
        "record.coverage_end", lang, level=f"{level:g}", year=worst[1], share=number(worst[2], 0)
    )
    return say("record.gap", lang).join([*lines, end])


def plot_places(ax: Axes, *, title: str, counts: Sequence[int], lang: str) -> Axes:
    """
    Draw into which part of the draws outcomes fell: all parts alike where draws are honest.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    title : str
        What stands above.
    counts : sequence of int
        Outcomes by equal part of the draws, from the lowest.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Axes
        The same.
    """
    total, parts = sum(counts), len(counts)
    with use_style():
        shares = [100 * count / total for count in counts]
        middle = [(place + 0.5) * 100 / parts for place in range(parts)]
        ax.bar(middle, shares, width=88 / parts, color=COLOURS["projected"], alpha=0.6)
        ax.axhline(100 / parts, color=COLOURS["missing"], lw=0.9, ls=":")
        ax.set_xlim(0, 100)
        ax.set_xticks([0, 50, 100])
        x, y = say("record.place_axis", lang), say("record.place_share", lang)
        name_axes(ax, _SMALL, x=x, y=y, title=title)
    return plainly(ax)


def describe_places(*, title: str, counts: Sequence[int], lang: str) -> str:
    """
    Say in words what :func:`plot_places` shows.

    Parameters
    ----------
    title, counts, lang
        As in :func:`plot_places`.

    Returns
    -------
    str
        The text alternative.

    Examples
    --------
    >>> describe_places(title="One year", counts=[10, 30, 40, 20], lang="en")
    'One year: shares of outcomes by part of the draws, lowest first: 10, 30, 40, 20 %.'
    """
    total = sum(counts)
    shares = say("record.comma", lang).join(number(100 * count / total, 0) for count in counts)
    return say("record.places_said", lang, title=title, shares=shares)


RELIABILITY = Plot(plot_reliability, describe_reliability)
COVERAGE = Plot(plot_coverage, describe_coverage)
PLACES = Plot(plot_places, describe_places)
