"""
What the text of one cell says: a number with its bound and unit, no number, a year.

Digits of any width, separators of thousands, percent signs, 万 and 亿, bounds such as ``>95`` and
95以上, and school years are read; whatever is not wholly understood is not read at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from edu_metrics.limits import is_year
from edu_metrics.observations.periods import RUN_TOGETHER

#: Full-width signs become those of ASCII; nothing else is folded, for ① is no 1 and ² no 2.
_NARROW = {
    **{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys((0x3000, 0x00A0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F), " "),
    **dict.fromkeys((0x200B, 0x200E, 0x200F, 0xFEFF), None),
    0x2212: "-",
    0x2264: "≤",
    0x2266: "≤",
    0x2267: "≥",
}

_FOOTNOTE = re.compile(r"[①-⑳¹²³⁰-⁹†‡]+$")

_NUMBER = r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_BEFORE = {
    "above": (">", "超过", "高于", "大于", "多于"),
    "at_least": ("≥", ">=", "不低于", "不少于", "不小于", "至少"),
    "below": ("<", "低于", "小于", "少于", "不足", "不到"),
    "at_most": ("≤", "<=", "不高于", "不超过", "不大于", "不多于", "至多"),
    "about": ("≈", "~", "约", "大约", "近"),
}
_AFTER = {
    "above": ("余", "多"),
    "at_least": ("以上", "及以上", "+"),
    "at_most": ("以下", "及以下", "以内"),
    "about": ("左右", "上下"),
}


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


_BOUND_BEFORE = {word: bound for bound, words in _BEFORE.items() for word in words}
_BOUND_AFTER = {word: bound for bound, words in _AFTER.items() for word in words}
_FIGURE = re.compile(
    rf"^(?P<before>{_any_of(_BOUND_BEFORE)})?\s*(?P<number>{_NUMBER})\s*"
    rf"(?P<unit>[%‰]|[^\W\d_][^\d\s]*?)??\s*(?P<after>{_any_of(_BOUND_AFTER)})?$"
)

#: Marks of a number that its publisher keeps back.
_SUPPRESSED = frozenset({"*", "**", "***", "suppressed", "保密"})
#: Marks of no number.
_DASHES = ("", "—", "——", "–", "-", "--", "---", "…", "……", "...", "..", "·", "/", ":")
_NO_NUMBER = frozenset(
    (*_DASHES, "n/a", "na", "nan", "n.a.", "null", "none", "无数据", "未公布", "空缺", "缺")
)


@dataclass(frozen=True, slots=True)
class Figure:
    """
    What a cell says of a number.

    Attributes
    ----------
    number : Decimal or None
        As printed, before any unit; None where there is none. [printed unit]
    bound : str
        What is said of the number behind it.
    unit : str
        The unit that is printed in the cell itself; empty where there is none.
    suppressed : bool
        Whether the publisher keeps the number back.
    rules : tuple of str
        How the text was read, where it was no plain number.
    """

    number: Decimal | None
    bound: str = "exact"
    unit: str = ""
    suppressed: bool = False
    rules: tuple[str, ...] = ()


def narrow(text: str) -> str:
    """
    Make full-width signs those of ASCII, and leave every other sign alone.

    Examples
    --------
    >>> narrow("８２.5％"), narrow("①")
    ('82.5%', '①')
    """
    return text.translate(_NARROW).strip()


def as_text(raw: object) -> str:
    """
    Write a cell as it would be typed.

    Examples
    --------
    >>> as_text(2023.0), as_text(0.1 + 0.2), as_text(None)
    ('2023', '0.3', '')
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float):
        # Fifteen digits are what a spreadsheet shows: the rest is noise of its arithmetic.
        shown = f"{raw:.15g}"
        return f"{Decimal(shown):f}" if "e" in shown and raw == raw and abs(raw) < 1e300 else shown
    return str(raw)


