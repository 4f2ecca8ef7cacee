"""
What a reader can work out about counts that were withheld, by linear programming.

A reader knows the counts that were published, that no count is below zero, and which counts add up
to which. All tables that agree with this are feasible; the feasible range of a count runs from the
least to the most that it is in any of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import block_array, csc_array, csr_array, hstack
from scipy.sparse.csgraph import connected_components

from edu_metrics.errors import DataError

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
