"""Laws of every account: nobody is lost, standing still stands still, and the extremes."""

import inspect

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas.flows import FLOWS
from edu_metrics.formulas.flows.provision import (
    next_kindergartens,
    next_teachers,
    start_kindergartens,
)
from edu_metrics.formulas.flows.pupils import (
    next_cohorts,
    next_grades,
    next_seniors,
    start_cohorts,
    start_seniors,
)

#: Numbers that each flow can start from.
STARTS = {
    "cohorts": {"entrants": [100.0] * 9, "retention_pct": 93,
                "dropout_primary_pct": 0, "dropout_junior_pct": 0},
    "exam": {"pass_pct": 80, "excellence_pct": 30,
             "pass_cut_pct": 60, "excellence_cut_pct": 80, "low_cut_pct": 40},
    "kindergartens": {"public": 50, "inclusive": 80, "everyone": 100},
    "myopia": {"overall_pct": 50, "first_grade_pct": 10},
    "seniors": {"general_entrants": [50.0] * 3, "vocational_entrants": [40.0] * 3, "leavers": 100,
                "population": 300, "leaving_general_pct": 0, "leaving_vocational_pct": 0},
    "spending": {"spending": 1000, "pupils": 10},
    "teachers": {"qualified": 85, "teachers": 100},
}  # fmt: skip

persons = st.floats(0, 1e5)
percent = st.floats(0, 100)


@pytest.mark.parametrize("name", FLOWS)
def test_every_argument_of_a_flow_has_one_part_to_play(name):
    flow = FLOWS[name]
    arguments = list(inspect.signature(flow.function).parameters)
    assert sorted([*flow.state, *flow.rates, *flow.levers]) == sorted(arguments)
    assert sorted([*flow.inputs, *flow.start_rates]) == sorted(
        inspect.signature(flow.start).parameters
    )
    assert set(flow.history) <= set(flow.inputs)
    state = flow.start(**STARTS[name])
    later = flow.function(**state, **dict.fromkeys(flow.rates, 0.0))
    assert set(state) == set(flow.state) >= set(flow.whole)
    assert set(flow.outcomes) <= set(later)


@given(persons, persons, percent, percent, st.floats(-500, 500), percent, persons)
def test_teachers_before_and_entrants_are_teachers_after_and_leavers(
    qualified, others, leaving, leaving_others, posts, share, upgrades
):
    later = next_teachers(
        qualified,
        others,
        leaving_qualified_pct=leaving,
        leaving_others_pct=leaving_others,
        new_posts=posts,
        entrants_qualified_pct=share,
        upgrades=upgrades,
    )
    before = qualified + others + later["entrants"]
    assert later["qualified"] + later["others"] + later["leavers"] == pytest.approx(
        before, abs=1e-6
    )
    assert min(later["qualified"], later["others"]) >= -1e-6
    assert later["entrants"] >= 0


@given(
    st.lists(st.floats(1, 1e4), min_size=2, max_size=12),
    persons,
    st.floats(0, 40),
    st.floats(0, 40),
    st.floats(0, 0.2),
    st.floats(0, 50),
)
def test_pupils_before_entrants_and_arrivals_are_all_found_again(
    pupils, entrants, dropout, again, leaving, arriving
):
    now = np.array(pupils)
    gone = now * leaving
    later = next_grades(
        now,
        entrants=entrants,
        dropout_pct=dropout,
        repetition_pct=again,
        transfers_in=arriving,
        transfers_out=gone,
    )
    before = now.sum() + entrants + arriving * now.size
    after = later["pupils"].sum() + later["graduates"] + later["dropped"].sum() + gone.sum()
    assert after == pytest.approx(before, rel=1e-9)


@given(
    st.lists(st.floats(10, 1e4), min_size=9, max_size=9),
    st.floats(60, 130),
    st.floats(0, 2),
    st.floats(0, 4),
    percent,
    st.floats(0, 500),
)
def test_a_child_of_a_cohort_is_at_school_or_away_or_moved(
    entrants, retention, primary, junior, prevented, returned
):
    state = start_cohorts(np.array(entrants), retention, primary, junior)
    later = next_cohorts(
        **state,
        dropout_primary_pct=primary,
        dropout_junior_pct=junior,
        dropout_prevented_pct=prevented,
        returned=returned,
    )
    moved = state["pupils"] * state["transfers_pct"] / 100
    before = (state["pupils"] + state["away"] + moved)[:-1]
    assert (later["pupils"] + later["away"])[1:] == pytest.approx(before, rel=1e-9)
    assert np.all(later["away"] >= -1e-9)


drift = st.floats(-30, 30)


@given(persons, persons, persons, persons, persons, drift, drift)
@example(1.0, 0.0, 2.2250738585e-313, 0.0, 0.0, -1.0, 0.0)  # so few that a share of them overflows
def test_moves_between_kindergartens_change_no_total(
    public, affordable, other, opened, converted, to_public, to_affordable
):
    later = next_kindergartens(
        public,
        affordable,
        other,
        to_public_pct=to_public,
        to_affordable_pct=to_affordable,
        public_places=opened,
        conversions=converted,
    )
    total = later["public"] + later["affordable"] + later["other"]
    assert total == pytest.approx(public + affordable + other, abs=1e-6)
    assert min(later["public"], later["affordable"], later["other"]) >= -1e-6


