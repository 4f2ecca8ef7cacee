"""What comparable series did from a similar start: counts beside the pace that is asked for."""

from __future__ import annotations

from edu_metrics.catalog import ReferenceClass, Target
from edu_metrics.reachability import Assessment
from edu_metrics.reachability.precedent import (
    NoPrecedent,
    Precedent,
    counted,
    kept_pace,
    precedents_of,
    share_kept,
)
from edu_metrics.report.columns import Table, picked, table_of
from edu_metrics.report.context import AreaReport, said_of_whole
from edu_metrics.report.html import Cell, Html, details, join, note, tag
from edu_metrics.report.reasons import STATED, value_text
from edu_metrics.words import number, say, short, signed

#: Kinds of classes, each with a column of its own.
KINDS = ("ordinary", "test_change")


@said_of_whole
def show_precedents(report: AreaReport) -> Html:
    """
    Say where the counts of series that kept a pace come from; each card says its own.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        For how many targets a card says it, why other targets have none, and where the counts come
        from.
    """
    lang = report.lang
    classes = [report.catalog.reference_class(name) for name in report.study.reference_class]
    if not classes:
        return note(say("precedent.no_class", lang), "gap")
    found = report.tables.rows("precedents")
    without: dict[NoPrecedent, list[str]] = {}
    for target in report.numeric:
        if isinstance(told := precedents_for(report, target), NoPrecedent):
            without.setdefault(told, []).append(target.title.in_(lang))
    pieces: list[Cell] = [note(say("precedent.nothing", lang), "gap")]
    if found:
        cards = tag("p", say("precedent.on_cards", lang, number=len(found.first_of("target"))))
        how = tag("p", say("precedent.how_to_read", lang), "small")
        pieces = [cards + report.tables.link("precedents"), how]
    if STATED in found["start"]:
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
    if found:
        origins = tag("ul", join(tag("li", _origin(report, entry)) for entry in classes))
        commands = join((tag("code", entry.command) for entry in classes), " ")
        again = tag("p", join([say("precedent.again", lang), " ", commands]), "small")
        pieces.append(details(say("precedent.origins", lang), origins + again))
    return join(pieces)


def precedents_table(report: AreaReport) -> Table:
    """Give how often each pace was kept elsewhere, one row a target and reference class."""
    rows = (
        {
            **report.about(target, report.assessments[target.id]),
            **picked(one, "reference_class=reference.id kind=reference.kind band asked_pp=pace"),
            **picked(one, "falling years percentile fastest_pp=fastest.pace_pp"),
            **picked(one.kept, "windows kept=count kept_low_pct=low kept_high_pct=high"),
        }
        for target in report.numeric
        if not isinstance(told := precedents_for(report, target), NoPrecedent)
        for one in told
    )
    return table_of(
        rows,
        "target title start last_value reference_class kind band asked_pp falling years windows "
        "kept kept_low_pct kept_high_pct percentile fastest_pp",
    )


def precedents_for(report: AreaReport, target: Target) -> list[Precedent] | NoPrecedent:
    """Count precedents of the pace that a target asks for, or say why there are none."""
    found = report.assessments[target.id]
    classes = [report.catalog.reference_class(name) for name in report.study.reference_class]
    indicator = report.catalog.indicators.get(found.indicator or "")
    return precedents_of(found, indicator, classes)


def precedent_text(report: AreaReport, target: Target) -> str:
    """
    Say in one line how often a target's pace was kept elsewhere.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.

    Returns
    -------
    str
        The counts of ordinary series: what a moved test gave is no precedent. Empty where none
        is comparable.
    """
    told, lang = precedents_for(report, target), report.lang
    if isinstance(told, NoPrecedent):
        return ""
    found = report.assessments[target.id]
    return say("report.sentence_gap", lang).join(
        _line(report, one, found) for one in told if one.reference.kind == "ordinary"
    )


def _line(report: AreaReport, one: Precedent, found: Assessment) -> str:
    lang = report.lang
    start = value_text(report, found, float(found.last_value or 0.0))
    pace = signed(-one.pace if one.falling else one.pace, 2)
    asked = "precedent.asked_cell_one" if one.years == 1 else "precedent.asked_cell"
    asked = asked if one.pace else "precedent.asked_level"
    told = [
        say(asked, lang, start=start, pace=pace, years=one.years),
        say("precedent.line", lang, kept=kept_pace(one.kept, falling=one.falling, lang=lang),
            counted=counted(one.kept, lang)),
        share_kept(one.kept, lang),
    ]  # fmt: skip
    if one.total is not None and one.years > 1:
        step, windows = short(one.total.step), counted(one.total, lang)
        way = "falling" if one.falling else "rising"
        told.append(say(f"precedent.total_{way}", lang, step=step, counted=windows))
    told += [say("precedent.at_percentile", lang, percentile=number(one.percentile, 0))]
    return say("precedent.whole", lang, told=say("report.semicolon", lang).join(told))


def _origin(report: AreaReport, entry: ReferenceClass) -> Html:
    lang = report.lang
    sources = [report.catalog.sources[given.source] for given in entry.panels]
    named = say("report.semicolon", lang).join(
        say(
            "report.brackets",
            lang,
            name=source.title.in_(lang),
            text=source.publisher.in_(lang),
        )
        for source in sources
    )
    later = ""
    if entry.last_year > report.study.as_of.year:
        later = say("precedent.later", lang)
    return join(
        [
            say(
                "precedent.origin",
                lang,
                name=entry.name.in_(lang),
                first=entry.first_year,
                last=entry.last_year,
                note=entry.note.in_(lang),
                sources=named,
                later=later,
            )
        ]
    )
