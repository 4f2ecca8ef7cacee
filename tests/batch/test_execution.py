"""A report is made whole or not at all, and a failure is an outcome; no kernel is started here."""

from __future__ import annotations

import json
from pathlib import Path

import papermill
import pytest
from papermill.exceptions import PapermillExecutionError

from edu_metrics.batch import Job, check_parameters, run
from edu_metrics.batch import execution as running
from edu_metrics.errors import ReportError

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_parameters_found_are_those_that_papermill_finds(path):
    declared = papermill.inspect_notebook(str(path))
    check_parameters(path, declared)
    for name in declared:
        with pytest.raises(ReportError, match=f"{path.name} has no parameter '{name}_'"):
            check_parameters(path, {f"{name}_": ""})


def notebook(path: Path, *sources: str, tags=("parameters",)) -> Path:
    cells = [
        {"cell_type": "code", "id": f"c{at}", "metadata": {}, "source": source.splitlines(True)}
        for at, source in enumerate(sources)
    ]
    if cells:
        cells[0]["metadata"] = {"tags": list(tags)}
    path.write_text(json.dumps({"cells": cells}), "utf-8")
    return path


def test_all_unknown_parameters_are_named_at_once_with_the_nearest(tmp_path):
    path = notebook(tmp_path / "n.ipynb", 'study = ""  # str: study\nlang = "zh"\n')
    with pytest.raises(ReportError) as caught:
        check_parameters(path, {"stduy": "", "lnag": "", "lang": ""})
    assert caught.value.faults == (
        "n.ipynb has no parameter 'stduy'; did you mean 'study'? (it declares lang, study)",
        "n.ipynb has no parameter 'lnag'; did you mean 'lang'? (it declares lang, study)",
    )


def test_only_the_cell_of_parameters_declares(tmp_path):
    path = notebook(tmp_path / "n.ipynb", 'study = ""', 'area = ""')
    with pytest.raises(ReportError, match="no parameter 'area'"):
        check_parameters(path, {"area": ""})
    bare = notebook(tmp_path / "bare.ipynb", 'study = ""', tags=())
    with pytest.raises(ReportError, match=r"no parameter 'study'.*\(it declares none\)"):
        check_parameters(bare, {"study": ""})


@pytest.mark.parametrize("text", ["", "no notebook", "{}", '{"cells": [{}]}', "[]"])
def test_a_file_that_is_no_notebook_is_named(tmp_path, text):
    path = tmp_path / "n.ipynb"
    path.write_text(text)
    with pytest.raises(ReportError, match=r"n\.ipynb is not a notebook that can be read"):
        check_parameters(path, {"study": ""})


def test_parameters_that_are_not_python_are_named(tmp_path):
    path = notebook(tmp_path / "n.ipynb", "study = ")
    with pytest.raises(ReportError, match=r"n\.ipynb is not a notebook that can be read"):
        check_parameters(path, {"study": ""})


def test_a_missing_notebook_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"no notebook lost\.ipynb in "):
        check_parameters(tmp_path / "lost.ipynb", {})


@pytest.fixture
def job(tmp_path):
    path = notebook(tmp_path / "n.ipynb", "a = 1", "b = 2", "c = 3")
    folder = tmp_path / "reports" / "study" / "en" / "east"
    return Job(path, {"lang": "en"}, folder, "East", "../../index.html")


def test_a_job_is_called_by_language_and_area(job):
    assert (job.name, job.lang) == ("en/east", "en")
    assert job.draft.parent == job.folder.parent


def maker(*written, error=None):
    """Make what stands in for a run: it writes some files and may fail."""

    def make(job, engine, limits):
        for name in written:
            job.executed.with_name(name).write_text(f"new {name}", "utf-8")
        if error is not None:
            raise error

    return make


