"""What the answer of a mechanism hangs on: its rates, its start, and what is taken as usual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import MechanismRate
from edu_metrics.errors import DataError
from edu_metrics.formulas.sensitivity import MOST_COLUMNS, sobol_points, variance_shares
from edu_metrics.reachability.breakeven import Influence, Sensitivity, breakevens, by_nearness
from edu_metrics.reachability.mechanisms import MechanismStart
from edu_metrics.reachability.question import OpenQuestion
from edu_metrics.trajectories.mechanisms import Mechanism, quantile
from edu_metrics.trajectories.scales import printed_decimals

Floats = NDArray[np.float64]
#: Points of each of the two tables that shares of variance are computed from.
POINTS = 512
#: A rate is looked for so many spreads away from its median, and no further.
FURTHEST = 4.0
#: A published number or the plan's own start is moved by so much at most. [percent; points]
NUMBER_PCT, START_PP = 20.0, 20.0
#: The 10th and the 90th percentile of a standard normal.
TENTH = NormalDist().inv_cdf(0.9)
_TRIES = 6


@dataclass(frozen=True)
class _Part:
    """One number that is moved: where it goes into the mechanism, and how it is spread."""

    influence: Influence
    goes_into: tuple[str, ...]
    rate: MechanismRate | None = None


@dataclass
class _Model:
    """One promise asked of one mechanism for any values of what it rests on."""

    mechanism: Mechanism
    outcome: str
    question: OpenQuestion
    parts: list[_Part] = field(default_factory=list)

    def ask(self, values: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Give the outcome in the last year, and whether the promise is kept, row by row."""
        rows, _, years = values.shape
        rates = _at_median(self.mechanism, rows, years)
        inputs: dict[str, Any] = {}
        settings: dict[str, Any] = {}
        for place, part in enumerate(self.parts):
            given = values[:, place, :]
            match part.influence.kind:
                case "rate":
                    rates[part.goes_into[0]] = given
                case "lever":
                    settings[part.goes_into[0]] = given[:, 0]
                case _:
                    inputs |= dict.fromkeys(part.goes_into, given[:, 0])
        started = self.mechanism.with_start(**inputs) if inputs else self.mechanism
        run = started.run(self.question.years, rates, settings).draws(self.outcome)
        return run[:, -1], self.question.kept(run)

    def middle(self, rows: int) -> Floats:
        """Give all parts at their middle: rows x parts x years."""
        middles = np.array([part.influence.middle for part in self.parts])
        shape = (rows, len(middles), len(self.question.years))
        return np.broadcast_to(middles[None, :, None], shape).copy()

    def one_moved(self, which: NDArray[np.int64], values: Floats) -> Floats:
        """Give tables in which one part a row is moved, in all years alike."""
        table = self.middle(len(which))
        table[np.arange(len(which)), which, :] = values[:, None]
        return table


def mechanism_sensitivity(
    blank: Sensitivity, question: OpenQuestion, start: MechanismStart
) -> Sensitivity:
    """
    Say what a mechanism's answer on a target hangs on.

    Parameters
    ----------
    blank : Sensitivity
        What is spoken of.
    question : OpenQuestion
        The target's open checks.
    start : MechanismStart
        The mechanism, started.

    Returns
    -------
    Sensitivity
        With shares of variance (Saltelli and Jansen, over the rates and the rounding of a stated
        start), what the indicator comes to at the 10th and 90th percentile of each, and the
        nearest value of each, of the usual settings of levers and of published numbers at which
        the answer with everything at its middle is another one.
    """
    model = _Model(start.mechanism, start.outcome, question)
    model.parts = [*_rates(model), *_levers(model), *_starts(model, start)]
    value, kept = model.ask(model.middle(1))
    shares = _shares(model)
    # The part of cases as usual, from the same draws as what the target would take.
    usual = start.mechanism.project(question.years).draws(start.outcome)
    ends = _at_ends(model)
    influences = [part.influence for part in model.parts]
    bounds = np.array([(one.middle, one.least, one.most) for one in influences]).reshape(-1, 3)
    turns = breakevens(lambda which, moved: model.ask(model.one_moved(which, moved))[1], *bounds.T)
    moved_one_by_one = [
        replace(one, turns_at=turn, **shares.get(place, {}), **ends.get(place, {}))
        for place, (one, turn) in enumerate(zip(influences, turns, strict=True))
    ]
    return replace(
        blank,
        model="mechanism",
        flow=start.mechanism.flow,
        relative=start.relative,
        year=question.years[-1],
        middle=float(value[0]),
        kept=bool(kept[0]),
        under_model=float(np.mean(question.kept(usual))),
        influences=tuple(sorted(moved_one_by_one, key=by_nearness)),
    )


def _at_median(mechanism: Mechanism, rows: int, years: int) -> dict[str, Floats]:
    """Give every rate at its median: rows x years."""
    medians = {name: float(quantile(rate, 0.5)) for name, rate in mechanism.rates.items()}
    return {name: np.full((rows, years), median) for name, median in medians.items()}


