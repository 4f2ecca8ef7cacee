"""The verb inspect, and what build and check tell of the numbers themselves."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edu_metrics.cli.common import (
    Format,
    Lang,
    Root,
    Shape,
    app,
    load,
    one_a_table,
    studies_of,
    table_of,
)
from edu_metrics.cli.printing import print_rows

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Study

#: So many findings of a study are told beside another verb's work.
MOST_LINES = 50


@app.command()
def inspect(
    studies: Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")] = None,
    root: Root = None,
    shape: Shape = Format.TABLE,
    lang: Annotated[Lang, typer.Option(help="Language of sentences.")] = Lang.EN,
) -> None:
    """Look at the numbers themselves: what is odd, and which entry would settle it."""
    catalog = load(root)
    rows = []
    for study in one_a_table(studies_of(catalog, studies)):
        table_of(catalog, study)
        rows += [{"study": study.id, **row} for row in _findings(catalog, study)]
    if shape is Format.JSON:
        print_rows(rows, shape, ())
        return
    for row in rows:
        sys.stdout.write(f"{row['study']}: {row[f'sentence_{lang}']} [{row['rule']}]\n")
        for line in (row["suggestion"] or "").splitlines():
            sys.stdout.write(f"    {line}\n")


def tell_findings(catalog: Catalog, study: Study) -> None:
    """Name on stderr what is odd in a study's built table; nothing is changed by it."""
    found = _findings(catalog, study)
    if not found:
        return
    lines = [
        f"study {study.id!r}: {len(found)} point(s) in its numbers to clear up; all are used as "
        f"printed. `edu-metrics inspect {study.id}` offers what to enter once they are."
    ]
    lines += [f"  - {row['sentence_en']}" for row in found[:MOST_LINES]]
    if len(found) > MOST_LINES:
        lines.append(f"  - and {len(found) - MOST_LINES} more")
    sys.stderr.write("\n".join(lines) + "\n")


def _findings(catalog: Catalog, study: Study) -> list[dict[str, Any]]:
    """Look, or read what was found when the table stood as it stands: looking takes a second."""
    from edu_metrics.report.tables import table_path

    table = table_path(catalog.root, study.id)
    note = table.with_name(f"{study.id}.findings.json")
    kept = _kept(note, table)
    if kept is not None:
        return kept
    from edu_metrics.observations import finding_as_row, inspect_table, known_by, read_processed

    of_table = _state(table)
    rows = known_by(read_processed(catalog.root, study.id), study.as_of)
    found = inspect_table(catalog, rows, as_of=study.as_of.year)
    told = [finding_as_row(catalog, one) for one in found]
    unfinished = note.with_name(f".{note.name}.{os.getpid()}")
    with contextlib.suppress(OSError):  # a folder that can't be written to is none of our business
        unfinished.write_text(json.dumps({"table": of_table, "findings": told}), "utf-8")
        unfinished.replace(note)
    return told


def _kept(note: Path, table: Path) -> list[dict[str, Any]] | None:
    """Read what was found, if it was found in this table."""
    try:
        content = json.loads(note.read_text("utf-8"))
        found: list[dict[str, Any]] = content["findings"]
        return found if content["table"] == _state(table) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _state(table: Path) -> list[int]:
    """Tell one state of a file from another: a table that is built again is a new file."""
    found = table.stat()
    return [found.st_ino, found.st_size, found.st_mtime_ns]
