"""Which part makes the whole's gap or change: districts in a city, by counts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from edu_metrics.catalog import Bound
from edu_metrics.errors import DataError
from edu_metrics.formulas import kitagawa
from edu_metrics.reachability.arithmetic import people_behind

__all__ = ["Part", "adds_up", "change_by_parts", "gap_by_parts"]

Counts = Mapping[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part's rate, its share of the whole, and what it adds to the whole's distance.

    ``points`` is positive where the part lifts the whole above the level and negative where it
    pulls it below; ``people`` are the persons that the part itself is short of.
    """

    area: str
    rate: float
    share: float
    points: float
    people: int


def adds_up(whole: tuple[float, float] | None, parts: Counts) -> bool:
    """
    Tell whether parts make up their whole; what they do not make up can't be split over them.

    Parameters
    ----------
    whole : (float, float) or None
        Numerator and denominator of the whole, if they are known. [persons or institutions]
    parts : mapping of str to (float, float)
        Those of each part. [persons or institutions]

    Returns
    -------
    bool
        Whether both are the sums of the parts'.

    Examples
    --------
    >>> adds_up((150, 200), {"a": (90, 100), "b": (60, 100)})
    True
    >>> adds_up((700, 828), {"a": (400, 500), "b": (195, 244)})
    False
    """
    if whole is None:
        return False
    sums = (sum(column) for column in zip(*parts.values(), strict=True))
    return all(math.isclose(own, total) for own, total in zip(whole, sums, strict=True))


def gap_by_parts(counts: Counts, bound: Bound) -> tuple[Part, ...]:
    r"""
    Split a whole's distance from a level over its parts.

    Parameters
    ----------
    counts : mapping of str to (float, float)
        Numerator and denominator of each part. [persons or institutions]
    bound : Bound
        The level asked of the whole. [percent]

    Returns
    -------
    tuple of Part
        Those that pull the whole down most come first; where less is better, those that push it
        up most.

    Raises
    ------
    DataError
        If a denominator is not positive.

    Notes
    -----
    .. math:: R - L = \sum_d w_d (r_d - L)

    with weights by the denominators: the rate component of a Kitagawa decomposition between the
    parts as they are and parts that all stand at the level, the composition being the same.

    References
    ----------
    Kitagawa, E. M. (1955). Components of a difference between two rates. *Journal of the American
    Statistical Association* 50(272), 1168-1194.

    Examples
    --------
    >>> found = gap_by_parts({"a": (90, 100), "b": (60, 100)}, Bound.model_validate(">=80"))
    >>> [(part.area, part.points, part.people) for part in found]
    [('b', -10.0, 20), ('a', 5.0, -10)]
    """
    areas = list(counts)
    rates, shares = _rates_and_shares(counts)
    at_level = [bound.value] * len(areas)
    split = kitagawa(shares, at_level, shares, rates)
    parts = [
        Part(
            area,
            rates[n],
            shares[n],
            round(float(split.rate_parts[n]), 9),
            people_behind(bound, *counts[area]),
        )
        for n, area in enumerate(areas)
    ]
    return tuple(sorted(parts, key=lambda part: part.points if bound.rising else -part.points))


def change_by_parts(first: Counts, last: Counts) -> tuple[float, float, float]:
    """
    Split a whole's change into what its parts' rates did and what their sizes did.

    Parameters
    ----------
    first, last : mapping of str to (float, float)
        Numerator and denominator of each part, in two years. [persons or institutions]

    Returns
    -------
    tuple of float
        Total, rate and composition component. [percentage points]

    Raises
    ------
    DataError
        If the two years do not have the same parts.

    Examples
    --------
    >>> change_by_parts({"a": (8, 10), "b": (2, 10)}, {"a": (16, 20), "b": (2, 10)})
    (10.0, 0.0, 10.0)
    """
    if set(first) != set(last):
        raise DataError(
            f"expected the same parts in both years, found {sorted(first)} and {sorted(last)}"
        )
    ordered = {area: last[area] for area in first}
    rates_first, shares_first = _rates_and_shares(first)
    rates_last, shares_last = _rates_and_shares(ordered)
    split = kitagawa(shares_first, rates_first, shares_last, rates_last)
    return (
        round(float(split.total), 9),
        round(float(split.rate), 9),
        round(float(split.composition), 9),
    )


def _rates_and_shares(counts: Counts) -> tuple[list[float], list[float]]:
    whole = sum(denominator for _, denominator in counts.values())
    if any(denominator <= 0 for _, denominator in counts.values()):
        raise DataError("expected a positive number of persons behind every part's rate")
    rates = [100 * numerator / denominator for numerator, denominator in counts.values()]
    shares = [100 * denominator / whole for _, denominator in counts.values()]
    return rates, shares
