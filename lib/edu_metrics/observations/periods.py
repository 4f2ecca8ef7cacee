"""What stretch of time a figure is of: a year, a school year, half a year or a month."""

from __future__ import annotations

import re
from collections.abc import Callable

from edu_metrics.catalog import PERIODS, plain
from edu_metrics.errors import DataError
from edu_metrics.limits import FIRST_YEAR, LAST_YEAR, is_year

#: Whole years, whatever day they begin on: what an indicator takes that asks for no other period.
WHOLE_YEARS = ("year", "school_year")


def periods_of(asked: str) -> tuple[str, ...]:
    """Give the periods of figures that will do for one that is asked for."""
    return WHOLE_YEARS if asked == "year" else (asked,)


_SCHOOL_YEAR = re.compile(r"(\d{4})[-—–/](\d{4}|\d{2})(?:学年(?:度)?)?")
#: As some offices write a school year: 201819, 20182019. 200506 may as well be a month.
RUN_TOGETHER = re.compile(r"(\d{4})(\d{4}|00|1[3-9]|[2-9]\d)")
_HALVES = {"上": "h1", "下": "h2", "1": "h1", "2": "h2"}
_HALF = re.compile(r"(\d{4})(?:年?([上下])半年|-?h([12]))")
_MONTH = re.compile(r"(\d{4})(?:-(\d\d)|年(\d{1,2})月)")


def read_period(printed: str, school_year: str | None = None) -> tuple[int, str]:
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
    int, str
        The year that it counts for, and one of ``PERIODS``. [year]

    Raises
    ------
    DataError
        If it is none of these, or a school year where nothing says which year it counts for.

    Examples
    --------
    >>> read_period("2023-24", "ends"), read_period("2020/2021学年", "starts")
    ((2024, 'school_year'), (2020, 'school_year'))
    >>> read_period("2020年下半年"), read_period("2020-05"), read_period("2020")
    ((2020, 'h2'), (2020, 'm05'), (2020, 'year'))
    """
    text = plain(printed)
    forms: list[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[int, str] | None]]] = [
        (re.compile(r"(\d{4})"), lambda found: (int(found[1]), "year")),
        (_HALF, lambda found: (int(found[1]), _HALVES[found[2] or found[3]])),
        (_MONTH, _month),
        (_SCHOOL_YEAR, lambda found: _school_year(found, printed, school_year)),
        (RUN_TOGETHER, lambda found: _school_year(found, printed, school_year)),
    ]
    for form, reading in forms:
        found = form.fullmatch(text)
        read = reading(found) if found else None
        if read is not None and is_year(read[0]):
            return read
    raise DataError(
        "year: expected a year such as 2020, a school year such as 2023-24, half a year such as "
        f"2020-H1 or a month such as 2020-05, found {printed[:80]!r}; years run from {FIRST_YEAR} "
        f"to {LAST_YEAR}"
    )


def read_half(printed: str) -> tuple[int, str] | None:
    """
    Read half of a year, told with its year.

    Examples
    --------
    >>> read_half("2020年上半年"), read_half("2020H2"), read_half("2020年")
    ((2020, 'h1'), (2020, 'h2'), None)
    """
    found = _HALF.fullmatch(plain(printed))
    if found is None or not is_year(int(found[1])):
        return None
    return int(found[1]), _HALVES[found[2] or found[3]]


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


def _month(found: re.Match[str]) -> tuple[int, str] | None:
    period = f"m{int(found[2] or found[3]):02}"
    return (int(found[1]), period) if period in PERIODS else None


def _school_year(found: re.Match[str], printed: str, rule: str | None) -> tuple[int, str] | None:
    first = int(found[1])
    if int(found[2]) != (first + 1) % 10 ** len(found[2]):
        return None
    if rule is None:
        raise DataError(
            f"year: {printed!r} is a school year, and the study does not say which year it counts "
            "for; expected school_year: starts or ends in its definition"
        )
    return first + (rule == "ends"), "school_year"
