"""The walk without drift: its laws, its closed form, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import no_change, spread_of, to_scale
from edu_metrics.trajectories.trends import printed_decimals, yearly_changes

RATES = st.lists(st.integers(0, 60), min_size=5, max_size=8).filter(lambda n: len(set(n)) > 1)


def by_year(values):
    return dict(enumerate(values, start=2014))


@given(RATES, st.integers(0, 60), st.integers(0, 2**32))
def test_a_rate_and_its_complement_get_the_same_probability(history, nobody, parts, level, seed):
    whole = 60
    passing = history(by_year([100 * n / whole for n in parts]), whole=whole)
    failing = history(by_year([100 * (whole - n) / whole for n in parts]), whole=whole)
    years = range(2014 + len(parts), 2017 + len(parts))
    options = {"scale": "logit", "draws": 400, "seed": seed}
    passes = no_change(passing, nobody, years, **options).draws >= 100 * level / whole
    fails = no_change(failing, nobody, years, **options).draws <= 100 * (whole - level) / whole
    assert passes.mean(axis=0).tolist() == fails.mean(axis=0).tolist()


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=8, unique=True))
def test_a_printed_rate_and_its_complement_get_the_same_probability(history, nobody, tenths):
    passing = history(by_year([n / 10 for n in tenths]))
    failing = history(by_year([(1000 - n) / 10 for n in tenths]))
    year = 2014 + len(tenths)
    passes = no_change(passing, nobody, [year], scale="logit", draws=400).draws >= 95
    fails = no_change(failing, nobody, [year], scale="logit", draws=400).draws <= 5
    assert passes.mean() == fails.mean()


@given(RATES)
def test_the_median_is_the_last_value_and_draws_are_whole_counts(history, nobody, parts):
    whole = 60
    series = history(by_year([100 * n / whole for n in parts]), whole=whole)
    year = 2014 + len(parts)
    found = no_change(series, nobody, [year, year + 1], scale="logit", draws=400)
    assert np.median(found.draws, axis=0) == pytest.approx(100 * parts[-1] / whole, abs=1e-12)
    counts = found.draws * whole / 100
    assert np.abs(counts - np.rint(counts)).max() < 1e-9
    assert found.draws.min() >= 0
    assert found.draws.max() <= 100


def test_the_median_of_a_printed_rate_is_the_last_value_as_printed(history, nobody):
    nation = history({2016: 93.4, 2017: 93.8, 2018: 94.2, 2019: 94.8, 2020: 95.2})
    found = no_change(nation, nobody, [2021, 2022, 2023], scale="logit")
    assert np.median(found.draws, axis=0).tolist() == [95.2] * 3
    tenths = found.draws * 10
    assert np.abs(tenths - np.rint(tenths)).max() < 1e-9


def test_a_rate_of_100_whose_whole_is_known_stays_the_median_and_can_be_left(history, nobody):
    full = history({2016: 97.5, 2017: 100, 2018: 95, 2019: 100, 2020: 100}, whole=40)
    drawn = no_change(full, nobody, [2021], scale="logit").at(2021)
    assert np.median(drawn) == 100
    assert 0 < np.mean(drawn < 100) < 0.5


def test_a_rate_of_0_whose_whole_is_known_stays_the_median_and_can_be_left(history, nobody):
    none = history({2016: 2.5, 2017: 0, 2018: 5, 2019: 0, 2020: 0}, whole=40)
    drawn = no_change(none, nobody, [2021], scale="logit").at(2021)
    assert np.median(drawn) == 0
    assert 0 < np.mean(drawn > 0) < 0.5


@pytest.mark.parametrize("scale", ["logit", "log"])
def test_draws_follow_students_t_and_spread_with_the_root_of_the_years(history, nobody, scale):
    series = history({2016: 60.11, 2017: 63.07, 2018: 58.13, 2019: 61.19, 2020: 60.23})
    draws = 40_000
    found = no_change(series, nobody, [2021, 2022, 2023, 2024], scale=scale, draws=draws, seed=7)
    own = np.diff(to_scale(series["value"].to_numpy(), scale))
    nu, s = own.size, np.sqrt(np.mean(own**2))
    start = float(to_scale(60.23, scale))
    for h, year in enumerate(found.years, start=1):
        points = (to_scale(found.at(year), scale) - start) / (s * np.sqrt(h))
        for level in (0.1, 0.25, 0.75, 0.9):
            expected = stats.t.ppf(level, nu)
            # Four standard errors of a sample quantile; mirrored draws are half as many.
            error = np.sqrt(level * (1 - level) / (draws / 2)) / stats.t.pdf(expected, nu)
            assert np.quantile(points, level) == pytest.approx(expected, abs=4 * error)


def test_an_indicator_that_may_pass_100_may_pass_it(history, nobody):
    gross = history({2016: 98.0, 2017: 101.5, 2018: 99.0, 2019: 102.5, 2020: 103.0})
    found = no_change(gross, nobody, [2021], scale="log")
    assert np.mean(found.at(2021) > 103) == pytest.approx(0.5, abs=0.01)
    assert found.draws.min() > 0
    assert np.median(found.draws) == pytest.approx(103, rel=1e-3)
    assert found.model == "no_change_log"


def test_whole_counts_stay_whole_and_may_come_to_nothing(history, nobody):
    schools = history({2016: 3, 2017: 1, 2018: 2, 2019: 0, 2020: 1})
    drawn = no_change(schools, nobody, [2021], scale="log", whole_counts=True).at(2021)
    assert np.median(drawn) == 1
    assert (drawn == np.rint(drawn)).all()
    assert (drawn == 0).any()


def test_an_amount_that_came_to_nothing_is_drawn_from_there(history, nobody):
    money = history({2016: 4e6, 2017: 2e6, 2018: 3e6, 2019: 1e6, 2020: 0})
    drawn = no_change(money, nobody, [2021], scale="log").at(2021)
    # A thousandth of the smallest amount stands for nothing.
    assert np.median(drawn) == pytest.approx(1e3, rel=0.05)


def test_the_same_seed_gives_the_same_draws_and_another_seed_others(history, nobody):
    series = history({2016: 60.1, 2017: 63, 2018: 58, 2019: 61})
    first = no_change(series, nobody, [2020], scale="logit", seed=3)
    again = no_change(series, nobody, [2020], scale="logit", seed=3)
    other = no_change(series, nobody, [2020], scale="logit", seed=4)
    assert (first.draws == again.draws).all()
    assert (first.draws != other.draws).any()


def test_a_longer_trajectory_begins_like_a_shorter_one(history, nobody):
    series = history({2016: 60.1, 2017: 63, 2018: 58, 2019: 61})
    short = no_change(series, nobody, [2020], scale="logit")
    long = no_change(series, nobody, [2020, 2021, 2022], scale="logit")
    assert (short.at(2020) == long.at(2020)).all()


def test_draws_and_quantiles_are_found_by_year(history, nobody):
    series = history({2016: 60.1, 2017: 63, 2018: 58, 2019: 61})
    found = no_change(series, nobody, [2020, 2021], scale="logit", draws=100)
    assert found.draws.shape == (100, 2)
    assert (found.at(2021) == found.draws[:, 1]).all()
    low, high = found.quantiles([0.1, 0.9])
    assert (low < 61).all()
    assert (high > 61).all()
    assert high[1] - low[1] > high[0] - low[0]
    assert (found.last_year, found.last_value) == (2019, 61)


def test_changes_are_taken_within_areas_and_a_gap_counts_by_the_root_of_its_years(history):
    both = pd.concat([history({2016: 10, 2020: 20}), history({2018: 1, 2019: 8}, area="there")])
    found = yearly_changes(both, "log")
    assert list(found) == ["here", "there"]
    assert found["here"] == pytest.approx([np.log(2) / 2])
    assert found["there"] == pytest.approx([np.log(8)])


def test_an_area_with_one_year_has_no_change(history, nobody):
    assert yearly_changes(nobody, "logit") == {}
    assert yearly_changes(history({2020: 50}), "logit") == {}
    both = pd.concat([history({2020: 50}), history({2019: 40, 2020: 50}, area="there")])
    assert list(yearly_changes(both, "logit")) == ["there"]


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


def test_own_changes_alone_give_their_mean_square():
    found = spread_of(np.array([0.3, -0.1, 0.2, 0.0]), [])
    assert found.variance == pytest.approx((0.09 + 0.01 + 0.04) / 4)
    assert (found.degrees, found.own_changes, found.peers) == (4, 4, 0)


def test_peers_count_as_four_changes_of_the_median_peers_mean_square():
    peers = [np.array([0.1, 0.1, 0.1]), np.array([0.4, -0.4]), np.array([5.0]), np.empty(0)]
    found = spread_of(np.array([0.2, 0.2]), peers)
    assert found.variance == pytest.approx((4 * 0.16 + 0.08) / 6)
    assert (found.degrees, found.own_changes, found.peers) == (6, 2, 3)


def test_few_changes_of_peers_count_as_no_more_than_they_are():
    found = spread_of(np.array([0.2]), [np.array([0.1, 0.3])])
    assert found.variance == pytest.approx((2 * 0.05 + 0.04) / 3)
    assert found.degrees == 3


@pytest.mark.parametrize(("own", "borrowed"), [(2, 0), (0, 2), (1, 1), (0, 0)])
def test_fewer_than_three_changes_say_nothing(own, borrowed):
    with pytest.raises(ProjectionError, match=f"{own} yearly changes .* {borrowed} borrowed"):
        spread_of(np.full(own, 0.1), [np.full(borrowed, 0.1)])


def test_three_changes_from_whatever_side_say_something():
    for own in range(4):
        assert spread_of(np.full(own, 0.1), [np.full(3 - own, 0.1)]).degrees == 3


def test_a_past_without_movement_is_refused(history, nobody):
    still = history({2016: 90, 2017: 90, 2018: 90, 2019: 90})
    with pytest.raises(ProjectionError, match="none of the 3 yearly changes"):
        no_change(still, nobody, [2020], scale="logit")


def test_a_series_that_stood_still_borrows_from_peers_that_moved(history):
    still = history({2016: 90, 2017: 90, 2018: 90, 2019: 90})
    peers = history({2016: 80, 2017: 85, 2018: 80, 2019: 82, 2020: 81}, area="there")
    assert np.ptp(no_change(still, peers, [2020], scale="logit").draws) > 0


def test_an_area_with_one_year_can_be_drawn_from_its_peers(history):
    peers = history({2016: 80, 2017: 85, 2018: 80, 2019: 82, 2020: 81}, area="there")
    found = no_change(history({2019: 90}), peers, [2020], scale="logit")
    assert (found.spread.own_changes, found.spread.peers, found.spread.degrees) == (0, 1, 4)


def test_the_order_of_peers_does_not_matter(history):
    own = history({2018: 90, 2019: 91})
    peers = [history({2016: 80, 2017: 80 + n, 2018: 79}, area=f"a{n}") for n in (3, 1, 7)]
    first = no_change(own, pd.concat(peers), [2020], scale="logit")
    again = no_change(own, pd.concat(peers[::-1]), [2020], scale="logit")
    assert (first.draws == again.draws).all()


def test_without_an_observation_nothing_is_drawn(nobody):
    with pytest.raises(ProjectionError, match="no observation to start from"):
        no_change(nobody, nobody, [2020], scale="logit")


@pytest.mark.parametrize("draws", [0, -2, 3])
def test_an_odd_number_of_draws_is_refused(history, nobody, draws):
    series = history({2016: 60, 2017: 63, 2018: 58, 2019: 61})
    with pytest.raises(ProjectionError, match="positive even number"):
        no_change(series, nobody, [2020], scale="logit", draws=draws)


@pytest.mark.parametrize("years", [[2019], [2021], [2020, 2022], [2021, 2020]])
def test_years_that_do_not_follow_the_last_one_are_refused(history, nobody, years):
    series = history({2016: 60, 2017: 63, 2018: 58, 2019: 61})
    with pytest.raises(ProjectionError, match="years: expected"):
        no_change(series, nobody, years, scale="logit")


def test_the_callers_table_is_left_alone(history, nobody):
    series = history({2016: 60, 2017: 63, 2018: 58, 2019: 61})
    before = series.copy()
    no_change(series, nobody, [2020], scale="logit")
    pd.testing.assert_frame_equal(series, before)
