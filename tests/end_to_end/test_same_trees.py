"""A study made twice gives the same files, on one process or many, however it is made."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from datetime import date

import nbformat
import pytest

from edu_metrics.batch import Limits, run
from edu_metrics.batch.pool import report_pool

pytestmark = pytest.mark.slow


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
    # A report has six files and a folder of tables, the study two pages and three tables; two pages
    # and the mark of the folder stand above all.
    tables = [path for path in tree(one) if path.parent.name == "tables"]
    assert len({path.parent for path in tables}) == 6
    assert len(tree(one)) - len(tables) == 6 * 6 + 5 + 3
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


@pytest.fixture(scope="module")
def rare(project, shipped_root, tmp_path_factory):
    """Plan the reports of notebooks that a batch of this study makes only where it is asked."""
    from edu_metrics.batch import Job, plan_reports

    folder = tmp_path_factory.mktemp("rare")
    panel = folder / "panel.csv"
    rows = [
        f"a{area:02d},{2001 + year},{40 + area + 3 * ((area * year) % 7)}"
        for area in range(22)
        for year in range(8)
    ]
    panel.write_text("\n".join(["area,year,value", *rows]), "utf-8")
    notebook = shipped_root / "notebooks" / "track_record.ipynb"
    parameters = {"study": "", "panel": str(panel), "lang": "en", "root": str(project)}
    asked = {"area": "invented_district_1", "lang": "en", "scenarios": True}
    planned = [found.job for found in plan_reports(project, [], **asked)]
    (scenarios,) = [job for job in planned if job.notebook.name == "scenario_comparison.ipynb"]
    record = Job(notebook, parameters, folder / "record", "record", "../index.html", "0" * 64)
    return {"scenario_comparison": scenarios, "track_record": record}


@pytest.mark.parametrize("name", ["scenario_comparison", "track_record"])
def test_both_engines_make_the_same_report_of_notebooks_that_are_seldom_asked_for(
    rare, project, tmp_path, name
):
    made = []
    for engine in ("fork", "kernel"):
        job = dataclasses.replace(rare[name], folder=tmp_path / engine / rare[name].folder.name)
        if engine == "fork":
            with report_pool(1, Limits(), project) as pool:
                outcome = pool.submit(job).result(timeout=300)
        else:
            outcome = run(job)
        assert (outcome.status, outcome.error) == ("made", None)
        made.append(job.folder)
    cells = [nbformat.read(folder / "report.ipynb", as_version=4).cells for folder in made]
    assert any(cell.get("outputs") for cell in cells[0])
    for forked, kernel in zip(*cells, strict=True):
        assert forked == kernel
    forked, kernel = map(tree, made)
    assert sorted(forked) == sorted(kernel)
    assert forked == kernel


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


#: Read by every interpreter that starts with it on its path: it is more than a year later there.
LATER = """
import datetime
import time

import pandas
import pyarrow  # what is compiled is made with the classes that Python has

SHIFT = 400 * 86400 + 12345.0
NAMES = ("time", "time_ns", "localtime", "gmtime", "strftime")
REAL = {name: getattr(time, name) for name in NAMES}
time.time = lambda: REAL["time"]() + SHIFT
time.time_ns = lambda: REAL["time_ns"]() + int(SHIFT) * 10**9
time.localtime = lambda at=None: REAL["localtime"](time.time() if at is None else at)
time.gmtime = lambda at=None: REAL["gmtime"](time.time() if at is None else at)
time.strftime = lambda shape, at=None: REAL["strftime"](shape, at or time.localtime())


def later(real):
    class Looks(type):
        def __instancecheck__(cls, found):
            return isinstance(found, real)

        def __subclasscheck__(cls, found):
            return issubclass(found, real)

    def new(cls, *given, **named):
        return real(*given, **named)

    def today(cls):
        return real.fromtimestamp(time.time())

    known = {"__new__": new, "today": classmethod(today)}
    if real is datetime.datetime:
        known["now"] = classmethod(lambda cls, tz=None: real.fromtimestamp(time.time(), tz))
        known["utcnow"] = classmethod(lambda cls: real.fromtimestamp(time.time(), datetime.UTC))
    return Looks(real.__name__, (real,), known)


datetime.date, datetime.datetime = later(datetime.date), later(datetime.datetime)
"""
DAY = "import datetime, time; print(datetime.date.today(), time.strftime('%F'))"


@pytest.fixture(scope="module")
def reported(project, shipped_root, tmp_path_factory):
    """Make the reports as a command of its own, with another environment where one is given."""

    def make(root, **changes):
        out = tmp_path_factory.mktemp("out") / "reports"
        path = [changes.pop("first_on_path", None), shipped_root / "lib"]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(p) for p in path if p)}
        words = ["report", "--root", str(root), "--out", str(out)]
        ended = subprocess.run(
            [sys.executable, "-c", "from edu_metrics.cli import run; run()", *words],
            capture_output=True, text=True, encoding="utf-8", check=False,
            env={**environment, **changes},
        )  # fmt: skip
        assert ended.stdout.startswith("6 of 6 reports made; "), ended.stderr
        return tree(out)

    make.today = make(project)
    return make


def test_another_day_writes_the_same_trees(project, reported, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(LATER, "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    days = [
        subprocess.run(
            [sys.executable, "-c", DAY], env=env, capture_output=True, text=True, check=True
        ).stdout.split()
        for env in (os.environ, environment)
    ]
    now, later = ([date.fromisoformat(day) for day in found] for found in days)
    assert all((b - a).days in (400, 401) for a, b in zip(now, later, strict=True))
    reports = [path for path in reported.today if path.parent.name != "tables"]
    assert len(reports) == 6 * 6 + 5 + 3
    found = reported(project, first_on_path=tmp_path, TZ="Pacific/Kiritimati")
    assert found == reported.today


def test_another_folder_and_another_user_s_home_write_the_same_trees(project, reported, tmp_path):
    elsewhere = tmp_path / "a folder, elsewhere" / "方案"
    shutil.copytree(project, elsewhere)
    home = tmp_path / "home"
    home.mkdir()
    assert reported(elsewhere, HOME=str(home), USER="another", LC_ALL="C") == reported.today
