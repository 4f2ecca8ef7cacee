"""Rates and counts on their scales."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import edu_metrics as em
from edu_metrics.catalog import Bound
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import Scale, from_scale, scale_for, to_scale
from edu_metrics.trajectories.scales import Values

RATE, AMOUNT = Scale(0.0, 100.0), Scale(0.0, None)


def test_a_rate_moves_on_the_logit_scale_and_what_may_pass_100_on_the_log_scale():
    assert scale_for((0, 100)) == scale_for((0.0, 100.0)) == RATE
    assert scale_for((0, None)) == AMOUNT
    assert (RATE.name, AMOUNT.name) == ("logit", "log")


@pytest.mark.parametrize("bounds", [(100, 0), (50, 50)])
def test_bounds_that_are_no_interval_have_no_scale(bounds):
    with pytest.raises(ProjectionError, match="no scale for the bounds"):
        scale_for(bounds)


@given(st.floats(-900, 900), st.floats(1, 1000), st.floats(0.01, 0.99))
def test_a_value_between_any_bounds_comes_back_as_it_went(low, width, part):
    scale = scale_for((low, low + width))
    value = low + part * width
    assert float(from_scale(to_scale(value, scale), scale)) == pytest.approx(value, abs=1e-8)


def test_an_index_from_200_to_1000_moves_as_a_percentage_of_its_span_does():
    index, share = Scale(200.0, 1000.0), [0.0, 25.0, 80.0, 100.0]
    values = [200 + 8 * one for one in share]
    assert to_scale(values, index).tolist() == pytest.approx(to_scale(share, RATE).tolist())


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e3), st.sampled_from([">=", "<="]))
def test_below_a_highest_value_all_is_as_above_a_lowest_one_upside_down(high, off, op):
    below, above = scale_for((None, high)), scale_for((-high, None))
    value = high - off
    assert below.name == above.name == "log"
    assert float(to_scale(value, below)) == -float(to_scale(-value, above))
    assert float(from_scale(to_scale(value, below), below)) == pytest.approx(value, abs=1e-6)
    # A bound cuts the one where its opposite cuts the other.
    turned = {">=": "<=", "<=": ">="}[op]
    low, top = Values(below).within([Bound(op=op, value=value)])
    assert (-top, -low) == Values(above).within([Bound(op=turned, value=-value)])


@given(st.integers(-50, 50), st.integers(0, 1000))
def test_a_whole_count_above_any_lowest_value_comes_back_as_it_went(low, more):
    scale = scale_for((low, None))
    assert float(from_scale(to_scale(low + more, scale, 1), scale, 1)) == low + more


@given(st.floats(-1e6, 1e6))
def test_without_bounds_a_value_is_its_own_point(value):
    assert float(to_scale(value, scale_for((None, None)))) == value


@given(
    st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([">", ">=", "<", "<=", "=="]),
    st.integers(0, 1000),
)
def test_a_count_satisfies_a_bound_on_just_the_stretch_of_its_scale(case, op, tenths):
    part, whole = case
    bound = Bound.model_validate(f"{op}{tenths / 10}")
    low, high = Values(RATE, whole).within([bound])
    point = float(to_scale(100 * part / whole, RATE, whole))
    assert (low <= point < high) == bound.met_by(round(100 * part / whole, 9))


@given(st.integers(3, 997), st.sampled_from([">", ">=", "<", "<="]), st.integers(0, 1000))
def test_a_printed_rate_satisfies_a_bound_on_just_the_stretch_of_its_scale(printed, op, tenths):
    bound = Bound.model_validate(f"{op}{tenths / 10}")
    low, high = Values(RATE, None, 1).within([bound])
    point = float(to_scale(printed / 10, RATE))
    assert (low <= point <= high) == bound.met_by(printed / 10)


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_count_behind_a_rate_comes_back_as_it_went(case):
    part, whole = case
    value = 100 * part / whole
    assert float(from_scale(to_scale(value, RATE, whole), RATE, whole)) == value


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_empirical_logit_is_that_of_cox_and_snell(case):
    part, whole = case
    expected = math.log((part + 0.5) / (whole - part + 0.5))
    assert float(to_scale(100 * part / whole, RATE, whole)) == pytest.approx(expected, abs=1e-9)


@given(st.integers(1, 200), st.integers(0, 10_000))
def test_every_count_holds_an_equal_part_of_the_way_from_0_to_100(whole, step):
    share = (step + 0.5) / 10_001
    parts = share * (whole + 1)
    assume(abs(parts - round(parts)) > 1e-9)
    found = float(from_scale(math.log(share / (1 - share)), RATE, whole))
    assert found == 100 * math.floor(parts) / whole


@given(st.floats(0.25, 99.75))
def test_a_rate_without_its_whole_comes_back_as_it_went(value):
    assert float(from_scale(to_scale(value, RATE), RATE)) == pytest.approx(value, rel=1e-12)


@given(st.floats(0, 100), st.one_of(st.none(), st.integers(1, 10_000)))
def test_a_rate_and_its_complement_stand_opposite_each_other(value, whole):
    there, back = to_scale(value, RATE, whole), to_scale(100 - value, RATE, whole)
    assert float(there) == pytest.approx(-float(back), abs=1e-9)


@pytest.mark.parametrize(("value", "inside"), [(0, 0.25), (100, 99.75), (0.2, 0.25), (0.3, 0.3)])
def test_a_rate_at_the_edge_without_its_whole_is_taken_a_quarter_of_a_point_inside(value, inside):
    assert float(to_scale(value, RATE)) == pytest.approx(math.log(inside / (100 - inside)))


def test_a_whole_that_is_unknown_in_one_year_only_is_passed_over_there():
    found = to_scale([90.0, 90.0], RATE, [40.0, np.nan])
    assert found == pytest.approx([math.log(36.5 / 4.5), math.log(9)])


def test_missing_values_stay_missing():
    assert np.isnan(to_scale([np.nan, 50], RATE))[0]
    assert np.isnan(to_scale([np.nan, 50], AMOUNT))[0]


@given(st.floats(1e-3, 1e12))
def test_an_amount_comes_back_as_it_went(amount):
    assert float(from_scale(to_scale(amount, AMOUNT), AMOUNT)) == pytest.approx(amount, rel=1e-12)


@given(st.integers(0, 1_000_000))
def test_a_whole_count_comes_back_as_it_went(count):
    assert float(from_scale(to_scale(count, AMOUNT, 1), AMOUNT, 1)) == count


def test_no_count_comes_back_below_zero_or_as_minus_zero():
    found = from_scale([-50.0, math.log(0.4)], AMOUNT, 1)
    assert found.tolist() == [0, 0]
    assert not np.signbit(found).any()


@pytest.mark.parametrize("whole", [None, 40])
@pytest.mark.parametrize("scale", [RATE, AMOUNT])
def test_points_however_far_out_come_back_as_numbers_within_the_bounds(scale, whole):
    found = from_scale([-1e4, 1e4], scale, whole)
    assert np.isfinite(found).all()
    assert found[0] == 0
    assert found[1] == 100 if scale == RATE else found[1] > 1e300


def test_an_amount_of_zero_stands_a_thousandth_of_the_smallest_other_amount():
    assert to_scale([0, 5, 80], AMOUNT)[0] == pytest.approx(math.log(0.005))


@pytest.mark.parametrize(
    ("values", "scale"), [(-0.1, RATE), (100.1, RATE), ([50, 101], RATE), (-1, AMOUNT)]
)
def test_a_value_out_of_bounds_is_refused(values, scale):
    with pytest.raises(ProjectionError, match="can't be projected"):
        to_scale(values, scale)


def test_a_share_and_its_odds_have_one_forecast():
    share = pd.Series([40, 41, 43, 42, 44, 45.5], index=range(2014, 2020))
    asked = {"until": 2022, "measure_type": "shares"}
    percent = em.project(share, limits=(0, 100), **asked).quantiles()["value"]
    odds = em.project(share / (100 - share), limits=(0, None), **asked).quantiles()["value"]
    assert (100 * odds / (1 + odds)).tolist() == pytest.approx(percent.tolist(), abs=0.06)


@pytest.mark.parametrize("unit", [1.0, 100.0])
def test_a_mean_score_is_no_percentage(unit):
    """What it is counted in does not matter, and a point more or less in 500 is a usual change."""
    score = pd.Series([500, 503, 499, 504, 502, 505], index=range(2014, 2020)) / unit
    out = em.project(score, until=2021, measure_type="scores", limits=(0, None)).quantiles()
    of = {row.quantile: row.value * unit / 505 for row in out[out["year"] == 2021].itertuples()}
    assert of[0.1] == pytest.approx(0.96, abs=0.03)
    assert of[0.9] == pytest.approx(1.04, abs=0.03)
