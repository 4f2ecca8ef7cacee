"""Whole reports or none: drafts, and how one takes the place of what stood there before."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = [
    "keep_failure",
    "publish",
    "stamp_of",
    "start_afresh",
    "sweep",
    "write_summary",
    "write_text",
    "write_whole",
]

FAILED_NOTEBOOK, FAILED_LOG = "failed.ipynb", "failed.log"

#: Where :func:`~edu_metrics.reporting.page.stamped` puts it: at the end of the file.
_STAMP = re.compile(rb'"edu_metrics": \{\s*"files": \[([^]]*)\],\s*"inputs_sha256": "([0-9a-f]+)"')
_TAIL = 4096


def start_afresh(draft: Path) -> None:
    """
    Make an empty draft, without what a run that was killed left there.

    Parameters
    ----------
    draft : Path
        Folder of the draft.
    """
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "report").mkdir(parents=True)


def write_whole(path: Path, text: str) -> None:
    """
    Write a file and see it to the disk.

    Parameters
    ----------
    path : Path
        A file in a draft.
    text : str
        What it holds.
    """
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def write_text(path: Path, text: str) -> None:
    """Write a whole file or none: under another name first, seen to the disk, then renamed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write_whole(draft, text)
        os.replace(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_summary(out: str, content: Mapping[str, Any]) -> str:
    """
    Write summary.json, the machine-readable twin of a report.

    Parameters
    ----------
    out : str
        Folder of the report.
    content : mapping
        Ready for JSON.

    Returns
    -------
    str
        Name of the file.
    """
    path = Path(out) / "summary.json"
    write_text(path, json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    return path.name


def publish(draft: Path, folder: Path) -> None:
    """
    Let a draft that is whole take the place of the report.

    The folder of the report is either the older one, or the new one, or (for an instant, in
    which a killed run leaves the older one beside it) not there; it is never a mixture.

    Parameters
    ----------
    draft : Path
        Folder of the draft.
    folder : Path
        Folder of the report.
    """
    older = _older(folder)
    shutil.rmtree(older, ignore_errors=True)
    _to_disk(draft / "report")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(older)
    (draft / "report").rename(folder)
    _to_disk(folder.parent)
    shutil.rmtree(older, ignore_errors=True)
    shutil.rmtree(draft, ignore_errors=True)


def keep_failure(draft: Path, folder: Path, log: str) -> str | None:
    """
    Keep what a failed run came to beside the report that was made before.

    Parameters
    ----------
    draft : Path
        Folder of the draft; it is gone afterwards.
    folder : Path
        Folder of the report.
    log : str
        What there is to tell.

    Returns
    -------
    str or None
        Name of the log; None where it can't be written.
    """
    executed = draft / "report" / "report.ipynb"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / FAILED_NOTEBOOK).unlink(missing_ok=True)
        if executed.is_file():
            executed.replace(folder / FAILED_NOTEBOOK)
        (folder / FAILED_LOG).write_text(log, "utf-8")
    except OSError:
        return None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return FAILED_LOG


def stamp_of(folder: Path) -> str | None:
    """
    Read from a report what it was made from.

    Parameters
    ----------
    folder : Path
        Folder of the report.

    Returns
    -------
    str or None
        The hash of its inputs; None where there is no whole report, or the last try failed.
    """
    if (folder / FAILED_LOG).exists():
        return None
    try:
        with (folder / "report.ipynb").open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL))
            found = _STAMP.search(file.read())
    except OSError:
        return None
    if found is None:
        return None
    names = re.findall(rb'"([^"]+)"', found[1])
    whole = all((folder / name.decode()).is_file() for name in names)
    return found[2].decode() if whole else None


def sweep(folder: Path) -> None:
    """
    Take away what a run that was killed left half done.

    Parameters
    ----------
    folder : Path
        A folder with reports in it.
    """
    for left in _left(folder):
        if left.name.endswith(".older"):
            report = left.with_name(left.name[1 : -len(".older")])
            if not report.exists():
                left.rename(report)
                continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


def _left(folder: Path) -> Iterable[Path]:
    return [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name.startswith(".") and path.name.endswith((".draft", ".older", ".part"))
    ]


def _older(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.older")


def _to_disk(folder: Path) -> None:
    """See a folder's entries to the disk, where folders can be opened."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
