"""The tutorial, in both languages: done block by block, it prints what its pages print."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import edu_metrics

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(edu_metrics.__file__).parents[1]
PAGES = ("tutorial.md", "tutorial.zh.md")


@pytest.fixture(scope="module", params=PAGES)
def done(request, tmp_path_factory):
    """Do what a page says in an empty folder: the page, what each command printed, and where."""
    text = (ROOT / "docs" / request.param).read_text("utf-8")
    home = tmp_path_factory.mktemp("tutorial")
    (name,) = set(re.findall(r"--from (\S+)", text))
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", text, re.MULTILINE)
    ]
    frame = pd.DataFrame(rows[2:], columns=rows[0])
    numbers = list(frame.columns[1:])
    frame.astype(dict.fromkeys(numbers, "int64")).to_excel(home / name, index=False)
    (home / "bin").mkdir()
    script = home / "bin" / "edu-metrics"
    run = "from edu_metrics.cli import run; run()"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{run}" "$@"\n', "utf-8")
    script.chmod(0o755)
    path = os.pathsep.join([str(script.parent), os.environ["PATH"]])
    printed = {}
    for block in re.findall(r"^```sh\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        commands = block.splitlines() if block.startswith("edu-metrics") else [block]
        for command in commands:
            ended = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", command],
                cwd=home,
                env={**os.environ, "PYTHONPATH": str(LIBRARY), "PATH": path},
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
            printed[command] = ended.stdout
    return text, printed, home


def quoted(text: str) -> list[str]:
    """Give what a page prints: its indented lines, blocks to type aside."""
    text = re.sub(r"^```sh\n.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line.strip() for line in re.findall(r"^    (.*)$", text, re.MULTILINE)]


def test_the_odd_number_is_found_and_settled(done):
    text, printed, home = done
    (found,) = [out for command, out in printed.items() if " inspect " in command]
    finding = quoted(text)[0]
    assert finding == found.splitlines()[0], f"the page ought to print\n    {found}"
    again = subprocess.run(
        [home / "bin" / "edu-metrics", "inspect", "--root", next(home.glob("*/data")).parent],
        env={**os.environ, "PYTHONPATH": str(LIBRARY)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert again.stdout == ""


def test_assess_prints_the_verdicts_of_the_page(done):
    text, printed, _ = done
    (found,) = [out for command, out in printed.items() if " assess " in command]
    cells = [re.split(r" {2,}", line)[:4] for line in found.splitlines()]
    told = [re.split(r" {2,}", line) for line in quoted(text)[1:]]
    assert told == cells, f"the page ought to print\n{found}"


def test_a_report_is_there_and_says_that_it_is_invented(done):
    *_, home = done
    (index,) = home.glob("*/reports/index.html")
    assert index.is_file()
    pages = [path.read_text("utf-8") for path in index.parent.rglob("*.html")]
    assert len(pages) >= 3
    assert all("invented" in page or "虚构" in page for page in pages)
