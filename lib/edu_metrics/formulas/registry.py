"""
The formulas that an indicator may name, and those that a project writes itself.

An expression such as ``places / children * 1000`` holds numbers, names of inputs, ``+ - * /`` and
brackets, and nothing else. It is worked out twice: on numbers, and on what they measure, so that it
can be told whether its result is in the unit that a definition says.
"""

from __future__ import annotations

import ast
import inspect
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas import enrolment, inequality, shares
from edu_metrics.formulas._arguments import Arguments, Numbers, like

#: Beyond this nobody could check it with a pencil.
LONGEST = 300
#: What to do with two sides, by the sign between them.
_Signs = Mapping[type[ast.operator], Callable[[Any, Any], Any]]


@dataclass(frozen=True)
class Expression:
    """
    One expression, read.

    Parameters
    ----------
    text : str
        As written. DataError if it holds anything but numbers, names, ``+ - * /`` and brackets.

    Examples
    --------
    >>> Expression("places / children * 1000")(47, 20000)
    2.35
    >>> Expression("100 - rate").names
    ('rate',)
    """

    text: str
    _tree: ast.expr = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Read the text once."""
        object.__setattr__(self, "_tree", _read(self.text))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The inputs, in the order in which they stand."""
        found = [node for node in ast.walk(self._tree) if isinstance(node, ast.Name)]
        found.sort(key=lambda node: (node.lineno, node.col_offset))
        return tuple(dict.fromkeys(node.id for node in found))

    def __call__(self, *given: Numbers) -> Numbers:
        """
        Work the expression out, in the order of :attr:`names`.

        Parameters
        ----------
        *given : float, array or Series
            One for each input. [any unit]

        Returns
        -------
        float, array or Series
            The result.

        Raises
        ------
        DataError
            With every row that lacks a number, or in which something is divided by zero.
        """
        checked = Arguments.of(self.text, **dict(zip(self.names, given, strict=True)))
        checked.require(instead="Leave out rows that lack a number.")

        def divide(above: Any, below: Any) -> Any:
            nonzero = np.not_equal(below, 0)
            checked.require(
                besides={"nothing divided by zero": nonzero},
                instead="Leave out or mend these rows.",
            )
            return np.divide(above, below)

        signs: _Signs = {
            ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: divide,
        }  # fmt: skip
        result = _work_out(self._tree, checked.__getitem__, signs)
        return like(np.asarray(result), *given)

    def measures(self, given: Mapping[str, Measure]) -> Measure:
        """
        Say what the result measures, of inputs that measure something.

        Parameters
        ----------
        given : mapping of str to Measure
            What each input measures.

        Returns
        -------
        Measure
            What the result measures.

        Raises
        ------
        DataError
            If it adds what is not alike.

        Examples
        --------
        >>> count = Measure.of("count")
        >>> Expression("a / b * 1000").measures({"a": count, "b": count})
        Measure(powers={}, scale=0.001)
        """
        signs: _Signs = {
            ast.Add: _added,
            ast.Sub: lambda one, other: _added(one, -other),
            ast.Mult: lambda one, other: _multiplied(one, other, 1),
            ast.Div: lambda one, other: _multiplied(one, other, -1),
        }
        found = _work_out(self._tree, given.__getitem__, signs)
        return found if isinstance(found, Measure) else Measure({})


