"""Quantiles and spreads of uncertain rates, against scipy's distributions."""

import numpy as np
import pytest
from scipy import stats

from edu_metrics.catalog import MechanismRate
from edu_metrics.trajectories.mechanisms import quantile


@pytest.mark.parametrize(
    "shape", [(4, 1.5), (0.05, 0.04), (0.6, 0.4), (12.9, 2), (97, 1), (50, 35)]
)
def test_a_beta_has_the_quantiles_of_scipy(shape):
    mean, sd = (number / 100 for number in shape)
    size = mean * (1 - mean) / sd**2 - 1
    shares = np.linspace(0.001, 0.999, 301)
    known = 100 * stats.beta.ppf(shares, mean * size, (1 - mean) * size)
    found = quantile(MechanismRate(kind="beta", mean=shape[0], sd=shape[1]), shares)
    assert found == pytest.approx(known, rel=1e-3, abs=1e-4)


def test_other_kinds_have_theirs_too():
    shares = np.array([[0.1, 0.5], [0.9, 0.999]])
    found = quantile(MechanismRate(kind="normal", mean=1, sd=2), shares)
    assert found == pytest.approx(stats.norm.ppf(shares, 1, 2))
    assert quantile(MechanismRate(kind="range", low=-2, high=4), shares) == pytest.approx(
        -2 + 6 * shares
    )
    assert quantile(MechanismRate(kind="fixed", mean=3), shares).tolist() == [[3, 3], [3, 3]]


@pytest.mark.parametrize(
    ("rate", "spread"),
    [
        (MechanismRate(kind="beta", mean=4, sd=1.5), 1.5),
        (MechanismRate(kind="normal", mean=0, sd=2), 2),
        (MechanismRate(kind="range", low=0, high=12), 12**0.5),
        (MechanismRate(kind="fixed", mean=3), 0),
    ],
)
def test_a_rate_says_how_far_it_is_spread(rate, spread):
    assert rate.spread == pytest.approx(spread)
    assert np.std(quantile(rate, (np.arange(20_000) + 0.5) / 20_000)) == pytest.approx(
        spread, rel=0.01
    )
