"""
One question: a target under one reading in one area, and what its answer rests on.

That is a series, and where its indicator has a mechanism the mechanism with the place's numbers,
from published counts or from a plan's start.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import (
    Indicator,
    LeverRange,
    LeverSettings,
    MechanismInput,
    Reading,
    Target,
)
from edu_metrics.errors import DataError, DefinitionError, ProjectionError
from edu_metrics.formulas.flows import FLOWS, Flow
from edu_metrics.observations import MissingInput
from edu_metrics.reachability.checks import (
    BEYOND,
    Check,
    CheckResult,
    checks_of,
    decided_by,
    kept_in,
    probability_of,
)
from edu_metrics.reachability.series import Record, SeriesStore, counts_whole, kept_by_store
from edu_metrics.reachability.verdicts import Assessment
from edu_metrics.trajectories import Trajectory
from edu_metrics.trajectories.mechanisms import Lever, Mechanism

Floats = NDArray[np.float64]


class NoJointForecastError(ProjectionError):
    """Nothing says how two series move together."""


@dataclass(frozen=True)
class Question:
    """
    One target under one reading in one area, and the series that its answer rests on.

    Attributes
    ----------
    store : SeriesStore
        The study's series as of its date.
    target : Target
        The promise.
    reading : Reading
        One exact meaning of it.
    steps : int or None
        Number of yearly steps. [years]
    area : str
        Area of the study.
    """

    store: SeriesStore
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
        """What the reading asks for; a comparison with what is known is a level like any other."""
        checks = checks_of(
            self.reading,
            steps=self.steps,
            deadline=self.store.plan.deadline_of(self.target),
            limits=self.indicator.bounds,
            falling=self.indicator.better == "lower",
            either=self.target.better == "reach",
        )
        return tuple(self._in_full(check) for check in checks)

    def _in_full(self, check: Check) -> Check:
        """Name the study's areas and the indicator where the plan's words do not."""
        check = self._named(check)
        if check.to is None or self.broken(check):
            return check
        return check.told(self.record.exact, self.rivals(check)) or check

    def _named(self, check: Check) -> Check:
        bound = partial(self.store.catalog.area_binding, self.store.study)
        to, among = check.to, list(map(bound, self.store.catalog.expand(check.among)))
        if check.measure == "rank_pct" and self.area not in among:
            among.append(self.area)
        if to is not None and to.value is None:
            named = {"area": bound(to.area) if to.area else self.area}
            to = to.model_copy(update={**named, "indicator": to.indicator or self.indicator.id})
        each = check.each and self._named(check.each)
        return replace(check, among=tuple(among), to=to, each=each)

    @cached_property
    def due(self) -> int:
        """The year in which the last check falls due."""
        return max(check.due for check in self.checks)

    def over(self, year: int) -> bool:
        """Tell whether a year had ended by the study's date, or the day of the target in it."""
        day, as_of = self.target.due_on, self.store.study.as_of
        return as_of > day if day and day.year == year else as_of.year > year

    @cached_property
    def of_parts(self) -> Self:
        """
        The same question, asked of one of the areas that it counts where there is no series.

        How many schools keep a level hangs on the schools, whether or not their city has a number.
        """
        if self.record.last_year is None and all(check.each for check in self.checks):
            return replace(self, area=self.checks[0].among[0])
        return self

    def rivals(self, check: Check) -> dict[str, Mapping[int, float]]:
        """Give the observed values of the series that a check hangs on."""
        others = check.others(self.indicator.id).items()
        return {name: self.store.record(*series).exact for name, series in others}

    def broken(self, check: Check) -> bool:
        """Tell whether a check compares years on both sides of a break."""
        asked = [(check.each, area) for area in check.among] if check.each else [(check, self.area)]
        return any(self.store.break_within(one, self.indicator.id, area) for one, area in asked)

    def from_zero(self, check: Check) -> bool:
        """Tell whether a check asks for a percentage of what is known to be nothing."""
        return check.measure == "percent" and self.record.exact.get(check.years[0]) == 0

    def missing(self, years: Sequence[int]) -> tuple[MissingInput, ...]:
        """Name what would make the indicator known in some years."""
        return self.store.missing(self.indicator.id, self.area, tuple(years))

    def trajectory(self, area: str) -> Trajectory:
        """Draw what a series may do until the last check falls due, and some years beyond."""
        return self._trajectory(self.indicator.id, area)

    def _trajectory(self, indicator: str, area: str) -> Trajectory:
        try:
            return self.store.trajectory(indicator, area, self.due + BEYOND)
        except ProjectionError:  # a model may say less of the far future than of the near one
            return self.store.trajectory(indicator, area, self.due)

    def together(self, checks: Sequence[Check]) -> tuple[Trajectory, dict[str, dict[int, Any]]]:
        """
        Give what the series may do beside those that checks hang on, draw by draw.

        Returns
        -------
        trajectory : Trajectory
            The question's own.
        others : dict of str to dict
            Of each other series the values by year: the exact ones, and after the last its draws.

        Raises
        ------
        ProjectionError
            If one of them can't be forecast.
        NoJointForecastError
            If nothing says how the series move together.
        """
        own = self.trajectory(self.area)
        others = {k: v for check in checks for k, v in check.others(self.indicator.id).items()}
        # Each area has an order of its own, and the same one in every pair.
        parts = {name: self._common_part(check_on) for name, check_on in others.items()}
        shared = [part for part in parts.values() if part is not None]
        if shared:
            own = own.beside(f"{self.indicator.id} {self.area}", min(shared))
        drawn = {}
        for name, (indicator, area) in others.items():
            other = self._trajectory(indicator, area)
            if parts[name] is not None:
                other = other.beside(f"{indicator} {area}", min(shared))
            exact = self.store.record(indicator, area).exact
            drawn[name] = {**exact, **{year: other.at(year) for year in other.years}}
        return own, drawn

    def _common_part(self, other: tuple[str, str]) -> float | None:
        own = (self.indicator.id, self.area)
        ranked = {area for check in self.checks for area in check.among}
        if other == own or (other[0] == own[0] and other[1] in ranked):
            return None
        try:
            return self.store.common_part(frozenset({own, other}))
        except ProjectionError as error:
            raise NoJointForecastError(str(error)) from error

    def drawn(self) -> dict[int, Any]:
        """Give the area's values by year: the exact ones, and after the last one its draws."""
        return self._values(self.trajectory(self.area))

    def _values(self, trajectory: Trajectory) -> dict[int, Any]:
        exact = self.record.exact
        return {**exact, **{year: trajectory.at(year) for year in trajectory.years}}

    def probability(self, undecided: Sequence[Check]) -> float:
        """Give the probability that the checks are kept that nothing observed decides."""
        own, others = self.together(undecided)
        return probability_of(own, undecided, self.record.exact, others)

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
        own, others = self.together(undecided)
        return kept_in(undecided, self._values(own), others)

    def result(self, check: Check) -> CheckResult:
        """Hold a check against what was observed; one that is open holds neither way."""
        record, rivals = self.record, self.rivals(check)
        blank = CheckResult(check)
        if check.to is not None or self.broken(check):
            return blank  # what is known of a comparison has made it a level
        if check.known(record.exact, rivals):
            measured = float(check.measured(record.exact, rivals))
            holds = check.holds(record.exact, rivals)
            if np.isnan(measured):
                # A change from zero has no percentage: only the indicator's own limit decides.
                return replace(blank, holds=True if holds else None)
            margin = round(-max(bound.gap(measured) for bound in check.bounds), 9)
            return replace(blank, measured=measured, holds=holds, margin=margin)
        if check.each is not None:
            # Every area must, and one has not: the others need not be known.
            ends = {check.kept_by(check.counted(rivals, unknown=one)) for one in (False, True)}
            return replace(blank, holds=ends.pop() if len(ends) == 1 else None)
        if check.measure == "value" and check.due in record.bounds:
            return replace(blank, holds=decided_by(*record.bounds[check.due], check))
        return blank


