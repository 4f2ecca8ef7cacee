"""What a published rule is asked, what it says, or why it can say nothing."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Literal

from edu_metrics.errors import DataError

if TYPE_CHECKING:
    from edu_metrics.reachability.status_rules.pace_of_progress import PaceModel

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


class CannotSay(Exception):  # noqa: N818  (it is an answer, and never reaches a user)
    """A rule says nothing here, and why."""

    def __init__(self, why: Unable) -> None:
        super().__init__(why)
        self.why = why


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
            mine is its if mine is None or its is None else math.isclose(mine, its, abs_tol=1e-9)
            for mine, its in ((self.score, other.score), (self.ratio, other.ratio))
        )


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

    def run(self, longest: int) -> Points:
        """Give the last points in a row without a gap, at most so many."""
        start = len(self.years) - 1
        while start > 0 and self.years[start] - self.years[start - 1] == 1:
            start -= 1
        start = max(start, len(self.years) - longest)
        return Points(self.years[start:], self.values[start:])


def points_of(years: Sequence[int], values: Sequence[float], *, least: int = 2) -> Points:
    """
    Put a series in order, or say what is wrong with it.

    Parameters
    ----------
    years : sequence of int
        Calendar years, in any order.
    values : sequence of float
        Value in each year. [unit of the indicator]
    least : int, optional
        Years that are needed.

    Returns
    -------
    Points
        The points.

    Raises
    ------
    CannotSay
        If a value is missing, a year stands twice, or there are too few.
    DataError
        If there are not as many values as years: then nobody knows which belongs to which.

    Examples
    --------
    >>> points_of([2021, 2020], [52, 50]).values
    (50.0, 52.0)
    """
    if len(years) != len(values):
        raise DataError(
            f"expected one value for each year; found {len(years)} years and {len(values)} values. "
            "Give years and values as two lists of one length."
        )
    held = [float(value) for value in values]
    if not all(math.isfinite(value) for value in held):
        raise CannotSay(Unable.MISSING_VALUE)
    when = [int(year) for year in years]
    if len(set(when)) < len(when):
        raise CannotSay(Unable.DUPLICATE_YEARS)
    if len(when) < least:
        raise CannotSay(Unable.TOO_FEW_YEARS)
    pairs = sorted(zip(when, held, strict=True))
    return Points(tuple(year for year, _ in pairs), tuple(value for _, value in pairs))


class Clause(StrEnum):
    """What a target promises: a level in one year, the same level in every year, or a change."""

    LEVEL = "level"
    EACH_YEAR = "each_year"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Case:
    """
    A series and its target.

    ``years`` and ``values`` hold nothing before a break. ``target`` is the level asked for in
    ``target_year``; ``earlier`` holds levels that the same target asks for in earlier years.
    ``percent`` says that the values are percentages of a whole, from 0 to 100: only such a rate has
    a complement, and a place among the paces of others. ``pace`` and ``complement_pace`` come from
    :func:`~edu_metrics.reachability.status_rules.pace_of_progress.fit_pace`, the second one from
    the complements of the same peers.
    """

    years: Sequence[int]
    values: Sequence[float]
    target: float
    target_year: int
    better: Direction
    percent: bool = False
    clause: Clause = Clause.LEVEL
    earlier: Mapping[int, float] = field(default_factory=dict)
    pace: PaceModel | Unable = Unable.NO_PEERS
    complement_pace: PaceModel | Unable = Unable.NO_PEERS

    def points(self, least: int = 2) -> Points:
        """Put the series in order; a rule that needs more years than there are says nothing."""
        return points_of(self.years, self.values, least=least)

    def complement(self) -> Case | None:
        """
        Tell the same numbers as the share of those who do not.

        Returns
        -------
        Case or None
            With every value and level taken from 100 and better turned round; None where the
            values are no percentages of a whole.

        Examples
        --------
        >>> Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True).complement().values
        (13, 9)
        """
        if not self.percent:
            return None
        return replace(
            self,
            values=tuple(complement_of(value) for value in self.values),
            target=complement_of(self.target),
            better="lower" if self.better == "higher" else "higher",
            earlier={year: complement_of(level) for year, level in self.earlier.items()},
            pace=self.complement_pace,
            complement_pace=self.pace,
        )


def complement_of(value: float) -> float:
    """Give what is left to 100, without the dust of binary fractions: 100 - 99.9 is 0.1."""
    return round(100 - value, 9)


#: Asks one rule about a series and its target.
Ask = Callable[[Case], Answer]
#: Every rule of the modules that were loaded.
RULES: dict[Rule, Ask] = {}


def answering(rule: Rule) -> Callable[[Ask], Ask]:
    """Make a function a rule that may raise :class:`CannotSay`, and gives that as its answer."""

    def wrap(judge: Ask) -> Ask:
        @wraps(judge)
        def ask(case: Case) -> Answer:
            try:
                return judge(case)
            except CannotSay as nothing:
                return Answer(rule, unable=nothing.why)

        RULES[rule] = ask
        return ask

    return wrap


def beyond(value: float, target: float, better: Direction) -> bool:
    """
    Tell whether a value is at a target or beyond it; no published rule knows a strict bound.

    Examples
    --------
    >>> beyond(95, 95, "higher"), beyond(6, 5, "lower")
    (True, False)
    """
    return value >= target if better == "higher" else value <= target
