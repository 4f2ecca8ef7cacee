"""What single cells and names say, at the edge of what is understood."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import read_raw_file
from edu_metrics.observations.intake import read_table
from edu_metrics.observations.intake.mapping import Mapping
from edu_metrics.observations.printed import narrow, read_figure, read_year


@pytest.mark.parametrize(
    ("text", "number", "bound", "unit"),
    [
        ("828", "828", "exact", ""),
        ("０.08", "0.08", "exact", ""),
        ("1,234,567.8", "1234567.8", "exact", ""),
        ("12 345", "12345", "exact", ""),
        ("−0.2", "-0.2", "exact", ""),
        ("82.5％", "82.5", "exact", "%"),
        ("23.41万人", "23.41", "exact", "万人"),
        (">95", "95", "above", ""),
        ("＞95％", "95", "above", "%"),
        ("95以上", "95", "at_least", ""),
        ("95%及以上", "95", "at_least", "%"),
        ("≥90", "90", "at_least", ""),
        ("<10", "10", "below", ""),
        ("不足10人", "10", "below", "人"),
        ("10以下", "10", "at_most", ""),
        ("约300", "300", "about", ""),
        ("412①", "412", "exact", ""),
        ("412²", "412", "exact", ""),
        (55.81, "55.81", "exact", ""),
        (0.1 + 0.2, "0.3", "exact", ""),
        (2e15, "2000000000000000", "exact", ""),
    ],
)
def test_a_figure_is_what_is_printed(text, number, bound, unit):
    found = read_figure(text)
    assert (found.number, found.bound, found.unit) == (Decimal(number), bound, unit)


@pytest.mark.parametrize(
    "text",
    [
        *("12,34", "1.2.3", "abc", "90-95", "(412)", "1e5", "½", "4 12", "#REF!", ">", ">95以上"),
        *("٣", "五", "x", "1,234.567,8", "0x1F", "TRUE", True, "12人3", "--5"),
    ],
)
def test_what_is_not_wholly_understood_is_not_read(text):
    assert read_figure(text) is None


@pytest.mark.parametrize("text", ["—", "…", "-", "..", "n/a", "", "  ", None, "　"])
def test_marks_of_no_number(text):
    found = read_figure(text)
    assert found.number is None
    assert not found.suppressed


@given(st.decimals(0, 10**9, places=3, allow_nan=False))
def test_width_and_separators_change_no_number(number):
    wide = f"{number:,}".translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789.,"})
    assert read_figure(wide).number == number


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2023", 2023),
        (2023.0, 2023),
        ("２０２３年", 2023),
        ("二〇二〇年", 2020),
        ("二○一九", 2019),
        ("2023-24", 2023),
        ("2020/2021学年", 2020),
        ("2020—2021学年", 2020),
        ("2099-00", 2099),
        ("2023学年度", 2023),
        ("2019年末", 2019),
        ("2023-2025", None),
        ("2023-23", None),
        ("2020年上半年", None),
        ("2020Q1", None),
        ("1899", None),
        ("2201", None),
        ("23", None),
        (2023.5, None),
        ("二〇二", None),
    ],
)
def test_a_year_is_the_one_in_which_its_school_year_begins(text, year):
    found = read_year(text)
    assert (found and found[0]) == year


def test_only_width_is_folded():
    assert narrow("①②½²㎡") == "①②½²㎡"


TWINS = """
- {id: nan, name: {zh: 南京市, en: Nanjing}, level: city}
- {id: xu, name: {zh: 徐州市, en: Xuzhou}, level: city}
- {id: gulou_nan, name: {zh: 鼓楼区, en: Gulou}, level: district, parent: nan}
- {id: gulou_xu, name: {zh: 鼓楼区, en: Gulou}, level: district, parent: xu}
"""


@pytest.fixture
def twins(project):
    path = project / "data" / "definitions" / "areas.yaml"
    path.write_text(path.read_text("utf-8") + TWINS, "utf-8")
    return load_catalog(project)


def areas_of(catalog, text, tmp_path):
    told = Mapping(source="yearbook", published="2024-03-01", quantity="population")
    return read_table(tmp_path / "t.csv", text.encode(), catalog, told).table["area"].tolist()


@pytest.mark.parametrize(
    ("text", "areas"),
    [
        ("上级,地区,2020年\n徐州市,鼓楼区,1\n南京市,鼓楼区,2\n", ["gulou_xu", "gulou_nan"]),
        ("地区,2020年\n徐州市鼓楼区,1\n南京市 鼓楼区,2\n", ["gulou_xu", "gulou_nan"]),
        (
            "地区,2020年\n南京市,9\n鼓楼区,1\n徐州市,8\n鼓楼区,2\n",
            ["nan", "gulou_nan", "xu", "gulou_xu"],
        ),
    ],
)
def test_two_areas_of_one_name_are_told_apart_by_their_parent(twins, tmp_path, text, areas):
    assert areas_of(twins, text, tmp_path) == areas


def test_where_nothing_tells_two_areas_apart_the_intake_stops(twins, tmp_path):
    with pytest.raises(DataError) as caught:
        areas_of(twins, "地区,2020年\n鼓楼区,1\n", tmp_path)
    (line,) = caught.value.faults
    assert line.startswith(
        "1 area name(s) that several areas have: 鼓楼区: gulou_nan, gulou_xu (A2)"
    )


def test_a_transcribed_table_refuses_a_name_that_several_areas_have(twins, write_raw):
    path = twins.root / "data" / "raw" / "bureau" / "t.csv"
    write_raw(path, "鼓楼区,常住人口,2020,1,exact,人,reported,yearbook,2021-01-01,")
    with pytest.raises(DataError) as caught:
        read_raw_file(path, twins)
    assert "several areas have: 鼓楼区: gulou_nan, gulou_xu (A2)" in caught.value.faults[0]


def test_two_areas_of_one_name_and_one_parent_are_refused(project):
    path = project / "data" / "definitions" / "areas.yaml"
    path.write_text(path.read_text("utf-8") + TWINS.replace("parent: xu", "parent: nan"), "utf-8")
    with pytest.raises(Exception, match="is already a name of 'gulou_nan'"):
        load_catalog(project)
