"""A pace is held against what comparable series did, and nothing is claimed beyond the counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound, find_root, load_catalog
from edu_metrics.errors import DataError
from edu_metrics.reachability import Applies, Assessment, Check, CheckResult, Verdict
from edu_metrics.reachability.precedent import (
    NoPrecedent,
    Precedent,
    precedent,
    precedents_of,
    with_pace_percentile,
)

CATALOG = load_catalog(find_root())
ORDINARY = CATALOG.reference_class("ordinary")
MOVED = CATALOG.reference_class("test_change")
RATE = CATALOG.indicator("grade4_mathematics_pass_rate")


def look(pace, start=18.0, years=3, **more):
    return precedent(ORDINARY, pace=pace, start=start, years=years, **more)


def assessment(level=">=33", value=18.0, last_year=2020, due=2023, **more):
    bound = Bound.model_validate(level)
    years = max(due - last_year, 1)
    check = CheckResult(Check("value", (due,), (bound,)))
    given = {
        "study": "s",
        "area": "a",
        "target": "t",
        "applies": Applies.BINDS,
        "verdict": Verdict.UNLIKELY,
        "indicator": RATE.id,
        "level": bound,
        "last_year": last_year,
        "last_value": value,
        "gap": bound.gap(value),
        "required_pace": round((bound.value - value) / years, 9) if due > last_year else None,
        "required_by": due if due > last_year else None,
        "checks": (check,),
    }
    return Assessment(**{**given, **more})


def test_five_points_a_year_from_below_20_was_kept_in_15_of_5218_windows():
    found = look(5)
    assert (found.kept.count, found.kept.windows, found.kept.series) == (15, 5218, 1027)
    assert found.kept.share == pytest.approx(100 * 15 / 5218)
    assert found.kept.low < found.kept.share < found.kept.high
    assert found.band == "<=20"


def test_where_a_pace_was_never_kept_the_bound_is_three_over_the_series():
    found = look(5, start=85)
    assert found.kept.count == found.kept.low == 0
    assert found.kept.high == pytest.approx(300 / found.kept.series, abs=0.005)


@pytest.mark.parametrize("pace", [0, 0.5, 3, 5, 15])
def test_at_a_step_of_the_table_the_count_is_the_one_that_was_counted(pace):
    found = look(pace, start=50)
    counts = ORDINARY.cell("40-60", 3).kept
    assert (found.kept.count, found.kept.exact) == (counts.windows[counts.at.index(pace)], True)


def test_between_two_steps_the_straight_line_is_taken():
    cell = ORDINARY.cell("<=20", 1).kept
    slow, fast = (cell.at.index(pace) for pace in (8, 10))
    middle = look(9, years=1).kept
    for found, column in (
        (middle.count, cell.windows), (middle.series_with, cell.series),
        (middle.low, cell.low), (middle.high, cell.high),
    ):  # fmt: skip
        assert found == pytest.approx((column[slow] + column[fast]) / 2, abs=0.5)
    assert (middle.step, middle.exact) == (9, False)


@pytest.mark.parametrize("start", [10, 30, 50, 70, 85, 92, 97])
def test_a_line_between_steps_agrees_with_the_percentiles_of_single_years(start):
    """In one year the pace kept is the gain, whose percentiles the table holds as well."""
    gains = ORDINARY.cell(look(0, start=start, years=1).band, 1).gains_pp
    for gain in {gain for gain in gains.values() if gain > 0}:
        # Of a gain that many share it is only known between which percentiles it lies.
        least = 100 - min(p for p, other in gains.items() if other == gain)
        most = 100 - max(p for p, other in gains.items() if other < gain)
        assert least - 2 <= look(gain, start=start, years=1).kept.share <= most + 2


def test_beyond_the_fastest_pace_there_is_no_window_and_at_it_one():
    fastest = look(1, start=85, years=1).fastest.pace_pp
    at, beyond = (look(pace, start=85, years=1).kept for pace in (fastest, fastest + 0.01))
    assert (at.count, beyond.count) == (1, 0)
    assert beyond.high == pytest.approx(300 / beyond.series)


def test_the_pace_asked_is_that_of_the_year_that_asks_for_most(judge, promise, cells):
    """97 asked from 95 already next year: +2.00 in one year, not +1.00 a year over two."""
    levels = [{"type": "level", "at": {2021: ">=97", 2022: ">=97"}}]
    found = judge(promise(levels, indicator="printed"), [cells("rate_pct", {2020: 95.0})])
    (told,) = precedents_of(found, RATE, [ORDINARY])
    assert (told.pace, told.years, told.pace) == (2, 1, found.required_pace)
    cell = ORDINARY.cell("90-95", 1)
    assert (told.kept.count, told.kept.windows) == (
        cell.kept.windows[cell.kept.at.index(2)],
        cell.windows,
    )
    later = promise([{"type": "level", "at": {2021: ">=95.5", 2022: ">=98"}}], indicator="printed")
    (told,) = precedents_of(judge(later, [cells("rate_pct", {2020: 95.0})]), RATE, [ORDINARY])
    assert (told.pace, told.years) == (1.5, 2)


def test_a_total_smaller_than_any_step_is_not_counted():
    assert look(0).total is None
    assert look(5).total.step == 15


def test_a_fall_is_looked_up_as_the_gain_of_the_complement():
    falling, rising = look(2, start=52, falling=True), look(2, start=48)
    assert (falling.kept, falling.total, falling.percentile) == (
        rising.kept,
        rising.total,
        rising.percentile,
    )
    # At the edge of a band it is the complement that falls into one: 80 is not above 80.
    assert look(2, start=20, falling=True).band == "60-80"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"years": 6}, NoPrecedent.SPAN),
        ({"years": 0}, NoPrecedent.NO_START),
        ({"pace": -1}, NoPrecedent.NOTHING_ASKED),
    ],
)
def test_what_can_not_be_looked_up_says_why(changes, why):
    assert look(**{"pace": 5, **changes}) is why


def test_a_start_that_is_no_rate_is_refused():
    with pytest.raises(DataError, match="expected 0 to 100"):
        look(5, start=120)


paces = st.floats(0, 40, allow_nan=False)


@given(paces, paces, st.floats(0, 100), st.integers(1, 5), st.booleans())
def test_a_faster_pace_is_never_more_common(one, other, start, years, falling):
    slow, fast = (
        look(pace, start=start, years=years, falling=falling) for pace in sorted((one, other))
    )
    assert slow.kept.count >= fast.kept.count
    assert slow.percentile <= fast.percentile
    assert 0 <= slow.percentile <= 100
    assert slow.total is None or slow.total.count >= fast.total.count


@given(st.floats(0, 100), st.integers(1, 5), st.sampled_from([5, 10, 25, 50, 75, 90, 95]))
def test_the_percentile_of_a_percentile_is_itself_or_lies_below_in_a_tie(start, years, percentile):
    found = look(1, start=start, years=years)
    gains = ORDINARY.cell(found.band, years).gains_pp
    gain = gains[percentile]
    if gain < 0:
        return
    ties = [p for p, other in gains.items() if other == gain]
    told = look(gain / years, start=start, years=years).percentile
    assert told == pytest.approx(min(ties), abs=0.2)


def test_no_pace_beyond_the_fastest_has_a_count():
    for cell in ORDINARY.table:
        steps = zip(cell.kept.at, cell.kept.windows, strict=True)
        for step, windows in steps:
            assert (windows > 0) == (step <= cell.fastest.pace_pp)


def test_ordinary_series_and_those_whose_test_moved_are_told_apart():
    told = precedents_of(assessment(), RATE, [ORDINARY, MOVED])
    assert [one.reference.kind for one in told] == ["ordinary", "test_change"]
    assert (told[0].kept.count, told[1].kept.count) == (15, 40)


def test_an_assumed_start_may_be_looked_up():
    told = precedents_of(assessment(start="plan_statement"), RATE, [ORDINARY])
    assert isinstance(told[0], Precedent)


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.MISSED])
def test_what_is_judged_needs_no_precedent(verdict):
    found = precedents_of(assessment(verdict=verdict), RATE, [ORDINARY])
    assert found is NoPrecedent.NO_START


@pytest.mark.parametrize(
    ("indicator", "changes", "why"),
    [
        (RATE, {"due": 2026}, NoPrecedent.SPAN),
        (RATE, {"due": 2020}, NoPrecedent.NO_START),
        (RATE, {"last_value": None}, NoPrecedent.NO_START),
        (RATE, {"level": ">=18"}, NoPrecedent.NOTHING_ASKED),
        (RATE, {"level": ">=10"}, NoPrecedent.NOTHING_ASKED),
        (RATE.model_copy(update={"bounds": (0, None)}), {}, NoPrecedent.NOT_A_RATE),
        (RATE.model_copy(update={"unit": "yuan"}), {}, NoPrecedent.NOT_A_RATE),
        (None, {}, NoPrecedent.NO_START),
    ],
)
def test_a_target_without_a_class_says_why(indicator, changes, why):
    assert precedents_of(assessment(**changes), indicator, [ORDINARY]) is why


def test_a_level_that_must_be_passed_asks_for_something_where_it_is_reached():
    told = precedents_of(assessment(level=">18"), RATE, [ORDINARY])
    assert told[0].kept.step == 0


def test_the_direction_is_that_of_the_level():
    down = precedents_of(assessment(level="<=76", value=82.0), RATE, [ORDINARY])[0]
    up = precedents_of(assessment(level=">=24", value=18.0), RATE, [ORDINARY])[0]
    exact = precedents_of(assessment(level="==76", value=82.0), RATE, [ORDINARY])[0]
    assert down.falling
    assert exact.falling
    assert not up.falling
    assert down.kept == up.kept == exact.kept


def test_the_percentile_is_that_of_the_first_ordinary_class():
    study = CATALOG.study("wuhai")
    both = study.model_copy(update={"reference_class": ("test_change", "ordinary")})
    found = with_pace_percentile(assessment(), CATALOG, both)
    assert found.pace_percentile == look(5).percentile


@pytest.mark.parametrize("classes", [(), ("test_change",)])
def test_without_an_ordinary_class_there_is_no_percentile(classes):
    study = CATALOG.study("wuhai").model_copy(update={"reference_class": classes})
    assert with_pace_percentile(assessment(), CATALOG, study).pace_percentile is None
