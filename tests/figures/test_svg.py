"""Courses drawn as inline SVG: where their marks stand, and what cannot be drawn over another."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from edu_metrics.figures.svg import Line, courses

OBSERVED = {2018: 70.0, 2019: 75.0, 2020: 80.0}
ASSUMED = Line("assumed", "halt", {2021: 80.0, 2022: 80.0}, {2021: 78.0, 2022: 77.0},
               {2021: 82.0, 2022: 83.0})  # fmt: skip


def drawn(observed=OBSERVED, lines=(ASSUMED,), asked=((2022, 90.0, "≥ 90 %"),), **given):
    return ElementTree.fromstring(courses(observed, lines, asked, unit="%", alt="a <b>", **given))


def texts(svg, css):
    return [one for one in svg.iter("text") if one.get("class") == css]


def path(svg, css):
    (found,) = (one for one in svg.iter("path") if one.get("class") == css)
    return [tuple(map(float, point.split())) for point in found.get("d").strip("Mz").split("L")]


def test_equal_values_stand_equally_high_and_years_equally_far():
    svg = drawn()
    past, assumed = path(svg, "past"), path(svg, "assumed")
    # It goes on from the last value, to the half of a pixel.
    assert assumed[0] == pytest.approx(past[-1], abs=0.5)
    assert {y for _, y in assumed} == {assumed[0][1]}
    steps = [b - a for (a, _), (b, _) in pairwise([*past, *assumed[1:]])]
    assert max(steps) - min(steps) <= 1.0
    assert past[0][1] > past[1][1] > past[2][1]  # more is higher
    points = [(float(one.get("cx")), float(one.get("cy"))) for one in svg.iter("circle")]
    assert points == past


def test_a_value_stands_at_the_height_of_its_number_at_the_axis():
    svg = drawn({2019: 60.0, 2020: 80.0}, [Line("assumed", "x", {2021: 80.0})], [])
    heights = {one.text: float(one.get("y")) - 4 for one in texts(svg, "year")}
    assert path(svg, "past")[-1][1] == pytest.approx(heights["80"], abs=0.11)
    assert path(svg, "past")[0][1] == pytest.approx(heights["60"], abs=0.11)


def test_the_band_goes_out_above_and_back_below():
    start, *edge = path(drawn(), "assumed spread")
    assert edge[-1] == start
    (_, high), (_, higher), (_, lower), (_, low) = edge[:4]
    assert higher < high < start[1] < low < lower


@pytest.mark.parametrize("at", [60.0, 75.0, 80.0, 100.0])
def test_names_never_stand_on_each_other_nor_beyond_the_edge(at):
    lines = [Line("usual", "as usual", {2022: at + 0.1}), Line("assumed", "x", {2022: at})]
    svg = drawn(lines=lines, asked=[(2021, at, "≥ 80 %"), (2022, at + 0.2, "≥ 80.2 %")])
    names = [one for css in ("usual", "assumed", "asked") for one in texts(svg, css)]
    heights = sorted(float(one.get("y")) for one in names)
    assert len(names) == 4
    assert all(b - a >= 15 for a, b in pairwise(heights))
    width, height = map(float, svg.get("viewBox").split()[2:])
    assert 10 < heights[0] < heights[-1] < height - 20
    assert all(float(one.get("x")) + 7 * len(one.text) < width for one in names)


@pytest.mark.parametrize(
    ("values", "bounds"),
    [
        ({2020: 99.5, 2021: 100.0}, (0, 100)),
        ({2020: 0.0, 2021: 0.4}, (0, 100)),
        ({2020: 29.0, 2021: 29.5}, (0, 30)),
        ({2020: 50.0, 2021: 50.0}, (0, 100)),
        ({2020: 0.0}, (0, None)),
        ({2020: 104.0, 2021: 98.0}, (0, 100)),
        ({2020: -2.5, 2021: 3.0}, (None, None)),
        ({2020: 1.3e9, 2021: 2.7e9}, (0, None)),
    ],
)
def test_the_axis_holds_every_value_and_nothing_beyond_the_bounds(values, bounds):
    svg = drawn(values, [], [], bounds=bounds, shown=repr)
    height = float(svg.get("viewBox").split()[3])
    numbers = [float(one.text) for one in texts(svg, "year") if one.get("text-anchor") == "end"]
    low, high = bounds
    assert min(numbers) <= min(values.values())
    assert max(numbers) >= max(values.values())
    assert low is None or min(numbers) >= min(low, *values.values())
    assert high is None or max(numbers) <= max(high, *values.values())
    assert 2 <= len(numbers) <= 8
    assert all(0 < float(one.get("cy")) < height - 20 for one in svg.iter("circle"))


def test_texts_are_escaped_and_the_drawing_is_named():
    hostile = "<script>\"&'"
    svg = drawn(lines=[Line("assumed", hostile, {2021: 1.0})], asked=[(2021, 1.0, hostile)])
    assert svg.get("aria-label") == "a <b>"
    assert svg.get("role") == "img"
    assert list(svg.iter("script")) == []
    assert {one.text for one in [*texts(svg, "assumed"), *texts(svg, "asked")]} == {hostile}


def test_where_nothing_is_known_nothing_is_drawn():
    assert courses({}, [], [(2022, 90.0, "90")], unit="%", alt="") == ""
    assert not re.search("nan|inf", courses({2020: 0.0}, [], [], unit="%", alt=""))
