"""
Whether comparable series ever kept the pace that a target asks for, and what pace was usual.

Nothing here is a probability for the area at hand: it is a count of what others did from a
similar start. So an assumed start, from which no probability is given, may be used. How often a
pace was kept is said in the same words in reports and in the explorer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

import numpy as np

from edu_metrics.catalog import Catalog, Counts, Fastest, GainCell, Indicator, ReferenceClass, Study
from edu_metrics.catalog.reference_classes import SPANS
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.verdicts import Assessment, Verdict
from edu_metrics.trajectories.reference_classes import band_of
from edu_metrics.words import number, say, short


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

    ``low`` and ``high`` bound the share of windows, 95 %. [percent] ``exact`` tells a step that was
    counted from one between two counted ones, where the straight line between them is taken.
    """

    step: float
    count: int
    windows: int
    series_with: int
    series: int
    low: float
    high: float
    exact: bool = True

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
    much in all. ``percentile`` is the share of windows that gained less [0-100]; ``fastest`` the
    fastest pace that was kept every year.
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
    reference: ReferenceClass, *, pace: float, start: float, years: int, falling: bool = False
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
    kept = _count(cell, cell.kept, pace, cell.fastest.pace_pp)
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
        total=_count(cell, cell.total, gain, cell.gains_pp[100]),
        percentile=_percentile(cell, gain),
        fastest=cell.fastest,
    )


def precedents_of_pace(
    classes: Iterable[ReferenceClass],
    indicator: Indicator,
    *,
    pace: float,
    start: float,
    years: int,
    falling: bool = False,
) -> list[Precedent] | NoPrecedent:
    """
    Look a pace up in several reference classes.

    Parameters
    ----------
    classes : iterable of ReferenceClass
        Where to look.
    indicator : Indicator
        What the pace is of; only of a rate from 0 to 100 can there be precedents.
    pace, start, years, falling
        As for :func:`precedent`.

    Returns
    -------
    list of Precedent or NoPrecedent
        One for each class that has something comparable, or why there is none.
    """
    if not indicator.is_rate:
        return NoPrecedent.NOT_A_RATE
    answers = [
        precedent(reference, pace=pace, start=start, years=years, falling=falling)
        for reference in classes
    ]
    precedents = [answer for answer in answers if isinstance(answer, Precedent)]
    why = [answer for answer in answers if isinstance(answer, NoPrecedent)]
    return precedents or (why[0] if why else NoPrecedent.NOTHING_COMPARABLE)


def _count(cell: GainCell, counts: Counts, asked: float, most: float) -> Count | None:
    """
    Count at what is asked: as counted at a step of the table, on the straight line between two.

    ``most`` is the largest value seen: one window still came to it, and none came further.
    """
    asked = round(asked, 9)
    if asked < counts.at[0]:
        return None
    columns = (counts.windows, counts.series, counts.low, counts.high)
    rows = [row for row in zip(counts.at, *columns, strict=True) if row[1]]
    if rows and most > rows[-1][0]:
        rows.append((most, 1, 1, 0.0, rows[-1][4]))
    if not rows or asked > rows[-1][0]:
        # Three over the number of series: how often what was never seen may yet be.
        return Count(asked, 0, cell.windows, 0, cell.series, 0.0, min(300 / cell.series, 100.0))
    at, *counted = zip(*rows, strict=True)
    windows, series, low, high = (float(np.interp(asked, at, column)) for column in counted)
    exact = asked in counts.at
    return Count(
        asked, round(windows), cell.windows, round(series), cell.series, low, high, exact=exact
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
    assessment: Assessment, indicator: Indicator | None, classes: Iterable[ReferenceClass]
) -> list[Precedent] | NoPrecedent:
    """
    Look an assessment's required gain up in reference classes.

    Parameters
    ----------
    assessment : Assessment
        With start, level and required pace; the pace is kept until the year that asks for it.
    indicator : Indicator or None
        What it is about.
    classes : iterable of ReferenceClass
        Where to look.

    Returns
    -------
    list of Precedent or NoPrecedent
        One for each class that has something comparable, or why there is none.
    """
    judged = assessment.verdict in (Verdict.MET, Verdict.MISSED)
    if judged or indicator is None or assessment.level is None:
        return NoPrecedent.NO_START
    if assessment.last_value is None or assessment.last_year is None or assessment.gap is None:
        return NoPrecedent.NO_START
    if not indicator.is_rate:
        return NoPrecedent.NOT_A_RATE
    if assessment.required_pace is None or assessment.required_by is None:
        return NoPrecedent.NO_START
    level = assessment.level
    if assessment.gap < 0 or (assessment.gap == 0 and not level.strict):
        return NoPrecedent.NOTHING_ASKED
    falling = level.value < assessment.last_value if level.op == "==" else not level.rising
    return precedents_of_pace(
        classes,
        indicator,
        pace=abs(assessment.required_pace),
        start=assessment.last_value,
        years=assessment.required_by - assessment.last_year,
        falling=falling,
    )


