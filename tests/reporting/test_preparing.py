"""A table is built where it is missing or older than what it is made from, and only then."""

from __future__ import annotations

import hashlib
import os
import shutil

import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import read_processed
from edu_metrics.reporting import prepare


@pytest.fixture
def clone(root, tmp_path):
    folder = tmp_path / "clone"
    for part in ("data/definitions", "data/raw"):
        shutil.copytree(root / part, folder / part)
    return folder


@pytest.fixture
def made(clone):
    """Build a table, and let all that it is made from be an hour older."""
    path = prepare(load_catalog(clone), load_catalog(clone).study("wuhai"))
    assert path == clone / "data" / "processed" / "wuhai.parquet"
    now = path.stat().st_mtime
    for given in (clone / "data").rglob("*"):
        os.utime(given, (now - 3600, now - 3600))
    os.utime(path, (now - 1800, now - 1800))
    return path


def rebuilt(clone, made, **given):
    before = made.stat().st_mtime_ns
    catalog = load_catalog(clone)
    prepare(catalog, catalog.study("wuhai"), **given)
    return made.stat().st_mtime_ns != before


def test_what_has_not_changed_is_not_built_again(clone, made):
    assert not rebuilt(clone, made)


def test_it_is_built_again_where_that_is_asked_for(clone, made):
    assert rebuilt(clone, made, force=True)


def test_a_changed_definition_is_seen(clone, made):
    (clone / "data" / "definitions" / "breaks.yaml").touch()
    assert rebuilt(clone, made)


def test_a_changed_raw_file_is_seen(clone, made):
    next((clone / "data" / "raw").rglob("*.csv")).touch()
    assert rebuilt(clone, made)


def test_a_raw_file_that_was_taken_away_is_seen(clone, made):
    before = set(read_processed(clone, "wuhai")["source"])
    folder = clone / "data" / "raw" / "xinhua"
    gone = next(folder.rglob("*.csv"))
    shutil.copy(gone, gone.with_name("kept.txt"))
    gone.with_name(f"{gone.name}.source.yaml").unlink()
    gone.unlink()
    if not list(folder.rglob("*.csv")):
        study = clone / "data" / "definitions" / "studies" / "wuhai.yaml"
        stamp = study.stat().st_mtime_ns
        lines = [line for line in study.read_text("utf-8").splitlines() if "xinhua" not in line]
        study.write_text("\n".join(lines), "utf-8")
        os.utime(study, ns=(stamp, stamp))
    assert rebuilt(clone, made)
    assert set(read_processed(clone, "wuhai")["source"]) < before


def test_a_fault_leaves_the_older_table_as_it_was(clone, made):
    raw = next((clone / "data" / "raw" / "xinhua").rglob("*.csv"))
    raw.write_bytes(raw.read_bytes() + b"nowhere,nothing\n")
    content = made.read_bytes()
    with pytest.raises(DataError):
        prepare(load_catalog(clone), load_catalog(clone).study("wuhai"))
    assert made.read_bytes() == content
    assert [path.name for path in made.parent.iterdir()] == ["wuhai.parquet"]


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
