"""
Sheets of a workbook, of delimited text or of parquet, with cells as a reader sees them.

A file may come from anywhere: what it would unfold to is measured before it is unfolded. Calamine
gives values quickly, and no number formats, formulas or errors; where a sheet of an .xlsx has any
of these, its cells are walked once.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from edu_metrics.errors import DataError, require_extra

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
    worded : mapping of (int, int) to str
        Number formats that show a power of ten or a bound beside the number of a cell.
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
    worded: dict[tuple[int, int], str] = field(default_factory=dict)

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
            sheets.append(replace(found, hidden=title in hidden, worded=special.worded))
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


#: Bytes that one part, and all parts together, may unfold to. [bytes]
MOST_UNFOLDED = 300_000_000
_CHUNK = 1 << 20

#: Formulas, errors, cells far out, and cells that do not say where they stand.
_WALKED = (
    re.compile(rb"<f[ />]"),
    re.compile(rb't="e"'),
    re.compile(rb'r="(?:[A-Z]{3,}\d+|[A-Z]*\d{6,})"'),
    re.compile(rb"<c(?: (?!r=)|>)"),
)
_MANY_COLUMNS = re.compile(rb'\br="[A-Z]{2}\d+"')
_MANY_ROWS = re.compile(rb'\br="[A-Z]*\d{5}"')
#: What reading a damaged archive ends in.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)
_CELL = re.compile(r"^([A-Z]{1,3})([1-9]\d{0,6})$")
#: What a number format shows that changes what a number says: a power of ten, a bound.
_WORDED = re.compile(
    r"[十百千万亿<>≤≥≈~～约近余]|thousand|million|billion|以[上下内]|不[足到]|左右"
)
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass
class SpecialCells:
    """Cells whose stored number is not what is shown, or was computed."""

    percent: dict[int, set[int]] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    worded: dict[tuple[int, int], str] = field(default_factory=dict)


def shows_percent(number_format: str) -> bool:
    """
    Tell whether a number format shows a number times 100.

    Examples
    --------
    >>> shows_percent("0.0%"), shows_percent('0.0"%"'), shows_percent("General")
    (True, False, False)
    """
    return "%" in _QUOTED.sub("", number_format)


class OfficeZip:
    """
    The parts of a workbook, unfolded within limits.

    Parameters
    ----------
    name : str
        How the file is called.
    content : bytes
        The file.

    Attributes
    ----------
    parts : dict of str to bytes
        Its parts.
    sheets : dict of str to str
        The part of each of its sheets, by their names, in order.

    Raises
    ------
    DataError
        If it is damaged, holds macros or links to other files, or would unfold to too much.
    """

    def __init__(self, name: str, content: bytes) -> None:
        self.name = name
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                _refuse_unwanted(name, archive.namelist())
                self.parts = _unfold(name, archive, MOST_UNFOLDED)
        except _DAMAGED:
            raise DataError(
                f"{name}: is no whole workbook; it may have been cut off on its way. Fetch it again"
            ) from None
        if "xl/workbook.xml" not in self.parts:
            raise DataError(f"{name}: is a zip archive and no .xlsx workbook; save it as .xlsx")
        self.sheets = _sheets(name, self.parts)

    def special_cells(self, sheet: str, most_cells: int) -> SpecialCells:
        """
        Find the cells of a sheet whose stored number is not what is shown.

        Parameters
        ----------
        sheet : str
            Name of the sheet.
        most_cells : int
            Cells that the rectangle around all that is filled may hold. [cells]

        Returns
        -------
        SpecialCells
            Percentages, and formulas with a stored value.

        Raises
        ------
        DataError
            With every cell that holds an error or a formula without a value, or if the sheet is
            too large.
        """
        xml = self.parts[self.sheets[sheet]]
        found = SpecialCells()
        if not self._percent_styles and not self._worded_styles and not _says_more(xml):
            return found
        faults: dict[str, list[str]] = {}
        last_row = last_column = 0
        for row, column, cell in _walk(self.name, xml):
            formula = value = None
            for item in cell:
                if item.tag.endswith("}v") or (value is None and item.tag.endswith("}is")):
                    value = item
                elif item.tag.endswith("}f"):
                    formula = item
            if formula is None and (value is None or (not value.text and not len(value))):
                continue
            last_row, last_column = max(last_row, row), max(last_column, column)
            at = cell.get("r") or f"row {row + 1}"
            if cell.get("t") == "e":
                shown = value.text if value is not None else "error"
                faults.setdefault(f"hold an error ({shown})", []).append(at)
            elif formula is not None:
                found.formulas[row, column] = formula.text or "shared"
                if value is None or not value.text:
                    faults.setdefault("hold a formula and no value", []).append(at)
            style = cell.get("s", "0") if cell.get("t", "n") == "n" else ""
            if style in self._percent_styles:
                found.percent.setdefault(column, set()).add(row)
            if style in self._worded_styles:
                found.worded[row, column] = self._worded_styles[style]
        if (last_row + 1) * (last_column + 1) > most_cells:
            raise DataError(
                f"{self.name}: a sheet reaches to row {last_row + 1:,} and column "
                f"{last_column + 1:,}; expected at most {most_cells:,} cells. Remove what stands "
                "outside the table"
            )
        if faults:
            cure = "open the file, let it compute, and save it; or put the values in their places"
            raise DataError(
                f"{self.name}: cells without a value; {cure}",
                [
                    f"{len(cells)} cell(s) {what}: {', '.join(cells[:40])}"
                    + (f" and {len(cells) - 40} more" if len(cells) > 40 else "")
                    for what, cells in faults.items()
                ],
            )
        return found

    @cached_property
    def _percent_styles(self) -> frozenset[str]:
        """The numbers of the cell styles that show a percentage."""
        return frozenset(one for one, shown in self._styles.items() if shows_percent(shown))

    @cached_property
    def _worded_styles(self) -> dict[str, str]:
        """Number formats that say more of a number, by the number of the cell style."""
        shown = self._styles.items()
        return {one: code for one, code in shown if _WORDED.search(re.sub(r"\[[^]]*]", "", code))}

    @cached_property
    def _styles(self) -> dict[str, str]:
        """Number formats by the number of the cell style."""
        try:
            styles = ET.fromstring(self.parts.get("xl/styles.xml", b"<none/>"))
        except ET.ParseError as error:
            raise DataError(
                f"{self.name}: its number formats can't be read ({error}); open it, save it again, "
                "and bring that in"
            ) from None
        formats: dict[str | None, str] = {"9": "0%", "10": "0.00%"}  # built in
        for item in styles.iter():
            if item.tag.endswith("}numFmt"):
                formats[item.get("numFmtId")] = item.get("formatCode", "")
        cells = next((part for part in styles if part.tag.endswith("}cellXfs")), ())
        return {str(n): formats.get(one.get("numFmtId"), "") for n, one in enumerate(cells)}


def _refuse_unwanted(name: str, parts: list[str]) -> None:
    if any("vbaproject" in part.lower() or "macrosheets/" in part.lower() for part in parts):
        raise DataError(f"{name}: holds macros; save it as .xlsx without them and bring that in")
    if any(part.lower().startswith("xl/externallinks/") for part in parts):
        raise DataError(
            f"{name}: takes values from other workbooks; break the links, which keeps the values, "
            "save it and bring that in"
        )


def measure(name: str, content: bytes, most: int) -> None:
    """
    Refuse a zip archive that would unfold to too much.

    Parameters
    ----------
    name : str
        How it is called.
    content : bytes
        The archive.
    most : int
        What it may unfold to. [bytes]

    Raises
    ------
    DataError
        If it would unfold to more, defines entities, or is damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _unfold(name, archive, most)
    except _DAMAGED:
        raise DataError(f"{name}: is no whole archive; it may have been cut off") from None


