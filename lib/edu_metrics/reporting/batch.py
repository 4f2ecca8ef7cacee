"""Many reports at once: what to make, in parallel, and past failures."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing.process import BaseProcess
from pathlib import Path

from edu_metrics.catalog import Catalog, Study, load_catalog, nearest
from edu_metrics.errors import DefinitionError
from edu_metrics.reporting.auditing import audited_study
from edu_metrics.reporting.index import listed, write_indexes, write_manifest
from edu_metrics.reporting.preparing import prepare
from edu_metrics.reporting.running import Job, Outcome, check_parameters, run
from edu_metrics.words import say

__all__ = ["make_reports", "plan_jobs"]

Progress = Callable[[Iterable[Outcome], int], Iterable[Outcome]]

DISTRICT, CITY = "district_report.ipynb", "city_overview.ipynb"
AUDIT = "plan_audit.ipynb"


def plan_jobs(
    catalog: Catalog,
    study: Study,
    out: Path,
    *,
    area: str | None = None,
    lang: str | None = None,
    first: int | None = None,
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
        parts, the overview, and the audit of the plan with its latest real study.
    lang : {"zh", "en"}, optional
        Only this language; else all of the study.
    first : int, optional
        Only so many areas, in the order of the study.

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
    notebooks = catalog.root / "notebooks"
    plan = catalog.plan(study.plan)
    jobs = []
    for language in (lang,) if lang else study.languages:
        common = {"study": study.id, "lang": language, "root": str(catalog.root)}
        folder = out / study.id / language
        if area is None and any(catalog.children(member, members) for member in members):
            title = say("report.city_title", language, study=study.title.in_(language))
            jobs.append(
                Job(notebooks / CITY, common, folder / "overview", title, "../../index.html")
            )
        # A project may do without the audit and its notebook.
        audited = (notebooks / AUDIT).is_file() and study is audited_study(catalog, plan)
        if area is None and audited:
            title = say("audit.title", language, plan=plan.title.in_(language))
            asked = {"plan": plan.id, "lang": language, "root": str(catalog.root)}
            jobs.append(
                Job(notebooks / AUDIT, asked, folder / "plan_audit", title, "../../index.html")
            )
        for member in chosen:
            name = catalog.areas[member].name.in_(language)
            title = say("report.title", language, area=name)
            parameters = {**common, "area": member}
            jobs.append(
                Job(notebooks / DISTRICT, parameters, folder / member, title, "../../index.html")
            )
    return jobs


def make_reports(
    root: Path,
    studies: Sequence[str],
    *,
    out: Path | None = None,
    area: str | None = None,
    lang: str | None = None,
    first: int | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[tuple[str, Outcome]]:
    """
    Make the reports of some studies, in parallel, and go on past failures.

    Parameters
    ----------
    root : Path
        The project folder.
    studies : sequence of str
        Study ids; all studies when empty.
    out : Path, optional
        Folder of all reports; ``reports`` of the project when left out.
    area, lang, first : optional
        As in :func:`plan_jobs`.
    workers : int, optional
        Processes; as many as there are cores when left out.
    progress : callable, optional
        Wraps the outcomes as they come in, for a progress bar.

    Returns
    -------
    list of (str, Outcome)
        Study and outcome of every report, in the order planned.

    Raises
    ------
    EduMetricsError
        For faults that are known before anything runs: definitions, data, unknown names.
    KeyboardInterrupt
        When stopped; reports that are whole by then stand, and the index lists them.
    """
    catalog = load_catalog(root)
    folder = (out or catalog.root / "reports").resolve()
    chosen = [catalog.study(name) for name in dict.fromkeys(studies or catalog.studies)]
    planned: list[tuple[Study, Job]] = []
    for study in chosen:
        jobs = plan_jobs(catalog, study, folder, area=area, lang=lang, first=first)
        planned += [(study, job) for job in jobs]
    for notebook, sample in {job.notebook: job for _, job in planned}.items():
        check_parameters(notebook, {**sample.parameters, "out": ""})
    for study in catalog.studies.values():
        listed(catalog, study, folder)  # one that can't be read is better known now than later
    for study in chosen:
        prepare(catalog, study)
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, chosen)
    jobs = [job for _, job in planned]
    done: dict[int, Outcome] = {}
    try:
        _run_all(jobs, workers, progress, done)
    finally:
        for study in chosen:
            mine = [
                (planned[place][1], done[place]) for place in done if planned[place][0] is study
            ]
            write_manifest(catalog, study, folder, mine)
        write_indexes(catalog, folder)
        for place, job in enumerate(jobs):
            if place not in done:
                shutil.rmtree(job.draft, ignore_errors=True)
    return [(study.id, done[place]) for place, (study, _) in enumerate(planned)]


def _sweep(out: Path, studies: Iterable[Study]) -> None:
    """Take away the half-written files of a run that was killed."""
    for folder in (out, *(out / study.id for study in studies)):
        for left in folder.glob(".*.part"):
            left.unlink(missing_ok=True)


def _run_all(
    jobs: list[Job], workers: int | None, progress: Progress | None, done: dict[int, Outcome]
) -> None:
    """Run jobs, and note each outcome as it comes in: an interrupt loses none."""
    number = min(workers or os.cpu_count() or 1, len(jobs))
    with _workers(number) as pool:
        places = {pool.submit(run, job): place for place, job in enumerate(jobs)}

        def arriving() -> Iterator[Outcome]:
            for future in as_completed(places):
                place = places[future]
                error = future.exception()
                done[place] = (
                    future.result()
                    if error is None
                    else Outcome(jobs[place].name, "failed", 0.0, None, f"process lost: {error}")
                )
                yield done[place]

        outcomes = progress(arriving(), len(jobs)) if progress else arriving()
        for _ in outcomes:
            pass


@contextlib.contextmanager
def _workers(number: int) -> Iterator[ProcessPoolExecutor]:
    """
    Give a pool of processes that is stopped at once where its user is.

    Spawned, not forked: papermill and its kernels hold threads and sockets. A kernel ends by
    itself when the process that started it is gone.
    """
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(number, mp_context=context, initializer=_settle)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for child in set(multiprocessing.active_children()) - others:
            child.kill()
            child.join()
        raise
    pool.shutdown()


def _settle() -> None:
    """Start quickly, leave Ctrl-C to the process that started this one, and end with it."""
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    # Where it finds this package jsonschema loads a grammar of web addresses, which takes longer
    # than all else that a process needs to start; no notebook has a field that asks for it.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    if (parent := multiprocessing.parent_process()) is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
