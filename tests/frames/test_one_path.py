"""A table and a project folder of the same numbers get the same answers, word for word."""

from __future__ import annotations

import json
import math
import sys

import pandas as pd
import pytest

import edu_metrics as em
from edu_metrics import cli
from edu_metrics.errors import DefinitionError

from .conftest import TARGETS


@pytest.fixture(scope="module")
def assessed(project):
    return em.assess("town", root=project)


def of_target(assessed, name, column):
    found = assessed[assessed["target"] == name].set_index("area")[column]
    return [found[area] for area in ("northside", "lakeside", "hillside")]


@pytest.mark.parametrize(("name", "indicator", "bound", "due"), TARGETS)
def test_a_verdict_on_a_table_is_that_of_the_study(
    assessed, rates, printed, name, indicator, bound, due
):
    table = rates if indicator == "pass_rate" else printed
    found = em.verdict(table, bound, by=due)
    assert found["verdict"].tolist() == of_target(assessed, name, "verdict")
    for column in ("probability", "gap", "required_pace"):
        pd.testing.assert_series_equal(
            found[column],
            pd.Series(of_target(assessed, name, column), dtype="float64", name=column),
        )
    assert found["year_reached"].astype(object).tolist() == of_target(
        assessed.astype({"year_reached": object}), name, "year_reached"
    )
    intervals = of_target(assessed, name, "interval")
    for low, high, interval in zip(found["low"], found["high"], intervals, strict=True):
        assert (interval is None) == math.isnan(low)
        assert interval is None or [low, high] == pytest.approx(interval)


@pytest.mark.parametrize(
    ("name", "indicator", "bound", "due"), [one for one in TARGETS if one[3] > 2020]
)
def test_a_projection_of_a_table_states_the_probability_of_the_study(
    assessed, rates, printed, name, indicator, bound, due
):
    outlook = em.project(rates if indicator == "pass_rate" else printed, until=due)
    found = outlook.probability(bound, due)["probability"].tolist()
    assert found == pytest.approx(of_target(assessed, name, "probability"), nan_ok=True)
    ends = outlook.quantiles([0.1, 0.9]).query("year == @due").groupby("area", sort=False)["value"]
    for (_, values), interval in zip(ends, of_target(assessed, name, "interval"), strict=True):
        assert interval is None or values.tolist() == pytest.approx(interval)


def test_a_frame_of_a_study_is_what_the_command_line_prints(assessed, project, monkeypatch, capsys):
    words = ["edu-metrics", "assess", "town", "--root", str(project), "--format", "json"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as end:
        cli.run()
    assert end.value.code == 0
    printed = json.loads(capsys.readouterr().out)
    mine = assessed.astype(object).where(assessed.notna(), None).to_dict("records")
    assert len(mine) == len(printed) == 3 * len(TARGETS)
    for row, told in zip(mine, printed, strict=True):
        assert row == {name: told[name] for name in row}


@pytest.mark.slow
def test_all_readings_can_be_had_and_names_are_checked(project):
    some = em.assess("town", root=project, areas="Lakeside", targets=["met", "far"], readings=True)
    assert some[["area", "target"]].to_numpy().tolist() == [
        ["lakeside", "met"],
        ["lakeside", "far"],
    ]
    asked = {"areas": "mock_east", "targets": "A12a_primary_pass_increment"}
    every = em.assess("mock_city", **asked, readings=True)
    assert len(every[["reading", "steps"]].drop_duplicates()) == len(every) > 1
    assert every.iloc[0]["reading"] == em.assess("mock_city", **asked)["reading"].item()
    with pytest.raises(DefinitionError, match="no target 'fat'; did you mean 'far'"):
        em.assess("town", root=project, targets="fat")
    with pytest.raises(DefinitionError, match="has no area 'Lakesid'"):
        em.assess("town", root=project, areas="Lakesid")


def test_what_depends_on_chance_of_too_few_years_is_refused_in_the_words_of_a_report(rates):
    short = rates[rates["year"] >= 2019]
    study = em.verdict(short.query("area == 'Hillside'"), ">=90", by=2022)
    with pytest.raises(em.errors.ProjectionError) as refused:
        em.project(short.query("area == 'Hillside'"), until=2022)
    (reason,) = study["reason"]
    assert study["verdict"].tolist() == ["cannot_tell"]
    assert reason.removeprefix("too_little:") in str(refused.value)


def test_an_area_that_cannot_be_projected_is_named(rates):
    new = pd.DataFrame({"area": ["Newtown"], "year": [2020], "value": [70.0], "n": [50.0]})
    both = pd.concat([rates, new], ignore_index=True)
    with pytest.raises(em.errors.ProjectionError, match="Newtown: 0 yearly changes"):
        em.project(both, until=2022)


def test_probabilities_stay_within_what_the_track_record_supports(rates):
    outlook = em.project(rates, until=2022)
    for bound, expected in ((">=5", 0.80), (">=99.9", 0.01)):
        assert set(outlook.probability(bound)["probability"]) == {expected}


def test_the_order_of_rows_and_areas_makes_no_difference(rates):
    shuffled = rates.sample(frac=1, random_state=1)
    one = em.project(rates, until=2023).quantiles().set_index(["area", "year", "quantile"])
    other = em.project(shuffled, until=2023).quantiles().set_index(["area", "year", "quantile"])
    pd.testing.assert_frame_equal(one.sort_index(), other.sort_index())


@pytest.mark.parametrize("kind", [None, "enrolment"])
def test_passing_and_failing_get_the_same_answer(rates, kind):
    """A law: at least 90 % pass is at most 10 % fail, whatever is expected of the measure."""
    failing = rates.assign(value=100 - rates["value"])
    passes = em.project(rates, until=2026, measure_type=kind)
    fails = em.project(failing, until=2026, better="lower", measure_type=kind)
    low, high = passes.quantiles([0.1])["value"], fails.quantiles([0.9])["value"]
    assert low.tolist() == pytest.approx((100 - high).tolist())
    one, other = passes.probability(">=90"), fails.probability("<=10")
    assert one["probability"].tolist() == other["probability"].tolist()
    again = em.verdict(failing, "<=10", by=2026, measure_type=kind)
    assert again["probability"].tolist() == one["probability"].tolist()


def test_years_outside_of_the_projection_are_refused(rates):
    outlook = em.project(rates, until=2022)
    with pytest.raises(em.errors.ProjectionError, match="year: expected"):
        outlook.probability(">=90", 2023)
    with pytest.raises(em.errors.ProjectionError, match="until: expected a year after"):
        em.project(rates, until=2020)
    with pytest.raises(em.errors.DataError, match="target: expected a bound such as"):
        outlook.probability("95")
