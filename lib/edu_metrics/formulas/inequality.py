"""
How far schools, areas, persons or groups such as girls and boys lie apart.

All measures are free of scale: books per pupil and books per hundred pupils give the same number.
Beware of rates: the measures of a pass rate differ from those of the failing rate, its complement.
"""

from __future__ import annotations

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Numbers, Values, row_by_row


def difference_coefficient(resources: Values, pupils: Values) -> float:
    r"""
    Difference coefficient between schools, weighted by pupils (差异系数). [1].

    Parameters
    ----------
    resources : sequence, array or Series
        Total of the resource in each school. [books, square metres, yuan, teachers, ...]
    pupils : sequence, array or Series
        Pupils of each school. [persons]

    Returns
    -------
    float
        Coefficient of variation of the resource per pupil. [1]

    Raises
    ------
    DataError
        If fewer than two schools are given, a school has no pupils, a resource is negative, or
        no school has any.

    Notes
    -----
    With :math:`x_i` the resource per pupil and :math:`p_i` the pupils of school :math:`i`,
    :math:`P` all pupils and :math:`X` the resource per pupil of the county, total over total,

    .. math:: \frac{1}{X} \sqrt{\sum_i \frac{p_i}{P} (x_i - X)^2}

    Limits for a balanced county: 0.50 in primary and 0.45 in junior schools. The weights matter:
    the schools of the example below reach 0.49 without them, and stay under the limit that they
    break.

    References
    ----------
    Ministry of Education of the PRC, 教督〔2017〕6号; formula and worked example as in
    https://m.777doc.com/doc-2019910.html (a copy).

    Examples
    --------
    Five schools and their books:

    >>> books, pupils = [279, 137, 935, 160, 402], [45, 37, 89, 76, 55]
    >>> round(difference_coefficient(books, pupils), 2)
    0.52
    """
    checked = Arguments.of_lists(
        "difference_coefficient", least=2, resources=resources, pupils=pupils
    )
    checked.require(
        "pupils > 0, resources >= 0",
        instead="Leave out schools without pupils; a school without the resource has 0 of it.",
    )
    total = _positive_sum("difference_coefficient", "resources", checked["resources"])
    weights = checked["pupils"]
    overall = total / weights.sum()
    variance = np.average((checked["resources"] / weights - overall) ** 2, weights=weights)
    return float(np.sqrt(variance) / overall)


def coefficient_of_variation(values: Values, *, ddof: int = 0) -> float:
    r"""
    Compare the standard deviation with the mean, each value counting once. [1].

    Parameters
    ----------
    values : sequence, array or Series
        Value of each school or area. [any unit with a true zero]
    ddof : int, default 0
        0 where the values are all there are, 1 where they are a sample. [count]

    Returns
    -------
    float
        Coefficient of variation. [1]

    Raises
    ------
    DataError
        If fewer than two values are given, one is negative, or all are zero.

    Notes
    -----
    .. math:: \frac{1}{\bar x} \sqrt{\frac{\sum_i (x_i - \bar x)^2}{n - \text{ddof}}}

    For schools of different size see :func:`difference_coefficient`.

    References
    ----------
    Computed by :func:`scipy.stats.variation`.

    Examples
    --------
    >>> coefficient_of_variation([1, 3])
    0.5
    """
    from scipy import stats

    listed = _spread("coefficient_of_variation", values)
    if ddof not in (0, 1):
        raise DataError(
            f"coefficient_of_variation: expected ddof 0 (all there are) or 1 (a sample); "
            f"found {ddof!r}."
        )
    return float(stats.variation(listed, ddof=ddof))


def gini(values: Values, *, corrected: bool = False) -> float:
    r"""
    Gini coefficient. [1].

    Parameters
    ----------
    values : sequence, array or Series
        Value of each school, area or person. [any unit with a true zero]
    corrected : bool, default False
        Whether to multiply by n / (n - 1), as for a sample. [yes or no]

    Returns
    -------
    float
        Gini coefficient; 0 where all are equal. [1, between 0 and 1]

    Raises
    ------
    DataError
        If fewer than two values are given, one is negative, or all are zero.

    Notes
    -----
    With the values in rising order,

    .. math:: \frac{\sum_i (2i - n - 1)\, x_{(i)}}{n^2 \bar x}

    References
    ----------
    Zeileis, A., R package *ineq*, ``Gini``, from which the example is taken.

    Examples
    --------
    >>> incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> round(gini(incomes), 7), round(gini(incomes, corrected=True), 7)
    (0.4620911, 0.5134346)
    """
    listed = np.sort(_spread("gini", values))
    size = listed.size
    ranks = 2 * np.arange(1, size + 1) - size - 1
    pairs = size * (size - 1) if corrected else size**2
    return float(ranks @ listed / (pairs * listed.mean()))


