"""What each target would take: people, posts, places, marks, and which district decides."""

from __future__ import annotations

import math
from collections import defaultdict

from edu_metrics.reachability import Requirements, chance, requirements_of
from edu_metrics.reachability.requirements import MORE_A_YEAR, LeverNeed
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, facts, join, note, table, tag
from edu_metrics.report.reasons import level_text
from edu_metrics.trajectories.mechanisms import Setting
from edu_metrics.words import amount, date, number, say, signed

__all__ = ["show_requirements"]

#: The words of a lever's unit.
UNITS = {
    "persons": "persons_a_year",
    "places": "places_a_year",
    "percent": "percent_a_year",
    "points": "points",
    "marks": "marks_a_year",
}
#: The words of each reason why nothing can be computed.
REASONS = (
    "because_bound_unforeseen",
    "because_contradiction",
    "because_decided",
    "because_earlier_year_unknown",
    "because_lacks_numbers",
    "because_no_count",
    "because_no_start",
    "because_rank",
    "because_reading_undecided",
)
#: The words of each lever.
LEVERS = (
    "conversions",
    "dropout_prevented_pct",
    "entrants_qualified_pct",
    "growth_pct",
    "learning",
    "more_intake_pp",
    "more_vocational_pp",
    "new_cases_cut_pct",
    "new_posts",
    "public_places",
    "returned",
    "upgrades",
)


def show_requirements(report: AreaReport) -> Html:
    """
    Show the smallest settings that reach each target with 50 and with 80 % probability.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table of targets with a mechanism, one of those with people behind them, and the reasons
        why the others have neither.
    """
    lang = report.lang
    each = [
        requirements_of(
            report.evidence,
            report.plan,
            target,
            report.area.id,
            assessment=report.assessments[target.id],
            quantities=report.quantities,
        )
        for target in report.numeric
    ]
    requirements = [first for first, *_ in each]
    pieces: list[Cell] = []
    modelled = [item for item in requirements if item.kind == "mechanism"]
    counted = [item for item in requirements if item.kind == "count"]
    if modelled:
        pieces.append(_modelled(report, modelled))
    if counted:
        pieces.append(_counted(report, counted))
    if not pieces:
        pieces.append(note(say("taking.none", lang), "gap"))
    if any(item.past for item in (*modelled, *counted)):
        told = say("taking.past", lang, date=date(report.study.as_of, lang))
        pieces.append(tag("p", told, "note"))
    pieces.append(_others(report, [item for _, *others in each for item in others]))
    pieces.append(_silent(report, requirements))
    return join(pieces)


def _modelled(report: AreaReport, requirements: list[Requirements]) -> Html:
    lang = report.lang
    rows: list[list[Cell]] = []
    for item in requirements:
        for place, need in enumerate(item.needs):
            first = place == 0
            rows.append(
                [
                    _title(report, item) if first else "",
                    _from_to(report, item) if first else "",
                    say(f"taking.{need.lever}", lang),
                    chance(item.usual, lang) if first else "",
                    _setting(need, need.even, item, lang),
                    _setting(need, need.sure, item, lang),
                    number(item.practice_percentile, 0) if first else "",
                ]
            )
    keys = ("target", "from_to", "lever", "usual", "model_even", "model_sure", "practice")
    head = [say(f"taking.{key}", lang) for key in keys]
    caption = say("taking.caption", lang, number=len(requirements))
    pieces: list[Cell] = [table(head, rows, caption=caption, numeric=(3, 6))]
    pieces.append(tag("p", say("taking.note", lang), "small"))
    pieces += [_floor(report, item) for item in requirements if item.fastest is not None]
    if any(item.relative for item in requirements):
        pieces.append(tag("p", say("taking.assumed_start", lang), "small"))
    return join(pieces)


def _counted(report: AreaReport, requirements: list[Requirements]) -> Html:
    lang = report.lang
    with_parts = any(item.parts for item in requirements)
    rows: list[list[Cell]] = []
    for item in requirements:
        (need,) = item.needs
        falling = report.catalog.indicators[str(item.indicator)].better == "lower"
        mark = " ‡" if item.standing_still else ""
        row: list[Cell] = [
            _title(report, item),
            _from_to(report, item) + mark,
            say("taking.fewer_a_year" if falling else "taking.more_a_year", lang),
            chance(item.usual, lang),
            _setting(need, need.even, item, lang),
            "" if item.standing_still else _setting(need, need.sure, item, lang),
            number(item.practice_percentile, 0),
        ]
        rows.append(row + ([_district(report, item)] if with_parts else []))
    keys = ["target", "from_to", "lever", "usual", "even", "sure", "practice"]
    keys += ["district"] if with_parts else []
    head = [say(f"taking.{key}", lang) for key in keys]
    caption = say("taking.counts_caption", lang, number=len(requirements))
    shown = table(head, rows, caption=caption, numeric=(3, 6))
    return shown + tag("p", say("taking.counts_note", lang), "small")


