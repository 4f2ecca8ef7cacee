"""Courses are drawn where their numbers are, and what ends in a panel is named apart."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.figure import Figure

import edu_metrics as em
from edu_metrics.errors import ReportError
from edu_metrics.figures.style import use_style

SEEN = pd.Series({2018: 78.0, 2019: 79.0, 2020: 80.0})
FAN = {0.1: (79, 78), 0.25: (80, 80), 0.5: (81, 82), 0.75: (82, 84), 0.9: (83, 86)}


def fan(years=(2021, 2022), **changes):
    rows = [("a", year, level, values[at]) for level, values in FAN.items()
            for at, year in enumerate(years)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["area", "year", "quantile", "value"])
    return em.plot_fan(table, **{"history": SEEN, "ax": Figure().add_subplot(), **changes})


def paths(courses, **changes):
    rows = [("a", name, 2021 + at, value) for name, values in courses.items()
            for at, value in enumerate(values)]  # fmt: skip
    table = pd.DataFrame(rows, columns=["area", "pace", "year", "value"])
    return em.plot_paths(table, **{"history": SEEN, "ax": Figure().add_subplot(), **changes})


def lines(ax):
    return [list(zip(one.get_xdata(), one.get_ydata(), strict=True)) for one in ax.lines]


def test_a_course_starts_at_the_last_value_observed_and_the_series_is_the_series():
    ax = paths({"a": (81.0, 82.0)})
    assert [(2020, 80.0), (2021, 81.0), (2022, 82.0)] in lines(ax)
    assert list(SEEN.items()) in lines(ax)
    assert len(ax.collections) == 0, "what is no matter of chance has no band"


def test_the_bands_of_a_fan_open_at_the_last_value_and_end_at_their_quantiles():
    wide, narrow = fan().collections
    for band, low, high in ((wide, 78.0, 86.0), (narrow, 80.0, 84.0)):
        drawn = band.get_paths()[0].vertices.tolist()
        assert [2020.0, 80.0] in drawn
        assert {y for x, y in drawn if x == 2022} == {low, high}


def test_the_intervals_of_a_single_year_are_still_to_be_seen():
    bars = fan(years=(2021,), history=None).collections
    assert [one.get_segments()[0].tolist() for one in bars] == [
        [[2021, 79], [2021, 83]],
        [[2021, 80], [2021, 82]],
    ]


def test_a_quantile_that_is_no_number_is_refused():
    rows = pd.DataFrame([("a", 2021, q, math.nan) for q in FAN],
                        columns=["area", "year", "quantile", "value"])  # fmt: skip
    with pytest.raises(ReportError, match="of every year"):
        em.plot_fan(rows)


def test_no_two_of_seven_courses_look_alike():
    ax = paths({str(at): (80.0 + at, 81.0 + at) for at in range(7)}, history=None)
    looks = [one for one in ax.lines if one.get_marker() not in ("", "None")]
    assert len({one.get_color() for one in looks}) == len({one.get_marker() for one in looks}) == 7


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
    ax = fan(target=f"{kind}95")
    (mark,) = [one for one in ax.lines if one.get_marker() == "s"]
    assert (mark.get_markerfacecolor() == "white") == strict
    assert [text.get_text() for text in ax.texts] == [f"{sign} 95"]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(2000, 2030), st.floats(0, 100)), min_size=1,
                unique_by=lambda p: p[0]))  # fmt: skip
def test_all_points_are_kept_and_the_line_breaks_at_each_gap_and_nowhere_else(points):
    points = sorted(points)
    *_, drawn = lines(fan(years=(2031, 2032), history=pd.Series(dict(points))))
    kept = [one for one in drawn if not math.isnan(one[1])]
    assert kept == points
    years = [year for year, _ in drawn]
    assert years == list(range(points[0][0], points[-1][0] + 1))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_stand_apart_however_long_and_near_they_are(overlaps, new_panel, lang):
    names = [
        "计划速度（低）、所需速度、晚一年起步、停在原处",
        "历史速度",
        "照旧",
        "在职提升学历的教师更多",
    ]
    figure, ax = new_panel()
    with use_style():
        paths({name: (80.0 + at / 50, 80.0 + at / 50) for at, name in enumerate(names)},
              ax=ax, title="巩固率", target=">=80.05", lang=lang)  # fmt: skip
    assert overlaps(figure, [*ax.texts, ax.title, *ax.get_xticklabels()]) == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=8),
    st.sampled_from(["%", "persons"]),
    st.booleans(),
)
def test_the_axis_shows_every_value_and_no_impossible_one(values, unit, negative):
    values = [-value for value in values] if negative else values
    ax = paths({"a": values}, history=None, unit=unit)
    low, high = ax.get_ylim()
    assert low <= min(values) <= max(values) <= high
    assert low < high
    assert min(values) < 0 or low >= 0
    assert unit != "%" or max(values) > 100 or high <= 100


@given(st.integers(1990, 2030), st.integers(0, 40), st.integers(1, 10), st.data())
@settings(max_examples=20, deadline=None)
def test_the_years_at_the_axis_are_whole_few_and_include_the_deadline(first, span, width, data):
    due = data.draw(st.integers(first, first + span))
    seen = pd.Series(80.0, range(first, first + span + 1))
    ax = Figure(figsize=(width, 3)).add_subplot()
    ticks = paths({"a": (float("nan"),)}, history=seen, target=">95", due=due, ax=ax).get_xticks()
    assert due in ticks
    assert all(float(tick).is_integer() for tick in ticks)
    assert len({b - a for a, b in itertools.pairwise(ticks)}) <= 1
    assert 1 <= len(ticks) <= 14


@pytest.mark.parametrize(("lang", "shown"), [("zh", "没有数据"), ("en", "no data")])
def test_a_panel_without_anything_says_so(lang, shown):
    empty = pd.DataFrame({"area": ["a"], "year": [2021], "value": [np.nan], "pace": ["x"]})
    ax = em.plot_paths(empty, ax=Figure().add_subplot(), lang=lang)
    assert [text.get_text() for text in ax.texts] == [shown]
