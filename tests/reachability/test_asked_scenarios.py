"""Scenarios without a file: levers beside paces in any order, and what a row of them says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import edu_metrics as em
from edu_metrics.catalog import Scenario
from edu_metrics.errors import DataError
from edu_metrics.reachability import SeriesStore
from edu_metrics.reachability.question import mechanism_from_statement
from edu_metrics.reachability.scenarios import asked_scenarios, run_scenarios, summary_rows

ROOT = Path(__file__).resolve().parents[2]
TARGET = "T06_primary_bachelor"
PACE = {"type": "pace", "per_year": 1}
LEVERS = {"type": "levers", "flow": "teachers", "set": {"upgrades": 20}}


@pytest.fixture(scope="module")
def run():
    catalog = em.load_catalog(ROOT)
    study, table = catalog.study("mock_city"), em.load_table("mock_city", catalog)
    store = SeriesStore(catalog, study, table)

    def make(*steps, **more):
        words = {"zh": "情景", "en": "s"}
        scenario = Scenario.model_validate(
            {"id": "s", "title": words, "assumes": words, "steps": list(steps), **more}
        )
        (found,) = run_scenarios(
            store, scenarios=(scenario,), areas=("mock_east",), targets=(TARGET,)
        )
        return found

    return make


def test_levers_and_paces_combine_in_any_order(run):
    one, other = run(PACE, LEVERS), run(LEVERS, PACE)
    assert np.array_equal(one.draws, other.draws)
    assert (one.under_model, one.model_base) == (other.under_model, other.model_base)


def test_beside_a_pace_the_levers_add_what_they_change_in_the_flow_model(run):
    under, usual = run(LEVERS).draws, run(LEVERS | {"set": {"upgrades": 0}}).draws
    both, pace = run(PACE, LEVERS).draws, run(PACE).draws
    assert both == pytest.approx(np.clip(pace + under - usual, 0, 100))
    assert run(PACE, LEVERS | {"set": {"upgrades": 0}}).draws == pytest.approx(
        np.broadcast_to(pace, both.shape)
    )


def test_a_pace_that_begins_later_goes_on_from_where_the_levers_lead(run):
    later, under = run(LEVERS, PACE | {"after": 1}).draws, run(LEVERS).draws
    assert later[:, 0] == pytest.approx(under[:, 0])
    assert later[:, 1] == pytest.approx(np.minimum(under[:, 0] + 1, 100))


def test_a_shock_is_added_wherever_the_levers_stand(run):
    shock = {"type": "shock", "worse": 2}
    one, other = run(LEVERS, shock), run(shock, LEVERS)
    assert np.array_equal(one.draws, other.draws)
    assert one.draws[:, 0] == pytest.approx(run(LEVERS).draws[:, 0] - 2)


def test_an_own_start_takes_the_flow_model_for_each_hundred(run):
    found = run(LEVERS | {"set": {"upgrades": 2}}, start={"value": 70, "years": 5})
    assert (found.start, found.start_year, found.start_value) == ("assumed", 2017, 70)
    assert found.years == (2018, 2019, 2020, 2021, 2022)
    indicator = em.load_catalog(ROOT).indicator("primary_teachers_bachelor_share")
    built = mechanism_from_statement(indicator, 70)
    levers = {"upgrades": 2}
    alone = built.mechanism.project(built.outcome, found.years, levers)
    assert found.draws == pytest.approx(np.clip(alone, 0, 100))
    assert run({"type": "as_usual"}, start={"value": 70}).reason == "no_trend"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"steps": [LEVERS, PACE, LEVERS]}, "expected one step with levers"),
        ({"start": {"years": 0}}, "greater than or equal to 1"),
        ({"start": {"valu": 1}}, "valu"),
    ],
)
def test_what_can_be_no_scenario_is_refused(run, change, named):
    with pytest.raises(ValueError, match=named):
        run(*change.pop("steps", [PACE]), **change)


def test_levers_of_several_flow_models_make_a_scenario_each():
    found = asked_scenarios(pace=1, levers={"upgrades": 3, "learning": 2, "new_posts": 1})
    sets = [step.set for one in found for step in one.steps if step.type == "levers"]
    assert sets == [{"upgrades": 3, "new_posts": 1}, {"learning": 2}]
    assert all(one.steps[0].type == "pace" for one in found)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "expected at least one"),
        ({"years": 3}, "expected at least one"),
        ({"pace": float("inf")}, "pace: expected a number"),
        ({"base": 1, "years": 51}, "years: expected a whole number"),
        ({"pace": 1, "unit": "pct"}, "unit: expected points or percent"),
        ({"levers": {"upgrade": 1, "lerning": 2}}, "did you mean 'upgrades'(.|\n)*'learning'"),
    ],
)
def test_what_cannot_be_asked_for_is_refused_with_all_that_is_wrong(given, named):
    with pytest.raises(DataError, match=named):
        asked_scenarios(**given)


def test_a_summary_counts_every_case_once(run):
    outcomes = [
        run(PACE),
        run(PACE | {"per_year": 9}),
        run(PACE, LEVERS),
        run({"type": "as_usual"}),
    ]
    (row,) = summary_rows(outcomes)
    assert row["cases"] == 4
    assert (row["kept"], row["not_kept"], row["by_chance"], row["not_said"]) == (1, 1, 2, 0)
