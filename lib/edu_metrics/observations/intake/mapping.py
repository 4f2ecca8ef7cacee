"""
What a person tells of a table that the table itself does not, and what its names mean.

A name is that of an area or a quantity: by id, name or alias, two of one name by their parent.
"""

from __future__ import annotations

from collections.abc import Collection, Reversible, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from edu_metrics.catalog import Area, Catalog, Quantity, ids_by_name, names_of, nearest, plain
from edu_metrics.catalog.base import Day, Year
from edu_metrics.catalog.reading_yaml import parse, read_yaml
from edu_metrics.errors import DataError
from edu_metrics.observations.printed import bare, narrow
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
        faults += [f"{where}: {fault}" for fault in _undefined(mapping, catalog)]
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


# --- names


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was found to mean; ``ids`` are several where it alone does not tell."""

    ids: tuple[str, ...]
    rule: str = ""

    @property
    def id(self) -> str | None:
        """The one thing that is meant."""
        return self.ids[0] if len(self.ids) == 1 else None


@dataclass(frozen=True)
class Names:
    """
    All names of some definitions, and which of them each may mean.

    Attributes
    ----------
    ids : mapping of str to tuple of str
        Ids by plain name.
    spelt : frozenset of str
        Names as they are written.
    parents : mapping of str to str
        The parent of each area; empty for quantities.
    told : mapping of str to str
        Ids by plain name that a mapping tells.
    """

    ids: dict[str, tuple[str, ...]]
    spelt: frozenset[str]
    parents: dict[str, str | None] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    _found: dict[str, Match] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Collection[Area | Quantity], told: dict[str, str] | None = None) -> Names:
        """Collect the names of definitions."""
        known = {plain(name): meant for name, meant in (told or {}).items()}
        spelt = frozenset(name for entry in entries for name in names_of(entry))
        parents = {entry.id: getattr(entry, "parent", None) for entry in entries}
        return cls(ids_by_name(entries), spelt, parents, known)

    def find(self, text: str) -> Match:
        """
        Find what a text names.

        Parameters
        ----------
        text : str
            A name as printed.

        Returns
        -------
        Match
            Without ids where nothing has the name.
        """
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Match:
        as_typed, shown = plain(text), narrow(text)
        rule = "" if shown == text and " " not in text else "spaces_or_width"
        if as_typed in self.told:
            return Match((self.told[as_typed],), "mapping")
        if as_typed in self.ids:
            return Match(self.ids[as_typed], "" if text in self.spelt else rule or "case")
        stripped = plain(bare(text))
        if stripped in self.told:
            return Match((self.told[stripped],), "mapping")
        return Match(self.ids.get(stripped, ()), "name_cleaned")

    def find_area(self, text: str, parent: str = "", above: Reversible[str] = ()) -> Match:
        """
        Find the area that a row names.

        Parameters
        ----------
        text : str
            The name as printed; that of its parent may stand before it.
        parent : str, optional
            Name of its parent, where a column gives it.
        above : sequence of str, optional
            Areas of the rows above, the last one last: where they are above one of several that
            have the name, that one is meant.

        Returns
        -------
        Match
            With several ids where two areas share the name and nothing tells them apart.
        """
        found = self.find(text)
        if not found.ids:
            found = self._with_parent_before(text)
        if parent and found.ids:
            below = self._below(found.ids, self.find(parent).ids)
            return Match(below, found.rule if len(found.ids) == 1 else "parent")
        if len(found.ids) > 1:
            rows = (self._below(found.ids, [row]) for row in reversed(above))
            below = next(filter(None, rows), ())
            return Match(below, "parent_above") if below else found
        return found

    def _with_parent_before(self, text: str) -> Match:
        """Read 南京市鼓楼区 as the 鼓楼区 of 南京市."""
        whole = plain(bare(text))
        for cut in range(2, len(whole) - 1):
            heads, tails = self.ids.get(whole[:cut], ()), self.ids.get(whole[cut:], ())
            if below := self._below(tails, heads):
                return Match(below, "parent")
        return Match(())

    def _below(self, candidates: Sequence[str], heads: Sequence[str]) -> tuple[str, ...]:
        """Keep the candidates that lie below one of some areas."""
        below = (one for head in heads for one in candidates if head in self._above(one))
        return tuple(dict.fromkeys(below))

    def offer(self, text: str) -> str:
        """Offer the nearest name."""
        return nearest(bare(text), sorted(self.spelt))

    def _above(self, area: str) -> list[str]:
        line: list[str] = []
        while (parent := self.parents.get(area)) is not None and parent not in line:
            line.append(parent)
            area = parent
        return line
