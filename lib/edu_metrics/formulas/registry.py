"""The formulas that an indicator may name, and those that a project writes itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas._arguments import Arguments, like
from edu_metrics.formulas.enrolment import cohort_retention, gross_enrolment, net_enrolment
from edu_metrics.formulas.expressions import Expression
from edu_metrics.formulas.inequality import parity_index
from edu_metrics.formulas.resources import (
    average_class_size,
    large_class_share,
    per_head,
    pupil_teacher_ratio,
    ratio,
)
from edu_metrics.formulas.shares import as_published, count, coverage, qualification_share, share

#: How the value of several areas together is found: from their pooled counts, as a sum, or not.
Pooling: TypeAlias = Literal["counts", "sum", "none"]


@dataclass(frozen=True, slots=True)
class Formula:
    """
    One formula and what a definition has to know of it.

    Attributes
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        The formula itself.
    arguments : tuple of str
        Names of its arguments, in order; an indicator gives a quantity for each.
    may_pass_100 : bool
        False for a share, whose bounds lie within 0-100. True where the formula itself sets no
        upper limit.
    pooling : {"counts", "sum", "none"}
        For several areas together: pool each argument and apply the formula, add up the results,
        or neither.
    equation : Expression or None
        The same written out, where it can be: what its result measures follows from it.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[str, ...]
    may_pass_100: bool
    pooling: Pooling
    equation: Expression | None = None


_PERCENT, _QUOTIENT, _VALUE = "100 * {} / {}", "{} / {}", "{}"


def _entry(
    function: Callable[..., Any], pooling: Pooling, equation: str, *, may_pass_100: bool
) -> Formula:
    arguments = tuple(inspect.signature(function).parameters)
    written = Expression(equation.format(*arguments))
    return Formula(function.__name__, function, arguments, may_pass_100, pooling, written)


_ENTRIES = (
    _entry(as_published, "none", _VALUE, may_pass_100=True),
    _entry(average_class_size, "counts", _QUOTIENT, may_pass_100=True),
    _entry(cohort_retention, "counts", _PERCENT, may_pass_100=True),
    _entry(count, "sum", _VALUE, may_pass_100=True),
    _entry(coverage, "counts", _PERCENT, may_pass_100=False),
    _entry(gross_enrolment, "counts", _PERCENT, may_pass_100=True),
    _entry(large_class_share, "counts", _PERCENT, may_pass_100=False),
    _entry(net_enrolment, "counts", _PERCENT, may_pass_100=False),
    # Its arguments are rates already: the counts behind them are out of reach.
    _entry(parity_index, "none", _QUOTIENT, may_pass_100=True),
    _entry(per_head, "counts", _QUOTIENT, may_pass_100=True),
    _entry(pupil_teacher_ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(qualification_share, "counts", _PERCENT, may_pass_100=False),
    _entry(ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(share, "counts", _PERCENT, may_pass_100=False),
)

#: Read-only: a new formula is a reviewed change.
FORMULAS: Mapping[str, Formula] = MappingProxyType({entry.name: entry for entry in _ENTRIES})


#: What stands before the name of a function of the project's own Python file.
OWN = "own."


def written_out(text: str) -> Formula:
    """
    Make a formula of an expression, such as ``places / children * 1000``.

    Parameters
    ----------
    text : str
        The expression.

    Returns
    -------
    Formula
        Its arguments are the names in it; for several areas together each of them is pooled.

    Raises
    ------
    DataError
        If the text is no expression of numbers, names, ``+ - * /`` and brackets.

    Examples
    --------
    >>> written_out("100 - rate").function(62.5)
    37.5
    """
    read = Expression(text)
    return Formula(text, read, read.names, True, "counts", read)


def written_in_python(name: str, function: Callable[..., float]) -> Formula:
    """
    Make a formula of a function of numbers that a project brings.

    Parameters
    ----------
    name : str
        Name by which definitions call it.
    function : callable
        Takes one number for each argument, all by position, and returns one.

    Returns
    -------
    Formula
        It is called row by row; a row in which it fails is an error that names the row.

    Examples
    --------
    >>> written_in_python("own.half", lambda whole: whole / 2).function(3.0)
    1.5
    """
    arguments = tuple(inspect.signature(function).parameters)

    def by_row(*given: Any) -> Any:
        checked = Arguments.of(name, **dict(zip(arguments, given, strict=True)))
        checked.require(instead="Leave out rows that lack a number.")
        shape = next(iter(checked.values.values())).shape
        results = np.empty(shape)
        faults = []
        for place in np.ndindex(shape):
            numbers = [float(checked[argument][place]) for argument in arguments]
            try:
                results[place] = float(function(*numbers))
            except Exception as error:  # whatever a project's own code raises
                faults.append(f"{checked.row(place)}: {type(error).__name__}: {error}")
        if faults:
            raise DataError(f"{name}: the project's own formula fails", faults)
        finite = {"a finite result": np.isfinite(results)}
        checked.require(besides=finite, instead="Mend the formula.")
        return like(results, *given)

    return Formula(name, by_row, arguments, True, "counts")
