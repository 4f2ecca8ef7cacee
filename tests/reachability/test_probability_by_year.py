"""First hit and still there: by hand, and as laws over any draws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from edu_metrics.catalog import Bound
from edu_metrics.reachability.checks import reached

FUTURES = arrays(
    float,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=7),
    elements=st.integers(0, 6).map(float),
)
OPS = st.sampled_from([">", ">=", "<", "<=", "=="])
LEVELS = st.integers(0, 6)


def read(draws, op, value, last=None):
    draws = np.asarray(draws, dtype=float)
    level = Bound(op=op, value=value)
    outside = {">": value, ">=": value - 1, "<": value, "<=": value + 1, "==": value + 1}[op]
    years = range(2021, 2021 + draws.shape[1])
    return reached(
        draws, years, level, last_year=2020, last_value=outside if last is None else last
    )


def test_by_hand():
    draws = [[1, 5, 1], [5, 5, 5], [1, 1, 5], [1, 1, 1]]
    found = read(draws, ">=", 5)
    assert found.years == (2021, 2022, 2023)
    assert found.horizon == 2023
    assert found.first_hit == (0.25, 0.5, 0.75)
    assert found.still_there == (0.25, 0.5, 0.5)
    assert found.stays == (0.25, 0.25, 0.5)
    assert (found.since, found.median_year) == (None, 2022)


def test_where_fewer_than_half_get_there_no_year_is_named():
    found = read([[1, 5], [1, 1], [1, 1]], ">=", 5)
    assert found.median_year is None
    assert found.first_hit == (0, pytest.approx(1 / 3))


def test_half_of_the_draws_is_enough():
    assert read([[5], [1]], ">=", 5).median_year == 2021


def test_what_is_there_already_was_reached_in_the_last_year_observed_and_may_be_lost():
    found = read([[1, 5], [5, 1]], ">=", 5, last=5)
    assert (found.since, found.median_year) == (2020, 2020)
    assert found.first_hit == (1, 1)
    assert found.still_there == (0.5, 0.5)
    assert found.stays == (0, 0.5)


@pytest.mark.parametrize(
    ("op", "at"), [(">", None), (">=", 2020), ("<", None), ("<=", 2020), ("==", 2020)]
)
def test_to_stand_at_a_strict_boundary_is_not_to_be_there(op, at):
    found = read([[5.0]], op, 5, last=5)
    assert found.since == at
    assert found.still_there == ((0.0,) if at is None else (1.0,))


@given(FUTURES, OPS, LEVELS)
def test_the_first_hit_only_grows_and_is_never_less_than_being_there(draws, op, value):
    found = read(draws, op, value)
    assert list(found.first_hit) == sorted(found.first_hit)
    assert list(found.stays) == sorted(found.stays)
    for stays, there, hit in zip(found.stays, found.still_there, found.first_hit, strict=True):
        assert 0 <= stays <= there <= hit <= 1
    assert found.stays[-1] == found.still_there[-1]
    assert found.stays[0] <= found.first_hit[0] == found.still_there[0]


@given(FUTURES, OPS, LEVELS)
def test_by_the_horizon_the_first_hit_counts_the_draws_that_were_ever_there(draws, op, value):
    level = Bound(op=op, value=value)
    ever = sum(any(level.met_by(x) for x in draw) for draw in draws)
    always = sum(all(level.met_by(x) for x in draw) for draw in draws)
    found = read(draws, op, value)
    assert found.first_hit[-1] == pytest.approx(ever / len(draws))
    assert found.stays[0] == pytest.approx(always / len(draws))


@given(FUTURES, st.sampled_from([">", ">=", "<", "<="]), LEVELS)
def test_a_harder_level_is_reached_no_earlier_and_no_oftener(draws, op, value):
    easy = read(draws, op, value)
    hard = read(draws, op, value + (1 if ">" in op else -1))
    for name in ("first_hit", "still_there", "stays"):
        pairs = zip(getattr(hard, name), getattr(easy, name), strict=True)
        assert all(less <= more for less, more in pairs)
    assert (hard.median_year or 9999) >= (easy.median_year or 9999)


@given(FUTURES, st.sampled_from([(">=", "<="), (">", "<")]), LEVELS)
def test_both_directions_of_better_are_mirror_images(draws, ops, value):
    up, down = read(draws, ops[0], value), read(-draws, ops[1], -value)
    assert up == down


@given(FUTURES, OPS, LEVELS, st.randoms())
def test_the_order_of_the_draws_does_not_matter(draws, op, value, random):
    order = list(range(len(draws)))
    random.shuffle(order)
    assert read(draws[order], op, value) == read(draws, op, value)


@given(FUTURES, OPS, LEVELS)
def test_a_year_is_one_of_those_drawn_and_the_first_by_which_half_were_there(draws, op, value):
    found = read(draws, op, value)
    before = [year for year, p in zip(found.years, found.first_hit, strict=True) if p < 0.5]
    assert found.median_year == (None if len(before) == len(found.years) else before[-1] + 1
                                 if before else found.years[0])  # fmt: skip
