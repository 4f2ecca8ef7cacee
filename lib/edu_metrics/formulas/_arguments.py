"""
What every formula does with its arguments before it computes.

Each rule is written so that a missing number breaks it: a comparison with NaN is false.
pandas is recognised by what its objects can do, and is never imported here.

A percentage is computed as ``100 * above / below``, in that order, because the product of a
count with 100 is exact: a share that is a round number, such as 95 percent, comes out as that
number, and no boundary is missed by a rounding error.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    TypeAlias,
    TypeGuard,
    TypeVar,
    cast,
    get_type_hints,
)

import numpy as np
import numpy.typing as npt

from edu_metrics.errors import DataError

if TYPE_CHECKING:
    import pandas as pd


FloatArray: TypeAlias = npt.NDArray[np.float64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]

#: One kind in, the same kind out.
Numbers = TypeVar("Numbers", float, "npt.NDArray[np.float64]", "pd.Series[float]")

Formula = TypeVar("Formula", bound=Callable[..., Any])

#: A list of numbers that a formula turns into one result.
Values: TypeAlias = "Sequence[float] | npt.NDArray[Any] | pd.Series[Any]"

#: A file with one wrong column breaks in every row; the first rows show what is wrong.
_ROWS_SHOWN = 50
_COMPARED = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}


@dataclass(frozen=True)
class Arguments:
    """The arguments of one call, as float arrays of one shape."""

    formula: str
    values: Mapping[str, FloatArray]
    labels: Sequence[object] | None = None

    @classmethod
    def of(cls, formula: str, **given: object) -> Arguments:
        """
        Take numbers, arrays or Series that belong together row by row.

        Parameters
        ----------
        formula : str
            Name of the calling formula, for the messages.
        **given : float, array or Series
            The arguments by name. A single number goes with every row.

        Returns
        -------
        Arguments
            The same numbers, ready to be checked.

        Raises
        ------
        DataError
            If an argument holds no numbers, or rows cannot be matched.
        """
        if listed := [name for name, value in given.items() if isinstance(value, list | tuple)]:
            raise DataError(
                f"{formula}: expected a number, an array or a Series; found a plain list for "
                f"{', '.join(listed)}. Make it an array with numpy.array."
            )
        arrays = {name: _floats(formula, name, value) for name, value in given.items()}
        indexes = {name: value.index for name, value in given.items() if _is_series(value)}
        first = next(iter(indexes.values()), None)
        if any(not index.equals(first) for index in indexes.values()):
            raise DataError(
                f"{formula}: expected the same rows in the same order in "
                f"{_listed(indexes)}; their indexes differ. Bring them into one order first, "
                "for example with Series.reindex, so that no row meets another's number."
            )
        found = {array.shape for array in arrays.values() if array.shape}
        if len(found) > 1:
            shapes = ", ".join(f"{name} has {array.shape}" for name, array in arrays.items())
            raise DataError(
                f"{formula}: expected arguments of one length; found shapes that do not match: "
                f"{shapes}. Give one value per row, or a single number for all rows."
            )
        shape = next(iter(found), ())
        labels = list(first) if first is not None else None
        matched = {name: np.broadcast_to(array, shape) for name, array in arrays.items()}
        return cls(formula, matched, labels)

    @classmethod
    def of_lists(cls, formula: str, *, least: int = 1, **given: object) -> Arguments:
        """
        Take lists of equal length, one entry per group, school, grade or year.

        Parameters
        ----------
        formula : str
            Name of the calling formula, for the messages.
        least : int, default 1
            Fewest entries with which the formula has a meaning. [entries]
        **given : sequence, array or Series
            The lists by name.

        Returns
        -------
        Arguments
            The same numbers, ready to be checked.

        Raises
        ------
        DataError
            If a list is too short, is no list, or differs in length from the others.
        """
        lists = {
            name: np.asarray(value) if isinstance(value, list | tuple) else value
            for name, value in given.items()
        }
        shapes = {name: _floats(formula, name, value).shape for name, value in lists.items()}
        if any(len(shape) != 1 or shape[0] < least for shape in shapes.values()):
            raise DataError(
                f"{formula}: expected a list with at least {least} number(s) for {_listed(given)}; "
                f"found shapes {', '.join(f'{name} {shape}' for name, shape in shapes.items())}. "
                "Give one entry per group, also where there is only one."
            )
        return cls.of(formula, **lists)

    def __getitem__(self, name: str) -> FloatArray:
        """Return one argument as an array."""
        return self.values[name]

    def require(
        self, rules: str = "", *, instead: str, besides: Mapping[str, BoolArray] | None = None
    ) -> None:
        """
        Refuse the call unless every number is finite and every rule holds.

        Parameters
        ----------
        rules : str, optional
            Comparisons of arguments and numbers, such as ``whole > 0, 0 <= part <= whole``.
        instead : str
            What to do or to use where a rule is broken.
        besides : mapping of str to bool array, optional
            Conditions that are no such comparisons: in words, and where they hold.

        Raises
        ------
        DataError
            With every row that breaks a rule.
        """
        finite = np.logical_and.reduce([np.isfinite(array) for array in self.values.values()])
        held = {rule: self._where(rule) for rule in rules.split(", ") if rule}
        every = {"finite numbers, none missing": finite, **held, **(besides or {})}
        broken = {rule: ok for rule, ok in every.items() if not np.all(ok)}
        if not broken:
            return
        shape = finite.shape
        bad = ~np.logical_and.reduce([np.broadcast_to(ok, shape) for ok in broken.values()])
        headline = f"{self.formula}: expected {' and '.join(broken)};"
        if not shape:
            raise DataError(f"{headline} found {self._row(())}. {instead}")
        places = [tuple(int(i) for i in place) for place in np.argwhere(bad)]
        faults = [self.row(place) for place in places[:_ROWS_SHOWN]]
        if len(places) > _ROWS_SHOWN:
            faults.append(f"and {len(places) - _ROWS_SHOWN} more row(s)")
        raise DataError(
            f"{headline} {len(places)} of {bad.size} row(s) break this. {instead}", faults
        )

    def _where(self, rule: str) -> BoolArray:
        """Tell where a comparison holds."""
        words = rule.split()
        numbers = [self.values[w] if w in self.values else np.float64(w) for w in words[::2]]
        signs = (_COMPARED[sign] for sign in words[1::2])
        pairs = zip(signs, numbers, numbers[1:], strict=False)
        return np.asarray(np.logical_and.reduce([holds(one, other) for holds, one, other in pairs]))

    def row(self, place: tuple[int, ...]) -> str:
        """Show one row: its label and its numbers."""
        return f"{self._label(place)}: {self._row(place)}"

    def _label(self, place: tuple[int, ...]) -> str:
        if self.labels is not None and len(place) == 1:
            return f"row {self.labels[place[0]]!r}"
        return f"entry {place[0] if len(place) == 1 else place}"

    def _row(self, place: tuple[int, ...]) -> str:
        return ", ".join(f"{name}={float(array[place])!r}" for name, array in self.values.items())


def like(result: FloatArray, *given: Numbers) -> Numbers:
    """
    Give a result the kind of the arguments it was computed from.

    Parameters
    ----------
    result : array
        The computed numbers, one per row or a single one.
    *given : float, array or Series
        The arguments.

    Returns
    -------
    float, array or Series
        A Series if an argument is one, with its index; a float for single numbers.
    """
    built: object = result if np.ndim(result) else float(result)
    for value in given:
        if _is_series(value):
            # The class is taken from the argument, so that pandas need not be imported.
            built = type(value)(result, index=value.index)
            break
    return cast("Numbers", built)


def _is_series(value: object) -> TypeGuard[pd.Series[Any]]:
    return hasattr(value, "iloc") and hasattr(value, "dtype")


def _floats(formula: str, name: str, value: object) -> FloatArray:
    kind = value.dtype.kind if _is_series(value) else np.asarray(value).dtype.kind
    if kind not in "iuf" or hasattr(value, "columns"):
        raise DataError(
            f"{formula}: expected a number, an array or a Series of numbers for {name}; "
            f"found {value!r}. Turn text into numbers and leave out missing rows first."
        )
    if _is_series(value):
        # The nullable types of pandas have their own mark for a missing value.
        return np.asarray(value.to_numpy(dtype=np.float64, na_value=np.nan))
    return np.asarray(value, dtype=np.float64)


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(names)


def row_by_row(rules: str = "", *, instead: str) -> Callable[[Formula], Formula]:
    """
    Hold the arguments of a formula against rules before it computes, row by row.

    Parameters
    ----------
    rules : str, optional
        As of :meth:`Arguments.require`.
    instead : str
        What to do or to use where a rule is broken.

    Returns
    -------
    callable
        Wraps a formula whose arguments are all numbers, arrays or Series.
    """

    def wrapped(formula: Formula) -> Formula:
        signature = inspect.signature(formula)

        @wraps(formula)
        def held(*args: Any, **named: Any) -> Any:
            given = signature.bind(*args, **named).arguments
            Arguments.of(formula.__name__, **given).require(rules, instead=instead)
            return formula(*args, **named)

        return cast("Formula", held)

    return wrapped


Floats: TypeAlias = FloatArray
Result = TypeVar("Result")


#: Least and most that an argument of a flow equation may be.
Domain: TypeAlias = tuple[float, float]

#: Numbers or arrays, given to a flow equation and used in it as float arrays: persons, places or
#: money, 0 or more; percent, 0-100; and what may have either sign.
COUNTED: Domain = (0.0, np.inf)
Count: TypeAlias = Annotated[Any, COUNTED]
Percent: TypeAlias = Annotated[Any, (0.0, 100.0)]
Signed: TypeAlias = Annotated[Any, (-np.inf, np.inf)]


_HOLDING: ContextVar[bool] = ContextVar("_HOLDING", default=True)


@contextmanager
def unheld() -> Iterator[None]:
    """Leave flow equations as they are: a search between two settings that were held to domains."""
    token = _HOLDING.set(False)
    try:
        yield
    finally:
        _HOLDING.reset(token)


def flow(equation: Callable[..., Result]) -> Callable[..., Result]:
    """
    Hold the arguments of a flow equation against the domains that they are declared with.

    Parameters
    ----------
    equation : callable
        Whose arguments are declared as ``Count``, ``Percent`` or ``Signed``; others are passed on.

    Returns
    -------
    callable
        The equation of numbers or arrays; it raises a DataError that names every argument that is
        no finite number, or lies outside its domain.
    """
    signature = inspect.signature(equation)
    domains = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(equation, include_extras=True).items()
        if hasattr(hint, "__metadata__")
    }

    @wraps(equation)
    def held(*args: Any, **named: Any) -> Result:
        if not _HOLDING.get():
            return equation(*args, **named)
        given = signature.bind(*args, **named)
        given.apply_defaults()
        values = {name: np.asarray(given.arguments[name]) for name in domains}
        refuse_outside(equation.__name__, values, domains)
        given.arguments.update({name: one.astype(np.float64) for name, one in values.items()})
        return equation(*given.args, **given.kwargs)

    return held


def percent_of(part: Floats, whole: Floats) -> Floats:
    """Give parts in percent of their wholes; of nothing 0."""
    none = np.zeros(np.shape(whole))
    return np.asarray(np.divide(100 * part, whole, out=none, where=whole > 0))


def refuse_outside(
    flow: str, values: Mapping[str, npt.NDArray[Any]], domains: Mapping[str, Domain]
) -> None:
    """Raise one error for all values that are no finite numbers, or lie outside their domain."""
    faults = []
    for name, value in values.items():
        # Both ends are finite where every value is; without any there is nothing to refuse.
        numeric = value.dtype.kind in "iuf"
        ends = (float(value.min()), float(value.max())) if numeric and value.size else (0.0, 0.0)
        low, high = domains[name]
        if not (numeric and math.isfinite(ends[0]) and math.isfinite(ends[1])):
            faults.append(f"{name}: expected finite numbers, found {value.tolist()!r}")
        # Computed shares may leave their domain by the last bits.
        elif value.size and not (ends[0] >= low - 1e-9 and ends[1] <= high * (1 + 1e-12)):
            expected = "0 or more" if high == np.inf else f"{low:g} to {high:g}"
            faults.append(f"{name}: expected {expected}, found {ends[0]:g} to {ends[1]:g}")
    if faults:
        raise DataError(f"{flow}: numbers missing or outside their domain", faults)
