from __future__ import annotations

import csv
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from edu_metrics.catalog import Catalog, Study, load_catalog
from edu_metrics.errors import DataError
from edu_metrics.simulation import simulate_study

ROOT = Path(__file__).resolve().parents[2]

SOURCE = """
- {id: mock_city_simulation, title: {zh: 模拟, en: Simulation}, publisher: {zh: 甲, en: A},
   licence: MIT, read: original}
"""
AREAS = """
- {id: port, name: {zh: 港城（虚构）, en: Port}, level: city, invented: true}
- {id: quay, name: {zh: 码头区（虚构）, en: Quay}, level: district, parent: port, invented: true}
- {id: hill, name: {zh: 山区（虚构）, en: Hill}, level: district, parent: port, invented: true}
- {id: quay_school, name: {zh: "码头{code}校", en: "Quay {code}"}, level: school, parent: quay,
   codes: ["1", "2"], invented: true}
- {id: hill_school, name: {zh: "山上{code}校", en: "Hill {code}"}, level: school, parent: hill,
   codes: ["1", "2"], invented: true}
"""
PLAN = """
id: plan
title: {zh: 计划, en: Plan}
source: mock_city_simulation
issued: 2020-12-02
first_year: 2020
last_year: 2022
areas: [port]
targets:
  - {id: t1, title: {zh: 目标, en: Target}, article: "1", tier: dated, kind: milestone,
     indicator: null, areas: [port], population: {zh: 全市, en: whole city}, unit: none,
     better: reach, deadline: 2021, quote: 到2021年, locator: 第1条}
"""
STUDY = """
id: study
title: {zh: 研究, en: Study}
plan: plan
areas: [port]
observations: [{type: simulated, city: port, seed: 3, first_year: 2018, last_year: 2020}]
as_of: 2021-03-31
disclosure: published
simulated: true
note: {zh: 虚构, en: invented}
"""


