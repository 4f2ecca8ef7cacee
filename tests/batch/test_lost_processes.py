"""Where the processes of a pool are lost, or do not come up: whose fault it is, and who is told."""

from __future__ import annotations

import errno
import multiprocessing.util
import os
import signal
import time
from pathlib import Path

import pytest

from edu_metrics.batch import Limits, pool, worker
from edu_metrics.batch.jobs import NotStartedError
from edu_metrics.batch.pool import fork_server_pid, report_pool
from edu_metrics.errors import ReportError
from tests.batch.books import ended, job_of, shown

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=60, report_seconds=60, memory_mb=2500)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_reports_go_on_where_the_process_that_forks_is_lost(tmp_path):
    with report_pool(1, LIMITS, tmp_path) as pool:
        jobs = [job_of(tmp_path, f"r{n}", "import time\ntime.sleep(0.3)") for n in range(3)]
        futures = [pool.submit(job) for job in jobs]
        assert futures[0].result(timeout=60).status == "made"
        os.kill(fork_server_pid(), signal.SIGKILL)
        assert [future.result(timeout=60).status for future in futures] == ["made"] * 3


SLOW = "import time\ntime.sleep(1)"
KILL = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"


def test_a_notebook_that_kills_its_worker_is_given_up_and_the_others_are_made(tmp_path):
    with report_pool(1, LIMITS, tmp_path) as pool:
        bad = pool.submit(job_of(tmp_path, "bad", "print('before')", KILL))
        good = pool.submit(job_of(tmp_path, "good", "1"))
        outcome = bad.result(timeout=60)
        assert (outcome.status, outcome.log) == ("failed", "failed.log")
        assert outcome.error.startswith("process lost, 2 times")
        assert good.result(timeout=60).status == "made"
    folder = tmp_path / "reports" / "en"
    assert left(folder) == ["bad", "good"]
    assert outcome.error in (folder / "bad" / "failed.log").read_text("utf-8")


def test_a_notebook_that_kills_its_worker_takes_none_that_ran_beside_it(tmp_path):
    """It strikes whenever the other one is being made; the other one is never at fault."""
    note = tmp_path / "begun"
    beside = f"import pathlib, time\npathlib.Path({str(note)!r}).touch()\ntime.sleep(2)"
    wait = f"import os, time\nwhile not os.path.exists({str(note)!r}): time.sleep(0.01)"
    with report_pool(2, LIMITS, tmp_path) as pool:
        jobs = [job_of(tmp_path, name, *sources) for name, sources in
                [("bad", (wait, KILL)), ("beside", (beside,)), ("behind", ("1",))]]  # fmt: skip
        futures = [pool.submit(job) for job in jobs]
        statuses = [future.result(timeout=60).status for future in futures]
    assert statuses == ["failed", "made", "made"]


@pytest.fixture
def at_start(tmp_path, monkeypatch):
    """Let every process that forks begin with some lines of a test."""

    def do(lines: str) -> None:
        folder = tmp_path / "site"
        folder.mkdir()
        only = "import sys\nif 'multiprocessing.forkserver' in ' '.join(sys.orig_argv):\n"
        text = only + "".join(f"    {line}\n" for line in lines.splitlines())
        (folder / "sitecustomize.py").write_text(text, "utf-8")
        path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH")]))
        monkeypatch.setenv("PYTHONPATH", path)

    return do


THREAD = (
    "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True).start()"
)


def test_where_no_process_can_fork_all_who_ask_are_told_why(tmp_path, at_start):
    """Those who asked before it was known, and those who ask then."""
    at_start(THREAD)
    with report_pool(1, LIMITS, tmp_path) as pool:
        early = pool.submit(job_of(tmp_path, "early", "1"))
        with pytest.raises(NotStartedError, match="a library started a thread"):
            early.result(timeout=60)
        with pytest.raises(NotStartedError, match="did not start: a library started a thread"):
            pool.submit(job_of(tmp_path, "late", "1"))


def test_the_last_words_of_a_process_that_did_not_start_are_told(tmp_path, at_start, capfd):
    at_start("sys.exit('no room in here')")
    with (
        report_pool(1, LIMITS, tmp_path) as pool,
        pytest.raises(NotStartedError, match="did not start"),
    ):
        pool.submit(job_of(tmp_path, "early", "1")).result(timeout=60)
    assert "no room in here" in capfd.readouterr().err


def test_a_process_that_can_not_be_started_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", _out_of_memory)
    with (
        report_pool(1, LIMITS, tmp_path) as pool,
        pytest.raises(NotStartedError, match="Cannot allocate memory"),
    ):
        pool.submit(job_of(tmp_path, "early", "1")).result(timeout=60)


def test_where_none_can_be_started_again_nobody_waits_for_ever(tmp_path, monkeypatch):
    with report_pool(1, LIMITS, tmp_path) as pool:
        assert pool.submit(job_of(tmp_path, "first", "1")).result(timeout=60).status == "made"
        monkeypatch.setattr(multiprocessing.util, "spawnv_passfds", _out_of_memory)
        futures = [pool.submit(job_of(tmp_path, name, SLOW)) for name in ("bad", "behind")]
        os.kill(fork_server_pid(), signal.SIGKILL)
        for future in futures:
            with pytest.raises(ReportError, match=r"did not start again: .*Cannot allocate memory"):
                future.result(timeout=60)
        with pytest.raises(ReportError, match="Cannot allocate memory"):
            pool.submit(job_of(tmp_path, "late", "1"))


