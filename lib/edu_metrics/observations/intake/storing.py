"""A table that was understood goes into a study: the raw file, its sidecar, its log, the study."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from edu_metrics.catalog import Catalog, FileInput, Source, Study, study_file
from edu_metrics.errors import DataError, number_of
from edu_metrics.files import write_whole_files
from edu_metrics.limits import read_file
from edu_metrics.observations.computing import below
from edu_metrics.observations.intake.figures import read_table, read_typed
from edu_metrics.observations.intake.log import Log
from edu_metrics.observations.intake.mapping import Mapping, made_from
from edu_metrics.observations.intake.workbook import MOST_BYTES, Sheet, printable
from edu_metrics.observations.raw_files import (
    LOG,
    SIDECAR,
    broken_seal,
    read_sidecar,
    sha256_of,
    shown_below,
    sidecar_of,
    with_sidecar,
)
from edu_metrics.observations.table import empty, validate


@dataclass(frozen=True)
class TakenIn:
    """
    What became of one file.

    Attributes
    ----------
    given : Path
        The file that was brought.
    stored : Path
        Where it lies below data/raw.
    table : DataFrame
        Its observations.
    log : Log
        What was done to its cells.
    known : bool
        Whether it was there already.
    outside : int
        Observations of areas that the study does not look at.
    """

    given: Path
    stored: Path
    table: pd.DataFrame
    log: Log
    known: bool = False
    outside: int = 0


def take_in(
    catalog: Catalog,
    study: Study,
    files: Sequence[Path],
    mapping: Mapping | None = None,
    *,
    today: dt.date,
    dry_run: bool = False,
) -> list[TakenIn]:
    """
    Read tables and put them into a study, all of them or none.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    study : Study
        The study that they are for.
    files : sequence of Path
        The tables.
    mapping : Mapping, optional
        What is told of them besides.
    today : date
        The day on which they were brought, for their sidecars.
    dry_run : bool, optional
        Write nothing.

    Returns
    -------
    list of TakenIn
        What became of each.

    Raises
    ------
    DataError
        With all faults of all files; nothing is written then.
    """
    told = mapping or Mapping()
    told = told.with_options(status=told.status or ("simulated" if study.simulated else "reported"))
    taken, faults = [], []
    for path in files:
        try:
            taken.append(_read(catalog, study, path, told))
        except DataError as error:
            faults += [f"{printable(path.name)}: {fault}" for fault in error.faults]
            faults += [] if error.faults else [error.message]
    if faults:
        raise DataError("nothing was taken in", faults)
    new = [one for one in taken if not one.known]
    _validate_together(catalog, new)
    if new and not dry_run:
        _write(catalog, study, new, told, today)
    return taken


def _read(catalog: Catalog, study: Study, path: Path, told: Mapping) -> TakenIn:
    if not path.is_file():
        raise DataError(f"{path}: is not a file")
    content = path.read_bytes()
    same = _already_there(catalog, content)
    if same is not None:
        _refuse_other_words(catalog, path, same, told)
        return TakenIn(path, same, empty(), Log(), known=True)
    intake = read_table(path, content, catalog, told, study.school_year)
    stored = _place(catalog, path, intake.table)
    if stored.exists():
        raise DataError(
            f"{printable(path.name)}: {shown_below(stored, catalog.root)} is there and holds "
            "something else; give the file another name if it is another table, or the date of "
            "its own publication if it is a new edition"
        )
    inside = below(catalog, catalog.expand([*study.areas, *study.compare_with]))
    outside = int((~intake.table["area"].isin(inside)).sum())
    return TakenIn(path, stored, intake.table, intake.log, outside=outside)


def _refuse_other_words(catalog: Catalog, path: Path, stored: Path, told: Mapping) -> None:
    """Refuse to tell of a file that is there already something else than was told of it before."""
    before = read_sidecar(stored)[0]["intake"]
    now = told.model_dump(mode="json", exclude_defaults=True)
    if set(now) > {"status"} and now != before:
        shown = shown_below(stored, catalog.root)
        raise DataError(
            f"{printable(path.name)}: is there already as {shown}, and was told other things of; "
            f"change `intake` in {stored.name}{SIDECAR} and build the study again, or remove "
            "both and bring it in anew"
        )


def _place(catalog: Catalog, path: Path, table: pd.DataFrame) -> Path:
    """Say where a file belongs: below its publisher and the day of its first publication."""
    if table.empty:
        raise DataError(f"{printable(path.name)}: no figure was found in it")
    first = table.sort_values("vintage", kind="stable").iloc[0]
    publisher = _publisher(catalog, catalog.sources[str(first["source"])])
    day = first["vintage"].date().isoformat()
    folder: Path = catalog.root / "data" / "raw" / publisher / day
    return folder / _safe_name(path.name)


def _publisher(catalog: Catalog, source: Source) -> str:
    """Name the folder of a publisher: the one that its files lie in already, or its own name."""
    own = source.publisher.in_("en")
    for path, described in _sidecars(catalog):
        held = catalog.sources.get(str(described.get("source")))
        if held is not None and held.publisher.in_("en") == own:
            return path.parent.parent.name
    words = re.sub(r"[^a-z0-9]+", "_", own.lower()).strip("_")
    return words or source.id


def _safe_name(name: str) -> str:
    return re.sub(r'[\x00-\x1f<>:"|?*\\]', "_", name).lstrip(".") or "table"


def _already_there(catalog: Catalog, content: bytes) -> Path | None:
    """Find the same file below data/raw, brought before."""
    wanted = sha256_of(content)
    for path, described in _sidecars(catalog):
        if described.get("sha256") == wanted and "intake" in described:
            return path
    return None


def _sidecars(catalog: Catalog) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Walk over the raw files of a project and what is noted beside each."""
    for sidecar in sorted((catalog.root / "data" / "raw").glob(f"*/*/*{SIDECAR}")):
        path = sidecar.with_name(sidecar.name.removesuffix(SIDECAR))
        yield path, read_sidecar(path)[0]


