"""
From observations to the series of an indicator, with what it rests on and what it lacks.

Counts of an area that nobody counted as a whole are added up over its children. A sum is made only
where it is the whole: the definitions must divide the area into two or more children, and each of
them that exists in the year must have the number, its own or a sum in turn. Two of three districts
are not the city. Printed rates are never added up; bound, status and source of a sum are those of
its terms together.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.catalog import Catalog, Indicator, Input, Prices, nearest
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS
from edu_metrics.observations.printed import periods_of
from edu_metrics.observations.table import ENDS, PART_OF_WHOLE, STATUSES, newest

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


#: The columns of a computed series.
SERIES = (
    "area",
    "year",
    "value",
    "lower",
    "upper",
    "bound",
    "numerator",
    "denominator",
    "status",
    "source",
    "how",
)

_NUMBERS = {"year": "int64"} | dict.fromkeys(
    ("value", *ENDS, "numerator", "denominator"), "float64"
)
_NOTHING = pd.DataFrame({name: pd.Series(dtype=_NUMBERS.get(name, "str")) for name in SERIES})


#: Area, year, quantity, group and period: what a number is of.
Cell = tuple[str, int, str, str, str]


@dataclass(frozen=True, slots=True, order=True)
class MissingInput:
    """A count that would make an indicator known: what to ask its publisher for."""

    year: int
    quantity: str
    group: str
    area: str
    period: str = "year"


def compute(
    catalog: Catalog,
    indicator_id: str,
    table: pd.DataFrame,
    areas: Iterable[str],
    *,
    cells: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """
    Compute an indicator from counts; where they are lacking, take it as it was printed.

    So it is where they make no exact value, and an exact one was printed.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicator_id : str
        Id of the indicator.
    table : DataFrame
        Observations, as :func:`~edu_metrics.observations.validate` returns them. Of several
        vintages the newest is used; for an earlier day, ask
        :func:`~edu_metrics.observations.known_by` first.
    areas : iterable of str
        Ids of areas or families.
    cells : DataFrame, optional
        From :func:`pooled_cells` of the same table and areas, which spares many indicators of one
        table to add up the same cells.

    Returns
    -------
    DataFrame
        One row for each area and year in which the indicator is known, sorted. Value is in the
        unit of the indicator, between ``lower`` and ``upper`` where an input was printed rounded
        (NaN elsewhere); numerator and denominator are the first two arguments of its
        formula, or the value itself for a count. ``how`` is ``computed`` (from the area's own
        numbers), ``pooled`` (at least one of them is the sum over all children) or ``printed``.
        ``status`` is the weakest of the inputs, ``source`` names all of them. Years with a
        suppressed input, or in which there is nothing to divide by, are left out.

    Raises
    ------
    DataError
        If an area is not defined, or numbers lie outside the domain of the formula.
    DefinitionError
        If there is no such indicator.

    Notes
    -----
    Rows that do not matter cost time, calls more so: ask once for all areas.

    Examples
    --------
    Children in public kindergartens, Inner Mongolia, 2019, of whom the publisher gives the
    counts and prints 49.36 percent:

    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> from edu_metrics.observations import build
    >>> catalog = load_catalog(find_root())
    >>> table = build(catalog, "wuhai")
    >>> series = compute(catalog, "public_kindergarten_share", table, ["inner_mongolia"])
    >>> series.loc[series["year"] == 2019, ["value", "how"]].round(2).to_numpy().tolist()
    [[49.36, 'computed']]
    """
    indicator = catalog.indicator(indicator_id)
    wanted = _known_areas(catalog, areas)
    forms = forms_of(catalog, indicator)
    if cells is None:
        taken = [given.quantity for one in (indicator, *forms) for given in one.inputs.values()]
        cells = pooled_cells(catalog, table, wanted, taken)
    series = _evaluate(indicator, cells, wanted)
    for form in forms:
        printed = _evaluate(form, cells, wanted).assign(how="printed")
        if len(printed):
            both = pd.concat([series, printed], ignore_index=True)
            # Exact before what is not; among equals what was computed stands first, and is kept.
            first = (both["bound"] != "exact").argsort(kind="stable")
            series = both.iloc[first].drop_duplicates(["area", "year"])
    if indicator.prices is not None and len(series):
        series = _in_prices(catalog, indicator.prices, series, table)
    return series.sort_values(["area", "year"], ignore_index=True)


def pooled_cells(
    catalog: Catalog,
    table: pd.DataFrame,
    areas: Iterable[str],
    quantities: Iterable[str] | None = None,
) -> pd.DataFrame:
    """
    Give what is known of areas, and the sums of what only their children have.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    table : DataFrame
        Observations, as :func:`~edu_metrics.observations.validate` returns them.
    areas : iterable of str
        Ids of areas or families.
    quantities : iterable of str, optional
        Only these; all when left out.

    Returns
    -------
    DataFrame
        Usable cells, with a column ``pooled``: True for a sum.

    Raises
    ------
    DataError
        If an area is not defined.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> from edu_metrics.observations import build
    >>> catalog = load_catalog(find_root())
    >>> cells = pooled_cells(catalog, build(catalog, "wuhai"), ["inner_mongolia"])
    >>> bool(cells["pooled"].all())
    False
    """
    scope = below(catalog, _known_areas(catalog, areas))
    rows = table[table["area"].isin(scope)]
    if quantities is not None:
        rows = rows[rows["quantity"].isin(set(quantities))]
    return with_sums(usable(rows), catalog, scope)


def known_cells(cells: pd.DataFrame) -> dict[Cell, bool]:
    """Give the cells from :func:`pooled_cells` by their key, True for a sum, to look them up."""
    keys = zip(*(cells[name].tolist() for name in CELL), strict=True)
    return dict(zip(keys, cells["pooled"].tolist(), strict=True))


def forms_of(catalog: Catalog, indicator: Indicator) -> list[Indicator]:
    """
    Find the indicators that take the value of this one from print.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicator : Indicator
        The computed one.

    Returns
    -------
    list of Indicator
        Its printed forms, by id.
    """
    forms = [form for form in catalog.indicators.values() if form.published_form_of == indicator.id]
    return sorted(forms, key=lambda form: form.id)


def missing_inputs(
    catalog: Catalog,
    indicator_id: str,
    table: pd.DataFrame,
    area: str,
    years: Iterable[int],
    *,
    known: Mapping[Cell, bool] | None = None,
) -> list[MissingInput]:
    """
    List the numbers that are lacking for an indicator to be known in some years.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicator_id : str
        Id of the indicator.
    table : DataFrame
        Observations.
    area : str
        Id of the area.
    years : iterable of int
        Years of the indicator. [year]
    known : mapping of tuple to bool, optional
        From :func:`known_cells` of the same table and of areas with this one among them.

    Returns
    -------
    list of MissingInput
        By year, each with the year of its own: an input that lags lies earlier. Counts are
        listed also where a printed rate stands in for them.

    Raises
    ------
    DataError
        If the area is not defined.
    DefinitionError
        If there is no such indicator.
    """
    indicator = catalog.indicator(indicator_id)
    taken = [given.quantity for given in indicator.inputs.values()]
    held = known_cells(pooled_cells(catalog, table, [area], taken)) if known is None else known
    sums_count = indicator.calculation.pooling != "none"

    def there(given: Input, year: int) -> bool:
        periods = periods_of(given.period)
        cells = ((area, year, given.quantity, given.group, period) for period in periods)
        return any(cell in held and (sums_count or not held[cell]) for cell in cells)

    missing = {
        MissingInput(when, given.quantity, given.group, area, given.period)
        for given in indicator.inputs.values()
        for when in (int(year) - given.lag for year in years)
        if not there(given, when)
    }
    if indicator.prices is not None:
        deflated = _deflators(catalog, indicator.prices, table, area)
        missing |= {
            MissingInput(year, indicator.prices.deflator, "all", area)
            for year in {*map(int, years), indicator.prices.year}
            if year not in deflated
        }
    return sorted(missing)


def inspect_sums(catalog: Catalog, table: pd.DataFrame) -> pd.DataFrame:
    """
    List where an area's own number and the sum of its children disagree.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    table : DataFrame
        Observations; the newest vintages are compared.

    Returns
    -------
    DataFrame
        Columns ``area, year, quantity, group, own, sum_of_children``, sorted. Only exact numbers
        are compared: what is printed as a bound or as about cannot disagree. The own number is
        the one that :func:`compute` uses.
    """
    own = usable(table)
    sums = sums_of_children(own, catalog, set(catalog.areas))
    keys = ["area", "year", "quantity", "group"]
    both = own.merge(sums, on=list(CELL), suffixes=("", "_of_children"))
    exact = (both["bound"] == "exact") & (both["bound_of_children"] == "exact")
    apart = ~np.isclose(both["value"], both["value_of_children"], rtol=1e-9, atol=0)
    listed = both[exact & apart].sort_values(keys, ignore_index=True)
    names = {"value": "own", "value_of_children": "sum_of_children"}
    return listed.rename(columns=names)[[*keys, *names.values()]]


def _known_areas(catalog: Catalog, areas: Iterable[str]) -> set[str]:
    wanted = [areas] if isinstance(areas, str) else list(areas)
    unknown = [n for n in wanted if n not in catalog.areas and n not in catalog.families]
    if unknown:
        known = {*catalog.areas, *catalog.families}
        raise DataError(
            "expected areas that are defined",
            [f"no area {name!r}{nearest(name, known)}" for name in unknown],
        )
    return set(catalog.expand(wanted))


def _inputs(indicator: Indicator, cells: pd.DataFrame, areas: set[str]) -> list[pd.DataFrame]:
    """Find the cells for each argument, by area and by the year of the indicator; else nothing."""
    formula, found = indicator.calculation, []
    if formula.pooling == "none":
        cells = cells[~cells["pooled"]]
    for argument in formula.arguments:
        given = indicator.inputs[argument]
        chosen = cells[cells["quantity"] == given.quantity]
        chosen = chosen[(chosen["group"] == given.group) & chosen["area"].isin(areas)]
        chosen = chosen[chosen["period"].isin(periods_of(given.period))]
        if chosen.empty:
            return []
        index = pd.MultiIndex.from_arrays(
            [chosen["area"], chosen["year"] + given.lag], names=["area", "year"]
        )
        found.append(chosen.set_axis(index))
    return _aligned(found, divides=formula.name in FORMULAS)


def _evaluate(indicator: Indicator, cells: pd.DataFrame, areas: set[str]) -> pd.DataFrame:
    """Apply the formula of an indicator wherever all its inputs are there."""
    formula = indicator.calculation
    registered = formula.name in FORMULAS
    inputs = _inputs(indicator, cells, areas)
    if not inputs or inputs[0].empty:
        return _NOTHING.copy()
    index, numbers = inputs[0].index, [cells["value"] for cells in inputs]
    try:
        value = formula.function(*numbers)
    except DataError as error:
        raise DataError(f"indicator {indicator.id!r}: {error.message}", error.faults) from error
    if not registered:
        _require_within_bounds(indicator, value)
    lower, upper = _ends(indicator, inputs, value)
    # What stands above and below the line is known of the formulas of this package only.
    printed = indicator.formula == "as_published"
    pooled = np.logical_or.reduce([cells["pooled"] for cells in inputs])
    return pd.DataFrame(
        {
            "area": index.get_level_values("area"),
            "year": index.get_level_values("year"),
            "value": value.to_numpy(),
            "lower": lower,
            "upper": upper,
            "bound": _bound([cells["bound"] for cells in inputs], known=registered),
            "numerator": np.nan if printed or not registered else numbers[0].to_numpy(),
            "denominator": numbers[1].to_numpy() if registered and len(numbers) > 1 else np.nan,
            "status": joined_rows([cells["status"] for cells in inputs], weakest),
            "source": joined_rows([cells["source"] for cells in inputs], all_sources),
            "how": "printed" if printed else np.where(pooled, "pooled", "computed"),
        }
    ).astype(_NOTHING.dtypes.to_dict())


def _require_within_bounds(indicator: Indicator, value: pd.Series) -> None:
    """Refuse what a formula of the project's own makes beyond the indicator's bounds."""
    outside = value[~value.map(indicator.has)].rename("value").reset_index()
    if len(outside):
        raise DataError(
            f"indicator {indicator.id!r}: {indicator.formula} comes to values outside the bounds "
            f"{indicator.interval}; mend the numbers, the formula or the bounds",
            [
                f"{where} {year}: {found:g}"
                for where, year, found in outside.itertuples(index=False)
            ],
        )


def _in_prices(
    catalog: Catalog, prices: Prices, series: pd.DataFrame, table: pd.DataFrame
) -> pd.DataFrame:
    """Tell money in the prices of one year; years without a deflator are left out."""
    parts = []
    for area, part in series.groupby("area"):
        index = _deflators(catalog, prices, table, str(area))
        factor = index.get(prices.year, np.nan) / part["year"].map(index)
        told = {name: part[name] * factor for name in ("value", *ENDS)}
        parts.append(part.assign(**told, numerator=np.nan))
    return pd.concat(parts).dropna(subset=["value"])


def _deflators(
    catalog: Catalog, prices: Prices, table: pd.DataFrame, area: str
) -> dict[int, float]:
    """Give the deflator by year."""
    rows = _deflator_rows(catalog, prices, table, area)
    return dict(zip(rows["year"].tolist(), rows["value"].tolist(), strict=True))


def _deflator_rows(
    catalog: Catalog, prices: Prices, table: pd.DataFrame, area: str
) -> pd.DataFrame:
    """Find the deflator: the area's own, or that of the nearest area above that has one."""
    rows = usable(table[table["quantity"] == prices.deflator])
    rows = rows[(rows["group"] == "all") & rows["period"].isin(periods_of("year"))]
    rows = rows[rows["value"] > 0]
    known = set(rows["area"])
    nearest_one = next((one for one in (area, *catalog.above(area)) if one in known), None)
    return rows[rows["area"] == nearest_one]


