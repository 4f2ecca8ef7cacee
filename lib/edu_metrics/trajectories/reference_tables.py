"""The tables of reference classes written out: as YAML for a definition, as lines for a reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from edu_metrics.catalog import Catalog, GainCell, ReferenceClass
from edu_metrics.catalog.reference_classes import ALL


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
                "name_zh": entry.name.zh,
                "name_en": entry.name.en,
                "kind": entry.kind,
                "windows": whole.windows,
                "window_years": whole.years,
                "series": whole.series,
                "years": f"{entry.first_year}-{entry.last_year}",
                "made": entry.made.isoformat(),
                "command": entry.command,
                "provenance": [source.id for source in sources],
                "licences": [source.licence for source in sources],
                "read": [source.read for source in sources],
            }
        )
    return rows


def table_rows(entry: ReferenceClass) -> list[dict[str, Any]]:
    """Give the cells of a class as lines of a table."""
    rows = []
    for cell in entry.table:
        kept = dict(zip(cell.kept.at, range(len(cell.kept.at)), strict=True))
        three, five = kept.get(3.0), kept.get(5.0)
        rows.append(
            {
                "band": cell.band,
                "years": cell.years,
                "windows": cell.windows,
                "series": cell.series,
                "p05": cell.gains_pp[5],
                "p50": cell.gains_pp[50],
                "p95": cell.gains_pp[95],
                "kept 3": None if three is None else cell.kept.windows[three],
                "kept 5": None if five is None else cell.kept.windows[five],
                "share of 5": None
                if five is None
                else f"{100 * cell.kept.windows[five] / cell.windows:.2f} %",
                "interval": None
                if five is None
                else f"{cell.kept.low[five]:g}-{cell.kept.high[five]:g}",
                "fastest": f"{cell.fastest.pace_pp:g} ({cell.fastest.panel})",
            }
        )
    return rows
