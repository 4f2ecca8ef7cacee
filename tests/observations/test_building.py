"""From the inputs of a study to one processed table, with real and invented kept apart."""

from __future__ import annotations

import os

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edu_metrics.catalog import load_catalog
from edu_metrics.errors import DataError, DefinitionError
from edu_metrics.observations import (
    build,
    processed_path,
    read_processed,
    validate,
    write_processed,
)
from edu_metrics.observations.building import _content_sha256
from edu_metrics.observations.raw_files import unread_files

CITY = "乌海市,常住人口,2021,55.81,exact,万人,reported,bulletin,2022-06-01,"
EAST = "海勃湾区,常住人口,2021,34.1,exact,万人,reported,bulletin,2022-06-01,"
NATION = "全国,常住人口,2021,141260,exact,万人,reported,bulletin,2022-02-28,"
PORT = "港城,常住人口,2021,9,exact,万人,reported,bulletin,2022-06-01,"
MOCK = "Mock A,population,2021,1200,exact,persons,simulated,generator,2022-01-15,"


@pytest.fixture
def raw(project):
    return project / "data" / "raw"


def test_a_study_holds_its_areas_what_lies_below_them_and_what_it_compares_with(
    project, raw, write_raw
):
    write_raw(raw / "bureau" / "2022" / "a.csv", CITY, EAST, NATION, PORT)
    built = build(load_catalog(project), "real")
    assert built["area"].tolist() == ["city", "east", "nation"]


def test_several_files_and_several_vintages_are_all_kept(project, raw, write_raw):
    write_raw(raw / "bureau" / "2022" / "a.csv", CITY)
    write_raw(raw / "bureau" / "2023" / "b.csv", CITY.replace("2022-06-01", "2023-06-01"))
    assert len(build(load_catalog(project), "real")) == 2


def test_a_study_may_be_given_as_it_is_defined(project, raw, write_raw):
    write_raw(raw / "bureau" / "a.csv", CITY)
    catalog = load_catalog(project)
    pd.testing.assert_frame_equal(build(catalog, catalog.study("real")), build(catalog, "real"))


def test_a_file_whose_suffix_is_in_capitals_is_read_like_the_others(project, raw, write_raw):
    write_raw(raw / "bureau" / "2022" / "a.csv", CITY)
    write_raw(raw / "bureau" / "2022" / "T.CSV", EAST)
    assert build(load_catalog(project), "real")["area"].tolist() == ["city", "east"]


def test_a_definition_with_another_suffix_is_named_as_not_read(project):
    path = project / "data" / "definitions" / "plans" / "two.yml"
    path.write_text("id: two\n", "utf-8")
    with pytest.raises(DefinitionError) as caught:
        load_catalog(project)
    assert caught.value.faults == ("plans/two.yml: is not read; call it two.yaml",)


def test_a_pipe_or_a_loop_among_raw_files_is_named_as_not_read(project, raw, write_raw):
    write_raw(raw / "bureau" / "a.csv", CITY)
    os.mkfifo(raw / "bureau" / "pipe.csv")
    (raw / "bureau" / "loop.csv").symlink_to("loop.csv")
    with pytest.raises(DataError) as caught:
        build(load_catalog(project), "real")
    told = "is not read; expected a regular file"
    assert caught.value.faults == tuple(
        f"data/raw/bureau/{name}.csv: {told}" for name in ("loop", "pipe")
    )


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ("9999-12-31", "publication not told or not understood: 9999-12-31"),
        ("0001-01-01", "publication not told or not understood: 0001-01-01"),
        ("2019-12-31", "published before the year that they measure: 2021, published 2019-12-31"),
    ],
)
def test_a_day_of_publication_before_its_year_or_beyond_all_is_a_fault(
    project, raw, write_raw, day, words
):
    write_raw(raw / "bureau" / "a.csv", CITY.replace("2022-06-01", day))
    with pytest.raises(DataError, match=words):
        build(load_catalog(project), "real")


def test_a_path_that_matches_nothing_is_a_fault(project):
    with pytest.raises(DataError, match=r"data/raw/bureau/\*\*/\*\.csv: matches no file"):
        build(load_catalog(project), "real")


def test_the_faults_of_all_files_are_said_at_once_with_their_paths(project, raw, write_raw):
    write_raw(raw / "bureau" / "a.csv", CITY.replace("乌海市", "远方"))
    write_raw(raw / "bureau" / "b.csv", CITY, seal=False)
    with pytest.raises(DataError) as caught:
        build(load_catalog(project), "real")
    first, second = caught.value.faults
    assert first.startswith("data/raw/bureau/a.csv: 1 area name(s) unknown: ")
    assert second.startswith("data/raw/bureau/b.csv: b.csv.source.yaml is missing")


def test_the_same_observation_in_two_files_is_a_fault(project, raw, write_raw):
    write_raw(raw / "bureau" / "a.csv", CITY)
    write_raw(raw / "bureau" / "b.csv", CITY)
    with pytest.raises(DataError, match="double"):
        build(load_catalog(project), "real")


def test_simulated_numbers_that_were_not_written_yet_name_the_command_that_does(project):
    with pytest.raises(DataError, match="run `edu-metrics simulate invented` first"):
        build(load_catalog(project), "invented")


