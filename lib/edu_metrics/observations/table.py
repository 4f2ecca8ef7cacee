"""
The long table: its columns and vocabularies, which vintage is in force, and its contract.

The shape is checked by pandera, what rows must mean beyond it against the definitions; every fault
is said at once.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from edu_metrics.catalog import PERIODS, Catalog, Indicator, nearest
from edu_metrics.errors import DataError, number_of
from edu_metrics.formulas import FORMULAS
from edu_metrics.limits import FIRST_DAY, FIRST_YEAR, LARGEST, LAST_DAY, LAST_YEAR
from edu_metrics.observations.printed import WHOLE_YEARS

#: The columns, in order.
COLUMNS = (
    *("area", "year", "quantity", "group", "period"),
    *("value", "lower", "upper", "bound", "source", "status", "vintage"),
)

#: Ends of a figure that was printed rounded; both are missing where it was not. A table may lack
#: these columns when it comes in.
ENDS = ("lower", "upper")

#: What kind each column is of.
TYPES = {
    **dict.fromkeys(COLUMNS, "str"),
    **dict.fromkeys(("value", *ENDS), "float64"),
    "year": "int64",
    "vintage": "datetime64[ns]",
}

#: No two rows agree in all of these.
KEYS = ("area", "year", "quantity", "group", "period", "vintage")

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
    return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in TYPES.items()})


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
    ...         "period": "year",
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


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Walk over the rows of a frame, each with its cells as attributes."""
    yield from frame.itertuples(index=False)


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
        " ".join(_plainly(row[column]) for column in named)
        + (f" ({_plainly(row['source'])})" if "source" in row else "")
        for row in rows.head(_SHOWN).to_dict("records")
    ]
    if len(rows) > _SHOWN:
        shown.append(f"and {len(rows) - _SHOWN} more")
    return f"{len(rows)} row{'s' if len(rows) != 1 else ''}: {'; '.join(shown)}"


def _plainly(cell: object) -> str:
    if cell is None or cell != cell:
        return "no value"
    return f"{cell:.12g}" if isinstance(cell, float) else str(cell)


#: Formulas whose second argument holds the first.
PART_OF_WHOLE = ("share", "coverage", "qualification_share")

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
        *_unknown(table, "group", ["all", *catalog.groups]),
        *_outside_validity(table, catalog),
        *_year_twice(table),
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


def _outside_validity(table: pd.DataFrame, catalog: Catalog) -> Iterator[str]:
    first = {name: one.valid_from for name, one in catalog.areas.items() if one.valid_from}
    last = {name: one.valid_to for name, one in catalog.areas.items() if one.valid_to}
    early = table["year"] < table["area"].map(first)
    outside = table[early | (table["year"] > table["area"].map(last))]
    if len(outside):
        yield f"year: expected one in which the area exists; {show_rows(outside)}"


def _year_twice(table: pd.DataFrame) -> Iterator[str]:
    """Find cells that have a calendar year and a school year: either would do for the year."""
    whole = table[table["period"].isin(WHOLE_YEARS)]
    kinds = whole.groupby(["area", "year", "quantity", "group"])["period"].transform("nunique")
    if (kinds > 1).any():
        yield (
            "period: expected the calendar year or the school year, found both for one year; "
            f"{show_rows(whole[kinds > 1])}"
        )


def _real_and_invented(table: pd.DataFrame, catalog: Catalog) -> Iterator[str]:
    invented = {area for area, entry in catalog.areas.items() if entry.invented}
    real = set(catalog.areas) - invented
    simulated = table["status"] == "simulated"
    measured = ~simulated & (table["status"] != "suppressed")
    for mixed, words in (
        (simulated & table["area"].isin(real), "a simulated number stands beside a real place"),
        (
            measured & table["area"].isin(invented),
            "expected simulated for an invented place, found another status",
        ),
    ):
        if mixed.any():
            yield f"status: {words}; {show_rows(table[mixed])}"


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
        outside = rows[~rows["value"].map(indicator.has)]
        if len(outside):
            yield (
                f"value: {given.quantity!r} is printed outside the bounds {indicator.interval} "
                f"of the indicator {indicator.id!r}; {show_rows(outside)}"
            )


