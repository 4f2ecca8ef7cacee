"""What all formulas do with their arguments: kinds, rows and messages."""

import numpy as np
import pandas as pd
import pytest

from edu_metrics.errors import DataError
from edu_metrics.formulas import (
    average_annual_rate_of_change,
    pooled_share,
    share,
    wilson_interval,
)


def test_series_in_another_order_are_refused_and_not_matched_by_position():
    part = pd.Series([1, 30], index=["a", "b"])
    whole = pd.Series([40, 4], index=["b", "a"])
    with pytest.raises(DataError, match="same rows in the same order"):
        share(part, whole)


def test_lists_in_another_order_are_refused_too():
    with pytest.raises(DataError, match="same rows"):
        pooled_share(pd.Series([50, 60], index=[1, 2]), pd.Series([1, 1], index=[2, 1]))


def test_arrays_of_other_length_are_refused():
    with pytest.raises(DataError, match=r"part has \(3,\), whole has \(2,\)"):
        share(np.ones(3), np.ones(2))


@pytest.mark.parametrize("whole", [np.ones(1), np.ones((3, 1)), np.ones((1, 3))])
def test_arrays_are_not_stretched_to_fit(whole):
    with pytest.raises(DataError, match="shapes that do not match"):
        share(np.ones(3), whole)


@pytest.mark.parametrize("part", [[1, 2], (1, 2)])
def test_a_plain_list_where_numbers_are_computed_row_by_row_is_refused(part):
    with pytest.raises(DataError, match="plain list for part"):
        share(part, np.array([4, 4]))


def test_one_number_goes_with_every_row():
    result = share(pd.Series([10, 20], index=["a", "b"]), 40)
    assert result.to_dict() == {"a": 25, "b": 50}


def test_every_faulty_row_is_named_at_once_and_no_other():
    part = pd.Series([1.0, 5.0, np.nan, 2.0], index=["a", "b", "c", "d"])
    whole = pd.Series([4.0, 4.0, 4.0, 0.0], index=["a", "b", "c", "d"])
    with pytest.raises(DataError) as caught:
        share(part, whole)
    assert [fault.partition(":")[0] for fault in caught.value.faults] == [
        "row 'b'",
        "row 'c'",
        "row 'd'",
    ]
    assert "3 of 4" in caught.value.message
    assert "part=5.0, whole=4.0" in caught.value.faults[0]


def test_rows_of_arrays_are_named_by_place():
    with pytest.raises(DataError) as caught:
        share(np.array([[1.0, 2.0], [3.0, 9.0]]), np.full((2, 2), 4.0))
    assert caught.value.faults == ("entry (1, 1): part=9.0, whole=4.0",)


def test_a_wholly_wrong_column_is_cut_short_and_says_so():
    with pytest.raises(DataError) as caught:
        share(np.full(60, 2.0), np.ones(60))
    assert len(caught.value.faults) == 51
    assert caught.value.faults[-1] == "and 10 more row(s)"


@pytest.mark.parametrize(
    "value", ["5", None, True, pd.NA, pd.DataFrame({"a": [1]}), pd.Series(["5"]), [None]]
)
def test_what_is_no_number_is_refused(value):
    with pytest.raises(DataError, match="expected a number"):
        share(value, 40)


def test_the_missing_mark_of_nullable_columns_is_refused():
    with pytest.raises(DataError) as caught:
        share(pd.Series([1, None], dtype="Int64"), pd.Series([4, 4], dtype="Int64"))
    assert caught.value.faults == ("row 1: part=nan, whole=4.0",)


def test_nullable_columns_without_gaps_are_computed():
    result = share(pd.Series([1, 2], dtype="Int64"), pd.Series([4, 4], dtype="Int64"))
    assert result.tolist() == [25, 50]


def test_an_empty_table_gives_an_empty_result():
    assert share(pd.Series([], dtype=float), pd.Series([], dtype=float)).empty


def test_the_arguments_are_left_as_they_were():
    part, whole = np.array([1.0, 2.0]), np.array([4.0, 4.0])
    share(part, whole)
    assert part.tolist() == [1, 2]
    assert whole.tolist() == [4, 4]
    assert part.flags.writeable


def test_computed_results_keep_the_kind_and_the_index():
    first = pd.Series([40.0, 50.0], index=["a", "b"])
    second = pd.Series([50.0, 40.0], index=["a", "b"])
    rate = average_annual_rate_of_change
    assert rate(first, second, 2).index.tolist() == ["a", "b"]
    assert rate(40, second, 2).index.tolist() == ["a", "b"]
    assert type(rate(40, 50, 2)) is float
    assert isinstance(rate(np.array([40.0]), np.array([50.0]), 2), np.ndarray)
    assert wilson_interval(first, first + 50).low_pct.index.tolist() == ["a", "b"]
    assert isinstance(wilson_interval(np.array([1.0]), np.array([2.0])).low_pct, np.ndarray)
