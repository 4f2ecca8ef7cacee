"""The map of baselines and the links, read back from what was drawn."""

import pytest

from edu_metrics.figures.audit import describe_baselines, plot_baselines
from edu_metrics.figures.output import new_figure


@pytest.fixture
def ax():
    return new_figure(6, 4)[1][0]


def drawn(ax):
    """Give the drawn lines by number of steps, as (bases, paces)."""
    return [(line.get_xdata(), line.get_ydata()) for line in ax.get_lines()]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_line_joins_bases_and_paces_that_arrive_exactly(ax, lang):
    given = {"title": "pass", "slowest": 5, "fastest": 8, "levels": [("low grades", 100)]}
    assert plot_baselines(ax, steps=[2, 3], lang=lang, **given) is ax
    for (bases, paces), steps in zip(drawn(ax), [2, 3], strict=True):
        assert bases + steps * paces == pytest.approx(100)


def test_a_falling_pace_arrives_from_above_and_meets_zero(ax):
    given = {"title": "low scores", "slowest": -3, "fastest": -5, "levels": []}
    plot_baselines(ax, steps=[2], lang="en", **given)
    [(bases, paces)] = drawn(ax)
    assert bases - 2 * paces == pytest.approx(0)
    assert describe_baselines(steps=[2], lang="en", **given) == (
        "low scores: −3 to −5 points a year. 2 steps to 0: baselines 6 to 10."
    )


def test_the_band_covers_the_promised_paces_and_no_more(ax):
    plot_baselines(
        ax, title="pass", slowest=5, fastest=8, steps=[2], levels=[("all", 95)], lang="en"
    )
    box = ax.patches[0].get_bbox()
    assert (box.y0, box.y1) == (5, 8)
