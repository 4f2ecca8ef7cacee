"""Numbers, probabilities and dates are printed alike everywhere, and the odd ones too."""

from __future__ import annotations

import calendar
import datetime as dt
from string import Formatter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import ReportError
from edu_metrics.words import amount, date, in_year, number, probability, say, signed, texts

NAN = float("nan")
INFINITE = float("inf")
REAL = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


def read_back(shown: str) -> float:
    return float(shown.replace("−", "-").replace(",", "").replace("+", ""))


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (0, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.05001, 1, "−0.1"),
        (-0.4, 0, "0"),
        (999.95, 1, "1,000.0"),
        (1234567.891, 2, "1,234,567.89"),
        (-1234567.891, 0, "−1,234,568"),
        (1e15, 0, "1,000,000,000,000,000"),
        (INFINITE, 1, "∞"),
        (-INFINITE, 1, "−∞"),
        (None, 1, "—"),
        (NAN, 1, "—"),
        (np.float64("nan"), 1, "—"),
        (np.int64(-3), 0, "−3"),
    ],
)
def test_a_number_has_a_true_minus_and_groups_of_three(value, decimals, shown):
    assert number(value, decimals) == shown


@given(REAL, st.integers(min_value=0, max_value=4))
def test_a_printed_number_is_off_by_half_its_last_digit_at_most(value, decimals):
    error = abs(read_back(number(value, decimals)) - value)
    assert error <= 0.5 * 10**-decimals + abs(value) * 1e-15


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (2.5, 1, "+2.5"),
        (-2.5, 1, "−2.5"),
        (0.04, 1, "0.0"),
        (-0.04, 1, "0.0"),
        (-0.0, 1, "0.0"),
        (0.004, 3, "+0.004"),
        (12345.6, 0, "+12,346"),
        (INFINITE, 1, "+∞"),
        (-INFINITE, 1, "−∞"),
        (None, 1, "—"),
        (NAN, 1, "—"),
    ],
)
def test_a_change_has_its_sign_and_what_rounds_to_zero_has_none(value, decimals, shown):
    assert signed(value, decimals) == shown


@given(REAL)
def test_a_change_and_its_opposite_differ_in_the_sign_only(value):
    assert signed(value).lstrip("+−") == signed(-value).lstrip("+−")
    assert signed(value).count("+") == signed(-value).count("−")


@pytest.mark.parametrize(
    ("value", "en", "zh"),
    [
        (0.0, "at most 1 %", "至多1%"),
        (0.01, "at most 1 %", "至多1%"),
        (0.0101, "1 %", "1%"),
        (0.5, "50 %", "50%"),
        (0.7949, "79 %", "79%"),
        (0.8, "at least 80 %", "至少80%"),
        (0.999, "at least 80 %", "至少80%"),
        (1.0, "at least 80 %", "至少80%"),
        (None, "—", "—"),
        (NAN, "—", "—"),
    ],
)
def test_a_probability_beyond_what_is_borne_out_is_said_to_be_beyond_it(value, en, zh):
    assert probability(value, "en", floor=0.01, cap=0.8) == en
    assert probability(value, "zh", floor=0.01, cap=0.8) == zh


