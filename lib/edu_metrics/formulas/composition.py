"""
Why two rates differ: because the groups are of other sizes, or because their rates are.

The two effects add up to the whole difference; no residual is left over.
"""

from __future__ import annotations

from dataclasses import dataclass

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, FloatArray, Values
from edu_metrics.formulas.decomposition import decompose

__all__ = ["RateDecomposition", "kitagawa"]

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
