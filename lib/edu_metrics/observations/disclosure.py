"""
Disclosure control: withhold counts of few persons, and whatever would give them away.

A count of persons is protected where it is small, and where it leaves a small rest of its whole:
three who are not qualified, or none of them, or all. No reader may be able to tell it from any
other number between 0 and the smallest count that is published, by whatever subtraction: over the
tree of areas, groups, parts of the year, parts and wholes, printed rates, older vintages, and what
was published before. The table that comes out is the one to compute with, so that nothing made of
it knows more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from edu_metrics.catalog import Catalog, Indicator, Input, Study
from edu_metrics.errors import DataError
from edu_metrics.observations.known_sums import (
    Counts,
    Key,
    KnownSums,
    Pair,
    cell_of,
    follow,
    known_sums,
    narrow,
    quotient,
    widen,
)
from edu_metrics.observations.table import ENDS

__all__ = ["CODED_PCT", "protect"]

#: Ends at which rates of large wholes are told: the first that leaves room for a small count.
CODED_PCT = (1, 2, 5, 10, 20)
#: Ends for printed rates of which nobody says how many persons stand behind them.
_UNKNOWN_PCT = 5
#: Money of fewer schools, classes or the like is withheld.
_FEWEST = 3
#: Amounts are told to six digits before the point: programs lose count of more.
_DIGITS = 6

_CELL = ["area", "year", "quantity", "group", "period"]
#: Bounds below, or above, which the number behind a figure may lie.
_MAY_BE_LESS, _MAY_BE_MORE = ("at_most", "below"), ("at_least", "above")


def protect(
    table: pd.DataFrame, catalog: Catalog, study: Study, ledger: pd.DataFrame | None = None
) -> pd.DataFrame:
    """
    Withhold what few persons make, and what would give it away.

    Parameters
    ----------
    table : DataFrame
        Observations of a study, all vintages.
    catalog : Catalog
        What is defined.
    study : Study
        Says whether its counts are protected, and how small a count may be published.
    ledger : DataFrame, optional
        What was published before: the same columns, from
        :func:`~edu_metrics.observations.ledger.read_ledger`. What was published is taken as known
        to every reader, what was withheld stays so.

    Returns
    -------
    DataFrame
        The same rows. Withheld ones have no value and the status ``suppressed``; parts of large
        wholes that are close to none or all are told as a bound.

    Raises
    ------
    DataError
        If a protected count can be worked out whatever is withheld, because of what others
        published or what was published before.

    Notes
    -----
    Counts are those whose unit is persons, amounts are money that an indicator takes together with
    a count: spending per pupil makes spending an amount of pupils. An amount goes where the persons
    it is of go, or where it is of fewer than three schools or the like. How many of these there
    are is told.
    """
    if study.disclosure.mode != "protected" or table.empty:
        return table
    release = _Release.of(table, catalog, study, ledger)
    release.withhold_small()
    release.withhold_more()
    return release.written(table)


@dataclass
class _Release:
    """Figures on their way out: the counts behind them, and what is told of each."""

    cells: pd.DataFrame
    known: KnownSums
    counts: Counts
    smallest: int
    kinds: _Kinds
    #: Printed rates, and the count that each tells.
    rates: list[_Rate]
    own: dict[_Rate, int]
    families: npt.NDArray[np.integer[Any]]
    #: Amounts of money, by the count of persons whose they are, and those of few schools.
    amounts: dict[int, list[int]]
    few: list[int]
    #: Parts that are told as a bound, by the whole whose size says which.
    coded: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    gone: set[int] = field(default_factory=set)

    @classmethod
    def of(
        cls, table: pd.DataFrame, catalog: Catalog, study: Study, ledger: pd.DataFrame | None
    ) -> _Release:
        """Collect the counts and amounts in a table, and what a reader knows of them."""
        kinds = _Kinds.of(catalog)
        cells = _cells(table, kinds)
        if ledger is not None:
            cells = _with_ledger(cells, _cells(ledger, kinds, printed=True))
        rates = _rates(table, ledger, kinds)
        cells, own = _with_counts_of(rates, cells, kinds, catalog)
        scale = _scale(cells)
        by = cells["quantity"].map(scale).astype("float64")
        cells = cells.assign(**{name: cells[name] / by for name in ("value", "low", "high")})
        known = known_sums(cells, catalog)
        size, figures = len(cells), len(known.value)
        _tie_rates(known, rates, scale)
        value = np.array(known.value, dtype=np.float64)
        value[:size] = value[:size].clip(cells["low"], cells["high"])
        more = np.zeros(len(value) - size)
        families = cells.groupby(["year", "quantity", "period"]).ngroup().to_numpy()
        families = np.concatenate([families, more - 1]).astype(np.int64)
        for pair in known.pairs:
            families[pair.rest] = families[pair.part]
        counts = Counts(
            value=value,
            # A printed rate may miss its counts by more than it was rounded.
            low=np.concatenate([cells["low"], np.minimum(value[size:], 0)]),
            high=np.concatenate([cells["high"], more + np.inf]),
            least=np.full(len(value), np.nan),
            most=np.full(len(value), np.nan),
            known=np.concatenate([cells["known"].astype(bool), more > 0]),
            told=np.arange(len(value)) < size,
            sums=known.matrix(),
        )
        counts.known[figures:], counts.whole[figures:] = True, False
        amounts, few = kinds.amounts_of(known)
        counts.whole[[*few, *(one for some in amounts.values() for one in some)]] = False
        smallest = study.disclosure.smallest
        return cls(cells, known, counts, smallest, kinds, rates, own, families, amounts, few)

    def withhold_small(self) -> None:
        """Withhold small counts and parts with a small rest, or tell the end they lie at."""
        value = self.counts.value
        persons = self.cells["persons"].to_numpy(bool)
        # Where a source prints a bound there may be few, and no more is told of it than of few.
        low, high = self.cells["low"].to_numpy(), self.cells["high"].to_numpy()
        at_least = self.cells["value"].fillna(0).to_numpy(copy=True)
        loose = np.array(sorted(self._told_as_bound), dtype=np.intp)
        self._promise(loose[persons[loose] & (low[loose] < self.smallest)])
        at_least[loose] = low[loose]
        few = (at_least > 0) & (at_least < self.smallest)
        few[loose] |= (high[loose] > 0) & (high[loose] < self.smallest)
        few[[place for place in self._of_nobody if place < len(few)]] = True
        small = np.flatnonzero(persons & few)
        lost = np.flatnonzero(self.cells["lost"])
        self._promise(small)
        self._promise(lost[persons[lost]], lost=True)
        self._promise(one for one in self.known.rests if 0 < value[one] < self.smallest)
        self._promise(self._of_nobody)
        stays = np.flatnonzero(self.cells["stays"])
        self._withhold([*lost, *stays])
        by_part: dict[int, list[Pair]] = defaultdict(list)
        for pair in self.known.pairs:
            may_hold = pair.whole in self.known.guessed and self.counts.high[pair.whole] > 0
            if value[pair.whole] > 0 or may_hold:
                by_part[pair.part].append(pair)
        self._withhold(set(small.tolist()) - set(by_part))
        for part in sorted(by_part, key=lambda one: -max(value[p.whole] for p in by_part[one])):
            self._tell_part(part, by_part[part])
        of_few = {
            one for place, some in self.amounts.items() if self._promised(place) for one in some
        }
        money = self.cells["money"].to_numpy(bool)
        self._withhold_amounts(of_few.union(self.few, lost[money[lost]].tolist()))

    def _promised(self, place: int) -> bool:
        return not np.isnan(self.counts.most[place])

    def _withhold_amounts(self, places: Iterable[int]) -> None:
        """Withhold amounts; each may be anything from nothing to twice itself."""
        counts = self.counts
        for place in sorted(places):
            if counts.value[place] > 0 and (not counts.known[place] or counts.open[place]):
                counts.least[place], counts.most[place] = 0.0, 2 * counts.value[place]
            self._withhold([place])

    def _tell_part(self, part: int, pairs: list[Pair]) -> None:
        value = self.counts.value
        for pair in pairs:
            low, high = self.counts.low[pair.whole], self.counts.high[part]
            if self._told_as_bound & {part, pair.whole} and low - high < self.smallest:
                self._promise([pair.rest])
            if (value[pair.rest] > 0 or pair.strict) and value[pair.rest] < self.smallest:
                self._promise([pair.rest])
            if pair.strict and value[part] < self.smallest:
                self._promise([part])
        near = [one for pair in pairs for one in (part, pair.rest)]
        protected = any(self._promised(one) for one in near)
        tight = min((pair for pair in pairs if pair.strict), key=lambda one: value[one.whole],
                    default=None)  # fmt: skip
        end = self._end(tight) if tight else 0
        if tight and end and min(value[part], value[tight.rest]) <= end:
            self._code(part, tight, end)
        elif protected:
            self._withhold([part])

    def _end(self, pair: Pair) -> int:
        """Give the count up to which parts of a whole are told as a bound; 0 where none will do."""
        whole = self.counts.value[pair.whole]
        ends = (int(whole * percent // 100) for percent in CODED_PCT)
        return next((end for end in ends if end >= self.smallest), 0)

    def _code(self, part: int, pair: Pair, end: int) -> None:
        """Tell of a part only that it is close to none, or to all, of a whole that is told."""
        counts, whole = self.counts, pair.whole
        above = counts.value[pair.rest] <= end
        if counts.known[part] or counts.open[part]:
            if part in self._told_as_bound:
                self._withhold([part])
            return
        if counts.open[whole] or counts.value[whole] % 1:
            self._withhold([part])
            return
        low, high = (counts.value[whole] - end, counts.value[whole]) if above else (0.0, end)
        counts.low[part], counts.high[part] = low, high
        self._promise([pair.rest if above else part])
        self.coded[whole].append(part)
        self._withhold(self.coded[part])

    def _promise(self, places: Iterable[int], lost: bool = False) -> None:
        """Let the feasible range of counts reach from nobody to the smallest published count."""
        counts, reach = self.counts, self.smallest
        for place in places:
            if not counts.known[place] or counts.open[place]:
                # What others withheld may be large: then no reader may come near it.
                middle = counts.value[place] if lost and counts.value[place] > reach else np.nan
                counts.least[place] = np.fmax(0.0, middle - reach)
                counts.most[place] = np.fmax(float(reach), middle + reach)

    def _withhold(self, places: Iterable[int]) -> None:
        """Withhold figures in every vintage, and what was told of their parts by their size."""
        todo = [int(place) for place in places]
        while todo:
            if (place := todo.pop()) >= len(self.cells):
                continue  # no figure: it follows from others, and those are withheld for it
            for row in self._vintages[place]:
                if not self.counts.known[row] and row not in self.gone:
                    self.gone.add(row)
                    self.counts.withhold([row])
                    todo += self.coded[row] + self.amounts.get(row, [])

    @cached_property
    def _told_as_bound(self) -> set[int]:
        """Places of what a source tells as a bound."""
        cells = self.cells
        return set(np.flatnonzero(cells["value"].isna() & ~cells["lost"].astype(bool)).tolist())

    @cached_property
    def _of_persons(self) -> set[int]:
        """Places of counts, and of what lies between these; others are of amounts."""
        money = {place for some in self.amounts.values() for place in some}.union(self.few)
        money.update(np.flatnonzero(self.cells["money"]).tolist())
        return set(range(len(self.counts.value))) - money

    @cached_property
    def _vintages(self) -> dict[int, list[int]]:
        """Places of all vintages of a figure, by each of them."""
        cells = self.cells.groupby(_CELL).indices.values()
        return {int(row): [int(one) for one in rows] for rows in cells for row in rows}

    def withhold_more(self) -> None:
        """
        Withhold what would give a protected count away, until nothing does.

        Raises
        ------
        DataError
            With every count that can't be protected any more.
        """
        faults: dict[int, None] = {}
        while found := narrow(self.counts):
            held = len(self.gone)
            for place, up in found:
                try:
                    self._withhold(widen(self.counts, place, up=up, families=self.families))
                except DataError:
                    self._give_up(place, faults)
            if len(self.gone) == held:  # nothing is left that would help
                for place, _ in found:
                    self._give_up(place, faults)
        if faults:
            raise DataError(
                "a count of few persons can be worked out from what was published before or by "
                "others; take the figures out of the study, or have the source withhold more",
                [self._named(place) for place in faults],
            )

    def _give_up(self, place: int, faults: dict[int, None]) -> None:
        """Note a small count that is known; one that is told as a bound for its end only may be."""
        if self.counts.value[place] < self.smallest or place not in self._of_persons:
            faults[place] = None
        self.counts.least[place] = self.counts.most[place] = np.nan

    def _named(self, place: int) -> str:
        """Name a count for those who know it anyway, by a figure beside it where it is none."""
        if place >= len(self.cells):
            sums = self.counts.columns[:, [place]].tocoo().row
            beside = csr_array(self.counts.sums)[[int(sums[0])]].tocoo().col
            place = min(int(one) for one in beside)
        row = self.cells.iloc[place]
        return f"{row['area']} {row['year']} {row['quantity']} ({row['group']}, {row['period']})"

    def written(self, table: pd.DataFrame) -> pd.DataFrame:
        """Give the table as it may leave."""
        rows = self.cells["row"].to_numpy()
        low, high = np.full((2, len(table)), np.nan)
        for place in np.flatnonzero(rows >= 0).tolist():
            if place in self.gone:
                low[rows[place]], high[rows[place]] = 0.0, np.inf
            elif self.counts.open[place] and place not in self._told_as_bound:
                low[rows[place]], high[rows[place]] = (
                    self.counts.low[place],
                    self.counts.high[place],
                )
        for rate in self.rates:
            if not rate.known:
                low[rate.row], high[rate.row] = self._ends_of(rate)
        hidden = (low == 0) & (high == np.inf)
        coded = ~hidden & ~np.isnan(low)
        value = np.where(coded, np.where(low > 0, low, high), np.nan)
        bound = pd.Series(np.where(low > 0, "at_least", "at_most"), table.index)
        touched = hidden | coded
        return table.assign(
            value=np.where(touched, value, table["value"]),
            bound=table["bound"].mask(coded, bound).mask(hidden, "exact"),
            status=table["status"].mask(hidden, "suppressed"),
            **{end: table[end].mask(touched) for end in ENDS},
        )

    @cached_property
    def _follow(self) -> npt.NDArray[np.bool_]:
        return follow(self.counts)

    @cached_property
    def _held(self) -> set[tuple[int, str, str]]:
        """Years, quantities and trees of areas in which something is not told."""
        rows = self.cells[self.counts.open[: len(self.cells)]]
        names = ("area", "quantity", "group", "period")
        keys = map(Key, *(rows[name] for name in names))
        return self._near(zip(rows["year"], keys, strict=True))

    def _near(self, counted: Iterable[_Of]) -> set[tuple[int, str, str]]:
        """Give year, quantity and the area at the top of the tree of what was counted."""
        return {(year, key.quantity, self.kinds.tree[key.area]) for year, key in counted}

    @cached_property
    def _of_nobody(self) -> list[int]:
        """Places of counts of nobody that a rate says to be some part of somebody."""
        return [
            place
            for rate in self.rates
            for above, below, _ in rate.quotients
            if above[1].quantity in self.kinds.persons and below not in self.known.of
            for place in self.known.of.get(above, ())
            if self.counts.value[place] == 0
        ]

    @cached_property
    def _whole_of(self) -> dict[int, int]:
        """Wholes by the parts that are told as a bound."""
        return {part: whole for whole, parts in self.coded.items() for part in parts}

    def _ends_of(self, rate: _Rate) -> tuple[float, float]:
        """Say between which ends a printed rate is told; none where it is told as it is."""
        own = self.own.get(rate)
        places = [place for of in rate.of if of in self.known.of for place in self.known.of[of]]
        if rate.stays or own in self.gone:
            return 0.0, np.inf
        if any(place != own and not self._follow[place] for place in places):
            return 0.0, np.inf
        if not places and self._held & self._near(rate.of):  # a mean tells of what it is the mean
            return 0.0, np.inf
        if own in self._whole_of and own is not None:
            per = 100 / self.counts.value[self._whole_of[own]]
            return self.counts.low[own] * per, self.counts.high[own] * per
        of_unknown = rate.is_percentage and not places
        if of_unknown and rate.value >= 100 - _UNKNOWN_PCT:
            return 100.0 - _UNKNOWN_PCT, 100.0
        if of_unknown and rate.value <= _UNKNOWN_PCT:
            return 0.0, float(_UNKNOWN_PCT)
        return np.nan, np.nan


@dataclass(frozen=True)
class _Kinds:
    """What definitions say of quantities: which are of persons, and whose money is."""

    persons: set[str]
    #: Amounts of money with the counts that an indicator takes beside them.
    money: list[tuple[Input, Input]]
    #: All counts and amounts that matter.
    counted: set[str]
    #: Forms in print, with what they are the form of, by the quantity printed.
    forms: dict[str, list[tuple[Indicator, Indicator]]]
    #: Sources that everybody has.
    public: list[str]
    #: The area at the top by each area of its tree.
    tree: dict[str, str]

    @classmethod
    def of(cls, catalog: Catalog) -> _Kinds:
        """Read the definitions."""
        quantities = catalog.quantities
        persons = {name for name, one in quantities.items() if one.unit == "persons"}
        money: list[tuple[Input, Input]] = []
        counted = set(persons)
        printed: list[tuple[str, Indicator, Indicator]] = []
        for entry in catalog.indicators.values():
            inputs = entry.inputs.values()
            amounts = [one for one in inputs if quantities[one.quantity].form == "money"]
            counts = [one for one in inputs if quantities[one.quantity].form == "count"]
            money += [(amount, one) for amount in amounts for one in counts]
            if (amounts and counts) or any(one.quantity in persons for one in counts):
                counted.update(one.quantity for one in [*amounts, *counts])
            if entry.published_form_of and entry.formula == "as_published":
                (given,) = inputs
                base = catalog.indicators[entry.published_form_of]
                printed.append((given.quantity, entry, base))
        forms: dict[str, list[tuple[Indicator, Indicator]]] = defaultdict(list)
        for name, form, base in printed:
            if any(one.quantity in counted for one in base.inputs.values()):
                forms[name].append((form, base))
        public = [name for name, one in catalog.sources.items() if one.disclosure == "published"]
        tree = {area: [area, *catalog.above(area)][-1] for area in catalog.areas}
        return cls(persons, money, counted, forms, public, tree)

    def amounts_of(self, known: KnownSums) -> tuple[dict[int, list[int]], list[int]]:
        """Find amounts by the count of persons whose they are, and those of few schools."""
        found: dict[int, list[int]] = defaultdict(list)
        few: list[int] = []
        for amount, count in self.money:
            for (year, key), places in list(known.of.items()):
                if key.quantity != amount.quantity:
                    continue
                for place in known.of.get(cell_of(count, key, year, amount), ()):
                    if count.quantity in self.persons:
                        found[place] += places
                    elif 0 < known.value[place] < _FEWEST:
                        few += places
        return dict(found), few


def _cells(table: pd.DataFrame, kinds: _Kinds, *, printed: bool = False) -> pd.DataFrame:
    """Give the counts and amounts in a table, and between which ends they are told."""
    rows = np.flatnonzero(table["quantity"].isin(kinds.counted))
    cells = table.iloc[rows][[*_CELL, "vintage", "value"]].reset_index(drop=True)
    lost = cells["value"].isna().to_numpy()
    low, high = _ends(cells["value"].to_numpy(), table["bound"].iloc[rows].to_numpy())
    persons = cells["quantity"].isin(kinds.persons).to_numpy()
    money = cells["quantity"].isin({amount.quantity for amount, _ in kinds.money}).to_numpy()
    public = table["source"].iloc[rows].isin(kinds.public).to_numpy()
    return cells.assign(
        # Of what is told as a bound nobody knows more; what was printed is what was told.
        value=cells["value"] if printed else cells["value"].where(low == high),
        row=rows,
        low=np.where(lost, 0.0, low),
        high=np.where(lost, np.inf, high),
        known=(public | ~(persons | money)) & ~lost,
        lost=lost,
        stays=False,
        persons=persons,
        money=money,
    )


def _ends(value: Any, bound: Any, half: Any = 0.0) -> tuple[Any, Any]:
    """Give the ends between which a figure is told, by its bound and half its last digit."""
    low = np.where(np.isin(bound, _MAY_BE_LESS), 0.0, value - half)
    high = np.where(np.isin(bound, _MAY_BE_MORE), np.inf, value + half)
    return np.where(np.isin(bound, _MAY_BE_MORE), value, low), np.where(
        np.isin(bound, _MAY_BE_LESS), value, high
    )


def _scale(cells: pd.DataFrame) -> pd.Series:
    """Give by how much amounts of each quantity are divided, so that none has too many digits."""
    ends = cells[["value", "low", "high"]].replace(np.inf, np.nan).max(axis=1)
    most = ends.where(cells["money"]).groupby(cells["quantity"]).max().fillna(1.0).clip(lower=1.0)
    digits = (np.ceil(np.log10(most)) - _DIGITS).clip(lower=0)
    return pd.Series(10.0**digits, digits.index)


def _with_ledger(cells: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Mark what was published before, and what was withheld; add what has changed since."""
    names = [*_CELL, "vintage"]
    stays = _withheld(cells, before[before["lost"]])
    told = before[~before["lost"]]
    same = cells.reset_index()[["index", *names, "value", "low", "high"]].merge(
        told[[*names, "low", "high"]], on=names, suffixes=("_now", "")
    )
    fits = same["value"].between(same["low"], same["high"])
    alike = (same["low_now"] == same["low"]) & (same["high_now"] == same["high"])
    same = same[fits | alike]
    cells = cells.assign(stays=stays)
    cells.loc[same["index"], ["low", "high"]] = same[["low", "high"]].to_numpy()
    cells.loc[same["index"], "known"] = True
    held = pd.MultiIndex.from_frame(same[[*names, "low", "high"]])
    other = told[~pd.MultiIndex.from_frame(told[[*names, "low", "high"]]).isin(held)]
    # What was printed then stands a moment behind what its day has now.
    other = other.assign(row=-1, known=True, vintage=other["vintage"] + pd.Timedelta(1, "ns"))
    return pd.concat([cells, other], ignore_index=True)


