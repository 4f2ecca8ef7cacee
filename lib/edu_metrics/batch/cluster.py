"""
The same batch on many machines: the workers of a dask.distributed cluster make the reports.

The project travels to the workers once, each report is a task of its own, and its files come back
with its outcome. A worker makes it as at home, in a process that makes nothing else.
"""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import hashlib
import io
import multiprocessing
import os
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from edu_metrics.batch.drafts import keep_failure, publish, start_afresh
from edu_metrics.batch.jobs import Job, Limits, Outcome
from edu_metrics.batch.pool import report_pool
from edu_metrics.batch.preload import BLAS_THREADS
from edu_metrics.catalog import Catalog, notebook_of
from edu_metrics.errors import ReportError, require_extra
from edu_metrics.report.fingerprint import files_below, library_sha256, versions_sha256
from edu_metrics.report.tables import seal, table_path

__all__ = ["cluster_pool", "packed"]

#: How often a report is tried again: a worker that is lost takes those that it makes with it.
_RETRIES = 2
#: How long to wait for the scheduler.
_PATIENCE = "20s"
#: How long to wait for the first worker: to start Python on many machines from one shared disk
#: takes about a minute. [s]
_FIRST_WORKER = 120.0
#: How long a batch goes on without any worker. One that is lost is started again in seconds by
#: its nanny, and in minutes by Slurm; past that, nobody would be told until the morning. [s]
_NO_WORKER = 600.0
#: How often to look whether there are any. [s]
_LOOK = 15.0
#: Windows can't wait for more than 61 processes.
_MOST = 60
#: So many reports are to come, for all that a worker knows: it pays to load ahead.
_MANY = 1000


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to know beside the project itself and the report that it makes."""

    digest: str
    made_with: tuple[str, str]
    studies: tuple[str, ...]
    limits: Limits
    engine: str | None


class ClusterPool:
    """
    A pool whose reports are made elsewhere; their files come back with their outcomes.

    Parameters
    ----------
    client : distributed.Client
        A client of the cluster.
    content : bytes
        The packed project.
    studies : sequence of str
        Studies that workers load before their first report.
    limits : Limits
        What each report may take.
    engine : str, optional
        ``fork`` or ``kernel``; the first where a worker has it when left out.
    """

    def __init__(
        self,
        client: Any,
        content: bytes,
        studies: Sequence[str],
        limits: Limits,
        engine: str | None,
    ) -> None:
        self._client = client
        # A task and not scattered data: it can be made again where its worker is lost.
        self._project = client.submit(bytes, content, pure=False)
        made_with = library_sha256(), versions_sha256()
        digest = hashlib.sha256(content).hexdigest()
        self._order = Order(digest, made_with, tuple(studies), limits, engine)
        self._lock = threading.Lock()
        self._awaited: dict[Future[Outcome], Any] = {}
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        here: Future[Outcome] = Future()
        here.set_running_or_notify_cancel()
        there = self._client.submit(
            make_there, self._project, self._order, job, pure=False, retries=_RETRIES
        )
        with self._lock:
            self._awaited[here] = there
        # Dask calls back in a thread that it keeps for that: its connections do not wait.
        there.add_done_callback(lambda _: self._arrived(job, here))
        return here

    def _arrived(self, job: Job, here: Future[Outcome]) -> None:
        """Write down what arrived, unless it was given up."""
        with self._lock:  # what is being written when a batch is stopped is written whole
            there = self._awaited.pop(here, None)
            if there is None:
                return
            try:
                if there.status not in ("finished", "error"):
                    raise ReportError("the scheduler is gone, or gave it up")  # noqa: TRY301
                outcome = _brought_home(job, there.result())
            except Exception as error:
                here.set_exception(error)
                return
        here.set_result(outcome)

    def _watch(self) -> None:
        """Give up what is awaited where there was no worker for long."""
        last = time.monotonic()
        while not self._over.wait(_LOOK):
            try:
                some = bool(self._client.nthreads())
            except Exception:
                some = True  # no scheduler either: that is for Dask's client to tell
            now = time.monotonic()
            last = now if some else last
            if now - last > _NO_WORKER:
                told = f"the cluster had no worker for {_NO_WORKER / 60:g} minutes"
                for here in self._give_up():
                    here.set_exception(
                        ReportError(f"{told}; start some and give the command again")
                    )

    def _give_up(self) -> list[Future[Outcome]]:
        with self._lock:
            given_up, self._awaited = self._awaited, {}
        for there in given_up.values():
            there.cancel()
        return list(given_up)

    def end(self) -> None:
        """Give up what is not made yet."""
        self._over.set()
        self._give_up()


def _brought_home(job: Job, outcome: Outcome) -> Outcome:
    """Write the files of a report that was made elsewhere to where it belongs."""
    files = outcome.files or {}
    try:
        start_afresh(job.draft)
        for name, content in files.items():
            path = job.draft / "report" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if outcome.status == "made":
            publish(job.draft, job.folder)
            return dataclasses.replace(outcome, files=None)
        failed = job.draft / "report" / "failed.ipynb"
        if failed.is_file():
            failed.replace(job.executed)
        told = files.get("failed.log", b"").decode("utf-8", "replace")
        log = keep_failure(job.draft, job.folder, told)
    except OSError as error:
        log = keep_failure(job.draft, job.folder, f"{error}\n")
        return Outcome(job.name, "failed", outcome.seconds, None, f"OSError: {error}", log)
    return dataclasses.replace(outcome, files=None, log=log)


@contextlib.contextmanager
def cluster_pool(
    address: str, catalog: Catalog, studies: Sequence[str], limits: Limits, engine: str | None
) -> Iterator[ClusterPool]:
    """
    Give a pool whose reports are made by the workers of a cluster.

    Parameters
    ----------
    address : str
        Address of the scheduler, as ``tcp://host:8786``.
    catalog : Catalog
        All definitions; its project is sent along, so that no disk has to be shared.
    studies : sequence of str
        Studies whose reports are made.
    limits : Limits
        What each report may take.
    engine : str or None
        How cells are run.

    Yields
    ------
    ClusterPool
        The pool.

    Raises
    ------
    ReportError
        If nobody answers at the address, or the cluster has no workers.
    MissingExtraError
        If dask.distributed is not installed.
    """
    require_extra("cluster")
    from distributed import Client

    try:
        connect: Any = Client
        client = connect(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ReportError(f"no Dask scheduler answers at {address!r}: {error}") from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_FIRST_WORKER)
        except TimeoutError as error:
            raise ReportError(
                f"the cluster at {address!r} has no workers, and none came in "
                f"{_FIRST_WORKER:g} seconds; start some with: dask worker {address}"
            ) from error
        pool = ClusterPool(client, packed(catalog, studies), studies, limits, engine)
        try:
            yield pool
        finally:
            pool.end()


def packed(catalog: Catalog, studies: Sequence[str]) -> bytes:
    """
    Pack what reports are made from: definitions, notebooks and processed tables.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    studies : sequence of str
        Studies whose reports are made.

    Returns
    -------
    bytes
        A zip file; the same project gives the same bytes.
    """
    root = catalog.root
    plans = {catalog.study(name).plan for name in studies}
    wanted = {*studies, *(s.id for s in catalog.studies.values() if s.plan in plans)}
    paths = [*files_below(root / "data" / "definitions"), *files_below(root / "notebooks")]
    paths += [table_path(root, name) for name in sorted(wanted)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in paths if path.is_file()):
            archive.writestr(zipfile.ZipInfo(path.relative_to(root).as_posix()), path.read_bytes())
    return file.getvalue()


def make_there(project: bytes, order: Order, job: Job) -> Outcome:
    """
    Make a report in a worker, and give its files back with its outcome.

    Parameters
    ----------
    project : bytes
        The packed project.
    order : Order
        How its reports are made.
    job : Job
        What to make, as it is at home.

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
        _unpacked(project, order) as (root, pool),
        tempfile.TemporaryDirectory(prefix="edu-metrics-report-") as folder,
    ):
        there = dataclasses.replace(
            job,
            notebook=notebook_of(root, job.notebook.name),
            parameters={**job.parameters, "root": str(root)},
            folder=Path(folder) / job.folder.name,
        )
        outcome: Outcome = pool.submit(there).result()
        files = {
            path.relative_to(there.folder).as_posix(): path.read_bytes()
            for path in sorted(there.folder.rglob("*"))
            if path.is_file()
        }
    return dataclasses.replace(outcome, files=files)


