"""The plan as a whole: joint draws against closed forms, bounds and laws; who stands how."""

import itertools
import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Relation, find_root, load_catalog
from edu_metrics.reachability import SeriesStore, assess_jointly, assess_target
from edu_metrics.reachability.joint import (
    Event,
    _direct,
    _normals,
    _tenths,
    _tenths_if_independent,
    dependence_of,
    event_of,
    expected_correlations,
    joint_draws,
    odds_of,
    stated_part,
)
from edu_metrics.trajectories.projecting import NODES

YEARS = (2016, 2017, 2018, 2019, 2020)

DRAWS = 4000


def event(name, chance, *, indicator=None, better="higher", seed=None, draws=DRAWS):
    """An indicator with normal draws, and a level that is kept in so many of them."""
    indicator = indicator or name
    number = sum(map(ord, indicator)) if seed is None else seed
    order = np.random.default_rng(number).normal(size=draws)
    good = -order if better == "lower" else order
    kept = stated_part(np.zeros(draws, dtype=bool), good, chance)
    return Event(name, indicator, chance, kept, order)


def joint(events, correlations):
    names = list(dict.fromkeys(one.indicator for one in events))
    kept = joint_draws(events, np.asarray(correlations, dtype=float), names)
    return odds_of(kept, [one.probability for one in events]), kept


def alike(number, rho):
    return np.full((number, number), rho) + (1 - rho) * np.eye(number)


@pytest.mark.parametrize("rho", [-0.9, -0.5, 0.0, 0.3, 0.8, 0.99])
def test_two_even_chances_follow_the_arcsine(rho):
    """Sheppard (1899): a quarter and the arcsine of the correlation over two pi."""
    found, _ = joint([event("a", 0.5), event("b", 0.5)], alike(2, rho))
    assert found.joint == pytest.approx(0.25 + math.asin(rho) / (2 * math.pi), abs=0.015)


def test_three_even_chances_follow_the_arcsines():
    rho = 0.6
    known = 0.125 + 3 * math.asin(rho) / (4 * math.pi)
    found, _ = joint([event(name, 0.5) for name in "abc"], alike(3, rho))
    assert found.joint == pytest.approx(known, abs=0.015)


@given(st.lists(st.floats(0.05, 0.8), min_size=2, max_size=4))
def test_without_dependence_chances_multiply(chances):
    events = [event(name, chance) for name, chance in zip("abcd", chances, strict=False)]
    found, _ = joint(events, np.eye(len(events)))
    assert found.joint == pytest.approx(found.independent, abs=0.02)


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_numbers_behind_the_order_have_no_mean_and_no_correlation(rows):
    """What chance would leave of both is put right, and more or fewer draws change little."""
    drawn = _normals(rows, DRAWS)
    assert drawn.mean(axis=1) == pytest.approx(np.zeros(rows), abs=1e-9)
    assert drawn @ drawn.T / DRAWS == pytest.approx(np.eye(rows), abs=1e-9)


@given(st.lists(st.floats(0.05, 0.8), min_size=1, max_size=5))
def test_targets_on_one_indicator_are_as_likely_as_the_hardest(chances):
    events = [event(f"t{n}", chance, indicator="a") for n, chance in enumerate(chances)]
    found, _ = joint(events, np.eye(1))
    assert found.joint == pytest.approx(min(chances), abs=1 / DRAWS)


def test_fully_dependent_indicators_come_to_the_upper_bound():
    found, _ = joint([event("a", 0.7), event("b", 0.4)], alike(2, 1.0))
    assert found.joint == pytest.approx(found.high, abs=0.002)


def test_opposite_indicators_come_to_the_lower_bound():
    found, _ = joint([event("a", 0.7), event("b", 0.6)], alike(2, -1.0))
    assert found.joint == pytest.approx(found.low, abs=0.002)
    assert found.low == pytest.approx(0.3)


def test_a_share_and_its_complement_keep_the_same_promise_together():
    """At least 80 % pass, at most 20 % fail: their values are opposites, their promises one."""
    found, _ = joint([event("a", 0.4), event("b", 0.4, better="lower")], alike(2, -1.0))
    assert found.joint == pytest.approx(0.4, abs=0.002)


