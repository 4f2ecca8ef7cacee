"""
A researcher's table, read and checked: area, year and value, and all that is wrong told at once.

A tidy frame has one row for an area and a year. Everything that takes one reads it here, so that
the same table is refused in the same words wherever it is given.
"""

from __future__ import annotations

import datetime as dt
import math
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    import pandas as pd

    #: A tidy frame, or one area's values by year.
    History: TypeAlias = "pd.DataFrame | pd.Series[Any]"


Limits: TypeAlias = tuple[float | None, float | None]

#: What is read of a table.
_COLUMNS = ("area", "year", "value", "n", "quantity")
#: Of faults of one kind so many are named; the rest are counted.
_NAMED = 5
#: From so many values of an area on, an amount may be odd; percentages of so much are far from 1;
#: and so many times more or less is odd of an amount.
_ENOUGH, _FAR, _TIMES = 3, 20.0, 8.0
#: What an area is called of which only a Series without a name is known.
_NAMELESS = "series"


def tidy(given: History, *, limits: Limits = (0, 100), needs_n: bool = False) -> pd.DataFrame:
    """
    Read a history: check all of it, and give it back in one form.

    Parameters
    ----------
    given : DataFrame or Series
        Columns area, year and value, and optionally n, the persons or institutions behind a rate;
        other columns are not looked at. Or the values of one area with years as index; the name
        of the Series is that of the area.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be. [unit of the values]
    needs_n : bool, optional
        Whether n must be there.

    Returns
    -------
    DataFrame
        Columns area (text), year (whole), value and n (NaN where unknown), areas in the order in
        which they first stand, each by year.

    Raises
    ------
    DataError
        With every fault: columns that are missing, no rows, areas that are no text, years that
        are no whole numbers, values that are no numbers or beyond the limits, an area and year
        that stand twice, fractions where percentages are meant.

    Warns
    -----
    UserWarning
        Of values that are possible and odd, each with its row: of percentages those of 1 or less
        where the others stand far higher (fractions? not reported?), of amounts one that a
        lost or doubled zero would explain.

    Examples
    --------
    >>> import pandas as pd
    >>> tidy(pd.Series({2019: 70.0, 2020: 72.5}, name="Northside")).to_numpy().tolist()
    [['Northside', 2019, 70.0, nan], ['Northside', 2020, 72.5, nan]]
    """
    import pandas as pd

    limits = limits_of(limits)
    rows = _as_frame(given)
    faults = list(_lacking(rows, ["area", "year", "value", *(["n"] if needs_n else [])]))
    if double := sorted(set(rows.columns[rows.columns.duplicated()])):
        faults.append(f"columns: expected each name once; found several of {', '.join(double)}")
        rows = rows.loc[:, ~rows.columns.duplicated()]
    if rows.empty:
        faults.append("rows: expected at least one; found none. Give one row an area and year.")
    else:
        faults += [fault for fault in _faults(rows, limits) if fault]
    if faults:
        raise DataError(
            "history: expected one row for each area and year, with the columns area, year and "
            "value",
            faults,
        )
    number = pd.to_numeric(rows["n"]) if "n" in rows else np.nan
    columns = {
        "area": rows["area"].astype(str),
        "year": pd.to_numeric(rows["year"]).astype("int64"),
        "value": pd.to_numeric(rows["value"]).astype("float64"),
        "n": number,
    }
    checked = pd.DataFrame(columns, index=rows.index).astype({"n": "float64"})
    order = checked["area"].map({name: at for at, name in enumerate(checked["area"].unique())})
    _warn_of_odd(checked, limits)
    found = checked.assign(order=order).sort_values(["order", "year"], ignore_index=True)
    return found.drop(columns="order")


def _warn_of_odd(rows: pd.DataFrame, limits: Limits) -> None:
    """Name values that stand far from all others."""
    if percentages(limits):
        # An area all of whose values are fractions is odd beside the others.
        small = rows["value"] <= 1
        odd = small & (rows["value"].where(~small).median() >= _FAR)
        why = "a fraction, or not reported?"
    else:
        usual = rows.groupby("area")["value"].transform("median")
        several = rows.groupby("area")["value"].transform("size") >= _ENOUGH
        times = rows["value"] / usual.where(usual > 0)
        odd = ((times >= _TIMES) | (times <= 1 / _TIMES)) & several
        why = "a zero too many or too few?"
    told = _told(rows, odd, f"value: far from the others ({why})",
                 ("area", "year", "value"), "Check it against its source.")  # fmt: skip
    if told:
        warnings.warn(f"history: {told}", UserWarning, stacklevel=4)


