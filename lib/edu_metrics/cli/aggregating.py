"""The verb aggregate: from rows of pupils to counts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edu_metrics.cli.common import USAGE, Root, app, day_of, load, stop
from edu_metrics.errors import DataError, EduMetricsError

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog


@app.command()
def aggregate(
    files: Annotated[list[Path], typer.Argument(help="Parquet or CSV files, a row a pupil.")],
    area: Annotated[str, typer.Option(help="Column of the school or other area.")],
    year: Annotated[str, typer.Option(help="Column of the year.")],
    count: Annotated[
        list[str],
        typer.Option(help="What to count: tested=score, passing='score >= 60'; the whole first."),
    ],
    to: Annotated[Path, typer.Option(help="CSV file to write.")],
    by: Annotated[
        list[str] | None, typer.Option(help="Further columns of a cell: grade, group.")
    ] = None,
    at_least: Annotated[int, typer.Option(min=1, help="Suppress cells of fewer persons.")] = 10,
    part_at_least: Annotated[
        int, typer.Option(min=1, help="Suppress counts that fewer persons make, or fewer miss.")
    ] = 3,
    source: Annotated[
        str | None,
        typer.Option(help="Write a raw file for a study, of this source; counts are quantities."),
    ] = None,
    published: Annotated[
        str | None, typer.Option(help="Day of publication of that raw file, such as 2022-09-01.")
    ] = None,
    memory: Annotated[int, typer.Option(min=64, help="Memory to take. [MB]")] = 512,
    threads: Annotated[int, typer.Option(min=1, help="Threads to count with.")] = 2,
    root: Root = None,
) -> None:
    """Count the pupils of score or screening files by school, year, grade and group."""
    from edu_metrics.observations import aggregate as counted
    from edu_metrics.observations import write_counts, write_raw_counts

    conditions = _conditions(count)
    catalog = _project(root, source, published, by)
    found = counted(
        files,
        by=[area, year, *(by or ())],
        counts=conditions,
        at_least=at_least,
        part_at_least=part_at_least,
        memory_mb=memory,
        threads=threads,
    )
    if catalog is not None and source and published:
        write_raw_counts(found, to, catalog, source=source, published=published)
    else:
        write_counts(found, to)
    sys.stdout.write(f"{to}\n")
    sys.stderr.write(
        f"{found.rows:,} rows, {len(found.counts):,} cells; {found.suppressed:,} counts of few "
        f"persons are suppressed; {found.without_cell:,} rows lack an area, a year or a group\n"
    )


def _conditions(given: list[str]) -> dict[str, str]:
    conditions, faults = {}, []
    for text in given:
        name, equals, condition = text.partition("=")
        if not (name.strip() and equals and condition.strip()):
            faults.append(f"{text!r}: expected a name and a condition, such as passing='score>=60'")
        conditions[name.strip()] = condition.strip()
    if faults:
        stop(EduMetricsError("--count: expected NAME=CONDITION", faults), USAGE)
    return conditions


def _project(
    root: Path | None, source: str | None, published: str | None, by: list[str] | None
) -> Catalog | None:
    """Load the project that a raw file is for; it has one row an area and year."""
    if source is None and published is None:
        return None
    if source is None or published is None:
        stop(EduMetricsError("a raw file needs --source and --published"), USAGE)
    if by:
        stop(DataError("a raw file has a row an area and year; leave --by out"), USAGE)
    day_of("--published", published)
    return load(root)
