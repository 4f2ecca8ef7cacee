"""What stretch of time a printed year means."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.errors import DataError
from edu_metrics.observations import validate
from edu_metrics.observations.printed import read_period


@pytest.mark.parametrize(
    ("printed", "rule", "read"),
    [
        ("2020", None, (2020, "year")),
        ("2023-24", "starts", (2023, "school_year")),
        ("2023-24", "ends", (2024, "school_year")),
        ("2020/2021学年", "ends", (2021, "school_year")),
        ("２０２０—２０２１学年度", "starts", (2020, "school_year")),
        ("1999-00", "ends", (2000, "school_year")),
        ("2020-H1", None, (2020, "h1")),
        ("2020年下半年", None, (2020, "h2")),
        ("2020-05", None, (2020, "m05")),
        ("2020年12月", None, (2020, "m12")),
    ],
)
def test_a_printed_period_is_read(printed, rule, read):
    assert read_period(printed, rule) == read


@pytest.mark.parametrize(
    "printed",
    [
        "20",
        "2020-13",
        "2020-22",
        "2020-2022",
        "2020-H3",
        "2020年13月",
        "2020.5",
        "",
        "一",
        "200506",
        "201820",
        "9999999999",
        "1899",
        "2101",
        "2100-01x",
        "0001",
    ],
)
def test_what_is_no_period_is_not_read(printed):
    assert read_period(printed, "ends") is None


def test_a_school_year_needs_the_studys_rule():
    assert read_period("2023-24") is None


@given(st.integers(1913, 2098))
def test_a_school_year_ends_in_the_year_after_it_starts_however_it_is_printed(year):
    short = f"{(year + 1) % 100:02}"
    forms = [f"{year}-{short}", f"{year}/{year + 1}学年", f"{year}{year + 1}"]
    # 200506 may as well be June: it is refused.
    forms += [f"{year}{short}"] if not 1 <= int(short) <= 12 else []
    for printed in forms:
        if read_period(printed, "starts")[1] == "school_year":
            assert read_period(printed, "starts")[0] == year
            assert read_period(printed, "ends")[0] == year + 1


def test_halves_of_a_year_stand_side_by_side(rows, catalog):
    halves = [rows(("east", 2020, "population", n), period=f"h{n}") for n in (1, 2)]
    table = validate(pd.concat(halves), catalog)
    assert table[["period", "value"]].to_numpy().tolist() == [["h1", 1], ["h2", 2]]


def test_a_calendar_and_a_school_year_for_one_year_are_refused(rows, catalog):
    both = [rows(("east", 2020, "population", 5), period=p) for p in ("year", "school_year")]
    with pytest.raises(DataError) as caught:
        validate(pd.concat(both), catalog)
    assert "found both for one year; 2 rows: east 2020 population 5" in caught.value.faults[0]


def test_another_word_for_a_period_is_refused(rows, catalog):
    with pytest.raises(DataError) as caught:
        validate(rows(("east", 2020, "population", 5), period="spring"), catalog)
    assert "period: expected one of year, h1" in caught.value.faults[0]


def test_a_year_in_which_the_area_did_not_exist_is_refused(rows, catalog):
    area = next(one for one in catalog.areas.values() if one.valid_from or one.valid_to)
    inside = area.valid_from or area.valid_to
    outside = area.valid_from - 1 if area.valid_from else area.valid_to + 1
    assert len(validate(rows((area.id, inside, "population", 5)), catalog)) == 1
    with pytest.raises(DataError) as caught:
        validate(rows((area.id, outside, "population", 5)), catalog)
    assert "year: expected one in which the area exists" in caught.value.faults[0]
