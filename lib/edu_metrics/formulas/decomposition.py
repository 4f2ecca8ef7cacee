"""
Why two rates differ: because the groups are of other sizes, or because their rates are.

The effects of each function add up to the whole difference; no residual is left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Values

__all__ = [
    "FactorEffects",
    "RateDecomposition",
    "decompose_three_factors",
    "decompose_two_factors",
    "kitagawa",
]

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


@dataclass(frozen=True, slots=True)
class FactorEffects:
    """
    A difference of two products, split by factor.

    Attributes
    ----------
    effects : tuple of float
        What the change of each factor does, in the order of the factors. [unit of the product]
    total : float
        Second product minus the first. [unit of the product]
    """

    effects: tuple[float, ...]
    total: float


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
        {f"0 <= {name} <= 100": (checked[name] >= 0) & (checked[name] <= 100) for name in names},
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
    w0, r0, w1, r1 = (checked[name] for name in checked.values)
    composition = (w1 - w0) * (r0 + r1) / 200
    rate = (r1 - r0) * (w0 + w1) / 200
    for parts in (composition, rate):
        parts.setflags(write=False)
    return RateDecomposition(
        composition=float(composition.sum()),
        rate=float(rate.sum()),
        total=float((w1 @ r1 - w0 @ r0) / 100),
        composition_parts=composition,
        rate_parts=rate,
    )


def decompose_two_factors(first: Sequence[float], second: Sequence[float]) -> FactorEffects:
    r"""
    Split the difference of two products of two factors.

    Parameters
    ----------
    first : sequence of 2 float
        The factors in the first year or place. [any units]
    second : sequence of 2 float
        The same factors in the second. [units of ``first``]

    Returns
    -------
    FactorEffects
        Two effects and their total. [unit of the product]

    Raises
    ------
    DataError
        If a factor is missing, or there are not two.

    Notes
    -----
    The effect of the first factor :math:`a` beside the second :math:`b` is

    .. math:: (a_1 - a_0) \frac{b_0 + b_1}{2}

    References
    ----------
    Das Gupta, P. (1993). *Standardization and Decomposition of Rates: A User's Manual*. U.S.
    Bureau of the Census, P23-186, example 2.1.

    Examples
    --------
    >>> split = decompose_two_factors((10930, 0.717892), (16591, 0.825974))
    >>> [round(effect, 1) for effect in split.effects], round(split.total, 1)
    ([4369.9, 1487.3], 5857.2)
    """
    before, after = _factors("decompose_two_factors", 2, first, second)
    change, middle = after - before, (before + after) / 2
    return _effects(change * middle[::-1], before, after)


def decompose_three_factors(first: Sequence[float], second: Sequence[float]) -> FactorEffects:
    r"""
    Split the difference of two products of three factors.

    Parameters
    ----------
    first : sequence of 3 float
        The factors in the first year or place. [any units]
    second : sequence of 3 float
        The same factors in the second. [units of ``first``]

    Returns
    -------
    FactorEffects
        Three effects and their total. [unit of the product]

    Raises
    ------
    DataError
        If a factor is missing, or there are not three.

    Notes
    -----
    The effect of the first factor :math:`a` beside :math:`b` and :math:`c` is

    .. math::

        (a_1 - a_0) \left[ \frac{b_0 c_0 + b_1 c_1}{3} + \frac{b_0 c_1 + b_1 c_0}{6} \right]

    References
    ----------
    Das Gupta, P. (1993). *Standardization and Decomposition of Rates: A User's Manual*. U.S.
    Bureau of the Census, P23-186, example 2.2.

    Examples
    --------
    Austria and Chile:

    >>> split = decompose_three_factors(
    ...     (51.78746, 0.45919, 0.52638), (84.90502, 0.75756, 0.51065)
    ... )
    >>> [round(effect, 3) for effect in split.effects]
    [10.434, 10.561, -0.667]
    """
    before, after = _factors("decompose_three_factors", 3, first, second)
    # For each factor, the other two, in turn.
    b0, b1, c0, c1 = np.roll(before, -1), np.roll(after, -1), np.roll(before, 1), np.roll(after, 1)
    beside = (b0 * c0 + b1 * c1) / 3 + (b0 * c1 + b1 * c0) / 6
    return _effects((after - before) * beside, before, after)


def _factors(
    formula: str, number: int, first: Sequence[float], second: Sequence[float]
) -> tuple[FloatArray, FloatArray]:
    checked = Arguments.of_lists(formula, least=number, first=first, second=second)
    checked.require({}, instead="Give every factor in both years or places.")
    if checked["first"].size != number:
        raise DataError(
            f"{formula}: expected {number} factors; found {checked['first'].size}. "
            "Two and three factors have a function each."
        )
    return checked["first"], checked["second"]


def _effects(effects: FloatArray, before: FloatArray, after: FloatArray) -> FactorEffects:
    return FactorEffects(tuple(effects.tolist()), float(after.prod() - before.prod()))
