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
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pandas as pd

from edu_metrics.catalog import Area, Catalog, Quantity, nearest, plain
from edu_metrics.errors import DataError
from edu_metrics.observations.seals import broken_seal
from edu_metrics.observations.table import BOUNDS, STATUSES, empty

#: Powers of ten that stand before a unit; in Chinese they multiply: 百万 is 100 x 10 000.
_SCALES = {
    "十": 1,
    "百": 2,
    "千": 3,
    "万": 4,
    "亿": 8,
    "hundred": 2,
    "thousand": 3,
    "million": 6,
    "billion": 9,
}
_SCALED = re.compile(rf"^((?:{'|'.join(_SCALES)}|10000|1000)*)(.*)$")

_PERSONS = ("人", "名", "位")
_THINGS = ("个", "项", "处", "间", "家", "所", "件", "套", "台", "门", "次")
_INSTITUTIONS = ("所", "个", "家", "园", "校")

#: The words that count each unit of a quantity, beside the unit's own name.
_WORDS: dict[str, tuple[str, ...]] = {
    "persons": _PERSONS,
    "pupils": _PERSONS,
    "children": _PERSONS,
    "teachers": _PERSONS,
    "schools": _INSTITUTIONS,
    "kindergartens": _INSTITUTIONS,
    "institutions": _INSTITUTIONS,
    "classes": ("个", "班"),
    "times": ("次",),
    "years": ("年",),
    "yuan": ("元",),
    "yuan_per_pupil": ("元", "元/人", "元/生"),
    "square_metres": ("平方米", "m2"),
    "percent": ("%", "百分比"),
    "points": ("个百分点", "百分点"),
    "count": (*_PERSONS, *_THINGS, *_INSTITUTIONS),
}

#: Printed in thousandths, kept in hundredths.
_PER_MILLE = ("‰", "per_mille")


def accepted_units(quantity: Quantity) -> tuple[str, ...]:
    """
    List the printed units, without power of ten, that count a quantity.

    Parameters
    ----------
    quantity : Quantity
        What is measured.

    Returns
    -------
    tuple of str
        Its own unit first.
    """
    words = _WORDS.get(quantity.unit)
    if words is None:
        words = _THINGS if quantity.form == "count" else ()
    if quantity.unit == "percent":
        words = (*words, _PER_MILLE[0])
    return (quantity.unit, *words)


def unit_factor(printed: str, quantity: Quantity) -> Decimal | None:
    """
    Say how many of a quantity's unit one printed unit is, exactly.

    Parameters
    ----------
    printed : str
        Unit as printed, such as ``万人`` or ``‰``.
    quantity : Quantity
        What is measured.

    Returns
    -------
    Decimal or None
        The factor; None where the printed unit measures something else.

    Examples
    --------
    >>> children = Quantity.model_validate(
    ...     {
    ...         "id": "children",
    ...         "name": {"zh": "在园幼儿", "en": "Children"},
    ...         "unit": "persons",
    ...         "form": "count",
    ...     }
    ... )
    >>> unit_factor("万人", children), unit_factor("万元", children)
    (Decimal('1E+4'), None)
    """
    text = plain(printed)
    if quantity.unit == "percent" and text in _PER_MILLE:
        return Decimal("0.1")
    known = {plain(word) for word in accepted_units(quantity)}
    if text in known:
        return Decimal(1)
    scale, word = _SCALED.match(text).groups()  # type: ignore[union-attr]  # it matches anything
    # Where the unit is a bare number of things, 万 alone says enough.
    if not scale or word not in known | ({""} if quantity.form == "count" else set()):
        return None
    return Decimal(1).scaleb(_power(scale))


def rounded_between(
    printed: Decimal, factor: Decimal, quantity: Quantity, bound: str = "exact"
) -> tuple[float | None, float | None]:
    """
    Say between which numbers a count lies that was printed in thousands or 万.

    Parameters
    ----------
    printed : Decimal
        Number as printed, with the digits that were printed. [printed unit]
    factor : Decimal
        How many units of the quantity one printed unit is.
    quantity : Quantity
        What is measured.
    bound : str, optional
        What is printed of the number; only an exact one is rounded.

    Returns
    -------
    float or None, float or None
        Half a unit of the last digit below and above; None where nothing was rounded: a count
        whose last digit is one, and a rate, which is used as it was published. [unit of quantity]

    Examples
    --------
    >>> teachers = Quantity.model_validate(
    ...     {
    ...         "id": "teachers",
    ...         "name": {"zh": "教师", "en": "Teachers"},
    ...         "unit": "persons",
    ...         "form": "count",
    ...     }
    ... )
    >>> rounded_between(Decimal("0.08"), Decimal(10000), teachers)
    (750.0, 850.0)
    >>> rounded_between(Decimal("828"), Decimal(1), teachers)
    (None, None)
    """
    exponent = printed.as_tuple().exponent
    step = Decimal(1).scaleb(int(exponent)) * factor
    if quantity.form == "printed_rate" or bound != "exact" or factor <= 1 or step <= 1:
        return None, None
    half = step / 2
    return float(max(printed * factor - half, Decimal(0))), float(printed * factor + half)


def _power(scale: str) -> int:
    power = 0
    for part in re.findall(rf"{'|'.join(_SCALES)}|10000|1000", scale):
        power += _SCALES[part] if part in _SCALES else len(part) - 1
    return power


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

