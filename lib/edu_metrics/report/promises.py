"""The head of a district's report, and what the plan promises."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd

from edu_metrics.catalog import Target
from edu_metrics.reachability import Verdict
from edu_metrics.report.columns import Column, draw, frame_of, strong_title
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, facts, join, quote, tag
from edu_metrics.report.labels import applies_text, warning
from edu_metrics.words import date, say


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
    counts = report.counts(shown)
    parts = [
        say("report.count_of", lang, number=count, verdict=say(f"verdict.{verdict}", lang))
        for verdict, count in sorted(counts.items(), key=lambda item: list(Verdict).index(item[0]))
    ]
    key = "report.answer" if bound else "report.answer_as_if"
    sentence = say(
        key,
        lang,
        date=date(report.study.as_of, lang),
        area=report.area_name(report.area.id),
        targets=len(shown),
        parts=say("report.list_comma", lang).join(parts),
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
        Column("report.due", lambda row: f"{row.due}{'' if row.due_stated else '*'}"),
        Column("report.bound", lambda row: applies_text(report, row.target)),
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
        }
        for target in report.numeric
    )
    return frame_of(
        rows,
        "target title article indicator quote locator population due due_stated applies reading "
        "readings",
    )


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