@pytest.mark.parametrize(("fails", "status"), [(2, "made"), (6, None)])
def test_a_process_that_worked_is_started_more_than_once(tmp_path, at_start, fails, status):
    """As where memory is short for a while; the first start and the last ones go well."""
    count = tmp_path / "count"
    at_start(
        f"count = open({str(count)!r}, 'a+')\ncount.write('.')\ncount.flush()\ncount.seek(0)\n"
        f"if 1 < len(count.read()) <= {1 + fails}: sys.exit('no room yet')"
    )
    with report_pool(1, LIMITS, tmp_path) as pool:
        assert pool.submit(job_of(tmp_path, "first", "1")).result(timeout=60).status == "made"
        future = pool.submit(job_of(tmp_path, "slow", "import time\ntime.sleep(1)"))
        os.kill(fork_server_pid(), signal.SIGKILL)
        if status:
            assert future.result(timeout=60).status == status
        else:
            with pytest.raises(ReportError, match=r"did not start again"):
                future.result(timeout=60)


def _out_of_memory(*_, **__):
    raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))


def test_a_pool_that_is_left_while_it_warms_up_waits_for_nothing(tmp_path, at_start):
    """The bound is that of a test that hangs."""
    at_start(
        "import time\nclass Slow:\n"
        "    find_spec = lambda name, *_: time.sleep(600) if name == 'papermill' else None\n"
        "sys.meta_path.insert(0, Slow)"
    )
    begun = time.monotonic()
    with report_pool(1, LIMITS, tmp_path) as pool:
        never = pool.submit(job_of(tmp_path, "never", "1"))
        while (server := fork_server_pid()) is None:
            time.sleep(0.01)
    assert time.monotonic() - begun < 20
    assert never.cancelled()
    assert ended(server)


def test_the_process_that_forks_does_not_end_where_its_whole_job_is_told_to(tmp_path):
    with report_pool(1, LIMITS, tmp_path) as pool:
        assert pool.submit(job_of(tmp_path, "first", "1")).result(timeout=60).status == "made"
        before = fork_server_pid()
        future = pool.submit(job_of(tmp_path, "slow", "import time\ntime.sleep(1)"))
        os.kill(fork_server_pid(), signal.SIGTERM)
        assert future.result(timeout=60).status == "made"
        assert fork_server_pid() == before


def test_a_fork_that_is_refused_fails_with_the_reason_and_leaves_nothing_open(
    tmp_path, monkeypatch
):
    def refused():
        raise BlockingIOError(errno.EAGAIN, "no more processes")

    monkeypatch.setattr(worker.os, "fork", refused)
    before, older = os.listdir("/proc/self/fd"), signal.getsignal(signal.SIGTERM)
    try:
        outcome = worker.make_apart(job_of(tmp_path, "one", "1"), LIMITS)
    finally:
        signal.signal(signal.SIGTERM, older)
    assert (outcome.status, outcome.log) == ("failed", "failed.log")
    assert "no more processes" in outcome.error
    assert os.listdir("/proc/self/fd") == before


def test_a_pool_that_is_left_takes_its_reports_with_it(tmp_path):
    note = tmp_path / "pid"
    source = f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)"
    with report_pool(1, Limits(), tmp_path) as pool:
        pool.submit(job_of(tmp_path, "slow", source))
        waiting = pool.submit(job_of(tmp_path, "never", "1"))
        for _ in range(300):
            if note.exists() and note.read_text():
                break
            time.sleep(0.1)
        pid = int(note.read_text())
    assert waiting.cancelled()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert left(tmp_path / "reports" / "en") == []


def test_a_pool_ends_its_fork_server_and_takes_back_what_it_set(tmp_path):
    """Two in turn, each of a project of its own."""
    before = dict(os.environ)
    for name in ("one", "two"):
        root = tmp_path / name
        root.mkdir()
        job = job_of(root, name, "import os\nprint(os.environ['EDU_METRICS_PRELOAD'])")
        with report_pool(1, LIMITS, root) as pool_:
            assert pool_.submit(job).result(timeout=60).status == "made"
            server = fork_server_pid()
        assert str(root) in shown(job.folder)
        assert ended(server)
        assert dict(os.environ) == before


def test_a_report_that_stops_its_worker_is_ended_and_the_next_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "_PATIENCE", 1.0)
    note = tmp_path / "pid"
    stop = (
        f"import os, signal, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "os.kill(os.getppid(), signal.SIGSTOP)\ntime.sleep(600)"
    )
    with report_pool(1, LIMITS, tmp_path) as pool_:
        limits = Limits(cell_seconds=None, report_seconds=3, memory_mb=2500)
        bad = pool_.submit(job_of(tmp_path, "bad", stop), limits)
        good = pool_.submit(job_of(tmp_path, "good", "1"))
        outcome = bad.result(timeout=60)
        assert good.result(timeout=60).status == "made"
    assert outcome.status == "failed"
    assert outcome.error == "CellTimeoutError: the report took longer than 3 seconds"
    assert ended(int(note.read_text()))
