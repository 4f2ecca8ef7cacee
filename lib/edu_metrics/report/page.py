"""An executed notebook as one HTML page that opens without a network."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Container, Iterable, Mapping
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from edu_metrics.report.downloads import TABLES
from edu_metrics.report.html import CONTENTS, DOWNLOADS, stylesheet, tag
from edu_metrics.words import LANGUAGES, html_lang, language_name, say


def in_one_language(notebook: Any, lang: str) -> Any:
    """
    Drop the prose of the other languages.

    Parameters
    ----------
    notebook : NotebookNode
        A notebook whose Markdown cells are tagged with a language.
    lang : str
        The language kept; untagged cells stay. A language that no cell is in keeps the English.

    Returns
    -------
    NotebookNode
        A copy.
    """
    others = set(LANGUAGES) - {lang if lang in LANGUAGES else "en"}
    cells = [one for one in notebook.cells if not others & set(one.metadata.get("tags", []))]
    return copy.deepcopy(type(notebook)({**notebook, "cells": cells}))


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
    known: dict[str, str] = {}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number:02d}"
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if out.get("name") != "stderr"]
            merge_streams(cell)
            without_chance(cell, known)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = "\n".join(
                ["# Parameters", *(f"{key} = {keep[key]!r}" for key in sorted(keep))]
            )
    return notebook


def stamped(
    notebook: Any,
    inputs: str,
    folder: Path,
    beside: Collection[str] = ("report.html", "report.ipynb"),
) -> Any:
    """
    Note in a notebook what it was made from, and which files belong to it.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook of a report that is whole; changed in place.
    inputs : str
        The hash of its inputs.
    folder : Path
        Where the report is being made.
    beside : collection of str, optional
        Files that will stand there too, once it is whole.

    Returns
    -------
    NotebookNode
        The same notebook.
    """
    others = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    files_made = sorted(others.union(beside))
    notebook.metadata["edu_metrics"] = {"files": files_made, "inputs_sha256": inputs}
    return notebook


#: An image without a text alternative.
_BARE = re.compile(r"<img(?![^>]*\salt=)")


@cache
def _exporter() -> Any:
    """Make the exporter once a process: building it costs more than using it."""
    from nbconvert import HTMLExporter
    from nbconvert.exporters import TemplateExporter
    from nbconvert.filters import Highlight2HTML
    from traitlets.config import Config

    class PageExporter(HTMLExporter):
        """
        Nbconvert's, without reading the page that it wrote once more.

        It does so for images without a text alternative; where there are any, so do we.
        """

        def from_notebook_node(self, nb: Any, resources: Any = None, **given: Any) -> Any:
            begun = cast(Any, self)._init_resources(resources)
            made = TemplateExporter.from_notebook_node(self, nb, begun, **given)
            return (
                super().from_notebook_node(nb, resources, **given)
                if _BARE.search(made[0])
                else made
            )

    config = Config()
    config.PageExporter.default_preprocessors = ["nbconvert.preprocessors.TagRemovePreprocessor"]
    config.PageExporter.optimistic_validation = True  # once, not behind each of them
    config.TagRemovePreprocessor.remove_cell_tags = {"parameters", "injected-parameters", "hidden"}
    config.TagRemovePreprocessor.enabled = True
    exporter: Any = cast(Any, PageExporter)(config=config, template_name="basic")
    exporter.register_filter("highlight_code", cast(Any, Highlight2HTML)())
    exporter.exclude_input = True
    exporter.exclude_input_prompt = exporter.exclude_output_prompt = True
    exporter.exclude_anchor_links = True
    return exporter


@cache
def _template() -> tuple[Any, str]:
    """Read the page that a notebook stands in, and its style, once a process."""
    from jinja2 import Template

    folder = files("edu_metrics.report") / "templates"
    template = Template((folder / "page.html.j2").read_text("utf-8"), autoescape=True)
    return template, re.sub(r"\s*([{};])\s*", r"\1", stylesheet()).replace(": ", ":")


#: How the address of a page of the same study is written where there is no such page, and where
#: there is: of one length, so that a page can be told later on without writing it again.
_ABSENT, _PRESENT = b"data-to=", b"href   ="
_SIBLING = re.compile(
    rb'(?<=<a class="sibling" )(data-to=|href   =)"\.\./(?:\.\./(\w+)/)?([^"/]+)/'
)
#: Between a number and its percent sign no line ends.
_BEFORE_PERCENT = re.compile(r"(?<=\d) (?=%)")
#: How much of a page is read to find the links. [bytes]
_HEAD = 65536


def link_pages(folder: Path, made: Container[tuple[str, str]]) -> None:
    """
    Link each page of a study with itself in other languages, and with those of the whole study.

    Parameters
    ----------
    folder : Path
        Folder of the study's reports.
    made : container of tuple of str
        Language and place of every page to which a link may lead.
    """
    for page in folder.glob("*/*/report.html"):
        lang, place = page.parts[-3:-1]
        with page.open("r+b") as file:
            for found in _SIBLING.finditer(file.read(_HEAD)):
                there = ((found[2] or lang.encode()).decode(), found[3].decode())
                known = there in made and (not found[2] or (lang, place) in made)
                wanted = _PRESENT if known else _ABSENT
                if found[1] != wanted:
                    file.seek(found.start())
                    file.write(wanted)


#: The place of a link to a table as CSV.
_TABLE = re.compile(r'<p class="csv" data-table="(\w+)">([^<]*)</p>')


def _link_to(made: Container[str], lang: str, found: re.Match[str]) -> str:
    """Lead to the file of a table, where there is one."""
    name = f"{TABLES}/{found[1]}.csv"
    told = say("index.table_of", lang, table=found[2]) if found[2] else say("index.table", lang)
    return f'<p class="csv"><a href="{name}">{told}</a></p>' if name in made else ""


def _with_contents(body: str, lang: str, made: Iterable[str]) -> str:
    """Put in the list of contents of the headings behind it, and what can be taken away."""
    before, place, after = body.partition(str(CONTENTS))
    if place:
        heads = re.findall(r"<h2>(.*?)</h2>", after, re.DOTALL)
        numbers = iter(range(1, len(heads) + 1))
        after = re.sub("<h2>", lambda _: f'<h2 id="s{next(numbers)}">', after)
        items = [f'<li><a href="#s{at}">{head}</a></li>' for at, head in enumerate(heads, 1)]
        label = say("index.contents", lang)
        place = f'<nav class="contents" aria-label="{label}"><ol>{"".join(items)}</ol></nav>'
    files_made = {
        "report.pdf": "index.pdf", "data.csv": "index.data", "data.columns.csv": "index.columns",
        f"{TABLES}/columns.csv": "index.tables", "report.ipynb": "index.notebook",
    }  # fmt: skip
    links = [
        str(tag("a", say(key, lang), href=name)) for name, key in files_made.items() if name in made
    ]
    filled = f'<p class="downloads">{" · ".join(links)}</p>' if links else ""
    after = _TABLE.sub(partial(_link_to, set(made), lang), after)
    before = _TABLE.sub(partial(_link_to, set(made), lang), before)
    return f"{before}{place}{after}".replace(str(DOWNLOADS), filled)


#: The number of a heading.
_NUMBERED = re.compile(r"^## (?:[一二三四五六七八九十]+、|\d+\. )", re.MULTILINE)


def _without_silent(notebook: Any) -> Any:
    """Leave out sections that have nothing to show, with the prose above them."""
    kept, prose, silent = [], [], False
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose.append(cell)
            continue
        shown = [out.get("data", {}).get("text/html") for out in cell.get("outputs", ())]
        if not shown or any(text != "" for text in shown):
            kept += [*prose, cell]
        else:
            silent |= bool(prose)
        prose = []
    if not silent:
        return notebook
    kept += prose
    whole = copy.copy(notebook)
    # Where some are left out, the numbers of the others would have gaps.
    whole.cells = [copy.copy(cell) for cell in kept]
    for cell in whole.cells:
        if cell.cell_type == "markdown":
            cell.source = _NUMBERED.sub("## ", cell.source)
    return whole


_IMPLIED = re.compile(
    r"</(?:td|th)>(?=<td|<th\b|</tr>)|</tr>(?=<tr>|</tbody>|</thead>)|</d[td]>(?=<d[td]|</dl>)"
)
_LABEL = re.compile(r'(<text class="[a-z]+)("[^<>]*?) text-anchor="(middle|end)">')


#: The boxes in which nbconvert puts each cell and output; the page's style speaks of none of them.
_BOX = re.compile(
    r'<div (?:id="cell-id=[\w-]*" )?class="(?:cell border-box-sizing|output_wrapper|output|'
    r'output_area|inner_cell|output_html rendered_html|text_cell_render border-box-sizing)\b[^"]*">'
)


def _said_once(body: str) -> str:
    """
    Leave to the style on which side of its place each label stands, of which a page has hundreds.

    End tags that HTML implies, where the next cell, row or fact begins, are left out too, and the
    names of nbconvert's boxes. That is a tenth of a page. Text is escaped, so that such tags stand
    in no words; a page with a script of its own is left as it is, for there they may.
    """
    if "<script" in body:
        return body
    return _IMPLIED.sub("", _LABEL.sub(r"\1 at-\3\2>", _BOX.sub("<div>", body)))


def to_page(
    notebook: Any,
    *,
    title: str,
    lang: str,
    home: str,
    others: Mapping[str, str] = MappingProxyType({}),
    whole: Mapping[str, str] = MappingProxyType({}),
) -> str:
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
    others : mapping of str to str, optional
        Relative address of the same page in other languages. None is a link until
        :func:`link_pages` makes it one.
    whole : mapping of str to str, optional
        What pages of the whole study are called, by their relative address; links as above.

    Returns
    -------
    str
        HTML without any outside address; code is left out.
    """
    body, _ = _exporter().from_notebook_node(_without_silent(notebook))
    template, css = _template()
    made = notebook.metadata.get("edu_metrics", {}).get("files", ())
    body = _BEFORE_PERCENT.sub("\u00a0", _with_contents(body, lang, made))
    page: str = template.render(
        title=title,
        lang=html_lang(lang),
        css=css,
        body=_said_once(body),
        home=home,
        back=say("index.back", lang),
        others=[(name, html_lang(name), language_name(name), others[name]) for name in others],
        whole=whole,
    )
    return page


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
