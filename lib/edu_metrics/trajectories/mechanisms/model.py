"""
A flow equation run over years with uncertain rates, and turned around.

One class serves all flows: the account of people stands in the equation, and what differs between
places is data. The same seed draws the same rates under every setting of the levers, so that two
settings differ by what was set and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.errors import ProjectionError
from edu_metrics.formulas.flows import FLOWS, Flow
from edu_metrics.trajectories.mechanisms.levers import Levers
from edu_metrics.trajectories.mechanisms.rates import Rate
from edu_metrics.trajectories.mechanisms.searching import Setting, smallest_setting

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """
    Draws of what a mechanism comes to.

    Attributes
    ----------
    years : tuple of int
        Years projected.
    fields : mapping of str to ndarray
        For each field of the flow's result, draws x years (x grades). [unit of the field]
    """

    years: tuple[int, ...]
    fields: Mapping[str, Floats]

    def draws(self, outcome: str) -> Floats:
        """Give the draws of one outcome: one row a draw, one column a year."""
        return self.fields[outcome]

    def at(self, outcome: str, year: int) -> Floats:
        """Give the draws of one outcome in one year."""
        return self.fields[outcome][:, self.years.index(year)]


@dataclass(frozen=True)
class Mechanism:
    """
    A flow with its numbers: where it starts, what is uncertain, what can be set.

    Parameters
    ----------
    flow : str
        Name of a flow equation, one of ``FLOWS``.
    inputs : mapping
        Published numbers that the start is made of. [unit of each]
    rates : mapping of str to Rate
        What is uncertain. [unit of each]
    levers : Levers
        What can be set.
    draws : int, optional
        Number of draws.
    seed : int, optional
        Same seed, same draws.

    Raises
    ------
    ProjectionError
        If an input, rate or lever is missing or unknown to the flow.

    Examples
    --------
    85 of 100 teachers with a degree; 4 % leave, all entrants have it:

    >>> from edu_metrics.trajectories.mechanisms import Lever
    >>> staff = Mechanism(
    ...     "teachers",
    ...     {"qualified": 85, "teachers": 100},
    ...     {"leaving_qualified_pct": Rate("fixed", mean=4),
    ...      "leaving_others_pct": Rate("fixed", mean=4)},
    ...     Levers((Lever("upgrades", "persons", 0, 0, 15), Lever("new_posts", "persons", 0, 0, 5),
    ...             Lever("entrants_qualified_pct", "percent", 100, 0, 100))),
    ... )
    >>> staff.project([2021, 2022]).draws("qualified_pct")[0].round(2)
    array([85.6 , 86.18])
    """

    flow: str
    inputs: Mapping[str, Any]
    rates: Mapping[str, Rate]
    levers: Levers
    draws: int = 4000
    seed: int = 0
    _drawn: dict[int, dict[str, Floats]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Refuse what does not fit the flow, all at once."""
        if self.flow not in FLOWS:
            raise ProjectionError(f"no flow {self.flow!r}; expected one of {', '.join(FLOWS)}")
        flow = FLOWS[self.flow]
        faults = []
        for kind, expected, given in (
            ("inputs", set(flow.inputs), set(self.inputs)),
            ("rates", set(flow.uncertain), set(self.rates)),
            ("levers", set(flow.levers), {lever.name for lever in self.levers.levers}),
        ):
            if expected != given:
                faults.append(f"{kind}: expected {sorted(expected)}, found {sorted(given)}")
        if self.draws < 1:
            faults.append(f"draws: expected at least one, found {self.draws}")
        if faults:
            raise ProjectionError(f"the flow {self.flow!r} takes other numbers", faults)

    @property
    def equation(self) -> Flow:
        """The flow and the part that each argument plays."""
        return FLOWS[self.flow]

    def _rates(self, number: int) -> dict[str, Floats]:
        """Draw each rate from a stream of its own: draws x years."""
        if number not in self._drawn:
            drawn = {}
            for place, name in enumerate(sorted(self.rates)):
                random, rate = np.random.default_rng([self.seed, place]), self.rates[name]
                # By year first, so that a longer projection begins like a shorter one.
                shape = (number if rate.yearly else 1, self.draws)
                sampled = rate.sample(random, shape)
                drawn[name] = np.broadcast_to(sampled, (number, self.draws)).T
            self._drawn[number] = drawn
        return self._drawn[number]

    @cached_property
    def start(self) -> dict[str, Floats]:
        """
        The state before the first year.

        Raises
        ------
        DataError
            If the published numbers contradict each other.
        """
        flow, rates = self.equation, self._rates(1)
        known = {name: rates[name][:, 0] for name in flow.start_rates}
        return dict(flow.start(**self.inputs, **known))

    def project(self, years: Sequence[int], levers: Levers | None = None) -> Projection:
        """
        Run the flow, the levers set the same in every year.

        Parameters
        ----------
        years : sequence of int
            Years, consecutive, the first one a year after the start.
        levers : Levers, optional
            Settings; the usual ones when left out.

        Returns
        -------
        Projection
            Draws by year.

        Raises
        ------
        ProjectionError
            If there are no years, or they are not consecutive.
        DataError
            If numbers leave the domain of the flow.
        """
        listed = tuple(years)
        if not listed or listed != tuple(range(listed[0], listed[0] + len(listed))):
            raise ProjectionError(f"years: expected consecutive ones, found {listed}")
        settings = (levers or self.levers).values
        return self._run(listed, self.start, self._rates(len(listed)), settings, self.draws)

    def run(
        self,
        years: Sequence[int],
        rates: Mapping[str, Floats],
        settings: Mapping[str, Any] | None = None,
    ) -> Projection:
        """
        Run the flow with rates that are given and not drawn.

        Parameters
        ----------
        years : sequence of int
            Years, consecutive, the first one a year after the start.
        rates : mapping of str to ndarray
            Every rate, draws x years. [unit of each]
        settings : mapping of str to float or ndarray, optional
            Levers that differ from the usual setting; bounds are not looked at.
            [unit of each lever a year]

        Returns
        -------
        Projection
            One row for each row of the rates.

        Raises
        ------
        DataError
            If numbers leave the domain of the flow.
        """
        first = {name: rates[name][:, 0] for name in self.equation.start_rates}
        start = dict(self.equation.start(**self.inputs, **first))
        number = len(next(iter(rates.values())))
        return self._run(
            tuple(years), start, rates, {**self.levers.values, **(settings or {})}, number
        )

    def _run(
        self,
        years: tuple[int, ...],
        state: dict[str, Any],
        rates: Mapping[str, Floats],
        settings: Mapping[str, Any],
        number: int,
    ) -> Projection:
        flow = self.equation
        kept: dict[str, list[Floats]] = {}
        for step in range(len(years)):
            now = {name: rates[name][:, step] for name in flow.rates}
            later = flow.function(**state, **now, **settings)._asdict()
            for name, value in later.items():
                kept.setdefault(name, []).append(np.asarray(value))
            state = {name: later[name] for name in flow.state}
        return Projection(years, {name: _stacked(v, number) for name, v in kept.items()})

    def smallest(
        self,
        lever: str,
        years: Sequence[int],
        kept: Callable[[Projection], NDArray[np.bool_]],
        probability: float,
    ) -> Setting:
        """
        Find the smallest setting of one lever under which a promise is kept surely enough.

        Parameters
        ----------
        lever : str
            The lever to move, from its usual setting upwards.
        years : sequence of int
            Years to project.
        kept : callable
            Says of a projection which draws keep the promise. Up to where the promise is kept
            surely enough, more of the lever must not keep fewer draws: the search doubles the
            setting and then halves the last step.
        probability : float
            How surely. [0-1]

        Returns
        -------
        Setting
            The setting, or why there is none. Whole for persons and places, to a thousandth of the
            lever's range otherwise.

        Raises
        ------
        ProjectionError
            If there is no such lever.
        """
        moved = self.levers[lever]

        def at(value: float) -> float:
            return float(np.mean(kept(self.project(years, self.levers.set(**{lever: value})))))

        return smallest_setting(moved, at, probability)

    def inverse(self, lever: str, outcome: str, years: Sequence[int], value: float) -> float | None:
        """
        Give the setting at which the median of the last year's outcome is a value.

        Parameters
        ----------
        lever : str
            The lever to move; the outcome must move one way with it.
        outcome : str
            Field of the result.
        years : sequence of int
            Years to project.
        value : float
            Median to reach. [unit of the outcome]

        Returns
        -------
        float or None
            The setting, whole or not; None where no setting within the bounds does it.
            [unit of the lever a year]

        Examples
        --------
        >>> from edu_metrics.trajectories.mechanisms import Lever
        >>> rates = {n: Rate("fixed", mean=4) for n in
        ...          ("leaving_qualified_pct", "leaving_others_pct")}
        >>> staff = Mechanism("teachers", {"qualified": 850, "teachers": 1000}, rates, Levers((
        ...     Lever("upgrades", "persons", 0, 0, 150), Lever("new_posts", "persons", 0, 0, 5),
        ...     Lever("entrants_qualified_pct", "percent", 100, 0, 100))))
        >>> round(staff.inverse("upgrades", "qualified_pct", [2021, 2022], 90), 1)
        19.5
        """
        moved = self.levers[lever]

        def miss(setting: float) -> float:
            run = self.project(years, self.levers.set(**{lever: setting}))
            return float(np.median(run.at(outcome, run.years[-1]))) - value

        low, high = moved.low, moved.high
        at_low, at_high = miss(low), miss(high)
        if at_low * at_high > 0:
            return None
        for _ in range(60):
            middle = (low + high) / 2
            at_middle = miss(middle)
            if (at_middle > 0) == (at_high > 0):
                high = middle
            else:
                low = middle
        return (low + high) / 2

    def with_start(self, **inputs: Any) -> Mechanism:
        """Give the same mechanism from another start."""
        return replace(self, inputs={**self.inputs, **inputs})


def _stacked(values: list[Floats], draws: int) -> Floats:
    """Put years beside each other: draws x years (x grades)."""
    shaped = []
    for value in values:
        if value.ndim == 0 or value.shape[0] != draws:
            value = np.broadcast_to(value, (draws, *value.shape))
        shaped.append(value)
    return np.stack(shaped, axis=1)
