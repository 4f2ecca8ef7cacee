"""An indicator's mechanism with a place's numbers: from published counts or from a plan's start."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from edu_metrics.catalog import Indicator, LeverRange, LeverSettings, MechanismInput
from edu_metrics.errors import DataError, ProjectionError
from edu_metrics.formulas.flows import FLOWS, Flow
from edu_metrics.observations import MissingInput
from edu_metrics.reachability.series import SeriesStore, kept_by_store
from edu_metrics.reachability.verdicts import Assessment
from edu_metrics.trajectories.mechanisms import Lever, Mechanism


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


def mechanism_of(store: SeriesStore, assessment: Assessment) -> MechanismStart | MissingInputs:
    """
    Start an indicator's mechanism where an assessment's series stands.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of an indicator with a mechanism, with a start: observed, stated by the plan, or assumed.

    Returns
    -------
    MechanismStart or MissingInputs
        The mechanism, or what it lacks.

    Raises
    ------
    ProjectionError
        If the indicator has no mechanism.
    """
    if assessment.start != "observed":
        indicator = store.catalog.indicator(str(assessment.indicator))
        return mechanism_from_statement(indicator, float(assessment.last_value or 0.0))
    year = int(assessment.last_year or 0)
    return mechanism_from_counts(store, str(assessment.indicator), assessment.area, year)


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
