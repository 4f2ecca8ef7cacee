"""Sums over children: only of all of them, never of printed rates, and in any order."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.observations import compute, inspect_sums, validate

DISTRICTS = ("east", "west", "south")
# 2021年乌海市常住人口主要数据公报: districts, city and the city's children aged 0-14, in 万人.
POPULATION = (("east", 34.1), ("west", 12.24), ("south", 9.47))


def wuhai(table, *more):
    counts = [(area, 2021, "population", 10_000 * value) for area, value in POPULATION]
    return table(*counts, ("city", 2021, "children", 74_500), *more)


def test_districts_add_up_to_the_published_city(catalog, table):
    series = compute(catalog, "children_share", wuhai(table), ["city"])
    (row,) = series.itertuples()
    assert round(row.denominator / 10_000, 2) == 55.81
    assert round(row.value, 2) == 13.35
    assert row.how == "pooled"


def test_two_of_three_districts_are_not_the_city(catalog, table):
    full = wuhai(table)
    for district in DISTRICTS:
        assert (
            len(compute(catalog, "children_share", full[full["area"] != district], ["city"])) == 0
        )


def test_an_invented_district_is_no_part_of_a_real_city(catalog, table):
    haunted = wuhai(table, ("ghost", 2021, "population", 1_000_000))
    (row,) = compute(catalog, "children_share", haunted, ["city"]).itertuples()
    assert round(row.denominator) == 558_100


def test_an_only_child_does_not_stand_for_its_parent(catalog, table):
    assert len(compute(catalog, "children_share", wuhai(table), ["nation"])) == 0


def test_an_own_number_stands_in_its_sum(catalog, table):
    disagreeing = wuhai(table, ("city", 2021, "population", 558_000))
    (row,) = compute(catalog, "children_share", disagreeing, ["city"]).itertuples()
    assert (row.denominator, row.how) == (558_000, "computed")


def test_a_disagreement_of_own_number_and_sum_is_listed(catalog, table):
    assert len(inspect_sums(catalog, wuhai(table, ("city", 2021, "population", 558_100)))) == 0
    listed = inspect_sums(catalog, wuhai(table, ("city", 2021, "population", 558_000)))
    assert list(listed) == ["area", "year", "quantity", "group", "own", "sum_of_children"]
    (row,) = listed.itertuples(index=False)
    assert tuple(row)[:5] == ("city", 2021, "population", "all", 558_000)
    assert row.sum_of_children == pytest.approx(558_100)


def test_a_bound_cannot_disagree_with_a_sum(catalog, table, rows):
    about = validate(rows(("city", 2021, "population", 560_000), bound="about"))
    assert len(inspect_sums(catalog, pd.concat([wuhai(table), about]))) == 0


def test_a_printed_rate_is_never_added_up(catalog, table):
    printed = table(*[(area, 2021, "children_share_pct", 13) for area in DISTRICTS])
    assert len(compute(catalog, "children_share_published", printed, ["city"])) == 0
    assert (
        len(
            inspect_sums(
                catalog, pd.concat([printed, table(("city", 2021, "children_share_pct", 13))])
            )
        )
        == 0
    )


def test_a_formula_that_takes_rates_is_not_pooled(catalog, rows):
    both = [
        rows(*[(area, 2021, "children", 5) for area in DISTRICTS], group=group)
        for group in ("girls", "boys")
    ]
    assert (
        len(compute(catalog, "children_parity", validate(pd.concat(both)), ["city", "east"])) == 1
    )


def test_a_child_counts_from_the_year_in_which_it_exists(catalog, table):
    schools = [
        (area, year, "schools", 10) for area in ("harbour", "hills") for year in (2018, 2019)
    ]
    series = compute(catalog, "number_of_schools", table(*schools), ["port"])
    assert series[["year", "value"]].to_numpy().tolist() == [[2018, 20]]
    more = table(*schools, ("new_town", 2019, "schools", 1), ("new_town", 2018, "schools", 5))
    series = compute(catalog, "number_of_schools", more, ["port"])
    assert series[["year", "value"]].to_numpy().tolist() == [[2018, 20], [2019, 21]]


def test_a_sum_may_rest_on_sums(catalog, table):
    counts = table(
        ("harbour", 2018, "population", 5),
        ("hill_school", 2018, "population", 3),
        ("dale_school", 2018, "population", 4),
    )
    series = compute(
        catalog,
        "budget_per_head",
        pd.concat([counts, table(("port", 2018, "budget", 120))]),
        ["port"],
    )
    assert series[["value", "denominator", "how"]].to_numpy().tolist() == [[10, 12, "pooled"]]


def test_sums_two_levels_up_are_inspected_also_where_the_level_between_is_silent(catalog, table):
    counts = table(
        ("harbour", 2018, "population", 5),
        ("hill_school", 2018, "population", 3),
        ("dale_school", 2018, "population", 4),
        ("port", 2018, "population", 13),
    )
    (row,) = inspect_sums(catalog, counts).itertuples()
    assert (row.area, row.own, row.sum_of_children) == ("port", 13, 12)


@pytest.mark.parametrize(
    ("bounds", "together"),
    [
        (("exact", "exact", "exact"), "exact"),
        (("exact", "at_least", "exact"), "at_least"),
        (("above", "at_least", "exact"), "above"),
        (("at_most", "exact", "exact"), "at_most"),
        (("at_most", "below", "exact"), "below"),
        (("at_most", "at_least", "exact"), "about"),
        (("below", "above", "exact"), "about"),
        (("about", "at_least", "exact"), "about"),
    ],
)
def test_a_sum_is_as_firm_as_its_terms_together(catalog, table, bounds, together):
    counts = table(*[(area, 2021, "schools", 5) for area in DISTRICTS])
    counts["bound"] = bounds
    (row,) = compute(catalog, "number_of_schools", counts, ["city"]).itertuples()
    assert row.bound == together


def test_a_sum_names_every_source_and_the_weakest_status(catalog, table):
    counts = table(*[(area, 2021, "schools", 5) for area in DISTRICTS])
    counts["source"] = ["yearbook", "bulletin", "yearbook"]
    counts["status"] = ["reported", "derived", "estimated"]
    (row,) = compute(catalog, "number_of_schools", counts, ["city"]).itertuples()
    assert (row.source, row.status) == ("bulletin; yearbook", "derived")


@pytest.mark.slow
def test_the_last_digit_of_a_sum_does_not_depend_on_the_order_of_the_rows(catalog, table):
    # 0.1 + 0.2 + 0.3 is 0.6 in one order and 0.6000000000000001 in another.
    costs = table(
        *[
            (area, 2021, "budget", cost)
            for area, cost in zip(DISTRICTS, (0.1, 0.2, 0.3), strict=True)
        ],
        ("city", 2021, "population", 1),
    )
    found = {
        float(
            compute(catalog, "budget_per_head", costs.iloc[list(order)], ["city"])["value"].iloc[0]
        )
        for order in permutations(range(4))
    }
    assert len(found) == 1


def test_a_suppressed_child_leaves_no_sum(catalog, table):
    counts = table(*[(area, 2021, "schools", 5) for area in DISTRICTS])
    counts.loc[1, ["value", "status"]] = [np.nan, "suppressed"]
    assert len(compute(catalog, "number_of_schools", counts, ["city"])) == 0


COUNTS = st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=3, max_size=3)


@pytest.mark.slow
@settings(max_examples=40)
@given(counts=COUNTS)
def test_pooling_is_computing_on_the_summed_counts(catalog, rows, counts):
    parts = [min(part, whole) for part, whole in counts]
    wholes = [whole for _, whole in counts]
    cells = [
        (area, 2021, quantity, value)
        for quantity, values in (("children", parts), ("population", wholes))
        for area, value in zip(DISTRICTS, values, strict=True)
    ]
    (row,) = compute(catalog, "children_share", validate(rows(*cells)), ["city"]).itertuples()
    assert row.value == pytest.approx(float(Fraction(100 * sum(parts), sum(wholes))), rel=1e-12)
    assert (row.numerator, row.denominator) == (sum(parts), sum(wholes))


TREE = {
    "city": DISTRICTS,
    "port": ("harbour", "hills", "new_town"),
    "hills": ("hill_school", "dale_school"),
}
PLACES = ("nation", "city", *DISTRICTS, *TREE, *TREE["port"], *TREE["hills"])
CELLS = st.dictionaries(
    st.tuples(st.sampled_from(PLACES), st.sampled_from([2018, 2019, 2020])),
    st.tuples(
        st.integers(0, 99),
        st.sampled_from(["reported", "estimated", "derived", "suppressed"]),
        st.sampled_from(["yearbook", "bulletin"]),
    ),
    max_size=25,
)


def naive(cells, area, year):
    """Find a number by walking down from one area: value, status rank, sources, pooled or not."""
    ranks = ("reported", "estimated", "derived")
    if (area, year) in cells and cells[area, year][1] != "suppressed":
        value, status, source = cells[area, year]
        return value, ranks.index(status), {source}, False
    children = [
        naive(cells, child, year)
        for child in TREE.get(area, ())
        if child != "new_town" or year >= 2019
    ]
    if not children or None in children:
        return None
    values, statuses, sources, _ = zip(*children, strict=True)
    return sum(values), max(statuses), set().union(*sources), True


@pytest.mark.slow
@settings(max_examples=60)
@given(cells=CELLS, seed=st.integers(0, 99))
def test_sums_agree_with_a_walk_down_the_tree_whatever_the_order_of_the_rows(
    catalog, rows, cells, seed
):
    listed = [(*cell, "schools", value) for cell, (value, *_) in cells.items()]
    made = rows(*listed)
    made["status"] = [status for _, status, _ in cells.values()]
    made["source"] = [source for *_, source in cells.values()]
    made.loc[made["status"] == "suppressed", "value"] = np.nan
    made["vintage"] = pd.to_datetime(made["vintage"])
    shuffled = made.sample(frac=1, random_state=seed)
    series = compute(catalog, "number_of_schools", shuffled, PLACES)
    expected = {
        (area, year): found
        for area in PLACES
        for year in (2018, 2019, 2020)
        if (found := naive(cells, area, year)) is not None
    }
    assert {
        (row.area, row.year): (
            row.value,
            ("reported", "estimated", "derived").index(row.status),
            set(row.source.split("; ")),
            row.how == "pooled",
        )
        for row in series.itertuples()
    } == expected
