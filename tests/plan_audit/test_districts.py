from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.formulas import pooled_share
from edu_metrics.plan_audit import Kind, Severity
from edu_metrics.plan_audit.contradictions import rest_of_whole
from edu_metrics.plan_audit.definitions import areas_left_out, rank_among_few, whole_without_parts

DISTRICTS = ["haibowan", "wuda", "hainan"]
COUNTY = [f"mock_county_{letter}" for letter in "abcde"]


def needed_in_rest(level, weights, values):
    """What the last part must reach so that the whole comes to a level."""
    *known, _ = weights
    return rest_of_whole(level, pooled_share(values, known), sum(known) / sum(weights))


def ranked(bound, among):
    condition = {"type": "rank", "year": 2022, "bound": bound, "among": among}
    return {"kind": "rank", "areas": [among[0]], "conditions": [condition], "baseline": None}


def test_a14_the_third_district_must_reach_92_69_for_a_city_95():
    # Residents of 2021, in persons: the same as 61.10, 21.93 and 16.97 percent.
    assert round(needed_in_rest(95, [341_000, 122_400, 94_700], [96, 94]), 2) == 92.69
    assert round(needed_in_rest(95, [61.10, 21.93, 16.97], [96, 94]), 2) == 92.69


def test_a14_the_front_rank_of_three_is_1_or_1_to_2(shipped):
    (finding,) = rank_among_few(shipped)
    assert finding.targets == ("A12j_haibowan_rank",)
    assert (finding.numbers["among"], finding.numbers["ranks"]) == (3, [1, 2])
    assert "2 of 3 are always within rank 2" in finding.message("en")


def test_a14_one_district_has_no_target_of_its_own(shipped):
    (finding,) = areas_left_out(shipped)
    assert finding.kind is Kind.DEFINITION
    assert finding.numbers["without"] == ["hainan"]
    assert finding.targets == ("A12j_haibowan_rank", "A12k_wuda_first")


def test_a14_no_number_of_the_table_is_given_by_district(shipped):
    (finding,) = whole_without_parts(shipped)
    assert finding.severity is Severity.OPEN
    assert finding.numbers["parts"] == DISTRICTS
    assert {"T02_retention", "T08_senior_graduate"} <= set(finding.targets)
    # Money and published figures are not pooled from the districts.
    assert "A38c_special_funds" not in finding.targets


@given(
    st.lists(st.floats(1, 1e6), min_size=2, max_size=6),
    st.lists(st.floats(0, 100), min_size=5, max_size=5),
    st.floats(0, 100),
)
def test_with_what_the_rest_needs_the_whole_has_its_level(weights, values, level):
    known = values[: len(weights) - 1]
    rest = needed_in_rest(level, weights, known)
    pooled = sum(w * v for w, v in zip(weights, [*known, rest], strict=True)) / sum(weights)
    assert pooled == pytest.approx(level, abs=1e-6)


@pytest.mark.parametrize(
    ("bound", "found"), [("<=1", 0), ("<=2", 0), ("<3", 0), ("<=3", 1), ("<4", 1)]
)
def test_a_rank_that_half_of_the_areas_always_have_is_weak(made, bound, found):
    plan = made(ranked(bound, COUNTY), areas=["mock_county", *COUNTY])
    assert len(list(rank_among_few(plan))) == found


@pytest.mark.parametrize(
    ("bound", "places"), [("<=25", []), ("<=60", [3]), ("<60", []), ("<=50", [])]
)
def test_a_rank_in_percent_is_a_share_of_the_areas(made, bound, places):
    target = ranked(bound, COUNTY)
    target["conditions"][0]["unit"] = "percent"
    found = rank_among_few(made(target, areas=["mock_county", *COUNTY]))
    assert [place for one in found for place in one.numbers["ranks"]] == places


def test_a_family_counts_each_of_its_members(made):
    among = ["mock_county", "mock_shire"]
    assert list(rank_among_few(made(ranked("<=10", among), areas=among))) == []
    (finding,) = rank_among_few(made(ranked("<=16", among), areas=among))
    assert finding.numbers["among"] == 31


def test_a_front_rank_among_many_is_left_alone(made):
    bare = {"kind": "rank", "tier": "dated", "indicator": None, "readings": [], "areas": COUNTY[:1]}
    assert list(rank_among_few(made(bare, areas=["mock_county", *COUNTY]))) == []
    assert len(list(rank_among_few(made(bare, areas=["mock_county", *COUNTY[:4]])))) == 1


def test_targets_that_name_every_part_leave_none_out(made):
    one_each = [{"areas": [area]} for area in DISTRICTS]
    areas = ["wuhai", *DISTRICTS]
    assert list(areas_left_out(made(*one_each, areas=areas))) == []
    assert len(list(areas_left_out(made(*one_each[:2], areas=areas)))) == 1
    assert list(areas_left_out(made({"areas": DISTRICTS}, areas=areas))) == []


def test_one_number_for_a_part_is_enough(made):
    areas = ["wuhai", *DISTRICTS]
    assert len(list(whole_without_parts(made({}, areas=areas)))) == 1
    assert list(whole_without_parts(made({}, {"areas": ["wuda"]}, areas=areas))) == []
    assert list(whole_without_parts(made({}))) == []
