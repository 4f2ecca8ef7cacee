"""A panel shows its numbers where they are, and names what ends in it apart from all else."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

from edu_metrics.errors import ReportError
from edu_metrics.figures.panel import (
    Asked,
    Course,
    broken,
    cell_size,
    draw_panel,
    fold,
    year_ticks,
)
from edu_metrics.figures.style import use_style
from edu_metrics.figures.svg import text_width

SEEN = [(2018, 78.0), (2019, 79.0), (2020, 80.0)]
WIDE, NARROW = ((79.0, 78.0), (83.0, 86.0)), ((80.0, 80.0), (82.0, 84.0))
FAN = Course("", (2021, 2022), (81.0, 82.0), (WIDE, NARROW))


def line(name, *middle):
    return Course(name, tuple(range(2021, 2021 + len(middle))), middle)


def draw(courses=(), **changes):
    ax = Figure(figsize=(6, 3)).add_subplot()
    given = {"title": "x", "unit_label": "%", "observed": SEEN, "lang": "en", **changes}
    assert draw_panel(ax, courses=courses, **given) is ax
    return ax


def series(ax):
    return [
        list(zip(one.get_xdata(), one.get_ydata(), strict=True))
        for one in ax.lines
        if len(one.get_xdata()) > 2
    ]


def texts(ax):
    return [text.get_text() for text in ax.texts]


def test_a_course_starts_at_the_last_value_observed_and_the_series_is_the_series():
    ax = draw([line("a", 81.0, 82.0)])
    assert [(2020, 80.0), (2021, 81.0), (2022, 82.0)] in series(ax)
    assert SEEN in series(ax)
    assert len(ax.collections) == 0, "what is no matter of chance has no band"


def test_the_bands_of_a_fan_open_at_the_last_value_and_end_at_their_quantiles():
    wide, narrow = draw([FAN]).collections
    for band, low, high in ((wide, 78.0, 86.0), (narrow, 80.0, 84.0)):
        drawn = band.get_paths()[0].vertices
        assert [2020.0, 80.0] in drawn.tolist()
        assert sorted(y for x, y in drawn.tolist() if x == 2022)[0] == low
        assert sorted(y for x, y in drawn.tolist() if x == 2022)[-1] == high


def test_the_intervals_of_a_single_year_are_still_to_be_seen():
    one = Course("", (2021,), (81.0,), (((79.0,), (83.0,)),))
    (bar,) = draw([one], observed=[]).collections
    assert bar.get_segments()[0].tolist() == [[2021, 79], [2021, 83]]


def test_no_two_of_seven_courses_look_alike():
    ax = draw([line(str(at), 80.0 + at, 81.0 + at) for at in range(7)])
    courses = [one for one in ax.lines if len(one.get_xdata()) == 3][:-1]
    looks = {(one.get_color(), str(one.get_linestyle()), one.get_marker()) for one in courses}
    assert len({colour for colour, _, _ in looks}) == len({mark for *_, mark in looks}) == 7


@pytest.mark.parametrize(
    ("kind", "strict", "sign"),
    [
        (">", True, ">"),
        (">=", False, "≥"),
        ("<", True, "<"),
        ("<=", False, "≤"),
        ("==", False, "="),
    ],
)
def test_a_level_that_must_be_passed_is_open_and_one_to_be_reached_is_filled(kind, strict, sign):
    ax = draw(asked=Asked(2022, 95.0, kind))
    (mark,) = [one for one in ax.lines if one.get_marker() == "s"]
    assert (mark.get_markerfacecolor() == "white") == strict
    assert texts(ax) == [f"{sign} 95"]


@given(st.lists(st.tuples(st.integers(2000, 2030), st.floats(0, 100)), unique_by=lambda p: p[0]))
def test_all_points_are_kept_and_the_line_breaks_at_each_gap_and_nowhere_else(points):
    points = sorted(points)
    years, values = broken(points)
    kept = [one for one in zip(years, values, strict=True) if not math.isnan(one[1])]
    assert kept == points
    gaps = sum(b[0] - a[0] > 1 for a, b in itertools.pairwise(points))
    assert sum(map(math.isnan, values)) == gaps


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_stand_apart_however_long_and_near_they_are(overlaps, new_panel, lang):
    names = [
        "计划速度（低）、所需速度、晚一年起步、停在原处",
        "历史速度",
        "照旧",
        "在职提升学历的教师更多",
    ]
    courses = [line(name, 80.0 + at / 50, 80.0 + at / 50) for at, name in enumerate(names)]
    figure, ax = new_panel()
    with use_style():
        draw_panel(
            ax, title="巩固率", unit_label="%", observed=SEEN, courses=courses, room=90.0,
            asked=Asked(2022, 80.05, ">="), lang=lang,
        )  # fmt: skip
    assert overlaps(figure, [*ax.texts, ax.title, *ax.get_xticklabels()]) == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=8),
    st.sampled_from(["%", "persons"]),
    st.booleans(),
)
def test_the_axis_shows_every_value_and_no_impossible_one(values, unit, negative):
    values = [-value for value in values] if negative else values
    seen = [(2010 + at, value) for at, value in enumerate(values)]
    low, high = draw(observed=seen, unit_label=unit).get_ylim()
    assert low <= min(values) <= max(values) <= high
    assert low < high
    assert min(values) < 0 or low >= 0
    assert unit != "%" or max(values) > 100 or high <= 100


def test_the_years_at_the_axis_are_whole_few_and_include_the_deadline():
    seen = [(year, 90.0 + year % 7) for year in range(1998, 2024)]
    ticks = draw(observed=seen, asked=Asked(2022, 95.0, ">")).get_xticks()
    assert all(float(tick).is_integer() for tick in ticks)
    assert 2022 in ticks
    assert 3 <= len(ticks) <= 14


@pytest.mark.parametrize(("lang", "shown"), [("zh", "没有数据"), ("en", "no data")])
def test_a_panel_without_anything_says_so(lang, shown):
    assert texts(draw(observed=[], lang=lang)) == [shown]


@pytest.mark.parametrize(
    "parts",
    [
        ((), ()),
        ((2021, 2022), (1.0,)),
        ((2021,), (1.0,), (((0.0, 0.0), (1.0,)),)),
        ((2021,), (float("nan"),)),
    ],
)
def test_a_course_that_cannot_be_drawn_is_refused_by_name(parts):
    with pytest.raises(ReportError, match="'halt'"):
        Course("halt", *parts)


def test_a_long_text_is_folded_at_spaces_and_a_chinese_one_anywhere():
    assert fold("one two three", 45, 10) == "one two\nthree"
    assert fold("一二三四五", 30, 10) == "一二三\n四五"
    assert fold("一二三。四", 30, 10) == "一二\n三。四", "no line begins with a closing mark"


@given(st.text("ab 一（%）", max_size=30), st.floats(5, 90))
def test_folding_loses_no_letter_and_no_line_is_wider_than_its_room(text, width):
    folded = fold(text, width, 10)
    assert "".join(folded.split()) == "".join(text.split())
    words = fold(" ".join(["word"] * 9), max(width, 25), 10)
    assert all(text_width(one, 10) <= max(width, 25) for one in words.splitlines())


@given(st.integers(1990, 2030), st.integers(0, 40), st.integers(1, 12), st.data())
def test_ticks_are_few_evenly_spaced_and_include_the_year_that_matters(first, span, most, data):
    anchor = data.draw(st.integers(first, first + span))
    ticks = year_ticks(first, first + span, anchor, most)
    assert anchor in ticks
    assert len({b - a for a, b in itertools.pairwise(ticks)}) <= 1
    assert len(ticks) <= most or ticks == [anchor]


def test_a_cell_is_the_panels_share_of_the_figure():
    panels = Figure(figsize=(6, 4)).subplots(2, 3)
    assert cell_size(panels[1][2]) == (144.0, 144.0)
