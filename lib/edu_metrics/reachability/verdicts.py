"""
What the numbers say of a target in an area, as of a date, and whether chance alone could say it.

Probabilities are put into words at the cut-offs of the calibrated likelihood terms of the
Intergovernmental Panel on Climate Change [1]_: below 0.05 very unlikely (``out_of_reach``), below
0.33 unlikely, below 0.66 uncertain, from there on likely.

Whether what a target asks for, or what came of it, can be told from chance is asked only for
indicators whose definition says that another year draws other persons, and only where the number
of persons is known. docs/decisions has the rule and its reasons.

References
----------
.. [1] Mastrandrea, M. D. et al. (2010). *Guidance note for lead authors of the IPCC Fifth
   Assessment Report on consistent treatment of uncertainties*, table 1.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import hypot, inf
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Self

from edu_metrics.catalog import Bound, Indicator
from edu_metrics.formulas import (
    chance_of_move,
    rate_error,
    smallest_visible_change,
    years_until_visible,
)
from edu_metrics.observations import MissingInput
from edu_metrics.reachability.arithmetic import final_bound
from edu_metrics.reachability.checks import CHANGES, Check, CheckResult, Reached, still_open
from edu_metrics.trajectories import Calibration

if TYPE_CHECKING:
    # Whoever only audits a plan needs no series.
    from edu_metrics.reachability.series import Record

#: Where one word ends and the next begins. [0-1]
CUT_OFFS = (0.05, 0.33, 0.66)


class Verdict(StrEnum):
    """Every verdict that there is."""

    MET = "met"
    MISSED = "missed"
    IMPOSSIBLE = "impossible"
    OUT_OF_REACH = "out_of_reach"
    UNLIKELY = "unlikely"
    UNCERTAIN = "uncertain"
    LIKELY = "likely"
    CANNOT_TELL = "cannot_tell"
    NO_DATA = "no_data"
    TRACKED = "tracked"


class Applies(StrEnum):
    """
    How a target stands to an area.

    ``binds``: the plan sets it for this area. ``as_if``: it is set for an area above, and shown
    as if its number held here. ``parts``: it is set for areas below. ``elsewhere``: neither.
    """

    BINDS = "binds"
    AS_IF = "as_if"
    PARTS = "parts"
    ELSEWHERE = "elsewhere"


def verdict_of(probability: float) -> Verdict:
    """
    Put a probability into a word.

    Parameters
    ----------
    probability : float
        Probability, 0-1.

    Returns
    -------
    Verdict
        One of out_of_reach, unlikely, uncertain and likely.

    Examples
    --------
    >>> str(verdict_of(0.0499)), str(verdict_of(0.05)), str(verdict_of(0.66))
    ('out_of_reach', 'unlikely', 'likely')
    """
    return _WORDS[sum(probability >= cut_off for cut_off in CUT_OFFS)]


_WORDS = (Verdict.OUT_OF_REACH, Verdict.UNLIKELY, Verdict.UNCERTAIN, Verdict.LIKELY)


def edge_of(probability: float | None) -> tuple[Verdict, Verdict] | None:
    """
    Name the two words that a probability lies between once it is rounded to whole percent.

    Parameters
    ----------
    probability : float or None
        Probability, 0-1.

    Returns
    -------
    tuple of Verdict or None
        The words below and above; None where rounding leaves it well within one.

    Examples
    --------
    >>> [str(word) for word in edge_of(0.047)], edge_of(0.04)
    (['out_of_reach', 'unlikely'], None)
    """
    for place, cut_off in enumerate(CUT_OFFS):
        if probability is not None and round(100 * probability) == round(100 * cut_off):
            return _WORDS[place], _WORDS[place + 1]
    return None


def verdict_counts(assessments: Iterable[Assessment]) -> Counter[Verdict]:
    """Count verdicts: every page that counts them does it here."""
    return Counter(one.verdict for one in assessments)


@dataclass(frozen=True, slots=True)
class Total:
    """
    What a yearly flow has to sum up to.

    ``bound`` is on the sum over ``years``; ``so_far`` is the sum of those that are over, None
    where one of them is not known. [unit of the indicator]
    """

    bound: Bound
    years: tuple[int, ...]
    so_far: float | None


@dataclass(frozen=True, slots=True)
class Assessment:
    """
    One target, one area, one reading: the verdict and the numbers behind it.

    ``probability`` is the only one that there is of the target under the reading, kept within what
    may be stated; ``probability_raw`` is the same as it came out. ``findings`` names what is wrong
    with the promise itself beside its probability: ``promised_pace`` where even the fastest pace
    that the plan promises ends short of the level. ``cautions`` says what of a forecast nobody has
    tried (``untried``: further ahead than the back-test) and that a series ended long before the
    study's date (``ended``); ``unusual`` names years left out because they fit neither what came
    before nor what came after.

    Attributes
    ----------
    level, gap : Bound and float, or None
        What is asked of the last year, and what is missing of it in the better direction; of a
        sum over years the gap is what is left of ``total``. Negative where exceeded.
        [unit of the indicator]
    required_pace : float or None
        Even change a year that the hardest year ahead asks for, which is ``required_by``; 0 where
        nothing is needed. Of a sum over years the flow that each year left has to bring.
    people : int or None
        Persons or institutions needed; 0 where none is.
    total : Total or None
        For a sum over years: what is asked and what is done, instead of a level.
    """

    study: str
    area: str
    target: str
    applies: Applies
    verdict: Verdict
    as_of: dt.date | None = None
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    probability: float | None = None
    probability_raw: float | None = None
    interval: tuple[float, float] | None = None
    median: float | None = None
    last_year: int | None = None
    last_value: float | None = None
    start: str | None = None
    level: Bound | None = None
    gap: float | None = None
    total: Total | None = None
    required_pace: float | None = None
    required_by: int | None = None
    past_pace: float | None = None
    years_needed: int | None = None
    pace_percentile: float | None = None
    year_reached: int | None = None
    reached: Reached | None = None
    noise: Noise | None = None
    people: int | None = None
    vacuous: bool = False
    model: str | None = None
    calibration: Calibration | None = None
    reason: str | None = None
    findings: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    unusual: tuple[int, ...] = ()
    checks: tuple[CheckResult, ...] = ()
    missing: tuple[MissingInput, ...] = ()
    sources: tuple[str, ...] = ()
    others: tuple[Assessment, ...] = field(default=(), repr=False)

    @property
    def disputed(self) -> bool:
        """Whether another reading or number of steps comes to another verdict."""
        return any(other.verdict != self.verdict for other in self.others)

    @property
    def closed(self) -> str | None:
        """Why nothing more can be asked: reading_undecided, decided or no_start; None if it can."""
        if self.indicator is None or self.reason == "reading_undecided":
            return "reading_undecided"
        if self.verdict in (Verdict.MET, Verdict.MISSED):
            return "decided"
        return "no_start" if self.last_year is None or self.last_value is None else None

    @property
    def edge(self) -> tuple[Verdict, Verdict] | None:
        """The two words that the verdict lies between, where rounding puts it on their edge."""
        return edge_of(self.probability) if self.verdict in _WORDS else None

    @property
    def undecided(self) -> tuple[Check, ...]:
        """Leave out of the reading's checks those that a value or a published bound decides."""
        return still_open(self.checks)


