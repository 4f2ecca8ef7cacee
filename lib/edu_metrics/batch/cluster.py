"""The same batch on many machines: the workers of a dask.distributed cluster make the reports."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import io
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any

from edu_metrics.batch.cluster_worker import Order, make_there
from edu_metrics.batch.drafts import keep_failure, publish, start_afresh
from edu_metrics.batch.jobs import Job, Limits, Outcome
from edu_metrics.catalog import Catalog
from edu_metrics.errors import ReportError
from edu_metrics.report.fingerprint import files_below, library_sha256, versions_sha256
from edu_metrics.report.tables import table_path

__all__ = ["ClusterPool", "cluster_pool", "packed"]

#: How often a report is tried: a worker that is lost takes those that it was making with it.
_TRIES = 3
#: How long to wait for the scheduler. [s]
_PATIENCE = "20s"
#: How long to wait for the first worker: to start Python on many machines from one shared disk
#: takes about a minute. [s]
_FIRST_WORKER = 120.0
#: How long a batch goes on without any worker. One that is lost is started again in seconds by
#: its nanny, and in minutes by Slurm; past that, nobody would be told until the morning. [s]
_NO_WORKER = 600.0
#: How often to look whether there are any. [s]
_LOOK = 15.0
#: How many reports are written to the disk at the same time.
_WRITERS = 4


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
        self._executor = client.get_executor(pure=False, retries=_TRIES - 1)
        self._digest = hashlib.sha256(content).hexdigest()
        self._studies, self._limits, self._engine = tuple(studies), limits, engine
        # Dask's own thread, which hears of outcomes, has all its connections to keep up.
        self._writers = ThreadPoolExecutor(_WRITERS, thread_name_prefix="edu-metrics-home")
        self._lock = threading.Lock()
        self._awaited: set[Future[Outcome]] = set()
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        made_with = library_sha256(), versions_sha256()
        order = Order(self._digest, made_with, job, self._studies, self._limits, self._engine)
        there: Future[Outcome] = self._executor.submit(make_there, self._project, order)
        here: Future[Outcome] = Future()
        here.set_running_or_notify_cancel()
        with self._lock:
            self._awaited.add(here)

        def arrived(future: Future[Outcome]) -> None:
            with contextlib.suppress(RuntimeError):  # nobody waits any more
                self._writers.submit(self._take, job, future, here)

        there.add_done_callback(arrived)
        return here

    def _take(self, job: Job, there: Future[Outcome], here: Future[Outcome]) -> None:
        """Write down what arrived, unless it was given up."""
        with self._lock:
            if here not in self._awaited:
                return
            self._awaited.remove(here)
        try:
            here.set_result(_brought_home(job, there.result()))
        except CancelledError:
            here.set_exception(ReportError("the scheduler is gone, or gave it up"))
        except BaseException as error:
            here.set_exception(error)

    def _watch(self) -> None:
        """Give up what is awaited where there was no worker for long."""
        last = time.monotonic()
        while not self._over.wait(_LOOK):
            try:
                some = bool(self._client.nthreads())
            except Exception:
                some = True  # no scheduler either: that is for Dask's client to tell
            now = time.monotonic()
            if some:
                last = now
            elif now - last > _NO_WORKER:
                with self._lock:
                    given_up, self._awaited = self._awaited, set()
                for future in given_up:
                    future.set_exception(
                        ReportError(
                            f"the cluster had no worker for {_NO_WORKER / 60:g} minutes; start "
                            "some and give the command again"
                        )
                    )

    def end(self) -> None:
        """Give up what is not made yet; what is being written is written whole."""
        self._over.set()
        self._executor.shutdown(wait=False)
        self._writers.shutdown(wait=True)


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
        If dask.distributed is not installed, nobody answers at the address, or the cluster has
        no workers.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise ReportError(
            "--scheduler needs dask.distributed; install it with pip install 'edu-metrics[cluster]'"
        ) from error
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
