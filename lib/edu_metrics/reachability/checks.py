"""
A reading taken apart into checks, each with its years, its number and its bound.

All boundaries are decided here and in :meth:`edu_metrics.catalog.Bound.met_by`, and nowhere
else: values are compared unrounded unless the reading itself says that it rounds. What a bound
leaves open is a :class:`Range`, whose ends may be open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import (
    AverageChange,
    Bound,
    Condition,
    EachYear,
    Level,
    Rank,
    Reading,
    SumOverYears,
    TotalChange,
    YearlyChange,
)
from edu_metrics.errors import ProjectionError

Values = Mapping[int, Any]
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Check:
    """
    One comparison that a reading asks for.

    ``measure`` is one of value, points, percent, points_per_step, sum or rank; ``years`` are
    those whose values it needs, the last one the year in which it falls due. ``cap`` is the
    indicator's own limit: ending there counts as kept. ``falling`` says of a rank that the
    lowest value is the best.
    """

    measure: str
    years: tuple[int, ...]
    bounds: tuple[Bound, ...]
    cap: float | None = None
    round_to: float | None = None
    among: tuple[str, ...] = ()
    falling: bool = False

    @property
    def due(self) -> int:
        """The year in which the check is decided."""
        return self.years[-1]

    def measured(self, values: Values, rivals: Mapping[str, Values] | None = None) -> Any:
        """
        Measure what the bounds are held against.

        Parameters
        ----------
        values : mapping of int to float or ndarray
            The indicator's value by year: one number, or one a draw.
        rivals : mapping of str to mapping, optional
            The same for each area of a rank.

        Returns
        -------
        float or ndarray
            Value, change, sum or rank.
        """
        last = values[self.due]
        if self.measure == "rank":
            return self._rank(last, rivals or {})
        if self.measure == "value":
            return last if self.round_to is None else round_half_up(last, self.round_to)
        if self.measure == "sum":
            return _clean(sum(values[year] for year in self.years))
        first = values[self.years[0]]
        change = np.subtract(last, first)
        if self.measure == "points":
            return _clean(change)
        if self.measure == "points_per_step":
            return _clean(change / (self.due - self.years[0]))
        if self.measure == "percent":
            # A change from zero has no percentage: missing, and so never met.
            return _clean(100 * change / np.where(np.equal(first, 0), np.nan, first))
        raise ProjectionError(f"unknown measure {self.measure!r}")

    def holds(self, values: Values, rivals: Mapping[str, Values] | None = None) -> Any:
        """
        Tell whether the check is kept, for one number or for each draw.

        Parameters
        ----------
        values : mapping of int to float or ndarray
            The indicator's value by year.
        rivals : mapping of str to mapping, optional
            The same for each area of a rank.

        Returns
        -------
        bool or ndarray of bool
            True where all bounds hold, or the indicator has come to its own limit.
        """
        measured = self.measured(values, rivals)
        kept: Any = True
        for bound in self.bounds:
            kept = np.logical_and(kept, bound.met_by(measured))
        if self.cap is not None:
            at_cap = np.greater_equal if self.bounds[0].rising else np.less_equal
            kept = np.logical_or(kept, at_cap(values[self.due], self.cap))
        return bool(kept) if np.ndim(kept) == 0 else np.asarray(kept)

    def _rank(self, own: Any, rivals: Mapping[str, Values]) -> Any:
        """Give the place among the areas, 1 the best; equals share the better place."""
        ahead = np.less if self.falling else np.greater
        return 1 + sum(ahead(others[self.due], own).astype(int) for others in rivals.values())


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    One check of a reading: what was measured, against which bounds, and whether it held.

    ``margin`` is the distance to the nearest bound to fail, negative where that one failed.
    """

    measure: str
    years: tuple[int, ...]
    bounds: tuple[Bound, ...]
    measured: float | None
    holds: bool | None
    margin: float | None


def still_open(checks: Sequence[Check], results: Sequence[CheckResult]) -> tuple[Check, ...]:
    """Leave out the checks that a value or a published bound decides."""
    pairs = zip(checks, results, strict=True)
    return tuple(check for check, result in pairs if result.holds is None)


