"""What is planned, what is listed afterwards, and how the processes end; no notebook is run."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

import pytest

from edu_metrics.batch import Outcome, batch, make_reports, plan_jobs
from edu_metrics.batch.jobs import Limits, NotStartedError, rows_of
from edu_metrics.batch.pool import report_pool
from edu_metrics.errors import DefinitionError, ReportError
from edu_metrics.words import say
from tests.batch.books import job_of

pytestmark = pytest.mark.slow


def planned(catalog, study, tmp_path, **given):
    return [job.name for job in plan_jobs(catalog, catalog.study(study), tmp_path, **given)]


def test_a_study_has_an_overview_an_audit_and_a_report_of_each_area_in_each_language(
    catalog, tmp_path
):
    areas = ["overview", "plan_audit", "wuhai", "haibowan", "wuda", "hainan"]
    assert planned(catalog, "wuhai", tmp_path) == [
        f"{lang}/{area}" for lang in ("zh", "en") for area in areas
    ]


def test_only_the_latest_real_study_of_a_plan_is_audited(catalog, tmp_path):
    for study in ("wuhai_2020", "mock_city"):
        assert not [name for name in planned(catalog, study, tmp_path) if "plan_audit" in name]


def test_one_area_is_asked_for_by_id_name_or_alias(catalog, tmp_path):
    for name in ("haibowan", "海勃湾区", "海勃湾"):
        assert planned(catalog, "wuhai", tmp_path, area=name, lang="en") == ["en/haibowan"]


def test_scenarios_are_compared_beside_each_report_where_that_is_asked(catalog, tmp_path):
    plain = planned(catalog, "mock_city", tmp_path, lang="en")
    both = planned(catalog, "mock_city", tmp_path, lang="en", scenarios=True)
    areas = catalog.expand(catalog.study("mock_city").areas)
    assert set(both) - set(plain) == {f"en/{area}.scenarios" for area in areas}
    assert set(both) <= {f"en/{row}" for row in rows_of(catalog, catalog.study("mock_city"))}


def test_a_study_of_many_areas_or_one_that_asks_for_it_has_a_track_record(catalog, tmp_path):
    found = {
        study: "en/track_record" in planned(catalog, study, tmp_path, lang="en")
        for study in catalog.studies
    }
    asks = {name for name, study in catalog.studies.items() if study.track_record}
    assert {"mock_city", "provinces"} <= asks
    assert {study for study, has in found.items() if has} == {"michigan", *asks}


def test_areas_of_a_family_are_single_reports_without_an_overview(catalog, tmp_path):
    names = planned(catalog, "michigan", tmp_path, lang="en")
    assert len([name for name in names if name not in ("en/plan_audit", "en/track_record")]) == 550
    assert "en/overview" not in names


def test_the_first_areas_are_those_of_the_study(catalog, tmp_path):
    names = planned(catalog, "wuhai", tmp_path, lang="zh", first=2)
    assert names == ["zh/overview", "zh/plan_audit", "zh/wuhai", "zh/haibowan"]


def test_a_job_tells_the_notebook_what_it_needs_and_the_page_where_it_stands(catalog, tmp_path):
    (job,) = plan_jobs(catalog, catalog.study("wuhai"), tmp_path, area="wuda", lang="en")
    assert job.parameters == {
        "study": "wuhai", "area": "wuda", "lang": "en", "root": str(catalog.root)
    }  # fmt: skip
    assert job.folder == tmp_path / "wuhai" / "en" / "wuda"
    assert (job.folder / job.home).resolve() == (tmp_path / "wuhai" / "index.en.html").resolve()
    assert "Wuda" in job.title


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"area": "haibowann"}, "did you mean 'haibowan'"),
        ({"area": "呼和浩特"}, "wuhai, haibowan, wuda, hainan"),
        ({"lang": "fr"}, "zh, en"),
    ],
)
def test_an_unknown_area_or_language_is_refused_with_those_that_there_are(
    catalog, tmp_path, given, named
):
    with pytest.raises(DefinitionError, match=named):
        plan_jobs(catalog, catalog.study("wuhai"), tmp_path, **given)


@contextmanager
def _in_this_process(run):
    """Stand in for the pool of processes: do at once what is asked."""

    class Pool:
        def submit(self, job):
            future: Future[Outcome] = Future()
            try:
                future.set_result(run(job))
            except BaseException as error:
                future.set_exception(error)
            return future

    yield Pool()


@pytest.fixture
def make(root, catalog, tmp_path, monkeypatch):
    """Make reports with a run that says what becomes of each."""
    monkeypatch.setattr(batch, "load_catalog", {root: catalog}.__getitem__)
    out = tmp_path / "reports"

    def of(*studies, run=lambda job: Outcome(job.name, "made", 1.23), **given):
        monkeypatch.setattr(batch, "_pool", lambda *_: _in_this_process(run))
        results = make_reports(root, studies, out=out, **given)
        manifest = json.loads((out / studies[0] / "manifest.json").read_text("utf-8"))
        return results, manifest["areas"]

    of.out = out
    return of


def listed(entries):
    return [(entry["lang"], entry["area"], entry["status"]) for entry in entries]


def test_reports_of_earlier_runs_stay_listed_in_the_order_of_the_study(make):
    make("wuhai", area="hainan", lang="zh")
    _, entries = make("wuhai", area="wuhai")
    assert listed(entries) == [
        ("en", "wuhai", "made"), ("zh", "wuhai", "made"), ("zh", "hainan", "made")
    ]  # fmt: skip
    assert entries[0]["seconds"] == 1.23


def test_a_report_that_fails_now_is_not_listed_as_made_before(make):
    make("wuhai", area="wuda", lang="zh")
    results, entries = make(
        "wuhai", area="wuda", lang="zh", run=lambda job: Outcome(job.name, "failed", 2, 5, "no <b>")
    )
    assert [outcome.status for _, outcome in results] == ["failed"]
    assert listed(entries) == [("zh", "wuda", "failed")]
    page = (make.out / "wuhai" / "index.html").read_text("utf-8")
    assert "[5] no &lt;b&gt;" in page
    assert "zh/wuda/report.html" not in page


def test_a_study_named_twice_is_made_once(make):
    results, _ = make("wuhai", "wuhai", area="wuda", lang="zh")
    assert [(study, outcome.name) for study, outcome in results] == [("wuhai", "zh/wuda")]


def test_results_come_in_the_order_planned(make):
    results, _ = make("wuhai_2020", "wuhai", lang="en", first=1)
    assert [(study, outcome.name) for study, outcome in results] == [
        ("wuhai_2020", "en/overview"),
        ("wuhai_2020", "en/wuhai"),
        ("wuhai", "en/overview"),
        ("wuhai", "en/plan_audit"),
        ("wuhai", "en/wuhai"),
    ]


def test_the_first_study_is_made_first_and_then_the_track_records(make):
    order = []

    def run(job):
        order.append((job.folder.parent.parent.name, job.name))
        return Outcome(job.name, "made", 1.0)

    each = {"wuhai": {"lang": "zh"}}
    make("wuhai", "wuhai_2020", "michigan", lang="en", first=1, each=each, run=run)
    assert order == [
        ("wuhai", "zh/overview"),
        ("wuhai", "zh/plan_audit"),
        ("wuhai", "zh/wuhai"),
        ("michigan", "en/track_record"),
        ("wuhai_2020", "en/overview"),
        ("wuhai_2020", "en/wuhai"),
        ("michigan", "en/plan_audit"),
        ("michigan", "en/michigan_district_1010"),
    ]


def test_an_area_that_a_study_has_no_more_is_not_listed_any_more(make):
    make("wuhai", area="wuhai", lang="zh")
    path = make.out / "wuhai" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    gone = {**manifest["areas"][0], "area": "once_a_district"}
    path.write_text(json.dumps({**manifest, "areas": [gone, *manifest["areas"]]}), "utf-8")
    _, entries = make("wuhai", area="wuda", lang="zh")
    assert [entry["area"] for entry in entries] == ["wuhai", "wuda"]
    assert "once_a_district" not in (make.out / "wuhai" / "index.html").read_text("utf-8")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"areas": [1]}'])
def test_a_manifest_that_cannot_be_read_is_named_before_anything_runs(make, text):
    path = make.out / "wuhai" / "manifest.json"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    with pytest.raises(ReportError, match=r"manifest\.json can't be read"):
        make("wuhai", run=lambda job: pytest.fail("it ran"))
    assert path.read_text() == text


def test_a_process_that_is_lost_is_a_failure_of_its_report_and_no_other(make):
    def run(job):
        if job.folder.name == "wuda":
            raise BrokenProcessPool("killed")
        return Outcome(job.name, "made", 1)

    results, _ = make("wuhai", lang="zh", run=run)
    failed = [outcome for _, outcome in results if outcome.status == "failed"]
    assert [(outcome.name, outcome.error) for outcome in failed] == [
        ("zh/wuda", "process lost: killed")
    ]


def test_where_nothing_can_be_made_at_all_that_is_told_once_and_not_of_each_report(make):
    def run(job):
        raise NotStartedError("the process that makes reports did not start: no room")

    with pytest.raises(ReportError, match="did not start: no room"):
        make("wuhai", lang="zh", run=run)
    manifest = json.loads((make.out / "wuhai" / "manifest.json").read_text("utf-8"))
    assert manifest["areas"] == []


def test_what_a_stopped_pool_leaves_half_done_is_swept_when_it_has_ended(make):
    drafts = []

    def run(job):
        (job.draft / "report").mkdir(parents=True)
        drafts.append(job.draft)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make("wuhai", lang="zh", run=run)
    assert drafts
    assert not [draft for draft in drafts if draft.exists()]


def test_what_was_made_before_an_interrupt_is_listed(make):
    def progress(outcomes, number):
        for at, outcome in enumerate(outcomes, start=1):
            yield outcome
            if at == 3:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make("wuhai", lang="zh", progress=progress)
    manifest = json.loads((make.out / "wuhai" / "manifest.json").read_text("utf-8"))
    assert len(manifest["areas"]) == 3
    assert (make.out / "index.html").is_file()


def test_progress_sees_each_outcome_and_how_many_there_will_be(make):
    seen = []

    def progress(outcomes, number):
        for outcome in outcomes:
            seen.append((outcome.name, number))
            yield outcome

    make("wuhai", lang="zh", first=1, progress=progress)
    assert sorted(seen) == [("zh/overview", 3), ("zh/plan_audit", 3), ("zh/wuhai", 3)]


@pytest.mark.parametrize(
    ("study", "kind"), [("mock_city", "invented"), ("michigan", "hypothetical")]
)
def test_the_index_of_a_study_warns_in_its_language(make, catalog, study, kind):
    make(study, lang="zh", first=1)
    first = catalog.study(study).languages[0]
    page = (make.out / study / "index.html").read_text("utf-8")
    assert page.count(f'class="note {kind}"') == 1
    assert say(f"report.{kind}", first) in page


def test_the_index_of_a_real_study_does_not_warn(make):
    make("wuhai", lang="zh", first=1)
    assert 'class="note' not in (make.out / "wuhai" / "index.html").read_text("utf-8")


def test_the_page_above_all_counts_made_and_failed(make):
    def run(job):
        return Outcome(job.name, "failed" if job.folder.name == "wuda" else "made", 1, None, "x")

    make("wuhai", lang="zh", run=run)
    page = (make.out / "index.html").read_text("utf-8")
    assert page.count('href="wuhai/') == 1
    # Of four areas one failed; overview and audit are no areas.
    cells = re.findall(r'<td class="n"[^>]*>([^<]*)</td>', page)
    assert cells == ["3（共4个地区）", "1"]


def test_workers_are_stopped_at_once_where_their_user_is(tmp_path):
    """Six jobs of a minute each: the first is running, the others wait."""
    begun = time.monotonic()
    before = set(multiprocessing.active_children())
    note = tmp_path / "pid"
    source = f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getppid()))\ntime.sleep(60)"

    def be_interrupted():
        with report_pool(1, Limits(), tmp_path, engine="kernel") as pool:
            for number in range(6):
                pool.submit(job_of(tmp_path, f"slow{number}", source))
            while not (note.exists() and note.read_text()):
                time.sleep(0.05)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        be_interrupted()
    assert time.monotonic() - begun < 60
    assert set(multiprocessing.active_children()) == before
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


def test_a_batch_needs_the_notebooks_of_its_own_project(root, tmp_path):
    copy = tmp_path / "bare"
    shutil.copytree(root / "data" / "definitions", copy / "data" / "definitions")
    with pytest.raises(ReportError, match=r"no notebook city_overview\.ipynb"):
        make_reports(copy, ["wuhai"])
    assert not (copy / "reports").exists()
