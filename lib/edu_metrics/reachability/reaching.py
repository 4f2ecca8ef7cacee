"""When a level is reached: first hit and still there, year by year, read off the draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.ranges import Range

__all__ = ["BEYOND", "Reached", "reached"]

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

    Raises
    ------
    ProjectionError
        If there is no draw or no year, or the two don't fit.

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
    if len(shape) != 2 or 0 in shape or shape[1] != len(years):
        raise ProjectionError(
            f"expected draws with one column for each of the {len(years)} year(s), and at least "
            f"one of both; found an array of shape {shape}"
        )
    kept = np.asarray(level.met_by(draws), dtype=bool)
    since = last_year if level.met_by(last_value) else None
    # A level that was kept in the last year observed has had its first hit.
    hit = np.logical_or(np.maximum.accumulate(kept, axis=1), since is not None)
    stays = np.flip(np.minimum.accumulate(np.flip(kept, axis=1), axis=1), axis=1)
    first_hit = _shares(hit)
    halves = (int(year) for year, share in zip(years, first_hit, strict=True) if share >= 0.5)
    return Reached(
        years=tuple(int(year) for year in years),
        first_hit=first_hit,
        still_there=_shares(kept),
        stays=_shares(stays),
        since=since,
        median_year=next(halves, None) if since is None else since,
    )


def _shares(kept: NDArray[Any]) -> tuple[float, ...]:
    return tuple(float(share) for share in kept.mean(axis=0))
