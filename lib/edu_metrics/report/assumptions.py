"""The assumptions that a report rests on, rated."""

from __future__ import annotations

from collections import defaultdict
from importlib.metadata import version

from edu_metrics.reachability import Applies
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Cell, Html, facts, join, table, tag
from edu_metrics.report.labels import rating_chip
from edu_metrics.words import date, say

__all__ = ["show_assumptions", "show_origins"]

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
        From :func:`~edu_metrics.report.open_report`.

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
        if report.sensitivity[target.id].relative:
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


_PACKAGES = ("edu-metrics", "numpy", "pandas", "scipy", "matplotlib", "papermill")


def show_origins(report: StudyReport, command: str | None = None) -> Html:
    """
    Show sources, versions, the hash of the inputs and the command that makes the report.

    Parameters
    ----------
    report : StudyReport
        From :func:`~edu_metrics.report.open_report` or
        :func:`~edu_metrics.report.open_city`.
    command : str, optional
        What makes it again, where that is no ``edu-metrics report``.

    Returns
    -------
    Html
        A table of sources and a list of facts.
    """
    lang = report.lang
    area = f" --area {report.area.id}" if isinstance(report, AreaReport) else ""
    again = command or f"edu-metrics report {report.study.id}{area} --lang {lang}"
    used = report.rows
    made_with = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    observations = say(
        "report.observations_count",
        lang,
        number=f"{len(used):,}",
        date=date(report.study.as_of, lang),
    )
    told: list[tuple[str, Cell]] = [
        (say("report.observations_used", lang), observations),
        (say("report.made_with", lang), made_with),
        (say("report.inputs_hash", lang), tag("code", report.inputs_sha256())),
        (say("report.make_again", lang), tag("code", again)),
    ]
    return join([_sources(report), facts(told)])


def _sources(report: StudyReport) -> Html:
    lang = report.lang
    names = set(report.rows["source"].unique())
    names.add(report.plan.source)
    for target in report.plan.targets:
        if target.indicator:
            names.add(report.catalog.indicators[target.indicator].citation.source)
    rows = []
    for name in sorted(names):
        source = report.catalog.sources[name]
        when = source.date.isoformat() if source.date else "—"
        if source.date_is_estimated:
            when += say("report.date_estimated", lang)
        title: Cell = source.title.in_(lang)
        if source.document_number:
            title = join([title, tag("small", source.document_number)])
        how = say(f"report.read_{source.read}", lang)
        if source.weak:
            how = f"{how} · {say('report.weak', lang)}"
        link: Cell = tag("a", source.url, href=source.url) if source.url else "—"
        rows.append([title, source.publisher.in_(lang), when, how, tag("small", link)])
    keys = ("source", "publisher", "published", "read")
    head = [*(say(f"report.{key}", lang) for key in keys), "URL"]
    return table(head, rows, caption=say("report.sources_caption", lang))