@given(st.permutations("abcd"))
def test_the_order_of_targets_does_not_matter(order):
    rho = {frozenset("ab"): 0.8, frozenset("cd"): -0.5, frozenset("ac"): 0.3}
    chances = dict(zip("abcd", (0.3, 0.5, 0.7, 0.6), strict=True))
    results = []
    for names in ("abcd", "".join(order)):
        matrix = [[1.0 if i == j else rho.get(frozenset(i + j), 0.0) for j in names] for i in names]
        results.append(joint([event(n, chances[n]) for n in names], matrix)[0])
    assert results[0].joint == pytest.approx(results[1].joint, abs=0.03)
    assert results[0].low == pytest.approx(results[1].low)
    assert results[0].independent == pytest.approx(results[1].independent)


@given(st.lists(st.floats(0.05, 0.8), min_size=2, max_size=5), st.floats(0, 0.9))
def test_without_one_target_the_rest_is_never_less_likely(chances, rho):
    events = [event(name, chance) for name, chance in zip("abcde", chances, strict=False)]
    found, kept = joint(events, alike(len(events), rho))
    for gone in range(len(events)):
        rest = np.delete(kept, gone, axis=0)
        chance = odds_of(rest, np.delete(chances[: len(events)], gone)).joint
        assert chance >= found.joint - 1e-9


@given(st.floats(0.025, 0.8), st.floats(-0.9, 0.9))
def test_each_target_keeps_the_chance_that_was_stated(chance, rho):
    _, kept = joint([event("a", chance), event("b", 0.3)], alike(2, rho))
    assert kept.mean(axis=1) == pytest.approx([chance, 0.3], abs=1 / DRAWS)


@given(st.integers(0, 40), st.floats(0, 1))
def test_a_stated_part_takes_the_best_and_keeps_what_was_kept(number, stated):
    better = np.random.default_rng(number).normal(size=40)
    kept = better > np.sort(better)[::-1][number - 1] - 1e-12 if number else better > 99
    made = stated_part(kept, better, stated)
    assert made.sum() == round(stated * 40)
    assert np.all(made >= kept) or np.all(made <= kept)
    if made.any() and not made.all():
        assert better[made].min() > better[~made].max()


# From definitions to correlations


@pytest.fixture(scope="module")
def shipped():
    return load_catalog(find_root())


def test_every_pair_of_shipped_indicators_has_one_and_the_same_expectation(shipped):
    names = [name for name, entry in shipped.indicators.items() if entry.better != "neither"]
    found = expected_correlations(shipped, names)
    assert np.array_equal(found, found.T)
    assert np.all(np.diag(found) == 1)
    assert np.all(np.abs(found) <= 1)
    swapped = expected_correlations(shipped, names[::-1])
    assert found == pytest.approx(swapped[::-1, ::-1])


@pytest.mark.parametrize(
    ("one", "other", "sign", "least"),
    [
        ("junior_pass_rate", "junior_excellence_rate", 1, 0.8),  # one paper
        ("junior_pass_rate", "junior_low_score_rate", -1, 0.8),
        ("junior_excellence_rate", "junior_low_score_rate", -1, 0.8),
        ("lower_primary_pass_rate", "primary_pass_rate", 1, 0.5),  # a part of it
        ("lower_primary_pass_rate", "primary_excellence_rate", 1, 0.4),  # by way of the whole
        ("public_kindergarten_share", "inclusive_kindergarten_coverage", 1, 0.5),
        ("education_budget_spending", "education_budget_spending_per_pupil", 1, 0.5),
        ("schools_wifi_coverage", "schools_football_coverage", 1, 0.1),  # shares of all schools
        ("compulsory_retention_rate", "compulsory_retention_rate_published", 1, 0.9),
    ],
)
def test_what_definitions_share_binds(shipped, one, other, sign, least):
    found = expected_correlations(shipped, [one, other])[0, 1]
    assert sign * found >= least


def test_what_shares_nothing_is_not_bound(shipped):
    found = expected_correlations(shipped, ["myopia_rate", "education_budget_spending"])
    assert np.array_equal(found, np.eye(2))


def test_what_stands_above_the_line_in_one_and_below_in_the_other_pulls_apart(shipped):
    """Spending per pupil falls when pupils become more; those who use screens become more."""
    above = shipped.indicator("persistent_absence_rate").model_copy(
        update={"inputs": {"part": shipped.indicator("education_budget_spending_per_pupil")
                           .inputs["persons"],
                           "whole": shipped.indicator("large_class_share").inputs["classes"]}}
    )  # fmt: skip
    assert _direct(above, shipped.indicator("education_budget_spending_per_pupil")) == -0.6


# A plan in a city


