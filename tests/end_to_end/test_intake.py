"""A table from a researcher's desk to the verdict, and back as a form: the verbs on tables."""

from __future__ import annotations

import csv
import io
import subprocess
import sys

import openpyxl
import pandas as pd
import pytest
import yaml

from edu_metrics.catalog import load_catalog
from edu_metrics.observations import read_processed

pytestmark = pytest.mark.slow

TABLE = """地区,年份,学生（人）,及格人数
东　区,2021年,５０,41
西区,2021年,50,43
南区,2021年,50,*
合计,2021年,150,120
注：虚构,,,
"""
COMMAND = [sys.executable, "-c", "from edu_metrics.cli import run; run()"]
TOLD = ["--source", "rules", "--published", "2022-03-01"]


@pytest.fixture
def em(project):
    """Give a command to the project."""

    def run(*arguments, check=True):
        done = subprocess.run(
            [*COMMAND, *map(str, arguments), "--root", str(project)],
            capture_output=True,
            text=True,
        )
        assert not check or done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "figures.csv"
    path.write_text(TABLE, "utf-8")
    return path


def files_of(project):
    return {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in sorted(project.rglob("*"))
        if path.is_file() and "processed" not in path.parts
    }


def numbers(project, year=2021):
    table = read_processed(project, "harbour")
    rows = table[table["year"] == year]
    keys = zip(rows["area"], rows["quantity"], strict=True)
    return dict(zip(keys, rows["value"], strict=True))


def test_a_table_goes_into_the_study_sealed_and_logged(em, project, table):
    em("intake", table, "--study", "harbour", *TOLD)
    stored = project / "data" / "raw" / "ministry" / "2022-03-01" / "figures.csv"
    assert stored.read_text("utf-8") == TABLE
    sidecar = yaml.safe_load(stored.with_name("figures.csv.source.yaml").read_text("utf-8"))
    assert sidecar["source"] == "rules"
    assert sidecar["intake"]["published"] == "2022-03-01"
    log = stored.with_name("figures.csv.log.csv").read_text("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(log)))
    assert list(rows[0]) == ["file", "sheet", "cell", "raw", "parsed", "rule"]
    assert {"file": "figures.csv", "sheet": "", "cell": "C2", "raw": "５０", "parsed": "50",
            "rule": "full_width"} in rows  # fmt: skip
    found = numbers(project)
    assert found["east", "pupils"] == 50
    assert found["west", "passing"] == 43
    assert pd.isna(found["south", "passing"])
    assert len(found) == 6


def test_a_second_time_adds_nothing(em, project, table):
    em("intake", table, "--study", "harbour", *TOLD)
    before = files_of(project)
    said = em("intake", table, "--study", "harbour", *TOLD).stdout
    assert "nothing was added" in said
    assert files_of(project) == before


def test_the_study_names_the_file_and_keeps_its_other_lines(em, project, table):
    path = project / "data" / "definitions" / "studies" / "harbour.yaml"
    old = path.read_text("utf-8").splitlines()
    em("intake", table, "--study", "harbour", *TOLD)
    new = path.read_text("utf-8").splitlines()
    (changed,) = [line for line in new if line not in old]
    assert '[{type: file, path: "ministry/2022-03-01/figures.csv"}, ' in changed
    assert len(new) == len(old)


def test_a_dry_run_writes_nothing(em, project, table):
    before = files_of(project)
    done = em("intake", table, "--study", "harbour", *TOLD, "--dry-run")
    assert "6 observations would be taken in" in done.stdout
    assert "C2,５０,50,full_width" in done.stderr
    assert files_of(project) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TABLE.replace("西区", "北城"), "1 area name(s) unknown: 北城"),
        (TABLE.replace("43", "53"), "above its whole"),
        (TABLE.replace("2021年", "2020年"), "expected one row for each area"),
    ],
    ids=["unknown", "alone", "beside what is there"],
)
def test_what_does_not_fit_leaves_no_trace(em, project, table, text, words):
    if words.startswith("expected"):  # the same year and day as a figure of the first table
        text = text.replace("43", "40")
    em("build", "harbour")
    before = files_of(project)
    table.write_text(text, "utf-8")
    published = ["--source", "rules", "--published", "2021-03-01"]
    told = published if words.startswith("expected") else TOLD
    done = em("intake", table, "--study", "harbour", *told, check=False)
    assert done.returncode == 1
    assert words in done.stderr
    assert files_of(project) == before


def test_an_edited_file_is_refused_until_it_is_sealed(em, project, table):
    em("intake", table, "--study", "harbour", *TOLD)
    stored = project / "data" / "raw" / "ministry" / "2022-03-01" / "figures.csv"
    stored.write_text(TABLE.replace("43", "44"), "utf-8")
    done = em("build", "harbour", check=False)
    assert done.returncode == 1
    assert f"edu-metrics seal {stored}`" in done.stderr
    done = subprocess.run(
        [*COMMAND, "seal", str(stored)],
        capture_output=True,
        text=True,
    )
    assert "sealed anew" in done.stdout, done.stderr
    em("build", "harbour")
    assert numbers(project)["west", "passing"] == 44


