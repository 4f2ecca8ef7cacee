"""A small project whose notebooks fail where a test wants them to, and a way to give commands."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest

from edu_metrics import cli

DEFINITIONS = {
    "sources": """
- {id: rules, title: {zh: 办法, en: Rules}, publisher: {zh: 教育部, en: Ministry}, licence: public,
   read: original, url: "https://example.org/rules?a=1&b=2"}
- {id: invention, title: {zh: 模拟, en: Simulation}, publisher: {zh: 本工具, en: This toolkit},
   licence: MIT, read: original}
""",
    "areas": """
- {id: port, name: {zh: 港城市, en: Port City}, aliases: [港城], level: city}
- {id: east, name: {zh: 东区, en: East}, level: district, parent: port}
- {id: west, name: {zh: 西区, en: West}, level: district, parent: port}
- {id: south, name: {zh: 南区, en: South}, level: district, parent: port}
- {id: dream, name: {zh: 梦城, en: Dream City}, level: city, invented: true}
""",
    "quantities": """
- {id: pupils, name: {zh: 学生, en: Pupils}, unit: persons, form: count}
- {id: passing, name: {zh: 及格人数, en: Passing pupils}, unit: persons, form: count}
- {id: halls, name: {zh: 体育馆, en: Sports halls}, unit: schools, form: count}
""",
    "indicators": """
- id: pass_rate
  name: {zh: 及格率, en: Pass rate}
  unit: percent
  formula: share
  inputs: {part: passing, whole: pupils}
  better: higher
  bounds: [0, 100]
  citation: {source: rules, locator: art. 1}
""",
    "breaks": "[]",
    "assumptions": "[]",
    "plans/harbour": """
id: harbour
title: {zh: 港城计划, en: Harbour plan}
source: rules
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [port]
targets:
  - id: pass_2020
    title: {zh: "2020年及格率", en: Pass rate in 2020}
    article: "1"
    tier: numeric
    kind: level
    indicator: pass_rate
    areas: [port]
    population: {zh: 全市, en: whole city}
    unit: percent
    better: higher
    deadline: 2020
    quote: 2020年及格率达到80%[注]
    locator: 第1条
    readings:
      - {id: at_least, label: {zh: 不低于80%, en: 80 % or more}, default: true,
         conditions: [{type: level, at: {2020: ">=80"}}]}
      - {id: above, label: {zh: 高于80%, en: above 80 %},
         conditions: [{type: level, at: {2020: ">80"}}]}
  - id: pass_2022
    title: {zh: "2022年及格率", en: Pass rate in 2022}
    article: "2"
    tier: numeric
    kind: level
    indicator: pass_rate
    areas: [port]
    population: {zh: 全市, en: whole city}
    unit: percent
    better: higher
    deadline: 2022
    quote: 2022年及格率达到90%
    locator: 第2条
    readings:
      - {id: at_least, label: {zh: 不低于90%, en: 90 % or more}, default: true,
         conditions: [{type: level, at: {2022: ">=90"}}]}
  - {id: contest, title: {zh: 办比赛, en: Hold a contest}, article: "3", tier: dated,
     kind: milestone, indicator: null, areas: [east], population: {zh: 全市, en: whole city},
     unit: none, better: reach, deadline: 2021, quote: 到2021年办一次比赛, locator: 第3条}
""",
    "studies/harbour": """
id: harbour
title: {zh: 港城研究, en: Harbour study}
plan: harbour
areas: [port, east, west, south]
observations: [{type: file, path: "bureau/*.csv"}]
as_of: 2021-06-30
disclosure: published
note: {zh: 说明, en: Note}
""",
    "studies/english": """
id: english
title: {zh: 英文研究, en: English study}
plan: harbour
areas: [port]
observations: [{type: file, path: "bureau/*.csv"}]
as_of: 2021-06-30
disclosure: published
languages: [en]
note: {zh: 说明, en: Note}
""",
}

HEADER = "place,quantity,year,value,bound,unit,status,source,published,note"


def cell(kind: str, source: str, *tags: str) -> nbformat.NotebookNode:
    make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    return make(source, metadata={"tags": list(tags)} if tags else {})


KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PARAMETERS = 'study = ""  # str: study\nlang = ""  # str: language\nroot = ""  # str: project\n'


def notebook(path: Path, *cells: nbformat.NotebookNode) -> Path:
    """Write a notebook that needs nothing of the package, and so starts at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = nbformat.v4.new_notebook(cells=list(cells), metadata=KERNEL)
    path.write_text(nbformat.writes(book), "utf-8")
    return path


