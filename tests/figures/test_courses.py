"""Courses side by side: each is drawn where its numbers are, and named once, apart from others."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from edu_metrics.errors import ReportError
from edu_metrics.figures._marks import Promise
from edu_metrics.figures.courses import CourseLine, describe_courses, plot_courses
from edu_metrics.figures.output import new_figure, to_png

SEEN = [(2018, 78.0), (2019, 79.0), (2020, 80.0)]


def line(name, *middle, **more):
    return CourseLine(name, tuple(range(2021, 2021 + len(middle))), middle, **more)


def draw(courses, *, width=6.0, height=3.0, **changes):
    figure, [ax] = new_figure(width, height)
    asked = {"title": "", "unit_label": "%", "observed": SEEN, "lang": "en", **changes}
    assert plot_courses(ax, courses=courses, **asked) is ax
    return figure, ax


def series(ax):
    return [
        list(zip(one.get_xdata(), one.get_ydata(), strict=True))
        for one in ax.lines
        if len(one.get_xdata()) > 2
    ]


def test_a_course_starts_at_the_last_value_observed():
    _, ax = draw([line("a", 81.0, 82.0)])
    assert [(2020, 80.0), (2021, 81.0), (2022, 82.0)] in series(ax)
    assert SEEN in series(ax)


def test_chance_is_shown_as_a_band_and_its_lack_as_none():
    _, ax = draw([line("a", 81.0, 82.0)])
    assert len(ax.collections) == 0
    _, ax = draw([line("a", 81.0, 82.0, low=(80.5, 81.0), high=(81.5, 83.0))])
    [band] = ax.collections
    bottom, top = band.get_paths()[0].get_extents().get_points()[:, 1]
    assert (bottom, top) == (80.0, 83.0)


def test_no_two_of_seven_courses_look_alike():
    _, ax = draw([line(str(at), 80.0 + at, 81.0 + at) for at in range(7)])
    courses = [one for one in ax.lines if len(one.get_xdata()) == 3][:-1]
    looks = {(one.get_color(), str(one.get_linestyle()), one.get_marker()) for one in courses}
    assert len({colour for colour, _, _ in looks}) == len({mark for *_, mark in looks}) == 7


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_stand_apart_however_long_and_near_they_are(overlaps, lang):
    names = [
        "计划速度（低）、所需速度、晚一年起步、停在原处",
        "历史速度",
        "照旧",
        "在职提升学历的教师更多",
    ]
    courses = [line(name, 80.0 + at / 50, 80.0 + at / 50) for at, name in enumerate(names)]
    figure, ax = draw(courses, room=90.0, lang=lang, promised=[Promise(2022, 80.05, "", ">=")])
    assert overlaps(figure, ax.texts) == []


def test_a_level_of_several_years_is_named_once():
    _, ax = draw([line("a", 81.0, 82.0)],
                 promised=[Promise(2021, 90.0, "", ">"), Promise(2022, 90.0, "", ">")])  # fmt: skip
    assert [text.get_text() for text in ax.texts].count("> 90") == 1


def test_the_axis_does_not_go_where_no_value_can_be():
    _, ax = draw([line("a", 99.0, 100.0)], bounds=(0, 100))
    assert ax.get_ylim()[1] == 100
    _, ax = draw([line("a", 99.0, 104.0)], bounds=(0, None))
    assert ax.get_ylim()[1] > 104


def test_without_any_value_the_panel_says_so():
    _, ax = draw([], observed=[])
    assert [text.get_text() for text in ax.texts] == ["no data"]


@pytest.mark.parametrize(
    "parts",
    [
        {"years": (), "middle": ()},
        {"years": (2021, 2022), "middle": (1.0,)},
        {"years": (2021,), "middle": (1.0,), "low": (0.0, 0.0)},
        {"years": (2021,), "middle": (float("nan"),)},
    ],
)
def test_a_course_that_cannot_be_drawn_is_refused_by_name(parts):
    with pytest.raises(ReportError, match="'halt'"):
        CourseLine("halt", **parts)


def test_the_text_alternative_tells_ends_promises_and_intervals():
    told = describe_courses(
        title="pass rate",
        observed=SEEN,
        courses=[line("halt", 80.0, 80.0), line("usual", 80.0, 81.0, low=(79, 78), high=(82, 84))],
        promised=[Promise(2022, 90.0, "", ">=")],
        lang="en",
    )
    for part in ("80 in 2020", "≥ 90", "halt: 80 in 2022", "median 81", "78 to 84"):
        assert part in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_glyph_is_drawn(lang):
    figure, _ = draw([line("照旧 as usual", 81.0, 82.0)], title="巩固率 retention", lang=lang)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.frombuffer(to_png(figure), dtype=np.uint8).size > 1000
