"""What moved between two folders of reports, by hand-made summaries and manifests."""

from __future__ import annotations

import copy
import json

import pytest

from edu_metrics.batch.manifest import differences
from edu_metrics.errors import ReportError

ROW = {
    "target": "t", "reading": "r", "level": ">=95", "total": None, "last_year": 2020,
    "last_value": 90.0, "verdict": "unlikely", "probability_raw": 0.2, "interval": [88.0, 94.0],
    "required_pace": 2.5, "past_pace": 1.0, "people": 12,
}  # fmt: skip
PARTS = dict.fromkeys(("notebook", "library", "versions", "definitions", "observations"), "x")


def folder(path, rows, parts=PARTS, langs=("zh", "en"), area="east"):
    for lang in langs:
        home = path / "study" / lang / area
        home.mkdir(parents=True)
        content = {"area": area, "assessments": rows}
        (home / "summary.json").write_text(json.dumps(content), "utf-8")
    if parts is not None:
        entries = [{"area": area, "lang": lang, "inputs": parts} for lang in langs]
        (path / "study" / "manifest.json").write_text(json.dumps({"areas": entries}), "utf-8")
    return path


def told(tmp_path, changed, parts=PARTS, **more):
    old = folder(tmp_path / "old", [ROW])
    new = folder(tmp_path / "new", [{**copy.deepcopy(ROW), **changed}], parts, **more)
    return list(differences(old, new))


def test_the_same_twice_tells_of_nothing(tmp_path):
    assert told(tmp_path, {}) == []


def test_a_value_that_moved_is_told_once_and_not_in_each_language(tmp_path):
    (row,) = told(tmp_path, {"last_value": 91.0}, {**PARTS, "observations": "y"})
    assert row == {
        "study": "study", "area": "east", "target": "t", "what": "last_value", "old": 90.0,
        "new": 91.0, "moved_by": ["data"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "part", "cause"),
    [
        ({"level": ">=96"}, "definitions", ["definitions"]),
        ({"probability_raw": 0.4, "verdict": "uncertain"}, "library", ["forecast"]),
        ({"verdict": "uncertain"}, "library", ["code"]),
        ({"probability_raw": 0.4, "people": 9}, "library", ["code"]),
        ({"interval": [87.0, 94.0]}, "versions", ["versions"]),
        ({"people": 9}, "notebook", ["notebook"]),
    ],
)
def test_the_fingerprint_tells_what_moved_it(tmp_path, changed, part, cause):
    rows = told(tmp_path, changed, {**PARTS, part: "y"})
    assert {row["what"] for row in rows} == {name.removesuffix("_raw") for name in changed}
    assert all(row["moved_by"] == cause for row in rows)


def test_several_causes_are_all_named(tmp_path):
    (row,) = told(tmp_path, {"people": 9}, {**PARTS, "library": "y", "observations": "y"})
    assert row["moved_by"] == ["data", "code"]


def test_without_a_manifest_nothing_is_said_of_the_cause(tmp_path):
    (row,) = told(tmp_path, {"people": 9}, None)
    assert row["moved_by"] == []


def test_a_number_that_was_only_printed_and_read_again_has_not_moved(tmp_path):
    assert told(tmp_path, {"required_pace": 2.5 + 1e-12, "last_value": 90}) == []


def test_what_only_one_folder_has_is_told(tmp_path):
    old = folder(tmp_path / "old", [ROW])
    new = folder(tmp_path / "new", [{**ROW, "target": "u"}])
    folder(tmp_path / "new", [ROW], None, ("zh",), "west")
    rows = [(r["area"], r["target"], r["what"], r["old"], r["new"]) for r in differences(old, new)]
    assert rows == [
        ("east", "t", "target", True, False),
        ("east", "u", "target", False, True),
        ("west", None, "report", False, True),
    ]


def test_a_folder_without_reports_is_refused(tmp_path):
    old = folder(tmp_path / "old", [ROW])
    with pytest.raises(ReportError, match="expected a folder of reports"):
        list(differences(old, tmp_path / "nowhere"))
    (old / "study" / "en" / "east" / "summary.json").write_text('{"assessments": [1', "utf-8")
    with pytest.raises(ReportError, match="make that report again"):
        list(differences(old, folder(tmp_path / "new", [ROW], langs=("en",))))
