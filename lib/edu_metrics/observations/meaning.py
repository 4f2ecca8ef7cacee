"""What a table's rows must mean, beyond their shape: held against the definitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog, Indicator, nearest
from edu_metrics.formulas import FORMULAS
from edu_metrics.observations.table import newest, show_rows

#: Formulas whose second argument holds the first.
_PART_OF_WHOLE = ("share", "coverage", "qualification_share")

#: Bounds under which the number behind a value may be smaller, or larger, than what is printed.
_MAY_BE_LESS = ("at_most", "below", "about")
_MAY_BE_MORE = ("at_least", "above", "about")


def faults_of_meaning(table: pd.DataFrame, catalog: Catalog) -> list[str]:
    """
    Find what the definitions forbid.

    Parameters
    ----------
    table : DataFrame
        Observations of the right shape.
    catalog : Catalog
        What is defined.

    Returns
    -------
    list of str
        One line a fault.
    """
    by_quantity = {str(name): rows for name, rows in table.groupby("quantity")}
    return [
        *_unknown(table, "area", catalog.areas),
        *_unknown(table, "quantity", catalog.quantities),
        *_unknown(table, "source", catalog.sources),
        *_real_and_invented(table, catalog),
        *_negative(table, catalog),
        *_out_of_bounds(by_quantity, catalog),
        *_above_its_whole(by_quantity, catalog),
    ]


def _unknown(table: pd.DataFrame, column: str, known: Iterable[str]) -> Iterator[str]:
    names = set(known)
    for name in sorted(set(table[column].unique()) - names):
        rows = show_rows(table[table[column] == name])
        yield f"{column}: no {column} {name!r} is defined{nearest(name, names)}; {rows}"


def _real_and_invented(table: pd.DataFrame, catalog: Catalog) -> Iterator[str]:
    invented = {area for area, entry in catalog.areas.items() if entry.invented}
    real = set(catalog.areas) - invented
    simulated = table["status"] == "simulated"
    mixed = table[simulated & table["area"].isin(real)]
    if len(mixed):
        yield f"status: a simulated number stands beside a real place; {show_rows(mixed)}"
    measured = ~simulated & (table["status"] != "suppressed")
    mixed = table[measured & table["area"].isin(invented)]
    if len(mixed):
        yield (
            "status: expected simulated for an invented place, found another status; "
            f"{show_rows(mixed)}"
        )


def _negative(table: pd.DataFrame, catalog: Catalog) -> Iterator[str]:
    counted = [name for name, entry in catalog.quantities.items() if entry.form != "printed_rate"]
    negative = table[(table["value"] < 0) & table["quantity"].isin(counted)]
    if len(negative):
        yield f"value: expected a count or amount of 0 or more; {show_rows(negative)}"


def _out_of_bounds(by_quantity: Mapping[str, pd.DataFrame], catalog: Catalog) -> Iterator[str]:
    for indicator in catalog.indicators.values():
        if indicator.formula != "as_published":
            continue
        (given,) = indicator.inputs.values()
        if given.quantity not in by_quantity:
            continue
        rows = by_quantity[given.quantity]
        low, high = (
            limit if limit is not None else infinity
            for limit, infinity in zip(indicator.bounds, (-np.inf, np.inf), strict=True)
        )
        outside = rows[(rows["value"] < low) | (rows["value"] > high)]
        if len(outside):
            yield (
                f"value: {given.quantity!r} is printed outside the bounds [{low:g}, {high:g}] "
                f"of the indicator {indicator.id!r}; {show_rows(outside)}"
            )


def _above_its_whole(by_quantity: Mapping[str, pd.DataFrame], catalog: Catalog) -> Iterator[str]:
    """
    Compare each part with its whole, of the same area, year and group.

    Only the newest vintages are compared: a slip that its publisher has mended since is no fault.
    """
    for part, whole in sorted(_pairs(catalog.indicators.values())):
        if part not in by_quantity or whole not in by_quantity:
            continue
        smaller, larger = newest(by_quantity[part]), newest(by_quantity[whole])
        both = smaller[~smaller["bound"].isin(_MAY_BE_LESS)].merge(
            larger[~larger["bound"].isin(_MAY_BE_MORE)],
            on=["area", "year", "group"],
            suffixes=("", "_of_whole"),
        )
        above = both[both["value"] > both["value_of_whole"]]
        if len(above):
            first = above.iloc[0]
            yield (
                f"value: the part {part!r} is above its whole {whole!r} (first: "
                f"{first['value']:.12g} of {first['value_of_whole']:.12g}); {show_rows(above)}"
            )


def _pairs(indicators: Iterable[Indicator]) -> set[tuple[str, str]]:
    """Collect part and whole of all indicators in which one lies within the other."""
    pairs = set()
    for indicator in indicators:
        if indicator.formula in _PART_OF_WHOLE:
            part, whole = (indicator.inputs[name] for name in FORMULAS[indicator.formula].arguments)
            if part.lag == whole.lag and part.group == whole.group:
                pairs.add((part.quantity, whole.quantity))
    return pairs
