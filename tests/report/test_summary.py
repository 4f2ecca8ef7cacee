"""Rows for machines, and files that are whole or not there."""

from __future__ import annotations

import dataclasses
import json
import math
import os

import pytest

from edu_metrics.catalog import Bound
from edu_metrics.files import write_text
from edu_metrics.observations import MissingInput
from edu_metrics.reachability import Applies, Assessment, Check, CheckResult, Verdict, assess
from edu_metrics.report import as_row, save_summary


@pytest.fixture
def assessment():
    return Assessment(
        study="s",
        area="a",
        target="t",
        applies=Applies.AS_IF,
        verdict=Verdict.UNCERTAIN,
        reading="r",
        steps=2,
        probability=0.5,
        interval=(1.0, 2.0),
        gap=math.nan,
        required_pace=-math.inf,
        level=Bound.model_validate(">95"),
        checks=(
            CheckResult(
                Check("percent", (2020, 2022), (Bound.model_validate(">=3"),)),
                math.nan, None, math.nan,
            ),
        ),
        missing=(MissingInput(2020, "pupils", "girls", "a"),),
        sources=("x", "y"),
    )  # fmt: skip


def test_a_row_is_json_whatever_the_numbers(assessment):
    row = as_row(assessment)
    assert json.loads(json.dumps(row, allow_nan=False)) == row
    assert row["gap"] is None
    assert row["required_pace"] is None
    assert row["checks"][0]["measured"] is None
    assert row["checks"][0]["margin"] is None


def test_a_row_says_what_the_assessment_says(assessment):
    row = as_row(assessment)
    assert (row["verdict"], row["applies"], row["interval"]) == ("uncertain", "as_if", [1.0, 2.0])
    assert (row["reading"], row["steps"], row["probability"]) == ("r", 2, 0.5)
    assert row["missing"] == [{"quantity": "pupils", "group": "girls", "year": 2020, "area": "a"}]
    assert row["sources"] == ["x", "y"]


@pytest.mark.slow
def test_a_row_carries_its_date_the_years_and_the_noise(opened):
    found = opened("mock_city", "mock_south").assessments["A12h_junior_excellent_increment"]
    row = as_row(found)
    assert row["as_of"] == "2021-03-31"
    assert row["reached"]["years"] == list(range(2021, row["reached"]["horizon"] + 1))
    assert row["reached"]["median_year"] == row["year_reached"]
    assert row["reached"]["first_hit"] == [round(one, 2) for one in found.reached.first_hit]
    assert (row["noise"]["n"], row["noise"]["hidden"]) == (905, True)


def test_other_readings_come_with_their_own_verdicts(assessment):
    other = dataclasses.replace(
        assessment,
        reading="q",
        steps=3,
        verdict=Verdict.UNLIKELY,
        probability=0.204,
        probability_raw=0.204,
    )
    row = as_row(dataclasses.replace(assessment, others=(other,)))
    assert row["others"] == [
        {"reading": "q", "steps": 3, "verdict": "unlikely", "probability": 0.2,
         "probability_raw": 0.204}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("study", "area"),
    [
        ("wuhai", "wuhai"),
        ("wuhai_2020", "haibowan"),
        ("mock_city", "mock_city"),
        ("michigan", "michigan_district_1010"),
    ],
)
def test_every_assessment_is_json_with_probabilities_from_0_to_1(opened, study, area):
    for found in opened(study, area).assessments.values():
        row = as_row(found)
        json.dumps(row, allow_nan=False)
        assert row["verdict"] in set(Verdict)
        assert row["probability"] is None or 0 <= row["probability"] <= 1
        if row["interval"]:
            assert row["interval"][0] <= row["interval"][1]


@pytest.mark.parametrize(("study", "area"), [("wuhai", "haibowan"), ("mock_city", "mock_east")])
def test_a_report_judges_as_the_assessment_of_its_study_does(opened, study, area):
    report = opened(study, area)
    found = assess(report.catalog, report.study, opened.table(study), areas=(area,))
    assert list(report.assessments.values()) == found


def test_a_notebook_run_by_hand_writes_no_summary(opened, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert save_summary(opened("wuhai", "wuhai"), "") == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "area", "simulated", "hypothetical"),
    [
        ("wuhai", "wuhai", False, False),
        ("mock_city", "mock_east", True, False),
        ("michigan", "michigan_district_1010", False, True),
    ],
)
def test_a_summary_says_what_it_is_about(opened, tmp_path, study, area, simulated, hypothetical):
    report = opened(study, area)
    assert save_summary(report, str(tmp_path)) == "summary.json"
    found = json.loads((tmp_path / "summary.json").read_text("utf-8"))
    assert (found["study"], found["area"], found["plan"]) == (study, area, report.plan.id)
    assert (found["simulated"], found["hypothetical"]) == (simulated, hypothetical)
    assert found["as_of"] == report.study.as_of.isoformat()
    assert found["inputs_sha256"] == report.inputs_sha256()
    assert found["verdicts"] == {row["target"]: row["verdict"] for row in found["assessments"]}
    assert len(found["verdicts"]) == len(report.plan.targets)


def test_a_file_that_cannot_be_written_whole_leaves_the_older_one(tmp_path):
    path = tmp_path / "new" / "page.html"
    write_text(path, "old\n")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half" * 10_000 + "\ud800")
    assert path.read_bytes() == b"old\n"
    assert os.listdir(path.parent) == ["page.html"]
