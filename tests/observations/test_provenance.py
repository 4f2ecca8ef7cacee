"""The observations behind a series are those that it changes with."""

from __future__ import annotations

import pandas as pd
import pytest

from edu_metrics.observations import compute, provenance


def keys(found):
    return [tuple(row) for row in found[["area", "year", "quantity"]].itertuples(index=False)]


def test_counts_stand_under_their_own_year(catalog, table):
    counts = table(
        ("east", 2012, "entrants", 200),
        ("east", 2020, "grade_9", 190),
        ("east", 2021, "grade_9", 180),  # without entrants of 2013 it is not used
        ("west", 2012, "entrants", 90),
    )
    found = provenance(catalog, "retention_stock", counts, "east")
    assert list(found) == [
        "area", "year", "quantity", "group", "period", "value", "bound", "status", "source",
        "vintage",
    ]  # fmt: skip
    assert keys(found) == [("east", 2012, "entrants"), ("east", 2020, "grade_9")]
    assert found["value"].tolist() == [200, 190]


def test_a_sum_rests_on_the_childrens_observations(catalog, table):
    counts = table(
        ("harbour", 2018, "schools", 5),
        ("hill_school", 2018, "schools", 1),
        ("dale_school", 2018, "schools", 1),
        ("hill_school", 2019, "schools", 1),
        ("new_town", 2018, "schools", 2),  # a year before it was founded
    )
    found = provenance(catalog, "number_of_schools", counts, "port")
    assert keys(found) == [
        ("dale_school", 2018, "schools"),
        ("harbour", 2018, "schools"),
        ("hill_school", 2018, "schools"),
    ]


def test_a_printed_year_rests_on_the_printed_rate_and_a_computed_one_does_not(catalog, table):
    mixed = table(
        ("east", 2020, "children", 10),
        ("east", 2020, "population", 40),
        ("east", 2020, "children_share_pct", 26),
        ("east", 2021, "children", 12),  # of how many is not known
        ("east", 2021, "children_share_pct", 24.5),
    )
    found = provenance(catalog, "children_share", mixed, "east")
    assert keys(found) == [
        ("east", 2020, "children"),
        ("east", 2020, "population"),
        ("east", 2021, "children_share_pct"),
    ]


def test_a_printed_indicator_rests_on_what_was_printed(catalog, table):
    printed = table(("east", 2020, "retention_pct", 97))
    assert keys(provenance(catalog, "retention_published", printed, "east")) == [
        ("east", 2020, "retention_pct")
    ]


def test_only_the_vintage_in_force_is_listed(catalog, table):
    both = pd.concat(
        [table(("east", 2020, "schools", day), vintage=f"2021-01-0{day}") for day in (1, 2)]
    )
    assert provenance(catalog, "number_of_schools", both, "east")["value"].tolist() == [2]


def test_nothing_known_rests_on_nothing(catalog, table):
    assert (
        len(provenance(catalog, "children_share", table(("east", 2020, "schools", 1)), "east")) == 0
    )


@pytest.mark.slow
@pytest.mark.parametrize("area", ["city", "east"])
def test_the_series_changes_with_each_listed_observation_and_with_no_other(catalog, table, area):
    counts = table(
        *[
            (place, year, quantity, 7 + len(place) + year % 5 + 99 * (quantity == "population"))
            for place in ("city", "east", "west", "south")
            for year in (2019, 2020)
            for quantity in ("children", "population", "schools")
            if (place, quantity) != ("city", "children")
        ]
    )
    before = compute(catalog, "children_share", counts, [area])
    used = keys(provenance(catalog, "children_share", counts, area))
    for place, cell in enumerate(keys(counts)):
        changed = counts.assign(value=counts["value"] + (counts.index == place))
        same = compute(catalog, "children_share", changed, [area]).equals(before)
        assert same != (cell in used), cell
