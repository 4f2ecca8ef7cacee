"""Small drawings of one series as inline SVG: a line, its last point, and what is asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from types import MappingProxyType

#: Width of a letter against its height, of common sans serif fonts: letters of a class, figures and
#: other Latin letters, and all others.
_ADVANCES = {
    **dict.fromkeys(" .,:;'|!iljI()[]·/", 0.31),
    **dict.fromkeys("%mMW@—…", 0.95),
    **dict.fromkeys("ABCDEGHKNOPQRSUVXYw&<>=≥≤−+", 0.72),
}
_LATIN, _WIDE = 0.56, 1.0
#: Height of the letters of a label, and how much of the width one at the edge may take. [px; 1]
SIZE, WIDEST = 11, 0.4


@dataclass(frozen=True, slots=True)
class Ahead:
    """
    What may come: the middle by year, with the ends of the 50 % and of the 80 % interval.

    Attributes
    ----------
    years : tuple of int
        Years, in order.
    low, q25, middle, q75, high : tuple of float
        10th, 25th, 50th, 75th and 90th percentile. [unit of the indicator]
    """

    years: tuple[int, ...]
    low: tuple[float, ...]
    q25: tuple[float, ...]
    middle: tuple[float, ...]
    q75: tuple[float, ...]
    high: tuple[float, ...]

    def bands(self) -> Iterator[tuple[dict[int, float], dict[int, float], str]]:
        """Give the ends of both intervals by year, the wide one first, each with its class."""
        for low, high, css in ((self.low, self.high, "wide"), (self.q25, self.q75, "narrow")):
            yield (
                dict(zip(self.years, low, strict=True)),
                dict(zip(self.years, high, strict=True)),
                css,
            )


@dataclass(frozen=True, slots=True)
class Beside:
    """
    What a drawing shows beside the series.

    Attributes
    ----------
    readings : tuple of float
        Levels that the readings of a target come to in the last year asked for.
    compared : mapping of str to mapping of int to float
        Series of other areas by name.
    stated : (int, float) or None
        Year and value of a start that only the plan states.
    bounds : tuple of (int, float, bool)
        Year, value, and whether the true value lies above it, of what is known as a bound only.
    """

    readings: tuple[float, ...] = ()
    compared: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    stated: tuple[int, float] | None = None
    bounds: tuple[tuple[int, float, bool], ...] = ()

    @property
    def years(self) -> list[int]:
        """All years that are drawn."""
        told = [year for points in self.compared.values() for year in points]
        told += [year for year, _, _ in self.bounds]
        return told + ([self.stated[0]] if self.stated else [])

    @property
    def values(self) -> list[float]:
        """All values that are drawn."""
        told = [value for points in self.compared.values() for value in points.values()]
        told += [*self.readings, *(value for _, value, _ in self.bounds)]
        return told + ([self.stated[1]] if self.stated else [])


#: Nothing beside the series.
BESIDE_NOTHING = Beside()


def text_width(text: str, size: float) -> float:
    """
    Estimate how wide a text is drawn.

    Parameters
    ----------
    text : str
        The text.
    size : float
        Height of its letters. [px]

    Returns
    -------
    float
        Width. [px]

    Examples
    --------
    >>> text_width("95 %", 10), text_width("目标", 10)
    (23.8, 20.0)
    """
    advances = (_ADVANCES.get(one, _LATIN if ord(one) < 0x2E80 else _WIDE) for one in text)
    return round(size * sum(advances), 6)


def spark(
    history: Mapping[int, float], asked: Mapping[int, float], *, width: int = 104, height: int = 26
) -> str:
    """
    Draw a series so small that it stands in a row of a table, with the marks to reach.

    Parameters
    ----------
    history : mapping of int to float
        Value by year. [unit of the indicator]
    asked : mapping of int to float
        What is asked by year.
    width, height : int, optional
        Size. [px]

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
    place = _Scale(
        [*history, *asked],
        [*history.values(), *asked.values()],
        (3, width - 6, 4, height - 4),
    )
    marks = "".join(_diamond(*place(year, value), 3) for year, value in asked.items())
    x, y = place(max(history), history[max(history)])
    return (
        f'<svg class="spark" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' aria-hidden="true">{_line(place, history)}'
        f'<circle class="now" cx="{x}" cy="{y}" r="2.4"/>{marks}</svg>'
    )


