"""The figures of one column: each in the unit of its quantity, with its bound and its rounding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from edu_metrics.catalog import Catalog, Quantity
from edu_metrics.observations.intake.cell_values import Figure, as_text, narrow, read_figure
from edu_metrics.observations.intake.header import Column, Head
from edu_metrics.observations.intake.labels import Rows
from edu_metrics.observations.intake.log import Log
from edu_metrics.observations.intake.mapping import Mapping
from edu_metrics.observations.intake.workbook import Sheet, letters
from edu_metrics.observations.table import BOUNDS
from edu_metrics.observations.transcription import accepted_units, rounded_between, unit_factor

_SCALE_ALONE = re.compile(r"^[十百千万亿]+$")
#: Decimals to which a fraction is taken times 100: more are noise of the arithmetic.
_DECIMALS = 10


@dataclass
class Block:
    """
    Figures of one column with their labels.

    Attributes
    ----------
    sheet : Sheet
        Where they stand.
    column : int
        Their column, counted from 0.
    rows : Rows
        All rows of the sheet.
    figures : DataFrame
        One row each: ``at``, its place among the rows; area, quantity, year and period; value,
        lower and upper in the unit of the quantity, NaN where there is none; bound; and whether
        a person, or a percent sign, has made it ``sure``.
    """

    sheet: Sheet
    column: int
    rows: Rows
    figures: pd.DataFrame

    def where(self, place: int) -> str:
        """Name the cell of a figure."""
        row = self.rows.labelled[self.figures["at"].to_numpy()[place]]
        return self.sheet.where(row.at, self.column)

    def label(self, name: str) -> list[Any] | None:
        """Give the cells of a column of labels; None where the sheet has none."""
        cells = self.rows.others.get(name)
        return None if cells is None else [cells[place] for place in self.figures["at"]]


class _Reading(NamedTuple):
    """One figure as it is read."""

    value: float
    lower: float | None = None
    upper: float | None = None
    bound: str = "exact"
    sure: bool = False


def text_array(words: list[Any]) -> Any:
    """Make a column of text of words that repeat."""
    if words and words.count(words[0]) == len(words):
        return pd.array(words[:1], dtype="str").take(np.zeros(len(words), dtype=np.int64))
    codes, unique = pd.factorize(np.array(words, dtype=object), use_na_sentinel=False)
    return pd.array(list(unique), dtype="str").take(codes)


@dataclass
class FigureReader:
    """
    Reads columns of figures.

    Attributes
    ----------
    catalog : Catalog
        What is defined.
    mapping : Mapping
        What is told of the file.
    log : Log
        Where repairs and problems go.
    """

    catalog: Catalog
    mapping: Mapping
    log: Log
    used_cells: set[str] = field(default_factory=set)
    _factors: dict[tuple[str, str], Decimal | None] = field(default_factory=dict)
    _read: dict[Any, Figure | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Narrow what stands for no number, as cells are."""
        self._no_number = frozenset(narrow(mark) for mark in self.mapping.no_number)

    def read(self, sheet: Sheet, head: Head, column: Column, rows: Rows) -> Block:
        """
        Read one column.

        Parameters
        ----------
        sheet : Sheet
            The sheet.
        head : Head
            Its head.
        column : Column
            The column.
        rows : Rows
            The rows below the head.

        Returns
        -------
        Block
            Figures that were understood; problems go to the log.
        """
        self._sheet, self._head, self._column, self._rows = sheet, head, column, rows
        said, index = column.meaning, column.index
        lacks = said.year is None and head.role("year") is None and self.mapping.year is None
        year = head.title_year if lacks else said.year
        labels: dict[str, list[Any]] = {
            "area": [row.area or said.area for row in rows.labelled],
            "quantity": [row.quantity or said.quantity for row in rows.labelled],
            "year": [row.year or year for row in rows.labelled],
        }
        raws = [
            cells[index] if index < len(cells) else ""
            for cells in (sheet.rows[row.at] for row in rows.labelled)
        ]
        known = []
        for place, three in enumerate(zip(*labels.values(), strict=True)):
            if said.rest or not all(three):
                self._unlabelled(place, three, raws[place])
            else:
                known.append(place)
        figures = self._figures(raws, known, labels["quantity"])
        at = figures["at"].tolist()
        periods = [rows.labelled[place].period or said.period or "year" for place in at]
        figures = figures.assign(
            area=text_array([labels["area"][place] for place in at]),
            quantity=text_array([labels["quantity"][place] for place in at]),
            year=np.array([labels["year"][place] for place in at], dtype=np.int64),
            period=text_array(periods),
        )
        return Block(sheet, index, rows, figures)

    def _figures(self, raws: list[Any], known: list[int], quantities: list[Any]) -> pd.DataFrame:
        """Read the figures of the rows that are known to be labelled."""
        number = len(raws)
        value, lower, upper = np.full((3, number), np.nan)
        bound = np.full(number, "exact", dtype=object)
        sure, kept = np.zeros((2, number), dtype=bool)
        plain, percent = self._numbers(raws, known, quantities)
        value[plain] = [raws[place] for place in plain]
        value[percent] = np.round([raws[place] * 100 for place in percent], _DECIMALS)
        kept[plain] = kept[percent] = sure[percent] = True
        self._log_percent(raws, percent, value)
        done = set(plain).union(percent)
        for place in (place for place in known if place not in done):
            one = self._with_care(place, quantities[place], raws[place])
            if one is not None:
                value[place], lower[place], upper[place], bound[place], sure[place] = one
                kept[place] = True
        numbers = {"value": value, "lower": lower, "upper": upper, "sure": sure}
        found = pd.DataFrame(
            {"at": np.arange(number), "bound": text_array(bound.tolist()), **numbers}
        )
        return found[kept].reset_index(drop=True)

    # --- numbers that need no look

    def _numbers(
        self, raws: list[Any], known: list[int], quantities: list[Any]
    ) -> tuple[list[int], list[int]]:
        """
        Give the places of numbers of which no mapping, bound or formula says anything.

        Those in the unit of their quantity come first, then fractions shown as percentages.
        """
        if self._no_number or self.mapping.cells:
            return [], []
        index = [row.at for row in self._rows.labelled]
        units, shown = [row.unit for row in self._rows.labelled], self._percent_rows()
        bounds = self._rows.others.get("bound")
        computed = {row for row, column in self._sheet.formulas if column == self._column.index}
        plain = [
            place
            for place in known
            if type(raws[place]) is float
            and raws[place] >= 0
            and (bounds is None or bounds[place] in ("", "exact"))
            and index[place] not in computed
        ]
        percent: list[int] = []
        if shown:
            rates = {one.id for one in self.catalog.quantities.values() if one.unit == "percent"}
            percent = [at for at in plain if index[at] in shown and quantities[at] in rates]
            plain = [at for at in plain if index[at] not in shown]
        first = {(quantities[place], units[place]): place for place in reversed(plain)}
        other = {pair for pair, at in first.items() if self._factor(at, pair[0]) != 1}
        if other:
            plain = [at for at in plain if (quantities[at], units[at]) not in other]
        return plain, percent

    def _log_percent(self, raws: list[Any], places: list[int], value: NDArray[np.float64]) -> None:
        file, name = self._sheet.file, self._sheet.name
        column, rows = letters(self._column.index), self._rows.labelled
        rule = "percent_format"
        self.log.repairs += [
            (file, name, f"{column}{rows[at].at + 1}", f"{raws[at]:.15g}", f"{new:.15g}", rule)
            for at, new in zip(places, value[places].tolist(), strict=True)
        ]

    # --- all other cells

    def _where(self, place: int) -> str:
        return self._sheet.where(self._rows.labelled[place].at, self._column.index)

    def _unlabelled(self, place: int, labels: Sequence[Any], raw: Any) -> None:
        """Tell what nothing tells of a figure, once a sheet; what is unknown is told already."""
        where = self._where(place)
        figure = self._figure(raw)
        if self._told(where) is None and figure is None:
            self.log.problem("value", self._sheet, where, as_text(raw))
        if self._column.meaning.rest or (figure is not None and figure.number is None):
            return
        names = (("place", "area"), ("quantity", "quantity"), ("year", "year"))
        for (role, name), label in zip(names, labels, strict=True):
            if label is None and self._head.role(role) is None:
                first = self._sheet.where(self._head.rows[0], 0)
                self.log.problem_once("lacking", self._sheet, first, f"{name} of the figures")

    def _with_care(self, place: int, quantity: str, raw: Any) -> _Reading | None:
        """Read one cell in the unit of its quantity; None where there is no figure."""
        where, typed = self._where(place), as_text(raw)
        told = self._told(where)
        figure = self._figure(raw if told is None else told)
        if figure is None or (isinstance(raw, bool) and told is None):
            self.log.problem("value", self._sheet, where, typed)
            return None
        if figure.number is None:
            return self._no_figure(where, typed, figure, place)
        if told is None and self._rows.labelled[place].at in self._percent_rows():
            number = figure.number * 100
            figure = replace(figure, number=number, unit="%", rules=("percent_format",))
        factor = self._factor_in_cell(place, quantity, figure.unit)
        if factor is None or figure.number is None:
            return None
        measured = self.catalog.quantities[quantity]
        if figure.number < 0 and measured.form != "printed_rate":
            self.log.problem("negative", self._sheet, where, typed)
            return None
        bound = self._bound(place, where, figure)
        value = float(figure.number * factor)
        lower, upper = rounded_between(figure.number, factor, measured, bound)
        cell = self._rows.labelled[place].at, self._column.index
        rules = [
            *(["mapping"] if told is not None else []),
            *(["formula"] if cell in self._sheet.formulas else []),
            *figure.rules,
            *(["unit"] if factor != 1 else []),
            *(["rounded"] if lower is not None else []),
        ]
        if rules:
            said = f"{value:.15g}" if bound == "exact" else f"{bound} {value:.15g}"
            self.log.repaired(self._sheet, where, typed, said, " ".join(rules))
        # A percent sign in the cell itself leaves no doubt what 0.5 % is.
        sure = told is not None or figure.unit in ("%", "‰")
        return _Reading(value, lower, upper, bound, sure)

    def _percent_rows(self) -> set[int]:
        return self._sheet.percent.get(self._column.index, set())

    def _no_figure(self, where: str, typed: str, figure: Figure, place: int) -> _Reading | None:
        status = self._rows.others.get("status")
        kept_back = status is not None and as_text(status[place]).strip() == "suppressed"
        if figure.suppressed or kept_back:
            self.log.repaired(self._sheet, where, typed, "suppressed", "suppressed")
            return _Reading(np.nan, sure=True)
        self.log.repaired(self._sheet, where, typed, "", figure.rules[0])
        return None

    def _told(self, where: str) -> str | None:
        for name in (f"{self._sheet.name}!{where}", where):
            if name in self.mapping.cells:
                self.used_cells.add(name)
                return self.mapping.cells[name]
        return None

    def _figure(self, raw: Any) -> Figure | None:
        key = (type(raw), raw)
        if key not in self._read:
            self._read[key] = read_figure(raw, no_number=self._no_number)
        return self._read[key]

    def _bound(self, place: int, where: str, figure: Figure) -> str:
        bounds = self._rows.others.get("bound")
        named = as_text(bounds[place]).strip() if bounds else ""
        if named in ("", "exact", figure.bound):
            return figure.bound
        if named not in BOUNDS or figure.bound != "exact":
            listed = ", ".join(BOUNDS)
            self.log.problem("word", self._sheet, where, f"bound {named}: one of {listed}")
        return named

    # --- units

    def _unit(self, place: int, quantity: str) -> str:
        own = self._rows.labelled[place].unit or self.mapping.units.get(quantity)
        return own or self._column.meaning.unit or ""

    def _factor_in_cell(self, place: int, quantity: str, in_cell: str) -> Decimal | None:
        """Say how many units of its quantity a figure counts, with the unit in its own cell."""
        if not in_cell:
            return self._factor(place, quantity)
        measured = self.catalog.quantities[quantity]
        if _SCALE_ALONE.match(in_cell) and unit_factor(in_cell, measured) is None:
            base = re.sub(r"^[十百千万亿]+", "", self._unit(place, quantity))
            words = (word for word in accepted_units(measured)[1:] if not word.isascii())
            in_cell += base or next(words, "")
        factor = unit_factor(in_cell, measured)
        if factor is None:
            self._wrong_unit(place, in_cell, measured)
        return factor

    def _factor(self, place: int, quantity: str) -> Decimal | None:
        unit = self._unit(place, quantity)
        key = (quantity, unit or f"\0{self._sheet.name}")
        if key not in self._factors:
            self._factors[key] = self._new_factor(place, quantity, unit)
        if self._factors[key] is None and unit:
            self._wrong_unit(place, unit, self.catalog.quantities[quantity])
        return self._factors[key]

    def _new_factor(self, place: int, quantity: str, unit: str) -> Decimal | None:
        measured = self.catalog.quantities[quantity]
        if unit:
            return unit_factor(unit, measured)
        above = [self.mapping.unit] if self.mapping.unit else list(self._head.units)
        fitting = {u: f for u in above if (f := unit_factor(u, measured)) is not None}
        if len(set(fitting.values())) == 1:
            return next(iter(fitting.values()))
        if not fitting and measured.form != "money":
            return Decimal(1)
        units = fitting or dict.fromkeys(accepted_units(measured)[1:2])
        text = f"{quantity}: {' or '.join(units)}?"
        self.log.problem("no_unit", self._sheet, self._where(place), text)
        return None

    def _wrong_unit(self, place: int, unit: str, measured: Quantity) -> None:
        text = f"{unit} for {measured.id}, counted in {', '.join(accepted_units(measured))}"
        self.log.problem_once("unit", self._sheet, self._where(place), text)
