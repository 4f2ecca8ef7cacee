"""The figures of a plan's audit: the map of baselines, and which targets hang together."""

from __future__ import annotations

from typing import Any

from edu_metrics.figures import (
    as_html,
    describe_baselines,
    describe_links,
    new_figure,
    plot_baselines,
    plot_links,
    small_multiples,
)
from edu_metrics.reporting.auditing import AuditReport
from edu_metrics.reporting.html import Cell, Html, details, note, table
from edu_metrics.words import say

__all__ = ["show_baselines", "show_links"]


def show_baselines(report: AuditReport) -> Html:
    """
    Draw from which baselines each promised pace can arrive.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        Small maps, one a target with a yearly pace in points; nothing where there is none.
    """
    lang = report.lang
    panels: list[dict[str, Any]] = []
    for target in report.plan.targets:
        pace = report.context.pace(target)
        indicator = report.context.indicator(target)
        if pace is None or pace.relative or indicator is None or indicator.bounds != (0, 100):
            continue
        levels = [
            (other.title.in_(lang), level.value)
            for other in report.plan.targets
            if other.pace == target.id and other.default_reading
            for level in list(report.context.levels(other.default_reading).values())[-1:]
        ]
        panels.append(
            {
                "title": target.title.in_(lang),
                "slowest": pace.slowest,
                "fastest": pace.fastest if pace.fastest is not None else pace.slowest,
                "steps": target.steps,
                "levels": levels,
            }
        )
    panels = [panel for panel in panels if panel["slowest"]]
    if not panels:
        return note(say("audit.no_pace", lang))
    figure, axes = small_multiples(len(panels), columns=2, width=9.6, height=2.7)
    texts = []
    for axis, panel in zip(axes, panels, strict=True):
        plot_baselines(axis, lang=lang, **panel)
        texts.append(describe_baselines(lang=lang, **panel))
    caption = say("audit.baselines_caption", lang)
    return Html(as_html(figure, alt=" ".join(texts), caption=caption))


def show_links(report: AuditReport) -> Html:
    """
    Show which targets hang together, and how many findings concern each pair.

    Parameters
    ----------
    report : AuditReport
        From :func:`open_audit`.

    Returns
    -------
    Html
        A figure of links and the table behind it.
    """
    lang = report.lang
    pairs = report.context.linked_pairs
    if not pairs:
        return note(say("audit.no_links", lang))
    names = {target.id for pair in pairs for target in pair}
    order = [target.id for target in report.plan.targets if target.id in names]
    shared = {
        (a.id, b.id): sum({a.id, b.id} <= set(f.targets) for f in report.findings) for a, b in pairs
    }
    drawn: dict[str, Any] = {
        "names": [report.title(name) for name in order],
        "pairs": [(order.index(a.id), order.index(b.id), shared[a.id, b.id]) for a, b in pairs],
        "lang": lang,
    }
    figure, axes = new_figure(9.6, 0.8 + 0.2 * len(order))
    plot_links(axes[0], **drawn)
    rows: list[list[Cell]] = [
        [
            a.title.in_(lang),
            b.title.in_(lang),
            str(shared[a.id, b.id]) if shared[a.id, b.id] else "",
        ]
        for a, b in pairs
    ]
    head = [say("audit.target", lang), say("audit.linked_with", lang), say("audit.found", lang)]
    caption = say("audit.links_caption", lang)
    behind = table(head, rows, caption=caption, numeric=(2,))
    return Html(as_html(figure, alt=describe_links(**drawn), caption=caption)) + details(
        say("audit.links_table", lang, number=len(rows)), behind
    )
