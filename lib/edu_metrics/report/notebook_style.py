"""How a template of reports looks where somebody opens it in JupyterLab and runs it by hand."""

from __future__ import annotations

import os

from edu_metrics.report.html import Html, stylesheet

#: What a template's prose comes in, one cell a language, in this order.
ORDER = ("zh", "en")
#: Prose stands in pairs of cells: the first of a pair has a neighbour, the second has one before.
_FIRST = ".jp-MarkdownCell:has(+ .jp-MarkdownCell)"
_SECOND = ".jp-MarkdownCell + .jp-MarkdownCell"
#: Twice the same class, so that JupyterLab's own rules for tables give way.
_OUTPUT = ".jp-OutputArea-output.jp-OutputArea-output"


def show_style(lang: str) -> Html | None:
    """
    Give outputs in JupyterLab the style of reports, and hide prose in the other language.

    Parameters
    ----------
    lang : str
        Language of the report; prose is there in Chinese and English, and for others in English.

    Returns
    -------
    Html or None
        A style sheet; None where nobody has the notebook open, as in a batch.
    """
    if "JPY_SESSION_NAME" not in os.environ:  # set for kernels of notebooks that are open
        return None
    css = stylesheet()
    scoped = f"{_OUTPUT} {{ td {{ text-align: left; }} {css.replace(':root', '&')}}}"
    other = _SECOND if lang == ORDER[0] else _FIRST
    return Html(f"<style>{scoped} {other} {{ display: none !important; }}</style>")
