"""Percentages of small counts, and promises of all."""

import math

import pytest

from edu_metrics.formulas import smallest_count_after_growth
from edu_metrics.plan_audit import RULES as ALL_RULES
from edu_metrics.plan_audit import whole_numbers
from edu_metrics.plan_audit.sentences import growth_pct
from edu_metrics.plan_audit.whole_numbers import (
    all_of_persons,
    all_of_units,
    exact_from,
    growth_of_small_count,
    share_of_small_count,
)

RULES = [rule for rule in ALL_RULES if rule.__module__ == whole_numbers.__name__]


def growth(percent, base=None, indicator="master_teacher_workshops"):
    change = {"type": "total_change", "unit": "percent", "change": [f">={percent}"]}
    return {
        "indicator": indicator,
        "unit": "percent_of_base",
        "baseline": base and {"value": base, "year": 2020},
        "steps": [2],
        "conditions": [change],
    }


def by_target(rule, context):
    return {finding.targets[0].split("_")[0]: finding.numbers for finding in rule(context)}


def test_a16_twenty_percent_more_workshops_of_a_few(shipped):
    numbers = by_target(growth_of_small_count, shipped)["A24b"]
    assert [round(value) for value in numbers["growth_asked_pct"]] == [100, 50, 33, 25]
    assert numbers["exact_for_multiples_of"] == 5


def test_a16_five_percent_is_less_than_one_person_below_twenty(shipped):
    numbers = by_target(growth_of_small_count, shipped)["A25b"]
    assert numbers["less_than_one_below_base"] == 20


def test_a16_shares_of_institutions_are_rounded_up(shipped):
    found = by_target(share_of_small_count, shipped)
    assert {"A09c", "A37"} <= set(found)
    for name, factor in (("A09c", 20), ("A37", 60)):
        wholes = found[name]["wholes"]
        assert found[name]["needed"] == [-(-factor * whole // 100) for whole in wholes]


def test_a15_fourteen_coverage_items_ask_for_all(shipped):
    (finding,) = all_of_units(shipped)
    assert finding.numbers["count"] == len(finding.targets) == 14
    assert finding.numbers["wholes"] == [20, 50, 100]
    assert finding.numbers["rate_with_one_missing_pct"] == [95, 98, 99]
    assert str(finding.severity) == "open"


def test_a13_all_pupils_pass_only_by_chance(shipped):
    (finding,) = all_of_persons(shipped)
    assert "A12c_low_grade_pass" in finding.targets
    chances = dict(
        zip(
            zip(finding.numbers["each"], finding.numbers["persons"], strict=True),
            finding.numbers["chance_of_all"],
            strict=True,
        )
    )
    assert round(100 * chances[0.9999, 10_000]) == 37
    assert round(100 * chances[0.9999, 5_000]) == 61
    assert round(100 * chances[0.999, 5_000], 1) == 0.7
    # p^n is close to exp(-n (1 - p)) where failure is rare.
    for (each, number), chance in chances.items():
        assert chance == pytest.approx(math.exp(-number * (1 - each)), rel=0.01)


def test_institutions_are_no_persons(shipped):
    (finding,) = all_of_persons(shipped)
    assert not any(name.startswith(("A03", "A28b", "A32")) for name in finding.targets)


@pytest.mark.parametrize("rule", RULES)
def test_a_plain_target_yields_nothing(made, rule):
    assert list(rule(made({}))) == []


def test_a_stated_base_that_comes_out_exactly_is_no_finding(made):
    assert list(growth_of_small_count(made(growth(20, base=10)))) == []
    (finding,) = growth_of_small_count(made(growth(20, base=12)))
    assert finding.numbers["needed"] == [15]
    assert finding.numbers["growth_asked_pct"] == [25]


def test_growth_since_a_year_is_of_whole_ones_too(made):
    since = {"type": "change_since", "since": 2020, "by": 2022, "unit": "percent"}
    target = growth(5, base=12) | {"conditions": [since | {"change": [">=5"]}]}
    (finding,) = growth_of_small_count(made(target))
    assert finding.numbers["needed"] == [13]


def test_growth_of_money_has_no_whole_numbers(made):
    money = growth(5, indicator="education_budget_spending")
    assert list(growth_of_small_count(made(money))) == []


@pytest.mark.parametrize("percent", [4, 5, 12.5, 20, 33])
def test_growth_is_exact_for_the_multiples_and_for_no_smaller_base(percent):
    asked = {n: growth_pct(n, smallest_count_after_growth(n, percent)) for n in range(1, 201)}
    exact = [n for n, growth in asked.items() if abs(growth - percent) < 1e-9]
    assert exact == list(range(exact_from(percent), 201, exact_from(percent)))


@pytest.mark.parametrize(("bound", "fires"), [(">=99", 0), (">=100", 1), ("==100", 1)])
def test_only_the_whole_is_all(made, bound, fires):
    target = {
        "indicator": "schools_wifi_coverage",
        "conditions": [{"type": "level", "at": {2022: bound}}],
    }
    assert len(list(all_of_units(made(target)))) == fires
