"""
The pace that a plan promises: its slow end, its middle and its fast end, across all readings.

A clause such as "5 to 8 points a year" may be read as a least gain, as a range for every year or as
a mean; the 8 then stands in another reading than the 5. Whatever is said of the plan's pace takes
it from here: verdicts, scenarios, reports and the audit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edu_metrics.catalog import AverageChange, Bound, Level, Plan, Reading, Target, YearlyChange
from edu_metrics.trajectories import baselines_that_reach

__all__ = [
    "JUST_BEYOND",
    "BasesOfPace",
    "PaceEnd",
    "PromisedPace",
    "bases_of_pace",
    "pace_of_target",
    "promised_pace",
]

#: Which end of a promised pace.
PaceEnd = Literal["low", "middle", "high"]
#: How far beyond a bound that must be passed a number is taken, for each unit of the bound.
JUST_BEYOND = 1e-6

_Change = YearlyChange | AverageChange


@dataclass(frozen=True, slots=True)
class PromisedPace:
    """
    A promised change a year, signed.

    Attributes
    ----------
    slow, fast : Bound
        The bounds at the slow end and at the fast end; one and the same where one number is
        printed. [points, unit of the indicator, or percent of the year before where ``relative``]
    relative : bool
        Whether it is a percentage of the year before.
    limited : bool
        Whether the words also say how fast it may be at most.
    """

    slow: Bound
    fast: Bound
    relative: bool
    limited: bool

    @property
    def slowest(self) -> float:
        """The slow end as printed."""
        return self.slow.value

    @property
    def fastest(self) -> float | None:
        """The fast end as printed; None where only one number is."""
        return self.fast.value if self.fast.value != self.slow.value else None

    @property
    def sized(self) -> bool:
        """Whether a size is printed: "higher every year" has a direction only."""
        return bool(self.slow.value or self.fast.value)

    def step(self, at: PaceEnd) -> float:
        """
        Give the change a year at one end, or in the middle, that keeps the promise.

        Parameters
        ----------
        at : {"low", "middle", "high"}
            Which.

        Returns
        -------
        float
            A strict bound is passed by a hair. [points, unit of the indicator, or percent]

        Examples
        --------
        >>> pace = PromisedPace(Bound(op=">=", value=5), Bound(op="<=", value=8), False, True)
        >>> pace.step("low"), pace.step("middle"), pace.step("high")
        (5.0, 6.5, 8.0)
        """
        low, high = _kept(self.slow), _kept(self.fast)
        return {"low": low, "middle": (low + high) / 2, "high": high}[at]

    def after(self, base: float, years: int, at: PaceEnd) -> float:
        """
        Carry a base on at one end of the pace, without regard to limits.

        Examples
        --------
        >>> pace = PromisedPace(Bound(op=">=", value=5), Bound(op="<=", value=8), False, True)
        >>> pace.after(84, 2, "high")
        100.0
        """
        step = self.step(at)
        end = base * (1 + step / 100) ** years if self.relative else base + step * years
        return round(end, 9)


def _kept(bound: Bound) -> float:
    hair = JUST_BEYOND * max(1.0, abs(bound.value)) if bound.strict else 0.0
    return bound.value + (hair if bound.rising else -hair)


def promised_pace(
    target: Target, reading: Reading | None = None, *, link: Target | None = None
) -> PromisedPace | None:
    """
    Give the yearly change that a target promises, across all its readings and those of its link.

    Parameters
    ----------
    target : Target
        The promise.
    reading : Reading, optional
        The reading that is judged: of readings on other indicators, or in another unit, it says
        which count. The default one when left out.
    link : Target, optional
        The target that it names as its ``pace``.

    Returns
    -------
    PromisedPace or None
        None where no reading speaks of a yearly change.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> plan = load_catalog(find_root()).plan("wuhai_2020_2022")
    >>> pace = promised_pace(plan.target("A12a_primary_pass_increment"))
    >>> pace.slowest, pace.fastest
    (5.0, 8.0)
    >>> promised_pace(plan.target("A06a_public_share")).sized
    False
    """
    found = list(_changes(target, reading or target.default_reading))
    if link is not None:
        found += _changes(link, _counterpart(link, reading))
    if not found:
        return None
    unit = found[0].unit
    bounds = [bound for change in found if change.unit == unit for bound in change.change]
    way = _way(bounds)
    # Of two ends at one number the strict one keeps both.
    ends = sorted(bounds, key=lambda bound: (way * bound.value, not bound.strict))
    fast = max(ends, key=lambda bound: (way * bound.value, bound.strict))
    limited = any(bound.op == "==" or bound.rising != ends[0].rising for bound in bounds)
    return PromisedPace(ends[0], fast, unit == "percent", limited)


def _changes(target: Target, judged: Reading | None) -> Iterator[_Change]:
    """Give the yearly changes that readings on the judged indicator ask for, its own unit first."""
    readings = sorted(target.readings, key=lambda one: (one != judged, not one.default))
    about = (judged.indicator if judged else None) or target.indicator
    for reading in readings:
        if (reading.indicator or target.indicator) == about:
            for condition in reading.conditions:
                if isinstance(condition, YearlyChange | AverageChange):
                    yield condition


def _counterpart(link: Target, judged: Reading | None) -> Reading | None:
    """Give the reading of the link of the same name as the judged one, or else its default."""
    same = (one for one in link.readings if judged is not None and one.id == judged.id)
    return next(same, link.default_reading)


def _way(bounds: Sequence[Bound]) -> int:
    """Tell a rise (1) from a fall (-1) by the signs printed; where both stand, by the bound."""
    signs = {math.copysign(1, bound.value) for bound in bounds if bound.value}
    return int(signs.pop()) if len(signs) == 1 else 1 if bounds[0].rising else -1


def pace_of_target(
    plan: Plan, target: Target, reading: Reading | None = None
) -> PromisedPace | None:
    """
    Give the pace that a plan promises for a target, its ``pace`` link looked up.

    Parameters
    ----------
    plan : Plan
        The plan.
    target : Target
        One of its targets.
    reading : Reading, optional
        The reading that is judged.

    Returns
    -------
    PromisedPace or None
        As for :func:`promised_pace`.
    """
    return promised_pace(target, reading, link=plan.target(target.pace) if target.pace else None)


@dataclass(frozen=True, slots=True)
class BasesOfPace:
    """
    From which bases a level is reached at the pace promised beside it.

    ``bases`` holds the lowest and the highest one by number of steps. [unit of the indicator]
    """

    level: Bound
    pace: PromisedPace
    bases: dict[int, tuple[float, float]]


def bases_of_pace(plan: Plan, target: Target) -> BasesOfPace | None:
    """
    Say from which bases a target's last level is reached at the pace that it names.

    Parameters
    ----------
    plan : Plan
        The plan.
    target : Target
        One of its targets.

    Returns
    -------
    BasesOfPace or None
        None where the target names no pace, or its default reading sets no level.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> plan = load_catalog(find_root()).plan("wuhai_2020_2022")
    >>> bases_of_pace(plan, plan.target("A12c_low_grade_pass")).bases[2]
    (84.0, 90.0)
    """
    pace = pace_of_target(plan, target) if target.pace else None
    levels = [
        bound
        for condition in (target.default_reading.conditions if target.default_reading else ())
        if isinstance(condition, Level)
        for _, bound in sorted(condition.at.items())
    ]
    if target.pace is None or pace is None or not pace.sized or not levels:
        return None
    slow, fast = pace.slow.value, pace.fast.value
    if slow * fast < 0 or abs(slow) > abs(fast):
        return None
    bases = {
        steps: baselines_that_reach(levels[-1].value, slow, fast, steps, relative=pace.relative)
        for steps in plan.target(target.pace).steps
    }
    return BasesOfPace(levels[-1], pace, bases)
