"""A level due sooner asks for a faster pace; persons and institutions come whole."""

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
