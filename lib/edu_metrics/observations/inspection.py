"""
Look at the numbers of a study before anything is made of them: what is possible, and odd.

Nothing is repaired. Each finding says where, by which rule, with which numbers, and offers the
entry that would settle it: a break, or a correction, to paste once the publisher has been asked.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from edu_metrics.catalog import Catalog, Indicator
from edu_metrics.observations.computing import compute, forms_of, inspect_sums, pooled_cells, usable
from edu_metrics.observations.printed import WHOLE_YEARS
from edu_metrics.observations.table import rows_of
from edu_metrics.words import say

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


#: Units that are counted and need not come out whole.
_DIVISIBLE = ("square_metres", "square_kilometres", "yuan", "percent")
#: So many quantities of one area that repeat the year before are a copied row.
_COPIED = 5
#: The first month in which a year's figures may well be out in that very year.
_JUNE = 6
#: Rounding to one decimal of two or three rates that make up a whole. [points]
_ROUNDING = 0.15


def inspect_table(
    catalog: Catalog, table: pd.DataFrame, *, as_of: int, areas: Iterable[str] | None = None
) -> list[Finding]:
    """
    Find what is odd in observations.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    table : DataFrame
        Observations, as :func:`~edu_metrics.observations.validate` returns them; the newest
        vintages are looked at.
    as_of : int
        Year in which is asked, for series that ended before. [year]
    areas : iterable of str, optional
        Areas whose rates are computed and looked at; all of the table when left out.

    Returns
    -------
    list of Finding
        By rule. A change at a declared break is none, nor is a number that a correction confirms.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> from edu_metrics.observations import build
    >>> catalog = load_catalog(find_root())
    >>> inspect_table(catalog, build(catalog, "wuhai"), as_of=2025)  # one odd number is confirmed
    []
    """
    own = usable(table)
    exact = own[(own["bound"] == "exact") & (own["group"] == "all")]
    exact = exact[exact["period"].isin(WHOLE_YEARS)]
    rates = _rates(catalog, table, set(areas) if areas is not None else set(table["area"]))
    found = [
        *_sums(catalog, table),
        *_early(own),
        *_copied(exact),
        *_printed_apart(catalog, rates),
        *_wholes(catalog, rates),
    ]
    for quantity, rows in exact.groupby("quantity"):
        panel = Panel.of(str(quantity), _scale(catalog, str(quantity)), rows)
        found += look_at(panel, as_of)
    odd = {(one.area, one.quantity, year) for one in found for year in one.years}
    for name, rows in rates.items():
        found += _of_computed(catalog, name, rows[rows["how"] != "printed"], as_of, odd)
    return [one for one in found if not _settled(catalog, one)]


#: What is asked of computed rates; the rest is asked of the numbers that they are computed from.
_OF_RATES = ("far_year", "jump", "common_jump")


def _of_computed(
    catalog: Catalog, name: str, rows: pd.DataFrame, as_of: int, odd: set[tuple[str, str, int]]
) -> Iterator[Finding]:
    """Look at a computed rate, but where a number behind it is odd already."""
    if rows.empty:
        return
    panel = Panel.of(name, "percent", rows.rename(columns={"denominator": "n"}))
    taken = {given.quantity for given in catalog.indicators[name].inputs.values()}
    for one in look_at(panel, as_of):
        explained = any((one.area, what, year) in odd for what in taken for year in one.years)
        if one.rule in _OF_RATES and not explained:
            yield one


def _scale(catalog: Catalog, quantity: str) -> Scale:
    entry = catalog.quantities[quantity]
    if entry.form == "printed_rate":
        return "percent" if entry.unit == "percent" else "amount"
    whole = entry.form == "count" and entry.unit not in _DIVISIBLE
    return "count" if whole else "amount"


def _rates(catalog: Catalog, table: pd.DataFrame, areas: set[str]) -> dict[str, pd.DataFrame]:
    """Give the exact values of every percentage that the table has the numbers of."""
    there = set(table["quantity"])
    cells = pooled_cells(catalog, table, areas)
    found = {}
    for indicator in catalog.indicators.values():
        forms = (indicator, *forms_of(catalog, indicator))
        taken = ({given.quantity for given in one.inputs.values()} for one in forms)
        if indicator.unit == "percent" and any(quantities <= there for quantities in taken):
            series = compute(catalog, indicator.id, table, areas, cells=cells)
            found[indicator.id] = series[series["bound"] == "exact"]
    return found


def _sums(catalog: Catalog, table: pd.DataFrame) -> Iterator[Finding]:
    for row in rows_of(inspect_sums(catalog, table)):
        numbers = {"own": row.own, "sum": row.sum_of_children}
        yield Finding("sums", row.area, row.quantity, (row.year,), numbers)


def _early(own: pd.DataFrame) -> Iterator[Finding]:
    """Find figures that were published before, or early in, the year that they measure."""
    out = own["vintage"]
    wrong = (out.dt.year < own["year"]) | ((out.dt.year == own["year"]) & (out.dt.month < _JUNE))
    for row in rows_of(own[wrong]):
        numbers = {"value": row.value, "month": row.vintage.month, "published": row.vintage.year}
        yield Finding("early", row.area, row.quantity, (row.year,), numbers)


def _copied(exact: pd.DataFrame) -> Iterator[Finding]:
    """Find an area of which nearly everything stands as it stood the year before."""
    before = exact.assign(year=exact["year"] + 1)
    both = exact.merge(before, on=["area", "year", "quantity"], suffixes=("", "_before"))
    both = both[both["value"] > 0]
    both["same"] = both["value"] == both["value_before"]
    grouped = both.groupby(["area", "year"], as_index=False)
    counted = grouped.agg(same=("same", "all"), quantities=("same", "size"))
    for row in rows_of(counted[counted["same"] & (counted["quantities"] >= _COPIED)]):
        numbers = {"quantities": float(row.quantities)}
        yield Finding("copied", row.area, "", (row.year - 1, row.year), numbers)


def _printed_apart(catalog: Catalog, rates: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Find printed rates that no rounding brings to the one that counts come to."""
    for name, series in rates.items():
        own = series[series["how"] != "printed"]
        for form in forms_of(catalog, catalog.indicators[name]):
            if form.id not in rates:
                continue
            both = own.merge(rates[form.id], on=["area", "year"], suffixes=("", "_printed"))
            for row in rows_of(both):
                counts = (row.numerator, row.denominator)
                slack = sum(_half_unit(count) / max(count, 1) for count in counts) * row.value
                slack += _half_unit(row.value_printed)
                if abs(row.value - row.value_printed) > slack + 1e-9:
                    numbers = {"printed": row.value_printed, "computed": row.value}
                    yield Finding("printed_apart", row.area, name, (row.year,), numbers)


