"""What the plan promises and what comes of it, as tables; and what no number judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import Any

from edu_metrics.catalog import Target, prior_of
from edu_metrics.reachability import Applies, Assessment, Verdict, chance
from edu_metrics.report.columns import Column, Table, draw, rows_of, strong_title, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, join, note, quote, tag
from edu_metrics.report.joint import GROUPINGS, kept_under
from edu_metrics.report.labels import applies_text, verdict_chip
from edu_metrics.report.reasons import because, reading_text
from edu_metrics.trajectories import CAP, FLOOR, TOGETHER_PCT, Calibration
from edu_metrics.words import amount, date, number, percent, say

#: Up to so many parts each is named with its verdict.
FEW_PARTS = 6
#: What of a calibration is spoken of.
_MEASURES = {"rates": "report.held_rates", "amounts": "report.held_amounts"}


def verdicts_table(report: AreaReport) -> Table:
    """Give the verdict on each numeric target, one row a target."""
    return table_of(
        (
            {**report.about(target, found), "why": because(report, found)}
            for target in report.numeric
            for found in [report.assessments[target.id]]
        ),
        "target title article indicator unit applies verdict probability low high reading steps "
        "disputed why start last_year last_value level gap required_pace past_pace years_needed "
        "year_reached people",
    )


def readings_table(report: AreaReport) -> Table:
    """Give the verdict under each reading of each numeric target, the default reading first."""
    return table_of(
        (
            report.about(target, found)
            for target in report.numeric
            for one in [report.assessments[target.id]]
            for found in (one, *one.others)
        ),
        "target title reading steps unit level verdict probability gap required_pace",
    )


def verdict_with_edge(report: AreaReport, found: Assessment) -> Html:
    """Show a verdict with its chance; that it lies on an edge, or what its parts come to."""
    if found.applies == Applies.PARTS:
        return _verdicts_of_parts(report, found.target)
    return verdict_and_chance(found, report.lang)


def verdict_and_chance(found: Assessment, lang: str) -> Html:
    """Show a verdict with its chance, and that it lies on an edge."""
    told: list[Cell] = [verdict_chip(found.verdict, lang)]
    if shown := told_chance(found, lang):
        told += [" ", tag("span", shown, "nowrap")]
    if found.edge is not None:
        lower, upper = (say(f"verdict.{word}", lang) for word in found.edge)
        told += [" ", tag("small", say("stated.on_edge", lang, lower=lower, upper=upper))]
    return join(told)


def told_chance(found: Assessment, lang: str) -> str:
    """
    Give the chance that stands beside a verdict; empty where there is none.

    Where nothing can be said of a target, a chance beside it would be taken for an answer.
    """
    if found.probability is None or found.verdict is Verdict.CANNOT_TELL:
        return ""
    return chance(found.probability, lang)


def _verdicts_of_parts(report: AreaReport, name: str) -> Html:
    """Show the verdict of each part that a target is set for; of many parts, how many have each."""
    target = report.plan.target(name)
    parts = [
        area
        for area in report.catalog.bound_areas(report.study, target)
        if area in report.areas and report.area.id in report.catalog.above(area)
    ]
    lang = report.lang
    found = {area: report.assess(area, [target])[name].verdict for area in parts}
    if len(found) <= FEW_PARTS:
        lines = ((report.area_name(area), verdict_chip(one, lang)) for area, one in found.items())
        return join(tag("div", join([tag("small", area), " ", one])) for area, one in lines)
    counts = Counter(found.values())
    told: list[Cell] = [tag("small", say("report.parts_counted", lang, number=len(found)))]
    for one in Verdict:
        if counts[one]:
            told.append(tag("span", join([verdict_chip(one, lang), f" {counts[one]}"]), "nowrap"))
    return join(told, " ")


def interval_text(report: AreaReport, found: Assessment) -> str:
    """Give the 80 % interval of the value when the target falls due."""
    if found.interval is None:
        return ""
    low, high = (amount(end, report.unit_of(found), report.lang) for end in found.interval)
    return say("sensitivity.span", report.lang, low=low, high=high)


def model_note(report: AreaReport) -> Html:
    """Say which model spoke, how often it held, and where it does not hold."""
    lang = report.lang
    found = [one for one in report.assessments.values() if one.probability is not None]
    rests = {one.calibration for one in found if one.calibration is not None}
    ordered = sorted(rests, key=lambda one: (one.areas, one.measure))
    told = _model_text(ordered, lang) if rests else ""
    indicators = list(dict.fromkeys(one.indicator for one in found if one.indicator))
    types: dict[str, list[str]] = {}
    for name in indicators:
        prior = prior_of(report.catalog.indicator(name).measure_type)
        types.setdefault(prior.name.in_(lang), []).append(report.indicator_name(name))
    if types:
        listed = say("report.semicolon", lang).join(
            say("report.measure_type", lang, type=name, indicators=report.listed(held))
            for name, held in types.items()
        )
        told = f"{told} {say('report.measure_types', lang, types=listed)}"
    shares = {name: report.evidence.moves_together_pct(name, report.area.id) for name in indicators}
    notes = [
        say("report.moves_together", lang, indicator=report.indicator_name(name),
            share=percent(number(share, 0), lang))
        for name, share in shares.items()
        if share is not None and share >= TOGETHER_PCT
    ]  # fmt: skip
    unusual = {
        one.indicator: one.unusual
        for one in report.assessments.values()
        if one.indicator and one.unusual
    }
    notes += [
        say("report.unusual_years", lang, indicator=report.indicator_name(name),
            years=report.listed(years))
        for name, years in unusual.items()
    ]  # fmt: skip
    return join([tag("p", told, "small"), *(note(text, "gap") for text in notes)])


def _model_text(rests: list[Calibration], lang: str) -> str:
    comma = say("report.list_comma", lang)
    held = [
        say(
            "report.held_alone" if one.areas == 1 else "report.held_with",
            lang,
            areas=one.areas,
            measure=say(_MEASURES[one.measure], lang),
            coverage=comma.join(percent(number(share, 0), lang) for share in one.held80_pct),
        )
        for one in rests
    ]
    return say(
        "report.model_note",
        lang,
        held=say("report.semicolon", lang).join(held),
        cap=percent(number(100 * CAP, 0), lang),
        floor=percent(number(100 * FLOOR, 0), lang),
    )


def show_followed(report: AreaReport) -> Html:
    """
    List the milestones, frequencies and other promises that no number judges.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table with quote, due year and what to watch.
    """
    lang = report.lang
    followed = report.tables.rows("followed")
    if report.stands_with_whole:
        followed = followed.where(lambda row: row.applies == Applies.BINDS)
        if not followed:
            return Html("")
    if not followed:
        return tag("p", say("report.none_followed", lang))
    columns = [
        Column("report.article", lambda row: report.plan.article_in(row.article, lang)),
        Column("report.promise", lambda row: strong_title(row) + quote(row.quote, lang)),
        Column("report.due", "due"),
        Column("report.bound", lambda row: applies_text(report, row.target, marked=True)),
        Column("report.verdict", lambda row: verdict_chip(row.verdict, lang)),
        Column("report.watch", partial(_watch, report)),
    ]
    caption = say("report.followed_caption", lang, number=len(followed))
    drawn = draw(followed, columns, lang, caption=caption, csv="followed")
    as_if = Applies.AS_IF in followed["applies"]
    return drawn + tag("p", say("report.as_if_note", lang), "small") if as_if else drawn


def followed_table(report: AreaReport) -> Table:
    """Give the promises that no number judges, one row each."""
    rows = (
        {**report.about(t, report.assessments[t.id]), "quote": t.quote, "due": t.deadline}
        for t in report.followed
    )
    return table_of(rows, "target title article quote due applies verdict")


def _watch(report: AreaReport, row: Any) -> Html:
    lang, target = report.lang, report.plan.target(row.target)
    lines: list[str] = []
    found = report.assessments[target.id]
    if found.verdict is not Verdict.TRACKED:
        lines += [reading_text(target, found, lang), because(report, found)]
    if target.frequency:
        cycles = target.frequency.every_years
        every = say("report.or", lang).join(f"{years:g}" for years in cycles)
        once = cycles == (1,)
        lines.append(
            say("report.every_year", lang) if once else say("report.every", lang, years=every)
        )
        lines += [
            say("report.at_least_in", lang, number=least, years=years)
            for years, least in target.frequency.at_least.items()
        ]
        if target.frequency.note:
            lines.append(target.frequency.note.in_(lang))
    lines += [
        say("report.seen", lang, area=report.area_name(seen.area), year=seen.year,
            what=report.quantity_name(seen.quantity),
            value=amount(seen.value, report.catalog.quantities[seen.quantity].unit, lang))
        for seen in _seen(report, target)
    ]  # fmt: skip
    pieces = [tag("div", line) for line in lines]
    if target.ambiguities:
        inner = tag("ul", join(tag("li", text.in_(lang)) for text in target.ambiguities))
        summary = say("report.open_questions", lang, number=len(target.ambiguities))
        pieces.append(details(summary, inner))
    return join(pieces)


def _seen(report: AreaReport, target: Target) -> Iterable[Any]:
    """Give the observations that bear on a target that no number judges."""
    if not target.evidence:
        return []
    own = report.evidence.table
    rows = own[own["quantity"].isin(target.evidence)]
    return rows_of(rows.sort_values(["year", "area"]))


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