def course(
    history: Mapping[int, float],
    asked: Mapping[int, float],
    *,
    labels: Mapping[int, str],
    asked_labels: Mapping[int, str],
    alt: str,
    ahead: Ahead | None = None,
    beside: Beside = BESIDE_NOTHING,
    ticks: Callable[[float], str] | None = None,
    width: int = 260,
    height: int = 110,
) -> str:
    """
    Draw a series with its years and the way to what is asked.

    Parameters
    ----------
    history, asked : mapping of int to float
        Values and what is asked, by year. [unit of the indicator]
    labels, asked_labels : mapping of int to str
        What stands beside a value, and beside what is asked, by year.
    alt : str
        The drawing in words.
    ahead : Ahead, optional
        The range of what may come.
    beside : Beside, optional
        What else is drawn: other readings, other areas, a stated start, what is only a bound.
    ticks : callable, optional
        Prints a value at the axis; where it is left out there is no axis of values.
    width, height : int, optional
        Size. [px]

    Returns
    -------
    str
        An SVG element with its text alternative. No label covers another, a mark or a line where
        there is room beside it.

    Examples
    --------
    >>> drawn = course(
    ...     {2019: 64.0, 2020: 70.0}, {2022: 90.0}, labels={2020: "70 %"},
    ...     asked_labels={2022: ">= 90 %"}, alt="From 70 % in 2020 to 90 % in 2022",
    ... )
    >>> ">= 90 %" in drawn, "&gt;= 90 %" in drawn
    (False, True)
    """
    years = [*history, *asked, *(ahead.years if ahead else ()), *beside.years]
    values = [*history.values(), *asked.values(), *beside.values]
    values += [*ahead.low, *ahead.high] if ahead else []
    if not values:
        return ""
    last = max(history, default=None)
    # What is asked is named at the edge, level with its mark, and so is every other area. What is
    # too long for that stands about its mark, as values do.
    named = dict(zip(asked_labels.values(), asked_labels, strict=True))
    edge = [(year, asked[year], text, "asked") for text, year in named.items()]
    edge += [(max(line), line[max(line)], name, "other") for name, line in beside.compared.items()]
    about = [one for one in edge if text_width(one[2], SIZE) > WIDEST * width]
    edge = [one for one in edge if one not in about]
    about += [(year, history[year], text, "value") for year, text in labels.items()]
    marks = _ticks(values, (None, None)) if ticks else []
    told = {value: ticks(value) for value in marks} if ticks else {}
    left = 6 + max((text_width(text, SIZE) for text in told.values()), default=0)
    right = 14 + max((text_width(text, SIZE) for _, _, text, _ in edge), default=0)
    box = (left, max(width - right, left + 40), 20, height - 26)
    place = _Scale(years, [*values, *marks], box)
    sheet = _Sheet(width, height, place)
    rules = [place(years[0], value)[1] for value in told] or [height - 18.0]
    start, end = (left, box[1]) if told else (0, width)
    across = "".join(f"M{start:g} {y:g}H{end:g}" for y in rules)
    sheet.pieces.append(f'<path class="axis" d="{across}"/>')
    if not told:
        sheet.taken.append((0, height - 19, width, height - 17))
    for text, y in zip(told.values(), rules, strict=False):
        sheet.put(text, "year", [(left - 4, y + 4, "end")])
    if ahead:
        since = {last: history[last]} if last is not None and last < ahead.years[0] else {}
        for low, high, css in ahead.bands():
            sheet.pieces.append(_area(place, {**since, **low}, {**since, **high}, css))
        sheet.line({**since, **dict(zip(ahead.years, ahead.middle, strict=True))}, "middle")
    for points in beside.compared.values():
        sheet.line(points, "other")
    if beside.readings:
        x, top = place(max(asked, default=max(years)), max(beside.readings))
        bottom = place(years[0], min(beside.readings))[1]
        sheet.pieces.append(f'<path class="readings" d="M{x} {top}V{bottom}"/>')
    to_come = {year: value for year, value in asked.items() if last is None or year > last}
    if to_come and last is not None:
        sheet.line({last: history[last], **to_come}, "way")
    for year in asked.keys() - to_come.keys():
        x, y = place(year, asked[year])
        sheet.pieces.append(f'<path class="way" d="M{x:g} {y:g}H{box[1]:g}"/>')
    sheet.line(history, "past")
    for year, value in history.items():
        if year == last or not {year - 1, year + 1} & history.keys():
            sheet.mark('<circle class="now" cx="{}" cy="{}" r="3"/>', year, value)
    for year, value, rising in beside.bounds:
        tip = -5 if rising else 5
        sheet.mark(f'<path class="bound" d="M{{}} {{}}m-4 0h8l-4 {tip}z"/>', year, value)
    if beside.stated:
        x, y = place(*beside.stated)
        sheet.taken.append((x - 5, y - 5, x + 5, y + 5))
        sheet.pieces.append(_diamond(x, y, 4.5, "stated"))
    for year, value in asked.items():
        x, y = place(year, value)
        sheet.taken.append((x - 5, y - 5, x + 5, y + 5))
        sheet.pieces.append(_diamond(x, y, 4.5))
    sheet.column(
        box[1] + 8, [(place(year, value)[1] + 4, text, css) for year, value, text, css in edge]
    )
    for year, value, text, css in about:
        sheet.put(text, css, _around(*place(year, value)))
    ends = [max(years), last, max(asked, default=None), min(years)]
    for year in dict.fromkeys(one for one in ends if one is not None):
        x = place(year, values[0])[0]
        sheet.put(str(year), "year", [(x, height - 5, "middle")], always=False)
    return (
        f'<svg class="course" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt)}">{"".join(sheet.pieces)}</svg>'
    )


