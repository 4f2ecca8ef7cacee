"""
A reading taken apart into checks, each with its years, its number and its bound.

All boundaries are decided here and in :meth:`edu_metrics.catalog.Bound.met_by`, and nowhere
else: values are compared unrounded unless the reading itself says that it rounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

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

__all__ = ["Check", "checks_of"]

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
            return last if self.round_to is None else _rounded(last, self.round_to)
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


def checks_of(
    reading: Reading,
    *,
    steps: int | None,
    deadline: int,
    limits: Limits,
    falling: bool = False,
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
    return np.where(np.abs(number) < 1e6, np.round(number, 9), np.round(number, 3))[()]


def _rounded(value: Any, to: float) -> Any:
    """Round half up, as official statistics are printed, to a multiple of ``to``."""
    if np.ndim(value) == 0:
        number, step = float(value), Decimal(str(to))
        if np.isnan(number):
            return number
        return float((Decimal(repr(number)) / step).quantize(Decimal(1), ROUND_HALF_UP) * step)
    # Draws are many: half up by floor, freed of dust first, and given the decimals of ``to``.
    steps = np.floor(np.round(np.asarray(value, dtype=np.float64) / to, 9) + 0.5)
    return np.round(steps * to, 9)