def test_an_invented_study_reads_the_files_of_its_city(project, raw, write_raw):
    write_raw(raw / "simulated" / "mock" / "a.csv", MOCK)
    built = build(load_catalog(project), "invented")
    assert built[["area", "status"]].to_numpy().tolist() == [["mock_a", "simulated"]]


def test_simulated_observations_may_be_handed_over_without_files(project, rows):
    handed = rows(("mock_a", 2021, "population", 7), status="simulated", source="generator")
    built = build(load_catalog(project), "invented", simulated=handed)
    assert built["value"].tolist() == [7]


def test_a_simulated_number_cannot_enter_a_real_study(project, raw, write_raw):
    write_raw(raw / "bureau" / "a.csv", CITY, MOCK)
    with pytest.raises(DataError, match="simulated numbers in a study that is not marked"):
        build(load_catalog(project), "real")


def test_a_measured_number_cannot_enter_an_invented_study(project, raw, write_raw):
    write_raw(raw / "simulated" / "mock" / "a.csv", MOCK, CITY)
    with pytest.raises(DataError, match="not simulated in a study that is; 1 row: city 2021"):
        build(load_catalog(project), "invented")


def test_a_suppressed_number_of_an_invented_place_may_stay(project, raw, write_raw):
    hidden = MOCK.replace("1200", "").replace("simulated,", "suppressed,").replace("2021", "2020")
    write_raw(raw / "simulated" / "mock" / "a.csv", MOCK, hidden)
    assert len(build(load_catalog(project), "invented")) == 2


def test_a_processed_table_is_read_as_it_was_written(project, rows):
    table = validate(rows(("east", 2020, "population", 0.1), ("west", 2020, "population", 7)))
    path = processed_path(project, "real")
    write_processed(table, path)
    write_processed(table, path)  # an older table is replaced
    pd.testing.assert_frame_equal(read_processed(project, "real"), table)
    assert [file.name for file in path.parent.iterdir()] == ["real.parquet"]


def test_a_table_that_cannot_be_written_leaves_the_older_one_and_no_rest(project, rows):
    table = validate(rows(("east", 2020, "population", 1)))
    path = processed_path(project, "real")
    write_processed(table, path)
    mixed = table.assign(value=[object()])
    with pytest.raises(Exception, match="object"):
        write_processed(mixed, path)
    pd.testing.assert_frame_equal(read_processed(project, "real"), table)
    assert [file.name for file in path.parent.iterdir()] == ["real.parquet"]


def test_a_write_that_fails_halfway_leaves_nothing_behind(project, rows, monkeypatch):
    def refuse(*_):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", refuse)
    path = processed_path(project, "real")
    with pytest.raises(OSError, match="no space left"):
        write_processed(validate(rows(("east", 2020, "population", 1))), path)
    assert list(path.parent.iterdir()) == []


def test_a_study_that_was_not_built_names_the_command_that_does(project):
    with pytest.raises(DataError, match="run `edu-metrics build real` first"):
        read_processed(project, "real")


@pytest.mark.parametrize("content", [b"not parquet", None])
def test_a_processed_file_that_is_something_else_is_refused(project, content):
    path = processed_path(project, "real")
    path.parent.mkdir(parents=True)
    if content is None:
        pd.DataFrame({"a": [1]}).to_parquet(path)
    else:
        path.write_bytes(content)
    with pytest.raises(DataError, match="run `edu-metrics build real` again"):
        read_processed(project, "real")


def edited_by_pandas(path):
    table = pd.read_parquet(path)
    table.loc[0, "value"] += 1
    table.to_parquet(path, index=False)


def edited_in_arrow(path):
    """Keep all that the file says of itself, as a careful editor would."""
    table = pq.read_table(path)
    place = table.schema.get_field_index("status")
    field = table.field(place)
    pq.write_table(table.set_column(place, field, pa.array(["derived"] * 2, field.type)), path)


@pytest.mark.parametrize("edit", [edited_by_pandas, edited_in_arrow])
def test_a_processed_table_that_was_edited_is_refused_with_what_to_do(project, rows, edit):
    path = processed_path(project, "real")
    table = validate(rows(("east", 2020, "population", 1), ("west", 2020, "population", 7)))
    write_processed(table, path)
    edit(path)
    with pytest.raises(DataError, match=r"was edited.*run `edu-metrics build real` again"):
        read_processed(project, "real")


def test_a_seal_is_of_what_a_table_says_and_not_of_how_a_library_holds_it(rows):
    table = validate(rows(("east", 2020, "population", -0.0), ("west", 2020, "population", 7)))
    other = table.astype({"area": object, "status": "category", "vintage": "datetime64[us]"})
    other["value"] = [0.0, 7.0]
    assert _content_sha256(other) == _content_sha256(table)
    for column, value in (("area", "wes"), ("value", 7.5), ("year", 2021), ("upper", 8.0)):
        edited = table.copy()
        edited.loc[1, column] = value
        assert _content_sha256(edited) != _content_sha256(table), column
    swapped = table.assign(area=table["quantity"], quantity=table["area"])
    assert _content_sha256(swapped) != _content_sha256(table)


def test_a_raw_file_that_no_study_takes_is_named(project, raw, write_raw):
    catalog = load_catalog(project)
    before = unread_files(catalog)
    write_raw(raw / "elsewhere" / "forgotten.CSV", MOCK)
    assert set(unread_files(catalog)) - set(before) == {"elsewhere/forgotten.CSV"}
