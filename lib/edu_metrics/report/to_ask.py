"""Whom to ask for what: the questions of a first page, and the figures that it lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from edu_metrics.files import write_whole_files
from edu_metrics.observations.intake import write_template
from edu_metrics.reachability import Verdict
from edu_metrics.report.columns import Column, Table, draw, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.downloads import without_times
from edu_metrics.report.html import Cell, Html, join, tag
from edu_metrics.words import say

__all__ = ["questions", "save_form", "show_to_ask"]

#: The form to fill in, beside the page.
FORM = "form.xlsx"


def questions(report: AreaReport, rows: Sequence[Any]) -> list[str]:
    """Ask what would settle most: a reading, a contradiction, a missing figure, an effort."""
    lang = report.lang
    comma = say("bulletin.comma", lang)
    asked = []
    by_steps = [row for row in rows if row.disputed and _turned(report, row, by_steps=True)]
    by_reading = [row for row in rows if row.disputed and row not in by_steps]
    for key, key_missed, disputed in (
        ("bulletin.ask_steps", "bulletin.ask_steps_missed", by_steps),
        ("bulletin.ask_reading", "bulletin.ask_reading_missed", by_reading),
    ):
        if disputed:
            # Those that would be missed already are named before the others.
            lost = [row for row in disputed if Verdict.MISSED in _turned(report, row)]
            names = comma.join(row.title for row in (lost or disputed)[:2])
            told: dict[str, Any] = {"n": len(disputed), "lost": len(lost), "names": names}
            if disputed is by_steps:
                told["years"] = _first_years(report, disputed)
            key = key_missed if lost else key
            if len(disputed) == 1 and disputed is by_reading and not lost:
                key = "bulletin.ask_reading_one"
            asked.append(say(key, lang, **told))
    totals = [row for row in rows if report.assessments[row.target].reason == "total_of_whole"]
    if totals:
        names = comma.join(row.title for row in totals[:2])
        key = "bulletin.ask_totals" if len(totals) > 2 else "bulletin.ask_total"
        asked.append(say(key, lang, names=names, n=len(totals)))
    if clashes := [row for row in rows if row.group == "clash"]:
        names = comma.join(row.title for row in clashes[:2])
        asked.append(say("bulletin.ask_clash", lang, names=names))
    missing = report.tables.rows("missing")
    if missing:
        most = missing.ordered(lambda row: -len(row.would_judge)).rows[:2]
        judged = len({target for row in most for target in row.would_judge})
        names = comma.join(row.title for row in most)
        asked.append(say("bulletin.ask_missing", lang, names=names, judged=judged))
    for row in rows:
        if "ended" in report.assessments[row.target].cautions:
            asked.append(say("bulletin.ask_newer", lang, title=row.title, year=row.last_year))
    for row in rows:
        if row.group == "effort" and row.lever:
            told = {"title": row.title, "lever": row.lever, "setting": row.setting}
            asked.append(say("bulletin.ask_lever", lang, **told))
    return asked[:3]


def _first_years(report: AreaReport, rows: Sequence[Any]) -> str:
    """Give the years from which the steps of most of these targets may count."""
    years: Counter[tuple[int, ...]] = Counter()
    for row in rows:
        found = report.assessments[row.target]
        steps = {one.steps for one in (found, *found.others) if one.steps}
        years[tuple(sorted(row.due - number + 1 for number in steps))] += 1
    (usual, _), *_ = years.most_common(1)
    return say("bulletin.or", report.lang).join(map(str, usual))


def _turned(report: AreaReport, row: Any, *, by_steps: bool = False) -> set[Verdict]:
    """Give the other verdicts on a target, of other numbers of steps alone where asked for."""
    found = report.assessments[row.target]
    others = [one for one in found.others if not by_steps or one.reading == found.reading]
    return {one.verdict for one in others} - {found.verdict}


def show_to_ask(report: AreaReport) -> Html:
    """
    List the figures that are missing by who holds them, with the form to fill in.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table by holder. Of a part of an area that has a report itself: the number of figures,
        and where the table is.
    """
    lang, missing = report.lang, report.tables.rows("missing")
    how: Cell = say("bulletin.to_ask_how", lang, n=len(missing))
    if find_spec("openpyxl") is not None:
        form = tag("a", say("bulletin.form", lang), href=FORM)
        how = join([how, form, say("bulletin.form_back", lang)])
    pieces = [tag("h2", say("bulletin.to_ask", lang)), tag("p", how)]
    if report.area.parent in report.areas:
        whole = report.area.parent
        said = say("bulletin.see_whole", lang, whole=report.area_name(whole))
        there = tag("p", tag("a", said, href=f"../{whole}/report.html"))
        return join([*pieces, there, report.tables.link("missing")])
    if parts := report.catalog.children(report.area.id, report.areas):
        named = report.listed(map(report.area_name, parts))
        pieces.append(tag("p", say("bulletin.for_parts", lang, parts=named), "small"))
    columns = [
        Column("bulletin.ask_holder", lambda row: _holder(report, row.holder)),
        Column("bulletin.ask_figures", "figures", numeric=True),
        Column("bulletin.ask_judges", "judges", numeric=True),
        Column("bulletin.ask_which", "which"),
    ]
    caption = say("bulletin.ask_caption", lang)
    listed = draw(
        report.tables.rows("to_ask"), columns, lang, caption=caption, css="cards ask", csv="to_ask"
    )
    return join([*pieces, listed])


def save_form(report: AreaReport, folder: Path) -> None:
    """
    Write the form to fill in, a workbook with a row for each figure that is missing.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    folder : Path
        Where it is written; nothing is where workbooks can't be made, or nothing is missing.
    """
    missing = {one for target in report.numeric for one in report.assessments[target.id].missing}
    asked = [item for item in missing if not report.evidence.withheld([item])]
    if asked and find_spec("openpyxl") is not None:
        book = write_template(report.catalog, report.study, asked, report.lang)
        write_whole_files({folder / FORM: without_times(book)})


def to_ask_table(report: AreaReport) -> Table:
    """Give who holds missing figures, how many, and for how many targets, a row a holder."""
    missing = report.tables.rows("missing")
    held = {name: one.id for one in report.catalog.holders.values() for name in one.quantities}
    by: dict[str, list[Any]] = {holder: [] for holder in (*report.catalog.holders, "")}
    for row in missing:
        by[held.get(row.quantity, "")].append(row)
    rows = (
        {
            "holder": holder,
            "figures": len(found),
            "judges": len({target for row in found for target in row.would_judge}),
            "which": report.listed(_in_years(report, row) for row in found),
        }
        for holder, found in by.items()
        if found
    )
    return table_of(rows, "holder figures judges which")


def _in_years(report: AreaReport, row: Any) -> str:
    years = say("bulletin.years_comma", report.lang).join(map(_span, _runs(row.missing_in)))
    return say("bulletin.ask_in", report.lang, title=row.title, years=years)


def _runs(years: Sequence[int]) -> list[list[int]]:
    """Cut years where one is left out."""
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return runs


def _span(run: Sequence[int]) -> str:
    return str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}"


def _holder(report: AreaReport, holder: str) -> Html:
    if not holder:
        return tag("strong", say("bulletin.holder_unknown", report.lang))
    found = report.catalog.holders[holder]
    name = tag("strong", found.name.in_(report.lang))
    return name + tag("small", found.note.in_(report.lang)) if found.note else name