def _validate_together(catalog: Catalog, new: Iterable[TakenIn]) -> None:
    tables = [one.table for one in new]
    if tables:
        validate(pd.concat(tables, ignore_index=True), catalog)


# --- writing


def _write(
    catalog: Catalog, study: Study, new: Sequence[TakenIn], told: Mapping, today: dt.date
) -> None:
    contents: dict[Path, bytes] = {}
    for one in new:
        if one.stored in contents:
            raise DataError(f"two files are called {printable(one.given.name)}; rename one")
        content = one.given.read_bytes()
        contents |= with_sidecar(one.stored, content, _described(catalog, one, told, today))
        contents[_log_of(one.stored)] = one.log.as_csv().encode("utf-8-sig")
    definition = catalog.root / "data" / "definitions" / "studies" / f"{study_file(study.id)}.yaml"
    lacking = [path for path in (one.stored for one in new) if not _is_input(catalog, study, path)]
    if lacking:
        raw = catalog.root / "data" / "raw"
        text = definition.read_bytes().decode("utf-8")
        for path in lacking:
            text = with_input(text, path.relative_to(raw).as_posix())
        contents[definition] = text.encode()
    write_whole_files(contents)


def _is_input(catalog: Catalog, study: Study, path: Path) -> bool:
    """Tell whether a study's patterns match a file already."""
    inside = path.relative_to(catalog.root / "data" / "raw")
    return any(
        isinstance(given, FileInput) and inside.match(given.path) for given in study.observations
    )


def with_input(text: str, path: str) -> str:
    r"""
    Add a file to the observations of a study, and leave every other line alone.

    Parameters
    ----------
    text : str
        The definition of a study.
    path : str
        The file, below data/raw.

    Returns
    -------
    str
        The definition with it.

    Raises
    ------
    DataError
        If the definition has no list of observations.

    Examples
    --------
    >>> print(with_input("id: a\nobservations: [{type: file, path: b.csv}]\n", "c.xlsx"), end="")
    id: a
    observations: [{type: file, path: "c.xlsx"}, {type: file, path: b.csv}]
    """
    entry = '{type: file, path: "' + path.replace("\\", "\\\\").replace('"', '\\"') + '"}'
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    entries = root.value if isinstance(root, yaml.MappingNode) else []
    listed = next((value for key, value in entries if key.value == "observations"), None)
    if not isinstance(listed, yaml.SequenceNode) or not listed.value:
        raise DataError("a study's definition has no list of observations; write one")
    first = listed.value[0].start_mark.index
    if listed.flow_style:
        return f"{text[:first]}{entry}, {text[first:]}"
    line = text.rfind("\n", 0, first) + 1
    return f"{text[:line]}{text[line:first]}{entry}\n{text[line:]}"


def _log_of(stored: Path) -> Path:
    return stored.with_name(stored.name + LOG)


def _described(catalog: Catalog, one: TakenIn, told: Mapping, today: dt.date) -> dict[str, Any]:
    names = list(dict.fromkeys(one.table["source"]))
    source = catalog.sources[names[0]]
    return {
        "source": names[0] if len(names) == 1 else names,
        "title": source.title.by_language,
        "url": source.url,
        "accessed": today,
        "licence": source.licence_in("en"),
        "obtained_by": {
            "zh": "由 edu-metrics intake 原样存入；逐格的处理见同名的 log.csv",
            "en": "stored as it was brought by edu-metrics intake; its log.csv tells what was done "
            "to each cell",
        },
        "notes": {"zh": "", "en": ""},
        "intake": told.model_dump(mode="json", exclude_defaults=True),
    }


