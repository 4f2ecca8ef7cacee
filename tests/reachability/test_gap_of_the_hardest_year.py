"""A level due sooner asks for a faster pace; persons and institutions come whole."""

import pytest

PAST = {2017: 900, 2018: 910, 2019: 920, 2020: 930}


def test_the_same_level_in_both_years_is_asked_of_the_first(judge, promise, rates):
    # 93 -> above 95 already in 2021: two points in one year, not one a year over two.
    levels = [{"type": "level", "at": {2021: ">95", 2022: ">95"}}]
    assert judge(promise(levels), [rates(PAST)]).required_pace == 2


def test_a_later_and_higher_level_may_be_the_harder_one(judge, promise, rates):
    # 93 -> 94 asks for 1 in the first year, 93 -> 97 for 2 a year over two.
    levels = [{"type": "level", "at": {2021: ">=94", 2022: ">=97"}}]
    assert judge(promise(levels), [rates(PAST)]).required_pace == 2


def test_a_falling_level_asks_for_its_steepest_year(judge, promise, rates, cells):
    # 10 % -> 6 % in 2021 asks for -4; 10 % -> 5 % in 2022 for only -2.5 a year.
    levels = [{"type": "level", "at": {2021: "<=6", 2022: "<=5"}}]
    rows = [cells("failed", {2019: 110, 2020: 100}), rates({2019: 890, 2020: 900})]
    found = judge(promise(levels, indicator="fail_rate"), rows)
    assert found.required_pace == -4


def test_twenty_percent_more_of_22_schools_are_27_not_26_point_4(judge, promise, cells):
    growth = [{"type": "total_change", "unit": "percent", "change": [">=20"]}]
    target = promise(growth, indicator="number_of_schools", steps=[2])
    found = judge(target, [cells("schools", {2018: 20, 2019: 21, 2020: 22})])
    assert (str(found.level), found.gap) == ("≥ 27", 5)
    # The plan counts 4.4 schools; five of them have to open in two years.
    assert found.required_pace == 2.5


@pytest.mark.parametrize(
    ("change", "now", "level", "pace"),
    [
        ({"unit": "percent", "change": [">=5"]}, 8, "≥ 9", 0.5),
        ({"unit": "percent", "change": [">5"]}, 20, "≥ 22", 1),
        ({"unit": "points", "change": [">2"]}, 8, "≥ 11", 1.5),
        ({"unit": "percent", "change": ["<=-10"]}, 22, "≤ 19", -1.5),
    ],
)
def test_the_pace_of_a_count_is_that_of_the_whole_units_needed(
    judge, promise, cells, change, now, level, pace
):
    target = promise([{"type": "total_change", **change}], indicator="number_of_schools", steps=[2])
    found = judge(target, [cells("schools", {2018: now, 2019: now, 2020: now})])
    assert (str(found.level), found.required_pace, found.gap) == (level, pace, 2 * abs(pace))


def test_what_is_there_already_needs_no_pace_in_any_year(judge, promise, rates, cells):
    levels = [{"type": "level", "at": {2021: ">=90", 2022: ">=92"}}]
    found = judge(promise(levels), [rates(PAST)])
    assert (found.gap, found.required_pace, found.people) == (-1, 0, 0)
    rows = [cells("failed", {2019: 90, 2020: 40}), rates({2019: 910, 2020: 960})]
    levels = [{"type": "level", "at": {2022: "<=5"}}]
    found = judge(promise(levels, indicator="fail_rate"), rows)
    assert (found.gap, found.required_pace, found.people) == (-1, 0, 0)
