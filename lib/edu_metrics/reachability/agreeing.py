"""Draws of years of which something was published after all, though only as a bound (">95")."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability.ranges import known_range
from edu_metrics.trajectories import Trajectory

__all__ = ["ONE_IN", "UnforeseenError", "agreeing"]

#: Where fewer than one draw in so many agrees, the model did not see coming what came.
ONE_IN = 40


class UnforeseenError(ProjectionError):
    """Next to no draw agrees with what was published."""


def agreeing(trajectory: Trajectory, bounds: Mapping[int, tuple[str, float]]) -> Trajectory:
    """
    Keep the draws that agree with what was published as a bound.

    A draw that disagrees has its place taken by one that agrees, each as often as the others, so
    that there are as many as before and those that agree stay beside the draws of other areas.

    Parameters
    ----------
    trajectory : Trajectory
        What a series may do.
    bounds : mapping of int to tuple of str and float
        What was published by year: above, at_least, below, at_most or about, which says nothing
        firm, and the value. Years that were not drawn are left out. [unit of the indicator]

    Returns
    -------
    Trajectory
        As many draws, all within the bounds.

    Raises
    ------
    UnforeseenError
        If fewer than one draw in 40 agrees.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = Trajectory("m", (2021,), np.array([[1.0], [2.0], [3.0], [4.0]]), 2020, 2.0, 0)
    >>> agreeing(drawn, {2021: ("above", 2.0)}).at(2021).tolist()
    [3.0, 4.0, 3.0, 4.0]
    """
    kept = np.ones(len(trajectory.draws), dtype=bool)
    for year, (kind, value) in bounds.items():
        known = known_range(kind, value)
        if known is not None and year in trajectory.years:
            kept &= known.met_by(trajectory.at(year))
    if kept.all():
        return trajectory
    able, unable = np.flatnonzero(kept), np.flatnonzero(~kept)
    if len(able) * ONE_IN < len(kept):
        years = ", ".join(str(year) for year in sorted(bounds) if year in trajectory.years)
        raise UnforeseenError(
            f"{len(able)} of {len(kept)} draws agree with what was published of {years} as a "
            f"bound; at least one in {ONE_IN} is expected. Ask for the value itself."
        )
    places = np.arange(len(kept))
    places[unable] = able[np.arange(len(unable)) * len(able) // len(unable)]
    return replace(trajectory, draws=trajectory.draws[places], law=None)