def _half_unit(value: float) -> float:
    """Give half of the last digit that was printed: 23.4 thousand is good to 50."""
    text = np.format_float_positional(abs(value), trim="-")
    whole, _, decimals = text.partition(".")
    if decimals:
        return float(0.5 * 10.0 ** -len(decimals))
    return float(0.5 * 10.0 ** (len(whole) - len(whole.rstrip("0"))) if value else 0.5)


def _wholes(catalog: Catalog, rates: dict[str, pd.DataFrame]) -> Iterator[Finding]:
    """Find rates that can't be true together: of what excludes, contains or completes another."""
    for name in rates:
        for relation in catalog.indicators[name].relations:
            others = [other for other in relation.indicators if other in rates]
            if len(others) != len(relation.indicators):
                continue
            yield from _against(name, relation.kind, others, rates)


def _against(
    name: str, kind: str, others: Sequence[str], rates: dict[str, pd.DataFrame]
) -> Iterator[Finding]:
    keys = ["area", "year"]
    values = [rates[one].set_index(keys)["value"] for one in (name, *others)]
    both = pd.concat(values, axis=1, join="inner", keys=["value", *others])
    both = both.assign(other=both[others].min(axis=1), total=both.sum(axis=1)).reset_index()
    wrong = {
        "disjoint_from": both["total"] > 100 + _ROUNDING,
        "complement_of": (both["total"] - 100).abs() > _ROUNDING,
        "subset_of": both["value"] > both["other"] + _ROUNDING,
    }.get(kind)
    if wrong is None:
        return
    for row in rows_of(both.loc[wrong, [*keys, "value", "other", "total"]]):
        numbers = {"value": row.value, "other": row.other, "total": row.total}
        yield Finding(kind, row.area, name, (row.year,), numbers)


def _settled(catalog: Catalog, one: Finding) -> bool:
    """Tell whether a declared break explains a change, or a correction confirms a number."""
    if one.rule in ("jump", "common_jump", "far_year"):
        measured = {one.quantity, *(i.id for i in taking(catalog, one.quantity))}
        for entry in catalog.breaks.values():
            areas = catalog.expand(entry.areas)
            if entry.indicator in measured and entry.year in one.years and (
                not areas or one.area in areas
            ):  # fmt: skip
                return True
    return any(
        entry.confirms and (entry.area, entry.quantity) == (one.area, one.quantity)
        and entry.year in one.years
        for entry in catalog.corrections.values()
    )  # fmt: skip


def taking(catalog: Catalog, quantity: str) -> list[Indicator]:
    """
    List the indicators that a change in a quantity breaks.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    quantity : str
        Id of a quantity, or of an indicator.

    Returns
    -------
    list of Indicator
        The indicator itself, or those that take the quantity.
    """
    if quantity in catalog.indicators:
        return [catalog.indicators[quantity]]
    return [
        one
        for one in catalog.indicators.values()
        if quantity in {given.quantity for given in one.inputs.values()}
    ]


