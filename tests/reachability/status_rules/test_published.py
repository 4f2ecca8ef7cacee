"""Each rule against what others printed of the same numbers."""

from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from edu_metrics.formulas import annual_rate_from_slope
from edu_metrics.reachability.status_rules.answers import Answer, Case, Rule, Unable
from edu_metrics.reachability.status_rules.growth_rules import (
    OpenSdg,
    open_sdg,
    open_sdg_of_several,
    open_sdg_without_target,
)
from edu_metrics.reachability.status_rules.linear_rules import inep_attainment, inep_execution

LEDGER = Path(__file__).parents[2] / "published_statuses.yaml"
CASES = yaml.safe_load(LEDGER.read_text(encoding="utf-8"))

#: The publisher's file and the publisher's page have different words.
WORDS = {
    "target_achieved": OpenSdg.ACHIEVED,
    "substantial_progress": OpenSdg.ON_TRACK,
    "moderate_progress": OpenSdg.ACCELERATE,
    "limited_progress": OpenSdg.LIMITED,
    "deterioration": OpenSdg.DETERIORATION,
}


def judged(case):
    if "target" in case:
        return open_sdg(
            Case(
                case["years"],
                case["values"],
                target=case["target"]["level"],
                target_year=case["target"]["year"],
                better=case["better"],
            )
        )
    return open_sdg_without_target(
        case["years"], case["values"], better=case["better"], limit=case.get("limit")
    )


def agrees(value, text):
    """Compare to half of the last printed digit, and to what sixteen digits can hold."""
    half = 0.5 * 10.0 ** Decimal(text).as_tuple().exponent
    return abs(value - float(text)) <= max(half, 4e-16 * max(abs(float(text)), 1))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["series"])
def test_statistics_canada_prints_this_ratio_this_score_and_this_status(case):
    found, printed = judged(case), case["published"]
    assert found.status is WORDS[printed["status"]]
    assert agrees(found.score, printed["score"])
    if "ratio" in printed:
        assert agrees(found.ratio, printed["ratio"])
    else:
        assert found.ratio is None


def test_no_series_stands_twice_and_each_is_cited():
    assert len({case["series"] for case in CASES}) == len(CASES)
    assert all(case["cite"] for case in CASES)


@pytest.mark.parametrize(
    ("scores", "mean", "status"),
    [
        # CIF 11-7-1, ages 12 to 17 and 18 and more
        ((-3.842343121245121, -3.7120450615348832), -3.777194091390002, OpenSdg.DETERIORATION),
        # SDG 1-3-1: four more series were printed without a score, and don't count
        ((2.815386645395768, -2.7348688404414103, -2.84926753467944, None), -0.9229165765750275,
         OpenSdg.LIMITED),
        # SDG 11-2-1
        ((-2.263356723992989, -3.4365245172643806), -2.8499406206286846, OpenSdg.DETERIORATION),
        # SDG 1-4-1: water, education (end of lower secondary, grade 4), mobile network, mobility
        # (two series), sanitation, clean fuels
        ((-0.8276760630043856, (None, -2.5), 0.5456262610658811, (None, None), -1.7744464710858785,
          5.0), 0.0887007453951234, OpenSdg.ACCELERATE),
        # SDG 4-a-1: computers, printed for primary and secondary schools; internet
        (((4.981798173986059, 5.0), 1.4505697730651663), 3.220734430029098, OpenSdg.ON_TRACK),
        # SDG 9-c-1: 5G; HSPA+; LTE and LTE-A (that these two are one group is inferred)
        ((5.0, 0.5456262610658811, (5.0, 5.0)), 3.515208753688627, OpenSdg.ON_TRACK),
        # SDG 16-3-1: physical violence (assault, robbery) and sexual violence, grouped so in
        # the publisher's indicator-config/16-3-1.yml
        (((-3.218858875485767, -1.7887677815409289), -1.7485016153800061), -2.1261574719466774,
         OpenSdg.LIMITED),
    ],
)  # fmt: skip
def test_statistics_canada_prints_this_mean_of_several_series(scores, mean, status):
    found = open_sdg_of_several(answers_of(scores))
    assert found.score == pytest.approx(mean, abs=1e-15)
    assert found.status is status


def answers_of(scores):
    """One answer a score, in the same groups; None for a series that was printed without one."""
    if isinstance(scores, tuple):
        return [answers_of(score) for score in scores]
    if scores is None:
        return Answer(Rule.OPEN_SDG, unable=Unable.TOO_FEW_YEARS)
    return Answer(Rule.OPEN_SDG, OpenSdg.LIMITED, score=scores)


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
