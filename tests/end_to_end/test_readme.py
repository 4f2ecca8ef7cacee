"""The worked example of both READMEs: its console blocks run, and print what the pages print."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

import edu_metrics

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(edu_metrics.__file__).parents[1]
#: Each page, and the heading of its example.
PAGES = {"README.md": "## Add your own city", "README.zh-CN.md": "## 换成自己的城市"}


class Example(NamedTuple):
    """What a page shows, and what came of doing it."""

    page: str
    printed: list[list[str]]
    told: str
    shown: list[list[str]]
    assessed: dict[str, object]
    report: Path


def cells(text: str) -> list[list[str]]:
    """Split a printed table into its cells; how wide its columns are does not matter."""
    return [re.split(r" {2,}", line.strip()) for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module", params=list(PAGES))
def example(request, tmp_path_factory):
    """Do what a page says, block by block, in a copy of this project."""
    text = (ROOT / request.param).read_text("utf-8")
    section = text.split(PAGES[request.param], 1)[1].split("\n## ", 1)[0]
    *preparing, last = re.findall(r"^```sh\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    after = section.rsplit("```", 1)[1]
    home = tmp_path_factory.mktemp("readme") / "edu-metrics"
    for part in ("data/definitions", "notebooks"):
        shutil.copytree(ROOT / part, home / part)
    script = home / ".venv" / "bin" / "edu-metrics"
    script.parent.mkdir(parents=True)
    script.write_text(
        f'#!/bin/sh\nexec "{sys.executable}" -c \'from edu_metrics.cli import run; run()\' "$@"\n',
        "utf-8",
    )
    script.chmod(0o755)

    def shell(block: str) -> str:
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=home,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    for block in preparing:
        shell(block)
    outputs = {command: shell(command) for command in last.splitlines()}
    (asked,) = [command for command in outputs if " assess " in command]
    (row,) = json.loads(shell(f"{asked} --format json"))
    return Example(
        request.param,
        cells("\n".join(re.findall(r"^    .*$", after, re.MULTILINE))),
        after,
        cells(outputs[asked]),
        row,
        home.parent / "my_city" / "reports" / "index.html",
    )


def test_the_readme_prints_what_assess_prints(example):
    hint = "\n".join("    " + "  ".join(line) for line in example.shown)
    assert example.printed == example.shown, f"{example.page} ought to print\n{hint}"


def test_the_sentences_below_say_the_same(example):
    """Last value, level, gap, people and paces, and the probability of the other reading."""
    row = example.assessed
    (other,) = [one for one in row["others"] if one["reading"] == "points"]
    (level,) = re.findall(r"[\d.]+", row["level"])
    expected = {
        "last value": f"{row['last_value']:.1f}",
        "level": f"{float(level):.1f}",
        "gap": f"{row['gap']:.1f}",
        "people": f"{row['people']:.0f}",
        "required pace": f"{row['required_pace']:.1f}",
        "past pace": f"{row['past_pace']:.1f}",
        "probability as points": f"{100 * other['probability']:.0f}",
    }
    said = set(re.findall(r"\d+(?:\.\d+)?", example.told))
    missing = {name: number for name, number in expected.items() if number not in said}
    assert not missing, f"{example.page} ought to say {missing}"


def test_the_report_that_the_readme_makes_is_there(example):
    assert example.report.is_file()
    pages = example.report.parent.glob("*/index*.html")
    assert any("Riverside" in page.read_text("utf-8") for page in pages)


@pytest.mark.parametrize("page", PAGES)
def test_the_lines_of_python_print_what_the_page_prints(page, tmp_path):
    """They need no project: they run in an empty folder."""
    text = (ROOT / page).read_text("utf-8")
    blocks = re.findall(
        r"^```python\n(.*?)^```$(.*?)(?=^\S*`outlook)", text, re.DOTALL | re.MULTILINE
    )
    assert blocks
    for code, after in blocks:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        printed = cells("\n".join(re.findall(r"^    .*$", after, re.MULTILINE)))
        assert printed == cells(done.stdout), f"{page} ought to print\n{done.stdout}"
        assert len([line for line in code.splitlines() if line]) <= 10
    assert text.index("```python") < text.index("```sh")


@pytest.mark.parametrize("page", PAGES)
def test_every_name_of_the_package_that_a_page_uses_is_public(page):
    named = set(re.findall(r"\bem\.([a-z_]+)", (ROOT / page).read_text("utf-8")))
    assert named <= set(edu_metrics.__all__)