def _withheld(rows: pd.DataFrame, before: pd.DataFrame) -> Any:
    """Say which figures were withheld before."""
    return pd.MultiIndex.from_frame(rows[_CELL]).isin(pd.MultiIndex.from_frame(before[_CELL]))


#: A year, and what was counted in it.
_Of: TypeAlias = tuple[int, Key]


class _Rate(NamedTuple):
    """A printed rate."""

    row: int
    value: float
    low: float
    high: float
    vintage: pd.Timestamp
    #: Everybody has it.
    known: bool
    #: It was withheld before.
    stays: bool
    is_percentage: bool
    #: The counts that it is made of.
    of: tuple[_Of, ...]
    #: What it divides by what, and times how many.
    quotients: tuple[tuple[_Of, _Of, float], ...]


def _rates(table: pd.DataFrame, ledger: pd.DataFrame | None, kinds: _Kinds) -> list[_Rate]:
    """List printed rates that tell of counts: ours first, then those that every reader has."""
    names = [*_CELL, "vintage", "value", "bound"]
    rows = np.flatnonzero(table["quantity"].isin(kinds.forms) & table["value"].notna())
    rates = table.iloc[rows][[*names, "source"]].reset_index(drop=True)
    rates = rates.assign(row=rows, known=rates["source"].isin(kinds.public), stays=False)
    if ledger is not None:
        before = ledger[ledger["quantity"].isin(kinds.forms)]
        told = before[before["value"].notna()][names]
        again = pd.MultiIndex.from_frame(rates[names]).isin(pd.MultiIndex.from_frame(told))
        rates["known"] |= again
        rates["stays"] = _withheld(rates, before[before["value"].isna()]) & ~rates["known"]
        rates = pd.concat([rates, told.assign(row=-1, known=True, stays=False)], ignore_index=True)
    half = rates.groupby("quantity")["value"].transform(_half_unit)
    low, high = _ends(rates["value"].to_numpy(), rates["bound"].to_numpy(), half.to_numpy())
    rates = rates.assign(low=low, high=high, known=rates["known"].astype(bool))
    rates = rates.sort_values("known", kind="stable", ignore_index=True)
    return [_rate(row, kinds) for row in rates.itertuples()]


