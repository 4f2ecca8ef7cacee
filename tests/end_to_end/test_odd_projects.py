"""
Projects in other places, words and units: from `new` through every verb, in definitions alone.

Each folder of tests/odd_projects holds the definitions of one and its table, typed out; every place
and number is invented. The table is brought in as a workbook.
"""

from __future__ import annotations

import csv
import hashlib
import html
import re
import shutil
from pathlib import Path

import docx
import openpyxl
import pytest
import yaml

pytestmark = pytest.mark.slow

PROJECTS = Path(__file__).parents[1] / "odd_projects"
#: Words that a mapping tells, kept beside the definitions.
MAPPING = "mapping.yaml"


def typed(cell: str) -> str | float:
    """Give a cell as a spreadsheet keeps it."""
    try:
        return float(cell)
    except ValueError:
        return cell


def keep_document(root: Path, document: Path) -> None:
    """Put the plan's text where its source names it, with a seal."""
    path = root / "data" / "raw" / "plan_text" / document.name
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(document, path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    sidecar = path.with_name(f"{path.name}.source.yaml")
    sidecar.write_text(f"source: plan_text\nsha256: {digest}\n", "utf-8")


def write_workbook(table: Path, path: Path) -> Path:
    book = openpyxl.Workbook()
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            book.active.append([typed(cell) if cell else None for cell in row])
    book.save(path)
    return path


@pytest.fixture
def made(tmp_path, command):
    """Make a project from `new`, put definitions in, bring its table, and report it."""

    def make(name: str, lang: str, published: str = "2024-06-01"):
        root = tmp_path / name
        assert command("new", root, "--lang", "zh" if lang == "zh" else "en").status == 0
        definitions = root / "data" / "definitions"
        for example in ("plans", "studies"):
            shutil.rmtree(definitions / example)
        shutil.rmtree(root / "data" / "raw" / "numbers")
        shutil.copytree(PROJECTS / name, definitions, dirs_exist_ok=True,
                        ignore=shutil.ignore_patterns("*.csv", "*.txt", MAPPING))  # fmt: skip
        keep_document(root, PROJECTS / name / "plan.txt")
        drafted = command("draft", PROJECTS / name / "plan.txt", "--out", tmp_path / "draft")
        assert drafted.status == 0, drafted.err
        sheet = write_workbook(PROJECTS / name / "table.csv", tmp_path / "table.xlsx")
        told = ["--source", "yearbook", "--published", published]
        if (PROJECTS / name / MAPPING).exists():
            told += ["--mapping", PROJECTS / name / MAPPING]
        for words in (
            ("check",),
            ("intake", sheet, "--study", "study", *told),
            ("audit", "plan", "--lang", lang),
            ("report", "study"),
        ):
            done = command(*words, "--root", root)
            assert done.status == 0, done.out + done.err
        rows = command("assess", "study", "--root", root, "--format", "json").rows
        return root, {(row["area"], row["target"]): row for row in rows}

    return make


def page_of(root: Path, lang: str, area: str) -> str:
    page = root / "reports" / "study" / lang / area / "report.html"
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", page.read_text("utf-8"), flags=re.S)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)))


def test_a_prefecture_with_counties_and_school_years(made):
    root, found = made("steppe", "zh", published="2023-06-01")
    told = {name: row for (area, name), row in found.items() if area == "steppe"}
    # 1 200 and 1 400 places of the 6 000 are there, and three years are left.
    assert told["places"]["gap"] == pytest.approx(6000 - 2600)
    assert told["places"]["required_pace"] == pytest.approx((6000 - 2600) / 3)
    # 900 million in 2020, 8 % more in each of five years; 1 056 million in 2022.
    assert told["spending"]["gap"] == pytest.approx(900e6 * 1.08**5 - 1056e6, rel=1e-6)
    # 78.4, 80.8 and 77.9 % reach 70 in 2022, and the 67.1 % of the west don't.
    assert told["most"]["verdict"] == "met"
    for name in ("kindergarten", "retention", "everywhere"):
        assert 0 < told[name]["probability"] < 1
    page = page_of(root, "zh", "steppe")
    for shown in ("约束性", "预期性", "旗县", "年都在8%的增长线上", "3,400"):
        assert shown in page, shown


def test_a_country_with_a_currency_an_index_groups_and_schools(made):
    root, found = made("crownland", "en")
    told = {name: row for (area, name), row in found.items() if area == "crownland"}
    assert told["money"]["gap"] == pytest.approx(9500 - 6960e6 / 844_000)
    # From 7.1 to 8 in seven years.
    assert told["climate"]["required_pace"] == pytest.approx((8 - 7.1) / 7)
    assert 0 < told["climate"]["interval"][0] < told["climate"]["interval"][1] < 10
    # 24 points apart in 2022, 23 in 2023, and 12 asked: at that pace 16 are left in 2030.
    assert told["gap"]["verdict"] == "unlikely"
    # First of eight regions; three of its five schools are at 7 or nearly so.
    assert found["ash", "quartile"]["verdict"] == "met"
    assert 0 < found["ash", "schools"]["probability"] < 1
    page = page_of(root, "en", "crownland")
    for shown in ("crowns a pupil", "poorest fifth", "School climate"):
        assert shown in page, shown


def test_a_study_in_portuguese_alone(made):
    root, found = made("serra", "pt")
    # 828 of 13 270 pupils left in 2020, and 697 of 13 255 in 2023.
    gap = 100 * 697 / 13_255 - 50 * 828 / 13_270
    assert found["serra", "dropout"]["gap"] == pytest.approx(gap)
    assert {row["verdict"] for (_, name), row in found.items() if name == "creches"} == {"met"}
    page = page_of(root, "pt", "serra")
    for shown in ("cumprida", "Taxa de abandono", "pessoas", "metade de 2020 em 2025"):
        assert shown in page, shown


def drafts_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "draft.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", ["steppe", "crownland", "serra"])
def test_every_number_of_the_document_is_drafted_or_listed(name, command, tmp_path):
    document = PROJECTS / name / "plan.txt"
    assert command("draft", document, "--out", tmp_path / "draft").status == 0
    content = drafts_of(tmp_path / "draft")
    text = (tmp_path / "draft" / "source.txt").read_text("utf-8")
    spans = [one["span"] for one in content["promises"]]
    spans += [(one["start"], one["end"]) for one in content["not_taken"]]
    lost = [m[0] for m in re.finditer(r"\d+(?:[.,]\d+)*", text)
            if not any(first <= m.start() < last for first, last in spans)]  # fmt: skip
    assert lost == []


