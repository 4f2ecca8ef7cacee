"""
What the series of comparable areas may do next: the default model's draws, area by area.

All areas of a level are projected together, since each borrows from the others and all share the
common part of a year; an area's draws are made when they are asked for.
"""

from __future__ import annotations

import contextlib
import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.error_tables import ErrorTable
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories.batches import Errors, interpolated, order_statistics
from edu_metrics.trajectories.calibration import (
    Calibrated,
    calibrate,
    common_parts,
    draw_errors,
)
from edu_metrics.trajectories.default import COVERED_PCT, DEFAULT_MODEL
from edu_metrics.trajectories.drawing import Trajectory, half_normals, normals_over_years
from edu_metrics.trajectories.error_tables import (
    FEW_AREAS,
    CalibratedOn,
    borrowed_errors,
    own_steps,
)
from edu_metrics.trajectories.levels import OWN_WEIGHT
from edu_metrics.trajectories.scales import Scale, from_scale, printed_decimals, to_scale
from edu_metrics.trajectories.tracks import Track, track

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MIN_CHANGES", "Projection", "project"]

Floats = NDArray[np.float64]

#: With fewer changes than this, own and borrowed together, nothing is said.
MIN_CHANGES = 3
#: Every projection reaches so far at least: what is said of a year must not hang on how many
#: more are asked for.
_LEAST_YEARS = 8


