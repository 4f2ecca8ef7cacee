"""A workbook that asks for exactly the figures that are missing, and comes back through intake."""

from __future__ import annotations

import io
import operator
from collections.abc import Iterable, Sequence
from typing import Any

from edu_metrics.catalog import Catalog, Quantity, Study, names_of, plain
from edu_metrics.errors import DataError, require_extra
from edu_metrics.observations.computing import MissingInput
from edu_metrics.observations.printed import accepted_units
from edu_metrics.words import say

#: Columns, their widths and the names of their heads in the words.
_COLUMNS = {
    "place": 22,
    "quantity": 34,
    "year": 8,
    "value": 14,
    "unit": 12,
    "source": 28,
    "published": 16,
    "note": 24,
    "definition": 60,
}
_LISTS = "lists"


def write_template(
    catalog: Catalog, study: Study, missing: Iterable[MissingInput], lang: str
) -> bytes:
    """
    Make a workbook with one row for each figure that is missing.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    study : Study
        The study that needs them.
    missing : iterable of MissingInput
        The figures.
    lang : {"zh", "en"}
        Language of names and explanations.

    Returns
    -------
    bytes
        The workbook, .xlsx.

    Raises
    ------
    DataError
        If nothing is missing.
    """
    require_extra("tables", "openpyxl")
    import openpyxl

    order = operator.attrgetter("area", "quantity", "group", "year", "period")
    asked = sorted(set(missing), key=order)
    if not asked:
        raise DataError(f"study {study.id!r}: no figure is missing that a verdict would need")
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = say("intake.figures", lang)
    usual = {"group": "all", "period": "year"}
    more = [
        name for name, word in usual.items() if any(getattr(one, name) != word for one in asked)
    ]
    _append(sheet, [*(say(f"intake.{name}", lang) for name in _COLUMNS), *more])
    for one in asked:
        _append(sheet, [*_row(catalog, one, lang), *(getattr(one, name) for name in more)])
    units = [_units(catalog.quantities[one.quantity]) for one in asked]
    _lists(book.create_sheet(_LISTS), sheet, sorted(catalog.sources), units, lang)
    _guide(book.create_sheet(say("intake.guide", lang)), study, lang)
    _arrange(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _append(sheet: Any, cells: Sequence[Any]) -> None:
    """Write a row in which no text is a formula, whatever it begins with."""
    row = sheet.max_row + (sheet.cell(1, 1).value is not None)
    for column, value in enumerate(cells, start=1):
        cell = sheet.cell(row, column)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
            cell.quotePrefix = value[:1] in ("=", "+", "-", "@", "\t", "\r")


def _row(catalog: Catalog, one: MissingInput, lang: str) -> list[Any]:
    quantity = catalog.quantities[one.quantity]
    used = [
        indicator.name.in_(lang)
        for indicator in catalog.indicators.values()
        if any(given.quantity == one.quantity for given in indicator.inputs.values())
    ]
    told = [
        say("intake.held_by", lang, holder=holder.name.in_(lang))
        for holder in catalog.holders.values()
        if one.quantity in holder.quantities
    ]
    told += [quantity.note.in_(lang)] if quantity.note else []
    joined = ("、" if lang == "zh" else ", ").join(used)
    told += [say("intake.judges", lang, indicators=joined)] if used else []
    unit = next(iter(_units(quantity)), quantity.unit)
    name = quantity.name.in_(lang)
    place, empty = _place(catalog, one.area, lang), [None] * 3
    return [place, name, one.year, None, unit, *empty, " ".join(told)]


def _place(catalog: Catalog, area: str, lang: str) -> str:
    """Name an area so that nothing else has the name."""
    name = catalog.areas[area].name.in_(lang)
    alike = [one.id for one in catalog.areas.values() if plain(name) in map(plain, names_of(one))]
    return name if alike == [area] else area


def _units(quantity: Quantity) -> list[str]:
    """List the units that a figure may be given in, the usual one first."""
    words = [word for word in accepted_units(quantity)[1:] if not word.isascii() or word == "%"]
    if quantity.unit == "percent" or not words:
        return [*words[:1], quantity.unit] if words else [quantity.unit]
    return [words[0], f"万{words[0]}", *(["亿元"] if words[0] == "元" else []), quantity.unit]


def _lists(
    lists: Any, sheet: Any, sources: Sequence[str], units: Sequence[Sequence[str]], lang: str
) -> None:
    """Write the lists that cells are chosen from, on a hidden sheet."""
    from openpyxl.worksheet.datavalidation import DataValidation

    lists.sheet_state = "hidden"
    columns = list(dict.fromkeys([tuple(sources), *map(tuple, units)]))
    for column, words in enumerate(columns, start=1):
        for row, word in enumerate(words, start=1):
            cell = lists.cell(row, column)
            cell.value, cell.data_type = word, "s"
    at = {name: sheet.cell(1, i).column_letter for i, name in enumerate(_COLUMNS, start=1)}
    last = sheet.max_row
    for column, words in enumerate(columns, start=1):
        letter = lists.cell(1, column).column_letter
        chosen = DataValidation(
            type="list", formula1=f"{_LISTS}!${letter}$1:${letter}${len(words)}", allow_blank=True
        )
        if column == 1:
            chosen.add(f"{at['source']}2:{at['source']}{last}")
        for row, own in enumerate(units, start=2):
            if tuple(own) == words:
                chosen.add(f"{at['unit']}{row}")
        sheet.add_data_validation(chosen)
    for name in ("value", "published"):
        told = DataValidation(showInputMessage=True, prompt=say(f"intake.prompt_{name}", lang))
        told.add(f"{at[name]}2:{at[name]}{last}")
        sheet.add_data_validation(told)


def _guide(sheet: Any, study: Study, lang: str) -> None:
    """Explain in sentences how the workbook is filled in."""
    keys = ("what", "fill", "value", "unit", "year", "source", "back")
    for key in keys:
        title = study.title.in_(lang) if key == "what" else study.id
        _append(sheet, [say(f"intake.guide_{key}", lang, study=title)])
    sheet.column_dimensions["A"].width = 110


def _arrange(sheet: Any) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    sheet.freeze_panes = "A2"
    filled = PatternFill("solid", fgColor="FFF7DD")
    for column, (name, width) in enumerate(_COLUMNS.items(), start=1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
        sheet.cell(1, column).font = Font(bold=True)
        for row in range(2, sheet.max_row + 1):
            cell = sheet.cell(row, column)
            if name in ("value", "source", "published"):
                cell.fill = filled
            if name == "published":
                cell.number_format = "yyyy-mm-dd"
            if name == "definition":
                cell.alignment = Alignment(wrap_text=True, vertical="top")
