"""Many reports at once: what to make, in parallel, and past failures."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edu_metrics.batch.execution import claim, only_one, sweep, usable_cores
from edu_metrics.batch.index import pages_of, write_indexes
from edu_metrics.batch.jobs import (
    FORK,
    Job,
    Limits,
    NotStartedError,
    Outcome,
    check_parameters,
    plan_jobs,
    rows_of,
)
from edu_metrics.batch.manifest import Decision, Manifest, listed
from edu_metrics.catalog import Catalog, load_catalog
from edu_metrics.errors import ReportError
from edu_metrics.report.kinds import TRACK_RECORD
from edu_metrics.report.pdf import require_pdf
from edu_metrics.report.tables import prepare

if TYPE_CHECKING:
    from edu_metrics.batch.cluster import ClusterPool
    from edu_metrics.batch.pool import ReportPool

__all__ = ["How", "make_reports", "plan_reports"]

Progress = Callable[[Iterable[Outcome], int], Iterable[Outcome]]


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
        self,
        root: Path | Catalog,
        studies: Sequence[str],
        out: Path | None,
        asked: Mapping[str, Any],
    ) -> None:
        self.catalog = catalog = root if isinstance(root, Catalog) else load_catalog(root)
        self.out = out = (out or catalog.root / "reports").resolve()
        runs = {run.id: run for name in studies or catalog.studies for run in catalog.runs(name)}
        self.studies = list(runs.values())
        of_all = {name: value for name, value in asked.items() if name != "each"}
        each = asked.get("each", {})
        self.jobs = [
            (s, plan_jobs(catalog, s, out, **{**of_all, **each.get(s.id, {})}))
            for s in self.studies
        ]
        samples = {job.notebook: job for _, jobs in self.jobs for job in jobs}
        for notebook, sample in samples.items():
            check_parameters(notebook, {**sample.parameters, "out": ""})
        for study in catalog.studies.values():
            listed(catalog, study, out)  # one that can't be read is better known now than later
        self.manifests: dict[str, Manifest] = {}

    @property
    def lacks_some(self) -> bool:
        """Tell whether some report is not there, whatever it should be made from."""
        return any(
            not (job.folder / "report.ipynb").exists() for _, jobs in self.jobs for job in jobs
        )

    @property
    def indexed(self) -> bool:
        """Tell whether the pages that list the reports are there."""
        folders = (self.out, *(self.out / study.id for study in self.studies))
        return all((folder / "index.html").exists() for folder in folders)

    def decide(self, force: bool) -> list[Decision]:
        """Bring the tables up to date, and decide on each report."""
        self.manifests = {s.id: Manifest(self.catalog, s, self.out) for s in self.studies}
        return [
            found
            for study, jobs in self.jobs
            for found in self.manifests[study.id].decide(jobs, force=force)
        ]

    def sweep(self) -> None:
        """Take away what a run that was killed left half done."""
        sweep(self.out)
        for study in self.studies:
            sweep(self.out / study.id)
            names = rows_of(self.catalog, study)
            for lang in study.languages:
                sweep(self.out / study.id / lang, names)

    def write(self, *, changed: bool) -> None:
        """Write all manifests, and the pages that list reports where they may have changed."""
        for manifest in self.manifests.values():
            manifest.write()
            changed |= manifest.unlisted
        if changed or not self.indexed:
            write_indexes(self.catalog, self.out)


def plan_reports(
    root: Path | Catalog,
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
    root : Path or Catalog
        The project folder, or its definitions where they are loaded already.
    studies : sequence of str
        Study ids; all studies when empty.
    out : Path, optional
        Folder of all reports; ``reports`` of the project when left out.
    force : bool, optional
        Whether all would be made.
    **asked
        ``area``, ``lang``, ``first``, ``scenarios`` and ``pdf`` of :func:`plan_jobs`; ``each``
        holds what is asked of one study instead, by its id.

    Returns
    -------
    list of Decision
        One a report, in the order planned; those with no reason stand.

    Raises
    ------
    EduMetricsError
        For faults that are known before anything runs: definitions, data, unknown names.
    """
    return _Batch(root, studies, out, asked).decide(force)


