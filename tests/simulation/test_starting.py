"""A new project stands as it is made: sound, marked, small, and in the language asked for."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError, ReportError
from edu_metrics.observations import build, inspect_table
from edu_metrics.plan_audit import audit
from edu_metrics.reachability import assess
from edu_metrics.simulation import new_project, read_simple_table


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("new") / "project"
    return folder, new_project(folder, lang=request.param), request.param


def test_it_is_sound_and_nothing_in_it_is_odd(made):
    folder, *_ = made
    catalog = load_catalog(folder)
    table = build(catalog, "brookbridge")
    assert inspect_table(catalog, table, as_of=2025) == []
    assert {one.severity.value for one in audit(catalog, catalog.plan("brookbridge_2025"))} <= {
        "medium",
        "low",
    }
    # 458 + 251 of 537 + 300 teachers: 84.7 %, as its plan says.
    (found,) = assess(catalog, catalog.study("brookbridge"), table,
                      areas=("brookbridge",), targets=("primary_bachelor",))  # fmt: skip
    assert found.last_value == pytest.approx(100 * 709 / 837)
    assert found.probability is not None


def test_everything_invented_says_so(made):
    folder, *_ = made
    catalog = load_catalog(folder)
    assert all(area.invented for area in catalog.areas.values())
    assert all("invented" in area.name.en for area in catalog.areas.values())
    assert all("虚构" in area.name.zh for area in catalog.areas.values())
    assert catalog.study("brookbridge").simulated
    assert set(build(catalog, "brookbridge")["status"]) == {"simulated"}
    assert "invented" in catalog.plan("brookbridge_2025").title.en


def test_it_is_small_and_leaves_other_places_at_home(made):
    folder, files, _ = made
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in files)
    assert lines <= 210
    written = "".join(path.read_text("utf-8") for path in (folder / "data").rglob("*.yaml"))
    assert "wuhai" not in written.lower()
    catalog = load_catalog(folder)
    assert len(catalog.areas) == 3
    assert set(catalog.plans) == {"brookbridge_2025"}
    assert not any("wuhai" in name for name in catalog.sources)


def test_comments_are_in_the_language_asked_for(made):
    folder, _, lang = made
    comments = [
        line.strip()
        for path in (folder / "data" / "definitions").rglob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
        if line.strip().startswith("#")
    ]
    assert len(comments) >= 8
    assert all(line.isascii() == (lang == "en") for line in comments)
    notebook = json.loads((folder / "notebooks" / "look.ipynb").read_text("utf-8"))
    first, parameters, *codes = notebook["cells"]
    assert first["source"].isascii() == (lang == "en")
    assert parameters["metadata"]["tags"] == ["parameters"]
    assert f'lang = "{lang}"' in parameters["source"]
    for cell in (parameters, *codes):
        compile(cell["source"], "cell", "exec")


def test_a_folder_that_holds_anything_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ReportError, match="expected a new or an empty folder"):
        new_project(tmp_path, lang="en")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert new_project(empty, lang="en")


YEARS = range(2016, 2022)


@pytest.fixture
def workbook(tmp_path):
    def write(name="table.xlsx", **columns):
        places = ["全市", "东区", "西区"]
        rows = pd.DataFrame([(p, y) for p in places for y in YEARS], columns=["地区", "年份"])
        path = tmp_path / name
        frame = rows.assign(**columns)
        if path.suffix == ".csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_excel(path, index=False)
        return path

    return write


COUNTS = {"小学专任教师数": [900, 905, 910, 915, 920, 925, *[600] * 6, *range(300, 330, 5)]}


@pytest.mark.parametrize("name", ["table.xlsx", "table.csv"])
def test_a_table_gives_places_quantities_and_numbers(workbook, tmp_path, name):
    rates = {"近视率（筛查）": [50 - at / 3 for at in range(18)]}
    folder = tmp_path / "mine"
    new_project(folder, lang="zh", table=workbook(name, **COUNTS, **rates))
    catalog = load_catalog(folder)
    assert [area.name.zh for area in catalog.areas.values()] == ["全市", "东区", "西区"]
    assert [area.level for area in catalog.areas.values()] == ["city", "district", "district"]
    assert not any(area.invented for area in catalog.areas.values())
    study = catalog.study("study")
    assert not study.simulated
    table = build(catalog, study)
    assert set(table["quantity"]) == {"teachers_primary", "quantity_2"}
    assert set(table["status"]) == {"reported"}
    city = table[(table["area"] == "area_1") & (table["quantity"] == "teachers_primary")]
    assert city["value"].tolist() == [900, 905, 910, 915, 920, 925]
    assert catalog.plan("plan").hypothetical
    assert assess(catalog, study, table)[0].last_value == pytest.approx(50 - 5 / 3)


def test_a_table_of_counts_alone_has_a_count_to_promise(workbook, tmp_path):
    folder = tmp_path / "mine"
    new_project(folder, lang="en", table=workbook(**COUNTS), invented=True)
    catalog = load_catalog(folder)
    assert all(area.invented for area in catalog.areas.values())
    (target,) = catalog.plan("plan").targets
    assert target.indicator == "number_of_teachers_primary"
    assert assess(catalog, catalog.study("study"), build(catalog, "study"))[0].last_value == 925


def test_faults_of_a_table_are_all_named_and_nothing_is_made(workbook, tmp_path):
    broken = [*COUNTS["小学专任教师数"][:16], "…", "12 (est.)"]
    with pytest.raises(DataError) as caught:
        new_project(tmp_path / "mine", lang="zh", table=workbook(**{"小学专任教师数": broken}))
    assert len(caught.value.faults) == 2
    assert "西区, 2020, 小学专任教师数: expected a number, found '…'" in caught.value.faults
    assert not (tmp_path / "mine").exists()
    assert not (tmp_path / ".mine.new").exists()
    with pytest.raises(DataError, match="expected a column of areas"):
        read_simple_table(workbook())
    with pytest.raises(DataError, match=r"none.xlsx: can't be read as a table"):
        read_simple_table(tmp_path / "none.xlsx")
