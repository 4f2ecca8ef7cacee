r"""
Published status rules side by side with our verdict, why they differ, and who tells two stories.

Two of the rules look at the paces of others: percentile and speed among comparable series, a
variant after the World Bank's pace of progress.

What a series did is held against what others did from the same level. A spell of :math:`h` years
gives a change a year, :math:`(y_{t+h} - y_t)/h`, and its starting level; quantile regression gives
the change :math:`Q_\tau(y)` that a share :math:`\tau` of the spells from level :math:`y` did not
pass.

*Percentile*: paths :math:`y \leftarrow y + Q_\tau(y)` for :math:`\tau` = 0.2, 0.4, 0.6, 0.8 start
where the series starts, rounded to 0.1 and kept within the limits; the last value lies in one band
between them. *Speed*: with :math:`T(y) = \sum g / Q_{0.5}(y)` in steps of :math:`g = 0.1`, the
time that the typical series takes, the score is
:math:`(T(y_{last}) - T(y_{first})) / \text{years}`: 1 is typical, 2 is twice as fast.

**It is a variant, not the World Bank's own number.** There, non-crossing P-splines with a smoothing
chosen by cross-validation stand for the quantiles; here a straight line or parabola, as statsmodels
fits it, its crossings undone by sorting. There, spells last five years or else up to ten, and a
series at least five; here the length is a parameter, for histories that are shorter. As there,
areas with few spells are repeated to weigh as much as the others.

References
----------
Mahler, D. G., Serajuddin, U., Wadhwa, D. and Yonzan, N. (2026). *Pace of progress*. World Bank
Policy Research Working Paper 11350; code in github.com/RossanaTat/sdgtrackr.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edu_metrics.catalog import Level, Reading
from edu_metrics.errors import DataError
from edu_metrics.reachability.published_rules import (
    MOST_POINTS,
    RULES,
    Answer,
    CannotSay,
    Case,
    Clause,
    Direction,
    Points,
    Rule,
    Unable,
    answering,
    beyond,
    complement_of,
    word_of,
)
from edu_metrics.reachability.series import SeriesStore, kept_by_store
from edu_metrics.reachability.verdicts import Assessment, Verdict

TAUS = (0.2, 0.4, 0.5, 0.6, 0.8)
MEDIAN = TAUS.index(0.5)
STEP = 0.1
LONGEST = 10
#: How often weights are made anew at most; by how little a fit moves that stands still; and as how
#: far away counts what lies closer. [1; points; points]
_MOST_STEPS, _STILL, _CLOSE = 5000, 1e-6, 1e-6
#: Fewest areas from which quantiles are taken; ours.
FEWEST = 20
Floats = NDArray[np.float64]


#: Bands between the paths, the fastest progress last.
BANDS = ("below_20", "from_20_to_40", "from_40_to_60", "from_60_to_80", "above_80")


@dataclass(frozen=True, slots=True)
class PaceModel:
    """
    Change a year by starting level, at five quantiles.

    ``coefficients`` holds, for each quantile of ``TAUS``, a polynomial of the level over 100,
    lowest power first; ``lowest`` and ``highest`` are the levels from which spells started, beyond
    which the nearest one counts.
    """

    coefficients: tuple[tuple[float, ...], ...]
    lowest: float
    highest: float
    length: int

    def changes(self, level: float) -> Floats:
        """
        Give the change a year from a level at each quantile.

        Parameters
        ----------
        level : float
            Starting level. [percent]

        Returns
        -------
        ndarray, shape (5,)
            Changes at ``TAUS``, rising, within what 0 and 100 allow. [points a year]
        """
        x = min(max(level, self.lowest), self.highest) / 100
        powers = np.array([x**power for power in range(len(self.coefficients[0]))])
        drawn = np.sort(np.array(self.coefficients) @ powers)
        kept: Floats = np.clip(drawn, -level, 100 - level)
        return kept


def fit_pace(peers: Mapping[str, Mapping[int, float]], *, length: int = 5) -> PaceModel | Unable:
    """
    Fit the change a year on the starting level, over the spells of many areas.

    Parameters
    ----------
    peers : mapping of str to mapping of int to float
        Series of comparable areas by year. [percent]
    length : int, optional
        Length of a spell; where an area has none, the next longer one up to ten. [years]

    Returns
    -------
    PaceModel or Unable
        The model, or that there are too few areas.

    Raises
    ------
    DataError
        If a spell would be shorter than a year.

    Examples
    --------
    Everybody gains 2 points a year:

    >>> peers = {f"p{n}": {2015: 40.0 + n, 2020: 50.0 + n} for n in range(30)}
    >>> fit_pace(peers).changes(45.0).round(6).tolist()
    [2.0, 2.0, 2.0, 2.0, 2.0]
    """
    if length < 1:
        raise DataError(f"length: expected a spell of at least 1 year, found {length}")
    if not peers:
        return Unable.NO_PEERS
    by_area = [spells for own in peers.values() if len(spells := _spells(own, length))]
    if len(by_area) < FEWEST:
        return Unable.TOO_FEW_PEERS
    most = max(len(spells) for spells in by_area)
    rows = np.concatenate([np.resize(spells, (most, 2)) for spells in by_area])
    start, change = rows[:, 0], rows[:, 1]
    return PaceModel(
        coefficients=_quantile_lines(start / 100, change),
        lowest=float(start.min()),
        highest=float(start.max()),
        length=length,
    )


@answering(Rule.PERCENTILE)
def pace_percentile(case: Case) -> Answer:
    """
    Give the band of paces in which a series lies.

    Parameters
    ----------
    case : Case
        Series, in percent, with the model of its peers' paces; only its first and last year are
        looked at, and no target.

    Returns
    -------
    Answer
        ``status`` is the band, the fastest progress above 80, ``observed`` the change a year.
        [points a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> peers = {f"p{n}": {2015: 50.0, 2020: 50.0 + n} for n in range(40)}
    >>> case = Case([2015, 2020], [50, 80], 90, 2022, "higher", pace=fit_pace(peers))
    >>> str(pace_percentile(case).status)
    'from_60_to_80'
    """
    points, model = _judged(case)
    levels = np.full(len(TAUS), _rounded(points.first))
    for _ in range(points.span):
        change = [_at_steps(model)[_step(level), at] for at, level in enumerate(levels)]
        levels = np.array([_rounded(float(level)) for level in levels + change])
    paths = np.sort(np.delete(levels, MEDIAN))
    last = _rounded(points.last)
    passed = last >= paths if case.better == "higher" else last <= paths
    return Answer(Rule.PERCENTILE, BANDS[int(passed.sum())], observed=points.pace)


@answering(Rule.SPEED)
def pace_speed(case: Case) -> Answer:
    """
    Say how many times as fast as the typical series a series moved.

    Parameters
    ----------
    case : Case
        Series, in percent, with the model of its peers' paces; only its first and last year are
        looked at, and no target.

    Returns
    -------
    Answer
        ``score`` is the speed, 1 the typical one and negative where the series went back. Where
        the typical series does not progress there is no speed.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> peers = {f"p{n}": {2015: 40.0 + n, 2020: 50.0 + n} for n in range(30)}
    >>> case = Case([2015, 2020], [50, 70], 90, 2022, "higher", pace=fit_pace(peers))
    >>> round(pace_speed(case).score, 6)
    2.0
    """
    points, model = _judged(case)
    way = 1 if case.better == "higher" else -1
    low, high = sorted((_rounded(points.first), _rounded(points.last)))
    # Time runs from the worse end of each step, as it does for who goes that way.
    begins = slice(_step(low), _step(high)) if way == 1 else slice(_step(low) + 1, _step(high) + 1)
    pace = way * _at_steps(model)[begins, MEDIAN]
    if (pace <= 0).any():
        raise CannotSay(Unable.NO_TYPICAL_PACE)
    forward = 1 if way * (points.last - points.first) >= 0 else -1
    score = forward * float((STEP / pace).sum()) / points.span
    return Answer(Rule.SPEED, score=score, observed=points.pace)


def _judged(case: Case) -> tuple[Points, PaceModel]:
    points, model = case.points(), case.pace
    if isinstance(model, Unable):
        raise CannotSay(model)
    if min(points.values) < 0 or max(points.values) > 100:
        raise CannotSay(Unable.NOT_A_PERCENTAGE)
    if points.span < model.length:
        raise CannotSay(Unable.TOO_FEW_YEARS)
    return points, model


@functools.lru_cache(maxsize=256)
def _at_steps(model: PaceModel) -> Floats:
    """Give the changes from every level in steps of 0.1: one row a level, one column a quantile."""
    return np.array([model.changes(step * STEP) for step in range(_step(100.0) + 1)])


def _step(level: float) -> int:
    return round(level / STEP)


def _rounded(level: float) -> float:
    return min(max(round(level / STEP) * STEP, 0.0), 100.0)


def _spells(held: Mapping[int, float], length: int) -> Floats:
    """Give starting level and change a year of every spell, all of one length."""
    for span in range(length, max(length, LONGEST) + 1):
        spells = [
            (value, (held[year + span] - value) / span)
            for year, value in held.items()
            if year + span in held
        ]
        if spells:
            return np.array(spells, dtype=np.float64)
    return np.empty((0, 2))


def _quantile_lines(x: Floats, change: Floats) -> tuple[tuple[float, ...], ...]:
    """Fit one polynomial for each quantile: a parabola where there are levels enough for it."""
    degree = min(2, np.unique(x).size - 1)
    if degree == 0 or np.ptp(change) == 0:
        return tuple((float(np.quantile(change, tau)),) for tau in TAUS)
    design = np.column_stack([x**power for power in range(degree + 1)])
    with np.errstate(all="ignore"):
        return tuple(_quantile_line(design, change, tau) for tau in TAUS)


def _quantile_line(design: Floats, change: Floats, tau: float) -> tuple[float, ...]:
    """
    Fit one quantile by least squares, weighted anew with the distances until nothing moves.

    This is what statsmodels' ``QuantReg`` does, to the last digit, without its standard errors. To
    load that would take a third of the time that a batch needs before its first report.
    """
    weighted, fitted, moved = design, np.ones(design.shape[1]), np.inf
    for _ in range(_MOST_STEPS):
        before = fitted
        fitted = np.linalg.pinv(weighted.T @ design) @ (weighted.T @ change)
        away = change - design @ fitted
        close = np.abs(away) < _CLOSE
        away[close] = np.where(away[close] >= 0, _CLOSE, -_CLOSE)
        weighted = design / np.abs(np.where(away < 0, tau, 1 - tau) * away)[:, np.newaxis]
        moved = np.max(np.abs(fitted - before))
        if not moved > _STILL:
            break
    return tuple(float(number) for number in fitted)


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
    >>> [answer.status for answer in answers_of(case)[:4]]
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


#: What the words come to; those of our verdict among them.
STANCES: Mapping[str, Stance] = {
    word: stance
    for stance, words in {
        Stance.GOOD: "met likely target_achieved on_track reached_or_on_track sun "
        "on_track_or_maintaining",
        Stance.MIDDLE: "uncertain acceleration_needed fair_progress sun_and_cloud "
        "moderately_improving",
        Stance.BAD: "unlikely out_of_reach impossible missed limited_progress deterioration "
        "stagnation_or_regression cloud thunderstorm stagnating decreasing",
    }.items()
    for word in words.split()
}


def stance_of(word: str | None) -> Stance | None:
    """
    Say what a word comes to for the target.

    Parameters
    ----------
    word : str or None
        A verdict, or the status of a rule.

    Returns
    -------
    Stance or None
        None for what doesn't judge the target, such as a place among others' paces. The order
        is ours: the rules' words were not made to be compared.

    Examples
    --------
    >>> str(stance_of("sun_and_cloud")), stance_of(Verdict.NO_DATA)
    ('middle', None)
    """
    return None if word is None else STANCES.get(word)


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
                "status": answer.status,
                "ratio": answer.ratio,
                "score": _score(answer),
                "observed": answer.observed,
                "required": answer.required,
                "unable": None if answer.unable is None else str(answer.unable),
                "turned": None if self.turned is None else answer.rule in self.turned,
            }
            for answer in self.answers
        ]


def _score(answer: Answer) -> float | None:
    rounded = answer.rule is Rule.SPEED and answer.score is not None
    return round(answer.score or 0.0, 1) if rounded else answer.score


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
    answers, other = answers_of(case), case.complement()
    why: tuple[Why, ...] = ()
    if len(_stances(answers, verdict)) > 1:
        why = _why(case, answers, verdict, strict=strict, drawn=probability is not None)
    if other is None:
        return StatusTable(answers, verdict, why)
    complement = answers_of(other)
    pairs = zip(answers, complement, strict=True)
    turned = tuple(mine.rule for mine, its in pairs if not mine.says_the_same(its))
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
        and answer.status == "reached_or_on_track"
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
        Why.CLAUSE: against_us and case.clause != "level",
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
    linear = {
        Rule.OPEN_SDG: word_of(Rule.OPEN_SDG, towards / (abs(promised) / window)),
        Rule.UN_CHART: word_of(Rule.UN_CHART, points.pace * window / promised),
    }
    return any(
        answer.given and answer.ratio is not None and answer.status != linear[answer.rule]
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
    rows = store.by_year(indicator, level).iterrows()
    all_series: dict[str, dict[int, float]] = {str(n): dict(row.dropna()) for n, row in rows}
    others = {name: _complement(own) for name, own in all_series.items()}
    return fit_pace(all_series, length=length), fit_pace(others, length=length)


def _complement(series: Mapping[int, float]) -> dict[int, float]:
    return {year: complement_of(value) for year, value in series.items()}


def _clause(reading: Reading) -> Clause:
    kinds = {condition.type for condition in reading.conditions}
    if kinds == {"level"}:
        return "level"
    return "each_year" if kinds == {"each_year"} else "change"


def _earlier(reading: Reading, due: int) -> dict[int, float]:
    """Give the levels that a reading names for years before the last one."""
    return {
        year: bound.value
        for level in reading.of(Level)
        for year, bound in level.at.items()
        if year < due
    }
