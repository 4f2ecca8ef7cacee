"""
The plan as a whole: how many targets may be met, and how likely all of them are at once.

Each target keeps the probability that it has alone; what binds them is drawn
(:mod:`~edu_metrics.reachability.events`).
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Plan, Target
from edu_metrics.formulas.joint import frechet_bounds, if_independent
from edu_metrics.reachability.dependence import Dependence, dependence_of
from edu_metrics.reachability.events import Kept, all_together, event_of
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.verdicts import Assessment, Verdict, verdict_counts

__all__ = ["Group", "Odds", "Together", "odds_of", "plan_together"]

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
class Together:
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


def plan_together(
    evidence: Evidence, plan: Plan, area: str, assessments: Mapping[str, Assessment]
) -> Together:
    """
    Take the numeric targets of a plan together in one area.

    Parameters
    ----------
    evidence : Evidence
        The study's series as of its date.
    plan : Plan
        The plan.
    area : str
        Area of the study.
    assessments : mapping of str to Assessment
        By target; of the default reading. Targets without one are left out.

    Returns
    -------
    Together
        Counts, the expected number, joint probabilities with their bounds, and the weakest link.
    """
    targets = [t for t in plan.targets if t.numeric and t.id in assessments]
    found = {target.id: assessments[target.id] for target in targets}
    events = [
        event_of(evidence, plan, target, found[target.id])
        for target in targets
        if found[target.id].probability is not None
    ]
    indicators = tuple(dict.fromkeys(event.indicator for event in events))
    bound = dependence_of(evidence, area, indicators)
    seed = zlib.crc32(f"{evidence.study.id}/{area}/together".encode())
    kept = all_together(events, bound.correlations, indicators, seed=seed)
    rows = {event.target: row for row, event in enumerate(events)}
    probabilities = {event.target: event.probability for event in events}
    met_at_once = kept.sum(axis=0) if events else np.zeros(1)
    lowest = min(probabilities, key=lambda name: probabilities[name], default=None)
    weakest, without = _weakest(kept, [event.target for event in events])
    draws = kept.shape[1] if events else 0
    return Together(
        area=area,
        verdicts=verdict_counts(found.values()),
        unknown=sum(_unknown(one) for one in found.values()),
        vacuous=sum(assessments[name].vacuous for name in probabilities),
        probabilities=probabilities,
        expected=math.fsum(probabilities.values()),
        interval=_tenths(met_at_once),
        interval_independent=_tenths_if_independent(list(probabilities.values())),
        odds=odds_of(kept, list(probabilities.values())) if events else None,
        groups=_groups(targets, found, probabilities, kept, rows),
        lowest=lowest,
        weakest=weakest,
        without_weakest=without,
        dependence=bound,
        draws=draws,
    )


def _unknown(found: Assessment) -> bool:
    return found.probability is None and found.verdict not in (Verdict.MET, *_LOST)


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
    found: Mapping[str, Assessment],
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
        counted = verdict_counts(found[name] for name in names)
        chances = [probabilities[name] for name in open_ones]
        mine = kept[[rows[name] for name in open_ones]] if open_ones else None
        groups.append(
            Group(
                article,
                tuple(names),
                counted[Verdict.MET],
                sum(counted[word] for word in _LOST),
                sum(_unknown(found[name]) for name in names),
                None if mine is None else odds_of(mine, chances),
            )
        )
    return tuple(groups)
