"""
Formulas that a definition writes itself: ``places / children * 1000``.

An expression holds numbers, names of inputs, ``+ - * /`` and brackets, and nothing else. It is
worked out twice: on numbers, and on what they measure, so that it can be told whether its result
is in the unit that a definition says.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np

from edu_metrics.errors import DataError
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
