"""Level, gap, paces and people: what can be said without chance."""

import pytest

from edu_metrics.catalog import Plan
from edu_metrics.reachability import Applies
from edu_metrics.reachability.arithmetic import pace_falls_short

AT_95 = [{"type": "level", "at": {2022: ">=95"}}]
ABOVE_95 = [{"type": "level", "at": {2022: ">95"}}]
YEARLY = {"type": "yearly_change", "unit": "points"}
PAST = {2017: 870, 2018: 910, 2019: 900, 2020: 930}


def test_where_the_series_stands_is_told_beside_what_is_asked(judge, promise, rates):
    found = judge(promise(AT_95), [rates(PAST)])
    assert (found.start, found.last_year, found.last_value) == ("observed", 2020, 93)
    assert (str(found.level), found.gap, found.required_pace) == ("≥ 95", 2, 1)
    assert (found.past_pace, found.years_needed, found.people) == (2, 1, 20)
    assert not found.vacuous


def test_a_level_that_has_to_be_passed_takes_one_person_and_one_year_more(judge, promise, rates):
    found = judge(promise(ABOVE_95), [rates(PAST)])
    assert (found.gap, found.people, found.years_needed) == (2, 21, 2)
    at = judge(promise(ABOVE_95), [rates({**PAST, 2020: 950})])
    assert (at.gap, at.people, at.years_needed) == (0, 1, 1)


@pytest.mark.parametrize(("last", "pace"), [(2020, 1), (2018, 0.5), (2017, 0.4), (2014, 0.25)])
def test_the_pace_counts_from_the_year_of_the_last_value_however_old_it_is(
    judge, promise, rates, last, pace
):
    past = {last - back: 930 - 5 * back for back in range(6)}
    found = judge(promise(AT_95), [rates(past)])
    assert (found.last_year, found.gap, found.required_pace) == (last, 2, pace)
    assert ("ended" in found.cautions) == (last < 2018)


def test_what_is_exceeded_has_a_negative_gap_and_asks_for_nothing(judge, promise, rates):
    found = judge(promise(AT_95), [rates({**PAST, 2020: 960})])
    assert (found.gap, found.people, found.years_needed, found.required_pace) == (-1, 0, 0, 0)
    assert found.vacuous


def test_where_less_is_better_the_gap_counts_downwards(judge, promise, rates, cells):
    target = promise([{"type": "level", "at": {2022: "<=5"}}], indicator="fail_rate")
    rows = [cells("failed", {2018: 90, 2020: 70}), rates({2018: 900, 2020: 900})]
    found = judge(target, rows)
    assert (found.last_value, found.gap, found.required_pace) == (7, 2, -1)
    assert (found.past_pace, found.years_needed, found.people) == (-1, 2, 20)


@pytest.mark.parametrize(("level", "years"), [("==95", 1), ("==91", None), ("==93", 0)])
def test_an_exact_level_is_approached_from_either_side(judge, promise, rates, level, years):
    found = judge(promise([{"type": "level", "at": {2022: level}}]), [rates(PAST)])
    assert found.years_needed == years


def test_a_past_that_leads_away_needs_no_number_of_years(judge, promise, rates):
    found = judge(promise(AT_95), [rates({2018: 940, 2020: 930})])
    assert (found.past_pace, found.years_needed) == (-0.5, None)


def test_persons_are_counted_only_behind_a_percentage(judge, promise, cells):
    target = promise([{"type": "level", "at": {2022: "<=18"}}], indicator="pupils_per_teacher")
    rows = [cells("pupils", {2020: 1900}), cells("teachers", {2020: 100})]
    found = judge(target, rows)
    assert (found.last_value, found.gap, found.people) == (19, 1, None)


