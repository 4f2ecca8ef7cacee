"""
The assumptions that an answer hangs on, and which would change it first.

Of a trend: where it starts, how far it swings, whether it drifts, when it is due.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.reachability.checks import Check, Range
from edu_metrics.reachability.influences import (
    Influence,
    ReadingVerdict,
    Sensitivity,
    breakevens,
    by_nearness,
    mechanism_sensitivity,
)
from edu_metrics.reachability.mechanisms import MechanismStart, mechanism_of
from edu_metrics.reachability.noise import Noise
from edu_metrics.reachability.probability import kept_in, level_asked
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.series import SeriesStore, counts_whole
from edu_metrics.reachability.verdicts import Assessment, Verdict, verdict_of
from edu_metrics.trajectories import Scale, from_scale, scale_for, stated, to_scale

Floats = NDArray[np.float64]
#: How far start and drift are moved, in spreads of a year; and the swing, in times.
FURTHEST, MOST_TIMES = 4.0, 4.0
#: How finely: each side is cut into so many parts, because a verdict of two-sided bounds may turn
#: and come back before the end, and the first with another word is halved. Where more only leads
#: further away the whole side is halved, as a number of persons is.
_PARTS, _HALVES = (16, *(2,) * 7), (1, *(2,) * 11)


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
    level: tuple[int, Range] | None
    offset: float = 0.0

    @property
    def one_sided(self) -> bool:
        """Whether one year's level is all that is asked, with an end on one side only."""
        if self.level is None or self.level[0] not in self.years:
            return False
        return bool(np.isinf(self.level[1].low) or np.isinf(self.level[1].high))

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

        if self.level is not None and self.level[0] + shift in self.years:
            # One year alone is looked at, wherever the series starts.
            kept = self.level[1].met_by(moved(self.level[0] + shift))
            return np.asarray(np.mean(kept, axis=-1))
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
        With the start, a drift beside the model's own, the swing of the draws, the year in which
        the target falls due and, where noise is at stake, the number of persons.
    """
    assessment = question.assessment
    trend, spread = _trend_of(question)
    influences = [*_moved(trend, spread), _year(trend)]
    if assessment.noise is not None and assessment.noise.asked is not None:
        influences.append(persons(assessment.noise))
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
    whole = 1.0 if counts_whole(question.indicator) and scale.name == "log" else whole
    draws = trajectory.draws[:, : len(years)]
    points = to_scale(draws, scale, whole)
    stated_as = float(question.assessment.probability or 0.0)
    # A verdict of noise stands beside a probability, and it is the probability's word that turns.
    verdict = verdict_of(stated_as)
    level = level_asked(checks, {})
    trend = _Trend(question, checks, years, scale, whole, points, verdict, level)
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

    cuts = _HALVES if trend.one_sided else _PARTS
    ends = [(0.0, -most, most), (0.0, -yearly, yearly), (1.0, 1 / MOST_TIMES, MOST_TIMES)]
    start, drift, swing = breakevens(others, *np.array(ends).T, cuts=cuts)
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


def persons(noise: Noise) -> Influence:
    """
    Find the number of persons at which what is asked for could just be seen, or no more.

    Parameters
    ----------
    noise : Noise
        What chance does at the number of persons as it is, and what is asked for.

    Returns
    -------
    Influence
        The number, and where it turns, between a tenth and ten times of it. [persons]
    """
    stands, least, most = noise.hidden, 0.1, 10.0
    turn = None
    end = most if stands else least
    if noise.hides(end) != stands:
        near, far = 1.0, end
        for _ in _HALVES[1:]:
            middle = (near * far) ** 0.5
            near, far = (near, middle) if noise.hides(middle) != stands else (middle, far)
        turn = far
    n = float(noise.n)
    return Influence(
        "persons", "trend", "persons", n, least * n, most * n,
        turns_at=None if turn is None else turn * n,
    )  # fmt: skip


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
    turned = tuple(
        ReadingVerdict(str(other.reading), other.steps, other.verdict)
        for other in assessment.others
        if other.verdict != assessment.verdict
    )
    blank = Sensitivity.of(
        assessment, level=assessment.level, probability=assessment.probability, turned=turned
    )
    if assessment.closed:
        return replace(blank, reason=assessment.closed)
    question = JudgedQuestion.of(store, assessment).of_parts
    if question.closed:
        return replace(blank, reason=question.closed)
    lacking = None
    if question.indicator.mechanism is not None:
        start = mechanism_of(store, assessment)
        if isinstance(start, MechanismStart):
            return mechanism_sensitivity(blank, question.open, start)
        lacking = start.reason
    if assessment.probability is None:
        return replace(blank, reason=lacking or "no_forecast")
    return trend_sensitivity(blank, question)
