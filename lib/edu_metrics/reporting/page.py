"""An executed notebook as one HTML page that opens without a network."""

from __future__ import annotations

import copy
from functools import cache
from importlib.resources import files
from typing import Any, cast

from edu_metrics.words import LANGUAGES, say

__all__ = ["in_one_language", "normalised", "to_page"]


def in_one_language(notebook: Any, lang: str) -> Any:
    """
    Drop the prose of the other languages.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook whose Markdown cells are tagged with a language.
    lang : {"zh", "en"}
        The language kept; untagged cells stay.

    Returns
    -------
    NotebookNode
        A copy.
    """
    others = set(LANGUAGES) - {lang}
    kept = copy.deepcopy(notebook)
    kept.cells = [cell for cell in kept.cells if not others & set(cell.metadata.get("tags", []))]
    return kept


def normalised(notebook: Any) -> Any:
    """
    Take out of an executed notebook what belongs to the run and not to the report.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook; changed in place.

    Returns
    -------
    NotebookNode
        The same notebook without times, paths, random ids and warnings on stderr.
    """
    parameters = notebook.metadata.get("papermill", {}).get("parameters", {})
    keep = {key: value for key, value in parameters.items() if key not in ("root", "out")}
    notebook.metadata["papermill"] = {"parameters": keep}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(
                ["# Parameters", *(f"{key} = {keep[key]!r}" for key in sorted(keep))]
            )
    return notebook


@cache
def _exporter() -> Any:
    """Make the exporter once a process: building it costs more than using it."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    config = Config()
    config.HTMLExporter.preprocessors = ["nbconvert.preprocessors.TagRemovePreprocessor"]
    config.TagRemovePreprocessor.remove_cell_tags = {"parameters", "injected-parameters", "hidden"}
    config.TagRemovePreprocessor.enabled = True
    exporter: Any = cast(Any, HTMLExporter)(config=config, template_name="basic")
    exporter.exclude_input = True
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    return exporter


def to_page(notebook: Any, *, title: str, lang: str, home: str) -> str:
    """
    Make the page.

    Parameters
    ----------
    notebook : NotebookNode
        The executed notebook.
    title : str
        Title of the page.
    lang : {"zh", "en"}
        Language of the page.
    home : str
        Relative address of the index.

    Returns
    -------
    str
        HTML without any outside address; code is left out.
    """
    from jinja2 import Template

    body, _ = _exporter().from_notebook_node(notebook)
    folder = files("edu_metrics.reporting") / "templates"
    template = Template((folder / "page.html.j2").read_text("utf-8"), autoescape=True)
    css = (folder / "report.css").read_text("utf-8")
    back = say("index.back", lang)
    page: str = template.render(title=title, lang=lang, css=css, body=body, home=home, back=back)
    return page