@pytest.fixture
def together(case, promise, rates, cells):
    def run(targets, rows, **options):
        catalog, study, table = case(targets, rows, **options)
        evidence, plan = SeriesStore(catalog, study, table), catalog.plan("plan")
        found = {t.id: assess_target(evidence, t, "city") for t in plan.targets}
        return assess_jointly(evidence, "city", found), found

    return run


def level(bound, year=2022):
    return [{"type": "level", "at": {year: bound}}]


def moving(rates, passed=(790, 810, 795, 805, 800)):
    return rates(dict(zip(YEARS, passed, strict=True)))


def test_every_target_is_told_of_once(together, promise, rates, cells):
    targets = [
        promise(level(">=81"), name="open", article="1"),
        promise(level(">=79"), name="easy", article="1"),
        promise(level(">=70", 2020), name="kept", deadline=2020, article="2"),
        promise(level(">=95", 2020), name="failed", deadline=2020, article="2"),
        promise(level(">100"), name="beyond", article="3"),
        promise(level(">=50"), name="unknown", indicator="printed", article="3"),
    ]
    found, assessed = together(targets, [moving(rates)])
    assert found.verdicts == Counter(one.verdict for one in assessed.values())
    assert (found.verdicts["met"], found.verdicts["missed"], found.verdicts["impossible"]) == (
        1, 1, 1,
    )  # fmt: skip
    assert (set(found.probabilities), found.unknown) == ({"open", "easy"}, 1)
    assert sum(found.verdicts.values()) == len(targets)
    assert found.lost
    assert found.vacuous == 1
    chances = [assessed[name].probability for name in ("open", "easy")]
    assert found.expected == pytest.approx(sum(chances))
    # One indicator: the harder of two levels decides.
    assert found.odds.joint == pytest.approx(min(chances), abs=0.001)
    assert (found.lowest, found.weakest) == ("open", "open")
    assert found.without_weakest == pytest.approx(chances[1], abs=0.001)
    by_article = {g.article: (g.met, g.lost, g.unknown, g.odds is None) for g in found.groups}
    assert by_article == {"1": (0, 0, 0, False), "2": (1, 1, 0, True), "3": (0, 1, 1, True)}


def test_a_plan_without_a_probability_has_no_odds(together, promise):
    found, _ = together([promise(level(">=81"))], [])
    assert found.odds is found.lowest is found.weakest is None
    assert (found.expected, found.interval, found.draws) == (0, (0, 0), 0)
    assert not found.lost


def test_one_impossible_target_is_enough_to_lose_the_plan(together, promise, rates):
    targets = [promise(level(">100"), name="beyond"), promise(level(">=80"), name="open")]
    found, _ = together(targets, [moving(rates)])
    assert (found.lost, found.verdicts["missed"], found.verdicts["impossible"]) == (True, 0, 1)


def test_what_cannot_be_told_is_counted_as_unknown(together, promise, rates):
    """A series that never moved says nothing of how far it may; nor is it open and vacuous."""
    still = rates(dict.fromkeys(YEARS, 800))
    found, assessed = together([promise(level(">=79"), name="a", article="7")], [still])
    assert assessed["a"].vacuous
    assert (found.verdicts["cannot_tell"], found.vacuous) == (1, 0)
    assert [(g.article, g.unknown, g.odds) for g in found.groups] == [("7", 1, None)]


@pytest.mark.parametrize(
    ("indicator", "better", "text"),
    [("pass_rate", "higher", ">=50"), ("pass_rate", "higher", ">=95"),
     ("fail_rate", "lower", "<=50"), ("fail_rate", "lower", "<=5")],
)  # fmt: skip
def test_where_less_is_stated_than_was_drawn_the_worst_draws_miss(
    case, promise, rates, cells, indicator, better, text
):
    """And where more is stated, the best keep it: high ones, or low ones where less is better."""
    rows = [
        moving(rates),
        cells("failed", dict(zip(YEARS, (210, 190, 205, 195, 200), strict=True))),
    ]
    target = promise(level(text), indicator=indicator, better=better)
    catalog, study, table = case([target], rows)
    evidence, plan = SeriesStore(catalog, study, table), catalog.plan("plan")
    found = assess_target(evidence, plan.targets[0], "city")
    made = event_of(evidence, found)
    assert found.probability in (0.01, 0.8)
    assert made.kept.sum() == round(found.probability * NODES)
    kept, missed = made.order[made.kept], made.order[~made.kept]
    if better == "higher":
        assert kept.min() >= missed.max()
    else:
        assert kept.max() <= missed.min()


