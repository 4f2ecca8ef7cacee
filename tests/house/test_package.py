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
    text = path.read_text("utf-8")
    return "__all__" in text and any(
        isinstance(name, ast.Name) and name.id == "__all__"
        for statement in ast.parse(text).body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in getattr(statement, "targets", [getattr(statement, "target", None)])
        for name in ast.walk(target)
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


def test_names_that_reports_load_late_are_defined_where_they_say():
    package = importlib.import_module("edu_metrics.report")
    for module, names in package._HOMES.items():
        for name in names:
            assert getattr(package, name).__module__ == f"edu_metrics.report.{module}"
    with pytest.raises(AttributeError, match="no attribute 'show_nothing'"):
        package.show_nothing  # noqa: B018


@pytest.mark.parametrize(
    "name", ["batch", "catalog", "formulas", "observations", "observations.intake", "reachability"]
)
def test_each_name_that_a_package_loads_late_is_there_and_no_other(name):
    package = importlib.import_module(f"edu_metrics.{name}")
    assert package.__all__ == dir(package) == sorted(package.__all__)
    assert all(getattr(package, late) is not None for late in package.__all__)
    with pytest.raises(AttributeError, match="no attribute 'show_nothing'"):
        package.show_nothing  # noqa: B018


def test_no_late_name_is_hidden_by_a_module_of_the_same_name():
    for name in (
        "",
        ".batch",
        ".catalog",
        ".formulas",
        ".observations",
        ".observations.intake",
        ".reachability",
    ):
        package = importlib.import_module(f"edu_metrics{name}")
        modules = {path.stem for path in Path(package.__file__).parent.iterdir()}
        assert not modules & set(package.__all__)


def test_a_batch_in_which_nothing_is_to_be_made_loads_nothing_heavy():
    code = "import sys, edu_metrics.batch.batch; print(*{n.split('.')[0] for n in sys.modules})"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"pandas", "matplotlib", "scipy", "papermill", "IPython"} & set(loaded) == set()


def test_what_lists_definitions_or_audits_a_plan_loads_no_pandas():
    code = "import sys, edu_metrics.trajectories.reference_classes, edu_metrics.report.tables; "
    code += "from edu_metrics.plan_audit import audit; print('pandas' in sys.modules)"
    run = [sys.executable, "-c", code]
    assert subprocess.run(run, capture_output=True, text=True, check=True).stdout == "False\n"
