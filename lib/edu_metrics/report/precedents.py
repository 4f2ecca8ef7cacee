"""What comparable series did from a similar start: counts beside the pace that is asked for."""

from __future__ import annotations

from edu_metrics.catalog import ReferenceClass, Target
from edu_metrics.reachability import Assessment
from edu_metrics.reachability.precedent import NoPrecedent, Precedent, precedents_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, join, note, table, tag
from edu_metrics.words import number, say, signed
from edu_metrics.words.precedents import counted, kept_pace, share_kept, shortest

__all__ = ["show_precedents"]

#: Kinds of classes, each with a column of its own.
KINDS = ("ordinary", "test_change")


def show_precedents(report: AreaReport) -> Html:
    """
    Show how often comparable series kept the pace that each target asks for.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table of targets with the counts of ordinary series and, apart, of series whose test
        moved; why other targets have none; and where the counts come from.
    """
    lang = report.lang
    classes = [report.catalog.reference_class(name) for name in report.study.reference_class]
    if not classes:
        return note(say("precedent.no_class", lang), "gap")
    rows: list[list[Cell]] = []
    without: dict[NoPrecedent, list[str]] = {}
    assumed = False
    for target in report.numeric:
        found = report.assessments[target.id]
        indicator = report.catalog.indicators.get(found.indicator or "")
        told = precedents_of(found, indicator, classes)
        if isinstance(told, NoPrecedent):
            without.setdefault(told, []).append(target.title.in_(lang))
            continue
        assumed |= found.start == "plan_statement"
        rows.append(_row(target, found, told, lang))
    pieces: list[Cell] = []
    if rows:
        head = [say("report.promise", lang), say("precedent.asked", lang)]
        head += [say(f"precedent.kind_{kind}", lang) for kind in KINDS]
        head.append(say("precedent.percentile", lang))
        caption = say("precedent.caption", lang, number=len(rows))
        pieces.append(table(head, rows, caption=caption, numeric=(4,)))
        pieces.append(tag("p", say("precedent.how_to_read", lang), "small"))
    else:
        pieces.append(note(say("precedent.nothing", lang), "gap"))
    if assumed:
        pieces.append(tag("p", say("precedent.assumed_note", lang), "small"))
    without.pop(NoPrecedent.NO_START, None)
    lines = [
        say(f"precedent.why_{why}", lang, targets=say("precedent.comma", lang).join(titles))
        for why, titles in without.items()
    ]
    if lines:
        # A long list of targets without a class would push the counts out of sight.
        listed = tag("ul", join(tag("li", line) for line in lines))
        summary = say("precedent.without", lang, number=sum(map(len, without.values())))
        pieces.append(details(summary, listed))
    if rows:
        origins = tag("ul", join(tag("li", _origin(report, entry)) for entry in classes))
        pieces.append(details(say("precedent.origins", lang), origins))
    return join(pieces)


def _row(target: Target, found: Assessment, told: list[Precedent], lang: str) -> list[Cell]:
    first = told[0]
    pace = -first.pace if first.falling else first.pace
    mark = " †" if found.start == "plan_statement" else ""
    asked = say(
        "precedent.asked_cell_one" if first.years == 1 else "precedent.asked_cell",
        lang,
        start=f"{number(found.last_value)} %{mark}",
        pace=signed(pace, 2),
        years=first.years,
    )
    of_kind = {kind: [p for p in told if p.reference.kind == kind] for kind in KINDS}
    ordinary = of_kind["ordinary"]
    return [
        tag("strong", target.title.in_(lang)),
        asked,
        *(
            join(_cell(one, lang) for one in of_kind[kind]) if of_kind[kind] else "—"
            for kind in KINDS
        ),
        number(ordinary[0].percentile, 0) if ordinary else "—",
    ]


def _cell(found: Precedent, lang: str) -> Html:
    way = "falling" if found.falling else "rising"
    lines = [
        kept_pace(found.kept, falling=found.falling, lang=lang),
        share_kept(found.kept, lang),
    ]
    # What a moved test gave is shown to compare with, and is no precedent.
    if found.reference.kind == "ordinary":
        if found.total is not None and found.years > 1:
            step, windows = shortest(found.total.step), counted(found.total, lang)
            lines.append(say(f"precedent.total_{way}", lang, step=step, counted=windows))
        lines.append(_fastest(found, lang))
    told = join(tag("div", tag("small", line)) for line in lines)
    return join([tag("div", tag("strong", counted(found.kept, lang))), told])


def _fastest(found: Precedent, lang: str) -> str:
    if found.fastest.pace_pp <= 0:
        return say("precedent.fastest_none", lang)
    pace = found.fastest.pace_pp
    return say(
        "precedent.fastest",
        lang,
        pace=signed(-pace if found.falling else pace, 1),
        panel=found.reference.panel_name(found.fastest.panel).in_(lang),
        first=found.fastest.first_year,
        last=found.fastest.last_year,
    )


def _origin(report: AreaReport, entry: ReferenceClass) -> Html:
    lang = report.lang
    sources = [report.catalog.sources[given.source] for given in entry.panels]
    named = say("report.semicolon", lang).join(
        f"{source.title.in_(lang)} ({source.publisher.in_(lang)})" for source in sources
    )
    later = ""
    if entry.last_year > report.study.as_of.year:
        later = say("precedent.later", lang)
    text = say(
        "precedent.origin",
        lang,
        name=entry.name.in_(lang),
        first=entry.first_year,
        last=entry.last_year,
        note=entry.note.in_(lang),
        sources=named,
        later=later,
    )
    return join([text, " ", tag("code", entry.command)])
