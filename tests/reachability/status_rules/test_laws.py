"""What must hold of any series: who tells one story of a rate and its complement, and who two."""

import json
import math
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edu_metrics.reachability import published_rules
from edu_metrics.reachability.published_rules import (
    Case,
    Rule,
    Unable,
    open_sdg,
    sdr_arrow,
    un_chart,
)
from edu_metrics.reachability.status_rules import answers_of, fit_pace, status_table

#: Rules that count in points, and so tell one story.
ONE_STORY = (Rule.GERMAN, Rule.SDR, Rule.EXECUTION, Rule.PERCENTILE, Rule.SPEED)

tenths = st.integers(0, 1000).map(lambda number: number / 10)


@st.composite
def cases(draw, least=0):
    values = draw(st.lists(tenths, min_size=least, max_size=9))
    first = draw(st.integers(2005, 2015))
    gap = draw(st.integers(1, 2))
    return Case(
        tuple(range(first, first + gap * len(values), gap)),
        tuple(values),
        draw(tenths),
        first + gap * len(values) + draw(st.integers(-3, 8)),
        draw(st.sampled_from(["higher", "lower"])),
        percent=True,
        clause=draw(st.sampled_from(["level", "each_year", "change"])),
    )


def peers():
    return {f"p{n}": {2000: 20.0 + n, 2005: 24.0 + n + (n * 7) % 11 - n / 10} for n in range(60)}


PEERS = peers()
MODEL = fit_pace(PEERS)
MIRRORED = fit_pace(
    {name: {year: 100 - value for year, value in own.items()} for name, own in PEERS.items()}
)


@given(cases())
def test_rules_that_count_in_points_say_the_same_of_a_rate_and_its_complement(case):
    mirrored = case.complement()
    for mine, its in zip(answers_of(case), answers_of(mirrored), strict=True):
        if mine.rule in ONE_STORY:
            assert mine.says_the_same(its)
            assert (mine.ratio is None) == (its.ratio is None)
            if mine.ratio is not None:
                assert mine.ratio == pytest.approx(its.ratio, abs=1e-6)


@given(cases())
def test_the_complement_of_the_complement_is_the_case(case):
    assert case.complement().complement() == case


def test_quantiles_of_the_complements_are_the_mirrored_quantiles():
    for level in (25.0, 40.0, 61.3, 79.0):
        mirrored = -MIRRORED.changes(100 - level)[::-1]
        assert MODEL.changes(level) == pytest.approx(mirrored, abs=1e-4)


@given(tenths, tenths, st.sampled_from(["higher", "lower"]))
def test_places_among_paces_are_the_same_for_the_complement(first, last, better):
    # Away from the edge of a band, which the iterations of two fits need not hit alike.
    case = Case((2015, 2020), (first, last), 50.0, 2025, better, True, pace=MODEL,
                complement_pace=MIRRORED)  # fmt: skip
    answers = {a.rule: a for a in answers_of(case)}
    mirrored = {a.rule: a for a in answers_of(case.complement())}
    speed, its = answers[Rule.SPEED], mirrored[Rule.SPEED]
    assert speed.unable == its.unable
    if speed.given:
        assert speed.score == pytest.approx(its.score, rel=1e-3, abs=1e-3)
    near = answers_of(
        Case((2015, 2020), (first, min(last + 0.2, 100)), 50.0, 2025, better, True, pace=MODEL)
    )
    below = answers_of(
        Case((2015, 2020), (first, max(last - 0.2, 0)), 50.0, 2025, better, True, pace=MODEL)
    )
    band = answers[Rule.PERCENTILE].status
    if near[7].status == below[7].status == band:
        assert mirrored[Rule.PERCENTILE].status == band


@pytest.mark.parametrize(
    ("zero", "ratio", "status"),
    [
        (0.001, 0.14, "limited_progress"),
        (0.1, 0.24, "limited_progress"),
        (1, 0.42, "limited_progress"),
    ],
)
def test_statistics_canadas_rule_has_another_verdict_for_those_who_do_not_complete(
    zero, ratio, status, monkeypatch
):
    monkeypatch.setattr(published_rules, "ZERO", zero)
    years = [2016, 2021]
    completing = open_sdg(Case(years, [87, 91], target=100, target_year=2030, better="higher"))
    others = open_sdg(Case(years, [13, 9], target=0, target_year=2030, better="lower"))
    assert abs(completing.ratio - 0.90) <= 0.005
    assert completing.status == "acceleration_needed"
    assert abs(others.ratio - ratio) <= 0.005
    assert others.status == status


def test_the_table_names_the_rules_that_tell_two_stories():
    case = Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True)
    found = status_table(case)
    assert found.turned == (Rule.OPEN_SDG, Rule.ATTAINMENT, Rule.AARR)
    unbounded = status_table(replace(case, percent=False))
    assert (unbounded.complement, unbounded.turned) == (None, None)


