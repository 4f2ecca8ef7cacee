"""What each target would take: people, posts, places, marks, and which district decides."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import pandas as pd

from edu_metrics.reachability import chance, requirements_of
from edu_metrics.reachability.requirements import MORE_A_YEAR
from edu_metrics.report.columns import Column, draw, fields_of, frame_of, rows_of, strong_title
from edu_metrics.report.context import AreaReport
from edu_metrics.report.html import Cell, Html, details, facts, join, note, tag
from edu_metrics.report.reasons import level_text, reading_text
from edu_metrics.words import amount, date, number, say, signed

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
    lang, found = report.lang, report.tables["requirements"]
    default = found[found["default"]]
    modelled = default[default["kind"] == "mechanism"]
    counted = default[default["kind"] == "count"]
    pieces: list[Cell] = []
    if not modelled.empty:
        pieces.append(_modelled(report, modelled))
    if not counted.empty:
        pieces.append(_counted(report, counted))
    if not pieces:
        pieces.append(note(say("requirements.none", lang), "gap"))
    if default[default["kind"] != "none"]["past"].any():
        told = say("requirements.past", lang, date=date(report.study.as_of, lang))
        pieces.append(tag("p", told, "note"))
    pieces += [_others(report, found[~found["default"]]), _silent(report, default)]
    return join(pieces)


def requirements_table(report: AreaReport) -> pd.DataFrame:
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
            requirements_of(
                report.evidence,
                report.plan,
                target,
                report.area.id,
                assessment=report.assessments[target.id],
                quantities=report.quantities,
            )
        )
        for need in item.needs or (None,)
    )
    return frame_of(
        rows,
        "target title indicator reading steps default kind flow relative past standing_still "
        "start_year start_value probability under_model lever unit usual high even_value "
        "even_probability even_reason sure_value sure_probability sure_reason practice_percentile "
        "with_parts deciding deciding_people fastest reason",
    )


def _columns(report: AreaReport, levels: tuple[str, str]) -> list[Column]:
    """Give the columns of what a target takes; what is said of it once stands in its first row."""
    lang = report.lang

    def once(show: Callable[[Any], Cell]) -> Callable[[Any], Cell]:
        return lambda row: "" if row.again else show(row)

    even, sure = levels
    return [
        Column("requirements.target", once(strong_title)),
        Column("requirements.from_to", once(partial(_from_to, report))),
        Column("requirements.lever", partial(lever_name, report)),
        Column("requirements.usual", once(lambda row: chance(row.probability, lang)), numeric=True),
        Column(even, lambda row: setting_text(row, "even", lang)),
        Column(sure, lambda row: setting_text(row, "sure", lang)),
        Column(
            "requirements.practice",
            once(lambda row: number(row.practice_percentile, 0)),
            numeric=True,
        ),
    ]


def _modelled(report: AreaReport, found: pd.DataFrame) -> Html:
    lang = report.lang
    targets = found.drop_duplicates("target")
    columns = _columns(report, ("requirements.model_even", "requirements.model_sure"))
    caption = say("requirements.caption", lang, number=len(targets))
    again = found.assign(again=found["target"].duplicated())
    pieces: list[Cell] = [draw(again, columns, lang, caption=caption)]
    pieces.append(tag("p", say("requirements.note", lang), "small"))
    pieces += [_floor(report, row) for row in rows_of(targets) if row.fastest is not None]
    if found["relative"].any():
        pieces.append(tag("p", say("requirements.assumed_start", lang), "small"))
    return join(pieces)


def _counted(report: AreaReport, found: pd.DataFrame) -> Html:
    lang = report.lang
    columns = _columns(report, ("requirements.even", "requirements.sure"))
    if found["with_parts"].any():
        columns.append(Column("requirements.district", partial(_district, report)))
    caption = say("requirements.counts_caption", lang, number=len(found))
    shown = draw(found.assign(again=False), columns, lang, caption=caption)
    return shown + tag("p", say("requirements.counts_note", lang), "small")


def _floor(report: AreaReport, row: Any) -> Html:
    """Say how fast arithmetic lets a rate fall that nobody leaves by healing."""
    found = report.assessments[row.target]
    told = say(
        "requirements.floor",
        report.lang,
        target=row.title,
        fastest=number(abs(row.fastest), 2),
        asked=number(abs(found.required_pace or 0.0), 2),
    )
    return tag("p", told, "note")


def _others(report: AreaReport, found: pd.DataFrame) -> Html:
    """Fold away what the other readings of targets would take for an even chance."""
    if found.empty:
        return Html("")
    lang = report.lang
    needs: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    for row in rows_of(found[found["lever"].notna()]):
        told = {"lever": lever_name(report, row), "setting": setting_text(row, "even", lang)}
        needs[row.target, row.reading, row.steps].append(say("requirements.need", lang, **told))

    def even(row: Any) -> str:
        return say("report.semicolon", lang).join(needs[row.target, row.reading, row.steps]) or "—"

    columns = [
        Column("requirements.target", strong_title),
        Column(
            "requirements.reading",
            lambda row: reading_text(report.plan.target(row.target), row, lang),
        ),
        Column("requirements.usual", lambda row: chance(row.probability, lang), numeric=True),
        Column("requirements.even", even),
    ]
    readings = found.drop_duplicates(["target", "reading", "steps"])
    caption = say("requirements.readings_caption", lang, number=len(readings))
    summary = say("requirements.readings", lang, number=len(readings))
    return details(summary, draw(readings, columns, lang, caption=caption))


def lever_name(report: AreaReport, row: Any) -> str:
    """Give the name of a lever."""
    if row.lever != MORE_A_YEAR:
        return say(f"requirements.{row.lever}", report.lang)
    falling = report.catalog.indicators[row.indicator].better == "lower"
    return say("requirements.fewer_a_year" if falling else "requirements.more_a_year", report.lang)


def _from_to(report: AreaReport, row: Any) -> str:
    found, lang = report.assessments[row.target], report.lang
    unit = report.unit_of(found)
    told = say(
        "requirements.starts",
        lang,
        year=row.start_year,
        start=amount(row.start_value, unit, lang),
        level=level_text(found, unit, lang),
    )
    marks = {"†": row.relative, "§": row.past, "‡": row.kind == "count" and row.standing_still}
    return " ".join([told, *(mark for mark, holds in marks.items() if holds)])


def _district(report: AreaReport, row: Any) -> str:
    if row.deciding is None:
        return "—"
    people = number(row.deciding_people, 0)
    area = report.area_name(row.deciding)
    return say("requirements.district_says", report.lang, area=area, people=people)


def setting_text(row: Any, name: str, lang: str) -> str:
    """Say which setting of a lever does it: for an even chance, or surely enough."""
    value, reason = getattr(row, f"{name}_value"), getattr(row, f"{name}_reason")
    if reason is None or (name == "sure" and row.kind == "count" and row.standing_still):
        return ""
    by_model = row.under_model is not None
    if reason == "usual_is_enough":
        return say(
            "requirements.model_is_enough" if by_model else "requirements.usual_is_enough", lang
        )
    if value is not None:
        return _amount(row, value, lang)
    high, reached = _amount(row, row.high, lang), getattr(row, f"{name}_probability")
    if by_model:
        more = signed(100 * (reached - row.under_model), 0)
        return say("requirements.model_beyond", lang, high=high, change=more)
    return say("requirements.beyond_bounds", lang, high=high, chance=chance(reached, lang))


def _amount(row: Any, value: float, lang: str) -> str:
    people = row.unit in ("persons", "places")
    if people and row.relative:
        decimals = 0 if float(value).is_integer() else 2
        return say("requirements.per_100", lang, value=_upwards(value, decimals))
    decimals = 0 if people or float(value).is_integer() else 1
    return say(f"requirements.{UNITS[row.unit]}", lang, value=_upwards(value, decimals))


def _upwards(value: float, decimals: int) -> str:
    """Round up: what is printed has to be enough."""
    scale = 10**decimals
    return number(math.ceil(round(value * scale, 6)) / scale, decimals)


def _silent(report: AreaReport, found: pd.DataFrame) -> Html:
    """Say, reason by reason, for which targets nothing can be computed."""
    lang = report.lang
    titles = found.groupby("reason", sort=False)["title"].unique()
    if titles.empty:
        return Html("")
    told: dict[str, Cell] = {
        f"requirements.{reason}": say(
            "requirements.number_of", lang, number=len(named), names=report.listed(named)
        )
        for reason in REASONS
        if (named := titles.get(reason.removeprefix("because_"))) is not None
    }
    return tag("h3", say("requirements.silent", lang)) + facts(told, lang)
