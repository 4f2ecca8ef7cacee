"""Verdicts on small cities, each made for the case at hand."""

import dataclasses
import datetime as dt

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.reachability import Applies, SeriesStore, Verdict, assess, verdict_of
from edu_metrics.reachability.checks import BEYOND
from edu_metrics.trajectories import CAP, FLOOR

AT_95 = [{"type": "level", "at": {2022: ">=95"}}]
YEARLY = {"type": "yearly_change", "unit": "points"}
PAST = {2016: 880, 2017: 900, 2018: 920, 2019: 910, 2020: 930}
PRINTED = {2016: 88.0, 2017: 90.0, 2018: 92.0, 2019: 91.0, 2020: 93.0}
LATER = "2023-06-30"


def level(text, year=2022, **more):
    return [{"type": "level", "at": {year: text}, **more}]


# -- decided by what was observed ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "passed", "verdict", "margin"),
    [
        (">=95", 949, "missed", -0.1),
        (">=95", 950, "met", 0),
        (">=95", 951, "met", 0.1),
        (">95", 950, "missed", 0),
        (">95", 951, "met", 0.1),
        ("<=95", 950, "met", 0),
        ("<=95", 951, "missed", -0.1),
        ("<95", 950, "missed", 0),
        ("==95", 950, "met", 0),
        ("==95", 951, "missed", -0.1),
    ],
)
def test_met_and_missed_turn_at_the_bound_and_the_margin_is_told(
    judge, promise, rates, text, passed, verdict, margin
):
    found = judge(promise(level(text)), [rates({**PAST, 2022: passed})], as_of=LATER)
    assert (found.verdict, found.checks[0].margin) == (verdict, margin)
    assert found.checks[0].measured == passed / 10
    assert (found.probability, found.interval, found.model) == (None, None, None)
    assert found.year_reached == (2022 if verdict == "met" else None)
    assert found.sources == ("yearbook",)


def test_the_margin_is_that_of_the_bound_that_is_nearest_to_fail(judge, promise, rates):
    change = [{**YEARLY, "change": [">=5", "<=8"]}]
    found = judge(promise(change, steps=[1]), [rates({2021: 800, 2022: 890})], as_of=LATER)
    assert (found.verdict, found.checks[0].measured, found.checks[0].margin) == ("missed", 9, -1)


@pytest.mark.parametrize(("rate", "verdict"), [(94.94, "missed"), (94.95, "met"), (95, "met")])
def test_a_reading_that_rounds_is_held_against_what_would_be_printed(
    judge, promise, cells, rate, verdict
):
    target = promise(level(">=95"), level(">=95", round_to=0.1), indicator="printed")
    found = judge(target, [cells("rate_pct", {2022: rate})], as_of=LATER)
    assert found.verdict == ("met" if rate >= 95 else "missed")
    assert found.others[0].verdict == verdict
    assert found.disputed is (rate == 94.95)


def test_a_miss_of_an_early_year_decides_before_the_deadline(judge, promise, rates):
    both = [{"type": "level", "at": {2021: ">=95", 2022: ">=95"}}]
    found = judge(promise(both), [rates({**PAST, 2021: 949})], as_of="2022-06-30")
    assert found.verdict == "missed"
    assert [check.holds for check in found.checks] == [False, None]


def test_an_early_year_that_was_met_leaves_the_rest_open(judge, promise, rates):
    both = [{"type": "level", "at": {2021: ">=95", 2022: ">=95"}}]
    found = judge(promise(both), [rates({**PAST, 2021: 970})], as_of="2022-06-30")
    assert found.probability is not None
    assert [check.holds for check in found.checks] == [True, None]


def test_every_step_of_a_yearly_change_has_to_be_kept(judge, promise, rates):
    target = promise([{**YEARLY, "change": [">=5"]}], steps=[2])
    kept = judge(target, [rates({2020: 800, 2021: 850, 2022: 900})], as_of=LATER)
    slow_start = judge(target, [rates({2020: 800, 2021: 849, 2022: 900})], as_of=LATER)
    assert (kept.verdict, slow_start.verdict) == ("met", "missed")
    assert [check.measured for check in slow_start.checks] == [4.9, 5.1]


