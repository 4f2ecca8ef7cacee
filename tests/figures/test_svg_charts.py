"""Charts of reports: every label is there, covers no other, and nothing is drawn that is not so."""

from __future__ import annotations

import itertools
import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edu_metrics.figures.svg import (
    SIZE,
    Line,
    band,
    course,
    span,
    spread_out,
    text_width,
    unnumbered,
)

RISING = {2009 + at: 52.4 + 2.9 * at for at in range(12)}
AHEAD = [
    Line("ahead", {2021: 86, 2022: 87}, low={2021: 82, 2022: 80}, high={2021: 90, 2022: 95}),
    Line("ahead", low={2021: 84, 2022: 83}, high={2021: 88, 2022: 91}),
]
BESIDE = {
    "lines": [*AHEAD, Line("other", {2015: 70.0, 2020: 80.0}, "China", ahead=False)],
    "readings": (88.0, 90.0),
    "stated": (2020, 85.0),
    "bounds": ((2008, 50, True),),
}
#: What is asked: later, before the last value, in its year, of several years, and with long words.
CASES = {
    "later": (RISING, {2021: 87.0, 2022: 90.0}, "at least 90 %"),
    "before the last value": (RISING, {2018: 80.0}, "at least 80 %"),
    "before it, at its level": (RISING, {2018: 84.3}, "at least 84.3 %"),
    "in the last year": (RISING, {2020: 84.3}, "above 84.3 %"),
    "a year ahead": ({2019: 60.0, 2020: 60.5}, {2021: 60.0}, "60%以上"),
    "long words": (RISING, {2022: 84.3}, "above the 84.3 % that was published of 2020"),
    "nothing": (RISING, {}, ""),
    "flat": (dict.fromkeys(range(2015, 2021), 100.0), {2022: 100.0}, "all of them"),
}


def labels(drawn):
    """Give text, left, top, right and bottom of each label."""
    found = re.findall(
        r'<text(?: class="\w+")? x="([\d.-]+)" y="([\d.-]+)"(?: text-anchor="(\w+)")?>(.*?)</text>',
        drawn,
    )
    for x, y, anchor, text in found:
        words = unescape(text)
        wide = text_width(words, SIZE)
        left = float(x) - wide * {"": 0, "middle": 0.5, "end": 1}[anchor]
        yield words, left, float(y) - SIZE + 2, left + wide, float(y) + 2


def apart(one, other):
    return one[3] <= other[1] or other[3] <= one[1] or one[4] <= other[2] or other[4] <= one[2]


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("card", [True, False])
def test_no_label_covers_another_or_leaves_the_drawing(case, card):
    history, asked, level = CASES[case]
    shown = {year: f"{history[year]:.1f} %" for year in (min(history), max(history))}
    more = {**BESIDE, "ticks": "{:g} %".format, "width": 380, "height": 200}
    told = [(year, value, level) for year, value in asked.items()]
    drawn = course(history, told, labels=shown, alt="a", **(more if card else {}))
    found = list(labels(drawn))
    texts = [one[0] for one in found]
    assert {*shown.values(), *([level] if asked else [])} <= set(texts)
    assert texts.count(level) == bool(asked)
    for one, other in itertools.combinations(found, 2):
        assert apart(one, other), (one, other)
    width, height = (380, 200) if card else (260, 110)
    assert all(left >= -0.1 and right <= width + 0.1 for _, left, _, right, _ in found)
    assert all(top >= 0 and bottom <= height for _, _, top, _, bottom in found)


def test_no_value_stands_on_the_line_where_there_is_room_beside_it():
    drawn = course(RISING, [(2022, 90.0, "90 %")], labels={2020: "84.3 %"}, alt="a", width=380,
                   height=200)  # fmt: skip
    ((_, left, top, right, bottom),) = [one for one in labels(drawn) if one[0] == "84.3 %"]
    path = re.search(r'class="past" d="([^"]*)"', drawn)[1]
    points = [tuple(map(float, pair.split())) for pair in re.split(r" ?[ML]", path) if pair]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        for part in (0, 0.25, 0.5, 0.75, 1):
            x, y = x1 + (x2 - x1) * part, y1 + (y2 - y1) * part
            assert not (left < x < right and top < y < bottom)


def test_a_mark_before_the_last_value_gets_no_way_from_the_last_value():
    drawn = course(RISING, [(2018, 80.0, "80 %")], labels={}, alt="a")
    (way,) = re.findall(r'class="way" d="([^"]*)"', drawn)
    assert "H" in way, "a level rule from the mark to its words"
    later = course(RISING, [(2022, 80.0, "80 %")], labels={}, alt="a")
    (way,) = re.findall(r'class="way" d="([^"]*)"', later)
    assert "L" in way


