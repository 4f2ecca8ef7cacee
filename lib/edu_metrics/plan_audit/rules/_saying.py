"""What several rules need to put numbers into sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from edu_metrics.catalog import Bound
from edu_metrics.words import LANGUAGES, amount, number, percent, say

__all__ = [
    "alternatives",
    "bounded",
    "in_both",
    "listed",
    "measured",
    "said_bound",
    "said_value",
    "short",
    "tidy",
]

Said = dict[str, str]


def in_both(make: Callable[[str], str]) -> Said:
    """Say one thing in every language."""
    return {lang: make(lang) for lang in LANGUAGES}


def listed(items: Iterable[str], lang: str) -> str:
    """Join parts of a sentence that stand side by side."""
    return say("report.semicolon", lang).join(items)


def alternatives(items: Iterable[str], lang: str) -> str:
    """Join what may be one or the other, saying once what all have in common."""
    return say("audit_readings.or", lang).join(dict.fromkeys(items))


def short(value: float, decimals: int = 2) -> str:
    """
    Print a number with as few decimals as it needs.

    Examples
    --------
    >>> short(92.666), short(91.0), short(-3.5)
    ('92.67', '91', '−3.5')
    """
    shown = number(value, decimals)
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def measured(value: float, unit: str, lang: str, decimals: int = 2) -> str:
    """
    Print a value with its unit, a percentage with up to two decimals.

    Examples
    --------
    >>> measured(47.755, "percent", "en"), measured(150, "persons", "en")
    ('47.76 %', '150 persons')
    """
    if unit == "percent":
        return percent(short(value, decimals), lang)
    return amount(value, unit, lang)


def bounded(bound: Bound, unit: str, lang: str) -> str:
    """Print a bound with its unit, and an exact value without a sign."""
    sign = "" if bound.op == "==" else f"{str(bound).split(' ')[0]} "
    return f"{sign}{measured(bound.value, unit, lang)}"


def said_bound(bound: Bound, unit: str) -> Said:
    """Print a bound in every language."""
    return in_both(lambda lang: bounded(bound, unit, lang))


def said_value(value: float, unit: str) -> Said:
    """Print a value with its unit in every language."""
    return in_both(lambda lang: measured(value, unit, lang))


def tidy(value: float) -> float:
    """Take away the dust of binary fractions from a number that is handed on."""
    return round(value, 6)
