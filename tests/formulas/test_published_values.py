"""Each formula against values that others printed."""

from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
import yaml

from edu_metrics import formulas

LEDGER = Path(__file__).parents[1] / "published_values.yaml"
CASES = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

#: Rounding of floating point, far below any printed digit.
SLACK = 1e-13


def possible_inputs(case):
    """All corners of the box of inputs that round to the printed ones.

    The formulas of the ledger rise or fall in each input, so their extremes lie at corners.
    """
    ends = []
    for name, printed in case["inputs"].items():
        half = case.get("half_unit", {}).get(name, 0)
        for value in printed if isinstance(printed, list) else [printed]:
            ends.append((value - half, value + half) if half else (value,))
    for corner in product(*ends):
        rest = iter(corner)
        yield {
            name: [next(rest) for _ in printed] if isinstance(printed, list) else next(rest)
            for name, printed in case["inputs"].items()
        }


def printed_numbers(case):
    for name, texts in case["published"].items():
        for place, text in enumerate(texts if isinstance(texts, list) else [texts]):
            yield name, place, isinstance(texts, list), text


def pick(result, name, place, is_list):
    value = result if name == "value" else getattr(result, name)
    return value[place] if is_list else value


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['formula']}: {case['case']}")
def test_some_inputs_that_round_to_the_printed_give_the_printed_result(case):
    formula = getattr(formulas, case["formula"])
    results = [formula(**inputs, **case.get("options", {})) for inputs in possible_inputs(case)]
    for name, place, is_list, text in printed_numbers(case):
        values = [pick(result, name, place, is_list) for result in results]
        margin = 0.5 * 10.0 ** Decimal(text).as_tuple().exponent + SLACK
        assert min(values) - margin <= float(text) <= max(values) + margin


def test_every_case_says_where_it_was_printed_and_what_was_rounded():
    for case in CASES:
        assert set(case) <= {
            "formula",
            "case",
            "inputs",
            "half_unit",
            "options",
            "published",
            "cite",
        }
        assert case["cite"]
        assert set(case.get("half_unit", {})) <= set(case["inputs"])


def test_no_case_stands_twice():
    keys = [(case["formula"], case["case"]) for case in CASES]
    assert len(keys) == len(set(keys))