def _around(x: float, y: float) -> list[tuple[float, float, str]]:
    """List where a label of a point may stand, the best place first."""
    return [
        (x + shift, y + drop, anchor)
        for drop in (-8, 16, -20, 28)
        for shift, anchor in ((0, "middle"), (2, "end"), (-2, "start"))
    ] + [(x - 8, y + 4, "end"), (x + 8, y + 4, "start")]


@dataclass(frozen=True, slots=True)
class Line:
    """A course in a drawing: its class, its name, its values by year and the ends of its band."""

    css: str
    name: str
    values: Mapping[int, float]
    low: Mapping[int, float] = field(default_factory=dict)
    high: Mapping[int, float] = field(default_factory=dict)


def courses(
    observed: Mapping[int, float],
    lines: Sequence[Line],
    asked: Sequence[tuple[int, float, str]],
    *,
    unit: str,
    alt: str,
    bounds: tuple[float | None, float | None] = (None, None),
    shown: Callable[[float], str] = "{:g}".format,
    width: int = 480,
    height: int = 280,
) -> str:
    """
    Draw courses from where a series stands, with axes, and their names at their ends.

    Parameters
    ----------
    observed : mapping of int to float
        Values by year; the courses go on from the last one. [unit of the drawing]
    lines : sequence of Line
        The courses, the one on top last.
    asked : sequence of (int, float, str)
        Year, level and what stands beside it.
    unit : str
        Printed above the axis.
    alt : str
        The drawing in words.
    bounds : tuple of (float or None), optional
        Lowest and highest value that there can be.
    shown : callable, optional
        Prints a number at the axis.
    width, height : int, optional
        Size. [px]

    Returns
    -------
    str
        An SVG element with its text alternative; nothing where there is nothing to draw.

    Examples
    --------
    >>> drawn = courses({2019: 78.0, 2020: 80.0}, [Line("assumed", "halt", {2021: 80.0})],
    ...                 [(2021, 90.0, "≥ 90 %")], unit="%", alt="80 % in 2020; halt: 80 % in 2021")
    >>> drawn.count('class="assumed"'), ">halt</text>" in drawn
    (2, True)
    """
    parts = [observed, *(part for one in lines for part in (one.values, one.low, one.high))]
    values = [value for part in parts for value in part.values()]
    years = [year for part in parts for year in part] + [year for year, *_ in asked]
    if not values:
        return ""
    ticks = _ticks([*values, *(value for _, value, _ in asked)], bounds)
    names = [*(one.name for one in lines), *(text for *_, text in asked)]
    left = 10 + max(text_width(shown(tick), 13.5) for tick in ticks)
    right = width - 14 - max((text_width(name, 14) for name in names), default=0)
    box = (left, right, 24.0, height - 26.0)
    ends = (min(years), max(max(years), min(years) + 1))
    place = _Scale(ends, (ticks[0], ticks[-1]), box)
    pieces = [_text(0, 12, unit, "year", "start")]
    for tick in ticks:
        _, y = place(min(years), tick)
        pieces.append(f'<line class="axis" x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>')
        pieces.append(_text(left - 5, y + 4, shown(tick), "year", "end"))
    every = math.ceil((max(years) - min(years) + 1) / 8)
    for year in range(max(years), min(years) - 1, -every):
        pieces.append(_text(place(year, ticks[0])[0], height - 8, str(year), "year", "middle"))
    start = {max(observed): observed[max(observed)]} if observed else {}
    named = []
    for one in lines:
        if one.low:
            pieces.append(
                _area(place, {**start, **one.low}, {**start, **one.high}, f"{one.css} spread")
            )
        pieces.append(_line(place, {**start, **one.values}, one.css))
        named.append((place(max(one.values), one.values[max(one.values)])[1], one.name, one.css))
    pieces += [_line(place, observed)] if observed else []
    pieces += ['<circle class="now" cx="{}" cy="{}" r="3"/>'.format(*place(*point)) for point in
               observed.items()]  # fmt: skip
    for year, value, text in asked:
        pieces.append(_diamond(*place(year, value), 5))
        named.append((place(year, value)[1], text, "asked"))
    for y, text, css in _apart(named, 15, height - 26):
        pieces.append(_text(right + 10, y + 4, text, css, "start"))
    return (
        f'<svg class="courses" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt)}">{"".join(pieces)}</svg>'
    )


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


