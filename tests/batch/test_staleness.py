"""A report is made again when something it depends on has changed, and only then."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import hashlib
import json
import os
import shutil
from concurrent.futures import Future

import nbformat
import pandas as pd
import pytest

from edu_metrics.batch import How, Outcome, batch, make_reports, plan_reports
from edu_metrics.batch.execution import MARK, only_one, publish, stamp_of, start_afresh, sweep
from edu_metrics.batch.jobs import plan_jobs
from edu_metrics.batch.manifest import listed
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import ReportError
from edu_metrics.observations import (
    finding_of_row,
    inspect_table,
    known_by,
    processed_path,
    read_processed,
)
from edu_metrics.report import fingerprint as inputs
from edu_metrics.report import open_report
from edu_metrics.report.kinds import RECORD
from edu_metrics.report.page import stamped
from edu_metrics.report.tables import odd_numbers, table_path
from edu_metrics.simulation import simulate_districts

pytestmark = pytest.mark.slow

STUDY = "invented_districts"


@pytest.fixture(scope="module")
def pattern(catalog, tmp_path_factory):
    """Simulate a project of twelve districts, once."""
    folder = tmp_path_factory.mktemp("many") / "project"
    root = simulate_districts(catalog, catalog.study("michigan"), folder, districts=12)
    (root / "notebooks" / RECORD).unlink()  # every report is of a district
    return root


def make_at_once(job):
    """Make a report of next to nothing, in this process."""
    start_afresh(job.draft)
    text = nbformat.writes(stamped(nbformat.v4.new_notebook(), job.inputs, job.executed.parent))
    job.executed.write_text(text, "utf-8")
    job.executed.with_name("report.html").write_text(job.inputs, "utf-8")
    publish(job.draft, job.folder)
    return Outcome(job.name, "made", 0.5)


@pytest.fixture
def project(pattern, tmp_path, monkeypatch):
    """Give a copy of the project, whose reports are made by this process in no time."""
    root = tmp_path / "project"
    shutil.copytree(pattern, root)

    class Pool:
        def __init__(self):
            self.made, self.run = [], make_at_once

        def submit(self, job):
            future: Future[Outcome] = Future()
            self.made.append(job.name)
            future.set_result(self.run(job))
            return future

    pool = Pool()
    monkeypatch.setattr(batch, "_pool", lambda *_: contextlib.nullcontext(pool))

    def make(force=False, **asked):
        pool.made.clear()
        results = make_reports(root, [STUDY], how=How(force=force), lang="en", **asked)
        assert sorted(pool.made) == sorted(o.name for _, o in results if o.status != "unchanged")
        return sorted(name.removeprefix("en/invented_district_") for name in pool.made)

    make.root, make.pool = root, pool
    make.manifest = lambda: json.loads(
        (root / "reports" / STUDY / "manifest.json").read_text("utf-8")
    )["areas"]
    make.why = lambda **asked: {
        found.job.folder.name: found.why
        for found in plan_reports(root, [STUDY], lang="en", **asked)
        if found.why
    }
    return make


ALL = [f"{number:02}" for number in range(1, 13)]


def raw_file(root):
    (path,) = root.glob("data/raw/*/*/*.csv")
    return path


def change_rows(root, change):
    """Change a project's raw file, and the checksum beside it."""
    path = raw_file(root)
    table = pd.read_csv(path, dtype={"value": float})
    change(table)
    content = table.to_csv(index=False).encode()
    sidecar = path.with_name(f"{path.name}.source.yaml")
    lines = sidecar.read_text("utf-8").splitlines()
    digest = hashlib.sha256(content).hexdigest()
    lines = [f"sha256: {digest}" if line.startswith("sha256") else line for line in lines]
    path.write_bytes(content)
    sidecar.write_text("\n".join(lines) + "\n", "utf-8")


def test_all_are_made_once_and_then_stand(project):
    assert project() == ALL
    before = {p: p.stat().st_mtime_ns for p in project.root.glob("reports/*/en/*/*")}
    assert len(before) == 24
    assert project() == []
    assert {p: p.stat().st_mtime_ns for p in before} == before
    assert {entry["status"] for entry in project.manifest()} == {"unchanged"}
    assert {entry["seconds"] for entry in project.manifest()} == {0.5}


def test_a_report_that_stands_is_made_again_for_its_pdf_and_then_stands(project):
    project()
    assert set(project.why(pdf=True).values()) == {("no PDF",)}
    assert project.why() == {}
    for page in project.root.glob("reports/*/en/*/report.html"):
        page.with_name("report.pdf").write_bytes(b"%PDF-")
    assert project.why(pdf=True) == {}