def _rates(model: _Model) -> list[_Part]:
    parts = []
    for name, rate in model.mechanism.rates.items():
        if rate.spread == 0:
            continue
        # Of a rate that is drawn anew every year, what is moved is the mean of the years: it is at
        # a tenth where every year is nearer to its middle.
        mean_of = math.sqrt(len(model.question.years) if rate.yearly else 1)
        spread = rate.spread / mean_of
        middle = float(quantile(rate, 0.5))
        least, most = middle - FURTHEST * spread, middle + FURTHEST * spread
        if rate.kind == "beta":
            least, most = max(least, 0.0), min(most, 100.0)
        if rate.low is not None and rate.high is not None:
            least, most = rate.low, rate.high
        tenths = [NormalDist().cdf(sign * TENTH / mean_of) for sign in (-1, 1)]
        low, high = quantile(rate, np.array(tenths)).tolist()
        unit = "points" if name.endswith("_pp") else "percent"
        unit = unit if name.endswith(("_pp", "_pct")) else "marks"
        influence = Influence(name, "rate", unit, middle, least, most, spread, low, high)
        parts.append(_Part(influence, (name,), rate))
    return parts


def _levers(model: _Model) -> list[_Part]:
    """Take levers that may stand on both sides of the usual: there it is an assumption."""
    return [
        _Part(
            Influence(lever.name, "lever", lever.unit, lever.usual, lever.low, lever.high),
            (lever.name,),
        )
        for lever in model.mechanism.levers
        if lever.low < lever.usual < lever.high
    ]


def _starts(model: _Model, start: MechanismStart) -> list[_Part]:
    indicator, inputs = model.question.indicator, model.mechanism.inputs
    use = indicator.mechanism
    if use is None:
        return []
    parts = []
    if start.relative:
        names = tuple(n for n, given in use.stated.items() if given == "rate")
        value = float(inputs[names[0]]) if names and np.ndim(inputs[names[0]]) == 0 else None
        if value is not None:
            # A printed number is known to half of its last digit, if it is right.
            half = 0.5 * 10.0 ** -printed_decimals(np.array([value]))
            low, high = value - 0.8 * half, value + 0.8 * half
            influence = Influence(
                "start", "start", indicator.unit, value, value - START_PP, value + START_PP,
                2 * half / math.sqrt(12), low, high,
            )  # fmt: skip
            rate = MechanismRate(kind="range", low=value - half, high=value + half)
            parts.append(_Part(_with_room(model, influence, names), names, rate))
        return parts
    for name, given in use.inputs.items():
        value = inputs[name]
        if given.number is not None or np.ndim(value) or not value:
            continue
        by = START_PP if given.indicator else NUMBER_PCT / 100 * abs(value)
        unit = "percent" if given.indicator else "number"
        influence = Influence(name, "input", unit, float(value), value - by, value + by)
        parts.append(_Part(_with_room(model, influence, (name,)), (name,)))
    return parts


def _with_room(model: _Model, influence: Influence, names: Sequence[str]) -> Influence:
    """Draw bounds in until the numbers don't contradict each other any more."""
    low, high = model.question.indicator.bounds
    ends = [influence.least, influence.most]
    if influence.unit == "percent":
        ends = [max(ends[0], low or 0.0), ends[1] if high is None else min(ends[1], high)]
    rates, years = _at_median(model.mechanism, 1, 1), model.question.years[:1]
    for side, end in enumerate(ends):
        for _ in range(_TRIES):
            try:
                model.mechanism.with_start(**dict.fromkeys(names, end)).run(years, rates)
                break
            except DataError:
                end = influence.middle + (end - influence.middle) / 2
        else:
            end = influence.middle
        ends[side] = end
    return replace(influence, least=ends[0], most=ends[1])


def _shares(model: _Model) -> dict[int, dict[str, Any]]:
    """Give shares of variance by the place of a part."""
    spread = {place: part.rate for place, part in enumerate(model.parts) if part.rate is not None}
    if not spread:
        return {}
    years = len(model.question.years)
    ends = np.cumsum([years if rate.yearly else 1 for rate in spread.values()])
    columns = 2 * int(ends[-1])
    points = (
        sobol_points(POINTS, columns)
        if columns <= MOST_COLUMNS
        else np.random.default_rng(0).random((POINTS, columns))
    )
    tables = []
    for half in np.split(points, 2, axis=1):
        table = model.middle(POINTS)
        for (place, rate), given in zip(
            spread.items(), np.split(half, ends[:-1], axis=1), strict=True
        ):
            table[:, place, :] = quantile(rate, given)
        tables.append(table)
    mixed = []
    for place in spread:
        one = tables[0].copy()
        one[:, place, :] = tables[1][:, place, :]
        mixed.append(one)
    values, kept = model.ask(np.concatenate([*tables, *mixed]))
    found: dict[int, dict[str, Any]] = {place: {} for place in spread}
    for suffix, results in (("", values), ("_kept", 1.0 * kept)):
        at_a, at_b, *at_mixed = np.split(results, len(spread) + 2)
        shares = variance_shares(at_a, at_b, np.stack(at_mixed))
        if shares is not None:
            of_parts = zip(spread, *np.clip(shares, 0.0, 1.0).tolist(), strict=True)
            for place, first, total in of_parts:
                found[place] |= {f"first{suffix}": first, f"total{suffix}": total}
    return found


def _at_ends(model: _Model) -> dict[int, dict[str, Any]]:
    """Give what the indicator comes to at the 10th and 90th percentile of each part."""
    influences = enumerate(part.influence for part in model.parts)
    ends = {place: (one.low, one.high) for place, one in influences if one.low is not None}
    if not ends:
        return {}
    moved = np.array([*ends.values()], dtype=np.float64).ravel()
    values, _ = model.ask(model.one_moved(np.repeat([*ends], 2), moved))
    pairs = zip(ends, values.reshape(-1, 2).tolist(), strict=True)
    return {place: {"at_low": low, "at_high": high} for place, (low, high) in pairs}
