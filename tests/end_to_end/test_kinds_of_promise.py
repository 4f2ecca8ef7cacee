"""Promises of every kind, said in definitions alone: checked, judged and shown in a report."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml

from edu_metrics import report as rep
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DefinitionError
from edu_metrics.observations import build, write_processed
from edu_metrics.observations.building import processed_path

NAMES = {"zh": "名", "en": "Name"}
DEFINITIONS: dict[str, Any] = {
    "sources": [
        {"id": "book", "title": NAMES, "publisher": NAMES, "licence": "public", "read": "original"}
    ],
    "areas": [
        {"id": "nation", "name": {"zh": "全国", "en": "Nation"}, "level": "nation"},
        {"id": "county", "name": {"zh": "山县", "en": "Hill"}, "level": "city", "parent": "nation"},
        *(
            {"id": name, "name": {"zh": name, "en": name}, "level": "district", "parent": "county"}
            for name in ("east", "west", "south", "north")
        ),
    ],
    "quantities": [
        {
            "id": "passed",
            "name": {"zh": "及格", "en": "Passed"},
            "unit": "persons",
            "form": "count",
        },
        {"id": "sat", "name": {"zh": "参考", "en": "Sat"}, "unit": "persons", "form": "count"},
        {"id": "money", "name": {"zh": "经费", "en": "Money"}, "unit": "yuan", "form": "money"},
    ],
    "indicators": [
        {
            "id": "pass_rate",
            "name": {"zh": "及格率", "en": "Pass rate"},
            "unit": "percent",
            "formula": "share",
            "inputs": {"part": "passed", "whole": "sat"},
            "better": "higher",
            "bounds": [0, 100],
            "citation": {"source": "book", "locator": "1"},
        },
        {
            "id": "budget",
            "name": {"zh": "经费", "en": "Budget"},
            "unit": "yuan",
            "formula": "count",
            "inputs": {"value": "money"},
            "better": "higher",
            "bounds": [0, None],
            "citation": {"source": "book", "locator": "2"},
        },
    ],
    "breaks": [],
    "assumptions": [],
    "plans/plan": {
        "id": "plan",
        "title": NAMES,
        "source": "book",
        "issued": "2020-12-02",
        "first_year": 2021,
        "last_year": 2025,
        "areas": ["county", "east", "west", "south", "north"],
    },
    "studies/study": {
        "id": "study",
        "title": NAMES,
        "plan": "plan",
        "areas": ["county", "east", "west", "south", "north"],
        "compare_with": ["nation"],
        "observations": [{"type": "file", "path": "*.csv"}],
        "as_of": "2021-06-30",
        "note": NAMES,
    },
}
HEADER = "place,quantity,year,value,bound,unit,status,source,published,note"
SECTIONS = (
    rep.show_head,
    rep.show_promises,
    rep.show_measured,
    rep.show_missing,
    rep.show_required_pace,
    rep.show_outlook,
    rep.show_verdicts,
    rep.show_status_rules,
    rep.show_years_reached,
    rep.show_precedents,
    rep.show_requirements,
    rep.show_sensitivity,
    rep.show_joint,
    rep.show_touching,
    rep.show_followed,
    rep.show_assumptions,
)


def target(name: str, *conditions: Any, reading: Any = None, **more: Any) -> dict[str, Any]:
    """Write a target of one reading."""
    said = {"conditions": list(conditions)} if reading is None else reading
    usual = {
        "id": name,
        "title": {"zh": f"目标{name}", "en": f"Target {name}"},
        "article": "1",
        "tier": "numeric",
        "kind": "level",
        "indicator": "pass_rate",
        "areas": ["county"],
        "population": NAMES,
        "unit": "percent",
        "better": "higher",
        "deadline": 2025,
        "quote": "words",
        "locator": "1",
        "readings": [{"id": "usual", "label": NAMES, "default": True, **said}],
    }
    return usual | more


class Project:
    """A project folder; its table is made of rows such as ``("east", "sat", 2020, 100)``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.held = json.loads(json.dumps(DEFINITIONS))

    def write(self, targets: list[dict[str, Any]], rows: Any = (), header: str = HEADER) -> None:
        self.held["plans/plan"]["targets"] = targets
        for name, content in self.held.items():
            path = self.root / "data" / "definitions" / f"{name}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
            # A date is no text in YAML.
            path.write_text(re.sub(r"'(\d{4}-\d\d-\d\d)'", r"\1", text), "utf-8")
        raw = self.root / "data" / "raw"
        raw.mkdir(parents=True, exist_ok=True)
        with (raw / "t.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split(","))
            units = {"money": "元", "rate_pct": "%"}
            for place, quantity, year, value, *more in rows:
                published = f"{int(str(year)[:4]) + 2}-01-01" if "-" in str(year) else None
                writer.writerow(
                    [place, quantity, *more, year, value, "exact", units.get(quantity, "人"),
                     "reported", "book", published or f"{int(str(year)[:4]) + 1}-03-01", ""]
                )  # fmt: skip
        digest = hashlib.sha256((raw / "t.csv").read_bytes()).hexdigest()
        (raw / "t.csv.source.yaml").write_text(
            f"source: book\nlicence: public\nsha256: {digest}\n", "utf-8"
        )

    def faults(self, targets: list[dict[str, Any]]) -> str:
        self.write(targets)
        with pytest.raises(DefinitionError) as caught:
            load_catalog(self.root)
        return "\n".join(caught.value.faults)

    def report(self, area: str = "county", lang: str = "en") -> Any:
        catalog = load_catalog(self.root)
        table = build(catalog, "study")
        write_processed(table, processed_path(self.root, "study"))
        return rep.open_report("study", area, lang, self.root)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def rates(area: str, passed: list[int], first: int = 2015, sat: int = 1000) -> list[Any]:
    """Make the counts behind a pass rate."""
    years = range(first, first + len(passed))
    return [
        row
        for year, number in zip(years, passed, strict=True)
        for row in ((area, "passed", year, number), (area, "sat", year, sat))
    ]


def told(report: Any) -> str:
    """Give the text of all sections, each of which must come out."""
    return unescape(" ".join(str(show(report)) for show in SECTIONS))


def test_what_kind_of_promise_it_is_stands_with_it_and_groups_it(project):
    level = {"type": "level", "at": {2025: ">=95"}}
    done = {"type": "level", "at": {2020: ">=80"}}
    bureau = {"zh": "教育局", "en": "Education bureau"}
    project.write(
        [
            target("a", level, obligation="binding", priority="high", responsible=bureau),
            target("b", done, obligation="binding", deadline=2020),
            target("c", level, obligation="expected", responsible=bureau),
            target("d", level),
        ],
        rates("county", [700, 720, 735, 760, 790, 810]),
    )
    for lang, binding, silent in (("en", "binding", "not said"), ("zh", "约束性", "未注明")):
        report = project.report(lang=lang)
        promises = report.tables["promises"].set_index("target")
        assert promises.loc["a", "obligation"] == promises.loc["b", "obligation"] == binding
        assert promises["responsible"].notna().tolist() == [True, False, True, False]
        shown = unescape(str(rep.show_promises(report)))
        assert bureau[lang] in shown
        (row,) = re.findall(rf"<tr><td>[^<]*</td><td>{binding}</td>.*?</tr>", shown)
        assert ">2<" in row
        (row,) = re.findall(rf"<tr><td>{'Obligation' if lang == 'en' else '目标属性'}</td>"
                            rf"<td>{silent}</td>.*?</tr>", shown)  # fmt: skip
        assert ">1<" in row


def test_a_plan_that_sorts_its_targets_by_nothing_shows_no_groups(project):
    project.write([target("a", {"type": "level", "at": {2025: ">=95"}})],
                  rates("county", [700, 720, 735, 760, 790, 810]))  # fmt: skip
    shown = str(rep.show_promises(project.report()))
    assert "Obligation" not in shown
    assert "Grouped by" not in shown


def test_another_word_for_an_obligation_is_a_fault(project):
    level = {"type": "level", "at": {2025: ">=95"}}
    found = project.faults([target("a", level, obligation="mandatory", priority=1, respnsible="x")])
    assert "obligation: expected one of 'binding' or 'expected', found 'mandatory'" in found
    assert "priority: expected one of" in found
    assert "respnsible: unknown key; did you mean 'responsible'?" in found