@dataclass(frozen=True)
class JudgedQuestion(Question):
    """A question with its assessment: where its series starts, and what of it is still open."""

    assessment: Assessment

    @classmethod
    def of(cls, store: SeriesStore, assessment: Assessment) -> Self:
        """Ask again what an assessment has answered."""
        target = store.plan.target(assessment.target)
        reading = target.reading(str(assessment.reading))
        return cls(store, target, reading, assessment.steps, assessment.area, assessment)

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
        checks = self.assessment.undecided
        due = max((check.due for check in checks), default=self.start_year)
        years = tuple(range(self.start_year + 1, due + 1))
        return OpenQuestion(self.indicator, checks, years, self.known)

    @cached_property
    def closed(self) -> str | None:
        """Why nothing more can be asked, in one word; None where something can."""
        if self.assessment.closed:
            return self.assessment.closed
        if any(check.hangs_on_others for check in self.open.checks):
            return "rank"
        if not self.open.years:
            return "decided"
        needed = {year for check in self.open.checks for year in check.years}
        ahead = {*self.open.known, *self.open.years}
        return None if needed <= ahead else "earlier_year_unknown"

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What the reading asks for, but no level on the way that is due before a start assumed."""
        checks = super().checks
        if self.assessment.start != "assumed":
            return checks
        return tuple(one for one in checks if one.years[0] >= self.start_year) or checks

    @cached_property
    def mechanism(self) -> MechanismStart | MissingInputs:
        """The indicator's mechanism from where the series starts; nothing where it has none."""
        if self.indicator.mechanism is None:
            return MissingInputs()
        if self.assessment.start != "observed":
            return mechanism_from_statement(self.indicator, self.start_value)
        return mechanism_from_counts(
            self.store, self.indicator.id, self.assessment.area, self.start_year
        )

    @property
    def sign(self) -> int:
        """1 where more is better, -1 where less is."""
        if self.assessment.level is not None and self.assessment.level.op != "==":
            return 1 if self.assessment.level.rising else -1
        return -1 if self.indicator.better == "lower" else 1

    @property
    def whole(self) -> bool:
        """Whether values are whole numbers of persons or institutions."""
        return counts_whole(self.indicator)

    def standing_still(self, until: int) -> Floats:
        """Let the series stand still from its start: what the first step is applied to."""
        return np.full((1, until - self.start_year), self.start_value)

    def years_of(self, course: Floats) -> tuple[int, ...]:
        """Give the years of a course."""
        return tuple(range(self.start_year + 1, self.start_year + 1 + course.shape[1]))

    def before(self, course: Floats, after: int) -> Floats:
        """Give where the series stands when a step takes effect: one number a draw."""
        return course[:, after - 1] if after else np.full(len(course), self.start_value)

    def bounded(self, values: Any) -> Floats:
        """Keep values within the indicator's bounds, and persons and institutions whole."""
        low, high = self.indicator.bounds
        kept = np.asarray(np.clip(values, low, high), dtype=np.float64)
        return np.floor(np.round(kept, 9) + 0.5) if self.whole else kept


