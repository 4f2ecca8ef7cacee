"""All rules side by side with our verdict, why they differ, and who tells two stories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from edu_metrics.catalog import Level, Reading
from edu_metrics.reachability.series import SeriesStore, kept_by_store
from edu_metrics.reachability.status_rules.answers import (
    RULES,
    Answer,
    Case,
    Clause,
    Direction,
    Points,
    Rule,
    Unable,
    beyond,
    complement_of,
)
from edu_metrics.reachability.status_rules.pace_of_progress import (
    PaceModel,
    fit_pace,
    pace_percentile,
    pace_speed,
)
from edu_metrics.reachability.status_rules.published_rules import (
    MOST_POINTS,
    Arrow,
    OpenSdg,
    UnChart,
    Weather,
    open_sdg_status,
    un_chart_status,
)
from edu_metrics.reachability.verdicts import Assessment, Verdict


def answers_of(case: Case) -> tuple[Answer, ...]:
    """
    Ask every rule.

    Parameters
    ----------
    case : Case
        Series and target.

    Returns
    -------
    tuple of Answer
        One for each rule, in the order of
        :class:`~edu_metrics.reachability.status_rules.answers.Rule`. The level in the target year
        is judged, as none of the rules but the German one knows a level for every year or
        several of them.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> case = Case(range(2015, 2021), [72, 74, 73, 76, 77, 79], 90, 2022, "higher", percent=True)
    >>> [str(answer.status) for answer in answers_of(case)[:4]]
    ['limited_progress', 'fair_progress', 'cloud', 'stagnating']
    """
    return tuple(RULES[rule](case) for rule in Rule)


class Stance(StrEnum):
    """What a word comes to for the target, so that words of different rules can be compared."""

    GOOD = "good"
    MIDDLE = "middle"
    BAD = "bad"


class Why(StrEnum):
    """Why the answers differ; each is found by changing that one thing and asking again."""

    TWO_POINTS = "two_points"
    RECENT = "recent"
    RELATIVE = "relative"
    ALLOWANCE = "allowance"
    STRICT = "strict"
    CLAUSE = "clause"
    ARITHMETIC = "arithmetic"
    NO_UNCERTAINTY = "no_uncertainty"
    CUT_OFFS = "cut_offs"


_WORDS: Mapping[Stance, tuple[StrEnum, ...]] = {
    Stance.GOOD: (
        Verdict.MET, Verdict.LIKELY, OpenSdg.ACHIEVED, OpenSdg.ON_TRACK, UnChart.REACHED,
        Weather.SUN, Arrow.ON_TRACK,
    ),
    Stance.MIDDLE: (
        Verdict.UNCERTAIN, OpenSdg.ACCELERATE, UnChart.FAIR, Weather.SUN_AND_CLOUD,
        Arrow.MODERATE,
    ),
    Stance.BAD: (
        Verdict.UNLIKELY, Verdict.OUT_OF_REACH, Verdict.IMPOSSIBLE, Verdict.MISSED,
        OpenSdg.LIMITED, OpenSdg.DETERIORATION, UnChart.STAGNATION, Weather.CLOUD,
        Weather.THUNDERSTORM, Arrow.STAGNATING, Arrow.DECREASING,
    ),
}  # fmt: skip
_STANCES = {word: stance for stance, words in _WORDS.items() for word in words}


def stance_of(word: StrEnum | None) -> Stance | None:
    """
    Say what a word comes to for the target.

    Parameters
    ----------
    word : StrEnum or None
        A verdict, or the status of a rule.

    Returns
    -------
    Stance or None
        None for what doesn't judge the target, such as a place among others' paces. The order
        is ours: the rules' words were not made to be compared.

    Examples
    --------
    >>> str(stance_of(Weather.SUN_AND_CLOUD)), stance_of(Verdict.NO_DATA)
    ('middle', None)
    """
    return None if word is None else _STANCES.get(word)


@dataclass(frozen=True, slots=True)
class StatusTable:
    """
    What all rules say of one target.

    ``verdict`` is ours. ``turned`` names the rules that come to something else when the same
    numbers are told as the complement; it is None where there is no complement.
    """

    answers: tuple[Answer, ...]
    verdict: Verdict | None
    why: tuple[Why, ...]
    complement: tuple[Answer, ...] | None = None
    turned: tuple[Rule, ...] | None = None

    def answer(self, rule: Rule) -> Answer:
        """Give the answer of one rule."""
        return next(answer for answer in self.answers if answer.rule is rule)

    @property
    def agree(self) -> bool:
        """Whether all words that judge the target come to the same, ours among them."""
        return len(_stances(self.answers, self.verdict)) < 2

    def as_rows(self) -> list[dict[str, Any]]:
        """
        Give the answers as plain data, one row a rule, ready for JSON.

        The speed of progress is given to one decimal: the next ones change with any other area.
        """
        return [
            {
                "rule": str(answer.rule),
                "status": None if answer.status is None else str(answer.status),
                "ratio": answer.ratio,
                "score": _told(answer),
                "observed": answer.observed,
                "required": answer.required,
                "unable": None if answer.unable is None else str(answer.unable),
                "turned": None if self.turned is None else answer.rule in self.turned,
            }
            for answer in self.answers
        ]


def _told(answer: Answer) -> float | None:
    if answer.score is None or answer.rule is not Rule.SPEED:
        return answer.score
    return round(answer.score, 1)


def status_table(
    case: Case,
    *,
    strict: bool = False,
    verdict: Verdict | None = None,
    probability: float | None = None,
) -> StatusTable:
    """
    Judge one series by every rule, and say why they differ.

    Parameters
    ----------
    case : Case
        Series and target.
    strict : bool, optional
        Whether the level has to be passed; no rule knows of it.
    verdict : Verdict, optional
        Ours.
    probability : float, optional
        The probability behind it, 0-1.

    Returns
    -------
    StatusTable
        Answers in the order of :class:`Rule`, and the reasons.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Completion in Canada: relative growth alone decides between two words.

    >>> found = status_table(Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True))
    >>> [str(found.answer(rule).status) for rule in (Rule.OPEN_SDG, Rule.SDR)]
    ['acceleration_needed', 'moderately_improving']
    >>> [str(rule) for rule in found.turned]
    ['open_sdg', 'inep_attainment', 'unicef_aarr']
    """
    answers = answers_of(case)
    other = case.complement()
    complement = None if other is None else answers_of(other)
    turned = None
    if complement is not None:
        turned = tuple(
            mine.rule
            for mine, its in zip(answers, complement, strict=True)
            if not mine.says_the_same(its)
        )
    why: tuple[Why, ...] = ()
    if len(_stances(answers, verdict)) > 1:
        why = _why(case, answers, verdict, strict=strict, drawn=probability is not None)
    return StatusTable(answers, verdict, why, complement, turned)


def _stances(answers: Sequence[Answer], verdict: Verdict | None) -> set[Stance]:
    words = [verdict, *(answer.status for answer in answers)]
    return {stance for word in words if (stance := stance_of(word)) is not None}


def _why(
    case: Case, answers: Sequence[Answer], verdict: Verdict | None, *, strict: bool, drawn: bool
) -> tuple[Why, ...]:
    # Where words differ and ours is among them, one of the others differs from ours.
    against_us = stance_of(verdict) is not None
    points = case.points()  # some rule has a word for them
    met = beyond(points.last, case.target, case.better)
    near = any(
        answer.rule is Rule.UN_CHART
        and answer.status is UnChart.REACHED
        and (answer.ratio or 0) < 0.95
        for answer in answers
    )
    two_point_rules = (Rule.OPEN_SDG, Rule.UN_CHART, Rule.SDR)
    live = {
        Why.TWO_POINTS: not met and _moves(answers, _smoothed(case, points), two_point_rules),
        Why.RECENT: _moves(answers, _straightened(case, points), (Rule.GERMAN,)),
        Why.RELATIVE: not met and _relative_decides(case, points, answers),
        Why.ALLOWANCE: near and not met,
        Why.STRICT: strict and points.last == case.target,
        Why.CLAUSE: against_us and case.clause is not Clause.LEVEL,
        Why.ARITHMETIC: against_us and verdict is Verdict.IMPOSSIBLE,
        Why.NO_UNCERTAINTY: drawn,
    }
    reasons = tuple(reason for reason, holds in live.items() if holds)
    return reasons or (Why.CUT_OFFS,)


def _moves(answers: Sequence[Answer], changed: Case | None, rules: Sequence[Rule]) -> bool:
    """Tell whether some rules say something else of a changed series."""
    if changed is None:
        return False
    return any(
        stance_of(mine.status) is not stance_of(its.status)
        for mine, its in zip(answers, answers_of(changed), strict=True)
        if mine.rule in rules and mine.given and its.given
    )


def _smoothed(case: Case, points: Points) -> Case | None:
    """Put a straight line through all years in place of the first and the last value."""
    if len(points.years) < 3:
        return None
    slope, level = np.polyfit(np.array(points.years) - points.years[0], points.values, 1)
    line = [level, *points.values[1:-1], level + slope * points.span]
    if case.percent:
        line = [min(max(value, 0.0), 100.0) for value in line]
    return replace(case, years=points.years, values=tuple(float(value) for value in line))


def _straightened(case: Case, points: Points) -> Case | None:
    """Let the last years move as the whole series did."""
    if len(points.years) <= MOST_POINTS:
        return None
    recent = points.run(MOST_POINTS).years
    line = [points.last + points.pace * (year - points.years[-1]) for year in recent]
    return replace(case, years=recent, values=tuple(line))


def _relative_decides(case: Case, points: Points, answers: Sequence[Answer]) -> bool:
    """Tell whether growth in the unit of the values, in place of growth in percent, says else."""
    promised, window = case.target - points.first, case.target_year - points.years[0]
    if not promised or window <= 0:
        return False
    towards = points.pace if case.better == "higher" else -points.pace
    linear: dict[Rule, StrEnum] = {
        Rule.OPEN_SDG: open_sdg_status(towards / (abs(promised) / window)),
        Rule.UN_CHART: un_chart_status(points.pace * window / promised),
    }
    return any(
        answer.given and answer.ratio is not None and answer.status is not linear[answer.rule]
        for answer in answers
        if answer.rule in linear
    )


#: Longest and shortest spell for which the paces of others are compared. [years]
LONGEST_SPELL, SHORTEST_SPELL = 5, 3
#: The paces of others on a level, and of their complements.
_Paces = tuple[PaceModel | Unable, PaceModel | Unable]
_NO_PACES: _Paces = (Unable.NOT_A_PERCENTAGE, Unable.NOT_A_PERCENTAGE)


def status_table_of(store: SeriesStore, assessment: Assessment) -> StatusTable | None:
    """
    Judge the series behind an assessment by every rule.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    assessment : Assessment
        Of a target in an area.

    Returns
    -------
    StatusTable or None
        None where there is no level to be reached from one side, or fewer than two years are
        observed since the last break and until the target is due. A level that a promised
        change comes to is that of the slowest promised pace.
    """
    level = assessment.level
    if assessment.indicator is None or assessment.reading is None or level is None:
        return None
    if level.op == "==" or assessment.start != "observed" or not assessment.checks:
        return None
    due = max(result.check.due for result in assessment.checks)
    seen = _seen(store, assessment.indicator, assessment.area, due)
    if len(seen) < 2:
        return None
    indicator = store.catalog.indicator(assessment.indicator)
    reading = store.plan.target(assessment.target).reading(assessment.reading)
    about = (store, indicator.id, assessment.area, seen)
    pace, mirrored = _pace(*about) if indicator.is_rate else _NO_PACES
    case = Case(
        tuple(seen),
        tuple(seen.values()),
        level.value,
        due,
        "higher" if level.rising else "lower",
        percent=indicator.is_rate,
        clause=_clause(reading),
        earlier=_earlier(reading, due),
        pace=pace,
        complement_pace=mirrored,
    )
    return status_table(
        case, strict=level.strict, verdict=assessment.verdict, probability=assessment.probability
    )


def paces_of(store: SeriesStore, indicator: str, area: str, due: int) -> list[tuple[str, str, str]]:
    """
    Tell how an area's pace is held against those of others, as a report prints it.

    Parameters
    ----------
    store : SeriesStore
        The study's series as of its date.
    indicator : str
        Indicator id.
    area : str
        Area of the study.
    due : int
        Last year that counts.

    Returns
    -------
    list of (str, str, str)
        Band, speed to one decimal and reason for none, for either direction of better and
        for the complements; none where nothing is compared.
    """
    entry, seen = store.catalog.indicator(indicator), _seen(store, indicator, area, due)
    if len(seen) < 2 or not entry.is_rate:
        return []
    model, mirrored = _pace(store, indicator, area, seen)
    directions: tuple[Direction, ...] = ("higher", "lower")
    rows = []
    for paces, series in ((model, seen), (mirrored, _complement(seen))):
        for better in directions:
            # The level that is asked for does not enter a pace.
            case = Case(tuple(series), tuple(series.values()), 0.0, due, better, pace=paces)
            band, speed = pace_percentile(case), pace_speed(case)
            times = "" if speed.score is None else f"{speed.score:.1f}"
            rows.append((str(band.status), times, f"{band.unable} {speed.unable}"))
    return rows


def _seen(store: SeriesStore, indicator: str, area: str, due: int) -> dict[int, float]:
    """Give the exact values since the last break and until a year."""
    # Nine decimals, as the level has them: dust between the two would ask for a pace of dust.
    since = store.record(indicator, area).since_break
    return {year: round(value, 9) for year, value in sorted(since.items()) if year <= due}


def _pace(store: SeriesStore, indicator: str, area: str, seen: Mapping[int, float]) -> _Paces:
    """Fit the paces of all areas on an area's level, and of their complements."""
    length = min(LONGEST_SPELL, max(SHORTEST_SPELL, max(seen) - min(seen)))
    return _paces(store, indicator, store.catalog.areas[area].level, length)


