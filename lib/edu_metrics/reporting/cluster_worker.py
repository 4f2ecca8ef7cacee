"""What a worker of a cluster does: unpack the project, and make reports as at home."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import io
import multiprocessing
import os
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edu_metrics.errors import ReportError
from edu_metrics.reporting.inputs import library_sha256, versions_sha256
from edu_metrics.reporting.preload import BLAS_THREADS
from edu_metrics.reporting.preparing import seal
from edu_metrics.reporting.running import Job, Limits, Outcome, usable_cores

__all__ = ["Order", "forget", "make_there"]

#: So many reports are to come that it pays to load ahead.
_MANY = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to know beside the project itself."""

    digest: str
    made_with: tuple[str, str]
    job: Job
    studies: tuple[str, ...]
    limits: Limits
    engine: str | None


def make_there(project: bytes, order: Order) -> Outcome:
    """
    Make a report in a worker, and give its files back with its outcome.

    Parameters
    ----------
    project : bytes
        The packed project.
    order : Order
        What to make of it.

    Returns
    -------
    Outcome
        With the report's files; where it failed, those that tell why.

    Raises
    ------
    ReportError
        If the worker has another version of the library, or of what it rests on.
    """
    if order.made_with != (library_sha256(), versions_sha256()):
        raise ReportError(
            "a worker has other versions of edu-metrics, Python or packages than the machine that "
            "asks; install the same requirements.lock on both"
        )
    with (
        _held(project, order) as held,
        tempfile.TemporaryDirectory(prefix="edu-metrics-report-") as folder,
    ):
        job = dataclasses.replace(
            order.job,
            notebook=held.root / "notebooks" / order.job.notebook.name,
            parameters={**order.job.parameters, "root": str(held.root)},
            folder=Path(folder) / order.job.folder.name,
        )
        outcome: Outcome = held.pool.submit(job).result()
        files = {
            path.relative_to(job.folder).as_posix(): path.read_bytes()
            for path in sorted(job.folder.rglob("*"))
            if path.is_file()
        }
    return dataclasses.replace(outcome, files=files)


class _Held:
    """A project that was unpacked, and the pool that makes its reports."""

    def __init__(self, project: bytes, order: Order) -> None:
        self.users = 0
        self._stack = contextlib.ExitStack()
        with contextlib.ExitStack() as stack:
            self.root = Path(tempfile.mkdtemp(prefix="edu-metrics-project-"))
            stack.callback(shutil.rmtree, self.root, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(project)) as archive:
                archive.extractall(self.root)
            seal(self.root)
            self.pool = stack.enter_context(_pool(order, self.root))
            self._stack = stack.pop_all()

    def end(self) -> None:
        """End the pool and take the project away; nobody uses it any more."""
        self._stack.close()

    def stop(self) -> None:
        """End it at once, whatever it is making."""
        stopped = KeyboardInterrupt()
        self._stack.__exit__(type(stopped), stopped, None)


def _pool(order: Order, root: Path) -> contextlib.AbstractContextManager[Any]:
    from edu_metrics.reporting.pool import default_engine, report_pool

    # For good: a pool that ends takes back what it set, also from under a later one. Dask's
    # nanny has a seed of its own for its workers; reports made at home are made with this one.
    os.environ.update({**BLAS_THREADS, "PYTHONHASHSEED": "0"})
    # The nanny starts its worker as a daemon, and multiprocessing lets none of those have
    # children: they would outlive it. These end by themselves when it is gone.
    multiprocessing.current_process().daemon = False
    engine = order.engine or default_engine()
    return report_pool(
        usable_cores(), order.limits, root, order.studies, number=_MANY, engine=engine
    )


#: A pool for every project and way of making reports that somebody asks for.
_Key = tuple[str, tuple[str, ...], Limits, str | None]


class _There:
    """What a worker holds: the newest project, and older ones as long as reports need them."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: dict[_Key, _Held] = {}
        self.newest: _Key | None = None
        self.known = False

    def take(self, project: bytes, order: Order) -> tuple[_Key, _Held, list[_Held]]:
        """Give what makes an order's reports, and what nobody needs any more."""
        key = order.digest, order.studies, order.limits, order.engine
        with self.lock:
            if not self.known:
                self.known = bool(atexit.register(forget))
            if key not in self.held:
                self.held[key] = _Held(project, order)
            self.newest = key
            self.held[key].users += 1
            idle = [k for k, held in self.held.items() if held.users == 0]
            return key, self.held[key], [self.held.pop(k) for k in idle]

    def give_back(self, key: _Key, held: _Held, *, sound: bool) -> list[_Held]:
        """Note that a report is done with it; give it back once nobody needs it any more."""
        with self.lock:
            held.users -= 1
            if not sound and self.held.get(key) is held:
                del self.held[key]  # the next report finds a new one
            if held.users or (self.held.get(key) is held and self.newest == key):
                return []
            if self.held.get(key) is held:
                del self.held[key]
            return [held]


_there = _There()


@contextlib.contextmanager
def _held(project: bytes, order: Order) -> Iterator[_Held]:
    """Hold a project and its pool for one report; a pool that broke is not used again."""
    key, held, unused = _there.take(project, order)
    sound = False
    try:
        for older in unused:
            older.end()
        yield held
        sound = True
    finally:
        for older in _there.give_back(key, held, sound=sound):
            older.end()


def forget() -> None:
    """End what this process holds for the clusters that it works for."""
    with _there.lock:
        left = list(_there.held.values())
        _there.held.clear()
        _there.newest = None
    for held in left:
        held.stop()
