"""Printed units, and how many of a quantity's own unit they are."""

from __future__ import annotations

from decimal import Decimal

import pytest

from edu_metrics.observations.printed import accepted_units, unit_factor


@pytest.mark.parametrize(
    ("printed", "quantity", "factor"),
    [
        ("人", "population", "1"),
        ("名", "population", "1"),
        ("persons", "population", "1"),
        ("千人", "population", "1000"),
        ("万人", "population", "10000"),
        (" 万 人 ", "population", "10000"),
        ("百万人", "population", "1000000"),
        ("万", "population", "10000"),
        ("thousand persons", "population", "1000"),
        ("所", "schools", "1"),
        ("个", "schools", "1"),
        ("万所", "schools", "10000"),
        ("元", "budget", "1"),
        ("万元", "budget", "10000"),
        ("亿元", "budget", "100000000"),
        ("万亿元", "budget", "1000000000000"),
        ("%", "retention_pct", "1"),
        ("％", "retention_pct", "1"),
        ("percent", "retention_pct", "1"),
        ("‰", "retention_pct", "0.1"),
    ],
)
def test_a_printed_unit_is_an_exact_multiple_of_the_quantitys(catalog, printed, quantity, factor):
    assert unit_factor(printed, catalog.quantities[quantity]) == Decimal(factor)


@pytest.mark.parametrize(
    ("printed", "quantity"),
    [
        ("元", "population"),
        ("%", "population"),
        ("‰", "population"),
        ("所", "population"),
        ("人", "schools"),
        ("人", "budget"),
        ("亿", "budget"),
        ("万", "retention_pct"),
        ("万%", "budget"),
        ("", "population"),
        ("人", "retention_pct"),
    ],
)
def test_a_unit_that_measures_something_else_has_no_factor(catalog, printed, quantity):
    assert unit_factor(printed, catalog.quantities[quantity]) is None


def test_every_accepted_unit_is_accepted(catalog):
    for quantity in catalog.quantities.values():
        units = accepted_units(quantity)
        assert units[0] == quantity.unit
        assert all(unit_factor(unit, quantity) is not None for unit in units)