@dataclass(frozen=True)
class TargetAnswer:
    """
    What more is said of an assessment: on which target, in which area, under which reading.

    Attributes
    ----------
    area, target, reading, steps, indicator
        As the assessment has them.
    reason : str or None
        Why there is no answer, in a word.
    """

    area: str
    target: str
    reading: str | None = None
    steps: int | None = None
    indicator: str | None = None
    reason: str | None = None

    @classmethod
    def of(cls, found: Assessment, **said: Any) -> Self:
        """Begin with what an assessment is of."""
        return cls(found.area, found.target, found.reading, found.steps, found.indicator, **said)


#: Fields of an assessment by name, as far as something can be said.
Fields = dict[str, Any]


#: The move for which the chance without any change is told. [percentage points]
MOVE = 5.0
#: Beyond so many standard errors chance alone is not believed (5 percent, two-sided).
LIMIT = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Noise:
    """
    What chance alone does to a rate at its number of persons, and what a target asks beside it.

    Attributes
    ----------
    n : int
        Persons behind the latest rate. [persons]
    base_year : int
        Year from which the change asked for is counted.
    visible : float or None
        Smallest change from the base that one later year would show (80 % power, 5 % two-sided),
        in the direction asked for; None where none within 0 to 100 would. [percentage points]
    chance : float
        Probability that the rate moves by 5 points or more, up or down, in a year in which
        nothing changed. [0-1]
    asked : float or None
        Change that the target asks for from the base to its due year, negative where the base
        is beyond the level; None where there is no level or it has been decided.
        [percentage points]
    hidden : bool
        Whether something is asked for, and less than what can be seen.
    verifiable_from : int or None
        First year in which the gain could be seen, if the pace asked for were kept, also beyond
        the due year; one year against one year, none pooled.
    near : bool
        Whether a check that was decided lies so close to its bound that chance alone may have
        put it on its side.
    """

    n: int
    base_year: int
    visible: float | None
    chance: float
    asked: float | None
    hidden: bool
    verifiable_from: int | None
    near: bool


