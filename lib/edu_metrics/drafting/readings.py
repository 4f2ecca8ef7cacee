"""Readings as a plan holds them: each way to understand a promise, written out as conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
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
    return [
        _reading(promise, name, bound, conditions, default=number == 0)
        for number, (name, bound, conditions) in enumerate(_ways(promise, span))
    ]


def _ways(promise: Promise, span: Span) -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    """Give each way to read a promise: its name, the bound as it is said, and its conditions."""
    kind, value, year = promise["type"], promise["value"], promise["year"]
    about = "<=" if promise["better"] == "lower" else ">="
    op = about if promise["op"] == "~" else promise["op"]
    bound = f"{op}{value:.10g}"
    if kind == "only_increase":
        yield "every_year", bound, [yearly("points", bound, capped=True)]
    elif kind in ("yearly_change", "total_change", "doubling", "halving"):
        unit = "percent" if promise["unit"] == "percent" else "points"
        name = "yearly" if kind == "yearly_change" else "in_all"
        yield name, bound, [_change(promise, unit, bound)]
        if "percent_or_points" in promise.questions:
            yield "points", bound, [_change(promise, "points", bound)]
    elif kind == "cumulative":
        years = list(range(span.first, year + 1)) or [year]
        yield "sum", bound, [{"type": "sum_over_years", "years": years, "bounds": [bound]}]
    elif kind in ("each_year", "kept"):
        yield "each_year", bound, [{"type": "each_year", "bound": bound}]
        if kind == "kept":
            yield "at_the_end", bound, [_level({year: bound})]
    elif kind not in ("frequency", "rank", "base"):
        levels = promise["levels"] or {year: bound}
        printed = {y: b.replace("~", about) for y, b in levels.items()}
        yield "level", bound, [_level(printed)]
        if "floor_or_exact" in promise.questions or promise["op"] == "~":
            exact = {y: f"=={b.lstrip('<>=')}" for y, b in printed.items()}
            yield "exact", f"=={value:.10g}", [_level(exact)]
        if promise["range"]:
            low, high = promise["range"]
            inside = (f">={low:.10g}", f"<={high:.10g}")
            yield "inside", f"{low:g} {high:g}", [_level({year: end}) for end in inside]


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
    promise: Promise, name: str, bound: str, conditions: list[dict[str, Any]], *, default: bool
) -> dict[str, Any]:
    unit = "points" if name == "points" else promise["unit"]
    low, _, high = bound.partition(" ")
    label = {
        lang: say(f"drafting.reading_{name}", lang, year=promise["year"], low=low, high=high,
                  bound="" if high else said(bound, unit, lang))
        for lang in ("zh", "en")
    }  # fmt: skip
    return {"id": name, "label": label, **({"default": True} if default else {}),
            "conditions": conditions}  # fmt: skip


def yearly(unit: str, bound: str, capped: bool = False) -> dict[str, Any]:
    """Write out a condition on every yearly step."""
    made: dict[str, Any] = {"type": "yearly_change", "unit": unit, "change": [bound]}
    return {**made, "capped": True} if capped else made


def _level(at: dict[int, str]) -> dict[str, Any]:
    return {"type": "level", "at": at}


def _change(promise: Promise, unit: str, bound: str) -> dict[str, Any]:
    since, year = promise["base_year"], promise["year"]
    if promise["type"] == "yearly_change":
        return yearly(unit, bound)
    if since and since < year:
        return {"type": "change_since", "unit": unit, "since": since, "by": year, "change": [bound]}
    return {"type": "total_change", "unit": unit, "change": [bound]}
