"""Labels that several sections share: verdicts, ratings, whom a target is set for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from edu_metrics.figures.svg import VERDICT_MARKS
from edu_metrics.reachability import Applies, Verdict
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Html, chip, join, scrolling, tag, warnings
from edu_metrics.words import say

if TYPE_CHECKING:
    from edu_metrics.report.track_record import PanelRecord

#: Rating -> one character.
RATING_MARKS = {"red": "▲", "amber": "■", "green": "●"}


def verdict_chip(verdict: str, lang: str) -> Html:
    """Show a verdict as a coloured label."""
    word = Verdict(verdict)
    return chip(say(f"verdict.{word}", lang), word, VERDICT_MARKS[word])


def rating_chip(word: str, rating: str) -> Html:
    """Show the word of a rating, red, amber or green, with a mark that needs no colour."""
    return chip(word, rating, RATING_MARKS[rating])


def applies_text(report: AreaReport, target: str, *, marked: bool = False) -> str:
    """Say for whom a target is set, seen from this area; an assumption in words or by a mark."""
    applies = report.assessments[target].applies
    bound = report.catalog.bound_areas(report.study, report.plan.target(target))
    names = report.listed(report.area_name(area) for area in bound[:3])
    names += " …" if len(bound) > 3 else ""
    if marked and applies is Applies.AS_IF:
        return say("report.as_if_marked", report.lang, names=names)
    return say(f"report.applies_{applies}", report.lang, names=names)


def pictures(
    report: StudyReport | PanelRecord, drawn: Mapping[str, str], caption: str, csv: str
) -> Html:
    """
    Put charts of one kind beside each other, each below its title, with what they show below all.

    Charts of invented numbers say so, because they may be copied out of their page.

    Parameters
    ----------
    report : StudyReport or PanelRecord
        Whose charts they are.
    drawn : mapping of str to str
        SVG elements by title; a single one may have none.
    caption : str
        What stands below.
    csv : str
        Name of the table of the report that holds what is drawn.

    Returns
    -------
    Html
        The figures.
    """
    invented = report.study is not None and report.study.simulated
    mark = f"[{say('report.status_simulated', report.lang)}] " if invented else ""
    charts = [
        tag("figure", tag("figcaption", title) + Html(svg) if title else Html(svg))
        for title, svg in drawn.items()
    ]
    shown = (
        tag("div", join(charts), "charts") if len(charts) > 1 else scrolling(join(charts), caption)
    )
    said = 'role="img" aria-label="'
    return (
        Html(shown.text.replace(said, said + mark))
        + tag("p", mark + caption, "small")
        + report.tables.link(csv)
    )


def warning(report: StudyReport) -> Html:
    """Say on every page that numbers are invented, or that the plan is hypothetical."""
    return join(warnings(report.study, report.plan, report.lang))
