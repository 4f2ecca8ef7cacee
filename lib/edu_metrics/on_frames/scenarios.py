"""What would come under named assumptions: on a study, or on nothing but a start and a pace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product
from typing import TYPE_CHECKING, Literal

from edu_metrics.errors import DataError
from edu_metrics.frames import Limits
from edu_metrics.on_frames.promised import paths
from edu_metrics.on_frames.studies import Names, Root, open_study

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["scenarios"]

Numbers = float | Iterable[float] | None


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
        return _alone(_listed(pace), _listed(base), start, years, unit, limits, useless)
    import pandas as pd

    from edu_metrics.reachability.scenarios import asked_scenarios, course_rows, run_scenarios

    if start is not None:
        raise DataError("start: expected none with a study, which knows its years; give years")
    opened = open_study(study, root, areas=areas, targets=targets)
    chosen: list[object] = [named] if isinstance(named, str) else list(named or ())
    if any(value is not None for value in (pace, base, years, levers)):
        nothing: list[float | None] = [None]
        for one_pace, one_base in product(_listed(pace) or nothing, _listed(base) or nothing):
            chosen += asked_scenarios(
                pace=one_pace, unit=unit, base=one_base, years=years, levers=levers
            )
    found = run_scenarios(
        opened.catalog,
        opened.study,
        opened.table,
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


def _listed(given: Numbers) -> list[float]:
    if given is None:
        return []
    return list(given) if isinstance(given, Iterable) else [given]


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