#: The header of a table that a person copied out of a publication, and with groups in it.
HEADER = (
    *("place", "quantity", "year", "value", "bound"),
    *("unit", "status", "source", "published", "note"),
)
GROUPED = (*HEADER[:2], "group", *HEADER[2:])


def read_raw_file(
    path: Path | str, catalog: Catalog, school_year: str | None = None
) -> pd.DataFrame:
    """
    Read one raw file: a table that intake has stored, or numbers that a person typed.

    Typed numbers stand as printed, with the unit as printed; they are converted in decimal
    arithmetic, so that 23.41万 is 234100 and nothing near it.

    Parameters
    ----------
    path : Path or str
        A file below data/raw, with its sidecar. Where that tells nothing of an intake, it is a CSV
        file in UTF-8 with the columns of ``HEADER`` or ``GROUPED``; place, quantity and group
        are given by id, name or alias, the year as :func:`read_period` reads it, ``published`` is
        the date of publication, such as ``2021-08-27``. A suppressed number has an empty value.
    catalog : Catalog
        What is defined.
    school_year : {"starts", "ends"}, optional
        The study's rule for the year that a school year counts for.

    Returns
    -------
    DataFrame
        Observations in the columns of the long table; the group is ``all`` where none is named.

    Raises
    ------
    DataError
        With one line for each cause, its file and cells: no sidecar, a sidecar whose sha256
        differs, an unknown name, a unit that measures something else, a value that is no number,
        a number that was published before the year that it measures.
    """
    path = Path(path)
    shown = shown_below(path, catalog.root)
    if not path.is_file():
        raise DataError(f"{shown} is not a file; expected a table of numbers")
    told = read_sidecar(path)[0].get("intake")
    try:
        content = read_file(path) if told is None else read_file(path, MOST_BYTES)
    except OSError as error:
        raise DataError(f"{shown}: {error.strerror}") from None
    faults = [f"{shown}: {fault}" for fault in broken_seal(path, content)]
    table = empty()
    try:
        if told is not None:
            mapping = made_from(told, f"{path.name}{SIDECAR}: intake", catalog)
            table = read_table(path, content, catalog, mapping, school_year).table
        elif any((rows := list(_typed_rows(content, shown, faults)))[1:]):
            table = read_typed(Sheet(shown, "", rows), catalog, school_year)
    except DataError as error:
        faults += [f"{shown}: {fault}" for fault in error.faults or (error.message,)]
    if faults:
        raise DataError(f"{shown}: {number_of(faults)}", faults)
    return table


def _typed_rows(content: bytes, shown: str, faults: list[str]) -> Iterator[list[str]]:
    """Give the header and all rows that have as many cells, and none empty that must not be."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(f"{shown}: expected UTF-8, found another encoding ({error.reason})")
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = tuple(next(reader, ()))
        if header not in (HEADER, GROUPED):
            faults.append(
                f"{shown} line 1: expected the header {','.join(HEADER)}, with group after "
                f"quantity where there are groups, found {','.join(header)}"
            )
            return
        yield list(header)
        for line in reader:
            cells = [cell.strip() for cell in line]
            where, told = f"{shown} line {reader.line_num}", dict(zip(header, cells, strict=False))
            free = {"note", "value"} if told.get("status") == "suppressed" else {"note"}
            lacking = [name for name in header if name not in free and not told.get(name)]
            if line and len(cells) != len(header):
                faults.append(f"{where}: expected {len(header)} cells, found {len(cells)}")
            elif line and lacking:
                faults.append(f"{where}: expected something in {', '.join(lacking)}, found nothing")
            # What stands in a line that is left out keeps the others in theirs.
            yield [] if len(cells) != len(header) or lacking else list(cells)
    except csv.Error as error:
        faults.append(f"{shown} line {reader.line_num}: not valid CSV: {error}")


def undone(catalog: Catalog, study: Study, new: Iterable[TakenIn], definition: bytes) -> None:
    """Take back what was written for files that the study could not be built with."""
    for one in new:
        for path in (one.stored, sidecar_of(one.stored), _log_of(one.stored)):
            path.unlink(missing_ok=True)
        for folder in (one.stored.parent, one.stored.parent.parent):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
    path = catalog.root / "data" / "definitions" / "studies" / f"{study_file(study.id)}.yaml"
    if path.read_bytes() != definition:
        write_whole_files({path: definition})
