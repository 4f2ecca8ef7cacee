"""What pace stands at a percentile of a study's reference class: a class asked the other way."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from edu_metrics.catalog import Catalog, GainCell, Study
from edu_metrics.catalog.reference_classes import SPANS
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories.reference_classes import band_of

__all__ = ["PaceOfPercentile", "gain_of_percentile", "pace_by_class"]

#: Gives the pace of a percentile of an indicator's reference class, from a start [unit of the
#: indicator], over some years, for a fall or not; in the better direction: positive is better.
#: None where the study has no such class. [unit of the indicator a year]
PaceOfPercentile = Callable[[str, float, float, int, bool], float | None]


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
    found = np.interp(percentile, [p for p, _ in points], [gain for _, gain in points])
    return round(float(found), 9)


def pace_by_class(catalog: Catalog, study: Study) -> PaceOfPercentile:
    """
    Ask a study's first ordinary reference class for paces.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    study : Study
        Says by ``reference_class`` where to look.

    Returns
    -------
    callable
        Gives the even pace of a percentile; None for an indicator that is no rate from 0 to 100,
        a span of more than five years, and a band without windows.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> catalog = load_catalog(find_root())
    >>> pace = pace_by_class(catalog, catalog.study("wuhai"))
    >>> round(pace("primary_teachers_bachelor_share", 50, 30.0, 3, False), 6)
    0.1
    """
    classes = [catalog.reference_class(name) for name in study.reference_class]
    ordinary = next((entry for entry in classes if entry.kind == "ordinary"), None)

    def pace(
        indicator: str, percentile: float, start: float, years: int, falling: bool
    ) -> float | None:
        entry = catalog.indicator(indicator)
        if ordinary is None or entry.unit != "percent" or entry.bounds != (0, 100):
            return None
        if years not in SPANS:
            return None
        cell = ordinary.cell(band_of(100 - start if falling else start), years)
        return None if cell is None else gain_of_percentile(cell, percentile) / years

    return pace
