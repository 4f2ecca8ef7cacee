from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edu_metrics.catalog import Reading
from edu_metrics.plan_audit import PlanContext, Severity
from edu_metrics.plan_audit.readings import ambiguous_readings, binding, reading_range

PCT = (0, 100)


def reading_levels(reading, base, steps, limits, **options):
    """The level that a reading comes to from a base, one for each number of steps."""
    ranges = [reading_range(reading, base, one, limits, **options) for one in steps]
    return tuple(binding(found, base, limits) for found in ranges)


def found(context):
    return {finding.targets[0]: finding for finding in ambiguous_readings(context)}


def base_of(finding, **wanted):
    """Give the table of the one base that is meant."""
    (table,) = [
        table
        for table in finding.numbers["bases"]
        if all(table[name] == value for name, value in wanted.items())
    ]
    return table


def one(*conditions):
    label = {"zh": "读法", "en": "reading"}
    return Reading.model_validate(
        {"id": "one", "label": label, "default": True, "conditions": list(conditions)}
    )


def yearly(unit, *change, **more):
    return {"type": "yearly_change", "unit": unit, "change": list(change), **more}


def total(unit, *change):
    return {"type": "total_change", "unit": unit, "change": list(change)}


A8 = [
    (50.0, "relative", (45.1, 42.9)),
    (50.0, "points", (40.0, 35.0)),
    (50.0, "misprint_half_point", (49.0, 48.5)),
    (52.7, "relative", (47.6, 45.2)),
    (52.7, "points", (42.7, 37.7)),
    (52.7, "misprint_half_point", (51.7, 51.2)),
    (53.6, "relative", (48.4, 46.0)),
    (53.6, "points", (43.6, 38.6)),
    (53.6, "misprint_half_point", (52.6, 52.1)),
]


@pytest.mark.parametrize(("base", "name", "levels"), A8)
def test_a8_what_each_reading_of_the_myopia_clause_comes_to(shipped, base, name, levels):
    reading = shipped.targets["A03e_myopia"].reading(name)
    found_levels = reading_levels(reading, base, (2, 3), PCT)
    assert tuple(round(level, 1) for level in found_levels) == levels


def test_a8_without_a_record_an_illustrative_base_says_that_it_illustrates(shipped):
    finding = found(shipped)["A03e_myopia"]
    levels = base_of(finding, base_pct=50)["levels_pct"]
    assert levels["relative"] == [45.125, 42.86875]
    assert levels["points"] == [40, 35]
    assert levels["misprint_half_point"] == [49, 48.5]
    assert {table["source"] for table in finding.numbers["bases"]} == {"illustrative"}
    assert "only to illustrate" in finding.message("en")
    assert "仅作示意" in finding.message("zh")


def test_a8_with_a_record_the_area_above_and_the_years_up_to_issue_are_named(observed):
    finding = found(observed)["A03e_myopia"]
    tables = finding.numbers["bases"]
    assert [(t["area"], t["year"], t["base_pct"]) for t in tables] == [
        ("china", 2018, 53.6),
        ("china", 2020, 52.7),
    ]
    assert [round(v, 1) for v in tables[1]["levels_pct"]["relative"]] == [47.6, 45.2]
    assert [round(v, 1) for v in tables[0]["levels_pct"]["misprint_half_point"]] == [52.6, 52.1]
    assert "the figure of China in 2020, 52.7 %" in finding.message("en")


def test_a8_the_readings_lie_up_to_13_and_a_half_points_apart(observed):
    table = base_of(found(observed)["A03e_myopia"], year=2020)
    # Half a point a year against five: 9 points after two years, 13.5 after three.
    assert table["spread_pp"] == [9, 13.5]


def test_a7_relative_or_points(shipped):
    target = shipped.targets["A25a_graduate_share"]
    levels = {
        name: reading_levels(target.reading(name), 39, (2, 3), PCT)
        for name in ("relative", "points")
    }
    assert levels["relative"] == pytest.approx((42.9, 42.9))
    assert levels["points"] == (49, 49)


