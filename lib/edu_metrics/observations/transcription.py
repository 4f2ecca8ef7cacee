"""
Tables that a person copied out of a publication, as CSV files below data/raw.

A raw file is never edited: its sidecar ``<file>.source.yaml`` says where it comes from and
carries the sha256 of its bytes. Numbers stand as printed, with the unit as printed; they are
converted in decimal arithmetic, so that 23.41万 is 234100 and nothing near it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import pandas as pd

from edu_metrics.catalog import (
    Area,
    Catalog,
    Group,
    Quantity,
    ids_by_name,
    names_of,
    nearest,
    plain,
)  # fmt: skip
from edu_metrics.errors import DataError, number_of
from edu_metrics.limits import FIRST_DAY, LARGEST, LAST_DAY, is_day, read_file
from edu_metrics.observations.printed import (
    accepted_units,
    read_period,
    rounded_between,
    unit_factor,
)
from edu_metrics.observations.raw_files import broken_seal, shown_below
from edu_metrics.observations.table import BOUNDS, STATUSES, empty

#: The header of a raw file.
HEADER = (
    "place",
    "quantity",
    "year",
    "value",
    "bound",
    "unit",
    "status",
    "source",
    "published",
    "note",
)
#: The same where figures are broken down by groups.
GROUPED = (*HEADER[:2], "group", *HEADER[2:])

_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")


def read_transcription(
    path: Path | str, catalog: Catalog, school_year: str | None = None
) -> pd.DataFrame:
    """
    Read one raw file of transcribed numbers.

    Parameters
    ----------
    path : Path or str
        A CSV file in UTF-8 with the columns of ``HEADER`` or ``GROUPED``; place, quantity and group
        are given by id, name or alias, the year as :func:`read_period` reads it, ``published`` is
        the date of publication, such as ``2021-08-27``. A
        suppressed number has an empty value.
    catalog : Catalog
        What is defined.
    school_year : {"starts", "ends"}, optional
        The study's rule for the year that a school year counts for.

    Returns
    -------
    DataFrame
        Observations in the columns of the long table; the group is ``all`` where none is named.

    Raises
    ------
    DataError
        With one line for each fault, its file and line: no sidecar, a sidecar whose sha256
        differs, an unknown name, a unit that measures something else, a value that is no number,
        a number that was published before the year that it measures.
    """
    path = Path(path)
    shown = shown_below(path, catalog.root)
    if not path.is_file():
        raise DataError(f"{shown} is not a file; expected a table of transcribed numbers")
    try:
        content = read_file(path)
    except OSError as error:
        raise DataError(f"{shown}: {error.strerror}") from None
    faults = [f"{shown}: {fault}" for fault in broken_seal(path, content)]
    reader = _Reader(catalog, school_year)
    rows = []
    for where, cells in _lines(content, shown, faults):
        row, new = reader.read(cells)
        faults += [f"{where}: {fault}" for fault in new]
        rows.append(row)
    if faults:
        raise DataError(f"{shown}: {number_of(faults)}", faults)
    table = empty()
    if not rows:
        return table
    return pd.DataFrame(rows).astype(table.dtypes.to_dict())[list(table)]


def _lines(content: bytes, shown: str, faults: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Walk over the rows of a file, each with where it stands."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(f"{shown}: expected UTF-8, found another encoding ({error.reason})")
        return
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = tuple(next(reader, ()))
        if header not in (HEADER, GROUPED):
            faults.append(
                f"{shown} line 1: expected the header {','.join(HEADER)}, with group after "
                f"quantity where there are groups, found {','.join(header)}"
            )
            return
        for cells in reader:
            where = f"{shown} line {reader.line_num}"
            if len(cells) == len(header):
                yield where, dict(zip(header, (cell.strip() for cell in cells), strict=True))
            elif cells:
                faults.append(f"{where}: expected {len(header)} cells, found {len(cells)}")
    except csv.Error as error:
        faults.append(f"{shown} line {reader.line_num}: not valid CSV: {error}")


@dataclass(frozen=True)
class _Names:
    """All names of some definitions, and the id that each of them means."""

    kind: str
    entries: Collection[Area | Group | Quantity]

    @cached_property
    def ids(self) -> dict[str, tuple[str, ...]]:
        return ids_by_name(self.entries)

    def find(self, name: str, faults: list[str]) -> str | None:
        found = self.ids.get(plain(name), ())
        if len(found) > 1:
            faults.append(
                f"{self.kind}: {len(found)} of them have the name {name!r}; name one by its id: "
                f"{', '.join(found)}"
            )
        elif not found:
            spelt = [known for entry in self.entries for known in names_of(entry)]
            faults.append(
                f"{self.kind}: no {self.kind} has the name {name!r}{nearest(name, spelt)}"
            )
        return found[0] if len(found) == 1 else None


class _Reader:
    """Reads rows; holds the names, which are collected once for a file."""

    def __init__(self, catalog: Catalog, school_year: str | None) -> None:
        self.catalog, self.school_year = catalog, school_year
        self.groups = _Names("group", catalog.groups.values())
        self.places = _Names("place", catalog.areas.values())
        self.quantities = _Names("quantity", catalog.quantities.values())

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
        """Make an observation of a row, or say every fault in it."""
        faults: list[str] = []
        quantity = self.quantities.find(cells["quantity"], faults)
        row: dict[str, object] = {
            "area": self.places.find(cells["place"], faults),
            **self._time(cells["year"], faults),
            "quantity": quantity,
            "group": self._group(cells.get("group", "all"), faults),
            **self._value(cells, quantity, faults),
            "bound": _one_of("bound", cells["bound"], BOUNDS, faults),
            "source": _one_of("source", cells["source"], self.catalog.sources, faults),
            "status": _one_of("status", cells["status"], STATUSES, faults),
            "vintage": _published(cells["published"], faults),
        }
        faults += _too_early(row["year"], row["vintage"], row["period"])
        return row, faults

    def _time(self, printed: str, faults: list[str]) -> dict[str, object]:
        try:
            year, period = read_period(printed, self.school_year)
        except DataError as error:
            faults.append(error.message)
            return {"year": None, "period": "year"}
        return {"year": year, "period": period}

    def _group(self, printed: str, faults: list[str]) -> str | None:
        return "all" if plain(printed) == "all" else self.groups.find(printed, faults)

    def _value(
        self, cells: Mapping[str, str], quantity: str | None, faults: list[str]
    ) -> dict[str, float | None]:
        nothing: dict[str, float | None] = {"value": None, "lower": None, "upper": None}
        printed = unicodedata.normalize("NFKC", cells["value"])
        if cells["status"] == "suppressed":
            if printed:
                faults.append(f"value: expected none where suppressed, found {printed!r}")
            return nothing
        number = bool(_NUMBER.match(printed))
        shown = cells["value"][:80]
        if not number:
            faults.append(f"value: expected a number such as 23.41, found {shown!r}")
        if quantity is None:
            return nothing
        measured = self.catalog.quantities[quantity]
        factor = unit_factor(cells["unit"], measured)
        if factor is None:
            faults.append(
                f"unit: {cells['unit']!r} does not measure {quantity!r}; expected one of "
                f"{', '.join(accepted_units(measured))}, or a power of ten of it such as 万"
            )
        if not number or factor is None:
            return nothing
        figure = Decimal(printed)
        if abs(figure * factor) > LARGEST:
            faults.append(f"value: expected a number up to {LARGEST:.0e}, found {shown!r}")
            return nothing
        lower, upper = rounded_between(figure, factor, measured, cells["bound"])
        return {"value": float(figure * factor), "lower": lower, "upper": upper}


def _one_of(field: str, found: str, known: Iterable[str], faults: list[str]) -> str:
    names = tuple(known)
    if found not in names:
        listed = f" (one of {', '.join(names)})" if len(names) <= 8 else ""
        faults.append(
            f"{field}: expected a {field} that is defined{listed}, found {found!r}"
            f"{nearest(found, names)}"
        )
    return found


def _too_early(year: object, published: object, period: object) -> Iterator[str]:
    """Nobody knows what a year comes to before it begins, nor can estimate it: that is a plan."""
    if not isinstance(year, int) or not isinstance(published, pd.Timestamp):
        return
    if published.year < year - (period == "school_year"):
        yield (
            f"published: expected a day in {year}, the year that is measured, or later; found "
            f"{published.date()}; mend the year or the date, and leave out what is planned or "
            "forecast"
        )


def _published(found: str, faults: list[str]) -> pd.Timestamp | None:
    try:
        day = dt.date.fromisoformat(found)
    except ValueError:
        faults.append(f"published: expected a date such as 2021-08-27, found {found[:80]!r}")
        return None
    if not is_day(day):
        faults.append(f"published: expected a date from {FIRST_DAY} to {LAST_DAY}, found {found}")
        return None
    return pd.Timestamp(day)
