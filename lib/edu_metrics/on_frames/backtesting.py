"""How good the forecast would have been on a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, Literal

from edu_metrics.errors import DataError
from edu_metrics.frames import Limits, tidy
from edu_metrics.trajectories import ModelScore, to_panels
from edu_metrics.trajectories import backtest as backtest_panels

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["backtest"]

#: What can be said of a model in one number a row.
_SCORES = tuple(one.name for one in fields(ModelScore) if one.type in (
    "str", "bool", "Areas", "int", "float | None"))  # fmt: skip


def backtest(
    history: pd.DataFrame,
    *,
    horizons: Sequence[int] = (1, 2, 3),
    gains: Sequence[float] = (5.0, 10.0),
    areas: Sequence[int | Literal["all"]] = ("all",),
    limits: Limits = (0, 100),
    better: Literal["higher", "lower"] = "higher",
    measure_type: str | None = None,
    what: Literal["scores", "reliability"] = "scores",
) -> pd.DataFrame:
    """
    Back-test the forecast on a table: what it would have said each year, against what came.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value, and optionally n, the persons or institutions behind a rate.
    horizons : sequence of int, optional
        Years ahead. [years]
    gains : sequence of float, optional
        Events asked for: at least so many points more than at the origin. [percentage points]
    areas : sequence of (int or "all"), optional
        How many areas are forecast together.
    limits : tuple of (float or None), optional
        Lowest and highest value that there can be.
    better : {"higher", "lower"}, optional
        Which way is better.
    measure_type : str, optional
        Type of measure, for what is expected before looking.
    what : {"scores", "reliability"}, optional
        One row a model and horizon with its errors and what its intervals held; or how often came
        true what was given a probability, one row a bin of it.

    Returns
    -------
    DataFrame
        Of scores: model, default, areas, horizon, n, mae, bias, above_median_pct, coverage80,
        coverage95, width80, width95, crps, common_variance_pct. Of reliability: model, areas,
        horizon and the bins.

    Raises
    ------
    DataError
        With every fault of the table, or for horizons, gains or areas that can't be asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({
    ...     "area": ["Northside"] * 7 + ["Lakeside"] * 7, "year": [*range(2014, 2021)] * 2,
    ...     "value": [61, 63, 64, 66, 67, 70, 71, 80, 80, 82, 83, 83, 84, 86],
    ... })
    >>> scores = em.backtest(rates, horizons=[1])
    >>> scores.query("default")["n"].tolist()
    [6]
    """
    import pandas as pd

    if what not in ("scores", "reliability"):
        raise DataError(f"what: expected 'scores' or 'reliability', found {what!r}")
    rows = tidy(history, limits=limits)
    (panel,) = to_panels(rows.astype({"n": object}).fillna({"n": ""}))
    panel = replace(panel, bounds=limits, falling=better == "lower", measure_type=measure_type)
    scores = backtest_panels([panel], horizons=horizons, gains=gains, areas=areas)
    if what == "scores":
        return pd.DataFrame([{name: getattr(one, name) for name in _SCORES} for one in scores])
    bins = [
        {"model": one.model, "default": one.default, "areas": one.areas, "horizon": one.horizon}
        | _bin(found)
        for one in scores
        for found in one.reliability
    ]
    return pd.DataFrame(bins)


def _bin(found: Any) -> dict[str, Any]:
    low, high = found.interval
    told = {name: value for name, value in asdict(found).items() if name != "interval"}
    return {**told, "low_happened": low, "high_happened": high, "supported": found.supported}
