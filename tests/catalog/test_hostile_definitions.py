"""Definitions made to do harm, or by a slip of the hand: a fault with its place, and no more."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.catalog.checking import RESERVED
from edu_metrics.catalog.reading_yaml import _parsed, read_yaml
from edu_metrics.errors import DefinitionError
from edu_metrics.report.kinds import WHOLE


def only(definitions):
    (line,) = definitions.faults()
    return line


# --- ids become names of folders


@pytest.mark.parametrize("name", [*WHOLE, "index", "CON", "aux", "nul", "Com1", "LPT9"])
def test_an_id_that_is_the_name_of_something_else_is_refused(definitions, name):
    definitions.double("areas.nation", id=name, name={"zh": "甲", "en": "A"}, parent="nation")
    assert f"areas.yaml entry 8 ({name!r}): id: {name!r} is the name of" in only(definitions)


def test_the_names_of_other_reports_are_reserved():
    assert set(WHOLE) <= RESERVED


@pytest.mark.parametrize("table", ["areas", "plans", "studies"])
def test_ids_that_differ_by_capitals_alone_are_refused(definitions, table):
    if table == "areas":
        definitions.double("areas.east", id="East", name={"zh": "甲", "en": "A"})
    else:
        one = {"plans": "plans/plan", "studies": "studies/real"}[table]
        name = {"plans": "Plan", "studies": "Real"}[table]
        definitions.held[f"{table}/{name}"] = {**definitions.held[one], "id": name}
    assert "are one name where file systems do not tell capitals apart" in only(definitions)


@pytest.mark.parametrize("name", ["east.", "éast", "e\u0301ast", "a/b", "..", "a" * 81, ""])
def test_an_id_that_no_file_system_takes_alike_is_no_id(definitions, name):
    definitions.put("areas.east.id", name)
    assert any("id: expected" in line for line in definitions.faults())


def test_a_code_that_makes_too_long_an_id_is_refused_wherever_it_stands(definitions):
    """The family's id, an underscore and the code: 80 characters fit."""
    codes = ["1010", "3010", "2" * 74, "3"]
    definitions.put("areas.coded.codes", codes)
    assert f"coded_{'2' * 74}" in definitions.load().areas
    definitions.put("areas.coded.codes", [*codes, "2" * 75, "4"])
    assert only(definitions) == (
        "areas.yaml entry 7 ('coded'): codes: expected ids of 80 characters at most, found 81"
    )


@pytest.mark.parametrize("codes", [["a-b"], ["a b"], ["../x"], ["é"], [""]])
def test_a_code_that_makes_no_id_is_refused_in_its_place(definitions, codes):
    definitions.put("areas.coded.codes", codes)
    assert "areas.yaml entry 7 ('coded'): codes entry 1: expected an id" in only(definitions)


def test_an_area_twice_in_a_study_is_refused(definitions):
    definitions.put("studies/real.areas", ["city", "city", "coded"])
    assert only(definitions) == "studies/real.yaml: areas: stand twice: ['city']"


def test_an_area_that_is_in_a_family_of_the_study_is_refused(definitions):
    definitions.put("studies/real.areas", ["city", "coded", "coded_1010"])
    assert "areas: 'coded_1010' is in the family 'coded' already" in only(definitions)


@pytest.mark.parametrize(("languages", "words"), [([], "1 or more items"), (["zh", "zh"], "twice")])
def test_a_study_has_each_language_once_and_one_at_least(definitions, languages, words):
    definitions.put("studies/real.languages", languages)
    assert words in only(definitions)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("areas.yml", "areas.yml: is not read; call it areas.yaml"),
        ("Units.YAML", "Units.YAML: is not read; call it Units.yaml"),
        ("indicator.yaml", "no definitions are called so; did you mean 'indicators'?"),
        ("plan/two.yaml", "plan/two.yaml: is not read; no folder 'plan' is; did you mean 'plans'?"),
        ("plans/two.yml", "plans/two.yml: is not read; call it two.yaml"),
        ("words/pt.yml", "words/pt.yml: is not read; call it pt.yaml"),
    ],
)
def test_a_file_that_is_not_read_is_named(definitions, name, words):
    path = definitions.write() / "data" / "definitions" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("[]")
    with pytest.raises(DefinitionError) as caught:
        load_catalog(definitions.root)
    assert [fault for fault in caught.value.faults if words in fault]


