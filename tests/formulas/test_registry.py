"""The registry of formulas, and the package as a whole."""

import inspect
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics import formulas
from edu_metrics.errors import DataError
from edu_metrics.formulas import FORMULAS

TWO_COUNTS = [entry for entry in FORMULAS.values() if entry.pooling == "counts"]
FUNCTIONS = [
    value for name in formulas.__all__ if inspect.isfunction(value := getattr(formulas, name))
]

areas = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=5000), st.integers(min_value=1, max_value=5000)
    ).map(sorted),
    min_size=1,
    max_size=10,
).map(lambda rows: [(part, max(whole, 1)) for part, whole in rows])


def test_a_definition_may_name_these_formulas():
    assert set(FORMULAS) == {
        "as_published",
        "average_class_size",
        "cohort_retention",
        "count",
        "coverage",
        "gross_enrolment",
        "large_class_share",
        "net_enrolment",
        "parity_index",
        "per_head",
        "pupil_teacher_ratio",
        "qualification_share",
        "ratio",
        "share",
    }


def test_the_registry_is_read_only():
    with pytest.raises(TypeError):
        FORMULAS["mine"] = FORMULAS["share"]


@pytest.mark.parametrize("entry", FORMULAS.values(), ids=FORMULAS)
def test_an_entry_tells_its_function_and_arguments(entry):
    assert FORMULAS[entry.name] is entry
    assert entry.function is getattr(formulas, entry.name)
    parameters = inspect.signature(entry.function).parameters.values()
    assert entry.arguments == tuple(parameter.name for parameter in parameters)
    assert {parameter.kind for parameter in parameters} == {inspect.Parameter.POSITIONAL_OR_KEYWORD}


@pytest.mark.parametrize("entry", FORMULAS.values(), ids=FORMULAS)
def test_what_may_not_pass_100_is_refused_above_it(entry):
    arguments = [300.0, 2.0][: len(entry.arguments)]
    if entry.may_pass_100:
        assert entry.function(*arguments) > 100
    else:
        with pytest.raises(DataError):
            entry.function(*arguments)


@given(rows=areas)
def test_pooled_counts_give_a_value_between_those_of_the_areas(rows):
    for entry in TWO_COUNTS:
        pooled = entry.function(*(sum(column) for column in zip(*rows, strict=True)))
        each = [entry.function(*row) for row in rows]
        assert min(each) - 1e-9 <= pooled <= max(each) + 1e-9, entry.name


def test_counts_are_added_and_rates_without_counts_are_not_pooled():
    assert FORMULAS["count"].pooling == "sum"
    assert {name for name, entry in FORMULAS.items() if entry.pooling == "none"} == {
        "as_published",
        "parity_index",
    }


def test_every_public_name_is_there_once_and_in_order():
    assert len(set(formulas.__all__)) == len(formulas.__all__)
    for name in formulas.__all__:
        assert hasattr(formulas, name)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_parameter_line_closes_with_its_unit(function):
    text = inspect.getdoc(function)
    section = re.search(r"Parameters\n-+\n(.*?)\n\nReturns\n-+\n(.*?)\n\nRaises\n", text, re.DOTALL)
    blocks = re.split(r"\n(?=\S)", section[1]) + re.split(r"\n(?=\S)", section[2])
    named = {block.partition(" :")[0] for block in blocks}
    assert set(inspect.signature(function).parameters) <= named
    for block in blocks:
        assert block.rstrip().endswith("]"), block


def test_importing_the_formulas_loads_numpy_and_no_heavier_library():
    program = "import sys, edu_metrics.formulas as f; f.FORMULAS, f.wilson_interval, f.decompose; "
    program += "print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()
    assert "numpy" in loaded
    assert not {"pandas", "scipy", "statsmodels", "matplotlib", "pydantic"} & set(loaded)
