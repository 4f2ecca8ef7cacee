"""What chance alone may do: which verdicts it takes away, and which it leaves."""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edu_metrics.catalog import Indicator
from edu_metrics.formulas import chance_of_move, smallest_visible_change, years_until_visible
from edu_metrics.reachability import SeriesStore, Verdict, assess_target
from edu_metrics.reachability.verdicts import verdict_of

LATER = "2023-06-30"
#: 300 pupils, about 80 percent: eight points can be seen, and one pupil is a third of a point.
PAST = {2016: 236, 2017: 243, 2018: 238, 2019: 242, 2020: 240}
YEARLY = {"type": "yearly_change", "unit": "points"}


def level(text, year=2022):
    return [{"type": "level", "at": {year: text}}]


def gain(*bounds, **more):
    return [{**YEARLY, "change": list(bounds), **more}]


@pytest.fixture
def judged(case):
    """Judge a target on 300 pupils a year, as an exam (noise) or as a full count (none)."""

    def run(target, rows, *, noise="binomial", area="city", **options):
        catalog, study, table = case([target], rows, **options)
        indicators = {
            name: entry.model_copy(update={"noise": noise}) if entry.bounds == (0, 100) else entry
            for name, entry in catalog.indicators.items()
        }
        catalog = dataclasses.replace(catalog, indicators=indicators)
        evidence = SeriesStore(catalog, study, table)
        plan = catalog.plan(study.plan)
        return assess_target(evidence, plan.targets[0], area)

    return run


@pytest.fixture
def told(judged, promise, rates):
    def run(conditions, counts, sat=300, steps=2, **options):
        target = promise(conditions, steps=[steps])
        return judged(target, [rates(counts, sat=sat)], **options)

    return run


# -- a change that was decided ------------------------------------------------------------------


def test_a_rise_that_chance_may_have_made_is_neither_met_nor_missed(told):
    """One point a year is asked, 240 to 246 pupils is two: SE of a difference is 3.3 points."""
    up = told(gain(">=1"), {2020: 240, 2021: 243, 2022: 246}, as_of=LATER)
    down = told(gain(">=1"), {2020: 240, 2021: 241, 2022: 243}, as_of=LATER)
    assert [result.holds for result in up.checks] == [True, True]
    assert [result.holds for result in down.checks] == [False, False]
    for found in (up, down):
        assert (found.verdict, found.reason) == ("cannot_tell", "noise")
        assert (found.noise.hidden, found.noise.near) == (True, True)
        assert (found.noise.base_year, found.noise.asked, found.noise.n) == (2020, 2, 300)


def test_a_full_count_of_the_same_size_is_judged_as_printed(told):
    up = told(gain(">=1"), {2020: 240, 2021: 243, 2022: 246}, as_of=LATER, noise=None)
    down = told(gain(">=1"), {2020: 240, 2021: 241, 2022: 243}, as_of=LATER, noise=None)
    assert (up.verdict, down.verdict, up.noise) == ("met", "missed", None)


def test_ten_times_as_many_pupils_turn_cannot_tell_into_a_verdict(told):
    """Two points asked; 60,000 pupils show half a point."""
    counts = {2020: 48_000, 2021: 49_000, 2022: 50_000}
    assert told(gain(">=1"), counts, sat=60_000, as_of=LATER).verdict == "met"


@pytest.mark.parametrize(("last", "verdict"), [(290, "met"), (224, "cannot_tell"), (210, "missed")])
def test_what_lies_beyond_chance_is_judged_although_little_was_asked(told, last, verdict):
    """In one step of one point: up 16.7 points, down 5.3, down 10 (1.96 SE is 5.2 to 6.9)."""
    found = told(gain(">=1"), {2021: 240, 2022: last}, steps=1, as_of=LATER)
    assert found.verdict == verdict


