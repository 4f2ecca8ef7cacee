from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edu_metrics.simulation import subjects
from edu_metrics.simulation.subjects import invent, myopic_by_grade, raise_children


@pytest.fixture
def numbers(city):
    return {name: values for sheet in invent(city) for name, values in sheet.numbers.items()}


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        ("children_public_kindergartens", "children_inclusive_kindergartens"),
        ("children_inclusive_kindergartens", "children_kindergartens"),
        ("children_kindergartens", "population_age_3_5"),
        ("kindergartens_region_model", "kindergartens_city_model"),
        ("kindergartens_city_model", "kindergartens"),
        ("three_types_children", "disabled_children"),
        ("three_types_children_enrolled", "disabled_children_enrolled"),
        ("candidates_admitted_double_first_class", "candidates_at_bachelor_line"),
        ("candidates_at_bachelor_line", "candidates_gaokao"),
        ("teachers_city_run_senior", "teachers_senior"),
        ("teachers_city_run_senior_graduate", "teachers_senior_graduate"),
        ("hires_top_university", "hires"),
        ("large_classes", "classes"),
        ("children_screened", "pupils"),
    ],
)
def test_a_part_lies_within_its_whole(numbers, part, whole):
    assert (numbers[part] <= numbers[whole]).all()


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        (
            "students_senior_stage",
            ("students_general_senior", "students_vocational_senior"),
        ),
        (
            "teachers",
            (
                "teachers_primary",
                "teachers_junior",
                "teachers_senior",
                "teachers_public_kindergartens",
                "teachers_private_kindergartens",
            ),
        ),
    ],
)
def test_a_whole_is_the_sum_of_its_parts(numbers, whole, parts):
    assert np.array_equal(numbers[whole], sum(numbers[part] for part in parts))


def test_pupils_of_all_stages_are_counted_once(city, numbers):
    compulsory = raise_children(city).grades(city.years, 1, 9)
    stages = numbers["children_kindergartens"] + compulsory + numbers["students_senior_stage"]
    assert np.array_equal(numbers["pupils"], stages)


def test_schools_are_those_of_the_catalog(city, numbers):
    assert numbers["schools"].tolist() == [[4, 2, 2]] * len(city.years)


def test_myopia_does_not_reverse(city):
    shocks = 0.5 * city.stream("x").standard_normal((len(city.years), 1))
    myopic = myopic_by_grade(city, shocks)
    assert (myopic[1:, :, 1:] >= myopic[:-1, :, :-1]).all()
    assert (np.diff(myopic, axis=2) > 0).all()
    assert (myopic <= 1).all()


def test_a_year_of_higher_risk_leaves_more_children_myopic_for_good(city):
    calm, hard = np.zeros((len(city.years), 1)), np.zeros((len(city.years), 1))
    hard[2] = 1.0
    apart = myopic_by_grade(city, hard) - myopic_by_grade(city, calm)
    assert apart[:2].max() == 0
    assert (apart[2, :, 1:] > 0).all()
    # A year on, all are a grade further: who entered after the hard year is like any other.
    assert apart[3, :, :2].max() == 0
    assert (apart[3, :, 2:] > 0).all()


def test_fewer_places_in_general_schools_lift_the_entrance_exam(city, monkeypatch):
    monkeypatch.setattr(subjects, "_SELECTION", 60.0)
    monkeypatch.setattr(subjects, "_LINE_STEP", 0.0)
    long = replace(city, last_year=city.first_year + 19)
    children = raise_children(long)
    students = subjects.send_to_senior_schools(long, children)
    exam = subjects.entrance_exam_sheet(long, students)
    # Who sits the exam in a summer entered three autumns before.
    general, vocational = (kind[:-3, :, 0] for kind in (students.general, students.vocational))
    entered = general / (general + vocational)
    rate = exam.numbers["candidates_at_bachelor_line"] / exam.numbers["candidates_gaokao"]
    assert np.corrcoef(entered.ravel(), rate.ravel())[0, 1] < -0.7


def test_candidates_are_those_who_were_in_the_last_year_and_some_repeaters(city, monkeypatch):
    monkeypatch.setattr(subjects, "_SITTING", 1.0)
    monkeypatch.setattr(subjects, "_REPEATING", 0.0)
    children = raise_children(city)
    students = subjects.send_to_senior_schools(city, children)
    exam = subjects.entrance_exam_sheet(city, students)
    last_autumn = students.general[2:-1, :, 2]
    assert np.array_equal(exam.numbers["candidates_gaokao"], last_autumn)


def test_constant_prices_are_those_of_the_first_year(numbers):
    nominal = numbers["education_budget_spending"]
    real = numbers["education_budget_spending_real"]
    assert np.array_equal(nominal[0], real[0])


def test_prices_rise_for_all_districts_alike(city, monkeypatch):
    monkeypatch.setattr(subjects, "_INFLATION", 0.05)
    monkeypatch.setattr(subjects, "_INFLATION_STEP", 0.0)
    sheet = subjects.money_sheet(city, np.full((len(city.years), 3), 100_000_000))
    ratio = (
        sheet.numbers["education_budget_spending"] / sheet.numbers["education_budget_spending_real"]
    )
    assert ratio[:, 0] == pytest.approx(np.exp(0.05 * np.arange(len(city.years))), rel=1e-6)
    assert ratio == pytest.approx(np.repeat(ratio[:, [0]], 3, axis=1), rel=1e-6)