def _rate(row: Any, kinds: _Kinds) -> _Rate:
    """Say of which counts a printed rate is."""
    key = Key(row.area, row.quantity, row.group, row.period)
    forms = kinds.forms[row.quantity]
    of: list[_Of] = []
    quotients: list[tuple[_Of, _Of, float]] = []
    for form, base in forms:
        (given,) = form.inputs.values()
        of += [cell_of(one, key, row.year, given) for one in base.inputs.values()]
        if (split := quotient(base)) and row.value >= 0:
            above, below = (cell_of(one, key, row.year, given) for one in split[:2])
            quotients.append((above, below, split.factor))
    return _Rate(
        **{name: getattr(row, name) for name in _Rate._fields[:7]},
        is_percentage=any(base.unit == "percent" for _, base in forms),
        of=tuple(of),
        quotients=tuple(quotients),
    )


def _half_unit(values: pd.Series) -> float:
    """Give half a unit of the last digit that rates are printed with."""
    exact = (digits for digits in range(6) if (values.round(digits) == values).all())
    return float(0.5 * 10.0 ** -next(exact, 6))


def _with_counts_of(
    rates: Sequence[_Rate], cells: pd.DataFrame, kinds: _Kinds, catalog: Catalog
) -> tuple[pd.DataFrame, dict[_Rate, int]]:
    """Add the counts that only rates tell, until none tells more; say which rate tells which."""
    own: dict[_Rate, int] = {}
    while rates:
        known = known_sums(cells, catalog)
        value = {of: known.value[places[-1]] for of, places in known.of.items()}
        told: list[dict[str, Any]] = []
        for rate in rates:
            for only, size in _counts_of(rate, value):
                own[rate] = len(cells) + len(told)
                told.append(_implied(only, rate, size, kinds))
                value[only] = told[-1]["value"]
        if not told:
            break
        cells = pd.concat([cells, pd.DataFrame(told)], ignore_index=True)
    return cells, own


