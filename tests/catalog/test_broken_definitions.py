"""Each kind of broken definition is refused with its name: file, entry, field, expected, found."""

from __future__ import annotations

import datetime as dt

import pytest

TARGETS = "plans/plan.targets"
LEVEL = f"{TARGETS}.level"
GAIN = f"{TARGETS}.gain"
CONDITION = f"{LEVEL}.readings.both_years.conditions.0"
CHANGE = f"{GAIN}.readings.capped.conditions.0"
PASS_RATE = "indicators.pass_rate"

IN_PASS_RATE = "indicators.yaml entry 1 ('pass_rate')"
IN_PLAN = "plans/plan.yaml"
IN_LEVEL = f"{IN_PLAN}: target 'level'"
IN_GAIN = f"{IN_PLAN}: target 'gain'"
IN_CONDITION = f"{IN_LEVEL}: reading 'both_years': conditions entry 1"
IN_CHANGE = f"{IN_GAIN}: reading 'capped': conditions entry 1"
IN_REAL = "studies/real.yaml"
IN_INVENTED = "studies/invented.yaml"

BOUND = "expected a bound such as '>95', '>=95', '<50', '<=50' or '==50'"
SLUG = "expected an id of letters and digits, joined by single underscores"
WORDS = "expected text, in quotes where it looks like a number, a date or yes or no"
CONDITIONS = (
    "'level', 'each_year', 'yearly_change', 'average_change', 'total_change', 'change_since', "
    "'sum_over_years', 'rank', 'relative', 'areas'"
)
KNOWN = (
    "'norm_pace', 'target_elsewhere', 'source_end', 'irreversible', 'selection', 'parts_of_whole'"
)
RATINGS = "'red', 'amber' or 'green'"
PRINTED = (
    "a printed rate goes with the formula as_published, with parity_index or with an expression"
)


def refuses(definitions, *lines):
    assert definitions.faults() == sorted(lines)


