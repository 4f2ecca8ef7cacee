"""
Sums that a study's table contradicts: added up once a table, told by every verb that looks.

Adding up loads what reads tables and takes longer than all the rest of a check. What was found is
kept beside the table, and counts as long as the table stands as it stood.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Study

#: Numbers that do not add up, of one study, that are listed.
MOST_LINES = 50
#: What is told of each.
TOLD = ("area", "year", "quantity", "own", "sum_of_children")


def tell_sums_apart(catalog: Catalog, study: Study) -> None:
    """Name on stderr what a study's built table says of a whole and its parts in two ways."""
    apart = _sums_apart(catalog, study)
    if not apart:
        return
    lines = [
        f"study {study.id!r}: {len(apart)} published number(s) are not what the parts add up to; "
        "both stand, and nothing that rests on them is split over the parts. "
        "Ask the publisher which one holds."
    ]
    lines += [
        f"  - {row['area']}, {row['year']}, {row['quantity']}: {row['own']:.12g} published, "
        f"{row['sum_of_children']:.12g} as the sum of its parts"
        for row in apart[:MOST_LINES]
    ]
    if len(apart) > MOST_LINES:
        lines.append(f"  - and {len(apart) - MOST_LINES} more")
    sys.stderr.write("\n".join(lines) + "\n")


def _sums_apart(catalog: Catalog, study: Study) -> list[dict[str, Any]]:
    from edu_metrics.report.tables import table_path

    table = table_path(catalog.root, study.id)
    note = table.with_suffix(".sums.json")
    kept = _kept(note, table)
    if kept is not None:
        return kept
    from edu_metrics.observations import inspect_sums, read_processed

    of_table = _state(table)
    found = inspect_sums(catalog, read_processed(catalog.root, study.id))
    rows = found[list(TOLD)].to_dict("records")
    apart = [{str(name): value for name, value in row.items()} for row in rows]
    unfinished = note.with_name(f".{note.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # a folder that can't be written to is none of our business
        unfinished.write_text(json.dumps({"table": of_table, "apart": apart}), "utf-8")
        unfinished.replace(note)
    return apart


def _kept(note: Path, table: Path) -> list[dict[str, Any]] | None:
    """Read what was found, if it was found in this table."""
    try:
        content = json.loads(note.read_text("utf-8"))
        found: list[dict[str, Any]] = content["apart"]
        return found if content["table"] == _state(table) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _state(table: Path) -> list[int]:
    """Tell one state of a file from another: a table that is built again is a new file."""
    found = table.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]
