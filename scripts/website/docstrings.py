"""A griffe extension: what docstrings write in reStructuredText, said in Markdown."""

from __future__ import annotations

import re
import textwrap
from typing import Any

from griffe import Extension, Object

import edu_metrics

_MATH_BLOCK = re.compile(
    r"^(?P<indent> *)\.\. math::[ ]*(?P<first>.*)\n"
    r"(?P<rest>(?:(?P=indent) +\S.*\n|[ ]*\n(?=(?P=indent) +\S))*)",
    re.MULTILINE,
)
_MATH = re.compile(r":math:`([^`]+)`")
_ROLE = re.compile(r":(?:func|class|meth|mod|attr|data|exc|obj):`(?P<quiet>~?)(?P<name>[\w.]+)`")


def in_markdown(text: str) -> str:
    r"""
    Say in Markdown what a docstring says in reStructuredText: formulas and references.

    Examples
    --------
    >>> in_markdown(":math:`x^2`, see :func:`~edu_metrics.formulas.share`.")
    '$x^2$, see `share`.'
    >>> print(in_markdown(".. math:: a\n   + b\n\nText"))
    <BLANKLINE>
    $$
    a
    + b
    $$
    <BLANKLINE>
    Text
    """
    text = _MATH_BLOCK.sub(_block, text + "\n")[:-1]
    text = _MATH.sub(lambda found: f"${' '.join(found[1].split())}$", text)
    return _ROLE.sub(_reference, text)


def _block(found: re.Match[str]) -> str:
    body = "\n".join([found["first"].strip(), textwrap.dedent(found["rest"]).strip()]).strip()
    lines = ["", "$$", *body.splitlines(), "$$"]
    return "\n".join(found["indent"] + line if line else "" for line in lines) + "\n"


def _reference(found: re.Match[str]) -> str:
    """Name what is referred to; a public name of the package leads to its page."""
    last = found["name"].rpartition(".")[2]
    shown = last if found["quiet"] else found["name"]
    if last in edu_metrics.__all__ and not found["name"].startswith("edu_metrics.formulas"):
        return f'<autoref identifier="edu_metrics.{last}" optional><code>{shown}</code></autoref>'
    return f"`{shown}`"


class InMarkdown(Extension):
    """Rewrites every docstring before it is parsed."""

    def on_object(self, *, obj: Object, **_: Any) -> None:
        """Rewrite the docstring of one object."""
        if obj.docstring:
            obj.docstring.value = in_markdown(obj.docstring.value)
