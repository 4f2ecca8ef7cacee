"""What a finding says to a reader, and the entry that would settle it."""

from __future__ import annotations

import json
from typing import Any

from edu_metrics.catalog import Catalog
from edu_metrics.observations.inspection.panel import Finding
from edu_metrics.observations.inspection.tables import taking
from edu_metrics.words import say

#: Settled by a break in the series; by a correction of one number.
_BREAKS = ("jump", "common_jump")
_CORRECTIONS = ("far_year", "fraction", "half_persons", "lone_zero", "power_of_ten")
#: So many indicators are offered a break of their own.
_OFFERED = 3
#: Numbers that are printed as they are: years, months, how many.
_BARE = ("as_of", "published", "month", "areas", "zeros", "quantities")


def finding_as_row(catalog: Catalog, one: Finding) -> dict[str, Any]:
    """
    Give a finding as plain data, with its sentence in each language and what would settle it.

    Parameters
    ----------
    catalog : Catalog
        Where names come from.
    one : Finding
        The finding.

    Returns
    -------
    dict
        rule, area, quantity, years, numbers, sentence_zh, sentence_en, suggestion (YAML to paste,
        or null).
    """
    return {
        "rule": one.rule,
        "area": one.area or None,
        "quantity": one.quantity or None,
        "years": list(one.years),
        "numbers": dict(one.numbers),
        "sentence_zh": sentence(catalog, one, "zh"),
        "sentence_en": sentence(catalog, one, "en"),
        "suggestion": suggestion(catalog, one),
    }


def sentence(catalog: Catalog, one: Finding, lang: str) -> str:
    """
    Say a finding in one sentence.

    Parameters
    ----------
    catalog : Catalog
        Where names come from; what it does not know is called by its id.
    one : Finding
        The finding.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Area, quantity, years, and what is odd.
    """
    dash = "—" if lang == "zh" else "-"
    years = dash.join(dict.fromkeys([str(one.years[0]), str(one.years[-1])]))
    return say(
        "inspect.head",
        lang,
        area=name_of(catalog, one.area, lang) or say("inspect.everywhere", lang),
        quantity=name_of(catalog, one.quantity, lang) or say("inspect.all_quantities", lang),
        years=f"{years}年" if lang == "zh" else years,
        what=what_is_odd(one, lang),
    )


def what_is_odd(one: Finding, lang: str) -> str:
    """Say what is odd, without saying where."""
    shown = {
        name: f"{value:.0f}" if name in _BARE else _shown(value)
        for name, value in one.numbers.items()
    }
    if "limit" in one.numbers:
        shown["below"] = f"{one.numbers['limit'] - 1:g}"
    return say(f"inspect.{one.rule}", lang, **shown)


def _shown(value: float) -> str:
    """Print a number as short as it is true, thousands grouped."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def name_of(catalog: Catalog, name: str, lang: str) -> str:
    """Name an area, quantity or indicator; what is not defined is called by its id."""
    for table in (catalog.areas, catalog.quantities, catalog.indicators):
        if name in table:
            return table[name].name.in_(lang)
    return name


def suggestion(catalog: Catalog, one: Finding) -> str | None:
    """
    Write the entry that would settle a finding, to paste into a definition file.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    one : Finding
        The finding.

    Returns
    -------
    str or None
        YAML with the file that it belongs into; what only a person can know is left in brackets.
    """
    if one.rule in _BREAKS:
        entries = [_break(one, indicator.id) for indicator in taking(catalog, one.quantity)]
        return "# data/definitions/breaks.yaml\n" + "".join(entries[:_OFFERED]) if entries else None
    if one.rule in _CORRECTIONS and one.quantity in catalog.quantities:
        return "# data/definitions/corrections.yaml\n" + _correction(one)
    return None


def _break(one: Finding, indicator: str) -> str:
    areas = f"  areas: [{one.area}]\n" if one.area else ""
    name = "_".join(filter(None, [indicator, one.area, str(one.years[-1])]))
    head = f"- id: {name}\n  indicator: {indicator}\n{areas}  year: {one.years[-1]}\n"
    return head + _reason(one)


def _correction(one: Finding) -> str:
    printed, better = one.numbers["value"], one.numbers.get("better")
    value = "null" if better is None else f"{better:.12g}"
    return (
        f"- id: {one.quantity}_{one.area}_{one.years[0]}\n  area: {one.area}\n"
        f"  quantity: {one.quantity}\n  year: {one.years[0]}\n  printed: {printed:.12g}\n"
        f"  value: {value}  # null: not known; {printed:.12g}: looked at, and right\n"
        + _reason(one)
    )


def _reason(one: Finding) -> str:
    words = {lang: say("inspect.why_blank", lang) + what_is_odd(one, lang) for lang in ("zh", "en")}
    why = ", ".join(
        f"{lang}: {json.dumps(text, ensure_ascii=False)}" for lang, text in words.items()
    )
    where = json.dumps(say("inspect.locator_blank", "en"))
    return f"  why: {{{why}}}\n  citation: {{source: {'SOURCE_ID'}, locator: {where}}}\n"
