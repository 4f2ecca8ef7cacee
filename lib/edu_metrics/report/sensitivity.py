"""Which assumptions the answers hang on, and which of them would change an answer first."""

from __future__ import annotations

import math
from typing import Any

from edu_metrics.reachability import (
    Influence,
    Sensitivity,
    chance,
    two_digits,
)
from edu_metrics.report.columns import Column, Table, draw, picked, table_of
from edu_metrics.report.context import AreaReport, said_of_whole
from edu_metrics.report.html import Html, join, note, tag
from edu_metrics.words import amount, number, percent, say, unit_of

#: A move of less than this part of a spread is called any move.
BARELY = 0.05
#: Less than this part of a spread changes an unstable answer; so many of those are named.
NEAR, NAMED = 0.5, 4


@said_of_whole
def show_sensitivity(report: AreaReport) -> Html:
    """
    Show what each answer hangs on, and how far the nearest assumption is from another answer.

    Parameters
    ----------
    report : AreaReport
        From :func:`~edu_metrics.report.open_report`.

    Returns
    -------
    Html
        A table with the assumption that moves each result most, and the one that would change the
        answer first. ``report.tables["influences"]`` has every assumption behind it.
    """
    lang, of = report.lang, report.sensitivity
    found = report.tables.rows("sensitivity")
    if not found:
        return note(say("sensitivity.none", lang), "gap")
    columns = [
        Column("report.promise", _title),
        Column("sensitivity.answer", lambda row: _answer(row, of[row.target], lang)),
        Column("sensitivity.most", lambda row: _most(report, of[row.target])),
        Column("sensitivity.first", lambda row: _first(report, of[row.target])),
    ]
    caption = say("sensitivity.caption", lang, number=len(found))
    models = set(found["model"])
    notes = [
        say(f"sensitivity.note_{model}", lang)
        for model in ("mechanism", "trend")
        if model in models
    ]
    if any(found["assumed_start"]):
        notes.append(say("sensitivity.assumed", lang))
    if silent := len(of) - len(found):
        notes.append(say("sensitivity.silent", lang, number=silent))
    return join(
        [
            tag("p", _least_stable(report, found)),
            draw(found, columns, lang, caption=caption, csv="sensitivity"),
            *(tag("p", told, "small") for told in notes),
        ]
    )


def _least_stable(report: AreaReport, found: Table) -> str:
    """Name the answers that a small move of one assumption would change, the nearest first."""
    near = [row for row in found if row.in_spreads is not None and row.in_spreads < NEAR]
    key = "least_stable_none"
    if near:
        key = "least_stable" if len(near) <= NAMED else "least_stable_more"
    named = sorted(near, key=lambda row: row.in_spreads)[:NAMED]
    names = say("precedent.comma", report.lang).join(row.title for row in named)
    return say(f"sensitivity.{key}", report.lang, number=len(near), names=names)


def sensitivity_table(report: AreaReport) -> Table:
    """Give what each answer hangs on, one row a target of which that can be said."""
    return table_of(
        _known(report),
        "target title indicator unit model assumed_start year middle kept probability "
        "verdict changes_first at in_spreads",
    )


def influences_table(report: AreaReport) -> Table:
    """Give every assumption that an answer hangs on, one row a target and assumption."""
    rows = (
        {**about, **one, "result_unit": about["unit"], "assumption": one["name"]}
        for about in _known(report)
        for one in about["assumptions"]
    )
    return table_of(
        rows,
        "target title indicator model assumed_start assumption kind unit middle spread low high "
        "result_unit result_at_low result_at_high first_order total turns_at in_spreads",
    )


def _known(report: AreaReport) -> list[dict[str, Any]]:
    return [
        {
            **sensitivity_row(item),
            "title": report.title(item.target),
            "unit": report.catalog.indicator(str(item.indicator)).unit,
            "probability": item.probability,
        }
        for item in report.sensitivity.values()
        if item.model != "none"
    ]


def _at_level(item: Sensitivity) -> bool:
    """Tell whether the middle is the level itself: neither below it nor beyond."""
    if item.level is None or item.middle is None:
        return False
    return math.isclose(item.middle, item.level.value, rel_tol=1e-9)


def _title(row: Any) -> Html:
    return tag("strong", f"{row.title} †" if row.assumed_start else row.title)


def _answer(row: Any, item: Sensitivity, lang: str) -> Html:
    if row.verdict is not None:
        from edu_metrics.report.labels import verdict_chip

        return join([verdict_chip(row.verdict, lang), " ", chance(row.probability, lang)])
    key = "at_level" if _at_level(item) else "kept" if row.kept else "not_kept"
    told = say(f"sensitivity.{key}", lang)
    if row.probability is not None:
        told += say("sensitivity.own", lang, chance=chance(row.probability, lang))
    return tag("span", told)


def _most(report: AreaReport, item: Sensitivity) -> str:
    weighed = [one for one in item.influences if one.total is not None]
    if not weighed:
        return "—"
    most = max(weighed, key=lambda one: one.total or 0.0)
    shown = percent(number(100 * (most.total or 0.0), 0), report.lang)
    return say("sensitivity.share", report.lang, name=_name(report, item, most), share=shown)