def city_notebook(root: Path) -> Path:
    return notebook(
        root / "notebooks" / "city_overview.ipynb",
        cell("code", PARAMETERS + 'out = ""  # str: folder\n', "parameters"),
        cell("markdown", "## 对照", "zh"),
        cell("markdown", "## Side by side", "en"),
    )


def district_notebook(root: Path, *cells: nbformat.NotebookNode, declared: str = "area") -> Path:
    parameters = PARAMETERS + f'{declared} = ""  # str: area\nout = ""  # str: folder\n'
    return notebook(
        root / "notebooks" / "district_report.ipynb",
        cell("code", parameters, "parameters"),
        cell("markdown", "## 中文", "zh"),
        cell("markdown", "## English", "en"),
        *cells,
    )


def write_raw(root: Path, name: str, lines: list[str], header: str = HEADER) -> Path:
    path = root / "data" / "raw" / "bureau" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    content = "\n".join([header, *lines, ""]).encode()
    path.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    path.with_name(f"{name}.source.yaml").write_text(f"source: rules\nsha256: {digest}\n", "utf-8")
    return path


def counts(area: str, quantity: str, first: int, *values: int) -> list[str]:
    return [
        f"{area},{quantity},{year},{value},exact,persons,reported,rules,{year + 1}-03-01,"
        for year, value in enumerate(values, start=first)
    ]


def make_project(root: Path) -> Path:
    for name, text in DEFINITIONS.items():
        path = root / "data" / "definitions" / f"{name}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    passing = {
        "east": (35, 38, 36, 39, 38, 40, 41),
        "west": (39, 38, 41, 40, 41, 40, 43),
        "south": (36, 33, 35, 38, 36, 39, 36),
    }
    lines = []
    for area, numbers in passing.items():
        lines += counts(area, "pupils", 2014, *[50] * 7) + counts(area, "passing", 2014, *numbers)
    write_raw(root, "counts.csv", lines)
    city_notebook(root)
    district_notebook(root)
    return root


@pytest.fixture
def project(tmp_path):
    """Give a small project of this test's own."""
    return make_project(tmp_path / "project")


@pytest.fixture(scope="session")
def shipped_root():
    """Give the folder of this project."""
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def rewrite():
    """Keep those lines of a project's raw file that a test wants to keep."""

    def keep(root: Path, wanted: Callable[[str], bool]) -> None:
        lines = (root / "data" / "raw" / "bureau" / "counts.csv").read_text("utf-8").splitlines()
        write_raw(root, "counts.csv", [line for line in lines[1:] if wanted(line)])

    return keep


@pytest.fixture(scope="session")
def add_raw():
    """Write a raw file of a project, with its seal."""
    return write_raw


@pytest.fixture(scope="session")
def notebook_of():
    """Write the notebook of a project's area reports, with further cells, and parameters."""
    return district_notebook


@pytest.fixture(scope="session")
def new_project():
    """Make a small project in a folder."""
    return make_project


@pytest.fixture(scope="session")
def code():
    """Make a cell of code."""
    return lambda source, *tags: cell("code", source, *tags)


class Result(NamedTuple):
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def rows(self):
        return json.loads(self.out)


@pytest.fixture
def command(monkeypatch, capfd, tmp_path):
    """Give a command as a user would, from a folder that is no project."""
    monkeypatch.chdir(tmp_path)

    def give(*words: object) -> Result:
        monkeypatch.setattr(sys, "argv", ["edu-metrics", *map(str, words)])
        status: object = 0
        try:
            cli.run()
        except SystemExit as end:
            status = end.code
        out, err = capfd.readouterr()
        assert "Traceback" not in err, err
        return Result(0 if status is None else int(str(status)), out, err)

    return give


@pytest.fixture(scope="session")
def left_behind():
    """List what a run that did not clean up would leave below a folder."""

    def find(folder: Path) -> list[str]:
        return sorted(
            os.path.relpath(path, folder)
            for path in folder.rglob(".*")
            if path.name.endswith((".part", ".draft"))
        )

    return find
