"""What holds for an audit whatever the plan."""

from __future__ import annotations

import ast
import json
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.catalog import Level, Plan, TotalChange
from edu_metrics.catalog.base import plain
from edu_metrics.plan_audit import RULES, Kind, PlanContext, Severity, as_rows, audit
from edu_metrics.words import texts

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "lib" / "edu_metrics" / "plan_audit"
PLANS = ("wuhai_2020_2022", "mock_broken_plan", "mock_english_plan", "michigan_hypothetical")
HAN = re.compile(r"[\u3400-\u9fff]")

#: One reading, dated levels on the way down from a stated base, a definition without assumptions.
FLAWLESS = {
    "id": "flawless",
    "title": {"zh": "没有毛病的目标", "en": "A target without a flaw"},
    "indicator": "persistent_absence_rate",
    "areas": ["mock_county"],
    "better": "lower",
    "baseline": {"value": 18, "year": 2025},
    "deadline": 2030,
    "conditions": [{"type": "level", "at": {2027: "<=17", 2030: "<=15"}}],
}
YEARS = {"first_year": 2026, "last_year": 2030, "issued": "2025-09-01", "areas": ["mock_county"]}


def seen(findings):
    """Tell findings apart whatever the order in which they name targets."""
    return {(f.rule, f.part, frozenset(f.targets), f.kind, f.severity) for f in findings}


def again(plan, targets):
    return plan.model_copy(update={"targets": tuple(targets)})


@pytest.fixture(scope="module")
def flawless(made):
    return made(FLAWLESS, **YEARS).plan


def test_a_plan_without_a_flaw_has_no_finding(catalog, flawless):
    assert audit(catalog, flawless) == ()


@pytest.mark.parametrize(
    ("flaw", "kind"),
    [
        ({"conditions": [{"type": "level", "at": {2027: "<17", 2030: "<15"}}]}, Kind.BOUNDARY),
        ({"conditions": [{"type": "level", "at": {2030: "<=18"}}]}, Kind.VACUOUS),
        ({"deadline": None}, Kind.UNMEASURABLE),
        ({"baseline": None}, Kind.UNMEASURABLE),
        ({"conditions": [{"type": "level", "at": {2030: "<=9"}}]}, Kind.RECORD),
        (
            {
                "conditions": [{"type": "yearly_change", "unit": "points", "change": ["<=-5"]}],
                "steps": [4, 5],
            },
            Kind.IMPOSSIBLE,
        ),
    ],
)
def test_one_flaw_is_found_in_an_otherwise_clean_plan(catalog, made, flaw, kind):
    assert kind in {f.kind for f in audit(catalog, made(FLAWLESS | flaw, **YEARS).plan)}


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("first", [True, False])
def test_a_harmless_target_takes_no_finding_away(catalog, flawless, name, first):
    plan = catalog.plan(name)
    (clean,) = flawless.targets
    last = clean.model_copy(update={"deadline": plan.last_year})
    targets = (last, *plan.targets) if first else (*plan.targets, last)
    after: dict = {}
    for finding in audit(catalog, again(plan, targets)):
        after.setdefault((finding.rule, finding.kind, finding.part), []).append(finding)
    for finding in audit(catalog, plan):
        # A finding on several targets may name one more: none that it named is left out.
        like = after.get((finding.rule, finding.kind, finding.part), [])
        assert any(set(finding.targets) <= set(f.targets) for f in like), finding.id


@pytest.mark.parametrize("name", PLANS)
def test_the_reverse_order_finds_the_same(catalog, name):
    plan = catalog.plan(name)
    assert seen(audit(catalog, plan)) == seen(audit(catalog, again(plan, plan.targets[::-1])))


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_any_order_finds_the_same(catalog, chance: random.Random):
    plan = catalog.plan("mock_broken_plan")
    targets = list(plan.targets)
    chance.shuffle(targets)
    assert seen(audit(catalog, again(plan, targets))) == seen(audit(catalog, plan))


def scaled(condition, factor):
    if isinstance(condition, TotalChange) and condition.unit == "percent":
        return condition
    assert isinstance(condition, Level)
    at = {
        year: bound.model_copy(update={"value": bound.value * factor})
        for year, bound in condition.at.items()
    }
    return condition.model_copy(update={"at": at})