def test_the_set_that_these_tests_break_is_sound(definitions):
    assert set(definitions.load().plans["plan"].target("gain").steps) == {2, 3}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (f"{PASS_RATE}.bettr", f"{IN_PASS_RATE}: bettr: unknown key; did you mean 'better'?"),
        (f"{PASS_RATE}.zzz", f"{IN_PASS_RATE}: zzz: unknown key"),
        (
            f"{PASS_RATE}.citation.qoute",
            f"{IN_PASS_RATE}: citation: qoute: unknown key; did you mean 'quote'?",
        ),
        (
            "indicators.retention.inputs.entrants.lags",
            "indicators.yaml entry 3 ('retention'): inputs: entrants: lags: unknown key; "
            "did you mean 'lag'?",
        ),
        (f"{IN_PLAN[:-5]}.yssued", f"{IN_PLAN}: yssued: unknown key; did you mean 'issued'?"),
        (f"{LEVEL}.see_alos", f"{IN_LEVEL}: see_alos: unknown key; did you mean 'see_also'?"),
        (
            f"{LEVEL}.readings.both_years.lable",
            f"{IN_LEVEL}: reading 'both_years': lable: unknown key; did you mean 'label'?",
        ),
        (f"{CONDITION}.rounds", f"{IN_CONDITION}: rounds: unknown key; did you mean 'round_to'?"),
        # A key that another kind of condition has is unknown to this one, and is not offered.
        (f"{CONDITION}.capped", f"{IN_CONDITION}: capped: unknown key"),
        (f"{CHANGE}.caped", f"{IN_CHANGE}: caped: unknown key; did you mean 'capped'?"),
        (
            "studies/real.observations.0.pth",
            f"{IN_REAL}: observations entry 1: pth: unknown key; did you mean 'path'?",
        ),
        (
            "areas.coded.aliases",
            "areas.yaml entry 7 ('coded'): aliases: unknown key",
        ),
        ("sources.law.name", "sources.yaml entry 1 ('law'): name: unknown key"),
        (
            "quantities.pupils.units",
            "quantities.yaml entry 1 ('pupils'): units: unknown key; did you mean 'unit'?",
        ),
        (
            "breaks.new_test.wy",
            "breaks.yaml entry 1 ('new_test'): wy: unknown key; did you mean 'why'?",
        ),
        (
            "knowledge.pace.point_per_year",
            "knowledge.yaml entry 1 ('pace'): point_per_year: unknown key; "
            "did you mean 'points_per_year'?",
        ),
        (
            "assumptions.cut_60.text.fr",
            "assumptions.yaml entry 1 ('cut_60'): text: fr: unknown key",
        ),
    ],
)
def test_an_unknown_key_is_refused_at_any_depth(definitions, place, line):
    definitions.put(place, "x")
    refuses(definitions, line)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("sources.law.licence", "sources.yaml entry 1 ('law'): licence: is missing"),
        ("sources.law.id", "sources.yaml entry 1: id: is missing"),
        ("areas.east.name.en", "areas.yaml entry 3 ('east'): name: en: is missing"),
        (f"{PASS_RATE}.citation", f"{IN_PASS_RATE}: citation: is missing"),
        (f"{PASS_RATE}.citation.locator", f"{IN_PASS_RATE}: citation: locator: is missing"),
        ("plans/plan.issued", f"{IN_PLAN}: issued: is missing"),
        (f"{GAIN}.quote", f"{IN_GAIN}: quote: is missing"),
        (f"{GAIN}.deadline", f"{IN_GAIN}: deadline: is missing"),
        (f"{CONDITION}.at", f"{IN_CONDITION}: at: is missing"),
        (
            f"{CONDITION}.type",
            f"{IN_CONDITION}: type: is missing; expected one of {CONDITIONS}",
        ),
        ("studies/real.observations.0.path", f"{IN_REAL}: observations entry 1: path: is missing"),
        ("studies/real.as_of", f"{IN_REAL}: as_of: is missing"),
        (
            "knowledge.pace.type",
            f"knowledge.yaml entry 1 ('pace'): type: is missing; expected one of {KNOWN}",
        ),
    ],
)
def test_a_missing_field_is_named(definitions, place, line):
    definitions.drop(place)
    if place == "sources.law.id":
        # Nothing can tell that this entry was `law`.
        assert line in definitions.faults()
    else:
        refuses(definitions, line)


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (f"{GAIN}.article", 2, f"{IN_GAIN}: article: {WORDS}, found 2"),
        (f"{GAIN}.title.en", True, f"{IN_GAIN}: title: en: {WORDS}, found true"),
        (f"{GAIN}.title.en", None, f"{IN_GAIN}: title: en: is missing"),
        (
            f"{GAIN}.title.en",
            "  ",
            f"{IN_GAIN}: title: en: expected at least 1 character, found '  '",
        ),
        (
            f"{GAIN}.title",
            "Gain",
            f"{IN_GAIN}: title: expected a mapping with zh, en, found 'Gain'",
        ),
        (f"{GAIN}.steps", 3, f"{IN_GAIN}: steps: expected a list, found 3"),
        (f"{GAIN}.steps", [0], f"{IN_GAIN}: steps entry 1: expected 1 or more, found 0"),
        (f"{GAIN}.steps", [2, 21], f"{IN_GAIN}: steps entry 2: expected 20 or less, found 21"),
        (f"{GAIN}.steps", [1.5], f"{IN_GAIN}: steps entry 1: expected a whole number, found 1.5"),
        (f"{GAIN}.deadline", "end", f"{IN_GAIN}: deadline: expected a whole number, found 'end'"),
        (f"{GAIN}.areas", [], f"{IN_GAIN}: areas: expected 1 or more items, found 0"),
        ("plans/plan.targets", [], f"{IN_PLAN}: targets: expected 1 or more items, found 0"),
        ("plans/plan.targets", {"a": 1}, f"{IN_PLAN}: targets: expected a list, found a mapping"),
        (
            "plans/plan.issued",
            "2020-02-30",
            f"{IN_PLAN}: issued: expected a date such as 2020-12-02, found '2020-02-30'",
        ),
        (
            "plans/plan.issued",
            2020,
            f"{IN_PLAN}: issued: expected a date such as 2020-12-02, found 2020",
        ),
        ("plans/plan.first_year", 20, f"{IN_PLAN}: first_year: expected 1900 or more, found 20"),
        ("plans/plan.last_year", 2019, f"{IN_PLAN}: last_year: expected 2020 or later, found 2019"),
        (
            "plans/plan.articles",
            {"9": {"zh": "表", "en": "table"}},
            f"{IN_PLAN}: articles: no target stands in ['9']",
        ),
        (
            "plans/plan.hypothetical",
            "maybe",
            f"{IN_PLAN}: hypothetical: expected true or false, found 'maybe'",
        ),
        (f"{PASS_RATE}.bounds", [0], f"{IN_PASS_RATE}: bounds entry 2: is missing"),
        (
            f"{PASS_RATE}.bounds",
            [0, 50, 100],
            f"{IN_PASS_RATE}: bounds: expected at most 2 items, found 3",
        ),
        (
            f"{PASS_RATE}.bounds",
            ["low", 100],
            f"{IN_PASS_RATE}: bounds entry 1: expected a number, found 'low'",
        ),
        (
            f"{PASS_RATE}.bounds",
            [0, float("inf")],
            f"{IN_PASS_RATE}: bounds entry 2: expected a finite number, found inf",
        ),
        (
            f"{PASS_RATE}.parameters.cut",
            [60],
            f"{IN_PASS_RATE}: parameters: cut: expected a number or text, found [60]",
        ),
        (
            f"{PASS_RATE}.parameters",
            [60],
            f"{IN_PASS_RATE}: parameters: expected a mapping, found a list",
        ),
        (
            f"{PASS_RATE}.inputs.part",
            ["passing"],
            f"{IN_PASS_RATE}: inputs: part: expected a mapping with quantity, found a list",
        ),
        (
            f"{PASS_RATE}.citation",
            "law",
            f"{IN_PASS_RATE}: citation: expected a mapping with source, locator, found 'law'",
        ),
        (
            "indicators.retention.inputs.entrants.lag",
            -1,
            "indicators.yaml entry 3 ('retention'): inputs: entrants: lag: expected 0 or more, "
            "found -1",
        ),
        (
            f"{CONDITION}.round_to",
            0,
            f"{IN_CONDITION}: round_to: expected more than 0, found 0",
        ),
        (f"{CHANGE}.change", ">=5", f"{IN_CHANGE}: change: expected a list, found '>=5'"),
        (f"{CHANGE}.change", [], f"{IN_CHANGE}: change: expected 1 or more items, found 0"),
        (
            f"{CHANGE}.capped",
            "as far as it goes " * 9,
            f"{IN_CHANGE}: capped: expected true or false, found '"
            + ("as far as it goes " * 9)[:76]
            + "...",
        ),
        (
            "areas.coded.codes",
            ["1", "1"],
            "areas.yaml entry 7 ('coded'): codes: stand twice: ['1']",
        ),
        (
            "quantities.pupils",
            "x",
            "quantities.yaml entry 1: expected a mapping of fields, found text",
        ),
        (
            f"{LEVEL}.readings.rank.conditions.0.among",
            ["east"],
            f"{IN_LEVEL}: reading 'rank': conditions entry 1: among: expected 2 or more items, "
            "found 1",
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(definitions, place, value, line):
    definitions.put(place, value)
    if place == "quantities.pupils":
        # Nothing can tell that this entry was `pupils`.
        assert line in definitions.faults()
    else:
        refuses(definitions, line)


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (
            "assumptions.cut_60.quality",
            "ambre",
            f"assumptions.yaml entry 1 ('cut_60'): quality: expected one of {RATINGS}, "
            "found 'ambre'; did you mean 'amber'?",
        ),
        (
            "sources.law.read",
            "seen",
            "sources.yaml entry 1 ('law'): read: expected one of 'original', 'copy', 'secondary' "
            "or 'not_read', found 'seen'",
        ),
        (
            "quantities.pupils.form",
            "counts",
            "quantities.yaml entry 1 ('pupils'): form: expected one of 'count', 'money' or "
            "'printed_rate', found 'counts'; did you mean 'count'?",
        ),
        (
            f"{PASS_RATE}.better",
            "more",
            f"{IN_PASS_RATE}: better: expected one of 'higher', 'lower' or 'neither', found 'more'",
        ),
        (
            f"{GAIN}.tier",
            "numeral",
            f"{IN_GAIN}: tier: expected one of 'numeric', 'deliverable' or 'dated', "
            "found 'numeral'; did you mean 'numeric'?",
        ),
        (
            f"{CONDITION}.type",
            "levels",
            f"{IN_CONDITION}: type: expected one of {CONDITIONS}, found 'levels'; "
            "did you mean 'level'?",
        ),
        (
            f"{CHANGE}.unit",
            "point",
            f"{IN_CHANGE}: unit: expected one of 'points' or 'percent', found 'point'; "
            "did you mean 'points'?",
        ),
        (
            "studies/real.observations.0.type",
            "files",
            f"{IN_REAL}: observations entry 1: type: expected one of 'file', 'package', "
            "'simulated', found 'files'; did you mean 'file'?",
        ),
        (
            "knowledge.pace.type",
            "norm_pase",
            f"knowledge.yaml entry 1 ('pace'): type: expected one of {KNOWN}, found 'norm_pase'; "
            "did you mean 'norm_pace'?",
        ),
        (
            "studies/real.languages",
            ["zh", "de"],
            f"{IN_REAL}: languages: no language 'de'; expected one of zh, en, or its texts in "
            "words/de.yaml",
        ),
    ],
)
def test_a_value_outside_a_closed_vocabulary_is_refused(definitions, place, value, line):
    definitions.put(place, value)
    refuses(definitions, line)