def test_a_clone_with_other_line_ends_builds(em, project, table):
    em("intake", table, "--study", "harbour", *TOLD)
    before = numbers(project)
    for path in (project / "data").rglob("*"):
        if path.suffix in (".csv", ".yaml"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    em("build", "harbour")
    assert str(numbers(project)) == str(before)


def test_a_rounded_count_decides_no_verdict_that_its_rounding_decides(em, project, tmp_path):
    """0.41 of 0.5万 is 82 %, and may be anything from 74 to 92: 80 may be kept or not."""
    verdicts = {}
    for name, counts in (("rounded", "0.5万,0.41万"), ("exact", "5000,4100")):
        path = tmp_path / f"{name}.csv"
        path.write_text(f"地区,年份,学生,及格人数\n港城,2020,{counts}\n", "utf-8")
        told = ["--source", "rules", "--published", "2021-03-02"]
        em("intake", path, "--study", "english", *told)
        said = em("assess", "english", "--target", "pass_2020", "--format", "json").stdout
        (verdicts[name],) = yaml.safe_load(said)
        raw = project / "data" / "raw" / "ministry" / "2021-03-02"
        for file in raw.glob(f"{name}*"):
            file.unlink()
        study = project / "data" / "definitions" / "studies" / "english.yaml"
        study.write_text(
            study.read_text("utf-8").replace(
                f'{{type: file, path: "ministry/2021-03-02/{name}.csv"}}, ', ""
            ),
            "utf-8",
        )
    assert verdicts["exact"]["verdict"] == "met"
    assert verdicts["rounded"]["verdict"] == "cannot_tell"


# --- the form that asks for what is missing


@pytest.fixture
def asked(em, project, tmp_path):
    """Take the figures of 2020 away, and give the form that asks for them."""
    raw = project / "data" / "raw" / "bureau" / "counts.csv"
    lines = [line for line in raw.read_text("utf-8").splitlines() if ",2020," not in line]
    raw.write_text("\n".join(lines) + "\n", "utf-8")
    subprocess.run(
        [*COMMAND, "seal", str(raw)],
        check=True,
    )
    form = tmp_path / "form.xlsx"
    em("template", "harbour", "--area", "东区", "--out", form)
    return form


def test_a_form_asks_for_exactly_what_is_missing(em, asked):
    missing = {
        (item["area"], item["quantity"], item["year"])
        for one in yaml.safe_load(
            em("assess", "harbour", "--area", "east", "--format", "json").stdout
        )
        for item in one["missing"]
    }
    sheet = openpyxl.load_workbook(asked).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert missing == {("east", "pupils", 2020), ("east", "passing", 2020)}
    assert [row[:5] for row in rows] == [
        ["东区", "及格人数", 2020, None, "人"],
        ["东区", "学生", 2020, None, "人"],
    ]
    lists = {cells.formula1 for cells in sheet.data_validations.dataValidation if cells.formula1}
    assert lists == {"lists!$A$1:$A$2", "lists!$B$1:$B$3"}


def test_a_form_comes_back_without_a_mapping(em, project, asked):
    book = openpyxl.load_workbook(asked)
    sheet = book.worksheets[0]
    for row, value in ((2, 40), (3, "５0")):
        sheet.cell(row, 4).value = value
        sheet.cell(row, 6).value = "rules"
        sheet.cell(row, 7).value = "2021-03-05"
    book.save(asked)
    em("intake", asked, "--study", "harbour")
    assert numbers(project, 2020) == {("east", "passing"): 40, ("east", "pupils"): 50}
    rest = em("template", "harbour", "--area", "east", "--out", asked, check=False)
    assert "no figure is missing" in rest.stderr


def test_no_name_becomes_a_formula(em, project, tmp_path):
    quantities = project / "data" / "definitions" / "quantities.yaml"
    text = quantities.read_text("utf-8")
    for name, formula in (("及格人数", "=1+1"), ("学生", "@SUM(A1)")):
        text = text.replace(f"zh: {name},", f'zh: "{formula}",')
    quantities.write_text(text, "utf-8")
    (project / "data" / "raw" / "bureau" / "counts.csv").write_text(
        "place,quantity,year,value,bound,unit,status,source,published,note\n"
        "east,pupils,2014,50,exact,persons,reported,rules,2015-03-01,\n",
        "utf-8",
    )
    raw = project / "data" / "raw" / "bureau" / "counts.csv"
    subprocess.run(
        [*COMMAND, "seal", str(raw)],
        check=True,
    )
    form = tmp_path / "form.xlsx"
    em("template", "harbour", "--area", "east", "--out", form)
    sheet = openpyxl.load_workbook(form).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "=1+1" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert load_catalog(project).quantities["passing"].name.zh == "=1+1"
