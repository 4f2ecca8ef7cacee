"""The definitions that the project ships are under test as the code is."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from edu_metrics.catalog import Bound, PartsOfWhole, Text, find_root, load_catalog

ROOT = find_root()
CATALOG = load_catalog(ROOT)
PLAN = CATALOG.plans["wuhai_2020_2022"]
NUMERIC = [target for target in PLAN.targets if target.tier == "numeric"]
TARGETS = [(plan, target) for plan in CATALOG.plans.values() for target in plan.targets]
HAN = re.compile(r"[\u3400-\u9fff]")
NUMBER = re.compile(r"\d+(?:\.\d+)?")
KINDS = (
    "sources",
    "areas",
    "families",
    "quantities",
    "indicators",
    "breaks",
    "knowledge",
    "assumptions",
    "reference_classes",
    "plans",
    "studies",
)

#: Numbers that a clause implies and does not print, with the words that imply them.
IMPLIED = {
    "A12m_large_classes": (0, "消除"),
    "A28d_teaching_use": (100, "全体"),
    "A28e_learning_use": (100, "全体"),
    "A29b_special_rooms": (100, "均"),
    "intake_alike": (50, "大体相当"),
    # Two channels, each of which is to bring 2 to 3: at least 4 together.
    "A38c_special_funds": (4e8, "各争取 2—3 亿"),
}
#: Clauses that ask for a rise year by year without saying by how much: a change above, or not
#: below, zero.
RISES = re.compile("逐年增高|逐年增加|逐年只增不减|努力提高|rises every year")


def found_in(held: Any, kind: type[Any], where: str) -> Iterator[tuple[str, Any]]:
    """Walk through an entry and give everything of one kind in it, with its place."""
    if isinstance(held, kind):
        yield where, held
    elif isinstance(held, BaseModel):
        for name in type(held).model_fields:
            yield from found_in(getattr(held, name), kind, f"{where}.{name}")
    elif isinstance(held, tuple | list):
        for number, item in enumerate(held):
            yield from found_in(item, kind, f"{where}.{getattr(item, 'id', number)}")
    elif isinstance(held, dict):
        for name, item in held.items():
            yield from found_in(item, kind, f"{where}.{name}")


def everything(kind: type[Any]) -> list[tuple[str, Any]]:
    return [
        found
        for table in KINDS
        for name, entry in getattr(CATALOG, table).items()
        for found in found_in(entry, kind, f"{table}.{name}")
    ]


def test_the_plan_has_each_of_its_promises_in_its_tier():
    assert Counter(target.tier for target in PLAN.targets) == {
        "numeric": 50,
        "deliverable": 18,
        "dated": 25,
    }


def test_every_numeric_target_has_an_indicator_a_default_reading_and_a_quote():
    assert len(NUMERIC) == 50
    for target in NUMERIC:
        assert target.indicator in CATALOG.indicators
        assert target.default_reading is not None
        assert HAN.search(target.quote)


def bounds_of(reading: Any) -> list[Bound]:
    return [bound for _, bound in found_in(reading, Bound, reading.id)]


def unprinted(target: Any) -> set[float]:
    """Give the numbers of the default reading's bounds that the quote does not print."""
    printed = {float(number) for number in NUMBER.findall(target.quote)}
    return {abs(bound.value) for bound in bounds_of(target.default_reading)} - printed


READ = [
    pytest.param(target, id=target.id)
    for _, target in TARGETS
    if target.default_reading is not None
]


@pytest.mark.parametrize("target", READ)
def test_every_number_of_a_default_reading_stands_in_the_quote(target):
    missing = unprinted(target)
    if RISES.search(target.quote):
        missing -= {0.0}
    if target.id in IMPLIED:
        implied, words = IMPLIED[target.id]
        assert words in target.quote
        assert missing == {implied}
        return
    assert missing == set()


def test_every_exception_to_this_is_one_of_the_shipped_targets():
    assert set(IMPLIED) <= {target.id for _, target in TARGETS}


def test_every_default_reading_that_can_be_judged_has_bounds():
    assert [t.id for t in NUMERIC if not bounds_of(t.default_reading)
            and not t.default_reading.undecided] == []  # fmt: skip


@pytest.mark.parametrize("plan", CATALOG.plans.values(), ids=lambda plan: plan.id)
def test_years_of_levels_lie_within_the_plan(plan):
    years = {
        (target.id, year)
        for target in plan.targets
        for reading in target.readings
        for condition in reading.conditions
        for year in getattr(condition, "at", ())
    }
    assert {
        (name, year) for name, year in years if not plan.first_year <= year <= plan.last_year
    } == set()


@pytest.mark.parametrize("plan", CATALOG.plans.values(), ids=lambda plan: plan.id)
def test_a_target_binds_only_areas_of_its_plan(plan):
    assert {
        area for target in plan.targets for area in target.areas if area not in plan.areas
    } == set()


def test_a_study_binds_every_area_of_its_plan():
    for study in CATALOG.studies.values():
        plan = CATALOG.plan(study.plan)
        members = CATALOG.expand(study.areas)
        bound = {CATALOG.area_binding(study, area) for area in CATALOG.expand(plan.areas)}
        assert bound <= set(members), study.id


