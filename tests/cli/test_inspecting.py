"""What is odd is told every time, and looked for only where the table is another one."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from edu_metrics import observations
from edu_metrics.cli.definitions import MOST_LINES, tell_findings

STUDY = SimpleNamespace(id="some", as_of=dt.date(2021, 12, 31))


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Give a project whose table holds one line for each finding."""
    table = tmp_path / "data" / "processed" / "some.parquet"
    table.parent.mkdir(parents=True)
    looked = []

    def look(_, lines, *, as_of):
        looked.append((len(lines), as_of))
        return lines

    monkeypatch.setattr(observations, "read_processed", lambda *_: table.read_text().splitlines())
    monkeypatch.setattr(observations, "known_by", lambda lines, _: lines)
    monkeypatch.setattr(observations, "inspect_table", look)
    monkeypatch.setattr(observations, "finding_as_row", lambda _, line: {"sentence_en": line})

    def write(*lines):
        unfinished = table.with_suffix(".new")
        unfinished.write_text("\n".join(lines))
        unfinished.replace(table)

    return SimpleNamespace(root=tmp_path, write=write, looked=looked, table=table)


def test_the_second_telling_says_the_same_without_looking(project, capsys):
    project.write("a lone zero", "a jump")
    tell_findings(project, STUDY)
    first = capsys.readouterr().err
    assert first.splitlines()[1:] == ["  - a lone zero", "  - a jump"]
    tell_findings(project, STUDY)
    assert capsys.readouterr().err == first
    assert project.looked == [(2, 2021)]


def test_a_table_that_was_built_again_is_looked_at_again(project, capsys):
    project.write("a lone zero")
    tell_findings(project, STUDY)
    project.write("a jump")
    capsys.readouterr()
    tell_findings(project, STUDY)
    assert "a jump" in capsys.readouterr().err
    assert len(project.looked) == 2


def test_nothing_is_told_where_nothing_is_odd(project, capsys):
    project.write()
    tell_findings(project, STUDY)
    tell_findings(project, STUDY)
    assert capsys.readouterr().err == ""
    assert project.looked == [(0, 2021)]


@pytest.mark.parametrize("note", ["", "{", "[]", '{"table": [1, 2, 3]}', '{"findings": []}'])
def test_a_note_that_says_nothing_of_this_table_does_not_count(project, capsys, note):
    project.write("a jump")
    project.table.with_suffix(f".{STUDY.as_of}.findings.json").write_text(note)
    tell_findings(project, STUDY)
    assert "a jump" in capsys.readouterr().err


def test_a_long_list_is_cut_and_counted(project, capsys):
    project.write(*[f"jump {number}" for number in range(MOST_LINES + 3)])
    tell_findings(project, STUDY)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == MOST_LINES + 2
    assert lines[-1] == "  - and 3 more"
