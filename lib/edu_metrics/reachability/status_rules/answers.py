"""What a published rule says of a series, or why it can say nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from edu_metrics.errors import DataError

Direction = Literal["higher", "lower"]


class Rule(StrEnum):
    """Every rule, in the order in which they are shown."""

    OPEN_SDG = "open_sdg"
    UN_CHART = "un_chart"
    GERMAN = "german_weather"
    SDR = "sdr_arrow"
    ATTAINMENT = "inep_attainment"
    EXECUTION = "inep_execution"
    AARR = "unicef_aarr"
    PERCENTILE = "pace_percentile"
    SPEED = "pace_speed"


class Unable(StrEnum):
    """Why a rule says nothing."""

    MISSING_VALUE = "missing_value"
    DUPLICATE_YEARS = "duplicate_years"
    TOO_FEW_YEARS = "too_few_years"
    GAPS = "gaps"
    NO_BASE_YEAR = "no_base_year"
    NO_YEARS_LEFT = "no_years_left"
    MIXED_SIGNS = "mixed_signs"
    ZERO_VALUE = "zero_value"
    TARGET_IS_BASE = "target_is_base"
    BASE_BEYOND_TARGET = "base_beyond_target"
    TARGET_FALLS = "target_falls"
    NOT_A_PERCENTAGE = "not_a_percentage"
    NO_PEERS = "no_peers"
    TOO_FEW_PEERS = "too_few_peers"
    NO_TYPICAL_PACE = "no_typical_pace"


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The answer of one rule.

    ``status`` is the rule's own word, None where it has none and gives numbers only. ``ratio``
    is what it holds against its cut-offs, ``score`` the points it awards; ``observed`` and
    ``required`` are the changes a year that it compares, in the unit that the rule says.
    ``unable`` says why nothing can be given; all the others are None then.
    """

    rule: Rule
    status: StrEnum | None = None
    ratio: float | None = None
    score: float | None = None
    observed: float | None = None
    required: float | None = None
    unable: Unable | None = None

    @property
    def given(self) -> bool:
        """Whether the rule says anything."""
        return self.unable is None

    def says_the_same(self, other: Answer) -> bool:
        """
        Tell whether two answers of one rule come to the same.

        Parameters
        ----------
        other : Answer
            Another answer of the rule.

        Returns
        -------
        bool
            By the word where the rule has one; else by score, or by the share of the required
            pace that is kept, to nine digits. That neither can be given is the same, too.
        """
        if self.given != other.given or self.status != other.status:
            return False
        if self.status is not None or not self.given:
            return True
        return all(
            _close(mine, its)
            for mine, its in ((self.score, other.score), (self.ratio, other.ratio))
        )


def _close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@dataclass(frozen=True, slots=True)
class Points:
    """Years in order, each once, and their values, all finite."""

    years: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def first(self) -> float:
        """The first value."""
        return self.values[0]

    @property
    def last(self) -> float:
        """The last value."""
        return self.values[-1]

    @property
    def span(self) -> int:
        """Years from the first to the last."""
        return self.years[-1] - self.years[0]

    @property
    def pace(self) -> float:
        """Change a year from the first value to the last, in the unit of the values."""
        return (self.last - self.first) / self.span

    def since(self, year: int) -> Points:
        """Give the points from a year on."""
        start = next((at for at, held in enumerate(self.years) if held >= year), len(self.years))
        return Points(self.years[start:], self.values[start:])

    def run(self, longest: int) -> Points:
        """Give the last points in a row without a gap, at most so many."""
        start = len(self.years) - 1
        while start > 0 and self.years[start] - self.years[start - 1] == 1:
            start -= 1
        start = max(start, len(self.years) - longest)
        return Points(self.years[start:], self.values[start:])


def points_of(
    years: Sequence[int], values: Sequence[float], *, base_year: int | None = None, least: int = 2
) -> Points | Unable:
    """
    Put a series in order, or say what is wrong with it.

    Parameters
    ----------
    years : sequence of int
        Calendar years, in any order.
    values : sequence of float
        Value in each year. [unit of the indicator]
    base_year : int, optional
        Year from which on values count; where it has none, the next one that has.
    least : int, optional
        Years that are needed.

    Returns
    -------
    Points or Unable
        The points; or the reason why a rule can't be applied.

    Raises
    ------
    DataError
        If there are not as many values as years: then nobody knows which belongs to which.

    Examples
    --------
    >>> points_of([2021, 2020], [52, 50]).values
    (50.0, 52.0)
    >>> str(points_of([2020], [50]))
    'too_few_years'
    """
    if len(years) != len(values):
        raise DataError(
            f"expected one value for each year; found {len(years)} years and {len(values)} values. "
            "Give years and values as two lists of one length."
        )
    held = [float(value) for value in values]
    if not all(math.isfinite(value) for value in held):
        return Unable.MISSING_VALUE
    when = [int(year) for year in years]
    if len(set(when)) < len(when):
        return Unable.DUPLICATE_YEARS
    pairs = sorted(zip(when, held, strict=True))
    points = Points(tuple(year for year, _ in pairs), tuple(value for _, value in pairs))
    if base_year is not None:
        points = points.since(base_year)
        if not points.years:
            return Unable.NO_BASE_YEAR
    return points if len(points.years) >= least else Unable.TOO_FEW_YEARS


def beyond(value: float, target: float, better: Direction) -> bool:
    """
    Tell whether a value is at a target or beyond it; no published rule knows a strict bound.

    Examples
    --------
    >>> beyond(95, 95, "higher"), beyond(6, 5, "lower")
    (True, False)
    """
    return value >= target if better == "higher" else value <= target
