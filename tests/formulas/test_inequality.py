"""Measures of inequality: definitions computed another way, and their laws."""

import math
import statistics
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    atkinson,
    coefficient_of_variation,
    difference_coefficient,
    gini,
    theil,
)

BOOKS = [279, 137, 935, 160, 402]
PUPILS = [45, 37, 89, 76, 55]

MEASURES = {
    "gini": gini,
    "theil": theil,
    "variation": coefficient_of_variation,
    "atkinson half": lambda values: atkinson(values, epsilon=0.5),
    "atkinson one": lambda values: atkinson(values, epsilon=1),
    "atkinson two": lambda values: atkinson(values, epsilon=2),
}
every_measure = pytest.mark.parametrize("measure", MEASURES.values(), ids=MEASURES)

positive = st.lists(st.floats(min_value=0.1, max_value=1000), min_size=2, max_size=20)
schools = st.lists(
    st.tuples(st.integers(min_value=1, max_value=5000), st.integers(min_value=1, max_value=2000)),
    min_size=2,
    max_size=15,
)


# Drawing examples costs more than measuring them, so that each is measured in every way.
@given(values=positive, scale=st.floats(min_value=0.01, max_value=100))
def test_every_measure_is_free_of_scale(values, scale):
    scaled = [scale * value for value in values]
    for name, measure in MEASURES.items():
        assert measure(scaled) == pytest.approx(measure(values), rel=1e-6, abs=1e-7), name


@given(values=positive)
def test_every_measure_is_free_of_order_and_of_the_size_of_the_population(values):
    for name, measure in MEASURES.items():
        again = measure(values[::-1] * 3)
        assert again == pytest.approx(measure(values), rel=1e-6, abs=1e-7), name


@given(values=positive)
def test_moving_from_the_richest_to_the_poorest_never_raises_any_measure(values):
    moved = sorted(values)
    gift = (moved[-1] - moved[0]) / 4
    moved[0] += gift
    moved[-1] -= gift
    for name, measure in MEASURES.items():
        assert measure(moved) <= measure(values) + 1e-9, name


@every_measure
class TestEveryMeasure:
    def test_equal_values_have_none(self, measure):
        assert measure([7.5, 7.5, 7.5]) == pytest.approx(0, abs=1e-12)

    @pytest.mark.parametrize("values", [[], [5], [0, 0], [-1, 5], [nan, 5], [inf, 5], 5])
    def test_what_has_no_spread_is_refused(self, measure, values):
        with pytest.raises(DataError):
            measure(values)


@given(positive)
def test_gini_is_half_the_mean_difference_of_all_pairs(values):
    mean = statistics.fmean(values)
    pairs = [abs(one - other) for one in values for other in values]
    assert gini(values) == pytest.approx(statistics.fmean(pairs) / (2 * mean), abs=1e-12)


def test_corrected_gini_is_1_where_one_has_all():
    assert gini([0, 0, 0, 8], corrected=True) == 1
    assert gini([0, 0, 0, 8]) == 0.75


@given(positive)
def test_theil_is_the_mean_of_relative_values_times_their_logarithm(values):
    mean = statistics.fmean(values)
    expected = statistics.fmean(v / mean * math.log(v / mean) for v in values)
    assert theil(values) == pytest.approx(expected, abs=1e-12)


def test_theil_reaches_ln_n_where_one_has_all():
    assert theil([0, 0, 0, 8]) == pytest.approx(math.log(4))


@given(positive, st.sampled_from([0.5, 1, 2, 3]))
def test_atkinson_is_what_an_equal_spread_could_do_without(values, epsilon):
    if epsilon == 1:
        equal = statistics.geometric_mean(values)
    else:
        powers = statistics.fmean(value ** (1 - epsilon) for value in values)
        equal = powers ** (1 / (1 - epsilon))
    expected = 1 - equal / statistics.fmean(values)
    assert atkinson(values, epsilon=epsilon) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("epsilon", [1, 1.5, 2])
def test_a_zero_makes_atkinson_1_from_aversion_1_on(epsilon):
    assert atkinson([0, 5, 10], epsilon=epsilon) == 1


