"""
What the fork server loads and uses once, so that each process forked from it has it.

The standard library's fork server imports this module; what it is to load for, it finds in the
environment. A worker that comes from another fork server imports it too, and loads for itself.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing.spawn
import os
import re
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edu_metrics.batch.jobs import FORK, Job, Limits
from edu_metrics.errors import EduMetricsError, ReportError
from edu_metrics.report.kinds import AUDIT, CITY, COMPARISON, DISTRICT, RECORD

__all__ = ["BLAS_THREADS", "VARIABLE", "fault", "told", "warm"]

#: One thread a process: reports run side by side, and threads inside them would only contend.
#: The last one keeps Arrow's allocator from starting a thread when it is loaded.
BLAS_THREADS = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}

#: Names the variable that says for which project and studies a fork server is started.
VARIABLE = "EDU_METRICS_PRELOAD"
#: Why no report can be made in a process forked from this one; empty where it can.
fault = ""

#: With so many reports of a study to come, it pays to show one area of each study ahead.
_MANY = 40


def warm(root: Path, studies: Sequence[str], number: int = _MANY) -> None:
    """
    Import and write once what reports are made of, and load the studies.

    Parameters
    ----------
    root : Path
        The project folder.
    studies : sequence of str
        Studies whose reports will be made.
    number : int, optional
        How many reports of one study there will be, at most.

    Raises
    ------
    ReportError
        If something started a thread: a process that is forked then may hang.
    """
    from edu_metrics import report as sections
    from edu_metrics.batch.execution import read_ahead
    from edu_metrics.catalog import notebook_of
    from edu_metrics.report.context import hold

    # As the command line has it: nearly all that is made here stays, and much of a report does.
    gc.set_threshold(200_000)
    notebooks = {}
    for name in (DISTRICT, CITY, AUDIT, RECORD, COMPARISON):
        with contextlib.suppress(Exception):  # the report will say what is wrong with it
            notebooks[name] = notebook_of(root, name).read_text("utf-8")
            read_ahead(notebook_of(root, name))
    for name in sections.__all__:
        getattr(sections, name)
    _make_a_report("1 + 1", "print(1)", "from IPython.display import HTML\nHTML('<p>')")
    with contextlib.suppress(Exception):  # how errors look
        _make_a_report("1 / 0")
    if any("plot" in text for text in notebooks.values()):
        import matplotlib.pyplot as plt
        from matplotlib_inline import backend_inline  # noqa: F401, loaded for the children

        plt.switch_backend("agg")
    shown = re.findall(r"\brep\.(show_\w+)\(report\)", notebooks.get(DISTRICT, ""))
    for study in studies:
        try:
            reports = hold(root, study)
            # Letters are measured and sentences read for all of them. Sections of ours only: what
            # else a notebook does, it does in a process of its own.
            for report in reports if number >= _MANY else ():
                for section in shown:
                    getattr(sections, section)(report)
        except EduMetricsError:
            continue  # the report will say it, where it is named
    if not single_threaded():
        raise ReportError("a library started a thread, and a process with threads can't be forked")
    gc.collect()
    # What is here stays here: collecting it in a child would copy all its memory.
    gc.freeze()


def _make_a_report(*sources: str) -> None:
    """Run a few cells and make a page of them, so that all that takes part in it is loaded."""
    import nbformat

    from edu_metrics.batch.execution import make

    v4: Any = nbformat.v4
    cells = [v4.new_code_cell('lang = ""\nout = ""', metadata={"tags": ["parameters"]})]
    cells += [v4.new_markdown_cell("## a &amp; b"), *map(v4.new_code_cell, sources)]
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    notebook = v4.new_notebook(metadata={"kernelspec": kernel}, cells=cells)
    with tempfile.TemporaryDirectory() as folder:
        job = Job(Path(folder, "ahead.ipynb"), {"lang": "en"}, Path(folder, "ahead"), "", "")
        job.executed.parent.mkdir(parents=True)
        job.notebook.write_text(v4.writes(notebook), "utf-8")
        make(job, FORK, Limits())


def single_threaded() -> bool:
    """Tell whether this process has one thread, by asking the system where it can be asked."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        import threading

        return threading.active_count() == 1


def told(root: Path, studies: Sequence[str], number: int, note: Path) -> str:
    """Write down what a fork server is to load, and where it says who it is."""
    return json.dumps([str(root), list(studies), number, str(note)])


def _is_fork_server() -> bool:
    return any("multiprocessing.forkserver" in word for word in sys.orig_argv)


def _load_as_told() -> str:
    """Load what the environment says, and give the reason where that does not go well."""
    # Where a whole job is stopped, all of its processes are told. This one ends with the one that
    # asked for reports, which lets the workers clean up.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # A grammar of web addresses that jsonschema loads where it finds it; nobody here needs it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    # The program that asks for reports is no part of them, and is not run again for each worker.
    spawn: Any = multiprocessing.spawn
    spawn._fixup_main_from_name = spawn._fixup_main_from_path = lambda _: None
    root, studies, number, note = json.loads(os.environ[VARIABLE])
    try:
        Path(note).write_text(str(os.getpid()), "utf-8")
        warm(Path(root), studies, number)
    except Exception as error:
        return getattr(error, "message", f"{type(error).__name__}: {error}")
    return ""


if VARIABLE in os.environ and _is_fork_server():
    fault = _load_as_told()
