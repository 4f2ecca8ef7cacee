"""
Definitions and notebooks that a project takes over by reference, and may put its own in place of.

``data/definitions/project.yaml`` names the tables to look into, and where they stand: with the
package, or in another project. Only what something of the project's own refers to comes along.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from edu_metrics.catalog import ids
from edu_metrics.catalog.checking import Parts, check
from edu_metrics.catalog.models import Indicator
from edu_metrics.catalog.reading_yaml import read_definition
from edu_metrics.errors import DefinitionError
from edu_metrics.words.definition import Definition

__all__ = ["Inheritance", "base_of", "inherit", "notebook_of", "shipped_root"]

FILE = "project.yaml"
_Table = Literal[
    "sources", "quantities", "indicators", "breaks", "assumptions", "knowledge",
    "reference_classes", "scenarios",
]  # fmt: skip
#: What a break, a piece of knowledge or a scenario is about.
_SUBJECTS = ("indicators", "areas", "places")


class Inheritance(Definition):
    """Which tables of definitions a project looks up elsewhere, and where."""

    inherits: tuple[_Table, ...]
    #: Folder of another project, from this one; the definitions that come with the package if none.
    base: str | None = None


def shipped_root() -> Path:
    """
    Find the definitions and notebooks that come with the package.

    Returns
    -------
    Path
        A folder that holds data/definitions and notebooks: of the installed package, or of the
        repository that it is run from.

    Raises
    ------
    DefinitionError
        If the package was copied without them.
    """
    package = Path(__file__).parents[1]
    for folder in (package / "shipped", package.parents[1]):
        if (folder / "data" / "definitions").is_dir():
            return folder
    raise DefinitionError(
        "the definitions that come with edu-metrics are missing; install it again with pip, "
        "or name a project folder as `base` in project.yaml"
    )


def base_of(root: Path) -> Path | None:
    """
    Say from where a project inherits.

    Parameters
    ----------
    root : Path
        The project folder.

    Returns
    -------
    Path or None
        The other project's folder; None where the project stands by itself, or says it wrongly.
    """
    found, _ = _read(root)
    if found is None:
        return None
    return (root / found.base).resolve() if found.base else shipped_root()


def notebook_of(root: Path, name: str) -> Path:
    """
    Find a notebook: the project's own, or else the one that it inherits.

    Parameters
    ----------
    root : Path
        The project folder.
    name : str
        Name of the notebook's file.

    Returns
    -------
    Path
        The file; the project's own place where there is none.
    """
    own = root / "notebooks" / name
    base = None if own.is_file() else base_of(root)
    inherited = base / "notebooks" / name if base else own
    return inherited if inherited.is_file() else own


def _read(root: Path) -> tuple[Inheritance | None, list[str]]:
    path = root / "data" / "definitions" / FILE
    return read_definition(Inheritance, path) if path.is_file() else (None, [])


def inherited_tables(root: Path, faults: list[str]) -> tuple[str, ...]:
    """Name the tables that a project need not have, since it inherits them."""
    found, new = _read(root)
    faults += new
    tables: tuple[str, ...] = found.inherits if found else ()
    return (*tables, "holders") if "quantities" in tables else tables


def inherit(parts: Parts, base: Parts, tables: tuple[str, ...]) -> None:
    """
    Add to a project's entries those that they refer to and that another project has.

    Parameters
    ----------
    parts : Parts
        The project's own entries; others are added to them. An id that it has itself is its own.
    base : Parts
        What the other project has.
    tables : tuple of str
        Where to look. Of quantities all come along, with who holds them, so that raw files may
        name them.
    """
    if "quantities" in tables:
        for table in ("quantities", "holders"):
            for name in base.tables[table]:
                _take(parts, base, table, name)
    while True:
        check(parts)  # says which references lead nowhere
        wanted = [one for one in sorted(parts.asked) if one[0] in tables]
        wanted += _forms(parts, base) if "indicators" in tables else []
        wanted += _about_what_is_there(parts, base, tables)
        parts.asked.clear()
        new = [(table, name) for table, name in wanted
               if name in base.tables[table] and name not in parts.tables[table]]  # fmt: skip
        for one in new:
            _take(parts, base, *one)
        if not new:
            return


def _take(parts: Parts, base: Parts, table: str, name: str) -> None:
    where, entry = base.tables[table][name]
    parts.tables[table].setdefault(name, (f"inherited {where}", entry))


def _forms(parts: Parts, base: Parts) -> Iterator[tuple[str, str]]:
    """Name the indicators that take from print what the project computes."""
    for name, (_, entry) in base.tables["indicators"].items():
        indicator: Indicator = entry
        if indicator.published_form_of in parts.tables["indicators"]:
            yield "indicators", name


def _about_what_is_there(
    parts: Parts, base: Parts, tables: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Name breaks, knowledge and scenarios about indicators and areas that the project has."""
    for table in {"breaks", "knowledge", "scenarios"}.intersection(tables):
        for name, (_, entry) in base.tables[table].items():
            about = (one for _, *one in ids.references(entry) if one[0] in _SUBJECTS)
            if not any(parts.lacks(*one) for one in about):
                yield table, name
