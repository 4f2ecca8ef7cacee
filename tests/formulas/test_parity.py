"""Parity indices."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import adjusted_parity_index, parity_index

rates = st.floats(min_value=0.01, max_value=100)


@given(rates, rates)
def test_the_index_of_exchanged_groups_is_the_inverse(one, other):
    assert parity_index(one, other) * parity_index(other, one) == pytest.approx(1)


@given(rates, rates)
def test_the_adjusted_index_of_exchanged_groups_is_mirrored_at_parity(one, other):
    index = adjusted_parity_index(one, other)
    assert index + adjusted_parity_index(other, one) == pytest.approx(2)
    assert 0 <= index <= 2


@given(rates, rates)
def test_the_adjusted_index_follows_the_printed_definition(one, other):
    plain = parity_index(one, other)
    expected = plain if plain <= 1 else 2 - 1 / plain
    assert adjusted_parity_index(one, other) == pytest.approx(expected)


@pytest.mark.parametrize("formula", [parity_index, adjusted_parity_index])
def test_equal_groups_are_at_parity(formula):
    assert formula(97.3, 97.3) == 1


def test_the_adjusted_index_reaches_its_ends():
    assert adjusted_parity_index(0, 50) == 0
    assert adjusted_parity_index(50, 0) == 2


@pytest.mark.parametrize("values", [(1, 0), (-1, 1), (1, -1), (nan, 1), (1, nan), (inf, 1)])
def test_parity_with_nothing_is_refused(values):
    with pytest.raises(DataError, match="adjusted_parity_index"):
        parity_index(*values)


@pytest.mark.parametrize("values", [(0, 0), (-1, 1), (1, -1), (nan, 1), (1, nan), (1, inf)])
def test_the_adjusted_index_keeps_its_domain(values):
    with pytest.raises(DataError, match="adjusted_parity_index"):
        adjusted_parity_index(*values)
