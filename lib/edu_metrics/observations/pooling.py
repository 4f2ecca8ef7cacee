"""
Counts of an area that nobody counted as a whole, added up over its children.

A sum is made only where it is the whole: the definitions must divide the area into two or more
children, and each of them that exists in the year must have the number, its own or a sum in turn.
Two of three districts are not the city. Printed rates are never added up.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog
from edu_metrics.observations.combining import (
    bound_bits,
    bound_words,
    sources_by_group,
    status_ranks,
    status_words,
)
from edu_metrics.observations.table import newest

#: What names a cell once its newest vintage is chosen.
CELL = ("area", "year", "quantity", "group")
_COLUMNS = (*CELL, "value", "bound", "source", "status")


# A batch asks for the tree of one catalog thousands of times; a catalog is read-only.
@lru_cache(maxsize=4)
def family_tree(catalog: Catalog) -> pd.DataFrame:
    """
    List the children whose sum can stand for their parent.

    Parameters
    ----------
    catalog : Catalog
        What is defined.

    Returns
    -------
    DataFrame
        Columns ``area, parent, depth, first, last``: depth counts the ancestors, first and last
        are the years in which the area exists. Only children do not divide an area, and an
        invented place is no part of a real one: both are left out.
    """
    areas = catalog.areas
    rows = [
        (
            entry.id,
            entry.parent,
            _depth(catalog, entry.id),
            entry.valid_from if entry.valid_from is not None else -np.inf,
            entry.valid_to if entry.valid_to is not None else np.inf,
        )
        for entry in areas.values()
        if (parent := areas.get(entry.parent or "")) and parent.invented == entry.invented
    ]
    tree = pd.DataFrame(rows, columns=["area", "parent", "depth", "first", "last"])
    tree = tree.astype({"area": "str", "parent": "str", "depth": "int64"})
    return tree[tree["parent"].duplicated(keep=False)].reset_index(drop=True)


def _depth(catalog: Catalog, area: str) -> int:
    depth = 0
    while parent := catalog.areas.get(catalog.areas[area].parent or ""):
        depth += 1
        area = parent.id
    return depth


@lru_cache(maxsize=4)
def _children(catalog: Catalog) -> dict[str, list[str]]:
    children: dict[str, list[str]] = {}
    for entry in catalog.areas.values():
        if entry.parent is not None:
            children.setdefault(entry.parent, []).append(entry.id)
    return children


def below(catalog: Catalog, areas: Iterable[str]) -> set[str]:
    """
    Collect areas and all that lies below them.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    areas : iterable of str
        Ids of areas.

    Returns
    -------
    set of str
        These ids and those of all descendants.
    """
    children = _children(catalog)
    found: set[str] = set()
    todo = list(areas)
    while todo:
        area = todo.pop()
        if area not in found:
            found.add(area)
            todo += children.get(area, [])
    return found


def usable(table: pd.DataFrame) -> pd.DataFrame:
    """
    Keep what can be computed with: newest vintages that have a value.

    Parameters
    ----------
    table : DataFrame
        Observations.

    Returns
    -------
    DataFrame
        One row at most for each area, year, quantity and group.
    """
    rows = newest(table)
    return rows[rows["value"].notna()]


def children_of(catalog: Catalog, cells: pd.DataFrame) -> pd.DataFrame:
    """
    Replace cells by those of the children that make them up.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    cells : DataFrame
        Cells, with at least the columns ``area`` and ``year``.

    Returns
    -------
    DataFrame
        The same columns; no row for an area that is not divided.
    """
    tree = family_tree(catalog).rename(columns={"area": "child", "parent": "area"})
    rows = cells.merge(tree, on="area")
    alive = rows["year"].between(rows["first"], rows["last"])
    return rows[alive].assign(area=rows["child"])[list(cells)].reset_index(drop=True)


def with_sums(own: pd.DataFrame, catalog: Catalog, areas: set[str]) -> pd.DataFrame:
    """
    Add to the cells of areas those that only their children have.

    Parameters
    ----------
    own : DataFrame
        Usable observations.
    catalog : Catalog
        What is defined.
    areas : set of str
        Areas within which sums are wanted.

    Returns
    -------
    DataFrame
        The cells, with a column ``pooled``: True for a sum.
    """
    sums = sums_of_children(own, catalog, areas)
    if sums.empty:
        return own.assign(pooled=False)
    both = pd.concat([own[list(_COLUMNS)].assign(pooled=False), sums.assign(pooled=True)])
    return both.drop_duplicates(list(CELL), keep="first", ignore_index=True)


def sums_of_children(own: pd.DataFrame, catalog: Catalog, areas: set[str]) -> pd.DataFrame:
    """
    Add up children level by level, from the deepest; an area's own number stands in its sum.

    Parameters
    ----------
    own : DataFrame
        Usable observations.
    catalog : Catalog
        What is defined.
    areas : set of str
        Areas for which sums are wanted.

    Returns
    -------
    DataFrame
        Cells with the sum as value, also for areas that have a number of their own.
    """
    cells = own[list(_COLUMNS)]
    tree = family_tree(catalog)
    tree = tree[tree["parent"].isin(areas)]
    if not cells["area"].isin(tree["area"]).any():
        return cells.iloc[:0]
    counted = {name for name, entry in catalog.quantities.items() if entry.form != "printed_rate"}
    cells = cells[cells["quantity"].isin(counted)]
    found = [cells.iloc[:0]]
    for depth in sorted(tree["depth"].unique(), reverse=True):
        sums = _add_up(cells, tree[tree["depth"] == depth])
        found.append(sums)
        cells = pd.concat([cells, sums]).drop_duplicates(list(CELL), keep="first")
    return pd.concat(found, ignore_index=True)


def _add_up(cells: pd.DataFrame, children: pd.DataFrame) -> pd.DataFrame:
    """Add up the cells of siblings, where none of them is missing."""
    rows = cells.merge(children, on="area")
    rows = rows[rows["year"].between(rows["first"], rows["last"])]
    if rows.empty:
        return cells.iloc[:0]
    # The last digit of a sum depends on the order, and may not depend on that of the table.
    rows = rows.sort_values(list(CELL))
    grouped = rows.groupby(["parent", "year", "quantity", "group"])
    numbers = grouped["value"].agg(["sum", "size"])
    groups = np.asarray(grouped.ngroup(), dtype=np.int64)
    bits = np.zeros(len(numbers), dtype=np.int64)
    np.bitwise_or.at(bits, groups, bound_bits(rows["bound"]))
    ranks = np.zeros(len(numbers), dtype=np.int64)
    np.maximum.at(ranks, groups, status_ranks(rows["status"]))
    sums = numbers.reset_index().assign(
        bound=bound_words(bits),
        source=sources_by_group(groups, rows["source"]),
        status=status_words(ranks),
    )
    sums = sums.merge(_siblings(children, rows["year"].unique()), on=["parent", "year"])
    whole = sums[sums["size"] == sums["siblings"]]
    whole = whole.rename(columns={"parent": "area", "sum": "value"})[list(_COLUMNS)]
    return whole.astype(cells.dtypes.to_dict())


def _siblings(
    children: pd.DataFrame, years: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> pd.DataFrame:
    """Count the children of each parent that exist in each year."""
    alive = (children["first"].to_numpy()[:, None] <= years) & (
        children["last"].to_numpy()[:, None] >= years
    )
    counted = pd.DataFrame(alive.astype("int64"), index=children["parent"], columns=years)
    long = counted.groupby(level=0).sum().reset_index()
    return long.melt(id_vars="parent", var_name="year", value_name="siblings").astype(
        {"year": "int64"}
    )
