"""Verbs that make and take tables: build, simulate, new, intake, template, seal, aggregate."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Argument, Option

from edu_metrics.cli.common import (
    USAGE,
    File,
    Lang,
    Number,
    Root,
    Studies,
    StudyName,
    Text,
    Texts,
    app,
    asked_for,
    day_of,
    load,
    named,
    one_a_table,
    print_rows,
    stop,
    studies_of,
    usage,
)
from edu_metrics.cli.definitions import tell_findings
from edu_metrics.errors import DataError, EduMetricsError, ReportError, require_extra

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog
    from edu_metrics.observations.intake import Mapping, TakenIn


@app.command()
def intake(
    files: Annotated[list[Path], Argument(help="Tables: .xlsx, .xls, .csv, .tsv, .parquet.")],
    study: Annotated[str, Option(help="Study that they are for.")],
    mapping: Annotated[File, Option(help="YAML file that tells what the tables do not.")] = None,
    source: Annotated[Text, Option(help="Source of all figures.")] = None,
    published: Annotated[Text, Option(help="Day of their publication, such as 2024-03-01.")] = None,
    encoding: Annotated[Text, Option(help="Encoding of text files.")] = None,
    dry_run: Annotated[bool, Option("--dry-run", help="Print, and write nothing.")] = False,
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
            print_rows(rows, "table", columns)
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
    day = day_of("--published", published)
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
    study: StudyName,
    out: Annotated[Path, Option(help="Workbook to write, .xlsx.")],
    area: Annotated[Text, Option(help="Only this area of the study.")] = None,
    lang: Annotated[Text, Option(help="Language; the study's first.")] = None,
    root: Root = None,
) -> None:
    """Write a workbook that asks for exactly the figures that are missing."""
    from edu_metrics.files import write_whole_files
    from edu_metrics.observations.intake import write_template
    from edu_metrics.words import require_language

    require_extra("tables", "openpyxl")
    if out.suffix.lower() != ".xlsx":
        stop(EduMetricsError(f"--out {out}: expected a file .xlsx"), USAGE)
    catalog = load(root)
    opened = asked_for(catalog, study, area)
    lang = lang or opened.study.languages[0]
    with usage():
        require_language(lang)
    missing = {
        item
        for one in opened.assessed(numeric=False)
        for item in one.missing
        if not opened.store.withheld([item])  # what is there and not for release isn't asked for
    }
    content = write_template(catalog, opened.study, missing, lang)
    if out.exists():  # filled in, perhaps
        message = f"--out {out}: is there already, and would be overwritten; name another file"
        stop(EduMetricsError(message), USAGE)
    write_whole_files({out: content})
    sys.stdout.write(f"{out}: {len(missing)} figures to ask for\n")


@app.command()
def seal(
    files: Annotated[list[Path], Argument(help="Raw files that were edited on purpose.")],
) -> None:
    """Seal raw files anew that were edited on purpose."""
    from edu_metrics.observations.raw_files import seal as seal_files

    sealed = seal_files(files)
    for path in files:
        said = "sealed anew" if path in sealed else "its seal holds already"
        sys.stdout.write(f"{path}: {said}\n")


@app.command()
def new(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder to make.")],
    lang: Annotated[Lang, Option(help="Language of comments and reports.")] = "zh",
    table: Annotated[File, Option("--from", help="Use areas and numbers of this table.")] = None,
    invented: Annotated[bool, Option("--invented", help="The table is invented.")] = False,
) -> None:
    """Make a small project of your own, which inherits the definitions that it uses."""
    from edu_metrics.simulation import new_project

    try:
        made = new_project(folder, lang=lang, table=table, invented=invented)
    except ReportError as error:
        stop(error, USAGE)
    for path in made:
        sys.stdout.write(f"{path.as_posix()}\n")
    steps = "\n".join(f"    edu-metrics {verb} --root {folder}" for verb in ("check", "report"))
    sys.stderr.write(f"{len(made)} files. Go on with\n{steps}\n")


@app.command()
def aggregate(
    files: Annotated[list[Path], Argument(help="Parquet or CSV files, a row a pupil.")],
    area: Annotated[str, Option(help="Column of the school or other area.")],
    year: Annotated[str, Option(help="Column of the year.")],
    count: Annotated[
        list[str],
        Option(help="Whole first: tested=score, passing='score >= 60'."),
    ],
    to: Annotated[Path, Option(help="CSV file to write.")],
    by: Annotated[Texts, Option(help="Further columns of a cell: grade, group.")] = None,
    at_least: Annotated[int, Option(min=1, help="Suppress cells of fewer persons.")] = 10,
    part_at_least: Annotated[
        int, Option(min=1, help="Suppress counts that fewer make or miss.")
    ] = 3,
    source: Annotated[Text, Option(help="Write a raw file of this source for a study.")] = None,
    published: Annotated[Text, Option(help="Day when that was published, YYYY-MM-DD.")] = None,
    memory: Annotated[int, Option(min=64, help="Memory to take. [MB]")] = 512,
    threads: Annotated[int, Option(min=1, help="Threads to count with.")] = 2,
    root: Root = None,
) -> None:
    """Count the pupils of score or screening files by school, year, grade and group."""
    from edu_metrics.observations import aggregate as counted
    from edu_metrics.observations import write_counts, write_raw_counts

    conditions = named("--count", count, str, "a condition, such as passing='score>=60'")
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


@app.command()
def build(
    studies: Studies = None,
    root: Root = None,
) -> None:
    """Build the tables of studies from raw files and definitions, where they don't stand."""
    require_extra("reports", "pyarrow")
    from edu_metrics.observations import read_processed
    from edu_metrics.report.tables import prepare

    catalog = load(root)
    for study in one_a_table(studies_of(catalog, studies)):
        path = prepare(catalog, study)
        try:
            table = read_processed(catalog.root, study.id)
        except DataError:  # it was damaged since
            path = prepare(catalog, study, force=True)
            table = read_processed(catalog.root, study.id)
        line = f"{study.id}: {path.relative_to(catalog.root).as_posix()}"
        if study.disclosure.mode == "protected":
            withheld = int((table["status"] == "suppressed").sum())
            line += f"; {withheld:,} of {len(table):,} figures are withheld"
        sys.stdout.write(f"{line}\n")
        tell_findings(catalog, study)


@app.command()
def simulate(
    studies: Annotated[Texts, Argument(help="Simulated studies; all when left out.")] = None,
    districts: Annotated[Number, Option(min=2, help="So many, in a project of their own.")] = None,
    to: Annotated[File, Option(help="Folder of that project.")] = None,
    seed: Annotated[int, Option(help="Seed of that project.")] = 1,
    root: Root = None,
) -> None:
    """Write the invented raw files of simulated studies, or a project of many districts."""
    from edu_metrics.simulation import simulate_districts, simulate_study

    catalog = load(root)
    if districts is not None or to is not None:
        if districts is None or to is None or not studies or len(studies) != 1:
            message = "a project of many districts needs --districts, --to, and one study"
            stop(EduMetricsError(message), USAGE)
        (pattern,) = studies_of(catalog, studies)
        made = simulate_districts(catalog, pattern, to, districts=districts, seed=seed)
        sys.stdout.write(f"{made}\n")
        return
    for study in studies_of(catalog, studies):
        if study.simulated or studies:
            for path in simulate_study(catalog, study):
                sys.stdout.write(f"{path.relative_to(catalog.root).as_posix()}\n")
