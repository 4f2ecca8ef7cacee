"""
All observations of a study, from its inputs and packages' tables to one processed table.

The ledger of its releases says which figures left, and which were withheld. It holds nothing that a
reader was not told, and may be published itself.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator
from functools import partial
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.catalog import (
    Catalog,
    FileInput,
    PackageInput,
    SimulatedInput,
    Study,
    nearest,
    study_file,
)
from edu_metrics.errors import DataError, how_to_install, number_of, require_extra
from edu_metrics.files import write_whole_files
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR
from edu_metrics.observations.computing import below
from edu_metrics.observations.intake.storing import read_raw_file
from edu_metrics.observations.printed import WHOLE_YEARS
from edu_metrics.observations.raw_files import BESIDE, matched_by, pattern_of
from edu_metrics.observations.table import COLUMNS, ENDS, TYPES, empty, show_rows, validate


def build(
    catalog: Catalog, study: Study | str, *, simulated: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Collect the observations of a study and hold them against their contract.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    study : Study or str
        The study, or its id.
    simulated : DataFrame, optional
        Simulated observations to use in place of the files below data/raw/simulated.

    Returns
    -------
    DataFrame
        Observations of the study's areas, of all that lies below them, and of the areas that it
        compares with; all vintages.

    Raises
    ------
    DataError
        With one line for each fault in any of the inputs: a path that matches nothing, an
        unreadable table, simulated numbers that were not written yet, a broken contract, or real
        and invented numbers in one study.
    """
    if isinstance(study, str):
        study = catalog.study(study)
    faults: list[str] = []
    parts: list[pd.DataFrame] = []
    for given in study.observations:
        if isinstance(given, SimulatedInput) and simulated is not None:
            continue
        parts += _collect(given, catalog, study, faults)
    _refuse(study, faults)
    if simulated is not None:
        parts.append(simulated)
    stacked = pd.concat([part for part in parts if len(part)] or [empty()], ignore_index=True)
    table = _corrected(stacked, catalog, faults)
    _refuse(study, faults)
    table = validate(table, catalog)
    _refuse(study, _real_and_invented(table, study))
    compared = set(catalog.expand(study.compare_with))
    kept = below(catalog, catalog.expand(study.areas)) | compared
    return table[table["area"].isin(kept)].reset_index(drop=True)


def _corrected(table: pd.DataFrame, catalog: Catalog, faults: list[str]) -> pd.DataFrame:
    """Put in place of what was printed wrongly what is right, or nothing; say what fits no row."""
    table = table.reset_index(drop=True)
    for entry in catalog.corrections.values():
        cell = (
            (table["area"] == entry.area)
            & (table["quantity"] == entry.quantity)
            & (table["group"] == entry.group)
            & (table["year"] == entry.year)
        )
        if "period" in table:
            cell &= table["period"].isin(WHOLE_YEARS)
        meant = cell & np.isclose(table["value"], entry.printed, rtol=1e-9, atol=0)
        if cell.any() and not meant.any():
            found = ", ".join(f"{value:.12g}" for value in table.loc[cell, "value"])
            faults.append(
                f"correction {entry.id!r}: expected {entry.printed:.12g} to be printed for "
                f"{entry.area} {entry.year} {entry.quantity}, found {found}; "
                "mend or remove the entry"
            )
        if entry.confirms:
            continue
        table.loc[meant, "value"] = np.nan if entry.value is None else entry.value
        # What is right was not rounded with what was wrong.
        table.loc[meant, [end for end in ENDS if end in table]] = np.nan
        if entry.value is None:
            table.loc[meant, "status"] = "suppressed"
        else:  # what is invented stays invented
            table.loc[meant & (table["status"] != "simulated"), "status"] = "derived"
    return table


def _refuse(study: Study, faults: list[str]) -> None:
    if faults:
        raise DataError(f"study {study.id!r}: {number_of(faults)} in its observations", faults)


def _collect(
    given: FileInput | PackageInput | SimulatedInput,
    catalog: Catalog,
    study: Study,
    faults: list[str],
) -> Iterator[pd.DataFrame]:
    """Read one input; what is wrong with it joins the faults of the others."""
    if isinstance(given, PackageInput):
        readers = [partial(read_package_table, given, catalog)]
    else:
        paths = _paths(given, catalog, study, faults)
        readers = [partial(read_raw_file, path, catalog, study.school_year) for path in paths]
    for read in readers:
        try:
            yield read()
        except DataError as error:
            faults += error.faults or (error.message,)


