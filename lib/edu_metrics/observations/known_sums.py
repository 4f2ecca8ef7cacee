"""
What a reader knows of counts, what adds up to what, and what follows of those that were withheld.

A reader adds up areas to the area above, groups to all, parts and rest to a whole. Whatever stands
between two figures and is no figure itself (the pupils who did not pass, the schools that are not
listed) is a count of its own here: it can be small, and be given away.

A reader knows the counts that were published, that no count is below zero, and which counts add up
to which. All tables that agree with this are feasible; the feasible range of a count runs from the
least to the most that it is in any of them, which linear programming finds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csc_array, csr_array, hstack, identity
from scipy.sparse.csgraph import connected_components

from edu_metrics.catalog import Catalog, Indicator, Input
from edu_metrics.errors import DataError
from edu_metrics.observations.table import PART_OF_WHOLE

#: A total that misses the sum of its groups by more is not made of them. [part]
_SLIP = 0.02

#: What the groups, and the parts of a year, are parts of.
_WHOLES = {"group": "all", "period": "year"}


class Key(NamedTuple):
    """What a count of one year is of."""

    area: str
    quantity: str
    group: str
    period: str


class Pair(NamedTuple):
    """A part, its whole and the rest; ``strict`` where none, or all, tell of everybody."""

    part: int
    whole: int
    rest: int
    strict: bool


@dataclass
class KnownSums:
    """
    Counts, those between them, and the sums that tie them together.

    Attributes
    ----------
    value : list of float
        The counts given, then those between them; NaN where nobody knows. [persons]
    pairs : list of Pair
        Parts of a whole.
    rests : list of int
        Places of persons that no figure tells, and others leave: those of the areas, the group or
        the part of the year that are not listed.
    of : dict
        Places by year and what is counted, of every vintage; those that follow from others too.
    guessed : set of int
        Places of which nobody tells the value: it is one with which all sums add up.
    """

    value: list[float]
    pairs: list[Pair] = field(default_factory=list)
    rests: list[int] = field(default_factory=list)
    of: dict[tuple[int, Key], list[int]] = field(default_factory=lambda: defaultdict(list))
    guessed: set[int] = field(default_factory=set)
    _sums: dict[frozenset[tuple[int, float]], None] = field(default_factory=dict)
    _between: dict[tuple[int | None, frozenset[int]], int] = field(default_factory=dict)

    def tie(self, whole: int, parts: Iterable[int]) -> None:
        """Let parts add up to a whole, as far as they do."""
        self._sums[frozenset([(whole, 1.0), *((part, -1.0) for part in parts)])] = None

    def left(self, whole: int, parts: Sequence[int]) -> int | None:
        """Give the count that parts leave of a whole; nothing where they are more than it."""
        value = self.value[whole] - sum(self.value[part] for part in parts)
        if value < 0:
            return None
        rest = self._follows(whole, parts, value)
        self.tie(whole, [*parts, rest])
        return rest

    def total(self, parts: Sequence[int]) -> int:
        """Give the count that parts make up."""
        whole = self._follows(None, parts, sum(self.value[part] for part in parts))
        self.tie(whole, parts)
        return whole

    def _follows(self, whole: int | None, parts: Iterable[int], value: float) -> int:
        """Add a count that is no figure, once."""
        place = self._between.setdefault((whole, frozenset(parts)), len(self.value))
        if place == len(self.value):
            self.value.append(value)
        return place

    def unknown(self) -> int:
        """Add a count that nobody tells, and that holds others."""
        self.value.append(np.nan)
        return len(self.value) - 1

    def between(self, above: int, below: int, least: float) -> int:
        """Add by how much one count is more than so many times another."""
        self.value.append(self.value[above] - least * self.value[below])
        place = len(self.value) - 1
        self._sums[frozenset([(above, 1.0), (below, -least), (place, -1.0)])] = None
        return place

    def matrix(self) -> Any:
        """Give the coefficients, a row a sum."""
        rows = [at for at, one in enumerate(self._sums) for _ in one]
        columns = [place for one in self._sums for place, _ in one]
        data = [sign for one in self._sums for _, sign in one]
        return csr_array((data, (rows, columns)), shape=(len(self._sums), len(self.value)))


def known_sums(cells: pd.DataFrame, catalog: Catalog) -> KnownSums:
    """
    Find all sums between counts that a reader may know.

    Parameters
    ----------
    cells : DataFrame
        Counts and amounts, one row each: area, year, quantity, group, period, vintage, value, the
        ends low and high between which it is known to lie, and whether it is of persons.
    catalog : Catalog
        What is defined.

    Returns
    -------
    KnownSums
        Places are those of the rows, from 0.
    """
    known = KnownSums(cells["value"].tolist())
    persons = set(cells.loc[cells["persons"], "quantity"])
    wholes, lagged = wholes_of_parts(catalog)
    partitions = _partitions(cells)
    for year, state, new in _states(cells):
        one = _Year(known, catalog, year, state, new, persons, wholes, partitions)
        one.split()
        one.add_areas()
        one.split()
        one.pair()
        one.bound()
        for key in new:
            known.of[year, key].append(state[key])
    _pair_years(known, lagged, persons)
    _fill(known, cells)
    return known


def _states(cells: pd.DataFrame) -> Iterator[tuple[int, dict[Key, int], set[Key]]]:
    """Give what was known of each year whenever something new came out, and what was new."""
    names = ["year", "vintage", *Key._fields]
    rows = cells[names].reset_index(drop=True).sort_values(["year", "vintage"], kind="stable")
    for year, of_year in rows.groupby("year", sort=False):
        state: dict[Key, int] = {}
        for _, out in of_year.groupby("vintage", sort=False):
            keys = map(Key, *(out[name] for name in Key._fields))
            new = dict(zip(keys, out.index.tolist(), strict=True))
            state |= new
            yield int(str(year)), dict(state), set(new)


@dataclass
class _Year:
    """What is known of a year when something new came out, and of what follows from it."""

    known: KnownSums
    catalog: Catalog
    year: int
    state: dict[Key, int]
    new: set[Key]
    persons: set[str]
    #: What each quantity is part of, and whether an indicator divides it by that.
    wholes: Mapping[str, Sequence[tuple[str, bool]]]
    #: By column and quantity, the groups (or parts of the year) that make up all.
    partitions: Mapping[str, Mapping[str, Sequence[tuple[str, ...]]]]

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        """The areas of the year by the one that they are part of."""
        found: dict[str, set[str]] = defaultdict(set)
        areas = self.catalog.areas
        for entry in areas.values():
            above = areas.get(entry.parent or "")
            alive = (entry.valid_from or self.year) <= self.year <= (entry.valid_to or self.year)
            if above and alive and above.invented == entry.invented:
                found[above.id].add(entry.id)
        return found

    def _depth(self, area: str) -> int:
        return len(list(self.catalog.above(area)))

    # --- which counts are parts of which

    def _in_area_above(self, key: Key) -> list[Key]:
        """Give the count of the area above, if it is divided into areas of this year."""
        above = self.catalog.areas[key.area].parent
        inside = above is not None and key.area in self._children.get(above, ())
        return [key._replace(area=above)] if above is not None and inside else []

    def _in_one_area(self, key: Key) -> list[tuple[Key, bool]]:
        """Give the wholes of a count in its own area, and which an indicator divides it by."""
        found = [(key._replace(quantity=name), strict)
                 for name, strict in self.wholes.get(key.quantity, ())]  # fmt: skip
        return found + ([(key._replace(group="all"), True)] if key.group != "all" else [])

    def _divided(self, keys: Iterable[Key]) -> Iterator[tuple[Key, list[Key]]]:
        """Give what is made up of groups, or of parts of the year, each with all its parts."""
        for column, whole in _WHOLES.items():
            parts_of = self.partitions[column]
            some_parts = (one for one in list(keys) if parts_of.get(one.quantity))
            for key in dict.fromkeys(one._replace(**{column: whole}) for one in some_parts):
                for parts in parts_of[key.quantity]:
                    yield key, [key._replace(**{column: name}) for name in parts]

    # --- what follows from them

    def _add_up(self, whole: Key, parts: Iterable[Key], absent: Sequence[Key]) -> Key | None:
        """
        Tie a whole to its parts, some of which may be absent; give what was not known before.

        That is the whole, where all its parts are there, or the one part that is not.
        """
        places, before = [self.state[part] for part in parts], len(self.known.value)
        if whole not in self.state:
            if absent or len(places) < 2:
                return None
            found, place = whole, self.known.total(places)
        elif not absent:
            self.known.tie(self.state[whole], places)
            return None
        else:
            rest = self.known.left(self.state[whole], places)
            if rest is None:
                return None
            if whole.quantity in self.persons:
                self.known.rests.append(rest)
            if len(absent) > 1:
                return None
            found, place = absent[0], rest
        self.state[found] = place
        if place >= before:
            self.new.add(found)
        return found

    def add_areas(self) -> None:
        """Add up areas, from the deepest; one without a figure has the sum of all its parts."""
        within: dict[Key, list[Key]] = defaultdict(list)
        todo: dict[int, set[Key]] = defaultdict(set)

        def put_under_parent(key: Key) -> None:
            for above in self._in_area_above(key):
                within[above].append(key)
                todo[self._depth(above.area)].add(above)

        for key in list(self.state):
            put_under_parent(key)
        while todo:
            for above in sorted(todo.pop(max(todo))):
                below = within[above]
                absent = self._children[above.area] - {key.area for key in below}
                lacking = [above._replace(area=name) for name in absent]
                found = self._add_up(above, below, lacking)
                if found == above:
                    put_under_parent(above)
                elif found and within[found]:
                    todo[self._depth(found.area)].add(found)

    def split(self) -> None:
        """Add up groups, and parts of the year; the last without a figure is what others leave."""
        for whole, parts in self._divided(self.state):
            absent = [part for part in parts if part not in self.state]
            if len(absent) < 2:
                self._add_up(whole, [part for part in parts if part in self.state], absent)

    def pair(self) -> None:
        """Pair parts with their wholes, and groups with all."""
        for key, place in self.state.items():
            for whole, strict in self._in_one_area(key) if key.quantity in self.persons else ():
                if whole in self.state and (key in self.new or whole in self.new):
                    _pair(self.known, place, self.state[whole], strict)

    def _holding(self, key: Key) -> list[Key]:
        return [whole for whole, _ in self._in_one_area(key)] + self._in_area_above(key)

    def bound(self) -> None:
        """Let a count that is in no table lie between what it holds and what holds it."""
        known, held = self.known, self._with_what_holds()
        loose = held.keys() - self.state.keys()
        if not loose:
            return
        below: dict[Key, list[Key]] = defaultdict(list)
        for key in held:
            for above, _ in self._in_one_area(key):
                if above in held and loose & {key, above}:
                    known.left(held[above], [held[key]])
            for above in self._in_area_above(key):
                below[above].append(key)
        for above, parts in below.items():
            if above in held and loose & {above, *parts}:
                whole = len(parts) == len(self._children[above.area])
                (known.tie if whole else known.left)(held[above], [held[part] for part in parts])
        for above, parts in self._divided(held):
            if held.keys() >= {above, *parts} and loose & {above, *parts}:
                known.tie(held[above], [held[part] for part in parts])

    def _with_what_holds(self) -> dict[Key, int]:
        """Add to the counts that are known those that hold some, and that others hold in turn."""
        told = dict.fromkeys(self.state, True)

        def is_told(key: Key) -> bool:
            """Say whether a figure holds it; wholes that go round in a circle do not."""
            if key not in told:
                told[key] = False
                told[key] = any([is_told(one) for one in self._holding(key)])
            return told[key]

        held, todo = dict(self.state), list(self.state)
        while todo:
            for above in self._holding(todo.pop()):
                if above not in held and is_told(above):
                    held[above] = self.known.unknown()
                    todo.append(above)
        return held


def _pair(known: KnownSums, part: int, whole: int, strict: bool) -> None:
    rest = known.left(whole, [part])
    if rest is not None:
        known.pairs.append(Pair(part, whole, rest, strict))


def _pair_years(known: KnownSums, lagged: Sequence[tuple[Input, Input]], persons: set[str]) -> None:
    """Pair those who are left of a cohort with the cohort, in the year in which it was counted."""
    for part, whole in lagged:
        if not {part.quantity, whole.quantity} <= persons:
            continue
        for (year, key), places in list(known.of.items()):
            if key.quantity == part.quantity:
                of = cell_of(whole, key, year, part)
                for place in places if of in known.of else ():
                    _pair(known, place, known.of[of][-1], strict=True)


def cell_of(other: Input, key: Key, year: int, own: Input) -> tuple[int, Key]:
    """
    Name the cell that one input of an indicator is, where another input is a known one.

    Parameters
    ----------
    other, own : Input
        The inputs; one that has the group or part of the year of ``own`` follows it.
    key : Key
        The cell that ``own`` is.
    year : int
        Its year.

    Returns
    -------
    tuple
        Year and cell.
    """
    return year + own.lag - other.lag, Key(
        key.area,
        other.quantity,
        key.group if other.group == own.group else other.group,
        key.period if other.period == own.period else other.period,
    )


def _partitions(cells: pd.DataFrame) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """
    Find the groups, and parts of a year, that make up all of a quantity wherever they are known.

    No definition says which groups divide all persons: the figures do. Groups that divide those
    of one quantity divide those of others too, unless figures of these say otherwise.
    """
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for column, whole in _WHOLES.items():
        own: dict[str, dict[tuple[str, ...], bool]] = {}
        rest = [name for name in ("area", "year", *Key._fields) if name not in (column, "quantity")]
        for quantity, rows in cells.groupby("quantity"):
            wide = rows.groupby([*dict.fromkeys(rest), column])["value"].last().unstack(column)
            own[str(quantity)] = dict(_evidence(wide, column, whole)) if whole in wide else {}
        always = {some for one in own.values() for some, fits in one.items() if fits}
        always -= {some for one in own.values() for some, fits in one.items() if not fits}
        found[column] = {
            quantity: [some for some, fits in one.items() if fits]
            + (sorted(always - one.keys()) if column == "group" else [])
            for quantity, one in own.items()
        }
    return found


def _evidence(
    wide: pd.DataFrame, column: str, whole: str
) -> Iterator[tuple[tuple[str, ...], bool]]:
    """Say of several parts whether they make up the whole, where figures tell."""
    parts = [str(name) for name in wide if name != whole][:12]
    values, total = wide[parts].to_numpy(np.float64), wide[whole].to_numpy(np.float64)
    for size in (2, 3, 4) if column == "group" else (2, 4, 12):
        for some in combinations(range(len(parts)), size):
            made = values[:, some].sum(axis=1)
            there = ~np.isnan(made) & (total > 0)
            if there.any():
                fits = np.abs(made - total)[there] <= _SLIP * total[there]
                yield tuple(parts[at] for at in some), bool(fits.all())


class Quotient(NamedTuple):
    """So many times one input, divided by another."""

    above: Input
    below: Input
    factor: float


def quotient(entry: Indicator) -> Quotient | None:
    """
    Give what an indicator divides by what, however its formula is written.

    Parameters
    ----------
    entry : Indicator
        The indicator.

    Returns
    -------
    Quotient or None
        Nothing where it is no plain quotient of two inputs.
    """
    equation = entry.calculation.equation
    if equation is None or len(equation.names) != 2:
        return None
    try:
        one, *others = (float(equation(*at)) for at in ((1.0, 1.0), (2.0, 1.0), (1.0, 4.0)))
    except DataError:
        return None
    first, second = (entry.inputs[name] for name in equation.names)
    if one > 0 and np.allclose(others, (2 * one, one / 4)):
        return Quotient(first, second, one)
    if one > 0 and np.allclose(others, (one / 2, 4 * one)):
        return Quotient(second, first, one)
    return None


def wholes_of_parts(
    catalog: Catalog,
) -> tuple[dict[str, list[tuple[str, bool]]], list[tuple[Input, Input]]]:
    """
    Say which quantities lie within which others.

    Parameters
    ----------
    catalog : Catalog
        What is defined.

    Returns
    -------
    dict
        By part its wholes of the same group and year, and whether an indicator divides it by them.
    list
        Part and whole of which one is counted years later, or of another group.
    """
    found: dict[tuple[str, str], bool] = {}
    lagged = []
    of = {name: part_and_whole(entry) for name, entry in catalog.indicators.items()}
    for name, own in of.items():
        if own is None:
            continue
        if not _alike(*own):
            lagged.append(own)
            continue
        found[own[0].quantity, own[1].quantity] = True
        for relation in catalog.indicators[name].relations:
            for other in map(of.get, relation.indicators):
                if other and _alike(*other) and relation.kind in ("subset_of", "part_of"):
                    found.setdefault((own[0].quantity, other[0].quantity), False)
    wholes: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (part, whole), strict in found.items():
        wholes[part].append((whole, strict))
    return wholes, lagged


def _alike(one: Input, other: Input) -> bool:
    return (one.lag, one.group, one.period) == (other.lag, other.group, other.period)


def part_and_whole(entry: Indicator) -> tuple[Input, Input] | None:
    """Give part and whole of a share of a whole; nothing for what may pass 100 %."""
    found = quotient(entry)
    if found is None or not (entry.is_rate or entry.formula in PART_OF_WHOLE):
        return None
    return None if found.above == found.below else (found.above, found.below)


def _fill(known: KnownSums, cells: pd.DataFrame) -> None:
    """Give counts that nobody knows numbers with which all sums add up, as well as may be."""
    value = np.array(known.value, dtype=np.float64)
    lost = np.flatnonzero(np.isnan(value))
    known.guessed = set(lost.tolist())
    if not len(lost):
        return
    sums = known.matrix()
    held = np.where(np.isnan(value), 0.0, value)
    ties = csr_array(sums[:, lost])
    used = np.flatnonzero(np.diff(ties.indptr))
    slack = identity(len(used), format="csr")
    total = -(sums @ held)[used]
    ends = np.zeros(len(value) + 2 * len(used)), np.full(len(value) + 2 * len(used), np.inf)
    for end, name in zip(ends, ("low", "high"), strict=True):
        end[: len(cells)] = cells[name]
    kept = np.concatenate([lost, len(value) + np.arange(2 * len(used))])
    done = milp(
        np.concatenate([np.full(len(lost), 1e-6), np.ones(2 * len(used))]),
        bounds=Bounds(ends[0][kept], ends[1][kept]),
        constraints=LinearConstraint(hstack([ties[used], slack, -slack]), total, total),
    )
    if done.x is not None:
        value[lost] = done.x[: len(lost)].round(6)
    known.value = np.where(np.isnan(value), 0.0, value).tolist()


Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

#: Numbers of persons that differ by less are the same.
_SAME = 1e-6

#: So many times the end that a range has to reach is as good as no end.
_FAR = 1000.0
#: A search for a table: all the way, but for so many branches (one that is not found by then is
#: taken for none); HiGHS's presolve prints to stdout what it mends, and finds none where there is.
_SEARCH: Any = {"mip_rel_gap": 0, "node_limit": 1000, "presolve": False}


@dataclass
class Counts:
    """
    Counts, what a reader is told of each, and the sums that tie them together.

    Attributes
    ----------
    value : array of float
        The counts themselves. [persons]
    low, high : array of float
        What is told of each: twice the count itself where it is published, else the ends between
        which it is known to lie. [persons]
    least, most : array of float
        Ends that a protected count's feasible range has to reach; NaN for others. [persons]
    known : array of bool
        Published before, or by others: it can't be withheld any more.
    told : array of bool
        It is a figure that can be withheld, and not merely what follows from others.
    sums : csr_array
        One row a sum: coefficients of counts whose total the reader knows.
    whole : array of bool
        Counts that the reader knows to be whole numbers; left out, all that are.
    """

    value: Numbers
    low: Numbers
    high: Numbers
    least: Numbers
    most: Numbers
    known: npt.NDArray[np.bool_]
    told: npt.NDArray[np.bool_]
    sums: Any
    whole: npt.NDArray[np.bool_] = field(default_factory=lambda: np.empty(0, bool))

    def __post_init__(self) -> None:
        """Take whole numbers for such."""
        if not len(self.whole):
            self.whole = _is_whole(self.value)

    @property
    def open(self) -> npt.NDArray[np.bool_]:
        """The counts that the reader is not told."""
        return self.high > self.low

    @cached_property
    def columns(self) -> Any:
        """The sums, to be looked up by count."""
        return csc_array(self.sums)

    def sums_of(self, places: Places) -> Any:
        """Give the sums that tie some counts, as far as they are of these."""
        sums = csr_array(self.columns[:, places])
        return sums[np.flatnonzero(np.diff(sums.indptr))]

    def withhold(self, places: Sequence[int] | Places) -> None:
        """Tell nothing of some counts any more."""
        self.low[places], self.high[places] = 0.0, np.inf


def narrow(counts: Counts) -> list[tuple[int, bool]]:
    """
    Find the protected counts whose feasible range is narrower than promised.

    Parameters
    ----------
    counts : Counts
        Counts and what is told of them.

    Returns
    -------
    list of (int, bool)
        The count, and True where its range ends too early above, False where below.

    Examples
    --------
    Of 3, 40 and 57 in all 100, the first is withheld: the others tell it. With the second withheld
    too it may be anything from 0 to 43:

    >>> counts = Counts(
    ...     value=np.array([100.0, 3, 40, 57]), low=np.array([100.0, 0, 40, 57]),
    ...     high=np.array([100.0, np.inf, 40, 57]), least=np.array([np.nan, 0, np.nan, np.nan]),
    ...     most=np.array([np.nan, 10, np.nan, np.nan]), known=np.zeros(4, bool),
    ...     told=np.ones(4, bool), sums=csr_array([[1.0, -1, -1, -1]]),
    ... )
    >>> narrow(counts)
    [(1, True), (1, False)]
    >>> counts.withhold([2])
    >>> narrow(counts)
    []
    """
    found = []
    for up in (True, False):
        for part in _parts(counts):
            asked = part.places[~np.isnan(counts.most[part.places])]
            found += [(int(place), up) for place in part.short_of(asked, up=up)]
    return found


def follow(counts: Counts) -> npt.NDArray[np.bool_]:
    """
    Tell which counts are told, or follow from those that are, sum by sum.

    Parameters
    ----------
    counts : Counts
        Counts and what is told of them.

    Returns
    -------
    array of bool
        True for these.
    """
    ties = abs(counts.sums) > 0
    fixed = ~counts.open
    while True:
        alone = ties[np.flatnonzero(ties @ (~fixed).astype(np.int64) == 1)]
        more = (np.ones(alone.shape[0]) @ alone > 0) & ~fixed
        if not more.any():
            return fixed
        fixed |= more


@dataclass(frozen=True)
class _Part:
    """Counts that the reader is not told and that hang together, with the sums that tie them."""

    counts: Counts
    places: Places
    sums: Any

    def short_of(self, asked: Places, *, up: bool) -> list[int]:
        """Name the counts asked for that don't reach their end of the range."""
        ends = self.counts.most if up else self.counts.least

        def missing(places: Sequence[int], *, far: bool) -> list[int]:
            """Name those of some that don't reach their ends in a table that is made for all."""
            table = self._table(places, up=up, far=far)
            return [place for place in places
                    if (ends[place] - table[place] if up else table[place] - ends[place]) > _SAME
                    ]  # fmt: skip

        left: list[int] = list(asked)
        while left and len(fewer := missing(left, far=False)) < len(left):
            left = fewer
        return [place for place in left if missing([place], far=True)]

    def _table(self, tried: Sequence[int], *, up: bool, far: bool) -> dict[int, float]:
        """Find a feasible table in which the counts tried are as large, or small, as can be."""
        low, high = self.counts.low[self.places].copy(), self.counts.high[self.places].copy()
        at = np.searchsorted(self.places, tried)
        if up:  # some may have no end; a rate with its whole may step over the one asked for
            enough = np.fmax(self.counts.most, self.counts.value)[tried]
            high[at] = np.minimum(high[at], enough * (_FAR if far else 1))
        toll = np.zeros(len(self.places))
        toll[at] = -1.0 if up else 1.0
        total = self.sums @ self.counts.value[self.places]
        found = _solved(toll, self.sums, total, low, high, self.counts.whole[self.places])
        if found is None:  # the counts themselves always are such a table
            found = self.counts.value[self.places]
        return dict(zip(self.places.tolist(), found.tolist(), strict=True))


