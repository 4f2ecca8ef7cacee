"""Reports side by side in processes: pebble keeps the processes, and this keeps the reports."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, wait
from concurrent.futures import TimeoutError as TooLateError
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

from pebble import ProcessExpired, ProcessPool

from edu_metrics.batch import preload
from edu_metrics.batch.execution import begun_last, failed, limit_memory, run, said
from edu_metrics.batch.jobs import FORK, KERNEL, Job, Limits, NotStartedError, Outcome
from edu_metrics.errors import ReportError

__all__ = ["JobQueue", "ReportPool", "can_fork", "fork_server_pid", "report_pool"]

#: How often a report is tried where the process that makes it is lost.
_TRIES = 2
#: How often in a row a pool may break, with no report between, until all that is left is given up.
_BREAKS = 4
#: How long to wait before a broken pool is begun anew: memory may be short for a moment. [s]
_PAUSE = 0.5
#: How often to look whether it broke. [s]
_LOOK = 0.2
#: How much longer than a report may take its worker is waited for. [s]
_PATIENCE = 30.0
#: What to do where no worker comes up.
_MEND = {
    FORK: "mend that, or make them with --engine kernel",
    KERNEL: "a program that asks for reports has to do so below if __name__ == '__main__'",
}


def can_fork() -> bool:
    """Tell whether this system forks processes soundly: macOS can, but its libraries can't."""
    return hasattr(os, "fork") and sys.platform != "darwin"


@dataclass(eq=False)
class Asked:
    """A report that somebody waits for."""

    job: Job
    limits: Limits
    future: Future[Outcome]
    tries: int = 0
    begun: float = 0.0


