"""A plan that is broken on purpose: each flaw is found, under its kind and with its targets."""

from __future__ import annotations

import pytest

from edu_metrics.plan_audit import Kind, audit

BROKEN = "mock_broken_plan"
SHARE, RISES, INCLUSIVE = "B01_public_share", "B02_public_share_rises", "B03_inclusive"
DISABLED, THREE = "B04_disabled", "B05_three_types"
GRADUATES, TEN = "B06_graduates", "B07_graduates_ten"
GAIN, LOW = "B08_pass_gain", "B09_low_grade_pass"
MYOPIA, WORKSHOPS, BACHELOR = "B10_myopia", "B11_workshops", "B12_primary_bachelor"
DIGITAL, RANK = "B13_digital", "B14_front_rank"

EXPECTED = [
    # Issued on 2 December 2024: 2024 is over but for 29 days, and two steps or three remain.
    (Kind.TIME_BASE, "open_steps", {RISES}),
    (Kind.TIME_BASE, "settled_years", {THREE}),
    # A label that can mean a share of those enrolled or a rate of the age group.
    (Kind.DEFINITION, "readings_on_other_indicators", {SHARE}),
    (Kind.DEFINITION, "one_thing_two_names", {SHARE, RISES}),
    (Kind.DEFINITION, "areas_left_out", {RANK}),
    # 58 and then 51 keeps the table and breaks the article.
    (Kind.CONTRADICTION, "one_allows_what_the_other_forbids", {SHARE, RISES}),
    # 96 % of a part beside 95 % of the whole in one year.
    (Kind.CONTRADICTION, "part_against_whole", {DISABLED, THREE}),
    # 39 to 42 is neither 10 % nor 10 points.
    (Kind.TABLE_ARTICLE, "change_against_levels", {GRADUATES, TEN}),
    # 50 to “above 50”.
    (Kind.VACUOUS, "smallest_movement", {SHARE}),
    # 92 and 5 points a year: over 100 in the second year.
    (Kind.IMPOSSIBLE, "pace_meets_limit", {GAIN}),
    (Kind.IMPOSSIBLE, "reading_that_nothing_keeps", {GAIN}),
    (Kind.IMPOSSIBLE, "irreversible_condition", {MYOPIA}),
    # 5 % of the rate, or 5 points.
    (Kind.AMBIGUOUS, "ambiguous_readings", {MYOPIA}),
    # 80 to 95: three quarters of all teachers without a degree.
    (Kind.RECORD, "remainder_that_must_go", {BACHELOR}),
    # More than 95 in all and 50 in public ones: nine tenths of the rest.
    (Kind.JOINT, "share_of_rest", {SHARE, INCLUSIVE}),
    # 20 % more of four workshops is one more, which is 25 %.
    (Kind.WHOLE_NUMBERS, "growth_of_small_count", {WORKSHOPS}),
    (Kind.WHOLE_NUMBERS, "rank_among_few", {RANK}),
    (Kind.UNMEASURABLE, "no_baseline", {TEN, MYOPIA, WORKSHOPS}),
    (Kind.UNMEASURABLE, "no_date", {DIGITAL}),
    (Kind.UNMEASURABLE, "no_measure", {RANK}),
    (Kind.UNMEASURABLE, "sources_that_end", {LOW}),
    (Kind.BOUNDARY, "unstated_boundaries", {SHARE, INCLUSIVE}),
]


@pytest.fixture(scope="module")
def found(catalog):
    return audit(catalog, catalog.plan(BROKEN))


@pytest.mark.parametrize(
    ("kind", "rule", "targets"), EXPECTED, ids=[f"{kind}-{rule}" for kind, rule, _ in EXPECTED]
)
def test_a_flaw_made_on_purpose_is_found(found, kind, rule, targets):
    assert (kind, rule, targets) in [(f.kind, f.rule, set(f.targets)) for f in found]


def test_there_is_a_flaw_of_every_kind(found):
    assert {kind for kind, _, _ in EXPECTED} == set(Kind)
    assert {f.kind for f in found} == set(Kind)


def test_every_clause_has_a_finding(catalog, found):
    concerned = {name for f in found for name in f.targets}
    assert concerned == {target.id for target in catalog.plan(BROKEN).targets}


@pytest.mark.parametrize("name", [BROKEN, "mock_english_plan"])
def test_a_made_up_plan_says_so_in_both_languages_and_names_no_real_place(catalog, name):
    plan = catalog.plan(name)
    assert plan.hypothetical
    assert "为测试编写" in plan.note.zh
    assert "made up for testing" in plan.note.en
    assert all(catalog.areas[area].invented for area in catalog.expand(plan.areas))
