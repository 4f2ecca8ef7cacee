"""
What comparable series did: gains by starting band and length, counted over windows of years.

A window is a run of years of one series, all observed, none of them across a break. All windows
are counted, so they overlap. A rate where less is better is looked at through its complement to
100: a fall from 30 to 25 is a gain from 70 to 75.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.reference_classes import (
    ALL,
    BANDS,
    PERCENTILES,
    SPANS,
    Counts,
    Fastest,
    GainCell,
)
from edu_metrics.errors import DataError
from edu_metrics.trajectories.panels import Panel

Floats = NDArray[np.float64]
Whole = NDArray[np.intp]
Flags = NDArray[np.bool_]

#: Steps of the counts. [percentage points a year; percentage points; percent a year] Between two
#: of them a straight line is taken. Rates that are published in whole points heap up there, so that
#: much fewer gain a little more than a whole point than gain just one: the steps beyond it say so.
PACES = (
    0.0, 0.01, 0.5, 1.0, 1.01, 1.5, 2.0, 2.01, 2.5, 3.0, 3.01, 4.0, 4.01, 5.0, 5.01, 6.5, 8.0, 10.0,
    12.5, 15.0, 20.0,
)  # fmt: skip
TOTALS = (
    0.01, 0.5, 1.0, 1.01, 1.5, 2.0, 2.01, 3.0, 3.01, 4.0, 4.01, 5.0, 5.01, 7.5, 10.0, 12.5, 15.0,
    20.0, 25.0, 30.0,
)  # fmt: skip
SHRINKS = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0)
#: Values are taken to so many decimals: a number that was stored with the precision of float32
#: (30.799999237) is the decimal that it was before (30.8).
DECIMALS = 5
DRAWS, SEED = 1000, 20
#: Where an event was never seen in n series, its share is below 3/n with 95 % certainty [1]_.
#:
#: .. [1] Hanley, J. A. and Lippman-Hand, A. (1983). *If nothing goes wrong, is everything all
#:    right?* JAMA 249(13), 1743-1745.
NEVER_SEEN = 300.0


@dataclass(frozen=True, slots=True)
class Comparable:
    """A panel that a class rests on, more being better in it, and the first years after breaks."""

    panel: Panel
    breaks: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """
    Windows of one length, one a row.

    ``start`` is the first value [percent], ``gains`` the change in each year, one column a year
    [percentage points]; ``series`` numbers the series from 0, ``panel`` says which panel it is
    in, ``first_year`` when the window begins.
    """

    start: Floats
    gains: Floats
    series: Whole
    panel: Whole
    first_year: Whole

    def __len__(self) -> int:
        """Count the windows."""
        return len(self.start)

    def where(self, rows: Flags) -> Windows:
        """Keep some windows."""
        return Windows(*(getattr(self, one.name)[rows] for one in fields(self)))

    @property
    def total(self) -> Floats:
        """Gain over the window, in percentage points."""
        return np.asarray(np.round(self.gains.sum(axis=1), DECIMALS))

    @property
    def kept(self) -> Floats:
        """Pace kept in every single year: the least yearly gain, in percentage points."""
        return np.asarray(self.gains.min(axis=1))

    @property
    def shrunk(self) -> Floats:
        """Least fall a year of what is missing to 100, in percent of it."""
        before = np.cumsum(np.column_stack([self.start, self.gains[:, :-1]]), axis=1)
        missing = np.round(100 - before, DECIMALS)
        # Where nothing is missing, nothing can shrink.
        falls = np.full(missing.shape, -np.inf)
        np.divide(100 * self.gains, missing, out=falls, where=missing > 0)
        return np.asarray(np.round(falls, DECIMALS).min(axis=1))


def band_of(value: float) -> str:
    """
    Name the starting band of a value; the upper end of a band belongs to it.

    Parameters
    ----------
    value : float
        Starting value, 0-100. [percent]

    Returns
    -------
    str
        One of the bands of :data:`~edu_metrics.catalog.reference_classes.BANDS`.

    Raises
    ------
    DataError
        If the value is outside 0-100.

    Examples
    --------
    >>> band_of(20), band_of(20.1), band_of(95.5)
    ('<=20', '20-40', '>95')
    """
    if not 0 <= value <= 100:
        raise DataError(f"value: expected 0 to 100, found {value:g}; it has no starting band")
    return list(BANDS)[int(_band_numbers(np.array([value]))[0])]


def _band_numbers(values: Floats) -> Whole:
    return np.searchsorted(list(BANDS.values())[:-1], np.round(values, DECIMALS), side="left")


def complement(panel: Panel) -> Panel:
    """
    Turn a rate into what is missing to 100, so that a fall of one is a gain of the other.

    Parameters
    ----------
    panel : Panel
        A rate in many areas. [percent]

    Returns
    -------
    Panel
        The same areas and years. [percent]
    """
    return replace(panel, values=np.round(100 - panel.values, DECIMALS))


def windows_of(members: Sequence[Comparable], years: int) -> Windows:
    """
    Take all windows of one length out of panels.

    Parameters
    ----------
    members : sequence of Comparable
        The panels; neither their order nor that of their areas matters.
    years : int
        Length. [years]

    Returns
    -------
    Windows
        One for each run of ``years + 1`` observed years that reaches across no break.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[50.0, 53.0, np.nan, 60.0, 61.0]])
    >>> panel = Panel("passed", ("a",), (2001, 2002, 2003, 2004, 2005), values, values)
    >>> windows_of([Comparable(panel)], 1).gains.tolist()
    [[3.0], [1.0]]
    """
    parts: list[Windows] = []
    number = 0
    for place, member in enumerate(_in_order(members)):
        panel = member.panel
        rows = np.argsort(np.array(panel.areas), kind="stable")
        values = np.round(panel.values[rows], DECIMALS)
        changes = np.round(np.diff(values, axis=1), DECIMALS)
        for at in range(len(panel.years) - years):
            first, last = panel.years[at], panel.years[at + years]
            if any(first < year <= last for year in member.breaks):
                continue
            seen = np.flatnonzero(np.isfinite(values[:, at : at + years + 1]).all(axis=1))
            parts.append(
                Windows(
                    start=values[seen, at],
                    gains=changes[seen, at : at + years],
                    series=number + seen,
                    panel=np.full(len(seen), place),
                    first_year=np.full(len(seen), first),
                )
            )
        number += len(rows)
    if not parts:
        none = np.zeros(0, dtype=np.intp)
        return Windows(np.zeros(0), np.zeros((0, years)), none, none, none)
    return Windows(
        *(np.concatenate([getattr(part, one.name) for part in parts]) for one in fields(Windows))
    )


def _in_order(members: Sequence[Comparable]) -> list[Comparable]:
    """Sort panels by what they hold, so that no result hangs on the order of files."""

    def key(member: Comparable) -> tuple[str, tuple[str, ...], tuple[int, ...], bytes]:
        panel = member.panel
        return (panel.name, tuple(sorted(panel.areas)), panel.years, panel.values.tobytes())

    return sorted(members, key=key)


def gain_table(members: Sequence[Comparable], *, draws: int = DRAWS) -> tuple[GainCell, ...]:
    """
    Count what windows did, by length and starting band.

    Parameters
    ----------
    members : sequence of Comparable
        The panels that are held to be comparable. [percent]
    draws : int, optional
        Bootstrap samples behind each interval; the same panels give the same table.

    Returns
    -------
    tuple of GainCell
        By length and band; cells without a window are left out. Intervals of shares resample
        whole series and so do not see that series of one place or year move together; where
        nothing (or everything) was seen in n series the bound is 3/n (or 1 - 3/n).

    Raises
    ------
    DataError
        If no panel has a single window of one year.

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[10.0, 16.0, 22.0], [10.0, 11.0, 30.0]])
    >>> panel = Panel("passed", ("a", "b"), (2001, 2002, 2003), values, values)
    >>> cells = gain_table([Comparable(panel)])
    >>> cell = next(cell for cell in cells if (cell.band, cell.years) == ("<=20", 2))
    >>> cell.windows, dict(zip(cell.kept.at, cell.kept.windows))[5.0], cell.fastest.pace_pp
    (2, 1, 6.0)
    """
    members = _in_order(members)
    cells = tuple(
        _cell(found, band, years, members, draws, [SEED, years, number])
        for years in SPANS
        for number, band, found in _by_band(windows_of(members, years))
        if len(found)
    )
    if not cells:
        raise DataError(
            "expected panels in which some area was observed in two years running; found none"
        )
    return cells


def _by_band(windows: Windows) -> Iterator[tuple[int, str, Windows]]:
    numbers = _band_numbers(windows.start)
    for number, band in enumerate(BANDS):
        yield number, band, windows.where(numbers == number)
    yield len(BANDS), ALL, windows


def _cell(
    windows: Windows,
    band: str,
    years: int,
    members: Sequence[Comparable],
    draws: int,
    seed: list[int],
) -> GainCell:
    _, series = np.unique(windows.series, return_inverse=True)
    size = int(series.max()) + 1
    weights = np.random.default_rng(seed).multinomial(size, np.full(size, 1 / size), size=draws)
    share = _share_of(series, weights.astype(float))
    gains = np.percentile(windows.total, PERCENTILES)
    best = int(np.argmax(windows.kept))
    first = int(windows.first_year[best])
    return GainCell.model_validate(
        {
            "band": band,
            "years": years,
            "windows": len(windows),
            "series": size,
            "gains_pp": {p: _short(gain) for p, gain in zip(PERCENTILES, gains, strict=True)},
            "fastest": Fastest(
                pace_pp=_short(windows.kept[best]),
                panel=members[int(windows.panel[best])].panel.name,
                first_year=first,
                last_year=first + years,
            ),
            "kept": _counts(windows.kept, PACES, series, share),
            "total": _counts(windows.total, TOTALS, series, share),
            "shrunk": _counts(windows.shrunk, SHRINKS, series, share),
        }
    )


def _share_of(series: Whole, weights: Floats) -> Callable[[Flags], tuple[float, float]]:
    """Make a function that bounds the share of windows with an event, over resampled series."""
    size = weights.shape[1]
    drawn = weights @ np.bincount(series, minlength=size)

    def share(hit: Flags) -> tuple[float, float]:
        edge = NEVER_SEEN / size
        if not hit.any():
            return 0.0, min(100.0, edge)
        if hit.all():
            return max(0.0, 100.0 - edge), 100.0
        shares = 100 * (weights @ np.bincount(series[hit], minlength=size)) / drawn
        low, high = np.percentile(shares, [2.5, 97.5])
        return float(low), float(high)

    return share


def _counts(
    reached: Floats,
    steps: tuple[float, ...],
    series: Whole,
    share: Callable[[Flags], tuple[float, float]],
) -> Counts:
    hits = [reached >= step for step in steps]
    bounds = [share(hit) for hit in hits]
    return Counts(
        at=steps,
        windows=tuple(int(hit.sum()) for hit in hits),
        series=tuple(len(np.unique(series[hit])) for hit in hits),
        low=tuple(_short(low) for low, _ in bounds),
        high=tuple(_short(high) for _, high in bounds),
    )


def _short(number: float) -> float:
    """Keep two decimals, and no minus before a nought."""
    return round(float(number), 2) + 0.0
