"""Decompositions add up, and agree with their definitions computed another way."""

from itertools import permutations
from math import factorial, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import decompose, kitagawa

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


def average_over_orders(rate, first, second):
    """What each factor adds when the factors change one after the other, over all orders."""
    effects = dict.fromkeys(first, 0.0)
    for order in permutations(first):
        now = dict(first)
        for name in order:
            before = rate(**now)
            now[name] = second[name]
            effects[name] += (rate(**now) - before) / factorial(len(first))
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
        first, second = {"w": w0 / 100, "r": r0}, {"w": w1 / 100, "r": r1}
        effects = average_over_orders(lambda w, r: w * r, first, second)
        found = (split.composition_parts[group], split.rate_parts[group])
        assert found == pytest.approx(tuple(effects.values()), abs=1e-9)


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


def odd(a, b, c, d):
    return a * b - np.exp(c / 100) * max(a, d)


@st.composite
def several(draw, least=2):
    """Two to four populations of four factors."""
    number = draw(st.integers(min_value=least, max_value=4))
    return {n: {name: draw(factor) for name in "abcd"} for n in range(number)}


@given(several())
def test_effects_of_two_are_the_average_over_all_orders_of_change(populations):
    first, second = populations[0], populations[1]
    split = decompose({"then": first, "now": second}, odd)
    assert split.effects == pytest.approx(average_over_orders(odd, first, second), abs=1e-6)
    assert split.total == pytest.approx(odd(**second) - odd(**first), abs=1e-6)


@given(several(least=3))
def test_effects_of_many_add_up_over_factors_and_over_populations(populations):
    split = decompose(populations, odd)
    for one in populations:
        assert split.crude[one] == pytest.approx(odd(**populations[one]))
        effects = split.between(0, one)
        assert sum(effects.values()) == pytest.approx(split.crude[one] - split.crude[0], abs=1e-6)
        onward = split.between(one, 2)
        for name, effect in split.between(0, 2).items():
            assert effects[name] + onward[name] == pytest.approx(effect, abs=1e-6)


@given(several(least=3))
def test_effects_of_many_are_equation_6_12(populations):
    """As printed: the effect of the pair less the mean of what goes round by the others."""
    pair = {
        (i, j): decompose({"i": populations[i], "j": populations[j]}, odd).effects
        for i, j in permutations(populations, 2)
    }
    found = decompose(populations, odd).between(0, 1)
    for name in "abcd":
        round_trips = sum(
            pair[0, 1][name] + pair[1, j][name] - pair[0, j][name]
            for j in populations
            if j not in (0, 1)
        )
        expected = pair[0, 1][name] - round_trips / len(populations)
        assert found[name] == pytest.approx(expected, abs=1e-6)


@given(several())
def test_the_order_of_the_factors_does_not_matter(populations):
    turned = {n: dict(reversed(factors.items())) for n, factors in populations.items()}
    one, other = decompose(populations, odd), decompose(turned, odd)
    for name in "abcd":
        assert one.standardised[name] == pytest.approx(other.standardised[name], abs=1e-6)


def test_a_factor_that_did_not_change_has_no_effect_and_a_lone_one_has_all():
    then = {"a": 2.0, "b": np.array([3.0, 4.0])}
    split = decompose({1: then, 2: then | {"a": 5.0}}, lambda a, b: a * b.sum())
    assert split.effects == {"a": 21.0, "b": 0.0}
    assert decompose({1: {"a": 2}, 2: {"a": 5}}).effects == {"a": 3.0}


def test_twelve_factors_are_split_and_thirteen_refused():
    names = [f"f{n}" for n in range(13)]
    two = {n: dict.fromkeys(names[:12], n) for n in (1, 2)}
    assert decompose(two, lambda **factors: sum(factors.values())).effects == pytest.approx(
        dict.fromkeys(names[:12], 1.0)
    )
    with pytest.raises(DataError, match=r"1 to 12 factors; found 2 population\(s\) and 13"):
        decompose({n: dict.fromkeys(names, n) for n in (1, 2)})


def test_all_faults_of_the_factors_are_told_at_once():
    with pytest.raises(DataError) as caught:
        decompose({1: {"a": nan, "b": [1, 2]}, 2: {"a": 1, "b": [1, 2, 3]}})
    told = str(caught.value)
    assert "a of 1=nan" in told
    assert "b of 2 has (3,)" in told
    with pytest.raises(DataError) as caught:
        decompose({1: {"a": 1}, 2: {"b": 1}})
    assert caught.value.faults == ("1: without b", "2: without a")


@pytest.mark.parametrize("populations", [{}, {1: {"a": 2}}, {1: {}, 2: {}}])
def test_one_population_or_no_factor_is_refused(populations):
    with pytest.raises(DataError, match="two or more populations"):
        decompose(populations)


def test_a_mixture_without_a_rate_is_named():
    two = {1: {"a": 1, "b": 1}, 2: {"a": 3, "b": 3}}
    with pytest.raises(DataError, match=r"nan at a=3.0, b=1.0"):
        decompose(two, lambda a, b: nan if a > b else a)


def test_groups_in_another_order_are_refused():
    now, then = pd.Series([1, 2], index=["x", "y"]), pd.Series([2, 1], index=["y", "x"])
    with pytest.raises(DataError, match="indexes differ"):
        decompose({1: {"a": then}, 2: {"a": now}}, lambda a: a.sum())


def test_a_population_that_is_not_there_is_refused():
    with pytest.raises(DataError, match=r"found \[3\]"):
        decompose({1: {"a": 1}, 2: {"a": 2}}).between(1, 3)
