"""What every verb needs: options, how definitions are loaded, and how results are printed."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import json
import os
import signal
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn, TextIO, TypeAlias, TypeVar

import typer
from typer import Argument, Option

from edu_metrics.errors import EduMetricsError, require_extra
from edu_metrics.limits import FIRST_DAY, LAST_DAY, inert, is_day

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from edu_metrics.batch import Outcome
    from edu_metrics.catalog import Catalog, Study
    from edu_metrics.on_frames.studies import Opened

app = typer.Typer(
    name="edu-metrics",
    help="Find out whether the numbers that an education plan promises can be kept.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FAULT, USAGE, INTERRUPTED = 1, 2, 130

#: Values of options that may be left out.
Text: TypeAlias = str | None
Texts: TypeAlias = list[str] | None
Number: TypeAlias = int | None
Numbers: TypeAlias = list[float] | None
File: TypeAlias = Path | None


#: How results are printed, and the languages whose texts come with the package.
Format = Literal["table", "json"]
Lang = Literal["zh", "en"]

Root = Annotated[File, Option("--root", help="Project folder with its own data/definitions.")]
StudyName = Annotated[str, Argument(help="Study id.")]
Studies = Annotated[Texts, Argument(help="Studies; all when left out.")]
AreaName = Annotated[Text, Option(help="Only this area: id, name or alias.")]
TargetName = Annotated[Text, Option(help="Only this target.")]
AsOf = Annotated[Text, Option(help="Another date to judge as of, as YYYY-MM-DD.")]
Shape = Annotated[Format, Option("--format", help="How to print results.")]
Port = Annotated[Number, Option(min=1, max=65535, help="A free one when left out.")]
Browser = Annotated[bool, Option("--browser/--no-browser", help="Open it in a browser.")]
#: How often a log is told how far a batch is. [s]
_EVERY = 300.0
#: Columns of a table that say which row it is.
_IN_ONE_PIECE = ("case",)
#: Columns of probabilities of a target or a plan, and of averages of them.
_CHANCES = ("probability", "joint", "independent", "low", "high")
_AVERAGES = ("mean_probability", "under_model", "model_base")
_Value = TypeVar("_Value")


def stop(error: Exception, status: int) -> NoReturn:
    """Say what went wrong on stderr, and end."""
    sys.stderr.write(inert(f"edu-metrics: {error}\n"))
    sys.exit(status)


def serve_page(serve: Callable[..., int], told: str, lang: str) -> None:
    """Serve a page and print its address; end as Ctrl-C does where that is what stopped it."""
    from edu_metrics.words import say

    def ready(address: str) -> None:
        sys.stdout.write(f"{say(told, lang, address=address)}\n{say('explore.stop', lang)}\n")
        sys.stdout.flush()

    if serve(ready=ready) == signal.SIGINT:
        raise typer.Exit(INTERRUPTED)


@contextlib.contextmanager
def usage() -> Iterator[None]:
    """Turn a name that does not exist into a usage fault."""
    try:
        yield
    except EduMetricsError as error:
        stop(error, USAGE)


def day_of(option: str, given: str | None) -> dt.date | None:
    """Read a date that an option gives, or stop."""
    if given is None:
        return None
    with contextlib.suppress(ValueError):
        if is_day(day := dt.date.fromisoformat(given)):
            return day
    expected = f"expected a date such as 2024-03-01, from {FIRST_DAY} to {LAST_DAY}"
    stop(EduMetricsError(f"{option}: {expected}, found {given!r}"), USAGE)


def load(root: Path | None) -> Catalog:
    """Load the definitions of a project folder."""
    from edu_metrics.catalog import find_root, load_catalog

    if root is not None and not (root / "data" / "definitions").is_dir():
        message = f"--root {root}: expected a folder that holds data/definitions"
        stop(EduMetricsError(message), USAGE)
    with usage():
        folder = root or find_root()
    return load_catalog(folder)


def studies_of(catalog: Catalog, names: list[str] | None) -> list[Study]:
    """Resolve the names of studies; all of them where none is named."""
    with usage():
        return [catalog.study(name) for name in dict.fromkeys(names or catalog.studies)]


def one_a_table(studies: Iterable[Study]) -> Iterable[Study]:
    """Give one study for each table: the runs of a study share its own."""
    from edu_metrics.catalog import study_file

    tables: dict[str, Study] = {}
    for study in studies:
        tables.setdefault(study_file(study.id), study)
    return tables.values()


def asked_for(
    catalog: Catalog,
    study: str,
    area: str | None = None,
    target: str | None = None,
    as_of: str | None = None,
) -> Opened:
    """Find what a command was asked for; a name that does not exist is a usage error."""
    from edu_metrics.on_frames.studies import open_study

    day = day_of("--as-of", as_of)
    with usage():
        opened = open_study(study, catalog, areas=area, targets=target, as_of=day)
    require_extra("reports", "pyarrow")
    return opened


def named(
    option: str, given: Iterable[str] | None, read: Callable[[str], _Value], what: str
) -> dict[str, _Value]:
    """Read an option that is given as NAME=VALUE, once or several times, or stop."""
    found, faults = {}, []
    for text in given or ():
        name, _, value = (part.strip() for part in text.partition("="))
        if name in found:
            faults.append(f"{text!r}: {name} is given twice")
        try:
            found[name] = read(value)
        except ValueError:
            name = ""
        if not (name and value):
            faults.append(f"{text!r}: expected a name and {what}")
    if faults:
        stop(EduMetricsError(f"{option}: expected NAME=VALUE", faults), USAGE)
    return found


def table_of(catalog: Catalog, study: Study) -> pd.DataFrame:
    """Give a study's observations, built where they are missing or old."""
    require_extra("reports", "pyarrow")
    from edu_metrics.report.tables import current_table

    return current_table(catalog, study)


