"""Verbs on a plan's text: draft, review, accept."""

from __future__ import annotations

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from edu_metrics.cli.common import INTERRUPTED, Root, app, day_of, load, usage


@app.command()
def draft(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A .txt, .docx, .pdf or .html.")],
    out: Annotated[Path, typer.Option(help="Folder for the draft.")],
    first: Annotated[int | None, typer.Option(help="First year of the plan.")] = None,
    last: Annotated[int | None, typer.Option(help="Last year of the plan.")] = None,
    issued: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of issue, as YYYY-MM-DD.")
    ] = None,
    root: Root = None,
) -> None:
    """Draft the promises of a plan from its text, for a person to confirm."""
    from edu_metrics.drafting import draft_file

    catalog = load(root) if root is not None else None
    day = day_of("--issued", issued.date() if issued else None)
    files, made = draft_file(file, out, first, last, catalog, day)
    for path in files:
        sys.stdout.write(f"{path.as_posix()}\n")
    sys.stderr.write(
        f"{len(made.promises)} promises, {len(made.not_taken)} numbers not taken. Go on with\n"
        f"    edu-metrics review {out}\n    edu-metrics accept {out} --root PROJECT\n"
    )


@app.command()
def review(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the draft.")],
    lang: Annotated[str | None, typer.Option(help="Language of the page.")] = None,
    port: Annotated[int | None, typer.Option(help="Port; a free one when left out.")] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open it.")] = True,
) -> None:
    """Decide on the promises of a draft, on a page served on this machine until Ctrl-C."""
    from edu_metrics.drafting import review_draft
    from edu_metrics.words import require_language, say

    with usage():
        if lang is not None:
            require_language(lang)

    def ready(address: str) -> None:
        shown = lang or "en"
        told = say("drafting.serving", shown, address=address), say("explore.stop", shown)
        sys.stdout.write("\n".join(told) + "\n")
        sys.stdout.flush()

    if review_draft(folder, lang=lang, port=port, ready=ready, browser=browser) == signal.SIGINT:
        raise typer.Exit(INTERRUPTED)


@app.command()
def accept(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the draft.")],
    yes: Annotated[list[str] | None, typer.Option(help="Accept this promise first.")] = None,
    no: Annotated[list[str] | None, typer.Option(help="Reject this promise first.")] = None,
    area: Annotated[list[str] | None, typer.Option(help="An area that the plan binds.")] = None,
    root: Root = None,
) -> None:
    """Write the promises that were accepted into a plan of the project."""
    from edu_metrics.drafting import accept_draft, decide_by_id

    catalog = load(root)
    decide_by_id(folder, yes or (), no or (), area or ())
    for path in accept_draft(folder, catalog):
        sys.stdout.write(f"{path.as_posix()}\n")
