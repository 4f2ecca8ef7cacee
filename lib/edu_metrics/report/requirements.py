"""What each target would take: people, posts, places, marks, and which district decides."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.reachability import chance, requirements_of
from edu_metrics.reachability.requirements import EVEN, MORE_A_YEAR, SURE
from edu_metrics.report.columns import Table, fields_of, table_of
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Html, join, tag
from edu_metrics.report.required_pace import people_text
from edu_metrics.words import date, number, say

#: The words of a lever's unit.
UNITS = {
    "persons": "persons_a_year",
    "places": "places_a_year",
    "percent": "percent_a_year",
    "points": "points",
    "marks": "marks_a_year",
}


def requirements_table(report: AreaReport) -> Table:
    """Give what each target would take, one row a target, reading and lever."""
    rows = (
        {
            **fields_of(item),
            **fields_of(need),
            "title": target.title.in_(report.lang),
            "default": place == 0,
            "probability": item.usual,
            "with_parts": bool(item.parts),
            "deciding": item.deciding,
            "deciding_people": item.parts[0].people if item.deciding else None,
            **{
                f"{name}_{part}": value
                for name in ("even", "sure")
                for part, value in fields_of(getattr(need, name, None)).items()
            },
        }
        for target in report.numeric
        for place, item in enumerate(
            requirements_of(report.evidence, report.assessments[target.id])
        )
        for need in item.needs or (None,)
    )
    return table_of(
        rows,
        "target title indicator reading steps default kind flow relative past standing_still "
        "start_year start_value probability under_model lever unit usual high even_value "
        "even_probability even_reason sure_value sure_probability sure_reason practice_percentile "
        "with_parts deciding deciding_people fastest reason",
    )


def what_it_takes(report: AreaReport, target: Target, rows: Sequence[Any]) -> Html:
    """
    Say what a target would take under its default reading, lever by lever.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    target : Target
        A numeric target of its plan.
    rows : sequence of row
        The table of requirements: the target's rows of the default reading.

    Returns
    -------
    Html
        A list of levers, each with the setting for an even chance and for 80 %, of a target that
        is likelier than even already for 80 % alone; or why there is none. Nothing where the
        target is decided.
    """
    lang, first = report.lang, rows[0]
    if first.reason == "decided":
        return Html("")
    if first.reason is not None:
        why = say(f"requirements.because_{first.reason}", lang)
        return tag("p", say("requirements.silent", lang, why=why))
    if first.probability is not None and first.probability >= SURE:
        # What a lever would add is no question any more, whatever a flow calculation says.
        told = chance(first.probability, lang)
        enough = [say("requirements.nothing_new", lang, chance=told)]
        if first.past:
            enough.append(say("requirements.past", lang, date=date(report.study.as_of, lang)))
        return tag("p", say("report.sentence_gap", lang).join(enough))
    lines = [tag("li", _lever(report, row)) for row in rows if row.lever is not None]
    said = [say("requirements.by_flow", lang)] if lines and first.kind == "mechanism" else []
    if first.past:
        said.append(say("requirements.past", lang, date=date(report.study.as_of, lang)))
    if first.relative:
        said.append(say("requirements.assumed_start", lang))
    if first.kind == "count" and first.standing_still:
        said.append(say("requirements.standing_still", lang))
    if first.fastest is not None:
        found = report.assessments[target.id]
        fastest, asked = number(abs(first.fastest), 2), number(abs(found.required_pace or 0.0), 2)
        said.append(say("requirements.floor", lang, fastest=fastest, asked=asked))
    if first.deciding is not None:
        area = report.area_name(first.deciding)
        people = people_text(report, first.indicator, first.deciding_people)
        said.append(say("requirements.district_says", lang, area=area, people=people))
    notes = tag("p", say("report.sentence_gap", lang).join(said), "small") if said else Html("")
    if not lines:
        return tag("p", say("requirements.no_lever", lang)) + notes
    return tag("ul", join(lines)) + notes


def _lever(report: AreaReport, row: Any) -> str:
    """Say how far one lever has to be set for an even chance, and for a rather sure one."""
    lang = report.lang
    lever, even = lever_name(report, row), setting_text(report, row, "even")
    sure, by_model = setting_text(report, row, "sure"), row.kind == "mechanism"
    if sure and _even_already(row):
        # An even chance is no goal where the verdict is likelier than that.
        key = {"found": "model_for_sure" if by_model else "for_sure"}.get(row.sure_reason, "need")
        return say(f"requirements.{key}", lang, lever=lever, sure=sure, setting=sure)
    if by_model and row.even_reason == "usual_is_enough" and row.probability is not None:
        told = chance(row.probability, lang)
        return say("requirements.model_enough_but", lang, lever=lever, chance=told)
    if not sure or row.even_reason != "found":
        return say("requirements.need", lang, lever=lever, setting=even)
    if even == sure:
        key = "requirements.model_alike" if by_model else "requirements.alike"
        return say(key, lang, lever=lever, sure=sure)
    key = "requirements.model_both" if by_model else "requirements.both"
    return say(key, lang, lever=lever, even=even, sure=sure)


def takes_even(report: AreaReport, rows: Sequence[Any]) -> str:
    """Say what a reading of a target would take for an even chance."""
    lang, levers = report.lang, [row for row in rows if row.lever is not None]
    if levers and _even_already(levers[0]):
        return say("requirements.usual_is_enough", lang)
    if len(levers) > 1 and {row.even_reason for row in levers} == {"beyond_bounds"}:
        return say("requirements.none_even", lang)
    told = (
        say("requirements.need", lang, lever=lever_name(report, row),
            setting=setting_text(report, row, "even"))
        for row in levers
    )  # fmt: skip
    return say("report.semicolon", lang).join(told) or "—"


def _even_already(row: Any) -> bool:
    """Tell whether a reading is kept at least as likely as not, with nothing new done."""
    return row.probability is not None and row.probability >= EVEN


def lever_name(report: AreaReport, row: Any) -> str:
    """Give the name of a lever."""
    if row.lever != MORE_A_YEAR:
        return say(f"requirements.{row.lever}", report.lang)
    falling = report.catalog.indicators[row.indicator].better == "lower"
    return say("requirements.fewer_a_year" if falling else "requirements.more_a_year", report.lang)


def setting_text(report: AreaReport, row: Any, name: str) -> str:
    """Say which setting of a lever does it: for an even chance, or surely enough."""
    lang = report.lang
    value, reason = getattr(row, f"{name}_value"), getattr(row, f"{name}_reason")
    if reason is None or (name == "sure" and row.kind == "count" and row.standing_still):
        return ""
    by_model = row.under_model is not None
    if reason == "usual_is_enough":
        return say(
            "requirements.model_is_enough" if by_model else "requirements.usual_is_enough", lang
        )
    if value is not None:
        return _amount(report, row, value)
    if row.high == row.usual:
        return say("requirements.full", lang)
    key = "requirements.model_beyond" if by_model else "requirements.beyond_bounds"
    told = chance(getattr(row, f"{name}_probability"), lang)
    goal = say("requirements.goal_sure" if name == "sure" else "requirements.goal_even", lang)
    high = _amount(report, row, row.high)
    return say(key, lang, high=high, goal=goal, chance=told)


def _amount(report: AreaReport, row: Any, value: float) -> str:
    lang, counted = report.lang, row.unit in ("persons", "places")
    per_100 = counted and row.relative
    decimals = 0 if float(value).is_integer() or (counted and not per_100) else 2 if per_100 else 1
    enough = _upwards(value, decimals)
    if row.lever == MORE_A_YEAR:
        # What is counted need not be persons.
        told = people_text(report, row.indicator, enough)
        key = "requirements.more_per_100" if per_100 else "requirements.more_yearly"
        return say(key, lang, value=told)
    key = "requirements.per_100" if per_100 else f"requirements.{UNITS[row.unit]}"
    return say(key, lang, value=number(enough, decimals))


def _upwards(value: float, decimals: int) -> float:
    """Round up: what is printed has to be enough."""
    scale: int = 10**decimals
    return math.ceil(round(value * scale, 6)) / scale
