"""How the numbers of a finding are put into sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from edu_metrics.catalog import Bound
from edu_metrics.words import amount, date, in_year, languages, number, percent, say, unit_of

#: One thing in every language.
Said = dict[str, str]


def in_both(make: Callable[[str], str]) -> Said:
    """Say one thing in every language."""
    return {lang: make(lang) for lang in languages()}


def nothing() -> Said:
    """Say nothing in every language."""
    return in_both(lambda lang: "")


def said(key: str, **values: Any) -> Said:
    """Say one text in every language; a value may be one thing in every language itself."""
    return in_both(lambda lang: say(key, lang, **in_language(values, lang)))


def said_rows(key: str, **columns: Iterable[Any]) -> Said:
    """Say one text for each row of columns of equal length, side by side."""
    rows = zip(*columns.values(), strict=True)
    return side_by_side(said(key, **dict(zip(columns, row, strict=True))) for row in rows)


def side_by_side(parts: Iterable[Said]) -> Said:
    """Join parts of a sentence that stand side by side."""
    held = list(parts)
    return in_both(lambda lang: say("report.semicolon", lang).join(part[lang] for part in held))


def sizes(steps: Iterable[int], results: Iterable[Any]) -> Said:
    """Say what comes out for each number of steps."""
    return said_rows("audit_impossible.in_steps", steps=steps, shown=results)


def in_language(values: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Choose the language of those values that are one thing in every language."""
    return {
        name: value[lang] if isinstance(value, dict) and lang in value else value
        for name, value in values.items()
    }


def alternatives(items: Iterable[str], lang: str) -> str:
    """Join what may be one or the other, saying once what all have in common."""
    return say("audit_readings.or", lang).join(dict.fromkeys(items))


def said_alternatives(items: Iterable[str | Said]) -> Said:
    """Join in every language what may be one or the other."""
    held = [one if isinstance(one, dict) else dict.fromkeys(languages(), one) for one in items]
    return in_both(lambda lang: alternatives((one[lang] for one in held), lang))


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


def with_sign(value: float) -> str:
    """Print a change with its sign."""
    return f"+{short(value)}" if value > 0 else short(value)


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


def said_value(value: float, unit: str, decimals: int = 2) -> Said:
    """Print a value with its unit in every language."""
    return in_both(lambda lang: measured(value, unit, lang, decimals))


def said_list(parts: Iterable[Said]) -> Said:
    """Join with commas."""
    held = list(parts)
    return in_both(lambda lang: say("audit_joint.comma", lang).join(part[lang] for part in held))


def in_points(printed: str) -> Said:
    """Put "points" to a number of percentage points."""
    return in_both(lambda lang: with_change_unit(printed, "percent", lang))


def with_change_unit(printed: str, unit: str, lang: str) -> str:
    """Put its unit behind a change: points where values are percentages."""
    word = unit_of("points" if unit == "percent" else unit).word(None, lang)
    return f"{printed}{'' if lang == 'zh' else ' '}{word}".strip()


def said_years(values: Mapping[int, float], unit: str, decimals: int = 2) -> list[Said]:
    """Print each value with its unit and its year in every language."""

    def one(year: int, value: float) -> Said:
        return in_both(lambda lang: in_year(measured(value, unit, lang, decimals), year, lang))

    return [one(year, value) for year, value in values.items()]


def said_date(day: dt.date) -> Said:
    """Print a day in every language."""
    return in_both(lambda lang: date(day, lang))


def growth_pct(first: float, last: float) -> float:
    """
    Give the growth from a first to a last value. [percent of the first].

    Examples
    --------
    >>> round(growth_pct(39, 42), 2)
    7.69
    """
    return 100 * (last / first - 1)


def tidy(value: float) -> float:
    """Take away the dust of binary fractions from a number that is handed on."""
    return round(value, 6)