def open_streams() -> None:
    """Make stdout and stderr take every word in any encoding, and where they are closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # or the next file that is opened would take its place
            os.open(os.devnull, os.O_RDWR)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            # As stderr does from the start: what an encoding lacks is written \u6d77.
            stream.reconfigure(errors="backslashreplace")


def _as_json(content: Any, indent: int | None = None) -> str:
    """Write as JSON; what a terminal would obey, or the encoding lacks, is escaped."""
    whole = "utf" in (sys.stdout.encoding or "").lower()
    text = json.dumps(content, ensure_ascii=not whole, indent=indent, allow_nan=False)
    return inert(text, lambda found: f"\\u{ord(found[0]):04x}")


def print_json(content: Any) -> None:
    """Print plain data for machines."""
    sys.stdout.write(_as_json(content, indent=1) + "\n")


def print_rows(rows: Iterable[dict[str, Any]], shape: Format, columns: tuple[str, ...]) -> None:
    """Print rows as JSON, one by one as they come, or some of their columns as a table."""
    if shape == "json":
        _print_json_rows(rows)
        return
    cells = [[_cell(row[column], column) for column in columns] for row in rows]
    _print_table(columns, cells, sys.stdout)


def _print_json_rows(rows: Iterable[dict[str, Any]]) -> None:
    """Print a list of rows, a row a line, without holding it."""
    before = "[\n"
    for row in rows:
        sys.stdout.write(before + _as_json(row))
        before = ",\n"
    sys.stdout.write("\n]\n" if before.startswith(",") else "[]\n")


def _print_table(heads: Sequence[str], rows: Sequence[Sequence[str]], stream: TextIO) -> None:
    """Fit a table to a terminal; elsewhere each row is one line, whole, and quickly written."""
    rows = [[inert(cell) for cell in row] for row in rows]
    if not stream.isatty():
        stream.write(aligned([heads, *rows]))
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in heads:
        # What is too long for its column goes on below; what a row is stays in one piece.
        table.add_column(column, overflow="fold", no_wrap=column in _IN_ONE_PIECE)
    for row in rows:
        table.add_row(*row)
    console_on(stream).print(table)


def aligned(rows: Sequence[Sequence[str]]) -> str:
    """
    Put cells one below the other, a row a line and two blanks between columns.

    Examples
    --------
    >>> print(aligned([["area", "gap"], ["海勃湾区", "2.5"], ["x", ""]]))
    area      gap
    海勃湾区  2.5
    x
    <BLANKLINE>
    """
    lines = [[" ".join(cell.split()) for cell in row] for row in rows]
    widths = [max(map(_places, column)) for column in zip(*lines, strict=True)]
    return "".join(
        "  ".join(
            cell + " " * (width - _places(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        + "\n"
        for line in lines
    )


def _places(text: str) -> int:
    """Count the places that a text takes: a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


