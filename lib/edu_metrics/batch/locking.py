"""One batch at a time in one folder of reports."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from edu_metrics.errors import ReportError

__all__ = ["only_one"]


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """
    Keep other batches out of a folder; the system lets go when the process ends, however it does.

    Parameters
    ----------
    folder : Path
        Folder of all reports; it must exist.

    Yields
    ------
    None
        The folder is this process's own until the block ends.

    Raises
    ------
    ReportError
        If another batch is at work there, or the folder can't be kept for one batch.
    """
    path = folder / ".lock"
    while True:
        file = path.open("a+", encoding="utf-8")
        try:
            locked = _locked(file)
        except OSError as error:
            file.close()
            raise ReportError(
                f"{folder} can't be kept for one batch alone: its file system refuses locks "
                f"({error.strerror}); make the reports in a folder of this machine's own with --out"
            ) from error
        if not locked:
            file.seek(0)
            other = file.read().strip() or "unknown"
            file.close()
            raise ReportError(
                f"another batch (process {other}) is making reports in {folder}; wait until it is "
                "done, stop it, or name another folder with --out"
            )
        with contextlib.suppress(FileNotFoundError):
            # The one before may have taken the file away after we opened it.
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                break
        file.close()
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()  # while it is ours; an open file can't be taken away on Windows
        file.close()


#: What a system says where another process holds the lock; all else is a fault.
_HELD = (errno.EAGAIN, errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)


def _locked(file: Any) -> bool:
    """Try to lock an open file, and tell whether that went well."""
    try:
        try:
            import fcntl
        except ImportError:  # Windows
            import msvcrt

            file.seek(1_000_000)  # the number before it stays readable
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True
