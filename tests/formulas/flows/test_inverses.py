"""An inverse put back into its equation gives what was asked for; and published numbers."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.formulas import smallest_count_for
from edu_metrics.formulas.flows.provision import next_spending, next_teachers, start_spending
from edu_metrics.formulas.flows.pupils import (
    fastest_fall,
    mean_and_spread,
    next_cohorts,
    next_exam,
    next_myopia,
    pupils_to_cross,
    rate_above,
    rate_after_selection,
    risk_behind,
    start_cohorts,
    start_exam,
    start_myopia,
    transfers_explaining,
)


def test_from_39_to_42_graduates_takes_posts_of_a_twentieth_of_the_staff():
    """0.03 N / 0.58 = 5.2 % of N, worked by hand."""
    posts = 1000 * 0.03 / 0.58
    later = next_teachers(390, 610, leaving_qualified_pct=0, leaving_others_pct=0, new_posts=posts)
    assert later["qualified_pct"] == pytest.approx(42)


@given(st.floats(40, 150), st.lists(st.floats(0, 5), min_size=1, max_size=9))
def test_transfers_and_dropout_multiply_to_the_retention(retention, dropout):
    net = transfers_explaining(retention, np.array(dropout))
    made = np.prod(1 - np.array(dropout) / 100 + net / 100)
    assert 100 * made == pytest.approx(retention, rel=1e-9)


@given(st.floats(40, 150), st.floats(0, 5))
def test_with_one_dropout_rate_transfers_have_a_closed_form(retention, dropout):
    net = transfers_explaining(retention, np.full(8, dropout))
    assert net == pytest.approx(100 * ((retention / 100) ** (1 / 8) - 1) + dropout, abs=1e-9)


def test_a_retention_above_100_is_net_arrivals():
    assert transfers_explaining(104, np.zeros(8)) > 0 > transfers_explaining(93, np.zeros(8))


@given(st.floats(60, 120), st.floats(0, 2), st.floats(0, 4))
def test_a_settled_city_keeps_its_retention(retention, primary, junior):
    state = start_cohorts(np.full(9, 500.0), retention, primary, junior)
    later = next_cohorts(**state, dropout_primary_pct=primary, dropout_junior_pct=junior)
    assert later["retention_pct"] == pytest.approx(retention, rel=1e-9)


def test_what_can_still_be_moved_is_the_dropout_of_the_years_left():
    """One junior step is left to the cohort in grade 8: 93 / 0.99 where 1 % drop out in it."""
    state = start_cohorts(np.full(9, 1000.0), 93, 0, 1)
    later = next_cohorts(
        **state, dropout_primary_pct=0, dropout_junior_pct=1, dropout_prevented_pct=100
    )
    step = 1 - 0.01 + state["transfers_pct"] / 100
    assert later["retention_pct"] == pytest.approx(93 * (step + 0.01) / step)


def test_no_more_children_come_back_than_are_away():
    state = start_cohorts(np.full(9, 1000.0), 93, 0, 1)
    later = next_cohorts(**state, dropout_primary_pct=0, dropout_junior_pct=1, returned=1e6)
    assert later["away"][-3:] == pytest.approx([0, 0, 0])
    assert later["pupils"][-1] < 1000


@given(st.floats(20, 95), st.floats(5, 30), st.floats(30, 70), st.floats(5, 25))
def test_two_rates_give_back_their_distribution(mean, spread, cut, above):
    rates = rate_above(mean, spread, cut), rate_above(mean, spread, cut + above)
    assume(0.001 < rates[1] < rates[0] < 99.999)
    found = mean_and_spread(rates[0], cut, rates[1], cut + above)
    assert found[0] == pytest.approx(mean, rel=1e-5)
    assert found[1] == pytest.approx(spread, rel=1e-5)


def test_a_harder_paper_lowers_pass_and_excellence_and_does_not_last():
    state = start_exam(80, 30, 60, 85, 40)
    usual, harder = next_exam(**state), next_exam(**state, paper_harder=5)
    assert usual["pass_pct"] == pytest.approx(80)
    assert usual["excellence_pct"] == pytest.approx(30)
    assert harder["pass_pct"] < 80
    assert harder["excellence_pct"] < 30
    assert harder["low_pct"] > usual["low_pct"]
    assert harder["mean"] == usual["mean"]


def test_the_low_score_rate_is_what_lies_below_its_cut():
    """Mean 70, spread 10: 0.135 % lie three standard deviations below."""
    assert next_exam(70, 10, 60, 80, 40)["low_pct"] == pytest.approx(0.1349898)


def test_pupils_cross_in_the_order_of_what_they_lack():
    scores, counts = [55, 57, 59, 60], [10, 10, 10, 70]
    assert pupils_to_cross(scores, counts, cut=60, needed=70) == (0, 0.0)
    assert pupils_to_cross(scores, counts, cut=60, needed=80) == (10, 1.0)
    assert pupils_to_cross(scores, counts, cut=60, needed=81) == (11, 3.0)
    assert pupils_to_cross(scores, counts, cut=60, needed=smallest_count_for(100, 100)) == (30, 5.0)
    with pytest.raises(DataError, match="nobody can do that"):
        pupils_to_cross(scores, counts, cut=60, needed=101)


@pytest.mark.parametrize("counts", [[5.5, 69.5], [5.5, 75.0]])
def test_pupils_who_cross_are_whole(counts):
    """Of 5.5 below the line six would have to cross."""
    with pytest.raises(DataError, match="expected whole numbers of pupils"):
        pupils_to_cross([50, 60], counts, cut=60, needed=75)


@pytest.mark.parametrize(
    ("rates", "words"),
    [((100, 60, 50, 85), "at its limit"), ((50, 60, 60, 85), "fewer pupils above the higher cut")],
)
def test_rates_of_no_one_distribution_are_refused(rates, words):
    with pytest.raises(DataError, match=words):
        mean_and_spread(*rates)


def test_the_nation_of_2020_is_near_a_constant_risk():
    """Published beside 52.7 overall and 12.9 in grade 1: primary 35.6, senior 80.5."""
    grades = start_myopia(52.7, 12.9)["by_grade"]
    assert grades.mean() == pytest.approx(52.7)
    assert grades[:6].mean() == pytest.approx(35.6, abs=0.5)
    # The risk is higher in junior grades than a constant one, so the last grades come out lower.
    assert 73 < grades[9:].mean() < 80.5


def test_the_fastest_fall_is_last_grade_less_first_over_the_grades():
    """(80.5 - 12.9) / 12 = 5.63; in two years the two oldest grades leave."""
    grades = np.linspace(12.9, 80.5, 12)
    assert fastest_fall(grades) == pytest.approx((80.5 - 12.9) / 12)
    assert fastest_fall(grades, 2) == pytest.approx((grades[-1] + grades[-2] - 2 * 12.9) / 12)


def test_five_points_a_year_need_nearly_all_new_cases_gone_and_five_percent_half_of_them():
    """With national ends of 2020 a fall of 5 points is 89 % of 5.63, one of 2.64 is 47 %."""
    grades = np.linspace(12.9, 80.5, 12)
    risk = 100 * (grades[1:] - grades[:-1]).sum() / (100 - grades[:-1]).sum()
    for cut, fall in ((88.8, 5), (46.8, 0.05 * 52.7)):
        later = next_myopia(grades, risk, new_cases_cut_pct=cut)
        assert grades.mean() - later["overall_pct"] == pytest.approx(fall, abs=0.006)


def test_myopia_does_not_heal():
    state = start_myopia(50, 10)
    later = next_myopia(**state, new_cases_cut_pct=100)
    assert later["by_grade"][1:] == pytest.approx(state["by_grade"][:-1])


@given(st.floats(20, 80), st.floats(1, 20))
def test_a_settled_city_keeps_its_myopia(overall, first):
    assume(first <= overall)
    assert next_myopia(**start_myopia(overall, first))["overall_pct"] == pytest.approx(overall)


def test_a_first_grade_worse_than_all_together_is_refused():
    with pytest.raises(DataError, match="the same grades"):
        risk_behind(20, 30)


def test_pure_selection_moves_80_to_88_point_9_with_nobody_learning_more():
    assert rate_after_selection(80, 50, 48) == pytest.approx(4000 / 48)
    assert rate_after_selection(80, 50, 45) == pytest.approx(4000 / 45)


def test_without_selection_a_split_moves_nothing():
    assert rate_after_selection(80, 50, 30, 0) == pytest.approx(80)


@given(st.floats(-20, 20), st.floats(0.01, 5))
def test_growth_above_both_rules_lets_both_rise(pupils, extra):
    state = start_spending(1000.0, 100.0)
    growth = max(pupils, 0.0) + extra
    later = next_spending(**state, pupils_change_pct=pupils, growth_pct=growth)
    assert later["spending"] > 1000
    assert later["per_pupil"] > 10
    at_most = next_spending(**state, pupils_change_pct=pupils, growth_pct=growth - extra)
    assert at_most["spending"] <= 1000 * (1 + 1e-12) or at_most["per_pupil"] <= 10 * (1 + 1e-12)


def test_published_spending_of_a_city_grew_by_a_tenth():
    """15.2 hundred million yuan over 76,000 pupils after 14 over 80,000."""
    later = next_spending(1.4e9, 80_000, pupils_change_pct=-5, growth_pct=100 * (15.2 / 14 - 1))
    assert later["per_pupil"] == pytest.approx(15.2e8 / 76_000)
