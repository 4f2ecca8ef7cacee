"""The notebooks that teach run from top to bottom, in both languages, by a kernel of their own."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import edu_metrics

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = Path(edu_metrics.__file__).parents[1]


def run(name, lang, monkeypatch):
    """Run a notebook where it stands, with another language."""
    monkeypatch.setenv(
        "PYTHONPATH", os.pathsep.join([str(LIBRARY), os.environ.get("PYTHONPATH", "")])
    )
    book = nbformat.read(ROOT / "notebooks" / name, 4)
    for cell in book.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source += f'\nlang = "{lang}"'
    client = NotebookClient(book, timeout=300, kernel_name="python3")
    client.execute(cwd=str(ROOT / "notebooks"))
    return [cell for cell in book.cells if cell.cell_type == "code"]


def shown(cells, kind):
    return [
        output["data"][kind]
        for cell in cells
        for output in cell.outputs
        if output.output_type in ("execute_result", "display_data") and kind in output["data"]
    ]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(("name", "pictures"), [("frames.ipynb", 3), ("real_table.ipynb", 3)])
def test_a_notebook_runs_and_shows_its_figures(name, pictures, lang, monkeypatch):
    cells = run(name, lang, monkeypatch)
    assert not [o for cell in cells for o in cell.outputs if o.get("name") == "stderr"]
    assert len(shown(cells, "image/png")) == pictures


def test_the_tutorial_says_what_can_be_worked_out_by_hand(monkeypatch):
    """352 of 400 is 88 %; 5 and 8 points on it; 50 down by 5 % and by 5 points."""
    cells = run("frames.ipynb", "en", monkeypatch)
    assert len(cells) == 12
    told = "\n".join(shown(cells, "text/plain"))
    for number in ("88.0", "98.0", "100.0", "45.125", "40.000"):
        assert number in told