class JobQueue:
    """
    Reports that wait, reports that are being made, and which is next.

    Where processes that make reports are lost together, nobody can tell which of the reports that
    were being made has done it. Each of them is tried again with no other beside it: one that does
    it again takes no other with it, and is known.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._waiting: deque[Asked] = deque()
        self.running: list[Asked] = []

    def add(self, job: Job, limits: Limits) -> Future[Outcome]:
        """Queue up for a report."""
        future: Future[Outcome] = Future()
        self._waiting.append(Asked(job, limits, future))
        return future

    def next(self) -> Asked | None:
        """Give the report that may begin now; None where one has to end first, or none waits."""
        while self._waiting:
            asked = self._waiting[0]
            # What is tried again stands in front, and has no other beside it.
            alone = asked.tries > 0 or any(other.tries > 1 for other in self.running)
            if len(self.running) >= (1 if alone else self._workers):
                return None
            self._waiting.popleft()
            if asked.future.running() or asked.future.set_running_or_notify_cancel():
                asked.tries += 1
                asked.begun = time.monotonic()
                self.running.append(asked)
                return asked
        return None

    def again(self, *ended: Asked, lost: bool) -> None:
        """Queue up again, in front; of those that were lost, what was tried enough has failed."""
        for asked in reversed(ended):
            self.running.remove(asked)
            asked.tries -= not lost
            if asked.tries < _TRIES:
                self._waiting.appendleft(asked)
            else:
                asked.future.set_result(_failed(asked))

    def end(self, error: Exception) -> None:
        """Tell all who wait that nothing comes."""
        for asked in [*self.running, *self._waiting]:
            if asked.future.running() or asked.future.set_running_or_notify_cancel():
                asked.future.set_exception(error)
        self.running.clear()
        self._waiting.clear()

    def cancel(self) -> None:
        """Give up what has not begun."""
        for asked in self._waiting:
            asked.future.cancel()
        self._waiting.clear()


def _failed(asked: Asked) -> Outcome:
    cell = None
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError):
        cell = begun_last(asked.job.notebook, asked.job.executed)
    why = f"process lost, {_TRIES} times, the last time with no other report beside it"
    return failed(asked.job, time.monotonic() - asked.begun, why, cell)


class ReportPool:
    """
    A pool like those of concurrent.futures, each of whose reports is made in a process of its own.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    limits : Limits
        What each may take.
    engine : {"fork", "kernel"}
        Whether a worker forks for each report, or starts a Jupyter kernel.
    """

    def __init__(self, workers: int, limits: Limits, engine: str) -> None:
        self._workers, self._limits, self._engine = workers, limits, engine
        self._queue = JobQueue(workers)
        self._lock = threading.RLock()
        self._pool: ProcessPool | None = None
        self._fault: Exception | None = None
        self._broken = 0
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def submit(self, job: Job, limits: Limits | None = None) -> Future[Outcome]:
        """Ask for a report; it may have limits of its own."""
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._over.is_set():
                raise RuntimeError("the pool is closed")
            future = self._queue.add(job, limits or self._limits)
            self._send()
        return future

    def _keep(self) -> None:
        """Have processes at work until the end; where they do not come up, tell why."""
        worked = False
        while not self._over.is_set():
            pool = ProcessPool(
                self._workers,
                initializer=_settle,
                initargs=(self._engine, self._limits.memory_mb),
                context=multiprocessing.get_context(_TASKS[self._engine][1]),
            )
            fault = self._first_fault(pool)
            if not fault:
                worked, fault = True, "its workers were lost"
                with self._lock:
                    self._pool = pool
                    self._send()
                while pool.active and not self._over.wait(_LOOK):
                    pass
            _end(pool)  # no report may be made twice at the same time
            with self._lock:
                self._pool = None
                self._broken += 1
                self._queue.again(*self._queue.running, lost=False)
                if not self._over.is_set() and (not worked or self._broken >= _BREAKS):
                    self._give_up(fault, " again" if worked else "")
                    return
            self._over.wait(_PAUSE)

    def _first_fault(self, pool: ProcessPool) -> str:
        """Ask for a first word, before any report: if there is none, that is no report's fault."""
        try:
            first: Future[str] = pool.schedule(_first_word)
            while pool.active and not (first.done() or self._over.is_set()):
                wait([first], _LOOK)
            return first.result(timeout=0)
        except Exception as error:
            return said(error.__cause__ or error)

    def _send(self) -> None:
        """Hand over as many jobs as may run."""
        while self._pool is not None and (asked := self._queue.next()) is not None:
            limit = asked.limits.report_seconds
            try:
                there = self._pool.schedule(
                    _TASKS[self._engine][0],
                    (asked.job, asked.limits),
                    timeout=limit and limit + _PATIENCE,
                )
            except RuntimeError:  # it broke, which is seen soon
                return
            there.add_done_callback(functools.partial(self._arrived, self._pool, asked))

    def _arrived(self, pool: ProcessPool, asked: Asked, there: Future[Outcome]) -> None:
        """Take what became of a report, or of the process that it was made in."""
        with self._lock:
            if self._over.is_set() or asked not in self._queue.running:
                return
            outcome: Outcome | Exception
            try:
                outcome = there.result()
            except TooLateError:
                why = f"the report took longer than {asked.limits.report_seconds:g} seconds"
                seconds = time.monotonic() - asked.begun
                outcome = failed(asked.job, seconds, f"CellTimeoutError: {why}", None)
            except (ProcessExpired, CancelledError):
                self._queue.again(asked, lost=True)
                self._send()
                return
            except Exception as error:
                if not pool.active:  # that is seen soon, and it is begun anew
                    return
                outcome = error
            self._broken = 0
            self._queue.running.remove(asked)
            self._send()
        if isinstance(outcome, Exception):
            asked.future.set_exception(outcome)
        else:
            asked.future.set_result(outcome)

    def _give_up(self, reason: str, again: str) -> None:
        """Tell all who wait, and all who will ask, why no report comes any more."""
        kind = ReportError if again else NotStartedError
        told = f"the process that makes reports did not start{again}: {reason}"
        self._fault = kind(f"{told}; {_MEND[self._engine]}")
        self._queue.end(self._fault)

    def shutdown(self) -> None:
        """End the processes and all that they make; what is not whole by then is given up."""
        with self._lock:
            self._over.set()
            self._queue.cancel()
        while self._keeper.is_alive():
            if self._pool is None:
                _end_fork_server()  # it hears nothing while it loads
            self._keeper.join(0.05)


