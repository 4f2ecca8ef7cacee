"""What a report is to be made from, which reports a study has, and what became of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from edu_metrics.catalog import Catalog, Study, nearest, notebook_of
from edu_metrics.errors import DefinitionError, ReportError
from edu_metrics.limits import read_json
from edu_metrics.report.kinds import (
    AUDIT,
    CITY,
    COMPARISON,
    DISTRICT,
    OVERVIEW,
    PLAN_AUDIT,
    RECORD,
    SCENARIOS,
    TRACK_RECORD,
    WHOLE,
    assigned,
    audited_study,
    has_record,
    index_name,
)
from edu_metrics.words import say

__all__ = [
    "FORK",
    "KERNEL",
    "PDF",
    "Job",
    "Limits",
    "NotStartedError",
    "Outcome",
    "cells_of",
    "check_parameters",
    "plan_jobs",
    "rows_of",
]

#: How the cells of a report are run: in a forked process of its own, or by a Jupyter kernel.
FORK, KERNEL = "fork", "kernel"
#: The page of a report as a PDF, where one is asked for.
PDF = "report.pdf"
#: Those that are printed; the others are many pages of tables.
PRINTED = (DISTRICT, CITY, AUDIT)


class NotStartedError(ReportError):
    """No process that makes reports came up: that is a fault of the batch, not of a report."""

    def __reduce__(self) -> tuple[type[ReportError], tuple[str]]:
        """On its way from another machine it becomes the fault of a report: others are left."""
        return ReportError, (self.message,)


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one report may take before it counts as failed; None for no limit.

    ``cell_seconds`` and ``report_seconds`` are of the clock, ``memory_mb`` is the memory that
    each of its processes may ask for. [s, s, MB]
    """

    cell_seconds: float | None = 600
    report_seconds: float | None = 1800
    memory_mb: int | None = 4096


