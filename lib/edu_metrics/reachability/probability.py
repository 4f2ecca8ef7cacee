"""
The probability that a target is kept, and by when: the same wherever it is told.

There is one for each reading. Whoever needs it takes it from the assessment, which takes it from
:func:`probability_of`. What is asked of other draws (a scenario's, a mechanism's, a forecast with
more people added) is another question, answered by :func:`kept_in` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.reachability.checks import Check, Range, accepted, carried
from edu_metrics.trajectories import CAP, FLOOR, Trajectory
from edu_metrics.words import probability

Values = Mapping[int, Any]


def probability_of(
    trajectory: Trajectory,
    checks: Sequence[Check],
    known: Mapping[int, float],
    rivals: Mapping[str, Values] | None = None,
) -> float:
    """
    Give the probability that everything still open of a reading is kept.

    Parameters
    ----------
    trajectory : Trajectory
        What the series may do. [unit of the indicator]
    checks : sequence of Check
        What nothing observed has decided yet.
    known : mapping of int to float
        Values that are known, by year. [unit of the indicator]
    rivals : mapping of str to mapping, optional
        Values or draws by year of each area that a rank is taken among.

    Returns
    -------
    float
        As it comes out, 0-1; :func:`~edu_metrics.trajectories.stated` keeps it within what may be
        told.

    Examples
    --------
    Of four draws two end at 90 or above; a gain of 5 points from 86 comes to 91.

    >>> from edu_metrics.catalog import Bound
    >>> ends = np.array([[88.0], [89.0], [90.0], [92.0]])
    >>> drawn = Trajectory("m", (2022,), ends, last_year=2021, last_value=86.0, peers=0)
    >>> level = Check("value", (2022,), (Bound.model_validate(">=90"),))
    >>> gain = Check("points", (2021, 2022), (Bound.model_validate(">=5"),))
    >>> probability_of(drawn, [level], {}), probability_of(drawn, [gain], {2021: 86.0})
    (0.5, 0.25)
    """
    asked = level_asked(checks, known)
    if asked is not None and asked[0] in trajectory.years:
        year, accepts = asked
        return trajectory.probability(accepts.bounds, year)
    values = {**known, **{year: trajectory.at(year) for year in trajectory.years}}
    return float(np.mean(kept_in(checks, values, rivals)))


def kept_in(
    checks: Sequence[Check], values: Values, rivals: Mapping[str, Values] | None = None
) -> NDArray[np.bool_]:
    """
    Tell of each draw whether it keeps every check.

    Parameters
    ----------
    checks : sequence of Check
        What is asked.
    values : mapping of int to float or ndarray
        The indicator's value by year: one number, or one a draw. [unit of the indicator]
    rivals : mapping of str to mapping, optional
        The same of each area that a rank is taken among.

    Returns
    -------
    ndarray of bool
        One a draw, in the shape of the values.
    """
    kept: Any = True
    for check in checks:
        kept = np.logical_and(kept, check.holds(values, rivals))
    if np.ndim(kept):
        return np.asarray(kept)
    # What numbers alone decide holds in every draw.
    return np.full(np.broadcast_shapes((1,), *map(np.shape, values.values())), kept)


def level_asked(checks: Sequence[Check], known: Mapping[int, float]) -> tuple[int, Range] | None:
    """
    Say which values of which one year keep all checks, where they ask for one year's value alone.

    A change from a value that is known is a level in disguise.

    Parameters
    ----------
    checks : sequence of Check
        What is asked.
    known : mapping of int to float
        Values that are known, by year. [unit of the indicator]

    Returns
    -------
    tuple of int and Range, or None
        The year and its values; None where several years are asked for at once, or a rank.

    Examples
    --------
    >>> from edu_metrics.catalog import Bound
    >>> gain = (Bound.model_validate(">=5"),)
    >>> level_asked([Check("points", (2021, 2022), gain)], {2021: 80.0})
    (2022, Range(low=85.0, high=inf, low_open=False, high_open=False))
    >>> level_asked([Check("points", (2021, 2022), gain)], {2020: 80.0}) is None
    True
    """
    levels = [_level_of(check, known) for check in checks]
    years = {check.due for check in checks}
    if len(years) != 1 or None in levels:
        return None
    values = Range()
    for one in levels:
        values = values.meet(one or Range())
    return years.pop(), values


def _level_of(check: Check, known: Mapping[int, float]) -> Range | None:
    """Give the values of its last year that keep a check, where all earlier ones are known."""
    if check.measure == "sum" or check.hangs_on_others or not known.keys() >= set(check.years[:-1]):
        return None
    if check.measure == "value":
        asked = accepted(check)
    else:
        first = known[check.years[0]]
        if check.measure == "percent" and first <= 0:
            return None
        asked = carried(Range(first, first), check)
    return asked if check.cap is None else _or_at_cap(asked, check)


def _or_at_cap(asked: Range, check: Check) -> Range | None:
    """Take the indicator's own limit for kept, where that leaves one interval."""
    cap = float(check.cap or 0.0)
    if check.bounds[0].rising:
        low, low_open = min((asked.low, asked.low_open), (cap, False))
        return Range(low, asked.high, low_open) if asked.high == np.inf else None
    high, high_closed = max((asked.high, not asked.high_open), (cap, True))
    return Range(high=high, high_open=not high_closed) if asked.low == -np.inf else None


