"""One file read into observations: every figure with its area, quantity, year, unit and bound."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog, names_of, plain
from edu_metrics.errors import DataError
from edu_metrics.limits import is_day
from edu_metrics.observations.intake.cell_values import as_text, narrow, read_figure
from edu_metrics.observations.intake.figures import Block, FigureReader, text_array
from edu_metrics.observations.intake.header import Head, HeadReader
from edu_metrics.observations.intake.labels import LabelReader, Rows
from edu_metrics.observations.intake.log import Log
from edu_metrics.observations.intake.mapping import Mapping
from edu_metrics.observations.intake.workbook import Sheet, printable, read_sheets
from edu_metrics.observations.periods import read_part
from edu_metrics.observations.table import COLUMNS, STATUSES, empty


@dataclass(frozen=True)
class Intake:
    """
    What a file holds.

    Attributes
    ----------
    table : DataFrame
        Observations in the columns of the long table.
    log : Log
        What was done to its cells.
    """

    table: pd.DataFrame
    log: Log


def read_table(
    path: Path,
    content: bytes,
    catalog: Catalog,
    mapping: Mapping | None = None,
    school_year: str | None = None,
) -> Intake:
    """
    Read a researcher's table.

    Parameters
    ----------
    path : Path
        How the file is called.
    content : bytes
        What it holds.
    catalog : Catalog
        What is defined.
    mapping : Mapping, optional
        What is told of it besides.
    school_year : {"starts", "ends"}, optional
        The study's rule for the year that a school year counts for; else that in which it begins.

    Returns
    -------
    Intake
        Its observations, and what was done to its cells.

    Raises
    ------
    DataError
        With one line for each cause, all cells that it concerns, and what to do about it.
    """
    return _read(path, content, catalog, mapping or Mapping(), school_year).result(
        printable(path.name)
    )


def read_log(path: Path, content: bytes, catalog: Catalog, mapping: Mapping) -> Log:
    """
    Read a table for what of it is not understood.

    Parameters
    ----------
    path, content, catalog, mapping
        As of :func:`read_table`.

    Returns
    -------
    Log
        What was done to its cells, and what was not understood.

    Raises
    ------
    DataError
        If it can't be opened as a table.
    """
    return _read(path, content, catalog, mapping, None).log


def _read(
    path: Path, content: bytes, catalog: Catalog, mapping: Mapping, school_year: str | None
) -> _FileReader:
    reader = _FileReader(catalog, mapping, school_year)
    sheets = read_sheets(path, content, encoding=mapping.encoding, is_name=reader.heads.is_defined)
    unknown = set(mapping.sheets) - {sheet.name for sheet in sheets}
    if unknown:
        known = ", ".join(printable(sheet.name) for sheet in sheets)
        raise DataError(f"{path.name}: no sheet {', '.join(sorted(unknown))}; it has {known}")
    for sheet in sheets:
        reader.read(sheet)
    return reader


class Label(NamedTuple):
    """A label that goes into the table: how a cell is read, what is usual, and a fault's cause."""

    read: Callable[[Any], Any]
    usual: Any
    cause: str


