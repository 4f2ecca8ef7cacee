"""
Look at the numbers of a study before anything is made of them: what is possible, and odd.

Nothing is repaired. Each finding says where, by which rule, with which numbers, and offers the
entry that would settle it: a break, or a correction, to paste once the publisher has been asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog, Indicator
from edu_metrics.observations.computing import compute, forms_of, inspect_sums, pooled_cells
from edu_metrics.observations.inspection.rules import Finding, Panel, Scale, look_at
from edu_metrics.observations.periods import WHOLE_YEARS
from edu_metrics.observations.pooling import usable
from edu_metrics.words import say

#: Units that are counted and need not come out whole.
_DIVISIBLE = ("square_metres", "square_kilometres", "yuan", "percent")
#: So many quantities of one area that repeat the year before are a copied row.
_COPIED = 5
#: The first month in which a year's figures may well be out in that very year.
_JUNE = 6
#: Rounding to one decimal of two or three rates that make up a whole. [points]
_ROUNDING = 0.15


def inspect_table(
    catalog: Catalog, table: pd.DataFrame, *, as_of: int, areas: Iterable[str] | None = None
) -> list[Finding]:
    """
    Find what is odd in observations.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    table : DataFrame
        Observations, as :func:`~edu_metrics.observations.validate` returns them; the newest
        vintages are looked at.
    as_of : int
        Year in which is asked, for series that ended before. [year]
    areas : iterable of str, optional
        Areas whose rates are computed and looked at; all of the table when left out.

    Returns
    -------
    list of Finding
        By rule. A change at a declared break is none, nor is a number that a correction confirms.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> from edu_metrics.observations import build
    >>> catalog = load_catalog(find_root())
    >>> inspect_table(catalog, build(catalog, "wuhai"), as_of=2025)  # one odd number is confirmed
    []
    """
    own = usable(table)
    exact = own[(own["bound"] == "exact") & (own["group"] == "all")]
    exact = exact[exact["period"].isin(WHOLE_YEARS)]
    rates = _rates(catalog, table, set(areas) if areas is not None else set(table["area"]))
    found = [
        *_sums(catalog, table),
        *_early(own),
        *_copied(exact),
        *_printed_apart(catalog, rates),
        *_wholes(catalog, rates),
    ]
    for quantity, rows in exact.groupby("quantity"):
        panel = Panel.of(str(quantity), _scale(catalog, str(quantity)), rows)
        found += look_at(panel, as_of)
    odd = {(one.area, one.quantity, year) for one in found for year in one.years}
    for name, rows in rates.items():
        found += _of_computed(catalog, name, rows[rows["how"] != "printed"], as_of, odd)
    return [one for one in found if not _settled(catalog, one)]


#: What is asked of computed rates; the rest is asked of the numbers that they are computed from.
_OF_RATES = ("far_year", "jump", "common_jump")


def _of_computed(
    catalog: Catalog, name: str, rows: pd.DataFrame, as_of: int, odd: set[tuple[str, str, int]]
) -> Iterator[Finding]:
    """Look at a computed rate, but where a number behind it is odd already."""
    if rows.empty:
        return
    panel = Panel.of(name, "percent", rows.rename(columns={"denominator": "n"}))
    taken = {given.quantity for given in catalog.indicators[name].inputs.values()}
    for one in look_at(panel, as_of):
        explained = any((one.area, what, year) in odd for what in taken for year in one.years)
        if one.rule in _OF_RATES and not explained:
            yield one


def _scale(catalog: Catalog, quantity: str) -> Scale:
    entry = catalog.quantities[quantity]
    if entry.form == "printed_rate":
        return "percent" if entry.unit == "percent" else "amount"
    whole = entry.form == "count" and entry.unit not in _DIVISIBLE
    return "count" if whole else "amount"


def _rates(catalog: Catalog, table: pd.DataFrame, areas: set[str]) -> dict[str, pd.DataFrame]:
    """Give the exact values of every percentage that the table has the numbers of."""
    there = set(table["quantity"])
    cells = pooled_cells(catalog, table, areas)
    found = {}
    for indicator in catalog.indicators.values():
        forms = (indicator, *forms_of(catalog, indicator))
        taken = ({given.quantity for given in one.inputs.values()} for one in forms)
        if indicator.unit == "percent" and any(quantities <= there for quantities in taken):
            series = compute(catalog, indicator.id, table, areas, cells=cells)
            found[indicator.id] = series[series["bound"] == "exact"]
    return found


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Walk over the rows of a frame, each with its cells as attributes."""
    yield from frame.itertuples(index=False)


def _sums(catalog: Catalog, table: pd.DataFrame) -> Iterator[Finding]:
    for row in rows_of(inspect_sums(catalog, table)):
        numbers = {"own": row.own, "sum": row.sum_of_children}
        yield Finding("sums", row.area, row.quantity, (row.year,), numbers)


