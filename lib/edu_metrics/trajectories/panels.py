"""Panels: one rate in many areas over years, as read from a file or taken from a table."""

from __future__ import annotations

import bz2
import gzip
import io
import warnings
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import plain
from edu_metrics.catalog.priors import load_priors, prior_of
from edu_metrics.errors import DataError
from edu_metrics.formulas import common_variance_pct
from edu_metrics.limits import FIRST_YEAR, LARGEST, LAST_YEAR, MOST_BYTES, read_file
from edu_metrics.observations.intake import is_total
from edu_metrics.observations.printed import narrow, read_figure, read_year
from edu_metrics.trajectories.scales import Scale, scale_for

if TYPE_CHECKING:
    import pandas as pd


Floats = NDArray[np.float64]

#: Of faults of one kind so many are named; the rest are counted.
NAMED = 5
#: With fewer areas than this nothing is said of what they have in common.
FEW = 5


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """
    One rate in many areas.

    ``values`` has one row an area and one column a year, every year between the first and the
    last; NaN where nothing was observed. ``counts`` has the number of persons behind each value,
    NaN where unknown. Areas stand in alphabetical order, so that no result hangs on the order of
    a file. ``measure_type`` is the type of measure
    (:mod:`~edu_metrics.catalog.priors`), where it is known; ``falling`` says that less is better,
    and ``bounds`` what the rate can't leave, where a definition says it. ``breaks`` names the first
    years of another way to measure, across which no windows of years are counted.
    """

    name: str
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    counts: Floats
    measure_type: str | None = None
    falling: bool = False
    bounds: tuple[float | None, float | None] | None = None
    breaks: tuple[int, ...] = ()

    @property
    def scale(self) -> Scale:
        """On what they move: what passes 100, and what is no rate, has no upper bound."""
        if self.bounds is not None:
            return scale_for(self.bounds)
        rate = prior_of(self.measure_type).rate and not np.nanmax(self.values, initial=0.0) > 100
        return Scale(0.0, 100.0 if rate else None)


def common_share_pct(values: Floats) -> float | None:
    """
    Say how much of the yearly change many areas have in common.

    Parameters
    ----------
    values : ndarray
        One row an area, one column a year; NaN where missing. [percent or any unit]

    Returns
    -------
    float or None
        As :func:`~edu_metrics.formulas.common_variance_pct`; None for fewer than five areas, which
        can't tell, and where nothing moved. [percent]

    Examples
    --------
    >>> common_share_pct(np.array([[1.0, 2.0, 4.0]] * 4)) is None
    True
    >>> common_share_pct(np.array([[1.0, 2.0, 4.0]] * 5))
    100.0
    """
    if len(values) < FEW:
        return None
    share = common_variance_pct(values)
    return None if share != share else share


def read_panels(path: Path | str) -> list[Panel]:
    """
    Read the panels of a CSV file, plain or gzipped.

    Parameters
    ----------
    path : Path or str
        A table with the columns area (or unit), year and value, and optionally n (persons behind
        the value; 0, or a negative code for "not told", is taken as unknown), group, indicator
        and measure_type (one a panel). Other columns are not looked at, nor are rows without a
        value, and those of a total (合计) beside areas are set aside. Cells are read as those of
        any table: full-width digits, percent signs, school years (2018-19, 201819), which count
        for the year in which they begin. Codes keep their zeros.

    Returns
    -------
    list of Panel
        One for each pair of indicator and group, by name.

    Raises
    ------
    DataError
        If the file can't be read as such a table, with every fault in it.
    """
    path = Path(path)
    return to_panels(read_cells(path), name=path.name)


