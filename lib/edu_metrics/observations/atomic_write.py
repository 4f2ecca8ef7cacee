"""Several files that are written together: each whole, and none where one can't be."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


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
            with drafts[path].open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        for path, draft in drafts.items():
            os.replace(draft, path)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
