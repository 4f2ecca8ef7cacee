"""Labels that several sections share: verdicts, ratings, whom a target is set for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.figures.output import as_html
from edu_metrics.figures.style import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.reachability import Verdict
from edu_metrics.report.banners import warnings
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Html, chip, join
from edu_metrics.words import say

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def verdict_chip(verdict: str, lang: str) -> Html:
    """Show a verdict as a coloured label."""
    word = Verdict(verdict)
    return chip(say(f"verdict.{word}", lang), *VERDICT_COLOURS[word], VERDICT_MARKS[word])


def rating_chip(rating: str, lang: str) -> Html:
    """Show a rating, red, amber or green, with a mark that needs no colour."""
    colours = {
        "red": ("#B2182B", "#FFFFFF", "▲"),
        "amber": ("#F4C26B", "#000000", "■"),
        "green": ("#1B7837", "#FFFFFF", "●"),
    }
    background, colour, mark = colours[rating]
    return chip(say(f"report.rating_{rating}", lang), background, colour, mark)


def applies_text(report: AreaReport, target: str) -> str:
    """Say for whom a target is set, seen from this area."""
    applies = report.assessments[target].applies
    bound = report.catalog.bound_areas(report.study, report.plan.target(target))
    names = report.listed(report.area_name(area) for area in bound[:3])
    names += " …" if len(bound) > 3 else ""
    return say(f"report.applies_{applies}", report.lang, names=names)


def figure(report: StudyReport, drawn: Figure, *, alt: str, caption: str) -> Html:
    """Show a figure; one of invented numbers says so, because it may be copied out of its page."""
    mark = f"[{say('report.status_simulated', report.lang)}] " if report.study.simulated else ""
    return Html(as_html(drawn, alt=mark + alt, caption=mark + caption))


def warning(report: StudyReport) -> Html:
    """Say on every page that numbers are invented, or that the plan is hypothetical."""
    return join(warnings(report.study, report.plan, report.lang))
