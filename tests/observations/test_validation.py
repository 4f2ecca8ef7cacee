"""The contract of the long table, and what its rows must mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.observations import COLUMNS, validate

SOUND = ("east", 2020, "population", 100)


def faults(table, catalog=None):
    with pytest.raises(DataError) as caught:
        validate(table, catalog)
    return caught.value.faults


def test_a_sound_table_comes_back_sorted_with_its_columns_in_order(rows):
    mixed = rows(
        ("west", 2019, "population", 1),
        ("east", 2020, "population", 2),
        (*SOUND[:2], "children", 3),
    )
    sound = validate(mixed[mixed.columns[::-1]])
    assert tuple(sound) == COLUMNS
    assert sound[["area", "quantity"]].to_numpy().tolist() == [
        ["east", "children"],
        ["east", "population"],
        ["west", "population"],
    ]
    assert (str(sound["year"].dtype), str(sound["vintage"].dtype)) == ("int64", "datetime64[ns]")


def test_the_given_table_is_left_as_it_was(rows):
    mixed = rows(("west", 2019, "population", 1), SOUND)
    before = mixed.copy()
    validate(mixed)
    pd.testing.assert_frame_equal(mixed, before)


@pytest.mark.slow
@given(order=st.permutations(range(4)))
def test_the_order_of_the_rows_is_irrelevant(rows, order):
    four = rows(
        SOUND,
        ("east", 2019, "children", 5),
        ("west", 2020, "schools", 3),
        ("city", 2020, "schools", 8),
    )
    pd.testing.assert_frame_equal(validate(four.iloc[list(order)]), validate(four))


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("area", None, "area: expected a value, found none"),
        ("area", " ", "area: expected a name, found none"),
        ("year", 2020.5, "year: expected a whole year from 1900 to 2100"),
        ("year", 20, "year: expected a whole year from 1900 to 2100"),
        ("year", "twenty", "year: expected a number, found 'twenty'"),
        ("value", "12人", "value: expected a number, found '12人'"),
        ("value", np.inf, "value: expected a finite number"),
        ("value", None, "value: expected a number unless suppressed"),
        (
            "bound",
            ">",
            "bound: expected one of exact, at_least, above, at_most, below, about, found '>'",
        ),
        ("status", "guessed", "found 'guessed'"),
        (
            "vintage",
            "last summer",
            "vintage: expected a date such as 2021-08-27, found 'last summer'",
        ),
        ("vintage", "2021-08-27 13:00", "vintage: expected a date without a time of day"),
    ],
)
def test_a_broken_cell_is_refused_with_its_column_and_row(rows, column, cell, words):
    broken = rows(SOUND, ("west", 2020, "population", 7))
    broken[column] = broken[column].astype(object)
    broken.loc[1, column] = cell
    (fault,) = faults(broken)
    assert words in fault
    assert "1 row: " in fault
    assert "(yearbook)" in fault
    assert "east 2020" not in fault


@pytest.mark.parametrize("status", ["reported", "estimated", "derived", "simulated"])
def test_only_a_suppressed_row_may_lack_its_value(rows, status):
    (fault,) = faults(rows(("east", 2020, "population", None), status=status))
    assert fault.startswith("value: expected a number unless suppressed")


def test_a_suppressed_row_has_no_value(rows):
    hidden = rows(("east", 2020, "population", None), status="suppressed")
    assert validate(hidden)["value"].isna().all()
    (fault,) = faults(rows(SOUND, status="suppressed"))
    assert fault.startswith(
        "value: expected none where suppressed; 1 row: east 2020 population 100"
    )


@pytest.mark.parametrize("second", [100, 101])
def test_a_double_observation_is_refused_even_if_the_values_agree(rows, second):
    (fault,) = faults(rows(SOUND, ("east", 2020, "population", second)))
    assert fault.startswith(
        "double: expected one row for each area, year, quantity, group, period, vintage"
    )
    assert "2 rows: " in fault


def test_two_vintages_of_one_number_are_no_double(rows):
    both = rows(SOUND, ("east", 2020, "population", 101)).assign(
        vintage=["2021-01-01", "2022-01-01"]
    )
    assert len(validate(both)) == 2


@pytest.mark.parametrize(
    ("day", "sound"), [("2019-12-31", False), ("2020-01-01", True), ("2021-03-01", True)]
)
@pytest.mark.parametrize("status", ["reported", "suppressed"])
def test_a_number_published_before_its_year_is_refused(rows, status, day, sound):
    value = None if status == "suppressed" else 100
    table = rows(("east", 2020, "population", value), status=status).assign(vintage=day)
    if sound:
        assert len(validate(table)) == 1
        return
    (fault,) = faults(table)
    assert fault.startswith("vintage: expected a day in the year that is measured, or later; 1 row")
    assert "east 2020 population" in fault


def test_missing_and_unknown_columns_are_named(rows):
    found = faults(rows(SOUND).drop(columns="bound").assign(sorce="yearbook"))
    assert "bound: the column is missing" in found
    assert "sorce: unknown column; did you mean 'source'?" in found


def test_all_faults_are_said_at_once(rows):
    broken = rows(("east", 20, "population", None), ("west", 2020, "population", 1), SOUND, SOUND)
    broken["bound"] = ["exact", "more", "exact", "exact"]
    named = {fault.split(":")[0] for fault in faults(broken)}
    assert named == {"year", "value", "bound", "double"}


@pytest.mark.parametrize(
    ("cells", "columns", "words"),
    [
        (
            ("eats", 2020, "population", 1),
            {},
            "area: no area 'eats' is defined; did you mean 'east'?",
        ),
        (
            ("east", 2020, "populaton", 1),
            {},
            "no quantity 'populaton' is defined; did you mean 'population'?",
        ),
        (SOUND, {"source": "yearbok"}, "no source 'yearbok' is defined; did you mean 'yearbook'?"),
        (
            ("east", 2020, "population", -1),
            {},
            "value: expected a count or amount of 0 or more; 1 row",
        ),
        (("east", 2020, "budget", -1), {}, "value: expected a count or amount of 0 or more; 1 row"),
        (
            ("east", 2020, "children_share_pct", 100.1),
            {},
            "printed outside the bounds [0, 100] of the indicator 'children_share_published'",
        ),
        (SOUND, {"status": "simulated"}, "a simulated number stands beside a real place"),
        (("mock", 2020, "population", 1), {}, "expected simulated for an invented place"),
    ],
)
def test_what_the_definitions_forbid_is_refused_with_its_name(catalog, rows, cells, columns, words):
    (fault,) = faults(rows(cells, **columns), catalog)
    assert words in fault
    assert f"{cells[0]} {cells[1]} {cells[2]}" in fault


@pytest.mark.parametrize("value", [0, 100])
def test_a_printed_rate_may_stand_on_its_bounds(catalog, rows, value):
    assert len(validate(rows(("east", 2020, "children_share_pct", value)), catalog)) == 1


def test_a_printed_rate_without_upper_limit_may_pass_100(catalog, rows):
    assert len(validate(rows(("east", 2020, "retention_pct", 104.2)), catalog)) == 1


def test_a_part_above_its_whole_is_refused_and_both_are_named(catalog, rows):
    (fault,) = faults(rows(SOUND, ("east", 2020, "children", 101)), catalog)
    assert "the part 'children' is above its whole 'population' (first: 101 of 100)" in fault
    assert "1 row: east 2020 children 101" in fault


@pytest.mark.parametrize(
    "changes",
    [
        {"value": [100, 100]},  # all are children
        {"area": ["east", "west"]},
        {"year": [2020, 2021]},
        {"group": ["all", "girls"]},
        {"bound": ["at_least", "exact"]},  # the whole may be more than is printed
        {"bound": ["above", "exact"]},
        {"bound": ["exact", "below"]},  # and the part less
        {"bound": ["exact", "at_most"]},
        {"bound": ["about", "exact"]},
    ],
)
def test_a_part_that_may_lie_in_its_whole_is_sound(catalog, rows, changes):
    both = rows(SOUND, ("east", 2020, "children", 101)).assign(**changes)
    assert len(validate(both, catalog)) == 2


@pytest.mark.parametrize(
    "bounds", [("at_most", "exact"), ("below", "at_least"), ("exact", "above")]
)
def test_bounds_that_leave_a_part_no_room_in_its_whole_are_refused(catalog, rows, bounds):
    both = rows(SOUND, ("east", 2020, "children", 101)).assign(bound=bounds)
    assert len(faults(both, catalog)) == 1


def test_a_part_is_held_against_its_whole_within_any_group(catalog, rows):
    (fault,) = faults(rows(SOUND, ("east", 2020, "children", 101), group="girls"), catalog)
    assert "above its whole" in fault


def test_a_part_that_its_publisher_has_corrected_is_no_fault(catalog, rows):
    revised = rows(SOUND, ("east", 2020, "children", 101), ("east", 2020, "children", 11))
    revised["vintage"] = ["2021-01-01", "2021-01-01", "2021-02-01"]
    assert len(validate(revised, catalog)) == 3


def test_a_retention_may_count_more_leavers_than_entrants(catalog, rows):
    moved_in = rows(("east", 2020, "leavers", 120), ("east", 2020, "entrants", 100))
    assert len(validate(moved_in, catalog)) == 2
