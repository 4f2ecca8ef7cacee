"""Intervals with open and closed ends."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.reachability import Check
from edu_metrics.reachability.checks import Range, accepted, decided_by

OPS = st.sampled_from([">", ">=", "<", "<=", "=="])
TEXTS = st.tuples(OPS, st.integers(0, 6)).map(lambda pair: f"{pair[0]}{pair[1]}")


def inside(found, value):
    low = value > found.low if found.low_open else value >= found.low
    high = value < found.high if found.high_open else value <= found.high
    return low and high


@given(st.lists(TEXTS, min_size=1, max_size=3), st.sampled_from([None, 0.5, 1, 2]))
def test_what_a_check_accepts_is_what_it_holds(bound, texts, round_to):
    check = Check("value", (2022,), tuple(map(bound, texts)), round_to=round_to)
    found = accepted(check)
    values = [n / 8 for n in range(64)]
    assert [inside(found, value) for value in values] == [check.holds({2022: v}) for v in values]


def test_rounding_moves_strict_bounds_to_where_the_next_print_begins(bound):
    check = Check("value", (2022,), (bound(">100"),), round_to=0.1)
    assert accepted(check) == Range(low=100.05)
    between = Check("value", (2022,), (bound("==95.5"),), round_to=1)
    assert accepted(between).empty


def test_a_range_is_empty_where_its_ends_cross_or_an_open_end_is_all_there_is():
    assert Range(2, 1).empty
    assert Range(1, 1, low_open=True).empty
    assert Range(1, 1, high_open=True).empty
    assert not Range(1, 1).empty
    assert not Range().empty


@given(OPS, OPS, st.integers(-3, 3), st.integers(-3, 3))
def test_meeting_keeps_what_lies_in_both(first, second, one, other):
    left, right = Range.of(first, one), Range.of(second, other)
    both = left.meet(right)
    values = [n / 2 for n in range(-12, 13)]
    assert [inside(both, v) for v in values] == [
        inside(left, v) and inside(right, v) for v in values
    ]
    assert both == right.meet(left)


def test_moving_adds_ends_without_dust_and_keeps_them_open():
    moved = Range(0.1, 65.1).moved(Range(0.2, 5, high_open=True))
    assert moved == Range(0.3, 70.1, high_open=True)
    assert Range(1, 2).moved(Range(low=5)) == Range(6, math.inf)


def test_growing_multiplies_ends_and_all_that_is_lost_leaves_nothing():
    assert Range(10, 20).grown(Range(5, 10, low_open=True)) == Range(10.5, 22, low_open=True)
    assert Range(10, 20).grown(Range(low=5)) == Range(10.5, math.inf)
    above_ten = Range(10, 20, low_open=True, high_open=True)
    assert above_ten.grown(Range(-100, -5)) == Range(0, 19, high_open=True)
    assert above_ten.grown(Range(-100, -5, low_open=True)).low_open
    assert Range(10, math.inf).grown(Range(-100, -100)) == Range(0, 0)


@pytest.mark.parametrize(
    ("kind", "value", "text", "outcome"),
    [
        ("above", 95, ">95", True),
        ("above", 95, ">=95", True),
        ("above", 95, ">94", True),
        ("above", 95, ">95.1", None),
        ("at_least", 95, ">95", None),
        ("at_least", 95, ">=95", True),
        ("at_least", 95.1, ">95", True),
        ("below", 95, ">=95", False),
        ("below", 95, ">94", None),
        ("at_most", 95, ">95", False),
        ("at_most", 95, ">=95", None),
        ("below", 5, "<5", True),
        ("below", 5, "<=5", True),
        ("below", 6, "<5", None),
        ("at_most", 5, "<5", None),
        ("at_most", 5, "<=5", True),
        ("above", 5, "<=5", False),
        ("above", 5, "<6", None),
        ("at_least", 5, "<5", False),
        ("at_least", 5, "<=5", None),
        ("above", 97, "==97", False),
        ("at_least", 97, "==97", None),
        ("about", 99, ">95", None),
    ],
)
def test_a_published_bound_proves_refutes_or_leaves_open(bound, kind, value, text, outcome):
    assert decided_by(kind, value, Check("value", (2021,), (bound(text),))) is outcome


def test_a_published_bound_is_held_against_the_rounding_of_the_reading(bound):
    check = Check("value", (2021,), (bound(">95"),), round_to=1)
    assert decided_by("above", 95, check) is None  # 95.3 would print as 95
    assert decided_by("at_least", 95.5, check) is True


def test_a_published_bound_has_to_satisfy_every_bound_of_the_check(bound):
    both = Check("value", (2021,), (bound(">=90"), bound("<=98")))
    assert decided_by("above", 95, both) is None
    assert decided_by("above", 98, both) is False
