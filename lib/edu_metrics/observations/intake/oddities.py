"""Figures that were read and can't all be meant: two of one, fractions, slips of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edu_metrics.catalog import Catalog

if TYPE_CHECKING:
    import pandas as pd

#: Percentages up to 1 among others whose median is this or more look like fractions. [percent]
_PERCENTAGES = 10.0
#: Figures of one area and quantity that differ so many times differ in their unit.
_JUMP = 1000.0


def odd_figures(frame: pd.DataFrame, catalog: Catalog) -> dict[str, pd.DataFrame]:
    """
    Find figures that contradict others of their table.

    Parameters
    ----------
    frame : DataFrame
        Observations, with a column ``sure``: a person or a percent sign has confirmed the figure.
    catalog : Catalog
        What is defined.

    Returns
    -------
    dict of str to DataFrame
        By cause (``double``, ``fraction``, ``jump``) the rows that it concerns.
    """
    import pandas as pd

    keys = ["area", "year", "quantity", "group", "period", "vintage"]
    found = {"double": [frame[frame.duplicated(keys, keep=False)]], "fraction": [], "jump": []}
    exact = frame[(frame["bound"] == "exact") & (frame["value"] > 0)]
    for quantity, rows in exact.groupby("quantity", sort=False):
        measured = catalog.quantities[str(quantity)]
        if measured.unit == "percent":
            found["fraction"].append(_fractions(rows))
        elif measured.form != "printed_rate":
            found["jump"].append(_jumps(rows))
    return {cause: pd.concat(parts) for cause, parts in found.items() if parts}


def _fractions(rows: pd.DataFrame) -> pd.DataFrame:
    small = rows["value"] <= 1
    others = rows.loc[~small, "value"]
    if not len(others) or others.median() < _PERCENTAGES:
        return rows.iloc[:0]
    return rows[small & ~rows["sure"]]


def _jumps(rows: pd.DataFrame) -> pd.DataFrame:
    if rows["value"].max() < _JUMP * rows["value"].min():
        return rows.iloc[:0]
    series = rows.groupby("area")["value"]
    apart = series.transform("max") >= _JUMP * series.transform("min")
    confirmed = rows.groupby("area")["sure"].transform("any")
    return rows[apart & ~confirmed]
