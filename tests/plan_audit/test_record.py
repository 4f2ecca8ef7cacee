from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.catalog import Bound
from edu_metrics.plan_audit import PlanContext, Severity
from edu_metrics.plan_audit.record import (
    base_against_areas_above,
    base_against_observed,
    hardest_step,
    pace_beyond_norm,
    pace_beyond_record,
    remainder_that_must_go,
    share_of_remainder,
    targets_elsewhere,
    yearly_steps,
)

#: Ministry of Education bulletins: nine-year retention, 2016 to 2023; and the other national
#: figures that the plan is held against.
RETENTION = {2016: 93.4, 2017: 93.8, 2018: 94.2, 2019: 94.8, 2020: 95.2, 2021: 95.4, 2022: 95.5}
SERIES = {
    ("compulsory_retention_rate", "china"): RETENTION | {2023: 95.7},
    ("primary_teachers_bachelor_share", "china"): {2022: 74.53},
    ("junior_teachers_bachelor_share", "china"): {2022: 91.71},
    ("myopia_rate", "china"): {2018: 53.6, 2019: 50.2, 2020: 52.7, 2021: 52.6, 2022: 51.9},
}
RATE = "persistent_absence_rate"


def level(bound, year=2022):
    return {"type": "level", "at": {year: bound}}


@pytest.fixture(scope="module")
def known(catalog):
    return PlanContext(catalog, catalog.plan("wuhai_2020_2022"), SERIES)


def by_target(findings):
    return {finding.targets[0]: finding for finding in findings}


def test_a4_national_retention_rose_by_at_most_six_tenths_a_year():
    steps = yearly_steps(SERIES["compulsory_retention_rate", "china"])
    assert list(steps.values()) == [0.4, 0.4, 0.6, 0.4, 0.2, 0.1, 0.2]


def test_a4_more_than_two_points_in_a_year_where_the_nation_never_showed_a_third_of_it(known):
    (finding,) = [f for f in pace_beyond_record(known) if f.part != "no_record"]
    assert finding.targets == ("T02_retention",)
    assert finding.numbers["needed_a_year_pp"] == 2.0
    assert finding.numbers["strict"] is True
    assert finding.numbers["observed_pp"] == [0.4, 0.4, 0.6, 0.4, 0.2, 0.1, 0.2]
    assert finding.numbers["largest_pp"] == 0.6
    assert finding.numbers["largest_over_needed"] < 1 / 3
    assert (
        "from 93 % in 2020 to 95 % in 2021 asks for more than +2.00 points in a year"
        in finding.message("en")
    )


def test_a4_without_a_record_the_plan_does_not_decide(shipped):
    (finding,) = pace_beyond_record(shipped)
    assert finding.severity is Severity.OPEN
    assert "T02_retention" in finding.targets
    assert "not decidable from the plan" in finding.message("en")


def test_a4_the_base_lies_behind_the_nation_in_the_same_year(known):
    finding = by_target(base_against_areas_above(known))["T02_retention"]
    assert (finding.numbers["base"], finding.numbers["value"]) == (93, 95.2)
    assert finding.numbers["year"] == 2020


@pytest.mark.parametrize(
    ("target", "text", "base", "asked"),
    [
        ("T02_retention", "elsewhere_asks_more", 93, 96),
        ("T04_senior_ger", "elsewhere_level_beyond", None, 95),
        ("T06_primary_bachelor", "elsewhere_base_beyond", 85, 81.1),
        ("T07_junior_bachelor", "elsewhere_base_beyond", 95, 81.1),
    ],
)
def test_a4_a6_targets_of_inner_mongolia_for_2025(known, target, text, base, asked):
    finding = by_target(targets_elsewhere(known))[target]
    assert finding.text == f"audit_record.{text}"
    assert (finding.numbers["base"], finding.numbers["asked_elsewhere"]) == (base, asked)
    assert finding.numbers["asked_year"] == 2025


@pytest.mark.parametrize(
    ("target", "nation"), [("T06_primary_bachelor", 74.53), ("T07_junior_bachelor", 91.71)]
)
def test_a6_the_base_is_ahead_of_the_nation_two_years_later(known, target, nation):
    finding = by_target(base_against_areas_above(known))[target]
    assert finding.text.endswith("base_ahead_of_later")
    assert (finding.numbers["value"], finding.numbers["year"]) == (nation, 2022)


@pytest.mark.parametrize(
    ("target", "left", "to", "share"),
    [("T06_primary_bachelor", 15, 10, 1 / 3), ("T07_junior_bachelor", 5, 3, 0.4)],
)
def test_a6_share_of_the_teachers_without_degree_that_must_go(known, target, left, to, share):
    numbers = by_target(remainder_that_must_go(known))[target].numbers
    assert (numbers["remainder_at_base_pct"], numbers["remainder_at_level_pct"]) == (left, to)
    assert numbers["share"] == pytest.approx(share, abs=1e-6)


def test_a6_a_strict_level_takes_more_than_the_share(known):
    found = by_target(remainder_that_must_go(known))
    assert "less than 3 %" in found["T07_junior_bachelor"].message("en")
    assert "less than" not in found["T06_primary_bachelor"].message("en")


