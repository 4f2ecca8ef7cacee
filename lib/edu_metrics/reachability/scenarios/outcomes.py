"""What a scenario comes to: its draws, how they end, and the rows that are printed of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Bound
from edu_metrics.reachability.arithmetic import people_behind
from edu_metrics.reachability.probability import two_digits
from edu_metrics.reachability.scenarios.courses import Course, Situation
from edu_metrics.reachability.verdicts import Assessment


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How a course ends, all decided by one rule: whether at least half of its draws keep the target.

    Attributes
    ----------
    kept : bool
        Whether they do; of a course without chance whether it does.
    year : int or None
        Year by which half of the draws have reached the level and keep the target; the start year
        where it is there from the start. Of draws that miss the target only what comes after the
        deadline counts.
    short : int or None
        Persons or institutions missing when due: 0 where the target is kept, at least 1 where it
        fails for want of them, None where no number of them says it.
    fails : {"level", "other"} or None
        What a target that is not kept fails by: its level, or another of its conditions, such as
        an earlier year.
    """

    kept: bool
    year: int | None
    short: int | None
    fails: Literal["level", "other"] | None


def ending_of(course: Course, kept: NDArray[np.bool_], situation: Situation) -> Ending:
    """
    Say how a course ends.

    Parameters
    ----------
    course : Course
        From a start on, until the deadline at least.
    kept : ndarray of bool
        Whether each draw keeps the target.
    situation : Situation
        The target, the area and the reading.

    Returns
    -------
    Ending
        Year, shortfall and what fails, none of which contradicts whether it is kept.
    """
    half = bool(np.mean(kept) >= 0.5)
    level, start, values = _asked(course, situation)
    if level is None:
        return Ending(half, None, None, None if half else "other")
    due = max(check.due for check in situation.checks) - course.start_year - 1
    there = np.asarray(level.met_by(np.round(values, 9)), dtype=bool)
    over = np.arange(values.shape[1]) <= due
    # Who misses the target although its level is met when due misses it for good.
    missed = ~kept[:, None] & (over | there[:, due : due + 1])
    hits = there & ~missed
    hits[:, due] |= kept
    by = np.maximum.accumulate(hits, axis=1).mean(axis=0) >= 0.5
    year = next((at for at, reached in zip(course.years, by, strict=True) if reached), None)
    if half and level.met_by(round(start, 9)):
        year = course.start_year
    method: Any = "inverted_cdf" if situation.whole else "linear"
    end = float(np.quantile(values[:, due], 0.5, method=method))
    short = _still_short(end, level, situation)
    if half:
        return Ending(True, year, None if short is None else 0, None)
    fails: Literal["level", "other"] = "other" if level.met_by(round(end, 9)) else "level"
    return Ending(False, year, short or None, fails)


def _asked(course: Course, situation: Situation) -> tuple[Bound | None, float, NDArray[np.float64]]:
    """Give what is asked, where the start stands, and the values to hold against it."""
    found = situation.assessment
    if found.total is None or found.total.so_far is None:
        return found.level, course.start_value, course.draws
    inside = np.isin(course.years, found.total.years)
    summed = found.total.so_far + np.cumsum(course.draws * inside, axis=1)
    return found.total.bound, found.total.so_far, summed


def _still_short(value: float, level: Bound, situation: Situation) -> int | None:
    """
    Count the persons or institutions between the end of a course and the level asked.

    0 where none is missing; None where no number of them says it: the counts are unknown, or no
    count of them meets the level.
    """
    value = round(value, 9)
    if situation.whole:
        return 0 if level.met_by(value) else max(1, math.ceil(level.gap(value)))
    (low, high), counts = (0, 100), situation.counts
    if counts is None or situation.indicator.bounds != (low, high):
        return None
    if level.met_by(value):
        return 0
    if not low <= level.value <= high or (level.strict and level.value in (low, high)):
        return None
    return max(1, people_behind(level, value / 100 * counts[1], counts[1]))


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


_ABOUT = ("area", "target", "scenario", "reading", "steps")


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
    case, ending = outcome.case or {}, outcome.ending
    return {
        **{name: getattr(outcome, name) for name in ("study", *_ABOUT)},
        "case": [f"{name}={value:g}" for name, value in case.items()],
        **{name: getattr(outcome, name) for name in ("start", "start_year", "start_value")},
        "years": list(outcome.years),
        "median": median,
        "interval": [list(pair) for pair in zip(low, high, strict=True)],
        "end": median[-1] if median else None,
        "met": outcome.met,
        "probability": two_digits(outcome.probability),
        "under_model": two_digits(outcome.under_model),
        "model_base": two_digits(outcome.model_base),
        "reached": ending.year if ending else None,
        "short": ending.short if ending else None,
        "fails": ending.fails if ending else None,
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
    row = outcome_row(outcome)
    about = {name: row[name] for name in _ABOUT} | {"case": ", ".join(row["case"])}
    end = {name: row[name] for name in ("met", "probability", "under_model", "reason")}
    points = zip(row["years"], row["median"], row["interval"], strict=True)
    return [
        {**about, "year": year, "value": value, "low": low, "high": high, **end}
        for year, value, (low, high) in points
    ] or [{**about, **dict.fromkeys(("year", "value", "low", "high")), **end}]


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
