"""How many steps a yearly clause means, which reading comes first, and when a target falls due."""

from __future__ import annotations

import datetime as dt

import pytest

from edu_metrics.errors import DefinitionError

TARGET = "plans/plan.targets.gain"


@pytest.mark.parametrize(
    ("issued", "steps", "deadline", "default"),
    [
        # Issued in December 2020 for 2020-2022: two steps remain, 2020-21 and 2021-22.
        ("2020-12-02", [2, 3], None, 2),
        ("2020-12-02", [3, 2], 2022, 2),
        # Issued a year earlier, all three steps lie ahead.
        ("2019-12-31", [2, 3], None, 3),
        ("2020-01-01", [2, 3], None, 2),
        # A deadline of the target's own counts, not the plan's.
        ("2020-12-02", [1, 2], 2021, 1),
        # None begins late enough: the smallest is nearest to what remains.
        ("2022-06-30", [2, 3], None, 2),
        ("2020-12-02", [1, 2], None, 2),
    ],
)
def test_the_default_is_the_steps_that_remain_after_the_date_of_issue(
    definitions, issued, steps, deadline, default
):
    definitions.put("plans/plan.issued", dt.date.fromisoformat(issued))
    definitions.put(f"{TARGET}.steps", steps)
    definitions.put(f"{TARGET}.deadline", deadline)
    plan = definitions.load().plan("plan")
    assert plan.default_steps(plan.target("gain")) == default


def test_a_target_without_yearly_clause_has_no_steps(catalog):
    plan = catalog.plan("plan")
    assert plan.default_steps(plan.target("level")) is None


def test_a_target_without_date_falls_due_in_the_last_year_of_the_plan(catalog):
    plan = catalog.plan("plan")
    assert [plan.deadline_of(target) for target in plan.targets] == [2022, 2022, 2021]


def crossed(plan, name):
    return [(reading.id, steps) for reading, steps in plan.combinations(plan.target(name))]


def test_readings_and_steps_are_crossed_with_the_default_first(catalog):
    assert crossed(catalog.plan("plan"), "gain") == [
        ("capped", 2),
        ("capped", 3),
        ("mean", 2),
        ("mean", 3),
    ]


def test_the_default_reading_comes_first_wherever_it_stands(definitions):
    definitions.put("plans/plan.issued", dt.date(2019, 6, 1))
    definitions.put(f"{TARGET}.readings.capped.default", False)
    definitions.put(f"{TARGET}.readings.mean.default", True)
    assert crossed(definitions.load().plan("plan"), "gain") == [
        ("mean", 3),
        ("mean", 2),
        ("capped", 3),
        ("capped", 2),
    ]


def test_a_reading_that_no_step_touches_stands_once(catalog):
    assert crossed(catalog.plan("plan"), "level") == [("both_years", None), ("rank", None)]


def test_a_target_with_no_reading_has_no_combination(catalog):
    plan = catalog.plan("plan")
    assert plan.combinations(plan.target("built")) == ()
    assert plan.target("built").default_reading is None


def test_the_default_reading_is_the_one_that_says_so(catalog):
    target = catalog.plan("plan").target("gain")
    assert target.default_reading.id == "capped"
    assert target.reading("mean").indicator == "retention"


def test_what_a_plan_lacks_is_a_key_error(catalog):
    plan = catalog.plan("plan")
    with pytest.raises(KeyError):
        plan.target("none")
    with pytest.raises(KeyError):
        plan.target("gain").reading("none")


def test_targets_are_chosen_in_the_order_of_the_plan_and_every_unknown_one_is_named(catalog):
    plan = next(iter(catalog.plans.values()))
    assert plan.chosen(None) == plan.chosen(()) == plan.targets
    first, second = plan.targets[:2]
    assert plan.chosen([second.id, first.id]) == (first, second)
    with pytest.raises(DefinitionError) as caught:
        plan.chosen([f"{first.id}x", first.id, "nothing_like_it"])
    assert len(caught.value.faults) == 2
    assert f"did you mean {first.id!r}" in caught.value.faults[0]


def test_only_the_tier_says_whether_a_number_judges_a_target(catalog):
    assert [target.numeric for target in catalog.plan("plan").targets] == [True, True, False]


def test_texts_are_given_in_the_language_asked_for(catalog):
    title = catalog.plan("plan").title
    assert (title.in_("zh"), title.in_("en")) == ("计划", "Plan")


def test_an_article_is_called_by_its_number_or_by_the_name_that_the_plan_gives_it(definitions):
    definitions.put("plans/plan.articles", {"1": {"zh": "表", "en": "table"}})
    plan = definitions.load().plan("plan")
    assert (plan.article_in("1", "zh"), plan.article_in("1", "en")) == ("表", "table")
    assert plan.article_in("2", "en") == "2"
