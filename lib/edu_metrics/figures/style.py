"""
One look for every figure: fonts that draw Chinese, colours that everybody can tell apart.

The package carries two subsets of Noto Sans SC (Open Font License, ``fonts/OFL.txt``) and hands
them to matplotlib by file, so that a figure looks the same on a machine without a Chinese font and
on one whose font list is out of date. What the subsets lack, DejaVu Sans draws, which matplotlib
brings along.

A colour stands for a role and means the same in every figure. No figure tells things apart by
colour alone: lines differ in style, points in marker.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.font_manager import fontManager
from matplotlib.text import Text

from edu_metrics.errors import ReportError

#: Names of the carried font and of the one that stands in for what it lacks, in this order.
FONT_FAMILY: Final = ("Noto Sans SC", "DejaVu Sans")

_FONT_FOLDER: Final = Path(__file__).with_name("fonts")
_FONT_FILES: Final = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")

#: Width and height of a figure that fills the text of an A4 page. [inches]
STANDARD: Final = (7.2, 4.0)

#: What a colour stands for: black, blue, vermilion and bluish green of the palette of M. Okabe and
#: K. Ito (2008), *Color Universal Design*, and a grey dark enough not to be taken for one of them
#: by an eye that lacks a cone.
COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "observed": "#000000",
        "projected": "#0072B2",
        "target": "#D55E00",
        "reference": "#009E73",
        "missing": "#5A5A5A",
    }
)

#: All else: where lines, grids and letters stand.
_SETTINGS: Final = Path(__file__).with_name("report.mplstyle")


def register_fonts() -> None:
    """
    Make the carried fonts known to matplotlib, ahead of a system font of the same name.

    Calling it again changes nothing.

    Raises
    ------
    ReportError
        If a font file is not where the package carries it.

    Examples
    --------
    >>> register_fonts()
    >>> Path(fontManager.findfont("Noto Sans SC")).name
    'NotoSansSC-Regular.ttf'
    """
    files = [_FONT_FOLDER / name for name in _FONT_FILES]
    if lacking := [str(file) for file in files if not file.is_file()]:
        raise ReportError(
            f"The package should carry {len(files)} fonts, and {len(lacking)} of them cannot be "
            "found, so Chinese text would be drawn as boxes. Install edu-metrics again.",
            lacking,
        )
    known = {font.fname for font in fontManager.ttflist}
    for file in files:
        if str(file) not in known:
            fontManager.addfont(file)
            # Of two fonts that fit equally well, the first one of the list is taken.
            fontManager.ttflist.insert(0, fontManager.ttflist.pop())


def use_fonts() -> None:
    """
    Draw the letters of one's own figures with the carried font from now on, Chinese ones too.

    Returns
    -------
    None
        The setting holds until matplotlib's are changed again.

    Raises
    ------
    ReportError
        If a font file is not where the package carries it.

    Examples
    --------
    >>> import edu_metrics as em
    >>> em.use_fonts()
    >>> mpl.rcParams["font.family"][0]
    'Noto Sans SC'
    """
    register_fonts()
    mpl.rcParams["font.family"] = list(FONT_FAMILY)


@contextmanager
def use_style() -> Iterator[None]:
    """
    Draw in this look inside a ``with`` block, and leave the caller's settings as they were.

    Whether figures show by themselves, as in a notebook, is no matter of this look.

    Yields
    ------
    None
        The settings hold until the block ends.

    Raises
    ------
    ReportError
        If a font file is not where the package carries it.

    Examples
    --------
    >>> before = mpl.rcParams["font.size"]
    >>> with use_style():
    ...     inside = mpl.rcParams["savefig.bbox"]
    >>> mpl.rcParams["font.size"] == before
    True
    """
    with mpl.rc_context():
        mpl.rcParams.update(_settings())
        use_fonts()
        mpl.rcParams["axes.prop_cycle"] = cycler(color=list(COLOURS.values()))
        yield
        shows = mpl.is_interactive()
    # The first figure of a session switches this on, and leaving the look would switch it off.
    mpl.interactive(shows)


@cache
def _settings() -> Any:
    return mpl.rc_params_from_file(_SETTINGS, use_default_template=False)


def plainly(ax: Axes) -> Axes:
    """Take no text of a panel for a formula, whoever made the panel."""
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_ticklabels()  # or they would be made when the figure is drawn, by other settings
    for text in ax.findobj(Text):
        text.set_parse_math(False)
    return ax
