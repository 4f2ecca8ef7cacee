"""A dollar sign, a brace or a backslash in a name is drawn as it stands, on anybody's axes."""

from __future__ import annotations

import matplotlib as mpl
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

import edu_metrics as em

#: The first breaks matplotlib's reader of formulas, the second would become a formula.
NASTY = [r"$100 … 50% \foo{ more$", "$x^2$ of $y_{1}$", "{0} %s %(a)s <b>", "עד 😀"]


def lines(ax, name):
    paths = pd.DataFrame({"area": "a", "year": [2021, 2022], "value": [2.0, 3.0], "pace": name})
    em.plot_paths(paths, ax=ax, title=name, unit=name)


def fan(ax, name):
    rates = pd.DataFrame({"area": name, "year": range(2015, 2021), "value": range(70, 76)})
    em.plot_fan(
        em.project(rates, until=2021).quantiles(), history=rates, ax=ax, title=name, unit=name
    )


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("draw", [lines, fan])
@pytest.mark.parametrize("bare", [True, False])
def test_a_name_is_drawn_as_it_stands(draw, name, bare, new_panel):
    if bare:
        figure = Figure()
        FigureCanvasAgg(figure)
        ax = figure.subplots()
    else:
        figure, ax = new_panel(5.0, 3.0)
    draw(ax, name)
    with mpl.rc_context({"text.parse_math": True}):
        figure.canvas.draw()
    drawn = [text for text in figure.findobj(Text) if text.get_text().strip()]
    assert drawn
    assert not any(text.get_parse_math() for text in drawn)
    assert any(name.split()[0] in text.get_text() for text in drawn)
