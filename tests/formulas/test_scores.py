"""Rates read off score distributions."""

from math import nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    excellence_rate_from_scores,
    low_score_rate_from_scores,
    pass_rate_from_scores,
    rate_at_or_above,
    rate_below,
    share,
)

distributions = st.dictionaries(
    st.integers(min_value=0, max_value=100), st.integers(min_value=0, max_value=500), min_size=1
).filter(lambda counts: any(counts.values()))
cuts = st.integers(min_value=11, max_value=1000).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("formula", "score", "expected"),
    [
        (pass_rate_from_scores, 59, 0),
        (pass_rate_from_scores, 60, 100),
        (pass_rate_from_scores, 61, 100),
        (excellence_rate_from_scores, 84, 0),
        (excellence_rate_from_scores, 85, 100),
        (low_score_rate_from_scores, 39, 100),
        (low_score_rate_from_scores, 40, 0),
        (low_score_rate_from_scores, 41, 0),
    ],
)
def test_the_rate_turns_at_the_cut_off(formula, score, expected):
    assert formula(scores=[score], counts=[1]) == expected


@pytest.mark.parametrize(
    ("formula", "score", "expected"),
    [
        (pass_rate_from_scores, 89, 0),
        (pass_rate_from_scores, 90, 100),
        (excellence_rate_from_scores, 127, 0),
        (excellence_rate_from_scores, 127.5, 100),
        (low_score_rate_from_scores, 59.5, 100),
        (low_score_rate_from_scores, 60, 0),
    ],
)
def test_the_cut_off_moves_with_the_full_marks(formula, score, expected):
    assert formula(scores=[score], counts=[1], full_marks=150) == expected


@given(cuts)
def test_a_score_equal_to_the_cut_off_counts_whatever_its_digits(cut):
    assert rate_at_or_above([cut], [1], full_marks=100, cut_pct=cut) == 100
    assert rate_below([cut], [1], full_marks=100, cut_pct=cut) == 0


@given(distributions, cuts)
def test_above_and_below_make_100_and_above_is_the_share_that_reached_it(counts, cut):
    scores, pupils = list(counts), list(counts.values())
    above = rate_at_or_above(scores, pupils, full_marks=100, cut_pct=cut)
    assert above + rate_below(scores, pupils, full_marks=100, cut_pct=cut) == pytest.approx(100)
    reached = sum(number for score, number in counts.items() if score >= cut)
    assert above == share(reached, sum(pupils))


@given(distributions, cuts, cuts)
def test_a_higher_cut_off_never_raises_the_rate(counts, one, other):
    low, high = (
        rate_at_or_above(list(counts), list(counts.values()), full_marks=100, cut_pct=cut)
        for cut in sorted([one, other])
    )
    assert low >= high


def test_a_score_listed_twice_counts_twice():
    assert pass_rate_from_scores(scores=[60, 60, 10], counts=[1, 2, 1]) == 75


def test_arrays_and_series_are_taken():
    assert pass_rate_from_scores(scores=np.array([50, 70]), counts=np.array([1, 3])) == 75
    assert pass_rate_from_scores(scores=pd.Series([50, 70]), counts=pd.Series([1, 3])) == 75


@pytest.mark.parametrize(
    ("scores", "counts"),
    [
        ([101], [1]),
        ([-1], [1]),
        ([60], [-1]),
        ([60], [0]),
        ([], []),
        ([nan], [1]),
        ([60], [nan]),
        ([60, 70], [1]),
    ],
)
def test_what_is_no_distribution_is_refused(scores, counts):
    with pytest.raises(DataError):
        pass_rate_from_scores(scores=scores, counts=counts)


@pytest.mark.parametrize("cut_pct", [0, 0.6, 101, nan])
def test_a_cut_off_outside_its_range_is_refused(cut_pct):
    with pytest.raises(DataError, match=r"60, not 0\.6"):
        pass_rate_from_scores(scores=[60], counts=[1], cut_pct=cut_pct)


@pytest.mark.parametrize("full_marks", [0, -100, nan])
def test_full_marks_must_be_positive(full_marks):
    with pytest.raises(DataError, match="full_marks > 0"):
        rate_below([0], [1], full_marks=full_marks, cut_pct=40)


def test_passed_and_tested_pupils_are_no_scores():
    """Given as scores and counts, they would come out as a rate of 0 and say nothing."""
    passed, tested = [30, 28, 33], [40, 35, 36]
    with pytest.raises(TypeError):
        pass_rate_from_scores(passed, tested)
    assert share(np.array(passed), np.array(tested)).round(2).tolist() == [75.0, 80.0, 91.67]