class _FileReader:
    """Reads the sheets of one file."""

    def __init__(self, catalog: Catalog, mapping: Mapping, school_year: str | None) -> None:
        self.catalog = catalog
        self.mapping = mapping
        self.log = Log()
        self.heads = HeadReader(catalog, mapping, self.log, school_year)
        self.figures = FigureReader(catalog, mapping, self.log)
        self.blocks: list[Block] = []
        sources = {
            plain(name): one.id
            for one in catalog.sources.values()
            for name in (one.id, *one.title.by_language.values())
        }
        groups = {"all": "all"} | {
            plain(name): one.id for one in catalog.groups.values() for name in names_of(one)
        }
        self._labels = {
            "source": Label(_named(sources), mapping.source, "source"),
            "published": Label(read_date, mapping.published, "published"),
            "status": Label(_status, mapping.status or "reported", "word"),
            "group": Label(_named(groups), "all", "group"),
            "period": Label(lambda cell: read_part(as_text(cell)), "year", "part"),
        }

    def read(self, sheet: Sheet) -> None:
        """Read one sheet; problems go to the log."""
        if self.mapping.sheets and sheet.name not in self.mapping.sheets:
            self.log.repaired(sheet, "", sheet.name, "", "sheet_not_asked_for")
            return
        if sheet.hidden and sheet.name not in self.mapping.sheets:
            self.log.repaired(sheet, "", sheet.name, "", "hidden_sheet")
            return
        head = self.heads.read(sheet)
        if head is None:
            self._without_head(sheet)
            return
        for name, told in (("source", self.mapping.source), ("published", self.mapping.published)):
            if told is None and head.role(name) is None:
                self.log.problem(name, sheet, sheet.where(head.rows[0], 0), "told nowhere")
        rows = LabelReader(sheet, head, self.heads).read()
        self._read_labels(sheet, head, rows)
        self.blocks += [self.figures.read(sheet, head, column, rows) for column in head.figures]

    def _read_labels(self, sheet: Sheet, head: Head, rows: Rows) -> None:
        """Name every source, date and status that is not understood, of whatever figure it is."""
        for name in self._labels.keys() & rows.others.keys():
            label, column = self._labels[name], head.role(name) or 0
            for row, cell in zip(rows.labelled, rows.others[name], strict=True):
                if cell != "" and label.read(cell) is None:
                    where = sheet.where(row.at, column)
                    self.log.problem(label.cause, sheet, where, as_text(cell))

    def _without_head(self, sheet: Sheet) -> None:
        if any(_is_number(cell) for row in sheet.rows for cell in row):
            self.log.problem("no_head", sheet, "A1", sheet.name or sheet.file)
        else:
            self.log.repaired(sheet, "", sheet.name, "", "sheet_without_figures")

    def result(self, name: str) -> Intake:
        """Put the figures of all sheets together, and hold them against each other."""
        unused = set(self.mapping.cells) - self.figures.used_cells
        if unused and self.log.clean:
            raise DataError(f"{name}: cells of the mapping hold no figure: {sorted(unused)}")
        blocks = [block for block in self.blocks if len(block.figures)]
        if not blocks and self.log.clean:
            raise DataError(f"{name}: no figure was found in it; expected a table with a head")
        frames = [self._frame(number, block) for number, block in enumerate(blocks)]
        if frames and self.log.clean:
            frame = pd.concat(frames, ignore_index=True)
            for cause, rows in odd_figures(frame, self.catalog).items():
                self._odd(blocks, rows, cause)
        if not self.log.clean:
            raise DataError(f"{name}: not taken in, nothing was written", self.log.faults())
        return Intake(frame[list(COLUMNS)].astype(empty().dtypes.to_dict()), self.log)

    def _frame(self, number: int, block: Block) -> pd.DataFrame:
        """Make rows of the long table, with the place of each figure beside it."""
        vintage = np.array(self._label(block, "published"), dtype="datetime64[D]")
        self._too_early(block, vintage)
        # What the year itself is tells a column of parts of the year that is empty.
        figures, parts = block.figures, pd.Series(text_array(self._label(block, "period")))
        return figures.assign(
            group=text_array(self._label(block, "group")),
            period=parts.mask(parts == "year", figures["period"]),
            source=text_array(self._label(block, "source")),
            status=text_array(self._statuses(block)),
            vintage=vintage.astype("datetime64[ns]"),
            block=number,
            place=np.arange(len(figures)),
        )

    def _label(self, block: Block, name: str) -> list[Any]:
        """Read a label of each figure, from its column or as told once for all."""
        label, cells = self._labels[name], block.label(name)
        if cells is None:
            return [label.usual] * len(block.figures)
        known = {cell: label.usual if cell == "" else label.read(cell) for cell in set(cells)}
        for place, cell in enumerate(cells):
            if known[cell] is None and cell == "":
                self.log.problem(label.cause, block.sheet, block.where(place), name)
        return [known[cell] for cell in cells]

    def _statuses(self, block: Block) -> list[Any]:
        found = self._label(block, "status")
        lost = block.figures["value"].isna().to_numpy()
        for place in np.flatnonzero(~lost).tolist() if "suppressed" in found else ():
            if found[place] == "suppressed":
                text = "suppressed beside a number"
                self.log.problem("word", block.sheet, block.where(place), text)
        if not lost.any():
            return found
        return ["suppressed" if gone else one for gone, one in zip(lost, found, strict=True)]

    def _too_early(self, block: Block, vintage: Any) -> None:
        year, period = block.figures["year"], block.figures["period"]
        early = pd.DatetimeIndex(vintage).year < year - (period == "school_year")
        for place in np.flatnonzero(early).tolist():
            text = f"{year.iat[place]}, published {vintage[place]}"
            self.log.problem("early", block.sheet, block.where(place), text)

    def _odd(self, blocks: Sequence[Block], rows: Any, cause: str) -> None:
        for row in rows.itertuples():
            block, text = blocks[row.block], f"{row.area} {row.year} {row.quantity}"
            if cause != "double" and not np.isnan(row.value):
                text += f" {row.value:.12g}"
            self.log.problem(cause, block.sheet, block.where(row.place), text)


