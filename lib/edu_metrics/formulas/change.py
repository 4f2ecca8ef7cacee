"""
How fast something changed, how much of a target is there, and which factor made the difference.

Compound rates are read in published reports and are not recommended for percentages: the rate
of those who pass and the rate of those who fail then tell two stories.

A difference between years or places can be split by factor, for any function of any numbers. The
effects of the factors add up to the whole difference; no residual is left over.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import comb, prod
from typing import Any

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Numbers, Values, like, row_by_row


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


#: With one more factor, the mixtures of every pair of populations double.
_MOST_FACTORS = 12
_Factors = dict[str, FloatArray | float]


@dataclass(frozen=True, slots=True, eq=False)
class Decomposition:
    """
    Rates of several populations, standardised for all factors but one.

    Attributes
    ----------
    populations : tuple
        The years or places, as given.
    crude : array
        The rate of each population. [unit of the rate]
    standardised : mapping of str to array
        For each factor, the rate that each population would have if it differed from the others
        in this factor only. [unit of the rate]
    """

    populations: tuple[Hashable, ...]
    crude: FloatArray
    standardised: Mapping[str, FloatArray]

    @property
    def effects(self) -> dict[str, Any]:
        """What each factor does from the first population to the last, by factor."""
        return self.between(self.populations[0], self.populations[-1])

    @property
    def total(self) -> Any:
        """Rate of the last population minus that of the first."""
        return _plain(self.crude[-1] - self.crude[0])

    def between(self, first: Hashable, second: Hashable) -> dict[str, Any]:
        """
        Split the difference of two populations by factor.

        Parameters
        ----------
        first, second : hashable
            Two of the populations.

        Returns
        -------
        dict of str to float
            What each factor does, second minus first; together the difference of their rates. By
            group, if the rate is by group. [unit of the rate]

        Raises
        ------
        DataError
            If one of them is not among the populations.
        """
        if unknown := [one for one in (first, second) if one not in self.populations]:
            raise DataError(
                f"expected two of the populations {list(self.populations)}; found {unknown}. "
                "Name them as they were given to decompose."
            )
        start, end = (self.populations.index(one) for one in (first, second))
        return {
            factor: _plain(rates[end] - rates[start]) for factor, rates in self.standardised.items()
        }


def decompose(
    populations: Mapping[Any, Mapping[str, float | Values]], rate: Callable[..., Any] | None = None
) -> Decomposition:
    r"""
    Split the differences of a rate between populations by factor.

    Parameters
    ----------
    populations : mapping
        For each year or place, its factors by name: numbers, or one number per group (an age
        structure, rates by age). [any units]
    rate : callable, optional
        The rate as a function of the factors, called with them by name: lists as arrays. One
        number, or one per group. Without it, the rate is the product of the factors. [any unit]

    Returns
    -------
    Decomposition
        Crude and standardised rates and, from them, effects. [unit of the rate]

    Raises
    ------
    DataError
        If there are fewer than two populations, no factors or more than twelve; if populations
        differ in their factors or groups; if a number is missing, or a mixture of the populations'
        factors has no rate.

    Notes
    -----
    Between populations 1 and 2, the rate of 1 standardised for all factors :math:`K` but
    :math:`a` takes :math:`a` from 1, each set :math:`S` of the others from 2, and what remains
    from 1:

    .. math:: a_{1.2} = \sum_{S \subseteq K \setminus a}
              \frac{|S|!\,(|K|-1-|S|)!}{|K|!} R(S \text{ from } 2, \text{ the rest from } 1)

    so that the effect :math:`a_{2.1} - a_{1.2}` is the Shapley value of the factor. Between
    :math:`N` populations (equation 6.11, put shorter) the rate is the mean of all
    :math:`a_{i.j}` plus the mean effect over all populations, the population itself included:

    .. math:: \frac{1}{N(N-1)} \sum_{i \neq j} a_{i.j} +
              \frac{1}{N} \sum_{j \neq 1} (a_{1.j} - a_{j.1})

    Effects say how numbers hang together, not what caused what. Twelve factors need 4096 mixtures
    of each pair of populations.

    References
    ----------
    Das Gupta, P. (1993). *Standardization and Decomposition of Rates: A User's Manual*. U.S.
    Bureau of the Census, P23-186, equations 3.54, 6.11 and 6.12; example 2.3.
    Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis: a unified
    framework based on the Shapley value. *Journal of Economic Inequality*, 11, 99-126.

    Examples
    --------
    Non-marital births of women aged 15 to 19, in percent:

    >>> split = decompose({
    ...     1971: {"births": 25.3, "pregnant": 0.214, "active": 0.279, "single": 0.949},
    ...     1979: {"births": 32.7, "pregnant": 0.290, "active": 0.473, "single": 0.986},
    ... })
    >>> {factor: round(effect, 4) for factor, effect in split.effects.items()}
    {'births': 0.6889, 'pregnant': 0.8125, 'active': 1.3829, 'single': 0.1048}
    >>> round(split.total, 4)
    2.9891

    Any other function of numbers or of groups:

    >>> split = decompose(
    ...     {1940: {"born": 19.4, "died": 10.8}, 1960: {"born": 23.7, "died": 9.5}},
    ...     lambda born, died: born - died,
    ... )
    >>> [round(effect, 1) for effect in split.effects.values()]
    [4.3, 1.3]
    """
    factors, given = _factors(populations)
    number, size = len(populations), len(factors)
    tables = {
        (one, other): _mixtures(given[one], given[other], rate or _product)
        for one, other in combinations(range(number), 2)
    }
    from_other = np.array([mixture.bit_count() for mixture in range(2**size)])
    standardised = {}
    for place, factor in enumerate(factors):
        own = (np.arange(2**size) >> place) & 1 == 0
        weights = np.array([1 / (size * comb(size - 1, n)) for n in from_other[own]])
        pairs = {}
        for (one, other), table in tables.items():
            pairs[one, other] = np.tensordot(weights, table[own], 1)
            # What is the other's own is where this factor comes from the other.
            pairs[other, one] = np.tensordot(weights, table[~own], 1)
        mean = np.mean(list(pairs.values()), axis=0)
        standardised[factor] = np.array(
            [
                mean
                + sum(pairs[one, j] - pairs[j, one] for j in range(number) if j != one) / number
                for one in range(number)
            ]
        )
    crude = np.array([tables[0, 1][0], *(tables[0, other][-1] for other in range(1, number))])
    for array in (crude, *standardised.values()):
        array.setflags(write=False)
    return Decomposition(tuple(populations), crude, standardised)


def _factors(
    populations: Mapping[Any, Mapping[str, float | Values]],
) -> tuple[tuple[str, ...], list[_Factors]]:
    """Check the factors of all populations, and give each population's as arrays or numbers."""
    named = {factor for factors in populations.values() for factor in factors}
    factors = tuple(next(iter(populations.values()), ()))
    faults = [
        f"{population}: without {', '.join(sorted(lacking))}"
        for population, own in populations.items()
        if (lacking := named - set(own))
    ]
    if len(populations) < 2 or faults or not 1 <= len(named) <= _MOST_FACTORS:
        raise DataError(
            f"decompose: expected two or more populations with the same 1 to {_MOST_FACTORS} "
            f"factors; found {len(populations)} population(s) and {len(named)} factor(s). "
            "Join factors whose effects need not be told apart.",
            faults,
        )
    given: list[_Factors] = [{} for _ in populations]
    for factor in factors:
        listed = {
            f"{factor} of {population}": np.asarray(own[factor])
            if isinstance(own[factor], list | tuple)
            else own[factor]
            for population, own in populations.items()
        }
        try:
            checked = Arguments.of("decompose", **listed)
            checked.require(instead="Give every factor of every population, group by group.")
        except DataError as error:
            faults += [error.message, *error.faults]
            continue
        for own, array in zip(given, checked.values.values(), strict=True):
            own[factor] = array if array.shape else float(array)
    if faults:
        raise DataError("decompose: expected factors of the same groups, none missing.", faults)
    return factors, given


