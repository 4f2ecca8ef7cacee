"""Forecasts scored by hand, and what can't be scored yet."""

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.formulas import wilson_interval
from edu_metrics.reachability import SeriesStore, Verdict, assess, outcome_of, score
from edu_metrics.reachability.scoring import Forecast, Outcome

PAST = {2016: 880, 2017: 900, 2018: 920, 2019: 910, 2020: 930}
YEARLY = {"type": "yearly_change", "unit": "points"}
BREAK = """
- {{id: new_count, indicator: pass_rate, year: {year}, why: {{zh: 改了, en: changed}},
   citation: {{source: {source}, locator: p. 1}}}}
"""


def level(text, year=2022):
    return [{"type": "level", "at": {year: text}}]


def forecast(probability=0.5, *, as_of=2021, interval=None, verdict=Verdict.UNCERTAIN, area="a",
             study="s"):  # fmt: skip
    day = dt.date(as_of, 3, 31)
    return Forecast(study, area, "t", day, verdict, "r", None, as_of - 1, probability, interval)


def said(probability, happened, *, due=2022, covered=None, **more):
    value = None if covered is None else 1.0
    return Outcome(forecast(probability, **more), due, happened, value, covered)


@pytest.fixture
def later(case, promise, rates):
    """Make a forecast on the small city, and hold it against what came."""

    def run(conditions, counts, *, now="2023-06-30", at="2021-03-31", **options):
        catalog, study, table = case(
            [promise(conditions, steps=[2])], [rates({**PAST, **counts})], as_of=at, **options
        )
        (found,) = assess(catalog, study, table, areas=("city",))
        made = Forecast(
            study.id, found.area, found.target, found.as_of, found.verdict, found.reading,
            found.steps, found.last_year, found.probability, found.interval,
        )  # fmt: skip
        then = study.model_copy(update={"as_of": dt.date.fromisoformat(now)})
        return outcome_of(made, SeriesStore(catalog, then, table))

    return run


@pytest.mark.parametrize(
    ("passed", "happened", "covered"),
    [(949, False, True), (950, True, True), (990, True, False), (700, False, False)],
)
def test_a_level_happens_at_its_bound_and_its_value_is_held_against_the_interval(
    later, passed, happened, covered
):
    found = later(level(">=95"), {2022: passed})
    assert (found.happened, found.value, found.covered) == (happened, passed / 10, covered)
    assert (found.due, found.lead, found.why) == (2022, 1, None)


def test_the_ends_of_an_interval_belong_to_it(later):
    low, high = later(level(">=95"), {2022: 950}).forecast.interval
    for end, covered in ((low, True), (high, True)):
        assert later(level(">=95"), {2022: round(end * 10)}).covered is covered
    assert later(level(">=95"), {2022: round(low * 10) - 1}).covered is False
    assert later(level(">=95"), {2022: round(high * 10) + 1}).covered is False


def test_a_miss_of_an_early_step_is_known_before_the_deadline(later):
    rise = [{**YEARLY, "change": [">0"]}]
    found = later(rise, {2021: 920}, now="2022-06-30")
    assert (found.happened, found.value, found.covered) == (False, None, None)
    assert later(rise, {2021: 940}, now="2022-06-30").why == "not_due"


def test_what_is_not_due_and_what_was_never_published_are_told_apart(later):
    early = later(level(">=95"), {}, now="2022-12-31")
    late = later(level(">=95"), {}, now="2023-01-01")
    assert (early.happened, early.why) == (None, "not_due")
    assert (late.happened, late.why) == (None, "not_published")


@pytest.mark.parametrize(
    ("year", "source", "why"),
    [(2021, "notice", "break"), (2022, "notice", "break"), (2023, "notice", None),
     (2020, "notice", "break"), (2019, "notice", None)],
)  # fmt: skip
def test_a_break_after_the_forecast_parts_it_from_what_came(later, year, source, why):
    """In January 2021 neither the notice nor the number of 2020 was out: 2019 was the last."""
    breaks = BREAK.format(year=year, source=source)
    found = later(level(">=95"), {2022: 960}, at="2021-01-31", breaks=breaks)
    assert found.why == why
    assert found.happened is (None if why else True)


def test_a_reading_without_a_meaning_can_not_be_scored(case, promise):
    catalog, study, table = case([promise([], undecided=True)])
    made = dataclasses.replace(forecast(None), target="goal", area="city", reading="r0")
    found = outcome_of(made, SeriesStore(catalog, study, table))
    assert (found.why, found.due, found.lead) == ("undecided", None, None)


