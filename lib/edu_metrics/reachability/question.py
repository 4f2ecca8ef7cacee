"""One question: a target under one reading in one area, and the series that it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Indicator, Plan, Reading, Target
from edu_metrics.errors import DefinitionError, ProjectionError
from edu_metrics.reachability.checks import Check, CheckResult, checks_of, decided_by
from edu_metrics.reachability.probability import BEYOND, kept_in, probability_of
from edu_metrics.reachability.series import Missing, Record, SeriesStore
from edu_metrics.reachability.verdicts import Assessment
from edu_metrics.trajectories import Trajectory


@dataclass(frozen=True)
class Question:
    """
    One target under one reading in one area, and the series that its answer rests on.

    Attributes
    ----------
    store : SeriesStore
        The study's series as of its date.
    plan, target : Plan and Target
        The promise.
    reading : Reading
        One exact meaning of it.
    steps : int or None
        Number of yearly steps. [years]
    area : str
        Area of the study.
    """

    store: SeriesStore
    plan: Plan
    target: Target
    reading: Reading
    steps: int | None
    area: str

    @cached_property
    def indicator(self) -> Indicator:
        """What the reading is about."""
        name = self.reading.indicator or self.target.indicator
        if self.reading.undecided or name is None:
            raise DefinitionError(
                f"reading {self.reading.id!r} of target {self.target.id!r} has no exact meaning "
                "to be checked"
            )
        return self.store.catalog.indicator(name)

    @cached_property
    def record(self) -> Record:
        """The series."""
        return self.store.record(self.indicator.id, self.area)

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the reading asks for."""
        return checks_of(
            self.reading,
            steps=self.steps,
            deadline=self.plan.deadline_of(self.target),
            limits=self.indicator.bounds,
            falling=self.indicator.better == "lower",
        )

    @cached_property
    def due(self) -> int:
        """The year in which the last check falls due."""
        return max(check.due for check in self.checks)

    def over(self, year: int) -> bool:
        """Tell whether a year had ended by the study's date."""
        return self.store.study.as_of.year > year

    def rivals(self, check: Check) -> dict[str, Mapping[int, float]]:
        """Give the observed values of the areas that a rank is taken among."""
        return self.store.rivals(check, self.indicator.id)

    def broken(self, check: Check) -> bool:
        """Tell whether a check compares years on both sides of a break."""
        return self.store.break_within(check, self.indicator.id, self.area)

    def from_zero(self, check: Check) -> bool:
        """Tell whether a check asks for a percentage of what is known to be nothing."""
        return check.measure == "percent" and self.record.exact.get(check.years[0]) == 0

    def missing(self, years: Sequence[int], area: str | None = None) -> tuple[Missing, ...]:
        """Name what would make the indicator known in some years."""
        return self.store.missing(self.indicator.id, area or self.area, years)

    def trajectory(self, area: str) -> Trajectory:
        """Draw what a series may do until the last check falls due, and some years beyond."""
        try:
            return self.store.trajectory(self.indicator.id, area, self.due + BEYOND)
        except ProjectionError:  # a model may say less of the far future than of the near one
            return self.store.trajectory(self.indicator.id, area, self.due)

    def drawn(self, area: str) -> dict[int, Any]:
        """Give an area's values by year: the exact ones, and after the last one its draws."""
        trajectory = self.trajectory(area)
        exact = self.store.record(self.indicator.id, area).exact
        return {**exact, **{year: trajectory.at(year) for year in trajectory.years}}

    def _rivals_drawn(self, undecided: Sequence[Check]) -> dict[str, dict[int, Any]]:
        """Give the values and draws of all areas that a rank is taken among."""
        return {area: self.drawn(area) for check in undecided for area in self.rivals(check)}

    def probability(self, undecided: Sequence[Check]) -> float:
        """Give the probability that the checks are kept that nothing observed decides."""
        return probability_of(
            self.trajectory(self.area), undecided, self.record.exact, self._rivals_drawn(undecided)
        )

    @cached_property
    def sum_asked(self) -> Check | None:
        """The last sum over years where nothing but sums is asked; else None."""
        if any(check.measure != "sum" for check in self.checks):
            return None
        return max(self.checks, key=lambda check: check.due)

    def asked_about(self, values: Mapping[int, Any]) -> Any:
        """Give what an interval is about: the value when due, or the sum over years; else None."""
        if self.sum_asked is None:
            return values.get(self.due)
        known = values.keys() >= set(self.sum_asked.years)
        return self.sum_asked.measured(values) if known else None

    def kept(self, undecided: Sequence[Check]) -> NDArray[np.bool_]:
        """Tell of each draw whether the checks that nothing observed decides are kept in it."""
        return kept_in(undecided, self.drawn(self.area), self._rivals_drawn(undecided))

    def result(self, check: Check) -> CheckResult:
        """Hold a check against what was observed; one that is open holds neither way."""
        record, rivals = self.record, self.rivals(check)
        blank = CheckResult(check.measure, check.years, check.bounds, None, None, None)
        if self.broken(check):
            return blank
        complete = all(year in record.exact for year in check.years)
        if complete and all(check.due in values for values in rivals.values()):
            measured = float(check.measured(record.exact, rivals))
            holds = check.holds(record.exact, rivals)
            if np.isnan(measured):
                # A change from zero has no percentage: only the indicator's own limit decides.
                return replace(blank, holds=True if holds else None)
            margin = round(-max(bound.gap(measured) for bound in check.bounds), 9)
            return replace(blank, measured=measured, holds=holds, margin=margin)
        if check.measure == "value" and check.due in record.bounds:
            return replace(blank, holds=decided_by(*record.bounds[check.due], check))
        return blank


