"""Paces of others: quantiles against an exact optimum, bands, speed, and too few to compare."""

import numpy as np
import pytest
from scipy.optimize import linprog
from statsmodels.regression.quantile_regression import QuantReg

from edu_metrics.errors import DataError
from edu_metrics.reachability.published_rules import Case, Unable
from edu_metrics.reachability.status_rules import (
    TAUS,
    PaceModel,
    _quantile_line,
    _spells,
    fit_pace,
    pace_percentile,
    pace_speed,
)


def flat(pace, **more):
    """Make a model whose quantiles don't depend on the level."""
    quantiles = tuple((pace + step,) for step in (-2.0, -1.0, 0.0, 1.0, 2.0))
    return PaceModel(quantiles, 0.0, 100.0, length=5, **more)


def loss(change, fitted, tau):
    left = change - fitted
    return float(np.maximum(tau * left, (tau - 1) * left).sum())


def best_loss(design, change, tau):
    """Minimise the same loss exactly, as a linear programme."""
    n, k = design.shape
    cost = np.concatenate([np.zeros(k), np.full(n, tau), np.full(n, 1 - tau)])
    equal = np.hstack([design, np.eye(n), -np.eye(n)])
    free = [(None, None)] * k + [(0, None)] * (2 * n)
    return linprog(cost, A_eq=equal, b_eq=change, bounds=free).fun


def test_the_quantiles_reach_the_smallest_possible_loss():
    rng = np.random.default_rng(7)
    start = rng.uniform(20, 90, 80)
    change = 3 - 0.03 * start + rng.normal(0, 1 + start / 60)
    peers = {
        f"p{n}": {2000: s, 2005: s + 5 * c}
        for n, (s, c) in enumerate(zip(start, change, strict=True))
    }
    model = fit_pace(peers)
    x = start / 100
    design = np.column_stack([np.ones_like(x), x, x**2])
    for tau, line in zip(TAUS, model.coefficients, strict=True):
        mine = loss(change, design @ np.array(line), tau)
        assert mine == pytest.approx(best_loss(design, change, tau), rel=1e-3)


@pytest.mark.parametrize("degree", [1, 2])
@pytest.mark.parametrize("decimals", [0, 1, 6])
@pytest.mark.filterwarnings("ignore")  # of standard errors, where many changes are equal
def test_a_quantile_is_that_of_statsmodels_to_the_last_digit(degree, decimals):
    rng = np.random.default_rng(degree)
    level, change = rng.uniform(0.2, 0.9, 90), rng.normal(0, 2, 90).round(decimals)
    design = np.column_stack([level**power for power in range(degree + 1)])
    for tau in TAUS:
        theirs = QuantReg(change, design).fit(q=tau, max_iter=5000).params
        assert _quantile_line(design, change, tau) == tuple(theirs)


def test_quantiles_never_cross_and_never_leave_0_to_100():
    model = PaceModel(((0.0, 50.0), (0.0, -50.0), (1.0,) * 2, (2.0,) * 2, (9.0, 0.0)), 0, 100, 5)
    for level in (0.0, 3.0, 50.0, 97.0, 100.0):
        changes = model.changes(level)
        assert (np.diff(changes) >= 0).all()
        assert (level + changes >= 0).all()
        assert (level + changes <= 100).all()


def test_beyond_the_levels_that_were_seen_the_nearest_one_counts():
    model = PaceModel(tuple((0.0, 5.0 * n) for n in range(5)), 40.0, 60.0, 5)
    assert model.changes(80.0).tolist() == model.changes(60.0).tolist()
    assert model.changes(30.0).tolist() == model.changes(40.0).tolist()


def test_spells_are_of_the_length_asked_for_or_else_of_the_next_one_up_to_ten():
    series = {2000: 10, 2005: 20, 2006: 23, 2012: 30}
    assert _spells(series, 5).tolist() == [[10, 2]]
    assert _spells(series, 7).tolist() == [[20, 10 / 7]]
    assert _spells({2000: 10, 2011: 20}, 5).tolist() == []


def test_an_area_with_few_spells_weighs_as_much_as_one_with_many():
    # One area that stood still for long, and twenty that gained 5 points a year once.
    many = {"still": dict.fromkeys(range(2000, 2041), 50.0)}
    many |= {f"p{n}": {2000: 50.0, 2005: 75.0} for n in range(20)}
    assert fit_pace(many).changes(50.0)[TAUS.index(0.5)] == pytest.approx(5)