def test_with_no_leavers_and_no_entrants_a_staff_stands_still():
    later = next_teachers(80, 20, leaving_qualified_pct=0, leaving_others_pct=0)
    assert (later["qualified"], later["others"], later["entrants"]) == (80, 20, 0)


def test_a_staff_that_all_leaves_is_what_its_entrants_are():
    later = next_teachers(
        80, 20, leaving_qualified_pct=100, leaving_others_pct=100, entrants_qualified_pct=35
    )
    assert later["qualified_pct"] == pytest.approx(35)


def test_no_more_teachers_earn_a_degree_than_are_without_one():
    later = next_teachers(80, 20, leaving_qualified_pct=0, leaving_others_pct=0, upgrades=50)
    assert (later["qualified_pct"], later["upgraded"]) == (100, 20)


def test_posts_given_up_dismiss_nobody():
    later = next_teachers(80, 20, leaving_qualified_pct=5, leaving_others_pct=5, new_posts=-50)
    assert (later["entrants"], later["qualified"] + later["others"]) == (0, 95)


def test_all_in_public_kindergartens_stay_all_in_public_kindergartens():
    later = next_kindergartens(100, 0, 0, public_places=10, conversions=10)
    assert (later["public_share_pct"], later["coverage_pct"]) == (100, 100)


def test_a_city_without_kindergarten_children_has_shares_of_nothing():
    later = next_kindergartens(0, 0, 0, public_places=10)
    assert (later["public_share_pct"], later["coverage_pct"]) == (0, 0)


def test_a_settled_senior_stage_stays_as_it_is():
    state = start_seniors(np.array([60.0] * 3), np.array([40.0] * 3), 100, 300, 1, 5)
    later = next_seniors(**state, leaving_general_pct=1, leaving_vocational_pct=5)
    assert later["general"] == pytest.approx(state["general"])
    assert later["vocational"] == pytest.approx(state["vocational"])
    assert later["intake_ratio"] == pytest.approx(40 / 60)


def test_a_senior_stage_that_all_leavers_enter_and_none_leave_is_full():
    state = start_seniors(np.array([60.0] * 3), np.array([40.0] * 3), 100, 300, 0, 0)
    later = next_seniors(**state, leaving_general_pct=0, leaving_vocational_pct=0)
    assert later["gross_pct"] == pytest.approx(100)


def test_students_from_elsewhere_lift_a_gross_rate_above_100():
    state = start_seniors(np.array([50.0] * 3), np.array([70.0] * 3), 100, 300, 0, 0)
    later = next_seniors(**state, leaving_general_pct=0, leaving_vocational_pct=0)
    assert state["intake_pct"] == pytest.approx(120)
    assert later["gross_pct"] == pytest.approx(120)


def test_a_split_moves_students_and_loses_none():
    state = start_seniors(np.array([60.0] * 3), np.array([40.0] * 3), 100, 300, 0, 0)
    later = next_seniors(
        **state, leaving_general_pct=0, leaving_vocational_pct=0, more_vocational_pp=10
    )
    assert (later["general"][0], later["vocational"][0]) == (pytest.approx(50), pytest.approx(50))
    assert later["gross_pct"] == pytest.approx(100)


def test_draws_run_through_an_equation_together_as_they_do_alone():
    leaving = np.array([2.0, 5.0, 9.0])
    together = next_teachers(85, 15, leaving_qualified_pct=leaving, leaving_others_pct=2 * leaving)
    alone = [
        float(next_teachers(85, 15, leaving_qualified_pct=n, leaving_others_pct=2 * n)["qualified"])
        for n in leaving
    ]
    assert together["qualified"] == pytest.approx(alone)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: next_teachers(-1, 5, leaving_qualified_pct=3, leaving_others_pct=120),
         ["qualified: expected 0 or more, found -1", "leaving_others_pct: expected 0 to 100"]),
        (lambda: start_kindergartens(60, 50, 100), ["affordable: expected 0 or more"]),
        (lambda: next_kindergartens(float("nan"), 1, 1), ["public: expected finite numbers"]),
        (lambda: next_grades([10.0], entrants=0, dropout_pct=60, repetition_pct=60),
         ["more pupils leave or repeat a grade than are in it"]),
        (lambda: start_cohorts([100.0] * 3, 93, 0, 0), ["expected more than 3 grades, found 3"]),
        (lambda: start_seniors([1.0], [1.0], 1, 0, 0, 0), ["at least one resident"]),
    ],
)  # fmt: skip
def test_numbers_outside_their_domain_are_refused_all_at_once(call, words):
    with pytest.raises(DataError) as caught:
        call()
    for word in words:
        assert word in str(caught.value)


def test_only_what_is_not_cured_has_a_fastest_fall():
    """12.9 % in the first of twelve grades and 80.5 % in the last: 5.63 points a year at most."""
    limited = {name: flow for name, flow in FLOWS.items() if flow.fastest_fall is not None}
    assert set(limited) == {"myopia"}
    state = {"by_grade": np.linspace(12.9, 80.5, 12)}
    assert float(limited["myopia"].fastest_fall(state)) == pytest.approx((80.5 - 12.9) / 12)