@pytest.mark.parametrize(
    ("passed", "level", "people"),
    [(306, "≥ 45", 144), (694, "< 55", 145), (450, "≥ 45", 0)],
)
def test_a_level_known_to_so_many_digits_is_reached_where_it_rounds(
    judge, promise, rates, passed, level, people
):
    """Half, to the nearest ten: 45 of a hundred are enough, and 55 round to 60."""
    half = [{"type": "level", "at": {2022: "==50"}, "round_to": 10}]
    found = judge(promise(half), [rates({**PAST, 2020: passed})])
    assert (str(found.level), found.people) == (level, people)


def test_of_what_is_counted_the_gap_is_what_is_short(judge, promise, cells):
    target = promise([{"type": "level", "at": {2022: ">=26.4"}}], indicator="number_of_schools")
    found = judge(target, [cells("schools", {2020: 21})])
    assert (str(found.level), found.people) == ("≥ 27", 6)
    assert judge(target, [cells("schools", {2020: 30})]).people == 0


def test_no_number_of_persons_passes_100_percent(judge, promise, cells):
    target = promise([{"type": "level", "at": {2022: ">=101"}}], indicator="retention")
    rows = [cells("leavers", {2020: 95}), cells("entrants", {2011: 100})]
    found = judge(target, rows)
    assert (found.gap, found.people) == (6, None)


def test_a_gap_ends_with_the_year_in_which_the_target_falls_due(judge, promise, rates):
    found = judge(
        promise(AT_95), [rates({2020: 930, 2021: 940, 2022: 950, 2023: 990})], as_of="2025-01-01"
    )
    assert (found.last_year, found.last_value, found.gap, found.required_pace) == (
        2022,
        95,
        0,
        None,
    )
    assert not found.vacuous


def test_a_level_due_before_the_plan_ends_is_paced_to_its_own_year(judge, promise, rates):
    found = judge(promise([{"type": "level", "at": {2021: ">=95"}}]), [rates(PAST)])
    assert found.required_pace == 2


ADDED = {"type": "sum_over_years", "years": [2019, 2020, 2021, 2022, 2023], "bounds": [">=6000"]}


def test_a_sum_says_what_is_done_what_is_left_and_what_each_year_left_has_to_bring(
    judge, promise, cells
):
    """新增学位6000个, with 1,200 and 1,400 done: 3,400 are left for three years."""
    target = promise([ADDED], indicator="number_of_schools", deadline=2023)
    done = {2017: 900, 2018: 1000, 2019: 1200, 2020: 1400}
    found = judge(target, [cells("schools", done)])
    assert (str(found.total.bound), found.total.so_far, found.gap) == ("≥ 6000", 2600, 3400)
    assert (found.required_pace, found.required_by) == (pytest.approx(3400 / 3), 2023)
    # A year brought 1,300 so far, so that the rest takes three.
    assert (found.past_pace, found.years_needed) == (1300, 3)
    low, high = found.interval
    assert 2600 < low < found.median < high
    # Three more years at about 1,500 each: the interval is that of the sum, not of a year.
    assert 5000 < found.median < 9000


def test_a_sum_that_is_reached_before_its_end_needs_nothing_more(judge, promise, cells):
    target = promise([{**ADDED, "bounds": [">2500"]}], indicator="number_of_schools", deadline=2023)
    found = judge(target, [cells("schools", {2018: 1000, 2019: 1200, 2020: 1400})])
    assert (str(found.total.bound), found.gap, found.required_pace) == ("≥ 2501", -99, 0)
    assert found.years_needed == 0


def test_a_sum_with_a_year_unknown_has_no_sum_so_far(judge, promise, cells):
    target = promise([ADDED], indicator="number_of_schools", deadline=2023)
    found = judge(target, [cells("schools", {2018: 1000, 2020: 1400})])
    assert (found.total.so_far, found.gap, found.required_pace) == (None, None, None)


STATED = {"value": 93, "year": 2020}


def test_a_baseline_that_the_plan_states_is_an_assumed_start_and_no_observation(judge, promise):
    found = judge(promise(AT_95, baseline=STATED))
    assert (found.start, found.last_year, found.last_value) == ("plan_statement", 2020, 93)
    assert (found.gap, found.required_pace) == (2, 1)
    assert (found.verdict, found.probability, found.interval) == ("no_data", None, None)
    assert (found.past_pace, found.people) == (None, None)