@pytest.mark.parametrize(
    ("first", "last", "verdict"), [(33, 39, "missed"), (33, 40, "met"), (5, 6, "met")]
)
def test_twenty_percent_more_of_whole_things_needs_the_next_whole_one(
    judge, promise, cells, first, last, verdict
):
    growth = [{"type": "total_change", "unit": "percent", "change": [">=20"]}]
    target = promise(growth, indicator="number_of_schools", steps=[2])
    found = judge(target, [cells("schools", {2020: first, 2022: last})], as_of=LATER)
    assert found.verdict == verdict


def test_growth_from_nothing_has_no_percentage_to_report(judge, promise, cells):
    growth = [{"type": "total_change", "unit": "percent", "change": [">=20"]}]
    target = promise(growth, indicator="number_of_schools", steps=[2])
    found = judge(target, [cells("schools", {2020: 0, 2022: 3})], as_of=LATER)
    assert (found.verdict, found.reason) == ("cannot_tell", "change_from_zero")
    assert (found.checks[0].measured, found.checks[0].margin) == (None, None)


@pytest.mark.parametrize("kind", ["total_change", "yearly_change"])
def test_a_percentage_of_nothing_that_is_still_ahead_cannot_be_told(judge, promise, cells, kind):
    rows = [cells("schools", dict.fromkeys(range(2016, 2021), 0))]
    growth = {"type": kind, "unit": "percent", "change": [">=5"]}
    found = judge(promise([growth], indicator="number_of_schools", steps=[2]), rows)
    assert (found.verdict, found.reason) == ("cannot_tell", "change_from_zero")
    numbers = (found.level, found.gap, found.required_pace, found.people, found.probability)
    assert numbers == (None,) * 5


def test_what_was_missed_before_stays_missed_though_a_later_percentage_is_of_nothing(
    judge, promise, cells
):
    rows = [cells("schools", {2019: 4, 2020: 4, 2021: 0})]
    growth = {"type": "yearly_change", "unit": "percent", "change": [">=5"]}
    found = judge(promise([growth], indicator="number_of_schools", steps=[2]), rows, as_of=LATER)
    assert found.verdict == "missed"


def test_a_sum_over_years_is_met_by_its_years_together(judge, promise, cells):
    bounds = [">=400000000", "<=600000000"]
    flow = {"type": "sum_over_years", "years": [2020, 2021, 2022], "bounds": bounds}
    target = promise([flow], indicator="spending")
    rows = [cells("budget", {2020: 1e8, 2021: 1e8, 2022: 2e8})]
    found = judge(target, rows, as_of=LATER)
    assert (found.verdict, found.checks[0].measured) == ("met", 4e8)


# -- an observation that is itself only a bound -------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "value", "text", "verdict"),
    [
        ("above", 95, ">95", "met"),
        ("at_least", 95, ">95", "no_data"),
        ("at_least", 95, ">=95", "met"),
        ("below", 95, ">=95", "missed"),
        ("above", 50, "<=50", "missed"),
        ("above", 95, ">=97", "no_data"),
        ("about", 99, ">=95", "no_data"),
    ],
)
def test_a_published_bound_may_prove_or_refute_a_target_and_else_the_number_is_asked_for(
    judge, promise, cells, kind, value, text, verdict
):
    rows = [cells("rate_pct", PRINTED), cells("rate_pct", {2022: value}, bound=kind)]
    found = judge(promise(level(text), indicator="printed"), rows, as_of=LATER)
    assert found.verdict == verdict
    assert found.checks[0].measured is None
    asked = [(item.quantity, item.year) for item in found.missing]
    assert asked == ([("rate_pct", 2022)] if verdict == "no_data" else [])


def test_a_year_proved_by_a_published_bound_is_not_asked_for_again(judge, promise, cells):
    both = [{"type": "level", "at": {2021: ">90", 2022: ">=91"}}]
    rows = [cells("rate_pct", PRINTED), cells("rate_pct", {2021: 95}, bound="above")]
    found = judge(promise(both, indicator="printed"), rows, as_of="2022-06-30")
    only = judge(promise(level(">=91"), indicator="printed"), rows, as_of="2022-06-30")
    assert found.probability == only.probability is not None


RISING = {2015: 70.0, 2016: 73.0, 2017: 76.0, 2018: 79.0, 2019: 82.0, 2020: 85.0}


def printed(cells, bound="above", value=87.0, year=2021):
    return [cells("rate_pct", RISING), cells("rate_pct", {year: value}, bound=bound)]


