"""
Who is in school, who stays, and who is left outside learning.

Rates that may pass 100 (gross enrolment, retention where pupils move in) are functions of
their own: their domain differs from that of a share, and what may pass 100 may not be
treated as a probability.

The reconstructed cohort assumes that the rates of one pair of years hold for as long as the
cohort is in school, that those who drop out stay out, and that repeaters fare like others. Pupils
who move in or out break it: UNESCO warns of its use below the national level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Numbers, Values, row_by_row


@row_by_row(
    "population > 0, enrolled >= 0",
    instead="Without a count of the age band, report the enrolment itself with count.",
)
def gross_enrolment(enrolled: Numbers, population: Numbers) -> Numbers:
    r"""
    Pupils of any age against the population of the official age. [percent].

    Parameters
    ----------
    enrolled : float, array or Series
        Pupils of the stage, whatever their age. [persons]
    population : float, array or Series
        Population of the official age band of the stage. [persons]

    Returns
    -------
    float, array or Series
        Gross enrolment ratio. [percent, may pass 100]

    Raises
    ------
    DataError
        If a population is not positive, or an enrolment is negative.

    Notes
    -----
    .. math:: 100 \cdot \text{enrolled} / \text{population}

    It passes 100 where younger, older or non-resident pupils are enrolled. The age band belongs
    to the indicator; for the Chinese senior stage (高中阶段毛入学率) all school types count:
    general, vocational, specialised and technical.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Gross enrolment ratio*. For the senior stage, the
    national indicator text at http://ask.fsou.com/html/text/chl/414/41401_2.html (a copy).

    Examples
    --------
    A stage with 1 060 pupils, some of them older than the band of 1 000 children:

    >>> gross_enrolment(1060, 1000)
    106.0
    """
    return 100.0 * enrolled / population


@row_by_row(
    "population > 0, 0 <= enrolled_in_age <= population",
    instead="If pupils outside the age band are counted, use gross_enrolment.",
)
def net_enrolment(enrolled_in_age: Numbers, population: Numbers) -> Numbers:
    r"""
    Share of the children of the official age who are enrolled. [percent].

    Parameters
    ----------
    enrolled_in_age : float, array or Series
        Enrolled children of the official age band. [persons]
    population : float, array or Series
        All children of that band. [persons]

    Returns
    -------
    float, array or Series
        Net enrolment rate. [percent, 0-100]

    Raises
    ------
    DataError
        If a population is not positive, or more are enrolled than there are children.

    Notes
    -----
    .. math:: 100 \cdot \text{enrolled in age} / \text{population}

    Registers of residents and of pupils count different children in a city that people move to;
    more pupils than children is a sign of that, and not a rate above 100.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Net enrolment rate*.

    Examples
    --------
    >>> net_enrolment(970, 1000)
    97.0
    """
    return 100.0 * enrolled_in_age / population


@row_by_row(
    "entrants > 0, leaving >= 0",
    instead="Without the entrants of the cohort, take a printed rate with as_published.",
)
def cohort_retention(leaving: Numbers, entrants: Numbers) -> Numbers:
    r"""
    Pupils at the end of a stage against those who entered it as their cohort. [percent].

    Parameters
    ----------
    leaving : float, array or Series
        Pupils in the last grade, or graduates, of the cohort. [persons]
    entrants : float, array or Series
        Pupils of the first grade when the same cohort entered. [persons]

    Returns
    -------
    float, array or Series
        Retention rate. [percent, may pass 100]

    Raises
    ------
    DataError
        If nobody entered, or the number leaving is negative.

    Notes
    -----
    .. math:: 100 \cdot \text{leaving}_t / \text{entrants}_{t-\text{lag}}

    Two conventions of the year are in use for nine grades (九年义务教育巩固率), and they differ by
    one cohort. Graduates who leave in the summer of year :math:`t` entered grade 1 in the autumn
    of year :math:`t-9`. Pupils counted in grade 9 in the autumn of year :math:`t` entered in the
    autumn of year :math:`t-8`. The lag belongs to the indicator; this function sees two counts.

    Pupils who move in count among those leaving and not among the entrants, so the rate passes
    100 where a city gains pupils, and hides dropout there.

    References
    ----------
    Ministry of Education of the PRC (2021), note to the communique of 2020:
    九年义务教育巩固率是指初中毕业班学生数占该年级入小学一年级时学生数的百分比.

    Examples
    --------
    1 900 of the 2 000 children who entered grade 1 are in the graduating class:

    >>> cohort_retention(1900, 2000)
    95.0
    """
    return 100.0 * leaving / entrants


@row_by_row(
    "0 <= below_minimum_pct <= 100, 0 <= enrolment_pct <= 100",
    instead="Use net enrolment; a gross ratio above 100 says nothing of those outside.",
)
def learning_poverty(below_minimum_pct: Numbers, enrolment_pct: Numbers) -> Numbers:
    r"""
    Children who are out of school, or in school below minimum proficiency. [percent].

    Parameters
    ----------
    below_minimum_pct : float, array or Series
        Pupils below minimum proficiency, of those in school. [percent, 0-100]
    enrolment_pct : float, array or Series
        Children in school. [percent, 0-100]

    Returns
    -------
    float, array or Series
        Learning poverty. [percent, 0-100]

    Raises
    ------
    DataError
        If a rate is missing or lies outside 0-100.

    Notes
    -----
    With :math:`b` the share below the minimum and :math:`o` the share out of school,

    .. math:: b (1 - o) + o

    References
    ----------
    World Bank, *Learning Poverty*, repository worldbank/LearningPoverty.

    Examples
    --------
    Afghanistan, as the country tables print it:

    >>> round(learning_poverty(87.0, 50.4), 3)
    93.448
    """
    return below_minimum_pct * enrolment_pct / 100.0 + (100.0 - enrolment_pct)


@dataclass(frozen=True, slots=True, eq=False)
class FlowRates:
    """
    What became of the pupils of each grade a year later.

    Attributes
    ----------
    promotion, repetition, dropout : array
        One entry for each grade but the last; they add up to 100. [percent, 0-100]
    """

    promotion: FloatArray
    repetition: FloatArray
    dropout: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class ReconstructedCohort:
    """
    A cohort followed through its grades.

    Attributes
    ----------
    survival : array
        Entrants who ever reach grade 1, 2, ... and, last, who are promoted from the last grade
        for which rates were given. [percent, 0-100]
    pupil_years : array
        Years that the cohort spends in each grade, repetition included. [years per 100 entrants]
    """

    survival: FloatArray
    pupil_years: FloatArray

    @property
    def efficiency(self) -> float:
        """
        Years that completing pupils need without repetition, of all years spent. [percent, 0-100].

        UNESCO's coefficient of efficiency. Years of input per graduate are the number of grades
        divided by it, times 100.
        """
        needed = self.pupil_years.size * self.survival[-1]
        return float(100.0 * needed / self.pupil_years.sum())


def flow_rates(enrolment: Values, enrolment_next: Values, repeaters_next: Values) -> FlowRates:
    r"""
    Promotion, repetition and dropout from two years of enrolment. [percent].

    Parameters
    ----------
    enrolment : sequence, array or Series
        Pupils of each grade in year t, lowest grade first. [persons]
    enrolment_next : sequence, array or Series
        Pupils of each grade in year t + 1. [persons]
    repeaters_next : sequence, array or Series
        Those of ``enrolment_next`` who were in the same grade in year t. [persons]

    Returns
    -------
    FlowRates
        Rates for each grade but the last. [percent, 0-100]

    Raises
    ------
    DataError
        If a grade is empty, repeaters outnumber their grade, or more pupils are found again
        than there were.

    Notes
    -----
    With enrolment :math:`E` and repeaters :math:`R` of grade :math:`g`,

    .. math::

        r_g = R_{g,t+1} / E_{g,t}, \quad
        p_g = (E_{g+1,t+1} - R_{g+1,t+1}) / E_{g,t}, \quad
        d_g = 1 - p_g - r_g

    The enrolment of the last grade says nothing of its promotion. To follow pupils through
    graduation, add one more grade: the graduates of year t, without repeaters, as the entry of
    year t + 1.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Survival rate by grade*,
    http://uis.unesco.org/node/3079596, and *Repetition rate by grade*; IIEP learning portal,
    glossary, *Dropouts*.

    Examples
    --------
    >>> rates = flow_rates([1000, 900], [980, 880], [50, 40])
    >>> rates.promotion, rates.repetition, rates.dropout
    (array([84.]), array([5.]), array([11.]))
    """
    checked = Arguments.of_lists(
        "flow_rates",
        least=2,
        enrolment=enrolment,
        enrolment_next=enrolment_next,
        repeaters_next=repeaters_next,
    )
    before, after, again = (checked[name] for name in checked.values)
    new = after - again
    found = again + np.append(new[1:], 0.0)
    last = np.arange(before.size) == before.size - 1
    checked.require(
        "0 <= repeaters_next <= enrolment_next",
        besides={
            "enrolment > 0 below the last grade": (before > 0) | (last & (before >= 0)),
            # Sums of counts in ten thousands may differ in the last bits.
            "no more pupils found again than there were": (found <= before * (1 + 1e-12)) | last,
        },
        instead="Where pupils move in, compare grade with grade by cohort_retention instead.",
    )
    repetition = 100.0 * again[:-1] / before[:-1]
    promotion = 100.0 * new[1:] / before[:-1]
    dropout = 100.0 * np.maximum(before - found, 0.0)[:-1] / before[:-1]
    return FlowRates(_sealed(promotion), _sealed(repetition), _sealed(dropout))


def reconstructed_cohort(
    promotion: Values, repetition: Values, *, max_repetitions: int | None = None
) -> ReconstructedCohort:
    r"""
    Follow a cohort through its grades under constant rates. [percent].

    Parameters
    ----------
    promotion : sequence, array or Series
        Promotion from each grade, lowest first. [percent, 0-100]
    repetition : sequence, array or Series
        Repetition of each grade. [percent, 0-100]
    max_repetitions : int, optional
        Years that one pupil may repeat in all grades together; no limit if left out. [years]

    Returns
    -------
    ReconstructedCohort
        Survival to each grade and the years spent in it. [percent, 0-100]

    Raises
    ------
    DataError
        If a rate is outside its range, promotion and repetition exceed 100, or all repeat
        for ever.

    Notes
    -----
    Without a limit, the survival to grade :math:`k` has the closed form

    .. math:: \prod_{g<k} \frac{p_g}{1 - r_g}

    With a limit, the pupils of a grade are followed by the number of years they have repeated. Who
    has used up the limit and would repeat once more leaves: the definitions that were read
    do not say what becomes of these pupils, and this reading keeps the promotion rate for all.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Survival rate by grade*,
    http://uis.unesco.org/node/3079596, and *Years-input per graduate*,
    http://uis.unesco.org/node/10219. World Bank (1997), *World Development Indicators*, notes
    to table 2.9, for the assumptions.

    Examples
    --------
    Two grades, each with 80 percent promoted and 10 repeating:

    >>> cohort = reconstructed_cohort([80, 80], [10, 10])
    >>> cohort.survival.round(2)
    array([100.  ,  88.89,  79.01])

    Nobody may repeat:

    >>> reconstructed_cohort([80, 80], [10, 10], max_repetitions=0).survival
    array([100.,  80.,  64.])
    """
    checked = Arguments.of_lists("reconstructed_cohort", promotion=promotion, repetition=repetition)
    promoted, repeated = checked["promotion"], checked["repetition"]
    checked.require(
        "promotion >= 0, 0 <= repetition < 100",
        # Rates that were computed add up to 100 but for the last bits.
        besides={"promotion + repetition <= 100": promoted + repeated <= 100 + 1e-9},
        instead="Take the rates of flow_rates; net gains of pupils are no promotion.",
    )
    promoted, repeated = promoted / 100, repeated / 100
    if max_repetitions is None:
        reached = np.cumprod(np.append(1.0, promoted / (1 - repeated)))
        years = reached[:-1] / (1 - repeated)
    else:
        reached, years = _limited(promoted, repeated, max_repetitions)
    # The closed form may pass 100 by the last bits where nobody drops out.
    return ReconstructedCohort(_sealed(np.minimum(100 * reached, 100.0)), _sealed(100 * years))


def _limited(
    promoted: FloatArray, repeated: FloatArray, limit: int
) -> tuple[FloatArray, FloatArray]:
    """Follow the cohort by grade and by years repeated so far."""
    if not (isinstance(limit, int | np.integer) and limit >= 0):
        raise DataError(
            "reconstructed_cohort: expected max_repetitions to be a whole number of at least 0; "
            f"found {limit!r}. Leave it out where there is no limit."
        )
    entering = np.zeros(limit + 1)
    entering[0] = 1.0
    reached, years = [1.0], []
    for go_on, again in zip(promoted, repeated, strict=True):
        sitting = entering.copy()
        for used in range(1, limit + 1):
            sitting[used] += again * sitting[used - 1]
        entering = go_on * sitting
        years.append(sitting.sum())
        reached.append(entering.sum())
    return np.array(reached), np.array(years)


def _sealed(values: FloatArray) -> FloatArray:
    values.setflags(write=False)
    return values
