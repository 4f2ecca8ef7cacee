"""
What a worker of the pool does: make one report in a process of its own, and see it off.

The worker itself runs no cell. It forks for each report, hears from the report's process which cell
it is at, ends it where it takes too long, and ends whatever it leaves behind.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import faulthandler
import json
import multiprocessing
import os
import pickle
import random
import resource
import select
import shutil
import signal
import sys
import time
import traceback
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Any, NoReturn

from edu_metrics.batch import preload
from edu_metrics.batch.drafts import start_afresh
from edu_metrics.batch.execution import (
    LOG,
    PARTS,
    failed,
    failed_as_far,
    limit_memory,
    make,
    place_of,
    published,
    said,
)
from edu_metrics.batch.jobs import FORK, Job, Limits, NotStartedError, Outcome
from edu_metrics.report.pdf import require_pdf

__all__ = ["make_apart", "settle"]

#: How long after its own alarm a cell that does not heed it is ended. [s]
GRACE = 3.0
#: How often to look for the end of a process where the pipe to it does not tell. [s]
_TICK = 0.05
#: Where a process can't be forked just now: how often to try, and how long to wait between. [s]
_FORKS, _PAUSE = 20, 0.5

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
        self.cell: str | None = None
        self.cell_begun: float | None = None
        self.end_told: dict[str, Any] = {}
        self.stopped: str | None = None
        self._unread = b""
        self._open = True

    def wait(self) -> int:
        """Hear it until it ends, end it where it takes too long, and give its exit code."""
        parent = multiprocessing.parent_process()
        above = [int(parent.sentinel)] if parent is not None else []
        while True:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.end()
                return os.waitstatus_to_exitcode(status)
            # Its end closes the pipe, unless something that it started still holds that.
            watched = [*above, self.pipe] if self._open else above
            ready, _, _ = select.select(watched, [], [], _TICK if self._open else _TICK / 10)
            if self.pipe in ready:
                self._hear()
            if not {*above}.isdisjoint(ready):
                raise EOFError("who asked for the report is gone")
            self._stop_if_late()

    def end(self) -> None:
        """End the process and all that it started; hear its last words."""
        for stop in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                stop(self.pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)
        end_orphans()
        while self._open:
            self._hear()
        os.close(self.pipe)

    def _deadline(self) -> tuple[float, str]:
        """Say when it has to be ended, and what is to be told then."""
        ends = [(float("inf"), "")]
        if (limit := self.limits.report_seconds) is not None:
            ends.append((self.begun + limit, f"the report took longer than {limit:g} seconds"))
        if (limit := self.limits.cell_seconds) is not None and self.cell_begun is not None:
            told = f"the cell took longer than {limit:g} seconds"
            ends.append((self.cell_begun + limit + GRACE, told))
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

    def _hear(self) -> None:
        """Read what it said; a line that makes no sense is no message."""
        try:
            heard = os.read(self.pipe, 65536)
        except BlockingIOError:
            heard = b""  # something that it started holds the other end, and nothing is in it
        self._open = bool(heard)
        *lines, self._unread = (self._unread + heard)[-(2**20) :].split(b"\n")
        for line in lines:
            message = _understood(line)
            if "end" in message:
                self.end_told, self.cell_begun = message, None
            elif isinstance(cell := message.get("cell"), str):
                self.cell = cell or None
                self.cell_begun = time.monotonic() if cell else None


def _fork(job: Job, limits: Limits) -> _Child:
    """Fork the process of a report; where the system has no room for it, wait a little."""
    read, write = os.pipe()
    os.set_blocking(read, False)
    try:
        for tries_left in reversed(range(_FORKS)):
            try:
                pid = os.fork()
                break
            except OSError as error:
                if not tries_left or error.errno not in (errno.EAGAIN, errno.ENOMEM):
                    os.close(read)
                    raise
                time.sleep(_PAUSE)
        if pid == 0:
            _become_report(job, limits, write)
    finally:
        os.close(write)
    return _Child(job, limits, pid, read)


def end_orphans() -> None:
    """End processes that a report started and left: they are this process's children now."""
    beyond: set[int] = set()  # of another user: it is not ours to end, nor to wait for
    for _ in range(100):
        left = {*_children_of_this_process()} - beyond
        if not left:
            return
        for pid in left:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                try:
                    os.kill(pid, signal.SIGKILL)
                except PermissionError:
                    beyond.add(pid)
                os.waitpid(pid, os.WNOHANG if pid in beyond else 0)


def _children_of_this_process() -> list[int]:
    try:
        return [int(pid) for pid in Path("/proc/thread-self/children").read_text().split()]
    except (OSError, ValueError):
        return []


def _understood(line: bytes) -> dict[str, Any]:
    """Read a message; whoever finds the pipe can write anything into it."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _outcome(child: _Child, code: int, seconds: float) -> Outcome:
    """Publish a report that is whole; say of any other what stopped it."""
    job = child.job
    if child.end_told.get("end") == "made" and code == 0:
        return published(job, seconds)
    cell = None
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        cell = place_of(job.notebook, child.cell) if child.cell else None
    return failed_as_far(job, seconds, _fault(child, code), cell)


def _fault(child: _Child, code: int) -> str:
    """Say why a report is not whole."""
    if child.stopped is not None:
        return f"CellTimeoutError: {child.stopped}"
    if child.end_told.get("end") == "failed":
        return str(child.end_told.get("error"))
    if code < 0:
        return f"DeadKernelError: the process was ended by {_signal_name(-code)}"
    return f"DeadKernelError: the process ended by itself with status {code}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _become_report(job: Job, limits: Limits, pipe: int) -> NoReturn:
    """
    Make a report in this process, tell how it went, and end.

    Lines of JSON are written to the pipe: ``{"cell": id}`` before each cell, and the end.
    """
    status = 1
    log = 2
    try:
        log = _alone(job, limits, pipe)
        with (job.draft / PARTS).open("wb", buffering=0) as parts:

            def before(cell: str, _: Any) -> None:
                _tell(pipe, {"cell": cell})

            def after(cell: str, outputs: Any) -> None:
                parts.write(pickle.dumps((cell, outputs)))

            make(job, FORK, limits, before_cell=before, after_cell=after)
        _tell(pipe, {"end": "made"})
        status = 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(log, traceback.format_exc().encode("utf-8", "replace"))
        _tell(pipe, {"end": "failed", "error": said(error)})
    finally:
        os._exit(status)


def _alone(job: Job, limits: Limits, pipe: int) -> int:
    """Give the process a session, a log, limits and chances of its own, and nothing else's."""
    os.setsid()
    settle()
    _be_first_to_go()
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


def _be_first_to_go() -> None:
    """Where the machine's memory runs out, let the system end a report and not its worker."""
    score = Path("/proc/self/oom_score_adj")
    with contextlib.suppress(OSError, ValueError):
        score.write_text(str(min(1000, int(score.read_text()) + 300)))


def _tell_system(option: int, value: int) -> None:
    """Set a property of this process that only Linux knows."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def _tell(pipe: int, message: dict[str, Any]) -> None:
    os.write(pipe, (json.dumps(message) + "\n").encode())
