"""What is odd in numbers is named, and what is usual is not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import edu_metrics as em
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import build, finding_as_row, inspect_table, validate
from edu_metrics.observations.inspection import Panel, look_at

YEARS = range(2012, 2020)


def series(values, area="Northside", first=2012, **columns):
    years = range(first, first + len(values))
    rows = pd.DataFrame({"area": area, "year": years, "value": values}).assign(**columns)
    return rows.dropna(subset=["value"])


def rules(found):
    return [(row.rule, row.years) for row in found.itertuples()]


STEADY = [60.0, 61.5, 62.0, 63.5, 64.0, 65.5, 66.0, 67.0]


def with_one(value, at=3, of=STEADY):
    return [*of[:at], value, *of[at + 1 :]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (STEADY, []),
        (with_one(0.61), [("fraction", (2015,))]),
        (with_one(0), [("lone_zero", (2015,))]),
        (with_one(0, at=7), [("lone_zero", (2019,))]),
        (with_one(6.35), [("power_of_ten", (2015,))]),
        (with_one(85), [("far_year", (2015,))]),
        ([*STEADY[:4], *(value + 15 for value in STEADY[4:])], [("jump", (2015, 2016))]),
        ([value / 100 for value in STEADY], [("below_one", tuple(YEARS))]),
        # A rate that really falls is no fraction, and what is dying out no lone zero.
        ([40, 30, 20, 12, 6, 3, 1, 0.4], []),
        ([70, 50, 33, 20, 9, 4, 2, 0], []),
        # It went up and came back: no new level.
        ([60, 61, 60, 76, 70, 66, 63, 61], []),
        # As restless as this, a year more or less is nothing.
        ([60, 74, 58, 77, 61, 75, 60, 78], []),
    ],
)
def test_a_percentage_that_is_odd_among_those_of_its_area_is_named(values, expected):
    assert rules(em.inspect(series(values))) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([640, 655, 66, 671, 680, 690], [("power_of_ten", (2014,))]),
        ([640, 655, 660, 671, 680, 6900], [("power_of_ten", (2017,))]),
        ([640, 655, 0, 671, 680, 690], [("lone_zero", (2014,))]),
        ([640, 655, 660.5, 671, 680, 690], [("half_persons", (2014,))]),
        ([640, 655, 1300, 671, 680, 690], [("far_year", (2014,))]),
        ([640, 655, 660, 1310, 1320, 1333], [("jump", (2014, 2015))]),
        ([3, 5, 4, 8, 9, 7], []),  # few persons: chance
        ([1, 2, 4, 8, 16, 32, 64], []),  # doubling is its usual way
    ],
)
def test_a_count_that_is_odd_is_named(values, expected):
    found = em.inspect(series(values), limits=(0, None), whole_counts=True)
    assert rules(found) == expected


def test_at_the_edge_of_ten_points_a_spike_begins_to_be_far():
    quiet = [50.0] * 8
    assert rules(em.inspect(series(with_one(60.0, of=quiet)))) == []
    assert rules(em.inspect(series(with_one(60.1, of=quiet)))) == [("far_year", (2015,))]
    assert rules(em.inspect(series(with_one(39.9, of=quiet)))) == [("far_year", (2015,))]


def test_what_chance_does_to_few_persons_is_not_odd():
    """Four standard errors of a difference of two samples of 25 at 50 % are 56 points."""
    spike = series(with_one(75.0, of=[50.0] * 8))
    assert rules(em.inspect(spike)) == [("far_year", (2015,))]
    assert rules(em.inspect(spike.assign(n=25))) == []
    assert rules(em.inspect(spike.assign(n=2500))) == [("far_year", (2015,))]
    zero = series(with_one(0, of=[6.0] * 8))
    assert rules(em.inspect(zero)) == [("lone_zero", (2015,))]
    # 0.94 ** 60 = 2.4 %, 0.94 ** 600 is nothing.
    assert rules(em.inspect(zero.assign(n=60))) == []
    assert rules(em.inspect(zero.assign(n=600))) == [("lone_zero", (2015,))]


def districts(change):
    return pd.concat(
        series(change([value + 2 * at for value in STEADY]), area=f"district {at}")
        for at in range(6)
    )


def test_a_pass_mark_that_moves_all_is_one_finding_and_not_one_an_area():
    lowered = districts(lambda values: [*values[:5], *(value - 30 for value in values[5:])])
    found = em.inspect(lowered)
    assert rules(found) == [("common_jump", (2016, 2017))]
    assert found["area"].tolist() == [""]
    assert "6 areas" in found["finding"][0]


def test_a_year_that_repeats_the_one_before_everywhere_is_stale():
    copied = districts(lambda values: with_one(values[2], at=3, of=values))
    assert rules(em.inspect(copied)) == [("stale_year", (2014, 2015))]
    one_moves = copied.copy()
    one_moves.loc[(one_moves["area"] == "district 0") & (one_moves["year"] == 2015), "value"] += 0.1
    assert rules(em.inspect(one_moves)) == []
    assert rules(em.inspect(districts(lambda values: [100.0] * 8))) == []


def test_counts_with_zeros_and_nothing_below_a_limit_are_suppressed():
    values = [0, 0, 0, 5, 6, 7, 8, 30]
    rows = pd.concat(series([value], area=f"school {at}") for at, value in enumerate(values))
    options = {"limits": (0, None), "whole_counts": True}
    assert rules(em.inspect(rows, **options)) == [("zeros_for_suppressed", (2012,))]
    below_four = pd.concat(
        series([value], area=f"school {at}") for at, value in enumerate([0, 0, 0, 3, 3, 4, 5])
    )
    assert rules(em.inspect(below_four, **options)) == []
    with_one_person = pd.concat([rows, series([1], area="school x")])
    assert rules(em.inspect(with_one_person, **options)) == []


def test_a_series_has_ended_after_three_years_without_a_value():
    past = series([60, 61, 62, 63])  # to 2015
    assert rules(em.inspect(past, as_of=2018)) == []
    assert rules(em.inspect(past, as_of=2019)) == [("ended", (2015,))]
    census = pd.DataFrame({"area": "x", "year": [1990, 2000, 2010], "value": [10.0, 12.0, 14.0]})
    assert rules(em.inspect(census, as_of=2019)) == []


def test_districts_that_do_not_add_up_to_their_city_are_named():
    parts = [series([300, 310], area="east"), series([295, 300], area="west")]
    rows = pd.concat([*parts, series([595, 700], area="city")])
    found = em.inspect(rows, limits=(0, None), whole="city")
    assert rules(found) == [("sums", (2013,))]
    assert "700 was published" in found["finding"][0]
    assert "610" in found["finding"][0]
    with pytest.raises(DataError, match="whole: expected an area of the table, found 'town'"):
        em.inspect(rows, limits=(0, None), whole="town")


def test_three_rates_that_add_up_to_183_are_named():
    rows = pd.concat(
        series([value, 33.3], quantity=name)
        for name, value in (("good", 81.0), ("fair", 62.0), ("poor", 40.0))
    )
    found = em.inspect(rows, parts=["good", "fair", "poor"])
    assert rules(found) == [("parts_of_whole", (2012,))]
    assert "183 %" in found["finding"][0]
    with pytest.raises(DataError, match="no quantity 'fine'"):
        em.inspect(rows, parts=["good", "fine"])


@settings(max_examples=25)
@given(st.lists(st.floats(20, 80), min_size=6, max_size=6), st.floats(0.5, 3))
def test_scaling_amounts_changes_no_finding(values, factor):
    """What is odd does not hang on the unit."""
    options = {"limits": (0, None)}
    one = em.inspect(series([100 * v for v in values]), **options)
    other = em.inspect(series([100 * factor * v for v in values]), **options)
    assert rules(one) == rules(other)


@settings(max_examples=10)
@given(st.permutations(range(6)))
def test_the_order_of_areas_changes_no_finding(order):
    rows = districts(lambda values: [*values[:5], *(value - 30 for value in values[5:])])
    by_area = {name: part for name, part in rows.groupby("area")}
    shuffled = pd.concat(by_area[f"district {at}"] for at in order)
    assert rules(em.inspect(shuffled)) == rules(em.inspect(rows))


def test_a_panel_of_nothing_but_gaps_has_nothing_to_say():
    gaps = pd.DataFrame({"area": ["a", "b"], "year": [2010, 2015], "value": [50.0, np.nan]})
    assert list(look_at(Panel.of("x", "percent", gaps), 2015)) == []


# Studies


def found_in(catalog, table, as_of=2021):
    return {(one.rule, one.area, one.quantity, one.years): one
            for one in inspect_table(catalog, table, as_of=as_of)}  # fmt: skip


def test_a_printed_rate_is_held_against_the_one_that_counts_come_to(catalog, table):
    """Inner Mongolia 2019 printed 49.36 %; 29.96 of 60.70 ten thousands are 49.357."""

    def printed(value):
        counts = [("city", 2019, "children", 299_600), ("city", 2019, "population", 607_000)]
        return table(*counts, ("city", 2019, "children_share_pct", value))

    assert found_in(catalog, printed(49.36)) == {}
    # The counts are rounded to a hundred: a half of that moves the rate by 0.012.
    assert found_in(catalog, printed(49.38)) == {}
    # 12345 of 25001 are 49.378 %, and 49.4 is that with one decimal.
    counts = [("city", 2019, "children", 12_345), ("city", 2019, "population", 25_001)]
    assert found_in(catalog, table(*counts, ("city", 2019, "children_share_pct", 49.4))) == {}
    ((key, one),) = found_in(catalog, printed(49.46)).items()
    assert key == ("printed_apart", "city", "children_share", (2019,))
    assert one.numbers["computed"] == pytest.approx(49.357, abs=0.001)


def test_a_figure_that_was_out_before_the_year_was_over_is_named(catalog, table):
    rows = table(("city", 2020, "budget", 5e8), vintage="2020-03-01")
    assert set(found_in(catalog, rows)) == {("early", "city", "budget", (2020,))}
    assert found_in(catalog, table(("city", 2020, "budget", 5e8), vintage="2020-07-01")) == {}
    assert found_in(catalog, table(("city", 2020, "budget", 5e8), vintage="2021-03-01")) == {}


def test_an_area_whose_whole_row_is_last_years_is_named(catalog, table):
    names = ["population", "children", "entrants", "grade_9", "leavers"]
    cells = [("city", 2019, name, 1000 - at) for at, name in enumerate(names)]
    again = [(area, 2020, name, value) for area, _, name, value in cells]
    assert set(found_in(catalog, table(*cells, *again))) == {("copied", "city", "", (2019, 2020))}
    again[0] = ("city", 2020, "population", 1001)
    assert found_in(catalog, table(*cells, *again)) == {}


def test_a_sum_that_does_not_hold_is_among_the_findings(catalog, table):
    rows = table(*[(area, 2020, "schools", 10) for area in ("east", "west", "south")],
                 ("city", 2020, "schools", 31))  # fmt: skip
    assert set(found_in(catalog, rows)) == {("sums", "city", "schools", (2020,))}


JUMP = [600, 610, 605, 615, 1230, 1240, 1235, 1250]


def jumping(table, values=JUMP):
    return table(*[("city", 2012 + at, "schools", value) for at, value in enumerate(values)],
                 vintage="2021-06-01")  # fmt: skip


def entries(project, name, text):
    (project / "data" / "definitions" / f"{name}.yaml").write_text(text, "utf-8")
    return load_catalog(project)


def test_the_break_that_a_jump_suggests_can_be_pasted_and_settles_it(project, table):
    catalog = load_catalog(project)
    (one,) = inspect_table(catalog, jumping(table), as_of=2020)
    row = finding_as_row(catalog, one)
    assert (row["rule"], row["years"]) == ("jump", [2015, 2016])
    assert "615" in row["sentence_zh"]
    assert "乌海市" in row["sentence_zh"]
    assert row["suggestion"].startswith("# data/definitions/breaks.yaml\n")
    pasted = row["suggestion"].replace("SOURCE_ID", "yearbook")
    catalog = entries(project, "breaks", pasted)
    assert catalog.breaks["number_of_schools_city_2016"].year == 2016
    assert inspect_table(catalog, jumping(table), as_of=2020) == []


def test_the_correction_that_a_slip_suggests_can_be_pasted_and_is_used(project, write_raw, table):
    lines = [f"乌海,学校,{2012 + at},{value},exact,schools,reported,yearbook,2021-06-01,"
             for at, value in enumerate([600, 610, 61, 615, 620])]  # fmt: skip
    write_raw(project / "data" / "raw" / "bureau" / "a.csv", *lines)
    catalog = load_catalog(project)
    before = build(catalog, "real")
    (one,) = inspect_table(catalog, before, as_of=2018)
    suggested = finding_as_row(catalog, one)["suggestion"].replace("SOURCE_ID", "yearbook")
    assert yaml.safe_load(suggested)[0]["value"] == 610

    def built(text):
        corrected = entries(project, "corrections", text)
        rows = build(corrected, "real").set_index("year")
        return rows.loc[2014], inspect_table(corrected, build(corrected, "real"), as_of=2018)

    row, left = built(suggested)
    assert (row["value"], row["status"], left) == (610, "derived", [])
    others = before.set_index("year").drop(index=2014)
    assert others["value"].tolist() == [600, 610, 615, 620]
    # Looked at, and right: nothing changes, and it is not asked again.
    row, left = built(suggested.replace("value: 610", "value: 61"))
    assert (row["value"], row["status"], left) == (61, "reported", [])
    row, left = built(suggested.replace("value: 610", "value: null"))
    assert np.isnan(row["value"])
    assert (row["status"], left) == ("suppressed", [])


def test_a_correction_of_what_is_not_printed_is_a_fault(project, write_raw):
    write_raw(
        project / "data" / "raw" / "bureau" / "a.csv",
        "乌海,学校,2014,61,exact,schools,reported,yearbook,2021-06-01,",
    )
    text = """