@pytest.mark.parametrize("given", ["=>95", "95", 95, ">95%", "> 1e3", "≥95", ">", [">95"], None])
def test_a_bound_that_is_not_one_is_refused(definitions, given):
    definitions.put(f"{CONDITION}.at", {2021: given})
    definitions.put(f"{CHANGE}.change", [">=5", given])
    refuses(
        definitions,
        f"{IN_CONDITION}: at: 2021: {BOUND}, found {given!r}",
        f"{IN_CHANGE}: change entry 2: {BOUND}, found {given!r}",
    )


def test_a_year_that_is_none_is_refused_where_it_stands_as_a_key(definitions):
    definitions.put(f"{CONDITION}.at", {1800: ">5"})
    refuses(definitions, f"{IN_CONDITION}: at: 1800: expected 1900 or more, found 1800")


@pytest.mark.parametrize("name", ["a-b", "a b", "a__b", "_a", "a_", "区", ""])
def test_an_id_that_is_no_id_is_refused(definitions, name):
    definitions.put("breaks.new_test.id", name)
    refuses(definitions, f"breaks.yaml entry 1 ({name!r}): id: {SLUG}, found {name!r}")


@pytest.mark.parametrize(
    ("place", "changes"),
    [
        ("sources.law", {}),
        ("quantities.pupils", {"name": {"zh": "又", "en": "Again"}, "aliases": []}),
        ("areas.east", {}),
        ("indicators.pass_rate", {}),
        ("breaks.new_test", {}),
        ("knowledge.pace", {}),
        ("assumptions.cut_60", {}),
    ],
)
def test_an_id_that_stands_twice_is_refused_and_both_places_named(definitions, place, changes):
    table, name = place.split(".")
    first = [entry["id"] for entry in definitions.held[table]].index(name) + 1
    definitions.double(place, **changes)
    last = len(definitions.held[table])
    refuses(
        definitions,
        f"{table}.yaml entry {last} ({name!r}): id {name!r} stands already in "
        f"{table}.yaml entry {first} ({name!r})",
    )