def _mixtures(one: _Factors, other: _Factors, rate: Callable[..., Any]) -> FloatArray:
    """Compute the rate of every mixture: bit n says that factor n is the other's."""
    found = []
    for mixture in range(2 ** len(one)):
        mixed = {
            factor: (other if mixture >> place & 1 else one)[factor]
            for place, factor in enumerate(one)
        }
        value = np.asarray(rate(**mixed), dtype=np.float64)
        if not np.isfinite(value).all():
            shown = ", ".join(f"{factor}={number}" for factor, number in mixed.items())
            raise DataError(
                f"decompose: expected a finite rate for every mixture of the populations' factors; "
                f"found {value} at {shown}. A rate that is not defined there cannot be split."
            )
        found.append(value)
    return np.array(found)


def _product(**factors: FloatArray | float) -> FloatArray | float:
    return prod(factors.values())


def _plain(value: Any) -> Any:
    return value.item() if value.ndim == 0 else value


#: Half a unit of a share printed with one decimal. [percentage points]
_HALF_UNIT_PP = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class RateDecomposition:
    """
    A difference of two overall rates, split in two.

    Attributes
    ----------
    composition : float
        What the other sizes of the groups do. [unit of the rates, a difference]
    rate : float
        What the other rates within the groups do. [unit of the rates, a difference]
    total : float
        Second overall rate minus the first. [unit of the rates, a difference]
    composition_parts, rate_parts : array
        The same, by group. [unit of the rates, a difference]
    """

    composition: float
    rate: float
    total: float
    composition_parts: FloatArray
    rate_parts: FloatArray


