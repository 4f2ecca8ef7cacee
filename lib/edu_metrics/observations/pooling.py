"""
Counts of an area that nobody counted as a whole, added up over its children.

Bound, status and source of the sum are those of its terms together.

A sum is made only where it is the whole: the definitions must divide the area into two or more
children, and each of them that exists in the year must have the number, its own or a sum in turn.
Two of three districts are not the city. Printed rates are never added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.catalog import Catalog
from edu_metrics.observations.table import ENDS, STATUSES, newest

Codes = npt.NDArray[np.int64]

_SEPARATOR = "; "

Words = npt.NDArray[np.object_]
#: Says several bounds, sources or statuses as one.
Join = Callable[[Iterable[str]], str]


def bound_of_sum(bounds: Iterable[str]) -> str:
    """
    Say how firm a sum is; terms that are bound from both sides make ``about``.

    Examples
    --------
    What is at least 3, and what lies above 4, is together above 7:

    >>> bound_of_sum(["at_least", "above", "exact"]), bound_of_sum(["at_least", "below"])
    ('above', 'about')
    """
    kinds = set(bounds) - {"exact"}
    for strict_first in (("above", "at_least"), ("below", "at_most")):
        if kinds <= set(strict_first):
            return next((bound for bound in strict_first if bound in kinds), "exact")
    return "about"


def weakest(statuses: Iterable[str]) -> str:
    """Give the least firm of some statuses."""
    return max(statuses, key=STATUSES.index)


def all_sources(sources: Iterable[str]) -> str:
    """Name each source once, in order; an entry may itself name several."""
    return _SEPARATOR.join(sorted({one for many in sources for one in many.split(_SEPARATOR)}))


def joined_rows(columns: Sequence[pd.Series], join: Join) -> Words:
    """
    Join what several inputs say, row by row.

    Parameters
    ----------
    columns : sequence of Series of str
        The words of each input; rows in the same order.
    join : callable
        Makes one word of several.

    Returns
    -------
    array of str
        One entry a row.

    Examples
    --------
    >>> sources = [pd.Series(["b", "a"]), pd.Series(["a; c", "a"])]
    >>> joined_rows(sources, all_sources).tolist()
    ['a; b; c', 'a']
    """
    first_column = columns[0].to_numpy(dtype=object)
    if all((column.to_numpy(dtype=object) == first_column).all() for column in columns[1:]):
        return first_column
    # Few combinations occur however many rows there are: each is joined once.
    frame = pd.DataFrame({place: column.to_numpy() for place, column in enumerate(columns)})
    codes = frame.groupby(list(frame), sort=False).ngroup().to_numpy()
    _, places = np.unique(codes, return_index=True)
    words = [join(row) for row in frame.iloc[places].itertuples(index=False)]
    return np.array(words, dtype=object)[codes]


def joined_groups(groups: Codes, words: pd.Series, join: Join) -> Words:
    """
    Join what the rows of each group say.

    Parameters
    ----------
    groups : array of int
        Group of each row, 0 to the number of groups less 1. [number]
    words : Series of str
        What each row says.
    join : callable
        Makes one word of several.

    Returns
    -------
    array of str
        One entry for each group.

    Examples
    --------
    >>> joined_groups(np.array([0, 1, 0]), pd.Series(["b", "b", "a"]), all_sources).tolist()
    ['a; b', 'b']
    """
    pairs = pd.DataFrame({"group": groups, "word": words.to_numpy()}).drop_duplicates()
    pairs = pairs.sort_values("group", kind="stable", ignore_index=True)
    joined = pairs["word"].to_numpy(dtype=object, copy=True)
    several = pairs["group"].duplicated(keep=False).to_numpy()
    if several.any():
        together = pairs[several].groupby("group")["word"].agg(join)
        joined[several] = pairs.loc[several, "group"].map(together)
    return joined[~pairs["group"].duplicated().to_numpy()]


#: What names a cell once its newest vintage is chosen.
CELL = ("area", "year", "quantity", "group", "period")
_COLUMNS = (*CELL, "value", *ENDS, "bound", "source", "status")


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
            len(list(catalog.above(entry.id))),
            entry.valid_from if entry.valid_from is not None else -np.inf,
            entry.valid_to if entry.valid_to is not None else np.inf,
        )
        for entry in areas.values()
        if (parent := areas.get(entry.parent or "")) and parent.invented == entry.invented
    ]
    tree = pd.DataFrame(rows, columns=["area", "parent", "depth", "first", "last"])
    tree = tree.astype({"area": "str", "parent": "str", "depth": "int64"})
    return tree[tree["parent"].duplicated(keep=False)].reset_index(drop=True)


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
        One row at most for each area, year, quantity, group and period.
    """
    rows = newest(table)
    kept = rows[rows["value"].notna()]
    lacking = {end: np.nan for end in ENDS if end not in kept}
    return kept.assign(**lacking) if lacking else kept


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
    rounded = rows["lower"].notna().any()
    grouped = rows.groupby(["parent", *CELL[1:]])
    numbers = grouped["value"].agg(["sum", "size"])
    groups = np.asarray(grouped.ngroup(), dtype=np.int64)
    for end in ENDS:
        numbers[end] = _sum_of_ends(rows, groups, end) if rounded else np.nan
    sums = numbers.reset_index().assign(
        bound=joined_groups(groups, rows["bound"], bound_of_sum),
        source=joined_groups(groups, rows["source"], all_sources),
        status=joined_groups(groups, rows["status"], weakest),
    )
    sums = sums.merge(_siblings(children, rows["year"].unique()), on=["parent", "year"])
    whole = sums[sums["size"] == sums["siblings"]]
    whole = whole.rename(columns={"parent": "area", "sum": "value"})[list(_COLUMNS)]
    return whole.astype(cells.dtypes.to_dict())


def _sum_of_ends(rows: pd.DataFrame, groups: Codes, end: str) -> npt.NDArray[np.float64]:
    """Add up one end of each term; NaN where no term was rounded."""
    ends = rows[end].fillna(rows["value"]).to_numpy()
    total = np.bincount(groups, weights=ends)
    some = np.bincount(groups, weights=rows[end].notna().to_numpy()) > 0
    return np.where(some, total, np.nan)


def _siblings(children: pd.DataFrame, years: Iterable[int]) -> pd.DataFrame:
    """Count the children of each parent that exist in each year."""
    each = children.merge(pd.DataFrame({"year": years}), how="cross")
    alive = each[each["year"].between(each["first"], each["last"])]
    return alive.groupby(["parent", "year"]).size().reset_index(name="siblings")