def _floor(report: AreaReport, item: Requirements) -> Html:
    """Say how fast arithmetic lets a rate fall that nobody leaves by healing."""
    found = report.assessments[item.target]
    told = say(
        "taking.floor",
        report.lang,
        target=report.plan.target(item.target).title.in_(report.lang),
        fastest=number(abs(item.fastest or 0.0), 2),
        asked=number(abs(found.required_pace or 0.0), 2),
    )
    return tag("p", told, "note")


def _others(report: AreaReport, requirements: list[Requirements]) -> Html:
    """Fold away what the other readings of targets would take for an even chance."""
    lang = report.lang
    rows: list[list[Cell]] = []
    for item in requirements:
        target = report.plan.target(item.target)
        label = target.reading(str(item.reading)).label.in_(lang)
        if item.steps is not None:
            label = say("report.reading_with_steps", lang, label=label, steps=item.steps)
        needs = say("report.semicolon", lang).join(
            say("taking.need", lang, lever=_lever(report, item, need),
                setting=_setting(need, need.even, item, lang))
            for need in item.needs
        )  # fmt: skip
        rows.append([_title(report, item), label, chance(item.usual, lang), needs or "—"])
    if not rows:
        return Html("")
    head = [say(f"taking.{key}", lang) for key in ("target", "reading", "usual", "even")]
    caption = say("taking.readings_caption", lang, number=len(rows))
    summary = say("taking.readings", lang, number=len(rows))
    return details(summary, table(head, rows, caption=caption, numeric=(2,)))


def _lever(report: AreaReport, item: Requirements, need: LeverNeed) -> str:
    if need.lever != MORE_A_YEAR:
        return say(f"taking.{need.lever}", report.lang)
    falling = report.catalog.indicators[str(item.indicator)].better == "lower"
    return say("taking.fewer_a_year" if falling else "taking.more_a_year", report.lang)


def _title(report: AreaReport, item: Requirements) -> Html:
    return tag("strong", report.plan.target(item.target).title.in_(report.lang))


def _from_to(report: AreaReport, item: Requirements) -> str:
    found, lang = report.assessments[item.target], report.lang
    unit = report.unit_of(found)
    told = say(
        "taking.starts",
        lang,
        year=item.start_year,
        start=amount(item.start_value, unit, lang),
        level=level_text(found, unit, lang),
    )
    return told + (" †" if item.relative else "") + (" §" if item.past else "")


def _district(report: AreaReport, item: Requirements) -> str:
    if item.deciding is None:
        return "—"
    people = number(item.parts[0].people, 0)
    return say(
        "taking.district_says",
        report.lang,
        area=report.area_name(item.deciding),
        people=people,
    )


def _setting(need: LeverNeed, setting: Setting | None, item: Requirements, lang: str) -> str:
    if setting is None:
        return ""
    by_model = item.under_model is not None
    if setting.reason == "usual_is_enough":
        return say("taking.model_is_enough" if by_model else "taking.usual_is_enough", lang)
    if setting.value is None:
        high = _amount(need, need.high, item, lang)
        if by_model:
            more = signed(100 * (setting.probability - (item.under_model or 0.0)), 0)
            return say("taking.model_beyond", lang, high=high, change=more)
        most = chance(setting.probability, lang)
        return say("taking.beyond_bounds", lang, high=high, chance=most)
    return _amount(need, setting.value, item, lang)


def _amount(need: LeverNeed, value: float, item: Requirements, lang: str) -> str:
    people = need.unit in ("persons", "places")
    if people and item.relative:
        decimals = 0 if float(value).is_integer() else 2
        return say("taking.per_100", lang, value=_upwards(value, decimals))
    decimals = 0 if people or float(value).is_integer() else 1
    return say(f"taking.{UNITS[need.unit]}", lang, value=_upwards(value, decimals))


def _upwards(value: float, decimals: int) -> str:
    """Round up: what is printed has to be enough."""
    scale = 10**decimals
    return number(math.ceil(round(value * scale, 6)) / scale, decimals)


def _silent(report: AreaReport, requirements: list[Requirements]) -> Html:
    """Say, reason by reason, for which targets nothing can be computed."""
    lang = report.lang
    grouped: dict[str, list[str]] = defaultdict(list)
    for item in requirements:
        if item.reason is not None:
            grouped[item.reason].append(report.plan.target(item.target).title.in_(lang))
    if not grouped:
        return Html("")
    comma = say("report.list_comma", lang)
    listed: list[tuple[str, Cell]] = [
        (
            say(f"taking.{reason}", lang),
            say("taking.number_of", lang, number=len(titles), names=comma.join(titles)),
        )
        for reason in REASONS
        if (titles := grouped.get(reason.removeprefix("because_")))
    ]
    return tag("h3", say("taking.silent", lang)) + facts(listed)
