"""
The plan as a whole: how many targets may be met, and how likely all of them are at once.

Each target keeps the probability that it has alone: it is kept in as many draws as that says. What
binds them comes from how indicators move together
(:mod:`~edu_metrics.reachability.dependence`). The draws of an indicator are put into an order in
which its values go together with those of others as the indicators do (Iman and Conover's
reordering), so that targets on one indicator share its draws to the last digit.

References
----------
Iman, R. L. and Conover, W. J. (1982). A distribution-free approach to inducing rank correlation
among input variables. *Communications in Statistics - Simulation and Computation* 11, 311-334.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Target
from edu_metrics.formulas.probability import frechet_bounds, if_independent
from edu_metrics.reachability.assessment import assessed
from edu_metrics.reachability.dependence import Dependence, dependence_of
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, Verdict, verdict_counts

Floats = NDArray[np.float64]
Kept = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Event:
    """
    One target that has a probability.

    ``kept`` says of each draw of its indicator whether the target is kept, in as large a part of
    them as its probability says; ``order`` holds the values by which the draws are ranked.
    """

    target: str
    indicator: str
    probability: float
    kept: Kept
    order: Floats


def event_of(store: SeriesStore, assessment: Assessment) -> Event:
    """
    Say of each draw whether a target is kept, in the part of them that was stated.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of the target in an area, with a probability.

    Returns
    -------
    Event
        The target with its draws.
    """
    question = JudgedQuestion.of(store, assessment).of_parts
    trajectory = question.trajectory(question.area)
    last = min(question.due, trajectory.years[-1])
    order = np.asarray(trajectory.at(last), dtype=np.float64)
    better = -order if question.indicator.better == "lower" else order
    stated = float(assessment.probability or 0.0)
    kept = question.kept(assessment.undecided)
    return Event(
        assessment.target, question.indicator.id, stated, stated_part(kept, better, stated), order
    )


def stated_part(kept: Kept, better: Floats, stated: float) -> Kept:
    """
    Let a target be kept in as large a part of the draws as was stated.

    A probability is not stated beyond what the track record has earned. Where it was drawn in, the
    draws that would be the next to keep the target, or to miss it, are taken to do so.

    Parameters
    ----------
    kept : ndarray of bool
        Whether each draw keeps it.
    better : ndarray
        How good each draw is; the larger the better. [any unit]
    stated : float
        The probability that is stated. [0-1]

    Returns
    -------
    ndarray of bool
        Kept in ``stated`` of the draws, to the nearest draw.

    Examples
    --------
    All four keep it; stated are three quarters, so the worst is taken to miss it.

    >>> stated_part(np.ones(4, dtype=bool), np.array([3.0, 1.0, 2.0, 4.0]), 0.75).tolist()
    [True, False, True, True]
    """
    number = round(stated * len(kept))
    if number == int(kept.sum()):
        return kept
    best_first = np.lexsort((-better, ~kept))
    taken = np.zeros(len(kept), dtype=bool)
    taken[best_first[:number]] = True
    return taken


def joint_draws(events: Sequence[Event], correlations: Floats, indicators: Sequence[str]) -> Kept:
    """
    Put the draws of several targets side by side so that indicators move together.

    Parameters
    ----------
    events : sequence of Event
        Targets, with as many draws each.
    correlations : ndarray, shape (indicators, indicators)
        Of the indicators' values. [-1 to 1]
    indicators : sequence of str
        The indicators, in the order of the correlations.

    Returns
    -------
    ndarray of bool, shape (events, draws)
        Whether each target is kept in each draw of all; each in as many draws as before.
    """
    if not events:
        return np.zeros((0, 0), dtype=bool)
    number = len(events[0].kept)
    root = np.linalg.cholesky(correlations + 1e-9 * np.eye(len(indicators)))
    normals = np.einsum("ij,jk->ik", root, _normals(len(indicators), number))
    places = {name: place for place, name in enumerate(indicators)}
    permutations: dict[str, NDArray[np.int64]] = {}
    table = np.empty((len(events), number), dtype=bool)
    for row, event in enumerate(events):
        if event.indicator not in permutations:
            rank = np.argsort(np.argsort(normals[places[event.indicator]]))
            permutations[event.indicator] = np.argsort(event.order, kind="stable")[rank]
        table[row] = event.kept[permutations[event.indicator]]
    return table


def _normals(rows: int, number: int) -> Floats:
    """Give standard normal nodes, the same for every study, each row as evenly spread as can be."""
    half = np.random.default_rng(0).standard_normal((rows, number // 2))
    drawn = np.concatenate([half, -half, np.zeros((rows, number % 2))], axis=1)
    # Uncorrelated to the last digit, where there are draws enough to make them so.
    if rows < number // 4:
        # By einsum: for so little, the threads of a matrix product would cost more than they save.
        seen = np.einsum("ik,jk->ij", drawn, drawn) / number
        drawn = np.einsum("ij,jk->ik", np.linalg.inv(np.linalg.cholesky(seen)), drawn)
    return np.asarray(drawn)


#: What can't be met any more.
_LOST = (Verdict.MISSED, Verdict.IMPOSSIBLE)


@dataclass(frozen=True, slots=True)
class Odds:
    """
    Probability that some targets are met together, each 0-1.

    Attributes
    ----------
    joint : float
        With what binds them.
    independent : float
        What would be said if none had to do with another.
    low, high : float
        Within these it lies whatever binds them (Fréchet).
    """

    joint: float
    independent: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """
    The targets of one article.

    ``odds`` is that all of those that are not met yet and have a probability are met; ``lost``
    counts those that are missed or impossible, ``unknown`` those without a probability.
    """

    article: str
    targets: tuple[str, ...]
    met: int
    lost: int
    unknown: int
    odds: Odds | None


@dataclass(frozen=True)
class JointAssessment:
    """
    A plan's numeric targets taken together in one area.

    Attributes
    ----------
    area : str
        The area.
    verdicts : mapping of Verdict to int
        How many targets have which verdict, the same as on every other page.
    unknown : int
        How many are neither decided nor have a probability.
    vacuous : int
        How many of those with a probability are kept by standing still.
    probabilities : mapping of str to float
        Of the targets that have one, as stated one by one; one whose verdict is that nobody can
        tell, as chance alone decides, may have one of the printed number. [0-1]
    expected : float
        Expected number of them that are met.
    interval, interval_independent : tuple of float
        80 % interval of that number, with what binds them and without.
    odds : Odds or None
        That all of them are met; None where there is none.
    groups : tuple of Group
        By article, in the order of the plan.
    lowest : str or None
        The target with the lowest probability.
    weakest : str or None
        The one without which all others would be likeliest.
    without_weakest : float or None
        How likely they would be. [0-1]
    dependence : Dependence
        What binds the indicators.
    draws : int
        Number of draws; a probability below one in so many is not told from none.
    """

    area: str
    verdicts: Mapping[Verdict, int]
    unknown: int
    vacuous: int
    probabilities: Mapping[str, float]
    expected: float
    interval: tuple[float, float]
    interval_independent: tuple[float, float]
    odds: Odds | None
    groups: tuple[Group, ...]
    lowest: str | None
    weakest: str | None
    without_weakest: float | None
    dependence: Dependence
    draws: int

    @property
    def lost(self) -> bool:
        """Whether a target is missed or impossible, so that not all can be met any more."""
        return any(self.verdicts.get(word) for word in _LOST)


def assess_jointly(
    store: SeriesStore, area: str, assessments: Mapping[str, Assessment] | None = None
) -> JointAssessment:
    """
    Take the numeric targets of a plan together in one area.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    area : str
        Area of the study.
    assessments : mapping of str to Assessment, optional
        By target; of the default reading. Targets without one are left out. Where none is given
        every numeric target is assessed.

    Returns
    -------
    JointAssessment
        Counts, the expected number, joint probabilities with their bounds, and the weakest link.
    """
    if assessments is None:
        assessments = {one.target: one for one in assessed(store, areas=[area], numeric=True)}
    targets = [t for t in store.plan.targets if t.numeric and t.id in assessments]
    by_target = {target.id: assessments[target.id] for target in targets}
    events = [event_of(store, one) for one in by_target.values() if one.probability is not None]
    indicators = tuple(dict.fromkeys(event.indicator for event in events))
    bound = dependence_of(store, area, indicators)
    kept = joint_draws(events, bound.correlations, indicators)
    rows = {event.target: row for row, event in enumerate(events)}
    probabilities = {event.target: event.probability for event in events}
    met_at_once = kept.sum(axis=0) if events else np.zeros(1)
    lowest = min(probabilities, key=lambda name: probabilities[name], default=None)
    weakest, without = _weakest(kept, [event.target for event in events])
    draws = kept.shape[1] if events else 0
    return JointAssessment(
        area=area,
        verdicts=verdict_counts(by_target.values()),
        unknown=sum(_unknown(one) for one in by_target.values()),
        vacuous=sum(assessments[name].vacuous for name in probabilities),
        probabilities=probabilities,
        expected=math.fsum(probabilities.values()),
        interval=_tenths(met_at_once),
        interval_independent=_tenths_if_independent(list(probabilities.values())),
        odds=odds_of(kept, list(probabilities.values())) if events else None,
        groups=_groups(targets, by_target, probabilities, kept, rows),
        lowest=lowest,
        weakest=weakest,
        without_weakest=without,
        dependence=bound,
        draws=draws,
    )


def _unknown(assessment: Assessment) -> bool:
    return assessment.probability is None and assessment.verdict not in (Verdict.MET, *_LOST)


def odds_of(kept: Kept, probabilities: Sequence[float]) -> Odds:
    """
    Give the probability that targets are met together, with its bounds.

    Parameters
    ----------
    kept : ndarray of bool, shape (targets, draws)
        Whether each is kept in each draw of all.
    probabilities : sequence of float
        Of each alone. [0-1]

    Returns
    -------
    Odds
        The joint one is held within the bounds, which rounding to whole draws may touch.
    """
    low, high = frechet_bounds(probabilities)
    joint = float(np.mean(np.all(kept, axis=0)))
    return Odds(min(max(joint, low), high), if_independent(probabilities), low, high)


def _weakest(kept: Kept, names: Sequence[str]) -> tuple[str | None, float | None]:
    """Find the target without which all others are likeliest; None where none matters."""
    if len(names) < 2:
        return None, None
    missed = np.sum(~kept, axis=0)
    joint = float(np.mean(missed == 0))
    without = [float(np.mean(missed - ~row == 0)) for row in kept]
    best = int(np.argmax(without))
    return (names[best], without[best]) if without[best] > joint else (None, None)


def _tenths(numbers: NDArray[Any]) -> tuple[float, float]:
    low, high = np.quantile(numbers, [0.1, 0.9], method="inverted_cdf")
    return float(low), float(high)


def _tenths_if_independent(probabilities: Sequence[float]) -> tuple[float, float]:
    """Give the 80 % interval of a number of independent events, one by one convolved."""
    chances = np.ones(1)
    for one in probabilities:
        chances = np.convolve(chances, [1 - one, one])
    summed = np.cumsum(chances)
    low, high = (int(np.searchsorted(summed, share - 1e-12)) for share in (0.1, 0.9))
    return float(low), float(high)


def _groups(
    targets: Sequence[Target],
    by_target: Mapping[str, Assessment],
    probabilities: Mapping[str, float],
    kept: Kept,
    rows: Mapping[str, int],
) -> tuple[Group, ...]:
    by_article: dict[str, list[str]] = {}
    for target in targets:
        by_article.setdefault(target.article, []).append(target.id)
    groups = []
    for article, names in by_article.items():
        open_ones = [name for name in names if name in rows]
        counted = verdict_counts(by_target[name] for name in names)
        chances = [probabilities[name] for name in open_ones]
        mine = kept[[rows[name] for name in open_ones]] if open_ones else None
        groups.append(
            Group(
                article,
                tuple(names),
                counted[Verdict.MET],
                sum(counted[word] for word in _LOST),
                sum(_unknown(by_target[name]) for name in names),
                None if mine is None else odds_of(mine, chances),
            )
        )
    return tuple(groups)