def _paths(
    given: FileInput | SimulatedInput, catalog: Catalog, study: Study, faults: list[str]
) -> list[Path]:
    raw, pattern = catalog.root / "data" / "raw", pattern_of(given)
    absent = f"data/raw/{pattern}: matches no file; the path of an input starts below data/raw"
    if isinstance(given, SimulatedInput):
        absent = (
            f"data/raw/simulated/{given.city}: expected the simulated tables of {given.city!r}, "
            f"found none; run `edu-metrics simulate {study.id}` first"
        )
    matched = matched_by(raw, pattern)
    paths = [path for path in matched if path.is_file() and not path.name.endswith(BESIDE)]
    odd = [path for path in matched if not (path.is_file() or path.is_dir())]
    faults += [
        f"data/raw/{path.relative_to(raw).as_posix()}: is not read; expected a regular file"
        for path in odd
    ]
    if not paths and not odd:
        faults.append(absent)
    return paths


def _real_and_invented(table: pd.DataFrame, study: Study) -> list[str]:
    """Keep invented numbers out of a real study, and measured ones out of an invented one."""
    invented = table["status"] == "simulated"
    if not study.simulated:
        wrong = table[invented]
        words = "simulated numbers in a study that is not marked simulated: true"
    else:
        # A suppressed number is no number at all, and gives nothing real away.
        wrong = table[~invented & (table["status"] != "suppressed")]
        words = "numbers that are not simulated in a study that is"
    return [f"status: {words}; {show_rows(wrong)}"] if len(wrong) else []


def processed_path(root: Path | str, study_id: str) -> Path:
    """
    Say where the processed table of a study lies.

    Parameters
    ----------
    root : Path or str
        The project folder.
    study_id : str
        Id of the study.

    Returns
    -------
    Path
        The file, whether it exists or not.

    Examples
    --------
    >>> processed_path("project", "somewhere").as_posix()
    'project/data/processed/somewhere.parquet'
    """
    return Path(root) / "data" / "processed" / f"{study_file(study_id)}.parquet"


def write_processed(table: pd.DataFrame, path: Path | str) -> None:
    """
    Write a processed table, whole or not at all.

    Parameters
    ----------
    table : DataFrame
        Observations.
    path : Path or str
        Where to; an older file is replaced in one step.
    """
    require_extra("reports", "pyarrow")
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    content = pa.Table.from_pandas(table, preserve_index=False)
    sealed = {**(content.schema.metadata or {}), _SEAL: _content_sha256(table).encode()}
    try:
        pq.write_table(content.replace_schema_metadata(sealed), unfinished)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


#: Where a processed table carries the hash of its own content: an edit shows.
_SEAL = b"edu_metrics_sha256"


def _content_sha256(table: pd.DataFrame) -> str:
    """Hash a table by what it says, whatever library or machine holds it."""
    found = hashlib.sha256()
    for name in COLUMNS:
        column = table[name]
        if name == "year":
            held = column.to_numpy("<i8").tobytes()
        elif name == "vintage":
            held = column.to_numpy("datetime64[ns]").astype("<i8").tobytes()
        elif name in ("value", *ENDS):
            numbers = column.to_numpy("<f8")
            held = np.where(np.isnan(numbers), np.nan, numbers + 0.0).astype("<f8").tobytes()
        else:
            held = json.dumps(column.tolist(), ensure_ascii=True).encode()
        found.update(f"{name} {len(held)} ".encode() + held)
    return found.hexdigest()


