"""What a person tells of a table that the table itself does not: the file of ``--mapping``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from edu_metrics.catalog import Catalog, nearest
from edu_metrics.catalog.base import Day, Year
from edu_metrics.catalog.reading_yaml import parse, read_yaml
from edu_metrics.errors import DataError
from edu_metrics.words.definition import Definition, Slug

Role = Literal[
    "place", "parent", "quantity", "year", "value", "unit", "bound", "status", "source",
    "published", "group", "period", "note", "ignore",
]  # fmt: skip
Status = Literal["reported", "estimated", "derived", "simulated"]


class ColumnMeaning(Definition):
    """What a column holds: a role, or figures of a quantity, year or area with a unit."""

    role: Role | None = None
    quantity: Slug | None = None
    year: Year | None = None
    area: Slug | None = None
    unit: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_word(cls, given: Any) -> Any:
        return {"role": given} if isinstance(given, str) else given


class Mapping(Definition):
    """
    What is told of a file.

    Attributes
    ----------
    sheets : tuple of str
        The sheets to take; all when empty.
    head, head_rows : int or None
        Row of the head, counted from 1, and how many rows it has.
    columns : dict
        By letter or by head: what a column holds.
    areas, quantities : dict of str to str
        Names of the table, and the ids that they mean.
    set_aside : tuple of str
        Names of rows that are left out.
    area, quantity, year : str, str, int or None
        What the whole table is about, where no row and no head says so.
    unit : str or None
        Unit of all figures; ``units`` that of a quantity.
    units : dict of str to str
        Units by id of quantity.
    cells : dict of str to str
        What a cell says, in place of what stands there: ``G5: "84.5"``, or ``表1!G5``.
    no_number : tuple of str
        Marks of no number, such as ``-9``.
    source, published, status, encoding : str, date, str, str or None
        Of all figures, where no column says so.
    """

    sheets: tuple[str, ...] = ()
    head: int | None = Field(default=None, ge=1)
    head_rows: int | None = Field(default=None, ge=1, le=3)
    columns: dict[str, ColumnMeaning] = Field(default_factory=dict)
    areas: dict[str, Slug] = Field(default_factory=dict)
    quantities: dict[str, Slug] = Field(default_factory=dict)
    set_aside: tuple[str, ...] = ()
    area: Slug | None = None
    quantity: Slug | None = None
    year: Year | None = None
    unit: str | None = None
    units: dict[Slug, str] = Field(default_factory=dict)
    cells: dict[str, str] = Field(default_factory=dict)
    no_number: tuple[str, ...] = ()
    source: Slug | None = None
    published: Day | None = None
    status: Status | None = None
    encoding: str | None = None

    @field_validator("cells", mode="before")
    @classmethod
    def _as_typed(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            key: str(value) if isinstance(value, int | float) else value
            for key, value in given.items()
        }

    @field_validator("no_number", "set_aside", "sheets", mode="before")
    @classmethod
    def _as_words(cls, given: Any) -> Any:
        many = given if isinstance(given, list | tuple) else [given]
        return [str(one) if isinstance(one, int | float) else one for one in many]

    def with_options(self, **given: Any) -> Mapping:
        """Give the same with what the command line tells besides; that comes first."""
        return self.model_copy(update={k: v for k, v in given.items() if v is not None})


def read_mapping(path: Path, catalog: Catalog) -> Mapping:
    """
    Read a mapping, and hold what it names against the definitions.

    Parameters
    ----------
    path : Path
        A YAML file.
    catalog : Catalog
        What is defined.

    Returns
    -------
    Mapping
        What it tells.

    Raises
    ------
    DataError
        With one line for each fault.
    """
    if not path.is_file():
        raise DataError(f"--mapping {path}: is not a file; expected a YAML file")
    given, faults = read_yaml(path)
    if not faults:
        return made_from({} if given is None else given, path.name, catalog)
    raise DataError(f"--mapping {path.name}", faults)


def made_from(given: Any, where: str, catalog: Catalog) -> Mapping:
    """Make a mapping of what YAML holds; faults are told at once."""
    mapping, faults = parse(Mapping, given, where)
    if mapping is not None:
        faults = [f"{where}: {fault}" for fault in _undefined(mapping, catalog)]
    if mapping is None or faults:
        raise DataError(f"{where}: {len(faults)} fault(s)", faults)
    return mapping


def _undefined(mapping: Mapping, catalog: Catalog) -> list[str]:
    columns = mapping.columns.values()
    named = [
        ("area", catalog.areas, [*mapping.areas.values(), mapping.area]),
        ("area", catalog.areas, [column.area for column in columns]),
        ("quantity", catalog.quantities, [*mapping.quantities.values(), mapping.quantity]),
        ("quantity", catalog.quantities, [*mapping.units, *(c.quantity for c in columns)]),
        ("source", catalog.sources, [mapping.source]),
    ]
    return [
        f"no {kind} {name!r} is defined{nearest(name, known)}"
        for kind, known, names in named
        for name in names
        if name is not None and name not in known
    ]
