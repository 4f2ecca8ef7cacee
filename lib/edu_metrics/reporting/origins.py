"""Where a report's numbers come from, and how to make it again."""

from __future__ import annotations

from importlib.metadata import version

from edu_metrics.reporting.area_report import AreaReport, StudyReport
from edu_metrics.reporting.html import Cell, Html, facts, join, table, tag
from edu_metrics.words import date, say

__all__ = ["show_origins"]

_PACKAGES = ("edu-metrics", "numpy", "pandas", "scipy", "matplotlib", "papermill")


def show_origins(report: StudyReport, command: str | None = None) -> Html:
    """
    Show sources, versions, the hash of the inputs and the command that makes the report.

    Parameters
    ----------
    report : StudyReport
        From :func:`~edu_metrics.reporting.open_report` or
        :func:`~edu_metrics.reporting.open_city`.
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
