"""
What is printed: a number with its bound, a unit, a year, a part of a year, a day, a mark.

Digits of any width, separators of thousands, percent signs, 万 and 亿, bounds such as ``>95`` and
95以上, and school years are read; whatever is not wholly understood is not read at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from edu_metrics.catalog import PERIODS, Quantity, plain
from edu_metrics.limits import is_day, is_year
from edu_metrics.words import Unit, known_units, unit_of

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

#: 300余人 is 300人余.
_ODD_BEFORE_UNIT = re.compile(r"(\d[十百千万亿]*)([余多])([^\W\d_]+)$")

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
    found = _FIGURE.match(_ODD_BEFORE_UNIT.sub(r"\1\3\2", text))
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
    if text != (unmarked := _FOOTNOTES.sub("", text).rstrip()):
        text, rule = unmarked, "footnote"
    if _WRITTEN_YEAR.search(text):
        text, rule = _WRITTEN_YEAR.sub(lambda it: it[0].translate(_DIGITS), text), "chinese_digits"
    found = _ONE_YEAR.match(text)
    if found:
        year = int(found[1])
        rule = rule or ("" if text == found[1] else "year_word")
        if "学年" in text or "school" in text.lower():
            rule = "school_year"
    else:
        found = _TWO_YEARS.match(text) or _RUN_TOGETHER.fullmatch(text)
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


#: What stands before a name and is no part of it: 其中：, 1. , （一）, #.
_BEFORE_NAME = re.compile(
    r"^(?:(?:其中|包括|of which)\s*:?|#|\(?[一二三四五六七八九十]{1,3}[、)]\s*|"
    r"\(?\d{1,2}(?:[、)]|\.(?!\d)))\s*"
)
_FOOTNOTES = re.compile(r"[①-⑳¹²³⁰-⁹*†‡]+$")
#: What tells of which whole a row is the total: 全市合计.
_OF_THE_WHOLE = re.compile(r"^[全各][省市州盟县区旗国]")
#: Rows that add up others.
_TOTALS = frozenset(
    ("合计", "总计", "共计", "小计", "总数", "总和", "合計", "total", "totals", "grandtotal", "sum")
)


def bare(text: str) -> str:
    """
    Take away what stands around a name: numbering, 其中, marks of footnotes.

    Examples
    --------
    >>> bare("其中：海 南 区①"), bare("1.乌达区"), bare("3-5岁人口")
    ('海 南 区', '乌达区', '3-5岁人口')
    """
    return _FOOTNOTES.sub("", _BEFORE_NAME.sub("", narrow(text))).strip()


def is_total(text: str) -> bool:
    """
    Tell whether a row adds up others.

    Examples
    --------
    >>> is_total("合　计"), is_total("TOTAL:"), is_total("全市合计"), is_total("合计划")
    (True, True, True, False)
    """
    return plain(_OF_THE_WHOLE.sub("", bare(text)).rstrip(":")) in _TOTALS


# --- time

#: Whole years, whatever day they begin on: what an indicator takes that asks for no other period.
WHOLE_YEARS = ("year", "school_year")


def periods_of(asked: str) -> tuple[str, ...]:
    """Give the periods of figures that will do for one that is asked for."""
    return WHOLE_YEARS if asked == "year" else (asked,)


#: As some offices write a school year: 201819, 20182019. 200506 may as well be a month.
_RUN_TOGETHER = re.compile(r"(\d{4})(\d{4}|00|1[3-9]|[2-9]\d)")
_HALVES = {"上": "h1", "下": "h2", "h1": "h1", "h2": "h2"}
_PERIOD = re.compile(
    r"(?P<year>\d{4})(?:年?(?P<part>[上下])半年|-?(?P<half>h[12])"
    r"|-(?P<month>0[1-9]|1[0-2])|年(?P<of_year>0?[1-9]|1[0-2])月"
    r"|[-—–/](?P<end>\d{4}|\d{2})(?:学年(?:度)?)?|(?P<together>\d{4}|00|1[3-9]|[2-9]\d))?"
)


def read_period(printed: str, school_year: str | None = None) -> tuple[int, str] | None:
    """
    Read the stretch of time that a figure is of.

    Parameters
    ----------
    printed : str
        A year (``2020``), a school year (``2023-24``, ``2020/2021学年``, ``201819``), half a year
        (``2020-H1``, ``2020年上半年``) or a month (``2020-05``, and so ``2005-06``: school years of
        a century's first twelve are written in full, ``2005-2006``).
    school_year : {"starts", "ends"}, optional
        Whether a school year is that of its first or of its last day.

    Returns
    -------
    int and str, or None
        The year that it counts for, and one of ``PERIODS``; None if it is none of these, or a
        school year where nothing says which year it counts for. [year]

    Examples
    --------
    >>> read_period("2023-24", "ends"), read_period("2020/2021学年", "starts")
    ((2024, 'school_year'), (2020, 'school_year'))
    >>> read_period("2020年下半年"), read_period("2020-05"), read_period("2020")
    ((2020, 'h2'), (2020, 'm05'), (2020, 'year'))
    """
    found = _PERIOD.fullmatch(plain(printed))
    if found is None:
        return None
    year, period = int(found["year"]), "year"
    half, month = found["part"] or found["half"], found["month"] or found["of_year"]
    last = found["end"] or found["together"]
    if last is not None:
        if school_year is None or int(last) != (year + 1) % 10 ** len(last):
            return None
        year, period = year + (school_year == "ends"), "school_year"
    elif half or month:
        period = _HALVES[half] if half else f"m{int(month):02}"
    return (year, period) if is_year(year) else None


def read_part(printed: str) -> str | None:
    """
    Read what part of a year a figure is of, where the year stands elsewhere.

    Parameters
    ----------
    printed : str
        One of ``PERIODS``, or such as ``H1``, ``上半年``, ``5月``, ``全年``.

    Returns
    -------
    str or None
        One of ``PERIODS``; None where it is none.

    Examples
    --------
    >>> read_part("H1"), read_part("下半年"), read_part("5月"), read_part("全年"), read_part("Q1")
    ('h1', 'h2', 'm05', 'year', None)
    """
    text = plain(printed)
    if text in PERIODS:
        return text
    if text in ("全年", "学年"):
        return "school_year" if text == "学年" else "year"
    month = re.fullmatch(r"(\d{1,2})月", text)
    halves = {"上半年": "h1", "下半年": "h2"}
    part = f"m{int(month[1]):02}" if month else halves.get(text)
    return part if part in PERIODS else None


_DATE = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")


def read_date(raw: Any) -> dt.date | None:
    """
    Read a date.

    Examples
    --------
    >>> read_date("2024年3月1日"), read_date("2024-03-01"), read_date("March")
    (datetime.date(2024, 3, 1), datetime.date(2024, 3, 1), None)
    """
    if isinstance(raw, dt.datetime):
        day: dt.date | None = raw.date()
    elif isinstance(raw, dt.date):
        day = raw
    else:
        found = _DATE.match(narrow(as_text(raw)))
        try:
            day = dt.date(*map(int, found.groups())) if found else None
        except ValueError:
            day = None
    return day if day is not None and is_day(day) else None


# --- units

#: Powers of ten that stand before a unit; in Chinese they multiply: 百万 is 100 x 10 000.
_SCALES = {
    "十": 1,
    "百": 2,
    "千": 3,
    "10000": 4,
    "1000": 3,
    "万": 4,
    "亿": 8,
    **{f"{word}{end}": power for word, power in (("hundred", 2), ("thousand", 3), ("million", 6),
       ("billion", 9)) for end in ("sof", "s", "")},
}  # fmt: skip
_SCALE = re.compile("|".join(_SCALES))
_SCALED = re.compile(rf"^((?:{_SCALE.pattern})*)(.*)$")


def accepted_units(quantity: Quantity) -> tuple[str, ...]:
    """
    List the printed units, without power of ten, that count a quantity.

    Parameters
    ----------
    quantity : Quantity
        What is measured.

    Returns
    -------
    tuple of str
        Its own unit first.
    """
    own = unit_of(quantity.unit)
    return (own.id, *own.printed, *(word for other in _beside(own) for word in other.printed))


def _beside(own: Unit) -> list[Unit]:
    """Give the other units of what a unit measures: what is counted has only its own."""
    return [other for other in known_units().values() if other != own and own.converts(other)]


def unit_factor(printed: str, quantity: Quantity) -> Decimal | None:
    """
    Say how many of a quantity's unit one printed unit is, exactly.

    Parameters
    ----------
    printed : str
        Unit as printed, such as ``万人`` or ``‰``.
    quantity : Quantity
        What is measured.

    Returns
    -------
    Decimal or None
        The factor; None where the printed unit measures something else.

    Examples
    --------
    >>> children = Quantity.model_validate(
    ...     {
    ...         "id": "children",
    ...         "name": {"zh": "在园幼儿", "en": "Children"},
    ...         "unit": "persons",
    ...         "form": "count",
    ...     }
    ... )
    >>> unit_factor("万人", children), unit_factor("万元", children)
    (Decimal('1E+4'), None)
    """
    text = plain(printed)
    own = unit_of(quantity.unit)
    known = {plain(word) for word in (own.id, *own.printed)}
    if text in known:
        return Decimal(1)
    for other in _beside(own):
        if text in map(plain, other.printed):
            return Decimal(str(other.scale)) / Decimal(str(own.scale))
    scale, word = _SCALED.match(text).groups()  # type: ignore[union-attr]  # it matches anything
    # Where the unit is a bare number of things, 万 alone says enough.
    if not scale or word not in known | ({""} if quantity.form == "count" else set()):
        return None
    return Decimal(1).scaleb(sum(_SCALES[power] for power in _SCALE.findall(scale)))


def rounded_between(
    printed: Decimal, factor: Decimal, quantity: Quantity, bound: str = "exact"
) -> tuple[float | None, float | None]:
    """
    Say between which numbers a count lies that was printed in thousands or 万.

    Parameters
    ----------
    printed : Decimal
        Number as printed, with the digits that were printed. [printed unit]
    factor : Decimal
        How many units of the quantity one printed unit is.
    quantity : Quantity
        What is measured.
    bound : str, optional
        What is printed of the number; only an exact one is rounded.

    Returns
    -------
    float or None, float or None
        Half a unit of the last digit below and above; None where nothing was rounded: a count
        whose last digit is one, and a rate, which is used as it was published. [unit of quantity]

    Examples
    --------
    >>> teachers = Quantity.model_validate(
    ...     {
    ...         "id": "teachers",
    ...         "name": {"zh": "教师", "en": "Teachers"},
    ...         "unit": "persons",
    ...         "form": "count",
    ...     }
    ... )
    >>> rounded_between(Decimal("0.08"), Decimal(10000), teachers)
    (750.0, 850.0)
    >>> rounded_between(Decimal("828"), Decimal(1), teachers)
    (None, None)
    """
    exponent = printed.as_tuple().exponent
    step = Decimal(1).scaleb(int(exponent)) * factor
    if quantity.form == "printed_rate" or bound != "exact" or factor <= 1 or step <= 1:
        return None, None
    half = step / 2
    return float(max(printed * factor - half, Decimal(0))), float(printed * factor + half)
