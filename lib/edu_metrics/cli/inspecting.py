"""The verb inspect, and what build and check tell of the numbers themselves."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edu_metrics.cli.common import Format, Lang, Root, Shape, app, load, studies_of, table_of
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
    for study in studies_of(catalog, studies):
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
    from edu_metrics.report.tables import kept_beside, table_path

    def look() -> list[dict[str, Any]]:
        from edu_metrics.observations import finding_as_row, inspect_table, known_by, read_processed

        rows = known_by(read_processed(catalog.root, study.id), study.as_of)
        found = inspect_table(catalog, rows, as_of=study.as_of.year)
        return [finding_as_row(catalog, one) for one in found]

    rows: list[dict[str, Any]] = kept_beside(table_path(catalog.root, study.id), "findings", look)
    return rows
