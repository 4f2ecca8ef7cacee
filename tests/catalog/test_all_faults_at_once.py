"""One load names every fault; what merely follows from another fault is not named again."""

from __future__ import annotations

import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DefinitionError

PLAN = "plans/plan.yaml"


def test_faults_of_every_file_are_named_together(definitions):
    definitions.drop("sources.law.licence")
    definitions.put("areas.east.parent", "cty")
    definitions.put("quantities.passing.form", "rate")
    definitions.put("indicators.retention.formula", "cohort")
    definitions.put("breaks.new_test.year", 19)
    definitions.put("assumptions.cut_60.impact", "high")
    definitions.put("plans/plan.targets.level.see_also", ["biult"])
    definitions.put("plans/plan.targets.gain.readings.mean.lable", "x")
    definitions.put("studies/real.plan", "paln")
    definitions.raw["studies/invented"] = b"id: [invented"
    files = [fault.split(":")[0].split(" entry")[0] for fault in definitions.faults()]
    assert files == [
        "areas.yaml",
        "assumptions.yaml",
        "breaks.yaml",
        "indicators.yaml",
        PLAN,
        PLAN,
        "quantities.yaml",
        "sources.yaml",
        "studies/invented.yaml",
        "studies/real.yaml",
    ]


def test_the_message_prints_one_line_for_each_fault(definitions):
    definitions.put("breaks.new_test.year", 19)
    definitions.put("assumptions.cut_60.impact", "high")
    with pytest.raises(DefinitionError) as caught:
        definitions.load()
    assert str(caught.value) == (
        "data/definitions: 2 faults\n"
        "  - breaks.yaml entry 1 ('new_test'): year: expected 1900 or more, found 19\n"
        "  - assumptions.yaml entry 1 ('cut_60'): impact: expected one of 'red', 'amber' or "
        "'green', found 'high'"
    )


def test_one_fault_is_counted_in_the_singular(definitions):
    definitions.put("breaks.new_test.year", 19)
    with pytest.raises(DefinitionError) as caught:
        definitions.load()
    assert caught.value.message == "data/definitions: 1 fault"


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("sources.law.licence", None),
        ("areas.city.valid_from", 19),
        ("areas.coded.codes", []),
        ("quantities.passing.form", "rate"),
        ("indicators.pass_rate.better", "more"),
        ("assumptions.open_date.quality", "good"),
        ("plans/plan.targets.gain.kind", "pace"),
        ("plans/plan.targets.gain", None),
        ("plans/plan.issued", "soon"),
        ("studies/invented.seed", 1),
    ],
)
def test_a_reference_to_an_entry_that_failed_to_load_is_no_second_fault(definitions, place, value):
    definitions.put(place, value)
    (line,) = [
        # A target that is no mapping has lost its id: nothing can tell which one it was.
        fault
        for fault in definitions.faults()
        if not (value is None and "no target 'gain'" in fault)
    ]
    assert "expected" in line or "unknown key" in line


def test_a_member_of_a_family_that_failed_to_load_is_no_second_fault(definitions):
    definitions.put("studies/real.areas", ["city", "coded_1010"])
    definitions.put("areas.coded.invented", "ward")
    (line,) = definitions.faults()
    assert line.startswith("areas.yaml entry 7 ('coded'): invented: expected true or false")


def test_the_same_id_in_another_table_excuses_no_missing_reference(definitions):
    definitions.double("indicators.retention", id="east", better="more")
    definitions.put("indicators.pass_rate.inputs.part", "east")
    first, second = definitions.faults()
    assert (
        first == "indicators.yaml entry 1 ('pass_rate'): inputs.part: quantity: no quantity 'east'"
    )
    assert second.startswith("indicators.yaml entry 4 ('east'): better: expected one of")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("areas", None),
        ("areas", b""),
        ("areas", b"- {id: x"),
        ("areas", "- {id: 港}".encode("gbk")),
        ("areas", b"{a: 1}"),
        ("sources", b"- {id: x"),
        ("quantities", None),
        ("indicators", b"{a: 1}"),
        ("assumptions", b""),
        ("plans/plan", b"id: [x"),
    ],
)
def test_a_file_that_can_not_be_read_is_one_fault_and_not_one_for_each_reference(
    definitions, name, content
):
    definitions.raw[name] = content
    (line,) = definitions.faults()
    assert line.startswith(f"{name}.yaml: ")


