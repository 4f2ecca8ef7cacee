"""
Charts as inline SVG, small enough for a page of fifty: text stays text, colours are the page's.

Every chart is drawn on a :class:`Sheet`, which knows what is taken and where a label may stand.
What a class looks like, in light, dark and print, is the style's; what a chart shows is said in
words in its label.

A verdict has a colour, a mark, and a colour of text upon it. Blue is on the side of the promise,
yellow between, red against it; grey is outside that scale. Eyes of every kind tell blue from yellow
and red. No two verdicts are equally light, so that a print in grey keeps them apart, and the mark
says it once more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import Final

_DARK, _LIGHT = "#000000", "#FFFFFF"

#: Verdict -> its colour, that of text upon it, and one character, in the order in which verdicts
#: are listed. A circle is the fuller, the more probable the promise is.
_LOOKS: Final = {
    "met": ("#0B3C6F", _LIGHT, "✓"),
    "likely": ("#4FA0DB", _DARK, "◕"),
    "uncertain": ("#F6E08C", _DARK, "◑"),
    "unlikely": ("#EBA24E", _DARK, "◔"),
    "out_of_reach": ("#D5683A", _DARK, "○"),
    "impossible": ("#A02C22", _LIGHT, "×"),
    "missed": ("#3D0C1A", _LIGHT, "✗"),
    "cannot_tell": ("#C6C6C6", _DARK, "?"),
    "no_data": ("#FAFAFA", _DARK, "–"),
    "tracked": ("#6C7370", _LIGHT, "…"),
}
VERDICT_COLOURS: Final = {verdict: look[:2] for verdict, look in _LOOKS.items()}
VERDICT_MARKS: Final = {verdict: look[2] for verdict, look in _LOOKS.items()}


def verdict_rules() -> str:
    """
    Give the rules by which a style colours the labels of verdicts.

    Returns
    -------
    str
        CSS, a rule a verdict.

    Examples
    --------
    >>> verdict_rules().partition(" .chip")[0]
    '.chip.met { background: #0B3C6F; color: #FFFFFF; }'
    """
    looks = VERDICT_COLOURS.items()
    return " ".join(
        f".chip.{v} {{ background: {under}; color: {ink}; }}" for v, (under, ink) in looks
    )


#: Width of a letter against its height, of common sans serif fonts: letters of a class, figures and
#: other Latin letters, and all others.
_ADVANCES = {
    **dict.fromkeys(" .,:;'|!iljI()[]·/", 0.31),
    **dict.fromkeys("%mMW@—…", 0.95),
    **dict.fromkeys("ABCDEGHKNOPQRSUVXYw&<>=≥≤−+", 0.72),
}
_LATIN, _WIDE = 0.56, 1.0
#: Labels that the style sets in bold, by their class, and how much wider figures and letters are.
_BOLD, _BOLDER = ("asked", "assumed"), 1.1
#: Height of the letters of a label, and how much of the width one at the edge may take. [px; 1]
SIZE, WIDEST = 11, 0.4
#: How far a label keeps off a line and off the top, and how far years keep apart. [px]
OFF, APART = 2.5, 8
#: A year, or another place on the axis across, and the value there.
Point = tuple[float, float]
#: Left, top, right and bottom. [px]
Box = tuple[float, float, float, float]


def text_width(text: str, size: float, css: str = "") -> float:
    """
    Estimate how wide a text is drawn.

    Parameters
    ----------
    text : str
        The text.
    size : float
        Height of its letters. [px]
    css : str, optional
        The class of its label: some are set in bold.

    Returns
    -------
    float
        Width. [px]

    Examples
    --------
    >>> text_width("95 %", 10), text_width("目标", 10), text_width("目标", 10, "asked")
    (23.8, 20.0, 20.0)
    """
    advances = [_ADVANCES.get(one, _LATIN if ord(one) < 0x2E80 else _WIDE) for one in text]
    heavier = _BOLDER if css in _BOLD else 1.0
    return round(size * sum(one if one == _WIDE else one * heavier for one in advances), 6)


class Scale:
    """
    Places of numbers in a box.

    Parameters
    ----------
    across, up : sequence of float
        Numbers that have to be in it; the least stands at its left and bottom.
    box : (float, float, float, float)
        Left, top, right and bottom. [px]
    """

    def __init__(self, across: Sequence[float], up: Sequence[float], box: Box) -> None:
        self.left, self.top, self.right, bottom = box
        self.first, self.low = min(across), min(up)
        self.wide = (self.right - self.left) / ((max(across) - self.first) or 1)
        spread = max(up) - self.low
        self.tall = (bottom - self.top) / spread if spread else 0.0
        self.bottom = bottom if spread else (bottom + self.top) / 2

    def __call__(self, x: float, y: float) -> Point:
        """Give the place of a number."""
        across = self.left + (x - self.first) * self.wide
        return round(across, 1), round(self.bottom - (y - self.low) * self.tall, 1)


class Sheet:
    """
    A chart in the making: its pieces, and the boxes in which no label may stand.

    Parameters
    ----------
    width, height : float
        Size. [px]
    place : Scale
        Where numbers stand on it.
    """

    def __init__(self, width: float, height: float, place: Scale) -> None:
        self.width, self.height, self.place = width, height, place
        self.pieces: list[str] = []
        self.taken: list[Box] = []

    def path(self, points: Sequence[Point], css: str, about: str = "") -> None:
        """Draw a line through numbers, and keep labels off it."""
        places = [self.place(x, y) for x, y in points]
        drawn = "L".join(f"{x:g} {y:g}" for x, y in places)
        self._add(f'<path class="{css}" d="M{drawn}"/>', about)
        self._keep_off(places)

    def line(self, values: Mapping[int, float], css: str, about: str = "") -> None:
        """Draw a series, in a group of a class of its own where one is named."""
        self._add(line_of(self.place, values, css), about)
        self._keep_off([self.place(year, values[year]) for year in sorted(values)])

    def _add(self, drawn: str, about: str) -> None:
        self.pieces.append(f'<g class="{about}">{drawn}</g>' if about else drawn)

    def _keep_off(self, points: Sequence[Point]) -> None:
        for (x1, y1), (x2, y2) in pairwise(points):
            number = max(1, round(max(abs(x2 - x1), abs(y2 - y1)) / 6))
            for step in range(number + 1):
                x, y = (a + (b - a) * step / number for a, b in ((x1, x2), (y1, y2)))
                self.taken.append((x - OFF, y - OFF, x + OFF, y + OFF))

    def area(self, low: Mapping[int, float], high: Mapping[int, float], about: str) -> None:
        """Fill what lies between two series of the same years."""
        there = [self.place(year, high[year]) for year in sorted(high)]
        back = [self.place(year, low[year]) for year in sorted(low, reverse=True)]
        drawn = "L".join(f"{x:.0f} {y:.0f}" for x, y in (*there, *back))
        self._add(f'<path class="spread" d="M{drawn}z"/>', about)

    def mark(self, shape: str, x: float, y: float, size: float = 4) -> None:
        """Draw a mark at a number; its shape has places for where that is."""
        across, down = self.place(x, y)
        self.taken.append((across - size, down - size, across + size, down + size))
        self.pieces.append(shape.format(x=across, y=down))

    def put(
        self,
        text: str,
        css: str,
        places: Sequence[tuple[float, float, str]],
        *,
        always: bool = True,
    ) -> None:
        """Write a label at the first place that is free, else, if always, where least is hidden."""
        size = text_width(text, SIZE, css)
        shifts = {"start": 0.0, "middle": size / 2, "end": size}
        tried = []
        for x, y, anchor in places:
            # What would begin left of the drawing, or end right of it, is moved in.
            left = min(max(x - shifts[anchor], 0.0), max(self.width - size, 0.0))
            box = (left, y - SIZE + 2, left + size, y + 2)
            inside = box[1] >= OFF and box[3] <= self.height
            hidden = sum(_overlap(box, other) for other in self.taken if _meet(box, other))
            tried.append(((not inside, hidden), box, left + shifts[anchor], y, anchor))
            if inside and not hidden:
                break
        (outside, hidden), box, x, y, anchor = min(tried, key=lambda one: one[0])
        if always or not (outside or hidden):
            self.taken.append((box[0] - 3, box[1], box[2] + 3, box[3]))
            self.pieces.append(_text(round(x, 1), y, text, css, anchor))

    def column(self, x: float, labels: Sequence[tuple[float, str, str]]) -> None:
        """Write labels below each other at the edge, each as near to its height as can be."""
        ordered = sorted(labels)
        heights = spread_out([y for y, _, _ in ordered], SIZE + 2, SIZE, self.height - 22)
        for y, (_, text, css) in zip(heights, ordered, strict=True):
            self.put(text, css, [(x, round(y, 1), "start")])

    def axes(self, across: Mapping[float, str], up: Mapping[float, str]) -> None:
        """Rule the sheet at each number of the axis upwards, and write both axes."""
        rules = {value: self.place(self.place.first, value)[1] for value in up}
        drawn = "".join(f"M{self.place.left:g} {y:g}H{self.place.right:g}" for y in rules.values())
        self.pieces.append(f'<path class="axis" d="{drawn}"/>')
        for value, text in up.items():
            self.put(text, "", [(self.place.left - 4, rules[value] + 4, "end")])
        for value, text in across.items():
            x, bottom = self.place(value, self.place.low)
            self.put(text, "", [(x, bottom + 15, "middle")], always=False)

    def svg(self, css: str, alt: str) -> str:
        """Give the element, with the drawing in words."""
        return _svg(css, f"{self.width:g} {self.height:g}", "".join(self.pieces), alt)


def _svg(css: str, size: str, inner: str, alt: str, more: str = "") -> str:
    spoken = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return f'<svg class="{css}"{more} viewBox="0 0 {size}" {spoken}>{inner}</svg>'


@dataclass(frozen=True, slots=True)
class Line:
    """
    What is drawn beside a series: another one, or what the same one may do.

    Attributes
    ----------
    css : str
        Class by which a style colours it, and shows or hides it.
    values : mapping of int to float
        By year; none for a band alone. [unit of the drawing]
    name : str
        Printed at its end.
    low, high : mapping of int to float
        The ends of its band by year.
    ahead : bool
        Whether it goes on from the last value of the series.
    """

    css: str
    values: Mapping[int, float] = field(default_factory=dict)
    name: str = ""
    low: Mapping[int, float] = field(default_factory=dict)
    high: Mapping[int, float] = field(default_factory=dict)
    ahead: bool = True


def course(
    history: Mapping[int, float],
    asked: Sequence[tuple[int, float, str]],
    *,
    labels: Mapping[int, str],
    alt: str,
    lines: Sequence[Line] = (),
    readings: Sequence[float] = (),
    stated: tuple[int, float] | None = None,
    bounds: Sequence[tuple[int, float, bool]] = (),
    ticks: Callable[[float], str] | None = None,
    limits: tuple[float | None, float | None] = (None, None),
    unit: str = "",
    way: bool = True,
    width: float = 260,
    height: float = 110,
) -> str:
    """
    Draw a series over years, what it may do, and what is asked of it.

    Parameters
    ----------
    history : mapping of int to float
        Values by year. [unit of the drawing]
    asked : sequence of (int, float, str)
        Year, level and what stands beside it.
    labels : mapping of int to str
        What stands beside a value of the history, by year.
    alt : str
        The drawing in words.
    lines : sequence of Line, optional
        Other series and courses, the one on top last.
    readings : sequence of float, optional
        Levels that the readings of a target come to in the last year asked for.
    stated : (int, float), optional
        Year and value of a start that only the plan states.
    bounds : sequence of (int, float, bool), optional
        Year, value, and whether the true value lies above it, of what is known as a bound only.
    ticks : callable, optional
        Prints a value at the axis; where it is left out there is no axis of values.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.
    unit : str, optional
        Printed above the axis.
    way : bool, optional
        Whether the way from the last value to what is asked is drawn.
    width, height : float, optional
        Size. [px]

    Returns
    -------
    str
        An SVG element with its text alternative; nothing where there is nothing to draw. No label
        covers another, a mark or a line where there is room beside it.

    Examples
    --------
    >>> drawn = course({2019: 64.0, 2020: 70.0}, [(2022, 90.0, ">= 90 %")], labels={2020: "70 %"},
    ...                alt="From 70 % in 2020 to 90 % in 2022")
    >>> ">= 90 %" in drawn, "&gt;= 90 %" in drawn
    (False, True)
    """
    points = [*history.items(), *((year, value) for year, value, _ in (*asked, *bounds))]
    points += [stated] if stated else []
    points += [
        point for one in lines for part in (one.values, one.low, one.high) for point in part.items()
    ]
    if not points:
        return ""
    years, values = [year for year, _ in points], [*(value for _, value in points), *readings]
    last, first, final = max(history, default=None), min(years), max(years)
    # What is asked is named at the edge, level with its mark, and so is every other series. What is
    # too long for that stands about its mark, as values do.
    levels = {text: (year, value) for year, value, text in asked}
    edge = [(*point, text, "asked") for text, point in levels.items()]
    edge += [(end, one.values[end], one.name, one.css) for one in lines if one.name
             for end in [max(one.values)]]  # fmt: skip
    about = [one for one in edge if text_width(one[2], SIZE, one[3]) > WIDEST * width]
    edge = [one for one in edge if one not in about]
    about += [(year, history[year], text, "value") for year, text in labels.items()]
    told = {value: ticks(value) for value in _ticks(values, limits)} if ticks else {}
    left = 6 + max((text_width(text, SIZE) for text in told.values()), default=0)
    right = width - 14 - max((text_width(text, SIZE, css) for _, _, text, css in edge), default=0)
    box = (left, 24, max(right, left + 40), height - 26)
    sheet = Sheet(width, height, Scale(years, [*values, *told], box))
    if told:
        sheet.axes({}, told)
    else:
        sheet.pieces.append(f'<path class="axis" d="M0 {height - 18:g}H{width:g}"/>')
        sheet.taken.append((0, height - 19, width, height - 17))
    if unit:
        sheet.put(unit, "", [(0, 12, "start")])
    since = {last: history[last]} if last is not None else {}
    for one in lines:
        start = {year: value for year, value in since.items() if one.ahead}
        if one.low:
            sheet.area({**start, **one.low}, {**start, **one.high}, one.css)
        if one.values:
            sheet.line({**start, **one.values}, "line", one.css)
            if len(start) + len(one.values) == 1:
                # One value makes no line, and its name must stand at something.
                dot = f'<circle class="{one.css} dot" cx="{{x:g}}" cy="{{y:g}}" r="3"/>'
                sheet.mark(dot, *next(iter(one.values.items())))
    if readings:
        x, top = sheet.place(max((year for year, *_ in asked), default=final), max(readings))
        bottom = sheet.place(first, min(readings))[1]
        sheet.pieces.append(f'<path class="readings" d="M{x:g} {top:g}V{bottom:g}"/>')
    if way:
        _draw_way(sheet, since, {year: value for year, value, _ in asked})
    sheet.line(history, "past")
    for year, value in history.items():
        if year == last or not {year - 1, year + 1} & history.keys():
            sheet.mark('<circle class="now" cx="{x:g}" cy="{y:g}" r="3"/>', year, value)
    for year, value, rising in bounds:
        tip = -5 if rising else 5
        sheet.mark(f'<path class="bound" d="M{{x:g}} {{y:g}}m-4 0h8l-4 {tip}z"/>', year, value)
    if stated:
        sheet.mark(diamond(4.5, "stated"), *stated, size=5)
    for year, value, _ in asked:
        sheet.mark(diamond(4.5), year, value, size=5)
    at = sheet.place
    sheet.column(
        box[2] + 8, [(at(year, value)[1] + 4, text, css) for year, value, text, css in edge]
    )
    for year, value, text, css in about:
        sheet.put(text, css, _around(*at(year, value)))
    _years(sheet, [first, last, max((year for year, *_ in asked), default=None), final])
    return sheet.svg("course", alt)


def _years(sheet: Sheet, wanted: Sequence[float | None]) -> None:
    """Write years below the sheet; two that are near each other lean apart, and both stand."""
    years = sorted({year for year in wanted if year is not None})
    places = {year: sheet.place(year, sheet.place.low)[0] for year in years}
    wide = text_width(str(years[-1]), SIZE) + APART
    for year in [years[-1], *reversed(years[:-1])]:
        x = places[year]
        near = [
            other - x for name, other in places.items() if name != year and abs(other - x) < wide
        ]
        lean = [(x + 2, "end")] if any(one > 0 for one in near) else []
        lean += [(x - 2, "start")] if any(one < 0 for one in near) else []
        # At the right edge there may be no room to lean to: then the other one leans the more.
        lean += [(x, "middle"), (x - APART, "end")]
        tried = [(place, sheet.height - 5, anchor) for place, anchor in lean]
        sheet.put(str(year), "", tried, always=False)


def _draw_way(sheet: Sheet, since: Mapping[int, float], asked: Mapping[int, float]) -> None:
    """Draw the way from the last value to what is asked later, and a rule to what was before."""
    later = {year: value for year, value in asked.items() if year > max(since, default=-math.inf)}
    if since and later:
        sheet.line({**since, **later}, "way")
    for year in asked.keys() - later.keys():
        x, y = sheet.place(year, asked[year])
        sheet.pieces.append(f'<path class="way" d="M{x:g} {y:g}H{sheet.place.right:g}"/>')


def _around(x: float, y: float) -> list[tuple[float, float, str]]:
    """List where a label of a point may stand, the best place first."""
    return [
        (x + shift, y + drop, anchor)
        for drop in (-8, 16, -20, 28, -32, 40, -44)
        for shift, anchor in ((0, "middle"), (2, "end"), (-2, "start"))
    ] + [(x - 8, y + 4, "end"), (x + 8, y + 4, "start")]


def _ticks(values: Sequence[float], bounds: tuple[float | None, float | None]) -> list[float]:
    """Give round numbers around some values, and within the bounds that hold them."""
    low, high = min(values), max(values)
    rough = max((high - low) / 4, 0.01 * abs(high), 1e-6)
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(one for one in (1, 2, 5, 10) if one * power >= rough * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    last += first == last
    every = [round(at * step, 9) for at in range(first, last + 1)]
    least, most = (limit if limit is not None else end
                   for limit, end in zip(bounds, (every[0], every[-1]), strict=True))  # fmt: skip
    kept = [min(max(one, min(least, low)), max(most, high)) for one in every]
    return list(dict.fromkeys(kept)) if kept[0] < kept[-1] else every


def spark(history: Mapping[int, float], asked: Mapping[int, float]) -> str:
    """
    Draw a series so small that it stands in a row of a table, with the marks to reach.

    Parameters
    ----------
    history : mapping of int to float
        Value by year. [unit of the indicator]
    asked : mapping of int to float
        What is asked by year.

    Returns
    -------
    str
        An SVG element that a screen reader passes over: the row says the same in numbers. Nothing
        where there is no value.

    Examples
    --------
    >>> drawn = spark({2018: 60.0, 2019: 64.0, 2020: 70.0}, {2022: 90.0})
    >>> drawn.count("<circle"), drawn.count("<path"), spark({}, {2022: 90.0})
    (1, 2, '')
    """
    if not history:
        return ""
    width, height = 104, 26
    box = (3, 4, width - 6, height - 4)
    place = Scale([*history, *asked], [*history.values(), *asked.values()], box)
    marks = "".join(diamond(3).format(x=x, y=y) for x, y in (place(*one) for one in asked.items()))
    x, y = place(max(history), history[max(history)])
    drawn = f'{line_of(place, history)}<circle class="now" cx="{x}" cy="{y}" r="2.4"/>{marks}'
    return _svg("spark", f"{width} {height}", drawn, "")


def span(low: float, high: float, ends: tuple[float, float], *, width: int = 104) -> str:
    """
    Draw a range on a line between two ends, so small that it stands in a row of a table.

    Parameters
    ----------
    low, high : float
        The range. [unit of the ends]
    ends : (float, float)
        What the whole line stands for.
    width : int, optional
        Width. [px]

    Returns
    -------
    str
        An SVG element that a screen reader passes over: the row says the same in numbers.

    Examples
    --------
    >>> 'd="M80 6h10"' in span(80.0, 90.0, (0.0, 100.0), width=100)
    True
    """
    scale = width / (ends[1] - ends[0])
    left, right = ((min(max(one, ends[0]), ends[1]) - ends[0]) * scale for one in (low, high))
    drawn = f'<path class="axis" d="M0 6H{width}"/><path d="M{left:g} 6h{max(right - left, 2):g}"/>'
    return _svg("span", f"{width} 12", drawn, "", f' width="{width}" height="12"')


def band(
    parts: Mapping[str, tuple[int, str]],
    alt: str,
    *,
    width: int = 260,
) -> str:
    """
    Draw what a whole is made of: one bar, cut by group, each piece with its mark and number.

    Parameters
    ----------
    parts : mapping of str to (int, str)
        How many of each group, and the group's mark, in order; the name is the piece's class.
    alt : str
        The bar in words; where it is empty the bar has no numbers, and what stands beside it has
        to say them.
    width : int, optional
        Width. [px]

    Returns
    -------
    str
        An SVG element with its text alternative. A piece too narrow for its number has none.

    Examples
    --------
    >>> drawn = band({"met": (1, "✓"), "hard": (3, "−")}, "1 met, 3 hard", width=100)
    >>> "M25 9h74" in drawn, "−3" in drawn
    (True, True)
    """
    pieces = []
    for name, left, wide, text in _cut(parts, width):
        if not wide:
            continue
        # A thick line, and not a box: where there are thousands, a page is smaller by a tenth.
        pieces.append(f'<path class="{name}" d="M{left} 9h{max(wide - 1, 1)}"/>')
        if alt and _has_room(text, wide):
            middle = left + wide // 2
            pieces.append(f'<text x="{middle}" y="13">{escape(text)}</text>')
    return _svg("band", f"{width} 18", "".join(pieces), alt, f' width="{width}"')


def unnumbered(parts: Mapping[str, tuple[int, str]], *, width: int = 260) -> list[str]:
    """
    Give mark and number of each piece of a band that is too narrow to have them on it.

    Parameters
    ----------
    parts : mapping of str to (int, str)
        As :func:`band` has them.
    width : int, optional
        Width of the band. [px]

    Returns
    -------
    list of str
        In order; nothing where all have them.

    Examples
    --------
    >>> unnumbered({"met": (1, "✓"), "hard": (99, "−")}, width=100)
    ['✓1']
    """
    return [text for _, _, wide, text in _cut(parts, width) if not _has_room(text, wide)]


def _has_room(text: str, wide: int) -> bool:
    """Tell whether a piece is wide enough for its number and a little beside it."""
    return text_width(text, 12) + 4 < wide


def _cut(parts: Mapping[str, tuple[int, str]], width: int) -> Iterator[tuple[str, int, int, str]]:
    """Give class, left end, width and text of each piece of a band. [px]."""
    whole, begun = sum(count for count, _ in parts.values()) or 1, 0
    for name, (count, mark) in parts.items():
        left, right = (round(width * edge / whole) for edge in (begun, begun + count))
        begun += count
        if count:
            yield name, left, right - left, f"{mark}{count}"


def spread_out(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """
    Move places apart that are nearer to each other than a gap.

    Parameters
    ----------
    places : sequence of float
        In order. [px]
    gap : float
        Least distance. [px]
    low, high : float
        Where the first and the last may stand at most; the gap goes before. [px]

    Returns
    -------
    list of float
        Places in the same order.

    Examples
    --------
    >>> spread_out([10, 11, 50], 12, 0, 100)
    [10, 22, 50]
    >>> spread_out([95, 96], 12, 0, 100)
    [88, 100]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap if moved else low))
    for at in range(len(moved) - 1, -1, -1):
        moved[at] = min(moved[at], moved[at + 1] - gap if at + 1 < len(moved) else high)
    return moved