def checks_of(
    reading: Reading, *, steps: int | None, deadline: int, limits: Limits, falling: bool = False
) -> tuple[Check, ...]:
    """
    Take a reading apart.

    Parameters
    ----------
    reading : Reading
        One exact meaning of a target.
    steps : int or None
        Number of yearly steps a stepwise clause means. [years]
    deadline : int
        Year in which the last step ends.
    limits : tuple of (float or None)
        Lowest and highest value of the indicator.
    falling : bool, optional
        Whether less of the indicator is better; a rank counts from that side.

    Returns
    -------
    tuple of Check
        In order of the year in which they fall due.

    Raises
    ------
    ProjectionError
        If the reading speaks of yearly change and no number of steps is given.

    Examples
    --------
    >>> from edu_metrics.catalog import Reading
    >>> reading = Reading.model_validate({
    ...     "id": "a", "label": {"zh": "每年", "en": "each year"}, "default": True,
    ...     "conditions": [{"type": "yearly_change", "unit": "points", "change": [">=5"],
    ...                     "capped": True}]})
    >>> [check.years for check in checks_of(reading, steps=2, deadline=2022, limits=(0, 100))]
    [(2020, 2021), (2021, 2022)]
    """
    if reading.stepwise and not steps:
        raise ProjectionError(f"reading {reading.id!r} speaks of yearly change; say how many steps")
    checks: list[Check] = []
    for condition in reading.conditions:
        checks += _checks(condition, steps or 0, deadline, limits, falling)
    return tuple(sorted(checks, key=lambda check: check.due))


def _checks(
    condition: Condition, steps: int, deadline: int, limits: Limits, falling: bool
) -> list[Check]:
    base = deadline - steps
    span = range(base + 1, deadline + 1)
    match condition:
        case Level():
            return [
                Check("value", (year,), (bound,), round_to=condition.round_to)
                for year, bound in sorted(condition.at.items())
            ]
        case EachYear():
            return [Check("value", (year,), (condition.bound,)) for year in span]
        case YearlyChange():
            cap = _cap(condition.change, limits) if condition.capped else None
            return [Check(condition.unit, (year - 1, year), condition.change, cap) for year in span]
        case AverageChange():
            return [Check("points_per_step", (base, deadline), condition.change)]
        case TotalChange():
            return [Check(condition.unit, (base, deadline), condition.change)]
        case SumOverYears():
            return [Check("sum", tuple(sorted(condition.years)), condition.bounds)]
        case Rank():
            bounds, among = (condition.bound,), condition.among
            return [Check("rank", (condition.year,), bounds, among=among, falling=falling)]


def _cap(change: tuple[Bound, ...], limits: Limits) -> float | None:
    return limits[1] if change[0].rising else limits[0]


def _clean(number: Any) -> Any:
    """
    Take away the dust of binary fractions.

    70.1 - 65.1 is 4.999999999999993 in binary; a plan that asks for 5 points means the numbers
    as they are written, so what was computed from them is taken to nine decimals. From a million
    on three are enough, and more would themselves raise dust.
    """
    small = np.abs(number) < 1e6
    if small.all():
        return np.round(number, 9)
    return np.where(small, np.round(number, 9), np.round(number, 3))[()]


