"""Reports made by Jupyter kernels: where processes can't be forked, or where that is asked for."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.process import BaseProcess

from edu_metrics.reporting.children import limit_memory
from edu_metrics.reporting.running import Job, Limits, Outcome, run
from edu_metrics.reporting.warming import BLAS_THREADS

__all__ = ["KernelPool", "kernel_pool"]


class KernelPool:
    """
    A pool of processes that each run one notebook after another, in a kernel of its own.

    Parameters
    ----------
    pool : ProcessPoolExecutor
        The processes.
    limits : Limits
        What each report may take.
    """

    def __init__(self, pool: ProcessPoolExecutor, limits: Limits) -> None:
        self._pool, self._limits = pool, limits

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        return self._pool.submit(run, job, self._limits)


@contextlib.contextmanager
def kernel_pool(workers: int, limits: Limits) -> Iterator[KernelPool]:
    """
    Give a pool that is stopped at once where its user is.

    Spawned, not forked: papermill and its kernels hold threads and sockets. A kernel ends by
    itself when the process that started it is gone.
    """
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    before = {name: os.environ.get(name) for name in (*BLAS_THREADS, "PYTHONHASHSEED")}
    os.environ.update(BLAS_THREADS)
    os.environ.setdefault("PYTHONHASHSEED", "0")
    pool = ProcessPoolExecutor(
        workers, mp_context=context, initializer=_settle, initargs=(limits.memory_mb,)
    )
    try:
        yield KernelPool(pool, limits)
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.kill()
            child.join()
        raise
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
    pool.shutdown()


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
