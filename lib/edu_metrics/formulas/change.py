"""
How fast something changed, and how much of a target is there.

Compound rates are read in published reports and are not recommended for percentages: the rate
of those who pass and the rate of those who fail then tell two stories.
"""

from __future__ import annotations

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, Numbers, Values, like, row_by_row


def average_annual_rate_of_change(first: Numbers, last: Numbers, years: float) -> Numbers:
    r"""
    Compound change per year between two values. [percent per year].

    Parameters
    ----------
    first : float, array or Series
        Value at the start. [any unit with a true zero]
    last : float, array or Series
        Value at the end. [unit of ``first``]
    years : float
        Time between them. [years]

    Returns
    -------
    float, array or Series
        Rate of change. [percent per year, relative]

    Raises
    ------
    DataError
        If a value or the time is not positive.

    Notes
    -----
    .. math:: 100 \left[ (\text{last} / \text{first})^{1/\text{years}} - 1 \right]

    It is relative: 5 percent a year from 80 lead to 84, and 5 points to 85.

    References
    ----------
    Open SDG, *Progress measurement*, where this rate is CAGR.

    Examples
    --------
    >>> round(average_annual_rate_of_change(100, 121, 2), 6)
    10.0
    """
    checked = Arguments.of("average_annual_rate_of_change", first=first, last=last, years=years)
    checked.require(
        "first > 0, last > 0, years > 0",
        instead="Compound change neither leaves 0 nor reaches it; use the points per year.",
    )
    growth = np.log(checked["last"] / checked["first"]) / checked["years"]
    return like(100.0 * np.expm1(growth), first, last)


def average_annual_rate_of_reduction(years: Values, values: Values) -> float:
    r"""
    Reduction per year of a series, from a straight line through its logarithms. [percent per year].

    Parameters
    ----------
    years : sequence, array or Series
        Years of the values. [calendar years]
    values : sequence, array or Series
        Value in each year. [any unit with a true zero]

    Returns
    -------
    float
        Average annual rate of reduction; below 0 where the values rise. [percent per year]

    Raises
    ------
    DataError
        If there are fewer than two years, one occurs twice, or a value is not positive.

    Notes
    -----
    The line :math:`\ln y = a + b x` is fitted by least squares; the rate is
    :math:`100 (1 - e^b)`.

    References
    ----------
    UNICEF (2007). *How to calculate average annual rate of reduction*, technical note.

    Examples
    --------
    >>> round(average_annual_rate_of_reduction([2018, 2019, 2020], [50, 40, 32]), 6)
    20.0
    """
    checked = Arguments.of_lists(
        "average_annual_rate_of_reduction", least=2, years=years, values=values
    )
    checked.require("values > 0", instead="A value of 0 has no logarithm; use the points per year.")
    when = checked["years"]
    if np.unique(when).size < when.size:
        raise DataError(
            f"average_annual_rate_of_reduction: expected each year once; found {when.tolist()}. "
            "Choose one value a year, such as the newest printing."
        )
    # The years are centred: their size would cost digits of the slope.
    centred = when - when.mean()
    slope = float(centred @ np.log(checked["values"]) / (centred @ centred))
    return annual_rate_from_slope(slope)


def annual_rate_from_slope(slope: float) -> float:
    r"""
    Reduction per year from the slope of the logarithms. [percent per year].

    Parameters
    ----------
    slope : float
        Change per year of the natural logarithm. [1 per year]

    Returns
    -------
    float
        Annual rate of reduction; below 0 where the slope is positive. [percent per year]

    Raises
    ------
    DataError
        If the slope is missing or infinite.

    Notes
    -----
    .. math:: 100 (1 - e^{\text{slope}})

    References
    ----------
    UNICEF (2007). *How to calculate average annual rate of reduction*, technical note; its worked
    example prints one data point less than it counts, so only the slope is taken from it.

    Examples
    --------
    The slope that the note prints:

    >>> round(annual_rate_from_slope(-0.06613), 1)
    6.4
    """
    Arguments.of("annual_rate_from_slope", slope=slope).require(instead="Fit the line first.")
    return float(-100.0 * np.expm1(slope))


@row_by_row(
    "target > 0, value >= 0", instead="For a target of 0, or one that falls, report the gap."
)
def attainment_level(value: Numbers, target: Numbers) -> Numbers:
    r"""
    Value reached against its target. [percent].

    Parameters
    ----------
    value : float, array or Series
        Value of the indicator. [unit of the indicator]
    target : float, array or Series
        Value that was promised. [unit of ``value``]

    Returns
    -------
    float, array or Series
        Level of attainment. [percent, may pass 100]

    Raises
    ------
    DataError
        If a target is not positive, or a value is negative.

    Notes
    -----
    .. math:: 100 \cdot \text{value} / \text{target}

    For targets that rise. It ignores the start: a target of 90 is attained to 89 percent by a
    place that always stood at 80.

    References
    ----------
    INEP, *Relatório de monitoramento das metas do Plano Nacional de Educação* (nível de alcance).

    Examples
    --------
    Master's degrees in Brazil, 2019, against 60 000:

    >>> round(attainment_level(64432, 60000), 1)
    107.4
    """
    return 100.0 * value / target
