"""A notebook that is edited while its reports are made: each report is of the one it names."""

from __future__ import annotations

import hashlib
import json

import pytest

from edu_metrics.batch import How, Limits, make_reports, plan_reports
from edu_metrics.batch.execution import stamp_of
from edu_metrics.batch.pool import can_fork, report_pool
from edu_metrics.report.kinds import RECORD
from edu_metrics.simulation import simulate_districts
from tests.batch.books import PARAMETERS, write_book

pytestmark = pytest.mark.slow

STUDY = "invented_districts"
ENGINES = ["kernel", *(["fork"] if can_fork() else [])]


@pytest.fixture
def project(catalog, tmp_path):
    """Simulate four districts whose notebook notes which one it is."""
    root = tmp_path / "project"
    simulate_districts(catalog, catalog.study("michigan"), root, districts=4)
    (root / "notebooks" / RECORD).unlink()  # all reports are of one notebook
    book = write_book(root / "notebooks" / "district_report.ipynb", 'print("first edition")')
    content = json.loads(book.read_text("utf-8"))
    more = 'study = ""  # str: study\narea = ""  # str: area\nroot = ""  # str: project\n'
    content["cells"][0]["source"] = PARAMETERS + more
    book.write_text(json.dumps(content), "utf-8")
    return root


@pytest.mark.parametrize("engine", ENGINES)
def test_a_notebook_edited_and_put_back_while_reports_are_made_leaves_none_of_the_other_kind(
    project, engine
):
    book = project / "notebooks" / "district_report.ipynb"
    first = book.read_text("utf-8")

    def progress(outcomes, number):
        for outcome in outcomes:
            book.write_text(first.replace("first", "second"), "utf-8")
            yield outcome

    how = How(1, engine)
    results = make_reports(project, [STUDY], lang="en", how=how, progress=progress)
    assert {outcome.status for _, outcome in results} == {"made"}
    book.write_text(first, "utf-8")
    assert not [found for found in plan_reports(project, [STUDY], lang="en") if found.why]
    for folder in (project / "reports" / STUDY / "en").glob("invented*"):
        page = (folder / "report.html").read_text("utf-8")
        assert "first edition" in page
        assert "second edition" not in page


@pytest.mark.parametrize("engine", ENGINES)
def test_a_report_of_a_notebook_that_is_not_there_any_more_fails_with_what_to_do(
    project, engine, monkeypatch
):
    """It was hashed before it was edited, and nobody had read it by then."""
    book = project / "notebooks" / "district_report.ipynb"
    first = book.read_bytes()
    decided = plan_reports(project, [STUDY], lang="en")
    jobs = [found.job for found in decided]
    assert {job.notebook_sha256 for job in jobs} == {hashlib.sha256(first).hexdigest()}
    book.write_bytes(first.replace(b"first", b"second"))
    with report_pool(1, Limits(), project, engine=engine) as made:
        outcome = made.submit(jobs[0]).result()
    assert outcome.status == "failed"
    assert outcome.error == (
        "district_report.ipynb has changed since this batch was begun; give the command again"
    )
    assert stamp_of(jobs[0].folder) is None
