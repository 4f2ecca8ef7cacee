"""Scenarios that are asked for without a file: a pace, a start, levers, in any combination."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import ValidationError

from edu_metrics.catalog import Halt, LeverSettings, OwnPace, Scenario, Start, Text, nearest
from edu_metrics.errors import DataError
from edu_metrics.formulas.flows import FLOWS

#: Id of a scenario that stands in no file.
ASKED = "asked"


def asked_scenarios(
    *,
    pace: float | None = None,
    unit: Literal["points", "percent"] = "points",
    base: float | None = None,
    years: int | None = None,
    levers: Mapping[str, float] | None = None,
) -> tuple[Scenario, ...]:
    """
    Make scenarios of a pace, a start and levers.

    Parameters
    ----------
    pace : float, optional
        Change a year; negative for a fall. [unit of the indicator, or percent of the year before]
    unit : {"points", "percent"}, optional
        What the pace is counted in.
    base : float, optional
        Where the series is taken to stand; its last value when left out. [unit of the indicator]
    years : int, optional
        How many years before the target is due; since the last value when left out. [years]
    levers : mapping of str to float, optional
        Settings of levers by name. [unit of each lever a year]

    Returns
    -------
    tuple of Scenario
        One; where the levers belong to several flow models, one for each.

    Raises
    ------
    DataError
        With every fault: nothing asked for, a number that is none, an unknown lever.

    Examples
    --------
    >>> [step.type for step in asked_scenarios(pace=6, levers={"upgrades": 3})[0].steps]
    ['pace', 'levers']
    """
    given = dict(levers or {})
    faults = [
        f"lever {name!r}: no such lever{nearest(name, _flow_by_lever())}"
        for name in given
        if name not in _flow_by_lever()
    ]
    numbers = {"pace": pace, "base": base, **given}
    faults += [
        f"{name}: expected a number, found {value!r}"
        for name, value in numbers.items()
        if value is not None and not math.isfinite(value)
    ]
    if unit not in ("points", "percent"):
        faults.append(f"unit: expected points or percent, found {unit!r}")
    if years is not None and (years % 1 or not 1 <= years <= 50):
        faults.append(f"years: expected a whole number from 1 to 50, found {years!r}")
    if pace is None and base is None and not given:
        faults.append("pace, base or lever: expected at least one of them")
    if faults:
        raise DataError("this scenario can't be run", faults)
    start = None if base is None and years is None else Start(value=base, years=years)
    course: list[Any] = []
    if pace is not None:
        course = [OwnPace(type="pace", per_year=pace, unit=unit)]
    elif not given:
        course = [Halt(type="halt")]
    by_flow: dict[str, dict[str, float]] = {}
    for name, value in given.items():
        by_flow.setdefault(_flow_by_lever()[name], {})[name] = value
    settings = [[LeverSettings(type="levers", flow=flow, set=own)] for flow, own in by_flow.items()]
    told = ", ".join(f"{name}={value:g}" for name, value in numbers.items() if value is not None)
    try:
        return tuple(
            Scenario(
                id=ASKED,
                title=Text(zh=told, en=told),
                assumes=Text(zh=told, en=told),
                steps=(*course, *own),
                start=start,
            )
            for own in settings or [[]]
        )
    except ValidationError as error:
        raise DataError(
            "this scenario can't be run", [one["msg"] for one in error.errors()]
        ) from None


def _flow_by_lever() -> dict[str, str]:
    """Tell which flow model has which lever; no two share a name."""
    return {lever: flow.name for flow in FLOWS.values() for lever in flow.levers}
