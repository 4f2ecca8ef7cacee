"""What an answer rests on: each assumption with its spread, and where it would turn the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.reachability.verdicts import TargetAnswer, Verdict


@dataclass(frozen=True, slots=True)
class Influence:
    """
    One number that an answer rests on.

    Attributes
    ----------
    name : str
        A rate, lever or input of a flow; or, of a trend, ``start``, ``drift``, ``swing``,
        ``persons`` or ``year``.
    kind : {"rate", "lever", "input", "start", "trend"}
        What it is. A lever stands for what is usual where nothing new is done.
    unit : str
        What it is counted in.
    middle : float
        Where it is taken to stand: the median of what is not known. [unit]
    least, most : float
        How far it is moved in search of another answer. [unit]
    spread : float or None
        Its standard deviation, of the mean over the years where each has a draw of its own; of
        start and drift of a trend what the series moves in a year; None where nothing says how
        uncertain it is. [unit]
    low, high : float or None
        Its 10th and 90th percentile. [unit]
    at_low, at_high : float or None
        What the target's indicator comes to there, all else at its middle. [unit of the indicator]
    first, total : float or None
        Shares of the variance of the indicator that it makes alone, and with others. [0-1]
    first_kept, total_kept : float or None
        The same of whether the target is kept. [0-1]
    turns_at : float or None
        The nearest value at which the answer is another one; None where none within the bounds
        is. [unit]
    """

    name: str
    kind: Literal["rate", "lever", "input", "start", "trend"]
    unit: str
    middle: float
    least: float
    most: float
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    at_low: float | None = None
    at_high: float | None = None
    first: float | None = None
    total: float | None = None
    first_kept: float | None = None
    total_kept: float | None = None
    turns_at: float | None = None

    @property
    def move(self) -> float | None:
        """How far it would have to move for another answer. [unit]."""
        return None if self.turns_at is None else self.turns_at - self.middle

    @property
    def in_spreads(self) -> float | None:
        """The same in its own standard deviations, without sign."""
        if self.move is None or not self.spread:
            return None
        return abs(self.move) / self.spread

    @property
    def part_of_room(self) -> float | None:
        """The same as a part of the way to its bound on that side. [0-1]."""
        if self.move is None or self.turns_at is None:
            return None
        room = (self.most if self.move > 0 else self.least) - self.middle
        return abs(self.move / room) if room else None

    @property
    def swing(self) -> float:
        """How far the indicator goes between low and high, without sign."""
        if self.at_low is None or self.at_high is None:
            return 0.0
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class ReadingVerdict:
    """Another reading or number of steps, and the verdict that it comes to."""

    reading: str
    steps: int | None
    verdict: Verdict


@dataclass(frozen=True)
class Sensitivity(TargetAnswer):
    """
    What the answer on one target in one area hangs on.

    Attributes
    ----------
    area, target, reading, steps, indicator
        What is spoken of.
    model : {"mechanism", "trend", "none"}
        Where the answer comes from.
    flow : str or None
        The flow of a mechanism.
    relative : bool
        Whether it starts from the plan's own statement.
    year : int or None
        The year in which the target is due.
    level : Bound or None
        The level that is asked for then.
    middle : float or None
        What the indicator comes to with everything at its middle. [unit of the indicator]
    kept : bool or None
        Whether the target is kept then; of a mechanism only.
    probability : float or None
        The target's own, as its verdict states it; None where none is stated. [0-1]
    under_model : float or None
        Of a mechanism: in which part of what it assumes of its rates the target is kept. [0-1]
    verdict : Verdict or None
        The word whose change is looked for; of a trend only.
    influences : tuple of Influence
        The one that would change the answer first comes first.
    turned : tuple of ReadingVerdict
        Readings and steps under which the verdict is another one.
    reason : str or None
        Why there is no answer: decided, no_start, lacks_numbers, contradiction, rank,
        reading_undecided, earlier_year_unknown, no_forecast.
    """

    model: Literal["mechanism", "trend", "none"] = "none"
    flow: str | None = None
    relative: bool = False
    year: int | None = None
    level: Bound | None = None
    middle: float | None = None
    kept: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    verdict: Verdict | None = None
    influences: tuple[Influence, ...] = ()
    turned: tuple[ReadingVerdict, ...] = ()

    @property
    def decisive(self) -> Influence | None:
        """The influence that would change the answer first; None where none would."""
        first = self.influences[0] if self.influences else None
        return first if first is not None and first.turns_at is not None else None


def by_nearness(influence: Influence) -> tuple[int, float]:
    """
    Sort what turns the answer soonest first.

    Those with a spread go before those without, whose moves can't be compared with it; the latter
    go by the part of their room; last comes what turns nothing, the larger swing first.
    """
    if influence.in_spreads is not None:
        return 0, influence.in_spreads
    if influence.part_of_room is not None:
        return 1, influence.part_of_room
    return 2, -influence.swing


Floats = NDArray[np.float64]
#: A bracket is cut into so many parts, and the first that turns the answer into so many again.
_CUTS = (32,) * 5


def breakevens(
    kept: Callable[[NDArray[np.int64], Floats], NDArray[np.bool_]],
    middle: Floats,
    least: Floats,
    most: Floats,
    *,
    cuts: Sequence[int] = _CUTS,
) -> list[float | None]:
    """
    Find, for each number, the nearest value at which an answer is another one.

    From the middle outwards on both sides, all numbers at once: the first of 32 parts in which the
    answer changes is cut into 32 again, five times. That is exact to a thirty-millionth of the
    range; an answer that changes and changes back within one part of the first cut is not seen.

    Parameters
    ----------
    kept : callable
        Takes positions of numbers and a value for each, the others at their middle; says yes or no.
    middle, least, most : ndarray, shape (numbers,)
        Where each number stands, and how far down and up it may go. [unit of each]
    cuts : sequence of int, optional
        Into how many parts to cut, one time after the other.

    Returns
    -------
    list of (float or None)
        The nearest value at which the answer is not that of the middle; None where no value within
        the bounds changes it. [unit of each]

    Examples
    --------
    A sum of 10 + 2 against 15: the first needs 3 more, the second may rise by 1 only.

    >>> numbers = np.array([10.0, 2.0])
    >>> found = breakevens(lambda which, values: 12 - numbers[which] + values >= 15,
    ...                       numbers, np.array([0.0, 1.0]), np.array([20.0, 3.0]))
    >>> round(found[0], 6), found[1]
    (13.0, None)
    """
    count = len(middle)
    if not count:
        return []
    which = np.tile(np.arange(count), 2)
    near, far = np.tile(middle, 2).astype(float), np.concatenate([least, most]).astype(float)
    usual: bool | None = None
    turned = near != far
    for parts in cuts:
        steps = np.linspace(0.0, 1.0, parts + 1)
        rows = np.flatnonzero(turned)
        if not rows.size:
            break
        points = near[rows, None] + (far - near)[rows, None] * steps
        points[:, -1] = far[rows]  # rounding must not leave the bounds
        answers = kept(np.repeat(which[rows], len(steps)), points.ravel()).reshape(points.shape)
        if usual is None:
            usual = bool(answers[0, 0])  # with all at their middle there is one answer
        changed = answers != usual
        place = np.maximum(np.argmax(changed, axis=1), 1)
        each = np.arange(len(rows))
        near[rows], far[rows] = points[each, place - 1], points[each, place]
        turned[rows] = changed.any(axis=1)
    nearest: list[float | None] = []
    for number in range(count):
        sides = [float(far[row]) for row in (number, number + count) if turned[row]]
        stands = float(middle[number])
        nearest.append(min(sides, key=lambda value: abs(value - stands), default=None))
    return nearest
