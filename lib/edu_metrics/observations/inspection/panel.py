"""One quantity in all areas and years, and what of its changes is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
