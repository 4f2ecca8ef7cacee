"""What each verb prints and how it ends, on a small project and on the definitions shipped."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil

import pytest

TARGET_KEYS = [
    "id", "plan", "article", "indicator", "kind", "areas", "obligation", "priority",
    "responsible", "deadline", "due_on", "group", "period", "quote", "locator", "readings",
    "default_reading", "numeric",
]  # fmt: skip
ASSESS_KEYS = {
    "study", "area", "target", "reading", "steps", "verdict", "probability", "interval", "gap",
    "required_pace", "pace_percentile", "year_reached", "model", "missing",
}  # fmt: skip


def test_check_counts_what_is_defined(command, project):
    found = command("check", "--root", project)
    assert (found.status, found.err) == (0, "")
    assert "1 plans with 3 targets (2 numeric), 1 indicators, 3 quantities, 5 areas" in found.out


def test_check_names_every_fault_at_once_and_ends_with_1(command, project):
    areas = project / "data" / "definitions" / "areas.yaml"
    areas.write_text(
        areas.read_text("utf-8").replace("level: district, parent: port", "levl: x", 2)
    )
    found = command("check", "--root", project)
    assert (found.status, found.out) == (1, "")
    assert found.err.startswith("edu-metrics: data/definitions: ")
    assert "'east'" in found.err
    assert "'west'" in found.err


def test_the_project_is_found_upwards_from_the_working_folder(command, project, monkeypatch):
    monkeypatch.chdir(project / "notebooks")
    assert command("check").status == 0


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["report", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["build", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["simulate", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["assess", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["assess", "harbour", "--area", "eastt"], ["'eastt'", "did you mean 'east'?"]),
        (["assess", "harbour", "--area", "梦城"], ["'梦城'", "harbour"]),
        (["assess", "harbour", "--target", "pass_202"], ["'pass_202'", "did you mean 'pass_202"]),
        (["targets", "--plan", "harber"], ["'harber'", "did you mean 'harbour'?"]),
        (["report", "harbour", "--area", "sou"], ["'sou'", "south"]),
        (["report", "harbour", "english", "--area", "east"], ["'english'", "'east'"]),
        (["report", "harbour", "--lang", "fr"], ["'fr'", "zh, en"]),
        (["report", "english", "--lang", "zh"], ["'english'", "'zh'", "(it has en)"]),
        (["report", "harbour", "--jobs", "0"], ["--jobs"]),
        (["report", "harbour", "--first", "0"], ["--first"]),
        (["report", "harbour", "--first", "two"], ["--first", "whole number from 1 on", "'two'"]),
        (["report", "harbour", "--first", "harbour=0"], ["--first", "'0'"]),
        (["report", "harbour", "--first", "harbor=1"], ["'harbor'", "did you mean 'harbour'?"]),
        (["report", "harbour", "--first", "english=1"], ["--first english=1", "of (harbour)"]),
        (["report", "--lang", "harbour=zh", "--lang", "harbour=en"], ["'harbour' was told zh"]),
        (["report", "--lang", "zh", "--lang", "en"], ["--lang en", "told zh before"]),
        (["report", "--lang", "harbour=fr"], ["'fr'", "(it has zh, en)"]),
        (["report", "harbour", "--no-such-option"], ["--no-such-option"]),
        (["scenarios", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["sensitivity", "harbor"], ["'harbor'", "did you mean 'harbour'?"]),
        (["sensitivity", "harbour", "--target", "pass_202"], ["did you mean 'pass_202"]),
        (["joint", "harbour", "--area", "eastt"], ["'eastt'", "did you mean 'east'?"]),
        (["scenarios", "harbour", "--area", "eastt"], ["'eastt'", "did you mean 'east'?"]),
        (["scenarios", "harbour", "--scenario", "halt"], ["no scenario 'halt'"]),
        (["scenarios", "harbour", "--target", "pass_202"], ["did you mean 'pass_202"]),
        (["assess", "harbour", "--format", "xml"], ["xml"]),
        (["assess", "harbour", "--as-of", "last year"], ["last year"]),
        (["assess"], ["STUDY"]),
        (["reprot"], ["reprot"]),
    ],
)  # fmt: skip
def test_a_name_that_does_not_exist_is_a_usage_fault_and_nothing_is_made(
    command, project, words, named
):
    root = ["--root", project] if words != ["reprot"] else []
    found = command(*words, *root)
    assert (found.status, found.out) == (2, "")
    for word in named:
        assert word.lower() in found.err.lower()
    assert not (project / "reports").exists()
    assert not (project / "data" / "processed").exists()


@pytest.mark.parametrize("words", [["check"], ["report"], ["targets"]])
def test_a_folder_without_definitions_is_a_usage_fault(command, tmp_path, words):
    found = command(*words, "--root", tmp_path)
    assert found.status == 2
    assert "data/definitions" in found.err
    found = command(*words)
    assert found.status == 2
    assert "--root" in found.err


def test_targets_are_printed_with_exactly_the_keys_that_others_rely_on(command, project):
    found = command("targets", "--root", project, "--format", "json")
    assert (found.status, found.err) == (0, "")
    assert [list(row) for row in found.rows] == [TARGET_KEYS] * 3
    assert found.rows[0] == {
        "id": "pass_2020",
        "plan": "harbour",
        "article": "1",
        "indicator": "pass_rate",
        "kind": "level",
        "areas": ["port"],
        "obligation": None,
        "priority": None,
        "responsible": None,
        "deadline": 2020,
        "due_on": None,
        "group": "all",
        "period": "year",
        "quote": "2020年及格率达到80%[注]",
        "locator": "第1条",
        "readings": ["at_least", "above"],
        "default_reading": "at_least",
        "numeric": True,
    }
    assert found.rows[2]["default_reading"] is None
    assert found.rows[2]["numeric"] is False


def test_a_table_prints_brackets_as_they_stand(command, project):
    found = command("targets", "--root", project)
    assert "2020年及格率达到80%[注]" in found.out


def test_every_promise_of_the_wuhai_plan_is_listed(command, shipped_root):
    words = ("targets", "--plan", "wuhai_2020_2022", "--root", shipped_root, "--format", "json")
    rows = command(*words).rows
    assert len(rows) == 93
    assert {tuple(row) for row in rows} == {tuple(TARGET_KEYS)}
    assert len({row["id"] for row in rows}) == 93
    assert all(row["quote"] and row["locator"] for row in rows)
    assert all(row["indicator"] and row["readings"] for row in rows if row["numeric"])


def test_the_definitions_shipped_are_sound(command, shipped_root):
    found = command("check", "--root", shipped_root)
    assert found.status == 0
    assert found.out.endswith("sound\n")
    # Every quote of the one plan that is shipped with its text stands there.
    (unverified,) = (line for line in found.out.splitlines() if "unverified" in line)
    assert "wuhai_2020_2022" not in unverified
    assert "china_plan_13" in unverified


def test_build_writes_the_table_and_says_where(command, project):
    found = command("build", "english", "--root", project)
    assert (found.status, found.out) == (0, "english: data/processed/english.parquet\n")
    made = {path.name for path in (project / "data" / "processed").iterdir()}
    assert made == {"english.parquet", "english.made_from", "english.2021-06-30.findings.json"}
    everything = command("build", "--root", project)
    assert everything.out.count("\n") == 2


def test_build_leaves_a_table_that_stands_and_mends_one_that_was_damaged(command, project):
    table = project / "data" / "processed" / "harbour.parquet"
    command("build", "harbour", "--root", project)
    first = table.stat().st_mtime_ns
    assert command("build", "harbour", "--root", project).status == 0
    assert table.stat().st_mtime_ns == first
    whole = table.read_bytes()
    table.write_bytes(whole[: len(whole) // 2])
    assert command("build", "harbour", "--root", project).status == 0
    assert table.read_bytes() == whole


def test_a_number_of_areas_and_a_language_are_said_of_all_studies_or_of_one(command, project):
    asked = ["--first", 2, "--first", "english=1", "--lang", "harbour=zh", "--dry-run"]
    found = command("report", "harbour", "english", *asked, "--root", project)
    rows = {tuple(line.split()[:2]) for line in found.out.splitlines() if "new" in line}
    areas = {
        row
        for row in rows
        if row[1].split("/")[1] not in ("overview", "plan_audit", "track_record")
    }
    assert len({row for row in areas if row[0] == "harbour"}) == 2
    assert len({row for row in areas if row[0] == "english"}) == 1
    assert {row[1].split("/")[0] for row in rows if row[0] == "harbour"} == {"zh"}


def test_build_and_check_name_a_city_that_its_districts_do_not_add_up_to(command, project, add_raw):
    assert "published" not in command("build", "harbour", "--root", project).err
    add_raw(
        project,
        "city.csv",
        [
            "port,passing,2019,700,exact,persons,reported,rules,2020-03-01,",
            "port,pupils,2019,828,exact,persons,reported,rules,2020-03-01,",
            "port,pupils,2018,150,exact,persons,reported,rules,2019-03-01,",  # as they add up
        ],
    )
    # The table is older than the file: nothing is said of it.
    assert command("check", "--root", project).err == ""
    built = command("build", "harbour", "--root", project)
    assert built.status == 0
    assert built.out == "harbour: data/processed/harbour.parquet\n"
    head, *listed = built.err.splitlines()
    assert head.startswith("study 'harbour': 2 point(s) in its numbers to clear up")
    assert listed == [
        "  - Port City, Passing pupils, 2019: 700 was published, and its parts add up to 119",
        "  - Port City, Pupils, 2019: 828 was published, and its parts add up to 150",
    ]
    looked = command("inspect", "harbour", "--root", project, "--format", "json")
    assert [(row["study"], row["rule"], row["area"]) for row in looked.rows] == [
        ("harbour", "sums", "port")
    ] * 2
    assert looked.rows[1]["numbers"] == {"own": 828, "sum": 150}
    told = command("inspect", "harbour", "--root", project, "--lang", "zh").out
    assert told.splitlines()[1] == (
        "harbour: 港城市，学生，2019年：公布的是828，下辖各地合计是150，不一致 [sums]"
    )
    checked = command("check", "--root", project)
    assert (checked.status, checked.err) == (0, built.err)
    assert checked.out.endswith("sound\n")


@pytest.mark.parametrize("verb", ["build", "assess", "report"])
def test_faulty_data_end_with_1_name_every_line_and_leave_nothing_half_written(
    command, project, verb
):
    raw = project / "data" / "raw" / "bureau" / "counts.csv"
    lines = raw.read_text("utf-8").replace("east,pupils,2018,50", "eats,pupils,2018,50")
    lines = lines.replace("west,passing,2019,40", "west,passing,2019,forty")
    raw.write_text(lines, "utf-8")
    raw.with_name("counts.csv.source.yaml").write_text("source: rules\n", "utf-8")
    found = command(verb, "harbour", "--root", project)
    assert (found.status, found.out) == (1, "")
    assert "eats" in found.err
    assert "forty" in found.err
    assert not list(project.glob("data/processed/*"))
    assert not (project / "reports").exists()


def test_assess_judges_by_hand_countable_numbers(command, project):
    """In 2020 of 150 pupils 120 pass: 80 %, just at the bound."""
    found = command("assess", "harbour", "--area", "港城", "--root", project, "--format", "json")
    assert (found.status, found.err) == (0, "")
    by_target = {row["target"]: row for row in found.rows}
    assert list(by_target) == ["pass_2020", "pass_2022", "contest"]
    assert set(found.rows[0]) >= ASSESS_KEYS
    at_bound = by_target["pass_2020"]
    assert (at_bound["verdict"], at_bound["reading"]) == ("met", "at_least")
    assert at_bound["year_reached"] == 2020
    assert [(other["reading"], other["verdict"]) for other in at_bound["others"]] == [
        ("above", "missed")
    ]
    ahead = by_target["pass_2022"]
    assert ahead["gap"] == pytest.approx(10)
    assert ahead["required_pace"] == pytest.approx(5)
    assert ahead["people"] == 15
    assert 0 <= ahead["probability"] <= 1
    assert ahead["interval"][0] < ahead["interval"][1]
    assert by_target["contest"]["verdict"] == "tracked"


SCENARIO = """
id: arrive
title: {zh: 刚好达到, en: Arrive}
assumes: {zh: 每年同样一步。, en: Equal steps.}
steps: [{type: required_pace}]
"""


def test_scenarios_run_what_is_defined(command, project):
    """From 80 in 2020 to 90 in 2022: 85 in between."""
    folder = project / "data" / "definitions" / "scenarios"
    folder.mkdir()
    (folder / "arrive.yaml").write_text(SCENARIO, "utf-8")
    words = ("--area", "港城", "--scenario", "arrive", "--root", project)
    found = command("scenarios", "harbour", *words, "--format", "json")
    assert (found.status, found.err) == (0, "")
    ahead = next(row for row in found.rows if row["target"] == "pass_2022")
    assert (ahead["median"], ahead["met"], ahead["probability"]) == ([85, 90], True, None)
    table = command("scenarios", "harbour", *words, "--target", "pass_2022")
    assert "arrive" in table.out
    assert "pass_2020" not in table.out


def test_a_scenario_is_asked_for_without_a_file(command, project):
    """80 in 2020 and 6 points a year; from an assumed 70 five years before 2022."""
    words = ("scenarios", "harbour", "--area", "port", "--root", project, "--target", "pass_2022")
    (row,) = command(*words, "--pace", "6", "--format", "json").rows
    assert (row["median"], row["met"], row["start"]) == ([86, 92], True, "observed")
    asked = ("--base", "70", "--pace", "5", "--years", "5")
    (row,) = command(*words, *asked, "--format", "json").rows
    assert (row["median"], row["start_year"]) == ([75, 80, 85, 90, 95], 2017)
    table = command(*words, *asked)
    assert (table.status, table.err) == (0, "")
    assert "base=70, pace=5, years=5" in table.out
    (row,) = command(*words, "--pace", "5", "--unit", "percent", "--format", "json").rows
    assert row["median"] == [84, 88.2]


def test_several_paces_and_starts_are_each_with_each(command, project):
    words = ("scenarios", "harbour", "--area", "port", "--root", project, "--target", "pass_2022")
    asked = ("--pace", "6", "--pace", "8", "--base", "70", "--base", "80")
    found = command(*words, *asked, "--format", "json").rows
    assert [row["median"] for row in found] == [[76, 82], [86, 92], [78, 86], [88, 96]]


@pytest.mark.parametrize(("base", "said"), [
    ("170", "0 to 100; found 170"), ("-5", "0 to 100; found -5"), ("0.7", "write 70 if"),
])  # fmt: skip
def test_a_start_that_no_target_can_have_is_refused(command, project, base, said):
    words = ("scenarios", "harbour", "--pace", "6", "--base", base, "--root", project)
    found = command(*words)
    assert (found.status, found.out) == (1, "")
    assert said in found.err


def test_a_faulty_scenario_stops_only_what_uses_it(command, project, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(project, root)
    folder = root / "data" / "definitions" / "scenarios"
    folder.mkdir(exist_ok=True)
    (folder / "broken.yaml").write_text("id: broken\n", "utf-8")
    asked = ("scenarios", "harbour", "--pace", "6", "--root", root)
    assert command(*asked).status == command("assess", "harbour", "--root", root).status == 0
    for words in (("check",), ("scenarios", "harbour"), (*asked[:2], "--scenario", "broken")):
        found = command(*words, "--root", root)
        assert (found.status, found.out) == (1 if "--scenario" not in words else 2, "")
        assert "scenarios/broken.yaml: steps: is missing" in found.err


def test_a_study_without_a_target_is_counted_and_not_listed(command, project):
    found = command("scenarios", "harbour", "--pace", "6", "--root", project)
    lines = found.out.splitlines()
    heads = ["area", "scenario", "cases", "kept", "not_kept", "by_chance", "not_said"]
    assert lines[0].split() == heads
    assert [line.split()[0] for line in lines[1:]] == ["port", "east", "west", "south"]
    for line in lines[1:]:
        cases, *counts = map(int, line.split()[2:])
        assert cases == sum(counts) == 2


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["scenarios", "harbour", "--lever", "upgrades"], "expected a name and a number"),
        (["scenarios", "harbour", "--lever", "upgrade=3"], "did you mean 'upgrades'"),
        (["scenarios", "harbour", "--lever", "upgrades=3"], "no target asked for is moved by"),
        (["scenarios", "harbour", "--years", "3"], "expected at least one of them"),
        (["scenarios", "harbour", "--years", "0", "--base", "3"], "--years"),
        (["scenarios", "harbour", "--pace", "fast"], "--pace"),
        (["scenarios", "harbour", "--pace", "1e308"], "pace: expected a number"),
        (["scenarios", "harbour", "--pace", "-150", "--unit", "percent"], "no more than all of it"),
        (["scenarios", "harbour", "--lever", "upgrades=3", "--lever", "upgrades=4"], "given twice"),
        (["scenarios", "harbour", "--area", ""], "--area: expected a value"),
        (["assess", "harbour", "--target="], "--target: expected a value"),
        (["assess", ""], "argument 2: expected a value"),
        (["targets", "--plan", " "], "--plan: expected a value"),
        (["report", "harbour", "--out", ""], "--out: expected a value"),
        (["check", "--root", ""], "--root: expected a value"),
    ],
)
def test_a_number_that_is_none_or_an_empty_value_is_a_usage_fault(command, project, words, named):
    root = [] if "--root" in words else ["--root", project]
    found = command(*words, *root)
    assert (found.status, found.out) == (2, "")
    assert named in found.err
    assert not (project / "reports").exists()


def test_matters_say_what_each_answer_hangs_on_or_why_nothing_can_be_said(command, project):
    words = ("sensitivity", "harbour", "--area", "east", "--root", project)
    found = command(*words, "--format", "json")
    assert (found.status, found.err) == (0, "")
    assert {row["target"] for row in found.rows} == {"pass_2020", "pass_2022"}
    for row in found.rows:
        assert (row["reason"] is None) == (row["model"] != "none")
        assert (row["changes_first"] is None) == (row["at"] is None)
    assert command(*words).out.split()[:3] == ["area", "target", "model"]


def test_a_plan_is_taken_together_in_every_area(command, project):
    found = command("joint", "harbour", "--root", project, "--format", "json")
    assert (found.status, found.err) == (0, "")
    assert [row["area"] for row in found.rows] == ["port", "east", "west", "south"]
    assessed = command("assess", "harbour", "--root", project, "--format", "json").rows
    for row in found.rows:
        mine = [one for one in assessed if one["area"] == row["area"]]
        assert row["verdicts"]["met"] == sum(one["verdict"] == "met" for one in mine)
        assert row["probable"] == sum(one["probability"] is not None for one in mine)
    table = command("joint", "harbour", "--root", project)
    assert table.out.split()[:2] == ["area", "probable"]


def test_assess_as_of_an_earlier_day_does_not_look_ahead(command, project):
    words = ("--area", "port", "--target", "pass_2020", "--as-of", "2020-12-02")
    found = command("assess", "harbour", *words, "--root", project, "--format", "json")
    (row,) = found.rows
    assert row["last_year"] == 2019
    assert row["verdict"] not in ("met", "missed")


def test_assess_prints_all_areas_in_the_order_of_the_study(command, project):
    found = command("assess", "harbour", "--root", project, "--format", "json")
    assert [row["area"] for row in found.rows[::3]] == ["port", "east", "west", "south"]
    table = command("assess", "harbour", "--root", project)
    assert table.status == 0
    assert table.out.splitlines()[0].split()[:3] == ["area", "target", "verdict"]
    assert len(table.out.splitlines()) == 13


def test_a_number_that_there_is_none_of_is_null_in_json(command, project, rewrite):
    rewrite(project, lambda line: ",passing," not in line)
    found = command("assess", "harbour", "--area", "east", "--root", project, "--format", "json")
    row = found.rows[0]
    assert row["verdict"] == "no_data"
    assert row["probability"] is None
    assert row["interval"] is None
    assert {(item["quantity"], item["year"]) for item in row["missing"]} == {("passing", 2020)}
    json.loads(found.out, parse_constant=pytest.fail)


def test_simulate_refuses_a_study_of_real_numbers(command, project):
    found = command("simulate", "harbour", "--root", project)
    assert (found.status, found.out) == (1, "")
    assert "simulated: true" in found.err
    assert not (project / "data" / "raw" / "simulated").exists()


def test_simulate_passes_over_real_studies_where_none_is_named(command, project):
    assert command("simulate", "--root", project) == (0, "", "")


def test_simulate_writes_the_same_files_twice(command, shipped_root, tmp_path):
    root = tmp_path / "copy"
    shutil.copytree(shipped_root / "data" / "definitions", root / "data" / "definitions")
    first = command("simulate", "--root", root)
    assert (first.status, first.err) == (0, "")
    paths = first.out.split()
    assert paths
    assert all(path.startswith("data/raw/simulated/") for path in paths)
    content = {path: (root / path).read_bytes() for path in paths}
    shutil.rmtree(root / "data" / "raw")
    assert command("simulate", "--root", root).out == first.out
    assert content == {path: (root / path).read_bytes() for path in paths}


def test_a_folder_that_is_a_file_is_named_and_no_traceback_shown(command, project, tmp_path):
    (tmp_path / "taken").write_text("")
    found = command("report", "english", "--root", project, "--out", tmp_path / "taken")
    assert found.status == 1
    assert "taken" in found.err


def test_the_day_of_a_study_is_a_date(command, project):
    """The option takes a day and hands on no clock time."""
    words = ("--target", "contest", "--as-of", dt.date(2021, 1, 1).isoformat())
    assert command("assess", "english", *words, "--root", project).status == 0


def test_an_audit_is_printed_in_three_forms_with_the_same_findings(command, shipped_root):
    asked = ("audit", "mock_broken_plan", "--root", shipped_root)
    found = json.loads(command(*asked, "--format", "json").out)
    assert found["plan"] == "mock_broken_plan"
    keys = {"id", "kind", "severity", "rule", "targets", "message_zh", "message_en", "numbers"}
    assert {key for row in found["findings"] for key in row} == keys
    for lang in ("zh", "en"):
        markdown = command(*asked, "--format", "markdown", "--lang", lang)
        assert markdown.status == 0
        lines = [line for line in markdown.out.splitlines() if line.startswith("- ")]
        told = [row[f"message_{lang}"] for row in found["findings"]]
        assert all(line.endswith(text) for line, text in zip(lines, told, strict=True))
        table = command(*asked, "--lang", lang)
        assert table.status == 0
        for row in found["findings"]:
            assert row[f"message_{lang}"][:12] in table.out


def test_an_audit_in_chinese_has_no_english_labels(command, shipped_root):
    asked = ("audit", "mock_broken_plan", "--root", shipped_root, "--lang", "zh")
    markdown, table = command(*asked, "--format", "markdown").out, command(*asked).out
    for shown in (markdown, table):
        assert not re.search(r"\b(high|medium|low|open|vacuous|time_base)\b", shown)
        assert "严重" in shown
        assert "时间起点" in shown


def test_an_audit_of_an_unknown_plan_is_a_usage_fault(command, shipped_root):
    found = command("audit", "mock_broken_plam", "--root", shipped_root)
    assert (found.status, found.out) == (2, "")
    assert "did you mean 'mock_broken_plan'?" in found.err


def test_new_makes_a_project_and_says_how_to_go_on(command, tmp_path):
    folder = tmp_path / "mine"
    found = command("new", folder, "--lang", "en")
    assert found.status == 0
    assert f"{folder}/data/definitions/project.yaml" in found.out.splitlines()
    assert "edu-metrics check --root" in found.err
    assert command("check", "--root", folder).out.endswith("1 studies: sound\n")
    again = command("new", folder)
    assert (again.status, again.out) == (2, "")
    assert "expected a new or an empty folder" in again.err
    nowhere = command("new", tmp_path / "other", "--from", tmp_path / "none.xlsx")
    assert (nowhere.status, nowhere.out) == (1, "")
    assert not (tmp_path / "other").exists()


def test_aggregate_counts_pupils_and_says_what_it_left_out(command, project, tmp_path):
    scores = tmp_path / "scores.csv"
    lines = [
        "school,year,grade,score",
        *["east,2019,4,70"] * 20,
        *["east,2019,5,50"] * 4,
        ",2019,4,1",
    ]
    scores.write_text("\n".join(lines) + "\n")
    words = ("aggregate", scores, "--area", "school", "--year", "year", "--count", "pupils=score",
             "--count", "passing=score >= 60", "--to", tmp_path / "counts.csv")  # fmt: skip
    found = command(*words, "--by", "grade")
    assert (found.status, found.out) == (0, f"{tmp_path / 'counts.csv'}\n")
    assert found.err == (
        "25 rows, 2 cells; 4 counts of few persons are suppressed; "
        "1 rows lack an area, a year or a group\n"
    )
    raw = (*words, "--source", "rules", "--published", "2020-03-01", "--root", project)
    assert command(*raw).status == 0
    assert (tmp_path / "counts.csv").read_text().splitlines()[1:] == [
        "east,pupils,2019,24,exact,persons,reported,rules,2020-03-01,",
        "east,passing,2019,20,exact,persons,reported,rules,2020-03-01,",
    ]
    for wrong in (
        [*words[:6], "--count", "pupils", *words[-2:]],
        [*raw, "--by", "grade"],
        raw[:-4],
    ):
        assert command(*wrong).status == 2
