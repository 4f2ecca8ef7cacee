"""The head of a district's report, and what the plan promises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import pandas as pd

from edu_metrics.catalog import Target, Text
from edu_metrics.reachability import Verdict
from edu_metrics.report.columns import Column, draw, frame_of, strong_title
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, facts, join, quote, tag
from edu_metrics.report.labels import applies_text, warning
from edu_metrics.words import date, say

#: What targets are grouped by, where the plan says it of any of them.
GROUPINGS = ("obligation", "priority", "responsible")


def show_head(report: AreaReport) -> Html:
    """
    Say what the report is about, and its answer in a few sentences.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Facts, and the verdicts counted.
    """
    lang = report.lang
    name = report.area_name(report.area.id)
    told: dict[str, Cell] = {
        "report.plan": report.plan.title.in_(lang),
        "report.issued": date(report.plan.issued, lang),
        "report.area": name,
        "report.as_of": date(report.study.as_of, lang),
        "report.study": report.study.title.in_(lang),
    }
    return join(
        [
            warning(report),
            facts(told, lang),
            tag("p", report.study.note.in_(lang), "lead"),
            _answer(report),
        ]
    )


def _answer(report: AreaReport) -> Html:
    lang = report.lang
    bound = report.bound_here
    shown = bound or report.numeric
    key = "report.answer" if bound else "report.answer_as_if"
    sentence = say(
        key,
        lang,
        date=date(report.study.as_of, lang),
        area=report.area_name(report.area.id),
        targets=len(shown),
        parts=_verdicts_counted(report, shown),
        whole=report.level_of(_set_for(report, shown)).word(1, lang),
    )
    sentences: list[Cell] = [sentence]
    lacking = [
        target for target in shown if report.assessments[target.id].verdict is Verdict.NO_DATA
    ]
    if lacking:
        sentences.append(say("report.answer_missing", lang, targets=len(lacking)))
    disputed = [target for target in shown if report.assessments[target.id].disputed]
    if disputed:
        sentences.append(say("report.answer_disputed", lang, targets=len(disputed)))
    return tag("p", join(sentences, say("report.sentence_gap", lang)), "answer")


def _verdicts_counted(report: AreaReport, targets: Iterable[Target]) -> str:
    counts = report.counts(targets)
    return report.listed(
        say("report.count_of", report.lang, number=counts[verdict],
            verdict=say(f"verdict.{verdict}", report.lang))
        for verdict in Verdict
        if verdict in counts
    )  # fmt: skip


def _set_for(report: AreaReport, shown: Sequence[Target]) -> str:
    """Give the area that the first of some targets is set for."""
    areas = report.catalog.bound_areas(report.study, shown[0]) if shown else (report.area.id,)
    return areas[0]


def show_promises(report: AreaReport) -> Html:
    """
    Show every numeric promise with its words, and how it can be read.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table; readings and open questions fold out.
    """
    lang = report.lang
    promises = report.tables["promises"]
    set_for = dict.fromkeys(applies_text(report, name) for name in promises["target"])
    columns = [
        Column("report.article", lambda row: report.plan.article_in(row.article, lang)),
        Column("report.promise", partial(_promise, lang)),
        Column("report.due", partial(_due, report)),
        Column("report.bound", lambda row: applies_text(report, row.target)),
        *(Column(f"report.{key}", key) for key in GROUPINGS if promises[key].notna().any()),
        Column("report.reading", partial(_readings, report)),
    ]
    # Where all are set for the same area, one sentence says so and the column goes.
    shared = next(iter(set_for)) if len(set_for) == 1 else ""
    if shared:
        del columns[3]
    caption = say("report.promises_caption", lang, number=len(promises))
    shown = draw(promises, columns, lang, caption=caption, css="promises")
    if shared:
        shown = tag("p", say("report.all_set_for", lang, whom=shared)) + shown
    shown += _grouped(report)
    if promises["due_stated"].all():
        return shown
    return shown + tag("p", say("report.no_date_star", lang), "small")


def promises_table(report: AreaReport) -> pd.DataFrame:
    """Give each numeric promise with its words, one row a target."""
    rows = (
        {
            **report.about(target, report.assessments[target.id]),
            "quote": target.quote,
            "locator": target.locator,
            "population": target.population.in_(report.lang),
            "due": report.plan.deadline_of(target),
            "due_stated": target.deadline is not None,
            "readings": len(target.readings),
            **{key: _named(target, key, report.lang) for key in GROUPINGS},
        }
        for target in report.numeric
    )
    return frame_of(
        rows,
        "target title article indicator quote locator population due due_stated applies reading "
        "readings obligation priority responsible",
    )


def _named(target: Target, key: str, lang: str) -> str | None:
    """Give what a target is grouped by, in the reader's words; None where the plan is silent."""
    said = getattr(target, key)
    if said is None:
        return None
    return said.in_(lang) if isinstance(said, Text) else say(f"report.{key}_{said}", lang)


