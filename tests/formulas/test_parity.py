"""The parity index."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import parity_index

rates = st.floats(min_value=0.01, max_value=100)


@given(rates, rates)
def test_the_index_of_exchanged_groups_is_the_inverse(one, other):
    assert parity_index(one, other) * parity_index(other, one) == pytest.approx(1)


def test_equal_groups_are_at_parity():
    assert parity_index(97.3, 97.3) == 1


@pytest.mark.parametrize("values", [(1, 0), (-1, 1), (1, -1), (nan, 1), (1, nan), (inf, 1)])
def test_parity_with_nothing_is_refused(values):
    with pytest.raises(DataError, match="use the difference"):
        parity_index(*values)
