"""Which reports have to be made, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edu_metrics.batch.drafts import FAILED_LOG, stamp_of
from edu_metrics.batch.jobs import Job
from edu_metrics.batch.manifest import Manifest
from edu_metrics.catalog import Catalog, Study
from edu_metrics.report.fingerprint import PARTS, Basis, combined
from edu_metrics.report.kinds import TRACK_RECORD

if TYPE_CHECKING:
    from edu_metrics.report.observed_fingerprint import ObservedInputs

__all__ = ["Decision", "decide"]


@dataclass(frozen=True, slots=True)
class Decision:
    """
    A report, what it is made from, and why it has to be made; empty where it stands.

    ``why`` has one word a reason: new, failed, forced, or the parts that changed.
    """

    study: Study
    job: Job
    parts: Mapping[str, str]
    why: tuple[str, ...]


def decide(
    catalog: Catalog,
    study: Study,
    jobs: Iterable[Job],
    manifest: Manifest,
    table: Path,
    *,
    force: bool = False,
) -> list[Decision]:
    """
    Hold what reports would be made from against what they were made from.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    jobs : iterable of Job
        Its reports.
    manifest : Manifest
        What is known of them.
    table : Path
        The study's processed table, up to date.
    force : bool, optional
        Make all of them.

    Returns
    -------
    list of Decision
        One a job, in order, with the hash of its inputs in the job.
    """
    basis = Basis(catalog, study)
    manifest.key = basis.key(table)
    computed: ObservedInputs | None = None
    decided = []
    for job in jobs:
        area = job.folder.name
        observations = manifest.observations_of(area)
        if area == TRACK_RECORD:  # it looks beyond the study's date
            observations = basis.table_sha256(table)
        elif observations is None:
            if computed is None:
                computed = _computed(catalog, study)
            observations = computed.sha256(area)
        parts = basis.parts(area, observations)
        notebook = basis.notebook_sha256(area)
        job = dataclasses.replace(job, inputs=combined(parts), notebook_sha256=notebook)
        decided.append(Decision(study, job, parts, _why(job, parts, manifest, force)))
    return decided


def _computed(catalog: Catalog, study: Study) -> ObservedInputs:
    from edu_metrics.observations import read_processed
    from edu_metrics.reachability import SeriesStore
    from edu_metrics.report.observed_fingerprint import ObservedInputs

    return ObservedInputs(SeriesStore(catalog, study, read_processed(catalog.root, study.id)))


def _why(job: Job, parts: Mapping[str, str], manifest: Manifest, force: bool) -> tuple[str, ...]:
    if force:
        return ("forced",)
    stamp = stamp_of(job.folder)
    if stamp == job.inputs:
        return ()
    if (job.folder / FAILED_LOG).exists():
        return ("failed",)
    before = (manifest.entry(job) or {}).get("inputs") or {}
    if stamp is None or not before:
        return ("new",) if stamp is None else ("changed",)
    return tuple(part for part in PARTS if before.get(part) != parts[part]) or ("changed",)
