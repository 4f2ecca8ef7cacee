r"""
The weather symbols of Germany's national sustainability indicators.

With a target value and year, the mean yearly change of the last five years (six data points, at
least four in a row) is carried on to the target year. What is then still missing is held against
what is missing now: less than 5 % a sun, up to 20 % a sun behind a cloud, more a cloud; a
thunderstorm where the values don't move towards the target. Of a target interval the weakest bound
counts, of targets for several years the next one, of several targets the worst verdict. A value to
be held in every year is judged by the last value first and by the trend second; so is a target that
is reached already. Where a direction alone is promised, the mean change comes first and the last
change second.

Changes are in the unit of the values, so that a share and its complement get the same symbol.

The source's sentences on a value to be held overlap where it is missed and the mean change is zero
("not moving away", a cloud, and "not moving towards", a thunderstorm); the thunderstorm is taken
here, as for a target year. A target year that has passed is not judged, unless it was reached.

References
----------
Statistisches Bundesamt, *Indicator status*, dns-indikatoren.de/en/status; text read in
_pages/en/status.md of github.com/DnsTestEnvironment/dns-indicators.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from edu_metrics.errors import DataError
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Points,
    Rule,
    Unable,
    beyond,
    points_of,
)

__all__ = [
    "Weather",
    "german_direction",
    "german_each_year",
    "german_of_several",
    "german_weather",
    "next_target",
    "weakest_bound",
]

#: Six points are five changes; four points are the fewest.
MOST_POINTS, LEAST_POINTS = 6, 4
SUN, CLOUDY = 0.05, 0.20


class Weather(StrEnum):
    """The four symbols, the best one first."""

    SUN = "sun"
    SUN_AND_CLOUD = "sun_and_cloud"
    CLOUD = "cloud"
    THUNDERSTORM = "thunderstorm"


def german_weather(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    target_year: int,
    better: Direction,
) -> Answer:
    """
    Give the symbol of a series with a target value and year.

    Parameters
    ----------
    years, values : sequence
        The series; the last six points without a gap are looked at, and four are needed.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.
    better : {"higher", "lower"}
        Direction of better.

    Returns
    -------
    Answer
        ``ratio`` is the part of the present distance that would still be missing (negative when
        passed), ``observed`` the mean change a year and ``required`` the one needed. [unit of
        the values, a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> years, values = range(2015, 2021), [72, 74, 73, 76, 77, 79]
    >>> found = german_weather(years, values, target=90, target_year=2022, better="higher")
    >>> str(found.status), round(found.ratio, 2)
    ('cloud', 0.75)
    """
    points = _recent(years, values)
    if isinstance(points, Unable):
        return Answer(Rule.GERMAN, unable=points)
    if beyond(points.last, target, better):
        return _held(points, target, better)
    left = target_year - points.years[-1]
    if left < 1:
        return Answer(Rule.GERMAN, unable=Unable.NO_YEARS_LEFT)
    distance = target - points.last
    # Nine decimals: exactly 5 % is not less than 5 %, whatever the binary dust.
    missing = round(1 - points.pace * left / distance, 9)
    if missing < SUN:
        status = Weather.SUN
    elif missing <= CLOUDY:
        status = Weather.SUN_AND_CLOUD
    else:
        status = Weather.CLOUD if points.pace * distance > 0 else Weather.THUNDERSTORM
    return Answer(
        Rule.GERMAN, status, ratio=missing, observed=points.pace, required=distance / left
    )


def german_each_year(
    years: Sequence[int], values: Sequence[float], *, target: float, better: Direction
) -> Answer:
    """
    Give the symbol of a value that is to be held in every single year.

    Parameters
    ----------
    years, values : sequence
        The series; the last six points without a gap are looked at, and four are needed.
    target : float
        Level to hold. [unit of the values]
    better : {"higher", "lower"}
        Direction of better.

    Returns
    -------
    Answer
        ``observed`` is the mean change a year. [unit of the values, a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Held, but falling:

    >>> years, values = range(2017, 2021), [99, 98, 97, 96]
    >>> str(german_each_year(years, values, target=95, better="higher").status)
    'sun_and_cloud'
    """
    points = _recent(years, values)
    if isinstance(points, Unable):
        return Answer(Rule.GERMAN, unable=points)
    return _held(points, target, better)


def german_direction(years: Sequence[int], values: Sequence[float], *, better: Direction) -> Answer:
    """
    Give the symbol of a series whose direction alone is promised.

    Parameters
    ----------
    years, values : sequence
        The series; the last six points without a gap are looked at, and four are needed.
    better : {"higher", "lower"}
        Direction of better.

    Returns
    -------
    Answer
        ``observed`` is the mean change a year. [unit of the values, a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Rising on the whole, and not in the last year:

    >>> str(german_direction(range(2017, 2021), [1, 3, 6, 5], better="higher").status)
    'sun_and_cloud'
    """
    points = _recent(years, values)
    if isinstance(points, Unable):
        return Answer(Rule.GERMAN, unable=points)
    way = 1 if better == "higher" else -1
    mean, latest = way * points.pace > 0, way * (points.last - points.values[-2]) > 0
    if mean:
        status = Weather.SUN if latest else Weather.SUN_AND_CLOUD
    else:
        status = Weather.CLOUD if latest else Weather.THUNDERSTORM
    return Answer(Rule.GERMAN, status, observed=points.pace)


def german_of_several(answers: Sequence[Answer]) -> Answer:
    """
    Judge several targets of one indicator together: the worst symbol counts.

    Parameters
    ----------
    answers : sequence of Answer
        One for each target; those that can't be given are left out.

    Returns
    -------
    Answer
        The worst one.

    Raises
    ------
    DataError
        If there is no answer at all.

    Examples
    --------
    >>> both = [Answer(Rule.GERMAN, Weather.SUN), Answer(Rule.GERMAN, Weather.CLOUD)]
    >>> str(german_of_several(both).status)
    'cloud'
    """
    if not answers:
        raise DataError("expected the answers for one or more targets, found none")
    order: list[StrEnum | None] = list(Weather)
    given = [answer for answer in answers if answer.given]
    return max(given, key=lambda one: order.index(one.status), default=answers[0])


def weakest_bound(bounds: Sequence[float], better: Direction) -> float:
    """
    Give the bound of a target interval that the symbols are based on.

    Examples
    --------
    >>> weakest_bound([5, 8], "higher"), weakest_bound([5, 8], "lower")
    (5, 8)
    """
    return min(bounds) if better == "higher" else max(bounds)


def next_target(targets: Mapping[int, float], last_year: int) -> tuple[int, float]:
    """
    Give year and level of the next of several targets; the last one where none is ahead.

    Examples
    --------
    >>> next_target({2020: 97, 2022: 98}, 2020)
    (2022, 98)
    """
    year = min((year for year in targets if year > last_year), default=max(targets))
    return year, targets[year]


def _recent(years: Sequence[int], values: Sequence[float]) -> Points | Unable:
    points = points_of(years, values, least=LEAST_POINTS)
    if isinstance(points, Unable):
        return points
    recent = points.run(MOST_POINTS)
    return recent if len(recent.years) >= LEAST_POINTS else Unable.GAPS


def _held(points: Points, target: float, better: Direction) -> Answer:
    way = 1 if better == "higher" else -1
    trend = way * points.pace
    if beyond(points.last, target, better):
        status = Weather.SUN if trend >= 0 else Weather.SUN_AND_CLOUD
    else:
        status = Weather.CLOUD if trend > 0 else Weather.THUNDERSTORM
    return Answer(Rule.GERMAN, status, observed=points.pace)