def test_a_forecast_agrees_with_a_bound_published_after_the_last_value(judge, promise, cells):
    """Above 87 in 2021 leaves of all draws those above 87, and of them those that get to 89."""
    target = promise(level(">=89"), indicator="printed")
    blind = judge(target, printed(cells)[:1], as_of="2022-03-31")
    found = judge(target, printed(cells), as_of="2022-03-31")
    assert found.probability > blind.probability
    assert found.interval[0] > blind.interval[0]


@pytest.mark.parametrize(("bound", "value"), [("about", 87.0), ("above", 0.0), ("at_most", 100.0)])
def test_a_bound_that_says_nothing_changes_nothing(judge, promise, cells, bound, value):
    target = promise(level(">=89"), indicator="printed")
    blind = judge(target, printed(cells)[:1], as_of="2022-03-31")
    found = judge(target, printed(cells, bound, value), as_of="2022-03-31")
    assert (found.probability, found.interval) == (blind.probability, blind.interval)


def test_a_bound_beyond_the_forecast_leaves_nothing_to_tell(judge, promise, cells):
    target = promise(level(">=99"), indicator="printed")
    found = judge(target, printed(cells, value=98.9), as_of="2022-03-31")
    assert (found.verdict, found.probability) == (Verdict.CANNOT_TELL, None)
    assert found.reason.startswith("bound_unforeseen:")
    assert "draws agree with what was published" in found.reason
    assert [(item.quantity, item.year) for item in found.missing] == [("rate_pct", 2021)]


def test_the_higher_the_bound_the_likelier_the_level(judge, promise, cells):
    target = promise(level(">=90"), indicator="printed")
    said = [judge(target, printed(cells, value=value), as_of="2022-03-31").probability
            for value in (80.0, 85.0, 87.0, 88.0)]  # fmt: skip
    assert said == sorted(said)
    assert said[0] < said[-1]


def test_a_published_bound_is_never_projected_as_its_value(judge, promise, cells):
    """Above 93.5 is more than 93.5: the last value stays that of the year before."""
    rows = [cells("rate_pct", PRINTED)]
    target = promise(AT_95, indicator="printed")
    bound, exact = (
        judge(target, [*rows, cells("rate_pct", {2021: 93.5}, bound=kind)], as_of="2022-06-30")
        for kind in ("above", "exact")
    )
    assert (bound.last_year, bound.last_value, exact.last_year) == (2020, 93, 2021)
    assert bound.median > exact.median
    assert bound.probability > exact.probability


# -- impossible by arithmetic -------------------------------------------------------------------


@pytest.mark.parametrize("rows", [True, False])
def test_more_than_100_percent_is_impossible_with_and_without_data(judge, promise, rates, rows):
    found = judge(promise(level(">100")), [rates(PAST)] if rows else [])
    assert (found.verdict, found.reason, found.probability) == ("impossible", "bounds", None)


def test_a_range_of_gains_that_runs_past_100_is_impossible(judge, promise, rates):
    change = [{**YEARLY, "change": [">=5", "<=8"]}]
    found = judge(promise(change, steps=[2]), [rates(PAST)])
    assert (found.verdict, found.reason) == ("impossible", "bounds")


def test_a_level_beyond_the_fastest_promised_pace_is_a_finding_beside_its_probability(
    case, promise, rates
):
    pace = promise([{**YEARLY, "change": [">=1", "<=2"]}], name="pace")
    goals = [
        promise(level(">=97"), name="in_reach", pace="pace"),
        promise(level(">97"), name="beyond", pace="pace"),
    ]
    found = assess(*case([pace, *goals], [rates(PAST)]), areas=("city",))
    assert [(item.target, item.findings) for item in found[1:]] == [
        ("in_reach", ()),
        ("beyond", ("promised_pace",)),
    ]
    assert found[2].verdict == verdict_of(found[2].probability)
    assert 0 < found[2].probability <= found[1].probability


# -- forecasts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(">=80", "likely"), (">=93.6", "uncertain"), (">=95", "unlikely"), (">=99.8", "out_of_reach")],
)
def test_verdicts_of_a_forecast_follow_its_probability(judge, promise, rates, text, verdict):
    found = judge(promise(level(text)), [rates(PAST)])
    assert found.verdict == verdict
    assert 0 <= found.probability <= 1
    assert found.interval[0] < found.median < found.interval[1]
    # Of 90 to 93 in three years something goes on.
    assert 93 <= found.median < 95
    assert (found.model, found.last_year, found.start) == (
        "damped_drift_logit",
        2020,
        "observed",
    )


