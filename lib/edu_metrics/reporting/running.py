"""One notebook run: parameters checked, cells run by papermill, report and page written."""

from __future__ import annotations

import ast
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from edu_metrics.catalog import nearest
from edu_metrics.errors import ReportError
from edu_metrics.reporting.page import in_one_language, normalised, to_page
from edu_metrics.reporting.summary import write_text

__all__ = ["Job", "Outcome", "check_parameters", "run"]


@dataclass(frozen=True, slots=True)
class Job:
    """One report to make: a notebook, its parameters, and the folder it goes to."""

    notebook: Path
    parameters: Mapping[str, str]
    folder: Path
    title: str
    home: str

    @property
    def lang(self) -> str:
        """Language of the report."""
        return self.parameters["lang"]

    @property
    def name(self) -> str:
        """What the report is called in lists: its folder below the study."""
        return f"{self.lang}/{self.folder.name}"

    @property
    def draft(self) -> Path:
        """Where its files grow until they are whole."""
        return self.folder.with_name(f".{self.folder.name}.draft")


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of a job.

    ``cell`` is the place in the notebook of the cell that failed, the first one being 1.
    """

    name: str
    status: str
    seconds: float
    cell: int | None = None
    error: str | None = None


def check_parameters(notebook: Path, parameters: Mapping[str, object]) -> None:
    """
    Refuse parameters that a notebook does not declare, before anything runs.

    Parameters
    ----------
    notebook : Path
        A notebook with a cell tagged ``parameters``.
    parameters : mapping
        Values to be set.

    Raises
    ------
    ReportError
        If the notebook is missing, can't be read, or lacks one of the parameters.
    """
    if not notebook.is_file():
        raise ReportError(f"no notebook {notebook.name} in {notebook.parent}")
    try:
        declared = _declared(notebook)
    except (KeyError, SyntaxError, TypeError, ValueError) as error:
        raise ReportError(f"{notebook.name} is not a notebook that can be read: {error}") from error
    faults = [
        f"{notebook.name} has no parameter {name!r}{nearest(name, declared)} "
        f"(it declares {', '.join(sorted(declared)) or 'none'})"
        for name in parameters
        if name not in declared
    ]
    if faults:
        raise ReportError("unknown notebook parameters; nothing was run", faults)


def _declared(notebook: Path) -> set[str]:
    """Find the names set in the cell of parameters, without papermill: it takes long to load."""
    for cell in _cells(notebook):
        if "parameters" in cell["metadata"].get("tags", []):
            lines = ast.parse("".join(cell["source"])).body
            return {
                name.id
                for line in lines
                if isinstance(line, ast.Assign)
                for name in line.targets
                if isinstance(name, ast.Name)
            }
    return set()


def run(job: Job) -> Outcome:
    """
    Make one report; a failure is an outcome, not an exception.

    Parameters
    ----------
    job : Job
        What to make.

    Returns
    -------
    Outcome
        Made, or failed with the cell and the error. A report made before stands until the new
        one is whole; what a failed one came to is kept as failed.ipynb.
    """
    begun = time.monotonic()
    executed = job.draft / "report.ipynb"
    try:
        # A run that was killed may have left its draft.
        shutil.rmtree(job.draft, ignore_errors=True)
        job.draft.mkdir(parents=True)
        _make(job, executed)
        job.folder.mkdir(exist_ok=True)
        for path in sorted(job.draft.iterdir()):
            path.replace(job.folder / path.name)
        (job.folder / "failed.ipynb").unlink(missing_ok=True)
    except Exception as error:
        cell = None
        if executed.is_file():
            cell = _failed_cell(job.notebook, executed)
            job.folder.mkdir(exist_ok=True)
            executed.replace(job.folder / "failed.ipynb")
        return Outcome(job.name, "failed", time.monotonic() - begun, cell, _said(error))
    finally:
        shutil.rmtree(job.draft, ignore_errors=True)
    return Outcome(job.name, "made", time.monotonic() - begun)


def _make(job: Job, executed: Path) -> None:
    import nbformat
    import papermill
    from traitlets.config import Config

    source = cast(Any, nbformat).reads(job.notebook.read_text("utf-8"), as_version=4)
    notebook = papermill.execute_notebook(
        in_one_language(source, job.lang),
        str(executed),
        parameters={**job.parameters, "out": str(executed.parent)},
        # Where it would run if it were opened by hand.
        cwd=str(job.notebook.parent),
        kernel_name="python3",
        progress_bar=False,
        log_output=False,
        # Without it every kernel warns that it talks over an unencrypted local connection.
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
        # A kernel has nothing to say on the terminal, least of all that its batch was stopped.
        extra_arguments=["--IPKernelApp.log_level=CRITICAL"],
    )
    notebook = normalised(notebook)
    write_text(executed, cast(Any, nbformat).writes(notebook) + "\n")
    page = to_page(notebook, title=job.title, lang=job.lang, home=job.home)
    write_text(executed.with_name("report.html"), page)


def _failed_cell(notebook: Path, executed: Path) -> int | None:
    """Find the last cell that was begun, and its place in the notebook as it was written."""
    place = {cell.get("id"): at for at, cell in enumerate(_cells(notebook), start=1)}
    for cell in reversed(_cells(executed)):
        if cell["metadata"].get("papermill", {}).get("start_time"):
            return place.get(cell["id"])
    return None


def _cells(notebook: Path) -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(notebook.read_text("utf-8"))["cells"]
    return cells


def _said(error: Exception) -> str:
    """Say what went wrong; of an error in a cell, what the cell said and not its traceback."""
    name = getattr(error, "ename", type(error).__name__)
    return f"{name}: {getattr(error, 'evalue', error)}"