def test_no_line_is_drawn_over_a_year_without_a_value():
    drawn = course({2015: 1.0, 2016: 2.0, 2019: 3.0}, [], labels={}, alt="a")
    assert re.search(r'class="past" d="M[^ML]*L[^ML]*M[^ML]*"', drawn)
    assert drawn.count('class="now"') == 1
    alone = course({2012: 1.0, 2015: 1.0, 2016: 2.0}, [], labels={}, alt="a")
    assert alone.count('class="now"') == 2, "a value that no line reaches, and the last one"


def test_a_range_opens_from_the_last_value_and_the_wide_one_holds_the_narrow_one():
    drawn = course(RISING, [], labels={}, alt="a", lines=AHEAD)
    areas = {}
    for css, path in zip(("wide", "narrow"), re.findall(r'class="spread" d="M([^"]*)z"', drawn),
                         strict=True):  # fmt: skip
        areas[css] = [tuple(map(float, pair.split())) for pair in path.split("L")]
    assert areas["wide"][0] == areas["wide"][-1] == areas["narrow"][0] == areas["narrow"][-1]
    heights = {css: max(y for _, y in one) - min(y for _, y in one) for css, one in areas.items()}
    assert heights["wide"] > heights["narrow"]


def test_where_nothing_is_known_nothing_is_drawn():
    assert course({}, [], labels={}, alt="a") == ""
    only = course({}, [(2022, 90.0, "90 %")], labels={}, alt="a")
    assert ">90 %</text>" in only


@given(st.lists(st.floats(0, 100), max_size=6), st.floats(1, 10))
def test_places_that_are_spread_out_stay_in_order_and_within_the_last_bound(places, gap):
    moved = spread_out(sorted(places), gap, 0, 100)
    assert len(moved) == len(places)
    assert all(later - sooner >= gap - 0.11 for sooner, later in itertools.pairwise(moved))
    assert not moved or moved[-1] <= 100


@given(st.floats(0, 100), st.floats(0, 100))
def test_a_range_lies_within_its_line_and_can_be_seen(one, other):
    low, high = sorted((one, other))
    left, wide = map(
        float, re.search(r'd="M([\d.e-]+) 6h([\d.]+)"', span(low, high, (0, 100))).groups()
    )
    assert 0 <= left <= 104
    assert wide >= 2
    assert wide == pytest.approx(max(1.04 * (high - low), 2), abs=0.01)


@pytest.mark.parametrize("last", [2019, 2020, 2021])
def test_the_last_year_with_a_value_and_the_year_due_both_stand_below(last):
    history = {year: 50.0 for year in range(2009, last + 1)}
    drawn = course(history, [(2022, 90.0, "90%")], labels={}, alt="x", width=340)
    below = {words: (left, right) for words, left, _, right, _ in labels(drawn)}
    assert {"2009", str(last), "2022"} <= set(below)
    assert below["2022"][0] - below[str(last)][1] >= 3


@pytest.mark.parametrize("slope", [0.0, 1.5, 4.0, -3.0])
def test_a_label_stands_off_its_line(slope):
    history = {2009 + at: 50 + slope * at for at in range(11)}
    shown = {2009: "20.6 billion yuan", 2019: "61.0 billion yuan"}
    drawn = course(history, [], labels=shown, alt="x")
    line = re.search(r'class="past" d="M([^"]*)"', drawn)[1]
    places = [tuple(map(float, point.split())) for point in line.split("L")]
    for words, left, top, right, bottom in labels(drawn):
        if words in shown.values():
            for (x1, y1), (x2, y2) in itertools.pairwise(places):
                for part in range(11):
                    x, y = x1 + (x2 - x1) * part / 10, y1 + (y2 - y1) * part / 10
                    assert not (left < x < right and top < y < bottom), words


def test_one_value_of_another_series_is_a_mark_for_its_name_to_stand_at():
    lines = [Line("other", {2019: 49.4}, "East", ahead=False)]
    drawn = course({}, [(2022, 50.0, "50%")], lines=lines, labels={}, alt="x")
    assert 'class="other dot"' in drawn
    assert "East" in drawn


def test_a_piece_of_a_band_without_a_number_has_it_beside():
    parts = {"met": (1, "✓"), "hard": (99, "−")}
    drawn = band(parts, "1 met, 99 hard", width=100)
    assert "✓1" not in re.sub('aria-label="[^"]*"', "", drawn)
    assert unnumbered(parts, width=100) == ["✓1"]


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=6), st.integers(60, 600))
@example([230, 113, 73, 61, 292], 260)  # 61 is by a hair too wide for its piece
def test_every_number_of_a_band_stands_on_it_or_beside_it_and_not_twice(counts, width):
    parts = {f"group{place}": (count, "✓") for place, count in enumerate(counts)}
    on_it = re.findall("<text[^>]*>([^<]*)</text>", band(parts, "in words", width=width))
    beside = unnumbered(parts, width=width)
    assert sorted(on_it + beside) == sorted(f"✓{count}" for count in counts if count)
