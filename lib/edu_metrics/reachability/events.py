"""
Targets as events: which draws keep each of them, and the draws of all of them side by side.

Every target is kept in as many draws as its own probability says. The draws of an indicator are put
into an order in which its values go together with those of others as the indicators do (Iman and
Conover's reordering), so that targets on one indicator share its draws to the last digit.

References
----------
Iman, R. L. and Conover, W. J. (1982). A distribution-free approach to inducing rank correlation
among input variables. *Communications in Statistics - Simulation and Computation* 11, 311-334.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Plan, Target
from edu_metrics.reachability.cases import case_of
from edu_metrics.reachability.evidence import Evidence
from edu_metrics.reachability.verdicts import Assessment

__all__ = ["Event", "Kept", "all_together", "event_of", "stated_part"]

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


def event_of(evidence: Evidence, plan: Plan, target: Target, found: Assessment) -> Event:
    """
    Say of each draw whether a target is kept, in the part of them that was stated.

    Parameters
    ----------
    evidence : Evidence
        The study's series as of its date.
    plan : Plan
        The plan.
    target : Target
        One of its targets.
    found : Assessment
        Its assessment in the area, with a probability.

    Returns
    -------
    Event
        The target with its draws.
    """
    reading = target.reading(str(found.reading))
    case = case_of(evidence, plan, target, reading, found.steps, found.area)
    trajectory = case.trajectory(found.area)
    last = min(case.due, trajectory.years[-1])
    order = np.asarray(trajectory.at(last), dtype=np.float64)
    better = -order if case.indicator.better == "lower" else order
    stated = float(found.probability or 0.0)
    kept = case.kept(found.undecided(case.checks))
    return Event(target.id, case.indicator.id, stated, stated_part(kept, better, stated), order)


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


def all_together(events: Sequence[Event], correlations: Floats, indicators: Sequence[str]) -> Kept:
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
