"""
What a reader knows to add up: areas to the area above, groups to all, parts and rest to a whole.

Whatever stands between two figures and is no figure itself (the pupils who did not pass, the
schools that are not listed) is a count of its own here: it can be small, and be given away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity

from edu_metrics.formulas import FORMULAS
from edu_metrics.observations.table import PART_OF_WHOLE

if TYPE_CHECKING:
    from edu_metrics.catalog import Catalog, Indicator

#: A total that misses the sum of its groups by more is not made of them. [part]
_SLIP = 0.02


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
        Places of what the areas that are not listed have together.
    """

    value: list[float]
    pairs: list[Pair] = field(default_factory=list)
    rests: list[int] = field(default_factory=list)
    _sums: list[dict[int, float]] = field(default_factory=list)

    def between(self, value: float) -> int:
        """Add a count that is no figure."""
        self.value.append(value)
        return len(self.value) - 1

    def tie(self, whole: int, parts: Iterable[int]) -> None:
        """Let parts add up to a whole, as far as they do."""
        self._sums.append({whole: 1.0} | dict.fromkeys(parts, -1.0))

    def left(self, whole: int, parts: Sequence[int]) -> float:
        """Say what parts leave of a whole."""
        return self.value[whole] - sum(self.value[part] for part in parts)

    def matrix(self) -> Any:
        """Give the coefficients, a row a sum."""
        rows = [at for at, one in enumerate(self._sums) for _ in one]
        columns = [place for one in self._sums for place in one]
        data = [sign for one in self._sums for sign in one.values()]
        return csr_array((data, (rows, columns)), shape=(len(self._sums), len(self.value)))


def known_sums(cells: pd.DataFrame, catalog: Catalog) -> KnownSums:
    """
    Find all sums between counts that a reader may know.

    Parameters
    ----------
    cells : DataFrame
        Counts of persons, one row each: area, year, quantity, group, period, vintage and value.
    catalog : Catalog
        What is defined.

    Returns
    -------
    KnownSums
        Places are those of the rows, from 0.
    """
    known = KnownSums(cells["value"].tolist())
    within = parts_of_wholes(catalog)
    alike = _partitions(cells)
    for year, state, new in _states(cells):
        _areas(known, state, new, catalog, year)
        for finer, rows in alike.items():
            _partitioned(known, state, new, finer, rows)
        _within(known, state, new, within)
    _fill(known)
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


def _areas(
    known: KnownSums, state: dict[Key, int], new: set[Key], catalog: Catalog, year: int
) -> None:
    """Add up areas, from the deepest; one without a figure has the sum of all its parts."""
    children, depth = _tree(catalog, year)
    within: dict[Key, list[Key]] = defaultdict(list)
    todo: dict[int, set[Key]] = defaultdict(set)

    def put_under_parent(key: Key) -> None:
        parent = catalog.areas[key.area].parent
        if parent in depth and key.area in children[parent]:
            above = key._replace(area=parent)
            within[above].append(key)
            todo[depth[parent]].add(above)

    def put(key: Key, place: int) -> None:
        state[key] = place
        new.add(key)

    for key in list(state):
        put_under_parent(key)
    while todo:
        for above in sorted(todo.pop(max(todo))):
            below = within[above]
            parts = [state[key] for key in below]
            absent = children[above.area] - {key.area for key in below}
            if not new & {above, *below}:
                continue  # all of it was known before, and is tied together already
            if above not in state:
                if not absent and len(parts) > 1:
                    put(above, known.between(sum(known.value[part] for part in parts)))
                    put_under_parent(above)
                    known.tie(state[above], parts)
                continue
            left = known.left(state[above], parts)
            if absent and left >= 0:
                parts.append(known.between(left))
                known.rests.append(parts[-1])
                if len(absent) == 1:  # what the others leave is the one that has no figure
                    only = above._replace(area=absent.pop())
                    put(only, parts[-1])
                    if within[only]:
                        todo[depth[only.area]].add(only)
            if not absent or left >= 0:
                known.tie(state[above], parts)


def _tree(catalog: Catalog, year: int) -> tuple[dict[str, set[str]], dict[str, int]]:
    """Give the areas of a year by the one that they are part of, and how deep that lies."""
    children: dict[str, set[str]] = defaultdict(set)
    for entry in catalog.areas.values():
        above = catalog.areas.get(entry.parent or "")
        alive = (entry.valid_from or year) <= year <= (entry.valid_to or year)
        if above and alive and above.invented == entry.invented:
            children[above.id].add(entry.id)

    def depth(area: str) -> int:
        above = catalog.areas[area].parent
        return 0 if above is None else 1 + depth(above)

    return children, {area: depth(area) for area in children}


