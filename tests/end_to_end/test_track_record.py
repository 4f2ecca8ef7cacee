"""The notebook of the track record runs as it stands, in a kernel, in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edu_metrics.batch import Job, check_parameters, run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "track_record.ipynb"


HEADINGS = {"zh": "预测不准的情况", "en": "Where the models fail"}


@pytest.mark.parametrize(("lang", "heading"), list(HEADINGS.items()))
def test_the_notebook_makes_a_report_of_a_panel_file(tmp_path, lang, heading):
    random = np.random.default_rng(2)
    walk = np.cumsum(0.2 * random.standard_normal((25, 8)), axis=1)
    panel = tmp_path / "panel.csv"
    lines = [
        f"a{area:02d},{2001 + year},{100 / (1 + np.exp(-walk[area, year])):.1f}"
        for area in range(25)
        for year in range(8)
    ]
    panel.write_text("\n".join(["area,year,value", *lines]), "utf-8")
    parameters = {"study": "", "panel": str(panel), "lang": lang, "root": str(ROOT)}
    check_parameters(NOTEBOOK, {**parameters, "out": ""})
    folder = tmp_path / lang / "track_record"
    folder.parent.mkdir()
    made = run(Job(NOTEBOOK, parameters, folder, "record", "../../index.html"))
    assert (made.status, made.error) == ("made", None)
    page = (folder / "report.html").read_text("utf-8")
    assert heading in page
    other = HEADINGS["en" if lang == "zh" else "zh"]
    assert other not in page
    summary = json.loads((folder / "summary.json").read_text("utf-8"))
    assert summary["areas"] == 25
    assert {row["horizon"] for row in summary["backtest"]} == {1, 2, 3}
