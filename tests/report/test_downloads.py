"""Files to take away: no text in them is run, numbers stay numbers, and they come out the same."""

from __future__ import annotations

import csv
import json
import zipfile

import openpyxl
import pytest

from edu_metrics.report.bulletin import glance_of
from edu_metrics.report.downloads import harmless, write_csv, write_workbook
from edu_metrics.report.glance import Glance, read_glance
from edu_metrics.report.summary import save_summary

EVIL = ["=1+1", "+1+2", "-1+2", "@SUM(A1)", "\t=1", "\n=1", " =1", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", EVIL)
def test_a_text_that_begins_like_a_formula_is_none(text):
    assert harmless(text) == f"'{text}"


def test_numbers_and_other_texts_stay_what_they_are():
    given = [-1.5, 0, 2020, "a=b", "a-b", "97%", "−3", "+1", "-1"]
    assert [harmless(value) for value in given] == given


def test_a_csv_is_read_back_as_it_was_written(tmp_path):
    path = tmp_path / "t.csv"
    write_csv(path, ["a", "b"], [["海勃湾区, 一", -1.5], ['"', None], ["=1", 2]])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows == [["a", "b"], ["海勃湾区, 一", "-1.5"], ['"', ""], ["'=1", "2"]]


def test_a_workbook_holds_no_formula_and_is_the_same_twice(tmp_path):
    rows = [["x", "y"], *([text, -1.5] for text in EVIL)]
    one, two = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    assert write_workbook(one, {"s": rows})
    assert write_workbook(two, {"s": iter(rows)})
    assert one.read_bytes() == two.read_bytes()
    with zipfile.ZipFile(one) as book:
        assert b"modified" not in book.read("docProps/core.xml"), "nor the hour of its making"
        assert len({entry.date_time for entry in book.infolist()}) == 1
    sheet = openpyxl.load_workbook(one)["s"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row[:1]}
    assert kinds == {"s"}
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == EVIL
    assert all(row[1].value == -1.5 for row in sheet.iter_rows(min_row=2))


def test_without_openpyxl_there_is_no_workbook_and_no_fault(tmp_path, monkeypatch):
    monkeypatch.setattr("edu_metrics.report.downloads.find_spec", lambda _: None)
    assert not write_workbook(tmp_path / "t.xlsx", {"s": []})
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def saved(opened, tmp_path_factory):
    folder = tmp_path_factory.mktemp("saved")
    report = opened("mock_city", "mock_east")
    assert save_summary(report, str(folder)) == "summary.json"
    return report, folder


@pytest.mark.slow
def test_the_observations_beside_a_report_are_those_that_it_rests_on(saved):
    report, folder = saved
    rows = list(csv.DictReader((folder / "data.csv").read_text("utf-8-sig").splitlines()))
    assert len(rows) == len(report.rows)
    found = sorted(
        (r["area"], r["quantity"], r["year"], r["group"], float(r["value"])) for r in rows
    )
    asked = report.rows[["area", "quantity", "year", "group", "value"]]
    assert found == sorted((a, q, str(y), g, v) for a, q, y, g, v in asked.itertuples(index=False))
    meant = csv.DictReader((folder / "data.columns.csv").read_text("utf-8-sig").splitlines())
    told = {row["column"]: row for row in meant}
    assert list(told) == list(rows[0])
    assert all(row["meaning_zh"] and row["meaning_en"] for row in told.values())


def test_what_the_index_reads_is_what_the_summary_says(saved):
    report, folder = saved
    glance = read_glance(folder)
    assert glance.area == "mock_east"
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    rows = {row["target"]: row for row in summary["assessments"]}
    assert [row["target"] for row in glance.targets] == [target.id for target in report.numeric]
    for row in glance.targets:
        for name in ("verdict", "people", "required_pace"):
            assert row[name] == rows[row["target"]][name]
        assert row["asked"] == rows[row["target"]]["level"]
    met = glance.counts["met"]
    assert glance.expected == pytest.approx(met + report.joint.expected)
    assert list(glance.interval) == pytest.approx([met + one for one in report.joint.interval])


def test_the_way_of_a_series_is_that_of_its_last_three_years(saved):
    report, _ = saved
    for row in glance_of(report).targets:
        if row["last_year"] is None or row["unit"] != "percent":
            continue
        indicator = report.assessments[row["target"]].indicator
        exact = report.evidence.record(indicator, "mock_east").exact
        last = max(exact)
        if last - 3 in exact:
            yearly = (exact[last] - exact[last - 3]) / 3
            want = "flat" if abs(yearly) <= 0.05 else "up" if yearly > 0 else "down"
            assert row["way"] == want, row["target"]


def test_what_only_the_plan_states_is_no_value(opened):
    found = glance_of(opened("wuhai", "wuhai"))
    report = opened("wuhai", "wuhai")
    stated = {
        name for name, one in report.assessments.items() if str(one.start) == "plan_statement"
    }
    assert stated
    assert all(row["last_year"] is None for row in found.targets if row["target"] in stated)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"area": "x"}', "nonsense"])
def test_what_cannot_be_read_is_as_if_it_were_not_there(tmp_path, content):
    (tmp_path / "glance.json").write_text(content, "utf-8")
    assert read_glance(tmp_path) is None


def test_a_glance_is_read_as_it_was_written(tmp_path):
    given = Glance("a", 1.5, (1.0, 2.0), 0.8, 0.01, ("s",), ({"target": "t", "group": "met"},))
    (tmp_path / "glance.json").write_text(given.as_text(), "utf-8")
    read = read_glance(tmp_path)
    assert read.counts == {"met": 1}
    assert read.as_text() == given.as_text()
