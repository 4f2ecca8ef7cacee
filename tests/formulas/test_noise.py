"""Noise against the exact binomial, against SciPy's and statsmodels' formulas, and as laws."""

from math import inf, sqrt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    chance_of_move,
    pupils_needed,
    rate_error,
    smallest_visible_change,
    years_until_visible,
)

rates = st.floats(min_value=1, max_value=99)
pupils = st.integers(min_value=5, max_value=100_000)
K = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2


@pytest.mark.parametrize(("before", "after", "known"), [(85, 86, 19_500), (75, 80, 1_090)])
def test_pupils_needed_are_the_known_figures_and_those_of_the_arcsine_formula(before, after, known):
    found = pupils_needed(before, after)
    assert found == pytest.approx(known, rel=0.003)
    effect = proportion_effectsize(after / 100, before / 100)
    other = NormalIndPower().solve_power(effect, power=0.8, alpha=0.05)
    assert found == pytest.approx(other, rel=0.002)


def test_the_power_is_what_was_asked_for_when_cohorts_are_drawn():
    """At 1,091 pupils 75 to 80 percent is noticed in four of five pairs of cohorts."""
    random = np.random.default_rng(1)
    n, p, q = 1091, *random.binomial(1091, [[0.75], [0.80]], (2, 200_000)) / 1091
    z = (q - p) / np.sqrt((p * (1 - p) + q * (1 - q)) / n)
    assert np.mean(np.abs(z) > stats.norm.ppf(0.975)) == pytest.approx(0.8, abs=0.005)


@given(rates, pupils, st.booleans())
def test_the_smallest_visible_change_needs_just_as_many_pupils(rate, n, falling):
    d = smallest_visible_change(rate, n, falling=falling)
    after = rate - d if falling else rate + d
    if d < inf:
        assert 0 <= after <= 100
        p, q = rate / 100, after / 100
        assert K * (p * (1 - p) + q * (1 - q)) == pytest.approx(n * (d / 100) ** 2, rel=1e-6)
    else:
        # Not even the whole way is seen: there only the rate before varies.
        p = (100 - rate if falling else rate) / 100
        assert K * p * (1 - p) >= n * (1 - p) ** 2 * (1 - 1e-9)


@given(rates, pupils)
def test_a_rate_and_its_complement_have_the_same_noise(rate, n):
    other = 100 - rate
    rise = smallest_visible_change(rate, n)
    fall = smallest_visible_change(other, n, falling=True)
    assert (rise == fall == inf) or rise == pytest.approx(fall, rel=1e-6)
    assert rate_error(rate, n) == pytest.approx(rate_error(other, n))


@given(rates, pupils, pupils)
def test_more_pupils_never_hide_more(rate, n, m):
    few, many = sorted((n, m))
    assert smallest_visible_change(rate, many) <= smallest_visible_change(rate, few)
    assert smallest_visible_change(rate, few, many) <= smallest_visible_change(rate, few)
    assert chance_of_move(rate, many, 5) <= chance_of_move(rate, few, 5)


def test_two_years_of_different_size_are_seen_by_their_own_errors():
    d = smallest_visible_change(60, 100, 400)
    p, q = 0.6, 0.6 + d / 100
    assert (d / 100) ** 2 == pytest.approx(K * (p * (1 - p) / 100 + q * (1 - q) / 400))


@pytest.mark.parametrize(
    ("rate", "n", "falling"), [(100, 1000, False), (0, 1000, True), (95, 149, False)]
)
def test_where_no_way_is_left_nothing_can_be_seen(rate, n, falling):
    assert smallest_visible_change(rate, n, falling=falling) == inf
    assert smallest_visible_change(rate, n, falling=not falling) < inf


def test_one_pupil_more_makes_the_whole_way_visible():
    # (1 - p)^2 n = K p (1 - p): at 95 percent between 149 and 150 pupils.
    assert round(K * 0.95 / 0.05, 1) == 149.1
    assert smallest_visible_change(95, 150) < 5


def exact_chance(n, rate, points):
    pmf = stats.binom.pmf(np.arange(n + 1), n, rate / 100)
    moves = np.convolve(pmf, pmf[::-1])
    size = 100 * np.abs(np.arange(-n, n + 1)) / n
    return moves[size > points + 1e-9].sum(), moves[size >= points - 1e-9].sum()


def test_three_hundred_pupils_move_five_points_one_year_in_eight():
    assert round(chance_of_move(80, 300, 5), 2) == 0.13


@pytest.mark.parametrize(("n", "rate", "points"), [(300, 80, 5), (100, 70, 5), (1000, 50, 3)])
def test_the_chance_of_a_move_lies_between_the_exact_ones(n, rate, points):
    beyond, at_least = exact_chance(n, rate, points)
    assert beyond < chance_of_move(rate, n, points) < at_least


def test_a_rate_without_spread_does_not_move():
    assert chance_of_move(100, 300, 5) == chance_of_move(0, 300, 5) == 0


def test_the_year_that_shows_a_gain_is_the_first_one_whose_gain_is_visible():
    visible = smallest_visible_change(80, 300)
    assert years_until_visible(80, 300, 1) == 9 == np.ceil(visible)
    assert years_until_visible(80, 300, visible / 3) == 3
    assert years_until_visible(80, 300, visible / 3 - 1e-6) == 4
    assert years_until_visible(80, 300, -1) == np.ceil(
        smallest_visible_change(80, 300, falling=True)
    )
    assert years_until_visible(80, 300, 1, 10**9) < 9


@pytest.mark.parametrize(("rate", "pace"), [(80, 0), (98, 1), (80, 0.01), (100, 1), (0, -1)])
def test_a_gain_that_never_shows_has_no_year(rate, pace):
    assert years_until_visible(rate, 300, pace) is None


def test_one_kind_in_the_same_kind_out():
    n = pd.Series([300, 1200], index=["a", "b"])
    found = smallest_visible_change(pd.Series(80.0, index=n.index), n)
    assert list(found.index) == ["a", "b"]
    assert found["a"] == smallest_visible_change(80, 300)
    assert isinstance(rate_error(80, 300), float)
    assert rate_error(80, 300) == pytest.approx(100 * sqrt(0.16 / 300))


@pytest.mark.parametrize(
    "call",
    [
        lambda: rate_error(101, 300),
        lambda: rate_error(80, 0),
        lambda: rate_error(np.nan, 300),
        lambda: smallest_visible_change(80, 300, 0),
        lambda: smallest_visible_change(80, 300, power=80),
        lambda: smallest_visible_change(80, 300, false_alarm=0),
        lambda: pupils_needed(80, 80),
        lambda: pupils_needed(80, 101),
        lambda: chance_of_move(80, 300, 0),
        lambda: chance_of_move(80, -1, 5),
        lambda: years_until_visible(80, 0, 1),
    ],
)
def test_what_has_no_answer_is_refused_with_what_was_expected(call):
    with pytest.raises(DataError, match="expected"):
        call()


def test_everybody_at_0_before_and_at_100_after_takes_one_pupil():
    assert pupils_needed(0, 100) == 1
