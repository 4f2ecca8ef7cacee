"""
A reading taken apart into checks, each with its years, its number and its bound.

All boundaries are decided here and in :meth:`edu_metrics.catalog.Bound.met_by`, and nowhere
else: values are compared unrounded unless the reading itself says that it rounds. What a bound
leaves open is a :class:`Range`, whose ends may be open.

The probability that a target is kept, and by when, is told here too. There is one for each reading.
Whoever needs it takes it from the assessment, which takes it from :func:`probability_of`. What is
asked of other draws (a scenario's, a mechanism's, a forecast with more people added) is another
question, answered by :func:`kept_in` alone.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import (
    Areas,
    AverageChange,
    Bound,
    ChangeSince,
    Condition,
    EachYear,
    Level,
    Rank,
    Reading,
    Reference,
    Relative,
    SumOverYears,
    TotalChange,
    YearlyChange,
)
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories import CAP, FLOOR, Trajectory
from edu_metrics.words import probability

#: What compares two years; a level is a count that stands for itself.
CHANGES = frozenset({"points", "percent", "points_per_step"})
Values = Mapping[int, Any]
Limits = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True)
class Check:
    """
    One comparison that a reading asks for.

    ``measure`` is one of value, points, percent, points_per_step, sum, rank, rank_pct, areas,
    areas_pct, difference, ratio or gap_closed; ``years`` are those whose values it needs, the
    last one the year in which it falls due. ``cap`` is the indicator's own limit: ending there
    counts as kept. ``falling`` says of a rank, and of a gap, that the lowest value is the best;
    ``either`` of a gap that it is one on whichever side the value lies. ``to`` is what a value is
    compared with, and ``each`` what is asked of every one of ``among``, where so many must keep it.
    """

    measure: str
    years: tuple[int, ...]
    bounds: tuple[Bound, ...]
    cap: float | None = None
    round_to: float | None = None
    among: tuple[str, ...] = ()
    falling: bool = False
    either: bool = False
    to: Reference | None = None
    each: Check | None = None

    @property
    def hangs_on_others(self) -> bool:
        """Whether other series than the area's own decide it."""
        return self.measure in ("rank", "rank_pct") or bool(self.among) or self.to is not None

    @property
    def own_years(self) -> tuple[int, ...]:
        """The years in which the area's own value must be known."""
        return () if self.each else self.years

    def kept_by(self, measured: Any) -> Any:
        """Tell whether what was measured satisfies all bounds."""
        kept = np.logical_and.reduce([bound.met_by(measured) for bound in self.bounds])
        return bool(kept) if np.ndim(kept) == 0 else kept

    def others(self, indicator: str) -> dict[str, tuple[str, str]]:
        """Give indicator and area of the series it hangs on, by the names in ``rivals``."""
        named = {area: (indicator, area) for area in self.among}
        if self.each is not None:
            named |= self.each.others(indicator)
        if self.to is not None and self.to.value is None:
            named[self.to.series] = (self.to.indicator or indicator, str(self.to.area))
        return named

    def others_years(self, name: str) -> tuple[int, ...]:
        """Give the years in which one of those series must be known."""
        if self.each is not None:
            return self.each.years if name in self.among else self.each.others_years(name)
        if self.to is None:
            return (self.due,)
        return (self.to.year,) if self.to.year else self.years

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
        if self.each is not None:
            return self.counted(rivals or {})
        last = values[self.due]
        if self.measure in ("rank", "rank_pct"):
            rank = self._rank(last, rivals or {})
            return rank if self.measure == "rank" else _clean(100 * rank / len(self.among))
        if self.to is not None:
            return self._compared(values, rivals or {})
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
        if self.measure == "gap_closed":
            return self._gap_closed(values, rivals or {})
        kept: Any = self.kept_by(self.measured(values, rivals))
        if self.cap is not None:
            at_cap = np.greater_equal if self.bounds[0].rising else np.less_equal
            kept = np.logical_or(kept, at_cap(values[self.due], self.cap))
        return bool(kept) if np.ndim(kept) == 0 else np.asarray(kept)

    def _other(self, year: int, rivals: Mapping[str, Values]) -> Any:
        """Give what the value of a year is compared with."""
        if self.to is None or self.to.value is not None:
            return self.to.value if self.to else None
        return rivals[self.to.series][self.to.year or year]

    def _compared(self, values: Values, rivals: Mapping[str, Values]) -> Any:
        own, other = values[self.due], self._other(self.due, rivals)
        if self.measure == "difference":
            return _clean(np.subtract(own, other))
        if self.measure == "ratio":
            return _clean(own / np.where(np.equal(other, 0), np.nan, other))
        first, last = self._gaps(values, rivals)
        return _clean(100 * (1 - last / np.where(first > 0, first, np.nan)))

    def _gaps(self, values: Values, rivals: Mapping[str, Values]) -> tuple[Any, Any]:
        """Give the gaps in the first and in the last year, positive where something is missing."""
        gaps = [np.subtract(self._other(year, rivals), values[year]) for year in self.years]
        side = np.where(gaps[0] < 0, -1, 1) if self.either else -1 if self.falling else 1
        return side * gaps[0], side * gaps[-1]

    def _gap_closed(self, values: Values, rivals: Mapping[str, Values]) -> Any:
        """Tell whether enough of a gap is closed; where there was none, none may have opened."""
        first, last = self._gaps(values, rivals)
        (bound,) = self.bounds
        left = _clean((1 - bound.value / 100) * np.maximum(first, 0))
        kept = np.less(_clean(last), left) if bound.strict else np.less_equal(_clean(last), left)
        return bool(kept) if np.ndim(kept) == 0 else np.asarray(kept)

    def told(self, values: Values, rivals: Mapping[str, Values]) -> Check | None:
        """
        Say as a level what a comparison comes to, once all that it compares with is known.

        Parameters
        ----------
        values : mapping of int to float
            Values of the indicator that are known, by year.
        rivals : mapping of str to mapping
            The same of what it is compared with.

        Returns
        -------
        Check or None
            A check on the value; None while something is open, or for a ratio to nothing.

        Examples
        --------
        At least the average, which came to 95; and half of the gap of 10 points to it closed:

        >>> average = {" nation": {2020: 90.0, 2022: 95.0}}
        >>> to = Reference(area="nation")
        >>> level = (Bound(op=">=", value=0),)
        >>> str(Check("difference", (2022,), level, to=to).told({}, average).bounds[0])
        '≥ 95'
        >>> half = Check("gap_closed", (2020, 2022), (Bound(op=">=", value=50),), to=to)
        >>> str(half.told({2020: 80.0}, average).bounds[0])
        '≥ 90'
        """
        try:
            level = self._level(values, rivals)
        except KeyError:
            return None
        return None if level is None else Check("value", (self.due,), (level,))

    def _level(self, values: Values, rivals: Mapping[str, Values]) -> Bound | None:
        (bound,), other = self.bounds, self._other(self.due, rivals)
        if self.measure == "difference":
            return Bound(op=bound.op, value=float(_clean(other + bound.value)))
        if self.measure == "ratio":
            return (
                Bound(op=bound.op, value=float(_clean(other * bound.value))) if other > 0 else None
            )
        start = values[self.years[0]]
        gap = self._other(self.years[0], rivals) - start
        down = gap < 0 if self.either else self.falling
        left = (1 - bound.value / 100) * max(-gap if down else gap, 0)
        op = {">=": "<=", ">": "<"}[bound.op] if down else bound.op
        return Bound.model_validate(
            {"op": op, "value": float(_clean(other + left if down else other - left))}
        )

    def counted(self, rivals: Mapping[str, Values], *, unknown: bool = False) -> Any:
        """Count the areas that keep what is asked of each; those not known as one likes."""
        kept = [
            self.each.holds(rivals[area], rivals)
            if self.each and self.each.known(rivals[area], rivals)
            else unknown
            for area in self.among
        ]
        number = sum(np.asarray(one).astype(int) for one in kept)
        return number if self.measure == "areas" else _clean(100 * number / len(kept))

    def known(self, values: Values, rivals: Mapping[str, Values]) -> bool:
        """Tell whether all that it needs is among some values."""
        others = self.others("")
        return values.keys() >= set(self.own_years) and all(
            rivals[name].keys() >= set(self.others_years(name)) for name in others
        )

    def _rank(self, own: Any, rivals: Mapping[str, Values]) -> Any:
        """Give the place among the areas, 1 the best; equals share the better place."""
        ahead = np.less if self.falling else np.greater
        others = [values for name, values in rivals.items() if name in (self.among or rivals)]
        return 1 + sum(ahead(values[self.due], own).astype(int) for values in others)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """
    A check of a reading, what was measured, and whether it held.

    ``margin`` is the distance to the nearest bound to fail, negative where that one failed.
    """

    check: Check
    measured: float | None = None
    holds: bool | None = None
    margin: float | None = None


