"""The long table: its columns, its vocabularies, and which of several vintages is in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd

#: The columns, in order.
COLUMNS = (
    "area",
    "year",
    "quantity",
    "group",
    "value",
    "bound",
    "source",
    "status",
    "vintage",
)

#: No two rows agree in all of these.
KEYS = ("area", "year", "quantity", "group", "vintage")

#: What a printed value says of the number behind it.
BOUNDS = ("exact", "at_least", "above", "at_most", "below", "about")

#: How a value came about, the firmest first.
STATUSES = ("reported", "estimated", "derived", "suppressed", "simulated")

#: Rows that one fault shows before it only counts them.
_SHOWN = 5


def empty() -> pd.DataFrame:
    """
    Make a table of the right columns and types that holds no observation.

    Examples
    --------
    >>> len(empty()), list(empty()) == list(COLUMNS)
    (0, True)
    """
    table = pd.DataFrame({column: pd.Series(dtype="str") for column in COLUMNS})
    return table.astype({"year": "int64", "value": "float64", "vintage": "datetime64[ns]"})


def known_by(table: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """
    Keep what had been published by a day, the newest vintage of each observation only.

    Parameters
    ----------
    table : DataFrame
        Observations, as :func:`~edu_metrics.observations.validate` returns them.
    as_of : date
        The day, itself included. [date]

    Returns
    -------
    DataFrame
        One row at most for each area, year, quantity and group, sorted. A number that was
        withdrawn later (newest status ``suppressed``) does not come back from an old vintage.

    Examples
    --------
    A rate that was printed in 2017 and revised a year later:

    >>> printed = pd.DataFrame(
    ...     {
    ...         "area": "somewhere", "year": 2016, "quantity": "rate_pct", "group": "all",
    ...         "value": [87.4, 87.5], "bound": "exact", "source": "bulletin",
    ...         "status": "reported", "vintage": pd.to_datetime(["2017-07-10", "2018-07-19"]),
    ...     }
    ... )
    >>> known_by(printed, dt.date(2017, 12, 31))["value"].tolist()
    [87.4]
    >>> known_by(printed, dt.date(2018, 7, 19))["value"].tolist()
    [87.5]
    """
    published = table[table["vintage"] <= pd.Timestamp(as_of)]
    return newest(published).sort_values(list(KEYS), ignore_index=True)


def newest(table: pd.DataFrame) -> pd.DataFrame:
    """
    Keep the newest vintage of each observation.

    Parameters
    ----------
    table : DataFrame
        Observations.

    Returns
    -------
    DataFrame
        One row for each area, year, quantity and group, in no particular order.
    """
    identity = [key for key in KEYS if key != "vintage"]
    if not table.duplicated(identity).any():
        return table
    return table.sort_values("vintage", kind="stable").drop_duplicates(identity, keep="last")


def show_rows(rows: pd.DataFrame) -> str:
    """
    Name the rows of a fault: how many they are, and the first of them.

    Parameters
    ----------
    rows : DataFrame
        The rows at fault; columns that are absent are passed over.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> show_rows(pd.DataFrame({"area": ["north"], "year": [2020], "value": [-3.0]}))
    '1 row: north 2020 -3'
    """
    named = [column for column in ("area", "year", "quantity", "value") if column in rows]
    shown = [
        " ".join(_plainly(cell) for cell in row) + source
        for row, source in zip(
            rows[named].head(_SHOWN).itertuples(index=False), _sources(rows), strict=False
        )
    ]
    if len(rows) > _SHOWN:
        shown.append(f"and {len(rows) - _SHOWN} more")
    return f"{len(rows)} row{'s' if len(rows) != 1 else ''}: {'; '.join(shown)}"


def _sources(rows: pd.DataFrame) -> Iterable[str]:
    if "source" not in rows:
        return [""] * len(rows)
    return [f" ({_plainly(source)})" for source in rows["source"].head(_SHOWN)]


def _plainly(cell: object) -> str:
    if cell is None or cell != cell:
        return "no value"
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)
