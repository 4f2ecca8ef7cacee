"""Files that are damaged, disguised, or made to do harm: a named fault, and nothing else."""

from __future__ import annotations

import io
import resource
import struct
import time
import zipfile
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.observations.intake import Mapping, read_table

pytestmark = pytest.mark.slow

ROWS = [["地区", "2019年", "2020年"], ["海南区", 1, 2], ["乌达区", 3, 4]]


def changed(content, edit):
    """Give a workbook with some of its parts changed, added or left out."""
    old = zipfile.ZipFile(io.BytesIO(content))
    parts = {name: old.read(name) for name in old.namelist()}
    edit(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name, part in parts.items():
            new.writestr(name, part)
    return file.getvalue()


SHEET = "xl/worksheets/sheet1.xml"


def put(old, new, part=SHEET):
    def edit(parts):
        assert old in parts[part]
        parts[part] = parts[part].replace(old, new)

    return edit


@pytest.fixture(scope="module")
def sound(make_workbook):
    return make_workbook(ROWS)


@pytest.fixture(scope="module")
def refused(faults):
    def said(content, name="t.xlsx"):
        (line,) = faults(content, name, quantity="population")
        return line

    return said


def test_the_sound_workbook_is_read(figures, sound):
    assert len(figures(sound, quantity="population")) == 4


def test_a_workbook_that_was_cut_off(refused, sound):
    for size in (10, 200, len(sound) // 2, len(sound) - 10):
        assert "may have been cut off" in refused(sound[:size])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("t.xlsx", b"a,b\n1,2\n", "is called .xlsx and is no such file"),
        ("t.xls", b"<html><table></table></html>", "is called .xls and is no such file"),
        ("t.csv", b"PK\x03\x04....", "is called .csv and is a zip archive"),
        ("t.csv", b"", "is empty"),
        ("t.csv", b"\n\n,,\n", "holds no cell"),
        ("t.docx", b"x", "expected a file .xlsx"),
        ("t.xlsm", b"PK\x03\x04", "holds macros, or may"),
        ("t.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "can't be read"),
        ("t.parquet", b"PAR1....PAR1", "can't be read as parquet"),
        ("t.csv", b'a,b\n"never closed', "not valid CSV"),
        ("t.csv", "地区,a\n".encode("gb18030")[:-4] + b"\xff\xff", "--encoding"),
    ],
)
def test_a_file_that_is_not_what_it_is_called(refused, name, content, words):
    assert words in refused(content, name)


def test_a_zip_archive_that_is_no_workbook(refused):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "is a zip archive and no .xlsx workbook" in refused(file.getvalue())


def test_macros_and_links_to_other_workbooks(refused, sound):
    with_macros = changed(sound, lambda parts: parts.update({"xl/vbaProject.bin": b"x"}))
    assert "holds macros" in refused(with_macros)
    link = {"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}
    assert "other workbooks" in refused(changed(sound, lambda parts: parts.update(link)))


def test_error_cells_are_named(refused, sound):
    broken = changed(
        sound, put(b'<c r="B2" t="n"><v>1</v></c>', b'<c r="B2" t="e"><v>#REF!</v></c>')
    )
    assert refused(broken) == "1 cell(s) hold an error (#REF!): B2"


def test_a_formula_with_a_stored_value_is_used_and_logged(read, sound):
    computed = put(b'<c r="B2" t="n"><v>1</v></c>', b'<c r="B2"><f>1+6</f><v>7</v></c>')
    intake = read(changed(sound, computed), quantity="population")
    assert 7 in intake.table["value"].tolist()
    assert ("t.xlsx", "表1", "B2", "7", "7", "formula") in intake.log.repairs


def test_a_cell_at_the_end_of_the_sheet_is_no_bomb(refused, sound):
    far = put(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    assert "reaches to row 1,048,576 and column 16,384" in refused(changed(sound, far))


def test_a_million_empty_rows_are_read_over(figures, sound):
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(4, 10**6))
    empty = changed(sound, put(b"</sheetData>", rows + b"</sheetData>"))
    assert len(figures(empty, quantity="population")) == 4


def test_what_unfolds_to_too_much_is_refused_in_bounded_memory_and_time(refused):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/media/image1.png", "w", force_zip64=True) as part:
            for _ in range(700):
                part.write(bytes(1 << 20))
    assert len(file.getvalue()) < 1_000_000
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    assert "unfolds to more than" in refused(file.getvalue())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    assert time.process_time() - start < 10


def test_entities_are_refused(refused, sound):
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'
    assert "defines entities" in refused(changed(sound, put(b"<worksheet", bomb)))


def test_a_sheet_with_a_hostile_name_steers_no_terminal(refused, make_workbook):
    named = put(b'name="xx"', b'name="=cmd|&#x9b;31m"', "xl/workbook.xml")
    content = changed(make_workbook([["地区", "x"], ["海南区", 1]], title="xx"), named)
    line = refused(content)
    assert "\x9b" not in line
    assert "\\x9b" in line


def test_merged_ranges_beyond_the_sheet_cost_nothing(figures, make_workbook):
    merged = make_workbook(ROWS, ["A5:B6"])
    wide = put(b'ref="A5:B6"', b'ref="A1:XFD1048576"')
    start = time.process_time()
    with pytest.raises(DataError):
        figures(changed(merged, wide), quantity="population")
    assert time.process_time() - start < 5


def test_text_in_the_log_is_never_a_formula(read):
    text = "地区,2020年\n海南区,1\n=cmd()合计,5\n".replace("=cmd()合计", "=HYPERLINK()")
    intake = read(text, "t.csv", quantity="population", set_aside=["=HYPERLINK()"])
    assert "'=HYPERLINK()" in intake.log.as_csv()
    assert ",=HYPERLINK" not in intake.log.as_csv()


# --- whatever comes


def outcome(content, name, catalog, folder):
    told = Mapping.model_validate(
        {"source": "yearbook", "published": "2024-03-01", "quantity": "population"}
    )
    try:
        table = read_table(folder / name, content, catalog, told).table
    except DataError:
        return None
    assert table["area"].isin(set(catalog.areas)).all()
    assert (table["value"].notna() | (table["status"] == "suppressed")).all()
    return table


CELLS = st.one_of(
    st.sampled_from(
        (
            *(
                "地区",
                "海南区",
                "乌 达 区",
                "合计",
                "2020",
                "二〇二〇年",
                "2019-20",
                "95以上",
                ">95",
            ),
            *("*", "—", "1,234", "12.3万", "=1+1", "注：x", "单位：万人", "常住人口", "８２.5％"),
            *("", "1e9", ">95"),
        )
    ),
    st.text(max_size=12),
)


@settings(max_examples=150)
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=8), sign=st.sampled_from(",\t;"))
def test_any_text_is_read_or_refused(rows, sign, catalog, tmp_path_factory):
    text = "\n".join(sign.join(cells) for cells in rows)
    outcome(text.encode("utf-8", "replace"), "t.csv", catalog, tmp_path_factory.getbasetemp())


