"""The head of a table: its rows, what each column holds, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from edu_metrics.catalog import Catalog, plain
from edu_metrics.observations.intake.log import Log, known_words
from edu_metrics.observations.intake.mapping import ColumnMeaning, Mapping, Names
from edu_metrics.observations.intake.workbook import Sheet, letters
from edu_metrics.observations.printed import (
    as_text,
    bare,
    is_part_of_year,
    is_total,
    narrow,
    read_figure,
    read_period,
    unit_factor,
)
from edu_metrics.observations.printed import read_year as year_of

#: Rows in which a head is looked for.
_SEARCHED = 40

#: A unit that is told as one, whatever it is; and what may be one: after 单位, in brackets, last.
_UNIT_TOLD = re.compile(r"(?:单位|\bunits?)\s*:\s*([^()]*(?:\([^()]*\))?)", re.IGNORECASE)
_UNIT_HINTED = re.compile(
    r"(?:单位|\bunits?)\s+([^():]+)|\(\s*(?:in\s+)?([^()]+)\)|\bin\s+([^():,]+)$", re.IGNORECASE
)
_BETWEEN_UNITS = re.compile(r"[、,;()]\s*")
_UNIT_BEHIND = re.compile(r"^(.*?)\s*(?:\(([^()]+)\)|[,/、]\s*([^,/、()\s]+))$")
_YEAR_WORD = r"\d{4}(?:[-/—]\d{2,4})?\s*(?:年度|学年度|学年|年(?:[上下]半年)?)"
_YEAR_BEFORE = re.compile(rf"^({_YEAR_WORD})\s*(.+)$")
_YEAR_BEHIND = re.compile(rf"^(.+?)\s*\(?({_YEAR_WORD}?)\)?$")
_YEAR_IN_TITLE = re.compile(
    r"(?<!\d)(?:19|2[01])\d\d(?:\s*年?\s*[-—–―/~至到]{1,2}\s*\d{2,4})?\s*(?:学年度?|年度?)"
)


def split_unit(text: str) -> tuple[str, str]:
    """
    Part a name from the unit that may stand behind it.

    Examples
    --------
    >>> split_unit("经费（万元）"), split_unit("Teachers")
    (('经费', '万元'), ('Teachers', ''))
    """
    parts = _UNIT_BEHIND.match(narrow(text))
    return (parts[1], parts[2] or parts[3]) if parts and parts[1] else (narrow(text), "")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text of the head says; ``rest`` is what of it was not understood."""

    role: str | None = None
    quantity: str | None = None
    year: int | None = None
    area: str | None = None
    unit: str | None = None
    period: str | None = None
    rest: str = ""
    #: How it was read, where it is not what is defined.
    rule: str = field(default="", compare=False)


#: What a column of figures may say of them.
_LABELS = ("quantity", "year", "period", "area", "unit")


@dataclass(frozen=True)
class Head:
    """
    The head of a sheet.

    Attributes
    ----------
    rows : tuple of int
        Its rows, counted from 0.
    columns : dict of int to Meaning
        All columns that hold anything, counted from 0; figures where they have no role.
    units : tuple of str
        Units that a line above the head names.
    title_year : int or None
        The one year that lines above the head name. [year]
    title_period : str
        What that year is.
    """

    rows: tuple[int, ...]
    columns: dict[int, Meaning]
    units: tuple[str, ...] = ()
    title_year: int | None = None
    title_period: str = "year"

    def role(self, role: str) -> int | None:
        """Give the column that has a role."""
        return next((at for at, said in self.columns.items() if said.role == role), None)

    @property
    def figures(self) -> dict[int, Meaning]:
        """Columns of figures."""
        return {at: said for at, said in self.columns.items() if said.role in (None, "value")}


