"""An outlook panel shows its numbers where they are, and nothing that was not measured."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_hex

from edu_metrics.errors import ReportError
from edu_metrics.figures._marks import Fan, Promise
from edu_metrics.figures.outlook import plot_outlook
from edu_metrics.figures.output import new_figure, small_multiples, to_png
from edu_metrics.figures.style import COLOURS, LINE_STYLES
from edu_metrics.words import say

FAN = Fan((2021, 2022), (92, 91), (93, 93), (94, 95), (95, 97), (96, 99))
ALL = {
    "title": "学前三年毛入园率",
    "unit_label": "%",
    "observed": [(2016, 88.0), (2017, 90.0), (2019, 92.5), (2020, 93.0)],
    "bounds": [(2013, 80.0, "at_least"), (2014, 81.0, "below"), (2015, 85.0, "about")],
    "compared": [("全国", [(2018, 81.7), (2019, 83.4), (2020, 85.2)])],  # MOE bulletins
    "fan": FAN,
    "promised": [Promise(2021, 94.0, "", ">="), Promise(2022, 95.0, "", ">")],
    "stated": (2019, 91.0),
    "lang": "zh",
}


def draw(**changes):
    figure, [ax] = new_figure(3.4, 2.4)
    asked = {"title": "x", "unit_label": "%", "observed": [], "lang": "en", **changes}
    assert plot_outlook(ax, **asked) is ax
    return figure, ax


def drawn(ax, part, lang="en"):
    """Give the one line or area that stands for a part in the legend."""
    label = say(f"figure.{part}", lang)
    [artist] = [a for a in (*ax.lines, *ax.collections) if a.get_label() == label]
    return artist


def points(line):
    return list(zip(line.get_xdata(), line.get_ydata(), strict=True))


def texts(ax):
    return [text.get_text() for text in ax.texts]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_at_once_is_drawn_with_every_glyph(lang):
    figure, [ax] = new_figure(3.4, 2.4)
    plot_outlook(ax, **(ALL | {"lang": lang}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        to_png(figure)


def test_what_is_drawn_of_a_series_is_the_series():
    _, ax = draw(observed=[(2019, 93.5), (2018, 92.0), (2020, 95.1)])
    assert points(drawn(ax, "observed")) == [(2018, 92.0), (2019, 93.5), (2020, 95.1)]


def test_no_line_is_drawn_over_a_year_without_a_value():
    _, ax = draw(observed=[(2016, 90.0), (2017, 91.0), (2019, 93.0)])
    years, values = drawn(ax, "observed").get_data()
    assert list(years) == [2016, 2017, 2018, 2019]
    assert np.isnan(values).tolist() == [False, False, True, False]


@settings(max_examples=20, deadline=None)
@given(st.dictionaries(st.integers(2000, 2030), st.floats(0, 100), min_size=1, max_size=12))
def test_all_points_are_kept_and_the_line_breaks_at_each_gap_and_nowhere_else(series):
    _, ax = draw(observed=list(series.items()))
    shown = points(drawn(ax, "observed"))
    assert [(year, value) for year, value in shown if not math.isnan(value)] == sorted(
        series.items()
    )
    gaps = sum(after - before > 1 for before, after in itertools.pairwise(sorted(series)))
    assert sum(math.isnan(value) for _, value in shown) == gaps


@pytest.mark.parametrize(
    ("kind", "part", "marker", "filled"),
    [
        ("at_least", "at_least", "^", True),
        ("above", "at_least", "^", False),
        ("at_most", "at_most", "v", True),
        ("below", "at_most", "v", False),
        ("about", "about", "o", False),
    ],
)
def test_a_bound_is_marked_as_what_it_is_and_never_joined(kind, part, marker, filled):
    _, ax = draw(bounds=[(2018, 93.0, kind), (2019, 95.0, kind)])
    mark = drawn(ax, part)
    assert points(mark) == [(2018, 93.0), (2019, 95.0)]
    assert (mark.get_marker(), mark.get_linestyle()) == (marker, "None")
    assert mark.get_markeredgecolor() == COLOURS["observed"]
    assert mark.get_markerfacecolor() == (COLOURS["observed"] if filled else "white")


def test_a_value_that_is_only_a_bound_is_no_part_of_the_line_of_exact_values():
    _, ax = draw(observed=[(2018, 93.0), (2020, 94.0)], bounds=[(2019, 95.0, "above")])
    assert (2019, 95.0) not in points(drawn(ax, "observed"))
    assert sum(math.isnan(value) for _, value in points(drawn(ax, "observed"))) == 1


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
def test_a_promise_that_must_be_passed_is_open_and_one_to_be_reached_is_filled(kind, strict, sign):
    _, ax = draw(promised=[Promise(2022, 95.0, "", kind)])
    mark = drawn(ax, "promised_strict" if strict else "promised")
    assert points(mark) == [(2022, 95.0)]
    assert mark.get_markerfacecolor() == ("white" if strict else COLOURS["target"])
    assert mark.get_markeredgecolor() == COLOURS["target"]
    assert texts(ax) == [f"{sign} 95"]


def test_the_words_of_a_promise_are_drawn_as_given():
    _, ax = draw(promised=[Promise(2022, 95.0, "95以上", ">=")], lang="zh")
    assert texts(ax) == ["95以上"]


def joins(ax):
    return [line for line in ax.lines if line.get_linestyle() == LINE_STYLES["target"]]


@pytest.mark.parametrize("kinds", [(">=", ">"), ("<=", "<"), ("==", "==")])
def test_promises_of_consecutive_years_are_joined(kinds):
    promised = [Promise(2022, 50.0, "", kinds[1]), Promise(2021, 55.0, "", kinds[0])]
    _, ax = draw(promised=promised)
    [line] = joins(ax)
    assert points(line) == [(2021, 55.0), (2022, 50.0)]
    assert line.get_color() == COLOURS["target"]


def test_promises_with_a_year_between_are_not_joined():
    _, ax = draw(promised=[Promise(2020, 50.0, "", "<="), Promise(2022, 45.0, "", "<=")])
    [line] = joins(ax)
    assert math.isnan(line.get_ydata()[1])


def test_a_range_is_two_levels_and_not_a_path_from_one_to_the_other():
    _, ax = draw(promised=[Promise(2021, 60.0, "", ">="), Promise(2022, 70.0, "", "<=")])
    assert joins(ax) == []


def test_two_levels_for_one_year_are_not_joined():
    levels = [(2021, 60.0), (2021, 65.0), (2022, 70.0)]
    _, ax = draw(promised=[Promise(year, value, "", ">=") for year, value in levels])
    assert joins(ax) == []
    assert sorted(points(drawn(ax, "promised"))) == levels


def test_each_promise_has_a_level_line_around_its_year():
    _, ax = draw(promised=[Promise(2022, 95.0, "", ">")])
    [tick] = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert set(tick.get_ydata()) == {95.0}
    assert tick.get_xdata()[0] < 2022 < tick.get_xdata()[1]


def test_one_level_is_named_without_its_years_and_several_with_them():
    same = [Promise(year, 95.0, "", ">") for year in (2021, 2022)]
    assert texts(draw(promised=same)[1]) == ["> 95"]
    several = [*same, Promise(2020, 93.0, "", ">=")]
    assert sorted(texts(draw(promised=several)[1])) == ["2020 ≥ 93", "2021–2022 > 95"]
    apart = [Promise(2018, 95.0, "", ">"), same[1], several[2]]
    assert sorted(texts(draw(promised=apart)[1])) == ["2018, 2022 > 95", "2020 ≥ 93"]


def test_a_fan_opens_at_the_last_value_measured():
    _, ax = draw(observed=[(2019, 91.0), (2020, 93.0)], fan=FAN)
    assert points(drawn(ax, "projected")) == [(2020, 93.0), (2021, 94), (2022, 95)]


@pytest.mark.parametrize(("part", "low", "high"), [("band_80", 91, 99), ("band_50", 93, 97)])
def test_the_bands_end_at_their_quantiles(part, low, high):
    _, ax = draw(observed=[(2020, 93.0)], fan=FAN)
    corners = drawn(ax, part).get_paths()[0].vertices
    assert {float(y) for x, y in corners if x == 2022} == {low, high}
    assert {float(y) for x, y in corners if x == 2020} == {93.0}


def test_a_fan_without_a_measured_value_stands_alone():
    _, ax = draw(fan=FAN)
    assert points(drawn(ax, "projected")) == [(2021, 94), (2022, 95)]


def test_a_fan_that_begins_in_the_last_measured_year_is_not_given_a_second_start():
    _, ax = draw(observed=[(2021, 93.0)], fan=FAN)
    assert points(drawn(ax, "projected")) == [(2021, 94), (2022, 95)]


def test_the_intervals_of_a_single_year_are_still_to_be_seen():
    _, ax = draw(fan=Fan((2022,), (91,), (93,), (95,), (97,), (99,)))
    [segment] = drawn(ax, "band_80").get_segments()
    assert segment.tolist() == [[2022, 91], [2022, 99]]


def test_a_stated_baseline_is_a_hollow_diamond_and_no_part_of_the_series():
    _, ax = draw(observed=[(2020, 93.0)], stated=(2019, 91.0))
    mark = drawn(ax, "stated")
    assert points(mark) == [(2019, 91.0)]
    assert (mark.get_marker(), mark.get_markerfacecolor()) == ("D", "white")
    assert mark.get_markeredgecolor() == COLOURS["plan"]
    assert points(drawn(ax, "observed")) == [(2020, 93.0)]


def test_lines_for_comparison_are_thin_named_and_broken_at_gaps():
    _, ax = draw(observed=[(2020, 93.0)], compared=[("China", [(2017, 80.0), (2020, 85.0)])])
    line = drawn(ax, "compared")
    assert (line.get_xdata()[0], line.get_xdata()[-1]) == (2017, 2020)
    assert math.isnan(line.get_ydata()[1])
    assert line.get_linewidth() < drawn(ax, "observed").get_linewidth()
    assert texts(ax) == ["China"]


def y_labels(ax):
    """Give those that are drawn; a locator may ask for one tick beyond each end."""
    low, high = ax.get_ylim()
    return [label for label in ax.get_yticklabels() if low <= label.get_position()[1] <= high]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("count", [1, 12])
def test_no_label_covers_another_nor_leaves_the_figure(overlaps, lang, count):
    names = (
        ["全国", "内蒙古自治区", "海勃湾区"]
        if lang == "zh"
        else ["China", "Inner Mongolia", "Wuda"]
    )
    panel = ALL | {
        "lang": lang,
        "compared": [
            (name, [(2019, 84.0), (2020, 85.0 + at / 10)]) for at, name in enumerate(names)
        ],
        "promised": [Promise(2018 + at, 93 + at / 4, "", ">=") for at in range(3)],
    }
    figure, panels = new_figure(3.4, 2.4) if count == 1 else small_multiples(count)
    for ax in panels:
        plot_outlook(ax, **panel)
    shown = [
        text
        for ax in panels
        for text in (*ax.texts, ax._left_title, *ax.get_xticklabels(), *y_labels(ax))
    ]
    assert overlaps(figure, shown, figure.legends) == []


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.floats(0, 1e4), min_size=1, max_size=8),
    st.sampled_from(["%", "persons"]),
    st.booleans(),
)
def test_the_axis_shows_every_value_and_no_impossible_one(values, unit, negative):
    values = [-value for value in values] if negative else values
    _, ax = draw(observed=[(2010 + at, value) for at, value in enumerate(values)], unit_label=unit)
    low, high = ax.get_ylim()
    assert low <= min(values) <= max(values) <= high
    assert low < high
    if min(values) >= 0:
        assert low >= 0
    if unit == "%" and max(values) <= 100:
        assert high <= 100


def test_only_a_percentage_ends_at_100():
    assert draw(observed=[(2019, 99.0), (2020, 100.0)])[1].get_ylim()[1] == 100
    assert draw(observed=[(2019, 99.0), (2020, 100.0)], unit_label="")[1].get_ylim()[1] > 100
    assert draw(observed=[(2019, 99.0), (2020, 104.0)])[1].get_ylim()[1] > 104


def test_the_years_at_the_axis_are_whole_few_and_include_the_deadline():
    series = [(year, 90.0 + year % 7) for year in range(1998, 2024)]
    _, ax = draw(observed=series, promised=[Promise(2022, 95.0, "", ">")])
    ticks = ax.get_xticks()
    assert all(float(tick).is_integer() for tick in ticks)
    assert 2022 in ticks
    assert 3 <= len(ticks) <= 8


@pytest.mark.parametrize(("lang", "shown"), [("zh", "没有数据"), ("en", "no data")])
def test_a_panel_without_anything_says_so(lang, shown):
    _, ax = draw(lang=lang, title="巩固率")
    assert (texts(ax), ax.get_title(loc="left")) == ([shown], "巩固率")
    assert len(ax.lines) == 0


def test_a_promise_about_which_nothing_was_measured_is_drawn_and_says_so():
    _, ax = draw(promised=[Promise(2022, 95.0, "", ">")])
    assert ax.get_xlabel() == "nothing observed"
    assert draw(observed=[(2020, 93.0)])[1].get_xlabel() == ""
    assert draw(bounds=[(2020, 93.0, "above")])[1].get_xlabel() == ""


def test_every_fault_of_a_panel_is_named_at_once():
    with pytest.raises(ReportError) as caught:
        draw(
            observed=[(2020, 93.0), (2020, 94.0), (2019, math.nan)],
            bounds=[(2018, 90.0, "roughly")],
            promised=[Promise(2022, math.inf, "", ">")],
        )
    assert len(caught.value.faults) == 4
    assert "2020: two values" in str(caught.value)
    assert "roughly" in str(caught.value)


def test_a_promise_of_an_unknown_kind_is_refused():
    with pytest.raises(ReportError, match="got '=>'"):
        Promise(2022, 95.0, "", "=>")


@pytest.mark.parametrize(
    "quantiles",
    [
        ((91,), (93,), (92,), (97,), (99,)),
        ((91,), (93,), (math.nan,), (97,), (99,)),
        ((91,), (93, 94), (95,), (97,), (99,)),
    ],
    ids=["crossed", "no number", "uneven"],
)
def test_a_fan_that_is_none_is_refused(quantiles):
    with pytest.raises(ReportError, match="Fan"):
        Fan((2022,), *quantiles)


def test_the_colours_are_those_of_the_roles():
    _, ax = draw(**(ALL | {"lang": "en"}))
    colours = {
        part: to_hex(drawn(ax, part).get_color()).upper()
        for part in ("observed", "compared", "projected", "promised", "stated")
    }
    roles = ("observed", "reference", "projected", "target", "plan")
    assert colours == dict(zip(colours, (COLOURS[role] for role in roles), strict=True))


@pytest.mark.parametrize(
    ("years", "marked"),
    [
        ([2016, 2018, 2019], [2016]),
        ([2018, 2019, 2021], [2021]),
        ([2016, 2018, 2020], [2016, 2018, 2020]),
        ([2019], [2019]),
        ([2018, 2019, 2020], []),
    ],
)
def test_a_compared_value_that_no_line_reaches_has_a_mark(years, marked):
    _, ax = draw(compared=[("x", [(year, 70.0 + year % 7) for year in years])])
    line = drawn(ax, "compared")
    assert line.get_marker() == "."
    shown = points(line)
    assert [shown[place][0] for place in line.get_markevery()] == marked