def _meet(one: Box, other: Box) -> bool:
    """Say whether two boxes share any area: most do not, and are asked about often."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _overlap(one: Box, other: Box) -> float:
    """Give the area that two boxes share, which meet."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    return wide * (min(one[3], other[3]) - max(one[1], other[1]))


def line_of(place: Scale, values: Mapping[int, float], css: str = "past") -> str:
    """Draw a line; of what was measured over a gap of more than a year there is none."""
    drawn, before = "", None
    for year in sorted(values):
        apart = before is None or (css == "past" and year - before > 1)
        x, y = place(year, values[year])
        # What was measured is drawn to a tenth; for what is thought a pixel is enough.
        point = f"{x:g} {y:g}" if css == "past" else f"{x:.0f} {y:.0f}"
        drawn += (" M" if apart else " L") + point
        before = year
    return f'<path class="{css}" d="{drawn.strip()}"/>'


def diamond(size: float, css: str = "mark") -> str:
    """Give the shape of a mark that is to be reached, with places for where it stands."""
    turn = f"m0 -{size}l{size} {size}l-{size} {size}l-{size} -{size}z"
    return f'<path class="{css}" d="M{{x:g}} {{y:g}}{turn}"/>'


def _fitted(x: float, y: float, text: str, room: float) -> str:
    """Write a name, pressed together where it is too wide."""
    drawn = _text(x, y, text, "value", "start")
    pressed = f'textLength="{room}" lengthAdjust="spacingAndGlyphs" '
    return drawn.replace("<text ", f"<text {pressed}") if text_width(text, 11) > room else drawn


