"""Whole counts that meet a bound: minimal, maximal and exact."""

from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    largest_count_for,
    share,
    smallest_count_after_growth,
    smallest_count_for,
)

wholes = st.integers(min_value=1, max_value=10**6)
bounds = st.decimals(min_value=0, max_value=100, places=2)
stricts = st.booleans()


def meets(count, bound, whole, *, strict):
    reached = Fraction(100 * count, whole)
    return reached > Fraction(bound) if strict else reached >= Fraction(bound)


@given(bounds, wholes, stricts)
def test_the_smallest_count_meets_the_bound_and_one_fewer_does_not(bound, whole, strict):
    if strict and bound == 100:
        return
    count = smallest_count_for(float(bound), whole, strict=strict)
    assert meets(count, bound, whole, strict=strict)
    assert not meets(count - 1, bound, whole, strict=strict)


@given(bounds, wholes, stricts)
def test_what_may_fail_and_what_must_pass_make_the_whole(bound, whole, strict):
    if strict and bound == 100:
        return
    must_pass = smallest_count_for(bound, whole, strict=strict)
    assert largest_count_for(100 - bound, whole, strict=strict) == whole - must_pass


@given(st.integers(min_value=0, max_value=100), st.integers(min_value=1, max_value=5000))
def test_a_share_that_was_computed_agrees_with_the_count_that_was_asked_for(bound, whole):
    count = smallest_count_for(bound, whole)
    assert share(count, whole) >= bound
    if count:
        assert share(count - 1, whole) < bound


@given(wholes, st.decimals(min_value=0, max_value=500, places=2), stricts)
def test_the_smallest_grown_count_has_grown_enough_and_one_fewer_has_not(base, growth, strict):
    count = smallest_count_after_growth(base, float(growth), strict=strict)
    grown = 100 + Fraction(growth)
    assert meets(count, grown, base, strict=strict)
    assert not meets(count - 1, grown, base, strict=strict)


@pytest.mark.parametrize(
    ("bound", "whole", "strict", "expected"),
    [
        (20, 40, False, 8),
        (20, 40, True, 9),
        (50, 10, True, 6),
        (50, 11, True, 6),
        (95, 20, False, 19),
        (95, 20, True, 20),
        (0, 40, False, 0),
        (0, 40, True, 1),
        (100, 40, False, 40),
        # 7 / 100 * 100 lies above 7 in floating point.
        (7, 100, False, 7),
        ("33.3", 1000, False, 333),
        (Decimal("2.5"), 40, False, 1),
        (Fraction(100, 3), 3, False, 1),
        (np.float64(20.0), np.int64(40), False, 8),
    ],
)
def test_smallest_counts_by_hand(bound, whole, strict, expected):
    assert smallest_count_for(bound, whole, strict=strict) == expected


@pytest.mark.parametrize(
    ("bound", "whole", "strict", "expected"),
    [
        (5, 250, False, 12),
        (4, 250, False, 10),
        (4, 250, True, 9),
        (0, 250, False, 0),
        (100, 250, False, 250),
        (100, 250, True, 249),
        (7, 100, False, 7),
    ],
)
def test_largest_counts_by_hand(bound, whole, strict, expected):
    assert largest_count_for(bound, whole, strict=strict) == expected


@pytest.mark.parametrize(
    ("base", "growth", "strict", "expected"),
    # 100 * 1.1 lies above 110 in floating point.
    [
        (100, 10, False, 110),
        (10, 20, False, 12),
        (10, 20, True, 13),
        (33, 20, False, 40),
        (7, 0, False, 7),
        (7, 0, True, 8),
        (3, 200, False, 9),
    ],
)
def test_growth_by_hand(base, growth, strict, expected):
    assert smallest_count_after_growth(base, growth, strict=strict) == expected


def test_results_are_whole_numbers():
    assert type(smallest_count_for(20.0, 40.0)) is int
    assert type(largest_count_for(20.0, 40.0)) is int
    assert type(smallest_count_after_growth(40.0, 20.0)) is int


def test_a_promise_that_no_count_can_keep_is_refused():
    with pytest.raises(DataError, match="cannot be kept"):
        smallest_count_for(100, 40, strict=True)
    with pytest.raises(DataError, match="cannot be kept"):
        largest_count_for(0, 40, strict=True)


@pytest.mark.parametrize("function", [smallest_count_for, largest_count_for])
@pytest.mark.parametrize(
    ("bound", "whole"),
    [
        (-1, 40),
        (101, 40),
        (nan, 40),
        (inf, 40),
        ("20%", 40),
        ("", 40),
        (None, 40),
        (20, 0),
        (20, -40),
        (20, 40.5),
        (20, nan),
        (20, inf),
        ("1/0", 40),
    ],
)
def test_bounds_and_wholes_outside_their_domain_are_refused(function, bound, whole):
    with pytest.raises(DataError, match=function.__name__):
        function(bound, whole)


@pytest.mark.parametrize(("base", "growth"), [(0, 20), (10, -5), (10.5, 20), (nan, 20), (10, nan)])
def test_growth_outside_its_domain_is_refused(base, growth):
    with pytest.raises(DataError, match="smallest_count_after_growth"):
        smallest_count_after_growth(base, growth)