def test_an_area_with_the_id_of_a_family_member_is_refused(definitions):
    definitions.double("areas.east", id="coded_1010", name={"zh": "重", "en": "Double"})
    refuses(
        definitions,
        "areas.yaml entry 8 ('coded_1010'): id 'coded_1010' stands already in "
        "areas.yaml entry 7 ('coded')",
    )


def test_a_target_that_stands_twice_in_a_plan_is_refused(definitions):
    definitions.double(f"{TARGETS}.built")
    refuses(definitions, f"{IN_PLAN}: target 'built': the id stands twice in this plan")


def test_two_plans_may_number_their_targets_alike(definitions):
    second = {**definitions.held["plans/plan"], "id": "second"}
    definitions.held["plans/second"] = {**second, "targets": [second["targets"][2]]}
    plans = definitions.load().plans
    assert plans["plan"].target("built").areas == plans["second"].target("built").areas


def test_a_plan_whose_id_is_not_its_file_name_is_refused(definitions):
    definitions.put("plans/plan.id", "plna")
    refuses(definitions, f"{IN_PLAN}: id: expected 'plan', as the file is called, found 'plna'")


def test_a_study_whose_id_is_not_its_file_name_is_refused(definitions):
    definitions.put("studies/real.id", "reel")
    refuses(definitions, f"{IN_REAL}: id: expected 'real', as the file is called, found 'reel'")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("- {id: a, id: b}", "line 1, column 11: the key 'id' stands twice"),
        ("- id: a\n  why: {zh: 甲, zh: 乙}", "line 2, column 16: the key 'zh' stands twice"),
        (
            "- {id: a",
            "line 2, column 1: not valid YAML: while parsing a flow mapping did not find expected "
            "',' or '}'",
        ),
        (
            "- a: 1\n  b: c: d",
            "line 2, column 7: not valid YAML: mapping values are not allowed in this context",
        ),
        (
            "\t- a",
            "line 1, column 1: not valid YAML: while scanning for the next token found character "
            "that cannot start any token",
        ),
        (
            "a: 1\n---\nb: 2",
            "line 2, column 1: not valid YAML: expected one document, found another one",
        ),
        ("? [a]\n: b", "line 1, column 3: not valid YAML: expected a word as a key"),
        ("a: 1", "expected a list of entries, found a mapping"),
        ("word", "expected a list of entries, found text"),
        ("", "is empty; expected a list of entries (it may be [])"),
        ("# nothing but a comment", "is empty; expected a list of entries (it may be [])"),
        (None, "is missing; expected a list of entries in it (it may be [])"),
    ],
)
def test_a_file_that_is_no_list_in_yaml_is_refused(definitions, text, line):
    definitions.raw["breaks"] = None if text is None else text.encode()
    assert f"breaks.yaml: {line}" in definitions.faults()


