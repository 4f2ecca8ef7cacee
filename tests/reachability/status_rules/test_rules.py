"""The cut-offs and special cases of each rule, at the boundary and in both directions."""

import pytest

from edu_metrics.errors import DataError
from edu_metrics.reachability.published_rules import (
    Case,
    Rule,
    Unable,
    german_weather,
    inep_attainment,
    inep_execution,
    next_target,
    open_sdg,
    score_of,
    sdr_arrow,
    un_chart,
    unicef_aarr,
    word_of,
)
from edu_metrics.reachability.status_rules import TAUS

HISTORY = (tuple(range(2015, 2021)), (72, 74, 73, 76, 77, 79))


def test_one_history_gets_four_verdicts():
    # 72, 74, 73, 76, 77, 79 in 2015 to 2020, and 90 promised for 2022; each worked out by hand.
    goal = {"target": 90, "target_year": 2022, "better": "higher"}
    canada, nations, germany = (
        rule(Case(*HISTORY, **goal)) for rule in (open_sdg, un_chart, german_weather)
    )
    growth = (79 / 72) ** (1 / 5) - 1
    assert canada.ratio == pytest.approx(growth / ((90 / 72) ** (1 / 7) - 1))
    assert abs(canada.ratio - 0.578) <= 0.0005
    assert canada.status == "limited_progress"
    assert nations.ratio == pytest.approx((79 * (1 + growth) ** 2 - 72) / 18)
    assert abs(nations.ratio - 0.555) <= 0.0005
    assert nations.status == "fair_progress"
    assert germany.ratio == pytest.approx((90 - (79 + 2 * 7 / 5)) / (90 - 79))
    assert abs(germany.ratio - 0.75) <= 0.005
    assert germany.status == "cloud"
    attained = inep_attainment(Case(*HISTORY, target=90, target_year=2030, better="higher"))
    executed = inep_execution(Case(*HISTORY, target=90, target_year=2030, better="higher"))
    assert abs(attained.score - 87.8) <= 0.05
    assert abs(executed.score - 38.9) <= 0.05


@pytest.mark.parametrize(
    ("last", "status"),
    [(96, "target_achieved"), (95, "target_achieved"), (94.9, "on_track"), (80, "limited_progress"),
     (79.9, "deterioration")],
)  # fmt: skip
def test_open_sdg_counts_the_target_itself_as_achieved_and_a_standstill_as_limited(last, status):
    found = open_sdg(Case([2015, 2020], [80, last], target=95, target_year=2030, better="higher"))
    assert found.status == status


@pytest.mark.parametrize(
    ("ratio", "status", "score"),
    # Half way of the words: 2.5 begins "on track", 0 "acceleration needed", -2.5 "limited".
    [(0.95, "on_track", 2.5), (0.6, "acceleration_needed", 0.0), (0.0, "limited_progress", -2.5)],
)
def test_open_sdg_words_begin_where_its_scores_do(ratio, status, score):
    assert word_of(Rule.OPEN_SDG, ratio) == status
    assert abs(score_of(ratio) - score) < 1e-4
    below = word_of(Rule.OPEN_SDG, ratio - 1e-9)
    assert below != status
    assert [score_of(r) for r in (1.4, -0.7)] == [5, -5]


def test_negative_values_turn_the_direction_round():
    # A deficit from -10 to -5 where higher is better: the size has halved.
    found = open_sdg(Case([2015, 2020], [-10, -5], target=-2, target_year=2030, better="higher"))
    mirrored = open_sdg(Case([2015, 2020], [10, 5], target=2, target_year=2030, better="lower"))
    assert found.ratio == mirrored.ratio > 0


@pytest.mark.parametrize(
    ("values", "target", "better", "reason"),
    [
        ([-1, 5], 10, "higher", Unable.MIXED_SIGNS),
        ([5, 6], -1, "lower", Unable.MIXED_SIGNS),
        ([90, 80], 90, "higher", Unable.TARGET_IS_BASE),
        ([100, 90], 100.00000000000001, "higher", Unable.TARGET_IS_BASE),
    ],
)
def test_open_sdg_says_why_no_growth_leads_there(values, target, better, reason):
    found = open_sdg(Case([2015, 2020], values, target=target, target_year=2030, better=better))
    assert found.unable is reason


def test_a_target_year_at_the_base_asks_for_no_growth():
    found = open_sdg(Case([2015, 2020], [80, 81], target=95, target_year=2015, better="higher"))
    assert found.unable is Unable.NO_YEARS_LEFT


