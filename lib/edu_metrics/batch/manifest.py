"""
What became of each report of a study, and which have to be made again, and why.

There is a list for readers, and while reports are made a journal with a line for each that was
made or failed; the list takes its place when the batch ends. Where a batch was killed the journal
stays, and counts until the next one ends.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from edu_metrics.batch.drafts import FAILED_LOG, stamp_of
from edu_metrics.batch.jobs import PDF, Job, Outcome, rows_of
from edu_metrics.catalog import Catalog, Study
from edu_metrics.errors import ReportError
from edu_metrics.files import write_text
from edu_metrics.limits import read_json
from edu_metrics.report.fingerprint import PARTS, Basis, combined

__all__ = ["Decision", "Manifest", "decide", "listed"]

MANIFEST, JOURNAL = "manifest.json", "manifest.jsonl"


class Manifest:
    """
    The manifest of a study: reports of earlier runs stay listed.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    out : Path
        Folder of all reports.

    Raises
    ------
    ReportError
        If there is a manifest that can't be read.
    """

    def __init__(self, catalog: Catalog, study: Study, out: Path) -> None:
        self.path = out / study.id / MANIFEST
        self.study = study
        self._order = {name: place for place, name in enumerate(rows_of(catalog, study))}
        #: Whether a batch was killed before it listed what it had made.
        self.unlisted = self.path.with_name(JOURNAL).exists()
        self._held = {(e["area"], e["lang"]): e for e in listed(catalog, study, out)}

    def entry(self, job: Job) -> Mapping[str, Any] | None:
        """Give what is known of a report from before."""
        return self._held.get((job.folder.name, job.lang))

    def note(self, job: Job, outcome: Outcome, parts: Mapping[str, str]) -> None:
        """Note what became of a report."""
        before = self.entry(job) or {}
        seconds: float | None = round(outcome.seconds, 2)
        if outcome.status == "unchanged":
            seconds = before.get("seconds")
        log = outcome.log and f"{job.lang}/{job.folder.name}/{outcome.log}"
        entry = self._held[job.folder.name, job.lang] = {
            "area": job.folder.name,
            "lang": job.lang,
            "status": outcome.status,
            "cell": outcome.cell,
            "error": outcome.error,
            "log": log,
            "seconds": seconds,
            "inputs_sha256": job.inputs,
            "inputs": dict(parts),
        }
        if outcome.status != "unchanged":
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.with_name(JOURNAL).open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def write(self) -> None:
        """Write the list, whole, in place of the journal."""
        keys = sorted(self._held, key=lambda key: (self._order[key[0]], key[1]))
        head = {"study": self.study.id, "as_of": self.study.as_of.isoformat()}
        # A line a report: the encoder that indents is slow where there are thousands.
        lines = ",\n".join(f"  {json.dumps(self._held[key], ensure_ascii=False)}" for key in keys)
        start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
        write_text(self.path, f'{start},\n "areas": [\n{lines}\n ]\n}}\n')
        self.path.with_name(JOURNAL).unlink(missing_ok=True)


def listed(catalog: Catalog, study: Study, out: Path) -> list[dict[str, Any]]:
    """
    Read which reports a study has, without those of areas that it has no more.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    out : Path
        Folder of all reports.

    Returns
    -------
    list of dict
        The entries of its manifest; none where there is no manifest.

    Raises
    ------
    ReportError
        If the manifest can't be read.
    """
    known = set(rows_of(catalog, study))
    path = out / study.id / MANIFEST
    try:
        entries = [*(read_json(path)["areas"] if path.is_file() else ()), *_journal(path)]
        for entry in entries:
            entry["area"], entry["lang"], entry["status"]
    except (ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} can't be read ({error!r}); delete it and make the reports of "
            f"{study.id!r} again"
        ) from error
    newest = {(e["area"], e["lang"]): e for e in entries}
    return [e for e in newest.values() if e["area"] in known and e["lang"] in study.languages]


def _journal(path: Path) -> list[dict[str, Any]]:
    """Read what a batch that was killed has noted; its last line may be cut short."""
    try:
        lines = path.with_name(JOURNAL).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return []
    entries = []
    for line in lines:
        with contextlib.suppress(ValueError):
            entries.append(json.loads(line))
    return entries


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
    force : bool, optional
        Make all of them.

    Returns
    -------
    list of Decision
        One a job, in order, with the hash of its inputs in the job.
    """
    basis = Basis(catalog, study)
    decided = []
    for job in jobs:
        parts = basis.parts(job.folder.name)
        notebook = basis.notebook_sha256(job.folder.name)
        job = dataclasses.replace(job, inputs=combined(parts), notebook_sha256=notebook)
        decided.append(Decision(study, job, parts, _why(job, parts, manifest, force)))
    return decided


def _why(job: Job, parts: Mapping[str, str], manifest: Manifest, force: bool) -> tuple[str, ...]:
    if force:
        return ("forced",)
    stamp = stamp_of(job.folder)
    if stamp == job.inputs:
        return ("no PDF",) if job.pdf and not (job.folder / PDF).exists() else ()
    if (job.folder / FAILED_LOG).exists():
        return ("failed",)
    before = (manifest.entry(job) or {}).get("inputs") or {}
    if stamp is None or not before:
        return ("new",) if stamp is None else ("changed",)
    return tuple(part for part in PARTS if before.get(part) != parts[part]) or ("changed",)
