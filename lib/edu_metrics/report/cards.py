"""A card for each numeric target: its words, its course, its readings, and what it would take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.observations.documents import place_named
from edu_metrics.reachability import Applies, Assessment, Verdict
from edu_metrics.reachability.checks import BEYOND
from edu_metrics.reachability.verdicts import MOVE, Noise
from edu_metrics.report.columns import Table, fields_of, picked, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import (
    Cell,
    Html,
    details,
    facts,
    join,
    quote,
    spoken,
    table,
    tag,
)
from edu_metrics.report.joint import GROUPINGS, kept_under
from edu_metrics.report.labels import applies_text, verdict_chip
from edu_metrics.report.outlook import chart_of, reached_text
from edu_metrics.report.precedents import precedent_text
from edu_metrics.report.reasons import level_text, reading_text
from edu_metrics.report.requirements import base_text, pace_facts, takes_even, what_it_takes
from edu_metrics.report.status_rules import why_apart
from edu_metrics.report.verdicts import (
    due_text,
    interval_text,
    model_note,
    open_points,
    told_chance,
    verdict_with_edge,
)
from edu_metrics.words import number, say

__all__ = ["show_cards"]

#: Rows of the table of requirements by target, and by reading and steps.
_Needs = Mapping[tuple[Any, ...], Sequence[Any]]


def show_cards(report: AreaReport) -> Html:
    """
    Show a card for each numeric target, in the order of the plan, folded behind its title.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        Of each target the quote, the chart, the verdict under every reading, what it would take,
        precedent, published rules and sources; and how to read them. An area that lacks most
        figures, as its whole does, has the cards of what is known, and leads to the whole's.
    """
    lang = report.lang
    why = {row.target: row.why for row in report.tables.rows("verdicts")}
    needs = defaultdict(list)
    for row in report.tables.rows("requirements"):
        needs[row.target, row.reading, row.steps].append(row)
    bases = {row.target: row for row in report.tables.rows("baselines")}
    shown = [target for target in report.numeric if not _stands_elsewhere(report, target)]
    pieces: list[Cell] = [_how_to_read(report)]
    if len(shown) < len(report.numeric):
        whole = str(report.area.parent)
        told = say(
            "cards.elsewhere" if shown else "cards.all_elsewhere",
            lang,
            n=len(report.numeric) - len(shown),
            whole=report.area_name(whole),
        )
        pieces.append(tag("p", tag("a", told, href=f"../{whole}/report.html")))
    # What is the same for all of them is said once.
    sources = {target.id: _sources(report, report.assessments[target.id]) for target in shown}
    if len(shown) > 1 and len(alike := {*map(str, sources.values())}) == 1:
        pieces.append(Html(alike.pop()))
        sources = {}
    for target in shown:
        card = _card(report, target, why[target.id], needs, bases.get(target.id))
        pieces.append(_folded(report, target, card + sources.get(target.id, Html(""))))
    pieces += [
        report.tables.link("verdicts", say("cards.verdicts", lang)),
        report.tables.link("courses", say("cards.courses", lang)),
        report.tables.link("readings", say("cards.all_readings", lang)),
    ]
    return tag("section", join(pieces), "each")


def _stands_elsewhere(report: AreaReport, target: Target) -> bool:
    """Tell whether nothing is known here of a target that is set for the whole and shown there."""
    if not report.stands_with_whole:
        return False
    found = report.assessments[target.id]
    return found.verdict is Verdict.NO_DATA and found.applies is Applies.AS_IF


def _card(report: AreaReport, target: Target, why: str, needs: _Needs, base: Any) -> Html:
    lang, found = report.lang, report.assessments[target.id]
    rows = needs[target.id, found.reading, found.steps]
    told = tag("div", _facts(report, target, why, base))
    pieces: list[Cell] = [
        _words(report, target),
        tag("div", chart_of(report, target) + told, "pair"),
        _readings(report, target, needs),
    ]
    sections = {
        "cards.takes": what_it_takes(report, target, rows),
        "cards.precedent": _line(precedent_text(report, target)),
        "cards.rules": _line(why_apart(report, target)),
    }
    pieces += [tag("h4", say(key, lang)) + one for key, one in sections.items() if one.text]
    return join(pieces)


def _folded(report: AreaReport, target: Target, content: Html) -> Html:
    """Fold a card behind its title and verdict."""
    edge = verdict_with_edge(report, report.assessments[target.id])
    head = tag("h3", target.title.in_(report.lang)) + Html(" ") + edge
    card = tag("article", content, id=f"card-{target.id}")
    return Html(str(details(head, card)).replace("<details", '<details class="card"', 1))


def _line(text: str) -> Html:
    return tag("p", text) if text else Html("")


def _words(report: AreaReport, target: Target) -> Html:
    """Quote the plan, with the place of the words and whom they are about."""
    lang = report.lang
    where: list[Cell] = [_place(report, target), target.population.in_(lang)]
    applies = report.assessments[target.id].applies
    # Where the plan binds this area nowhere, the first page says that all is as if it did.
    if applies is not Applies.BINDS and (report.bound_here or applies is not Applies.AS_IF):
        where.append(say("cards.set_for", lang, whom=applies_text(report, target.id)))
    return quote(target.quote, lang) + tag("small", join(filter(None, where), " · "))


def _place(report: AreaReport, target: Target) -> Html:
    """Name the place of the words: as the definition does, in the page's language where it can."""
    lang = report.lang
    locator = target.locator or report.plan.article_in(target.article, lang)
    place = ("article", locator) if locator.isdecimal() else place_named(locator)
    if place is None or (lang == "zh" and place[1] != locator):
        return spoken("span", locator, lang)
    kind, number = place
    return tag("span", say(f"report.place_{kind}", lang, number=number))


