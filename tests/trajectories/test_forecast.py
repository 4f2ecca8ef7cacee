"""The forecast against closed forms, laws, and simulated worlds of which the truth is known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from edu_metrics.catalog import load_priors, prior_of
from edu_metrics.errors import DefinitionError
from edu_metrics.trajectories.forecast import _inverse_trigamma, forecast

ANY = prior_of("any")


def world(groups=200, areas=1, years=10, prior=ANY, seed=1, horizon=3):
    """Draw series as the model says they come, with what they did next."""
    random = np.random.default_rng(seed)
    whole = prior.surprise_sd**2 * np.exp(
        prior.scale_spread * random.standard_normal((groups, 1))
        + prior.own_spread * random.standard_normal((groups, areas))
    )
    own, common = whole * (1 - prior.common_share), whole.mean(axis=1) * prior.common_share
    drift = (
        prior.drift_mean
        + prior.drift_common_sd * random.standard_normal((groups, 1))
        + prior.drift_own_sd * random.standard_normal((groups, areas))
    )
    level = random.normal(0, 1, (groups, areas))
    points = []
    for ahead in range(years + horizon):
        surprise = np.sqrt(own) * random.standard_normal((groups, areas))
        surprise += np.sqrt(common)[:, None] * random.standard_normal((groups, 1))
        late = max(ahead - years, 0)
        level = level + drift * prior.damping**late
        points.append(level + surprise)
        level = level + prior.gain * surprise
    made = np.stack(points, axis=2)
    return made[:, :, :years], made[:, :, years:]


@pytest.mark.parametrize("areas", [1, 3, 12])
def test_intervals_hold_what_they_say_in_a_world_as_the_model_has_it(areas):
    points, later = world(groups=240, areas=areas)
    made = forecast(points, ANY, 3)
    place = special.stdtr(made.degrees, (later - made.location) / np.sqrt(made.variance))
    for share, low, high in ((0.8, 0.1, 0.9), (0.95, 0.025, 0.975)):
        held = np.mean((place > low) & (place < high), axis=(0, 1))
        # Drifts that change (growth) are allowed for and not there: a little too wide.
        assert (held > share - 0.05).all()
        assert (held < share + 0.11).all()
    assert np.mean(place > 0.5) == pytest.approx(0.5, abs=0.06)


@given(st.floats(0.01, 50))
def test_the_inverse_of_trigamma(value):
    found = float(_inverse_trigamma(np.array(value)))
    assert float(special.polygamma(1, found)) == pytest.approx(value, rel=1e-6)


def test_of_very_long_series_the_surprises_and_the_drift_are_found():
    random = np.random.default_rng(4)
    points = 0.05 * np.arange(400) + np.cumsum(0.1 * random.standard_normal((1, 40, 400)), axis=2)
    as_made = {"gain": 0.98, "common_share": 0.05, "drift_common_sd": 0.5, "fading": 0.99}
    prior = ANY.model_copy(update=as_made)
    made = forecast(points, prior, 1)
    one_year = made.own[0, :, 0] + made.common[0, 0, 0]
    assert np.sqrt(one_year.mean()) == pytest.approx(0.1, rel=0.1)
    assert made.drift.mean() == pytest.approx(0.05, abs=0.02)


def test_a_prior_is_all_there_is_of_a_series_of_one_value():
    made = forecast(np.full((1, 1, 1), 0.3), ANY, 4)
    reach = 1 + ANY.damping + ANY.damping**2 + ANY.damping**3
    assert made.reach[-1] == pytest.approx(reach)
    assert made.location[0, 0] == pytest.approx(0.3 + ANY.drift_mean * made.reach)
    assert made.drift_sd[0, 0] ** 2 == pytest.approx(ANY.drift_common_sd**2 + ANY.drift_own_sd**2)


def test_variances_of_few_surprises_are_weighed_as_logarithms():
    """One area, two values: a precision-weighted mean of logarithms, worked out by hand."""
    prior = ANY.model_copy(update={"drift_mean": 0.0})
    jump = 0.8
    made = forecast(np.array([[[0.0, jump]]]), prior, 1)
    doubt = prior.own_spread**2 + prior.scale_spread**2
    degrees = 2 * float(
        _inverse_trigamma(np.array(1 / (1 / doubt + 1 / special.polygamma(1, 0.5))))
    )
    assert made.degrees_own[0, 0] == pytest.approx(degrees)


def test_the_drift_of_one_series_is_its_mean_pulled_towards_the_prior():
    climb = 0.1 * np.arange(12.0)[None, None]
    made = forecast(climb, ANY, 1)
    assert ANY.drift_mean < made.drift[0, 0] < 0.1
    assert made.drift[0, 0] > 0.08
    assert made.location[0, 0, 0] == pytest.approx(1.1 + made.drift[0, 0], abs=0.01)


def test_growth_that_slowed_is_no_noise():
    """What came is held against the drift of the years before it, not that of today."""
    slowed = np.cumsum(np.repeat([0.3, 0.06], [7, 9]))[None, None]
    steady = np.cumsum(np.repeat([0.06], 16))[None, None]
    sd = [np.sqrt(forecast(series, ANY, 1).own[0, 0, 0]) for series in (slowed, steady)]
    # Held against one drift, seven years were 0.24 off each, and the spread 0.20.
    assert sd[1] < sd[0] < 0.18


def test_a_wild_year_long_ago_says_less_of_today_than_one_just_now():
    """The same nine changes in either order; where hardly anything fades they are alike."""
    changes = np.array([0.6, *[0.05, -0.05] * 4])
    still = {"drift_mean": 0.0, "drift_common_sd": 1e-6, "drift_own_sd": 1e-6, "gain": 0.99}
    for fading, alike in ((0.999, True), (0.6, False)):
        prior = ANY.model_copy(update={**still, "fading": fading})
        early, late = (
            forecast(np.cumsum([0.0, *order])[None, None], prior, 1).variance[0, 0, 0] ** 0.5
            for order in (changes, changes[::-1])
        )
        assert (late < 1.05 * early) == alike
        assert early < (1.05 if alike else 0.7) * late


def test_peers_lend_their_drift():
    flat = np.concatenate([np.zeros((1, 1, 4)), 0.1 * np.arange(4.0) * np.ones((1, 15, 1))], axis=1)
    noise = 0.02 * np.random.default_rng(2).standard_normal(flat.shape)
    alone = forecast(flat[:, :1] + noise[:, :1], ANY, 1).drift[0, 0]
    among = forecast(flat + noise, ANY, 1).drift[0, 0]
    assert among > alone + 0.02


def test_groups_know_nothing_of_each_other():
    points, _ = world(groups=4, areas=3)
    together = forecast(points, ANY, 3)
    for group in range(4):
        by_itself = forecast(points[group : group + 1], ANY, 3)
        np.testing.assert_allclose(together.location[group], by_itself.location[0])
        np.testing.assert_allclose(together.variance[group], by_itself.variance[0])


def test_the_mirror_image_gets_the_mirror_image():
    points, _ = world(groups=5, areas=3)
    prior = prior_of("enrolment")
    one = forecast(points, prior, 3)
    other = forecast(-points, prior.towards(falling=True), 3)
    np.testing.assert_allclose(one.location, -other.location)
    np.testing.assert_allclose(one.variance, other.variance)


def test_a_gap_widens_and_stops_nothing():
    points, _ = world(groups=1, years=10)
    holed = points.copy()
    holed[0, 0, [4, 5]] = np.nan
    made = forecast(holed, ANY, 2)
    assert np.isfinite(made.location).all()
    assert (made.variance > 0).all()


def test_fewer_persons_mean_a_wider_interval_for_one_area_alone():
    points = np.array([[[0.1, 0.2, 0.15, 0.25]]])
    widths = [
        forecast(points, prior_of("scores"), 1, sampling=np.array([[4 / n]])).variance[0, 0, 0]
        for n in (20, 20_000)
    ]
    assert widths[0] > 1.2 * widths[1]


def test_an_unusual_year_is_named_and_does_not_widen_the_rest():
    random = np.random.default_rng(8)
    usual = np.cumsum(0.05 * random.standard_normal((1, 14, 10)), axis=2)
    usual += 0.05 * random.standard_normal((1, 14, 10))
    odd = usual.copy()
    odd[:, :, 5] -= 1.0  # a harder paper, for one year
    made, expected = forecast(odd, ANY, 1), forecast(usual, ANY, 1)
    assert np.flatnonzero(made.unusual[0]).tolist() == [5]
    assert np.sqrt(made.variance.mean() / expected.variance.mean()) < 1.15
    assert not expected.unusual.any()


def test_a_new_level_is_no_unusual_year():
    random = np.random.default_rng(8)
    moved = 0.05 * random.standard_normal((1, 14, 10))
    moved[:, :, 5:] -= 1.0
    assert not forecast(moved, ANY, 1).unusual.any()


def test_the_years_ahead_hang_together_as_their_variances_say():
    points, _ = world(groups=1, areas=2)
    made = forecast(points, ANY, 4)
    (matrix,) = made.correlation(0, 1)
    assert np.diag(matrix) == pytest.approx(np.ones(4))
    assert (np.linalg.eigvalsh(matrix) > 0).all()
    # Neighbouring years share more than distant ones.
    assert matrix[0, 1] > matrix[0, 2] > matrix[0, 3] > 0


@pytest.mark.parametrize("areas", [1, 2, 5])
def test_the_mean_of_equal_areas_is_as_sure_as_theory_has_it(areas):
    """Own parts average out and common ones do not: the variance of a mean, term by term."""
    points, _ = world(groups=1, areas=areas, seed=6)
    made = forecast(points, ANY, 2)
    weights = np.full((1, areas, 2), 1 / areas)
    variance, degrees = made.weighted(weights)
    own = (made.own / areas**2).sum(axis=1)
    loading = (made.drift_loading / areas).sum(axis=1) ** 2
    alone = (made.drift_sd**2 - made.drift_loading**2 - made.drift_shared).sum(axis=1) / areas**2
    drift = loading + made.drift_shared[:, 0] + alone
    expected = own + made.common[:, 0] + drift[:, None] * made.reach**2
    np.testing.assert_allclose(variance, expected)
    assert (degrees > 0).all()
    if areas == 1:
        np.testing.assert_allclose(variance, made.variance[:, 0])


def test_quantiles_of_a_lone_random_walk_are_near_the_textbook_s():
    """With a flat prior of the scale: Student t of the own changes, n - 1 degrees or so."""
    steps = np.array([0.3, -0.25, 0.2, -0.35, 0.3, -0.2, 0.25, -0.25])
    as_made = {"gain": 0.99, "scale_spread": 30.0, "fading": 0.99}
    prior = ANY.model_copy(update={**as_made, "drift_common_sd": 1e-6, "drift_own_sd": 1e-6})
    made = forecast(np.cumsum(steps)[None, None], prior, 1)
    spread = np.sqrt(np.mean(steps[1:] ** 2))
    expected = stats.t(7, np.sum(steps), spread)
    found = stats.t(made.degrees[0, 0, 0], made.location[0, 0, 0], made.variance[0, 0, 0] ** 0.5)
    for level in (0.1, 0.9):
        assert found.ppf(level) == pytest.approx(expected.ppf(level), abs=0.12 * spread)


def test_every_prior_is_known_by_its_type():
    assert {"any", "enrolment", "credentials", "scores", "money", "ratios", "shares"} <= set(
        load_priors()
    )
    with pytest.raises(DefinitionError, match="no type of measure 'monney'"):
        prior_of("monney")
    # Which way is better says nothing of which way a share or a ratio goes.
    for name in ("ratios", "shares", "adverse", "counts", "any"):
        assert prior_of(name).drift_mean == 0
