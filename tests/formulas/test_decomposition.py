"""Decompositions add up, and agree with their definitions computed another way."""

from itertools import permutations
from math import factorial, nan, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import decompose_three_factors, decompose_two_factors, kitagawa

factor = st.floats(min_value=-100, max_value=100)


@st.composite
def populations(draw):
    """Shares and rates of the same groups, twice."""
    size = draw(st.integers(min_value=1, max_value=8))
    columns = []
    for _ in range(2):
        weights = draw(
            st.lists(st.integers(min_value=1, max_value=999), min_size=size, max_size=size)
        )
        columns.append([100 * weight / sum(weights) for weight in weights])
        columns.append(
            draw(st.lists(st.floats(min_value=0, max_value=100), min_size=size, max_size=size))
        )
    return columns


def average_over_orders(first, second):
    """What each factor adds when the factors change one after the other, over all orders."""
    effects = [0.0] * len(first)
    for order in permutations(range(len(first))):
        now = list(first)
        for place in order:
            before = prod(now)
            now[place] = second[place]
            effects[place] += (prod(now) - before) / factorial(len(first))
    return effects


@given(populations())
def test_composition_and_rate_add_up_to_the_difference_of_the_overall_rates(case):
    shares_first, rates_first, shares_second, rates_second = case
    split = kitagawa(*case)
    overall = [
        sum(share * rate for share, rate in zip(shares, rates, strict=True)) / 100
        for shares, rates in ((shares_first, rates_first), (shares_second, rates_second))
    ]
    assert split.total == pytest.approx(overall[1] - overall[0], abs=1e-9)
    assert split.composition + split.rate == pytest.approx(split.total, abs=1e-9)


@given(populations())
def test_each_group_is_a_product_of_two_factors(case):
    split = kitagawa(*case)
    for group, (w0, r0, w1, r1) in enumerate(zip(*case, strict=True)):
        effects = decompose_two_factors((w0 / 100, r0), (w1 / 100, r1)).effects
        found = (split.composition_parts[group], split.rate_parts[group])
        assert found == pytest.approx(effects, abs=1e-9)


@given(populations())
def test_the_way_back_has_the_opposite_signs(case):
    there, back = kitagawa(*case), kitagawa(*case[2:], *case[:2])
    assert back.composition == pytest.approx(-there.composition, abs=1e-9)
    assert back.rate == pytest.approx(-there.rate, abs=1e-9)


@given(populations())
def test_what_did_not_change_has_no_effect(case):
    shares_first, rates_first, shares_second, rates_second = case
    assert kitagawa(shares_first, rates_first, shares_second, rates_first).rate == 0
    assert kitagawa(shares_first, rates_first, shares_first, rates_second).composition == 0


def test_shares_may_miss_100_by_the_rounding_of_their_last_digit():
    thirds = [33.3, 33.3, 33.3]
    assert kitagawa(thirds, [1, 2, 3], thirds, [1, 2, 3]).total == 0


@pytest.mark.parametrize(
    "shares", [[0.5, 0.5], [50, 49], [50, 51], [150, -50], [nan, 100], [50, 50, 0], [], 100]
)
def test_shares_that_are_no_composition_are_refused(shares):
    with pytest.raises(DataError, match="kitagawa"):
        kitagawa(shares, [80, 90], [50, 50], [80, 90])


def test_both_compositions_are_named_when_both_are_wrong():
    with pytest.raises(DataError) as caught:
        kitagawa([0.5, 0.5], [80, 90], [0.4, 0.6], [80, 90])
    assert caught.value.faults == (
        "shares_first add up to 1.0",
        "shares_second add up to 1.0",
    )


@pytest.mark.parametrize(
    ("split", "size"), [(decompose_two_factors, 2), (decompose_three_factors, 3)]
)
class TestProducts:
    @given(data=st.data())
    def test_effects_are_the_average_over_all_orders_of_change(self, split, size, data):
        first, second = (
            data.draw(st.lists(factor, min_size=size, max_size=size)) for _ in range(2)
        )
        found = split(first, second)
        assert found.effects == pytest.approx(average_over_orders(first, second), abs=1e-6)
        assert sum(found.effects) == pytest.approx(found.total, abs=1e-6)
        assert found.total == pytest.approx(prod(second) - prod(first), abs=1e-6)

    def test_a_factor_too_few_too_many_or_missing_is_refused(self, split, size):
        for wrong in ([1.0] * (size - 1), [1.0] * (size + 1), [nan] * size):
            with pytest.raises(DataError, match=split.__name__):
                split(wrong, wrong)

    def test_arrays_are_taken(self, split, size):
        assert split(np.ones(size), np.full(size, 2.0)).total == 2**size - 1