def test_a_tag_that_would_run_code_is_refused(definitions):
    definitions.raw["breaks"] = b"- !!python/object/apply:os.getcwd []"
    (line,) = definitions.faults()
    assert line.startswith("breaks.yaml: line 1, column 3: not valid YAML: ")


def test_a_file_that_is_not_utf_8_is_refused_with_the_line(definitions):
    definitions.raw["assumptions"] = "- id: a\n- id: 港城\n".encode("gbk")
    refuses(
        definitions,
        "assumptions.yaml: line 2: expected text in UTF-8, found the byte 0xb8; "
        "save the file as UTF-8",
    )


def test_a_file_with_a_byte_order_mark_loads(definitions):
    definitions.raw["breaks"] = b"\xef\xbb\xbf[]"
    assert definitions.load().breaks == {}


def test_an_entry_of_knowledge_that_is_no_mapping_is_refused(definitions):
    definitions.put("knowledge.pace", "x")
    refuses(definitions, "knowledge.yaml entry 1: expected a mapping of fields, found text")


def test_a_set_of_weights_has_one_for_each_part(definitions):
    definitions.put("knowledge.bands.weights", [[1, 2], [1, 2, 3]])
    refuses(
        definitions,
        "knowledge.yaml entry 2 ('bands'): weights: expected 2 in each set, one a part",
    )


def test_a_project_may_have_no_knowledge(definitions):
    definitions.raw["knowledge"] = None
    assert definitions.load().knowledge == {}


