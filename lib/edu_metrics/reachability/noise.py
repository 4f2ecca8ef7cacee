"""
Whether what a target asks for, or what came of it, can be told from chance.

Only for indicators whose definition says that another year draws other persons, and only where
the number of persons is known. docs/decisions has the rule and its reasons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, inf
from statistics import NormalDist
from typing import TYPE_CHECKING

from edu_metrics.catalog import Bound, Indicator
from edu_metrics.formulas import (
    chance_of_move,
    rate_error,
    smallest_visible_change,
    years_until_visible,
)
from edu_metrics.reachability.arithmetic import final_bound
from edu_metrics.reachability.checks import CHANGES, CheckResult

if TYPE_CHECKING:
    # Whoever only audits a plan needs no series.
    from edu_metrics.reachability.series import Record

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
    base_pct : float
        Rate of the base year, moved half a person inwards. [percent]
    n_base : int
        Persons behind it. [persons]
    falling : bool
        Whether a fall is asked for.
    """

    n: int
    base_year: int
    visible: float | None
    chance: float
    asked: float | None
    hidden: bool
    verifiable_from: int | None
    near: bool
    base_pct: float
    n_base: int
    falling: bool

    def hides(self, times: float) -> bool:
        """Tell whether so many times the persons, in both years, would not show what is asked."""
        if self.asked is None or self.asked < 0:
            return False
        if self.asked == 0:
            return self.hidden
        n_base, n = (max(number * times, 1.0) for number in (self.n_base, self.n))
        return self.asked < smallest_visible_change(self.base_pct, n_base, n, falling=self.falling)


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
        level = final_bound(checks, {base: start}, indicator.bounds)
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
        base_pct=rate,
        n_base=n_base,
        falling=falling,
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