@pytest.mark.parametrize(
    ("base", "relative", "points"), [(8, (8.82, 9.26), (18, 23)), (5, (5.51, 5.79), (15, 20))]
)
def test_a12_five_percent_more_every_year_of_a_small_rate(shipped, base, relative, points):
    target = shipped.targets["A15b_double_first_class"]
    levels = reading_levels(target.reading("relative"), base, (2, 3), PCT)
    assert tuple(round(level, 2) for level in levels) == relative
    assert reading_levels(target.reading("points"), base, (2, 3), PCT) == points
    table = base_of(found(shipped)[target.id], base_pct=base)
    assert [round(level, 2) for level in table["levels_pct"]["relative"]] == list(relative)
    assert table["levels_pct"]["points"] == list(points)


def test_a12_the_headcount_reading_can_t_stand_on_the_same_base(shipped):
    finding = found(shipped)["A15b_double_first_class"]
    assert finding.numbers["not_comparable"] == ["number_admitted"]
    assert "Not comparable on one base" in finding.message("en")


def test_a11_a_range_differs_from_its_lower_end_only_above_it(shipped):
    finding = found(shipped)["A12a_primary_pass_increment"]
    table = base_of(finding, base_pct=50)
    assert table["bounds"]["at_least_min_capped"] == [["≥ 60"], ["≥ 65"]]
    assert table["bounds"]["inside_range"] == [["≥ 60", "≤ 66"], ["≥ 65", "≤ 74"]]
    assert table["spread_pp"] == [0, 0]
    assert "The number is the same" in finding.message("en")


def test_a17_each_channel_in_all_or_each_channel_every_year(shipped):
    finding = found(shipped)["A38c_special_funds"]
    (table,) = finding.numbers["bases"]
    assert table["levels"] == {
        "each_channel_total": [400_000_000],
        "each_channel_per_year": [1_200_000_000],
    }
    assert "8亿元" in finding.message("zh")


def test_a2_readings_on_two_indicators_are_not_compared(shipped):
    finding = found(shipped)["T01_public_kindergarten_table"]
    assert finding.severity is Severity.OPEN
    assert finding.numbers["not_comparable"] == ["rate_of_population"]


def test_an_undecided_reading_gives_its_reason(shipped):
    finding = found(shipped)["A06b_inclusive_coverage"]
    assert finding.severity is Severity.OPEN
    assert "number of inclusive kindergartens" in finding.message("en")


def test_every_target_with_several_readings_is_found_once(shipped):
    wanted = [(t.id,) for t in shipped.plan.targets if len(t.readings) > 1]
    assert [finding.targets for finding in ambiguous_readings(shipped)] == wanted
    assert len(wanted) > 20


def test_a_stated_base_comes_before_any_other(made, reads):
    readings = [
        reads("relative", total("percent", ">=10"), default=True),
        reads("points", total("points", ">=10")),
    ]
    series = {("primary_pass_rate", "wuhai"): {2020: 60.0}}
    context = made({"readings": readings, "steps": [2]}, series=series)
    (table,) = found(context)["t0"].numbers["bases"]
    assert table["source"] == "stated"
    assert table["levels_pct"] == {"relative": [88], "points": [90]}
    assert table["spread_pp"] == [2]
    context = made({"readings": readings, "steps": [2], "baseline": None}, series=series)
    (table,) = found(context)["t0"].numbers["bases"]
    assert (table["source"], table["area"]) == ("observed", "wuhai")
    assert table["levels_pct"] == {"relative": [66], "points": [70]}


def test_levels_alone_need_no_base(made, reads):
    readings = [
        reads("floor", {"type": "level", "at": {2022: ">=90"}}, default=True),
        reads("point", {"type": "level", "at": {2022: "==90"}}),
    ]
    finding = found(made({"readings": readings}))["t0"]
    (table,) = finding.numbers["bases"]
    assert table["source"] == "none"
    assert table["bounds"] == {"floor": [["≥ 90"]], "point": [["= 90"]]}
    assert "base" not in finding.message("en")


