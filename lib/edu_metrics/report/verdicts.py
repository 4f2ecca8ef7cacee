"""The verdicts, and what no number judges."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from edu_metrics.catalog import Target, prior_of
from edu_metrics.reachability import Applies, Assessment, Verdict, chance
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, join, note, table, tag
from edu_metrics.report.labels import applies_text, verdict_chip
from edu_metrics.report.reasons import because, reading_text
from edu_metrics.report.status_rules import why_apart
from edu_metrics.trajectories import CAP, FLOOR, TOGETHER_PCT, Calibration
from edu_metrics.words import amount, date, number, percent, say

__all__ = ["show_followed", "show_verdicts"]

#: So many indicators are named where something holds for several.
NAMED = 3

#: What of a calibration is spoken of.
_MEASURES = {"rates": "report.held_rates", "amounts": "report.held_amounts"}


def show_verdicts(report: AreaReport) -> Html:
    """
    Show the verdict on each numeric target, with its probability, reading and reason.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table, and what the words mean.
    """
    lang = report.lang
    rows: list[list[Cell]] = []
    found_all = [report.assessments[target.id] for target in report.numeric]
    forecast = any(found.probability is not None for found in found_all)
    for target, found in zip(report.numeric, found_all, strict=True):
        unit = report.unit_of(found)
        interval = "—"
        if found.interval:
            low, high = (amount(value, unit, lang) for value in found.interval)
            interval = f"{low} … {high}"
        title = tag("strong", target.title.in_(lang))
        if found.applies is not Applies.BINDS:
            title = title + tag("small", applies_text(report, target))
        rows.append(
            [
                title,
                join([verdict_chip(found.verdict, lang), _edge(found, lang)]),
                *([chance(found.probability, lang), interval] if forecast else []),
                join(
                    [
                        reading_text(target, found, lang),
                        tag("small", because(report, found)),
                        *_apart(report, target),
                    ]
                ),
                _disputes(target, found, lang),
            ]
        )
    chances = ("probability", "interval") if forecast else ()
    keys = ("promise", "verdict", *chances, "reading_and_why", "other_readings")
    head = [say(f"report.{key}", lang) for key in keys]
    legend = join(
        tag("li", verdict_chip(v, lang) + Html(" ") + tag("span", say(f"verdict.{v}_means", lang)))
        for v in Verdict
    )
    caption = say("report.verdicts_caption", lang, date=date(report.study.as_of, lang))
    return join(
        [
            table(head, rows, caption=caption, numeric=(2, 3) if forecast else ()),
            _model_note(report) if forecast else "",
            details(say("report.words_summary", lang), tag("ul", legend, "legend")),
        ]
    )


def _apart(report: AreaReport, target: Target) -> list[Html]:
    told = why_apart(report, target)
    return [tag("small", told)] if told else []


def _edge(found: Assessment, lang: str) -> Html:
    """Say that a verdict lies on the edge of two words, where rounding puts it there."""
    if found.edge is None:
        return Html("")
    lower, upper = (say(f"verdict.{word}", lang) for word in found.edge)
    return tag("small", say("stated.on_edge", lang, lower=lower, upper=upper))


def _model_note(report: AreaReport) -> Html:
    """Say which model spoke, how often it held, and where it does not hold."""
    lang = report.lang
    rests = {
        found.calibration
        for found in report.assessments.values()
        if found.probability is not None and found.calibration is not None
    }
    ordered = sorted(rests, key=lambda one: (one.areas, one.measure))
    told = _model_text(ordered, lang) if rests else ""
    types: dict[str, list[str]] = {}
    for name in dict.fromkeys(
        found.indicator
        for found in report.assessments.values()
        if found.indicator and found.probability is not None
    ):
        prior = prior_of(report.catalog.indicator(name).measure_type)
        types.setdefault(prior.name.in_(lang), []).append(report.indicator_name(name))
    comma = say("report.list_comma", lang)
    shown = [
        say("report.measure_type", lang, type=name, indicators=comma.join(held))
        for name, held in types.items()
    ]
    if shown:
        listed = say("report.semicolon", lang).join(shown)
        told = f"{told} {say('report.measure_types', lang, types=listed)}"
    together = []
    for name in dict.fromkeys(
        found.indicator
        for found in report.assessments.values()
        if found.indicator and found.probability is not None
    ):
        share = report.evidence.moves_together_pct(name, report.area.id)
        if share is not None and share >= TOGETHER_PCT:
            text = say(
                "report.moves_together",
                lang,
                indicator=report.indicator_name(name),
                share=percent(number(share, 0), lang),
            )
            together.append(note(text, "gap"))
    unusual = {
        found.indicator: found.unusual
        for found in report.assessments.values()
        if found.indicator and found.unusual
    }
    together += [
        note(
            say(
                "report.unusual_years",
                lang,
                indicator=report.indicator_name(name),
                years=say("report.list_comma", lang).join(map(str, years)),
            ),
            "gap",
        )
        for name, years in unusual.items()
    ]
    return join([tag("p", told, "small"), *together])


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


def _disputes(target: Target, found: Assessment, lang: str) -> Html:
    """Show the readings that come to another verdict than the default one."""
    lines = [
        tag(
            "div",
            verdict_chip(other.verdict, lang)
            + tag("small", join([reading_text(target, other, lang), _of_other(other, lang)])),
        )
        for other in found.others
        if other.verdict != found.verdict
    ]
    if lines:
        return join(lines)
    return tag("small", say("report.no_dispute", lang)) if found.others else Html("")


def _of_other(other: Assessment, lang: str) -> str:
    """Give the probability under another reading, which is no second one of the default's."""
    if other.probability is None:
        return ""
    return say("report.under_reading", lang, chance=chance(other.probability, lang))


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
    if not report.followed:
        return tag("p", say("report.none_followed", lang))
    rows: list[list[Cell]] = []
    for target in report.followed:
        found = report.assessments[target.id]
        rows.append(
            [
                report.plan.article_in(target.article, lang),
                join([tag("strong", target.title.in_(lang)), tag("q", target.quote)]),
                str(target.deadline) if target.deadline else "—",
                applies_text(report, target),
                verdict_chip(found.verdict, lang),
                _watch(report, target),
            ]
        )
    keys = ("article", "promise", "due", "bound", "verdict", "watch")
    head = [say(f"report.{key}", lang) for key in keys]
    return table(head, rows, caption=say("report.followed_caption", lang, number=len(rows)))