class Projection:
    """
    What comparable areas may do until a year; see :func:`project`.

    Areas may end in different years; each is projected from its own last one.
    """

    def __init__(
        self,
        history: pd.DataFrame,
        until: int,
        *,
        scale: Scale,
        seed: str,
        draws: int,
        whole_counts: bool,
        lent: ErrorTable | None = None,
    ) -> None:
        self._scale, self._seed, self._draws = scale, seed, draws
        self._whole_counts = whole_counts
        rows = history.sort_values(["area", "year"], kind="stable")
        self._values = {
            str(area): part[["year", "value", "denominator"]].to_numpy(dtype=float)
            for area, part in rows.groupby("area", sort=True)
        }
        self.areas = tuple(self._values)
        self._first = int(rows["year"].min()) if len(rows) else until
        last = int(rows["year"].max()) if len(rows) else until
        points = np.full((len(self.areas), last - self._first + 1), np.nan)
        for place, area in enumerate(self.areas):
            points[place, self._values[area][:, 0].astype(int) - self._first] = self._on_scale(area)
        soonest = min((int(part[-1, 0]) for part in self._values.values()), default=until)
        self._horizon = max(until - soonest, _LEAST_YEARS)
        few = len(self.areas) < FEW_AREAS
        self._lent = lent if few and scale == "logit" else None
        self._calibrated_on = CalibratedOn("peers", held80_pct=COVERED_PCT)
        if self._lent is not None:
            self._calibrated_on = CalibratedOn("lent", self._lent.id, self._lent.held80_pct)
        elif few:
            self._calibrated_on = CalibratedOn("own")
        self._track: Track = track(DEFAULT_MODEL, points, self._horizon)
        self._calibrated = cache(
            lambda origin: calibrate(self._track, origin, few=few and self._lent is None)
        )
        self._common = cache(self._common_normals)
        self._shared = cache(
            lambda origin, years: common_parts(self._calibrated(origin), self._common(years))
        )

    def _on_scale(self, area: str) -> Floats:
        part = self._values[area]
        wholes: Any = part[:, 2]
        if self._scale == "log":
            wholes = 1 if self._whole_counts else None
        return to_scale(part[:, 1], self._scale, wholes)

    def of(self, area: str, years: Sequence[int]) -> Trajectory:
        """
        Draw what one area may do.

        Parameters
        ----------
        area : str
            One of ``areas``.
        years : sequence of int
            Consecutive years from the one after its last observation.

        Returns
        -------
        Trajectory
            Its draws; the same whatever the order of areas, and longer ones begin like shorter.

        Raises
        ------
        ProjectionError
            With no observation, with too few changes of its own and of peers, if nothing ever
            moved, or if the years don't follow the last one.
        """
        if area not in self._values:
            raise ProjectionError(
                "no observation to start from; report what is missing, or the required pace "
                "from an assumed start"
            )
        row, part = self.areas.index(area), self._values[area]
        last = int(part[-1, 0])
        expected = tuple(range(last + 1, last + 1 + len(years)))
        if tuple(years) != expected or not expected:
            raise ProjectionError(f"years: expected {expected}, found {tuple(years)}")
        if len(years) > self._horizon:
            raise ProjectionError(f"years: expected {self._horizon} at most, found {len(years)}")
        calibrated = self._calibrated(last - self._first)
        self._require_movement(calibrated, row)
        errors = self._errors(calibrated, row, last, len(years))
        drawn = self._printed(calibrated.centres[row, : len(years)] + errors, part)
        return Trajectory(
            model=f"{DEFAULT_MODEL}_{self._scale}",
            years=tuple(years),
            draws=drawn,
            last_year=last,
            last_value=float(part[-1, 1]),
            peers=int(np.sum(calibrated.folds != calibrated.folds[row])),
            calibration=self._calibrated_on,
        )

    def quantiles(
        self, levels: Sequence[float], ahead: int, *, areas: Sequence[str] | None = None
    ) -> Iterator[tuple[str, Floats]]:
        """
        Give quantiles for many areas without keeping any area's draws.

        Parameters
        ----------
        levels : sequence of float
            Levels, 0-1.
        ahead : int
            Years beyond each area's last observation. [years]
        areas : sequence of str, optional
            Which areas; all when left out.

        Yields
        ------
        tuple of str and ndarray
            An area and its quantiles, levels x years: those of the draws that :meth:`of` gives.
            An area that can't be projected is left out.

        Raises
        ------
        ProjectionError
            If ``ahead`` is not within the years that were projected.
        """
        if not 1 <= ahead <= self._horizon:
            raise ProjectionError(f"years: expected 1 to {self._horizon}, found {ahead}")
        wanted = self.areas if areas is None else areas
        if self._lent is not None:
            yield from self._one_by_one(levels, ahead, wanted)
            return
        common = self._common(ahead)
        by_last: dict[int, list[int]] = {}
        for area in wanted:
            last = int(self._values[area][-1, 0])
            by_last.setdefault(last, []).append(self.areas.index(area))
        draws = np.empty((ahead, self._draws))
        for last, rows in by_last.items():
            calibrated = self._calibrated(last - self._first)
            able = calibrated.known & (calibrated.changes >= MIN_CHANGES)
            errors = Errors.at(calibrated, common)
            chosen = np.array([row for row in rows if able[row]], dtype=np.int64)
            for row, table in errors.own(chosen, ahead):
                self._fill(draws, row, table, calibrated.spreads[row, :ahead])
                draws += errors.shared[int(calibrated.folds[row])]
                draws += calibrated.centres[row, :ahead, None]
                below, above, weights = order_statistics(draws, levels)
                part = self._values[self.areas[row]]
                low, high = (self._printed(points, part) for points in (below, above))
                yield self.areas[row], low + weights[:, None] * (high - low)

    def _fill(self, draws: Floats, row: int, table: Floats, spreads: Floats) -> None:
        """Put an area's own errors into a buffer, years x draws; the second half mirrors."""
        half = self._draws // 2
        normal = half_normals(self._random(self.areas[row]), spreads, half)
        for year in range(len(spreads)):
            draws[year, :half] = interpolated(normal[year], table[year])
            draws[year, half:] = interpolated(-normal[year], table[year])

    def _one_by_one(
        self, levels: Sequence[float], ahead: int, areas: Sequence[str]
    ) -> Iterator[tuple[str, Floats]]:
        for area in areas:
            last = int(self._values[area][-1, 0])
            with contextlib.suppress(ProjectionError):
                found = self.of(area, tuple(range(last + 1, last + 1 + ahead)))
                yield area, found.quantiles(levels)

    def _printed(self, points: Floats, part: Floats) -> Floats:
        """Bring points back from the scale, as finely as the series is known."""
        drawn = from_scale(points, self._scale, self._whole(part))
        if self._scale == "logit" and np.isnan(part[-1, 2]):
            # A rate without the number behind it is known as finely as it is printed, no finer.
            drawn = np.round(drawn, printed_decimals(part[:, 1]))
        return drawn

    def _errors(self, calibrated: Calibrated, row: int, last: int, years: int) -> Floats:
        """Draw errors, draws x years: as the peers' were, or as those of a table."""
        random = self._random(self.areas[row])
        common: Floats = self._common(years)
        if self._lent is None:
            own = normals_over_years(random, calibrated.spreads[row, :years], self._draws)
            rows = np.array([row], dtype=np.int64)
            shared = self._shared(last - self._first, years)
            return np.asarray(draw_errors(calibrated, own[None], common, rows, shared=shared)[0])
        known = self._track.points[row : row + 1, : last - self._first + 1]
        steps, degrees = own_steps(known, self._lent.typical_step, self._lent.weight)
        own = normals_over_years(random, np.sqrt(np.arange(1.0, years + 1)), self._draws)
        part = self._lent.common_pct / 100
        normal = float(np.sqrt(1 - part)) * own + float(np.sqrt(part)) * common
        return borrowed_errors(self._lent, float(steps[0]), float(degrees[0]), normal)

    def _whole(self, part: Floats) -> float | None:
        if self._scale == "log":
            return 1.0 if self._whole_counts else None
        return None if np.isnan(part[-1, 2]) else float(part[-1, 2])

    def _require_movement(self, calibrated: Calibrated, row: int) -> None:
        degrees = float(calibrated.changes[row])
        if degrees < MIN_CHANGES:
            borrowed = OWN_WEIGHT if degrees >= OWN_WEIGHT and len(self.areas) > 1 else 0
            raise ProjectionError(
                f"{degrees:g} yearly changes of its own and of peers (whose are worth "
                f"{borrowed:g}); at least {MIN_CHANGES} are needed to say how far the series moves "
                "in a year. Report the required pace instead, or add earlier years."
            )
        if not calibrated.known[row]:
            raise ProjectionError(
                "none of the yearly changes known is different from zero; a past without movement "
                "does not say how far the series may move"
            )

    def _random(self, name: str) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(f"{self._seed}/{name}".encode()))

    def _common_normals(self, years: int) -> Floats:
        return normals_over_years(self._random(""), np.sqrt(np.arange(1.0, years + 1)), self._draws)


