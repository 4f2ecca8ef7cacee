"""What the series of comparable areas may do next, each learning from the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog.priors import Prior
from edu_metrics.errors import ProjectionError
from edu_metrics.trajectories.drawing import Law, Trajectory, side_by_side
from edu_metrics.trajectories.forecast import forecast
from edu_metrics.trajectories.scales import (
    Scale,
    Values,
    from_scale,
    printed_decimals,
    prior_on,
    to_scale,
)

if TYPE_CHECKING:
    import pandas as pd


Floats = NDArray[np.float64]

MODEL = "damped_drift"
#: With fewer yearly changes of its own, or of its own and the borrowed ones, nothing is said.
MIN_CHANGES = 3
#: What the changes of peers are worth to a series that has fewer. [changes]
BORROWED = 2
#: Every projection reaches so far at least.
_LEAST_YEARS = 8


class Projection:
    """
    What comparable areas may do until a year.

    Areas may end in different years; each is projected from its own last one.

    Parameters
    ----------
    history : DataFrame
        Columns area, year and value, exact values of areas on one level, one for each area and
        year, and optionally denominator: the persons or institutions behind a rate.
    until : int
        Last year that may be asked for.
    scale : Scale
        From :func:`~edu_metrics.trajectories.scale_for`.
    measure_type : str, optional
        Type of measure, for what is expected before looking
        (:mod:`~edu_metrics.catalog.priors`); the widest expectation where it is left out.
    falling : bool, optional
        Whether less is better: what is expected of a measure is that it gets better.
    whole_counts : bool, optional
        Whether the indicator is a whole count (persons, schools) on the log scale.

    Raises
    ------
    ProjectionError
        For values beyond the bounds of the scale, and fractions where percentages are meant.

    Examples
    --------
    >>> import pandas as pd
    >>> from edu_metrics.trajectories import scale_for
    >>> nation = pd.DataFrame({
    ...     "area": "china", "year": range(2016, 2021), "value": [93.4, 93.8, 94.2, 94.8, 95.2],
    ... })
    >>> path = Projection(nation, 2022, scale=scale_for((0, 100))).of("china", (2021, 2022))
    >>> [round(float(value), 1) for value in path.quantiles([0.1, 0.5, 0.9])[:, 1]]
    [94.3, 95.6, 96.6]
    """

    def __init__(
        self,
        history: pd.DataFrame,
        until: int,
        *,
        scale: Scale,
        measure_type: str | None = None,
        falling: bool = False,
        whole_counts: bool = False,
    ) -> None:
        rows = history.assign(area=history["area"].astype(str))
        rows = rows.sort_values(["area", "year"], kind="stable")
        if "denominator" not in rows:
            rows = rows.assign(denominator=np.nan)
        if scale == Scale(0, 100) and len(rows) and _are_fractions(rows):
            raise ProjectionError(
                "expected percentages, 0 to 100; all are below 1, with more decimals than a "
                "percentage is printed with, as fractions are. Multiply them by 100."
            )
        self._scale, self._whole_counts = scale, whole_counts
        names, begins = np.unique(rows["area"].to_numpy(dtype=str), return_index=True)
        numbers = rows[["year", "value", "denominator"]].to_numpy(dtype=float)
        parts = np.split(numbers, begins[1:]) if len(names) else []
        self._values: dict[str, Floats] = dict(zip(names.tolist(), parts, strict=True))
        self.areas = tuple(self._values)
        self._rows = {area: row for row, area in enumerate(self.areas)}
        self._first = int(rows["year"].min()) if len(rows) else until
        last = int(rows["year"].max()) if len(rows) else until
        self._points = np.full((len(self.areas), last - self._first + 1), np.nan)
        for place, part in enumerate(self._values.values()):
            columns = part[:, 0].astype(int) - self._first
            self._points[place, columns] = self._on_scale(part)
        soonest = min((int(part[-1, 0]) for part in self._values.values()), default=until)
        self._horizon = max(until - soonest, _LEAST_YEARS)
        self._changes = np.sum(~np.isnan(self._points), axis=1) - 1
        self._moved = any(np.ptp(part[:, 1]) > 0 for part in self._values.values())
        if not self.areas:
            return
        self._forecast = forecast(
            self._points[None],
            self._prior(measure_type, falling=falling),
            self._horizon,
            sampling=self._sampling(),
        )
        self._degrees = np.round(self._forecast.degrees[0], 1)
        self._sd = np.sqrt(self._forecast.variance[0])
        self._common = self._forecast.common_part[0].mean(axis=1)

    def _prior(self, measure_type: str | None, *, falling: bool) -> Prior:
        known = np.concatenate([part[:, 1] for part in self._values.values()])
        prior = prior_on(self._scale, measure_type, known).towards(falling=falling)
        if self._scale.name != "identity" or not self._moved:
            return prior
        # Without bounds a scale has no unit of its own: how far the series move gives it one.
        steps = np.diff(self._points, axis=1)
        typical = float(np.sqrt(np.nanmean(steps**2))) if np.isfinite(steps).any() else 0.0
        return prior.for_changes_of(typical) if typical > 0 else prior

    @property
    def unusual(self) -> tuple[int, ...]:
        """Years left out, in which all areas together fit neither before nor after."""
        if not self.areas:
            return ()
        return tuple(self._first + int(year) for year in np.flatnonzero(self._forecast.unusual[0]))

    @property
    def common_part(self) -> float:
        """
        Part of the variance that all areas share, on average, 0-1.

        Raises
        ------
        ProjectionError
            If one of them can't be projected.
        """
        for area in self.areas:
            self._row(area)
        return float(np.mean(self._common))

    def of(self, area: str, years: Sequence[int]) -> Trajectory:
        """
        Say what one area may do.

        Parameters
        ----------
        area : str
            One of ``areas``.
        years : sequence of int
            Consecutive years from the one after its last observation.

        Returns
        -------
        Trajectory
            The same whatever the order of areas, and longer ones begin like shorter.

        Raises
        ------
        ProjectionError
            With no observation, with too few changes of its own and of peers, if nothing ever
            moved, or if the years don't follow the last one.
        """
        row = self._row(area)
        last, ahead = int(self._values[area][-1, 0]), len(years)
        expected = tuple(range(last + 1, last + 1 + ahead))
        if tuple(years) != expected or not expected:
            raise ProjectionError(f"years: expected {expected}, found {tuple(years)}")
        if ahead > self._horizon:
            raise ProjectionError(f"years: expected {self._horizon} at most, found {ahead}")
        law = Law(
            self._forecast.location[0, row, :ahead],
            self._sd[row, :ahead],
            self._degrees[row, :ahead],
            self._forecast.correlation(0, row)[0, :ahead, :ahead],
            self._values_of(area),
        )
        value = float(self._values[area][-1, 1])
        return self._trajectory(area, law, years, value, float(self._common[row]))

    def sum_of(
        self, parts: Sequence[str], years: Sequence[int], *, name: str, mean: bool
    ) -> Trajectory:
        """
        Say what areas do together: the rate of all of them, or the sum of their counts.

        Parameters
        ----------
        parts : sequence of str
            The areas that make up the whole.
        years : sequence of int
            Consecutive years from the one after their last observation.
        name : str
            What the whole is called.
        mean : bool
            Whether the whole's value is the mean of theirs, weighted by the persons or
            institutions behind each, as it is for a rate or ratio; else their sum.

        Returns
        -------
        Trajectory
            Its centre is what theirs come to, its spread that of their sum, with what they have
            in common (delta method on the scale).

        Raises
        ------
        ProjectionError
            As for each part; where parts end in different years; and for a mean where the number
            behind a part is unknown.
        """
        rows = [self._row(area) for area in parts]
        last = np.stack([self._values[area][-1] for area in parts])
        behind = last[:, 2] if mean else np.ones(len(parts))
        if len(set(last[:, 0])) != 1 or np.isnan(behind).any():
            raise ProjectionError(
                f"{name}: expected parts known up to one year, with the numbers behind them; found "
                f"the years {', '.join(f'{year:g}' for year in last[:, 0])}"
            )
        ahead, scale = len(years), self._scale
        share = behind / (behind.sum() if mean else 1.0)
        counted = behind if mean and scale.name == "logit" else None
        number = 1 if self._whole_counts else None if counted is None else counted[:, None]
        points = self._forecast.location[0, rows, :ahead]
        centres = from_scale(points, scale, number, rounded=False)
        together = share @ centres
        slopes = share[:, None] * _slope(centres, scale) / _slope(together, scale)
        spread = np.zeros((1, len(self.areas), ahead))
        spread[0, rows] = slopes
        variance, degrees = self._forecast.weighted(spread)
        whole = None if counted is None else float(behind.sum())
        if self._whole_counts:
            whole = 1.0
        largest = rows[int(np.argmax(slopes[:, 0]))]
        law = Law(
            to_scale(together, scale, whole),
            np.sqrt(variance[0]),
            np.round(degrees[0], 1),
            self._forecast.correlation(0, largest)[0, :ahead, :ahead],
            Values(scale, whole),
        )
        return self._trajectory(name, law, years, float(share @ last[:, 1]), 1.0)

    def _row(self, area: str) -> int:
        if area not in self._rows:
            raise ProjectionError(
                "no observation to start from; report what is missing, or the required pace "
                "from an assumed start"
            )
        fault = self._fault(self._rows[area])
        if fault:
            raise ProjectionError(fault)
        return self._rows[area]

    def _fault(self, row: int) -> str | None:
        """Say why an area can't be projected."""
        own = int(self._changes[row])
        borrowed = BORROWED if own and self._changes.sum() > own else 0
        if own + borrowed < MIN_CHANGES:
            return (
                f"{own} yearly changes of its own, and {borrowed} that peers lend; at least "
                f"{MIN_CHANGES} are needed to say how far the series moves in a year. Report the "
                "required pace instead, or add earlier years."
            )
        if not self._moved:
            return (
                "none of the yearly changes known is different from zero; a past without movement "
                "does not say how far the series may move"
            )
        return None

    def _trajectory(
        self, area: str, law: Law, years: Sequence[int], value: float, common_part: float
    ) -> Trajectory:
        return Trajectory(
            model=f"{MODEL}_{self._scale.name}",
            years=tuple(years),
            draws=side_by_side(law.paths(), area, common_part),
            last_year=years[0] - 1,
            last_value=value,
            peers=len(self.areas) - 1,
            law=law,
            unusual=self.unusual,
        )

    def _sampling(self) -> Floats | None:
        if self._scale != Scale(0, 100):
            return None
        parts = self._values.values()
        return np.array([[sampling_variance(part[:, 1], part[:, 2]) for part in parts]])

    def _on_scale(self, part: Floats) -> Floats:
        counted: object = part[:, 2]
        if self._scale.name != "logit":
            counted = 1 if self._whole_counts else None
        return to_scale(part[:, 1], self._scale, counted)

    def _values_of(self, area: str) -> Values:
        part = self._values[area]
        if self._scale.name != "logit":
            return Values(self._scale, 1.0 if self._whole_counts else None)
        if np.isnan(part[-1, 2]):
            # A rate without the number behind it is known as finely as it is printed, no finer.
            return Values(self._scale, None, printed_decimals(part[:, 1]))
        return Values(self._scale, float(part[-1, 2]))


