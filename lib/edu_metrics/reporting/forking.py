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
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from pathlib import Path

from edu_metrics.errors import ReportError
from edu_metrics.reporting.running import Job, Limits, NotStartedError, Outcome, said
from edu_metrics.reporting.turns import Turns
from edu_metrics.reporting.warming import BLAS_THREADS

__all__ = ["ForkPool", "can_fork", "fork_pool"]

#: How often in a row to start a process that worked before, until all that is left is given up.
_STARTS = 3


def can_fork() -> bool:
    """Tell whether this system forks processes soundly: macOS can, but its libraries can't."""
    return hasattr(os, "fork") and sys.platform != "darwin"


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

    Raises
    ------
    ReportError
        If no process can be started; and by :meth:`submit`, if none came up.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        root: Path,
        studies: Sequence[str] = (),
        number: int = 0,
    ) -> None:
        self._limits, self._turns = limits, Turns(workers)
        self._start_with = root, tuple(studies), number
        self._lock = threading.RLock()
        self._fault: Exception | None = None
        self._closed = self._worked = False
        self._failed_starts = 0
        try:
            self._start()
        except OSError as error:
            self._give_up(said(error))
            raise self._fault or error from error

    def _start(self) -> None:
        """Start the process, as a program of its own: nothing of this one is in it."""
        library = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")]))
        self._ready = False
        self._said = tempfile.TemporaryFile()  # noqa: SIM115, closed with the process
        self._control, theirs = multiprocessing.Pipe()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "edu_metrics.reporting.nursery", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._said,
                stderr=self._said,
                pass_fds=[theirs.fileno()],
                # Not in the terminal's group: Ctrl-C is for the process that asked for reports.
                start_new_session=True,
                # Sets are walked in the order of hashes, which may not differ from run to run,
                # whatever the user's own programs are told.
                env={**os.environ, **BLAS_THREADS, "PYTHONPATH": path, "PYTHONHASHSEED": "0"},
            )
        self.pid = self._process.pid
        # Where it is lost already, the thread that listens will know.
        with contextlib.suppress(OSError):
            self._control.send(self._start_with)
        self._reader = threading.Thread(target=self._listen, args=(self._control,), daemon=True)
        self._reader.start()

    def submit(self, job: Job, limits: Limits | None = None) -> Future[Outcome]:
        """Ask for a report; it may have limits of its own."""
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._closed:
                raise RuntimeError("the pool is closed")
            future = self._turns.add(job, limits or self._limits)
            self._send()
        return future

    def _send(self) -> None:
        """Hand over as many jobs as may run."""
        while self._ready and (asked := self._turns.next()) is not None:
            # Where it is lost, the thread that listens will know.
            with contextlib.suppress(OSError):
                self._control.send((asked.key, asked.job, asked.limits))

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
                        self._ready = self._worked = True
                        self._send()
                        continue
                    asked = self._turns.running.pop(key)
                    self._send()
                asked.future.set_result(told)
        with self._lock:
            if self._closed:
                return
            try:
                self._lost(fault)
            except Exception as error:  # somebody waits, and nobody else is left to tell him
                self._give_up(said(error))

    def _lost(self, fault: str) -> None:
        """Start again, and try once more what was running."""
        self._process.kill()
        self._process.wait()
        fault = fault or self._last_words()
        self._release()
        self._turns.lost()
        self._failed_starts = 0 if self._ready else self._failed_starts + 1
        if self._worked and self._failed_starts < _STARTS:
            self._start()
        else:
            self._give_up(fault)

    def _give_up(self, reason: str) -> None:
        """Tell all who wait, and all who will ask, why no report comes any more."""
        self._closed = True
        self._ready = False
        again = " again" if self._worked else ""
        kind = ReportError if self._worked else NotStartedError
        self._fault = kind(
            f"the process that makes reports did not start{again}: {reason}; mend that, or make "
            "them with --engine kernel"
        )
        self._turns.end(self._fault)

    def _last_words(self) -> str:
        size = os.fstat(self._said.fileno()).st_size
        said = os.pread(self._said.fileno(), 600, max(0, size - 600))
        lines = said.decode("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else f"exit status {self._process.returncode}"

    def _release(self) -> None:
        """Close what a process that is gone has left here."""
        self._control.close()
        self._said.close()

    def shutdown(self) -> None:
        """End the process and all that it makes; what is not whole by then is given up."""
        with self._lock:
            self._closed = True
            self._turns.cancel()
            if not self._ready:
                self._process.kill()  # it has no children yet, and hears nothing while it warms up
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