def test_an_observation_stands_before_what_the_plan_states(judge, promise, rates):
    found = judge(promise(AT_95, baseline=STATED), [rates({2019: 900})])
    assert (found.start, found.last_year, found.last_value) == ("observed", 2019, 90)


@pytest.mark.parametrize(
    ("as_of", "start"), [("2020-12-01", None), ("2020-12-02", "plan_statement")]
)
def test_before_the_plan_was_issued_nobody_knew_its_baseline(judge, promise, as_of, start):
    found = judge(promise(AT_95, baseline=STATED), as_of=as_of)
    assert (found.start, found.gap is None) == (start, start is None)


def test_a_baseline_that_is_only_about_a_number_is_no_start(judge, promise):
    found = judge(promise(AT_95, baseline={**STATED, "exact": False}))
    assert (found.start, found.gap, str(found.level)) == (None, None, "≥ 95")


def test_a_baseline_speaks_of_the_place_that_the_plan_binds_and_of_no_district(judge, promise):
    found = judge(promise(AT_95, baseline=STATED), area="east")
    assert (found.applies, found.start, found.last_value) == (Applies.AS_IF, None, None)


@pytest.mark.parametrize(
    ("conditions", "steps", "year"),
    [(AT_95, [2], 2020), ([{**YEARLY, "change": [">=1"]}], [2], 2020),
     ([{**YEARLY, "change": [">=1"]}], [3], 2019)],
)  # fmt: skip
def test_a_baseline_without_a_year_is_that_of_the_issue_or_of_the_first_step(
    judge, promise, conditions, steps, year
):
    found = judge(promise(conditions, steps=steps, baseline={"value": 90, "year": None}))
    assert (found.last_year, found.last_value) == (year, 90)
    assert found.level is not None


def plan_of(*targets):
    return Plan.model_validate(
        {
            "id": "plan",
            "title": {"zh": "计划", "en": "Plan"},
            "source": "s",
            "issued": "2020-12-02",
            "first_year": 2020,
            "last_year": 2022,
            "areas": ["city"],
            "targets": targets,
        }
    )


@pytest.mark.parametrize(
    ("change", "year", "value", "text", "short"),
    [
        ([">=5", "<=8"], 2020, 84, ">=100", False),  # 84 + 2 x 8 = 100
        ([">=5", "<=8"], 2020, 83.9, ">=100", True),
        ([">=5", "<=8"], 2020, 84, ">100", True),
        ([">=5", "<=8"], 2021, 91, ">=100", True),
        ([">=5", "<=8"], 2021, 92, ">=100", False),
        ([">=5", "<=8"], 2019, 50, ">=100", False),  # a year of which the promise does not speak
        ([">=5"], 2020, 50, ">=100", False),  # no fastest pace is promised
        (["==5"], 2020, 89, ">=100", True),
        (["<=-3", ">=-5"], 2020, 10, "<=0", False),
        (["<=-3", ">=-5"], 2020, 10.1, "<=0", True),
        ([">=5", "<=8"], 2020, 80, "==97", True),
        ([">=5", "<=8"], 2020, 90, "==97", False),
    ],
)
def test_the_fastest_promised_pace_may_end_short_of_the_level(
    promise, bound, change, year, value, text, short
):
    goal = promise(AT_95, pace="pace")
    plan = plan_of(goal, promise([{**YEARLY, "change": change}], name="pace"))
    assert pace_falls_short(plan, plan.target("goal"), {year: value}, bound(text), 2022) is short


def test_a_target_without_a_promised_pace_never_falls_short_of_it(promise, bound):
    plan = plan_of(promise(AT_95))
    assert not pace_falls_short(plan, plan.target("goal"), {2020: 1}, bound(">=95"), 2022)
