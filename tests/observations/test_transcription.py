"""Transcribed tables: names, units, seals, and every fault with its file and cells."""

from __future__ import annotations

import datetime as dt

import pytest

from edu_metrics.errors import DataError
from edu_metrics.observations import COLUMNS, read_raw_file, validate

GOOD = "乌海市,常住人口,2021,55.81,exact,万人,reported,bulletin,2022-06-01,"


def faults(path, catalog):
    with pytest.raises(DataError) as caught:
        read_raw_file(path, catalog)
    return caught.value.faults


def test_a_row_becomes_an_observation_in_the_unit_of_its_quantity(tmp_path, catalog, write_raw):
    found = read_raw_file(write_raw(tmp_path / "a.csv", GOOD), catalog)
    assert tuple(found) == COLUMNS
    (row,) = found.itertuples(index=False)
    assert row.value == 558100.0
    assert (row.area, row.year, row.quantity, row.group) == ("city", 2021, "population", "all")
    assert (row.bound, row.source, row.status) == ("exact", "bulletin", "reported")
    assert row.vintage.date() == dt.date(2022, 6, 1)
    assert len(validate(found, catalog)) == 1


def test_a_unit_is_converted_exactly(tmp_path, catalog, write_raw):
    # In binary arithmetic, ten thousand times 1.13 is 11299.999999999998.
    path = write_raw(tmp_path / "a.csv", GOOD.replace("55.81", "1.13"))
    assert read_raw_file(path, catalog)["value"].tolist() == [11_300]


@pytest.mark.parametrize(
    ("place", "quantity"),
    [
        ("Wuhai", "Population"),
        ("乌海", "常住人口"),
        ("乌 海 市", "常住 人口"),
        ("ＣＩＴＹ", "population"),
    ],
)
def test_names_are_found_by_alias_id_language_width_and_spacing(
    tmp_path, catalog, write_raw, place, quantity
):
    line = GOOD.replace("乌海市,常住人口", f"{place},{quantity}")
    found = read_raw_file(write_raw(tmp_path / "a.csv", line), catalog)
    assert found[["area", "quantity"]].to_numpy().tolist() == [["city", "population"]]


def test_a_bound_stays_a_bound(tmp_path, catalog, write_raw):
    line = "乌海市,巩固率,2020,95,above,%,reported,bulletin,2021-01-01,printed as >95"
    (row,) = read_raw_file(write_raw(tmp_path / "a.csv", line), catalog).itertuples()
    assert (row.value, row.bound) == (95, "above")


def test_a_suppressed_number_has_no_value(tmp_path, catalog, write_raw):
    line = GOOD.replace("55.81", "").replace("reported", "suppressed")
    found = read_raw_file(write_raw(tmp_path / "a.csv", line), catalog)
    assert found["value"].isna().all()
    still = write_raw(tmp_path / "b.csv", GOOD.replace("reported", "suppressed"))
    (fault,) = faults(still, catalog)
    assert fault.startswith("b.csv: 1 word(s) not understood")
    assert "suppressed beside a number (D2)" in fault


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("乌海市", "乌梅市", "1 area name(s) unknown: 乌梅市; did you mean '乌海市'? (A3)"),
        ("乌海市", "合计", "cell(s) that are not typed plainly: 合计 (A3)"),
        ("乌海市", "1.乌海市", "1 cell(s) that are not typed plainly: 1.乌海市 (A3)"),
        ("常住人口", "常往人口", "unknown: 常往人口; did you mean '常住人口'? (B3)"),
        ("2021,", "2021年,", "1 year(s) not understood: 2021年 (C3)"),
        ("2021,", "2021-22,", "of which the study does not say for which year they count"),
        ("55.81", "55.81[1]", "1 cell(s) not understood as a number: 55.81[1] (D3)"),
        ("55.81", ">55", "1 cell(s) that are not typed plainly: >55 (D3)"),
        ("55.81", "1 234", "1 cell(s) that are not typed plainly: 1 234 (D3)"),
        ("55.81", "—", "1 cell(s) that are not typed plainly: — (D3)"),
        ("55.81", "", "line 3: expected something in value, found nothing"),
        ("55.81", "*", "1 cell(s) that are not typed plainly: * (D3)"),
        ("55.81", "9" * 400, "1 number(s) larger than any that is counted: 9999"),
        ("55.81", "nan", "1 cell(s) that are not typed plainly: nan (D3)"),
        ("exact", "", "line 3: expected something in bound, found nothing"),
        (
            "exact",
            "exactly",
            "a column of fixed words: bound exactly (D3)",
        ),
        ("万人", "万元", "万元 for population, counted in persons, 人, 名, 位 (D3)"),
        ("reported", "observed", "column of fixed words: observed"),
        ("bulletin", "buletin", "buletin; did you mean 'bulletin'? (H3)"),
        ("2022-06-01", "2022-06", "not told or not understood: 2022-06 (I3)"),
        ("2022-06-01,", "2022-06-01", "line 3: expected 10 cells, found 9"),
    ],
)
def test_a_broken_cell_is_refused_with_file_and_cell(tmp_path, catalog, write_raw, old, new, words):
    path = write_raw(tmp_path / "a.csv", GOOD, GOOD.replace(old, new))
    (fault,) = faults(path, catalog)
    assert fault.startswith("a.csv")
    assert words in fault


