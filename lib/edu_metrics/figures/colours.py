"""
What a verdict looks like, in figures and on pages.

A verdict has a colour, a mark, and a colour of text upon it. Blue is on the side of the promise,
yellow between, red against it; grey is outside that scale. Eyes of every kind tell blue from yellow
and red. No two verdicts are equally light, so that a print in grey keeps them apart, and the mark
says it once more.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_DARK, _LIGHT = "#000000", "#FFFFFF"

#: Verdict -> its colour and that of text upon it, in the order in which verdicts are listed.
VERDICT_COLOURS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "met": ("#0B3C6F", _LIGHT),
        "likely": ("#4FA0DB", _DARK),
        "uncertain": ("#F6E08C", _DARK),
        "unlikely": ("#EBA24E", _DARK),
        "out_of_reach": ("#D5683A", _DARK),
        "impossible": ("#A02C22", _LIGHT),
        "missed": ("#3D0C1A", _LIGHT),
        "cannot_tell": ("#C6C6C6", _DARK),
        "no_data": ("#FAFAFA", _DARK),
        "tracked": ("#6C7370", _LIGHT),
    }
)

#: Verdict -> one character; a circle is the fuller, the more probable the promise is.
VERDICT_MARKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "met": "✓",
        "likely": "◕",
        "uncertain": "◑",
        "unlikely": "◔",
        "out_of_reach": "○",
        "impossible": "×",
        "missed": "✗",
        "cannot_tell": "?",
        "no_data": "–",
        "tracked": "…",
    }
)


def verdict_rules() -> str:
    """
    Give the rules by which a style colours the labels of verdicts.

    Returns
    -------
    str
        CSS, a rule a verdict.

    Examples
    --------
    >>> verdict_rules().partition(" .chip")[0]
    '.chip.met { background: #0B3C6F; color: #FFFFFF; }'
    """
    looks = VERDICT_COLOURS.items()
    return " ".join(
        f".chip.{v} {{ background: {under}; color: {ink}; }}" for v, (under, ink) in looks
    )
