"""A panel is read as it stands, or refused with all that is wrong in it."""

from __future__ import annotations

import gzip
import os

import numpy as np
import pandas as pd
import pytest

from edu_metrics.errors import DataError
from edu_metrics.trajectories import Scale, panels
from edu_metrics.trajectories.panels import read_panels, to_panels

ROWS = {
    "area": ["b", "a", "a"],
    "year": [2021, 2020, 2022],
    "value": [50, 40.5, 41],
    "n": [9, 0, 8],
}


def panel(**changes):
    return to_panels(pd.DataFrame({**ROWS, **changes}))[0]


def test_areas_stand_in_order_and_every_year_has_a_column():
    found = panel()
    assert found.areas == ("a", "b")
    assert found.years == (2020, 2021, 2022)
    np.testing.assert_array_equal(found.values, [[40.5, np.nan, 41], [np.nan, 50, np.nan]])


def test_a_number_of_persons_that_is_zero_or_a_code_is_unknown():
    np.testing.assert_array_equal(panel(n=[9, 0, -2]).counts, [[np.nan] * 3, [np.nan, 9, np.nan]])


def test_without_numbers_of_persons_all_are_unknown():
    rows = pd.DataFrame(ROWS).drop(columns="n")
    assert np.isnan(to_panels(rows)[0].counts).all()


def test_each_pair_of_indicator_and_group_is_a_panel():
    rows = pd.DataFrame({**ROWS, "indicator": ["x", "x", "y"], "group": ["all", "girls", ""]})
    assert [found.name for found in to_panels(rows)] == ["x", "x girls", "y"]


def test_the_order_of_the_file_does_not_matter():
    rows = pd.DataFrame(ROWS)
    first, again = to_panels(rows)[0], to_panels(rows.iloc[::-1])[0]
    assert first.areas == again.areas
    np.testing.assert_array_equal(first.values, again.values)


def test_unit_is_another_name_for_area_and_a_row_without_value_is_left_out():
    rows = pd.DataFrame({"unit": ["a", "b"], "year": [2020, 2020], "value": ["7", ""]})
    assert to_panels(rows)[0].areas == ("a",)


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_is_read_plain_or_packed_whatever_it_is_called(tmp_path, packed):
    text = "\ufeffarea,year,value\n001,2020,93\n".encode()
    path = tmp_path / "panel.txt"
    path.write_bytes(gzip.compress(text) if packed else text)
    assert read_panels(path)[0].areas == ("001",)


def test_all_faults_are_told_at_once_with_their_lines():
    rows = {
        "area": ["a", "a", "b", "", "c", "d"],
        "year": ["2000", "2000", "x", "2001", "2000.5", "2001"],
        "value": ["1", "2", "3", "4", "s", "-0.5"],
    }
    with pytest.raises(DataError) as caught:
        to_panels(pd.DataFrame(rows), name="bad.csv")
    assert "bad.csv: 7 faults" in caught.value.message
    said = "\n".join(caught.value.faults)
    for part in (
        "line 4: year: expected a number, found 'x'",
        "line 6: value: expected a number, found 's'",
        "line 5: area: expected a name, found ''",
        "line 6: year: expected a whole number from 1900 to 2100, found '2000.5'",
        "line 7: value: expected 0 or more, found '-0.5'",
        "line 2: area and year: expected one value each, found 'a, 2000'",
        "line 3: area and year",
    ):
        assert part in said


def test_many_faults_of_a_kind_are_counted():
    rows = pd.DataFrame({"area": [str(i) for i in range(9)], "year": 2020, "value": -1})
    with pytest.raises(DataError, match="and 4 more lines: value"):
        to_panels(rows)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"x": [1]}, "missing: area, year, value"),
        ({"area": ["a"], "year": [2020], "value": [""]}, "at least one row with a value"),
    ],
)
def test_a_table_without_columns_or_values_is_refused(rows, said):
    with pytest.raises(DataError, match=said):
        to_panels(pd.DataFrame(rows))


