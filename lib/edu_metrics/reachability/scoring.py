"""
Earlier forecasts held against what has come since.

A forecast is scored by what was printed: whether all checks of its reading hold, and whether the
value of the due year lies in its interval. Studies are never pooled, and an area is not scored
beside its parts. Intervals treat forecasts as independent, which areas under one examination are
not, so they are too narrow there.

References
----------
Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. *Monthly Weather
Review* 78(1), 1-3. Wilson's interval: :func:`edu_metrics.formulas.wilson_interval`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from edu_metrics.formulas import wilson_interval
from edu_metrics.reachability.checks import decided, two_digits
from edu_metrics.reachability.question import Question
from edu_metrics.reachability.series import SeriesStore
from edu_metrics.reachability.verdicts import CUT_OFFS, Assessment, Verdict

#: Cut-offs of the verdicts: a bin is what one word covers.
CUTS = (0.0, *CUT_OFFS, 1.0)
#: What had been decided already when it was said, or is never decided by a number.
NO_FORECAST = frozenset({Verdict.MET, Verdict.MISSED, Verdict.TRACKED})
#: A bin of fewer forecasts is left out.
FEWEST = 10


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an assessment said of one target in one area on one day."""

    study: str
    area: str
    target: str
    as_of: dt.date
    verdict: Verdict
    reading: str | None
    steps: int | None
    last_year: int | None
    probability: float | None
    interval: tuple[float, float] | None

    @classmethod
    def of(cls, found: Assessment, as_of: dt.date) -> Forecast:
        """Take from an assessment what was printed of it."""
        printed = {one.name: getattr(found, one.name) for one in fields(cls)}
        return cls(**printed | {"as_of": as_of, "probability": two_digits(found.probability)})

    @property
    def key(self) -> tuple[str, str, str, str | None, int | None, dt.date]:
        """What the forecast is of, and from which day."""
        return (self.study, self.area, self.target, self.reading, self.steps, self.as_of)


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of a forecast.

    Attributes
    ----------
    forecast : Forecast
        What was said.
    due : int or None
        Year in which the last check falls due; None where the reading has no exact meaning.
    happened : bool or None
        Whether all checks hold; None where that can't be told.
    value : float or None
        Value of the due year. [unit of the indicator]
    covered : bool or None
        Whether it lies in the interval; None where one of the two is not there.
    why : str or None
        Why it isn't scored: ``not_due``, ``not_published``, ``break`` or ``undecided``, or
        ``parts_scored`` where the same forecast is scored in parts of the area.
    within : tuple of str
        The areas that the forecast's area is part of.
    """

    forecast: Forecast
    due: int | None
    happened: bool | None
    value: float | None = None
    covered: bool | None = None
    why: str | None = None
    within: tuple[str, ...] = ()

    @property
    def lead(self) -> int | None:
        """Years from the day of the forecast to the due year."""
        return None if self.due is None else self.due - self.forecast.as_of.year


@dataclass(frozen=True, slots=True)
class Share:
    """A share of cases with its 95 % Wilson interval. [percent]."""

    n: int
    hits: int
    pct: float
    low_pct: float
    high_pct: float

    @classmethod
    def of(cls, hits: Sequence[float]) -> Share | None:
        """Count the hits; None where there is no case."""
        if not hits:
            return None
        happened, n = int(sum(hits)), len(hits)
        interval = wilson_interval(float(happened), float(n), level=0.95)
        return cls(n, happened, 100 * happened / n, interval.low_pct, interval.high_pct)


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts whose probability lies from ``low`` to below ``high``, and what came of them."""

    low: float
    high: float
    mean_probability: float
    happened: Share


@dataclass(frozen=True, slots=True)
class LeadScore:
    """
    Scores of one study's forecasts by lead time; all of them where ``lead`` is None.

    ``base_rate_brier`` is what one would have got by giving every forecast the share that
    happened, which nobody knew beforehand: a hard rival. ``coverage80`` is the share of values
    that lie in the 80 % interval, each interval counted once.
    """

    study: str
    lead: int | None
    n: int
    brier: float | None
    base_rate: float | None
    base_rate_brier: float | None
    coverage80: Share | None
    reliability: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class WordScore:
    """What came of the assessments of one study that used one word."""

    study: str
    verdict: Verdict
    mean_probability: float | None
    happened: Share


@dataclass(frozen=True, slots=True)
class Score:
    """The track record of one or several studies."""

    outcomes: tuple[Outcome, ...]
    by_lead: tuple[LeadScore, ...]
    by_word: tuple[WordScore, ...]


def outcome_of(forecast: Forecast, store: SeriesStore) -> Outcome:
    """
    Hold one forecast against what is known now.

    Parameters
    ----------
    forecast : Forecast
        What was said; its area, target, reading and steps are those of the plan.
    store : SeriesStore
        The same study as of a later day.

    Returns
    -------
    Outcome
        What came, or why nobody can say yet.
    """
    target = store.plan.target(forecast.target)
    reading = target.reading(forecast.reading) if forecast.reading else None
    if reading is None or reading.undecided or not (reading.indicator or target.indicator):
        return Outcome(forecast, None, None, why="undecided")
    within = tuple(store.catalog.above(forecast.area))
    question = Question(store, target, reading, forecast.steps, forecast.area)
    if _moved_apart(forecast, question):
        return Outcome(forecast, question.due, None, why="break")
    results = [question.result(check) for check in question.checks]
    value = question.asked_about(question.record.exact)
    covered = None
    if forecast.interval is not None and value is not None:
        low, high = forecast.interval
        covered = low <= value <= high
    happened, why = decided(results), None
    if happened is None:
        why = "not_published" if question.over(question.due) else "not_due"
    return Outcome(forecast, question.due, happened, value, covered, why, within)