def test_all_faults_of_a_file_are_said_at_once(tmp_path, catalog, write_raw):
    path = write_raw(
        tmp_path / "a.csv",
        GOOD.replace("乌海市", "远方").replace("万人", "%"),
        GOOD.replace("55.81", "many"),
        seal=False,
    )
    found = faults(path, catalog)
    assert [fault.split(": ")[1] for fault in found] == [
        "a.csv.source.yaml is missing; expected beside the file where it comes from and its sha256",
        "1 area name(s) unknown",
        "1 cell(s) not understood as a number",
    ]


@pytest.mark.parametrize("status", ["reported", "estimated", "derived"])
def test_a_number_published_before_its_year_is_refused(tmp_path, catalog, write_raw, status):
    path = write_raw(
        tmp_path / "a.csv",
        *(
            GOOD.replace("2022-06-01", day).replace("reported", status)
            for day in ("2019-12-31", "2020-12-31", "2021-01-01", "2021-12-31", "2030-01-01")
        ),
    )
    (fault,) = faults(path, catalog)
    assert fault.startswith(
        "a.csv: 2 figure(s) published before the year that they measure: "
        "2021, published 2019-12-31 (D2); 2021, published 2020-12-31 (D3). "
    )


def test_a_raw_file_that_was_edited_is_refused(tmp_path, catalog, write_raw):
    path = write_raw(tmp_path / "a.csv", GOOD)
    path.write_bytes(path.read_bytes().replace(b"55.81", b"55.82"))
    (fault,) = faults(path, catalog)
    assert "a.csv: was edited: a.csv.source.yaml expects the sha256" in fault


@pytest.mark.parametrize("sidecar", ["source: yearbook\n", "- a list\n", ""])
def test_a_sidecar_without_checksum_is_refused(tmp_path, catalog, write_raw, sidecar):
    path = write_raw(tmp_path / "a.csv", GOOD)
    (tmp_path / "a.csv.source.yaml").write_text(sidecar, "utf-8")
    (fault,) = faults(path, catalog)
    assert "a.csv.source.yaml has no sha256" in fault


def test_another_header_is_refused_with_the_one_expected(tmp_path, catalog, write_raw):
    path = write_raw(tmp_path / "a.csv", GOOD, header="place,quantity")
    (fault,) = faults(path, catalog)
    assert fault.startswith("a.csv line 1: expected the header place,quantity,year,value")


def test_another_encoding_is_refused(tmp_path, catalog, write_raw):
    path = write_raw(tmp_path / "a.csv", GOOD, seal=False)
    path.write_bytes(path.read_bytes().decode().encode("gb18030"))
    assert any("expected UTF-8" in fault for fault in faults(path, catalog))


def test_quotes_that_do_not_close_are_refused(tmp_path, catalog, write_raw):
    path = write_raw(tmp_path / "a.csv", GOOD, GOOD + '"note')
    assert any("not valid CSV" in fault for fault in faults(path, catalog))


def test_a_byte_order_mark_and_blank_lines_are_no_faults(tmp_path, catalog, write_raw):
    path = write_raw(
        tmp_path / "a.csv",
        "",
        GOOD,
        header="\ufeffplace,quantity,year,value,bound,unit,status,source,published,note",
    )
    assert len(read_raw_file(path, catalog)) == 1


def test_a_file_without_rows_gives_an_empty_table(tmp_path, catalog, write_raw):
    found = read_raw_file(write_raw(tmp_path / "a.csv"), catalog)
    assert (len(found), tuple(found)) == (0, COLUMNS)


def test_a_file_that_is_not_there_is_named(tmp_path, catalog):
    with pytest.raises(DataError, match=r"a\.csv is not a file"):
        read_raw_file(tmp_path / "a.csv", catalog)


def test_a_line_that_is_left_out_moves_no_cell_and_adds_no_fault(tmp_path, catalog, write_raw):
    short = GOOD.removesuffix(",")
    (alone,) = faults(write_raw(tmp_path / "a.csv", short), catalog)
    assert alone == "a.csv line 2: expected 10 cells, found 9"
    _, other = faults(write_raw(tmp_path / "b.csv", short, GOOD.replace("乌海市", "远方")), catalog)
    assert other.startswith("b.csv: 1 area name(s) unknown: 远方 (A3)")