def read_figure(raw: object, *, no_number: Iterable[str] = ()) -> Figure | None:
    """
    Read a number with all that is printed around it.

    Parameters
    ----------
    raw : object
        The cell.
    no_number : iterable of str, optional
        Further marks that stand for no number, such as ``-9``.

    Returns
    -------
    Figure or None
        What it says; None where it is not understood.

    Examples
    --------
    >>> read_figure(">95"), read_figure("０.08万").number
    (Figure(number=Decimal('95'), bound='above', unit='', suppressed=False, rules=('bound',)), \
Decimal('0.08'))
    >>> read_figure("1,234").number, read_figure("12,34"), read_figure("—").number
    (Decimal('1234'), None, None)
    """
    typed = as_text(raw)
    text = narrow(typed)
    rules = [] if text == typed.strip() else ["full_width"]
    if text in no_number or text.lower() in _NO_NUMBER:
        return Figure(None, rules=("no_number",) if text else ("empty",))
    if text in _SUPPRESSED:
        return Figure(None, suppressed=True, rules=("suppressed",))
    if _FOOTNOTE.search(text):
        text = _FOOTNOTE.sub("", text).rstrip()
        rules.append("footnote")
    found = _FIGURE.match(text)
    if found is None or (found["before"] and found["after"]):
        return None
    bound = _BOUND_BEFORE.get(found["before"]) or _BOUND_AFTER.get(found["after"]) or "exact"
    digits = found["number"]
    if "," in digits or " " in digits:
        rules.append("thousands")
        digits = digits.replace(",", "").replace(" ", "")
    unit = found["unit"] or ""
    rules += ["unit_in_cell"] if unit else []
    rules += ["bound"] if bound != "exact" else []
    return Figure(Decimal(digits), bound, unit, rules=tuple(rules))


_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_WRITTEN_YEAR = re.compile(r"[〇零○一二三四五六七八九]{4}")
_ONE_YEAR = re.compile(r"^(\d{4})\s*(?:年|年度|年底|年末|学年|学年度|school year)?$", re.IGNORECASE)
_TWO_YEARS = re.compile(
    r"^(?:SY|AY)?\s*(\d{4})\s*年?\s*[-—–―/~～至]{1,2}\s*(\d{4}|\d{2})\s*"
    r"(?:年|学年|学年度|school year|academic year)?$",
    re.IGNORECASE,
)
#: Part of a year: such a row is no year's.
_PART_OF_YEAR = re.compile(
    r"[上下]半年|[一二三四1-4]季度?|(?<![A-Za-z])[QH][1-4](?!\d)|\d{1,2}月", re.IGNORECASE
)


def read_year(raw: object) -> tuple[int, str] | None:
    """
    Read a year; a school year is that in which it begins.

    Parameters
    ----------
    raw : object
        The cell.

    Returns
    -------
    int and str, or None
        The year and how it was read, empty for four digits; None where it is no year. [year]

    Examples
    --------
    >>> read_year("二〇二〇年"), read_year("2023-24"), read_year("2020/2021学年")
    ((2020, 'chinese_digits'), (2023, 'school_year'), (2020, 'school_year'))
    >>> read_year("2020-2022"), read_year("2020年上半年")
    (None, None)
    """
    if isinstance(raw, dt.date):
        return None
    typed = as_text(raw)
    text = narrow(typed)
    rule = "" if text == typed.strip() else "full_width"
    if _WRITTEN_YEAR.search(text):
        text, rule = _WRITTEN_YEAR.sub(lambda it: it[0].translate(_DIGITS), text), "chinese_digits"
    found = _ONE_YEAR.match(text)
    if found:
        year = int(found[1])
        rule = rule or ("" if text == found[1] else "year_word")
        if "学年" in text or "school" in text.lower():
            rule = "school_year"
    else:
        found = _TWO_YEARS.match(text) or RUN_TOGETHER.fullmatch(text)
        if found is None or (int(found[1]) + 1 - int(found[2])) % 10 ** len(found[2]):
            return None
        year, rule = int(found[1]), "school_year"
    return (year, rule) if is_year(year) else None


def is_part_of_year(raw: object) -> bool:
    """
    Tell whether a cell names a half-year, a quarter or a month.

    Examples
    --------
    >>> is_part_of_year("2020年上半年"), is_part_of_year("2020年")
    (True, False)
    """
    return bool(_PART_OF_YEAR.search(narrow(as_text(raw))))
