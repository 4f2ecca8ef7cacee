"""
What became of each report of a study, which have to be made again, and what moved since others.

There is a list for readers, and while reports are made a journal with a line for each that was
made or failed; the list takes its place when the batch ends. Where a batch was killed the journal
stays, and counts until the next one ends.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from edu_metrics.batch.execution import FAILED_LOG, stamp_of
from edu_metrics.batch.jobs import PDF, Job, Outcome, rows_of
from edu_metrics.catalog import Catalog, Study
from edu_metrics.errors import ReportError
from edu_metrics.files import write_text
from edu_metrics.limits import read_json
from edu_metrics.report.fingerprint import PARTS, Basis
from edu_metrics.report.tables import prepare

__all__ = ["Decision", "Manifest", "differences", "listed"]

MANIFEST, JOURNAL = "manifest.json", "manifest.jsonl"
#: What is held against each other of a target: what is asked, observed and found.
_COMPARED = (
    *("reading", "level", "total", "last_year", "last_value"),
    *("verdict", "probability_raw", "interval", "required_pace", "past_pace", "people"),
)
#: What a part of a report's fingerprint stands for.
_CAUSES = {
    "observations": "data",
    "definitions": "definitions",
    "library": "code",
    "versions": "versions",
    "notebook": "notebook",
}
#: How far two numbers may lie apart and count as one: they were printed and read again.
_SAME = 1e-9


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
        self._journal = self.path.with_name(JOURNAL)
        self.catalog, self.study = catalog, study
        #: Whether some report stands that the index does not list: a batch was killed before.
        self.unlisted = self._journal.exists()
        self._held = {(e["area"], e["lang"]): e for e in listed(catalog, study, out)}

    def decide(self, jobs: Iterable[Job], *, force: bool = False) -> list[Decision]:
        """
        Bring the study's table up to date, and decide which of its reports are made, and why.

        Parameters
        ----------
        jobs : iterable of Job
            Reports of the study.
        force : bool, optional
            Make all of them.

        Returns
        -------
        list of Decision
            One a job, in order, with the hash of its inputs in the job.
        """
        prepare(self.catalog, self.study)
        basis, decided = Basis(self.catalog, self.study), []
        for job in jobs:
            area = job.folder.name
            parts = basis.parts(area)
            notebook = basis.notebook_sha256(area)
            job = dataclasses.replace(job, inputs=basis.sha256(area), notebook_sha256=notebook)
            before = self._held.get((area, job.lang), {}).get("inputs") or {}
            why = ("forced",) if force else _why(job, parts, before)
            decided.append(Decision(self.study, job, parts, why))
        return decided

    def note(self, decision: Decision, outcome: Outcome) -> None:
        """Note what became of a report."""
        job = decision.job
        place = (job.folder.name, job.lang)
        before = self._held.get(place, {})
        self.unlisted |= before.get("status") not in ("made", "unchanged")
        stands = outcome.status == "unchanged"
        entry = self._held[place] = {
            "area": job.folder.name,
            "lang": job.lang,
            "status": outcome.status,
            "cell": outcome.cell,
            "error": outcome.error,
            "log": outcome.log and f"{job.lang}/{job.folder.name}/{outcome.log}",
            "seconds": before.get("seconds") if stands else round(outcome.seconds, 2),
            "inputs_sha256": job.inputs,
            "inputs": dict(decision.parts),
        }
        if not stands:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def write(self) -> None:
        """Write the list, whole, in place of the journal."""
        order = rows_of(self.catalog, self.study)
        places = {name: place for place, name in enumerate(order)}
        keys = sorted(self._held, key=lambda key: (places[key[0]], key[1]))
        head = {"study": self.study.id, "as_of": self.study.as_of.isoformat()}
        # A line a report: the encoder that indents is slow where there are thousands.
        lines = ",\n".join(f"  {json.dumps(self._held[key], ensure_ascii=False)}" for key in keys)
        start = json.dumps(head, ensure_ascii=False, indent=1).removesuffix("\n}")
        write_text(self.path, f'{start},\n "areas": [\n{lines}\n ]\n}}\n')
        self._journal.unlink(missing_ok=True)


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


def _why(job: Job, parts: Mapping[str, str], before: Mapping[str, str]) -> tuple[str, ...]:
    """Hold what a report would be made from against what it was made from."""
    stamp = stamp_of(job.folder)
    if stamp == job.inputs:
        return ("no PDF",) if job.pdf and not (job.folder / PDF).exists() else ()
    if (job.folder / FAILED_LOG).exists():
        return ("failed",)
    if stamp is None or not before:
        return ("new",) if stamp is None else ("changed",)
    return tuple(part for part in PARTS if before.get(part) != parts[part]) or ("changed",)


def differences(old: Path, new: Path) -> Iterator[dict[str, Any]]:
    """
    Tell which verdicts and numbers of two folders of reports are not the same.

    Parameters
    ----------
    old, new : Path
        Two folders of all reports, as ``edu-metrics report --out`` writes them.

    Yields
    ------
    dict
        One a value that moved: ``study``, ``area``, ``target``, ``what``, ``old``, ``new``, and
        ``moved_by``, a list of what has changed in the fingerprint of the report (``data``,
        ``definitions``, ``code``, ``versions``, ``notebook``), with ``forecast`` in place of
        ``code`` where no more than a probability and what follows from it has moved. It is empty
        where the fingerprints tell of no change or are not there. What only one folder has is
        ``report`` or ``target``, with true where it is there.

    Raises
    ------
    ReportError
        If a folder is not there, holds no report of an area, or one that can't be read.
    """
    before, after = _summaries(old), _summaries(new)
    inputs = cache(_inputs)
    for study, area in dict.fromkeys([*before, *after]):
        about = {"study": study, "area": area}
        one, other = before.get((study, area)), after.get((study, area))
        if one is None or other is None:
            there = {"old": one is not None, "new": other is not None}
            yield {**about, "target": None, "what": "report", **there, "moved_by": []}
            continue
        made_from = [inputs(folder, study).get((area, path.parts[-3]), {})
                     for folder, path in ((old, one), (new, other))]  # fmt: skip
        yield from _moved(about, _read(one), _read(other), _causes(*made_from))


def _summaries(folder: Path) -> dict[tuple[str, str], Path]:
    """Find one summary for each area: numbers are the same in all languages."""
    found: dict[tuple[str, str], Path] = {}
    for path in sorted(folder.glob("*/*/*/summary.json")):
        study, _, area, _ = path.relative_to(folder).parts
        if (path.parent / "glance.json").exists() or b'"assessments"' in path.read_bytes():
            found.setdefault((study, area), path)
    if not found:
        raise ReportError(
            f"{folder}: expected a folder of reports, such as edu-metrics report --out writes; "
            "found no <study>/<lang>/<area>/summary.json in it"
        )
    return found


def _read(path: Path) -> dict[str, Mapping[str, Any]]:
    """Read the assessments of a summary by target."""
    try:
        rows = read_json(path)["assessments"]
        return {row["target"]: row for row in rows}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(
            f"{path} is not the summary of an area ({error!r}); make that report again"
        ) from error


def _moved(
    about: Mapping[str, str],
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    causes: list[str],
) -> Iterator[dict[str, Any]]:
    for target in dict.fromkeys([*before, *after]):
        row = {**about, "target": target}
        one, other = before.get(target), after.get(target)
        if one is None or other is None:
            there = {"old": one is not None, "new": other is not None}
            yield {**row, "what": "target", **there, "moved_by": causes}
            continue
        moved = [name for name in _COMPARED if not _same(one.get(name), other.get(name))]
        told = _refined(causes, moved)
        for name in moved:
            values = {"old": one.get(name), "new": other.get(name)}
            yield {**row, "what": name.removesuffix("_raw"), **values, "moved_by": told}


def _refined(causes: list[str], moved: list[str]) -> list[str]:
    """Call it the forecast where code changed, and all that was observed and asked is the same."""
    forecast = {"verdict", "probability_raw", "interval"}
    if set(moved) <= forecast and moved != ["verdict"]:
        return ["forecast" if cause == "code" else cause for cause in causes]
    return causes


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=_SAME, abs_tol=_SAME)
    return bool(one == other)


def _causes(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Name the parts of a fingerprint that are not the same in both."""
    both = before.keys() & after.keys()
    return [what for part, what in _CAUSES.items() if part in both and before[part] != after[part]]


def _inputs(folder: Path, study: str) -> dict[tuple[str, str], Mapping[str, str]]:
    """Read the fingerprints of a study's reports, by area and language, where they are told."""
    try:
        entries = read_json(folder / study / MANIFEST)["areas"]
        return {(entry["area"], entry["lang"]): entry.get("inputs") or {} for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