_NUMBER = re.compile(r"^[+-]?\d+(?:\.\d+)?$")


def read_transcription(path: Path | str, catalog: Catalog) -> pd.DataFrame:
    """
    Read one raw file of transcribed numbers.

    Parameters
    ----------
    path : Path or str
        A CSV file in UTF-8 with the columns of ``HEADER``; place and quantity are given by id,
        name or alias, ``published`` is the date of publication, such as ``2021-08-27``. A
        suppressed number has an empty value.
    catalog : Catalog
        What is defined.

    Returns
    -------
    DataFrame
        Observations in the columns of the long table; the group is ``all``.

    Raises
    ------
    DataError
        With one line for each fault, its file and line: no sidecar, a sidecar whose sha256
        differs, an unknown name, a unit that measures something else, a value that is no number,
        a number that was published before the year that it measures.
    """
    path = Path(path)
    shown = _shown(path, catalog.root)
    if not path.is_file():
        raise DataError(f"{shown} is not a file; expected a table of transcribed numbers")
    content = path.read_bytes()
    faults = [f"{shown}: {fault}" for fault in broken_seal(path, content)]
    reader = _Reader(catalog)
    rows = []
    for where, cells in _lines(content, shown, faults):
        row, new = reader.read(cells)
        faults += [f"{where}: {fault}" for fault in new]
        rows.append(row)
    if faults:
        number = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        raise DataError(f"{shown}: {number}", faults)
    table = empty()
    if not rows:
        return table
    return pd.DataFrame(rows).assign(group="all").astype(table.dtypes.to_dict())[list(table)]


def _shown(path: Path, root: Path) -> str:
    absolute = path.resolve()
    inside = absolute.is_relative_to(root)
    return absolute.relative_to(root).as_posix() if inside else path.name


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
        if header != HEADER:
            faults.append(
                f"{shown} line 1: expected the header {','.join(HEADER)}, found {','.join(header)}"
            )
            return
        for cells in reader:
            where = f"{shown} line {reader.line_num}"
            if len(cells) == len(HEADER):
                yield where, dict(zip(HEADER, (cell.strip() for cell in cells), strict=True))
            elif cells:
                faults.append(f"{where}: expected {len(HEADER)} cells, found {len(cells)}")
    except csv.Error as error:
        faults.append(f"{shown} line {reader.line_num}: not valid CSV: {error}")


@dataclass(frozen=True)
class _Names:
    """All names of some definitions, and the id that each of them means."""

    kind: str
    ids: Mapping[str, tuple[str, ...]]
    spelt: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, entries: Iterable[Area | Quantity]) -> _Names:
        spelt = [
            (name, entry.id)
            for entry in entries
            for name in (entry.name.zh, entry.name.en, *entry.aliases, entry.id)
        ]
        ids: dict[str, tuple[str, ...]] = {}
        for name, key in spelt:
            ids[plain(name)] = tuple(dict.fromkeys((*ids.get(plain(name), ()), key)))
        return cls(kind, ids, tuple(n for n, _ in spelt))

    def find(self, name: str, faults: list[str]) -> str | None:
        found = self.ids.get(plain(name), ())
        if len(found) > 1:
            faults.append(
                f"{self.kind}: {len(found)} of them have the name {name!r}; name one by its id: "
                f"{', '.join(found)}"
            )
        elif not found:
            faults.append(
                f"{self.kind}: no {self.kind} has the name {name!r}{nearest(name, self.spelt)}"
            )
        return found[0] if len(found) == 1 else None


class _Reader:
    """Reads rows; holds the names, which are collected once for a file."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.places = _Names.of("place", catalog.areas.values())
        self.quantities = _Names.of("quantity", catalog.quantities.values())

    def read(self, cells: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
        """Make an observation of a row, or say every fault in it."""
        faults: list[str] = []
        quantity = self.quantities.find(cells["quantity"], faults)
        row: dict[str, object] = {
            "area": self.places.find(cells["place"], faults),
            "year": _year(cells["year"], faults),
            "quantity": quantity,
            **self._value(cells, quantity, faults),
            "bound": _one_of("bound", cells["bound"], BOUNDS, faults),
            "source": _one_of("source", cells["source"], self.catalog.sources, faults),
            "status": _one_of("status", cells["status"], STATUSES, faults),
            "vintage": _published(cells["published"], faults),
        }
        faults += _too_early(row["year"], row["vintage"])
        return row, faults

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
        if not number:
            faults.append(f"value: expected a number such as 23.41, found {cells['value']!r}")
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


def _year(found: str, faults: list[str]) -> int | None:
    if re.fullmatch(r"[0-9]{4}", found):
        return int(found)
    faults.append(f"year: expected a year such as 2020, found {found!r}")
    return None


def _too_early(year: object, published: object) -> Iterator[str]:
    """Nobody knows what a year comes to before it begins, nor can estimate it: that is a plan."""
    if isinstance(year, int) and isinstance(published, pd.Timestamp) and published.year < year:
        yield (
            f"published: expected a day in {year}, the year that is measured, or later; found "
            f"{published.date()}; mend the year or the date, and leave out what is planned or "
            "forecast"
        )


def _published(found: str, faults: list[str]) -> pd.Timestamp | None:
    try:
        return pd.Timestamp(dt.date.fromisoformat(found))
    except ValueError:
        faults.append(f"published: expected a date such as 2021-08-27, found {found!r}")
        return None