def theil(values: Values) -> float:
    r"""
    Theil index. [1].

    Parameters
    ----------
    values : sequence, array or Series
        Value of each school, area or person. [any unit with a true zero]

    Returns
    -------
    float
        Theil index; 0 where all are equal. [1, between 0 and ln n]

    Raises
    ------
    DataError
        If fewer than two values are given, one is negative, or all are zero.

    Notes
    -----
    .. math:: \frac{1}{n} \sum_i \frac{x_i}{\bar x} \ln \frac{x_i}{\bar x}

    A zero counts as a member and adds nothing, the limit of the term; some programs leave zeros
    out and so divide by fewer.

    References
    ----------
    Zeileis, A., R package *ineq*, ``Theil``, from which the example is taken.

    Examples
    --------
    >>> round(theil([541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]), 7)
    0.3623412
    """
    from scipy import special

    listed = _spread("theil", values)
    relative = listed / listed.mean()
    return float(special.xlogy(relative, relative).mean())


def atkinson(values: Values, *, epsilon: float) -> float:
    r"""
    Atkinson index: the part of the total that an equal spread could do without. [1].

    Parameters
    ----------
    values : sequence, array or Series
        Value of each school, area or person. [any unit with a true zero]
    epsilon : float
        Aversion to inequality; the higher, the more the low end counts. [1, above 0]

    Returns
    -------
    float
        Atkinson index; 0 where all are equal. [1, between 0 and 1]

    Raises
    ------
    DataError
        If fewer than two values are given, one is negative, all are zero, or ``epsilon`` is
        not positive.

    Notes
    -----
    One minus the power mean of order :math:`1 - \varepsilon` over the arithmetic mean; the
    geometric mean where :math:`\varepsilon = 1`. A zero makes the index 1 from there on.

    References
    ----------
    Zeileis, A., R package *ineq*, ``Atkinson``, from which the example is taken.

    Examples
    --------
    >>> incomes = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]
    >>> round(atkinson(incomes, epsilon=1), 7)
    0.3518251
    """
    from scipy import stats

    listed = _spread("atkinson", values)
    Arguments.of("atkinson", epsilon=epsilon).require(
        "epsilon > 0", instead="0.5, 1 and 2 are usual."
    )
    if epsilon >= 1 and listed.min() == 0:
        return 1.0
    # So near to the geometric mean a power mean loses its digits.
    power = 0.0 if abs(1 - epsilon) < _AT_ONE else 1 - epsilon
    return float(1 - stats.pmean(listed / listed.mean(), power))


#: An exponent nearer to one than this counts as one.
_AT_ONE = 1e-8


def _spread(formula: str, values: Values) -> FloatArray:
    checked = Arguments.of_lists(formula, least=2, values=values)
    checked.require(
        "values >= 0",
        instead="For quantities that may fall below 0, give the range or standard deviation.",
    )
    _positive_sum(formula, "values", checked["values"])
    return checked["values"]


def _positive_sum(formula: str, name: str, values: FloatArray) -> float:
    total = float(values.sum())
    if not total > 0:
        raise DataError(
            f"{formula}: expected at least one of {name} above 0; all are 0. "
            "Where nobody has anything there is nothing to be spread; report that."
        )
    return total


@row_by_row(
    "second > 0, first >= 0",
    instead="Where the second group has nothing, use the difference of both.",
)
def parity_index(first: Numbers, second: Numbers) -> Numbers:
    r"""
    Value of an indicator in one group against its value in another. [1].

    Parameters
    ----------
    first : float, array or Series
        Indicator in the group that is watched, such as girls. [unit of the indicator]
    second : float, array or Series
        Indicator in the group it is compared with, such as boys. [unit of the indicator]

    Returns
    -------
    float, array or Series
        Parity index; 1 is parity. [1]

    Raises
    ------
    DataError
        If the second value is not positive, or the first is negative.

    Notes
    -----
    .. math:: \text{first} / \text{second}

    UNESCO calls 0.97 to 1.03 parity. The index is lopsided: groups exchanged, 0.8 becomes 1.25.

    References
    ----------
    UNESCO Institute for Statistics, glossary, *Adjusted parity index*, for the example. IIEP
    learning portal, glossary, *Gender parity index*, for the band.

    Examples
    --------
    Net enrolment of 40 percent among girls and 50 among boys, and the reverse:

    >>> parity_index(40, 50), parity_index(50, 40)
    (0.8, 1.25)
    """
    return first / second
