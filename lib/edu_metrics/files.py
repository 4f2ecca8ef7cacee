"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


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


def write_whole_files(contents: Mapping[Path, bytes]) -> None:
    """
    Write files under other names first, see them to the disk, then put all in their places.

    Parameters
    ----------
    contents : mapping of Path to bytes
        What each file holds. Folders are made where they are missing.
    """
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.part") for path in contents}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(drafts[path], content)
        for path, draft in drafts.items():
            os.replace(draft, path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a whole file or none: under another name first, seen to the disk, then renamed."""
    write_whole_files({path: text.encode()})