def test_a_large_promise_is_judged_as_printed_and_the_nearness_is_told(told):
    """Fifteen points in one step can be seen (8.3); 15.33 and 14.67 came."""
    met = told(gain(">=15"), {2021: 240, 2022: 286}, steps=1, as_of=LATER)
    missed = told(gain(">=15"), {2021: 240, 2022: 284}, steps=1, as_of=LATER)
    assert (met.verdict, missed.verdict) == ("met", "missed")
    assert met.noise.near
    assert missed.noise.near
    assert not met.noise.hidden


def test_one_miss_beyond_chance_is_enough(told):
    found = told(gain(">=1"), {2020: 240, 2021: 200, 2022: 204}, as_of=LATER)
    assert found.verdict == "missed"


def test_a_miss_of_a_level_stands_beside_a_change_that_cannot_be_told(told):
    both = [*gain(">=1"), *level(">=95")]
    assert told(both, {2020: 283, 2021: 284, 2022: 284}, as_of=LATER).verdict == "missed"


def test_growth_in_percent_is_held_against_its_own_error(told):
    """2 percent of 80 is 1.6 points, less than can be seen; 240 to 247 pupils is 2.9 percent."""
    growth = [{**YEARLY, "unit": "percent", "change": [">=2"]}]
    near = told(growth, {2021: 240, 2022: 247}, steps=1, as_of=LATER)
    far = told(growth, {2021: 240, 2022: 290}, steps=1, as_of=LATER)
    assert (near.verdict, far.verdict) == ("cannot_tell", "met")
    assert near.noise.asked == pytest.approx(1.6)


def test_of_a_range_the_nearest_bound_counts_when_kept_and_the_broken_one_when_not(told):
    """Between 1 and 40 points asked: 2 is near the lower end, 60 is beyond the upper one."""
    band = gain(">=1", "<=40")
    assert told(band, {2021: 100, 2022: 106}, steps=1, as_of=LATER).verdict == "cannot_tell"
    assert told(band, {2021: 100, 2022: 160}, steps=1, as_of=LATER).verdict == "met"
    # Far above 40: that 1 was passed by more than chance makes it no less a miss.
    assert told(band, {2021: 100, 2022: 280}, steps=1, as_of=LATER).verdict == "missed"
    # Below 1, by 0.7: near the bound that failed, and far from the other one.
    assert told(band, {2021: 100, 2022: 101}, steps=1, as_of=LATER).verdict == "cannot_tell"


def test_a_mean_gain_is_held_against_the_gain_of_all_steps(told):
    mean = [{"type": "average_change", "change": [">=5"]}]
    near = told(mean, {2020: 240, 2022: 271}, as_of=LATER)
    assert (near.verdict, near.noise.asked, near.noise.near) == ("met", 10, True)
    far = told(mean, {2020: 240, 2022: 292}, as_of=LATER)
    assert (far.verdict, far.noise.near) == ("met", False)


def test_a_change_held_by_the_indicators_own_limit_is_held(told):
    found = told(gain(">=1", capped=True), {2021: 300, 2022: 300}, steps=1, as_of=LATER)
    assert (found.verdict, found.noise.near) == ("met", False)


# -- a level that was decided -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("passed", "verdict", "near"),
    [(239, "missed", True), (240, "met", True), (252, "met", True), (256, "met", False),
     (225, "missed", False)],
)  # fmt: skip
def test_a_level_is_judged_as_printed_and_the_nearness_is_told(told, passed, verdict, near):
    """One rate has an error of 2.1 points here: 252 is 1.9 of them above 80 percent, 256 is 2.6."""
    found = told(level(">=80"), {**PAST, 2022: passed}, as_of=LATER)
    assert (found.verdict, found.noise.near) == (verdict, near)
    assert (found.noise.asked, found.noise.hidden) == (None, False)


# -- what lies ahead ----------------------------------------------------------------------------