def require_columns(given: Any, columns: Sequence[str], *, what: str) -> None:
    """
    Refuse what is no frame with some columns and at least one row.

    Parameters
    ----------
    given : DataFrame
        The table.
    columns : sequence of str
        The columns that must be there.
    what : str
        What messages call it.

    Raises
    ------
    DataError
        With every column that is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> require_columns(pd.DataFrame({"area": ["Northside"]}), ["area"], what="table")
    """
    if not hasattr(given, "columns"):
        raise DataError(f"{what}: expected a DataFrame; found {type(given).__name__}")
    faults = list(_lacking(given, columns))
    if not len(given):
        faults.append("rows: expected at least one; found none")
    if faults:
        raise DataError(f"{what}: expected the columns {', '.join(columns)}", faults)


def percentages(limits: Limits) -> bool:
    """Tell whether limits are those of a percentage."""
    return limits == (0, 100)


def limits_of(given: Any) -> Limits:
    """
    Read the lowest and the highest value that there can be.

    Raises
    ------
    DataError
        Unless it is two numbers, the lower first, or None where there is no limit.

    Examples
    --------
    >>> limits_of([0, None])
    (0, None)
    """
    ends = () if isinstance(given, str) or not isinstance(given, Iterable) else tuple(given)
    low, high = ends if len(ends) == 2 else (math.nan, math.nan)
    if not all(end is None or _is_number(end) for end in (low, high)):
        raise DataError(
            "limits: expected (lowest, highest), two numbers or None where there is no limit, such "
            f"as (0, 100) or (0, None); found {given!r}"
        )
    if low is not None and high is not None and low >= high:
        raise DataError(f"limits: expected the lower first; found {given!r}")
    return low, high


def numbers_of(name: str, given: Any, *, whole: bool = False) -> list[Any]:
    """
    Read an argument that is a number, or several; none where it is None.

    Raises
    ------
    DataError
        With everything that is no finite number, or no whole one where these are meant.

    Examples
    --------
    >>> numbers_of("points", [5, 8])
    [5, 8]
    """
    if given is None:
        return []
    several = isinstance(given, Iterable) and not isinstance(given, str)
    found = list(given) if several else [given]
    kind = "a whole number" if whole else "a number"
    faults = [
        f"{name}: expected {kind}; found {one!r}"
        for one in found
        if not _is_number(one) or (whole and one % 1)
    ]
    if faults:
        raise DataError(f"{name}: expected numbers", faults)
    plain = (one.item() if isinstance(one, np.generic) else one for one in found)
    return [int(one) if whole else one for one in plain]


def year_of(name: str, given: Any) -> int:
    """
    Read an argument that is a calendar year.

    Raises
    ------
    DataError
        For anything else.

    Examples
    --------
    >>> year_of("by", 2022.0)
    2022
    """
    if not _is_number(given) or given % 1 or not FIRST_YEAR <= given <= LAST_YEAR:
        raise DataError(
            f"{name}: expected a year, a whole number from {FIRST_YEAR} to {LAST_YEAR}; "
            f"found {given!r}"
        )
    return int(given)


def _is_number(given: Any) -> bool:
    return isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given)


def _as_frame(given: Any) -> pd.DataFrame:
    """Take a frame as it is, and a Series as one area."""
    import pandas as pd

    if isinstance(given, pd.DataFrame):
        rows = given.rename(columns=lambda name: str(name).strip())
        levels = [name for name in rows.index.names if name in _COLUMNS and name not in rows]
        if levels:
            rows = rows.reset_index(levels)
        # An index may be called as a column is.
        rows.index = rows.index.set_names([None] * rows.index.nlevels)
        if list(rows.columns).count("area") == 1:
            rows["area"] = rows["area"].map(_name)
        return rows
    if isinstance(given, pd.Series):
        name = given.name if isinstance(given.name, str) else _NAMELESS
        years = given.index
        return pd.DataFrame({"area": _name(name), "year": years, "value": given.to_numpy()})
    raise DataError(
        "history: expected a DataFrame with the columns area, year and value, or a Series by year; "
        f"found {type(given).__name__}"
    )


def _name(area: Any) -> Any:
    """Give the one form of a name that may be written with other signs or with spaces around it."""
    if not isinstance(area, str):
        return area
    return unicodedata.normalize("NFC", area).strip() or area