def test_the_number_met_counts_what_is_kept_in_a_draw(together, promise, rates):
    """80 % keep the easy one, and 1 % the others with it: with 80 % one or none is met."""
    texts = (">=50", ">=95", ">=96")
    targets = [promise(level(text), name=f"t{n}") for n, text in enumerate(texts)]
    found, assessed = together(targets, [moving(rates)])
    assert [assessed[t].probability for t in ("t0", "t1", "t2")] == [0.8, 0.01, 0.01]
    assert (found.interval, found.draws) == ((0, 1), NODES)
    assert found.vacuous == 1


@pytest.mark.parametrize(
    ("chance", "interval"), [(0.09, (0, 0)), (0.11, (0, 1)), (0.89, (0, 1)), (0.91, (1, 1))]
)
def test_the_interval_leaves_one_draw_in_ten_on_either_side(chance, interval):
    kept = np.arange(DRAWS) < chance * DRAWS
    assert _tenths(kept.astype(int)) == interval
    assert _tenths_if_independent([chance]) == interval


def test_an_end_of_the_interval_is_the_first_number_that_comes_to_a_tenth():
    """Two even chances: none, one or two with 1/4, 1/2, 1/4; one in ten of a chance of 0.9."""
    assert _tenths_if_independent([0.5, 0.5]) == (0, 2)
    assert _tenths_if_independent([0.1]) == (0, 0)
    assert _tenths_if_independent([0.9]) == (0, 1)


def test_targets_that_are_kept_and_missed_together_have_no_weakest(together, promise, rates):
    found, _ = together([promise(level(">=80.5"), name=name) for name in "ab"], [moving(rates)])
    assert (found.weakest, found.without_weakest) == (None, None)


def test_a_joint_probability_stays_within_what_the_stated_ones_allow():
    """Of three draws two keep both, which is more than the 0.6 that was stated of one."""
    kept = np.array([[True, True, False], [True, True, True]])
    assert odds_of(kept, [0.6, 0.9]).joint == 0.6
    none = np.array([[True, False, False], [False, True, True]])
    assert odds_of(none, [0.7, 0.8]).joint == pytest.approx(0.5)


def test_the_number_met_spreads_wider_when_targets_hang_together(together, promise, rates):
    targets = [promise(level(f">={80 + n / 100}"), name=f"t{n}") for n in range(8)]
    found, _ = together(targets, [moving(rates)])
    width, alone = (high - low for low, high in (found.interval, found.interval_independent))
    assert found.interval == (0, 8)
    assert width > alone


def test_a_year_that_a_published_bound_decided_is_open_no_more(together, promise, cells):
    """Above 97 was asked and printed for 2020: what is left is the level of 2022."""
    rows = [
        cells("rate_pct", {2016: 96.9, 2017: 97.4, 2018: 97.1, 2019: 97.2, 2021: 97.6}),
        cells("rate_pct", {2020: 97.0}, bound="above"),
    ]
    both = [{"type": "level", "at": {2020: ">97", 2022: ">=97.5"}}]
    targets = [
        promise(both, name="both", indicator="printed"),
        promise(level(">=97.5"), name="one", indicator="printed"),
    ]
    found, assessed = together(targets, rows, as_of="2022-06-30")
    assert assessed["both"].probability == assessed["one"].probability
    assert found.odds.joint == pytest.approx(assessed["one"].probability, abs=0.001)


def test_the_independent_number_is_that_of_the_binomial(together, promise, rates):
    from scipy.stats import binom

    targets = [promise(level(">=80"), name=f"t{n}") for n in range(8)]
    found, assessed = together(targets, [moving(rates)])
    chance = assessed["t0"].probability
    assert found.interval_independent == (binom.ppf(0.1, 8, chance), binom.ppf(0.9, 8, chance))


def test_a_pass_rate_and_a_fail_rate_are_one_promise(together, promise, rates, cells):
    """No definition says so; seven years do, without a doubt."""
    passed = dict(zip(range(2014, 2021), (785, 800, 790, 810, 795, 805, 800), strict=True))
    rows = [rates(passed), cells("failed", {year: 1000 - n for year, n in passed.items()})]
    targets = [
        promise(level(">=81"), name="pass"),
        promise(level("<=19"), name="fail", indicator="fail_rate", better="lower"),
    ]
    found, _ = together(targets, rows)
    assert found.dependence.correlations[0, 1] == pytest.approx(-1, abs=0.001)
    assert found.odds.joint == pytest.approx(found.odds.high, abs=0.01)
    assert found.odds.high > found.odds.independent + 0.1


