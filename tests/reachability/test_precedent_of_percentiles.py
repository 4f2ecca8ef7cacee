"""Paces at percentiles of a reference class, held against the counting the other way round."""

import dataclasses
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.precedent import (
    gain_of_percentile,
    pace_of_percentile,
    precedent,
)


@pytest.fixture(scope="module")
def shipped():
    return load_catalog(find_root())


def asked_of(catalog, study, indicator, percentile, start, years, falling):
    return pace_of_percentile(
        catalog, study, catalog.indicator(indicator), percentile,
        start=start, years=years, falling=falling,
    )  # fmt: skip


@pytest.fixture(scope="module")
def pace(shipped):
    return partial(asked_of, shipped, shipped.study("wuhai"))


def test_the_percentiles_of_the_published_table_come_back(shipped):
    """docs/methods.md 14: the ordinary windows of three years that started from 20 to 40."""
    cell = shipped.reference_class("ordinary").cell("20-40", 3)
    assert [round(gain_of_percentile(cell, p), 1) for p in (5, 50, 95)] == [-11.7, 0.3, 15.6]


@given(st.floats(1, 99), st.sampled_from([10.0, 30.0, 50.0, 70.0, 85.0]), st.integers(1, 5))
def test_the_pace_of_a_percentile_has_that_percentile(shipped, pace, percentile, start, years):
    found = pace("primary_teachers_bachelor_share", percentile, start, years, False)
    if found > 0:
        ordinary = shipped.reference_class("ordinary")
        back = precedent(ordinary, pace=found, start=start, years=years)
        # Where many windows gained the same, the percentile is that of those below them.
        assert back.percentile <= percentile + 0.1
        more = precedent(ordinary, pace=found + 0.01, start=start, years=years)
        assert more.percentile >= percentile - 0.1


def test_a_fall_is_looked_up_by_its_complement(pace):
    assert pace("myopia_rate", 80, 30.0, 2, True) == pace(
        "primary_teachers_bachelor_share", 80, 70.0, 2, False
    )


@pytest.mark.parametrize(
    ("indicator", "start", "years"),
    [
        ("education_budget_spending", 1e9, 2),  # no rate
        ("compulsory_retention_rate", 93.0, 2),  # may pass 100
        ("primary_teachers_bachelor_share", 85.0, 6),  # too far
        ("primary_teachers_bachelor_share", 85.0, 0),
    ],
)
def test_where_no_class_serves_there_is_no_pace(pace, indicator, start, years):
    assert pace(indicator, 80, start, years, False) is None


def test_a_study_without_a_class_has_no_pace(shipped):
    study = shipped.study("wuhai").model_copy(update={"reference_class": ()})
    assert asked_of(shipped, study, "myopia_rate", 80, 50.0, 2, True) is None


def test_a_class_of_changed_tests_gives_no_pace(shipped, pace):
    """Whatever stands first, the pace is that of ordinary years."""
    swapped = shipped.study("wuhai").model_copy(
        update={"reference_class": ("test_change", "ordinary")}
    )
    asked = ("primary_teachers_bachelor_share", 80, 50.0, 2, False)
    assert asked_of(shipped, swapped, *asked) == pace(*asked)
    alone = swapped.model_copy(update={"reference_class": ("test_change",)})
    assert asked_of(shipped, alone, *asked) is None


def test_what_runs_to_a_hundred_and_is_no_percentage_has_no_pace(shipped):
    asked = ("primary_teachers_bachelor_share", 80, 50.0, 2, False)
    points = shipped.indicator(asked[0]).model_copy(update={"unit": "points"})
    catalog = dataclasses.replace(shipped, indicators={**shipped.indicators, asked[0]: points})
    assert asked_of(catalog, shipped.study("wuhai"), *asked) is None


def test_a_share_is_no_percentile(shipped):
    cell = shipped.reference_class("ordinary").cell("20-40", 3)
    with pytest.raises(ProjectionError, match="from 0 to 100"):
        gain_of_percentile(cell, 101)
