"""Reports side by side in processes: pebble keeps the processes, and this keeps the reports."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as TooLateError
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from edu_metrics.batch import preload
from edu_metrics.batch.execution import given_up, limit_memory, run, said
from edu_metrics.batch.job_queue import Asked, JobQueue
from edu_metrics.batch.jobs import FORK, KERNEL, Job, Limits, NotStartedError, Outcome
from edu_metrics.errors import ReportError

__all__ = ["can_fork", "report_pool"]

#: How often in a row a pool may break, with no report between, until all that is left is given up.
_BREAKS = 4
#: How long to wait before a broken pool is begun anew: memory may be short for a moment. [s]
_PAUSE = 0.5
#: How often to look whether it broke. [s]
_LOOK = 1.0
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


def default_engine() -> str:
    """Give the faster engine of those that this system has."""
    return FORK if can_fork() else KERNEL


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
        self._fault: Exception | None = None
        self._closed = self._worked = self._ready = False
        self._broken = 0
        self._over = threading.Event()
        self._begin()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, job: Job, limits: Limits | None = None) -> Future[Outcome]:
        """Ask for a report; it may have limits of its own."""
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._closed:
                raise RuntimeError("the pool is closed")
            future = self._queue.add(job, limits or self._limits)
            self._send()
        return future

    def _begin(self, older: ProcessPool | None = None) -> None:
        """Start workers, in a thread: they are there once the fork server has loaded all."""
        self._ready = False
        task, context = _TASKS[self._engine]
        self._task = task
        self._pool = ProcessPool(
            self._workers,
            initializer=_settle,
            initargs=(self._engine, self._limits.memory_mb),
            context=multiprocessing.get_context(context),
        )
        given = (self._pool, older)
        self._starter = threading.Thread(target=self._start, args=given, daemon=True)
        self._starter.start()

    def _start(self, pool: ProcessPool, older: ProcessPool | None) -> None:
        """Ask for a first word, before any report: if there is none, that is no report's fault."""
        if older is not None:
            _end(older)  # no report may be made twice at the same time
            self._over.wait(_PAUSE)
        try:
            pool.schedule(_first_word).add_done_callback(functools.partial(self._came_up, pool))
        except Exception as error:
            with self._lock:
                if not self._closed and pool is self._pool:
                    self._start_again(said(error.__cause__ or error))

    def _came_up(self, pool: ProcessPool, first: Future[str]) -> None:
        try:
            fault = first.result()
        except (Exception, CancelledError) as error:
            fault = said(error.__cause__ or error)
        with self._lock:
            if self._closed or pool is not self._pool:
                return
            if fault:
                self._start_again(fault)
                return
            self._ready = self._worked = True
            self._send()

    def _send(self) -> None:
        """Hand over as many jobs as may run."""
        while self._ready and (asked := self._queue.next()) is not None:
            limit = asked.limits.report_seconds
            try:
                there = self._pool.schedule(
                    self._task, (asked.job, asked.limits), timeout=limit and limit + _PATIENCE
                )
            except Exception as error:  # it broke while nobody looked
                self._start_again(said(error.__cause__ or error))
                return
            there.add_done_callback(functools.partial(self._arrived, self._pool, asked))

    def _watch(self) -> None:
        """Notice where a pool broke just when something was handed over: nobody would tell."""
        while not self._over.wait(_LOOK):
            with self._lock:
                up = not self._closed and not self._starter.is_alive()
                if up and not self._pool.active:
                    self._start_again("its workers were lost")

    def _arrived(self, pool: ProcessPool, asked: Asked, there: Future[Outcome]) -> None:
        """Take what became of a report, or of the process that it was made in."""
        with self._lock:
            if self._closed or pool is not self._pool or asked.key not in self._queue.running:
                return
            try:
                outcome = there.result()
            except TooLateError:
                why = f"the report took longer than {asked.limits.report_seconds:g} seconds"
                seconds = time.monotonic() - asked.begun
                outcome = given_up(asked.job, seconds, f"CellTimeoutError: {why}", None)
            except (ProcessExpired, CancelledError):
                self._queue.lost(asked.key)
                self._send()
                return
            except Exception as error:
                if pool.active:
                    del self._queue.running[asked.key]
                    self._send()
                    asked.future.set_exception(error)
                else:
                    self._start_again(said(error.__cause__ or error))
                return
            self._broken = 0
            del self._queue.running[asked.key]
            self._send()
        asked.future.set_result(outcome)

    def _start_again(self, fault: str) -> None:
        """Start anew, and make then what was to be made, unless that has failed too often."""
        self._queue.put_back(*self._queue.running)
        self._broken += 1
        if self._worked and self._broken < _BREAKS:
            self._begin(self._pool)
        else:
            self._give_up(fault)

    def _give_up(self, reason: str) -> None:
        """Tell all who wait, and all who will ask, why no report comes any more."""
        self._closed = True
        again = " again" if self._worked else ""
        kind = ReportError if self._worked else NotStartedError
        told = f"the process that makes reports did not start{again}: {reason}"
        self._fault = kind(f"{told}; {_MEND[self._engine]}")
        self._queue.end(self._fault)

    def shutdown(self) -> None:
        """End the processes and all that they make; what is not whole by then is given up."""
        self._over.set()
        with self._lock:
            self._closed = True
            self._queue.cancel()
        while self._starter.is_alive():
            _end_fork_server()  # it hears nothing while it loads
            self._starter.join(0.05)
        _end(self._pool)


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
        How many reports will be asked for, about; with many, more is done ahead.
    engine : {"fork", "kernel"}, optional
        How cells are run; forked processes where they can be had when left out.

    Yields
    ------
    ReportPool
        The pool.
    """
    with _surroundings(preload.told(root, studies, number)):
        pool = ReportPool(workers, limits, engine or default_engine())
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


def fork_server_pid() -> int | None:
    """Give the process that workers are forked from, where there is one."""
    server: Any = forkserver._forkserver
    pid: int | None = server._forkserver_pid
    return pid


def _end_fork_server() -> None:
    """End it: the next pool may be of another project, for which another one is loaded."""
    if (pid := fork_server_pid()) is None:
        return
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(OSError):
        server: Any = forkserver._forkserver
        server._stop()


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
