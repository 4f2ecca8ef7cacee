"""The charts of a track record: said and happened, and coverage by year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from edu_metrics.figures.svg import Scale, Sheet
from edu_metrics.trajectories.backtesting import Bin
from edu_metrics.words import number, percent, say

#: With fewer cases than this a bin is drawn hollow: it shows little.
MANY: Final = 100
#: Sign of a series at its name, and its mark.
_MARKS: Final = (
    ("●", '<circle class="{css}" cx="{{x:g}}" cy="{{y:g}}" r="3.5"/>'),
    ("■", '<path class="{css}" d="M{{x:g}} {{y:g}}m-3.5 -3.5h7v7h-7z"/>'),
    ("▲", '<path class="{css}" d="M{{x:g}} {{y:g}}m-4 3.5h8l-4 -7z"/>'),
)


def ahead_text(years: Sequence[int] | int, lang: str) -> str:
    """
    Say how far ahead forecasts look.

    Parameters
    ----------
    years : int or sequence of int
        One number of years, or several. [years]
    lang : str
        Language.

    Returns
    -------
    str
        In words.

    Examples
    --------
    >>> ahead_text(1, "en"), ahead_text([2, 3], "en"), ahead_text([2, 3], "zh")
    ('1 year ahead', '2, 3 years ahead', '提前2、3年')
    """
    listed = [years] if isinstance(years, int) else list(years)
    key = "record.ahead_one" if listed == [1] else "record.ahead"
    return say(key, lang, years=say("record.comma", lang).join(map(str, listed)))


def reliability(bins: Sequence[Bin], *, title: str, cap: float, floor: float, lang: str) -> str:
    """
    Draw how often what was given a probability came true.

    Parameters
    ----------
    bins : sequence of Bin
        Bins from the lowest up. [0-1]
    title : str
        What the drawing is called in words.
    cap, floor : float
        Highest and lowest probability that is ever stated. [0-1]
    lang : str
        Language.

    Returns
    -------
    str
        An SVG element. A mark on the diagonal is right; a hollow one stands for fewer than 100.

    Examples
    --------
    >>> one = Bin(0.2, 0.3, 120, stated=0.25, happened=0.2, interval=(0.15, 0.26))
    >>> drawn = reliability([one], title="One year", cap=0.8, floor=0.025, lang="en")
    >>> 'aria-label="One year: said 25 %, happened 20 % (15 to 26, 120 cases)."' in drawn
    True
    """
    sheet = _percent_sheet(
        320, 250, lang, say("record.said_axis", lang), say("record.happened_axis", lang)
    )
    sheet.path([(0, 0), (100, 100)], "line", "other")
    for limit in (cap, floor):
        sheet.path([(100 * limit, 0), (100 * limit, 100)], "way")
    place, parts = sheet.place, []
    for one in bins:
        sheet.path([(100 * one.stated, 100 * end) for end in one.interval], "past")
        css = "k1" if one.n >= MANY else "k1 few"
        sheet.mark(_MARKS[0][1].format(css=css), 100 * one.stated, 100 * one.happened)
        shares = (one.stated, one.happened, *one.interval)
        told = dict(zip(_SHARES, (number(100 * share, 0) for share in shares), strict=True))
        parts.append(say("record.bin_said", lang, n=number(one.n, 0), **told))
    for one in bins:
        (_, low), (x, high) = (place(100 * one.stated, 100 * end) for end in one.interval)
        around = [(x + shift, y, anchor) for y in (high - 4, low + 12, high - 16)
                  for shift, anchor in ((0, "middle"), (6, "start"), (-6, "end"))]  # fmt: skip
        sheet.put(number(one.n, 0), "", around)
    x, bottom = place(100 * cap, 0)
    sheet.put(
        say("record.cap_mark", lang, cap=f"{100 * cap:g}"), "asked", [(x + 4, bottom - 5, "start")]
    )
    alt = say("record.bins_said", lang, title=title, bins=say("record.comma", lang).join(parts))
    return sheet.svg("course", alt)


#: What of a bin is said in percent.
_SHARES: Final = ("stated", "happened", "low", "high")


def coverage(
    shares: Mapping[int, Sequence[tuple[int, float]]],
    *,
    level: float,
    worst: tuple[int, int, float],
    lang: str,
) -> str:
    """
    Draw what share of the outcomes of each year lay in the interval.

    Parameters
    ----------
    shares : mapping of int to sequence of (int, float)
        By years ahead: target year and share held. [percent]
    level : float
        What the interval promises. [percent]
    worst : (int, int, float)
        Years ahead, target year and share of the worst year. [percent]
    lang : str
        Language.

    Returns
    -------
    str
        An SVG element.

    Examples
    --------
    >>> drawn = coverage({1: [(2001, 82.0)]}, level=80, worst=(1, 2001, 82.0), lang="en")
    >>> "1 year ahead: 82 % in 2001. Promised: 80 %. Worst year: 2001, 82 %." in drawn
    True
    """
    years = sorted({year for points in shares.values() for year, _ in points})
    ends = (years[0] - 0.5, years[-1] + 0.5)
    step = max(1, -(-len(years) // 14))
    across: dict[float, str] = {year: str(year) for year in years[::step]}
    sheet = _percent_sheet(
        1040,
        250,
        lang,
        say("record.target_year", lang),
        say("record.held_axis", lang),
        ends,
        across,
    )
    sheet.path([(end, level) for end in ends], "way")
    named, lines = [], []
    for place, (ahead, points) in enumerate(shares.items()):
        sign, mark = _MARKS[place % len(_MARKS)]
        css = f"k{1 + place % len(_MARKS)}"
        # Side by side, so that years in which all horizons held alike hide none of them.
        shift = 0.12 * (place - (len(shares) - 1) / 2)
        beside = [(year + shift, share) for year, share in points]
        sheet.path(beside, "line", css)
        for x, y in beside:
            sheet.mark(mark.format(css=css), x, y)
        name = ahead_text(ahead, lang)
        named.append((sheet.place(*beside[-1])[1] + 4, f"{sign} {name}", css))
        told = (say("record.held_year", lang, year=year, share=number(share, 0))
                for year, share in points)  # fmt: skip
        listed = say("record.comma", lang).join(told)
        lines.append(say("record.held_said", lang, ahead=name, years=listed))
    sheet.column(sheet.place.right + 6, named)
    _, year, least = worst
    told_worst = {"year": year, "share": number(least, 0)}
    x, y = sheet.place(year, least)
    sheet.put(say("record.worst_mark", lang, **told_worst), "asked",
              [(x, y + 18, "middle"), (x, y - 12, "middle"), (x - 12, y + 4, "end")])  # fmt: skip
    lines.append(say("record.coverage_end", lang, level=f"{level:g}", **told_worst))
    return sheet.svg("course", say("record.gap", lang).join(lines))


def _percent_sheet(
    width: float,
    height: float,
    lang: str,
    across_name: str,
    up_name: str,
    ends: tuple[float, float] = (0, 100),
    across: Mapping[float, str] | None = None,
) -> Sheet:
    """Begin a sheet whose axes are percentages unless they are given, with the names of both."""
    usual = {at: percent(f"{at:g}", lang) for at in (0.0, 50.0, 100.0)}
    right = width - (14 if across is None else 84)
    sheet = Sheet(width, height, Scale(ends, [*usual], (44, 26, right, height - 38)))
    sheet.axes(across or usual, usual)
    sheet.put(up_name, "", [(0, 12, "start")])
    sheet.put(across_name, "", [(right, height - 5, "end")])
    return sheet
