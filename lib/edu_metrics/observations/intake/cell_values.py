"""
What the text of one cell says: a number with its bound and unit, no number, a year, a name.

Digits of any width, separators of thousands, percent signs, 万 and 亿, bounds such as ``>95`` and
95以上, and school years are read; whatever is not wholly understood is not read at all. A name is
that of an area or a quantity: by id, name or alias, two of one name by their parent.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from edu_metrics.catalog import Area, Quantity, ids_by_name, names_of, nearest, plain
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


#: What stands before a name and is no part of it: 其中：, 1. , （一）, #.
_BEFORE_NAME = re.compile(
    r"^(?:(?:其中|包括|of which)\s*:?|#|\(?[一二三四五六七八九十]{1,3}[、)]\s*|"
    r"\(?\d{1,2}(?:[、)]|\.(?!\d)))\s*"
)
_FOOTNOTES = re.compile(r"[①-⑳¹²³⁰-⁹*†‡]+$")
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
    >>> is_total("合　计"), is_total("Total"), is_total("合计划")
    (True, True, False)
    """
    return plain(bare(text)) in _TOTALS


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was found to mean; ``ids`` are several where it alone does not tell."""

    ids: tuple[str, ...]
    rule: str = ""

    @property
    def id(self) -> str | None:
        """The one thing that is meant."""
        return self.ids[0] if len(self.ids) == 1 else None


@dataclass(frozen=True)
class Names:
    """
    All names of some definitions, and which of them each may mean.

    Attributes
    ----------
    ids : mapping of str to tuple of str
        Ids by plain name.
    spelt : frozenset of str
        Names as they are written.
    parents : mapping of str to str
        The parent of each area; empty for quantities.
    told : mapping of str to str
        Ids by plain name that a mapping tells.
    """

    ids: Mapping[str, tuple[str, ...]]
    spelt: frozenset[str]
    parents: Mapping[str, str | None] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    _found: dict[str, Match] = field(default_factory=dict)

    @classmethod
    def of(
        cls, entries: Collection[Area | Quantity], told: Mapping[str, str] | None = None
    ) -> Names:
        """Collect the names of definitions."""
        known = {plain(name): meant for name, meant in (told or {}).items()}
        spelt = frozenset(name for entry in entries for name in names_of(entry))
        parents = {entry.id: getattr(entry, "parent", None) for entry in entries}
        return cls(ids_by_name(entries), spelt, parents, known)

    def find(self, text: str) -> Match:
        """
        Find what a text names.

        Parameters
        ----------
        text : str
            A name as printed.

        Returns
        -------
        Match
            Without ids where nothing has the name.
        """
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Match:
        as_typed, shown = plain(text), narrow(text)
        rule = "" if shown == text and " " not in text else "spaces_or_width"
        if as_typed in self.told:
            return Match((self.told[as_typed],), "mapping")
        if as_typed in self.ids:
            return Match(self.ids[as_typed], "" if text in self.spelt else rule or "case")
        stripped = plain(bare(text))
        if stripped in self.told:
            return Match((self.told[stripped],), "mapping")
        return Match(self.ids.get(stripped, ()), "name_cleaned")

    def offer(self, text: str) -> str:
        """Offer the nearest name."""
        return nearest(bare(text), sorted(self.spelt))

    def below(self, candidates: Sequence[str], parent: str) -> tuple[str, ...]:
        """Keep the candidates that lie below an area."""
        return tuple(one for one in candidates if parent in self._above(one))

    def _above(self, area: str) -> list[str]:
        line: list[str] = []
        while (parent := self.parents.get(area)) is not None and parent not in line:
            line.append(parent)
            area = parent
        return line


class AreaFinder:
    """
    Finds areas row by row; an area's row is the context of the rows below it.

    Parameters
    ----------
    names : Names
        Names of all areas.
    """

    def __init__(self, names: Names) -> None:
        self.names = names
        self._last_of: dict[str, str] = {}

    def find(self, text: str, parent: str = "") -> Match:
        """
        Find the area that a row names.

        Parameters
        ----------
        text : str
            The name as printed; that of its parent may stand before it.
        parent : str, optional
            Name of its parent, where a column gives it.

        Returns
        -------
        Match
            With several ids where two areas share the name and nothing tells them apart.
        """
        found = self.names.find(text)
        if not found.ids:
            found = self._with_parent_before(text)
        if parent and found.ids:
            above = self.names.find(parent)
            below = tuple(one for head in above.ids for one in self.names.below(found.ids, head))
            found = Match(below, found.rule if len(found.ids) == 1 else "parent")
        elif len(found.ids) > 1:
            found = self._below_a_row_above(found)
        return found

    def _with_parent_before(self, text: str) -> Match:
        """Read 南京市鼓楼区 as the 鼓楼区 of 南京市."""
        whole = plain(bare(text))
        for cut in range(2, len(whole) - 1):
            heads, tails = self.names.ids.get(whole[:cut]), self.names.ids.get(whole[cut:])
            if heads and tails:
                below = tuple(
                    dict.fromkeys(one for head in heads for one in self.names.below(tails, head))
                )
                if below:
                    return Match(below, "parent")
        return Match(())

    def _below_a_row_above(self, found: Match) -> Match:
        for row in reversed(self._last_of.values()):
            below = self.names.below(found.ids, row)
            if below:
                return Match(below, "parent_above")
        return found

    def passed(self, area: str) -> None:
        """Note that a row of this area was passed."""
        self._last_of.pop(area, None)
        self._last_of[area] = area