def console_on(stream: TextIO) -> Console:
    """Print words as they are: a bracket in a quote or an error is no markup."""
    from rich.console import Console

    width = None if stream.isatty() else 160
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False)


def _cell(value: Any, column: str = "") -> str:
    if value is None:
        return ""
    if column in _CHANCES and isinstance(value, float):
        from edu_metrics.reachability import chance

        return chance(value, "en")
    if column in _AVERAGES and isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, float):
        return f"{value:.4g}" if abs(value) < 10_000 else f"{value:.0f}"
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return str(value)


def pace(done: int, number: int, seconds: float) -> tuple[str, str]:
    """
    Say how fast a batch is and how long it will go on, by what it has done so far.

    Examples
    --------
    >>> pace(30, 3000, 60)
    ('30 a minute', '1 h 39 min left')
    """
    if not done or seconds <= 0:
        return "", ""
    rate = 60 * done / seconds
    shown = f"{rate:.0f}" if rate >= 10 else f"{rate:.2g}"
    left = round(seconds * (number - done) / done)
    hours, minutes = divmod(round(left / 60), 60)
    told = f"{left} s"
    if left >= 60:
        told = f"{hours} h {minutes:02} min" if hours else f"{minutes} min"
    return f"{shown} a minute", f"{told} left"


def progress(
    outcomes: Iterable[Outcome], number: int, clock: Callable[[], float] = time.monotonic
) -> Iterator[Outcome]:
    """
    Show how far a batch is on stderr, with rate and time left; name a failure at once.

    A terminal has one bar; a log has a line every few minutes.
    """
    from rich import progress as rich_progress

    console = console_on(sys.stderr)
    counted = (rich_progress.BarColumn(), rich_progress.MofNCompleteColumn())
    columns = ("reports", *counted, "{task.description}")
    hidden = not console.is_terminal
    with rich_progress.Progress(*columns, console=console, disable=hidden) as bar:
        task = bar.add_task("", total=number)
        failures = 0
        begun = told = clock()
        for done, outcome in enumerate(outcomes, start=1):
            if outcome.status == "failed":
                failures += 1
                cell = "" if outcome.cell is None else f"cell {outcome.cell}: "
                failed = inert(f"failed: {outcome.name}: {cell}{outcome.error}")
                console.print(failed, soft_wrap=True)
            now = clock()
            rate, left = pace(done, number, now - begun)
            failed = f"{failures} failed" if failures else ""
            bar.update(task, advance=1, description=f"{rate} {left} {failed}")
            if hidden and now - told >= _EVERY:
                told = now
                ended = f"{done - failures} made, {failures} failed"
                console.print(f"{done} of {number} reports: {ended}; {rate}, {left}")
            yield outcome


def print_failures(failed: list[tuple[str, Outcome]]) -> None:
    """Name the reports that failed, each with the cell and the error."""
    if not failed:
        return
    rows = [
        (name, outcome.name, "" if outcome.cell is None else str(outcome.cell), outcome.error or "")
        for name, outcome in failed
    ]
    _print_table(("study", "report", "cell", "error"), rows, sys.stderr)


def print_totals(results: list[tuple[str, Outcome]]) -> None:
    """Say of each study how many reports were made, stood or failed, and what one took."""
    rows = []
    for study in dict.fromkeys(name for name, _ in results):
        mine = [outcome for name, outcome in results if name == study]
        counts = [sum(o.status == s for o in mine) for s in ("made", "unchanged", "failed")]
        took = [outcome.seconds for outcome in mine if outcome.status == "made"]
        mean = f"{sum(took) / len(took):.1f}" if took else ""
        rows.append((study, *(str(count) for count in counts), mean))
    _print_table(("study", "made", "unchanged", "failed", "seconds a report"), rows, sys.stderr)
