r"""
A variant after the World Bank's pace of progress: percentile and speed among comparable series.

What a series did is held against what others did from the same level. A spell of :math:`h` years
gives a change a year, :math:`(y_{t+h} - y_t)/h`, and its starting level; quantile regression gives
the change :math:`Q_\tau(y)` that a share :math:`\tau` of the spells from level :math:`y` did not
pass.

*Percentile*: paths :math:`y \leftarrow y + Q_\tau(y)` for :math:`\tau` = 0.2, 0.4, 0.6, 0.8 start
where the series starts, rounded to 0.1 and kept within the limits; the last value lies in one band
between them. *Speed*: with :math:`T(y) = \sum g / Q_{0.5}(y)` in steps of :math:`g = 0.1`, the
time that the typical series takes, the score is
:math:`(T(y_{last}) - T(y_{first})) / \text{years}`: 1 is typical, 2 is twice as fast.

**It is a variant, not the World Bank's own number.** There, non-crossing P-splines with a smoothing
chosen by cross-validation stand for the quantiles; here a straight line or parabola, as statsmodels
fits it, its crossings undone by sorting. There, spells last five years or else up to ten, and a
series at least five; here the length is a parameter, for histories that are shorter. As there,
areas with few spells are repeated to weigh as much as the others.

References
----------
Mahler, D. G., Serajuddin, U., Wadhwa, D. and Yonzan, N. (2026). *Pace of progress*. World Bank
Policy Research Working Paper 11350; code in github.com/RossanaTat/sdgtrackr.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import DataError
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    CannotSay,
    Case,
    Points,
    Rule,
    Unable,
    answering,
    points_of,
)

TAUS = (0.2, 0.4, 0.5, 0.6, 0.8)
MEDIAN = TAUS.index(0.5)
STEP = 0.1
LONGEST = 10
#: How often weights are made anew at most; by how little a fit moves that stands still; and as how
#: far away counts what lies closer. [1; points; points]
_MOST_STEPS, _STILL, _CLOSE = 5000, 1e-6, 1e-6
#: Fewest areas from which quantiles are taken; ours.
FEWEST = 20
Floats = NDArray[np.float64]
History = tuple[Sequence[int], Sequence[float]]


class Band(StrEnum):
    """Bands between the paths, the fastest progress last."""

    BELOW_20 = "below_20"
    FROM_20 = "from_20_to_40"
    FROM_40 = "from_40_to_60"
    FROM_60 = "from_60_to_80"
    ABOVE_80 = "above_80"


@dataclass(frozen=True, slots=True)
class PaceModel:
    """
    Change a year by starting level, at five quantiles.

    ``coefficients`` holds, for each quantile of ``TAUS``, a polynomial of the level over 100,
    lowest power first; ``lowest`` and ``highest`` are the levels from which spells started, beyond
    which the nearest one counts.
    """

    coefficients: tuple[tuple[float, ...], ...]
    lowest: float
    highest: float
    areas: int
    spells: int
    length: int

    def changes(self, level: float) -> Floats:
        """
        Give the change a year from a level at each quantile.

        Parameters
        ----------
        level : float
            Starting level. [percent]

        Returns
        -------
        ndarray, shape (5,)
            Changes at ``TAUS``, rising, within what 0 and 100 allow. [points a year]
        """
        x = min(max(level, self.lowest), self.highest) / 100
        powers = np.array([x**power for power in range(len(self.coefficients[0]))])
        drawn = np.sort(np.array(self.coefficients) @ powers)
        kept: Floats = np.clip(drawn, -level, 100 - level)
        return kept


def fit_pace(peers: Mapping[str, History], *, length: int = 5) -> PaceModel | Unable:
    """
    Fit the change a year on the starting level, over the spells of many areas.

    Parameters
    ----------
    peers : mapping of str to (years, values)
        Series of comparable areas, in percent. Those with a missing value or a double year are
        left out.
    length : int, optional
        Length of a spell; where an area has none, the next longer one up to ten. [years]

    Returns
    -------
    PaceModel or Unable
        The model, or that there are too few areas.

    Raises
    ------
    DataError
        If a spell would be shorter than a year.

    Examples
    --------
    Everybody gains 2 points a year:

    >>> peers = {f"p{n}": ((2015, 2020), (40.0 + n, 50.0 + n)) for n in range(30)}
    >>> fit_pace(peers).changes(45.0).round(6).tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    if length < 1:
        raise DataError(f"length: expected a spell of at least 1 year, found {length}")
    if not peers:
        return Unable.NO_PEERS
    by_area = []
    for years, values in peers.values():
        with contextlib.suppress(CannotSay):
            by_area.append(_spells(points_of(years, values), length))
    by_area = [spells for spells in by_area if len(spells)]
    if len(by_area) < FEWEST:
        return Unable.TOO_FEW_PEERS
    most = max(len(spells) for spells in by_area)
    rows = np.concatenate([np.resize(spells, (most, 2)) for spells in by_area])
    start, change = rows[:, 0], rows[:, 1]
    return PaceModel(
        coefficients=_quantile_lines(start / 100, change),
        lowest=float(start.min()),
        highest=float(start.max()),
        areas=len(by_area),
        spells=sum(len(spells) for spells in by_area),
        length=length,
    )


