"""Rows, totals and progress on the terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, TextIO

from edu_metrics.cli.common import Format

if TYPE_CHECKING:
    from rich.console import Console

    from edu_metrics.reporting import Outcome


def print_json(content: Any) -> None:
    """Print plain data for machines."""
    sys.stdout.write(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def print_rows(rows: list[dict[str, Any]], shape: Format, columns: tuple[str, ...]) -> None:
    """Print rows as JSON, or some of their columns as a table."""
    if shape is Format.JSON:
        print_json(rows)
        return
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(_cell(row[column]) for column in columns))
    console_on(sys.stdout).print(table)


def console_on(stream: TextIO) -> Console:
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


def progress(outcomes: Iterable[Outcome], number: int) -> Iterator[Outcome]:
    """Show one bar for the batch on stderr, with rate and time left; name a failure at once."""
    from rich import progress as rich_progress

    console = console_on(sys.stderr)
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


def print_failures(failed: list[tuple[str, Outcome]]) -> None:
    """Name the reports that failed, each with the cell and the error."""
    if not failed:
        return
    from rich.table import Table

    table = Table("study", "report", "cell", "error", box=None, pad_edge=False)
    for name, outcome in failed:
        cell = "" if outcome.cell is None else str(outcome.cell)
        table.add_row(name, outcome.name, cell, outcome.error or "")
    console_on(sys.stderr).print(table)


def print_totals(results: list[tuple[str, Outcome]]) -> None:
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
    console_on(sys.stderr).print(table)
