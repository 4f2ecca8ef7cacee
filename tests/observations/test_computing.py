"""An indicator from counts, from print, and what is lacking for it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import MissingInput, compute, missing_inputs

COLUMNS = [
    *("area", "year", "value", "lower", "upper", "bound", "numerator", "denominator"),
    *("status", "source", "how"),
]


def test_a_share_is_computed_from_its_counts(catalog, table):
    # 2021年乌海市常住人口主要数据公报 prints 13.35.
    counts = table(("city", 2021, "children", 74_500), ("city", 2021, "population", 558_100))
    series = compute(catalog, "children_share", counts, ["city"])
    assert list(series) == COLUMNS
    (row,) = series.itertuples(index=False)
    assert round(row.value, 2) == 13.35
    assert tuple(row)[6:] == (74_500, 558_100, "reported", "yearbook", "computed")


def test_a_share_of_rounded_counts_lies_between_its_two_ends(catalog, table):
    # 0.4 and 0.5 of a unit of 10 000: 3 500 to 4 500 of 4 500 to 5 500.
    ends = {"lower": [3500, 4500], "upper": [4500, 5500]}
    counts = table(("east", 2020, "children", 4000), ("east", 2020, "population", 5000), **ends)
    (row,) = compute(catalog, "children_share", counts, ["east"]).itertuples()
    assert row.value == 80
    assert (round(row.lower, 6), row.upper) == (round(100 * 3500 / 5500, 6), 100)


def test_the_sum_of_rounded_counts_has_the_sum_of_their_ends(catalog, table):
    counts = table(
        ("mock_a", 2020, "schools", 10), ("mock_b", 2020, "schools", 20),
        status="simulated", lower=[9.5, None], upper=[10.5, None],
    )  # fmt: skip
    (row,) = compute(catalog, "number_of_schools", counts, ["mock"]).itertuples()
    assert (row.lower, row.value, row.upper) == (29.5, 30, 30.5)


def test_the_stock_of_grade_9_entered_eight_years_before_and_leavers_nine(catalog, table):
    # The cohort of autumn 2012 sits in grade 9 in autumn 2020 and leaves in summer 2021.
    counts = table(
        ("east", 2012, "entrants", 200),
        ("east", 2020, "grade_9", 190),
        ("east", 2021, "leavers", 188),
    )
    stock = compute(catalog, "retention_stock", counts, ["east"])
    assert stock[["year", "value"]].to_numpy().tolist() == [[2020, 95]]
    leavers = compute(catalog, "retention_leavers", counts, ["east"])
    assert leavers[["year", "value"]].to_numpy().tolist() == [[2021, 94]]


def test_retention_passes_100_where_pupils_move_in(catalog, table):
    counts = table(("east", 2012, "entrants", 200), ("east", 2020, "grade_9", 210))
    assert compute(catalog, "retention_stock", counts, ["east"])["value"].tolist() == [105]


def test_years_without_counts_are_taken_from_print(catalog, table):
    mixed = table(
        ("east", 2020, "children", 10),
        ("east", 2020, "population", 40),
        ("east", 2020, "children_share_pct", 26),
        ("east", 2021, "children", 12),
        ("east", 2021, "children_share_pct", 24.5),
    )
    series = compute(catalog, "children_share", mixed, ["east"])
    assert series[["year", "value", "how"]].to_numpy().tolist() == [
        [2020, 25, "computed"],
        [2021, 24.5, "printed"],
    ]
    assert series[["numerator", "denominator"]].iloc[1].isna().all()


@pytest.mark.parametrize(
    ("counted", "printed", "how"),
    [
        ("exact", "exact", "computed"),
        ("exact", "about", "computed"),
        ("about", "exact", "printed"),
        ("at_least", "exact", "printed"),
        ("about", "about", "computed"),
        ("about", "above", "computed"),
    ],
)
def test_what_is_exact_stands_before_what_is_not_and_counts_before_print(
    catalog, table, counted, printed, how
):
    mixed = pd.concat([
        table(("east", 2020, "children", 10), bound=counted),
        table(("east", 2020, "population", 40)),
        table(("east", 2020, "children_share_pct", 26), bound=printed),
        table(("west", 2020, "children", 10), ("west", 2020, "population", 50)),
    ])  # fmt: skip
    series = compute(catalog, "children_share", mixed, ["east", "west"])
    assert series[["area", "value", "how"]].to_numpy().tolist() == [
        ["east", {"computed": 25, "printed": 26}[how], how],
        ["west", 20, "computed"],
    ]
    assert list(series) == COLUMNS


def test_an_indicator_that_is_printed_says_so(catalog, table):
    series = compute(
        catalog, "retention_published", table(("east", 2020, "retention_pct", 97.1)), ["east"]
    )
    assert series[["value", "how"]].to_numpy().tolist() == [[97.1, "printed"]]


def test_a_count_is_its_own_numerator(catalog, table):
    (row,) = compute(
        catalog, "number_of_schools", table(("east", 2020, "schools", 7)), ["east"]
    ).itertuples()
    assert (row.value, row.numerator) == (7, 7)
    assert np.isnan(row.denominator)


@pytest.mark.parametrize(
    ("part", "whole", "together"),
    [
        ("exact", "exact", "exact"),
        ("above", "exact", "above"),
        ("at_most", "exact", "at_most"),
        ("about", "exact", "about"),
        ("exact", "at_least", "about"),
        ("above", "below", "about"),
    ],
)
def test_a_quotient_is_as_firm_as_its_counts(catalog, table, part, whole, together):
    counts = table(("east", 2020, "children", 10), ("east", 2020, "population", 40))
    counts["bound"] = [part, whole]
    assert compute(catalog, "children_share", counts, ["east"])["bound"].tolist() == [together]


@pytest.mark.parametrize("bound", ["above", "at_least", "below", "at_most", "about"])
@pytest.mark.parametrize(
    ("indicator", "quantity"),
    [("retention_published", "retention_pct"), ("number_of_schools", "schools")],
)
def test_a_printed_rate_and_a_count_pass_their_bound_on(catalog, table, indicator, quantity, bound):
    one = table(("east", 2020, quantity, 95), bound=bound)
    assert compute(catalog, indicator, one, ["east"])["bound"].tolist() == [bound]


@pytest.mark.parametrize(
    ("statuses", "weakest"),
    [
        (("reported", "reported"), "reported"),
        (("estimated", "reported"), "estimated"),
        (("estimated", "derived"), "derived"),
        (("simulated", "derived"), "simulated"),
    ],
)
def test_a_result_is_no_firmer_than_its_weakest_input(catalog, table, statuses, weakest):
    counts = table(("east", 2020, "children", 10), ("east", 2020, "population", 40))
    for order in (statuses, statuses[::-1]):
        counts["status"] = order
        assert compute(catalog, "children_share", counts, ["east"])["status"].tolist() == [weakest]


def test_each_source_is_named_once_in_order(catalog, table):
    counts = table(("east", 2020, "children", 10), ("east", 2020, "population", 40))
    counts["source"] = ["yearbook", "bulletin"]
    assert compute(catalog, "children_share", counts, ["east"])["source"].tolist() == [
        "bulletin; yearbook"
    ]


def test_the_newest_vintage_is_computed_with(catalog, table):
    both = pd.concat(
        [
            table(("east", 2020, "schools", 9), vintage="2022-01-01"),
            table(("east", 2020, "schools", 7), vintage="2021-01-01"),
        ]
    )
    assert compute(catalog, "number_of_schools", both, ["east"])["value"].tolist() == [9]


def test_only_the_group_that_an_input_names_is_used(catalog, rows):
    both = pd.concat(
        [
            rows(("east", 2020, "children", 50), group="boys"),
            rows(("east", 2020, "children", 40), group="girls"),
            rows(("east", 2020, "children", 91)),
        ]
    )
    both["vintage"] = pd.to_datetime(both["vintage"])
    assert compute(catalog, "children_parity", both, ["east"])["value"].tolist() == [0.8]


def test_a_year_with_nothing_to_divide_by_is_left_out(catalog, table):
    counts = table(
        ("east", 2020, "children", 0),
        ("east", 2020, "population", 0),
        ("east", 2021, "children", 0),
        ("east", 2021, "population", 4),
    )
    series = compute(catalog, "children_share", counts, ["east"])
    assert series[["year", "value"]].to_numpy().tolist() == [[2021, 0]]


def test_a_suppressed_input_leaves_its_year_to_print_or_out(catalog, table):
    counts = table(
        ("east", 2020, "children", 10),
        ("east", 2020, "population", 40),
        ("west", 2020, "children", 10),
        ("west", 2020, "population", 40),
        ("west", 2020, "children_share_pct", 25.1),
    )
    counts.loc[counts["quantity"] == "children", ["value", "status"]] = [np.nan, "suppressed"]
    series = compute(catalog, "children_share", counts, ["east", "west"])
    assert series[["area", "value", "how"]].to_numpy().tolist() == [["west", 25.1, "printed"]]


def test_a_family_stands_for_its_areas_and_rows_come_sorted(catalog, table):
    counts = table(("coded_3010", 2020, "schools", 3), ("coded_1010", 2020, "schools", 1))
    series = compute(catalog, "number_of_schools", counts, ["coded"])
    assert series["area"].tolist() == ["coded_1010", "coded_3010"]


def test_nothing_measured_gives_an_empty_series_of_the_same_columns(catalog, table):
    series = compute(catalog, "children_share", table(("east", 2020, "schools", 3)), ["east"])
    assert (list(series), len(series)) == (COLUMNS, 0)


def test_numbers_outside_the_domain_are_refused_with_indicator_area_and_year(catalog, table):
    counts = table(("east", 2020, "children", 41), ("east", 2020, "population", 40))
    with pytest.raises(DataError) as caught:
        compute(catalog, "children_share", counts, ["east"])
    assert "indicator 'children_share'" in str(caught.value)
    assert "('east', 2020)" in str(caught.value)


def test_an_unknown_area_or_indicator_is_named_with_the_nearest(catalog, table):
    counts = table(("east", 2020, "schools", 3))
    with pytest.raises(DataError, match="no area 'eats'; did you mean 'east'"):
        compute(catalog, "number_of_schools", counts, ["eats"])
    with pytest.raises(DefinitionError, match="did you mean 'number_of_schools'"):
        compute(catalog, "number_of_school", counts, ["east"])


def test_the_order_of_the_rows_is_irrelevant(catalog, table):
    counts = table(
        *[
            (area, year, quantity, value + 0.1 * year)
            for area in ("east", "west", "south")
            for year in (2019, 2020)
            for quantity, value in (("children", 10), ("population", 50))
        ]
    )
    series = compute(catalog, "children_share", counts, ["city", "west"])
    again = compute(catalog, "children_share", counts.iloc[::-1], ["west", "city"])
    pd.testing.assert_frame_equal(series, again, check_exact=True)


def test_missing_counts_are_listed_with_the_years_they_belong_to(catalog, table):
    counts = table(("east", 2013, "entrants", 200), ("east", 2020, "grade_9", 190))
    missing = missing_inputs(catalog, "retention_stock", counts, "east", [2020, 2021])
    assert missing == [
        MissingInput(2012, "entrants", "all", "east"),
        MissingInput(2021, "grade_9", "all", "east"),
    ]


def test_once_the_missing_counts_are_there_the_indicator_is_known(catalog, table):
    counts = table(("east", 2013, "entrants", 200), ("east", 2020, "grade_9", 190))
    missing = missing_inputs(catalog, "retention_stock", counts, "east", [2020, 2021])
    answered = table(*[(ask.area, ask.year, ask.quantity, 199) for ask in missing])
    both = pd.concat([counts, answered])
    assert compute(catalog, "retention_stock", both, ["east"])["year"].tolist() == [2020, 2021]
    assert missing_inputs(catalog, "retention_stock", both, "east", [2020, 2021]) == []


def test_counts_are_asked_for_although_a_printed_rate_stands_in(catalog, table):
    printed = table(("east", 2020, "children_share_pct", 25))
    missing = missing_inputs(catalog, "children_share", printed, "east", [2020])
    assert {ask.quantity for ask in missing} == {"children", "population"}


def test_what_the_districts_add_up_to_is_not_missing(catalog, table):
    counts = table(*[(area, 2020, "population", 9) for area in ("east", "west", "south")])
    missing = missing_inputs(catalog, "children_share", counts, "city", [2020])
    assert missing == [MissingInput(2020, "children", "all", "city")]


def test_a_sum_does_not_stand_in_where_the_formula_takes_none(catalog, table):
    halves = [
        table(*[(area, 2020, "children", 9) for area in ("east", "west", "south")], group=group)
        for group in ("girls", "boys")
    ]
    both = pd.concat(halves)
    assert missing_inputs(catalog, "children_parity", both, "east", [2020]) == []
    assert missing_inputs(catalog, "children_parity", both, "city", [2020]) == [
        MissingInput(2020, "children", group, "city") for group in ("boys", "girls")
    ]


def test_a_suppressed_count_is_missing(catalog, table):
    hidden = table(("east", 2020, "schools", None), status="suppressed")
    assert missing_inputs(catalog, "number_of_schools", hidden, "east", [2020]) == [
        MissingInput(2020, "schools", "all", "east")
    ]
