"""Verbs over the public functions; no logic here. Results go to stdout, all else to stderr."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import signal
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

from edu_metrics.errors import DefinitionError, EduMetricsError

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from edu_metrics.catalog import Catalog, Study
    from edu_metrics.reporting import Outcome

__all__ = ["app", "run"]

app = typer.Typer(
    name="edu-metrics",
    help="Find out whether the numbers that an education plan promises can be kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FAULT, USAGE, INTERRUPTED = 1, 2, 130


class Format(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"


class AuditFormat(StrEnum):
    """How an audit is printed."""

    TABLE = "table"
    JSON = "json"
    MARKDOWN = "markdown"


class Lang(StrEnum):
    """Languages."""

    ZH = "zh"
    EN = "en"


Root = Annotated[
    Path | None, typer.Option("--root", help="Project folder with its own data/definitions.")
]
Shape = Annotated[Format, typer.Option("--format", help="How to print results.")]


def run() -> None:
    """Run the command line; a user's mistake ends in one message and an exit status."""
    try:
        app()
    except (EduMetricsError, OSError) as error:
        _stop(error, FAULT)
    except (KeyboardInterrupt, SystemExit) as end:
        # Typer turns Ctrl-C into an exit with this status.
        if isinstance(end, SystemExit) and end.code != INTERRUPTED:
            raise
        sys.stderr.write("edu-metrics: interrupted; what was made so far stands\n")
        sys.exit(INTERRUPTED)


def _stop(error: Exception, status: int) -> NoReturn:
    sys.stderr.write(f"edu-metrics: {error}\n")
    sys.exit(status)


@contextlib.contextmanager
def _usage() -> Iterator[None]:
    """Turn a name that does not exist into a usage fault."""
    try:
        yield
    except EduMetricsError as error:
        _stop(error, USAGE)


def _load(root: Path | None) -> Catalog:
    from edu_metrics.catalog import find_root, load_catalog

    if root is not None and not (root / "data" / "definitions").is_dir():
        message = f"--root {root}: expected a folder that holds data/definitions"
        _stop(EduMetricsError(message), USAGE)
    with _usage():
        folder = root or find_root()
    return load_catalog(folder)


def _studies(catalog: Catalog, names: list[str] | None) -> list[Study]:
    with _usage():
        return [catalog.study(name) for name in dict.fromkeys(names or catalog.studies)]


def _asked(
    catalog: Catalog, study: str, area: str | None, target: str | None
) -> tuple[Study, tuple[str, ...] | None, tuple[str, ...] | None]:
    """Resolve a study and, where they are named, one of its areas and one of its targets."""
    from edu_metrics.catalog import nearest

    with _usage():
        entry = catalog.study(study)
        areas = (catalog.study_area(entry, area).id,) if area else None
        known = [item.id for item in catalog.plan(entry.plan).targets]
        if target is not None and target not in known:
            offer = nearest(target, known)
            raise EduMetricsError(f"plan {entry.plan!r} has no target {target!r}{offer}")
    return entry, areas, (target,) if target else None


def _table(catalog: Catalog, study: Study) -> pd.DataFrame:
    """Give a study's observations, built where they are missing or old."""
    from edu_metrics.observations import read_processed
    from edu_metrics.reporting import prepare

    prepare(catalog, study)
    return read_processed(catalog.root, study.id)


def _print(rows: list[dict[str, Any]], shape: Format, columns: tuple[str, ...]) -> None:
    if shape is Format.JSON:
        sys.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        return
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    _console(sys.stdout).print(table)


def _console(stream: TextIO) -> Console:
    """Print words as they are: a bracket in a quote or an error is no markup."""
    from rich.console import Console

    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return str(value)


@app.command()
def check(root: Root = None) -> None:
    """Load all definitions and report every fault in them."""
    catalog = _load(root)
    numeric = sum(target.numeric for plan in catalog.plans.values() for target in plan.targets)
    targets = sum(len(plan.targets) for plan in catalog.plans.values())
    sys.stdout.write(
        f"{len(catalog.plans)} plans with {targets} targets ({numeric} numeric), "
        f"{len(catalog.indicators)} indicators, {len(catalog.quantities)} quantities, "
        f"{len(catalog.areas)} areas, {len(catalog.sources)} sources, "
        f"{len(catalog.assumptions)} assumptions, {len(catalog.studies)} studies: sound\n"
    )