def read_cells(path: Path) -> pd.DataFrame:
    """Read a CSV file, plain or gzipped, with every cell as the text that it is."""
    import pandas as pd

    try:
        content = read_file(path)
        for mark, packed in ((b"\x1f\x8b", gzip), (b"BZh", bz2)):
            if content.startswith(mark):  # whatever it is called
                with packed.open(io.BytesIO(content)) as file:
                    content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise DataError(f"{path}: unfolds to more than {MOST_BYTES:,} bytes")
        return pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False, encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{path}: there is no such file; name a CSV file, plain or .gz") from None
    except (OSError, EOFError, ValueError, zlib.error) as error:
        said = (getattr(error, "strerror", None) or str(error) or type(error).__name__).split("\n")
        raise DataError(f"{path}: expected a CSV table, plain or gzipped; {said[0]}") from None


#: From so many values on, percentages none of which is above 1 are fractions.
SEVERAL = 3


def to_panels(table: pd.DataFrame, *, name: str = "panel") -> list[Panel]:
    """
    Take the panels out of a long table.

    Parameters
    ----------
    table : DataFrame
        As described at :func:`read_panels`; cells may be numbers or text.
    name : str, optional
        What messages call the table, and what a panel is called that has no indicator.

    Returns
    -------
    list of Panel
        One for each pair of indicator and group, by name.

    Raises
    ------
    DataError
        With every fault: columns that are missing, cells that are no number, values below
        0, years that are not whole, two values for one area and year.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = {"area": ["a", "a", "b"], "year": [2020, 2022, 2020], "value": [70, 72.5, ""]}
    >>> panel = to_panels(pd.DataFrame(rows))[0]
    >>> panel.areas, panel.years, panel.values.tolist()
    (('a',), (2020, 2021, 2022), [[70.0, nan, 72.5]])
    """
    table = table.rename(columns=lambda column: str(column).strip().lstrip("\ufeff"))
    if "area" not in table.columns:
        table = table.rename(columns={"unit": "area"})
    lacking = [column for column in ("area", "year", "value") if column not in table.columns]
    if lacking:
        raise DataError(
            f"{name}: expected the columns area (or unit), year and value, and optionally n, "
            f"group, indicator and measure_type; found {', '.join(table.columns) or 'none'}; "
            f"missing: {', '.join(lacking)}"
        )
    rows = _checked(table.reset_index(drop=True), name)
    if rows.empty:
        raise DataError(f"{name}: expected at least one row with a value; found none")
    return [panel_of(str(key), part) for key, part in rows.groupby("panel", sort=True)]


