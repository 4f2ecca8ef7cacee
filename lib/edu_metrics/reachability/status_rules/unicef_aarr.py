r"""
UNICEF's average annual rate of reduction, observed and required.

Observed: a straight line :math:`\ln Y = a + bX` through all years, and :math:`1 - e^b`. Required:
:math:`1 - (Y_T / Y_0)^{1/n}`, from the first year given to the target year. Made for what should
fall; of what should rise both rates are negative, and their quotient still says how much of the
required pace is kept. The note has no words for it. Being relative, it tells two stories of a share
and its complement.

References
----------
UNICEF (2007). *How to calculate average annual rate of reduction*, technical note. Its worked
example prints one data point less than it counts (seven of eight), so that its slope can't be had
from its data; only the step from the slope to 6.4 % is tested.
"""

from __future__ import annotations

from collections.abc import Sequence

from edu_metrics.formulas import average_annual_rate_of_reduction
from edu_metrics.reachability.status_rules.answers import Answer, Rule, Unable, points_of
from edu_metrics.reachability.status_rules.open_sdg import compound_growth

__all__ = ["unicef_aarr"]


def unicef_aarr(
    years: Sequence[int], values: Sequence[float], *, target: float, target_year: int
) -> Answer:
    """
    Give the observed and the required average annual rate of reduction.

    Parameters
    ----------
    years, values : sequence
        The series; all its years are used.
    target : float
        Level to reach. [unit of the values]
    target_year : int
        Year in which it is due.

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

    >>> found = unicef_aarr([2018, 2019, 2020], [50, 40, 32], target=25, target_year=2020)
    >>> round(found.observed, 1), round(found.required, 1)
    (20.0, 29.3)
    """
    points = points_of(years, values)
    if isinstance(points, Unable):
        return Answer(Rule.AARR, unable=points)
    if target_year <= points.years[0]:
        return Answer(Rule.AARR, unable=Unable.NO_YEARS_LEFT)
    numbers = (*points.values, target)
    if any(number <= 0 for number in numbers):
        zero = any(number == 0 for number in numbers) and all(number >= 0 for number in numbers)
        return Answer(Rule.AARR, unable=Unable.ZERO_VALUE if zero else Unable.MIXED_SIGNS)
    observed = average_annual_rate_of_reduction(list(points.years), list(points.values))
    required = -100 * compound_growth(points.first, target, target_year - points.years[0])
    ratio = observed / required if required else None
    return Answer(Rule.AARR, ratio=ratio, observed=observed, required=required)
