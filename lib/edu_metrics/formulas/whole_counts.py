"""
From a bound in percent to the whole number of persons or institutions that meets it.

Computed in fractions: 0.07 * 100 is above 7 in floating point, and one kindergarten too many would
be asked for. A bound is taken as it is printed, so 7.3 is seventy-three tenths.
"""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from edu_metrics.errors import DataError

__all__ = ["largest_count_for", "smallest_count_after_growth", "smallest_count_for"]

#: A number as a plan prints it.
Printed: TypeAlias = int | float | str | Decimal | Fraction


def smallest_count_for(bound_pct: Printed, whole: float, *, strict: bool = False) -> int:
    r"""
    Smallest count whose share of a whole reaches a bound. [persons or institutions].

    Parameters
    ----------
    bound_pct : int, float, str, Decimal or Fraction
        The bound as printed. [percent, 0-100]
    whole : int
        All members. [persons or institutions]
    strict : bool, default False
        Whether the share has to lie above the bound (>) and not only reach it. [yes or no]

    Returns
    -------
    int
        Smallest count that does. [unit of ``whole``]

    Raises
    ------
    DataError
        If the whole is not a positive whole number, the bound lies outside 0-100, or no count
        lies above it.

    Notes
    -----
    The smallest whole :math:`k` with :math:`100 k / \text{whole} \ge \text{bound}`.

    Examples
    --------
    At least 20 percent of 40 kindergartens, and more than half of 10:

    >>> smallest_count_for(20, 40), smallest_count_for(50, 10, strict=True)
    (8, 6)
    """
    needed = _exact_part("smallest_count_for", bound_pct, whole)
    if strict and needed == whole:
        raise DataError(
            f"smallest_count_for: expected a bound below 100 with strict=True; found {bound_pct}. "
            "No part of a whole is above 100 percent of it; the promise cannot be kept."
        )
    return math.floor(needed) + 1 if strict else math.ceil(needed)


def largest_count_for(bound_pct: Printed, whole: float, *, strict: bool = False) -> int:
    r"""
    Largest count whose share of a whole stays within a bound. [persons or institutions].

    Parameters
    ----------
    bound_pct : int, float, str, Decimal or Fraction
        The bound as printed. [percent, 0-100]
    whole : int
        All members. [persons or institutions]
    strict : bool, default False
        Whether the share has to lie below the bound (<) and may not touch it. [yes or no]

    Returns
    -------
    int
        Largest count that does. [unit of ``whole``]

    Raises
    ------
    DataError
        If the whole is not a positive whole number, the bound lies outside 0-100, or no count
        lies below it.

    Notes
    -----
    The largest whole :math:`k` with :math:`100 k / \text{whole} \le \text{bound}`.

    References
    ----------
    State Council of the PRC, 国发〔2016〕40号, for the bound of the example.

    Examples
    --------
    Large classes within 5 percent of 250 classes, and below it:

    >>> largest_count_for(5, 250), largest_count_for(4, 250, strict=True)
    (12, 9)
    """
    allowed = _exact_part("largest_count_for", bound_pct, whole)
    if strict and allowed == 0:
        raise DataError(
            f"largest_count_for: expected a bound above 0 with strict=True; found {bound_pct}. "
            "No count is below 0 percent of a whole; the promise cannot be kept."
        )
    return math.ceil(allowed) - 1 if strict else math.floor(allowed)


def smallest_count_after_growth(base: float, growth_pct: Printed, *, strict: bool = False) -> int:
    r"""
    Smallest count that is a given percentage above a base. [persons or institutions].

    Parameters
    ----------
    base : int
        Count at the start. [persons or institutions]
    growth_pct : int, float, str, Decimal or Fraction
        The relative growth as printed. [percent of ``base``, 0 or more]
    strict : bool, default False
        Whether the growth has to pass the percentage (>) and not only reach it. [yes or no]

    Returns
    -------
    int
        Smallest count that does. [unit of ``base``]

    Raises
    ------
    DataError
        If the base is not a positive whole number, or the growth is negative.

    Notes
    -----
    The smallest whole :math:`k` with
    :math:`k \ge \text{base} \cdot (1 + \text{growth} / 100)`.

    Examples
    --------
    20 percent more than 33 schools:

    >>> smallest_count_after_growth(33, 20)
    40
    """
    start = _whole("smallest_count_after_growth", "base", base)
    growth = _exact("smallest_count_after_growth", "growth_pct", growth_pct)
    if growth < 0:
        raise DataError(
            "smallest_count_after_growth: expected growth_pct of at least 0; "
            f"found {growth_pct}. For what may remain after a fall, use largest_count_for "
            "with 100 minus the fall."
        )
    needed = start * (1 + growth / 100)
    return math.floor(needed) + 1 if strict else math.ceil(needed)


def _exact_part(formula: str, bound_pct: Printed, whole: float) -> Fraction:
    members = _whole(formula, "whole", whole)
    bound = _exact(formula, "bound_pct", bound_pct)
    if not 0 <= bound <= 100:
        raise DataError(
            f"{formula}: expected bound_pct within 0 and 100; found {bound_pct}. "
            "For growth over a base, use smallest_count_after_growth."
        )
    return bound * members / 100


def _exact(formula: str, name: str, value: Printed) -> Fraction:
    # The shortest text of a float is the number that was written: 7.3, not its binary neighbour.
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise DataError(
            f"{formula}: expected a finite number for {name}; found {value!r}. "
            "Give the percentage as it is printed, without a percent sign."
        ) from None


def _whole(formula: str, name: str, value: float) -> int:
    number = _exact(formula, name, value)
    if number.denominator != 1 or number <= 0:
        raise DataError(
            f"{formula}: expected {name} to be a positive whole number; found {value!r}. "
            "Count persons or institutions one by one, not in thousands."
        )
    return int(number)