@app.command()
def targets(
    plan: Annotated[str | None, typer.Option(help="Only this plan.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List every target with its words."""
    catalog = _load(root)
    with _usage():
        plans = [catalog.plan(plan)] if plan else list(catalog.plans.values())
    rows = [
        {
            "id": target.id,
            "plan": entry.id,
            "article": target.article,
            "indicator": target.indicator,
            "kind": target.kind,
            "areas": list(target.areas),
            "deadline": target.deadline,
            "quote": target.quote,
            "locator": target.locator,
            "readings": [reading.id for reading in target.readings],
            "default_reading": target.default_reading.id if target.default_reading else None,
            "numeric": target.numeric,
        }
        for entry in plans
        for target in entry.targets
    ]
    _print(rows, shape, ("plan", "id", "kind", "indicator", "deadline", "quote", "locator"))


@app.command()
def audit(
    plan: Annotated[str, typer.Argument(help="Plan id.")],
    shape: Annotated[AuditFormat, typer.Option("--format", help="How to print.")] = (
        AuditFormat.TABLE
    ),
    lang: Annotated[Lang, typer.Option(help="Language of table and Markdown.")] = Lang.ZH,
    root: Root = None,
) -> None:
    """Hold a plan's numbers against each other and list what was found."""
    from edu_metrics.plan_audit import as_rows
    from edu_metrics.reporting import audit_plan
    from edu_metrics.words import say

    catalog = _load(root)
    with _usage():
        entry = catalog.plan(plan)
    rows = as_rows(audit_plan(catalog, entry))
    if shape is AuditFormat.JSON:
        content = {"plan": entry.id, "findings": rows}
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        sys.stdout.write(text + "\n")
        return
    heads = [say(f"audit.{key}", lang) for key in ("severity", "kind", "finding")]
    told = [
        (
            say(f"audit.severity_{row['severity']}", lang),
            say(f"audit.kind_{row['kind']}", lang),
            row[f"message_{lang}"],
        )
        for row in rows
    ]
    if shape is AuditFormat.MARKDOWN:
        lines = [f"- **{severity}** ({kind}) {message}" for severity, kind, message in told]
        shown = lines or [say("audit.nothing", lang)]
        sys.stdout.write("\n".join([f"# {entry.title.in_(lang)}", "", *shown]) + "\n")
        return
    _print([dict(zip(heads, row, strict=True)) for row in told], Format.TABLE, tuple(heads))


@app.command()
def reference(
    name: Annotated[
        str | None, typer.Argument(metavar="[CLASS]", help="Class to show; all are listed without.")
    ] = None,
    build: Annotated[
        list[str] | None,
        typer.Option(help="Make a table from this panel: a CSV file, or package:path/in/it."),
    ] = None,
    new: Annotated[str, typer.Option("--id", help="Id of a class that is made anew.")] = "new",
    indicator: Annotated[
        list[str] | None, typer.Option(help="Only this panel of the files (class made anew).")
    ] = None,
    falling: Annotated[
        bool, typer.Option("--falling", help="Less is better (class made anew).")
    ] = False,
    breaks: Annotated[
        list[int] | None, typer.Option("--break", help="First year of another way to measure.")
    ] = None,
    first: Annotated[int | None, typer.Option("--from", help="First year to take.")] = None,
    last: Annotated[int | None, typer.Option("--to", help="Last year to take.")] = None,
    out: Annotated[Path | None, typer.Option(help="File to write; stdout when left out.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """List reference classes, show one, or make its table from panel files."""
    from edu_metrics.catalog import ErrorTable
    from edu_metrics.trajectories.reference_files import made_as_yaml
    from edu_metrics.trajectories.reference_tables import class_rows, error_rows, table_rows

    if build:
        known = None
        if name is not None:
            with _usage():
                known = _load(root).reference(name)
        text = made_as_yaml(
            build,
            known=known,
            class_id=new,
            indicators=indicator or (),
            falling=falling,
            breaks=breaks or (),
            first_year=first,
            last_year=last,
        )
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8", newline="\n")
        return
    catalog = _load(root)
    if name is None:
        rows = class_rows(catalog)
        _print(rows, shape, ("id", "kind", "windows", "series", "years", "made", "provenance"))
        return
    with _usage():
        entry = catalog.reference(name)
    if shape is Format.JSON:
        text = json.dumps(entry.model_dump(mode="json"), ensure_ascii=False, indent=1)
        sys.stdout.write(text + "\n")
        return
    if isinstance(entry, ErrorTable):
        lines = error_rows(entry)
        _print(lines, shape, tuple(lines[0]))
        return
    columns = ("band", "years", "windows", "series", "p05", "p50", "p95", "kept 3", "kept 5")
    _print(table_rows(entry), shape, (*columns, "share of 5", "interval", "fastest"))


@app.command()
def build(
    studies: Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")] = None,
    root: Root = None,
) -> None:
    """Build the tables of studies from raw files and definitions."""
    from edu_metrics.reporting import prepare

    catalog = _load(root)
    for study in _studies(catalog, studies):
        path = prepare(catalog, study, force=True)
        sys.stdout.write(f"{study.id}: {path.relative_to(catalog.root).as_posix()}\n")


@app.command()
def simulate(
    studies: Annotated[
        list[str] | None, typer.Argument(help="Simulated studies; all when left out.")
    ] = None,
    districts: Annotated[
        int | None, typer.Option(min=2, help="Instead: a project of so many invented districts.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder of that project.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of that project.")] = 1,
    root: Root = None,
) -> None:
    """Write the invented raw files of simulated studies, or a project of many districts."""
    from edu_metrics.simulation import simulate_districts, simulate_study

    catalog = _load(root)
    if districts is not None or to is not None:
        if districts is None or to is None or not studies or len(studies) != 1:
            message = "a project of many districts needs --districts, --to, and one study"
            _stop(EduMetricsError(message), USAGE)
        (pattern,) = _studies(catalog, studies)
        made = simulate_districts(catalog, pattern, to, districts=districts, seed=seed)
        sys.stdout.write(f"{made}\n")
        return
    for study in _studies(catalog, studies):
        if study.simulated or studies:
            for path in simulate_study(catalog, study):
                sys.stdout.write(f"{path.relative_to(catalog.root).as_posix()}\n")


@app.command()
def assess(
    study: Annotated[str, typer.Argument(help="Study id.")],
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Judge as of another date.")
    ] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Judge targets in areas: verdict, probability, gap, pace and what is missing."""
    from edu_metrics.reachability import assess as assess_study
    from edu_metrics.reporting import as_row

    catalog = _load(root)
    entry, areas, targets = _asked(catalog, study, area, target)
    table = _table(catalog, entry)
    if as_of is not None:
        entry = entry.model_copy(update={"as_of": as_of.date()})
    found = assess_study(catalog, entry, table, areas=areas, targets=targets)
    columns = ("area", "target", "verdict", "probability", "interval", "gap", "required_pace")
    _print([as_row(item) for item in found], shape, (*columns, "year_reached"))


class Engine(StrEnum):
    """How the cells of a report are run."""

    FORK = "fork"
    KERNEL = "kernel"


_LIMIT = "limit of a report (0: none)"


@app.command()
def score(
    summaries: Annotated[
        list[Path], typer.Argument(help="summary.json of reports, or output of assess in JSON.")
    ],
    as_of: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Hold against this day.")
    ] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Hold earlier forecasts against what has come since: Brier score, coverage, reliability."""
    from edu_metrics.reporting import score_as_data, score_files, score_tables

    catalog = _load(root)
    with _usage():
        absent = [str(path) for path in summaries if not path.is_file()]
        if absent:
            raise EduMetricsError("expected files of earlier assessments", absent)
    try:
        found = score_files(catalog, summaries, as_of=as_of.date() if as_of else None)
    except DefinitionError as error:  # a name that does not exist
        _stop(error, USAGE)
    content = score_as_data(found)
    if shape is Format.JSON:
        text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        sys.stdout.write(text + "\n")
        return
    tables = score_tables(content)
    for rows in tables.values():
        _print(rows, shape, tuple(rows[0]))
        sys.stdout.write("\n")
    if not tables:
        sys.stdout.write("no forecast in these files\n")


@app.command()
def scenarios(
    study: Annotated[str, typer.Argument(help="Study id.")],
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    scenario: Annotated[
        list[str] | None, typer.Option(help="Only this scenario; may be given several times.")
    ] = None,
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Run scenarios on a study: what each target's series comes to under what is assumed."""
    from edu_metrics.reachability import outcome_row, run_scenarios

    catalog = _load(root)
    entry, areas, targets = _asked(catalog, study, area, target)
    with _usage():
        named = tuple(catalog.scenario(name).id for name in scenario or ()) or None
    table = _table(catalog, entry)
    found = run_scenarios(catalog, entry, table, scenarios=named, areas=areas, targets=targets)
    columns = ("area", "target", "scenario", "reading", "case", "start", "end", "met")
    _print([outcome_row(item) for item in found], shape, (*columns, "probability", "reason"))


@app.command()
def explore(
    study: Annotated[str | None, typer.Argument(help="Study that is looked at first.")] = None,
    area: Annotated[str | None, typer.Option(help="Area at first: id, name or alias.")] = None,
    target: Annotated[str | None, typer.Option(help="Target at first.")] = None,
    lang: Annotated[Lang, typer.Option(help="Language at first.")] = Lang.ZH,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port; a free one when left out.")
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the page in a browser.")
    ] = True,
    root: Root = None,
) -> None:
    """Try out scenarios with sliders, on a page served on this machine until Ctrl-C."""
    import signal
    import webbrowser

    from edu_metrics.explorer import NOTEBOOK, serve
    from edu_metrics.words import say

    catalog = _load(root)
    given = {"lang": str(lang), "root": str(catalog.root.resolve())}
    if study is not None:
        entry, areas, targets = _asked(catalog, study, area, target)
        given |= {"study": entry.id, "area": (areas or ("",))[0], "target": (targets or ("",))[0]}
    elif area or target:
        _stop(EduMetricsError("--area and --target need a STUDY before them"), USAGE)

    def ready(address: str) -> None:
        told = say("explore.serving", lang, address=address), say("explore.stop", lang)
        sys.stdout.write("\n".join(told) + "\n")
        sys.stdout.flush()
        if browser:
            webbrowser.open(address)

    stopped = serve(catalog.root / NOTEBOOK, given, lang=lang, port=port, ready=ready)
    if stopped == signal.SIGINT:
        raise typer.Exit(INTERRUPTED)


@app.command()
def matters(
    study: Annotated[str, typer.Argument(help="Study id.")],
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Say which assumption each answer hangs on, and how far it is from another answer."""
    from edu_metrics.reporting import matters_of_study, matters_row

    catalog = _load(root)
    entry, areas, targets = _asked(catalog, study, area, target)
    found = matters_of_study(catalog, entry, _table(catalog, entry), areas=areas, targets=targets)
    columns = ("area", "target", "model", "middle", "kept", "probability", "verdict")
    _print([matters_row(item) for item in found], shape, (*columns, "changes_first", "at",
                                                           "in_spreads", "reason"))  # fmt: skip


@app.command()
def together(
    study: Annotated[str, typer.Argument(help="Study id.")],
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
) -> None:
    """Take a plan as a whole: how many targets may be met, and how likely all are at once."""
    from edu_metrics.reporting import together_of_study, together_row

    catalog = _load(root)
    entry, areas, _ = _asked(catalog, study, area, None)
    found = together_of_study(catalog, entry, _table(catalog, entry), areas=areas)
    columns = ("area", "probable", "expected", "interval", "joint", "independent", "low", "high")
    _print([together_row(item) for item in found], shape, (*columns, "lost", "lowest", "weakest"))


@app.command()
def backtest(
    panel: Annotated[Path, typer.Argument(help="CSV of area, year, value (plain or .gz).")],
    horizons: Annotated[str, typer.Option(help="Years ahead, with commas.")] = "1,2,3",
    events: Annotated[str, typer.Option(help="Gains asked for, in points, with commas.")] = "5,10",
    slow: Annotated[bool, typer.Option("--slow", help="Also models fitted one by one.")] = False,
    shape: Shape = Format.TABLE,
) -> None:
    """Back-test the models on a panel: errors, coverage, probabilities, by horizon."""
    from edu_metrics.reporting import (
        backtest_notes,
        backtest_rows,
        backtest_table,
        numbers_of,
    )
    from edu_metrics.trajectories import backtest as run_backtest
    from edu_metrics.trajectories import read_panels

    with _usage():
        years = numbers_of("--horizons", horizons, whole=True)
        gains = numbers_of("--events", events)
    panels = read_panels(panel)
    scores = run_backtest(panels, horizons=[int(one) for one in years], gains=gains, slow=slow)
    rows = backtest_rows(scores) if shape is Format.JSON else backtest_table(scores)
    _print(rows, shape, tuple(rows[0]))
    for told in backtest_notes(scores):
        sys.stderr.write(f"{told}\n")


@app.command()
def report(
    studies: Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")] = None,
    area: Annotated[str | None, typer.Option(help="Only this area: id, name or alias.")] = None,
    lang: Annotated[str | None, typer.Option(help="Only this language: zh or en.")] = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", min=1, help="Reports at the same time; all usable cores."),
    ] = None,
    first: Annotated[int | None, typer.Option(min=1, help="Only so many areas.")] = None,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Also compare each area's scenarios.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Folder of all reports.")] = None,
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
    from edu_metrics.reporting import How, Limits, make_reports, plan_jobs, plan_reports

    catalog = _load(root)
    folder = (out or catalog.root / "reports").resolve()
    chosen = _studies(catalog, studies)
    with _usage():
        for study in chosen:
            plan_jobs(catalog, study, folder, area=area, lang=lang, first=first)
    asked: dict[str, Any] = {"area": area, "lang": lang, "first": first, "scenarios": scenarios}
    names = [study.id for study in chosen]
    if dry_run:
        rows = [
            {"study": found.study.id, "report": found.job.name, "why": ", ".join(found.why)}
            for found in plan_reports(catalog, names, out=folder, force=force, **asked)
        ]
        _print([row for row in rows if row["why"]], Format.TABLE, ("study", "report", "why"))
        made = sum(bool(row["why"]) for row in rows)
        sys.stdout.write(f"{made} of {len(rows)} reports would be made\n")
        return
    limits = Limits(cell_timeout or None, timeout or None, memory or None)
    how = How(jobs, engine and str(engine), limits, force, scheduler)
    with _stopped_by_terminate():
        results = make_reports(catalog, names, out=folder, how=how, progress=_progress, **asked)
    failed = [(name, outcome) for name, outcome in results if outcome.status == "failed"]
    _print_failures(failed)
    _print_totals(results)
    made = sum(outcome.status == "made" for _, outcome in results)
    same = len(results) - made - len(failed)
    unchanged = f", {same} unchanged" if same else ""
    sys.stdout.write(
        f"{made} of {len(results)} reports made{unchanged}; open {folder / 'index.html'}\n"
    )
    if failed:
        raise typer.Exit(FAULT)


@contextlib.contextmanager
def _stopped_by_terminate() -> Iterator[None]:
    """Let SIGTERM, which a scheduler sends before it kills, do what Ctrl-C does."""

    def stop(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    try:
        older = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, older)


def _progress(outcomes: Iterable[Outcome], number: int) -> Iterator[Outcome]:
    """Show one bar for the batch on stderr, with rate and time left; name a failure at once."""
    from rich import progress as rich_progress

    console = _console(sys.stderr)
    columns = (
        rich_progress.TextColumn("reports"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TextColumn("{task.fields[rate]}"),
        rich_progress.TimeRemainingColumn(),
        rich_progress.TextColumn("{task.fields[failed]}"),
    )
    hidden = not console.is_terminal
    with rich_progress.Progress(*columns, console=console, disable=hidden) as bar:
        task = bar.add_task("", total=number, rate="", failed="")
        failures = 0
        for outcome in outcomes:
            if outcome.status == "failed":
                failures += 1
                cell = "" if outcome.cell is None else f"cell {outcome.cell}: "
                console.print(f"failed: {outcome.name}: {cell}{outcome.error}", soft_wrap=True)
            speed = bar.tasks[0].speed
            rate = f"{60 * speed:.0f} a minute" if speed else ""
            told = f"{failures} failed" if failures else ""
            bar.update(task, advance=1, rate=rate, failed=told)
            yield outcome


def _print_failures(failed: list[tuple[str, Outcome]]) -> None:
    if not failed:
        return
    from rich.table import Table

    table = Table("study", "report", "cell", "error", box=None, pad_edge=False)
    for name, outcome in failed:
        cell = "" if outcome.cell is None else str(outcome.cell)
        table.add_row(name, outcome.name, cell, outcome.error or "")
    _console(sys.stderr).print(table)


def _print_totals(results: list[tuple[str, Outcome]]) -> None:
    """Say of each study how many reports were made, stood or failed, and what one took."""
    from rich.table import Table

    titles = ("study", "made", "unchanged", "failed", "seconds a report")
    table = Table(*titles, box=None, pad_edge=False)
    for study in dict.fromkeys(name for name, _ in results):
        mine = [outcome for name, outcome in results if name == study]
        counts = [sum(o.status == s for o in mine) for s in ("made", "unchanged", "failed")]
        took = [outcome.seconds for outcome in mine if outcome.status == "made"]
        mean = f"{sum(took) / len(took):.1f}" if took else ""
        table.add_row(study, *(str(count) for count in counts), mean)
    _console(sys.stderr).print(table)
