"""Where a table is put, what is noted beside it, and seals that outlive another end of lines."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import openpyxl
import pytest
import yaml

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError
from edu_metrics.observations import MissingInput, build
from edu_metrics.observations.intake import Mapping, take_in, write_template
from edu_metrics.observations.intake.storing import with_input
from edu_metrics.observations.raw_files import seal, sha256_of

TEXT = "地区,2020年\n海南区,947\n乌达区,1224\n"
TODAY = dt.date(2024, 4, 1)


@pytest.fixture
def bring(project, tmp_path_factory):
    """Bring a file to the study of a project."""
    desk = tmp_path_factory.mktemp("desk")

    def taking(content, name="t.csv", **told):
        path = desk / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        catalog = load_catalog(project)
        told = {"source": "yearbook", "published": "2024-03-01", "quantity": "population", **told}
        mapping = Mapping.model_validate(told)
        return take_in(catalog, catalog.study("real"), [path], mapping, today=TODAY)

    return taking


def tree(root):
    return {path: path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def test_what_was_told_is_kept_and_read_again(project, bring):
    (one,) = bring(TEXT)
    shown = one.stored.relative_to(project).as_posix()
    assert shown == "data/raw/bureau/2024-03-01/t.csv"
    sidecar = yaml.safe_load(one.stored.with_name("t.csv.source.yaml").read_text("utf-8"))
    assert sidecar["accessed"] == TODAY
    assert sidecar["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    table = build(load_catalog(project), "real")
    assert dict(zip(table["area"], table["value"], strict=True)) == {"south": 947, "west": 1224}


def test_a_table_goes_where_files_of_its_publisher_lie_already(project, bring, write_raw):
    write_raw(project / "data" / "raw" / "office_of_statistics" / "2020-01-01" / "a.csv")
    (one,) = bring(TEXT)
    assert one.stored.parent.parent.name == "office_of_statistics"


def test_brought_twice_is_brought_once(project, bring):
    bring(TEXT)
    before = tree(project)
    (again,) = bring(TEXT)
    assert again.known
    assert tree(project) == before


def test_other_words_about_a_file_that_is_there_are_refused(bring):
    bring(TEXT)
    with pytest.raises(DataError, match="nothing was taken in") as caught:
        bring(TEXT, published="2024-03-02")
    assert "was told other things of" in caught.value.faults[0]


def test_another_file_of_the_same_name_and_day_is_refused(project, bring):
    bring(TEXT)
    before = tree(project)
    with pytest.raises(DataError) as caught:
        bring(TEXT.replace("947", "948"))
    assert "holds something else" in caught.value.faults[0]
    assert tree(project) == before


def test_a_fault_in_one_file_keeps_all_out(project, tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(TEXT, "utf-8")
    bad.write_text(TEXT.replace("947", "x"), "utf-8")
    catalog, before = load_catalog(project), tree(project)
    told = Mapping(source="yearbook", published="2024-03-01", quantity="population")
    with pytest.raises(DataError) as caught:
        take_in(catalog, catalog.study("real"), [good, bad], told, today=TODAY)
    (line,) = caught.value.faults
    assert line.startswith("bad.csv: 1 cell(s) not understood as a number: x (B2)")
    assert tree(project) == before


def test_a_name_that_climbs_out_of_the_folder_stays_in_it(project, bring):
    (one,) = bring(TEXT, "..\\x:y.csv")
    assert one.stored.parent == project / "data" / "raw" / "bureau" / "2024-03-01"
    assert "\\" not in one.stored.name


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "observations:\n  - {type: file, path: a.csv}  # why\nas_of: 2020-01-01\n",
            'observations:\n  - {type: file, path: "n.csv"}\n'
            "  - {type: file, path: a.csv}  # why\nas_of: 2020-01-01\n",
        ),
        (
            "observations:\n- type: file\n  path: a.csv\n",
            'observations:\n- {type: file, path: "n.csv"}\n- type: file\n  path: a.csv\n',
        ),
        (
            "observations: [{type: file, path: a.csv}]",
            'observations: [{type: file, path: "n.csv"}, {type: file, path: a.csv}]',
        ),
        (
            "observations:\n  - type: file\n    path: a.csv\n\n# next\nnote: x\n",
            'observations:\n  - {type: file, path: "n.csv"}\n'
            "  - type: file\n    path: a.csv\n\n# next\nnote: x\n",
        ),
    ],
)
def test_a_study_gains_an_input_and_keeps_every_other_line(given, expected):
    assert with_input(given, "n.csv") == expected


# --- seals


def test_seals_of_text_do_not_depend_on_line_ends_and_those_of_workbooks_do():
    assert sha256_of(b"a\r\nb\r\n") == hashlib.sha256(b"a\nb\n").hexdigest()
    assert sha256_of(b"\0a\r\n") == hashlib.sha256(b"\0a\r\n").hexdigest()


def test_a_seal_over_the_very_bytes_stays_valid(catalog, tmp_path, write_raw):
    from edu_metrics.observations import HEADER, read_raw_file

    row = "乌海市,常住人口,2021,55.81,exact,万人,reported,bulletin,2022-06-01,"
    path = write_raw(tmp_path / "t.csv", f"{row}\r", header=",".join(HEADER) + "\r")
    assert len(read_raw_file(path, catalog)) == 1


def test_sealing_anew_changes_one_line_and_only_where_it_must(tmp_path, write_raw):
    path = write_raw(tmp_path / "t.csv", "a")
    sidecar = path.with_name("t.csv.source.yaml")
    sidecar.write_text("# ours\n" + sidecar.read_text("utf-8") + "note: kept\n", "utf-8")
    assert seal([path]) == []
    path.write_bytes(path.read_bytes() + b"b\n")
    old = sidecar.read_text("utf-8").splitlines()
    assert seal([path]) == [path]
    new = sidecar.read_text("utf-8").splitlines()
    assert [line for line in new if line not in old] == [f"sha256: {sha256_of(path.read_bytes())}"]
    assert len(new) == len(old)


def test_a_file_without_a_sidecar_is_not_sealed_nor_any_beside_it(tmp_path, write_raw):
    path = write_raw(tmp_path / "t.csv", "a")
    alone = write_raw(tmp_path / "alone.csv", "a", seal=False)
    path.write_bytes(b"changed\n")
    before = tree(tmp_path)
    with pytest.raises(DataError, match="nothing was sealed") as caught:
        seal([path, alone])
    assert "alone.csv.source.yaml is missing" in caught.value.faults[0]
    assert tree(tmp_path) == before


# --- forms


def test_a_form_goes_out_and_comes_back(catalog, read):
    missing = [
        MissingInput(2019, "budget", "all", "south"),
        MissingInput(2020, "population", "all", "south"),
        MissingInput(2020, "children_share_pct", "all", "west"),
    ]
    for lang, titles in (("zh", ("海南区", "教育经费")), ("en", ("Hainan", "Budget"))):
        content = write_template(catalog, catalog.study("real"), missing, lang)
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book.worksheets[0]
        assert (sheet["A2"].value, sheet["B2"].value) == titles
        for row, value in ((2, "1.2亿"), (3, None), (4, 81.3)):
            sheet.cell(row, 4).value = value
        file = io.BytesIO()
        book.save(file)
        table = read(file.getvalue()).table
        found = table.set_index(["area", "quantity", "year"])["value"].to_dict()
        assert found == {
            ("south", "budget", 2019): 120_000_000,
            ("west", "children_share_pct", 2020): 81.3,
        }


def test_a_form_with_nothing_to_ask_is_refused(catalog):
    with pytest.raises(DataError, match="no figure is missing"):
        write_template(catalog, catalog.study("real"), [], "en")