def _checked(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """Turn cells into numbers, and refuse the table with all that is wrong in it."""
    import pandas as pd

    # A missing cell stays missing as text, or becomes the word, as pandas has it.
    text = table.astype(str).apply(lambda column: column.str.strip()).replace("nan", "").fillna("")
    text = _cleaned(text)
    if len(text) < len(table):
        said = f"{name}: {len(table) - len(text)} row(s) of totals are set aside"
        warnings.warn(said, UserWarning, stacklevel=3)
    rows: pd.DataFrame = pd.DataFrame({"line": text.index + 2, "area": text["area"]})
    rows["panel"] = _names(text, name)
    faults: list[str] = []
    for column in ("year", "value", "n"):
        if column not in text:
            rows[column] = np.nan
            continue
        number = pd.to_numeric(text[column], errors="coerce").astype("float64")
        rows[column] = number.where(np.isfinite(number))
        wrong = (text[column] != "") & rows[column].isna()
        faults += _told(rows[wrong], text[column], f"{column}: expected a number")
    rows["measure_type"] = text.get("measure_type", "")
    kept: pd.DataFrame = rows.loc[text["value"] != ""]
    checks = {
        "area: expected a name": kept["area"] == "",
        f"year: expected a whole number from {FIRST_YEAR} to {LAST_YEAR}": (
            ~(kept["year"].between(FIRST_YEAR, LAST_YEAR) & (kept["year"] % 1 == 0))
        ),
        "value: expected 0 or more": ~(kept["value"] >= 0),
        f"value: expected {LARGEST:.0e} at most": kept["value"] > LARGEST,
    }
    for expected, wrong in checks.items():
        column = expected.split(":")[0]
        # What is no number at all was told above.
        readable = kept[column].notna() if column != "area" else True
        faults += _told(kept[wrong & readable], text[column], expected)
    double = kept[kept.duplicated(["panel", "area", "year"], keep=False)]
    if len(double):
        pairs = text["area"] + ", " + text["year"]
        faults += _told(double, pairs, "area and year: expected one value each")
    known = ("", *load_priors())
    expected = f"measure_type: expected one of {', '.join(known[1:])}"
    faults += _told(kept[~kept["measure_type"].isin(known)], rows["measure_type"], expected)
    mixed = kept.groupby("panel")["measure_type"].transform("nunique") > 1
    faults += _told(kept[mixed], rows["measure_type"], "measure_type: expected one a panel")
    untold = kept[kept["measure_type"] == ""].groupby("panel")["value"]
    faults += [
        f"{panel}: value: expected percentages; all {len(values)} are within 0 to 1, as fractions "
        "are: multiply them by 100, or say in a column measure_type what they are"
        for panel, values in untold
        if 0 < values.max() <= 1 and len(values) >= SEVERAL
    ]
    if faults:
        raise DataError(f"{name}: {len(faults)} faults; nothing was computed", faults)
    return kept


def _cleaned(text: pd.DataFrame) -> pd.DataFrame:
    """Read cells as those of any table; what is not understood stays as it is, and is told."""
    readers = {"area": narrow, "year": _plain_year, "value": _plain_number, "n": _plain_number}
    text = text.copy()
    for column, read in readers.items():
        if column in text:
            usual = r"[0-9]{4}" if column == "year" else r"[0-9]+(?:\.[0-9]+)?"
            odd = ~text[column].str.fullmatch(usual, na=False)
            words = {word: read(word) for word in text.loc[odd, column].unique()}
            text.loc[odd, column] = text.loc[odd, column].map(words)
    # Two spellings of one area are one; the one that comes first is shown.
    shown: dict[str, str] = {}
    spelt = {word: shown.setdefault(plain(word), word) for word in text["area"].unique()}
    text["area"] = text["area"].map(spelt)
    totals = text["area"].map({word: is_total(word) for word in spelt.values()}).astype(bool)
    return text[~totals] if not totals.all() else text


def _plain_year(word: str) -> str:
    year = read_year(word)
    return word if year is None else str(year[0])


def _plain_number(word: str) -> str:
    figure = read_figure(word)
    if figure is None or figure.bound != "exact" or figure.unit not in ("", "%"):
        return word
    return "" if figure.number is None else str(figure.number)


def _names(text: pd.DataFrame, name: str) -> pd.Series[str]:
    """Name each row's panel by its indicator and group."""
    import pandas as pd

    parts = [text[column] for column in ("indicator", "group") if column in text]
    names = pd.Series("", index=text.index)
    for part in parts:
        names = names.where((part == "") | (part == "all"), names + " " + part).str.strip()
    return names.where(names != "", name)


def _told(rows: pd.DataFrame, found: pd.Series[str], expected: str) -> list[str]:
    """Name the first faults of a kind with their lines, and count the others."""
    lines = [
        f"line {line}: {expected}, found {found[at]!r}"
        for at, line in zip(rows.index[:NAMED], rows["line"], strict=False)
    ]
    more = len(rows) - NAMED
    return [*lines, f"and {more} more lines: {expected}"] if more > 0 else lines


def panel_of(name: str, rows: pd.DataFrame) -> Panel:
    """Make a panel of checked rows: area, year, value, n (NaN where unknown), measure_type."""
    years = range(int(rows["year"].min()), int(rows["year"].max()) + 1)
    values, persons = (
        rows.pivot(index="area", columns="year", values=column).reindex(columns=years)
        for column in ("value", "n")
    )
    counts = persons.where(persons > 0).to_numpy(dtype=float)
    measure_type = str(rows["measure_type"].iloc[0]) or None
    return Panel(
        name, tuple(values.index), tuple(years), values.to_numpy(float), counts, measure_type
    )
