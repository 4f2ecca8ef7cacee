"""Which of several vintages is in force on a day."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edu_metrics.observations import COLUMNS, known_by
from edu_metrics.observations.table import show_rows

MARCH, JULY, OCTOBER = (dt.date(2021, month, 1) for month in (3, 7, 10))


def revised(table):
    return pd.concat(
        [
            table(("east", 2020, "population", 10), vintage=str(MARCH)),
            table(("east", 2020, "population", 12), vintage=str(JULY)),
        ]
    )


def test_before_the_first_publication_nothing_is_known(table):
    assert len(known_by(revised(table), dt.date(2021, 2, 28))) == 0


def test_a_number_is_known_on_the_day_it_is_published(table):
    assert known_by(revised(table), MARCH)["value"].tolist() == [10]


def test_the_first_figure_stands_until_the_day_before_its_revision(table):
    assert known_by(revised(table), dt.date(2021, 6, 30))["value"].tolist() == [10]
    assert known_by(revised(table), JULY)["value"].tolist() == [12]


def test_a_withdrawn_number_does_not_come_back_from_its_first_vintage(table):
    withdrawn = table(("east", 2020, "population", None), status="suppressed", vintage=str(OCTOBER))
    known = known_by(pd.concat([revised(table), withdrawn]), OCTOBER)
    assert known["status"].tolist() == ["suppressed"]


def test_groups_are_revised_apart(table):
    whole = revised(table)
    girls = table(("east", 2020, "population", 4), group="girls", vintage=str(MARCH))
    known = known_by(pd.concat([whole, girls]), JULY)
    assert dict(zip(known["group"], known["value"], strict=True)) == {"all": 12, "girls": 4}


OBSERVED = st.lists(
    st.tuples(
        st.sampled_from(["east", "west"]),
        st.integers(2018, 2020),
        st.sampled_from([MARCH, JULY, OCTOBER]),
    ),
    unique=True,
    min_size=1,
)


@pytest.mark.slow
@given(observed=OBSERVED, first=st.dates(MARCH, OCTOBER), wait=st.integers(0, 300))
def test_time_only_adds_to_what_is_known_and_only_brings_newer_vintages(
    rows, observed, first, wait
):
    given_rows = rows(
        *[(area, year, "population", place) for place, (area, year, _) in enumerate(observed)]
    ).assign(vintage=pd.to_datetime([day for *_, day in observed]))
    early, late = (
        known_by(given_rows, day).set_index(["area", "year"])["vintage"]
        for day in (first, first + dt.timedelta(days=wait))
    )
    assert early.index.isin(late.index).all()
    assert (late.loc[early.index] >= early).all()
    # Once more, row by row: the latest vintage of each that is not later than the day.
    expected = {
        (area, year): max(day for *cell, day in observed if cell == [area, year] and day <= first)
        for area, year, published in observed
        if published <= first
    }
    assert {cell: day.date() for cell, day in early.items()} == expected


def test_the_columns_of_what_is_known_are_those_of_the_table(table):
    assert tuple(known_by(revised(table), JULY)) == COLUMNS


def test_a_fault_shows_five_rows_and_counts_the_others(rows):
    seven = rows(*[("east", 2010 + place, "population", 1.5) for place in range(7)])
    shown = show_rows(seven)
    assert shown.startswith("7 rows: east 2010 population 1.5 (yearbook); east 2011")
    assert shown.endswith("east 2014 population 1.5 (yearbook); and 2 more")
