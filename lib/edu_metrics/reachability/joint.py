"""
The plan as a whole: how many targets may be met, and how likely all of them are at once.

Each target keeps the probability that it has alone: it is kept in as many draws as that says. What
binds them comes from how indicators move together. The draws of an indicator are put into an order
in which its values go together with those of others as the indicators do (Iman and Conover's
reordering), so that targets on one indicator share its draws to the last digit.

What is expected of a pair of indicators follows from the catalog: from ``relations`` and from
quantities that both formulas take. Two rates of one paper, a part and its whole, a sum and the same
per head do not go their own ways. Where a study has enough years, their yearly changes are looked
at too.

References
----------
Iman, R. L. and Conover, W. J. (1982). A distribution-free approach to inducing rank correlation
among input variables. *Communications in Statistics - Simulation and Computation* 11, 311-334.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Catalog, Indicator, Target
from edu_metrics.formulas import FORMULAS
from edu_metrics.formulas.probability import (
    correlations_of,
    frechet_bounds,
    if_independent,
    nearest_correlations,
    shrink_correlations,
)
from edu_metrics.reachability.assessment import assessed
from edu_metrics.reachability.question import JudgedQuestion
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import Assessment, Verdict, verdict_counts
from edu_metrics.trajectories import scale_for, to_scale

if TYPE_CHECKING:
    pass

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
    # By id: numbers are drawn and ties decided the same in whatever order a plan is written.
    events = [
        event_of(store, one) for _, one in sorted(by_target.items()) if one.probability is not None
    ]
    indicators = tuple(sorted({event.indicator for event in events}))
    bound = dependence_of(store, area, indicators)
    kept = joint_draws(events, bound.correlations, indicators)
    probabilities = {event.target: event.probability for event in events}
    lowest = min(probabilities, key=lambda name: probabilities[name], default=None)
    weakest, without = _weakest(kept, [event.target for event in events])
    return JointAssessment(
        area=area,
        verdicts=verdict_counts(by_target.values()),
        unknown=sum(_unknown(one) for one in by_target.values()),
        vacuous=sum(assessments[name].vacuous for name in probabilities),
        probabilities=probabilities,
        expected=math.fsum(probabilities.values()),
        interval=_tenths(kept.sum(axis=0) if events else np.zeros(1)),
        interval_independent=_tenths_if_independent(list(probabilities.values())),
        odds=odds_of(kept, list(probabilities.values())) if events else None,
        groups=tuple(_groups(targets, by_target, events, kept)),
        lowest=lowest,
        weakest=weakest,
        without_weakest=without,
        dependence=bound,
        draws=kept.shape[1],
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
    events: Sequence[Event],
    kept: Kept,
) -> Iterator[Group]:
    by_article: dict[str, list[str]] = {}
    for target in targets:
        by_article.setdefault(target.article, []).append(target.id)
    for article, names in by_article.items():
        mine = [row for row, event in enumerate(events) if event.target in names]
        counted = verdict_counts(by_target[name] for name in names)
        yield Group(
            article,
            tuple(names),
            counted[Verdict.MET],
            sum(counted[word] for word in _LOST),
            sum(_unknown(by_target[name]) for name in names),
            odds_of(kept[mine], [events[row].probability for row in mine]) if mine else None,
        )


#: Two rates of the same persons in one test or screening: a harder paper moves both.
ONE_PAPER = 0.8
#: A part and its whole, a subset and the wider group, a factor and its product, a shared count.
BOUND_UP = 0.6
#: Two shares of one whole that have nothing else in common, both better the same way.
ONE_WHOLE = 0.2
#: One and the same number, printed or computed.
SAME = 0.99


@dataclass(frozen=True)
class Dependence:
    """
    Correlations of what indicators may do.

    Attributes
    ----------
    correlations : ndarray, shape (indicators, indicators)
        Of their values, not of how good these are. [-1 to 1]
    intensity : float
        Weight of the definitions against what was seen. [0-1]
    pairs : int
        Pairs with enough years.
    """

    correlations: Floats
    intensity: float
    pairs: int


def dependence_of(store: SeriesStore, area: str, indicators: Sequence[str]) -> Dependence:
    """
    Say how indicators move together in an area.

    Parameters
    ----------
    store : SeriesStore
        The study's series; the areas on the same level count as years of their own.
    area : str
        Area of the study.
    indicators : sequence of str
        Indicators, each once.

    Returns
    -------
    Dependence
        Correlations of yearly changes on the scales of the trend model, drawn towards what the
        definitions say.
    """
    catalog = store.catalog
    expected = expected_correlations(catalog, indicators)
    if len(indicators) < 2:
        return Dependence(expected, 1.0, 0)
    seen, number = observed_correlations(store, area, indicators)
    shrunk = shrink_correlations(seen, number, expected)
    made = nearest_correlations(shrunk.correlations)
    return Dependence(made, shrunk.intensity, shrunk.pairs)


def observed_correlations(
    store: SeriesStore, area: str, indicators: Sequence[str]
) -> tuple[Floats, NDArray[np.int64]]:
    """
    Say how the yearly changes of indicators went together on an area's level.

    Parameters
    ----------
    store : SeriesStore
        The study's series.
    area : str
        Area of the study.
    indicators : sequence of str
        Indicators, each once.

    Returns
    -------
    tuple of ndarray
        Correlations, and the number of years behind each; both indicators x indicators. What is
        said of a pair does not hang on the others.
    """
    changes = _changes(store, area, indicators)
    seen, number = correlations_of(changes.reshape(len(indicators), -1))
    # Areas of one year share its shocks: they make no further years of it.
    any_area = np.any(~np.isnan(changes), axis=1).astype(np.int64)
    together: NDArray[np.int64] = np.einsum("iy,jy->ij", any_area, any_area)
    return seen, np.minimum(number, together)


def _changes(store: SeriesStore, area: str, indicators: Sequence[str]) -> Floats:
    """
    Put yearly changes on the scale side by side: indicators x areas x years.

    Each series' changes are taken from their mean, in their own standard deviations.
    """
    catalog, level = store.catalog, store.catalog.areas[area].level
    areas = store.on_level(level)
    tables = {name: store.by_year(name, level) for name in indicators}
    years = [int(year) for table in tables.values() for year in table.columns]
    span = range(min(years, default=0), max(years, default=0) + 1)
    values = np.stack(
        [
            to_scale(
                table.reindex(index=areas, columns=span), scale_for(catalog.indicator(n).bounds)
            )
            for n, table in tables.items()
        ]
    )
    steps = np.ma.masked_invalid(np.diff(values, axis=2))
    away = steps - steps.mean(axis=2, keepdims=True)
    spread = np.ma.masked_equal(steps.std(axis=2, keepdims=True), 0)
    return np.asarray((away / spread).filled(np.nan))


def expected_correlations(catalog: Catalog, indicators: Sequence[str]) -> Floats:
    """
    Say from definitions alone how indicators move together.

    Parameters
    ----------
    catalog : Catalog
        What is defined.
    indicators : sequence of str
        Indicators.

    Returns
    -------
    ndarray, shape (indicators, indicators)
        Of each pair the strongest way from one to the other over related indicators, the
        correlations on the way multiplied; 0 where there is none. [-1 to 1]

    Examples
    --------
    Two rates of one paper; and one of them with low scores, which nobody has who passes:

    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> names = ["junior_pass_rate", "junior_excellence_rate", "junior_low_score_rate"]
    >>> expected_correlations(load_catalog(find_root()), names)[0].tolist()
    [1.0, 0.8, -0.8]
    """
    wanted = [catalog.indicator(name) for name in indicators]
    # Whatever is related to them may lie on the way from one to another.
    every = {entry.id: entry for entry in wanted}
    for entry in catalog.indicators.values():
        names = {name for relation in entry.relations for name in relation.indicators}
        if names & every.keys() or entry.id in every:
            every |= {name: catalog.indicator(name) for name in (entry.id, *names)}
    entries = list(every.values())
    best = np.eye(len(entries))
    for i, one in enumerate(entries):
        for j in range(i):
            best[i, j] = best[j, i] = _direct(one, entries[j])
    for middle in range(len(entries)):
        over = np.outer(best[:, middle], best[middle, :])
        best = np.where(np.abs(over) > np.abs(best), over, best)
    rows = [entries.index(entry) for entry in wanted]
    return np.asarray(best[np.ix_(rows, rows)])


def _direct(one: Indicator, other: Indicator) -> float:
    """Give the correlation that two definitions say of each other, 0 where they say nothing."""
    kinds = {
        relation.kind
        for first, second in ((one, other), (other, one))
        for relation in first.relations
        if second.id in relation.indicators
    }
    shared = _roles(one).keys() & _roles(other).keys()
    same_whole = any(_roles(one)[name] == _roles(other)[name] == "whole" for name in shared)
    if "published_form_of" in kinds:
        return SAME
    if "complement_of" in kinds:
        return -SAME
    same_way = one.better == other.better
    if one.noise and other.noise and same_whole:
        # A harder paper is worse for every rate of it.
        return ONE_PAPER if same_way else -ONE_PAPER
    if kinds:
        return -BOUND_UP if kinds == {"disjoint_from"} else BOUND_UP
    if same_whole:
        return ONE_WHOLE if same_way else 0.0
    # The same count above the line in both raises both; above in one and below in the other not.
    ways = {_roles(one)[name] == _roles(other)[name] for name in shared}
    if len(ways) == 1:
        return BOUND_UP if ways == {True} else -BOUND_UP
    return 0.0


def _roles(entry: Indicator) -> dict[tuple[str, str, int], str]:
    """Say of each quantity of an indicator whether it stands above or below the line."""
    if entry.formula not in FORMULAS:
        return {}
    arguments = entry.calculation.arguments
    return {
        (given.quantity, given.group, given.lag): "part" if arguments[0] == name else "whole"
        for name, given in entry.inputs.items()
    }