def test_a_gain_too_small_to_be_seen_gets_no_word_but_keeps_its_number(told):
    found = told(level(">=81"), PAST)
    plain = told(level(">=81"), PAST, noise=None)
    assert (found.verdict, found.reason) == ("cannot_tell", "noise")
    assert plain.verdict == verdict_of(plain.probability)
    assert found.probability == plain.probability
    assert found.interval == plain.interval
    assert found.reached == plain.reached
    assert found.noise.asked == 1


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(">=80", None), (">80", "cannot_tell"), (">=78", "likely"), (">=90", "out_of_reach"),
     (">=87", "out_of_reach")],
)  # fmt: skip
def test_where_nothing_is_asked_or_nothing_can_bring_it_the_word_stands(told, text, verdict):
    found = told(level(text), PAST)
    # A level where the series stands is nothing asked: what chance says of it stands.
    assert found.verdict == (verdict or verdict_of(found.probability))
    assert found.noise.hidden is (text in (">80", ">=87"))


def test_a_rise_every_year_cannot_be_told_before_either(told):
    found = told(gain(">0"), PAST)
    assert (found.verdict, found.noise.asked, found.noise.hidden) == ("cannot_tell", 0, True)


def test_a_fall_is_looked_for_where_less_is_better(judged, promise, cells):
    failed = {year: 300 - passed for year, passed in PAST.items()}
    rows = [cells("failed", failed), cells("sat", dict.fromkeys(PAST, 300))]
    target = promise(level("<=19"), indicator="fail_rate")
    found = judged(target, rows).noise
    assert (found.asked, found.hidden) == (1, True)
    assert found.visible == pytest.approx(
        smallest_visible_change(100 * 60.5 / 301, 300, falling=True)
    )


def test_the_numbers_are_those_of_the_formulas_with_half_a_pupil_inwards(told):
    found = told(level(">=82"), {**PAST, 2020: 240}).noise
    rate = 100 * 240.5 / 301
    assert found.visible == pytest.approx(smallest_visible_change(rate, 300))
    assert found.chance == chance_of_move(rate, 300, 5) == pytest.approx(0.13, abs=0.005)
    assert found.verifiable_from == 2020 + years_until_visible(rate, 300, 1)
    assert found.verifiable_from > 2022


def test_a_whole_school_at_100_is_not_free_of_chance(told):
    found = told(level(">=100"), dict.fromkeys(range(2015, 2020), 19) | {2020: 20}, sat=20)
    assert found.noise.chance > 0
    assert found.noise.visible is None


def test_what_can_be_seen_in_time_is_verifiable_in_time(told):
    found = told(level(">=95"), PAST).noise
    assert (found.asked, found.hidden, found.verifiable_from) == (15, False, 2022)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8)
@given(st.integers(1, 40))
def test_more_pupils_never_hide_a_promise_that_fewer_showed(told, times):
    small = told(level(">=85"), PAST).noise
    large = told(level(">=85"), {y: times * k for y, k in PAST.items()}, sat=300 * times).noise
    assert large.visible <= small.visible
    assert large.hidden <= small.hidden
    assert large.verifiable_from <= small.verifiable_from


# -- where nothing is said ----------------------------------------------------------------------


def test_a_rate_without_the_persons_behind_it_says_nothing_of_noise(judged, promise, cells):
    rows = [cells("rate_pct", {2016: 80.0, 2017: 81.0, 2018: 80.0, 2019: 82.0, 2020: 80.0})]
    found = judged(promise(level(">=81"), indicator="printed"), rows)
    assert found.noise is None
    assert found.verdict is Verdict.UNCERTAIN


def test_without_an_observation_nothing_is_said_of_noise(judged, promise):
    assert judged(promise(level(">=81")), []).noise is None


def test_noise_is_that_of_a_share(case, promise):
    catalog, *_ = case([promise(level(">=81"))])
    share = catalog.indicators["pass_rate"].model_dump()
    assert Indicator.model_validate({**share, "noise": "binomial"}).noise == "binomial"
    for wrong in ({"bounds": (0, None)}, {"unit": "ratio"}):
        with pytest.raises(ValueError, match="noise: binomial is that of a share"):
            Indicator.model_validate({**share, "noise": "binomial", **wrong})
