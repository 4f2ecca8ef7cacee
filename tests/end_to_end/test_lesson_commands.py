"""The commands at the end of lesson 7, typed as they stand, say what its frame says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest

import edu_metrics

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(edu_metrics.__file__).parents[1]
LESSON = ROOT / "notebooks" / "07_your_own_table.ipynb"
#: The plan that `new` writes as an example, and this lesson's promise in its place.
EXAMPLE = {'2023: ">=90"': '2022: ">=95"', "deadline: 2023": "deadline: 2022"}


@pytest.fixture(scope="module", params=["zh", "en"])
def done(request, tmp_path_factory):
    """Run the lesson, then its commands in the folder where it left its table."""
    home = tmp_path_factory.mktemp("lesson")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TMPDIR", str(home))
        patched.setenv("PYTHONPATH", str(LIBRARY))
        made = papermill.execute_notebook(
            LESSON, home / "run.ipynb", {"lang": request.param}, progress_bar=False, cwd=ROOT
        )
    (table,) = home.glob("*/pass_rates.csv")
    lines = "\n".join(
        cell.source for cell in made.cells if request.param in cell.metadata.get("tags", [])
    )
    commands = re.findall(r"^    (edu-metrics .*)$", lines, re.MULTILINE)
    run = f"{sys.executable} -c 'from edu_metrics.cli import run; run()'"
    for command in commands:
        ended = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command.replace("edu-metrics", run, 1)],
            cwd=table.parent,
            env={**os.environ, "PYTHONPATH": str(LIBRARY)},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
        if " new " in command:
            plan = table.parent / "my_city" / "data" / "definitions" / "plans" / "plan.yaml"
            text = plan.read_text("utf-8")
            for example, promise in EXAMPLE.items():
                assert example in text
                text = text.replace(example, promise)
            plan.write_text(text, "utf-8")
    return made, commands, table.parent / "my_city" / "reports"


def frame_of(made: nbformat.NotebookNode) -> pd.DataFrame:
    """Read the frame that the lesson shows under `em.verdict`."""
    (cell,) = [cell for cell in made.cells if "em.verdict(" in cell.source]
    rows = cell.outputs[0]["data"]["text/plain"].splitlines()
    names = rows[0].split()
    return pd.DataFrame([row.split()[1:] for row in rows[1:]], columns=names).set_index("area")


def test_the_lesson_shows_the_shortest_way(done):
    _, commands, _ = done
    assert [command.split()[1] for command in commands] == ["new", "check", "report"]


def test_the_report_says_what_the_frame_of_the_lesson_says(done):
    made, _, reports = done
    shown = frame_of(made)
    told = pd.read_csv(reports / "study" / "verdicts.csv").set_index("area_en")
    assert set(told.index) == set(shown.index)
    assert len(shown) == 3
    told = told.loc[shown.index]
    assert told["verdict"].tolist() == shown["verdict"].tolist()
    for column in ("probability", "required_pace"):
        assert told[column].round(2).tolist() == shown[column].astype(float).tolist()


def test_each_area_has_a_page_that_says_it_is_invented(done):
    made, _, reports = done
    told = [page.read_text("utf-8") for page in reports.glob("study/*/*/report.html")]
    assert len(told) == len(frame_of(made))
    assert all("invented" in page or "虚构" in page or "模拟" in page for page in told)
