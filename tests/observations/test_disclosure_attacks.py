"""What is withheld can't be worked out: attacks by those who know the published figures only."""

from __future__ import annotations

import contextlib
import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edu_metrics.catalog import Indicator, Quantity
from edu_metrics.errors import DataError
from edu_metrics.observations import add_to_ledger, protect, read_ledger, validate
from tests.observations.attacker import CELL, Attacker, Printed, no_secret_is_told, told

SHARE = Printed("children_share_pct", "children", "population")
GROUPS, HALVES = ("girls", "boys"), ("h1", "h2")


def counts():
    return st.one_of(st.integers(0, 30), st.integers(0, 3000))


@st.composite
def cities(draw, split="group", into=(None,), most_years=2, size=None):
    """Draw a city of two districts, one of them of two schools, in which everything adds up."""
    usual = {"group": "all", "period": "year"}
    rows = []
    for year in (2017, 2018)[: draw(st.integers(1, most_years))]:
        for part in into:
            of = {}
            for area in ("harbour", "hill_school", "dale_school"):
                whole = draw(counts() if size is None else size)
                of[area] = np.array([whole, draw(st.integers(0, whole))])
            of["hills"] = of["hill_school"] + of["dale_school"]
            of["port"] = of["harbour"] + of["hills"]
            rows += [
                {**usual, "area": area, "year": year, "quantity": quantity, "value": float(value)}
                | ({split: part} if part else {})
                for area, both in of.items()
                for quantity, value in zip(("population", "children"), both, strict=True)
            ]
    frame = pd.DataFrame(rows)
    if into != (None,):
        rest = [name for name in CELL if name != split]
        every = frame.groupby(rest)["value"].sum().reset_index()
        frame = pd.concat([frame, every.assign(**{split: usual[split]})], ignore_index=True)
    usual = {"bound": "exact", "source": "yearbook", "status": "reported"}
    return validate(frame.assign(**usual, vintage="2019-06-01"))


def some_of(data, table):
    """Leave out figures as it happens."""
    kept = data.draw(st.lists(st.booleans(), min_size=len(table), max_size=len(table)))
    return table[np.array(kept, dtype=bool)].reset_index(drop=True)


def with_rates(table):
    """Add the share of children, as it is printed, wherever there is one."""
    wide = table.pivot_table(
        index=[name for name in table if name not in ("quantity", "value")],
        columns="quantity", values="value", dropna=False,
    ).reset_index()  # fmt: skip
    wide = wide[wide["population"] > 0]
    rate = (100 * wide["children"] / wide["population"]).round(1)
    rows = wide.assign(quantity="children_share_pct", value=rate)[list(table)]
    return validate(pd.concat([table, rows], ignore_index=True))


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities())
def test_no_subtraction_over_areas_and_parts_gives_a_small_count(catalog, city):
    no_secret_is_told(city, protect(city, catalog, catalog.study("real")))


@pytest.mark.slow
@pytest.mark.parametrize(("split", "into"), [("group", GROUPS), ("period", HALVES)])
@settings(max_examples=10, derandomize=True)
@given(data=st.data())
def test_nor_does_one_over_groups_or_halves_of_the_year(catalog, split, into, data):
    city = data.draw(cities(split, into))
    out = protect(city, catalog, catalog.study("real"))
    no_secret_is_told(city, out, **{f"{split}s" if split == "group" else "halves": into})


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities(), st.data())
def test_nor_does_a_part_of_the_table(catalog, city, data):
    """Figures are missing as it happens: areas that are not listed leave a rest too."""
    some = some_of(data, city)
    no_secret_is_told(some, protect(some, catalog, catalog.study("real")))


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities("group", GROUPS, most_years=1), st.data())
def test_nor_does_a_group_that_is_not_listed(catalog, city, data):
    """What is a secret is so whether or not a table has a row for it."""
    whole = pd.MultiIndex.from_frame(city[["area", "quantity"]]).isin([("port", "population")])
    some = some_of(data, city[~whole])
    some = pd.concat([city[whole], some], ignore_index=True)
    out = protect(validate(some), catalog, catalog.study("real"))
    no_secret_is_told(some, out, groups=GROUPS)


#: Quotients of larger ones are hard on the integer programs, of those who protect and who attack.
FEW = {"most_years": 1, "size": st.integers(0, 200)}


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities(**FEW), st.data())
def test_nor_does_a_printed_rate(catalog, city, data):
    some = some_of(data, with_rates(city))
    out = protect(some, catalog, catalog.study("real"))
    no_secret_is_told(with_the_other_count(city, some), out, printed=(SHARE,))