def _text(x: float, y: float, text: str, css: str, anchor: str) -> str:
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    # Most labels are those of axes: they have no class, and a page of fifty charts is the smaller.
    about = f' class="{css}"' if css else ""
    return f'<text{about} x="{x:g}" y="{y:g}"{side}>{escape(text)}</text>'


@dataclass(frozen=True, slots=True)
class Tile:
    """One area in :func:`tile_map`: its name, its newest value in words, its series, a colour."""

    name: str
    value: str
    history: Mapping[int, float]
    colour: str = ""


def tile_map(tiles: Mapping[tuple[int, int], Tile], alt: str, *, alike: bool = True) -> str:
    """
    Draw areas as tiles, each roughly where it lies, with its series in it: a map without borders.

    Parameters
    ----------
    tiles : mapping of (int, int) to Tile
        By row and column, from 0.
    alt : str
        The drawing in words.
    alike : bool, optional
        Whether all series stand on one scale; else each on its own.

    Returns
    -------
    str
        An SVG element with its text alternative; nothing where there is no tile.

    Examples
    --------
    >>> east = Tile("East", "70 %", {2019: 64.0, 2020: 70.0})
    >>> drawn = tile_map({(0, 0): east, (0, 2): Tile("West", "", {})}, "East 70 %, West unknown")
    >>> drawn.count("<g "), drawn.count('class="past"')
    (2, 1)
    """
    if not tiles:
        return ""
    side, tall, gap = 88, 58, 4
    known = [tile.history for tile in tiles.values() if tile.history]
    ends = [end for one in known for end in (min(one.values()), max(one.values()))]
    years = [year for one in known for year in (min(one), max(one))]
    pieces = []
    for (row, column), tile in sorted(tiles.items()):
        look = f' style="fill:{tile.colour}"' if tile.colour else ""
        drawn = [
            f'<rect width="{side}" height="{tall}"/>',
            f'<rect class="side"{look} width="4" height="{tall}"/>' if look else "",
            _fitted(9, 13, tile.name, side - 12),
            _text(side - 4, 26, tile.value, "", "end"),
        ]
        if tile.history:
            own = [min(tile.history.values()), max(tile.history.values())]
            low, high = (min(ends), max(ends)) if alike else own
            span = {min(years): low, max(years): high}
            place = Scale([*span], [*span.values()], (9, 31, side - 7, tall - 6))
            x, y = place(max(tile.history), tile.history[max(tile.history)])
            drawn += [
                line_of(place, tile.history),
                f'<circle class="now" cx="{x}" cy="{y}" r="2"/>',
            ]
        at = f"{column * (side + gap)} {row * (tall + gap)}"
        pieces.append(f'<g transform="translate({at})">{"".join(drawn)}</g>')
    wide, high_ = (1 + max(place[axis] for place in tiles) for axis in (1, 0))
    box = f"{wide * (side + gap) - gap} {high_ * (tall + gap) - gap}"
    return _svg("tiles", box, "".join(pieces), alt)
