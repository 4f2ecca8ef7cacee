"""Ids by which one definition refers to another: of which table they are, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from edu_metrics.words.definition import Definition, Slug


@dataclass(frozen=True)
class To:
    """Marks the type of a field as ids of the entries of a table."""

    table: str


Source = Annotated[Slug, To("sources")]
Unit = Annotated[str, To("units")]
Level = Annotated[Slug, To("levels")]
Area = Annotated[Slug, To("areas")]
Family = Annotated[Slug, To("families")]
#: An area, or a family of them.
Place = Annotated[Slug, To("places")]
Group = Annotated[Slug, To("groups")]
Quantity = Annotated[Slug, To("quantities")]
Indicator = Annotated[Slug, To("indicators")]
Assumption = Annotated[Slug, To("assumptions")]
ReferenceClass = Annotated[Slug, To("reference_classes")]
Plan = Annotated[Slug, To("plans")]


def references(entry: Definition, *, beside: str = "") -> Iterator[tuple[str, str, str]]:
    """
    Find everything that a definition refers to.

    Parameters
    ----------
    entry : Definition
        An entry, or a part of one.
    beside : str, optional
        A field that is left out.

    Yields
    ------
    tuple of str
        The place in the entry, the table, and the id that stands there.
    """
    for name, hint in _with_ids(type(entry)).items():
        if name != beside:
            yield from _inside(getattr(entry, name), hint, name)


@cache
def _with_ids(model: type[Definition]) -> dict[str, Any]:
    """Give the fields in which ids can stand, with their types."""
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields if _leads(hints[name])}


def _leads(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Definition):
        return bool(_with_ids(hint))
    return isinstance(hint, To) or any(map(_leads, get_args(hint)))


def _inside(value: Any, hint: Any, place: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, Definition):
        for inner, table, name in references(value):
            yield f"{place}: {inner}", table, name
    elif isinstance(value, str):
        if of := _table(hint):
            yield place, of, value
    elif isinstance(value, dict):
        for key, item in value.items():
            of_key, of_item = get_args(hint)
            yield from _inside(key, of_key, place)
            yield from _inside(item, of_item, f"{place}.{key}")
    elif isinstance(value, tuple):
        for number, item in enumerate(value, start=1):
            known = getattr(item, "id", None)
            at = f"{place.removesuffix('s')} {known!r}" if known else f"{place} entry {number}"
            yield from _inside(item, hint, at if isinstance(item, Definition) else place)


@cache
def _table(hint: Any) -> str | None:
    """Give the table that a type is marked with."""
    if isinstance(hint, To):
        return hint.table
    return next(filter(None, map(_table, get_args(hint))), None)
