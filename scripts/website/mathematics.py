"""Formulas in MathML, made when the site is built: no script runs and nothing is fetched."""

from __future__ import annotations

import html
import re

from latex2mathml.converter import convert

#: What pymdownx.arithmatex leaves of a formula in its generic mode.
_FORMULA = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.*?)\\[)\]]</(?P=tag)>', re.DOTALL
)


def as_mathml(page: str) -> str:
    r"""
    Turn every formula of a page into MathML.

    Examples
    --------
    >>> as_mathml(r'<span class="arithmatex">\(x\)</span>')[:46]
    '<math xmlns="http://www.w3.org/1998/Math/MathM'
    """
    return _FORMULA.sub(_converted, page)


def _converted(found: re.Match[str]) -> str:
    display = "block" if found["tag"] == "div" else "inline"
    return convert(html.unescape(found["latex"]).strip(), display=display)
