"""One file read into observations: every figure with its area, quantity, year, unit and bound."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog, Quantity, names_of, nearest, plain
from edu_metrics.errors import DataError
from edu_metrics.limits import LARGEST
from edu_metrics.observations.intake.header import Head, HeadReader, Meaning
from edu_metrics.observations.intake.labels import LabelReader
from edu_metrics.observations.intake.log import Log
from edu_metrics.observations.intake.mapping import Mapping
from edu_metrics.observations.intake.workbook import Sheet, printable, read_sheets
from edu_metrics.observations.printed import (
    Figure,
    accepted_units,
    as_text,
    narrow,
    read_date,
    read_figure,
    read_part,
    rounded_between,
    unit_factor,
)
from edu_metrics.observations.table import BOUNDS, COLUMNS, STATUSES, TYPES, empty, rows_of

_SCALE_ALONE = re.compile(r"^[十百千万亿]+$")
#: Decimals to which a fraction is taken times 100: more are noise of the arithmetic.
_DECIMALS = 10
#: Signs of an endless number that are told.
_SHOWN = 40


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


def read_typed(sheet: Sheet, catalog: Catalog, school_year: str | None) -> pd.DataFrame:
    """
    Read a table whose cells all say plainly what they say: what would be repaired is a fault.

    Parameters
    ----------
    sheet : Sheet
        Its head, one row, names what each column holds.
    catalog, school_year
        As of :func:`read_table`.

    Returns
    -------
    DataFrame
        Its observations.

    Raises
    ------
    DataError
        With one line for each cause, and all cells that it concerns.
    """
    told = Mapping(head=1, head_rows=1)
    reader = _FileReader(catalog, told, school_year, strict=True)
    reader.read(sheet)
    return reader.result(printable(sheet.file)).table


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


class _Label(NamedTuple):
    """A label that goes into the table: how a cell is read, what is usual, and a fault's cause."""

    read: Callable[[Any], Any]
    usual: Any
    cause: str
    #: What may be meant by a word that is not known.
    words: Collection[str] = ()