def test_the_interval_leaves_one_draw_in_ten_on_either_side(judge, promise, rates):
    low, high = judge(promise(level(">=93")), [rates(PAST)]).interval
    # A tenth of a point, one pupil in a thousand, holds fewer than two draws in a hundred.
    below = judge(promise(level(f"<{low:.1f}")), [rates(PAST)]).probability
    above = judge(promise(level(f">{high:.1f}")), [rates(PAST)]).probability
    assert below == pytest.approx(0.1, abs=0.02)
    assert above == pytest.approx(0.1, abs=0.02)


def test_no_probability_goes_beyond_what_the_track_record_supports(judge, promise, rates):
    sure = judge(promise(level(">=1")), [rates(PAST)])
    never = judge(promise(level(">=99.9")), [rates(PAST)])
    assert (sure.probability, never.probability) == (CAP, FLOOR)
    assert (sure.verdict, never.verdict) == ("likely", "out_of_reach")


def test_a_falling_target_within_the_interval_is_not_likely(judge, promise, cells):
    ill = {2015: 47.0, 2016: 50.0, 2017: 47.5, 2018: 50.5, 2019: 48.0, 2020: 49.0}
    found = judge(promise(level("<=50"), indicator="ill"), [cells("ill_pct", ill)])
    low, high = found.interval
    assert low < 50 < high
    assert found.verdict == "uncertain"
    harder = judge(promise(level("<=45"), indicator="ill"), [cells("ill_pct", ill)])
    assert harder.probability < found.probability


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5)
@given(st.lists(st.integers(700, 999), min_size=2, max_size=2, unique=True), st.booleans())
def test_a_harder_level_never_has_a_higher_probability(judge, promise, rates, tenths, rising):
    easy, hard = sorted(tenths, reverse=not rising)
    op = ">=" if rising else "<="
    easier = judge(promise(level(f"{op}{easy / 10}")), [rates(PAST)])
    harder = judge(promise(level(f"{op}{hard / 10}")), [rates(PAST)])
    assert harder.probability <= easier.probability
    strict = judge(promise(level(f"{op[0]}{easy / 10}")), [rates(PAST)])
    assert strict.probability <= easier.probability


def test_two_levels_in_a_row_are_no_likelier_than_each(judge, promise, rates):
    both = [{"type": "level", "at": {2021: ">=93", 2022: ">=93"}}]
    joint = judge(promise(both), [rates(PAST)]).probability
    last = judge(promise(level(">=93")), [rates(PAST)]).probability
    assert joint < last


def test_a_pass_rate_and_the_fail_rate_get_the_same_answer(judge, promise, cells, rates):
    failed = {year: 1000 - passed for year, passed in PAST.items()}
    rows = [rates(PAST), cells("failed", failed)]
    passes = judge(promise(level(">=95")), rows)
    fails = judge(promise(level("<=5"), indicator="fail_rate"), rows)
    assert passes.probability_raw == pytest.approx(fails.probability_raw, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "year"), [(">=90", 2020), (">=93", 2020), (">93", 2022), (">=99", None)]
)
def test_the_year_reached_is_a_year_of_the_series_or_none(judge, promise, rates, text, year):
    found = judge(promise(level(text)), [rates(PAST)])
    assert found.year_reached == found.reached.median_year == year
    assert found.reached.years == tuple(range(2021, 2022 + BEYOND + 1))


def test_a_level_may_be_reached_after_the_deadline_and_then_says_when(judge, promise, rates):
    found = judge(promise(level(">=94.6")), [rates(PAST)])
    by_year = dict(zip(found.reached.years, found.reached.first_hit, strict=True))
    assert found.year_reached > 2022
    assert by_year[found.year_reached - 1] < 0.5 <= by_year[found.year_reached]
    # In the year that is due, to be there is what the target asks for.
    assert found.reached.still_there[1] == found.probability < by_year[2022]


def test_a_model_that_ends_with_the_deadline_is_asked_no_further(
    judge, promise, rates, monkeypatch
):
    whole = SeriesStore.trajectory

    def short(self, indicator, area, until):
        if until > 2022:
            raise ProjectionError("no further than 2022")
        return whole(self, indicator, area, until)

    monkeypatch.setattr(SeriesStore, "trajectory", short)
    found = judge(promise(level(">=95")), [rates(PAST)])
    assert found.reached.years == (2021, 2022)
    assert found.probability is not None