def used_indicators() -> set[str]:
    named = {target.indicator for _, target in TARGETS} | {
        reading.indicator for _, target in TARGETS for reading in target.readings
    }
    used = {name for name in named if name}
    # An audit holds the parts of a whole against it, whichever of them the plan names.
    used |= {
        entry.whole
        for entry in CATALOG.knowledge.values()
        if isinstance(entry, PartsOfWhole) and entry.whole and used & set(entry.parts)
    }
    while True:
        related = {
            other
            for name in used
            for relation in CATALOG.indicators[name].relations
            for other in relation.indicators
        }
        forms = {
            entry.id for entry in CATALOG.indicators.values() if entry.published_form_of in used
        }
        if related | forms <= used:
            return used
        used |= related | forms


def test_every_indicator_is_used():
    assert set(CATALOG.indicators) - used_indicators() == set()


#: Texts that speak of Chinese words as such.
ABOUT_WORDS = {"assumptions.words_include_the_number.text"}


def test_every_text_is_in_its_language():
    for where, text in everything(Text):
        # A Chinese word that the English explains stands in quotation marks.
        english = re.sub("“[^“”]*”", "", text.en)
        assert where in ABOUT_WORDS or not HAN.search(english), where
        # A web site is called by its address in every language.
        assert HAN.search(text.zh) or re.fullmatch(r"[a-z]+\.[a-z]+", text.zh), where


def test_every_article_without_a_number_has_a_name_in_both_languages():
    for plan, target in TARGETS:
        assert target.article.isdecimal() or target.article in plan.articles, target.id


def test_english_texts_use_no_full_width_punctuation():
    wide = re.compile("[，。；：（）、！？]")
    assert [where for where, text in everything(Text) if wide.search(text.en)] == []


def test_titles_tell_targets_and_indicators_apart():
    for lang in ("zh", "en"):
        names = Counter(entry.name.in_(lang) for entry in CATALOG.indicators.values())
        assert [name for name, number in names.items() if number > 1] == []
        for plan in CATALOG.plans.values():
            titles = Counter(target.title.in_(lang) for target in plan.targets)
            assert [title for title, number in titles.items() if number > 1] == []


def test_every_unit_has_a_label():
    used = {
        *(entry.unit for entry in CATALOG.quantities.values()),
        *(entry.unit for entry in CATALOG.indicators.values()),
        *(target.unit for _, target in TARGETS),
    }
    assert used <= set(CATALOG.units)
    for unit in CATALOG.units.values():
        assert set(unit.name) == {"zh", "en"}, unit.id


def statuses() -> set[str]:
    found = set()
    for path in ROOT.glob("data/raw/**/*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            found |= {row.get("status", "") for row in csv.DictReader(lines)}
    return found


def used_assumptions() -> set[str]:
    used = {name for _, target in TARGETS for name in target.assumptions}
    used |= {name for entry in CATALOG.indicators.values() for name in entry.assumptions}
    used |= {
        name
        for entry in CATALOG.indicators.values()
        if entry.mechanism
        for name in entry.mechanism.assumptions
    }
    # Some hold for all data of a kind, and for all areas below the one that a target binds.
    if any(source.date_is_estimated for source in CATALOG.sources.values()):
        used.add("publication_date_estimated")
    if "derived" in statuses():
        used.add("derived_from_printed_change")
    if any(CATALOG.areas[area].parent for plan in CATALOG.plans.values()
           for area in CATALOG.expand(plan.areas)):  # fmt: skip
        used.add("city_target_in_district")
    if any(entry.mechanism and entry.mechanism.stated for entry in CATALOG.indicators.values()):
        used.add("stated_start_as_printed")
    if any(len([t for t in plan.targets if t.numeric]) > 1 for plan in CATALOG.plans.values()):
        used.add("indicators_move_together")
    return used


def test_every_assumption_is_used_and_none_is_missing():
    assert used_assumptions() == set(CATALOG.assumptions)


def test_what_was_not_verified_is_never_rated_as_well_founded():
    unverified = [entry for entry in CATALOG.assumptions.values() if entry.unverified]
    assert unverified
    assert {entry.id for entry in unverified if entry.quality == "green"} == set()


@pytest.mark.parametrize("indicator", CATALOG.indicators.values(), ids=lambda entry: entry.id)
def test_a_published_form_has_the_unit_and_direction_of_its_base(indicator):
    base = indicator.published_form_of
    # A whole that is only ever printed, its parts being what is counted.
    wholes = {getattr(entry, "whole", None) for entry in CATALOG.knowledge.values()}
    if base is None:
        assert not indicator.id.endswith("_published") or indicator.id in wholes
    else:
        assert (indicator.unit, indicator.better) == (
            CATALOG.indicators[base].unit,
            CATALOG.indicators[base].better,
        )
        assert indicator.formula == "as_published"


def test_a_pace_leads_from_a_level_to_a_promise_of_yearly_change():
    paces = [(target, PLAN.target(target.pace)) for target in PLAN.targets if target.pace]
    assert paces
    for target, pace in paces:
        assert target.kind != "points_per_year"
        assert pace.kind == "points_per_year"


def test_the_simulated_study_is_the_only_one_with_invented_places():
    invented = {study.id for study in CATALOG.studies.values() if study.simulated}
    assert len(invented) == 1