def _moved_apart(forecast: Forecast, question: Question) -> bool:
    """Tell whether a break parts what the forecast rested on from what it spoke of."""
    start = forecast.last_year if forecast.last_year is not None else forecast.as_of.year
    breaks = question.store.breaks(question.indicator.id, question.record.area)
    apart = any(start < entry.year <= question.due for entry in breaks)
    return apart or any(question.broken(check) for check in question.checks)


def score(outcomes: Iterable[Outcome]) -> Score:
    """
    Score forecasts, study by study and by lead time.

    What is said of a nation follows from what is said of its provinces: where both are there, the
    provinces are scored, and the nation is set apart.

    Parameters
    ----------
    outcomes : iterable of Outcome
        From :func:`outcome_of`.

    Returns
    -------
    Score
        Brier score, coverage and reliability of what can be scored, and all outcomes.

    Examples
    --------
    One forecast of 0.8 that came true, one of 0.2 that came true as well:

    >>> said = [
    ...     Forecast("s", "a", "t", dt.date(2020, 1, 1), Verdict.LIKELY, "r", None, 2019, p, None)
    ...     for p in (0.8, 0.2)
    ... ]
    >>> found = score(Outcome(forecast, 2021, True) for forecast in said)
    >>> round(found.by_lead[-1].brier, 3)
    0.34
    """
    kept = tuple(_without_wholes(tuple(outcomes)))
    by_lead: list[LeadScore] = []
    by_word: list[WordScore] = []
    for study in dict.fromkeys(item.forecast.study for item in kept):
        own = [one for one in kept if one.forecast.study == study and one.why != "parts_scored"]
        leads = sorted({one.lead for one in own if one.lead is not None and _scored(one)})
        by_lead += [_lead(study, lead, [one for one in own if one.lead == lead]) for lead in leads]
        if leads:
            by_lead.append(_lead(study, None, own))
        by_word += _words(study, own)
    return Score(kept, tuple(by_lead), tuple(by_word))


def _without_wholes(outcomes: Sequence[Outcome]) -> Iterable[Outcome]:
    """Mark what is decided of an area while the same is decided of a part of it."""
    wholes = {
        replace(item.forecast, area=whole).key
        for item in outcomes
        if _decided(item)
        for whole in item.within
    }
    for item in outcomes:
        counted_in_parts = _decided(item) and item.forecast.key in wholes
        yield replace(item, why="parts_scored") if counted_in_parts else item


def _decided(outcome: Outcome) -> bool:
    return outcome.happened is not None or outcome.covered is not None


def _scored(outcome: Outcome) -> bool:
    stated = outcome.forecast.probability is not None and outcome.happened is not None
    return stated or outcome.covered is not None


def _lead(study: str, lead: int | None, outcomes: Sequence[Outcome]) -> LeadScore:
    stated = [item for item in outcomes if item.forecast.probability is not None]
    stated = [item for item in stated if item.happened is not None]
    said = np.array([item.forecast.probability for item in stated], dtype=float)
    came = np.array([item.happened for item in stated], dtype=float)
    rate = float(came.mean()) if stated else None
    return LeadScore(
        study=study,
        lead=lead,
        n=len(stated),
        brier=float(np.mean((said - came) ** 2)) if stated else None,
        base_rate=rate,
        base_rate_brier=None if rate is None else rate * (1 - rate),
        coverage80=Share.of(_covered(outcomes)),
        reliability=tuple(_bins(said, came)),
    )


def _covered(outcomes: Sequence[Outcome]) -> list[bool]:
    """Count an interval once, however many targets speak of the same series and year."""
    told = ((item, item.forecast) for item in outcomes if item.covered is not None)
    intervals = {
        (said.area, said.as_of, item.due, said.interval, item.value): bool(item.covered)
        for item, said in told
    }
    return list(intervals.values())


def _bins(said: NDArray[np.float64], came: NDArray[np.float64]) -> Iterable[Bin]:
    for low, high in pairwise(CUTS):
        # The last bin holds its upper end.
        inside = (said >= low) & ((said < high) | (high == CUTS[-1]))
        happened = Share.of(came[inside].tolist())
        if happened is not None and happened.n >= FEWEST:
            yield Bin(low, high, float(said[inside].mean()), happened)


def _words(study: str, outcomes: Sequence[Outcome]) -> Iterable[WordScore]:
    for verdict in Verdict:
        items = [item for item in outcomes if item.forecast.verdict is verdict]
        items = [item for item in items if item.happened is not None]
        happened = Share.of([bool(item.happened) for item in items])
        if happened is not None:
            said = [p for item in items if (p := item.forecast.probability) is not None]
            mean = float(np.mean(said)) if said else None
            yield WordScore(study, verdict, mean, happened)
