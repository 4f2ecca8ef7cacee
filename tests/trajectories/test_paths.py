"""Paths that a plan prescribes, against published ones and against the plan's own arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import (
    baselines_that_reach,
    constant_pace,
    constant_rate,
    fixed_target,
    percent_of_baseline,
)

#: World Bank, Learning Poverty country tables and simulation output (worldbank/LearningPoverty):
#: learning poverty in 2015, in 2022 and in 2030, at 0.67889 points a year.
LEARNING_POVERTY = [
    pytest.param(53.878196716308594, 49.1259651184082, 43.69484329223633, id="ARG"),
    pytest.param(35.029502868652344, 30.277267456054688, 24.846145629882812, id="ARM"),
]

#: Levels of the Wuhai plan of 2020 (乌党办发〔2020〕10号, art. 12), the yearly gains it promises
#: beside them, and the baselines worked out by hand for two and for three steps.
BANDS = [
    pytest.param(100, 5, 8, (84, 90), (76, 85), id="low-grade pass"),
    pytest.param(95, 5, 8, (79, 85), (71, 80), id="high-grade pass"),
    pytest.param(70, 1, 3, (64, 68), (61, 67), id="low-grade excellent"),
    pytest.param(50, 1, 3, (44, 48), (41, 47), id="high-grade excellent"),
    pytest.param(0, -3, -5, (6, 10), (9, 15), id="low scores down to none"),
]

#: Myopia at 50, at the national 52.7 of 2020 and 53.6 of 2018 (National Health Commission), if
#: "年下降5%" means percent or points, or if it stands for the national rule of 0.5 points:
#: after two and after three steps, to one decimal.
MYOPIA = [
    (50.0, (45.1, 42.9), (40.0, 35.0), (49.0, 48.5)),
    (52.7, (47.6, 45.2), (42.7, 37.7), (51.7, 51.2)),
    (53.6, (48.4, 46.0), (43.6, 38.6), (52.6, 52.1)),
]


@pytest.mark.parametrize(("base", "in_2022", "in_2030"), LEARNING_POVERTY)
def test_constant_pace_agrees_with_the_world_bank(base, in_2022, in_2030):
    path = constant_pace(base, -0.67889, 15, limits=(0, 100))
    # The pace is known to five decimals: half a unit of the last, times the years.
    assert path[2022 - 2016] == pytest.approx(in_2022, abs=0.000005 * 7)
    assert path[2030 - 2016] == pytest.approx(in_2030, abs=0.000005 * 15)


@pytest.mark.parametrize(("base", "relative", "points", "national"), MYOPIA)
def test_a_yearly_fall_of_five_percent_comes_to_what_the_two_readings_say(
    base, relative, points, national
):
    falling = constant_rate(base, -5, 3)
    assert (falling[1], falling[2]) == pytest.approx(relative, abs=0.05)
    assert constant_pace(base, -5, 3)[1:] == points
    assert constant_pace(base, -0.5, 3)[1:] == national


@pytest.mark.parametrize(("level", "slowest", "fastest", "two", "three"), BANDS)
def test_baselines_that_reach_are_those_of_the_plan_by_hand(level, slowest, fastest, two, three):
    assert baselines_that_reach(level, slowest, fastest, 2) == two
    assert baselines_that_reach(level, slowest, fastest, 3) == three


def test_paths_take_numbers_as_they_are_printed():
    # In binary, 0.1 added three times is above 0.3.
    assert constant_pace(0, 0.1, 3) == (0.1, 0.2, 0.3)
    assert constant_rate(100, 10, 2) == (110.0, 121.0)


def test_a_path_stops_at_its_limits_and_goes_on_from_there():
    assert constant_pace(90, 8, 3, limits=(0, 100)) == (98, 100, 100)
    assert constant_pace(4, -3, 3, limits=(0, 100)) == (1, 0, 0)
    assert constant_rate(90, 10, 3, limits=(0, 100)) == (99, 100, 100)
    assert constant_rate(50, -10, 2, limits=(48, None)) == (48, 48)


@given(st.integers(-50, 150), st.integers(-20, 20), st.integers(1, 10))
def test_a_path_without_limits_is_base_plus_pace_times_years(base, pace, steps):
    assert constant_pace(base, pace, steps) == tuple(base + pace * n for n in range(1, steps + 1))


@given(
    st.integers(0, 1000),
    st.sampled_from([(5, 8), (-3, -5), (0.1, 0.3), (0, 2)]),
    st.integers(1, 6),
    st.booleans(),
)
def test_from_the_ends_of_the_band_the_path_arrives_exactly(level, paces, steps, relative):
    low, high = baselines_that_reach(level, *paces, steps, relative=relative)
    path = constant_rate if relative else constant_pace
    near, far = (high, low) if paces[1] > 0 else (low, high)
    assert path(near, paces[0], steps)[-1] == pytest.approx(level, abs=1e-6)
    assert path(far, paces[1], steps)[-1] == pytest.approx(level, abs=1e-6)


@pytest.mark.parametrize("steps", [0, -1])
@pytest.mark.parametrize(
    "call",
    [
        lambda steps: constant_pace(50, 1, steps),
        lambda steps: constant_rate(50, 1, steps),
        lambda steps: baselines_that_reach(50, 1, 2, steps),
    ],
)
def test_a_path_without_a_step_is_refused(call, steps):
    with pytest.raises(ProjectionError, match="at least 1 yearly step"):
        call(steps)


@pytest.mark.parametrize("paces", [(8, 5), (-5, -3), (-1, 2)])
def test_paces_out_of_order_or_of_two_signs_are_refused(paces):
    with pytest.raises(ProjectionError, match="the slower first"):
        baselines_that_reach(100, *paces, 2)


def test_a_fall_that_leaves_nothing_is_refused():
    with pytest.raises(ProjectionError, match="less than 100 percent"):
        baselines_that_reach(50, -5, -100, 2, relative=True)
    assert baselines_that_reach(0, -5, -100, 2) == (10, 200)


def test_the_world_health_organization_prints_63_for_90_reduced_by_30_percent():
    assert percent_of_baseline(90, -30, 7)[-1] == 63


def test_targets_in_prose_come_to_what_their_words_say():
    assert fixed_target(80, 95, 3) == (85, 90, 95)
    assert fixed_target(20, 5, 3, falling=True) == (15, 10, 5)
    assert fixed_target(8, 10, 2, falling=True) == (8, 8)
    assert fixed_target(80, 120, 2, limits=(0, 100)) == (100, 100)
    assert fixed_target(80, 120, 2, limits=(0, None)) == (100, 120)
    assert percent_of_baseline(50, 10, 2) == (52.5, 55)
    assert percent_of_baseline(95, 10, 1, limits=(0, 100)) == (100,)


@pytest.mark.parametrize("path", [fixed_target, percent_of_baseline])
def test_a_target_in_no_step_is_refused(path):
    with pytest.raises(ProjectionError, match="at least"):
        path(1, 2, 0)
