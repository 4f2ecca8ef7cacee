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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.sparse import csr_array

from edu_metrics.errors import DataError
from edu_metrics.observations.feasible_range import Counts, narrow, widen
from edu_metrics.observations.known_sums import KnownSums, Pair, known_sums, part_and_whole
from edu_metrics.observations.table import ENDS

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Indicator, Study

__all__ = ["CODED_PCT", "hide_cells", "protect"]

#: Ends at which rates of large wholes are told: the first that leaves room for a small count.
CODED_PCT = (1, 2, 5, 10, 20)
#: Ends for printed rates of which nobody says how many persons stand behind them.
_UNKNOWN_PCT = 5

_CELL = ["area", "year", "quantity", "group", "period"]


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
    Counts are those whose unit is persons. What stands for them in sums of money, numbers of
    schools and so on is not looked at.
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
    rates: list[_Rate]
    families: npt.NDArray[np.integer[Any]]
    #: Parts that are told as a bound, by the whole whose size says which.
    coded: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    gone: set[int] = field(default_factory=set)

    @classmethod
    def of(
        cls, table: pd.DataFrame, catalog: Catalog, study: Study, ledger: pd.DataFrame | None
    ) -> _Release:
        """Collect the counts of persons in a table, and what a reader knows of them."""
        cells = _cells(table, catalog)
        if ledger is not None:
            cells = _with_ledger(cells, _cells(ledger, catalog, printed=True))
        cells, rates = _with_rates(cells, table, catalog)
        known = known_sums(cells, catalog)
        value = np.array(known.value, dtype=np.float64)
        size = len(cells)
        between = np.zeros(len(value) - size)
        families = cells.groupby(["year", "quantity", "period"]).ngroup().to_numpy()
        families = np.concatenate([families, np.full(len(between), -1)]).astype(np.int64)
        for pair in known.pairs:
            families[pair.rest] = families[pair.part]
        counts = Counts(
            value=value,
            low=np.concatenate([cells["low"], between]),
            high=np.concatenate([cells["high"], between + np.inf]),
            least=np.full(len(value), np.nan),
            most=np.full(len(value), np.nan),
            known=np.concatenate([cells["known"].astype(bool), between > 0]),
            told=np.arange(len(value)) < size,
            sums=known.matrix(),
        )
        return cls(cells, known, counts, study.disclosure.smallest, rates, families)

    def withhold_small(self) -> None:
        """Withhold small counts and parts with a small rest, or tell the end they lie at."""
        value, size = self.counts.value, len(self.cells)
        lost = np.flatnonzero(self.cells["lost"])
        small = np.flatnonzero((value[:size] > 0) & (value[:size] < self.smallest))
        self._promise(small)
        self._promise(lost, lost=True)
        self._promise(one for one in self.known.rests if 0 < value[one] < self.smallest)
        stays = np.flatnonzero(self.cells["stays"])
        self._withhold([*lost, *stays])
        by_part: dict[int, list[Pair]] = defaultdict(list)
        for pair in self.known.pairs:
            if value[pair.whole] > 0:
                by_part[pair.part].append(pair)
        self._withhold(set(small.tolist()) - set(by_part))
        for part in sorted(by_part, key=lambda one: -max(value[p.whole] for p in by_part[one])):
            self._tell_part(part, by_part[part])

    def _tell_part(self, part: int, pairs: list[Pair]) -> None:
        value = self.counts.value
        for pair in pairs:
            if (value[pair.rest] > 0 or pair.strict) and value[pair.rest] < self.smallest:
                self._promise([pair.rest])
            if pair.strict and value[part] < self.smallest:
                self._promise([part])
        near = [one for pair in pairs for one in (part, pair.rest)]
        protected = any(self.counts.most[one] == self.counts.most[one] for one in near)
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
            for row in self._rows_of[self._cell_of[place]]:
                if not self.counts.known[row] and row not in self.gone:
                    self.gone.add(row)
                    self.counts.withhold([row])
                    todo += self.coded[row]

    @cached_property
    def _cell_of(self) -> npt.NDArray[np.integer[Any]]:
        return self.cells.groupby(_CELL).ngroup().to_numpy(np.int64)

    @cached_property
    def _rows_of(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for row, cell in enumerate(self._cell_of.tolist()):
            found[cell].append(row)
        return found

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
        if self.counts.value[place] < self.smallest:
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
        told = np.array([table["value"], table["value"]], dtype=np.float64)
        figures = np.flatnonzero(rows >= 0)
        told[:, rows[figures]] = self.counts.low[figures], self.counts.high[figures]
        for rate in self.rates:
            told[:, rate.row] = self._ends_of(rate, *told[:, rate.row])
        low, high = told
        hidden, coded = high == np.inf, (high > low) & (high < np.inf)
        value = np.where(hidden, np.nan, np.where(coded & (low == 0), high, low))
        bound = np.where(low > 0, "at_least", "at_most")
        touched = hidden | coded
        return table.assign(
            value=np.where(touched, value, table["value"]),
            bound=table["bound"].mask(coded, pd.Series(bound, table.index)).mask(hidden, "exact"),
            status=table["status"].mask(hidden, "suppressed"),
            **{end: table[end].mask(touched) for end in ENDS},
        )

    def _ends_of(self, rate: _Rate, low: float, high: float) -> tuple[float, float]:
        """Say between which ends a printed rate is told."""
        is_open, own = self.counts.open, rate.implied
        if any(is_open[place] for place in rate.counts if place != own):
            return 0.0, np.inf
        if own is not None and is_open[own]:
            whole = next((one for one, parts in self.coded.items() if own in parts), None)
            per = np.inf if whole is None else 100 / self.counts.value[whole]
            ends = self.counts.low[own], self.counts.high[own]
            return (0.0, np.inf) if own in self.gone else (ends[0] * per, ends[1] * per)
        if not rate.counts and high >= 100 - _UNKNOWN_PCT:
            return 100.0 - _UNKNOWN_PCT, 100.0
        if not rate.counts and low <= _UNKNOWN_PCT:
            return 0.0, float(_UNKNOWN_PCT)
        return low, high


def _cells(table: pd.DataFrame, catalog: Catalog, *, printed: bool = False) -> pd.DataFrame:
    """Give the counts of persons in a table; of bounds only those that were made here."""
    persons = [name for name, one in catalog.quantities.items() if one.unit == "persons"]
    kept = table["quantity"].isin(persons)
    if not printed:
        kept &= table["bound"] == "exact"
    rows = np.flatnonzero(kept)
    cells = table.iloc[rows][[*_CELL, "vintage", "value"]].reset_index(drop=True)
    bound = table["bound"].iloc[rows].to_numpy()
    lost = cells["value"].isna().to_numpy()
    value = cells["value"].to_numpy()
    at_most, at_least = np.isin(bound, ["at_most"]), np.isin(bound, ["at_least"])
    return cells.assign(
        row=rows,
        low=np.where(lost | at_most, 0.0, value),
        high=np.where(lost | at_least, np.inf, value),
        known=table["source"].iloc[rows].isin(_public(catalog)).to_numpy() & ~lost,
        lost=lost,
        stays=False,
    )


def _with_ledger(cells: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Mark what was published before, and what was withheld; add what has changed since."""
    names = [*_CELL, "vintage"]
    withheld = pd.MultiIndex.from_frame(before.loc[before["lost"], _CELL])
    stays = pd.MultiIndex.from_frame(cells[_CELL]).isin(withheld)
    told = before[~before["lost"]]
    same = cells.reset_index()[["index", *names, "value"]].merge(
        told[[*names, "low", "high"]], on=names
    )
    same = same[same["value"].between(same["low"], same["high"])]
    cells = cells.assign(stays=stays)
    cells.loc[same["index"], ["low", "high"]] = same[["low", "high"]].to_numpy()
    cells.loc[same["index"], "known"] = True
    held = pd.MultiIndex.from_frame(same[[*names, "low", "high"]])
    other = told[~pd.MultiIndex.from_frame(told[[*names, "low", "high"]]).isin(held)]
    # What was printed then stands a moment behind what its day has now.
    other = other.assign(row=-1, known=True, vintage=other["vintage"] + pd.Timedelta(1, "ns"))
    return pd.concat([cells, other], ignore_index=True)


class _Rate(NamedTuple):
    """A printed rate: its row, the counts that it tells of, and the one that it tells itself."""

    row: int
    counts: list[int]
    implied: int | None = None


def _with_rates(
    cells: pd.DataFrame, table: pd.DataFrame, catalog: Catalog
) -> tuple[pd.DataFrame, list[_Rate]]:
    """Find what printed rates tell of counts; a part that only a rate tells is a count too."""
    places: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for place, key in enumerate(cells[_CELL].itertuples(index=False, name=None)):
        places[key].append(place)
    forms = _forms(catalog)
    public = table["source"].isin(_public(catalog)) | table["value"].isna()
    rates: list[_Rate] = []
    implied: list[dict[str, Any]] = []
    for row in np.flatnonzero(table["quantity"].isin(forms) & ~public).tolist():
        rate = table.iloc[row]
        found, own = [], None
        for form, base in forms[rate["quantity"]]:
            keys = _behind(rate, form, base)
            found += [place for key in keys for place in places.get(key, [])]
            whole = places.get(keys[-1], [])
            if part_and_whole(base) and whole and keys[0] not in places:
                own = len(cells) + len(implied)
                size = rate["value"] / 100 * cells["value"].iat[whole[-1]]
                implied.append(_implied(keys[0], rate, size))
                places[keys[0]].append(own)
                found.append(own)
        rates.append(_Rate(row, found, own))
    if implied:
        cells = pd.concat([cells, pd.DataFrame(implied)], ignore_index=True)
    return cells, rates


def _implied(key: tuple[object, ...], rate: pd.Series, size: float) -> dict[str, Any]:
    """Make the count that a printed rate of a known whole tells."""
    value = float(np.round(size))
    told = {"vintage": rate["vintage"], "value": value, "low": value, "high": value}
    marks = {"row": -1, "known": False, "lost": value != value, "stays": False}
    return {**dict(zip(_CELL, key, strict=True)), **told, **marks}


def _forms(catalog: Catalog) -> dict[str, list[tuple[Indicator, Indicator]]]:
    """Give printed rates of persons: each form in print, with what it is the form of."""
    forms: dict[str, list[tuple[Indicator, Indicator]]] = defaultdict(list)
    for form in catalog.indicators.values():
        if form.published_form_of and form.formula == "as_published":
            base = catalog.indicators[form.published_form_of]
            units = {catalog.quantities[one.quantity].unit for one in base.inputs.values()}
            if "persons" in units:
                (given,) = form.inputs.values()
                forms[given.quantity].append((form, base))
    return dict(forms)


def _public(catalog: Catalog) -> list[str]:
    return [name for name, one in catalog.sources.items() if one.disclosure == "published"]


def _behind(rate: pd.Series, form: Indicator, base: Indicator) -> list[tuple[object, ...]]:
    """Name the cells that a printed rate is made of, in the order of its formula."""
    (given,) = form.inputs.values()
    year = rate["year"] + given.lag
    return [
        (
            rate["area"],
            year - one.lag,
            one.quantity,
            rate["group"] if one.group == given.group else one.group,
            rate["period"] if one.period == given.period else one.period,
        )
        for one in base.inputs.values()
    ]


def hide_cells(
    counts: pd.DataFrame, margin: Sequence[str], name: str, hidden: pd.Series, at_least: int
) -> pd.Series:
    """
    Add to hidden cells of one sum the smallest others, until together they hold enough persons.

    The sum is taken as known: the hidden ones together are what the others leave of it. From two
    on, and ``at_least`` persons together, each of them may be anything from 0 to that.

    Parameters
    ----------
    counts : DataFrame
        One row a cell.
    margin : sequence of str
        Columns that cells of one sum have in common.
    name : str
        The count. [persons]
    hidden : Series of bool
        Cells that are hidden already.
    at_least : int
        Persons that hidden cells hold at least. [persons]

    Returns
    -------
    Series of bool
        Cells to hide.

    Examples
    --------
    >>> cells = pd.DataFrame({"school": "a", "tested": [60, 50, 4]})
    >>> hide_cells(cells, ["school"], "tested", cells["tested"] < 10, 10).tolist()
    [False, True, True]
    """
    hidden = hidden.copy()
    while True:
        shown = counts[name].where(~hidden & (counts[name] > 0))
        frame = counts[list(margin)].assign(
            hidden=hidden, held=counts[name].where(hidden, 0), shown=shown
        )
        grouped = frame.groupby(list(margin), sort=False)
        number = grouped["hidden"].transform("sum")
        few = (number > 0) & ((number < 2) | (grouped["held"].transform("sum") < at_least))
        smallest = shown == grouped["shown"].transform("min")
        chosen = frame[few & smallest].drop_duplicates(list(margin)).index
        if not len(chosen):
            return hidden
        hidden.loc[chosen] = True
