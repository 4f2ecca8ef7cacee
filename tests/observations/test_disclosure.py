"""What is withheld of a table, and what stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array

from edu_metrics.errors import DataError
from edu_metrics.observations import add_to_ledger, protect, read_ledger, validate
from edu_metrics.observations.aggregating import hide_cells
from edu_metrics.observations.known_sums import Counts, narrow, widen
from tests.observations.attacker import no_secret_is_told, told


def test_three_teachers_of_whom_two_are_qualified(catalog, table):
    """City minus west is east."""
    given = table(
        ("port", 2018, "population", 103.0), ("harbour", 2018, "population", 3.0),
        ("hills", 2018, "population", 100.0), ("port", 2018, "children", 62.0),
        ("harbour", 2018, "children", 2.0), ("hills", 2018, "children", 60.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "population") == told(out, "harbour", "children") == "withheld"
    assert "withheld" in (told(out, "port", "population"), told(out, "hills", "population"))
    assert "withheld" in (told(out, "port", "children"), told(out, "hills", "children"))
    no_secret_is_told(given, out)
    validate(out, catalog)


def test_nine_is_withheld_and_ten_is_not(catalog, table):
    for value, gone in ((9.0, True), (10.0, False), (11.0, False), (0.0, False)):
        out = protect(table(("city", 2018, "population", value)), catalog, catalog.study("real"))
        assert (told(out, "city", "population") == "withheld") is gone


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (900, 1000, ("exact", 900)),
        (989, 1000, ("exact", 989)),
        (990, 1000, ("at_least", 990)),  # the rest of 10 in 1,000 is 1 %
        (1000, 1000, ("at_least", 990)),
        (0, 1000, ("at_most", 10)),
        (4, 1000, ("at_most", 10)),
        (196, 200, ("at_least", 190)),  # 5 % of 200 are 10
        (11, 200, ("exact", 11)),
        (49, 50, ("at_least", 40)),
        (45, 49, "withheld"),  # 20 % of 49 are fewer than 10
        (0, 49, "withheld"),
        (49, 49, "withheld"),
        (20, 49, ("exact", 20)),
    ],
)
def test_none_and_all_of_many_are_told_as_a_bound(catalog, table, part, whole, expected):
    given = table(
        ("city", 2018, "population", float(whole)), ("city", 2018, "children", float(part))
    )
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "city", "children") == expected
    assert told(out, "city", "population") == ("exact", whole)
    no_secret_is_told(given, out)


def test_what_is_public_already_stays(catalog, table):
    given = table(("city", 2018, "population", 3.0), ("city", 2018, "schools", 1.0))
    for mode in ("published", "internal"):
        study = catalog.study("real").model_copy(
            update={"disclosure": type(catalog.study("real").disclosure)(mode=mode)}
        )
        pd.testing.assert_frame_equal(protect(given, catalog, study), given)
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "city", "schools") == ("exact", 1), "one school is nobody's secret"


def test_a_release_made_again_is_the_same(catalog, table, tmp_path):
    given = table(
        *(("port", year, "population", 300.0) for year in (2017, 2018)),
        *(("harbour", year, "population", 4.0) for year in (2017, 2018)),
        *(("hills", year, "population", 296.0) for year in (2017, 2018)),
        *(("hill_school", year, "population", 196.0) for year in (2017, 2018)),
        *(("dale_school", year, "population", 100.0) for year in (2017, 2018)),
    )
    study, path = catalog.study("real"), tmp_path / "ledger.csv"
    first = protect(given, catalog, study)
    add_to_ledger(path, first, dt.date(2019, 6, 1))
    content = path.read_bytes()
    assert b",4.0," not in content
    again = protect(given, catalog, study, read_ledger(path))
    pd.testing.assert_frame_equal(first, again)
    add_to_ledger(path, again, dt.date(2020, 6, 1))
    assert path.read_bytes() == content


def test_what_was_told_last_year_can_not_hide_anything_this_year(catalog, table, tmp_path):
    """The total and one district were out before the other district's few came in."""
    study, path = catalog.study("real"), tmp_path / "ledger.csv"
    before = table(("port", 2018, "population", 300.0), ("harbour", 2018, "population", 100.0))
    add_to_ledger(path, protect(before, catalog, study), dt.date(2019, 6, 1))
    known = [*before[["area", "year", "quantity", "value"]].itertuples(index=False, name=None)]
    hills, dale = ("hills", 2018, "population", 200.0), ("dale_school", 2018, "population", 196.0)
    now = table(*known, hills, dale, ("hill_school", 2018, "population", 4.0))
    out = protect(now, catalog, study, read_ledger(path))
    assert told(out, "port", "population") == ("exact", 300)
    assert told(out, "dale_school", "population") == "withheld"
    no_secret_is_told(now, out)
    add_to_ledger(path, table(hills, dale), dt.date(2020, 6, 1))
    with pytest.raises(DataError, match="hill_school 2018 population"):
        protect(now, catalog, study, read_ledger(path))


