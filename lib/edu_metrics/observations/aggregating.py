"""
Counts by school, year, grade and group from files with a row a pupil, too large for memory.

DuckDB reads the files piece by piece. What comes out are counts of persons and nothing of any one
of them: small cells are suppressed, and so is what would give them away by subtraction.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

import pandas as pd

from edu_metrics.catalog import Catalog, nearest
from edu_metrics.errors import DataError, require_extra
from edu_metrics.files import harmless, write_text, write_whole_files
from edu_metrics.limits import is_year
from edu_metrics.observations.intake.storing import HEADER, read_raw_file
from edu_metrics.observations.raw_files import with_sidecar

__all__ = [
    "AT_LEAST",
    "PART_AT_LEAST",
    "Counted",
    "aggregate",
    "hide_cells",
    "suppress",
    "write_counts",
    "write_raw_counts",
]

#: Fewer persons than this make no cell; fewer on one side of a count give away who they are.
AT_LEAST, PART_AT_LEAST = 10, 3
#: What DuckDB may take before it writes to the disk. [MB]
MEMORY_MB = 512

_CONDITION = re.compile(r"^\s*(?P<column>.*?)\s*(?:(?P<op>>=|<=|==|>|<)\s*(?P<value>\S+))?\s*$")
_KINDS = {".parquet": "read_parquet", ".csv": "read_csv", ".gz": "read_csv", ".tsv": "read_csv"}


@dataclass(frozen=True)
class Counted:
    """
    Counts of persons, with what was left out.

    Attributes
    ----------
    counts : DataFrame
        One row a cell: its columns, then each count, missing where it is suppressed.
    rows : int
        Rows read. [persons]
    without_cell : int
        Rows in which area, year or another column of the cell is missing. [persons]
    """

    counts: pd.DataFrame
    rows: int
    without_cell: int

    @property
    def suppressed(self) -> int:
        """Number of counts that are suppressed."""
        return int(self.counts.isna().to_numpy().sum())


def aggregate(
    files: Sequence[Path],
    *,
    by: Sequence[str],
    counts: Mapping[str, str],
    at_least: int = AT_LEAST,
    part_at_least: int = PART_AT_LEAST,
    memory_mb: int = MEMORY_MB,
    threads: int = 2,
) -> Counted:
    r"""
    Count persons by cell.

    Parameters
    ----------
    files : sequence of Path
        Parquet or CSV files of one kind, with a header and a row a person.
    by : sequence of str
        Columns that make a cell: area and year first, then grade, group and so on.
    counts : mapping
        Conditions by the name of the count. ``score`` counts who has one, ``score >= 60`` who
        reached it. The first one is the whole of which the others are parts.
    at_least : int, optional
        Cells of fewer persons are suppressed, all their counts. [persons]
    part_at_least : int, optional
        A count is suppressed that fewer persons make, or fewer miss. [persons]
    memory_mb : int, optional
        Memory that may be taken, the result aside. [MB]
    threads : int, optional
        Threads that count.

    Returns
    -------
    Counted
        The counts, sorted by cell.

    Raises
    ------
    DataError
        With every column that is not there, a condition that can't be read, files that are
        missing, of unknown or several kinds, or hold what can't be compared.
    MissingExtraError
        If DuckDB is not installed.

    Examples
    --------
    >>> import tempfile
    >>> scores = Path(tempfile.mkdtemp()) / "scores.csv"
    >>> _ = scores.write_text("school,year,score\n" + "a,2020,70\n" * 12 + "a,2020,50\n" * 5)
    >>> counts = {"tested": "score", "passing": "score >= 60"}
    >>> aggregate([scores], by=["school", "year"], counts=counts).counts.to_numpy().tolist()
    [['a', 2020, 17, 12]]
    """
    require_extra("tables", "duckdb")
    import duckdb

    _refuse_other_files(files)
    read = _KINDS[files[0].suffix.lower()]
    more = {"union_by_name": True} if len(files) > 1 else {}
    with tempfile.TemporaryDirectory(prefix="edu-metrics-aggregate-") as folder:
        settings: dict[str, Any] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": threads,
            "temp_directory": folder,
            "preserve_insertion_order": False,
        }
        with duckdb.connect(config=settings) as database:
            database.execute("SET enable_progress_bar = false")
            try:
                persons = getattr(database, read)([str(path) for path in files], **more)
                cells, counted = _asked(persons.columns, by, counts)
                kinds = dict(zip(persons.columns, map(str, persons.types), strict=True))
                numbers = [_quoted(name) for name in kinds if kinds[name] in ("FLOAT", "DOUBLE")]
                # What is no number is nobody's score, and greater than all to DuckDB.
                absent = ", ".join(f"nullif({name}, 'nan'::DOUBLE) AS {name}" for name in numbers)
                persons = persons.project(f"* REPLACE ({absent})") if absent else persons
                frame = persons.aggregate(", ".join([*cells, *counted]), ", ".join(cells)).df()
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                raise DataError(f"{files[0].name}: can't be counted: {reason}") from error
    whole = frame[list(by)].notna().all(axis=1)
    odd = [year for year in frame.loc[whole, list(by)[1:2]].stack().unique() if _is_no_year(year)]
    if odd:
        shown = ", ".join(map(str, odd[:5]))
        raise DataError(
            f"{files[0].name}: {by[1]}: expected years from 1900 to 2100, found {shown}"
        )
    found = frame[whole].sort_values(list(by), ignore_index=True)
    kept = suppress(found.drop(columns="rows"), by, at_least, part_at_least)
    return Counted(kept, int(frame["rows"].sum()), int(frame.loc[~whole, "rows"].sum()))


def _is_no_year(year: object) -> bool:
    """Tell whether a number is no year; a text may be a school year."""
    return isinstance(year, Real) and not is_year(float(year))


def suppress(
    counts: pd.DataFrame, by: Sequence[str], at_least: int, part_at_least: int
) -> pd.DataFrame:
    """
    Suppress what few persons make, and what would give it away.

    Parameters
    ----------
    counts : DataFrame
        Columns of the cell and then counts, the whole first. [persons]
    by : sequence of str
        The columns of the cell; the first two are its area and year.
    at_least : int
        Cells of fewer persons are suppressed. [persons]
    part_at_least : int
        So are counts that fewer persons make, or fewer miss. [persons]

    Returns
    -------
    DataFrame
        Whole numbers, missing where suppressed. Where cells of an area and year are suppressed,
        so are the smallest others, until there are two and they hold enough persons: the rest of
        a known sum would tell them.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"school": "a", "year": 2020, "group": ["boys", "girls", "other"]})
    >>> cells["tested"] = [60, 50, 4]
    >>> suppress(cells, ["school", "year", "group"], 10, 3)["tested"].tolist()
    [60, <NA>, <NA>]
    """
    names = [name for name in counts.columns if name not in by]
    whole = counts[names[0]]
    few = (whole > 0) & (whole < at_least)
    hidden = {names[0]: few}
    for name in names[1:]:
        part, rest = counts[name], whole - counts[name]
        small = (part > 0) & (part < part_at_least) | (rest > 0) & (rest < part_at_least)
        hidden[name] = few | small
    kept = counts.astype(dict.fromkeys(names, "Int64"))
    for name in names:
        # A part is protected below its own limit; the persons of a cell below that of cells.
        enough = at_least if name == names[0] else part_at_least
        kept.loc[hide_cells(counts, list(by[:2]), name, hidden[name], enough), name] = None
    # A count may not be known where its cell's persons are not.
    kept.loc[kept[names[0]].isna(), names[1:]] = None
    return kept


def hide_cells(
    counts: pd.DataFrame, margin: Sequence[str], name: str, hidden: pd.Series, at_least: int
) -> pd.Series:
    """
    Add to hidden cells of one sum the smallest others, until together they hold enough persons.

    The sum is taken as known: the hidden ones together are what the others leave of it. From two
    on, and ``at_least`` persons together, each of them may be anything from 0 to that.

    Parameters
    ----------
    counts : DataFrame
        One row a cell.
    margin : sequence of str
        Columns that cells of one sum have in common.
    name : str
        The count. [persons]
    hidden : Series of bool
        Cells that are hidden already.
    at_least : int
        Persons that hidden cells hold at least. [persons]

    Returns
    -------
    Series of bool
        Cells to hide.

    Examples
    --------
    >>> cells = pd.DataFrame({"school": "a", "tested": [60, 50, 4]})
    >>> hide_cells(cells, ["school"], "tested", cells["tested"] < 10, 10).tolist()
    [False, True, True]
    """
    hidden = hidden.copy()
    while True:
        shown = counts[name].where(~hidden & (counts[name] > 0))
        frame = counts[list(margin)].assign(
            hidden=hidden, held=counts[name].where(hidden, 0), shown=shown
        )
        grouped = frame.groupby(list(margin), sort=False)
        number = grouped["hidden"].transform("sum")
        few = (number > 0) & ((number < 2) | (grouped["held"].transform("sum") < at_least))
        smallest = shown == grouped["shown"].transform("min")
        chosen = frame[few & smallest].drop_duplicates(list(margin)).index
        if not len(chosen):
            return hidden
        hidden.loc[chosen] = True


def write_counts(found: Counted, path: Path) -> None:
    """
    Write counts as a CSV file, whole or not at all; a suppressed one is an empty cell.

    Parameters
    ----------
    found : Counted
        From :func:`aggregate`.
    path : Path
        The file.
    """
    counts = found.counts.rename(columns=harmless)
    texts = counts.select_dtypes(exclude="number").columns
    counts[texts] = counts[texts].map(harmless)
    write_text(path, counts.to_csv(index=False, lineterminator="\n"))


def write_raw_counts(
    found: Counted, path: Path, catalog: Catalog, *, source: str, published: str
) -> None:
    """
    Write counts as a raw file that a study can read, with its seal.

    Parameters
    ----------
    found : Counted
        From :func:`aggregate`, by area and year alone; its counts are called as quantities are.
    path : Path
        The file, below data/raw.
    catalog : Catalog
        What is defined.
    source : str
        Id of a source.
    published : str
        Day of publication, such as ``2022-09-01``.

    Raises
    ------
    DataError
        With every fault that reading the file would find; no file is left then.
    """
    area, year, *names = found.counts.columns
    faults = [
        f"no quantity {name!r}{nearest(name, catalog.quantities)}; call a count as the quantity "
        "that it is"
        for name in names
        if name not in catalog.quantities
    ]
    if faults:
        raise DataError("counts of a raw file are quantities", faults)
    long = found.counts.melt([area, year], var_name="quantity", value_name="value")
    hidden = long["value"].isna()
    invented = {place for name, one in catalog.areas.items() if one.invented
                for place in (name, *one.name.by_language.values())}  # fmt: skip
    status = long[area].map(lambda place: "simulated" if place in invented else "reported")
    table = long.assign(
        bound="exact",
        unit=[catalog.quantities[name].unit for name in long["quantity"]],
        status=status.where(~hidden, "suppressed"),
        source=source,
        published=published,
        note="",
    )
    table = table.rename(columns={area: "place", year: "year"})[list(HEADER)]
    content = table.to_csv(index=False, lineterminator="\n").encode()
    # Tried where nothing stands: what is there already is not lost over counts that don't do.
    with tempfile.TemporaryDirectory() as folder:
        tried = Path(folder, path.name)
        write_whole_files(with_sidecar(tried, content, {"source": source}))
        read_raw_file(tried, catalog)
    write_whole_files(with_sidecar(path, content, {"source": source}))


def _refuse_other_files(files: Sequence[Path]) -> None:
    """Refuse files that are not there, or of several kinds."""
    faults = [f"{path}: no such file" for path in files if not path.is_file()]
    kinds = {_KINDS.get(path.suffix.lower(), "") for path in files}
    if "" in kinds or len(kinds) > 1:
        found = ", ".join(sorted({path.suffix or path.name for path in files}))
        faults.append(f"expected files of one kind, {', '.join(_KINDS)}; found {found}")
    if faults or not files:
        raise DataError("expected Parquet or CSV files with a row a person", faults)


def _asked(
    names: Sequence[str], by: Iterable[str], counts: Mapping[str, str]
) -> tuple[list[str], list[str]]:
    """Write in SQL what makes a cell, and what is counted in each."""
    faults: list[str] = []
    cells = [_column(name, names, faults) for name in by]
    told = [
        f"count(*) FILTER (WHERE {_condition(name, text, names, faults)}) AS {_quoted(name)}"
        for name, text in counts.items()
    ]
    if not counts:
        faults.append("expected at least one count, such as tested=score")
    if faults:
        raise DataError("what is to be counted can't be read", faults)
    return cells, [*told, 'count(*) AS "rows"']


def _condition(name: str, text: str, names: Sequence[str], faults: list[str]) -> str:
    found = _CONDITION.match(text)
    column = _column(found["column"] if found else text, names, faults)
    if not found or found["op"] is None:
        return f"{column} IS NOT NULL"
    try:
        return f"{column} {found['op']} {float(found['value'])!r}"
    except ValueError:
        faults.append(f"{name}: expected a number after {found['op']}, found {found['value']!r}")
        return "true"


def _column(name: str, names: Sequence[str], faults: list[str]) -> str:
    if name not in names:
        faults.append(f"no column {name!r}{nearest(name, names)} (found {', '.join(names)})")
    return _quoted(name)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