@pytest.mark.parametrize("name", ["plans/plan", "studies/real"])
def test_an_empty_plan_or_study_is_refused(definitions, name):
    definitions.raw[name] = b""
    refuses(definitions, f"{name}.yaml: expected a mapping of fields, found nothing")


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (
            "areas.east.parent",
            "cty",
            "areas.yaml entry 3 ('east'): parent: no area 'cty'; did you mean 'city'?",
        ),
        # Said once, and not for each member of the family.
        (
            "areas.coded.parent",
            "natoin",
            "areas.yaml entry 7 ('coded'): parent: no area 'natoin'; did you mean 'nation'?",
        ),
        (
            f"{PASS_RATE}.inputs.part",
            "pasing",
            f"{IN_PASS_RATE}: inputs.part: quantity: no quantity 'pasing'; did you mean 'passing'?",
        ),
        (
            "indicators.pass_rate_published.relations.0.indicators",
            ["pas_rate"],
            "indicators.yaml entry 2 ('pass_rate_published'): relations entry 1: indicators: "
            "no indicator 'pas_rate'; did you mean 'pass_rate'?",
        ),
        (
            f"{PASS_RATE}.assumptions",
            ["cut_06"],
            f"{IN_PASS_RATE}: assumptions: no assumption 'cut_06'; did you mean 'cut_60'?",
        ),
        (
            f"{PASS_RATE}.citation.source",
            "lwa",
            f"{IN_PASS_RATE}: citation: source: no source 'lwa'; did you mean 'law'?",
        ),
        (
            "breaks.new_test.citation.source",
            "lawe",
            "breaks.yaml entry 1 ('new_test'): citation: source: no source 'lawe'; "
            "did you mean 'law'?",
        ),
        (
            "assumptions.cut_60.citation.source",
            "lawe",
            "assumptions.yaml entry 1 ('cut_60'): citation: source: no source 'lawe'; "
            "did you mean 'law'?",
        ),
        (
            "knowledge.pace.citation.source",
            "lawe",
            "knowledge.yaml entry 1 ('pace'): citation: source: no source 'lawe'; "
            "did you mean 'law'?",
        ),
        (
            "knowledge.pace.area",
            "natin",
            "knowledge.yaml entry 1 ('pace'): area: no area 'natin'; did you mean 'nation'?",
        ),
        (
            "knowledge.bands.whole",
            "pass_rat",
            "knowledge.yaml entry 2 ('bands'): whole: no indicator 'pass_rat'; "
            "did you mean 'pass_rate'?",
        ),
        (
            "knowledge.bands.parts",
            ["pass_rate", "retentio"],
            "knowledge.yaml entry 2 ('bands'): parts: no indicator 'retentio'; "
            "did you mean 'retention'?",
        ),
        (
            "breaks.new_test.indicator",
            "pass_rat",
            "breaks.yaml entry 1 ('new_test'): indicator: no indicator 'pass_rat'; "
            "did you mean 'pass_rate'?",
        ),
        (
            "breaks.new_test.areas",
            ["cities"],
            "breaks.yaml entry 1 ('new_test'): areas: no area 'cities'; did you mean 'city'?",
        ),
        (
            "plans/plan.source",
            "plan_txt",
            f"{IN_PLAN}: source: no source 'plan_txt'; did you mean 'plan_text'?",
        ),
        (
            "plans/plan.areas",
            ["citty"],
            f"{IN_PLAN}: areas: no area 'citty'; did you mean 'city'?",
        ),
        (
            f"{LEVEL}.indicator",
            "pass_rata",
            f"{IN_LEVEL}: indicator: no indicator 'pass_rata'; did you mean 'pass_rate'?",
        ),
        (
            f"{GAIN}.readings.mean.indicator",
            "retentoin",
            f"{IN_GAIN}: reading 'mean': indicator: no indicator 'retentoin'; "
            "did you mean 'retention'?",
        ),
        (
            f"{LEVEL}.readings.rank.conditions.0.among",
            ["east", "wset"],
            f"{IN_LEVEL}: reading 'rank': conditions entry 1: among: no area 'wset'; "
            "did you mean 'west'?",
        ),
        (f"{LEVEL}.areas", ["zzz"], f"{IN_LEVEL}: areas: no area 'zzz'"),
        (
            f"{LEVEL}.assumptions",
            ["open_dates"],
            f"{IN_LEVEL}: assumptions: no assumption 'open_dates'; did you mean 'open_date'?",
        ),
        (
            f"{LEVEL}.evidence",
            ["pass_pc"],
            f"{IN_LEVEL}: evidence: no quantity 'pass_pc'; did you mean 'pass_pct'?",
        ),
        (
            f"{LEVEL}.see_also",
            ["biult"],
            f"{IN_LEVEL}: no target 'biult' in this plan; did you mean 'built'?",
        ),
        (
            f"{LEVEL}.pace",
            "gian",
            f"{IN_LEVEL}: no target 'gian' in this plan; did you mean 'gain'?",
        ),
        ("studies/real.plan", "paln", f"{IN_REAL}: plan: no plan 'paln'; did you mean 'plan'?"),
        (
            "studies/real.areas",
            ["city", "codd"],
            f"{IN_REAL}: areas: no area 'codd'; did you mean 'coded'?",
        ),
        (
            "studies/real.compare_with",
            ["natin"],
            f"{IN_REAL}: compare_with: no area 'natin'; did you mean 'nation'?",
        ),
        (
            "studies/invented.binding",
            {"cty": "mock"},
            f"{IN_INVENTED}: binding: no area 'cty'; did you mean 'city'?",
        ),
        (
            "studies/invented.binding",
            {"city": "mock_west"},
            f"{IN_INVENTED}: binding: 'mock_west' is not one of the study's areas; "
            "did you mean 'mock_east'?",
        ),
        (
            "studies/invented.observations.0.city",
            "mokc",
            f"{IN_INVENTED}: observations entry 1: city: no area 'mokc'; did you mean 'mock'?",
        ),
        (
            "studies/real.observations.1.source",
            "lawe",
            f"{IN_REAL}: observations entry 2: source: no source 'lawe'; did you mean 'law'?",
        ),
        (
            "studies/real.observations.1.area_family",
            "codes",
            f"{IN_REAL}: observations entry 2: area_family: no area family 'codes'; "
            "did you mean 'coded'?",
        ),
        (
            "studies/real.observations.1.quantities",
            {"p": "pass_pcts"},
            f"{IN_REAL}: observations entry 2: quantities.p: no quantity 'pass_pcts'; "
            "did you mean 'pass_pct'?",
        ),
    ],
)
def test_a_reference_to_nothing_is_refused_and_the_nearest_name_offered(
    definitions, place, value, line
):
    definitions.put(place, value)
    refuses(definitions, line)


def test_a_formula_that_does_not_exist_is_refused(definitions):
    definitions.put("indicators.retention.formula", "cohort_retentoin")
    refuses(
        definitions,
        "indicators.yaml entry 3 ('retention'): formula: no formula 'cohort_retentoin'; "
        "did you mean 'cohort_retention'?",
    )


def test_what_a_misspelt_formula_would_take_is_no_second_fault(definitions):
    definitions.put("indicators.pass_rate_published.formula", "as_publishd")
    refuses(
        definitions,
        "indicators.yaml entry 2 ('pass_rate_published'): formula: no formula 'as_publishd'; "
        "did you mean 'as_published'?",
    )


@pytest.mark.parametrize(
    "inputs",
    [
        {"part": "passing"},
        {"part": "passing", "whole": "pupils", "rest": "entrants"},
        {"part": "passing", "all": "pupils"},
    ],
)
def test_inputs_that_are_not_the_arguments_of_the_formula_are_refused(definitions, inputs):
    definitions.put(f"{PASS_RATE}.inputs", inputs)
    refuses(
        definitions,
        f"{IN_PASS_RATE}: inputs: share takes ['part', 'whole'], found {sorted(inputs)}",
    )


