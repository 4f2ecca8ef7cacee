"""One report: its draft, its cells run by papermill, and how it takes the older one's place."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, cast

from edu_metrics.batch.jobs import FORK, KERNEL, PDF, Job, Limits, Outcome, cells_of
from edu_metrics.errors import ReportError
from edu_metrics.files import write_whole
from edu_metrics.report.page import in_one_language, normalised, stamped, to_page
from edu_metrics.report.pdf import to_pdf

#: In a draft: what the process said past its notebook.
LOG = "log"
FAILED_NOTEBOOK, FAILED_LOG = "failed.ipynb", "failed.log"
#: The file that says of a folder that reports are made in it, and that they may be replaced.
MARK = ".edu-metrics"
_MARKED = "Reports are made in this folder by edu-metrics; see index.html.\n"
#: What an empty folder may hold: files of git and of file managers.
_NOTHING = frozenset((".gitkeep", ".gitignore", ".DS_Store", "Thumbs.db", "desktop.ini"))
#: What a page that lists reports says of itself.
_OURS = b'<meta name="generator" content="edu-metrics">'
#: How much of a page is read to find that out. [bytes]
_HEAD = 200_000
#: Names of files that are written beside reports, half done.
_PART = re.compile(
    r"\.(?:index(?:\.\w+)?\.html|manifest\.json|verdicts\.(?:columns\.)?(?:csv|xlsx))(?:\.\d+)?\.part"
)

#: What :func:`~edu_metrics.report.page.stamped` writes near the end of a notebook. In a text
#: that a notebook holds, the quotation marks would be escaped.
_STAMP = b'"edu_metrics": {'
#: How much of the end is read first; with a hundred files in a report, a stamp is longer. [bytes]
_TAIL = 4096


def run(job: Job, limits: Limits | None = None) -> Outcome:
    """
    Make one report with a kernel of its own; a failure is an outcome, not an exception.

    Parameters
    ----------
    job : Job
        What to make.
    limits : Limits, optional
        What it may take.

    Returns
    -------
    Outcome
        Made, or failed with the cell and the error. A report made before stands until the new
        one is whole; what a failed one came to is kept beside it.
    """
    begun = time.monotonic()
    cell: int | None = None
    try:
        start_afresh(job.draft)
        make(job, KERNEL, limits or Limits())
    except Exception as error:
        if job.executed.is_file():
            cell = begun_last(job.notebook, job.executed)
        return failed(job, time.monotonic() - begun, said(error), cell, f"{error}\n")
    except BaseException:
        shutil.rmtree(job.draft, ignore_errors=True)
        raise
    return published(job, time.monotonic() - begun)


def published(job: Job, seconds: float) -> Outcome:
    """
    Let a draft that is whole take the place of the report.

    Parameters
    ----------
    job : Job
        What was made.
    seconds : float
        How long that took. [s]

    Returns
    -------
    Outcome
        Made; failed where the disk does not take it, and the older report stands.
    """
    try:
        publish(job.draft, job.folder)
    except OSError as error:
        return failed(job, seconds, said(error))
    return Outcome(job.name, "made", seconds)


def failed(job: Job, seconds: float, why: str, cell: int | None = None, told: str = "") -> Outcome:
    """
    Keep why a report failed, with its draft, beside the one that was made before.

    Parameters
    ----------
    job : Job
        What was being made.
    seconds : float
        How long. [s]
    why : str
        What stopped it.
    cell : int, optional
        The place of the cell that was being run.
    told : str
        What the log is to say before what the report's own process has logged.

    Returns
    -------
    Outcome
        Failed, with its log.
    """
    why = why.encode("utf-8", "replace").decode()  # half a character can't be written anywhere
    with contextlib.suppress(OSError):
        told += (job.draft / LOG).read_text("utf-8", "replace")
    log = keep_failure(job.draft, job.folder, f"{why}\n{told}")
    return Outcome(job.name, "failed", seconds, cell, why, log)


def make(
    job: Job,
    engine: str,
    limits: Limits,
    before_cell: Callable[[str], None] | None = None,
) -> None:
    """
    Run a job's notebook and write its report into its draft.

    Parameters
    ----------
    job : Job
        What to make.
    engine : {"fork", "kernel"}
        Whether cells run in this process, which is then good for nothing else, or in a kernel.
    limits : Limits
        What it may take.
    before_cell : callable, optional
        Told the id of each cell, where cells run in this process.

    Raises
    ------
    Exception
        Whatever stopped it.
    """
    import nbformat
    import papermill

    papermill_engine, given = _engine(engine, limits, before_cell)
    notebook = papermill.execute_notebook(
        in_one_language(_source(job), job.lang),
        str(job.executed),
        parameters={**job.parameters, "out": str(job.executed.parent)},
        engine_name=papermill_engine,
        # Where it would run if it were opened by hand.
        cwd=str(job.notebook.parent),
        kernel_name="python3",
        progress_bar=False,
        log_output=False,
        **given,
    )
    _refuse_exit(notebook)
    if before_cell is not None:
        before_cell("")  # what goes wrong from here on is the fault of no cell
    beside = {"report.html", "report.ipynb", *([PDF] if job.pdf else [])}
    notebook = stamped(normalised(notebook), job.inputs, job.executed.parent, beside)
    page = to_page(
        notebook,
        title=job.title,
        lang=job.lang,
        home=job.home,
        others=job.others,
        whole=job.whole,
    )
    write_whole(job.executed.with_name("report.html"), page)
    if job.pdf:
        write_whole(job.executed.with_name(PDF), to_pdf(page))
    write_whole(job.executed, cast(Any, nbformat).writes(notebook) + "\n")


#: Notebooks as they were when they were read, by the hash of what the file held.
_sources: dict[str, Any] = {}


def read_ahead(notebook: Path) -> str:
    """Read a notebook, once for each content that it has, and give the hash of the file."""
    import nbformat

    content = notebook.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    if digest not in _sources:
        _sources[digest] = cast(Any, nbformat).reads(content.decode("utf-8"), as_version=4)
    return digest


def _source(job: Job) -> Any:
    """Give the notebook that a report was decided on; whoever runs it works on a copy."""
    if job.notebook_sha256 in _sources:
        return _sources[job.notebook_sha256]
    digest = read_ahead(job.notebook)
    if job.notebook_sha256 not in ("", digest):
        raise ReportError(
            f"{job.notebook.name} has changed since this batch was begun; give the command again"
        )
    return _sources[digest]


def _engine(
    engine: str, limits: Limits, before: Callable[[str], None] | None
) -> tuple[str | None, dict[str, Any]]:
    """Give papermill's name for an engine, and what that engine needs to know."""
    if engine == FORK:
        from edu_metrics.batch.inprocess import ENGINE, register

        register()
        return ENGINE, {
            "execution_timeout": limits.cell_seconds,
            "before_cell": before,
            # The notebook is written once at the end, and not before and after each cell.
            "request_save_on_cell_execute": False,
            "autosave_cell_every": 0,
        }
    from traitlets.config import Config

    end = time.monotonic() + (limits.report_seconds or 1e9)

    def seconds_left(_: Any) -> float:
        """Say how long the next cell may take."""
        return max(0.001, min(limits.cell_seconds or 1e9, end - time.monotonic()))

    return None, {
        "timeout_func": seconds_left,
        # Without it every kernel warns that it talks over an unencrypted local connection.
        "config": Config({"KernelManager": {"transport_encryption": "auto"}}),
        # A kernel has nothing to say on the terminal, least of all that its batch was stopped.
        "extra_arguments": ["--IPKernelApp.log_level=CRITICAL"],
    }


