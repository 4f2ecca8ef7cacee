"""What holds for the package as a whole: its public names, and how little an import costs."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

LIB = Path(__file__).resolve().parents[2] / "lib"
HEAVY = {"pandas", "matplotlib", "statsmodels", "scipy", "papermill", "pydantic", "yaml"}


def declares_all(path: Path) -> bool:
    return any(
        isinstance(target, ast.Name) and target.id == "__all__"
        for statement in ast.parse(path.read_text("utf-8")).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
    )


PUBLIC = {
    ".".join(path.relative_to(LIB).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(LIB.glob("edu_metrics/**/*.py"))
    if declares_all(path)
}


def test_there_are_modules_with_public_names():
    assert "edu_metrics.errors" in PUBLIC


@pytest.mark.parametrize("module", PUBLIC)
def test_every_public_name_of_a_module_exists(module):
    names: dict[str, object] = {}
    exec(f"from {module} import *", names)
    declared = importlib.import_module(module).__all__
    assert names.keys() >= set(declared)
    assert len(set(declared)) == len(declared)


def test_importing_the_package_loads_nothing_heavy():
    code = "import sys, edu_metrics; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "edu_metrics" in loaded
    assert HEAVY & set(loaded) == set()
