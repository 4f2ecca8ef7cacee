"""A document as passages: paragraphs and rows of tables, as rules read them, with places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from edu_metrics.drafting.rules import Rules

_HAN = re.compile("[\u3400-\u9fff]")
_LATIN = re.compile("[A-Za-z]")
_SAME = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), ord("-")),
    **{ord("∶"): ord(":"), 0xA0: ord(" "), 0x3000: ord(" ")},
}
#: Marks that a Chinese text writes in full width, whatever its typesetter took.
_WIDE = str.maketrans(",;:()!?", "，；：（）！？")


@dataclass(frozen=True)
class Passage:
    """A paragraph or the row of a table."""

    #: As the rules read it, and where each of its characters stands in the document.
    text: str
    at: tuple[int, ...]
    is_row: bool = False
    article: str | None = None
    #: Headings above, from the outermost.
    above: tuple[str, ...] = field(default=())
    is_heading: bool = False

    @property
    def heading(self) -> str:
        """The nearest heading above; empty where there is none."""
        return self.above[-1] if self.above else ""

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Give the place in the document of a part of the text."""
        return self.at[first], self.at[last - 1] + 1


def language_of(text: str) -> str:
    """
    Tell Chinese from English.

    Parameters
    ----------
    text : str
        A document.

    Returns
    -------
    str
        ``zh`` or ``en``.

    Examples
    --------
    >>> language_of("到2030年达到95%"), language_of("95 % by 2030")
    ('zh', 'en')
    """
    return "zh" if len(_HAN.findall(text)) * 3 > len(_LATIN.findall(text)) else "en"


def passages(document: str, rules: Rules) -> list[Passage]:
    """
    Cut a document into passages, each below its headings.

    Parameters
    ----------
    document : str
        The whole text; cells of a row are parted by tabs.
    rules : Rules
        Of its language.

    Returns
    -------
    list of Passage
        In the order of the document.
    """
    return list(_below_headings(_cut(document, rules), rules))


def _cut(document: str, rules: Rules) -> Iterator[Passage]:
    """Part paragraphs and rows, and put together what a page or line break tore."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n\f]+", document) if m[0].strip()]
    start: int | None = None
    for number, (first, last) in enumerate(lines):
        line = document[first:last]
        if "\t" in line.strip():
            yield _row(document, first, last)
            continue
        start = first if start is None else start
        following = document[slice(*lines[number + 1])] if number + 1 < len(lines) else ""
        if not _goes_on(line, following, rules):
            yield _written(document, start, last, rules)
            start = None


def _goes_on(line: str, following: str, rules: Rules) -> bool:
    """Tell whether a sentence runs over the end of its line."""
    if not following or "\t" in following or rules.pattern("begins").match(following.strip()):
        return False
    title = rules.pattern("title").match(line.strip())
    if (
        rules.pattern("begins").match(line.strip())
        and title
        and title.end() > len(line.strip()) - 2
    ):
        return False  # a heading, whole
    return bool(rules.pattern("torn").search(f"{line.strip()}\n{following.strip()}"))


def _row(document: str, first: int, last: int) -> Passage:
    text = document[first:last].translate(_SAME)
    return Passage(text, tuple(range(first, last)), is_row=True)


def _written(document: str, first: int, last: int, rules: Rules) -> Passage:
    """Write a paragraph without breaks: its characters one for one, white space as rules read."""
    raw = document[first:last].translate(_SAME)
    kept, at = [], []
    for run in re.finditer(r"\s+|\S", raw):
        sign = run[0]
        if sign.isspace():
            before, after = raw[run.start() - 1 : run.start()], raw[run.end() : run.end() + 1]
            if not before or not after or (rules.drops_space and not _both_latin(before, after)):
                continue
            sign = " "
        kept.append(sign)
        at.append(first + run.start())
    text = "".join(kept)
    if rules.drops_space:
        text = re.sub(r"(?<!\d)[,:]|[,:](?!\d)|[;()!?]", lambda m: m[0].translate(_WIDE), text)
    return Passage(text, tuple(at))


def _both_latin(before: str, after: str) -> bool:
    return before.isascii() and before.isalnum() and after.isascii() and after.isalnum()


def _below_headings(found: Iterator[Passage], rules: Rules) -> Iterator[Passage]:
    """Say of each passage in which article and below which headings it stands."""
    article, above = None, [""] * 4
    for passage in found:
        level = None if passage.is_row else _level(passage.text, rules)
        if level is not None:
            title = rules.pattern("title").match(passage.text)
            above[level:] = [title[0].rstrip("。：:.") if title else "", *[""] * (3 - level)]
        numbered = None if passage.is_row else rules.pattern("article").match(passage.text)
        if numbered:
            article = next(name for name in numbered.groups() if name)
        elif level == 0:
            article = None
        whole = level is not None and passage.text.rstrip("：:") == above[level]
        named = tuple(filter(None, above))
        yield replace(passage, article=article, above=named, is_heading=whole)


def _level(text: str, rules: Rules) -> int | None:
    levels = rules.data["headings"]
    return next((n for n, p in enumerate(levels) if re.match(rules.expand(p), text)), None)
