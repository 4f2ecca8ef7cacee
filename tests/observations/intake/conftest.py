"""Workbooks as researchers have them, made here: every number is invented."""

from __future__ import annotations

import io

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