@pytest.mark.parametrize(
    ("last", "band"),
    # Paths gain 3, 4, 6 and 7 points a year for five years from 50.
    [(64.9, "below_20"), (65, "from_20_to_40"), (70, "from_40_to_60"), (79.9, "from_40_to_60"),
     (80, "from_60_to_80"), (85, "above_80")],
)  # fmt: skip
def test_the_band_is_the_one_between_two_paths(last, band):
    found = pace_percentile(
        Case([2015, 2020], [50, last], target=90, target_year=2030, better="higher", pace=flat(5.0))
    )
    assert found.status == band
    fallen = pace_percentile(
        Case(
            [2015, 2020],
            [50, 100 - last],
            target=90,
            target_year=2030,
            better="lower",
            pace=flat(-5.0),
        )
    )
    assert fallen.status == band


def test_speed_is_how_many_times_the_typical_time_was_needed():
    years = [2015, 2020]
    for last, speed in ((60, 1), (70, 2), (50, 0), (40, -1)):
        found = pace_speed(
            Case(years, [50, last], target=90, target_year=2030, better="higher", pace=flat(2.0))
        )
        assert found.score == pytest.approx(speed)
        fallen = pace_speed(
            Case(
                years,
                [50, 100 - last],
                target=90,
                target_year=2030,
                better="lower",
                pace=flat(-2.0),
            )
        )
        assert fallen.score == pytest.approx(speed)


def test_where_the_typical_series_goes_back_there_is_no_speed():
    found = pace_speed(
        Case([2015, 2020], [50, 60], target=90, target_year=2030, better="higher", pace=flat(-1.0))
    )
    assert found.unable is Unable.NO_TYPICAL_PACE


@pytest.mark.parametrize("judge", [pace_percentile, pace_speed])
def test_a_short_history_and_what_is_no_percentage_have_no_place_among_paces(judge):
    model = flat(2.0)
    assert (
        judge(
            Case([2016, 2020], [50, 60], target=90, target_year=2030, better="higher", pace=model)
        ).unable
        is Unable.TOO_FEW_YEARS
    )
    assert judge(
        Case([2015, 2020], [50, 160], target=90, target_year=2030, better="higher", pace=model)
    ).unable is (Unable.NOT_A_PERCENTAGE)
    assert judge(
        Case([2015, 2020], [-1, 60], target=90, target_year=2030, better="higher", pace=model)
    ).unable is (Unable.NOT_A_PERCENTAGE)
    few = judge(
        Case(
            [2015, 2020],
            [50, 60],
            target=90,
            target_year=2030,
            better="higher",
            pace=Unable.TOO_FEW_PEERS,
        )
    )
    assert few.unable is Unable.TOO_FEW_PEERS


def test_twenty_areas_are_the_fewest_and_one_without_a_spell_does_not_count():
    def some(number):
        return {f"p{n}": {2015: 40.0 + n, 2020: 50.0 + n} for n in range(number)}

    assert fit_pace({}) is Unable.NO_PEERS
    assert fit_pace(some(19)) is Unable.TOO_FEW_PEERS
    short = {"x": {2015: 1.0}}
    assert fit_pace(some(19) | short) is Unable.TOO_FEW_PEERS
    assert fit_pace(some(20) | short) == fit_pace(some(20))


@pytest.mark.parametrize(
    "values",
    [(50.0, 50.0), (100.0, 100.0), (0.0, 0.0)],
)
def test_peers_that_never_move_are_a_model_of_standstill(values):
    model = fit_pace({f"p{n}": dict(zip((2015, 2020), values, strict=True)) for n in range(30)})
    assert model.changes(50.0).tolist() == [0] * 5
    found = pace_percentile(
        Case([2015, 2020], [50, 50], target=90, target_year=2030, better="higher", pace=model)
    )
    assert found.status == "above_80"
    assert pace_speed(
        Case([2015, 2020], [50, 60], target=90, target_year=2030, better="higher", pace=model)
    ).unable is (Unable.NO_TYPICAL_PACE)


def test_peers_of_which_most_never_move_give_finite_quantiles():
    peers = {f"p{n}": {2015: 50.0 + n, 2020: 50.0 + n + (n % 7 == 0)} for n in range(40)}
    assert np.isfinite(fit_pace(peers).changes(60.0)).all()


def test_a_spell_takes_at_least_a_year():
    with pytest.raises(DataError, match="at least 1 year"):
        fit_pace({}, length=0)
