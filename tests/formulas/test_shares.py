"""Shares: edges, laws and kinds."""

from fractions import Fraction
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    as_published,
    count,
    coverage,
    large_class_share,
    net_enrolment,
    pooled_share,
    qualification_share,
    share,
)

PARTS_OF_WHOLES = [coverage, large_class_share, net_enrolment, qualification_share, share]

persons = st.integers(min_value=0, max_value=10**9)
groups = st.lists(
    st.tuples(persons, persons).map(lambda pair: (min(pair), max(pair) + 1)), min_size=1
)


@pytest.mark.parametrize("formula", PARTS_OF_WHOLES)
class TestEveryPartOfAWhole:
    def test_none_is_0_and_all_is_100(self, formula):
        assert formula(0, 40) == 0
        assert formula(40, 40) == 100

    @pytest.mark.parametrize(
        ("part", "whole"),
        [
            (41, 40),
            (40.001, 40),
            (-1, 40),
            (0, 0),
            (1, 0),
            (1, -40),
            (nan, 40),
            (1, nan),
            (1, inf),
            (inf, inf),
            (nan, nan),
        ],
    )
    def test_what_is_no_part_of_a_whole_is_refused(self, formula, part, whole):
        with pytest.raises(DataError, match=formula.__name__):
            formula(part, whole)

    def test_array_in_is_array_out(self, formula):
        result = formula(np.array([10, 20]), np.array([40, 40]))
        assert isinstance(result, np.ndarray)
        assert result.tolist() == [25, 50]

    def test_series_in_is_series_out_with_its_index(self, formula):
        whole = pd.Series([40, 40], index=["a", "b"])
        result = formula(pd.Series([10, 20], index=["a", "b"]), whole)
        pd.testing.assert_series_equal(result, pd.Series([25.0, 50.0], index=["a", "b"]))

    def test_number_in_is_number_out(self, formula):
        assert type(formula(10, 40)) is float


def test_a_part_above_its_whole_is_sent_to_the_ratios_that_may_pass_100():
    with pytest.raises(DataError, match=r"part=41\.0, whole=40\.0.*gross_enrolment"):
        share(41, 40)


def test_small_integer_types_do_not_overflow():
    part, whole = np.array([48_000_000], dtype=np.int32), np.array([60_000_000], dtype=np.int32)
    assert share(part, whole).tolist() == [80]


@given(st.tuples(persons, persons).filter(any).map(sorted))
def test_a_share_of_counts_is_the_exact_share_rounded_once(pair):
    part, whole = pair
    assert share(part, whole) == float(Fraction(100 * part, whole))


@given(st.tuples(persons, persons).filter(any).map(sorted))
def test_those_with_and_those_without_make_100(pair):
    part, whole = pair
    assert share(part, whole) + share(whole - part, whole) == pytest.approx(100)


@given(groups)
def test_pooled_shares_are_the_share_of_the_pooled_counts(pairs):
    parts, wholes = (np.array(column, dtype=float) for column in zip(*pairs, strict=True))
    pooled = pooled_share(share(parts, wholes), wholes)
    assert pooled == pytest.approx(share(parts.sum(), wholes.sum()))


def test_groups_without_weight_do_not_count():
    assert pooled_share([50, 90], [10, 0]) == 50


@pytest.mark.parametrize(
    ("shares", "weights"),
    [
        ([101], [1]),
        ([-1], [1]),
        ([50], [-1]),
        ([50], [0]),
        ([50, nan], [1, 1]),
        ([50, 60], [1, nan]),
        ([50, 60], [1]),
        ([], []),
    ],
)
def test_shares_that_cannot_be_pooled_are_refused(shares, weights):
    with pytest.raises(DataError, match="pooled_share"):
        pooled_share(shares, weights)


@pytest.mark.parametrize("formula", [as_published, count])
class TestValuesTakenAsTheyAre:
    def test_the_very_object_comes_back(self, formula):
        series = pd.Series([0.0, 52.7])
        assert formula(series) is series
        assert formula(52.7) == 52.7

    @pytest.mark.parametrize("value", [nan, inf, -inf])
    def test_missing_and_infinite_are_refused(self, formula, value):
        with pytest.raises(DataError, match="finite"):
            formula(value)


def test_a_printed_change_may_be_negative_and_a_count_may_not():
    assert as_published(-0.5) == -0.5
    assert count(0) == 0
    with pytest.raises(DataError, match="value >= 0"):
        count(-1)
