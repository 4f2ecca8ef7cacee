"""Units, formulas, bounds and languages are definitions, and are held against each other."""

from __future__ import annotations

import copy

import pytest

from edu_metrics.errors import ReportError
from edu_metrics.words import amount, languages, say, texts, unit_of, untranslated

IN_PASS_RATE = "indicators.yaml entry 1 ('pass_rate')"
IN_RETENTION = "indicators.yaml entry 3 ('retention')"
IN_LEVEL = "plans/plan.yaml: target 'level'"
ANY_BOUNDS = [None, None]

POUND = {
    "id": "gbp",
    "name": {"zh": "英镑", "en": {"one": "pound", "other": "pounds"}},
    "symbol": "£",
    "dimension": "gbp",
    "money": True,
    "decimals": 0,
}


@pytest.fixture
def units(definitions):
    """Give definitions with a unit of their own."""
    definitions.held["units"] = [copy.deepcopy(POUND)]
    return definitions


def use(definitions, **changes):
    """Change the indicator of which a level and a gain are promised, and free its bounds."""
    entry = definitions.held["indicators"][2]
    entry.update(changes)
    return entry


def test_a_unit_of_the_project_is_printed_as_it_says(units):
    assert units.load().units["gbp"].symbol == "£"
    assert amount(-1234567, "gbp", "en") == "−£1,234,567"
    assert unit_of("gbp").word(1, "en") == "pound"
    assert unit_of("gbp").label("en") == "pounds"


def test_the_units_of_one_project_are_not_those_of_the_next(units, definitions):
    units.load()
    del definitions.held["units"]
    (definitions.folder / "units.yaml").unlink()
    definitions.load()
    with pytest.raises(ReportError, match=r"no unit 'gbp'"):
        amount(1, "gbp", "en")


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        ("units.gbp.nmae", "x", "units.yaml entry 1 ('gbp'): nmae: unknown key; did you mean "
         "'name'?"),
        ("units.gbp.scale", 0, "units.yaml entry 1 ('gbp'): scale: expected more than 0, found 0"),
        ("units.gbp.name", {"en": "pounds"}, "units.yaml entry 1 ('gbp'): name: zh: is missing"),
        ("units.gbp.dimension", "gbp ** 2", "units.yaml entry 1 ('gbp'): dimension: expected 1, a "
         "word such as count, or such as euro / count, found 'gbp ** 2'"),
        ("units.gbp.large_from", 1000, "units.yaml entry 1 ('gbp'): large and large_from: "
         "expected both or neither"),
        ("units.gbp.id", "persons", "units.yaml entry 1 ('persons'): id 'persons' stands already "
         "in this package"),
    ],
)  # fmt: skip
def test_a_broken_unit_is_refused(units, place, value, line):
    units.put(place, value)
    assert units.faults() == [line]


@pytest.mark.parametrize(
    ("place", "unit", "where"),
    [
        ("quantities.pupils.unit", "persns", "quantities.yaml entry 1 ('pupils'): unit"),
        ("indicators.pass_rate.unit", "prcent", f"{IN_PASS_RATE}: unit"),
        ("plans/plan.targets.built.unit", "nne", "plans/plan.yaml: target 'built': unit"),
    ],
)
def test_a_unit_that_is_not_defined_is_refused_wherever_it_is_named(
    definitions, place, unit, where
):
    definitions.put(place, unit)
    meant = {"persns": "persons", "prcent": "percent", "nne": "none"}[unit]
    assert definitions.faults() == [f"{where}: no unit {unit!r}; did you mean {meant!r}?"]


def test_a_ratio_is_no_number_per_thousand(definitions):
    """Of 47 places for 20 000 children `ratio` makes 0.00235, and not 2.35 per thousand."""
    inputs = {"numerator": "passing", "denominator": "pupils"}
    use(definitions, unit="per_thousand", formula="ratio", inputs=inputs)
    assert definitions.faults() == [
        f"{IN_RETENTION}: unit: ratio of numerator in persons, denominator in persons measures 1, "
        "and per_thousand measures 1 x 0.001; expected none, ratio, pupils_per_teacher, or an "
        "expression as formula that comes to per_thousand"
    ]


