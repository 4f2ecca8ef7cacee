"""What a user assumes, and what an assumption comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from edu_metrics.reachability import Verdict
from edu_metrics.reachability.precedent import NoPrecedent, Precedent

#: Courses that are no scenario of the catalog: a pace of one's own, levers of one's own.
OWN_PACE, LEVERS = "own_pace", "levers"


@dataclass(frozen=True, slots=True)
class Assumed:
    """
    What a user assumes.

    Attributes
    ----------
    course : str
        ``own_pace``, ``levers``, or the id of a scenario.
    pace : float
        Change a year in the better direction, for ``own_pace``. [unit of the pace slider]
    levers : mapping of str to float
        Settings, for ``levers``. [unit of each lever a year]
    shock : float
        How much a single year is worse; 0 for none. [points, or percent of the value]
    shock_year : int
        Which year, counted from the first one ahead, which is 0. [years]
    """

    course: str = OWN_PACE
    pace: float = 0.0
    levers: Mapping[str, float] = field(default_factory=dict)
    shock: float = 0.0
    shock_year: int = 0


@dataclass(frozen=True, slots=True)
class PaceSlider:
    """Ends, step and unit of the slider for a pace; ``kind`` is points, percent or units."""

    low: float
    high: float
    step: float
    kind: Literal["points", "percent", "units"]


@dataclass(frozen=True, eq=False)
class Answer:
    """
    What an assumption comes to.

    Attributes
    ----------
    years : tuple of int
        Years ahead, up to the deadline.
    middle, low, high : tuple of float
        Median by year and the 80 % interval, which is empty where nothing is left to chance.
        [unit of the indicator]
    met : bool or None
        Whether the course itself keeps the target, where it has no chance in it.
    probability : float or None
        How often the target is kept with the ups and downs of the past; as usual that is the
        target's own, as its verdict states it. [0-1]
    under_model, model_base : float or None
        Under levers: in which part of what a flow model assumes of its rates the target is kept,
        and in which part without the levers. Neither is a probability of the target. [0-1]
    verdict : Verdict or None
        The word for it.
    pace : float or None
        Mean change a year until the deadline, in the better direction. [unit of the indicator]
    year_reached : int or None
        First year in which the course, or half of the draws, reach the level and keep the target.
    horizon : int
        Last year looked at for that.
    pace_people : float or None
        Persons or institutions that the pace comes to each year.
    short : int or None
        Persons or institutions still missing when the target is due; 0 where none is.
    fails : {"level", "other"} or None
        What a course that does not keep the target fails by.
    precedents : list of Precedent, or NoPrecedent
        How often comparable series kept such a pace.
    reason : str or None
        Why nothing can be said, in one word.
    """

    years: tuple[int, ...] = ()
    middle: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    met: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    model_base: float | None = None
    verdict: Verdict | None = None
    pace: float | None = None
    year_reached: int | None = None
    horizon: int = 0
    pace_people: float | None = None
    short: int | None = None
    fails: Literal["level", "other"] | None = None
    precedents: list[Precedent] | NoPrecedent = NoPrecedent.NO_START
    reason: str | None = None
