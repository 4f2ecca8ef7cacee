"""The contract of the long table, checked by pandera; every fault is said at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from edu_metrics.catalog import Catalog, nearest
from edu_metrics.errors import DataError
from edu_metrics.observations.meaning import faults_of_meaning
from edu_metrics.observations.table import BOUNDS, COLUMNS, KEYS, STATUSES, show_rows

#: Beyond these a year is a slip of the pen; definitions have the same limits.
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def validate(table: pd.DataFrame, catalog: Catalog | None = None) -> pd.DataFrame:
    """
    Hold observations against their contract.

    Parameters
    ----------
    table : DataFrame
        Columns ``area, year, quantity, group, value, bound, source, status, vintage``, in any
        order. A vintage may be given as text, such as ``2021-08-27``.
    catalog : Catalog, optional
        What is defined. With it, the meaning is checked too: unknown areas, quantities and
        sources, printed rates out of bounds, negative counts, a part above its whole, and
        invented numbers beside real places.

    Returns
    -------
    DataFrame
        A new table: columns in order, rows sorted by area, year, quantity, group and vintage;
        year is an integer, value a float, vintage a ``datetime64[ns]`` at midnight.

    Raises
    ------
    DataError
        With one line for each fault: what was expected, how many rows break it, the first ones.

    Examples
    --------
    >>> row = {
    ...     "area": "somewhere", "year": 2020, "quantity": "pupils", "group": "all",
    ...     "value": None, "bound": "exact", "source": "yearbook", "status": "reported",
    ...     "vintage": "2021-08-27",
    ... }
    >>> validate(pd.DataFrame([row]))
    Traceback (most recent call last):
    edu_metrics.errors.DataError: observations: 1 fault
      - value: expected a number unless suppressed; 1 row: somewhere 2020 pupils no value (yearbook)
    >>> len(validate(pd.DataFrame([{**row, "status": "suppressed"}])))
    1
    """
    rows = table.reset_index(drop=True)
    sound, faults = _hold_to_contract(rows)
    if sound is not None and catalog is not None:
        faults = faults_of_meaning(sound, catalog)
    if sound is None or faults:
        number = f"{len(faults)} fault" + ("s" if len(faults) != 1 else "")
        raise DataError(f"observations: {number}", faults)
    return sound


def _hold_to_contract(rows: pd.DataFrame) -> tuple[pd.DataFrame | None, list[str]]:
    import pandera.pandas as pa

    # pandas takes the format of the first date for all: each is read by itself instead.
    dated = rows.assign(vintage=_dates(rows["vintage"])) if "vintage" in rows else rows
    try:
        sound: pd.DataFrame = _schema().validate(dated, lazy=True)
    except pa.errors.SchemaErrors as error:
        return None, _in_words(error.failure_cases, rows)
    sound = sound.astype({"year": "int64"})[list(COLUMNS)]
    return sound.sort_values(list(KEYS), ignore_index=True), []


def _dates(given: pd.Series) -> pd.Series:
    if given.dtype.kind == "M":
        return given
    return pd.to_datetime(given, format="ISO8601", errors="coerce")


def _schema() -> Any:
    """Say the contract in pandera's terms; each check carries the words of its fault."""
    import pandera.pandas as pa

    def text(*checks: Any) -> Any:
        return pa.Column(str, checks=list(checks), coerce=True)

    def one_of(words: tuple[str, ...]) -> Any:
        return pa.Check.isin(words, error=f"expected one of {', '.join(words)}")

    filled = pa.Check(lambda cells: cells.str.strip() != "", error="expected a name, found none")
    return pa.DataFrameSchema(
        {
            "area": text(filled),
            "year": pa.Column(
                float,
                pa.Check(
                    lambda years: years.between(_FIRST_YEAR, _LAST_YEAR) & (years % 1 == 0),
                    error=f"expected a whole year from {_FIRST_YEAR} to {_LAST_YEAR}",
                ),
                coerce=True,
            ),
            "quantity": text(filled),
            "group": text(filled),
            "value": pa.Column(
                float,
                pa.Check(lambda values: ~np.isinf(values), error="expected a finite number"),
                nullable=True,
                coerce=True,
            ),
            "bound": text(one_of(BOUNDS)),
            "source": text(filled),
            "status": text(one_of(STATUSES)),
            "vintage": pa.Column(
                "datetime64[ns]",
                pa.Check(
                    lambda days: days == days.dt.normalize(),
                    error="expected a date without a time of day",
                ),
                coerce=True,
            ),
        },
        checks=[
            pa.Check(
                lambda table: table["value"].notna() | (table["status"] == "suppressed"),
                error="value: expected a number unless suppressed",
            ),
            pa.Check(
                lambda table: table["value"].isna() | (table["status"] != "suppressed"),
                error="value: expected none where suppressed",
            ),
            pa.Check(
                # What is missing or no date has a fault of its own.
                lambda table: ~(table["vintage"].dt.year < table["year"]),
                error="vintage: expected a day in the year that is measured, or later",
            ),
            pa.Check(
                lambda table: ~table.duplicated(list(KEYS), keep=False),
                error=f"double: expected one row for each {', '.join(KEYS)}",
            ),
        ],
        strict=True,
    )


def _in_words(cases: pd.DataFrame, rows: pd.DataFrame) -> list[str]:
    """Turn pandera's list of failures into one line for each fault."""
    checks = cases["check"].astype("str")
    # A column that is no number or date fails its later checks too: one fault is enough.
    coerced = set(cases.loc[checks.str.startswith("coerce_dtype"), "column"])
    absent = set(cases.loc[checks == "column_in_dataframe", "failure_case"])
    faults: list[str] = []
    for (schema, check), group in cases.groupby(["schema_context", checks], sort=False):
        if check == "column_in_schema":
            faults += [
                f"{name}: unknown column{nearest(str(name), COLUMNS)}"
                for name in group["failure_case"]
            ]
        elif check == "column_in_dataframe":
            faults += [f"{name}: the column is missing" for name in group["failure_case"]]
        elif schema == "Column":
            for column, part in group.groupby("column", sort=False):
                coercion = str(check).startswith("coerce_dtype")
                if str(check).startswith("dtype(") or (column in coerced and not coercion):
                    continue
                broken = _rows(part, rows)
                words = _expected(str(check), broken[str(column)])
                faults.append(f"{column}: {words}; {show_rows(broken)}")
        elif not absent and not coerced:
            faults.append(f"{check}; {show_rows(_rows(group, rows))}")
    return faults


def _expected(check: str, cells: pd.Series) -> str:
    given = cells.dropna()
    found = ", ".join(repr(cell) for cell in given.drop_duplicates().head(5))
    if check == "not_nullable":
        # A date that could not be read is empty by now, and its cell was not.
        return (
            f"expected a date such as 2021-08-27, found {found}"
            if len(given)
            else "expected a value, found none"
        )
    if check.startswith("coerce_dtype"):
        return f"expected a number, found {found}"
    return f"{check}, found {found}" if check.startswith("expected one of") else check


def _rows(cases: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    places = cases["index"].dropna().astype("int64").drop_duplicates().sort_values()
    return rows.loc[places]
