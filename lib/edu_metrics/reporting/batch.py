"""Many reports at once: what to make, in parallel, and past failures."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from edu_metrics.catalog import Catalog, Study, load_catalog
from edu_metrics.errors import ReportError
from edu_metrics.reporting.deciding import Decision, decide
from edu_metrics.reporting.index import write_indexes
from edu_metrics.reporting.locking import only_one
from edu_metrics.reporting.manifest import Manifest, listed
from edu_metrics.reporting.planning import plan_jobs
from edu_metrics.reporting.preparing import prepare, table_path
from edu_metrics.reporting.publishing import sweep
from edu_metrics.reporting.running import (
    FORK,
    KERNEL,
    Job,
    Limits,
    Outcome,
    check_parameters,
    usable_cores,
)

__all__ = ["How", "make_reports", "plan_reports"]

Progress = Callable[[Iterable[Outcome], int], Iterable[Outcome]]

#: How long a manifest on the disk may lag behind what was made. [s]
_LAG = 5.0


class Pool(Protocol):
    """Where reports are made."""

    def submit(self, job: Job) -> Future[Outcome]:
        """Ask for a report."""


@dataclass(frozen=True, slots=True)
class How:
    """
    How reports are made.

    ``workers`` is how many at the same time, as many as there are usable cores when None;
    ``engine`` is ``fork`` or ``kernel``, the first where it can be had when None; ``scheduler``
    is the address of a dask.distributed scheduler whose workers make them.
    """

    workers: int | None = None
    engine: str | None = None
    limits: Limits = dataclasses.field(default_factory=Limits)
    force: bool = False
    scheduler: str | None = None


class _Batch:
    """The reports of some studies: planned, decided on, and noted as they come in."""

    def __init__(
        self, catalog: Catalog, studies: Sequence[Study], out: Path, asked: dict[str, Any]
    ) -> None:
        self.catalog, self.studies, self.out = catalog, studies, out
        self.jobs = [(s, plan_jobs(catalog, s, out, **asked)) for s in studies]
        samples = {job.notebook: job for _, jobs in self.jobs for job in jobs}
        for notebook, sample in samples.items():
            check_parameters(notebook, {**sample.parameters, "out": ""})
        for study in catalog.studies.values():
            listed(catalog, study, out)  # one that can't be read is better known now than later
        self.written = 0.0

    def decide(self, force: bool) -> list[Decision]:
        """Bring the tables up to date, and decide on each report."""
        self.manifests = {s.id: Manifest(self.catalog, s, self.out) for s in self.studies}
        decided: list[Decision] = []
        for study, jobs in self.jobs:
            prepare(self.catalog, study)
            table = table_path(self.catalog.root, study.id)
            manifest = self.manifests[study.id]
            decided += decide(self.catalog, study, jobs, manifest, table, force=force)
        return decided

    def sweep(self) -> None:
        """Take away what a run that was killed left half done."""
        sweep(self.out)
        for study in self.studies:
            for folder in (self.out / study.id, *(self.out / study.id / x for x in ("zh", "en"))):
                sweep(folder)

    def note(self, decision: Decision, outcome: Outcome) -> None:
        """Note what became of a report, and write it down before long."""
        self.manifests[decision.study.id].note(decision.job, outcome, decision.parts)
        if time.monotonic() - self.written > _LAG:
            self.write()

    def write(self) -> None:
        """Write all manifests."""
        for manifest in self.manifests.values():
            manifest.write()
        self.written = time.monotonic()


def plan_reports(
    root: Path,
    studies: Sequence[str],
    *,
    out: Path | None = None,
    force: bool = False,
    **asked: Any,
) -> list[Decision]:
    """
    Tell which reports would be made, and why; only tables of observations are brought up to date.

    Parameters
    ----------
    root : Path
        The project folder.
    studies : sequence of str
        Study ids; all studies when empty.
    out : Path, optional
        Folder of all reports; ``reports`` of the project when left out.
    force : bool, optional
        Whether all would be made.
    **asked
        ``area``, ``lang`` and ``first`` of :func:`plan_jobs`.

    Returns
    -------
    list of Decision
        One a report, in the order planned; those with no reason stand.

    Raises
    ------
    EduMetricsError
        For faults that are known before anything runs: definitions, data, unknown names.
    """
    return _batch(load_catalog(root), studies, out, asked).decide(force)


def _batch(
    catalog: Catalog, studies: Sequence[str], out: Path | None, asked: dict[str, Any]
) -> _Batch:
    chosen = [catalog.study(name) for name in dict.fromkeys(studies or catalog.studies)]
    return _Batch(catalog, chosen, (out or catalog.root / "reports").resolve(), asked)


def make_reports(
    root: Path,
    studies: Sequence[str],
    *,
    out: Path | None = None,
    how: How | None = None,
    progress: Progress | None = None,
    **asked: Any,
) -> list[tuple[str, Outcome]]:
    """
    Make the reports of some studies that do not stand already, in parallel, past failures.

    Parameters
    ----------
    root : Path
        The project folder.
    studies : sequence of str
        Study ids; all studies when empty.
    out : Path, optional
        Folder of all reports; ``reports`` of the project when left out.
    how : How, optional
        How they are made.
    progress : callable, optional
        Wraps the outcomes as they come in, for a progress bar.
    **asked
        ``area``, ``lang`` and ``first`` of :func:`plan_jobs`.

    Returns
    -------
    list of (str, Outcome)
        Study and outcome of every report, in the order planned.

    Raises
    ------
    EduMetricsError
        For faults that are known before anything runs: definitions, data, unknown names; or if
        another batch is at work in the folder.
    KeyboardInterrupt
        When stopped; reports that are whole by then stand, and the index lists them.
    """
    how = how or How()
    batch = _batch(load_catalog(root), studies, out, asked)
    for study in batch.studies:
        prepare(batch.catalog, study)
    batch.out.mkdir(parents=True, exist_ok=True)
    with only_one(batch.out):
        batch.sweep()
        decided = batch.decide(how.force)
        outcomes: list[Outcome | None] = [None] * len(decided)
        try:
            for place, outcome in _outcomes(batch, decided, how, progress):
                outcomes[place] = outcome
                batch.note(decided[place], outcome)
        finally:
            batch.write()
            write_indexes(batch.catalog, batch.out)
    return [(d.study.id, o) for d, o in zip(decided, outcomes, strict=True) if o is not None]


def _outcomes(
    batch: _Batch, decided: list[Decision], how: How, progress: Progress | None
) -> Iterator[tuple[int, Outcome]]:
    """Give each outcome with its place: first those that stand, then the others as they come."""
    wanted = [place for place, decision in enumerate(decided) if decision.why]
    for place, decision in enumerate(decided):
        if not decision.why:
            yield place, Outcome(decision.job.name, "unchanged", 0.0)
    if not wanted:
        return
    studies = list(dict.fromkeys(decided[place].study.id for place in wanted))
    batch.written = 0.0
    with _pool(batch.catalog, studies, how, len(wanted)) as pool:
        places = {pool.submit(decided[place].job): place for place in wanted}
        arrived: list[int] = []

        def arriving() -> Iterator[Outcome]:
            for future in as_completed(places):
                place = places[future]
                arrived.append(place)
                yield _outcome(decided[place].job, future)

        told = progress(arriving(), len(wanted)) if progress else arriving()
        for outcome in told:
            yield arrived[-1], outcome


def _outcome(job: Job, future: Future[Outcome]) -> Outcome:
    try:
        return future.result()
    except CancelledError:
        return Outcome(job.name, "failed", 0.0, None, "process lost: it was given up")
    except Exception as error:
        return Outcome(job.name, "failed", 0.0, None, f"process lost: {error}")


@contextlib.contextmanager
def _pool(catalog: Catalog, studies: Sequence[str], how: How, number: int) -> Iterator[Pool]:
    """Give the place where reports are made; it is stopped at once where its user is."""
    workers = max(1, min(how.workers or usable_cores(), number))
    if how.scheduler is not None:
        from edu_metrics.reporting.cluster import cluster_pool

        with cluster_pool(how.scheduler, catalog, studies, how.limits, how.engine) as cluster:
            yield cluster
        return
    from edu_metrics.reporting.forking import can_fork, fork_pool

    engine = how.engine or (FORK if can_fork() else KERNEL)
    if engine == FORK:
        if not can_fork() and how.engine is None:
            raise ReportError("this system can't fork processes; use --engine kernel")
        with fork_pool(workers, how.limits, catalog.root, studies) as forks:
            yield forks
        return
    from edu_metrics.reporting.kernels import kernel_pool

    with kernel_pool(workers, how.limits) as kernels:
        yield kernels
