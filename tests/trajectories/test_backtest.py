"""The back-test and what it stands on: laws, closed forms, and answers to poor data."""

import dataclasses
import json
import warnings

import numpy as np
import pytest

from edu_metrics.errors import DataError
from edu_metrics.trajectories import CAP, DEFAULT_MODEL, FLOOR, Panel, backtest, stated
from edu_metrics.trajectories.calibration import calibrate, draw_errors
from edu_metrics.trajectories.levels import local_levels, own_scales
from edu_metrics.trajectories.models import MODELS
from edu_metrics.trajectories.reliability import reliability, resampled
from edu_metrics.trajectories.tracks import combine, track


def made(values, name="rates"):
    values = np.asarray(values, dtype=float)
    areas = tuple(f"a{number:03d}" for number in range(len(values)))
    years = tuple(range(2000, 2000 + values.shape[1]))
    return Panel(name, areas, years, values, np.full(values.shape, np.nan))


def walks(areas=60, years=10, noise=0.1, step=0.1, shock=0.0, seed=3):
    random = np.random.default_rng(seed)
    level = random.normal(0.5, 0.7, (areas, 1)) + np.cumsum(
        step * random.standard_normal((areas, years)), axis=1
    )
    level = level + np.cumsum(shock * random.standard_normal(years))
    points = level + noise * random.standard_normal((areas, years))
    return 100 / (1 + np.exp(-points))


def points_of(values):
    return np.log(values / (100 - values))


def default_of(scores):
    return {score.horizon: score for score in scores if score.default}


# -- levels and scales ------------------------------------------------------------------------


def test_without_steps_the_level_is_the_mean_and_without_noise_the_last_value():
    points = np.array([[1.0, 4.0, 1.0, 2.0]])
    assert local_levels(points, 1e-12)[0][0] == pytest.approx([1, 2.5, 2, 2])
    levels, doubts = local_levels(points, float("inf"))
    assert levels.tolist() == points.tolist()
    assert doubts.tolist() == [[0, 0, 0, 0]]