class _Unpacked:
    """A project that a worker has unpacked, and the pool that makes its reports."""

    def __init__(self, project: bytes, order: Order) -> None:
        self.users = 0
        with contextlib.ExitStack() as stack:
            self.root = Path(tempfile.mkdtemp(prefix="edu-metrics-project-"))
            stack.callback(shutil.rmtree, self.root, ignore_errors=True)
            with zipfile.ZipFile(io.BytesIO(project)) as archive:
                archive.extractall(self.root)
            seal(self.root)
            self.pool = stack.enter_context(_pool(order, self.root))
            self.end = stack.pop_all().close


def _pool(order: Order, root: Path) -> contextlib.AbstractContextManager[Any]:
    # For good: a pool that ends takes back what it set, also from under a later one. Dask's
    # nanny has a seed of its own for its workers; reports made at home are made with this one.
    os.environ.update({**BLAS_THREADS, "PYTHONHASHSEED": "0"})
    # The nanny starts its worker as a daemon, and multiprocessing lets none of those have
    # children: they would outlive it. These end by themselves when it is gone.
    multiprocessing.current_process().daemon = False
    given: dict[str, Any] = {"number": _MANY, "engine": order.engine}
    return report_pool(_threads(), order.limits, root, order.studies, **given)


def _threads() -> int:
    """Say how many reports Dask may ask this worker for at the same time."""
    from distributed import get_worker

    worker: Any = get_worker
    return min(int(worker().state.nthreads), _MOST)


#: The projects of this worker, the newest last; the others as long as reports need them.
_held: dict[Order, _Unpacked] = {}
_held_lock = threading.Lock()


@contextlib.contextmanager
def _unpacked(project: bytes, order: Order) -> Iterator[tuple[Path, Any]]:
    """Hold a project and its pool for one report; a pool that broke is not used again."""
    with _held_lock:
        held = _held.pop(order, None) or _Unpacked(project, order)
        _held[order] = held
        held.users += 1
    try:
        yield held.root, held.pool
    except BaseException:
        with _held_lock:
            if _held.get(order) is held:
                del _held[order]
        raise
    finally:
        with _held_lock:
            held.users -= 1
            idle = [key for key in list(_held)[:-1] if not _held[key].users]
            ended = [_held.pop(key) for key in idle]
            if not held.users and held not in (*ended, *_held.values()):
                ended.append(held)
        for older in ended:
            older.end()


@atexit.register
def forget() -> None:
    """End what this process holds for the clusters that it works for."""
    with _held_lock:
        left = list(_held.values())
        _held.clear()
    for held in left:
        held.end()
