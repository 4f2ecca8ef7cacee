"""What each target asks for and would take: gap, pace, people, posts, places, marks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from edu_metrics.catalog import Target
from edu_metrics.reachability import Assessment, Verdict, chance, requirements_of
from edu_metrics.reachability.arithmetic import bases_of_pace
from edu_metrics.reachability.requirements import EVEN, MORE_A_YEAR, SURE
from edu_metrics.report.columns import Table, fields_of, picked, table_of
from edu_metrics.report.context import AreaReport, StudyReport
from edu_metrics.report.html import Html, join, tag
from edu_metrics.report.reasons import STATED, value_text
from edu_metrics.words import amount, bounded, date, in_year, number, percent, say, signed

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


#: Signs as they are printed, and as they are written.
_SIGNS = {"≥": ">=", ">": ">", "≤": "<=", "<": "<"}


def required_pace_table(report: AreaReport) -> Table:
    """Give gap, pace and people of each target that is open and starts from a known value."""
    found = report.tables.rows("verdicts")
    rows = (
        row._asdict()
        for row in found
        if row.verdict not in (Verdict.MET, Verdict.MISSED)
        and None not in (row.last_value, row.gap)
    )
    return table_of(
        rows,
        "target title indicator unit start last_year last_value level gap required_pace past_pace "
        "years_needed people",
    )


def pace_facts(report: AreaReport, found: Assessment) -> dict[str, str]:
    """
    Say where a target starts, how far it has to go and how fast, by the keys of the words.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    found : Assessment
        Of one of its numeric targets.

    Returns
    -------
    dict of str to str
        Nothing of the way where it is decided or its start is not known.
    """
    lang, unit = report.lang, report.unit_of(found)
    if found.last_value is None:
        return {}
    told = {"report.start": _start(report, found)}
    if found.closed or found.gap is None:
        return told
    gap = _gap(found, unit, lang)
    if found.people:
        gap += say("report.semicolon", lang) + people_text(report, found.indicator, found.people)
    remark = _remark(found, lang)
    told |= {"report.gap": gap, "cards.pace_head": _pace(report, found)}
    return told | ({"report.remark": remark} if remark else {})


def people_text(report: StudyReport, indicator: str | None, people: float) -> str:
    """Say how many persons or institutions are missing, in the unit of what is counted."""
    return amount(people, counted_in(report, indicator), report.lang)


def counted_in(report: StudyReport, indicator: str | None) -> str:
    """Give the unit of what an indicator counts: of a rate, what stands above the line."""
    counted = next(iter(report.catalog.indicator(str(indicator)).inputs.values()))
    return report.catalog.quantities[counted.quantity].unit


def _start(report: AreaReport, found: Assessment) -> str:
    lang, unit = report.lang, report.unit_of(found)
    if found.total is not None and found.total.so_far:
        done = amount(found.total.so_far, unit, lang)
        told = say("report.sum_so_far", lang, done=done, year=found.last_year)
    else:
        told = value_text(report, found, float(found.last_value or 0.0))
        told = told if found.last_year is None else in_year(told, found.last_year, lang)
    if found.start != STATED:
        return told
    return told + say("report.semicolon", lang) + say("cards.stated", lang)


def _gap(found: Assessment, unit: str, lang: str) -> str:
    asked = found.level or (found.total.bound if found.total else None)
    if found.gap is None or asked is None:
        return "—"
    # A strict bound is not kept by standing at it: the gap is more than nothing.
    if found.gap == 0:
        return say("cards.at_level" if asked.strict else "cards.none", lang)
    told = amount(abs(found.gap), unit, lang)
    if unit == "percent":
        told = say("report.in_points", lang, value=number(abs(found.gap), 2))
    if found.gap < 0:
        return say("cards.exceeded", lang, gap=told)
    return say("cards.more_than", lang, gap=told) if asked.strict else told


def _pace(report: AreaReport, found: Assessment) -> str:
    """Say which pace is needed, beside that of the past where there is one."""
    lang, unit = report.lang, report.unit_of(found)
    if found.total is not None and found.required_pace:
        return sum_text(report, found)
    past = _change(found.past_pace, unit, lang)
    # Who stands exactly where it has to pass is not there yet.
    at = found.gap == 0 and found.level is not None and found.level.strict
    if found.required_pace == 0 and not at:
        none = found.past_pace is None
        return say("report.already_there" if none else "cards.pace_there", lang, past=past)
    if at and found.past_pace is not None:
        return say("cards.pace_past_level", lang, past=past)
    needed = _change(found.required_pace, unit, lang)
    if found.past_pace is None:
        return say("cards.pace", lang, needed=needed)
    return say("cards.paces", lang, needed=needed, past=past)


def sum_text(report: AreaReport, found: Assessment, recent: float | None = None) -> str:
    """
    Say what each year left of a sum has to bring, beside what years brought in the past.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.
    found : Assessment
        Of a target on a sum over years.
    recent : float, optional
        What the last three years brought a year. [unit of the indicator]

    Returns
    -------
    str
        Amounts a year: of a sum it is no change from year to year that is asked for.
    """
    lang, unit = report.lang, report.unit_of(found)
    done = found.total is not None and bool(found.total.so_far)
    key = "cards.sum_left" if done else "cards.sum_needed"
    like = found.required_pace
    told = [say(key, lang, needed=amount(like, unit, lang))]
    for name, value in (("cards.sum_past", found.past_pace), ("cards.sum_recent", recent)):
        if value is not None:
            told.append(say(name, lang, value=amount(value, unit, lang, like=like)))
    return say("report.semicolon", lang).join(told)


def _change(pace: float | None, unit: str, lang: str) -> str:
    """Print a change a year."""
    if pace is None:
        return "—"
    if unit == "percent":
        return say("report.in_points", lang, value=signed(pace, 2))
    sign = {1: "+", -1: "−"}.get((pace > 0) - (pace < 0), "")
    return sign + amount(round(abs(pace), 2), unit, lang)


def _remark(found: Assessment, lang: str) -> str:
    if found.verdict is Verdict.IMPOSSIBLE:
        return say(f"report.remark_impossible_{found.reason}", lang)
    if found.findings:
        return say(f"report.remark_{found.findings[0]}", lang)
    if found.vacuous:
        return say("report.remark_vacuous_sum" if found.total else "report.remark_vacuous", lang)
    return ""


def baselines_table(report: AreaReport) -> Table:
    """Give the bases from which a level is reached at the pace promised, by number of steps."""
    found = [(target, bases_of_pace(report.plan, target)) for target in report.numeric]
    counts = sorted({steps for _, one in found if one for steps in one.bases})
    rows = (
        {
            **report.about(target, report.assessments[target.id]),
            **picked(one.pace, "pace_slow=slow.value pace_fast=fast.value relative"),
            "asked": str(one.level),
            **{f"base_low_{steps}": low for steps, (low, _) in one.bases.items()},
            **{f"base_high_{steps}": high for steps, (_, high) in one.bases.items()},
        }
        for target, one in found
        if one is not None
    )
    by_steps = [f"base_low_{steps} base_high_{steps}" for steps in counts]
    names = "target title indicator unit asked pace_slow pace_fast relative"
    return table_of(rows, " ".join([names, *by_steps]))


def base_text(row: Any, lang: str) -> str:
    """Say from which baselines the promised pace arrives at the level, by number of steps."""
    ends = dict.fromkeys([row.pace_slow, row.pace_fast])
    shown = [signed(end, 0 if end.is_integer() else 2) for end in ends]
    pace = say("report.span_to", lang).join(percent(s, lang) if row.relative else s for s in shown)
    if row.unit == "percent" and not row.relative:
        pace = say("report.in_points", lang, value=pace)
    sign, _, level = row.asked.partition(" ")
    level = percent(level, lang) if row.unit == "percent" else level
    level = bounded(_SIGNS[sign], level, lang) if sign in _SIGNS else row.asked
    told = [say("cards.base_pace", lang, pace=pace, level=level)]
    for steps in (name.rpartition("_")[2] for name in row._fields if "base_low" in name):
        bases = [getattr(row, f"base_{end}_{steps}") for end in ("low", "high")]
        if None not in bases:
            low, high = (number(base, 0 if base.is_integer() else 2) for base in bases)
            if row.unit == "percent":
                low, high = percent(low, lang), percent(high, lang)
            told.append(say("cards.base", lang, steps=steps, low=low, high=high))
    return say("report.semicolon", lang).join(told)
