"""Rows, totals and progress on the terminal."""

from __future__ import annotations

import io
import json
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from edu_metrics.cli.common import Format
from edu_metrics.limits import inert

if TYPE_CHECKING:
    from rich.console import Console

    from edu_metrics.batch import Outcome


#: How often a log is told how far a batch is. [s]
_EVERY = 300.0


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
    if shape is Format.JSON:
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


#: Columns that say which row it is.
_IN_ONE_PIECE = ("case",)
#: Columns of probabilities of a target or a plan, and of averages of them.
_CHANCES = ("probability", "joint", "independent", "low", "high")
_AVERAGES = ("mean_probability", "under_model", "model_base")


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
    columns = (
        rich_progress.TextColumn("reports"),
        rich_progress.BarColumn(),
        rich_progress.MofNCompleteColumn(),
        rich_progress.TextColumn("{task.fields[rate]}"),
        rich_progress.TextColumn("{task.fields[left]}"),
        rich_progress.TextColumn("{task.fields[failed]}"),
    )
    hidden = not console.is_terminal
    with rich_progress.Progress(*columns, console=console, disable=hidden) as bar:
        task = bar.add_task("", total=number, rate="", left="", failed="")
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
            bar.update(task, advance=1, rate=rate, left=left, failed=failed)
            if hidden and now - told >= _EVERY:
                told = now
                counted = f"{done - failures} made, {failures} failed"
                console.print(f"{done} of {number} reports: {counted}; {rate}, {left}")
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
