"""Definitions that contradict themselves."""

import pytest

LEVEL = "plans/plan.targets.level"
GAIN = "plans/plan.targets.gain"
CONDITION = f"{LEVEL}.readings.both_years.conditions.0"
READING = {"id": "r", "label": {"zh": "读", "en": "r"}, "default": True}
PLACES = {
    "id": "pass_rate_published", "name": {"zh": "学位", "en": "Places"},
    "unit": "persons", "formula": "count",
    "inputs": {"value": "pupils"}, "better": "higher", "bounds": [0, None],
    "citation": {"source": "law", "locator": "1"},
}  # fmt: skip


def refused(definitions, *words):
    (fault,) = definitions.faults()
    for word in words:
        assert word in fault, fault


def test_a_bound_that_asks_for_what_is_worse(definitions):
    definitions.put(f"{CONDITION}.at", {2022: "<95"})
    refused(definitions, "target 'level': better: higher", "'both_years' asks for the other way")


def test_a_range_has_both_ways_and_is_sound(definitions):
    definitions.put(f"{CONDITION}.at", {2021: ">95", 2022: "<99"})
    definitions.load()


@pytest.mark.parametrize("year", [2022, 2023])
def test_a_year_after_the_deadline(definitions, year):
    definitions.put(f"{CONDITION}.at", {2021: ">95", year: ">95"})
    if year <= 2022:
        definitions.load()
    else:
        refused(definitions, "'both_years': expected years up to the deadline 2022, found 2023")


@pytest.mark.parametrize("steps", [3, 4, 9])
def test_more_steps_than_there_are_years_for(definitions, steps):
    """From the year before the plan, 2019, to 2022 there are three."""
    definitions.put(f"{GAIN}.steps", [2, steps])
    if steps <= 3:
        definitions.load()
    else:
        refused(definitions, f"steps: expected 3 at most, from 2019 to 2022, found {steps}")


def test_steps_may_go_back_to_a_start_that_the_plan_states(definitions):
    definitions.put(f"{GAIN}.steps", [7])
    definitions.put(f"{GAIN}.baseline", {"value": 80, "year": 2015})
    definitions.load()


def test_a_parent_on_a_narrower_level(definitions):
    definitions.put("areas.nation.parent", "east")
    definitions.put("areas.city.parent", None)
    definitions.drop("areas.coded.parent")
    refused(definitions, "areas.yaml entry 1 ('nation'): parent: a nation lies in no district")


def test_an_area_that_ends_before_it_begins(definitions):
    definitions.put("areas.east.valid_from", 2015)
    definitions.put("areas.east.valid_to", 2014)
    refused(definitions, "'east'", "valid_to: expected 2015 or later, found 2014")


RANK = {"type": "rank", "year": 2022}
COUNTED = {
    "type": "areas",
    "among": ["east", "west"],
    "each": {"type": "level", "at": {2022: ">9"}},
}
OTHER = {"type": "relative", "year": 2022, "bound": ">=1"}
ITSELF = "to: compares 'pass_rate' with itself"


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ({**RANK, "bound": "<=3", "among": ["city", "east", "west"]}, None),
        ({**RANK, "bound": "<=4", "among": ["city", "east", "west"]}, "expected a rank up to 3"),
        ({**RANK, "bound": "<=3", "among": ["east", "west"]}, None),
        ({**COUNTED, "bound": ">2"}, "expected a number of the 2 areas in among, found > 2"),
        ({**OTHER, "measure": "difference", "to": {"area": "city"}}, ITSELF),
        ({**OTHER, "measure": "ratio", "to": {"indicator": "pass_rate"}}, ITSELF),
        (
            {**OTHER, "measure": "difference", "to": {"indicator": PLACES["id"]}},
            "in percent, and 'pass_rate_published' in persons",
        ),
        ({**OTHER, "measure": "ratio", "to": {"indicator": PLACES["id"]}}, None),
        ({"type": "sum_over_years", "years": [2021, 2022], "bounds": [">9"]}, "no years add up to"),
        (
            {"type": "sum_over_years", "years": [2021, 2021], "bounds": [">9"]},
            "each year once, found 2021 twice",
        ),
    ],
)
def test_what_a_condition_cannot_mean(definitions, condition, fault):
    definitions.put(f"{LEVEL}.readings", [{**READING, "conditions": [condition]}])
    definitions.put("indicators.pass_rate_published", PLACES)
    if fault is None:
        definitions.load()
        return
    (found,) = [line for line in definitions.faults() if "target 'level': reading 'r'" in line]
    assert fault in found


@pytest.mark.parametrize(
    ("baseline", "fault"),
    [
        ({"value": 100, "year": 2022}, None),
        ({"value": 101, "year": 2019}, "baseline: 101 lies outside the bounds [0, 100]"),
        ({"value": 80, "year": 2023}, "baseline: expected a year up to the deadline 2022"),
    ],
)
def test_a_start_that_the_indicator_or_the_deadline_rules_out(definitions, baseline, fault):
    definitions.put(f"{LEVEL}.baseline", baseline)
    if fault is None:
        definitions.load()
    else:
        refused(definitions, "target 'level'", fault)
