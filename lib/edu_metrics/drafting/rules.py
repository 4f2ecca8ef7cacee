"""
Rules as data, and a document cut by them.

Patterns by language stand in rules/*.yaml; here is what their words and numbers mean, and how a
document becomes passages: paragraphs and rows of tables, as rules read them, with places.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

_MACRO = re.compile(r"<([A-Z_]+)(?::(\w+))?>")
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0.5}
#: A number of more than this counts nothing, whatever its unit.
_NO_COUNT = 1e18
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of one language."""

    language: str
    data: dict[str, Any]

    @property
    def drops_space(self) -> bool:
        """Whether white space means nothing between characters."""
        return bool(self.data["drops_space"])

    def expand(self, pattern: str) -> str:
        """Put a pattern's macros in full: ``<N:value>`` is the macro N in a group of that name."""
        macros = self.data["macros"]

        def put(found: re.Match[str]) -> str:
            inner = self.expand(macros[found[1]])
            return f"(?P<{found[2]}>{inner})" if found[2] else f"(?:{inner})"

        return _MACRO.sub(put, pattern)

    @functools.lru_cache(maxsize=512)  # noqa: B019
    def compiled(self, pattern: str, cased: bool = False) -> re.Pattern[str]:
        """Compile a pattern with its macros put in full; as a rule, capitals do not matter."""
        return re.compile(self.expand(pattern), 0 if cased else re.IGNORECASE)

    def pattern(self, name: str) -> re.Pattern[str]:
        """Give a pattern that stands by its own name."""
        return self.compiled(self.data[name], name in self.data["case"])

    def meaning(self, table: str, words: str | None) -> Any:
        """Give what some words mean: the first entry of a table whose pattern they match."""
        for pattern, meaning in self.data[table].items() if words else ():
            if self.compiled(pattern).search(words or ""):
                return meaning
        return None


@functools.lru_cache(maxsize=4)
def load_rules(language: str) -> Rules:
    """
    Read the rules of a language.

    Parameters
    ----------
    language : str
        ``zh`` or ``en``.

    Returns
    -------
    Rules
        Its patterns.

    Examples
    --------
    >>> load_rules("en").meaning("before", "no more than")
    '<='
    """
    path = Path(__file__).parent / "rules" / f"{language}.yaml"
    return Rules(language, yaml.safe_load(path.read_text("utf-8")))


def numbers_in(words: str, rules: Rules) -> tuple[float, ...]:
    """
    Read one number, or the two ends of a range.

    Parameters
    ----------
    words : str
        As printed: digits, Chinese numerals, a fraction in words.
    rules : Rules
        Of its language.

    Returns
    -------
    tuple of float
        One number or two; none where the words are no number.

    Examples
    --------
    >>> zh, en = load_rules("zh"), load_rules("en")
    >>> numbers_in("5-8", zh), numbers_in("三分之一", zh), numbers_in("百分之九十五", zh)
    ((5.0, 8.0), (33.3333,), (95.0,))
    >>> numbers_in("1,200", en), numbers_in("two-thirds", en), numbers_in("sixty", en)
    ((1200.0,), (66.6667,), (60.0,))
    """
    numbers = _read(words.strip(" $£€").lower(), rules)
    return numbers if all(number < _NO_COUNT for number in numbers) else ()


def _read(words: str, rules: Rules) -> tuple[float, ...]:
    words = re.sub(r"(?<=\d) (?=\d{3}(?!\d))", "", words)  # 20 000
    words = re.sub(r"(?<=\d),(?=\d{1,2}(?!\d))", ".", words)  # 97,5
    digits = re.findall(r"\d+(?:,\d{3})*(?:\.\d+)?", words)
    if len(digits) == 2 and re.search(r"\d (?:in|out of) (?:every )?\d", words):
        return (round(100 * float(digits[0]) / float(digits[1]), 4),)
    if digits and not re.search(r"\d\s*(?:[:/]|\bto\b)\s*\d", words):
        return tuple(float(one.replace(",", "")) for one in digits[:2])
    if digits and "/" in words:
        return (round(100 * float(digits[0]) / float(digits[1]), 4),)
    if digits:
        return (round(float(digits[0].replace(",", "")) / float(digits[1].replace(",", "")), 6),)
    known = _known(words, rules)
    if known is not None:
        return (float(known),)
    if part := re.fullmatch("(.)成(半)?", words):
        return (10.0 * _DIGITS[part[1]] + (5 if part[2] else 0),)
    part = re.fullmatch(r"(?:(百)|(.+))分之(.+)", words)
    if part:
        whole = 100 if part[1] else _chinese(part[2])
        above = _chinese(part[3])
        return (round(100 * above / whole, 4),) if whole and above is not None else ()
    value = _chinese(words)
    return () if value is None else (value,)


def _known(words: str, rules: Rules) -> float | None:
    """Look up a number in words; tens and ones are added."""
    known = rules.data["numerals"]
    tens, _, ones = words.replace("-", " ").partition(" ")
    if words in known:
        return float(known[words])
    both = tens in known and ones in known and known[tens] >= 20 > known[ones]
    return float(known[tens] + known[ones]) if both else None


def _chinese(words: str) -> float | None:
    """Read a Chinese numeral; None where it is none."""
    whole, dot, fraction = words.partition("点")
    total, section, digit = 0.0, 0.0, 0.0
    for sign in whole:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign in "十百千":
            section += (digit or 1) * _SCALES[sign]
            digit = 0
        elif sign in "万亿":
            total = (total + section + digit) * _SCALES[sign]
            section = digit = 0
        else:
            return None
    if dot:
        digit += sum(_DIGITS.get(s, 0) * 10.0 ** -(n + 1) for n, s in enumerate(fraction))
    return total + section + digit if words else None


def scale_of(unit: str, rules: Rules) -> float:
    """
    Say by how much a number counts: ten thousand for 万人.

    Parameters
    ----------
    unit : str
        The words after a number.
    rules : Rules
        Of the language.

    Returns
    -------
    float
        The factor.

    Examples
    --------
    >>> scale_of("万人次", load_rules("zh")), scale_of(" million", load_rules("en"))
    (10000.0, 1000000.0)
    """
    factor = 1.0
    for words, by in rules.data["scales"].items():
        if re.match(rf"\s*{words}", unit, re.IGNORECASE):
            factor *= by
            break
    return float(factor)


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
