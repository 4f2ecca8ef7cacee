"""Workbooks as researchers have them, made here: every number is invented."""

from __future__ import annotations

import io
import struct

import openpyxl
import pytest

from edu_metrics.errors import DataError
from edu_metrics.observations.intake import Mapping, read_table

#: What the yearbook does not tell of itself.
OF_YEARBOOK = {
    "quantities": {"专任教师数": "population", "本科以上": "children"},
    "units": {"population": "人", "children": "人"},
    "set_aside": ["城区"],
    "source": "yearbook",
    "published": "2024-03-01",
}

YEARBOOK = [
    ["表３－２　分地区小学教师情况（虚构）"],
    ["单位：万人、人、％"],
    ["地　区", "专任教师数", None, "本科以上", None, "占比（％）", None],
    [None, *["二〇二二年", "2023/2024学年"] * 3],
    ["合　计", "０.08", "828", "660", "700", "８２.5％", "0.845"],
    ["海 南 区", "４００", "412", "330", "350", "82.5", "84.9"],
    ["乌 达 区", "400", "416", "—", "…", ">95", "95以上"],
    ["其中：城区", "1,234", "*", "<10", "-9", None, None],
    ["注：１.本表不含民办学校。２.2023年数据为初步统计数。"],
]
MERGED = ("A1:G1", "A2:G2", "A3:A4", "B3:C3", "D3:E3", "F3:G3", "A9:G9")


def workbook(rows, merged=(), formats=(), title="表1"):
    """Give the bytes of a workbook; ``formats`` are pairs of a cell and its number format."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for cell, number_format in formats:
        sheet[cell].number_format = number_format
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def old_workbook(rows, title="Sheet1"):
    """Give the bytes of an .xls workbook: BIFF8 records in an OLE container."""

    def record(kind, body):
        return struct.pack("<HH", kind, len(body)) + body

    def text(words, size):
        return struct.pack(size, len(words)) + b"\x01" + words.encode("utf-16-le")

    begin = {
        kind: record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0)) for kind in (5, 16)
    }
    end = record(0x000A, b"")
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                cells += record(0x0204, at + text(value, "<H"))
            else:
                cells += record(0x0203, at + struct.pack("<d", value))
    name = text(title, "<B")
    start = len(begin[5]) + 4 + 6 + len(name) + len(end)
    book = begin[5] + record(0x0085, struct.pack("<IBB", start, 0, 0) + name) + end
    stream = (book + begin[16] + cells + end).ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    stream = stream.ljust(512 * sectors, b"\0")

    def entry(name, kind, child, first, size):
        words = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            words,
            len(words) + 2,
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            child,
            b"",
            0,
            0,
            0,
            first,
            size,
        )

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(
        "Workbook", 2, 0xFFFFFFFF, 2, len(stream)
    )
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack(
            "<HHHHH6sIIIIIIIIII",
            0x3E,
            3,
            0xFFFE,
            9,
            6,
            b"",
            0,
            1,
            1,
            0,
            4096,
            0xFFFFFFFE,
            0,
            0xFFFFFFFE,
            0,
            0,
        )
    )
    return head.ljust(512, b"\xff") + table + folder.ljust(512, b"\0") + stream


@pytest.fixture(scope="session")
def make_old_workbook():
    return old_workbook


@pytest.fixture(scope="session")
def make_workbook():
    return workbook


@pytest.fixture(scope="session")
def yearbook():
    return workbook(YEARBOOK, MERGED, title="表3-2")


@pytest.fixture(scope="session")
def of_yearbook():
    return dict(OF_YEARBOOK)


@pytest.fixture(scope="session")
def read(catalog, tmp_path_factory):
    """Read a table, told by default where it comes from."""
    folder = tmp_path_factory.mktemp("given")

    def reading(content, name="t.xlsx", **told):
        if isinstance(content, str):
            content = content.encode()
        told = {"source": "yearbook", "published": "2024-03-01", **told}
        return read_table(folder / name, content, catalog, Mapping.model_validate(told))

    return reading


@pytest.fixture(scope="session")
def figures(read):
    """Give what a table says: ``{(area, quantity, year): (value, bound)}``."""

    def said(content, name="t.xlsx", **told):
        table = read(content, name, **told).table
        keys = zip(table["area"], table["quantity"], table["year"], strict=True)
        return dict(zip(keys, zip(table["value"], table["bound"], strict=True), strict=True))

    return said


@pytest.fixture(scope="session")
def faults(read):
    """Give the faults that a table is refused for."""

    def found(content, name="t.xlsx", **told):
        with pytest.raises(DataError) as caught:
            read(content, name, **told)
        return caught.value.faults or (caught.value.message,)

    return found
