"""What would come under assumptions: of a study, of a table, or from nothing but a start."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from edu_metrics.errors import DataError
from edu_metrics.frames import Limits, tidy
from edu_metrics.on_frames.studies import Names, Root, listed, open_study
from edu_metrics.trajectories import constant_pace, constant_rate

if TYPE_CHECKING:
    import pandas as pd


Numbers = float | Iterable[float] | None
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

    given = (("points", points, constant_pace), ("percent", percent, constant_rate))
    paces = [(unit, pace, walk) for unit, every, walk in given for pace in listed(every)]
    starts = tidy(history, limits=limits).drop_duplicates("area", keep="last")
    _refuse(paces, starts, until)
    rows = [
        (area, f"{pace:+g} {unit}", year + step, value)
        for area, year, base in zip(starts["area"], starts["year"], starts["value"], strict=True)
        for unit, pace, walk in paces
        for step, value in enumerate(walk(base, pace, until - year, limits=limits), start=1)
    ]
    return pd.DataFrame(rows, columns=["area", "pace", "year", "value"])


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


def scenarios(
    study: str | None = None,
    *,
    pace: Numbers = None,
    base: Numbers = None,
    start: int | None = None,
    years: int | None = None,
    unit: Literal["points", "percent"] = "points",
    levers: Mapping[str, float] | None = None,
    limits: Limits = (0, 100),
    named: Names = None,
    root: Root = None,
    areas: Names = None,
    targets: Names = None,
) -> pd.DataFrame:
    """
    Say what would come under assumptions, year by year.

    Parameters
    ----------
    study : str, optional
        Study id. Without one, ``base``, ``start``, ``years`` and ``pace`` say it all.
    pace : float or iterable of float, optional
        Change a year; negative for a fall. [unit of the indicator, or percent of the year before]
    base : float or iterable of float, optional
        Where the series is taken to stand; in a study its last value when left out.
    start : int, optional
        Year of the base, where there is no study.
    years : int, optional
        How many years it goes on. In a study it ends when the target is due.
    unit : {"points", "percent"}, optional
        What the pace is counted in.
    levers : mapping of str to float, optional
        In a study: settings of the levers of flow models. With a pace, what they change is added.
    limits : tuple of (float or None), optional
        Lowest and highest value, where there is no study.
    named : str or sequence of str, optional
        In a study: scenarios that are defined; all of them where nothing else is asked for.
    root, areas, targets
        As for :func:`assess`.

    Returns
    -------
    DataFrame
        Columns scenario, area, target, reading, year and value. On a study also case (the numbers
        of a scenario that stands in no file), steps, low and high (80 %), met, probability,
        under_model and reason: a target of which nothing can be said has one row, without a year.

    Raises
    ------
    DataError
        For numbers that are none, a lever that there is not, or too little to go by.
    DefinitionError
        For an unknown study, scenario, area or target.

    Examples
    --------
    6 points a year from 70 % in 2020:

    >>> import edu_metrics as em
    >>> em.scenarios(pace=6, base=70, start=2020, years=5)[["scenario", "year", "value"]]
                        scenario  year  value
    0  base 70, +6 points a year  2021   76.0
    1  base 70, +6 points a year  2022   82.0
    2  base 70, +6 points a year  2023   88.0
    3  base 70, +6 points a year  2024   94.0
    4  base 70, +6 points a year  2025  100.0
    """
    if study is None:
        given = {"levers": levers, "named": named, "areas": areas, "targets": targets}
        useless = [name for name, value in given.items() if value is not None]
        return _alone(listed(pace), listed(base), start, years, unit, limits, useless)
    import pandas as pd

    from edu_metrics.reachability.scenarios import asked_scenarios, course_rows, run_scenarios

    if start is not None:
        raise DataError("start: expected none with a study, which knows its years; give years")
    opened = open_study(study, root, areas=areas, targets=targets)
    chosen: list[object] = listed(named)
    if any(value is not None for value in (pace, base, years, levers)):
        nothing: list[float | None] = [None]
        for one_pace, one_base in product(listed(pace) or nothing, listed(base) or nothing):
            chosen += asked_scenarios(
                pace=one_pace, unit=unit, base=one_base, years=years, levers=levers
            )
    found = run_scenarios(
        opened.store,
        scenarios=tuple(chosen) or None,  # type: ignore[arg-type]
        areas=opened.areas,
        targets=opened.targets,
    )
    if levers and not found:
        raise DataError(
            f"levers: no target asked for has a flow model with {', '.join(levers)}; choose other "
            "targets, or levers of theirs"
        )
    table = pd.DataFrame([row for one in found for row in course_rows(one)], columns=_COLUMNS)
    return table.astype({"steps": "Int64", "year": "Int64", "value": "float64"})


_COLUMNS = [
    "scenario", "area", "target", "reading", "year", "value", "case", "steps", "low", "high",
    "met", "probability", "under_model", "reason",
]  # fmt: skip


def _alone(
    paces: list[float],
    bases: list[float],
    start: int | None,
    years: int | None,
    unit: str,
    limits: Limits,
    useless: list[str],
) -> pd.DataFrame:
    """Follow paces from starts, where there is no study."""
    import pandas as pd

    lacking = {"pace": not paces, "base": not bases, "start": start is None, "years": years is None}
    faults = [f"{name}: expected one without a study" for name, lacks in lacking.items() if lacks]
    faults += [f"{name}: only a study has them; name one" for name in useless]
    if unit not in ("points", "percent"):
        faults.append(f"unit: expected points or percent, found {unit!r}")
    if years is not None and (years % 1 or years < 1):
        faults.append(f"years: expected a whole number from 1 up, found {years!r}")
    if faults or start is None or years is None:
        raise DataError("this scenario can't be run", faults)
    found = []
    for base in bases:
        history = pd.Series({start: base}, name="-")
        walked = paths(history, until=start + years, limits=limits, **{unit: paces})
        named = f"base {base:g}, " + walked["pace"] + " a year"
        found.append(walked.assign(scenario=named, area="", target="", reading=""))
    return pd.concat(found, ignore_index=True)[_COLUMNS[:6]]
