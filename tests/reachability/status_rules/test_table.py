"""The rules side by side: why they differ is found by changing one thing at a time."""

import pytest

from edu_metrics.reachability import Verdict
from edu_metrics.reachability.published_rules import WORDS, Case, Rule
from edu_metrics.reachability.status_rules import BANDS, Stance, Why, stance_of, status_table

HISTORY = (tuple(range(2015, 2021)), (72, 74, 73, 76, 77, 79))


def table(
    values, *, target, first=2015, year=2022, better="higher", strict=False, verdict=None,
    probability=None, **more,
):  # fmt: skip
    years = range(first, first + len(values))
    case = Case(years, values, target, year, better, percent=True, **more)
    return status_table(case, strict=strict, verdict=verdict, probability=probability)


def words(found):
    return {answer.rule: answer.status for answer in found.answers}


def test_the_answers_stand_in_the_order_of_the_rules_with_our_verdict_beside_them():
    found = table(HISTORY[1], target=90, verdict=Verdict.UNLIKELY, probability=0.2)
    assert [answer.rule for answer in found.answers] == list(Rule)
    assert found.verdict is Verdict.UNLIKELY
    assert not found.agree
    assert found.answer(Rule.UN_CHART).status == "fair_progress"


@pytest.mark.parametrize(
    "vocabulary", [*WORDS.values(), ("sun", "sun_and_cloud", "cloud", "thunderstorm")]
)
def test_every_word_that_judges_has_a_stance(vocabulary):
    assert {stance_of(word) for word in vocabulary} == set(Stance)


def test_what_does_not_judge_the_target_has_none():
    silent = (Verdict.CANNOT_TELL, Verdict.NO_DATA, Verdict.TRACKED)
    assert {stance_of(word) for word in (*silent, *BANDS, None)} == {None}
    assert all(stance_of(word) is not None for word in set(Verdict) - set(silent))


def test_where_all_agree_no_reason_is_given():
    found = table([90, 92, 94, 96, 97, 98], target=95, verdict=Verdict.MET)
    assert found.agree
    assert found.why == ()


def test_a_last_value_out_of_line_is_found_to_decide_for_rules_that_look_at_two_years():
    # Falling but for the last year: the ends say on track, the line through all years says no.
    spike = table([80, 79, 78, 77, 76, 88], target=90, verdict=Verdict.UNLIKELY)
    assert words(spike)[Rule.OPEN_SDG] == "on_track"
    assert Why.TWO_POINTS in spike.why
    # Three years are too few for the German rule: the others move by themselves.
    short = table([80, 70, 82], target=90, verdict=Verdict.UNLIKELY)
    assert words(short)[Rule.OPEN_SDG] == "acceleration_needed"
    assert short.why == (Why.TWO_POINTS,)
    steady = table([80, 81, 82, 83, 84, 85], target=100, year=2030)
    assert Why.TWO_POINTS not in steady.why


def test_growth_in_percent_is_found_to_decide_for_a_rate_near_zero():
    # From 10 to 5 in five years and to 1 in five more: in points more than half of the way, in
    # percent a half and then four fifths.
    falling = table([10, 9, 8, 7, 6, 5], target=1, year=2025, better="lower")
    assert words(falling)[Rule.OPEN_SDG] == "acceleration_needed"
    assert words(falling)[Rule.SDR] == "on_track_or_maintaining"
    assert falling.why == (Why.RELATIVE,)


def test_older_years_are_found_to_decide_for_the_german_rule():
    # Up for long, down lately: the last six points alone speak of a storm.
    found = table([40, 50, 60, 70, 84, 83, 82, 81, 80, 79], target=90, first=2011, year=2025)
    assert words(found)[Rule.GERMAN] == "thunderstorm"
    assert Why.RECENT in found.why
    assert Why.RECENT not in table([70, 72, 74, 76, 78, 80, 82], target=100, first=2014).why


def test_the_allowance_near_100_is_found_where_it_alone_made_the_word():
    found = table([99, 99, 99, 99, 99.2, 99], target=100, year=2030)
    assert words(found)[Rule.UN_CHART] == "reached_or_on_track"
    assert Why.ALLOWANCE in found.why
    assert Why.ALLOWANCE not in table([98, 98, 98, 98, 98.2, 98], target=100, year=2030).why


def test_a_strict_bound_is_a_reason_only_at_the_bound():
    at_it = table([95] * 6, target=95, strict=True, verdict=Verdict.UNLIKELY, probability=0.1)
    assert Why.STRICT in at_it.why
    assert Why.ALLOWANCE not in at_it.why  # it is at the target, not near it
    above = table([96] * 6, target=95, strict=True, verdict=Verdict.UNLIKELY, probability=0.1)
    assert Why.STRICT not in above.why
    weak = table([95] * 6, target=95, verdict=Verdict.UNLIKELY, probability=0.1)
    assert Why.STRICT not in weak.why


def test_clause_arithmetic_and_chance_are_reasons_only_against_our_verdict():
    rising = [70, 72, 74, 76, 78, 80]
    more = {"target": 82, "clause": "change"}
    chance = table(rising, verdict=Verdict.UNLIKELY, probability=0.2, **more)
    assert {Why.CLAUSE, Why.NO_UNCERTAINTY} <= set(chance.why)
    sure = table(rising, verdict=Verdict.IMPOSSIBLE, **more)
    assert Why.ARITHMETIC in sure.why
    assert Why.NO_UNCERTAINTY not in sure.why
    silent = table(rising, verdict=Verdict.NO_DATA, **more)
    assert not {Why.CLAUSE, Why.ARITHMETIC, Why.NO_UNCERTAINTY} & set(silent.why)


def test_if_nothing_else_explains_it_the_cut_offs_do():
    # One straight line: 57 % of the pace is moderate for the arrow, and 43 % missing a cloud.
    found = table([80, 80.5, 81, 81.5, 82, 82.5], target=86, year=2024)
    assert words(found)[Rule.SDR] == "moderately_improving"
    assert words(found)[Rule.GERMAN] == "cloud"
    assert found.why == (Why.CUT_OFFS,)


def test_a_floor_for_every_year_is_judged_as_such_by_the_german_rule_alone():
    falling = [99, 98, 97, 96]
    floor = table(falling, target=95, first=2017, clause="each_year")
    assert words(floor)[Rule.GERMAN] == "sun_and_cloud"
    assert words(floor)[Rule.OPEN_SDG] == "target_achieved"


def test_of_levels_for_several_years_the_german_rule_takes_the_next():
    values = [90, 91, 92, 93]
    far = table(values, target=99, first=2017, year=2022)
    near = table(values, target=99, first=2017, year=2022, earlier={2021: 94.0})
    assert words(far)[Rule.GERMAN] == "cloud"
    assert words(near)[Rule.GERMAN] == "sun"


def test_rows_are_plain_and_say_who_tells_two_stories():
    found = status_table(Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True))
    rows = {row["rule"]: row for row in found.as_rows()}
    assert rows["open_sdg"]["status"] == "acceleration_needed"
    assert rows["open_sdg"]["turned"] is True
    assert rows["sdr_arrow"]["turned"] is False
    assert rows["german_weather"]["unable"] == "too_few_years"
