"""
Documents as published: the text of a plan below data/raw, and whether what is quoted stands in it.

A quote and the text are compared without what differs between two copies of one document: white
space, full-width forms, the Kangxi and CJK radicals that a PDF prints for characters, and the
shapes of quotation marks and dashes.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable
from difflib import SequenceMatcher

from edu_metrics.catalog import Catalog, Plan, base_of
from edu_metrics.errors import DataError, DefinitionError, number_of
from edu_metrics.observations.raw_files import broken_seal

__all__ = ["check_quotes", "fold", "plain_characters", "quote_faults", "text_of_plan"]

#: CJK radicals that have no compatibility mapping of their own, and the characters they stand for.
_RADICALS = str.maketrans(
    "⺁⺄⺅⺆⺈⺉⺊⺌⺎⺒⺓⺔⺖⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺧⺨⺩⺫⺬⺭⺮⺯⺰⺲⺶⺹⺻⺼⺽⺾⻁⻂⻃⻄⻅⻆⻈⻉⻋⻌⻏⻐⻑⻒⻓⻔⻖⻗⻘⻙⻚⻛⻜⻝⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻬⻮⻰⻳",
    "厂乙亻冂刀刂卜小兀巳幺彑忄扌攵旡日月歺民氵氺灬爫牛犭王目示礻竹糹纟罒羊耂聿肉臼艹虎衤覀西见角讠贝车辶邑钅長镸长门阝雨青韦页风飞食饣马骨鬼鱼鸟卤麦黄黾齐齿龙龟",
)
#: Marks that differ from one typesetter to the next, and marks that are not seen.
_SAME = {'"': "“”„‟«»「」『』", "'": "‘’‛", "-": "‐‑‒–—―−﹣", "": "\u200b\u00ad\ufeff"}
_MARKS = str.maketrans({sign: usual for usual, signs in _SAME.items() for sign in signs})
_SPACE = re.compile(r"(?<=[0-9A-Za-z])\s+(?=[0-9A-Za-z])|\s+")
_LEFT_OUT = re.compile(r"\[?(?:…+|\.{3,})\]?")
_DIGITS = "零一二三四五六七八九"

#: What a locator names by a number, which comes last.
_NAMED = {
    "article": re.compile(r"(?:第\s*(\S+?)\s*条|[Aa]rticle\s+(\d+))"),
    "paragraph": re.compile(r"(?:第\s*(\d+)\s*段|paragraph\s+(\d+))"),
    "page": re.compile(r"(?:第\s*(\d+)\s*页|(?:page|p\.)\s*(\d+))"),
    "row": re.compile(r"(.*?)表?(?:第\s*(\d+)\s*行|,?\s*row\s+(\d+))"),
}


def plain_characters(text: str) -> str:
    """
    Put the usual characters for radicals and compatibility forms, and leave the rest alone.

    Parameters
    ----------
    text : str
        As it comes out of a file.

    Returns
    -------
    str
        Of the same length, but for ligatures.

    Examples
    --------
    >>> plain_characters("⾼于95％，⻅下表")
    '高于95％，见下表'
    """
    kept = text.translate(_RADICALS)
    return re.sub("[\u2e80-\u2fdf\uf900-\ufaff\ufb00-\ufb06]",
                  lambda found: unicodedata.normalize("NFKC", found[0]), kept)  # fmt: skip


@functools.lru_cache(maxsize=16)
def fold(text: str) -> str:
    r"""
    Write a text as it is compared: one form for what typesetters write in several.

    Parameters
    ----------
    text : str
        A quote, or a document.

    Returns
    -------
    str
        Only for comparing.

    Examples
    --------
    >>> fold("到 2022 年，⾼于９５％") == fold("到2022年,高于95%")
    True
    >>> fold("85\t87") == fold("8587")
    False
    """
    usual = unicodedata.normalize("NFKC", plain_characters(text)).translate(_MARKS)
    return _SPACE.sub(lambda run: "" if _breaks_nothing(usual, run) else " ", usual).strip()


def _breaks_nothing(text: str, run: re.Match[str]) -> bool:
    """Tell whether white space parts no words or numbers, and no sentence from a number."""
    first, last = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    ends = first == "." or (first.isascii() and first.isalnum())
    return not (ends and last.isascii() and last.isalnum())


def quote_faults(text: str, quote: str, locator: str) -> list[str]:
    """
    Look for a quote in a document, at the place that its locator names.

    Parameters
    ----------
    text : str
        The whole document.
    quote : str
        The words; "…" stands for words left out.
    locator : str
        An article, the row of a table, a paragraph, a page, or a heading.

    Returns
    -------
    list of str
        What is wrong; nothing where the quote stands there.

    Examples
    --------
    >>> text = "6. 到2022年，覆盖率高于95%。"
    >>> quote_faults(text, "覆盖率高于95%", "第6条")
    []
    >>> quote_faults(text, "覆盖率高于59%", "第6条")
    ["quote: '覆盖率高于59%' is not in the text; nearest is '覆盖率高于95%'"]
    """
    if not _stands_in(text, quote):
        nearest = _nearest(fold(text), fold(quote))
        return [f"quote: {quote!r} is not in the text; nearest is {nearest!r}"]
    place = _place(text, locator)
    if place is None:
        return [
            f"locator: the text has no {locator!r}; expected an article (第3条, article 3), the "
            "row of a table (目标表第2行, targets table, row 2), a paragraph (第5段, paragraph 5), "
            "a page (第4页, page 4) or the words of a heading"
        ]
    if not _stands_in(place, quote):
        return [f"locator: {quote!r} stands in the text, and not at {locator!r}"]
    return []


def _stands_in(text: str, quote: str) -> bool:
    """Find the parts of a quote one after the other, none of them inside a longer number."""
    parts = [fold(part) for part in _LEFT_OUT.split(quote)]
    wanted = [_edged(part) for part in parts if part]
    return re.search(".*?".join(wanted), fold(text), re.DOTALL) is not None


def _edged(part: str) -> str:
    """Keep a number at the edge of a quote from matching the end of a longer one."""
    before = r"(?<![0-9.])" if part[0].isdigit() else ""
    after = r"(?!\.?[0-9])" if part[-1].isdigit() else ""
    return before + re.escape(part) + after


def _nearest(text: str, quote: str) -> str:
    """Give the passage that looks most like a quote."""
    found = SequenceMatcher(None, text, quote, autojunk=False).find_longest_match()
    first = max(found.a - found.b, 0)
    return text[first : first + len(quote)]


def place_named(locator: str) -> tuple[str, str] | None:
    """
    Say what a locator names by a number: an article, a paragraph, a page or the row of a table.

    Examples
    --------
    >>> place_named("第3条"), place_named("目标表第2行"), place_named("发展规划")
    (('article', '3'), ('row', '2'), None)
    """
    kind, *given = _named(locator)
    return (kind, given[-1]) if given else None


def _named(locator: str) -> list[str]:
    """Give the kind of what a locator names, and what its pattern holds; nothing for a heading."""
    for kind, pattern in _NAMED.items():
        if found := pattern.fullmatch(locator.strip()):
            return [kind, *(given for given in found.groups() if given is not None)]
    return [""]


@functools.cache
def _place(text: str, locator: str) -> str | None:
    """Give the part of a document that a locator names; None where there is none."""
    kind, *given = _named(locator)
    find: dict[str, Callable[..., str | None]] = {
        "article": _article, "paragraph": _paragraph, "page": _page, "row": _row, "": _after,
    }  # fmt: skip
    return find[kind](text, *(given or [locator]))


def _article(text: str, number: str) -> str | None:
    """Give an article: from the line that begins with its number to the next one."""
    spelt = (one for one in range(1, 100) if _in_words(one) == number)
    count = int(number) if number.isdecimal() else next(spelt, None)
    if count is None:
        return None
    begins = r"(?m)^[ \t#*]*(?:第\s*{0}\s*条|[Aa]rticle\s+{1}\b|{1}\s*[.．、](?!\d))"
    first = re.search(begins.format(f"(?:{count}|{_in_words(count)})", count), text)
    if first is None:
        return None
    after = count + 1
    last = re.search(begins.format(f"(?:{after}|{_in_words(after)})", after), text[first.end() :])
    return text[first.start() : first.end() + last.start() if last else None]


def _in_words(number: int) -> str:
    """Write a whole number below a hundred in Chinese, as articles are numbered."""
    tens, ones = divmod(number, 10)
    if not tens:
        return _DIGITS[ones]
    return f"{_DIGITS[tens] if tens > 1 else ''}十{_DIGITS[ones] if ones else ''}"


def _paragraph(text: str, number: str) -> str | None:
    paragraphs = [line for line in text.splitlines() if line.strip()]
    return paragraphs[int(number) - 1] if 0 < int(number) <= len(paragraphs) else None


def _page(text: str, number: str) -> str | None:
    pages = text.split("\f")
    return pages[int(number) - 1] if 0 < int(number) <= len(pages) else None


def _row(text: str, heading: str, number: str) -> str | None:
    """Give a row of the first table after a heading, its head not counted."""
    below = _after(text, heading.removesuffix(" table").strip()) if heading.strip() else text
    rows = [line for line in (below or "").splitlines()[1:] if "\t" in line]
    return rows[int(number)] if 0 < int(number) < len(rows) else None


def _after(text: str, words: str) -> str | None:
    """Give a document from some words on."""
    wanted = r"\s*".join(re.escape(sign) for sign in re.sub(r"\s", "", words))
    found = re.search(wanted, text) if wanted else None
    return text[found.start() :] if found else None


def text_of_plan(catalog: Catalog, plan: Plan) -> str | None:
    """
    Give the whole text of a plan, where its source names one.

    Parameters
    ----------
    catalog : Catalog
        The definitions.
    plan : Plan
        One of its plans.

    Returns
    -------
    str or None
        The text; None where the source has no ``full_text``, or the file is not at hand.

    Raises
    ------
    DataError
        If the file is no longer what was sealed.
    """
    name = catalog.sources[plan.source].full_text
    if name is None:
        return None
    folders = [root / "data" / "raw" for root in (catalog.root, base_of(catalog.root)) if root]
    path = next((one / name for one in folders if (one / name).is_file()), None)
    if path is None:
        return None
    faults = [f"{name}: {fault}" for fault in broken_seal(path, path.read_bytes())]
    if faults:
        raise DataError(f"source {plan.source!r}: full_text", faults)
    return path.read_text("utf-8")


def check_quotes(catalog: Catalog) -> list[str]:
    """
    Find every quote of every plan in the plan's text.

    Parameters
    ----------
    catalog : Catalog
        The definitions.

    Returns
    -------
    list of str
        The plans whose text is not at hand, and whose quotes therefore stay unverified.

    Raises
    ------
    DefinitionError
        With one line for each quote or locator that the text does not have.
    DataError
        If a text was edited.

    Examples
    --------
    >>> from edu_metrics.catalog import find_root, load_catalog
    >>> "wuhai_2020_2022" in check_quotes(load_catalog(find_root()))
    False
    """
    unverified: list[str] = []
    faults: list[str] = []
    for plan in catalog.plans.values():
        text = text_of_plan(catalog, plan)
        if text is None:
            unverified.append(plan.id)
        else:
            faults += [
                f"plans/{plan.id}.yaml: target {target.id!r}: {fault}"
                for target in plan.targets
                for fault in quote_faults(text, target.quote, target.locator)
            ]
    if faults:
        raise DefinitionError(f"quotes of plans: {number_of(faults)}", faults)
    return unverified
