"""What labels the figures of a row: its area, quantity, year and unit, and what is set aside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from edu_metrics.observations.intake.header import Head, HeadReader
from edu_metrics.observations.intake.workbook import Sheet
from edu_metrics.observations.printed import as_text, is_part_of_year, is_total, narrow, read_year

#: Labels that go straight into the table.
LABELS = ("bound", "status", "source", "published", "group", "period")

_NOTE = re.compile(
    r"^\s*(?:注|备注|附注|说明|资料来源|数据来源|来源|note|notes|source|sources)\s*\d*\s*[:.、]",
    re.IGNORECASE,
)


@dataclass
class LabelReader:
    """
    Reads the labels of the rows of one sheet.

    Attributes
    ----------
    sheet : Sheet
        The sheet.
    head : Head
        Its head.
    heads : HeadReader
        What reads heads: a row may be labelled as a column is.
    """

    sheet: Sheet
    head: Head
    heads: HeadReader

    def __post_init__(self) -> None:
        """Take names, mapping and log from what reads heads."""
        self.mapping, self.log = self.heads.mapping, self.heads.log
        self.areas, self.quantities = self.heads.areas, self.heads.quantities

    def read(self) -> pd.DataFrame:
        """
        Walk over the rows below the head.

        Returns
        -------
        DataFrame
            A row each that holds figures: where it stands (``at``, counted from 0); its area,
            quantity, year, what the year is (``of_year``) and unit, missing where it does not say;
            and its cells in the columns of ``LABELS``, empty where the sheet has none.
        """
        self._passed: dict[str, None] = {}
        roles = ("place", "parent", "quantity", "year", "unit", *LABELS)
        self._at = {role: self.head.role(role) for role in roles}
        labels = [at for at in self._at.values() if at is not None]
        self._down = self._filled_down(labels)
        rows = []
        for row, cells in self._with_figures():
            for column in labels:
                if (row, column) in self._down:
                    where, told = self.sheet.where(row, column), self._down[row, column]
                    self.log.repaired(self.sheet, where, "", told, "merged_label")
            quantity, unit = self._quantity(row, self._label(cells, row, "quantity"))
            area = self._area(row, cells)
            dated = self._year(row, self._label(cells, row, "year"))
            unit = narrow(as_text(self._label(cells, row, "unit"))) or unit
            others = (self._label(cells, row, name) for name in LABELS)
            rows.append((row, area, quantity, *dated, unit or None, *others))
        names = ["at", "area", "quantity", "year", "of_year", "unit", *LABELS]
        frame = pd.DataFrame(rows, columns=names, dtype=object)
        ids = dict.fromkeys(("area", "quantity", "of_year", "unit"), "str")
        return frame.astype({"at": "int64", "year": "float64", **ids})

    def _label(self, cells: Sequence[Any], row: int, role: str) -> Any:
        column = self._at[role]
        if column is None:
            return ""
        cell = cells[column] if column < len(cells) else ""
        return self._down.get((row, column), "") if cell == "" else cell

    def _filled_down(self, labels: Iterable[int]) -> dict[tuple[int, int], Any]:
        """Give what merged cells of label columns hold in the rows below their first."""
        wanted, rows = set(labels), self.sheet.rows
        filled = {}
        for (top, left), (bottom, right) in self.sheet.merged:
            if left == right and left in wanted and top > self.head.rows[-1]:
                for row in range(top + 1, min(bottom, len(rows) - 1) + 1):
                    filled[row, left] = rows[top][left] if left < len(rows[top]) else ""
        return filled

    # --- what is set aside

    def _with_figures(self) -> Iterator[tuple[int, list[Any]]]:
        self._figures = set(self.head.figures)
        for row in range(self.head.rows[-1] + 1, len(self.sheet.rows)):
            cells = self.sheet.rows[row]
            filled = [column for column, cell in enumerate(cells) if cell != ""]
            if not filled:
                continue
            rule = self._aside(row, cells, filled)
            if not rule:
                yield row, cells
                continue
            for column in filled:
                where = self.sheet.where(row, column)
                self.log.repaired(self.sheet, where, as_text(cells[column]), "", rule)

    def _aside(self, row: int, cells: list[Any], filled: Sequence[int]) -> str:
        """Say why a row is no row of figures; empty where it is one."""
        if len(filled) == 1:
            text = narrow(as_text(cells[filled[0]]))
            if _NOTE.match(text):
                return "note"
            if filled[0] not in self._figures:
                return "no_figures"
        if cells == self.sheet.rows[self.head.rows[0]]:
            return "repeated_head"
        place = as_text(self._label(cells, row, "place"))
        if not place:
            return ""
        if self.heads.is_set_aside(place):
            return "set_aside"
        return "total" if is_total(place) and not self.areas.find(place).ids else ""

    # --- labels

    def _area(self, row: int, cells: Sequence[Any]) -> str | None:
        column = self._at["place"]
        if column is None:
            return self.mapping.area
        text, where = as_text(self._label(cells, row, "place")), self.sheet.where(row, column)
        if not text:
            if self.mapping.area is None:
                self.log.problem("lacking", self.sheet, where, "name of the area")
            return self.mapping.area
        parent = as_text(self._label(cells, row, "parent"))
        found = self.areas.find_area(text, parent, self._passed)
        if found.id is None:
            shown = f"{text} ({parent})" if parent else text
            if len(found.ids) > 1:
                self.log.problem("shared", self.sheet, where, f"{shown}: {', '.join(found.ids)}")
            elif parent and self.areas.find(text).ids:
                at = self.sheet.where(row, self._at["parent"] or 0)
                self.log.problem("parent", self.sheet, at, f"{parent} of {text}")
            else:
                told = f"{shown[len(text) :]}{self.areas.offer(text)}"
                self.log.problem("area", self.sheet, where, text, told)
            return None
        if found.rule:
            self.log.repaired(self.sheet, where, text, found.id, found.rule)
        self._passed.pop(found.id, None)
        self._passed[found.id] = None
        return found.id

    def _quantity(self, row: int, raw: Any) -> tuple[str | None, str]:
        column = self._at["quantity"]
        if column is None:
            return self.mapping.quantity, ""
        text, where = as_text(raw), self.sheet.where(row, column)
        found = self.quantities.find(text)
        if found.id:
            if found.rule:
                self.log.repaired(self.sheet, where, text, found.id, found.rule)
            return found.id, ""
        said = self.heads.meaning(text)
        if said.quantity and said.year is None and not said.rest:
            self.log.repaired(self.sheet, where, text, said.quantity, "unit_in_name")
            return said.quantity, said.unit or ""
        if text:
            offer = self.quantities.offer(text)
            self.log.problem("quantity", self.sheet, where, text, offer)
            return None, ""
        if self.mapping.quantity is None:
            self.log.problem("lacking", self.sheet, where, "name of the quantity")
        return self.mapping.quantity, ""

    def _year(self, row: int, raw: Any) -> tuple[int | None, str | None]:
        column = self._at["year"]
        if column is None or (raw == "" and self.mapping.year is not None):
            return self.mapping.year, None
        where, found = self.sheet.where(row, column), self.heads.dated(raw)
        if found is None:
            cause = "period" if is_part_of_year(raw) else "year" if raw != "" else "lacking"
            if self.heads.school_year is None and "school_year" in (read_year(raw) or ()):
                cause = "school_year"
            self.log.problem(cause, self.sheet, where, as_text(raw) or "year")
            return None, None
        year, period, rule = found
        if rule:
            self.log.repaired(self.sheet, where, raw, year, rule)
        return year, period