def _facts(report: AreaReport, target: Target, why: str, base: Any) -> Html:
    lang, found = report.lang, report.assessments[target.id]
    reading = target.default_reading
    # A target on a change is called by the change, and what stands below are values.
    named = report.indicator_name(found.indicator) if found.indicator else ""
    told: dict[str, Cell] = {
        "report.indicator": named if named != target.title.in_(lang) else "",
        "cards.asked": reading.label.in_(lang) if reading else "",
        "report.due": due_text(report, target),
        **pace_facts(report, found),
        "cards.why": why,
        "report.interval": interval_text(report, found),
        "cards.when": reached_text(found, lang),
        "cards.visible": noise_text(report, target),
        "cards.base_head": base_text(base, lang) if base else "",
        **{f"report.{key}": kept_under(target, key, lang) or "" for key in GROUPINGS},
    }
    return facts({key: text for key, text in told.items() if text}, lang)


def _readings(report: AreaReport, target: Target, needs: _Needs) -> Html:
    """Show what each reading asks for, comes to and would take; and what the words leave open."""
    lang, found = report.lang, report.assessments[target.id]
    points = open_points(report, target)
    pieces: list[Cell] = []
    if found.others:
        rows = [_reading(report, target, one, one is found) for one in (found, *found.others)]
        heads = ["cards.reading", "report.level", "report.verdict"]
        taken = [needs[target.id, one.reading, one.steps] for one in (found, *found.others)]
        if any(taken[1:]):
            heads.append("requirements.even_head")
            told = (takes_even(report, one) for one in taken)
            rows = [[*row, even] for row, even in zip(rows, told, strict=True)]
        lacking = {one.verdict for one in (found, *found.others)} == {Verdict.NO_DATA}
        alike = "cards.readings_lack" if lacking else "cards.readings_alike"
        caption = say("cards.readings" if found.disputed else alike, lang)
        titles = [say(head, lang) for head in heads]
        pieces.append(table(titles, rows, caption=caption, numeric=[1], css="cards"))
    if points:
        pieces.append(tag("ul", join(tag("li", text) for text in points), "small"))
    return join(pieces)


def _reading(report: AreaReport, target: Target, one: Assessment, default: bool) -> list[Cell]:
    """Give a reading, the level that it asks for, and its verdict."""
    lang = report.lang
    text = tag("span", reading_text(target, one, lang))
    verdict = verdict_chip(one.verdict, lang)
    if default:
        text += tag("strong", say("cards.taken", lang))
    if told := told_chance(one, lang):
        # Under another reading than the default one it is no second chance of the target.
        told = told if default else say("report.under_reading", lang, chance=told)
        verdict += tag("small", told)
    return [text, level_text(report, one), verdict]


