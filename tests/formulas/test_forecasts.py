"""Scores of forecasts, against closed forms."""

import numpy as np
import pytest
from scipy import stats

from edu_metrics.errors import DataError
from edu_metrics.formulas import brier_score, common_variance_pct, crps


def test_the_crps_of_many_draws_is_that_of_the_normal_distribution():
    # Gneiting and Raftery 2007, equation 21 for N(0, 1) at y: y (2F - 1) + 2f - 1 / sqrt(pi).
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    for outcome in (-1.0, 0.0, 2.0):
        closed = (
            outcome * (2 * stats.norm.cdf(outcome) - 1)
            + 2 * stats.norm.pdf(outcome)
            - 1 / np.sqrt(np.pi)
        )
        assert crps(draws[None], [outcome])[0] == pytest.approx(closed, abs=1e-3)


def test_the_crps_of_one_draw_is_the_absolute_error_and_order_does_not_matter():
    assert crps([[3.0], [5.0]], [5.0, 5.0]).tolist() == [2.0, 0.0]
    assert crps([[1.0, 4.0, 2.0]], [3.0]) == pytest.approx(crps([[4.0, 2.0, 1.0]], [3.0]))


def test_the_brier_score_falls_apart_into_reliability_and_doubt():
    stated, came = np.array([0.2] * 5 + [0.7] * 5), np.array([0, 0, 1, 0, 0, 1, 1, 0, 1, 1])
    # Murphy 1973: within each probability (stated - share)^2 + share (1 - share).
    parts = [(0.2 - 0.2) ** 2 + 0.2 * 0.8, (0.7 - 0.8) ** 2 + 0.8 * 0.2]
    assert brier_score(stated, came) == pytest.approx(np.mean(parts))


def test_common_variance_is_all_or_nothing_at_the_ends():
    assert common_variance_pct([[1, 3, 2], [5, 7, 6], [0, 2, 1]]) == pytest.approx(100)
    assert common_variance_pct([[1, 3, 5], [5, 3, 1]]) == pytest.approx(0)
    assert np.isnan(common_variance_pct([[1, 1, 1], [2, 2, 2]]))
    assert np.isnan(common_variance_pct([[1, 2]]))


@pytest.mark.parametrize(
    ("call", "arguments"),
    [
        (crps, ([1.0, 2.0], [1.0])),
        (crps, ([[1.0], [2.0]], [1.0])),
        (brier_score, ([], [])),
        (brier_score, ([0.2, 1.2], [0, 1])),
        (brier_score, ([0.2], [0, 1])),
        (common_variance_pct, ([1, 2, 3],)),
    ],
)
def test_misuse_is_refused(call, arguments):
    with pytest.raises(DataError, match=call.__name__):
        call(*arguments)


@pytest.mark.parametrize(("stated", "came"), [([0.2], [2]), ([0.2, float("nan")], [1, 0])])
def test_an_outcome_is_there_or_not_and_a_probability_a_number(stated, came):
    with pytest.raises(DataError, match="outcomes that are 0 or 1"):
        brier_score(stated, came)
