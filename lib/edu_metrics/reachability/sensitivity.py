"""
The assumptions that an answer hangs on, each with its spread, and which would change it first.

Those of a mechanism are its rates, its start, and what is taken as usual; those of a trend where it
starts, how far it swings, whether it drifts, and when it is due.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound, MechanismRate
from edu_metrics.errors import DataError
from edu_metrics.formulas.probability import MOST_COLUMNS, sobol_points, variance_shares
from edu_metrics.reachability.checks import Check, kept_in
from edu_metrics.reachability.question import (
    JudgedQuestion,
    MechanismStart,
    OpenQuestion,
)
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, TargetAnswer, Verdict, verdict_of
from edu_metrics.trajectories import Scale, from_scale, scale_for, stated, to_scale
from edu_metrics.trajectories.mechanisms import Mechanism, quantile
from edu_metrics.trajectories.scales import printed_decimals


@dataclass(frozen=True, slots=True)
class Influence:
    """
    One number that an answer rests on.

    Attributes
    ----------
    name : str
        A rate, lever or input of a flow; or, of a trend, ``start``, ``drift``, ``swing`` or
        ``year``.
    kind : {"rate", "lever", "input", "start", "trend"}
        What it is. A lever stands for what is usual where nothing new is done.
    unit : str
        What it is counted in.
    middle : float
        Where it is taken to stand: the median of what is not known. [unit]
    least, most : float
        How far it is moved in search of another answer. [unit]
    spread : float or None
        Its standard deviation, of the mean over the years where each has a draw of its own; of
        start and drift of a trend what the series moves in a year; None where nothing says how
        uncertain it is. [unit]
    low, high : float or None
        Its 10th and 90th percentile. [unit]
    at_low, at_high : float or None
        What the target's indicator comes to there, all else at its middle. [unit of the indicator]
    first, total : float or None
        Shares of the variance of the indicator that it makes alone, and with others. [0-1]
    first_kept, total_kept : float or None
        The same of whether the target is kept. [0-1]
    turns_at : float or None
        The nearest value at which the answer is another one; None where none within the bounds
        is. [unit]
    """

    name: str
    kind: Literal["rate", "lever", "input", "start", "trend"]
    unit: str
    middle: float
    least: float
    most: float
    spread: float | None = None
    low: float | None = None
    high: float | None = None
    at_low: float | None = None
    at_high: float | None = None
    first: float | None = None
    total: float | None = None
    first_kept: float | None = None
    total_kept: float | None = None
    turns_at: float | None = None

    @property
    def move(self) -> float | None:
        """How far it would have to move for another answer. [unit]."""
        return None if self.turns_at is None else self.turns_at - self.middle

    @property
    def in_spreads(self) -> float | None:
        """The same in its own standard deviations, without sign."""
        if self.move is None or not self.spread:
            return None
        return abs(self.move) / self.spread

    @property
    def part_of_room(self) -> float | None:
        """The same as a part of the way to its bound on that side. [0-1]."""
        if self.move is None or self.turns_at is None:
            return None
        room = (self.most if self.move > 0 else self.least) - self.middle
        return abs(self.move / room) if room else None

    @property
    def swing(self) -> float:
        """How far the indicator goes between low and high, without sign."""
        if self.at_low is None or self.at_high is None:
            return 0.0
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class Sensitivity(TargetAnswer):
    """
    What the answer on one target in one area hangs on.

    Attributes
    ----------
    area, target, reading, steps, indicator
        What is spoken of.
    model : {"mechanism", "trend", "none"}
        Where the answer comes from.
    flow : str or None
        The flow of a mechanism.
    relative : bool
        Whether it starts from the plan's own statement.
    year : int or None
        The year in which the target is due.
    level : Bound or None
        The level that is asked for then.
    middle : float or None
        What the indicator comes to with everything at its middle. [unit of the indicator]
    kept : bool or None
        Whether the target is kept then; of a mechanism only.
    probability : float or None
        The target's own, as its verdict states it; None where none is stated. [0-1]
    under_model : float or None
        Of a mechanism: in which part of what it assumes of its rates the target is kept. [0-1]
    verdict : Verdict or None
        The word whose change is looked for; of a trend only.
    influences : tuple of Influence
        The one that would change the answer first comes first.
    turned : tuple of Assessment
        Of readings and steps under which the verdict is another one.
    reason : str or None
        Why there is no answer: decided, no_start, lacks_numbers, contradiction, rank,
        reading_undecided, earlier_year_unknown, no_forecast.
    """

    model: Literal["mechanism", "trend", "none"] = "none"
    flow: str | None = None
    relative: bool = False
    year: int | None = None
    level: Bound | None = None
    middle: float | None = None
    kept: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    verdict: Verdict | None = None
    influences: tuple[Influence, ...] = ()
    turned: tuple[Assessment, ...] = ()

    @property
    def decisive(self) -> Influence | None:
        """The influence that would change the answer first; None where none would."""
        first = self.influences[0] if self.influences else None
        return first if first is not None and first.turns_at is not None else None


def by_nearness(influence: Influence) -> tuple[int, float]:
    """
    Sort what turns the answer soonest first.

    Those with a spread go before those without, whose moves can't be compared with it; the latter
    go by the part of their room; last comes what turns nothing, the larger swing first.
    """
    if influence.in_spreads is not None:
        return 0, influence.in_spreads
    if influence.part_of_room is not None:
        return 1, influence.part_of_room
    return 2, -influence.swing


Floats = NDArray[np.float64]
#: A bracket is cut into so many parts, and the first that turns the answer into so many again.
_CUTS = (32,) * 5


def breakevens(
    kept: Callable[[NDArray[np.int64], Floats], NDArray[np.bool_]],
    middle: Floats,
    least: Floats,
    most: Floats,
    *,
    cuts: Sequence[int] = _CUTS,
) -> list[float | None]:
    """
    Find, for each number, the nearest value at which an answer is another one.

    From the middle outwards on both sides, all numbers at once: the first of 32 parts in which the
    answer changes is cut into 32 again, five times. That is exact to a thirty-millionth of the
    range; an answer that changes and changes back within one part of the first cut is not seen.

    Parameters
    ----------
    kept : callable
        Takes positions of numbers and a value for each, the others at their middle; says yes or no.
    middle, least, most : ndarray, shape (numbers,)
        Where each number stands, and how far down and up it may go. [unit of each]
    cuts : sequence of int, optional
        Into how many parts to cut, one time after the other.

    Returns
    -------
    list of (float or None)
        The nearest value at which the answer is not that of the middle; None where no value within
        the bounds changes it. [unit of each]

    Examples
    --------
    A sum of 10 + 2 against 15: the first needs 3 more, the second may rise by 1 only.

    >>> numbers = np.array([10.0, 2.0])
    >>> found = breakevens(lambda which, values: 12 - numbers[which] + values >= 15,
    ...                       numbers, np.array([0.0, 1.0]), np.array([20.0, 3.0]))
    >>> round(found[0], 6), found[1]
    (13.0, None)
    """
    count = len(middle)
    if not count:
        return []
    which = np.tile(np.arange(count), 2)
    near, far = np.tile(middle, 2).astype(float), np.concatenate([least, most]).astype(float)
    usual: bool | None = None
    turned = near != far
    for parts in cuts:
        steps = np.linspace(0.0, 1.0, parts + 1)
        rows = np.flatnonzero(turned)
        if not rows.size:
            break
        points = near[rows, None] + (far - near)[rows, None] * steps
        points[:, -1] = far[rows]  # rounding must not leave the bounds
        answers = kept(np.repeat(which[rows], len(steps)), points.ravel()).reshape(points.shape)
        if usual is None:
            usual = bool(answers[0, 0])  # with all at their middle there is one answer
        changed = answers != usual
        place = np.maximum(np.argmax(changed, axis=1), 1)
        each = np.arange(len(rows))
        near[rows], far[rows] = points[each, place - 1], points[each, place]
        turned[rows] = changed.any(axis=1)
    nearest: list[float | None] = []
    for number in range(count):
        sides = [float(far[row]) for row in (number, number + count) if turned[row]]
        stands = float(middle[number])
        nearest.append(min(sides, key=lambda value: abs(value - stands), default=None))
    return nearest


#: Points of each of the two tables that shares of variance are computed from.
POINTS = 512
#: A rate is looked for so many spreads away from its median, and no further; start and drift of a
#: trend so many spreads of a year.
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
        run = started.project(self.outcome, self.question.years, settings, rates=rates)
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
    usual = start.mechanism.project(start.outcome, question.years)
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
                started = model.mechanism.with_start(**dict.fromkeys(names, end))
                started.project(model.outcome, years, rates=rates)
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


#: How far the swing of a trend is moved, in times.
MOST_TIMES = 4.0
#: How finely: each side is cut into so many parts, because a verdict of two-sided bounds may turn
#: and come back before the end, and the first with another word is halved.
_PARTS = (16, *(2,) * 7)


#: Takes what is drawn of a year elsewhere on the scale: the draws, how many years ahead, how far.
Move = Callable[[Floats, int, Floats], Floats]


@dataclass(frozen=True)
class _Trend:
    """One reading's checks, and the draws that they are held against, on the model's scale."""

    question: JudgedQuestion
    checks: tuple[Check, ...]
    years: tuple[int, ...]
    scale: Scale
    whole: float | None
    points: Floats
    verdict: Verdict
    offset: float = 0.0

    def probabilities(
        self, move: Move, by: Floats, *, shift: int = 0, from_start: bool = False
    ) -> Floats:
        """
        Give the probability of keeping the checks, each so many years later, for every move.

        A gain is counted from where the series starts, which a move may take with it.
        """
        by = np.reshape(by, (-1, 1))

        def moved(year: int) -> Floats:
            place = self.years.index(year)
            return from_scale(move(self.points[:, place], place + 1, by), self.scale, self.whole)

        checks = [
            replace(check, years=tuple(year + shift for year in check.years)) if shift else check
            for check in self.checks
        ]
        values: dict[int, Any] = dict(self.question.record.exact)
        last, asked = self.years[0] - 1, {year for check in checks for year in check.years}
        if from_start:
            stands = to_scale(np.array([values[last]]), self.scale, self.whole)
            values[last] = from_scale(move(stands, 0, by), self.scale, self.whole)
        values |= {year: moved(year) for year in self.years if year in asked}
        return np.asarray(np.mean(kept_in(checks, values), axis=-1))

    def as_they_are(self, shift: int = 0) -> Floats:
        """Give the probability where nothing is moved, the checks so many years later."""
        return self.probabilities(lambda drawn, *_: drawn[None], np.zeros(1), shift=shift)

    def turned(self, probabilities: Floats) -> NDArray[np.bool_]:
        """Tell of every probability whether its word is another one."""
        # What taking draws to the scale and back costs is put right by the draws as they are.
        told = stated(np.clip(probabilities + self.offset, 0.0, 1.0))
        return np.array([verdict_of(float(one)) != self.verdict for one in np.atleast_1d(told)])


def trend_sensitivity(blank: Sensitivity, question: JudgedQuestion) -> Sensitivity:
    """
    Say what would have to be otherwise for a forecast to get another verdict.

    Parameters
    ----------
    blank : Sensitivity
        What is spoken of.
    question : JudgedQuestion
        The target in its area, with a probability.

    Returns
    -------
    Sensitivity
        With the start, a drift beside the model's own, the swing of the draws, and the year in
        which the target falls due.
    """
    assessment = question.assessment
    trend, spread = _trend_of(question)
    influences = [*_moved(trend, spread), _year(trend)]
    return replace(
        blank,
        model="trend",
        year=question.due,
        middle=assessment.median,
        verdict=assessment.verdict,
        influences=tuple(sorted(influences, key=by_nearness)),
    )


def _trend_of(question: JudgedQuestion) -> tuple[_Trend, float]:
    """Put the draws on their scale; give them with the spread of a year on that scale."""
    checks = question.open.checks
    trajectory = question.trajectory(question.area)
    years = tuple(year for year in trajectory.years if year <= question.due + 1)
    scale = scale_for(question.indicator.bounds)
    counts = question.record.counts.get(trajectory.last_year)
    whole = counts[1] if counts and scale.name == "logit" else None
    whole = 1.0 if question.whole and scale.name == "log" else whole
    draws = trajectory.draws[:, : len(years)]
    points = to_scale(draws, scale, whole)
    stated_as = float(question.assessment.probability or 0.0)
    # A verdict of noise stands beside a probability, and it is the probability's word that turns.
    verdict = verdict_of(stated_as)
    trend = _Trend(question, checks, years, scale, whole, points, verdict)
    offset = stated_as - float(stated(trend.as_they_are())[0])
    lower, low, high, higher = np.quantile(points[:, 0], [0.025, 0.16, 0.84, 0.975])
    # Where few are counted two draws in three may be one number.
    spread = max(float(high - low) / 2, float(higher - lower) / 4)
    return replace(trend, offset=offset), spread


def _moved(trend: _Trend, spread: float) -> list[Influence]:
    """Move the start, let the series gain or lose so much a year, and widen or narrow the draws."""
    most = FURTHEST * spread
    yearly = most / max(sum(year <= trend.question.due for year in trend.years), 1)
    middles = np.median(trend.points, axis=0)

    def swung(drawn: Floats, ahead: int, times: Floats) -> Floats:
        middle = float(middles[ahead - 1])
        return middle + times * (drawn - middle)

    moves: tuple[Move, ...] = (
        lambda drawn, _, far: drawn + _able(trend, far),
        lambda drawn, ahead, far: drawn + far * ahead,
        swung,
    )

    def others(which: NDArray[np.int64], by: Floats) -> NDArray[np.bool_]:
        found = np.zeros(len(by), dtype=bool)
        for place, move in enumerate(moves):
            mine = which == place
            if mine.any():
                probabilities = trend.probabilities(move, by[mine], from_start=place == 0)
                found[mine] = trend.turned(probabilities)
        return found

    ends = [(0.0, -most, most), (0.0, -yearly, yearly), (1.0, 1 / MOST_TIMES, MOST_TIMES)]
    start, drift, swing = breakevens(others, *np.array(ends).T, cuts=_PARTS)
    unit, stands = trend.question.indicator.unit, _back(trend, 0.0)
    around = abs(_back(trend, spread) - _back(trend, -spread)) / 2
    return [
        Influence(
            "start", "trend", unit, stands, _back(trend, -most), _back(trend, most), around,
            turns_at=None if start is None else _back(trend, float(_able(trend, start))),
        ),
        Influence(
            "drift", "trend", unit, 0.0, _back(trend, -yearly) - stands,
            _back(trend, yearly) - stands, around,
            turns_at=None if drift is None else _back(trend, drift) - stands,
        ),
        Influence("swing", "trend", "times", 1.0, 1 / MOST_TIMES, MOST_TIMES, turns_at=swing),
    ]  # fmt: skip


def _able(trend: _Trend, by: Any) -> Any:
    """Move whole things to the nearest whole number, and anything else as far as asked."""
    if trend.whole is None or trend.scale.name != "log":
        return by
    here, there = (np.round(_shifted(trend, far)) for far in (0.0, by))
    return to_scale(there, trend.scale, trend.whole) - to_scale(here, trend.scale, trend.whole)


def _back(trend: _Trend, shift: float) -> float:
    """Give what the last value becomes when it is shifted on the scale, not rounded to counts."""
    return float(_shifted(trend, shift))


def _shifted(trend: _Trend, shift: Any) -> Floats:
    last = float(trend.question.record.exact[int(trend.question.record.last_year or 0)])
    scale, whole = trend.scale, trend.whole
    moved = to_scale(last, scale, whole) + shift
    if scale.name == "logit" and whole is not None:
        part = from_scale(moved, Scale(0, 1))
        return np.asarray(100 * np.clip((part * (whole + 1) - 0.5) / whole, 0.0, 1.0))
    if scale.name == "log":
        return from_scale(moved, scale, whole, rounded=False)
    # Where nothing is moved it stands where it does, however near to the end of its scale.
    return np.where(shift == 0, last, from_scale(moved, scale))


def _year(trend: _Trend) -> Influence:
    """Let every year of the reading mean the one before or the one after."""
    turns = []
    for shift in (-1, 1):
        try:
            probability = trend.as_they_are(shift)
        except KeyError:  # a year that is neither known nor drawn
            continue
        if trend.turned(probability)[0]:
            turns.append(float(shift))
    return Influence("year", "trend", "years", 0.0, -1.0, 1.0, turns_at=max(turns, default=None))


def sensitivity_of(store: SeriesStore, assessment: Assessment) -> Sensitivity:
    """
    Say which assumptions the answer on a target hangs on, and which would change it first.

    Where the indicator has a mechanism that can start here, the answer is the mechanism's, with
    everything at its middle; else it is the verdict of the trend.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of the target in an area.

    Returns
    -------
    Sensitivity
        Influences, the one that would change the answer first in front; or why there are none.
    """
    blank = Sensitivity.of(
        assessment,
        level=assessment.level,
        probability=assessment.probability,
        turned=tuple(one for one in assessment.others if one.verdict != assessment.verdict),
    )
    if assessment.closed:
        return replace(blank, reason=assessment.closed)
    question = JudgedQuestion.of(store, assessment).of_parts
    if question.closed:
        return replace(blank, reason=question.closed)
    start = question.mechanism
    if isinstance(start, MechanismStart):
        return mechanism_sensitivity(blank, question.open, start)
    if assessment.probability is None:
        lacking = question.indicator.mechanism is not None
        return replace(blank, reason=start.reason if lacking else "no_forecast")
    return trend_sensitivity(blank, question)
