"""Each formula against values that others printed."""

from decimal import Decimal
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import yaml
from scipy.optimize import brentq

from edu_metrics import formulas

LEDGER = Path(__file__).parents[1] / "published_values.yaml"
CASES = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

#: Rounding of floating point, far below any printed digit.
SLACK = 1e-13


def non_marital_births(aged, unmarried, births_unmarried, births_married):
    outside = (aged * unmarried * births_unmarried).sum()
    return outside / (outside + (aged * (1 - unmarried) * births_married).sum())


def intrinsic_growth(alive, born):
    """Root r of: sum of exp(-r x) daughters = 1, ages x in the middle of five years from 10."""
    ages = 12.5 + 5 * np.arange(len(alive))
    return brentq(lambda r: (np.exp(-r * ages) * alive * born / 100_000).sum() - 1, -1, 1)


#: What `rate` names in the ledger.
RATES = {
    "natural increase": lambda born, died: born - died,
    "sum of products": lambda births, married, women: (births * married * women).sum(),
    "non-marital births": non_marital_births,
    "non-marital births per thousand": lambda **lists: 1000 * non_marital_births(**lists),
    "intrinsic growth": intrinsic_growth,
}


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


def printed_numbers(printed, result):
    """Each printed text with the number that stands in its place in the result."""
    if isinstance(printed, str):
        yield printed, result
        return
    places = printed if isinstance(printed, dict) else range(len(printed))
    for place in places:
        yield from printed_numbers(printed[place], result[place])


def attributes(published, result):
    return {name: result if name == "value" else getattr(result, name) for name in published}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['formula']}: {case['case']}")
def test_some_inputs_that_round_to_the_printed_give_the_printed_result(case):
    formula = getattr(formulas, case["formula"])
    options = dict(case.get("options", {}))
    if "rate" in options:
        options["rate"] = RATES[options["rate"]]
    found = [
        list(printed_numbers(case["published"], attributes(case["published"], result)))
        for result in (formula(**inputs, **options) for inputs in possible_inputs(case))
    ]
    for same_place in zip(*found, strict=True):
        text, values = same_place[0][0], [value for _, value in same_place]
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