def read_processed(root: Path | str, study_id: str) -> pd.DataFrame:
    """
    Read the processed table of a study.

    Parameters
    ----------
    root : Path or str
        The project folder.
    study_id : str
        Id of the study.

    Returns
    -------
    DataFrame
        Observations.

    Raises
    ------
    DataError
        If the table was not built yet, or is not what was written: an edit by hand is refused.
    """
    path = processed_path(root, study_id)
    cure = f"run `edu-metrics build {study_id}`"
    if not path.is_file():
        raise DataError(f"study {study_id!r}: its observations were not built yet; {cure} first")
    require_extra("reports", "pyarrow")
    import pyarrow.parquet as pq

    try:
        # Without threads: who forks processes afterwards must not have started any.
        with pq.ParquetFile(path, pre_buffer=False) as file:
            content = file.read(use_threads=False)
            table: pd.DataFrame = content.to_pandas(use_threads=False)
    except (OSError, ValueError) as error:
        raise DataError(f"{path.name} can't be read ({error}); {cure} again") from error
    if tuple(table) != COLUMNS:
        raise DataError(
            f"{path.name}: expected the columns {', '.join(COLUMNS)}, "
            f"found {', '.join(map(str, table))}; {cure} again"
        )
    table = table.astype(TYPES)
    if (content.schema.metadata or {}).get(_SEAL) != _content_sha256(table).encode():
        raise DataError(
            f"data/processed/{path.name} was edited, or written by something else: what is "
            f"computed is not edited. Mend the raw file or the definition, then {cure} again"
        )
    return table


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
    numbers = raw[[*given.quantities]].apply(pd.to_numeric, errors="coerce")
    wrong = numbers.isna() & raw[[*given.quantities]].notna()
    faults += [
        f"{column}: expected numbers, found {raw[column][wrong[column]].iloc[0]!r}"
        for column in wrong.columns[wrong.any()]
    ]
    if faults:
        raise DataError(f"{given.package}/{given.path}: {len(faults)} fault(s)", faults)
    areas = given.area_family + "_" + codes
    published = pd.to_datetime((years + given.vintage_lag_years).astype("int64").astype(str))
    about = {"area": areas, "year": years, "vintage": published + pd.offsets.YearEnd()}
    parts = [
        pd.DataFrame(
            {**about, "quantity": quantity, "value": _shortest(numbers[column].to_numpy())}
        )
        for column, quantity in given.quantities.items()
    ]
    table = pd.concat(parts, ignore_index=True).dropna(subset="value", ignore_index=True)
    table = table.assign(group="all", period="year", lower=np.nan, upper=np.nan,
                         bound="exact", source=given.source, status="reported")  # fmt: skip
    return table.astype(TYPES)[list(COLUMNS)]


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
    values = values.astype(np.float64)
    single = values.astype(np.float32)
    # A whole number has no noise, and a large one would lose its last digits.
    kept = (single.astype(np.float64) == values) & (values % 1 != 0)
    return np.where(kept, single.astype(str).astype(np.float64), values)


#: The columns of a ledger: those of the table, and the day on which a figure first left.
LEDGER = (*COLUMNS, "released")


def read_ledger(path: Path | str) -> pd.DataFrame | None:
    """
    Read what was published before.

    Parameters
    ----------
    path : Path or str
        The ledger.

    Returns
    -------
    DataFrame or None
        One row for each value that a figure was told with; nothing before the first release.

    Raises
    ------
    DataError
        If the file is no ledger.
    """
    path = Path(path)
    if not path.is_file():
        return None
    try:
        rows = pd.read_csv(path, parse_dates=["vintage"])[list(LEDGER)]
        return rows.astype({"year": "int64", "value": "float64", "vintage": "datetime64[ns]"})
    except (KeyError, OSError, TypeError, ValueError) as error:
        raise DataError(
            f"{path.name} can't be read as a ledger of releases ({error}); put back the file that "
            "the last release wrote"
        ) from error


def add_to_ledger(path: Path | str, table: pd.DataFrame, released: dt.date) -> None:
    """
    Note what a release told, whole or not at all.

    Parameters
    ----------
    path : Path or str
        The ledger; it is made where it is missing.
    table : DataFrame
        What was published, from :func:`~edu_metrics.observations.protect`.
    released : date
        The day. [date]

    Examples
    --------
    >>> import tempfile
    >>> from edu_metrics.observations.table import empty
    >>> path = Path(tempfile.mkdtemp()) / "ledger.csv"
    >>> add_to_ledger(path, empty(), dt.date(2021, 6, 1))
    >>> len(read_ledger(path))
    0
    """
    before, new = read_ledger(path), table.assign(released=released.isoformat())
    rows = new if before is None or before.empty else pd.concat([before, new])
    told = [name for name in COLUMNS if name not in ("source", "status")]
    rows = rows.drop_duplicates(told, keep="first").sort_values(told, kind="stable")
    text = rows[list(LEDGER)].to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
    write_whole_files({Path(path): text.encode()})
