from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edu_metrics.simulation.subjects import Flows, employ

FLOWS = Flows(
    pupils_per_teacher=10.0,
    degree_at_end=0.6,
    leaving_with=0.03,
    leaving_without=0.08,
    earning=0.02,
    newcomers=0.9,
)


def test_the_first_year_is_where_the_flows_arrive_at_the_last_one_from():
    share = FLOWS.degree_at_start(5)
    for _ in range(5):
        with_degree, without = share * (1 - 0.03), (1 - share) * (1 - 0.08)
        hired = 1 - with_degree - without
        share = with_degree + 0.02 * without + 0.9 * hired
    assert share == pytest.approx(0.6)


def test_flows_that_can_not_come_from_anywhere_start_at_almost_nobody():
    assert replace(FLOWS, degree_at_end=0.3).degree_at_start(30) == 0.02


@pytest.fixture
def staff(city):
    pupils = np.linspace(20_000, 15_000, len(city.years))[:, None] * city.sizes
    return employ(city, city.stream("x"), pupils.astype(np.int64), FLOWS)


def test_staff_is_who_stayed_and_who_was_hired(staff):
    stayed = staff.teachers[1:] - staff.hired[1:]
    assert (stayed < staff.teachers[:-1]).all()
    assert stayed.sum() / staff.teachers[:-1].sum() == pytest.approx(1 - 0.053, abs=0.02)


def test_someone_is_hired_every_year_even_as_pupils_become_fewer(staff):
    assert (staff.hired > 0).all()


def test_those_with_the_degree_are_among_the_teachers(staff):
    assert (staff.with_degree <= staff.teachers).all()
    assert (staff.with_degree > 0).all()


def test_schools_staff_themselves_for_the_pupils_of_the_last_year(city):
    pupils = (np.linspace(10_000, 20_000, len(city.years))[:, None] * city.sizes).astype(np.int64)
    staff = employ(city, city.stream("x"), pupils, FLOWS)
    assert staff.teachers[-1].tolist() == np.ceil(pupils[-1] / 10).tolist()


def test_schools_have_fewer_pupils_for_each_teacher_as_years_go_by(city):
    pupils = np.full((len(city.years), 3), 300_000)
    staff = employ(city, city.stream("x"), pupils, FLOWS)
    assert (np.diff(pupils / staff.teachers, axis=0) < 0).all()


def test_teachers_earn_the_degree_in_post(city):
    still = Flows(10.0, 0.6, 0.0, 0.0, 0.1, 0.5)
    # So few pupils later on that nobody new comes but the least that is always hired.
    pupils = np.concatenate([np.full((1, 3), 900_000), np.full((len(city.years) - 1, 3), 10)])
    staff = employ(city, city.stream("x"), pupils, still)
    gained = staff.with_degree[1] - staff.with_degree[0]
    without = staff.teachers[0] - staff.with_degree[0]
    newcomers = staff.hired[1] * 0.5
    assert gained.sum() == pytest.approx(0.1 * without.sum() + newcomers.sum(), rel=0.03)


def test_a_large_staff_ends_with_about_the_part_that_its_flows_say(city):
    even = replace(city, schools=(("a1", "a2"), ("b1", "b2"), ("c1", "c2")))
    pupils = np.full((len(city.years), 3), 2_000_000)
    staff = employ(even, even.stream("x"), pupils, FLOWS)
    found = staff.with_degree[-1].sum() / staff.teachers[-1].sum()
    # Numbers grow a little with the falling ratio, and most newcomers have the degree.
    assert found == pytest.approx(0.6, abs=0.02)
