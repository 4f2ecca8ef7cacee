"""
The same batch on many machines: the workers of a dask.distributed cluster make the reports.

The project travels to the workers once, each report is a task of its own, and its files come back
with its outcome. A worker makes it as at home, in a process that makes nothing else.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import multiprocessing
import tempfile
import threading
import time
import weakref
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from edu_metrics.batch.execution import (
    FAILED_LOG,
    FAILED_NOTEBOOK,
    failed,
    keep_failure,
    published,
    said,
    start_afresh,
)
from edu_metrics.batch.jobs import Job, Limits, Outcome
from edu_metrics.batch.pool import ReportPool, report_pool
from edu_metrics.catalog import Catalog, notebook_of
from edu_metrics.errors import ReportError, require_extra
from edu_metrics.report.fingerprint import (
    files_below,
    library_sha256,
    table_path,
    versions_sha256,
)
from edu_metrics.report.tables import seal

__all__ = ["brought_home", "cluster_pool", "packed"]

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
    A pool whose reports are made elsewhere: outcomes come with the files of their reports.

    Parameters
    ----------
    client : distributed.Client
        A client of the cluster.
    content : bytes
        The packed project.
    order : Order
        How its reports are made.
    """

    def __init__(self, client: Any, content: bytes, order: Order) -> None:
        self._client, self._order = client, order
        # A task and not scattered data: it can be made again where its worker is lost.
        self._project = client.submit(bytes, content, pure=False)
        self._tasks = client.get_executor(pure=False, retries=_RETRIES)

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        future: Future[Outcome] = self._tasks.submit(make_there, self._project, self._order, job)
        return future

    def end(self) -> None:
        """Give up what is not made yet."""
        self._tasks.shutdown(wait=False)

    def give_up_alone(self, over: threading.Event) -> None:
        """Give all up, and end, where there was no worker for long; until the batch is over."""
        last = time.monotonic()
        while not over.wait(_LOOK):
            now = time.monotonic()
            with contextlib.suppress(OSError):  # no scheduler either: that is for Dask to tell
                last = now if self._client.nthreads() else last
            if now - last > _NO_WORKER:
                self.end()
                return


def brought_home(job: Job, outcome: Outcome) -> Outcome:
    """
    Write the files of a report that was made elsewhere to where it belongs.

    Parameters
    ----------
    job : Job
        What was asked for.
    outcome : Outcome
        What came of it, with files.

    Returns
    -------
    Outcome
        The same without files; failed where they can't be written.
    """
    files = outcome.files or {}
    try:
        start_afresh(job.draft)
        for name, content in files.items():
            path = job.draft / "report" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if outcome.status != "made" and FAILED_NOTEBOOK in files:
            (job.draft / "report" / FAILED_NOTEBOOK).replace(job.executed)
    except OSError as error:
        return failed(job, outcome.seconds, said(error))
    if outcome.status == "made":
        return published(job, outcome.seconds)
    log = keep_failure(job.draft, job.folder, files.get(FAILED_LOG, b"").decode("utf-8", "replace"))
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
    from distributed import Client, Security

    secured = Security().get_connection_args("client")  # type: ignore[no-untyped-call]
    if address.startswith("tls://") and secured["ssl_context"] is None:
        raise ReportError(
            f"{address!r}: expected the cluster's certificates in the settings of Dask, such as "
            "DASK_DISTRIBUTED__COMM__TLS__CA_FILE; docs/scale.md shows all of them"
        )
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
        content, over = packed(catalog, studies), threading.Event()
        made_with = library_sha256(), versions_sha256()
        digest = hashlib.sha256(content).hexdigest()
        order = Order(digest, made_with, tuple(studies), limits, engine)
        pool = ClusterPool(client, content, order)
        watch = threading.Thread(target=pool.give_up_alone, args=(over,), daemon=True)
        watch.start()
        try:
            yield pool
        finally:
            given_up = not watch.is_alive()
            over.set()
            pool.end()
        if given_up:
            raise ReportError(
                f"the cluster had no worker for {_NO_WORKER / 60:g} minutes; what came home by "
                "then stands; start some and give the command again"
            )


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
    paths += sorted({table_path(root, name) for name in wanted})
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
    held = _held_project(project, order)
    try:
        with tempfile.TemporaryDirectory(prefix="edu-metrics-report-") as folder:
            there = dataclasses.replace(
                job,
                notebook=notebook_of(held.root, job.notebook.name),
                parameters={**job.parameters, "root": str(held.root)},
                folder=Path(folder) / job.folder.name,
            )
            outcome = held.pool.submit(there).result()
            files = {
                path.relative_to(there.folder).as_posix(): path.read_bytes()
                for path in sorted(there.folder.rglob("*"))
                if path.is_file()
            }
    except BaseException:
        forget()  # a pool that broke is not asked again
        raise
    finally:
        del held  # an error keeps what this function knows, which would keep the pool
    return dataclasses.replace(outcome, files=files)


class _Unpacked:
    """A project that a worker has unpacked, and the pool that makes its reports, until unused."""

    def __init__(self, project: bytes, order: Order) -> None:
        with contextlib.ExitStack() as stack:
            folder = tempfile.TemporaryDirectory(
                prefix="edu-metrics-project-", ignore_cleanup_errors=True
            )
            self.root = Path(stack.enter_context(folder))
            with zipfile.ZipFile(io.BytesIO(project)) as archive:
                archive.extractall(self.root)
            seal(self.root)
            self.pool = stack.enter_context(_pool(order, self.root))
            # Also where the worker ends.
            weakref.finalize(self, stack.pop_all().close)


def _pool(order: Order, root: Path) -> contextlib.AbstractContextManager[ReportPool]:
    from distributed import get_worker

    # The nanny starts its worker as a daemon, and multiprocessing lets none of those have
    # children: they would outlive it. These end by themselves when it is gone.
    multiprocessing.current_process().daemon = False
    worker: Any = get_worker
    threads = min(int(worker().state.nthreads), _MOST)  # what Dask asks for at the same time
    given: dict[str, Any] = {"number": _MANY, "engine": order.engine}
    return report_pool(threads, order.limits, root, order.studies, **given)


#: The projects of this worker, as long as a report needs them; and the newest, which stays.
_held: weakref.WeakValueDictionary[Order, _Unpacked] = weakref.WeakValueDictionary()
_newest: list[_Unpacked] = []
_held_lock = threading.Lock()


def _held_project(project: bytes, order: Order) -> _Unpacked:
    with _held_lock:
        older = _newest.copy()  # which ends, if it does, when the lock is free again
        held = _held.get(order) or _Unpacked(project, order)
        _held[order] = held
        _newest[:] = [held]
    older.clear()
    return held


def forget() -> None:
    """Let go of what this process holds for the clusters that it works for."""
    with _held_lock:
        older = _newest.copy()
        _newest.clear()
        _held.clear()
    older.clear()
