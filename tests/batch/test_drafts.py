"""Whatever goes wrong while a report takes its place, there is a good one there afterwards."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest

from edu_metrics.batch import execution as publishing
from edu_metrics.batch.execution import claim, keep_failure, publish, stamp_of, start_afresh, sweep
from edu_metrics.errors import ReportError
from edu_metrics.report.page import stamped

INPUTS = "ab" * 32


notebook = nbformat.v4.new_notebook


@pytest.fixture
def folder(tmp_path):
    """Give the folder of a report that was made before, with a figure in a folder below it."""
    folder = tmp_path / "en" / "east"
    (folder / "figures").mkdir(parents=True)
    (folder / "report.html").write_text("old")
    (folder / "figures" / "a.png").write_text("old")
    (folder / "report.ipynb").write_text(nbformat.writes(stamped(notebook(), INPUTS, folder)))
    return folder


@pytest.fixture
def draft(folder):
    draft = folder.with_name(".east.draft")
    start_afresh(draft)
    (draft / "report" / "report.html").write_text("new")
    return draft


def held(folder):
    """Give what a folder holds below it, hidden or not."""
    return {
        p.relative_to(folder).as_posix(): p.read_text()
        for p in folder.rglob("*.*")
        if p.is_file() and p.name != "report.ipynb"
    }


OLD = {"east/report.html": "old", "east/figures/a.png": "old"}


class Died(BaseException):
    """Stands for a process that ends: nothing after it is run."""


def rename_fails_at(monkeypatch, number, error):
    """Let the nth renaming of a folder, and none before or after it, go wrong."""
    calls = []
    plain = Path.rename

    def rename(self, target):
        calls.append((self.name, Path(target).name))
        if len(calls) == number:
            raise error
        return plain(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    return calls


@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("error", [OSError("no"), KeyboardInterrupt()])
def test_a_renaming_that_fails_leaves_the_older_report_where_it_was(
    folder, draft, monkeypatch, number, error
):
    rename_fails_at(monkeypatch, number, error)
    with pytest.raises(type(error)):
        publish(draft, folder)
    monkeypatch.undo()
    assert held(folder) == {"report.html": "old", "figures/a.png": "old"}
    keep_failure(draft, folder, "told")
    assert held(folder.parent) == {**OLD, "east/failed.log": "told"}
    sweep(folder.parent, [folder.name])
    assert held(folder.parent) == {**OLD, "east/failed.log": "told"}


def test_a_run_sweeps_its_own_drafts_and_nothing_else(folder, draft):
    (folder.parent / ".my_thesis.draft").mkdir()
    (folder.parent / ".my_thesis.draft" / "chapter.txt").write_text("mine")
    (folder.parent / ".notes.part").write_text("mine")
    (folder.parent / ".manifest.json.17.part").write_text("half")
    sweep(folder.parent, iter(["east"]))
    mine = {".my_thesis.draft/chapter.txt": "mine", ".notes.part": "mine"}
    assert held(folder.parent) == {**OLD, **mine}


def test_what_somebody_put_beside_a_report_stays_when_it_is_made_again(folder, draft):
    (folder / "notes.txt").write_text("mine")
    (folder / "figures" / "mine.png").write_text("mine")
    (folder / "failed.log").write_text("of the last run")
    publish(draft, folder)
    mine = {"notes.txt": "mine", "figures/mine.png": "mine"}
    assert held(folder) == {"report.html": "new", **mine}


@pytest.mark.parametrize("name", ["thesis.docx", ".hidden", "index.html", "manifest.json"])
def test_a_folder_that_holds_what_no_run_made_is_refused(tmp_path, name):
    (tmp_path / name).write_text("mine")
    with pytest.raises(ReportError, match="--out"):
        claim(tmp_path, [tmp_path / "index.html"])
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("names", [[], [".gitkeep", ".DS_Store"]])
def test_an_empty_folder_is_taken_and_taken_again(tmp_path, names):
    for name in names:
        (tmp_path / name).touch()
    claim(tmp_path)
    (tmp_path / "study").mkdir()
    claim(tmp_path)


def test_the_page_of_somebody_else_is_refused_where_reports_are_made_too(tmp_path):
    claim(tmp_path)
    (tmp_path / "index.html").write_text("<h1>Mine</h1>")
    with pytest.raises(ReportError, match="would be overwritten; move it away"):
        claim(tmp_path, [tmp_path / "index.html"])
    (tmp_path / "index.html").write_text('<meta name="generator" content="edu-metrics">')
    claim(tmp_path, [tmp_path / "index.html"])


def died_between(folder, draft):
    """Leave what a process leaves that dies after the older report was put aside."""
    folder.rename(folder.with_name(".east.older"))
    assert not folder.exists()


def test_a_try_after_a_death_between_the_renamings_starts_with_the_older_report(folder, draft):
    died_between(folder, draft)
    start_afresh(draft)
    assert held(folder.parent) == OLD


def test_a_failure_after_such_a_death_is_kept_beside_the_older_report(folder, draft):
    died_between(folder, draft)
    keep_failure(draft, folder, "told")
    assert held(folder.parent) == {**OLD, "east/failed.log": "told"}
    sweep(folder.parent, [folder.name])
    assert held(folder.parent) == {**OLD, "east/failed.log": "told"}


def test_a_draft_published_after_such_a_death_replaces_the_older_report(folder, draft):
    died_between(folder, draft)
    publish(draft, folder)
    assert held(folder.parent) == {"east/report.html": "new"}


def test_a_draft_that_cannot_be_published_after_such_a_death_leaves_the_older_report(
    folder, draft, monkeypatch
):
    died_between(folder, draft)
    calls = rename_fails_at(monkeypatch, 3, OSError("no"))
    with pytest.raises(OSError, match="no"):
        publish(draft, folder)
    monkeypatch.undo()
    assert calls[2] == ("report", "east")
    assert held(folder) == {"report.html": "old", "figures/a.png": "old"}


def test_what_was_put_aside_does_not_come_back_over_a_newer_report(folder, draft):
    """A process died after both renamings, before it threw the older report away."""
    aside = folder.with_name(".east.older")
    aside.mkdir()
    (aside / "report.html").write_text("older still")
    start_afresh(draft)
    assert held(folder) == {"report.html": "old", "figures/a.png": "old"}


def test_an_older_report_that_cannot_be_put_back_is_not_taken_for_failed(
    folder, draft, monkeypatch
):
    """It stays aside, where the next batch finds it, and no folder is made in its place."""
    died_between(folder, draft)
    rename_fails_at(monkeypatch, 1, OSError("no"))
    assert keep_failure(draft, folder, "told") is None
    monkeypatch.undo()
    sweep(folder.parent, [folder.name])
    assert held(folder.parent) == OLD


def test_every_file_is_on_the_disk_before_the_older_report_is_put_aside(folder, draft, monkeypatch):
    """After a power cut a stamp that stands means that all it names is whole."""
    (draft / "report" / "figures").mkdir()
    (draft / "report" / "figures" / "b.png").write_text("new")
    seen, synced = [], []
    plain, rename = os.fsync, Path.rename

    def fsync(descriptor):
        synced.append(os.fstat(descriptor).st_ino)
        plain(descriptor)

    def look(self, target):
        seen.append(list(synced))
        return rename(self, target)

    below = [draft / "report", *(draft / "report").rglob("*")]
    numbers = {path.stat().st_ino for path in below}
    monkeypatch.setattr(publishing.os, "fsync", fsync)
    monkeypatch.setattr(Path, "rename", look)
    publish(draft, folder)
    assert len(numbers) == 4
    assert numbers <= set(seen[0])
    assert folder.parent.stat().st_ino in synced


def test_a_file_that_cannot_be_seen_to_the_disk_fails_the_report(folder, draft, monkeypatch):
    def full(descriptor):
        raise OSError("no space left")

    monkeypatch.setattr(publishing.os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        publish(draft, folder)
    assert held(folder) == {"report.html": "old", "figures/a.png": "old"}


def stamp(folder, names, **metadata):
    """Write a report with a stamp that names some files, and make those files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    book = nbformat.v4.new_notebook(metadata=metadata)
    text = nbformat.writes(stamped(book, INPUTS, folder))
    (folder / "report.html").write_text("x")
    (folder / "report.ipynb").write_text(text, "utf-8")


