"""The back-test and what it stands on: laws, closed forms, and answers to poor data."""

import dataclasses
import json
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from edu_metrics.catalog import Bound
from edu_metrics.errors import DataError
from edu_metrics.formulas import crps
from edu_metrics.trajectories import (
    CAP,
    FLOOR,
    Panel,
    Projection,
    backtest,
    scale_for,
    stated,
    to_panels,
)
from edu_metrics.trajectories.backtesting import (
    _crps,
    _quantiles,
    clustered_interval,
    deployments,
    reliability,
)
from edu_metrics.trajectories.projecting import MODEL


def made(values, name="rates", counts=np.nan, measure_type=None):
    values = np.asarray(values, dtype=float)
    areas = tuple(f"a{number:03d}" for number in range(len(values)))
    years = tuple(range(2000, 2000 + values.shape[1]))
    return Panel(name, areas, years, values, np.full(values.shape, counts), measure_type)


def walks(areas=60, years=10, noise=0.1, step=0.1, shock=0.0, seed=3, drift=0.0):
    random = np.random.default_rng(seed)
    level = random.normal(0.5, 0.7, (areas, 1)) + np.cumsum(
        drift + step * random.standard_normal((areas, years)), axis=1
    )
    level = level + np.cumsum(shock * random.standard_normal(years))
    points = level + noise * random.standard_normal((areas, years))
    return 100 / (1 + np.exp(-points))


def default_of(scores):
    return {score.horizon: score for score in scores if score.default}


# -- what is judged is what reports use -------------------------------------------------------


@pytest.mark.parametrize("counts", [np.nan, 400.0])
@pytest.mark.parametrize("areas", [1, 3])
def test_what_is_judged_is_what_a_projection_says(areas, counts):
    """Coverage and mean error worked out from `project`, group by group and year by year."""
    values = walks(areas=6, years=7)
    if counts == counts:
        values = 100 * np.rint(values / 100 * counts) / counts
    panel = made(values, counts=counts, measure_type="scores")
    found = default_of(backtest([panel], horizons=[2], areas=[areas]))[2]
    inside, error = [], []
    for group in deployments(panel.areas, areas):
        rows = pd.DataFrame(
            [
                {"area": panel.areas[a], "year": year, "value": value, "denominator": counts}
                for a in group
                for year, value in zip(panel.years, panel.values[a], strict=True)
            ]
        )
        for origin in range(2003, 2005):
            known = rows[rows["year"] <= origin]
            path = Projection(known, 2020, scale=panel.scale, measure_type="scores")
            for area in group:
                one = path.of(panel.areas[area], (origin + 1, origin + 2))
                if counts != counts:  # a back-test knows a rate as it is, no coarser
                    law = one.law
                    values_ = dataclasses.replace(law.values, decimals=None)
                    one = dataclasses.replace(one, law=dataclasses.replace(law, values=values_))
                low, middle, high = one.quantiles([0.1, 0.5, 0.9])[:, 1]
                came = panel.values[area, origin + 2 - 2000]
                inside.append(low - 1e-9 <= came <= high + 1e-9)
                error.append(abs(middle - came))
    assert found.n == len(inside)
    assert found.coverage80 == pytest.approx(100 * np.mean(inside))
    assert found.mae == pytest.approx(np.mean(error))


def test_groups_hang_on_names_and_leave_out_the_rest():
    names = [f"area {number}" for number in range(10)]
    groups = deployments(names, 3)
    assert groups.shape == (3, 3)
    assert len(set(groups.ravel().tolist())) == 9
    turned = deployments(names[::-1], 3)
    assert [[names[a] for a in g] for g in groups] == [[names[::-1][a] for a in g] for g in turned]


def test_every_deployment_is_scored_and_named():
    scores = backtest([made(walks(areas=12))], horizons=[1], areas=[1, 3, "all"])
    assert [score.areas for score in scores if score.default] == [1, 3, "all"]
    assert {score.model for score in scores} == {"no_change", MODEL}


def test_amounts_and_rates_above_100_are_judged_too():
    amounts = np.exp(np.cumsum(0.05 + 0.02 * np.random.default_rng(1).standard_normal((8, 9)), 1))
    found = default_of(backtest([made(1000 * amounts, measure_type="money")]))
    assert found[1].n > 0
    assert found[1].events[0].n == 0  # "five points more" is a question of rates
    gross = default_of(backtest([made(60 + 50 * walks(areas=8) / 100)]))
    assert gross[1].n > 0


def test_by_persons_every_known_case_counts_once():
    values = walks(areas=40)
    panel = made(values)
    counts = np.broadcast_to(np.arange(20, 60)[:, None] * 5.0, values.shape).copy()
    counts[0] = np.nan
    found = default_of(backtest([dataclasses.replace(panel, counts=counts)]))[1]
    assert sum(part.n for part in found.by_n) < found.n
    assert [part.least for part in found.by_n] == sorted(part.least for part in found.by_n)
    assert all(part.least <= part.most for part in found.by_n)


