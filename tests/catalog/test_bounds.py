"""A bound is strict where it is printed strictly, and says what is missing in its own direction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound

NUMBERS = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False).map(lambda x: round(x, 4))
SIGNS = st.sampled_from([">", ">=", "<", "<=", "=="])


def bound(text: str) -> Bound:
    return Bound.model_validate(text)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        # At 94.9, 95 and 95.1; the middle one decides.
        (">95", (False, False, True)),
        (">=95", (False, True, True)),
        ("<95", (True, False, False)),
        ("<=95", (True, True, False)),
        ("==95", (False, True, False)),
    ],
)
def test_the_printed_value_itself_fails_a_strict_bound_only(text, met):
    assert tuple(bound(text).met_by(value) for value in (94.9, 95.0, 95.1)) == met
    assert tuple(bound(text).met_by(np.array([94.9, 95.0, 95.1]))) == met
    assert bound(text).strict == (text[:2] in (">9", "<9"))


def test_values_are_tested_unrounded():
    assert bound(">95").met_by(np.nextafter(95.0, 100))
    assert not bound(">=95").met_by(np.nextafter(95.0, 0))


@pytest.mark.parametrize("text", [">5", ">=5", "<5", "<=5", "==5"])
def test_a_missing_value_meets_no_bound(text):
    assert bound(text).met_by(float("nan")) is False
    assert list(bound(text).met_by([float("nan"), float("nan")])) == [False, False]


@pytest.mark.parametrize(
    ("text", "value", "gap"),
    [
        (">=95", 93, 2),
        (">95", 97, -2),
        ("<=5", 8, 3),
        ("<5", 3, -2),
        ("==50", 47, 3),
        ("==50", 53, 3),
    ],
)
def test_a_gap_is_what_is_missing_in_the_better_direction(text, value, gap):
    assert bound(text).gap(value) == gap


@given(SIGNS, NUMBERS, NUMBERS)
def test_whoever_has_a_gap_has_not_met_the_bound(sign, limit, value):
    one = Bound(op=sign, value=limit)
    if one.gap(value) > 0:
        assert not one.met_by(value)
    if one.gap(value) < 0:
        assert one.met_by(value)


@given(NUMBERS, NUMBERS)
def test_a_strict_bound_and_its_opposite_share_no_value_and_leave_none_out(limit, value):
    above, at_most, below, at_least = (Bound(op=op, value=limit) for op in (">", "<=", "<", ">="))
    assert above.met_by(value) != at_most.met_by(value)
    assert below.met_by(value) != at_least.met_by(value)


@given(SIGNS, NUMBERS)
def test_a_bound_written_out_reads_back_as_the_same_bound(sign, limit):
    one = Bound(op=sign, value=limit)
    assert bound(one.model_dump()) == one


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (">=200000000", "≥ 200000000"),
        (">= 0.5", "≥ 0.5"),
        ("<=-3", "≤ -3"),
        (" > 95 ", "> 95"),
        ("==1234567.25", "= 1234567.25"),
    ],
)
def test_a_bound_is_printed_with_every_digit(text, shown):
    assert str(bound(text)) == shown


@pytest.mark.parametrize(("text", "rising"), [(">1", True), (">=1", True), ("<1", False)])
def test_a_bound_rises_where_more_is_better(text, rising):
    assert bound(text).rising is rising
