"""A study made twice gives the same files, on one process or many, however it is made."""

from __future__ import annotations

import json

import pytest


@pytest.fixture(scope="module")
def project(shipped_root, tmp_path_factory):
    """Simulate three districts, with the notebooks of this project."""
    from edu_metrics.catalog import load_catalog
    from edu_metrics.simulation import simulate_districts

    catalog = load_catalog(shipped_root)
    folder = tmp_path_factory.mktemp("three") / "project"
    return simulate_districts(catalog, catalog.study("michigan"), folder, districts=3)


def tree(folder):
    """Give all files of a study's reports, but for what a run took."""
    files = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    return {path: content for path, content in files.items() if path.name != "manifest.json"}


def entries(folder):
    manifest = json.loads((folder / "invented_districts" / "manifest.json").read_text("utf-8"))
    return [{k: v for k, v in e.items() if k != "seconds"} for e in manifest["areas"]]


def test_one_process_and_many_write_the_same_trees_in_the_same_order(command, project, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    for folder, jobs in ((one, 1), (two, 3)):
        found = command("report", "--root", project, "--out", folder, "-j", jobs)
        assert (found.status, found.out) == (
            0, f"6 of 6 reports made; open {folder / 'index.html'}\n"
        )  # fmt: skip
    assert len(tree(one)) == 6 * 3 + 2
    assert tree(one) == tree(two)
    assert entries(one) == entries(two)
    # What is asked for again stands, and what is forced comes out the same.
    found = command("report", "--root", project, "--out", one)
    assert found.out.startswith("0 of 6 reports made, 6 unchanged; open ")
    lines = [line.split() for line in found.err.splitlines()]
    assert ["invented_districts", "0", "6", "0"] in lines
    area = "invented_district_2"
    found = command("report", "--root", project, "--out", one, "--force", "--area", area)
    assert found.out.startswith("2 of 2 reports made; open ")
    assert tree(one) == tree(two)
    listed = {(e["area"], e["lang"]): e["status"] for e in entries(one)}
    assert len(listed) == 6
    assert {key for key, status in listed.items() if status == "made"} == {
        (area, "zh"), (area, "en")
    }  # fmt: skip


def test_a_dry_run_tells_what_would_be_made_and_why_and_makes_nothing(command, project, tmp_path):
    found = command("report", "--root", project, "--out", tmp_path / "no", "-n", "--first", 2)
    *rows, last = found.out.splitlines()
    assert [row.split() for row in rows[1:]] == [
        ["invented_districts", f"{lang}/invented_district_{n}", "new"]
        for lang in ("en", "zh")
        for n in (1, 2)
    ]
    assert last == "4 of 4 reports would be made"
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("words", [("-j", 0), ("--engine", "magic"), ("--timeout", -1)])
def test_an_option_that_makes_no_sense_is_a_usage_fault(command, project, words):
    assert command("report", "--root", project, *words).status == 2


def test_a_project_of_many_districts_is_asked_for_with_all_that_it_needs(
    command, shipped_root, tmp_path
):
    words = ("simulate", "michigan", "--root", shipped_root)
    assert command(*words, "--districts", 3).status == 2
    assert command(*words, "--to", tmp_path / "x").status == 2
    made = command(*words, "--districts", 3, "--to", tmp_path / "x")
    assert (made.status, made.out) == (0, f"{tmp_path / 'x'}\n")
    assert command("check", "--root", tmp_path / "x").status == 0
