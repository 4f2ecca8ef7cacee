"""The verb new."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from edu_metrics.cli.common import USAGE, Lang, app, stop
from edu_metrics.errors import ReportError


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to make.")],
    lang: Annotated[Lang, typer.Option(help="Language of comments and reports.")] = Lang.ZH,
    table: Annotated[
        Path | None, typer.Option("--from", help="Use the areas and numbers of this table.")
    ] = None,
    invented: Annotated[
        bool, typer.Option("--invented", help="The table's numbers and places are invented.")
    ] = False,
) -> None:
    """Make a small project of your own, which inherits the definitions that it uses."""
    from edu_metrics.simulation import new_project

    try:
        made = new_project(folder, lang=str(lang), table=table, invented=invented)
    except ReportError as error:
        stop(error, USAGE)
    for path in made:
        sys.stdout.write(f"{path.as_posix()}\n")
    steps = "\n".join(f"    edu-metrics {verb} --root {folder}" for verb in ("check", "report"))
    sys.stderr.write(f"{len(made)} files. Go on with\n{steps}\n")
