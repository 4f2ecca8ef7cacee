"""A project of many invented districts is one like any other, and owns up to being invented."""

from __future__ import annotations

import pytest

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import build
from edu_metrics.simulation import simulate_districts


@pytest.fixture(scope="module")
def shipped():
    return load_catalog(find_root())


@pytest.fixture(scope="module")
def project(shipped, tmp_path_factory):
    folder = tmp_path_factory.mktemp("many") / "project"
    return simulate_districts(shipped, shipped.study("michigan"), folder, districts=25, seed=3)


def test_its_definitions_are_sound_and_its_table_builds(project):
    catalog = load_catalog(project)
    study = catalog.study("invented_districts")
    table = build(catalog, study)
    assert len(catalog.expand(study.areas)) == table["area"].nunique() == 25
    assert set(table["status"]) == {"simulated"}
    assert table["value"].between(0, 100).all()
    assert table.groupby("area")["year"].nunique().unique().tolist() == [7]


def test_all_of_it_is_marked_invented_and_the_plan_hypothetical(project):
    catalog = load_catalog(project)
    (study,), (plan,) = catalog.studies.values(), catalog.plans.values()
    assert study.simulated
    assert plan.hypothetical
    assert all(area.invented for area in catalog.areas.values())
    assert "invented" in study.title.en
    assert "虚构" in study.title.zh


def test_no_real_place_lends_its_name_to_a_district_or_to_the_study(project, shipped):
    catalog = load_catalog(project)
    real = {area.name.en for area in shipped.areas.values() if not area.invented}
    assert not real & {area.name.en for area in catalog.areas.values()}
    assert set(catalog.studies) == {"invented_districts"}


def test_the_same_seed_writes_the_same_project_and_another_seed_another(project, shipped, tmp_path):
    study = shipped.study("michigan")
    again = simulate_districts(shipped, study, tmp_path / "again", districts=25, seed=3)
    other = simulate_districts(shipped, study, tmp_path / "other", districts=25, seed=4)

    def content(root):
        return {p.relative_to(root): p.read_bytes() for p in root.rglob("*") if p.is_file()}

    assert content(again) == content(project)
    assert content(other) != content(project)


def test_a_folder_that_holds_something_is_left_alone(shipped, tmp_path):
    (tmp_path / "mine").write_text("mine")
    with pytest.raises(DataError, match="expected a folder that is empty"):
        simulate_districts(shipped, shipped.study("michigan"), tmp_path, districts=5)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_plan_whose_numbers_can_not_be_invented_is_refused_by_indicator(shipped, tmp_path):
    with pytest.raises(DataError, match="can't be invented") as caught:
        simulate_districts(shipped, shipped.study("wuhai"), tmp_path / "x", districts=5)
    assert any("its formula is" in fault for fault in caught.value.faults)
    assert not (tmp_path / "x").exists()


def test_one_district_is_not_many(shipped, tmp_path):
    with pytest.raises(DataError, match="expected 2 or more"):
        simulate_districts(shipped, shipped.study("michigan"), tmp_path / "x", districts=1)
