"""Verbs on tables that people bring: intake, template, seal."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edu_metrics.cli.common import USAGE as USAGE_FAULT
from edu_metrics.cli.common import (
    Format,
    Root,
    app,
    asked_for,
    load,
    stop,
    studies_of,
    table_of,
    usage,
)
from edu_metrics.cli.printing import print_rows
from edu_metrics.errors import EduMetricsError, require_extra

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog
    from edu_metrics.observations.intake import Mapping, TakenIn


@app.command()
def intake(
    files: Annotated[list[Path], typer.Argument(help="Tables: .xlsx, .xls, .csv, .tsv, .parquet.")],
    study: Annotated[str, typer.Option(help="Study that they are for.")],
    mapping: Annotated[
        Path | None, typer.Option(help="YAML file that tells what the tables do not.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Source of all figures.")] = None,
    published: Annotated[
        str | None, typer.Option(help="Day of their publication, such as 2024-03-01.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of text files.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be taken in; write nothing.")
    ] = False,
    root: Root = None,
) -> None:
    """Bring tables into a study: read, repaired with a log, stored as they are, and sealed."""
    from edu_metrics.catalog import study_file
    from edu_metrics.observations.intake import take_in

    require_extra("tables", "python_calamine", "openpyxl")
    catalog = load(root)
    (entry,) = studies_of(catalog, [study])
    told = _told(catalog, mapping, source, published, encoding)
    definition = catalog.root / "data" / "definitions" / "studies" / f"{study_file(entry.id)}.yaml"
    before = definition.read_bytes()
    taken = take_in(catalog, entry, files, told, today=dt.date.today(), dry_run=dry_run)
    if not dry_run and any(not one.known for one in taken):
        _build(catalog, entry.id, taken, before)
    for one in taken:
        sys.stdout.write(_line(catalog, one, dry_run))
        if dry_run:
            columns = ("area", "year", "quantity", "value", "lower", "upper", "bound", "status")
            found = one.table[list(columns)].to_dict("records")
            rows = [{str(name): value for name, value in row.items()} for row in found]
            print_rows(rows, Format.TABLE, columns)
            sys.stderr.write(one.log.as_csv())


def _told(
    catalog: Catalog,
    mapping: Path | None,
    source: str | None,
    published: str | None,
    encoding: str | None,
) -> Mapping:
    from edu_metrics.catalog import nearest
    from edu_metrics.observations.intake import Mapping, read_mapping

    told = read_mapping(mapping, catalog) if mapping else Mapping()
    with usage():
        if source is not None and source not in catalog.sources:
            offer = nearest(source, catalog.sources)
            raise EduMetricsError(f"--source: no source {source!r} in sources.yaml{offer}")
    try:
        day = dt.date.fromisoformat(published) if published else None
    except ValueError:
        message = f"--published: expected a date such as 2024-03-01, found {published!r}"
        stop(EduMetricsError(message), USAGE_FAULT)
    return told.with_options(source=source, published=day, encoding=encoding)


def _build(catalog: Catalog, study: str, taken: list[TakenIn], before: bytes) -> None:
    """Build the study's table with the new files; take them back where it can't be."""
    from edu_metrics.observations.intake import undone
    from edu_metrics.report import prepare

    new = [one for one in taken if not one.known]
    try:
        again = load(catalog.root)
        prepare(again, again.study(study), force=True)
    except BaseException:
        undone(catalog, catalog.study(study), new, before)
        raise


def _line(catalog: Catalog, one: TakenIn, dry_run: bool) -> str:
    where = one.stored.relative_to(catalog.root).as_posix()
    if one.known:
        return f"{one.given.name}: is there already as {where}; nothing was added\n"
    verb = "would be taken in" if dry_run else "taken in"
    outside = f"; {one.outside} of areas outside the study" if one.outside else ""
    observations = "observation" if len(one.table) == 1 else "observations"
    return (
        f"{one.given.name}: {len(one.table)} {observations} {verb}{outside}, "
        f"{len(one.log.repairs)} cells repaired or set aside: {where}, {where}.log.csv\n"
    )


@app.command()
def template(
    study: Annotated[str, typer.Argument(help="Study id.")],
    out: Annotated[Path, typer.Option(help="Workbook to write, .xlsx.")],
    area: Annotated[str | None, typer.Option(help="Only this area of the study.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language; the study's first.")] = None,
    root: Root = None,
) -> None:
    """Write a workbook that asks for exactly the figures that are missing."""
    from edu_metrics.observations import MissingInput
    from edu_metrics.observations.atomic_write import write_whole_files
    from edu_metrics.observations.intake import write_template
    from edu_metrics.reachability import assess
    from edu_metrics.words import require_language

    require_extra("tables", "openpyxl")
    if out.suffix.lower() != ".xlsx":
        stop(EduMetricsError(f"--out {out}: expected a file .xlsx"), USAGE_FAULT)
    catalog = load(root)
    entry, areas, _ = asked_for(catalog, study, area, None)
    with usage():
        require_language(lang or entry.languages[0])
    found = assess(catalog, entry, table_of(catalog, entry), areas=areas)
    missing = {
        MissingInput(item.year, item.quantity, item.group, item.area, item.period)
        for one in found
        for item in one.missing
    }
    content = write_template(catalog, entry, missing, lang or entry.languages[0])
    write_whole_files({out: content})
    sys.stdout.write(f"{out}: {len(missing)} figures to ask for\n")


@app.command()
def seal(
    files: Annotated[list[Path], typer.Argument(help="Raw files that were edited on purpose.")],
) -> None:
    """Seal raw files anew that were edited on purpose."""
    from edu_metrics.observations.seals import seal as seal_files

    sealed = seal_files(files)
    for path in files:
        said = "sealed anew" if path in sealed else "its seal holds already"
        sys.stdout.write(f"{path}: {said}\n")
