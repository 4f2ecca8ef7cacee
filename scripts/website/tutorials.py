"""Notebooks as pages: run when the site is built, and shown in English."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert import MarkdownExporter
from traitlets.config import Config

_LOG = logging.getLogger("mkdocs.hooks")
_LANG = re.compile(r"^lang = .*?(?=\s*#|$)", re.MULTILINE)
#: How long one cell may take. [s]
_PATIENCE = 600


def listed(root: Path, names: Sequence[str]) -> list[Path]:
    """Give the notebooks that are there."""
    paths = [root / name for name in names]
    for path in paths:
        if not path.is_file():
            _LOG.info("no notebook %s: left out", path.relative_to(root))
    return [path for path in paths if path.is_file()]


def page_of(path: Path) -> str:
    """Say where in the site a notebook stands."""
    return f"tutorials/{path.stem}.md"


def title_of(path: Path) -> str:
    """Take the first heading in English; the name where there is none of the first level."""
    for cell in _in_english(path).cells:
        if cell.cell_type == "markdown" and (found := re.match(r"# (.+)", cell.source)):
            return found[1].strip()
    return path.stem.replace("_", " ").capitalize()


def run(path: Path) -> dict[str, str | bytes]:
    """Run a notebook where it lies, and give its page with the pictures it drew."""
    notebook = _in_english(path)
    NotebookClient(
        notebook, timeout=_PATIENCE, resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    config = Config()
    config.NbConvertBase.display_data_priority = [
        "text/html",
        "image/svg+xml",
        "image/png",
        "text/markdown",
        "text/plain",
    ]
    body, resources = MarkdownExporter(config=config).from_notebook_node(
        notebook, {"output_files_dir": f"{path.stem}_files"}
    )
    if not body.lstrip().startswith("# "):
        body = f"# {title_of(path)}\n\n{body}"
    body += f"\n\nThis page is a run of `{path.parent.name}/{path.name}`.\n"
    pictures = {f"tutorials/{name}": content for name, content in resources["outputs"].items()}
    return {page_of(path): body, **pictures}


def _in_english(path: Path) -> nbformat.NotebookNode:
    """Read a notebook without its Chinese cells, with English as the language of its outputs."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells = [c for c in notebook.cells if "zh" not in c.metadata.get("tags", [])]
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = _LANG.sub('lang = "en"', cell.source)
    return notebook
