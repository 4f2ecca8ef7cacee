"""Small drawings of one series as inline SVG: a line, its last point, and what is asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from types import MappingProxyType

#: Width of a letter against its height: figures and Latin letters, and all others.
_NARROW, _WIDE = 0.56, 1.0


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
    (22.4, 20.0)
    """
    return round(sum(size * (_NARROW if ord(sign) < 0x2E80 else _WIDE) for sign in text), 6)


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
    place = _Scale(history, asked, (3, width - 6, 4, height - 4))
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
    width, height : int, optional
        Size. [px]

    Returns
    -------
    str
        An SVG element with its text alternative.

    Examples
    --------
    >>> drawn = course(
    ...     {2019: 64.0, 2020: 70.0}, {2022: 90.0}, labels={2020: "70 %"},
    ...     asked_labels={2022: ">= 90 %"}, alt="From 70 % in 2020 to 90 % in 2022",
    ... )
    >>> ">= 90 %" in drawn, "&gt;= 90 %" in drawn
    (False, True)
    """
    right = 8 + max((text_width(text, 11) for text in asked_labels.values()), default=0)
    place = _Scale(history, asked, (6, width - right - 6, 20, height - 26))
    last = max(history)
    ahead = {year: value for year, value in asked.items() if year > last}
    way = {last: history[last], **ahead}
    pieces = [
        f'<line class="axis" x1="0" x2="{width}" y1="{height - 18}" y2="{height - 18}"/>',
        _line(place, history),
        _line(place, way, "way") if ahead else "",
        '<circle class="now" cx="{}" cy="{}" r="3"/>'.format(*place(last, history[last])),
        *(_diamond(*place(year, value), 4.5) for year, value in asked.items()),
    ]
    first = min(history)
    for year in dict.fromkeys((first, last, max((*asked, last)))):
        x, _ = place(year, history[last])
        anchor = "start" if year == first else "middle"
        pieces.append(_text(x, height - 5, str(year), "year", anchor))
    for year, text in labels.items():
        x, y = place(year, history[year])
        anchor = "start" if year == first else "end"
        if anchor == "end" and text_width(text, 11) > x:
            x, anchor = 0, "start"  # it would begin left of the drawing
        # Below the line where the way goes up, so that neither hides the other.
        rises = bool(ahead) and next(iter(ahead.values())) >= history[last]
        below = year == last and rises and y + 16 < height - 20
        pieces.append(_text(x, y + 15 if below else y - 7, text, "value", anchor))
    for year, text in asked_labels.items():
        x, y = place(year, asked[year])
        pieces.append(_text(x + 8, y + 4, text, "asked", "start"))
    return (
        f'<svg class="course" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt)}">{"".join(pieces)}</svg>'
    )


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
    ends = {min(years): ticks[0]}, {max(max(years), min(years) + 1): ticks[-1]}
    place = _Scale(*ends, box)
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
            pieces.append(_area(place, {**start, **one.low}, {**start, **one.high}, one.css))
        pieces.append(_line(place, {**start, **one.values}, one.css))
        named.append((place(max(one.values), one.values[max(one.values)])[1], one.name, one.css))
    pieces += [_line(place, observed)] if observed else []
    pieces += ['<circle class="now" cx="{}" cy="{}" r="3"/>'.format(*place(*point)) for point in
               observed.items()]  # fmt: skip
    for year, value, text in asked:
        pieces.append(_diamond(*place(year, value), 5))
        named.append((place(year, value)[1], text, "asked"))
    for y, text, css in _apart(named, 15):
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


def _apart(named: Sequence[tuple[float, str, str]], room: float) -> list[tuple[float, str, str]]:
    """Move names down until none stands on another; of one text that stands twice keep one."""
    placed: list[tuple[float, str, str]] = []
    for y, text, css in sorted({(text, css): (y, text, css) for y, text, css in named}.values()):
        placed.append((max(y, placed[-1][0] + room) if placed else y, text, css))
    return placed


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
        history: Mapping[int, float],
        asked: Mapping[int, float],
        box: tuple[float, float, float, float],
    ) -> None:
        years = [*history, *asked]
        values = [*history.values(), *asked.values()]
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


def _line(place: _Scale, values: Mapping[int, float], css: str = "past") -> str:
    points = " L".join("{} {}".format(*place(year, values[year])) for year in sorted(values))
    return f'<path class="{css}" d="M{points}"/>'


def _area(place: _Scale, low: Mapping[int, float], high: Mapping[int, float], css: str) -> str:
    there = [place(year, high[year]) for year in sorted(high)]
    back = [place(year, low[year]) for year in sorted(low, reverse=True)]
    points = " L".join(f"{x} {y}" for x, y in (*there, *back))
    return f'<path class="{css} spread" d="M{points}z"/>'


def _diamond(x: float, y: float, size: float) -> str:
    return f'<path class="mark" d="M{x} {y - size}l{size} {size}l-{size} {size}l-{size} -{size}z"/>'


def _fitted(x: float, y: float, text: str, room: float) -> str:
    """Write a name, pressed together where it is too wide."""
    drawn = _text(x, y, text, "value", "start")
    pressed = f'textLength="{room}" lengthAdjust="spacingAndGlyphs" '
    return drawn.replace("<text ", f"<text {pressed}") if text_width(text, 11) > room else drawn


def _text(x: float, y: float, text: str, css: str, anchor: str) -> str:
    return f'<text class="{css}" x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


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
            place = _Scale(span, {}, (9, side - 7, 31, tall - 6))
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