def test_years_that_move_together_outweigh_a_silent_definition(case, promise, rates, cells):
    random = np.random.default_rng(5)
    years = range(1990, 2021)
    common = np.cumsum(random.normal(size=31))
    rows = [
        rates({y: round(500 + 10 * c) for y, c in zip(years, common, strict=True)}),
        cells("ill_pct", {y: round(30 + c, 2) for y, c in zip(years, common, strict=True)}),
    ]
    catalog, study, table = case([promise(level(">=81"))], rows)
    found = dependence_of(SeriesStore(catalog, study, table), "city", ["pass_rate", "ill"])
    assert expected_correlations(catalog, ["pass_rate", "ill"])[0, 1] == 0
    assert found.correlations[0, 1] > 0.9
    assert (found.pairs, found.intensity < 0.05) == (1, True)


def test_areas_of_one_year_are_no_more_years(case, promise, rates, cells):
    """Three districts that move alike over six years say no more than one of them."""
    random = np.random.default_rng(6)
    passed, ill = (np.round(random.normal(0, 30, 7)) for _ in range(2))
    rows, years = [], range(2014, 2021)
    for area in ("east", "west", "south"):
        rows.append(rates({y: 500 + n for y, n in zip(years, passed, strict=True)}, area=area))
        values = {y: 40 + n / 10 for y, n in zip(years, ill, strict=True)}
        rows.append(cells("ill_pct", values, area))
    catalog, study, table = case([promise(level(">=81"))], rows)
    evidence = SeriesStore(catalog, study, table)
    three = dependence_of(evidence, "east", ["pass_rate", "ill"])
    study = study.model_copy(update={"areas": ("city", "east")})
    one = dependence_of(SeriesStore(catalog, study, table), "east", ["pass_rate", "ill"])
    assert three.intensity == pytest.approx(one.intensity, abs=1e-9)


def side_by_side(rates, cells, area, passed, ill):
    """Two indicators of an area from 2012 on, in thousandths and in tenths of a percent."""
    first = {2012 + n: value for n, value in enumerate(passed)}
    other = {2012 + n: value / 10 for n, value in enumerate(ill)}
    return [rates(first, area=area), cells("ill_pct", other, area)]


def test_districts_say_nothing_of_how_a_city_moves(case, promise, rates, cells):
    moves = [500 + n for n in (0, 30, -10, 40, 5, 60, 20, 45)]
    rows = side_by_side(rates, cells, "east", moves, moves)
    catalog, study, table = case([promise(level(">=81"))], rows)
    evidence = SeriesStore(catalog, study, table)
    assert dependence_of(evidence, "east", ["pass_rate", "ill"]).pairs == 1
    assert dependence_of(evidence, "city", ["pass_rate", "ill"]).pairs == 0


def test_the_direction_of_an_area_does_not_make_indicators_go_together(case, promise, rates, cells):
    """Both rise in the east and fall in the west; from year to year they have nothing in common."""
    one, two = (1, 1, -1, -1, 1, 1, -1, -1), (1, -1, 1, -1, 1, -1, 1, -1)
    rows = []
    for area, pace in (("east", 10), ("west", -10)):
        for_one, for_two = (np.cumsum([pace + step for step in steps]) for steps in (one, two))
        rows += side_by_side(rates, cells, area, 500 + for_one, 500 + for_two)
    catalog, study, table = case([promise(level(">=81"))], rows)
    found = dependence_of(SeriesStore(catalog, study, table), "east", ["pass_rate", "ill"])
    assert found.pairs == 1
    assert abs(found.correlations[0, 1]) < 0.3


def test_an_area_that_leaps_says_no_more_than_one_that_creeps(case, promise, rates, cells):
    """In the east they go together by little steps, in the west the other way by leaps."""
    steps = np.cumsum([2, -1, 3, -2, -3, 1, 2, -2])
    rows = side_by_side(rates, cells, "east", 500 + steps, 500 + steps)
    rows += side_by_side(rates, cells, "west", 500 + 20 * steps, 500 - 20 * steps)
    catalog, study, table = case([promise(level(">=81"))], rows)
    found = dependence_of(SeriesStore(catalog, study, table), "east", ["pass_rate", "ill"])
    assert abs(found.correlations[0, 1]) < 0.1