def _counts_of(rate: _Rate, value: Mapping[_Of, float]) -> Iterator[tuple[_Of, float]]:
    """Give the count that a rate tells to those who know the other one."""
    for above, below, factor in rate.quotients:
        if above not in value and below in value:
            yield above, value[below] * rate.value / factor
        elif below not in value and above in value and rate.value > 0:
            yield below, value[above] / rate.value * factor


def _tie_rates(known: KnownSums, rates: Sequence[_Rate], scale: pd.Series) -> None:
    """Let rates that everybody has bound their two counts, to half a unit of the last digit."""
    for rate in rates:
        for above, below, factor in rate.quotients if rate.known else ():
            if not (known.of.get(above) and known.of.get(below)):
                continue
            part, whole = known.of[above][-1], known.of[below][-1]
            scaled = factor * scale[above[1].quantity] / scale[below[1].quantity]
            known.between(part, whole, rate.low / scaled)
            if rate.high < np.inf:
                known.between(whole, part, scaled / rate.high)


def _implied(of: _Of, rate: _Rate, size: float, kinds: _Kinds) -> dict[str, Any]:
    """Make the count that a printed rate tells; what others printed is held against it later."""
    year, key = of
    persons = key.quantity in kinds.persons
    value = float(np.round(size)) if persons else size
    return {
        **key._asdict(),
        "year": year,
        "vintage": rate.vintage,
        "value": value,
        "low": 0.0 if rate.known else value,
        "high": np.inf if rate.known else value,
        "row": -1,
        "known": False,
        "lost": value != value,
        "stays": False,
        "persons": persons,
        "money": key.quantity in {amount.quantity for amount, _ in kinds.money},
    }
