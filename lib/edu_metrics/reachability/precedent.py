"""
Whether comparable series ever kept the pace that a target asks for.

Nothing here is a probability for the area at hand: it is a count of what others did from a
similar start. So an assumed start, from which no probability is given, may be used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from edu_metrics.catalog import (
    Catalog,
    Counts,
    Fastest,
    GainCell,
    Indicator,
    ReferenceClass,
    Study,
)
from edu_metrics.catalog.reference_classes import SPANS
from edu_metrics.reachability.verdicts import Assessment, Verdict
from edu_metrics.trajectories.reference_classes import band_of

__all__ = [
    "Count",
    "NoPrecedent",
    "Precedent",
    "precedent",
    "precedents_of",
    "with_pace_percentile",
]


class NoPrecedent(StrEnum):
    """
    Why there is no reference class to look a target up in.

    ``not_a_rate``: the indicator is no rate from 0 to 100. ``span``: too many years are left.
    ``nothing_asked``: standing still is enough. ``no_start``: no level or no start is known, or
    nothing is ahead. ``nothing_comparable``: the class has no window from this band.
    """

    NOT_A_RATE = "not_a_rate"
    SPAN = "span"
    NOTHING_ASKED = "nothing_asked"
    NO_START = "no_start"
    NOTHING_COMPARABLE = "nothing_comparable"


@dataclass(frozen=True, slots=True)
class Count:
    """
    How many windows of a cell came at least to a step.

    ``low`` and ``high`` bound the share of windows, 95 %. [percent]
    """

    step: float
    count: int
    windows: int
    series_with: int
    series: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of windows, in percent."""
        return 100 * self.count / self.windows


@dataclass(frozen=True, slots=True)
class Precedent:
    """
    A pace held against one reference class.

    ``pace`` is asked in each of ``years`` years [percentage points a year, in the better
    direction]; ``kept`` counts windows that kept it every year, ``total`` those that gained as
    much in all; both at the step of the table at or below what is asked, so that the plan has
    the benefit of the doubt. ``percentile`` is the share of windows that gained less [0-100];
    ``fastest`` the fastest pace that was kept every year.
    """

    reference: ReferenceClass
    band: str
    years: int
    falling: bool
    pace: float
    kept: Count
    total: Count | None
    percentile: float
    fastest: Fastest


def precedent(
    reference: ReferenceClass,
    *,
    pace: float,
    start: float,
    years: int,
    falling: bool = False,
) -> Precedent | NoPrecedent:
    """
    Look a pace up in a reference class.

    Parameters
    ----------
    reference : ReferenceClass
        From a :class:`~edu_metrics.catalog.Catalog`.
    pace : float
        Change a year in the better direction; 0 asks for no step back. [percentage points a
        year]
    start : float
        Value to start from, 0-100. [percent]
    years : int
        Years in which the pace is to be kept. [years]
    falling : bool, optional
        Whether less is better: a fall from 30 is looked up as a gain from 70.

    Returns
    -------
    Precedent or NoPrecedent
        The counts, or why there are none.

    Raises
    ------
    DataError
        If the start is outside 0-100.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> ordinary = load_catalog(find_root()).reference_class("ordinary")
    >>> found = precedent(ordinary, pace=5, start=18, years=3)
    >>> found.kept.count, found.kept.windows
    (15, 5218)
    >>> str(precedent(ordinary, pace=5, start=18, years=8))
    'span'
    """
    if years < 1:
        return NoPrecedent.NO_START
    if years not in SPANS:
        return NoPrecedent.SPAN
    if pace < 0:
        return NoPrecedent.NOTHING_ASKED
    band = band_of(100 - start if falling else start)
    cell = reference.cell(band, years)
    if cell is None:
        return NoPrecedent.NOTHING_COMPARABLE
    kept = _count(cell, cell.kept, pace)
    if kept is None:  # a class of other steps than ours
        return NoPrecedent.NOTHING_COMPARABLE
    gain = round(pace * years, 9)
    return Precedent(
        reference=reference,
        band=band,
        years=years,
        falling=falling,
        pace=pace,
        kept=kept,
        total=_count(cell, cell.total, gain),
        percentile=_percentile(cell, gain),
        fastest=cell.fastest,
    )