def test_a_prefecture_s_plan_is_drafted_as_it_was_encoded(command, tmp_path):
    document = PROJECTS / "steppe" / "plan.txt"
    assert command("draft", document, "--out", tmp_path / "draft").status == 0
    found = {
        (one["fields"]["type"]["is"], one["fields"]["value"]["is"], one["fields"]["year"]["is"])
        for one in drafts_of(tmp_path / "draft")["promises"]
    }
    assert found >= {("level", 92, 2025), ("cumulative", 6000, 2025), ("yearly_change", 8, 2025),
                     ("level", 75, 2025), ("level", 70, 2022)}  # fmt: skip


def test_a_county_starts_from_a_document_and_a_table_alone(command, tmp_path):
    sheet = write_workbook(PROJECTS / "delta" / "table.csv", tmp_path / "table.xlsx")
    document = docx.Document()
    for line in (PROJECTS / "delta" / "plan.txt").read_text("utf-8").splitlines():
        document.add_paragraph(line)
    document.save(tmp_path / "plan.docx")
    root, folder = tmp_path / "delta", tmp_path / "draft"
    areas = ("--area", "northside", "--area", "southside")
    for words in (
        ("draft", tmp_path / "plan.docx", "--out", folder),
        ("new", root, "--lang", "en", "--from", sheet, "--invented"),
        ("accept", folder, "--yes", "p001", "--no", "p002", "--no", "p003", *areas, "--root", root),
        ("check", "--root", root),
        ("audit", "plan", "--lang", "en", "--root", root),
        ("report", "study", "--root", root),
    ):
        done = command(*words)
        assert done.status == 0, done.out + done.err
    assert "unverified" not in command("check", "--root", root).out
    rows = command("assess", "study", "--root", root, "--format", "json").rows
    found = {row["area"]: row for row in rows}
    # 497 of 645 and 219 of 303 in 2023, and 80 % asked of both.
    assert found["northside"]["gap"] == pytest.approx(80 - 100 * 497 / 645)
    assert found["southside"]["gap"] == pytest.approx(80 - 100 * 219 / 303)
    assert "at least 80 % in 2026" in page_of(root, "en", "northside")
    # A promise that is opened again makes the plan a draft, which is not judged.
    text = (folder / "draft.yaml").read_text("utf-8")
    (folder / "draft.yaml").write_text(text.replace("decision: reject", "decision: open"), "utf-8")
    assert command("accept", folder, "--root", root).status == 0
    for verb in ("assess", "report"):
        refused = command(verb, "study", "--root", root)
        assert refused.status == 1
        assert "is a draft" in refused.err
