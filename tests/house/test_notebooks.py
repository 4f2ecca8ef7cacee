"""Notebooks are committed empty, take literal parameters, and leave the work to the package."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
LONGEST_CELL = 15  # lines
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.For, ast.AsyncFor, ast.While)
PARAMETER = re.compile(r"(?P<name>[a-z_]+) = (?P<value>.+?)  # (?P<type>[^:#]+): \S.*")


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
    """Say which lines are not ``name = literal  # type: meaning``."""
    faults = []
    for line in filter(str.strip, source.splitlines()):
        if not (match := PARAMETER.fullmatch(line)):
            faults.append(f"not `name = literal  # type: meaning`: {line}")
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
    "line", ["area = 'x'", "area = f()  # str: area id", "area = 'x'  # area id", "area: str = 'x'"]
)
def test_a_parameter_that_papermill_could_not_explain_is_found(line):
    assert len(faults_of_parameters(line)) == 1


def test_literal_parameters_with_a_comment_are_in_order():
    assert faults_of_parameters('area = "x#1"  # str: area id\nyears = [-1]  # list[int]: n') == []


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
