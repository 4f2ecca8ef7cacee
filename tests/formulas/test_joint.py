"""Bounds that hold whatever binds events, and correlations that can be believed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from edu_metrics.errors import DataError
from edu_metrics.formulas.probability import (
    correlations_of,
    frechet_bounds,
    if_independent,
    nearest_correlations,
    shrink_correlations,
)

CHANCES = st.lists(st.floats(0, 1), min_size=1, max_size=8)


@given(arrays.arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 40))))
def test_whatever_binds_events_their_joint_share_lies_within_the_bounds(happened):
    low, high = frechet_bounds(happened.mean(axis=1))
    assert low - 1e-9 <= happened.all(axis=0).mean() <= high + 1e-9


@given(CHANCES)
def test_independence_lies_within_the_bounds(chances):
    low, high = frechet_bounds(chances)
    assert low - 1e-9 <= if_independent(chances) <= high + 1e-9


@given(CHANCES, st.floats(0, 1))
def test_one_event_more_raises_no_bound(chances, more):
    (low, high), (lower, higher) = frechet_bounds(chances), frechet_bounds([*chances, more])
    assert lower <= low + 1e-9
    assert higher <= high


def test_bounds_by_hand():
    assert frechet_bounds([0.9, 0.8, 0.7]) == pytest.approx((0.4, 0.7))
    assert frechet_bounds([0.5, 0.4]) == (0, 0.4)
    assert frechet_bounds([]) == (1, 1)
    assert if_independent([]) == 1


@pytest.mark.parametrize("function", [frechet_bounds, if_independent])
@pytest.mark.parametrize("wrong", [[0.5, 50], [-0.1], [float("nan")]])
def test_a_percentage_is_no_probability(function, wrong):
    with pytest.raises(DataError, match="probabilities from 0 to 1"):
        function(wrong)


def test_pairwise_correlations_are_those_of_numpy_over_the_years_that_both_have():
    random = np.random.default_rng(3)
    changes = random.normal(size=(4, 12))
    changes[0, :3] = changes[2, 7] = np.nan
    found, years = correlations_of(changes)
    for i in range(4):
        for j in range(4):
            both = ~np.isnan(changes[i]) & ~np.isnan(changes[j])
            assert years[i, j] == both.sum()
            known = np.corrcoef(changes[i, both], changes[j, both])[0, 1]
            assert found[i, j] == pytest.approx(known, abs=1e-9)


def test_too_few_years_and_what_never_moves_have_no_correlation():
    changes = np.array([[1, 2, 3, 4, np.nan], [2, 1, 4, 3, 5], [1, 1, 1, 1, 1], [5, 1, 2, 2, 4.0]])
    found, _ = correlations_of(changes)
    assert np.isnan(found[0, 1])
    assert np.isnan(found[1, 2])
    assert not np.isnan(found[1, 3])


def test_shrinkage_by_hand():
    """Two pairs of r = 0.6 and 0.0 over 11 years against 0 and 0: (0.64^2 + 1)/10 / 0.36."""
    seen = np.array([[1, 0.6, np.nan], [0.6, 1, 0.0], [np.nan, 0.0, 1]])
    years = np.full((3, 3), 11)
    drawn = shrink_correlations(seen, years, np.eye(3))
    intensity = (0.64**2 + 1) / 10 / 0.36
    assert drawn.intensity == pytest.approx(intensity)
    assert drawn.correlations[0, 1] == pytest.approx((1 - intensity) * 0.6)
    assert drawn.correlations[0, 2] == 0
    assert drawn.pairs == 2


def test_without_years_there_is_only_what_is_expected():
    expected = np.array([[1, 0.8], [0.8, 1]])
    drawn = shrink_correlations(np.full((2, 2), np.nan), np.zeros((2, 2), dtype=int), expected)
    assert (drawn.correlations == expected).all()
    assert (drawn.intensity, drawn.pairs) == (1, 0)


def test_the_longer_the_series_the_less_is_expected_of_them():
    seen, none = np.array([[1, 0.7], [0.7, 1]]), np.eye(2)
    weights = [shrink_correlations(seen, np.full((2, 2), n), none).intensity for n in (5, 20, 200)]
    assert weights == sorted(weights, reverse=True)


@given(arrays.arrays(float, (4, 4), elements=st.floats(-1, 1)))
def test_what_is_made_could_be_and_what_could_be_stays(given_matrix):
    matrix = np.clip((given_matrix + given_matrix.T) / 2, -1, 1)
    np.fill_diagonal(matrix, 1.0)
    made = nearest_correlations(matrix)
    assert np.linalg.eigvalsh(made)[0] > 0
    assert np.diag(made) == pytest.approx(np.ones(4))
    assert np.all(np.abs(made) <= 1 + 1e-9)
    assert nearest_correlations(made) == pytest.approx(made, abs=1e-5)
    if np.linalg.eigvalsh(matrix)[0] > 1e-5:
        assert made is matrix
