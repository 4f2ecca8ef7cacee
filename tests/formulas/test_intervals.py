"""Intervals against their definitions, computed another way."""

from math import nan, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edu_metrics.errors import DataError
from edu_metrics.formulas import jeffreys_interval, share, wilson_interval

INTERVALS = [jeffreys_interval, wilson_interval]
every_interval = pytest.mark.parametrize("interval", INTERVALS)

counted = st.tuples(
    st.integers(min_value=0, max_value=3000), st.integers(min_value=0, max_value=3000)
).map(lambda pair: (min(pair), max(pair) + 1))
levels = st.sampled_from([0.5, 0.8, 0.95, 0.99])


@given(counted, levels)
def test_wilson_ends_are_the_rates_that_the_score_test_just_rejects(case, level):
    successes, n = case
    z = NormalDist().inv_cdf((1 + level) / 2)
    found = wilson_interval(successes, n, level=level)
    for end in (found.low_pct / 100, found.high_pct / 100):
        if 0 < end < 1:
            distance = abs(successes / n - end)
            assert distance == pytest.approx(z * sqrt(end * (1 - end) / n), rel=1e-6)


@given(counted, levels)
def test_wilson_agrees_with_its_printed_formula(case, level):
    successes, n = case
    z, p = NormalDist().inv_cdf((1 + level) / 2), successes / n
    middle = p + z**2 / (2 * n)
    reach = z * sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    expected = [100 * (middle + sign * reach) / (1 + z**2 / n) for sign in (-1, 1)]
    found = wilson_interval(successes, n, level=level)
    assert [found.low_pct, found.high_pct] == pytest.approx(expected, abs=1e-9)


@given(counted.filter(lambda case: 0 < case[0] < case[1]), levels)
def test_jeffreys_ends_leave_out_equal_tails_of_the_beta_distribution(case, level):
    successes, n = case
    posterior = stats.beta(successes + 0.5, n - successes + 0.5)
    found = jeffreys_interval(successes, n, level=level)
    assert posterior.cdf(found.low_pct / 100) == pytest.approx((1 - level) / 2, rel=1e-6)
    assert posterior.sf(found.high_pct / 100) == pytest.approx((1 - level) / 2, rel=1e-6)


@every_interval
class TestEveryInterval:
    @given(case=counted, level=levels)
    def test_it_holds_the_rate_and_stays_within_0_and_100(self, interval, case, level):
        found = interval(*case, level=level)
        assert 0 <= found.low_pct <= share(*case) <= found.high_pct <= 100

    @given(case=counted, level=levels)
    def test_those_without_get_the_mirrored_interval(self, interval, case, level):
        successes, n = case
        found, mirrored = (
            interval(successes, n, level=level),
            interval(n - successes, n, level=level),
        )
        assert found.low_pct == pytest.approx(100 - mirrored.high_pct, abs=1e-7)

    @given(case=counted)
    def test_a_surer_interval_is_no_narrower(self, interval, case):
        narrow, wide = interval(*case, level=0.5), interval(*case, level=0.95)
        assert wide.low_pct <= narrow.low_pct
        assert narrow.high_pct <= wide.high_pct

    @given(case=counted)
    def test_four_times_the_persons_make_it_narrower(self, interval, case):
        few, many = interval(*case), interval(4 * case[0], 4 * case[1])
        assert many.high_pct - many.low_pct < few.high_pct - few.low_pct

    def test_the_level_is_80_percent_unless_said(self, interval):
        given_level, default = interval(240, 300, level=0.8), interval(240, 300)
        assert (default.low_pct, default.high_pct) == (given_level.low_pct, given_level.high_pct)

    def test_nobody_and_everybody_touch_the_end(self, interval):
        assert interval(0, 20).low_pct == 0
        assert interval(20, 20).high_pct == 100
        assert interval(0, 20).high_pct > 0

    def test_rows_agree_with_single_calls(self, interval):
        successes = pd.Series([0, 7, 20], index=list("abc"))
        found = interval(successes, 20)
        assert found.low_pct.to_dict() == {
            row: interval(number, 20).low_pct for row, number in successes.items()
        }
        ends = interval(successes.to_numpy(), np.full(3, 20)).high_pct
        assert ends.tolist() == found.high_pct.tolist()

    @pytest.mark.parametrize(
        ("successes", "n"),
        [(0, 0), (1, 0), (-1, 20), (21, 20), (nan, 20), (5, nan), (0.5, 20), (5, 20.5)],
    )
    def test_what_is_no_count_is_refused(self, interval, successes, n):
        with pytest.raises(DataError, match=interval.__name__):
            interval(successes, n)

    @pytest.mark.parametrize("level", [0, 1, 80, -0.1, nan])
    def test_a_level_is_a_probability(self, interval, level):
        with pytest.raises(DataError, match=r"0\.8, not 80"):
            interval(5, 20, level=level)