def test_pages_to_look_things_up_in_are_not_printed(catalog, tmp_path):
    study = catalog.study("mock_city")
    jobs = plan_jobs(catalog, study, tmp_path, scenarios=True, pdf=True, lang="en")
    printed = {job.folder.name for job in jobs if job.pdf}
    assert printed == {"overview", *catalog.expand(study.areas)}
    assert len(jobs) > len(printed)
    assert not any(job.pdf for job in plan_jobs(catalog, study, tmp_path))


def test_an_unchanged_batch_looks_at_no_observation(project, monkeypatch):
    project()
    monkeypatch.setattr("edu_metrics.observations.read_processed", lambda *_: pytest.fail("read"))
    assert project() == []


def test_force_makes_all_again(project):
    project()
    assert project(force=True) == ALL


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("notebooks/district_report.ipynb", "notebook"),
        ("data/definitions/indicators.yaml", "definitions"),
        (f"data/definitions/studies/{STUDY}.yaml", "definitions"),
        ("data/definitions/plans/michigan_hypothetical.yaml", "definitions"),
    ],
)
def test_what_all_depend_on_is_named_when_it_changes(project, path, part):
    project()
    file = project.root / path
    text = file.read_text("utf-8")
    file.write_text(text.replace("\n}", " \n}") if path.endswith("ipynb") else f"{text}# more\n")
    assert set(project.why().values()) == {(part,)}
    assert project() == ALL
    assert project() == []


def test_a_table_below_the_definitions_is_one_of_them(project):
    project()
    folder = project.root / "data" / "definitions" / "reference_classes"
    folder.mkdir()
    (folder / "gains.csv").write_text("a,b\n1,2\n", "utf-8")
    assert set(project.why().values()) == {("definitions",)}


@pytest.mark.parametrize(("name", "part"), [("library", "library"), ("versions", "versions")])
def test_other_code_and_other_versions_make_all_again(project, monkeypatch, name, part):
    project()
    monkeypatch.setattr(inputs, f"{name}_sha256", lambda: "another")
    assert set(project.why().values()) == {(part,)}
    assert project() == ALL


def test_a_module_beside_the_notebooks_is_part_of_them(project):
    project()
    module = project.root / "notebooks" / "helpers.py"
    module.write_text("LEVEL = 95\n", "utf-8")
    assert set(project.why().values()) == {("notebook",)}
    project()
    module.write_text("LEVEL = 96\n", "utf-8")
    assert project() == ALL


def test_another_notebook_makes_nothing_again(project):
    project()
    (project.root / "notebooks" / "mine.ipynb").write_text("{}", "utf-8")
    assert project() == []


def test_a_report_that_no_index_lists_is_listed_by_the_next_run(project):
    """A run was killed after its last report and before it wrote the lists."""
    project(first=3)
    index = project.root / "reports" / STUDY / "index.html"
    before = index.read_text("utf-8")
    manifest = project.root / "reports" / STUDY / "manifest.json"
    listed = manifest.read_text("utf-8")
    project()
    index.write_text(before, "utf-8")
    manifest.write_text(listed, "utf-8")
    assert project() == []
    page = index.read_text("utf-8")
    assert all(f"en/invented_district_{number}/report.html" in page for number in ALL)
    index.write_text(f"{page}<!-- kept -->", "utf-8")
    assert project() == []
    assert index.read_text("utf-8") == f"{page}<!-- kept -->"


def test_another_study_s_definition_makes_nothing_again(project):
    project()
    study = project.root / "data" / "definitions" / "studies" / f"{STUDY}.yaml"
    other = study.read_text("utf-8").replace(f"id: {STUDY}", "id: another")
    study.with_name("another.yaml").write_text(other, "utf-8")
    assert project.why() == {}
    assert project() == []


def change_own_row(root, own):
    def change(table):
        rows = (table["place"] == own) & (table["year"] == table["year"].max())
        table.loc[rows, "value"] = table.loc[rows, "value"] + 0.1

    change_rows(root, change)


def test_a_corrected_row_makes_all_reports_of_its_study_again(project):
    """Forecasts, sums and ranks of the other areas rest on it; and so does the track record."""
    project()
    change_own_row(project.root, "invented_district_05")
    assert set(project.why().values()) == {("observations",)}
    assert project() == ALL
    assert project() == []


def test_a_report_opened_by_hand_tells_the_hash_that_its_batch_noted(project):
    project()
    entry = project.manifest()[0]
    report = open_report(STUDY, entry["area"], "en", project.root)
    assert report.inputs_sha256() == entry["inputs_sha256"]