def test_rounding_moves_a_strict_level_up(shipped):
    (table,) = found(shipped)["T02_retention"].numbers["bases"]
    assert table["bounds"]["strict"] == [["> 95"]]
    assert table["bounds"]["rounded"] == [["≥ 95.05"]]
    assert table["bounds"]["rounded_whole"] == [["≥ 95.5"]]


def test_readings_that_differ_on_the_way_say_so(shipped):
    finding = found(shipped)["A32d_city_safe_campus"]
    assert "differ in the years before" in finding.message("en")


def test_a_reading_that_leaves_the_limits_is_impossible(made, reads):
    readings = [
        reads("points", yearly("points", "<=-5"), default=True),
        reads("half", yearly("points", "<=-0.5")),
    ]
    context = made(
        {
            "readings": readings,
            "steps": [2],
            "baseline": {"value": 8, "year": 2020},
            "better": "lower",
        }
    )
    finding = found(context)["t0"]
    (table,) = finding.numbers["bases"]
    assert table["levels_pct"] == {"points": [None], "half": [7]}
    assert "impossible" in finding.message("en")


@pytest.mark.parametrize(
    ("base", "words", "severity"),
    [
        (80, "The number is the same", Severity.MEDIUM),
        (92, "some readings can be kept and others cannot", Severity.MEDIUM),
    ],
)
def test_a_cap_decides_where_the_gain_leaves_the_limits(made, reads, base, words, severity):
    readings = [
        reads("capped", yearly("points", ">=5", capped=True), default=True),
        reads("inside", yearly("points", ">=5", "<=8")),
    ]
    given_base = {"value": base, "year": 2020}
    finding = found(made({"readings": readings, "steps": [2], "baseline": given_base}))["t0"]
    assert words in finding.message("en")
    assert finding.severity is severity


def test_readings_that_are_all_impossible_leave_no_choice_open(made, reads):
    readings = [
        reads("least", yearly("points", ">=5"), default=True),
        reads("inside", yearly("points", ">=5", "<=8")),
    ]
    base = {"value": 92, "year": 2020}
    finding = found(made({"readings": readings, "steps": [2], "baseline": base}))["t0"]
    assert finding.severity is Severity.LOW
    assert "none of them can be kept" in finding.message("en")


def test_a_capped_gain_stops_at_the_limit():
    assert reading_levels(one(yearly("points", ">=5", capped=True)), 97, (2,), PCT) == (100,)
    assert reading_levels(one(yearly("points", ">=5")), 97, (2,), PCT) == (None,)
    assert reading_levels(one(yearly("points", "<=-3", capped=True)), 5, (2,), PCT) == (0,)


def test_a_level_that_the_pace_can_t_reach_stays_out_of_reach_in_later_years():
    # 95 in 2021 lies beyond the 85 that one year at 5 points leads to; a fall later mends nothing.
    reading = one({"type": "level", "at": {2021: ">=95"}}, yearly("points", "<=5"))
    assert reading_range(reading, 80, 2, PCT, deadline=2022).empty
    assert reading_levels(reading, 80, (2,), PCT, deadline=2022) == (None,)


def test_nothing_has_no_percentage_to_grow_by():
    assert reading_levels(one(yearly("percent", ">=5")), 0, (2,), PCT) == (None,)


def test_of_a_falling_range_the_upper_end_is_asked_for():
    fall = one(yearly("points", "<=-3", ">=-5"))
    assert reading_levels(fall, 50, (2, 3), PCT) == (44, 41)
    found_range = reading_range(fall, 50, 3, PCT)
    assert (found_range.low, found_range.high) == (35, 41)


