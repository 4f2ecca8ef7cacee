"""Whose errors make the draws how wide: laws, and coverage where the truth is known."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri, stdtrit

from edu_metrics.trajectories import CAP, DEFAULT_MODEL, FLOOR, Panel, backtest, stated
from edu_metrics.trajectories.calibration import Calibrated, _calmer, calibrate, draw_errors
from edu_metrics.trajectories.models import MODELS
from edu_metrics.trajectories.tracks import FOLDS, deal, track

EVEN = (np.arange(400) + 0.5) / 400


def normals(horizon=3):
    """Give standard normal numbers that fill the distribution evenly, no common part."""
    own = np.repeat(ndtri(EVEN)[:, None], horizon, axis=1)
    return own[None], np.zeros((len(EVEN), horizon))


def level_and_noise(seed, areas=100, years=12, step=0.1, noise=0.1, tails=None, liveliness=0.0):
    """Make true levels that wander, seen with noise; ``liveliness`` tells areas apart."""
    random = np.random.default_rng(seed)

    def fresh():
        shape = (areas, years)
        return random.standard_t(tails, shape) if tails else random.standard_normal(shape)

    own = np.exp(liveliness * random.standard_normal((areas, 1)))
    start = random.normal(0.5, 0.7, (areas, 1))
    return start + own * (step * np.cumsum(fresh(), axis=1) + noise * fresh())


def places(points, horizon=3, enough=4):
    """Give, by years ahead, at what part of its draws every outcome came."""
    one = track(DEFAULT_MODEL, points, horizon)
    own, common = normals(horizon)
    found = {ahead: [] for ahead in range(1, horizon + 1)}
    for origin in range(enough - 1, points.shape[1] - 1):
        calibrated = calibrate(one, origin)
        drawn = draw_errors(calibrated, own, common) + calibrated.centres[:, None, :]
        for ahead in found:
            if origin + ahead < points.shape[1]:
                outcome = points[:, origin + ahead, None]
                found[ahead].append(np.mean(drawn[:, :, ahead - 1] < outcome, axis=1))
    return {ahead: np.array(part) for ahead, part in found.items()}


@cache
def drawn_in_the_last_year(seed):
    calibrated = calibrate(track(DEFAULT_MODEL, level_and_noise(seed, 30, 8), 2), 7)
    return calibrated.centres[:, None, :] + draw_errors(calibrated, *normals(2))


def width80(errors):
    return np.quantile(errors, 0.9, axis=1) - np.quantile(errors, 0.1, axis=1)


# -- the truth is known -----------------------------------------------------------------------


WORLDS = {
    "a walk": (4, {"noise": 0}),
    "noise about a level": (4, {"step": 0, "noise": 0.25}),
    "a level that moves": (4, {}),
    "heavy tails": (4, {"tails": 3}),
    "lively and calm areas": (4, {"liveliness": 0.5}),
    "a dozen areas": (12, {"areas": 12}),
    "seven years": (12, {"years": 7}),
}


@pytest.mark.parametrize("world", WORLDS)
def test_eighty_percent_intervals_hold_about_eighty_percent(world):
    panels, options = WORLDS[world]
    held = {ahead: [] for ahead in (1, 2, 3)}
    for seed in range(panels):
        for ahead, found in places(level_and_noise(seed, **options)).items():
            held[ahead].append(100 * np.mean((found > 0.1) & (found < 0.9)))
    for ahead, by_panel in held.items():
        # Each panel counts once, so that the doubt is that of whole panels.
        doubt = np.std(by_panel, ddof=1) / np.sqrt(len(by_panel))
        assert np.mean(by_panel) == pytest.approx(80, abs=2 + 2 * doubt), ahead


def test_where_a_series_stands_tells_to_which_side_it_may_stray():
    random = np.random.default_rng(4)
    level = np.linspace(-2, 2, 900)[:, None]
    # Those below stray far up and little down, those above the other way. If all were told the
    # same, 14 % of the outcomes would come in one outer tenth and 6 % in the other.
    strayed = 0.2 * (random.exponential(size=(900, 12)) - 1)
    found = places(level - np.sign(level) * strayed, 1)[1]
    for part in (slice(0, 300), slice(600, 900)):
        assert 100 * np.mean(found[:, part] > 0.9) == pytest.approx(10, abs=2.5)
        assert 100 * np.mean(found[:, part] < 0.1) == pytest.approx(10, abs=2.5)


def test_errors_of_a_livelier_past_are_brought_to_today():
    lively, calm = np.full(50, 2.0), np.full(50, -1.0)
    yearly = {3: lively, 4: calm, 5: calm, 6: calm}
    # Half as large as then, and fifty errors are believed half: the square root of a half.
    assert _calmer(yearly, [3]) == pytest.approx(0.5**0.5)
    assert _calmer(yearly, [4, 5, 6]) == 1
    assert _calmer(yearly, [2]) == 1


def test_a_panel_that_grew_calmer_gets_no_wider_growth_than_a_walk_has():
    def growth(paces):
        random = np.random.default_rng(5)
        points = 0.5 + np.cumsum(paces * random.standard_normal((150, 9)), axis=1)
        widths = width80(draw_errors(calibrate(track("no_change", points, 3), 8), *normals()))
        return np.median(widths[:, 2] / widths[:, 0])

    assert growth(np.full(9, 0.1)) == pytest.approx(np.sqrt(3), rel=0.1)
    assert growth(np.array([0.2] * 6 + [0.1] * 3)) < 1.15 * np.sqrt(3)


def test_what_all_areas_share_is_drawn_wider_year_by_year():
    points = level_and_noise(8, areas=50, years=12)
    points = points + np.cumsum(0.5 * np.random.default_rng(2).standard_normal(12))
    calibrated = calibrate(track("no_change", points, 3), 11)
    common = np.repeat(np.random.default_rng(3).standard_normal((2000, 1)), 3, axis=1)
    errors = draw_errors(calibrated, np.zeros((1, 2000, 3)), common)
    shared = np.std(errors[0] - np.median(errors[0], axis=0), axis=0)
    assert shared / shared[0] == pytest.approx(np.sqrt([1, 2, 3]))


def test_few_errors_give_way_to_the_student_t_of_the_series_own_scale():
    """Three series of which one leapt; 80 % of a t with its degrees of freedom, by scipy."""
    points = np.tile(0.1 * np.arange(8.0) % 0.3, (3, 1)) + np.array([[0.0], [0.5], [1.0]])
    points[2, 6:] += 8.0
    found = track("no_change", points, 1)
    ratio = {}
    for few in (False, True):
        calibrated = calibrate(found, 7, few=few)
        row = int(np.flatnonzero(calibrated.known)[0])
        calm = width80(draw_errors(calibrated, *normals(1)))[row, 0]
        scale = np.sqrt(calibrated.variances[row]) * calibrated.spreads[row, 0]
        ratio[few] = calm / (2 * scale * stdtrit(calibrated.degrees[row], 0.9))
    assert ratio[True] == pytest.approx(1, abs=0.35)
    assert ratio[False] > 2 * ratio[True]


def test_many_errors_are_believed_as_they_are():
    points = level_and_noise(4, areas=200, years=9)
    one = track("no_change", points, 1)
    wide = [width80(draw_errors(calibrate(one, 8, few=few), *normals(1))) for few in (False, True)]
    assert np.median(np.abs(wide[1] / wide[0] - 1)) < 0.1


# -- laws -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_folds_hang_on_values_and_on_nothing_else(seed):
    points = level_and_noise(seed, areas=43)
    random = np.random.default_rng(seed)
    points[random.random(points.shape) < 0.1] = np.nan
    folds, order = deal(points), random.permutation(43)
    np.testing.assert_array_equal(deal(points[order]), folds[order])
    np.testing.assert_array_equal(deal(-points), folds)
    assert np.ptp(np.bincount(folds, minlength=FOLDS)) <= 1


@pytest.mark.parametrize("name", [*MODELS])
def test_renamed_or_shuffled_areas_get_the_same_forecasts(name):
    points = level_and_noise(1, areas=47, years=9)
    order = np.random.default_rng(0).permutation(47)
    first, again = (calibrate(track(name, one, 3), 7) for one in (points, points[order]))
    np.testing.assert_allclose(again.centres, first.centres[order], atol=1e-9)
    one, other = (draw_errors(found, *normals()) for found in (first, again))
    np.testing.assert_allclose(other, one[order], atol=1e-7)


def test_renamed_areas_get_the_same_scores():
    values = np.round(100 / (1 + np.exp(-level_and_noise(2, areas=40, years=8))), 1)
    order = np.random.default_rng(1).permutation(40)
    names = tuple(f"a{number:02d}" for number in range(40))

    def scored(rows):
        panel = Panel("rates", names, tuple(range(2000, 2008)), values[rows], values * np.nan)
        return [
            (one.model, one.horizon, one.n, one.coverage80, one.coverage95)
            for one in backtest([panel])
        ]

    assert scored(np.arange(40)) == scored(order)


@pytest.mark.parametrize("name", [*MODELS])
def test_no_area_reaches_what_is_borrowed_for_it_not_even_by_way_of_a_peer(name):
    points = level_and_noise(3, areas=60, years=10)
    changed = points.copy()
    changed[17, 1:] += np.linspace(0.5, 3, 9)  # the first year, by which it is dealt, stays
    first, again = (calibrate(track(name, one, 3), 9) for one in (points, changed))
    np.testing.assert_array_equal(first.folds, again.folds)
    fold = first.folds[17]
    assert first.shocks[fold] == again.shocks[fold]
    borrowed = [key for key in first.ranks if key[0] == fold]
    assert borrowed
    for key in borrowed:
        np.testing.assert_array_equal(first.ranks[key], again.ranks[key])
    fellows = (first.folds == fold) & (np.arange(60) != 17)
    for field in ("centres", "spreads", "variances", "degrees", "classes"):
        one, other = (getattr(found, field)[fellows] for found in (first, again))
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_the_complement_gets_mirrored_draws():
    # Two folds have 46 peers, whose fifths the usual quantiles would cut at the 10th, 19th, ...
    points = level_and_noise(6, areas=57, years=9)
    first, again = (calibrate(track(DEFAULT_MODEL, one, 3), 7) for one in (points, -points))
    own, common = normals()
    one = first.centres[:, None, :] + draw_errors(first, own, common)
    other = again.centres[:, None, :] + draw_errors(again, own, common)
    np.testing.assert_allclose(np.sort(-other, axis=1), np.sort(one, axis=1), atol=1e-7)


def claimed(number):
    """Give how much of the draws lies beyond the outermost of so many past errors."""
    ranks = np.linspace(0.4, 0.6, number)
    one = Calibrated(
        centres=np.zeros((1, 1)),
        spreads=np.ones((1, 1)),
        variances=np.ones(1),
        degrees=np.full(1, 1e6),
        changes=np.ones(1),
        folds=np.zeros(1, dtype=int),
        classes=np.zeros(1, dtype=int),
        ranks={(0, 1, 0): ranks},
        shocks={0: (0.0, 4.0)},
    )
    errors = draw_errors(one, *normals(1))[0, :, 0]
    return np.mean((errors < ndtri(ranks[0]) - 1e-9) | (errors > ndtri(ranks[-1]) + 1e-9))


@given(st.integers(2, 30), st.integers(1, 30))
def test_more_past_errors_never_widen_what_they_claim(few, more):
    # A new error is the outermost of N + 1 on a given side with probability 1 / (N + 1).
    assert claimed(few) == pytest.approx(2 / (few + 1), abs=0.02)
    assert claimed(few + more) <= claimed(few)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_a_stated_probability_follows_the_drawn_one_within_its_bounds(drawn):
    said = stated(sorted(drawn))
    assert (np.diff(said) >= 0).all()
    assert said.min() >= FLOOR
    assert said.max() <= CAP


@given(st.integers(0, 6), st.lists(st.floats(-3, 3), min_size=2, max_size=6))
def test_a_higher_target_is_never_more_probable(seed, targets):
    drawn = drawn_in_the_last_year(seed)
    reached = np.array([stated(np.mean(drawn >= one, axis=1)) for one in sorted(targets)])
    assert (np.diff(reached, axis=0) <= 0).all()


def test_a_share_of_draws_is_what_their_distribution_says_of_a_target():
    # The median must be reached by half, and the 90 % quantile by a tenth.
    calibrated = calibrate(track(DEFAULT_MODEL, level_and_noise(2, 60, 9), 1), 8)
    drawn = calibrated.centres[:, None, :] + draw_errors(calibrated, *normals(1))
    for level in (0.5, 0.9):
        target = np.quantile(drawn, level, axis=1)[:, None]
        assert np.mean(drawn >= target, axis=1) == pytest.approx(1 - level, abs=0.005)
