"""Labels have room: they are moved apart, folded, and never thought narrower than they are."""

from __future__ import annotations

import itertools

import matplotlib as mpl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from edu_metrics.figures._room import cell_size, fold, spread_apart, text_width, year_ticks
from edu_metrics.figures.output import new_figure
from edu_metrics.figures.style import use_style
from edu_metrics.words import texts

VALUES = st.lists(st.floats(0, 100), min_size=1, max_size=10)


@given(VALUES, st.floats(0.1, 5))
def test_moved_values_stand_apart_in_their_order_and_inside(values, gap):
    placed = spread_apart(values, gap, 0.0, 100.0)
    order = sorted(range(len(values)), key=values.__getitem__)
    steps = [placed[b] - placed[a] for a, b in itertools.pairwise(order)]
    assert all(step >= gap - 1e-9 for step in steps)
    assert all(-1e-9 <= place <= 100 + 1e-9 for place in placed)


@given(VALUES, st.floats(0.1, 5))
def test_values_that_stand_apart_are_left_alone(values, gap):
    apart = all(b - a >= gap for a, b in itertools.pairwise(sorted(values)))
    assume(apart)
    assert spread_apart(values, gap, 0.0, 100.0) == pytest.approx(values)


@given(st.floats(40, 60), st.integers(1, 6))
def test_equal_values_are_spread_evenly_around_where_they_stood(value, count):
    placed = spread_apart([value] * count, 2.0, 0.0, 100.0)
    assert sum(placed) / count == pytest.approx(value)
    assert max(placed) - min(placed) == pytest.approx(2.0 * (count - 1))


def test_too_many_labels_share_the_room_evenly():
    assert spread_apart([5.0] * 5, 10.0, 0.0, 8.0) == pytest.approx([0, 2, 4, 6, 8])


def test_a_long_text_is_folded_at_spaces_and_a_chinese_one_anywhere():
    assert fold("one two three", 40.0, 10.0) == "one two\nthree"
    assert fold("学前三年毛入园率", 40.0, 10.0) == "学前三年\n毛入园率"


def test_a_line_does_not_begin_with_a_closing_mark():
    assert fold("学前三年，毛入园率", 45.0, 10.0) == "学前三\n年，毛入\n园率"


@given(st.text(alphabet="ab 学前三年率", max_size=40), st.floats(10, 200))
def test_folding_loses_no_letter(text, width):
    assert "".join(fold(text, width, 10.0).split()) == "".join(text.split())


@given(st.lists(st.text("学前三", min_size=1, max_size=3), max_size=9), st.floats(35, 200))
def test_no_folded_line_is_wider_than_its_room(words, width):
    lines = fold(" ".join(words), width, 10.0).split("\n")
    assert all(text_width(line, 10.0) <= width for line in lines)


@given(st.integers(1950, 2000), st.integers(0, 60), st.integers(1, 9), st.data())
def test_ticks_are_few_evenly_spaced_and_include_the_year_that_matters(first, span, most, data):
    anchor = data.draw(st.integers(first, first + span))
    years = year_ticks(first, first + span, anchor, most)
    assert anchor in years
    assert len(years) <= max(most, 1) or years[1] - years[0] == 100
    assert first <= years[0] <= years[-1] <= first + span
    assert len({b - a for a, b in itertools.pairwise(years)}) <= 1


@pytest.mark.parametrize("bold", [False, True])
def test_a_text_is_as_wide_as_it_is_drawn(bold):
    weight = "bold" if bold else "normal"
    with use_style(), mpl.rc_context({"text.hinting": "no_hinting"}):
        figure = Figure(dpi=720)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for key, entry in texts().items():
            for words in (entry["zh"], entry["en"]) if key.startswith("figure.") else ():
                text = figure.text(0, 0, words or "x", fontsize=8, weight=weight)
                drawn = text.get_window_extent(renderer).width / 10
                assert text_width(words or "x", 8.0, bold=bold) == pytest.approx(drawn, abs=0.5)


def test_a_cell_is_the_panels_share_of_the_figure():
    _, panels = new_figure(6.0, 4.0, rows=2, columns=3)
    assert cell_size(panels[4]) == pytest.approx((144.0, 144.0))
    assert cell_size(Figure(figsize=(4, 2)).add_axes((0, 0, 0.5, 1))) == pytest.approx((144, 144))