@pytest.mark.parametrize("study", ["provinces", "michigan"])
def test_odd_numbers_that_were_kept_are_those_that_are_looked_for(catalog, opened, study):
    entry, table = catalog.study(study), opened.table(study)
    looked = inspect_table(catalog, known_by(table, entry.as_of), as_of=entry.as_of.year)
    kept = [finding_of_row(row) for row in odd_numbers(catalog, entry)]
    assert [*map(dataclasses.astuple, kept)] == [*map(dataclasses.astuple, looked)]
    assert kept


@pytest.mark.parametrize("gone", ["report.html", "report.ipynb", "."])
def test_a_report_of_which_something_is_gone_is_made_again(project, gone):
    project()
    folder = project.root / "reports" / STUDY / "en" / "invented_district_03"
    if gone == ".":
        shutil.rmtree(folder)
    else:
        (folder / gone).unlink()
    assert project.why() == {"invented_district_03": ("new",)}
    assert project() == ["03"]


def test_reports_stand_also_where_the_manifest_is_gone(project):
    """A batch that was killed has not listed all that it made."""
    project()
    (project.root / "reports" / STUDY / "manifest.json").unlink()
    assert project() == []
    assert len(project.manifest()) == 12


def test_a_failed_report_is_tried_again_and_those_that_stand_are_not(project):
    def fail(job):
        if job.folder.name.endswith("_07"):
            (job.folder).mkdir(parents=True, exist_ok=True)
            (job.folder / "failed.log").write_text("told", "utf-8")
            return Outcome(job.name, "failed", 0.1, 4, "ValueError: no", "failed.log")
        return make_at_once(job)

    project.pool.run = fail
    project()
    (entry,) = [e for e in project.manifest() if e["status"] == "failed"]
    assert (entry["cell"], entry["error"]) == (4, "ValueError: no")
    assert (project.root / "reports" / STUDY / entry["log"]).read_text() == "told"
    assert project.why() == {"invented_district_07": ("failed",)}
    project.pool.run = make_at_once
    assert project() == ["07"]
    (entry,) = [e for e in project.manifest() if e["area"].endswith("_07")]
    assert (entry["status"], entry["cell"], entry["error"], entry["log"]) == (
        "made", None, None, None
    )  # fmt: skip
    assert project() == []


def test_a_try_that_failed_is_not_forgotten_for_an_older_report_that_stands(project):
    project()
    folder = project.root / "reports" / STUDY / "en" / "invented_district_02"
    (folder / "failed.log").write_text("told", "utf-8")
    assert project.why() == {"invented_district_02": ("failed",)}


def test_a_plan_of_what_would_be_made_makes_nothing(project):
    assert set(project.why().values()) == {("new",)}
    assert not (project.root / "reports").exists()
    project()
    assert set(project.why(force=True).values()) == {("forced",)}


def test_each_report_is_noted_when_it_is_made_and_listed_at_the_end(project):
    catalog = load_catalog(project.root)
    noted = []

    def progress(outcomes, number):
        for outcome in outcomes:
            yield outcome
            found = listed(catalog, catalog.study(STUDY), project.root / "reports")
            noted.append(len(found))
            assert not (project.root / "reports" / STUDY / "manifest.json").exists()

    make_reports(project.root, [STUDY], lang="en", progress=progress)
    assert noted == list(range(1, 13))
    assert len(project.manifest()) == 12
    assert not (project.root / "reports" / STUDY / "manifest.jsonl").exists()


def test_what_a_killed_batch_noted_counts_and_is_listed_by_the_next(project):
    """It was killed while it wrote a line; the list that it found tells of an older run."""
    project(first=3)
    folder = project.root / "reports" / STUDY
    entries = project.manifest()
    assert len(entries) == 3
    newer = {**entries[1], "status": "failed", "error": "told late", "cell": None}
    line = json.dumps(newer)
    (folder / "manifest.jsonl").write_text(f"{line}\n{line[:40]}", "utf-8")
    catalog = load_catalog(project.root)
    found = listed(catalog, catalog.study(STUDY), project.root / "reports")
    assert [entry["error"] for entry in found] == [None, "told late", None]
    index = folder / "index.html"
    older = f"{index.read_text('utf-8')}<!-- older -->"
    index.write_text(older, "utf-8")
    assert project(first=3) == []
    assert [entry["status"] for entry in project.manifest()] == ["unchanged"] * 3
    assert index.read_text("utf-8") != older
    assert not (folder / "manifest.jsonl").exists()


