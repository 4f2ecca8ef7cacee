"""How the numbers of a finding are put into sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

from edu_metrics.catalog import Bound
from edu_metrics.words import amount, bounded, date, in_year, percent, say, short, signed, unit_of
from edu_metrics.words.definition import Text

#: What a sentence is filled in with: words as they stand, in several languages, or made for one;
#: a number, a bound or a day, which the sentence prints; or several of these.
Said: TypeAlias = "str | Text | float | Bound | dt.date | list[Said] | Callable[[str], str]"


class _Printed:
    """A value that a sentence prints, as it asks for behind the value's name."""

    def __init__(self, value: Any, unit: str, lang: str) -> None:
        self.value, self.unit, self.lang = value, unit, lang

    def __format__(self, how: str) -> str:
        """
        Print it: ``value`` with its unit, ``change1`` so with sign and one decimal.

        ``+``, ``2``, ``+2`` and the like print a number with a sign or so many decimals, with ``%``
        behind them as a percentage; what is left out is decided by the value.
        """
        value, lang = self.value, self.lang
        if how == "value":
            return measured(value, self.unit, lang)
        if how.startswith("change"):
            return str(in_lang(said_change(signed(value, int(how[-1])), self.unit), lang))
        if not how:
            return str(in_lang(value, lang, self.unit))
        sign, decimals = how.startswith("+"), how.strip("+%")
        if sign:
            shown = signed(value, int(decimals)) if decimals else with_sign(value)
        else:
            shown = short(value, int(decimals or 2))
        return percent(shown, lang) if how.endswith("%") else shown


def in_lang(words: Any, lang: str, unit: str = "percent") -> Any:
    """Give words in a language; what is neither words, a number, a bound nor a day as it is."""
    match words:
        case Text():
            return words.in_(lang)
        case float():
            return short(words)
        case Bound():
            return bounded(words.op, measured(words.value, unit, lang), lang)
        case dt.date():
            return date(words, lang)
        case list():
            return say("report.semicolon", lang).join(str(in_lang(one, lang)) for one in words)
    return words(lang) if callable(words) else words


def say_with(key: str, values: Mapping[str, Any], lang: str) -> str:
    """Say a text, filled in with values in its language, and in the unit that is one of them."""
    unit = values.get("unit", "percent")
    return say(key, lang, **{name: _Printed(value, unit, lang) for name, value in values.items()})


def said(key: str, **values: Any) -> Said:
    """Say a text in any language, filled in."""
    return lambda lang: say_with(key, values, lang)


def said_rows(key: str, **columns: Iterable[Any]) -> list[Said]:
    """Say a text once for each row of columns."""
    rows = zip(*columns.values(), strict=True)
    return [said(key, **dict(zip(columns, row, strict=True))) for row in rows]


def joined(parts: Iterable[Said], by: str = "", between: str = "") -> Said:
    """Put several things into one sentence, parted as a text says or by some signs."""
    held = list(parts)

    def in_words(lang: str) -> str:
        return (say(by, lang) if by else between).join(in_lang(part, lang) for part in held)

    return in_words


def sizes(steps: Iterable[int], results: Iterable[Any]) -> list[Said]:
    """Say a result for each number of steps."""
    return said_rows("audit_impossible.in_steps", steps=steps, shown=results)


def alternatives(items: Iterable[Said]) -> Said:
    """Join alternatives, each once."""
    held = list(items)

    def in_words(lang: str) -> str:
        return say("audit_readings.or", lang).join(dict.fromkeys(in_lang(o, lang) for o in held))

    return in_words


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


def said_bound(bound: Bound, unit: str) -> Said:
    """
    Word a bound with its unit in every language.

    Examples
    --------
    >>> said_bound(Bound(op=">", value=97), "percent")("en")
    'above 97 %'
    """
    return lambda lang: in_lang(bound, lang, unit)


def said_value(value: float, unit: str) -> Said:
    """Print a value with its unit in every language."""
    return lambda lang: measured(value, unit, lang)


def said_change(printed: Said, unit: str) -> Said:
    """Put its unit behind a change: points where values are percentages."""

    def in_words(lang: str) -> str:
        word = unit_of("points" if unit == "percent" else unit).word(None, lang)
        return f"{in_lang(printed, lang)}{'' if lang == 'zh' else ' '}{word}".strip()

    return in_words


def said_years(values: Mapping[int, float], unit: str, decimals: int = 2) -> list[Said]:
    """Print each value with its unit and its year in every language."""

    def one(year: int, value: float) -> Said:
        return lambda lang: in_year(measured(value, unit, lang, decimals), year, lang)

    return [one(year, value) for year, value in values.items()]


def said_series(values: Mapping[int, float], unit: str, decimals: int = 2) -> Said:
    """Print values with their years, one after the other."""
    return joined(said_years(values, unit, decimals), by="audit_joint.comma")


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
