"""
Mechanisms: flow equations with levers and uncertain rates, run over years.

The equations stand in :mod:`edu_metrics.formulas.flows`; here they are run with drawn rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from edu_metrics.catalog import MechanismRate, nearest
from edu_metrics.errors import ProjectionError
from edu_metrics.formulas._arguments import unheld
from edu_metrics.formulas.flows import FLOWS, Flow, LeverUnit


@dataclass(frozen=True, slots=True)
class Lever:
    """
    One lever: where it stands when nothing new is done, and how far it can be moved.

    Attributes
    ----------
    name : str
        An argument of the flow equation.
    unit : {"persons", "places", "percent", "points", "marks"}
        What it is counted in.
    usual : float
        Setting when nothing new is done. [unit a year]
    low, high : float
        Least and most that can be set; effort goes from usual to high. [unit a year]
    whole : bool
        Whether only whole settings make sense, as with persons and not with persons per 100.
    """

    name: str
    unit: LeverUnit
    usual: float
    low: float
    high: float
    whole: bool = False


#: How finely a lever that is not whole is searched, as a part of its range.
_FINENESS = 1000


@dataclass(frozen=True, slots=True)
class Setting:
    """
    The answer to "what would it take" on one lever, the others as they are.

    Attributes
    ----------
    value : float or None
        The smallest setting that does it; None where there is none. [unit of the lever a year]
    probability : float
        Probability that is reached: at that setting, or at the furthest one. [0-1]
    reason : {"found", "usual_is_enough", "beyond_bounds"}
        Why the value is what it is.
    """

    value: float | None
    probability: float
    reason: Literal["found", "usual_is_enough", "beyond_bounds"]


def smallest_setting(lever: Lever, chance: Callable[[float], float], probability: float) -> Setting:
    """
    Find the smallest setting of a lever under which a promise is kept surely enough.

    Parameters
    ----------
    lever : Lever
        The lever to move, from its usual setting upwards.
    chance : callable
        Gives the probability of keeping the promise at a setting. More of the lever raises it, or
        raises it up to some setting and lowers it from there on: the search doubles the setting
        and then halves the last step. [0-1]
    probability : float
        How surely. [0-1]

    Returns
    -------
    Setting
        The setting, or why there is none. Whole for persons and places, to a thousandth of the
        lever's range otherwise.

    Examples
    --------
    >>> smallest_setting(Lever("upgrades", "persons", 0, 0, 50, whole=True),
    ...                  lambda value: min(value / 40, 1.0), 0.8).value
    32.0

    A promise of 12 to 15, which more than that breaks:

    >>> smallest_setting(Lever("upgrades", "persons", 0, 0, 50, whole=True),
    ...                  lambda value: max(1 - abs(value - 13.5) / 3, 0.0), 0.5).value
    12.0
    """
    last = _steps(lever)
    tried: dict[int, float] = {}

    def at(place: int) -> float:
        if place not in tried:
            tried[place] = chance(_setting(lever, place))
        return tried[place]

    if at(0) >= probability:
        return Setting(lever.usual, at(0), "usual_is_enough")
    low, high = 0, last
    if at(last) < probability:
        # Doubled from below: a gain in every year may be out of reach where the first takes all.
        high = min(1, last)
        while at(high) < probability and high < last:
            low, high = high, min(2 * high, last)
    if at(high) < probability:
        # Too much may break a promise with two ends: the best lies about the best that was tried.
        high = _peak(at, sorted(tried))
        if at(high) < probability:
            return Setting(None, max(tried.values()), "beyond_bounds")
        low = max(place for place in tried if place < high and at(place) < probability)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle) >= probability else (middle, high)
    return Setting(_setting(lever, high), at(high), "found")


def _peak(at: Callable[[int], float], tried: list[int]) -> int:
    """Find the best place between the neighbours of the best one tried."""
    best = max(tried, key=at)
    if best in (tried[0], tried[-1]):
        return best
    place = tried.index(best)
    low, high = tried[place - 1], tried[place + 1]
    while high - low > 2:
        third = (high - low) // 3
        left, right = low + third, high - third
        low, high = (low, right) if at(left) >= at(right) else (left, high)
    return max(range(low, high + 1), key=at)


def _steps(lever: Lever) -> int:
    """Count the settings to choose from beside the usual one: of a nation there are millions."""
    if lever.whole:
        return max(int(np.floor(lever.high)) - int(np.floor(lever.usual)), 0)
    return _FINENESS


def _setting(lever: Lever, place: int) -> float:
    """Give one of them; in the first place stands the usual one."""
    if place == 0:
        return lever.usual
    if lever.whole:
        return float(int(np.floor(lever.usual)) + place)
    if place == _FINENESS:
        return lever.high
    return lever.usual + (lever.high - lever.usual) / _FINENESS * place


_NORMAL = NormalDist()


@lru_cache(maxsize=64)
def _beta_table(a: float, b: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """
    Tabulate how much of a beta distribution lies below a value.

    Summed up on the logit scale, where no density is infinite; right to five digits. Without
    scipy, whose import costs a report more than all that is computed with these numbers.
    """
    places = np.linspace(-20 / min(a, 1.0), 20 / min(b, 1.0), 8001)
    below, above = -np.logaddexp(0, -places), -np.logaddexp(0, places)
    density = np.exp(a * below + b * above - np.max(a * below + b * above))
    summed = np.cumsum((density[1:] + density[:-1]) / 2)
    return np.concatenate([[0.0], summed / summed[-1]]), np.exp(below)


def _shape(rate: MechanismRate) -> tuple[float, float]:
    mean, sd = float(rate.mean or 0) / 100, float(rate.sd or 0) / 100
    size = mean * (1 - mean) / sd**2 - 1
    return mean * size, (1 - mean) * size


def sample(
    rate: MechanismRate, random: Generator, size: int | tuple[int, ...]
) -> NDArray[np.float64]:
    """
    Draw from an uncertain rate.

    Parameters
    ----------
    rate : MechanismRate
        The rate.
    random : Generator
        Where chance comes from.
    size : int or tuple of int
        How many.

    Returns
    -------
    ndarray
        Draws. [unit of the rate]

    Examples
    --------
    >>> leaving = MechanismRate(kind="beta", mean=4, sd=1.5)
    >>> draws = sample(leaving, np.random.default_rng(1), 20_000)
    >>> round(float(draws.mean()), 1), round(float(draws.std()), 1)
    (4.0, 1.5)
    """
    if rate.kind == "beta":
        return np.asarray(100 * random.beta(*_shape(rate), size))
    if rate.kind == "normal":
        return np.asarray(random.normal(rate.middle, rate.sd or 0.0, size))
    if rate.low is not None and rate.high is not None:
        return np.asarray(random.uniform(rate.low, rate.high, size))
    return np.full(size, rate.middle)


def quantile(rate: MechanismRate, share: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """
    Give the value below which so much of a rate's distribution lies.

    Parameters
    ----------
    rate : MechanismRate
        The rate.
    share : float or ndarray
        How much, above 0 and below 1.

    Returns
    -------
    ndarray
        Values. [unit of the rate]

    Examples
    --------
    >>> rate = MechanismRate(kind="normal", mean=0, sd=2)
    >>> quantile(rate, np.array([0.1, 0.5, 0.9])).round(2).tolist()
    [-2.56, 0.0, 2.56]
    >>> quantile(MechanismRate(kind="range", low=-2, high=4), 0.25).item()
    -0.5
    """
    shares = np.asarray(share, dtype=np.float64)
    if rate.kind == "beta":
        below, values = _beta_table(*_shape(rate))
        return np.asarray(100 * np.interp(shares, below, values))
    if rate.kind == "normal":
        steps = [_NORMAL.inv_cdf(one) for one in shares.ravel().tolist()]
        return np.asarray(rate.middle + (rate.sd or 0.0) * np.reshape(steps, shares.shape))
    if rate.low is not None and rate.high is not None:
        return np.asarray(rate.low + (rate.high - rate.low) * shares)
    return np.full(shares.shape, rate.middle)


Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Mechanism:
    """
    A flow with its numbers: where it starts, what is uncertain, what can be set.

    That they fit the flow is seen to where definitions are read.

    Parameters
    ----------
    flow : str
        Name of a flow equation, one of ``FLOWS``.
    inputs : mapping
        Published numbers that the start is made of. [unit of each]
    rates : mapping of str to MechanismRate
        What is uncertain. [unit of each]
    levers : tuple of Lever
        What can be set.
    draws : int, optional
        Number of draws.
    seed : int, optional
        Same seed, same draws.

    Examples
    --------
    85 of 100 teachers with a degree; 4 % leave, all entrants have it:

    >>> staff = Mechanism(
    ...     "teachers",
    ...     {"qualified": 85, "teachers": 100},
    ...     {"leaving_qualified_pct": MechanismRate(kind="fixed", mean=4),
    ...      "leaving_others_pct": MechanismRate(kind="fixed", mean=4)},
    ...     (Lever("upgrades", "persons", 0, 0, 15), Lever("new_posts", "persons", 0, 0, 5),
    ...      Lever("entrants_qualified_pct", "percent", 100, 0, 100)),
    ... )
    >>> staff.project("qualified_pct", [2021, 2022])[0].round(2)
    array([85.6 , 86.18])
    """

    flow: str
    inputs: Mapping[str, Any]
    rates: Mapping[str, MechanismRate]
    levers: tuple[Lever, ...]
    draws: int = 4000
    seed: int = 0
    _drawn: dict[int, dict[str, Floats]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

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
                sampled = sample(rate, random, shape)
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
        return self._start(self._rates(1))

    def _start(self, rates: Mapping[str, Floats]) -> dict[str, Floats]:
        first = {name: rates[name][:, 0] for name in self.equation.start_rates}
        return dict(self.equation.start(**self.inputs, **first))

    def settings(self, **given: float) -> dict[str, float]:
        """
        Set some levers, the others standing as usual.

        Parameters
        ----------
        **given : float
            Settings by lever. [unit of each lever a year]

        Returns
        -------
        dict of str to float
            The setting of every lever. [unit of each lever a year]

        Raises
        ------
        ProjectionError
            With every setting that no lever has, or that lies outside its bounds.
        """
        known = {lever.name: lever for lever in self.levers}
        faults = []
        for name, value in given.items():
            if name not in known:
                faults.append(f"no lever {name!r}{nearest(name, known)}")
            elif not known[name].low <= value <= known[name].high:
                low, high = known[name].low, known[name].high
                faults.append(f"{name}: expected {low:g} to {high:g}, found {value:g}")
        if faults:
            raise ProjectionError("levers can't be set so", faults)
        return {lever.name: lever.usual for lever in self.levers} | given

    def project(
        self,
        outcome: str,
        years: Sequence[int],
        settings: Mapping[str, Any] | None = None,
        *,
        rates: Mapping[str, Floats] | None = None,
        held: bool = True,
    ) -> Floats:
        """
        Run the flow, the levers set the same in every year, and give what one outcome comes to.

        Parameters
        ----------
        outcome : str
            A field of the flow's result.
        years : sequence of int
            Years, consecutive, the first one a year after the start.
        settings : mapping of str to float, optional
            Levers that differ from the usual setting. [unit of each lever a year]
        rates : mapping of str to ndarray, optional
            Every rate, draws x years; drawn when left out. Where they are given, the bounds of
            settings are not looked at, and each draw may have a setting of its own. [unit of each]
        held : bool, optional
            Whether numbers are held against the domains of the flow in every year. A search may do
            without it between two settings that were.

        Returns
        -------
        ndarray
            Draws x years (x grades). [unit of the outcome]

        Raises
        ------
        ProjectionError
            If there are no years, they are not consecutive, or as for :meth:`settings`.
        DataError
            If numbers leave the domain of the flow.
        """
        listed = tuple(years)
        if not listed or listed != tuple(range(listed[0], listed[0] + len(listed))):
            raise ProjectionError(f"years: expected consecutive ones, found {listed}")
        if rates is None:
            number, state, rates = self.draws, self.start, self._rates(len(listed))
            every = self.settings(**(settings or {}))
        else:
            number, state = len(next(iter(rates.values()))), self._start(rates)
            every = {**self.settings(), **(settings or {})}
        levers = {name: np.asarray(value, np.float64) for name, value in every.items()}
        flow, found = self.equation, []
        for step in range(len(listed)):
            now = {name: rates[name][:, step] for name in flow.rates}
            with nullcontext() if held else unheld():
                later = {**state, **flow.function(**state, **now, **levers)}
            value = np.asarray(later[outcome])
            alike = value.shape[:1] != (number,)
            found.append(np.broadcast_to(value, (number, *value.shape)) if alike else value)
            state = {name: later[name] for name in flow.state}
        return np.stack(found, axis=1)

    def with_start(self, **inputs: Any) -> Mechanism:
        """Give the same mechanism from another start."""
        return replace(self, inputs={**self.inputs, **inputs})