@pytest.mark.parametrize(
    ("formula", "unit", "sound"),
    [
        ("part / whole * 1000", "per_thousand", True),
        ("part / whole * 1000", "percent", False),
        ("part / whole * 100", "percent", True),
        ("100 * (whole - part) / whole", "percent", True),
        ("part / whole", "ratio", True),
        ("part / whole", "per_thousand", False),
        ("whole - part", "persons", True),
        ("whole - part", "percent", False),
    ],
)
def test_an_expression_is_in_the_unit_that_it_comes_to(definitions, formula, unit, sound):
    inputs = {"part": "passing", "whole": "pupils"}
    use(definitions, unit=unit, formula=formula, inputs=inputs, bounds=ANY_BOUNDS)
    definitions.drop("plans/plan.targets.gain.readings.mean")
    if sound:
        assert definitions.load().indicators["retention"].calculation.pooling == "counts"
    else:
        assert [f"{IN_RETENTION}: unit: {formula} of "] == [
            fault[: len(f"{IN_RETENTION}: unit: {formula} of ")] for fault in definitions.faults()
        ]


@pytest.mark.parametrize(
    ("unit", "sound"), [("persons", True), ("count", True), ("schools", False)]
)
def test_what_is_counted_is_counted_in_its_own_unit_or_in_a_bare_number(definitions, unit, sound):
    use(definitions, formula="count", unit=unit, inputs={"value": "pupils"})
    definitions.drop("plans/plan.targets.gain.readings.mean")
    if sound:
        definitions.load()
    else:
        told = "expected that of what is counted, value in persons, found schools"
        assert definitions.faults() == [f"{IN_RETENTION}: unit: {told}"]


def test_an_expression_may_take_printed_rates_and_is_then_not_pooled(definitions):
    use(definitions, formula="100 - rate", inputs={"rate": "pass_pct"}, bounds=[0, 100])
    assert definitions.load().indicators["retention"].calculation.pooling == "none"


def test_parity_of_printed_rates_is_a_formula_of_an_indicator(definitions):
    definitions.held["groups"] = [{"id": "boys", "name": {"zh": "男生", "en": "Boys"}}]
    use(definitions, formula="parity_index", unit="ratio", inputs={"first": "pass_pct",
        "second": {"quantity": "pass_pct", "group": "boys"}})  # fmt: skip
    assert definitions.load().indicators["retention"].calculation.name == "parity_index"


@pytest.mark.parametrize(
    ("formula", "line"),
    [
        ("shaer", "no formula 'shaer'; did you mean 'share'?"),
        ("a ** 2", "expected an expression of numbers, names of inputs, + - * / and brackets, "
         "found 'a ** 2'"),
        ("own.mine", "'own.mine' is a function of the project's own; name its file in "
         "settings.yaml, as python_formulas: formulas.py, so that it may be run"),
    ],
)  # fmt: skip
def test_a_formula_that_is_none_is_refused(definitions, formula, line):
    use(definitions, formula=formula)
    assert definitions.faults() == [f"{IN_RETENTION}: formula: {line}"]


def test_unlike_inputs_are_not_added(units):
    units.held["quantities"].append(
        {"id": "cost", "name": {"zh": "支出", "en": "Cost"}, "unit": "gbp", "form": "money"}
    )
    use(units, formula="a + b", inputs={"a": "pupils", "b": "cost"})
    assert units.faults() == [
        f"{IN_RETENTION}: formula: a + b of a in persons, b in gbp: expected like to be added to "
        "like, found count and gbp"
    ]


# Python


def with_python(definitions, text, settings="python_formulas: formulas.py\n"):
    definitions.folder.mkdir(parents=True)
    (definitions.folder / "formulas.py").write_text(text, "utf-8")
    (definitions.folder / "settings.yaml").write_text(settings, "utf-8")


def test_a_python_file_is_run_where_it_is_switched_on(definitions):
    with_python(definitions, "def half(whole):\n    return whole / 2\n")
    use(definitions, formula="own.half", inputs={"whole": "pupils"})
    assert definitions.load().indicators["retention"].calculation.function(5.0) == 2.5


def test_a_python_file_that_is_not_switched_on_is_not_run(definitions):
    with_python(definitions, "raise SystemExit('run')\n", settings="python_formulas: null\n")
    definitions.load()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("def half(:\n", "formulas.py: line 1: can't be run: SyntaxError"),
        ("1 / 0\n", "formulas.py: can't be run: ZeroDivisionError: division by zero"),
        ("def half(*numbers):\n    return 1\n", "formulas.py: half: expected named arguments, one "
         "a number, and no * or **"),
    ],
)  # fmt: skip
def test_a_python_file_that_can_not_be_run_is_a_fault(definitions, text, line):
    with_python(definitions, text)
    (fault,) = definitions.faults()
    assert fault.startswith(line)