def _ends(
    indicator: Indicator, inputs: list[pd.DataFrame], value: pd.Series
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """
    Say between which numbers a value lies whose inputs were printed rounded; NaN elsewhere.

    Formulas rise or fall in each argument alone, so that the ends lie at the inputs' ends; so it
    is taken of formulas that a project brings, too.
    """
    rounded = np.logical_or.reduce([cells["lower"].notna() for cells in inputs])
    nothing = np.full(len(value), np.nan)
    if not rounded.any():
        return nothing, nothing
    formula = indicator.calculation
    corners = [value]
    for ends in product(ENDS, repeat=len(inputs)):
        numbers = [
            cells[end].fillna(cells["value"]) for cells, end in zip(inputs, ends, strict=True)
        ]
        if indicator.formula in PART_OF_WHOLE:
            numbers[0] = numbers[0].clip(upper=numbers[1])
        with contextlib.suppress(DataError):  # no such pair of numbers is there to be measured
            corners.append(formula.function(*numbers))
    found = np.array([corner.to_numpy() for corner in corners])
    return (
        np.where(rounded, found.min(axis=0), nothing),
        np.where(rounded, found.max(axis=0), nothing),
    )


def _aligned(inputs: list[pd.DataFrame], *, divides: bool) -> list[pd.DataFrame]:
    """Keep the areas and years that all inputs have, where there is something to divide by."""
    index = inputs[0].index
    for cells in inputs[1:]:
        if not index.equals(cells.index):
            index = index.intersection(cells.index)
    aligned = [cells.reindex(index) for cells in inputs]
    if len(aligned) != 2 or not divides:
        return aligned
    something = aligned[1]["value"] != 0
    return aligned if something.all() else [cells[something] for cells in aligned]


def _bound(bounds: list[pd.Series], *, known: bool) -> npt.NDArray[np.object_]:
    """Say how firm values are: as the numerator if all else is exact; of other formulas, about."""
    above = bounds[0].to_numpy(dtype=object)
    others = bounds[1:] if known and len(bounds) <= 2 else bounds
    exact = np.logical_and.reduce([bound == "exact" for bound in others]) if others else True
    return np.where(exact, above, "about")


_USED = (*CELL, "value", "bound", "status", "source", "vintage")


def provenance(catalog: Catalog, indicator_id: str, table: pd.DataFrame, area: str) -> pd.DataFrame:
    """
    List the observations from which an indicator is known in an area.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicator_id : str
        Id of the indicator.
    table : DataFrame
        Observations.
    area : str
        Id of the area.

    Returns
    -------
    DataFrame
        Columns ``area, year, quantity, group, period, value, bound, status, source, vintage``, a
        row for each observation used, sorted. Year is the observation's own: entrants who leave
        nine years later stand under the year in which they entered. For a sum, the children's
        observations are listed.

    Raises
    ------
    DataError
        If the area is not defined, or numbers lie outside the domain of the formula.
    DefinitionError
        If there is no such indicator.
    """
    indicator = catalog.indicator(indicator_id)
    series = compute(catalog, indicator_id, table, [area])
    printed = series["how"] == "printed"
    rows = usable(table)
    if indicator.formula == "as_published":
        used = [_used(catalog, indicator, rows, series)]
    else:
        used = [_used(catalog, indicator, rows, series[~printed])]
        left = series[printed]
        for form in forms_of(catalog, indicator):
            used.append(_used(catalog, form, rows, left))
            left = left[~left["year"].isin(used[-1]["year"])]
    if indicator.prices is not None:
        index = _deflator_rows(catalog, indicator.prices, table, area)
        years = {*series["year"], indicator.prices.year} if len(series) else set()
        used.append(index.loc[index["year"].isin(years), list(_USED)])
    found = pd.concat(used).drop_duplicates(list(CELL))
    return found.sort_values(list(CELL), ignore_index=True)


def _used(
    catalog: Catalog, indicator: Indicator, rows: pd.DataFrame, series: pd.DataFrame
) -> pd.DataFrame:
    """Find the observations behind some years, going down to children where the area has none."""
    wanted = pd.concat(
        [
            pd.DataFrame(
                {
                    "area": series["area"],
                    "year": series["year"] - given.lag,
                    "quantity": given.quantity,
                    "group": given.group,
                    "period": period,
                }
            )
            for given in indicator.inputs.values()
            for period in periods_of(given.period)
        ]
    )
    used = [rows.iloc[:0]]
    while len(wanted):
        held = wanted.merge(rows, on=list(CELL), how="left", indicator=True)
        own = held["_merge"] == "both"
        used.append(held.loc[own, list(rows)])
        wanted = children_of(catalog, held.loc[~own, list(CELL)])
    return pd.concat(used)[list(_USED)]
