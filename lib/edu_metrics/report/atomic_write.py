"""Files that are written whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_whole(path: Path, content: str | bytes) -> None:
    """
    Write a file and see it to the disk.

    Parameters
    ----------
    path : Path
        A file in a draft.
    content : str or bytes
        What it holds; text is written in UTF-8.
    """
    with path.open("wb") as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
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
