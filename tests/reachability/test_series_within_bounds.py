"""Draws that agree with what was published as a bound: which stay, and when none is left."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import ProjectionError
from edu_metrics.reachability import SeriesStore
from edu_metrics.reachability.series import UnforeseenError, within_bounds
from edu_metrics.trajectories import Trajectory


def drawn(values, years=(2021,)):
    rows = np.asarray(values, dtype=float).reshape(-1, len(years))
    return Trajectory("m", years, rows, 2020, 50.0, 0)


@pytest.mark.parametrize(
    ("kind", "left"),
    [("above", {3}), ("at_least", {2, 3}), ("below", {1}), ("at_most", {1, 2}),
     ("about", {1, 2, 3})],
)  # fmt: skip
def test_a_bound_keeps_what_lies_on_its_side(kind, left):
    assert set(within_bounds(drawn([1, 2, 3]), {2021: (kind, 2.0)}).at(2021)) == left


def test_a_draw_is_kept_with_all_its_years():
    """Of four courses two agree in 2021, and each keeps the 2022 that came of it."""
    given_draws = drawn([[1, 10], [2, 20], [3, 30], [4, 40]], (2021, 2022))
    found = within_bounds(given_draws, {2021: ("above", 2.0)})
    assert {tuple(row) for row in found.draws} == {(3, 30), (4, 40)}


def test_bounds_of_two_years_have_to_be_met_both():
    given_draws = drawn([[1, 10], [3, 20], [3, 10], [1, 20]], (2021, 2022))
    found = within_bounds(given_draws, {2021: ("above", 2.0), 2022: ("above", 15.0)})
    assert {tuple(row) for row in found.draws} == {(3, 20)}


@given(st.lists(st.integers(0, 20), min_size=4, max_size=200), st.integers(0, 20))
def test_what_agrees_stays_in_its_place_and_each_stands_in_as_often(values, bound):
    before = drawn(values)
    agree = before.at(2021) >= bound
    try:
        after = within_bounds(before, {2021: ("at_least", bound)}).at(2021)
    except UnforeseenError:
        assert agree.sum() < len(values) / 40
        return
    assert len(after) == len(values)
    assert (after >= bound).all()
    assert (after[agree] == before.at(2021)[agree]).all()
    # Distinct draws, told apart by their place: no two stand in more than once apart.
    places = within_bounds(drawn(np.where(agree, np.arange(len(values)) + 100.0, 0.0)),
                      {2021: ("above", 1.0)}).at(2021)  # fmt: skip
    counts = np.unique(places, return_counts=True)[1]
    assert counts.max() - counts.min() <= 1
    assert len(counts) == agree.sum()


@pytest.mark.parametrize(("agree", "told"), [(3, True), (2, True), (1, False), (0, False)])
def test_one_draw_in_forty_has_to_agree(agree, told):
    """Of 80 two are one in forty."""
    given_draws, bounds = drawn([1] * agree + [0] * (80 - agree)), {2021: ("above", 0.0)}
    if told:
        assert (within_bounds(given_draws, bounds).at(2021) == 1).all()
    else:
        with pytest.raises(ProjectionError, match=f"{agree} of 80 draws agree .* of 2021 as a"):
            within_bounds(given_draws, bounds)


def test_years_that_were_not_drawn_say_nothing():
    assert within_bounds(drawn([1, 2]), {2019: ("above", 9.0)}).at(2021).tolist() == [1, 2]


# The draws of a study


@pytest.fixture
def evidence(case, promise, cells):
    def make(*bounds, breaks="[]"):
        rows = [cells("rate_pct", {2016: 80.0, 2017: 83.0, 2018: 81.0, 2019: 82.0, 2020: 81.5})]
        rows += [cells("rate_pct", {year: value}, bound=kind) for year, kind, value in bounds]
        target = promise([{"type": "level", "at": {2022: ">=90"}}], indicator="printed")
        return SeriesStore(*case([target], rows, as_of="2023-06-30", breaks=breaks))

    return make


def test_which_draws_agree_does_not_hang_on_how_far_was_asked(evidence):
    at_once = evidence((2022, "above", 82.0)).trajectory("printed", "city", 2023)
    other = evidence((2022, "above", 82.0))
    other.trajectory("printed", "city", 2021)
    assert (other.trajectory("printed", "city", 2023).at(2021) == at_once.at(2021)).all()
    short = evidence((2022, "above", 82.0)).trajectory("printed", "city", 2021)
    assert (short.at(2021) == at_once.at(2021)).all()
    assert (at_once.at(2022) > 82).all()


def test_a_bound_before_the_last_value_says_nothing_of_what_comes(evidence):
    free, held = evidence(), evidence((2015, "above", 99.0))
    draws = [each.trajectory("printed", "city", 2022).draws for each in (free, held)]
    assert (draws[0] == draws[1]).all()


def test_a_bound_beyond_a_break_is_of_another_series(evidence):
    breaks = """
- {id: new, indicator: printed, year: 2022, why: {zh: 改, en: changed},
   citation: {source: yearbook, locator: p. 2}}
"""
    found = evidence((2021, "above", 81.0), (2022, "above", 99.9), breaks=breaks)
    draws = found.trajectory("printed", "city", 2022)
    assert (draws.at(2021) > 81).all()
    assert not (draws.at(2022) > 99.9).all()
