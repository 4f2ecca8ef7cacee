"""What does not add up is told every time, and added up only where the table is another one."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from edu_metrics import observations
from edu_metrics.cli.sums import MOST_LINES, TOLD, tell_sums_apart

STUDY = SimpleNamespace(id="some")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a project whose table holds one line for each whole and the sum of its parts."""
    table = tmp_path / "data" / "processed" / "some.parquet"
    table.parent.mkdir(parents=True)
    added_up = []

    def inspect_sums(_, rows):
        added_up.append(len(rows))
        return rows

    def read(root, study_id):
        lines = [line.split() for line in table.read_text().splitlines()]
        return pd.DataFrame(
            [("city", int(y), "pupils", float(own), float(parts)) for y, own, parts in lines],
            columns=list(TOLD),
        )

    monkeypatch.setattr(observations, "inspect_sums", inspect_sums)
    monkeypatch.setattr(observations, "read_processed", read)

    def write(*lines):
        unfinished = table.with_suffix(".new")
        unfinished.write_text("\n".join(lines))
        unfinished.replace(table)

    return SimpleNamespace(root=tmp_path, write=write, added_up=added_up, table=table)


def test_the_second_telling_says_the_same_without_adding_up(project, capsys):
    project.write("2020 300 299.5", "2021 310 0.1")
    tell_sums_apart(project, STUDY)
    first = capsys.readouterr().err
    assert first.splitlines()[1:] == [
        "  - city, 2020, pupils: 300 published, 299.5 as the sum of its parts",
        "  - city, 2021, pupils: 310 published, 0.1 as the sum of its parts",
    ]
    tell_sums_apart(project, STUDY)
    assert capsys.readouterr().err == first
    assert project.added_up == [2]


def test_a_table_that_was_built_again_is_added_up_again(project, capsys):
    project.write("2020 300 299")
    tell_sums_apart(project, STUDY)
    project.write("2020 300 298")
    capsys.readouterr()
    tell_sums_apart(project, STUDY)
    assert "298 as the sum" in capsys.readouterr().err
    assert len(project.added_up) == 2


def test_nothing_is_told_where_all_adds_up(project, capsys):
    project.write()
    tell_sums_apart(project, STUDY)
    tell_sums_apart(project, STUDY)
    assert capsys.readouterr().err == ""
    assert project.added_up == [0]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"table": [1, 2, 3]}', '{"apart": []}'])
def test_a_note_that_says_nothing_of_this_table_does_not_count(project, capsys, note):
    project.write("2020 300 299")
    project.table.with_suffix(".sums.json").write_text(note)
    tell_sums_apart(project, STUDY)
    assert "299 as the sum" in capsys.readouterr().err


def test_a_long_list_is_cut_and_counted(project, capsys):
    project.write(*[f"{year} 300 299" for year in range(1950, 1950 + MOST_LINES + 3)])
    tell_sums_apart(project, STUDY)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "  - and 3 more"