def _count(cell: GainCell, counts: Counts, asked: float) -> Count | None:
    """Count at the hardest step that asks for no more than what is asked."""
    at = max((n for n, step in enumerate(counts.at) if step <= round(asked, 9)), default=None)
    if at is None:
        return None
    return Count(
        step=counts.at[at],
        count=counts.windows[at],
        windows=cell.windows,
        series_with=counts.series[at],
        series=cell.series,
        low=counts.low[at],
        high=counts.high[at],
    )


def _percentile(cell: GainCell, gain: float) -> float:
    """Give the share of windows that gained less, straight lines between the percentiles kept."""
    points = list(cell.gains_pp.items())
    if gain > points[-1][1]:
        return 100.0
    if gain <= points[0][1]:
        return 0.0
    for (p, below), (q, above) in pairwise(points):
        if below < gain <= above:
            # A gain that many windows share lies above only those that gained less.
            return round(p + (q - p) * (gain - below) / (above - below), 1)
    return 100.0


def precedents_of(
    found: Assessment, indicator: Indicator | None, classes: Iterable[ReferenceClass]
) -> list[Precedent] | NoPrecedent:
    """
    Look an assessment's required gain up in reference classes.

    Parameters
    ----------
    found : Assessment
        With start, level and checks; the pace is the even one from its start to its level in
        the years until the last check.
    indicator : Indicator or None
        What it is about.
    classes : iterable of ReferenceClass
        Where to look.

    Returns
    -------
    list of Precedent or NoPrecedent
        One for each class that has something comparable, or why there is none.
    """
    judged = found.verdict in (Verdict.MET, Verdict.MISSED)
    if judged or indicator is None or found.level is None or not found.checks:
        return NoPrecedent.NO_START
    if found.last_value is None or found.last_year is None or found.gap is None:
        return NoPrecedent.NO_START
    if indicator.unit != "percent" or indicator.bounds != (0, 100):
        return NoPrecedent.NOT_A_RATE
    years = max(check.years[-1] for check in found.checks) - found.last_year
    if years < 1:
        return NoPrecedent.NO_START
    level = found.level
    if found.gap < 0 or (found.gap == 0 and not level.strict):
        return NoPrecedent.NOTHING_ASKED
    falling = level.value < found.last_value if level.op == "==" else not level.rising
    answers = [
        precedent(
            reference,
            pace=round(found.gap / years, 9),
            start=found.last_value,
            years=years,
            falling=falling,
        )
        for reference in classes
    ]
    told = [answer for answer in answers if isinstance(answer, Precedent)]
    why = [answer for answer in answers if isinstance(answer, NoPrecedent)]
    return told or (why[0] if why else NoPrecedent.NOTHING_COMPARABLE)


def with_pace_percentile(found: Assessment, catalog: Catalog, study: Study) -> Assessment:
    """
    Add where the required pace lies among the gains of the study's first ordinary class.

    Parameters
    ----------
    found : Assessment
        What is known so far.
    catalog : Catalog
        What is defined.
    study : Study
        Says by ``reference_class`` where to look.

    Returns
    -------
    Assessment
        With ``pace_percentile``; unchanged where nothing comparable is known.
    """
    if found.indicator is None or not study.reference_class:
        return found
    classes = [catalog.reference_class(name) for name in study.reference_class]
    ordinary = [entry for entry in classes if entry.kind == "ordinary"]
    told = precedents_of(found, catalog.indicator(found.indicator), ordinary)
    if isinstance(told, NoPrecedent):
        return found
    return replace(found, pace_percentile=told[0].percentile)