def test_a_printed_rate_with_its_denominator_is_a_count(catalog, table):
    rate = ("city", 2018, "children_share_pct", 12.5)
    of_few = table(("city", 2018, "population", 40.0), rate)  # 5 of 40
    out = protect(of_few, catalog, catalog.study("real"))
    assert told(out, "city", "children_share_pct") == "withheld"
    of_many = table(("city", 2018, "population", 4000.0), rate)
    out = protect(of_many, catalog, catalog.study("real"))
    assert told(out, "city", "children_share_pct") == ("exact", 12.5)
    near_all = table(("city", 2018, "population", 400.0), (*rate[:3], 98.0))
    out = protect(near_all, catalog, catalog.study("real"))
    assert told(out, "city", "children_share_pct") == ("at_least", 95)
    alone = protect(table((*rate[:3], 98.0)), catalog, catalog.study("real"))
    assert told(alone, "city", "children_share_pct") == ("at_least", 95)


def test_what_a_source_withheld_is_not_given_away(catalog, table):
    """A pupil file came in with a count withheld; another table has the total."""
    rows = table(("port", 2018, "population", 120.0), ("harbour", 2018, "population", 115.0))
    gone = rows.iloc[:1].assign(area="hills", value=np.nan, status="suppressed")
    given = validate(pd.concat([rows, gone], ignore_index=True))
    out = protect(given, catalog, catalog.study("real"))
    assert "withheld" in (told(out, "port", "population"), told(out, "harbour", "population"))


def test_a_source_that_is_public_is_not_withheld_but_reckoned_with(catalog, table):
    public = catalog.sources["bulletin"].model_copy(update={"disclosure": "published"})
    known = replace(catalog, sources={**catalog.sources, "bulletin": public})
    given = table(
        ("port", 2018, "population", 120.0), ("harbour", 2018, "population", 4.0),
        ("hills", 2018, "population", 116.0), source=["bulletin", "yearbook", "yearbook"],
    )  # fmt: skip
    out = protect(given, known, catalog.study("real"))
    assert told(out, "port", "population") == ("exact", 120)
    assert told(out, "harbour", "population") == told(out, "hills", "population") == "withheld"
    given.loc[given["area"] != "harbour", "source"] = "bulletin"
    with pytest.raises(DataError, match="harbour 2018 population"):
        protect(given, known, catalog.study("real"))


def test_hidden_cells_of_a_sum_hold_enough_persons_together():
    cells = pd.DataFrame({"school": "a", "tested": [60, 50, 2, 3]})
    hidden = hide_cells(cells, ["school"], "tested", cells["tested"] < 10, 10)
    assert hidden.tolist() == [False, True, True, True]


def test_the_program_finds_what_can_be_worked_out_by_hand():
    """Of 3, 40 and 57, together 100: one unknown is known, two share what is left."""
    nan = np.nan
    counts = Counts(
        value=np.array([100.0, 3, 40, 57]), low=np.array([100.0, 0, 40, 57]),
        high=np.array([100, np.inf, 40, 57]), least=np.array([nan, 0, nan, nan]),
        most=np.array([nan, 10, nan, nan]), known=np.array([True, False, False, False]),
        told=np.ones(4, bool), sums=csr_array([[1.0, -1, -1, -1]]),
    )  # fmt: skip
    assert narrow(counts) == [(1, True), (1, False)]
    assert widen(counts, 1, up=True, families=np.zeros(4, int)) == [2]  # the smaller of the two
    counts.withhold([2])
    assert narrow(counts) == []
    counts.known[:] = [True, False, True, True]
    counts.low[2] = counts.high[2] = 40
    with pytest.raises(DataError):
        widen(counts, 1, up=True, families=np.zeros(4, int))


def test_the_last_area_without_a_figure_is_known_by_what_the_others_leave(catalog, table):
    """80 less 40 are 40, of whom 36 leave 4."""
    given = table(
        ("port", 2018, "population", 80.0), ("hills", 2018, "population", 40.0),
        ("harbour", 2018, "children", 36.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "children") == "withheld"


def test_girls_tell_the_boys(catalog, table):
    cells = [("city", 2018, "population", value) for value in (40.0, 36.0)]
    out = protect(table(*cells, group=["all", "girls"]), catalog, catalog.study("real"))
    assert told(out, "city", "population", "girls") == "withheld"


def test_a_bound_does_not_tell_the_size_of_a_whole_that_is_withheld(catalog, table):
    """At least 990 would say that the whole is 1,000."""
    given = table(
        ("port", 2018, "population", 1004.0), ("hills", 2018, "population", 4.0),
        ("harbour", 2018, "population", 1000.0), ("harbour", 2018, "children", 995.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "population") == "withheld"
    assert told(out, "harbour", "children") == "withheld"
