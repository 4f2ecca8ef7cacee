r"""
Published rules that hold an observed change against what is promised: in percent, or in its unit.

The first three see growth in percent of itself, the others a change in the unit of the values.

**Open SDG.**
The rule of Statistics Canada that Open SDG 2.4 carries, "inspired by" Eurostat's of 2021.

Growth is compound and seen from two years alone. With a target, the growth observed from the base
year is held against the growth that would lead from the base value to the target in time:

.. math:: R = d\,\frac{(y_i / y_0)^{1/(t_i - t_0)} - 1}
                      {\left|(y_T / y_0)^{1/(t_T - t_0)} - 1\right|}

with :math:`d = 1` where more is better and -1 where less is. Growth in percent of itself makes the
share that passes and the share that fails two stories.

The source takes 2015 as base year where nothing else is said; here it is the first year given.
A base or a target of zero is replaced by 0.001, as the source does, with its warning that the
choice decides.

**The progress chart of the United Nations.**
The rule of 2023, as Eustat, the Basque office, adopted it.

The compound growth from the base year to the last one is carried on to the target year,
:math:`v^e = v_t (1 + \mathrm{CAGR})^{T - t}`, and what it would bring is held against what was
promised:

.. math:: s = \frac{v^e - v_b}{v_T - v_b}

Reached or on track from 0.95 on, fair progress from 0.10, else stagnation or regression. A last
value at the target counts as reached whatever the trend, and so does one within 1 point of a target
of 0 or 100 %.

The source takes 2015 as base year; here it is the first year given. Of a base that stands beyond
the target the formula would praise a fall; that is given as a reason and not as a status.

**UNICEF.**
The average annual rate of reduction, observed and required.

Observed: a straight line :math:`\ln Y = a + bX` through all years, and :math:`1 - e^b`. Required:
:math:`1 - (Y_T / Y_0)^{1/n}`, from the first year given to the target year. Made for what should
fall; of what should rise both rates are negative, and their quotient still says how much of the
required pace is kept. The note has no words for it. Being relative, it tells two stories of a share
and its complement.

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
Statistics Canada, *Progress Measurement Methodology for the Sustainable Development Goals*,
docs/progress-methodology.md of github.com/open-sdg/open-sdg; constants of the score as in
sdg/ProgressMeasure.py of github.com/open-sdg/sdg-build.

Eustat, *Progress Measurement for Sustainable Development Goals*, _pages/en/metodologia.md of
github.com/EUSTAT-DES/site (in Spanish), after United Nations Statistics Division, *Progress Chart
Technical Note 2023*, which was not read.

UNICEF (2007). *How to calculate average annual rate of reduction*, technical note. Its worked
example prints one data point less than it counts (seven of eight), so that its slope can't be had
from its data; only the step from the slope to 6.4 % is tested.

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

from edu_metrics.formulas import attainment_level, average_annual_rate_of_reduction
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

#: What a base or a target of zero is replaced by; the source warns that the choice decides.
ZERO = 0.001
ON_TRACK, ACCELERATE = 0.95, 0.60


class OpenSdg(StrEnum):
    """The words of the rule."""

    ACHIEVED = "target_achieved"
    ON_TRACK = "on_track"
    ACCELERATE = "acceleration_needed"
    LIMITED = "limited_progress"
    DETERIORATION = "deterioration"


def compound_growth(first: float, last: float, years: float) -> float:
    """
    Growth a year between two values of one sign, as a fraction.

    Parameters
    ----------
    first, last : float
        Values at both ends, both above or both below zero; the last one may be zero.
    years : float
        Time between them, above zero. [years]

    Returns
    -------
    float
        Growth a year. [1, 0.05 is 5 percent of itself]

    Examples
    --------
    >>> round(compound_growth(79.3, 81.954805055328, 5), 9)
    0.006607697
    """
    return float((last / first) ** (1 / years)) - 1


def open_sdg_status(ratio: float) -> OpenSdg:
    """
    Put the ratio of observed and required growth into the rule's words.

    Examples
    --------
    >>> [str(open_sdg_status(ratio)) for ratio in (0.95, 0.6, 0.0, -0.1)]
    ['on_track', 'acceleration_needed', 'limited_progress', 'deterioration']
    """
    if ratio >= ON_TRACK:
        return OpenSdg.ON_TRACK
    if ratio >= ACCELERATE:
        return OpenSdg.ACCELERATE
    return OpenSdg.LIMITED if ratio >= 0 else OpenSdg.DETERIORATION


@answering(Rule.OPEN_SDG)
def open_sdg(case: Case) -> Answer:
    """
    Judge a series with a target.

    Parameters
    ----------
    case : Case
        Series and target; only the first year and the last one are looked at.

    Returns
    -------
    Answer
        ``ratio`` is R, ``score`` runs from -5 to 5, ``observed`` and ``required`` are compound
        growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Notes
    -----
    The score is 7.1429 R - 4.2857 from R = 0.6 on, else 4.1667 R - 2.5, within -5 and 5; 5 where
    the target is achieved. That no growth leads to a target that equals the base value, or lies
    on the other side of zero, is given as a reason; the source's program stops or writes no number.

    Examples
    --------
    Completion of school in Canada, as Statistics Canada prints it:

    >>> found = open_sdg(Case([2016, 2021], [87, 91], 100, 2030, "higher"))
    >>> str(found.status), round(found.ratio, 4)
    ('acceleration_needed', 0.9034)

    The same numbers told as those who do not complete:

    >>> found = open_sdg(Case([2016, 2021], [13, 9], 0, 2030, "lower"))
    >>> str(found.status), round(found.ratio, 2)
    ('limited_progress', 0.14)
    """
    points = case.points()
    aim, base = case.target or ZERO, points.first or ZERO
    achieved = beyond(points.last, aim, case.better)
    try:
        observed = _growth(points)
        required = _required_growth(base, aim, case.target_year - points.years[0])
    except CannotSay:
        if achieved:
            return Answer(Rule.OPEN_SDG, OpenSdg.ACHIEVED, score=5.0)
        raise
    # Growth of what is below zero runs the other way.
    rising = (case.better == "higher") == (base > 0)
    ratio = (observed if rising else -observed) / abs(required)
    return Answer(
        Rule.OPEN_SDG,
        OpenSdg.ACHIEVED if achieved else open_sdg_status(ratio),
        ratio=ratio,
        score=5.0 if achieved else _score_with_target(ratio),
        observed=100 * observed,
        required=100 * required,
    )


def _growth(points: Points) -> float:
    """Give the growth from the first value to the last; between signs nothing grows."""
    base = points.first or ZERO
    if points.last / base < 0:
        raise CannotSay(Unable.MIXED_SIGNS)
    return compound_growth(base, points.last, points.span)


def _required_growth(base: float, aim: float, years: int) -> float:
    if years <= 0:
        raise CannotSay(Unable.NO_YEARS_LEFT)
    if aim / base < 0:
        raise CannotSay(Unable.MIXED_SIGNS)
    required = compound_growth(base, aim, years)
    if not required:
        raise CannotSay(Unable.TARGET_IS_BASE)
    return required


def _score_with_target(ratio: float) -> float:
    # The constants as the source rounds them.
    score = 7.1429 * ratio - 4.2857 if ratio >= ACCELERATE else 4.1667 * ratio - 2.5
    return min(max(score, -5.0), 5.0)


REACHED, FAIR = 0.95, 0.10
#: How far from a target of 0 or 100 % still counts as reached. [percentage points]
NEAR = 1.0


class UnChart(StrEnum):
    """The words of the rule."""

    REACHED = "reached_or_on_track"
    FAIR = "fair_progress"
    STAGNATION = "stagnation_or_regression"


_SCORES = {UnChart.REACHED: 3.0, UnChart.FAIR: 2.0, UnChart.STAGNATION: 1.0}


def un_chart_status(share: float) -> UnChart:
    """
    Put the share of the promised change that would come into the rule's words.

    Examples
    --------
    >>> [str(un_chart_status(share)) for share in (0.95, 0.10, 0.0999)]
    ['reached_or_on_track', 'fair_progress', 'stagnation_or_regression']
    """
    if share >= REACHED:
        return UnChart.REACHED
    return UnChart.FAIR if share >= FAIR else UnChart.STAGNATION


@answering(Rule.UN_CHART)
def un_chart(case: Case) -> Answer:
    """
    Judge a series with a target.

    Parameters
    ----------
    case : Case
        Series and target; only the first year and the last one are looked at. Of percentages 1
        point from 0 or 100 counts as reached.

    Returns
    -------
    Answer
        ``ratio`` is the share of the promised change, ``score`` 3, 2 or 1, ``observed`` compound
        growth. [percent of itself a year]

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    >>> found = un_chart(Case([2015, 2020], [72, 79], 90, 2022, "higher", percent=True))
    >>> str(found.status), round(found.ratio, 3)
    ('fair_progress', 0.555)
    """
    points, target = case.points(), case.target
    # Nine decimals: 100 - 99 is 1 point, whatever the binary dust.
    close = case.percent and target in (0, 100) and round(abs(points.last - target), 9) <= NEAR
    reached = close or beyond(points.last, target, case.better)
    unable = _unable(points, case)
    if unable is not None:
        if reached:
            return Answer(Rule.UN_CHART, UnChart.REACHED, score=3.0)
        raise CannotSay(unable)
    growth = compound_growth(points.first, points.last, points.span)
    expected = points.last * (1 + growth) ** (case.target_year - points.years[-1])
    share = (expected - points.first) / (target - points.first)
    status = UnChart.REACHED if reached else un_chart_status(share)
    return Answer(Rule.UN_CHART, status, ratio=share, score=_SCORES[status], observed=100 * growth)


def _unable(points: Points, case: Case) -> Unable | None:
    if case.target_year < points.years[-1]:
        return Unable.NO_YEARS_LEFT
    if points.first == case.target:
        return Unable.TARGET_IS_BASE
    if beyond(points.first, case.target, case.better):
        return Unable.BASE_BEYOND_TARGET
    if points.first == 0:
        return Unable.ZERO_VALUE
    return Unable.MIXED_SIGNS if points.last / points.first < 0 else None


@answering(Rule.AARR)
def unicef_aarr(case: Case) -> Answer:
    """
    Give the observed and the required average annual rate of reduction.

    Parameters
    ----------
    case : Case
        Series and target; all its years are used, and the direction of better is not.

    Returns
    -------
    Answer
        ``observed`` and ``required`` rate of reduction, negative for a rise [percent of itself a
        year]; ``ratio`` the first over the second, where something is required.

    Raises
    ------
    DataError
        If there are not as many values as years.

    Examples
    --------
    Falling by a fifth a year, where halving in two years is asked:

    >>> found = unicef_aarr(Case([2018, 2019, 2020], [50, 40, 32], 25, 2020, "lower"))
    >>> round(found.observed, 1), round(found.required, 1)
    (20.0, 29.3)
    """
    points = case.points()
    left = case.target_year - points.years[0]
    if left <= 0:
        raise CannotSay(Unable.NO_YEARS_LEFT)
    lowest = min(*points.values, case.target)
    if lowest <= 0:
        raise CannotSay(Unable.MIXED_SIGNS if lowest < 0 else Unable.ZERO_VALUE)
    observed = average_annual_rate_of_reduction(list(points.years), list(points.values))
    required = -100 * compound_growth(points.first, case.target, left)
    ratio = observed / required if required else None
    return Answer(Rule.AARR, ratio=ratio, observed=observed, required=required)


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