def test_a8_the_readings_are_5_and_10_times_the_national_pace(known):
    (finding,) = pace_beyond_norm(known)
    numbers = finding.numbers
    assert finding.targets == ("A03e_myopia",)
    assert numbers["norms_pp"] == [-0.5, -1]
    assert numbers["illustrative_base"] == 52.7
    assert round(numbers["pace_pp"]["relative"], 2) in (-2.63, -2.64)
    assert round(numbers["times_norm"]["relative"]) == 5
    assert numbers["times_norm"]["points"] == 10
    assert numbers["times_norm"]["misprint_half_point"] == 1
    assert "to illustrate" in finding.message("en")


def test_a8_the_nation_fell_by_1_7_points_in_four_years(known):
    (finding,) = pace_beyond_norm(known)
    assert finding.numbers["actual"] == {
        "first_year": 2018,
        "last_year": 2022,
        "first": 53.6,
        "last": 51.9,
        "change_pp": -1.7,
    }
    assert "−1.7 points in 4 years" in finding.message("en")


def test_a_relative_pace_without_a_base_is_not_held_against_a_norm(made):
    relative = {"type": "yearly_change", "unit": "percent", "change": ["<=-5"]}
    changes = {"indicator": "myopia_rate", "baseline": None, "steps": [2], "better": "lower"}
    (finding,) = pace_beyond_norm(made(changes | {"conditions": [relative]}))
    assert finding.severity is Severity.OPEN


@pytest.mark.parametrize(("points", "found"), [("<=-0.5", 0), ("<=-0.6", 1)])
def test_a_pace_up_to_the_norm_is_no_finding(made, points, found):
    condition = {"type": "yearly_change", "unit": "points", "change": [points]}
    changes = {"indicator": "myopia_rate", "baseline": None, "steps": [2], "better": "lower"}
    assert len(list(pace_beyond_norm(made(changes | {"conditions": [condition]})))) == found


@pytest.mark.parametrize(
    ("values", "beyond"), [({2018: 80, 2019: 84}, True), ({2018: 80, 2019: 85}, False)]
)
def test_a_step_that_was_seen_once_is_within_the_record(made, values, beyond):
    # 80 in 2020 to 90 in 2022: 5 points a year.
    series = {("primary_pass_rate", "inner_mongolia"): values}
    assert bool(list(pace_beyond_record(made({}, series=series)))) is beyond


def test_a_fall_is_held_against_falls(made):
    changes = {
        "indicator": RATE,
        "better": "lower",
        "baseline": {"value": 20, "year": 2020},
        "conditions": [level("<=16")],
    }
    rising = {(RATE, "china"): {2018: 10, 2019: 15}}
    (finding,) = pace_beyond_record(made(changes, series=rising))
    assert finding.numbers["needed_a_year_pp"] == -2
    falling = {(RATE, "china"): {2018: 15, 2019: 12}}
    assert list(pace_beyond_record(made(changes, series=falling))) == []


def test_the_nearest_area_gives_the_record(made):
    series = {
        ("primary_pass_rate", "inner_mongolia"): {2018: 80, 2019: 81},
        ("primary_pass_rate", "china"): {2018: 80, 2019: 90},
    }
    (finding,) = pace_beyond_record(made({}, series=series))
    assert finding.numbers["area"] == "inner_mongolia"


def test_the_record_known_at_issue_is_told_apart(made):
    series = {("primary_pass_rate", "china"): {2018: 80, 2019: 81, 2020: 82, 2021: 86}}
    (finding,) = pace_beyond_record(made({}, series=series))
    assert finding.numbers["largest_pp"] == 4
    assert finding.numbers["largest_until_issue_pp"] == 1


def test_the_hardest_year_is_found_wherever_it_stands():
    bounds = {year: Bound(op=">=", value=v) for year, v in {2021: 87, 2022: 90}.items()}
    assert hardest_step((2020, 85), bounds).yearly == 3
    assert hardest_step((2020, 95), bounds) is None


@given(st.floats(0, 98), st.floats(0.5, 1.5))
def test_going_all_the_way_takes_the_whole_remainder(base, part):
    assert share_of_remainder(base, 100, 100) == 1
    level_at = base + (100 - base) * part
    assert share_of_remainder(base, level_at, 100) == pytest.approx(part)


@pytest.mark.parametrize(("bound", "found"), [(">=84.9", 0), (">=85", 1), (">=100", 0)])
def test_only_a_quarter_or_more_of_the_remainder_is_found(made, bound, found):
    assert len(list(remainder_that_must_go(made({"conditions": [level(bound)]})))) == found


@pytest.mark.parametrize(
    ("stated", "seen", "unlike"),
    [
        # A base that is told to one decimal agrees with what rounds to it.
        (80.1, 80.14, False),
        (80.1, 80.16, True),
        (80, 80.4, False),
        (80, 80.6, True),
        (80, 79.4, True),
    ],
)
def test_a_stated_base_is_held_against_what_was_observed_in_its_year(made, stated, seen, unlike):
    series = {("primary_pass_rate", "wuhai"): {2019: 70.0, 2020: seen}}
    context = made({"baseline": {"value": stated, "year": 2020}}, series=series)
    found = list(base_against_observed(context))
    assert len(found) == unlike
    assert all(one.numbers["value"] == seen for one in found)
    told = [one.message("en") for one in found]
    assert all(f"{seen:g} % was published" in text for text in told), told
