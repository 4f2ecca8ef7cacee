"""Teachers, classes and money for each pupil."""

from math import inf, nan

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    average_class_size,
    count_large_classes,
    large_class_share,
    per_head,
    pupil_teacher_ratio,
    ratio,
)

QUOTIENTS = [average_class_size, per_head, pupil_teacher_ratio, ratio]


@pytest.mark.parametrize("formula", QUOTIENTS)
class TestEveryQuotient:
    def test_it_is_one_number_over_the_other(self, formula):
        assert formula(90, 4) == 22.5
        assert formula(0, 4) == 0

    @pytest.mark.parametrize(
        ("above", "below"), [(1, 0), (1, -1), (-1, 1), (nan, 1), (1, nan), (inf, 1), (1, inf)]
    )
    def test_its_domain_is_kept(self, formula, above, below):
        with pytest.raises(DataError, match=formula.__name__):
            formula(above, below)

    def test_series_in_is_series_out(self, formula):
        result = formula(pd.Series([90, 80], index=["a", "b"]), pd.Series([4, 4], index=["a", "b"]))
        assert result.to_dict() == {"a": 22.5, "b": 20}


@pytest.mark.parametrize(("size", "large"), [(55, 0), (56, 1), (57, 1)])
def test_a_class_is_large_from_56_pupils_on(size, large):
    assert count_large_classes([30, size]) == large


@pytest.mark.parametrize(("size", "large"), [(65, 0), (66, 1)])
def test_the_threshold_itself_is_large(size, large):
    assert count_large_classes([size], threshold=66) == large


@given(st.lists(st.integers(min_value=1, max_value=120), min_size=1))
def test_classes_at_the_least_threshold_are_all_and_fit_into_the_share(sizes):
    large = count_large_classes(sizes)
    assert count_large_classes(sizes, threshold=1) == len(sizes)
    assert large == sum(1 for size in sizes if size > 55)
    assert 0 <= large_class_share(large, len(sizes)) <= 100


@pytest.mark.parametrize("sizes", [[], [45.5], [0, 50], [-3], [nan, 50], 56])
def test_what_is_no_list_of_classes_is_refused(sizes):
    with pytest.raises(DataError, match="count_large_classes"):
        count_large_classes(sizes)


@pytest.mark.parametrize("threshold", [0, -1, nan])
def test_a_threshold_without_meaning_is_refused(threshold):
    with pytest.raises(DataError, match="threshold"):
        count_large_classes([50], threshold=threshold)
