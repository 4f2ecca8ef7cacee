"""Courses drawn as inline SVG: where their marks stand, and what cannot be drawn over another."""

from __future__ import annotations

import re
from importlib.resources import files
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from fontTools.ttLib import TTFont

from edu_metrics.figures.svg import SIZE, Line, course, text_width

OBSERVED = {2018: 70.0, 2019: 75.0, 2020: 80.0}
ASSUMED = Line("assumed", {2021: 80.0, 2022: 80.0}, "halt", {2021: 78.0, 2022: 77.0},
               {2021: 82.0, 2022: 83.0})  # fmt: skip
BIG = {"labels": {}, "unit": "%", "alt": "a <b>", "ticks": "{:g}".format, "width": 480,
       "height": 280, "way": False}  # fmt: skip


def drawn(observed=OBSERVED, lines=(ASSUMED,), asked=((2022, 90.0, "≥ 90 %"),), **given):
    return ElementTree.fromstring(course(observed, asked, lines=lines, **{**BIG, **given}))


def texts(svg, css):
    return [one for one in svg.iter("text") if one.get("class") == css]


def path(svg, css, about=None):
    inside = svg if about is None else next(g for g in svg.iter("g") if g.get("class") == about
                                            and g[0].get("class") == css)  # fmt: skip
    (found,) = (one for one in inside.iter("path") if one.get("class") == css)
    return [tuple(map(float, point.split())) for point in found.get("d").strip("Mz").split("L")]


def test_equal_values_stand_equally_high_and_years_equally_far():
    svg = drawn()
    past, assumed = path(svg, "past"), path(svg, "line", "assumed")
    # It goes on from the last value, to the half of a pixel.
    assert assumed[0] == pytest.approx(past[-1], abs=0.5)
    assert {y for _, y in assumed} == {assumed[0][1]}
    steps = [b - a for (a, _), (b, _) in pairwise([*past, *assumed[1:]])]
    assert max(steps) - min(steps) <= 1.0
    assert past[0][1] > past[1][1] > past[2][1]  # more is higher
    (now,) = svg.iter("circle")
    assert (float(now.get("cx")), float(now.get("cy"))) == past[-1]


def test_a_value_stands_at_the_height_of_its_number_at_the_axis():
    svg = drawn({2019: 60.0, 2020: 80.0}, [Line("assumed", {2021: 80.0}, "x")], [])
    heights = {one.text: float(one.get("y")) - 4 for one in texts(svg, None)}
    assert path(svg, "past")[-1][1] == pytest.approx(heights["80"], abs=0.11)
    assert path(svg, "past")[0][1] == pytest.approx(heights["60"], abs=0.11)


def test_the_band_goes_out_above_and_back_below():
    start, *edge = path(drawn(), "spread", "assumed")
    assert edge[-1] == start
    (_, high), (_, higher), (_, lower), (_, low) = edge[:4]
    assert higher < high < start[1] < low < lower


@pytest.mark.parametrize("at", [60.0, 75.0, 80.0, 100.0])
def test_names_never_stand_on_each_other_nor_beyond_the_edge(at):
    lines = [Line("usual", {2022: at + 0.1}, "as usual"), Line("assumed", {2022: at}, "x")]
    svg = drawn(lines=lines, asked=[(2021, at, "≥ 80 %"), (2022, at + 0.2, "≥ 80.2 %")])
    names = [one for css in ("usual", "assumed", "asked") for one in texts(svg, css)]
    heights = sorted(float(one.get("y")) for one in names)
    assert len(names) == 4
    assert all(b - a >= 12.9 for a, b in pairwise(heights))
    width, height = map(float, svg.get("viewBox").split()[2:])
    assert 10 < heights[0] < heights[-1] < height - 20
    assert all(float(one.get("x")) + text_width(one.text, SIZE) < width for one in names)


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
    svg = drawn(values, [], [], limits=bounds, ticks=repr)
    height = float(svg.get("viewBox").split()[3])
    numbers = [float(one.text) for one in texts(svg, None) if one.get("text-anchor") == "end"]
    low, high = bounds
    assert min(numbers) <= min(values.values())
    assert max(numbers) >= max(values.values())
    assert low is None or min(numbers) >= min(low, *values.values())
    assert high is None or max(numbers) <= max(high, *values.values())
    assert 2 <= len(numbers) <= 8
    assert all(0 < float(one.get("cy")) < height - 20 for one in svg.iter("circle"))


def test_texts_are_escaped_and_the_drawing_is_named():
    hostile = "<script>\"&'"
    svg = drawn(lines=[Line("assumed", {2021: 1.0}, hostile)], asked=[(2021, 1.0, hostile)])
    assert svg.get("aria-label") == "a <b>"
    assert svg.get("role") == "img"
    assert list(svg.iter("script")) == []
    assert {one.text for one in [*texts(svg, "assumed"), *texts(svg, "asked")]} == {hostile}


def test_where_nothing_is_known_nothing_is_drawn():
    assert course({}, [], **BIG) == ""
    assert not re.search("nan|inf", course({2020: 0.0}, [], **BIG))


def test_a_group_shows_or_hides_a_whole_course_and_only_chance_has_a_band():
    halt = Line("sc sc2", {2021: 80.0, 2022: 80.0})
    svg = drawn(lines=[ASSUMED, halt], asked=[])
    groups = [(g.get("class"), g[0].get("class")) for g in svg.iter("g")]
    assert groups == [("assumed", "spread"), ("assumed", "line"), ("sc sc2", "line")]
    assert path(svg, "line", "sc sc2")[0] == pytest.approx(path(svg, "past")[-1], abs=0.5)


def test_another_series_goes_its_own_way_even_where_it_begins_later():
    other = Line("other", {2021: 60.0, 2022: 61.0}, "China", ahead=False)
    begun, *_ = path(drawn(lines=[other], asked=[]), "line", "other")
    assert begun[0] > path(drawn(lines=[other], asked=[]), "past")[-1][0]


def test_a_bold_label_is_measured_as_wide_as_the_bold_font_sets_it():
    told = "高于2016年的554.97亿元"
    with (files("edu_metrics.figures") / "fonts" / "NotoSansSC-Bold.ttf").open("rb") as file:
        font = TTFont(file)
        letters, advances = font.getBestCmap(), font["hmtx"]
        set_as = sum(advances[letters[ord(one)]][0] for one in told) / font["head"].unitsPerEm
    assert SIZE * set_as <= text_width(told, SIZE, "asked") <= 1.05 * SIZE * set_as
    history = {2015: 500.0, 2016: 554.97}
    svg = ElementTree.fromstring(course(history, [(2019, 554.97, told)], labels={}, alt="a"))
    (label,) = texts(svg, "asked")
    x, wide = float(label.get("x")), SIZE * set_as
    end = x + wide * {"middle": 0.5, "end": 0.0}.get(label.get("text-anchor"), 1.0)
    assert end <= float(svg.get("viewBox").split()[2])
