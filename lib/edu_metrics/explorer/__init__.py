"""
The scenario explorer: move a slider, and see path, probability, people and precedent move.

It runs in JupyterLab and, served by voila, as a page of its own. ``notebooks/`` only shows it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from edu_metrics.catalog import find_root, load_catalog
from edu_metrics.errors import require_extra
from edu_metrics.explorer.serving import serve
from edu_metrics.words import require_language

if TYPE_CHECKING:
    from edu_metrics.explorer.selection import Prepare

__all__ = ["NOTEBOOK", "serve", "show_explorer"]

#: The notebook that shows the explorer.
NOTEBOOK = "scenario_explorer.ipynb"


def show_explorer(
    study: str,
    area: str = "",
    target: str = "",
    lang: str = "zh",
    root: Path | str | None = None,
    *,
    prepare: Prepare | None = None,
) -> Any:
    """
    Show the explorer in a notebook.

    Parameters
    ----------
    study : str
        Study that is looked at first.
    area, target : str, optional
        Area and target that are looked at first; chosen when left empty.
    lang : {"zh", "en"}, optional
        Language at first.
    root : Path or str, optional
        The project folder; found upwards from the working directory when left out.
    prepare : callable, optional
        Brings a study's table up to date before it is read, given catalog and study.

    Returns
    -------
    ipywidgets.VBox
        The page.

    Raises
    ------
    DefinitionError
        For an unknown study, area, target or language, with the nearest one.
    DataError
        If the study's table is missing or can't be made.
    MissingExtraError
        If a library of the extra is not installed.
    """
    catalog = load_catalog(Path(root) if root else find_root())
    require_language(lang)
    require_extra("explore")
    # What computes and draws is loaded in the kernel, and not by the server.
    from edu_metrics.explorer.panel import Explorer
    from edu_metrics.explorer.selection import Selection

    selection = Selection(catalog, prepare)
    return Explorer(selection, selection.choose(study, area, target), lang).page