@pytest.mark.parametrize("text", [">=70", ">=92", ">=93.5", ">=99.9"])
def test_no_year_has_a_probability_beyond_what_the_track_record_supports(
    judge, promise, rates, text
):
    """But that a level has been reached already is a fact."""
    found = judge(promise(level(text)), [rates(PAST)]).reached
    drawn = [*found.still_there, *found.stays]
    if found.since is None:
        drawn += found.first_hit
    else:
        assert (found.since, set(found.first_hit)) == (2020, {1.0})
    assert min(drawn) >= 0.01
    assert max(drawn) <= 0.8


def test_a_level_that_a_published_bound_has_reached_is_a_fact(judge, promise, cells):
    """Above 87 in 2021: 86 has been reached, and whether it is kept is for the draws to say."""
    target = promise(level(">=86"), indicator="printed")
    found = judge(target, printed(cells), as_of="2022-03-31").reached
    assert (found.since, found.median_year) == (None, 2021)
    assert set(found.first_hit) == {1.0}
    assert found.still_there[0] == 1.0
    assert max(found.still_there[1:]) <= 0.8
    assert max(found.stays) <= 0.8
    firm = judge(promise(level(">=88"), indicator="printed"), printed(cells), as_of="2022-03-31")
    assert max(firm.reached.first_hit) <= 0.8


def test_what_is_no_level_is_not_reached(judge, promise, cells):
    rows = printed_in(cells, "rate_pct", east=PRINTED, west=PRINTED, south=PRINTED)
    found = judge(rank_of("printed", promise), rows, area="east")
    assert found.probability is not None
    assert (found.reached, found.year_reached) == (None, None)


def test_an_assessment_carries_its_date(judge, promise, rates):
    for rows in ([], [rates(PAST)]):
        found = judge(promise(AT_95, AT_95), rows)
        assert {found.as_of, found.others[0].as_of} == {dt.date(2021, 3, 31)}


def test_a_level_that_is_left_and_found_again_is_reached_when_half_have_been_there(
    judge, promise, cells
):
    # Whole counts lie on 1 in the median, and half of the draws have been below 1 in time.
    schools = {2016: 2, 2017: 1, 2018: 2, 2019: 1, 2020: 1}
    target = promise(level("<=0", 2030), indicator="number_of_schools", deadline=2030)
    found = judge(target, [cells("schools", schools)])
    assert found.year_reached in range(2021, 2036)


def test_the_same_study_gives_the_same_numbers(judge, promise, rates):
    rows = [rates(PAST), rates({2018: 700, 2019: 720, 2020: 710}, area="port")]
    assert judge(promise(AT_95), rows) == judge(promise(AT_95), rows)


def test_neither_the_order_nor_the_choice_of_areas_and_targets_changes_a_number(
    case, promise, rates
):
    targets = [
        promise(level(">93", year), name=f"in_{year}", deadline=2023) for year in (2023, 2021, 2022)
    ]
    rows = [
        rates(PAST),
        rates({2017: 690, 2018: 700, 2019: 720, 2020: 710}, area="port"),
    ]
    catalog, study, table = case(targets, rows)
    whole = {(item.area, item.target): item for item in assess(catalog, study, table)}
    turned = study.model_copy(update={"areas": tuple(reversed(study.areas))})
    again = {(item.area, item.target): item for item in assess(catalog, turned, table)}
    assert again == whole
    for key, item in whole.items():
        area, target = key
        if area in ("city", "port"):
            (alone,) = assess(catalog, study, table, areas=(area,), targets=(target,))
            assert alone == item
    # The longer trajectory of the first target adds nothing to the years of the second.
    horizons = {target: whole["city", target].reached.horizon for target in ("in_2021", "in_2022")}
    assert horizons == {"in_2021": 2021 + BEYOND, "in_2022": 2022 + BEYOND}


def test_shuffled_rows_change_no_number(judge, promise, rates):
    rows = rates(PAST)
    assert judge(promise(AT_95), [rows]) == judge(promise(AT_95), [rows[::-1]])


# -- not enough is known ------------------------------------------------------------------------


def test_without_observations_the_counts_to_ask_for_are_named(judge, promise):
    found = judge(promise(AT_95))
    assert (found.verdict, found.probability, found.start) == ("no_data", None, None)
    asked = [(item.quantity, item.year, item.area) for item in found.missing]
    assert asked == [("passed", 2022, "city"), ("sat", 2022, "city")]


