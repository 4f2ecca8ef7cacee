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

from collections.abc import Mapping
from enum import StrEnum

from edu_metrics.formulas import attainment_level
from edu_metrics.reachability.status_rules.answers import (
    Answer,
    CannotSay,
    Case,
    Clause,
    Points,
    Rule,
    Unable,
    answering,
    beyond,
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


@answering(Rule.GERMAN)
def german_weather(case: Case) -> Answer:
    """
    Give the symbol of a series with a target value and year, or of a value to hold every year.

    Parameters
    ----------
    case : Case
        Series and target; the last six points without a gap are looked at, and four are needed.

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
    >>> found = german_weather(Case(years, values, 90, 2022, "higher"))
    >>> str(found.status), round(found.ratio, 2)
    ('cloud', 0.75)

    To be held in every single year, and held, but falling:

    >>> each_year = {"clause": Clause.EACH_YEAR}
    >>> case = Case(range(2017, 2021), [99, 98, 97, 96], 95, 2022, "higher", **each_year)
    >>> str(german_weather(case).status)
    'sun_and_cloud'
    """
    points = case.points(LEAST_POINTS).run(MOST_POINTS)
    if len(points.years) < LEAST_POINTS:
        raise CannotSay(Unable.GAPS)
    if case.clause is Clause.EACH_YEAR:
        return _held(points, case.target, case)
    levels = {**case.earlier, case.target_year: case.target}
    year, target = next_target(levels, points.years[-1])
    if beyond(points.last, target, case.better):
        return _held(points, target, case)
    left = year - points.years[-1]
    if left < 1:
        raise CannotSay(Unable.NO_YEARS_LEFT)
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


def _held(points: Points, target: float, case: Case) -> Answer:
    """Judge by the last value first and by the trend second."""
    trend = points.pace if case.better == "higher" else -points.pace
    if beyond(points.last, target, case.better):
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


@answering(Rule.SDR)
def sdr_arrow(case: Case) -> Answer:
    """
    Give the arrow of a series with a target.

    Parameters
    ----------
    case : Case
        Series and target; only the first and the last year are looked at.

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

    >>> found = sdr_arrow(Case([2015, 2020], [72, 79], 90, 2022, "higher"))
    >>> str(found.status), round(found.ratio, 3)
    ('stagnating', 0.255)
    """
    points = case.points()
    if beyond(points.last, case.target, case.better):
        return Answer(Rule.SDR, Arrow.ON_TRACK, observed=points.pace)
    left = case.target_year - points.years[-1]
    if left < 1:
        raise CannotSay(Unable.NO_YEARS_LEFT)
    required = (case.target - points.last) / left
    # Nine decimals: exactly half is half, whatever the binary dust.
    ratio = round(points.pace / required, 9)
    return Answer(Rule.SDR, sdr_status(ratio), ratio=ratio, observed=points.pace, required=required)


@answering(Rule.ATTAINMENT)
def inep_attainment(case: Case) -> Answer:
    """
    Give the level of attainment: the last value over the target.

    Parameters
    ----------
    case : Case
        Series and target; only the last year is looked at. The level is defined where more is
        better.

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

    >>> round(inep_attainment(Case([2019], [64432], 60000, 2024, "higher")).score, 1)
    107.4
    """
    points = case.points(least=1)
    if case.better == "lower":
        raise CannotSay(Unable.TARGET_FALLS)
    if case.target == 0:
        raise CannotSay(Unable.ZERO_VALUE)
    if case.target < 0 or points.last < 0:
        raise CannotSay(Unable.MIXED_SIGNS)
    return Answer(Rule.ATTAINMENT, score=float(attainment_level(points.last, case.target)))


@answering(Rule.EXECUTION)
def inep_execution(case: Case) -> Answer:
    """
    Give the level of execution: the share of the way from the base to the target (inferred).

    Parameters
    ----------
    case : Case
        Series and target; only the first year and the last one are looked at.

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

    >>> found = inep_execution(Case([2013, 2019], [87.4, 94.1], 100, 2024, "higher"))
    >>> round(found.score, 1)
    53.2
    """
    points = case.points()
    way = case.target - points.first
    if way == 0:
        raise CannotSay(Unable.TARGET_IS_BASE)
    if (way > 0) != (case.better == "higher"):
        raise CannotSay(Unable.BASE_BEYOND_TARGET)
    return Answer(Rule.EXECUTION, score=100 * (points.last - points.first) / way)