def decided(results: Sequence[CheckResult]) -> bool | None:
    """Tell whether all checks hold; None where that is open."""
    if any(result.holds is False for result in results):
        return False
    return True if all(result.holds for result in results) else None


def still_open(results: Iterable[CheckResult]) -> tuple[Check, ...]:
    """Give the checks that neither a value nor a published bound decides."""
    return tuple(result.check for result in results if result.holds is None)


def checks_of(
    reading: Reading,
    *,
    steps: int | None,
    deadline: int,
    limits: Limits,
    falling: bool = False,
    either: bool = False,
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
    either : bool, optional
        Whether neither side is better, so that a gap is one above as below.

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
        for check in _checks(condition, steps or 0, deadline, limits):
            if check.each is not None:
                check = replace(check, each=replace(check.each, falling=falling, either=either))
            elif check.hangs_on_others:
                check = replace(check, falling=falling, either=either)
            checks.append(check)
    return tuple(sorted(checks, key=lambda check: check.due))


def _checks(condition: Condition, steps: int, deadline: int, limits: Limits) -> list[Check]:
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
            cap = limits[1 if condition.change[0].rising else 0] if condition.capped else None
            return [Check(condition.unit, (year - 1, year), condition.change, cap) for year in span]
        case AverageChange():
            return [Check("points_per_step", (base, deadline), condition.change)]
        case TotalChange():
            return [Check(condition.unit, (base, deadline), condition.change)]
        case ChangeSince():
            return [Check(condition.unit, (condition.since, condition.by), condition.change)]
        case SumOverYears():
            return [Check("sum", tuple(sorted(condition.years)), condition.bounds)]
        case Rank():
            measure = "rank" if condition.unit == "place" else "rank_pct"
            return [Check(measure, (condition.year,), (condition.bound,), among=condition.among)]
        case Areas():
            (each,) = _checks(condition.each, steps, deadline, limits)
            measure = "areas" if condition.unit == "areas" else "areas_pct"
            bounds, among = (condition.bound,), condition.among
            return [Check(measure, each.years, bounds, among=among, each=each)]
        case Relative():
            years = (
                (condition.year,) if condition.since is None else (condition.since, condition.year)
            )
            return [Check(condition.measure, years, (condition.bound,), to=condition.to)]


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

    @classmethod
    def between(cls, limits: Limits, open_ends: Collection[str] = ()) -> Range:
        """Give what lies within the limits of an indicator, of which an end may be open."""
        low, high = limits
        return cls(
            -math.inf if low is None else low,
            math.inf if high is None else high,
            low_open="low" in open_ends,
            high_open="high" in open_ends,
        )

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


def probability_of(
    trajectory: Trajectory,
    checks: Sequence[Check],
    known: Mapping[int, float],
    rivals: Mapping[str, Values] | None = None,
) -> float:
    """
    Give the probability that everything still open of a reading is kept.

    Parameters
    ----------
    trajectory : Trajectory
        What the series may do. [unit of the indicator]
    checks : sequence of Check
        What nothing observed has decided yet.
    known : mapping of int to float
        Values that are known, by year. [unit of the indicator]
    rivals : mapping of str to mapping, optional
        Values or draws by year of each area that a rank is taken among.

    Returns
    -------
    float
        As it comes out, 0-1; :func:`~edu_metrics.trajectories.stated` keeps it within what may be
        told.

    Examples
    --------
    Of four draws two end at 90 or above; a gain of 5 points from 86 comes to 91.

    >>> from edu_metrics.catalog import Bound
    >>> ends = np.array([[88.0], [89.0], [90.0], [92.0]])
    >>> drawn = Trajectory("m", (2022,), ends, last_year=2021, last_value=86.0, peers=0)
    >>> level = Check("value", (2022,), (Bound.model_validate(">=90"),))
    >>> gain = Check("points", (2021, 2022), (Bound.model_validate(">=5"),))
    >>> probability_of(drawn, [level], {}), probability_of(drawn, [gain], {2021: 86.0})
    (0.5, 0.25)
    """
    asked = level_asked(checks, known)
    if asked is not None and asked[0] in trajectory.years:
        year, accepts = asked
        return trajectory.probability(accepts.bounds, year)
    values = {**known, **{year: trajectory.at(year) for year in trajectory.years}}
    return float(np.mean(kept_in(checks, values, rivals)))


def kept_in(
    checks: Sequence[Check], values: Values, rivals: Mapping[str, Values] | None = None
) -> NDArray[np.bool_]:
    """
    Tell of each draw whether it keeps every check.

    Parameters
    ----------
    checks : sequence of Check
        What is asked.
    values : mapping of int to float or ndarray
        The indicator's value by year: one number, or one a draw. [unit of the indicator]
    rivals : mapping of str to mapping, optional
        The same of each area that a rank is taken among.

    Returns
    -------
    ndarray of bool
        One a draw, in the shape of the values.
    """
    kept: Any = True
    for check in checks:
        kept = np.logical_and(kept, check.holds(values, rivals))
    if np.ndim(kept):
        return np.asarray(kept)
    # What numbers alone decide holds in every draw.
    return np.full(np.broadcast_shapes((1,), *map(np.shape, values.values())), kept)


def level_asked(checks: Sequence[Check], known: Mapping[int, float]) -> tuple[int, Range] | None:
    """
    Say which values of which one year keep all checks, where they ask for one year's value alone.

    A change from a value that is known is a level in disguise.

    Parameters
    ----------
    checks : sequence of Check
        What is asked.
    known : mapping of int to float
        Values that are known, by year. [unit of the indicator]

    Returns
    -------
    tuple of int and Range, or None
        The year and its values; None where several years are asked for at once, or a rank.

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"),)
    >>> level_asked([Check("points", (2021, 2022), gain)], {2021: 80.0})
    (2022, Range(low=85.0, high=inf, low_open=False, high_open=False))
    >>> level_asked([Check("points", (2021, 2022), gain)], {2020: 80.0}) is None
    True
    """
    levels = [_level_of(check, known) for check in checks]
    years = {check.due for check in checks}
    if len(years) != 1 or None in levels:
        return None
    values = Range()
    for one in levels:
        values = values.meet(one or Range())
    return years.pop(), values


def _level_of(check: Check, known: Mapping[int, float]) -> Range | None:
    """Give the values of its last year that keep a check, where all earlier ones are known."""
    if check.measure == "sum" or check.hangs_on_others or not known.keys() >= set(check.years[:-1]):
        return None
    if check.measure == "value":
        asked = accepted(check)
    else:
        first = known[check.years[0]]
        if check.measure == "percent" and first <= 0:
            return None
        asked = carried(Range(first, first), check)
    return asked if check.cap is None else _or_at_cap(asked, check)


def _or_at_cap(asked: Range, check: Check) -> Range | None:
    """Take the indicator's own limit for kept, where that leaves one interval."""
    cap = float(check.cap or 0.0)
    if check.bounds[0].rising:
        low, low_open = min((asked.low, asked.low_open), (cap, False))
        return Range(low, asked.high, low_open) if asked.high == np.inf else None
    high, high_closed = max((asked.high, not asked.high_open), (cap, True))
    return Range(high=high, high_open=not high_closed) if asked.low == -np.inf else None


def two_digits(value: float | None) -> float | None:
    """
    Round a probability to the digits that are meant.

    Examples
    --------
    >>> two_digits(0.41849), two_digits(None)
    (0.42, None)
    """
    return None if value is None else round(float(value), 2)


def chance(value: float | None, lang: str) -> str:
    """
    Print a probability of a target: whole percent, and what lies beyond the caps as such.

    Examples
    --------
    >>> chance(0.342, "en"), chance(0.97, "en"), chance(0.0, "zh"), chance(None, "en")
    ('34 %', 'at least 80 %', '至多1%', '—')
    """
    return probability(value, lang, floor=FLOOR, cap=CAP)


#: Years beyond the deadline for which it is asked when the level is reached.
BEYOND = 5


@dataclass(frozen=True, slots=True)
class Reached:
    """
    When a level is reached: probabilities by year, each 0-1.

    Attributes
    ----------
    years : tuple of int
        The years drawn, consecutive; the last one is the horizon.
    first_hit : tuple of float
        Probability that the level has been reached for the first time by the end of that year.
    still_there : tuple of float
        Probability that the level is kept in that very year.
    stays : tuple of float
        Probability that it is kept in that year and in every later one up to the horizon.
    since : int or None
        The last year observed, where the level is kept in it already.
    median_year : int or None
        ``since``, or the first year by which half of the draws have reached the level; None
        where that is not so within the horizon.
    all_asked : bool
        Whether to be at the level in the year due is all that the target still asks, so that its
        probability is the target's.
    """

    years: tuple[int, ...]
    first_hit: tuple[float, ...]
    still_there: tuple[float, ...]
    stays: tuple[float, ...]
    since: int | None
    median_year: int | None
    all_asked: bool = False

    @property
    def horizon(self) -> int:
        """The last year drawn."""
        return self.years[-1]


def reached(
    draws: NDArray[np.float64],
    years: Sequence[int],
    level: Bound | Range,
    *,
    last_year: int,
    last_value: float,
) -> Reached:
    """
    Read off draws when a level is first reached, and whether it is still kept later.

    Nothing is interpolated: every year named is one that was drawn, or the last one observed.

    Parameters
    ----------
    draws : ndarray, shape (draws, years)
        What the series may do. [unit of the indicator]
    years : sequence of int
        The years of the columns.
    level : Bound or Range
        What is asked. [unit of the indicator]
    last_year : int
        The last year observed.
    last_value : float
        Its value. [unit of the indicator]

    Returns
    -------
    Reached
        Probabilities by year.

    Examples
    --------
    Of four draws three come to 95 and one of them falls back:

    >>> draws = np.array([[95.0, 96.0], [94.0, 95.0], [95.0, 94.0], [93.0, 93.0]])
    >>> level = Bound.model_validate(">=95")
    >>> found = reached(draws, [2021, 2022], level, last_year=2020, last_value=93)
    >>> found.first_hit, found.still_there, found.median_year
    ((0.5, 0.75), (0.5, 0.5), 2021)
    """
    shape = np.shape(draws)
    # One row a year and one bit a draw: eight draws are looked at in one go.
    kept = np.packbits(np.transpose(level.met_by(draws)), axis=1)
    since = last_year if level.met_by(last_value) else None
    stays = np.bitwise_and.accumulate(kept[::-1])[::-1]
    # A level that was kept in the last year observed has had its first hit.
    hit = _shares(np.bitwise_or.accumulate(kept), shape[0])
    first_hit = hit if since is None else (1.0,) * shape[1]
    halves = (int(year) for year, share in zip(years, first_hit, strict=True) if share >= 0.5)
    return Reached(
        years=tuple(int(year) for year in years),
        first_hit=first_hit,
        still_there=_shares(kept, shape[0]),
        stays=_shares(stays, shape[0]),
        since=since,
        median_year=next(halves, None) if since is None else since,
    )


def _shares(kept: NDArray[np.uint8], draws: int) -> tuple[float, ...]:
    return tuple((np.bitwise_count(kept).sum(axis=1) / draws).tolist())