@kept_by_store
def _paces(store: SeriesStore, indicator: str, level: str, length: int) -> _Paces:
    all_series = {
        str(name): dict(zip(rows["year"].tolist(), rows["value"].tolist(), strict=True))
        for name, rows in store.history(indicator).groupby("area", sort=True)
        if store.catalog.areas[str(name)].level == level
    }
    others = {name: _complement(own) for name, own in all_series.items()}
    return _fitted(all_series, length), _fitted(others, length)


def _fitted(series: Mapping[str, Mapping[int, float]], length: int) -> PaceModel | Unable:
    return fit_pace({n: (tuple(s), tuple(s.values())) for n, s in series.items()}, length=length)


def _complement(series: Mapping[int, float]) -> dict[int, float]:
    return {year: complement_of(value) for year, value in series.items()}


def _clause(reading: Reading) -> Clause:
    kinds = {condition.type for condition in reading.conditions}
    if kinds == {"level"}:
        return Clause.LEVEL
    return Clause.EACH_YEAR if kinds == {"each_year"} else Clause.CHANGE


def _earlier(reading: Reading, due: int) -> dict[int, float]:
    """Give the levels that a reading names for years before the last one."""
    return {
        year: bound.value
        for level in reading.of(Level)
        for year, bound in level.at.items()
        if year < due
    }