def test_the_brier_score_by_hand_and_by_lead():
    outcomes = [said(0.8, True), said(0.6, False), said(0.1, False, due=2023)]
    near, far, everything = score(outcomes).by_lead
    assert (near.lead, near.n, near.brier) == (1, 2, pytest.approx((0.04 + 0.36) / 2))
    assert (near.base_rate, near.base_rate_brier) == (0.5, 0.25)
    assert (far.lead, far.n, far.brier, far.base_rate_brier) == (2, 1, pytest.approx(0.01), 0)
    assert (everything.lead, everything.n) == (None, 3)
    assert everything.brier == pytest.approx(0.41 / 3)
    assert everything.base_rate_brier == pytest.approx(2 / 9)


def test_coverage_comes_with_wilsons_interval_and_counts_an_interval_once():
    outcomes = [
        said(0.5, True, covered=number < 8, interval=(number, number + 1.0)) for number in range(10)
    ]
    (_, found) = score([*outcomes, *outcomes]).by_lead
    assert (found.coverage80.n, found.coverage80.hits, found.coverage80.pct) == (10, 8, 80)
    expected = wilson_interval(8.0, 10.0, level=0.95)
    assert (found.coverage80.low_pct, found.coverage80.high_pct) == (
        expected.low_pct,
        expected.high_pct,
    )


def test_a_probability_belongs_to_the_bin_of_its_word_and_small_bins_are_left_out():
    edges = [0.0, 0.0499, 0.05, 0.3299, 0.33, 0.6599, 0.66, 1.0]
    (_, found) = score([said(p, p > 0.5) for p in edges for _ in range(5)]).by_lead
    shown = [(one.low, one.high, one.happened.n, one.happened.hits) for one in found.reliability]
    assert shown == [(0, 0.05, 10, 0), (0.05, 0.33, 10, 0), (0.33, 0.66, 10, 5), (0.66, 1, 10, 10)]
    assert score([said(0.5, True)] * 9).by_lead[-1].reliability == ()


def test_words_without_a_probability_are_counted_by_what_came_of_them():
    outcomes = [
        said(None, False, verdict=Verdict.IMPOSSIBLE),
        said(None, True, verdict=Verdict.IMPOSSIBLE),
        said(0.9, True, verdict=Verdict.LIKELY),
        said(0.7, None, verdict=Verdict.LIKELY),
    ]
    found = score(outcomes)
    words = {item.verdict: item for item in found.by_word}
    assert (words["impossible"].happened.n, words["impossible"].happened.hits) == (2, 1)
    assert words["impossible"].mean_probability is None
    # What has not come does not enter the mean either.
    assert (words["likely"].happened.n, words["likely"].mean_probability) == (1, 0.9)
    assert found.by_lead[-1].n == 1


def test_studies_are_never_pooled():
    found = score([said(0.9, True), said(0.9, False, study="other")])
    assert {(item.study, item.lead, item.n) for item in found.by_lead} == {
        ("s", 1, 1), ("s", None, 1), ("other", 1, 1), ("other", None, 1),
    }  # fmt: skip


def test_a_whole_is_not_scored_beside_its_parts():
    """The nation that all got right is left out; two regions, one right and one wrong, count."""
    nation = said(1.0, True, area="nation")
    one, other = (
        dataclasses.replace(said(0.8, came, area=area), within=("nation",))
        for area, came in (("north", True), ("south", False))
    )
    found = score([nation, one, other])
    assert found.by_lead[-1].n == 2
    assert found.by_lead[-1].brier == pytest.approx((0.04 + 0.64) / 2)
    assert [(item.happened, item.why) for item in found.outcomes] == [
        (True, "parts_scored"), (True, None), (False, None),
    ]  # fmt: skip
    (word,) = found.by_word
    assert word.happened.n == 2


@pytest.mark.parametrize(
    "part",
    [said(0.8, None, area="north"), said(0.8, True, area="north", study="other"),
     said(0.8, True, area="north", as_of=2020)],
)  # fmt: skip
def test_a_whole_is_scored_where_the_same_is_not_decided_of_a_part(part):
    part = dataclasses.replace(part, within=("nation",))
    found = score([said(0.8, True, area="nation"), part])
    assert all(item.why is None for item in found.outcomes)


def test_where_nothing_can_be_scored_there_is_no_score():
    found = score([said(0.9, None)])
    assert (found.by_lead, found.by_word, len(found.outcomes)) == ((), (), 1)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=30))
def test_the_score_lies_between_0_and_1_and_the_base_rate_is_the_best_constant(pairs):
    (_, found) = score([said(p, h) for p, h in pairs]).by_lead
    assert 0 <= found.brier <= 1
    for constant in (0.0, 0.3, 1.0):
        (_, other) = score([said(constant, h) for _, h in pairs]).by_lead
        assert found.base_rate_brier <= other.brier + 1e-12
    (_, mirrored) = score([said(1 - p, not h) for p, h in pairs]).by_lead
    assert mirrored.brier == pytest.approx(found.brier)