def classes_of(catalog: Catalog, study: Study) -> list[ReferenceClass]:
    """Give the reference classes of a study."""
    return [catalog.reference_class(name) for name in study.reference_class]


def with_pace_percentile(assessment: Assessment, catalog: Catalog, study: Study) -> Assessment:
    """
    Add where the required pace lies among the gains of the study's first ordinary class.

    Parameters
    ----------
    assessment : Assessment
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
    if assessment.indicator is None or not study.reference_class:
        return assessment
    ordinary = [entry for entry in classes_of(catalog, study) if entry.kind == "ordinary"]
    precedents = precedents_of(assessment, catalog.indicator(assessment.indicator), ordinary)
    if isinstance(precedents, NoPrecedent):
        return assessment
    return replace(assessment, pace_percentile=precedents[0].percentile)


def gain_of_percentile(cell: GainCell, percentile: float) -> float:
    """
    Give the gain that so many percent of a cell's windows did not pass.

    Parameters
    ----------
    cell : GainCell
        Windows of one band and span.
    percentile : float
        Percent of the windows. [0-100]

    Returns
    -------
    float
        Gain over the window, straight lines between the percentiles kept. [percentage points]

    Raises
    ------
    ProjectionError
        If the percentile lies outside 0-100.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> cell = load_catalog(find_root()).reference_class("ordinary").cell("20-40", 3)
    >>> gain_of_percentile(cell, 50), gain_of_percentile(cell, 85)
    (0.3, 7.11)
    """
    if not 0 <= percentile <= 100:
        raise ProjectionError(f"expected a percentile from 0 to 100, found {percentile}")
    points = sorted(cell.gains_pp.items())
    gained = np.interp(percentile, [p for p, _ in points], [gain for _, gain in points])
    return round(float(gained), 9)


def pace_of_percentile(
    catalog: Catalog,
    study: Study,
    indicator: Indicator,
    percentile: float,
    *,
    start: float,
    years: int,
    falling: bool = False,
) -> float | None:
    """
    Give the even pace of a percentile of a study's first ordinary reference class.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    study : Study
        Says by ``reference_class`` where to look.
    indicator : Indicator
        What the pace is of.
    percentile : float
        Percent of the class that did not pass it. [0-100]
    start : float
        Value to start from. [percent]
    years : int
        Years in which the pace is kept. [years]
    falling : bool, optional
        Whether less is better.

    Returns
    -------
    float or None
        Change a year, positive in the better direction; None for a study without such a class, an
        indicator that is no rate from 0 to 100, a span of more than five years, and a band without
        windows. [percentage points a year]

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> catalog = load_catalog(find_root())
    >>> rate = catalog.indicator("primary_teachers_bachelor_share")
    >>> round(pace_of_percentile(catalog, catalog.study("wuhai"), rate, 50, start=30, years=3), 6)
    0.1
    """
    ordinary = next((one for one in classes_of(catalog, study) if one.kind == "ordinary"), None)
    if ordinary is None or not indicator.is_rate or years not in SPANS:
        return None
    cell = ordinary.cell(band_of(100 - start if falling else start), years)
    return None if cell is None else gain_of_percentile(cell, percentile) / years


def counted(kept: Count, lang: str) -> str:
    """
    Say in how many windows of how many.

    Parameters
    ----------
    kept : Count
        The count.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The two numbers.
    """
    windows, count = number(kept.windows, 0), number(kept.count, 0)
    key = "precedent.counted" if kept.exact else "precedent.counted_between"
    return say(key, lang, windows=windows, count=count)


def share_kept(kept: Count, lang: str) -> str:
    """
    Say in what share of windows, with its bounds; only the upper one where there is none.

    Parameters
    ----------
    kept : Count
        The count.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The share, and in how many series it was ever seen.
    """
    high, series = _share(kept.high), number(kept.series, 0)
    if kept.count == 0:
        return say("precedent.share_none", lang, high=high, series=series)
    return say(
        "precedent.share",
        lang,
        share=_share(kept.share),
        low=_share(kept.low),
        high=high,
        ever=number(kept.series_with, 0),
        series=series,
    )


def _share(value: float) -> str:
    """Print a share with one decimal, and a second one where it would come to nothing."""
    return number(value, 1 if value >= 0.1 else 2)


def kept_pace(kept: Count, *, falling: bool, lang: str) -> str:
    """
    Say which pace was kept.

    Parameters
    ----------
    kept : Count
        The count.
    falling : bool
        Whether less is better.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The pace, with two decimals at most.
    """
    way = "falling" if falling else "rising"
    if kept.step == 0:
        return say(f"precedent.kept_zero_{way}", lang)
    return say(f"precedent.kept_{way}", lang, step=short(kept.step))
