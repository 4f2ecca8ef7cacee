"""Bars from low to high about a middle, the widest on top, with the target across them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.errors import ReportError
from edu_metrics.figures.bars import Bar, describe_tornado, plot_tornado
from edu_metrics.figures.output import new_figure

BARS = [
    Bar("起点", 40.6, 41.0, 41.4),
    Bar("无该学历教师的离开比例", 39.6, 41.0, 43.0),
    Bar("有该学历教师的离开比例", 41.7, 41.0, 40.1),
]


def draw(bars=BARS, target=42.0, lang="zh", height=2.6):
    figure, [ax] = new_figure(6.0, height)
    drawn = plot_tornado(ax, bars=bars, target=target, unit_label="%", lang=lang)
    assert drawn is ax
    return figure, ax


def halves(ax):
    """Low and high end of each row, from the top, and whether the half is hatched."""
    ends = [(bar.get_x() + bar.get_width(), bool(bar.get_hatch())) for bar in ax.patches]
    return list(zip(ends[::2], ends[1::2], strict=True))


def test_the_widest_comes_on_top_and_each_half_ends_where_it_should():
    _, ax = draw()
    rows = halves(ax)
    ends = [end for low, high in rows for end in (low[0], high[0])]
    assert ends == pytest.approx([39.6, 43.0, 41.7, 40.1, 40.6, 41.4])
    assert all(low[1] and not high[1] for low, high in rows)
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    names = [label.get_text().replace("\n", "") for label in ax.get_yticklabels()]
    assert names == [BARS[1].name, BARS[2].name, BARS[0].name]


def test_the_target_stands_across_all_bars_even_where_none_reaches_it():
    _, ax = draw(target=60.0)
    (line,) = [line for line in ax.lines if list(line.get_xdata()) == [60.0, 60.0]]
    assert line.get_ydata()[0] == 0  # from the bottom of the panel
    assert line.get_ydata()[1] == 1  # to its top
    assert ax.get_xlim()[1] > 60


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-50, 150)] * 3), min_size=1, max_size=6), st.floats(-50, 150))
def test_bars_and_target_lie_inside_the_panel(numbers, target):
    bars = [Bar(f"a{at}", *three) for at, three in enumerate(numbers)]
    _, ax = draw(bars, target)
    low, high = ax.get_xlim()
    shown = [value for bar in bars for value in bar[1:]] + [target]
    assert low <= min(shown)
    assert max(shown) <= high


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_texts_stay_on_the_page_and_apart(overlaps, lang):
    figure, ax = draw(lang=lang)
    texts = [*ax.get_yticklabels(), *ax.get_legend().get_texts(), ax.xaxis.label]
    assert overlaps(figure, texts) == []


def test_a_sentence_says_every_bar_the_widest_first():
    said = describe_tornado(bars=BARS, target=42, unit_label="%", lang="zh")
    places = [said.index(name) for name in (BARS[1].name, BARS[2].name, BARS[0].name)]
    assert places == sorted(places)
    assert "39.6" in said
    assert "43.0" in said


def test_nothing_to_show_is_said():
    _, ax = draw([], lang="en")
    assert [text.get_text() for text in ax.texts] == ["no data"]
    assert "no data" in describe_tornado(bars=[], target=0, unit_label="%", lang="en")


@pytest.mark.parametrize("draws", [plot_tornado, describe_tornado])
def test_a_missing_number_is_refused(draws):
    bars = [Bar("a", 1.0, float("nan"), 2.0)]
    panel = () if draws is describe_tornado else (new_figure(3.0, 2.0)[1][0],)
    with pytest.raises(ReportError, match="finite"):
        draws(*panel, bars=bars, target=1.0, unit_label="%", lang="en")
