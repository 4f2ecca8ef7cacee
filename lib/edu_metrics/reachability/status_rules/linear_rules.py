r"""
Published rules that hold a change in the unit of the values against what is promised.

**Germany's weather symbols.**
Of the national sustainability indicators.

With a target value and year, the mean yearly change of the last five years (six data points, at
least four in a row) is carried on to the target year. What is then still missing is held against
what is missing now: less than 5 % a sun, up to 20 % a sun behind a cloud, more a cloud; a
thunderstorm where the values don't move towards the target. Of targets for
several years the next one counts. A value to be held in every year is judged by the last value
first and by the trend second; so is a target that is reached already.

Changes are in the unit of the values, so that a share and its complement get the same symbol.

The source's sentences on a value to be held overlap where it is missed and the mean change is zero
("not moving away", a cloud, and "not moving towards", a thunderstorm); the thunderstorm is taken
here, as for a target year. A target year that has passed is not judged, unless it was reached.

**The arrow of the Sustainable Development Report.**
For one series and its target.

The growth that is needed, in a straight line, is held against the mean growth of the recent past.
Printed and read at source: that both are linear; the four labels; that less than half of the
required rate is "stagnating"; that what happens beyond the threshold does not count.

Ours, because no page that was read prints it: the target stands for the report's green threshold,
for which reason its 0-100 score cancels out; the recent past is the whole series given; the
required rate is counted from the last value to the target year; "on track" begins at the whole of
the required rate; "decreasing" is any fall.

**Brazil's levels.**
The two by which INEP reports on the national education plan.

*Nível de alcance* (attainment) is the value over the target; it asks neither where a place started
nor when the target is due. *Nível de execução* (execution) is described as the share of the effort
that is done; no page that was read prints its formula, so

.. math:: 100\,\frac{y - y_b}{y_T - y_b}

is **inferred**. INEP has no words for them, only the numbers.

References
----------
Statistisches Bundesamt, *Indicator status*, dns-indikatoren.de/en/status; text read in
_pages/en/status.md of github.com/DnsTestEnvironment/dns-indicators.

Sustainable Development Solutions Network, *Sustainable Development Report*, methodology and the
FAQ of the Africa edition, dashboards.sdgindex.org/chapters/methodology.

INEP, *Relatório de monitoramento das metas do Plano Nacional de Educação*; presented on
gov.br/inep, "Relatório é apresentado durante webinário".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from edu_metrics.formulas import attainment_level
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    Direction,
    Points,
    Rule,
    Unable,
    beyond,
    points_of,
)

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


HALF, ALL = 0.5, 1.0


class Arrow(StrEnum):
    """The labels, short."""

    ON_TRACK = "on_track_or_maintaining"
    MODERATE = "moderately_improving"
    STAGNATING = "stagnating"
    DECREASING = "decreasing"


def sdr_status(ratio: float) -> Arrow:
    """
    Put the share of the required growth that is kept into a label.

    Examples
    --------
    >>> [str(sdr_status(ratio)) for ratio in (1, 0.5, 0, -0.1)]
    ['on_track_or_maintaining', 'moderately_improving', 'stagnating', 'decreasing']
    """
    if ratio >= ALL:
        return Arrow.ON_TRACK
    if ratio >= HALF:
        return Arrow.MODERATE
    return Arrow.STAGNATING if ratio >= 0 else Arrow.DECREASING


def sdr_arrow(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    target_year: int,
    better: Direction,
    base_year: int | None = None,
) -> Answer:
    """
    Give the arrow of a series with a target.

    Parameters
    ----------
    years, values : sequence
        The series; only its first and last year are looked at.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Year from which the recent past is counted; the first one when left out.

    Returns
    -------
    Answer
        ``ratio`` is observed over required change a year, ``observed`` and ``required`` the two.
        [unit of the values, a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    1.4 points a year, where 5.5 are needed:

    >>> found = sdr_arrow([2015, 2020], [72, 79], target=90, target_year=2022, better="higher")
    >>> str(found.status), round(found.ratio, 3)
    ('stagnating', 0.255)
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.SDR, unable=points)
    if beyond(points.last, target, better):
        return Answer(Rule.SDR, Arrow.ON_TRACK, observed=points.pace)
    left = target_year - points.years[-1]
    if left < 1:
        return Answer(Rule.SDR, unable=Unable.NO_YEARS_LEFT)
    required = (target - points.last) / left
    # Nine decimals: exactly half is half, whatever the binary dust.
    ratio = round(points.pace / required, 9)
    return Answer(Rule.SDR, sdr_status(ratio), ratio=ratio, observed=points.pace, required=required)


def inep_attainment(
    years: Sequence[int], values: Sequence[float], *, target: float, better: Direction
) -> Answer:
    """
    Give the level of attainment: the last value over the target.

    Parameters
    ----------
    years, values : sequence
        The series; only its last year is looked at.
    target : float
        Level to reach. [unit of the values]
    better : {"higher", "lower"}
        Direction of better; the level is defined where it is higher.

    Returns
    -------
    Answer
        ``score`` is the level of attainment. [percent, may pass 100]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Master's degrees in Brazil, 2019, against 60 000:

    >>> round(inep_attainment([2019], [64432], target=60000, better="higher").score, 1)
    107.4
    """
    points = points_of(years, values, least=1)
    unable = points if isinstance(points, Unable) else None
    if better == "lower":
        unable = unable or Unable.TARGET_FALLS
    elif target == 0:
        unable = unable or Unable.ZERO_VALUE
    elif target < 0:
        unable = unable or Unable.MIXED_SIGNS
    if unable is not None or isinstance(points, Unable):
        return Answer(Rule.ATTAINMENT, unable=unable)
    if points.last < 0:
        return Answer(Rule.ATTAINMENT, unable=Unable.MIXED_SIGNS)
    return Answer(Rule.ATTAINMENT, score=float(attainment_level(points.last, target)))


def inep_execution(
    years: Sequence[int],
    values: Sequence[float],
    *,
    target: float,
    better: Direction,
    base_year: int | None = None,
) -> Answer:
    """
    Give the level of execution: the share of the way from the base to the target (inferred).

    Parameters
    ----------
    years, values : sequence
        The series; only the base year and the last one are looked at.
    target : float
        Level to reach. [unit of the values]
    better : {"higher", "lower"}
        Direction of better.
    base_year : int, optional
        Base year, or the next one that has a value; the first one when left out.

    Returns
    -------
    Answer
        ``score`` is the level of execution. [percent, negative or above 100 where it is so]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Children of 4 and 5 in school, Brazil: 87.4 % at the start, 94.1 % in 2019, 100 % promised:

    >>> found = inep_execution([2013, 2019], [87.4, 94.1], target=100, better="higher")
    >>> round(found.score, 1)
    53.2
    """
    points = points_of(years, values, base_year=base_year)
    if isinstance(points, Unable):
        return Answer(Rule.EXECUTION, unable=points)
    way = target - points.first
    if way == 0:
        return Answer(Rule.EXECUTION, unable=Unable.TARGET_IS_BASE)
    if (way > 0) != (better == "higher"):
        return Answer(Rule.EXECUTION, unable=Unable.BASE_BEYOND_TARGET)
    return Answer(Rule.EXECUTION, score=100 * (points.last - points.first) / way)
