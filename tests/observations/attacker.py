"""One who holds published tables, and knows nothing of how they were made safe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_array

CELL = ["area", "year", "quantity", "group", "period"]
TREE = {"port": ("harbour", "hills"), "hills": ("hill_school", "dale_school")}


class Printed(NamedTuple):
    """A printed quotient: quantity, above the line, below it, factor, and the latter's lag."""

    quantity: str
    above: str
    below: str
    factor: float = 100.0
    lag: int = 0
    #: The last digit printed.
    step: float = 0.1


class Attacker:
    """
    All figures of a city are unknowns of one integer program; what is published bounds them.

    Areas add up, so do the groups and halves of a year named, a part is no more than its whole, and
    a printed quotient is one of its two counts, to half a unit of its last digit.
    """

    def __init__(self, *tables, groups=(), halves=(), within=(("children", "population"),),
                 printed=(), money=()):  # fmt: skip
        rows = pd.concat(tables)
        rates = {one.quantity: one for one in printed}
        is_rate = rows["quantity"].isin(rates)
        seen = list(rows.loc[~is_rate, CELL].itertuples(False, None))
        for row in rows[is_rate].itertuples():
            one = rates[row.quantity]
            seen += [(row.area, row.year, one.above, row.group, row.period),
                     (row.area, row.year - one.lag, one.below, row.group, row.period)]  # fmt: skip
        split = {
            (year, quantity, some, period)
            for _, year, quantity, group, period in seen
            for some in ((group, "all", *groups) if groups else (group,))
        }
        split = {
            (*kind[:3], period)
            for kind in split
            for period in ((kind[3], "year", *halves) if halves else (kind[3],))
        }
        known = {*TREE, *(part for parts in TREE.values() for part in parts)}
        areas = [known if area in known else {area} for area in {one[0] for one in seen}]
        every = {(area, *kind) for some in areas for area, kind in product(some, split)}
        self.at = {key: n for n, key in enumerate(sorted(every))}
        self.low, self.high = np.zeros(len(self.at)), np.full(len(self.at), np.inf)
        self.whole = np.array([key[2] not in money for key in self.at])
        self.sums = [*self._sums(groups, halves, within)]
        for row in rows[rows["value"].notna()].itertuples():
            if row.quantity in rates:
                self._read_rate(row, rates[row.quantity])
                continue
            at = self.at[row.area, row.year, row.quantity, row.group, row.period]
            if row.bound in ("exact", "at_least"):
                self.low[at] = max(self.low[at], row.value)
            if row.bound in ("exact", "at_most"):
                self.high[at] = min(self.high[at], row.value)

        ties = lil_array((len(self.sums), len(self.at)))
        for n, (coefficients, _) in enumerate(self.sums):
            for at, size in coefficients.items():
                ties[n, at] = size
        ends = [end for _, end in self.sums]
        self.ties = LinearConstraint(ties.tocsr(), -1e-7, ends) if ends else None

    def _sums(self, groups, halves, within) -> Iterator[tuple[dict[int, float], float]]:
        """Give coefficients whose total is zero, or at least zero."""
        for whole in self.at:
            area, year, quantity, group, period = whole
            splits = [[(child, *whole[1:]) for child in TREE.get(area, ())]]
            if group == "all":
                splits.append([(area, year, quantity, one, period) for one in groups])
            if period == "year":
                splits.append([(area, year, quantity, group, one) for one in halves])
            for parts in splits:
                if parts:
                    yield {self.at[whole]: 1.0} | {self.at[part]: -1.0 for part in parts}, 0.0
            for part, of in within:
                larger = (area, year, of, group, period)
                if quantity == part and larger in self.at:
                    yield {self.at[larger]: 1.0, self.at[whole]: -1.0}, np.inf

    def _read_rate(self, row, one: Printed) -> None:
        above = self.at[row.area, row.year, one.above, row.group, row.period]
        below = self.at[row.area, row.year - one.lag, one.below, row.group, row.period]
        half = one.step / 2 if row.bound == "exact" else 0.0
        if row.bound in ("exact", "at_least"):
            self.sums.append(({above: one.factor, below: -(row.value - half)}, np.inf))
        if row.bound in ("exact", "at_most"):
            self.sums.append(({above: -one.factor, below: row.value + half}, np.inf))

    def range_of(self, key, less=None):
        """Give the least and the most that a figure can be, or one figure less another."""
        toll = np.zeros(len(self.at))
        toll[self.at[key]] = 1
        if less:
            toll[self.at[less]] = -1
        found = []
        for sign in (1, -1):
            for presolve in (True, False):  # HiGHS may call infeasible what is not
                done = milp(
                    sign * toll, bounds=Bounds(self.low, self.high), integrality=self.whole,
                    constraints=self.ties, options={"presolve": presolve},
                )  # fmt: skip
                if done.status in (0, 3):
                    break
            assert done.status in (0, 3, 4), done.message  # 4: unbounded or without a solution
            found.append(sign * done.fun if done.status == 0 else sign * -np.inf)
        return found[0], found[1]


def told(table, *cell, year=2018):
    """Say what a table tells of a cell."""
    area, quantity, group, period = (*cell, *("all", "year")[len(cell) - 2 :])
    row = table.set_index(CELL).loc[(area, year, quantity, group, period)]
    return "withheld" if row["status"] == "suppressed" else (row["bound"], row["value"])


def secrets(table, within=(("children", "population"),), smallest=10):
    """List the figures, and differences of two, that no reader may know."""
    values = table.set_index(CELL)["value"].to_dict()
    for key, value in values.items():
        area, year, quantity, group, period = key
        wholes = [(area, year, of, group, period) for part, of in within if part == quantity]
        wholes += [(area, year, quantity, "all", period)] if group != "all" else []
        wholes = [whole for whole in wholes if values.get(whole, 0) > 0]
        if 0 < value < smallest or (wholes and value == 0):
            yield key, None
        for whole in wholes:
            if values[whole] - value < smallest:
                yield whole, key


def no_secret_is_told(table, *published, smallest=10, **known):
    """Hold the range of everything that a table should keep secret against what is promised."""
    attacker = Attacker(*published, **known)
    within = known.get("within", (("children", "population"),))
    for key, less in secrets(table, within, smallest):
        if key not in attacker.at or (less and less not in attacker.at):
            continue  # nothing that is published has to do with it
        low, high = attacker.range_of(key, less)
        assert low <= 1e-5, (key, less, low, high)
        assert high >= smallest - 1e-5, (key, less, low, high)
