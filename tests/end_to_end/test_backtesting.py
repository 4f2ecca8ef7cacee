"""A panel tried from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from edu_metrics.trajectories import CAP, FLOOR

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def panel(tmp_path):
    """Write twelve areas that wander over eight years."""
    random = np.random.default_rng(5)
    lines = ["unit,year,value"]
    for area in range(12):
        values = 50 + np.cumsum(random.normal(0, 3, 8))
        lines += [f"a{area},{2000 + year},{value:.1f}" for year, value in enumerate(values)]
    path = tmp_path / "panel.csv"
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_backtest_is_printed_for_machines_with_what_others_rely_on(command, panel):
    found = command("backtest", panel, "--horizons", "1,2", "--events", "5", "--format", "json")
    assert found.status == 0
    rows = json.loads(found.out, parse_constant=pytest.fail)
    keys = {"model", "default", "horizon", "n", "mae", "bias", "coverage80", "coverage95"}
    keys |= {"areas", "above_median_pct", "by_n", "rising"}
    keys |= {"width80", "width95", "crps", "common_variance_pct", "events", "reliability"}
    assert all(keys | {"by_year"} <= row.keys() for row in rows)
    assert {row["horizon"] for row in rows} == {1, 2}
    assert len({row["model"] for row in rows if row["default"]}) == 1
    event = {"gain", "n", "happened_pct", "brier", "base_rate_brier", "skill_interval"}
    assert all(event <= row["events"][0].keys() for row in rows)
    # Four origins of twelve areas have four values before them and one year to come.
    assert next(row["n"] for row in rows if row["horizon"] == 1) == 48


def test_a_backtest_is_printed_for_people_with_its_worst_year(command, panel):
    found = command("backtest", panel)
    assert found.status == 0
    assert "damped" in found.out
    assert "outcomes lay above the median" in found.err
    assert "Worst year" in found.err
    assert f"{100 * FLOOR:.0f} % to {100 * CAP:.0f} %" in found.err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--horizons", "0,x"], 2, "'0': expected a whole number"),
        (["--events", "5,120"], 2, "'120': expected points"),
        (["--areas", "0,some"], 2, "'0': expected a whole number from 1 up, or 'all'"),
    ],
)
def test_horizons_and_events_that_cannot_be_are_refused(command, panel, words, status, said):
    found = command("backtest", panel, *words)
    assert (found.status, found.out) == (status, "")
    assert said in found.err


def test_a_panel_with_faults_or_none_at_all_is_refused(command, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("area,year,value\na,2000,-3\n", "utf-8")
    found = command("backtest", bad)
    assert (found.status, found.out) == (1, "")
    assert "line 2: value: expected 0 or more, found '-3'" in found.err
    assert command("backtest", tmp_path / "none.csv").status == 1


def test_areas_alone_and_in_threes_are_tried_as_asked(command, panel):
    found = command("backtest", panel, "--areas", "1,3", "--format", "json")
    rows = json.loads(found.out)
    assert {row["areas"] for row in rows} == {1, 3}
    assert "Areas forecast together: 3" in found.err


def test_a_study_is_tried_on_its_own_panels(command):
    found = command(
        "backtest",
        "mock_city",
        "--root",
        ROOT,
        "--horizons",
        "1",
        "--areas",
        "3",
        "--format",
        "json",
    )
    assert found.status == 0
    mine = next(row for row in json.loads(found.out) if row["default"])
    assert mine["n"] > 100
    assert command("backtest", "no_such_study", "--root", ROOT).status == 2
