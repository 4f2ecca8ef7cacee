"""What in the outputs of a notebook belongs to the run and not to the report."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["merge_streams", "without_chance"]

#: Where an object lies in memory, in what Python writes of objects that say nothing better.
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
#: The random part of the ids of a table that pandas styled, and of an SVG that matplotlib drew.
_STYLER = re.compile(r"\bT_([0-9a-f]{5})(?=[_\"\s])")
_SVG = re.compile(r"(?<=[\"#])([a-zA-Z])([0-9a-f]{10})(?=[\"\)])")
_SVG_DATE = re.compile(r"<dc:date>[^<]*</dc:date>")


def merge_streams(cell: Any) -> None:
    """
    Join what one stream said in several pieces, with nothing between them.

    Where a kernel cuts a stream depends on the clock.

    Parameters
    ----------
    cell : NotebookNode
        A code cell; its outputs are changed in place.
    """
    merged: list[Any] = []
    for output in cell.outputs:
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" and output["name"] == last.get("name"):
            last["text"] += output["text"]
        else:
            merged.append(output)
    cell.outputs = merged


def without_chance(cell: Any) -> None:
    """
    Replace addresses in memory and random ids, so that two runs show the same.

    Parameters
    ----------
    cell : NotebookNode
        A code cell; its outputs are changed in place.

    Examples
    --------
    >>> import nbformat
    >>> shown = {"text/plain": "<Styler at 0x7f33cc>", "text/html": '<td id="T_3fa9c_row0">'}
    >>> outputs = [nbformat.v4.new_output("display_data", shown)]
    >>> cell = nbformat.v4.new_code_cell("", outputs=outputs)
    >>> without_chance(cell)
    >>> cell.outputs[0].data["text/plain"], cell.outputs[0].data["text/html"]
    ('<Styler at 0x0>', '<td id="T_00000_row0">')
    """
    for output in cell.outputs:
        if output["output_type"] == "stream":
            output["text"] = _ADDRESS.sub("at 0x0", output["text"])
        data = output.get("data", {})
        for kind, text in data.items():
            if not isinstance(text, str) or kind.startswith("image/png"):
                continue
            if kind == "text/plain":
                data[kind] = _ADDRESS.sub("at 0x0", text)
            elif kind == "text/html":
                data[kind] = _numbered(_STYLER, _svg(text), "T_{:05d}") if "T_" in text else text
            elif kind == "image/svg+xml":
                data[kind] = _svg(text)


def _svg(text: str) -> str:
    if "matplotlib" not in text:
        return text
    return _numbered(_SVG, _SVG_DATE.sub("", text), "i{:010d}")


def _numbered(pattern: re.Pattern[str], text: str, name: str) -> str:
    """Give numbers to ids in the order in which they come up."""
    known: dict[str, str] = {}

    def number(found: re.Match[str]) -> str:
        return known.setdefault(found[0], name.format(len(known)))

    return pattern.sub(number, text)
