"""Whole reports or none: drafts, how one takes another's place, and one batch at a time."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from edu_metrics.errors import ReportError

__all__ = ["keep_failure", "only_one", "publish", "stamp_of", "start_afresh", "sweep"]

FAILED_NOTEBOOK, FAILED_LOG = "failed.ipynb", "failed.log"

#: What :func:`~edu_metrics.report.page.stamped` writes near the end of a notebook. In a text
#: that a notebook holds, the quotation marks would be escaped.
_STAMP = b'"edu_metrics": {'
#: How much of the end is read first; with a hundred files in a report, a stamp is longer. [bytes]
_TAIL = 4096


def start_afresh(draft: Path) -> None:
    """
    Make an empty draft, without what a run that was killed left there.

    Parameters
    ----------
    draft : Path
        Folder of the draft. If that run had put the report aside already, it is put back.
    """
    _put_back(draft.with_name(draft.name[1 : -len(".draft")]))
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "report").mkdir(parents=True)


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

    Raises
    ------
    OSError
        If the draft can't be seen to the disk or put in place; the older report stands then.
    """
    older = _older(folder)
    _all_to_disk(draft / "report")
    _put_back(folder)
    shutil.rmtree(older, ignore_errors=True)
    try:
        with contextlib.suppress(FileNotFoundError):
            folder.rename(older)
        (draft / "report").rename(folder)
    except BaseException:
        _put_back(folder)
        raise
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
        # Before there is a folder in its place: the next batch would take the older one for stale.
        _put_back(folder)
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
        stamp = _stamp_in(folder / "report.ipynb")
        names, inputs = stamp["files"], stamp["inputs_sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return str(inputs) if all((folder / name).is_file() for name in names) else None


def _stamp_in(notebook: Path) -> Any:
    """Read the stamp from the end of a notebook, from so much of it as it takes."""
    with notebook.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        length = _TAIL
        while True:
            file.seek(max(0, size - length))
            _, mark, stamp = file.read().rpartition(_STAMP)
            if mark:
                # What a read that begins within a character cuts off lies before the mark.
                found, _ = json.JSONDecoder().raw_decode("{" + stamp.decode("utf-8"))
                return found
            if length >= size:
                raise ValueError(f"no stamp in {notebook}")
            length *= 16


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
            _put_back(left.with_name(left.name[1 : -len(".older")]))
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


def _put_back(folder: Path) -> None:
    """Give a report back that was put aside for a newer one which never came."""
    older = _older(folder)
    if older.is_dir() and not folder.exists():
        older.rename(folder)


def _all_to_disk(folder: Path) -> None:
    """See all files below a folder to the disk, and which files there are."""
    # Windows sees only those to the disk that were opened for writing.
    flags = os.O_RDWR | getattr(os, "O_BINARY", 0) if os.name == "nt" else os.O_RDONLY
    for path in folder.rglob("*"):
        if path.is_dir():
            _to_disk(path)
        elif path.is_file():
            descriptor = os.open(path, flags)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    _to_disk(folder)


def _to_disk(folder: Path) -> None:
    """See a folder's entries to the disk, where folders can be opened."""
    with contextlib.suppress(OSError, AttributeError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


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