def _refuse_exit(notebook: Any) -> None:
    """Papermill takes ``sys.exit(0)`` for a success, and leaves out the cells behind it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                raise ReportError(f"{output['ename']}: {output['evalue']}")


def begun_last(notebook: Path, executed: Path) -> int | None:
    """Find the last cell that was begun, and its place in the notebook as it was written."""
    for cell in reversed(cells_of(executed)):
        if cell["metadata"].get("papermill", {}).get("start_time"):
            return place_of(notebook, cell["id"])
    return None


def place_of(notebook: Path, cell: str | None) -> int | None:
    """Give the place of a cell in the notebook as it was written; None where it is not there."""
    places = {found.get("id"): at for at, found in enumerate(cells_of(notebook), start=1)}
    return places.get(cell)


def said(error: BaseException) -> str:
    """Say what went wrong; of an error in a cell, what the cell said and not its traceback."""
    if isinstance(error, ReportError):
        return error.message
    name = getattr(error, "ename", type(error).__name__)
    told = str(getattr(error, "evalue", error)).strip()
    return f"{name}: {told}"[:1000]


def limit_memory(megabytes: int | None) -> None:
    """
    Let this process, and each one that it starts, ask for so much memory at most.

    Parameters
    ----------
    megabytes : int or None
        Address space. [MB]
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        # A crash writes no copy of the memory: thousands of reports could fill a disk.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if megabytes is not None:
            _, most = resource.getrlimit(resource.RLIMIT_AS)
            wanted = megabytes * 1024**2
            if most != resource.RLIM_INFINITY:
                wanted = min(wanted, most)
            resource.setrlimit(resource.RLIMIT_AS, (wanted, wanted))


