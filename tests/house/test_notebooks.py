"""Notebooks are committed empty, take literal parameters, and leave the work to the package."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

import edu_metrics as em

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONGEST_CELL = 15  # lines
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While)
PARAMETER = re.compile(r"(?P<name>[a-z_]+): (?P<type>[a-z\[\], |A-Z]+) = (?P<value>.+?)  # \S.*")


def faults_of_code(source: str) -> list[str]:
    """Say what of a code cell belongs into the package."""
    faults = [
        f"{type(node).__name__} in line {node.lineno}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, LOGIC)
    ]
    if (lines := len(source.splitlines())) > LONGEST_CELL:
        faults.append(f"{lines} lines")
    return faults


def faults_of_parameters(source: str) -> list[str]:
    """Say which lines are not ``name: type = literal  # meaning``."""
    faults = []
    for line in filter(str.strip, source.splitlines()):
        if not (match := PARAMETER.fullmatch(line)):
            faults.append(f"not `name: type = literal  # meaning`: {line}")
            continue
        try:
            ast.literal_eval(match["value"])
        except (SyntaxError, ValueError):
            faults.append(f"not a literal: {line}")
    return faults


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("def f():\n    return 1", "FunctionDef in line 1"),
        ("x = 1\nfor i in y:\n    z(i)", "For in line 2"),
        ("while x:\n    pass", "While in line 1"),
        ("if x:\n    class A:\n        pass", "ClassDef in line 2"),
        ("\n".join(["x"] * 16), "16 lines"),
    ],
)
def test_logic_in_a_cell_is_found(source, fault):
    assert faults_of_code(source) == [fault]


def test_a_cell_of_calls_is_in_order():
    assert faults_of_code("\n".join(["x = f([y for y in z])"] * 15)) == []


@pytest.mark.parametrize(
    "line", ["area = 'x'", "area: str = f()  # area id", "area = 'x'  # area id", "area: str = 'x'"]
)
def test_a_parameter_that_papermill_could_not_explain_is_found(line):
    assert len(faults_of_parameters(line)) == 1


def test_literal_parameters_with_a_comment_are_in_order():
    assert faults_of_parameters('area: str = "x#1"  # area id\ny: list[int] = [-1]  # n') == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_committed_without_outputs(path):
    assert [
        index
        for index, cell in enumerate(code_cells(path))
        if cell.outputs or cell.execution_count is not None
    ] == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_holds_no_logic(path):
    assert {
        index: faults
        for index, cell in enumerate(code_cells(path))
        if (faults := faults_of_code(cell.source))
    } == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_the_parameters_of_a_notebook_are_literals_that_explain_themselves(path):
    (parameters,) = [c for c in code_cells(path) if "parameters" in c.metadata.get("tags", [])]
    assert parameters.source.strip()
    assert faults_of_parameters(parameters.source) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_names_a_kernel_that_every_machine_has(path):
    kernel = nbformat.read(path, 4).metadata.kernelspec
    assert (kernel.name, kernel.language) == ("python3", "python")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_papermill_understands_the_types_of_parameters(path):
    known = papermill.inspect_notebook(path)
    assert known
    assert "None" not in {one["inferred_type_name"] for one in known.values()}


#: The notebooks that teach: a question, rows, a formula by hand, a check, exercises with answers.
LESSONS = [path for path in NOTEBOOKS if path.name[:2].isdigit()]


def test_there_are_seven_lessons():
    assert [path.name[:2] for path in LESSONS] == [f"{place:02d}" for place in range(1, 8)]


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_a_lesson_is_told_in_both_languages_and_checks_itself(path):
    cells = nbformat.read(path, 4).cells
    told = {lang: [c for c in cells if lang in c.metadata.get("tags", [])] for lang in ("zh", "en")}
    assert len(told["zh"]) == len(told["en"]) >= 7
    code = "\n".join(cell.source for cell in code_cells(path))
    assert "import edu_metrics as em" in code
    assert "assert " in code
    assert re.search(r"\bsns\.", code)
    assert told["en"][-1].source.startswith("## Answers")


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_a_lesson_uses_public_names_only(path):
    code = "\n".join(cell.source for cell in code_cells(path))
    assert "edu_metrics." not in code
    used = set(re.findall(r"\bem\.([a-z_]+)", code))
    assert used <= {*em.__all__, "errors"}


