"""Mechanisms and scenarios as data: every fault at once, names held to the equations."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from edu_metrics.catalog import MechanismRate, MechanismUse, Scenario, Span, load_catalog
from edu_metrics.errors import DefinitionError
from edu_metrics.formulas.flows import FLOWS

IN_PASS_RATE = "indicators.yaml entry 1 ('pass_rate'): mechanism"
USE = {
    "flow": "teachers",
    "outcome": "qualified_pct",
    "inputs": {"qualified": "passing", "teachers": "pupils"},
    "stated": {"qualified": "rate", "teachers": 100},
    "rates": {
        "leaving_qualified_pct": {"kind": "beta", "mean": 4, "sd": 2},
        "leaving_others_pct": {"kind": "range", "low": 2, "high": 9},
    },
    "levers": {
        "upgrades": {"usual": 0, "low": 0, "high": 5, "per_100": True},
        "new_posts": {"usual": 0, "low": -1, "high": 3, "per_100": True},
        "entrants_qualified_pct": {"usual": 90, "low": 0, "high": 100},
    },
}
SCENARIO = {
    "id": "faster",
    "title": {"zh": "更快", "en": "Faster"},
    "assumes": {"zh": "每年多升3人。", "en": "Three more a year."},
    "steps": [{"type": "levers", "flow": "teachers", "set": {"upgrades": 3}}],
}


def refuses(definitions, *lines):
    assert definitions.faults() == sorted(lines)


def changed(place, value):
    entry = copy.deepcopy(USE)
    *above, key = place.split(".")
    holder = entry
    for part in above:
        holder = holder[part]
    if value is None:
        del holder[key]
    else:
        holder[key] = value
    return entry


@pytest.mark.parametrize(
    ("step", "lines"),
    [
        ({"type": "pace", "pace": 3}, ["per_year: is missing", "pace: unknown key"]),
        ({"type": "percentile", "pace": 1, "at": 50},
         ["percentile: is missing", "at: unknown key"]),
        (3, ["expected a mapping with type, found 3"]),
    ],
)  # fmt: skip
def test_a_step_with_a_field_of_the_name_of_its_type_is_told_of_the_field(definitions, step, lines):
    definitions.held["scenarios/faster"] = {**SCENARIO, "steps": [step]}
    refuses(definitions, *(f"scenarios/faster.yaml: steps entry 1: {line}" for line in lines))


def test_a_sound_mechanism_and_a_sound_scenario_are_loaded(definitions):
    definitions.put("indicators.pass_rate.mechanism", USE)
    definitions.held["scenarios/faster"] = SCENARIO
    catalog = definitions.load()
    assert catalog.indicators["pass_rate"].mechanism.inputs["teachers"].quantity == "pupils"
    assert catalog.scenario("faster").steps[0].set == {"upgrades": 3}


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        ("flow", "teacher", "flow: no flow 'teacher'; did you mean 'teachers'?"),
        ("outcome", "qualified_pkt",
         "outcome: teachers has no outcome 'qualified_pkt'; did you mean 'qualified_pct'?"),
        ("inputs.teachers", "pupil",
         "inputs.teachers: quantity: no quantity 'pupil'; did you mean 'pupils'?"),
        ("inputs.teachers", {"indicator": "pass"},
         "inputs.teachers: indicator: no indicator 'pass'; did you mean 'pass_rate'?"),
        ("inputs.teachers", None,
         "inputs: teachers takes ['qualified', 'teachers'], found ['qualified']"),
        ("stated.teachers", None,
         "stated: teachers takes ['qualified', 'teachers'], found ['qualified']"),
        ("rates.leaving_others_pct", None,
         "rates: teachers takes ['leaving_others_pct', 'leaving_qualified_pct'], "
         "found ['leaving_qualified_pct']"),
        ("levers.upgrades", None,
         "levers: teachers takes ['entrants_qualified_pct', 'new_posts', 'upgrades'], "
         "found ['entrants_qualified_pct', 'new_posts']"),
        ("levers.upgrades.high", -1,
         "levers: upgrades: expected low <= usual <= high, found 0, 0, -1"),
        ("rates.leaving_others_pct.high", 1,
         "rates: leaving_others_pct: expected low before high, found 2 and 1"),
        ("inputs.teachers", {"quantity": "pupils", "number": 3},
         "inputs: teachers: expected one of quantity, indicator and number"),
        ("stated", {"qualified": 1, "teachers": 100},
         "stated: expected 'rate' for one input: what the plan prints goes in there"),
        ("assumptions", ["cut_61"], "assumptions: no assumption 'cut_61'; did you mean 'cut_60'?"),
        ("lever", {}, "lever: unknown key; did you mean 'levers'?"),
    ],
)  # fmt: skip
def test_a_mechanism_that_does_not_fit_its_equation_is_refused(definitions, place, value, line):
    definitions.put("indicators.pass_rate.mechanism", changed(place, value))
    assert f"{IN_PASS_RATE}: {line}" in definitions.faults()


def test_every_fault_of_a_mechanism_is_told_at_once(definitions):
    use = changed("levers.upgrades", None)
    use["inputs"]["teachers"], use["outcome"] = "nobody", "zzz"
    definitions.put("indicators.pass_rate.mechanism", use)
    assert len(definitions.faults()) == 3


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"steps": [{"type": "levers", "flow": "teachers", "set": {"upgrade": 3}}]},
         "steps entry 1: set: teachers has no lever 'upgrade'; did you mean 'upgrades'?"),
        ({"steps": [{"type": "levers", "flow": "teecher", "set": {"upgrades": 3}}]},
         "steps entry 1: flow: no flow 'teecher'; did you mean 'teachers'?"),
        ({"steps": [{"type": "levers", "flow": "exam", "set": {"learning": 3}, "per_100": True}]},
         "steps entry 1: per_100: exam has no whole that it could be of"),
        ({"indicators": ["pass_rat"]},
         "indicators: no indicator 'pass_rat'; did you mean 'pass_rate'?"),
        ({"steps": [{"type": "halt"}, {"type": "reading"}]},
         "steps: reading start from the published numbers and can only come first"),
        ({"id": "slower"}, "id: expected 'faster', as the file is called, found 'slower'"),
        ({"assume": {}}, "assume: unknown key; did you mean 'assumes'?"),
        ({"assumes": {"zh": "假定"}}, "assumes: en: is missing"),
    ],
)  # fmt: skip
def test_a_faulty_scenario_is_refused_by_name(definitions, change, line):
    definitions.held["scenarios/faster"] = {**SCENARIO, **change}
    refuses(definitions, f"scenarios/faster.yaml: {line}")


def test_a_faulty_scenario_stops_only_who_uses_it(definitions):
    definitions.held["scenarios/faster"] = SCENARIO
    definitions.held["scenarios/slower"] = {**SCENARIO, "id": "slower", "indicators": ["zzz"]}
    catalog = load_catalog(definitions.write())
    assert catalog.scenario("faster").id == "faster"
    assert catalog.every_scenario == ("faster", "slower")
    for stopped in (lambda: catalog.scenario("slower"), catalog.require_sound):
        with pytest.raises(DefinitionError) as found:
            stopped()
        assert found.value.faults[0].startswith("scenarios/slower.yaml: indicators: no indicator")


def test_another_fault_stops_all_and_names_that_of_the_scenario_too(definitions):
    definitions.held["scenarios/slower"] = {**SCENARIO, "id": "slower", "indicators": ["zzz"]}
    definitions.held["indicators"][0]["better"] = "up"
    with pytest.raises(DefinitionError) as found:
        load_catalog(definitions.write())
    assert len(found.value.faults) == 2


def test_faults_of_several_scenarios_come_together(definitions):
    wrong = {"steps": [{"type": "levers", "flow": "teachers", "set": {"a": 1, "b": 2}}]}
    definitions.held["scenarios/faster"] = {**SCENARIO, **wrong}
    definitions.held["scenarios/slower"] = {**SCENARIO, "id": "slower", "indicators": ["zzz"]}
    assert len(definitions.faults()) == 3


def test_a_grid_stands_alone_and_is_no_larger_than_can_be_read():
    grid = {"type": "grid", "base": {"start": 0, "end": 100, "by": 1},
            "pace": {"start": 0, "end": 10, "by": 1}, "years": [1]}  # fmt: skip
    with pytest.raises(ValidationError, match="1000 combinations at most, found 1111"):
        Scenario.model_validate({**SCENARIO, "steps": [grid]})
    small = {**grid, "base": {"start": 0, "end": 10, "by": 1}}
    with pytest.raises(ValidationError, match="no step after it"):
        Scenario.model_validate({**SCENARIO, "steps": [small, {"type": "halt"}]})


def test_a_span_meets_its_end_where_it_can():
    assert Span(start=0, end=1, by=0.1).numbers()[-1] == 1
    assert Span(start=0, end=1, by=0.4).numbers() == (0, 0.4, 0.8)
    with pytest.raises(ValidationError, match="start before end"):
        Span(start=1, end=0, by=1)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kind": "beta", "mean": 4}, "takes mean and sd, found mean"),
        ({"kind": "beta", "mean": 50, "sd": 50}, "no beta distribution"),
        ({"kind": "beta", "mean": 0, "sd": 1}, "no beta distribution"),
        ({"kind": "normal", "mean": 1, "sd": -1}, "greater than 0"),
        ({"kind": "range", "low": 2, "high": 1}, "expected low before high, found 2 and 1"),
        ({"kind": "fixed", "mean": float("inf")}, "finite"),
        ({"kind": "fixed"}, "found nothing"),
        ({"kind": "fixed", "mean": 1, "low": 2}, "takes mean, found mean and low"),
    ],
)
def test_what_is_no_distribution_is_refused(given, words):
    with pytest.raises(ValidationError, match=words):
        MechanismRate.model_validate(given)


def test_shipped_mechanisms_say_of_every_rate_what_it_rests_on():
    catalog = load_catalog(Path(__file__).parents[2])
    uses = [i.mechanism for i in catalog.indicators.values() if i.mechanism]
    assert {use.flow for use in uses} == set(FLOWS)
    for use in uses:
        assert use.assumptions
        for rate in use.rates.values():
            assert rate.unverified or rate.note


def test_shipped_scenarios_are_of_every_kind():
    catalog = load_catalog(Path(__file__).parents[2])
    kinds = {step.type for entry in catalog.scenarios.values() for step in entry.steps}
    assert kinds >= {"as_usual", "promised_pace", "reading", "required_pace", "historical_pace",
                     "percentile", "best_peers", "halt", "shock", "levers", "grid"}  # fmt: skip


def test_a_mechanism_is_written_and_read_alike():
    use = MechanismUse.model_validate(USE)
    assert MechanismUse.model_validate(yaml.safe_load(yaml.safe_dump(use.model_dump()))) == use