def _lacking(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[str]:
    found = ", ".join(str(name) for name in rows.columns) or "none"
    for name in columns:
        if name not in rows.columns:
            yield (
                f"{name}: expected a column of this name; found the columns {found}. "
                f"Name it with df.rename(columns={{...: {name!r}}})."
            )


#: Rows that are wrong, what was expected of them, and what to do instead.
_Wrong: TypeAlias = "tuple[Any, str, str]"


def _faults(rows: pd.DataFrame, limits: Limits) -> Iterator[str]:
    """Tell what is wrong in the columns that are there."""
    checks: dict[str, Iterable[_Wrong]] = {
        "area": _wrong_areas(rows),
        "year": _wrong_years(rows),
        "value": _wrong_values(rows, limits),
        "n": _wrong_numbers(rows),
    }
    for column, wrong in checks.items():
        shown = (column,) if column in ("area", "year") else ("area", "year", column)
        for bad, expected, instead in wrong if column in rows.columns else ():
            yield _told(rows, bad, f"{column}: expected {expected}", shown, instead)
    if "value" in rows.columns and percentages(limits):
        yield _as_fractions(_as_numbers(rows["value"]))
    if {"area", "year", "value"} <= set(rows.columns):
        known = rows["area"].notna() & rows["year"].notna()
        double = rows.duplicated(["area", "year"], keep=False) & known
        told, shown = "area and year: expected one value each", ("area", "year", "value")
        instead = "Keep one of them, or add up the counts behind them first."
        yield _told(rows, double, told, shown, instead)


def _as_numbers(cells: pd.Series[Any]) -> pd.Series[float]:
    """Read numbers; text, dates, and what is none, is not known."""
    import pandas as pd

    kind = cells.dtype.kind
    if kind in "mMbc":
        return pd.Series(np.nan, index=cells.index)
    if kind in "iuf":
        return cells.astype("float64")
    other = cells.map(lambda cell: isinstance(cell, _NO_NUMBERS)).astype(bool)
    return pd.to_numeric(cells.where(~other), errors="coerce").astype("float64")


#: What pandas would take for a number.
_NO_NUMBERS = (str, bool, np.bool_, complex, np.complexfloating, dt.date, dt.timedelta)


def _is_text(cells: pd.Series[Any]) -> pd.Series[bool]:
    return cells.map(lambda cell: isinstance(cell, str)).astype(bool)


def _wrong_areas(rows: pd.DataFrame) -> Iterator[_Wrong]:
    named = rows["area"].map(lambda area: isinstance(area, str) and bool(area.strip()))
    yield ~named.astype(bool), "a name as text", "Codes are names too: df['area'].astype(str)."


def _wrong_years(rows: pd.DataFrame) -> Iterator[_Wrong]:
    import pandas as pd

    given = rows["year"]
    text, number = _is_text(given), _as_numbers(given)
    if isinstance(given.dtype, pd.PeriodDtype):
        number = pd.Series(np.nan, index=rows.index)
    yield (
        text,
        "a whole number",
        "They are text: df['year'].astype(int); of a school year decide which one it is first.",
    )
    yield (
        ~text & ~(number % 1 == 0),
        "a whole number",
        "Leave out rows without a year; of dates and periods take df['year'].dt.year.",
    )
    outside = (number % 1 == 0) & ~number.between(FIRST_YEAR, LAST_YEAR)
    yield outside, f"{FIRST_YEAR} to {LAST_YEAR}", "Give the calendar year."


def _wrong_values(rows: pd.DataFrame, limits: Limits) -> Iterator[_Wrong]:
    value = _as_numbers(rows["value"])
    finite = value.between(-np.inf, np.inf, inclusive="neither")
    yield (
        ~finite,
        "a number",
        "Leave out what is not known: df.dropna(subset=['value']); turn text into numbers.",
    )
    low, high = (-np.inf if limits[0] is None else limits[0]), limits[1]
    high = np.inf if high is None else high
    yield (
        finite & ~value.between(low, high),
        f"{low:g} to {high:g}",
        "Mend the values, or give limits=(lowest, highest) of what is measured.",
    )


def _as_fractions(value: pd.Series[float]) -> str:
    """Tell that percentages look like fractions."""
    known = value[np.isfinite(value)]
    if not len(known) or not known.between(0, 1).all() or not known.max() > 0:
        return ""
    return (
        f"value: expected percentages, 0 to 100; all {len(known)} are within 0 to 1, as "
        f"fractions are (found {known.min():g} to {known.max():g}). Multiply them by 100; for "
        "percentages that are truly below 1 give limits=(0, None)."
    )


def _wrong_numbers(rows: pd.DataFrame) -> Iterator[_Wrong]:
    number = _as_numbers(rows["n"])
    yield (
        rows["n"].notna() & ~((number > 0) & np.isfinite(number)),
        "a number of persons or institutions above 0",
        "Leave it empty (NaN) where it is not known.",
    )


def _told(rows: pd.DataFrame, wrong: Any, expected: str, shown: Sequence[str], instead: str) -> str:
    """Name the rows at fault, what was found there, and what to do; nothing where there is none."""
    bad = rows[np.asarray(wrong, dtype=bool)]
    if bad.empty:
        return ""
    columns = [name for name in shown if name in bad.columns]
    named = [
        f"row {label!r}: {', '.join(_plainly(cell) for cell in cells)}"
        for label, *cells in bad[columns].head(_NAMED).itertuples()
    ]
    if len(bad) > _NAMED:
        named.append(f"and {len(bad) - _NAMED} more")
    return f"{expected}; found {'; '.join(named)}. {instead}"


def _plainly(cell: Any) -> str:
    if isinstance(cell, str):
        return repr(cell)
    return f"{cell:.12g}" if isinstance(cell, float | np.floating) else str(cell)