@dataclass
class HeadReader:
    """
    Reads heads of the sheets of one file.

    Attributes
    ----------
    catalog : Catalog
        What is defined.
    mapping : Mapping
        What is told of the file.
    log : Log
        Where repairs and problems go.
    school_year : {"starts", "ends"} or None
        The study's rule for the year that a school year counts for; else that in which it begins.
    """

    catalog: Catalog
    mapping: Mapping
    log: Log
    school_year: str | None = None
    _cache: dict[str, Meaning] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Collect all names, once for a file."""
        self.areas = Names.of(self.catalog.areas.values(), self.mapping.areas)
        self.quantities = Names.of(self.catalog.quantities.values(), self.mapping.quantities)
        roles = known_words("roles").items()
        self._roles = {word: role for role, words in roles for word in words.split()}

    def is_defined(self, text: str) -> bool:
        """Tell whether a text names an area or a quantity."""
        return bool(self.areas.find(text).ids or self.quantities.find(text).ids)

    def read(self, sheet: Sheet) -> Head | None:
        """
        Find the head of a sheet and what its columns hold.

        Parameters
        ----------
        sheet : Sheet
            The sheet.

        Returns
        -------
        Head or None
            None where there is none.
        """
        first = self._first_row(sheet)
        if first is None:
            return None
        rows = self._rows(sheet, first)
        filled = self._filled(sheet, rows)
        if len(rows) > 1 and not sheet.name:
            self._fill_across(sheet, filled, rows)
        columns = self._columns(sheet, filled, rows)
        return Head(rows, columns, *self._above(sheet, first))

    def _first_row(self, sheet: Sheet) -> int | None:
        if self.mapping.head is not None:
            row = self.mapping.head - 1
            return row if row < len(sheet.rows) else None
        for row, cells in enumerate(sheet.rows[:_SEARCHED]):
            texts = [as_text(cell) for cell in cells if cell != ""]
            if len(texts) < 2 or any(_UNIT_TOLD.match(narrow(text)) for text in texts):
                continue
            said = [self.meaning(text) for text in texts]
            roles = sum(one.role is not None for one in said)
            known = sum(one != Meaning(rest=one.rest) and not one.rest for one in said)
            is_data = any(isinstance(cell, float) and year_of(cell) is None for cell in cells)
            if not is_data and (roles or known >= 2):
                return row
        return None

    def _rows(self, sheet: Sheet, first: int) -> tuple[int, ...]:
        if self.mapping.head_rows is not None:
            last = min(first + self.mapping.head_rows, len(sheet.rows))
            return tuple(range(first, last))
        rows = [first]
        labels = {
            column
            for column, cell in enumerate(sheet.rows[first])
            if self.meaning(as_text(cell)).role is not None
        }
        if any(self.meaning(as_text(cell)).role == "value" for cell in sheet.rows[first]):
            return (first,)
        while len(rows) < 3 and rows[-1] + 1 < len(sheet.rows):
            if not self._goes_on(sheet, rows[-1], labels):
                break
            rows.append(rows[-1] + 1)
        return tuple(rows)

    def _goes_on(self, sheet: Sheet, row: int, labels: set[int]) -> bool:
        """Tell whether the row after a row of the head belongs to it."""
        below = sheet.rows[row + 1]
        if any(top <= row < bottom for (top, _), (bottom, _) in sheet.merged):
            return True
        texts = [as_text(cell) for cell in below if cell != ""]
        if not texts:
            return False
        spans = any(top == row == bottom and left < right
                    for (top, left), (bottom, right) in sheet.merged)  # fmt: skip
        named = [as_text(below[column]) for column in labels or {0} if column < len(below)]
        if any(text and self.meaning(text).role is None for text in named):
            return False
        figures = [text for text in texts if _is_figure(text)]
        return not figures and (spans or not any(named))

    def _filled(self, sheet: Sheet, rows: Sequence[int]) -> dict[int, list[Any]]:
        """Give the rows of a head with merged cells filled."""
        width = max((len(sheet.rows[row]) for row in rows), default=0)
        filled = {row: [*sheet.rows[row], *[""] * (width - len(sheet.rows[row]))] for row in rows}
        for (top, left), (bottom, right) in sheet.merged:
            value = filled[top][left] if top in filled and left < width else ""
            for row in range(top, bottom + 1) if value != "" else ():
                for column in range(left, min(right, width - 1) + 1) if row in filled else ():
                    if (row, column) != (top, left):
                        filled[row][column] = value
                        where = sheet.where(row, column)
                        self.log.repaired(sheet, where, "", value, "merged_head")
        return filled

    def _fill_across(self, sheet: Sheet, filled: dict[int, list[Any]], rows: Sequence[int]) -> None:
        """Text has no merged cells: a head is that of the columns beside it, which have parts."""
        top, below = filled[rows[0]], filled[rows[1]]
        for column in range(1, len(top)):
            left = top[column - 1]
            if top[column] == "" and below[column] != "" and left != "" and below[column - 1] != "":
                top[column] = left
                self.log.repaired(sheet, sheet.where(rows[0], column), "", left, "head_of_several")

    def _columns(
        self, sheet: Sheet, filled: dict[int, list[Any]], rows: Sequence[int]
    ) -> dict[int, Meaning]:
        used = self._used_columns(sheet, rows[-1] + 1)
        columns: dict[int, Meaning] = {}
        for index in range(max(len(filled[rows[0]]), *(column + 1 for column in used), 0)):
            cells = (filled[row][index] for row in rows if index < len(filled[row]))
            texts = list(filter(None, dict.fromkeys(as_text(cell).strip() for cell in cells)))
            told = self._told(index, texts)
            if told is not None:
                columns[index] = told
            elif texts:
                columns[index] = self._together(texts)
                self._log_repairs(sheet, rows, index)
            elif index in used:
                self.log.problem("head", sheet, sheet.where(rows[0], index), "no head")
        if any(said.area for said in columns.values()):
            self._set_totals_aside(sheet, rows, columns)
        for index in sorted(used & columns.keys()):
            if rest := columns[index].rest:
                cause = self._cause(columns[index], filled, rows)
                self.log.problem(cause, sheet, sheet.where(rows[-1], index), rest)
        self._refuse_second_labels(sheet, rows, {at: columns[at] for at in columns if at in used})
        return columns

    def _log_repairs(self, sheet: Sheet, rows: Sequence[int], index: int) -> None:
        """Note how the cells of a head were read that do not say plainly what they say."""
        for row in rows:
            cells = sheet.rows[row]
            text = as_text(cells[index]) if index < len(cells) else ""
            said = self.meaning(text)
            if said.rule and not said.rest:
                told = (said.role, said.area, said.quantity, said.year)
                shown = " ".join(str(one) for one in told if one is not None)
                self.log.repaired(sheet, sheet.where(row, index), text, shown, said.rule)

    def _set_totals_aside(
        self, sheet: Sheet, rows: Sequence[int], columns: dict[int, Meaning]
    ) -> None:
        """Beside columns of areas, one of their total is none of them."""
        for index, said in columns.items():
            if said.area is None and said.quantity is None and is_total(said.rest):
                columns[index] = Meaning(role="ignore")
                where = sheet.where(rows[0], index)
                self.log.repaired(sheet, where, said.rest, "", "total")

    def _refuse_second_labels(
        self, sheet: Sheet, rows: Sequence[int], columns: dict[int, Meaning]
    ) -> None:
        """Two columns of one role are two tables side by side, or one of them is none."""
        first: dict[str, int] = {}
        for index, said in columns.items():
            role = said.role or "value"
            if role not in ("value", "note", "ignore") and first.setdefault(role, index) != index:
                text = f"{role} again, as in column {letters(first[role])}"
                self.log.problem("head", sheet, sheet.where(rows[-1], index), text)

    def _cause(self, meaning: Meaning, filled: dict[int, list[Any]], rows: Sequence[int]) -> str:
        roles = {self.meaning(as_text(cell)).role for row in rows for cell in filled[row]}
        long = "quantity" in roles or self.mapping.quantity is not None
        return "head" if meaning.quantity or long else "quantity"

    def _used_columns(self, sheet: Sheet, start: int) -> set[int]:
        used: set[int] = set()
        for row in sheet.rows[start:]:
            if len(used) < len(row):
                used |= {column for column, cell in enumerate(row) if cell != ""}
        return used

    def _told(self, index: int, texts: Sequence[str]) -> Meaning | None:
        """Give what a mapping tells of a column, by its letter or its head."""
        names = {plain(name): column for name, column in self.mapping.columns.items()}
        for name in (letters(index), "".join(texts), *texts):
            column: ColumnMeaning | None = names.get(plain(name))
            if column is not None:
                own = self._together([text for text in texts if plain(text) != plain(name)])
                told = Meaning(**column.model_dump())
                lacking = [one for one in _LABELS if getattr(told, one) is None]
                more = lacking if told.role in (None, "value") else ()
                return replace(told, **{one: getattr(own, one) for one in more})
        return None

    def _together(self, texts: Sequence[str]) -> Meaning:
        """Put together what the rows of a head say of one column."""
        said = [self.meaning(text) for text in texts]
        unknown = [one.rest for one in said if one.rest]
        if len(unknown) > 1 or (unknown and len(texts) > 1):
            for joined in ("".join(texts), "".join(reversed(texts))):
                whole = self.meaning(joined)
                if not whole.rest and whole.quantity:
                    return whole
        values: dict[str, Any] = {}
        for name in ("role", *_LABELS):
            found = {getattr(one, name) for one in said} - {None}
            if len(found) > 1:
                unknown.append(" / ".join(texts))
            elif found:
                (values[name],) = found
        return Meaning(**values, rest=" / ".join(dict.fromkeys(unknown)))

    def meaning(self, text: str) -> Meaning:
        """
        Say what one text of a head means.

        Parameters
        ----------
        text : str
            The text.

        Returns
        -------
        Meaning
            With ``rest`` where it is not wholly understood.
        """
        if text not in self._cache:
            self._cache[text] = self._meaning(text)
        return self._cache[text]

    def _meaning(self, text: str) -> Meaning:
        shown = narrow(text)
        if not shown:
            return Meaning()
        role = self._roles.get(plain(bare(shown)))
        if role is not None and plain(shown) not in self.quantities.told:
            as_typed = bare(shown) == text and (text.isascii() or " " not in text)
            return Meaning(role=role, rule="" if as_typed else "name_cleaned")
        dated = self.dated(text)
        if dated is not None:
            return Meaning(year=dated[0], period=dated[1], rule=dated[2])
        whole = self._named(text)
        if whole is not None:
            return whole
        if self.is_unit(shown.strip("()")):
            return Meaning(unit=shown.strip("()"))
        name, unit = split_unit(shown)
        if unit and self.is_unit(unit):
            inner = self._meaning(name)
            if inner.unit is None and inner.role in (None, "value"):
                rest = text.strip() if inner.rest else ""
                return replace(inner, unit=unit, rest=rest)
        for pattern, place in ((_YEAR_BEFORE, 1), (_YEAR_BEHIND, 2)):
            found = pattern.match(shown)
            dated = self.dated(found[place]) if found else None
            if found and dated:
                inner = self._meaning(found[3 - place])
                if inner.year is None and inner.role is None and not inner.rest:
                    rule = " ".join(filter(None, (inner.rule, dated[2])))
                    return replace(inner, year=dated[0], period=dated[1], rule=rule)
        return Meaning(rest=text.strip())

    def dated(self, raw: object) -> tuple[int, str, str] | None:
        """
        Read a year as the study counts it.

        Parameters
        ----------
        raw : object
            The cell.

        Returns
        -------
        int and two str, or None
            The year, its period and how it was read; None where it is neither a year nor half of
            one. [year]
        """
        told = read_period(as_text(raw), self.school_year)
        if self.log.strict:
            return told and (*told, "")
        found = year_of(raw)
        if found is None:
            return (*told, "half_year") if told and told[1] in ("h1", "h2") else None
        if found[1] != "school_year" or self.school_year is None:
            return found[0], "year", found[1]
        return found[0] + (self.school_year == "ends"), "school_year", "school_year"

    def _named(self, text: str) -> Meaning | None:
        quantity = self.quantities.find(text)
        if quantity.id:
            return Meaning(quantity=quantity.id, rule=quantity.rule)
        area = self.areas.find(text)
        return Meaning(area=area.id, rule=area.rule) if area.id else None

    def is_set_aside(self, text: str) -> bool:
        """Tell whether a mapping sets a row of this name aside."""
        return plain(bare(text)) in {plain(bare(name)) for name in self.mapping.set_aside}

    def is_unit(self, text: str) -> bool:
        """Tell whether a text is a unit of anything that is defined."""
        kinds = {(one.unit, one.form): one for one in self.catalog.quantities.values()}
        return any(unit_factor(text, one) is not None for one in kinds.values())

    def _above(self, sheet: Sheet, first: int) -> tuple[tuple[str, ...], int | None, str]:
        """Read units, the year and what it is from the lines above the head."""
        units: list[str] = []
        years: set[tuple[int | None, str]] = set()
        for row, cells in enumerate(sheet.rows[:first]):
            for column, cell in enumerate(cells):
                text = narrow(as_text(cell))
                if not text:
                    continue
                told = self._units_of_line(text)
                units += told
                if not is_part_of_year(text):
                    dated = map(self.dated, _YEAR_IN_TITLE.findall(text))
                    years |= {(one[0], one[1]) if one else (None, "year") for one in dated}
                rule = "unit_line" if told else "title"
                self.log.repaired(sheet, sheet.where(row, column), cell, "; ".join(told), rule)
        return tuple(units), *(years.pop() if len(years) == 1 else (None, "year"))

    def _units_of_line(self, text: str) -> list[str]:
        """Read the units that a line above the head names."""
        text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
        if told := _UNIT_TOLD.findall(text):
            return [one.strip() for each in told for one in _BETWEEN_UNITS.split(each) if one]
        hinted = ("".join(found).strip() for found in _UNIT_HINTED.findall(text))
        listed = (_BETWEEN_UNITS.split(one) for one in hinted)
        return [one for each in listed if all(map(self.is_unit, each)) for one in each]


def _is_figure(text: str) -> bool:
    figure = read_figure(text)
    if figure is None or year_of(text) is not None:
        return False
    return figure.number is not None or figure.suppressed
