"""
The ledger of releases: which figures of a study left, and which were withheld.

It holds nothing that a reader was not told, and may be published itself.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from edu_metrics.errors import DataError
from edu_metrics.files import write_whole_files
from edu_metrics.observations.table import COLUMNS

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