def test_with_what_it_was_made_for_the_default_beats_no_change():
    scores = backtest([made(walks(noise=0.3, step=0.05, areas=120), measure_type="scores")])
    crps_ = {score.model: score.crps for score in scores if score.horizon == 1}
    assert crps_[MODEL] < 0.95 * crps_["no_change"]


def test_a_climb_that_goes_on_is_followed():
    scores = backtest([made(walks(areas=30, noise=0.02, step=0.03, drift=0.1))], areas=[1])
    mine = default_of(scores)
    still = {score.horizon: score for score in scores if score.model == "no_change"}
    for horizon in (1, 2, 3):
        # Of the way that "no change" falls short more than half is gone, damping and all.
        assert abs(mine[horizon].bias) < 0.5 * abs(still[horizon].bias)
        assert mine[horizon].coverage80 > 80


# -- scores -----------------------------------------------------------------------------------


def test_the_score_of_a_law_is_that_of_its_draws():
    degrees = np.array([4.0, 9.0])
    levels = (np.arange(100) + 0.5) / 100
    drawn = _quantiles(levels, degrees)
    assert drawn == pytest.approx(np.array([stats.t.ppf(levels, one) for one in degrees]).T)
    outcome = np.array([0.3, -1.0])
    # Sums over quantiles and over pairs of draws differ by the last term only.
    np.testing.assert_allclose(_crps(drawn, outcome), crps(drawn.T, outcome), rtol=0.01)


def test_a_panel_that_moves_together_says_so_and_names_its_worst_year():
    score = default_of(backtest([made(walks(shock=0.5))], horizons=[1]))[1]
    assert score.common_variance_pct > 50
    assert min(year.coverage80 for year in score.by_year) < score.coverage80
    assert sum(year.n for year in score.by_year) == score.n


def test_the_complement_gets_the_same_scores():
    values = walks()
    first, again = (default_of(backtest([made(one)])) for one in (values, 100 - values))
    for horizon, score in first.items():
        other = again[horizon]
        assert score.coverage80 == pytest.approx(other.coverage80)
        assert score.above_median_pct == pytest.approx(100 - other.above_median_pct)
        assert score.crps == pytest.approx(other.crps)
        assert score.bias == pytest.approx(-other.bias)


def test_renamed_areas_get_the_same_scores():
    panel = made(walks(areas=9))
    renamed = dataclasses.replace(panel, areas=tuple(f"z{one}" for one in panel.areas))
    first, again = (default_of(backtest([one]))[2] for one in (panel, renamed))
    assert (first.crps, first.coverage80) == (again.crps, again.coverage80)


def test_what_was_said_hangs_on_no_later_year():
    values = walks(areas=9)
    other = values.copy()
    other[:, -1] = 100 - other[:, -1]
    first, again = (default_of(backtest([made(one[:, :-1])]))[1] for one in (values, other))
    assert first == again


def test_a_larger_gain_is_never_more_probable():
    scores = backtest([made(walks())], horizons=[1], gains=[2, 5, 10])
    events = default_of(scores)[1].events
    assert [event.gain for event in events] == [2, 5, 10]
    assert events[0].happened_pct >= events[1].happened_pct >= events[2].happened_pct


def test_a_rise_in_every_year_is_asked_of_several_years_only():
    found = default_of(backtest([made(walks(areas=30))], horizons=[1, 3]))
    assert found[1].rising == ()
    assert sum(one.n for one in found[3].rising) == found[3].n


def test_probabilities_stay_within_what_the_record_supports():
    assert stated([0, 0.01, 0.5, 0.999]).tolist() == [FLOOR, FLOOR, 0.5, CAP]