@pytest.fixture
def made(tmp_path):
    """Make a catalog of an invented city with names of its own; parts of it can be replaced."""

    def make(*, sources=SOURCE, areas=AREAS, study=STUDY, quantities=None) -> Catalog:
        folder = tmp_path / "data" / "definitions"
        for name in ("plans", "studies"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        shipped = ROOT / "data" / "definitions" / "quantities.yaml"
        given = {
            "sources": sources,
            "areas": areas,
            "quantities": shipped.read_text("utf-8") if quantities is None else quantities,
            "indicators": "[]",
            "breaks": "[]",
            "assumptions": "[]",
            "plans/plan": PLAN,
            "studies/study": study,
        }
        for name, text in given.items():
            (folder / f"{name}.yaml").write_text(text, "utf-8")
        return load_catalog(tmp_path)

    return make


def simulate(catalog: Catalog) -> list[Path]:
    return simulate_study(catalog, catalog.study("study"))


def with_inputs(catalog: Catalog, *changes: dict[str, object]) -> Study:
    """Give the study other inputs, as one could that no loader has seen."""
    study = catalog.study("study")
    inputs = tuple(study.observations[0].model_copy(update=change) for change in changes)
    return study.model_copy(update={"observations": inputs})


def written_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_writes_the_same_bytes(catalog, study, written, tmp_path):
    again = simulate_study(replace(catalog, root=tmp_path), study)
    assert [path.name for path in again] == [path.name for path in written]
    assert written_in(tmp_path) == written_in(written[0].parent)


def test_another_seed_writes_other_numbers_in_every_file(catalog, study, written, tmp_path):
    given = study.observations[0].model_copy(update={"seed": study.observations[0].seed + 1})
    other = study.model_copy(update={"observations": (given,)})
    simulate_study(replace(catalog, root=tmp_path), other)
    one, two = written_in(written[0].parent), written_in(tmp_path)
    assert one.keys() == two.keys()
    assert all(one[name] != two[name] for name in one)


def test_files_lie_in_the_folder_of_their_city(made):
    catalog = made()
    paths = simulate(catalog)
    names = ("cohorts", "exams", "facilities", "health", "kindergartens", "money", "senior")
    assert {path.relative_to(catalog.root).as_posix() for path in paths} == {
        f"data/raw/simulated/port/{name}.csv" for name in (*names, "teachers")
    }


def test_each_file_has_a_sidecar_that_seals_it_and_says_that_it_is_invented(made):
    for path in simulate(made()):
        sidecar = yaml.safe_load(path.with_name(f"{path.name}.source.yaml").read_text("utf-8"))
        assert sidecar["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert sidecar["source"] == "mock_city_simulation"
        assert "no real place" in sidecar["obtained_by"]["en"]
        assert "seed 3" in sidecar["obtained_by"]["en"]


def test_every_row_says_that_it_is_simulated(made):
    for path in simulate(made()):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        assert {(row["status"], row["bound"], row["source"]) for row in rows} == {
            ("simulated", "exact", "mock_city_simulation")
        }


def test_all_numbers_are_whole_and_money_is_in_ten_thousand_yuan(made):
    for path in simulate(made()):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert all(row["value"].isdigit() for row in rows)
        assert ({row["unit"] for row in rows} == {"万元"}) == (path.name == "money.csv")


def test_nothing_but_the_tables_and_their_sidecars_is_left_behind(made):
    paths = simulate(made())
    expected = {name for path in paths for name in (path.name, f"{path.name}.source.yaml")}
    assert written_in(paths[0].parent).keys() == expected


def test_a_file_that_does_not_change_keeps_its_date_and_a_changed_one_is_mended(made):
    catalog = made()
    first, second, *_ = simulate(catalog)
    whole = second.read_bytes()
    second.write_bytes(b"spoilt")
    os.utime(first, (1_000_000_000, 1_000_000_000))
    simulate(catalog)
    assert first.stat().st_mtime == 1_000_000_000
    assert second.read_bytes() == whole


def test_a_study_of_real_numbers_gets_none_that_are_invented(made):
    catalog = made()
    real = catalog.study("study").model_copy(update={"simulated": False})
    with pytest.raises(DataError, match=r"'study': expected a study that is marked simulated"):
        simulate_study(catalog, real)
    assert not (catalog.root / "data" / "raw").exists()


@pytest.mark.parametrize("real", ["port", "hill", "quay_school_2"])
def test_no_invented_number_is_attached_to_a_real_place(made, real):
    catalog = made()
    place = catalog.areas[real].model_copy(update={"invented": False})
    mixed = replace(catalog, areas={**catalog.areas, real: place})
    with pytest.raises(DataError, match=f"'{real}' is not marked invented: true"):
        simulate(mixed)
    assert not (catalog.root / "data" / "raw").exists()


def test_an_unknown_city_names_the_nearest(made):
    catalog = made()
    with pytest.raises(DataError, match=r"no area 'prot'.*port"):
        simulate_study(catalog, with_inputs(catalog, {"city": "prot"}))


def test_too_few_districts_and_too_few_schools_are_refused_together(made):
    catalog = made()
    gone = ("hill", "hill_school_1", "hill_school_2", "quay_school_2")
    areas = {name: area for name, area in catalog.areas.items() if name not in gone}
    with pytest.raises(DataError) as error:
        simulate(replace(catalog, areas=areas))
    assert [fault.split(":")[0] for fault in error.value.faults] == ["'port'", "'quay'"]
    assert "expected two or more districts below it, found 1" in str(error.value)
    assert "expected two or more schools below it, found 1" in str(error.value)


def test_one_city_can_not_be_invented_twice_in_a_study(made):
    catalog = made()
    with pytest.raises(DataError, match="'port': expected one simulated input for a city, found 2"):
        simulate_study(catalog, with_inputs(catalog, {"seed": 3}, {"seed": 4}))


def test_years_that_run_backwards_are_refused(made):
    catalog = made()
    with pytest.raises(DataError, match="last_year: expected 2018 or later, found 2017"):
        simulate_study(catalog, with_inputs(catalog, {"last_year": 2017}))


def test_the_source_of_invented_numbers_must_be_defined(made):
    catalog = made()
    nameless = replace(catalog, sources={})
    with pytest.raises(DataError, match="expected the source 'mock_city_simulation'"):
        simulate_study(nameless, catalog.study("study"))


def test_quantities_that_are_not_defined_are_named_before_anything_is_written(made):
    catalog = made(quantities="[]")
    with pytest.raises(DataError) as error:
        simulate(catalog)
    assert "no quantity 'pupils_junior_tested'" in str(error.value)
    assert len(error.value.faults) > 50
    assert not (catalog.root / "data" / "raw").exists()


def test_what_is_simulated_is_never_committed():
    lines = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert "data/raw/simulated/" in lines
    assert not [line for line in lines if line.startswith("!") and "raw" in line]
