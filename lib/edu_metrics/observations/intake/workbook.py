"""
Sheets of a workbook, of delimited text or of parquet, with cells as a reader sees them.

A file may come from anywhere: what it would unfold to is measured before it is unfolded.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from edu_metrics.errors import DataError, require_extra
from edu_metrics.observations.intake.office_zip import OfficeZip, SpecialCells

#: Cells that a file may hold, rows and columns of the rectangle around them. [cells]
MOST_CELLS = 4_000_000
#: Bytes of a file. [bytes]
MOST_BYTES = 200_000_000

#: What files begin with, and how they are called then.
_KINDS = (
    (b"PK\x03\x04", "a zip archive", (".xlsx",)),
    (b"\xd0\xcf\x11\xe0", "an .xls workbook, or one with a password", (".xls",)),
    (b"PAR1", "a parquet table", (".parquet",)),
)
SUFFIXES = (".xlsx", ".xls", ".csv", ".tsv", ".parquet")

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """
    One sheet.

    Attributes
    ----------
    file, name : str
        The file and its sheet; the name is empty for text and parquet.
    rows : list of list
        Cells from A1 on: text, float, bool or date; empty text for an empty cell.
    merged : tuple of ranges
        First and last cell of each merged range, counted from 0.
    percent : dict of int to set of int
        By column the rows whose number is shown times 100 with a percent sign.
    formulas : mapping of (int, int) to str
        Formulas of the cells whose stored value is used.
    hidden : bool
        Whether a reader does not see the sheet.
    """

    file: str
    name: str
    rows: list[list[Any]]
    merged: tuple[Range, ...] = ()
    percent: dict[int, set[int]] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False

    def where(self, row: int, column: int) -> str:
        """
        Name a cell: its column in letters and its row.

        Examples
        --------
        >>> Sheet("t.xlsx", "表", []).where(6, 27)
        'AB7'
        """
        return f"{letters(column)}{row + 1}"


def letters(column: int) -> str:
    """
    Name a column, counted from 0.

    Examples
    --------
    >>> letters(0), letters(26)
    ('A', 'AA')
    """
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def printable(text: str) -> str:
    r"""
    Write text from a file so that it can't steer a terminal or a page.

    Examples
    --------
    >>> printable("a\x1b[31m\n")
    'a\\x1b[31m\\n'
    """
    return "".join(
        sign if unicodedata.category(sign)[0] != "C" else sign.encode("unicode_escape").decode()
        for sign in text
    )


def read_sheets(
    path: Path,
    content: bytes,
    *,
    encoding: str | None = None,
    is_name: Callable[[str], bool] = lambda text: False,
) -> list[Sheet]:
    """
    Read every sheet of a file.

    Parameters
    ----------
    path : Path
        How the file is called.
    content : bytes
        What it holds.
    encoding : str, optional
        Encoding of text; found out where it is left out.
    is_name : callable, optional
        Whether a text is a name that is defined: GB18030 is believed only where it gives one.

    Returns
    -------
    list of Sheet
        Sheets that hold anything.

    Raises
    ------
    DataError
        If the file can't be read, is too large, or is not what its name says.
    """
    name, suffix = printable(path.name), path.suffix.lower()
    if len(content) > MOST_BYTES:
        raise DataError(f"{name}: {len(content):,} bytes; expected at most {MOST_BYTES:,}")
    _refuse_other_kind(name, suffix, content)
    if suffix == ".xlsx":
        sheets = _of_workbook(name, content, OfficeZip(name, content))
    elif suffix == ".xls":
        sheets = _of_workbook(name, content, None)
    elif suffix == ".parquet":
        sheets = [_of_parquet(name, content)]
    else:
        text = _decoded(name, content, encoding, is_name)
        sheets = [Sheet(name, "", _of_text(name, text, suffix))]
    filled = [
        one for one in sheets if any(cell not in ("", None) for row in one.rows for cell in row)
    ]
    if not filled:
        raise DataError(f"{name}: holds no cell with anything in it")
    return filled


def _refuse_other_kind(name: str, suffix: str, content: bytes) -> None:
    if suffix in (".xlsm", ".xltm", ".xlam", ".xlsb"):
        raise DataError(f"{name}: holds macros, or may; save it as .xlsx and bring that in")
    if suffix not in (*SUFFIXES, ".txt"):
        raise DataError(f"{name}: expected a file {', '.join(SUFFIXES)}")
    if not content:
        raise DataError(f"{name}: is empty")
    for start, kind, suffixes in _KINDS:
        if content.startswith(start) != (suffix in suffixes):
            if suffix in suffixes:
                raise DataError(
                    f"{name}: is called {suffix} and is no such file; expected {kind}. Save it "
                    f"again as {suffix}, or give it the ending that it has"
                )
            raise DataError(f"{name}: is called {suffix} and is {kind}; give it that ending")


# --- workbooks


def _of_workbook(name: str, content: bytes, archive: OfficeZip | None) -> list[Sheet]:
    """Read the sheets of a workbook; one of the old format has no archive to look into."""
    with _calamine(name, content) as book:
        import python_calamine

        seen = python_calamine.SheetVisibleEnum.Visible
        hidden = {sheet.name for sheet in book.sheets_metadata if sheet.visible != seen}
        sheets = []
        for title in archive.sheets if archive else book.sheet_names:
            special = archive.special_cells(title, MOST_CELLS) if archive else SpecialCells()
            sheet = book.get_sheet_by_name(title)
            # A sheet of the old format has 65,536 rows and 256 columns at most.
            if archive and sheet.total_height * sheet.total_width > MOST_CELLS:
                raise DataError(
                    f"{name}: {sheet.total_height:,} rows of {sheet.total_width:,} cells; "
                    f"expected at most {MOST_CELLS:,} cells. Bring it in in parts"
                )
            rows, merged = sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges or ()
            found = Sheet(name, title, rows, tuple(merged), special.percent, special.formulas)
            sheets.append(replace(found, hidden=title in hidden))
    return sheets


@contextmanager
def _calamine(name: str, content: bytes) -> Iterator[Any]:
    """Open a workbook; whatever a damaged one ends in becomes one error."""
    require_extra("tables", "python_calamine")
    import python_calamine

    # What a part of a damaged file ends in.
    broken = (python_calamine.CalamineError, ValueError, OSError)
    try:
        yield python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except BaseException as error:
        if not isinstance(error, broken) and type(error).__name__ != "PanicException":
            raise
        raise DataError(
            f"{name}: can't be read ({printable(str(error))}); it is damaged or has a password. "
            "Open it, save it again without one, and bring that in"
        ) from None


# --- text


def _decoded(
    name: str, content: bytes, encoding: str | None, is_name: Callable[[str], bool]
) -> str:
    """Decode strictly: as told, by its mark, as UTF-8, or as GB18030 where that gives names."""
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((code for mark, code in marks if content.startswith(mark)), None)
    ask = "tell its encoding with --encoding, such as --encoding gb18030"
    code = encoding or marked or "utf-8"
    try:
        return content.decode(code)
    except LookupError:
        raise DataError(f"{name}: --encoding {code}: no such encoding") from None
    except UnicodeError as error:
        if encoding or marked:
            told = printable(str(error))[:80]
            raise DataError(f"{name}: is not text in {code} ({told}); {ask}") from None
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        raise DataError(f"{name}: is text neither in UTF-8 nor in GB18030; {ask}") from None
    cells = {cell.strip() for row in _delimited(name, text, None) for cell in row}
    if not any(not cell.isascii() and is_name(cell) for cell in cells):
        raise DataError(
            f"{name}: is not text in UTF-8, and read as GB18030 it holds no name that is defined; "
            f"{ask}"
        )
    return text


def _of_text(name: str, text: str, suffix: str) -> list[list[Any]]:
    delimiter = "\t" if suffix == ".tsv" else None
    rows: list[list[Any]] = []
    cells = 0
    for row in _delimited(name, text, delimiter):
        rows.append(row)
        cells += len(row)
        if cells > MOST_CELLS:
            raise DataError(f"{name}: more than {MOST_CELLS:,} cells; bring it in in parts")
    return rows


def _delimited(name: str, text: str, delimiter: str | None) -> Iterator[list[str]]:
    if delimiter is None:
        head = text[:5000].splitlines()[:20]
        counted = {sign: sum(sign in line for line in head) for sign in ",\t;"}
        delimiter = max(counted, key=lambda sign: counted[sign])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(f"{name} line {reader.line_num}: not valid CSV: {error}") from None


# --- parquet


def _of_parquet(name: str, content: bytes) -> Sheet:
    require_extra("tables", "pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(io.BytesIO(content), pre_buffer=False) as file:
            shape = file.metadata
            sizes = (shape.row_group(i).total_byte_size for i in range(shape.num_row_groups))
            if shape.num_rows * shape.num_columns > MOST_CELLS or sum(sizes) > MOST_BYTES:
                raise DataError(f"{name}: more than {MOST_CELLS:,} cells; bring it in in parts")
            table = file.read(use_threads=False)
            columns = [column.to_pylist() for column in table.columns]
    except (pa.ArrowException, OSError, ValueError) as error:
        shown = printable(str(error))[:120]
        raise DataError(f"{name}: can't be read as parquet ({shown})") from None
    body = [[_simple(cell) for cell in row] for row in zip(*columns, strict=True)]
    return Sheet(name, "", [list(table.column_names), *body])


def _simple(cell: Any) -> Any:
    """Give a cell as the other formats would."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell) if abs(cell) < 2**53 else str(cell)
    return cell if isinstance(cell, str | float | bool) else str(cell)