def two_digits(value: float | None) -> float | None:
    """
    Round a probability to the digits that are meant.

    Examples
    --------
    >>> two_digits(0.41849), two_digits(None)
    (0.42, None)
    """
    return None if value is None else round(float(value), 2)


def chance(value: float | None, lang: str) -> str:
    """
    Print a probability of a target: whole percent, and what lies beyond the caps as such.

    Examples
    --------
    >>> chance(0.342, "en"), chance(0.97, "en"), chance(0.0, "zh"), chance(None, "en")
    ('34 %', 'at least 80 %', '至多1%', '—')
    """
    return probability(value, lang, floor=FLOOR, cap=CAP)


#: Years beyond the deadline for which it is asked when the level is reached.
BEYOND = 5


@dataclass(frozen=True, slots=True)
class Reached:
    """
    When a level is reached: probabilities by year, each 0-1.

    Attributes
    ----------
    years : tuple of int
        The years drawn, consecutive; the last one is the horizon.
    first_hit : tuple of float
        Probability that the level has been reached for the first time by the end of that year.
    still_there : tuple of float
        Probability that the level is kept in that very year.
    stays : tuple of float
        Probability that it is kept in that year and in every later one up to the horizon.
    since : int or None
        The last year observed, where the level is kept in it already.
    median_year : int or None
        ``since``, or the first year by which half of the draws have reached the level; None
        where that is not so within the horizon.
    all_asked : bool
        Whether to be at the level in the year due is all that the target still asks, so that its
        probability is the target's.
    """

    years: tuple[int, ...]
    first_hit: tuple[float, ...]
    still_there: tuple[float, ...]
    stays: tuple[float, ...]
    since: int | None
    median_year: int | None
    all_asked: bool = False

    @property
    def horizon(self) -> int:
        """The last year drawn."""
        return self.years[-1]


def reached(
    draws: NDArray[np.float64],
    years: Sequence[int],
    level: Bound | Range,
    *,
    last_year: int,
    last_value: float,
) -> Reached:
    """
    Read off draws when a level is first reached, and whether it is still kept later.

    Nothing is interpolated: every year named is one that was drawn, or the last one observed.

    Parameters
    ----------
    draws : ndarray, shape (draws, years)
        What the series may do. [unit of the indicator]
    years : sequence of int
        The years of the columns.
    level : Bound or Range
        What is asked. [unit of the indicator]
    last_year : int
        The last year observed.
    last_value : float
        Its value. [unit of the indicator]

    Returns
    -------
    Reached
        Probabilities by year.

    Examples
    --------
    Of four draws three come to 95 and one of them falls back:

    >>> draws = np.array([[95.0, 96.0], [94.0, 95.0], [95.0, 94.0], [93.0, 93.0]])
    >>> level = Bound.model_validate(">=95")
    >>> found = reached(draws, [2021, 2022], level, last_year=2020, last_value=93)
    >>> found.first_hit, found.still_there, found.median_year
    ((0.5, 0.75), (0.5, 0.5), 2021)
    """
    shape = np.shape(draws)
    # One row a year and one bit a draw: eight draws are looked at in one go.
    kept = np.packbits(np.transpose(level.met_by(draws)), axis=1)
    since = last_year if level.met_by(last_value) else None
    stays = np.bitwise_and.accumulate(kept[::-1])[::-1]
    # A level that was kept in the last year observed has had its first hit.
    hit = _shares(np.bitwise_or.accumulate(kept), shape[0])
    first_hit = hit if since is None else (1.0,) * shape[1]
    halves = (int(year) for year, share in zip(years, first_hit, strict=True) if share >= 0.5)
    return Reached(
        years=tuple(int(year) for year in years),
        first_hit=first_hit,
        still_there=_shares(kept, shape[0]),
        stays=_shares(stays, shape[0]),
        since=since,
        median_year=next(halves, None) if since is None else since,
    )


def _shares(kept: NDArray[np.uint8], draws: int) -> tuple[float, ...]:
    return tuple((np.bitwise_count(kept).sum(axis=1) / draws).tolist())
