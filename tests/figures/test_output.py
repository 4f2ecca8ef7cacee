"""A figure becomes the same bytes today and tomorrow, and stands in a page by itself."""

from __future__ import annotations

import base64
import io
import re
import sys

import matplotlib as mpl
import pytest
from matplotlib.image import imread

from edu_metrics.errors import ReportError
from edu_metrics.figures._marks import Promise
from edu_metrics.figures.outlook import plot_outlook
from edu_metrics.figures.output import as_html, new_figure, small_multiples, to_png


def page(lang="zh"):
    figure, panels = small_multiples(4)
    for ax in panels:
        plot_outlook(
            ax,
            title="九年义务教育巩固率",
            unit_label="%",
            observed=[(2018, 93.0), (2019, 94.0)],
            promised=[Promise(2022, 95.0, "", ">")],
            compared=[("全国", [(2018, 94.2), (2019, 94.8)])],
            lang=lang,
        )
    return figure


def test_drawn_twice_the_same_input_gives_the_same_bytes():
    figure = page()
    assert to_png(figure) == to_png(figure) == to_png(page())


def test_the_size_in_pixels_follows_from_inches_and_resolution():
    figure, _ = new_figure(3.0, 2.0)
    assert imread(io.BytesIO(to_png(figure))).shape[:2] == (220, 330)
    assert imread(io.BytesIO(to_png(figure, dpi=50))).shape[:2] == (100, 150)


def test_files_do_not_name_software():
    assert b"Software" not in to_png(page())


def test_panels_are_given_row_by_row():
    _, panels = new_figure(6.0, 4.0, rows=2, columns=2)
    places = [
        (ax.get_subplotspec().rowspan.start, ax.get_subplotspec().colspan.start) for ax in panels
    ]
    assert places == [(0, 0), (0, 1), (1, 0), (1, 1)]


@pytest.mark.parametrize(("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (3, 1, 3), (7, 3, 3)])
def test_small_panels_are_as_many_as_asked_for(count, rows, columns):
    figure, panels = small_multiples(count)
    grid = panels[0].get_subplotspec().get_gridspec()
    assert (len(panels), len(figure.axes)) == (count, count)
    assert (grid.nrows, grid.ncols) == (rows, columns)


@pytest.mark.parametrize("size", [(0, 2), (3, -1)])
def test_a_figure_without_size_is_refused(size):
    with pytest.raises(ReportError, match="positive"):
        new_figure(*size)


def test_no_panels_are_refused():
    with pytest.raises(ReportError, match="positive"):
        small_multiples(0)


def test_a_figure_in_a_page_is_escaped_and_holds_its_picture():
    figure = page()
    html = as_html(figure, alt='95 < 96 & "so"', caption="<b>巩固率</b>")
    match = re.fullmatch(
        r'<figure><img alt="(.*?)" src="data:image/png;base64,(.*?)">'
        r"<figcaption>(.*?)</figcaption></figure>",
        html,
    )
    alt, data, caption = match.groups()
    assert alt == "95 &lt; 96 &amp; &quot;so&quot;"
    assert caption == "&lt;b&gt;巩固率&lt;/b&gt;"
    assert base64.b64decode(data) == to_png(figure)


def test_a_figure_without_a_caption_has_no_empty_one():
    assert "figcaption" not in as_html(new_figure(1, 1)[0], alt="x", caption="")


def test_a_figure_without_a_text_alternative_is_refused():
    with pytest.raises(ReportError, match="alt"):
        as_html(new_figure(1, 1)[0], alt=" ", caption="x")


def test_drawing_leaves_the_callers_settings_alone_and_no_figure_behind():
    def left_behind():
        pyplot = sys.modules.get("matplotlib.pyplot")
        return pyplot.get_fignums() if pyplot else []

    before, figures = dict(mpl.rcParams), left_behind()
    to_png(page())
    assert (dict(mpl.rcParams), left_behind()) == (before, figures)
