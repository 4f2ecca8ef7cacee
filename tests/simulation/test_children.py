from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edu_metrics.simulation.subjects import (
    GRADES,
    SENIOR_YEARS,
    invent,
    raise_children,
    send_to_senior_schools,
)

LEFT, DROPPED, STAYED = 3, 4, 5
AGE_IN_GRADE_1 = 6

seeds = st.integers(min_value=0, max_value=2**32)
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@few
@given(seed=seeds)
def test_every_child_has_exactly_one_fate(city, seed):
    children = raise_children(replace(city, seed=seed))
    assert np.array_equal(children.moves.sum(axis=2), children.learners[:-1, :, :-1])


@few
@given(seed=seeds)
def test_the_next_grade_next_year_is_who_stayed_and_moved_in_or_arrived(city, seed):
    children = raise_children(replace(city, seed=seed))
    for district in range(3):
        found = children.moves[:, district, STAYED] + children.arrivals[:, district]
        found = found + children.moves[:, :, district].sum(axis=1)
        assert np.array_equal(found, children.learners[1:, district, 1:])


@few
@given(seed=seeds)
def test_for_the_city_moves_between_districts_cancel(city, seed):
    children = raise_children(replace(city, seed=seed))
    pupils = children.learners.sum(axis=1)
    lost = children.moves[:, :, [LEFT, DROPPED]].sum(axis=(1, 2))
    gained = children.arrivals.sum(axis=1)
    assert np.array_equal(pupils[1:, 1:], pupils[:-1, :-1] - lost + gained)


@few
@given(seed=seeds)
def test_only_pupils_drop_out_and_only_once(city, seed):
    children = raise_children(replace(city, seed=seed))
    new = children.moves[:, :, DROPPED].sum(axis=1)
    last_age = AGE_IN_GRADE_1 + GRADES - 1
    assert new[:, :AGE_IN_GRADE_1].sum() == new[:, last_age + 1 :].sum() == 0
    assert new[:, AGE_IN_GRADE_1 : last_age + 1].sum() > 0
    outside = children.dropped.sum(axis=1)
    # Those outside school were so already or dropped out this year; some have moved away.
    assert (outside[1:, 1:] <= outside[:-1, :-1] + new).all()


def test_nobody_moves_to_where_they_live(city):
    children = raise_children(city)
    assert all(children.moves[:, district, district].sum() == 0 for district in range(3))


def test_families_gather_where_many_schools_are(city):
    children = raise_children(city)
    moves = children.moves.sum(axis=(0, 3))
    net = moves[:, :3].sum(axis=0) - moves[:, :3].sum(axis=1)
    # Half of all schools draw two thirds of those who move: far more than chance would.
    assert net[0] > 0.003 * children.learners.sum()
    assert net.sum() == 0


def test_every_age_is_there_in_the_first_year(city):
    children = raise_children(city)
    first = children.learners[city.first_year - children.start]
    assert (first > 0).all()


def test_published_cohorts_are_those_of_the_children(city):
    children = raise_children(city)
    numbers = {name: values for sheet in invent(city) for name, values in sheet.numbers.items()}
    before = slice(city.first_year - children.start, city.last_year - children.start)
    grade_9 = AGE_IN_GRADE_1 + 8
    lost = children.moves[before][:, :, [LEFT, DROPPED], grade_9].sum(axis=(1, 2))
    gained = children.arrivals[before][:, :, grade_9].sum(axis=1)
    stock = numbers["pupils_grade_9"].sum(axis=1)
    leavers = numbers["graduates_junior"].sum(axis=1)
    assert np.array_equal(leavers[1:], stock[:-1] - lost + gained)
    # One cohort, seen at six in the first year and at eleven in the sixth.
    entrants = children.learners[city.first_year - children.start, :, AGE_IN_GRADE_1]
    assert np.array_equal(numbers["entrants_grade_1"][0], entrants)


def test_population_by_age_counts_those_who_dropped_out(city):
    children = raise_children(city)
    aged = children.population(city.years, 15, 17)
    learners = children.learners[-len(city.years) :, :, 15:18].sum(axis=2)
    dropped = children.dropped[-len(city.years) :, :, 15:18].sum(axis=2)
    assert np.array_equal(aged, learners + dropped)
    assert dropped.sum() > 0


def test_nobody_enters_senior_school_in_a_later_year_of_study(city):
    seniors = send_to_senior_schools(city, raise_children(city))
    for kind in (seniors.general, seniors.vocational):
        assert (kind[1:, :, 1:] <= kind[:-1, :, :-1]).all()
        assert (kind[SENIOR_YEARS:] > 0).all()


def test_general_schools_take_no_more_than_leave_grade_9(city):
    children = raise_children(city)
    seniors = send_to_senior_schools(city, children)
    leavers = children.graduates(range(city.first_year - SENIOR_YEARS, city.last_year + 1))
    assert (seniors.general[:, :, 0] < leavers).all()