def started(*ids, begun):
    """Write a notebook as papermill leaves it, so many cells of which were begun."""
    cells = [
        {
            "cell_type": "code",
            "id": name,
            "metadata": {"papermill": {"start_time": "now" if at < begun else None}},
        }
        for at, name in enumerate(ids)
    ]
    return json.dumps({"cells": cells})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_report_that_is_whole_replaces_the_older_one_and_its_failure(job, monkeypatch):
    job.folder.mkdir(parents=True)
    (job.folder / "report.html").write_text("old")
    (job.folder / "failed.ipynb").write_text("old")
    monkeypatch.setattr(running, "make", maker("report.html", "report.ipynb"))
    outcome = run(job)
    assert (outcome.status, outcome.cell, outcome.error) == ("made", None, None)
    assert names(job.folder) == ["report.html", "report.ipynb"]
    assert (job.folder / "report.html").read_text() == "new report.html"
    assert names(job.folder.parent) == ["east"]


def test_a_failure_before_anything_ran_leaves_nothing_but_what_stood_there(job, monkeypatch):
    job.folder.mkdir(parents=True)
    (job.folder / "report.html").write_text("old")
    monkeypatch.setattr(running, "make", maker("report.html", error=OSError("disk is full")))
    outcome = run(job)
    assert (outcome.status, outcome.cell) == ("failed", None)
    assert outcome.error == "OSError: disk is full"
    assert names(job.folder) == ["failed.log", "report.html"]
    assert (job.folder / "report.html").read_text() == "old"
    assert "disk is full" in (job.folder / outcome.log).read_text("utf-8")
    assert names(job.folder.parent) == ["east"]


@pytest.mark.parametrize("begun", [1, 2, 3])
def test_the_cell_that_was_begun_last_is_named_by_its_place_in_the_notebook(
    job, monkeypatch, begun
):
    """Cells that papermill put in, and prose of the other language taken out, do not count."""

    def make(job, engine, limits):
        ids = ("c0", "c1", "c2")
        job.executed.write_text(started(*ids, begun=begun), "utf-8")
        raise RuntimeError("Kernel died")

    monkeypatch.setattr(running, "make", make)
    outcome = run(job)
    assert (outcome.status, outcome.cell) == ("failed", begun)
    assert outcome.error == "RuntimeError: Kernel died"
    assert names(job.folder) == ["failed.ipynb", "failed.log"]


def test_an_error_of_a_cell_is_told_in_its_own_words(job, monkeypatch):
    error = PapermillExecutionError(2, 2, "b = 2", "DataError", "no [such] area", ["Traceback"])
    monkeypatch.setattr(running, "make", maker(error=error))
    assert run(job).error == "DataError: no [such] area"


def test_a_page_that_fails_after_the_run_names_no_cell(job, monkeypatch):
    def make(job, engine, limits):
        cells = [{"cell_type": "code", "id": "c0", "metadata": {}}]
        job.executed.write_text(json.dumps({"cells": cells}), "utf-8")
        raise ValueError("no such template")

    monkeypatch.setattr(running, "make", make)
    outcome = run(job)
    assert (outcome.status, outcome.cell) == ("failed", None)
    assert names(job.folder) == ["failed.ipynb", "failed.log"]


def test_the_draft_of_a_run_that_was_killed_does_not_get_into_the_report(job, monkeypatch):
    job.draft.mkdir(parents=True)
    (job.draft / "summary.json").write_text("of the killed run")
    monkeypatch.setattr(running, "make", maker("report.html"))
    assert run(job).status == "made"
    assert names(job.folder) == ["report.html"]


def test_an_interrupt_is_no_failure_and_leaves_no_draft(job, monkeypatch):
    monkeypatch.setattr(running, "make", maker("report.html", error=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        run(job)
    assert names(job.folder.parent) == []


def test_a_folder_that_cannot_be_made_is_a_failure(job, monkeypatch, tmp_path):
    (tmp_path / "reports").write_text("a file stands here")
    monkeypatch.setattr(running, "make", maker("report.html"))
    outcome = run(job)
    assert outcome.status == "failed"
    assert "NotADirectoryError" in outcome.error
