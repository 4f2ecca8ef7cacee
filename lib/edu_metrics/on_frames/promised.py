"""Paths that a plan prescribes, of every area of a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from edu_metrics.errors import DataError
from edu_metrics.frames import Limits, tidy
from edu_metrics.trajectories import constant_pace, constant_rate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["paths"]

#: Gives the values after 1, 2, ... steps.
_Walk = Callable[..., tuple[float, ...]]


def paths(
    history: pd.DataFrame | pd.Series[Any],
    *,
    until: int,
    points: float | Iterable[float] = (),
    percent: float | Iterable[float] = (),
    limits: Limits = (0, 100),
) -> pd.DataFrame:
    """
    Give the paths that promised paces come to, area by area and year by year.

    A pace of change of a rate can be read in two ways: as points (50 % falls by 5 points to 45 %)
    and as a percentage of the value (50 % falls by 5 % of itself to 47.5 %, and so on from there).
    Ask for both to see both.

    Parameters
    ----------
    history : DataFrame or Series
        Columns area, year and value, or the values of one area by year. A path starts from the
        last year of its area.
    until : int
        Last year of the paths.
    points : float or iterable of float, optional
        Changes a year, added every year; negative for a fall. [percentage points, or unit of the
        values]
    percent : float or iterable of float, optional
        Changes a year relative to the value of the year before, compounding. [percent]
    limits : tuple of (float or None), optional
        Lowest and highest value; a path that comes to one stays there.

    Returns
    -------
    DataFrame
        Columns area, pace (``+5 points``, ``-5 percent``), year and value, from the year after
        the last one observed.

    Raises
    ------
    DataError
        With every fault of the table; if no pace is given, one is no number or takes more than
        all away, or an area has values in ``until`` or later.

    Examples
    --------
    A pass rate that rises by 5 to 8 points a year, and a myopia rate that falls by 5 %:

    >>> import pandas as pd
    >>> import edu_metrics as em
    >>> rates = pd.DataFrame({"area": ["Northside", "Lakeside"], "year": 2020, "value": [70, 88]})
    >>> em.paths(rates, until=2022, points=[5, 8]).query("year == 2022")
            area       pace  year  value
    1  Northside  +5 points  2022   80.0
    3  Northside  +8 points  2022   86.0
    5   Lakeside  +5 points  2022   98.0
    7   Lakeside  +8 points  2022  100.0
    >>> myopia = pd.Series({2020: 50.0}, name="Northside")
    >>> em.paths(myopia, until=2022, points=-5, percent=-5)["value"].tolist()
    [45.0, 40.0, 47.5, 45.125]
    """
    import pandas as pd

    paces: list[tuple[str, float, _Walk]] = [
        ("points", pace, constant_pace) for pace in _listed(points)
    ]
    paces += [("percent", pace, constant_rate) for pace in _listed(percent)]
    starts = tidy(history, limits=limits).drop_duplicates("area", keep="last")
    _refuse(paces, starts, until)
    rows = [
        (area, f"{pace:+g} {unit}", year + step, value)
        for area, year, base in zip(starts["area"], starts["year"], starts["value"], strict=True)
        for unit, pace, walk in paces
        for step, value in enumerate(walk(base, pace, until - year, limits=limits), start=1)
    ]
    return pd.DataFrame(rows, columns=["area", "pace", "year", "value"])


def _listed(given: float | Iterable[float]) -> list[float]:
    return list(given) if isinstance(given, Iterable) else [given]


def _refuse(paces: list[tuple[str, float, _Walk]], starts: pd.DataFrame, until: int) -> None:
    faults = [
        f"{unit}: expected a number, found {pace!r}"
        for unit, pace, _ in paces
        if not isinstance(pace, int | float) or not math.isfinite(pace)
    ]
    faults += [
        f"percent: expected a fall of no more than all of it, -100; found {pace:g}"
        for unit, pace, _ in paces
        if unit == "percent" and isinstance(pace, int | float) and pace < -100
    ]
    if not paces:
        faults.append("points or percent: expected at least one pace such as points=[5, 8]")
    late = starts[starts["year"] >= until]
    faults += [
        f"until: expected a year after the last one of each area; {area} has a value of {year}, "
        f"found {until}"
        for area, year in zip(late["area"], late["year"], strict=True)
    ]
    if faults:
        raise DataError("no path can be made", faults)
