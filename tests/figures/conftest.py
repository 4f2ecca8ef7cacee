"""What the tests of figures share."""

from __future__ import annotations

import io
import itertools
import warnings

import matplotlib as mpl
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from edu_metrics.figures.style import use_style


@pytest.fixture
def overlaps():
    """Give a function that draws a figure and lists the texts that cover another or are cut off."""

    def draw_and_look(figure, texts, others=()):
        with warnings.catch_warnings(), use_style():
            warnings.simplefilter("error")  # a missing glyph is a warning
            figure.savefig(
                io.BytesIO(), dpi=figure.dpi
            )  # extents are measured at the figure's own resolution
        with use_style(), mpl.rc_context({"text.hinting": "no_hinting"}):
            renderer = figure.canvas.get_renderer()
            boxes = [
                (text.get_text(), text.get_window_extent(renderer))
                for text in texts
                if text.get_text()
            ]
            boxes += [(type(other).__name__, other.get_window_extent(renderer)) for other in others]
        page = figure.bbox.padded(1.0)
        cut_off = [
            text for text, box in boxes if not (page.contains(*box.min) and page.contains(*box.max))
        ]
        covered = [
            (one, other)
            for (one, a), (other, b) in itertools.combinations(boxes, 2)
            if a.padded(-1.0).overlaps(b.padded(-1.0))
        ]
        return cut_off + covered

    return draw_and_look


@pytest.fixture
def new_panel():
    """Give a function that makes a figure of one panel in our look."""

    def make(width=6.0, height=3.0):
        with use_style():
            figure = Figure(figsize=(width, height), layout="constrained")
            FigureCanvasAgg(figure)
            return figure, figure.add_subplot()

    return make
