"""What happens in the process that is forked for one report."""

from __future__ import annotations

import contextlib
import ctypes
import faulthandler
import json
import os
import pickle
import random
import signal
import sys
import traceback
from pathlib import Path
from typing import Any, NoReturn

from edu_metrics.reporting.area_report import tell_inputs
from edu_metrics.reporting.publishing import keep_failure
from edu_metrics.reporting.running import FORK, Job, Limits, Outcome, make, said

__all__ = ["LOG", "PARTS", "adopt_orphans", "become_child", "given_up", "limit_memory"]

#: In a draft: what the process said past its notebook, and the outputs of each cell that ended.
LOG, PARTS = "log", "cells"

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_HANDLED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGPIPE", "SIGALRM", "SIGCHLD", "SIGUSR2")


def become_child(job: Job, limits: Limits, pipe: int) -> NoReturn:
    """
    Make a report in this process, tell how it went, and end.

    Parameters
    ----------
    job : Job
        What to make; its draft is there and empty.
    limits : Limits
        What it may take.
    pipe : int
        Where to write lines of JSON: ``{"cell": id}`` before each cell, and the end.
    """
    status = 1
    try:
        log = _settle(job, limits)
        if job.inputs and "study" in job.parameters:
            tell_inputs(job.parameters["study"], job.folder.name, job.inputs)
        with (job.draft / PARTS).open("wb", buffering=0) as parts:

            def before(cell: str, _: Any) -> None:
                _tell(pipe, {"cell": cell})

            def after(cell: str, outputs: Any) -> None:
                parts.write(pickle.dumps((cell, outputs)))

            make(job, FORK, limits, before_cell=before, after_cell=after)
        _tell(pipe, {"end": "made"})
        status = 0
    except BaseException as error:
        with contextlib.suppress(BaseException):
            os.write(log, traceback.format_exc().encode("utf-8", "replace"))
        _tell(pipe, {"end": "failed", "error": said(error)})
    finally:
        os._exit(status)


def _settle(job: Job, limits: Limits) -> int:
    """Give the process a session, a log, limits and chances of its own."""
    os.setsid()
    tell_system(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # What this report leaves behind is its own until it ends, and the nursery's only then.
    adopt_orphans()
    _be_first_to_go()
    for name in _HANDLED:
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    log = os.open(job.draft / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    # Where it was when it crashed, or when it was asked because it took too long.
    faulthandler.enable(file=log)
    faulthandler.register(signal.SIGUSR1, file=log)
    limit_memory(limits.memory_mb)
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    return log


def _be_first_to_go() -> None:
    """Where the machine's memory runs out, let the system end a report and not its nursery."""
    score = Path("/proc/self/oom_score_adj")
    with contextlib.suppress(OSError, ValueError):
        score.write_text(str(min(1000, int(score.read_text()) + 300)))


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


def tell_system(option: int, value: int) -> None:
    """Set a property of this process that only Linux knows."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def adopt_orphans() -> None:
    """Become the parent of processes that a report leaves behind, so that they can be ended."""
    tell_system(_PR_SET_CHILD_SUBREAPER, 1)


def _tell(pipe: int, message: dict[str, Any]) -> None:
    os.write(pipe, (json.dumps(message) + "\n").encode())


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


def given_up(job: Job, seconds: float, why: str, cell: int | None) -> Outcome:
    """
    Keep what there is of a report that did not come to its end.

    Parameters
    ----------
    job : Job
        What was being made.
    seconds : float
        How long. [s]
    why : str
        What stopped it.
    cell : int or None
        The place of the cell that was being run.

    Returns
    -------
    Outcome
        Failed, with its log.
    """
    why = why.encode("utf-8", "replace").decode()  # half a character can't be written anywhere
    told = ""
    with contextlib.suppress(OSError):
        told = (job.draft / LOG).read_text("utf-8", "replace")
    # The report may have left anything there, and others depend on who reads it.
    with contextlib.suppress(Exception):
        _rebuild(job)
    log = keep_failure(job.draft, job.folder, f"{why}\n{told}")
    return Outcome(job.name, "failed", seconds, cell, why, log)
