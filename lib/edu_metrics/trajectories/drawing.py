"""Draws of what may come, and the normal numbers that they are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.trajectories.error_tables import CalibratedOn

__all__ = ["Trajectory", "half_normals", "normals_over_years"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """
    Draws of what may come.

    ``draws`` has one row a draw and one column a year of ``years``; ``peers`` counts the other
    series that were borrowed from; ``calibration`` says whose errors made the draws so wide.
    """

    model: str
    years: tuple[int, ...]
    draws: Floats
    last_year: int
    last_value: float
    peers: int
    calibration: CalibratedOn | None = None

    def at(self, year: int) -> Floats:
        """Give the draws of one year."""
        return self.draws[:, self.years.index(year)]

    def quantiles(self, levels: Sequence[float]) -> Floats:
        """Give quantiles by year: one row a level, one column a year."""
        return np.asarray(np.quantile(self.draws, levels, axis=0))


def normals_over_years(random: np.random.Generator, spreads: Floats, draws: int) -> Floats:
    r"""
    Draw standard normal numbers, draws x years, that hang together over the years.

    Notes
    -----
    With squared spreads that grow by d a year, the noise of a single year makes
    :math:`1 - \sqrt d` of the first (see :func:`~edu_metrics.trajectories.models.level_with_drift`:
    :math:`q = d / (1 - \sqrt d)` solves for the ratio); all else is shared by later years. Every
    draw has its mirror image, so that a rate and its complement get the same probability.
    """
    half = half_normals(random, spreads, draws // 2).T
    return np.concatenate([half, -half])


def half_normals(random: np.random.Generator, spreads: Floats, draws: int) -> Floats:
    """Draw the half that is not mirrored, years x draws; see :func:`normals_over_years`."""
    squares = spreads**2
    growth = float(squares[1] - squares[0]) if len(squares) > 1 else 1.0
    noise = max(1 - np.sqrt(max(growth, 0.0)), 0.0)
    shared = np.minimum.outer(squares, squares) - noise
    covariance = np.where(np.eye(len(squares), dtype=bool), squares, shared)
    root = np.linalg.cholesky(covariance / np.sqrt(np.outer(squares, squares)))
    # Drawn year by year, so that a longer trajectory begins like a shorter one.
    return np.asarray(root @ random.standard_normal((len(squares), draws)))