def _parts(counts: Counts) -> Iterator[_Part]:
    """Take apart what is open, as far as no sum ties it together."""
    places = np.flatnonzero(counts.open)
    labels = _linked(counts.sums_of(places))
    for label in np.unique(labels[~np.isnan(counts.most[places])]):
        inside = places[labels == label]
        yield _Part(counts, inside, counts.sums_of(inside))


def _linked(sums: Any) -> npt.NDArray[np.int32]:
    """Give one number to all counts that sums tie together, directly or through others."""
    rows, columns = sums.shape
    if not columns:
        return np.empty(0, np.int32)
    ties = block_array([[None, sums], [sums.T, None]]) if rows else csr_array((columns, columns))
    labels: npt.NDArray[np.int32] = connected_components(ties, directed=False)[1]
    return labels[rows:]


def _is_whole(numbers: Numbers) -> npt.NDArray[np.bool_]:
    return np.abs(numbers - numbers.round()) < _SAME


def _solved(
    toll: Numbers,
    sums: Any,
    total: Numbers,
    low: Numbers,
    high: Numbers,
    whole: npt.NDArray[np.bool_],
) -> Numbers | None:
    """Find the cheapest table with these sums within these ends; persons are whole in it."""
    ties = [LinearConstraint(sums, total, total)] if sums.shape[0] else []
    for integrality in (np.zeros(len(toll), np.int64), whole.astype(np.int64)):
        done = milp(
            toll, bounds=Bounds(low, high), constraints=ties,
            integrality=integrality, options=_SEARCH,
        )  # fmt: skip
        if done.x is None:
            return None
        if _is_whole(done.x[whole]).all():
            break
    found = np.asarray(done.x, dtype=np.float64)
    return np.where(whole, found.round(), found)


