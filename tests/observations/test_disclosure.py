"""What is withheld can't be worked out: attacks by those who know the published figures only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import csr_array

from edu_metrics.errors import DataError
from edu_metrics.observations import add_to_ledger, protect, read_ledger, validate
from edu_metrics.observations.disclosure import hide_cells
from edu_metrics.observations.feasible_range import Counts, narrow, widen

CELL = ["area", "year", "quantity", "group"]
TREE = {"port": ("harbour", "hills"), "hills": ("hill_school", "dale_school")}
SMALLEST = 10


def told(table, *cell, year=2018):
    rows = table.set_index(CELL)
    area, quantity, group = (*cell, "all")[:3]
    row = rows.loc[(area, year, quantity, group)]
    return "withheld" if row["status"] == "suppressed" else (row["bound"], row["value"])


class Attacker:
    """
    One who holds published tables and knows that areas and groups add up.

    All figures are unknowns in one integer program; what is published bounds them.
    """

    def __init__(self, *tables, groups=(), within=(("children", "population"),)):
        rows = pd.concat(tables)
        self.at = {
            key: n for n, key in enumerate(dict.fromkeys(rows[CELL].itertuples(False, None)))
        }
        self.equal, self.below = [], []
        self.bounds = [[0.0, None] for _ in self.at]
        for row in rows.itertuples():
            if row.value == row.value:
                low, high = self.bounds[self.at[row.area, row.year, row.quantity, row.group]], row
                if high.bound in ("exact", "at_least"):
                    low[0] = max(low[0], high.value)
                if high.bound in ("exact", "at_most"):
                    low[1] = high.value
        for area, year, quantity, group in self.at:
            whole = (area, year, quantity, group)
            parts = [(child, year, quantity, group) for child in TREE.get(area, ())]
            self._add(self.equal, whole, parts)
            if group == "all" and groups:
                self._add(self.equal, whole, [(area, year, quantity, one) for one in groups])
            for part, of in within:
                if quantity == part and (area, year, of, group) in self.at:
                    self._add(self.below, (area, year, of, group), [whole])

    def _add(self, rows, whole, parts):
        if parts and all(part in self.at for part in parts):
            row = np.zeros(len(self.at))
            row[[self.at[part] for part in parts]] = 1
            row[self.at[whole]] = -1
            rows.append(row)

    def range_of(self, key, less=None):
        """Give the least and the most that a figure can be, or one figure less another."""
        toll = np.zeros(len(self.at))
        toll[self.at[key]] = 1
        if less:
            toll[self.at[less]] = -1
        ends = []
        for sign in (1, -1):
            done = linprog(
                sign * toll, bounds=self.bounds, integrality=1,
                A_eq=self.equal or None, b_eq=np.zeros(len(self.equal)) if self.equal else None,
                A_ub=self.below or None, b_ub=np.zeros(len(self.below)) if self.below else None,
            )  # fmt: skip
            ends.append(sign * done.fun if done.status == 0 else sign * -np.inf)
        return ends[0], ends[1]


def secrets(table, within=(("children", "population"),)):
    """List the figures, and differences of two, that no reader may know."""
    values = table.set_index(CELL)["value"]
    for key, value in values.items():
        area, year, quantity, group = key
        wholes = [(area, year, of, group) for part, of in within if part == quantity]
        wholes += [(area, year, quantity, "all")] if group != "all" else []
        wholes = [whole for whole in wholes if values.get(whole, 0) > 0]
        if 0 < value < SMALLEST or (wholes and value == 0):
            yield key, None
        for whole in wholes:
            if values[whole] - value < SMALLEST:
                yield whole, key


def no_secret_is_told(table, *published, **known):
    attacker = Attacker(*published, **known)
    for key, less in secrets(table):
        low, high = attacker.range_of(key, less)
        assert low <= 0, (key, less, low, high)
        assert high >= SMALLEST, (key, less, low, high)


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


def counts():
    return st.one_of(st.integers(0, 30), st.integers(0, 3000))


@st.composite
def cities(draw, groups=False):
    """Draw a city of two districts, one of them of two schools, in which everything adds up."""
    rows = []
    for year in (2017, 2018)[: draw(st.integers(1, 2))]:
        for group in ("girls", "boys") if groups else ("all",):
            of = {}
            for area in ("harbour", "hill_school", "dale_school"):
                whole = draw(counts())
                of[area] = np.array([whole, draw(st.integers(0, whole))])
            of["hills"] = of["hill_school"] + of["dale_school"]
            of["port"] = of["harbour"] + of["hills"]
            rows += [
                (area, year, quantity, group, float(value))
                for area, both in of.items()
                for quantity, value in zip(("population", "children"), both, strict=True)
            ]
    frame = pd.DataFrame(rows, columns=[*CELL, "value"])
    if groups:
        every = frame.groupby(CELL[:3])["value"].sum().reset_index().assign(group="all")
        frame = pd.concat([frame, every], ignore_index=True)
    usual = {"period": "year", "bound": "exact", "source": "yearbook", "status": "reported"}
    return validate(frame.assign(**usual, vintage="2019-06-01"))


@pytest.mark.slow
@settings(max_examples=60)
@given(cities())
def test_no_subtraction_over_areas_and_parts_gives_a_small_count(catalog, city):
    no_secret_is_told(city, protect(city, catalog, catalog.study("real")))


@pytest.mark.slow
@settings(max_examples=40)
@given(cities(groups=True))
def test_nor_does_one_over_groups(catalog, city):
    out = protect(city, catalog, catalog.study("real"))
    no_secret_is_told(city, out, groups=("girls", "boys"))


@pytest.mark.slow
@settings(max_examples=40)
@given(cities(), st.data())
def test_nor_does_a_part_of_the_table(catalog, city, data):
    """Figures are missing as it happens: areas that are not listed leave a rest too."""
    kept = data.draw(st.lists(st.booleans(), min_size=len(city), max_size=len(city)))
    some = city[np.array(kept)]
    no_secret_is_told(some, protect(some, catalog, catalog.study("real")))


@pytest.mark.slow
@settings(max_examples=25)
@given(cities(), st.data())
def test_nor_does_last_years_report(catalog, tmp_path_factory, first, data):
    """Some figures come later, and nothing told before them gives them away."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.csv"
    study = catalog.study("real")
    kept = data.draw(st.lists(st.booleans(), min_size=len(first), max_size=len(first)))
    before = protect(first[np.array(kept)], catalog, study)
    add_to_ledger(path, before, dt.date(2019, 6, 1))
    try:
        after = protect(first, catalog, study, read_ledger(path))
    except DataError:  # rightly, where a reader need not even see the second release
        unknown = first.assign(value=np.nan, status="suppressed")
        with pytest.raises(AssertionError):
            no_secret_is_told(hidden_in(first, before), before, unknown)
        return
    no_secret_is_told(hidden_in(first, before, after), before, after)


def hidden_in(table, *published):
    """Leave out what an earlier release told outright: it can't be a secret any more."""
    told = pd.concat(published)
    told = told[told["value"].notna() & (told["bound"] == "exact")][CELL].drop_duplicates()
    both = table.merge(told, on=CELL, how="left", indicator=True)
    return table[(both["_merge"] == "left_only").to_numpy() | (table["value"] >= SMALLEST)]


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
