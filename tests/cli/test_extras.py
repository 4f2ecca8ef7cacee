"""A light install does what it says, and says in one sentence which extra the rest needs."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from edu_metrics.errors import EXTRAS

ROOT = Path(__file__).resolve().parents[2]
OF_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
ONLY_EXTRAS = sorted({module for modules in EXTRAS.values() for module in modules})
#: Extras that no code asks for: a program that is started, what the project is worked on with, and
#: a package whose table a definition names, with its extra.
ASKED_BY_NOBODY = {"dev", "docs", "lab", "michigan"}


def light(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run code where no module of an extra can be imported."""
    hidden = f"import sys; sys.modules.update(dict.fromkeys({ONLY_EXTRAS!r})); "
    return subprocess.run(
        [sys.executable, "-c", hidden + code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


def edu_metrics(*arguments: str) -> subprocess.CompletedProcess[str]:
    return light("from edu_metrics.cli import run; run()", *arguments)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("extra", "module", "arguments"),
    [
        ("reports", "papermill", ["report", "wuhai"]),
        ("reports", "pyarrow", ["build", "wuhai"]),
        ("reports", "pyarrow", ["assess", "wuhai"]),
        ("explore", "jinja2", ["explore", "--no-browser"]),
    ],
)
def test_a_verb_without_its_extra_ends_in_one_sentence(extra, module, arguments):
    done = edu_metrics(*arguments)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert re.search(rf"\b{module}\b.* not installed", line)
    assert f"`pip install '.[{extra}]'`" in line
    assert "make env" in line


def test_the_cluster_has_an_extra_of_its_own():
    code = (
        f"for name in {EXTRAS['reports']!r}: sys.modules.pop(name)\n"
        "from edu_metrics.cli import run; run()"
    )
    hidden = f"import sys; sys.modules.update(dict.fromkeys({ONLY_EXTRAS!r}))\n"
    done = subprocess.run(
        [sys.executable, "-c", hidden + code, "report", "wuhai", "--scheduler", "tcp://nobody:1"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith("edu-metrics: distributed is not installed")
    assert "`pip install '.[cluster]'`" in line


@pytest.mark.slow
def test_verbs_on_definitions_need_no_extra(tmp_path):
    shutil.copytree(ROOT / "data" / "definitions", tmp_path / "data" / "definitions")
    for verb in (["check"], ["targets"], ["audit", "mock_broken_plan"], ["reference"]):
        done = edu_metrics(*verb, "--root", str(tmp_path))
        assert done.returncode == 0, done.stderr
        assert done.stdout


@pytest.mark.slow
def test_formulas_and_projections_need_no_extra():
    done = light(
        "import edu_metrics, edu_metrics.formulas, edu_metrics.observations\n"
        "import pandas as pd\n"
        "from edu_metrics.trajectories import Projection, scale_for\n"
        "past = {'area': 'a', 'year': range(2016, 2021), 'value': [88, 90, 89, 91, 90]}\n"
        "ahead = Projection(pd.DataFrame(past), 2022, scale=scale_for((0, 100)))\n"
        "low, high = ahead.of('a', (2021, 2022)).quantiles([0.1, 0.9])[:, 1]\n"
        "print(edu_metrics.formulas.share(1, 4), 0 < low < high < 100)"
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "25.0 True\n"


def test_figures_name_their_extra():
    done = light(
        "from edu_metrics.errors import MissingExtraError\n"
        "try: import edu_metrics.figures\n"
        "except MissingExtraError as error: print(error)"
    )
    assert re.match(r"matplotlib is not installed: .*'\.\[reports\]'", done.stdout), done.stderr


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_modules_of_an_extra_are_those_that_pyproject_installs(extra):
    homes = packages_distributions()
    known = {canonicalize_name(home) for module in EXTRAS[extra] for home in homes[module]}
    asked = {Requirement(line).name for line in OF_PROJECT["optional-dependencies"][extra]}
    assert known == asked


def test_every_extra_that_code_needs_is_one_it_can_name():
    assert set(EXTRAS) | ASKED_BY_NOBODY == set(OF_PROJECT["optional-dependencies"])


def test_nothing_that_only_an_extra_brings_is_in_the_light_install():
    base = {Requirement(line).name for line in OF_PROJECT["dependencies"]}
    assert base.isdisjoint(
        {"jupyterlab", "papermill", "distributed", "jinja2", "matplotlib", "pyarrow", "ipykernel"}
    )