def test_a_printed_rate_goes_with_no_formula_that_counts(definitions):
    definitions.put(f"{PASS_RATE}.inputs.part", "pass_pct")
    refuses(definitions, f"{IN_PASS_RATE}: inputs.part: 'pass_pct' is a printed_rate; {PRINTED}")


def test_a_count_is_not_as_published(definitions):
    definitions.put("indicators.pass_rate_published.inputs.value", "pupils")
    refuses(
        definitions,
        "indicators.yaml entry 2 ('pass_rate_published'): inputs.value: 'pupils' is a count; "
        f"{PRINTED}",
    )


@pytest.mark.parametrize(
    ("place", "bounds", "line"),
    [
        (
            PASS_RATE,
            [0, None],
            f"{IN_PASS_RATE}: bounds: share can't leave 0 to 100; expected [0, 100]",
        ),
        (
            PASS_RATE,
            [50, 100],
            f"{IN_PASS_RATE}: bounds: share can't leave 0 to 100; expected [0, 100]",
        ),
        (
            PASS_RATE,
            [100, 0],
            f"{IN_PASS_RATE}: bounds: expected the lower limit first, found [100, 0]",
        ),
        (
            "indicators.retention",
            [0, 100],
            "indicators.yaml entry 3 ('retention'): bounds: cohort_retention may pass 100; write "
            "[0, null], or [0, 100] only with a formula that can't",
        ),
    ],
)
def test_bounds_that_the_formula_contradicts_are_refused(definitions, place, bounds, line):
    definitions.put(f"{place}.bounds", bounds)
    refuses(definitions, line)


def test_a_published_rate_takes_the_bounds_that_its_definition_gives(definitions):
    definitions.put("indicators.pass_rate_published.bounds", [0, None])
    assert definitions.load().indicators["pass_rate_published"].bounds == (0, None)


@pytest.mark.parametrize(
    ("place", "value", "line"),
    [
        (
            "areas.west.aliases",
            ["东 区"],
            "areas.yaml entry 4 ('west'): the name '东 区' is already a name of 'east'",
        ),
        # Width and case make no second name.
        (
            "areas.west.name.en",
            "ＥＡＳＴ",
            "areas.yaml entry 4 ('west'): the name 'ＥＡＳＴ' is already a name of 'east'",
        ),
        (
            "quantities.passing.aliases",
            ["在校生"],
            "quantities.yaml entry 2 ('passing'): the name '在校生' is already a name of 'pupils'",
        ),
    ],
)
def test_a_name_that_two_entries_claim_is_refused(definitions, place, value, line):
    definitions.put(place, value)
    refuses(definitions, line)


def test_an_entry_may_repeat_its_own_name_among_its_aliases(definitions):
    definitions.put("areas.west.aliases", ["西区", "West", "west"])
    assert definitions.load().areas["west"].aliases == ("西区", "West", "west")


def test_two_parts_of_one_whole_do_not_share_a_tile(definitions):
    definitions.put("areas.east.tile", [0, 1])
    definitions.put("areas.city.tile", [0, 1])
    definitions.load()
    definitions.put("areas.west.tile", [0, 1])
    assert definitions.faults() == [
        "areas.yaml entry 4 ('west'): tile: [0, 1] is the tile of 'east' already"
    ]


@pytest.mark.parametrize(
    ("parents", "line"),
    [
        (
            {"nation": "east"},
            "areas.yaml entry 2 ('city'): parent: city > nation > east > city runs in a circle",
        ),
        (
            {"mock": "mock"},
            "areas.yaml entry 5 ('mock'): parent: mock > mock runs in a circle",
        ),
    ],
)
def test_parents_that_run_in_a_circle_are_refused_once(definitions, parents, line):
    for area, parent in parents.items():
        definitions.put(f"areas.{area}.parent", parent)
    refuses(definitions, line)


@pytest.mark.parametrize(
    ("defaults", "found"),
    [((False, False), "[]"), ((True, True), "['capped', 'mean']")],
)
def test_a_target_has_exactly_one_default_reading(definitions, defaults, found):
    for reading, default in zip(("capped", "mean"), defaults, strict=True):
        definitions.put(f"{GAIN}.readings.{reading}.default", default)
    refuses(definitions, f"{IN_GAIN}: readings: expected exactly one default, found {found}")


def test_two_readings_of_one_id_are_refused(definitions):
    definitions.put(f"{GAIN}.readings.mean.id", "capped")
    refuses(definitions, f"{IN_GAIN}: readings: an id stands twice in ['capped', 'capped']")


def test_a_numeric_target_without_a_reading_is_refused(definitions):
    definitions.put(f"{LEVEL}.readings", [])
    refuses(definitions, f"{IN_LEVEL}: a numeric target needs at least one reading")


