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
from edu_metrics.simulation import new_project


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
    assert set(table["quantity"]) == {"teachers_primary", "quantity_1"}
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
    broken = [*COUNTS["小学专任教师数"][:15], -3, "about 9", "12 (est.)"]
    with pytest.raises(DataError) as caught:
        new_project(tmp_path / "mine", lang="zh", table=workbook(**{"小学专任教师数": broken}))
    number, negative = caught.value.faults
    assert "2 cell(s) not understood as a number: about 9 (Sheet1!C18); 12 (est.)" in number
    assert "1 negative count(s) or amount(s): -3 (Sheet1!C17)" in negative
    assert not (tmp_path / "mine").exists()
    assert not (tmp_path / ".mine.new").exists()
    with pytest.raises(DataError, match="no figure was found in it"):
        new_project(tmp_path / "mine", lang="zh", table=workbook())
    with pytest.raises(DataError, match=r"none.xlsx: can't be read as a table"):
        new_project(tmp_path / "mine", lang="zh", table=tmp_path / "none.xlsx")


#: As a yearbook prints it; nobody has heard of its places, nor of two of its quantities.
PRINTED = """表1 教师与经费
辖区（以县为单位）,2019年,,2020年,
,夜校教师（万人）,夜校经费（万元）,夜校教师（万人）,夜校经费（万元）
合 计,0.18,310,0.19,"1,320.5"
甲 县,0.08,>95,0.09,—
乙 县,０.10,*,0.10,215
"""


def test_a_table_as_a_yearbook_prints_it_is_read_as_intake_reads_it(tmp_path):
    path = tmp_path / "yearbook.csv"
    path.write_text(PRINTED, "utf-8")
    folder = tmp_path / "mine"
    new_project(folder, lang="zh", table=path)
    catalog = load_catalog(folder)
    assert [area.name.zh for area in catalog.areas.values()] == ["合 计", "甲 县", "乙 县"]
    own = {one.name.zh: one for one in catalog.quantities.values() if "夜校" in one.name.zh}
    assert {name: one.unit for name, one in own.items()} == {
        "夜校教师": "persons",
        "夜校经费": "yuan",
    }
    table = build(catalog, catalog.study("study")).set_index(["area", "quantity", "year"])
    teachers, money = own["夜校教师"].id, own["夜校经费"].id
    first = table.loc[("area_2", teachers, 2019)]
    # 0.08 万 lies between 750 and 850.
    assert tuple(first[["value", "lower", "upper"]]) == (800, 750, 850)
    above = table.loc[("area_2", money, 2019)]
    assert (above["value"], above["bound"]) == (950_000, "above")
    assert table.loc[("area_3", money, 2019), "status"] == "suppressed"
    assert table.loc[("area_1", money, 2020), "value"] == 13_205_000
    assert ("area_2", money, 2020) not in table.index
    assert len(table) == 11


def test_days_of_publication_are_those_of_the_table_where_it_has_them(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("area,year,visits,published\nHill,2019,5,2021-02-03\nHill,2020,6,\n", "utf-8")
    new_project(tmp_path / "mine", lang="en", table=path)
    (raw,) = (tmp_path / "mine" / "data" / "raw").rglob("numbers.csv")
    assert [line.split(",")[8] for line in raw.read_text("utf-8").splitlines()[1:]] == [
        "2021-02-03", "2021-06-01",
    ]  # fmt: skip


def test_halves_of_a_year_and_groups_stay_what_they_are(tmp_path):
    path = tmp_path / "halves.csv"
    rows = ["area,year,period,group,visits", "Hill,2020,h1,,5", "Hill,2020,h2,,7",
            "Hill,2020,,boarders,9"]  # fmt: skip
    path.write_text("\n".join(rows), "utf-8")
    new_project(tmp_path / "mine", lang="en", table=path)
    table = build(load_catalog(tmp_path / "mine"), "study")
    told = zip(table["period"], table["group"], table["value"], strict=True)
    assert set(told) == {("h1", "all", 5), ("h2", "all", 7), ("year", "boarders", 9)}