def _sources(report: AreaReport, found: Assessment) -> Html:
    names = (report.catalog.sources[name].title.in_(report.lang) for name in found.sources)
    listed = say("report.semicolon", report.lang).join(names)
    if not listed:
        return Html("")
    return tag("p", say("cards.sources", report.lang, names=listed), "small")


def _how_to_read(report: AreaReport) -> Html:
    """Say once what the marks and words of all cards mean."""
    lang = report.lang
    found = [report.assessments[target.id] for target in report.numeric]
    used = {one.verdict for given in found for one in (given, *given.others)}
    words = join(
        tag("li", join([verdict_chip(one, lang), " ", say(f"verdict.{one}_means", lang)]))
        for one in Verdict
        if one in used
    )
    unknown = noise_unknown(report)
    kinds = set(report.tables.rows("requirements")["kind"])
    notes = {
        "report.outlook_caption": True,
        "report.pace_note": any(one.gap is not None for one in found),
        "cards.points_note": report.study.as_of.year <= report.plan.last_year
        and any(target.ambiguities for target in report.numeric),
        "noise.reached_note": any(one.reached for one in found),
        "noise.note": any(one.noise for one in found),
        "noise.unknown": bool(unknown),
        "requirements.note": "mechanism" in kinds,
        "requirements.counts_note": "count" in kinds,
    }
    told = join(
        tag("p", say(key, lang, years=BEYOND, number=unknown))
        for key, needed in notes.items()
        if needed
    )
    folded = tag("ul", words, "legend") + model_note(report) + told
    return details(say("cards.how_to_read", lang), folded)


#: The formula looks so many years ahead for the first one that shows a gain.
AHEAD = 50


def noise_table(report: AreaReport) -> Table:
    """Give what chance does to each target whose number of persons is known, one row a target."""
    rows = (
        {
            **report.about(target, found),
            **fields_of(found.noise),
            **picked(found.noise, "persons=n visible_pp=visible asked_pp=asked"),
        }
        for target in report.numeric
        if (found := report.assessments[target.id]).noise
    )
    return table_of(
        rows,
        "target title indicator verdict persons base_year visible_pp chance asked_pp hidden "
        "verifiable_from near",
    )


def noise_text(report: AreaReport, target: Target) -> str:
    """
    Say what change of a test or a screening can be seen, beside what a target asks for.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.

    Returns
    -------
    str
        Sentences; empty where chance plays no part, or nobody knows among how many persons.
    """
    found, lang = report.assessments[target.id], report.lang
    noise = found.noise
    if noise is None:
        return ""
    visible = say("noise.no_change_visible", lang)
    if noise.visible is not None:
        points = say("noise.points", lang, value=number(noise.visible, 1))
        visible = say("noise.visible", lang, points=points)
    told = say(
        "noise.persons",
        lang,
        persons=number(noise.n, 0),
        visible=visible,
        points=number(MOVE, 0),
        # What chance does is known, and is no forecast.
        cohorts=_cohorts(noise, lang),
    )
    pieces = [told, _reads(found, noise, lang)]
    if noise.asked is not None and noise.asked > 0:
        if noise.verifiable_from is None:
            pieces.append(say("noise.never", lang, years=AHEAD))
        else:
            pieces.append(say("noise.verifiable", lang, year=noise.verifiable_from))
    return say("report.sentence_gap", lang).join(one for one in pieces if one)


def _cohorts(noise: Noise, lang: str) -> str:
    told = number(100 * noise.chance, 0)
    return told if told != "0" else say("noise.few_cohorts", lang)


def noise_unknown(report: AreaReport) -> int:
    """Count the targets on tests and screenings of which the number of persons is not known."""
    indicators = report.catalog.indicators
    named = (indicators.get(one.indicator or "") for one in report.assessments.values()
             if one.noise is None)  # fmt: skip
    return sum(one is not None and one.noise is not None for one in named)


def _reads(found: Assessment, noise: Noise, lang: str) -> str:
    """Say in one sentence what the numbers mean."""
    if found.verdict in (Verdict.MET, Verdict.MISSED):
        key = "near" if noise.near else "clear"
    elif noise.hidden:
        beyond = found.verdict in (Verdict.OUT_OF_REACH, Verdict.IMPOSSIBLE)
        key = "beyond" if beyond else "hidden"
    elif noise.asked is None:
        return ""
    else:
        key = "nothing" if noise.asked <= 0 else "seen"
    return say(f"noise.reads_{key}", lang)
