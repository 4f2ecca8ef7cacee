"""Tables that an installed Python package carries, with areas known by a code only."""

from __future__ import annotations

from importlib import resources

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.catalog import Catalog, PackageInput, nearest
from edu_metrics.errors import DataError, how_to_install
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR
from edu_metrics.observations.table import COLUMNS, empty

#: Unknown codes that a fault names before it only counts them.
_SHOWN = 5


def read_package_table(given: PackageInput, catalog: Catalog) -> pd.DataFrame:
    """
    Read the table of an installed package.

    Parameters
    ----------
    given : PackageInput
        Package, path inside it, and which columns hold area, year and quantities; values are in
        the units of the quantities.
    catalog : Catalog
        What is defined.

    Returns
    -------
    DataFrame
        Observations in the columns of the long table, as published at the end of the year that
        lies ``vintage_lag_years`` after their own. A number that was stored with the precision
        of float32 (28.799999237060547) is the decimal that it was before (28.8).

    Raises
    ------
    DataError
        If the package is not installed, or file, columns, codes or years are not as described.
    """
    raw = _read(given)
    names = [given.area_column, given.year_column, *given.quantities]
    absent = [name for name in names if name not in raw]
    if absent:
        raise DataError(
            f"{given.package}/{given.path}: expected the columns {names}, found none of the "
            f"name {absent}{nearest(absent[0], raw.columns)}"
        )
    codes = _codes(raw[given.area_column])
    years = pd.to_numeric(raw[given.year_column], errors="coerce")
    faults = [*_unknown_codes(codes, given, catalog), *_no_years(years, given)]
    numbers = {column: pd.to_numeric(raw[column], errors="coerce") for column in given.quantities}
    faults += [
        f"{column}: expected numbers, found {raw[column][wrong].iloc[0]!r}"
        for column, cells in numbers.items()
        if (wrong := cells.isna() & raw[column].notna()).any()
    ]
    if faults:
        raise DataError(f"{given.package}/{given.path}: {len(faults)} fault(s)", faults)
    areas = given.area_family + "_" + codes
    published = pd.to_datetime((years + given.vintage_lag_years).astype("int64").astype(str))
    parts = [
        pd.DataFrame(
            {
                "area": areas,
                "year": years,
                "quantity": quantity,
                "group": "all",
                "period": "year",
                "value": _shortest(numbers[column].to_numpy(dtype="float64")),
                "bound": "exact",
                "source": given.source,
                "status": "reported",
                "vintage": published + pd.offsets.YearEnd(),
            }
        )
        for column, quantity in given.quantities.items()
    ]
    table = pd.concat(parts, ignore_index=True).dropna(subset="value", ignore_index=True)
    table = table.assign(lower=np.nan, upper=np.nan)
    return table.astype(empty().dtypes.to_dict())[list(COLUMNS)]


def _read(given: PackageInput) -> pd.DataFrame:
    try:
        folder = resources.files(given.package)
    except ModuleNotFoundError:
        raise DataError(
            f"the package {given.package!r} is not installed, and its table {given.path} is "
            f"needed; {how_to_install(given.extra)}"
        ) from None
    table = folder.joinpath(*given.path.split("/"))
    if not table.is_file():
        raise DataError(
            f"the package {given.package!r} has no file {given.path}; expected a table in it; "
            "another version of the package may be installed"
        )
    with resources.as_file(table) as path:
        return pd.read_csv(path)


def _codes(found: pd.Series) -> pd.Series:
    """Write codes as their family does: a code that became a number, 1010.0, is 1010."""
    if found.dtype.kind == "f" and (found.dropna() % 1 == 0).all():
        return found.astype("Int64").astype("str")
    return found.astype("str").str.strip()


def _unknown_codes(codes: pd.Series, given: PackageInput, catalog: Catalog) -> list[str]:
    family = catalog.families.get(given.area_family)
    if family is None:
        hint = nearest(given.area_family, catalog.families)
        return [f"area_family: no family of areas {given.area_family!r}{hint}"]
    unknown = sorted(set(codes) - set(family.codes))
    shown = ", ".join(unknown[:_SHOWN]) + (", ..." if len(unknown) > _SHOWN else "")
    return (
        [f"{given.area_column}: {len(unknown)} code(s) not in {family.id!r}: {shown}"]
        if unknown
        else []
    )


def _no_years(years: pd.Series, given: PackageInput) -> list[str]:
    wrong = ~(years.between(FIRST_YEAR, LAST_YEAR) & (years % 1 == 0))
    if not wrong.any():
        return []
    return [
        f"{given.year_column}: expected years from {FIRST_YEAR} to {LAST_YEAR}, found something "
        f"else in {wrong.sum()} row(s)"
    ]


def _shortest(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Take back the noise of a float32: the shortest decimal that gives the same one."""
    single = values.astype(np.float32)
    # A whole number has no noise, and a large one would lose its last digits.
    kept = (single.astype(np.float64) == values) & (values % 1 != 0)
    return np.where(kept, single.astype(str).astype(np.float64), values)
