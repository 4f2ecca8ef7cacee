"""What an outlook panel is given: plain numbers and words, checked before anything is drawn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from edu_metrics.errors import ReportError
from edu_metrics.words import number

#: Year and value.
Point = tuple[int, float]
#: Year, value, and which kind of bound the value is.
Bounded = tuple[int, float, str]
#: A name, and a series.
Named = tuple[str, Sequence[Point]]

#: Kind of a promise -> sign in print.
PROMISE_SIGNS: Final[Mapping[str, str]] = MappingProxyType(
    {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "="}
)
#: What an observation may be that is not exact.
BOUND_KINDS: Final = ("at_least", "above", "at_most", "below", "about")


def shortest(value: float) -> str:
    """
    Print a value with no more decimals than it has, and no more than four.

    Parameters
    ----------
    value : float
        Value. [any unit]

    Returns
    -------
    str
        The number.

    Examples
    --------
    >>> shortest(95.0), shortest(1.25), shortest(12345.0), shortest(-2.5)
    ('95', '1.25', '12,345', '−2.5')
    >>> shortest(0.1 + 0.2)
    '0.3'
    """
    # 0.1 + 0.2 has one decimal, too.
    near = (places for places in range(4) if math.isclose(round(value, places), value))
    return number(value, next(near, 4))


@dataclass(frozen=True, slots=True)
class Fan:
    """
    Quantiles of a projection by year: the ends of its 80 % and 50 % intervals, and the median.

    Raises
    ------
    ReportError
        If the parts differ in length or are empty, or if quantiles cross.

    Examples
    --------
    >>> Fan((2021, 2022), (93, 92), (94, 94), (95, 95), (96, 97), (97, 98)).q50
    (95, 95)
    """

    years: tuple[int, ...]
    q10: tuple[float, ...]
    q25: tuple[float, ...]
    q50: tuple[float, ...]
    q75: tuple[float, ...]
    q90: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        quantiles = (self.q10, self.q25, self.q50, self.q75, self.q90)
        lengths = [len(self.years), *map(len, quantiles)]
        if len(set(lengths)) != 1 or not self.years:
            raise ReportError(
                "Fan: years and the five quantiles must be of one length and not empty; their "
                f"lengths are {lengths}."
            )
        crossed = [
            f"{year}: {tuple(row)}"
            for year, *row in zip(self.years, *quantiles, strict=True)
            # Asked this way round, a quantile that is no number is refused too.
            if not all(low <= high for low, high in pairwise(row))
        ]
        if crossed:
            raise ReportError("Fan: quantiles must not fall from q10 to q90.", crossed)


@dataclass(frozen=True, slots=True)
class Promise:
    """
    A level that a plan sets for a year.

    ``label`` is drawn as it stands; where it is empty, the sign and the value are. ``kind`` is one
    of ``>``, ``>=``, ``<``, ``<=`` and ``==``.

    Raises
    ------
    ReportError
        If the kind is none of these.

    Examples
    --------
    >>> Promise(2022, 95.0, "", ">").text
    '> 95'
    """

    year: int
    value: float
    label: str
    kind: str

    def __post_init__(self) -> None:
        """Refuse a kind that there is not."""
        if self.kind not in PROMISE_SIGNS:
            raise ReportError(
                f"Promise: kind must be one of {list(PROMISE_SIGNS)}, got {self.kind!r}."
            )

    @property
    def text(self) -> str:
        """The label, or sign and value."""
        return self.label or f"{PROMISE_SIGNS[self.kind]} {shortest(self.value)}"

    @property
    def strict(self) -> bool:
        """Whether the level itself does not keep the promise."""
        return self.kind in {">", "<"}


def refuse_faults(
    title: str,
    observed: Sequence[Point],
    bounds: Sequence[Bounded],
    compared: Sequence[Named],
    promised: Sequence[Promise],
    stated: Point | None,
) -> None:
    """Raise one error that names every value of a panel that cannot be drawn."""
    series = {"observed": observed, **{f"compared {name!r}": points for name, points in compared}}
    faults = [
        f"{what}, {year}: two values"
        for what, points in series.items()
        for (before, _), (year, _) in pairwise(sorted(points))
        if before == year
    ]
    values = [(what, year, value) for what, points in series.items() for year, value in points]
    values += [("bounds", year, value) for year, value, _ in bounds]
    values += [("promised", promise.year, promise.value) for promise in promised]
    values += [("stated", *stated)] if stated else []
    faults += [
        f"{what}, {year}: {value} is no number"
        for what, year, value in values
        if not math.isfinite(value)
    ]
    faults += [
        f"bounds, {year}: kind {kind!r} is none of {list(BOUND_KINDS)}"
        for year, _, kind in bounds
        if kind not in BOUND_KINDS
    ]
    if faults:
        raise ReportError(f"The panel {title!r} cannot be drawn; correct its data:", faults)