class _FileReader:
    """
    Reads the sheets of one file into one frame, a row each cell below a head of figures.

    Its columns are those of the long table; where the cell stands (``sheet``, its number; ``at``
    and ``column``, counted from 0); what stands there (``raw``), with its unit and how it is said
    to be bound; and whether a person, or a percent sign, has made it ``sure``.
    """

    def __init__(
        self, catalog: Catalog, mapping: Mapping, school_year: str | None, *, strict: bool = False
    ) -> None:
        self.catalog, self.mapping, self.log = catalog, mapping, Log(strict=strict)
        self.heads = HeadReader(catalog, mapping, self.log, school_year)
        self.sheets: list[tuple[Sheet, Head]] = []
        self.parts: list[pd.DataFrame] = []
        self._no_number = frozenset(narrow(mark) for mark in mapping.no_number)
        self._used_cells: set[str] = set()
        self._factors: dict[tuple[str, str], Decimal | None] = {}
        self._figures: dict[Any, Figure | None] = {}
        sources = {
            plain(name): one.id
            for one in catalog.sources.values()
            for name in (one.id, *one.title.by_language.values())
        }
        groups = {"all": "all"} | {
            plain(name): one.id for one in catalog.groups.values() for name in names_of(one)
        }
        self._labels = {
            "source": _Label(_named(sources), mapping.source, "source", catalog.sources),
            "published": _Label(read_date, mapping.published, "published"),
            "status": _Label(_status, mapping.status or "reported", "word", STATUSES),
            "group": _Label(_named(groups), "all", "group", list(groups)),
            "period": _Label(lambda cell: read_part(as_text(cell)), "year", "part"),
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
        for name in ("source", "published"):
            if self._labels[name].usual is None and head.role(name) is None:
                self.log.problem(name, sheet, sheet.where(head.rows[0], 0), "told nowhere")
        self.sheets.append((sheet, head))
        rows = self._with_labels(sheet, head, LabelReader(sheet, head, self.heads).read())
        self.parts += [
            self._figures_of(sheet, index, said, rows) for index, said in head.figures.items()
        ]

    def _without_head(self, sheet: Sheet) -> None:
        if any(_is_number(cell) for row in sheet.rows for cell in row):
            self.log.problem("no_head", sheet, "A1", sheet.name or sheet.file)
        else:
            self.log.repaired(sheet, "", sheet.name, "", "sheet_without_figures")

    def _with_labels(self, sheet: Sheet, head: Head, rows: pd.DataFrame) -> pd.DataFrame:
        """Read source, date, status, group and part of the year; name what is not understood."""
        lacking = np.full(len(rows), "", dtype=object)
        for name, label in self._labels.items():
            column = head.role(name)
            if column is None:
                rows = rows.assign(**{name: label.usual})
                continue
            cells = rows[name].tolist()
            known = {cell: label.usual if cell == "" else label.read(cell) for cell in set(cells)}
            for at, cell in zip(rows["at"].tolist(), cells, strict=True):
                if cell != "" and known[cell] is None:
                    where, text = sheet.where(at, column), as_text(cell)
                    self.log.problem(label.cause, sheet, where, text, nearest(text, label.words))
            if known.get("", "") is None:
                lacking[rows[name] == ""] += f"{name} "
            rows = rows.assign(**{name: [known[cell] for cell in cells]})
        # What the year itself is tells a column of parts of the year that is empty.
        part = rows["period"].mask(rows["period"] == "year").fillna(rows["of_year"])
        vintage = pd.to_datetime(rows["published"]).astype("datetime64[ns]")
        return rows.assign(period=part, vintage=vintage, lacking=lacking)

    # --- one column of figures

    def _figures_of(
        self, sheet: Sheet, index: int, said: Meaning, rows: pd.DataFrame
    ) -> pd.DataFrame:
        """Read one column; problems go to the log."""
        head = self.sheets[-1][1]
        lacks = said.year is None and head.role("year") is None and self.mapping.year is None
        usual = {
            "area": said.area,
            "quantity": said.quantity,
            "year": head.title_year if lacks else said.year,
            "period": said.period or (head.title_period if lacks else "year"),
        }
        labels = {
            name: rows[name] if word is None else rows[name].fillna(word)
            for name, word in usual.items()
        }
        units = rows["unit"].fillna(labels["quantity"].map(self.mapping.units).astype("str"))
        lines = (sheet.rows[at] for at in rows["at"].tolist())
        raws = [line[index] if index < len(line) else "" for line in lines]
        cells = rows.assign(
            **labels,
            unit=units.fillna(said.unit or ""),
            sheet=len(self.sheets) - 1,
            column=index,
            raw=pd.Series(raws, rows.index, dtype=object),
        )
        labelled = cells[["area", "quantity", "year"]].notna().all(axis=1) & (not said.rest)
        easy, percent = self._easy(sheet, index, cells, labelled)
        value, lower, upper = np.full((3, len(cells)), np.nan)
        bound, sure = np.full(len(cells), "exact", dtype=object), percent.copy()
        value[easy] = cells.loc[easy, "raw"].astype(float)
        value[percent] = np.round(cells.loc[percent, "raw"].astype(float) * 100, _DECIMALS)
        kept = easy | percent
        shown = cells.loc[percent, ["at", "raw"]].assign(number=value[percent])
        for at, raw, number in zip(*(shown[name].tolist() for name in shown), strict=True):
            told = f"{raw:.15g}", f"{number:.15g}"
            self.log.repaired(sheet, sheet.where(at, index), *told, "percent_format")
        others = np.flatnonzero(~kept).tolist()
        for place, cell in zip(others, rows_of(cells[~kept]), strict=True):
            if not labelled.iat[place]:
                self._unlabelled(cell, sheet, head, said)
            elif one := self._with_care(cell, sheet):
                value[place], lower[place], upper[place], bound[place], sure[place] = one
                kept[place] = True
        numbers = {"value": value, "lower": lower, "upper": upper, "bound": bound, "sure": sure}
        figures: pd.DataFrame = cells.assign(**numbers).drop(columns="raw")[kept]
        return figures

    def _easy(
        self, sheet: Sheet, index: int, cells: pd.DataFrame, labelled: pd.Series
    ) -> tuple[Any, Any]:
        """
        Find numbers of which no mapping, bound or formula says anything.

        Those in the unit of their quantity come first, then fractions shown as percentages.
        """
        told = bool(self._no_number or self.mapping.cells)
        floats = np.array([type(raw) is float and raw >= 0 for raw in cells["raw"]], dtype=bool)
        special = (*sheet.formulas, *sheet.worded)
        computed = [row for row, column in special if column == index]
        plainly = labelled & (not told) & floats & ~cells["at"].isin(computed)
        plainly &= cells["bound"].isin(("", "exact"))
        shown = cells["at"].isin(sheet.percent.get(index, ()))
        rates = [one.id for one in self.catalog.quantities.values() if one.unit == "percent"]
        easy = (plainly & ~shown).to_numpy(copy=True)
        percent = (plainly & shown & cells["quantity"].isin(rates)).to_numpy()
        for cell in rows_of(cells[easy].drop_duplicates(["quantity", "unit"])):
            if self._factor(cell, sheet) != 1:
                same = (cells["quantity"] == cell.quantity) & (cells["unit"] == cell.unit)
                easy &= ~same.to_numpy()
        return easy, percent

    def _unlabelled(self, cell: Any, sheet: Sheet, head: Head, said: Meaning) -> None:
        """Tell what nothing tells of a figure, once a sheet; what is unknown is told already."""
        where, figure = sheet.where(cell.at, cell.column), self._figure(cell.raw)
        if self._told(sheet, where) is None and figure is None:
            self.log.problem("value", sheet, where, as_text(cell.raw))
        if said.rest or (figure is not None and figure.number is None):
            return
        for role, name in (("place", "area"), ("quantity", "quantity"), ("year", "year")):
            if pd.isna(getattr(cell, name)) and head.role(role) is None:
                first = sheet.where(head.rows[0], 0)
                self.log.problem_once("lacking", sheet, first, f"{name} of the figures")

    def _with_care(self, cell: Any, sheet: Sheet) -> _Reading | None:
        """Read one cell in the unit of its quantity; None where there is no figure."""
        where, typed = sheet.where(cell.at, cell.column), as_text(cell.raw)
        told = self._told(sheet, where)
        figure = self._figure(cell.raw if told is None else told)
        if figure is None or (isinstance(cell.raw, bool) and told is None):
            self.log.problem("value", sheet, where, typed)
            return None
        if figure.number is None:
            kept_back = figure.suppressed or cell.status == "suppressed"
            parsed, rule = ("suppressed",) * 2 if kept_back else ("", figure.rules[0])
            self.log.repaired(sheet, where, typed, parsed, rule)
            return _Reading(np.nan, sure=True) if kept_back else None
        number, shown = figure.number, sheet.worded.get((cell.at, cell.column))
        if told is None and shown is not None:
            self.log.problem("format", sheet, where, shown)
            return None
        if told is None and cell.at in sheet.percent.get(cell.column, ()):
            number = number * 100
            figure = replace(figure, unit="%", rules=("percent_format",))
        factor = self._factor(cell, sheet, figure.unit)
        if factor is None:
            return None
        measured = self.catalog.quantities[cell.quantity]
        negative = number < 0 and measured.form != "printed_rate"
        if negative or abs(number * factor) > LARGEST:
            self.log.problem("negative" if negative else "large", sheet, where, typed[:_SHOWN])
            return None
        bound = self._bound(cell, sheet, figure)
        value = float(number * factor)
        lower, upper = rounded_between(number, factor, measured, bound)
        rules = [
            *(["mapping"] if told is not None else []),
            *(["formula"] if (cell.at, cell.column) in sheet.formulas else []),
            *figure.rules,
            *(["unit"] if factor != 1 else []),
            *(["rounded"] if lower is not None else []),
        ]
        if rules:
            said = f"{value:.15g}" if bound == "exact" else f"{bound} {value:.15g}"
            self.log.repaired(sheet, where, typed, said, " ".join(rules))
        # A percent sign in the cell itself leaves no doubt what 0.5 % is.
        return _Reading(value, lower, upper, bound, told is not None or figure.unit in ("%", "‰"))

    def _told(self, sheet: Sheet, where: str) -> str | None:
        for name in (f"{sheet.name}!{where}", where):
            if name in self.mapping.cells:
                self._used_cells.add(name)
                return self.mapping.cells[name]
        return None

    def _figure(self, raw: Any) -> Figure | None:
        key = (type(raw), raw)
        if key not in self._figures:
            self._figures[key] = read_figure(raw, no_number=self._no_number)
        return self._figures[key]

    def _bound(self, cell: Any, sheet: Sheet, figure: Figure) -> str:
        named = as_text(cell.bound).strip()
        if named in ("", "exact", figure.bound):
            return figure.bound
        if named not in BOUNDS or figure.bound != "exact":
            where = sheet.where(cell.at, cell.column)
            self.log.problem("word", sheet, where, f"bound {named}")
        return named

    # --- units

    def _factor(self, cell: Any, sheet: Sheet, in_cell: str = "") -> Decimal | None:
        """Say how many units of its quantity a figure counts; the unit in its own cell is first."""
        measured, unit = self.catalog.quantities[cell.quantity], in_cell or cell.unit
        if _SCALE_ALONE.match(in_cell) and unit_factor(in_cell, measured) is None:
            base = re.sub(r"^[十百千万亿]+", "", cell.unit)
            words = (word for word in accepted_units(measured)[1:] if not word.isascii())
            unit = in_cell + (base or next(words, ""))
        key = (measured.id, unit or f"\0{cell.sheet}")
        if key not in self._factors:
            self._factors[key] = (
                unit_factor(unit, measured) if unit else self._untold(cell, sheet, measured)
            )
        if self._factors[key] is None and unit:
            listed = ", ".join(accepted_units(measured))
            text = f"{unit} for {measured.id}, counted in {listed}"
            self.log.problem_once("unit", sheet, sheet.where(cell.at, cell.column), text)
        return self._factors[key]

    def _untold(self, cell: Any, sheet: Sheet, measured: Quantity) -> Decimal | None:
        """Take the unit that stands above the head, or of counts and rates their own."""
        head = self.sheets[cell.sheet][1]
        above = [self.mapping.unit] if self.mapping.unit else list(head.units)
        fitting = {u: f for u in above if (f := unit_factor(u, measured)) is not None}
        if len(set(fitting.values())) == 1:
            return next(iter(fitting.values()))
        # A unit above is that of all counts; rates among them say so or need none.
        if not fitting and (
            measured.form == "printed_rate" or not (above or measured.form == "money")
        ):
            return Decimal(1)
        units = fitting or above or accepted_units(measured)[1:2]
        text = f"{measured.id}: {' or '.join(units)}?"
        self.log.problem("no_unit", sheet, sheet.where(cell.at, cell.column), text)
        return None

    # --- all figures

    def result(self, name: str) -> Intake:
        """Put the figures of all sheets together, and hold them against each other."""
        unused = set(self.mapping.cells) - self._used_cells
        if unused and self.log.clean:
            raise DataError(f"{name}: cells of the mapping hold no figure: {sorted(unused)}")
        parts = [part for part in self.parts if len(part)]
        if not parts and self.log.clean:
            raise DataError(f"{name}: no figure was found in it; expected a table with a head")
        figures = pd.concat(parts, ignore_index=True) if parts else empty()
        if parts:
            figures = self._checked(figures)
        if not self.log.clean:
            raise DataError(f"{name}: not taken in, nothing was written", self.log.faults())
        return Intake(figures[list(COLUMNS)].astype(TYPES), self.log)

    def _checked(self, figures: pd.DataFrame) -> pd.DataFrame:
        """Name figures without a label, those that contradict others, and those out too early."""
        for one in rows_of(figures[figures["lacking"] != ""]):
            for label in one.lacking.split():
                self._odd(one, label, label)
        lost, kept_back = figures["value"].isna(), figures["status"] == "suppressed"
        for one in rows_of(figures[kept_back & ~lost]):
            self._odd(one, "word", "suppressed beside a number")
        first_day = figures["year"] - (figures["period"] == "school_year")
        for one in rows_of(figures[figures["vintage"].dt.year < first_day]):
            self._odd(one, "early", f"{int(one.year)}, published {one.vintage.date()}")
        asked = self.log.clean and not self.log.strict
        for cause, rows in odd_figures(figures, self.catalog).items() if asked else ():
            for one in rows_of(rows):
                text = f"{one.area} {int(one.year)} {one.quantity}"
                shown = cause != "double" and not np.isnan(one.value)
                self._odd(one, cause, f"{text} {one.value:.12g}" if shown else text)
        return figures.assign(status=figures["status"].mask(lost, "suppressed"))

    def _odd(self, one: Any, cause: str, text: str) -> None:
        sheet, _ = self.sheets[one.sheet]
        self.log.problem(cause, sheet, sheet.where(one.at, one.column), text)


class _Reading(NamedTuple):
    """One figure as it is read."""

    value: float
    lower: float | None = None
    upper: float | None = None
    bound: str = "exact"
    sure: bool = False


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
