"""
How far chance alone may move a rate that was counted on so many persons.

Counts of all pupils vary too: another year brings another cohort. An interval is the 80 percent
interval unless its caller says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, Literal

import numpy as np

from edu_metrics.formulas._arguments import Arguments, Numbers, like

__all__ = ["RateInterval", "jeffreys_interval", "wilson_interval"]


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
        {"0 < level < 1": np.greater(level, 0) & np.less(level, 1)},
        instead="The level is a probability: 0.8, not 80.",
    )
    checked = Arguments.of(formula, successes=successes, n=n)
    some, every = checked["successes"], checked["n"]
    checked.require(
        {
            "n > 0": every > 0,
            "0 <= successes <= n": (some >= 0) & (some <= every),
            "whole numbers": (some == np.floor(some)) & (every == np.floor(every)),
        },
        instead="Give counts of persons; a rate, or a count in thousands, has lost its n.",
    )
    low, high = proportion_confint(some, every, alpha=1 - level, method=method)
    # An end belongs to the rate that was counted: exact where nobody or everybody has it.
    low = np.where(some == 0, 0.0, 100 * np.asarray(low))
    high = np.where(some == every, 100.0, 100 * np.asarray(high))
    return RateInterval(like(low, successes, n), like(high, successes, n))
