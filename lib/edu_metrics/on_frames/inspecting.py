"""What is odd in the numbers of a table."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.frames import Limits, percentages, tidy

if TYPE_CHECKING:
    import pandas as pd

    from edu_metrics.observations import Finding


def inspect(
    history: pd.DataFrame,
    *,
    limits: Limits = (0, 100),
    whole_counts: bool = False,
    as_of: int | None = None,
    whole: str | None = None,
    parts: Sequence[str] = (),
    lang: Literal["zh", "en"] = "en",
) -> pd.DataFrame:
    """
    Look at a table before anything is made of it: what is possible, and odd.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value; optionally n, the persons behind a rate, and quantity, where
        the table holds several.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be. [unit of the values]
    whole_counts : bool, optional
        Whether values are whole numbers of persons or things; limits are (0, None) then.
    as_of : int, optional
        Year in which is asked; the last one of the table when left out. [year]
    whole : str, optional
        The area that all others add up to, of counts and amounts.
    parts : sequence of str, optional
        Quantities that are percentages of one whole, none of them within another.
    lang : {"zh", "en"}, optional
        Language of the sentences.

    Returns
    -------
    DataFrame
        One row a finding: rule, area and quantity (empty where it is of all), years and finding, a
        sentence. Nothing is changed, and no finding is a fault: ask whoever published it.

    Raises
    ------
    DataError
        With every fault of the table: columns or values that are no numbers, a year that stands
        twice, a whole or parts that it does not have.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": "Northside", "year": range(2015, 2021)})
    >>> rates["value"] = [61.0, 62.5, 0.63, 64.0, 0, 66.5]
    >>> em.inspect(rates)[["rule", "years"]].to_numpy().tolist()
    [['fraction', (2017,)], ['lone_zero', (2019,)]]
    """
    import pandas as pd

    from edu_metrics.observations.inspection import Panel, look_at, what_is_odd

    by_quantity = _by_quantity(history)
    scale: Literal["percent", "count", "amount"] = "count" if whole_counts else "amount"
    if percentages(limits) and not whole_counts:
        scale = "percent"
    now = as_of or max(int(rows["year"].max()) for rows in by_quantity.values())
    found: list[Finding] = []
    for name, rows in by_quantity.items():
        found += look_at(Panel.of(name, scale, rows), now)
        if whole is not None:
            found += _sums(name, rows, whole)
    if parts:
        found += _parts(by_quantity, parts)
    told = [(one.rule, one.area, one.quantity, one.years, what_is_odd(one, lang)) for one in found]
    return pd.DataFrame(told, columns=["rule", "area", "quantity", "years", "finding"])


def _by_quantity(history: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Read the table quantity by quantity; what is out of limits is for the rules to say."""
    groups = {"": history}
    if "quantity" in getattr(history, "columns", ()):
        groups = {str(name): rows for name, rows in history.groupby("quantity")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return {name: tidy(rows, limits=(None, None)) for name, rows in groups.items()}


def _sums(quantity: str, rows: pd.DataFrame, whole: str) -> list[Finding]:
    from edu_metrics.observations.inspection import Finding
    from edu_metrics.observations.table import rows_of

    own = rows[rows["area"] == whole][["year", "value"]]
    if own.empty:
        raise DataError(f"whole: expected an area of the table, found {whole!r}")
    others = rows[rows["area"] != whole]
    grouped = others.groupby("year", as_index=False)
    sums = grouped.agg(sum=("value", "sum"), size=("value", "size"))
    both = sums[sums["size"] == others["area"].nunique()].merge(own, on="year")
    apart = ~np.isclose(both["value"], both["sum"], rtol=1e-9, atol=0)
    return [
        Finding("sums", whole, quantity, (row.year,), {"own": row.value, "sum": row.sum})
        for row in rows_of(both[apart])
    ]


def _parts(by_quantity: dict[str, pd.DataFrame], parts: Sequence[str]) -> list[Finding]:
    import pandas as pd

    from edu_metrics.observations.inspection import Finding
    from edu_metrics.observations.table import rows_of

    missing = [name for name in parts if name not in by_quantity]
    if missing:
        known = ", ".join(by_quantity)
        raise DataError(
            "parts: expected quantities of the table",
            [f"no quantity {name!r} (it has {known})" for name in missing],
        )
    rows = pd.concat([by_quantity[name] for name in parts])
    grouped = rows.groupby(["area", "year"], as_index=False)
    totals = grouped.agg(total=("value", "sum"), size=("value", "size"))
    above = totals[(totals["size"] == len(parts)) & (totals["total"] > 100 + 0.05 * len(parts))]
    return [
        Finding("parts_of_whole", row.area, ", ".join(parts), (row.year,), {"total": row.total})
        for row in rows_of(above)
    ]
