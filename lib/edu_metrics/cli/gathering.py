"""Verbs that gather observations: build, simulate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from edu_metrics.cli.common import USAGE, Root, app, load, one_a_table, stop, studies_of
from edu_metrics.cli.inspecting import tell_findings
from edu_metrics.errors import EduMetricsError, require_extra


@app.command()
def build(
    studies: Annotated[list[str] | None, typer.Argument(help="Studies; all when left out.")] = None,
    root: Root = None,
) -> None:
    """Build the tables of studies from raw files and definitions."""
    require_extra("reports", "pyarrow")
    from edu_metrics.report.tables import prepare

    catalog = load(root)
    for study in one_a_table(studies_of(catalog, studies)):
        path = prepare(catalog, study, force=True)
        sys.stdout.write(f"{study.id}: {path.relative_to(catalog.root).as_posix()}\n")
        tell_findings(catalog, study)


@app.command()
def simulate(
    studies: Annotated[
        list[str] | None, typer.Argument(help="Simulated studies; all when left out.")
    ] = None,
    districts: Annotated[
        int | None, typer.Option(min=2, help="Instead: a project of so many invented districts.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Folder of that project.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of that project.")] = 1,
    root: Root = None,
) -> None:
    """Write the invented raw files of simulated studies, or a project of many districts."""
    from edu_metrics.simulation import simulate_districts, simulate_study

    catalog = load(root)
    if districts is not None or to is not None:
        if districts is None or to is None or not studies or len(studies) != 1:
            message = "a project of many districts needs --districts, --to, and one study"
            stop(EduMetricsError(message), USAGE)
        (pattern,) = studies_of(catalog, studies)
        made = simulate_districts(catalog, pattern, to, districts=districts, seed=seed)
        sys.stdout.write(f"{made}\n")
        return
    for study in studies_of(catalog, studies):
        if study.simulated or studies:
            for path in simulate_study(catalog, study):
                sys.stdout.write(f"{path.relative_to(catalog.root).as_posix()}\n")
