"""What years, days, numbers, texts and files may be, wherever they come in."""

from __future__ import annotations

import datetime as dt
import errno
import json
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

#: Beyond these a year or a day is a slip of the pen.
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
FIRST_DAY: Final = dt.date(FIRST_YEAR, 1, 1)
LAST_DAY: Final = dt.date(LAST_YEAR, 12, 31)
#: Whole numbers up to this one are kept exactly by a float, and so are their sums of a few.
LARGEST: Final = 1e15
#: A text of a definition. [characters]
LONGEST_TEXT: Final = 20_000
#: A file that is read as a whole. [bytes]
MOST_BYTES: Final = 200_000_000

#: What steers a terminal, turns the direction of a line, or is no character at all.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def is_year(year: float) -> bool:
    """
    Tell whether a number is a year that something may be of.

    Examples
    --------
    >>> is_year(2024), is_year(2024.5), is_year(201819), is_year(float("nan"))
    (True, False, False, False)
    """
    return FIRST_YEAR <= year <= LAST_YEAR and year % 1 == 0


def is_day(day: dt.date) -> bool:
    """
    Tell whether a day is one on which something may have been published.

    Examples
    --------
    >>> is_day(dt.date(2024, 3, 1)), is_day(dt.date(9999, 12, 31))
    (True, False)
    """
    return FIRST_DAY <= day <= LAST_DAY


def inert(text: str, mark: str | Callable[[re.Match[str]], str] = "\ufffd") -> str:
    r"""
    Put a mark in the place of what would steer a terminal or turn the direction of a line.

    Parameters
    ----------
    text : str
        Of any lines.
    mark : str or callable, optional
        The mark, or what makes it of the match.

    Returns
    -------
    str
        The text.

    Examples
    --------
    >>> inert("a\x1b[31mb"), inert("两行\n\t") == "两行\n\t"
    ('a\ufffd[31mb', True)
    """
    return text if text.isprintable() else _STEERING.sub(mark, text)


def found_steering(text: str) -> str:
    r"""
    Name what :func:`inert` would put a mark for.

    Examples
    --------
    >>> found_steering("a\x1b[31m\u202e"), found_steering("plain")
    ('U+001B, U+202E', '')
    """
    signs = () if text.isprintable() else sorted(set(_STEERING.findall(text)))
    return ", ".join(f"U+{ord(sign):04X}" for sign in signs)


def read_file(path: Path, most: int = MOST_BYTES) -> bytes:
    """
    Read a file: a regular one, and not without end.

    Parameters
    ----------
    path : Path
        The file.
    most : int, optional
        How large it may be. [bytes]

    Returns
    -------
    bytes
        What it holds.

    Raises
    ------
    OSError
        If it is not there, a pipe, a device, a folder or a loop of links, or too large.

    Examples
    --------
    >>> try:
    ...     read_file(Path("/dev/zero"))
    ... except OSError as error:
    ...     print(error.strerror)
    is no regular file; pipes and devices are not read
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a folder", str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "is no regular file; pipes and devices are not read", str(path))
    if found.st_size > most:
        told = f"has {found.st_size:,} bytes; expected {most:,} at most"
        raise OSError(errno.EFBIG, told, str(path))
    return path.read_bytes()


def read_json(path: Path) -> Any:
    """
    Read a file of JSON.

    Parameters
    ----------
    path : Path
        The file, in UTF-8.

    Returns
    -------
    object
        What it holds.

    Raises
    ------
    OSError
        As :func:`read_file`.
    ValueError
        If it is no JSON, or too deep to be read.
    """
    try:
        return json.loads(read_file(path).decode("utf-8"))
    except RecursionError:
        raise ValueError("lists within lists, too deep to be read") from None