def test_a_pipe_among_definitions_is_named(definitions):
    os.mkfifo(definitions.write() / "data" / "definitions" / "groups.yaml")
    with pytest.raises(DefinitionError) as caught:
        load_catalog(definitions.root)
    assert caught.value.faults == ("groups.yaml: is not read; expected a regular file",)


# --- years, days, numbers, texts


@pytest.mark.parametrize("year", [1899, 2101, 9999999999, 0, -1, 201819, 10**30])
def test_a_year_that_is_none_is_refused(definitions, year):
    definitions.put("plans/plan.first_year", year)
    assert any("first_year: expected " in line for line in definitions.faults())


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2101-01-01", 20201202, 86400, True])
def test_a_day_that_nothing_was_published_on_is_refused(definitions, day):
    definitions.put("studies/real.as_of", day)
    line = only(definitions)
    assert line.startswith("studies/real.yaml: as_of: expected ")
    assert "datetime" not in line


@pytest.mark.parametrize("bound", [">=1e5", ">=" + "9" * 17, ">=" + "9" * 400])
def test_a_number_without_end_is_refused(definitions, bound):
    definitions.put("plans/plan.targets.level.readings.both_years.conditions.0.at.2022", bound)
    assert "at: 2022" in only(definitions)


def test_a_text_without_end_is_refused(definitions):
    definitions.put("sources.law.title.en", "x" * 30_000)
    assert "title: en: expected 20,000 characters at most, found 30,000" in only(definitions)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///etc/passwd",
     "//example.org", "example.org", "https://a b", 'https://a"onclick=x', "vbscript:x"],
)  # fmt: skip
def test_an_address_that_is_no_page_is_refused(definitions, url):
    definitions.put("sources.law.url", url)
    assert "url: expected an address of a page that begins with http" in only(definitions)


@pytest.mark.parametrize("url", ["https://example.org/a?b=1&c=2#d", "HTTP://例子.测试/页"])
def test_an_address_of_a_page_stands(definitions, url):
    definitions.put("sources.law.url", url)
    assert definitions.load().sources["law"].url == url


def test_what_steers_a_terminal_is_a_fault_with_its_place(definitions):
    text = r'"\e[31m red \x9b2J \u202E evil \a \uD83D"'.replace(r"\uD83D", "")
    definitions.raw["breaks"] = (
        "- {id: new_test, indicator: pass_rate, areas: [city], year: 2019, "
        f"why: {{zh: 新卷, en: {text}}}, citation: {{source: law, locator: art. 3}}}}\n"
    ).encode()
    (fault,) = [one for one in definitions.faults() if "steers" in one]
    assert "breaks.yaml" in fault
    assert "line 1" in fault
    assert "U+0007, U+001B, U+009B, U+202E" in fault


# --- YAML that brings a parser down


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "50 levels at most"),
        ("{a: " * 100_000, "50 levels at most"),
        ("[ # ]\n" * 100_000, "50 levels at most"),
        ("- " * 100_000, "50 levels at most"),
        ("? " * 100_000, "50 levels at most"),
        ("[" * 60 + "]" * 60, "50 levels at most"),
        ("a: &a [*a]", "*a repeats nothing"),
        ("\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 99))]), "levels"),
        ("\n".join(["a0: &a0 [1, 1]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]"
                                        for n in range(1, 9))]), "1,000,000 entries at most"),
        ("a: !!timestamp x", "leave tags such as !!int out"),
        ("a: !!python/object:os.system x", "not valid YAML"),
        ("a: " + "9" * 5_000, "not valid YAML"),
        ("a: \x00", "not valid YAML"),
    ],
)  # fmt: skip
def test_yaml_that_nobody_writes_is_refused(tmp_path, text, words):
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    content, (fault,) = read_yaml(path)
    assert content is None
    assert fault.startswith("a.yaml: ")
    assert words in fault