def widen(
    counts: Counts, place: int, *, up: bool, families: npt.NDArray[np.integer[Any]]
) -> list[int]:
    """
    Choose the counts to withhold so that a protected one's feasible range reaches its end.

    Looked for is a second table, with the same sums, in which the protected count stands at that
    end; what differs in it has to be withheld. Of all such tables the one is taken that moves the
    least of what was to be published.

    Parameters
    ----------
    counts : Counts
        Counts and what is told of them.
    place : int
        The protected one.
    up : bool
        Whether the upper end is wanted.
    families : array of int
        Counts of one family (a quantity in a year) are withheld for each other first.

    Returns
    -------
    list of int
        The counts to withhold besides.

    Raises
    ------
    DataError
        If what was published before, or by others, tells too much already.
    """
    kin = families == families[place]
    for allowed, opened in ((kin, False), (np.ones_like(kin), False), (np.ones_like(kin), True)):
        found = _second_table(counts, place, up=up, allowed=allowed, opened=opened)
        if found is not None:
            moved = found[~counts.open[found] | opened]
            return [int(one) for one in moved if counts.told[one] and not counts.known[one]]
    raise DataError("what was published before tells it")


def _second_table(
    counts: Counts, place: int, *, up: bool, allowed: npt.NDArray[np.bool_], opened: bool
) -> Places | None:
    """Find the counts that move in the second table; None where there is no such table."""
    movable = np.flatnonzero(counts.open | (allowed & counts.told & ~counts.known))
    labels = _linked(counts.sums_of(movable))
    movable = movable[labels == labels[np.searchsorted(movable, place)]]
    sums = counts.sums_of(movable)
    value, is_open = counts.value[movable], counts.open[movable]
    bound = is_open & (counts.known[movable] | (not opened))
    low = np.where(bound, counts.low[movable], 0.0)
    high = np.where(bound, counts.high[movable], np.inf)
    at = int(np.searchsorted(movable, place))
    low[at], high[at] = (counts.most[place], np.inf) if up else (0.0, counts.least[place])
    # Small counts are given up before large ones, and what is open already costs nothing.
    toll = np.where(is_open, 1e-6, 1 + np.log1p(value))
    found = _solved(
        np.concatenate([toll, toll]),
        hstack([sums, -sums]),
        np.zeros(sums.shape[0]),
        np.concatenate([np.maximum(low - value, 0), np.maximum(value - high, 0)]),
        np.concatenate([np.maximum(high - value, 0), np.maximum(value - low, 0)]),
        np.tile(counts.whole[movable], 2),
    )
    if found is None:
        return None
    more, less = np.split(found, 2)
    moved: Places = movable[np.abs(more - less) > _SAME]
    return moved