def test_below_aversion_1_a_zero_is_one_value_among_others():
    # The mean of the roots of 0 and 16 is 2, its square 4, half of the mean 8.
    assert atkinson([0, 16], epsilon=0.5) == pytest.approx(0.5)


@pytest.mark.parametrize("epsilon", [0, -1, nan])
def test_atkinson_needs_an_aversion(epsilon):
    with pytest.raises(DataError, match="epsilon > 0"):
        atkinson([1, 2], epsilon=epsilon)


@given(positive)
def test_variation_is_the_standard_deviation_over_the_mean(values):
    mean = statistics.fmean(values)
    everyone, sample = statistics.pstdev(values) / mean, statistics.stdev(values) / mean
    assert coefficient_of_variation(values) == pytest.approx(everyone, abs=1e-9)
    assert coefficient_of_variation(values, ddof=1) == pytest.approx(sample, abs=1e-9)


def test_variation_knows_no_other_degrees_of_freedom():
    with pytest.raises(DataError, match="ddof"):
        coefficient_of_variation([1, 2], ddof=2)


def test_the_worked_example_has_the_printed_variance():
    per_pupil = sum(BOOKS) / sum(PUPILS)
    variance = (difference_coefficient(BOOKS, PUPILS) * per_pupil) ** 2
    assert round(variance, 2) == 10.65


def test_without_pupil_weights_the_worked_example_would_pass_the_limit_that_it_breaks():
    unweighted = coefficient_of_variation(np.divide(BOOKS, PUPILS))
    assert unweighted < 0.50 < difference_coefficient(BOOKS, PUPILS)


@given(schools)
def test_the_difference_coefficient_is_the_variation_over_pupils(pairs):
    resources, pupils = (np.array(column) for column in zip(*pairs, strict=True))
    variance = np.cov(resources / pupils, aweights=pupils, ddof=0)
    expected = math.sqrt(max(variance, 0)) / (resources.sum() / pupils.sum())
    assert difference_coefficient(resources, pupils) == pytest.approx(expected, abs=1e-9)


@given(schools)
def test_a_school_cut_into_two_alike_changes_nothing(pairs):
    resources, pupils = zip(*pairs, strict=True)
    halves = [resources[0] / 2] * 2, [pupils[0] / 2] * 2
    cut = difference_coefficient([*halves[0], *resources[1:]], [*halves[1], *pupils[1:]])
    assert cut == pytest.approx(difference_coefficient(resources, pupils), abs=1e-9)


def test_schools_of_one_size_need_no_weights():
    assert difference_coefficient([10, 30], [5, 5]) == coefficient_of_variation([2, 6])


def test_a_school_that_has_none_of_the_resource_counts():
    # Per pupil 0 and 2 around 1: the standard deviation equals the mean.
    assert difference_coefficient([0, 20], [10, 10]) == 1


@pytest.mark.parametrize(
    ("resources", "pupils"),
    [
        ([1, 2], [0, 5]),
        ([1, 2], [5, -5]),
        ([-1, 2], [5, 5]),
        ([0, 0], [5, 5]),
        ([1], [5]),
        ([1, nan], [5, 5]),
        ([1, 2], [nan, 5]),
        ([1, 2, 3], [5, 5]),
    ],
)
def test_schools_that_cannot_be_compared_are_refused(resources, pupils):
    with pytest.raises(DataError, match="difference_coefficient"):
        difference_coefficient(resources, pupils)


def test_series_of_schools_are_taken():
    index = list("abcde")
    assert difference_coefficient(
        pd.Series(BOOKS, index=index), pd.Series(PUPILS, index=index)
    ) == difference_coefficient(BOOKS, PUPILS)


def test_atkinson_is_continuous_where_it_becomes_a_geometric_mean():
    values = [1, 2, 3, 4, 5.0]
    mean = atkinson(values, epsilon=1)
    for near in (1 - 1e-12, 1 + 1e-12, 1 + 1e-9):
        assert atkinson(values, epsilon=near) == pytest.approx(mean, abs=1e-8)