def _read(text: str) -> ast.expr:
    if len(text) > LONGEST:
        raise DataError(f"expected at most {LONGEST} characters, found {len(text)}")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        _refuse_all_but_arithmetic(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise DataError(
            f"expected an expression of numbers, names of inputs, + - * / and brackets, "
            f"found {text!r}"
        ) from None
    return tree


def _refuse_all_but_arithmetic(tree: ast.expr) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.BinOp() | ast.UnaryOp() | ast.Name() | ast.Load():
                pass
            case ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.USub():
                pass
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if not math.isfinite(value):
                    raise ValueError(value)
            case _:
                raise ValueError(node)


def _work_out(node: ast.expr, named: Callable[[str], Any], signs: _Signs) -> Any:
    match node:
        case ast.Name(id=name):
            return named(name)
        case ast.Constant(value=value):
            return float(value)  # type: ignore[arg-type]  # of numbers only: see _read
        case ast.UnaryOp(operand=operand):
            return -_work_out(operand, named, signs)
        case ast.BinOp(left=left, op=op, right=right):
            sides = (_work_out(side, named, signs) for side in (left, right))
            return signs[type(op)](*sides)
    raise AssertionError(node)


def _added(one: Any, other: Any) -> Any:
    """Measure a sum: of like, or with a bare number, which goes with what it is added to."""
    measures = [side for side in (one, other) if isinstance(side, Measure)]
    if len(measures) == 2 and not one.same_as(other):
        raise DataError(f"expected like to be added to like, found {one} and {other}")
    return measures[0] if measures else one + other


def _multiplied(one: Any, other: Any, sign: int) -> Any:
    """Measure a product, or with -1 a quotient; of bare numbers alone give it."""
    if not (isinstance(one, Measure) or isinstance(other, Measure)):
        if sign > 0:
            return one * other
        return one / other if other else math.nan
    first, second = (
        side if isinstance(side, Measure) else _conversion(side) for side in (one, other)
    )
    names = dict.fromkeys((*first.powers, *second.powers))
    powers = {n: first.powers.get(n, 0) + sign * second.powers.get(n, 0) for n in names}
    scale = first.scale * second.scale if sign > 0 else first.scale / second.scale
    return Measure({name: power for name, power in powers.items() if power}, scale)


def _conversion(number: float) -> Measure:
    """Give what a number does to a unit: 100 and 1000 change it, a weight of 0.4 does not."""
    power = math.log10(number) if number > 0 else 0.0
    converts = abs(power) >= 2 and math.isclose(power, round(power), abs_tol=1e-12)
    return Measure({}, 1 / number) if converts else Measure({})


@cache
def _powers_of(dimension: str) -> Mapping[str, int]:
    """Read a dimension; thousands of targets share a dozen."""
    read = Expression(dimension)
    return read.measures({name: Measure({name: 1}) for name in read.names}).powers


@dataclass(frozen=True)
class Measure:
    """
    What a number measures: powers of what is counted, and how many of it one is.

    Parameters
    ----------
    powers : mapping of str to int
        By what is measured: persons for each yuan are ``{"count": 1, "yuan": -1}``.
    scale : float
        A per cent is 0.01 of a bare number.
    """

    powers: Mapping[str, int]
    scale: float = 1.0

    @classmethod
    def of(cls, dimension: str, scale: float = 1.0) -> Measure:
        """
        Read a dimension such as ``1``, ``count`` or ``yuan / count``.

        Examples
        --------
        >>> Measure.of("yuan / count").powers
        {'yuan': 1, 'count': -1}
        """
        return cls(_powers_of(dimension), scale)

    def __neg__(self) -> Measure:
        """Measure the opposite, which is the same."""
        return self

    def __mul__(self, other: Measure) -> Measure:
        """Measure a product."""
        found: Measure = _multiplied(self, other, 1)
        return found

    def same_as(self, other: Measure) -> bool:
        """Tell whether two numbers of these can be compared as they are."""
        return self.powers == other.powers and math.isclose(self.scale, other.scale, rel_tol=1e-9)

    def __str__(self) -> str:
        """Print what it measures, as a definition would write it."""
        above = " * ".join(n for n, power in self.powers.items() for _ in range(power)) or "1"
        below = "".join(f" / {n}" for n, power in self.powers.items() for _ in range(-power))
        return f"{above}{below}" + ("" if self.scale == 1 else f" x {self.scale:g}")


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
    _entry(shares.as_published, "none", _VALUE, may_pass_100=True),
    _entry(shares.average_class_size, "counts", _QUOTIENT, may_pass_100=True),
    _entry(enrolment.cohort_retention, "counts", _PERCENT, may_pass_100=True),
    _entry(shares.count, "sum", _VALUE, may_pass_100=True),
    _entry(shares.coverage, "counts", _PERCENT, may_pass_100=False),
    _entry(enrolment.gross_enrolment, "counts", _PERCENT, may_pass_100=True),
    _entry(shares.large_class_share, "counts", _PERCENT, may_pass_100=False),
    _entry(enrolment.net_enrolment, "counts", _PERCENT, may_pass_100=False),
    # Its arguments are rates already: the counts behind them are out of reach.
    _entry(inequality.parity_index, "none", _QUOTIENT, may_pass_100=True),
    _entry(shares.per_head, "counts", _QUOTIENT, may_pass_100=True),
    _entry(shares.pupil_teacher_ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(shares.qualification_share, "counts", _PERCENT, may_pass_100=False),
    _entry(shares.ratio, "counts", _QUOTIENT, may_pass_100=True),
    _entry(shares.share, "counts", _PERCENT, may_pass_100=False),
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
