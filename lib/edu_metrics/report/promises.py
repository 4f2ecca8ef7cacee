"""The head of a district's report, and what the plan promises."""

from __future__ import annotations

from edu_metrics.catalog import Target
from edu_metrics.reachability import Verdict
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, facts, join, table, tag
from edu_metrics.report.labels import applies_text, warning
from edu_metrics.words import date, say

__all__ = ["show_head", "show_promises"]


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
        Title, facts, and the verdicts counted.
    """
    lang = report.lang
    name = report.area_name(report.area.id)
    told: list[tuple[str, Cell]] = [
        (say("report.plan", lang), report.plan.title.in_(lang)),
        (say("report.issued", lang), date(report.plan.issued, lang)),
        (say("report.area", lang), name),
        (say("report.as_of", lang), date(report.study.as_of, lang)),
        (say("report.study", lang), report.study.title.in_(lang)),
    ]
    return join(
        [
            tag("h1", say("report.title", lang, area=name)),
            warning(report),
            facts(told),
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
    bound = [applies_text(report, target) for target in report.numeric]
    # Where all are set for the same area, one sentence says so and the column goes.
    shared = bound[0] if len(set(bound)) == 1 else None
    rows: list[list[Cell]] = [
        [
            report.plan.article_in(target.article, lang),
            join(
                [
                    tag("strong", target.title.in_(lang)),
                    tag("q", target.quote),
                    tag("small", f"{target.locator} · {target.population.in_(lang)}"),
                ]
            ),
            str(report.plan.deadline_of(target)) + ("" if target.deadline else "*"),
            *([] if shared else [whom]),
            _readings(report, target),
        ]
        for target, whom in zip(report.numeric, bound, strict=True)
    ]
    keys = ("article", "promise", "due", *([] if shared else ["bound"]), "reading")
    head = [say(f"report.{key}", lang) for key in keys]
    shown = table(
        head, rows, caption=say("report.promises_caption", lang, number=len(rows)), css="promises"
    )
    if shared:
        shown = tag("p", say("report.all_set_for", lang, whom=shared)) + shown
    star = any(target.deadline is None for target in report.numeric)
    return shown + (tag("p", say("report.no_date_star", lang), "small") if star else Html(""))


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


def _readings(report: AreaReport, target: Target) -> Html:
    lang = report.lang
    default = target.default_reading
    pieces: list[Cell] = [default.label.in_(lang) if default else ""]
    others = [reading for reading in target.readings if not reading.default]
    inner: list[Cell] = [
        tag("li", say("report.other_reading", lang, label=reading.label.in_(lang)))
        for reading in others
    ]
    if len(target.steps) > 1:
        inner.append(tag("li", _steps_text(report, target)))
    inner += [tag("li", text.in_(lang)) for text in target.ambiguities]
    if inner:
        summary = say("report.open_questions", lang, number=len(inner))
        pieces.append(details(summary, tag("ul", join(inner))))
    return join(pieces)
