"""Each rule against what others printed of the same numbers."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from edu_metrics.formulas import annual_rate_from_slope
from edu_metrics.reachability.published_rules import (
    Case,
    inep_attainment,
    inep_execution,
    open_sdg,
)

LEDGER = Path(__file__).parents[2] / "published_statuses.yaml"
CASES = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

#: The publisher's file and the publisher's page have different words.
WORDS = {
    "target_achieved": "target_achieved",
    "substantial_progress": "on_track",
    "moderate_progress": "acceleration_needed",
    "limited_progress": "limited_progress",
    "deterioration": "deterioration",
}


def judged(case):
    return open_sdg(
        Case(
            case["years"],
            case["values"],
            target=case["target"]["level"],
            target_year=case["target"]["year"],
            better=case["better"],
        )
    )


def agrees(value, text):
    """Compare to half of the last printed digit, and to what sixteen digits can hold."""
    half = 0.5 * 10.0 ** Decimal(text).as_tuple().exponent
    return abs(value - float(text)) <= max(half, 4e-16 * max(abs(float(text)), 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["series"])
def test_statistics_canada_prints_this_ratio_this_score_and_this_status(case):
    found, printed = judged(case), case["published"]
    assert found.status == WORDS[printed["status"]]
    assert agrees(found.score, printed["score"])
    if "ratio" in printed:
        assert agrees(found.ratio, printed["ratio"])
    else:
        assert found.ratio is None


def test_no_series_stands_twice_and_each_is_cited():
    assert len({case["series"] for case in CASES}) == len(CASES)
    assert all(case["cite"] for case in CASES)


def test_unicef_prints_6_point_4_percent_for_its_slope():
    assert abs(annual_rate_from_slope(-0.06613) - 6.4) <= 0.05


def test_inep_prints_an_attainment_of_107_point_4_for_master_degrees_and_94_point_1_for_ages_4_5():
    degrees = inep_attainment(
        Case([2019], [64432], target=60000, target_year=2030, better="higher")
    )
    children = inep_attainment(Case([2019], [94.1], target=100, target_year=2030, better="higher"))
    assert abs(degrees.score - 107.4) <= 0.05
    assert abs(children.score - 94.1) <= 0.05


def test_the_inferred_execution_is_the_share_of_the_way():
    # INEP prints the inputs; that (94.1 - 87.4) / (100 - 87.4) is its formula is inferred.
    found = inep_execution(
        Case([2013, 2019], [87.4, 94.1], target=100, target_year=2030, better="higher")
    )
    assert found.score == pytest.approx(100 * 6.7 / 12.6)