@pytest.mark.parametrize("number", [0, 1, 150, 2000])
def test_a_report_of_however_many_files_stands(tmp_path, number):
    stamp(tmp_path / "r", [f"figure_of_some_length_{n:04}.png" for n in range(number)])
    assert stamp_of(tmp_path / "r") == INPUTS


@pytest.mark.parametrize("name", ["a]b.png", 'a"b.png', "图一.png", "a\\b.png"])
def test_a_file_may_have_any_name(tmp_path, name):
    stamp(tmp_path / "r", [name])
    assert stamp_of(tmp_path / "r") == INPUTS
    (tmp_path / "r" / name).unlink()
    assert stamp_of(tmp_path / "r") is None


def test_a_report_without_a_figure_in_a_folder_below_it_does_not_stand(tmp_path):
    stamp(tmp_path / "r", ["figures/x.png", "top.png"])
    assert stamp_of(tmp_path / "r") == INPUTS
    (tmp_path / "r" / "figures" / "x.png").unlink()
    assert stamp_of(tmp_path / "r") is None


@pytest.mark.parametrize("cut", [1, 40, 120])
def test_a_notebook_that_is_cut_short_does_not_stand(tmp_path, cut):
    stamp(tmp_path / "r", [])
    path = tmp_path / "r" / "report.ipynb"
    content = path.read_bytes()
    end = content.rindex(INPUTS.encode()) + len(INPUTS)
    path.write_bytes(content[: end - cut])
    assert stamp_of(tmp_path / "r") is None