@dataclass(frozen=True)
class OpenQuestion:
    """What of a question is still open: its checks, its years, and the values that are known."""

    indicator: Indicator
    checks: tuple[Check, ...]
    years: tuple[int, ...]
    known: dict[int, float]

    def kept(self, draws: Floats) -> NDArray[np.bool_]:
        """Tell of each draw (one column a year) whether every check holds."""
        drawn = np.clip(draws, *self.indicator.bounds)
        values: dict[int, Any] = dict(self.known)
        values |= {year: drawn[:, place] for place, year in enumerate(self.years)}
        return kept_in(self.checks, values)


@dataclass(frozen=True)
class MechanismStart:
    """
    A mechanism ready to run.

    ``relative`` says that it starts from the rate that a plan prints, so that persons are persons
    for each 100 of its whole; ``whole`` is how many the whole is.
    """

    mechanism: Mechanism
    outcome: str
    relative: bool
    whole: float | None

    def settings(self, step: LeverSettings) -> dict[str, float]:
        """Give the levers that a step sets, for this place. [unit of each lever a year]."""
        scale = (self.whole or 100.0) / 100 if step.per_100 else 1.0
        return {name: scale * value for name, value in step.set.items()}


@dataclass(frozen=True, slots=True)
class MissingInputs:
    """Why a mechanism can't start: the numbers to ask for, or what is wrong with those there."""

    missing: tuple[MissingInput, ...] = ()
    contradiction: str | None = None

    @property
    def reason(self) -> str:
        """The same in a word: contradiction or lacks_numbers."""
        return "contradiction" if self.contradiction else "lacks_numbers"


