"""What a scenario comes to, with its draws, and the row that is printed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.reachability.probability import two_digits
from edu_metrics.reachability.scenarios.ending import Ending

__all__ = ["ScenarioOutcome", "outcome_row"]


@dataclass(frozen=True, eq=False)
class ScenarioOutcome:
    """
    One scenario on one target in one area under one reading.

    Attributes
    ----------
    study, area, target, scenario : str
        Which.
    reading : str or None
        Reading of the target that it is judged under.
    steps : int or None
        Number of yearly steps that a stepwise reading is taken with. [years]
    case : mapping of str to float
        For a grid the base, pace and years of this cell; otherwise empty.
    start : {"observed", "plan_statement", "assumed"} or None
        What the course starts from: a number of the area's, the plan's own statement, a grid's.
    start_year, start_value : int and float, or None
        Where it starts. [unit of the indicator]
    years : tuple of int
        Years after the start.
    draws : ndarray or None
        Values, draws x years; one row where nothing is left to chance. [unit of the indicator]
    met : bool or None
        Whether the target is kept, where nothing is left to chance.
    probability : float or None
        How often it is kept, where something is; as usual that is the target's own, as its verdict
        states it. [0-1]
    under_model, model_base : float or None
        Under levers: in which part of what a flow model assumes of its rates the target is kept,
        and in which part without the levers. Neither is a probability of the target. [0-1]
    ending : Ending or None
        When the level is reached and who is short when due, in line with ``met`` or
        ``probability``; None for a grid, whose start is assumed.
    reason : str or None
        Why nothing can be said, in one word such as ``no_start``.
    """

    study: str
    area: str
    target: str
    scenario: str
    reading: str | None = None
    steps: int | None = None
    case: Mapping[str, float] | None = None
    start: str | None = None
    start_year: int | None = None
    start_value: float | None = None
    years: tuple[int, ...] = ()
    draws: NDArray[np.float64] | None = None
    met: bool | None = None
    probability: float | None = None
    under_model: float | None = None
    model_base: float | None = None
    ending: Ending | None = None
    reason: str | None = None

    def quantiles(self, levels: Iterable[float] = (0.1, 0.5, 0.9)) -> NDArray[np.float64]:
        """
        Give quantiles by year: one row a level, one column a year.

        Parameters
        ----------
        levels : iterable of float, optional
            Probabilities. [0-1]

        Returns
        -------
        ndarray
            Quantiles; empty where there is no course. [unit of the indicator]
        """
        asked = list(levels)
        if self.draws is None:
            return np.empty((len(asked), 0))
        # Of persons and institutions no quantile is a fraction: one of the draws is taken.
        whole = bool(np.all(self.draws == np.round(self.draws)))
        method: Any = "inverted_cdf" if whole else "linear"
        return np.asarray(np.quantile(self.draws, asked, axis=0, method=method))


def outcome_row(outcome: ScenarioOutcome) -> dict[str, Any]:
    """
    Make one flat row of an outcome, as the command line prints it.

    Parameters
    ----------
    outcome : ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    dict
        Plain numbers, words and lists only; ``median`` and ``interval`` by year, ``end`` the
        median of the last year.
    """
    low, median, high = (
        [round(float(value), 6) for value in row] for row in outcome.quantiles((0.1, 0.5, 0.9))
    )
    case = outcome.case or {}
    return {
        "study": outcome.study,
        "area": outcome.area,
        "target": outcome.target,
        "scenario": outcome.scenario,
        "reading": outcome.reading,
        "steps": outcome.steps,
        "case": [f"{name}={value:g}" for name, value in case.items()],
        "start": outcome.start,
        "start_year": outcome.start_year,
        "start_value": outcome.start_value,
        "years": list(outcome.years),
        "median": median,
        "interval": [list(pair) for pair in zip(low, high, strict=True)],
        "end": median[-1] if median else None,
        "met": outcome.met,
        "probability": two_digits(outcome.probability),
        "under_model": two_digits(outcome.under_model),
        "model_base": two_digits(outcome.model_base),
        "reached": outcome.ending.year if outcome.ending else None,
        "short": outcome.ending.short if outcome.ending else None,
        "fails": outcome.ending.fails if outcome.ending else None,
        "reason": outcome.reason,
    }
