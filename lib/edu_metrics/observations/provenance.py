"""Which observations stand behind the series of an indicator in an area."""

from __future__ import annotations

import pandas as pd

from edu_metrics.catalog import Catalog, Indicator
from edu_metrics.observations.computing import compute, forms_of
from edu_metrics.observations.pooling import CELL, children_of, usable

_COLUMNS = (*CELL, "value", "bound", "status", "source", "vintage")


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
        Columns ``area, year, quantity, group, value, bound, status, source, vintage``, one row
        for each observation used, sorted. Year is the observation's own: entrants who leave
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
                }
            )
            for given in indicator.inputs.values()
        ]
    )
    used = [rows.iloc[:0]]
    while len(wanted):
        held = wanted.merge(rows, on=list(CELL), how="left", indicator=True)
        own = held["_merge"] == "both"
        used.append(held.loc[own, list(rows)])
        wanted = children_of(catalog, held.loc[~own, list(CELL)])
    return pd.concat(used)[list(_COLUMNS)]