@contextlib.contextmanager
def report_pool(
    workers: int,
    limits: Limits,
    root: Path,
    studies: Sequence[str] = (),
    *,
    number: int = 0,
    engine: str | None = None,
) -> Iterator[ReportPool]:
    """
    Give a pool that ends where its user does.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    limits : Limits
        What each may take.
    root : Path
        The project folder.
    studies : sequence of str, optional
        Studies that are loaded before the first fork.
    number : int, optional
        How many reports of one study will be asked for, at most; with many, more is done ahead.
    engine : {"fork", "kernel"}, optional
        How cells are run; forked processes where they can be had when left out.

    Yields
    ------
    ReportPool
        The pool.
    """
    with _surroundings(preload.told(root, studies, number, _note())):
        pool = ReportPool(workers, limits, engine or (FORK if can_fork() else KERNEL))
        try:
            yield pool
        finally:
            pool.shutdown()


#: The pools of this process, and what its environment held before the first of them.
_open: list[object] = []
_before: dict[str, str | None] = {}
_open_lock = threading.Lock()


@contextlib.contextmanager
def _surroundings(told: str) -> Iterator[None]:
    """Set what workers are started with, until the last pool of this process has ended."""
    library = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, [library, os.environ.get("PYTHONPATH")]))
    # Sets are walked in the order of hashes, which may not differ from run to run.
    wanted = {**preload.BLAS_THREADS, "PYTHONHASHSEED": "0", "PYTHONPATH": path}
    token = object()
    with _open_lock:
        if not _open:
            _before.update({name: os.environ.get(name) for name in (*wanted, preload.VARIABLE)})
            os.environ.update(wanted)
            multiprocessing.set_forkserver_preload([preload.__name__])
        # A fork server that is started from now on loads for the newest pool.
        os.environ[preload.VARIABLE] = told
        _open.append(token)
    try:
        yield
    finally:
        with _open_lock:
            _open.remove(token)
            if not _open:
                _end_fork_server()
                multiprocessing.set_forkserver_preload(["__main__"])
                for name, value in _before.items():
                    os.environ.pop(name, None)
                    if value is not None:
                        os.environ[name] = value
                _before.clear()


@functools.cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="edu-metrics-pool-")


def _note() -> Path:
    """Name the file in which a fork server says which process it is; it ends with this process."""
    return Path(_folder().name, "fork_server")


def fork_server_pid() -> int | None:
    """Give the process that workers are forked from, where there is one that loads for us."""
    try:
        return int(_note().read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _end_fork_server() -> None:
    """End it: the next pool may be of another project, for which another one is loaded."""
    if (pid := fork_server_pid()) is None:
        return
    with contextlib.suppress(OSError, AttributeError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)  # it is a child of ours
        os.kill(pid, signal.SIGKILL)
        # multiprocessing, which started it, takes note of its end before it starts another.
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        _note().unlink()


def _end(pool: ProcessPool) -> None:
    """Stop a pool of pebble's with all that it runs."""
    pool.stop()  # type: ignore[no-untyped-call]
    with contextlib.suppress(Exception):
        pool.join()


def _first_word() -> str:
    """Say why this worker can make no report; nothing where it can."""
    return preload.fault


def _make_apart(job: Job, limits: Limits) -> Outcome:
    from edu_metrics.batch.worker import make_apart

    return make_apart(job, limits)


#: What a worker does for a report, and how workers are started. Kernels have threads and sockets.
_TASKS: dict[str, tuple[Callable[[Job, Limits], Outcome], str]] = {
    FORK: (_make_apart, "forkserver"),
    KERNEL: (run, "spawn"),
}


def _settle(engine: str, memory_mb: int | None) -> None:
    """Prepare a worker: it starts quickly, and ends with the process that asks for reports."""
    if engine == FORK:
        from edu_metrics.batch.worker import settle

        settle()
        return
    limit_memory(memory_mb)
    # Where it finds this package jsonschema loads a grammar of web addresses, which takes longer
    # than all else that a process needs to start; no notebook has a field that asks for it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
