"""What a worker holds, and how its reports come home; no cluster is started here."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import threading
import zipfile
from concurrent.futures import Future

import pytest

from edu_metrics.batch import Limits, Outcome, cluster, execution
from edu_metrics.batch.cluster import ClusterPool, Order, brought_home, forget, make_there
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


class Client:
    """Stands for Dask's client, whose workers never answer by themselves."""

    def __init__(self):
        self.workers = {"a": 1}
        self.given_up = False

    def nthreads(self):
        return self.workers

    def submit(self, *words, **_):
        return Future()

    def get_executor(self, **_):
        return self

    def shutdown(self, wait):
        self.given_up = not wait


ORDER = Order("digest", ("1", "2"), ("study",), Limits(), None)
FILES = {"report.html": b"page", "report.ipynb": b"{}", "figures/x.png": b"x"}


def test_a_report_that_comes_home_is_written_with_its_folders(tmp_path):
    job = job_of(tmp_path, "x", "1")
    outcome = Outcome(job.name, "made", 0.1, files=FILES)
    assert brought_home(job, outcome) == Outcome(job.name, "made", 0.1)
    found = {
        p.relative_to(job.folder).as_posix(): p.read_bytes()
        for p in job.folder.rglob("*")
        if p.is_file()
    }
    assert found == FILES
    assert [path.name for path in job.folder.parent.iterdir()] == ["x"]


def test_a_report_that_cannot_be_written_at_home_is_named_and_the_older_one_stands(
    tmp_path, monkeypatch
):
    job = job_of(tmp_path, "x", "1")
    job.folder.mkdir(parents=True)
    (job.folder / "report.html").write_text("old")

    def publish(draft, folder):
        raise OSError("no space left")

    monkeypatch.setattr(execution, "publish", publish)
    outcome = brought_home(job, Outcome(job.name, "made", 0.1, files=FILES))
    assert (outcome.status, outcome.error) == ("failed", "OSError: no space left")
    assert (job.folder / "report.html").read_text() == "old"
    assert "no space left" in (job.folder / outcome.log).read_text("utf-8")


def test_a_batch_without_workers_for_long_is_given_up(monkeypatch):
    monkeypatch.setattr(cluster, "_LOOK", 0.01)
    monkeypatch.setattr(cluster, "_NO_WORKER", 0.02)
    client = Client()
    client.workers = {}
    ClusterPool(client, b"project", ORDER).give_up_alone(threading.Event())
    assert client.given_up


def test_a_batch_waits_for_workers_that_come_back(monkeypatch):
    clock = iter(range(0, 10**6, 100)).__next__
    monkeypatch.setattr(cluster, "_LOOK", 0.001)
    monkeypatch.setattr(cluster.time, "monotonic", clock)
    monkeypatch.setattr(cluster, "_NO_WORKER", 450)
    client, over, looks = Client(), threading.Event(), []

    def nthreads():
        """Have workers at every fourth look: they are never away for longer than 400 s."""
        looks.append(1)
        if len(looks) == 40:
            over.set()
        return {"a": 1} if len(looks) % 4 == 0 else {}

    client.nthreads = nthreads
    ClusterPool(client, b"project", ORDER).give_up_alone(over)
    assert not client.given_up