@pytest.mark.parametrize("factor", [1000, 1 / 1000])
def test_another_unit_of_counting_finds_the_same(catalog, made, factor):
    head = {"indicator": "project_funds_won", "unit": "yuan", "areas": ["mock_county"]}
    level = head | {
        "baseline": {"value": 4000, "year": 2025},
        "deadline": 2030,
        "conditions": [{"type": "level", "at": {2027: ">=4000", 2030: ">=6000"}}],
    }
    growth = head | {
        "baseline": None,
        "deadline": 2030,
        "steps": [4, 5],
        "conditions": [{"type": "total_change", "unit": "percent", "change": [">=20"]}],
    }
    plan = made(level, growth, **YEARS).plan
    targets = []
    for target in plan.targets:
        (reading,) = target.readings
        conditions = tuple(scaled(one, factor) for one in reading.conditions)
        base = target.baseline and target.baseline.model_copy(
            update={"value": target.baseline.value * factor}
        )
        changes = {"readings": (reading.model_copy(update={"conditions": conditions}),)}
        targets.append(target.model_copy(update={**changes, "baseline": base}))
    found = seen(audit(catalog, plan))
    assert found
    assert seen(audit(catalog, again(plan, targets))) == found


def renamed(plan: Plan, number: int):
    """Give the plan's targets once more under other names, linked among themselves."""
    for target in plan.targets:
        links = {
            "id": f"{target.id}_copy{number}",
            "see_also": tuple(f"{name}_copy{number}" for name in target.see_also),
            "pace": f"{target.pace}_copy{number}" if target.pace else None,
        }
        yield target.model_copy(update=links)


@pytest.mark.slow
def test_a_plan_of_a_thousand_targets_is_audited(catalog):
    plan = catalog.plan("wuhai_2020_2022")
    many = again(plan, [t for number in range(12) for t in renamed(plan, number)])
    assert len(many.targets) > 1000
    found = audit(catalog, many)
    assert len({f.id for f in found}) == len(found)
    concerned = {name for f in found for name in f.targets}
    once = {name for f in audit(catalog, plan) for name in f.targets}
    assert concerned == {f"{name}_copy{number}" for name in once for number in range(12)}


@pytest.mark.parametrize("name", PLANS)
def test_every_finding_can_be_read_and_handed_on(catalog, name):
    found = audit(catalog, catalog.plan(name))
    assert found
    for row in as_rows(found):
        assert HAN.search(row["message_zh"])
        for lang in ("zh", "en"):
            message = row[f"message_{lang}"]
            assert message == message.strip()
            assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ", message), message
        assert json.loads(json.dumps(row["numbers"], allow_nan=False)) == row["numbers"]
        assert all(re.fullmatch(r"[a-z0-9_]+", key) for key in row["numbers"]), row["id"]
        assert row["targets"] or row["numbers"]


@pytest.mark.parametrize("name", PLANS)
def test_ids_are_unique_and_targets_are_named_in_the_order_of_the_plan(catalog, name):
    plan = catalog.plan(name)
    order = {target.id: number for number, target in enumerate(plan.targets)}
    found = audit(catalog, plan)
    assert len({f.id for f in found}) == len(found)
    for finding in found:
        places = [order[target] for target in finding.targets]
        assert places == sorted(set(places)), finding.id


@pytest.mark.parametrize("name", PLANS)
def test_what_can_t_be_decided_says_so(catalog, name):
    for finding in audit(catalog, catalog.plan(name)):
        if finding.severity is Severity.OPEN:
            says = r"not decidable|does not say|with no .* at hand"
            assert re.search(says, finding.message("en").lower()), finding.id


def test_findings_come_by_severity(catalog):
    order = list(Severity)
    places = [order.index(f.severity) for f in audit(catalog, catalog.plan("wuhai_2020_2022"))]
    assert places == sorted(places)


def test_every_text_of_a_rule_stands_in_both_languages():
    keys = [key for key in texts() if key.startswith("audit_")]
    assert keys
    assert [key for key in keys if set(texts()[key]) != {"zh", "en"}] == []


def literals(path):
    tree = ast.parse(path.read_text("utf-8"))
    outside = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in outside
        ):
            yield node.value


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda path: path.stem)
def test_no_rule_names_a_target_an_area_a_plan_or_an_indicator(catalog, path):
    names = {target.id for plan in catalog.plans.values() for target in plan.targets}
    names |= {*catalog.plans, *catalog.areas, *catalog.indicators}
    names |= {*catalog.knowledge, *catalog.quantities}
    places = {
        plain(name)
        for area in catalog.areas.values()
        for name in (area.name.zh, area.name.en, *area.aliases)
    }
    written = set(literals(path))
    # A word such as pupils names a quantity and much else.
    assert {word for word in written & names if "_" in word} == set()
    assert {word for word in written if plain(word) in places} == set()


def test_every_rule_finds_something_in_one_of_the_plans(catalog):
    idle = [
        rule.__name__
        for rule in RULES
        if not any(list(rule(PlanContext(catalog, catalog.plan(name)))) for name in PLANS)
    ]
    # What needs an observed series, or a flaw that no plan here has, is tested on made plans.
    assert set(idle) <= {
        "base_against_areas_above",
        "base_against_observed",
        "one_name_two_indicators",
        "subset_above_whole",
        "two_bases",
    }
