"""
Nothing that leaves tells two worlds apart that differ in a few persons only.

In one, three pupils of whom two pass; in the other, four of whom one does: their neighbours make
up for it, so that all that may be known is the same. So has to be what is written or said.
"""

from __future__ import annotations

import re
import shutil
import zipfile

import pandas as pd
import pytest

from edu_metrics.observations import read_processed

YEARS = range(2014, 2021)
WORLDS = {"three": (3, 2, 0), "four": (4, 1, 1)}


def rows(few: int, passing: int, step: int) -> list[str]:
    """Give a city that passes 74 % of 303; the west has what the east has less of."""
    numbers = {
        "east": lambda at: (few, passing),
        "west": lambda at: (103 - few, 70 + at - passing),
        "south": lambda at: (200, 150 + at),
        "port": lambda at: (303, 220 + 2 * at),
    }
    return [
        f"{area},{quantity},{year},{value},exact,persons,reported,rules,{year + 1}-03-01,"
        for area, of in numbers.items()
        for at, year in enumerate(YEARS)
        for quantity, value in zip(("pupils", "passing"), of(at), strict=True)
    ]


@pytest.fixture
def worlds(tmp_path, new_project, add_raw, shipped_root):
    """Make the project of each world, in folders of one name, with the notebooks as shipped."""

    def make(mode: str):
        roots = []
        for name, few in WORLDS.items():
            root = new_project(tmp_path / name / "project")
            add_raw(root, "counts.csv", rows(*few))
            for path in (shipped_root / "notebooks").glob("*.ipynb"):
                shutil.copy(path, root / "notebooks" / path.name)
            study = root / "data" / "definitions" / "studies" / "harbour.yaml"
            text = study.read_text("utf-8")
            study.write_text(text.replace("disclosure: published", f"disclosure: {mode}"), "utf-8")
            roots.append(root)
        return roots

    return make


def told(folder):
    """Give all that a folder holds, without times and the place where it stands."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".xlsx", ".zip"):
            with zipfile.ZipFile(path) as inside:
                content = b"".join(inside.read(one) for one in sorted(inside.namelist()))
        else:
            content = path.read_bytes() if path.is_file() else b""
        content = re.sub(rb'"seconds": [0-9.e-]+', b"", content)
        found[path.relative_to(folder).as_posix()] = re.sub(rb"/(three|four)/", b"/", content)
    return found


SAID = (
    ("assess", "harbour", "--format", "json"), ("sensitivity", "harbour", "--format", "json"),
    ("joint", "harbour", "--format", "json"), ("score", "harbour", "--format", "json"),
    ("inspect", "harbour", "--format", "json"), ("scenarios", "harbour", "--format", "json"),
    ("backtest", "harbour", "--format", "json"), ("audit", "harbour", "--format", "json"),
)  # fmt: skip


def answers(root, command):
    """Give what each command prints, without the folder."""
    given = [command(*words, "--root", root)[:2] for words in SAID]
    return [(status, re.sub("/(three|four)/", "/", out)) for status, out in given]


@pytest.mark.slow
def test_what_commands_print_and_studies_read_is_the_same_in_two_worlds(worlds, command):
    three, four = worlds("protected")
    assert answers(three, command) == answers(four, command)
    one, other = (read_processed(root, "harbour") for root in (three, four))
    pd.testing.assert_frame_equal(one, other)
    gone = one[one["status"] == "suppressed"]
    assert set(gone["area"]) == {"east", "west"}, "the city and the south are told"
    verdicts = command("assess", "harbour", "--area", "east", "--format", "json", "--root", three)
    assert {row["verdict"] for row in verdicts.rows} == {"no_data", "tracked"}


@pytest.mark.slow
def test_it_is_not_where_the_counts_are_public(worlds, command):
    three, four = worlds("published")
    assert answers(three, command) != answers(four, command)


@pytest.mark.slow
def test_all_that_is_written_is_the_same_in_two_worlds(worlds, command):
    three, four = worlds("protected")
    for root in (three, four):
        ledger = root / "ledger.csv"
        made = command("report", "harbour", "--root", root, "--ledger", ledger, "-j", 1)
        assert made.status == 0, made.err
    one, other = told(three / "reports"), told(four / "reports")
    assert {"harbour/verdicts.csv", "harbour/en/east/summary.json"} <= one.keys()
    assert b'"reason": "suppressed"' in one["harbour/en/east/summary.json"]
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []
    assert (three / "ledger.csv").read_bytes() == (four / "ledger.csv").read_bytes()
    page = one["harbour/en/east/report.html"].decode()
    assert "suppressed for disclosure" in page
    assert "fewer than 10 persons are withheld" in page
    again = command("report", "harbour", "--root", three, "-j", 1)
    assert "unchanged" in again.out, "the ledger that the release wrote changes nothing"


@pytest.mark.slow
def test_every_page_of_what_is_internal_says_so(worlds, command):
    root, _ = worlds("internal")
    made = command("report", "harbour", "--root", root, "--lang", "en", "-j", 1)
    assert made.status == 0, made.err
    pages = sorted((root / "reports").rglob("*.html"))
    assert len(pages) > 4
    for page in pages:
        text = page.read_text("utf-8")
        assert "Internal, not for release" in text or "内部资料，不得对外公布" in text, page


@pytest.mark.slow
def test_tables_that_are_taken_away_say_so_too(worlds, command):
    import openpyxl

    root, _ = worlds("internal")
    made = command("report", "harbour", "--root", root, "--lang", "en", "-j", 1)
    assert made.status == 0, made.err
    tables = [path for path in (root / "reports").rglob("*.csv") if "columns" not in path.name]
    assert {"data.csv", "verdicts.csv", "bulletin.csv"} <= {path.name for path in tables}
    for path in tables:
        assert (pd.read_csv(path)["disclosure"] == "internal").all(), path
    (book,) = (root / "reports").rglob("verdicts.xlsx")
    rows = list(openpyxl.load_workbook(book)["verdicts"].values)
    at = rows[0].index("disclosure")
    assert {row[at] for row in rows[1:]} == {"internal"}
    for path in (root / "reports").rglob("summary.json"):
        assert '"disclosure": "internal"' in path.read_text("utf-8")


@pytest.mark.slow
def test_nobody_is_asked_for_what_is_there_and_withheld(worlds, command):
    import openpyxl

    root, _ = worlds("protected")
    out = root / "asked.xlsx"
    done = command("template", "harbour", "--root", root, "--lang", "en", "--out", out)
    assert done.status == 0, done.err
    asked = list(openpyxl.load_workbook(out).active.values)
    years = {row[asked[0].index("Year")] for row in asked[1:]}
    assert years
    assert not years & set(YEARS)


def test_without_a_word_a_study_is_protected(worlds, command):
    root, _ = worlds("published")
    path = root / "data" / "definitions" / "studies" / "harbour.yaml"
    path.write_text(path.read_text("utf-8").replace("disclosure: published\n", ""), "utf-8")
    built = command("build", "harbour", "--root", root)
    assert built.status == 0
    assert built.out.endswith("; 28 of 56 figures are withheld\n"), "of two districts, seven years"
    table = read_processed(root, "harbour")
    assert (table.loc[table["area"] == "east", "status"] == "suppressed").all()
    path.write_text(path.read_text("utf-8") + "disclosure: secret\n", "utf-8")
    refused = command("check", "--root", root)
    assert refused.status == 1
    assert "disclosure" in refused.err
