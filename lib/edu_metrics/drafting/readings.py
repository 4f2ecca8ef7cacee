"""Readings as a plan holds them: each way to understand a promise, written out as conditions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from edu_metrics.words import say

if TYPE_CHECKING:
    from edu_metrics.drafting.context import Span
    from edu_metrics.drafting.promises import Promise

_NAMES = {">=": "ge", ">": "gt", "<=": "le", "<": "lt", "==": "eq", "~": "about"}


def readings_of(promise: Promise, span: Span) -> list[dict[str, Any]]:
    """
    Write out the readings of a promise, the default first.

    Parameters
    ----------
    promise : Promise
        With its fields filled.
    span : Span
        Years of the plan.

    Returns
    -------
    list of dict
        As the readings of a target; none for what happens so many times.
    """
    kind, value, year = promise["type"], promise["value"], promise["year"]
    about = "<=" if promise["better"] == "lower" else ">="
    op = about if promise["op"] == "~" else promise["op"]
    bound = f"{op}{value:.10g}"
    counted = promise["unit"]
    unit = "percent" if counted == "percent" else "points"
    if kind in ("frequency", "rank", "base"):
        return []
    if kind == "only_increase":
        return [
            _reading(counted, "every_year", bound, year, [yearly("points", bound, capped=True)])
        ]
    if kind == "yearly_change":
        made = [_reading(counted, "yearly", bound, year, [yearly(unit, bound)])]
        return made + _in_points(promise, bound, year, "yearly_change", span)
    if kind in ("total_change", "doubling", "halving"):
        made = [_reading(counted, "in_all", bound, year, [_total(promise, unit, bound, span)])]
        return made + _in_points(promise, bound, year, "total_change", span)
    if kind == "cumulative":
        years = list(range(span.first, year + 1)) or [year]
        summed = {"type": "sum_over_years", "years": years, "bounds": [bound]}
        return [_reading(counted, "sum", bound, year, [summed])]
    if kind == "each_year":
        return [
            _reading(counted, "each_year", bound, year, [{"type": "each_year", "bound": bound}])
        ]
    if kind == "kept":
        each = {"type": "each_year", "bound": bound}
        level = {"type": "level", "at": {year: bound}}
        return [_reading(counted, "each_year", bound, year, [each]),
                _reading(counted, "at_the_end", bound, year, [level], default=False)]  # fmt: skip
    levels = promise["levels"] or {year: bound}
    printed = {y: b.replace("~", about) for y, b in levels.items()}
    made = [_reading(counted, "level", bound, year, [{"type": "level", "at": printed}])]
    if "floor_or_exact" in promise.questions or promise["op"] == "~":
        exact = {y: f"=={b.lstrip('<>=')}" for y, b in printed.items()}
        conditions = [{"type": "level", "at": exact}]
        made.append(_reading(counted, "exact", f"=={value:.10g}", year, conditions, default=False))
    if promise["range"]:
        low, high = promise["range"]
        inside = [{"type": "level", "at": {year: f">={low:.10g}"}},
                  {"type": "level", "at": {year: f"<={high:.10g}"}}]  # fmt: skip
        made.append(_reading(counted, "inside", f"{low:g} {high:g}", year, inside, default=False))
    return made


def said(bound: str, unit: str | None, lang: str) -> str:
    """
    Say a bound in words.

    Parameters
    ----------
    bound : str
        Comparator and number.
    unit : str or None
        What is counted.
    lang : str
        Language.

    Returns
    -------
    str
        Such as "at least 90 %".

    Examples
    --------
    >>> said(">=90", "percent", "en"), said("~300", "schools", "en"), said("<-3", "points", "zh")
    ('at least 90 %', 'about 300', '低于-3个百分点')
    """
    op, value = re.fullmatch(r"([<>=~]+)(.+)", bound).groups()  # type: ignore[union-attr]
    named = {"percent": " %" if lang == "en" else "%", "points": say("drafting.points", lang)}
    shown = f"{float(value):,.10g}{named.get(unit or '', '')}"
    return say(f"drafting.op_{_NAMES[op]}", lang, value=shown)


def _reading(
    unit: str | None, name: str, bound: str, year: int, conditions: list[dict[str, Any]],
    default: bool = True,
) -> dict[str, Any]:  # fmt: skip
    low, _, high = bound.partition(" ")
    told = {} if high else {"bound": bound}
    label = {
        lang: say(f"drafting.reading_{name}", lang, year=year, low=low, high=high,
                  bound=said(told["bound"], unit, lang) if told else "")
        for lang in ("zh", "en")
    }  # fmt: skip
    made: dict[str, Any] = {"id": name, "label": label}
    if default:
        made["default"] = True
    return {**made, "conditions": conditions}


def yearly(unit: str, bound: str, capped: bool = False) -> dict[str, Any]:
    """Give a condition on the change of every year."""
    made: dict[str, Any] = {"type": "yearly_change", "unit": unit, "change": [bound]}
    return {**made, "capped": True} if capped else made


def _total(promise: Promise, unit: str, bound: str, span: Span) -> dict[str, Any]:
    since, year = promise["base_year"], promise["year"]
    if since and since < year:
        return {"type": "change_since", "unit": unit, "since": since, "by": year, "change": [bound]}
    return {"type": "total_change", "unit": unit, "change": [bound]}


def _in_points(
    promise: Promise, bound: str, year: int, kind: str, span: Span
) -> list[dict[str, Any]]:
    """Read a change of a rate in % as one in points, beside."""
    if "percent_or_points" not in promise.questions:
        return []
    condition = (
        yearly("points", bound)
        if kind == "yearly_change"
        else (_total(promise, "points", bound, span))
    )
    return [_reading("points", "points", bound, year, [condition], default=False)]
