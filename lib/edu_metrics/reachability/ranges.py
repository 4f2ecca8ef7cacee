"""Intervals of values whose ends may be open, and what a bound leaves of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.reachability.checks import Check

__all__ = ["Range", "accepted", "decided_by", "known_range"]

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
        return {
            ">": cls(low=value, low_open=True),
            ">=": cls(low=value),
            "<": cls(high=value, high_open=True),
            "<=": cls(high=value),
            "==": cls(value, value),
        }[op]

    @property
    def empty(self) -> bool:
        """Whether no value lies in it."""
        if self.low == self.high:
            return self.low_open or self.high_open
        return self.low > self.high

    @property
    def bounds(self) -> tuple[Bound, ...]:
        """The limits of it, one by one."""
        found = []
        if self.low > -math.inf:
            found.append(Bound(op=">" if self.low_open else ">=", value=self.low))
        if self.high < math.inf:
            found.append(Bound(op="<" if self.high_open else "<=", value=self.high))
        return tuple(found)

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
        return Range(_clean(low), _clean(high), low_open, high_open)

    def grown(self, percent: Range) -> Range:
        """Change any positive value of this one by any percentage, -100 or more, of a range."""
        if percent.high == -100:
            return Range(0, 0)
        low, high = self.low * (1 + percent.low / 100), self.high * (1 + percent.high / 100)
        # Whatever there was, -100 percent leaves exactly nothing of it.
        low_open = percent.low_open or (self.low_open and percent.low > -100)
        return Range(_clean(low), _clean(high), low_open, self.high_open or percent.high_open)


def _clean(end: float) -> float:
    """Take away the dust of binary fractions (0.1 + 0.2)."""
    return round(end, 9) if math.isfinite(end) else end


def accepted(check: Check) -> Range:
    """Give the values, or the changes, that all bounds of a check accept."""
    left = Range()
    for bound in check.bounds:
        if check.round_to is None:
            left = left.meet(Range.of(bound.op, bound.value))
        else:
            left = left.meet(_before_rounding(bound, check.round_to))
    return left


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
