r"""
Published rules that hold an observed change against what is promised: in percent, or in its unit.

Each is a pure function of a :class:`Case`, with what is inferred or ours named as such. They are
shown beside our verdict because others use them, and none of them enters it. Rules whose thresholds
were not read at their source (UNESCO's four speeds, ESCAP's, OECD's, the GBD share of draws,
Eurostat's own) are not here.

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

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import wraps
from typing import TYPE_CHECKING, Literal

from edu_metrics.errors import DataError
from edu_metrics.formulas import attainment_level, average_annual_rate_of_reduction

if TYPE_CHECKING:
    from edu_metrics.reachability.status_rules import PaceModel

Direction = Literal["higher", "lower"]


class Rule(StrEnum):
    """Every rule, in the order in which they are shown."""

    OPEN_SDG = "open_sdg"
    UN_CHART = "un_chart"
    GERMAN = "german_weather"
    SDR = "sdr_arrow"
    ATTAINMENT = "inep_attainment"
    EXECUTION = "inep_execution"
    AARR = "unicef_aarr"
    PERCENTILE = "pace_percentile"
    SPEED = "pace_speed"


#: The words of the rules that hold a ratio against cut-offs, the best first, each with the least
#: ratio that earns it; a target that is achieved is none of the ratio.
WORDS: Mapping[Rule, Mapping[str, float]] = {
    Rule.OPEN_SDG: {
        "target_achieved": math.inf,
        "on_track": 0.95,
        "acceleration_needed": 0.60,
        "limited_progress": 0.0,
        "deterioration": -math.inf,
    },
    Rule.UN_CHART: {
        "reached_or_on_track": 0.95,
        "fair_progress": 0.10,
        "stagnation_or_regression": -math.inf,
    },
    Rule.SDR: {
        "on_track_or_maintaining": 1.0,
        "moderately_improving": 0.5,
        "stagnating": 0.0,
        "decreasing": -math.inf,
    },
}


def word_of(rule: Rule, ratio: float) -> str:
    """
    Put a ratio into a rule's words.

    Examples
    --------
    >>> [word_of(Rule.OPEN_SDG, ratio) for ratio in (0.95, 0.6, 0.0, -0.1)]
    ['on_track', 'acceleration_needed', 'limited_progress', 'deterioration']
    >>> [word_of(Rule.UN_CHART, share) for share in (0.95, 0.10, 0.0999)]
    ['reached_or_on_track', 'fair_progress', 'stagnation_or_regression']
    >>> [word_of(Rule.SDR, ratio) for ratio in (1, 0.5, 0, -0.1)]
    ['on_track_or_maintaining', 'moderately_improving', 'stagnating', 'decreasing']
    """
    return next(word for word, least in WORDS[rule].items() if ratio >= least)


class Unable(StrEnum):
    """Why a rule says nothing."""

    MISSING_VALUE = "missing_value"
    DUPLICATE_YEARS = "duplicate_years"
    TOO_FEW_YEARS = "too_few_years"
    GAPS = "gaps"
    NO_YEARS_LEFT = "no_years_left"
    MIXED_SIGNS = "mixed_signs"
    ZERO_VALUE = "zero_value"
    TARGET_IS_BASE = "target_is_base"
    BASE_BEYOND_TARGET = "base_beyond_target"
    TARGET_FALLS = "target_falls"
    NOT_A_PERCENTAGE = "not_a_percentage"
    NO_PEERS = "no_peers"
    TOO_FEW_PEERS = "too_few_peers"
    NO_TYPICAL_PACE = "no_typical_pace"


class CannotSay(Exception):  # noqa: N818  (it is an answer, and never reaches a user)
    """A rule says nothing here, and why."""

    def __init__(self, why: Unable) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """
    The answer of one rule.

    ``status`` is the rule's own word, None where it has none and gives numbers only. ``ratio``
    is what it holds against its cut-offs, ``score`` the points it awards; ``observed`` and
    ``required`` are the changes a year that it compares, in the unit that the rule says.
    ``unable`` says why nothing can be given; all the others are None then.
    """

    rule: Rule
    status: str | None = None
    ratio: float | None = None
    score: float | None = None
    observed: float | None = None
    required: float | None = None
    unable: Unable | None = None

    @property
    def given(self) -> bool:
        """Whether the rule says anything."""
        return self.unable is None

    def says_the_same(self, other: Answer) -> bool:
        """
        Tell whether two answers of one rule come to the same.

        Parameters
        ----------
        other : Answer
            Another answer of the rule.

        Returns
        -------
        bool
            By the word where the rule has one; else by score, or by the share of the required
            pace that is kept, to nine digits. That neither can be given is the same, too.
        """
        if self.given != other.given or self.status != other.status:
            return False
        if self.status is not None or not self.given:
            return True
        return all(
            mine is its if mine is None or its is None else math.isclose(mine, its, abs_tol=1e-9)
            for mine, its in ((self.score, other.score), (self.ratio, other.ratio))
        )


@dataclass(frozen=True, slots=True)
class Points:
    """Years in order, each once, and their values, all finite."""

    years: tuple[int, ...]
    values: tuple[float, ...]

    @property
    def first(self) -> float:
        """The first value."""
        return self.values[0]

    @property
    def last(self) -> float:
        """The last value."""
        return self.values[-1]

    @property
    def span(self) -> int:
        """Years from the first to the last."""
        return self.years[-1] - self.years[0]

    @property
    def pace(self) -> float:
        """Change a year from the first value to the last, in the unit of the values."""
        return (self.last - self.first) / self.span

    def run(self, longest: int) -> Points:
        """Give the last points in a row without a gap, at most so many."""
        start = len(self.years) - 1
        while start > 0 and self.years[start] - self.years[start - 1] == 1:
            start -= 1
        start = max(start, len(self.years) - longest)
        return Points(self.years[start:], self.values[start:])


def points_of(years: Sequence[int], values: Sequence[float], *, least: int = 2) -> Points:
    """
    Put a series in order, or say what is wrong with it.

    Parameters
    ----------
    years : sequence of int
        Calendar years, in any order.
    values : sequence of float
        Value in each year. [unit of the indicator]
    least : int, optional
        Years that are needed.

    Returns
    -------
    Points
        The points.

    Raises
    ------
    CannotSay
        If a value is missing, a year stands twice, or there are too few.
    DataError
        If there are not as many values as years: then nobody knows which belongs to which.

    Examples
    --------
    >>> points_of([2021, 2020], [52, 50]).values
    (50.0, 52.0)
    """
    if len(years) != len(values):
        raise DataError(
            f"expected one value for each year; found {len(years)} years and {len(values)} values. "
            "Give years and values as two lists of one length."
        )
    held = [float(value) for value in values]
    if not all(math.isfinite(value) for value in held):
        raise CannotSay(Unable.MISSING_VALUE)
    when = [int(year) for year in years]
    if len(set(when)) < len(when):
        raise CannotSay(Unable.DUPLICATE_YEARS)
    if len(when) < least:
        raise CannotSay(Unable.TOO_FEW_YEARS)
    pairs = sorted(zip(when, held, strict=True))
    return Points(tuple(year for year, _ in pairs), tuple(value for _, value in pairs))


#: What a target promises: a level in one year, the same level in every year, or a change.
Clause = Literal["level", "each_year", "change"]


@dataclass(frozen=True, slots=True)
class Case:
    """
    A series and its target.

    ``years`` and ``values`` hold nothing before a break. ``target`` is the level asked for in
    ``target_year``; ``earlier`` holds levels that the same target asks for in earlier years.
    ``percent`` says that the values are percentages of a whole, from 0 to 100: only such a rate has
    a complement, and a place among the paces of others. ``pace`` and ``complement_pace`` come from
    :func:`~edu_metrics.reachability.status_rules.fit_pace`, the second one from
    the complements of the same peers.
    """

    years: Sequence[int]
    values: Sequence[float]
    target: float
    target_year: int
    better: Direction
    percent: bool = False
    clause: Clause = "level"
    earlier: Mapping[int, float] = field(default_factory=dict)
    pace: PaceModel | Unable = Unable.NO_PEERS
    complement_pace: PaceModel | Unable = Unable.NO_PEERS

    def points(self, least: int = 2) -> Points:
        """Put the series in order; a rule that needs more years than there are says nothing."""
        return points_of(self.years, self.values, least=least)

    def complement(self) -> Case | None:
        """
        Tell the same numbers as the share of those who do not.

        Returns
        -------
        Case or None
            With every value and level taken from 100 and better turned round; None where the
            values are no percentages of a whole.

        Examples
        --------
        >>> Case([2016, 2021], [87, 91], 100, 2030, "higher", percent=True).complement().values
        (13, 9)
        """
        if not self.percent:
            return None
        return replace(
            self,
            values=tuple(complement_of(value) for value in self.values),
            target=complement_of(self.target),
            better="lower" if self.better == "higher" else "higher",
            earlier={year: complement_of(level) for year, level in self.earlier.items()},
            pace=self.complement_pace,
            complement_pace=self.pace,
        )


def complement_of(value: float) -> float:
    """Give what is left to 100, without the dust of binary fractions: 100 - 99.9 is 0.1."""
    return round(100 - value, 9)


#: Asks one rule about a series and its target.
Ask = Callable[[Case], Answer]
#: Every rule of the modules that were loaded.
RULES: dict[Rule, Ask] = {}


def answering(rule: Rule) -> Callable[[Ask], Ask]:
    """Make a function a rule that may raise :class:`CannotSay`, and gives that as its answer."""

    def wrap(judge: Ask) -> Ask:
        @wraps(judge)
        def ask(case: Case) -> Answer:
            try:
                return judge(case)
            except CannotSay as nothing:
                return Answer(rule, unable=nothing.why)

        RULES[rule] = ask
        return ask

    return wrap


def beyond(value: float, target: float, better: Direction) -> bool:
    """
    Tell whether a value is at a target or beyond it; no published rule knows a strict bound.

    Examples
    --------
    >>> beyond(95, 95, "higher"), beyond(6, 5, "lower")
    (True, False)
    """
    return value >= target if better == "higher" else value <= target


#: What a base or a target of zero is replaced by; the source warns that the choice decides.
ZERO = 0.001


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
            return Answer(Rule.OPEN_SDG, "target_achieved", score=5.0)
        raise
    # Growth of what is below zero runs the other way.
    rising = (case.better == "higher") == (base > 0)
    ratio = (observed if rising else -observed) / abs(required)
    return Answer(
        Rule.OPEN_SDG,
        "target_achieved" if achieved else word_of(Rule.OPEN_SDG, ratio),
        ratio=ratio,
        score=5.0 if achieved else score_of(ratio),
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


def score_of(ratio: float) -> float:
    """Give the points that Open SDG awards to a ratio."""
    # The constants as the source rounds them.
    score = 7.1429 * ratio - 4.2857 if ratio >= 0.60 else 4.1667 * ratio - 2.5
    return min(max(score, -5.0), 5.0)


#: How far from a target of 0 or 100 % still counts as reached. [percentage points]
NEAR = 1.0
_SCORES = dict(zip(WORDS[Rule.UN_CHART], (3.0, 2.0, 1.0), strict=True))


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
            return Answer(Rule.UN_CHART, "reached_or_on_track", score=3.0)
        raise CannotSay(unable)
    growth = compound_growth(points.first, points.last, points.span)
    expected = points.last * (1 + growth) ** (case.target_year - points.years[-1])
    share = (expected - points.first) / (target - points.first)
    status = "reached_or_on_track" if reached else word_of(Rule.UN_CHART, share)
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

    >>> each_year = {"clause": "each_year"}
    >>> case = Case(range(2017, 2021), [99, 98, 97, 96], 95, 2022, "higher", **each_year)
    >>> str(german_weather(case).status)
    'sun_and_cloud'
    """
    points = case.points(LEAST_POINTS).run(MOST_POINTS)
    if len(points.years) < LEAST_POINTS:
        raise CannotSay(Unable.GAPS)
    if case.clause == "each_year":
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
    if missing <= 0.20:
        # Less than 5 % missing is a sun, up to 20 % one behind a cloud.
        status = "sun" if missing < 0.05 else "sun_and_cloud"
    else:
        status = "cloud" if points.pace * distance > 0 else "thunderstorm"
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
        status = "sun" if trend >= 0 else "sun_and_cloud"
    else:
        status = "cloud" if trend > 0 else "thunderstorm"
    return Answer(Rule.GERMAN, status, observed=points.pace)


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
        return Answer(Rule.SDR, "on_track_or_maintaining", observed=points.pace)
    left = case.target_year - points.years[-1]
    if left < 1:
        raise CannotSay(Unable.NO_YEARS_LEFT)
    required = (case.target - points.last) / left
    # Nine decimals: exactly half is half, whatever the binary dust.
    ratio = round(points.pace / required, 9)
    return Answer(
        Rule.SDR, word_of(Rule.SDR, ratio), ratio=ratio, observed=points.pace, required=required
    )


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