# Bounds


@pytest.mark.parametrize(
    ("bounds", "ends", "inside", "outside"),
    [
        ([0, 10], [], (0, 10), (-0.1, 10.1)),
        ([0, 10], ["high"], (0, 9.99), (10,)),
        ([0, 10], ["low", "high"], (0.01, 9.99), (0, 10)),
        ([200, 1000], [], (200, 1000), (199, 1001)),
        ([None, 100], [], (-1e9, 100), (100.1,)),
        ([None, None], [], (-1e9, 1e9), ()),
    ],
)
def test_bounds_are_any_interval_closed_or_open_on_either_side(
    definitions, bounds, ends, inside, outside
):
    definitions.held["indicators"][1].update(bounds=bounds, open=ends)
    indicator = definitions.load().indicators["pass_rate_published"]
    assert all(indicator.has(value) for value in inside)
    assert not any(indicator.has(value) for value in outside)


@pytest.mark.parametrize(
    ("bounds", "ends", "shown"),
    [
        ([0, 10], [], "[0, 10]"),
        ([0, 10], ["high"], "[0, 10)"),
        ([None, 5], ["high"], "(-inf, 5)"),
        ([200, None], [], "[200, inf)"),
    ],
)
def test_an_interval_is_written_as_in_mathematics(definitions, bounds, ends, shown):
    definitions.held["indicators"][1].update(bounds=bounds, open=ends)
    assert definitions.load().indicators["pass_rate_published"].interval == shown


def test_an_end_that_is_open_is_an_end(definitions):
    definitions.held["indicators"][1].update(bounds=[0, None], open=["high"])
    assert definitions.faults() == [
        "indicators.yaml entry 2 ('pass_rate_published'): open: ['high'] without a limit in "
        "bounds [0.0, None]"
    ]


@pytest.mark.parametrize("value", [">=105", ">=-1"])
def test_a_level_that_the_indicator_can_not_have_is_refused(definitions, value):
    definitions.put("plans/plan.targets.level.readings.both_years.conditions.0.at", {2022: value})
    shown = {">=105": "≥ 105", ">=-1": "≥ -1"}[value]
    assert definitions.faults() == [
        f"{IN_LEVEL}: reading 'both_years': 2022: {shown!r} lies outside the bounds [0, 100] of "
        "'pass_rate', which counts in percent"
    ]


def test_a_promise_counts_in_the_unit_of_its_indicator_or_in_a_change_of_it(definitions):
    definitions.put("plans/plan.targets.level.unit", "yuan")
    assert definitions.faults() == [
        f"{IN_LEVEL}: unit: yuan measures yuan, and the indicator 'pass_rate' counts in percent; "
        "expected percent, a change of it in a year, or a percentage"
    ]
    for unit in ("points", "points_per_year", "percent_per_year", "rank", "percent"):
        definitions.put("plans/plan.targets.level.unit", unit)
        definitions.load()


def test_only_money_is_told_in_prices_of_a_year(definitions):
    use(definitions, prices={"year": 2015, "deflator": "cpi"})
    assert definitions.faults() == [
        f"{IN_RETENTION}: prices: deflator: no quantity 'cpi'",
        f"{IN_RETENTION}: prices: percent is no money; only money is told in prices of a year",
    ]


# Levels


def test_a_level_of_the_project_is_called_as_it_says(definitions):
    definitions.held["levels"] = [
        {"id": "county", "name": {"zh": "县", "en": {"one": "county", "other": "counties"}}}
    ]
    definitions.put("areas.east.level", "county")
    catalog = definitions.load()
    assert catalog.levels[catalog.areas["east"].level].word(None, "en") == "counties"
    assert catalog.levels["city"].word(1, "zh") == "市"


def test_a_level_that_is_not_defined_is_refused(definitions):
    definitions.put("areas.east.level", "districts")
    assert definitions.faults() == [
        "areas.yaml entry 3 ('east'): level: no level 'districts'; did you mean 'district'?"
    ]


# Languages


def only(definitions, *languages):
    for study in ("studies/real", "studies/invented"):
        definitions.put(f"{study}.languages", list(languages))


def test_a_project_in_english_needs_no_chinese(definitions):
    only(definitions, "en")
    for entry in definitions.held["indicators"]:
        entry["name"] = {"en": entry["name"]["en"]}
    definitions.put("areas.coded.name", {"en": "No. {code}"})
    catalog = definitions.load()
    assert catalog.indicators["retention"].name.in_("en") == "Retention"
    assert catalog.areas["coded_1010"].name.by_language == {"en": "No. 1010"}