def test_a_year_stands_behind_its_value_as_the_language_does_it():
    assert (in_year("50%", 2020, "zh"), in_year("50 %", 2020, "en")) == (
        "50%（2020年）",
        "50 % (2020)",
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quotation_marks_inside_others_are_single(lang):
    (key, *_) = [key for key in texts() if "“{title}”" in texts()[key][lang]]
    fields = {name: "x" for _, name, _, _ in Formatter().parse(texts()[key][lang]) if name}
    told = say(key, lang, **fields | {"title": "“A” and “B”"})
    assert "“‘A’ and ‘B’”" in told


def test_quotation_marks_side_by_side_or_unpaired_stay():
    assert say("report.because_no_data", "en", quantities="“A”, “B”", years="“C") == (
        "Missing: “A”, “B” (“C)"
    )


@pytest.mark.parametrize("value", [-0.01, 1.01, 34.2, INFINITE])
def test_a_percentage_is_no_probability(value):
    with pytest.raises(ReportError, match="from 0 to 1"):
        probability(value, "en", floor=0.01, cap=0.8)


@pytest.mark.parametrize(
    ("value", "unit", "zh", "en"),
    [
        (93.44, "percent", "93.4%", "93.4 %"),
        (100, "percent", "100.0%", "100.0 %"),
        (12, "persons", "12人", "12 persons"),
        (1234567.0, "persons", "123.46万人", "1.23 million persons"),
        (12.5, "persons", "12.5人", "12.5 persons"),
        (-0.0, "persons", "0人", "0 persons"),
        (3, "count", "3个", "3"),
        (1.05, "ratio", "1.05", "1.05"),
        # Money: in a large unit of the language from a million on, with three or four digits.
        (999_999, "yuan", "999,999元", "999,999 yuan"),
        (1_000_000, "yuan", "100万元", "1 million yuan"),
        (8_116_666.70, "yuan", "811.7万元", "8.12 million yuan"),
        (99_990_000, "yuan", "9,999万元", "100 million yuan"),
        (100_000_000, "yuan", "1亿元", "100 million yuan"),
        (480_400_000, "yuan", "4.80亿元", "480 million yuan"),
        (1.326e9, "yuan", "13.26亿元", "1.33 billion yuan"),
        (6.0997e10, "yuan", "610.0亿元", "61.0 billion yuan"),
        (9.999e11, "yuan", "9,999亿元", "1,000 billion yuan"),
        (2.662506e12, "yuan", "2.66万亿元", "2.66 trillion yuan"),
        (-25_500_000, "yuan", "−2,550万元", "−25.5 million yuan"),
        (0, "yuan", "0元", "0 yuan"),
        (12_345.678, "yuan_per_pupil", "12,346元/生", "12,346 yuan per pupil"),
        (707.604, "yuan_per_pupil", "707.6元/生", "707.6 yuan per pupil"),
        # Persons in ten thousands, and what is counted with a decimal at most.
        (99_999, "persons", "99,999人", "99,999 persons"),
        (107_253_500, "persons", "10,725.35万人", "107.3 million persons"),
        (123_456, "persons", "12.35万人", "123,456 persons"),
        (-0.3, "persons", "−0.3人", "−0.3 persons"),
        (12.724, "pupils_per_teacher", "12.72生/师", "12.72 pupils a teacher"),
        (None, "yuan", "—", "—"),
        (NAN, "percent", "—", "—"),
        (INFINITE, "percent", "∞%", "∞ %"),
    ],
)
def test_an_amount_is_printed_in_its_unit(value, unit, zh, en):
    assert (amount(value, unit, "zh"), amount(value, unit, "en")) == (zh, en)


def test_an_amount_of_an_unknown_unit_is_refused():
    with pytest.raises(ReportError, match=r"no unit 'furlongs'.*units\.yaml"):
        amount(3, "furlongs", "en")


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (dt.date(2020, 12, 2), "2020年12月2日", "2 December 2020"),
        (dt.date(2021, 1, 31), "2021年1月31日", "31 January 2021"),
        (dt.datetime(2019, 5, 9, 23, 59), "2019年5月9日", "9 May 2019"),
    ],
)
def test_a_date_is_printed_as_the_language_does(value, zh, en):
    assert (date(value, "zh"), date(value, "en")) == (zh, en)


def test_month_names_do_not_come_from_the_machine(monkeypatch):
    monkeypatch.setattr(dt, "date", type("Foreign", (dt.date,), {"__format__": lambda *_: "Mai"}))
    assert date(dt.date(2020, 5, 2), "en") == "2 May 2020"


def test_every_month_has_its_english_name():
    shown = [date(dt.date(2020, month, 1), "en") for month in range(1, 13)]
    assert shown == [f"1 {name} 2020" for name in calendar.month_name[1:]]


def test_a_text_is_filled_in():
    assert say("report.in_points", "en", value="2.00") == "2.00 points"


def test_braces_in_what_is_filled_in_are_left_alone():
    assert say("report.in_points", "en", value="{x}") == "{x} points"


@pytest.mark.parametrize(
    ("key", "lang"), [("report.nothing_at_all", "en"), ("met", "en"), ("verdict.met", "de")]
)
def test_a_text_that_does_not_exist_is_refused_by_name(key, lang):
    with pytest.raises(ReportError, match=f"no text '{key}' in language '{lang}'"):
        say(key, lang)


@pytest.mark.parametrize("values", [{}, {"amount": 3}])
def test_a_text_with_nothing_to_fill_it_in_is_refused(values):
    with pytest.raises(ReportError, match=r"the text 'report\.in_points' needs 'value'"):
        say("report.in_points", "en", **values)


def test_the_texts_can_not_be_changed():
    with pytest.raises(TypeError):
        texts()["verdict.met"] = {}
    with pytest.raises(TypeError):
        texts()["verdict.met"]["en"] = "kept"
