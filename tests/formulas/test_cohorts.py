"""Flow rates and the reconstructed cohort."""

from itertools import combinations_with_replacement
from math import nan, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import flow_rates, reconstructed_cohort


@st.composite
def rates(draw):
    """Promotion and repetition of one to six grades. [percent]."""
    grades = draw(st.integers(min_value=1, max_value=6))
    repetition = draw(
        st.lists(st.floats(min_value=0, max_value=60), min_size=grades, max_size=grades)
    )
    kept = draw(st.lists(st.floats(min_value=0, max_value=1), min_size=grades, max_size=grades))
    return [k * (100 - r) for k, r in zip(kept, repetition, strict=True)], repetition


@st.composite
def two_years(draw):
    """Enrolment of two years in which nobody moved in."""
    grades = draw(st.integers(min_value=2, max_value=7))
    persons = st.integers(min_value=0, max_value=1000)
    again, dropped, promoted, entrants = (
        draw(st.lists(persons, min_size=grades, max_size=grades)) for _ in range(4)
    )
    before = [max(1, sum(row)) for row in zip(again, dropped, promoted, strict=True)]
    after = [again[0] + entrants[0]]
    after += [a + p for a, p in zip(again[1:], promoted[:-1], strict=True)]
    return before, after, again, promoted


@given(two_years())
def test_the_three_rates_make_100_and_none_is_negative(case):
    before, after, again, promoted = case
    found = flow_rates(before, after, again)
    assert found.promotion + found.repetition + found.dropout == pytest.approx(100)
    assert min(found.promotion.min(), found.repetition.min(), found.dropout.min()) >= 0
    expected = [100 * p / b for p, b in zip(promoted[:-1], before[:-1], strict=True)]
    assert found.promotion == pytest.approx(expected)


def test_a_hand_example_of_two_years():
    # Of 1000 in grade 1, 50 repeat and 880 - 40 = 840 arrive in grade 2: 110 are gone.
    found = flow_rates([1000, 900], [980, 880], [50, 40])
    assert (found.repetition[0], found.promotion[0], found.dropout[0]) == (5, 84, 11)


def test_graduates_as_one_more_grade_give_the_last_grade_its_rates():
    # 20 of 900 repeat grade 2 and 870 graduate.
    found = flow_rates([1000, 900, 0], [980, 880, 870], [50, 20, 0])
    assert found.promotion[1] == pytest.approx(100 * 870 / 900)
    assert found.dropout[1] == pytest.approx(100 * 10 / 900)


def test_counts_in_ten_thousands_that_add_up_but_for_the_last_bits_are_taken():
    # 0.1 + 0.2 is above 0.3 in floating point; nobody dropped out.
    found = flow_rates([0.3, 1.0], [0.5, 0.2], [0.1, 0.0])
    assert found.dropout[0] == 0


@pytest.mark.parametrize(
    ("before", "after", "again"),
    [
        ([0, 100], [100, 100], [0, 0]),
        ([100, 100], [100, 100], [101, 0]),
        ([100, 100], [100, 100], [-1, 0]),
        ([100, 100], [100, 120], [0, 0]),
        ([100, nan], [100, 90], [0, 0]),
        ([100, 100], [nan, 90], [0, 0]),
        ([100, 100], [100, 90], [0, nan]),
        ([100], [100], [0]),
        ([100, 100], [100, 90], [0]),
    ],
)
def test_flows_that_cannot_be_are_refused(before, after, again):
    with pytest.raises(DataError, match="flow_rates"):
        flow_rates(before, after, again)


def test_pupils_who_moved_in_are_pointed_to_the_rate_that_may_pass_100():
    with pytest.raises(DataError, match="cohort_retention"):
        flow_rates([100, 100], [100, 120], [0, 0])


@given(rates())
def test_without_a_limit_survival_has_the_closed_form(case):
    promotion, repetition = case
    survival = reconstructed_cohort(promotion, repetition).survival
    expected = [
        100 * prod(p / (100 - r) for p, r in list(zip(promotion, repetition, strict=True))[:k])
        for k in range(len(promotion) + 1)
    ]
    assert survival == pytest.approx(expected)


