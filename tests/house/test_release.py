"""What the project says of itself in several places must be the same in all of them."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEFINITIONS = ROOT / "data" / "definitions"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))


def test_the_citation_has_what_its_format_requires():
    assert {"cff-version", "message", "title", "authors"} <= CITATION.keys()
    assert CITATION["cff-version"] == "1.2.0"


def test_citation_and_changelog_tell_the_version_and_licence_of_the_package():
    assert CITATION["version"] == PROJECT["version"]
    assert CITATION["license"] == PROJECT["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text("utf-8").startswith("MIT License")
    assert f"## [{PROJECT['version']}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_wheel_carries_fonts_with_their_licence_and_the_mark_of_typing(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    done = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    shipped = "edu_metrics/shipped"
    assert set(zipfile.ZipFile(wheel).namelist()) >= {
        f"{shipped}/notebooks/district_report.ipynb",
        *(
            f"{shipped}/data/definitions/{path.relative_to(DEFINITIONS).as_posix()}"
            for path in DEFINITIONS.rglob("*.yaml")
            if path.name != "areas.yaml" and path.parent.name not in ("plans", "studies")
        ),
        "edu_metrics/simulation/template/plan_example.yaml",
        "edu_metrics/py.typed",
        "edu_metrics/figures/fonts/NotoSansSC-Regular.ttf",
        "edu_metrics/figures/fonts/NotoSansSC-Bold.ttf",
        "edu_metrics/figures/fonts/OFL.txt",
    }


def test_decisions_are_numbered_without_a_gap_and_say_why():
    records = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [record.name[:5] for record in records] == [
        f"{number:04}-" for number in range(1, len(records) + 1)
    ]
    for record in records:
        text = record.read_text("utf-8")
        assert text.startswith(f"# {record.name[:4]} "), record.name
        assert {"## Context", "## Decision", "## Consequences"} <= set(text.splitlines())