def project(
    history: pd.DataFrame,
    until: int,
    *,
    scale: Scale,
    seed: str = "",
    draws: int = 4000,
    whole_counts: bool = False,
    lent: ErrorTable | None = None,
) -> Projection:
    """
    Project the series of comparable areas with the default model.

    Parameters
    ----------
    history : DataFrame
        Columns area, year, value and denominator; exact values of areas on one level.
    until : int
        Last year that may be asked for.
    scale : {"logit", "log"}
        From :func:`~edu_metrics.trajectories.scale_for`.
    seed : str, optional
        Same seed, same draws.
    draws : int, optional
        Number of draws, even: every draw has its mirror image.
    whole_counts : bool, optional
        Whether the indicator is a whole count (persons, schools) on the log scale.
    lent : ErrorTable, optional
        Errors made elsewhere, which stand in for those of peers where a rate is known in fewer
        than 20 areas.

    Returns
    -------
    Projection
        Whose :meth:`~Projection.of` draws one area.

    Raises
    ------
    ProjectionError
        If the number of draws is not positive and even.

    Examples
    --------
    >>> import pandas as pd
    >>> nation = pd.DataFrame({
    ...     "area": "china", "year": range(2016, 2021), "denominator": float("nan"),
    ...     "value": [93.4, 93.8, 94.2, 94.8, 95.2],
    ... })
    >>> path = project(nation, 2022, scale="logit").of("china", (2021, 2022))
    >>> bool(90 < np.median(path.at(2022)) < 98)
    True
    """
    if draws % 2 or draws <= 0:
        raise ProjectionError(f"draws: expected a positive even number, found {draws}")
    return Projection(
        history,
        until,
        scale=scale,
        seed=seed,
        draws=draws,
        whole_counts=whole_counts,
        lent=lent,
    )
