"""What a scenario comes to, with its draws, and the row that is printed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.reachability.probability import two_digits
from edu_metrics.reachability.scenarios.ending import Ending
from edu_metrics.reachability.verdicts import Assessment


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
        For a grid the base, pace and years of this cell; of a scenario that was asked for without
        a file its numbers; otherwise empty.
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

    @classmethod
    def of(cls, assessment: Assessment, scenario: str = "") -> ScenarioOutcome:
        """Name what is run: a scenario on what an assessment is about."""
        found = assessment
        return cls(found.study, found.area, found.target, scenario, found.reading, found.steps)

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


def course_rows(outcome: ScenarioOutcome) -> list[dict[str, Any]]:
    """
    Make one row a year of the course of an outcome.

    Parameters
    ----------
    outcome : ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    list of dict
        scenario, case, area, target, reading, steps, year, value (the median), low and high (80 %,
        the value itself where nothing is left to chance), met, probability and reason; one row
        without a year where there is no course.
    """
    case = outcome.case or {}
    about = {
        "scenario": outcome.scenario,
        "case": ", ".join(f"{name}={value:g}" for name, value in case.items()),
        "area": outcome.area,
        "target": outcome.target,
        "reading": outcome.reading,
        "steps": outcome.steps,
    }
    end = {
        "met": outcome.met,
        "probability": two_digits(outcome.probability),
        "under_model": two_digits(outcome.under_model),
        "reason": outcome.reason,
    }
    low, median, high = outcome.quantiles((0.1, 0.5, 0.9))
    if outcome.draws is None:
        return [{**about, "year": None, "value": None, "low": None, "high": None, **end}]
    return [
        {
            **about,
            "year": year,
            "value": round(float(median[at]), 6),
            "low": round(float(low[at]), 6),
            "high": round(float(high[at]), 6),
            **end,
        }
        for at, year in enumerate(outcome.years)
    ]


def summary_rows(outcomes: Iterable[ScenarioOutcome]) -> list[dict[str, Any]]:
    """
    Count what each scenario comes to in each area.

    Parameters
    ----------
    outcomes : iterable of ScenarioOutcome
        From :func:`run_scenarios`.

    Returns
    -------
    list of dict
        By area and scenario: cases (a target under a reading, or a cell of a grid), kept,
        not_kept, by_chance (with a probability, or a part of what a flow model assumes) and
        not_said; they add up to the cases.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for one in outcomes:
        blank = {"area": one.area, "scenario": one.scenario, "cases": 0}
        blank |= dict.fromkeys(("kept", "not_kept", "by_chance", "not_said"), 0)
        row = rows.setdefault((one.area, one.scenario), blank)
        row["cases"] += 1
        chance = one.probability is not None or one.under_model is not None
        decided = {True: "kept", False: "not_kept"}.get(one.met) if one.met is not None else None
        row[decided or ("by_chance" if chance else "not_said")] += 1
    return list(rows.values())
