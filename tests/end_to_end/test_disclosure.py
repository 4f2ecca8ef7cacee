"""
Nothing that leaves tells two worlds apart that differ in a few persons only.

In one, three pupils of whom two pass; in the other, four of whom one does: their neighbours make
up for it, so that all that may be known is the same. What is spent on them differs as they do, and
so do the girls among them. What is written or said has to be the same.
"""

from __future__ import annotations

import re
import shutil
import zipfile

import pandas as pd
import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.explorer import routes
from edu_metrics.observations import read_processed
from edu_metrics.report import prepare
from edu_metrics.serving import Request

HEADER = "place,quantity,group,year,value,bound,unit,status,source,published,note"
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
        line(area, quantity, year, value)
        for area, of in numbers.items()
        for at, year in enumerate(YEARS)
        for quantity, value in zip(("pupils", "passing"), of(at), strict=True)
    ]


def line(area: str, quantity: str, year: int, value: int, unit: str = "persons") -> str:
    return f"{area},{quantity},{year},{value},exact,{unit},reported,rules,{year + 1}-03-01,"


def money_and_schools(few: int) -> list[str]:
    """Give what is spent at 20,000 a head, and halls, of which the east has one."""
    pupils = {"east": few, "west": 103 - few, "south": 200, "port": 303}
    halls = {"east": 1, "west": 4, "south": 9, "port": 14}
    return [
        *(line(area, "spending", year, 20_000 * of, "yuan") for area, of in pupils.items()
          for year in YEARS),
        *(line(area, "halls", year, of, "schools") for area, of in halls.items()
          for year in YEARS),
    ]  # fmt: skip


def girls(few: int) -> list[str]:
    """Give the girls, of whom the west has what the east has less of: 150 in the city."""
    numbers = {"east": (few - 1, 1), "west": (51 - few, 40), "south": (100, 70)}
    numbers["port"] = (150, 111)
    return [
        line(area, f"{quantity},girls", year, value)
        for area, of in numbers.items()
        for year in YEARS
        for quantity, value in zip(("pupils", "passing"), of, strict=True)
    ]


SPENDING = """
- {id: spending, name: {zh: 经费, en: Spending}, unit: yuan, form: money}
"""
SPENT = """
- id: spending_per_pupil
  name: {zh: 生均经费, en: Spending per pupil}
  unit: yuan_per_pupil
  formula: per_head
  inputs: {amount: spending, persons: pupils}
  better: higher
  bounds: [0, null]
  citation: {source: rules, locator: art. 2}
- id: number_of_halls
  name: {zh: 体育馆数, en: Number of halls}
  unit: schools
  formula: count
  inputs: {value: halls}
  better: higher
  bounds: [0, null]
  citation: {source: rules, locator: art. 2}
"""
TARGET = """
  - id: {id}
    title: {{zh: {id}, en: {id}}}
    article: "4"
    tier: numeric
    kind: level
    indicator: {indicator}
    areas: [port, east, west]
    population: {{zh: 全市, en: whole city}}
    unit: {unit}
    better: higher
    {group}deadline: 2022
    quote: 2022年达到{level}
    locator: 第4条
    readings:
      - {{id: at_least, label: {{zh: 不低于, en: or more}}, default: true,
         conditions: [{{type: level, at: {{2022: ">={level}"}}}}]}}
"""


def promise_more(root):
    """Let the plan promise money, halls and something for girls."""
    folder = root / "data" / "definitions"
    kinds = ("spent", "spending_per_pupil", "yuan_per_pupil", "", 25_000), (
        "built", "number_of_halls", "schools", "", 20,
    ), ("girls_pass", "pass_rate", "percent", "group: girls\n    ", 90)  # fmt: skip
    names = ("id", "indicator", "unit", "group", "level")
    for file, text in {
        "quantities.yaml": SPENDING,
        "indicators.yaml": SPENT,
        "groups.yaml": "- {id: girls, name: {zh: 女, en: Girls}}\n",
        "plans/harbour.yaml": "".join(
            TARGET.format(**dict(zip(names, kind, strict=True))).lstrip("\n") for kind in kinds
        ),
    }.items():
        path = folder / file
        before = path.read_text("utf-8") if path.is_file() else ""
        path.write_text(before + text, "utf-8")


@pytest.fixture
def worlds(tmp_path, new_project, add_raw, shipped_root):
    """Make the project of each world, in folders of one name, with the notebooks as shipped."""

    def make(mode: str):
        roots = []
        for name, few in WORLDS.items():
            root = new_project(tmp_path / name / "project")
            add_raw(root, "counts.csv", rows(*few))
            add_raw(root, "money.csv", money_and_schools(few[0]))
            add_raw(root, "girls.csv", girls(few[0]), header=HEADER)
            promise_more(root)
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
    assert set(gone.loc[gone["group"] == "all", "area"]) == {"east", "west"}
    assert "port" not in set(gone["area"]), "the city is told"
    assert set(gone["quantity"]) == {"pupils", "passing", "spending"}, "a hall is no secret"
    assert set(gone["group"]) == {"all", "girls"}
    verdicts = command("assess", "harbour", "--area", "east", "--format", "json", "--root", three)
    of_few = {row["verdict"] for row in verdicts.rows if row["target"] != "built"}
    assert of_few == {"no_data", "tracked"}


def page_of(root, area, target):
    """Give what the explorer answers of an area and a target."""
    pages = routes(load_catalog(root), "harbour", area, target, "en", prepare)
    asked = Request({"study": "harbour", "area": area, "target": target})
    return pages["GET /"](asked).body


@pytest.mark.slow
def test_the_explorer_says_the_same_in_two_worlds(worlds):
    three, four = worlds("protected")
    for area in ("east", "west"):
        for target in ("pass_2022", "spent", "girls_pass"):
            assert page_of(three, area, target) == page_of(four, area, target)


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
    assert built.out.endswith("; 77 of 168 figures are withheld\n"), "eleven, in seven years"
    table = read_processed(root, "harbour")
    of_few = (table["area"] == "east") & (table["quantity"] != "halls")
    assert (table.loc[of_few, "status"] == "suppressed").all()
    path.write_text(path.read_text("utf-8") + "disclosure: secret\n", "utf-8")
    refused = command("check", "--root", root)
    assert refused.status == 1
    assert "disclosure" in refused.err