def test_a_level_on_top_of_a_pace_counts_where_it_is_higher():
    both = one({"type": "level", "at": {2022: ">=60"}}, yearly("points", ">0", capped=True))
    assert reading_levels(both, 50, (2,), PCT) == (60,)
    assert reading_levels(both, 70, (2,), PCT) == (70,)


def test_a_change_without_a_base_comes_to_nothing_that_can_be_said():
    assert reading_levels(one(total("points", ">=10")), None, (2,), PCT) == (None,)


def test_an_average_over_the_steps_allows_what_the_sum_of_the_steps_does():
    average = one({"type": "average_change", "unit": "points", "change": [">=5", "<=8"]})
    each = one(yearly("points", ">=5", "<=8"))
    assert reading_range(average, 50, 3, PCT) == reading_range(each, 50, 3, PCT)


@given(st.floats(1, 99), st.floats(-30, 30), st.integers(1, 5))
def test_points_add_and_percentages_multiply(base, pace, steps):
    assume(abs(pace) > 0.01)
    pace = round(pace, 2)
    sign = ">=" if pace > 0 else "<="
    points = reading_levels(one(yearly("points", f"{sign}{pace}")), base, (steps,), (None, None))
    assert points[0] == pytest.approx(base + pace * steps, abs=1e-6)
    percent = reading_levels(one(yearly("percent", f"{sign}{pace}")), base, (steps,), (None, None))
    assert percent[0] == pytest.approx(base * (1 + pace / 100) ** steps, abs=1e-6)


@given(st.floats(1, 1000), st.floats(0.01, 1000))
def test_a_relative_reading_scales_with_its_unit(base, factor):
    rise = one(yearly("percent", ">=5"))
    (level,) = reading_levels(rise, base, (2,), (0, None))
    (scaled,) = reading_levels(rise, base * factor, (2,), (0, None))
    assert scaled == pytest.approx(level * factor, rel=1e-6, abs=1e-6)


@given(st.floats(0.5, 99.5))
def test_percent_and_points_agree_only_at_a_base_of_one_hundred(base):
    (relative,) = reading_levels(one(total("percent", ">=10")), base, (2,), (0, None))
    (points,) = reading_levels(one(total("points", ">=10")), base, (2,), (0, None))
    assert relative < points
    assert points - relative == pytest.approx(10 * (1 - base / 100), abs=1e-6)


def test_a_plan_without_flaw_has_one_reading_each(made):
    assert not found(made({}, {}))


def test_the_order_of_targets_and_harmless_ones_do_not_matter(shipped, catalog, made):
    more = made({"id": "harmless"}).plan.targets + shipped.plan.targets[::-1]
    larger = PlanContext(catalog, shipped.plan.model_copy(update={"targets": more}))
    assert {f.id: f.numbers for f in ambiguous_readings(larger)} == {
        f.id: f.numbers for f in ambiguous_readings(shipped)
    }


def test_a_rank_beside_a_level_lies_no_points_apart(made, reads):
    """A place among areas is no level: only the two levels are held against each other."""
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["haibowan", "wuda"]}
    levels = [{"type": "level", "at": {2022: f">={value}"}} for value in (90, 92)]
    readings = [
        reads("usual", levels[0], default=True),
        reads("first", rank),
        reads("higher", levels[1]),
    ]
    (flaw,) = found(made({"readings": readings})).values()
    assert flaw.numbers["not_comparable"] == ["first"]
    assert "hangs on other areas" in flaw.message("en")


def test_a_change_since_a_named_year_starts_from_the_base():
    """Half of 6.2 is 3.1, whether or not the clause names the year that it counts from."""
    half = {
        "type": "change_since",
        "unit": "percent",
        "since": 2020,
        "by": 2025,
        "change": ["<=-50"],
    }
    assert reading_levels(one(half), 6.2, (None,), PCT) == (pytest.approx(3.1),)
    assert reading_range(one(half), None, None, PCT) is None