@kept_by_store
def mechanism_from_counts(
    store: SeriesStore, indicator: str, area: str, year: int
) -> MechanismStart | MissingInputs:
    """
    Start an indicator's mechanism from what was published of a place.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    indicator : str
        One with a mechanism.
    area : str
        Area of the study.
    year : int
        Year of the start.

    Returns
    -------
    MechanismStart or MissingInputs
        The mechanism, or what it lacks.

    Raises
    ------
    ProjectionError
        If the indicator has no mechanism.
    """
    entry = store.catalog.indicator(indicator)
    use = _use(entry)
    flow = FLOWS[use.flow]
    inputs: dict[str, Any] = {}
    missing: list[MissingInput] = []
    for argument, given in use.inputs.items():
        # The latest year comes first, as in the flow.
        years = [year - back for back in range(flow.history.get(argument, 1))]
        values = [_value(store, given, area, one) for one in years]
        for one, value in zip(years, values, strict=True):
            if value is None:
                missing += _ask(store, given, area, one)
        numbers = [value for value in values if value is not None]
        inputs[argument] = np.array(numbers) if argument in flow.history else (numbers or [0.0])[0]
    if missing:
        return MissingInputs(tuple(dict.fromkeys(missing)))
    return _build(entry, inputs, relative=False)


def mechanism_from_statement(indicator: Indicator, rate: float) -> MechanismStart | MissingInputs:
    """
    Start an indicator's mechanism from the rate that a plan prints, for each 100 of its whole.

    Parameters
    ----------
    indicator : Indicator
        One with a mechanism.
    rate : float
        What it prints. [percent]

    Returns
    -------
    MechanismStart or MissingInputs
        The mechanism; nothing where one rate is not enough for a start.

    Raises
    ------
    ProjectionError
        If the indicator has no mechanism.
    """
    use = _use(indicator)
    flow = FLOWS[use.flow]
    if not use.stated:
        return MissingInputs()
    inputs: dict[str, Any] = {}
    for argument, given in use.stated.items():
        number = rate if given == "rate" else float(given)
        length = flow.history.get(argument)
        inputs[argument] = number if length is None else np.full(length, number)
    return _build(indicator, inputs, relative=True)


def _use(indicator: Indicator) -> Any:
    if indicator.mechanism is None:
        raise ProjectionError(f"indicator {indicator.id!r} has no mechanism")
    return indicator.mechanism


def _value(store: SeriesStore, given: MechanismInput, area: str, year: int) -> float | None:
    if given.number is not None:
        return given.number
    if given.indicator is not None:
        return store.record(given.indicator, area).exact.get(year)
    return store.published(str(given.quantity), area, year, given.group)


def _ask(
    store: SeriesStore, given: MechanismInput, area: str, year: int
) -> tuple[MissingInput, ...]:
    if given.indicator is not None:
        return store.missing(given.indicator, area, (year,))
    return (MissingInput(year, str(given.quantity), given.group, area),)


def _build(
    indicator: Indicator, inputs: Mapping[str, Any], *, relative: bool
) -> MechanismStart | MissingInputs:
    use = _use(indicator)
    flow = FLOWS[use.flow]
    middles = {name: np.array([use.rates[name].middle]) for name in flow.start_rates}
    try:
        state = flow.start(**inputs, **middles)
        whole = _whole(flow, state)
        levers = tuple(_lever(flow, n, one, whole, relative) for n, one in use.levers.items())
        # One seed an indicator: no answer hangs on the study or the area that asks.
        seed = zlib.crc32(indicator.id.encode())
        mechanism = Mechanism(use.flow, dict(inputs), use.rates, levers, seed=seed)
        # The start is made here, where a contradiction can still be told.
        mechanism.start  # noqa: B018
    except DataError as error:
        return MissingInputs(contradiction=error.message)
    return MechanismStart(mechanism, use.outcome, relative, whole)


def _whole(flow: Flow, state: Mapping[str, Any]) -> float | None:
    """Give how many the whole of a flow is: all teachers, or the entrants of the oldest cohort."""
    if not flow.whole:
        return None
    return float(sum(np.atleast_1d(state[name])[..., -1].mean() for name in flow.whole))


def _lever(flow: Flow, name: str, given: LeverRange, whole: float | None, relative: bool) -> Lever:
    scale = whole / 100 if given.per_100 and whole is not None else 1.0
    counted = flow.levers[name] in ("persons", "places") and not relative
    usual, low, high = (scale * number for number in (given.usual, given.low, given.high))
    if counted:
        # At least one person can be moved, however small the place.
        low, usual = np.floor(low), np.floor(usual)
        high = max(np.floor(high), usual + 1) if high > usual else usual
    return Lever(name, flow.levers[name], float(usual), float(low), float(high), whole=counted)
