"""Bars and matrices of many targets: each count and cell where it belongs, each word readable."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from edu_metrics.errors import ReportError
from edu_metrics.figures.output import new_figure, table_height, to_png
from edu_metrics.figures.overview import (
    AVAILABILITY_STATES,
    plot_areas,
    plot_availability,
    plot_verdicts,
)
from edu_metrics.figures.style import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.words import say

VERDICTS = list(VERDICT_COLOURS)
NAMES = {
    "zh": ["九年义务教育巩固率", "普惠性幼儿园覆盖率（公办园和普惠性民办园在园幼儿占比）"],
    "en": ["Nine-year compulsory education retention rate", "Coverage of inclusive kindergartens"],
}


def panel(height=1.1):
    figure, [ax] = new_figure(7.2, height)
    return figure, ax


def legend_of(ax):
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def texts_of(ax):
    legend = ax.get_legend()
    named = legend.get_texts() if legend else []
    return [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels(), *named]


def test_the_bar_has_a_segment_for_each_verdict_as_long_as_its_count():
    _, ax = panel()
    counts = {"missed": 2, "met": 3, "no_data": 0, "uncertain": 5}
    assert plot_verdicts(ax, counts=counts, lang="en") is ax
    bars = [
        (bar.get_x(), bar.get_width(), to_hex(bar.get_facecolor()).upper()) for bar in ax.patches
    ]
    order = ["met", "uncertain", "missed"]
    assert bars == [
        (start, counts[verdict], VERDICT_COLOURS[verdict][0])
        for start, verdict in zip([0, 3, 8], order, strict=True)
    ]
    assert [text.get_text() for text in ax.texts] == ["3\nmet", "5\nuncertain", "2\nmissed"]
    assert [text.get_color() for text in ax.texts] == [VERDICT_COLOURS[v][1] for v in order]
    assert legend_of(ax) == []


def test_a_word_that_does_not_fit_its_segment_stands_in_the_legend():
    _, ax = panel()
    plot_verdicts(ax, counts={"met": 96, "unlikely": 3, "missed": 1}, lang="en")
    assert [text.get_text() for text in ax.texts] == ["96\nmet", "3"]
    assert legend_of(ax) == ["unlikely 3", "missed 1"]


def test_what_is_not_known_is_hatched():
    _, ax = panel()
    plot_verdicts(ax, counts=dict.fromkeys(VERDICTS, 1), lang="zh")
    hatched = [v for v, bar in zip(VERDICTS, ax.patches, strict=True) if bar.get_hatch()]
    assert hatched == ["cannot_tell", "no_data"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "counts", [[1] * 10, [9, 1, 12, 1, 2, 7, 1, 1, 22, 1], [1, 1, 1, 1, 1, 1, 1, 1, 300, 1]]
)
def test_no_words_of_the_bar_cover_each_other(overlaps, lang, counts):
    figure, ax = panel(1.3)
    plot_verdicts(ax, counts=dict(zip(VERDICTS, counts, strict=True)), lang=lang)
    assert overlaps(figure, texts_of(ax)) == []


@pytest.mark.parametrize(
    ("counts", "fault"), [({"won": 1}, "won"), ({"met": -1}, "met: -1")], ids=["word", "count"]
)
def test_a_bar_refuses_what_is_no_count_of_verdicts(counts, fault):
    with pytest.raises(ReportError, match=fault):
        plot_verdicts(panel()[1], counts=counts, lang="en")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_empty_overviews_say_that_there_are_no_data(lang):
    for plot, data in [
        (plot_verdicts, {"counts": {"met": 0}}),
        (plot_availability, {"rows": [], "years": [2020], "cells": []}),
        (plot_areas, {"rows": ["x"], "columns": [], "cells": [[]]}),
    ]:
        _, ax = panel()
        assert plot(ax, **data, lang=lang) is ax
        assert [text.get_text() for text in ax.texts] == [say("figure.no_data", lang)]


def test_each_state_is_marked_in_its_row_and_year():
    _, ax = panel(3.0)
    cells = [list(AVAILABILITY_STATES), list(reversed(AVAILABILITY_STATES))]
    years = list(range(2015, 2021))
    assert plot_availability(ax, rows=["a", "b"], years=years, cells=cells, lang="en") is ax
    marked = {line.get_label(): line for line in ax.lines}
    for state in AVAILABILITY_STATES:
        line = marked[say(f"figure.{state}", "en")]
        places = {(int(x), int(y)) for x, y in zip(*line.get_data(), strict=True)}
        assert places == {(cells[row].index(state), row) for row in (0, 1)}
    assert legend_of(ax) == [say(f"figure.{state}", "en") for state in AVAILABILITY_STATES]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in ax.get_xticklabels()] == [str(year) for year in years]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first row is on top


def test_no_two_states_look_alike_without_colour():
    _, ax = panel(3.0)
    cells, years = [list(AVAILABILITY_STATES)], list(range(6))
    plot_availability(ax, rows=["a"], years=years, cells=cells, lang="en")
    looks = {(line.get_marker(), line.get_fillstyle()) for line in ax.lines}
    assert len(looks) == len(AVAILABILITY_STATES)


@pytest.mark.parametrize(
    ("lang", "rows", "years"), [("zh", 45, 14), ("en", 45, 14), ("en", 4, 30), ("zh", 3, 3)]
)
def test_no_words_of_an_availability_matrix_cover_each_other(overlaps, lang, rows, years):
    names = [f"{NAMES[lang][at % 2]} {at}" for at in range(rows)]
    cells = [
        [AVAILABILITY_STATES[(row + column) % 6] for column in range(years)] for row in range(rows)
    ]
    figure, ax = panel(table_height(rows))
    plot_availability(ax, rows=names, years=list(range(2000, 2000 + years)), cells=cells, lang=lang)
    assert overlaps(figure, texts_of(ax)) == []


def test_each_chip_has_the_colour_and_the_mark_of_its_verdict_in_its_cell():
    _, ax = panel(3.0)
    rows, columns = [f"t{at}" for at in range(5)], [f"area {at}" for at in range(12)]
    cells = [[None] * 12 for _ in rows]
    where = {verdict: (at % 12, at % 5) for at, verdict in enumerate(VERDICTS)}
    for verdict, (x, y) in where.items():
        cells[y][x] = verdict
    assert plot_areas(ax, rows=rows, columns=columns, cells=cells, lang="en") is ax
    marks = {(text.get_position(), text.get_text()) for text in ax.texts}
    assert marks == {(place, VERDICT_MARKS[verdict]) for verdict, place in where.items()}
    chips = {
        to_hex(group.get_facecolor()[0]).upper(): tuple(
            round(float(side), 6) for side in path.vertices[:4].mean(axis=0)
        )
        for group in ax.collections[1:]  # the first one holds the lines between rows
        for path in group.get_paths()
    }
    assert chips == {VERDICT_COLOURS[verdict][0]: place for verdict, place in where.items()}
    assert len(legend_of(ax)) == len(VERDICTS)


def test_a_wide_chip_says_its_word_and_needs_no_legend():
    _, ax = panel(3.0)
    plot_areas(ax, rows=["t"], columns=["a", "b"], cells=[["met", "out_of_reach"]], lang="en")
    assert [text.get_text() for text in ax.texts] == ["✓ met", "○ out of reach"]
    assert legend_of(ax) == []


@pytest.mark.parametrize(
    ("lang", "rows", "columns"), [("zh", 50, 4), ("en", 45, 4), ("en", 12, 12), ("zh", 2, 12)]
)
def test_no_words_of_a_matrix_of_areas_cover_each_other(overlaps, lang, rows, columns):
    names = [f"{NAMES[lang][at % 2]} {at}" for at in range(rows)]
    areas = [f"某某区{at}" if lang == "zh" else f"District {at}" for at in range(columns)]
    kinds = [*VERDICTS, None]
    cells = [[kinds[(3 * row + column) % 11] for column in range(columns)] for row in range(rows)]
    figure, ax = panel(table_height(rows))
    plot_areas(ax, rows=names, columns=areas, cells=cells, lang=lang)
    assert overlaps(figure, texts_of(ax)) == []


def test_long_names_of_areas_are_written_aslant():
    figure, ax = panel(table_height(3))
    areas = [f"Autonomousbanner{at}" for at in range(12)]
    plot_areas(ax, rows=["a", "b", "c"], columns=areas, cells=[["met"] * 12] * 3, lang="en")
    to_png(figure)
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {40.0}


@pytest.mark.parametrize(
    ("plot", "heads", "state"),
    [(plot_availability, "years", "computed"), (plot_areas, "columns", "met")],
)
def test_a_matrix_refuses_missing_cells_and_unknown_words(plot, heads, state):
    both = {"rows": ["a", "b"], heads: [2019, 2020], "lang": "en"}
    with pytest.raises(ReportError, match="2 rows of 2 cells"):
        plot(panel()[1], cells=[[state, state], [state]], **both)
    with pytest.raises(ReportError, match="perhaps"):
        plot(panel()[1], cells=[[state, state], [state, "perhaps"]], **both)