def test_a_numeric_target_without_an_indicator_is_refused(definitions):
    definitions.put(f"{LEVEL}.indicator", None)
    refuses(definitions, f"{IN_LEVEL}: indicator: a numeric target needs an indicator")


def test_a_reading_with_conditions_but_no_indicator_is_refused(definitions):
    reading = definitions.held["plans/plan"]["targets"][0]["readings"][0]
    definitions.put(f"{TARGETS}.built.readings", [reading])
    refuses(
        definitions,
        f"{IN_PLAN}: target 'built': readings: ['both_years'] have conditions, and no indicator "
        "to hold to them",
    )


@pytest.mark.parametrize("type_", ["each_year", "yearly_change", "average_change", "total_change"])
def test_a_reading_of_yearly_change_needs_the_steps_that_the_clause_can_mean(definitions, type_):
    rest = {
        "each_year": {"bound": ">=5"},
        "yearly_change": {"unit": "points", "change": [">=5"]},
        "average_change": {"change": [">=5"]},
        "total_change": {"unit": "percent", "change": [">=5"]},
    }
    definitions.put(CHANGE, {"type": type_, **rest[type_]})
    definitions.drop(f"{GAIN}.readings.1")
    definitions.drop(f"{GAIN}.steps")
    refuses(
        definitions,
        f"{IN_GAIN}: steps: readings ['capped'] speak of yearly change; say how many steps the "
        "clause can mean, such as steps: [2, 3]",
    )


@pytest.mark.parametrize("both", [True, False])
def test_a_reading_has_conditions_or_says_why_not(definitions, both):
    if both:
        definitions.put(f"{LEVEL}.readings.rank.undecided", {"zh": "无", "en": "none"})
    else:
        definitions.drop(f"{LEVEL}.readings.rank.conditions")
    refuses(
        definitions,
        f"{IN_LEVEL}: reading 'rank': expected either conditions, or undecided with the reason "
        "why none can be given",
    )


def test_simulated_numbers_are_refused_in_a_real_study(definitions):
    (simulated,) = definitions.held["studies/invented"]["observations"]
    definitions.put("studies/real.observations", [simulated])
    refuses(
        definitions,
        f"{IN_REAL}: observations entry 1: simulated numbers in a study that is not marked "
        "simulated: true",
    )


def test_an_invented_place_is_refused_in_a_real_study(definitions):
    definitions.put("studies/real.areas", ["city", "mock"])
    refuses(
        definitions,
        f"{IN_REAL}: areas: 'mock' is an invented place, and the study is not marked "
        "simulated: true",
    )


def test_an_invented_family_is_refused_in_a_real_study(definitions):
    definitions.put("areas.coded.invented", True)
    refuses(
        definitions,
        f"{IN_REAL}: areas: 'coded' is an invented place, and the study is not marked "
        "simulated: true",
    )


def test_a_real_place_is_refused_in_a_simulated_study(definitions):
    definitions.put("studies/invented.areas", ["mock", "mock_east", "east"])
    refuses(
        definitions,
        f"{IN_INVENTED}: areas: 'east' is a real place, and the study is simulated: true",
    )


def test_numbers_can_not_be_invented_for_a_real_city(definitions):
    definitions.put("studies/invented.observations.0.city", "city")
    refuses(
        definitions,
        f"{IN_INVENTED}: observations entry 1: city: 'city' is a real place; numbers can't be "
        "invented for it",
    )


def test_a_real_study_may_compare_with_real_places(definitions):
    definitions.put("studies/real.compare_with", ["nation", "east"])
    assert definitions.load().studies["real"].compare_with == ("nation", "east")


def test_an_invented_place_is_no_comparison_for_a_real_study(definitions):
    definitions.put("studies/real.compare_with", ["mock"])
    refuses(
        definitions,
        f"{IN_REAL}: compare_with: 'mock' is an invented place, and the study is not marked "
        "simulated: true",
    )


def test_dates_may_be_written_with_or_without_quotes(definitions):
    definitions.put("studies/real.as_of", "2021-12-31")
    assert definitions.load().studies["real"].as_of == dt.date(2021, 12, 31)


@pytest.mark.parametrize("day", ["2021-02-30", "2021-13-01", "2021-06-31"])
def test_a_date_that_no_calendar_has_is_refused_in_its_place(definitions, day):
    text = (definitions.write() / "data/definitions/studies/real.yaml").read_text("utf-8")
    definitions.raw["studies/real"] = text.replace("2021-12-31", day).encode()
    refuses(definitions, f"{IN_REAL}: as_of: expected a date such as 2020-12-02, found {day!r}")
