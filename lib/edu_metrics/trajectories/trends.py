"""
What a series may do next, from what it and its peers have done.

Every trend is a function with one signature: history and peers in, draws out. The only one so
far says that nothing is known of the direction: a random walk without drift. Straight lines and
other extrapolations did worse than it in rolling-origin tests on real panels; docs/methods.md
has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories.scales import Scale, from_scale, to_scale

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_CHANGES", "PEER_WEIGHT", "Spread", "Trajectory", "no_change", "spread_of"]

#: How many yearly changes of its own the peers' variance is worth, where there are peers.
PEER_WEIGHT = 4
#: With fewer changes than this, own and borrowed together, nothing is said.
MIN_CHANGES = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a series moves in a year on its scale, and what that rests on."""

    variance: float
    degrees: int
    own_changes: int
    peers: int


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """
    Draws of what may come.

    ``draws`` has one row a draw and one column a year of ``years``.
    """

    model: str
    years: tuple[int, ...]
    draws: NDArray[np.float64]
    spread: Spread
    last_year: int
    last_value: float

    def at(self, year: int) -> NDArray[np.float64]:
        """Give the draws of one year."""
        return self.draws[:, self.years.index(year)]

    def quantiles(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Give quantiles by year: one row a level, one column a year."""
        return np.asarray(np.quantile(self.draws, levels, axis=0))


def yearly_changes(
    history: pd.DataFrame, scale: Scale, *, whole_counts: bool = False
) -> dict[str, NDArray[np.float64]]:
    """
    Give the changes per year on the scale, for each area.

    Parameters
    ----------
    history : DataFrame
        Columns area, year, value and denominator; sorted by area and year; exact values only.
    scale : {"logit", "log"}
        Scale on which changes are taken.
    whole_counts : bool, optional
        Whether amounts on the log scale are whole counts.

    Returns
    -------
    dict of str to ndarray
        Changes. One over a gap of k years is divided by the square root of k, so that it
        stands for one year of a random walk.
    """
    if history.empty:
        return {}
    points = _on_scale(history, scale, whole_counts)
    areas = history["area"].to_numpy()
    years = history["year"].to_numpy(dtype=float)
    same = areas[1:] == areas[:-1]
    changes = np.diff(points)[same] / np.sqrt(np.diff(years)[same])
    owners = areas[1:][same]
    if not owners.size:
        return {}
    starts = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]])
    return dict(zip(owners[starts], np.split(changes, starts[1:]), strict=True))


def _on_scale(history: pd.DataFrame, scale: Scale, whole_counts: bool) -> NDArray[np.float64]:
    wholes: Any = history["denominator"].to_numpy(dtype=float)
    if scale == "log":
        wholes = 1 if whole_counts else None
    return to_scale(history["value"].to_numpy(dtype=float), scale, wholes)


def printed_decimals(values: NDArray[np.float64]) -> int:
    """
    Tell how many decimals a publisher printed, three at most.

    Examples
    --------
    >>> printed_decimals(np.array([93.4, 95.0]))
    1
    """
    return next((n for n in range(3) if np.all(np.abs(np.round(values, n) - values) < 1e-9)), 3)


def spread_of(own: NDArray[np.float64], peers: Sequence[NDArray[np.float64]]) -> Spread:
    r"""
    Pool a series' own variance of yearly change with its peers'.

    Parameters
    ----------
    own : ndarray
        Its own yearly changes on the scale.
    peers : sequence of ndarray
        Those of each peer.

    Returns
    -------
    Spread
        Variance per year, and the degrees of freedom it is known with.

    Raises
    ------
    ProjectionError
        With fewer than three changes in all, or if nothing ever moved.

    Notes
    -----
    .. math:: s^2 = \frac{w\,\tilde s^2 + \sum_i d_i^2}{w + m}

    with the median :math:`\tilde s^2` of the peers' mean squares, their weight w (4, or the
    number of their changes if that is smaller) and the m own changes; the walk has no drift,
    so squares are taken about zero.

    Examples
    --------
    >>> round(spread_of(np.array([0.1, -0.1, 0.2]), []).variance, 9)
    0.02
    """
    usable = [changes for changes in peers if changes.size]
    weight = min(PEER_WEIGHT, sum(changes.size for changes in usable))
    if own.size + weight < MIN_CHANGES:
        raise ProjectionError(
            f"{own.size} yearly changes of its own and {weight} borrowed from peers; at least "
            f"{MIN_CHANGES} are needed to say how far the series moves in a year. "
            "Report the required pace instead, or add earlier years."
        )
    borrowed = float(np.median([np.mean(changes**2) for changes in usable])) if usable else 0.0
    total = weight * borrowed + float(np.sum(own**2))
    if total == 0:
        raise ProjectionError(
            f"none of the {own.size + weight} yearly changes known is different from zero; "
            "a past without movement does not say how far the series may move"
        )
    return Spread(total / (weight + own.size), weight + own.size, int(own.size), len(usable))


def no_change(
    history: pd.DataFrame,
    peers: pd.DataFrame,
    years: Sequence[int],
    *,
    scale: Scale,
    draws: int = 4000,
    seed: int = 0,
    whole_counts: bool = False,
) -> Trajectory:
    r"""
    Random walk without drift on the scale, its variance from the series and its peers.

    Parameters
    ----------
    history : DataFrame
        The series: columns area, year, value, denominator, sorted by year, exact values only.
    peers : DataFrame
        The series of comparable areas, same columns; may be empty.
    years : sequence of int
        Years to draw, consecutive and after the last one observed.
    scale : {"logit", "log"}
        From :func:`~edu_metrics.trajectories.scale_for`.
    draws : int, optional
        Number of draws, even: every draw has its mirror image, so that a rate and its
        complement get the same probability to the last digit.
    seed : int, optional
        Same seed, same draws.
    whole_counts : bool, optional
        Whether the indicator is a whole count (persons, schools) on the log scale.

    Returns
    -------
    Trajectory
        Draws by year. The median is the last value; only a rate of 0 or 100 starts a little
        inside, where the number behind it is not known.

    Raises
    ------
    ProjectionError
        With no observation, with fewer than three changes in all, if nothing ever moved, or if
        the years or the number of draws are not as said above.

    Notes
    -----
    Each draw takes a variance :math:`\nu s^2 / \chi^2_\nu` and walks with it, so that the value
    h years ahead is Student t with :math:`\nu` degrees of freedom and scale
    :math:`s\sqrt h` about the last value, on the scale.

    References
    ----------
    Gelman, A. et al. (2013). *Bayesian Data Analysis*, 3rd ed., section 3.2 (the scaled inverse
    chi-squared distribution of a variance).

    Examples
    --------
    >>> import pandas as pd
    >>> nation = pd.DataFrame({
    ...     "area": "china", "year": range(2016, 2021), "denominator": float("nan"),
    ...     "value": [93.4, 93.8, 94.2, 94.8, 95.2],
    ... })
    >>> path = no_change(nation, nation.iloc[:0], [2021, 2022], scale="logit")
    >>> float(np.median(path.at(2022)).round(1))
    95.2
    """
    if history.empty:
        raise ProjectionError(
            "no observation to start from; report what is missing, or the required pace "
            "from an assumed start"
        )
    if draws % 2 or draws <= 0:
        raise ProjectionError(f"draws: expected a positive even number, found {draws}")
    own = yearly_changes(history, scale, whole_counts=whole_counts)
    others = yearly_changes(peers, scale, whole_counts=whole_counts)
    area = str(history["area"].iloc[-1])
    spread = spread_of(own.get(area, np.empty(0)), list(others.values()))
    last = history.iloc[-1]
    whole: float | None = None if np.isnan(last["denominator"]) else float(last["denominator"])
    if scale == "log":
        whole = 1.0 if whole_counts else None
    expected = tuple(range(int(last["year"]) + 1, int(last["year"]) + 1 + len(years)))
    if tuple(years) != expected:
        raise ProjectionError(f"years: expected {expected}, found {tuple(years)}")
    random = np.random.default_rng(seed)
    half = draws // 2
    variance = spread.degrees * spread.variance / random.chisquare(spread.degrees, (half, 1))
    # Drawn year by year, so that a longer trajectory begins like a shorter one.
    steps = random.standard_normal((len(years), half)).T * np.sqrt(variance)
    walk = np.cumsum(steps, axis=1)
    start = _on_scale(history, scale, whole_counts)[-1]
    points = start + np.concatenate([walk, -walk])
    drawn = from_scale(points, scale, whole)
    if scale == "logit" and whole is None:
        # A rate without the number behind it is known as finely as it is printed, no finer.
        drawn = np.round(drawn, printed_decimals(history["value"].to_numpy(dtype=float)))
    return Trajectory(
        model=f"no_change_{scale}",
        years=tuple(years),
        draws=drawn,
        spread=spread,
        last_year=int(last["year"]),
        last_value=float(last["value"]),
    )
