"""Documents as text: paragraphs as lines, rows of tables with tabs between their cells."""

from __future__ import annotations

import contextlib
import logging
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import Any

from edu_metrics.errors import DataError, require_extra
from edu_metrics.limits import inert, read_file
from edu_metrics.observations.documents import plain_characters
from edu_metrics.observations.intake.workbook import measure

#: What the first line of a paragraph may begin with.
_BEGINS = re.compile(
    r"[-•●▪*·]|\d+[.、．)）]\s*\D|[一二三四五六七八九十]+、|"
    r"[（(][一二三四五六七八九十\d]+[)）]|第\S{1,4}[章节条]"
)
_HAN = "\u3400-\u9fff"
#: What a document may unfold to, and how long it may be. [bytes], [pages]
_MOST_UNFOLDED = 100_000_000
_MOST_PAGES = 3_000


def read_document(path: Path) -> str:
    """
    Read a document as text.

    Parameters
    ----------
    path : Path
        A text, a Word document, a PDF with its text in it, or a page of a web site.

    Returns
    -------
    str
        Its paragraphs, a line each, and the rows of its tables.

    Raises
    ------
    DataError
        If it is of another kind, or holds no text.
    MissingExtraError
        If what reads it is not installed.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise DataError(
            f"{path}: expected one of {', '.join(_READERS)}, found {path.suffix or 'no suffix'}; "
            "save the document as one of these"
        )
    content = read_file(path)
    try:
        text = read(content)
    except ImportError:
        raise
    except Exception as error:
        raise DataError(f"{path}: can't be read as {path.suffix}: {error}") from None
    text = plain_characters(inert(text.replace("\r\n", "\n").replace("\r", "\n"), _kept))
    text = re.sub("[\u200b\u00ad\ufeff]", "", text).replace("\xa0", " ")
    text = re.sub(r"[ \t]+\n", "\n", re.sub(r"\n{3,}", "\n\n", text)).strip() + "\n"
    if not re.search(r"\w", text):
        raise DataError(
            f"{path}: no text was found; of a scan the text has to be recognised first (OCR)"
        )
    return text


def _kept(sign: re.Match[str]) -> str:
    """Keep the ends of pages, and put nothing for what is no character."""
    return "\f" if sign[0] == "\f" else ""


#: The end of a line inside a cell where no word ends.
_TORN = re.compile(rf"(?<=[{_HAN}\d])\s*\n\s*(?=[{_HAN}（])|(?<=[{_HAN}])\s*\n\s*(?=\d)")


def _decoded(content: bytes, encodings: Iterable[str], what: str) -> str:
    """Decode with the first of some encodings that fits."""
    for encoding in encodings:
        with contextlib.suppress(LookupError, UnicodeDecodeError):
            return content.decode(encoding)
    raise DataError(f"expected {what} in UTF-8 or GB18030")


def _text(content: bytes) -> str:
    text = _decoded(content, ("utf-8-sig", "gb18030"), "text")
    return "\n".join(_with_tabs(line) for line in text.splitlines())


def _with_tabs(line: str) -> str:
    """Write a row of a table as one: cells between bars, or parted by runs of spaces."""
    bars = line.strip()
    if (bars.count("|") > 2 and bars.startswith("|")) or bars.count(" | ") > 1:
        cells = [cell.strip() for cell in bars.strip("|").split("|")]
        return "" if all(re.fullmatch(":?-+:?", cell) for cell in cells) else "\t".join(cells)
    cells = re.split(r" {2,}|\u3000{2,}|\t+", line.strip())
    numbers = sum(bool(re.fullmatch(r"[<>≥≤]?[\d.,]+%?\S{0,4}", cell)) for cell in cells)
    years = sum(bool(re.match(r"(?:19|20)\d\d", cell)) for cell in cells)
    if (len(cells) > 2 and (numbers > 1 or years > 1)) or (len(cells) == 3 and numbers):
        return "\t".join(cells)
    return line


def _word(content: bytes) -> str:
    require_extra("draft", "docx")
    import docx

    measure("its archive", content, _MOST_UNFOLDED)
    document = docx.Document(BytesIO(content))
    return "\n".join(_lines_of_word(document.element.body, document))


#: What stands around paragraphs without being one, and what of a paragraph is no text of it.
_AROUND = ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")
_HIDDEN = ("del", "moveFrom", "pPr", "rPr", "Fallback", "txbxContent")
_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def _name(part: Any) -> str:
    return str(part.tag).rpartition("}")[2]


def _lines_of_word(parts: Any, document: Any) -> Iterator[str]:
    """Give paragraphs and rows in order: also what is inserted, nested, boxed or in controls."""
    from docx.table import Table

    for part in parts:
        if _name(part) == "p":
            yield _words_of(part)
            for box in part.iter("{*}txbxContent"):
                if not any(_name(outer) == "Fallback" for outer in box.iterancestors()):
                    yield from _lines_of_word(box, document)
        elif _name(part) == "tbl":
            yield from _rows_of_word(Table(part, document), document)
        elif _name(part) in _AROUND:
            yield from _lines_of_word(part, document)


def _words_of(part: Any) -> str:
    """Give the text of a paragraph, or of those of a cell."""
    if _name(part) == "t":
        return part.text or ""
    inner = (_words_of(one) for one in part if _name(one) not in (*_HIDDEN, "tbl"))
    return _SIGNS.get(_name(part), "") + (" " if _name(part) == "tc" else "").join(inner)


def _rows_of_word(table: Any, document: Any) -> Iterator[str]:
    """Give the rows of a table, each before the tables in it; what spans cells stands once."""
    for row in table.rows:
        cells, nested, seen = [], [], None
        for cell in row.cells:
            if cell._tc is not seen:
                cells.append(" ".join(_words_of(cell._tc).split()))
                nested += [one for one in cell._tc.iterchildren() if _name(one) == "tbl"]
            seen = cell._tc
        yield "\t".join(cells)
        yield from _lines_of_word(nested, document)


def _pdf(content: bytes) -> str:
    require_extra("draft", "pdfplumber")
    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # what it says of fonts helps nobody
    _refuse_folded(content)
    with pdfplumber.open(BytesIO(content)) as document:
        if len(document.pages) > _MOST_PAGES:
            number = len(document.pages)
            raise DataError(f"expected {_MOST_PAGES:,} pages at most, found {number:,}; cut it")
        pages = []
        for page in document.pages:
            pages.append("\n".join(_lines_of_page(page)))
            page.close()  # or every page would be held until the last
    return "\n\f\n".join(_joined(page) for page in pages)


def _refuse_folded(content: bytes) -> None:
    """Refuse a PDF with streams that unfold to what no page holds."""
    left = _MOST_UNFOLDED
    for found in re.finditer(rb"stream\r?\n(?=[\x08-\x78])", content):
        with contextlib.suppress(zlib.error):  # it is folded in another way, or not at all
            folded = memoryview(content)[found.end() :]
            left -= len(zlib.decompressobj().decompress(folded, left + 1))
        if left < 0:
            raise DataError(f"unfolds to more than {_MOST_UNFOLDED:,} bytes; no document does")


def _lines_of_page(page: Any) -> list[str]:
    """Give the lines of a page from the top down, its tables as rows."""
    tables = [table for table in page.find_tables() if len(table.rows) > 1]
    boxes = [table.bbox for table in tables]

    def outside(thing: dict[str, Any]) -> bool:
        middle = (thing["x0"] + thing["x1"]) / 2, (thing["top"] + thing["bottom"]) / 2
        return not any(
            x0 <= middle[0] <= x1 and top <= middle[1] <= bottom for x0, top, x1, bottom in boxes
        )

    rest = page.filter(lambda thing: thing["object_type"] != "char" or outside(thing))
    found = [(line["top"], plain_characters(line["text"])) for line in rest.extract_text_lines()]
    for table in tables:
        for number, row in enumerate(table.extract()):
            cells = [_one_line(plain_characters(cell or "")) for cell in row]
            found.append((table.bbox[1] + number / 1000, "\t".join(cells)))
    return [_with_tabs(text) for _, text in sorted(found, key=lambda item: item[0])
            if not re.fullmatch(r"[-—–\s]*\d{1,3}[-—–\s]*", text)]  # fmt: skip


def _one_line(words: str) -> str:
    """Put the lines of a cell together; between Chinese characters stands no space."""
    return " ".join(_TORN.sub("", words).split())


def _joined(page: str) -> str:
    """Put the lines of a paragraph together: those that run to the margin and end no sentence."""
    lines = page.splitlines()
    longest = max((_width(line) for line in lines if "\t" not in line), default=0)
    joined: list[str] = []
    open_line = False
    for line in lines:
        words = line.strip()
        if open_line and "\t" not in line and not _BEGINS.match(words):
            between = "" if re.search(f"[{_HAN}，。；：、]$", joined[-1]) else " "
            joined[-1] = re.sub(r"(?<=[a-z])-$", "", joined[-1]) + (
                "" if joined[-1].endswith("-") else between
            ) + words  # fmt: skip
        else:
            joined.append(line if "\t" in line else words)
        open_line = "\t" not in line and _width(line) > 0.8 * longest and not re.search(
            r"[。！？!?;；]$|[^\d]\.$|[：:]$", words
        )  # fmt: skip
    return "\n".join(joined)


def _width(line: str) -> int:
    """Give the width of a line, a Chinese character being as wide as two others."""
    return sum(1 + (sign > "\u2e80") for sign in line)


class _Page(HTMLParser):
    """A web page as lines: what is read, and not what moves or steers it."""

    _BLOCKS = (
        *("p", "div", "li", "section", "article", "br", "tr", "title", "dt", "dd"),
        *("h1", "h2", "h3", "h4", "h5", "h6"),
    )
    _SILENT = (
        *("script", "style", "nav", "header", "footer", "noscript", "template", "svg", "head"),
    )

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = [""]
        self._silent = 0
        self._cells: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._silent += tag in self._SILENT
        if tag == "tr":
            self._cells = []
        elif tag in ("td", "th") and self._cells is not None:
            self._cells.append("")
        elif tag in self._BLOCKS and self._cells is None:
            self.lines.append("")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag == "tr" and self._cells is not None:
            self.lines += ["\t".join(" ".join(cell.split()) for cell in self._cells), ""]
            self._cells = None
        elif tag in self._BLOCKS and self._cells is None:
            self.lines.append("")

    def handle_data(self, data: str) -> None:
        if self._silent:
            return
        if self._cells:
            self._cells[-1] += data
        else:
            self.lines[-1] += data


def _web(content: bytes) -> str:
    charset = re.search(rb"charset=[\"']?([\w-]+)", content[:4000])
    told = [charset[1].decode("ascii").lower()] if charset else []
    told = ["gb18030" if name.startswith("gb") else name for name in told]
    page = _Page()
    page.feed(_decoded(content, [*told, "utf-8", "gb18030"], "a page"))
    return "\n".join(
        line.strip("\n") if "\t" in line else " ".join(line.split()) for line in page.lines
    )


_READERS: dict[str, Callable[[bytes], str]] = {
    ".txt": _text, ".md": _text, ".docx": _word, ".pdf": _pdf, ".html": _web, ".htm": _web,
}  # fmt: skip
