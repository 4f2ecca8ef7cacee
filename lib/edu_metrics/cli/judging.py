"""Verbs that judge a plan's targets in every way, and those that make and compare reports."""

from __future__ import annotations

import contextlib
import datetime as dt
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from typer import Argument, Option

from edu_metrics.cli.common import (
    FAULT,
    USAGE,
    AreaName,
    AsOf,
    Browser,
    File,
    Number,
    Numbers,
    Port,
    Root,
    Shape,
    Studies,
    StudyName,
    TargetName,
    Text,
    Texts,
    app,
    asked_for,
    day_of,
    load,
    named,
    print_failures,
    print_json,
    print_rows,
    print_totals,
    progress,
    serve_page,
    stop,
    studies_of,
    usage,
)
from edu_metrics.errors import DefinitionError, EduMetricsError, require_extra
from edu_metrics.limits import inert

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Study

_LIMIT = "limit of a report (0: none)"


@app.command()
def assess(
    study: StudyName,
    area: AreaName = None,
    target: TargetName = None,
    as_of: AsOf = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """Judge targets in areas: verdict, probability, gap, pace and what is missing."""
    from edu_metrics.report.summary import as_row

    opened = asked_for(load(root), study, area, target, as_of)
    columns = ("area", "target", "verdict", "probability", "interval", "gap", "required_pace")
    print_rows(map(as_row, opened.assessed(numeric=False)), shape, (*columns, "year_reached"))


@app.command()
def score(
    forecasts: Annotated[
        list[Path],
        Argument(help="Studies; or summary.json, or JSON of assess."),
    ],
    as_of: AsOf = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """Hold earlier forecasts against what has come since: Brier score, coverage, reliability."""
    from edu_metrics.report.scores import score_as_data, score_files, score_studies, score_tables

    catalog = load(root)
    names = [str(path) for path in forecasts]
    day = day_of("--as-of", as_of)
    studies = all(name in catalog.studies for name in names)
    with usage():
        absent = [name for name, path in zip(names, forecasts, strict=True) if not path.is_file()]
        if absent and not studies:
            raise EduMetricsError("expected studies, or files of earlier assessments", absent)
    try:
        if studies:
            found = score_studies(catalog, names, as_of=day)
        else:
            found = score_files(catalog, forecasts, as_of=day)
    except DefinitionError as error:  # a name that does not exist
        stop(error, USAGE)
    content = score_as_data(found)
    if shape == "json":
        print_json(content)
        return
    tables = score_tables(content)
    for rows in tables.values():
        print_rows(rows, shape, tuple(rows[0]))
        sys.stdout.write("\n")
    if not tables:
        sys.stdout.write("no forecast in these files\n")


@app.command()
def scenarios(
    study: StudyName,
    area: AreaName = None,
    scenario: Annotated[Texts, Option(help="Only this scenario, or these.")] = None,
    target: TargetName = None,
    pace: Annotated[Numbers, Option(help="Change a year, or several; negative for a fall.")] = None,
    unit: Annotated[
        Literal["points", "percent"],
        Option(help="What --pace is counted in; percent of the year before."),
    ] = "points",
    base: Annotated[Numbers, Option(help="Value to start from, or several; the last one.")] = None,
    years: Annotated[Number, Option(min=1, max=50, help="Years before the target is due.")] = None,
    lever: Annotated[Texts, Option(metavar="NAME=VALUE", help="Set a lever, or several.")] = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """
    Run scenarios on a study: what each target's series comes to under what is assumed.

    Without --target the table counts; --format json has every course.
    """
    from edu_metrics.reachability.scenarios import (
        asked_scenarios,
        outcome_row,
        run_scenarios,
        summary_rows,
    )

    catalog = load(root)
    opened = asked_for(catalog, study, area, target)
    with usage():
        chosen: list[Any] = [catalog.scenario(name) for name in scenario or ()]
        if lever or pace or base or years is not None:
            levers = named("--lever", lever, float, "a number, such as upgrades=3")
            none: list[float | None] = [None]
            for one, start in product(pace or none, base or none):
                chosen += asked_scenarios(
                    pace=one, unit=unit, base=start, years=years, levers=levers
                )
    found = run_scenarios(
        opened.store, scenarios=tuple(chosen) or None, areas=opened.areas, targets=opened.targets
    )
    if lever and not found:
        stop(EduMetricsError(f"--lever: no target asked for is moved by {', '.join(lever)}"), USAGE)
    if target is None and shape == "table":
        counts = ("cases", "kept", "not_kept", "by_chance", "not_said")
        print_rows(summary_rows(found), shape, ("area", "scenario", *counts))
        return
    columns = ("area", "target", "scenario", "reading", "case", "start", "end", "met")
    print_rows([outcome_row(item) for item in found], shape, (*columns, "probability",
                                                            "under_model", "reason"))  # fmt: skip


@app.command()
def explore(
    study: Annotated[Text, Argument(help="Study that is looked at first.")] = None,
    area: Annotated[Text, Option(help="Area at first: id, name or alias.")] = None,
    target: Annotated[Text, Option(help="Target at first.")] = None,
    lang: Annotated[str, Option(help="Language at first.")] = "zh",
    port: Port = None,
    browser: Browser = True,
    root: Root = None,
) -> None:
    """Try out scenarios with sliders, on a page served on this machine until Ctrl-C."""
    require_extra("explore")
    from edu_metrics import explorer
    from edu_metrics.report import prepare
    from edu_metrics.words import require_language

    catalog = load(root)
    with usage():
        require_language(lang)
    if study is not None:
        asked_for(catalog, study, area, target)
    elif area or target:
        stop(EduMetricsError("--area and --target need a STUDY before them"), USAGE)

    page = partial(
        explorer.explore, catalog, study or "", area or "", target or "",
        lang=lang, port=port, prepare=prepare, browser=browser,
    )  # fmt: skip
    serve_page(page, "explore.serving", lang)


@app.command()
def sensitivity(
    study: StudyName,
    area: AreaName = None,
    target: TargetName = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """Say which assumption each answer hangs on, and how far it is from another answer."""
    from edu_metrics.reachability import sensitivity_of
    from edu_metrics.report.sensitivity import sensitivity_row

    opened = asked_for(load(root), study, area, target)
    rows = [sensitivity_row(sensitivity_of(opened.store, one)) for one in opened.assessed()]
    columns = ("area", "target", "model", "middle", "kept", "probability", "verdict")
    print_rows(rows, shape, (*columns, "changes_first", "at",
                                                           "in_spreads", "reason"))  # fmt: skip


@app.command()
def joint(
    study: StudyName,
    area: AreaName = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """Take a plan as a whole: how many targets may be met, and how likely all are at once."""
    from edu_metrics.reachability import assess_jointly
    from edu_metrics.report.joint import joint_row

    opened = asked_for(load(root), study, area)
    areas = opened.areas or opened.store.areas
    rows = [joint_row(assess_jointly(opened.store, one)) for one in areas]
    columns = ("area", "probable", "expected", "interval", "joint", "independent", "low", "high")
    print_rows(rows, shape, (*columns, "lost", "lowest", "weakest"))


@app.command()
def backtest(
    panel: Annotated[str, Argument(help="A study, or a CSV of area, year, value (plain or .gz).")],
    horizons: Annotated[str, Option(help="Years ahead, with commas.")] = "1,2,3",
    events: Annotated[str, Option(help="Gains asked for, in points, with commas.")] = "5,10",
    areas: Annotated[str, Option(help="How many areas together, or all.")] = "all",
    slow: Annotated[bool, Option("--slow", help="Also models fitted one by one.")] = False,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """Back-test the forecast on a panel: errors, coverage, probabilities, by number of areas."""
    from edu_metrics.report.backtest import (
        areas_of,
        backtest_notes,
        backtest_rows,
        backtest_table,
        numbers_of,
    )
    from edu_metrics.report.track_record import panels_of_study
    from edu_metrics.trajectories import backtest as run_backtest
    from edu_metrics.trajectories import read_panels

    with usage():
        years = numbers_of("--horizons", horizons, whole=True)
        gains = numbers_of("--events", events)
        together = areas_of("--areas", areas)
    if Path(panel).is_file() or Path(panel).suffix:
        panels = read_panels(panel)
    else:
        catalog = load(root)
        with usage():
            study = catalog.study(panel)
        panels = panels_of_study(catalog, study)
    scores = run_backtest(
        panels,
        horizons=[int(one) for one in years],
        gains=gains,
        areas=together,
        slow=slow,
    )
    rows = backtest_rows(scores) if shape == "json" else backtest_table(scores)
    print_rows(rows, shape, tuple(rows[0]))
    for told in backtest_notes(scores):
        sys.stderr.write(f"{told}\n")


@app.command()
def report(
    studies: Studies = None,
    area: AreaName = None,
    lang: Annotated[Texts, Option(help="Only this language; STUDY=LANG for one study.")] = None,
    jobs: Annotated[
        Number, Option("--jobs", "-j", min=1, help="So many at once; all usable cores.")
    ] = None,
    first: Annotated[Texts, Option(help="Only so many areas; STUDY=NUMBER for one study.")] = None,
    scenarios: Annotated[bool, Option("--scenarios", help="Also compare scenarios.")] = False,
    pdf: Annotated[bool, Option("--pdf", help="Also print as PDF what has few pages.")] = False,
    out: Annotated[File, Option(help="Folder of all reports.")] = None,
    ledger: Annotated[
        File, Option(help="File of what was published before; it is added to.")
    ] = None,
    force: Annotated[bool, Option(help="Make also those that stand.")] = False,
    dry_run: Annotated[bool, Option("--dry-run", "-n", help="Only tell what is to do.")] = False,
    engine: Annotated[
        Literal["fork", "kernel"] | None,
        Option(help="Forked processes (where they can be had), or kernels."),
    ] = None,
    scheduler: Annotated[
        Text, Option(help="Address of a Dask scheduler; it has them made.")
    ] = None,
    cell_timeout: Annotated[float, Option(min=0, help=f"Seconds of a cell; {_LIMIT}.")] = 600,
    timeout: Annotated[float, Option(min=0, help=f"Seconds; {_LIMIT}.")] = 1800,
    memory: Annotated[int, Option(min=0, help=f"Megabytes; {_LIMIT}.")] = 4096,
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
        print_rows([row for row in rows if row["why"]], "table", ("study", "report", "why"))
        made = sum(bool(row["why"]) for row in rows)
        sys.stdout.write(f"{made} of {len(rows)} reports would be made\n")
        return
    limits = Limits(cell_timeout or None, timeout or None, memory or None)
    how = How(jobs, engine, limits, force, scheduler)
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
    old: Annotated[Path, Argument(help="Folder of reports made earlier.")],
    new: Annotated[Path, Argument(help="Folder of reports made later.")],
    shape: Shape = "table",
) -> None:
    """Tell which verdicts and numbers of two folders of reports moved, and what moved them."""
    from edu_metrics.batch.manifest import differences

    rows = list(differences(old, new))
    print_rows(rows, shape, ("study", "area", "target", "what", "old", "new", "moved_by"))
    verdicts = sum(row["what"] == "verdict" for row in rows)
    areas = len({(row["study"], row["area"]) for row in rows})
    sys.stderr.write(f"{verdicts} verdicts and {len(rows) - verdicts} other values moved")
    sys.stderr.write(f" in {areas} areas\n")