@answering(Rule.PERCENTILE)
def pace_percentile(case: Case) -> Answer:
    """
    Give the band of paces in which a series lies.

    Parameters
    ----------
    case : Case
        Series, in percent, with the model of its peers' paces; only its first and last year are
        looked at, and no target.

    Returns
    -------
    Answer
        ``status`` is the band, the fastest progress above 80, ``observed`` the change a year.
        [points a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> peers = {f"p{n}": ((2015, 2020), (50.0, 50.0 + n)) for n in range(40)}
    >>> case = Case([2015, 2020], [50, 80], 90, 2022, "higher", pace=fit_pace(peers))
    >>> str(pace_percentile(case).status)
    'from_60_to_80'
    """
    points, model = _judged(case)
    levels = np.full(len(TAUS), _rounded(points.first))
    for _ in range(points.span):
        change = [_at_steps(model)[_step(level), at] for at, level in enumerate(levels)]
        levels = np.array([_rounded(float(level)) for level in levels + change])
    paths = np.sort(np.delete(levels, MEDIAN))
    last = _rounded(points.last)
    passed = last >= paths if case.better == "higher" else last <= paths
    return Answer(Rule.PERCENTILE, list(Band)[int(passed.sum())], observed=points.pace)


@answering(Rule.SPEED)
def pace_speed(case: Case) -> Answer:
    """
    Say how many times as fast as the typical series a series moved.

    Parameters
    ----------
    case : Case
        Series, in percent, with the model of its peers' paces; only its first and last year are
        looked at, and no target.

    Returns
    -------
    Answer
        ``score`` is the speed, 1 the typical one and negative where the series went back. Where
        the typical series does not progress there is no speed.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> peers = {f"p{n}": ((2015, 2020), (40.0 + n, 50.0 + n)) for n in range(30)}
    >>> case = Case([2015, 2020], [50, 70], 90, 2022, "higher", pace=fit_pace(peers))
    >>> round(pace_speed(case).score, 6)
    2.0
    """
    points, model = _judged(case)
    way = 1 if case.better == "higher" else -1
    low, high = sorted((_rounded(points.first), _rounded(points.last)))
    # Time runs from the worse end of each step, as it does for who goes that way.
    begins = slice(_step(low), _step(high)) if way == 1 else slice(_step(low) + 1, _step(high) + 1)
    pace = way * _at_steps(model)[begins, MEDIAN]
    if (pace <= 0).any():
        raise CannotSay(Unable.NO_TYPICAL_PACE)
    forward = 1 if way * (points.last - points.first) >= 0 else -1
    score = forward * float((STEP / pace).sum()) / points.span
    return Answer(Rule.SPEED, score=score, observed=points.pace)


def _judged(case: Case) -> tuple[Points, PaceModel]:
    points, model = case.points(), case.pace
    if isinstance(model, Unable):
        raise CannotSay(model)
    if min(points.values) < 0 or max(points.values) > 100:
        raise CannotSay(Unable.NOT_A_PERCENTAGE)
    if points.span < model.length:
        raise CannotSay(Unable.TOO_FEW_YEARS)
    return points, model


@functools.lru_cache(maxsize=256)
def _at_steps(model: PaceModel) -> Floats:
    """Give the changes from every level in steps of 0.1: one row a level, one column a quantile."""
    return np.array([model.changes(step * STEP) for step in range(_step(100.0) + 1)])


def _step(level: float) -> int:
    return round(level / STEP)


def _rounded(level: float) -> float:
    return min(max(round(level / STEP) * STEP, 0.0), 100.0)


def _spells(points: Points, length: int) -> Floats:
    """Give starting level and change a year of every spell, all of one length."""
    held = dict(zip(points.years, points.values, strict=True))
    for span in range(length, max(length, LONGEST) + 1):
        spells = [
            (value, (held[year + span] - value) / span)
            for year, value in held.items()
            if year + span in held
        ]
        if spells:
            return np.array(spells, dtype=np.float64)
    return np.empty((0, 2))


def _quantile_lines(x: Floats, change: Floats) -> tuple[tuple[float, ...], ...]:
    """Fit one polynomial for each quantile: a parabola where there are levels enough for it."""
    degree = min(2, np.unique(x).size - 1)
    if degree == 0 or np.ptp(change) == 0:
        return tuple((float(np.quantile(change, tau)),) for tau in TAUS)
    design = np.column_stack([x**power for power in range(degree + 1)])
    with np.errstate(all="ignore"):
        return tuple(_quantile_line(design, change, tau) for tau in TAUS)


def _quantile_line(design: Floats, change: Floats, tau: float) -> tuple[float, ...]:
    """
    Fit one quantile by least squares, weighted anew with the distances until nothing moves.

    This is what statsmodels' ``QuantReg`` does, to the last digit, without its standard errors. To
    load that would take a third of the time that a batch needs before its first report.
    """
    weighted, fitted, moved = design, np.ones(design.shape[1]), np.inf
    for _ in range(_MOST_STEPS):
        before = fitted
        fitted = np.linalg.pinv(weighted.T @ design) @ (weighted.T @ change)
        away = change - design @ fitted
        close = np.abs(away) < _CLOSE
        away[close] = np.where(away[close] >= 0, _CLOSE, -_CLOSE)
        weighted = design / np.abs(np.where(away < 0, tau, 1 - tau) * away)[:, np.newaxis]
        moved = np.max(np.abs(fitted - before))
        if not moved > _STILL:
            break
    return tuple(float(number) for number in fitted)
