"""
What a worker of the pool does: make one report in a process of its own, and see it off.

The worker itself runs no cell. It forks for each report, whose process notes in a file of the draft
which cell it is at; it ends that where it takes too long, and ends whatever it leaves behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import sys
import time
import traceback
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, NoReturn

from edu_metrics.batch import preload
from edu_metrics.batch.execution import (
    LOG,
    failed,
    limit_memory,
    make,
    place_of,
    published,
    said,
    start_afresh,
)
from edu_metrics.batch.jobs import FORK, Job, Limits, NotStartedError, Outcome
from edu_metrics.report.pdf import require_pdf

__all__ = ["make_apart", "settle"]

#: In a draft: which cell is run since when, and in the end how it went.
STATE = "state"
#: How long after its own alarm a cell that does not heed it is ended. [s]
GRACE = 3.0
#: How often to look for the end of a process where the pipe to it does not tell. [s]
_TICK = 0.05

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_HANDLED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGALRM", "SIGCHLD", "SIGUSR2")


def settle() -> None:
    """Prepare a worker: it ends with the process that forked it, and adopts what reports leave."""
    _tell_system(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _tell_system(_PR_SET_CHILD_SUBREAPER, 1)


def make_apart(job: Job, limits: Limits) -> Outcome:
    """
    Make a report in a forked process.

    Parameters
    ----------
    job : Job
        What to make.
    limits : Limits
        What it may take.

    Returns
    -------
    Outcome
        Made, or failed with the cell and the error.

    Raises
    ------
    NotStartedError
        If this process can't be forked.
    """
    if preload.fault:
        raise NotStartedError(preload.fault)
    signal.signal(signal.SIGTERM, _be_stopped)
    if job.pdf:
        require_pdf()  # loaded here, and not again in each report's process
    begun = time.monotonic()
    try:
        start_afresh(job.draft)
        child = _fork(job, limits)
    except OSError as error:
        return failed(job, 0.0, said(error))
    try:
        code = child.wait()
        return _outcome(child, code, time.monotonic() - begun)
    except (SystemExit, EOFError):  # the pool is stopped, or who asked for the report is gone
        with contextlib.suppress(OSError):
            child.end()
        shutil.rmtree(job.draft, ignore_errors=True)
        os._exit(1)


def _be_stopped(*_: object) -> NoReturn:
    raise SystemExit


class _Child:
    """The process that makes a report, as its worker sees it."""

    def __init__(self, job: Job, limits: Limits, pid: int, pipe: int) -> None:
        self.job, self.limits, self.pid, self.pipe = job, limits, pid, pipe
        self.begun = time.monotonic()
        self.stopped: str | None = None

    @property
    def state(self) -> dict[str, Any]:
        """What it noted of itself; nothing where that makes no sense."""
        try:
            noted = json.loads((self.job.draft / STATE).read_bytes().partition(b"\n")[0])
        except (OSError, ValueError, RecursionError):
            return {}
        return noted if isinstance(noted, dict) else {}

    def wait(self) -> int:
        """Wait for its end, end it where it takes too long, and give its exit code."""
        parent = multiprocessing.parent_process()
        above = [int(parent.sentinel)] if parent is not None else []
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.end()
                return os.waitstatus_to_exitcode(status)
            # Its end closes the pipe, unless something that it started still holds that.
            ready = wait([*above, self.pipe], _TICK)
            if not {*above}.isdisjoint(ready):
                raise EOFError("who asked for the report is gone")
            if ready:  # it ends; or it has closed or filled the pipe itself
                time.sleep(_TICK / 50)
            self._stop_if_late()

    def end(self) -> None:
        """End the process and all that it started."""
        for stop in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                stop(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        end_orphans()
        os.close(self.pipe)

    def _deadline(self) -> tuple[float, str]:
        """Say when it has to be ended, and what is to be told then."""
        ends = [(float("inf"), "")]
        if (limit := self.limits.report_seconds) is not None:
            ends.append((self.begun + limit, f"the report took longer than {limit:g} seconds"))
        if (limit := self.limits.cell_seconds) is not None:
            begun = self.state.get("begun")
            if isinstance(begun, float):
                told = f"the cell took longer than {limit:g} seconds"
                ends.append((begun + limit + GRACE, told))
        return min(ends)

    def _stop_if_late(self) -> None:
        deadline, reason = self._deadline()
        if time.monotonic() < deadline or self.stopped is not None:
            return
        self.stopped = reason
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(self.pid, signal.SIGUSR1)  # it notes where it stands
            time.sleep(0.02)
            os.kill(self.pid, signal.SIGKILL)


def _fork(job: Job, limits: Limits) -> _Child:
    """Fork the process of a report."""
    read, write = os.pipe()  # it is told by its closing that the process has ended
    try:
        pid = os.fork()
        if pid == 0:
            _become_report(job, limits, write)
    except OSError:
        os.close(read)
        raise
    finally:
        os.close(write)
    return _Child(job, limits, pid, read)


def end_orphans() -> None:
    """End processes that a report started and left: they are this process's children now."""
    for _ in range(100):
        if not (left := _children_of_this_process()):
            return
        for pid in left:
            # One of another user is not ours to end, nor to wait for.
            with contextlib.suppress(ProcessLookupError, ChildProcessError, PermissionError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def _children_of_this_process() -> list[int]:
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except (OSError, ValueError):
        return []


def _outcome(child: _Child, code: int, seconds: float) -> Outcome:
    """Publish a report that is whole; say of any other what stopped it."""
    job, state = child.job, child.state
    if state.get("end") == "made" and code == 0:
        return published(job, seconds)
    cell = None
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        cell = place_of(job.notebook, state.get("cell"))
    return failed(job, seconds, _fault(child, state, code), cell)


def _fault(child: _Child, state: dict[str, Any], code: int) -> str:
    """Say why a report is not whole."""
    if child.stopped is not None:
        return f"CellTimeoutError: {child.stopped}"
    if state.get("end") == "failed":
        return str(state.get("error"))
    if code < 0:
        return f"DeadKernelError: the process was ended by {_signal_name(-code)}"
    return f"DeadKernelError: the process ended by itself with status {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _become_report(job: Job, limits: Limits, pipe: int) -> NoReturn:
    """Make a report in this process, note how it goes and went, and end."""
    status, log, state = 1, 2, dict[str, Any]()

    def note(**changed: Any) -> None:
        state.update(changed)
        with (job.draft / STATE).open("r+b") as file:
            file.write(json.dumps(state).encode() + b"\n")

    def before(cell: str) -> None:
        note(cell=cell or None, begun=time.monotonic() if cell else None)

    try:
        log = _alone(job, limits, pipe)
        # Room for why it ends, also on a disk that is full by then.
        (job.draft / STATE).write_bytes(b"\n" * 8192)
        make(job, FORK, limits, before_cell=before)
        note(end="made", begun=None)
        status = 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(log, traceback.format_exc().encode("utf-8", "replace"))
        note(end="failed", begun=None, error=said(error))
    finally:
        os._exit(status)


def _alone(job: Job, limits: Limits, pipe: int) -> int:
    """Give the process a session, a log, limits and chances of its own, and nothing else's."""
    os.setsid()
    settle()
    for name in _HANDLED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # The pool's pipes are not for a report to write into.
    os.closerange(3, pipe)
    os.closerange(pipe + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    tracker: Any = resource_tracker._resource_tracker
    tracker._fd = tracker._pid = None
    log = os.open(job.draft / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # Where it was when it crashed, or when it was asked because it took too long.
    faulthandler.enable(file=log)
    faulthandler.register(signal.SIGUSR1, file=log)
    limit_memory(limits.memory_mb)
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    return log


def _tell_system(option: int, value: int) -> None:
    """Set a property of this process that only Linux knows."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