def try_papermill(path, made, folder, *options, env=None, **given):
    """Run a notebook in a process of its own, as who types the command does."""
    words = [word for name, value in given.items() for word in ("-p", name, str(value))]
    command = [sys.executable, "-m", "papermill", str(path), str(made), *options, *words]
    env = {**os.environ, **(env or {})}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def run_papermill(path, made, folder, *options, env=None, **given):
    run = try_papermill(path, made, folder, *options, env=env, **given)
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.name)
def test_a_lesson_runs_from_top_to_bottom(path, lang, tmp_path):
    """Its checks against published numbers are assertions, so a run that ends has passed them."""
    run_papermill(path, tmp_path / "run.ipynb", ROOT, lang=lang)


@pytest.mark.slow
@pytest.mark.parametrize("folder", [ROOT, ROOT / "notebooks"], ids=["root", "notebooks"])
def test_plain_papermill_finds_the_project_and_takes_a_code_as_a_number(folder, tmp_path):
    em.load_table("michigan", ROOT)  # built where it is missing
    made = tmp_path / "run.ipynb"
    run_papermill(
        ROOT / "notebooks/district_report.ipynb",
        made,
        folder,
        study="michigan",
        area=1010,
        lang="en",
    )
    shown = "".join(str(cell.get("outputs", "")) for cell in nbformat.read(made, 4).cells)
    assert "Michigan district 1010" in shown


@pytest.mark.slow
@pytest.mark.parametrize(
    ("notebook", "given", "said"),
    [
        ("district_report.ipynb", {"aera": "海南区"}, "no parameter 'aera'; did you mean 'area'?"),
        ("plan_audit.ipynb", {"paln": "x"}, "no parameter 'paln'; did you mean 'plan'?"),
        (
            "01_pass_rates_and_paces.ipynb",
            {"lagn": "zh"},
            "no parameter 'lagn'; did you mean 'lang'?",
        ),
    ],
)
def test_a_parameter_that_is_not_declared_is_refused_with_the_near_name(
    notebook, given, said, tmp_path
):
    run = try_papermill(ROOT / "notebooks" / notebook, tmp_path / "run.ipynb", tmp_path, **given)
    assert run.returncode != 0
    assert said in run.stderr


def test_every_notebook_refuses_what_it_does_not_declare():
    """The lessons ask for it; what opens a report or an audit does it by itself."""
    for path in LESSONS:
        assert "em.refuse_unknown_parameters()" in code_cells(path)[1].source, path.name


@pytest.mark.slow
def test_neither_the_folder_nor_the_kernels_name_matters(tmp_path):
    kernel = tmp_path / "kernels" / "mine"
    kernel.mkdir(parents=True)
    started = tmp_path / "started"
    start = f"import pathlib, runpy; pathlib.Path({str(started)!r}).touch(); "
    start += "runpy.run_module('ipykernel_launcher', run_name='__main__')"
    argv = [sys.executable, "-c", start, "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Mine", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), "utf-8")
    env = {"JUPYTER_PATH": str(tmp_path)}
    lesson = ROOT / "notebooks" / "02_myopia_both_readings.ipynb"
    run_papermill(lesson, tmp_path / "run.ipynb", tmp_path, "-k", "mine", env=env)
    assert started.exists()


@pytest.mark.slow
def test_the_loop_over_districts_in_the_documents_runs(tmp_path):
    page = (ROOT / "docs" / "papermill.md").read_text("utf-8")
    (loop,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    loop = loop.replace("em.find_root()", f"Path({str(ROOT)!r})")
    run = subprocess.run(
        [sys.executable, "-c", loop], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr[-2000:]
    for area in ("haibowan", "wuda", "hainan"):
        assert area in run.stdout
        summary = json.loads((tmp_path / "by_hand" / area / "summary.json").read_text("utf-8"))
        assert summary["area"] == area
