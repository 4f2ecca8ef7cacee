"""The charts of a track record, read back from what was drawn."""

import itertools
import re
from html import unescape

import pytest

from edu_metrics.figures.svg import SIZE, text_width
from edu_metrics.figures.track import coverage, reliability
from edu_metrics.trajectories.backtesting import Bin

BINS = [Bin(0.1, 0.2, 240, 0.15, 0.2, (0.1, 0.3)), Bin(0.5, 0.6, 12, 0.55, 0.4, (0.2, 0.7))]
LIMITS = {"cap": 0.8, "floor": 0.025}
SHARES = {1: [(2001, 90.0), (2002, 35.0)], 2: [(2002, 70.0)]}
COVERAGE = {"level": 80.0, "worst": (1, 2002, 35.0)}


def texts(svg):
    return [unescape(one) for one in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


def boxes(svg):
    """Give text, left, top, right and bottom of each label."""
    found = re.findall(
        r'<text(?: class="[\w ]+")? x="([\d.-]+)" y="([\d.-]+)"(?: text-anchor="(\w+)")?>(.*?)<',
        svg,
    )
    for x, y, anchor, text in found:
        wide = text_width(unescape(text), SIZE)
        left = float(x) - wide * {"": 0, "middle": 0.5, "end": 1}[anchor]
        yield text, left, float(y) - SIZE + 2, left + wide, float(y) + 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "draw",
    [
        lambda lang: reliability(BINS, title="t", lang=lang, **LIMITS),
        lambda lang: coverage(SHARES, lang=lang, **COVERAGE),
    ],
    ids=["reliability", "coverage"],
)
def test_no_label_covers_another_or_leaves_the_drawing(draw, lang):
    svg = draw(lang)
    width, height = map(float, re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
    for one, other in itertools.combinations(boxes(svg), 2):
        apart = one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]
        assert apart, (one, other)
    for _, left, top, right, bottom in boxes(svg):
        assert left >= -0.1
        assert right <= width + 0.1
        assert 0 <= top < bottom <= height


def test_every_bin_stands_where_said_and_happened_meet_hollow_where_cases_are_few():
    svg = reliability(BINS, title="t", lang="en", **LIMITS)
    marks = re.findall(r'<circle class="(.*?)" cx="(.*?)" cy="(.*?)"', svg)
    assert [css for css, _, _ in marks] == ["k1", "k1 few"]
    diagonal = re.search(r'class="line" d="M(\S+) (\S+)L(\S+) (\S+)"', svg)
    left, bottom, right, top = map(float, diagonal.groups())
    for (_, x, y), one in zip(marks, BINS, strict=True):
        assert float(x) == pytest.approx(left + one.stated * (right - left), abs=0.1)
        assert float(y) == pytest.approx(bottom + one.happened * (top - bottom), abs=0.1)
    bars = re.findall(r'class="past" d="M(\S+) (\S+)L(\S+) (\S+)"', svg)
    for (_, low, _, high), one in zip(bars, BINS, strict=True):
        assert float(low) == pytest.approx(bottom + one.interval[0] * (top - bottom), abs=0.1)
        assert float(high) == pytest.approx(bottom + one.interval[1] * (top - bottom), abs=0.1)
    assert {"240", "12", "cap 80 %"} <= set(texts(svg))


def test_cap_and_floor_are_ruled_where_they_are():
    svg = reliability(BINS, title="t", lang="en", **LIMITS)
    rules = [float(x) for x in re.findall(r'class="way" d="M(\S+) ', svg)]
    left, right = map(float, re.search(r'class="line" d="M(\S+) \S+L(\S+) ', svg).groups())
    assert rules == pytest.approx([left + at * (right - left) for at in (0.8, 0.025)], abs=0.1)


def test_each_horizon_has_its_line_and_mark_and_the_worst_year_its_name():
    svg = coverage(SHARES, lang="en", **COVERAGE)
    assert svg.count('<circle class="k1"') == 2
    assert svg.count('<path class="k2"') == 1
    assert {"● 1 year ahead", "■ 2 years ahead", "worst: 2002, 35 %", "2001", "2002"} <= set(
        texts(svg)
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_text_alternatives_hold_the_numbers_drawn(lang):
    for svg, numbers in (
        (reliability(BINS, title="t", lang=lang, **LIMITS), "15 20 240 55 40 12"),
        (coverage(SHARES, lang=lang, **COVERAGE), "2001 90 2002 35 70"),
    ):
        alt = re.search(r'aria-label="([^"]*)"', svg)[1]
        assert all(number in alt for number in numbers.split())
