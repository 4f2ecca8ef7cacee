"""The tables beside a page: each link leads to its file, each column has a meaning, no formula."""

from __future__ import annotations

import csv
import re
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from edu_metrics import report as rep
from edu_metrics.report.columns import Tables, table_of
from edu_metrics.report.downloads import save_tables
from edu_metrics.report.html import csv_of
from edu_metrics.report.page import to_page
from edu_metrics.words import texts

SECTIONS = (
    rep.show_bulletin, rep.show_cards, rep.show_touching, rep.show_measured, rep.show_missing,
    rep.show_precedents, rep.show_status_rules, rep.show_sensitivity, rep.show_joint,
    rep.show_followed, rep.show_assumptions, rep.show_origins,
)  # fmt: skip


def read(path):
    return list(csv.reader(path.read_text("utf-8-sig").splitlines()))


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(("mock_city", "mock_east", "zh"), marks=pytest.mark.slow),
        ("wuhai", "haibowan", "en"),
    ],
    ids="-".join,
)
def test_every_link_of_a_report_has_its_file_and_every_column_its_meaning(opened, place, tmp_path):
    report = opened(*place)
    page = "".join(str(show(report)) for show in SECTIONS)
    linked = set(re.findall(r'data-table="(\w+)"', page))
    # Two links below each other, with the same words, would not say which is which.
    assert not re.search(r'<p class="csv"[^>]*></p>\s*<p class="csv"', page)
    assert save_tables(report, str(tmp_path)) == "tables"
    folder = tmp_path / "tables"
    assert {"verdicts", "followed", "sources"} <= linked
    meant = read(folder / "columns.csv")
    assert meant[0] == ["table", "column", "meaning_zh", "meaning_en"]
    told = {(table, column) for table, column, *words in meant[1:] if all(words)}
    for name in linked:
        frame = report.tables[name]
        if frame.empty:
            continue
        head, *rows = read(folder / f"{name}.csv")
        assert head == [*frame.columns, "disclosure"]
        assert len(rows) == len(frame)
        assert {(name, column) for column in head} <= told


@pytest.mark.slow
def test_a_probability_has_two_digits_and_a_list_is_one_text(opened, tmp_path):
    report = opened("mock_city", "mock_east", "en")
    rep.show_bulletin(report)
    report.tables["findings"]
    save_tables(report, str(tmp_path))
    rows = list(csv.DictReader((tmp_path / "tables/bulletin.csv").open(encoding="utf-8-sig")))
    chances = [row["probability"] for row in rows if row["probability"]]
    assert chances
    assert all(len(one) <= 4 for one in chances)
    rows = list(csv.DictReader((tmp_path / "tables/findings.csv").open(encoding="utf-8-sig")))
    assert not any(row["concerns"].startswith("[") for row in rows)


def test_no_cell_is_run_by_a_spreadsheet_and_what_nobody_shows_is_not_written(tmp_path):
    study = SimpleNamespace(disclosure=SimpleNamespace(mode="internal"))
    report = SimpleNamespace(study=study, tables=SimpleNamespace(made={
        "sources": table_of(
            [{"title": "=1+1"}, {"title": "＠x", "number": "-2"}, {"title": "a", "number": 3.5}],
            "title number",
        ),
        "noise": table_of([{"title": "a"}], "title"),
        "odd": table_of([], "title"),
    }))  # fmt: skip
    assert save_tables(report, str(tmp_path)) == "tables"
    assert read(tmp_path / "tables/sources.csv")[1:] == [
        ["'=1+1", "", "internal"],
        ["'＠x", "-2", "internal"],
        ["a", "3.5", "internal"],
    ]
    assert {path.name for path in tmp_path.glob("tables/*")} == {"sources.csv", "columns.csv"}
    assert save_tables(report, "") == ""


def test_tables_that_were_asked_for_are_known(opened):
    tables = opened("wuhai", "haibowan", "en").tables
    assert isinstance(tables, Tables)
    tables["verdicts"]
    assert "verdicts" in tables.made


def page_of(*shown, files=()):
    cells = [new_markdown_cell("## 1. Empty\n\nProse."), *(_cell(one) for one in shown)]
    cells.insert(2, new_markdown_cell("## 2. Full"))
    notebook = new_notebook(cells=cells, metadata={"edu_metrics": {"files": list(files)}})
    return to_page(notebook, title="t", lang="en", home="index.html")


def _cell(html):
    shown = new_output("display_data", {"text/html": html, "text/plain": ""})
    return new_code_cell("", outputs=[shown])


def test_a_link_is_there_only_where_its_file_is():
    place = str(csv_of("verdicts"))
    page = page_of("<p>a</p>", place, files=["tables/verdicts.csv"])
    assert '<p class="csv"><a href="tables/verdicts.csv">Data (CSV)</a></p>' in page
    bare = page_of("<p>a</p>", place)
    assert "verdicts.csv" not in bare
    assert "data-table" not in bare


def test_a_section_without_anything_leaves_no_heading_and_no_gap_in_the_numbers():
    page = page_of("", "<p>here</p>")
    assert "Empty" not in page
    assert "Prose" not in page
    assert "<h2>Full</h2>" in page.replace(' id="s1"', "")
    assert "1. Empty" in page_of("<p>x</p>", "<p>here</p>")


def test_where_next_to_nothing_is_known_what_is_alike_stands_with_the_whole(opened):
    report, whole = opened("wuhai", "haibowan", "en"), opened("wuhai", "wuhai", "en")
    for show in (rep.show_assumptions, rep.show_joint, rep.show_sensitivity, rep.show_missing):
        assert str(show(report)) == ""
        assert str(show(whole)) != ""
    bulletin = str(rep.show_bulletin(report))
    assert 'href="../wuhai/report.html"' in bulletin
    assert "What to ask for" in bulletin


def test_tags_that_html_implies_stay_in_a_page_with_a_script():
    row = "<table><tr><td>1</td><td>2</td></tr></table>"
    assert "<tr><td>1<td>2</tr></table>" in page_of(row)
    script = "<script>const cells = '<td></td><td></td>';</script>"
    assert script in page_of(script + row)


def test_every_meaning_is_in_both_languages():
    assert all({"zh", "en"} <= set(words) for key, words in texts().items() if "column." in key)
