"""What a sound catalog answers: by id, by name, by alias, and for whole families of areas."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from pydantic import ValidationError

from edu_metrics.catalog import find_root, plain
from edu_metrics.errors import DefinitionError


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "near"),
    [
        ("study", "real", "rael", "'real'"),
        ("plan", "plan", "plann", "'plan'"),
        ("indicator", "pass_rate", "pas_rate", "'pass_rate'"),
    ],
)
def test_an_entry_is_found_by_id_or_the_nearest_is_offered(catalog, kind, name, wrong, near):
    get = getattr(catalog, kind)
    assert get(name).id == name
    with pytest.raises(DefinitionError, match=f"no {kind} '{wrong}'; did you mean {near}"):
        get(wrong)


def test_a_name_like_no_other_lists_what_there_is(catalog):
    with pytest.raises(DefinitionError) as caught:
        catalog.study("zzz")
    assert str(caught.value) == "no study 'zzz' (invented, real)"


def test_a_long_list_is_counted_and_not_printed(definitions):
    for number in range(13):
        definitions.held[f"studies/s{number}"] = {
            **definitions.held["studies/real"],
            "id": f"s{number}",
        }
    with pytest.raises(DefinitionError, match=r"^no study 'zzz' \(15 are defined\)$"):
        definitions.load().study("zzz")


@pytest.mark.parametrize(
    "name", ["city", "港城市", "港 城 市", "Port City", "port", "ＰＯＲＴ", "港城"]
)
def test_an_area_of_a_study_is_found_by_id_name_or_alias(catalog, name):
    assert catalog.study_area(catalog.study("real"), name).id == "city"


@pytest.mark.parametrize("name", ["coded_3010", "学区3010", "No. 3010", "no.3010"])
def test_a_member_of_a_family_is_found_as_well(catalog, name):
    found = catalog.study_area(catalog.study("real"), name)
    assert (found.id, found.code, found.parent) == ("coded_3010", "3010", "nation")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("citty", "study 'real' has no area 'citty'; did you mean 'city'? (it has city, coded_"),
        ("港城区", "study 'real' has no area '港城区'; did you mean '港城"),
        # Defined, but not in this study.
        ("east", "study 'real' has no area 'east'"),
    ],
)
def test_an_area_that_the_study_lacks_is_refused_and_the_nearest_offered(catalog, name, message):
    with pytest.raises(DefinitionError) as caught:
        catalog.study_area(catalog.study("real"), name)
    assert str(caught.value).startswith(message)


def test_a_study_of_many_areas_lists_only_the_first(definitions):
    definitions.put("areas.coded.codes", [str(code) for code in range(100, 120)])
    catalog = definitions.load()
    with pytest.raises(DefinitionError) as caught:
        catalog.study_area(catalog.study("real"), "zzz")
    assert "(it has city, coded_100, coded_101" in str(caught.value)
    assert str(caught.value).endswith("coded_106, ...)")


def test_a_family_stands_for_its_members_in_the_order_of_its_codes(catalog):
    assert catalog.expand(["city", "coded"]) == ("city", "coded_1010", "coded_3010")
    assert {"coded_1010", "coded_3010"} < set(catalog.areas)
    assert "coded" not in catalog.areas


def test_members_of_a_family_carry_its_code_in_both_names(catalog):
    member = catalog.areas["coded_1010"]
    assert (member.name.zh, member.name.en, member.level) == ("学区1010", "No. 1010", "district")


def test_members_of_an_invented_family_are_invented(definitions):
    definitions.put("areas.coded.invented", True)
    definitions.put("studies/real.areas", ["city"])
    assert definitions.load().areas["coded_1010"].invented


def test_children_are_those_among_the_given_whose_parent_it_is(catalog):
    assert catalog.children("city", ["nation", "east", "mock_east", "west"]) == ("east", "west")
    assert catalog.children("east", catalog.areas) == ()


def test_a_binding_says_which_area_stands_for_one_of_the_plan(catalog):
    study, plan = catalog.study("invented"), catalog.plan("plan")
    assert catalog.area_binding(study, "city") == "mock"
    assert catalog.bound_areas(study, plan.target("built")) == ("mock_east",)
    assert catalog.bound_areas(catalog.study("real"), plan.target("built")) == ("east",)


def test_a_target_that_binds_a_family_binds_its_members(definitions):
    definitions.put("plans/plan.targets.built.areas", ["coded"])
    catalog = definitions.load()
    built = catalog.plan("plan").target("built")
    assert catalog.bound_areas(catalog.study("real"), built) == ("coded_1010", "coded_3010")


def test_a_catalog_can_not_be_changed(catalog):
    with pytest.raises(TypeError):
        catalog.areas["new"] = catalog.areas["city"]
    with pytest.raises(FrozenInstanceError):
        catalog.areas = {}
    with pytest.raises(ValidationError):
        catalog.areas["city"].level = "school"


def test_the_published_form_of_an_indicator_names_its_base(catalog):
    assert catalog.indicator("pass_rate_published").published_form_of == "pass_rate"
    assert catalog.indicator("pass_rate").published_form_of is None


def test_a_bare_parameter_and_a_bare_input_are_short_forms(catalog):
    indicator = catalog.indicator("pass_rate")
    assert indicator.parameters["cut"].value == 60
    assert indicator.parameters["cut"].unverified
    assert indicator.parameters["band"].value == "7-12"
    assert not indicator.parameters["band"].unverified
    assert (indicator.inputs["part"].quantity, indicator.inputs["part"].lag) == ("passing", 0)
    assert catalog.indicator("retention").inputs["entrants"].lag == 8


def test_the_kind_of_an_input_decides_what_else_it_has(catalog):
    file, package = catalog.study("real").observations
    assert (file.type, package.type) == ("file", "package")
    assert catalog.study("invented").observations[0].seed == 1


def test_the_root_is_the_nearest_folder_upwards_that_has_definitions(definitions, tmp_path):
    definitions.write()
    deep = tmp_path / "reports" / "here"
    deep.mkdir(parents=True)
    assert find_root(deep) == tmp_path.resolve()
    assert find_root(tmp_path) == tmp_path.resolve()
    inner = deep / "data" / "definitions"
    inner.mkdir(parents=True)
    assert find_root(inner) == deep.resolve()


def test_the_root_is_looked_for_from_the_working_directory(definitions, tmp_path, monkeypatch):
    definitions.write()
    monkeypatch.chdir(tmp_path / "data")
    assert find_root() == tmp_path.resolve()


def test_without_definitions_upwards_there_is_no_root(tmp_path):
    with pytest.raises(
        DefinitionError, match=r"^no data/definitions in .* or above it; .*--root on"
    ):
        find_root(tmp_path)


def test_the_catalog_knows_its_own_folder(catalog, tmp_path):
    assert catalog.root == tmp_path.resolve()


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("海 南 区", "海南区"),
        ("Ｐort　City", "port city"),
        ("\tEAST\n", "east"),
        ("３—５岁人口", "3—5岁人口"),
        ("在园（班）幼儿数", "在园(班)幼儿数"),
    ],
)
def test_width_case_and_spaces_make_no_second_name(written, same):
    assert plain(written) == plain(same)


def test_names_that_differ_stay_apart():
    assert len({plain(name) for name in ("海南", "海南区", "海南省", "Hainan")}) == 4
