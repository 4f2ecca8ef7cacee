"""Quantiles of many areas are those of each area's draws."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import project
from edu_metrics.trajectories.batches import interpolated, order_statistics

LEVELS = (0.025, 0.1, 0.5, 0.9, 1.0)


@pytest.fixture(scope="module")
def table(history):
    """Make areas that wander: some known by persons, one that ends early, all with decimals."""
    random = np.random.default_rng(4)
    tables = []
    for number in range(26):
        rates = 100 / (1 + np.exp(-np.cumsum(0.2 * random.standard_normal(8))))
        years = range(2012, 2019) if number == 3 else range(2012, 2020)
        values = dict(zip(years, rates, strict=False))
        whole = 57 if number % 5 == 0 else np.nan
        if whole == whole:
            values = {
                year: 100 * round(rate * whole / 100) / whole for year, rate in values.items()
            }
        tables.append(history(values, area=f"a{number:02d}", whole=whole))
    return pd.concat(tables)


@pytest.mark.parametrize("scale", ["logit", "log"])
def test_every_area_has_the_quantiles_of_its_own_draws(table, scale):
    found = project(table, 2023, scale=scale, draws=1000, seed="x")
    told = dict(found.quantiles(LEVELS, 4))
    assert set(told) == set(found.areas)
    for area, quantiles in told.items():
        first = 2019 if area == "a03" else 2020
        own = found.of(area, tuple(range(first, first + 4)))
        assert quantiles == pytest.approx(own.quantiles(LEVELS), abs=1e-3)
        assert quantiles.shape == (len(LEVELS), 4)


def test_some_areas_can_be_asked_for_and_get_the_same(table):
    found = project(table, 2023, scale="logit", draws=400)
    all_of_them = dict(found.quantiles(LEVELS, 2))
    some = dict(found.quantiles(LEVELS, 2, areas=["a07", "a03"]))
    assert set(some) == {"a07", "a03"}
    assert all((some[area] == all_of_them[area]).all() for area in some)


def test_few_areas_have_theirs_as_well_and_one_with_too_short_a_past_is_left_out(history):
    long = history({2015: 40.0, 2016: 42, 2017: 41, 2018: 44, 2019: 43}, area="long")
    short = history({2019: 70.0}, area="short")
    found = project(pd.concat([long, short]), 2021, scale="logit", draws=400)
    told = dict(found.quantiles([0.5], 2))
    assert list(told) == ["long"]
    assert told["long"] == pytest.approx(found.of("long", (2020, 2021)).quantiles([0.5]), abs=1e-3)


@given(
    st.dictionaries(st.integers(2005, 2020), st.integers(90, 130), min_size=1, max_size=7),
    st.sampled_from(["log", "logit"]),
)
@settings(max_examples=40, deadline=None)
@example({2017: 100, 2018: 110, 2019: 105, 2020: 120}, "log")
def test_an_area_has_quantiles_if_and_only_if_it_has_draws(history, counts, scale):
    """By themselves three changes are enough, however long ago they were."""
    values = {year: count if scale == "log" else count / 2 for year, count in counts.items()}
    found = project(history(values, area="one"), 2022, scale=scale, draws=40)
    first = max(values) + 1
    try:
        found.of("one", (first, first + 1))
    except ProjectionError:
        assert dict(found.quantiles([0.5], 2)) == {}
    else:
        assert set(dict(found.quantiles([0.5], 2))) == {"one"}


def test_years_beyond_what_was_projected_are_refused(table):
    found = project(table, 2021, scale="logit")
    for ahead in (0, 40):
        with pytest.raises(ProjectionError, match=f"found {ahead}"):
            next(found.quantiles([0.5], ahead))


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=50), st.integers(0, 5))
def test_reading_a_table_without_a_search_gives_what_a_search_gives(normals, seed):
    values = np.cumsum(np.random.default_rng(seed).random(181))
    knots = np.linspace(-4.5, 4.5, 181)
    normal = np.array(normals)
    assert interpolated(normal, values) == pytest.approx(np.interp(normal, knots, values), abs=1e-9)


@given(st.integers(2, 60), st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_the_neighbours_of_a_quantile_enclose_it(size, levels):
    draws = np.random.default_rng(size).standard_normal((3, size))
    expected = np.quantile(draws, levels, axis=1)
    below, above, weights = order_statistics(draws.copy(), levels)
    assert below + weights[:, None] * (above - below) == pytest.approx(expected, abs=1e-12)
    assert (below <= above).all()
