"""Faults of a table: each is named with its rows, and all of them at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics.errors import DataError
from edu_metrics.frames import tidy

SOUND = {"area": ["a", "a", "b"], "year": [2019, 2020, 2020], "value": [70.0, 72.0, 88.0]}
ASKING = {
    "tidy": tidy,
    "paths": lambda table: em.paths(table, until=2030, points=1),
    "project": lambda table: em.project(table, until=2030),
    "verdict": lambda table: em.verdict(table, ">=95", by=2030),
    "required_pace": lambda table: em.required_pace(table, ">=95", by=2030),
    "years_needed": lambda table: em.years_needed(table, ">=95"),
    "backtest": em.backtest,
}


@pytest.mark.parametrize("ask", ASKING.values(), ids=ASKING)
@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"year": ["2019", "2020", "2020"]}, ["year: expected", "row 0: '2019'", "astype(int)"]),
        ({"year": [2019, 2019, 2020]}, ["row 0: 'a', 2019, 70; row 1: 'a', 2019, 72"]),
        ({"year": [2019, 2014.5, 2020]}, ["year: expected a whole number", "row 1: 2014.5"]),
        ({"year": [2019, None, 2020]}, ["year: expected a whole number", "row 1: nan"]),
        ({"year": [2019, 20200, 2020]}, ["year: expected 1900 to 2100", "row 1: 20200"]),
        ({"value": [70, np.nan, 88]}, ["value: expected a number", "row 1", "dropna"]),
        ({"value": [70, np.inf, 88]}, ["value: expected a number", "row 1", "inf"]),
        ({"value": [70, "72 %", 88]}, ["value: expected a number", "'72 %'"]),
        ({"value": [70, 101, -1]}, ["value: expected 0 to 100", "row 1", "row 2"]),
        ({"value": [0.7, 0.72, 0.88]}, ["expected percentages", "all 3", "Multiply them by 100"]),
        ({"area": [1, 1, 2]}, ["area: expected a name as text", "row 0: 1", "astype(str)"]),
        ({"area": ["a", None, "b"]}, ["area: expected a name as text", "row 1"]),
        ({"area": ["a", " ", "b"]}, ["area: expected a name as text", "row 1: ' '"]),
        ({"n": [10, 0, 5]}, ["n: expected a number of persons", "row 1: 'a', 2020, 0"]),
    ],
)
def test_a_fault_is_refused_alike_by_whoever_takes_a_table(ask, change, named):
    with pytest.raises(DataError) as found:
        ask(pd.DataFrame({**SOUND, **change}))
    for word in named:
        assert word in str(found.value)
    assert len(found.value.faults) == 1


def test_all_faults_are_told_at_once():
    table = pd.DataFrame({"area": [1, "b"], "year": ["2019", 2020], "value": [None, 120]})
    with pytest.raises(DataError) as found:
        tidy(table)
    assert [fault.split(":")[0] for fault in found.value.faults] == [
        "area",
        "year",
        "value",
        "value",
    ]


@pytest.mark.parametrize("lacks", ["area", "year", "value"])
def test_a_missing_column_is_named_with_what_is_there(lacks):
    with pytest.raises(DataError) as found:
        tidy(pd.DataFrame(SOUND).rename(columns={lacks: "other"}))
    (fault,) = found.value.faults
    assert fault.startswith(f"{lacks}: expected a column")
    assert "other" in fault


def test_an_empty_frame_and_what_is_no_frame_are_refused():
    with pytest.raises(DataError, match="rows: expected at least one; found none"):
        tidy(pd.DataFrame(SOUND).iloc[:0])
    with pytest.raises(DataError, match="found list"):
        tidy([70, 72])


def test_many_rows_of_one_kind_are_counted():
    table = pd.DataFrame({"area": "a", "year": range(2000, 2010), "value": 120.0})
    with pytest.raises(DataError, match="and 5 more"):
        tidy(table)


def test_rows_keep_the_labels_of_the_table():
    table = pd.DataFrame(SOUND | {"value": [70, 101, 88]}, index=["x", "y", "z"])
    with pytest.raises(DataError, match="row 'y': 'a', 2020, 101"):
        tidy(table)


def test_other_limits_and_small_percentages_can_be_said():
    table = pd.DataFrame(SOUND | {"value": [0.2, 0.3, 0.4]})
    assert tidy(table, limits=(0, None))["value"].tolist() == [0.2, 0.3, 0.4]
    with pytest.raises(DataError, match="value: expected 0 to 10"):
        tidy(pd.DataFrame(SOUND), limits=(0, 10))


def test_a_series_is_one_area_and_nothing_else_of_the_table_counts():
    series = pd.Series({2020: 72.0, 2019: 70.0}, name="Northside")
    assert tidy(series)[["area", "year", "value"]].to_numpy().tolist() == [
        ["Northside", 2019, 70.0],
        ["Northside", 2020, 72.0],
    ]
    whole = pd.DataFrame(SOUND | {"note": ["x", None, 3]}).convert_dtypes()
    assert tidy(whole)["value"].tolist() == [70, 72, 88]
    assert tidy(whole)["n"].isna().all()


@pytest.mark.parametrize(
    ("values", "limits", "named"),
    [
        ([62.0, 61, 0.61, 64], (0, 100), "row 2: 'a', 2017, 0.61"),
        ([62.0, 0, 61, 64], (0, 100), "row 1: 'a', 2016, 0"),
        ([640.0, 650, 66, 670], (0, None), "row 2: 'a', 2017, 66"),
        ([640.0, 6500, 655, 670], (0, None), "row 1: 'a', 2016, 6500"),
    ],
)
def test_a_value_that_is_possible_and_odd_is_named_and_taken(values, limits, named):
    table = pd.DataFrame({"area": "a", "year": range(2015, 2019), "value": values})
    with pytest.warns(UserWarning, match=named):
        assert tidy(table, limits=limits)["value"].tolist() == values


@pytest.mark.parametrize(
    ("values", "limits"),
    [
        ([0.4, 0.6, 1.2, 1.5], (0, 100)),
        ([60.0, 30, 45, 80], (0, 100)),
        ([10.0, 20, 40, 70], (0, None)),
    ],
)
def test_what_merely_moves_a_lot_is_not_odd(values, limits, recwarn):
    tidy(pd.DataFrame({"area": "a", "year": range(2015, 2019), "value": values}), limits=limits)
    assert not recwarn.list