@given(rates())
def test_without_a_limit_the_years_are_those_of_an_absorbing_chain(case):
    promotion, repetition = np.array(case[0]) / 100, np.array(case[1]) / 100
    stay = np.diag(repetition) + np.diag(promotion[:-1], k=1)
    expected = 100 * np.linalg.inv(np.eye(len(promotion)) - stay)[0]
    assert reconstructed_cohort(*case).pupil_years == pytest.approx(expected, abs=1e-9)


@given(rates(), st.integers(min_value=0, max_value=4))
def test_with_a_limit_survival_sums_over_all_ways_to_repeat(case, limit):
    promotion, repetition = np.array(case[0]) / 100, np.array(case[1]) / 100
    for reached in range(len(promotion) + 1):
        ways = sum(
            prod(repetition[list(way)])
            for years in range(limit + 1)
            for way in combinations_with_replacement(range(reached), years)
        )
        expected = 100 * prod(promotion[:reached]) * ways
        found = reconstructed_cohort(*case, max_repetitions=limit).survival[reached]
        assert found == pytest.approx(expected, abs=1e-9)


@given(rates())
def test_a_higher_limit_never_lowers_survival_and_leads_to_the_closed_form(case):
    survivals = [
        reconstructed_cohort(*case, max_repetitions=limit).survival for limit in (0, 1, 2, 200)
    ]
    assert np.all(np.diff(survivals, axis=0) >= -1e-9)
    assert survivals[-1] == pytest.approx(reconstructed_cohort(*case).survival, abs=1e-6)


@given(rates(), st.none() | st.integers(min_value=0, max_value=3))
def test_survival_starts_at_100_and_never_rises(case, limit):
    cohort = reconstructed_cohort(*case, max_repetitions=limit)
    assert cohort.survival[0] == 100
    assert np.all(np.diff(cohort.survival) <= 1e-9)
    assert 0 <= cohort.efficiency <= 100 + 1e-9


def test_a_hand_example_with_one_repetition():
    # Grade 1: 80 go on, 10 repeat, of whom 8 go on and 1 would repeat again and leaves.
    cohort = reconstructed_cohort([80], [10], max_repetitions=1)
    assert cohort.survival == pytest.approx([100, 88])
    assert cohort.pupil_years == pytest.approx([110])
    assert cohort.efficiency == pytest.approx(100 * 88 / 110)


def test_nobody_lost_and_nobody_repeating_is_fully_efficient():
    cohort = reconstructed_cohort([100, 100], [0, 0])
    assert cohort.survival.tolist() == [100, 100, 100]
    assert cohort.efficiency == 100


def test_observed_flows_can_be_followed():
    observed = flow_rates([1000, 900, 800], [980, 880, 810], [50, 40, 30])
    cohort = reconstructed_cohort(observed.promotion, observed.repetition)
    assert cohort.survival.size == 3


def test_results_cannot_be_changed():
    cohort = reconstructed_cohort([80], [10])
    with pytest.raises(ValueError, match="read-only"):
        cohort.survival[0] = 0


@pytest.mark.parametrize(
    ("promotion", "repetition"),
    [
        ([90], [11]),
        ([-1], [0]),
        ([90], [-1]),
        ([0], [100]),
        ([nan], [0]),
        ([90], [nan]),
        ([], []),
        ([90, 90], [5]),
    ],
)
def test_rates_that_no_cohort_can_have_are_refused(promotion, repetition):
    with pytest.raises(DataError, match="reconstructed_cohort"):
        reconstructed_cohort(promotion, repetition)


@pytest.mark.parametrize("limit", [-1, 1.5, nan])
def test_a_limit_that_is_no_number_of_years_is_refused(limit):
    with pytest.raises(DataError, match="max_repetitions"):
        reconstructed_cohort([80], [10], max_repetitions=limit)


def test_nobody_who_stays_is_ever_more_than_everybody():
    # Rates that were computed may add up to 100 and some last bits; survival may not.
    found = reconstructed_cohort([95.0 + 5e-10] * 6, [5.0] * 6)
    assert max(found.survival) == 100