def _grouped(report: AreaReport) -> Html:
    """Count targets and verdicts by each thing that the plan sorts its targets by."""
    groups = _groups(report)
    if groups.empty:
        return Html("")
    columns = [
        Column("report.grouped_by", lambda row: say(f"report.{row.key}", report.lang)),
        Column("report.group", "group"),
        Column("report.group_members", "targets", numeric=True),
        Column("report.group_verdicts", "verdicts"),
    ]
    return draw(groups, columns, report.lang, caption=say("report.grouped_caption", report.lang))


def _groups(report: AreaReport) -> pd.DataFrame:
    """Give the groups of numeric targets by obligation, priority and responsible body."""
    silent = say("report.not_said", report.lang)
    rows = []
    for key in GROUPINGS:
        members: dict[str, list[Target]] = {}
        for target in report.numeric:
            members.setdefault(_named(target, key, report.lang) or silent, []).append(target)
        if set(members) != {silent}:
            rows += [
                {
                    "key": key,
                    "group": name,
                    "targets": len(targets),
                    "verdicts": _verdicts_counted(report, targets),
                }
                for name, targets in members.items()
            ]
    return frame_of(rows, "key group targets verdicts")


def _due(report: AreaReport, row: Any) -> str:
    day = report.plan.target(row.target).due_on
    if day is not None:
        return date(day, report.lang)
    return f"{row.due}{'' if row.due_stated else '*'}"


def _promise(lang: str, row: Any) -> Html:
    small = tag("small", f"{row.locator} · {row.population}")
    return join([strong_title(row), quote(row.quote, lang), small])


def _steps_text(report: AreaReport, target: Target) -> str:
    """Say what the open number of steps leaves open: how often, or only compared with what year."""
    lang, plan = report.lang, report.plan
    default = target.default_reading
    taken = plan.default_steps(target) or 0
    if default and all(condition.type == "total_change" for condition in default.conditions):
        due = plan.deadline_of(target)
        years = say("report.or", lang).join(str(due - steps) for steps in target.steps)
        return say("report.base_year_note", lang, years=years, taken=due - taken)
    steps = say("report.or", lang).join(str(steps) for steps in target.steps)
    return say("report.steps_note", lang, steps=steps, taken=taken)


def _readings(report: AreaReport, row: Any) -> Html:
    lang, target = report.lang, report.plan.target(row.target)
    default = target.default_reading
    shown = join([default.label.in_(lang) if default else ""])
    open_ = [
        say("report.other_reading", lang, label=reading.label.in_(lang))
        for reading in target.readings
        if not reading.default
    ]
    if len(target.steps) > 1:
        open_.append(_steps_text(report, target))
    open_ += [text.in_(lang) for text in target.ambiguities]
    if not open_:
        return shown
    summary = say("report.open_questions", lang, number=len(open_))
    return shown + details(summary, tag("ul", join(tag("li", text) for text in open_)))
