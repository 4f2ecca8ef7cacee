"""The assumptions that a report rests on, rated."""

from __future__ import annotations

from collections import defaultdict

from edu_metrics.reachability import Applies
from edu_metrics.reporting.area_report import AreaReport
from edu_metrics.reporting.html import Cell, Html, join, table, tag
from edu_metrics.reporting.labels import rating_chip
from edu_metrics.words import say

__all__ = ["show_assumptions"]

#: The assumption behind every target that is shown as if it held in a part of its area.
AS_IF = "city_target_in_district"
#: What the plan as a whole rests on, where targets have a probability.
TOGETHER = "indicators_move_together"
#: What mechanisms rest on that start from the plan's own statement.
STATED = "stated_start_as_printed"


def show_assumptions(report: AreaReport) -> Html:
    """
    List the assumptions that this report rests on, rated.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.reporting.open_report`.

    Returns
    -------
    Html
        A table with quality and impact of each.
    """
    lang = report.lang
    users: dict[str, list[str]] = defaultdict(list)
    known = set(report.catalog.assumptions)
    for target in report.numeric:
        names = set(target.assumptions)
        if target.indicator:
            indicator = report.catalog.indicators[target.indicator]
            names |= set(indicator.assumptions)
            if indicator.mechanism is not None:
                names |= set(indicator.mechanism.assumptions)
        if report.assessments[target.id].applies is Applies.AS_IF:
            names |= {AS_IF} & known
        names |= {TOGETHER} & known if report.assessments[target.id].probability else set()
        if report.matters[target.id].relative:
            names |= {STATED} & known
        for name in sorted(names):
            users[name].append(target.id)
    order = {"red": 0, "amber": 1, "green": 2}
    chosen = sorted(
        (report.catalog.assumptions[name] for name in users),
        key=lambda item: (order[item.quality] + order[item.impact], item.id),
    )
    rows: list[list[Cell]] = [
        [
            join([tag("strong", item.title.in_(lang)), tag("small", item.text.in_(lang))]),
            rating_chip(item.quality, lang),
            rating_chip(item.impact, lang),
            say("report.yes", lang) if item.unverified else "",
            str(len(users[item.id])),
        ]
        for item in chosen
    ]
    if not rows:
        return tag("p", say("report.no_assumptions", lang))
    keys = ("assumption", "quality", "impact", "unverified", "targets_touched")
    head = [say(f"report.{key}", lang) for key in keys]
    return table(head, rows, caption=say("report.assumptions_caption", lang), numeric=(4,))