def with_the_other_count(city, some):
    """Leave figures that are listed, and those that a rate tells of them."""
    place = [name for name in CELL if name != "quantity"]
    rates = some[(some["quantity"] == SHARE.quantity) & (some["value"] > 0)][place]
    counts = some[some["quantity"] != SHARE.quantity]
    both = counts.merge(rates, on=place)
    told = [both.assign(quantity=name)[CELL] for name in ("children", "population")]
    return city.merge(pd.concat([counts[CELL], *told]).drop_duplicates(), on=CELL)


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities(**FEW), st.data())
def test_nor_does_one_that_others_print(catalog, city, data):
    """Where rates of others tell it already, or nearly, the build stops."""
    known = with_public_bulletin(catalog)
    some = with_rates(city)
    others = some["quantity"] == SHARE.quantity
    some["source"] = some["source"].mask(others, "bulletin")
    some = pd.concat([some[~others], some_of(data, some[others])], ignore_index=True)
    with contextlib.suppress(DataError):
        no_secret_is_told(city, protect(some, known, known.study("real")), printed=(SHARE,))


@pytest.mark.slow
@settings(max_examples=20, derandomize=True)
@given(cities(most_years=1), st.data())
def test_nor_does_a_bound_that_a_source_prints(catalog, city, data):
    """Some figures come as at least or at most so many."""
    bound = [
        data.draw(st.sampled_from(("exact", "exact", "at_least", "at_most")))
        for _ in range(len(city))
    ]
    slack = [data.draw(st.integers(0, 12)) for _ in range(len(city))]
    sign = pd.Series(bound).map({"exact": 0, "at_least": -1, "at_most": 1})
    value = (city["value"] + sign * slack).clip(lower=0)
    some = city.assign(bound=bound, value=value)
    no_secret_is_told(city, protect(some, catalog, catalog.study("real")))


def with_public_bulletin(catalog):
    bulletin = catalog.sources["bulletin"].model_copy(update={"disclosure": "published"})
    return replace(catalog, sources={**catalog.sources, "bulletin": bulletin})


def unknown(table, rows):
    return table.assign(value=table["value"].mask(rows), status="suppressed")


@pytest.mark.slow
@settings(max_examples=10, derandomize=True)
@given(cities(), st.data())
def test_nor_does_last_years_report(catalog, tmp_path_factory, first, data):
    """Some figures come later, and nothing told before them gives them away."""
    path = tmp_path_factory.mktemp("ledger") / "ledger.csv"
    study = catalog.study("real")
    first = with_rates(first)
    before = protect(some_of(data, first), catalog, study)
    add_to_ledger(path, before, dt.date(2019, 6, 1))
    try:
        after = protect(first, catalog, study, read_ledger(path))
    except DataError:  # rightly, where a reader need not even see the second release
        hidden, nothing = hidden_in(first, before), unknown(first, first["year"] > 0)
        with pytest.raises(AssertionError):
            no_secret_is_told(hidden, before, nothing, printed=(SHARE,))
        return
    no_secret_is_told(hidden_in(first, before, after), before, after, printed=(SHARE,))


def hidden_in(table, *published):
    """Leave out what an earlier release told outright: it can't be a secret any more."""
    told = pd.concat(published)
    told = told[told["value"].notna() & (told["bound"] == "exact")][CELL].drop_duplicates()
    both = table.merge(told, on=CELL, how="left", indicator=True)
    kept = (both["_merge"] == "left_only").to_numpy() | (table["value"] >= 10)
    return table[kept & (table["quantity"] != SHARE.quantity)]


def with_more(catalog, **more):
    """Add quantities and indicators to the definitions."""
    text = {"zh": "-", "en": "-"}
    quantities, indicators = dict(catalog.quantities), dict(catalog.indicators)
    for name, (unit, formula, inputs) in more.items():
        for one in inputs.values():
            one = one["quantity"] if isinstance(one, dict) else one
            if one not in quantities:
                quantities[one] = Quantity(id=one, name=text, unit="persons", form="count")
        printed = f"{name}_printed"
        quantities[printed] = Quantity(id=printed, name=text, unit=unit, form="printed_rate")
        usual = {"name": text, "unit": unit, "better": "neither",
                 "citation": {"source": "yearbook", "locator": "-"}}  # fmt: skip
        bounds = (0, 100) if unit == "percent" else (0, None)
        indicators[name] = Indicator(
            id=name, formula=formula, inputs=inputs, bounds=bounds, **usual
        )
        indicators[printed] = Indicator(
            id=printed, formula="as_published", inputs={"value": printed}, bounds=bounds,
            relations=[{"kind": "published_form_of", "indicators": [name]}], **usual,
        )  # fmt: skip
    return replace(catalog, quantities=quantities, indicators=indicators)


