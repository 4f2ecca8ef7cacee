"""Links that hold in the repository, led to the pages of the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)")
#: Pages that stand for a file or folder of the repository.
_STANDS_FOR = {"README.md": "index.md", "docs/decisions": "decisions/index.md"}


def within_site(markdown: str, page: str, source: str, from_root: Mapping[str, str]) -> str:
    """
    Lead the links of a page to other pages; what is no page is named without a link.

    Parameters
    ----------
    markdown : str
        The page.
    page : str
        Where it stands in the site.
    source : str
        Where it stands in the repository.
    from_root : mapping of str to str
        Files of the repository's root, and the pages that they are.

    Examples
    --------
    >>> within_site("[a](docs/methods.md#x) [b](LICENSE)", "zh.md", "README.zh-CN.md", {})
    '[a](methods.md#x) b'
    """
    known = {**_STANDS_FOR, **from_root}

    def led(found: re.Match[str]) -> str:
        to, hash_, anchor = found["to"].partition("#")
        if "://" in to or to.startswith(("mailto:", "data:")) or not to:
            return found[0]
        place = posixpath.normpath(posixpath.join(posixpath.dirname(source), to))
        target = known.get(place)
        if target is None and place.startswith("docs/"):
            target = place.removeprefix("docs/")
        if target is None:
            return found["text"]
        near = posixpath.relpath(target, posixpath.dirname(page) or ".")
        return f"{found['image']}[{found['text']}]({near}{hash_}{anchor})"

    return _LINK.sub(led, markdown)
