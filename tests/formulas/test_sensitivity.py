"""Shares of variance: closed forms, a published function, and scipy's own estimators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import qmc

from edu_metrics.errors import DataError
from edu_metrics.formulas.probability import MOST_COLUMNS, sobol_points, variance_shares


def shares_of(function, columns, number=4096):
    points = sobol_points(number, 2 * columns)
    a, b = points[:, :columns], points[:, columns:]
    mixed = []
    for column in range(columns):
        one = a.copy()
        one[:, column] = b[:, column]
        mixed.append(function(one))
    return variance_shares(function(a), function(b), np.stack(mixed))


def ishigami(points, a=7, b=0.1):
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_the_function_of_ishigami_has_its_published_shares():
    """Ishigami and Homma (1990), a = 7, b = 0.1."""
    found = shares_of(ishigami, 3, 8192)
    assert found.first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.01)
    assert found.total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.01)


@pytest.mark.parametrize("weights", [(1, 2), (3, 1, 1), (0, 1, 4, 2)])
def test_a_sum_has_the_shares_of_its_parts_alone_and_in_all(weights):
    """Uniform inputs have one variance, so shares are those of the squared weights."""
    found = shares_of(lambda x: x @ np.array(weights, dtype=float), len(weights))
    known = np.square(weights) / np.sum(np.square(weights))
    assert found.first == pytest.approx(known, abs=0.005)
    assert found.total == pytest.approx(known, abs=0.005)


def test_of_a_product_with_mean_zero_all_is_interaction():
    found = shares_of(lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5), 2)
    assert found.first == pytest.approx([0, 0], abs=0.01)
    assert found.total == pytest.approx([1, 1], abs=0.02)


def test_what_never_varies_has_no_shares():
    assert shares_of(lambda x: np.full(len(x), 95.0), 2, 64) is None


def test_the_estimators_are_those_of_scipy():
    points = sobol_points(512, 6)
    a, b = points[:, :3], points[:, 3:]
    mixed = [np.where(np.arange(3) == column, b, a) for column in range(3)]
    results = ishigami(a), ishigami(b), np.stack([ishigami(one) for one in mixed])
    ours = variance_shares(*results)
    theirs = stats.sobol_indices(
        func={"f_A": results[0][None], "f_B": results[1][None], "f_AB": results[2][:, None]}, n=512
    )
    assert ours.first == pytest.approx(theirs.first_order.ravel(), abs=1e-9)
    assert ours.total == pytest.approx(theirs.total_order.ravel(), abs=1e-9)


def test_the_points_are_those_of_scipy_in_every_column():
    theirs = qmc.Sobol(MOST_COLUMNS, scramble=False).random(256)
    np.testing.assert_allclose(sobol_points(256, MOST_COLUMNS, seed=None), theirs, atol=1e-9)


@given(st.integers(0, 8), st.integers(1, MOST_COLUMNS), st.integers(0, 99))
def test_each_column_has_one_point_in_each_of_as_many_boxes(power, columns, seed):
    number = 2**power
    points = sobol_points(number, columns, seed=seed)
    assert np.all((points > 0) & (points < 1))
    boxes = np.sort(np.floor(points * number).astype(int), axis=0)
    assert np.array_equal(boxes, np.tile(np.arange(number)[:, None], columns))


@pytest.mark.parametrize(("number", "columns"), [(3, 1), (0, 1), (4, 0), (4, MOST_COLUMNS + 1)])
def test_points_that_would_not_be_balanced_are_refused(number, columns):
    with pytest.raises(DataError, match=f"found {number} and {columns}"):
        sobol_points(number, columns)