def round_half_up(value: Any, to: float) -> Any:
    """Round half up, as official statistics are printed, to a multiple of ``to``."""
    if np.ndim(value) == 0:
        number, step = float(value), Decimal(str(to))
        if np.isnan(number):
            return number
        return float((Decimal(repr(number)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
    # Draws are many: half up by floor, freed of dust first, and given the decimals of ``to``.
    steps = np.floor(np.round(np.asarray(value, dtype=np.float64) / to, 9) + 0.5)
    return np.round(steps * to, 9)


#: What an observation that is itself only a bound says; "about" says nothing firm.
_OPS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}


@dataclass(frozen=True, slots=True)
class Range:
    """An interval of values; an open end is not part of it."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @classmethod
    def of(cls, op: str, value: float) -> Range:
        """Give what lies on the right side of a value."""
        match op:
            case ">" | ">=":
                return cls(low=value, low_open=op == ">")
            case "<" | "<=":
                return cls(high=value, high_open=op == "<")
        return cls(value, value)

    @property
    def empty(self) -> bool:
        """Whether no value lies in it."""
        if self.low == self.high:
            return self.low_open or self.high_open
        return self.low > self.high

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The limits of it, one by one."""
        ends = []
        if self.low > -math.inf:
            ends.append(Bound(op=">" if self.low_open else ">=", value=self.low))
        if self.high < math.inf:
            ends.append(Bound(op="<" if self.high_open else "<=", value=self.high))
        return tuple(ends)

    def meet(self, other: Range) -> Range:
        """Keep what lies in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Range(low, high, low_open, not high_closed)

    def met_by(self, values: Any) -> NDArray[np.bool_]:
        """Tell of each value whether it lies in it."""
        above = (
            np.greater(values, self.low) if self.low_open else np.greater_equal(values, self.low)
        )
        below = np.less(values, self.high) if self.high_open else np.less_equal(values, self.high)
        return np.asarray(above & below)

    def moved(self, change: Range) -> Range:
        """Add any change of a range to any value of this one."""
        low_open, high_open = self.low_open or change.low_open, self.high_open or change.high_open
        low, high = self.low + change.low, self.high + change.high
        return Range(without_dust(low), without_dust(high), low_open, high_open)

    def grown(self, percent: Range) -> Range:
        """Change any positive value of this one by any percentage, -100 or more, of a range."""
        if percent.high == -100:
            return Range(0, 0)
        low, high = self.low * (1 + percent.low / 100), self.high * (1 + percent.high / 100)
        # Whatever there was, -100 percent leaves exactly nothing of it.
        low_open = percent.low_open or (self.low_open and percent.low > -100)
        return Range(
            without_dust(low), without_dust(high), low_open, self.high_open or percent.high_open
        )


def without_dust(number: float) -> float:
    """Take away the dust of binary fractions (0.1 + 0.2)."""
    return round(number, 9) if math.isfinite(number) else number


def accepted(check: Check) -> Range:
    """Give the values, or the changes, that all bounds of a check accept."""
    left = Range()
    for bound in check.bounds:
        if check.round_to is None:
            left = left.meet(Range.of(bound.op, bound.value))
        else:
            left = left.meet(_before_rounding(bound, check.round_to))
    return left


def carried(start: Range, check: Check) -> Range:
    """
    Carry values on by the changes that a check accepts; its own limit is left out of it.

    Parameters
    ----------
    start : Range
        Values in the year that the change is counted from. [unit of the indicator]
    check : Check
        A check on a change.

    Returns
    -------
    Range
        Values in the year in which it falls due; empty where none keeps it. [unit of the indicator]

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> gain = Check("points", (2020, 2021), (Bound(op=">=", value=5), Bound(op="<=", value=8)))
    >>> carried(Range(50, 50), gain)
    Range(low=55.0, high=58.0, low_open=False, high_open=False)
    """
    change = accepted(check)
    if check.measure == "percent":
        # A change from zero has no percentage, and nothing falls by more than all of it.
        start, change = start.meet(Range.of(">", 0)), change.meet(Range(low=-100))
    if start.empty or change.empty:
        return start if start.empty else change
    if check.measure == "percent":
        return start.grown(change)
    steps = check.due - check.years[0] if check.measure == "points_per_step" else 1
    return start.moved(replace(change, low=change.low * steps, high=change.high * steps))


def known_range(kind: str, value: float) -> Range | None:
    """
    Give the values that an observation leaves open which is itself only a bound, such as ">95".

    Parameters
    ----------
    kind : str
        Bound of the observation: above, at_least, below, at_most or about.
    value : float
        Its value. [unit of the indicator]

    Returns
    -------
    Range or None
        None for "about", which says nothing firm.

    Examples
    --------
    >>> known_range("above", 95)
    Range(low=95, high=inf, low_open=True, high_open=False)
    """
    return Range.of(_OPS[kind], value) if kind in _OPS else None


def decided_by(kind: str, value: float, check: Check) -> bool | None:
    """
    Decide a check on a value with an observation that is itself only a bound, such as ">95".

    Parameters
    ----------
    kind : str
        Bound of the observation: above, at_least, below, at_most or about.
    value : float
        Its value. [unit of the indicator]
    check : Check
        A check on a value.

    Returns
    -------
    bool or None
        True where all that the observation leaves open is accepted, False where nothing of it
        is, None where it decides nothing.

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> floor = Check("value", (2021,), (Bound.model_validate(">95"),))
    >>> decided_by("above", 95, floor), decided_by("at_least", 95, floor)
    (True, None)
    """
    known = known_range(kind, value)
    if known is None:
        return None
    kept = known.meet(accepted(check))
    if kept.empty:
        return False
    return True if kept == known else None


def _before_rounding(bound: Bound, step: float) -> Range:
    """Give the values that satisfy a bound once rounded half up to a multiple of ``step``."""
    size = Fraction(str(step))
    places = Fraction(str(bound.value)) / size

    def edge(multiple: int) -> float:
        return float((multiple - Fraction(1, 2)) * size)

    from_here, from_next = edge(math.ceil(places)), edge(math.floor(places) + 1)
    return {
        ">": Range(low=from_next),
        ">=": Range(low=from_here),
        "<": Range(high=from_here, high_open=True),
        "<=": Range(high=from_next, high_open=True),
        "==": Range(from_here, from_next, high_open=True),
    }[bound.op]