@pytest.mark.parametrize("ratio", [0.05, 1.0, 5.0])
def test_the_doubt_settles_where_the_closed_form_says(ratio):
    doubts = local_levels(np.zeros((1, 200)), ratio)[1]
    # p = P - q with P the steady predictive variance, P = (q + sqrt(q^2 + 4q)) / 2.
    assert doubts[0, -1] == pytest.approx((ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2 - ratio)


def test_a_gap_keeps_the_level_and_adds_doubt():
    levels, doubts = local_levels(np.array([[1.0, np.nan, 3.0]]), 1.0)
    assert levels[0, 1] == 1.0
    assert doubts[0].tolist() == pytest.approx([1.0, 2.0, 0.75])


def test_own_scales_by_hand():
    errors = np.array([[2.0, -2.0], [1.0, np.nan], [np.nan, np.nan], [0.0, 0.0]])
    peers = np.array([True, True, False, True])
    variances, degrees = own_scales(errors, 2, peers, fading=1)
    # The peers' mean squares are 4, 1 and 0: their median is 1.
    assert variances[:, -1] == pytest.approx([(2 + 8) / 4, (2 + 1) / 3, 1.0, 2 / 4])
    assert degrees[:, -1].tolist() == [4, 3, 2, 4]
    # A year before the first error of the third series nothing else was known of it either.
    assert variances[:, 0] == pytest.approx([(2 + 4) / 3, (2 + 1) / 3, 1.0, 2 / 3])


def test_an_old_error_counts_for_less_than_a_new_one():
    errors = np.array([[3.0, np.nan, 1.0]])
    variances, degrees = own_scales(errors, 2, np.array([False]), fading=0.5)
    # Two years halve it twice: (9 / 4 + 1) / (1 / 4 + 1).
    assert variances[0] == pytest.approx([9, 9, 2.6])
    assert degrees[0].tolist() == pytest.approx([1, 0.5, 1.2])


# -- models and tracks ------------------------------------------------------------------------


@pytest.mark.parametrize("name", MODELS)
def test_a_model_says_of_the_complement_the_mirror_image(name):
    points = points_of(walks())
    peers = np.arange(len(points)) % 3 > 0
    centres, spreads = MODELS[name](points, peers, 3)
    mirrored, again = MODELS[name](-points, peers, 3)
    assert centres.shape == spreads.shape == (points.shape[1], len(points), 3)
    assert mirrored == pytest.approx(-centres, abs=1e-9)
    assert again == pytest.approx(spreads)


@pytest.mark.parametrize("name", MODELS)
def test_what_is_said_in_a_year_hangs_on_no_later_year(name):
    points = points_of(walks())
    changed = points.copy()
    changed[:, 7:] += 1.0
    first, again = (track(name, one, 3).outlook(6, 2) for one in (points, changed))
    np.testing.assert_array_equal(first.centres, again.centres)
    np.testing.assert_array_equal(first.variances, again.variances)


@pytest.mark.parametrize("name", ["no_change", "own_drift"])
def test_a_model_that_borrows_nothing_says_now_of_a_past_year_what_it_said_then(name):
    points = points_of(walks())
    points[3, :2], points[7, 4] = np.nan, np.nan
    now = MODELS[name](points, np.ones(len(points), dtype=bool), 2)[0]
    for year in range(2, points.shape[1]):
        then = MODELS[name](points[:, : year + 1], np.zeros(len(points), dtype=bool), 2)[0]
        np.testing.assert_array_equal(now[year], then[year])


def test_the_default_holds_the_ratio_it_has_now_against_its_whole_past():
    points = points_of(walks(noise=0.5, step=0.01))
    outlook = track(DEFAULT_MODEL, points, 1).outlook(9, 0)
    # With hardly any step the level of a year is nearly the mean so far, in early years too: the
    # ratio of the last year says so, the first two years alone could not.
    means = np.cumsum(points, axis=1) / np.arange(1, 11)
    away = outlook.centres[1:, :, 0].T - means[:, 1:]
    assert np.abs(away - away.mean(axis=0)).mean() < 0.12


@pytest.mark.parametrize("name", MODELS)
def test_what_is_borrowed_comes_from_other_areas_only(name):
    points = points_of(walks())
    peers = np.ones(len(points), dtype=bool)
    peers[0] = False
    changed = points.copy()
    changed[0] += np.linspace(0, 3, points.shape[1])
    first, again = MODELS[name](points, peers, 3)[0], MODELS[name](changed, peers, 3)[0]
    np.testing.assert_allclose(first[:, 1:], again[:, 1:], atol=1e-12)


def test_own_drift_goes_on_by_the_mean_change_and_no_change_stays():
    points = np.array([[0.0, 0.5, 0.2, 0.9]])
    nobody = np.array([False])
    assert MODELS["own_drift"](points, nobody, 2)[0][-1, 0] == pytest.approx([1.2, 1.5])
    assert MODELS["no_change"](points, nobody, 2)[0][-1, 0] == pytest.approx([0.9, 0.9])


def test_a_drift_that_all_share_is_followed_and_a_leap_is_not():
    still = np.tile(np.linspace(-1, 1, 30)[:, None], (1, 8))
    steady = still + 0.02 * np.arange(8)
    leap = still + np.where(np.arange(8) >= 7, 1.0, 0.0)
    peers = np.ones(30, dtype=bool)
    model = MODELS["level_with_drift"]
    gained = (model(steady, peers, 1)[0][-1, :, 0] - steady[:, -1]).mean()
    assert 0.015 < gained < 0.021
    assert abs((model(leap, peers, 1)[0][-1, :, 0] - leap[:, -1]).mean()) < 0.02


def test_a_combination_leans_on_the_model_that_erred_less():
    points = points_of(walks(noise=0.5, step=0.01))
    level, drift = track("level_with_drift", points, 1), track("own_drift", points, 1)
    both, level, drift = (one.outlook(9, 0) for one in (combine([level, drift]), level, drift))
    to_level = np.abs(both.centres[-1] - level.centres[-1]).mean()
    to_drift = np.abs(both.centres[-1] - drift.centres[-1]).mean()
    assert to_level < to_drift


# -- calibration ------------------------------------------------------------------------------


def test_draws_of_areas_move_together_only_by_the_common_part():
    one = track(DEFAULT_MODEL, points_of(walks(shock=0.4)), 1)
    calibrated = calibrate(one, 9)
    still = np.zeros((1, 200, 1))
    common = np.random.default_rng(0).standard_normal((200, 1))
    errors = draw_errors(calibrated, still, common)[:, :, 0]
    assert np.corrcoef(errors[0], errors[5])[0, 1] == pytest.approx(1)
    assert np.ptp(errors[0]) > 0.5


def test_noise_is_smoothed_and_beats_the_last_value():
    scores = backtest([made(walks(areas=150, noise=0.4, step=0.02))], horizons=[1])
    crps = {score.model: score.crps for score in scores}
    assert crps[DEFAULT_MODEL] < 0.9 * crps["no_change"]


def test_a_panel_that_moves_together_says_so_and_names_its_worst_year():
    score = default_of(backtest([made(walks(shock=0.5))], horizons=[1]))[1]
    assert score.common_variance_pct > 50
    assert min(year.coverage80 for year in score.by_year) < score.coverage80
    assert sum(year.n for year in score.by_year) == score.n


# -- laws of the whole ------------------------------------------------------------------------


def test_the_complement_gets_the_same_scores():
    values = walks()
    first, again = (default_of(backtest([made(one)])) for one in (values, 100 - values))
    for horizon, score in first.items():
        other = again[horizon]
        assert score.coverage80 == pytest.approx(other.coverage80, abs=0.5)
        assert score.crps == pytest.approx(other.crps, rel=1e-2)
        assert score.bias == pytest.approx(-other.bias, abs=1e-6)


def test_a_larger_gain_is_never_more_probable():
    scores = backtest([made(walks())], horizons=[1], gains=[2, 5, 10])
    events = default_of(scores)[1].events
    assert [event.gain for event in events] == [2, 5, 10]
    assert events[0].happened_pct >= events[1].happened_pct >= events[2].happened_pct


def test_probabilities_stay_within_what_the_record_supports():
    assert stated([0, 0.01, 0.5, 0.99]).tolist() == [FLOOR, FLOOR, 0.5, CAP]


@pytest.mark.parametrize(
    ("values", "forecasts"),
    [
        ([[50.0]], False),
        ([[50.0, 51.0, 49.0]], False),
        ([[50.0, 52.0, 51.0, 54.0, 53.0, 55.0]], True),
        (np.full((8, 8), 70.0), False),
        (np.full((8, 8), 100.0), False),
        (np.where(np.arange(8) % 2, np.nan, walks(areas=8, years=8)), False),
        (np.where(np.arange(12) % 2, np.nan, walks(areas=30, years=12)), True),
        (np.where(np.arange(20)[:, None] < 10, 100.0, walks(areas=20, years=9)), True),
        (np.clip(walks(areas=20, years=9) * 3 - 100, 0, 100), True),
    ],
)
def test_poor_data_get_an_answer_and_never_a_missing_number(values, forecasts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = backtest([made(values)])
    text = json.dumps([dataclasses.asdict(score) for score in scores], allow_nan=False)
    assert "NaN" not in text
    assert any(score.n for score in scores) is forecasts
    for score in scores:
        assert (score.crps is None) is (score.n == 0)


def test_horizons_and_events_that_cannot_be_asked_are_refused():
    with pytest.raises(DataError) as caught:
        backtest([made(walks())], horizons=[0, 1], gains=[5, -1, 100])
    assert len(caught.value.faults) == 3


# -- reliability ------------------------------------------------------------------------------


def test_bins_count_every_case_once_and_give_shares():
    stated_, came = np.array([0.02, 0.04, 0.25, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    bins = reliability(["a", "b", "c", "d"], stated_, came)
    assert [(one.low, one.n, one.happened) for one in bins] == [
        (0.0, 2, 0.5),
        (0.2, 1, 1.0),
        (0.8, 1, 1.0),
    ]
    assert sum(one.n for one in bins) == 4


def test_areas_are_resampled_whole():
    values = np.tile([0.0, 1.0], 50)
    apart = resampled([str(number) for number in range(100)], values)
    # One area with all the zeros and one with all the ones: nothing is known.
    together = resampled(["a", "b"] * 50, values)
    assert together == (0.0, 1.0)
    assert 0.38 < apart[0] < 0.45