def noise_of(
    indicator: Indicator, record: Record, results: Sequence[CheckResult], level: Bound | None
) -> Noise | None:
    """
    Hold what a target asks for against what can be seen at this number of persons.

    Parameters
    ----------
    indicator : Indicator
        What the reading is about.
    record : Record
        The series.
    results : sequence of CheckResult
        What came of each of the reading's checks.
    level : Bound or None
        The level that the checks come to. [percent]

    Returns
    -------
    Noise or None
        None where the indicator counts all there is, or the persons behind it are not known.
    """
    checks = [result.check for result in results]
    due = max(check.due for check in checks)
    year = max((year for year in record.exact if year <= due), default=None)
    if indicator.noise is None or year is None or record.counts.get(year, (0, 0))[1] <= 0:
        return None
    changes = [check for check in checks if check.measure in CHANGES]
    base = min((check.years[0] for check in changes), default=year)
    start = record.exact.get(base, record.exact[year])
    n = max(round(record.counts[year][1]), 1)
    n_base = max(round(record.counts.get(base, record.counts[year])[1]), 1)
    rate = _inner_rate(*record.counts.get(base, record.counts[year]))
    asked, asks, falling = None, False, indicator.better == "lower"
    if changes:
        # What the promise comes to from its base, whatever came of its first steps.
        level = final_bound(checks, {base: start})
    if level is not None and (changes or year < due):
        asked = round(level.gap(start), 9)
        # A change of nothing may be asked for; a level where the series stands is not.
        asks = asked > 0 or (asked == 0 and (bool(changes) or level.strict))
        falling = level.value < start if level.op == "==" else not level.rising
    visible = smallest_visible_change(rate, n_base, n, falling=falling)
    since = None
    if asked is not None and asked > 0 and due > base:
        pace = asked / (due - base) * (-1 if falling else 1)
        years = years_until_visible(rate, n_base, pace, n)
        since = None if years is None else base + years
    return Noise(
        n=n,
        base_year=base,
        visible=None if visible == inf else round(visible, 9),
        chance=chance_of_move(_inner_rate(*record.counts[year]), n, MOVE),
        asked=asked,
        hidden=asked is not None and asks and asked < visible,
        verifiable_from=since,
        near=any(is_chance(result, record) for result in results),
    )


def is_chance(result: CheckResult, record: Record) -> bool:
    """
    Tell whether chance alone may have put a decided check on its side of the bound.

    Parameters
    ----------
    result : CheckResult
        The comparison, and what came of it.
    record : Record
        The series.

    Returns
    -------
    bool
        True where a bound lies within 1.96 standard errors of what was measured: for a check
        that held, any bound; for one that failed, every bound that it failed.
    """
    check, exact, counts = result.check, record.exact, record.counts
    known = check.measure in CHANGES | {"value"} and all(year in counts for year in check.years)
    if result.holds is None or not known:
        return False
    if result.holds and result.margin is not None and result.margin < 0:
        return False  # held by the indicator's own limit
    last, first = check.due, check.years[0]
    errors = {
        year: rate_error(_inner_rate(*counts[year]), counts[year][1]) for year in (first, last)
    }
    near: list[bool] = []
    for bound in check.bounds:
        # The bound as a value of the last year: factor x first + points.
        factor, points = 0.0, bound.value
        if check.measure in CHANGES:
            factor = 1 + bound.value / 100 if check.measure == "percent" else 1.0
            steps = last - first if check.measure == "points_per_step" else 1
            points = 0.0 if check.measure == "percent" else bound.value * steps
        distance = exact[last] - factor * exact[first] - points
        close = abs(distance) < LIMIT * hypot(errors[last], factor * errors[first])
        failed = result.measured is not None and not bound.met_by(result.measured)
        if result.holds or failed:
            near.append(close)
    return bool(near) and (any(near) if result.holds else all(near))


def chance_decides(noise: Noise | None, results: Sequence[CheckResult], record: Record) -> bool:
    """
    Tell whether a promised change was met or missed by what chance alone may have made.

    A level is a count, and stands as printed. A change stands too, unless the target asks for one
    that can't be seen at this number of persons, and the result lies within chance of its bound.

    Parameters
    ----------
    noise : Noise or None
        From :func:`noise_of`.
    results : sequence of CheckResult
        What came of each of the reading's checks; all hold, or one failed at least.
    record : Record
        The series.

    Returns
    -------
    bool
        True where one of the checks that all held may have held by chance, or where every check
        that failed may have failed by chance.
    """
    if noise is None or not noise.hidden:
        return False
    holds = all(result.holds for result in results)
    chance = [
        result.check.measure in CHANGES and is_chance(result, record)
        for result in results
        if result.holds is holds
    ]
    return any(chance) if holds else all(chance)


def _inner_rate(numerator: float, denominator: float) -> float:
    """Give the rate, moved half a person inwards: 20 of 20 is not free of chance. [percent]."""
    return 100 * (numerator + 0.5) / (denominator + 1)
