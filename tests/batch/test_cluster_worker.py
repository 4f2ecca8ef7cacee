"""What a worker holds, and how its reports come home; no cluster is started here."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import threading
import zipfile
from concurrent.futures import Future
from pathlib import Path

import pytest

from edu_metrics.batch import Limits, Outcome, cluster
from edu_metrics.batch.cluster import ClusterPool, Order, forget, make_there
from edu_metrics.errors import ReportError
from edu_metrics.report.fingerprint import library_sha256, versions_sha256
from tests.batch.books import job_of


def project_of(text):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("notebooks/x.ipynb", text)
    return file.getvalue()


class Pools:
    """Pools that say when they begin and end, and make what a test wants them to."""

    def __init__(self):
        self.told = []
        self.run = lambda job: None

    @contextlib.contextmanager
    def start(self, order, root):
        number = sum(word == "began" for word, *_ in self.told)
        self.told.append(("began", number, order.digest, root))
        try:
            yield self._of(number)
        finally:
            self.told.append(("ended", number, order.digest, root))

    def _of(self, number):
        class Pool:
            @staticmethod
            def submit(job):
                future: Future[Outcome] = Future()
                try:
                    future.set_result(self.run(job) or Outcome(job.name, "made", 0.1))
                except Exception as error:
                    future.set_exception(error)
                return future

        return Pool()

    @property
    def events(self):
        return [told[:3] for told in self.told]


@pytest.fixture
def pools(monkeypatch):
    made = Pools()
    monkeypatch.setattr(cluster, "_pool", made.start)
    yield made
    forget()


@pytest.fixture
def ask(tmp_path):
    job = job_of(tmp_path, "x", "1")

    def give(digest, **changes):
        made_with = library_sha256(), versions_sha256()
        order = Order(digest, made_with, ("study",), Limits(), None)
        return make_there(project_of(digest), dataclasses.replace(order, **changes), job)

    return give


def test_a_project_is_unpacked_and_its_pool_begun_once(pools, ask):
    for _ in range(3):
        assert ask("one").status == "made"
    assert pools.events == [("began", 0, "one")]
    assert (pools.told[0][3] / "notebooks" / "x.ipynb").read_text() == "one"


def test_of_all_projects_only_the_newest_is_held(pools, ask):
    for digest in ("one", "two", "three"):
        ask(digest)
    assert pools.events == [
        ("began", 0, "one"), ("began", 1, "two"), ("ended", 0, "one"),
        ("began", 2, "three"), ("ended", 1, "two"),
    ]  # fmt: skip
    kept = {told[2]: told[3].exists() for told in pools.told}
    assert kept == {"one": False, "two": False, "three": True}
    forget()
    assert pools.events[-1] == ("ended", 2, "three")
    assert not pools.told[-1][3].exists()


def test_an_older_project_is_held_until_the_report_that_needs_it_is_made(pools, ask):
    begun, go_on = threading.Event(), threading.Event()

    def run(job):
        if not begun.is_set():
            begun.set()
            assert go_on.wait(30)

    pools.run = run
    slow = threading.Thread(target=ask, args=("one",))
    slow.start()
    assert begun.wait(30)
    ask("two")
    assert pools.events == [("began", 0, "one"), ("began", 1, "two")]
    ask("one")  # asked for again while it is there: no second one
    assert pools.events[2:] == [("ended", 1, "two")]
    ask("two")
    assert pools.events[3:] == [("began", 2, "two")]
    go_on.set()
    slow.join(30)
    assert pools.events[4:] == [("ended", 0, "one")]
    assert not pools.told[0][3].exists()


def test_a_pool_that_broke_is_not_asked_again(pools, ask):
    def broken(job):
        raise RuntimeError("the pool is closed")

    pools.run = broken
    with pytest.raises(RuntimeError, match="closed"):
        ask("one")
    assert pools.events == [("began", 0, "one"), ("ended", 0, "one")]
    pools.run = lambda job: None
    assert ask("one").status == "made"
    assert pools.events[2:] == [("began", 1, "one")]


def test_a_report_that_fails_breaks_no_pool(pools, ask):
    pools.run = lambda job: Outcome(job.name, "failed", 0.1, 3, "ValueError: no")
    assert ask("one").status == "failed"
    assert ask("one").status == "failed"
    assert pools.events == [("began", 0, "one")]


def test_other_limits_are_other_pools(pools, ask):
    ask("one")
    ask("one", limits=Limits(memory_mb=1))
    ask("one", engine="kernel")
    assert [word for word, *_ in pools.events] == ["began", "began", "ended", "began", "ended"]


def test_files_in_folders_below_a_report_are_sent_home(pools, ask):
    def run(job):
        (job.folder / "figures").mkdir(parents=True)
        (job.folder / "figures" / "x.png").write_bytes(b"x")
        (job.folder / "report.html").write_bytes(b"page")

    pools.run = run
    assert ask("one").files == {"figures/x.png": b"x", "report.html": b"page"}


def test_a_worker_with_another_version_makes_nothing(pools, ask):
    with pytest.raises(ReportError, match=r"install the same requirements\.lock on both"):
        ask("one", made_with=("another", "another"))
    assert pools.events == []


class There(Future):
    """Stands for a future of Dask's, which calls back in a thread of its own."""

    @property
    def status(self):
        if self.cancelled():
            return "cancelled"
        return "error" if self.exception() else "finished"

    def add_done_callback(self, call):
        super().add_done_callback(lambda f: threading.Thread(target=call, args=(f,)).start())


