"""
Every sentence and label that a reader of a report sees, in each language, in one place.

The texts stand in YAML files beside this module, each with ``zh`` and ``en``; :func:`say` looks
one up and fills it in, the other functions print numbers and dates as the language does. A
project may bring texts in further languages (:func:`use_texts`).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from edu_metrics.errors import DefinitionError, ReportError
from edu_metrics.files import packaged_yaml
from edu_metrics.words.definition import LANGUAGES as LANGUAGES
from edu_metrics.words.definition import Unit as Unit
from edu_metrics.words.definition import known_units as known_units
from edu_metrics.words.definition import nearest
from edu_metrics.words.definition import shipped_units as shipped_units
from edu_metrics.words.definition import unit_of as unit_of
from edu_metrics.words.definition import use_units as use_units

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """
    Give all texts by key, read when first asked for.

    Returns
    -------
    mapping
        ``{key: {"zh": ..., "en": ...}}``.
    """
    names = sorted(file.name for file in files(__package__).iterdir())
    topics = [name.removesuffix(".yaml") for name in names if name.endswith(".yaml")]
    return MappingProxyType({key: text for topic in topics for key, text in _of(topic).items()})


@cache
def _of(topic: str) -> Mapping[str, Mapping[str, str]]:
    """Read the texts of one file; a topic of which there is none has no texts."""
    held = {} if topic == "units" else packaged_yaml(__package__, f"{topic}.yaml") or {}
    return {f"{topic}.{key}": MappingProxyType(entry) for key, entry in held.items()}


_added: dict[str, Mapping[str, str]] = {}


def use_texts(added: Mapping[str, Mapping[str, str]]) -> None:
    """
    Make a project's texts in further languages known, in place of those loaded before.

    Parameters
    ----------
    added : mapping
        ``{language: {key: text}}``.
    """
    _added.clear()
    _added.update(added)


def languages() -> tuple[str, ...]:
    """
    Give the languages in which something can be said.

    Examples
    --------
    >>> languages()[:2]
    ('zh', 'en')
    """
    return (*LANGUAGES, *_added)


def require_language(lang: str) -> None:
    """
    Refuse a language in which nothing can be said.

    Parameters
    ----------
    lang : str
        Language.

    Raises
    ------
    DefinitionError
        With the nearest language that there is.

    Examples
    --------
    >>> require_language("zh")
    """
    if lang not in languages():
        listed = ", ".join(languages())
        raise DefinitionError(f"no language {lang!r}{nearest(lang, languages())} ({listed})")


def language_name(lang: str) -> str:
    """
    Name a language in itself; by its code where the project does not say.

    Examples
    --------
    >>> language_name("zh"), language_name("en")
    ('中文', 'English')
    """
    key = "index.language"
    return _of("index")[key].get(lang) or _added.get(lang, {}).get(key, lang)


def html_lang(lang: str) -> str:
    """
    Name a language as a page names it to machines.

    Examples
    --------
    >>> html_lang("zh"), html_lang("pt")
    ('zh-CN', 'pt')
    """
    return "zh-CN" if lang == "zh" else lang


def untranslated(lang: str) -> int:
    """
    Count the texts that a language lacks, so that English stands in.

    Examples
    --------
    >>> untranslated("en")
    0
    """
    return 0 if lang in LANGUAGES else len(texts().keys() - _added.get(lang, {}).keys())


def say(key: str, lang: str, **values: object) -> str:
    """
    Say one text in one language.

    Parameters
    ----------
    key : str
        File and entry, such as ``verdict.met``.
    lang : str
        Language: ``zh``, ``en``, or one that the project brings, which English stands in for
        where it has no such text.
    **values : object
        What is filled in where the text has ``{name}``.

    Returns
    -------
    str
        The text.

    Raises
    ------
    ReportError
        If there is no such text, or not in this language, or nothing is given to fill it in.

    Examples
    --------
    >>> say("verdict.met", "en"), say("verdict.met", "zh")
    ('met', '已达成')
    """
    entry = _of(key.partition(".")[0]).get(key)
    if entry is None or lang not in (*entry, *_added):
        raise ReportError(f"no text {key!r} in language {lang!r}; it belongs into words/")
    text = entry[lang] if lang in entry else _added[lang].get(key, entry["en"])
    try:
        return _nested(text.format(**values))
    except KeyError as error:
        raise ReportError(f"the text {key!r} needs {error}, found {sorted(values)}") from None


def _nested(text: str) -> str:
    """Set quotation marks inside quotation marks single, as both languages do."""
    if text.count("“") < 2:
        return text
    depth, shown = 0, []
    for sign in text:
        if sign == "“":
            depth += 1
        inner = depth > 1
        if sign == "”":
            depth -= 1
        shown.append({"“": "‘", "”": "’"}.get(sign, sign) if inner else sign)
    # What does not pair is not ours to repair.
    return text if depth else "".join(shown)


def number(value: float | None, decimals: int = 1) -> str:
    """
    Print a number, with a true minus sign; a dash where there is none.

    What rounds to zero has no sign.

    Examples
    --------
    >>> number(1234.56), number(-3.0), number(None)
    ('1,234.6', '−3.0', '—')
    """
    if value is None or value != value:
        return "—"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    shown = f"{value:,.{decimals}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.replace("-", "")
    return shown.replace("-", "−")


def signed(value: float | None, decimals: int = 1) -> str:
    """
    Print a change with its sign.

    Examples
    --------
    >>> signed(2.5), signed(-2.5), signed(0)
    ('+2.5', '−2.5', '0.0')
    """
    shown = number(value, decimals)
    rises = value is not None and value > 0 and any(digit in shown for digit in "123456789∞")
    return f"+{shown}" if rises else shown


def short(value: float, decimals: int = 2) -> str:
    """
    Print a number with as few decimals as it needs.

    Examples
    --------
    >>> short(92.666), short(91.0), short(-3.5)
    ('92.67', '91', '−3.5')
    """
    printed = number(value, decimals)
    return printed.rstrip("0").rstrip(".") if "." in printed else printed


def percent(shown: str, lang: str) -> str:
    """
    Put the percent sign to a number, apart from it in English only.

    Examples
    --------
    >>> percent("95.0", "en"), percent("95.0", "zh")
    ('95.0 %', '95.0%')
    """
    return f"{shown}%" if lang == "zh" else f"{shown} %"


#: How a bound is worded, by its sign.
_BOUNDS = {">=": "at_least", ">": "above", "<=": "at_most", "<": "below", "==": "exactly"}


def bounded(sign: str, shown: str, lang: str) -> str:
    """
    Word a bound.

    Examples
    --------
    >>> bounded(">=", "95 %", "en"), bounded("<", "95%", "zh")
    ('at least 95 %', '低于95%')
    """
    return say(f"bulletin.{_BOUNDS[sign]}", lang, value=shown)


def in_year(shown: str, year: int, lang: str) -> str:
    """
    Put its year behind a value.

    Examples
    --------
    >>> in_year("50 %", 2020, "en"), in_year("50%", 2020, "zh")
    ('50 % (2020)', '50%（2020年）')
    """
    return f"{shown}（{year}年）" if lang == "zh" else f"{shown} ({year})"


def probability(value: float | None, lang: str, *, floor: float, cap: float) -> str:
    """
    Print a probability in whole percent, no further than to what is borne out.

    Parameters
    ----------
    value : float or None
        Probability, 0-1; None or NaN where there is none.
    lang : {"zh", "en"}
        Language.
    floor, cap : float
        The lowest and the highest that may be said; what reaches them is said to be at most, or at
        least, so much. [0-1]

    Returns
    -------
    str
        In whole percent.

    Raises
    ------
    ReportError
        If the value lies outside 0-1: a percentage is no probability.

    Examples
    --------
    >>> probability(0.342, "en", floor=0.01, cap=0.8), probability(1.0, "zh", floor=0.01, cap=0.8)
    ('34 %', '至少80%')
    >>> probability(0.01, "en", floor=0.01, cap=0.8), probability(0.79, "en", floor=0.01, cap=0.8)
    ('at most 1 %', '79 %')
    """
    if value is None or value != value:
        return "—"
    if not 0 <= value <= 1:
        raise ReportError(f"expected a probability from 0 to 1, found {value}")
    shown = percent(f"{100 * min(max(value, floor), cap):.0f}", lang)
    if value <= floor:
        return say("stated.at_most", lang, value=shown)
    return say("stated.at_least", lang, value=shown) if value >= cap else shown


def amount(value: float | None, unit: str, lang: str, *, like: float | None = None) -> str:
    """
    Print a value of a unit: percentages with one decimal, counts whole, money in its large unit.

    It is for reading: three or four digits that count. Data have all.

    Parameters
    ----------
    value : float or None
        The value, in the unit of its indicator or quantity.
    unit : str
        Id of the unit: percent, persons, yuan, or one of the project's own.
    lang : {"zh", "en"}
        Language.
    like : float, optional
        The value beside which it stands: one that is printed in a large unit has it so too.

    Returns
    -------
    str
        Number and unit.

    Examples
    --------
    >>> amount(93.44, "percent", "en"), amount(1.326e9, "yuan", "zh")
    ('93.4 %', '13.26亿元')
    >>> amount(8_116_667, "yuan", "zh"), amount(8_116_667, "yuan", "zh", like=7.8e8)
    ('811.7万元', '0.08亿元')
    >>> amount(2.662506e12, "yuan", "en"), amount(0.5, "persons", "en")
    ('2.66 trillion yuan', '0.5 persons')
    """
    if value is None or value != value:
        return "—"
    counted = unit_of(unit)
    gap = "" if lang == "zh" else " "
    large = counted.large_in(lang, max(abs(value), abs(like or 0.0)))
    if large is not None:
        return f"{number(value / large.of, large.places(value))}{gap}{large.name}"
    decimals = counted.decimals
    if decimals is None:
        decimals = _places(value, counted)
    shown = number(value, decimals)
    if counted.symbol:
        minus = "−" if shown.startswith("−") else ""
        return f"{minus}{counted.symbol}{shown.removeprefix('−')}"
    return f"{shown}{gap}{counted.word(value, lang)}".strip()


def _places(value: float, counted: Unit) -> int:
    """Say with how many decimals a value is printed whose unit does not say it."""
    if float(value).is_integer() or abs(value) >= 1000:
        return 0
    return 1 if counted.whole or abs(value) >= 100 else 2


def date(value: dt.date, lang: str) -> str:
    """
    Print a date.

    Examples
    --------
    >>> date(dt.date(2020, 12, 2), "en"), date(dt.date(2020, 12, 2), "zh")
    ('2 December 2020', '2020年12月2日')
    """
    if lang == "zh":
        return f"{value.year}年{value.month}月{value.day}日"
    if lang not in LANGUAGES:
        return value.isoformat()
    # Not strftime, whose month names change with the settings of the machine.
    return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