def test_what_is_asked_for_goes_back_as_far_as_the_formula(judge, promise):
    found = judge(promise(AT_95, indicator="retention"))
    asked = [(item.quantity, item.year) for item in found.missing]
    assert asked == [("entrants", 2013), ("leavers", 2022)]


def test_after_the_deadline_its_number_is_needed(judge, promise, rates):
    found = judge(promise(AT_95), [rates(PAST)], as_of=LATER)
    assert (found.verdict, found.probability) == ("no_data", None)
    assert {item.year for item in found.missing} == {2022}
    assert judge(promise(AT_95), [rates(PAST)], as_of="2022-12-31").probability is not None


def test_the_year_from_which_a_change_counts_is_needed(judge, promise, rates):
    target = promise([{**YEARLY, "change": [">=1"]}], steps=[2])
    past = {year: number for year, number in PAST.items() if year < 2020}
    found = judge(target, [rates(past)])
    assert found.verdict == "no_data"
    assert {item.year for item in found.missing} == {2020}


def test_too_few_years_cannot_tell_and_earlier_ones_are_asked_for(judge, promise, rates):
    found = judge(promise(AT_95), [rates({2019: 910, 2020: 930})])
    assert (found.verdict, found.probability) == ("cannot_tell", None)
    assert found.reason.startswith("too_little:1 yearly changes of its own")
    assert {item.year for item in found.missing} == {2017, 2018}
    assert found.gap == 2


def test_a_series_that_never_moved_cannot_tell(judge, promise, rates):
    found = judge(promise(AT_95), [rates(dict.fromkeys(PAST, 930))])
    assert found.verdict == "cannot_tell"
    assert "none of the yearly changes" in found.reason


def test_a_reading_that_cannot_be_judged_says_so(judge, promise, rates):
    found = judge(promise([], undecided=True), [rates(PAST)])
    assert (found.verdict, found.reason) == ("cannot_tell", "reading_undecided")


def test_a_milestone_is_tracked(judge, promise):
    milestone = {**promise(), "tier": "dated", "kind": "milestone", "indicator": None, "steps": []}
    found = judge({**milestone, "readings": []})
    assert (found.verdict, found.reading, found.checks) == ("tracked", None, ())


@pytest.mark.parametrize(
    ("conditions", "unknown"),
    [
        (level(">=100"), True),
        (level("<=0"), True),
        (level(">=99.9"), False),
        (level("<100"), False),
        ([{**YEARLY, "change": [">=5"], "capped": True}], True),
        ([{**YEARLY, "change": [">=1"], "capped": True}], False),
    ],
)
def test_all_or_nothing_of_an_unknown_number_cannot_be_told(
    judge, promise, cells, conditions, unknown
):
    target = promise(conditions, indicator="printed", steps=[2])
    found = judge(target, [cells("rate_pct", PRINTED)])
    assert (found.reason == "whole_unknown") is unknown
    assert (found.probability is None) is unknown