def test_an_alias_that_repeats_little_is_read(tmp_path):
    (tmp_path / "a.yaml").write_text("a: &a [1, 2]\nb: *a\n")
    assert read_yaml(tmp_path / "a.yaml") == ({"a": [1, 2], "b": [1, 2]}, [])


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("[1, 2, 3]", 4),
        ("{a: 1, b: 2}", 5),
        # Mapping, two keys, and the list of three once as written and once as repeated.
        ("{a: &a [1, 2], b: *a}", 9),
        ("{a: &a [1, &b [2]], b: *a, c: *b}", 14),
    ],
)
def test_entries_are_counted_with_those_that_an_alias_repeats(tmp_path, monkeypatch, text, most):
    (tmp_path / "a.yaml").write_text(text)
    for limit, told in ((most, 0), (most - 1, 1)):
        monkeypatch.setattr("edu_metrics.catalog.reading_yaml.MOST_ENTRIES", limit)
        _parsed.cache_clear()
        faults = read_yaml(tmp_path / "a.yaml")[1]
        assert len(faults) == told
        assert all("entries at most" in fault for fault in faults)


@pytest.mark.parametrize("levels", [50, 51])
def test_levels_below_an_alias_count_where_it_stands(tmp_path, levels):
    """The anchor's 20 levels stand below as many lists as are missing, and once at the top."""
    above = levels - 21
    text = f"[&a {'[' * 20}{']' * 20}, {'[' * above}*a{']' * above}]"
    (tmp_path / "a.yaml").write_text(text)
    faults = read_yaml(tmp_path / "a.yaml")[1]
    assert len(faults) == (levels > 50)


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("2020", 2020),
        ("'2020'", "2020"),
        ("{a: [yes, 2020-12-02, ~, 1.5]}", {"a": [True, dt.date(2020, 12, 2), None, 1.5]}),
    ],
)
def test_a_word_without_quotes_is_what_yaml_says_of_it(tmp_path, text, content):
    (tmp_path / "a.yaml").write_text(text)
    assert read_yaml(tmp_path / "a.yaml") == (content, [])


@pytest.mark.parametrize("text", ["!!set {a}", "!!int '1'", "!!map {a: 1}", "!own a", "*a"])
def test_a_tag_or_alias_that_means_nothing_here_is_refused(tmp_path, text):
    (tmp_path / "a.yaml").write_text(text)
    content, (fault,) = read_yaml(tmp_path / "a.yaml")
    assert content is None
    assert "not valid YAML: " in fault
    assert "line 1, column" in fault


def test_a_hexadecimal_number_without_end_can_be_told(tmp_path):
    (tmp_path / "a.yaml").write_text("a: 0x" + "f" * 5_000)
    content, faults = read_yaml(tmp_path / "a.yaml")
    assert not faults
    assert len(repr(content)) < 6_000


def test_a_file_of_definitions_is_no_pipe_and_not_without_end(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "zero.yaml").symlink_to("/dev/zero")
    for name in ("pipe", "loop", "zero"):
        content, (fault,) = read_yaml(tmp_path / f"{name}.yaml")
        assert content is None
        assert fault.startswith(f"{name}.yaml: can't be read: ")
    monkeypatch.setattr("edu_metrics.catalog.reading_yaml.MOST_BYTES", 10)
    (tmp_path / "large.yaml").write_text("a: 1\n" * 3)
    assert "expected 10 at most" in read_yaml(tmp_path / "large.yaml")[1][0]


def test_a_range_of_numbers_that_fills_the_memory_is_refused(definitions):
    grid = {"start": 0, "end": 1e15, "by": 1e-9}
    definitions.held["scenarios/many"] = {
        "id": "many", "title": {"zh": "多", "en": "Many"}, "assumes": {"zh": "多", "en": "Many"},
        "steps": [{"type": "grid", "base": grid, "pace": grid, "years": [1]}],
    }  # fmt: skip
    assert any("by: expected" in line for line in definitions.faults())


def test_what_grows_beyond_any_number_is_a_fault(definitions):
    definitions.put("plans/plan.targets.level.readings.both_years", {
        "id": "both_years", "label": {"zh": "增", "en": "growth"}, "default": True,
        "milestones": {"rule": "growth", "start": "observed", "since": 1900, "until": 2100,
                       "bound": ">=900000000000"},
    })  # fmt: skip
    definitions.put("plans/plan.targets.level.deadline", 2100)
    with pytest.raises(DefinitionError):
        load_catalog(definitions.write())
