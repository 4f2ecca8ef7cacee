"""
What is inside an .xlsx before anything reads it: parts, their sizes, and cells that need a look.

Calamine gives values quickly, and no number formats, formulas or errors; where a sheet has any of
these, its cells are walked once.
"""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from edu_metrics.errors import DataError

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
_CELL = re.compile(r"^[A-Z]{1,3}[1-9]\d{0,6}$")
_TAG = re.compile(rb"<(?:\w+:)?c ([^>]*)>")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


@dataclass
class SpecialCells:
    """Cells whose stored number is not what is shown, or was computed."""

    percent: dict[int, set[int]] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)


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
        if not _wants_a_walk(xml):
            found.percent = _of_styles(xml, self._percent_styles)
            return found
        faults: dict[str, list[str]] = {}
        last_row = last_column = 0
        for row, column, cell in _walk(self.name, xml):
            value = next((item for item in cell if item.tag.endswith(("}v", "}is"))), None)
            formula = next((item for item in cell if item.tag.endswith("}f")), None)
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
            if cell.get("s", "0") in self._percent_styles and cell.get("t", "n") == "n":
                found.percent.setdefault(column, set()).add(row)
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
        try:
            styles = ET.fromstring(self.parts.get("xl/styles.xml", b"<none/>"))
        except ET.ParseError as error:
            raise DataError(
                f"{self.name}: its number formats can't be read ({error}); open it, save it again, "
                "and bring that in"
            ) from None
        percent = {"9", "10"}  # built in: 0% and 0.00%
        for item in styles.iter():
            if item.tag.endswith("}numFmt") and shows_percent(item.get("formatCode", "")):
                percent.add(str(item.get("numFmtId")))
        cells = next((part for part in styles if part.tag.endswith("}cellXfs")), ())
        return frozenset(str(n) for n, one in enumerate(cells) if one.get("numFmtId") in percent)


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


def _wants_a_walk(xml: bytes) -> bool:
    """Tell whether the cells of a sheet must be looked at one by one."""
    prefixed = b"<worksheet" not in xml[:4000]
    wide_and_long = _MANY_COLUMNS.search(xml) and _MANY_ROWS.search(xml)
    return bool(prefixed or wide_and_long or any(one.search(xml) for one in _WALKED))


def _of_styles(xml: bytes, styles: frozenset[str]) -> dict[int, set[int]]:
    """Give the rows, by column, of cells whose style is one of these; all say where they stand."""
    found: dict[int, set[int]] = {}
    if not styles:
        return found
    wanted = {style.encode() for style in styles}
    columns: dict[bytes, int] = {}
    for match in _TAG.finditer(xml):
        parts = match[1].split(b'"')
        given = dict(zip(parts[::2], parts[1::2], strict=False))
        if given.get(b" s=") in wanted and given.get(b" t=", b"n") == b"n":
            at = given[b"r="]
            letters = at.rstrip(b"0123456789")
            if letters not in columns:
                columns[letters] = _place(at.decode("ascii", "replace"), 0, 0)[1]
            found.setdefault(columns[letters], set()).add(int(at[len(letters) :]) - 1)
    return found


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    from openpyxl.utils.cell import coordinate_to_tuple

    if reference is None:
        return row, column
    if not _CELL.match(reference):
        raise ValueError(f"no cell is called {reference[:20]!r}")
    row, column = coordinate_to_tuple(reference)
    return row - 1, column - 1
