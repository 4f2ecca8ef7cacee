"""What the plan promises: its words, what they leave open, and what it sorts its targets by."""

from __future__ import annotations

from collections.abc import Iterable

from edu_metrics.catalog import Target, Text
from edu_metrics.reachability import Verdict
from edu_metrics.report.columns import Column, Table, draw, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Html
from edu_metrics.words import date, say

#: What targets are grouped by, where the plan says it of any of them.
GROUPINGS = ("obligation", "priority", "responsible")


def _verdicts_counted(report: AreaReport, targets: Iterable[Target]) -> str:
    counts = report.counts(targets)
    return report.listed(
        say("report.count_of", report.lang, number=counts[verdict],
            verdict=say(f"verdict.{verdict}", report.lang))
        for verdict in Verdict
        if verdict in counts
    )  # fmt: skip


def promises_table(report: AreaReport) -> Table:
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
            **{key: kept_under(target, key, report.lang) for key in GROUPINGS},
        }
        for target in report.numeric
    )
    return table_of(
        rows,
        "target title article indicator quote locator population due due_stated applies reading "
        "readings obligation priority responsible",
    )


def kept_under(target: Target, key: str, lang: str) -> str | None:
    """Give what a target is grouped by, in the reader's words; None where the plan is silent."""
    said = getattr(target, key)
    if said is None:
        return None
    return said.in_(lang) if isinstance(said, Text) else say(f"report.{key}_{said}", lang)


def groups_of(report: AreaReport) -> Html:
    """Count targets and verdicts by each thing that the plan sorts its targets by."""
    groups = _groups(report)
    if not groups:
        return Html("")
    columns = [
        Column("report.grouped_by", lambda row: say(f"report.{row.key}", report.lang)),
        Column("report.group", "group"),
        Column("report.group_members", "targets", numeric=True),
        Column("report.group_verdicts", "verdicts"),
    ]
    return draw(groups, columns, report.lang, caption=say("report.grouped_caption", report.lang))


def _groups(report: AreaReport) -> Table:
    """Give the groups of numeric targets by obligation, priority and responsible body."""
    silent = say("report.not_said", report.lang)
    rows = []
    for key in GROUPINGS:
        members: dict[str, list[Target]] = {}
        for target in report.numeric:
            members.setdefault(kept_under(target, key, report.lang) or silent, []).append(target)
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
    return table_of(rows, "key group targets verdicts")


def _steps_text(report: AreaReport, target: Target) -> str:
    """Say what the open number of steps leaves open: how often, or only compared with what year."""
    lang, plan = report.lang, report.plan
    default = target.default_reading
    taken = plan.default_steps(target) or 0
    if default and all(condition.type == "total_change" for condition in default.conditions):
        due = plan.deadline_of(target)
        years = say("report.or", lang).join(str(due - steps) for steps in target.steps)
        return say("report.base_year_note", lang, years=years, taken=due - taken)
    due = plan.deadline_of(target)
    spans = {
        n: say("report.span_of_years", lang, n=n, first=due - n + 1, last=due)
        for n in (*target.steps, taken)
    }
    steps = say("report.or", lang).join(spans[n] for n in target.steps)
    return say("report.steps_note", lang, steps=steps, taken=spans[taken])


def open_points(report: AreaReport, target: Target) -> list[str]:
    """List what the words of a target leave open, beside its readings."""
    points = [text.in_(report.lang) for text in target.ambiguities]
    return [_steps_text(report, target), *points] if len(target.steps) > 1 else points


def due_text(report: AreaReport, target: Target) -> str:
    """Say when a target falls due, and that the plan prints no date where it prints none."""
    lang = report.lang
    if target.due_on is not None:
        return date(target.due_on, lang)
    due = report.plan.deadline_of(target)
    stated = target.deadline is not None
    told = say("index.in_year" if stated else "cards.no_date", lang, year=due)
    last = report.plan.last_year
    return told if due <= last else say("cards.after_plan", lang, due=told, year=last)