def usable_cores() -> int:
    """Count the cores that this process may use, as far as the system tells."""
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:
        cores = os.cpu_count() or 1
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        cores = min(cores, max(1, int(quota) // int(period)))
    except (OSError, ValueError):
        pass
    return cores


def claim(folder: Path, pages: Iterable[Path] = ()) -> None:
    """
    Take a folder for reports: an empty one, or one in which reports were made before.

    Parameters
    ----------
    folder : Path
        The folder; it is made where it is not there.
    pages : iterable of Path
        The pages that will be written there.

    Raises
    ------
    ReportError
        If it holds what no run has made, so that it might be lost; nothing is changed then.
    """
    others = [page for page in pages if os.path.lexists(page) and not _is_ours(page)]
    if others:
        listed = ", ".join(map(str, others))
        raise ReportError(
            f"{listed}: made by no run of edu-metrics, and would be overwritten; move it away, or "
            "name another folder with --out"
        )
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if mark.is_file():
        return
    held = {path.name for path in folder.iterdir()} - _NOTHING
    if held and not _is_ours(folder / "index.html"):
        shown = ", ".join(sorted(held)[:5]) + (", ..." if len(held) > 5 else "")
        raise ReportError(
            f"{folder}: expected an empty folder, or one in which reports were made before; it "
            f"holds {shown}. Name another folder with --out"
        )
    mark.write_text(_MARKED, "utf-8")


def _is_ours(page: Path) -> bool:
    """Tell whether a page lists reports."""
    if not page.is_file():
        return False
    with page.open("rb") as file:
        return _OURS in file.read(_HEAD)


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
    _put_back(folder)
    _bring_along(folder, draft / "report")
    _all_to_disk(draft / "report")
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


def _bring_along(folder: Path, made: Path) -> None:
    """Copy what somebody has put beside a report into the one that takes its place."""
    try:
        ours = {*_stamp_in(folder / "report.ipynb")["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        ours = set()
    ours |= {FAILED_NOTEBOOK, FAILED_LOG, PDF}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        link = path.is_symlink()
        unfinished = name.startswith(".") and name.endswith(".part")
        if name in ours or unfinished or not (link or path.is_file()) or (made / name).exists():
            continue
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, made / name, follow_symlinks=False)


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
        if executed.is_file() and executed.stat().st_size:  # an empty one could not be written
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


def sweep(folder: Path, reports: Iterable[str] = ()) -> None:
    """
    Take away what a run that was killed left half done, and nothing else.

    Parameters
    ----------
    folder : Path
        A folder with reports in it.
    reports : iterable of str
        The names that reports there can have.
    """
    names = set(reports)
    for left in [*folder.iterdir()] if folder.is_dir() else ():
        name, _, kind = left.name.removeprefix(".").rpartition(".")
        ours = left.name.startswith(".") and kind in ("draft", "older") and name in names
        if ours and kind == "older":
            _put_back(folder / name)
        if ours:
            shutil.rmtree(left, ignore_errors=True)
        elif _PART.fullmatch(left.name):
            left.unlink(missing_ok=True)


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