#: Settled by a break in the series; by a correction of one number.
_BREAKS = ("jump", "common_jump")
_CORRECTIONS = ("far_year", "fraction", "half_persons", "lone_zero", "power_of_ten")
#: So many indicators are offered a break of their own.
_OFFERED = 3
#: Numbers that are printed as they are: years, months, how many.
_BARE = ("as_of", "published", "month", "areas", "zeros", "quantities")


def finding_as_row(catalog: Catalog, one: Finding) -> dict[str, Any]:
    """
    Give a finding as plain data, with its sentence in each language and what would settle it.

    Parameters
    ----------
    catalog : Catalog
        Where names come from.
    one : Finding
        The finding.

    Returns
    -------
    dict
        rule, area, quantity, years, numbers, sentence_zh, sentence_en, suggestion (YAML to paste,
        or null).
    """
    return {
        "rule": one.rule,
        "area": one.area or None,
        "quantity": one.quantity or None,
        "years": list(one.years),
        "numbers": dict(one.numbers),
        "sentence_zh": sentence(catalog, one, "zh"),
        "sentence_en": sentence(catalog, one, "en"),
        "suggestion": suggestion(catalog, one),
    }


def finding_of_row(row: Mapping[str, Any]) -> Finding:
    """Give the finding that :func:`finding_as_row` has made plain data of."""
    place, quantity = row["area"] or "", row["quantity"] or ""
    return Finding(row["rule"], place, quantity, tuple(row["years"]), row["numbers"])


def sentence(catalog: Catalog, one: Finding, lang: str) -> str:
    """
    Say a finding in one sentence.

    Parameters
    ----------
    catalog : Catalog
        Where names come from; what it does not know is called by its id.
    one : Finding
        The finding.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Area, quantity, years, and what is odd.
    """
    dash = "—" if lang == "zh" else "-"
    years = dash.join(dict.fromkeys([str(one.years[0]), str(one.years[-1])]))
    return say(
        "inspect.head",
        lang,
        area=name_of(catalog, one.area, lang) or say("inspect.everywhere", lang),
        quantity=name_of(catalog, one.quantity, lang) or say("inspect.all_quantities", lang),
        years=f"{years}年" if lang == "zh" else years,
        what=what_is_odd(one, lang),
    )


def what_is_odd(one: Finding, lang: str) -> str:
    """Say what is odd, without saying where."""
    shown = {
        name: f"{value:.0f}" if name in _BARE else _shown(value)
        for name, value in one.numbers.items()
    }
    if "limit" in one.numbers:
        shown["below"] = f"{one.numbers['limit'] - 1:g}"
    return say(f"inspect.{one.rule}", lang, **shown)


def _shown(value: float) -> str:
    """Print a number as short as it is true, thousands grouped."""
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def name_of(catalog: Catalog, name: str, lang: str) -> str:
    """Name an area, quantity or indicator; what is not defined is called by its id."""
    for table in (catalog.areas, catalog.quantities, catalog.indicators):
        if name in table:
            return table[name].name.in_(lang)
    return name


def suggestion(catalog: Catalog, one: Finding) -> str | None:
    """
    Write the entry that would settle a finding, to paste into a definition file.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    one : Finding
        The finding.

    Returns
    -------
    str or None
        YAML with the file that it belongs into; what only a person can know is left in brackets.
    """
    if one.rule in _BREAKS:
        entries = [_break(one, indicator.id) for indicator in taking(catalog, one.quantity)]
        return "# data/definitions/breaks.yaml\n" + "".join(entries[:_OFFERED]) if entries else None
    if one.rule in _CORRECTIONS and one.quantity in catalog.quantities:
        return "# data/definitions/corrections.yaml\n" + _correction(one)
    return None


def _break(one: Finding, indicator: str) -> str:
    areas = f"  areas: [{one.area}]\n" if one.area else ""
    name = "_".join(filter(None, [indicator, one.area, str(one.years[-1])]))
    head = f"- id: {name}\n  indicator: {indicator}\n{areas}  year: {one.years[-1]}\n"
    return head + _reason(one)


def _correction(one: Finding) -> str:
    printed, better = one.numbers["value"], one.numbers.get("better")
    value = "null" if better is None else f"{better:.12g}"
    return (
        f"- id: {one.quantity}_{one.area}_{one.years[0]}\n  area: {one.area}\n"
        f"  quantity: {one.quantity}\n  year: {one.years[0]}\n  printed: {printed:.12g}\n"
        f"  value: {value}  # null: not known; {printed:.12g}: looked at, and right\n"
        + _reason(one)
    )


def _reason(one: Finding) -> str:
    words = {lang: say("inspect.why_blank", lang) + what_is_odd(one, lang) for lang in ("zh", "en")}
    why = ", ".join(
        f"{lang}: {json.dumps(text, ensure_ascii=False)}" for lang, text in words.items()
    )
    where = json.dumps(say("inspect.locator_blank", "en"))
    return f"  why: {{{why}}}\n  citation: {{source: {'SOURCE_ID'}, locator: {where}}}\n"
