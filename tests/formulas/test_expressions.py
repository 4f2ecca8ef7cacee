"""Expressions: worked out on numbers and on what they measure, and nothing but arithmetic."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS
from edu_metrics.formulas.registry import LONGEST, Expression, Measure, written_in_python

WHOLE = st.integers(-1000, 1000)
COUNT, PERCENT, NUMBER = Measure({"count": 1}), Measure({}, 0.01), Measure({})


@st.composite
def trees(draw, depth=4):
    """Write an expression of a and b, and give what exact fractions make of it."""
    if depth == 0 or draw(st.booleans()):
        leaf = draw(st.sampled_from(["a", "b", *map(str, range(1, 10))]))
        return leaf, lambda a, b: Fraction({"a": a, "b": b}.get(leaf, leaf))
    left, in_left = draw(trees(depth=depth - 1))
    right, in_right = draw(trees(depth=depth - 1))
    sign = draw(st.sampled_from("+-*/"))
    by_sign = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
    }
    return f"({left} {sign} {right})", lambda a, b: by_sign[sign](in_left(a, b), in_right(a, b))


@given(trees(), WHOLE, WHOLE)
def test_an_expression_comes_to_what_exact_fractions_come_to(tree, a, b):
    text, exact = tree
    assume(len(text) <= LONGEST)
    expression = Expression(text)
    numbers = [{"a": float(a), "b": float(b)}[name] for name in expression.names]
    try:
        expected = exact(a, b)
    except ZeroDivisionError:
        with pytest.raises(DataError, match="nothing divided by zero"):
            expression(*numbers)
        return
    found = expression(*numbers)
    scale = max(1.0, abs(float(expected)), abs(a), abs(b))
    assert found == pytest.approx(float(expected), abs=1e-6 * scale**2)


@pytest.mark.parametrize(
    ("text", "numbers", "expected"),
    [
        ("places / children * 1000", (47, 20000), 2.35),
        ("100 - a", (62.5,), 37.5),
        ("a - b", (3, 5), -2),
        ("-a + 2 * (b - 1)", (3, 5), 5),
        ("a - b - 1", (10, 4), 5),
        ("a / b / 2", (12, 3), 2),
        ("0.4 * a + 0.6 * b", (50, 100), 80),
    ],
)
def test_signs_bind_as_in_school(text, numbers, expected):
    assert Expression(text)(*map(float, numbers)) == pytest.approx(expected)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a +",
        "a ** 2",
        "a // 2",
        "a % 2",
        "a @ b",
        "f(a)",
        "a.b",
        "a[0]",
        "[a]",
        "'a'",
        "True",
        "1j",
        "1e999",
        "a if b else 1",
        "a < b",
        "not a",
        "lambda: a",
        "a; b",
        "a := 1",
        "__import__('os')",
        "(" * 150 + "a" + ")" * 150,
        "a + " * 100 + "a",
        "f'{a}'",
    ],
)
def test_nothing_but_arithmetic_is_read(text):
    with pytest.raises(DataError, match=r"expected (an expression of numbers|at most 300)"):
        Expression(text)


def test_every_row_in_which_something_is_divided_by_zero_is_named():
    index = pd.MultiIndex.from_tuples([("east", 2019), ("east", 2020), ("west", 2020)])
    with pytest.raises(DataError) as caught:
        Expression("a / (b - 2)")(
            pd.Series([1.0, 2.0, 3.0], index), pd.Series([2.0, 5.0, 2.0], index)
        )
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "row ('east', 2019)",
        "row ('west', 2020)",
    ]


def test_one_kind_goes_in_and_the_same_comes_out():
    half = Expression("a / 2")
    assert isinstance(half(3.0), float)
    assert half(np.array([2.0, 4.0])).tolist() == [1.0, 2.0]
    series = pd.Series([2.0, 4.0], index=["x", "y"])
    pd.testing.assert_series_equal(half(series), series / 2)


@pytest.mark.parametrize(
    ("text", "measures", "expected"),
    [
        ("a / b", (COUNT, COUNT), NUMBER),
        ("a / b * 100", (COUNT, COUNT), PERCENT),
        ("1000 * a / b", (COUNT, COUNT), Measure({}, 0.001)),
        ("a / (b / 1000)", (COUNT, COUNT), Measure({}, 0.001)),
        ("a / b", (Measure({"yuan": 1}), COUNT), Measure({"yuan": 1, "count": -1})),
        ("100 - a", (PERCENT,), PERCENT),
        # A weight changes no unit, and neither does the mean of two.
        ("0.4 * a + 0.6 * b", (PERCENT, PERCENT), PERCENT),
        ("(a + b) / 2", (PERCENT, PERCENT), PERCENT),
        ("a - b", (COUNT, COUNT), COUNT),
        ("a * b", (COUNT, COUNT), Measure({"count": 2})),
        ("2 * 50 * a / b", (COUNT, COUNT), PERCENT),
        ("-a", (COUNT,), COUNT),
    ],
)
def test_what_a_result_measures_follows_from_its_inputs(text, measures, expected):
    expression = Expression(text)
    found = expression.measures(dict(zip(expression.names, measures, strict=True)))
    assert found.same_as(expected), str(found)


@pytest.mark.parametrize("text", ["a + b", "a - b", "a / b + b"])
def test_unlike_is_not_added(text):
    with pytest.raises(DataError, match="like to be added to like"):
        Expression(text).measures({"a": COUNT, "b": Measure({"yuan": 1})})


@pytest.mark.parametrize("entry", FORMULAS.values(), ids=FORMULAS)
@given(part=st.integers(0, 500), more=st.integers(1, 500))
def test_every_formula_is_what_its_equation_says(entry, part, more):
    given_ = [float(part), float(part + more)][: len(entry.arguments)]
    assert entry.function(*given_) == pytest.approx(entry.equation(*given_))


def test_a_function_in_python_is_called_row_by_row_and_names_the_rows_in_which_it_fails():
    formula = written_in_python("own.share", lambda part, whole: 100 * part / whole)
    rows = pd.Series([1.0, 3.0], index=["east", "west"])
    assert formula.arguments == ("part", "whole")
    assert formula.function(rows, rows * 2).tolist() == [50.0, 50.0]
    with pytest.raises(DataError) as caught:
        formula.function(rows, pd.Series([0.0, 4.0], index=rows.index))
    assert caught.value.faults == (
        "row 'east': part=1.0, whole=0.0: ZeroDivisionError: float division by zero",
    )


def test_a_function_in_python_must_come_to_a_number():
    with pytest.raises(DataError, match="a finite result"):
        written_in_python("own.odd", lambda a: a * float("nan")).function(1.0)
