"""Pieces of HTML: tables, chips, notes, style. Everything that comes from data is escaped here."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape
from importlib.resources import files
from typing import TYPE_CHECKING

from edu_metrics.limits import inert
from edu_metrics.words import html_lang, language_name, say, untranslated

if TYPE_CHECKING:
    from edu_metrics.catalog import Plan, Study


@dataclass(frozen=True, slots=True, repr=False)
class Html:
    """A piece of HTML that is safe to show; a notebook displays it as it is."""

    text: str

    def _repr_html_(self) -> str:
        """Give the HTML for a notebook, which is not to look for formulas between dollar signs."""
        return f'<div class="mathjax_ignore">{self.text}</div>' if self.text else ""

    def __repr__(self) -> str:
        """Say how long it is: a notebook keeps this beside the HTML, and would hold it twice."""
        return f"<Html, {len(self.text)} characters>"

    def __str__(self) -> str:
        """Give the HTML."""
        return self.text

    def __add__(self, other: Html) -> Html:
        """Put another piece behind this one."""
        return Html(self.text + other.text)


Cell = str | Html


def stylesheet() -> str:
    """Give the style of pages, with the colours of verdicts."""
    # Figures need matplotlib; frames, which are made of these tables, do not.
    from edu_metrics.figures.svg import verdict_rules

    own = (files("edu_metrics.report") / "templates" / "report.css").read_text("utf-8")
    return f"{own}{verdict_rules()}\n"


#: Where a page puts its list of contents, and the files to take away that stand beside it.
CONTENTS = Html('<nav class="contents"></nav>')
DOWNLOADS = Html('<p class="downloads"></p>')


def csv_of(table: str, what: str = "") -> Html:
    """
    Give the place of the link to a table as CSV; the page fills it where there is the file.

    Parameters
    ----------
    table : str
        Name of the table of the report.
    what : str, optional
        What it holds, where several links stand together.

    Returns
    -------
    Html
        The place.
    """
    return Html(f'<p class="csv" data-table="{escape(table)}">{escape(what)}</p>')


def _safe(cell: Cell) -> str:
    return cell.text if isinstance(cell, Html) else escape(inert(cell))


#: What a link may lead to: a page on the web, or a file of the reports.
_LINK = re.compile(r"https?://|[^:]*$|[^:/?#]*[/?#]", re.IGNORECASE)


def tag(name: str, content: Cell, css: str = "", **attributes: str) -> Html:
    """
    Wrap text into an element.

    Examples
    --------
    >>> str(tag("p", "a < b", "note")), str(tag("a", "x", href="javascript:alert(1)"))
    ('<p class="note">a &lt; b</p>', '<a href="#">x</a>')
    """
    shown = f' class="{escape(css)}"' if css else ""
    if not _LINK.match(attributes.get("href", "")):
        attributes["href"] = "#"
    shown += "".join(f' {key}="{escape(inert(value))}"' for key, value in attributes.items())
    return Html(f"<{name}{shown}>{_safe(content)}</{name}>")


def join(pieces: Iterable[Cell], between: str = "") -> Html:
    """Put pieces one behind another."""
    return Html(between.join(_safe(piece) for piece in pieces))


#: Up to so many columns a table never is too wide for the page, and signs of a card's line.
NARROW, LINE = 8, 48
_TAG, _SMALL = re.compile(r"<[^>]*>"), re.compile(r"<small>.*?</small>", re.DOTALL)
_HAN = re.compile(r"[\u3400-\u9fff]")


def quote(words: str, lang: str) -> Html:
    """
    Quote a document, and say which language its words are in where that is not the page's.

    Examples
    --------
    >>> str(quote("到2022年", "en")), str(quote("By 2022", "en"))
    ('<q lang="zh-CN">到2022年</q>', '<q>By 2022</q>')
    """
    return spoken("q", words, lang)


def spoken(name: str, words: str, lang: str) -> Html:
    """Wrap a document's words, and say which language they are in where that is not the page's."""
    tongue = "zh" if _HAN.search(words) else "en" if lang == "zh" else lang
    named = {} if tongue == lang else {"lang": html_lang(tongue)}
    # What is written from right to left stays so, and turns nothing around it.
    turned = any(unicodedata.bidirectional(sign) in ("R", "AL") for sign in words)
    return tag(name, words, **named, **({"dir": "auto"} if turned else {}))


def note(content: Cell, kind: str = "") -> Html:
    """Make a paragraph that stands out; kind is ``invented``, ``hypothetical``, ``gap`` or none."""
    return tag("p", content, f"note {kind}".strip())


def facts(told: Mapping[str, Cell], lang: str) -> Html:
    """
    List facts, each behind its title.

    Examples
    --------
    >>> str(facts({"report.area": "East & West"}, "en"))
    '<dl class="facts"><dt>Area</dt><dd>East &amp; West</dd></dl>'
    """
    items = join(tag("dt", say(key, lang)) + tag("dd", content) for key, content in told.items())
    return tag("dl", items, "facts")


def details(summary: Cell, content: Html, *, open_: bool = False, css: str = "") -> Html:
    """Fold content away behind one line; that of class ``more`` goes on with what stands above."""
    state = (f' class="{css}"' if css else "") + (" open" if open_ else "")
    return Html(f"<details{state}><summary>{_safe(summary)}</summary>{content.text}</details>")


def chip(text: str, kind: str, mark: str) -> Html:
    """Make a label in the colours that the style has for its kind; its mark needs no colour."""
    return tag("span", f"{mark} {text}", f"chip {kind}")


def table(
    head: Sequence[Cell],
    rows: Iterable[Sequence[Cell] | Html],
    *,
    caption: str,
    numeric: Sequence[int] = (),
    css: str = "",
) -> Html:
    """
    Make a table with a caption, the given columns set as numbers.

    Parameters
    ----------
    head : sequence of str
        Column titles.
    rows : iterable of sequence or Html
        Cells, plain text or HTML; what is no sequence is a heading across all columns, for the
        rows behind it.
    caption : str
        What the table shows.
    numeric : sequence of int, optional
        Columns whose cells are numbers, from 0.
    css : str, optional
        Further classes.

    Returns
    -------
    Html
        The table, in a box that scrolls where it is too wide.
    """
    numbers = set(numeric)

    # On a phone each row of such a table is a card, whose lines name their columns; the first one
    # is its title.
    cards = "cards" in css.split()
    plain = [_TAG.sub(" ", _SMALL.sub("", str(title))).strip() if cards else "" for title in head]
    labels = {
        at: f' data-label="{escape(unescape(title))}"'
        for at, title in enumerate(plain)
        if title and at
    }

    def cell(name: str, position: int, content: Cell) -> str:
        more = labels.get(position, "") if name == "td" else ' scope="col"'
        css_class = ' class="n"' if position in numbers else ""
        if name == "td" and cards and position and _long(content):
            css_class = ' class="long"'
        return f"<{name}{css_class}{more}>{_safe(content)}</{name}>"

    def line(row: Sequence[Cell] | Html) -> str:
        if isinstance(row, Html):
            above = f'<th class="group" colspan="{len(head)}" scope="rowgroup">{row}</th>'
            return f"</tbody><tbody><tr>{above}</tr>"
        return "<tr>" + "".join(cell("td", at, item) for at, item in enumerate(row)) + "</tr>"

    titles = "".join(cell("th", position, title) for position, title in enumerate(head))
    body = f"<tbody>{''.join(map(line, rows))}</tbody>".removeprefix("<tbody></tbody>")
    shown = f"<caption>{escape(caption)}</caption><thead><tr>{titles}</tr></thead>{body}"
    drawn = tag("table", Html(shown), css)
    # What turns into cards where it is narrow never has to scroll.
    return drawn if css == "cards" and len(head) <= NARROW else scrolling(drawn, caption)


def _long(content: Cell) -> bool:
    """Tell whether a cell is more than a line of a card, so that it stands below its label."""
    text = unescape(_TAG.sub("", str(content)))
    return sum(1 + (unicodedata.east_asian_width(sign) in "WF") for sign in text) > LINE


def scrolling(content: Html, title: str) -> Html:
    """Put what may be too wide into a box that scrolls, with the keys too."""
    named = {"tabindex": "0", "role": "group", "aria-label": title}
    return tag("div", content, "scroll", **named)


def warnings(study: Study, plan: Plan, lang: str) -> list[Html]:
    """Give what every page of a study has to say of its numbers and its plan."""
    mode, smallest = study.disclosure.mode, study.disclosure.smallest
    said = {
        "internal": mode == "internal",
        "protected": mode == "protected",
        "invented": study.simulated,
        "hypothetical": plan.hypothetical,
    }
    told = [
        note(say(f"report.{kind}", lang, smallest=smallest), kind)
        for kind, true in said.items()
        if true
    ]
    if lacking := untranslated(lang):
        name = language_name(lang)
        told.append(note(say("report.untranslated", lang, language=name, number=lacking), "lang"))
    return told


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
