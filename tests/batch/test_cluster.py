"""The same batch on a cluster of two real worker processes, one of which is lost on the way."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from edu_metrics.batch import How, Limits, make_reports
from edu_metrics.batch.cluster import packed
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import ReportError
from edu_metrics.report.kinds import RECORD
from edu_metrics.simulation import simulate_districts
from tests.batch.books import PARAMETERS, write_book

pytestmark = pytest.mark.slow

LIB = Path(__file__).parents[2] / "lib"
STUDY = "invented_districts"
SOURCE = """
import os, time
from pathlib import Path
time.sleep(0.4)
Path(out, "figures").mkdir()
Path(out, "figures", "x.png").write_bytes(area.encode())
if area.endswith("_07"):
    print("before")
    raise ValueError("not here")
Path(out, "who.txt").write_text(f"{os.getppid()} {root}") and None
"""


def library():
    return os.pathsep.join([str(LIB), os.environ.get("PYTHONPATH", "")])


def start(*words):
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        env={**os.environ, "PYTHONPATH": library()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def simulated(catalog, root, source, districts):
    """Simulate districts whose notebook is of one cell."""
    simulate_districts(catalog, catalog.study("michigan"), root, districts=districts)
    (root / "notebooks" / RECORD).unlink()  # every report is of a district
    book = write_book(root / "notebooks" / "district_report.ipynb", source)
    content = json.loads(book.read_text("utf-8"))
    more = 'study = ""  # str: study\narea = ""  # str: area\nroot = ""  # str: project\n'
    content["cells"][0]["source"] = PARAMETERS + more
    book.write_text(json.dumps(content), "utf-8")
    return root


@contextlib.contextmanager
def scheduler_in(folder):
    """Start a scheduler; give its address, and how a worker finds it."""
    note = folder / "scheduler.json"
    where = ("--scheduler-file", note, "--no-dashboard")
    scheduler = start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", 0, *where)
    try:
        for _ in range(600):
            if note.exists() and note.read_text():
                break
            time.sleep(0.1)
        yield json.loads(note.read_text())["address"], where
    finally:
        scheduler.kill()
        scheduler.wait()


@pytest.fixture(scope="module")
def project(catalog, tmp_path_factory):
    """Simulate twelve districts whose notebook takes its time, and fails in one of them."""
    return simulated(catalog, tmp_path_factory.mktemp("home") / "project", SOURCE, 12)


@pytest.fixture
def empty(tmp_path):
    """Start a scheduler to which no worker comes."""
    with scheduler_in(tmp_path) as (address, _):
        yield address


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Start a scheduler and two workers, each a process of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    with scheduler_in(folder) as (address, where):
        workers = [
            start("distributed.cli.dask_worker", *where, "--no-nanny", "--nthreads", 1,
                  "--local-directory", folder, "--host", "127.0.0.1")
            for _ in range(2)
        ]  # fmt: skip
        try:
            yield address, workers
        finally:
            for process in workers:
                process.kill()
                process.wait()


@pytest.fixture(scope="module")
def batch(project, cluster):
    """Make the reports; after the third one the worker that made it is killed."""
    address, workers = cluster
    from distributed import Client

    with Client(address, set_as_default=False, timeout="60s") as client:
        client.wait_for_workers(2, timeout=60)
    killed: list[int] = []

    def progress(outcomes, number):
        for count, outcome in enumerate(outcomes, start=1):
            if count == 3:
                workers[0].send_signal(signal.SIGKILL)
                killed.append(workers[0].pid)
            yield outcome

    results = make_reports(
        project, [STUDY], lang="en", how=How(scheduler=address), progress=progress
    )
    return results, killed


def folder_of(project, number):
    return project / "reports" / STUDY / "en" / f"invented_district_{number:02}"


def test_all_reports_come_home_although_a_worker_was_lost(project, batch):
    results, killed = batch
    assert len(killed) == 1
    made = [outcome for _, outcome in results if outcome.status == "made"]
    assert len(made) == 11
    for number in (1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12):
        assert sorted(path.name for path in folder_of(project, number).iterdir()) == [
            "figures", "report.html", "report.ipynb", "who.txt"
        ]  # fmt: skip
        drawn = folder_of(project, number) / "figures" / "x.png"
        assert drawn.read_text() == f"invented_district_{number:02}"


def test_a_report_that_fails_there_is_named_here_with_its_cell_and_log(project, batch):
    results, _ = batch
    (failed,) = [outcome for _, outcome in results if outcome.status == "failed"]
    assert failed.name == "en/invented_district_07"
    assert (failed.cell, failed.error) == (2, "ValueError: not here")
    folder = folder_of(project, 7)
    assert sorted(path.name for path in folder.iterdir()) == ["failed.ipynb", "failed.log"]
    assert "not here" in (folder / failed.log).read_text("utf-8")
    assert "before" in (folder / "failed.ipynb").read_text("utf-8")


def test_workers_made_them_without_the_project_s_own_folder(project, batch):
    for number in (1, 12):
        parent, root = (folder_of(project, number) / "who.txt").read_text().split()
        assert Path(root) != project
        assert int(parent) != os.getpid()


def test_nothing_of_the_lost_worker_lives_on(project, batch, cluster):
    """What forks ends with Dask's worker, and there is one for each of its threads."""
    parents = {
        int((folder_of(project, n) / "who.txt").read_text().split()[0])
        for n in range(1, 13)
        if n != 7
    }
    assert len(parents) <= 2
    _, workers = cluster
    living = [pid for pid in parents if Path(f"/proc/{pid}").exists()]
    for pid in living:
        stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        server = Path(f"/proc/{stat[1]}/stat").read_text().rsplit(")", 1)[1].split()
        assert stat[0] == "Z" or int(server[1]) == workers[1].pid


