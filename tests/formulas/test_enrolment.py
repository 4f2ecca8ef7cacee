"""Enrolment, retention and learning poverty."""

from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    cohort_retention,
    gross_enrolment,
    learning_poverty,
    net_enrolment,
)

OPEN_RATES = [cohort_retention, gross_enrolment]
percent = st.floats(min_value=0, max_value=100)


@pytest.mark.parametrize("formula", OPEN_RATES)
class TestRatesThatMayPass100:
    @pytest.mark.parametrize(
        ("above", "expected"), [(0, 0), (95, 95), (100, 100), (101, 101), (250, 250)]
    )
    def test_they_do_not_stop_at_100(self, formula, above, expected):
        assert formula(above, 100) == expected

    @pytest.mark.parametrize(
        ("above", "below"), [(-1, 100), (1, 0), (1, -1), (nan, 100), (1, nan), (inf, 1), (1, inf)]
    )
    def test_their_domain_is_kept(self, formula, above, below):
        with pytest.raises(DataError, match=formula.__name__):
            formula(above, below)

    def test_series_in_is_series_out(self, formula):
        result = formula(pd.Series([106.0], index=["a"]), pd.Series([100.0], index=["a"]))
        assert result.to_dict() == {"a": 106}


def test_more_enrolled_than_children_is_sent_to_the_gross_ratio():
    with pytest.raises(DataError, match="use gross_enrolment"):
        net_enrolment(1060, 1000)


@pytest.mark.parametrize(
    ("below", "enrolled", "expected"), [(0, 100, 0), (100, 100, 100), (30, 0, 100), (50, 50, 75)]
)
def test_learning_poverty_counts_those_outside_as_poor(below, enrolled, expected):
    assert learning_poverty(below, enrolled) == expected


@given(percent, percent)
def test_who_is_not_learning_poor_is_in_school_and_proficient(below, enrolled):
    proficient_and_in_school = (100 - below) * enrolled / 100
    assert 100 - learning_poverty(below, enrolled) == pytest.approx(
        proficient_and_in_school, abs=1e-9
    )


@pytest.mark.parametrize(
    ("below", "enrolled"), [(-1, 50), (101, 50), (50, -1), (50, 100.5), (nan, 50), (50, nan)]
)
def test_learning_poverty_takes_percentages_only(below, enrolled):
    with pytest.raises(DataError, match="learning_poverty"):
        learning_poverty(below, enrolled)


def test_learning_poverty_of_arrays_is_an_array():
    assert isinstance(learning_poverty(np.array([50.0]), np.array([50.0])), np.ndarray)
