"""Which reports a study has."""

from __future__ import annotations

from pathlib import Path

from edu_metrics.catalog import Catalog, Plan, Study, nearest
from edu_metrics.errors import DefinitionError
from edu_metrics.reporting.inputs import (
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
)
from edu_metrics.reporting.recordable import has_record
from edu_metrics.reporting.running import Job
from edu_metrics.words import say

__all__ = ["audited_study", "plan_jobs", "rows_of"]


def audited_study(catalog: Catalog, plan: Plan) -> Study | None:
    """
    Give the study whose figures a plan is audited with: its latest real one.

    Parameters
    ----------
    catalog : Catalog
        All definitions.
    plan : Plan
        The plan.

    Returns
    -------
    Study or None
        None where the plan has no study of real places.
    """
    real = [s for s in catalog.studies.values() if s.plan == plan.id and not s.simulated]
    return max(real, key=lambda study: study.as_of, default=None)


def plan_jobs(
    catalog: Catalog,
    study: Study,
    out: Path,
    *,
    area: str | None = None,
    lang: str | None = None,
    first: int | None = None,
    scenarios: bool = False,
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
    notebooks = catalog.root / "notebooks"
    plan = catalog.plan(study.plan)
    jobs = []
    for language in (lang,) if lang else study.languages:
        common = {"study": study.id, "lang": language, "root": str(catalog.root)}
        folder = out / study.id / language
        if area is None and wholes:
            title = say("report.city_title", language, study=study.title.in_(language))
            jobs.append(Job(notebooks / CITY, common, folder / OVERVIEW, title, "../../index.html"))
        # A project may do without the audit and its notebook.
        audited = (notebooks / AUDIT).is_file() and study is audited_study(catalog, plan)
        if area is None and audited:
            title = say("audit.title", language, plan=plan.title.in_(language))
            asked = {"plan": plan.id, "lang": language, "root": str(catalog.root)}
            jobs.append(
                Job(notebooks / AUDIT, asked, folder / PLAN_AUDIT, title, "../../index.html")
            )
        # How models do on invented numbers says how the numbers were invented.
        known = (notebooks / RECORD).is_file() and not study.simulated
        recorded = known and has_record(catalog, study)
        if area is None and recorded:
            title = say("record.title", language, panel=study.title.in_(language))
            place = folder / TRACK_RECORD
            jobs.append(Job(notebooks / RECORD, common, place, title, "../../index.html"))
        for member in chosen:
            name = catalog.areas[member].name.in_(language)
            title = say("report.title", language, area=name)
            parameters = {**common, "area": member}
            jobs.append(
                Job(notebooks / DISTRICT, parameters, folder / member, title, "../../index.html")
            )
            if scenarios:
                place = folder / f"{member}{SCENARIOS}"
                title = f"{name} · {say('index.scenarios', language)}"
                jobs.append(
                    Job(notebooks / COMPARISON, parameters, place, title, "../../index.html")
                )
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
