"""Forecasts written down, and scored when the numbers have come."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def said(command, project, tmp_path):
    """Write down what was said of the harbour in December 2020."""
    words = ("--as-of", "2020-12-02", "--root", project, "--format", "json")
    path = tmp_path / "said.json"
    path.write_text(command("assess", "harbour", *words).out, "utf-8")
    return path


def edited(path, change):
    rows = json.loads(path.read_text("utf-8"))
    for row in rows:
        change(row)
    path.write_text(json.dumps(rows), "utf-8")


def test_a_forecast_is_scored_by_what_came(command, project, said):
    """Due in 2020 at 80 percent: 120 of 150 pass in the port, just at the bound."""
    found = command("score", said, "--root", project, "--format", "json")
    assert (found.status, found.err) == (0, "")
    content = json.loads(found.out, parse_constant=pytest.fail)
    by_key = {(row["area"], row["target"]): row for row in content["forecasts"]}
    port = by_key["port", "pass_2020"]
    assert (port["happened"], port["value"], port["lead"], port["as_of"]) == (
        True, 80, 0, "2020-12-02",
    )  # fmt: skip
    assert port["covered"] is (port["interval"][0] <= 80 <= port["interval"][1])
    ahead = by_key["port", "pass_2022"]
    assert (ahead["happened"], ahead["why"], ahead["due"]) == (None, "not_due", 2022)
    assert all(target != "contest" for _, target in by_key)
    # The city is the sum of its districts, which are scored.
    assert port["why"] == "parts_scored"
    scored = [row for row in by_key.values() if row["happened"] is not None and not row["why"]]
    brier = sum((row["probability"] - row["happened"]) ** 2 for row in scored) / len(scored)
    assert [(row["lead"], row["n"]) for row in content["by_lead"]] == [
        (0, len(scored)), (None, len(scored)),
    ]  # fmt: skip
    assert content["by_lead"][0]["brier"] == pytest.approx(brier)
    assert {row["why"]: row["n"] for row in content["unscored"]}["not_due"] == 4


def test_a_table_shows_lead_times_words_and_what_is_still_open(command, project, said):
    found = command("score", said, "--root", project)
    assert found.status == 0
    assert found.out.splitlines()[0].split()[:4] == ["study", "lead", "n", "brier"]
    assert "not_due" in found.out


def test_an_earlier_day_knows_less(command, project, said):
    words = ("score", said, "--as-of", "2020-12-31", "--root", project, "--format", "json")
    content = json.loads(command(*words).out)
    assert content["by_lead"] == []
    assert {row["why"] for row in content["unscored"]} == {"not_due"}


def test_a_summary_carries_its_date_for_rows_that_do_not_and_counts_once(
    command, project, said, tmp_path
):
    rows = json.loads(said.read_text("utf-8"))
    chosen = [{**row, "as_of": None} for row in rows if row["area"] == "east"]
    content = {"study": "harbour", "area": "east", "as_of": "2020-12-02", "assessments": chosen}
    summary = tmp_path / "summary.json"
    summary.write_text(json.dumps(content), "utf-8")
    words = ("--root", project, "--format", "json")
    both = json.loads(command("score", said, summary, *words).out)
    assert both == json.loads(command("score", said, *words).out)
    alone = json.loads(command("score", summary, *words).out)
    assert {row["area"] for row in alone["forecasts"]} == {"east"}


def test_all_faults_of_all_files_come_in_one_message(command, project, said, tmp_path):
    for name, text in {"prose": "no json", "list": "[1]", "object": '{"a": 1}'}.items():
        (tmp_path / f"{name}.json").write_text(text, "utf-8")

    def spoil(row):
        if row["area"] == "west" and row["target"] == "pass_2022":
            row.update(probability=1.5, as_of="soon")
        if row["area"] == "south":
            row["area"] = "suoth"

    edited(said, spoil)
    files = [tmp_path / f"{name}.json" for name in ("prose", "list", "object")]
    found = command("score", said, *files, "--root", project)
    assert (found.status, found.out) == (1, "")
    for part in ("prose.json", "list.json", "object.json", "probability=1.5", "as_of='soon'",
                 "'suoth'; did you mean 'south'?"):  # fmt: skip
        assert part in found.err


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("study", "harbor", "no study 'harbor'; did you mean 'harbour'?"),
        ("area", "eats", "no area 'eats'"),
        ("target", "pass_202", "no target 'pass_202'; did you mean 'pass_202"),
        ("reading", "exactly", "no reading 'exactly'"),
        ("steps", 9, "in 9 step(s)"),
    ],
)
def test_a_name_that_is_not_defined_is_a_usage_fault(command, project, said, key, value, told):
    edited(said, lambda row: row.update({key: value}) if row["target"] == "pass_2022" else None)
    found = command("score", said, "--root", project)
    assert (found.status, found.out) == (2, "")
    assert told in found.err


def test_a_file_that_is_not_there_is_a_usage_fault(command, project, said, tmp_path):
    found = command(
        "score", said, tmp_path / "gone.json", tmp_path / "lost.json", "--root", project
    )
    assert found.status == 2
    assert "gone.json" in found.err
    assert "lost.json" in found.err


def test_a_forecast_from_after_the_data_is_refused(command, project, said):
    edited(said, lambda row: row.update(as_of="2031-01-01"))
    found = command("score", said, "--root", project)
    assert found.status == 1
    assert "2031-01-01" in found.err
    assert "dated after the newest data" in found.err


def test_two_forecasts_of_the_same_thing_that_differ_are_refused(command, project, said, tmp_path):
    other = tmp_path / "other.json"
    other.write_bytes(said.read_bytes())
    edited(other, lambda row: row.update(probability=0.01) if row["probability"] else None)
    found = command("score", said, other, "--root", project)
    assert found.status == 1
    assert "forecast otherwise" in found.err


def test_files_without_a_forecast_say_so(command, project, tmp_path):
    empty = tmp_path / "empty.json"
    empty.write_text("[]", "utf-8")
    assert command("score", empty, "--root", project).out == "no forecast in these files\n"


@pytest.mark.slow
def test_a_study_is_scored_as_of_each_of_its_dates(command, project, said):
    """A run of December 2020 scores as what was written down on that day."""
    definition = project / "data" / "definitions" / "studies" / "harbour.yaml"
    definition.write_text(definition.read_text("utf-8") + "runs: [{as_of: 2020-12-02}]\n", "utf-8")
    words = ("--root", project, "--format", "json")
    written = json.loads(command("score", said, *words).out)["by_lead"]
    found = json.loads(command("score", "harbour", *words).out)["by_lead"]
    then = [row for row in found if row["study"] == "harbour_2020-12-02"]
    assert [{**row, "study": "harbour"} for row in then] == written
    dated = command("assess", "harbour", "--as-of", "2020-12-02", *words).out
    assert {row["study"] for row in json.loads(dated)} == {"harbour_2020-12-02"}