def _watch(report: AreaReport, target: Target) -> Html:
    lang = report.lang
    pieces: list[Cell] = []
    found = report.assessments[target.id]
    if found.verdict is not Verdict.TRACKED:
        pieces += [
            tag("div", reading_text(target, found, lang)),
            tag("div", because(report, found)),
        ]
    if target.frequency:
        cycles = target.frequency.every_years
        every = say("report.or", lang).join(f"{years:g}" for years in cycles)
        text = (
            say("report.every_year", lang)
            if cycles == (1,)
            else say("report.every", lang, years=every)
        )
        pieces.append(tag("div", text))
        pieces += [
            tag("div", say("report.at_least_in", lang, number=least, years=years))
            for years, least in target.frequency.at_least.items()
        ]
        if target.frequency.note:
            pieces.append(tag("div", target.frequency.note.in_(lang)))
    seen = _seen(report, target)
    pieces += [
        tag(
            "div",
            say(
                "report.seen",
                lang,
                area=report.area_name(row["area"]),
                year=row["year"],
                what=report.quantity_name(row["quantity"]),
                value=amount(row["value"], report.catalog.quantities[row["quantity"]].unit, lang),
            ),
        )
        for row in seen
    ]
    if target.ambiguities:
        inner = tag("ul", join(tag("li", text.in_(lang)) for text in target.ambiguities))
        summary = say("report.open_questions", lang, number=len(target.ambiguities))
        pieces.append(details(summary, inner))
    return join(pieces)


def _seen(report: AreaReport, target: Target) -> list[dict[Hashable, Any]]:
    """Give the observations that bear on a target that no number judges."""
    if not target.evidence:
        return []
    own = report.evidence.table
    rows = own[own["quantity"].isin(target.evidence)]
    return rows.sort_values(["year", "area"]).to_dict("records")