def kitagawa(
    shares_first: Values, rates_first: Values, shares_second: Values, rates_second: Values
) -> RateDecomposition:
    r"""
    Split the difference of two rates into composition and rate effects.

    Parameters
    ----------
    shares_first : sequence, array or Series
        Share of each group in the first year or place. [percent, adding up to 100]
    rates_first : sequence, array or Series
        Rate within each group, first. [percent or another unit]
    shares_second : sequence, array or Series
        Share of each group in the second. [percent, adding up to 100]
    rates_second : sequence, array or Series
        Rate within each group, second. [unit of ``rates_first``]

    Returns
    -------
    RateDecomposition
        Second minus first, split. [unit of the rates, a difference]

    Raises
    ------
    DataError
        If a share lies outside 0-100, or the shares do not add up to 100 but for rounding.

    Notes
    -----
    With shares :math:`w` and rates :math:`r` of the first (0) and second (1),

    .. math::

        \sum_g (w_{g1} - w_{g0}) \frac{r_{g0} + r_{g1}}{2}
        \quad\text{and}\quad
        \sum_g (r_{g1} - r_{g0}) \frac{w_{g0} + w_{g1}}{2}

    Printed shares may miss 100 by half a unit of one decimal for each group; they are not scaled.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. *Journal of the American
    Statistical Association*, 50, 1168-1194.
    Das Gupta, P. (1993). *Standardization and Decomposition of Rates: A User's Manual*. U.S.
    Bureau of the Census, P23-186.

    Examples
    --------
    Half of the pupils, then three quarters, are in the town, where more pass:

    >>> split = kitagawa([50, 50], [90, 70], [75, 25], [92, 70])
    >>> split.composition, split.rate, split.total
    (5.25, 1.25, 6.5)
    """
    checked = Arguments.of_lists(
        "kitagawa",
        shares_first=shares_first,
        rates_first=rates_first,
        shares_second=shares_second,
        rates_second=rates_second,
    )
    names = ("shares_first", "shares_second")
    checked.require(
        "0 <= shares_first <= 100, 0 <= shares_second <= 100",
        instead="Compute the shares from the sizes of the groups with share.",
    )
    sums = {name: float(checked[name].sum()) for name in names}
    slack = _HALF_UNIT_PP * checked[names[0]].size + 1e-9
    if wrong := [
        f"{name} add up to {total!r}"
        for name, total in sums.items()
        if not abs(total - 100) <= slack
    ]:
        raise DataError(
            "kitagawa: expected shares in percent that add up to 100; these do not. "
            "Give every group, once, in percent and not as fractions.",
            wrong,
        )
    split = decompose(
        {
            n: {"share": checked[f"shares_{n}"] / 100, "rate": checked[f"rates_{n}"]}
            for n in ("first", "second")
        }
    )
    composition, rate = split.effects.values()
    for parts in (composition, rate):
        parts.setflags(write=False)
    return RateDecomposition(
        composition=float(composition.sum()),
        rate=float(rate.sum()),
        total=float(split.total.sum()),
        composition_parts=composition,
        rate_parts=rate,
    )
