"""
How far chance alone may move a rate that was counted on so many persons.

Counts of all pupils vary too. An interval is the 80 percent interval unless its caller says
otherwise.

Another year brings another cohort: the rate of a school whose teaching did not change moves all the
same. For the change that can be told from chance each cohort is taken as independent draws from the
pupils that might have come [1]_. Pupils of one class are more alike than that, and papers differ in
difficulty, so what is said here is the least noise that there is.

These figures use the normal approximation to two independent proportions with their own variances
(unpooled, no correction for continuity) [2]_. The quantiles come from the standard library, so that
a report does not wait for SciPy.

References
----------
.. [1] Kane, T. J. and Staiger, D. O. (2002). The promise and pitfalls of using imprecise school
   accountability measures. *Journal of Economic Perspectives* 16(4), 91-114.
.. [2] Fleiss, J. L., Levin, B. and Paik, M. C. (2003). *Statistical Methods for Rates and
   Proportions*, 3rd ed., chapter 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import Generic, Literal

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Numbers, like


@dataclass(frozen=True, slots=True, eq=False)
class RateInterval(Generic[Numbers]):
    """
    The ends of an interval for a rate.

    Attributes
    ----------
    low_pct, high_pct : float, array or Series
        Lower and upper end. [percent, 0-100]
    """

    low_pct: Numbers
    high_pct: Numbers


def wilson_interval(
    successes: Numbers, n: Numbers, *, level: float = 0.80
) -> RateInterval[Numbers]:
    r"""
    Wilson's score interval for a rate. [percent].

    Parameters
    ----------
    successes : float, array or Series
        Persons with the attribute. [persons]
    n : float, array or Series
        All persons counted. [persons]
    level : float, default 0.80
        Probability that the interval is to have. [0-1]

    Returns
    -------
    RateInterval
        Lower and upper end. [percent, 0-100]

    Raises
    ------
    DataError
        If nobody was counted, a count is not whole, or the level is not between 0 and 1.

    Notes
    -----
    With :math:`\hat p` the rate and :math:`z` the normal quantile of the level,

    .. math::

        \frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1-\hat p)}{n}
        + \frac{z^2}{4n^2}}}{1 + z^2/n}

    References
    ----------
    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference.
    *Journal of the American Statistical Association*, 22, 209-212. Computed by
    :func:`statsmodels.stats.proportion.proportion_confint`.

    Examples
    --------
    240 of 300 pupils pass: the rate is 80 percent, give or take three points.

    >>> interval = wilson_interval(240, 300)
    >>> round(interval.low_pct, 1), round(interval.high_pct, 1)
    (76.9, 82.8)
    """
    return _interval("wilson_interval", "wilson", successes, n, level)


def jeffreys_interval(
    successes: Numbers, n: Numbers, *, level: float = 0.80
) -> RateInterval[Numbers]:
    r"""
    Jeffreys' interval for a rate. [percent].

    Parameters
    ----------
    successes : float, array or Series
        Persons with the attribute. [persons]
    n : float, array or Series
        All persons counted. [persons]
    level : float, default 0.80
        Probability that the interval is to have. [0-1]

    Returns
    -------
    RateInterval
        Lower and upper end. [percent, 0-100]

    Raises
    ------
    DataError
        If nobody was counted, a count is not whole, or the level is not between 0 and 1.

    Notes
    -----
    The quantiles of :math:`\mathrm{Beta}(x + \tfrac12, n - x + \tfrac12)` that leave out equal
    tails. Where nobody, or everybody, has the attribute, that end is set to 0 or 100: the
    interval must hold the rate that was counted.

    References
    ----------
    Brown, L. D., Cai, T. T. and DasGupta, A. (2001). Interval estimation for a binomial
    proportion. *Statistical Science*, 16, 101-133. Computed by
    :func:`statsmodels.stats.proportion.proportion_confint`.

    Examples
    --------
    >>> interval = jeffreys_interval(240, 300)
    >>> round(interval.low_pct, 1), round(interval.high_pct, 1)
    (76.9, 82.8)
    """
    return _interval("jeffreys_interval", "jeffreys", successes, n, level)


def _interval(
    formula: str,
    method: Literal["wilson", "jeffreys"],
    successes: Numbers,
    n: Numbers,
    level: float,
) -> RateInterval[Numbers]:
    from statsmodels.stats.proportion import proportion_confint

    Arguments.of(formula, level=level).require(
        "0 < level < 1", instead="The level is a probability: 0.8, not 80."
    )
    checked = Arguments.of(formula, successes=successes, n=n)
    some, every = checked["successes"], checked["n"]
    checked.require(
        "n > 0, 0 <= successes <= n",
        besides={"whole numbers": (some == np.floor(some)) & (every == np.floor(every))},
        instead="Give counts of persons; a rate, or a count in thousands, has lost its n.",
    )
    low, high = proportion_confint(some, every, alpha=1 - level, method=method)
    # An end belongs to the rate that was counted: exact where nobody or everybody has it.
    low = np.where(some == 0, 0.0, 100 * np.asarray(low))
    high = np.where(some == every, 100.0, 100 * np.asarray(high))
    return RateInterval(like(low, successes, n), like(high, successes, n))


#: Share of real changes that a test is to notice, and of no changes that it takes for one.
POWER, FALSE_ALARM = 0.80, 0.05


def rate_error(rate_pct: Numbers, n: Numbers) -> Numbers:
    r"""
    Give the standard error of a rate as a draw of its cohort. [percentage points].

    Parameters
    ----------
    rate_pct : float, array or Series
        The rate. [percent, 0-100]
    n : float, array or Series
        Pupils a year. [persons]

    Returns
    -------
    float, array or Series
        :math:`\sqrt{p(100-p)/n}`. [percentage points]

    Raises
    ------
    DataError
        If a rate lies outside 0 to 100 or nobody was counted.

    Examples
    --------
    >>> round(rate_error(80, 300), 2)
    2.31
    """
    given = _checked("rate_error", rate_pct=rate_pct, n=n)
    return like(np.sqrt(_variance(given["rate_pct"], given["n"])), rate_pct, n)


def smallest_visible_change(
    rate_pct: Numbers,
    n: Numbers,
    n_after: Numbers | None = None,
    *,
    falling: bool = False,
    power: float = POWER,
    false_alarm: float = FALSE_ALARM,
) -> Numbers:
    r"""
    Smallest change of a rate that can be seen at this number of pupils. [percentage points].

    Parameters
    ----------
    rate_pct : float, array or Series
        The rate before. [percent, 0-100]
    n : float, array or Series
        Pupils in the year before. [persons]
    n_after : float, array or Series, optional
        Pupils in the year after; as many as before when left out. [persons]
    falling : bool, optional
        Whether a fall is looked for. [yes or no]
    power : float, optional
        Probability that a real change of this size is noticed. [0-1]
    false_alarm : float, optional
        Probability, two-sided, that no change is taken for one. [0-1]

    Returns
    -------
    float, array or Series
        Size of the change, infinite where not even the way to 0 or 100 could be seen.
        [percentage points]

    Raises
    ------
    DataError
        If a rate lies outside 0 to 100, nobody was counted, or a probability is not between
        0 and 1.

    Notes
    -----
    The positive root :math:`d` of

    .. math:: d^2 = (z_{1-\alpha/2} + z_{power})^2
              \left(\frac{p(1-p)}{n_0} + \frac{(p+d)(1-p-d)}{n_1}\right)

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). *Statistical Methods for Rates and
    Proportions*, 3rd ed., chapter 4.

    Examples
    --------
    300 pupils, of whom 80 percent pass: a rise of eight points can just be seen.

    >>> round(smallest_visible_change(80, 300), 1)
    8.3
    """
    name = "smallest_visible_change"
    after = n if n_after is None else n_after
    given = _checked(name, rate_pct=rate_pct, n=n, n_after=after)
    k = _factor(name, power, false_alarm)
    p = given["rate_pct"] / 100
    if falling:
        p = 1 - p
    first, second = k * p * (1 - p) / given["n"], k / given["n_after"]
    # d^2 (1 + second) - second (1 - 2p) d - (first + second p (1 - p)) = 0
    slope = second * (1 - 2 * p)
    rest = first + second * p * (1 - p)
    d = (slope + np.sqrt(slope**2 + 4 * (1 + second) * rest)) / (2 * (1 + second))
    found = np.where((d > 1 - p) | (p == 1), np.inf, 100 * d)
    return like(found, rate_pct, n, after)


def pupils_needed(
    before_pct: Numbers,
    after_pct: Numbers,
    *,
    power: float = POWER,
    false_alarm: float = FALSE_ALARM,
) -> Numbers:
    r"""
    Pupils a year that it takes to see a change from one rate to another. [persons].

    Parameters
    ----------
    before_pct : float, array or Series
        The rate before. [percent, 0-100]
    after_pct : float, array or Series
        The rate after. [percent, 0-100]
    power : float, optional
        Probability that the change is noticed. [0-1]
    false_alarm : float, optional
        Probability, two-sided, that no change is taken for one. [0-1]

    Returns
    -------
    float, array or Series
        Whole number of pupils in each of the two years. [persons]

    Raises
    ------
    DataError
        If a rate lies outside 0 to 100, the two are equal, or a probability is not between
        0 and 1.

    Notes
    -----
    :math:`n = (z_{1-\alpha/2} + z_{power})^2 \frac{p_0(1-p_0) + p_1(1-p_1)}{(p_1 - p_0)^2}`,
    taken to the next whole pupil.

    References
    ----------
    Fleiss, J. L., Levin, B. and Paik, M. C. (2003). *Statistical Methods for Rates and
    Proportions*, 3rd ed., chapter 4.

    Examples
    --------
    One point takes a large city; five points take a district.

    >>> pupils_needed(85, 86), pupils_needed(75, 80)
    (19458.0, 1091.0)
    """
    name = "pupils_needed"
    given = Arguments.of(name, before_pct=before_pct, after_pct=after_pct)
    before, after = given["before_pct"], given["after_pct"]
    given.require(
        "0 <= before_pct <= 100, 0 <= after_pct <= 100",
        besides={"two different rates": before != after},
        instead="No number of pupils shows a change of nothing.",
    )
    spread = before * (100 - before) + after * (100 - after)
    exact = _factor(name, power, false_alarm) * spread / (after - before) ** 2
    # From 0 to 100 nothing varies, and yet it takes somebody.
    return like(np.maximum(np.ceil(np.round(exact, 9)), 1), before_pct, after_pct)


def chance_of_move(
    rate_pct: Numbers, n: Numbers, points_pp: Numbers, n_after: Numbers | None = None
) -> Numbers:
    r"""
    Probability that a rate moves by so many points although nothing changed. [0-1].

    Parameters
    ----------
    rate_pct : float, array or Series
        The rate in both years. [percent, 0-100]
    n : float, array or Series
        Pupils in the first year. [persons]
    points_pp : float, array or Series
        Size of the move, up or down. [percentage points]
    n_after : float, array or Series, optional
        Pupils in the second year; as many when left out. [persons]

    Returns
    -------
    float, array or Series
        Probability of a move of at least this size in either direction. [0-1]

    Raises
    ------
    DataError
        If a rate lies outside 0 to 100, nobody was counted, or the move is not positive.

    Notes
    -----
    :math:`2\,\Phi\left(-x \big/ \sqrt{p(100-p)(1/n_0 + 1/n_1)}\right)`. It lies between the exact
    probabilities of a move beyond and of a move of at least :math:`x`: 0.113 and 0.139 in the
    example.

    Examples
    --------
    300 pupils and 80 percent: one year in eight brings five points or more, up or down.

    >>> round(chance_of_move(80, 300, 5), 2)
    0.13
    """
    after = n if n_after is None else n_after
    given = _checked("chance_of_move", rate_pct=rate_pct, n=n, n_after=after, points_pp=points_pp)
    rate, points = given["rate_pct"], given["points_pp"]
    given.require("points_pp > 0", instead="Give the size of the move, whatever its direction.")
    error = np.sqrt(_variance(rate, given["n"]) + _variance(rate, given["n_after"]))
    tail = np.vectorize(NormalDist().cdf, otypes=[float])
    with np.errstate(divide="ignore"):
        found = 2 * tail(-points / error)
    return like(found, rate_pct, n, points_pp)


def years_until_visible(
    rate_pct: float, n: float, pace_pp: float, n_after: float | None = None, *, within: int = 50
) -> int | None:
    """
    Years after which a steady gain can be told from chance for the first time. [years].

    One year is compared with one year, the base; no years are pooled.

    Parameters
    ----------
    rate_pct : float
        The rate in the base year. [percent, 0-100]
    n : float
        Pupils in the base year. [persons]
    pace_pp : float
        Change a year, negative for a fall. [percentage points a year]
    n_after : float, optional
        Pupils in each later year; as many when left out. [persons]
    within : int, optional
        Years to look ahead. [years]

    Returns
    -------
    int or None
        Whole years; None where the gain stays too small within these years, or would have to
        leave 0 to 100 to be seen. [years]

    Raises
    ------
    DataError
        If the rate lies outside 0 to 100 or nobody was counted.

    Examples
    --------
    300 pupils, 80 percent, one point a year: only the ninth year shows it.

    >>> years_until_visible(80, 300, 1), years_until_visible(98, 300, 1)
    (9, None)
    """
    visible = smallest_visible_change(rate_pct, n, n_after, falling=pace_pp < 0)
    if pace_pp == 0 or not np.isfinite(visible):
        return None
    years = int(np.ceil(np.round(visible / abs(pace_pp), 9)))
    return years if years <= within else None


def _variance(rate_pct: FloatArray, n: FloatArray) -> FloatArray:
    return rate_pct * (100 - rate_pct) / n


def _checked(formula: str, **given: object) -> Arguments:
    checked = Arguments.of(formula, **given)
    checked.require(
        "0 <= rate_pct <= 100, n > 0" + (", n_after > 0" if "n_after" in given else ""),
        instead="Give the rate in percent and the persons behind it.",
    )
    return checked


def _factor(formula: str, power: float, false_alarm: float) -> float:
    if not (0 < power < 1 and 0 < false_alarm < 1):
        raise DataError(
            f"{formula}: expected probabilities between 0 and 1, "
            f"found power={power!r}, false_alarm={false_alarm!r}; write 0.8, not 80"
        )
    normal = NormalDist()
    return (normal.inv_cdf(1 - false_alarm / 2) + normal.inv_cdf(power)) ** 2
