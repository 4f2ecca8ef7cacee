"""Tables to take away: CSV files that spreadsheets open, each with a dictionary of its columns."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edu_metrics.files import harmless, opens_formula, write_text, write_whole_files
from edu_metrics.words import LANGUAGES, say


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """
    Write a table as CSV with a byte order mark, by which spreadsheets know that it is UTF-8.

    Parameters
    ----------
    path : Path
        The file; it is written whole or not at all.
    columns : sequence of str
        Names of the columns.
    rows : iterable of sequence
        Cells; None is left empty.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    # Most texts of a table stand in many of its rows.
    safe = cache(harmless)
    writer.writerows([safe(c) if isinstance(c, str) else c for c in row] for row in rows)
    write_text(path, "\ufeff" + text.getvalue())


#: The folder of the tables that a page shows, beside it.
TABLES = "tables"


def save_tables(report: Any, out: str) -> str:
    """
    Write the tables that a page shows as CSV below a folder, and what their columns mean.

    Parameters
    ----------
    report : AreaReport, CityReport, AuditReport or PanelRecord
        Whose tables; those that its sections have asked for, and that have rows.
    out : str
        Folder of the report; empty in a notebook that is run by hand.

    Returns
    -------
    str
        What was written.
    """
    if not out:
        return ""
    folder, told = Path(out) / TABLES, []
    study = getattr(report, "study", None)  # a plan's audit and a panel of a file have none
    # A table that is taken away says whether it may be.
    marks = {"disclosure": study.disclosure.mode} if study is not None else {}
    for name, found in report.tables.made.items():
        if name in _SHOWN and found:
            folder.mkdir(exist_ok=True)
            columns = [*found.columns, *marks]
            rows = ([_plain(*cell) for cell in zip(columns, (*row, *marks.values()), strict=True)]
                    for row in found)  # fmt: skip
            write_csv(folder / f"{name}.csv", columns, rows)
            told += [(name, column) for column in columns]
    if told:
        heads = ("table", "column", *(f"meaning_{lang}" for lang in LANGUAGES))
        meant = ((*one, *(say(f"column.{one[1]}", lang) for lang in LANGUAGES)) for one in told)
        write_csv(folder / "columns.csv", heads, meant)
    return TABLES if told else ""


#: The tables that a page leads to, below what shows their rows.
_SHOWN = (
    *(
        "bulletin",
        "courses",
        "verdicts",
        "readings",
        "findings",
        "measured",
        "other_figures",
        "missing",
    ),
    *("odd", "corrected", "sums_apart", "precedents", "status_rules", "sensitivity", "joint"),
    *("followed", "assumptions", "sources", "beside", "to_ask", "side_by_side", "by_place"),
    *("parts", "changes", "joint_by_area", "links", "bases", "own_verdicts", "models"),
    *("events", "bands", "reliability", "coverage"),
)


def _plain(column: str, value: Any) -> Any:
    """Put a cell into what CSV has: one text of several, and no digit that is not meant."""
    if isinstance(value, (list, tuple, set, frozenset)):
        return "; ".join(map(str, value))
    if isinstance(value, float):
        return round(value, 2) if column.endswith("probability") else float(f"{value:.10g}")
    return value


def write_dictionary(path: Path, columns: Sequence[str]) -> None:
    """
    Write what the columns of a table mean, in all languages.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Names of the columns; the words of each are those of ``column.<name>``.
    """
    heads = ("column", *(f"meaning_{lang}" for lang in LANGUAGES))
    rows = [(name, *(say(f"column.{name}", lang) for lang in LANGUAGES)) for name in columns]
    write_csv(path, heads, rows)


def write_workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[Any]]]) -> bool:
    """
    Write sheets as .xlsx where openpyxl is installed; the same tables give the same bytes.

    Parameters
    ----------
    path : Path
        The file.
    sheets : mapping of str to iterable of sequence
        Rows by the title of their sheet. A text is never taken for a formula.

    Returns
    -------
    bool
        Whether it was written.
    """
    if find_spec("openpyxl") is None:
        return False
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            cells = []
            for value in row:
                cell: Any = value
                if isinstance(value, str) and opens_formula(value):
                    cell = WriteOnlyCell(sheet, value)
                    cell.data_type = "s"
                cells.append(cell)
            sheet.append(cells)
    written = io.BytesIO()
    book.save(written)
    write_whole_files({path: without_times(written.getvalue())})
    return True


def without_times(book: bytes) -> bytes:
    """Copy a workbook without the hour at which it was made."""
    copied = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(copied, "w") as kept:
        for name in given.namelist():
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _MADE.sub(b"", content)
            kept.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return copied.getvalue()


#: When a workbook was made and changed, in its properties.
_MADE = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")


def write_summary(out: str, content: Mapping[str, Any]) -> str:
    """
    Write summary.json, the machine-readable twin of a report.

    Parameters
    ----------
    out : str
        Folder of the report.
    content : mapping
        Ready for JSON.

    Returns
    -------
    str
        Name of the file.
    """
    path = Path(out) / "summary.json"
    write_text(path, "{\n" + ",\n".join(map(_entry, content.items())) + "\n}\n")
    return path.name


def _entry(entry: tuple[str, Any]) -> str:
    """Put an entry into JSON: of a list every record, and of a table every row, on a line."""
    name, held = entry
    told = partial(json.dumps, ensure_ascii=False, allow_nan=False)
    lines = None
    if isinstance(held, Mapping):
        lines, ends = [f"{told(key)}: {told(one)}" for key, one in held.items()], "{}"
    elif isinstance(held, (list, tuple)):
        lines, ends = list(map(told, held)), "[]"
    body = f"{ends[0]}\n" + ",\n".join(lines) + f"\n{ends[1]}" if lines else told(held)
    return f"{told(name)}: {body}"
