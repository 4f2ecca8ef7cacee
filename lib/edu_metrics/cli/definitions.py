"""
Verbs on what is defined, and on a plan's text that is to be.

The first are check, targets, audit, reference and inspect; the others draft, review and accept.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from typer import Argument, Option

from edu_metrics.cli.common import (
    Browser,
    File,
    Lang,
    Number,
    Port,
    Root,
    Shape,
    Studies,
    Text,
    Texts,
    app,
    day_of,
    load,
    one_a_table,
    print_json,
    print_rows,
    serve_page,
    studies_of,
    table_of,
    usage,
)
from edu_metrics.limits import inert

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Plan, Study, Target


@app.command()
def check(root: Root = None) -> None:
    """
    Load all definitions and report every fault in them; name what is odd in built tables.

    Every quote is looked up in the text of its plan, where the plan's source names one.
    """
    from edu_metrics.observations.documents import check_quotes
    from edu_metrics.observations.raw_files import unread_files
    from edu_metrics.report.tables import is_current

    catalog = load(root)
    catalog.require_sound()
    unverified = check_quotes(catalog)
    numeric = sum(target.numeric for plan in catalog.plans.values() for target in plan.targets)
    targets = sum(len(plan.targets) for plan in catalog.plans.values())
    if unverified:
        listed = ", ".join(unverified)
        sys.stdout.write(f"quotes unverified, as the text is not at hand: {listed}\n")
    if drafts := [plan.id for plan in catalog.plans.values() if plan.draft]:
        sys.stdout.write(f"drafts, which are not judged: {', '.join(drafts)}\n")
    if unread := unread_files(catalog):
        sys.stdout.write(inert(f"below data/raw, and in no study: {', '.join(unread)}\n"))
    sys.stdout.write(
        f"{len(catalog.plans)} plans with {targets} targets ({numeric} numeric), "
        f"{len(catalog.indicators)} indicators, {len(catalog.quantities)} quantities, "
        f"{len(catalog.areas)} areas, {len(catalog.sources)} sources, "
        f"{len(catalog.assumptions)} assumptions, {len(catalog.studies)} studies: sound\n"
    )
    for study in one_a_table(catalog.studies.values()):
        if is_current(catalog, study):
            tell_findings(catalog, study)


@app.command()
def schema(
    out: Annotated[Path, Option(help="Folder for them.")] = Path("schemas"),
) -> None:
    """Write JSON Schema of definition files, for completion and hover text in an editor."""
    from edu_metrics.catalog.schema import write_schemas

    for path in write_schemas(out):
        sys.stdout.write(f"{path}\n")


@app.command()
def targets(
    plan: Annotated[Text, Option(help="Only this plan.")] = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """List every target with its words."""
    catalog = load(root)
    with usage():
        plans = [catalog.plan(plan)] if plan else list(catalog.plans.values())
    rows = [_target_row(entry, target) for entry in plans for target in entry.targets]
    print_rows(rows, shape, ("plan", "id", "kind", "indicator", "deadline", "quote", "locator"))


def _target_row(plan: Plan, target: Target) -> dict[str, Any]:
    told = {
        "plan": plan.id,
        "areas": list(target.areas),
        "responsible": target.responsible and target.responsible.model_dump(),
        "due_on": target.due_on and target.due_on.isoformat(),
        "readings": [reading.id for reading in target.readings],
        "default_reading": target.default_reading and target.default_reading.id,
    }
    names = (
        "id plan article indicator kind areas obligation priority responsible deadline due_on "
        "group period quote locator readings default_reading numeric"
    )
    return {name: told[name] if name in told else getattr(target, name) for name in names.split()}


@app.command()
def audit(
    plan: Annotated[str, Argument(help="Plan id.")],
    shape: Annotated[
        Literal["table", "json", "markdown"], Option("--format", help="How to print.")
    ] = "table",
    lang: Annotated[str, Option(help="Language of table and Markdown.")] = "zh",
    root: Root = None,
) -> None:
    """Hold a plan's numbers against each other and list what was found."""
    from edu_metrics.plan_audit import as_rows
    from edu_metrics.report.tables import audit_plan
    from edu_metrics.words import require_language, say

    catalog = load(root)
    with usage():
        entry = catalog.plan(plan)
        require_language(lang)
    rows = as_rows(audit_plan(catalog, entry))
    if shape == "json":
        print_json({"plan": entry.id, "findings": rows})
        return
    heads = [say(f"audit.{key}", lang) for key in ("severity", "kind", "finding")]
    told = [
        (
            say(f"audit.severity_{row['severity']}", lang),
            say(f"audit.kind_{row['kind']}", lang),
            row[f"message_{lang}"],
        )
        for row in rows
    ]
    if shape == "markdown":
        lines = [f"- **{severity}** ({kind}) {message}" for severity, kind, message in told]
        shown = lines or [say("audit.nothing", lang)]
        sys.stdout.write("\n".join([f"# {entry.title.in_(lang)}", "", *shown]) + "\n")
        return
    print_rows([dict(zip(heads, row, strict=True)) for row in told], "table", tuple(heads))