def test_an_empty_list_is_read_and_what_refers_to_it_is_missed(definitions):
    definitions.raw["assumptions"] = b"[]"
    assert len(definitions.faults()) == 2


def test_an_unknown_key_hides_no_other_fault_of_its_entry(definitions):
    definitions.put("indicators.pass_rate.bettr", "higher")
    definitions.put("indicators.pass_rate.citation.source", "lwa")
    definitions.put("indicators.pass_rate.bounds", [0, None])
    assert definitions.faults() == [
        "indicators.yaml entry 1 ('pass_rate'): bettr: unknown key; did you mean 'better'?",
        "indicators.yaml entry 1 ('pass_rate'): bounds: share can't leave 0 to 100; "
        "expected [0, 100]",
        "indicators.yaml entry 1 ('pass_rate'): citation: source: no source 'lwa'; "
        "did you mean 'law'?",
    ]


def test_an_unknown_key_inside_a_condition_hides_no_reference_of_its_target(definitions):
    target = "plans/plan.targets.level"
    definitions.put(f"{target}.readings.both_years.conditions.0.rounds", 1)
    definitions.put(f"{target}.readings.rank.conditions.0.among", ["east", "wset"])
    definitions.put(f"{target}.evidence", ["pass_pc"])
    definitions.put("plans/plan.sourc", "plan_text")
    assert definitions.faults() == [
        f"{PLAN}: sourc: unknown key; did you mean 'source'?",
        f"{PLAN}: target 'level': evidence: no quantity 'pass_pc'; did you mean 'pass_pct'?",
        f"{PLAN}: target 'level': reading 'both_years': conditions entry 1: rounds: unknown key; "
        "did you mean 'round_to'?",
        f"{PLAN}: target 'level': reading 'rank': conditions entry 1: among: no area 'wset'; "
        "did you mean 'west'?",
    ]


def test_a_broken_target_hides_no_fault_of_its_neighbours(definitions):
    definitions.drop("plans/plan.targets.gain.quote")
    definitions.put("plans/plan.targets.level.indicator", "pass_rte")
    definitions.put("plans/plan.targets.built.areas", ["eastt"])
    assert definitions.faults() == [
        f"{PLAN}: target 'built': areas: no area 'eastt'; did you mean 'east'?",
        f"{PLAN}: target 'gain': quote: is missing",
        f"{PLAN}: target 'level': indicator: no indicator 'pass_rte'; did you mean 'pass_rate'?",
    ]


def test_a_broken_head_of_a_plan_hides_no_fault_of_its_targets(definitions):
    definitions.drop("plans/plan.issued")
    definitions.put("plans/plan.targets.built.areas", ["eastt"])
    assert definitions.faults() == [
        f"{PLAN}: issued: is missing",
        f"{PLAN}: target 'built': areas: no area 'eastt'; did you mean 'east'?",
    ]


def test_every_key_that_stands_twice_is_named(definitions):
    definitions.raw["breaks"] = (
        b"- {id: a, id: b, indicator: pass_rate, year: 2019, year: 2020,\n"
        b"   why: {zh: x, en: x, en: y}, citation: {source: law, locator: x}}\n"
    )
    assert definitions.faults() == [
        "breaks.yaml: line 1, column 11: the key 'id' stands twice",
        "breaks.yaml: line 1, column 52: the key 'year' stands twice",
        "breaks.yaml: line 2, column 24: the key 'en' stands twice",
    ]


def test_a_folder_without_definitions_is_refused_by_name(tmp_path):
    with pytest.raises(DefinitionError, match=r"definitions is not a folder; expected"):
        load_catalog(tmp_path)


def test_every_file_that_is_missing_is_named(tmp_path):
    (tmp_path / "data" / "definitions").mkdir(parents=True)
    with pytest.raises(DefinitionError) as caught:
        load_catalog(tmp_path)
    assert sorted(fault.split(":")[0] for fault in caught.value.faults) == [
        "areas.yaml",
        "assumptions.yaml",
        "breaks.yaml",
        "indicators.yaml",
        "quantities.yaml",
        "sources.yaml",
    ]
