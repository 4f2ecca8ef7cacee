"""Tables for a pipe: each row one whole line, columns below each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from edu_metrics.cli.common import aligned, print_rows


def test_columns_begin_at_the_same_place_in_every_line():
    text = aligned([["area", "verdict", "gap"], ["海勃湾区", "met", "1"], ["x", "no data", "22"]])
    places = {cell_len(line[: line.index(last)]) for line, last in zip(
        text.splitlines(), ("gap", "1", "22"), strict=True
    )}  # fmt: skip
    assert len(places) == 1


def test_a_row_is_one_line_whatever_its_cells_hold(capsys):
    quote = "到2022年，\n" + "普惠性幼儿园覆盖率达到90%以上。" * 30
    print_rows([{"id": "a", "quote": quote}, {"id": "b", "quote": ""}], "table", ("quote", "id"))
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 3
    assert "".join(quote.split()) in printed.replace(" ", "")
    assert "\x1b" not in printed


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.lists(
            st.lists(st.text("ab海 勃", max_size=8), min_size=n, max_size=n), min_size=1
        )
    )
)
def test_no_cell_is_lost_or_changed_but_for_blanks(rows):
    lines = aligned(rows).split("\n")
    assert lines.pop() == ""
    assert ["".join(line.split()) for line in lines] == [
        "".join("".join(row).split()) for row in rows
    ]


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="zip"):
        aligned([["a", "b"], ["c"]])