def _early(own: pd.DataFrame) -> Iterator[Finding]:
    """Find figures that were published before, or early in, the year that they measure."""
    out = own["vintage"]
    wrong = (out.dt.year < own["year"]) | ((out.dt.year == own["year"]) & (out.dt.month < _JUNE))
    for row in rows_of(own[wrong]):
        numbers = {"value": row.value, "month": row.vintage.month, "published": row.vintage.year}
        yield Finding("early", row.area, row.quantity, (row.year,), numbers)


def _copied(exact: pd.DataFrame) -> Iterator[Finding]:
    """Find an area of which nearly everything stands as it stood the year before."""
    before = exact.assign(year=exact["year"] + 1)
    both = exact.merge(before, on=["area", "year", "quantity"], suffixes=("", "_before"))
    both = both[both["value"] > 0]
    both["same"] = both["value"] == both["value_before"]
    grouped = both.groupby(["area", "year"], as_index=False)
    counted = grouped.agg(same=("same", "all"), quantities=("same", "size"))
    for row in rows_of(counted[counted["same"] & (counted["quantities"] >= _COPIED)]):
        numbers = {"quantities": float(row.quantities)}
        yield Finding("copied", row.area, "", (row.year - 1, row.year), numbers)


def _printed_apart(catalog: Catalog, rates: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Find printed rates that no rounding brings to the one that counts come to."""
    for name, series in rates.items():
        own = series[series["how"] != "printed"]
        for form in forms_of(catalog, catalog.indicators[name]):
            if form.id not in rates:
                continue
            both = own.merge(rates[form.id], on=["area", "year"], suffixes=("", "_printed"))
            for row in rows_of(both):
                counts = (row.numerator, row.denominator)
                slack = sum(_half_unit(count) / max(count, 1) for count in counts) * row.value
                slack += _half_unit(row.value_printed)
                if abs(row.value - row.value_printed) > slack + 1e-9:
                    numbers = {"printed": row.value_printed, "computed": row.value}
                    yield Finding("printed_apart", row.area, name, (row.year,), numbers)


def _half_unit(value: float) -> float:
    """Give half of the last digit that was printed: 23.4 thousand is good to 50."""
    text = np.format_float_positional(abs(value), trim="-")
    whole, _, decimals = text.partition(".")
    if decimals:
        return float(0.5 * 10.0 ** -len(decimals))
    return float(0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0"))) if value else 0.5)


def _wholes(catalog: Catalog, rates: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Find rates that can't be true together: of what excludes, contains or completes another."""
    for name in rates:
        for relation in catalog.indicators[name].relations:
            others = [other for other in relation.indicators if other in rates]
            if len(others) != len(relation.indicators):
                continue
            yield from _against(name, relation.kind, others, rates)


def _against(
    name: str, kind: str, others: Sequence[str], rates: dict[str, pd.DataFrame]
) -> Iterator[Finding]:
    keys = ["area", "year"]
    values = [rates[one].set_index(keys)["value"] for one in (name, *others)]
    both = pd.concat(values, axis=1, join="inner", keys=["value", *others])
    both = both.assign(other=both[others].min(axis=1), total=both.sum(axis=1)).reset_index()
    wrong = {
        "disjoint_from": both["total"] > 100 + _ROUNDING,
        "complement_of": (both["total"] - 100).abs() > _ROUNDING,
        "subset_of": both["value"] > both["other"] + _ROUNDING,
    }.get(kind)
    if wrong is None:
        return
    for row in rows_of(both.loc[wrong, [*keys, "value", "other", "total"]]):
        numbers = {"value": row.value, "other": row.other, "total": row.total}
        yield Finding(kind, row.area, name, (row.year,), numbers)


def _settled(catalog: Catalog, one: Finding) -> bool:
    """Tell whether a declared break explains a change, or a correction confirms a number."""
    if one.rule in ("jump", "common_jump", "far_year"):
        measured = {one.quantity, *(i.id for i in taking(catalog, one.quantity))}
        for entry in catalog.breaks.values():
            areas = catalog.expand(entry.areas)
            if entry.indicator in measured and entry.year in one.years and (
                not areas or one.area in areas
            ):  # fmt: skip
                return True
    return any(
        entry.confirms and (entry.area, entry.quantity) == (one.area, one.quantity)
        and entry.year in one.years
        for entry in catalog.corrections.values()
    )  # fmt: skip


def taking(catalog: Catalog, quantity: str) -> list[Indicator]:
    """
    List the indicators that a change in a quantity breaks.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    quantity : str
        Id of a quantity, or of an indicator.

    Returns
    -------
    list of Indicator
        The indicator itself, or those that take the quantity.
    """
    if quantity in catalog.indicators:
        return [catalog.indicators[quantity]]
    return [
        one
        for one in catalog.indicators.values()
        if quantity in {given.quantity for given in one.inputs.values()}
    ]


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


def finding_of_row(row: Mapping[str, Any]) -> Finding:
    """Give the finding that :func:`finding_as_row` has made plain data of."""
    place, quantity = row["area"] or "", row["quantity"] or ""
    return Finding(row["rule"], place, quantity, tuple(row["years"]), row["numbers"])


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
