"""Of two runs everything is the same; what a report says stays as it was said."""

from __future__ import annotations

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from edu_metrics.report.page import normalised, without_chance


def drawn():
    """Draw with all that matplotlib gives ids of chance: clips, markers, hatches, paths, images."""
    import numpy as np
    from matplotlib.figure import Figure

    file, figure = io.StringIO(), Figure()
    axes, image = figure.subplots(1, 2)
    axes.plot([1, 2], marker="o")
    axes.bar([1, 2], [1, 2], hatch="/")
    axes.scatter(range(90), range(90), c=range(90), s=20)
    axes.fill_between([1, 2], [0, 0], [1, 2])
    image.imshow(np.eye(3))
    figure.savefig(file, format="svg")
    return file.getvalue()


def styled():
    import pandas as pd

    table = pd.DataFrame({"a": [1, 2]}).style.highlight_max()
    return table.set_table_styles([{"selector": "th", "props": "color: red"}]).to_html()


def bare_svg(text):
    """Give the drawing without the declaration and document type before it."""
    return text[text.index("<svg") :]


def book(*texts, kind="text/html"):
    cells = [new_code_cell("x", outputs=[new_output("display_data", {kind: t})]) for t in texts]
    return normalised(new_notebook(cells=cells))


def texts(found, kind="text/html"):
    return [cell.outputs[0].data[kind] for cell in found.cells]


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (drawn, "image/svg+xml"),
        (drawn, "text/html"),
        (lambda: f"<figure>{bare_svg(drawn())}</figure>", "text/html"),
        (lambda: styled() + bare_svg(drawn()), "text/html"),
        (styled, "text/html"),
    ],
    ids=["svg", "svg as html", "svg within html", "table and svg", "table"],
)
def test_two_runs_come_out_the_same_with_every_reference_whole(make, kind):
    one, two = make(), make()
    assert one != two
    (first,), (second,) = texts(book(one, kind=kind), kind), texts(book(two, kind=kind), kind)
    assert first == second
    ids = re.findall(r'\bid="([^"]+)"', first)
    assert len(ids) == len(re.findall(r'\bid="[^"]+"', one))
    assert len(set(ids)) == len(set(re.findall(r'\bid="([^"]+)"', one)))
    used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', first))
    assert used <= set(ids)
    for style in re.findall(r"#(T_\d+)", first):
        assert f'id="{style}"' in first


def test_two_tables_and_two_drawings_on_one_page_have_ids_of_their_own():
    """Else the colours of one table would be those of the other, and a clip that of another."""
    found = texts(book(styled(), drawn(), styled(), drawn()))
    marks = [set(re.findall(r'id="([TiC]_?[0-9a-f_]+)"', text)) for text in found]
    assert all(marks)
    assert sum(map(len, marks)) == len(set().union(*marks))


@pytest.mark.parametrize(
    "said",
    [
        "code T_10234 of the register",
        '<td class="T_10234 n">T_10234_x</td>',
        'the "T_10234" and #T_10234 again',
        '<a href="#a1234567890">x</a> "b0123456789"',
        '<input value="T_abcde"> matplotlib "c0123456789"',
        "<dc:date>2020</dc:date>",
        '<p id="T_10234">x</p>',
    ],
)
def test_what_only_looks_like_an_id_of_chance_is_left_as_it_is(said):
    assert texts(book(said)) == [said]
    beside = book(f"<p>{said}</p>{styled()}{bare_svg(drawn())}")
    assert f"<p>{said}</p>" in texts(beside)[0]


def test_a_text_that_is_also_the_id_of_a_table_is_left_as_it_is():
    table = '<table id="T_3fa9c"><td id="T_3fa9c_row0" class="T_3fa9c n">T_3fa9c "T_3fa9c"</td>'
    assert texts(book(table)) == [
        '<table id="T_00000"><td id="T_00000_row0" class="T_3fa9c n">T_3fa9c "T_3fa9c"</td>'
    ]


@given(st.text(alphabet='T_0af1 "#<>=idp', max_size=60))
def test_text_without_tables_and_drawings_never_changes(said):
    cell = new_code_cell("x", outputs=[new_output("display_data", {"text/html": said})])
    without_chance(cell)
    assert cell.outputs[0].data["text/html"] == said


def test_normalising_twice_changes_nothing_more():
    once = book(styled(), drawn(), styled() + bare_svg(drawn()))
    before = texts(once)
    assert texts(normalised(once)) == before