def _apart(
    named: Sequence[tuple[float, str, str]], room: float, lowest: float
) -> list[tuple[float, str, str]]:
    """Move names until none stands on another or too low; of one that stands twice keep one."""
    once = sorted({(text, css): (y, text, css) for y, text, css in named}.values())
    heights: list[float] = []
    for y, _, _ in once:
        heights.append(max(y, heights[-1] + room) if heights else y)
    for at in range(len(heights))[::-1]:
        heights[at] = min(heights[at], lowest)
        lowest = heights[at] - room
    return [(y, text, css) for y, (_, text, css) in zip(heights, once, strict=True)]


def band(
    parts: Mapping[str, tuple[int, str]],
    alt: str,
    *,
    width: int = 260,
    colours: Mapping[str, tuple[str, str]] = MappingProxyType({}),
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
    colours : mapping of str to (str, str), optional
        Of a piece and of the text on it; the style of the page decides where there is none.

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
    whole = sum(count for count, _ in parts.values()) or 1
    pieces, begun = [], 0
    for name, (count, mark) in parts.items():
        left, right = (round(width * edge / whole) for edge in (begun, begun + count))
        begun += count
        wide, text = right - left, f"{mark}{count}"
        if not wide:
            continue
        own = colours.get(name)
        stroke, fill = (f' style="stroke:{own[0]}"', f' style="fill:{own[1]}"') if own else ("", "")
        # A thick line, and not a box: where there are thousands, a page is smaller by a tenth.
        pieces.append(f'<path class="{name}"{stroke} d="M{left} 9h{max(wide - 1, 1)}"/>')
        if alt and text_width(text, 12) < wide:
            middle = (left + right) // 2
            pieces.append(f'<text{fill} x="{middle}" y="13">{escape(text)}</text>')
    spoken = f'role="img" aria-label="{escape(alt)}"' if alt else 'aria-hidden="true"'
    return (
        f'<svg class="band" width="{width}" viewBox="0 0 {width} 18" {spoken}>'
        f"{''.join(pieces)}</svg>"
    )


class _Scale:
    """Places of years and values in a box of left, right, top and bottom."""

    def __init__(
        self,
        years: Sequence[int],
        values: Sequence[float],
        box: tuple[float, float, float, float],
    ) -> None:
        self.left, right, self.top, bottom = box
        self.first, self.low = min(years), min(values)
        self.wide = (right - self.left) / ((max(years) - self.first) or 1)
        spread = max(values) - self.low
        self.tall = (bottom - self.top) / spread if spread else 0.0
        self.bottom = bottom if spread else (bottom + self.top) / 2

    def __call__(self, year: int, value: float) -> tuple[float, float]:
        """Give the place of a value."""
        x = self.left + (year - self.first) * self.wide
        return round(x, 1), round(self.bottom - (value - self.low) * self.tall, 1)


_Box = tuple[float, float, float, float]


class _Sheet:
    """A drawing in the making: its pieces, and the boxes in which no label may stand."""

    def __init__(self, width: float, height: float, place: _Scale) -> None:
        self.width, self.height, self.place = width, height, place
        self.pieces: list[str] = []
        self.taken: list[_Box] = []

    def line(self, values: Mapping[int, float], css: str) -> None:
        """Draw a line, and keep labels off it."""
        self.pieces.append(_line(self.place, values, css))
        points = [self.place(year, values[year]) for year in sorted(values)]
        for (x1, y1), (x2, y2) in pairwise(points):
            number = max(1, round(max(abs(x2 - x1), abs(y2 - y1)) / 6))
            for step in range(number + 1):
                x, y = (a + (b - a) * step / number for a, b in ((x1, x2), (y1, y2)))
                self.taken.append((x - 1, y - 1, x + 1, y + 1))

    def mark(self, shape: str, year: int, value: float) -> None:
        """Draw a mark at a value."""
        x, y = self.place(year, value)
        self.taken.append((x - 4, y - 4, x + 4, y + 4))
        self.pieces.append(shape.format(x, y))

    def put(
        self, text: str, css: str, places: list[tuple[float, float, str]], *, always: bool = True
    ) -> None:
        """Write a label at the first place that is free, else, if always, where least is hidden."""
        size = text_width(text, SIZE)
        shifts = {"start": 0.0, "middle": size / 2, "end": size}
        tried = []
        for x, y, anchor in places:
            # What would begin left of the drawing, or end right of it, is moved in.
            left = min(max(x - shifts[anchor], 0.0), max(self.width - size, 0.0))
            box = (left, y - SIZE + 2, left + size, y + 2)
            inside = box[1] >= 0 and box[3] <= self.height
            hidden = sum(_overlap(box, other) for other in self.taken)
            tried.append(((not inside, hidden), box, left + shifts[anchor], y, anchor))
            if inside and not hidden:
                break
        (outside, hidden), box, x, y, anchor = min(tried, key=lambda one: one[0])
        if always or not (outside or hidden):
            self.taken.append((box[0] - 3, box[1], box[2] + 3, box[3]))
            self.pieces.append(_text(round(x, 1), y, text, css, anchor))

    def column(self, x: float, labels: list[tuple[float, str, str]]) -> None:
        """Write labels below each other at the edge, each as near to its height as can be."""
        ordered = sorted(labels)
        heights = spread_out([y for y, _, _ in ordered], SIZE + 2, SIZE, self.height - 22)
        for y, (_, text, css) in zip(heights, ordered, strict=True):
            self.put(text, css, [(x, y, "start")])


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
    return [round(place, 1) for place in moved]


def _overlap(one: _Box, other: _Box) -> float:
    """Give the area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return wide * tall if wide > 0 and tall > 0 else 0.0


def _line(place: _Scale, values: Mapping[int, float], css: str = "past") -> str:
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


def _area(place: _Scale, low: Mapping[int, float], high: Mapping[int, float], css: str) -> str:
    there = [place(year, high[year]) for year in sorted(high)]
    back = [place(year, low[year]) for year in sorted(low, reverse=True)]
    points = "L".join(f"{x:.0f} {y:.0f}" for x, y in (*there, *back))
    return f'<path class="{css}" d="M{points}z"/>'


def _diamond(x: float, y: float, size: float, css: str = "mark") -> str:
    return (
        f'<path class="{css}" d="M{x} {y - size}l{size} {size}l-{size} {size}l-{size} -{size}z"/>'
    )


def _fitted(x: float, y: float, text: str, room: float) -> str:
    """Write a name, pressed together where it is too wide."""
    drawn = _text(x, y, text, "value", "start")
    pressed = f'textLength="{room}" lengthAdjust="spacingAndGlyphs" '
    return drawn.replace("<text ", f"<text {pressed}") if text_width(text, 11) > room else drawn


def _text(x: float, y: float, text: str, css: str, anchor: str) -> str:
    side = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{css}" x="{x:g}" y="{y:g}"{side}>{escape(text)}</text>'


@dataclass(frozen=True, slots=True)
class Tile:
    """One area in :func:`tile_map`: its name, its newest value in words, its series, a colour."""

    name: str
    value: str
    history: Mapping[int, float]
    colour: str = ""


def tile_map(
    tiles: Mapping[tuple[int, int], Tile], alt: str, *, alike: bool = True, side: int = 88
) -> str:
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
    side : int, optional
        Width of a tile. [px]

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
    tall, gap = 58, 4
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
            _text(side - 4, 26, tile.value, "year", "end"),
        ]
        if tile.history:
            own = [min(tile.history.values()), max(tile.history.values())]
            low, high = (min(ends), max(ends)) if alike else own
            span = {min(years): low, max(years): high}
            place = _Scale([*span], [*span.values()], (9, side - 7, 31, tall - 6))
            x, y = place(max(tile.history), tile.history[max(tile.history)])
            drawn += [_line(place, tile.history), f'<circle class="now" cx="{x}" cy="{y}" r="2"/>']
        at = f"{column * (side + gap)} {row * (tall + gap)}"
        pieces.append(f'<g transform="translate({at})">{"".join(drawn)}</g>')
    wide, high_ = (1 + max(place[axis] for place in tiles) for axis in (1, 0))
    box = f"{wide * (side + gap) - gap} {high_ * (tall + gap) - gap}"
    return (
        f'<svg class="tiles" viewBox="0 0 {box}" role="img" '
        f'aria-label="{escape(alt)}">{"".join(pieces)}</svg>'
    )