@app.command()
def reference(
    name: Annotated[Text, Argument(metavar="[CLASS]", help="Class to show, or all.")] = None,
    build: Annotated[
        Texts, Option(help="Panel to make a table from: CSV, or package:path.")
    ] = None,
    new: Annotated[str, Option("--id", help="Id of a class that is made anew.")] = "new",
    indicator: Annotated[Texts, Option(help="Only this panel (class made anew).")] = None,
    falling: Annotated[bool, Option("--falling", help="Less is better (class made anew).")] = False,
    breaks: Annotated[
        list[int] | None, Option("--break", help="First year of another measure.")
    ] = None,
    first: Annotated[Number, Option("--from", help="First year to take.")] = None,
    last: Annotated[Number, Option("--to", help="Last year to take.")] = None,
    out: Annotated[File, Option(help="File to write; stdout when left out.")] = None,
    root: Root = None,
    shape: Shape = "table",
) -> None:
    """List reference classes, show one, or make its table from panel files."""
    if build:
        from edu_metrics.trajectories import reference_classes as classes

        if name is None:
            made = classes.new_class(
                [classes.find_panel_file(panel) for panel in build],
                class_id=new,
                indicators=indicator or (),
                falling=falling,
                breaks=breaks or (),
                first_year=first,
                last_year=last,
            )
            text = (
                "# To be added by hand: name, kind, note, made, command, source of each panel.\n"
                + classes.as_yaml(made)
            )
        else:
            with usage():
                known = load(root).reference_class(name)
            panels = [classes.find_panel_file(panel) for panel in build]
            text = classes.as_yaml({"table": classes.rebuild(known, panels)})
        if out is None:
            sys.stdout.write(text)
        else:
            out.write_text(text, encoding="utf-8", newline="\n")
        return
    from edu_metrics.trajectories.reference_classes import class_rows, table_rows

    catalog = load(root)
    if name is None:
        rows = class_rows(catalog)
        print_rows(rows, shape, ("id", "kind", "windows", "series", "years", "made", "provenance"))
        return
    with usage():
        entry = catalog.reference_class(name)
    if shape == "json":
        print_json(entry.model_dump(mode="json"))
        return
    columns = ("band", "years", "windows", "series", "p05", "p50", "p95", "kept 3", "kept 5")
    print_rows(table_rows(entry), shape, (*columns, "share of 5", "interval", "fastest"))


#: So many findings of a study are told beside another verb's work.
MOST_LINES = 50


@app.command()
def inspect(
    studies: Studies = None,
    root: Root = None,
    shape: Shape = "table",
    lang: Annotated[Lang, Option(help="Language of sentences.")] = "en",
) -> None:
    """Look at the numbers themselves: what is odd, and which entry would settle it."""
    from edu_metrics.report.tables import odd_numbers

    catalog = load(root)
    rows = []
    for study in one_a_table(studies_of(catalog, studies)):
        table_of(catalog, study)
        rows += [{"study": study.id, **row} for row in odd_numbers(catalog, study)]
    if shape == "json":
        print_rows(rows, shape, ())
        return
    for row in rows:
        sys.stdout.write(f"{row['study']}: {row[f'sentence_{lang}']} [{row['rule']}]\n")
        for line in (row["suggestion"] or "").splitlines():
            sys.stdout.write(f"    {line}\n")


def tell_findings(catalog: Catalog, study: Study) -> None:
    """Name on stderr what is odd in a study's built table; nothing is changed by it."""
    from edu_metrics.report.tables import odd_numbers

    found = odd_numbers(catalog, study)
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


@app.command()
def draft(
    file: Annotated[Path, Argument(metavar="FILE", help="A .txt, .docx, .pdf or .html.")],
    out: Annotated[Path, Option(help="Folder for the draft.")],
    first: Annotated[Number, Option(help="First year of the plan.")] = None,
    last: Annotated[Number, Option(help="Last year of the plan.")] = None,
    issued: Annotated[Text, Option(help="Day of issue, as YYYY-MM-DD.")] = None,
    root: Root = None,
) -> None:
    """Draft the promises of a plan from its text, for a person to confirm."""
    from edu_metrics.drafting import draft_file

    catalog = load(root) if root is not None else None
    files, made = draft_file(file, out, first, last, catalog, day_of("--issued", issued))
    for path in files:
        sys.stdout.write(f"{path.as_posix()}\n")
    sys.stderr.write(
        f"{len(made.promises)} promises, {len(made.not_taken)} numbers not taken. Go on with\n"
        f"    edu-metrics review {out}\n    edu-metrics accept {out} --root PROJECT\n"
    )


@app.command()
def review(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder of the draft.")],
    lang: Annotated[Text, Option(help="Language of the page.")] = None,
    port: Port = None,
    browser: Browser = True,
) -> None:
    """Decide on the promises of a draft, on a page served on this machine until Ctrl-C."""
    from edu_metrics.drafting import review_draft
    from edu_metrics.words import require_language

    with usage():
        if lang is not None:
            require_language(lang)

    page = partial(review_draft, folder, lang=lang, port=port, browser=browser)
    serve_page(page, "drafting.serving", lang or "en")


@app.command()
def accept(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder of the draft.")],
    yes: Annotated[Texts, Option(help="Accept this promise first.")] = None,
    no: Annotated[Texts, Option(help="Reject this promise first.")] = None,
    area: Annotated[Texts, Option(help="An area that the plan binds.")] = None,
    root: Root = None,
) -> None:
    """Write the promises that were accepted into a plan of the project."""
    from edu_metrics.drafting import accept_draft, decide_by_id

    catalog = load(root)
    decide_by_id(folder, yes or (), no or (), area or ())
    for path in accept_draft(folder, catalog):
        sys.stdout.write(f"{path.as_posix()}\n")
