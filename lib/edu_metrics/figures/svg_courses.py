"""Several courses of one series as an inline SVG; a page's style shows some and hides others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from edu_metrics.figures.svg import _diamond, _line, _Scale, _text, text_width

_SIZE = 11  # height of a letter [px]


@dataclass(frozen=True, slots=True)
class Course:
    """
    What a series does under one assumption.

    Attributes
    ----------
    css : str
        Class by which a style colours and shows it.
    values : mapping of int to float
        By year. [unit of the series]
    low, high : mapping of int to float, optional
        Ends of an interval by year; none where the course is no matter of chance.
    """

    css: str
    values: Mapping[int, float]
    low: Mapping[int, float] = field(default_factory=dict)
    high: Mapping[int, float] = field(default_factory=dict)


def courses(
    history: Mapping[int, float],
    ahead: Sequence[Course],
    asked: Mapping[int, float],
    *,
    labels: Mapping[int, str],
    asked_label: str,
    alt: str,
    width: int = 330,
    height: int = 170,
) -> str:
    """
    Draw a series with its courses and what is asked.

    Parameters
    ----------
    history, asked : mapping of int to float
        Values and what is asked, by year. [unit of the series]
    ahead : sequence of Course
        The courses; each begins at the last value of the history.
    labels : mapping of int to str
        What stands beside a value of the history, by year.
    asked_label : str
        What stands beside what is asked.
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
    >>> halt = Course("sc1", {2021: 70.0, 2022: 70.0})
    >>> drawn = courses({2019: 64.0, 2020: 70.0}, [halt], {2022: 90.0}, labels={2020: "70 %"},
    ...                 asked_label="90 %", alt="From 70 % in 2020; 90 % asked in 2022")
    >>> drawn.count('class="sc sc1"'), drawn.count('class="past"')
    (1, 1)
    """
    last = max(history)
    final = max([last, *asked, *(year for one in ahead for year in one.values)])
    rows = [one for course in ahead for one in (course.values, course.low, course.high)]
    shown = [value for row in (history, asked, *rows) for value in row.values()]
    right = 12 + text_width(asked_label, _SIZE)
    # The scale holds all courses, so that it stays where it is whichever are shown.
    place = _Scale((*history, final), shown, (6, width - right - 6, 20, height - 26))
    pieces = [f'<line class="axis" x1="0" x2="{width}" y1="{height - 18}" y2="{height - 18}"/>']
    begun = {last: history[last]}
    for one in ahead:
        band = _band(place, begun | dict(one.low), begun | dict(one.high)) if one.low else ""
        x, y = place(max(one.values), one.values[max(one.values)])
        line = _line(place, begun | dict(one.values), "line")
        dot = f'<circle cx="{x}" cy="{y}" r="2.6"/>'
        pieces.append(f'<g class="sc {one.css}">{band}{line}{dot}</g>')
    pieces.append(_line(place, history))
    pieces += [_diamond(*place(year, value), 4.5) for year, value in asked.items()]
    for year in dict.fromkeys((min(history), final)):
        x, _ = place(year, history[last])
        anchor = "start" if year == min(history) else "middle"
        pieces.append(_text(x, height - 5, str(year), "year", anchor))
    for year, text in labels.items():
        x, y = place(year, history[year])
        anchor = "start" if year == min(history) else "end"
        pieces.append(_text(x, y - 7, text, "value", anchor))
    for year, value in asked.items():
        x, y = place(year, value)
        pieces.append(_text(x + 8, y + 4, asked_label, "asked", "start"))
    return (
        f'<svg class="course" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="{escape(alt)}">{"".join(pieces)}</svg>'
    )


def _band(place: _Scale, low: Mapping[int, float], high: Mapping[int, float]) -> str:
    there = ["{} {}".format(*place(year, high[year])) for year in sorted(high)]
    back = ["{} {}".format(*place(year, low[year])) for year in sorted(low, reverse=True)]
    return f'<path class="spread" d="M{" L".join([*there, *back])}z"/>'
