"""
Reference classes from files: the panels that a class rests on, and a class made anew.

Its tables are written out as YAML for a definition, and as lines for a reader.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from edu_metrics.catalog import Catalog, GainCell, PanelInput, ReferenceClass, nearest
from edu_metrics.catalog.reading_yaml import parse
from edu_metrics.catalog.reference_classes import ALL
from edu_metrics.errors import DataError
from edu_metrics.limits import read_file
from edu_metrics.trajectories.panels import Panel, read_cells, read_panels, to_panels
from edu_metrics.trajectories.reference_classes import (
    Comparable,
    complement,
    gain_table,
    windows_of,
)


def table_as_yaml(table: Sequence[GainCell]) -> str:
    """
    Write a table as it stands in a definition file.

    Parameters
    ----------
    table : sequence of GainCell
        From :func:`~edu_metrics.trajectories.reference_files.rebuild` or
        :func:`~edu_metrics.trajectories.reference_classes.gain_table`.

    Returns
    -------
    str
        The key ``table`` with one entry a cell.
    """
    lines = ["table:"]
    for cell in table:
        lines.append(
            f'  - {{band: "{cell.band}", years: {cell.years}, windows: {cell.windows}, '
            f"series: {cell.series},"
        )
        lines.append(f"     gains_pp: {_flow(cell.gains_pp)},")
        lines.append(f"     fastest: {_flow(cell.fastest.model_dump())},")
        names = ("kept", "total", "shrunk")
        for name in names:
            counts = getattr(cell, name).model_dump()
            lines.append(f"     {name}: {{")
            lines += [f"       {key}: {_flow(list(column))}," for key, column in counts.items()]
            lines.append("     }," if name != names[-1] else "     }}")
    return "\n".join(lines) + "\n"


def _flow(content: Any) -> str:
    if isinstance(content, list):
        content = [_plain(item) for item in content]
    else:
        content = {_plain(key): _plain(item) for key, item in content.items()}
    text: str = yaml.safe_dump(
        content, default_flow_style=True, sort_keys=False, width=10_000, allow_unicode=True
    )
    return text.strip()


def _plain(value: Any) -> Any:
    """Write 5.0 as 5."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def class_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """List the classes of a catalog: size, kind, years, and sources with their licence."""
    rows = []
    for entry in catalog.reference_classes.values():
        whole = entry.cell(ALL, 3) or entry.table[-1]
        sources = [catalog.sources[given.source] for given in entry.panels]
        rows.append(
            {
                "id": entry.id,
                "name_zh": entry.name.in_("zh"),
                "name_en": entry.name.in_("en"),
                "kind": entry.kind,
                "windows": whole.windows,
                "window_years": whole.years,
                "series": whole.series,
                "years": f"{entry.first_year}-{entry.last_year}",
                "made": entry.made.isoformat(),
                "command": entry.command,
                "provenance": [source.id for source in sources],
                "licences": [source.licence_in("en") for source in sources],
                "read": [source.read for source in sources],
            }
        )
    return rows


def table_rows(entry: ReferenceClass) -> list[dict[str, Any]]:
    """Give the cells of a class as lines of a table."""
    return [_cell_row(cell) for cell in entry.table]


def _cell_row(cell: GainCell) -> dict[str, Any]:
    kept, at = cell.kept, {pace: place for place, pace in enumerate(cell.kept.at)}
    three, five = (None if pace not in at else kept.windows[at[pace]] for pace in (3.0, 5.0))
    row = {
        **cell.model_dump(include={"band", "years", "windows", "series"}),
        **{f"p{percent:02}": cell.gains_pp[percent] for percent in (5, 50, 95)},
        **{"kept 3": three, "kept 5": five, "share of 5": None, "interval": None},
        "fastest": f"{cell.fastest.pace_pp:g} ({cell.fastest.panel})",
    }
    if five is not None:
        row["share of 5"] = f"{100 * five / cell.windows:.2f} %"
        row["interval"] = f"{kept.low[at[5.0]]:g}-{kept.high[at[5.0]]:g}"
    return row


def find_panel_file(name: str) -> Path:
    """
    Find a panel file by its path, or inside an installed package.

    Parameters
    ----------
    name : str
        A path, or ``package:path/inside/it``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        If there is no such file, or the package is not installed.
    """
    if Path(name).is_file():
        return Path(name)
    package, colon, inside = name.partition(":")
    if not colon or not package.isidentifier():
        raise DataError(f"{name}: there is no such file; name a panel as a CSV file, plain or .gz")
    try:
        found = resources.files(package).joinpath(*inside.split("/"))
    except ModuleNotFoundError:
        raise DataError(
            f"{name}: the package {package!r} is not installed; run: pip install {package}"
        ) from None
    if not isinstance(found, Path) or not found.is_file():
        raise DataError(f"{name}: the package {package!r} has no file {inside!r}")
    return found


def checksum(path: Path) -> str:
    """Give the SHA-256 of a file."""
    return hashlib.sha256(read_file(path)).hexdigest()


def members_of(given: PanelInput, path: Path) -> list[Comparable]:
    """
    Read the panels that an entry of a class names.

    Parameters
    ----------
    given : PanelInput
        Which panels, which years, and their breaks.
    path : Path
        The file.

    Returns
    -------
    list of Comparable
        In the order of ``indicators``; of a rate where less is better, the complement.

    Raises
    ------
    DataError
        If the file is no panel file or lacks a panel that is named.
    """
    held = {panel.name: panel for panel in _panels(given, path)}
    lacking = [name for name in given.indicators if name not in held]
    if lacking:
        raise DataError(
            f"{path.name}: expected the panels {', '.join(given.indicators)}",
            [f"no panel {name!r}{nearest(name, held)}" for name in lacking],
        )
    breaks = tuple(entry.year for entry in given.breaks)
    chosen = [_within(held[name], given) for name in given.indicators]
    if given.better == "lower":
        chosen = [complement(panel) for panel in chosen]
    return [Comparable(panel, breaks) for panel in chosen]


def _panels(given: PanelInput, path: Path) -> list[Panel]:
    if not given.columns:
        return read_panels(path)
    import pandas as pd

    table = read_cells(path)
    absent = [name for name in given.columns.values() if name not in table]
    if absent:
        raise DataError(
            f"{path.name}: expected the columns {', '.join(given.columns.values())}",
            [f"no column {name!r}{nearest(name, table.columns)}" for name in absent],
        )
    taken = pd.DataFrame({name: table[column] for name, column in given.columns.items()})
    return to_panels(taken.assign(indicator=given.columns.get("value", "value")), name=path.name)


def _within(panel: Panel, given: PanelInput) -> Panel:
    first, last = given.first_year or panel.years[0], given.last_year or panel.years[-1]
    kept = [at for at, year in enumerate(panel.years) if first <= year <= last]
    if not kept:
        raise DataError(
            f"{panel.name}: expected values between {first} and {last}; found "
            f"{panel.years[0]} to {panel.years[-1]}"
        )
    return replace(
        panel,
        years=tuple(panel.years[at] for at in kept),
        values=panel.values[:, kept],
        counts=panel.counts[:, kept],
    )


def rebuild(reference: ReferenceClass, paths: Sequence[Path]) -> tuple[GainCell, ...]:
    """
    Make the table of a class again from its panel files.

    Parameters
    ----------
    reference : ReferenceClass
        Says by checksum which files it rests on, and what is taken from them.
    paths : sequence of Path
        The files, in any order and under any name.

    Returns
    -------
    tuple of GainCell
        The table.

    Raises
    ------
    DataError
        With every file that is lacking or that the class does not know.
    """
    found = {checksum(path): path for path in paths}
    known = {given.sha256: given for given in reference.panels}
    faults = [
        f"no file with the checksum {given.sha256[:12]}... of {given.file} ({given.source})"
        for given in reference.panels
        if given.sha256 not in found
    ]
    faults += [
        f"{path.name}: the class rests on no file with the checksum {digest[:12]}..."
        for digest, path in found.items()
        if digest not in known
    ]
    if faults:
        raise DataError(
            f"{reference.id!r}: expected the {len(known)} files that it was made "
            "of; for another class leave its name out",
            faults,
        )
    members = (members_of(given, found[given.sha256]) for given in reference.panels)
    return gain_table([one for part in members for one in part])


def new_class(
    paths: Sequence[Path],
    *,
    class_id: str = "new_class",
    indicators: Sequence[str] = (),
    falling: bool = False,
    breaks: Sequence[int] = (),
    first_year: int | None = None,
    last_year: int | None = None,
) -> dict[str, Any]:
    """
    Make what panel files can tell of a new reference class.

    Parameters
    ----------
    paths : sequence of Path
        Files as :func:`~edu_metrics.trajectories.panels.read_panels` takes them.
    class_id : str, optional
        Id of the class.
    indicators : sequence of str, optional
        Panels to take; all when left out.
    falling : bool, optional
        Whether less is better, so that the complement to 100 is looked at.
    breaks : sequence of int, optional
        First years of another way to measure.
    first_year, last_year : int, optional
        Years to take; all when left out.

    Returns
    -------
    dict
        Fields of a definition; name, kind, note, sources and the reasons of breaks are for its
        author to add.

    Raises
    ------
    DataError
        If a file is no panel file, or has none of the panels named.
    """
    members: list[Comparable] = []
    entries: list[dict[str, Any]] = []
    unseen = set(indicators)
    for path in paths:
        names = [panel.name for panel in read_panels(path)]
        taken = tuple(name for name in names if not indicators or name in indicators)
        unseen -= set(taken)
        if not taken:
            continue
        told = {
            "source": "to_be_named",
            "file": path.name,
            "sha256": checksum(path),
            "indicators": {name: {"zh": name, "en": name} for name in taken},
            "better": "lower" if falling else "higher",
            "first_year": first_year,
            "last_year": last_year,
            "breaks": [{"year": y, "why": {"zh": "?", "en": "?"}} for y in breaks],
            "windows": 0,
        }
        given, faults = parse(PanelInput, told, path.name)
        if given is None:
            raise DataError(f"{path.name}: no class can be made of it", faults)
        part = members_of(given, path)
        members += part
        entry = given.model_dump(exclude_defaults=True, exclude={"source"})
        entries.append({**entry, "windows": len(windows_of(part, 3))})
    if unseen:
        raise DataError(
            "expected the panels that were named in the files", [f"no panel {n!r}" for n in unseen]
        )
    table = gain_table(members)
    years = [year for member in members for year in member.panel.years]
    return {
        "id": class_id,
        "panels": entries,
        "first_year": min(years),
        "last_year": max(years),
        "table": table,
    }


def class_as_yaml(made: Mapping[str, Any]) -> str:
    """
    Write a class made anew as it stands in a definition file.

    Parameters
    ----------
    made : mapping
        From :func:`new_class`.

    Returns
    -------
    str
        The keys id, panels, years and ``table``, and what is to be added by hand.
    """
    head = {key: value for key, value in made.items() if key != "table"}
    lines = [
        "# To be added by hand: name, kind, note, made, command, and the source of each panel.",
        yaml.safe_dump(head, sort_keys=False, allow_unicode=True, default_flow_style=None).strip(),
    ]
    return "\n".join(lines) + "\n" + table_as_yaml(made["table"])
