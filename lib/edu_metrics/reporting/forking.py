"""Ask the process that forks for reports, and get their outcomes as futures."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from edu_metrics.errors import ReportError
from edu_metrics.reporting.running import Job, Limits, Outcome
from edu_metrics.reporting.warming import BLAS_THREADS

__all__ = ["ForkPool", "can_fork", "fork_pool"]

#: How often a report is tried where the process that forks is lost.
_TRIES = 2


def can_fork() -> bool:
    """Tell whether this system forks processes soundly: macOS can, but its libraries can't."""
    return hasattr(os, "fork") and sys.platform != "darwin"


@dataclass
class _Asked:
    """A report that somebody waits for."""

    job: Job
    limits: Limits
    future: Future[Outcome]
    tries: int = 0


class ForkPool:
    """
    A pool like those of concurrent.futures, for reports made in forked processes.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    limits : Limits
        What each may take.
    root : Path
        The project folder.
    studies : sequence of str
        Studies that are loaded before the first fork.
    number : int, optional
        How many reports will be asked for, about; with many, more is done ahead.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        root: Path,
        studies: Sequence[str] = (),
        number: int = 0,
    ) -> None:
        self._workers, self._limits = workers, limits
        self._start_with = root, tuple(studies), number
        self._lock = threading.RLock()
        self._waiting: deque[_Asked] = deque()
        self._running: dict[int, _Asked] = {}
        self._number = 0
        self._closed = False
        self._start()

    def _start(self) -> None:
        """Start the process, as a program of its own: nothing of this one is in it."""
        ours, theirs = multiprocessing.Pipe()
        library = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")]))
        self._said = tempfile.TemporaryFile()  # noqa: SIM115, closed with the pool
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edu_metrics.reporting.nursery", str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=self._said,
            stderr=self._said,
            pass_fds=[theirs.fileno()],
            # Not in the terminal's group: Ctrl-C is for the process that asked for reports.
            start_new_session=True,
            # Sets are walked in the order of hashes, which may not differ from run to run.
            env={"PYTHONHASHSEED": "0", **os.environ, **BLAS_THREADS, "PYTHONPATH": path},
        )
        theirs.close()
        self._control = ours
        self._control.send(self._start_with)
        self.pid = self._process.pid
        self._ready = False
        self._reader = threading.Thread(target=self._listen, args=(ours,), daemon=True)
        self._reader.start()

    def submit(self, job: Job, limits: Limits | None = None) -> Future[Outcome]:
        """Ask for a report; it may have limits of its own."""
        future: Future[Outcome] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting.append(_Asked(job, limits or self._limits, future))
            self._send()
        return future

    def _send(self) -> None:
        """Hand over as many jobs as may run."""
        while self._ready and self._waiting and len(self._running) < self._workers:
            asked = self._waiting.popleft()
            if asked.tries == 0 and not asked.future.set_running_or_notify_cancel():
                continue
            asked.tries += 1
            self._number += 1
            self._running[self._number] = asked
            # Where it is lost, the thread that listens will know.
            with contextlib.suppress(OSError):
                self._control.send((self._number, asked.job, asked.limits))

    def _listen(self, control: Connection) -> None:
        fault = ""
        with contextlib.suppress(EOFError, OSError):
            while True:
                key, told = control.recv()
                if key == "failed":
                    fault = told
                    break
                with self._lock:
                    if key == "ready":
                        self._ready = True
                        self._send()
                        continue
                    asked = self._running.pop(key)
                    self._send()
                asked.future.set_result(told)
        with self._lock:
            if not self._closed:
                self._lost(fault)

    def _lost(self, fault: str) -> None:
        """Start again, and try once more what was running."""
        self._process.kill()
        self._process.wait()
        began, self._ready = self._ready, False
        running = list(self._running.values())
        self._running.clear()
        hopeless = not began
        for asked in reversed(running):
            if asked.tries < _TRIES:
                self._waiting.appendleft(asked)
            else:
                asked.future.set_exception(ReportError(f"process lost, {_TRIES} times"))
        if hopeless:
            told = fault or self._last_words()
            self._closed = True
            while self._waiting:
                asked = self._waiting.popleft()
                if asked.tries or asked.future.set_running_or_notify_cancel():
                    asked.future.set_exception(
                        ReportError(f"the process that makes reports did not start: {told}")
                    )
        else:
            self._start()

    def _last_words(self) -> str:
        size = os.fstat(self._said.fileno()).st_size
        said = os.pread(self._said.fileno(), 600, max(0, size - 600))
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"

    def shutdown(self) -> None:
        """End the process and all that it makes; what is not whole by then is given up."""
        with self._lock:
            self._closed = True
            for asked in self._waiting:
                asked.future.cancel()
            self._waiting.clear()
        # It ends its children and takes their drafts away once nobody is there to ask.
        with (
            contextlib.suppress(OSError),
            socket.socket(fileno=os.dup(self._control.fileno())) as end,
        ):
            end.shutdown(socket.SHUT_RDWR)  # closing would not wake the thread that listens
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._said.close()


@contextlib.contextmanager
def fork_pool(
    workers: int, limits: Limits, root: Path, studies: Sequence[str] = (), number: int = 0
) -> Iterator[ForkPool]:
    """Give a pool that ends where its user does."""
    pool = ForkPool(workers, limits, root, studies, number)
    try:
        yield pool
    finally:
        pool.shutdown()