def _unfold(name: str, archive: zipfile.ZipFile, most: int) -> dict[str, bytes]:
    """Read the parts that are needed; measure all, since whoever reads the file unfolds them."""
    parts: dict[str, bytes] = {}
    left = most
    for entry in archive.infolist():
        kept, needed = [], entry.filename.endswith((".xml", ".rels"))
        with archive.open(entry) as file:
            while chunk := file.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise DataError(
                        f"{name}: unfolds to more than {most:,} bytes, from "
                        f"{sum(one.compress_size for one in archive.infolist()):,}"
                    )
                if needed:
                    kept.append(chunk)
        if needed:
            parts[entry.filename] = b"".join(kept)
            if b"<!DOCTYPE" in parts[entry.filename][:4096]:
                raise DataError(f"{name}: {entry.filename} defines entities; no workbook does")
    return parts


def _sheets(name: str, parts: dict[str, bytes]) -> dict[str, str]:
    """Find the part of each sheet."""
    try:
        related = {
            item.get("Id"): str(item.get("Target"))
            for item in ET.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
        }
        listed = [
            (str(item.get("name")), related.get(_relation(item), ""))
            for item in ET.fromstring(parts["xl/workbook.xml"]).iter()
            if item.tag.endswith("}sheet")
        ]
    except ET.ParseError as error:
        raise DataError(f"{name}: its list of sheets can't be read ({error})") from None
    found = {}
    for title, target in listed:
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            if part not in parts:
                raise DataError(f"{name}: a sheet is listed and not in the file; fetch it again")
            found[title] = part
    return found


def _relation(item: ET.Element) -> str | None:
    """Give the id under which a part is related, whichever edition of the format wrote it."""
    return next((value for name, value in item.attrib.items() if name.endswith("}id")), None)


def _walk(name: str, xml: bytes) -> Any:
    """Walk over the cells of a sheet, wherever they say, or where they come, they stand."""
    row = -1
    column = -1
    try:
        for event, item in ET.iterparse(io.BytesIO(xml), events=("start", "end")):
            tag = item.tag.rpartition("}")[2]
            if event == "start" and tag == "row":
                row = int(item.get("r", row + 2)) - 1
                column = -1
            elif event == "end" and tag == "c":
                row, column = _place(item.get("r"), row, column + 1)
                yield row, column, item
                item.clear()
            elif event == "end" and tag == "row":
                item.clear()
    except (ET.ParseError, ValueError) as error:
        raise DataError(f"{name}: a sheet can't be read ({error}); fetch the file again") from None


def _says_more(xml: bytes) -> bool:
    """Tell whether a sheet may hold what its values do not tell, or reach far out."""
    prefixed = b"<worksheet" not in xml[:4000]
    wide_and_long = _MANY_COLUMNS.search(xml) and _MANY_ROWS.search(xml)
    return bool(prefixed or wide_and_long or any(one.search(xml) for one in _WALKED))


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    from openpyxl.utils.cell import column_index_from_string

    if reference is None:
        return row, column
    found = _CELL.match(reference)
    if found is None:
        raise ValueError(f"no cell is called {reference[:20]!r}")
    return int(found[2]) - 1, column_index_from_string(found[1]) - 1
