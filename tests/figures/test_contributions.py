"""Bars of contributions add up to the total, and the sign of each can be seen and read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.errors import ReportError
from edu_metrics.figures.bars import plot_contributions
from edu_metrics.figures.output import new_figure

NAMES = ["海勃湾区", "乌达区", "海南区"]


def draw(values, total, names=NAMES, lang="zh"):
    figure, [ax] = new_figure(4.0, 2.2)
    drawn = plot_contributions(
        ax, names=names, contributions=values, total=total, unit_label="个百分点", lang=lang
    )
    assert drawn is ax
    return figure, ax


def rows(ax):
    labels = [label.get_text() for label in ax.get_yticklabels()]
    return list(zip(labels, (float(bar.get_width()) for bar in ax.patches), strict=True))


def test_the_largest_contribution_is_on_top_and_the_total_at_the_bottom():
    _, ax = draw([0.3, -2.0, 1.2], -0.5)
    assert rows(ax) == [("海南区", 1.2), ("海勃湾区", 0.3), ("乌达区", -2.0), ("合计", -0.5)]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [text.get_text() for text in ax.texts] == ["+1.2", "+0.3", "−2.0", "−0.5"]
    assert ax.get_xlabel() == "个百分点"


def test_what_pulls_down_is_hatched():
    _, ax = draw([0.3, -2.0, 1.2], -0.5)
    assert [bool(bar.get_hatch()) for bar in ax.patches] == [False, False, True, True]


def test_a_rest_that_can_be_seen_has_a_row_and_a_rounding_error_has_none():
    assert rows(draw([1.0, 2.0, 3.0], 6.5)[1])[3:] == [("未能归因", 0.5), ("合计", 6.5)]
    assert rows(draw([1.0, 2.0, 3.0], 6.04)[1])[3:] == [("合计", 6.04)]


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=6), st.floats(-50, 50))
def test_the_rows_add_up_to_the_total_and_lie_inside_the_panel(values, total):
    _, ax = draw(values, total, names=[f"a{at}" for at in range(len(values))])
    *parts, (_, shown) = rows(ax)
    assert shown == total
    assert sum(width for _, width in parts) == pytest.approx(total, abs=0.05)
    low, high = ax.get_xlim()
    assert low <= min(width for _, width in [*parts, ("", 0.0)])
    assert high >= max(width for _, width in [*parts, ("", 0.0)])


@pytest.mark.parametrize("values", [[3.0, 2.0, 1.0], [-3.0, -2.0, -1.0], [5.0, -4.0, 0.0]])
def test_numbers_beside_bars_stay_inside_the_page_and_clear_of_names(overlaps, values):
    figure, ax = draw(values, sum(values))
    assert overlaps(figure, [*ax.texts, *ax.get_yticklabels()]) == []


def test_nothing_to_show_is_said():
    _, ax = draw([], 0.0, names=[], lang="en")
    assert [text.get_text() for text in ax.texts] == ["no data"]


@pytest.mark.parametrize("values", [[1.0, 2.0], [1.0, 2.0, float("nan")]])
def test_a_missing_number_is_refused(values):
    with pytest.raises(ReportError, match="3 names"):
        draw(values, 3.0)
