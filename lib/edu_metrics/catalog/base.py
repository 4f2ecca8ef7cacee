"""What all definitions share: years, bounds, citations, and how names are compared."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, get_args

import numpy as np
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    model_serializer,
    model_validator,
)

from edu_metrics.catalog import ids
from edu_metrics.limits import FIRST_DAY, FIRST_YEAR, LAST_DAY, LAST_YEAR, is_day
from edu_metrics.words.definition import Definition

Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]


def _not_a_number(given: Any) -> Any:
    """Refuse 20201202, which would be taken for seconds since 1970."""
    if isinstance(given, int | float):
        raise ValueError(f"expected a date such as 2020-12-02, found {given!r}")  # noqa: TRY004
    return given


def _is_plausible(day: dt.date) -> dt.date:
    if not is_day(day):
        raise ValueError(f"expected a date from {FIRST_DAY} to {LAST_DAY}, found {day}")
    return day


Day = Annotated[dt.date, BeforeValidator(_not_a_number), AfterValidator(_is_plausible)]
#: An address of a page, which a reader may follow: no script, no file of the reader's machine.
Url = Annotated[str, StringConstraints(pattern=r"^(?i:https?)://[^\s<>\"'`]+$", max_length=4_000)]
#: Whole years, half-years and months: each is a series of its own.
Period = Literal[
    "year", "h1", "h2", "m01", "m02", "m03", "m04", "m05",
    "m06", "m07", "m08", "m09", "m10", "m11", "m12",
]  # fmt: skip
#: What a figure may be of; a school year is a whole year that begins on another day.
PERIODS: tuple[str, ...] = (*get_args(Period), "school_year")
Better = Literal["higher", "lower", "neither"]

_BOUND = re.compile(r"^\s*(>=|<=|>|<|==)\s*(-?\d+(?:\.\d+)?)\s*$")
_COMPARED = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
}
_SIGNS = {">": ">", ">=": "≥", "<": "<", "<=": "≤", "==": "="}


def _in_full(value: float) -> str:
    """Print every digit of a number and no exponent: a sum of money is read as such."""
    return np.format_float_positional(value, trim="-")


class Citation(Definition):
    """Where a statement stands, with its words where they were read."""

    source: ids.Source
    locator: str
    quote: str | None = None


class Bound(Definition):
    """
    A limit as printed, strict where it is printed strictly.

    Written in a definition file as one string, ``">95"`` or ``">=95"``.

    Examples
    --------
    >>> Bound.model_validate(">95").met_by(95.0)
    False
    >>> Bound.model_validate(">=95").met_by(95.0)
    True
    """

    shorthand: ClassVar = {"type": "string", "pattern": _BOUND.pattern}

    op: Literal[">", ">=", "<", "<=", "=="]
    value: float

    @model_validator(mode="before")
    @classmethod
    def _from_string(cls, given: Any) -> Any:
        if isinstance(given, dict | Bound):
            return given
        found = _BOUND.match(given) if isinstance(given, str) else None
        if not found:
            raise ValueError(
                f"expected a bound such as '>95', '>=95', '<50', '<=50' or '==50', found {given!r}"
            )
        return {"op": found[1], "value": float(found[2])}

    @model_serializer
    def _to_string(self) -> str:
        return f"{self.op}{_in_full(self.value)}"

    def __str__(self) -> str:
        """Print the bound as a reader expects it."""
        return f"{_SIGNS[self.op]} {_in_full(self.value)}"

    @property
    def rising(self) -> bool:
        """Whether more is better for this bound."""
        return self.op in (">", ">=")

    @property
    def strict(self) -> bool:
        """Whether the printed value itself fails."""
        return self.op in (">", "<")

    def met_by(self, values: Any) -> Any:
        """
        Tell which values satisfy the bound, unrounded.

        Parameters
        ----------
        values : float or array_like
            Values in the unit of the bound.

        Returns
        -------
        bool or ndarray of bool
            True where the bound holds. A missing value (NaN) never satisfies it.
        """
        result = _COMPARED[self.op](values, self.value)
        return bool(result) if np.ndim(result) == 0 else result

    def gap(self, value: float) -> float:
        """
        Say what is still missing in the better direction, negative when exceeded.

        Parameters
        ----------
        value : float
            The value reached. [unit of the bound]

        Returns
        -------
        float
            Gap. [unit of the bound]

        Examples
        --------
        >>> Bound.model_validate(">=95").gap(93)
        2.0
        >>> Bound.model_validate("<=5").gap(3)
        -2.0
        """
        if self.op == "==":
            return float(abs(self.value - value))
        return float(self.value - value if self.rising else value - self.value)


def names_of(entry: Any) -> tuple[str, ...]:
    """Give all names of a definition: in each language, its aliases, its id."""
    return (*entry.name.by_language.values(), *getattr(entry, "aliases", ()), entry.id)


def ids_by_name(entries: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    """Give the ids of all definitions that have a name, by the name as :func:`plain` writes it."""
    found: dict[str, dict[str, None]] = {}
    for entry in entries:
        for name in names_of(entry):
            found.setdefault(plain(name), {})[entry.id] = None
    return {name: tuple(ids) for name, ids in found.items()}


def plain(name: str) -> str:
    """
    Make two spellings of one name the same: width, case and spaces apart.

    Parameters
    ----------
    name : str
        A name as found.

    Returns
    -------
    str
        The name in NFKC, without white space, in lower case.

    Examples
    --------
    >>> plain("海 南 区") == plain("海南区")
    True
    >>> plain("Ｗuhai City")
    'wuhaicity'
    """
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()
