from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from edu_metrics.simulation.city import Published
from edu_metrics.simulation.subjects import invent


def test_districts_that_are_better_off_are_balanced_by_the_others(city):
    assert np.average(city.means, weights=city.sizes) == pytest.approx(0)
    assert np.average(city.means**2, weights=city.sizes) == pytest.approx(1)


def test_shares_arrive_at_their_level_in_the_last_year(city):
    shares = city.shares(city.stream("x"), 0.7, drift=0.3, tilt=0.0)
    assert shares[-1] == pytest.approx([0.7] * 3)


def test_shares_without_chance_rise_by_the_drift_in_logits(city):
    shares = city.shares(city.stream("x"), 0.7, drift=0.3, common=0.0, own=0.0, tilt=0.0)
    odds = shares[:, 0] / (1 - shares[:, 0])
    assert odds[1:] / odds[:-1] == pytest.approx(np.exp([0.3] * (len(city.years) - 1)))


def test_the_tilt_follows_how_well_off_a_district_is(city):
    shares = city.shares(city.stream("x"), 0.7, common=0.0, own=0.0, tilt=0.5)[-1]
    assert np.argsort(shares).tolist() == np.argsort(city.means).tolist()


def test_a_common_step_moves_all_districts_alike(city):
    walk = city.walk(city.stream("x"), common=1.0, own=0.0)
    assert walk == pytest.approx(np.repeat(walk[:, [0]], 3, axis=1))
    assert np.ptp(walk) > 0


def test_amounts_without_chance_are_shared_out_by_size(city):
    amounts = city.amounts(city.stream("x"), 80, drift=np.log(2), common=0.0, own=0.0)
    assert amounts[-2:].tolist() == [[20, 10, 10], [40, 20, 20]]


def test_adopters_are_as_many_as_the_share_says_to_within_one(city):
    shape = (len(city.years), 3)
    shares = np.broadcast_to(np.linspace(0.05, 0.95, shape[0])[:, None], shape)
    institutions = np.full(shape, 20, dtype=np.int64)
    counted = city.adopters(city.stream("x"), institutions, shares)
    assert np.abs(counted - 20 * shares).max() <= 1


def test_who_has_adopted_does_not_go_back(city):
    shares = np.array([[0.2], [0.8], [0.3]]) * np.ones((1, 3))
    counted = city.adopters(city.stream("x"), np.full((3, 3), 10), shares)
    assert counted[2].tolist() == counted[1].tolist()
    assert (counted[1] > counted[0]).all()


def test_institutions_that_are_not_there_yet_adopt_nothing(city):
    institutions = np.array([[2, 2, 2], [9, 9, 9]])
    counted = city.adopters(city.stream("x"), institutions, np.full((2, 3), 0.999))
    assert (counted <= institutions).all()
    assert counted[1].sum() > counted[0].sum()


def test_each_subject_has_a_stream_of_chance_of_its_own(city):
    first, again, other = (city.stream(name).random() for name in ("x", "x", "y"))
    assert first == again
    assert first != other
    assert replace(city, seed=2).stream("x").random() != first


@pytest.mark.parametrize(
    ("published", "day"),
    [
        (Published.EXAMS, dt.date(2020, 8, 15)),
        (Published.AUTUMN_COUNTS, dt.date(2020, 12, 10)),
        (Published.SCREENING, dt.date(2020, 12, 20)),
        (Published.ACCOUNTS, dt.date(2021, 2, 20)),
    ],
)
def test_a_number_of_2020_comes_out_when_its_kind_does(published, day):
    assert published.of(2020) == day


def test_the_model_knows_no_place_by_name(city):
    renamed = replace(city, districts=("x", "y", "z"))
    for sheet, other in zip(invent(city), invent(renamed), strict=True):
        for quantity, numbers in sheet.numbers.items():
            assert np.array_equal(numbers, other.numbers[quantity]), quantity


@pytest.mark.parametrize("years", [1, 2])
def test_a_city_may_be_invented_for_a_year_or_two(city, years):
    for sheet in invent(replace(city, last_year=city.first_year + years - 1)):
        for quantity, numbers in sheet.numbers.items():
            assert numbers.shape == (years, len(sheet.areas)), quantity
            assert (numbers >= 0).all(), quantity
            assert numbers.dtype == np.int64, quantity
