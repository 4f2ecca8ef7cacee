"""What a projection says area by area: its laws and paths, and what it refuses."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from edu_metrics.catalog import Bound
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import Projection, Scale
from edu_metrics.trajectories.projecting import NODES, Law, side_by_side, spread_paths
from edu_metrics.trajectories.scales import Values, printed_decimals

RATE, AMOUNT = Scale(0.0, 100.0), Scale(0.0, None)
RATES = st.lists(st.integers(0, 60), min_size=5, max_size=8).filter(lambda n: len(set(n)) > 1)
MOVING = {2016: 60.1, 2017: 63, 2018: 58, 2019: 61}
CLIMB = [56.6, 62.3, 64.5, 67.5, 70.5, 75.0, 77.4, 79.6]


def by_year(values, first=2014):
    return dict(enumerate(values, start=first))


def ahead(series, years=1, **options):
    """Project the one area of a table some years beyond its last."""
    last = int(series["year"].max())
    found = Projection(series, last + years, **{"scale": RATE, **options})
    return found.of("here", tuple(range(last + 1, last + 1 + years)))


def at_least(value):
    return [Bound.model_validate(f">={value}")]


def at_most(value):
    return [Bound.model_validate(f"<={value}")]


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


@given(RATES, st.integers(0, 60), st.sampled_from([None, "enrolment", "scores"]))
def test_a_rate_and_its_complement_get_the_same_probability(history, parts, level, measure_type):
    whole = 60
    passing = history(by_year([100 * n / whole for n in parts]), whole=whole)
    failing = history(by_year([100 * (whole - n) / whole for n in parts]), whole=whole)
    passes = ahead(passing, 3, measure_type=measure_type)
    fails = ahead(failing, 3, measure_type=measure_type, falling=True)
    for year in passes.years:
        up = passes.probability(at_least(100 * level / whole), year)
        down = fails.probability(at_most(100 * (whole - level) / whole), year)
        assert up == pytest.approx(down, abs=1e-9)
    rising = np.all(np.diff(passes.draws, axis=1) > 0, axis=1).mean()
    falling = np.all(np.diff(fails.draws, axis=1) < 0, axis=1).mean()
    assert rising == falling


@given(st.lists(st.integers(0, 1000), min_size=5, max_size=8, unique=True))
def test_a_printed_rate_and_its_complement_get_the_same_probability(history, tenths):
    passing = history(by_year([n / 10 for n in tenths]))
    failing = history(by_year([(1000 - n) / 10 for n in tenths]))
    up = ahead(passing, 2).probability(at_least(70), 2014 + len(tenths))
    down = ahead(failing, 2).probability(at_most(30), 2014 + len(tenths))
    assert up == pytest.approx(down, abs=1e-9)


def test_among_peers_a_rate_and_its_complement_get_the_same_probability(panel):
    table = panel()
    turned = table.assign(value=100 - table["value"])
    one = Projection(table, 2023, scale=RATE).of("area_04", (2022, 2023))
    other = Projection(turned, 2023, scale=RATE).of("area_04", (2022, 2023))
    up, down = one.probability(at_least(70), 2023), other.probability(at_most(30), 2023)
    assert up == pytest.approx(down, abs=1e-9)


def test_a_year_s_paths_are_spread_over_its_law_and_nothing_else(history):
    """Within half a node, and what rounding degrees of freedom to four in a thousand adds."""
    found = ahead(history(MOVING), 3)
    assert found.draws.shape == (NODES, 3)
    for year in found.years:
        for level in (40, 55, 60.5, 70):
            exact = found.probability(at_least(level), year)
            assert np.mean(found.at(year) >= level) == pytest.approx(exact, abs=0.6 / NODES)


@pytest.mark.parametrize(
    "values", [(93.0, 93.4, 93.8, 94.2, 94.8, 95.2), (84.0, 84.6, 84.1, 84.9, 84.3, 84.8)]
)
def test_a_percentage_may_go_alike_with_and_without_an_upper_bound(history, values):
    """Of retention nobody knows how it is counted: a year ahead it hardly matters."""
    series = history(dict(zip(range(2015, 2021), values, strict=True)))
    found = [
        ahead(series, scale=scale, measure_type="enrolment").quantiles([0.1, 0.5, 0.9])[:, 0]
        for scale in (RATE, Scale(0, None))
    ]
    spread = [ends[2] - ends[0] for ends in found]
    assert found[0][1] == pytest.approx(found[1][1], abs=0.3 * spread[0])
    assert 0.8 < spread[1] / spread[0] < 1.3


def test_a_law_is_students_t_on_its_scale():
    law = Law(np.array([1.0]), np.array([0.5]), np.array([6.0]), np.eye(1), Values(RATE))
    expected = stats.t(6, 1.0, 0.5)
    level = 100 / (1 + np.exp(-1.4))
    assert law.probabilities(at_least(level))[0] == pytest.approx(expected.sf(1.4))
    low, high = law.quantiles([0.1, 0.9])[:, 0]
    assert np.log(low / (100 - low)) == pytest.approx(expected.ppf(0.1))
    assert np.log(high / (100 - high)) == pytest.approx(expected.ppf(0.9))


@pytest.mark.parametrize(("rho", "share"), [(0.0, 0.25), (0.5, 1 / 3), (0.9, None)])
def test_paths_hang_together_as_a_normal_law_says(rho, share):
    """Both above their middle: a quarter, and arcsin of the correlation over 2 pi (Sheppard)."""
    correlation = np.array([[[1.0, rho], [rho, 1.0]]])
    points = spread_paths(np.zeros((1, 2)), np.ones((1, 2)), np.full((1, 2), 5.0), correlation)[0]
    expected = 0.25 + np.arcsin(rho) / (2 * np.pi)
    assert np.mean((points > 0).all(axis=1)) == pytest.approx(expected, abs=0.01)
    if share is not None:
        assert expected == pytest.approx(share)


def test_paths_that_only_change_places_say_the_same_of_their_area():
    paths = np.cumsum(np.random.default_rng(3).standard_normal((NODES, 4)), axis=1)
    for name in ("a", "b"):
        placed = side_by_side(paths, name, 0.4)
        assert sorted(map(tuple, placed)) == sorted(map(tuple, paths))


@pytest.mark.parametrize(
    ("common", "low", "high"), [(0.0, -0.1, 0.1), (0.6, 0.5, 0.7), (1.0, 1, 1)]
)
def test_areas_side_by_side_go_together_as_far_as_they_share(common, low, high):
    paths = np.random.default_rng(5).standard_normal((NODES, 1))
    one, other = (side_by_side(paths, name, common)[:, 0] for name in ("a", "b"))
    assert low - 1e-9 <= np.corrcoef(one, other)[0, 1] <= high + 1e-9


def test_a_steady_climb_carries_on(history):
    """Preschool enrolment of China 2010-2017; 85.2 came in 2020 (Ministry of Education)."""
    found = ahead(history(by_year(CLIMB, 2010)), 3, measure_type="enrolment")
    low, middle, high = found.quantiles([0.1, 0.5, 0.9])[:, 2]
    assert low < 85.2 < high
    assert 83 < middle < 88
    assert 0.3 < found.probability(at_least(85), 2020) < 0.7


BALANCE = [-100.0, 0, 50, -100, 100, 50, 100]


@pytest.mark.parametrize("factor", [1e-6, 1e-3, 1e3, 1e6])
def test_without_bounds_a_forecast_says_the_same_in_any_unit(history, factor):
    unbounded = {"scale": Scale(None, None), "years": 2}
    first = ahead(history(by_year(BALANCE)), **unbounded)
    other = ahead(history(by_year([factor * one for one in BALANCE])), **unbounded)
    levels = [0.1, 0.5, 0.9]
    assert other.quantiles(levels) / factor == pytest.approx(first.quantiles(levels), rel=1e-4)


def test_an_index_between_bounds_of_its_own_is_forecast_as_the_percentage_that_it_is(history):
    share = [40.0, 43, 41, 47, 50, 49, 53]
    index = [200 + 8 * one for one in share]
    first = ahead(history(by_year(share)), years=3)
    other = ahead(history(by_year(index)), years=3, scale=Scale(200.0, 1000.0))
    levels = [0.1, 0.5, 0.9]
    assert (other.quantiles(levels) - 200) / 8 == pytest.approx(first.quantiles(levels), abs=0.6)
    assert np.all(np.abs(other.draws - 600) <= 400)


def test_a_still_series_of_many_persons_is_not_expected_to_leap(history):
    shares = history(by_year([51.0, 51.2, 51.1, 51.4, 51.3, 51.5], 2015), whole=15_000)
    found = ahead(shares, 3, measure_type="credentials")
    low, high = found.quantiles([0.1, 0.9])[:, 2]
    assert found.probability(at_least(51.5 + 2.6), 2023) < 0.05
    assert 0.5 < (high - low) / 2 < 2


def test_an_indicator_that_may_pass_100_may_pass_it(history):
    gross = history({2016: 98.0, 2017: 101.5, 2018: 99.0, 2019: 102.5, 2020: 103.0})
    found = ahead(gross, scale=AMOUNT)
    assert 0.3 < found.probability(at_least(103), 2021) < 0.8
    assert found.draws.min() > 0
    assert found.model == "damped_drift_log"


def test_whole_counts_stay_whole_and_may_come_to_nothing(history):
    schools = history({2016: 3, 2017: 1, 2018: 2, 2019: 0, 2020: 1})
    found = ahead(schools, scale=AMOUNT, whole_counts=True, measure_type="counts")
    drawn = found.at(2021)
    assert (drawn == np.rint(drawn)).all()
    assert (drawn == 0).any()
    assert found.probability(at_most(0), 2021) == pytest.approx(np.mean(drawn == 0), abs=0.001)


def test_a_count_of_one_among_zeros_is_not_forecast_to_be_dozens():
    """One school in one of three districts, none for years before: not forty in the next."""
    counts = {"a": [0] * 8 + [1] * 4, "b": [0] * 11 + [1], "c": [0] * 10 + [1, 1]}
    rows = [
        {"area": area, "year": 2009 + place, "value": float(value), "denominator": np.nan}
        for area, values in counts.items()
        for place, value in enumerate(values)
    ]
    table = pd.DataFrame(rows)
    found = Projection(table, 2022, scale=AMOUNT, whole_counts=True, measure_type="counts")
    for area in counts:
        assert found.of(area, (2021,)).quantiles([0.9])[0, 0] <= 4


def test_a_longer_trajectory_begins_like_a_shorter_one(panel):
    table = panel()
    short = Projection(table, 2022, scale=RATE).of("area_03", (2022,))
    long = Projection(table, 2026, scale=RATE).of("area_03", (2022, 2023, 2024, 2025, 2026))
    assert short.quantiles([0.1, 0.5, 0.9])[:, 0].tolist() == (
        long.quantiles([0.1, 0.5, 0.9])[:, 0].tolist()
    )
    assert sorted(short.at(2022)) == sorted(long.at(2022))


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
    def likeness(shock):
        found = Projection(panel(24, shock=shock), 2022, scale=RATE)
        one, other = (found.of(f"area_{n:02d}", (2022,)).at(2022) for n in (0, 5))
        return np.corrcoef(one, other)[0, 1]

    assert likeness(0.0) < 0.35
    assert likeness(0.6) > 0.6


def test_the_order_of_areas_does_not_matter(panel):
    table = panel()
    turned = table.iloc[::-1]
    for area in ("area_00", "area_07"):
        first = Projection(table, 2022, scale=RATE).of(area, (2022,))
        again = Projection(turned, 2022, scale=RATE).of(area, (2022,))
        np.testing.assert_allclose(first.draws, again.draws)


def test_one_more_area_hardly_moves_an_interval(panel):
    """Nothing is switched at a number of areas: beyond five a bound moves by less than 5 %."""
    table = panel(24).assign(denominator=np.nan)
    # Known to many digits, so that no interval ends on a printed one.
    table["value"] += np.random.default_rng(1).uniform(-0.01, 0.01, len(table))
    names = sorted(table["area"].unique())
    before = None
    for number in range(6, 25):
        found = Projection(table[table["area"].isin(names[:number])], 2024, scale=RATE)
        low, high = found.of("area_00", (2022, 2023, 2024)).quantiles([0.1, 0.9])[:, 2]
        if before is not None:
            moved = max(abs(low - before[0]), abs(high - before[1]))
            assert moved < 0.05 * (before[1] - before[0]), number
        before = (low, high)


def test_an_area_with_two_years_can_be_drawn_among_peers(panel, history):
    table = pd.concat([panel(), history({2020: 60, 2021: 62}, area="here", whole=300)])
    found = Projection(table, 2022, scale=RATE).of("here", (2022,))
    assert found.peers > 0
    assert np.ptp(found.draws) > 0


def test_one_year_alone_or_among_peers_says_nothing(panel, history):
    table = pd.concat([panel(), history({2021: 62}, area="here", whole=300)])
    with pytest.raises(ProjectionError, match="0 yearly changes of its own"):
        Projection(table, 2022, scale=RATE).of("here", (2022,))


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
    found = Projection(pd.concat([panel(), still]), 2022, scale=RATE).of("here", (2022,))
    assert np.ptp(found.draws) > 0


def test_without_an_observation_nothing_is_drawn(history):
    with pytest.raises(ProjectionError, match="no observation to start from"):
        Projection(history({}), 2020, scale=RATE).of("here", (2020,))


@pytest.mark.parametrize("years", [(2019,), (2021,), (2020, 2022), (2021, 2020), ()])
def test_years_that_do_not_follow_the_last_one_are_refused(history, years):
    with pytest.raises(ProjectionError, match="years: expected"):
        Projection(history(MOVING), 2022, scale=RATE).of("here", years)


def test_two_values_of_one_year_are_refused(history):
    twice = pd.concat([history(MOVING), history({2019: 62})])
    with pytest.raises(ProjectionError, match="one value for each area and year"):
        Projection(twice, 2022, scale=RATE)


def test_the_callers_table_is_left_alone(history):
    series = history(MOVING)
    before = series.copy()
    ahead(series)
    pd.testing.assert_frame_equal(series, before)


def test_fractions_are_not_taken_for_percentages(history):
    with pytest.raises(ProjectionError, match="Multiply them by 100"):
        ahead(history(by_year([0.61, 0.64, 0.66, 0.69, 0.71])))


def test_rates_of_less_than_one_percent_are_percentages(history):
    found = ahead(history(by_year([0.12, 0.04, 0.11, 0.09, 0.1])))
    assert found.quantiles([0.5])[0, 0] < 1


COUNTS = {
    "east": [240, 250, 252, 261, 263, 270, 274],
    "west": [200, 198, 207, 210, 221, 219, 226],
    "north": [180, 186, 184, 190, 189, 197, 201],
}


class TestWhole:
    """A city is its districts."""

    @staticmethod
    def table(history, counts, whole):
        return pd.concat(
            history(by_year([100 * n / whole for n in values]), area=area, whole=whole)
            for area, values in counts.items()
        )

    def test_its_centre_is_what_the_districts_come_to(self, history):
        found = Projection(self.table(history, COUNTS, 300), 2023, scale=RATE)
        years = (2021, 2022, 2023)
        city = found.sum_of(tuple(COUNTS), years, name="city", mean=True)
        middle = [found.of(area, years).quantiles([0.5])[0] for area in COUNTS]
        assert city.quantiles([0.5])[0] == pytest.approx(np.mean(middle, axis=0), abs=0.2)
        assert city.last_value == pytest.approx(100 * (274 + 226 + 201) / 900)

    def test_it_is_surer_than_its_districts_and_not_as_sure_as_if_they_went_alone(self, history):
        found = Projection(self.table(history, COUNTS, 300), 2023, scale=RATE)
        years = (2021, 2022, 2023)

        def width(path):
            low, high = path.quantiles([0.1, 0.9])[:, 2]
            return high - low

        city = width(found.sum_of(tuple(COUNTS), years, name="city", mean=True))
        widths = [width(found.of(area, years)) for area in COUNTS]
        assert np.sqrt(np.sum(np.square(widths))) / 3 < city < max(widths)

    def test_its_spread_is_that_of_the_paths_of_its_districts_together(self, history):
        """The delta method against the pooled paths, which know the same common part."""
        found = Projection(self.table(history, COUNTS, 300), 2022, scale=RATE)
        city = found.sum_of(tuple(COUNTS), (2021, 2022), name="city", mean=True)
        paths = np.mean([found.of(area, (2021, 2022)).draws for area in COUNTS], axis=0)
        for place in (0, 1):
            low, high = city.quantiles([0.1, 0.9])[:, place]
            near = np.quantile(paths[:, place], [0.1, 0.9])
            assert high - low == pytest.approx(near[1] - near[0], rel=0.15)

    def test_counts_add_up(self, history):
        counts = {"a": [20, 22, 23, 25, 26], "b": [10, 11, 13, 12, 14]}
        table = pd.concat(history(by_year(values), area=area) for area, values in counts.items())
        found = Projection(table, 2020, scale=AMOUNT, whole_counts=True, measure_type="counts")
        whole = found.sum_of(("a", "b"), (2019, 2020), name="all", mean=False)
        parts = sum(found.of(area, (2019, 2020)).quantiles([0.5])[0] for area in counts)
        assert whole.quantiles([0.5])[0] == pytest.approx(parts, abs=1)
        assert whole.last_value == 40
        assert (whole.draws == np.rint(whole.draws)).all()

    def test_parts_that_end_in_different_years_have_no_sum(self, history):
        table = self.table(history, COUNTS, 300)
        short = table[(table["area"] != "west") | (table["year"] < 2020)]
        with pytest.raises(ProjectionError, match="known up to one year"):
            Projection(short, 2023, scale=RATE).sum_of(
                tuple(COUNTS), (2021,), name="city", mean=True
            )