@dataclass(frozen=True)
class JudgedQuestion(Question):
    """A question with its assessment: where its series starts, and what of it is still open."""

    assessment: Assessment

    @classmethod
    def of(cls, store: SeriesStore, plan: Plan, target: Target, assessment: Assessment) -> Self:
        """Ask again what an assessment has answered."""
        reading = target.reading(str(assessment.reading))
        return cls(store, plan, target, reading, assessment.steps, assessment.area, assessment)

    @property
    def start_year(self) -> int:
        """The year of the start."""
        return int(self.assessment.last_year or 0)

    @property
    def start_value(self) -> float:
        """The value at the start. [unit of the indicator]."""
        return float(self.assessment.last_value or 0.0)

    @property
    def counts(self) -> tuple[float, float] | None:
        """Numerator and denominator behind the start, where both are known. [persons]."""
        observed = self.assessment.start == "observed"
        return self.record.counts.get(self.start_year) if observed else None

    @property
    def known(self) -> dict[int, float]:
        """Values by year up to the start; a start that was not observed stands alone."""
        exact = self.record.exact if self.assessment.start == "observed" else {}
        known = {year: value for year, value in exact.items() if year <= self.start_year}
        return {**known, self.start_year: self.start_value}

    @cached_property
    def open(self) -> OpenQuestion:
        """What is still open; a published bound may have decided a check without a value."""
        checks = self.assessment.undecided(self.checks)
        due = max((check.due for check in checks), default=self.start_year)
        years = tuple(range(self.start_year + 1, due + 1))
        return OpenQuestion(self.indicator, checks, years, self.known)

    @cached_property
    def closed(self) -> str | None:
        """Why nothing more can be asked, in one word; None where something can."""
        if self.assessment.closed:
            return self.assessment.closed
        if any(check.measure == "rank" for check in self.open.checks):
            return "rank"
        if not self.open.years:
            return "decided"
        needed = {year for check in self.open.checks for year in check.years}
        ahead = {*self.open.known, *self.open.years}
        return None if needed <= ahead else "earlier_year_unknown"


@dataclass(frozen=True)
class OpenQuestion:
    """What of a question is still open: its checks, its years, and the values that are known."""

    indicator: Indicator
    checks: tuple[Check, ...]
    years: tuple[int, ...]
    known: dict[int, float]

    def kept(self, draws: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Tell of each draw (one column a year) whether every check holds."""
        drawn = np.clip(draws, *self.indicator.bounds)
        values: dict[int, Any] = dict(self.known)
        values |= {year: drawn[:, place] for place, year in enumerate(self.years)}
        return kept_in(self.checks, values)
