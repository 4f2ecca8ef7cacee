"""Small drawings of one series as inline SVG: a line, its last point, and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
