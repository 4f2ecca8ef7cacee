"""What moved between two folders of reports, and what moved it as far as fingerprints tell."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache
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
