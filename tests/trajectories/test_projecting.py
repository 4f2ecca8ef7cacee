"""The default model's draws, area by area: their laws, and what they refuse."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import project, to_scale
from edu_metrics.trajectories.drawing import normals_over_years
from edu_metrics.trajectories.scales import printed_decimals

RATES = st.lists(st.integers(0, 60), min_size=5, max_size=8).filter(lambda n: len(set(n)) > 1)
MOVING = {2016: 60.1, 2017: 63, 2018: 58, 2019: 61}


def by_year(values):
    return dict(enumerate(values, start=2014))


def ahead(series, years=1, **options):
    """Project the one area of a table some years beyond its last."""
    last = int(series["year"].max())
    found = project(series, last + years, **{"scale": "logit", "draws": 400, **options})
    return found.of("here", tuple(range(last + 1, last + 1 + years)))


@pytest.fixture(scope="session")
def panel(history):
    """Make many areas that wander, with a number behind each rate."""

    def make(areas=12, years=8, shock=0.0, seed=1):
        random = np.random.default_rng(seed)
        common = np.cumsum(shock * random.standard_normal(years))
        tables = []
        for number in range(areas):
            walk = 0.5 + common + np.cumsum(0.15 * random.standard_normal(years))
            passed = np.rint(300 / (1 + np.exp(-walk)))
            values = {2014 + year: 100 * n / 300 for year, n in enumerate(passed)}
            tables.append(history(values, area=f"area_{number:02d}", whole=300))
        return pd.concat(tables)

    return make


@given(RATES, st.integers(0, 60), st.text(max_size=5))
def test_a_rate_and_its_complement_get_the_same_probability(history, parts, level, seed):
    whole = 60
    passing = history(by_year([100 * n / whole for n in parts]), whole=whole)
    failing = history(by_year([100 * (whole - n) / whole for n in parts]), whole=whole)
    passes = ahead(passing, 3, seed=seed).draws >= 100 * level / whole
    fails = ahead(failing, 3, seed=seed).draws <= 100 * (whole - level) / whole
    assert passes.mean(axis=0).tolist() == fails.mean(axis=0).tolist()


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=8, unique=True))
def test_a_printed_rate_and_its_complement_get_the_same_probability(history, tenths):
    passing = history(by_year([n / 10 for n in tenths]))
    failing = history(by_year([(1000 - n) / 10 for n in tenths]))
    passes, fails = ahead(passing).draws >= 95, ahead(failing).draws <= 5
    assert passes.mean() == fails.mean()


def test_among_peers_a_rate_and_its_complement_get_the_same_probability(panel):
    passing = panel()
    failing = passing.assign(value=100 - passing["value"])
    years = (2022, 2023)
    first, again = (project(one, 2023, scale="logit", draws=400) for one in (passing, failing))
    for area in first.areas:
        passes, fails = first.of(area, years).draws >= 70, again.of(area, years).draws <= 30
        assert passes.mean(axis=0) == pytest.approx(fails.mean(axis=0), abs=1e-9)


@given(RATES)
def test_alone_the_median_is_the_last_value_and_draws_are_whole_counts(history, parts):
    whole = 60
    series = history(by_year([100 * n / whole for n in parts]), whole=whole)
    # With few draws the two in the middle may round to whole counts on either side of it.
    found = ahead(series, 2, draws=8000)
    assert np.median(found.draws, axis=0) == pytest.approx(100 * parts[-1] / whole, abs=1e-12)
    counts = found.draws * whole / 100
    assert np.abs(counts - np.rint(counts)).max() < 1e-9
    assert found.draws.min() >= 0
    assert found.draws.max() <= 100


def test_alone_the_median_of_a_printed_rate_is_the_last_value_as_printed(history):
    nation = history({2016: 93.4, 2017: 93.8, 2018: 94.2, 2019: 94.8, 2020: 95.2})
    found = ahead(nation, 3, draws=4000)
    assert np.median(found.draws, axis=0).tolist() == [95.2] * 3
    tenths = found.draws * 10
    assert np.abs(tenths - np.rint(tenths)).max() < 1e-9


def test_a_rate_of_100_whose_whole_is_known_stays_the_median_and_can_be_left(history):
    full = history({2016: 97.5, 2017: 100, 2018: 95, 2019: 100, 2020: 100}, whole=40)
    drawn = ahead(full, draws=4000).at(2021)
    assert np.median(drawn) == 100
    assert 0 < np.mean(drawn < 100) < 0.5


@pytest.mark.parametrize("scale", ["logit", "log"])
def test_alone_draws_follow_students_t_of_the_own_changes(history, scale):
    series = history({2016: 60.11, 2017: 63.07, 2018: 58.13, 2019: 61.19, 2020: 60.23})
    draws = 40_000
    found = ahead(series, 1, scale=scale, draws=draws, seed="7")
    own = np.diff(to_scale(series["value"].to_numpy(), scale))
    # A change counts 0.85 of the one after it; the degrees are the sum of the weights, in tenths.
    weights = 0.85 ** np.arange(own.size)[::-1]
    degrees = round(weights.sum(), 1)
    points = (to_scale(found.at(2021), scale) - float(to_scale(60.23, scale))) / np.sqrt(
        np.average(own**2, weights=weights)
    )
    for level in (0.1, 0.25, 0.75, 0.9):
        expected = stats.t.ppf(level, degrees)
        # Four standard errors of a sample quantile; mirrored draws are half as many.
        error = np.sqrt(level * (1 - level) / (draws / 2)) / stats.t.pdf(expected, degrees)
        assert np.quantile(points, level) == pytest.approx(expected, abs=4 * error)


def test_an_indicator_that_may_pass_100_may_pass_it(history):
    gross = history({2016: 98.0, 2017: 101.5, 2018: 99.0, 2019: 102.5, 2020: 103.0})
    found = ahead(gross, scale="log")
    assert np.mean(found.at(2021) > 103) == pytest.approx(0.5, abs=0.01)
    assert found.draws.min() > 0
    assert found.model == "level_with_drift_log"


def test_whole_counts_stay_whole_and_may_come_to_nothing(history):
    schools = history({2016: 3, 2017: 1, 2018: 2, 2019: 0, 2020: 1})
    drawn = ahead(schools, scale="log", whole_counts=True, draws=4000).at(2021)
    assert np.median(drawn) == 1
    assert (drawn == np.rint(drawn)).all()
    assert (drawn == 0).any()


def test_a_count_of_one_among_zeros_is_not_forecast_to_be_dozens():
    """One school in one of three districts, none for years before: not forty in the next."""
    counts = {"a": [0] * 8 + [1] * 4, "b": [0] * 11 + [1], "c": [0] * 10 + [1, 1]}
    rows = [
        {"area": area, "year": 2009 + place, "value": float(value), "denominator": np.nan}
        for area, values in counts.items()
        for place, value in enumerate(values)
    ]
    found = project(pd.DataFrame(rows), 2022, scale="log", whole_counts=True)
    for area in counts:
        assert np.quantile(found.of(area, (2021,)).at(2021), 0.9) <= 3


def test_the_same_seed_gives_the_same_draws_and_another_seed_others(history):
    series = history(MOVING)
    first, again, other = (ahead(series, seed=seed).draws for seed in ("a", "a", "b"))
    assert (first == again).all()
    assert (first != other).any()


def test_a_longer_trajectory_begins_like_a_shorter_one(panel):
    table = panel()
    short = project(table, 2022, scale="logit").of("area_03", (2022,))
    long = project(table, 2026, scale="logit").of("area_03", (2022, 2023, 2024, 2025, 2026))
    assert (short.at(2022) == long.at(2022)).all()


def test_draws_and_quantiles_are_found_by_year(history):
    found = ahead(history(MOVING), 2, draws=1000)
    assert found.draws.shape == (1000, 2)
    assert (found.at(2021) == found.draws[:, 1]).all()
    low, high = found.quantiles([0.1, 0.9])
    assert high[1] - low[1] > high[0] - low[0] > 0
    assert (found.last_year, found.last_value) == (2019, 61)


@pytest.mark.parametrize(
    ("values", "decimals"),
    [
        ([95, 96], 0),
        ([95.2, 96], 1),
        ([95.25, 96], 2),
        ([95.254, 96], 3),
        ([200 / 3], 3),
        ([95.004, 95.001], 3),
        ([93.4105], 3),
    ],
)
def test_decimals_are_read_off_the_values_three_at_most(values, decimals):
    assert printed_decimals(np.array(values)) == decimals


def test_areas_move_together_as_far_as_their_past_did(panel):
    def likeness(shock, areas=24):
        found = project(panel(areas, shock=shock), 2022, scale="logit")
        one, other = (found.of(f"area_{n:02d}", (2022,)).at(2022) for n in (0, 5))
        return np.corrcoef(one, other)[0, 1]

    assert likeness(0.0) < 0.2
    assert likeness(0.6) > 0.6
    # Few areas can't tell so well; the Student t that stands in holds their common part as well.
    assert 0.4 < likeness(0.6, areas=12) < likeness(0.6)


def test_the_order_of_areas_does_not_matter(panel):
    table = panel()
    turned = table.iloc[::-1]
    for area in ("area_00", "area_07"):
        first = project(table, 2022, scale="logit").of(area, (2022,))
        again = project(turned, 2022, scale="logit").of(area, (2022,))
        assert (first.draws == again.draws).all()


def test_what_an_area_will_do_does_not_hang_on_years_after_its_last(panel):
    table = panel()
    ended = table[(table["area"] != "area_02") | (table["year"] < 2020)]
    later = ended.assign(value=ended["value"].where(ended["year"] < 2020, 100 - ended["value"]))
    first, again = (project(one, 2022, scale="logit") for one in (ended, later))
    assert (first.of("area_02", (2020,)).draws == again.of("area_02", (2020,)).draws).all()
    assert (first.of("area_03", (2022,)).draws != again.of("area_03", (2022,)).draws).any()


def test_an_area_with_two_years_can_be_drawn_among_peers(panel, history):
    table = pd.concat([panel(), history({2020: 60, 2021: 62}, area="here", whole=300)])
    found = project(table, 2022, scale="logit").of("here", (2022,))
    assert found.peers > 0
    assert np.ptp(found.draws) > 0


def test_one_year_alone_or_among_peers_says_nothing(panel, history):
    table = pd.concat([panel(), history({2021: 62}, area="here", whole=300)])
    with pytest.raises(ProjectionError, match="worth 2"):
        project(table, 2022, scale="logit").of("here", (2022,))


@pytest.mark.parametrize("years", [1, 2, 3])
def test_alone_fewer_than_three_changes_say_nothing(history, years):
    series = history({2018 + n: 60 + n**2 for n in range(years)})
    with pytest.raises(ProjectionError, match=f"{years - 1} yearly changes"):
        ahead(series)


def test_a_past_without_movement_is_refused(history):
    with pytest.raises(ProjectionError, match="none of the yearly changes"):
        ahead(history(dict.fromkeys(MOVING, 90)))


def test_a_series_that_stood_still_borrows_from_peers_that_moved(panel, history):
    still = history(dict.fromkeys(range(2014, 2022), 60), area="here", whole=300)
    found = project(pd.concat([panel(), still]), 2022, scale="logit").of("here", (2022,))
    assert np.ptp(found.draws) > 0


def test_without_an_observation_nothing_is_drawn(history):
    with pytest.raises(ProjectionError, match="no observation to start from"):
        project(history({}), 2020, scale="logit").of("here", (2020,))


@pytest.mark.parametrize("draws", [0, -2, 3])
def test_an_odd_number_of_draws_is_refused(history, draws):
    with pytest.raises(ProjectionError, match="positive even number"):
        ahead(history(MOVING), draws=draws)


@pytest.mark.parametrize("years", [(2019,), (2021,), (2020, 2022), (2021, 2020), ()])
def test_years_that_do_not_follow_the_last_one_are_refused(history, years):
    with pytest.raises(ProjectionError, match="years: expected"):
        project(history(MOVING), 2022, scale="logit").of("here", years)


def test_the_callers_table_is_left_alone(history):
    series = history(MOVING)
    before = series.copy()
    ahead(series)
    pd.testing.assert_frame_equal(series, before)


@pytest.mark.parametrize("ratio", [0.1, 1.0, float("inf")])
def test_paths_hang_together_as_level_and_noise_do(ratio):
    # Closed form: an error h years ahead is level (p) + h steps (q each) + noise (1).
    years = np.arange(1, 5)
    if np.isinf(ratio):
        covariance = np.minimum.outer(years, years).astype(float)
    else:
        steady = (ratio + np.sqrt(ratio**2 + 4 * ratio)) / 2
        covariance = np.minimum.outer(years, years) * ratio + (steady - ratio) + np.eye(4)
        covariance /= steady + 1
    spreads = np.sqrt(np.diag(covariance))
    drawn = normals_over_years(np.random.default_rng(0), spreads, 200_000)
    expected = covariance / np.outer(spreads, spreads)
    assert np.corrcoef(drawn.T) == pytest.approx(expected, abs=0.01)
    assert (drawn[:100_000] == -drawn[100_000:]).all()
