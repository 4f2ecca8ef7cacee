"""The assumptions that a report rests on, rated."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache, partial
from importlib.metadata import version
from typing import Any

from edu_metrics.catalog import Indicator
from edu_metrics.formulas import FORMULAS
from edu_metrics.reachability import Applies
from edu_metrics.report.columns import Column, Table, draw, strong_title, table_of
from edu_metrics.report.context import AreaReport, StudyReport, said_of_whole
from edu_metrics.report.html import Cell, Html, facts, join, tag
from edu_metrics.report.kinds import judged_by
from edu_metrics.report.labels import rating_chip
from edu_metrics.words import date, say, unit_of

#: The assumption behind every target that is shown as if it held in a part of its area.
AS_IF = "city_target_in_district"
#: What the plan as a whole rests on, where targets have a probability.
TOGETHER = "indicators_move_together"
#: What mechanisms rest on that start from the plan's own statement.
STATED = "stated_start_as_printed"


@said_of_whole
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
    lang, found = report.lang, report.tables.rows("assumptions")
    if not found:
        return tag("p", say("report.no_assumptions", lang))
    columns = [
        Column("report.assumption", lambda row: strong_title(row) + tag("small", row.text)),
        Column(
            "report.quality",
            lambda row: rating_chip(say(f"report.quality_{row.quality}", lang), row.quality),
        ),
        Column(
            "report.impact",
            lambda row: rating_chip(say(f"report.impact_{row.impact}", lang), row.impact),
        ),
        Column("report.unverified", lambda row: say("report.yes", lang) if row.unverified else ""),
        Column("report.targets_touched", lambda row: str(len(row.used_by)), numeric=True),
    ]
    return draw(
        found, columns, lang, caption=say("report.assumptions_caption", lang), csv="assumptions"
    )


def assumptions_table(report: AreaReport) -> Table:
    """Give the assumptions of the report, the weakest first, each with the targets it touches."""
    users: dict[str, list[str]] = defaultdict(list)
    for target in report.numeric:
        names = set(target.assumptions)
        if target.indicator:
            indicator = report.catalog.indicators[target.indicator]
            mechanism = indicator.mechanism
            names |= {*indicator.assumptions, *(mechanism.assumptions if mechanism else ())}
        found = report.assessments[target.id]
        implied = {
            AS_IF: found.applies is Applies.AS_IF,
            TOGETHER: found.probability,
            STATED: report.sensitivity[target.id].relative,
        }
        names |= {name for name, rests in implied.items() if rests}
        for name in sorted(names & set(report.catalog.assumptions)):
            users[name].append(target.id)
    order = ["red", "amber", "green"]
    chosen = sorted(
        (report.catalog.assumptions[name] for name in users),
        key=lambda item: (order.index(item.quality) + order.index(item.impact), item.id),
    )
    rows = (
        {
            **dict(item),
            "assumption": item.id,
            "title": item.title.in_(report.lang),
            "text": item.text.in_(report.lang),
            "used_by": users[item.id],
        }
        for item in chosen
    )
    return table_of(rows, "assumption title text quality impact unverified used_by")


_PACKAGES = ("edu-metrics", "numpy", "pandas", "scipy", "matplotlib", "papermill")


@cache
def _made_with() -> str:
    return ", ".join(f"{name} {version(name)}" for name in _PACKAGES)


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
    observations = say(
        "report.observations_count",
        lang,
        number=f"{len(used):,}",
        date=date(report.study.as_of, lang),
    )
    told: dict[str, Cell] = {}
    if isinstance(report, AreaReport):
        told["report.study"] = say(
            "report.colon",
            lang,
            name=report.study.title.in_(lang),
            text=report.study.note.in_(lang),
        )
        told["report.issued"] = date(report.plan.issued, lang)
    told |= {
        "report.observations_used": observations,
        "report.made_with": _made_with(),
        **dict(_ways_of_counting(report)),
        "report.inputs_hash": tag("code", report.inputs_sha256()),
        "report.make_again": tag("code", again),
    }
    return join([_sources(report), facts(told, lang)])


def _ways_of_counting(report: StudyReport) -> Iterator[tuple[str, Cell]]:
    """Name formulas that are the project's own, and say in which prices money is told."""
    lang, entries = report.lang, judged_by(report.catalog, report.study).values()
    semicolon = say("report.semicolon", lang)
    own = [
        say("report.brackets", lang, name=entry.name.in_(lang), text=entry.formula)
        for entry in entries
        if entry.formula not in FORMULAS
    ]
    if own:
        yield "report.own_formulas", semicolon.join(own)
    money = [entry for entry in entries if unit_of(entry.unit).money]
    told = [
        say("report.colon", lang, name=entry.name.in_(lang), text=_prices(report, entry))
        for entry in money
    ]
    if told:
        yield "report.prices", semicolon.join(told)


def _prices(report: StudyReport, entry: Indicator) -> str:
    if entry.prices is None:
        return say("report.nominal", report.lang)
    deflator = report.catalog.quantities[entry.prices.deflator].name.in_(report.lang)
    return say("report.in_prices", report.lang, year=entry.prices.year, deflator=deflator)


def _sources(report: StudyReport) -> Html:
    lang = report.lang
    columns = [
        Column(
            "report.source",
            lambda row: join([row.title, tag("small", row.number) if row.number else ""]),
        ),
        Column("report.publisher", "publisher"),
        Column("report.published", lambda row: tag("span", _published(lang, row), "nowrap")),
        Column("report.read", partial(_read, lang)),
        Column(
            Html("URL"),
            lambda row: tag("small", tag("a", row.url, href=row.url) if row.url else "—"),
        ),
    ]
    caption = say("report.sources_caption", lang)
    return draw(report.tables.rows("sources"), columns, lang, caption=caption, csv="sources")


def sources_table(report: StudyReport) -> Table:
    """Give the sources of observations, plan and indicators, one row a source."""
    indicators = {target.indicator for target in report.plan.targets if target.indicator}
    cited = {report.catalog.indicators[name].citation.source for name in indicators}
    names = {*report.rows["source"].unique(), report.plan.source, *cited}
    rows = (
        {
            **dict(source),
            "source": source.id,
            "title": source.title.in_(report.lang),
            "publisher": source.publisher.in_(report.lang),
            "number": source.document_number,
            "weak": source.weak,
        }
        for source in (report.catalog.sources[name] for name in sorted(names))
    )
    return table_of(rows, "source title number publisher date date_is_estimated read weak url")


def _published(lang: str, row: Any) -> str:
    when = row.date.isoformat() if row.date else "—"
    return when + (say("report.date_estimated", lang) if row.date_is_estimated else "")


def _read(lang: str, row: Any) -> str:
    how = say(f"report.read_{row.read}", lang)
    return f"{how} · {say('report.weak', lang)}" if row.weak else how