def sampling_variance(rates: Floats, persons: Floats) -> Floats:
    """
    Give the variance that another sample of as many persons would have, on the logit scale.

    Parameters
    ----------
    rates : ndarray, shape (..., years)
        Rates; NaN where missing. [percent]
    persons : ndarray, shape (..., years)
        Persons behind them; NaN where unknown. [persons]

    Returns
    -------
    ndarray, shape (...)
        Mean over the years of 1/(npq), by counts moved half a person inwards; NaN where no number
        is known.

    Examples
    --------
    >>> round(float(sampling_variance(np.array([50.0]), np.array([100.0]))), 4)  # 2/50.5
    0.0396
    """
    above = rates / 100 * persons
    yearly = 1 / (above + 0.5) + 1 / (persons - above + 0.5)
    known = ~np.isnan(yearly)
    number = known.sum(axis=-1)
    total = np.where(known, yearly, 0.0).sum(axis=-1)
    return np.asarray(np.where(number > 0, total / np.maximum(number, 1), np.nan))


def _slope(values: Floats, scale: Scale) -> Floats:
    """Give how fast a value moves by its scale."""
    low, high = scale
    if low is None:
        return np.ones_like(values) if high is None else high - values + 1e-9
    above = values - low + 1e-9
    return above if high is None else above * (high - values + 1e-9)


def _are_fractions(rows: pd.DataFrame) -> bool:
    """Tell whether what should be percentages, none of them from counts, may be fractions."""
    value, printed = rows["value"], rows["denominator"].isna().all()
    return bool(printed and (value <= 1).all() and value.max() > 0.2 and (value > 0.05).all())