- {id: slip, area: city, quantity: schools, year: 2014, printed: 66, value: 660,
   why: {zh: 笔误, en: A slip}, citation: {source: yearbook, locator: p. 2}}
"""
    with pytest.raises(DataError) as caught:
        build(entries(project, "corrections", text), "real")
    assert caught.value.faults == (
        "correction 'slip': expected 66 to be printed for city 2014 schools, found 61; "
        "mend or remove the entry",
    )


def test_only_the_newest_exact_numbers_are_looked_at(catalog, rows):
    old = rows(("city", 2014, "schools", 61), vintage="2015-01-01")
    steady = rows(*[("city", 2012 + at, "schools", 600 + at) for at in range(6)])
    assert inspect_table(catalog, validate(pd.concat([old, steady])), as_of=2018) == []
    about = steady.copy()
    about.loc[2, ["value", "bound"]] = [61, "about"]
    assert inspect_table(catalog, validate(about), as_of=2018) == []


def test_every_sentence_can_be_said_in_both_languages(catalog, table):
    found = [
        *inspect_table(catalog, jumping(table), as_of=dt.date(2026, 1, 1).year),
        *inspect_table(catalog, jumping(table, [600.5, 610, 0, 615, 66, 620]), as_of=2017),
    ]
    assert {one.rule for one in found} >= {"jump", "ended", "half_persons", "lone_zero"}
    for one in found:
        row = finding_as_row(catalog, one)
        assert row["sentence_zh"].isascii() is False
        assert row["sentence_en"].isascii()
