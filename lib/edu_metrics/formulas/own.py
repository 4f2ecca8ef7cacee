"""Formulas that a definition brings itself: an expression, or a function of the project's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from edu_metrics.errors import DataError
from edu_metrics.formulas import Formula
from edu_metrics.formulas._arguments import Arguments, like
from edu_metrics.formulas.expressions import Expression

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
        checked.require({}, instead="Leave out rows that lack a number.")
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
        checked.require({"a finite result": np.isfinite(results)}, instead="Mend the formula.")
        return like(results, *given)

    return Formula(name, by_row, arguments, True, "counts")