PASSING = {"part": "passing", "whole": "tested"}


@pytest.mark.parametrize(
    ("formula", "inputs"),
    [
        ("net_enrolment", {"enrolled_in_age": "passing", "population": "tested"}),
        ("part / whole * 100", PASSING),
        ("100 / (whole / part)", PASSING),
    ],
)
def test_a_share_is_one_however_its_formula_is_written(catalog, table, formula, inputs):
    known = with_more(catalog, rate=("percent", formula, inputs))
    given = table(("city", 2018, "tested", 49.0), ("city", 2018, "passing", 46.0))
    out = protect(given, known, known.study("real"))
    assert told(out, "city", "passing") == "withheld", "3 of 49 do not pass"


def test_a_part_with_its_printed_share_tells_the_rest(catalog, table):
    """40 are 95.2 % of 42."""
    given = table(("city", 2018, "children", 40.0), ("city", 2018, SHARE.quantity, 95.2))
    out = protect(given, catalog, catalog.study("real"))
    assert "withheld" in (told(out, "city", "children"), told(out, "city", SHARE.quantity))


def test_a_printed_share_of_what_others_leave_is_a_count(catalog, table):
    """The harbour has 80 less 40, of whom 95 % leave 2."""
    given = table(
        ("port", 2018, "population", 80.0), ("hills", 2018, "population", 40.0),
        ("harbour", 2018, SHARE.quantity, 95.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", SHARE.quantity) == "withheld"


def test_a_printed_rate_tells_who_is_left_of_an_earlier_year(catalog, table):
    """A quarter of 20 who began three years before are 5; of 30, 2 left."""
    left = {"leaving": "grade_12", "entrants": {"quantity": "grade_10", "lag": 3}}
    known = with_more(catalog, kept=("percent", "cohort_retention", left))
    given = table(("city", 2015, "grade_10", 20.0), ("city", 2018, "kept_printed", 25.0))
    out = protect(given, known, known.study("real"))
    assert told(out, "city", "kept_printed") == "withheld"
    given = table(("city", 2015, "grade_10", 30.0), ("city", 2018, "grade_12", 28.0))
    out = protect(given, known, known.study("real"))
    assert told(out, "city", "grade_12") == "withheld", "two left"


def test_a_rate_of_a_later_year_is_held_against_what_was_told_before(catalog, table, tmp_path):
    """The entrants were out; the rate is out; now the leavers come: none of them may be told."""
    left = {"leaving": "grade_12", "entrants": {"quantity": "grade_10", "lag": 3}}
    known = with_more(catalog, kept=("percent", "cohort_retention", left))
    study, path = known.study("real"), tmp_path / "ledger.csv"
    rate = ("harbour", 2018, "kept_printed", 20.0)
    first = protect(table(rate), known, study)
    assert told(first, "harbour", "kept_printed") == ("exact", 20)
    add_to_ledger(path, first, dt.date(2019, 6, 1))
    now = table(
        rate, ("harbour", 2015, "grade_10", 25.0), ("hills", 2015, "grade_10", 75.0),
        ("port", 2015, "grade_10", 100.0),
    )  # fmt: skip
    out = protect(now, known, study, read_ledger(path))
    assert told(out, "harbour", "grade_10", year=2015) == "withheld", "a fifth of 25 are 5"
    attacker = Attacker(first, out, within=(), printed=[
        Printed("kept_printed", "grade_12", "grade_10", lag=3, step=1),
    ])  # fmt: skip
    low, high = attacker.range_of(("harbour", 2018, "grade_12", "all", "year"))
    assert low == 0
    assert high >= 10


def test_a_rate_that_others_print_tells_a_part_with_its_whole(catalog, table):
    known = with_public_bulletin(catalog)
    given = table(
        ("city", 2018, "population", 40.0), ("city", 2018, SHARE.quantity, 12.5),
        source=["yearbook", "bulletin"],
    )  # fmt: skip
    out = protect(given, known, known.study("real"))
    assert told(out, "city", SHARE.quantity) == ("exact", 12.5)
    assert told(out, "city", "population") == "withheld"


def test_few_are_few_where_a_source_prints_a_bound(catalog, table):
    rows = [("city", 2018, "population", 3.0), ("west", 2018, "population", 300.0)]
    given = table(*rows, ("west", 2018, "children", 297.0), bound=["at_most", "exact", "at_least"])
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "city", "population") == "withheld"
    assert told(out, "west", "children") == "withheld", "three at most are older"
    many = table(("city", 2018, "population", 50.0), bound=["at_least"])
    assert told(protect(many, catalog, catalog.study("real")), "city", "population") == (
        "at_least", 50,
    )  # fmt: skip


def test_none_is_a_secret_where_the_whole_is_printed_as_a_bound(catalog, table):
    """The harbour has 80 at most, and none of them are children."""
    given = table(
        ("harbour", 2018, "population", 80.0), ("harbour", 2018, "children", 0.0),
        bound=["at_most", "exact"],
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "children") == "withheld"
    given = given.assign(value=0.0)
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "children") == ("exact", 0), "nobody is there"


