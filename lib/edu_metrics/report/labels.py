"""Labels that several sections share: verdicts, ratings, whom a target is set for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from edu_metrics.figures.output import Plot, as_html, small_multiples
from edu_metrics.figures.style import VERDICT_COLOURS, VERDICT_MARKS
from edu_metrics.reachability import Verdict
from edu_metrics.report.banners import warnings
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Html, chip, join
from edu_metrics.words import say

if TYPE_CHECKING:
    from edu_metrics.report.audit import AuditReport
    from edu_metrics.report.track_record import PanelRecord

#: Width of a page. [inches]
PAGE = 9.6


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


def picture(
    report: StudyReport | PanelRecord | AuditReport,
    plot: Plot,
    panels: Sequence[Mapping[str, Any]],
    *,
    caption: str,
    height: float,
    width: float = PAGE,
    columns: int = 1,
) -> Html:
    """
    Draw panels of one kind in one figure, and say in words what they show.

    A figure of invented numbers says so, because it may be copied out of its page.

    Parameters
    ----------
    report : StudyReport, PanelRecord or AuditReport
        Whose figure it is.
    plot : Plot
        What is drawn.
    panels : sequence of mapping
        The values of each panel.
    caption : str
        What stands below.
    height, width : float
        Of a row of panels, and of all. [inches]
    columns : int, optional
        Panels beside each other.

    Returns
    -------
    Html
        The figure with its text alternative.
    """
    lang = report.lang
    drawn, axes = small_multiples(len(panels), columns, width=width, height=height)
    for axis, panel in zip(axes, panels, strict=True):
        plot.draw(axis, lang=lang, **panel)
    alt = " ".join(plot.describe(lang=lang, **panel) for panel in panels)
    study = getattr(report, "study", None)
    mark = f"[{say('report.status_simulated', lang)}] " if study and study.simulated else ""
    return Html(as_html(drawn, alt=mark + alt, caption=mark + caption))


def pages(
    report: StudyReport,
    plot: Plot,
    panels: Sequence[Mapping[str, Any]],
    *,
    size: int,
    page: str,
    caption: str,
    **look: Any,
) -> Html:
    """Draw many panels on several figures of some, numbered by the words ``page``."""
    stop = "　" if report.lang == "zh" else ". "
    return join(
        picture(
            report,
            plot,
            panels[start : start + size],
            caption=say(page, report.lang, number=1 + start // size) + stop + caption,
            **look,
        )
        for start in range(0, len(panels), size)
    )


def warning(report: StudyReport) -> Html:
    """Say on every page that numbers are invented, or that the plan is hypothetical."""
    return join(warnings(report.study, report.plan, report.lang))
