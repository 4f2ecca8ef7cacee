"""
Rules that look at the numbers of one quantity in all areas and years, and know nothing else.

A rule finds what is possible and odd: a question to put to the publisher, not a fault. None of them
speaks of a value that moves by what chance or the quantity's own usual change explains.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Numbers: TypeAlias = npt.NDArray[np.float64]
Scale: TypeAlias = Literal["percent", "count", "amount"]

#: A change is odd from here on: of percentages in points, of amounts as a factor.
LEAST_POINTS, LEAST_FACTOR = 10.0, 1.5
#: It also has to be so many times the usual yearly change, and so many standard errors of chance.
_TIMES, _ERRORS = 6.0, 4.0
#: From so many yearly changes on, those of all areas say what is usual.
_MANY = 20


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """
    Something odd in the numbers.

    ``area`` is empty where it is not one area's; ``quantity`` is a quantity or, of a rate that was
    computed, its indicator. ``numbers`` are by name, as the sentence of the rule fills them in.
    """

    rule: str
    area: str
    quantity: str
    years: tuple[int, ...]
    numbers: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Panel:
    """
    One quantity: values by area and year, NaN where unknown, and the persons behind a rate.

    Attributes
    ----------
    quantity : str
        Its id.
    scale : {"percent", "count", "amount"}
        A percentage, a whole number of persons or things, or anything else.
    areas : tuple of str
        Areas, one a row.
    years : tuple of int
        Years in which any area is known, one a column.
    values : array of shape (areas, years)
        Values. [unit of the quantity]
    n : array of shape (areas, years)
        Persons or things behind a percentage, NaN where unknown. [persons]
    """

    quantity: str
    scale: Scale
    areas: tuple[str, ...]
    years: tuple[int, ...]
    values: Numbers
    n: Numbers

    @classmethod
    def of(cls, quantity: str, scale: Scale, rows: pd.DataFrame) -> Panel:
        """Make a panel of rows with area, year, value and perhaps n, one row an area and year."""
        values = rows.pivot(index="area", columns="year", values="value")
        n = np.full(values.shape, np.nan)
        if "n" in rows:
            n = rows.pivot(index="area", columns="year", values="n").to_numpy("float64")
        years = tuple(int(year) for year in values.columns)
        return cls(
            quantity, scale, tuple(map(str, values.index)), years, values.to_numpy("float64"), n
        )

    @cached_property
    def known(self) -> npt.NDArray[np.bool_]:
        """Where there is a value."""
        return ~np.isnan(self.values)

    @cached_property
    def level(self) -> Numbers:
        """Percentages as they are, amounts as logarithms: on it a change is a difference."""
        if self.scale == "percent":
            return self.values
        return np.log(np.where(self.values > 0, self.values, np.nan))

    @cached_property
    def steps(self) -> Numbers:
        """Change of the level from each year to the next that the quantity has."""
        return np.diff(self.level, axis=1)

    @cached_property
    def _usual_of_all(self) -> float:
        moves = np.abs(self.steps[~np.isnan(self.steps)])
        return float(np.median(moves)) if len(moves) >= _MANY else 0.0

    @property
    def least(self) -> float:
        """The least change of the level that can be odd."""
        return LEAST_POINTS if self.scale == "percent" else float(np.log(LEAST_FACTOR))

    @cached_property
    def chance(self) -> Numbers:
        """Standard error of a level, as far as chance moves it; 0 where nobody knows."""
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.scale == "percent":
                share = np.clip(self.values, 1, 99)
                return np.nan_to_num(np.sqrt(share * (100 - share) / self.n), posinf=0.0)
            if self.scale == "count":
                return np.nan_to_num(1 / np.sqrt(self.values), posinf=0.0)
        return np.zeros_like(self.values)

    def threshold(self, row: int, steps: Iterable[int]) -> float | None:
        """
        Say how far is far in a series: by its other steps, those of all areas, and chance.

        Parameters
        ----------
        row : int
            The area.
        steps : iterable of int
            Steps that are in question, and so don't say what is usual.

        Returns
        -------
        float or None
            The least change of the level that is odd; None where too little is known.
        """
        asked = set(steps)
        others = [abs(move) for at, move in enumerate(self.steps[row])
                  if at not in asked and move == move]  # fmt: skip
        own = float(np.median(others)) if len(others) >= 2 else None
        if own is None and not self._usual_of_all:
            return None
        ends = {at + side for at in asked for side in (0, 1)}
        error = max(self.chance[row, at] for at in ends)
        return float(
            max(self.least, _TIMES * max(own or 0.0, self._usual_of_all), _ERRORS * error * 2**0.5)
        )

    def finding(
        self, rule: str, row: int | None, columns: Iterable[int], **numbers: float
    ) -> Finding:
        """Make a finding of one area, or of all."""
        area = "" if row is None else self.areas[row]
        years = tuple(self.years[column] for column in columns)
        told = {name: float(value) for name, value in numbers.items()}
        return Finding(rule, area, self.quantity, years, told)


#: A series whose last value is older than this by the day of asking is said to have ended. [years]
ENDED_YEARS = 3
#: So many values make a series, and so many areas a crowd.
_SERIES, _CROWD = 3, 5
#: A change of nearly all areas in one year: points, factor, and times that of other years.
_COMMON_POINTS, _COMMON_FACTOR, _COMMON_TIMES = 8.0, 1.35, 3.0
#: Percentages of so much and more are far from 1.
_FAR = 20.0
#: Suppressed counts leave a hole below a limit: the smallest one, and how full it is above.
_LEAST_LIMIT, _HOLE = 4, 3


def look_at(panel: Panel, as_of: int) -> Iterator[Finding]:
    """
    Hold one quantity against every rule.

    Parameters
    ----------
    panel : Panel
        The quantity.
    as_of : int
        Year in which is asked. [year]

    Yields
    ------
    Finding
        What is odd. A value that one rule explains is not told again by a vaguer one.
    """
    yield from ended(panel, as_of)
    yield from half_persons(panel)
    yield from stale_years(panel)
    yield from zeros_for_suppressed(panel)
    small = list(below_one(panel))
    yield from small
    if any(not one.area for one in small):
        return  # nothing else can be told of numbers that are all on another scale
    told: set[tuple[str, int]] = set()
    for rule in (fractions, lone_zeros, powers_of_ten, far_years):
        new = [one for one in rule(panel) if (one.area, one.years[0]) not in told]
        yield from new
        told |= {(one.area, one.years[0]) for one in new}
    common = list(common_jumps(panel))
    yield from common
    shared = {(one.years, one.numbers["change"] > 0) for one in common}
    for one in jumps(panel):
        rising = one.numbers["after"] > one.numbers["before"]
        if (one.years, rising) not in shared and not told & {(one.area, y) for y in one.years}:
            yield one


def ended(panel: Panel, as_of: int) -> Iterator[Finding]:
    """Find series without a value in the last years."""
    for row in _places(panel.known.sum(axis=1) >= _SERIES):
        columns = _places(panel.known[row])
        years = np.array(panel.years)[columns]
        # A census has not ended before the next one is due.
        if as_of - years[-1] > max(ENDED_YEARS, np.diff(years).max()):
            yield panel.finding("ended", row, columns[-1:], as_of=as_of)


def half_persons(panel: Panel) -> Iterator[Finding]:
    """Find counts that are not whole."""
    if panel.scale != "count":
        return
    broken = panel.known & (np.abs(panel.values - np.round(panel.values)) > 1e-6)
    for row, column in _cells(broken):
        value = panel.values[row, column]
        yield panel.finding("half_persons", row, [column], value=value, better=np.round(value))


def stale_years(panel: Panel) -> Iterator[Finding]:
    """Find years that repeat the one before in every area."""
    for column in range(1, len(panel.years)):
        before, now = panel.values[:, column - 1], panel.values[:, column]
        both = panel.known[:, column - 1] & panel.known[:, column]
        # Whole crowds may stay at 0 or 100; they have nowhere to go.
        moving = both & (now != 0) & ((now != 100) | (panel.scale != "percent"))
        if len(set(now[moving])) >= _CROWD and (before[both] == now[both]).all():
            yield panel.finding("stale_year", None, [column - 1, column], areas=both.sum())


def zeros_for_suppressed(panel: Panel) -> Iterator[Finding]:
    """Find counts with zeros, none from one to a limit, and several just above it."""
    if panel.scale != "count":
        return
    values = panel.values[panel.known]
    above = values[values > 0]
    if not len(above):
        return
    limit, zeros = float(above.min()), int((values == 0).sum())
    crowded = int((above < 2 * limit).sum())
    if limit >= _LEAST_LIMIT and min(zeros, crowded) >= _HOLE:
        columns = _places((panel.values == 0).any(axis=0))
        yield panel.finding("zeros_for_suppressed", None, columns, zeros=zeros, limit=limit)


def below_one(panel: Panel) -> Iterator[Finding]:
    """Find percentages of which none is above one: of all areas, or of one among larger ones."""
    if panel.scale != "percent":
        return
    highest = np.max(np.where(panel.known, panel.values, -np.inf), axis=1)
    small = (highest <= 1) & (highest > 0) & (panel.known.sum(axis=1) >= _SERIES)
    if (highest <= 1).all() and highest.max() > 0 and panel.known.sum() >= _CROWD:
        years = range(len(panel.years))
        yield panel.finding("below_one", None, years, highest=highest.max())
    elif np.median(highest) >= _FAR:
        for row in _places(small):
            columns = _places(panel.known[row])
            yield panel.finding("below_one", row, columns, highest=highest[row])


def fractions(panel: Panel) -> Iterator[Finding]:
    """Find a fraction that, times a hundred, stands among the percentages of its area."""
    if panel.scale != "percent":
        return
    for row, column in _cells(panel.known & (panel.values > 0) & (panel.values <= 1)):
        others = _others(panel, row, column)
        better = 100 * panel.values[row, column]
        if len(others) >= _SERIES - 1 and np.median(others) >= _FAR:
            nearest = float(np.min(np.abs(others - better)))
            if nearest <= LEAST_POINTS:
                value = panel.values[row, column]
                yield panel.finding("fraction", row, [column], value=value, better=better)


def lone_zeros(panel: Panel) -> Iterator[Finding]:
    """Find the only zero of an area that otherwise stands far from it."""
    zero = panel.values == 0
    for row in _places(zero.sum(axis=1) == 1):
        (column,) = _places(zero[row])
        others = _others(panel, row, column)
        usual = float(np.median(others)) if len(others) >= _SERIES else 0.0
        if usual < 5 or _by_chance(panel, row, column, usual):
            continue
        # What is just beginning, or dying out, passes through zero.
        if min(_neighbours(panel, row, column)) >= usual / 3:
            yield panel.finding("lone_zero", row, [column], value=0, usual=usual)


def _by_chance(panel: Panel, row: int, column: int, usual_pct: float) -> bool:
    """Tell whether so few persons may well have been none, where their number is known."""
    n = panel.n[row, column]
    return panel.scale == "percent" and n == n and (1 - min(usual_pct, 100) / 100) ** n > 1e-3


def powers_of_ten(panel: Panel) -> Iterator[Finding]:
    """Find a value that is ten, a hundred or ten thousand times too large or too small."""
    positive = np.where(panel.values > 0, panel.values, np.nan)
    middle = np.array([np.median(row[row == row]) if (row == row).any() else 1 for row in positive])
    far = np.abs(np.log10(positive / middle[:, None])) > np.log10(5)
    for row, column in _cells(far):
        beside = _neighbours(panel, row, column, number=2)
        if len(beside) < 2 or min(beside) <= 0 or max(beside) > LEAST_FACTOR * min(beside):
            continue
        value = panel.values[row, column]
        ratio = np.log10(value / np.sqrt(beside[0] * beside[1]))
        power = round(ratio)
        if power and abs(ratio - power) <= 0.1 and max(value, *beside) >= 2 * _FAR:
            better = value / 10.0**power
            yield panel.finding("power_of_ten", row, [column], value=value, better=better)


def far_years(panel: Panel) -> Iterator[Finding]:
    """Find years that stand far from both of their neighbours, which stand close together."""
    level = panel.level
    away = level[:, 1:-1] - (level[:, :-2] + level[:, 2:]) / 2
    apart = np.abs(level[:, 2:] - level[:, :-2])
    with np.errstate(invalid="ignore"):
        found = _cells((np.abs(away) > panel.least) & (apart <= np.abs(away) / 2))
    # Not where most areas do the same: a hard year is no slip.
    crowd = _shared_moves(away)
    for row, middle in found:
        limit = panel.threshold(row, (middle, middle + 1))
        own = abs(away[row, middle] - crowd[middle])
        if limit is not None and min(own, abs(away[row, middle])) > limit:
            column = middle + 1
            before, value, after = panel.values[row, middle : middle + 3]
            yield panel.finding("far_year", row, [column], value=value, before=before, after=after)


def jumps(panel: Panel) -> Iterator[Finding]:
    """Find a change after which a series stays where it went."""
    crowd = _shared_moves(panel.steps)
    with np.errstate(invalid="ignore"):
        found = _cells(np.abs(panel.steps) > panel.least)
    for row, at in found:
        before = panel.level[row, max(0, at - 2) : at + 1]
        after = panel.level[row, at + 1 : at + 4]
        before, after = before[~np.isnan(before)], after[~np.isnan(after)]
        step = panel.steps[row, at]
        room = after.min() - before.max() if step > 0 else before.min() - after.max()
        limit = panel.threshold(row, [at])
        if len(before) < 2 or len(after) < 2 or limit is None or room < abs(step) / 2:
            continue
        if min(abs(step), abs(step - crowd[at])) > limit:
            first, second = panel.values[row, at : at + 2]
            yield panel.finding("jump", row, [at, at + 1], before=first, after=second)


def common_jumps(panel: Panel) -> Iterator[Finding]:
    """Find a year in which nearly all areas jump: another test, another definition."""
    numbers = (~np.isnan(panel.steps)).sum(axis=0)
    moves = _shared_moves(panel.steps)
    least = _COMMON_POINTS if panel.scale == "percent" else float(np.log(_COMMON_FACTOR))
    for at in _places(numbers >= _CROWD):
        others = [abs(moves[k]) for k in _places(numbers >= _CROWD) if k != at]
        if len(others) < 2 or abs(moves[at]) <= max(least, _COMMON_TIMES * np.median(others)):
            continue
        same = np.sign(panel.steps[:, at]) == np.sign(moves[at])
        if same.sum() < 0.8 * numbers[at]:
            continue
        both = panel.known[:, at] & panel.known[:, at + 1]
        before, after = (float(np.median(panel.values[both, k])) for k in (at, at + 1))
        yield panel.finding("common_jump", None, [at, at + 1], before=before, after=after,
                            change=moves[at], areas=numbers[at])  # fmt: skip


def _places(wanted: npt.NDArray[np.bool_]) -> list[int]:
    return [int(place) for place in np.flatnonzero(wanted)]


def _cells(wanted: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    return [(int(row), int(column)) for row, column in np.argwhere(wanted)]


def _shared_moves(moves: Numbers) -> Numbers:
    """Give the median move of each year, 0 where fewer than a crowd are known."""
    enough = (~np.isnan(moves)).sum(axis=0) >= _CROWD
    shared = np.zeros(moves.shape[1])
    if enough.any():
        shared[enough] = np.nanmedian(moves[:, enough], axis=0)
    return shared


def _others(panel: Panel, row: int, column: int) -> Numbers:
    """Give the other values of an area."""
    kept = panel.known[row].copy()
    kept[column] = False
    others: Numbers = panel.values[row, kept]
    return others


def _neighbours(panel: Panel, row: int, column: int, number: int = 1) -> list[float]:
    """Give the nearest values on both sides; at an end, so many on the one side that there is."""
    known = _places(panel.known[row])
    before = [at for at in known if at < column]
    after = [at for at in known if at > column]
    chosen = [before[-1], after[0]] if before and after else [*before[-number:], *after[:number]]
    return [float(panel.values[row, at]) for at in chosen]
