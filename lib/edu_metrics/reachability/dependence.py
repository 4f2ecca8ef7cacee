"""
How indicators move together: what their definitions say, and what was seen in their years.

What is expected of a pair follows from the catalog: from ``relations`` and from quantities that
both formulas take. Two rates of one paper, a part and its whole, a sum and the same per head do not
go their own ways. Where a study has enough years, their yearly changes are looked at too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Catalog, Indicator
from edu_metrics.formulas import FORMULAS
from edu_metrics.formulas.probability import (
    correlations_of,
    nearest_correlations,
    shrink_correlations,
)
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.trajectories import scale_for, to_scale

Floats = NDArray[np.float64]
#: Two rates of the same persons in one test or screening: a harder paper moves both.
ONE_PAPER = 0.8
#: A part and its whole, a subset and the wider group, a factor and its product, a shared count.
BOUND_UP = 0.6
#: Two shares of one whole that have nothing else in common, both better the same way.
ONE_WHOLE = 0.2
#: One and the same number, printed or computed.
SAME = 0.99


@dataclass(frozen=True)
class Dependence:
    """
    Correlations of what indicators may do.

    Attributes
    ----------
    indicators : tuple of str
        The indicators.
    correlations : ndarray, shape (indicators, indicators)
        Of their values, not of how good these are. [-1 to 1]
    expected : ndarray, shape (indicators, indicators)
        What their definitions alone say. [-1 to 1]
    intensity : float
        Weight of the definitions against what was seen. [0-1]
    pairs : int
        Pairs with enough years.
    """

    indicators: tuple[str, ...]
    correlations: Floats
    expected: Floats
    intensity: float
    pairs: int


def dependence_of(store: SeriesStore, area: str, indicators: Sequence[str]) -> Dependence:
    """
    Say how indicators move together in an area.

    Parameters
    ----------
    store : SeriesStore
        The study's series; the areas on the same level count as years of their own.
    area : str
        Area of the study.
    indicators : sequence of str
        Indicators, each once.

    Returns
    -------
    Dependence
        Correlations of yearly changes on the scales of the trend model, drawn towards what the
        definitions say.
    """
    catalog = store.catalog
    expected = expected_correlations(catalog, indicators)
    if len(indicators) < 2:
        return Dependence(tuple(indicators), expected, expected, 1.0, 0)
    seen, number = observed_correlations(store, area, indicators)
    shrunk = shrink_correlations(seen, number, expected)
    made = nearest_correlations(shrunk.correlations)
    return Dependence(tuple(indicators), made, expected, shrunk.intensity, shrunk.pairs)


def observed_correlations(
    store: SeriesStore, area: str, indicators: Sequence[str]
) -> tuple[Floats, NDArray[np.int64]]:
    """
    Say how the yearly changes of indicators went together on an area's level.

    Parameters
    ----------
    store : SeriesStore
        The study's series.
    area : str
        Area of the study.
    indicators : sequence of str
        Indicators, each once.

    Returns
    -------
    tuple of ndarray
        Correlations, and the number of years behind each; both indicators x indicators. What is
        said of a pair does not hang on the others.
    """
    changes = _changes(store, area, indicators)
    seen, number = correlations_of(changes.reshape(len(indicators), -1))
    # Areas of one year share its shocks: they make no further years of it.
    any_area = np.any(~np.isnan(changes), axis=1).astype(np.int64)
    together: NDArray[np.int64] = np.einsum("iy,jy->ij", any_area, any_area)
    return seen, np.minimum(number, together)


def _changes(store: SeriesStore, area: str, indicators: Sequence[str]) -> Floats:
    """
    Put yearly changes on the scale side by side: indicators x areas x years.

    Each series' changes are taken from their mean, in their own standard deviations.
    """
    catalog = store.catalog
    level = catalog.areas[area].level
    rows = {
        name: row
        for row, name in enumerate(n for n in store.areas if catalog.areas[n].level == level)
    }
    histories = [store.history(name) for name in indicators]
    known = [frame["year"].to_numpy() for frame in histories if len(frame)]
    first = min((int(years.min()) for years in known), default=0)
    last = max((int(years.max()) for years in known), default=0)
    values = np.full((len(indicators), len(rows), last - first + 1), np.nan)
    for place, (name, frame) in enumerate(zip(indicators, histories, strict=True)):
        row = np.array([rows.get(str(one), -1) for one in frame["area"]], dtype=np.int64)
        mine = row >= 0
        years = frame["year"].to_numpy(dtype=np.int64)[mine] - first
        points = to_scale(
            frame["value"].to_numpy(dtype=np.float64)[mine],
            scale_for(catalog.indicator(name).bounds),
        )
        values[place, row[mine], years] = points
    steps = np.diff(values, axis=2)
    number = np.sum(~np.isnan(steps), axis=2, keepdims=True)
    filled = np.where(np.isnan(steps), 0.0, steps)
    middle = filled.sum(axis=2, keepdims=True) / np.maximum(number, 1)
    away = steps - middle
    spread = np.sqrt(np.nansum(away**2, axis=2, keepdims=True) / np.maximum(number, 1))
    return np.asarray(away / np.where(spread > 0, spread, np.nan))


def expected_correlations(catalog: Catalog, indicators: Sequence[str]) -> Floats:
    """
    Say from definitions alone how indicators move together.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicators : sequence of str
        Indicators.

    Returns
    -------
    ndarray, shape (indicators, indicators)
        Of each pair the strongest way from one to the other over related indicators, the
        correlations on the way multiplied; 0 where there is none. [-1 to 1]

    Examples
    --------
    Two rates of one paper; and one of them with low scores, which nobody has who passes:

    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> names = ["junior_pass_rate", "junior_excellence_rate", "junior_low_score_rate"]
    >>> expected_correlations(load_catalog(find_root()), names)[0].tolist()
    [1.0, 0.8, -0.8]
    """
    wanted = [catalog.indicator(name) for name in indicators]
    # Whatever is related to them may lie on the way from one to another.
    every = {entry.id: entry for entry in wanted}
    for entry in catalog.indicators.values():
        names = {name for relation in entry.relations for name in relation.indicators}
        if names & every.keys() or entry.id in every:
            every |= {name: catalog.indicator(name) for name in (entry.id, *names)}
    entries = list(every.values())
    best = np.eye(len(entries))
    for i, one in enumerate(entries):
        for j in range(i):
            best[i, j] = best[j, i] = _direct(one, entries[j])
    for middle in range(len(entries)):
        over = np.outer(best[:, middle], best[middle, :])
        best = np.where(np.abs(over) > np.abs(best), over, best)
    rows = [entries.index(entry) for entry in wanted]
    return np.asarray(best[np.ix_(rows, rows)])


def _direct(one: Indicator, other: Indicator) -> float:
    """Give the correlation that two definitions say of each other, 0 where they say nothing."""
    kinds = {
        relation.kind
        for first, second in ((one, other), (other, one))
        for relation in first.relations
        if second.id in relation.indicators
    }
    shared = _roles(one).keys() & _roles(other).keys()
    same_whole = any(_roles(one)[name] == _roles(other)[name] == "whole" for name in shared)
    if "published_form_of" in kinds:
        return SAME
    if "complement_of" in kinds:
        return -SAME
    same_way = one.better == other.better
    if one.noise and other.noise and same_whole:
        # A harder paper is worse for every rate of it.
        return ONE_PAPER if same_way else -ONE_PAPER
    if kinds:
        return -BOUND_UP if kinds == {"disjoint_from"} else BOUND_UP
    if same_whole:
        return ONE_WHOLE if same_way else 0.0
    # The same count above the line in both raises both; above in one and below in the other not.
    ways = {_roles(one)[name] == _roles(other)[name] for name in shared}
    if len(ways) == 1:
        return BOUND_UP if ways == {True} else -BOUND_UP
    return 0.0


def _roles(entry: Indicator) -> dict[tuple[str, str, int], str]:
    """Say of each quantity of an indicator whether it stands above or below the line."""
    if entry.formula not in FORMULAS:
        return {}
    arguments = entry.calculation.arguments
    return {
        (given.quantity, given.group, given.lag): "part" if arguments[0] == name else "whole"
        for name, given in entry.inputs.items()
    }