def test_the_united_nations_rule_can_tell_two_stories_as_well():
    # From 95 a gain of one point a year is 1 % of those who pass and a fifth of those who fail.
    years = [2015, 2019]
    pass_rate = un_chart(
        Case(years, [84, 88], target=97, target_year=2028, better="higher", percent=True)
    )
    fail_rate = un_chart(
        Case(years, [16, 12], target=3, target_year=2028, better="lower", percent=True)
    )
    assert (pass_rate.status, fail_rate.status) == ("reached_or_on_track", "fair_progress")


@given(cases(least=2), st.sampled_from([0.001, 10.0, 1e6]))
def test_no_rule_depends_on_the_unit_of_a_count(case, factor):
    assume(min(case.values) > 0 and case.target > 0)
    counted = replace(case, percent=False)
    scaled = replace(
        counted, values=tuple(v * factor for v in case.values), target=case.target * factor
    )
    for mine, its in zip(answers_of(counted), answers_of(scaled), strict=True):
        if mine.ratio is not None and its.ratio is not None:
            assert mine.ratio == pytest.approx(its.ratio, rel=1e-6, abs=1e-6)


@given(cases(least=1), st.randoms())
def test_the_order_of_the_years_does_not_matter(case, random):
    pairs = list(zip(case.years, case.values, strict=True))
    random.shuffle(pairs)
    years, values = zip(*pairs, strict=True)
    assert answers_of(replace(case, years=years, values=values)) == answers_of(case)


@given(
    st.lists(st.integers(10, 900).map(lambda n: n / 10), min_size=4, max_size=8),
    tenths,
    st.integers(1, 99).map(lambda n: n / 10),
    st.integers(1, 8),
)
def test_a_higher_last_value_never_makes_the_judgement_worse(values, gain, ahead, left):
    years, target = tuple(range(2010, 2010 + len(values))), values[0] + ahead
    case = Case(years, tuple(values), target, years[-1] + left, "higher", percent=True)
    better = replace(case, values=(*values[:-1], values[-1] + gain))
    ranks = {"thunderstorm": 0, "cloud": 1, "sun_and_cloud": 2, "sun": 3}
    for mine, its in zip(answers_of(case), answers_of(better), strict=True):
        if mine.rule in (Rule.OPEN_SDG, Rule.UN_CHART, Rule.EXECUTION, Rule.ATTAINMENT):
            assert its.score >= mine.score or math.isclose(its.score, mine.score)
        if mine.rule is Rule.SDR and mine.ratio is not None and its.ratio is not None:
            assert its.ratio >= mine.ratio
        # A target that is reached is judged by another procedure.
        if mine.rule is Rule.GERMAN and better.values[-1] < target:
            assert ranks[its.status] >= ranks[mine.status]


@given(cases())
def test_every_answer_is_a_word_or_a_number_or_a_reason_and_never_nan(case):
    table = status_table(replace(case, pace=MODEL, complement_pace=MIRRORED))
    assert [answer.rule for answer in table.answers] == list(Rule)
    json.dumps(table.as_rows(), allow_nan=False)
    for answer in (*table.answers, *table.complement):
        numbers = (answer.ratio, answer.score, answer.observed, answer.required)
        if answer.unable:
            assert answer.status is None
            assert numbers == (None, None, None, None)
        else:
            assert (
                answer.status is not None or answer.score is not None or answer.observed is not None
            )
    assert bool(table.why) == (not table.agree)


@pytest.mark.parametrize(
    ("years", "values", "reason"),
    [
        ([], [], Unable.TOO_FEW_YEARS),
        ([2020], [50], Unable.TOO_FEW_YEARS),
        ([2020, 2020], [50, 51], Unable.DUPLICATE_YEARS),
        ([2020, 2021], [50, math.nan], Unable.MISSING_VALUE),
        ([2020, 2021], [50, math.inf], Unable.MISSING_VALUE),
    ],
)
def test_a_series_that_cannot_be_judged_has_a_reason_from_every_rule(years, values, reason):
    table = status_table(
        Case(years, values, 90, 2025, "higher", percent=True, pace=MODEL, complement_pace=MIRRORED)
    )
    given_by = {answer.rule: answer.unable for answer in table.answers}
    if years == [2020]:
        assert given_by.pop(Rule.ATTAINMENT) is None  # the last value is all it asks for
    assert set(given_by.values()) == {reason}
    assert table.agree
    assert table.why == ()


@pytest.mark.parametrize("level", [0.0, 50.0, 100.0])
@pytest.mark.parametrize("better", ["higher", "lower"])
def test_constant_series_and_series_at_a_bound_are_answered(level, better):
    for target in (0.0, 50.0, 100.0):
        case = Case(tuple(range(2015, 2021)), (level,) * 6, target, 2022, better, percent=True)
        for answer in (*answers_of(case), *answers_of(case.complement())):
            json.dumps([answer.ratio, answer.score, answer.observed], allow_nan=False)
        arrow = sdr_arrow(
            Case(case.years, case.values, target=target, target_year=2022, better=better)
        )
        reached = level >= target if better == "higher" else level <= target
        assert arrow.status == ("on_track_or_maintaining" if reached else "stagnating")