@dataclass(frozen=True, slots=True)
class Job:
    """
    One report to make: a notebook, its parameters, and the folder it goes to.

    ``inputs`` is the hash of all that it depends on; it is written into its notebook, and tells
    the next run whether the report still stands. ``notebook_sha256`` is the hash of the notebook
    as it was when that was hashed: no other one is run, whatever the file holds by then.
    ``languages`` are those of the study, to whose reports of the same place the page may link.
    ``pdf`` asks for the page as a PDF too.
    """

    notebook: Path
    parameters: Mapping[str, str]
    folder: Path
    title: str
    home: str
    inputs: str = ""
    notebook_sha256: str = ""
    languages: tuple[str, ...] = ()
    pdf: bool = False

    @property
    def lang(self) -> str:
        """Language of the report."""
        return self.parameters["lang"]

    @property
    def name(self) -> str:
        """What the report is called in lists: its folder below the study."""
        return f"{self.lang}/{self.folder.name}"

    @property
    def others(self) -> dict[str, str]:
        """Where the same report lies in each other language, seen from this one."""
        return {
            tongue: f"../../{tongue}/{self.folder.name}/report.html"
            for tongue in self.languages
            if tongue != self.lang
        }

    @property
    def whole(self) -> dict[str, str]:
        """What reports of the whole study are called, by where they lie seen from this one."""
        return {
            f"../{place}/report.html": say(f"index.{place}", self.lang)
            for place in WHOLE
            if place != self.folder.name
        }

    @property
    def draft(self) -> Path:
        """Where it grows until it is whole."""
        return self.folder.with_name(f".{self.folder.name}.draft")

    @property
    def executed(self) -> Path:
        """The notebook with its outputs, as long as the report is a draft."""
        return self.draft / "report" / "report.ipynb"


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What became of a job: made, unchanged, or failed.

    ``cell`` is the place in the notebook of the cell that failed, the first one being 1. ``log``
    is the file beside the report that tells more. ``files`` are the report's files where the
    machine that made it does not share a disk with the one that asked.
    """

    name: str
    status: str
    seconds: float
    cell: int | None = None
    error: str | None = None
    log: str | None = None
    files: Mapping[str, bytes] | None = None


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
    for cell in cells_of(notebook):
        if "parameters" in cell["metadata"].get("tags", []):
            return assigned("".join(cell["source"]))
    return set()


def cells_of(notebook: Path) -> list[dict[str, Any]]:
    """Read the cells of a notebook."""
    cells: list[dict[str, Any]] = read_json(notebook)["cells"]
    return cells


def plan_jobs(
    catalog: Catalog,
    study: Study,
    out: Path,
    *,
    area: str | None = None,
    lang: str | None = None,
    first: int | None = None,
    scenarios: bool = False,
    pdf: bool = False,
) -> list[Job]:
    """
    List the reports of a study.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.
    out : Path
        Folder of all reports.
    area : str, optional
        Only this area (id, name or alias); else all and, where a study holds a whole and its
        parts, the overview, the audit of the plan with its latest real study, and the track record
        of the models on a real study of many areas.
    lang : {"zh", "en"}, optional
        Only this language; else all of the study.
    first : int, optional
        Only so many areas, in the order of the study.
    scenarios : bool, optional
        Also compare the scenarios of each area.
    pdf : bool, optional
        Also print reports of areas, the overview and the audit as PDF.

    Returns
    -------
    list of Job
        One a report.

    Raises
    ------
    DefinitionError
        For an unknown area or language, with the nearest one.
    """
    if lang is not None and lang not in study.languages:
        raise DefinitionError(
            f"study {study.id!r} has no reports in {lang!r}{nearest(lang, study.languages)} "
            f"(it has {', '.join(study.languages)})"
        )
    members = catalog.expand(study.areas)
    chosen = [catalog.study_area(study, area).id] if area else list(members[:first])
    wholes = {catalog.areas[member].parent for member in members} & set(members)
    found = partial(notebook_of, catalog.root)
    plan = catalog.plan_judged(study)
    # A project may do without some notebooks.
    audited = found(AUDIT).is_file() and study is audited_study(catalog, plan)
    recorded = found(RECORD).is_file() and has_record(catalog, study)
    jobs = []
    for language in (lang,) if lang else study.languages:
        common = {"lang": language, "root": str(catalog.root)}
        ours = {"study": study.id, **common}

        def add(notebook: str, parameters: dict[str, str], name: str, title: str) -> None:
            tongue = parameters["lang"]
            folder, home = out / study.id / tongue / name, index_name(study, tongue)
            made = Job(found(notebook), parameters, folder, title, f"../../{home}")
            printed = pdf and notebook in PRINTED
            jobs.append(replace(made, languages=study.languages, pdf=printed))

        title = study.title.in_(language)
        if area is None and wholes:
            add(CITY, ours, OVERVIEW, say("report.city_title", language, study=title))
        if area is None and audited:
            said = say("audit.title", language, plan=plan.title.in_(language))
            add(AUDIT, {"plan": plan.id, **common}, PLAN_AUDIT, said)
        if area is None and recorded:
            add(RECORD, ours, TRACK_RECORD, say("record.title", language, panel=title))
        for member in chosen:
            name, its = catalog.areas[member].name.in_(language), {**ours, "area": member}
            add(DISTRICT, its, member, say("report.title", language, area=name))
            if scenarios:
                said = f"{name} · {say('index.scenarios', language)}"
                add(COMPARISON, its, f"{member}{SCENARIOS}", said)
    return jobs


def rows_of(catalog: Catalog, study: Study) -> list[str]:
    """
    Give the reports that a study can have.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    study : Study
        The study.

    Returns
    -------
    list of str
        Names of their folders, in the order in which they are listed.
    """
    areas = catalog.expand(study.areas)
    return [*WHOLE, *(name for area in areas for name in (area, f"{area}{SCENARIOS}"))]
