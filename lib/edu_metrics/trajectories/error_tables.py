r"""
Errors of forecasts for one area by itself: counted over panels, and lent where peers are few.

A study of a city with three districts has too few areas to say how far its forecasts stray. What
it can borrow are the errors that "no change" made for single areas elsewhere, each by the area's
own typical step

.. math:: s_i^2 = \frac{w\,\tilde s^2 + \sum_t d_{it}^2}{w + m_i}

from the m yearly changes d seen so far and the typical step :math:`\tilde s` of all panels. An
error h years ahead, divided by :math:`s_i\sqrt h`, has a place within the Student t with
:math:`w + m` degrees of freedom; the places, over all panels, are the table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.error_tables import (
    ERROR_PERCENTILES,
    PLACE_LEVELS,
    ErrorCell,
    ErrorTable,
)
from edu_metrics.errors import DataError
from edu_metrics.trajectories.panels import Panel, common_share_pct
from edu_metrics.trajectories.reference_classes import Comparable
from edu_metrics.trajectories.scales import to_scale

__all__ = ["FEW_AREAS", "CalibratedOn", "borrowed_errors", "error_table", "own_steps"]

Floats = NDArray[np.float64]

#: With fewer areas than this on a level, errors are borrowed from a table.
FEW_AREAS = 20
#: How many of its own changes the typical step is worth to an area.
WEIGHT = 2.0
#: Of a panel with more cases than this each counts so much less.
LIMIT = 1500
#: Lent errors are so much wider: panels of a publisher that was left out strayed further than the
#: others said (scripts/few_areas_table.py).
WIDENED = 1.06
#: Changes that an area must have shown before its forecast counts.
ENOUGH = 3
HORIZONS = (1, 2, 3, 4, 5)
#: What is left of nothing after some sums in binary fractions.
_DUST = 1e-12
#: No error is further out than this part of them.
_EDGE = 1e-5
#: Knots, in standard deviations, between which errors are interpolated.
_KNOTS = np.linspace(-4.5, 4.5, 181)


@dataclass(frozen=True, slots=True)
class CalibratedOn:
    """
    Whose past errors the width of draws rests on.

    ``kind`` is ``peers`` (areas of the same level), ``lent`` (a table of errors, named by ``set``)
    or ``own`` (nothing but the series itself). ``held80_pct`` is what 80 % intervals of that kind
    held in the back-test, 1, 2 and 3 years ahead; None where nobody has tried [percent].
    """

    kind: Literal["peers", "lent", "own"]
    set: str | None = None
    held80_pct: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Cases:
    """Errors by own step, own degrees, and which series, at one number of years ahead."""

    scaled: Floats
    degrees: Floats
    series: NDArray[np.intp]


def own_steps(points: Floats, typical_step: float, weight: float) -> tuple[Floats, Floats]:
    """
    Say how far each series moves in a year, drawn towards a typical step.

    Parameters
    ----------
    points : ndarray
        One row a series, one column a year, on the scale; NaN where missing.
    typical_step : float
        Typical change of a year. [on the scale]
    weight : float
        How many of a series' own changes that one is worth.

    Returns
    -------
    steps : ndarray
        One a series. [on the scale]
    degrees : ndarray
        Own changes and the weight.

    Examples
    --------
    A change over a gap of four years counts as half as large as one over one year:

    >>> points = np.array([[0.0, 2.0, np.nan, np.nan, np.nan, 0.0]])
    >>> steps, degrees = own_steps(points, 1.0, 1.0)
    >>> round(float(steps[0] ** 2), 9), float(degrees[0])  # (1 + 4 + 1) / 3
    (2.0, 3.0)
    """
    squares, number = np.zeros(len(points)), np.zeros(len(points))
    last, since = np.full(len(points), np.nan), np.zeros(len(points))
    for year in range(points.shape[1]):
        seen = ~np.isnan(points[:, year])
        changed = seen & ~np.isnan(last)
        since += 1
        change = np.where(changed, points[:, year] - last, 0.0)
        squares += change**2 / np.maximum(since, 1)
        number += changed
        last, since = np.where(seen, points[:, year], last), np.where(seen, 0.0, since)
    degrees = weight + number
    return np.sqrt((weight * typical_step**2 + squares) / degrees), degrees


def _pieces(member: Comparable) -> Iterator[Panel]:
    """Cut a panel at its breaks: after one it starts again."""
    panel = member.panel
    edges = [panel.years[0], *sorted(member.breaks), panel.years[-1] + 1]
    for first, end in pairwise(edges):
        kept = [at for at, year in enumerate(panel.years) if first <= year < end]
        if kept:
            years = tuple(panel.years[at] for at in kept)
            yield replace(
                panel, years=years, values=panel.values[:, kept], counts=panel.counts[:, kept]
            )


def _typical(panels: Sequence[Panel]) -> float:
    """Give the geometric mean over panels of their median step; series that never moved apart."""
    logs = []
    for panel in panels:
        change = np.diff(to_scale(panel.values, "logit"), axis=1)
        number = np.sum(~np.isnan(change), axis=1)
        squares = np.nansum(change**2, axis=1)
        moved = (number >= ENOUGH) & (squares > _DUST)
        if moved.any():
            logs.append(float(np.log(np.median(squares[moved] / number[moved]))))
    if not logs:
        raise DataError(
            f"expected panels in which some area moved in {ENOUGH} or more yearly changes; found "
            "none"
        )
    return float(np.exp(np.mean(logs) / 2))


def _cases(panel: Panel, ahead: int, typical: float, weight: float) -> _Cases:
    points = to_scale(panel.values, "logit")
    scaled, degrees, series = [np.empty(0)], [np.empty(0)], [np.empty(0, dtype=np.intp)]
    for origin in range(points.shape[1] - ahead):
        steps, number = own_steps(points[:, : origin + 1], typical, weight)
        bare = own_steps(points[:, : origin + 1], 0.0, weight)[0]
        error = points[:, origin + ahead] - points[:, origin]
        # Without a movement of its own nothing was said of an area by itself.
        usable = np.isfinite(error) & (number >= weight + ENOUGH) & (bare**2 > _DUST)
        scaled.append(error[usable] / steps[usable])
        degrees.append(number[usable])
        series.append(np.flatnonzero(usable))
    return _Cases(np.concatenate(scaled), np.concatenate(degrees), np.concatenate(series))


def error_table(
    members: Sequence[Comparable], *, horizons: Sequence[int] = HORIZONS, weight: float = WEIGHT
) -> dict[str, Any]:
    """
    Count how far "no change" strayed for single areas of panels.

    Parameters
    ----------
    members : sequence of Comparable
        The panels; neither their order nor that of their areas matters.
    horizons : sequence of int, optional
        Years ahead, from 1 up; those without a case are left out. [years]
    weight : float, optional
        How many of its own changes the typical step is worth to an area.

    Returns
    -------
    dict
        The fields ``typical_step``, ``weight``, ``widened``, ``common_pct`` and ``table`` of an
        :class:`~edu_metrics.catalog.ErrorTable`, and ``cases``, by panel, at three years.

    Raises
    ------
    DataError
        If no area of any panel moved often enough.

    Examples
    --------
    >>> from edu_metrics.trajectories import Panel
    >>> values = np.array([[50.0, 52, 49, 53, 50, 51], [20.0, 21, 25, 22, 24, 23]])
    >>> panel = Panel("passed", ("a", "b"), tuple(range(2001, 2007)), values, values)
    >>> made = error_table([Comparable(panel)])
    >>> [(cell.years, cell.cases) for cell in made["table"]]
    [(1, 4), (2, 2)]
    """
    pieces = sorted(
        ((number, piece) for number, member in enumerate(members) for piece in _pieces(member)),
        key=lambda item: (item[1].name, item[1].areas, item[1].years, item[1].values.tobytes()),
    )
    panels = [piece for _, piece in pieces]
    typical = _typical(panels)
    table: list[ErrorCell] = []
    at_three = [0] * len(members)
    for ahead in sorted(horizons):
        found = [_cases(panel, ahead, typical, weight) for panel in panels]
        if ahead == 3:
            for (number, _), cases in zip(pieces, found, strict=True):
                at_three[number] += len(cases.scaled)
        if sum(len(cases.scaled) for cases in found):
            table.append(_cell(ahead, found))
    if not table:
        raise DataError(f"expected areas with {ENOUGH + 2} years in a row or more; found none")
    shares = [common_share_pct(panel.values) for panel in panels]
    known = [share for share in shares if share is not None]
    return {
        "typical_step": round(typical, 4),
        "weight": weight,
        "widened": WIDENED,
        "common_pct": round(float(np.mean(known)), 2) if known else 0.0,
        "table": tuple(table),
        "cases": tuple(at_three),
    }


def _cell(ahead: int, found: Sequence[_Cases]) -> ErrorCell:
    from scipy.special import stdtr

    full = [cases for cases in found if len(cases.scaled)]
    scaled = np.concatenate([cases.scaled for cases in full])
    degrees = np.concatenate([cases.degrees for cases in full])
    weights = np.concatenate(
        [np.full(len(c.scaled), min(1.0, LIMIT / len(c.scaled))) for c in full]
    )
    places = stdtr(degrees, scaled / np.sqrt(ahead))
    levels = np.array(ERROR_PERCENTILES) / 100
    errors = _quantiles(scaled, -scaled, weights, levels)
    spots = _quantiles(places, 1 - places, weights, np.array(PLACE_LEVELS))
    spots[0], spots[-1] = 0.0, 1.0
    return ErrorCell(
        years=ahead,
        cases=len(scaled),
        series=sum(len(np.unique(cases.series)) for cases in full),
        errors={
            level: round(float(error), 3) + 0.0
            for level, error in zip(ERROR_PERCENTILES, errors, strict=True)
        },
        places=tuple(round(float(spot), 5) for spot in spots),
    )


def _quantiles(values: Floats, mirrored: Floats, weights: Floats, levels: Floats) -> Floats:
    """Give weighted quantiles of values together with their mirror images."""
    both, heavy = np.concatenate([values, mirrored]), np.concatenate([weights, weights])
    order = np.argsort(both, kind="stable")
    reached = np.cumsum(heavy[order]) - heavy[order] / 2
    return np.asarray(np.interp(levels, reached / heavy.sum(), both[order]))


def borrowed_errors(table: ErrorTable, step: float, degrees: float, normal: Floats) -> Floats:
    """
    Turn standard normal numbers into errors of one area, as large as they were elsewhere.

    Parameters
    ----------
    table : ErrorTable
        From a :class:`~edu_metrics.catalog.Catalog`.
    step : float
        The area's own step, from :func:`own_steps`. [on the scale]
    degrees : float
        Degrees of freedom behind it.
    normal : ndarray
        Standard normal numbers, draws x years ahead.

    Returns
    -------
    ndarray
        Errors on the scale, same shape. Beyond the last year of the table they grow as those of
        a random walk.
    """
    from scipy.special import ndtr, stdtrit

    errors = np.empty(normal.shape)
    for column in range(normal.shape[1]):
        places = np.interp(ndtr(_KNOTS), PLACE_LEVELS, table.cell(column + 1).places)
        knots = stdtrit(degrees, np.clip(places, _EDGE, 1 - _EDGE))
        scale = table.widened * step * np.sqrt(column + 1)
        errors[:, column] = scale * np.interp(normal[:, column], _KNOTS, knots)
    return errors
