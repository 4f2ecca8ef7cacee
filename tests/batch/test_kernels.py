"""What one report does to its kernel or to the process that started it, no other report feels."""

from __future__ import annotations

import dataclasses
import functools
import os
import time
from pathlib import Path

import pytest

from edu_metrics.batch import Limits, pool
from edu_metrics.batch.jobs import NotStartedError
from edu_metrics.batch.pool import report_pool
from edu_metrics.errors import ReportError
from tests.batch.books import job_of, shown

pytestmark = pytest.mark.slow

LIMITS = Limits(cell_seconds=60, report_seconds=60, memory_mb=None)
kernel_pool = functools.partial(report_pool, root=Path(), engine="kernel")
#: The parent of a kernel is the process that runs one notebook after another.
KILL = "import os, signal, time\nos.kill(os.getppid(), signal.SIGKILL)\ntime.sleep(60)"


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_reports_go_on_where_a_process_is_lost(tmp_path):
    """One kills its process whenever it is made; neither who is beside nor who waits is hurt."""
    note = tmp_path / "begun"
    beside = f"import pathlib, time\npathlib.Path({str(note)!r}).touch()\ntime.sleep(2)"
    wait = f"import os, time\nwhile not os.path.exists({str(note)!r}): time.sleep(0.01)"
    jobs = [job_of(tmp_path, name, *sources) for name, sources in
            [("bad", (wait, "print('before')", KILL)), ("beside", (beside,)),
             ("behind", ("print(6 * 7)",))]]  # fmt: skip
    with kernel_pool(2, LIMITS) as pool:
        futures = [pool.submit(job) for job in jobs]
        bad, *others = [future.result(timeout=120) for future in futures]
    assert [outcome.status for outcome in others] == ["made", "made"]
    assert shown(jobs[2].folder) == "42\n"
    assert (bad.status, bad.cell, bad.log) == ("failed", 4, "failed.log")
    assert bad.error.startswith("process lost, 2 times")
    assert left(jobs[0].folder) == ["failed.ipynb", "failed.log"]
    assert shown(jobs[0].folder, "failed.ipynb") == "before\n"
    assert left(tmp_path / "reports" / "en") == ["bad", "behind", "beside"]


def test_a_process_that_is_lost_once_costs_no_report(tmp_path):
    """As where the system's memory ran out for a moment."""
    note = tmp_path / "struck"
    once = f"import os\nif not os.path.exists({str(note)!r}):\n    open({str(note)!r}, 'w')\n"
    kill = once + "".join(f"    {line}\n" for line in KILL.splitlines())
    with kernel_pool(1, LIMITS) as pool:
        futures = [pool.submit(job_of(tmp_path, n, s)) for n, s in [("one", kill), ("two", "1")]]
        assert [future.result(timeout=120).status for future in futures] == ["made", "made"]


def _end(*_):
    os._exit(3)


def test_processes_that_do_not_come_up_are_told_of_once(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "_settle", _end)
    with kernel_pool(1, LIMITS) as pool_:
        early = pool_.submit(job_of(tmp_path, "early", "1"))
        with pytest.raises(NotStartedError, match="did not start"):
            early.result(timeout=60)
        with pytest.raises(ReportError, match="did not start"):
            pool_.submit(job_of(tmp_path, "late", "1"))


def test_sets_are_walked_in_the_same_order_whatever_the_user_s_hashes_are(tmp_path, monkeypatch):
    job = job_of(tmp_path, "one", "import os\nprint(os.environ['PYTHONHASHSEED'])")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    with kernel_pool(1, LIMITS) as pool:
        assert pool.submit(job).result(timeout=60).status == "made"
    assert shown(job.folder) == "0\n"
    assert os.environ["PYTHONHASHSEED"] == "7"


@pytest.mark.parametrize("limit", ["cell_seconds", "report_seconds"])
def test_a_cell_that_never_ends_is_ended_and_named(tmp_path, limit):
    with kernel_pool(1, dataclasses.replace(LIMITS, **{limit: 8})) as pool:
        bad = pool.submit(job_of(tmp_path, "bad", "while True: pass"))
        good = pool.submit(job_of(tmp_path, "good", "1"))
        outcome = bad.result(timeout=120)
        assert good.result(timeout=120).status == "made"
    assert outcome.status == "failed"
    assert outcome.cell is not None
    assert "CellTimeoutError" in outcome.error
    assert left(tmp_path / "reports" / "en" / "bad") == ["failed.ipynb", "failed.log"]


def test_a_pool_that_is_stopped_takes_its_kernels_with_it(tmp_path):
    note = tmp_path / "pid"
    source = f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(600)"
    with pytest.raises(KeyboardInterrupt), kernel_pool(1, LIMITS) as pool:  # noqa: PT012
        pool.submit(job_of(tmp_path, "slow", source))
        waiting = pool.submit(job_of(tmp_path, "never", "1"))
        while not (note.exists() and note.read_text()):
            time.sleep(0.1)
        raise KeyboardInterrupt
    assert waiting.cancelled()
    for _ in range(300):
        if not Path(f"/proc/{note.read_text()}").exists():
            break
        time.sleep(0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