def test_what_any_study_is_told_in_is_needed_by_all(definitions):
    definitions.put("studies/real.languages", ["en"])
    definitions.put("indicators.retention.name", {"en": "Retention"})
    assert definitions.faults() == [f"{IN_RETENTION}: name: zh: is missing"]


def add_portuguese(definitions, text="index.language: Português\nverdict.met: cumprida\n"):
    path = definitions.folder / "words" / "pt.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def test_a_third_language_works_where_its_texts_are_and_falls_back_visibly_where_not(definitions):
    only(definitions, "en", "pt")
    add_portuguese(definitions)
    definitions.put("areas.city.name", {"en": "Port City", "pt": "Cidade do Porto"})
    catalog = definitions.load()
    assert catalog.areas["city"].name.in_("pt") == "Cidade do Porto"
    assert catalog.areas["east"].name.in_("pt") == "East [en]"
    assert languages() == ("zh", "en", "pt")
    assert (say("verdict.met", "pt"), say("verdict.missed", "pt")) == ("cumprida", "missed")
    assert untranslated("pt") == len(texts()) - 2


def test_a_third_language_has_a_word_for_one_and_one_for_several(definitions):
    only(definitions, "en", "pt")
    nouns = "unit.persons: {one: pessoa, other: pessoas}\nunit.schools: escolas\n"
    add_portuguese(definitions, nouns)
    definitions.load()
    persons, schools = unit_of("persons"), unit_of("schools")
    assert [persons.word(number, "pt") for number in (1, 2)] == ["pessoa", "pessoas"]
    assert [schools.word(number, "pt") for number in (1, 2)] == ["escolas", "escolas"]
    assert untranslated("pt") == len(texts())


def test_english_stands_in_for_a_third_language_and_so_is_needed(definitions):
    only(definitions, "pt")
    add_portuguese(definitions)
    areas = definitions.held["areas"]
    for entry in areas:
        entry["name"] = {"pt": entry["name"]["en"]}
    missing = [fault.split("): ", 1)[1] for fault in definitions.faults()]
    assert missing == ["name: en: is missing"] * len(areas)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("index.titel: x\n", "words/pt.yaml: index.titel: unknown key; did you mean "
         "'index.title'?"),
        ("index.title: 3\n", "words/pt.yaml: index.title: expected text, found a single value"),
        ("report.as_of: '{dia}'\n", "words/pt.yaml: report.as_of: expected the placeholders [], "
         "found ['dia']"),
        ("unit.persons: {one: pessoa}\n", "words/pt.yaml: unit.persons: other: is missing"),
        ("- x\n", "words/pt.yaml: expected a mapping of keys to texts, found a list"),
    ],
)  # fmt: skip
def test_a_text_that_says_something_else_is_refused(definitions, text, line):
    add_portuguese(definitions, text)
    assert definitions.faults() == [line]


def test_units_and_levels_of_the_package_are_named_in_a_third_language_too(definitions):
    only(definitions, "en", "pt")
    add_portuguese(definitions, "unit.persons: pessoas\nlevel.city: município\n")
    catalog = definitions.load()
    assert amount(3, "persons", "pt") == "3 pessoas"
    assert amount(3, "schools", "pt") == "3 schools"
    assert catalog.levels["city"].word(1, "pt") == "município"


def test_a_language_in_which_a_text_may_not_be_is_an_unknown_key(definitions):
    definitions.put("areas.city.name.pt", "Cidade")
    assert definitions.faults() == ["areas.yaml entry 2 ('city'): name: pt: unknown key"]


HELD = {"id": "census", "name": {"zh": "统计报表", "en": "Census"}, "quantities": ["pupils"]}


def test_a_holder_names_quantities_that_there_are_and_each_is_held_once(definitions):
    definitions.held["holders"] = [HELD]
    assert definitions.load().holders["census"].quantities == ("pupils",)
    twice = {**HELD, "id": "other", "quantities": ["pupils", "pupil"]}
    definitions.held["holders"] = [HELD, twice]
    where = "holders.yaml entry 2 ('other'): quantities"
    assert definitions.faults() == [
        f"{where}: 'pupils' is held by 'census' already",
        f"{where}: no quantity 'pupil'; did you mean 'pupils'?",
    ]
