"""
From an empty figure to bytes and HTML: the same input gives the same bytes.

A figure's layout is settled when it is first drawn; what it shows should be complete by then.
Figures are made without pyplot, which keeps every one of them until it is told to let go.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from html import escape
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from edu_metrics.errors import ReportError
from edu_metrics.figures.style import STANDARD, use_style


class Plot(NamedTuple):
    """What draws a panel on an Axes, and what says in words what it shows, of the same values."""

    draw: Callable[..., Axes]
    describe: Callable[..., str]


def new_figure(
    width: float, height: float, rows: int = 1, columns: int = 1
) -> tuple[Figure, list[Axes]]:
    """
    Make a figure with panels.

    Parameters
    ----------
    width, height : float
        Size of the whole. [inches]
    rows, columns : int
        Panels below and beside each other.

    Returns
    -------
    Figure
        The figure.
    list of Axes
        Its panels, row by row.

    Raises
    ------
    ReportError
        If there is nothing to make.

    Examples
    --------
    >>> _, panels = new_figure(7.2, 4.0, rows=2, columns=3)
    >>> len(panels)
    6
    """
    if not (width > 0 and height > 0 and rows > 0 and columns > 0):
        raise ReportError(
            "new_figure: width, height, rows and columns must be positive, got "
            f"{(width, height, rows, columns)}."
        )
    with use_style():
        figure = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(figure)
        panels = figure.subplots(rows, columns, squeeze=False)
    return figure, list(panels.flat)


def small_multiples(
    count: int, columns: int = 3, *, width: float = STANDARD[0], height: float = 1.85
) -> tuple[Figure, list[Axes]]:
    """
    Make a page of small panels of one size.

    Parameters
    ----------
    count : int
        How many panels.
    columns : int
        How many beside each other.
    width : float
        Width of the whole. [inches]
    height : float
        Height of a row. [inches]

    Returns
    -------
    Figure
        The figure.
    list of Axes
        As many panels as were asked for, row by row.

    Raises
    ------
    ReportError
        If there is nothing to make.

    Examples
    --------
    >>> figure, panels = small_multiples(7)
    >>> len(panels), len(figure.axes)
    (7, 7)
    """
    columns = min(columns, count) or 1
    rows = -(-count // columns)
    figure, panels = new_figure(width, height * rows, rows, columns)
    for panel in panels[count:]:
        panel.remove()
    return figure, panels[:count]


def to_png(fig: Figure, *, dpi: float = 110) -> bytes:
    """
    Draw a figure as PNG, with nothing in the file that changes from day to day.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure.
    dpi : float
        Resolution. [dots per inch]

    Returns
    -------
    bytes
        The file.

    Examples
    --------
    >>> figure, _ = new_figure(2.0, 1.0)
    >>> to_png(figure)[1:4], to_png(figure) == to_png(figure)
    (b'PNG', True)
    """
    file = io.BytesIO()
    canvas = FigureCanvasAgg(fig)
    before = fig.dpi
    with use_style():
        _settle(fig)
        try:
            fig.dpi = dpi
            # savefig would draw the figure once more before, to settle a layout that is settled.
            canvas.print_png(file, metadata={"Software": None})  # type: ignore[no-untyped-call]
        finally:
            fig.dpi = before
    return file.getvalue()


def _settle(fig: Figure) -> None:
    """
    Lay the figure out once and for all.

    Left on, the layout engine would go on from its last answer and move panels by the width of a
    rounding error, which is enough to change bytes; and it would take as long as the drawing.
    """
    engine = fig.get_layout_engine()
    if engine is not None:
        engine.execute(fig)
        fig.set_layout_engine("none")


def as_html(fig: Figure, *, alt: str, caption: str) -> str:
    """
    Put a figure into a page, with what stands in for it and what stands below it.

    Parameters
    ----------
    fig : matplotlib.figure.Figure
        The figure.
    alt : str
        Text alternative.
    caption : str
        Caption; none is written where it is empty.

    Returns
    -------
    str
        A ``figure`` element that needs no other file.

    Raises
    ------
    ReportError
        If there is no text alternative.

    Examples
    --------
    >>> html = as_html(new_figure(2.0, 1.0)[0], alt="a < b", caption="")
    >>> html.startswith('<figure><img alt="a &lt; b" src="data:image/png;base64,')
    True
    """
    if not alt.strip():
        raise ReportError("as_html: a figure needs a text alternative; pass one as alt.")
    data = base64.b64encode(to_png(fig)).decode("ascii")
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
    return f"<figure>{image}{below}</figure>"