def test_a_file_that_is_not_there_or_no_table_is_refused(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_panels(tmp_path / "none.csv")
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(gzip.compress(b"area,year,value\n" * 99)[:20])
    with pytest.raises(DataError, match="expected a CSV table"):
        read_panels(broken)


def test_missing_numbers_of_a_table_are_no_faults_whatever_way_they_are_missing():
    rows = {"area": ["a", "a", "b"], "year": [2020, 2021, 2020], "value": [70.0, 72.5, np.nan]}
    for missing in (np.nan, None, ""):
        (panel,) = to_panels(pd.DataFrame({**rows, "n": [missing, 30, missing]}))
        assert panel.areas == ("a",)
        assert np.isnan(panel.counts[0, 0])
        assert panel.counts[0, 1] == 30


def test_what_passes_100_moves_on_a_scale_without_an_upper_bound():
    rows = pd.DataFrame({"area": "a", "year": [2020, 2021], "value": [99.0, 101.0]})
    assert to_panels(rows)[0].scale == Scale(0.0, None)
    assert to_panels(rows.assign(value=[99.0, 100.0]))[0].scale == Scale(0.0, 100.0)
    assert to_panels(rows.assign(value=[9.0, 10.0], measure_type="money"))[0].scale.high is None


def test_a_type_of_measure_is_one_of_those_known_and_one_a_panel():
    rows = pd.DataFrame({"area": ["a", "b"], "year": 2020, "value": 5, "measure_type": "monney"})
    with pytest.raises(DataError, match="measure_type: expected one of"):
        to_panels(rows)
    with pytest.raises(DataError, match="measure_type: expected one a panel"):
        to_panels(rows.assign(measure_type=["money", "ratios"]))


def test_cells_are_read_as_those_of_any_table():
    rows = {
        "area": ["海 南 区", "海南区", "０１０１", "0101"],
        "year": ["２０１８", "2019年", "201819", "2019-20"],
        "value": ["８２.5％", "1,083", "…", "84"],
    }
    (found,) = to_panels(pd.DataFrame(rows))
    assert found.areas == ("0101", "海 南 区")
    assert found.years == (2018, 2019)
    np.testing.assert_array_equal(found.values, [[np.nan, 84], [82.5, 1083]])


def test_a_total_is_no_area_beside_others_and_is_named():
    rows = {"area": ["01", "02", "合　计"], "year": 2020, "value": [1, 2, 3]}
    with pytest.warns(UserWarning, match=r"1 row\(s\) of totals are set aside"):
        (found,) = to_panels(pd.DataFrame(rows))
    assert found.areas == ("01", "02")
    alone = to_panels(pd.DataFrame({"area": ["Total"], "year": 2020, "value": [3]}))
    assert alone[0].areas == ("Total",)


@pytest.mark.parametrize(
    ("year", "value"),
    [
        ("9999999999", "1"),
        ("200506", "1"),
        ("201820", "1"),
        ("2101", "1"),
        ("2020", ">95"),
        ("2020", "1e16"),
        ("2020", "inf"),
        ("2020", "3万"),
    ],
)
def test_what_is_no_year_and_no_plain_number_is_refused(year, value):
    with pytest.raises(DataError, match="1 faults"):
        to_panels(pd.DataFrame({"area": ["a"], "year": [year], "value": [value]}))


def test_a_panel_file_is_no_pipe_no_device_and_no_loop(tmp_path):
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    for name in ("pipe.csv", "zero.csv", "loop.csv"):
        with pytest.raises(DataError, match=r"no regular file|levels of symbolic"):
            read_panels(tmp_path / name)


def test_a_packed_panel_that_unfolds_without_end_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(panels, "MOST_BYTES", 10_000)
    (tmp_path / "bomb.csv").write_bytes(gzip.compress(b"area,year,value\n" + b"a,2020,1\n" * 2000))
    with pytest.raises(DataError, match="unfolds to more than 10,000 bytes"):
        read_panels(tmp_path / "bomb.csv")


def test_a_panel_of_fractions_is_refused_unless_it_says_what_it_is():
    rows = pd.DataFrame({"area": "a", "year": range(2015, 2018), "value": [0.6, 0.61, 0.63]})
    with pytest.raises(DataError) as found:
        to_panels(rows)
    assert "all 3 are within 0 to 1" in found.value.faults[0]
    assert len(to_panels(rows.assign(measure_type="ratios"))) == 1
    assert len(to_panels(rows.assign(value=0))) == 1  # nobody, in all years
