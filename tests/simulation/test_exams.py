from __future__ import annotations

from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from edu_metrics.simulation import subjects
from edu_metrics.simulation.subjects import (
    EXCELLENT_FROM,
    LOW_BELOW,
    PASSING_FROM,
    exam_sheet,
    raise_children,
)


@pytest.fixture
def numbers(city):
    sheet = exam_sheet(city, raise_children(city))
    return sheet.numbers


@pytest.mark.parametrize(
    ("indicator", "cut"),
    [
        ("primary_pass_rate", PASSING_FROM),
        ("junior_pass_rate", PASSING_FROM),
        ("upper_primary_excellence_rate", EXCELLENT_FROM),
        ("junior_low_score_rate", LOW_BELOW),
    ],
)
def test_marks_are_cut_where_the_indicators_say(catalog, indicator, cut):
    assert catalog.indicators[indicator].parameters["cut_pct"].value == cut


def test_nobody_is_excellent_without_passing_or_low_while_passing(numbers):
    for band in ("primary", "lower_primary", "upper_primary", "junior"):
        passing = numbers[f"pupils_{band}_passing"]
        assert (numbers[f"pupils_{band}_excellent"] <= passing).all()
        assert (passing <= numbers[f"pupils_{band}_tested"]).all()
    together = numbers["pupils_junior_low_score"] + numbers["pupils_junior_passing"]
    assert (together <= numbers["pupils_junior_tested"]).all()


def test_the_primary_stage_is_its_lower_and_upper_grades(numbers):
    for result in ("tested", "passing", "excellent"):
        both = sum(numbers[f"pupils_{band}_primary_{result}"] for band in ("lower", "upper"))
        assert np.array_equal(numbers[f"pupils_primary_{result}"], both)


def test_every_pupil_of_last_autumn_sits_at_one_school(city, monkeypatch):
    monkeypatch.setattr(subjects, "_TESTED", 1.0)
    children = raise_children(city)
    sheet = exam_sheet(city, children)
    autumn = range(city.first_year - 1, city.last_year)
    ends = np.cumsum([len(schools) for schools in city.schools])[:-1]
    for band, grades in (("lower_primary", (1, 2)), ("upper_primary", (3, 6)), ("junior", (9, 9))):
        by_school = sheet.numbers[f"pupils_{band}_tested"]
        by_district = [part.sum(axis=1) for part in np.split(by_school, ends, axis=1)]
        assert np.array_equal(np.stack(by_district, axis=1), children.grades(autumn, *grades))


def test_without_differences_between_schools_and_years_results_follow_the_normal_law(
    city, monkeypatch
):
    for name in ("_DISTRICT", "_SCHOOL", "_SCHOOL_YEAR"):
        monkeypatch.setattr(subjects, name, 0.0)
    flat = replace(subjects._JUNIOR, mean=66.0, spread=25.0, gain_a_year=0.0, difficulty=0.0)
    monkeypatch.setattr(subjects, "_JUNIOR", flat)
    sheet = exam_sheet(city, raise_children(city))
    law = NormalDist(66, 25)
    number = sheet.numbers["pupils_junior_tested"].sum()
    expected = {"passing": 1 - law.cdf(60), "excellent": 1 - law.cdf(85), "low_score": law.cdf(40)}
    for result, share in expected.items():
        found = sheet.numbers[f"pupils_junior_{result}"].sum() / number
        assert found == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / number))


def test_a_hard_exam_is_hard_at_every_school(city, monkeypatch):
    monkeypatch.setattr(
        subjects, "_JUNIOR", replace(subjects._JUNIOR, difficulty=15.0, gain_a_year=0.0)
    )
    sheet = exam_sheet(city, raise_children(city))
    rates = sheet.numbers["pupils_junior_passing"] / sheet.numbers["pupils_junior_tested"]
    alike = np.corrcoef(rates.T)
    assert alike.min() > 0.8


def test_a_good_school_stays_a_good_school(city, monkeypatch):
    monkeypatch.setattr(subjects, "_SCHOOL", 12.0)
    sheet = exam_sheet(city, raise_children(city))
    rates = sheet.numbers["pupils_junior_passing"] / sheet.numbers["pupils_junior_tested"]
    assert np.corrcoef(rates[0], rates[-1])[0, 1] > 0.8
