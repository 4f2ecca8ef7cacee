"""Indicators by formulas of a project's own, and money in prices of a year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from edu_metrics.catalog import Indicator
from edu_metrics.errors import DataError
from edu_metrics.observations import MissingInput, compute, missing_inputs, provenance

INPUTS = {"children": "children", "people": "population"}


@pytest.fixture
def of(catalog):
    """Give the catalog with one more indicator, ``own``, which has these fields."""

    def with_own(**fields):
        usual = {
            "id": "own",
            "name": {"en": "Own"},
            "unit": "per_thousand",
            "inputs": INPUTS,
            "better": "higher",
            "bounds": (0, None),
            "citation": {"source": "yearbook", "locator": "p. 1"},
        }
        indicator = Indicator.model_validate({**usual, **fields})
        return replace(catalog, indicators={**catalog.indicators, "own": indicator})

    return with_own


def test_an_expression_is_worked_out_of_counts_and_of_their_sums(of, table):
    counts = table(
        *[("east", 2020, "children", 10), ("east", 2020, "population", 4000)],
        *[("west", 2020, "children", 60), ("west", 2020, "population", 6000)],
        *[("south", 2020, "children", 30), ("south", 2020, "population", 10000)],
    )
    catalog = of(formula="children / people * 1000")
    series = compute(catalog, "own", counts, ["city", "east"])
    assert series[["area", "value", "how"]].to_numpy().tolist() == [
        ["city", 5.0, "pooled"],
        ["east", 2.5, "computed"],
    ]
    # Nothing is known of what stands above and below its line.
    assert series[["numerator", "denominator"]].isna().all(axis=None)


def test_a_bound_that_goes_into_an_expression_says_nothing_firm_of_its_result(of, table):
    below = table(("east", 2020, "children", 10), ("east", 2020, "population", 40), bound="at_most")
    series = compute(of(formula="people - children", unit="persons"), "own", below, ["east"])
    assert series[["value", "bound"]].to_numpy().tolist() == [[30.0, "about"]]


def test_nothing_is_divided_by_zero_and_the_row_is_named(of, table):
    counts = table(
        *[("east", 2020, "children", 10), ("east", 2020, "population", 10)],
        *[("east", 2021, "children", 10), ("east", 2021, "population", 20)],
    )
    with pytest.raises(DataError, match="nothing divided by zero") as caught:
        compute(of(formula="1000 / (people - children)"), "own", counts, ["east"])
    assert "('east', 2020)" in caught.value.faults[0]


def test_what_comes_out_beyond_the_bounds_is_refused_with_its_row(of, table):
    counts = table(("east", 2020, "children", 30), ("east", 2020, "population", 20))
    catalog = of(formula="children / people * 100", unit="percent", bounds=(0, 100))
    with pytest.raises(DataError, match=r"outside the bounds \[0, 100\]") as caught:
        compute(catalog, "own", counts, ["east"])
    assert caught.value.faults == ("east 2020: 150",)


# Prices. The deflator stands for prices; which quantity it is does not matter.

PRICES = {"year": 2015, "deflator": "schools"}
SPENT = (("east", 2015, "budget", 100.0), ("east", 2020, "budget", 121.0))


@pytest.fixture
def real(of):
    money = {"formula": "count", "unit": "yuan", "inputs": {"value": "budget"}}
    return of(**money, prices=PRICES)


@pytest.mark.parametrize("base", [1, 100, 7.5])
def test_money_is_told_in_prices_of_a_year_whatever_the_index_starts_from(real, table, base):
    # Prices rose by 10 per cent, so that 121 bought what 110 had bought.
    index = (("east", 2015, "schools", base), ("east", 2020, "schools", 1.1 * base))
    series = compute(real, "own", table(*SPENT, *index), ["east"])
    assert series["value"].tolist() == pytest.approx([100, 110])


def test_the_nearest_area_above_gives_the_deflator_that_an_area_lacks(real, table):
    index = (
        *[("city", 2015, "schools", 100), ("city", 2020, "schools", 110)],
        *[("nation", 2015, "schools", 100), ("nation", 2020, "schools", 200)],
    )
    series = compute(real, "own", table(*SPENT, *index), ["east"])
    assert series["value"].tolist() == pytest.approx([100, 110])


def test_the_deflator_is_among_what_a_value_rests_on(real, table):
    index = (("city", 2015, "schools", 100), ("city", 2019, "schools", 105))
    index = (*index, ("city", 2020, "schools", 110))
    rests_on = provenance(real, "own", table(SPENT[1], *index), "east")
    assert rests_on[["area", "year", "quantity"]].to_numpy().tolist() == [
        ["city", 2015, "schools"],
        ["city", 2020, "schools"],
        ["east", 2020, "budget"],
    ]


def test_a_year_without_a_deflator_is_left_out_and_its_deflator_asked_for(real, table):
    known = table(*SPENT, ("east", 2015, "schools", 100))
    assert compute(real, "own", known, ["east"])["year"].tolist() == [2015]
    assert missing_inputs(real, "own", known, "east", [2020]) == [
        MissingInput(2020, "schools", "all", "east")
    ]
    assert compute(real, "own", table(*SPENT), ["east"]).empty


def test_money_without_a_deflator_is_told_as_it_was_paid(of, table):
    nominal = of(formula="count", unit="yuan", inputs={"value": "budget"})
    series = compute(nominal, "own", table(*SPENT), ["east"])
    assert series["value"].tolist() == [100, 121]
    assert np.isfinite(series["numerator"]).all()
