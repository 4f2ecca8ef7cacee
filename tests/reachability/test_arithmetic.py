"""What bounds and paces alone decide, against the enumeration of all paths."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.reachability import is_possible, people_behind, years_needed
from edu_metrics.reachability.arithmetic import final_bound, is_vacuous, required_pace

TOP = 5
#: All paths over three years in quarters of a point. With whole bounds, four unknowns at most
#: stand in a row of strict comparisons, so that what can be had at all can be had in quarters.
GRID = np.arange(0, TOP + 0.25, 0.25)
PATHS = np.array(list(itertools.product(GRID, repeat=3))).T

OPS = st.sampled_from([">", ">=", "<", "<=", "=="])


def texts(low, high):
    return st.tuples(OPS, st.integers(low, high)).map(lambda pair: f"{pair[0]}{pair[1]}")


LEVELS = st.dictionaries(st.sampled_from([2020, 2021, 2022]), texts(0, TOP), min_size=1).map(
    lambda at: {"type": "level", "at": at}
)
FLOORS = texts(0, TOP).map(lambda text: {"type": "each_year", "bound": text})
CHANGES = st.tuples(st.lists(texts(-3, 3), min_size=1, max_size=2), st.booleans()).map(
    lambda given: {
        "type": "yearly_change", "unit": "points", "change": given[0], "capped": given[1]
    }
)  # fmt: skip
VALUES = st.lists(st.one_of(LEVELS, FLOORS), max_size=2)
KNOWN = st.dictionaries(st.sampled_from([2020, 2021]), st.integers(0, TOP))


def some_path_keeps(found, known):
    values = dict(zip((2020, 2021, 2022), PATHS, strict=True))
    kept = np.ones(PATHS.shape[1], dtype=bool)
    for check in found:
        kept &= check.holds(values)
    for year, value in known.items():
        kept &= values[year] == value
    return bool(kept.any())


@given(VALUES, CHANGES, KNOWN)
def test_a_reading_is_possible_if_and_only_if_a_path_keeps_it(checks, levels, change, known):
    found = checks(*levels, change, limits=(0, TOP))
    last_year = max(known, default=2019)
    possible = is_possible(found, known, limits=(0, TOP), last_year=last_year)
    assert possible is some_path_keeps(found, known)


# Few drawn readings can be kept; on a busy machine that alone would count as ill health.
@settings(suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(VALUES, st.lists(CHANGES, min_size=2, max_size=2), KNOWN)
def test_a_reading_that_a_path_keeps_is_never_impossible(checks, levels, changes, known):
    found = checks(*levels, *changes, limits=(0, TOP))
    assume(some_path_keeps(found, known))
    assert is_possible(found, known, limits=(0, TOP), last_year=max(known, default=2019))


@given(
    st.lists(texts(-60, 60), min_size=1, max_size=2),
    texts(0, 100),
    st.integers(0, 100),
    st.booleans(),
)
def test_a_relative_pace_is_impossible_only_if_no_path_keeps_it(
    checks, change, level, base, capped
):
    yearly = {"type": "yearly_change", "unit": "percent", "change": change, "capped": capped}
    found = checks(yearly, {"type": "level", "at": {2022: level}})
    middle, last = np.meshgrid(np.arange(101.0), np.arange(101.0))
    values = {2020: float(base), 2021: middle, 2022: last}
    kept = np.ones_like(middle, dtype=bool)
    for check in found:
        kept &= check.holds(values)
    assume(kept.any())
    assert is_possible(found, {2020: base}, limits=(0, 100), last_year=2020)


YEARLY = {"type": "yearly_change", "unit": "points"}
AT_LEAST_95 = {"type": "level", "at": {2022: ">=95"}}


@pytest.mark.parametrize("text", [">100", ">=100.1", "<0"])
def test_a_level_beyond_the_limits_is_impossible_without_any_data(checks, text):
    found = checks({"type": "level", "at": {2022: text}})
    assert not is_possible(found, {}, limits=(0, 100), last_year=0)


@pytest.mark.parametrize("text", [">=100", "<=0", "==100", ">99.9"])
def test_a_level_at_the_limit_itself_is_possible(checks, text):
    assert is_possible(
        checks({"type": "level", "at": {2022: text}}), {}, limits=(0, 100), last_year=0
    )


@pytest.mark.parametrize(
    ("text", "ends", "possible"),
    [
        (">=10", [], True),
        (">=10", ["high"], False),
        (">=10", ["low"], True),
        (">=9.99", ["high"], True),
        ("<=0", ["low"], False),
        ("<=0", ["high"], True),
    ],
)
def test_a_limit_that_is_open_is_never_stood_at(checks, text, ends, possible):
    found = checks({"type": "level", "at": {2022: text}}, limits=(0, 10))
    told = is_possible(found, {}, limits=(0, 10), last_year=0, open_ends=ends)
    assert told is possible


def test_a_pace_that_ends_at_an_open_limit_is_impossible(checks):
    found = checks({**YEARLY, "change": [">=2", "<=2"]}, limits=(0, 10))
    for ends, possible in (([], True), (["high"], False)):
        known = {2020: 6.0}
        told = is_possible(found, known, limits=(0, 10), last_year=2020, open_ends=ends)
        assert told is possible


def test_what_may_pass_100_may_be_asked_to(checks):
    found = checks({"type": "level", "at": {2022: ">100"}}, limits=(0, None))
    assert is_possible(found, {}, limits=(0, None), last_year=0)


@pytest.mark.parametrize(("round_to", "possible"), [(None, False), (0.1, False), (10, True)])
def test_rounding_decides_whether_100_can_be_printed_as_more(checks, round_to, possible):
    # 95 prints as 100 where tens are printed; above 100 nothing prints.
    text = ">95" if round_to == 10 else ">100"
    found = checks(
        {"type": "level", "at": {2022: text}, "round_to": round_to},
        {"type": "level", "at": {2022: "<=100"}},
    )
    assert is_possible(found, {}, limits=(0, 100), last_year=0) is possible


@pytest.mark.parametrize(
    ("base", "steps", "possible"), [(90, 2, True), (90.1, 2, False), (85, 3, True), (86, 3, False)]
)
def test_five_points_a_year_need_a_base_that_leaves_them_room(checks, base, steps, possible):
    # 乌党办发〔2020〕10号, art. 12: a base of at most 90 for two steps, and of 85 for three.
    found = checks({**YEARLY, "change": [">=5", "<=8"]}, steps=steps)
    year = 2022 - steps
    assert is_possible(found, {year: base}, limits=(0, 100), last_year=year) is possible
    capped = checks({**YEARLY, "change": [">=5", "<=8"], "capped": True}, steps=steps)
    assert is_possible(capped, {year: base}, limits=(0, 100), last_year=year)


def test_a_promised_pace_that_cannot_reach_the_level_is_impossible(checks):
    found = checks({**YEARLY, "change": [">=5", "<=8"]}, {"type": "level", "at": {2022: ">=95"}})
    assert is_possible(found, {2020: 79}, limits=(0, 100), last_year=2020)
    assert not is_possible(found, {2020: 78.9}, limits=(0, 100), last_year=2020)


def test_a_cap_lets_a_step_jump_to_the_limit_and_nowhere_between(checks):
    yearly = {**YEARLY, "change": [">=1", "<=3"], "capped": True}
    at_the_limit = checks(yearly, {"type": "level", "at": {2021: ">=100"}})
    between = checks(yearly, {"type": "level", "at": {2021: "==70"}})
    assert is_possible(at_the_limit, {2020: 50}, limits=(0, 100), last_year=2020)
    assert not is_possible(between, {2020: 50}, limits=(0, 100), last_year=2020)


def test_from_nothing_no_percentage_grows(checks):
    growth = {"type": "yearly_change", "unit": "percent", "change": [">=5"]}
    assert not is_possible(checks(growth), {2020: 0}, limits=(0, None), last_year=2020)
    fall = {"type": "yearly_change", "unit": "percent", "change": ["<=-5"], "capped": True}
    assert is_possible(checks(fall), {2020: 0}, limits=(0, 100), last_year=2020)


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_total_and_average_are_held_against_the_room_that_the_base_leaves(checks, steps):
    base = 2022 - steps
    average = checks({"type": "average_change", "change": [">=5"]}, steps=steps)
    total = checks(
        {"type": "total_change", "unit": "points", "change": [f">={5 * steps}"]}, steps=steps
    )
    for found in (average, total):
        room = 100 - 5 * steps
        assert is_possible(found, {base: room}, limits=(0, 100), last_year=base)
        assert not is_possible(found, {base: room + 0.1}, limits=(0, 100), last_year=base)


def test_years_observed_are_judged_as_they_are(checks):
    found = checks({**YEARLY, "change": ["==1"]}, {"type": "level", "at": {2022: ">0"}})
    third = 100 / 3
    # A third and a third plus one: the difference is one, though not in its last binary digit.
    assert is_possible(found, {2020: third, 2021: third + 1}, limits=(0, 100), last_year=2021)
    assert not is_possible(found, {2020: 33, 2021: 35}, limits=(0, 100), last_year=2021)


def test_values_after_the_last_year_known_are_not_looked_at(checks):
    found = checks({"type": "level", "at": {2022: ">=95"}})
    assert is_possible(found, {2020: 90, 2022: 10}, limits=(0, 100), last_year=2021)
    assert not is_possible(found, {2020: 90, 2022: 10}, limits=(0, 100), last_year=2022)


def test_ranks_and_open_sums_are_never_impossible(checks):
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["east", "west"]}
    flow = {"type": "sum_over_years", "years": [2020, 2021], "bounds": [">=500"]}
    assert is_possible(checks(rank, flow), {2020: 1}, limits=(0, 100), last_year=2020)
    assert is_possible(checks(rank), {2022: 1}, limits=(0, 100), last_year=2022)
    assert not is_possible(checks(flow), {2020: 1, 2021: 2}, limits=(0, 100), last_year=2021)


@pytest.mark.parametrize(
    ("conditions", "base", "vacuous"),
    [
        # 乌党办发〔2020〕10号, table: more than 97 from 97.01 asks for nothing; > 95 from 93 does.
        ([{"type": "level", "at": {2021: ">97", 2022: ">97"}}], 97.01, True),
        ([{"type": "level", "at": {2021: ">97", 2022: ">97"}}], 97, False),
        ([{"type": "level", "at": {2021: ">95", 2022: ">95"}}], 93, False),
        ([{"type": "each_year", "bound": "<=5"}], 5, True),
        ([{**YEARLY, "change": [">=0"]}], 60, True),
        ([{**YEARLY, "change": [">0"]}], 60, False),
        ([{**YEARLY, "change": [">0"], "capped": True}], 100, True),
        ([{"type": "sum_over_years", "years": [2021, 2022], "bounds": [">=4"]}], 2, True),
    ],
)
def test_a_target_is_vacuous_if_standing_still_keeps_it(checks, conditions, base, vacuous):
    assert is_vacuous(checks(*conditions), {2020: base}, 2020) is vacuous


def test_a_target_is_not_vacuous_where_a_year_is_unknown_decided_or_hangs_on_others(checks):
    yearly = checks({**YEARLY, "change": [">=0"]})
    assert not is_vacuous(yearly, {2021: 60}, 2021)
    assert not is_vacuous(yearly, {2020: 60, 2021: 60, 2022: 60}, 2022)
    rank = checks({"type": "rank", "year": 2022, "bound": "<=3", "among": ["east", "west"]})
    assert not is_vacuous(rank, {2020: 60}, 2020)


@pytest.mark.parametrize(
    ("conditions", "known", "expected"),
    [
        ([{"type": "level", "at": {2021: ">=97", 2022: ">97"}}], {}, "> 97"),
        ([{**YEARLY, "change": [">=5", "<=8"]}], {2020: 80}, "≥ 90"),
        ([{**YEARLY, "change": [">=5"]}], {2020: 97}, "≥ 107"),
        ([{**YEARLY, "change": [">=5"], "capped": True}], {2020: 97}, "≥ 100"),
        ([{**YEARLY, "change": [">0"], "capped": True}], {2020: 100}, "≥ 100"),
        ([{**YEARLY, "change": ["<=-3", ">=-5"]}], {2020: 20}, "≤ 14"),
        ([{**YEARLY, "change": ["<=-3"], "capped": True}], {2020: 5}, "≤ 0"),
        ([{**YEARLY, "change": ["==1"]}], {2020: 20}, "= 22"),
        # A strict step carries its strictness to the end.
        ([{"type": "level", "at": {2021: ">95"}}, {**YEARLY, "change": [">=1"]}], {}, "> 96"),
        ([{"type": "level", "at": {2021: "<50"}}, {**YEARLY, "change": ["<=-1"]}], {}, "< 49"),
        # What came since is where the next step starts from.
        ([{**YEARLY, "change": [">=5"]}], {2020: 80, 2021: 90}, "≥ 95"),
        ([{"type": "average_change", "change": [">=5"]}], {2020: 80}, "≥ 90"),
        ([{"type": "total_change", "unit": "points", "change": [">=5"]}], {2020: 80}, "≥ 85"),
        ([{"type": "total_change", "unit": "percent", "change": [">=5"]}], {2020: 80}, "≥ 84"),
        # Of several demands on one year the hardest counts.
        ([AT_LEAST_95, {**YEARLY, "change": [">=5"]}], {2020: 80}, "≥ 95"),
        ([AT_LEAST_95, {**YEARLY, "change": [">=5"]}], {2020: 88}, "≥ 98"),
        ([AT_LEAST_95, {"type": "level", "at": {2022: ">95"}}], {}, "> 95"),
        ([{"type": "level", "at": {2022: ">95"}}, AT_LEAST_95], {}, "> 95"),
        ([{"type": "level", "at": {2022: text}} for text in ("<=5", "<=4")], {}, "≤ 4"),
        ([{"type": "level", "at": {2022: text}} for text in ("<5", "<=5")], {}, "< 5"),
    ],
)  # fmt: skip
def test_the_final_level_is_what_the_slowest_promised_pace_comes_to(
    checks, conditions, known, expected
):
    assert str(final_bound(checks(*conditions), known)) == expected


def test_a_relative_fall_of_myopia_comes_to_the_published_bases_by_hand(checks):
    # The nation's 52.7 of 2020, two steps of -5 percent: 47.6.
    found = checks({"type": "yearly_change", "unit": "percent", "change": ["<=-5"]})
    assert final_bound(found, {2020: 52.7}).value == pytest.approx(47.6, abs=0.05)


def test_without_a_base_or_a_level_there_is_no_final_level(checks):
    assert final_bound(checks({**YEARLY, "change": [">=5"]}), {2019: 80}) is None
    rank = {"type": "rank", "year": 2022, "bound": "<=1", "among": ["east", "west"]}
    flow = {"type": "sum_over_years", "years": [2020, 2021], "bounds": [">=4"]}
    assert final_bound(checks(rank, flow), {2020: 80}) is None


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(1, 10))
def test_at_the_required_pace_the_level_is_reached_in_time(current, level, years):
    pace = required_pace(current / 10, level / 10, years)
    assert current / 10 + pace * years == pytest.approx(level / 10, abs=1e-8)


@pytest.mark.parametrize("years", [0, -1])
def test_no_pace_is_enough_once_no_year_is_left(years):
    with pytest.raises(ProjectionError, match="at least one year left"):
        required_pace(85, 90, years)


@given(st.integers(-50, 100), st.integers(-5, 10), st.booleans())
def test_years_needed_are_the_first_in_which_the_gap_is_closed(gap, pace, strict):
    def closed(years):
        left = gap - pace * years
        return left < 0 if strict else left <= 0

    expected = next((years for years in range(200) if closed(years)), None)
    assert years_needed(gap, pace, strict=strict) == expected


def test_years_needed_are_counted_without_binary_dust():
    assert years_needed(0.3, 0.1) == 3
    assert years_needed(0.3, 0.1, strict=True) == 4


@given(
    OPS,
    st.integers(0, 1000),
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
)
def test_people_behind_are_the_fewest_that_turn_the_bound(bound, op, tenths, counts):
    part, whole = counts
    limit = bound(f"{op}{tenths / 10}")
    # In whole numbers: 100 k / n against t / 10 is 1000 k against t n.
    kept = {
        ">": lambda k: 1000 * k > tenths * whole,
        ">=": lambda k: 1000 * k >= tenths * whole,
        "<": lambda k: 1000 * k < tenths * whole,
        "<=": lambda k: 1000 * k <= tenths * whole,
    }
    if op == "==":
        people = people_behind(limit, part, whole)
        assert (people == 0) is (1000 * part == tenths * whole)
        assert people >= 0
        return
    keeping = [k for k in range(whole + 1) if kept[op](k)]
    if not keeping:
        with pytest.raises(DataError):
            people_behind(limit, part, whole)
        return
    expected = min(keeping) - part if op in (">", ">=") else part - max(keeping)
    assert people_behind(limit, part, whole) == expected


@pytest.mark.parametrize(
    ("text", "people"), [("==41", 2), ("==37", 2), ("==39", 0), ("==39.5", 1), ("==40.5", 2)]
)
def test_people_behind_an_exact_level_count_in_both_directions(bound, text, people):
    assert people_behind(bound(text), 39, 100) == people


@given(st.integers(1, 400))
def test_model_kindergartens_need_the_ceiling_of_a_fifth(bound, whole):
    # 乌党办发〔2020〕10号: at least 20 % of the kindergartens.
    assert people_behind(bound(">=20"), 0, whole) == math.ceil(whole / 5)