def test_nobody_at_the_address_is_said_at_once(project, monkeypatch):
    monkeypatch.setattr("edu_metrics.batch.cluster._PATIENCE", "1s")
    how = How(scheduler="tcp://127.0.0.1:9", force=True)
    with pytest.raises(ReportError, match="no Dask scheduler answers at"):
        make_reports(project, [STUDY], how=how, out=project / "elsewhere")


def test_a_cluster_without_workers_is_said_with_what_to_do(project, empty, monkeypatch):
    monkeypatch.setattr("edu_metrics.batch.cluster._FIRST_WORKER", 0.5)
    how = How(scheduler=empty, force=True)
    with pytest.raises(ReportError, match=rf"no workers.*start some with: dask worker {empty}"):
        make_reports(project, [STUDY], how=how, out=project / "elsewhere")


def test_the_command_line_makes_reports_on_a_cluster(project, cluster, batch, tmp_path):
    address, _ = cluster
    words = ["report", STUDY, "--lang", "en", "--root", project, "--out", tmp_path / "far"]
    ended = subprocess.run(
        [sys.executable, "-c", "from edu_metrics.cli import run; run()", *map(str, words),
         "--scheduler", address],
        capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": library()},
    )  # fmt: skip
    assert ended.returncode == 1
    index = tmp_path / "far" / "index.html"
    assert ended.stdout == f"11 of 12 reports made; open {index}\n"
    assert "failed: en/invented_district_07: cell 2: ValueError: not here" in ended.stderr
    assert "Traceback" not in ended.stderr
    listed = json.loads((tmp_path / "far" / STUDY / "manifest.json").read_text("utf-8"))["areas"]
    assert [e["status"] for e in listed] == ["made"] * 6 + ["failed"] + ["made"] * 5
    for entry in listed:
        here = tmp_path / "far" / STUDY / "en" / entry["area"]
        there = project / "reports" / STUDY / "en" / entry["area"]
        if entry["status"] == "made":
            assert (here / "report.html").read_bytes() == (there / "report.html").read_bytes()


LIMITED = """
import os, resource, sys
from pathlib import Path
limits = resource.getrlimit(resource.RLIMIT_AS)[0] // 2**20
names = ("OPENBLAS_NUM_THREADS", "PYTHONHASHSEED")
told = [str(limits), str(os.getpid()), *(os.environ[name] for name in names)]
Path(out, "who.txt").write_text("\\n".join([str(Path.cwd()), root, *told])) and None
"""


def test_reports_on_a_cluster_have_the_limits_and_the_folder_that_they_have_at_home(
    catalog, tmp_path
):
    """Its worker is started as docs/scale.md says, by a nanny, with more than one thread."""
    root = simulated(catalog, tmp_path / "home", LIMITED, 3)
    with scheduler_in(tmp_path) as (address, where):
        worker = start("distributed.cli.dask_worker", *where, "--nworkers", 1, "--nthreads", 2,
                       "--local-directory", tmp_path, "--host", "127.0.0.1")  # fmt: skip
        try:
            for engine in ("kernel", "fork"):
                how = How(scheduler=address, engine=engine, limits=Limits(memory_mb=3000))
                out = tmp_path / engine
                results = make_reports(root, [STUDY], lang="en", out=out, how=how)
                assert [(o.status, o.error) for _, o in results] == [("made", None)] * 3
        finally:
            worker.terminate()
            worker.wait(30)
    for engine in ("kernel", "fork"):
        processes = set()
        for path in (tmp_path / engine / STUDY / "en").glob("*/who.txt"):
            folder, project, memory, pid, *told = path.read_text().splitlines()
            assert Path(folder) == Path(project) / "notebooks"
            assert Path(project) != root
            assert (memory, told) == ("3000", ["1", "0"])
            processes.add(pid)
        assert len(processes) == 3


def test_a_project_is_packed_to_the_same_bytes(project):
    catalog = load_catalog(project)
    assert packed(catalog, [STUDY]) == packed(catalog, [STUDY])