@pytest.mark.parametrize(
    ("values", "forecasts"),
    [
        ([[50.0]], False),
        ([[50.0, 51.0, 49.0]], False),
        ([[50.0, 52.0, 51.0, 54.0, 53.0, 55.0]], True),
        (np.full((8, 8), 70.0), True),
        (np.full((8, 8), 100.0), True),
        (np.where(np.arange(8) % 2, np.nan, walks(areas=8, years=8)), False),
        (np.where(np.arange(12) % 2, np.nan, walks(areas=30, years=12)), True),
        (np.where(np.arange(20)[:, None] < 10, 100.0, walks(areas=20, years=9)), True),
        (np.clip(walks(areas=20, years=9) * 3 - 100, 0, 100), True),
    ],
)
def test_poor_data_get_an_answer_and_never_a_missing_number(values, forecasts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = backtest([made(values)], areas=[1, "all"])
    text = json.dumps([dataclasses.asdict(score) for score in scores], allow_nan=False)
    assert "NaN" not in text
    assert any(score.n for score in scores) is forecasts
    for score in scores:
        assert (score.crps is None) is (score.n == 0)


@pytest.mark.slow
def test_what_statsmodels_fits_one_by_one_stands_beside():
    scores = backtest([made(walks(areas=3, years=9))], horizons=[1], areas=[1], slow=True)
    found = {score.model: score for score in scores}
    assert {"local_linear_trend", "damped_trend_ets"} <= set(found)
    assert len({score.n for score in found.values()}) == 1


def test_horizons_events_and_deployments_that_cannot_be_asked_are_refused():
    with pytest.raises(DataError) as caught:
        backtest([made(walks())], horizons=[0, 1], gains=[5, -1, 100], areas=[0, "all", 1.5])
    assert len(caught.value.faults) == 5


# -- reliability ------------------------------------------------------------------------------


def test_bins_count_every_case_once_and_give_shares():
    stated_, came = np.array([0.02, 0.04, 0.25, 0.8]), np.array([0.0, 1.0, 1.0, 1.0])
    bins = reliability(["a", "b", "c", "d"], [1, 2, 3, 4], stated_, came)
    assert [(one.low, one.n, one.happened) for one in bins] == [
        (0.0, 2, 0.5),
        (0.2, 1, 1.0),
        (0.8, 1, 1.0),
    ]
    assert sum(one.n for one in bins) == 4


def test_values_that_are_all_apart_have_the_interval_of_a_mean():
    values = np.random.default_rng(2).standard_normal(400)
    low, high = clustered_interval(range(400), range(400), values)
    error = values.std(ddof=1) / 20
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 399) * error, rel=0.01)


def test_what_all_areas_share_in_a_year_widens_the_interval():
    """Twenty areas in five years: years count, and not their twenty areas each."""
    random = np.random.default_rng(3)
    areas, years = np.tile(np.arange(20), 5), np.repeat(np.arange(5), 20)
    shared = random.standard_normal(5)[years]
    low, high = clustered_interval(areas, years, shared)
    error = random.standard_normal(1)[0] * 0 + shared.reshape(5, 20)[:, 0].std(ddof=1) / 5**0.5
    assert (high - low) / 2 == pytest.approx(stats.t.ppf(0.975, 4) * error, rel=0.01)
    alone = clustered_interval(np.arange(100), np.arange(100), shared)
    assert high - low > 3 * (alone[1] - alone[0])


def test_one_year_of_many_areas_says_nothing_of_other_years():
    """Whatever all areas share in it is in every one of their outcomes."""
    values = np.tile([0.0, 1.0], 275)
    assert clustered_interval(range(550), [1998] * 550, values) is None
    (one,) = reliability(range(550), [1998] * 550, np.full(550, 0.45), values)
    assert one.interval == (0.0, 1.0)
    (all_alike,) = reliability(range(550), [1998] * 550, np.full(550, 0.45), np.ones(550))
    assert all_alike.interval == (0.0, 1.0)
    scored = default_of(backtest([made(walks(areas=12, years=14))], horizons=(1,)))[1]
    assert scored.coverage80_interval is not None


def test_one_area_with_all_the_zeros_and_one_with_all_the_ones_say_nothing():
    values = np.tile([0.0, 1.0], 50)
    low, high = clustered_interval(["a", "b"] * 50, range(100), values)
    assert low < 0
    assert high > 1


def test_an_interval_of_a_share_stays_within_what_a_share_can_be():
    """Three areas and a dozen years leave a normal interval that passes 100."""
    found = default_of(backtest([made(walks(areas=3, years=14))]))
    for score in found.values():
        low, high = score.coverage80_interval
        assert 0 <= low <= score.coverage80 <= high <= 100


def test_an_event_has_the_probability_that_a_forecast_gives_its_level():
    """Five points on 50 % of 40 pupils are 22 of them, and 22 is enough."""
    counts = {"a": [18, 17, 19, 20, 23], "b": [19, 22, 21, 20, 20]}
    rows = [
        {"area": area, "year": 2010 + at, "value": 100 * some / 40, "n": 40}
        for area, listed in counts.items()
        for at, some in enumerate(listed)
    ]
    found = backtest(to_panels(pd.DataFrame(rows)), horizons=[1], gains=[5.0])
    (mine,) = [score for score in found if score.default]
    history = pd.DataFrame(rows).rename(columns={"n": "denominator"}).query("year < 2014")
    outlook = Projection(history, 2014, scale=scale_for((0, 100)))
    enough = [Bound(op=">=", value=55.0)]
    expected = [
        float(stated(outlook.of(area, [2014]).probability(enough, 2014))) for area in counts
    ]
    assert mine.events[0].n == 2
    told = sum(one.n * one.stated for one in mine.reliability)
    assert told == pytest.approx(sum(expected), rel=1e-9)