def test_rates_are_compared_on_the_scale_of_rates(case, promise, rates, cells):
    """Who does not pass fails: exact opposites on the logit scale however far the rate swings."""
    passed = np.array([200, 850, 400, 950, 300, 700, 100, 600])
    rows = side_by_side(rates, cells, "city", passed, 1000 - passed)
    catalog, study, table = case([promise(level(">=81"))], rows)
    found = dependence_of(SeriesStore(catalog, study, table), "city", ["pass_rate", "ill"])
    assert found.correlations[0, 1] == pytest.approx(-1, abs=1e-5)


def test_what_cannot_be_all_at_once_is_made_possible(case, promise, rates, cells):
    """Each pair is known in years of its own: two alike, two alike, and the ends opposites."""
    steps = np.cumsum([0, 3, -1, 4, -2, -3, 1])
    alike, spans = 500 + steps, (range(1990, 1997), range(2000, 2007), range(2010, 2017))
    passed = dict(zip((*spans[0], *spans[2]), (*alike, *alike), strict=True))
    ill = dict(zip((*spans[0], *spans[1]), (*alike, *alike), strict=True))
    printed = dict(zip((*spans[1], *spans[2]), (*alike, *(1000 - alike)), strict=True))
    rows = [rates(passed), cells("ill_pct", {y: v / 10 for y, v in ill.items()}),
            cells("rate_pct", {y: v / 10 for y, v in printed.items()})]  # fmt: skip
    catalog, study, table = case([promise(level(">=81"))], rows)
    evidence = SeriesStore(catalog, study, table)
    found = dependence_of(evidence, "city", ["pass_rate", "ill", "printed"])
    assert found.pairs == 3
    assert np.linalg.eigvalsh(found.correlations).min() > 0
    assert np.diag(found.correlations) == pytest.approx([1, 1, 1])
    assert found.correlations[0, 1] == pytest.approx(0.5, abs=0.01)
    assert found.correlations[0, 2] == pytest.approx(-0.5, abs=0.01)


def test_a_count_of_another_year_is_another_count(shipped):
    """Who entered eight years ago says nothing of those who entered nine years ago."""
    stock, leavers = (
        shipped.indicator(name).model_copy(update={"relations": ()})
        for name in ("compulsory_retention_rate", "compulsory_retention_rate_leavers")
    )
    assert _direct(stock, stock.model_copy(update={"id": "same"})) > 0
    assert _direct(stock, leavers) == 0


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("complement_of", -0.99), ("published_form_of", 0.99), ("part_of", 0.6),
     ("disjoint_from", -0.6)],
)  # fmt: skip
def test_a_relation_binds_in_its_own_way_whoever_names_it(shipped, kind, expected):
    one, other = (shipped.indicator(name) for name in ("myopia_rate", "education_budget_spending"))
    relation = Relation(kind=kind, indicators=(other.id,))
    assert _direct(one, other) == 0
    related = one.model_copy(update={"relations": (relation,)})
    assert _direct(related, other) == _direct(other, related) == expected


@pytest.mark.slow
def test_every_article_of_the_invented_city_lies_within_its_bounds(shipped, tmp_path):
    import shutil

    from edu_metrics.observations import build
    from edu_metrics.simulation import simulate_study

    shutil.copytree(find_root() / "data" / "definitions", tmp_path / "data" / "definitions")
    catalog = load_catalog(tmp_path)
    study = catalog.study("mock_city")
    simulate_study(catalog, study)
    evidence, plan = SeriesStore(catalog, study, build(catalog, study)), catalog.plan(study.plan)
    numeric = [target for target in plan.targets if target.numeric]
    found = assess_jointly(
        evidence, "mock_city",
        {t.id: assess_target(evidence, t, "mock_city") for t in numeric},
    )  # fmt: skip
    assert sum(found.verdicts.values()) == len(numeric)
    assert list(itertools.chain(*(g.targets for g in found.groups))) == [t.id for t in numeric]
    for group in found.groups:
        if group.odds is not None:
            assert group.odds.low <= group.odds.joint <= group.odds.high
    assert found.odds.joint <= min(g.odds.joint for g in found.groups if g.odds)


def test_a_plan_has_one_number_in_whatever_order_it_is_written(together, promise, rates, cells):
    targets = [promise(level(f">={end}"), name=f"t{end}") for end in (79, 80, 82)]
    targets.insert(0, promise(level(">=6"), name="z", indicator="number_of_schools"))
    rows = [moving(rates), cells("schools", dict(zip(YEARS, (4, 5, 6, 5, 6), strict=True)))]
    found = [together(order, rows)[0] for order in (targets, targets[::-1])]
    assert len({(one.odds, one.interval, one.weakest, one.without_weakest) for one in found}) == 1