def _partitions(cells: pd.DataFrame) -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """
    Find the groups, and parts of a year, that make up all of a quantity wherever they are known.

    No definition says which groups divide all persons: the figures do.
    """
    found: dict[str, dict[str, list[tuple[str, ...]]]] = {"group": {}, "period": {}}
    for column, whole in (("group", "all"), ("period", "year")):
        others = [name for name in ("area", "year", *Key._fields) if name != column]
        others = list(dict.fromkeys(name for name in others if name != "quantity"))
        several = cells.groupby("quantity")[column].transform("nunique") > 2
        for quantity, rows in cells[several].groupby("quantity"):
            wide = rows.groupby([*others, column])["value"].last().unstack(column)
            if whole in wide:
                parts = [str(name) for name in wide if name != whole][:12]
                found[column][str(quantity)] = [
                    some
                    for size in ((2, 3, 4) if column == "group" else (2, 4, 12))
                    for some in combinations(parts, size)
                    if _make_up(wide[list(some)], wide[whole])
                ]
    return found


def _make_up(parts: pd.DataFrame, whole: pd.Series) -> bool:
    there = parts.notna().all(axis=1) & whole.notna()
    apart = (parts[there].sum(axis=1) - whole[there]).abs()
    return bool(there.any() and (apart <= _SLIP * whole[there]).all() and whole[there].any())


def _partitioned(
    known: KnownSums,
    state: Mapping[Key, int],
    new: set[Key],
    column: str,
    rows: Mapping[str, list[tuple[str, ...]]],
) -> None:
    whole = "all" if column == "group" else "year"
    for key, place in state.items():
        if getattr(key, column) != whole:
            continue
        for some in rows.get(key.quantity, []):
            parts = [key._replace(**{column: name}) for name in some]
            if all(part in state for part in parts) and new & {key, *parts}:
                known.tie(place, [state[part] for part in parts])


def parts_of_wholes(catalog: Catalog) -> dict[tuple[str, str], bool]:
    """
    Say which quantities of persons lie within which others.

    Parameters
    ----------
    catalog : Catalog
        What is defined.

    Returns
    -------
    dict
        By part and whole, whether an indicator divides one by the other.
    """
    found = {}
    for entry in catalog.indicators.values():
        if own := part_and_whole(entry):
            found[own] = True
            for relation in entry.relations:
                for name in relation.indicators:
                    other = part_and_whole(catalog.indicators[name])
                    if other and relation.kind in ("subset_of", "part_of"):
                        found.setdefault((own[0], other[0]), False)
    return found


def part_and_whole(entry: Indicator) -> tuple[str, str] | None:
    """Give the quantities of a share of a whole, of one group and year; else nothing."""
    if entry.formula not in PART_OF_WHOLE:
        return None
    part, whole = (entry.inputs[name] for name in FORMULAS[entry.formula].arguments)
    alike = (part.lag, part.group, part.period) == (whole.lag, whole.group, whole.period)
    return (part.quantity, whole.quantity) if alike and part.quantity != whole.quantity else None


def _within(
    known: KnownSums,
    state: Mapping[Key, int],
    new: set[Key],
    within: Mapping[tuple[str, str], bool],
) -> None:
    """Pair parts with their wholes, and groups with all."""
    wholes: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for (quantity, of), strict in within.items():
        wholes[quantity].append((of, strict))
    for key, place in state.items():
        found = [(key._replace(quantity=name), strict) for name, strict in wholes[key.quantity]]
        if key.group != "all":
            found.append((key._replace(group="all"), True))
        for whole, strict in found:
            if whole in state and (key in new or whole in new):
                left = known.left(state[whole], [place])
                if not left < 0:
                    rest = known.between(left)
                    known.tie(state[whole], [place, rest])
                    known.pairs.append(Pair(place, state[whole], rest, strict))


def _fill(known: KnownSums) -> None:
    """Give counts that nobody knows numbers with which all sums add up, as well as may be."""
    value = np.array(known.value, dtype=np.float64)
    lost = np.flatnonzero(np.isnan(value))
    if not len(lost):
        return
    sums = known.matrix()
    held = np.where(np.isnan(value), 0.0, value)
    ties = csr_array(sums[:, lost])
    used = np.flatnonzero(np.diff(ties.indptr))
    slack = identity(len(used), format="csr")
    total = -(sums @ held)[used]
    done = milp(
        np.concatenate([np.full(len(lost), 1e-6), np.ones(2 * len(used))]),
        constraints=LinearConstraint(hstack([ties[used], slack, -slack]), total, total),
    )
    if done.x is not None:
        value[lost] = done.x[: len(lost)].round(6)
    known.value = np.where(np.isnan(value), 0.0, value).tolist()