def test_a_second_batch_in_the_same_folder_is_refused_and_told_of_the_first(project):
    project()
    with only_one(project.root / "reports"):
        with pytest.raises(ReportError, match=rf"another batch \(process {os.getpid()}\)"):
            project()
        assert project.pool.made == []
    assert project() == []
    assert not (project.root / "reports" / ".lock").exists()


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL])
def test_a_folder_that_can_not_be_locked_is_not_taken_for_one_with_a_batch_in_it(
    project, monkeypatch, number
):
    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(ReportError, match="its file system refuses locks") as found:
        project()
    assert os.strerror(number) in found.value.message
    assert "--out" in found.value.message
    assert "another batch" not in found.value.message


@pytest.mark.parametrize("number", [errno.EWOULDBLOCK, errno.EACCES])
def test_a_lock_that_another_holds_is_told_by_how_the_system_refuses_it(
    project, monkeypatch, number
):
    def refused(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("fcntl.flock", refused)
    with pytest.raises(ReportError, match="another batch"):
        project()


def test_a_lock_that_a_killed_batch_left_holds_nobody_up(project):
    (project.root / "reports").mkdir()
    (project.root / "reports" / ".lock").write_text("1\n")
    (project.root / "reports" / MARK).write_text("")
    assert project() == ALL


def test_the_table_lies_where_it_is_looked_for(tmp_path):
    assert table_path(tmp_path, "x") == processed_path(tmp_path, "x")


class TestPublishing:
    """A folder of a report is the older one or the newer one, or for an instant not there."""

    @pytest.fixture
    def folder(self, tmp_path):
        folder = tmp_path / "en" / "east"
        folder.mkdir(parents=True)
        (folder / "report.html").write_text("old")
        (folder / "report.pdf").write_text("old")
        return folder

    def test_nothing_of_the_older_report_is_left_in_the_newer(self, folder, tmp_path):
        draft = tmp_path / "en" / ".east.draft"
        start_afresh(draft)
        (draft / "report" / "report.html").write_text("new")
        publish(draft, folder)
        assert [path.name for path in folder.iterdir()] == ["report.html"]
        assert (folder / "report.html").read_text() == "new"
        assert [path.name for path in folder.parent.iterdir()] == ["east"]

    def test_a_run_killed_between_the_two_gives_the_older_one_back(self, folder):
        folder.rename(folder.with_name(".east.older"))
        sweep(folder.parent, ["east", "west"])
        assert (folder / "report.html").read_text() == "old"
        assert [path.name for path in folder.parent.iterdir()] == ["east"]

    def test_a_run_killed_after_both_keeps_the_newer_one(self, folder):
        shutil.copytree(folder, folder.with_name(".east.older"))
        (folder / "report.html").write_text("new")
        sweep(folder.parent, ["east", "west"])
        assert (folder / "report.html").read_text() == "new"
        assert [path.name for path in folder.parent.iterdir()] == ["east"]

    def test_drafts_and_half_written_files_are_swept_and_other_files_are_not(self, folder):
        for name in (".east.draft", ".west.draft"):
            (folder.parent / name / "report").mkdir(parents=True)
        (folder.parent / ".index.html.12.part").write_text("")
        (folder.parent / ".hidden").write_text("somebody's")
        sweep(folder.parent, ["east", "west"])
        assert sorted(path.name for path in folder.parent.iterdir()) == [".hidden", "east"]

    def test_a_report_without_a_stamp_is_none(self, folder):
        assert stamp_of(folder) is None
        (folder / "report.ipynb").write_text("{}")
        assert stamp_of(folder) is None
        assert stamp_of(folder / "nowhere") is None

    def test_the_stamp_is_found_behind_whatever_a_notebook_holds(self, project):
        job = dataclasses.replace(
            plan_reports(project.root, [STUDY], lang="en")[0].job, inputs="ab" * 32
        )
        start_afresh(job.draft)
        false = '"edu_metrics": {\n   "files": [],\n   "inputs_sha256": "00"'
        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(false * 100)])
        book.metadata["language_info"] = {"name": "python", "version": "3" * 900}
        text = nbformat.writes(stamped(book, job.inputs, job.executed.parent))
        job.executed.write_text(text, "utf-8")
        job.executed.with_name("report.html").write_text("x")
        publish(job.draft, job.folder)
        assert stamp_of(job.folder) == "ab" * 32


def test_a_table_read_for_reports_is_the_table_that_was_built(catalog, opened):
    table = opened.table("michigan")
    assert read_processed(catalog.root, "michigan").equals(table)