def make_reports(
    root: Path | str | Catalog,
    studies: str | Sequence[str],
    *,
    out: Path | str | None = None,
    how: How | None = None,
    progress: Progress | None = None,
    **asked: Any,
) -> list[tuple[str, Outcome]]:
    """
    Make the reports of some studies that do not stand already, in parallel, past failures.

    Parameters
    ----------
    root : Path, str or Catalog
        The project folder, or its definitions where they are loaded already.
    studies : str or sequence of str
        Study ids; all studies when empty.
    out : Path or str, optional
        Folder of all reports; ``reports`` of the project when left out.
    how : How, optional
        How they are made.
    progress : callable, optional
        Wraps the outcomes as they come in, for a progress bar.
    **asked
        ``area``, ``lang``, ``first``, ``scenarios`` and ``pdf`` of :func:`plan_jobs`; ``each``
        holds what is asked of one study instead, by its id.

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
    if asked.get("pdf"):
        require_pdf()
    named = [studies] if isinstance(studies, str) else studies
    folder = Path(root) if isinstance(root, str) else root
    batch = _Batch(folder, named, Path(out) if isinstance(out, str) else out, asked)
    for study in batch.studies:
        prepare(batch.catalog, study)
    claim(batch.out, pages_of(batch.catalog, batch.out))
    with only_one(batch.out), contextlib.ExitStack() as stack:
        batch.sweep()
        stack.callback(batch.sweep)  # what a stopped pool leaves half done, once it has ended
        # Where some report is not there at all, a pool is needed: it warms up meanwhile.
        pool = stack.enter_context(_pool(batch, how)) if how.force or batch.lacks_some else None
        decided = batch.decide(how.force)
        outcomes: dict[int, Outcome] = {}

        def note(place: int, outcome: Outcome) -> None:
            outcomes[place] = outcome
            batch.manifests[decided[place].study.id].note(decided[place], outcome)

        wanted = [place for place, decision in enumerate(decided) if decision.why]
        if wanted and pool is None:
            pool = stack.enter_context(_pool(batch, how))
        try:
            for place, decision in enumerate(decided):
                if not decision.why:
                    note(place, Outcome(decision.job.name, "unchanged", 0.0))
            if pool is not None:
                # Of the study that was named first; then track records, which take longest, so
                # that none is left to be made alone at the end.
                first = decided[0].study.id
                wanted.sort(
                    key=lambda place: (
                        decided[place].study.id != first,
                        decided[place].job.folder.name != TRACK_RECORD,
                    )
                )
                jobs = {place: decided[place].job for place in wanted}
                arriving = _arriving(pool, jobs, note)
                for _ in progress(arriving, len(jobs)) if progress else arriving:
                    pass
        finally:
            batch.write(changed=bool(wanted))
    return [(decided[place].study.id, outcomes[place]) for place in sorted(outcomes)]


def _arriving(
    pool: ReportPool | ClusterPool, jobs: Mapping[int, Job], note: Callable[[int, Outcome], None]
) -> Iterator[Outcome]:
    """Have reports made, note each outcome with the place of its job, and give it, as they come."""
    places = {pool.submit(job): place for place, job in jobs.items()}
    for future in as_completed(places):
        place = places.pop(future)  # what came from afar is not kept
        outcome = _outcome(jobs[place], future)
        note(place, outcome)
        yield outcome


def _outcome(job: Job, future: Future[Outcome]) -> Outcome:
    try:
        outcome = future.result()
        if outcome.files is None:
            return outcome
        from edu_metrics.batch.cluster import brought_home

        return brought_home(job, outcome)
    except NotStartedError:
        raise  # nothing can be made at all: that is told once, and not of each report
    except CancelledError:
        return Outcome(job.name, "failed", 0.0, None, "process lost: it was given up")
    except Exception as error:
        return Outcome(job.name, "failed", 0.0, None, f"process lost: {error}")


@contextlib.contextmanager
def _pool(batch: _Batch, how: How) -> Iterator[ReportPool | ClusterPool]:
    """Give the place where reports are made; it is stopped at once where its user is."""
    studies = [study.id for study in batch.studies]
    numbers = [len(jobs) for _, jobs in batch.jobs]
    workers = min(how.workers or usable_cores(), sum(numbers))
    if how.scheduler is not None:
        from edu_metrics.batch.cluster import cluster_pool

        engine = how.engine
        with cluster_pool(how.scheduler, batch.catalog, studies, how.limits, engine) as cluster:
            yield cluster
        return
    from edu_metrics.batch.pool import report_pool

    if how.engine == FORK and not hasattr(os, "fork"):
        raise ReportError("this system can't fork processes; use --engine kernel")
    root = batch.catalog.root
    given: dict[str, Any] = {"number": max(numbers), "engine": how.engine}
    with report_pool(workers, how.limits, root, studies, **given) as reports:
        yield reports
