"""Scores of forecasts, kept in benchmarks/, can be read and mean what they say."""

import importlib.util
import sys
import zlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture(scope="module")
def scoring():
    path = BENCHMARKS / "forecast_scores.py"
    spec = importlib.util.spec_from_file_location("forecast_scores", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def kept():
    return pd.read_csv(BENCHMARKS / "forecast_scores_7189b9f.csv", dtype={"areas": str})


@pytest.mark.parametrize("away", [-2.0, 0.0, 1.0])
def test_the_crps_of_even_quantiles_is_that_of_their_distribution(scoring, away):
    # A standard normal: Gneiting and Raftery 2007, section 4.2.
    told = away * (2 * stats.norm.cdf(away) - 1) + 2 * stats.norm.pdf(away) - 1 / np.sqrt(np.pi)
    normal = 50 + stats.norm.ppf(scoring.LEVELS)[:, None]
    found = scoring.scored(scoring.Forecast(normal, 0.0), 0, 50 + away, "logit")
    assert found["crps"] == pytest.approx(told, abs=1e-3)
    assert found["width80"] == pytest.approx(2 * 1.28155, abs=1e-3)
    assert found["above_median_pct"] == (50 if away == 0 else 100 * (away > 0))


@pytest.mark.parametrize(
    ("outcome", "inside80", "inside95"), [(51.28, 100, 100), (51.29, 0, 100), (48.0, 0, 0)]
)
def test_an_outcome_is_inside_up_to_the_bound(scoring, outcome, inside80, inside95):
    normal = 50 + stats.norm.ppf(scoring.LEVELS)[:, None]
    found = scoring.scored(scoring.Forecast(normal, 0.0), 0, outcome, "logit")
    assert (found["coverage80"], found["coverage95"]) == (inside80, inside95)


def test_a_certain_hundred_that_comes_is_inside(scoring):
    found = scoring.scored(scoring.Forecast(np.full((400, 1), 100.0), 0.0), 0, 100.0, "logit")
    assert (found["coverage80"], found["above_median_pct"], found["crps"]) == (100, 50, 0)


@pytest.mark.parametrize(("outcome", "above"), [(49.0, 0), (50.0, 50), (51.0, 100)])
def test_an_outcome_that_prints_as_the_median_is_half_above(scoring, outcome, above):
    # Whole percents, and a median of 50.02.
    table = pd.DataFrame({"area": "one", "year": [2000, 2001], "value": [49.0, 50.0]})
    panel = scoring.Panel("made up", "rate", "any", "logit", table)
    normal = 50.02 + stats.norm.ppf(scoring.LEVELS)[:, None]
    found = scoring.scored(scoring.Forecast(normal, 0.0), 0, outcome, panel.scale, panel.half_unit)
    assert panel.half_unit == 0.5
    assert found["above_median_pct"] == above


def test_groups_follow_the_checksum_of_their_ids_and_lie_evenly(scoring):
    areas = [f"area {number}" for number in range(10)]
    ordered = sorted(areas, key=lambda area: zlib.crc32(area.encode()))
    assert scoring.groups(areas, 3, 30) == [ordered[0:3], ordered[3:6], ordered[6:9]]
    assert scoring.groups(areas[::-1], 1, 4) == [[ordered[place]] for place in (0, 2, 5, 7)]


def test_no_change_is_a_student_t_about_the_last_value(scoring):
    # One change of log 2 in one year: (4 * typical + log(2)**2) / 5, five degrees, over two years.
    history = pd.DataFrame({"area": "one", "year": [2000, 2001], "value": [1.0, 2.0]})
    panel = scoring.Panel("made up", "amount", "any", "log", history)
    found = scoring.no_change_t(history, (2002, 2003), ["one"], panel)["one"]
    spread = np.sqrt(2 * (4 * scoring.TYPICAL["log"] + np.log(2) ** 2) / 5)
    wanted = 2 * np.exp(spread * stats.t.ppf(scoring.LEVELS, 5))
    assert found.quantiles[:, 1] == pytest.approx(wanted)
    assert found.rises == 0.25


def test_a_case_needs_four_values_and_one_at_its_origin(scoring):
    years = [2000, 2001, 2002, 2004, 2005, 2006]
    table = pd.DataFrame(
        {"area": "one", "year": years, "value": 50.0 + np.arange(6), "denominator": np.nan}
    )
    panel = scoring.Panel("made up", "rate", "any", "logit", table)
    cases = list(scoring.cases_of(panel, ["one"], ["no_change_t"]))
    # Origins 2004 (one and two years ahead) and 2005 (one).
    assert [case["horizon"] for case in cases] == [1, 2, 1]
    assert all(case["crps"] == case["crps_no_change_t"] for case in cases)


def test_the_summary_prints_sums_over_cases(scoring, kept):
    whole = kept[(kept["part"] == "all") & (kept["source"] != "national") & (kept["n"] > 0)]
    rates = whole[(whole["model"] == "today") & (whole["scale"] == "logit")]
    mine = rates[(rates["areas"] == "1") & (rates["horizon"] == 1)]
    n = mine["n"].sum()
    held, wide, above, own, rival = (
        (mine[name] * mine["n"]).sum() / n for name in scoring.MEANS[:5]
    )
    line = f"| today | 1 | 1 | {n} | {held:.1f} | {wide:.1f} | {above:.1f} | {own / rival:.3f} |"
    assert line in scoring.summary(kept)


def test_bins_of_reliability_add_up_to_their_events(scoring, kept):
    for event in scoring.EVENTS:
        whole = kept.loc[kept["part"] == event, ["n", "happened"]].sum()
        bins = kept.loc[kept["part"].str.startswith(f"{event} from "), ["n", "happened"]].sum()
        assert whole["n"] > 0
        assert bins.to_dict() == whole.to_dict()


def test_each_row_stands_once_and_its_shares_are_shares(kept):
    keys = ["model", "source", "indicator", "scale", "areas", "horizon", "part"]
    assert not kept.duplicated(keys).any()
    assert kept["coverage80"].dropna().between(0, 100).all()
    assert set(kept["model"]) == {"today", "no_change_t"}