@pytest.mark.parametrize(
    ("last", "target", "better", "percent", "status"),
    [
        (99.0, 100, "higher", True, "reached_or_on_track"),
        (98.9, 100, "higher", True, "stagnation_or_regression"),
        (99.0, 100, "higher", False, "stagnation_or_regression"),
        (94.5, 95, "higher", True, "stagnation_or_regression"),
        (1.0, 0, "lower", True, "reached_or_on_track"),
        (95.0, 95, "higher", True, "reached_or_on_track"),
    ],
)
def test_one_point_from_0_or_100_percent_counts_as_reached(last, target, better, percent, status):
    found = un_chart(
        Case(
            [2015, 2020],
            [last, last],
            target=target,
            target_year=2030,
            better=better,
            percent=percent,
        )
    )
    assert found.status == status


def test_a_year_that_has_passed_is_judged_up_to_it_and_not_beyond():
    on_time = un_chart(
        Case([2015, 2020], [80, 89], target=90, target_year=2020, better="higher", percent=True)
    )
    assert on_time.ratio == pytest.approx(0.9)
    late = un_chart(
        Case([2015, 2020], [80, 89], target=90, target_year=2019, better="higher", percent=True)
    )
    assert late.unable is Unable.NO_YEARS_LEFT


@pytest.mark.parametrize(
    ("values", "reason"),
    [([95, 85], Unable.BASE_BEYOND_TARGET), ([90, 85], Unable.TARGET_IS_BASE),
     ([0, 5], Unable.ZERO_VALUE), ([-1, 5], Unable.MIXED_SIGNS)],
)  # fmt: skip
def test_the_united_nations_rule_says_why_it_cannot_be_applied(values, reason):
    found = un_chart(
        Case([2015, 2020], values, target=90, target_year=2030, better="higher", percent=True)
    )
    assert found.unable is reason


@pytest.mark.parametrize(
    ("pace", "symbol"),
    # From 80, ten points in ten years: 1 a year closes all, 0.95 leaves exactly 5 %, 0.8 20 %.
    [(1.0, "sun"), (0.96, "sun"), (0.95, "sun_and_cloud"), (0.8, "sun_and_cloud"), (0.79, "cloud"),
     (0.01, "cloud"), (0.0, "thunderstorm"), (-0.5, "thunderstorm")],
)  # fmt: skip
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_german_symbols_turn_at_5_and_20_percent_of_the_distance(pace, symbol, better):
    way = 1 if better == "higher" else -1
    values = [round(50 + way * (30 - pace * back), 9) for back in range(5, -1, -1)]
    found = german_weather(
        Case(range(2015, 2021), values, target=50 + way * 40, target_year=2030, better=better)
    )
    assert found.status == symbol


def test_german_symbols_look_at_the_last_six_points_in_a_row_and_need_four():
    steady = [60, 61, 62, 63, 64, 65]
    goal = {"target": 75, "target_year": 2030, "better": "higher"}
    alone = german_weather(Case(range(2015, 2021), steady, **goal))
    assert alone.status == "sun"
    assert german_weather(Case(range(2013, 2021), [99, 2, *steady], **goal)) == alone
    assert german_weather(Case([2001, *range(2015, 2021)], [99, *steady], **goal)) == alone
    assert german_weather(Case(range(2017, 2021), steady[2:], **goal)).observed == 1
    assert (
        german_weather(Case(range(2018, 2021), steady[3:], **goal)).unable is Unable.TOO_FEW_YEARS
    )
    broken = german_weather(Case([2014, 2015, 2018, 2019, 2020], steady[:5], **goal))
    assert broken.unable is Unable.GAPS
    late = german_weather(
        Case(range(2015, 2021), steady, target=75, target_year=2020, better="higher")
    )
    assert late.unable is Unable.NO_YEARS_LEFT


@pytest.mark.parametrize(
    ("values", "symbol"),
    [([94, 94, 95, 96], "sun"), ([95, 95, 95, 95], "sun"), ([98, 97, 96, 95], "sun_and_cloud"),
     ([90, 91, 93, 94.9], "cloud"), ([94, 94, 94, 94], "thunderstorm"),
     ([94, 93, 92, 91], "thunderstorm")],
)  # fmt: skip
def test_a_value_to_be_held_is_judged_by_the_last_one_first_and_the_trend_second(values, symbol):
    years = range(2017, 2021)
    assert (
        german_weather(
            Case(years, values, target=95, target_year=2030, better="higher", clause="each_year")
        ).status
        == symbol
    )
    mirrored = [100 - value for value in values]
    assert (
        german_weather(
            Case(years, mirrored, target=5, target_year=2030, better="lower", clause="each_year")
        ).status
        == symbol
    )


def test_a_target_reached_already_is_judged_like_a_value_to_be_held():
    years, falling = range(2017, 2021), [99, 98, 97, 96]
    found = german_weather(Case(years, falling, target=95, target_year=2030, better="higher"))
    assert found == german_weather(
        Case(years, falling, target=95, target_year=2030, better="higher", clause="each_year")
    )
    assert found.status == "sun_and_cloud"


