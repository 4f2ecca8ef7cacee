"""
Who is in school, who stays, and who is left outside learning.

Rates that may pass 100 (gross enrolment, retention where pupils move in) are functions of
their own: their domain differs from that of a share, and what may pass 100 may not be
treated as a probability.
"""

from __future__ import annotations

from edu_metrics.formulas._arguments import Arguments, Numbers
from edu_metrics.formulas._quotients import part_of_whole, quotient

__all__ = ["cohort_retention", "gross_enrolment", "learning_poverty", "net_enrolment"]


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
    return quotient(
        "gross_enrolment",
        times=100.0,
        enrolled=enrolled,
        population=population,
        instead="Without a count of the age band, report the enrolment itself with count.",
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
    return part_of_whole(
        "net_enrolment",
        enrolled_in_age=enrolled_in_age,
        population=population,
        instead="If pupils outside the age band are counted, use gross_enrolment.",
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
    return quotient(
        "cohort_retention",
        times=100.0,
        leaving=leaving,
        entrants=entrants,
        instead="Without the entrants of the cohort, take a printed rate with as_published.",
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
    checked = Arguments.of(
        "learning_poverty", below_minimum_pct=below_minimum_pct, enrolment_pct=enrolment_pct
    )
    checked.require(
        {
            f"0 <= {name} <= 100": (checked[name] >= 0) & (checked[name] <= 100)
            for name in ("below_minimum_pct", "enrolment_pct")
        },
        instead="Use net enrolment; a gross ratio above 100 says nothing of those outside.",
    )
    return below_minimum_pct * enrolment_pct / 100.0 + (100.0 - enrolment_pct)
