"""Words for probabilities."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.reachability import Applies, Assessment, Verdict, verdict_of


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [
        (0, "out_of_reach"),
        (0.0499, "out_of_reach"),
        (0.05, "unlikely"),
        (0.3299, "unlikely"),
        (0.33, "uncertain"),
        (0.6599, "uncertain"),
        (0.66, "likely"),
        (1, "likely"),
    ],
)
def test_verdicts_turn_at_the_cut_offs_of_the_likelihood_terms(probability, verdict):
    # Mastrandrea et al. (2010), table 1: very unlikely, unlikely, about as likely as not, likely.
    assert verdict_of(probability) == verdict


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_never_has_a_lower_verdict(one, other):
    order = ["out_of_reach", "unlikely", "uncertain", "likely"]
    low, high = sorted([one, other])
    assert order.index(verdict_of(low)) <= order.index(verdict_of(high))


def test_an_assessment_is_disputed_where_another_combination_comes_to_another_verdict():
    one = Assessment("study", "city", "goal", Applies.BINDS, Verdict.LIKELY)
    same, other = one, dataclasses.replace(one, verdict=Verdict.UNCERTAIN)
    assert not one.disputed
    assert not dataclasses.replace(one, others=(same,)).disputed
    assert dataclasses.replace(one, others=(same, other)).disputed
