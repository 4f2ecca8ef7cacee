"""Reports made by Jupyter kernels: where processes can't be forked, or where that is asked for."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.process import BaseProcess

from edu_metrics.errors import ReportError
from edu_metrics.reporting.children import limit_memory
from edu_metrics.reporting.running import Job, Limits, NotStartedError, Outcome, run, said
from edu_metrics.reporting.turns import Asked, Turns
from edu_metrics.reporting.warming import BLAS_THREADS

__all__ = ["KernelPool", "kernel_pool"]


class KernelPool:
    """
    A pool of processes that each run one notebook after another, in a kernel of its own.

    Where one of them is lost, all of them are: the library that keeps them can't tell what the
    others hold. They are started anew, and what was being made is tried again.

    Parameters
    ----------
    workers : int
        How many reports are made at the same time.
    limits : Limits
        What each report may take.
    """

    def __init__(self, workers: int, limits: Limits) -> None:
        self._workers, self._limits, self._turns = workers, limits, Turns(workers)
        self._lock = threading.RLock()
        self._fault: Exception | None = None
        self._closed = False
        self._others = set(multiprocessing.active_children())
        self._start()

    def _start(self) -> None:
        self._ready = False
        self._pool = ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_settle,
            initargs=(self._limits.memory_mb,),
        )
        # A first word, before any report: if there is none, that is no report's fault.
        self._pool.submit(os.getpid).add_done_callback(self._came_up)

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        with self._lock:
            if self._fault is not None:
                raise self._fault
            if self._closed:
                raise RuntimeError("the pool is closed")
            future = self._turns.add(job, self._limits)
            self._send()
        return future

    def _send(self) -> None:
        """Hand over as many jobs as may run."""
        while self._ready and (asked := self._turns.next()) is not None:
            try:
                there = self._pool.submit(run, asked.job, asked.limits)
            except BrokenProcessPool:
                self._renew(self._pool)
                return
            there.add_done_callback(functools.partial(self._arrived, self._pool, asked))

    def _came_up(self, first: Future[int]) -> None:
        with self._lock:
            if self._closed:
                return
            if first.cancelled() or first.exception() is not None:
                self._closed = True
                self._fault = NotStartedError(
                    "the processes that make reports did not start; a program that asks for "
                    "reports has to do so below if __name__ == '__main__'"
                )
                self._turns.end(self._fault)
                return
            self._ready = True
            self._send()

    def _arrived(self, pool: ProcessPoolExecutor, asked: Asked, there: Future[Outcome]) -> None:
        if there.cancelled():
            return
        error = there.exception()
        if isinstance(error, BrokenProcessPool):
            self._renew(pool)
            return
        with self._lock:
            del self._turns.running[asked.key]
            self._send()
        if error is None:
            asked.future.set_result(there.result())
        else:
            asked.future.set_exception(error)

    def _renew(self, broken: ProcessPoolExecutor) -> None:
        # In a thread of its own: this one may be the broken pool's, which ends what is left of it,
        # and may hold its locks.
        threading.Thread(target=self._start_again, args=(broken,), daemon=True).start()

    def _start_again(self, broken: ProcessPoolExecutor) -> None:
        """Start anew, once: of each report that was being made it is heard that the pool broke."""
        with self._lock:
            if broken is not self._pool or not self._ready:
                return
            self._ready = False
        broken.shutdown()  # its processes end: no report may be made twice at the same time
        with self._lock:
            if self._closed:
                return
            try:
                self._turns.lost()
                self._start()
            except Exception as error:  # somebody waits, and nobody else is left to tell him
                self._closed = True
                told = f"the processes that make reports did not start again: {said(error)}"
                self._fault = ReportError(told)
                self._turns.end(self._fault)

    def shutdown(self, *, at_once: bool) -> None:
        """End the processes, and what they make if it is not to be waited for."""
        with self._lock:
            self._closed = True
            self._turns.cancel()
        if at_once:
            self._pool.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - self._others:
                child.kill()
                child.join()
        else:
            self._pool.shutdown()


@contextlib.contextmanager
def kernel_pool(workers: int, limits: Limits) -> Iterator[KernelPool]:
    """
    Give a pool that is stopped at once where its user is.

    Spawned, not forked: papermill and its kernels hold threads and sockets. A kernel ends by
    itself when the process that started it is gone.
    """
    before = {name: os.environ.get(name) for name in (*BLAS_THREADS, "PYTHONHASHSEED")}
    # Sets are walked in the order of hashes, which may not differ from run to run.
    os.environ.update(BLAS_THREADS, PYTHONHASHSEED="0")
    try:
        pool = KernelPool(workers, limits)
        try:
            yield pool
        except BaseException:
            pool.shutdown(at_once=True)
            raise
        pool.shutdown(at_once=False)
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _settle(memory_mb: int | None) -> None:
    """Start quickly, leave Ctrl-C to the process that started this one, and end with it."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    limit_memory(memory_mb)
    # Where it finds this package jsonschema loads a grammar of web addresses, which takes longer
    # than all else that a process needs to start; no notebook has a field that asks for it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
