"""Courses in one drawing: each where its numbers are, on a scale that holds all of them."""

from __future__ import annotations

import re

import pytest

from edu_metrics.figures.svg_courses import Course, courses

HISTORY = {2019: 60.0, 2020: 70.0}
RISING = Course("sc1", {2021: 75.0, 2022: 80.0}, {2021: 70.0, 2022: 72.0}, {2021: 80.0, 2022: 88.0})
HALT = Course("sc2", {2021: 70.0, 2022: 70.0})


def drawn(*ahead, asked=None):
    asked = {2022: 90.0} if asked is None else asked
    return courses(HISTORY, ahead, asked, labels={2020: "70"}, asked_label='"90" <', alt='a "b" <')


def points(svg, css):
    path = re.search(rf'class="{css}" d="M([^"z]*)', svg)[1]
    return [tuple(map(float, pair.split())) for pair in path.split(" L")]


def group(svg, css):
    return re.search(rf'<g class="sc {css}">(.*?)</g>', svg)[1]


def test_a_course_begins_where_the_series_ends():
    svg = drawn(RISING, HALT)
    end = points(svg, "past")[-1]
    for css in ("sc1", "sc2"):
        assert points(group(svg, css), "line")[0] == pytest.approx(end, abs=0.5)
    rising = [y for _, y in points(group(svg, "sc1"), "line")]
    assert rising == sorted(rising, reverse=True)
    assert len({y for _, y in points(group(svg, "sc2"), "line")}) == 1


def test_only_what_is_by_chance_has_a_band_and_it_encloses_the_course():
    svg = drawn(RISING, HALT)
    assert svg.count("spread") == 1
    band = points(group(svg, "sc1"), "spread")
    line = dict(points(group(svg, "sc1"), "line"))
    for x, y in line.items():
        heights = [other for place, other in band if place == x]
        assert min(heights) - 0.5 <= y <= max(heights) + 0.5


def test_heights_follow_the_values_whichever_courses_there_are():
    svg = drawn(RISING, HALT)
    (x, asked) = map(float, re.search(r'class="mark" d="M([\d.]+) ([\d.]+)l', svg).groups())
    top = asked + 4.5  # a diamond begins at its top
    low, high = (y for _, y in points(svg, "past"))
    # 60, 70 and 90 lie on one straight scale.
    assert abs((low - high) * 2 - (high - top)) < 0.3
    assert x == points(group(svg, "sc1"), "line")[-1][0]


def test_what_is_given_is_escaped_and_nothing_asked_is_no_mark():
    svg = drawn(HALT)
    assert 'aria-label="a &quot;b&quot; &lt;"' in svg
    assert "&quot;90&quot; &lt;" in svg
    bare = courses(HISTORY, [HALT], {}, labels={}, asked_label="", alt="")
    assert "mark" not in bare
