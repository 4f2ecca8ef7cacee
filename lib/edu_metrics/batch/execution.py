"""One notebook run: parameters checked, cells run by papermill, report and page written."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pickle
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from edu_metrics.batch.drafts import keep_failure, publish, start_afresh
from edu_metrics.batch.jobs import FORK, KERNEL, PDF, Job, Limits, Outcome, cells_of
from edu_metrics.errors import ReportError
from edu_metrics.files import write_whole
from edu_metrics.report.page import in_one_language, normalised, stamped, to_page
from edu_metrics.report.pdf import to_pdf

__all__ = [
    "LOG",
    "PARTS",
    "begun_last",
    "failed",
    "failed_as_far",
    "limit_memory",
    "make",
    "place_of",
    "published",
    "read_ahead",
    "run",
    "said",
    "usable_cores",
]

#: In a draft: what the process said past its notebook, and the outputs of each cell that ended.
LOG, PARTS = "log", "cells"

#: Told of the cell that is about to run, or has run: its id and its outputs.
CellHook = Callable[[str, Any], None]


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
        What else the log is to say.

    Returns
    -------
    Outcome
        Failed, with its log.
    """
    log = keep_failure(job.draft, job.folder, f"{why}\n{told}")
    return Outcome(job.name, "failed", seconds, cell, why, log)


def make(
    job: Job,
    engine: str,
    limits: Limits,
    *,
    before_cell: CellHook | None = None,
    after_cell: CellHook | None = None,
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
    before_cell, after_cell : callable, optional
        Told of each cell, where cells run in this process.

    Raises
    ------
    Exception
        Whatever stopped it.
    """
    import nbformat
    import papermill

    papermill_engine, given = _engine(engine, limits, before_cell, after_cell)
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
        before_cell("", None)  # what goes wrong from here on is the fault of no cell
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
    engine: str, limits: Limits, before: CellHook | None, after: CellHook | None
) -> tuple[str | None, dict[str, Any]]:
    """Give papermill's name for an engine, and what that engine needs to know."""
    if engine == FORK:
        from edu_metrics.batch.inprocess import ENGINE, register

        register()
        return ENGINE, {
            "execution_timeout": limits.cell_seconds,
            "before_cell": before,
            "after_cell": after,
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


def failed_as_far(job: Job, seconds: float, why: str, cell: int | None) -> Outcome:
    """Keep what there is of a report whose process did not come to its end, as far as it got."""
    why = why.encode("utf-8", "replace").decode()  # half a character can't be written anywhere
    told = ""
    with contextlib.suppress(OSError):
        told = (job.draft / LOG).read_text("utf-8", "replace")
    # The report may have left anything there, and others depend on who reads it.
    with contextlib.suppress(Exception):
        _rebuild(job)
    return failed(job, seconds, why, cell, told)


def _rebuild(job: Job) -> None:
    """Put together the notebook of a process that died, as far as it got."""
    if job.executed.is_file() and job.executed.stat().st_size:
        return  # an empty one is one that could not be written
    parts: dict[str, Any] = {}
    cut_short = (OSError, EOFError, pickle.UnpicklingError, AttributeError)
    with contextlib.suppress(*cut_short), (job.draft / PARTS).open("rb") as file:
        while True:
            cell, outputs = pickle.load(file)
            parts[cell] = outputs
    notebook = json.loads(job.notebook.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = parts.get(cell.get("id"), [])
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    job.executed.write_bytes(text.encode("utf-8", "replace"))


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