def _first(report: AreaReport, item: Sensitivity) -> str:
    lang, first = report.lang, item.decisive
    told = say("sensitivity.nothing", lang) if first is None else _move(report, item, first)
    if item.turned:
        told += say("sensitivity.turned", lang, number=len(item.turned))
    return told


def _move(report: AreaReport, item: Sensitivity, one: Influence) -> str:
    lang = report.lang
    name, middle = _name(report, item, one), _value(one, one.middle, lang)
    turn = _value(one, one.turns_at, lang)
    # A range without extent says nothing: any move at all changes the answer.
    if turn == middle or (one.in_spreads is not None and one.in_spreads < BARELY):
        return say("sensitivity.barely", lang, name=name, middle=middle)
    if one.kind == "start":
        how = say("sensitivity.points_off", lang, value=number(abs(one.move or 0.0), 2))
    elif one.unit == "number":
        part = percent(number(100 * abs((one.move or 0.0) / one.middle)), lang)
        how = say("sensitivity.off_by", lang, share=part)
    elif one.in_spreads is not None:
        key = "in_years" if one.kind == "trend" else "in_spreads"
        how = say(f"sensitivity.{key}", lang, times=number(one.in_spreads))
    else:
        part = percent(number(100 * (one.part_of_room or 0.0), 0), lang)
        how = say("sensitivity.of_room", lang, share=part)
    return say("sensitivity.changes", lang, name=name, middle=middle, turn=turn, how=how)


def _name(report: AreaReport, item: Sensitivity, one: Influence) -> str:
    lang = report.lang
    if one.kind == "lever":
        return say("sensitivity.usual", lang, lever=say(f"requirements.{one.name}", lang))
    if one.kind == "input":
        use = report.catalog.indicator(str(item.indicator)).mechanism
        given = use.inputs[one.name] if use else None
        if given is not None and given.quantity:
            return report.quantity_name(given.quantity)
        if given is not None and given.indicator:
            return report.indicator_name(given.indicator)
    return say(f"sensitivity.{one.name}", lang)


def _value(one: Influence, value: float | None, lang: str) -> str:
    """Print a value of an assumption, with a decimal more where less would hide the move."""
    if value is None:
        return "—"
    if one.name == "year":
        if value == 0:
            return say("sensitivity.year_as_is", lang)
        key = "sensitivity.years_later" if value > 0 else "sensitivity.years_earlier"
        return say(key, lang, value=number(abs(value), 0))
    if one.name == "swing":
        return say("sensitivity.times", lang, value=number(value, 2))
    if one.name == "drift" and one.unit == "percent":
        return say("requirements.points", lang, value=number(value, _decimals(one)))
    if one.unit == "percent":
        return percent(number(value, _decimals(one)), lang)
    if one.unit == "marks":
        return say("sensitivity.marks", lang, value=number(value, _decimals(one)))
    if one.unit == "points":
        return say("requirements.points", lang, value=number(value, _decimals(one)))
    if one.unit == "number":
        return number(value, 0)
    if one.name in ("start", "drift") and not unit_of(one.unit).large:
        shown, unit = number(value, _decimals(one)), unit_of(one.unit).word(None, lang)
        return f"{shown}{'' if lang == 'zh' else ' '}{unit}".strip()
    return amount(round(value), one.unit, lang)


def _decimals(one: Influence) -> int:
    move = abs(one.move or 1.0)
    return 1 if move >= 0.2 else 2


def sensitivity_row(found: Sensitivity) -> dict[str, Any]:
    """
    Give what an answer hangs on as plain data.

    Parameters
    ----------
    found : Sensitivity
        From :func:`~edu_metrics.reachability.sensitivity_of`.

    Returns
    -------
    dict
        Ready for JSON; ``changes_first`` names the assumption that would change the answer first.
    """
    first = found.decisive
    return {
        **picked(found, "area target indicator reading steps model flow assumed_start=relative"),
        **picked(found, "year middle"),
        "level": found.level.model_dump() if found.level else None,
        "kept": found.kept,
        "probability": two_digits(found.probability),
        "under_model": two_digits(found.under_model),
        "verdict": str(found.verdict) if found.verdict else None,
        "changes_first": first.name if first else None,
        "at": first.turns_at if first else None,
        "in_spreads": first.in_spreads if first else None,
        "assumptions": [
            {
                **picked(one, "name kind unit middle spread"),
                "bounds": [one.least, one.most],
                **picked(one, "low high result_at_low=at_low result_at_high=at_high"),
                **picked(one, "first_order=first total first_order_kept=first_kept total_kept"),
                **picked(one, "turns_at in_spreads"),
            }
            for one in found.influences
        ],
        "other_verdicts": [
            {"reading": other.reading, "steps": other.steps, "verdict": str(other.verdict)}
            for other in found.turned
        ],
        "reason": found.reason,
    }