@settings(max_examples=150)
@given(content=st.binary(max_size=400), name=st.sampled_from(["t.csv", "t.xls", "t.parquet"]))
def test_any_bytes_are_read_or_refused(content, name, catalog, tmp_path_factory):
    outcome(content, name, catalog, tmp_path_factory.getbasetemp())


@settings(max_examples=100)
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_workbook_with_a_byte_changed_is_read_or_refused(
    at, byte, sound, catalog, tmp_path_factory
):
    content = bytearray(sound)
    content[at % len(content)] = byte
    outcome(bytes(content), "t.xlsx", catalog, tmp_path_factory.getbasetemp())


@settings(max_examples=100)
@given(at=st.integers(0, 10**6), new=st.binary(max_size=6), size=st.integers(0, 30))
def test_a_sheet_with_a_piece_changed_is_read_or_refused(
    at, new, size, sound, catalog, tmp_path_factory
):
    def edit(parts):
        sheet = parts[SHEET]
        place = at % len(sheet)
        parts[SHEET] = sheet[:place] + new + sheet[place + size :]

    outcome(changed(sound, edit), "t.xlsx", catalog, tmp_path_factory.getbasetemp())


def test_a_size_that_lies_is_found_out(refused, sound):
    """Let a part's directory entry claim fewer bytes than it unfolds to."""
    content = bytearray(sound)
    place = content.rindex(b"PK\x01\x02")
    size = struct.unpack_from("<I", content, place + 24)[0]
    struct.pack_into("<I", content, place + 24, max(size - 5, 1))
    assert zlib.crc32(bytes(content))
    assert "may have been cut off" in refused(bytes(content))