def test_all_of_a_known_number_can_be_told(judge, promise, rates):
    small = judge(promise(level(">=100")), [rates({y: n // 50 for y, n in PAST.items()}, sat=20)])
    large = judge(promise(level(">=100")), [rates(PAST)])
    assert small.probability >= large.probability >= FLOOR
    assert small.reason is large.reason is None


BREAK = """
- {{id: new_count, indicator: pass_rate, year: {year}, why: {{zh: 改了, en: changed}},
   citation: {{source: yearbook, locator: p. 1}}}}
"""


def test_a_change_across_a_break_cannot_be_told(judge, promise, rates):
    target = promise([{**YEARLY, "change": [">=1"]}], steps=[2])
    rows = [rates({2020: 930, 2021: 900, 2022: 960})]
    found = judge(target, rows, as_of=LATER, breaks=BREAK.format(year=2021))
    # The fall of 2021 is no miss: the two years do not compare.
    assert (found.verdict, found.reason) == ("cannot_tell", "break")
    assert [check.holds for check in found.checks] == [None, True]


@pytest.mark.parametrize("kind", ["total_change", "yearly_change"])
def test_a_change_across_a_break_of_which_nothing_is_known_has_no_data(judge, promise, kind):
    target = promise([{"type": kind, "unit": "points", "change": [">=5"]}], steps=[2])
    found = judge(target, [], as_of=LATER, breaks=BREAK.format(year=2021))
    assert (found.verdict, found.reason) == ("no_data", None)
    assert {("passed", 2020), ("sat", 2022)} <= {(m.quantity, m.year) for m in found.missing}


def test_a_miss_on_one_side_of_a_break_is_a_miss(judge, promise, rates):
    target = promise([{**YEARLY, "change": [">=1"]}], steps=[2])
    rows = [rates({2020: 930, 2021: 900, 2022: 900})]
    found = judge(target, rows, as_of=LATER, breaks=BREAK.format(year=2021))
    assert found.verdict == "missed"


def test_a_level_observed_after_a_break_is_judged(judge, promise, rates):
    rows = [rates({**PAST, 2022: 960})]
    found = judge(promise(AT_95), rows, as_of=LATER, breaks=BREAK.format(year=2022))
    assert found.verdict == "met"


@pytest.mark.parametrize(
    ("year", "reason"), [(2021, "break"), (2022, "break"), (2023, None), (2019, "too_little")]
)
def test_nothing_is_drawn_through_a_break(judge, promise, rates, year, reason):
    found = judge(promise(AT_95), [rates(PAST)], breaks=BREAK.format(year=year))
    assert (found.reason or "").split(":")[0] == (reason or "")
    assert (found.verdict == "cannot_tell") is bool(reason)


def test_what_was_published_after_the_date_is_not_used(judge, promise, rates):
    rows = [rates({**PAST, 2021: 960, 2022: 990})]
    early, late = judge(promise(AT_95), rows), judge(promise(AT_95), rows, as_of=LATER)
    assert early.last_year == 2020
    assert late.verdict == "met"
    assert judge(promise(AT_95), [rates(PAST)]) == early


# -- readings, steps and places -----------------------------------------------------------------


def test_the_default_comes_first_and_all_other_combinations_after_it(judge, promise, rates):
    yearly = [{**YEARLY, "change": [">=1"]}]
    found = judge(promise(AT_95, yearly, steps=[3, 2]), [rates(PAST)])
    assert (found.reading, found.steps) == ("r0", None)
    assert [(other.reading, other.steps) for other in found.others] == [("r1", 2), ("r1", 3)]
    assert all(other.others == () for other in found.others)


def test_a_verdict_that_hangs_on_the_number_of_steps_is_disputed(judge, promise, rates):
    # From 2019 to 2020 the rate fell: three steps are missed already, two are open.
    falls = {2016: 880, 2017: 900, 2018: 920, 2019: 935, 2020: 930}
    found = judge(promise([{**YEARLY, "change": [">0"]}]), [rates(falls)])
    assert (found.steps, found.others[0].steps) == (2, 3)
    assert found.verdict != found.others[0].verdict == "missed"
    assert found.disputed


def test_readings_that_agree_are_not_disputed(judge, promise, rates):
    found = judge(promise(level(">=50"), level(">=60")), [rates(PAST)])
    assert {found.verdict, found.others[0].verdict} == {"likely"}
    assert not found.disputed


def test_a_reading_may_be_about_another_indicator(judge, promise, rates, cells):
    target = promise(AT_95, AT_95)
    target["readings"][1]["indicator"] = "printed"
    rows = [rates({**PAST, 2022: 940}), cells("rate_pct", {2022: 95})]
    found = judge(target, rows, as_of=LATER)
    assert (found.indicator, found.verdict) == ("pass_rate", "missed")
    assert (found.others[0].indicator, found.others[0].verdict) == ("printed", "met")


@pytest.mark.parametrize(
    ("areas", "judged", "applies"),
    [
        (["city"], "city", "binds"),
        (["city"], "east", "as_if"),
        (["nation"], "east", "as_if"),
        (["east", "west"], "city", "parts"),
        (["east"], "nation", "parts"),
        (["east"], "west", "elsewhere"),
        (["east"], "port", "elsewhere"),
        (["east"], "east", "binds"),
    ],
)
def test_how_a_target_stands_to_an_area_is_told(judge, promise, areas, judged, applies):
    everywhere = ["nation", "city", "east", "west", "port"]
    found = judge(promise(AT_95, areas=areas), area=judged, areas=everywhere)
    assert found.applies == Applies(applies)


def test_the_area_that_stands_for_the_plans_area_is_bound(judge, promise):
    found = judge(promise(AT_95), area="port", binding={"city": "port"})
    assert found.applies is Applies.BINDS
    assert judge(promise(AT_95), area="city", binding={"city": "port"}).applies is Applies.ELSEWHERE


def rank_of(indicator, promise, bound="<=1"):
    among = ["east", "west", "south"]
    conditions = [{"type": "rank", "year": 2022, "bound": bound, "among": among}]
    return promise(conditions, indicator=indicator, areas=["east"], kind="rank")


def printed_in(cells, quantity, **values):
    return [cells(quantity, by_year, area=area) for area, by_year in values.items()]


@pytest.mark.parametrize(
    ("indicator", "quantity", "ranks"),
    [("printed", "rate_pct", {"east": 1, "west": 1, "south": 3}),
     ("ill", "ill_pct", {"east": 2, "west": 2, "south": 1})],
)  # fmt: skip
def test_a_rank_is_counted_from_the_better_side_and_equals_share_a_place(
    judge, promise, cells, indicator, quantity, ranks
):
    rows = printed_in(cells, quantity, east={2022: 40}, west={2022: 40}, south={2022: 30})
    for area, rank in ranks.items():
        found = judge(rank_of(indicator, promise), rows, area=area, as_of=LATER)
        assert found.checks[0].measured == rank
        assert found.verdict == ("met" if rank == 1 else "missed")


@pytest.mark.parametrize(
    ("indicator", "quantity", "ahead"),
    [("printed", "rate_pct", "east"), ("ill", "ill_pct", "west")],
)
def test_a_rank_to_come_is_likely_for_whoever_is_ahead_on_the_better_side(
    judge, promise, cells, indicator, quantity, ahead
):
    high = {2017: 90.0, 2018: 90.5, 2019: 90.0, 2020: 90.4}
    middle = {year: value - 30 for year, value in high.items()}
    low = {year: value - 60 for year, value in high.items()}
    rows = printed_in(cells, quantity, east=high, south=middle, west=low)
    found = {area: judge(rank_of(indicator, promise), rows, area=area) for area in ("east", "west")}
    behind = {"east": "west", "west": "east"}[ahead]
    assert (found[ahead].verdict, found[behind].verdict) == ("likely", "out_of_reach")
    assert (found[ahead].level, found[ahead].vacuous) == (None, False)


def test_a_rank_whose_rivals_are_not_known_asks_for_their_numbers(judge, promise, cells):
    rows = printed_in(cells, "rate_pct", east=PRINTED, south=PRINTED)
    found = judge(rank_of("printed", promise), rows, area="east")
    assert found.verdict == "no_data"
    assert [(item.area, item.year) for item in found.missing] == [("west", 2022)]


def test_a_rank_among_rivals_that_fell_silent_asks_for_the_year_that_decides(judge, promise, cells):
    rows = printed_in(cells, "rate_pct", east={**PRINTED, 2022: 95}, west=PRINTED, south={2022: 90})
    found = judge(rank_of("printed", promise), rows, area="east", as_of=LATER)
    assert found.verdict == "no_data"
    assert [(item.area, item.year) for item in found.missing] == [("west", 2022)]


# -- the whole list -----------------------------------------------------------------------------


def test_assessments_come_by_area_and_then_by_target(case, promise):
    catalog, study, table = case([promise(AT_95, name="b"), promise(AT_95, name="a")])
    found = [(item.area, item.target) for item in assess(catalog, study, table)]
    assert found == [(area, name) for area in study.areas for name in ("b", "a")]
    chosen = assess(catalog, study, table, areas=("东区", "City"), targets=("a",))
    assert [(item.area, item.target) for item in chosen] == [("east", "a"), ("city", "a")]


def test_an_unknown_area_or_target_is_named(case, promise):
    catalog, study, table = case([promise(AT_95, name="goal")])
    with pytest.raises(DefinitionError, match="no area 'souht'; did you mean 'south'"):
        assess(catalog, study, table, areas=("souht",))
    with pytest.raises(DefinitionError, match="no target 'gaol'; did you mean 'goal'"):
        assess(catalog, study, table, targets=("gaol", "goal"))


def test_the_callers_table_is_left_alone(case, promise, rates):
    catalog, study, table = case([promise(AT_95)], [rates(PAST)])
    before = table.copy()
    assess(catalog, study, table)
    pd.testing.assert_frame_equal(table, before)


def test_an_assessment_is_frozen(judge, promise):
    found = judge(promise(AT_95))
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.verdict = Verdict.MET
