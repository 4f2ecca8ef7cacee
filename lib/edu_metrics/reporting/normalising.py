"""What in the outputs of a notebook belongs to the run and not to the report."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["merge_streams", "without_chance"]

#: Where an object lies in memory, in what Python writes of objects that say nothing better.
_ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")
#: The id of a table that pandas styled. Those of its cells, and its style, begin with it.
_STYLED = re.compile(r'<table id="(T_[0-9a-f]{1,32})"')
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
#: The ids that matplotlib gives in a drawing: what a thing is, and a piece of a hash.
_DRAWN = re.compile(r'\bid="((?:[a-zA-Z]|image|C[0-9a-f]+_[0-9a-f]+_)[0-9a-f]{10})"')
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


def without_chance(cell: Any, known: dict[str, str] | None = None) -> None:
    """
    Replace addresses in memory and random ids, so that two runs show the same.

    Parameters
    ----------
    cell : NotebookNode
        A code cell; its outputs are changed in place.
    known : dict, optional
        The ids of the cells before it, each with what it was replaced by; those of this cell are
        added. Two things on one page have two ids.

    Examples
    --------
    >>> import nbformat
    >>> shown = {
    ...     "text/plain": "<Styler at 0x7f33cc>",
    ...     "text/html": '<table id="T_3fa9c"><td id="T_3fa9c_row0">T_3fa9c',
    ... }
    >>> outputs = [nbformat.v4.new_output("display_data", shown)]
    >>> cell = nbformat.v4.new_code_cell("", outputs=outputs)
    >>> without_chance(cell)
    >>> cell.outputs[0].data["text/plain"], cell.outputs[0].data["text/html"]
    ('<Styler at 0x0>', '<table id="T_00000"><td id="T_00000_row0">T_3fa9c')
    """
    known = {} if known is None else known
    for output in cell.outputs:
        if output["output_type"] == "stream":
            output["text"] = _ADDRESS.sub("at 0x0", output["text"])
        data = output.get("data", {})
        for kind, text in data.items():
            if not isinstance(text, str) or kind.startswith("image/png"):
                continue
            if kind == "text/plain":
                data[kind] = _ADDRESS.sub("at 0x0", text)
            elif kind in ("text/html", "image/svg+xml"):
                data[kind] = _DRAWING.sub(lambda found: _drawing(found[0], known), text)
            if kind == "text/html":
                data[kind] = _renumbered(data[kind], _STYLED, "T_{:05d}", known)


def _drawing(svg: str, known: dict[str, str]) -> str:
    return _renumbered(_SVG_DATE.sub("", svg), _DRAWN, "i{:010d}", known)


def _renumbered(text: str, ids: re.Pattern[str], name: str, known: dict[str, str]) -> str:
    """Give numbers to ids in the order in which they come up, there and where they are used."""
    found = dict.fromkeys(ids.findall(text))
    if not found:
        return text
    for one in found:
        known.setdefault(one, name.format(len(known)))
    names = "|".join(found)
    used = re.compile(rf'(?:(?<=#)|(?<=\bid="))(?:{names})(?![0-9a-zA-Z])')
    return used.sub(lambda one: known[one[0]], text)
