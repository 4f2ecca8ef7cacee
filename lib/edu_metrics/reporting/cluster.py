"""The same batch on many machines: the workers of a dask.distributed cluster make the reports."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import hashlib
import io
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Catalog
from edu_metrics.errors import ReportError
from edu_metrics.reporting.inputs import files_below, library_sha256, versions_sha256
from edu_metrics.reporting.preparing import seal, table_path
from edu_metrics.reporting.publishing import keep_failure, publish, start_afresh
from edu_metrics.reporting.running import FORK, KERNEL, Job, Limits, Outcome, run

__all__ = ["ClusterPool", "cluster_pool", "forget", "make_there", "packed"]

#: How often a report is tried: a worker that is lost takes those that it was making with it.
_TRIES = 3
#: How long to wait for the scheduler. [s]
_PATIENCE = "20s"


@dataclasses.dataclass(frozen=True, slots=True)
class Order:
    """What a worker has to know beside the project itself."""

    digest: str
    made_with: tuple[str, str]
    job: Job
    studies: tuple[str, ...]
    limits: Limits
    engine: str | None


class ClusterPool:
    """
    A pool whose reports are made elsewhere; their files come back with their outcomes.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        Dask's executor.
    project : object
        The packed project, or dask's promise of it.
    digest : str
        Its hash.
    studies : sequence of str
        Studies that workers load before their first report.
    limits : Limits
        What each report may take.
    engine : str, optional
        ``fork`` or ``kernel``; the first where a worker has it when left out.
    """

    def __init__(
        self,
        executor: Any,
        project: Any,
        digest: str,
        studies: Sequence[str],
        limits: Limits,
        engine: str | None,
    ) -> None:
        self._executor, self._project, self._digest = executor, project, digest
        self._studies, self._limits, self._engine = tuple(studies), limits, engine

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""
        made_with = library_sha256(), versions_sha256()
        order = Order(self._digest, made_with, job, self._studies, self._limits, self._engine)
        there: Future[Outcome] = self._executor.submit(make_there, self._project, order)
        here: Future[Outcome] = Future()
        here.set_running_or_notify_cancel()

        def arrived(future: Future[Outcome]) -> None:
            try:
                here.set_result(_brought_home(job, future.result()))
            except BaseException as error:
                here.set_exception(error)

        there.add_done_callback(arrived)
        return here


def _brought_home(job: Job, outcome: Outcome) -> Outcome:
    """Write the files of a report that was made elsewhere to where it belongs."""
    files = outcome.files or {}
    try:
        start_afresh(job.draft)
        for name, content in files.items():
            (job.draft / "report" / Path(name).name).write_bytes(content)
        if outcome.status == "made":
            publish(job.draft, job.folder)
            return dataclasses.replace(outcome, files=None)
        failed = job.draft / "report" / "failed.ipynb"
        if failed.is_file():
            failed.replace(job.executed)
        told = files.get("failed.log", b"").decode("utf-8", "replace")
        log = keep_failure(job.draft, job.folder, told)
    except OSError as error:
        return Outcome(job.name, "failed", outcome.seconds, None, f"OSError: {error}")
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
        If dask.distributed is not installed, or nobody answers at the address.
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
        content = packed(catalog, studies)
        # A task and not scattered data: it can be made again where its worker is lost.
        project = client.submit(bytes, content, pure=False)
        executor = client.get_executor(pure=False, retries=_TRIES - 1)
        digest = hashlib.sha256(content).hexdigest()
        try:
            yield ClusterPool(executor, project, digest, studies, limits, engine)
        finally:
            executor.shutdown(wait=False)


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


class _There:
    """What a worker holds: projects that it unpacked, and processes that fork."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.folders: dict[str, Path] = {}
        self.pools: dict[tuple[str, tuple[str, ...], Limits], Any] = {}


_there = _There()


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
    root = _unpacked(project, order.digest)
    with tempfile.TemporaryDirectory(prefix="edu-metrics-report-") as folder:
        job = dataclasses.replace(
            order.job,
            notebook=root / "notebooks" / order.job.notebook.name,
            parameters={**order.job.parameters, "root": str(root)},
            folder=Path(folder) / order.job.folder.name,
        )
        outcome = _made(job, root, order)
        files = {p.name: p.read_bytes() for p in sorted(job.folder.glob("*")) if p.is_file()}
    return dataclasses.replace(outcome, files=files)


def _made(job: Job, root: Path, order: Order) -> Outcome:
    from edu_metrics.reporting.forking import ForkPool, can_fork

    if (order.engine or (FORK if can_fork() else KERNEL)) == KERNEL:
        return run(job, order.limits)
    key = (order.digest, order.studies, order.limits)
    with _there.lock:
        if key not in _there.pools:
            if not _there.pools:
                atexit.register(forget)
            # How many run at the same time is for Dask to say, by the worker's threads.
            _there.pools[key] = ForkPool(1000, order.limits, root, order.studies, 1000)
        pool: ForkPool = _there.pools[key]
    return pool.submit(job).result()


def _unpacked(project: bytes, digest: str) -> Path:
    """Unpack a project, once a worker."""
    with _there.lock:
        if digest not in _there.folders:
            folder = Path(tempfile.mkdtemp(prefix="edu-metrics-project-"))
            with zipfile.ZipFile(io.BytesIO(project)) as archive:
                archive.extractall(folder)
            seal(folder)
            _there.folders[digest] = folder
        return _there.folders[digest]


def forget() -> None:
    """End what this process holds for the clusters that it works for."""
    with _there.lock:
        for pool in _there.pools.values():
            pool.shutdown()
        for folder in _there.folders.values():
            shutil.rmtree(folder, ignore_errors=True)
        _there.pools.clear()
        _there.folders.clear()
