"""Verbs about reports: make them, few or thousands, and tell what moved since others were made."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from edu_metrics.cli.common import FAULT, Format, Root, Shape, app, load, studies_of, usage
from edu_metrics.cli.printing import print_failures, print_rows, print_totals, progress
from edu_metrics.errors import EduMetricsError, require_extra
from edu_metrics.limits import inert

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Study

_LIMIT = "limit of a report (0: none)"


class Engine(StrEnum):
    """How the cells of a report are run."""

    FORK = "fork"
    KERNEL = "kernel"


@app.command()
def report(
    studies: Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    lang: Annotated[
        list[str] | None,
        typer.Option(help="Only this language, zh or en; STUDY=LANG for one study."),
    ] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Reports at the same time; all usable cores."),
    ] = None,
    first: Annotated[
        list[str] | None, typer.Option(help="Only so many areas; STUDY=NUMBER for one study.")
    ] = None,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Also compare each area's scenarios.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Also print bulletins, overview and audit as PDF.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of all reports.")] = None,
    ledger: Annotated[
        Path | None,
        typer.Option(help="File that says what was published before; this release is added."),
    ] = None,
    force: Annotated[bool, typer.Option(help="Make also those that stand.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Only tell what would be made, and why.")
    ] = False,
    engine: Annotated[
        Engine | None, typer.Option(help="Forked processes (where they can be had), or kernels.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler whose workers make them.")
    ] = None,
    cell_timeout: Annotated[
        float, typer.Option(min=0, help=f"Seconds that a cell may take; {_LIMIT}.")
    ] = 600,
    timeout: Annotated[float, typer.Option(min=0, help=f"Seconds; {_LIMIT}.")] = 1800,
    memory: Annotated[int, typer.Option(min=0, help=f"Megabytes; {_LIMIT}.")] = 4096,
    root: Root = None,
) -> None:
    """Make reports that don't stand already: one for each area and language, and an index."""
    require_extra("reports")
    if pdf:
        require_extra("pdf")
    if scheduler is not None:
        require_extra("cluster")
        if not scheduler.startswith(("tls://", "tcp://127.", "tcp://localhost", "tcp://[::1]")):
            told = (
                f"edu-metrics: whoever reaches {scheduler} can have it run any code; use tls://\n"
            )
            sys.stderr.write(inert(told))
    from edu_metrics.batch import How, Limits, make_reports, plan_jobs, plan_reports

    catalog = load(root)
    folder = (out or catalog.root / "reports").resolve()
    chosen = studies_of(catalog, studies)
    for entry in chosen:
        catalog.plan_judged(entry)
    names = studies or [study.id for study in chosen]
    with usage():
        each: dict[str, dict[str, Any]] = {}
        for name, given in _by_study(catalog, names, "--lang", lang).items():
            each[name] = {"lang": given}
        for name, given in _by_study(catalog, names, "--first", first).items():
            each.setdefault(name, {})["first"] = _number("--first", given)
        for study in chosen:  # names it refuses
            plan_jobs(catalog, study, folder, area=area, **{**each.get(study.id, {}), "first": 1})
    asked: dict[str, Any] = {"area": area, "each": each, "scenarios": scenarios, "pdf": pdf}
    if ledger is not None:
        from edu_metrics.report.tables import prepare

        for study in chosen:  # the table keeps it in mind
            prepare(catalog, study, ledger=ledger)
    if dry_run:
        rows = [
            {"study": found.study.id, "report": found.job.name, "why": ", ".join(found.why)}
            for found in plan_reports(catalog, names, out=folder, force=force, **asked)
        ]
        print_rows([row for row in rows if row["why"]], Format.TABLE, ("study", "report", "why"))
        made = sum(bool(row["why"]) for row in rows)
        sys.stdout.write(f"{made} of {len(rows)} reports would be made\n")
        return
    limits = Limits(cell_timeout or None, timeout or None, memory or None)
    how = How(jobs, engine and str(engine), limits, force, scheduler)
    with _stopped_by_signals():
        results = make_reports(catalog, names, out=folder, how=how, progress=progress, **asked)
    _note_release(catalog, chosen)
    failed = [(name, outcome) for name, outcome in results if outcome.status == "failed"]
    print_failures(failed)
    print_totals(results)
    made = sum(outcome.status == "made" for _, outcome in results)
    same = len(results) - made - len(failed)
    unchanged = f", {same} unchanged" if same else ""
    sys.stdout.write(
        f"{made} of {len(results)} reports made{unchanged}; open {folder / 'index.html'}\n"
    )
    if failed:
        raise typer.Exit(FAULT)


def _by_study(
    catalog: Catalog, names: Iterable[str], option: str, given: Iterable[str] | None
) -> dict[str, str]:
    """Read what an option says of each study: VALUE of all of them, STUDY=VALUE of one."""
    asked_for = {run.id: name for name in names for run in catalog.runs(name)}
    of_all: dict[str, str] = {}
    of_one: dict[str, str] = {}
    for text in given or ():
        name, one, value = text.rpartition("=")
        said = of_one if one else of_all
        for run in [run.id for run in catalog.runs(name)] if one else asked_for:
            if run not in asked_for:
                known = ", ".join(dict.fromkeys(asked_for.values()))
                raise EduMetricsError(
                    f"{option} {text}: expected a study that reports are asked for of ({known}), "
                    f"found {name!r}"
                )
            if run in said:
                raise EduMetricsError(f"{option} {text}: study {run!r} was told {said[run]} before")
            said[run] = value
    return {**of_all, **of_one}


def _number(option: str, given: str) -> int:
    """Read how many, or say what was expected."""
    if not (given.isascii() and given.isdigit() and int(given)):
        raise EduMetricsError(f"{option}: expected a whole number from 1 on, found {given!r}")
    return int(given)


def _note_release(catalog: Catalog, studies: Iterable[Study]) -> None:
    """Add to the ledger of each protected study what its reports may tell."""
    from edu_metrics.observations import add_to_ledger, read_processed
    from edu_metrics.report.tables import ledger_of

    for study in studies:
        ledger = ledger_of(catalog, study)
        if ledger is not None:
            table = read_processed(catalog.root, study.id)
            add_to_ledger(ledger, table, dt.datetime.now(dt.UTC).date())


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let what a scheduler sends before it kills, or a terminal that is closed, be as Ctrl-C."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    sent = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    # What is ignored stays so: nohup means it.
    older = {one: signal.getsignal(one) for one in sent if signal.getsignal(one) != signal.SIG_IGN}
    try:
        for one in older:
            signal.signal(one, stop)
        yield
    finally:
        for one, before in older.items():
            signal.signal(one, before)


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of reports made earlier.")],
    new: Annotated[Path, typer.Argument(help="Folder of reports made later.")],
    shape: Shape = Format.TABLE,
) -> None:
    """Tell which verdicts and numbers of two folders of reports moved, and what moved them."""
    from edu_metrics.batch.difference import differences

    rows = list(differences(old, new))
    print_rows(rows, shape, ("study", "area", "target", "what", "old", "new", "moved_by"))
    verdicts = sum(row["what"] == "verdict" for row in rows)
    areas = len({(row["study"], row["area"]) for row in rows})
    sys.stderr.write(f"{verdicts} verdicts and {len(rows) - verdicts} other values moved")
    sys.stderr.write(f" in {areas} areas\n")
