"""A plan's paces beside those of the areas above: held against the printed figures themselves."""

from __future__ import annotations

import re

import pytest

from edu_metrics.report.beside import _a_year, _answer, show_beside, show_documents_to_ask
from edu_metrics.report.bulletin import show_bulletin


def rows(report):
    return {row.target: row for row in report.tables["beside"].itertuples()}


def test_a_rate_of_a_larger_whole_is_not_compared_with(opened):
    """The Ministry printed 81.02 % of the teachers of primary and junior schools together."""
    found = rows(opened("wuhai", "wuhai"))
    assert not {"T06_primary_bachelor", "T07_junior_bachelor"} & set(found)
    indicators = {row.target: row.series for row in found.values()}
    assert "compulsory_teachers_bachelor_share" not in indicators.values()


def test_the_plan_is_faster_than_the_nation_with_retention(opened):
    """93 to 95 % in two years; the communiques print 95.2 % for 2020 and 95.5 % for 2022."""
    row = rows(opened("wuhai", "wuhai"))["T02_retention"]
    assert (row.asked_pace, row.answer) == (1.0, "faster")
    assert row.area_pace == pytest.approx((95.5 - 95.2) / 2)


def test_a_fall_is_not_called_faster_than_a_rise(opened):
    """5 % of the year before; the Commission printed 50.2 % for 2019 and 51.9 % for 2022."""
    row = rows(opened("wuhai", "wuhai"))["A03e_myopia"]
    assert (row.asked_pace, row.relative, row.answer) == (-5.0, True, "opposite")
    assert 50.2 * (1 + row.area_pace / 100) ** 3 == pytest.approx(51.9)


@pytest.mark.slow
def test_before_the_plans_years_as_many_years_before_stand_beside_it(opened):
    """In December 2020 retention was printed to 2019: 93.8 % in 2017 and 94.8 % in 2019."""
    row = rows(opened("wuhai_2020", "wuhai"))["T02_retention"]
    assert (row.first, row.last) == (2017, 2019)
    assert row.area_pace == pytest.approx((94.8 - 93.8) / 2)


@pytest.mark.parametrize(
    ("asked", "moved", "answer"),
    [
        (2.5, 3.3, "slower"),
        (2.5, 2.5, "alike"),
        (2.5, 2.44, "faster"),
        (-5.0, -6.0, "slower"),
        (-5.0, -4.0, "faster"),
        (-5.0, 1.0, "opposite"),
        (2.0, -1.0, "opposite"),
        (2.0, -0.01, "faster"),
        (0.02, -0.02, "alike"),
        (-0.02, 0.9, "opposite"),
    ],
)
def test_faster_is_further_in_the_plans_own_direction(asked, moved, answer):
    assert _answer({"asked_pace": asked, "area_pace": moved}) == answer


def test_a_pace_is_the_mean_change_between_the_ends():
    assert _a_year({2020: 85, 2021: 87, 2022: 90}, relative=False) == 2.5
    assert _a_year({2020: 50.0, 2022: 45.125}, relative=True) == pytest.approx(-5)
    assert _a_year({2020: 50.0}, relative=False) == 0


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("zh", "计划规定每年+1.0个百分点，快于全国2020—2022年的每年+0.15个百分点。"),
        ("zh", "计划规定每年−5.0%（比上年），而全国2019—2022年每年+1.1%（比上年），方向相反。"),
        ("en", "the plan's +1.0 points a year is faster than the +0.15 points of China"),
        ("en", "The plan's paces beside those of China"),
    ],
)
@pytest.mark.parametrize("area", ["wuhai", "hainan"])
def test_the_first_page_says_it_although_the_place_has_no_data(opened, area, lang, sentence):
    report = opened("wuhai", area, lang)
    told = re.sub(r"<[^>]+>", "", show_bulletin(report).text).replace("&#x27;", "'")
    assert sentence in told
    assert "乌海政办发〔2022〕17号" in told


def test_a_document_is_not_asked_for_before_it_was_written(opened):
    assert show_documents_to_ask(opened("wuhai_2020", "wuhai")).text == ""


@pytest.mark.slow
def test_where_nothing_lies_above_nothing_is_shown(opened):
    assert show_beside(opened("mock_city", "mock_city")).text == ""