def test_of_targets_for_several_years_the_next_one_counts():
    levels = {2020: 97.0, 2021: 97.5, 2022: 98.0}
    assert [next_target(levels, year)[0] for year in (2019, 2020, 2021, 2022, 2030)] == [
        2020, 2021, 2022, 2022, 2022,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("last", "arrow"),
    # As many years ahead as behind, from 80 to 90: half way at 85, half the rate at 83.33.
    [(90, "on_track_or_maintaining"), (85, "on_track_or_maintaining"),
     (84.9, "moderately_improving"), (83.4, "moderately_improving"), (83.3, "stagnating"),
     (80, "stagnating"), (79.9, "decreasing")],
)  # fmt: skip
def test_the_arrow_turns_at_half_and_at_all_of_the_required_rate(last, arrow):
    goal = {"target_year": 2020}
    found = sdr_arrow(Case([2010, 2015], [80, last], target=90, better="higher", **goal))
    assert found.status == arrow
    mirrored = sdr_arrow(Case([2010, 2015], [20, 100 - last], target=10, better="lower", **goal))
    assert mirrored.status == arrow


def test_exactly_half_of_the_required_rate_is_moderate():
    # 0.8 points a year, and 1.6 needed.
    found = sdr_arrow(Case([2010, 2015], [80, 84], target=92, target_year=2020, better="higher"))
    assert (found.ratio, found.status) == (0.5, "moderately_improving")


def test_the_arrow_points_nowhere_once_the_year_has_come():
    late = sdr_arrow(Case([2010, 2020], [80, 85], target=90, target_year=2020, better="higher"))
    assert late.unable is Unable.NO_YEARS_LEFT


def test_attainment_is_of_what_rises_and_execution_of_either():
    years, falling = [2015, 2020], [50, 40]
    assert (
        inep_attainment(Case(years, falling, target=30, target_year=2030, better="lower")).unable
        is Unable.TARGET_FALLS
    )
    assert (
        inep_execution(Case(years, falling, target=30, target_year=2030, better="lower")).score
        == 50
    )
    assert (
        inep_execution(Case(years, [50, 60], target=30, target_year=2030, better="lower")).score
        == -50
    )
    assert (
        inep_execution(Case(years, [30, 30], target=30, target_year=2030, better="lower")).unable
        is Unable.TARGET_IS_BASE
    )
    beyond = inep_execution(Case(years, [20, 25], target=30, target_year=2030, better="lower"))
    assert beyond.unable is Unable.BASE_BEYOND_TARGET
    assert (
        inep_attainment(Case(years, [1, 2], target=0, target_year=2030, better="higher")).unable
        is Unable.ZERO_VALUE
    )
    assert (
        inep_attainment(Case(years, [1, -2], target=5, target_year=2030, better="higher")).unable
        is Unable.MIXED_SIGNS
    )
    assert (
        inep_attainment(Case(years, [1, 2], target=-5, target_year=2030, better="higher")).unable
        is Unable.MIXED_SIGNS
    )


def test_the_required_rate_of_reduction_carried_on_arrives_at_the_target():
    found = unicef_aarr(
        Case([2015, 2016, 2018], [40, 36, 30], target=20, target_year=2025, better="lower")
    )
    value = 40.0
    for _ in range(10):
        value *= 1 - found.required / 100
    assert value == pytest.approx(20)
    exact = unicef_aarr(
        Case([2015, 2016, 2017], [40, 36, 32.4], target=20, target_year=2025, better="lower")
    )
    assert exact.observed == pytest.approx(10)
    assert exact.ratio == pytest.approx(10 / exact.required)


@pytest.mark.parametrize(
    ("values", "target", "year", "reason"),
    [([40, 0], 20, 2025, Unable.ZERO_VALUE), ([40, 30], 0, 2025, Unable.ZERO_VALUE),
     ([40, -1], 20, 2025, Unable.MIXED_SIGNS), ([40, 30], 20, 2015, Unable.NO_YEARS_LEFT)],
)  # fmt: skip
def test_a_rate_of_reduction_needs_values_above_zero_and_years_ahead(values, target, year, reason):
    assert (
        unicef_aarr(
            Case([2015, 2016], values, target=target, target_year=year, better="lower")
        ).unable
        is reason
    )


def test_nothing_required_has_no_share_that_is_kept():
    assert (
        unicef_aarr(Case([2015, 2016], [40, 41], target=40, target_year=2025, better="lower")).ratio
        is None
    )


def test_as_many_values_as_years_are_asked_for():
    with pytest.raises(DataError, match="2 years and 1 values"):
        open_sdg(Case([1, 2], [1], target=1, target_year=3, better="higher"))


def test_the_median_is_among_the_quantiles():
    assert TAUS[2] == 0.5