class Client:
    """Stands for Dask's client, whose workers never answer by themselves."""

    def __init__(self):
        self.asked = []
        self.workers = {"a": 1}

    def nthreads(self):
        return self.workers

    def submit(self, *words, **_):
        self.asked.append(There())
        return self.asked[-1]


@pytest.fixture
def client():
    return Client()


@pytest.fixture
def home(client):
    pool = ClusterPool(client, b"project", ("study",), Limits(), None)
    yield pool
    pool.end()


FILES = {"report.html": b"page", "report.ipynb": b"{}", "figures/x.png": b"x"}


def test_a_report_that_comes_home_is_written_with_its_folders(client, home, tmp_path):
    job = job_of(tmp_path, "x", "1")
    here = home.submit(job)
    assert not here.done()
    client.asked[-1].set_result(Outcome(job.name, "made", 0.1, files=FILES))
    assert here.result(30) == Outcome(job.name, "made", 0.1)
    found = {
        p.relative_to(job.folder).as_posix(): p.read_bytes()
        for p in job.folder.rglob("*")
        if p.is_file()
    }
    assert found == FILES


def test_what_is_being_written_when_a_batch_is_stopped_is_written_whole(
    client, home, tmp_path, monkeypatch
):
    job = job_of(tmp_path, "x", "1")
    begun, go_on, plain = threading.Event(), threading.Event(), cluster.publish

    def publish(draft, folder):
        begun.set()
        assert go_on.wait(30)
        plain(draft, folder)

    monkeypatch.setattr(cluster, "publish", publish)
    home.submit(job)
    client.asked[-1].set_result(Outcome(job.name, "made", 0.1, files=FILES))
    assert begun.wait(30)
    ending = threading.Thread(target=home.end)
    ending.start()
    go_on.set()
    ending.join(30)
    assert (job.folder / "report.html").read_bytes() == b"page"
    assert [path.name for path in job.folder.parent.iterdir()] == ["x"]


def test_a_report_that_cannot_be_written_at_home_is_named_and_the_older_one_stands(
    client, home, tmp_path, monkeypatch
):
    job = job_of(tmp_path, "x", "1")
    job.folder.mkdir(parents=True)
    (job.folder / "report.html").write_text("old")

    def publish(draft, folder):
        raise OSError("no space left")

    monkeypatch.setattr(cluster, "publish", publish)
    here = home.submit(job)
    client.asked[-1].set_result(Outcome(job.name, "made", 0.1, files=FILES))
    outcome = here.result(30)
    assert (outcome.status, outcome.error) == ("failed", "OSError: no space left")
    assert (job.folder / "report.html").read_text() == "old"
    assert "no space left" in (job.folder / outcome.log).read_text("utf-8")


def test_a_batch_without_workers_for_long_is_given_up_with_what_to_do(
    client, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "_LOOK", 0.01)
    monkeypatch.setattr(cluster, "_NO_WORKER", 0.02)
    pool = ClusterPool(client, b"project", ("study",), Limits(), None)
    here = pool.submit(job_of(tmp_path, "x", "1"))
    client.asked[-1].cancel = lambda: None  # too late: a worker is at it
    client.workers = {}
    with pytest.raises(ReportError, match=r"no worker for .* minutes; start some"):
        here.result(30)
    # One that comes after that, with what it made, changes nothing.
    client.asked[-1].set_result(Outcome("en/x", "made", 0.1, files=FILES))
    pool.end()
    assert not list(Path(tmp_path, "reports").glob("**/report.html"))


def test_a_batch_waits_for_workers_that_come_back(client, tmp_path, monkeypatch):
    clock = iter(range(0, 10**6, 100)).__next__
    monkeypatch.setattr(cluster, "_LOOK", 0.005)
    monkeypatch.setattr(cluster.time, "monotonic", clock)
    monkeypatch.setattr(cluster, "_NO_WORKER", 450)
    looks = []

    def nthreads():
        """Have workers at every fourth look: they are never away for longer than 400 s."""
        looks.append(1)
        return {"a": 1} if len(looks) % 4 == 0 else {}

    client.nthreads = nthreads
    pool = ClusterPool(client, b"project", ("study",), Limits(), None)
    here = pool.submit(job_of(tmp_path, "x", "1"))
    while len(looks) < 40:
        threading.Event().wait(0.005)
    assert not here.done()
    client.asked[-1].set_result(Outcome("en/x", "made", 0.1, files=FILES))
    assert here.result(30).status == "made"
    pool.end()


def test_reports_that_the_scheduler_gave_up_are_named(client, home, tmp_path):
    here = home.submit(job_of(tmp_path, "x", "1"))
    client.asked[-1].cancel()
    with pytest.raises(ReportError, match="gave it up"):
        here.result(30)