def test_a_rate_goes_where_one_of_its_counts_no_longer_follows(catalog, table):
    """Three at the dale school are no children; without its 25 nobody knows the hills' 233."""
    given = table(
        ("port", 2018, "children", 243.0), ("harbour", 2018, "population", 21.0),
        ("hill_school", 2018, "population", 208.0), ("hill_school", 2018, "children", 208.0),
        ("hill_school", 2018, SHARE.quantity, 100.0), ("hills", 2018, SHARE.quantity, 98.7),
        ("dale_school", 2018, "children", 25.0), ("dale_school", 2018, SHARE.quantity, 89.3),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "dale_school", "children") == "withheld"
    assert told(out, "hills", SHARE.quantity) == "withheld"


def test_none_with_a_rate_is_none_of_somebody(catalog, table):
    given = table(("harbour", 2018, "children", 0.0), ("harbour", 2018, SHARE.quantity, 0.0))
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "children") == told(out, "harbour", SHARE.quantity) == "withheld"
    given = table(
        ("hills", 2018, "children", 95.0), ("dale_school", 2018, "children", 95.0),
        ("hill_school", 2018, SHARE.quantity, 0.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert "withheld" in [told(out, area, "children") for area in ("hills", "dale_school")]
    assert told(out, "hill_school", SHARE.quantity) == "withheld"
    given = table(("harbour", 2018, "children", 0.0))
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "children") == ("exact", 0), "perhaps nobody lives there"


def test_a_rate_tells_a_count_that_another_rate_makes_known(catalog, table):
    """50 are 50 % of 100 at the harbour, so the hills have 100, of whom 6 % are 6."""
    given = table(
        ("port", 2018, "population", 200.0), ("harbour", 2018, "children", 50.0),
        ("harbour", 2018, SHARE.quantity, 50.0), ("hills", 2018, SHARE.quantity, 6.0),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "hills", SHARE.quantity) == "withheld"
    low, high = Attacker(out, printed=(SHARE,)).range_of(("hills", 2018, "children", "all", "year"))
    assert low == 0
    assert high >= 10


def test_the_last_group_without_a_figure_is_what_the_others_leave(catalog, table):
    """Boys are 80 less 40, of whom 36 leave 4; that girls and boys are all, others tell."""
    given = table(
        ("city", 2018, "entrants", 50.0), ("city", 2018, "entrants", 20.0),
        ("city", 2018, "entrants", 30.0), ("city", 2018, "population", 80.0),
        ("city", 2018, "population", 40.0), ("city", 2018, "children", 36.0),
        group=["all", "girls", "boys", "all", "girls", "boys"],
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "city", "children", "boys") == "withheld"


def test_groups_that_are_all_tell_who_is_left_of_the_whole(catalog, table):
    """Of 400, 200 girls and 197 boys are children."""
    cells = [("city", 2018, "children", value) for value in (200.0, 197.0)]
    entrants = [("city", 2018, "entrants", value) for value in (50.0, 20.0, 30.0)]
    given = table(
        *entrants, ("city", 2018, "population", 400.0), *cells,
        group=["all", "girls", "boys", "all", "girls", "boys"],
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    gone = [told(out, "city", "children", group) for group in GROUPS]
    assert "withheld" in [*gone, told(out, "city", "population")]


def test_half_a_year_that_is_not_listed_is_what_the_other_leaves(catalog, table):
    rows = [
        ("west", 2018, "entrants", value) for value in (50.0, 20.0, 30.0)
    ] + [("city", 2018, "entrants", value) for value in (40.0, 36.0)]  # fmt: skip
    given = table(*rows, period=["year", "h1", "h2", "year", "h1"])
    out = protect(given, catalog, catalog.study("real"))
    assert "withheld" in (told(out, "city", "entrants"), told(out, "city", "entrants", "all", "h1"))


MONEY = {"money": ("budget",), "within": ()}


def test_money_of_few_persons_is_withheld_and_so_is_what_gives_it_away(catalog, table):
    given = table(
        ("port", 2018, "population", 104.0), ("harbour", 2018, "population", 4.0),
        ("hills", 2018, "population", 100.0), ("port", 2018, "budget", 2.6e9),
        ("harbour", 2018, "budget", 1e6), ("hills", 2018, "budget", 2.599e9),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "budget") == "withheld"
    assert "withheld" in (told(out, "port", "budget"), told(out, "hills", "budget"))
    for area in ("port", "hills"):
        both = told(out, area, "population"), told(out, area, "budget")
        assert both[0] != "withheld" or both[1] == "withheld", "a rate a head tells the heads"
    low, high = Attacker(out, **MONEY).range_of(("harbour", 2018, "budget", "all", "year"))
    assert low <= 1
    assert high >= 2e6 - 1
    alone = protect(table(("city", 2018, "budget", 1e6)), catalog, catalog.study("real"))
    assert told(alone, "city", "budget") == ("exact", 1e6), "nobody says of whom"


def test_money_of_few_whom_others_leave_is_withheld(catalog, table):
    """The harbour has 104 less 100 persons, and no row says so."""
    given = table(
        ("port", 2018, "population", 104.0), ("hills", 2018, "population", 100.0),
        ("harbour", 2018, "budget", 1e6),
    )  # fmt: skip
    out = protect(given, catalog, catalog.study("real"))
    assert told(out, "harbour", "budget") == "withheld"


def test_money_with_what_is_spent_a_head_is_a_count(catalog, table):
    """60,000 yuan at 20,000 each are of three."""
    spent = {"amount": "budget", "persons": "population"}
    known = with_more(catalog, spent=("yuan_per_pupil", "per_head", spent))
    given = table(("city", 2018, "budget", 60_000.0), ("city", 2018, "spent_printed", 20_000.0))
    out = protect(given, known, known.study("real"))
    assert told(out, "city", "spent_printed") == told(out, "city", "budget") == "withheld"
    given = table(("city", 2018, "budget", 6e6), ("city", 2018, "spent_printed", 20_000.0))
    pd.testing.assert_frame_equal(protect(given, known, known.study("real")), given)


def test_money_of_one_or_two_schools_is_withheld_and_their_number_is_not(catalog, table):
    known = with_more(
        catalog, each=("yuan", "per_head", {"amount": "budget", "persons": "schools"})
    )
    for schools, gone in ((1.0, True), (2.0, True), (3.0, False), (0.0, False)):
        given = table(("city", 2018, "schools", schools), ("city", 2018, "budget", 1e6))
        out = protect(given, known, known.study("real"))
        assert (told(out, "city", "budget") == "withheld") is gone
        assert told(out, "city", "schools") == ("exact", schools)


def test_a_rate_that_is_no_share_is_no_bound(catalog, table):
    """Three pupils to a teacher are no three per cent."""
    taught = {"pupils": "population", "teachers": "leavers"}
    known = with_more(catalog, taught=("pupils_per_teacher", "pupil_teacher_ratio", taught))
    given = table(("city", 2018, "taught_printed", 3.1))
    pd.testing.assert_frame_equal(protect(given, known, known.study("real")), given)


def test_a_bound_that_was_told_once_stays_one(catalog, table, tmp_path):
    """Of 1,000, at most 10 and at least 990 were told."""
    study, path = catalog.study("real"), tmp_path / "ledger.csv"
    few, most = ("east", 2018, "children", 4.0), ("west", 2018, "children", 996.0)
    wholes = [(area, 2018, "population", 1000.0) for area in ("east", "west")]
    given = table(*wholes, few, most)
    first = protect(given, catalog, study)
    assert told(first, "east", "children") == ("at_most", 10)
    assert told(first, "west", "children") == ("at_least", 990)
    add_to_ledger(path, first, dt.date(2019, 6, 1))
    pd.testing.assert_frame_equal(protect(given, catalog, study, read_ledger(path)), first)