def _above_its_whole(by_quantity: Mapping[str, pd.DataFrame], catalog: Catalog) -> Iterator[str]:
    """
    Compare each part with its whole, of the same area, year, group and period.

    Only the newest vintages are compared: a slip that its publisher has mended since is no fault.
    """
    for part, whole in sorted(_pairs(catalog.indicators.values())):
        if part not in by_quantity or whole not in by_quantity:
            continue
        smaller, larger = newest(by_quantity[part]), newest(by_quantity[whole])
        both = smaller[~smaller["bound"].isin(_MAY_BE_LESS)].merge(
            larger[~larger["bound"].isin(_MAY_BE_MORE)],
            on=["area", "year", "group", "period"],
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
        if indicator.formula in PART_OF_WHOLE:
            part, whole = (indicator.inputs[name] for name in FORMULAS[indicator.formula].arguments)
            if part.lag == whole.lag and part.group == whole.group:
                pairs.add((part.quantity, whole.quantity))
    return pairs


def validate(table: pd.DataFrame, catalog: Catalog | None = None) -> pd.DataFrame:
    """
    Hold observations against their contract.

    Parameters
    ----------
    table : DataFrame
        Columns ``area, year, quantity, group, period, value, bound, source, status, vintage``, in
        any order, and ``lower`` and ``upper`` where a figure was rounded; the period may be left
        out where all are years. A vintage may be given as text, such as ``2021-08-27``.
    catalog : Catalog, optional
        What is defined. With it, the meaning is checked too: unknown areas, quantities and
        sources, printed rates out of bounds, negative counts, a part above its whole, and
        invented numbers beside real places.

    Returns
    -------
    DataFrame
        A new table: columns in order, rows sorted by area, year, quantity, group, period and
        vintage; year is an integer, value a float, vintage a ``datetime64[ns]`` at midnight.

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
    rows = rows if "period" in rows else rows.assign(period="year")
    rows = rows.assign(**{name: np.nan for name in ENDS if name not in rows})
    sound, faults = _hold_to_contract(rows)
    if sound is not None and catalog is not None:
        faults = faults_of_meaning(sound, catalog)
    if sound is None or faults:
        raise DataError(f"observations: {number_of(faults)}", faults)
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


#: Checks of a column, or of whole rows, by the words of their fault.
_Checks: TypeAlias = dict[str, Callable[[Any], Any]]

_FILLED: _Checks = {"expected a name, found none": lambda cells: cells.str.strip() != ""}


def _one_of(words: Sequence[str]) -> _Checks:
    return {f"expected one of {', '.join(words)}": lambda cells: cells.isin(words)}


_OF_COLUMNS: dict[str, _Checks] = {
    **dict.fromkeys(("area", "quantity", "group", "source"), _FILLED),
    "period": _one_of(PERIODS),
    "bound": _one_of(BOUNDS),
    "status": _one_of(STATUSES),
    "year": {
        f"expected a whole year from {FIRST_YEAR} to {LAST_YEAR}": lambda years: (
            years.between(FIRST_YEAR, LAST_YEAR) & (years % 1 == 0)
        )
    },
    "value": {
        f"expected a finite number up to {LARGEST:.0e}": lambda values: ~(values.abs() > LARGEST)
    },
    "vintage": {
        f"expected a date from {FIRST_DAY} to {LAST_DAY}": lambda days: (
            days.isna() | days.dt.year.between(FIRST_YEAR, LAST_YEAR)
        ),
        "expected a date without a time of day": lambda days: days == days.dt.normalize(),
    },
}
_OF_ROWS: _Checks = {
    "value: expected a number unless suppressed": lambda table: (
        table["value"].notna() | (table["status"] == "suppressed")
    ),
    "value: expected none where suppressed": lambda table: (
        table["value"].isna() | (table["status"] != "suppressed")
    ),
    "lower, upper: expected lower <= value <= upper, or neither of them": lambda table: (
        (table["lower"].isna() & table["upper"].isna())
        | ((table["lower"] <= table["value"]) & (table["value"] <= table["upper"]))
    ),
    # What is missing or no date has a fault of its own.
    "vintage: expected a day in the year that is measured, or later": lambda table: (
        ~(table["vintage"].dt.year < table["year"] - (table["period"] == "school_year"))
    ),
    f"double: expected one row for each {', '.join(KEYS)}": lambda table: (
        ~table.duplicated(list(KEYS), keep=False)
    ),
}


@functools.cache
def _schema() -> Any:
    """Say the contract in pandera's terms; each check carries the words of its fault."""
    import pandera.pandas as pa

    def checks(told: _Checks) -> list[Any]:
        return [pa.Check(holds, error=words) for words, holds in told.items()]

    columns = {
        name: pa.Column(
            # A year may come as a number that is none.
            {"str": str, "int64": float}.get(TYPES[name], TYPES[name]),
            checks(_OF_COLUMNS.get(name, {})),
            nullable=TYPES[name] == "float64",
            coerce=True,
        )
        for name in COLUMNS
    }
    return pa.DataFrameSchema(columns, checks=checks(_OF_ROWS), strict=True)


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
