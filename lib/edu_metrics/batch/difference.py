"""What moved between two folders of reports, and what moved it as far as fingerprints tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from edu_metrics.batch.manifest import MANIFEST
from edu_metrics.errors import ReportError
from edu_metrics.limits import read_json

__all__ = ["differences"]

#: What is held against each other of a target.
_ASKED = ("reading", "level", "total")
_OBSERVED = ("last_year", "last_value")
_FOUND = ("verdict", "probability_raw", "interval", "required_pace", "past_pace", "people")
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
    causes = _Causes(old, new)
    for study, area in dict.fromkeys([*before, *after]):
        about = {"study": study, "area": area}
        one, other = before.get((study, area)), after.get((study, area))
        if one is None or other is None:
            there = {"old": one is not None, "new": other is not None}
            yield {**about, "target": None, "what": "report", **there, "moved_by": []}
            continue
        yield from _moved(about, _read(one), _read(other), causes.of(study, area, one, other))


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
        names = (*_ASKED, *_OBSERVED, *_FOUND)
        moved = [name for name in names if not _same(one.get(name), other.get(name))]
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


class _Causes:
    """What changed in the fingerprints of reports from one folder to the other."""

    def __init__(self, old: Path, new: Path) -> None:
        self._folders = (old, new)
        self._held: dict[tuple[Path, str], dict[tuple[str, str], Mapping[str, str]]] = {}

    def of(self, study: str, area: str, one: Path, other: Path) -> list[str]:
        """Name the parts that are not the same; none where a manifest says nothing of them."""
        before, after = (
            self._inputs(folder, study).get((area, path.parts[-3]), {})
            for folder, path in zip(self._folders, (one, other), strict=True)
        )
        return [
            cause
            for part, cause in _CAUSES.items()
            if part in before and part in after and before[part] != after[part]
        ]

    def _inputs(self, folder: Path, study: str) -> dict[tuple[str, str], Mapping[str, str]]:
        if (folder, study) not in self._held:
            try:
                entries = read_json(folder / study / MANIFEST)["areas"]
                found = {(e["area"], e["lang"]): e.get("inputs") or {} for e in entries}
            except (OSError, ValueError, KeyError, TypeError):
                found = {}
            self._held[folder, study] = found
        return self._held[folder, study]
