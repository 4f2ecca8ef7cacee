"""The figures of a track record, read back from what was drawn."""

import pytest
from matplotlib.collections import LineCollection

from edu_metrics.figures.output import new_figure
from edu_metrics.figures.track import (
    Said,
    describe_coverage,
    describe_places,
    describe_reliability,
    plot_coverage,
    plot_places,
    plot_reliability,
)

BINS = [Said(0.15, 0.2, 0.1, 0.3, 240), Said(0.55, 0.4, 0.2, 0.7, 12)]
LIMITS = {"cap": 0.8, "floor": 0.025}
SHARES = {1: [(2001, 90.0), (2002, 35.0)], 2: [(2002, 70.0)]}
COVERAGE = {"shares": SHARES, "level": 80.0, "worst": (1, 2002, 35.0)}


@pytest.fixture
def ax():
    return new_figure(6, 4)[1][0]


def marks(ax):
    """Give the marks that stand alone: (x, y, filled)."""
    return [
        (line.get_xdata()[0], line.get_ydata()[0], line.get_markerfacecolor() != "white")
        for line in ax.get_lines()
        if line.get_marker() == "o" and len(line.get_xdata()) == 1
    ]


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_bin_stands_where_said_and_happened_meet_hollow_where_cases_are_few(ax, lang):
    assert plot_reliability(ax, title="t", bins=BINS, lang=lang, **LIMITS) is ax
    assert marks(ax) == [(0.15, 0.2, True), (0.55, 0.4, False)]
    bars = [c.get_segments()[0] for c in ax.collections if isinstance(c, LineCollection)]
    assert [sorted(bar[:, 1].tolist()) for bar in bars] == [[0.1, 0.3], [0.2, 0.7]]
    assert {"240", "12"} <= set(texts(ax))


def test_cap_and_floor_are_marked_and_the_cap_is_named(ax):
    plot_reliability(ax, title="t", bins=BINS, lang="en", **LIMITS)
    upright = [line.get_xdata()[0] for line in ax.get_lines() if list(line.get_ydata()) == [0, 1]]
    assert {0.8, 0.025} <= set(upright)
    assert "cap 80 %" in texts(ax)


def test_each_horizon_has_its_line_and_the_worst_year_its_name(ax):
    assert plot_coverage(ax, lang="en", **COVERAGE) is ax
    lines = {line.get_label(): line for line in ax.get_lines()}
    assert lines["horizon 1"].get_ydata().tolist() == [90, 35]
    assert lines["horizon 2"].get_ydata().tolist() == [70]
    assert [round(x) for x in lines["horizon 1"].get_xdata()] == [2001, 2002]
    (named,) = texts(ax)
    assert named == "worst: 2002, 35 %"


def test_bars_are_shares_of_all_outcomes_and_the_line_is_what_honest_draws_give(ax):
    assert plot_places(ax, title="t", counts=[10, 20, 30, 40], lang="zh") is ax
    assert [bar.get_height() for bar in ax.patches] == pytest.approx([10, 20, 30, 40])
    assert ax.get_lines()[0].get_ydata()[0] == 25


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_alternatives_hold_the_numbers_drawn(lang):
    said = describe_reliability(title="t", bins=BINS, lang=lang, **LIMITS)
    assert all(number in said for number in ("15", "20", "240", "55", "40", "12"))
    said = describe_coverage(lang=lang, **COVERAGE)
    assert all(number in said for number in ("2001", "90", "2002", "35", "70"))
    said = describe_places(title="t", counts=[10, 20, 30, 40], lang=lang)
    assert all(number in said for number in ("10", "20", "30", "40"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_of_the_reliability_covers_another_or_is_cut_off(lang, overlaps):
    figure, axes = new_figure(6, 4)
    plot_reliability(axes[0], title="t", bins=BINS, lang=lang, **LIMITS)
    shown = [*axes[0].texts, axes[0].title, axes[0].xaxis.label, axes[0].yaxis.label]
    assert overlaps(figure, shown) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_text_of_the_coverage_covers_another_or_is_cut_off(lang, overlaps):
    figure, axes = new_figure(6, 4)
    plot_coverage(axes[0], lang=lang, **COVERAGE)
    shown = [*axes[0].texts, *axes[0].get_legend().get_texts(), axes[0].xaxis.label]
    assert overlaps(figure, shown) == []