def _is_number(cell: Any) -> bool:
    if not isinstance(cell, str):
        return isinstance(cell, float)
    figure = read_figure(cell)
    return figure is not None and figure.number is not None


def _named(ids: dict[str, str]) -> Callable[[Any], str | None]:
    return lambda cell: ids.get(plain(as_text(cell)))


def _status(cell: Any) -> str | None:
    word = as_text(cell).strip().lower()
    return word if word in STATUSES else None


_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")


def read_date(raw: Any) -> dt.date | None:
    """
    Read a date.

    Examples
    --------
    >>> read_date("2024年3月1日"), read_date("2024-03-01"), read_date("March")
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), None)
    """
    if isinstance(raw, dt.datetime):
        day: dt.date | None = raw.date()
    elif isinstance(raw, dt.date):
        day = raw
    else:
        found = _DATE.match(narrow(as_text(raw)))
        try:
            day = dt.date(*map(int, found.groups())) if found else None
        except ValueError:
            day = None
    return day if day is not None and is_day(day) else None


#: Percentages up to 1 among others whose median is this or more look like fractions. [percent]
_PERCENTAGES = 10.0
#: Figures of one area and quantity that differ so many times differ in their unit.
_JUMP = 1000.0


def odd_figures(frame: pd.DataFrame, catalog: Catalog) -> dict[str, pd.DataFrame]:
    """
    Find figures that contradict others of their table.

    Parameters
    ----------
    frame : DataFrame
        Observations, with a column ``sure``: a person or a percent sign has confirmed the figure.
    catalog : Catalog
        What is defined.

    Returns
    -------
    dict of str to DataFrame
        By cause (``double``, ``fraction``, ``jump``) the rows that it concerns.
    """
    keys = ["area", "year", "quantity", "group", "period", "vintage"]
    found = {"double": [frame[frame.duplicated(keys, keep=False)]], "fraction": [], "jump": []}
    exact = frame[(frame["bound"] == "exact") & (frame["value"] > 0)]
    for quantity, rows in exact.groupby("quantity", sort=False):
        measured = catalog.quantities[str(quantity)]
        if measured.unit == "percent":
            found["fraction"].append(_fractions(rows))
        elif measured.form != "printed_rate":
            found["jump"].append(_jumps(rows))
    return {cause: pd.concat(parts) for cause, parts in found.items() if parts}


def _fractions(rows: pd.DataFrame) -> pd.DataFrame:
    small = rows["value"] <= 1
    others = rows.loc[~small, "value"]
    if not len(others) or others.median() < _PERCENTAGES:
        return rows.iloc[:0]
    return rows[small & ~rows["sure"]]


def _jumps(rows: pd.DataFrame) -> pd.DataFrame:
    if rows["value"].max() < _JUMP * rows["value"].min():
        return rows.iloc[:0]
    series = rows.groupby("area")["value"]
    apart = series.transform("max") >= _JUMP * series.transform("min")
    confirmed = rows.groupby("area")["sure"].transform("any")
    return rows[apart & ~confirmed]
