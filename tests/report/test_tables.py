"""A table is built where it is missing or was made from something else, and only then."""

from __future__ import annotations

import hashlib
import os
import shutil

import pytest

from edu_metrics import plan_audit
from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import known_by, read_processed
from edu_metrics.report import prepare
from edu_metrics.report import tables as preparing
from edu_metrics.report.tables import current_table, seal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Build a table, once for all tests."""
    folder = tmp_path_factory.mktemp("built") / "project"
    for part in ("data/definitions", "data/raw"):
        ignored = shutil.ignore_patterns("simulated", "scenarios")
        shutil.copytree(root / part, folder / part, ignore=ignored)
    catalog = load_catalog(folder)
    path = prepare(catalog, catalog.study("wuhai"))
    assert path == folder / "data" / "processed" / "wuhai.parquet"
    return folder


@pytest.fixture
def clone(built, tmp_path):
    return shutil.copytree(built, tmp_path / "clone")


@pytest.fixture
def made(clone):
    """Give the table of a project that a test may change."""
    return clone / "data" / "processed" / "wuhai.parquet"


def rebuilt(clone, made, **given):
    os.utime(made, (0, 0))
    catalog = load_catalog(clone)
    prepare(catalog, catalog.study("wuhai"), **given)
    return made.stat().st_mtime != 0


def raw_file(clone):
    return next((clone / "data" / "raw" / "xinhua").rglob("*.csv"))


def test_what_has_not_changed_is_not_built_again(clone, made):
    assert not rebuilt(clone, made)


def test_it_is_built_again_where_that_is_asked_for(clone, made):
    assert rebuilt(clone, made, force=True)


def test_a_file_that_was_only_touched_changes_nothing(clone, made):
    for path in (clone / "data").rglob("*"):
        path.touch()
    assert not rebuilt(clone, made)


@pytest.mark.parametrize("name", ["breaks.yaml", "plans/mock_english_plan.yaml"])
def test_a_changed_definition_is_seen(clone, made, name):
    path = clone / "data" / "definitions" / name
    path.write_text(path.read_text("utf-8") + "# more\n", "utf-8")
    assert rebuilt(clone, made)
    assert not rebuilt(clone, made)


def test_a_raw_file_with_another_content_is_seen_however_old_it_is(clone, made):
    sidecar = raw_file(clone).with_name(f"{raw_file(clone).name}.source.yaml")
    stamp = sidecar.stat().st_mtime_ns
    sidecar.write_text(sidecar.read_text("utf-8") + "# more\n", "utf-8")
    os.utime(sidecar, ns=(stamp, stamp))
    assert rebuilt(clone, made)


@pytest.mark.parametrize("name", ["library", "versions"])
def test_other_code_builds_it_again(clone, made, monkeypatch, name):
    """What builds tables may have been mended."""
    monkeypatch.setattr(preparing, f"{name}_sha256", lambda: "another")
    assert rebuilt(clone, made)
    assert not rebuilt(clone, made)


def test_what_changes_while_it_is_built_is_seen_next_time(clone, made, monkeypatch):
    path = clone / "data" / "definitions" / "breaks.yaml"

    def build(*given):
        path.write_text(path.read_text("utf-8") + "# more\n", "utf-8")
        return read_processed(clone, "wuhai")

    monkeypatch.setattr("edu_metrics.observations.build", build)
    assert rebuilt(clone, made, force=True)
    monkeypatch.undo()
    assert rebuilt(clone, made)
    assert not rebuilt(clone, made)


def test_a_run_killed_between_table_and_note_builds_it_again(clone, made, monkeypatch):
    def killed(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("edu_metrics.observations.write_processed", killed)
    with pytest.raises(KeyboardInterrupt):
        rebuilt(clone, made, force=True)
    monkeypatch.undo()
    assert rebuilt(clone, made)


def test_the_invented_files_of_another_study_are_no_input_of_a_real_one(clone, made):
    catalog = load_catalog(clone)
    prepare(catalog, catalog.study("mock_city"))
    assert (clone / "data" / "raw" / "simulated" / "mock_city").is_dir()
    assert not rebuilt(clone, made)


def test_a_project_that_came_without_raw_files_is_taken_as_it_came(clone, made):
    shutil.rmtree(clone / "data" / "raw")
    seal(clone)
    assert not rebuilt(clone, made)


def test_a_raw_file_that_was_taken_away_is_seen(clone, made):
    before = set(read_processed(clone, "wuhai")["source"])
    folder = clone / "data" / "raw" / "xinhua"
    gone = raw_file(clone)
    gone.with_name(f"{gone.name}.source.yaml").unlink()
    gone.unlink()
    if not list(folder.rglob("*.csv")):
        study = clone / "data" / "definitions" / "studies" / "wuhai.yaml"
        lines = [line for line in study.read_text("utf-8").splitlines() if "xinhua" not in line]
        study.write_text("\n".join(lines), "utf-8")
    assert rebuilt(clone, made)
    assert set(read_processed(clone, "wuhai")["source"]) < before


def test_a_fault_leaves_the_older_table_as_it_was(clone, made):
    raw = raw_file(clone)
    raw.write_bytes(raw.read_bytes() + b"nowhere,nothing\n")
    content = made.read_bytes()
    with pytest.raises(DataError):
        prepare(load_catalog(clone), load_catalog(clone).study("wuhai"))
    assert made.read_bytes() == content
    assert {path.name for path in made.parent.iterdir()} == {"wuhai.parquet", "wuhai.made_from"}


def test_an_audit_that_reads_what_was_kept_finds_what_one_that_computes_finds(clone, monkeypatch):
    catalog = load_catalog(clone)
    plan = catalog.plan("wuhai_2020_2022")
    study = catalog.study("wuhai")
    observed = known_by(current_table(catalog, study), study.as_of)
    areas = [*catalog.expand(study.areas), *study.compare_with]
    series = plan_audit.observed_series(catalog, plan, observed, areas)
    found = plan_audit.audit(catalog, plan, series=series)
    assert found != plan_audit.audit(catalog, plan)
    assert preparing.audit_plan(catalog, plan) == found
    monkeypatch.setattr(plan_audit, "observed_series", None)
    assert preparing.audit_plan(catalog, plan) == found
    prepare(catalog, study, force=True)
    with pytest.raises(TypeError, match="not callable"):
        preparing.audit_plan(catalog, plan)


def test_a_simulated_study_is_invented_first_and_comes_out_the_same(clone):
    catalog = load_catalog(clone)

    def digest():
        prepare(catalog, catalog.study("mock_city"), force=True)
        table = read_processed(clone, "mock_city")
        return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest(), table

    first, table = digest()
    assert (clone / "data" / "raw" / "simulated" / "mock_city").is_dir()
    assert set(table["status"]) <= {"simulated", "suppressed"}
    assert all(catalog.areas[area].invented for area in table["area"].unique())
    shutil.rmtree(clone / "data" / "raw" / "simulated")
    assert digest()[0] == first
