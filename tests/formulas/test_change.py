"""Annual rates and attainment."""

import math
from math import nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    annual_rate_from_slope,
    attainment_level,
    average_annual_rate_of_change,
    average_annual_rate_of_reduction,
)

amounts = st.floats(min_value=0.1, max_value=1000)
yearly = st.floats(min_value=-20, max_value=20)


@given(amounts, yearly, st.integers(min_value=1, max_value=15))
def test_compounding_the_rate_leads_back_to_the_last_value(first, rate, years):
    last = first
    for _ in range(years):
        last *= 1 + rate / 100
    assert average_annual_rate_of_change(first, last, years) == pytest.approx(rate, abs=1e-9)


@given(amounts, yearly, st.integers(min_value=2, max_value=12))
def test_a_series_that_falls_by_one_rate_has_that_rate_of_reduction(first, rate, length):
    years = list(range(2010, 2010 + length))
    values = [first * (1 - rate / 100) ** step for step in range(length)]
    assert average_annual_rate_of_reduction(years, values) == pytest.approx(rate, abs=1e-9)


@given(st.lists(amounts, min_size=3, max_size=10))
def test_the_line_through_the_logarithms_is_the_least_squares_line(values):
    years = np.arange(2010, 2010 + len(values))
    slope = np.polynomial.Polynomial.fit(years, np.log(values), 1).convert().coef
    slope = slope[1] if slope.size > 1 else 0.0
    assert average_annual_rate_of_reduction(years, values) == pytest.approx(
        annual_rate_from_slope(slope), abs=1e-6
    )


def test_years_may_have_gaps():
    # 100 falls by 10 percent a year: 81 after two years, 65.61 after four.
    assert average_annual_rate_of_reduction([2016, 2018, 2020], [100, 81, 65.61]) == pytest.approx(
        10
    )


def test_two_values_reduce_by_minus_their_compound_change():
    reduction = average_annual_rate_of_reduction([2015, 2020], [50, 40])
    assert reduction == pytest.approx(-average_annual_rate_of_change(50, 40, 5))


def test_a_flat_slope_is_no_change_and_half_is_50_percent():
    assert annual_rate_from_slope(0) == 0
    assert annual_rate_from_slope(-math.log(2)) == pytest.approx(50)


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        (0, 5, 1),
        (5, 0, 1),
        (-5, 5, 1),
        (5, 5, 0),
        (5, 5, -1),
        (nan, 5, 1),
        (5, nan, 1),
        (5, 5, nan),
    ],
)
def test_what_cannot_compound_is_refused(first, last, years):
    with pytest.raises(DataError, match="points per year"):
        average_annual_rate_of_change(first, last, years)


@pytest.mark.parametrize(
    ("years", "values"),
    [
        ([2020], [5]),
        ([2020, 2020], [5, 6]),
        ([2020, 2021], [5, 0]),
        ([2020, 2021], [5, nan]),
        ([2020, nan], [5, 6]),
        ([2020, 2021], [5]),
        ([2020, 2021], [5, -1]),
    ],
)
def test_what_has_no_logarithmic_line_is_refused(years, values):
    with pytest.raises(DataError, match="average_annual_rate_of_reduction"):
        average_annual_rate_of_reduction(years, values)


def test_a_missing_slope_is_refused():
    with pytest.raises(DataError, match="finite"):
        annual_rate_from_slope(nan)


def test_series_in_is_series_out():
    first = pd.Series([100.0, 50.0], index=["a", "b"])
    rates = average_annual_rate_of_change(first, first * 1.1, 1)
    assert rates.to_dict() == pytest.approx({"a": 10, "b": 10})


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (45, 50), (90, 100), (99, 110)])
def test_attainment_may_pass_100(value, expected):
    assert attainment_level(value, 90) == pytest.approx(expected)


@pytest.mark.parametrize(("value", "target"), [(5, 0), (5, -1), (-1, 5), (nan, 5), (5, nan)])
def test_attainment_of_nothing_is_refused(value, target):
    with pytest.raises(DataError, match="report the gap"):
        attainment_level(value, target)
